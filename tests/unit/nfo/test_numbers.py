"""Numbers are read whole or not at all, in every form that somebody writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.nfo.numbers import amount, count, day, minutes, rating, whole, year


@pytest.mark.parametrize(
    ("text", "best", "scale", "value"),
    [
        ("7.4", "10", 10, 7.4),
        ("7,4", "10", 10, 7.4),
        ("7,40", "", 10, 7.4),
        ("7", "", 10, 7.0),
        ("7.456", "10", 10, 7.456),
        ("7.4/10", "", 10, 7.4),
        ("7,4 / 10", "10", 10, 7.4),
        ("7.4 out of 10", "", 10, 7.4),
        ("7,4 von 10", "", 10, 7.4),
        ("74/100", "10", 10, 7.4),
        ("85%", "10", 100, 85.0),
        ("85 %", "", 10, 8.5),
        ("85", "100", 100, 85.0),
        ("8.5", "10", 100, 85.0),
        ("85", "", 100, 85.0),
        ("3.7", "5", 10, 7.4),
        ("10", "10", 10, 10.0),
        ("7.4", "10.0", 10, 7.4),
        ("7.4", "10,0", 10, 7.4),
        ("7.4", "ten", 10, None),
        ("7.4", "0", 10, None),
        ("81", "10", 10, None),
        ("10.1", "10", 10, None),
        ("0", "10", 10, None),
        ("0.0", "10", 10, None),
        ("-1", "10", 10, None),
        ("7.4.1", "10", 10, None),
        ("7,4,1", "10", 10, None),
        ("7.4 or so", "10", 10, None),
        ("IMDb 7.4", "10", 10, None),
        ("٧", "10", 10, None),
        ("", "10", 10, None),
    ],
)
def test_a_rating(text: str, best: str, scale: int, value: float | None) -> None:
    assert rating(text, best, scale) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234", 1234),
        ("1,234", 1234),
        ("1.234", 1234),
        ("1 234", 1234),
        ("1'234", 1234),
        ("1’234", 1234),
        ("1,000", 1000),
        ("1.000", 1000),
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1 234 567", 1_234_567),
        ("12,34,567", 1_234_567),
        ("1,234 votes", 1234),
        ("1.234 Stimmen", 1234),
        ("1234.0", 1234),
        ("12K", 12_000),
        ("12.3k", 12_300),
        ("1,2M", 1_200_000),
        ("1.2 m votes", 1_200_000),
        ("0", None),
        ("", None),
        ("-5", None),
        ("12.5", None),
        ("1,23", None),
        ("1,2345", None),
        ("1.234,567", None),
        ("1,234 or 5", None),
        ("12 million", None),
        ("1e3", None),
        ("9" * 16, None),
    ],
)
def test_how_many(text: str, value: int | None) -> None:
    assert count(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("118", 118),
        ("118.4", 118),
        ("118,4", 118),
        ("118 min", 118),
        ("118min", 118),
        ("118 min.", 118),
        ("118 mins", 118),
        ("118 minutes", 118),
        ("118 Minuten", 118),
        ("118m", 118),
        ("118 mn", 118),
        ("118'", 118),
        ("1,234", 1234),
        ("1h 58m", 118),
        ("1h58", 118),
        ("1h58m", 118),
        ("1 h 58 min", 118),
        ("1 hr 58 mins", 118),
        ("1 hour, 58 minutes", 118),
        ("1 hour and 58 minutes", 118),
        ("1 Std. 58 Min.", 118),
        ("2h", 120),
        ("2 hours", 120),
        ("1.5 h", 90),
        ("1,5 Stunden", 90),
        ("1:58", 118),
        ("01:58", 118),
        ("1:58:00", 118),
        ("01:57:40", 118),
        ("0:45:00", 45),
        ("PT1H58M", 118),
        ("PT118M", 118),
        ("PT7080S", 118),
        ("P0DT1H58M0S", 118),
        ("7080 s", 118),
        ("118 min 10 sec", 118),
        ("0", None),
        ("0 min", None),
        ("", None),
        ("PT", None),
        ("-118", None),
        ("long", None),
        ("118 apples", None),
        ("90-100 min", None),
        ("118 / 120", None),
        ("45:30", None),
        ("1:75", None),
        ("1h 58x", None),
        ("99999999", None),
    ],
)
def test_how_long(text: str, value: int | None) -> None:
    assert minutes(text) == value


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2001-05-06", "2001-05-06"),
        ("2001-5-6", "2001-05-06"),
        ("2001/05/06", "2001-05-06"),
        ("2001.05.06", "2001-05-06"),
        ("20010506", "2001-05-06"),
        ("2001-05-06 00:00:00", "2001-05-06"),
        ("2001-05-06T00:00:00.0000000Z", "2001-05-06"),
        ("06.05.2001", "2001-05-06"),
        ("6. 5. 2001", "2001-05-06"),
        ("2001-02-29", ""),
        ("05/06/2001", ""),
        ("2001-05", ""),
        ("2001", ""),
        ("0000-00-00", ""),
        ("0001-01-01", ""),
        ("1601-01-01", ""),
        ("2001-05/06", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_a_day(text: str, iso: str) -> None:
    assert day(text) == iso


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1999", 1999),
        ("(1999)", 1999),
        ("1999-2003", 1999),
        ("1999–", 1999),
        ("1999-10-15", 1999),
        ("15.10.1999", 1999),
        ("1999.0", 1999),
        ("19999", 0),
        ("99", 0),
        ("1601", 0),
        ("0", 0),
        ("unknown", 0),
        ("", 0),
    ],
)
def test_a_year(text: str, value: int) -> None:
    assert year(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("01", 1), ("0", 0), ("1.0", 1), ("-1", None), ("1,5", None), ("S01", None), ("", None)],
)
def test_the_number_of_an_episode(text: str, value: int | None) -> None:
    assert whole(text) == value


@given(st.text(alphabet="0123456789.,:'hmsPTk% /-x", max_size=14))
def test_any_text_is_a_number_or_none(text: str) -> None:
    for value in (rating(text, "10", 10), count(text), minutes(text), amount(text)):
        assert value is None or value > 0
