"""The real servicers without a port: what a request asks of the services, and how their answers are told."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import grpc_testing
import pytest
from google.protobuf import json_format

from fakes import FakeClock
from harness import House, house
from metarr import API_LEVEL, __version__
from metarr.app import servicers
from metarr.care import notices as care_notices
from metarr.domain.item import MediaItem
from metarr.fetch.contract import Lane
from metarr.library.wish import Enriched, Wish
from metarr.rpc.contract import SERVICES, service_of
from metarr.v1 import health_service_pb2
from simulators import Simulators

SECONDS = 30


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def home(simulators: Simulators, clock: FakeClock, tmp_path: Path) -> Iterator[House]:
    with house(simulators, tmp_path, clock) as made:
        yield made


def call(home: House, service: str, method: str, request: dict[str, Any]) -> tuple[Any, grpc.StatusCode]:
    """Call a method of the contract within 30 seconds."""
    served = {service_of(type(each)).descriptor: each for each in servicers(home.services, home.clock)}
    server = grpc_testing.server_from_dictionary(served, grpc_testing.strict_fake_time(0))
    descriptor = next(each for each in served if each.name == f"{service}Service").methods_by_name[method]
    message = json_format.ParseDict(request, descriptor.input_type._concrete_class())
    answer, _, code, _ = server.invoke_unary_unary(descriptor, (), message, SECONDS).termination()
    return answer, code


class RecordingEnricher:
    """Keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, Wish]] = []

    def enrich(self, reference: object, wish: Wish) -> Enriched:
        self.asked.append((reference, wish))
        return Enriched(item=MediaItem(id=7, title="Heat"), skipped=wish.auto)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, {"auto": False, "lane": Lane.INTERACTIVE, "fresh_after": None, "providers": None, "dry_run": False}),
        ({"mode": "ENRICHMENT_MODE_MANUAL"}, {"auto": False, "lane": Lane.INTERACTIVE}),
        ({"mode": "ENRICHMENT_MODE_AUTO"}, {"auto": True, "lane": Lane.BATCH}),
        ({"providers": ["omdb", "tmdb", "omdb"]}, {"providers": frozenset({"omdb", "tmdb"})}),
        ({"dryRun": True}, {"dry_run": True}),
    ],
)
def test_enrich_asks_for_what_the_request_says(
    home: House, clock: FakeClock, request_: dict[str, Any], expected: dict[str, Any]
) -> None:
    enricher = RecordingEnricher()
    home = House(dataclasses.replace(home.services, enricher=enricher), home.database, home.simulators, clock)
    answer, code = call(home, "Enrichment", "Enrich", {"itemId": "imdb:tt0113277", **request_})
    assert code is grpc.StatusCode.OK
    [(reference, wish)] = enricher.asked
    assert reference == ("imdb", "tt0113277")
    assert {name: getattr(wish, name) for name in expected} == expected
    assert 0 < wish.deadline - clock.monotonic() <= SECONDS
    assert (answer.item.id, answer.item.title, answer.skipped) == ("7", "Heat", wish.auto)


def test_a_forced_refresh_wants_answers_of_from_now_on(home: House, clock: FakeClock) -> None:
    enricher = RecordingEnricher()
    home = House(dataclasses.replace(home.services, enricher=enricher), home.database, home.simulators, clock)
    call(home, "Enrichment", "Enrich", {"itemId": "7", "forceRefresh": True})
    assert enricher.asked[0][1].fresh_after == clock.now()


def test_an_enrichment_is_told_with_its_changes_outcomes_and_what_is_missing(home: House) -> None:
    home.simulators.set_quota("omdb", 0)
    item_id = home.add("fight-club")
    answer, code = call(home, "Enrichment", "Enrich", {"itemId": str(item_id)})
    assert code is grpc.StatusCode.OK
    assert answer.requires_player_sync
    assert answer.sync_reason == "Changed: plot, release_date, year, cast, poster, fanart"
    changed = {change.field: change for change in answer.changes}
    assert (changed["runtime_minutes"].new_value.number_value, changed["runtime_minutes"].new_source) == (139, "tmdb")
    assert not changed["runtime_minutes"].HasField("old_value")
    told = {outcome.provider: outcome for outcome in answer.outcomes}
    assert (told["omdb"].reason, told["omdb"].HasField("retry_at")) == ("quota_exhausted", True)
    assert [(each.provider, each.reason) for each in answer.item.pending] == [("omdb", "quota_exhausted")]
    rating = next(field for field in answer.item.fields if field.name == "imdb_rating")
    assert list(rating.waiting_for) == ["omdb"]
    assert not rating.HasField("value")


