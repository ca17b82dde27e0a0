"""The base of every servicer: whatever error leaves a method ends the call with its status.

It wraps each RPC method, so that none can forget it. The mapping happens inside the method, not in an interceptor,
because the HTTP door runs no grpcio interceptors.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NoReturn

import grpc
import structlog

from metarr.clock import Clock, SystemClock
from metarr.counters import RPC_SECONDS
from metarr.rpc.contract import Service, service_of
from metarr.rpc.doors.context import Context
from metarr.rpc.doors.streams import Streams
from metarr.rpc.errors import Unimplemented, fail, status_of

log = structlog.get_logger(__name__)


def _fail_with(error: Exception, servicer: "BaseServicer", context: Context, method: str) -> NoReturn:
    status = status_of(error, servicer.clock.now())
    if status.code == grpc.StatusCode.INTERNAL.value[0]:
        log.error("rpc_failed", method=method, exc_info=error)
    fail(context, status)


_MARK = "answers_with_a_status"


def answers(method: Callable[..., Any], *, streaming: bool) -> Callable[..., Any]:
    """The RPC method, ending every error that leaves it with the right status."""

    @functools.wraps(method)
    def unary(servicer: BaseServicer, request: Any, context: Context) -> Any:
        with RPC_SECONDS.labels(servicer.service.descriptor.name, method.__name__).time():
            return judged(servicer, request, context)

    def judged(servicer: BaseServicer, request: Any, context: Context) -> Any:
        try:
            return method(servicer, request, context)
        except Exception as error:  # noqa: BLE001 (nothing may leave but a status)
            _fail_with(error, servicer, context, method.__name__)

    @functools.wraps(method)
    def stream(servicer: BaseServicer, request: Any, context: Context) -> Iterator[Any]:
        try:
            with servicer.streams.one_more(context.peer()):
                yield from method(servicer, request, context)
        except Exception as error:  # noqa: BLE001 (nothing may leave but a status)
            _fail_with(error, servicer, context, method.__name__)

    wrapper: Callable[..., Any] = stream if streaming else unary
    setattr(wrapper, _MARK, True)
    return wrapper


def _unimplemented(name: str) -> Callable[..., Any]:
    def method(servicer: "BaseServicer", request: Any, context: Context) -> NoReturn:
        raise Unimplemented(f"{name} is not implemented")

    method.__name__ = name
    return method


class BaseServicer:
    """Base of every servicer, to stand before the generated one: `class Library(BaseServicer, LibraryServiceServicer)`.

    Methods raise the errors of `metarr.errors` and never abort by themselves. `clock` tells how long to wait
    before a retry, `streams` whether another stream may be opened.
    """

    clock: Clock = SystemClock()
    streams = Streams()
    """One for the whole process, whichever door and whichever service."""

    service: ClassVar[Service]
    """What it serves."""

    def __init_subclass__(cls, service: Service | None = None, **options: Any) -> None:
        """`service`: one that is not of the contract."""
        super().__init_subclass__(**options)
        cls.service = service or getattr(cls, "service", None) or service_of(cls)
        for rpc in cls.service.methods:
            method = getattr(cls, rpc.name)
            if method is getattr(cls.service.base, rpc.name):
                method = _unimplemented(rpc.name)
            if not hasattr(method, _MARK):
                setattr(cls, rpc.name, answers(method, streaming=rpc.server_streaming))
