"""Tries the settings: whether the server can be had with them, and what of its own ways an owner had better know."""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from metarr_adapter.host import HostUnavailable
from metarr_adapter.kind import HostCheck, Trial, Verdict
from metarr_jellyfin import libraries
from metarr_jellyfin.greeting import Greeting, greeted
from metarr_jellyfin.libraries import Libraries, Library
from metarr_jellyfin.opening import server_of
from metarr_jellyfin.server import JellyfinServer


def tried(settings: Mapping[str, Any]) -> Trial:
    """What came of it."""
    try:
        server = server_of(settings)
    except HostUnavailable as error:
        return Trial([HostCheck(Verdict.FAULT, str(error))])
    try:
        return _tried(server, settings)
    except HostUnavailable as error:
        return Trial([HostCheck(Verdict.FAULT, str(error), "is this the address that its pages have in a browser?")])
    finally:
        server.close()


def _tried(server: JellyfinServer, settings: Mapping[str, Any]) -> Trial:
    greeting = greeted(server)
    checks = [HostCheck(Verdict.OK, f"{greeting.name or 'Jellyfin'} {greeting.version} answers")]
    try:
        server.get("/System/Info")
        checks.append(HostCheck(Verdict.OK, "the API key is taken"))
        there = libraries.read(server)
    except HostUnavailable as error:
        return Trial([*checks, HostCheck(Verdict.FAULT, str(error), "make a key at Dashboard, API Keys")])
    checks.append(HostCheck(Verdict.OK, "the key may write"))
    allowed = libraries.names_of(settings)
    counted = Libraries(there, allowed)
    checks += _named(there, allowed)
    checks += [check for library in counted.counted for check in _ways(library)]
    checks += _plain(server)
    beside = list(_here(counted.locations, settings.get("path_map") or ()))
    return Trial(checks, [_library(greeting)], beside, _library(greeting))


def _library(greeting: Greeting) -> str:
    return f"jellyfin-{greeting.id}"


def _named(there: Sequence[Library], allowed: Sequence[str]) -> Iterator[HostCheck]:
    names = {library.name.casefold() for library in there}
    for name in allowed:
        if name.casefold() not in names:
            others = ", ".join(library.name for library in there) or "none"
            yield HostCheck(Verdict.FAULT, f"Jellyfin has no library {name}", f"it has {others}")
    if not there:
        yield HostCheck(Verdict.WARNING, "Jellyfin has no libraries yet", "add one there")


def _ways(library: Library) -> Iterator[HostCheck]:
    """What a library does beside what it is told."""
    name = library.name
    if library.writes_nfo or library.rewrites_nfo:
        where = "a .nfo file" if library.writes_nfo else "each .nfo file that is there"
        yield HostCheck(
            Verdict.WARNING,
            f"{name}: Jellyfin writes {where} after every edit",
            "uncheck Nfo among its metadata savers, unless another program reads those files",
        )
    if library.fetches:
        yield HostCheck(
            Verdict.WARNING,
            f"{name}: Jellyfin asks the internet as well, and its refreshes replace what bears no lock",
            "uncheck its metadata downloaders, or leave Locks at fields",
        )
    if library.saves_artwork:
        yield HostCheck(
            Verdict.WARNING,
            f"{name}: Jellyfin saves artwork beside the media, so that only what has no image yet gets one",
            "uncheck Save artwork into media folders, if images may be replaced",
        )


def _plain(server: JellyfinServer) -> Iterator[HostCheck]:
    if not server.address.encrypted and not _is_here(server.address.host):
        text = "the key goes to Jellyfin over plain http"
        yield HostCheck(Verdict.WARNING, text, "use https where others may listen on the way")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def _here(locations: Sequence[str], path_map: Sequence[str]) -> Iterator[str]:
    """Where the libraries are on this machine: as the map says, or where they are called the same."""
    pairs = [
        (there.strip().rstrip("/\\"), here.strip().rstrip("/"))
        for there, _, here in (each.partition("=") for each in path_map)
    ]
    for location in locations:
        mapped = next(
            (here + location[len(there) :].replace("\\", "/") for there, here in pairs if _is_below(location, there)),
            location,
        )
        if mapped.startswith("/"):
            yield mapped


def _is_below(path: str, folder: str) -> bool:
    return bool(folder) and (path == folder or path.startswith((f"{folder}/", f"{folder}\\")))
