"""Addresses: where they lead, and whether what is sent there can be read on its way."""

import ipaddress
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address: two with the same lead to the same service."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme)


def is_local(host: str) -> bool:
    """Whether only this machine can be meant. A name that is not known counts as another one."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_readable(url: str) -> bool:
    """Whether what is sent there can be read on its way."""
    scheme, host, _ = origin(url)
    return scheme == "http" and not is_local(host)
