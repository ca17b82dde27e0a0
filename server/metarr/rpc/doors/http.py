"""The HTTP door: the servicers as Connect, gRPC-Web and plain JSON, for browsers, curl and the Kodi add-on."""

import contextlib
import logging
import queue
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import structlog
from cheroot import wsgi
from cheroot.workers.threadpool import ThreadPool
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response

from metarr.errors import MetarrError
from metarr.handles import handles
from metarr.logs import Seldom
from metarr.players.images import ImageFile
from metarr.rpc.doors.access import Guard, Tls, shown_token
from metarr.rpc.doors.closing import Closing
from metarr.rpc.doors.connect import http_application
from metarr.rpc.doors.context import DEFAULT_DEADLINE
from metarr.rpc.doors.framing import MOST_HEAD, MalformedRequest, RequestHead
from metarr.rpc.doors.gate import (
    MOST_PAIRING,
    PAIRING_PATHS,
    SECURITY_HEADERS,
    bounded,
    failed_token,
    guarded,
    refusal,
    same_site,
    secured,
)
from metarr.rpc.doors.grpc_web import text_form
from metarr.rpc.doors.hooks import Hook, hooked
from metarr.rpc.doors.lobby import PLACES, Lobby, LobbyConnection, Refuses
from metarr.rpc.doors.scoped import PAIRED, Subject, scoped
from metarr.rpc.doors.server import MAX_REQUEST_BYTES, THREADS, authority, cannot_listen
from metarr.rpc.servicer import BaseServicer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

SILENCE = 30.0
"""Seconds after which a caller who confirms nothing that is sent has gone without a word: its plug was pulled, or its
network. Else the system waits a quarter of an hour, and a player would count as heard of for so long."""

QUEUED = 128
"""Requests that may wait for a worker at once."""

METRICS = "/metrics"
IMAGES = "/images/"

_UNARY = ("application/json", "application/proto")
_STREAM = ("application/connect+json", "application/connect+proto")
_GRPC_WEB = tuple(f"application/grpc-web{form}" for form in ("", "+proto", "+json", "-text", "-text+proto"))
_DEFAULT_TIMEOUTS = {
    "HTTP_CONNECT_TIMEOUT_MS": str(int(DEFAULT_DEADLINE * 1000)),
    "HTTP_GRPC_TIMEOUT": f"{int(DEFAULT_DEADLINE)}S",
}
FAILED = "metarr.token_failed"
"""Where a request keeps what the pages call when a wrong token is shown to them."""
_GREETING = """This is Metarr.

Every method of its contract answers here to POST with JSON:
  curl -H 'Content-Type: application/json' -d '{}' http://HOST:PORT/metarr.v1.HealthService/GetHealth
Connect and gRPC-Web clients are welcome too; native gRPC has a port of its own.
"""


def application(
    servicers: Iterable[BaseServicer],
    *,
    bound: str,
    names: Collection[str] = (),
    guard: Guard | None = None,
    players: Subject | None = None,
    web: "WSGIApplication | None" = None,
    closing: Closing | None = None,
    metrics: Callable[[], bytes] | None = None,
    images: Callable[[str], ImageFile | None] | None = None,
    session: "Callable[[WSGIEnvironment], bool] | None" = None,
    hook: Hook | None = None,
) -> "WSGIApplication":
    """Everything behind the HTTP port. `web` answers what is no RPC, and guards itself; without it a short text does.
    `metrics`: what stands at /metrics, `images`: at /images/SHA256, for whoever may call a method; images also for
    whoever has a `session` of the pages, which show them. `hook`: wakes a host for whoever knows its secret.

    `bound` and `names` are the hosts it answers for (`gate.same_site`). With a `guard` whoever calls has to pass it;
    whoever shows the token of one of the `players` then finds what that opens (`scoped.PAIRED`).
    """
    servicers, closing = tuple(servicers), closing or Closing()
    mounted = _mounted(servicers, closing)
    served: WSGIApplication = DispatcherMiddleware(_healthz(_greeting), mounted)
    if metrics is not None:
        served = _measured(served, metrics)
    if images is not None:
        served = _pictured(served, images)
    if guard is not None:
        served = guarded(served, guard)
        if players is not None:
            theirs = DispatcherMiddleware(_healthz(_greeting), _mounted(scoped(servicers, PAIRED, players), closing))
            served = _for_players(served, theirs if images is None else _pictured(theirs, images), players)
        if session is not None and images is not None:
            served = _for_sessions(served, _pictured(_greeting, images), session)
    if web is not None:
        served = _beside_methods(web, served)
    if hook is not None:
        served = hooked(served, hook)
    return secured(bounded(same_site(served, bound, names, mounted), MAX_REQUEST_BYTES))


