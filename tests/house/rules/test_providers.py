"""Changing and testing the settings of providers, against the simulators."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from fakes import FakeClock
from harness import PROVIDERS, House, house, kinds, live, told
from metarr.app import build
from metarr.asking.roster import ConfiguredProvider
from metarr.care.health import Condition
from metarr.domain.outcome import NotAsked, Skip
from metarr.domain.values import Kind
from metarr.errors import AllRefused, InvalidInput, NoSuchThing
from metarr.providers.registry import discover
from metarr.rules.providers import Verdict
from metarr.secrets import Vault
from simulators import KEYS, Simulators

SOON = 20.0


def entry(home: House, provider: str) -> ConfiguredProvider:
    found = home.services.roster.get(provider)
    assert found is not None
    return found


def verdict_of(home: House, provider: str) -> Verdict:
    return home.services.providers.test(provider, home.clock.monotonic() + SOON)


def condition(home: House, provider: str) -> Condition:
    return home.services.health.provider(entry(home, provider)).condition


class TestUpdate:
    def test_what_is_not_named_stays(self, home: House) -> None:
        home.services.providers.update("omdb", None, {"daily_quota": 100_000})
        home.services.providers.update("omdb", False, {})
        settings = entry(home, "omdb").settings
        assert settings["daily_quota"] == 100_000
        assert settings["api_key"] == KEYS["omdb"]
        assert not entry(home, "omdb").config.enabled

    def test_nothing_goes_back_to_the_default_and_forgets_a_secret(self, home: House) -> None:
        home.services.providers.update("omdb", None, {"api_key": None, "daily_quota": 5})
        home.services.providers.update("omdb", None, {"daily_quota": None})
        assert entry(home, "omdb").settings["daily_quota"] == 1000
        assert not entry(home, "omdb").ready
        skip = entry(home, "omdb").skip(Kind.MOVIE)
        assert isinstance(skip, NotAsked)
        assert skip.reason is Skip.NOT_CONFIGURED

    def test_a_key_is_stored_sealed_and_trimmed(self, home: House) -> None:
        home.services.providers.update("omdb", None, {"api_key": f"  {KEYS['omdb']}\n"})
        assert entry(home, "omdb").settings["api_key"] == KEYS["omdb"]
        assert KEYS["omdb"] not in repr(home.rows())
        assert KEYS["omdb"] not in repr(entry(home, "omdb"))

    def test_every_fault_is_named_and_nothing_is_stored(self, home: House) -> None:
        before = home.rows()
        wanted = {"api_key": "new-and-good-0000", "base_url": "nowhere", "daily_quota": -1, "colour": "red"}
        with pytest.raises(InvalidInput) as caught:
            home.services.providers.update("omdb", False, wanted)
        assert [each.field for each in caught.value.violations] == [
            "settings.base_url",
            "settings.colour",
            "settings.daily_quota",
        ]
        assert home.rows() == before
        assert entry(home, "omdb").settings["api_key"] == KEYS["omdb"]

    def test_an_unknown_provider_is_named_with_the_known_ones(self, home: House) -> None:
        with pytest.raises(NoSuchThing, match="known: fanart, omdb, tmdb, tvdb"):
            home.services.providers.update("imdb", True, {})

    def test_updates_at_once_do_not_undo_each_other(self, home: House) -> None:
        changes = [{"daily_quota": 77}, {"requests_per_second": 7.5}, {"base_url": "https://omdb.test"}, {}]
        enabled = [None, None, None, False]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda one: home.services.providers.update("omdb", *one), zip(enabled, changes, strict=True)))
        now = entry(home, "omdb")
        assert (now.settings["daily_quota"], now.settings["requests_per_second"]) == (77, 7.5)
        assert now.settings["base_url"] == "https://omdb.test"
        assert not now.config.enabled

    def test_the_ledger_outlives_a_restart(self, home: House) -> None:
        home.enrich(home.add("inception"))
        again = home.services.roster.reload("omdb")
        assert again.settings["api_key"] == KEYS["omdb"]
        assert again.channel.status().quota_used == 1

    def test_another_key_has_a_ledger_of_its_own(self, home: House) -> None:
        home.enrich(home.add("inception"))
        home.services.providers.update("omdb", None, {"api_key": "another-key-0000"})
        assert entry(home, "omdb").channel.status().quota_used == 0


class TestTest:
    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_a_good_key_is_told_to_work(self, home: House, provider: str) -> None:
        assert verdict_of(home, provider).trouble == ""

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_a_wrong_key_is_told_with_where_to_get_one(self, home: House, provider: str) -> None:
        home.services.providers.update(provider, None, {"api_key": "0123456789abcdef"})
        verdict = verdict_of(home, provider)
        assert verdict.trouble == "key"
        assert "0123456789abcdef" not in verdict.detail
        assert "https://" in verdict.detail

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_no_key_asks_nobody(self, simulators: Simulators, clock: FakeClock, tmp_path: Path, provider: str) -> None:
        with house(simulators, tmp_path, clock, providers=()) as home:
            verdict = verdict_of(home, provider)
        assert verdict.trouble == "key"
        assert "not set yet" in verdict.detail
        assert simulators.requests() == []

    @pytest.mark.parametrize("fault", ["error_500", "error_200_html", "truncated_json", "redirect_other_host"])
    def test_what_is_no_answer_is_a_trouble_of_the_network(self, home: House, fault: str) -> None:
        home.simulators.fault("tmdb", fault)
        verdict = verdict_of(home, "tmdb")
        assert verdict.trouble == "network"
        assert "127.0.0.1" in verdict.detail

    def test_a_used_up_quota_is_told(self, home: House) -> None:
        home.simulators.set_quota("omdb", 0)
        assert verdict_of(home, "omdb").trouble == "quota"
        assert condition(home, "omdb") is Condition.LIMITED

    def test_a_success_lifts_what_the_provider_was_parked_for_and_wakes_what_waits(
        self, home: House, clock: FakeClock
    ) -> None:
        home.simulators.refuse_key("omdb")
        item_id = home.add("inception")
        home.enrich(item_id)
        assert condition(home, "omdb") is Condition.KEY_REFUSED
        assert home.awaited(item_id)["omdb"].not_before is None
        home.simulators.refuse_key("omdb", refused=False)
        assert verdict_of(home, "omdb").trouble == ""
        assert condition(home, "omdb") is Condition.OK
        assert home.awaited(item_id)["omdb"].not_before == clock.now()
        assert kinds(home.enrich(item_id).outcomes)["omdb"] == "Answered"

    def test_a_limit_keeps_the_provider_alone_until_it_ends(self, home: House, clock: FakeClock) -> None:
        home.simulators.fault("tmdb", "rate_limited_with_retry_after", count=1, retry_after=600)
        item_id = home.add("inception")
        home.enrich(item_id)
        health = home.services.health.provider(entry(home, "tmdb"))
        assert (health.condition, health.retry_at) == (Condition.LIMITED, clock.now() + timedelta(seconds=600))
        clock.advance(599)
        assert kinds(home.enrich(item_id).outcomes)["tmdb"] == "rate_limited"
        clock.advance(1)
        assert kinds(home.enrich(item_id).outcomes)["tmdb"] == "Answered"
        assert condition(home, "tmdb") is Condition.OK

    @pytest.mark.slow
    def test_a_test_heeds_the_callers_deadline(self, simulators: Simulators, tmp_path: Path) -> None:
        with live(tmp_path) as metarr:
            metarr.configure(simulators, "tmdb")
            simulators.fault("tmdb", "hang")
            verdict = metarr.client.call("ConfigService", "TestProvider", {"providerId": "tmdb"}, timeout=1)
            simulators.clear_faults()
        assert verdict["verdict"] == "VERDICT_NETWORK"


def test_a_lost_key_stays_refused_whatever_else_is_set_and_holds_what_was_said(
    home: House, clock: FakeClock, tmp_path: Path
) -> None:
    item_id = home.add("inception")
    before = told(home.enrich(item_id).item.fields)
    clock.advance(60)
    again = build(home.database, Vault(tmp_path / "another.key"), home.clock, discover())
    try:
        other = House(again, home.database, home.simulators, home.clock)
        again.providers.update("tmdb", True, {"requests_per_second": 20})
        home.asked()
        with pytest.raises(AllRefused):
            other.enrich(item_id, force=True)
        assert home.asked() == {}, "nothing is asked with an empty key"
        other.configure("omdb")
        enriched = other.enrich(item_id, force=True)
        assert told(enriched.item.fields) == before
        assert enriched.awaited["tmdb"].reason == "auth"
        assert home.asked() == {"omdb": 1}
    finally:
        again.roster.close()
