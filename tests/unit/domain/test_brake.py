"""When a provider's answers change so many titles that it is stopped, and what never counts."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from factories import NOW
from metarr.domain.brake import LEAST, Altered, Brake, altered_by, counted, is_comparable
from metarr.domain.changes import Change
from metarr.domain.item import FieldValue, MediaItem
from metarr.domain.outcome import Answered, Fragment
from metarr.domain.values import Image, Kind

ALTERED = Altered(item_id=1, name="Heat (1995)", field="title", old="Heat", new="Frozen")
BASES = {"tmdb": "a", "omdb": "b"}
BEFORE = FieldValue(value="Heat", sources=("tmdb",), asked_ids=("tmdb:949",), fetched_at=NOW - timedelta(days=30))
HEAT = MediaItem(id=1, fields={"title": BEFORE}, bases=tuple(BASES.items()))
ANSWER = Answered(fragment=Fragment(provider="tmdb", kind=Kind.MOVIE), fetched_at=NOW, asked_id="tmdb:949")


def after(*answers: Altered | None, at: datetime = NOW, brake: Brake = Brake()) -> Brake:  # noqa: B008 (it is frozen)
    for answer in answers:
        brake = counted(brake, answer, at)
    return brake


@pytest.mark.parametrize(
    ("changed", "unchanged", "stops"),
    [
        (LEAST, 0, True),
        (LEAST - 1, 0, False),
        (LEAST, 46, True),
        (LEAST, 47, False),  # 20 of 67 are less than 30 %
        (300, 701, False),
        (301, 700, True),
    ],
)
def test_at_20_and_more_than_three_in_ten_it_is_stopped(changed: int, unchanged: int, *, stops: bool) -> None:
    brake = after(*[None] * unchanged, *[ALTERED] * changed)
    assert (brake.changed, brake.comparable) == (changed, changed + unchanged)
    assert (brake.stopped_at is not None) is stops


def test_what_is_older_than_a_day_does_not_count() -> None:
    brake = after(*[ALTERED] * (LEAST - 1))
    for hours, stops in ((23, True), (24, False), (25, False)):
        later = after(ALTERED, at=NOW + timedelta(hours=hours), brake=brake)
        assert (later.stopped_at is not None) is stops, hours
    # A clock that was set back brings hours that have not come yet.
    assert after(ALTERED, at=NOW - timedelta(days=3), brake=brake).changed == 1


def test_it_stays_stopped_and_tells_three_examples() -> None:
    brake = after(*[replace(ALTERED, item_id=n, name=f"Film {n}") for n in range(LEAST)])
    assert brake.stopped_at == NOW
    assert after(*[None] * 1000, at=NOW + timedelta(days=9), brake=brake).stopped_at == NOW
    assert [each.item_id for each in brake.examples] == [17, 18, 19]
    text = brake.describe()
    assert "title or poster of 20 of 20 items" in text
    assert text.count("title “Heat” → “Frozen”") == 3


@pytest.mark.parametrize(
    ("item", "answer", "bases", "comparable"),
    [
        (HEAT, ANSWER, BASES, True),
        (MediaItem(id=1), ANSWER, BASES, False),  # the first answer
        (replace(HEAT, bases=()), ANSWER, BASES, False),  # merged last by an earlier Metarr
        (HEAT, ANSWER, {"tmdb": "other rules, language or version", "omdb": "b"}, False),
        (HEAT, ANSWER, {}, False),
        (HEAT, ANSWER, {"tmdb": "a", "omdb": "other"}, True),
        (HEAT, replace(ANSWER, asked_id="tmdb:1"), BASES, False),
        (HEAT, replace(ANSWER, stale=True), BASES, False),
        (HEAT, replace(ANSWER, cached=True), BASES, True),  # a dry run had it fetched
        (HEAT, replace(ANSWER, fetched_at=BEFORE.fetched_at), BASES, False),  # it was counted when it came
        (HEAT, replace(ANSWER, fetched_at=NOW + timedelta(days=149)), BASES, True),
        (HEAT, replace(ANSWER, fetched_at=NOW + timedelta(days=150)), BASES, False),
        (replace(HEAT, fields={"title": replace(BEFORE, sources=("omdb",))}), ANSWER, BASES, False),
        (replace(HEAT, fields={"plot": BEFORE}), ANSWER, BASES, True),
        (replace(HEAT, fields={"title": replace(BEFORE, value=None)}), ANSWER, BASES, False),
    ],
)
def test_only_what_answers_the_same_question_as_before_is_comparable(
    item: MediaItem, answer: Answered, bases: dict[str, str], *, comparable: bool
) -> None:
    assert is_comparable(item, "tmdb", answer, bases) is comparable


POSTER, OTHER = ((Image(url=f"https://image.example/{name}.jpg"),) for name in "ab")
NEW = FieldValue(value="Frozen", sources=("tmdb",))


@pytest.mark.parametrize(
    ("field", "old", "new", "altered"),
    [
        ("title", BEFORE, NEW, True),
        ("poster", replace(BEFORE, value=POSTER), replace(NEW, value=OTHER), True),
        ("plot", BEFORE, NEW, False),
        ("title", FieldValue(), NEW, False),  # a first value
        ("title", BEFORE, FieldValue(), False),
        ("title", replace(BEFORE, sources=("omdb",)), NEW, False),  # a better authority spoke
        ("title", BEFORE, replace(NEW, sources=("omdb",)), False),
        ("title", BEFORE, replace(BEFORE, locked=True), False),
    ],
)
def test_only_another_title_or_poster_of_the_same_provider_alters(
    field: str, old: FieldValue, new: FieldValue, *, altered: bool
) -> None:
    found = altered_by(HEAT, "Heat (1995)", "tmdb", [Change(field=field, old=old, new=new)])
    assert (found is not None) is altered
    if found is not None and field == "poster":
        assert (found.old, found.new) == ("https://image.example/a.jpg", "https://image.example/b.jpg")
