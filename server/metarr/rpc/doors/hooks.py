"""Hooks: what the webhook of another program calls, such as Radarr's, to have a host look at its library now."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from metarr.rpc.doors.gate import refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOOKS = "/hooks/"

Hook = Callable[[str, str], bool]
"""Wakes the host of this id, where the secret is its own; whether it is."""


def hook_path(host_id: str, secret: str) -> str:
    """Where a host is woken."""
    return f"{HOOKS}{host_id}/{secret}"


def hooked(app: "WSGIApplication", hook: Hook) -> "WSGIApplication":
    """Answers POST below `HOOKS`: nothing of it is read, so that whatever a program sends does, and whoever guesses
    learns nothing."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(HOOKS):
            return app(environ, start_response)
        host_id, _, secret = environ["PATH_INFO"].removeprefix(HOOKS).partition("/")
        if environ["REQUEST_METHOD"] == "POST" and hook(host_id, secret):
            return Response(status=204)(environ, start_response)
        return refusal(environ, 404, "not_found", "there is nothing at this path")(environ, start_response)

    return application
