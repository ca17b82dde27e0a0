"""The local door: the contract for the pages, in process. They are one more client of it, and nothing travels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, NoReturn, TypeVar

import grpc

from metarr.clock import Clock
from metarr.rpc.client import RpcFailure, failure_of
from metarr.rpc.convert import plain_of as plain_of
from metarr.rpc.convert import value_message as value_message
from metarr.rpc.doors.closing import Call, Closing
from metarr.rpc.doors.context import DEFAULT_DEADLINE
from metarr.rpc.doors.context import Context as Context
from metarr.rpc.errors import DETAILS
from metarr.rpc.methods.aggregation import AggregationServicer
from metarr.rpc.methods.config import ConfigServicer
from metarr.rpc.methods.enrichment import EnrichmentServicer
from metarr.rpc.methods.health import HealthServicer
from metarr.rpc.methods.hosts import HostServicer
from metarr.rpc.methods.library import LibraryServicer
from metarr.rpc.methods.players import SyncServicer

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Refused(Exception):
    """A call that was refused, in words for a person.

    `code` is the status by name, such as "NOT_FOUND"; `reason` the machine-readable one of `metarr.errors`;
    `violations` by the path of the request's field, such as "settings.api_key"; `retry_seconds`: when to try again,
    None where nobody knows.
    """

    def __init__(self, failure: RpcFailure) -> None:
        self.code, self.message, self.reason = failure.code, failure.message, failure.reason
        self.violations = {each.field: each.description for each in failure.violations}
        self.retry_seconds = failure.retry_seconds
        super().__init__(failure.message)


class LocalContext(Call):
    """What a servicer sees of a call in process (`rpc.doors.context.Context`)."""

    def __init__(self, closing: Closing, clock: Clock, seconds: float) -> None:
        super().__init__(closing)
        self._clock = clock
        self._end = clock.monotonic() + seconds

    def time_remaining(self) -> float:
        return max(0.0, self._end - self._clock.monotonic())

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return ()

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise Refused(failure_of(code, details, self._trailing.get(DETAILS, b"")))


class Servicers(NamedTuple):
    """The contract's services."""

    aggregation: AggregationServicer
    enrichment: EnrichmentServicer
    library: LibraryServicer
    config: ConfigServicer
    health: HealthServicer
    sync: SyncServicer
    hosts: HostServicer


@dataclass(frozen=True)
class LocalDoor:
    """The way to call methods of the services in process. Calls end early once the door that `closing` tells of
    closes."""

    services: Servicers
    clock: Clock
    closing: Closing

    def ask(
        self, method: Callable[[Asked, Context], Answer], request: Asked, seconds: float = DEFAULT_DEADLINE
    ) -> Answer:
        """The answer of a unary method, within so many seconds. Raises Refused."""
        with LocalContext(self.closing, self.clock, seconds) as context:
            return method(request, context)
