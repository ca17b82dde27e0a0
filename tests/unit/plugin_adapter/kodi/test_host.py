"""Kodi's library as the adapter sees it: entries by lasting keys, and fields that are written with care."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fake_kodi import FakeKodi
from fake_kodi_port import FakePort, english
from metarr_adapter.host import Entry, HostUnavailable, Notice
from metarr_kodi import echoes, library, texts
from metarr_kodi.host import NOTICES, KodiHost
from metarr_kodi.port import KodiRefused


class Ticking:
    """Seconds as a test wants them."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def port(tmp_path: Path) -> FakePort:
    return FakePort(tmp_path)


@pytest.fixture
def host(port: FakePort) -> KodiHost:
    return KodiHost(port, Ticking())


def listed(host: KodiHost) -> list[Entry]:
    return [entry for page in host.entries() for entry in page]


def add_show(kodi: FakeKodi, folder: str = "/tv/Severance/", episodes: int = 2) -> int:
    """A show with a season; its number."""
    show = kodi.add("tvshow", title="Severance", premiered="2022-02-18", uniqueid={"tvdb": "371980"}, file=folder)
    season = kodi.add("season", title="Season 1", season=1, tvshowid=show)
    for number in range(1, episodes + 1):
        kodi.add(
            "episode",
            title=f"Episode {number}",
            season=1,
            episode=number,
            tvshowid=show,
            seasonid=season,
            file=f"{folder}{number}.mkv",
        )
    return show


def test_what_has_no_title_is_called_by_its_path(port: FakePort, host: KodiHost):
    port.kodi.add("movie", title=" ", file="smb://ann:secret@nas/films/Heat.mkv")
    add_show(port.kodi, folder="/tv/Severance/", episodes=1)
    port.kodi.rpc("VideoLibrary.SetTVShowDetails", tvshowid=1, title="", uniqueid={"tvdb": None})
    titles = {entry.kind: entry.title for entry in listed(host)}
    assert (titles["movie"], titles["series"]) == ("Heat", "Severance")
    [episode] = [entry for entry in listed(host) if entry.kind == "episode"]
    assert episode.series is not None
    assert episode.series.title == "Severance"


def test_a_film_is_told_with_all_that_kodi_holds(port: FakePort, host: KodiHost):
    port.kodi.add(
        "movie",
        title="Heat",
        premiered="1995-12-15",
        plot="A heist.",
        genre=["Crime"],
        uniqueid={"imdb": "tt0113277"},
        ratings={"imdb": {"rating": 8.3, "votes": 700000, "default": True}},
        file="/films/Heat.mkv",
    )
    [entry] = listed(host)
    assert (entry.kind, entry.host_id, entry.title, entry.year) == ("movie", "1", "Heat", 1995)
    assert entry.ids == {"imdb": "tt0113277"}
    assert "ids" not in entry.fields
    told = {name: value for name, value in entry.fields.items() if value is not None}
    assert told == {
        "title": "Heat",
        "release_date": "1995-12-15",
        "plot": "A heist.",
        "genres": ["Crime"],
        "imdb_rating": 8.3,
        "imdb_votes": 700000,
    }


def test_seasons_and_episodes_know_their_series(port: FakePort, host: KodiHost):
    add_show(port.kodi)
    entries = listed(host)
    assert [entry.kind for entry in entries] == ["series", "season", "episode", "episode"]
    for entry in entries[1:]:
        assert entry.series is not None
        assert (entry.series.title, entry.series.year, entry.series.ids) == ("Severance", 2022, {"tvdb": "371980"})
        assert entry.season_number == 1
    assert [entry.episode_number for entry in entries] == [None, None, 1, 2]
    assert len({entry.host_key for entry in entries}) == 4


def test_two_files_of_one_film_are_two_entries(port: FakePort, host: KodiHost):
    for file in ("/films/Heat.mkv", "/films/Heat 4K.mkv"):
        port.kodi.add("movie", title="Heat", uniqueid={"imdb": "tt0113277"}, file=file)
    assert len({entry.host_key for entry in listed(host)}) == 2


def test_what_has_no_file_is_left_out(port: FakePort, host: KodiHost):
    port.kodi.add("movie", title="Heat", file="")
    port.kodi.add("tvshow", title="Severance", file="")
    assert listed(host) == []


