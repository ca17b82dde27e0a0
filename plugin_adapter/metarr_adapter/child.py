"""A host as a process of its own, beside the daemon that started it.

It is told what to do by standard input, a line of JSON: no key stands in an argument or in the environment. Lines that
follow wake it, and the end of the input ends it: a daemon that is killed leaves none behind. Every line that it prints
is a JSON object: something for the log, its notes, or that it lives.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import IO, Any, NamedTuple

from metarr_adapter.client import Client
from metarr_adapter.kind import OWNER_NEEDED, HostImage, HostKind, HostNote, Opened, OwnerNeeded, Surroundings
from metarr_adapter.loop import Loop
from metarr_adapter.memory import FileMemory
from metarr_adapter.session import Identity, Stream
from metarr_adapter.timing import SystemClock

BEAT = 20.0
"""Seconds between two signs of life at least; the daemon ends who is silent for much longer."""

PATIENCE = 8.0
"""Seconds from being told to end until the process ends by force: what hangs on a disk that is away waits for ever."""

LONGEST_TEST = 35.0
"""The same where settings are only tried: a test ends by itself, unless what it tries hangs."""

MOST_NOTES = 500
MOST_TEXT = 1000

MOST_LINE = 1024 * 1024
IMAGE_SECONDS = 90.0
MOST_IMAGE = 32 * 1024 * 1024

_REGISTER, _FETCH = "metarr.v1.SyncService/RegisterPlayer", "metarr.v1.SyncService/FetchImage"


class Orders(NamedTuple):
    """What the daemon has a child do. `test`: only try the settings. `folder`: its own; `forbidden`: not to be touched.
    `version`: of the adapter."""

    server: str
    token: str
    player_id: str
    name: str
    folder: str
    version: str
    settings: Mapping[str, Any]
    forbidden: Sequence[str]
    test: bool = False


def orders(line: str) -> Orders:
    """Orders as they come in JSON. Raises ValueError."""
    said = json.loads(line)
    if not isinstance(said, dict) or not isinstance(said.get("settings"), dict):
        raise ValueError("these are no orders: a line of JSON with settings is needed")
    texts = {name: str(said.get(name, "")) for name in Orders._fields[:6]}
    forbidden = [str(each) for each in said.get("forbidden", ())]
    return Orders(settings=said["settings"], forbidden=forbidden, test=bool(said.get("test")), **texts)


class Voice:
    """How a child is heard. Safe for many threads; `beat` prints only now and then."""

    def __init__(self, output: IO[str], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._output, self._monotonic = output, monotonic
        self._lock = threading.Lock()
        self._beat_at = -BEAT
        self._notes: list[list[str]] = []

    def log(self, level: str, text: str) -> None:
        self._say(level=level, text=text[:MOST_TEXT])

    def tell(self, notes: Sequence[HostNote]) -> None:
        """The notes that there are now; those that are there already are not said again."""
        listed = [[note.sort, note.subject[:MOST_TEXT], note.text[:MOST_TEXT]] for note in notes[:MOST_NOTES]]
        if listed != self._notes:
            self._notes = listed
            self._say(notes=listed, more=max(0, len(notes) - MOST_NOTES))

    def beat(self) -> None:
        now = self._monotonic()
        if now - self._beat_at >= BEAT / 2:
            self._beat_at = now
            self._say(beat=True)

    def _say(self, **message: Any) -> None:
        line = json.dumps(message)
        with self._lock:
            try:
                self._output.write(f"{line}\n")
                self._output.flush()
            except (OSError, ValueError):
                return  # nobody listens any more, and the end of the input says what follows


class _BeatingClock(SystemClock):
    """A clock by which the loop's thread gives signs of life while it waits: one that hangs gives none."""

    def __init__(self, beat: Callable[[], object]) -> None:
        self._beat = beat

    def wait(self, event: threading.Event, seconds: float | None) -> None:
        until = None if seconds is None else time.monotonic() + seconds
        while not event.is_set():
            self._beat()
            left = BEAT if until is None else until - time.monotonic()
            if left <= 0:
                return
            event.wait(min(left, BEAT))


