"""Four providers on one loopback port, over real HTTP.

A thread per connection, so that a hang blocks nobody; keep-alive; TCP_NODELAY; head and body in one send.
"""

from __future__ import annotations

import json
import random
import socket as sockets
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from . import fanart, omdb, tmdb, tvdb
from .faults import Fault, apply, head, refusal
from .messages import PROVIDERS, Request, Response, answer, encode
from .state import KEYS, Quota, Rate, RecordedRequest, State

_MODULES: dict[str, Any] = {"tmdb": tmdb, "omdb": omdb, "tvdb": tvdb, "fanart": fanart}
_PREFIXES = {"tmdb": "/tmdb/3", "omdb": "/omdb/", "tvdb": "/tvdb/v4", "fanart": "/fanart/v3.2"}


class Simulators:
    """The simulators, running inside `with`; every method may be called at any time."""

    def __init__(self, port: int = 0) -> None:
        self.state = State()
        self.keys = dict(KEYS)
        self._server = _Server(("127.0.0.1", port), self)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.state.host = f"127.0.0.1:{self.port}"
        self.base_urls = {name: self.url + prefix for name, prefix in _PREFIXES.items()}
        self.control_url = f"{self.url}/_control"
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="simulators", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every connection, hanging ones too, and leave no thread."""
        if self.state.stopping.is_set():
            return
        self.state.stopping.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.release_connections()

    # Control ----------------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Back to the start: no faults, patches, limits, latency, tokens or recorded requests."""
        self.state.reset()

    def requests(self, provider: str | None = None) -> list[RecordedRequest]:
        """What was asked, oldest first, without any key (the last 50,000)."""
        return self.state.requests(provider)

    def clear_requests(self) -> None:
        """Forget the recorded requests and counters, and nothing else."""
        self.state.clear_requests()

    def counts(self, provider: str | None = None) -> dict[str, Any]:
        """Per provider: total, endpoints{kind: n}, statuses{code: n}, peak_in_flight; or that of one provider."""
        counts = self.state.counts()
        return counts if provider is None else counts[provider]

    def count(self, provider: str, endpoint: str | None = None) -> int:
        counts = self.counts(provider)
        return int(counts["total"] if endpoint is None else counts["endpoints"].get(endpoint, 0))

    def set_latency(self, provider: str, seconds: float) -> None:
        """Every answer of that provider comes `seconds` later."""
        self.state.latency[_known(provider)] = seconds

    def set_quota(self, provider: str, limit: int | None, used: int = 0) -> None:
        """A daily quota in requests (None: no quota); when it is used up the provider says so in its own words."""
        if limit is None:
            self.state.quotas.pop(_known(provider), None)
        else:
            self.state.quotas[_known(provider)] = Quota(limit, used)

    def quota(self, provider: str) -> dict[str, int] | None:
        quota = self.state.quotas.get(_known(provider))
        return None if quota is None else {"limit": quota.limit, "used": quota.used}

    def set_rate(self, provider: str, per_second: float | None) -> None:
        """More requests a second than this get 429 with Retry-After (None: no limit)."""
        if per_second is None:
            self.state.rates.pop(_known(provider), None)
        else:
            self.state.rates[_known(provider)] = Rate(per_second)

    def set_page_size(self, provider: str, size: int | None) -> None:
        """TVDB: episodes a page (None: the real 500)."""
        if size is None:
            self.state.page_sizes.pop(_known(provider), None)
        else:
            self.state.page_sizes[_known(provider)] = size

    def refuse_key(self, provider: str, refused: bool = True) -> None:
        """Treat even the good key as a wrong one."""
        (self.state.refused.add if refused else self.state.refused.discard)(_known(provider))

    def patch(self, provider: str, kind: str, record_id: object, *, missing: bool = False, **fields: Any) -> None:
        """Change top-level fields of what one provider answers about one record, or make it unknown there.

        `kind`: movie, series (or tv), season, episode. `record_id`: the provider's own id; TMDB seasons and episodes
        are "1396/1" and "1396/1/3"; OMDb's are IMDb ids; fanart.tv's movies are TMDB ids. Without fields: undo.
        """
        self.state.patch(_known(provider), kind, record_id, missing, fields)

    def fault(
        self,
        provider: str,
        name: str,
        count: int | None = None,
        *,
        probability: float | None = None,
        seed: int = 0,
        path_contains: str | None = None,
        **options: Any,
    ) -> None:
        """From now on that provider fails so (see FAULTS): for `count` requests, or with `probability`, or always."""
        self.state.faults.add(
            Fault(
                provider=_known(provider),
                name=name,
                count=count,
                probability=probability,
                path_contains=path_contains,
                options=options,
                dice=random.Random(seed),
            )
        )

    def clear_faults(self, provider: str | None = None) -> None:
        self.state.faults.clear(provider)

    def expire_tokens(self) -> None:
        """Every TVDB token issued so far is refused from now on."""
        self.state.tokens.clear()

    # Answering --------------------------------------------------------------------------------------------------------

    def respond(self, request: Request) -> tuple[Response, str, str | None]:
        """The response, the kind of endpoint and the fault's name."""
        provider = request.provider
        module = _MODULES.get(provider)
        if module is None:
            return Response(404, b"not found", "text/plain"), "other", None
        endpoint = module.endpoint_of(request)
        delay = self.state.latency.get(provider)
        if delay:
            self.state.stopping.wait(delay)
        fault = self.state.faults.meeting(request)
        if fault is None:
            return self._provide(request), endpoint, None
        return apply(fault, request, lambda: self._provide(request), self.state.host), endpoint, fault.name

    def _provide(self, request: Request) -> Response:
        if not self.state.admits(request.provider):
            return refusal(request.provider, "limit", 1)
        response: Response = _MODULES[request.provider].respond(request, self.state)
        return response

    def control(self, request: Request) -> Response:
        """`GET /_control/requests|counts|faults`, `POST /_control/<method>` with the arguments as a JSON object."""
        name = request.path.strip("/")
        try:
            arguments = json.loads(request.body) if request.body else {}
            if request.method == "GET":
                arguments = {**request.public_query, **arguments}
            if name not in _CONTROLS:
                return answer({"error": f"no control is called {name!r}", "controls": sorted(_CONTROLS)}, 404)
            result = getattr(self, name)(**arguments)
        except (TypeError, ValueError, KeyError) as error:
            return answer({"error": str(error)}, 400)
        if name == "requests":
            result = [entry.as_dict() for entry in result]
            return answer({"requests": result, "counts": self.counts()})
        return answer({name: result} if result is not None else {"ok": True})


