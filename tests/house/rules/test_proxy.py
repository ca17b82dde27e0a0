"""A proxy as its owner sets it: for all providers and for one, from the setting to the simulators behind it."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import proxies
from fakes import FakeClock
from harness import PROVIDERS, House, kinds
from metarr.app import build
from metarr.care.health import Condition
from metarr.domain.outcome import Unavailable
from metarr.errors import InvalidInput, NobodyAnswered, Reason
from metarr.providers.registry import discover
from metarr.proxy import PASSWORD
from metarr.rules.providers import Verdict
from metarr.secrets import Vault
from metarr.store.providers import sealed_secrets
from proxies import Proxy, SocksProxy
from simulators import MOVIES

pytestmark = pytest.mark.slow

SECRET = "hunter2 of bob"
USER = f"bob:{SECRET}"


@pytest.fixture
def opened() -> Iterator[Any]:
    """Makes proxies that are closed after the test."""
    with contextlib.ExitStack() as stack:
        yield lambda kind=Proxy, **given: stack.enter_context(proxies.opened(kind(**given)))


def set_all(home: House, address: str | None, **more: Any) -> None:
    """Set Metarr's proxy; `more` are its user and password, without their first word."""
    home.services.settings.update({"proxy": address} | {f"proxy_{key}": value for key, value in more.items()})


def set_one(home: House, provider: str, address: str | None, **more: Any) -> None:
    home.services.providers.update(
        provider, None, {"proxy": address} | {f"proxy_{key}": value for key, value in more.items()}
    )


def verdict_of(home: House, provider: str) -> Verdict:
    with running(home):
        return home.services.providers.test(provider, home.clock.monotonic() + 20)


def running(home: House) -> contextlib.AbstractContextManager[None]:
    """Time passes, for the pauses before a request is repeated."""
    assert isinstance(home.clock, FakeClock)
    return home.clock.running(8)


def way(home: House, provider: str) -> str:
    entry = home.services.roster.get(provider)
    assert entry is not None
    return str(entry.proxy or "")


def password(home: House) -> bool:
    """Whether Metarr's proxy has one."""
    return bool(home.services.settings.read().proxy_password)


