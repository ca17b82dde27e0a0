"""The access token, and the one daemon that it is for: to another address it is not sent before the owner says so."""

from __future__ import annotations

import hashlib

from metarr_kodi import texts
from metarr_kodi.port import Port

_BOUND = "token_for"
"""The setting that says where the token belongs, and by a trace of it which one that was."""


def where(port: Port) -> tuple[str, str]:
    """The daemon's address as its owner typed it, and the token that may be sent there; "": none."""
    # In this order: `keep` writes the token last, so that no new one is read beside an old address.
    token = port.setting("token").strip()
    address = port.setting("address").strip()
    return address, "" if _owner_of(port, address, token) else token


def belongs_to(port: Port) -> str:
    """Where the token belongs, if not to the address of the settings; "": it belongs there, or there is none."""
    return _owner_of(port, port.setting("address").strip(), port.setting("token").strip())


def kept_for(port: Port) -> str:
    """Where the token of the settings belongs; "": there is none."""
    token = port.setting("token").strip()
    bound_to, trace = _bound(port)
    return "" if not token else bound_to if _trace(token) == trace else origin(port.setting("address"))


def note(port: Port) -> None:
    """Remember where the token belongs, where the owner typed it in beside an address: there, from now on."""
    address, token = where(port)
    if token and _trace(token) != _bound(port)[1]:
        port.set_setting(_BOUND, f"{origin(address)} {_trace(token)}")


def keep(port: Port, address: str, token: str) -> None:
    """Keep a token that was tested, and its address. Nobody who reads meanwhile sees it beside another one."""
    if where(port) != (address, token):
        port.set_setting("token", "")
        port.set_setting("address", address)
    port.set_setting(_BOUND, f"{origin(address)} {_trace(token)}" if token else "")
    port.set_setting("token", token)


def refused(port: Port) -> str:
    """Why a daemon refuses this Kodi, in the owner's words."""
    bound_to = belongs_to(port)
    if bound_to:
        return port.text(texts.TOKEN_ELSEWHERE, known=bound_to, address=port.setting("address").strip())
    return port.text(texts.TOKEN_REFUSED)


def origin(address: str) -> str:
    """Scheme, host and port of an address, however it was typed; "" for what is none."""
    from metarr_adapter.address import BadAddress, parse  # noqa: PLC0415 - the first menu goes without

    try:
        parsed = parse(address)
    except BadAddress:
        return ""
    return f"{'https' if parsed.encrypted else 'http'}://{parsed}".lower()


def _owner_of(port: Port, address: str, token: str) -> str:
    bound_to, trace = _bound(port)
    return bound_to if token and _trace(token) == trace and origin(address) != bound_to else ""


def _bound(port: Port) -> tuple[str, str]:
    bound_to, _, trace = port.setting(_BOUND).partition(" ")
    return bound_to, trace


def _trace(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()[:16]