def _mounted(servicers: Iterable[BaseServicer], closing: Closing) -> "dict[str, WSGIApplication]":
    """The servicers by the path at which each answers."""
    mounted: dict[str, WSGIApplication] = {}
    for servicer in servicers:
        path, app = http_application(servicer, closing, MAX_REQUEST_BYTES)
        mounted[path] = _checked(text_form(app), {rpc.name: rpc for rpc in servicer.service.methods})
    return mounted


def _for_players(app: "WSGIApplication", theirs: "WSGIApplication", players: Subject) -> "WSGIApplication":
    """What a player finds who shows its token, and everybody else. What pairs a player needs no token, so that one with
    a void token comes to a new one."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        player = players(shown_token(environ.get("HTTP_AUTHORIZATION", "")))
        scoped_to_it = player is not None and environ["PATH_INFO"] not in PAIRING_PATHS
        return (theirs if scoped_to_it else app)(environ, start_response)

    return application


def _for_sessions(
    app: "WSGIApplication", pictures: "WSGIApplication", session: "Callable[[WSGIEnvironment], bool]"
) -> "WSGIApplication":
    """Images for whoever is signed in to the pages, and everything as it is for everybody else."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        wanted = environ["PATH_INFO"].startswith(IMAGES) and session(environ)
        return (pictures if wanted else app)(environ, start_response)

    return application


