"""Trying settings that are not stored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeClock
from harness import PROVIDERS, SECONDS, House, house
from metarr.errors import InvalidInput, VersionMoved
from metarr.rules.trial import Verdict
from simulators import KEYS, Simulators


@pytest.fixture
def home(simulators: Simulators, tmp_path: Path) -> Iterator[House]:
    with house(simulators, tmp_path, FakeClock(auto=True)) as home:
        yield home


def tried(home: House, provider: str, **typed: Any) -> Verdict:
    return home.services.providers.test(provider, home.clock.monotonic() + SECONDS, typed)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_key_is_tried_and_nothing_is_stored(simulators: Simulators, tmp_path: Path, provider: str):
    with house(simulators, tmp_path, FakeClock(auto=True), providers=()) as home:
        before = home.rows()
        address = simulators.base_urls[provider]
        assert tried(home, provider, api_key=KEYS[provider], base_url=address).trouble == ""
        assert tried(home, provider, api_key="0123456789abcdef", base_url=address).trouble == "key"
        assert home.rows() == before
        configured = home.services.providers.configured(provider)
        assert not configured.ready
        assert not configured.channel.status().auth_refused


def test_a_bad_key_that_is_tried_leaves_the_good_one_in_use(home: House):
    assert tried(home, "tmdb", api_key="0123456789abcdef").trouble == "key"
    assert not home.services.providers.configured("tmdb").channel.status().auth_refused
    assert tried(home, "tmdb").trouble == ""


def test_what_is_not_typed_is_as_stored(home: House):
    home.asked()
    assert tried(home, "omdb", daily_quota=5).trouble == ""
    assert home.asked() == {"omdb": 1}


def test_a_dead_host_is_a_trouble_of_the_network(home: House):
    verdict = tried(home, "omdb", base_url="http://127.0.0.1:9/", api_key=KEYS["omdb"])
    assert verdict.trouble == "network"
    assert KEYS["omdb"] not in verdict.detail


@pytest.mark.parametrize(
    "other", ["http://127.0.0.1:9", "https://{host}", "http://localhost:{port}", "http://127.0.0.1"]
)
def test_a_stored_key_goes_to_no_other_host(home: House, other: str):
    host = home.simulators.base_urls["tmdb"].partition("//")[2].partition("/")[0]
    address = other.format(host=host, port=host.partition(":")[2])
    home.asked()
    with pytest.raises(InvalidInput) as caught:
        tried(home, "tmdb", base_url=address)
    assert [each.field for each in caught.value.violations] == ["settings.api_key"]
    assert "127.0.0.1" in str(caught.value)
    assert home.asked() == {}


def test_every_stored_secret_has_to_be_given_again(home: House):
    home.services.providers.update("tvdb", None, {"pin": "a-pin"})
    with pytest.raises(InvalidInput) as caught:
        tried(home, "tvdb", base_url="http://127.0.0.1:9", api_key=KEYS["tvdb"])
    assert [each.field for each in caught.value.violations] == ["settings.pin"]
    assert tried(home, "tvdb", base_url="http://127.0.0.1:9", api_key=KEYS["tvdb"], pin=None).trouble == "network"


def test_another_path_at_the_same_host_is_no_other_host(home: House):
    assert tried(home, "tmdb", base_url=home.simulators.base_urls["tmdb"] + "/").trouble == ""


@pytest.mark.parametrize(
    "typed", [{"base_url": "javascript:alert(1)"}, {"nope": 1}, {"daily_quota": "many"}, {"requests_per_second": -1}]
)
def test_what_is_wrong_is_told_and_asks_nobody(home: House, typed: dict[str, Any]):
    home.asked()
    with pytest.raises(InvalidInput) as caught:
        tried(home, "tmdb", **typed)
    assert [each.field for each in caught.value.violations] == [f"settings.{key}" for key in typed]
    assert home.asked() == {}


def test_a_key_that_is_taken_away_is_missing(home: House):
    verdict = tried(home, "tmdb", api_key="")
    assert verdict.trouble == "key"
    assert "not set yet" in verdict.detail


def test_settings_that_somebody_else_changed_are_not_overwritten(home: House):
    etag = home.services.providers.configured("tmdb").config.etag
    home.services.providers.update("tmdb", False, {}, etag)
    with pytest.raises(VersionMoved, match="TMDB"):
        home.services.providers.update("tmdb", True, {}, etag)
    assert not home.services.providers.configured("tmdb").config.enabled


def test_the_settings_of_metarr_are_guarded_alike(home: House):
    etag = home.services.settings.read().etag
    assert home.services.settings.update({"extra_fanart": 3}, etag).extra_fanart == 3
    with pytest.raises(VersionMoved):
        home.services.settings.update({"extra_fanart": 4}, etag)
    assert home.services.settings.read().extra_fanart == 3
