"""Lists, the summary and the change of many items over the contract: a real daemon, both doors."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from harness import Live, live
from metarr.rpc.client import RpcFailure

MOVIE, SERIES = "MEDIA_KIND_MOVIE", "MEDIA_KIND_SERIES"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A library of five movies, from A of 2005 to E of 2001, and a series; A has a plot, and C a lock."""
    with live(tmp_path_factory.mktemp("data")) as running:
        movies = [{"kind": MOVIE, "title": title, "year": 2005 - n} for n, title in enumerate("ABCDE")]
        added = running.call("Library", "UpsertItems", {"items": [*movies, {"kind": SERIES, "title": "S"}]})["results"]
        ids = [each["item"]["id"] for each in added]
        running.call("Library", "UpdateItem", {"itemId": ids[0], "fields": {"plot": "Mine"}, "updateMask": "fields"})
        running.call("Library", "UpdateItem", {"itemId": ids[0], "unlockAll": True, "updateMask": "unlockAll"})
        running.call("Library", "UpdateItem", {"itemId": ids[2], "lockFields": ["plot"], "updateMask": "lockFields"})
        yield running


def titles(daemon: Live, **request: Any) -> str:
    """What a list holds, in its order, page by page."""
    shown, token = "", ""
    while True:
        page = daemon.call("Library", "ListItems", {**request, "pageSize": 2, "pageToken": token})
        shown += "".join(each["title"] for each in page.get("items", ()))
        assert page.get("totalSize", 0) >= len(shown)
        if not (token := page.get("nextPageToken", "")):
            assert page.get("totalSize", 0) == len(shown)
            return shown


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, "ABCDES"),
        ({"descending": True}, "SEDCBA"),
        ({"orderBy": "ITEM_ORDER_TITLE"}, "ABCDES"),
        ({"orderBy": "ITEM_ORDER_YEAR"}, "SEDCBA"),
        ({"orderBy": "ITEM_ORDER_YEAR", "descending": True}, "ABCDES"),
        ({"orderBy": "ITEM_ORDER_ADDED"}, "ABCDES"),
        ({"orderBy": "ITEM_ORDER_ENRICHED"}, "ABCDES"),
        ({"filter": {"kinds": [MOVIE]}}, "ABCDE"),
        ({"filter": {"kinds": [MOVIE, SERIES]}, "kind": SERIES}, "S"),
        ({"filter": {"yearFrom": 2002, "yearTo": 2003}}, "CD"),
        ({"filter": {"lockedField": "plot"}}, "C"),
        ({"filter": {"lockedField": "title"}}, ""),
        ({"filter": {"source": "owner"}}, "A"),
        ({"filter": {"source": "import"}, "descending": True}, "SEDCBA"),
        ({"filter": {"held": True}}, ""),
        ({"filter": {"held": False, "missingField": "plot"}}, "BCDES"),
        ({"filter": {"missingField": "networks"}}, "S"),
    ],
)
def test_a_list_is_narrowed_and_sorted(daemon: Live, request_: dict[str, Any], expected: str) -> None:
    assert titles(daemon, **request_) == expected


def test_a_page_token_keeps_to_its_order_and_does_not_count_again(daemon: Live) -> None:
    first = daemon.call("Library", "ListItems", {"pageSize": 2, "orderBy": "ITEM_ORDER_YEAR"})
    for other in ({"orderBy": "ITEM_ORDER_TITLE"}, {"orderBy": "ITEM_ORDER_YEAR", "descending": True}):
        with pytest.raises(RpcFailure, match="another query"):
            daemon.call("Library", "ListItems", {"pageSize": 2, **other, "pageToken": first["nextPageToken"]})


def test_what_is_missing_is_told_where_it_is_asked_for(daemon: Live) -> None:
    daemon.call(
        "Config", "UpdateProvider", {"providerId": "omdb", "settings": {"api_key": "0" * 8}, "updateMask": "settings"}
    )
    plain = daemon.call("Library", "ListItems", {"filter": {"source": "owner"}})["items"][0]
    assert "missingFields" not in plain
    [asked] = daemon.call("Library", "ListItems", {"filter": {"source": "owner"}, "withMissingFields": True})["items"]
    shown = daemon.call("Library", "GetItem", {"itemId": asked["id"]})["item"]
    assert asked["missingFields"] == shown["missingFields"]
    assert {"imdb_rating", "genres"} <= set(asked["missingFields"])
    assert "plot" not in asked["missingFields"], "it has one"
    assert "clearlogo" not in asked["missingFields"], "nobody who may be asked tells it"


