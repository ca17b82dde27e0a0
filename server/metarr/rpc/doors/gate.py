"""What every HTTP request passes before a servicer sees it. All plain WSGI.

Whoever comes from the network shows the access token. A page of another site must not reach the daemon through its
visitor's browser, neither directly (Origin, Sec-Fetch-Site) nor by a name that it lets resolve to this machine (Host).
"""

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from google.rpc import error_details_pb2
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from metarr.rpc.doors.access import Guard, caller, token_failures
from metarr.rpc.errors import DOMAIN

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
WILDCARDS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 (recognized here, not listened on)

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""Set where the application behind has not set its own."""

OPEN_PATHS = frozenset({"", "/", "/healthz"})
"""What may be read without the access token: that this is Metarr, and that it lives."""

PAIRING_PATHS = frozenset(f"/metarr.v1.SyncService/{name}" for name in ("StartPairing", "ClaimPairing"))
"""Methods by which a player comes to a token, and that need none."""

MOST_PAIRING = 4096
"""Bytes of their requests: no stranger's large one is waited for."""

_GRPC_CODES = {
    "invalid_argument": 3,
    "permission_denied": 7,
    "resource_exhausted": 8,
    "unimplemented": 12,
    "unauthenticated": 16,
}


def refusal(
    environ: "WSGIEnvironment", status: int, code: str, message: str, *, reason: str = "", **headers: str
) -> Response:
    """A refusal that people, Connect clients and gRPC-Web clients can read. `code` as Connect spells it; `reason`,
    where there is one, for programs."""
    body: dict[str, object] = {"code": code, "message": message}
    if reason:
        body["details"] = [_error_info(reason)]
    response = Response(json.dumps(body) + "\n", status, mimetype="application/json")
    response.headers.extend({name.replace("_", "-"): value for name, value in headers.items()})
    if environ.get("CONTENT_TYPE", "").startswith("application/grpc-web"):
        response.headers["grpc-status"] = str(_GRPC_CODES.get(code, 2))
        response.headers["grpc-message"] = quote(message, safe=" ")
    return response


def _error_info(reason: str) -> dict[str, object]:
    """An ErrorInfo as Connect spells details, and readable under `debug`."""
    info = error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN)
    value = base64.b64encode(info.SerializeToString()).decode().rstrip("=")
    return {"type": "google.rpc.ErrorInfo", "value": value, "debug": {"reason": reason, "domain": DOMAIN}}


def failed_token(environ: "WSGIEnvironment") -> None:
    """Note that a wrong token, or none, was shown where one is needed."""
    token_failures.note(caller(f"{environ.get('REMOTE_ADDR', '')}:0"))


def guarded(app: "WSGIApplication", guard: Guard) -> "WSGIApplication":
    """Refuses every request whose authorization the guard refuses, but for `OPEN_PATHS` and `PAIRING_PATHS`."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] in OPEN_PATHS | PAIRING_PATHS:
            return app(environ, start_response)
        refused = guard(environ.get("HTTP_AUTHORIZATION", ""))
        if refused is None:
            return app(environ, start_response)
        failed_token(environ)
        answer = refusal(
            environ,
            401,
            "unauthenticated",
            str(refused),
            reason=refused.reason,
            WWW_Authenticate='Bearer realm="metarr"',
        )
        return answer(environ, start_response)

    return application


def bounded(app: "WSGIApplication", most: int) -> "WSGIApplication":
    """Refuses a body that says that it is larger. The HTTP door refuses all that are, before one is here as a whole."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if int(environ.get("CONTENT_LENGTH") or 0) > most:
            text = f"the request is larger than {most} bytes; send less at once"
            return refusal(environ, 413, "resource_exhausted", text, Connection="close")(environ, start_response)
        return app(environ, start_response)

    return application


def secured(app: "WSGIApplication") -> "WSGIApplication":
    """Adds the security headers to every answer."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: object) -> Callable[[bytes], object]:
            own = Headers(headers)
            for name, value in SECURITY_HEADERS.items():
                own.setdefault(name, value)
            return start_response(status, own.to_wsgi_list(), *more)  # type: ignore[arg-type]

        return app(environ, start)

    return application


def same_site(
    app: "WSGIApplication", bound: str, names: Collection[str] = (), methods: Collection[str] = ()
) -> "WSGIApplication":
    """Refuses requests by a foreign Host, and those that a browser sends on behalf of another site.

    `bound` is the address listened on; `names` are further host names by which the owner reaches the daemon.
    Following a link from elsewhere is welcome, but not to a path below `methods`: even reading may spend a quota.
    """
    friends = {name.lower() for name in names}
    own_names = LOOPBACK_NAMES | friends | ({bound.lower()} - WILDCARDS)
    wildcard = bound in WILDCARDS

    def trusted(host: str) -> bool:
        # An address, unlike a name, cannot be made to mean this machine by whoever owns the page.
        return host in own_names or (wildcard and _is_address(host))

    def foreign(environ: "WSGIEnvironment", host: str) -> bool:
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None:
            there = _netloc(origin)
            return there.lower() != host.lower() and _host_name(there) not in friends
        linked = _followed_link(environ) and not environ["PATH_INFO"].startswith(tuple(methods))
        return environ.get("HTTP_SEC_FETCH_SITE", "none") not in ("same-origin", "none") and not linked

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        if not trusted(_host_name(host)):
            text = f"this daemon is not known as {host[:100]!r}; use its address, or start it with that name allowed"
            return refusal(environ, 403, "permission_denied", text, Connection="close")(environ, start_response)
        if foreign(environ, host):
            text = "requests from pages of other sites are refused"
            return refusal(environ, 403, "permission_denied", text)(environ, start_response)
        return app(environ, start_response)

    return application


def _followed_link(environ: "WSGIEnvironment") -> bool:
    """Whether a person followed a link in a browser, into a page of its own."""
    asked = (environ.get("HTTP_SEC_FETCH_MODE"), environ.get("HTTP_SEC_FETCH_DEST"))
    return asked == ("navigate", "document") and environ["REQUEST_METHOD"] in ("GET", "HEAD")


def _netloc(origin: str) -> str:
    with suppress(ValueError):
        return urlsplit(origin).netloc
    return ""


_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s@/\\?#:\[\]]+)(:[0-9]*)?")


def _host_name(host: str) -> str:
    """The name or address without port and brackets, in lower case; "" where it is malformed."""
    named = _HOST.fullmatch(host)
    return named[1].strip("[]").rstrip(".").lower() if named else ""


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return True
    return False
