"""Gathers a host's events about single entries, and finds out what they mean when it has become quiet."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from metarr_adapter.host import Entry, Host, HostUnavailable, Log

QUIET = 2.0
"""Seconds without an event after which those that came are worked off …"""

LATEST = 30.0
"""… which begins at the latest so many seconds after the first one."""

MOST = 1000
"""Beyond so many, the whole library is read."""


class Changes:
    """The entries that events told of, by kind and number. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._touched: dict[tuple[str, str], None] = {}
        self._first = self._last = 0.0
        self.count = 0
        """Events that ever came."""

    def touch(self, kind: str, host_id: str, now: float) -> None:
        """The entry is new, changed or gone; `now` in seconds that only go forward."""
        with self._lock:
            self.count += 1
            if not self._touched:
                self._first = now
            self._last = now
            self._touched[kind, host_id] = None

    def due_at(self) -> float | None:
        """When they are to be worked off; None: there are none."""
        with self._lock:
            return min(self._last + QUIET, self._first + LATEST) if self._touched else None

    def take(self) -> list[tuple[str, str]]:
        """All of them; none are left."""
        with self._lock:
            taken, self._touched = list(self._touched), {}
        return taken

    def put_back(self, touched: list[tuple[str, str]], now: float) -> None:
        """They could not be told."""
        for kind, host_id in touched:
            self.touch(kind, host_id, now)


class Keys:
    """The keys of the entries by their numbers: an entry that is gone cannot be asked for its key any more."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], str] = {}

    def note(self, entry: Entry) -> None:
        self._keys[entry.kind, entry.host_id] = entry.host_key

    def find(self, kind: str, host_id: str) -> str | None:
        return self._keys.get((kind, host_id))

    def forget(self, kind: str, host_id: str) -> None:
        self._keys.pop((kind, host_id), None)


class LookedUp:
    """What events meant; of two looks at one entry the later one counts.

    `unknown`: something is gone of which nobody knows any more what it was.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._removed: dict[str, None] = {}
        self.unknown = False

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Entries that are there, by key."""
        return self._entries

    @property
    def removed(self) -> list[str]:
        """Keys of entries that are gone."""
        return list(self._removed)

    def add(self, entry: Entry) -> None:
        self._removed.pop(entry.host_key, None)
        self._entries[entry.host_key] = entry

    def remove(self, host_key: str) -> None:
        self._entries.pop(host_key, None)
        self._removed[host_key] = None


def find_out(host: Host, keys: Keys, touched: list[tuple[str, str]], log: Log) -> LookedUp:
    """Look up what events told of. A number may belong to another entry by now, and an entry may have another number.

    Raises HostUnavailable; an entry that cannot be looked up for another reason is passed over.
    """
    looked_up = LookedUp()
    for kind, host_id in touched:
        try:
            _look_up(host, keys, looked_up, kind, host_id)
        except HostUnavailable:  # noqa: PERF203 - one entry costs itself only
            raise
        except Exception as error:  # noqa: BLE001 - whatever a host raises
            log("warning", f"{kind} {host_id} could not be looked up: {type(error).__name__}: {error}"[:200])
    for entry in looked_up.entries.values():
        keys.note(entry)
    return looked_up


def _look_up(host: Host, keys: Keys, looked_up: LookedUp, kind: str, host_id: str) -> None:
    former = keys.find(kind, host_id)
    entry = host.entry(kind, host_id=host_id)
    if entry is not None:
        looked_up.add(entry)
    elif former is None:
        looked_up.unknown = True
    if former is not None and (entry is None or entry.host_key != former):
        moved = host.entry(kind, host_key=former)
        if moved is None:
            looked_up.remove(former)
        else:
            looked_up.add(moved)
        keys.forget(kind, host_id)
