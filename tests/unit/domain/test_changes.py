from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest
from msgspec.structs import replace

from factories import answered, image, item, listens_to, policy, stored, unavailable
from metarr.domain.changes import DEFAULT_SYNC_FIELDS, Change, diff, sync_reason, undo, without_foreign
from metarr.domain.fields import FIELDS
from metarr.domain.item import OWNER, FieldValue, MediaItem, Rule, Veto
from metarr.domain.merge import merge
from metarr.domain.outcome import Outcome
from metarr.domain.values import Kind, Value
from tiers import slow_but

# What changed.


def test_values_and_locks_are_changes_in_catalogue_order() -> None:
    before = {"plot": stored("A"), "title": stored("T"), "tags": stored(("a",)), "status": stored("Ended")}
    after = {
        "tags": stored(("b",)),
        "title": stored("T", locked=True),
        "status": stored("Ended"),
        "awards": stored("W"),
    }
    changes = diff(before, after)
    assert [change.field for change in changes] == ["title", "plot", "tags", "awards"]
    assert changes[1] == Change(field="plot", old=stored("A"), new=FieldValue())
    assert changes[3] == Change(field="awards", old=FieldValue(), new=stored("W"))


def test_a_new_provenance_alone_is_no_change() -> None:
    after = stored("A", "omdb", asked_id="imdb:tt1", rule=Rule.HELD, fetched_at=None)
    assert diff({"plot": stored("A", "tmdb")}, {"plot": after}) == ()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (("imdb_rating",), "Changed: imdb_rating"),
        (("plot", "poster"), "Changed: plot, poster"),
        (("imdb_votes",), ""),
        (("tmdb_votes", "tmdb_rating", "awards"), ""),
        (("imdb_votes", "still"), "Changed: still"),
        ((), ""),
    ],
)
def test_players_hear_of_sync_fields_only(changed: tuple[str, ...], reason: str) -> None:
    values: dict[str, Value] = {"poster": (image("a"),), "still": (image("s"),)}
    changes = [Change(field=name, new=stored(values.get(name, "new"))) for name in changed]
    assert sync_reason(changes) == reason


def test_the_default_sync_fields_are_those_of_the_design() -> None:
    named = {"title", "plot", "poster", "fanart", "still", "imdb_rating", "release_date", "cast"}
    assert named == DEFAULT_SYNC_FIELDS


def test_the_owner_may_choose_other_sync_fields() -> None:
    changes = [Change(field="imdb_votes", new=stored(5)), Change(field="plot", new=stored("A"))]
    assert sync_reason(changes, {"imdb_votes"}) == "Changed: imdb_votes"


def test_a_lock_alone_wakes_nobody() -> None:
    assert sync_reason([Change(field="plot", old=stored("A"), new=stored("A", locked=True))]) == ""


# Taking it back.

A, B = stored("A", "omdb"), stored("B", "tmdb")
A_TO_B = Change(field="plot", old=A, new=B)


def test_undo_puts_back_value_source_and_lock_and_leaves_a_veto() -> None:
    old = stored("A", "omdb", locked=True, rule=Rule.FIRST, asked_id="imdb:tt1")
    undone = undo(item(fields={"plot": B}, fingerprint="f"), [Change(field="plot", old=old, new=B)])
    assert undone.item.fields == {"plot": old}
    assert undone.item.vetoes == (Veto(field="plot", providers=("tmdb",), value="B"),)
    assert undone.item.fingerprint == ""
    assert undone.refused == ()


def test_undo_empties_a_field_that_was_empty() -> None:
    undone = undo(item(fields={"plot": B}), [Change(field="plot", new=B)])
    assert undone.item.fields == {}
    assert undone.item.vetoes[0].value == "B"


def test_what_was_locked_or_changed_since_is_refused_by_name_and_the_rest_goes() -> None:
    names = ("plot", "tagline", "status", "awards", "title")
    now = {
        "plot": stored("C", "tmdb"),
        "tagline": replace(B, locked=True),
        "status": replace(B, rule=Rule.HELD, fetched_at=None),
        "title": B,
    }
    changes = [Change(field=name, old=A, new=B) for name in names]
    changes[-1] = Change(field="title", old=A, new=replace(B, locked=True))
    undone = undo(item(fields=now), changes)
    assert dict(undone.refused) == {
        "plot": "changed since",
        "tagline": "locked since",
        "awards": "changed since",
        "title": "unlocked since",
    }
    assert undone.item.fields == {**now, "status": A}
    assert [veto.field for veto in undone.item.vetoes] == ["status"]


