"""A player's day through a real daemon's doors, native and JSON over HTTP; and every request that makes no sense."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from harness import Live, live
from metarr.rpc.client import RpcFailure
from metarr.rpc.paging import page_token

MOVIE = "MEDIA_KIND_MOVIE"
PLAYER: dict[str, Any] = {
    "playerId": "living-room",
    "name": "Living room",
    "host": "kodi",
    "hostVersion": "21.2",
    "instance": "pc",
    "kinds": [{"kind": MOVIE, "fields": ["title", "plot", "ids"], "cannotTake": {"trailer": "Kodi refuses it"}}],
}
HEAT: dict[str, Any] = {
    "hostKey": "movie:/heat.mkv",
    "hostId": "7",
    "kind": MOVIE,
    "title": "Heat",
    "year": 1995,
    "ids": [{"type": "imdb", "value": "tt0113277"}],
    "fields": {"title": "Heat", "plot": "From the file."},
}
Call = Callable[[str, dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A daemon that is only asked what it refuses; it knows one player with one film."""
    with live(Path(tmp_path_factory.mktemp("data"))) as running:
        session = running.call("Sync", "RegisterPlayer", PLAYER)["session"]
        running.call("Sync", "UpdatePlayer", {"playerId": "living-room", "policy": 1, "updateMask": "policy"})
        running.call("Sync", "ReportItems", {"playerId": "living-room", "session": session, "items": [HEAT]})
        yield running


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path) as running:
        yield running


