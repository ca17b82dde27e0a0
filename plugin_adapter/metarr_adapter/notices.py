"""What a person is told: one short text where something changes, and nothing while it stays so."""

from __future__ import annotations

from collections.abc import Callable

from metarr_adapter.session import Failure

LOST = "Metarr cannot be reached. It is tried again in the background."
BACK = "Metarr is connected again."
POLICY = "Choose in Metarr what shall become of this library's own values. Until then nothing is written."

PROBLEMS = {
    Failure.TOKEN: "Metarr refuses the access token. Enter the one that it shows.",
    Failure.CERTIFICATE: "Metarr's certificate cannot be trusted. Say in the settings which file vouches for it.",
    Failure.OLD: "This Metarr is too old for this add-on. Update the daemon.",
    Failure.IN_USE: "Another program keeps this library in step with Metarr already.",
    Failure.ENDED: "Another program keeps this library in step with Metarr now.",
    Failure.OTHER: "Metarr does not work as expected. The log tells more.",
}


class Notices:
    """Tells a person by `notify` how the connection stands, once for each change."""

    def __init__(self, notify: Callable[[str], None]) -> None:
        self._notify = notify
        self._there = False
        self._shown = ""
        self._policy_shown = False

    def connected(self) -> None:
        """The daemon is there, and works."""
        if self._shown:
            self._notify(BACK)
        self._there, self._shown = True, ""

    def lost(self) -> None:
        """The daemon is away. Somebody who never had it knows that."""
        if self._there and not self._shown:
            self._show(LOST)

    def problem(self, failure: str) -> None:
        """Something else is wrong, one of PROBLEMS."""
        self._show(PROBLEMS[failure])

    def policy(self, needed: bool) -> None:
        """Whether the daemon waits for the choice of a policy."""
        if needed and not self._policy_shown:
            self._notify(POLICY)
        self._policy_shown = needed

    def _show(self, text: str) -> None:
        if text != self._shown:
            self._shown = text
            self._notify(text)
