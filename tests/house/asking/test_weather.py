"""Every fault of the simulators, on every provider, at a first enrichment and at a later one, through the whole stack.

What a provider had said stays, what the others say arrives, who failed is named with the reason, the deadline holds,
and nothing wrong is kept: the next healthy run asks again and finds everything.
"""

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from factories import source_of
from fakes import FakeClock
from harness import House, house
from kodi_host import wait_for
from metarr.domain.item import FieldValue
from metarr.domain.outcome import Answered, NotAsked, Outcome, Unavailable
from metarr.domain.values import Kind
from metarr.errors import AllLimited, AllRefused, NobodyAnswered, Reason
from metarr.fetch.channel import Channel
from metarr.library.intake import NewItem
from metarr.library.wish import Enriched, Wish
from simulators import FAULTS, Simulators

pytestmark = pytest.mark.slow

PROVIDERS = ("fanart", "omdb", "tmdb", "tvdb")
INCEPTION = {"imdb": "tt1375666", "tmdb": "27205", "tvdb": "300113"}
"""Every provider has everything about it."""

SECONDS = 2.0
"""The caller's deadline."""
MOMENT = 0.001
"""Seconds between what was heard before and what is asked for anew."""
PATIENCE = 60.0
"""Real seconds until a test gives up on a thread."""

HARMLESS = {"bom", "dates_with_times", "wrong_charset", "unannounced_gzip", "almost_json"}
"""Spoiled answers that can still be read whole."""
PARTIAL = {"append_ignored"}
"""Answers of which sections are missing: what is there counts, what is missing is unread."""
OPTIONS = {"huge_body": {"megabytes": 50}, "gzip_bomb": {"megabytes": 120}}

