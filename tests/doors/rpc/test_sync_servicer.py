"""The players' servicer without a port: what its requests ask of the services, and how their answers are told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import grpc_testing
import pytest
from google.protobuf import json_format

from fakes import FakeClock
from harness import House, house
from kodi_host import wait_for
from metarr.app import servicers
from metarr.library.edit import Edit
from metarr.rpc.contract import service_of
from metarr.rpc.methods.jobs import HEARTBEAT
from metarr.rpc.methods.players import SyncServicer
from simulators import Simulators

SECONDS = 30
DESCRIPTOR = service_of(SyncServicer).descriptor
MINE = {"playerId": "living-room"}
KIND = {"kind": "MEDIA_KIND_MOVIE", "fields": ["title", "plot"], "cannotTake": {"trailer": "Kodi refuses it"}}
PLAYER = {**MINE, "name": "Living room", "host": "kodi", "hostVersion": "21.2", "instance": "pc", "kinds": [KIND]}
REPLACE = {**MINE, "policy": "SYNC_POLICY_REPLACE"}


def film(number: int, **fields: str) -> dict[str, Any]:
    """A film as the player holds it; without ids, so that no two of them are one."""
    title = f"Film {number}"
    fields["title"] = title
    return {"hostKey": f"/{number}.mkv", "kind": "MEDIA_KIND_MOVIE", "title": title, "year": 1990, "fields": fields}


class Door:
    """The servicer as grpc calls it, within 30 seconds."""

    def __init__(self, home: House) -> None:
        [served] = [each for each in servicers(home.services, home.clock) if isinstance(each, SyncServicer)]
        self._server = grpc_testing.server_from_dictionary({DESCRIPTOR: served}, grpc_testing.strict_fake_time(0))

    def call(self, method: str, request: dict[str, Any], expected: grpc.StatusCode = grpc.StatusCode.OK) -> Any:
        """The answer as JSON says it, or the error's text where another code is expected."""
        described, message = self._message(method, request)
        answer, _, code, text = self._server.invoke_unary_unary(described, (), message, SECONDS).termination()
        assert code is expected, text
        return json_format.MessageToDict(answer) if code is grpc.StatusCode.OK else text

    def refuse(self, method: str, request: dict[str, Any]) -> str:
        text = self.call(method, request, grpc.StatusCode.INVALID_ARGUMENT)
        assert isinstance(text, str)
        return text

    def watch(self, request: dict[str, Any]) -> Any:
        """The stream of what is pending."""
        described, message = self._message("WatchPendingItems", request)
        return self._server.invoke_unary_stream(described, (), message, SECONDS)

    def _message(self, method: str, request: dict[str, Any]) -> tuple[Any, Any]:
        described = DESCRIPTOR.methods_by_name[method]
        return described, json_format.ParseDict(request, described.input_type._concrete_class())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def home(simulators: Simulators, clock: FakeClock, tmp_path: Path) -> Iterator[House]:
    with house(simulators, tmp_path, clock, ()) as made:
        yield made


@pytest.fixture
def door(home: House) -> Door:
    return Door(home)


@pytest.fixture
def session(door: Door) -> dict[str, str]:
    """Of the player, who has been told its policy."""
    registered = door.call("RegisterPlayer", PLAYER)
    door.call("UpdatePlayer", {**REPLACE, "updateMask": "policy"})
    return {**MINE, "session": registered["session"]}


def edit(home: House, item_id: str, plot: str) -> None:
    """The owner writes another plot."""
    home.services.editor.edit(int(item_id), Edit(fields={"plot": plot}))


def report(door: Door, session: dict[str, str], *films: dict[str, Any]) -> list[str]:
    """Have the player report these; their items."""
    results = door.call("ReportItems", {**session, "items": list(films), "reportId": "r", "complete": True})["results"]
    return [result["itemId"] for result in results]


def ack(row: dict[str, Any], outcome: str = "OUTCOME_TAKEN") -> dict[str, Any]:
    """What became of everything in a row."""
    fields = [{"name": each["name"], "outcome": outcome, "hostValue": each["value"]} for each in row["fields"]]
    return {"hostKey": row["hostKey"], "sequence": row["sequence"], "fields": fields}