@pytest.mark.parametrize("source", [OWNER, "player:1", "import", "nfo"])
def test_only_a_provider_s_word_leaves_a_veto(source: str) -> None:
    new = replace(B, sources=(source,))
    assert undo(item(fields={"plot": new}), [Change(field="plot", old=A, new=new)]).item.vetoes == ()


def test_undoing_a_lock_leaves_no_veto_and_ends_none() -> None:
    veto = Veto(field="plot", providers=("tmdb",), value="B")
    locked = replace(A, locked=True)
    undone = undo(item(fields={"plot": locked}, vetoes=(veto,)), [Change(field="plot", old=A, new=locked)])
    assert undone.item.fields == {"plot": A}
    assert undone.item.vetoes == (veto,)


def test_undoing_a_whole_job_vetoes_each_of_its_values() -> None:
    c = stored("C", "tmdb")
    first = undo(item(fields={"plot": c}), [Change(field="plot", old=B, new=c)])
    second = undo(first.item, [A_TO_B])
    assert second.item.fields == {"plot": A}
    assert {veto.value for veto in second.item.vetoes} == {"B", "C"}


def test_undoing_the_same_value_twice_leaves_one_veto() -> None:
    once = undo(item(fields={"plot": B}), [A_TO_B]).item
    again = undo(replace(once, fields={"plot": B}), [A_TO_B]).item
    assert again == once


def test_redo_brings_the_value_back_and_ends_its_veto_only() -> None:
    other = Veto(field="plot", providers=("tmdb",), value="C")
    undone = undo(item(fields={"plot": B}, vetoes=(other,)), [A_TO_B]).item
    redone = undo(undone, [Change(field="plot", old=B, new=A)], redo=True)
    assert redone.item.fields == {"plot": B}
    assert redone.item.vetoes == (other,)


def test_undo_after_redo_vetoes_again() -> None:
    once = undo(item(fields={"plot": B}), [A_TO_B]).item
    redone = undo(once, [Change(field="plot", old=B, new=A)], redo=True).item
    assert undo(redone, [A_TO_B]).item == once


# Undo against later runs: three providers, two runs, every combination of what each of them does.

RULES = policy({"plot": listens_to("tmdb", "omdb", "tvdb", exclusive=True)})
ORDER = ("tmdb", "omdb", "tvdb")
COVERAGE = dict.fromkeys(ORDER, frozenset({"plot"}))
SILENT, EMPTY = "silent", "empty"
SAYINGS = (SILENT, EMPTY, "A", "B", "new")


def outcome(provider: str, saying: str) -> Outcome:
    if saying == SILENT:
        return unavailable()
    if saying == EMPTY:
        return answered(provider, empty={"plot"})
    return answered(provider, {"plot": f"{provider}'s new" if saying == "new" else saying})


@cache
def run(state: tuple[FieldValue, tuple[Veto, ...]], sayings: tuple[str, ...]) -> tuple[FieldValue, tuple[Veto, ...]]:
    field, vetoes = state
    outcomes = {provider: outcome(provider, saying) for provider, saying in zip(ORDER, sayings, strict=True)}
    after = merge(item(fields={"plot": field}, vetoes=vetoes), outcomes, RULES, COVERAGE).item
    return after.fields["plot"], after.vetoes


def two_runs() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    once = list(product(SAYINGS, repeat=len(ORDER)))
    return product(once, once)  # type: ignore[return-value]


@pytest.mark.parametrize("restored_from", [*ORDER, "player:1"])
@pytest.mark.parametrize("undone_from", slow_but(ORDER[:1], ORDER))
def test_undone_stays_undone_whatever_the_next_two_runs_meet(undone_from: str, restored_from: str) -> None:
    a, b = stored("A", restored_from), stored("B", undone_from)
    before = undo(item(fields={"plot": b}), [Change(field="plot", old=a, new=b)]).item
    states = set()
    for first, second in two_runs():
        state = (before.fields["plot"], before.vetoes)
        for sayings in (first, second):
            after = run(state, sayings)
            check_run(state, sayings, after, undone_from)
            state = after
        states.add(state)
    values = {field.value for field, _ in states}
    assert values == {"A", "B", *(f"{provider}'s new" for provider in ORDER)}


