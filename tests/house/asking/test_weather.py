"""Every fault of the simulators, on every provider, at a first enrichment and at a later one, through the whole stack.

What a provider had said stays, what the others say arrives, who failed is named with the reason, the deadline holds,
and nothing wrong is kept: the next healthy run asks again and finds everything.
"""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from factories import source_of
from harness import house
from metarr.app import Services
from metarr.clock import SystemClock
from metarr.domain.item import FieldValue
from metarr.domain.outcome import Answered, NotAsked, Outcome, Unavailable
from metarr.domain.values import Kind
from metarr.errors import AllLimited, AllRefused, NobodyAnswered, Reason
from metarr.library.enrich import Enriched, Wish
from metarr.library.intake import NewItem
from simulators import FAULTS, Simulators

pytestmark = pytest.mark.slow

PROVIDERS = ("fanart", "omdb", "tmdb", "tvdb")
INCEPTION = {"imdb": "tt1375666", "tmdb": "27205", "tvdb": "300113"}
"""Every provider has everything about it."""

SECONDS = 2.0
"""The caller's deadline."""
TOLERANCE = 3.0
"""Seconds beyond it that a noisy machine may take for the commit."""

HARMLESS = {"bom", "dates_with_times", "wrong_charset", "unannounced_gzip", "almost_json"}
"""Spoiled answers that can still be read whole."""
PARTIAL = {"append_ignored"}
"""Answers of which sections are missing: what is there counts, what is missing is unread."""
OPTIONS = {"huge_body": {"megabytes": 50}, "gzip_bomb": {"megabytes": 120}}

CASES = [
    pytest.param(fault, provider, id=f"{fault}-{provider}")
    for fault in FAULTS
    for provider in PROVIDERS
    # fanart.tv leaves out what it has no art for: a missing part is an ordinary answer of it, on one title.
    if (fault, provider) != ("append_ignored", "fanart")
]

REASONS = {
    "hang": {Reason.TIMEOUT},
    "slow_drip": {Reason.TIMEOUT},
    "rate_limited": {Reason.RATE_LIMITED},
    "rate_limited_with_retry_after": {Reason.RATE_LIMITED},
    "auth_refused": {Reason.AUTH},
    # TheTVDB and fanart.tv document no daily quota; whatever they say of one is a limit.
    "quota_exhausted": {Reason.QUOTA_EXHAUSTED, Reason.RATE_LIMITED},
}
"""How a fault is named; every other one is an error."""


class NoJitter(SystemClock):
    """Retries wait as little as they may: what is tested here is what comes of them."""

    def jitter(self) -> float:
        return 0.0


@pytest.fixture(scope="module")
def simulators() -> Iterator[Simulators]:
    with Simulators() as running:
        yield running


@pytest.fixture
def services(simulators: Simulators, tmp_path: Path) -> Iterator[Services]:
    simulators.reset()
    with house(simulators, tmp_path, NoJitter()) as made:
        yield made.services


def enrich(services: Services, item_id: int, *, force: bool = False, seconds: float = 20.0) -> Enriched:
    clock = SystemClock()
    wish = Wish(deadline=clock.monotonic() + seconds, fresh_after=clock.now() if force else None)
    return services.enricher.enrich(item_id, wish)


def add(services: Services) -> int:
    [taken] = services.library.upsert([NewItem(Kind.MOVIE, "Inception", 2010, INCEPTION)])
    return taken.item.id


def values(fields: Mapping[str, FieldValue]) -> dict[str, tuple[object, str]]:
    return {name: (stored.value, source_of(stored)) for name, stored in fields.items()}


def lift(services: Services, provider: str) -> None:
    """What time, or the owner, would do: let a provider that was left alone be asked again.

    A request that outlived its caller goes on for a while, for its late answer is welcome: it must end first.
    """
    entry = services.roster.get(provider)
    assert entry is not None
    clock, patience = SystemClock(), time.monotonic() + 20
    while entry.channel.status().in_flight and time.monotonic() < patience:
        clock.wait(0.01)
    entry.channel.lift()


def assert_named(fault: str, outcome: Outcome) -> None:
    if fault in HARMLESS:
        assert isinstance(outcome, Answered)
        assert not outcome.fragment.unread
    elif fault in PARTIAL:
        assert isinstance(outcome, Answered)
        assert outcome.fragment.unread
    else:
        assert isinstance(outcome, Unavailable), outcome
        assert outcome.reason in REASONS.get(fault, {Reason.ERROR})
        assert outcome.detail


