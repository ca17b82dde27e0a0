"""What the service tells the add-on's menus, each in an interpreter of its own: a property of Kodi's home window."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from metarr_kodi.port import Port

PROPERTY = "metarr.status"


class State:
    """How the service stands, in a word."""

    NOT_SET_UP = "not_set_up"
    """The owner has not yet said where Metarr runs."""
    CONNECTING = "connecting"
    """The daemon is away, or was not asked yet."""
    CONNECTED = "connected"
    """It works."""
    NO_POLICY = "no_policy"
    """Connected; the owner has not yet chosen what becomes of the library's own values."""
    IN_USE = "in_use"
    """Another Kodi keeps the same library in step already."""
    WRONG_TOKEN = "wrong_token"
    TOO_OLD = "too_old"
    """The daemon is."""
    FAILED = "failed"
    """Something else is wrong; `error` tells what."""
    OFF = "off"
    """The service does not run."""


class Status(NamedTuple):
    """`state` is one of `State`; `pending` entries of which something is pending, as last heard; `error` what is wrong,
    in words; "": nothing."""

    state: str = State.OFF
    address: str = ""
    daemon_version: str = ""
    player_id: str = ""
    pending: int = 0
    error: str = ""

    @property
    def connected(self) -> bool:
        return self.state in (State.CONNECTED, State.NO_POLICY)


def publish(port: Port, status: Status) -> None:
    """Say how the service stands."""
    told: Mapping[str, Any] = {**status._asdict(), "connected": status.connected}
    port.set_property(PROPERTY, json.dumps(told))


def current(port: Port) -> Status:
    """How the service said last that it stands."""
    try:
        told = json.loads(port.property(PROPERTY) or "{}")
    except ValueError:
        return Status()
    return Status(**{name: told[name] for name in Status._fields if name in told})