def check_run(
    before: tuple[FieldValue, tuple[Veto, ...]],
    sayings: tuple[str, ...],
    after: tuple[FieldValue, tuple[Veto, ...]],
    undone_from: str,
) -> None:
    told = dict(zip(ORDER, sayings, strict=True))
    value, changed = after[0].value, after[0].value != before[0].value
    assert value is not None
    if not before[1]:
        return
    # While the veto stands, B never comes, and what replaces A is new and was really said.
    assert value != "B"
    assert after[1] == (() if changed else before[1])
    first_word = next((provider for provider in ORDER if told[provider] != EMPTY), None)
    if first_word is not None and told[first_word] == "new":
        assert value == f"{first_word}'s new", "a new value was missed"
    if told[undone_from] in (SILENT, "B") and first_word == undone_from:
        assert not changed, "the restored value was lost"
    if all(saying in (SILENT, EMPTY, "B") for saying in sayings):
        assert not changed, "the restored value was lost"


def test_a_redo_lets_the_next_run_bring_what_was_undone() -> None:
    undone = undo(item(fields={"plot": B}), [A_TO_B]).item
    assert run((undone.fields["plot"], undone.vetoes), ("B", "A", EMPTY))[0].value == "A"
    redone = undo(undone, [Change(field="plot", old=B, new=A)], redo=True).item
    assert run((redone.fields["plot"], redone.vetoes), ("B", "A", EMPTY))[0].value == "B"


# A corrected identity.


def test_values_got_under_an_id_that_is_gone_are_removed_unless_locked() -> None:
    fields = {
        "plot": stored("wrong", "tmdb", asked_id="tmdb:9"),
        "title": stored("right", "omdb", asked_id="imdb:tt1"),
        "tagline": stored("locked", "tmdb", asked_id="tmdb:9", locked=True),
        "status": stored("typed in", OWNER),
        "tags": stored(("a", "b"), "tmdb+omdb", asked_id="tmdb:9+imdb:tt1"),
        "genres": stored(("a", "b"), "tmdb+omdb", asked_id="tmdb:1+imdb:tt1"),
        "countries": stored(("a", "b"), "tmdb+omdb", asked_id="+imdb:tt1"),
    }
    before = item(fields=fields, fingerprint="f")
    after = without_foreign(before, {"tmdb": "1", "imdb": "tt1"})
    assert set(fields) - set(after.fields) == {"plot", "tags"}
    assert after.fingerprint == ""
    assert [change.field for change in diff(before.fields, after.fields)] == ["plot", "tags"]


def test_the_same_number_under_another_type_is_another_id() -> None:
    before = item(fields={"plot": stored("A", asked_id="tvdb:1")})
    assert without_foreign(before, {"tmdb": "1"}).fields == {}


def test_what_an_entry_of_a_series_told_of_an_episode_stays_whatever_ids_it_has() -> None:
    before = item(Kind.EPISODE, fields={"plot": stored("p", "tvdb", asked_id="tvdb:121361/3254641")})
    assert without_foreign(before, {"tvdb": "7"}).fields == before.fields


def test_the_veto_on_a_removed_value_goes_with_it() -> None:
    vetoes = (Veto(field="plot", providers=("tmdb",), value="X"), Veto(field="title", providers=("tmdb",), value="X"))
    before: MediaItem = item(fields={"plot": stored("A", asked_id="tmdb:9"), "title": stored("T")}, vetoes=vetoes)
    assert without_foreign(before, {"tmdb": "1"}).vetoes == vetoes[1:]


def test_removing_what_was_foreign_can_be_undone() -> None:
    before = item(fields={"plot": stored("A", asked_id="tmdb:9")})
    after = without_foreign(before, {"tmdb": "1"})
    undone = undo(after, diff(before.fields, after.fields))
    assert undone.item.fields == before.fields
    assert undone.item.vetoes == ()


def test_every_field_of_the_catalogue_can_be_told_apart() -> None:
    after = {name: FieldValue(value="x") for name in FIELDS}
    assert [change.field for change in diff({}, after)] == list(FIELDS)
