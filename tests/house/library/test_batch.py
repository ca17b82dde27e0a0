"""Items enriched by the batch: committed together, and what becomes of one of them becomes of no other."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from fakes import FakeClock
from harness import PROVIDERS, House, title
from metarr.asking.gather import BATCH
from metarr.domain.item import OWNER, FieldValue, IdClaim, MediaItem, Rule
from metarr.domain.values import Kind
from metarr.errors import DatabaseUnusable, MetarrError, NoSuchThing, Stopped
from metarr.library import merging
from metarr.library.batch import Outcomes
from metarr.library.intake import NewItem
from metarr.library.wish import Enriched
from metarr.store import items
from simulators.generated import generated_movie


def add(home: House, count: int) -> list[int]:
    wanted = []
    for told in map(generated_movie, range(count)):
        ids = {"imdb": str(told.imdb), "tmdb": str(told.tmdb), "tvdb": str(told.tvdb)}
        wanted.append(NewItem(Kind.MOVIE, told.title, told.year, ids))
    return [taken.item.id for taken in home.services.library.upsert(wanted)]


def enrich(home: House, item_ids: Sequence[int], **more: Any) -> Outcomes:
    outcomes: Outcomes = {}
    for some in home.services.enricher.enrich_all(item_ids, home.wish(**more)):
        assert outcomes.keys().isdisjoint(some), "told twice"
        outcomes |= some
    return outcomes


@contextmanager
def during(home: House, happens: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have something happen, once, between the gathering of the answers and the commit."""
    gather, left = home.services.gatherer.gather_all, [happens]

    def gathering(*arguments: Any) -> Iterator[Any]:
        for findings in gather(*arguments):
            if left:
                left.pop()()
            yield findings

    with monkeypatch.context() as patch:
        patch.setattr(home.services.gatherer, "gather_all", gathering)
        yield
    assert not left


