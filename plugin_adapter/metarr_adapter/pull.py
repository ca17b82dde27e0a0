"""Takes in what is pending: reads what the host holds, writes only differences, reads back, acknowledges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from metarr_adapter.decide import EDITED, IF_OURS, KEPT, REFUSED, TAKEN, WRITE, decide, joined
from metarr_adapter.errors import RpcError
from metarr_adapter.host import Entry, EntryAway, Host, HostUnavailable, Log, Settles
from metarr_adapter.report import report_changes
from metarr_adapter.session import WORDS, Session, told_apart
from metarr_adapter.values import is_empty, short, tellable

PAGE = 100
ACKS = 50
LONGEST_DETAIL = 200
_DEPTHS = {"season": 1, "episode": 2}


class Pulled:
    """What came of taking in what is pending.

    `kinds`: entries that were written, by kind. `sequence`: the greatest that was seen. `left`: something could not be
    settled and stays pending; `away`: entries that cannot be used now. `unfinished`: it was stopped, or the host became
    busy.
    """

    def __init__(self) -> None:
        self.items = self.written = self.sequence = self.away = 0
        self.policy_needed = self.left = self.unfinished = False
        self.kinds: Counter[str] = Counter()


class StoreChanged(RpcError):
    """The daemon works on another store than when this session began."""

    def __init__(self) -> None:
        super().__init__("failed_precondition", "the daemon's store is another one now", "STORE_CHANGED")


class Pull:
    """One session's taking in. `halted`: whether to stop before the next item; `progress`: items done, and of how many.

    `pause` is called after each item, so that the host can do its own work.
    """

    def __init__(
        self,
        host: Host,
        session: Session,
        *,
        log: Log,
        halted: Callable[[], bool],
        progress: Callable[[int, int], None],
        pause: Callable[[], None],
    ) -> None:
        self._host, self._session, self._log = host, session, log
        self._halted, self._progress, self._pause = halted, progress, pause
        self._acks: list[dict[str, Any]] = []
        self._again: list[Entry] = []
        self._gone: list[str] = []

    def run(self, total: int = 0) -> Pulled:
        """Take in everything that is pending; `total`: about how many entries that are.

        Raises RpcError; what was written and not acknowledged is found out by the next pull.
        """
        pulled, token = Pulled(), ""
        while True:
            page = self._session.call("ListPendingItems", pageSize=PAGE, pageToken=token)
            if page.get("storeId", self._session.store_id) != self._session.store_id:
                raise StoreChanged
            pulled.policy_needed = bool(page.get("policyNeeded"))
            if pulled.policy_needed:
                return pulled
            self._take_page(page.get("items", []), pulled, total)
            token = page.get("nextPageToken", "")
            if pulled.unfinished or not token:
                return pulled

    def _take_page(self, items: list[dict[str, Any]], pulled: Pulled, total: int) -> None:
        try:
            for item in sorted(items, key=_depth):
                if self._halted():
                    pulled.unfinished = True
                    break
                self._take(item, pulled)
                pulled.items += 1
                pulled.sequence = max(pulled.sequence, int(item["sequence"]))
                self._progress(pulled.items, max(total, pulled.items))
                if len(self._acks) >= ACKS:
                    self._acknowledge(pulled)
                self._pause()
        except HostUnavailable as error:
            self._log("warning", f"{self._host.name} cannot be used now: {error}")
            pulled.left = pulled.unfinished = True
        self._acknowledge(pulled)
        self._report()

    def _take(self, item: Mapping[str, Any], pulled: Pulled) -> None:
        try:
            self._settle(item, pulled)
        except HostUnavailable:
            raise
        except EntryAway as error:
            self._log("debug", f"{_called(item)} waits: {_reason(error)}")
            pulled.away += 1
        except Exception as error:  # noqa: BLE001 - whatever a host raises
            # Whatever it was, it is this item's alone; the next pull finds out what the host holds.
            self._log("warning", f"{_called(item)} waits: {_reason(error)}")
            pulled.left = True

    def _settle(self, item: Mapping[str, Any], pulled: Pulled) -> None:
        """Raises what the host raises when it cannot be told any more what it holds."""
        kind, fields = WORDS.get(item.get("kind", ""), ""), item.get("fields", [])
        try:
            read = self._read(kind, item)
            before = {} if read is None else read[1]
            fields = [joined(field, before) for field in fields]
            decided = {field["name"]: decide(self._host, kind, field, before) for field in fields}
        except (HostUnavailable, EntryAway):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a host raises
            self._log("warning", f"{_called(item)} could not be read: {_reason(error)}")
            self._acks.append(_ack(item, [_unread(field, _reason(error)) for field in fields]))
            return
        if self._is_other(kind, item, read):
            return
        values = {field["name"]: field.get("value") for field in fields if decided[field["name"]] == WRITE}
        after = before
        why: Mapping[str, str] = {}
        if values:
            pulled.written += 1
            pulled.kinds[kind] += 1
            why = self._write(kind, item, values)
            read = self._read(kind, item)
            if self._is_other(kind, item, read):
                return
            after = {} if read is None else read[1]
        outcomes = [
            self._outcome(kind, field, after, why)
            if field["name"] in values
            else self._unwritten(field["name"], decided[field["name"]], before)
            for field in fields
        ]
        if isinstance(self._host, Settles):
            names = {outcome["name"] for outcome in outcomes if outcome["outcome"] == TAKEN}
            wanted = {field["name"]: field.get("value") for field in fields if field["name"] in names}
            self._host.settled(kind, item["hostKey"], item.get("hostId", ""), wanted)
        self._acks.append(_ack(item, outcomes))

    def _read(self, kind: str, item: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
        """What the host holds, as it was told to the daemon: what only differs from that is nobody's edit."""
        read = self._host.read(kind, item["hostKey"], item.get("hostId", ""))
        return None if read is None else (read[0], tellable(read[1]))

    def _is_other(self, kind: str, item: Mapping[str, Any], read: Any) -> bool:
        """Whether the entry is gone, or was made anew; the daemon is told so, and nothing is acknowledged."""
        if read is not None and read[0] == item.get("hostId", ""):
            return False
        entry = None if read is None else self._host.entry(kind, host_key=item["hostKey"])
        if entry is None:
            self._gone.append(item["hostKey"])
        else:
            self._again.append(entry)
        return True

    def _write(self, kind: str, item: Mapping[str, Any], values: Mapping[str, Any]) -> Mapping[str, str]:
        """Why fields were refused, by field."""
        try:
            return self._host.write(kind, item["hostKey"], item.get("hostId", ""), values)
        except (HostUnavailable, EntryAway):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a host raises
            self._log("warning", f"{_called(item)} could not be written: {_reason(error)}")
            return dict.fromkeys(values, _reason(error))

    def _unwritten(self, name: str, outcome: str, readings: Mapping[str, Any]) -> dict[str, Any]:
        details = {
            EDITED: f"it was changed in {self._host.name}",
            KEPT: f"{self._host.name} holds something of its own",
        }
        return _field(name, outcome, readings.get(name), details.get(outcome, ""))

    def _outcome(
        self, kind: str, field: Mapping[str, Any], readings: Mapping[str, Any], why: Mapping[str, str]
    ) -> dict[str, Any]:
        """What became of a field that was written, by what was read back. What cannot be read back is believed."""
        name, host = field["name"], self._host
        value = readings.get(name)
        if host.same(kind, name, value, field.get("value")) if name in readings else name not in why:
            return _field(name, TAKEN, value)
        kept = f"{host.name} did not keep it" if is_empty(value) else f"{host.name} kept {short(value)}"
        return _field(name, REFUSED, value, why.get(name) or kept)

    def _acknowledge(self, pulled: Pulled) -> None:
        acks, self._acks = self._acks, []
        for start in range(0, len(acks), ACKS):
            for ack, error in told_apart(self._send, acks[start : start + ACKS]):
                self._log("warning", f"the daemon refused what became of {ack['hostKey']}: {error.message}")
                pulled.left = True

    def _send(self, acks: list[dict[str, Any]]) -> None:
        self._session.call("AckItems", storeId=self._session.store_id, acks=acks)

    def _report(self) -> None:
        again, self._again = self._again, []
        gone, self._gone = self._gone, []
        if again or gone:
            reported = report_changes(self._session, again, gone)
            self._log("info", f"{len(again)} entries were made anew, {len(gone)} are gone")
            for problem in reported.problems:
                self._log("warning", f"{problem.host_key}: {problem.text}")


def _ack(item: Mapping[str, Any], fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {"hostKey": item["hostKey"], "sequence": item["sequence"], "fields": fields}


def _field(name: str, outcome: str, value: Any, detail: str = "") -> dict[str, Any]:
    field = {"name": name, "outcome": outcome, "detail": tellable(short(detail, LONGEST_DETAIL))}
    return field if value is None else {**field, "hostValue": value}


def _unread(field: Mapping[str, Any], why: str) -> dict[str, Any]:
    """A field of which nobody knows what the host holds: the daemon goes on with what it last read there."""
    ours = field.get("ours", []) if field.get("mode") == IF_OURS else []
    return _field(field["name"], REFUSED, ours[0] if ours else None, f"it could not be read: {why}")


def _depth(item: Mapping[str, Any]) -> int:
    """How far below a series it is: some hosts hand down what is written to that."""
    return _DEPTHS.get(WORDS.get(item.get("kind", ""), ""), 0)


def _called(item: Mapping[str, Any]) -> str:
    return str(item.get("title") or item.get("hostKey"))


def _reason(error: Exception) -> str:
    """An error for a person to read: never a trace."""
    return short(" ".join(str(error).split()) or type(error).__name__, 120)