@pytest.fixture(params=["grpc", "http"])
def call(request: pytest.FixtureRequest, daemon: Live) -> Call:
    """A method of the service through one of the doors."""

    def over_http(method: str, message: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{daemon.url}/metarr.v1.SyncService/{method}", json=message, timeout=20)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def over_grpc(method: str, message: dict[str, Any]) -> dict[str, Any]:
        return daemon.call("Sync", method, message)

    return over_http if request.param == "http" else over_grpc


def test_a_player_s_day(daemon: Live, call: Call) -> None:
    registered = call("RegisterPlayer", PLAYER)
    assert registered["player"]["kinds"][0]["cannotTake"] == {"trailer": "Kodi refuses it"}
    mine = {"playerId": "living-room", "session": registered["session"]}
    [result] = call("ReportItems", {**mine, "items": [HEAT], "reportId": "r1", "complete": True})["results"]
    assert (result["hostKey"], result["created"]) == (HEAT["hostKey"], True)
    edit = {"itemId": result["itemId"], "fields": {"plot": "Thieves."}, "updateMask": "fields"}
    daemon.call("Library", "UpdateItem", edit)
    assert call("ListPendingItems", mine)["policyNeeded"] is True
    preview = call("PreviewSync", {"playerId": "living-room", "policy": "SYNC_POLICY_REPLACE", "samples": 5})
    [field] = preview["fields"]
    assert (field["field"], field["replaced"], field["samples"][0]["hostValue"]) == ("plot", 1, "From the file.")
    assert field["samples"][0]["value"] == "Thieves."
    changed = call("UpdatePlayer", {"playerId": "living-room", "policy": "SYNC_POLICY_REPLACE", "updateMask": "policy"})
    assert changed["player"]["pendingItems"] == 1
    page = call("ListPendingItems", mine)
    [row] = page["items"]
    told = {field["name"]: field for field in row["fields"]}
    assert (told["plot"]["value"], told["plot"]["mode"]) == ("Thieves.", "MODE_ALWAYS")
    assert told["ids"]["value"] == {"imdb": "tt0113277"}
    fields = [
        {"name": "title", "outcome": "OUTCOME_TAKEN", "hostValue": "Heat"},
        {"name": "plot", "outcome": "OUTCOME_REFUSED", "hostValue": "From the file.", "detail": "read-only"},
        {"name": "ids", "outcome": "OUTCOME_TAKEN", "hostValue": {"imdb": "tt0113277"}},
    ]
    ack = {"hostKey": row["hostKey"], "sequence": row["sequence"], "fields": fields}
    request = {**mine, "storeId": page["storeId"], "acks": [ack]}
    assert call("AckItems", request)["statuses"] == ["STATUS_CLEARED"]
    assert call("AckItems", request)["statuses"] == ["STATUS_REPEATED"]
    listed = {"playerId": "living-room", "state": "STATE_NOT_TAKEN"}
    [entry] = call("ListPlayerItems", listed)["items"]
    assert entry["notTaken"] == [
        {
            "field": "plot",
            "outcome": "OUTCOME_REFUSED",
            "hostValue": "From the file.",
            "value": "Thieves.",
            "detail": "read-only",
        }
    ]
    assert call("ResendItems", {"playerId": "living-room", "hostKeys": [HEAT["hostKey"]]})["items"] == 1
    assert [field["name"] for field in call("ListPendingItems", mine)["items"][0]["fields"]] == ["plot"]
    [player] = call("ListPlayers", {})["players"]
    assert (player["name"], player["items"], player["pendingItems"]) == ("Living room", 1, 1)
    assert call("RemovePlayer", {"playerId": "living-room"})["deletedItems"] == 1
    assert call("ListPlayers", {}).get("players", []) == []


def test_pages_of_what_is_pending_and_of_what_a_player_has(daemon: Live, call: Call) -> None:
    mine = {"playerId": "living-room", "session": call("RegisterPlayer", PLAYER)["session"]}
    films = [{"hostKey": f"film-{number}", "kind": MOVIE, "title": f"Film {number}"} for number in range(5)]
    call("ReportItems", {**mine, "items": films})
    call("UpdatePlayer", {"playerId": "living-room", "policy": "SYNC_POLICY_FILL", "updateMask": "policy"})
    for method, request in (("ListPendingItems", mine), ("ListPlayerItems", {"playerId": "living-room"})):
        keys, token = [], ""
        while True:
            page = call(method, {**request, "pageSize": 2, "pageToken": token})
            keys += [item["hostKey"] for item in page["items"]]
            token = page.get("nextPageToken", "")
            if not token:
                break
        assert keys == [f"film-{number}" for number in range(5)]


def test_who_watches_hears_of_news_and_of_the_end_of_the_session(daemon: Live) -> None:
    mine = {"playerId": "living-room", "session": daemon.call("Sync", "RegisterPlayer", PLAYER)["session"]}
    daemon.call("Sync", "ReportItems", {**mine, "items": [HEAT]})
    watch = iter(daemon.client.stream("SyncService", "WatchPendingItems", mine))
    first = next(watch)
    assert (int(first["sequence"]), first["pendingItems"]) == (1, 1)
    daemon.call("Sync", "RegisterPlayer", PLAYER)
    with pytest.raises(RpcFailure) as caught:
        next(watch)
    assert caught.value.reason == "SESSION_ENDED"


THE_LAST = "the session that it is in"
MINE = {"playerId": "living-room", "session": THE_LAST}
LONG = "x" * 201


def registering(**more: Any) -> tuple[str, dict[str, Any]]:
    return "RegisterPlayer", {**PLAYER, "playerId": "attic-1", **more}


def reporting(**more: Any) -> tuple[str, dict[str, Any]]:
    return "ReportItems", {**MINE, "items": [{**HEAT, "hostKey": "new", **more}]}


def acking(**more: Any) -> tuple[str, dict[str, Any]]:
    ack = {"hostKey": HEAT["hostKey"], "sequence": "1", **more}
    return "AckItems", {**MINE, "storeId": "any", "acks": [ack]}


def answer(**more: Any) -> tuple[str, dict[str, Any]]:
    return acking(fields=[{"name": "plot", "outcome": "OUTCOME_TAKEN", **more}])


def grouping(*groups: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "UpdatePlayer", {"playerId": "living-room", "groups": list(groups), "updateMask": "groups"}


BAD: dict[str, tuple[tuple[str, dict[str, Any]], set[str]]] = {
    "register_nothing": (("RegisterPlayer", {}), {"player_id", "name", "host", "instance", "kinds"}),
    "register_short": (registering(playerId="abc"), {"player_id"}),
    "register_capitals": (registering(playerId="Living-Room"), {"player_id"}),
    "register_long": (registering(playerId="x" * 65), {"player_id"}),
    "register_name": (registering(name=LONG), {"name"}),
    "register_kind": (registering(kinds=[{"kind": 9, "fields": ["plot"]}]), {"kinds[0].kind"}),
    "register_field": (registering(kinds=[{"kind": MOVIE, "fields": ["still"]}]), {"kinds[0].fields[0]"}),
    "register_no_field": (registering(kinds=[{"kind": MOVIE}]), {"kinds"}),
    "register_twice": (registering(kinds=[{"kind": MOVIE, "fields": ["plot"]}] * 2), {"kinds[1].kind"}),
    "register_reason": (
        registering(kinds=[{"kind": MOVIE, "fields": ["plot"], "cannotTake": {"colour": "x"}}]),
        {"kinds[0].cannot_take"},
    ),
    "update_nothing": (("UpdatePlayer", {}), {"player_id", "update_mask"}),
    "update_mask": (("UpdatePlayer", {"playerId": "living-room", "updateMask": "host"}), {"update_mask"}),
    "update_name": (("UpdatePlayer", {"playerId": "living-room", "updateMask": "name"}), {"name"}),
    "update_policy": (("UpdatePlayer", {"playerId": "living-room", "updateMask": "policy"}), {"policy"}),
    "remove_nothing": (("RemovePlayer", {}), {"player_id"}),
    "preview_nothing": (("PreviewSync", {}), {"player_id", "policy"}),
    "preview_samples": (("PreviewSync", {"playerId": "living-room", "policy": 1, "samples": 21}), {"samples"}),
    "report_nothing": (("ReportItems", {}), {"player_id", "session"}),
    "report_many": (
        ("ReportItems", {**MINE, "items": [{**HEAT, "hostKey": f"{number}"} for number in range(201)]}),
        {"items"},
    ),
    "report_twice": (("ReportItems", {**MINE, "items": [HEAT] * 2}), {"items[1].host_key"}),
    "report_removed": (("ReportItems", {**MINE, "removedKeys": ["x"] * 501}), {"removed_keys"}),
    "report_complete": (("ReportItems", {**MINE, "complete": True}), {"report_id"}),
    "report_key": (reporting(hostKey=" "), {"items[0].host_key"}),
    "report_long_key": (reporting(hostKey=LONG), {"items[0].host_key"}),
    "report_kind": (reporting(kind=0), {"items[0].kind"}),
    "report_no_title": (reporting(title="", ids=[]), {"items[0].title"}),
    "report_number": (
        reporting(seasonNumber=-1, episodeNumber=-2),
        {"items[0].season_number", "items[0].episode_number"},
    ),
    "report_value": (reporting(fields={"plot": "x" * 300_000}), {"items[0].fields.plot"}),
    "pending_nothing": (("ListPendingItems", {}), {"player_id", "session"}),
    "pending_size": (("ListPendingItems", {**MINE, "pageSize": 201}), {"page_size"}),
    "pending_token": (("ListPendingItems", {**MINE, "pageToken": page_token(["x"], [1])}), {"page_token"}),
    "ack_nothing": (("AckItems", {}), {"player_id", "session", "store_id", "acks"}),
    "ack_key": (acking(hostKey=""), {"acks[0].host_key"}),
    "ack_field": (answer(name="colour"), {"acks[0].fields[0].name"}),
    "ack_outcome": (answer(outcome=0), {"acks[0].fields[0].outcome"}),
    "ack_value": (answer(hostValue="x" * 300_000), {"acks[0].fields[0].host_value"}),
    "ack_ids": (answer(name="ids", hostValue="tt0113277"), {"acks[0].fields[0].host_value"}),
    "ack_ids_of_numbers": (answer(name="ids", hostValue={"tmdb": 949}), {"acks[0].fields[0].host_value"}),
    "ack_twice": (
        acking(fields=[{"name": "plot", "outcome": "OUTCOME_TAKEN"}] * 2),
        {"acks[0].fields[1].name"},
    ),
    "list_nothing": (("ListPlayerItems", {}), {"player_id"}),
    "list_state": (("ListPlayerItems", {"playerId": "living-room", "state": 9}), {"state"}),
    "list_keys": (("ListPlayerItems", {"playerId": "living-room", "hostKeys": ["x"] * 201}), {"host_keys"}),
    "list_token": (("ListPlayerItems", {"playerId": "living-room", "pageToken": "x"}), {"page_token"}),
    "resend_nothing": (("ResendItems", {}), {"player_id", "host_keys"}),
    "resend_field": (
        ("ResendItems", {"playerId": "living-room", "hostKeys": [HEAT["hostKey"]], "fields": ["colour"]}),
        {"fields[0]"},
    ),
    "update_policy_of_a_group": (
        ("UpdatePlayer", {"playerId": "living-room", "policy": "SYNC_POLICY_LEAVE", "updateMask": "policy"}),
        {"policy"},
    ),
    "group_none": (grouping({"policy": "SYNC_POLICY_FILL"}), {"groups[0].group"}),
    "group_twice": (
        grouping(*[{"group": "FIELD_GROUP_TAGS", "policy": "SYNC_POLICY_FILL"}] * 2),
        {"groups[1].group"},
    ),
    "group_union": (
        grouping({"group": "FIELD_GROUP_TEXTS", "policy": "SYNC_POLICY_UNION"}),
        {"groups[0].policy"},
    ),
    "group_policy": (grouping({"group": "FIELD_GROUP_TEXTS", "policy": 77}), {"groups[0].policy"}),
    "pairing_nothing": (("StartPairing", {}), {"player_id", "name"}),
    "pairing_name": (("StartPairing", {"playerId": "living-room", "name": "x" * 101}), {"name"}),
    "pairing_player": (("StartPairing", {"playerId": "../x", "name": "Kodi"}), {"player_id"}),
    "claim_nothing": (("ClaimPairing", {}), {"claim"}),
    "code_nothing": (("ApprovePairing", {}), {"code"}),
    "code_short": (("ApprovePairing", {"code": "12345"}), {"code"}),
    "code_long": (("ApprovePairing", {"code": "1234567"}), {"code"}),
    "code_letters": (("ApprovePairing", {"code": "12345x"}), {"code"}),
    "code_of_another_script": (("ApprovePairing", {"code": "١٢٣٤٥٦"}), {"code"}),
    "token_nothing": (("RevokePlayerToken", {}), {"token_id"}),
    "resend_not_taken": (
        ("ResendItems", {"playerId": "living-room", "hostKeys": [HEAT["hostKey"]], "fields": ["tagline"]}),
        {"fields.tagline"},
    ),
}


def refused(daemon: Live, method: str, request: dict[str, Any]) -> RpcFailure:
    """The failure of a call that changes nothing at all."""
    if request.get("session") == THE_LAST:
        request = {**request, "session": daemon.call("Sync", "RegisterPlayer", PLAYER)["session"]}
    before = daemon.rows()
    with pytest.raises(RpcFailure) as caught:
        daemon.call("Sync", method, request)
    assert daemon.rows() == before
    return caught.value


@pytest.mark.parametrize("name", BAD)
def test_what_makes_no_sense_is_refused_with_the_field_and_nothing_is_changed(shared: Live, name: str) -> None:
    (method, request), fields = BAD[name]
    failure = refused(shared, method, request)
    assert failure.code == "INVALID_ARGUMENT"
    assert {violation.field for violation in failure.violations} == fields


@pytest.mark.parametrize(
    ("method", "request_", "code", "reason"),
    [
        ("UpdatePlayer", {"playerId": "nobody", "name": "x", "updateMask": "name"}, "NOT_FOUND", "PLAYER_NOT_FOUND"),
        ("RemovePlayer", {"playerId": "nobody"}, "NOT_FOUND", "PLAYER_NOT_FOUND"),
        ("PreviewSync", {"playerId": "nobody", "policy": 1}, "NOT_FOUND", "PLAYER_NOT_FOUND"),
        ("ListPlayerItems", {"playerId": "nobody"}, "NOT_FOUND", "PLAYER_NOT_FOUND"),
        ("ReportItems", {"playerId": "nobody", "session": "1"}, "NOT_FOUND", "PLAYER_NOT_FOUND"),
        ("ResendItems", {"playerId": "living-room", "hostKeys": ["x"]}, "NOT_FOUND", "ENTRY_NOT_FOUND"),
        ("ReportItems", {**MINE, "session": "9"}, "FAILED_PRECONDITION", "SESSION_ENDED"),
        ("ListPendingItems", {**MINE, "session": "9"}, "FAILED_PRECONDITION", "SESSION_ENDED"),
        ("ListPendingItems", {**MINE, "session": "1-00000000"}, "FAILED_PRECONDITION", "STORE_CHANGED"),
        ("RegisterPlayer", {**PLAYER, "instance": "laptop"}, "FAILED_PRECONDITION", "PLAYER_IN_USE"),
        (*acking(), "FAILED_PRECONDITION", "STORE_CHANGED"),
        ("ApprovePairing", {"code": "123 456"}, "NOT_FOUND", "CODE_NOT_FOUND"),
        ("ClaimPairing", {"claim": "x"}, "FAILED_PRECONDITION", "CODE_EXPIRED"),
        ("RevokePlayerToken", {"tokenId": "x"}, "NOT_FOUND", "TOKEN_NOT_FOUND"),
    ],
)
def test_what_cannot_be_done_now_says_why(
    shared: Live, method: str, request_: dict[str, Any], code: str, reason: str
) -> None:
    failure = refused(shared, method, request_)
    assert (failure.code, failure.reason) == (code, reason)


@pytest.mark.parametrize(
    ("request_", "code", "told"),
    [
        ({}, "INVALID_ARGUMENT", {"player_id", "session"}),
        ({**MINE, "afterSequence": "-1"}, "INVALID_ARGUMENT", {"after_sequence"}),
        ({"playerId": "nobody", "session": "1"}, "NOT_FOUND", {"PLAYER_NOT_FOUND"}),
        ({**MINE, "session": "9"}, "FAILED_PRECONDITION", {"SESSION_ENDED"}),
        ({**MINE, "session": "1-00000000"}, "FAILED_PRECONDITION", {"STORE_CHANGED"}),
    ],
)
def test_a_watch_that_makes_no_sense_is_refused_at_once(
    shared: Live, request_: dict[str, Any], code: str, told: set[str]
) -> None:
    before = shared.rows()
    with pytest.raises(RpcFailure) as caught:
        next(iter(shared.client.stream("SyncService", "WatchPendingItems", request_)))
    assert caught.value.code == code
    assert told in ({violation.field for violation in caught.value.violations}, {caught.value.reason})
    assert shared.rows() == before