@pytest.fixture
def commits(home: House, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items each transaction saved from now on."""
    saved: list[int] = []
    save_all = items.save_all

    def counted(connection: Any, pairs: Any) -> Any:
        saved.append(len(pairs))
        return save_all(connection, pairs)

    monkeypatch.setattr(items, "save_all", counted)
    return saved


def all_changed(outcomes: Outcomes, item_ids: Sequence[int]) -> bool:
    told = [outcomes[item_id] for item_id in item_ids]
    return all(isinstance(each, Enriched) and each.changes for each in told)


def test_what_is_answered_together_is_committed_together(home: House, commits: list[int]) -> None:
    added = add(home, 5)
    for provider in PROVIDERS:
        home.enrich(added[0], provider)  # whoever must sign in has done so
    commits.clear()
    assert all_changed(enrich(home, added[1:]), added[1:])
    assert commits == [4]
    assert [len(home.history(item_id)) for item_id in added[1:]] == [1] * 4
    home.asked()
    assert not any(each.changes for each in enrich(home, added).values() if isinstance(each, Enriched))
    assert home.asked() == {}


@pytest.mark.slow
def test_no_more_are_committed_together_than_make_a_batch(home: House, commits: list[int]) -> None:
    added = add(home, BATCH + 3)
    for item_id in added:
        home.enrich(item_id)
        home.change(item_id, lambda item: replace(item, fields={}, fingerprint=""))
    commits.clear()
    assert all_changed(enrich(home, added), added)
    assert sum(commits) == len(added)
    assert max(commits) <= len(added)


def test_an_edit_made_meanwhile_is_seen_and_wins(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    added = add(home, 3)
    mine = FieldValue(value="My own plot", sources=(OWNER,), rule=Rule.OWNER, locked=True)

    def edit() -> None:
        home.change(added[1], lambda item: replace(item, fields={**item.fields, "plot": mine}))

    with during(home, edit, monkeypatch):
        assert all_changed(enrich(home, added), added)
    assert home.item(added[1]).fields["plot"] == mine
    assert home.item(added[0]).fields["plot"].rule is not Rule.OWNER
    assert home.asked() | {"tvdb": 3} == {"fanart": 3, "omdb": 3, "tmdb": 3, "tvdb": 3}


def test_a_row_that_moved_costs_its_item_a_repeat_and_no_other_anything(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = add(home, 3)
    matrix = {"imdb": IdClaim(value=str(title("the-matrix").imdb), source=OWNER)}

    def correct() -> None:
        home.change(added[1], lambda item: replace(item, ids=matrix, title="", year=0))

    with during(home, correct, monkeypatch):
        assert all_changed(enrich(home, added), added)
    assert home.item(added[1]).fields["title"].value == "The Matrix"
    assert home.asked()["omdb"] == 4  # of the others nobody was asked again


def test_one_that_is_deleted_meanwhile_is_told_alone(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    added = add(home, 3)
    with during(home, lambda: home.services.editor.delete([("item_ids[0]", added[1])]), monkeypatch):
        outcomes = enrich(home, added)
    assert isinstance(outcomes[added[1]], NoSuchThing)
    assert all_changed(outcomes, [added[0], added[2]])


@pytest.mark.parametrize("step", ["merge", "save"])
def test_a_poisonous_one_fails_alone(
    home: House, monkeypatch: pytest.MonkeyPatch, step: str, commits: list[int]
) -> None:
    """In its merge it keeps nothing from being committed together; what breaks the transaction is found one by one."""
    added = add(home, 4)
    bad = added[2]
    merge, save_all = merging.merge, items.save_all

    def merged(item: MediaItem, *given: Any, **more: Any) -> Any:
        if item.id == bad:
            raise RuntimeError("boom")
        return merge(item, *given, **more)

    def saved(connection: Any, pairs: Any) -> Any:
        result = save_all(connection, pairs)
        if any(before.id == bad for before, _ in pairs):
            raise RuntimeError("boom")
        return result

    monkeypatch.setattr(*((merging, "merge", merged) if step == "merge" else (items, "save_all", saved)))
    outcomes = enrich(home, added)
    good = [item_id for item_id in added if item_id != bad]
    assert isinstance(outcomes[bad], RuntimeError)
    assert all_changed(outcomes, good)
    assert home.item(bad).last_enriched_at is None
    assert [len(home.history(item_id)) for item_id in added] == [1, 1, 0, 1]
    assert home.asked()["omdb"] == 4


def test_what_is_rolled_back_counts_once_for_the_brakes(
    home: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = add(home, 3)
    enrich(home, added)
    before = home.services.roster.brakes.of("tmdb")
    clock.advance(60)
    save_all, broken = items.save_all, [True]

    def saved(connection: Any, pairs: Any) -> Any:
        if broken and len(pairs) > 1:
            broken.pop()
            raise RuntimeError("boom")
        return save_all(connection, pairs)

    monkeypatch.setattr(items, "save_all", saved)
    enrich(home, added, force=True)
    once = home.services.roster.brakes.of("tmdb")
    assert not broken
    clock.advance(60)
    enrich(home, added, force=True)
    twice = home.services.roster.brakes.of("tmdb")
    assert twice.comparable - once.comparable == once.comparable - before.comparable == 3


@pytest.mark.parametrize("error", [Stopped(), DatabaseUnusable("it is gone")], ids=["stopped", "database"])
def test_what_ends_all_is_no_items_fault_and_nothing_is_committed(
    home: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    added = add(home, 3)
    tried = []

    def ended(connection: Any, enriched: Any) -> None:
        tried.append(len(enriched))
        raise error

    with pytest.raises(type(error)):
        enrich(home, added, also=ended)
    assert tried == [3]
    assert [home.item(item_id).last_enriched_at for item_id in added] == [None] * 3
    home.asked()
    assert all_changed(enrich(home, added), added)
    assert home.asked() == {}, "what was answered was kept"


def test_two_that_turn_out_to_be_one_are_joined_though_they_are_of_one_batch(home: House) -> None:
    told = title("inception")
    wanted = [
        NewItem(Kind.MOVIE, told.title, told.year, {"imdb": str(told.imdb)}),
        NewItem(Kind.MOVIE, told.title, told.year, {"tmdb": str(told.tmdb)}),
    ]
    one, other = (taken.item.id for taken in home.services.library.upsert(wanted))
    outcomes = enrich(home, [one, other])
    assert not any(isinstance(each, Exception) for each in outcomes.values())
    assert home.item(other).deleted_at is not None
    assert home.item(one).ids.keys() >= {"imdb", "tmdb", "tvdb"}


def test_of_whom_nobody_is_heard_it_is_noted_with_the_others(home: House) -> None:
    added = add(home, 2)
    alone = home.services.library.upsert([NewItem(Kind.MOVIE, "Heat", 1995, {"tvdb": "999999"})])[0].item.id
    home.simulators.fault("tvdb", "error_500")
    noted: list[int] = []
    outcomes = enrich(home, [*added, alone], also=lambda _, enriched: noted.extend(enriched))
    assert all_changed(outcomes, added)
    assert isinstance(outcomes[alone], MetarrError)
    assert sorted(noted) == sorted([*added, alone])
    assert "tvdb" in home.awaited(alone)
