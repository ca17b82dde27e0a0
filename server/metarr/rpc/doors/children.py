"""The door for the processes of hosts: on this machine alone, and a token opens what its player needs."""

from collections.abc import Callable, Iterable, Mapping
from inspect import unwrap
from types import new_class
from typing import Any

from metarr.errors import NotPermitted, TokenRequired
from metarr.grants import Grants
from metarr.players.images import ImageFile
from metarr.rpc.doors.closing import Closing
from metarr.rpc.doors.context import Context
from metarr.rpc.doors.http import HttpServer
from metarr.rpc.doors.streams import Streams
from metarr.rpc.servicer import BaseServicer

LOOPBACK = "127.0.0.1"
THREADS = 24
"""A host has a stream open and asks one thing at a time."""

SCOPE: Mapping[str, frozenset[str]] = {
    "SyncService": frozenset(
        {"RegisterPlayer", "ReportItems", "ListPendingItems", "WatchPendingItems", "AckItems", "FetchImage"}
    ),
    "HealthService": frozenset({"GetHealth"}),
    "EnrichmentService": frozenset({"StartEnrichment"}),
}
"""By service the methods that a player's token opens. What names a player has to name its own."""

_SCHEME = "bearer "


def door(servicers: Iterable[BaseServicer], grants: Grants, images: Callable[[str], ImageFile | None]) -> HttpServer:
    """The door, not started yet."""

    def guard(authorization: str) -> TokenRequired | None:
        return None if _subject(grants, authorization) else TokenRequired("this token opens nothing here")

    scoped = [_scoped(each, grants) for each in servicers if each.service.descriptor.name in SCOPE]
    return HttpServer(scoped, LOOPBACK, 0, guard=guard, closing=Closing(), images=images, threads=THREADS)


def _scoped(servicer: BaseServicer, grants: Grants) -> BaseServicer:
    """The same servicer, as far as a player's token reaches."""
    service = servicer.service
    scope = SCOPE[service.descriptor.name]
    methods = {rpc.name: _own(servicer, rpc.name, grants) if rpc.name in scope else _closed for rpc in service.methods}
    # Their streams are counted apart: hosts keep one open each, and take none from whoever else is on this machine.
    body = {**methods, "clock": servicer.clock, "streams": Streams()}
    name = f"{service.descriptor.name}ForPlayers"
    made: type[BaseServicer] = new_class(name, (BaseServicer,), {"service": service}, lambda own: own.update(body))
    return made()


def _closed(_servicer: object, _request: Any, _context: Context) -> Any:
    raise NotPermitted("a player's token does not open this method")


def _own(servicer: BaseServicer, name: str, grants: Grants) -> Callable[[object, Any, Context], Any]:
    """A method for whoever names the player of the token, or none."""
    method = unwrap(getattr(type(servicer), name))

    def own(_: object, request: Any, context: Context) -> Any:
        shown = dict(context.invocation_metadata()).get("authorization", "")
        subject = _subject(grants, str(shown))
        if subject is None or getattr(request, "player_id", subject) != subject:
            raise NotPermitted("a player's token opens the methods of its own player alone")
        return method(servicer, request, context)

    return own


def _subject(grants: Grants, authorization: str) -> str | None:
    shown = authorization.strip()
    return grants.subject(shown[len(_SCHEME) :].strip()) if shown.lower().startswith(_SCHEME) else None