_CONTROLS = {
    "reset",
    "requests",
    "clear_requests",
    "counts",
    "count",
    "set_latency",
    "set_quota",
    "quota",
    "set_rate",
    "set_page_size",
    "refuse_key",
    "patch",
    "fault",
    "clear_faults",
    "expire_tokens",
}


def _known(provider: str) -> str:
    if provider not in PROVIDERS:
        raise ValueError(f"no provider is called {provider!r}; there are: {', '.join(PROVIDERS)}")
    return provider


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], simulators: Simulators) -> None:
        self.simulators = simulators
        self._open: dict[threading.Thread, sockets.socket] = {}
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without the reverse DNS look-up that HTTPServer makes."""
        sockets.socket.setsockopt(self.socket, sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="simulators-connection",
            daemon=True,
        )
        with self._open_lock:
            self._open[thread] = request
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._open_lock:
                self._open.pop(threading.current_thread(), None)

    def release_connections(self) -> None:
        with self._open_lock:
            connections = dict(self._open)
        for connection in connections.values():
            try:
                connection.shutdown(sockets.SHUT_RDWR)
            except OSError:
                continue
        for thread in connections:
            thread.join(timeout=5)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a fault of the simulators and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Reads requests with a plain loop: the base class's header parser costs more than answering does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        while self._handle_one():
            pass

    def _handle_one(self) -> bool:
        request = self._read_request()
        if request is None:
            return False
        simulators = self.server.simulators
        if request.provider == "_control":
            return self._send(simulators.control(request))
        state, started = simulators.state, time.monotonic()
        state.begin(request.provider)
        try:
            response, endpoint, fault = simulators.respond(request)
        except Exception:
            state.end(request.provider)
            self._send(Response(500, encode({"error": "the simulator itself failed"})))
            raise
        if not state.stopping.is_set():
            state.record(request, endpoint, response.status, fault, started)
        try:
            keep = self._send(response)
        finally:
            state.end(request.provider)
        return keep and request.headers.get("connection", "").lower() != "close"

    def _read_request(self) -> Request | None:
        line = self.rfile.readline(65537)
        parts = line.split()
        if len(parts) != 3:
            return None
        method, target = parts[0].decode("latin-1"), parts[1].decode("latin-1")
        headers: dict[str, str] = {}
        while (row := self.rfile.readline(65537)) not in (b"\r\n", b"\n", b""):
            name, _, value = row.partition(b":")
            headers[name.decode("latin-1").lower()] = value.strip().decode("latin-1")
        body = self.rfile.read(int(headers.get("content-length", 0) or 0))
        path, _, query = target.partition("?")
        _, provider, rest = (unquote(path) + "/").split("/", 2)
        return Request(method, provider, "/" + rest.rstrip("/"), query, headers, body)

    def _send(self, response: Response) -> bool:
        """Write the response; False when the connection must not be used again."""
        if response.deliver is not None:
            response.deliver(self.connection, response)
            return False
        body = b"" if response.status == 304 else response.body
        self.connection.sendall(head(response, len(body)) + body)
        return True
