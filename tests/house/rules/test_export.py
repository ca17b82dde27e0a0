import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from factories import NOW, source_of
from fakes import FakeClock
from metarr.app import Services, build
from metarr.domain.authority import FieldRule
from metarr.domain.conflicts import claim_of, with_conflicts
from metarr.domain.item import Conflict, FieldValue, IdClaim, MediaItem, Rule, Veto
from metarr.domain.values import Credit, Image, Kind
from metarr.errors import InvalidInput
from metarr.library.edit import Edit
from metarr.library.intake import NewItem, NewSeries
from metarr.providers.registry import discover
from metarr.secrets import Vault
from metarr.store import changes, hosts, items, key_values
from metarr.store.database import Database
from metarr.store.hosts import HostConfig

pytestmark = pytest.mark.slow

KEY = "0123456789abcdef0123456789abcdef"


class House:
    """The services over a library of their own."""

    def __init__(self, folder: Path) -> None:
        self.database = Database.in_memory()
        self.services: Services = build(self.database, Vault(folder / "key"), FakeClock(NOW), discover())

    def close(self) -> None:
        self.services.roster.close()
        self.database.close()

    def add(self, item: MediaItem) -> int:
        with self.database.begin() as connection:
            return items.add(connection, item).id

    def item(self, item_id: int) -> MediaItem:
        with self.database.read() as connection:
            found = items.get(connection, item_id)
        assert found is not None
        return found

    def export(self) -> dict[str, Any]:
        text, last = self.services.decisions.export(0, 200)
        assert last == 0
        return json.loads(text)

    def take(self, document: dict[str, Any], *, dry_run: bool = False):
        return self.services.decisions.take(json.dumps({"format": 1, **document}), dry_run=dry_run)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "other")
    yield house
    house.close()


def movie(title: str, imdb: str = "", **more: Any) -> MediaItem:
    ids = {"imdb": IdClaim(value=imdb)} if imdb else {}
    return MediaItem(kind=Kind.MOVIE, title=title, year=1995, ids=ids, added_at=NOW, **more)


def held(value: Any, source: str = "tmdb", **more: Any) -> FieldValue:
    return FieldValue(value=value, sources=(source,), fetched_at=NOW, rule=Rule.FIRST, **more)


def series(house: House) -> dict[str, int]:
    """A series with a season and two episodes, which have no ids of their own."""
    above = house.add(MediaItem(kind=Kind.SERIES, title="Lost", year=2004, ids={"tvdb": IdClaim(value="73739")}))
    number = held(1, "tvdb")
    season = house.add(MediaItem(kind=Kind.SEASON, parent_id=above, fields={"season_number": number}))
    episodes = {
        f"e{n}": house.add(
            MediaItem(
                kind=Kind.EPISODE,
                parent_id=season,
                fields={"season_number": number, "episode_number": held(n, "tvdb"), "plot": held(f"Plot {n}", "tvdb")},
            )
        )
        for n in (1, 2)
    }
    return {"series": above, "season": season, **episodes}


def test_what_was_decided_nowhere_leaves_nothing_about_items(house: House):
    house.add(movie("Heat", "tt0113277", fields={"plot": held("A plot")}))
    assert house.export().get("items", []) == []