def _greeting(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    if environ["PATH_INFO"] in ("", "/"):
        return Response(_GREETING, mimetype="text/plain")(environ, start_response)
    return refusal(environ, 404, "unimplemented", "there is nothing at this path")(environ, start_response)


def _beside_methods(web: "WSGIApplication", methods: "WSGIApplication") -> "WSGIApplication":
    """The pages; what is spelled as a method, though it be none, is not theirs."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        app = methods if path.startswith(("/metarr.", "/grpc.")) or path in ("/healthz", METRICS) else web
        app = methods if path.startswith(IMAGES) else app
        environ[FAILED] = partial(failed_token, environ)
        return app(environ, start_response)

    return application


def _healthz(app: "WSGIApplication") -> "WSGIApplication":
    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/healthz":
            return Response("ok\n", mimetype="text/plain")(environ, start_response)
        return app(environ, start_response)

    return application


def _measured(app: "WSGIApplication", metrics: Callable[[], bytes]) -> "WSGIApplication":
    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != METRICS:
            return app(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return refusal(environ, 405, "unimplemented", "read it with GET", Allow="GET")(environ, start_response)
        try:
            answer = Response(metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")
        except MetarrError as error:
            answer = refusal(environ, 503, "unavailable", str(error))
        return answer(environ, start_response)

    return application


def _pictured(app: "WSGIApplication", images: Callable[[str], ImageFile | None]) -> "WSGIApplication":
    """What an image holds never changes under its name, so that it may be kept for ever."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(IMAGES):
            return app(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return refusal(environ, 405, "unimplemented", "read it with GET", Allow="GET")(environ, start_response)
        image = images(environ["PATH_INFO"].removeprefix(IMAGES))
        if image is None:
            return refusal(environ, 404, "not_found", "there is no such image")(environ, start_response)
        try:
            answer = Response(image.path.read_bytes(), content_type=image.media_type)
        except OSError:
            return refusal(environ, 404, "not_found", "there is no such image")(environ, start_response)
        answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"  # a page of another port has the cookie, too
        return answer(environ, start_response)

    return application


def _checked(app: "WSGIApplication", methods: dict[str, MethodDescriptor]) -> "WSGIApplication":
    """Refuses in words what connectrpc would refuse with an empty body, and supplies defaults."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        rpc = methods.get(environ["PATH_INFO"].removeprefix("/"))
        refused = _refused(environ, rpc)
        if rpc is None or refused is not None:
            return (refused or _no_method(environ))(environ, start_response)
        if environ["REQUEST_METHOD"] == "GET":
            environ["QUERY_STRING"] = urlencode(_query(environ))
        if not rpc.server_streaming:
            for header, default in _DEFAULT_TIMEOUTS.items():
                environ[header] = environ.get(header) or default
        return app(environ, start_response)

    return application


def _query(environ: "WSGIEnvironment") -> dict[str, str]:
    """The parameters of a GET; without any it is an empty request in JSON, so that a browser can ask."""
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if query.setdefault("encoding", "json") == "json":
        query.setdefault("message", "{}")
    return query


def _no_method(environ: "WSGIEnvironment") -> Response:
    return refusal(environ, 404, "unimplemented", "the contract has no such method")


def _refused(environ: "WSGIEnvironment", rpc: MethodDescriptor | None) -> Response | None:
    kind, verb = environ["CONTENT_TYPE"], environ["REQUEST_METHOD"]
    if kind == "application/grpc" or kind.startswith("application/grpc+"):
        text = "this port speaks Connect, gRPC-Web and JSON over HTTP/1.1; native gRPC has a port of its own"
        return refusal(environ, 415, "unimplemented", text)
    if rpc is None:
        return _no_method(environ)
    readable = rpc.GetOptions().idempotency_level == MethodOptions.NO_SIDE_EFFECTS and not rpc.server_streaming
    verbs = ("GET", "POST") if readable else ("POST",)
    if verb not in verbs:
        return refusal(environ, 405, "unimplemented", f"call it with {' or '.join(verbs)}", Allow=", ".join(verbs))
    if verb == "GET" and rpc.containing_service.name in _SPENDING and not _is_on_purpose(environ):
        text = (
            "a GET of this method may come from a picture in a page of anybody, and costs requests to providers: send "
            "Connect-Protocol-Version: 1, or call it with POST"
        )
        return refusal(environ, 403, "permission_denied", text)
    kinds = (*(_STREAM if rpc.server_streaming else _UNARY), *_GRPC_WEB)
    if verb == "GET" and _query(environ)["encoding"] not in ("json", "proto"):
        return refusal(environ, 415, "unimplemented", "the encoding of a GET is json or proto")
    if verb == "POST" and kind not in kinds:
        text = f"Content-Type {kind[:60]!r} is not spoken here; send one of {', '.join(kinds)}"
        return refusal(environ, 415, "unimplemented", text, Accept_Post=", ".join(kinds))
    return None


_SPENDING = frozenset({"AggregationService"})
"""Services that only read, and ask providers for it."""
_BY_PROGRAMS = ("HTTP_AUTHORIZATION", "HTTP_CONNECT_PROTOCOL_VERSION", "HTTP_CONNECT_TIMEOUT_MS", "HTTP_X_USER_AGENT")


def _is_on_purpose(environ: "WSGIEnvironment") -> bool:
    """Whether a GET comes from a page of ours, from whoever typed its address, or from a program: browsers without
    `Sec-Fetch-Site` send no header of their own for a picture in a page of another site."""
    site = environ.get("HTTP_SEC_FETCH_SITE", "")
    return site in ("same-origin", "none") or any(name in environ for name in _BY_PROGRAMS)


class _WorkerPool(ThreadPool):
    """Threads that are made when they are needed: to keep many takes memory, and most doors need few."""

    _threads: list[threading.Thread]
    _queue: "queue.Queue[LobbyConnection]"
    _spawn_worker: Callable[[], threading.Thread]

    def __init__(self, server: Any, most: int) -> None:
        super().__init__(server, min=1, max=most)
        self._busy, self._lock = 0, threading.Lock()

    def give(self, connection: LobbyConnection) -> bool:
        """Have a request answered; False where too many wait for that."""
        with self._lock:
            if self._busy >= self.max + QUEUED:
                return False
            self._busy += 1
            if self._busy > len(self._threads) and len(self._threads) < self.max:
                self._threads.append(self._spawn_worker())
        self._queue.put(connection)
        return True

    def done(self) -> None:
        """A request was answered."""
        with self._lock:
            self._busy -= 1

    @staticmethod
    def _force_close(conn: LobbyConnection | None) -> None:
        if conn is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(conn.socket, socket.SHUT_RDWR)


class _Cheroot(wsgi.Server):
    """cheroot as it is from a complete request on. Everything before, it would have a worker wait for."""

    max_request_header_size = MOST_HEAD
    requests: _WorkerPool
    _connections: Lobby

    def __init__(
        self, address: tuple[str, int], app: "WSGIApplication", *, threads: int, tls: Tls | None, refuses: Refuses
    ) -> None:
        super().__init__(address, app, server_name="metarr", request_queue_size=128)
        self.requests = _WorkerPool(self, threads)
        self._tls = None if tls is None else _context(tls)
        self._refuses = refuses
        self._tell = Seldom(log.info)

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: Any) -> socket.socket:
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # every connection inherits it
            socket_.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(SILENCE * 1000))
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()  # cheroot forgets it
            raise
        return socket_

    def prepare(self) -> None:
        super().prepare()
        self._connections.close()
        self._connections = Lobby(
            self,
            tls=self._tls,
            most_body=MAX_REQUEST_BYTES,
            places=min(PLACES, handles() // 4),
            refuses=self._refuses,
            answer=_refusal,
            workers=self.requests,
        )

    def put_conn(self, conn: LobbyConnection) -> None:
        self._connections.put(conn)

    def error_log(self, msg: Any = "", level: int = logging.INFO, traceback: bool = False) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, ssl.SSLError):  # cheroot knows only plain sockets' ways of telling that the caller left
            self._tell("http_caller_left", why=error.reason or str(error))
        elif level <= logging.INFO:
            self._tell("http_server", detail=str(msg))
        else:
            log.log(level, "http_server", detail=str(msg), exc_info=traceback)


def _context(tls: Tls) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(tls.certificate, tls.key)
    return context


_MALFORMED = {
    408: "deadline_exceeded",
    413: "resource_exhausted",
    431: "resource_exhausted",
    501: "unimplemented",
    503: "unavailable",
}
"""How Connect spells what is wrong with a request; the others are invalid."""


def _refusal(error: MalformedRequest) -> bytes:
    """The answer to who sends no request."""
    code = _MALFORMED.get(error.status, "invalid_argument")
    response = refusal({}, error.status, code, str(error), Connection="close", **SECURITY_HEADERS)
    head = "".join(f"{name}: {value}\r\n" for name, value in response.headers.items())
    return f"HTTP/1.1 {response.status}\r\n{head}\r\n".encode("latin-1") + response.get_data()


class HttpServer:
    """Serves servicers from `start` to `stop`. `port` 0 takes a free one; `port` tells which once started.

    `names` are further host names by which the owner reaches the daemon; `web` answers what is no RPC. With a `guard`
    whoever calls has to pass it, or to show the token of one of the `players`; with `tls` the door speaks nothing else.
    `closing` hears when it stops.
    """

    def __init__(
        self,
        servicers: Iterable[BaseServicer],
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        names: Collection[str] = (),
        guard: Guard | None = None,
        players: Subject | None = None,
        tls: Tls | None = None,
        web: "WSGIApplication | None" = None,
        closing: Closing | None = None,
        metrics: Callable[[], bytes] | None = None,
        images: Callable[[str], ImageFile | None] | None = None,
        session: "Callable[[WSGIEnvironment], bool] | None" = None,
        hook: Hook | None = None,
        threads: int = THREADS,
    ) -> None:
        self._host, self.port = host, port
        self._closing = closing or Closing()
        served = tuple(servicers)
        app = application(
            served,
            bound=host,
            names=names,
            guard=guard,
            players=players,
            web=web,
            closing=self._closing,
            metrics=metrics,
            images=images,
            session=session,
            hook=hook,
        )
        self._tls = tls is not None
        methods = tuple(f"/{servicer.service.name}/".encode() for servicer in served)

        def refuses(head: RequestHead) -> bool:
            if guard is None or not head.path.startswith(methods):
                return False
            if head.path.decode("latin-1") in PAIRING_PATHS and (head.length or MOST_PAIRING + 1) <= MOST_PAIRING:
                return False
            player = None if players is None else players(shown_token(head.authorization))
            return player is None and guard(head.authorization) is not None

        self._server = _Cheroot((host, port), app, threads=threads, tls=tls, refuses=refuses)
        self._thread = threading.Thread(target=self._server.serve, name="http", daemon=True)

    def start(self) -> None:
        """Take the port and serve. Raises CannotDo where the port cannot be had."""
        try:
            self._server.prepare()
        except OSError as error:
            raise cannot_listen("HTTP", authority(self._host, self.port)) from error
        self.port = self._server.bind_addr[1]
        self._thread.start()
        log.info("http_listening", address=authority(self._host, self.port), tls=self._tls)

    def stop(self, grace: float = 5.0) -> None:
        """Refuse new requests, give running ones `grace` seconds, then cut them off. Returns when done."""
        self._closing.begin()
        if not self._server.ready:
            return
        self._server.shutdown_timeout = grace
        self._server.stop()
        if self._thread.ident is not None:
            self._thread.join()
