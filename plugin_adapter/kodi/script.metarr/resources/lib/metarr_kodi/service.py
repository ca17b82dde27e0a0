"""The add-on's service: keeps Kodi's library in step with the daemon for as long as Kodi runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from metarr_adapter.address import BadAddress
from metarr_adapter.client import Client
from metarr_adapter.host import HostUnavailable
from metarr_adapter.link import ClosableCaller, Link
from metarr_adapter.memory import FileMemory
from metarr_adapter.status import State, Status
from metarr_adapter.timing import Clock, SystemClock
from metarr_kodi import commands, texts, tokens
from metarr_kodi.contact import problem
from metarr_kodi.host import KodiHost
from metarr_kodi.player import become_another, identity, shared_library
from metarr_kodi.port import Port, ca_file
from metarr_kodi.status import publish
from metarr_kodi.telling import Telling

TICK = 0.5
"""Seconds between two looks at what is due."""

QUIET = 3.0
"""Seconds after a scan without another one until the library is reported."""

AGAIN = 300.0
"""Seconds until it is tried again where another Kodi took the library over."""

COPIED = 600.0
"""Seconds for which another Kodi is in session with a library that only this one can have: then one of them is a copy
of the other, as of a memory card. Much longer than the daemon holds the place of one that is gone."""

KINDS = {"movie": "movie", "tvshow": "series", "season": "season", "episode": "episode"}
"""Metarr's kinds by Kodi's."""

_WATCHING = {"playcount", "resume", "lastplayed"}
"""What an event tells of that is nothing to Metarr."""


class Service:
    """Runs on one thread, and the link to the daemon on another one.

    `connect` makes a client of an address, a token and a `ca_file`. Raises ValueError where they can be none.
    """

    def __init__(
        self, port: Port, *, connect: Callable[..., ClosableCaller] = Client, clock: Clock | None = None
    ) -> None:
        self._port, self._connect, self._clock = port, connect, clock or SystemClock()
        self._host = KodiHost(port, self._clock.monotonic)
        self._memory = FileMemory(port.profile(), self._cannot_store)
        self._telling = Telling(port, self._clock.monotonic)
        self._link: Link | None = None
        self._settings = ("", "", "")
        self._report_at: float | None = None
        self._again_at: float | None = None
        self._opened = 0
        self._state = State.OFF
        self._in_use_since: float | None = None

    def run(self) -> None:
        """Until Kodi ends, or stops the add-on."""
        ear = self._port.listen(self)
        # Before anything else asks who this is, as the set-up does, which reads it from the disk.
        identity(self._port, self._memory)
        self._open()
        if self._link is not None and self._port.setting("sync_at_start") != "false":
            self._link.loop.library_changed()
        while not ear.wait(TICK):
            self._tick()
        self._close()
        publish(self._port, Status())

    # What happens in Kodi

    def settings_changed(self) -> None:
        if self._read_settings() != self._settings:
            self._in_use_since = None
            self._open()
        elif self._link is not None:
            self._link.loop.wake()

    def heard(self, sender: str, method: str, data: Any) -> None:
        command = commands.command_of(sender, method)
        if command:
            self._obey(command)
        elif sender == "xbmc":
            self._happened(method, data if isinstance(data, dict) else {})

    def _happened(self, method: str, data: dict[str, Any]) -> None:
        if method in ("VideoLibrary.OnScanFinished", "VideoLibrary.OnCleanFinished"):
            self._host.changed()
            self._report_soon()
        elif method in ("VideoLibrary.OnUpdate", "VideoLibrary.OnRemove"):
            item = data.get("item", data)
            kind = KINDS.get(item.get("type", ""))
            if kind is not None and "id" in item:
                self._entry_happened(kind, str(item["id"]), method.endswith("OnRemove"), data)
        elif method in ("Player.OnStop", "System.OnWake") and self._link is not None:
            self._link.loop.wake()

    def _entry_happened(self, kind: str, host_id: str, removed: bool, data: dict[str, Any]) -> None:
        if removed or data.get("added"):
            self._host.changed()
        elif _WATCHING & set(data) or self._is_echo(kind, host_id):
            return
        if removed and kind in ("series", "season"):
            # Kodi does not tell of the episodes that go with it.
            self._report_soon()
        if self._link is not None:
            self._link.loop.touched(kind, host_id)

    def _is_echo(self, kind: str, host_id: str) -> bool:
        try:
            return self._host.is_echo(kind, host_id)
        except HostUnavailable:
            return False

    def _obey(self, command: str) -> None:
        if command == commands.SYNC_NOW and self._link is not None and not self._link.taken_over:
            self._telling.asked()
            self._link.loop.library_changed()
            self._link.loop.wake()
        else:
            self._open(take_over=command == commands.TAKE_OVER)

    # The link

    def _tick(self) -> None:
        now = self._clock.monotonic()
        if self._report_at is not None and now >= self._report_at:
            self._report_at = None
            if self._link is not None:
                self._link.loop.library_changed()
        if self._link is not None and self._link.taken_over:
            if self._again_at is None:
                self._again_at = now + AGAIN
            elif now >= self._again_at:
                self._open()
        self._look_for_a_copy(now)

    def _look_for_a_copy(self, now: float) -> None:
        if self._state in (State.CONNECTED, State.NO_POLICY):
            self._in_use_since = None
        elif self._state == State.IN_USE:
            if self._in_use_since is None:
                self._in_use_since = now
            elif now - self._in_use_since >= COPIED:
                self._in_use_since = None
                if not shared_library(self._port):
                    self._be_another()

    def _be_another(self) -> None:
        """Where two are one by a copy, the one that waits becomes a Kodi of its own. Nothing is chosen for it yet."""
        self._port.log("warning", "another Kodi goes by this one's name: it gets a new one")
        become_another(self._memory)
        self._port.notify(self._port.text(texts.COPIED), problem=True)
        self._open()

    def _report_soon(self) -> None:
        self._report_at = self._clock.monotonic() + QUIET

    def _read_settings(self) -> tuple[str, str, str]:
        return (*tokens.where(self._port), ca_file(self._port))

    def _open(self, *, take_over: bool = False) -> None:
        """Connect with the settings as they are now."""
        self._close()
        self._settings = address, token, vouching = self._read_settings()
        if not address:
            publish(self._port, Status(State.NOT_SET_UP))
            self._hint()
            return
        tokens.note(self._port)
        who = identity(self._port, self._memory)
        status = Status(State.CONNECTING, address, player_id=who.player_id)
        publish(self._port, status)
        try:
            client = self._connect(address, token, ca_file=vouching)
        except ValueError as error:
            state = State.FAILED if isinstance(error, BadAddress) else State.WRONG_TOKEN
            publish(self._port, status._replace(state=state, error=str(error)))
            return
        self._opened += 1
        self._link = Link(
            client,
            self._host,
            who,
            memory=self._memory,
            log=self._port.log,
            clock=self._clock,
            status=status,
            changed=partial(self._publish, self._opened),
            explain=partial(problem, self._port, address),
            progress=self._telling.progress,
            written=self._telling.written,
        )
        self._link.start(take_over=take_over)

    def _close(self) -> None:
        link, self._link, self._again_at = self._link, None, None
        self._opened += 1
        if link is not None and not link.stop():
            self._port.log("warning", "what was under way did not end in time")

    def _publish(self, number: int, status: Status) -> None:
        """What a link says, unless it is a former one."""
        if number == self._opened:
            self._state = status.state
            publish(self._port, status)

    def _hint(self) -> None:
        """Say once how it is set up: a dialog would come up over a film."""
        if not self._memory.get("hinted"):
            self._memory.set("hinted", "yes")
            self._port.notify(self._port.text(texts.SET_UP_HINT))

    def _cannot_store(self, why: str) -> None:
        self._port.log("error", why)
        self._host.cannot_store()