def test_health_tells_versions_counts_and_providers(home: House) -> None:
    home.enrich(home.add("fight-club"))
    answer, code = call(home, "Health", "GetHealth", {})
    assert code is grpc.StatusCode.OK
    assert (answer.version, answer.api_level, answer.items, answer.pending_items) == (__version__, API_LEVEL, 1, 0)
    assert [provider.id for provider in answer.providers] == ["fanart", "omdb", "tmdb", "tvdb"]
    assert answer.providers[1].state.quota_limit == 1000


def test_usage_is_told_by_provider_and_day(home: House) -> None:
    home.enrich(home.add("fight-club"))
    everything, _ = call(home, "Health", "ListUsage", {})
    only, _ = call(home, "Health", "ListUsage", {"providerId": "omdb", "days": 7})
    assert [each.provider_id for each in everything.usage] == ["fanart", "omdb", "tmdb", "tvdb"]
    assert (everything.first_day, everything.last_day) == ("2026-10-24", "2026-11-22")
    assert (only.first_day, only.last_day) == ("2026-11-16", "2026-11-22")
    [omdb] = only.usage
    assert (omdb.provider_id, omdb.day, omdb.requests, omdb.answered) == ("omdb", "2026-11-22", 1, 1)


def test_notices_are_told_page_by_page_the_worst_first(home: House) -> None:
    for provider in ("omdb", "tmdb", "tvdb"):
        home.simulators.fault(provider, "auth_refused")
    home.enrich(home.add("fight-club"))
    first, _ = call(home, "Health", "ListNotices", {"pageSize": 2})
    second, _ = call(home, "Health", "ListNotices", {"pageSize": 2, "pageToken": first.next_page_token})
    told = [*first.notices, *second.notices]
    assert [(each.code, each.subject) for each in told] == [
        ("provider_key_refused", f"provider:{provider}") for provider in ("omdb", "tmdb", "tvdb")
    ]
    assert {each.severity for each in told} == {health_service_pb2.Notice.SEVERITY_WARNING}
    assert told[0].since.seconds > 0
    assert (told[0].action.rpc, told[0].action.target) == ("ConfigService.UpdateProvider", "omdb")
    assert (len(first.notices), second.next_page_token) == (2, "")
    assert call(home, "Health", "ListNotices", {"pageToken": "x"})[1] is grpc.StatusCode.INVALID_ARGUMENT


def test_every_action_is_a_method_of_the_contract() -> None:
    names = {f"{each.descriptor.name}.{rpc.name}" for each in SERVICES for rpc in each.methods}
    actions = {name for name in vars(care_notices).values() if isinstance(name, str) and "Service." in name}
    assert actions
    assert actions - names == set()


def test_a_provider_is_told_without_its_secrets(home: House) -> None:
    answer, _ = call(home, "Config", "ListProviders", {})
    settings = {each.key: each for each in answer.providers[2].settings}
    assert answer.providers[2].id == "tmdb"
    assert settings["api_key"].secret_set
    assert settings["api_key"].secret_hint == "f00d"
    assert not settings["api_key"].HasField("value")
    assert settings["base_url"].value.string_value == home.simulators.base_urls["tmdb"]
    omdb = {each.key: each for each in answer.providers[1].settings}
    assert (omdb["api_key"].secret_set, omdb["api_key"].secret_hint) == (True, ""), "eight characters are too few"


def test_providers_are_listed_in_pages(home: House) -> None:
    first, _ = call(home, "Config", "ListProviders", {"pageSize": 3})
    second, _ = call(home, "Config", "ListProviders", {"pageSize": 3, "pageToken": first.next_page_token})
    assert [[each.id for each in page.providers] for page in (first, second)] == [["fanart", "omdb", "tmdb"], ["tvdb"]]
    assert second.next_page_token == ""


def test_a_title_is_aggregated_with_its_runners_up(home: House) -> None:
    ids = [{"type": "imdb", "value": "tt0137523"}]
    answer, code = call(home, "Aggregation", "Aggregate", {"kind": "MEDIA_KIND_MOVIE", "ids": ids})
    assert code is grpc.StatusCode.OK
    assert (answer.item.id, answer.item.title, answer.item.year) == ("", "Fight Club", 1999)
    plot = next(field for field in answer.item.fields if field.name == "plot")
    assert [runner_up.provider for runner_up in plot.runners_up] == ["omdb", "tvdb"]
