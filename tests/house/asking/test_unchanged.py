"""Which items need nothing: every reason for which one must not be passed over, each on its own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from fakes import FakeClock
from harness import House, title
from metarr.asking.unchanged import Unchanged
from metarr.domain.authority import FieldRule
from metarr.domain.freshness import TTL
from metarr.domain.values import Kind
from metarr.library.edit import Edit
from metarr.store import jobs
from metarr.store.jobs import Job

KINDS = frozenset({Kind.MOVIE, Kind.SERIES})
TITLES = ("fight-club", "inception", "seven-samurai", "game-of-thrones")


@pytest.fixture
def library(home: House) -> dict[str, int]:
    """Four enriched titles by their key."""
    added = {
        key: home.add(key, *(("imdb", "tvdb") if key == "game-of-thrones" else ("imdb", "tmdb"))) for key in TITLES
    }
    for item_id in added.values():
        home.enrich(item_id)
    return added


def standing(home: House) -> set[int]:
    """The items of the library at which there is nothing to do now."""
    view = Unchanged(home.services.gatherer.heard(home.services.config.read()), home.clock.now())
    with home.database.read() as connection:
        batch = jobs.candidates(connection, Job(created_at=home.clock.now()), KINDS, 0, 100)
        return view.unchanged(connection, batch)


def test_what_is_fresh_needs_nothing_until_it_is_not(home: House, clock: FakeClock, library: dict[str, int]) -> None:
    assert standing(home) == set(library.values())
    clock.advance(TTL.total_seconds() - 1)
    assert standing(home) == set(library.values())
    clock.advance(1)
    assert standing(home) == set()


def test_new_parsers_make_no_rush(home: House, library: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    for entry in home.services.roster.all():
        monkeypatch.setattr(type(entry.provider), "parser_version", 99)
    home.asked()
    assert standing(home) == set(library.values())
    for item_id in library.values():
        home.enrich(item_id)
    assert home.asked() == {}


def test_one_stale_answer_of_four_is_enough(home: House, clock: FakeClock, library: dict[str, int]) -> None:
    clock.advance(TTL.total_seconds() - 60)
    home.enrich(library["inception"], "tmdb", "fanart", "tvdb", force=True)
    home.enrich(library["fight-club"], force=True)
    clock.advance(60)
    assert standing(home) == {library["fight-club"]}


def test_an_answer_that_is_missed_already_is_left_to_its_queue(home: House, clock: FakeClock) -> None:
    waits, new = home.add("inception"), home.add("fight-club")
    home.services.providers.update("omdb", None, {"daily_quota": 1})
    home.enrich(new, "omdb")
    home.enrich(waits)
    assert home.awaited(waits).keys() == {"omdb"}
    assert waits in standing(home)
    with home.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM pending_answers")
    assert waits not in standing(home)


def test_an_answer_that_failed_is_not_passed_over(home: House, clock: FakeClock) -> None:
    item_id = home.add("inception")
    home.simulators.fault("omdb", "error_500")
    home.enrich(item_id)
    assert home.awaited(item_id).keys() == {"omdb"}
    assert standing(home) == set()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda home, item_id: home.services.editor.edit(item_id, Edit(lock=frozenset({"plot"}))), id="a lock"
        ),
        pytest.param(
            lambda home, item_id: home.services.editor.edit(item_id, Edit(fields={"plot": "Mine."})), id="an edit"
        ),
        pytest.param(
            lambda home, item_id: home.change(item_id, lambda item: replace(item, fingerprint="")), id="cleared"
        ),
        pytest.param(
            lambda home, item_id: home.change(item_id, lambda item: replace(item, fingerprint="of another merge")),
            id="another",
        ),
    ],
)
def test_an_item_whose_merge_does_not_stand_is_merged(
    home: House, library: dict[str, int], change: Callable[[House, int], object]
) -> None:
    change(home, library["inception"])
    assert standing(home) == set(library.values()) - {library["inception"]}


def test_after_a_change_of_its_rules_no_item_of_a_kind_is_passed_over(home: House, library: dict[str, int]) -> None:
    home.services.authorities.update(rules=[(Kind.MOVIE, "plot", FieldRule(providers=("omdb", "tmdb")))])
    assert standing(home).isdisjoint({library["inception"], library["fight-club"], library["seven-samurai"]})


def test_a_provider_that_is_switched_on_or_off_is_to_be_heard_or_not(home: House, library: dict[str, int]) -> None:
    home.services.providers.update("fanart", False, {})
    assert standing(home) == set()
    home.services.providers.update("fanart", True, {})
    assert standing(home) == set(library.values())


def test_of_two_ids_the_one_that_was_answered_last_counts(home: House, clock: FakeClock) -> None:
    """fanart.tv is asked by either: a TMDB id found later needs no answer of its own."""
    item_id = home.add("inception", "imdb")
    home.services.providers.update("tmdb", False, {})
    home.enrich(item_id)
    assert home.asked()["fanart"] == 1
    home.services.providers.update("tmdb", True, {})
    home.enrich(item_id)
    assert home.item(item_id).ids.keys() >= {"imdb", "tmdb"}
    assert "fanart" not in home.asked()
    assert standing(home) == {item_id}


def test_what_was_never_asked_about_is_done_and_what_has_no_id_too(home: House) -> None:
    home.add("inception")
    nameless = home.add("fight-club")
    with home.database.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM external_ids WHERE item_id = {nameless}")
    assert standing(home) == set()


def test_a_title_that_a_provider_does_not_know_is_asked_about_sooner(home: House, clock: FakeClock) -> None:
    known, unknown = home.add("fight-club"), home.add("inception")
    home.simulators.patch("omdb", "movie", title("inception").imdb, missing=True)
    for item_id in (known, unknown):
        home.enrich(item_id)
    assert standing(home) == {known, unknown}
    clock.advance(timedelta(days=1).total_seconds())
    assert standing(home) == {known}
