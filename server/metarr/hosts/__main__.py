"""`python -m metarr.hosts KIND`: a host as a process of its own.

The daemon starts it and tells it by standard input what to do. By hand it takes where the daemon is, the file with the
token, a folder of its own, and settings as KEY=VALUE; paths are joined by commas. It ends with Ctrl-C.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from metarr import __version__
from metarr.hosts.kinds import load
from metarr_adapter import child
from metarr_adapter.kind import HostKind


def main(arguments: Sequence[str] | None = None) -> int:
    """The status to exit with."""
    parser = argparse.ArgumentParser(prog="python -m metarr.hosts", description=__doc__)
    parser.add_argument("kind")
    parser.add_argument("settings", nargs="*", metavar="KEY=VALUE")
    parser.add_argument("--server", default="", help="the daemon's HTTP door, such as http://127.0.0.1:8080")
    parser.add_argument("--token-file", type=Path)
    parser.add_argument("--folder", type=Path, help="where the host keeps what it has to remember")
    parser.add_argument("--player", default="", help="the id of its player: the same for one library for ever")
    given = parser.parse_args(arguments)
    # Keys stand in the orders alone: what this process dumps or is asked for must not hold them by accident.
    signal.signal(signal.SIGINT, signal.default_int_handler if given.server else signal.SIG_IGN)
    kind = load(given.kind)
    if not given.server:
        return child.main(kind, sys.stdin, sys.stdout)
    try:
        return child.run(kind, _by_hand(kind, given), child.Voice(sys.stdout))
    except KeyboardInterrupt:
        return 0


def _by_hand(kind: HostKind, given: argparse.Namespace) -> child.Orders:
    paths = {setting.key for setting in kind.settings if setting.type in ("paths", "path_map")}
    settings: dict[str, Any] = {setting.key: setting.default for setting in kind.settings}
    for each in given.settings:
        key, _, value = each.partition("=")
        settings[key] = value.split(",") if key in paths else value
    return child.Orders(
        server=given.server,
        token=given.token_file.read_text().strip() if given.token_file else "",
        player_id=given.player or f"{kind.id}-by-hand",
        name=kind.name,
        folder=str(given.folder or Path.cwd() / f"metarr-{kind.id}"),
        version=__version__,
        settings=settings,
        forbidden=(),
    )


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # Whatever hangs, on a disk that is away for one, is left behind.
    os._exit(status)