@pytest.fixture(scope="module")
def healthy(simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[object, str]]:
    """What a day without faults gives."""
    simulators.reset()
    with house(simulators, tmp_path_factory.mktemp("healthy"), SystemClock()) as made:
        enriched = enrich(made.services, add(made.services))
    assert {source_of(stored) for stored in enriched.item.fields.values()} >= {"omdb", "tmdb", "fanart"}
    return values(enriched.item.fields)


@pytest.mark.parametrize(("fault", "provider"), CASES)
def test_a_first_enrichment_takes_what_the_others_say_and_completes_later(
    services: Services,
    simulators: Simulators,
    healthy: dict[str, tuple[object, str]],
    fault: str,
    provider: str,
) -> None:
    item_id = add(services)
    simulators.fault(provider, fault, **OPTIONS.get(fault, {}))
    began = time.monotonic()

    met = enrich(services, item_id, seconds=SECONDS)

    assert time.monotonic() - began < SECONDS + TOLERANCE
    assert_named(fault, met.outcomes[provider])
    got = values(met.item.fields)
    others = {name: value for name, value in healthy.items() if value[1] not in (provider, "import")}
    assert {name: got.get(name) for name in others} == others
    if fault not in HARMLESS | PARTIAL:
        assert not [name for name, stored in met.item.fields.items() if source_of(stored) == provider]
        assert provider in met.awaited

    simulators.clear_faults()
    simulators.clear_requests()
    lift(services, provider)
    again = enrich(services, item_id)

    assert values(again.item.fields) == healthy
    assert not again.awaited
    assert (simulators.count(provider) > 0) == (provider in met.awaited), "what failed is asked again, and only that"
    assert all(simulators.count(other) == 0 for other in PROVIDERS if other != provider)


@pytest.mark.parametrize(("fault", "provider"), CASES)
def test_a_later_enrichment_loses_nothing(
    services: Services, simulators: Simulators, fault: str, provider: str
) -> None:
    item_id = add(services)
    before = enrich(services, item_id)
    simulators.fault(provider, fault, **OPTIONS.get(fault, {}))
    began = time.monotonic()

    met = enrich(services, item_id, force=True, seconds=SECONDS)

    assert time.monotonic() - began < SECONDS + TOLERANCE
    assert_named(fault, met.outcomes[provider])
    assert values(met.item.fields) == values(before.item.fields)
    assert not met.changes
    assert not met.sync_reason

    simulators.clear_faults()
    simulators.clear_requests()
    lift(services, provider)
    again = enrich(services, item_id, force=True)

    assert simulators.count(provider) > 0
    assert isinstance(again.outcomes[provider], Answered)
    assert values(again.item.fields) == values(before.item.fields)
    assert not again.awaited


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        ("rate_limited_with_retry_after", AllLimited, "rate_limited"),
        ("auth_refused", AllRefused, "auth"),
        ("error_500", NobodyAnswered, "error"),
        ("hang", NobodyAnswered, "timeout"),
    ],
)
def test_when_nobody_can_be_heard_nothing_changes_and_the_item_waits(
    services: Services, simulators: Simulators, fault: str, error: type[NobodyAnswered], reason: str
) -> None:
    item_id = add(services)
    before = enrich(services, item_id).item
    for provider in PROVIDERS:
        simulators.fault(provider, fault)

    with pytest.raises(NobodyAnswered) as caught:
        enrich(services, item_id, force=True, seconds=SECONDS)

    assert type(caught.value) is error
    if isinstance(caught.value, AllLimited):
        assert caught.value.retry_at is not None
    shown = services.library.show(item_id, why=False)
    assert shown.item == before
    assert {provider: missing.reason for provider, missing in shown.awaited.items()} == dict.fromkeys(PROVIDERS, reason)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_title_that_vanishes_is_not_believed_to_have_vanished_at_once(
    services: Services, simulators: Simulators, provider: str
) -> None:
    item_id = add(services)
    before = enrich(services, item_id)
    record = {"omdb": INCEPTION["imdb"], "tvdb": INCEPTION["tvdb"]}.get(provider, INCEPTION["tmdb"])
    simulators.patch(provider, "movie", record, missing=True)

    met = enrich(services, item_id, force=True)

    assert values(met.item.fields) == values(before.item.fields)
    assert isinstance(met.outcomes[provider], Unavailable | NotAsked)
    assert provider in met.awaited