def test_everything_that_was_decided_comes_over_into_another_library(house: House, other: House):
    heat = house.add(movie("Heat", "tt0113277", fields={"plot": held("Theirs"), "imdb_rating": held(8.3, "omdb")}))
    ronin = house.add(movie("Ronin", "tt0122690"))
    people = [{"name": "Al Pacino", "role": "Vincent"}, {"name": "Robert De Niro", "order": 1}]
    poster = [{"url": "https://images.example/p.jpg", "width": 1000, "height": 1500, "language": "en"}]
    house.services.editor.edit(
        heat, Edit(fields={"plot": "Mine", "cast": people, "poster": poster}, lock=frozenset({"imdb_rating"}))
    )
    house.services.editor.edit(ronin, Edit(monitored=False, fields={"tagline": None}))
    house.services.authorities.update(
        priority=("tvdb", "tmdb", "omdb", "fanart"),
        fill_gaps=False,
        rules=[(Kind.MOVIE, "plot", FieldRule(providers=("omdb",), exclusive=True))],
    )
    house.services.providers.update("omdb", False, {"requests_per_second": 3, "api_key": KEY})
    with house.database.begin() as connection:
        key_values.put(connection, {"country": "DE", "image_languages": ["de", "en"]})

    there = other.add(movie("Heat", "tt0113277", fields={"plot": held("Theirs, newer")}))
    away = other.add(movie("Ronin", "tt0122690", fields={"tagline": held("A tagline")}))
    taken = other.take(house.export())
    assert (taken.settings, taken.authorities, taken.providers, taken.items, taken.same) == (2, 3, 1, 2, 0)
    assert taken.unplaced == ()

    fields = other.item(there).fields
    assert fields["plot"] == FieldValue(value="Mine", sources=("owner",), fetched_at=NOW, rule=Rule.OWNER, locked=True)
    assert fields["cast"].value == (
        Credit(name="Al Pacino", role="Vincent", order=0),
        Credit(name="Robert De Niro", order=1),
    )
    assert fields["poster"].value == (
        Image(url="https://images.example/p.jpg", width=1000, height=1500, language="en"),
    )
    assert (fields["imdb_rating"].value, source_of(fields["imdb_rating"]), fields["imdb_rating"].locked) == (
        8.3,
        "omdb",
        True,
    )
    tagline = other.item(away).fields["tagline"]
    assert (tagline.value, tagline.locked) == (None, True)
    assert not other.item(away).monitored
    assert other.services.authorities.read().authority == house.services.authorities.read().authority
    assert other.services.config.read().settings == house.services.config.read().settings
    omdb = other.services.providers.configured("omdb")
    assert (omdb.config.enabled, omdb.settings["requests_per_second"]) == (False, 3)
    assert not omdb.ready
    assert other.export()["items"] == house.export()["items"]


def test_a_conflict_that_was_dismissed_stays_so_in_another_library(house: House, other: House):
    """Also one that nobody claims there yet."""
    claims = [Conflict(id_type="imdb", value=value, claimed_by="omdb", stands="tt0113277") for value in ("tt1", "tt2")]
    heat = house.add(movie("Heat", "tt0113277", conflicts=tuple(claims)))
    for claim in claims:
        house.services.editor.dismiss(heat, claim_of(claim))
    there = other.add(movie("Heat", "tt0113277", conflicts=(claims[0],)))
    document = house.export()
    assert document["items"] == [
        {
            "kind": "movie",
            "ids": {"imdb": "tt0113277"},
            "title": "Heat",
            "year": 1995,
            "dismissed": [{"type": "imdb", "value": value, "claimed_by": "omdb"} for value in ("tt1", "tt2")],
        }
    ]
    assert other.take(document).items == 1
    item = other.item(there)
    assert (item.conflicts, [claim_of(each) for each in item.dismissed]) == ((), list(map(claim_of, claims)))
    assert with_conflicts(item, claims).conflicts == ()
    assert other.take(document).same == 1


def test_what_is_taken_over_twice_changes_nothing_more(house: House, other: House):
    heat = house.add(movie("Heat", "tt0113277", fields={"fanart": held((Image(url="https://a.example/1", votes=3),))}))
    house.services.editor.edit(heat, Edit(fields={"genres": ["Crime", "Drama"]}, lock=frozenset({"fanart"})))
    there = other.add(movie("Heat", "tt0113277"))
    document = house.export()
    assert other.take(document).items == 1
    version = other.item(there).version
    again = other.take(document)
    assert (again.settings, again.authorities, again.providers, again.items, again.same) == (0, 0, 0, 0, 1)
    assert other.item(there).version == version
    home = house.take(document)
    assert (home.items, home.same) == (0, 1)


def test_it_can_be_undone_as_an_edit(house: House):
    item_id = house.add(movie("Heat", "tt0113277", fields={"plot": held("Theirs")}))
    about = {"kind": "movie", "ids": {"imdb": "tt0113277"}, "locked": {"plot": {"value": "Mine"}}}
    house.take({"items": [about]})
    with house.database.read() as connection:
        [change_set] = changes.page(connection, item_id=item_id)
    assert (change_set.cause, [change.field for change in change_set.changes]) == ("edit", ["plot"])
    house.services.history.undo(change_set.id)
    assert house.item(item_id).fields["plot"] == held("Theirs")


