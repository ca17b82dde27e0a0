"""Letting this Kodi in: it shows a code, its owner types that at the daemon, and it gets a token of its own."""

from __future__ import annotations

from typing import Any

from metarr_adapter.client import Client
from metarr_adapter.errors import RpcError
from metarr_adapter.memory import FileMemory
from metarr_kodi import texts
from metarr_kodi.contact import PATIENCE, Connect
from metarr_kodi.leaving import closed_with_kodi
from metarr_kodi.player import identity
from metarr_kodi.port import Port, ca_file

STEP = 2.0
"""Seconds between two questions whether somebody typed the code."""

_SYNC = "metarr.v1.SyncService/"


def paired(port: Port, address: str, connect: Connect) -> str:
    """Show codes until one is typed at the daemon; the token that came of it. "": the owner wants to type the token,
    or the daemon knows no codes."""
    try:
        with connect(address, "", ca_file=ca_file(port), attempts=2) as client, closed_with_kodi(port, client):
            return _with_client(port, client)
    except (RpcError, ValueError) as error:
        port.log("info", f"no code could be had: {error}")
        return ""


def _with_client(port: Port, client: Client) -> str:
    who = identity(port, FileMemory(port.profile(), lambda why: port.log("error", why)))
    while True:
        message = {"playerId": who.player_id, "name": who.name}
        code = client.call(_SYNC + "StartPairing", message, timeout=PATIENCE)
        token, cancelled = _shown(port, client, code)
        if token or cancelled or port.ends():
            return token
        again, typed = port.text(texts.CODE_AGAIN), port.text(texts.TYPE_TOKEN)
        if not port.confirm(port.text(texts.LET_IN), port.text(texts.CODE_OVER), yes=again, no=typed, onward=True):
            return ""


def _shown(port: Port, client: Client, code: dict[str, Any]) -> tuple[str, bool]:
    """The token that came of a code, and whether the owner closed it."""
    digits, seconds = str(code.get("code", "")), int(code.get("seconds", 0))
    spaced, left = f"{digits[:3]} {digits[3:]}", float(seconds)
    with port.progress(port.text(texts.LET_IN)) as bar:
        while left > 0:
            minutes, rest = divmod(int(left), 60)
            text = port.text(texts.CODE_SHOWN, code=spaced, digits=digits, left=f"{minutes}:{rest:02}")
            bar.update(round(100 * left / seconds), text)
            if bar.cancelled or port.pause(STEP):
                return "", True
            left -= STEP
            token = _claimed(client, code)
            if token is None:
                return "", False
            if token:
                return token, False
    return "", False


def _claimed(client: Client, code: dict[str, Any]) -> str | None:
    """The token; "": nobody typed the code yet; None: it counts no more. Raises RpcError."""
    try:
        return str(client.call(_SYNC + "ClaimPairing", {"claim": code["claim"]}, timeout=PATIENCE).get("token", ""))
    except RpcError as error:
        if error.reason == "CODE_EXPIRED":
            return None
        raise
