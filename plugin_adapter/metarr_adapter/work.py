"""What there is to do in a session, and when: report, tell what changed, take in what is pending."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Mapping

from metarr_adapter.changes import MOST, Changes, Keys, find_out
from metarr_adapter.errors import RpcError
from metarr_adapter.host import Host, HostUnavailable, Log, Memory, OwnerNeeded
from metarr_adapter.poll import Polled, report_untold
from metarr_adapter.pull import Pull
from metarr_adapter.report import Reported, report_changes, report_library
from metarr_adapter.session import Session
from metarr_adapter.timing import Backoff, Clock

LATER = 60.0
"""Seconds until something is tried again that waits for an item, for the host or for a person."""

MOST_LOOKED_UP = 10_000
"""Items of one job."""

REPORT_LATEST = 3600.0
"""Seconds at most between two attempts to report a whole library."""

_STORE, _REPORT_DUE = "store_id", "report_due"
_ALL, _REST = "yes", "rest"
"""What is due: a report of everything, or what is left of one that is told in parts."""


def nothing() -> None:
    """No pause."""


def no_progress(_done: int, _total: int) -> None:
    """Nobody looks."""


def no_telling(_counts: Mapping[str, int]) -> None:
    """Nobody asks what was written."""


class Work:
    """Knows what is due, over all sessions. Used on the loop's thread, but for `touched` and `library_changed`.

    `progress` gets the items done and of how many, and `written`, after all that was pending, how many were written by
    kind; `pause` is called between items and requests, for hosts that have to
    breathe; `new_id` names a report. `look_up`: whether items are looked up at once that are new to a daemon which
    knows the rest of the library; its owner decides about a library that is new as a whole. `polled`: the host's
    library, where it is to be looked at for what changed.
    """

    def __init__(
        self,
        host: Host,
        memory: Memory,
        log: Log,
        clock: Clock,
        stopped: Callable[[], bool],
        *,
        progress: Callable[[int, int], None] = no_progress,
        written: Callable[[Mapping[str, int]], None] = no_telling,
        pause: Callable[[], None] = nothing,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        look_up: bool = False,
        polled: Polled | None = None,
    ) -> None:
        self._host, self._memory, self._log, self._clock = host, memory, log, clock
        self._stopped, self._progress, self._pause, self._new_id = stopped, progress, pause, new_id
        self._tell_written = written
        self._written: Counter[str] = Counter()
        self._looks_up, self._reported = look_up, False
        self._polled, self._look_at = polled, clock.monotonic()
        self._changes, self._keys, self._whole = Changes(), Keys(), threading.Event()
        self._reporting = Backoff(clock, LATER, REPORT_LATEST)
        self._report_at: float | None = None
        self._pull_at: float | None = None
        self._held_until = 0.0
        self._told_all_but_some = ""
        self._some_away = False
        self.policy_needed = False
        """The daemon waits for the choice of a policy, as it last said."""

    def touched(self, kind: str, host_id: str) -> None:
        """The host made, changed or removed this entry. Thread-safe."""
        self._changes.touch(kind, host_id, self._clock.monotonic())

    def library_changed(self) -> None:
        """Any number of entries may have changed. Thread-safe."""
        self._whole.set()

    def forgotten(self) -> None:
        """The daemon does not know this library as it is: everything is to be reported."""
        self._told_all_but_some = ""
        self._memory.set(_REPORT_DUE, _ALL)

    def begin(self, session: Session) -> None:
        """A session began: take in what is pending, and report everything to a store that does not know it."""
        now = self._clock.monotonic()
        if self._memory.get(_STORE) != session.store_id or not session.player.get("reportedAt"):
            self._memory.set(_REPORT_DUE, _ALL)
            self._memory.set(_STORE, session.store_id)
        due = self._memory.get(_REPORT_DUE) == _ALL and self._told_all_but_some != session.store_id
        self._report_at = now if due else None
        self._pull_at = now
        self._held_until = 0.0
        self._reported = bool(session.player.get("reportedAt"))

    def news(self) -> None:
        """Something became pending."""
        self._pull_at = self._clock.monotonic()

    def free(self) -> None:
        """The host may not be busy any more."""
        self._held_until = 0.0

    def until_due(self) -> float | None:
        """Seconds until there is something to do, 0 or less: now; None: not before something happens.

        Takes up what other threads asked for.
        """
        now = self._clock.monotonic()
        if self._whole.is_set():
            self._whole.clear()
            self._look_at = now
            if self._polled is None:
                self.forgotten()
                self._report_at = now
        looked = None if self._polled is None else self._look_at
        dues = [at for at in (looked, self._report_at, self._changes.due_at(), self._pull_at) if at is not None]
        return max(min(dues), self._held_until) - now if dues else None

    def do(self, session: Session, pending: int) -> None:
        """Do what is due; `pending`: about how many entries there are to take in. Raises RpcError and OwnerNeeded."""
        if self._host.busy():
            self._log("debug", f"{self._host.name} is busy: nothing is written until it is free")
            self._hold()
            return
        try:
            if self._polled is not None:
                self._poll(self._polled, session)
            elif self._is_due(self._report_at):
                self._report_library(session)
            if self._is_due(self._changes.due_at()):
                self._report_changes(session)
            if self._is_due(self._pull_at):
                self._pull(session, pending)
        except OwnerNeeded:
            raise
        except HostUnavailable as error:
            self._log("warning", f"{self._host.name} cannot be used now: {error}")
            self._hold()

    def _is_due(self, at: float | None) -> bool:
        return at is not None and at <= self._clock.monotonic() and not self._stopped()

    def _hold(self) -> None:
        """The host tells when it is free again; looked at by itself in case it does not."""
        self._held_until = self._clock.monotonic() + LATER

    def _poll(self, polled: Polled, session: Session) -> None:
        """Look at the library where that is due, and tell what is new there; all to a store that knows nothing."""
        if self._is_due(self._look_at):
            self._look_at = self._clock.monotonic() + polled.look()
            if self._some_away:
                self._pull_at = self._clock.monotonic()
        due = self._is_due(self._report_at)
        if due:
            polled.forget()
            # Whatever happens from here on, the library knows what is left to be told.
            self._report_at = None
            self._memory.set(_REPORT_DUE, _REST)
        reported = report_untold(polled, session, self._stopped)
        if reported.complete and self._memory.get(_REPORT_DUE):
            session.call("ReportItems", reportId=self._new_id(), complete=True, keepUnreported=True)
            self._memory.set(_REPORT_DUE, "")
        if reported.entries or reported.removed:
            new = f"{reported.entries} entries were told, {reported.created} of them new"
            self._log("info", f"{new}; {reported.removed} are gone")
        self._take_in(session, reported)
        self._reported = self._reported or reported.complete

    def _report_library(self, session: Session) -> None:
        covered = self._changes.take()
        before = self._changes.count
        reported = Reported()
        try:
            reported = report_library(
                self._host,
                session,
                self._new_id(),
                log=self._log,
                stopped=self._stopped,
                settled=lambda: self._changes.count == before and not self._whole.is_set(),
                seen=self._keys.note,
                pause=self._pause,
            )
        finally:
            if not reported.complete:
                self._changes.put_back(covered, self._clock.monotonic())
        self._take_in(session, reported)
        if reported.complete:
            self._reported = True
            self._memory.set(_REPORT_DUE, "")
            self._reporting.reset()
            self._report_at = None
        else:
            self._log("warning", f"the report of the whole library is not complete: {reported.why}")
            self._report_at = self._clock.monotonic() + self._reporting.wait()
            if reported.left_out:
                # What the daemon does not take now, it does not take in an hour either.
                self._report_at, self._told_all_but_some = None, session.store_id

    def _report_changes(self, session: Session) -> None:
        touched = self._changes.take()
        if len(touched) > MOST:
            self.library_changed()
            return
        try:
            looked_up = find_out(self._host, self._keys, touched, self._log)
            self._take_in(session, report_changes(session, looked_up.entries.values(), looked_up.removed))
        except (RpcError, HostUnavailable):
            self._changes.put_back(touched, self._clock.monotonic())
            raise
        if looked_up.unknown:
            self.library_changed()

    def _pull(self, session: Session, pending: int) -> None:
        pull = Pull(
            self._host,
            session,
            log=self._log,
            halted=lambda: self._stopped() or self._host.busy(),
            progress=self._progress,
            pause=self._pause,
        )
        pulled = pull.run(pending or session.player.get("pendingItems", 0))
        self.policy_needed = pulled.policy_needed
        now = self._clock.monotonic()
        self._written += pulled.kinds
        if pulled.unfinished:
            self._pull_at = now
            self._hold()
        else:
            self._pull_at = now + LATER if pulled.left or pulled.policy_needed else None
        self._some_away = bool(pulled.away)
        if not pulled.unfinished:
            self._tell_written(self._written)
            self._written = Counter()
        if pulled.items:
            self._log("info", f"{pulled.items} entries were looked at, {pulled.written} were written")

    def _take_in(self, session: Session, reported: Reported) -> None:
        """Log what was wrong, and have looked up what is new."""
        self._log_problems(reported)
        if not (self._looks_up and self._reported and reported.new_items):
            return
        try:
            for start in range(0, len(reported.new_items), MOST_LOOKED_UP):
                session.look_up(reported.new_items[start : start + MOST_LOOKED_UP])
        except RpcError as error:
            # They are there, and the daily run looks them up.
            self._log("warning", f"what is new could not be looked up at once: {error}")

    def _log_problems(self, reported: Reported) -> None:
        for problem in reported.problems:
            self._log("warning", f"{problem.host_key}: {problem.text}")
        if reported.problem_count > len(reported.problems):
            self._log("warning", f"and {reported.problem_count - len(reported.problems)} more problems")
