"""Hosts that tell of no change by themselves: their library is looked at now and then, and what is new in it told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from metarr_adapter.host import Entry
from metarr_adapter.report import Reported, report_changes
from metarr_adapter.session import Session


class Untold(NamedTuple):
    """What changed since it was last told: entries that are new or other, and keys of those that are gone for good."""

    entries: Sequence[Entry]
    removed: Sequence[str]


class Polled(Protocol):
    """A library that is looked at. What is gone is told by its key, never by its absence from a report: a look that
    saw nothing may have seen a disk that is away. Used on the loop's thread alone."""

    def look(self) -> float:
        """Look at the library anew. Returns in how many seconds to look again."""

    def untold(self) -> Untold:
        """Some of what is to be told, nothing where all of it was."""

    def tell(self, untold: Untold) -> None:
        """The daemon took it in."""

    def forget(self) -> None:
        """The daemon knows nothing of the library: all that is in it is to be told."""


def report_untold(polled: Polled, session: Session, stopped: Callable[[], bool]) -> Reported:
    """Tell what changed, a part at a time: what was told is not told again, whatever happens. Raises RpcError."""
    whole = Reported()
    while not stopped():
        untold = polled.untold()
        if not untold.entries and not untold.removed:
            whole.complete = True
            break
        whole.join(report_changes(session, untold.entries, untold.removed))
        polled.tell(untold)
    return whole
