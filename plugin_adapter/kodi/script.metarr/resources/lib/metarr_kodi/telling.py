"""Tells what was written into Kodi's library: a bar while that is much, and in the end of what how many."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from metarr_kodi import texts
from metarr_kodi.port import Port, Progress

MUCH = 20
"""Entries of which a person is told without having asked."""

ASKED = 300.0
"""Seconds after which what is written is no answer any more to whoever asked."""

_COUNTED = {
    "movie": (texts.ONE_FILM, texts.FILMS),
    "series": (texts.ONE_SHOW, texts.SHOWS),
    "season": (texts.ONE_SEASON, texts.SEASONS_WRITTEN),
    "episode": (texts.ONE_EPISODE, texts.EPISODES_WRITTEN),
}


class Telling:
    """Used on the link's thread, but for `asked`."""

    def __init__(self, port: Port, now: Callable[[], float] = time.monotonic) -> None:
        self._port, self._now = port, now
        self._asked_at: float | None = None
        self._bar: Progress | None = None
        self._open = ExitStack()

    def asked(self) -> None:
        """The owner wants to know what the next writing comes to, however little it is. Thread-safe."""
        self._asked_at = self._now()

    def progress(self, done: int, total: int) -> None:
        """So many entries of so many were looked at."""
        if self._bar is None and total >= MUCH and self._shows():
            bar = self._port.progress("Metarr", self._port.text(texts.WRITING), background=True)
            self._bar = self._open.enter_context(bar)
        if self._bar is not None:
            self._bar.update(
                100 * done // max(1, total), self._port.text(texts.REPORTED_SO_FAR, done=done, total=total)
            )

    def written(self, counts: Mapping[str, int]) -> None:
        """All that was pending is done for now: of each kind so many entries were written."""
        self._open.close()
        self._bar = None
        count = sum(counts.values())
        if count >= (1 if self._is_asked() else MUCH) and self._shows():
            self._asked_at = None
            self._port.notify(self._port.text(texts.WRITTEN, what=self._what(counts)))

    def _is_asked(self) -> bool:
        at = self._asked_at
        return at is not None and self._now() - at < ASKED

    def _what(self, counts: Mapping[str, int]) -> str:
        return ", ".join(
            self._port.text(one if counts[kind] == 1 else several, count=counts[kind])
            for kind, (one, several) in _COUNTED.items()
            if counts.get(kind)
        )

    def _shows(self) -> bool:
        return self._port.setting("notifications") != "false"