CASES = [
    pytest.param(fault, provider, id=f"{fault}-{provider}")
    for fault in FAULTS
    for provider in PROVIDERS
    # A lie is no bad weather: what it changes is stopped by the brake, which has tests of its own.
    if fault != "another_title"
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


@pytest.fixture(scope="module")
def simulators() -> Iterator[Simulators]:
    with Simulators() as running:
        yield running


@pytest.fixture
def home(simulators: Simulators, tmp_path: Path) -> Iterator[House]:
    simulators.reset()
    with healthy_house(simulators, tmp_path) as made:
        yield made
        simulators.clear_faults()
        for provider in PROVIDERS:
            at_rest(made, provider)


@contextmanager
def healthy_house(simulators: Simulators, folder: Path) -> Iterator[House]:
    """Time stands still, and a request that failed is repeated at once: what is tested here is what comes of it."""
    clock = FakeClock()
    clock.luck = -1.0
    with house(simulators, folder, clock) as made:
        yield made


def enrich(home: House, item_id: int, *, force: bool = False) -> Enriched:
    clock = home.clock
    assert isinstance(clock, FakeClock)
    clock.advance(MOMENT)
    wish = Wish(deadline=clock.monotonic() + SECONDS, fresh_after=clock.now() if force else None)
    return home.services.enricher.enrich(item_id, wish)


def enrich_with(home: House, item_id: int, silent: Collection[str], *, force: bool = False) -> Enriched:
    """Enrich while these providers do not answer in time. Time passes when all others have answered: no sooner, however
    slow the machine is, and no further than the deadline."""
    home.simulators.clear_requests()
    with ThreadPoolExecutor(1) as pool:
        enriched = pool.submit(enrich, home, item_id, force=force)
        for provider in PROVIDERS:
            wait_for(lambda provider=provider: home.simulators.count(provider), f"a request to {provider}")
            if provider not in silent:
                at_rest(home, provider)
        assert isinstance(home.clock, FakeClock)
        home.clock.advance(SECONDS)
        return enriched.result(PATIENCE)


def channel_of(home: House, provider: str) -> Channel:
    configured = home.services.roster.get(provider)
    assert configured is not None
    return configured.channel


def at_rest(home: House, provider: str) -> None:
    """Wait until everything that was asked of it has come to an end, and whoever waits for it has been told."""
    channel = channel_of(home, provider)

    def rests() -> bool:
        with channel._changed:
            return not channel._running

    wait_for(rests, f"the end of what was asked of {provider}")


def add(home: House) -> int:
    [taken] = home.services.library.upsert([NewItem(Kind.MOVIE, "Inception", 2010, INCEPTION)])
    return taken.item.id


def values(fields: Mapping[str, FieldValue]) -> dict[str, tuple[object, str]]:
    return {name: (stored.value, source_of(stored)) for name, stored in fields.items()}


def mend(home: House, provider: str) -> None:
    """End every fault, and do what time, or the owner, would do: let a provider that was left alone be asked again.

    A request that outlived its caller goes on for a while, for its late answer is welcome: it must end first.
    """
    home.simulators.clear_requests()
    home.simulators.clear_faults()
    at_rest(home, provider)
    channel_of(home, provider).lift()


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
    with healthy_house(simulators, tmp_path_factory.mktemp("healthy")) as made:
        enriched = enrich(made, add(made))
    assert {source_of(stored) for stored in enriched.item.fields.values()} >= {"omdb", "tmdb", "fanart"}
    return values(enriched.item.fields)


def meet(home: House, item_id: int, fault: str, provider: str, *, force: bool = False) -> Enriched:
    """Enrich in this weather."""
    home.simulators.fault(provider, fault, **OPTIONS.get(fault, {}))
    if REASONS.get(fault) == {Reason.TIMEOUT}:
        return enrich_with(home, item_id, {provider}, force=force)
    return enrich(home, item_id, force=force)


@pytest.mark.parametrize(("fault", "provider"), CASES)
def test_a_first_enrichment_takes_what_the_others_say_and_completes_later(
    home: House, simulators: Simulators, healthy: dict[str, tuple[object, str]], fault: str, provider: str
) -> None:
    item_id = add(home)

    met = meet(home, item_id, fault, provider)

    assert_named(fault, met.outcomes[provider])
    got = values(met.item.fields)
    others = {name: value for name, value in healthy.items() if value[1] not in (provider, "import")}
    assert {name: got.get(name) for name in others} == others
    if fault not in HARMLESS | PARTIAL:
        assert not [name for name, stored in met.item.fields.items() if source_of(stored) == provider]
        assert provider in met.awaited

    mend(home, provider)
    again = enrich(home, item_id)

    assert values(again.item.fields) == healthy
    assert not again.awaited
    assert (simulators.count(provider) > 0) == (provider in met.awaited), "what failed is asked again, and only that"
    assert all(simulators.count(other) == 0 for other in PROVIDERS if other != provider)


@pytest.mark.parametrize(("fault", "provider"), CASES)
def test_a_later_enrichment_loses_nothing(home: House, simulators: Simulators, fault: str, provider: str) -> None:
    item_id = add(home)
    before = enrich(home, item_id)

    met = meet(home, item_id, fault, provider, force=True)

    assert_named(fault, met.outcomes[provider])
    assert values(met.item.fields) == values(before.item.fields)
    assert not met.changes
    assert not met.sync_reason

    mend(home, provider)
    again = enrich(home, item_id, force=True)

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
    home: House, simulators: Simulators, fault: str, error: type[NobodyAnswered], reason: str
) -> None:
    item_id = add(home)
    before = enrich(home, item_id).item
    for provider in PROVIDERS:
        simulators.fault(provider, fault)

    silent = PROVIDERS if fault == "hang" else ()
    with pytest.raises(NobodyAnswered) as caught:
        enrich_with(home, item_id, silent, force=True)

    assert type(caught.value) is error
    if isinstance(caught.value, AllLimited):
        assert caught.value.retry_at is not None
    shown = home.services.library.show(item_id, why=False)
    assert shown.item == before
    assert {provider: missing.reason for provider, missing in shown.awaited.items()} == dict.fromkeys(PROVIDERS, reason)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_title_that_vanishes_is_not_believed_to_have_vanished_at_once(
    home: House, simulators: Simulators, provider: str
) -> None:
    item_id = add(home)
    before = enrich(home, item_id)
    record = {"omdb": INCEPTION["imdb"], "tvdb": INCEPTION["tvdb"]}.get(provider, INCEPTION["tmdb"])
    simulators.patch(provider, "movie", record, missing=True)

    met = enrich(home, item_id, force=True)

    assert values(met.item.fields) == values(before.item.fields)
    assert isinstance(met.outcomes[provider], Unavailable | NotAsked)
    assert provider in met.awaited