def test_the_summary_tells_kinds_and_fields_over_both_doors(daemon: Live) -> None:
    summary = daemon.call("Library", "GetLibrarySummary")
    movies, series = summary["kinds"]
    assert (movies["kind"], movies["items"], movies["neverEnriched"], movies["locked"]) == (MOVIE, 5, 5, 1)
    assert (series["kind"], series["items"], series["unidentified"]) == (SERIES, 1, 1)
    fields = {(each["kind"], each["field"]): each for each in summary["fields"]}
    assert fields[MOVIE, "plot"] == {
        "kind": MOVIE,
        "field": "plot",
        "filled": 1,
        "locked": 1,
        "bySource": {"owner": 1},
    }
    assert fields[SERIES, "networks"] == {"kind": SERIES, "field": "networks"}
    url = f"{daemon.url}/metarr.v1.LibraryService/GetLibrarySummary"
    with requests.Session() as session:
        session.trust_env = False
        said = session.post(url, json={"filter": {"locked": True}, "kindsOnly": True}, timeout=20).json()
    assert said == {"kinds": [{"kind": MOVIE, "items": 1, "neverEnriched": 1, "locked": 1, "unidentified": 1}]}


def finished(daemon: Live, job: dict[str, Any]) -> dict[str, Any]:
    *_, last = daemon.client.stream("EnrichmentService", "WatchJob", {"jobId": job["id"]})
    return dict(last["job"])


def test_all_that_fit_are_changed_once_and_undone_as_one(daemon: Live) -> None:
    def start(**more: Any) -> dict[str, Any]:
        what = {"filter": {"kind": MOVIE, "locked": False}, "lockFields": ["tagline"], "updateMask": "lockFields"}
        return daemon.call("Enrichment", "StartUpdate", {**what, **more})

    assert start(dryRun=True) == {"items": 4}
    assert daemon.call("Enrichment", "ListJobs") == {}
    with pytest.raises(RpcFailure, match="4 items are meant by now") as refused:
        start(expectedItems=3)
    assert (refused.value.code, refused.value.reason) == ("FAILED_PRECONDITION", "MORE_ITEMS")
    job = start(expectedItems=4, requestId="once")["job"]
    assert job["kind"] == "KIND_UPDATE"
    done = finished(daemon, job)
    assert (done["state"], done["total"], done["changed"]) == ("STATE_COMPLETE", 4, 4)
    assert start(expectedItems=4, requestId="once")["job"]["id"] == job["id"]
    assert titles(daemon, filter={"lockedField": "tagline"}) == "ABDE"
    undone = daemon.call("Enrichment", "UndoChangeSets", {"jobId": job["id"]})
    assert undone["changedItems"] == 4
    assert titles(daemon, filter={"lockedField": "tagline"}) == ""
    for kind, state, ids in (
        ("KIND_UPDATE", "STATE_COMPLETE", [job["id"]]),
        ("KIND_UPDATE", "STATE_UNSPECIFIED", [job["id"]]),
        ("KIND_ENRICH", "STATE_UNSPECIFIED", []),
        ("KIND_UNSPECIFIED", "STATE_FAILED", []),
    ):
        listed = daemon.call("Enrichment", "ListJobs", {"kind": kind, "state": state})
        assert [each["id"] for each in listed.get("jobs", ())] == ids


def test_named_items_are_changed_however_many_are_expected(daemon: Live) -> None:
    ids = [each["id"] for each in daemon.call("Library", "ListItems", {"filter": {"kind": SERIES}})["items"]]
    what = {"itemIds": ids, "monitored": False, "updateMask": "monitored"}
    assert finished(daemon, daemon.call("Enrichment", "StartUpdate", what)["job"])["changed"] == 1
    assert titles(daemon, filter={"monitored": False}) == "S"
