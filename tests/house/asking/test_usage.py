"""What is asked of the providers is counted by the day, and kept."""

from datetime import timedelta
from pathlib import Path

import pytest

from fakes import FakeClock
from harness import House, house
from metarr.asking.usage import KEPT
from metarr.errors import DatabaseUnusable
from metarr.store import usage
from simulators import KEYS, Simulators

TODAY, TOMORROW = "2026-11-22", "2026-11-23"


def requests(home: House, days: int = 30) -> dict[tuple[str, str], int]:
    return {key: of_day.requests for key, of_day in home.services.roster.usage.last(days).items()}


def test_every_request_is_counted_for_its_provider_and_day(home: House, clock: FakeClock) -> None:
    item_id = home.add("fight-club")
    home.enrich(item_id)
    asked = home.asked()
    assert requests(home) == {(provider, TODAY): count for provider, count in asked.items()}
    clock.advance(timedelta(days=1).total_seconds())
    home.enrich(item_id, force=True)
    assert requests(home)["omdb", TOMORROW] == 1
    assert requests(home, days=1).keys() == {(provider, TOMORROW) for provider in asked}


def test_what_became_of_them_is_told_apart(home: House) -> None:
    home.simulators.set_quota("omdb", 0)
    home.simulators.fault("fanart", "error_500")
    home.enrich(home.add("fight-club"))
    told = home.services.roster.usage.last(1)
    assert (told["omdb", TODAY].limited, told["omdb", TODAY].answered) == (1, 0)
    assert told["fanart", TODAY].failed == told["fanart", TODAY].requests > 0
    assert told["tmdb", TODAY].median_ms > 0
    assert told["omdb", TODAY].median_ms == 0


def test_it_survives_a_restart_and_goes_on(simulators: Simulators, clock: FakeClock, tmp_path: Path) -> None:
    with house(simulators, tmp_path, clock) as home:
        home.enrich(home.add("fight-club"))
        before = requests(home)
        home.services.roster.usage.stop()
        assert requests(home) == before
        with house(simulators, tmp_path, clock, (), home.database) as again:
            assert requests(again) == before
            again.enrich(again.add("the-matrix"))
            again.services.roster.usage.write()
            assert requests(again)["omdb", TODAY] == before["omdb", TODAY] + 1


def test_what_cannot_be_written_now_is_written_later(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    home.enrich(home.add("fight-club"))
    before = requests(home)

    def full(*_: object) -> None:
        raise DatabaseUnusable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(usage, "add", full)
        home.services.roster.usage.stop()
    assert requests(home) == before
    home.services.roster.usage.write()
    with home.database.read() as connection:
        assert {key: each.requests for key, each in usage.since(connection, TODAY).items()} == before


def test_settings_that_are_only_tried_are_not_counted(home: House, clock: FakeClock) -> None:
    home.services.providers.test("omdb", clock.monotonic() + 20, {"api_key": KEYS["omdb"]})
    assert requests(home) == {}
    home.services.providers.test("omdb", clock.monotonic() + 20, {})
    assert requests(home) == {("omdb", TODAY): 1}


def test_after_400_days_it_is_forgotten(home: House, clock: FakeClock) -> None:
    home.enrich(home.add("fight-club"))
    home.services.roster.usage.write()
    for days in (KEPT.days - 1, 3):
        clock.advance(timedelta(days=days).total_seconds())
        home.services.daily.prune(clock.now())
        with home.database.read() as connection:
            assert bool(usage.since(connection, TODAY)) is (days > 3)