def test_what_it_does_not_name_stays(house: House):
    veto = Veto(field="title", providers=("tmdb",), value="Hitze")
    item_id = house.add(
        movie("Heat", "tt0113277", fields={"title": held("Heat"), "plot": held("Theirs", locked=True)}, vetoes=(veto,))
    )
    house.services.providers.update("tmdb", True, {"api_key": KEY, "requests_per_second": 7})
    house.take(
        {
            "providers": {"tmdb": {"settings": {"requests_per_second": 9}}},
            "items": [{"kind": "movie", "ids": {"imdb": "tt0113277"}, "locked": {"tagline": {"value": "Mine"}}}],
        }
    )
    item = house.item(item_id)
    assert (item.fields["title"], item.fields["plot"]) == (held("Heat"), held("Theirs", locked=True))
    assert (item.vetoes, item.monitored) == ((veto,), True)
    tmdb = house.services.providers.configured("tmdb")
    assert (tmdb.settings["api_key"], tmdb.settings["requests_per_second"]) == (KEY, 9)


def test_a_dry_run_tells_the_same_and_changes_nothing(house: House, other: House):
    heat = house.add(movie("Heat", "tt0113277"))
    house.services.editor.edit(heat, Edit(fields={"plot": "Mine"}))
    house.services.authorities.update(fill_gaps=False)
    house.services.providers.update("fanart", False, {})
    with house.database.begin() as connection:
        key_values.put(connection, {"country": "DE"})
    there = other.add(movie("Heat", "tt0113277"))
    before, document = (other.item(there), other.export()), house.export()
    told = other.take(document, dry_run=True)
    assert (other.item(there), other.export()) == before
    assert told == other.take(document)
    assert (told.settings, told.authorities, told.providers, told.items) == (1, 1, 1, 1)


def test_episodes_without_ids_are_found_by_their_series_and_numbers(house: House, other: House):
    here = series(house)
    house.services.editor.edit(here["e2"], Edit(fields={"plot": "Mine"}))
    house.services.editor.edit(here["season"], Edit(monitored=False))
    there = series(other)
    taken = other.take(house.export())
    assert (taken.items, taken.unplaced) == (2, ())
    assert other.item(there["e2"]).fields["plot"].value == "Mine"
    assert other.item(there["e1"]).fields["plot"].value == "Plot 1"
    assert not other.item(there["season"]).monitored


def test_titles_without_ids_are_found_by_their_words(house: House, other: House):
    house.services.editor.edit(house.add(movie("Home video")), Edit(fields={"plot": "Mine"}))
    there = other.add(movie("Home video"))
    assert other.take(house.export()).items == 1
    assert other.item(there).fields["plot"].value == "Mine"


