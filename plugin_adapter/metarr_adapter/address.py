"""Where a daemon is, as its owner types it."""

from __future__ import annotations

import re
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

DEFAULT_PORT = 50052
"""The daemon's HTTP door, unless its owner chose another one."""

_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*\.?")


class BadAddress(ValueError):
    """What was typed is no address; the text says what is wrong with it."""


class Address(NamedTuple):
    """A daemon's HTTP door. `host` is a name or an address of IPv4 or IPv6, the latter without brackets."""

    host: str
    port: int
    encrypted: bool

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def plain(self) -> Address:
        """As the daemon knows it: the zone of a link-local address means something to this machine only."""
        return self._replace(host=self.host.partition("%")[0])


def parse(typed: str) -> Address:
    """Reads `nas`, `192.168.1.5`, `nas:8080`, `http://nas:8080/`, `https://nas` or `[::1]:8080`.

    Raises BadAddress, which never repeats a password.
    """
    text = typed.strip()
    if "@" in text:
        raise BadAddress("the address of the daemon has no user and no password; it has an access token of its own")
    scheme, _, rest = text.rpartition("://")
    if scheme.lower() not in ("", "http", "https"):
        raise BadAddress(f"{scheme[:20]}:// is not spoken; write http:// or https://, or neither")
    host, port = _host_and_port(rest.rstrip("/"))
    return Address(_checked(host), port, scheme.lower() == "https")


def _host_and_port(text: str) -> tuple[str, int]:
    bare = text.count(":") > 1 and not text.startswith("[")
    try:
        parts = urlsplit(f"//[{text}]" if bare else f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadAddress(f"{text[:60]!r} is no address such as nas:{DEFAULT_PORT}") from error
    if parts.path or parts.query or parts.fragment:
        raise BadAddress(f"{text[:60]!r} is more than a host and its port; write it such as http://nas:{DEFAULT_PORT}")
    if port == 0:
        raise BadAddress("the port is a number from 1 to 65535")
    return host, DEFAULT_PORT if port is None else port


def _checked(host: str) -> str:
    """The host in ASCII. Raises BadAddress for what can be neither a name nor an address."""
    try:
        if ":" in host:
            socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
            return host
        plain = host if host.isascii() else host.encode("idna").decode("ascii")
    except (OSError, UnicodeError) as error:
        raise BadAddress(f"{host[:60]!r} is no address of a machine") from error
    if not _NAME.fullmatch(plain):
        raise BadAddress(f"{host[:60]!r} is no name of a machine" if host else "the name of the machine is missing")
    return plain
