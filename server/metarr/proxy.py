"""The proxy through which providers are asked: how it is set, for all of them and for one, and which one counts."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from metarr.declared import Setting, SettingType

NONE = "none"
"""Stands for an address where a provider is to be asked directly, whatever proxy the others are asked through."""

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
"""By scheme the port where none is named. With socks5h it is the proxy that looks names up."""

_MOST_BYTES = 255
"""Of a user or a password: SOCKS has one byte for their length."""

_SUCH_AS = "an http, https, socks5 or socks5h address with a host, such as http://proxy.lan:3128"


class Proxy(msgspec.Struct, frozen=True, kw_only=True):
    """A proxy. Its text form, and so what logs and errors say of it, is its address without user and password."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return self.address

    __str__ = __repr__

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def is_socks(self) -> bool:
        return self.scheme.startswith("socks")


def address_fault(text: str) -> str:
    """What is wrong with a proxy's address; "" if nothing. Never tells the text, in which there may be a password."""
    if text.lower() in ("", NONE):
        return ""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return f"is no proxy's address: {_SUCH_AS}"
    if parts.scheme not in _PORTS or not _is_host(parts.hostname or "") or port == 0:
        return f"is no proxy's address: {_SUCH_AS}"
    if "@" in parts.netloc:
        return "names a user; a proxy's user and password are settings of their own: proxy_user and proxy_password"
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        return "has something behind host and port, where a proxy's address ends"
    return ""


def _is_host(host: str) -> bool:
    try:
        return bool(re.fullmatch(r"[\w.-]{1,253}", host) or ipaddress.IPv6Address(host))
    except ValueError:
        return False


def user_fault(text: str) -> str:
    """What is wrong with a proxy's user; "" if nothing."""
    return "holds a colon, which ends a user's name; the password is proxy_password" if ":" in text else _length(text)


def _length(text: str) -> str:
    return f"is longer than {_MOST_BYTES} bytes" if len(text.encode()) > _MOST_BYTES else ""


def _declared(address_help: str) -> tuple[Setting, ...]:
    return (
        Setting(
            key="proxy",
            label="Proxy",
            type=SettingType.URL,
            help=address_help,
            wrong=address_fault,
            echoed=False,
        ),
        Setting(
            key="proxy_user",
            label="User of the proxy",
            help="Where the proxy asks for one.",
            wrong=user_fault,
            echoed=False,
        ),
        Setting(
            key="proxy_password",
            label="Password of the proxy",
            type=SettingType.SECRET,
            help="Belongs to the proxy it was entered for: it is forgotten with another address.",
            sent_to="proxy",
            wrong=_length,
            hinted=False,
        ),
    )


FOR_ALL = _declared(f"Through which every provider is asked: {_SUCH_AS}. Empty: none.")
"""The settings of Metarr."""

FOR_ONE = _declared(f"Through which this provider is asked: {_SUCH_AS}; {NONE}: it is asked directly. Empty: Metarr's.")
"""The settings of a provider, besides those that it declares."""

KEYS = tuple(each.key for each in FOR_ALL)
ADDRESS, USER, PASSWORD = KEYS


def chosen(values: Mapping[str, Any], common: Proxy | None = None) -> Proxy | None:
    """The proxy that these settings lead through, `common` where they name none; None: straight to the provider.

    A proxy comes whole: Metarr's user and password are never told to a provider's own one.
    """
    address = str(values.get(ADDRESS) or "")
    parts = _parts(address)
    if parts is None:
        return None if address else common
    return Proxy(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or _PORTS[parts.scheme],
        user=str(values.get(USER) or ""),
        password=str(values.get(PASSWORD) or ""),
    )


def _parts(address: str) -> SplitResult | None:
    return None if address.lower() in ("", NONE) or address_fault(address) else urlsplit(address)
