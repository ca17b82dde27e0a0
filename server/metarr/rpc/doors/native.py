"""Native calls: one event loop waits for what callers send, and the servicers' threads are for calls that have asked.

A call that never sends its message costs no thread, and ends after a while; where too many of them wait, the one that
has waited longest makes room.
"""

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Any, NoReturn

import grpc
import structlog
from google.protobuf.message import DecodeError

from metarr.errors import InvalidInput, MetarrError, Violation
from metarr.rpc.doors.access import Guard, caller, token_failures
from metarr.rpc.errors import INTERNAL_TEXT, fail, status_of

log = structlog.get_logger(__name__)

MESSAGE_SECONDS = 10.0
"""How long a call may take to send what it asks."""
WAITING = 256
"""Calls whose message may be awaited at once."""
QUEUED = 128
"""Calls that may wait for a thread at once."""
UNREAD_SECONDS = 30.0
"""How long a message may wait for a caller who reads nothing."""

NativeCall = grpc.aio.ServicerContext[Any, Any]


class Gone(Exception):
    """The caller has left."""


class Aborted(Exception):
    """A servicer ended its call with an error."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code, self.details = code, details


class NativeContext:
    """What a servicer, in its thread, sees of a native call (`rpc.doors.context.Context`)."""

    def __init__(self, call: NativeCall) -> None:
        self._call = call
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] | None = []
        self._sending: Future[None] | None = None
        self.trailing: tuple[tuple[str, bytes], ...] = ()

    def time_remaining(self) -> float | None:
        return self._call.time_remaining()

    def is_active(self) -> bool:
        return self._callbacks is not None

    def add_callback(self, callback: Callable[[], None]) -> bool:
        with self._lock:
            if self._callbacks is None:
                return False
            self._callbacks.append(callback)
            return True

    def invocation_metadata(self) -> Iterable[tuple[str, str | bytes]]:
        return tuple(self._call.invocation_metadata() or ())

    def peer(self) -> str:
        return peer(self._call)

    def set_trailing_metadata(self, trailing_metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.trailing = trailing_metadata

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise Aborted(code, details)

    def send(self, message: bytes) -> None:
        """One message of a stream; returns when it is on its way. Raises Gone."""
        with self._lock:
            if self._callbacks is None:
                raise Gone
            self._sending = asyncio.run_coroutine_threadsafe(_in_time(self._call.write(message)), self._loop)
        try:
            self._sending.result()
        except (CancelledError, Exception) as error:
            raise Gone from error

    def end(self) -> None:
        """The call is over: let the servicer know, whatever it waits for."""
        with self._lock:
            callbacks, self._callbacks = self._callbacks or [], None
            if self._sending is not None:
                self._sending.cancel()
        for callback in callbacks:
            callback()


def peer(call: NativeCall) -> str:
    """Who calls."""
    return caller(call.peer().partition(":")[2])


async def refuse(call: NativeCall, error: MetarrError) -> NoReturn:
    """End a call with the status of an error."""
    context = NativeContext(call)
    try:
        # None of these errors tells a time to retry, so what the time is does not matter.
        fail(context, status_of(error, datetime.min.replace(tzinfo=UTC)))
    except Aborted as aborted:
        await call.abort(aborted.code, aborted.details, context.trailing)


async def _refuse(error: MetarrError, _messages: object, call: NativeCall) -> None:
    token_failures.note(peer(call))
    await refuse(call, error)


class NativeCalls(grpc.GenericRpcHandler):
    """Serves the methods of servicers, some of which may be coroutines, to whoever passes the guard.

    Towards the generated `add_XServicer_to_server(servicer, calls)` it is a server.
    """

    def __init__(self, guard: Guard | None, threads: int) -> None:
        self._guard = guard
        self._methods: dict[str, Any] = {}
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="grpc")
        self._places = threading.Semaphore(threads + QUEUED)
        self._waiting: dict[asyncio.Timeout, None] = {}  # in the order in which they began

    def add_generic_rpc_handlers(self, _handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        """What is registered tells the same."""

    def add_registered_method_handlers(self, service: str, methods: dict[str, Any]) -> None:
        self._methods |= {f"/{service}/{name}": method for name, method in methods.items()}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """A handler of streams: it waits for no message by itself, and answers what is no stream as well."""
        shown = [value for name, value in handler_call_details.invocation_metadata if name == "authorization"]
        refused = None if self._guard is None else self._guard(str(shown[0]) if len(shown) == 1 else "")
        if refused is not None:
            return grpc.stream_stream_rpc_method_handler(partial(_refuse, refused))
        method = self._methods.get(handler_call_details.method)
        if method is None:
            return None
        serve, serializer = (self._await, method.response_serializer) if _is_async(method) else (self._in_thread, None)
        if method.response_streaming:
            return grpc.stream_stream_rpc_method_handler(partial(serve, method), response_serializer=serializer)
        return grpc.stream_unary_rpc_method_handler(partial(serve, method), response_serializer=serializer)

    def close(self) -> None:
        """Begin no call any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _await(self, method: Any, _messages: object, call: NativeCall) -> Any:
        if method.stream_stream is None:
            return await (method.unary_unary or method.unary_stream)(await self._message(method, call), call)
        async for answer in method.stream_stream(self._messages(method, call), call):
            await call.write(answer)
        return None

    async def _messages(self, method: Any, call: NativeCall) -> AsyncIterator[Any]:
        while (raw := await self._raw(call)) is not grpc.aio.EOF:
            yield await _decoded(method, raw, call)

    async def _message(self, method: Any, call: NativeCall) -> Any:
        return await _decoded(method, await self._raw(call), call)

    async def _raw(self, call: NativeCall) -> Any:
        """The next message as it came."""
        try:
            async with asyncio.timeout(MESSAGE_SECONDS) as patience:
                self._waiting[patience] = None
                if len(self._waiting) > WAITING:
                    next(iter(self._waiting)).reschedule(0)
                return await call.read()
        except TimeoutError:
            text = f"no message came in time: within {MESSAGE_SECONDS:g} s, or sooner where very many calls send none"
            await call.abort(grpc.StatusCode.DEADLINE_EXCEEDED, text)
        finally:
            del self._waiting[patience]

    async def _in_thread(self, method: Any, _messages: object, call: NativeCall) -> bytes | None:
        """Have the servicer answer in a thread, and let it know at once where the caller leaves."""
        request = await self._message(method, call)
        if not self._places.acquire(blocking=False):
            await call.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many calls at once; come back in a moment")
        context = NativeContext(call)
        answering = self._pool.submit(_stream if method.response_streaming else _unary, method, request, context)
        answering.add_done_callback(lambda _: self._places.release())
        try:
            return await asyncio.wrap_future(answering)
        except Aborted as aborted:
            await call.abort(aborted.code, aborted.details, context.trailing)
        except Exception as error:
            log.exception("rpc_failed", exc_info=error)
            await call.abort(grpc.StatusCode.INTERNAL, INTERNAL_TEXT)
        finally:
            context.end()


def _is_async(method: Any) -> bool:
    return bool(method.stream_stream) or inspect.iscoroutinefunction(method.unary_unary or method.unary_stream)


async def _decoded(method: Any, raw: Any, call: NativeCall) -> Any:
    try:
        if raw is grpc.aio.EOF:
            raise DecodeError("there is none")
        return method.request_deserializer(raw)
    except DecodeError as error:
        wrong = Violation("", f"the message cannot be read: {error}")
        await refuse(call, InvalidInput(wrong, reason="MALFORMED_MESSAGE"))


def _unary(method: Any, request: Any, context: NativeContext) -> bytes:
    answer: bytes = method.response_serializer(method.unary_unary(request, context))
    return answer


def _stream(method: Any, request: Any, context: NativeContext) -> None:
    with closing(method.unary_stream(request, context)) as answers:
        try:
            for answer in answers:
                context.send(method.response_serializer(answer))
        except Gone:
            return


async def _in_time(sending: Coroutine[Any, Any, None]) -> None:
    async with asyncio.timeout(UNREAD_SECONDS):
        await sending