@pytest.mark.parametrize("kind", [Proxy, SocksProxy], ids=["http", "socks5h"])
def test_all_are_asked_through_it_at_once_and_the_environment_has_no_say(
    home: House, opened: Any, monkeypatch: pytest.MonkeyPatch, kind: type[Proxy]
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    proxy = opened(kind, user=USER)
    assert verdict_of(home, "tmdb").trouble == ""
    set_all(home, proxy.address, user="bob", password=SECRET)
    assert set(kinds(home.enrich(home.add("inception")).outcomes).values()) == {"Answered"}
    assert len(proxy.asked) >= len(home.asked()) == 4
    set_all(home, None)
    before = len(proxy.asked)
    assert verdict_of(home, "tmdb").trouble == ""
    assert len(proxy.asked) == before


def test_a_provider_may_have_its_own_or_none(home: House, opened: Any) -> None:
    common, own = opened(user=USER), opened(SocksProxy)
    set_all(home, common.address, user="bob", password=SECRET)
    set_one(home, "omdb", own.address)
    set_one(home, "tvdb", "none")
    assert [way(home, each) for each in PROVIDERS] == [common.address, own.address, common.address, ""]
    assert [verdict_of(home, each).trouble for each in PROVIDERS] == [""] * 4
    assert (len(common.asked), len(own.asked)) == (2, 1)
    set_one(home, "omdb", None)
    assert way(home, "omdb") == common.address
    set_all(home, None)
    assert [way(home, each) for each in PROVIDERS] == [""] * 4


class TestThePasswordBelongsToItsAddress:
    """A new scheme, host or port is somebody else."""

    @pytest.mark.parametrize(
        ("after", "stays"),
        [
            ("http://proxy.lan:3128", True),
            ("http://PROXY.lan:3128/", True),
            ("http://proxy.lan:3129", False),
            ("https://proxy.lan:3128", False),
            ("socks5h://proxy.lan:3128", False),
            ("http://proxy.evil:3128", False),
            ("none", False),
            (None, False),
        ],
    )
    def test_so_another_one_forgets_it(self, home: House, after: str | None, stays: bool) -> None:
        set_all(home, "http://proxy.lan:3128", user="bob", password=SECRET)
        set_one(home, "omdb", "http://proxy.lan:3128", user="bob", password=SECRET)
        set_all(home, after)
        set_one(home, "omdb", after)
        entry = home.services.roster.get("omdb")
        assert entry is not None
        assert (password(home), bool(entry.settings[PASSWORD])) == (stays, stays)
        set_all(home, "http://proxy.lan:3128")
        assert password(home) is stays, "and does not bring it back"

    def test_unless_it_comes_with_it(self, home: House) -> None:
        set_all(home, "http://proxy.lan:3128", password="the-old-one")
        set_all(home, "http://other.lan:3128", password=SECRET)
        assert password(home)

    def test_one_that_was_entered_first_belongs_to_the_first_address(self, home: House) -> None:
        home.services.settings.update({"proxy_password": SECRET})
        set_all(home, "http://proxy.lan:3128")
        assert password(home)
        home.services.settings.update({"proxy_password": None})
        assert not password(home)

    def test_metarrs_is_never_told_to_a_providers_own_proxy(self, home: House, opened: Any) -> None:
        common, own = opened(user=USER), opened(user=USER)
        set_all(home, common.address, user="bob", password=SECRET)
        set_one(home, "omdb", own.address)
        assert "asks for a user and a password" in verdict_of(home, "omdb").detail


@pytest.mark.parametrize(
    "address",
    [
        "proxy.lan:3128",
        "proxy",
        "ftp://proxy.lan:3128",
        "socks4://proxy.lan:1080",
        "http://",
        "http://:3128",
        "http://proxy.lan:99999",
        "http://proxy.lan:0",
        "http://proxy.lan:port",
        "http://[::1",
        "http://proxy lan:3128",
        "http://proxy.lan:3128/path",
        "http://proxy.lan:3128?query",
        f"http://bob:{SECRET}@proxy.lan:3128",
        f"bob:{SECRET}@proxy.lan:3128",
        f"htp://bob:{SECRET}@proxy.lan:3128",
        f"http://bob:{SECRET}@:3128",
        "http://bob@proxy.lan:3128",
        "http://proxy.lan:3128\r\nX: y",
        "x" * 5000,
        7,
        ["http://proxy.lan:3128"],
        True,
    ],
)
def test_what_is_no_proxys_address_is_refused_and_not_told_again(home: House, address: Any) -> None:
    before = home.rows()
    for update in (set_all, lambda home, address: set_one(home, "omdb", address)):
        with pytest.raises(InvalidInput) as caught:
            update(home, address)
        assert [each.field for each in caught.value.violations] == ["settings.proxy"]
        assert "hunter2" not in str(caught.value)
    assert home.rows() == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("proxy_user", "bob:hunter2"),
        ("proxy_user", "ü" * 200),
        ("proxy_user", "bob\n"[:3] + "\x00"),
        ("proxy_password", "ü" * 200),
        ("proxy_password", "hunter2\nhunter2"),
        ("proxy_password", 7),
    ],
)
def test_nor_is_what_no_proxy_takes_as_user_or_password(home: House, key: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        home.services.settings.update({key: value})
    assert [each.field for each in caught.value.violations] == [f"settings.{key}"]
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("address", ["http://proxy", "HTTPS://Proxy.Lan", "socks5://[::1]:1080", "socks5h://10.0.0.1/"])
def test_what_is_one_is_taken(home: House, address: str) -> None:
    set_all(home, address)
    assert way(home, "tmdb").startswith(address.lower().split("://")[0])


def test_it_is_sealed_and_known_to_whoever_must_not_let_it_out(home: House) -> None:
    set_all(home, "http://proxy.lan:3128", user="bob", password=SECRET)
    set_one(home, "omdb", "http://other.lan:3128", password=f"{SECRET} too")
    assert "hunter2" not in repr(home.rows())
    assert "hunter2" not in repr([home.services.roster.all(), home.services.settings.read()])
    assert "hunter2" not in home.services.decisions.export(0, 10)[0]
    with home.database.read() as connection:
        vault = home.services.settings._vault
        assert {vault.open(each) for each in sealed_secrets(connection)} >= {SECRET, f"{SECRET} too"}


def test_a_document_brings_no_password(home: House) -> None:
    with pytest.raises(InvalidInput, match="is a secret and not read from a file: enter it by itself"):
        home.services.decisions.take('{"format":1,"settings":{"proxy_password":"x"}}', dry_run=False)
    home.services.decisions.take('{"format":1,"settings":{"proxy":"http://proxy.lan:3128"}}', dry_run=False)
    assert way(home, "tmdb") == "http://proxy.lan:3128"


def test_a_lost_key_file_costs_the_password_alone(home: House, tmp_path: Path) -> None:
    set_all(home, "http://proxy.lan:3128", user="bob", password=SECRET)
    again = build(home.database, Vault(tmp_path / "another.key"), home.clock, discover())
    try:
        other = House(again, home.database, home.simulators, home.clock)
        assert not password(other)
        assert way(other, "tmdb") == "http://proxy.lan:3128"
    finally:
        again.roster.close()


class TestItsFailureIsNotTheProviders:
    def test_in_the_test(self, home: House, opened: Any) -> None:
        for proxy, words in (
            ("http://127.0.0.1:1", "cannot be reached"),
            ("http://proxy.invalid:3128", "its name is not known"),
            (opened(fault=proxies.answers(200)).address, "is a page"),
            (opened(fault=proxies.answers(407)).address, "asks for a user and a password"),
            (opened(SocksProxy, fault=proxies.closes).address, "closed|no SOCKS5"),
        ):
            set_all(home, proxy)
            verdict = verdict_of(home, "tmdb")
            assert verdict.trouble == "proxy"
            assert proxy in verdict.detail
            assert re.search(words, verdict.detail)
            assert "check the proxy in the settings of Metarr" in verdict.detail
        set_one(home, "tmdb", "http://127.0.0.1:1")
        assert "check its own proxy" in verdict_of(home, "tmdb").detail

    def test_a_provider_that_fails_behind_a_well_one_is_told_as_ever(self, home: House, opened: Any) -> None:
        set_all(home, opened().address)
        home.simulators.fault("tmdb", "error_500")
        assert verdict_of(home, "tmdb").trouble == "network"
        home.simulators.clear_faults()
        home.services.providers.update("tmdb", None, {"api_key": "0123456789abcdef"})
        assert verdict_of(home, "tmdb").trouble == "key"

    @pytest.mark.parametrize("status", [401, 403, 404, 407, 200])
    def test_nor_what_it_answers_their_word(self, home: House, opened: Any, clock: FakeClock, status: int) -> None:
        """A proxy's 404 is no unknown title, its 403 no refused key."""
        item_id = home.add("inception")
        before = home.enrich(item_id).item.fields
        set_all(home, opened(fault=proxies.answers(status)).address)
        clock.advance(60)
        with pytest.raises(NobodyAnswered, match=r"the proxy http://127\.0\.0\.1"):
            home.enrich(item_id, force=True)
        assert home.item(item_id).fields == before
        assert {each.reason for each in home.awaited(item_id).values()} == {str(Reason.PROXY)}

    def test_the_circuit_says_so_and_another_proxy_lifts_it(self, home: House, opened: Any, clock: FakeClock) -> None:
        set_all(home, "http://127.0.0.1:1")
        item_ids = [home.add(each.key) for each in MOVIES[:6]]
        for item_id in item_ids:
            with running(home), pytest.raises(NobodyAnswered):
                home.enrich(item_id)
        entry = home.services.roster.get("tmdb")
        assert entry is not None
        health = home.services.health.provider(entry)
        assert health.condition is Condition.PROXY_FAILING
        assert "http://127.0.0.1:1 cannot be reached" in health.detail
        assert home.asked() == {}
        awaited = home.awaited(item_ids[-1])["tmdb"]
        assert awaited.reason == str(Reason.PROXY)
        set_all(home, opened().address)
        entry = home.services.roster.get("tmdb")
        assert entry is not None
        assert home.services.health.provider(entry).condition is Condition.OK
        assert home.awaited(item_ids[-1])["tmdb"].not_before == clock.now()
        assert not [each for each in home.enrich(item_ids[-1]).outcomes.values() if isinstance(each, Unavailable)]
