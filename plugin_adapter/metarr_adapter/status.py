"""How an adapter stands with its daemon, in a word, for the host's menus."""

from __future__ import annotations

from typing import NamedTuple


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
    """Another program keeps the same library in step already."""
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