def test_a_large_library_is_listed_in_pages(port: FakePort, host: KodiHost):
    for number in range(2 * library.PAGE + 1):
        port.kodi.add("movie", title=f"Film {number}", file=f"/films/{number}.mkv")
    assert len({entry.host_key for entry in listed(host)}) == 2 * library.PAGE + 1
    pages = [params["limits"] for method, params in port.kodi.calls if method == "VideoLibrary.GetMovies"]
    assert [page["start"] for page in pages] == [0, 200, 400]


def test_a_library_that_changes_while_it_is_listed_is_not_taken_for_whole(port: FakePort, host: KodiHost):
    for number in range(library.PAGE + 2):
        port.kodi.add("movie", title=f"Film {number}", file=f"/films/{number}.mkv")
    pages = iter(host.entries())
    next(page for page in pages if page)
    port.kodi.remove("movie", 1)
    with pytest.raises(HostUnavailable, match="changing"):
        list(pages)


def test_a_database_that_is_away_takes_no_entry_away(port: FakePort, host: KodiHost, monkeypatch: pytest.MonkeyPatch):
    def away(method: str, **params: Any) -> Any:
        raise KodiRefused(method, -32603, "Internal error.")

    port.kodi.add("movie", title="Heat", file="/films/Heat.mkv")
    monkeypatch.setattr(port, "rpc", away)
    with pytest.raises(HostUnavailable):
        listed(host)
    with pytest.raises(HostUnavailable):
        host.read("movie", "movie:1", "1")


# Numbers that Kodi gives to other entries later on


def test_a_number_that_is_another_films_by_now_is_looked_up_again(port: FakePort, host: KodiHost):
    port.kodi.add("movie", title="Dune", file="/films/Dune.mkv")
    dune = port.kodi.add("movie", title="Dune 2", file="/films/Dune 2.mkv")
    key = next(entry.host_key for entry in listed(host) if entry.title == "Dune 2")
    port.kodi.remove("movie", dune)
    assert port.kodi.add("movie", title="Heat", file="/films/Heat.mkv") == dune
    port.kodi.add("movie", title="Dune 2", file="/films/Dune 2.mkv")
    host.changed()
    read = host.read("movie", key, str(dune))
    assert read is not None
    assert (read[0], read[1]["title"]) == ("3", "Dune 2")
    host.write("movie", key, str(dune), {"plot": "Sand"})
    assert {entry.title: entry.fields["plot"] for entry in listed(host)} == {
        "Dune": None,
        "Heat": None,
        "Dune 2": "Sand",
    }


def test_what_is_gone_is_gone_and_costs_one_listing_for_all(port: FakePort, host: KodiHost):
    numbers = [port.kodi.add("movie", title=f"Film {n}", file=f"/films/{n}.mkv") for n in range(5)]
    keys = [entry.host_key for entry in listed(host)]
    for number in numbers[1:]:
        port.kodi.remove("movie", number)
    host.changed()
    port.kodi.calls.clear()
    assert [host.entry("movie", host_key=key) is None for key in keys] == [False, True, True, True, True]
    assert sum(method == "VideoLibrary.GetMovies" for method, _ in port.kodi.calls) == 1
    assert host.read("movie", keys[2], str(numbers[2])) is None
    with pytest.raises(LookupError):
        host.write("movie", keys[2], str(numbers[2]), {"plot": "Nobody's"})


def test_an_entry_is_found_by_its_number(port: FakePort, host: KodiHost):
    add_show(port.kodi)
    for kind in ("series", "season", "episode"):
        entry = host.entry(kind, host_id="1")
        assert entry is not None
        assert entry == next(each for each in listed(host) if each.kind == kind)
        assert host.entry(kind, host_id="77") is None
        assert host.entry(kind, host_id="0") is None


# Writing


def write(host: KodiHost, values: Mapping[str, Any]) -> Mapping[str, str]:
    [entry] = listed(host)
    return host.write(entry.kind, entry.host_key, entry.host_id, values)


def shown(host: KodiHost) -> Mapping[str, Any]:
    [entry] = listed(host)
    return {**entry.fields, "ids": entry.ids}


def test_only_what_metarr_knows_is_written(port: FakePort, host: KodiHost):
    port.kodi.add("movie", title="Heat", file="/films/Heat.mkv", playcount=3, userrating=8, resume={"position": 7.0})
    assert write(host, {"plot": "A heist.", "directors": ["Michael Mann"]}) == {}
    [(method, params)] = port.kodi.writes()
    assert method == "VideoLibrary.SetMovieDetails"
    assert set(params) == {"movieid", "plot", "director", "runtime"}


