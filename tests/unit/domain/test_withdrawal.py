"""What its own source has no more goes, but only after it has said so for long enough; a bad week empties nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from factories import answered, coverage_of, item, listens_to, not_found, policy, unavailable
from metarr.domain.changes import diff, undo
from metarr.domain.item import OWNER, FieldValue, MediaItem, Rule
from metarr.domain.languages import LanguagePolicy
from metarr.domain.merge import merge
from metarr.domain.outcome import Outcome
from metarr.domain.values import Text
from metarr.domain.withdrawal import may_be_withdrawn, too_many

p = pytest.param
START = datetime(2026, 3, 1, 3, tzinfo=UTC)
HAD = FieldValue(
    value="A", sources=("tmdb",), fetched_at=START - timedelta(days=1), asked_ids=("tmdb:1",), rule=Rule.FIRST
)
RULES = policy({"tagline": listens_to("tmdb", "tvdb"), "tags": listens_to("tmdb", "tvdb", union=True)})
BOTH = coverage_of("tmdb", "tvdb")


def on(day: int) -> datetime:
    return START + timedelta(days=day)


def none(day: int, field: str = "tagline", **more: Any) -> Outcome:
    return answered("tmdb", empty=[field], fetched_at=on(day), **more)


def lived(before: MediaItem, outcomes: Mapping[int, Outcome], others: Outcome | None = None, **more: Any) -> MediaItem:
    """The item after these answers of TMDB by the day; TheTVDB has nothing either, unless it says something else."""
    for day, outcome in sorted(outcomes.items()):
        other = others or answered("tvdb", empty=["tagline", "tags"], fetched_at=on(day))
        before = merge(before, {"tmdb": outcome, "tvdb": other}, RULES, BOTH, **more).item
    return before


@pytest.mark.parametrize(
    ("outcomes", "left"),
    [
        p({0: none(0), 7: none(7), 14: none(14)}, None, id="three days, two weeks apart"),
        p({0: none(0), 1: none(1), 2: none(2)}, "A", id="three days in a row are a bad week"),
        p({day: none(day) for day in range(14)}, "A", id="two weeks but for a day, every night"),
        p({0: none(0), 20: none(20)}, "A", id="two days are not enough"),
        p({0: none(0), 7: none(7), 20: none(7)}, "A", id="the same answer again is no third day"),
        p({0: none(0), 7: none(7), 8: answered("tmdb", {"tagline": "A"}, fetched_at=on(8)), 20: none(20)}, "A",
          id="said again, it starts anew"),
        p({0: none(0), 7: none(7), 20: unavailable()}, "A", id="unavailable says nothing"),
        p({0: none(0), 7: none(7), 20: not_found(fetched_at=on(20), asked_id="tmdb:1")}, "A",
          id="nor does a title that is not found"),
        p({0: none(0), 7: none(7), 20: answered("tmdb", unread=["tagline"], fetched_at=on(20))}, "A",
          id="nor what could not be read"),
        p({0: none(0), 7: none(7), 20: none(20, stale=True)}, "A", id="nor what only stands in"),
        p({0: none(0), 7: none(7), 20: answered("tmdb", empty=["tagline"], unread=["plot"], fetched_at=on(20))}, "A",
          id="nor an answer that is not whole"),
        p({0: none(0), 7: none(7), 20: none(20, asked_id="tmdb:2")}, "A", id="nor one about another id"),
    ],
)  # fmt: skip
def test_when_a_value_goes(outcomes: dict[int, Outcome], left: str | None) -> None:
    after = lived(item(fields={"tagline": HAD}), outcomes).fields["tagline"]
    assert after.value == left
    assert (after.rule is Rule.WITHDRAWN) is (left is None)


def test_another_providers_takes_an_empty_ones_place_at_once() -> None:
    other = answered("tvdb", {"tagline": "B"}, fetched_at=on(0))
    after = lived(item(fields={"tagline": HAD}), {0: none(0)}, other)
    assert (after.fields["tagline"].value, after.fields["tagline"].sources) == ("B", ("tvdb",))


def test_a_lower_language_takes_its_place_once_it_is_withdrawn() -> None:
    rules = policy({"plot": listens_to("tmdb", "tvdb")}, languages=LanguagePolicy(listed=("de", "en")))
    english = {"plot": (Text(value="B", language="en"),)}
    current = item(fields={"plot": replace(HAD, language="de")})
    for day, expected in ((0, "A"), (7, "A"), (14, "B")):
        outcomes: dict[str, Outcome] = {
            "tmdb": none(day, "plot"), "tvdb": answered("tvdb", english, fetched_at=on(day))
        }  # fmt: skip
        current = merge(current, outcomes, rules, BOTH).item
        assert current.fields["plot"].value == expected


def test_an_answer_repeated_on_its_day_changes_nothing() -> None:
    once = lived(item(fields={"tagline": HAD}), {0: none(0)})
    assert lived(once, {0: none(0)}) == once
    assert once.fields["tagline"].withdrawals[0].days == 1


@pytest.mark.parametrize("field", ["title", "release_date", "imdb_rating", "tmdb_votes", "metacritic_score"])
def test_what_no_title_is_better_without_never_goes(field: str) -> None:
    assert not may_be_withdrawn(field, "tmdb")


@pytest.mark.parametrize("source", [OWNER, "nfo", "import", "player:kodi", ""])
def test_nor_what_is_the_owners_a_files_or_a_players(source: str) -> None:
    assert not may_be_withdrawn("tagline", source)


def test_nor_what_is_locked() -> None:
    locked = item(fields={"tagline": replace(HAD, locked=True)})
    assert lived(locked, {0: none(0), 7: none(7), 14: none(14)}) == locked


@pytest.mark.parametrize(
    ("leaving", "values", "stop"),
    [p(3, 3, False, id="three"), p(4, 100, True, id="four of a hundred"), p(4, 200, False, id="two in a hundred"),
     p(121, 6000, True, id="more than that"), p(120, 6000, False, id="not more")],
)  # fmt: skip
def test_too_many_at_once_are_a_provider_that_lost_a_part(leaving: int, values: int, *, stop: bool) -> None:
    assert too_many(leaving, values) is stop


def test_what_is_guarded_stays() -> None:
    days = {0: none(0), 7: none(7), 14: none(14)}
    after = lived(item(fields={"tagline": HAD}), days, guarded=[("tmdb", "tagline")])
    assert after.fields["tagline"].value == "A"
    assert lived(after, {15: none(15)}).fields["tagline"].value is None


def test_its_undo_is_a_veto_on_having_none_until_the_source_has_one_again() -> None:
    before = lived(item(fields={"tagline": HAD}), {0: none(0), 7: none(7)})
    gone = lived(before, {14: none(14)})
    back = undo(gone, diff(before.fields, gone.fields)).item
    assert back.fields["tagline"].value == "A"
    assert [veto.value for veto in back.vetoes] == [None]
    kept = lived(back, {day: none(day) for day in (15, 22, 40)})
    assert kept.fields["tagline"].value == "A"
    again = lived(kept, {41: answered("tmdb", {"tagline": "A"}, fetched_at=on(41))})
    assert again.vetoes == ()
    assert lived(again, {day: none(day) for day in (42, 49, 60)}).fields["tagline"].value is None


def test_an_element_of_a_union_goes_likewise() -> None:
    tags = answered("tmdb", {"tags": ("a", "b")}, fetched_at=on(-1))
    current = lived(item(), {-1: tags}, answered("tvdb", {"tags": ("b", "c")}, fetched_at=on(-1)))
    assert current.fields["tags"].value == ("a", "b", "c")
    for day, expected in ((0, ("a", "b", "c")), (7, ("a", "b", "c")), (14, ("b", "c"))):
        other = answered("tvdb", {"tags": ("b", "c")}, fetched_at=on(day))
        current = lived(current, {day: none(day, "tags")}, other)
        assert current.fields["tags"].value == expected, day


@given(st.lists(st.sampled_from(("has", "none", "down", "lost")), min_size=1, max_size=40), st.sampled_from((1, 7)))
def test_a_bad_week_empties_nothing(days: list[str], step: int) -> None:
    """Whatever a provider says within thirteen days is not enough, forced every night or asked once a week."""
    current, first, silent = item(fields={"tagline": HAD}), None, 0
    for place, state in enumerate(days):
        day = place * step
        told: dict[str, Outcome] = {
            "has": answered("tmdb", {"tagline": "A"}, fetched_at=on(day)),
            "none": none(day),
            "down": unavailable(),
            "lost": not_found(fetched_at=on(day), asked_id="tmdb:1"),
        }
        current = lived(current, {day: told[state]})
        if state == "has":
            first, silent = None, 0
        elif state == "none":
            first, silent = (day if first is None else first), silent + 1
        due = first is not None and silent >= 3 and day - first >= 14 and state == "none"
        if due:
            assert current.fields["tagline"].value is None
            return
        assert current.fields["tagline"].value == "A"


def test_a_day_of_lies_is_cleaned_by_three_honest_answers() -> None:
    lie = answered("tmdb", {"tagline": "Buy this"}, fetched_at=on(-1))
    current = lived(item(), {-1: lie})
    assert current.fields["tagline"].value == "Buy this"
    assert lived(current, {0: none(0), 8: none(8), 15: none(15)}).fields["tagline"].value is None
