"""Looks whether what answers is a Metarr daemon that this adapter can speak with."""

from __future__ import annotations

from typing import Any

from metarr_adapter.errors import BadAnswer, TooOld
from metarr_adapter.session import API_LEVEL, Caller

_HEALTH = "metarr.v1.HealthService/GetHealth"


def health(caller: Caller, *, timeout: float) -> dict[str, Any]:
    """What the daemon says of itself, within `timeout` seconds. Raises RpcError, also where what answers is no Metarr,
    or is too old."""
    answer = caller.call(_HEALTH, {}, timeout=timeout)
    level = answer.get("apiLevel")
    if not isinstance(level, int):
        raise BadAnswer("what answers is no Metarr daemon")
    if level < API_LEVEL:
        raise TooOld("unimplemented", f"the daemon speaks level {level}, and {API_LEVEL} is needed here")
    return answer
