"""From settings to a host that is ready."""

from collections.abc import Callable, Mapping
from typing import Any

from metarr_adapter.kind import Opened, Surroundings
from metarr_jellyfin import libraries
from metarr_jellyfin.host import Choices, JellyfinHost
from metarr_jellyfin.server import JellyfinServer


def server_of(settings: Mapping[str, Any], beat: Callable[[], object] = lambda: None) -> JellyfinServer:
    """Raises OwnerNeeded."""
    return JellyfinServer(
        str(settings.get("url") or ""),
        str(settings.get("api_key") or ""),
        str(settings.get("ca_file") or ""),
        beat=beat,
    )


def open_host(settings: Mapping[str, Any], surroundings: Surroundings) -> Opened:
    """Raises OwnerNeeded, and HostUnavailable where the server is away."""
    choices = Choices(
        rating=str(settings.get("rating") or "imdb"),
        locks=str(settings.get("locks") or "fields"),
        allowed=libraries.names_of(settings),
    )
    host = JellyfinHost(server_of(settings, surroundings.beat), choices, surroundings)
    return Opened(host, host, host.version, host.close)
