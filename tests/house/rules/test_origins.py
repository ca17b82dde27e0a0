"""A secret is sent to the address that it was entered for, and nowhere else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeClock
from harness import House, house
from metarr.addresses import is_readable, origin
from metarr.declared import Setting, SettingType, astray
from metarr.errors import InvalidInput, MetarrError
from scripted_server import ScriptedServer
from simulators import KEYS, Simulators

OLD = "http://127.0.0.1:1234/3"


@pytest.fixture
def home(simulators: Simulators, tmp_path: Path) -> Iterator[House]:
    with house(simulators, tmp_path, FakeClock()) as made:
        yield made


def settings_of(home: House, provider: str = "tmdb") -> dict[str, Any]:
    configured = home.services.roster.get(provider)
    assert configured is not None
    return dict(configured.settings)


def update(home: House, **changes: Any) -> dict[str, Any]:
    home.services.providers.update("tmdb", None, changes)
    return settings_of(home)


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:1234/3",
        "http://127.0.0.1:1235/3",
        "http://127.0.0.1/3",
        "http://localhost:1234/3",
        "http://127.0.0.2:1234/3",
        "https://api.themoviedb.org.evil.example/3",
        None,
    ],
)
def test_a_change_of_scheme_host_or_port_drops_the_key(home: House, address: str | None) -> None:
    assert update(home, base_url=OLD, api_key=KEYS["tmdb"])["api_key"]
    assert update(home, base_url=address)["api_key"] == ""
    assert update(home, base_url=OLD)["api_key"] == "", "it is forgotten, not hidden"


@pytest.mark.parametrize("address", [f"{OLD}/other", "http://127.0.0.1:1234", "HTTP://127.0.0.1:1234/3", OLD])
def test_another_path_of_the_same_place_keeps_it(home: House, address: str) -> None:
    update(home, base_url=OLD, api_key=KEYS["tmdb"])
    assert update(home, base_url=address)["api_key"] == KEYS["tmdb"]


def test_a_key_that_comes_in_the_same_call_is_for_the_new_place(home: House) -> None:
    update(home, base_url=OLD, api_key=KEYS["tmdb"])
    assert update(home, base_url="https://tmdb.example", api_key="the-new-key")["api_key"] == "the-new-key"


def test_the_keys_of_other_providers_stay(home: House) -> None:
    update(home, base_url="https://tmdb.example")
    assert settings_of(home, "omdb")["api_key"] == KEYS["omdb"]


def test_nothing_reaches_the_new_place_without_a_key_for_it(home: House) -> None:
    elsewhere = ScriptedServer()
    try:
        update(home, base_url=elsewhere.url)
        with pytest.raises(MetarrError):
            home.enrich(home.add("inception"), "tmdb")
        assert home.services.providers.test("tmdb", home.clock.monotonic() + 20).trouble == "key"
        assert elsewhere.requests == []
    finally:
        elsewhere.close()


def test_a_secret_belongs_to_the_address_that_it_is_declared_for() -> None:
    declared = [
        Setting(key="base_url", label="", type=SettingType.URL, default="https://a.example"),
        Setting(key="proxy", label="", type=SettingType.URL, default=""),
        Setting(key="api_key", label="", type=SettingType.SECRET),
        Setting(key="proxy_password", label="", type=SettingType.SECRET, sent_to="proxy"),
    ]
    before = {"proxy": "http://127.0.0.1:3128"}
    assert astray(declared, before, before) == frozenset()
    assert astray(declared, before, {"proxy": "http://127.0.0.1:3129"}) == {"proxy_password"}
    assert astray(declared, before, {**before, "base_url": "https://b.example"}) == {"api_key"}
    assert astray(declared, before, {}) == {"proxy_password"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example", "https://A.example:443/x", True),
        ("http://a.example:80", "http://a.example", True),
        ("https://a.example.", "https://a.example", True),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://a.example:444", False),
        ("https://[::1]:1", "https://[::1]:2", False),
        ("", "https://a.example", False),
    ],
)
def test_what_an_origin_is(one: str, other: str, same: bool) -> None:
    assert (origin(one) == origin(other)) == same


@pytest.mark.parametrize(
    ("address", "readable"),
    [
        ("http://a.example", True),
        ("http://192.168.1.5:80/x", True),
        ("http://localhost.a.example", True),
        ("http://[fe80::1]", True),
        ("https://a.example", False),
        ("http://localhost:1", False),
        ("http://127.9.9.9", False),
        ("http://[::1]:1", False),
    ],
)
def test_what_others_can_read_on_its_way(address: str, readable: bool) -> None:
    assert is_readable(address) == readable


class TestPlainHttp:
    def test_beyond_this_machine_it_has_to_be_allowed(self, home: House) -> None:
        before = home.rows()
        with pytest.raises(InvalidInput) as caught:
            update(home, base_url="http://tmdb.example", api_key="a-key")
        assert [each.field for each in caught.value.violations] == ["settings.base_url"]
        assert home.rows() == before
        assert (
            update(home, base_url="http://tmdb.example", api_key="a-key", allow_plain_http=True)["api_key"] == "a-key"
        )

    def test_is_not_tried_either(self, home: House) -> None:
        typed = {"base_url": "http://tmdb.example", "api_key": "a-key"}
        with pytest.raises(InvalidInput, match="others can read it"):
            home.services.providers.test("tmdb", home.clock.monotonic() + 20, typed)

    def test_cannot_be_disallowed_while_it_is_in_use(self, home: House) -> None:
        update(home, base_url="http://tmdb.example", api_key="a-key", allow_plain_http=True)
        with pytest.raises(InvalidInput) as caught:
            update(home, allow_plain_http=False)
        assert [each.field for each in caught.value.violations] == ["settings.allow_plain_http"]
        assert (
            update(home, allow_plain_http=False, base_url="https://tmdb.example")["base_url"] == "https://tmdb.example"
        )

    def test_other_settings_of_one_that_was_stored_before_can_be_changed(self, home: House) -> None:
        update(home, base_url="http://tmdb.example", api_key="a-key", allow_plain_http=True)
        with home.database.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE provider_configs SET settings = json_remove(settings, '$.allow_plain_http')"
            )
        home.services.roster.reload("tmdb")
        assert update(home, daily_quota=5)["base_url"] == "http://tmdb.example"

    def test_is_a_notice(self, home: House) -> None:
        def told() -> list[tuple[str, str]]:
            return [(each.code, each.subject) for each in home.services.health.read().notices]

        assert told() == []
        update(home, base_url="http://tmdb.example", api_key="a-key", allow_plain_http=True)
        assert ("provider_plain_http", "provider:tmdb") in told()
        home.services.providers.update("tmdb", False, {})
        assert told() == []
