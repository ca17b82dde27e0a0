"""Times are told as people say them."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from fake_kodi_port import FakePort
from metarr_adapter.moments import now_here
from metarr_kodi import moments

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


@pytest.fixture
def port(tmp_path: Path) -> FakePort:
    return FakePort(tmp_path)


@pytest.mark.parametrize(
    ("told", "past"),
    [
        ("2026-11-22T19:59:30.123456Z", "just now"),
        ("2026-11-22T19:59:00Z", "1 minute ago"),
        ("2026-11-22T18:00:00Z", "2 hours ago"),
        ("2026-11-21T20:00:00Z", "1 day ago"),
        ("2026-11-19T12:00:00.5Z", "3 days ago"),
        ("2026-09-20T20:00:00Z", "2 months ago"),
        ("2024-01-01T00:00:00Z", "2 years ago"),
        ("2026-11-22T20:30:00Z", "in 30 minutes"),
        ("", ""),
    ],
)
def test_a_time_is_seen_from_now(port: FakePort, told: str, past: str):
    assert moments.when(port, told, NOW) == past


def test_an_age_is_told_in_its_largest_unit(port: FakePort):
    assert moments.age(port, "2026-11-19T12:00:00Z", NOW) == "3 days old"
    assert moments.age(port, "", NOW) == ""


def test_an_end_today_is_a_time_by_the_owners_clock(port: FakePort):
    in_athens = NOW.astimezone(timezone(timedelta(hours=2)))
    assert moments.until(port, "2026-11-23T00:00:00Z", NOW) == "00:00"
    assert moments.until(port, "2026-11-23T00:00:00Z", in_athens) == "02:00"
    assert moments.until(port, "2026-11-26T00:00:00Z", NOW) == "in 3 days"


def test_now_is_told_with_the_owners_zone():
    assert now_here().utcoffset() is not None
