"""Tells the daemon what the host's library holds: all of it, or what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from metarr_adapter.host import Entry, Host, HostUnavailable, Log
from metarr_adapter.session import KINDS, Session, told_apart
from metarr_adapter.values import tellable

BATCH = 100
MOST_BYTES = 900_000
"""Of JSON in one request. A larger entry travels alone."""

MOST_REMOVED = 500
LONGEST_KEY, LONGEST_TITLE = 200, 500
MOST_PROBLEMS = 100
"""Problems that are named; the others are counted."""


class Problem(NamedTuple):
    """What was wrong with an entry."""

    host_key: str
    text: str


class Reported:
    """What came of a report. `new_items`: ids of items that the daemon did not have before. `left_out`: entries that
    could not be told at all. `why`: why it is not complete."""

    def __init__(self) -> None:
        self.entries = self.removed = self.left_out = self.problem_count = 0
        self.new_items: list[str] = []
        self.problems: list[Problem] = []
        self.complete, self.why = False, ""

    @property
    def created(self) -> int:
        return len(self.new_items)

    def add_problem(self, host_key: str, text: str) -> None:
        self.problem_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(host_key, text))

    def join(self, other: Reported) -> None:
        """Count what came of another part."""
        self.entries += other.entries
        self.removed += other.removed
        self.left_out += other.left_out
        self.new_items += other.new_items
        self.problems += other.problems[: MOST_PROBLEMS - len(self.problems)]
        self.problem_count += other.problem_count


def report_library(
    host: Host,
    session: Session,
    report_id: str,
    *,
    log: Log,
    stopped: Callable[[], bool],
    settled: Callable[[], bool],
    seen: Callable[[Entry], None],
    pause: Callable[[], None],
) -> Reported:
    """Report the whole library. Only a report that lacks nothing is completed, since what is not in it counts as gone.

    `stopped` and `pause` are asked between two requests. `settled`: whether the library stayed as it was since this
    began; a list that shifts while it is read may lack entries. `seen` gets every entry. Raises RpcError.
    """
    reported = Reported()
    try:
        for batch in _batches(_listed(host, seen), reported):
            if stopped():
                reported.why = "it was stopped"
                return reported
            _tell(session, batch, reported, reportId=report_id)
            pause()
    except _Unlisted as error:
        reported.why = f"{host.name} could not list its library: {error}"
        return reported
    reported.why = _why_incomplete(session, reported, settled)
    if not reported.why:
        answer = session.call("ReportItems", reportId=report_id, complete=True)
        reported.removed += answer.get("removed", 0)
        reported.complete = True
    log("info", f"{reported.entries} entries were reported, {reported.created} are new, {reported.removed} are gone")
    return reported


def report_changes(session: Session, entries: Iterable[Entry], removed_keys: Sequence[str] = ()) -> Reported:
    """Report single entries, and keys of those that are gone. Raises RpcError."""
    reported = Reported()
    for batch in _batches(entries, reported):
        _tell(session, batch, reported)
    for start in range(0, len(removed_keys), MOST_REMOVED):
        answer = session.call("ReportItems", removedKeys=list(removed_keys[start : start + MOST_REMOVED]))
        reported.removed += answer.get("removed", 0)
    return reported


def _why_incomplete(session: Session, reported: Reported, settled: Callable[[], bool]) -> str:
    if reported.left_out:
        return f"{reported.left_out} entries could not be told"
    if not settled():
        return "the library changed meanwhile"
    if not reported.entries and session.player.get("items", 0):
        # A database that is away looks like this, too, and the daemon would delete everything.
        return "the library is empty all at once"
    return ""


class _Unlisted(Exception):
    """The host could not list its library."""


def _listed(host: Host, seen: Callable[[Entry], None]) -> Iterator[Entry]:
    """Every entry. What the host raises is told as _Unlisted."""
    try:
        for batch in host.entries():
            for entry in batch:
                seen(entry)
                yield entry
    except HostUnavailable as error:
        raise _Unlisted(str(error)) from error
    except Exception as error:
        raise _Unlisted(f"{type(error).__name__}: {error}"[:200]) from error


def _batches(entries: Iterable[Entry], reported: Reported) -> Iterator[list[dict[str, Any]]]:
    """The entries as messages, in requests that are not too large. An entry that cannot be told is left out."""
    batch: dict[str, dict[str, Any]] = {}
    size = 0
    for entry in entries:
        try:
            message = message_of(entry)
            length = len(json.dumps(message, allow_nan=False))
        except (ValueError, TypeError) as error:
            reported.left_out += 1
            reported.add_problem(entry.host_key, str(error))
            continue
        if batch and (len(batch) == BATCH or size + length > MOST_BYTES):
            yield list(batch.values())
            batch, size = {}, 0
        batch[entry.host_key] = message
        size += length
    if batch:
        yield list(batch.values())


def _tell(session: Session, items: list[dict[str, Any]], reported: Reported, **more: Any) -> None:
    def send(some: list[dict[str, Any]]) -> None:
        for result in session.call("ReportItems", items=some, **more).get("results", ()):
            reported.entries += 1
            reported.new_items += [result["itemId"]] if result.get("created") else []
            for text in result.get("problems", ()):
                reported.add_problem(result.get("hostKey", ""), text)

    for item, error in told_apart(send, items):
        reported.left_out += 1
        reported.add_problem(item["hostKey"], "; ".join(each.description for each in error.violations) or error.message)


def message_of(entry: Entry) -> dict[str, Any]:
    """An entry as a HostItem. Raises ValueError for one that the contract does not allow."""
    if not 0 < len(entry.host_key) <= LONGEST_KEY:
        raise ValueError(f"its key has {len(entry.host_key)} characters, not 1 to {LONGEST_KEY}")
    if entry.kind not in KINDS:
        raise ValueError(f"{entry.kind!r} is no kind")
    message: dict[str, Any] = {
        "hostKey": entry.host_key,
        "hostId": entry.host_id,
        "kind": KINDS[entry.kind],
        "title": tellable(entry.title)[:LONGEST_TITLE],
        "year": entry.year,
        "ids": _ids(entry.ids, entry.weak),
        "fields": {name: tellable(value) for name, value in entry.fields.items() if value is not None},
    }
    if entry.series is not None:
        series = entry.series
        message["series"] = {
            "title": tellable(series.title)[:LONGEST_TITLE],
            "year": series.year,
            "ids": _ids(series.ids, series.weak),
        }
    if entry.season_number is not None:
        message["seasonNumber"] = entry.season_number
    if entry.episode_number is not None:
        message["episodeNumber"] = entry.episode_number
    if entry.readings:
        message["readings"] = [
            {"title": tellable(title)[:LONGEST_TITLE], "year": year} for title, year in entry.readings
        ]
    return message


def _ids(ids: Any, weak: Collection[str]) -> list[dict[str, Any]]:
    return [
        {"type": name, "value": value, **({"weak": True} if name in weak else {})}
        for name, value in tellable(ids).items()
        if value
    ]
