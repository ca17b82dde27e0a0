"""Finding the kinds of hosts. Those that come with Metarr and those of installed packages come in by one door."""

import importlib
from importlib.metadata import entry_points

from metarr_adapter.kind import HostKind

GROUP = "metarr.hosts"
"""The entry point group under which a package announces a kind: a `HostKind`."""

BUNDLED = {"folders": "metarr_folders.kind", "jellyfin": "metarr_jellyfin.kind"}


def names() -> list[str]:
    """The kinds that there are, whether or not they can be loaded."""
    return sorted({*BUNDLED, *(point.name for point in entry_points(group=GROUP))})


def load(name: str) -> HostKind:
    """A kind. Raises KeyError for an unknown one, and whatever its package raises."""
    if name in BUNDLED:
        kind = importlib.import_module(BUNDLED[name]).KIND
    else:
        kind = {point.name: point for point in entry_points(group=GROUP)}[name].load()
    if not isinstance(kind, HostKind):
        raise TypeError(f"{name} of {GROUP} is no HostKind")
    return kind
