"""Servicers as far as a player's token reaches: the methods that it needs, and of those its own player's alone."""

from collections.abc import Callable, Iterable, Mapping
from inspect import unwrap
from types import new_class
from typing import Any

from metarr.errors import NotPermitted
from metarr.rpc.doors.access import shown_token
from metarr.rpc.doors.context import Context
from metarr.rpc.doors.streams import Streams
from metarr.rpc.servicer import BaseServicer

Scope = Mapping[str, frozenset[str]]
"""By service the methods that a token opens."""

Subject = Callable[[str], str | None]
"""The player that a token stands for; None: it is none."""

HOST: Scope = {
    "SyncService": frozenset(
        {"RegisterPlayer", "ReportItems", "ListPendingItems", "WatchPendingItems", "AckItems", "FetchImage"}
    ),
    "HealthService": frozenset({"GetHealth"}),
    "EnrichmentService": frozenset({"StartEnrichment"}),
}
"""What a host's process needs: it speaks for no person."""

PAIRED: Scope = {
    "SyncService": HOST["SyncService"]
    | {"ListPlayers", "UpdatePlayer", "PreviewSync", "ListPlayerItems", "ResendItems", "AcceptGone"},
    "HealthService": frozenset({"GetHealth", "ListNotices"}),
    "EnrichmentService": frozenset(
        {
            "Enrich",
            "StartEnrichment",
            "GetJob",
            "ListJobs",
            "CancelJob",
            "WatchJob",
            "ListChangeSets",
            "UndoChangeSet",
            "UndoChangeSets",
        }
    ),
    "LibraryService": frozenset({"GetItem", "ListItems", "UpdateItem", "ListArtwork", "GetSeriesTree"}),
    "AggregationService": frozenset({"Aggregate", "Search"}),
    "ConfigService": frozenset({"ListFields"}),
}
"""What somebody in front of a player needs: to look titles up, to see and edit them, and to undo that. Keys of
providers, settings and other players stay with whoever has the access token."""


def scoped(servicers: Iterable[BaseServicer], scope: Scope, subject: Subject) -> list[BaseServicer]:
    """The same servicers for whoever shows a player's token."""
    return [
        _scoped(each, scope[each.service.descriptor.name], subject)
        for each in servicers
        if each.service.descriptor.name in scope
    ]


def _scoped(servicer: BaseServicer, names: frozenset[str], subject: Subject) -> BaseServicer:
    service = servicer.service
    methods = {rpc.name: _own(servicer, rpc.name, subject) if rpc.name in names else _closed for rpc in service.methods}
    # Their streams are counted apart: players keep one open each, and take none from whoever else calls.
    body = {**methods, "clock": servicer.clock, "streams": Streams()}
    name = f"{service.descriptor.name}ForPlayers"
    made: type[BaseServicer] = new_class(name, (BaseServicer,), {"service": service}, lambda own: own.update(body))
    return made()


def _closed(_servicer: object, _request: Any, _context: Context) -> Any:
    raise NotPermitted("a player's token does not open this method")


def _own(servicer: BaseServicer, name: str, subject: Subject) -> Callable[[object, Any, Context], Any]:
    """A method for whoever names the player of the token, or none."""
    method = unwrap(getattr(type(servicer), name))

    def own(_: object, request: Any, context: Context) -> Any:
        shown = dict(context.invocation_metadata()).get("authorization", "")
        player = subject(shown_token(str(shown)))
        if player is None or getattr(request, "player_id", player) != player:
            raise NotPermitted("a player's token opens the methods of its own player alone")
        return method(servicer, request, context)

    return own
