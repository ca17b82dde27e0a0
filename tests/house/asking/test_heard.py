"""By which ids providers are asked, which stored answer is the newest, and what stands for it: one writer for all."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from factories import NOW
from fakes import FakeClock
from harness import House
from metarr.asking.heard import NOT_HEARD, Heard, newest
from metarr.domain.values import Kind

TITLES = ("fight-club", "inception", "seven-samurai", "game-of-thrones")


@pytest.fixture
def library(home: House) -> dict[str, int]:
    added = {key: home.add(key) for key in TITLES}
    for item_id in added.values():
        home.enrich(item_id)
    return added


def heard(home: House) -> Heard:
    return home.services.gatherer.heard(home.services.config.read())


@pytest.mark.parametrize(
    ("kind", "provider", "ids", "asked"),
    [
        (Kind.MOVIE, "tmdb", {"imdb": "tt1", "tmdb": "2"}, ["tmdb:2"]),
        (Kind.MOVIE, "tmdb", {"imdb": "tt1"}, ["imdb:tt1"]),
        (Kind.MOVIE, "tmdb", {"tvdb": "3"}, []),
        (Kind.SERIES, "tmdb", {"tvdb": "3", "imdb": "tt1"}, ["imdb:tt1"]),
        (Kind.MOVIE, "fanart", {"imdb": "tt1", "tmdb": "2"}, ["tmdb:2", "imdb:tt1"]),
        (Kind.SERIES, "fanart", {"imdb": "tt1", "tmdb": "2"}, []),
        (Kind.MOVIE, "omdb", {}, []),
    ],
)
def test_its_own_ids_the_best_first_else_one_to_look_it_up_from(
    home: House, kind: Kind, provider: str, ids: dict[str, str], asked: list[str]
) -> None:
    [asker] = [each for each in heard(home).askers(kind) if each.id == provider]
    assert asker.asked_ids(ids) == asked
    assert [key.asked_id for key in asker.keys(ids)] == asked


def test_of_several_answers_the_one_given_last_counts_and_of_equals_the_best() -> None:
    ages = {"a": NOW - timedelta(days=1), "b": NOW, "c": NOW}
    assert newest(("a", "b", "c"), ages, lambda age: age, NOW) == "b"
    assert newest(("c", "b", "a"), ages, lambda age: age, NOW) == "c"
    assert newest(("x", "a"), ages, lambda age: age, NOW) == "a"
    assert newest(("x", "y"), ages, lambda age: age, NOW) is None


def test_an_answer_from_ahead_of_the_clock_is_the_last_one_only_where_there_is_no_other() -> None:
    ages = {"a": NOW - timedelta(days=1), "b": NOW + timedelta(days=1)}
    assert newest(("a", "b"), ages, lambda age: age, NOW) == newest(("b", "a"), ages, lambda age: age, NOW) == "a"
    assert newest(("b",), ages, lambda age: age, NOW) == "b"


def test_one_title_and_many_are_marked_alike_and_as_their_merges_were(home: House, library: dict[str, int]) -> None:
    known = heard(home)
    items = [home.item(item_id) for item_id in library.values()]
    with home.database.read() as connection:
        recalled = home.services.gatherer.recall(connection, items, known.config)
        for item in items:
            alone = known.marks(connection, item.kind, item.id_values())
            many = known.marks_of_many(connection, item.kind, [{}, item.id_values()])
            assert {asker.id: mark for place, asker, mark, _ in many if place == 1} == alone
            assert NOT_HEARD not in alone.values()
            assert known.fingerprint_on(item.kind, alone) == item.fingerprint == recalled[item.id].fingerprint


def test_who_only_ever_answered_by_what_it_was_looked_up_from_is_marked_alike_by_all(home: House) -> None:
    """TheTVDB's own id is disputed, so the item never gets it: it stays asked by the IMDb id."""
    item_id = home.add("fight-club")
    home.enrich(item_id)
    home.change(item_id, lambda item: replace(item, ids={"imdb": item.ids["imdb"]}))
    known, item = heard(home), home.item(item_id)
    with home.database.read() as connection:
        alone = known.fingerprint(connection, item.kind, item.id_values())
        assert home.services.gatherer.recall(connection, [item], known.config)[item_id].fingerprint == alone


def test_what_is_configured_is_worked_out_once(home: House, clock: FakeClock) -> None:
    first = heard(home)
    assert heard(home) is first
    home.services.providers.update("fanart", False, {})
    assert {asker.id for asker in heard(home).askers(Kind.MOVIE)} == {"omdb", "tmdb", "tvdb"}
    home.services.providers.update("fanart", True, {})
    home.services.settings.update({"language": "de-DE"})
    shapes = {asker.id: asker.shape for asker in heard(home).askers(Kind.MOVIE)}
    assert shapes["tmdb"] != {asker.id: asker.shape for asker in first.askers(Kind.MOVIE)}["tmdb"]
