"""Taking change-sets back, through the services: what is restored stays, and what is new still comes."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from factories import source_of
from fakes import FakeClock
from harness import House
from metarr.domain.item import OWNER, FieldValue, Rule
from metarr.domain.values import Kind
from metarr.errors import CannotDo, NobodyAnswered, NoSuchThing
from metarr.library.edit import Edit
from metarr.library.intake import NewItem
from metarr.store.changes import ChangeSet
from scripted_providers import Scripted, scripted_house
from tiers import slow_but

ORDER = ("tmdb", "omdb", "tvdb")
"""The plot listens to the first two by default; the third one fills gaps."""

IMDB = "tt0000001"
DAY = 86400.0
TABLES = ("items", "field_values", "vetoes", "provider_answers", "pending_answers", "change_sets")


class Story:
    """One movie, three providers, and what each of them says of its plot."""

    def __init__(self, home: House, providers: Mapping[str, Scripted], clock: FakeClock) -> None:
        self.home, self.providers, self.clock = home, providers, clock
        self.item_id = home.services.library.upsert([NewItem(Kind.MOVIE, ids={"imdb": IMDB})])[0].item.id

    def say(self, **plots: str | None) -> None:
        """What each says from now on: a plot, "" for none; None: it cannot be heard."""
        for provider, plot in plots.items():
            words = {"plot": plot} if plot else {}
            self.providers[provider].words[IMDB] = None if plot is None else words

    def run(self) -> None:
        """An enrichment, long enough after the last one that every answer is wanted anew."""
        self.clock.advance(8 * DAY)
        with suppress(NobodyAnswered):
            self.home.enrich(self.item_id, force=True)

    @property
    def plot(self) -> FieldValue:
        return self.home.item(self.item_id).fields.get("plot", FieldValue())

    @property
    def last(self) -> ChangeSet:
        return self.home.history(self.item_id)[0]

    def undo(self, change_set: ChangeSet | None = None) -> Any:
        return self.home.services.history.undo((change_set or self.last).id)

    def edit(self, **fields: Any) -> ChangeSet:
        made = self.home.services.editor.edit(self.item_id, Edit(fields=fields)).change_set
        assert made is not None
        return made

    def listed(self) -> list[tuple[str, int | None]]:
        told = [each.change_set for each in self.home.services.history.page(self.item_id, None, 50)]
        return [(each.cause, each.undone_by) for each in told]


@pytest.fixture
def story(tmp_path: Path, clock: FakeClock) -> Iterator[Story]:
    with scripted_house(tmp_path, clock, *ORDER) as (home, providers):
        yield Story(home, providers, clock)


@pytest.fixture
def changed(story: Story) -> Story:
    """TMDB said A, then B."""
    story.say(tmdb="A", omdb="", tvdb="")
    story.run()
    story.say(tmdb="B")
    story.run()
    assert story.plot.value == "B"
    return story


# One undo


def test_undo_puts_back_value_and_provenance_and_is_a_change_set_itself(changed: Story) -> None:
    before = changed.last
    assert before.changes[0].old.value == "A"
    done = changed.undo()
    assert (done.item.fields["plot"], done.refused) == (before.changes[0].old, ())
    assert changed.plot == before.changes[0].old
    assert (done.change_set.cause, done.change_set.sync_reason) == ("undo", "Changed: plot")
    assert [(change.old.value, change.new.value) for change in done.change_set.changes] == [("B", "A")]
    assert changed.listed()[:2] == [("undo", None), ("enrich", done.change_set.id)]
    assert changed.home.item(changed.item_id).fingerprint == ""


def test_undo_is_refused_twice(changed: Story) -> None:
    undone = changed.last
    changed.undo()
    with pytest.raises(CannotDo) as refused:
        changed.undo(undone)
    assert refused.value.reason == "ALREADY_UNDONE"
    assert changed.plot.value == "A"


def test_undoing_the_undo_is_a_redo_that_ends_the_veto(changed: Story) -> None:
    enriched = changed.last
    changed.undo()
    changed.run()
    assert changed.plot.value == "A"
    redone = changed.undo(changed.home.history(changed.item_id)[0])
    assert redone.change_set.cause == "redo"
    assert changed.plot.value == "B"
    assert changed.home.item(changed.item_id).vetoes == ()
    assert [cause for cause, undone_by in changed.listed() if undone_by is None] == ["redo", "enrich", "enrich"]
    changed.run()
    assert changed.plot.value == "B"
    changed.undo(enriched)
    assert changed.plot.value == "A"


def test_undoing_a_redo_undoes_again(changed: Story) -> None:
    enriched = changed.last
    changed.undo()
    changed.undo()
    changed.undo()
    assert [cause for cause, _ in changed.listed()[:4]] == ["undo", "redo", "undo", "enrich"]
    assert changed.plot.value == "A"
    assert changed.home.item(changed.item_id).vetoes != ()
    with pytest.raises(CannotDo):
        changed.undo(enriched)


def test_what_was_locked_since_is_refused_by_name_and_the_rest_goes(story: Story) -> None:
    words = story.providers["tmdb"].words
    words[IMDB] = {"plot": "A", "tagline": "a"}
    story.run()
    words[IMDB] = {"plot": "B", "tagline": "b"}
    story.run()
    enriched = story.last
    story.home.services.editor.edit(story.item_id, Edit(lock=frozenset({"plot"})))
    done = story.undo(enriched)
    assert done.refused == (("plot", "locked since"),)
    assert [change.field for change in done.change_set.changes] == ["tagline"]
    fields = story.home.item(story.item_id).fields
    assert (fields["plot"].value, fields["plot"].locked, fields["tagline"].value) == ("B", True, "a")


def test_where_all_is_refused_nothing_is_recorded_and_nothing_is_undone(changed: Story) -> None:
    enriched = changed.last
    changed.edit(plot="Mine")
    before = changed.home.rows()
    done = changed.undo(enriched)
    assert (done.change_set, done.refused) == (None, (("plot", "changed since"),))
    assert changed.home.rows() == before


def test_undoing_an_edit_puts_the_lock_back_too(changed: Story) -> None:
    changed.edit(plot="Mine")
    changed.edit(plot=None)
    assert changed.plot == FieldValue(sources=(OWNER,), rule=Rule.OWNER, locked=True, fetched_at=changed.clock.now())
    changed.undo()
    assert (changed.plot.value, changed.plot.locked) == ("Mine", True)
    changed.undo(changed.home.history(changed.item_id)[2])
    assert (changed.plot.value, source_of(changed.plot), changed.plot.locked) == ("B", "tmdb", False)
    assert changed.home.item(changed.item_id).vetoes == ()


def test_undo_of_what_first_filled_a_field_empties_it(story: Story) -> None:
    story.say(tmdb="A")
    story.run()
    story.undo()
    assert story.plot == FieldValue()
    story.run()
    assert story.plot == FieldValue()


def test_a_corrected_identity_can_be_taken_back(story: Story) -> None:
    story.say(tmdb="A")
    story.run()
    other = "tt0000002"
    story.providers["tmdb"].words[other] = {"plot": "Of another film"}
    story.home.services.editor.edit(story.item_id, Edit(ids={"imdb": other}))
    corrected = story.last
    assert (corrected.cause, story.plot.value) == ("identify", None)
    story.run()
    assert story.plot.value == "Of another film"
    story.undo(corrected)
    assert story.home.item(story.item_id).id_values() == {"imdb": IMDB}
    assert story.plot.value == "A"


def test_what_is_not_there_and_what_is_deleted_is_not_undone(changed: Story) -> None:
    with pytest.raises(NoSuchThing):
        changed.home.services.history.undo(999)
    changed.home.services.editor.delete([("item_ids[0]", changed.item_id)])
    with pytest.raises(CannotDo) as refused:
        changed.undo()
    assert refused.value.reason == "ITEM_DELETED"


def test_the_history_is_told_page_by_page_and_of_deleted_items_too(changed: Story) -> None:
    history = changed.home.services.history
    changed.home.services.editor.delete([("item_ids[0]", changed.item_id)])
    everything = history.page(None, None, 50)
    assert [each.change_set.cause for each in everything] == ["enrich", "enrich"]
    assert {(each.kind, each.title) for each in everything} == {(Kind.MOVIE, f"imdb:{IMDB}")}  # no title is known
    first = history.page(("imdb", IMDB), None, 1)
    assert [*first, *history.page(changed.item_id, first[0].change_set.id, 1)] == everything
    with pytest.raises(NoSuchThing):
        history.page(999, None, 1)


# Undo against two later runs


DOWN, SAME, NEW = "down", "same", "new"
STATES = tuple(product((DOWN, SAME, NEW), repeat=3))
NEW_OR_DOWN = tuple(product((DOWN, NEW), repeat=3))
UP_OR_DOWN = tuple(product((DOWN, SAME), repeat=3))


def restored(story: Story, culprit: str) -> dict[str, str]:
    """The culprit said A, then B; A was put back. Those before it have no plot, those after it one of their own."""
    place = ORDER.index(culprit)
    words = {provider: "" if n < place else f"{provider}'s" for n, provider in enumerate(ORDER)}
    story.say(**{**words, culprit: "A"})
    story.run()
    story.say(**{culprit: "B"})
    story.run()
    assert story.plot.value == "B"
    story.undo()
    return {**words, culprit: "B"}


def attempt(story: Story, words: dict[str, str], states: tuple[str, ...], run: int) -> dict[str, str]:
    """One run in which each provider is down, repeats itself, or says something new. Returns what was last said."""
    told = dict(words)
    for provider, state in zip(ORDER, states, strict=True):
        if state == NEW:
            told[provider] = f"{provider}'s new {run}"
        story.say(**{provider: None if state == DOWN else told[provider]})
    story.run()
    return told


def expected(words: Mapping[str, str], before: str, *, vetoed: bool) -> str:
    """The first word along the order; where that is the undone one, the restored value."""
    first = next((words[provider] for provider in ORDER if words[provider]), before)
    return before if vetoed and first == "B" else first


def check_two_runs(story: Story, culprit: str, firsts: Any, seconds: Any) -> int:
    words, checked = restored(story, culprit), 0
    start = snapshot(story.home)
    for first in firsts:
        put_back(story.home, start)
        after_first = attempt(story, words, first, 1)
        value = expected(after_first, "A", vetoed=True)
        assert story.plot.value == value, (first,)
        between = snapshot(story.home)
        for second in seconds:
            put_back(story.home, between)
            after_second = attempt(story, after_first, second, 2)
            then = expected(after_second, value, vetoed=value == "A")
            assert story.plot.value == then, (first, second)
            checked += 1
    return checked


def snapshot(home: House) -> dict[str, list[tuple[Any, ...]]]:
    return home.rows(*TABLES)


def put_back(home: House, rows: Mapping[str, list[tuple[Any, ...]]]) -> None:
    assert home.database.path is not None
    with closing(sqlite3.connect(home.database.path)) as connection, connection:
        for table in reversed(TABLES):
            connection.execute(f"DELETE FROM {table}")
        for table in TABLES:
            for row in rows[table]:
                connection.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)


@pytest.mark.parametrize("culprit", slow_but(ORDER[:1], ORDER))
def test_what_was_restored_stays_whichever_providers_are_down(story: Story, culprit: str) -> None:
    assert check_two_runs(story, culprit, UP_OR_DOWN, UP_OR_DOWN) == 64
    assert story.plot.value == "A"


@pytest.mark.slow
@pytest.mark.parametrize("culprit", ORDER)
def test_no_new_value_is_missed_and_no_restored_one_lost_in_two_runs(story: Story, culprit: str) -> None:
    assert check_two_runs(story, culprit, STATES, NEW_OR_DOWN) == 216
