"""The daemon's side of SyncService in memory, as far as a player needs it, and a line to it that fails on demand.

Every message goes through the generated classes, so that what the contract does not know is refused here, too.
"""

import json
import queue
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.struct_pb2 import Value

from metarr.v1 import health_service_pb2, sync_service_pb2
from metarr_adapter.errors import RpcError, TimedOut, Unreachable, Violation

_UNSET = object()


@dataclass
class Told:
    """What is known of one field of an entry: as `host` said it last, and what became of Metarr's values there."""

    host: Any = None
    acked: Any = _UNSET
    sent: Any = _UNSET
    declined: Any = _UNSET
    outcome: str = ""
    detail: str = ""
    since: list[Any] = field(default_factory=list)


@dataclass
class Held:
    """An entry of the player."""

    host_key: str
    host_id: str
    kind: int
    title: str
    values: dict[str, Any]
    fields: dict[str, Told] = field(default_factory=dict)
    sequence: int = 0
    acked: int = 0
    report_id: str = ""

    def told(self, name: str) -> Told:
        return self.fields.setdefault(name, Told())


class FakeDaemon:
    """`library`: by title, what Metarr has. `policy`: "replace", "fill" or "" for not chosen.

    `faults`: what happens to the next calls of a method: "before" (the request is lost), "after" (the answer is),
    "hang", "twice" (it arrives twice), "late" (it arrives when `deliver_late` is called), or an error that is raised.
    """

    def __init__(self, library: Mapping[str, Mapping[str, Any]] | None = None, policy: str = "replace") -> None:
        self.library = {title: dict(values) for title, values in (library or {}).items()}
        self.policy = policy
        self.entries: dict[str, Held] = {}
        self.store_id = "store-1"
        self.api_level = 2
        self.away = False
        self.reported = False
        self.known = False
        self.instance = ""
        self.session = ""
        self.takes: dict[int, list[str]] = {}
        self.faults: dict[str, deque[Any]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refused_keys: set[str] = set()
        self.streams: list[FakeStream] = []
        self.modes: dict[tuple[str, str], str] = {}
        """How each field of each entry was last offered."""
        self._late: list[tuple[str, dict[str, Any]]] = []
        self._lock = threading.RLock()
        self._sequence = self._sessions = 0

    # What a test does to it

    def change(self, title: str, name: str, value: Any) -> None:
        """Metarr gets another value."""
        self.library.setdefault(title, {})[name] = value
        for entry in self.entries.values():
            if entry.title == title:
                entry.values[name] = value
                entry.told(name).since.append(value)
                self._wake(entry)
        self.tell()

    def fault(self, method: str, *what: Any) -> None:
        self.faults.setdefault(method, deque()).extend(what)

    def deliver_late(self) -> None:
        """What was on its way for long arrives; nobody waits for the answer."""
        late, self._late = self._late, []
        for method, message in late:
            try:
                self._serve(method, message)
            except RpcError:
                continue

    def take_over(self, instance: str = "another") -> None:
        """Another program on the same library begins a session."""
        self._begin(instance)

    def restored(self) -> None:
        """A backup was restored: an older state, under a new name."""
        self.store_id += "'"
        self.entries.clear()
        self._end_streams(RpcError("failed_precondition", "ended", "SESSION_ENDED"))
        self.known, self.session, self.instance, self.reported = True, "", "", True

    def pending(self) -> list[str]:
        return [entry.host_key for entry in self._pending()]

    def outcome(self, key: str, name: str) -> str:
        return self.entries[key].told(name).outcome

    def count(self, method: str) -> int:
        return sum(called == method for called, _ in self.calls)

    def tell(self) -> None:
        """News to those who watch."""
        pending = self._pending()
        news = {"sequence": str(self._sequence), "pendingItems": len(pending)}
        for stream in self.streams:
            stream.put(news)

    def go_away(self) -> None:
        self.away = True
        self._end_streams(Unreachable("lost", "the stream broke off"))

    # What the adapter sees

    def call(self, method: str, message: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
        name = method.rpartition("/")[2]
        wire = json.loads(json.dumps(message, allow_nan=False))
        self.calls.append((name, wire))
        fault = self.faults[name].popleft() if self.faults.get(name) else ""
        if self.away or fault == "before":
            raise Unreachable("refused", "nobody listens")
        if isinstance(fault, Exception):
            raise fault
        if fault == "late":
            self._late.append((name, wire))
            raise TimedOut("deadline_exceeded", "no answer in time")
        answer = self._serve(name, wire)
        if fault == "twice":
            answer = self._serve(name, wire)
        if fault == "after":
            raise Unreachable("lost", "the connection broke before the answer was complete")
        if fault == "hang":
            raise TimedOut("deadline_exceeded", "no answer in time")
        return json.loads(json.dumps(answer))

    def stream(self, method: str, message: Mapping[str, Any]) -> "FakeStream":
        stream = FakeStream(self, self._parsed("WatchPendingItems", dict(message)))
        self.streams.append(stream)
        return stream

    def begin_watch(self, request: Any) -> dict[str, Any] | None:
        """News for who begins to watch; None: there are none. Raises RpcError."""
        if self.away:
            raise Unreachable("refused", "nobody listens")
        with self._lock:
            self._demand_session(request)
            pending = self._pending()
        if not pending or pending[-1].sequence <= request.after_sequence:
            return None
        return {"sequence": str(pending[-1].sequence), "pendingItems": len(pending)}

    # Its rules

    def _serve(self, name: str, wire: dict[str, Any]) -> dict[str, Any]:
        request = self._parsed(name, wire)
        handlers = {
            "GetHealth": self._get_health,
            "RegisterPlayer": self._register,
            "ReportItems": self._report_items,
            "ListPendingItems": self._list_pending,
            "AckItems": self._ack_items,
        }
        with self._lock:
            return MessageToDict(handlers[name](request))

    def _parsed(self, name: str, wire: dict[str, Any]) -> Any:
        module = health_service_pb2 if name == "GetHealth" else sync_service_pb2
        try:
            return ParseDict(wire, getattr(module, f"{name}Request")())
        except ParseError as error:
            raise RpcError("invalid_argument", str(error)) from error

    def _get_health(self, _request: Any) -> Any:
        return health_service_pb2.GetHealthResponse(api_level=self.api_level)

    def _register(self, request: Any) -> Any:
        if self.session and self.instance not in ("", request.instance) and not request.take_over:
            raise RpcError("failed_precondition", "another program is in session", "PLAYER_IN_USE")
        self.takes = {each.kind: list(each.fields) for each in request.kinds}
        self._begin(request.instance)
        response = sync_service_pb2.RegisterPlayerResponse(session=self.session, store_id=self.store_id)
        response.player.id = request.player_id
        response.player.items = len(self.entries)
        response.player.pending_items = len(self._pending())
        if self.reported:
            response.player.reported_at.GetCurrentTime()
        return response

    def _begin(self, instance: str) -> None:
        self._end_streams(RpcError("failed_precondition", "another session began", "SESSION_ENDED"))
        self._sessions += 1
        self.known, self.instance, self.session = True, instance, f"session-{self._sessions}"

    def _demand_session(self, request: Any) -> None:
        if not self.known:
            raise RpcError("not_found", "no such player", "PLAYER_NOT_FOUND")
        if request.session != self.session:
            raise RpcError("failed_precondition", "another session began", "SESSION_ENDED")

    def _report_items(self, request: Any) -> Any:
        self._demand_session(request)
        faults = [
            Violation(f"items[{place}].host_key", "a bad key")
            for place, item in enumerate(request.items)
            if item.host_key in self.refused_keys
        ]
        if faults or len(request.items) > 200 or len(request.removed_keys) > 500:
            raise RpcError("invalid_argument", "bad items", "INVALID_INPUT", tuple(faults))
        response = sync_service_pb2.ReportItemsResponse()
        for item in request.items:
            created = self._report(item, request.report_id)
            response.results.add(host_key=item.host_key, item_id=item.title, created=created)
        gone = set(request.removed_keys) & set(self.entries)
        if request.complete:
            gone |= {key for key, entry in self.entries.items() if entry.report_id != request.report_id}
            self.reported = True
        for key in gone:
            del self.entries[key]
        response.removed = len(gone)
        self.tell()
        return response

    def _report(self, item: Any, report_id: str) -> bool:
        entry = self.entries.get(item.host_key)
        created = entry is None
        if entry is None or entry.host_id != item.host_id:
            values = self.library.setdefault(item.title, {})
            entry = Held(item.host_key, item.host_id, item.kind, item.title, dict(values))
            self.entries[item.host_key] = entry
            self._wake(entry)
        entry.report_id = report_id
        told = {name: MessageToDict(value) for name, value in item.fields.items()}
        told["ids"] = {each.type: each.value for each in item.ids} or None
        for name in self.takes.get(item.kind, ()):
            entry.told(name).host = told.get(name)
        return created

    def _wake(self, entry: Held) -> None:
        self._sequence += 1
        entry.sequence = self._sequence

    def _pending(self) -> list[Held]:
        waiting = [entry for entry in self.entries.values() if entry.sequence > entry.acked]
        return sorted(waiting, key=lambda entry: entry.sequence)

    def _list_pending(self, request: Any) -> Any:
        self._demand_session(request)
        response = sync_service_pb2.ListPendingItemsResponse(store_id=self.store_id)
        if not self.policy:
            response.policy_needed = True
            return response
        after, size = int(request.page_token or 0), request.page_size or 50
        waiting = [entry for entry in self._pending() if entry.sequence > after]
        for entry in waiting[:size]:
            item = response.items.add(
                host_key=entry.host_key,
                host_id=entry.host_id,
                kind=entry.kind,
                title=entry.title,
                item_id=entry.title,
                sequence=entry.sequence,
            )
            for name in self.takes.get(entry.kind, ()):
                self._offer(entry, name, item)
        if len(waiting) > size:
            response.next_page_token = str(waiting[size - 1].sequence)
        return response

    def _offer(self, entry: Held, name: str, item: Any) -> None:
        told, value = entry.told(name), entry.values.get(name)
        ours = told.acked is not _UNSET
        if (value is None and not ours) or value in (told.sent, told.declined):
            return
        offered = item.fields.add(name=name)
        if value is not None:
            ParseDict(value, offered.value)
        first = "MODE_ALWAYS" if self.policy == "replace" else "MODE_IF_EMPTY"
        self.modes[entry.host_key, name] = "MODE_IF_OURS" if ours else first
        offered.mode = sync_service_pb2.PendingField.Mode.Value(self.modes[entry.host_key, name])
        for known in [told.acked, *told.since] if ours else []:
            offered.ours.append(ParseDict(known, Value()) if known is not None else Value(null_value=0))

    def _ack_items(self, request: Any) -> Any:
        self._demand_session(request)
        if request.store_id != self.store_id:
            raise RpcError("failed_precondition", "another store", "STORE_CHANGED")
        if not 1 <= len(request.acks) <= 200:
            raise RpcError("invalid_argument", "1 to 200 acks", "INVALID_INPUT")
        if any(ack.sequence > self._sequence for ack in request.acks):
            raise RpcError("failed_precondition", "never issued", "UNKNOWN_SEQUENCE")
        if any(ack.host_key in self.refused_keys for ack in request.acks):
            raise RpcError("invalid_argument", "a bad ack", "INVALID_INPUT")
        response = sync_service_pb2.AckItemsResponse()
        response.statuses.extend([self._acknowledge(ack) for ack in request.acks])
        return response

    def _acknowledge(self, ack: Any) -> Any:
        status = sync_service_pb2.AckItemsResponse.Status.Value
        entry = self.entries.get(ack.host_key)
        if entry is None:
            return status("STATUS_GONE")
        if ack.sequence <= entry.acked or ack.sequence > entry.sequence:
            return status("STATUS_REPEATED")
        current = ack.sequence == entry.sequence
        for each in ack.fields:
            told = entry.told(each.name)
            told.host = MessageToDict(each.host_value) if each.HasField("host_value") else None
            told.outcome = sync_service_pb2.Ack.Outcome.Name(each.outcome).removeprefix("OUTCOME_")
            told.detail = each.detail
            value = entry.values.get(each.name) if current else _UNSET
            if told.outcome == "TAKEN":
                told.acked, told.sent, told.declined = told.host, value, _UNSET
            elif current:
                told.declined = value
            if current:
                told.since.clear()
        if not current:
            return status("STATUS_SUPERSEDED")
        entry.acked = ack.sequence
        return status("STATUS_CLEARED")

    def _end_streams(self, error: RpcError) -> None:
        streams, self.streams = self.streams, []
        for stream in streams:
            stream.put(error)


class FakeStream:
    """News as they come; an error ends it."""

    def __init__(self, daemon: FakeDaemon, request: Any) -> None:
        self._daemon, self._request, self._opened = daemon, request, False
        self._queue: queue.Queue[Any] = queue.Queue()

    def put(self, message: Any) -> None:
        self._queue.put(message)

    def close(self) -> None:
        self._queue.put(None)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        news = self._daemon.begin_watch(self._request)
        if news is not None:
            yield news
        while (message := self._queue.get(timeout=10)) is not None:
            if isinstance(message, Exception):
                raise message
            yield message
