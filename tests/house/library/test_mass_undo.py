"""Taking back what one run, one job or one provider changed."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeClock
from harness import House
from metarr.domain.values import Kind
from metarr.errors import CannotDo
from metarr.library.edit import Edit
from metarr.library.intake import NewItem
from metarr.library.mass_undo import UndoTally
from metarr.store import answers
from metarr.store.changes import Selection
from scripted_providers import Scripted, scripted_house

pytestmark = pytest.mark.slow

DAY = 86400.0
PROVIDERS = ("tmdb", "omdb")
MOVIES = 23
"""More than one transaction takes back."""


class Shelf:
    """Some movies, of which TMDB tells the tagline and the plot, and OMDb the genres."""

    def __init__(self, home: House, providers: dict[str, Scripted], clock: FakeClock) -> None:
        self.home, self.providers, self.clock = home, providers, clock
        new = [NewItem(Kind.MOVIE, ids={"imdb": self.imdb(n)}) for n in range(MOVIES)]
        self.items = [taken.item.id for taken in home.services.library.upsert(new)]
        self.say("first")
        self.run()

    @staticmethod
    def imdb(n: int) -> str:
        return f"tt000{n + 1:04}"

    def say(self, word: str, *, of: str = "") -> None:
        for n in range(MOVIES):
            texts = {
                "tmdb": {"tagline": f"Film {n} {word}", "plot": f"Plot {n} {word}"},
                "omdb": {"genres": (f"Genre {n} {word}",)},
            }
            for provider in (of,) if of else PROVIDERS:
                self.providers[provider].words[self.imdb(n)] = texts[provider]

    def run(self, job_id: int | None = None) -> None:
        self.clock.advance(8 * DAY)
        for item_id in self.items:
            self.home.enrich(item_id, force=True, job_id=job_id)

    def values(self, *fields: str) -> list[tuple[Any, ...]]:
        """What is stored now, without the words that are the same."""
        found = []
        for item_id in self.items:
            stored = self.home.item(item_id).fields
            found.append(tuple(self.word(stored[name].value) if name in stored else None for name in fields))
        return found

    @staticmethod
    def word(value: Any) -> str:
        return str(value[0] if isinstance(value, tuple) else value).split()[-1]

    def undo(self, **which: Any) -> UndoTally:
        more = {key: which.pop(key) for key in ("dry_run", "max_items", "samples") if key in which}
        return self.home.services.mass_undo.undo(Selection(**which), **more)


@pytest.fixture
def shelf(tmp_path: Path, clock: FakeClock) -> Iterator[Shelf]:
    with scripted_house(tmp_path, clock, *PROVIDERS) as (home, providers):
        yield Shelf(home, providers, clock)


@pytest.fixture
def spoiled(shelf: Shelf) -> tuple[Shelf, datetime]:
    """The same after both said something else, TMDB twice; with the time before that."""
    shelf.clock.advance(60)
    since = shelf.clock.now()
    shelf.say("second")
    shelf.run(job_id=7)
    shelf.say("third", of="tmdb")
    shelf.run(job_id=8)
    return shelf, since


@pytest.mark.slow
def test_a_run_is_a_group_and_a_job_is_one(spoiled: tuple[Shelf, datetime]) -> None:
    shelf, _ = spoiled
    sets = [each for item_id in shelf.items for each in shelf.home.history(item_id)]
    groups = {(each.group, each.job_id) for each in sets if each.job_id}
    assert groups == {("job-7", 7), ("job-8", 8)}
    alone = [each for each in sets if not each.job_id]
    assert {each.group for each in alone} == {str(each.id) for each in alone}


@pytest.mark.parametrize("by", [{"job_id": 8}, {"group": "job-8"}])
def test_a_job_is_taken_back_as_a_whole_and_that_as_well(spoiled: tuple[Shelf, datetime], by: dict[str, Any]) -> None:
    shelf, _ = spoiled
    done = shelf.undo(**by)
    assert (done.total_items, done.items, done.change_sets, done.fields) == (MOVIES, MOVIES, MOVIES, 2 * MOVIES)
    assert shelf.values("tagline", "plot", "genres") == [("second",) * 3] * MOVIES
    assert {shelf.home.history(item_id)[0].group for item_id in shelf.items} == {done.group}
    assert shelf.undo(**by).fields == 0
    again = shelf.undo(group=done.group)
    assert (again.items, again.fields) == (MOVIES, 2 * MOVIES)
    assert shelf.values("tagline", "genres") == [("third", "second")] * MOVIES


@pytest.mark.slow
def test_what_was_locked_or_changed_since_is_refused_by_name_and_the_rest_goes(
    spoiled: tuple[Shelf, datetime],
) -> None:
    shelf, _ = spoiled
    one, two, three = shelf.items[:3]
    editor = shelf.home.services.editor
    editor.edit(one, Edit(lock=frozenset({"plot"})))
    editor.edit(two, Edit(fields={"tagline": "Mine"}))
    editor.delete([("", three)])
    done = shelf.undo(job_id=8)
    assert [(each.item_id, each.field, each.why) for each in done.refused] == [
        (three, "", f"item {three} is deleted; restore it first"),
        (two, "tagline", "changed since"),
        (one, "plot", "locked since"),
    ]
    assert (done.refusals, done.items, done.fields) == (3, MOVIES - 1, 2 * MOVIES - 4)
    assert shelf.values("tagline", "plot")[:4] == [
        ("second", "third"),
        ("Mine", "second"),
        ("third",) * 2,
        ("second",) * 2,
    ]


@pytest.mark.slow
def test_of_a_provider_its_values_alone_go_back_newest_first_and_stay_back(spoiled: tuple[Shelf, datetime]) -> None:
    shelf, since = spoiled
    done = shelf.undo(provider="tmdb", since=since)
    assert (done.items, done.change_sets, done.fields, done.refusals) == (MOVIES, 2 * MOVIES, 4 * MOVIES, 0)
    assert shelf.values("tagline", "plot", "genres") == [("first", "first", "second")] * MOVIES
    again = shelf.undo(provider="tmdb", since=since)
    assert (again.fields, again.refusals) == (0, 0)
    for word in ("third", "second"):
        shelf.say(word, of="tmdb")
        shelf.run()
        assert shelf.values("tagline", "plot") == [("first", "first")] * MOVIES
    shelf.say("fourth", of="tmdb")
    shelf.run()
    assert shelf.values("tagline", "plot") == [("fourth", "fourth")] * MOVIES


@pytest.mark.slow
def test_answers_of_that_time_count_no_more_and_are_asked_for_again(spoiled: tuple[Shelf, datetime]) -> None:
    shelf, since = spoiled
    shelf.undo(provider="tmdb", since=since)
    with shelf.home.database.read() as connection:
        heads = [
            answers.heads_by_id(connection, provider, Kind.MOVIE, asker.shape, [f"imdb:{shelf.imdb(0)}"])
            for provider in PROVIDERS
            for asker in shelf.home.services.gatherer.heard(shelf.home.services.config.read()).askers(Kind.MOVIE)
            if asker.id == provider
        ]
    tmdb, omdb = (next(iter(each.values())) for each in heads)
    assert tmdb.fetched_at < since < omdb.fetched_at
    shelf.providers["tmdb"].words[shelf.imdb(0)] = None
    before = shelf.home.item(shelf.items[0]).fields
    held = shelf.home.enrich(shelf.items[0], force=True)
    assert held.outcomes["tmdb"].last is None  # type: ignore[union-attr]
    assert held.item.fields["plot"].value == before["plot"].value
    shelf.say("fourth", of="tmdb")
    assert shelf.home.enrich(shelf.items[1]).item.fields["tagline"].value == "Film 1 fourth"


@pytest.mark.slow
def test_a_preview_tells_what_would_go_and_changes_nothing(spoiled: tuple[Shelf, datetime]) -> None:
    shelf, since = spoiled
    before = shelf.home.rows()
    told = shelf.undo(provider="tmdb", since=since, dry_run=True, max_items=21, samples=3)
    assert (told.total_items, told.looked_at, told.items, told.fields) == (MOVIES, 21, 21, 84)
    assert [(each.item_id, each.change.field) for each in told.samples] == [
        (shelf.items[-1], "tagline"),
        (shelf.items[-1], "plot"),
        (shelf.items[-1], "tagline"),
    ]
    assert told.group == ""
    assert shelf.home.rows() == before
    done = shelf.undo(provider="tmdb", since=since, samples=3)
    assert [each.change for each in done.samples] == [each.change for each in told.samples]


@pytest.mark.slow
def test_whoever_leaves_ends_it_and_asking_again_goes_on(spoiled: tuple[Shelf, datetime]) -> None:
    shelf, _ = spoiled
    answers_of_caller = iter((True, False))
    with pytest.raises(CannotDo):
        shelf.home.services.mass_undo.undo(Selection(job_id=8), wanted=lambda: next(answers_of_caller))
    words = [title for (title,) in shelf.values("tagline")]
    assert words.count("second") == 20
    assert shelf.undo(job_id=8).items == MOVIES - 20
    assert shelf.values("tagline") == [("second",)] * MOVIES


def test_what_is_no_undo_of_fields_is_refused_by_name(shelf: Shelf) -> None:
    one = shelf.items[0]
    with shelf.home.database.begin() as connection:
        connection.exec_driver_sql("UPDATE change_sets SET cause = 'join', job_id = 3")
    done = shelf.undo(job_id=3)
    assert (done.items, done.refusals) == (0, MOVIES)
    assert done.refused[-1].item_id == one
    assert "take the item apart instead" in done.refused[-1].why
