"""The door for the processes of hosts: on this machine alone, and a token opens what its player needs."""

from collections.abc import Callable, Iterable

from metarr.errors import TokenRequired
from metarr.grants import Grants
from metarr.players.images import ImageFile
from metarr.rpc.doors.access import shown_token
from metarr.rpc.doors.closing import Closing
from metarr.rpc.doors.http import HttpServer
from metarr.rpc.doors.scoped import HOST, scoped
from metarr.rpc.servicer import BaseServicer

LOOPBACK = "127.0.0.1"
THREADS = 24
"""A host has a stream open and asks one thing at a time."""


def door(servicers: Iterable[BaseServicer], grants: Grants, images: Callable[[str], ImageFile | None]) -> HttpServer:
    """The door, not started yet."""

    def guard(authorization: str) -> TokenRequired | None:
        player = grants.subject(shown_token(authorization))
        return TokenRequired("this token opens nothing here") if player is None else None

    served = scoped(servicers, HOST, grants.subject)
    return HttpServer(served, LOOPBACK, 0, guard=guard, closing=Closing(), images=images, threads=THREADS)
