"""Jobs, settings and the daily run through a real daemon's native door: what is refused, and that nothing changed."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness import Live, live
from metarr.rpc.client import RpcFailure
from metarr.rpc.doors.streams import STREAM_CAP, Streams
from metarr.rpc.paging import page_token
from metarr.rpc.servicer import BaseServicer
from simulators import Simulators


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(Path(tmp_path_factory.mktemp("data"))) as running:
        yield running


def refused(daemon: Live, service: str, method: str, request: dict[str, Any]) -> RpcFailure:
    before = daemon.call("Enrichment", "ListJobs"), daemon.call("Config", "GetSettings")
    with pytest.raises(RpcFailure) as caught:
        daemon.call(service, method, request)
    assert (daemon.call("Enrichment", "ListJobs"), daemon.call("Config", "GetSettings")) == before
    return caught.value


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "item_ids"),
        ({"all": True, "filter": {"titleContains": "x"}}, "item_ids"),
        ({"filter": {}}, "filter"),
        ({"filter": {"missingField": "plott"}}, "filter.missing_field"),
        ({"filter": {"pendingProvider": "imdbx"}}, "filter.pending_provider"),
        ({"all": True, "providers": ["imdbx"]}, "providers[0]"),
        ({"itemIds": ["99"]}, "item_ids[0]"),
        ({"itemIds": ["nonsense"]}, "item_ids[0]"),
        ({"all": True, "requestId": "x" * 101}, "request_id"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(daemon: Live, request_: dict[str, Any], field: str) -> None:
    failure = refused(daemon, "Enrichment", "StartEnrichment", request_)
    assert failure.code == "INVALID_ARGUMENT"
    assert [violation.field for violation in failure.violations] == [field]


@pytest.mark.parametrize("method", ["GetJob", "CancelJob"])
def test_an_unknown_job_is_not_found(daemon: Live, method: str) -> None:
    failure = refused(daemon, "Enrichment", method, {"jobId": "99"})
    assert (failure.code, failure.reason) == ("NOT_FOUND", "JOB_NOT_FOUND")
    assert refused(daemon, "Enrichment", method, {"jobId": "x"}).code == "INVALID_ARGUMENT"


def test_a_page_token_of_another_query_is_refused(daemon: Live) -> None:
    foreign = page_token(["1"], [3])
    failure = refused(daemon, "Enrichment", "ListJobs", {"pageToken": foreign})
    assert [violation.description for violation in failure.violations] == ["belongs to another query"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("daily_at", "25:00"),
        ("daily_at", "3 o'clock"),
        ("daily_zone", "Mars/Olympus"),
        ("daily_zone", "../../etc/passwd"),
        ("daily_enabled", "yes"),
        ("change_set_retention_days", 0),
        ("change_set_retention_days", 1.5),
        ("image_languages", []),
        ("image_languages", ["english"]),
        ("sync_fields", ["plott"]),
        ("country", "usa"),
        ("no_such_setting", 1),
    ],
)
def test_a_setting_that_is_none_is_refused_with_all_the_others(daemon: Live, key: str, value: Any) -> None:
    failure = refused(daemon, "Config", "UpdateSettings", {"settings": {"extra_fanart": 7, key: value}})
    assert [violation.field for violation in failure.violations] == [f"settings.{key}"]


def test_settings_are_typed_declared_and_go_back_to_their_default(daemon: Live) -> None:
    def values(answer: dict[str, Any]) -> dict[str, Any]:
        return {setting["key"]: setting.get("value") for setting in answer["settings"]}

    was = values(daemon.call("Config", "GetSettings"))
    changed = daemon.call(
        "Config", "UpdateSettings", {"settings": {"daily_at": "04:30", "image_languages": ["de", "en"]}}
    )
    # What `languages` was called before is still taken: those of artwork, after the one of texts.
    assert values(changed) == was | {"daily_at": "04:30", "languages": ["en-US", "de", "en"]}
    back = daemon.call("Config", "UpdateSettings", {"settings": {"daily_at": None, "image_languages": None}})
    assert values(back) == was
    assert all(setting["label"] and setting["help"] for setting in back["settings"])


def test_the_daily_run_stands_in_health(daemon: Live) -> None:
    daemon.call("Config", "UpdateSettings", {"settings": {"daily_zone": "Europe/Athens"}})
    schedule = daemon.call("Health", "GetHealth")["schedule"]
    assert (schedule["at"], schedule["zone"]) == ("03:00", "Europe/Athens")
    assert schedule["nextRunAt"].endswith(("T01:00:00Z", "T00:00:00Z"))
    daemon.call("Config", "UpdateSettings", {"settings": {"daily_enabled": False}})
    schedule = daemon.call("Health", "GetHealth")["schedule"]
    assert "nextRunAt" not in schedule
    assert "switched off" in schedule["off"]
    daemon.call("Config", "UpdateSettings", {"settings": {"daily_enabled": None, "daily_zone": None}})


def test_a_job_is_started_once_watched_to_its_end_and_listed(tmp_path: Path, simulators: Simulators) -> None:
    with live(tmp_path / "data") as daemon:
        daemon.configure(simulators, "tmdb", "omdb")
        ids = [{"type": "imdb", "value": value} for value in ("tt0137523", "tt1375666")]
        daemon.call(
            "Library",
            "UpsertItems",
            {"items": [{"kind": "MEDIA_KIND_MOVIE", "title": "?", "ids": [each]} for each in ids]},
        )
        order = {"itemIds": ["imdb:tt0137523", "imdb:tt1375666"], "requestId": "once"}
        job = daemon.call("Enrichment", "StartEnrichment", order)["job"]
        assert daemon.call("Enrichment", "StartEnrichment", order)["job"]["id"] == job["id"]
        told = list(daemon.client.stream("EnrichmentService", "WatchJob", {"jobId": job["id"]}))
        sequences = [int(answer["job"].get("sequence", 0)) for answer in told if not answer.get("heartbeat")]
        assert sequences == sorted(set(sequences))
        last = told[-1]["job"]
        assert (last["total"], last["done"], last["changed"]) == (2, 2, 2)
        assert {each["provider"]: each["answered"] for each in last["providers"] if "answered" in each} == {
            "omdb": 2,
            "tmdb": 2,
        }
        after = {"jobId": job["id"], "afterSequence": last["sequence"]}
        assert list(daemon.client.stream("EnrichmentService", "WatchJob", after)) == []
        assert [each["id"] for each in daemon.call("Enrichment", "ListJobs")["jobs"]] == [job["id"]]
        with pytest.raises(RpcFailure, match="no job 99"):
            next(daemon.client.stream("EnrichmentService", "WatchJob", {"jobId": "99"}))


def test_one_watcher_too_many_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BaseServicer, "streams", Streams(2))
    assert STREAM_CAP > 2
    with live(tmp_path / "data") as daemon, contextlib.ExitStack() as open_streams:
        # Without a key nothing can be asked; the job is held open by its place in the queue of a stopped runner.
        daemon.daemon.services.runner.stop()
        job = daemon.call("Enrichment", "StartEnrichment", {"all": True})["job"]["id"]
        for _ in range(2):
            stream = daemon.client.stream("EnrichmentService", "WatchJob", {"jobId": job})
            open_streams.callback(stream.close)
            assert next(stream)["job"]["id"] == job
        with pytest.raises(RpcFailure) as caught:
            next(daemon.client.stream("EnrichmentService", "WatchJob", {"jobId": job}))
        assert (caught.value.code, caught.value.reason) == ("RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS")