def test_a_player_is_told_as_it_registered_and_gone_when_it_is_removed(door: Door, clock: FakeClock) -> None:
    told = door.call("RegisterPlayer", PLAYER)
    assert told["session"]
    assert told["storeId"]
    assert told["player"]["kinds"] == [KIND]
    assert (told["player"]["id"], told["player"]["hostVersion"]) == ("living-room", "21.2")
    assert told["player"]["seenAt"] == clock.now().isoformat().replace("+00:00", "Z")
    assert "policy" not in told["player"]
    assert door.call("ListPlayers", {})["players"] == [told["player"]]
    assert door.call("RemovePlayer", MINE) == {}
    assert door.call("ListPlayers", {}) == {}
    assert "living-room" in door.call("RemovePlayer", MINE, grpc.StatusCode.NOT_FOUND)


def test_only_what_the_mask_names_of_a_player_is_changed(door: Door, session: dict[str, str]) -> None:
    change = {**MINE, "name": "Cellar", "policy": "SYNC_POLICY_FILL", "overwriteEdits": True}
    renamed = door.call("UpdatePlayer", {**change, "updateMask": "name"})["player"]
    assert (renamed["name"], renamed["policy"]) == ("Cellar", "SYNC_POLICY_REPLACE")
    assert "overwriteEdits" not in renamed
    changed = door.call("UpdatePlayer", {**change, "updateMask": "policy,overwriteEdits"})["player"]
    assert (changed["policy"], changed["overwriteEdits"]) == ("SYNC_POLICY_FILL", True)


def test_another_instance_is_told_that_the_player_is_in_use(door: Door, session: dict[str, str]) -> None:
    other = {**PLAYER, "instance": "laptop"}
    assert door.call("RegisterPlayer", other, grpc.StatusCode.FAILED_PRECONDITION)
    taken_over = door.call("RegisterPlayer", {**other, "takeOver": True})["session"]
    assert taken_over != session["session"]
    assert door.call("ListPendingItems", session, grpc.StatusCode.FAILED_PRECONDITION)
    assert "items" not in door.call("ListPendingItems", {**MINE, "session": taken_over})


def test_what_is_pending_comes_in_pages_and_is_cleared_once(home: House, door: Door, session: dict[str, str]) -> None:
    for number, item_id in enumerate(report(door, session, film(1), film(2), film(3))):
        edit(home, item_id, f"Another plot {number}.")
    first = door.call("ListPendingItems", {**session, "pageSize": 2})
    second = door.call("ListPendingItems", {**session, "pageSize": 2, "pageToken": first["nextPageToken"]})
    rows = [*first["items"], *second["items"]]
    assert "nextPageToken" not in second
    assert [row["title"] for row in rows] == ["Film 1", "Film 2", "Film 3"]
    plot = next(each for each in rows[0]["fields"] if each["name"] == "plot")
    assert (plot["value"], plot["mode"]) == ("Another plot 0.", "MODE_ALWAYS")
    gone = {**ack(rows[1]), "hostKey": "/nowhere.mkv"}
    request = {**session, "storeId": first["storeId"], "acks": [ack(rows[0]), gone]}
    assert door.call("AckItems", request)["statuses"] == ["STATUS_CLEARED", "STATUS_GONE"]
    edit(home, rows[2]["itemId"], "Yet another one.")
    again = {**request, "acks": [ack(rows[0]), ack(rows[2])]}
    assert door.call("AckItems", again)["statuses"] == ["STATUS_REPEATED", "STATUS_SUPERSEDED"]
    assert [row["title"] for row in door.call("ListPendingItems", session)["items"]] == ["Film 2", "Film 3"]


def test_what_was_refused_is_listed_with_both_values_and_sent_again_when_asked_for(
    home: House, door: Door, session: dict[str, str]
) -> None:
    [item_id] = report(door, session, film(1, plot="From the file."))
    edit(home, item_id, "Thieves.")
    page = door.call("ListPendingItems", session)
    [row] = page["items"]
    refused = ack(row)
    for each in refused["fields"]:
        if each["name"] == "plot":
            each |= {"outcome": "OUTCOME_REFUSED", "hostValue": "From the file.", "detail": "read-only"}
    door.call("AckItems", {**session, "storeId": page["storeId"], "acks": [refused]})
    assert "items" not in door.call("ListPlayerItems", {**MINE, "state": "STATE_PENDING"})
    [entry] = door.call("ListPlayerItems", {**MINE, "state": "STATE_NOT_TAKEN"})["items"]
    told = {"field": "plot", "outcome": "OUTCOME_REFUSED", "detail": "read-only"}
    assert entry["notTaken"] == [{**told, "hostValue": "From the file.", "value": "Thieves."}]
    keys = {**MINE, "hostKeys": ["/1.mkv"]}
    assert door.call("ResendItems", {**keys, "fields": ["plot"]}) == {"items": 1}
    [entry] = door.call("ListPlayerItems", keys)["items"]
    assert entry["pendingFields"] == ["plot"]


