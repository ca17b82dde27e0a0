"""How the daemon and its providers fare, told without asking anybody."""

from datetime import timedelta
from pathlib import Path

import pytest

from fakes import FakeClock
from harness import House, house
from metarr.care.health import Condition, ProviderHealth
from metarr.domain.consent import SyncPolicy
from metarr.domain.notice import NoticeCode
from model_player import ModelPlayer, provider_says
from simulators import Simulators


def provider(home: House, name: str) -> ProviderHealth:
    return next(each for each in home.services.health.read().providers if each.configured.id == name)


def test_all_is_well_when_nothing_was_asked_yet(home: House, clock: FakeClock) -> None:
    home.asked()
    health = home.services.health.read()
    assert home.asked() == {}
    assert health.condition is Condition.OK
    assert (health.items, health.awaiting_items, health.started_at) == (0, 0, clock.now())
    assert [each.configured.id for each in health.providers] == ["fanart", "omdb", "tmdb", "tvdb"]
    assert {each.condition for each in health.providers} == {Condition.OK}


def test_without_any_key_it_is_not_configured(simulators: Simulators, clock: FakeClock, tmp_path: Path) -> None:
    with house(simulators, tmp_path, clock, providers=()) as home:
        health = home.services.health.read()
    assert health.condition is Condition.NOT_CONFIGURED
    assert {each.condition for each in health.providers} == {Condition.NOT_CONFIGURED}
    assert {each.detail for each in health.providers} == {"its key was not entered yet"}
    assert [(each.code, each.subject) for each in health.notices] == [(NoticeCode.NO_PROVIDER, "providers")]


def test_with_one_key_only_it_is_well(simulators: Simulators, clock: FakeClock, tmp_path: Path) -> None:
    with house(simulators, tmp_path, clock, providers=("tmdb",)) as home:
        assert home.services.health.read().condition is Condition.OK
        assert provider(home, "tmdb").condition is Condition.OK
        assert provider(home, "omdb").condition is Condition.NOT_CONFIGURED


def test_requests_are_counted_with_the_time_of_the_last(home: House, clock: FakeClock) -> None:
    home.enrich(home.add("fight-club"))
    status = provider(home, "omdb").status
    assert (status.quota_used, status.quota_limit) == (1, 1000)
    assert status.quota_reset_at is not None
    assert status.quota_reset_at - clock.now() <= timedelta(days=1)
    assert status.last_request_at == status.last_success_at == clock.now()
    assert provider(home, "tmdb").status.quota_limit == 0


@pytest.mark.parametrize(
    ("fault", "condition", "word"),
    [
        ("auth_refused", Condition.KEY_REFUSED, "refuses the key"),
        ("quota_exhausted", Condition.LIMITED, "quota used up"),
        ("rate_limited_with_retry_after", Condition.LIMITED, "rate-limited"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_missing_for_it(
    home: House, fault: str, condition: Condition, word: str
) -> None:
    home.simulators.fault("omdb", fault, retry_after=600)
    home.enrich(home.add("fight-club"))
    told = provider(home, "omdb")
    assert told.condition is condition
    assert word in told.detail
    assert told.awaiting_items == 1
    assert (told.retry_at is None) == (condition is Condition.KEY_REFUSED)
    assert [each.text for each in told.notices] == [told.detail]
    health = home.services.health.read()
    assert health.condition is Condition.LIMITED
    assert (health.items, health.awaiting_items) == (1, 1)


def test_what_was_never_asked_about_is_told_apart_from_what_misses_an_answer(home: House) -> None:
    home.simulators.set_quota("omdb", 0)
    home.enrich(home.add("fight-club"))
    for key in ("inception", "the-matrix"):
        home.add(key)
    health = home.services.health.read()
    assert (health.items, health.awaiting_items, health.untouched_items) == (3, 1, 2)


def test_a_provider_that_keeps_failing_is_left_alone_and_told(home: House, clock: FakeClock) -> None:
    home.simulators.fault("tmdb", "error_500")
    for key in ("inception", "fight-club", "the-matrix", "parasite", "star-wars"):
        home.enrich(home.add(key))
    told = provider(home, "tmdb")
    assert told.condition is Condition.FAILING
    assert told.retry_at is not None
    assert told.retry_at > clock.now()
    home.asked()
    home.enrich(home.add("your-name"))
    assert "tmdb" not in home.asked()


def test_a_provider_that_is_switched_off_is_no_trouble(home: House) -> None:
    home.services.providers.update("omdb", False, {})
    assert provider(home, "omdb").condition is Condition.DISABLED
    assert home.services.health.read().condition is Condition.OK


class TestPlayers:
    def notes(self, home: House) -> str:
        [told] = home.services.health.read().players
        return "; ".join(notice.text for notice in told.notices)

    def test_one_that_is_well_needs_no_word_however_long_a_weekend_is(self, home: House, clock: FakeClock) -> None:
        ModelPlayer(home)
        clock.advance(3 * 86400)
        assert self.notes(home) == ""
        assert home.services.health.read().condition is Condition.OK

    def test_one_that_was_not_heard_of_for_long_is_named_with_what_waits(self, home: House, clock: FakeClock) -> None:
        player = ModelPlayer(home)
        player.add("heat", "Heat")
        player.report_all()
        clock.advance(9 * 86400)
        assert self.notes(home) == "not heard of for 9 days; entries that wait for it: 1"
        assert home.services.health.read().condition is Condition.OK

    def test_a_choice_that_is_missing_is_asked_for(self, home: House) -> None:
        ModelPlayer(home, policy=SyncPolicy.UNCHOSEN)
        assert "nothing is written to it before you choose" in self.notes(home)

    def test_what_was_not_taken_and_what_was_edited_is_counted(self, home: House) -> None:
        player = ModelPlayer(home)
        player.refuses = {"plot"}
        for key in ("heat", "ran"):
            player.add(key, key.title(), fields={"title": "Another"})
        player.report_all()
        for state in player.states().values():
            provider_says(home, state.item.id, title="Its title", plot="Its plot")
        player.sync()
        player.films["ran"].fields["title"] = "By hand"
        player.report("ran")
        told = self.notes(home)
        assert "did not take something: 2" in told
        assert "changed there by hand: 1" in told