def test_what_kodi_shows_already_is_not_written_again(port: FakePort, host: KodiHost):
    port.kodi.add("movie", title="Heat", plot="A heist.", file="/films/Heat.mkv")
    assert write(host, {"plot": "A heist. "}) == {}
    assert port.kodi.writes() == []


def test_whole_numbers_arrive_as_such(port: FakePort, host: KodiHost):
    """Over JSON every number of the daemon's is a fraction: 700000.0."""
    port.kodi.add("movie", title="Heat", file="/films/Heat.mkv")
    assert write(host, {"imdb_rating": 8.3, "imdb_votes": 700000.0, "runtime_minutes": 170.0}) == {}
    told = shown(host)
    assert (told["imdb_rating"], told["imdb_votes"], told["runtime_minutes"]) == (8.3, 700000, 170)
    assert isinstance(told["imdb_votes"], int)


def test_one_refused_value_costs_only_itself(tmp_path: Path):
    port = FakePort(tmp_path, FakeKodi(unknown=["tagline"]))
    host = KodiHost(port)
    port.kodi.add("movie", title="Heat", file="/films/Heat.mkv")
    values = {"plot": "A heist.", "tagline": "A Los Angeles crime saga", "genres": ["Crime"], "studios": ["Warner"]}
    why = write(host, values)
    assert list(why) == ["tagline"]
    assert "Too many parameters" in why["tagline"]
    assert {name: shown(host)[name] for name in ("plot", "genres", "studios")} == {
        "plot": "A heist.",
        "genres": ["Crime"],
        "studios": ["Warner"],
    }


def test_what_kodi_cannot_take_is_not_tried(port: FakePort, host: KodiHost):
    port.kodi.add("movie", title="Heat", file="/films/Heat.mkv")
    why = write(host, {"title": None, "cast": [{"name": "Al Pacino"}]})
    assert set(why) == {"title", "cast"}
    assert port.kodi.writes() == []


def test_the_rating_to_show_first_is_the_owners(port: FakePort, host: KodiHost):
    port.kodi.add("movie", title="Heat", file="/films/Heat.mkv")
    port.settings["default_rating"] = "themoviedb"
    write(host, {"imdb_rating": 8.3, "tmdb_rating": 7.9})
    [(_, params)] = port.kodi.writes()
    assert [name for name, rating in params["ratings"].items() if rating.get("default")] == ["themoviedb"]


def test_tags_in_kodis_order_and_spelling_are_the_same_tags(port: FakePort, host: KodiHost):
    assert host.same("movie", "tags", ["Heist", "crime"], ["Crime", "heist"])
    assert not host.same("movie", "tags", ["Heist"], ["Crime"])


# Echoes


def test_an_event_of_the_own_writing_is_an_echo_until_something_else_changes(port: FakePort):
    now = Ticking()
    host = KodiHost(port, now)
    port.kodi.add("movie", title="Heat", file="/films/Heat.mkv")
    [entry] = listed(host)
    assert not host.is_echo("movie", "1")
    host.write("movie", entry.host_key, "1", {"plot": "A heist."})
    host.read("movie", entry.host_key, "1")
    assert host.is_echo("movie", "1")
    port.kodi.rpc("VideoLibrary.SetMovieDetails", movieid=1, plot="Mine")
    assert not host.is_echo("movie", "1")
    port.kodi.rpc("VideoLibrary.SetMovieDetails", movieid=1, plot="A heist.")
    now.now += echoes.KEPT + 1
    assert not host.is_echo("movie", "1")


# The owner


def test_a_full_disk_is_told_once_each_time(port: FakePort, host: KodiHost, monkeypatch: pytest.MonkeyPatch):
    number = str(port.kodi.add("movie", title="Heat", file="/films/Heat.mkv"))
    [film] = listed(host)
    works = port.rpc

    def full(method: str, **params: Any) -> Any:
        if method == "VideoLibrary.SetMovieDetails":
            raise KodiRefused(method, -32603, "Internal error.")
        return works(method, **params)

    for plot in ("A heist", "Another one"):
        monkeypatch.setattr(port, "rpc", full)
        for _ in range(2):
            with pytest.raises(HostUnavailable):
                host.write("movie", film.host_key, number, {"plot": plot})
        host.cannot_store()
        monkeypatch.setattr(port, "rpc", works)
        assert host.write("movie", film.host_key, number, {"plot": plot}) == {}
    assert [notice.text for notice in port.saw("notify")] == [english()[texts.CANNOT_STORE]] * 2