def test_what_is_not_there_is_told_and_the_rest_is_taken(house: House):
    item_id = house.add(movie("Heat", "tt0113277"))
    for _ in range(2):
        house.add(movie("Twice"))
    locked = {"plot": {"value": "Mine"}}
    taken = house.take(
        {
            "providers": {"tvmaze": {"enabled": False}},
            "items": [
                {"kind": "movie", "ids": {"imdb": "tt0000001"}, "title": "Gone", "locked": locked},
                {"kind": "movie", "ids": {"imdb": "tt0113277"}, "locked": locked},
                {"kind": "movie", "title": "Twice", "year": 1995, "locked": locked},
                {
                    "kind": "episode",
                    "series": {"ids": {"tvdb": "73739"}, "title": "Lost"},
                    "season": 1,
                    "episode": 2,
                    "locked": locked,
                },
            ],
        }
    )
    assert [each.name for each in taken.unplaced] == ["tvmaze", "Gone", "Twice", "Lost S01E02 untitled"]
    assert "several items could be meant" in taken.unplaced[2].why
    assert taken.items == 1
    assert house.item(item_id).fields["plot"].value == "Mine"


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ({"format": 3}, ["format"]),
        ({"setings": {}}, ["json"]),
        ({"items": [{"kind": "film"}]}, ["json"]),
        ({"items": [{"kind": "movie"}] * 501}, ["items"]),
        ({"settings": {"countri": "DE", "country": "Germany"}}, ["settings.countri", "settings.country"]),
        ({"authorities": {"provider_priority": ["nope"]}}, ["authorities.provider_priority"]),
        (
            {"authorities": {"fields": {"movie.plot": {"providers": ["nope"]}}}},
            ["authorities.fields.movie.plot.providers"],
        ),
        (
            {"authorities": {"fields": {"plot": {}, "film.plot": {}}}},
            ["authorities.fields.plot", "authorities.fields.film.plot"],
        ),
        ({"authorities": {"fields": {"movie.nope": {}}}}, ["authorities.fields.movie.nope.field"]),
        ({"providers": {"tmdb": {"settings": {"api_key": KEY}}}}, ["providers.tmdb.settings.api_key"]),
        ({"providers": {"tmdb": {"settings": {"nope": 1}}}}, ["providers.tmdb.settings.nope"]),
        (
            {
                "items": [
                    {
                        "kind": "movie",
                        "dismissed": [
                            {"type": "imdb", "value": "tt1", "claimed_by": "omdb"},
                            {"type": "", "value": "tt1", "claimed_by": "omdb"},
                            {"type": "imdb", "value": "x" * 501, "claimed_by": "omdb"},
                            {"type": "imdb", "value": "tt1", "claimed_by": "O M"},
                        ],
                    }
                ]
            },
            [f"items[0].dismissed[{number}]" for number in (1, 2, 3)],
        ),
        (
            {"providers": {"tmdb": {"settings": {"requests_per_second": -1}}}},
            ["providers.tmdb.settings.requests_per_second"],
        ),
        (
            {
                "items": [
                    {"kind": "movie"},
                    {
                        "kind": "movie",
                        "ids": {"imdb": "x", "tmdb": "1"},
                        "locked": {
                            "nope": {"value": 1},
                            "plot": {"value": 5},
                            "imdb_rating": {"value": 11, "source": "A b"},
                            "tagline": {"value": "x", "fetched_at": "2026-01-01T00:00:00"},
                        },
                    },
                ]
            },
            [
                "items[1].ids.imdb",
                "items[1].locked.imdb_rating",
                "items[1].locked.imdb_rating.source",
                "items[1].locked.nope",
                "items[1].locked.plot",
                "items[1].locked.tagline.fetched_at",
            ],
        ),
    ],
)
def test_faults_are_all_told_by_their_place_and_nothing_changes(house: House, document, paths):
    item_id = house.add(movie("Heat", "tt0113277"))
    good = {
        "settings": {"language": "de-DE"},
        "items": [{"kind": "movie", "ids": {"imdb": "tt0113277"}, "monitored": False}],
    }
    before = house.export()
    with pytest.raises(InvalidInput) as caught:
        house.take({**good, **document})
    assert sorted(each.field for each in caught.value.violations) == sorted(paths)
    assert house.export() == before
    assert house.item(item_id).monitored
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"items": []}', "\x00", "[" * 100_000])
def test_what_is_no_document_is_refused(house: House, text: str):
    with pytest.raises(InvalidInput, match="no document of metarr export"):
        house.services.decisions.take(text, dry_run=False)


def test_many_items_come_page_by_page(house: House):
    for number in range(25):
        house.add(movie(f"Movie {number}", f"tt{number + 1:07}", monitored=False))
    house.add(movie("Heat", "tt0113277"))
    pages, after = [], 0
    while True:
        text, after = house.services.decisions.export(after, 10)
        pages.append(json.loads(text))
        if not after:
            break
    assert [len(page["items"]) for page in pages] == [10, 10, 5]
    assert ["authorities" in page for page in pages] == [True, False, False]
    assert len({page["items"][0]["title"] for page in pages}) == 3


def test_no_secret_comes_out(house: House):
    for provider in ("tmdb", "omdb", "tvdb", "fanart"):
        house.services.providers.update(provider, True, {"api_key": KEY})
    assert KEY not in json.dumps(house.export())


def test_deleted_items_are_not_told(house: House):
    item_id = house.add(movie("Heat", "tt0113277", monitored=False))
    house.services.editor.delete([("item_ids[0]", item_id)])
    assert house.export().get("items", []) == []


SERIES = {"kind": "series", "ids": {"tvdb": "73739"}, "title": "Lost", "year": 2004}
ENTRIES = [
    {"provider": "tmdb", "entry": "tmdb:4607/1/2", "season": 1, "episode": 1},
    {"provider": "tmdb", "entry": "tmdb:4607/1/9"},
]


def add_lost(house: House) -> int:
    """The series with two episodes, as files would bring them."""
    given = NewSeries("Lost", 2004, {"tvdb": "73739"})
    new = [NewItem(Kind.EPISODE, series=given, season=1, episode=number) for number in (1, 2)]
    return house.services.library.upsert([NewItem(Kind.SERIES, "Lost", 2004, {"tvdb": "73739"}), *new])[0].item.id


