"""The hosts: added, tested, changed and removed by the owner, and kept running by the daemon."""

import hmac
import json
import shutil
import threading
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from msgspec.structs import replace

from metarr import __version__
from metarr.clock import Clock
from metarr.declared import astray, checked_all
from metarr.domain.notice import Notice
from metarr.errors import AlreadyThere, InvalidInput, NoSuchThing, Violation
from metarr.grants import Grants
from metarr.players import host_kinds, host_notices, host_trial
from metarr.players.host_kinds import DeclaredKind
from metarr.players.host_process import HostLine, HostNotes, HostProcess, HostState, HostStatus, Launch
from metarr.players.players import MOST_NAME, Players
from metarr.secrets import Vault
from metarr.store import hosts, players
from metarr.store.database import Connection, Database
from metarr.store.hosts import HostConfig
from metarr_adapter.kind import HostCheck, Trial, Verdict

log = structlog.get_logger(__name__)

FOLDER = "hosts"
"""Where in the data directory hosts keep what they have to remember."""

AT_THE_END = 3.0
"""Seconds that processes have to end by themselves where the daemon ends: it has only few itself."""


@dataclass(frozen=True)
class HostStanding:
    """A host, its settings with values (secrets in the clear: for whoever masks them), and how it fares.

    `hook_secret`: what wakes it, beside its id.
    """

    config: HostConfig
    kind: DeclaredKind | None
    settings: Mapping[str, Any]
    state: HostState
    notes: HostNotes
    reported_at: datetime | None
    hook_secret: str


@dataclass(frozen=True)
class Tested:
    """What came of testing settings, and the host where one was added or changed."""

    checks: Sequence[HostCheck]
    standing: HostStanding


