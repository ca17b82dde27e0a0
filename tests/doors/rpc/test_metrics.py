"""/metrics: what is counted and how things stand, for whoever may call a method."""

from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from harness import Live, live
from metarr import tokens
from metarr.app import Daemon
from metarr.rpc.doors.access import Access
from simulators import Simulators


def figures(text: str) -> dict[tuple[str, ...], float]:
    """By name and labels, sorted."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read(daemon: Live) -> dict[tuple[str, ...], float]:
    answer = requests.get(f"{daemon.url}/metrics", timeout=10)
    assert answer.status_code == 200
    return figures(answer.text)


def test_it_tells_requests_outcomes_limits_items_jobs_rows_and_times(tmp_path: Path, simulators: Simulators) -> None:
    with live(tmp_path / "data") as daemon:
        daemon.configure(simulators, "tmdb", "omdb")
        daemon.call(
            "Library",
            "UpsertItems",
            {
                "items": [
                    {"kind": "MEDIA_KIND_MOVIE", "title": title, "ids": [{"type": "imdb", "value": imdb}]}
                    for title, imdb in (("Inception", "tt1375666"), ("Fight Club", "tt0137523"))
                ]
            },
        )
        before = read(daemon)
        for _ in range(2):
            daemon.call("Enrichment", "Enrich", {"itemId": "imdb:tt1375666"})
        after = read(daemon)

        def more(*of: str) -> float:
            name, *labels = of
            key = (name, *sorted(labels))
            return after.get(key, 0.0) - before.get(key, 0.0)

        assert more("metarr_provider_requests_total", "omdb", "200") == 1
        assert more("metarr_outcomes_total", "omdb", "answered") == 1
        assert more("metarr_outcomes_total", "omdb", "cached") == 1
        assert more("metarr_rpc_seconds_count", "EnrichmentService", "Enrich") == 2
        assert (after["metarr_quota_used", "omdb"], after["metarr_quota_limit", "omdb"]) == (1, 1000)
        assert (after["metarr_items", "total"], after["metarr_items", "untouched"]) == (2, 1)
        assert after["metarr_jobs", "running"] == 0
        assert after["metarr_provider_limited", "omdb"] == 0
        assert after["metarr_provider_condition", "not_configured", "tvdb"] == 1
        assert after["metarr_notices", "error"] == 0


def test_it_is_read_with_the_token_and_only_read(tmp_path: Path) -> None:
    daemon = Daemon(tmp_path / "data", access=Access(require_token=True))
    daemon.start()
    try:
        address = f"http://{daemon.http_address}/metrics"
        assert requests.get(address, timeout=10).status_code == 401
        token = tokens.read(tmp_path / "data" / tokens.FILE_NAME)
        shown = {"Authorization": f"Bearer {token}"}
        assert requests.get(address, headers=shown, timeout=10).status_code == 200
        assert requests.post(address, headers=shown, timeout=10).status_code == 405
    finally:
        daemon.stop()


@pytest.mark.parametrize("path", ["/metrics/", "/metricsx"])
def test_nothing_else_is_taken_for_it(tmp_path: Path, path: str) -> None:
    with live(tmp_path / "data") as daemon:
        answer = requests.get(f"{daemon.url}{path}", timeout=10)
        assert "metarr_items" not in answer.text