def test_a_preview_counts_what_a_policy_would_do_and_changes_nothing(home: House, door: Door) -> None:
    session = {**MINE, "session": door.call("RegisterPlayer", PLAYER)["session"]}
    full, empty = report(door, session, film(1, plot="From the file."), film(2))
    for item_id in (full, empty):
        edit(home, item_id, "Thieves.")
    before = home.rows("player_items", "players")
    told = door.call("PreviewSync", {**REPLACE, "samples": 1})
    assert (told["items"], told["changedItems"]) == (2, 2)
    [plot] = told["fields"]
    assert (plot["field"], plot["filled"], plot["replaced"], plot.get("kept", 0)) == ("plot", 1, 1, 0)
    assert len(plot["samples"]) == 1
    [plot] = door.call("PreviewSync", {**MINE, "policy": "SYNC_POLICY_FILL"})["fields"]
    assert (plot["filled"], plot.get("replaced", 0), plot["kept"]) == (1, 0, 1)
    assert "samples" not in plot
    assert home.rows("player_items", "players") == before
    assert door.call("ListPendingItems", session)["policyNeeded"] is True


def test_what_leaves_the_player_is_counted(door: Door, session: dict[str, str]) -> None:
    report(door, session, film(1), film(2))
    assert door.call("ReportItems", {**session, "removedKeys": ["/1.mkv", "/nowhere.mkv"]}) == {"removed": 1}
    [entry] = door.call("ListPlayerItems", MINE)["items"]
    assert entry["hostKey"] == "/2.mkv"


def test_a_watcher_hears_of_what_waits_and_that_it_is_heard(
    home: House, door: Door, clock: FakeClock, session: dict[str, str]
) -> None:
    [item_id] = report(door, session, film(1))
    stream = door.watch(session)
    first = stream.take_response()
    clock.sleepers(1)
    clock.advance(HEARTBEAT)
    silence = stream.take_response()
    assert (first.heartbeat, silence.heartbeat, silence.sequence) == (False, True, first.sequence)
    clock.sleepers(1)
    edit(home, item_id, "Thieves.")
    clock.advance(HEARTBEAT)
    news = stream.take_response()
    assert (news.heartbeat, news.pending_items) == (False, 1)
    assert news.sequence > first.sequence
    clock.sleepers(1)
    stream.cancel()
    wait_for(lambda: not clock._asleep(), "the end of the watch", pause=0.005)


@pytest.mark.parametrize(
    ("method", "request_", "told"),
    [
        ("RegisterPlayer", {**PLAYER, "playerId": "a b"}, "player_id: is no name"),
        ("RegisterPlayer", {**PLAYER, "kinds": []}, "kinds: is required"),
        ("RegisterPlayer", {**PLAYER, "kinds": [KIND, KIND]}, "kinds[1].kind: is named twice"),
        ("UpdatePlayer", {**MINE, "updateMask": "host"}, "update_mask"),
        ("UpdatePlayer", {**MINE, "updateMask": "policy"}, "policy: choose"),
        ("PreviewSync", {**REPLACE, "samples": 21}, "samples: 21 is not between"),
        ("ReportItems", {**MINE, "session": "x", "complete": True}, "report_id: is required"),
        ("ReportItems", {**MINE, "session": "x", "items": [film(1), film(1)]}, "items[1].host_key: is there twice"),
        ("ListPendingItems", MINE, "session: is required"),
        ("AckItems", {**MINE, "session": "x", "storeId": "s"}, "acks: has 0 entries"),
        ("ResendItems", {**MINE, "hostKeys": ["/1.mkv"], "fields": ["plott"]}, "fields[0]: there is no field 'plott'"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_place(door: Door, method: str, request_: Any, told: str) -> None:
    assert told in door.refuse(method, request_)
    assert door.call("ListPlayers", {}) == {}
