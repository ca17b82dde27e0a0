"""A player in session with a daemon: how it begins, its calls, and what a failed call asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple, Protocol

from metarr_adapter.errors import BadAnswer, RpcError, TooOld, Unreachable
from metarr_adapter.host import Takes
from metarr_adapter.values import tellable

API_LEVEL = 2
"""The first level of the contract that knows players."""

KINDS = {word: f"MEDIA_KIND_{word.upper()}" for word in ("movie", "series", "season", "episode")}
WORDS = {kind: word for word, kind in KINDS.items()}

PATIENCE = 30.0
"""Seconds that the daemon has for an answer."""

_HEALTH = "metarr.v1.HealthService/GetHealth"
_SYNC = "metarr.v1.SyncService/"
_START_ENRICHMENT = "metarr.v1.EnrichmentService/StartEnrichment"


class Stream(Protocol):
    """What a daemon tells as time goes by. Iterating raises RpcError."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The messages."""

    def close(self) -> None:
        """End it; safe from any thread, and wakes who waits for a message."""


class Caller(Protocol):
    """The client, as far as a player needs it."""

    def call(self, method: str, message: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
        """Call `package.Service/Method`; `timeout` in seconds. Raises RpcError."""

    def stream(self, method: str, message: Mapping[str, Any]) -> Stream:
        """Open a stream. Raises RpcError."""


class Identity(NamedTuple):
    """Who registers. `player_id`: the same for one library for ever. `instance`: this program, of several that may work
    on the same library. `tree`: its entries are files, which may be on a disk that is away."""

    player_id: str
    name: str
    host: str
    instance: str
    host_version: str = ""
    adapter_version: str = ""
    tree: bool = False


class Session:
    """The calls of a player in session. All of them raise RpcError."""

    def __init__(self, caller: Caller, player_id: str, registered: Mapping[str, Any]) -> None:
        self.player: Mapping[str, Any] = registered.get("player", {})
        self.store_id: str = registered.get("storeId", "")
        self._caller = caller
        self._names = {"playerId": player_id, "session": registered.get("session", "")}

    def call(self, method: str, **message: Any) -> dict[str, Any]:
        """Call a method of SyncService."""
        return self._caller.call(_SYNC + method, {**self._names, **message}, timeout=PATIENCE)

    def look_up(self, item_ids: list[str]) -> None:
        """Have these items looked up now, in one job; the same items again make no other one."""
        names = hashlib.sha256("\n".join(item_ids).encode("utf-8")).hexdigest()[:32]
        message = {"itemIds": item_ids, "mode": "ENRICHMENT_MODE_AUTO", "requestId": f"new-{names}"}
        self._caller.call(_START_ENRICHMENT, message, timeout=PATIENCE)

    def watch(self, after_sequence: int) -> Stream:
        """News of what became pending after that."""
        message = {**self._names, "afterSequence": str(after_sequence)}
        return self._caller.stream(_SYNC + "WatchPendingItems", message)


def open_session(caller: Caller, identity: Identity, kinds: Iterable[Takes], *, take_over: bool = False) -> Session:
    """Register. Raises RpcError, and TooOld for a daemon that knows no players."""
    level = caller.call(_HEALTH, {}, timeout=PATIENCE).get("apiLevel")
    if not isinstance(level, int):
        raise BadAnswer("what answers is no Metarr daemon")
    if level < API_LEVEL:
        raise TooOld("unimplemented", f"the daemon speaks level {level}, and {API_LEVEL} is needed here")
    message = {
        "playerId": identity.player_id,
        "name": tellable(identity.name),
        "host": identity.host,
        "hostVersion": identity.host_version,
        "adapterVersion": identity.adapter_version,
        "instance": identity.instance,
        "takeOver": take_over,
        "kinds": [
            {"kind": KINDS[each.kind], "fields": list(each.fields), "cannotTake": dict(each.cannot_take)}
            for each in kinds
        ],
    }
    if identity.tree:
        message["tree"] = True
    registered = caller.call(_SYNC + "RegisterPlayer", message, timeout=PATIENCE)
    if not registered.get("session"):
        raise BadAnswer("what answers is no Metarr daemon: it names no session")
    return Session(caller, identity.player_id, registered)


class Failure(Enum):
    """What a failed call asks for."""

    AWAY = "away"
    """The daemon is not there, hangs, or something between garbles it: try again."""
    TOKEN = "token"
    """The token is to be entered."""
    CERTIFICATE = "certificate"
    """The daemon's certificate is to be vouched for, or to be renewed: try again."""
    OLD = "old"
    """The daemon is to be updated."""
    IN_USE = "in use"
    """Another program on the same library is in session: try again much later."""
    ENDED = "ended"
    """Another session of this player began: stop."""
    FORGOTTEN = "forgotten"
    """The daemon knows this library no more, or as it was once: register and report everything again."""
    OTHER = "other"
    """Anything else: try again, later and later."""


_BY_REASON = {
    "SESSION_ENDED": Failure.ENDED,
    "PLAYER_IN_USE": Failure.IN_USE,
    "STORE_CHANGED": Failure.FORGOTTEN,
    "UNKNOWN_SEQUENCE": Failure.FORGOTTEN,
    "PLAYER_NOT_FOUND": Failure.FORGOTTEN,
}
_BY_CODE = {
    "unauthenticated": Failure.TOKEN,
    "permission_denied": Failure.TOKEN,
    "unimplemented": Failure.OLD,
    "unavailable": Failure.AWAY,
    "deadline_exceeded": Failure.AWAY,
    "unknown": Failure.AWAY,
}


def failure_of(error: RpcError) -> Failure:
    """What a failed call asks for."""
    if isinstance(error, Unreachable) and error.why == "certificate":
        return Failure.CERTIFICATE
    return _BY_REASON.get(error.reason) or _BY_CODE.get(error.code, Failure.OTHER)


def told_apart(send: Callable[[list[Any]], object], things: list[Any]) -> Iterator[tuple[Any, RpcError]]:
    """Send things together; where the daemon finds a fault with them, send them apart, so that one costs itself only.

    `send` takes a list of things. Yields those that are faulty alone. Raises RpcError for anything else.
    """
    try:
        send(things)
    except RpcError as error:
        if error.code != "invalid_argument":
            raise
        if len(things) == 1:
            yield things[0], error
            return
        half = len(things) // 2
        yield from told_apart(send, things[:half])
        yield from told_apart(send, things[half:])
