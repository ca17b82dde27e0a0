"""Providers of anybody's making, through the whole stack: many of them, and broken ones among them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from factories import source_of
from metarr.app import Services, build, servicers
from metarr.clock import SystemClock
from metarr.domain.outcome import Answered, Fragment, Unavailable
from metarr.domain.values import Kind
from metarr.errors import ProviderError, Reason, TitleNotFound
from metarr.fetch.contract import Connection, Http, Limits, Response
from metarr.library.intake import NewItem
from metarr.library.wish import Enriched, Wish
from metarr.providers.contract import Ask, Provider, Setting, SettingValue, common_settings
from metarr.providers.reading import Reading
from metarr.providers.registry import BrokenProvider, Registry
from metarr.secrets import Vault
from metarr.store.database import Database
from metarr.v1 import health_service_pb2

LIMITS = Limits(per_second=10_000.0, workers=2)


def synthetic(number: int, told: Any = None) -> Provider:
    """A provider that needs no network. `told`: a function that answers in its place."""

    class Synthetic(Provider):
        id: ClassVar[str] = f"synthetic{number:02}"
        name: ClassVar[str] = f"Synthetic {number}"
        homepage: ClassVar[str] = "https://example.org"
        settings: ClassVar[tuple[Setting, ...]] = common_settings("https://example.org", LIMITS)
        limits: ClassVar[Limits] = LIMITS
        covers: ClassVar[Mapping[Kind, frozenset[str]]] = {Kind.MOVIE: frozenset({"title", "plot", "tags"})}
        asks_by: ClassVar[Mapping[Kind, tuple[str, ...]]] = {Kind.MOVIE: ("imdb",)}

        def connection(self, settings: Mapping[str, SettingValue]) -> Connection:
            return Connection(base_url="https://example.org")

        def classify(self, response: Response) -> ProviderError | TitleNotFound | None:
            return None

        def check(self, http: Http, settings: Mapping[str, SettingValue]) -> None:
            return

        def details(self, ask: Ask, http: Http) -> Fragment:
            if told is not None:
                return told(self, ask)  # type: ignore[no-any-return]
            reading = Reading(self, ask.kind)
            reading.read("title", lambda: f"Title {number}")
            reading.read("plot", lambda: None if number % 2 else f"Plot {number}")
            reading.read("tags", lambda: (f"tag {number}",))
            return reading.fragment({"imdb": ask.ids["imdb"]})

    return Synthetic()


def raises(provider: Provider, ask: Ask) -> Fragment:
    raise ZeroDivisionError("a plugin's own mistake")


def leaves(provider: Provider, ask: Ask) -> Fragment:
    raise SystemExit(1)


def nonsense(provider: Provider, ask: Ask) -> Any:
    return {"title": "not a fragment"}


def another_kind(provider: Provider, ask: Ask) -> Fragment:
    return Fragment(provider=provider.id, kind=Kind.SERIES, values={"title": "a series"})


def wrong_types(provider: Provider, ask: Ask) -> Fragment:
    values: Any = {"title": 7, "plot": "A plot.", "tags": "not a list", "imdb_rating": 9.9, "unheard_of": "x"}
    return Fragment(provider=provider.id, kind=ask.kind, values=values)


def endless(provider: Provider, ask: Ask) -> Fragment:
    return Fragment(provider=provider.id, kind=ask.kind, values={"plot": "x" * 10_000_000})


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Any]:
    running: list[tuple[Services, Database]] = []

    def make(*providers: Provider) -> Services:
        database = Database.in_memory()
        registry = Registry(providers={each.id: each for each in providers}, broken=())
        services = build(database, Vault(tmp_path / "key"), SystemClock(), registry)
        running.append((services, database))
        return services

    yield make
    for services, database in running:
        services.roster.close()
        database.close()


def enriched(services: Services) -> Enriched:
    [taken] = services.library.upsert([NewItem(Kind.MOVIE, "A Movie", 2000, {"imdb": "tt0000001"})])
    return services.enricher.enrich(taken.item.id, Wish(deadline=SystemClock().monotonic() + 20))


def test_thirty_providers_are_asked_and_merged_without_a_change_anywhere(opened: Any) -> None:
    met = enriched(opened(*(synthetic(number) for number in range(30))))

    assert len(met.outcomes) == 30
    assert all(isinstance(outcome, Answered) for outcome in met.outcomes.values())
    assert not met.awaited
    assert source_of(met.item.fields["title"]) == "synthetic00"
    assert met.item.fields["plot"].value == "Plot 0"


@pytest.mark.parametrize("told", [raises, leaves, nonsense, another_kind])
def test_a_provider_that_breaks_costs_only_itself(opened: Any, told: Any) -> None:
    met = enriched(opened(synthetic(0, told), synthetic(1), synthetic(2)))

    broken = met.outcomes["synthetic00"]
    assert isinstance(broken, Unavailable)
    assert broken.reason is Reason.ERROR
    assert "synthetic00" in met.awaited
    assert source_of(met.item.fields["title"]) == "synthetic01"
    assert met.item.fields["plot"].value == "Plot 2"


def test_wrongly_typed_values_cost_their_fields_and_undeclared_ones_are_dropped(opened: Any) -> None:
    met = enriched(opened(synthetic(0, wrong_types), synthetic(2)))

    answer = met.outcomes["synthetic00"]
    assert isinstance(answer, Answered)
    assert answer.fragment.unread == {"title", "tags"}
    assert met.item.fields["plot"].value == "A plot."
    assert source_of(met.item.fields["title"]) == "synthetic02"
    assert "imdb_rating" not in met.item.fields


def test_a_text_without_end_is_not_taken(opened: Any) -> None:
    met = enriched(opened(synthetic(0, endless), synthetic(2)))

    assert met.item.fields["plot"].value == "Plot 2"


def test_a_provider_that_cannot_be_used_is_told_with_the_reason(tmp_path: Path) -> None:
    broken = BrokenProvider(name="odd", origin="odd-package odd:Odd", why="ImportError: no module named spam")
    database = Database.in_memory()
    registry = Registry(providers={"synthetic01": synthetic(1)}, broken=(broken,))
    services = build(database, Vault(tmp_path / "key"), SystemClock(), registry)
    try:
        health = services.health.read()
        message = servicers(services, SystemClock()).health.GetHealth(health_service_pb2.GetHealthRequest(), None)
    finally:
        services.roster.close()
        database.close()
    assert health.broken == (broken,)
    assert [each.configured.id for each in health.providers] == ["synthetic01"]
    assert [(each.name, each.why) for each in message.broken_providers] == [("odd", broken.why)]
