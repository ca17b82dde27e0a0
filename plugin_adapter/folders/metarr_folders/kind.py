"""What the daemon knows of this kind of host."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from metarr_adapter.kind import HostCheck, HostKind, HostSetting, Opened, OwnerNeeded, Surroundings, Trial, Verdict
from metarr_folders.roots import ALL, MOVIES, SERIES, is_within, overlaps, roots_of

FANARTS, MOST_FANARTS = "fanarts", 10

MOST_COUNTED = 1000
"""Names of a root that a test looks at."""


def _test(settings: Mapping[str, Any], forbidden: Sequence[str]) -> Trial:
    roots = roots_of(settings)
    checks = (
        [] if roots else [HostCheck(Verdict.FAULT, "no folder is named", "name at least one folder of media files")]
    )
    paths = [root.path for root in roots]
    for one, other in overlaps(paths):
        where = "is named twice" if one == other else f"and {other} lie within one another"
        checks.append(HostCheck(Verdict.FAULT, f"{one} {where}", "name the outer one alone"))
    for path in paths:
        closed = next((each for each in map(Path, forbidden) if is_within(path, each) or is_within(each, path)), None)
        if closed is not None:
            checks.append(HostCheck(Verdict.FAULT, f"{path} is Metarr's own folder, or around it", "name another one"))
        checks.append(_check(path))
    if not 1 <= int(settings.get(FANARTS) or 1) <= MOST_FANARTS:
        checks.append(HostCheck(Verdict.FAULT, "that many fanart images", f"name a number from 1 to {MOST_FANARTS}"))
    return Trial(checks, [str(path) for path in paths])


def _check(path: Path) -> HostCheck:
    try:
        with os.scandir(path) as entries:
            names = sum(1 for _, _ in zip(range(MOST_COUNTED), entries, strict=False))
    except FileNotFoundError:
        return HostCheck(Verdict.FAULT, f"{path} is not there", "is it mounted, and spelled as it is on this machine?")
    except NotADirectoryError:
        return HostCheck(Verdict.FAULT, f"{path} is a file", "name the folder that it is in")
    except OSError as error:
        return HostCheck(Verdict.FAULT, f"{path} cannot be read: {error.strerror}", "let the daemon's user read it")
    if not names:
        return HostCheck(Verdict.WARNING, f"{path} is empty", "is it mounted?")
    if not os.access(path, os.W_OK | os.X_OK):
        text = f"{path} can be read, and not written"
        return HostCheck(Verdict.WARNING, text, "let the daemon's user write there, for files beside the media")
    return HostCheck(Verdict.OK, f"{path} can be read and written")


def _open(settings: Mapping[str, Any], surroundings: Surroundings) -> Opened:
    # Reading names takes a while to begin; a test reads none.
    from metarr_folders import watching  # noqa: PLC0415
    from metarr_folders.host import FolderHost  # noqa: PLC0415

    roots = roots_of(settings)
    if not roots:
        raise OwnerNeeded("no folder is named")
    host = FolderHost(roots, surroundings, min(max(int(settings.get(FANARTS) or 1), 1), MOST_FANARTS))
    return Opened(host, host, close=host.close, watch=lambda changed: watching.watch(roots, changed, surroundings.log))


KIND = HostKind(
    id="folders",
    name="Folders",
    help="Folders of media files: their names and .nfo files tell what is there, and .nfo files are written beside "
    "them, for Kodi, Jellyfin, Emby and Plex.",
    settings=(
        HostSetting(ALL, "Folders", "paths", "Folders with films and series.", default=(), main=True),
        HostSetting(MOVIES, "Folders of films", "paths", "Folders in which there are films alone.", default=()),
        HostSetting(SERIES, "Folders of series", "paths", "Folders in which there are series alone.", default=()),
        HostSetting(FANARTS, "Fanart", "integer", "How many fanart images lie beside a title, up to 10.", default=1),
    ),
    test=_test,
    open=_open,
    tree=True,
)
