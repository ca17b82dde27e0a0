"""Hears from the system that something in a root changed: a hint that spares waiting for the next look, and no more."""

import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from metarr_adapter.host import Log
from metarr_folders.roots import Root
from metarr_folders.writing import PREFIX

DEAF = re.compile("nfs|cifs|smb|afs|afp|ncp|9p|fuse|ceph|gluster|lustre|virtiofs|vboxsf|prl_fs|vmhgfs|davfs")
"""Types of file systems on which others write unheard, as over a network."""

QUIET, MOST_QUIET = 1000, 10_000
"""Milliseconds without a further change after which one is told, and after which it is in any case."""

SHARE = 2
"""Of the watches that the system allows a user, one in so many is for a host: other programs need some, too."""

_MOUNTS, _LIMIT = Path("/proc/self/mountinfo"), Path("/proc/sys/fs/inotify/max_user_watches")


def watch(roots: Sequence[Root], changed: Callable[[], object], log: Log) -> Callable[[], object]:
    """Begin to call `changed`, on a thread of its own, where the system tells of changes. Returns what ends that."""
    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(roots, changed, log, ended), name="metarr_watching", daemon=True)
    thread.start()
    return ended.set


def _watch(roots: Sequence[Root], changed: Callable[[], object], log: Log, ended: threading.Event) -> None:
    try:
        from watchfiles import watch as changes  # noqa: PLC0415 (it may not be there, and is only a hint)

        heard = [root for root in roots if _is_heard(root, log, ended)]
        if not heard or ended.is_set():
            return
        log("debug", f"changes are heard of in {', '.join(map(str, heard))}")
        for _ in changes(
            *(root.path for root in heard),
            watch_filter=lambda _, path: not os.path.basename(path).startswith(PREFIX),
            stop_event=ended,
            step=QUIET,
            debounce=MOST_QUIET,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            changed()
    except Exception as error:  # noqa: BLE001 (whatever the system has against it)
        if not ended.is_set():
            log("info", f"changes are found by looking alone: {error or type(error).__name__}")


def _is_heard(root: Root, log: Log, ended: threading.Event) -> bool:
    """Whether the system can tell of all changes in a root. Folders of a network are not even looked at."""
    kind = file_system(root.path, _read(_MOUNTS))
    if DEAF.match(kind):
        log("info", f"changes in {root} are found by looking alone: it is on {kind}")
        return False
    limit = _read(_LIMIT).strip()
    most = int(limit) // SHARE if limit.isdecimal() else None
    if most is not None and any(number > most or ended.is_set() for number, _ in enumerate(_folders(root.path), 1)):
        log("info", f"changes in {root} are found by looking alone: it has more than {most:,} folders")
        return False
    return True


def _folders(path: Path) -> Iterator[str]:
    for folder, _, _ in os.walk(path):
        yield folder


def file_system(path: Path, mounts: str) -> str:
    """The type of the file system that a path is on, by what Linux says is mounted; "" where it says nothing."""
    mounted: dict[Path, str] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) > 4 and after:
            point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4])
            # Of several at one place the last covers the others.
            mounted[Path(point)] = after.split(" ")[0]
    return next((mounted[each] for each in (path, *path.parents) if each in mounted), "")


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="surrogateescape")
    except OSError:
        return ""