class _Caller:
    """The client, which knows the session by what was answered, so that images can be asked for in it."""

    def __init__(self, client: Client, player_id: str) -> None:
        self._client, self._player_id, self._session = client, player_id, ""

    def call(self, method: str, message: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
        answer = self._client.call(method, message, timeout=timeout)
        if method == _REGISTER:
            self._session = answer.get("session", "")
        return answer

    def stream(self, method: str, message: Mapping[str, Any]) -> Stream:
        return self._client.stream(method, message)

    def image(self, host_key: str, url: str) -> HostImage:
        """What the daemon fetches for an entry. Raises RpcError, as where the daemon is away."""
        message = {"playerId": self._player_id, "session": self._session, "hostKey": host_key, "url": url}
        answer = self._client.call(_FETCH, message, timeout=IMAGE_SECONDS)
        sha256 = answer.get("sha256", "")
        if not sha256:
            return HostImage(why=answer.get("why", ""), later="retryAt" in answer)
        content = self._client.get(f"/images/{sha256}", timeout=IMAGE_SECONDS, most_bytes=MOST_IMAGE)
        return HostImage(content, sha256)


class _Ear:
    """Hears the daemon, on a thread of its own: a line wakes the loop, the end of the input ends the process."""

    def __init__(self, source: IO[str], patience: float) -> None:
        self._source, self._patience = source, patience
        self._lock = threading.Lock()
        self._loop: Loop | None = None
        self._client: Client | None = None
        self._ended = False

    def start(self) -> None:
        threading.Thread(target=self._listen, name="metarr_orders", daemon=True).start()

    def speaks_to(self, loop: Loop, client: Client) -> None:
        """Whom to wake, and to end."""
        with self._lock:
            self._loop, self._client = loop, client
            if self._ended:
                loop.stop()

    def _listen(self) -> None:
        while self._source.readline(MOST_LINE):
            with self._lock:
                if self._loop is not None:
                    _look(self._loop)
        end = threading.Timer(self._patience, _end)
        end.daemon = True
        end.start()
        with self._lock:
            self._ended = True
            if self._loop is not None and self._client is not None:
                self._loop.stop()
                self._client.close()


def _look(loop: Loop) -> None:
    """Have the library looked at now."""
    loop.library_changed()
    loop.wake()


def _end() -> None:
    """By force: whatever is left hangs."""
    os._exit(1)


def main(kind: HostKind, source: IO[str], output: IO[str]) -> int:
    """Run a host of this kind as its input says. Returns the status to exit with."""
    voice = Voice(output)
    try:
        given = orders(source.readline(MOST_LINE))
    except ValueError as error:
        voice.log("error", str(error))
        return OWNER_NEEDED
    ear = _Ear(source, LONGEST_TEST if given.test else PATIENCE)
    ear.start()
    return test(kind, given, output) if given.test else run(kind, given, voice, ear.speaks_to)


def test(kind: HostKind, given: Orders, output: IO[str]) -> int:
    """Try the settings, and print what came of it."""
    trial = kind.test(given.settings, given.forbidden)
    checks = [list(check) for check in trial.checks]
    places = {"works_on": list(trial.works_on), "beside": list(trial.beside)}
    output.write(json.dumps({"checks": checks, **places, "library": trial.library}) + "\n")
    output.flush()
    return 0


def by_itself(_loop: Loop, _client: Client) -> None:
    """Nobody is told of the loop: a person started it, and ends it."""


def run(kind: HostKind, given: Orders, voice: Voice, began: Callable[[Loop, Client], object] = by_itself) -> int:
    """Keep the library of a host in step with the daemon. Returns the status to exit with."""
    voice.beat()
    client = Client(given.server, given.token)
    caller = _Caller(client, given.player_id)
    around = Surroundings(given.folder, voice.log, voice.tell, voice.beat, caller.image)
    try:
        opened = kind.open(given.settings, around)
        with ExitStack() as ending:
            ending.callback(opened.close)
            loop = _loop(kind, given, opened, voice, caller)
            began(loop, client)
            ending.callback(opened.watch(partial(_look, loop)))
            if loop.run(take_over=True):
                return 0
    except OwnerNeeded as error:
        voice.log("error", str(error))
        return OWNER_NEEDED
    voice.log("error", "another program keeps this library in step with Metarr now")
    return OWNER_NEEDED


def _loop(kind: HostKind, given: Orders, opened: Opened, voice: Voice, caller: _Caller) -> Loop:
    return Loop(
        opened.host,
        caller,
        Identity(
            given.player_id, given.name, kind.id, f"host-{given.player_id}", opened.version, given.version, kind.tree
        ),
        FileMemory(given.folder, lambda text: voice.log("warning", text)),
        voice.log,
        clock=_BeatingClock(voice.beat),
        pause=voice.beat,
        look_up=True,
        polled=opened.polled,
    )
