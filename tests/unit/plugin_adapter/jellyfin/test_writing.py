"""Writing to a Jellyfin server: what gets there, what its locks say, and that all the rest is as it was."""

import json
from typing import Any

import pytest

from fake_jellyfin import FakeJellyfin, Reply, Request
from fake_jellyfin.library import FakePerson
from jellyfin_rig import FILMS, JellyfinRig, film, show, stored
from metarr_adapter.host import HostUnavailable

pytestmark = pytest.mark.slow

MOVIE: dict[str, tuple[Any, str, Any]] = {
    "title": ("Alien", "Name", "Alien"),
    "original_title": ("Alien!", "OriginalTitle", "Alien!"),
    "sort_title": ("alien", "ForcedSortName", "alien"),
    "plot": (" In space. ", "Overview", "In space."),
    "tagline": ("No one hears you.", "Tagline", "No one hears you."),
    "genres": (["Horror", " horror", "Sci|Fi"], "Genres", ["Horror", "Sci", "Fi"]),
    "tags": ([" a ", "A", "b"], "Tags", ["a", "b"]),
    "studios": (["Fox", "fox "], "Studios", ["Fox"]),
    "countries": (["United Kingdom"], "ProductionLocations", ["United Kingdom"]),
    "certification": ("R", "OfficialRating", "R"),
    "release_date": ("1979-05-25", "PremiereDate", "1979-05-25T00:00:00.0000000Z"),
    "year": (1979, "ProductionYear", 1979),
    "imdb_rating": (8.5, "CommunityRating", 8.5),
    "rotten_tomatoes_score": (93, "CriticRating", 93.0),
    "ids": ({"imdb": "tt0078748", "tmdb": "348"}, "ProviderIds", {"Imdb": "tt0078748", "Tmdb": "348"}),
}
SERIES: dict[str, tuple[Any, str, Any]] = {
    "end_date": ("2020-06-27", "EndDate", "2020-06-27T00:00:00.0000000Z"),
    "status": ("Returning Series", "Status", "Continuing"),
    "runtime_minutes": (53, "RunTimeTicks", 53 * 600_000_000),
}
CAST = [{"name": "Sigourney Weaver", "role": "Ripley", "order": 0}, {"name": "Tom Skerritt", "role": "", "order": 1}]


def test_every_field_gets_there_once(rig: JellyfinRig, server: FakeJellyfin):
    alien, [series, *_] = film(server, "Alien"), show(server, "Dark")
    people = {"cast": CAST, "directors": ["Ridley Scott"], "writers": ["Dan O'Bannon"]}
    rig.daemon.library["Alien"] = {**{name: value for name, (value, _, _) in MOVIE.items()}, **people}
    rig.daemon.library["Dark"] = {name: value for name, (value, _, _) in SERIES.items()}
    rig.sync()
    for item, table in ((alien, MOVIE), (series, SERIES)):
        assert {key: item.data[key] for _, key, _ in table.values()} == {key: kept for _, key, kept in table.values()}
    kept = [(person.name, person.type, person.role) for person in alien.people]
    assert kept[:2] == [("Sigourney Weaver", "Actor", "Ripley"), ("Tom Skerritt", "Actor", "")]
    assert set(kept[2:]) == {("Ridley Scott", "Director", ""), ("Dan O'Bannon", "Writer", "")}
    assert {rig.outcome(alien, name) for name in (*MOVIE, *people)} == {"TAKEN"}
    assert len(server.posts()) == 2
    rig.sync()
    assert len(server.posts()) == 2


def test_seasons_and_episodes_take_theirs(rig: JellyfinRig, server: FakeJellyfin):
    [_, season, one, _] = show(server, "Dark")
    rig.daemon.library["Season 1"] = {"plot": "First.", "release_date": "2017-12-01"}
    rig.daemon.library["Episode 1"] = {"plot": "Secrets.", "release_date": "2017-12-01", "directors": ["Baran bo Odar"]}
    rig.sync()
    for item in (season, one):
        assert (item.data["PremiereDate"][:10], item.data["ProductionYear"]) == ("2017-12-01", 2017)
    assert (season.data["Overview"], one.data["Overview"]) == ("First.", "Secrets.")
    assert [person.name for person in one.people] == ["Baran bo Odar"]


