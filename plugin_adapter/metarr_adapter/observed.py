"""Watches the calls to the daemon, so that a host's menus can say how the connection stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from metarr_adapter.errors import RpcError
from metarr_adapter.session import API_LEVEL, Caller, Failure, Stream, failure_of
from metarr_adapter.status import State, Status

_STATES = {
    Failure.AWAY: State.CONNECTING,
    Failure.FORGOTTEN: State.CONNECTING,
    Failure.TOKEN: State.WRONG_TOKEN,
    Failure.OLD: State.TOO_OLD,
    Failure.IN_USE: State.IN_USE,
    Failure.ENDED: State.IN_USE,
}
_OF_ONE_REQUEST = {"invalid_argument", "not_found", "canceled"}
"""Errors that say nothing about the connection."""


class Observed:
    """A caller that calls by another one. `changed` gets the status whenever it is another one than before; `explain`
    says what is wrong in the owner's words."""

    def __init__(
        self,
        caller: Caller,
        status: Status,
        changed: Callable[[Status], None],
        explain: Callable[[RpcError], str],
    ) -> None:
        self._caller, self._status, self._changed, self._explain = caller, status, changed, explain

    def call(self, method: str, message: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
        try:
            answer = self._caller.call(method, message, timeout=timeout)
        except RpcError as error:
            self._failed(error)
            raise
        self._answered(method.rpartition("/")[2], answer)
        return answer

    def stream(self, method: str, message: Mapping[str, Any]) -> Stream:
        return _Stream(self._caller.stream(method, message), self._heard, self._failed)

    def _answered(self, method: str, answer: Mapping[str, Any]) -> None:
        if method == "GetHealth":
            self._set(daemon_version=str(answer.get("version", "")))
            level = answer.get("apiLevel")
            if not isinstance(level, int) or level < API_LEVEL:
                self._set(state=State.TOO_OLD, error=f"the daemon speaks level {level}, and {API_LEVEL} is needed here")
        elif method == "RegisterPlayer":
            player = answer.get("player", {})
            state = State.CONNECTED if player.get("policy") else State.NO_POLICY
            self._set(state=state, error="", pending=player.get("pendingItems", 0))
        elif method == "ListPendingItems":
            self._set(state=State.NO_POLICY if answer.get("policyNeeded") else State.CONNECTED, error="")
        elif method == "AckItems":
            settled = sum(status != "STATUS_SUPERSEDED" for status in answer.get("statuses", ()))
            self._set(pending=max(0, self._status.pending - settled))

    def _heard(self, message: Mapping[str, Any]) -> None:
        if not message.get("heartbeat"):
            self._set(pending=message.get("pendingItems", 0))

    def _failed(self, error: RpcError) -> None:
        if error.code not in _OF_ONE_REQUEST or error.reason:
            self._set(state=_STATES.get(failure_of(error), State.FAILED), error=self._explain(error))

    def _set(self, **changes: Any) -> None:
        status = self._status._replace(**changes)
        if status != self._status:
            self._status = status
            self._changed(status)


class _Stream:
    """A stream that says in passing what comes."""

    def __init__(
        self, stream: Stream, heard: Callable[[Mapping[str, Any]], None], failed: Callable[[RpcError], None]
    ) -> None:
        self._stream, self._heard, self._failed = stream, heard, failed

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            for message in self._stream:
                self._heard(message)
                yield message
        except RpcError as error:
            self._failed(error)
            raise

    def close(self) -> None:
        self._stream.close()
