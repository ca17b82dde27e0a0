"""What a servicer may use of a call, whichever door it came through."""

from collections.abc import Callable, Iterable
from typing import NoReturn, Protocol

import grpc

DEFAULT_DEADLINE = 60.0
"""Seconds for a caller who names no deadline."""

_NONE = 10.0**9  # grpcio tells a missing deadline as an absurdly late one


class Context(Protocol):
    """The part of `grpc.ServicerContext` that both doors offer."""

    def time_remaining(self) -> float | None:
        """Seconds until the caller's deadline."""

    def is_active(self) -> bool:
        """False once nobody waits for the answer any more."""

    def add_callback(self, callback: Callable[[], None]) -> bool:
        """Call that when the call ends; False where it has ended already."""

    def invocation_metadata(self) -> Iterable[tuple[str, str | bytes]]:
        """The request's headers, names in lower case."""

    def peer(self) -> str:
        """Who calls (`rpc.doors.access.caller`)."""

    def set_trailing_metadata(self, trailing_metadata: tuple[tuple[str, bytes], ...]) -> None:
        """What to send after the answer."""

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the call with an error. Servicers raise instead; `rpc.errors` calls this for them."""


def seconds_left(context: Context, default: float = DEFAULT_DEADLINE) -> float:
    """Seconds that the caller still waits; `default` where the caller set no deadline."""
    left = context.time_remaining()
    return default if left is None or left > _NONE else max(0.0, left)