def test_nobody_is_lost_who_is_not_touched(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien", Studios=["Fox", ""], Tagline="t")
    alien.people = [FakePerson("No Item", "Actor", "x"), FakePerson("Sam", "Producer", "y", 4)]
    server.persons["Sam"] = "a" * 32
    rig.daemon.library["Alien"] = {"plot": "Theirs."}
    before = (list(alien.people), alien.data["Studios"], alien.data["Tagline"])
    rig.sync()
    assert alien.data["Overview"] == "Theirs."
    assert (alien.people, alien.data["Studios"], alien.data["Tagline"]) == before
    assert {"People", "Studios", "Taglines"} & json.loads(server.posts()[0].body).keys() == set()


def test_guests_stay_guests_and_others_stay(rig: JellyfinRig, server: FakeJellyfin):
    [*_, one] = show(server, "Dark", episodes=1)
    one.people = [FakePerson("Tom Skerritt", "GuestStar", "old"), FakePerson("Jo", "Composer")]
    server.persons |= {"Tom Skerritt": "a" * 32, "Jo": "b" * 32}
    rig.daemon.policy = "replace"
    rig.daemon.library["Episode 1"] = {"cast": CAST}
    rig.sync()
    kept = {(person.name, person.type) for person in one.people}
    assert kept == {("Sigourney Weaver", "Actor"), ("Tom Skerritt", "GuestStar"), ("Jo", "Composer")}
    assert rig.outcome(one, "cast") == "TAKEN"


def test_specials_keep_where_they_air(rig: JellyfinRig, server: FakeJellyfin):
    [*_, one] = show(server, "Dark", episodes=1, seasons=1)
    one.data |= {"AirsBeforeSeasonNumber": 2, "AirsBeforeEpisodeNumber": 3}
    rig.daemon.library["Episode 1"] = {"plot": "Theirs."}
    rig.sync()
    assert (one.data["AirsBeforeSeasonNumber"], one.data["AirsBeforeEpisodeNumber"]) == (2, 3)


def test_an_order_of_episodes_stays_and_nothing_is_refreshed(rig: JellyfinRig, server: FakeJellyfin):
    [series, season, *_] = show(server, "Dark", DisplayOrder="dvd", AirDays=["Friday"])
    rig.daemon.library["Dark"] = {"plot": "Theirs."}
    rig.sync()
    assert (series.data["DisplayOrder"], series.data["AirDays"], server.refreshes) == ("dvd", ["Friday"], [])
    assert season.data["IsLocked"] is False


def test_a_write_of_what_is_there_saves_nothing_so_that_an_nfo_is_still_read(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien", Overview="Mine.")
    rig.look()
    server.put_file(f"{FILMS}/Alien/Alien.nfo", b"<movie><title>Other</title></movie>", ago=-70)
    rig.host.read("movie", alien.id, alien.id)
    assert rig.host.write("movie", alien.id, alien.id, {"original_title": None, "tagline": None}) == {}
    assert server.posts() == []
    assert server.scan_nfo(alien)


@pytest.mark.parametrize("value", ["Rumored", "  ?"])
def test_a_status_that_the_server_does_not_know_is_refused_before_it_breaks_off(
    rig: JellyfinRig, server: FakeJellyfin, value: str
):
    [series, *_] = show(server, "Dark", Status="Ended")
    rig.daemon.policy = "replace"
    rig.daemon.library["Dark"] = {"status": value, "plot": "Theirs."}
    rig.sync()
    assert (series.data["Status"], series.data["Overview"]) == ("Ended", "Theirs.")
    assert rig.outcome(series, "status") == "REFUSED"


def test_a_title_is_never_emptied(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    rig.daemon.policy = "replace"
    rig.daemon.library["Alien"] = {"title": "Alien!"}
    rig.sync()
    assert alien.data["Name"] == "Alien!"
    rig.daemon.change("Alien", "title", None)
    rig.look()
    rig.pull()
    assert alien.data["Name"] == "Alien!"


# Locks


def test_what_its_owner_locked_is_refused(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien", LockedFields=["Overview", "Cast"])
    whole = film(server, "Heat", IsLocked=True)
    values = {"plot": "Theirs.", "genres": ["Horror"], "cast": CAST}
    rig.daemon.library |= {"Alien": values, "Heat": values}
    rig.sync()
    assert [rig.outcome(alien, name) for name in values] == ["REFUSED", "TAKEN", "REFUSED"]
    assert {rig.outcome(whole, name) for name in values} == {"REFUSED"}
    assert rig.daemon.entries[alien.id].told("plot").detail == "locked in Jellyfin"
    assert alien.data.get("Overview") is None
    assert (whole.data["IsLocked"], whole.data["Genres"]) == (True, [])
    rig.look()
    assert [note.sort for note in rig.notes] == ["refused", "refused"]


def test_locks_come_and_go_with_what_was_written(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien", LockedFields=["Studios"])
    rig.daemon.library["Alien"] = {"plot": "Theirs.", "genres": ["Horror"], "original_title": "Alien"}
    rig.sync()
    assert alien.data["LockedFields"] == ["Studios", "Genres", "Overview"]
    rig.daemon.change("Alien", "plot", "Theirs again.")
    rig.sync()
    assert (alien.data["Overview"], len(alien.data["LockedFields"])) == ("Theirs again.", 3)
    for name in ("plot", "genres", "original_title"):
        rig.daemon.change("Alien", name, None)
    rig.sync()
    assert (alien.data["Overview"], alien.data["LockedFields"]) == (None, ["Studios"])


def test_a_lock_of_ours_that_its_owner_took_off_stays_off(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    rig.daemon.library["Alien"] = {"plot": "Theirs."}
    rig.sync()
    alien.data["LockedFields"] = []
    server.save(alien)
    rig.daemon.change("Alien", "genres", ["Horror"])
    rig.sync()
    assert alien.data["LockedFields"] == ["Genres"]
    alien.data["LockedFields"] = ["Genres", "Overview"]
    server.save(alien)
    rig.daemon.change("Alien", "plot", "Theirs again.")
    rig.sync()
    assert (alien.data["Overview"], rig.outcome(alien, "plot")) == ("Theirs.", "REFUSED")


def test_no_locks_where_none_are_wanted_and_ours_go_when_that_is_chosen(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien", LockedFields=["Studios"])
    rig.daemon.library["Alien"] = {"plot": "Theirs."}
    rig.sync()
    rig.restart(locks="none")
    rig.look()
    assert alien.data["LockedFields"] == ["Studios"]
    assert rig.report() == 0
    rig.daemon.change("Alien", "genres", ["Horror"])
    rig.sync()
    assert (alien.data["Genres"], alien.data["LockedFields"]) == (["Horror"], ["Studios"])


def test_whole_items_are_locked_and_folders_are_not(rig: JellyfinRig, server: FakeJellyfin):
    alien, [series, season, *_] = film(server, "Alien"), show(server, "Dark")
    rig.restart(locks="item")
    rig.daemon.library |= {"Alien": {"plot": "Theirs."}, "Dark": {"plot": "Theirs."}}
    rig.sync()
    assert [each.data["IsLocked"] for each in (alien, series, season)] == [True, False, False]
    rig.daemon.change("Alien", "plot", "Theirs again.")
    rig.sync()
    assert alien.data["Overview"] == "Theirs again."
    rig.restart(locks="none")
    rig.look()
    assert alien.data["IsLocked"] is False


# What a refresh takes back


def test_what_a_refresh_takes_back_is_written_again_at_most_daily(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien", CommunityRating=7.0, OriginalTitle="Old")
    rig.daemon.policy = "replace"
    rig.daemon.library["Alien"] = {"imdb_rating": 8.5, "original_title": "New", "plot": "Theirs."}
    rig.sync()
    server.refresh(alien, CommunityRating=7.0, OriginalTitle="Old", Overview="Refreshed.")
    rig.sync()
    told = [alien.data[name] for name in ("CommunityRating", "OriginalTitle", "Overview")]
    assert told == [8.5, "New", "Theirs."]
    assert rig.held(alien, "imdb_rating") == 8.5
    server.refresh(alien, CommunityRating=7.0)
    rig.sync()
    assert (alien.data["CommunityRating"], rig.held(alien, "imdb_rating")) == (7.0, 8.5)
    rig.later += 24 * 3600
    server.save(alien)
    rig.sync()
    assert alien.data["CommunityRating"] == 8.5


def test_another_change_of_it_is_an_edit(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien", CommunityRating=7.0)
    rig.daemon.policy = "replace"
    rig.daemon.library["Alien"] = {"imdb_rating": 8.5}
    rig.sync()
    server.refresh(alien, CommunityRating=6.0)
    rig.sync()
    assert (alien.data["CommunityRating"], rig.held(alien, "imdb_rating")) == (6.0, 6.0)
    server.refresh(alien, CommunityRating=7.0)
    rig.sync()
    assert (alien.data["CommunityRating"], rig.held(alien, "imdb_rating")) == (7.0, 7.0)


# Below a series


def test_what_is_rated_on_its_own_below_a_series_stays(rig: JellyfinRig, server: FakeJellyfin):
    made = show(server, "Dark", episodes=3, seasons=2, OfficialRating="TV-14", CustomRating="c")
    series, season, one, two, _, other, *_ = made
    for item in made[1:]:
        item.data |= {"OfficialRating": "TV-14", "CustomRating": "c"}
    one.data["OfficialRating"], two.data["CustomRating"], other.data["OfficialRating"] = "TV-MA", "own", "TV-G"
    before = [stored(server, item) for item in made[1:]]
    rig.daemon.library["Dark"] = {"plot": "Theirs."}
    rig.sync()
    assert series.data["Overview"] == "Theirs."
    assert [stored(server, item) for item in made[1:]] == before
    assert season.data["OfficialRating"] == "TV-14"
    rig.look()
    assert rig.report() == 0


def test_a_write_to_a_series_that_breaks_off_costs_no_rating_below(rig: JellyfinRig, server: FakeJellyfin):
    [series, _, one, _] = show(server, "Dark", OfficialRating="TV-14")
    one.data["OfficialRating"] = "TV-MA"
    rig.daemon.library["Dark"] = {"plot": "Theirs."}
    rig.look()
    rig.report()

    def breaks(request: Request, _: Reply) -> Reply | None:
        server.starting = server.starting or request.method == "POST"
        return Reply(breaks=True) if request.method == "POST" else None

    server.after = breaks
    rig.pull()
    assert one.data["OfficialRating"] == "TV-14"
    server.after, server.starting = lambda *_: None, False
    rig.restart()
    rig.sync()
    assert (series.data["Overview"], one.data["OfficialRating"]) == ("Theirs.", "TV-MA")
    assert [post.path for post in server.posts()] == [f"/Items/{series.id}", f"/Items/{one.id}"]


# When things go wrong


def test_an_item_that_changes_between_reading_and_writing_waits(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    rig.daemon.library["Alien"] = {"plot": "Theirs."}
    rig.look()
    rig.report()

    def edits(request: Request, _: Reply) -> None:
        if "ids" in request.query and "Overview" in request.query.get("fields", ()):
            server.after = lambda *_: None
            alien.data["Overview"] = "Mine."
            server.save(alien)

    server.after = edits
    assert rig.pull().away == 1
    assert alien.data["Overview"] == "Mine."
    assert server.posts() == []
    rig.sync()
    assert (alien.data["Overview"], rig.outcome(alien, "plot")) == ("Mine.", "KEPT")


@pytest.mark.parametrize("after", [True, False])
def test_an_item_that_goes_amid_a_write_is_gone(rig: JellyfinRig, server: FakeJellyfin, after: bool):
    alien = film(server, "Alien")
    rig.daemon.library["Alien"] = {"plot": "Theirs."}
    rig.look()
    rig.report()

    def goes(request: Request, *_: Reply) -> None:
        if request.method == "POST" or (after and request.query.get("fields") == ["Etag"]):
            server.items.pop(alien.id, None)

    if after:
        server.after = goes
    else:
        server.intercept = goes
    rig.pull()
    assert alien.id not in rig.daemon.entries


def test_an_answer_that_does_not_come_doubles_nothing(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    rig.daemon.library["Alien"] = {"plot": "Theirs."}
    rig.look()
    rig.report()
    server.after = lambda request, _: Reply(breaks=True) if request.method == "POST" else None
    assert rig.pull().unfinished
    server.after = lambda *_: None
    rig.sync()
    assert (alien.data["Overview"], rig.outcome(alien, "plot")) == ("Theirs.", "TAKEN")
    assert len(server.posts()) == 1


def test_what_the_server_breaks_off_at_is_put_back(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien", Overview="Mine.")
    rig.daemon.policy = "replace"
    rig.daemon.library["Alien"] = {"plot": "Theirs."}
    before = stored(server, alien)
    refusals = [Reply(400, b"Error processing request.", "text/plain")]
    server.after = lambda request, _: refusals.pop() if request.method == "POST" and refusals else None
    rig.sync()
    assert stored(server, alien) == before
    assert rig.outcome(alien, "plot") == "REFUSED"
    assert "Error processing" in rig.daemon.entries[alien.id].told("plot").detail


def test_a_server_that_goes_amid_a_pull_is_tried_again(rig: JellyfinRig, server: FakeJellyfin):
    films = [film(server, f"Film {number}") for number in range(5)]
    rig.daemon.library |= {f"Film {number}": {"plot": "Theirs."} for number in range(5)}
    rig.look()
    rig.report()

    def starts(request: Request, _: Reply) -> None:
        server.starting = server.starting or len(server.posts()) == 2

    server.after = starts
    assert rig.pull().unfinished
    with pytest.raises(HostUnavailable):
        rig.look()
    server.after, server.starting = lambda *_: None, False
    rig.sync()
    assert [each.data.get("Overview") for each in films] == ["Theirs."] * 5
    assert len(server.posts()) == 5


def test_an_upgrade_changes_nothing(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien", Tags=["a"])
    rig.daemon.library["Alien"] = {"plot": "Theirs.", "genres": ["Horror"]}
    rig.sync()
    server.upgrade("12.1.0")
    posts = len(server.posts())
    rig.daemon.change("Alien", "genres", ["Horror", "horror", " Drama "])
    rig.sync()
    assert alien.data["Genres"] == ["Horror", "Drama"]
    assert rig.sync().written == 0
    assert len(server.posts()) == posts + 1