def test_characters_that_the_database_does_not_know_keep_no_film_waiting(
    port: FakePort, host: KodiHost, monkeypatch: pytest.MonkeyPatch
):
    number = str(port.kodi.add("movie", title="Heat", file="/films/Heat.mkv"))
    [film] = listed(host)
    works = port.rpc

    def like_mysql(method: str, **params: Any) -> Any:
        if any(ord(character) > 0xFFFF for character in str(params)):
            raise KodiRefused(method, -32603, "Internal error.")
        return works(method, **params)

    monkeypatch.setattr(port, "rpc", like_mysql)
    values = {
        "title": "\N{FIRE}",
        "plot": "A heist \N{MONEY WITH WINGS}.",
        "tags": ["L.A.", "\N{PISTOL}"],
        "outline": "é…",
    }
    assert host.write("movie", film.host_key, number, values) == {}
    read = host.read("movie", film.host_key, number)
    assert read is not None
    kept = {"title": "\ufffd", "plot": "A heist \ufffd.", "tags": ["L.A.", "\ufffd"], "outline": "é…"}
    assert {name: read[1][name] for name in values} == kept
    assert port.saw("notify") == []


def test_a_kodi_that_ends_is_no_full_disk(port: FakePort, host: KodiHost, monkeypatch: pytest.MonkeyPatch):
    number = str(port.kodi.add("movie", title="Heat", file="/films/Heat.mkv"))
    [film] = listed(host)
    works = port.rpc

    def ends(method: str, **params: Any) -> Any:
        if method == "VideoLibrary.SetMovieDetails":
            raise HostUnavailable("Kodi does not answer: it ends")
        return works(method, **params)

    monkeypatch.setattr(port, "rpc", ends)
    with pytest.raises(HostUnavailable):
        host.write("movie", film.host_key, number, {"plot": "A heist"})
    assert port.saw("notify") == []


@pytest.mark.parametrize(
    ("plays", "setting", "busy"),
    [(False, "false", False), (True, "false", True), (True, "true", False), (True, "", True)],
)
def test_nothing_is_written_while_a_video_plays_unless_wanted(
    port: FakePort, host: KodiHost, plays: bool, setting: str, busy: bool
):
    port.video_plays, port.settings["apply_while_playing"] = plays, setting
    assert host.busy() == busy


def test_every_notice_has_a_text_of_the_addons(port: FakePort, host: KodiHost):
    assert set(NOTICES) == set(Notice)
    for notice in Notice:
        host.notify(notice)
    assert len({notice.text for notice in port.saw("notify")}) == len(NOTICES)


def test_notices_can_be_switched_off(port: FakePort, host: KodiHost):
    port.settings["notifications"] = "false"
    host.notify(Notice.LOST)
    assert port.shown == []


COLLECTION = {"name": "Heat Collection", "poster": "https://i.example/p.jpg", "fanart": "https://i.example/f.jpg"}


def settled(port: FakePort, host: KodiHost, in_set: str, collection: Mapping[str, Any] | None) -> dict[str, str]:
    """The pictures of the sets after a film in one of them took a collection."""
    port.kodi.add("movie", title="Heat", set=in_set, file="/films/heat.mkv")
    [entry] = listed(host)
    host.settled("movie", entry.host_key, entry.host_id, {"collection": collection})
    return port.kodi.set_art.get(in_set, {})


def test_a_set_without_pictures_gets_those_of_the_collection(port: FakePort, host: KodiHost):
    art = {"poster": COLLECTION["poster"], "fanart": COLLECTION["fanart"]}
    assert settled(port, host, "Heat Collection", COLLECTION) == art


def test_a_picture_that_a_set_has_stays(port: FakePort, host: KodiHost):
    port.kodi.set_art["Heat Collection"] = {"poster": "https://owner.example/p.jpg"}
    assert settled(port, host, "Heat Collection", COLLECTION) == {
        "poster": "https://owner.example/p.jpg",
        "fanart": COLLECTION["fanart"],
    }


@pytest.mark.parametrize(
    ("in_set", "collection"),
    [
        ("My evenings", COLLECTION),
        ("", COLLECTION),
        ("Heat Collection", None),
        ("Heat Collection", {"name": "Heat Collection"}),
        ("Heat Collection", {"name": "Heat Collection", "poster": "file:///etc/passwd", "fanart": None}),
    ],
    ids=["another set", "no set", "no collection", "without pictures", "no address of the web"],
)
def test_no_other_set_and_nothing_else_is_written(
    port: FakePort, host: KodiHost, in_set: str, collection: Mapping[str, Any] | None
):
    assert settled(port, host, in_set, collection) == {}
    assert port.kodi.writes() == []
