"""What a person is told: one short text where something changes, and nothing while it stays so."""

from __future__ import annotations

from collections.abc import Callable

from metarr_adapter.host import Notice
from metarr_adapter.session import Failure

PROBLEMS = {
    Failure.TOKEN: Notice.TOKEN,
    Failure.CERTIFICATE: Notice.CERTIFICATE,
    Failure.OLD: Notice.OLD,
    Failure.IN_USE: Notice.IN_USE,
    Failure.ENDED: Notice.ENDED,
    Failure.OTHER: Notice.OTHER,
}
"""What only a person can mend, by what failed."""


class Notices:
    """Tells a person by `notify` how the connection stands, once for each change."""

    def __init__(self, notify: Callable[[Notice], None]) -> None:
        self._notify = notify
        self._there = False
        self._shown: Notice | None = None
        self._policy_shown = False

    def connected(self) -> None:
        """The daemon is there, and works."""
        if self._shown:
            self._notify(Notice.BACK)
        self._there, self._shown = True, None

    def lost(self) -> None:
        """The daemon is away. Somebody who never had it knows that."""
        if self._there and not self._shown:
            self._show(Notice.LOST)

    def problem(self, failure: Failure) -> None:
        """Something else is wrong, one of PROBLEMS."""
        self._show(PROBLEMS[failure])

    def policy(self, needed: bool) -> None:
        """Whether the daemon waits for the choice of a policy."""
        if needed and not self._policy_shown:
            self._notify(Notice.POLICY)
        self._policy_shown = needed

    def _show(self, notice: Notice) -> None:
        if notice != self._shown:
            self._shown = notice
            self._notify(notice)
