"""A library that is looked at: what changed is told once, and what is gone by its key."""

from typing import Any

import pytest

from metarr_adapter.errors import RpcError
from metarr_adapter.host import Entry
from metarr_adapter.poll import Untold, report_untold
from metarr_adapter.session import Session


class Shelf:
    """What is to be told, two entries at a time."""

    def __init__(self, *keys: str, gone: tuple[str, ...] = ()) -> None:
        self.entries = [Entry(key, "", "movie", title=key) for key in keys]
        self.gone = list(gone)

    def look(self) -> float:
        return 900.0

    def untold(self) -> Untold:
        return Untold(self.entries[:2], self.gone[:2])

    def tell(self, untold: Untold) -> None:
        self.entries = [entry for entry in self.entries if entry not in untold.entries]
        self.gone = [key for key in self.gone if key not in untold.removed]

    def forget(self) -> None:
        """Nothing to do."""


class Daemon:
    """Takes reports in; from the `fails`th call on it is away."""

    def __init__(self, fails: int = 100) -> None:
        self.fails, self.calls = fails, 0
        self.told: list[str] = []
        self.removed: list[str] = []

    def call(self, method: str, message: Any, *, timeout: float) -> dict[str, Any]:
        self.calls += 1
        if self.calls >= self.fails:
            raise RpcError("unavailable", "it is away")
        self.told += [item["hostKey"] for item in message.get("items", ())]
        self.removed += message.get("removedKeys", ())
        results = [{"hostKey": item["hostKey"], "itemId": "1"} for item in message.get("items", ())]
        return {"results": results, "removed": len(message.get("removedKeys", ()))}

    def stream(self, method: str, message: Any) -> Any:
        raise NotImplementedError


def session(daemon: Daemon) -> Session:
    return Session(daemon, "films", {"session": "1", "storeId": "store"})


def test_everything_is_told_once() -> None:
    shelf, daemon = Shelf("a", "b", "c", gone=("x", "y", "z")), Daemon()
    reported = report_untold(shelf, session(daemon), lambda: False)
    assert (daemon.told, daemon.removed) == (["a", "b", "c"], ["x", "y", "z"])
    assert (reported.complete, reported.entries, reported.removed) == (True, 3, 3)
    assert report_untold(shelf, session(daemon), lambda: False).entries == 0
    assert daemon.told == ["a", "b", "c"]


def test_what_was_told_before_the_daemon_went_is_not_told_again() -> None:
    shelf = Shelf("a", "b", "c")
    with pytest.raises(RpcError):
        report_untold(shelf, session(Daemon(fails=2)), lambda: False)
    daemon = Daemon()
    report_untold(shelf, session(daemon), lambda: False)
    assert daemon.told == ["c"]


def test_who_is_stopped_tells_no_more_and_is_not_done() -> None:
    daemon = Daemon()
    assert not report_untold(Shelf("a"), session(daemon), lambda: True).complete
    assert daemon.told == []