def test_the_order_of_a_series_and_what_its_entries_are_go_along(house: House, other: House):
    add_lost(house)
    taken = house.take({"items": [{**SERIES, "order": "dvd", "entries": ENTRIES}]})
    assert (taken.items, taken.unplaced) == (1, ())
    document = house.export()
    [told] = document["items"]
    assert (told["order"], told["entries"]) == ("dvd", ENTRIES)
    there = add_lost(other)
    assert other.take(document, dry_run=True).items == 1
    assert other.export().get("items", []) == []
    assert other.take(document).items == 1
    assert other.item(there).order == "dvd"
    assert other.export() == document
    assert other.take(document) == replace(other.take(document), items=0, same=1)
    with other.database.read() as connection:
        assert [each.new_numbering for each in changes.page(connection, item_id=there)][:1] == ["dvd"]


def test_an_entry_whose_episode_is_not_there_has_no_place(house: House):
    add_lost(house)
    entries = [{**ENTRIES[0], "episode": 7}, ENTRIES[1]]
    taken = house.take({"items": [{**SERIES, "entries": entries}]})
    assert [each.name for each in taken.unplaced] == ["Lost tmdb:4607/1/2"]
    assert house.export()["items"][0]["entries"] == [ENTRIES[1]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "movie", "order": "dvd"},
        {"kind": "series", "order": "no order!"},
        {"kind": "series", "entries": [{"provider": "tmdb", "entry": "no entry"}]},
        {"kind": "series", "entries": [{"provider": "tmdb", "entry": "tmdb:1/1/1", "season": 1}]},
        {"kind": "series", "entries": [{"provider": "tmdb", "entry": "tmdb:1/1/1", "season": -1, "episode": 1}]},
        {"kind": "series", "entries": [{"provider": "", "entry": "tmdb:1/1/1"}]},
    ],
)
def test_what_is_no_order_and_no_entry_is_refused(house: House, wrong: dict[str, Any]):
    with pytest.raises(InvalidInput):
        house.take({"items": [{"title": "Lost", "year": 2004, **wrong}]})


@pytest.fixture
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


def with_hosts(house: House, media: Path) -> dict[str, Any]:
    """Two hosts, one of them switched off."""
    for name in ("films", "tv"):
        (media / name).mkdir()
    services = house.services.hosts
    services.add("folders", "Cinema", {"movies": [str(media / "films")], "fanarts": 3})
    services.add("folders", "", {"series": [str(media / "tv")]})
    services.update("folders-2", name=None, enabled=False, wanted={})
    document: dict[str, Any] = house.export()["hosts"]
    return document


@pytest.mark.slow
def test_hosts_come_over_into_another_library(house: House, other: House, media: Path):
    document = with_hosts(house, media)
    assert document["folders"]["settings"] == {
        "paths": [],
        "movies": [str(media / "films")],
        "series": [],
        "fanarts": 3,
    }
    assert other.take({"hosts": document}, dry_run=True).hosts == 2
    assert other.services.hosts.everyone() == []
    assert (other.take({"hosts": document}).hosts, other.take({"hosts": document}).hosts) == (2, 0)
    assert other.export()["hosts"] == document
    document["folders"]["name"] = "Theatre"
    assert (other.take({"hosts": document}).hosts, other.export()["hosts"]) == (1, document)


@pytest.mark.slow
def test_a_host_that_has_no_place_is_passed_over_with_the_reason(house: House, other: House, media: Path):
    document = with_hosts(house, media)
    (media / "films").rmdir()
    document["odd"] = {"kind": "odd"}
    document["again"] = document["folders-2"]
    for dry_run in (True, False):
        outcome = other.take({"hosts": document}, dry_run=dry_run)
        why = {each.name: each.why for each in outcome.unplaced}
        assert "is not there" in why["host folders"]
        assert "no kind of host 'odd'" in why["host odd"]
    assert outcome.hosts == 1
    assert "works on" in why["host folders-2"]


def test_a_key_of_a_host_is_written_to_no_document_and_read_from_none(house: House):
    settings = {"url": "http://nas:8096", "api_key": KEY}
    with pytest.raises(InvalidInput) as failed:
        house.take({"hosts": {"jellyfin": {"kind": "jellyfin", "settings": settings}}})
    assert [each.field for each in failed.value.violations] == ["hosts.jellyfin.settings.api_key"]
    vault = house.services.hosts._vault
    with house.database.begin() as connection:
        host = HostConfig(
            id="jellyfin", kind="jellyfin", name="J", player_id="j", added_at=NOW,
            settings={"url": "http://nas:8096"}, sealed={"api_key": vault.seal(KEY)},
        )  # fmt: skip
        hosts.put(connection, host)
    document = house.export()["hosts"]["jellyfin"]
    assert document["settings"]["url"] == "http://nas:8096"
    assert KEY not in json.dumps(document)
    assert "api_key" not in document["settings"]
