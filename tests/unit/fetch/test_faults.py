"""Every fault that the simulators know, on every provider, and what becomes of it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from kodi_host import wait_for
from memory_stores import MemoryLimitStore, MemorySecretStore
from metarr.clock import SystemClock
from metarr.errors import BadAnswer, KeyRefused, ProviderError, ProviderTimeout, QuotaExhausted, RateLimited
from metarr.fetch.channel import Channel, Ticket
from metarr.fetch.contract import Connection, Http, Lane, Limits, Response
from simulators import FAULTS, KEYS, Simulators

pytestmark = pytest.mark.slow

ASK = {
    "tmdb": ("/movie/550", {"api_key": KEYS["tmdb"]}),
    "omdb": ("", {"apikey": KEYS["omdb"], "i": "tt0137523"}),
    "fanart": ("/movies/550", {"api_key": KEYS["fanart"]}),
}
PACKING = {"bom", "wrong_charset", "unannounced_gzip", "almost_json"}
"""Faults of form, that are read nevertheless."""
READABLE = {"another_title", "append_ignored", "dates_with_times", "list_for_dict"} | PACKING
"""The rest are faults of content: the parsers' affair."""
EXPECTED: dict[str, tuple[type[ProviderError], int]] = {
    "hang": (ProviderTimeout, 1),
    "reset_before_body": (BadAnswer, 1),
    "reset_in_body": (BadAnswer, 1),
    "short_body": (BadAnswer, 1),
    "rate_limited": (RateLimited, 1),
    "rate_limited_with_retry_after": (RateLimited, 1),
    "error_500": (BadAnswer, 1),
    "bad_gateway_html": (BadAnswer, 3),
    "unavailable_503": (BadAnswer, 3),
    "truncated_json": (BadAnswer, 1),
    "null_body": (BadAnswer, 1),
    "empty_body": (BadAnswer, 1),
    "huge_body": (BadAnswer, 1),
    "slow_drip": (ProviderTimeout, 1),
    "redirect_loop": (BadAnswer, 4),
    "redirect_other_host": (BadAnswer, 1),
    "gzip_bomb": (BadAnswer, 1),
    "deep_nesting": (BadAnswer, 1),
    "error_200_html": (BadAnswer, 1),
    "auth_refused": (KeyRefused, 1),
}
ENDLESS = {"hang", "slow_drip"}
"""Faults that only time ends."""
READ_TIMEOUT, FAR = 30.0, 1e6
"""Seconds, of which none passes but where a test lets it."""
OPTIONS = {"gzip_bomb": {"megabytes": 10}, "huge_body": {"megabytes": 10}}


def classify(response: Response) -> ProviderError | None:
    if b"limit reached" in response.body:
        return QuotaExhausted("the quota is used up")
    return KeyRefused("the key was refused") if response.status == 401 else None


class Clock(SystemClock):
    """The machine's clock, that a test can set ahead, with luck that makes pauses before a repetition short."""

    ahead = 0.0

    def now(self) -> datetime:
        return super().now().replace(hour=12)  # no day ends meanwhile, and no quota begins anew

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    def jitter(self) -> float:
        return -0.98


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def simulators() -> Iterator[Simulators]:
    with Simulators() as running:
        yield running


@pytest.fixture
def open_channel(simulators: Simulators, clock: Clock) -> Iterator[Callable[[str], Channel]]:
    opened: list[Channel] = []

    def make(provider: str) -> Channel:
        connection = Connection(
            base_url=simulators.base_urls[provider], params=ASK[provider][1], read_timeout=READ_TIMEOUT
        )
        limits = Limits(per_second=0, daily_quota=1000, workers=2)
        stores = (MemoryLimitStore(), MemorySecretStore())
        opened.append(Channel(provider, connection, classify, limits, clock, *stores, "k"))
        return opened[-1]

    simulators.reset()
    yield make
    for channel in opened:
        channel.close()


def submitted(channel: Channel, provider: str, key: object = 1, seconds: float = FAR) -> Ticket[object]:
    def call(http: Http) -> object:
        return http.get(ASK[provider][0])

    return channel.submit(key, call, lane=Lane.INTERACTIVE, deadline=channel.clock.monotonic() + seconds)


def asked(channel: Channel, provider: str, key: object = 1) -> object:
    return submitted(channel, provider, key).result()


def let_time_pass(simulators: Simulators, channel: Channel, clock: Clock, provider: str) -> None:
    """From when the provider was asked until nobody waits for it any more."""

    def ended() -> bool:
        clock.ahead += READ_TIMEOUT / 2
        return not channel.status().in_flight

    wait_for(lambda: simulators.count(provider), "the request")
    wait_for(ended, "the end of the request", pause=0.005)


def test_the_table_knows_every_fault() -> None:
    assert set(FAULTS) == READABLE | set(EXPECTED) | {"quota_exhausted"}


@pytest.mark.parametrize("provider", ASK)
@pytest.mark.parametrize("fault", sorted(READABLE))
def test_a_fault_of_content_reaches_the_parsers(
    simulators: Simulators, open_channel: Callable[[str], Channel], provider: str, fault: str
) -> None:
    simulators.fault(provider, fault)
    assert isinstance(asked(open_channel(provider), provider), list if fault == "list_for_dict" else dict)


@pytest.mark.parametrize("provider", ASK)
@pytest.mark.parametrize("fault", sorted(PACKING))
def test_a_fault_of_form_changes_nothing(
    simulators: Simulators, open_channel: Callable[[str], Channel], provider: str, fault: str
) -> None:
    channel = open_channel(provider)
    right = asked(channel, provider)
    simulators.fault(provider, fault)
    spoilt: Any = asked(channel, provider, "another")
    assert {key: value for key, value in spoilt.items() if key != "remark"} == right


@pytest.mark.parametrize("provider", ASK)
@pytest.mark.parametrize("fault", EXPECTED)
def test_a_fault_is_the_error_that_it_should_be_and_passes(
    simulators: Simulators, open_channel: Callable[[str], Channel], clock: Clock, provider: str, fault: str
) -> None:
    error, requests = EXPECTED[fault]
    channel = open_channel(provider)
    simulators.fault(provider, fault, **OPTIONS.get(fault, {}))
    ticket = submitted(channel, provider, seconds=2 * READ_TIMEOUT if fault == "slow_drip" else FAR)
    if fault in ENDLESS:
        let_time_pass(simulators, channel, clock, provider)
    with pytest.raises(error) as caught:
        ticket.result()
    assert type(caught.value) is error
    assert channel.status().quota_used == requests
    simulators.clear_faults()
    channel.lift()
    assert asked(channel, provider, "another")


def test_a_used_up_quota_is_told_apart_from_a_refused_key(
    simulators: Simulators, open_channel: Callable[[str], Channel]
) -> None:
    simulators.fault("omdb", "quota_exhausted")
    channel = open_channel("omdb")
    with pytest.raises(QuotaExhausted):
        asked(channel, "omdb")
    with pytest.raises(QuotaExhausted):
        asked(channel, "omdb")
    assert simulators.count("omdb") == 1
