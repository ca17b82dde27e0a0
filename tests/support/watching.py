"""What the tests of hosts in a running daemon do and look at."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import Live


def until(true: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What comes of it, as soon as that is something."""
    end = time.monotonic() + seconds
    while not (done := true()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)
    return done


def player_of(metarr: Live, host: dict[str, Any]) -> dict[str, Any]:
    players = metarr.call("Sync", "ListPlayers").get("players", ())
    return next((dict(each) for each in players if each["id"] == host["playerId"]), {})


def host_of(metarr: Live, host_id: str = "folders") -> dict[str, Any]:
    return next(dict(each) for each in metarr.call("Host", "ListHosts")["hosts"] if each["id"] == host_id)


def named(metarr: Live, title: str) -> dict[str, Any]:
    listed = metarr.call("Library", "ListItems", {"pageSize": 200})["items"]
    return next(dict(each) for each in listed if each.get("title") == title)


def edit(metarr: Live, title: str, **values: Any) -> None:
    item = named(metarr, title)
    metarr.call("Library", "UpdateItem", {"itemId": item["id"], "fields": values, "updateMask": "fields"})


def choose(metarr: Live, host: dict[str, Any], policy: str) -> None:
    request = {"playerId": host["playerId"], "policy": f"SYNC_POLICY_{policy}", "updateMask": "policy"}
    metarr.call("Sync", "UpdatePlayer", request)


def processes(folder: Path) -> list[int]:
    """The processes of hosts of a data directory."""
    numbers = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal())
    return [number for number in numbers if _is_host(number, folder)]


def _is_host(number: int, folder: Path) -> bool:
    try:
        words = Path(f"/proc/{number}/cmdline").read_bytes()
        opened = [os.readlink(path) for path in Path(f"/proc/{number}/fd").iterdir()]
    except OSError:
        return False
    return b"metarr.hosts" in words and any(str(folder) in path for path in opened)
