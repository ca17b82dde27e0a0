"""Who answers at an address: a Jellyfin, which one, and of which version."""

import re
from typing import NamedTuple

from metarr_adapter.host import OwnerNeeded
from metarr_jellyfin.server import Away, Gone, JellyfinServer, Refused

OLDEST = (10, 11, 4)
"""Those before lose the locks of fields at a restart, or know none of what is asked for."""

_ID = re.compile("[0-9a-f]{32}")


class Greeting(NamedTuple):
    """What a server says of itself. `id`: its own, for ever."""

    id: str
    name: str
    version: str


def greeted(server: JellyfinServer) -> Greeting:
    """Raises HostUnavailable where it cannot be told, and OwnerNeeded where it is none that can be used."""
    try:
        info = server.get("/System/Info/Public", open_to_all=True)
    except Gone:
        raise Away(f"there is no Jellyfin at {server.address}, or it is below another path") from None
    except Refused as error:
        raise Away(str(error)) from error
    key = str(info.get("Id") or "").replace("-", "").lower() if isinstance(info, dict) else ""
    if not _ID.fullmatch(key) or "Jellyfin" not in str(info.get("ProductName") or "Jellyfin"):
        raise Away(f"what answers at {server.address} is no Jellyfin")
    version = str(info.get("Version") or "")
    if numbers(version) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise OwnerNeeded(f"this is Jellyfin {version or 'of an unknown version'}, and {oldest} is needed: update it")
    return Greeting(key, str(info.get("ServerName") or ""), version)


def numbers(version: str) -> tuple[int, ...]:
    """A version such as "10.11.4" or "12.0.0-rc5", to be compared."""
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("-")[0])[:3])