class Hosts:
    """The hosts of this daemon. Their processes run from `start` to `stop`."""

    def __init__(
        self, database: Database, vault: Vault, players: Players, clock: Clock, *, grants: Grants, data_dir: Path
    ) -> None:
        self._database, self._vault, self._players, self._clock = database, vault, players, clock
        self._grants, self._data_dir = grants, data_dir
        self._lock = threading.Lock()
        self._running: dict[str, HostProcess] = {}
        self._address = ""

    def start(self, address: str) -> None:
        """Run all that are enabled; `address`: of the door for their processes."""
        self._address = address
        with self._database.read() as connection:
            enabled = [host for host in hosts.everyone(connection) if host.enabled]
        for host in enabled:
            self._begin(host.id)

    def stop(self) -> None:
        """End all processes, at once; returns when they have ended. None is started any more."""
        with self._lock:
            self._address = ""
            running, self._running = self._running, {}
        _end_all(running.values(), AT_THE_END)

    # What there is

    def kinds(self) -> Mapping[str, DeclaredKind]:
        return host_kinds.everything()

    def everyone(self) -> list[HostStanding]:
        """All hosts, by id."""
        by_name = host_kinds.everything()
        with self._database.read() as connection:
            return [self._standing(connection, host, by_name.get(host.kind)) for host in hosts.everyone(connection)]

    def lines(self, host_id: str) -> list[HostLine]:
        """What a host said last. Raises NoSuchThing."""
        with self._database.read() as connection:
            _named(connection, host_id)
        process = self._running.get(host_id)
        return process.lines() if process else []

    def states(self) -> list[tuple[HostConfig, HostState, HostNotes]]:
        """How all hosts fare, for whoever looks often."""
        with self._database.read() as connection:
            return [(host, *self._state(host)) for host in hosts.everyone(connection)]

    def notices(self) -> Iterator[Notice]:
        """What there is to notice about hosts."""
        for host, state, notes in self.states():
            yield from host_notices.of_host(host, state, notes)

    # What the owner does

    def add(self, kind_name: str, name: str, wanted: Mapping[str, Any]) -> Tested:
        """Raises NoSuchThing for an unknown kind; InvalidInput for wrong settings, and where a test finds a fault;
        AlreadyThere where another host works on the same."""
        kind = host_kinds.named(kind_name)
        settings = _checked(kind, wanted)
        trial = self._try(kind, settings, but="")
        with self._database.begin_durably() as connection:
            self._refuse_same(connection, trial, but="")
            plain, sealed = self._parted(kind, settings)
            host_id = _free_id(kind_name, {host.id for host in hosts.everyone(connection)})
            host = HostConfig(
                id=host_id,
                kind=kind_name,
                name=_name(name or kind.kind.name),
                player_id=trial.library or f"{host_id}-{uuid.uuid4().hex[:8]}",
                added_at=self._clock.now(),
                settings=plain,
                sealed=sealed,
                works_on=tuple(trial.works_on),
            )
            hosts.put(connection, host)
        log.info("host_added", host=host.id, kind=kind_name)
        self._begin(host.id)
        return self._tested(trial, host.id)

    def update(self, host_id: str, *, name: str | None, enabled: bool | None, wanted: Mapping[str, Any]) -> Tested:
        """Change a host and start it anew; None as a setting's value goes back to the default. Raises as `add` does."""
        with self._database.read() as connection:
            before = _named(connection, host_id)
        kind = host_kinds.named(before.kind)
        settings = _checked(kind, wanted, self._opened(kind, before))
        trial = self._try(kind, settings, but=host_id) if wanted else Trial([], before.works_on)
        with self._database.begin_durably() as connection:
            before = _named(connection, host_id)
            self._refuse_same(connection, trial, but=host_id)
            plain, sealed = self._parted(kind, settings, before.sealed)
            after = replace(
                before,
                name=before.name if name is None else _name(name),
                enabled=before.enabled if enabled is None else enabled,
                settings=plain,
                sealed=sealed,
                works_on=tuple(trial.works_on),
            )
            hosts.put(connection, after)
        self._end(host_id)
        if after.enabled:
            self._begin(host_id)
        return self._tested(trial, host_id)

    def test(self, host_id: str, kind_name: str, wanted: Mapping[str, Any]) -> Trial:
        """Try settings: a host's, with those that are given in the place of its own, or of one to come. One that waits
        for its owner is started where its own pass. Raises NoSuchThing and InvalidInput."""
        if not host_id:
            kind = host_kinds.named(kind_name)
            return self._trial(kind, _checked(kind, wanted), but="")
        with self._database.read() as connection:
            host = _named(connection, host_id)
        kind = host_kinds.named(host.kind)
        trial = self._trial(kind, _checked(kind, wanted, self._opened(kind, host)), but=host_id)
        process = self._running.get(host_id)
        if trial.passed and not wanted and process and process.state.status is HostStatus.OWNER_NEEDED:
            process.wake()
        return trial

    def remove(self, host_id: str, *, with_player: bool) -> tuple[str, int]:
        """Forget a host: its player, and how many items went with it. Raises NoSuchThing."""
        with self._database.begin_durably() as connection:
            host = _named(connection, host_id)
            hosts.remove(connection, host_id)
            has_player = players.get(connection, host.player_id) is not None
        self._end(host_id)
        self._grants.revoke(host.player_id)
        shutil.rmtree(self._folder(host), ignore_errors=True)
        log.info("host_removed", host=host_id, with_player=with_player)
        deleted = self._players.remove(host.player_id) if with_player and has_player else 0
        return host.player_id, deleted

    def wake(self, host_id: str) -> bool:
        """Have a host look at its library now; whether it runs."""
        process = self._running.get(host_id)
        if process is not None:
            process.wake()
        return process is not None

    def hook(self, host_id: str, secret: str) -> bool:
        """Have a host look at its library, where the secret is that of its hook; whether it is."""
        with self._database.read() as connection:
            host = hosts.get(connection, host_id)
        if host is None or not hmac.compare_digest(self._hook_secret(host).encode(), secret.encode()):
            return False
        process = self._running.get(host_id)
        if process is not None:
            process.hint()
        return True

    def _hook_secret(self, host: HostConfig) -> str:
        # Another host that bears this one's id later has another player.
        return self._vault.word(f"hook of {host.player_id}")

    # Processes

    def _begin(self, host_id: str) -> None:
        with self._lock:
            if self._address and host_id not in self._running:
                process = HostProcess(host_id, lambda: self._launch(host_id), self._clock)
                self._running[host_id] = process
                process.start()

    def _end(self, host_id: str) -> None:
        with self._lock:
            process = self._running.pop(host_id, None)
        if process is not None:
            process.stop()

    def _launch(self, host_id: str) -> Launch:
        """What the process of a host is told; its token is a new one each time."""
        with self._database.read() as connection:
            host = _named(connection, host_id)
        kind = host_kinds.named(host.kind)
        settings, token = self._opened(kind, host), self._grants.issue(host.player_id)
        folder = self._folder(host)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        orders = {
            "server": self._address,
            "token": token,
            "player_id": host.player_id,
            "name": host.name,
            "folder": str(folder),
            "version": __version__,
            "settings": settings,
            "forbidden": [str(self._data_dir)],
        }
        secrets = frozenset({token, *(str(settings[key]) for key in kind.secrets if settings[key])})
        return Launch(host_trial.arguments(host.kind), json.dumps(orders), secrets)

    def _folder(self, host: HostConfig) -> Path:
        return self._data_dir / FOLDER / host.player_id

    # Settings

    def _opened(self, kind: DeclaredKind, host: HostConfig) -> dict[str, Any]:
        """Its settings with values, secrets in the clear; one that cannot be opened any more is none."""
        opened = {key: self._vault.open(text) or "" for key, text in host.sealed.items()}
        defaults = {setting.key: setting.default for setting in kind.settings}
        return {**defaults, **{key: value for key, value in {**host.settings, **opened}.items() if key in defaults}}

    def _parted(
        self, kind: DeclaredKind, settings: Mapping[str, Any], sealed: Mapping[str, str] = {}
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Plain settings, and secrets sealed; what is sealed already stays as it is."""
        plain = {key: value for key, value in settings.items() if key not in kind.secrets}
        secrets = {key: settings[key] for key in kind.secrets if settings.get(key)}
        kept = {key: text for key, text in sealed.items() if self._vault.open(text) == secrets.get(key)}
        return plain, {key: kept.get(key) or self._vault.seal(secret) for key, secret in secrets.items()}

    def _try(self, kind: DeclaredKind, settings: Mapping[str, Any], *, but: str) -> Trial:
        """What came of trying settings. Raises InvalidInput where there is a fault, and AlreadyThere."""
        trial = self._trial(kind, settings, but="")
        with self._database.read() as connection:
            self._refuse_same(connection, trial, but=but)
        faults = [check for check in trial.checks if check.verdict == Verdict.FAULT]
        if faults:
            texts = [f"{each.text}: {each.advice}" if each.advice else each.text for each in faults]
            raise InvalidInput(*(Violation("settings", text) for text in texts), reason="HOST_TEST_FAILED")
        return trial

    def _trial(self, kind: DeclaredKind, settings: Mapping[str, Any], *, but: str) -> Trial:
        missing = [each for each in kind.settings if each.required and settings.get(each.key) in ("", None, [])]
        if missing:
            raise InvalidInput(*(Violation(f"settings.{each.key}", "is required") for each in missing))
        trial = host_trial.tried(kind.kind.id, settings, [str(self._data_dir)])
        with self._database.read() as connection:
            checks = [*trial.checks, *_beside(connection, trial, but)]
            if but and (other := _same(connection, trial, but)):
                text = f"{other.name} ({other.id}) works on that already"
                checks.append(HostCheck(Verdict.FAULT, text, "name another one"))
        return trial._replace(checks=checks)

    def _refuse_same(self, connection: Connection, trial: Trial, *, but: str) -> None:
        if other := _same(connection, trial, but):
            raise AlreadyThere(f"the host {other.id} ({other.name}) works on {', '.join(other.works_on)} already")

    # Standing

    def _tested(self, trial: Trial, host_id: str) -> Tested:
        with self._database.read() as connection:
            host = _named(connection, host_id)
            return Tested(trial.checks, self._standing(connection, host, host_kinds.named(host.kind)))

    def _standing(self, connection: Connection, host: HostConfig, kind: DeclaredKind | None) -> HostStanding:
        player = players.get(connection, host.player_id)
        state, notes = self._state(host)
        settings = {} if kind is None else self._opened(kind, host)
        return HostStanding(
            host, kind, settings, state, notes, player.reported_at if player else None, self._hook_secret(host)
        )

    def _state(self, host: HostConfig) -> tuple[HostState, HostNotes]:
        process = self._running.get(host.id)
        if process is not None:
            return process.state, process.notes
        status = HostStatus.WAITING if host.enabled else HostStatus.DISABLED
        return HostState(status, host.added_at, "the daemon does not run hosts" if host.enabled else ""), HostNotes()


def _end_all(running: Collection[HostProcess], grace: float) -> None:
    ending = [threading.Thread(target=each.stop, args=(grace,), name="host-end", daemon=True) for each in running]
    for thread in ending:
        thread.start()
    for thread in ending:
        thread.join()


def _named(connection: Connection, host_id: str) -> HostConfig:
    """The host. Raises NoSuchThing."""
    host = hosts.get(connection, host_id)
    if host is None:
        raise NoSuchThing("host_id", f"there is no host {host_id[:80]!r}", reason="HOST_NOT_FOUND")
    return host


def _same(connection: Connection, trial: Trial, but: str) -> HostConfig | None:
    """Another host that works on the same, or within it."""
    others = (host for host in hosts.everyone(connection) if host.id != but)
    pairs = ((host, theirs, ours) for host in others for theirs in host.works_on for ours in trial.works_on)
    return next((host for host, theirs, ours in pairs if _within(theirs, ours) or _within(ours, theirs)), None)


def _beside(connection: Connection, trial: Trial, but: str) -> Iterator[HostCheck]:
    """Other hosts that work on what this one shows: what they write there comes to it from two sides."""
    for host in hosts.everyone(connection):
        pairs = ((theirs, ours) for theirs in host.works_on for ours in trial.beside)
        shared = next((theirs for theirs, ours in pairs if _within(theirs, ours) or _within(ours, theirs)), "")
        if shared and host.id != but:
            advice = "keep one of the two: each would take what the other writes for an edit"
            yield HostCheck(Verdict.WARNING, f"{host.name} ({host.id}) works on {shared}, too", advice)


def _within(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other.rstrip('/')}/")


def _checked(kind: DeclaredKind, wanted: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All settings of a host as they are to be; a secret is not sent elsewhere than it was entered for. Raises
    InvalidInput."""
    values, wrong = checked_all(kind.settings, wanted, owner=kind.kind.id)
    if wrong:
        raise InvalidInput(*wrong)
    defaults = {setting.key: setting.default for setting in kind.settings}
    given = {key: defaults[key] if value is None else value for key, value in values.items()}
    after = {**defaults, **(before or {}), **given}
    gone = astray(kind.settings, before or {}, after) - values.keys()
    return {key: defaults[key] if key in gone else value for key, value in after.items()}


def _free_id(kind: str, taken: Collection[str]) -> str:
    numbered = (kind if number == 1 else f"{kind}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in numbered if each not in taken)


def _name(name: str) -> str:
    text = " ".join(name.split())
    if not 0 < len(text) <= MOST_NAME:
        raise InvalidInput(Violation("name", f"has 1 to {MOST_NAME} characters"))
    return text
