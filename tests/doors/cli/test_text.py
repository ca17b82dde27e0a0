from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.cli.text import clean, name_of, shown, span, when, word

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        (None, ""),
        ("", ""),
        ("2026-03-01T12:00:00Z", "just now"),
        ("2026-03-01T11:59:30.5Z", "29 seconds ago"),
        ("2026-03-01T11:58:59.123456789Z", "1 minute ago"),
        ("2026-03-01T09:00:00Z", "3 hours ago"),
        ("2026-02-27T11:00:00Z", "2 days ago"),
        ("2025-12-20T12:00:00Z", "2 months ago"),
        ("2023-01-01T00:00:00Z", "3 years ago"),
        ("2026-03-01T20:00:00Z", "in 8 hours"),
        ("2026-03-02T13:00:00Z", "in 1 day"),
    ],
)
def test_a_time_is_told_as_a_person_would(timestamp, expected):
    assert when(timestamp, NOW) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"),
        ([], "–"),
        ("", "–"),
        ("A plot.", "A plot."),
        (8.8, "8.8"),
        (136.0, "136"),
        (2345678.0, "2345678"),
        (False, "no"),
        (["Drama", "Thriller"], "Drama, Thriller"),
        ({"name": "The Matrix Collection"}, "The Matrix Collection"),
        ([{"name": "Keanu Reeves", "role": "Neo"}, {"name": "Extra"}], "Keanu Reeves (Neo), Extra"),
        ([{"name": "A"}, {"name": "B"}, {"name": "C"}], "A, B and 1 more"),
        (
            [{"url": "https://x.example/a.jpg", "width": 2000.0, "height": 3000.0, "language": "en"}],
            "2000×3000, en: https://x.example/a.jpg",
        ),
        ([{"url": "https://x.example/a.jpg", "width": 0, "height": 0, "language": ""}], "https://x.example/a.jpg"),
    ],
)
def test_every_shape_of_value_has_a_text(value, expected):
    assert shown(value, most=2) == expected


@given(st.text())
def test_no_text_can_steer_a_terminal(text):
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert all(char in "\n\t" or (char >= " " and not "\x7f" <= char <= "\x9f") for char in cleaned)


@given(st.floats(min_value=0, max_value=1e10))
def test_a_span_never_names_nothing_of_a_unit_that_fits(seconds):
    number, unit = span(seconds).split()
    assert int(number) > 0 or unit == "seconds"
    assert unit.endswith("s") == (int(number) != 1)


def test_constants_become_words():
    assert word("STATUS_NOT_FOUND", "STATUS_") == "not found"
    assert word(None, "STATUS_") == ""


def test_an_item_without_a_title_goes_by_its_ids():
    assert name_of({"ids": [{"type": "tmdb", "value": "550"}]}) == "tmdb:550"
    assert name_of({"title": "Fight Club", "year": 1999}) == "Fight Club (1999)"
    assert name_of({}) == "untitled"
