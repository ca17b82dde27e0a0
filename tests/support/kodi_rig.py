"""The add-on's service as Kodi runs it, on a thread of its own, but over a Kodi that is not one; with a real daemon."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fake_kodi_port import FakePort
from harness import Live
from kodi_host import wait_for
from metarr_adapter.status import State, Status
from metarr_adapter.timing import SystemClock
from metarr_kodi.service import Service
from metarr_kodi.status import current


class Hurried(SystemClock):
    """Goes on where others would wait: so a pause of the adapter's, or a quiet time, costs a test nothing."""

    FASTER = 60.0

    def monotonic(self) -> float:
        return super().monotonic() * self.FASTER

    def wait(self, event: threading.Event, seconds: float | None) -> None:
        event.wait(None if seconds is None else seconds / self.FASTER)


class Running:
    """A service that runs. `port` is the Kodi that it runs in."""

    def __init__(self, port: FakePort, metarr: Live) -> None:
        self.port, self.metarr = port, metarr
        self.service = Service(port, clock=Hurried())
        self._thread = threading.Thread(target=self.service.run, name="service")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Kodi ends."""
        self.port.end()
        self._thread.join(20)
        assert not self._thread.is_alive(), "the service did not end with Kodi"

    # How it stands

    @property
    def status(self) -> Status:
        return current(self.port)

    @property
    def player(self) -> dict[str, Any]:
        """As the daemon has it; empty before it is registered."""
        players = self.metarr.call("Sync", "ListPlayers").get("players", [])
        return next((player for player in players if player["id"] == self.status.player_id), {})

    def until(self, state: str) -> Status:
        wait_for(lambda: self.status.state == state, f"the service is {state}, not {self.status}")
        return self.status

    def until_reported(self, items: int) -> None:
        wait_for(
            lambda: self.player.get("reportedAt") and self.player.get("items", 0) == items, f"{items} entries are told"
        )

    def until_taken_in(self) -> None:
        """Nothing is pending any more."""
        wait_for(lambda: self.player.get("reportedAt") and not self.player.get("pendingItems"), "nothing is pending")

    # What its owner does

    def choose(self, policy: str = "REPLACE", **more: Any) -> None:
        message = {"playerId": self.status.player_id, "policy": f"SYNC_POLICY_{policy}", "updateMask": "policy"}
        self.metarr.call("Sync", "UpdatePlayer", {**message, **more})

    def look_up(self, **what: Any) -> dict[str, Any]:
        """Have everything looked up, or what is named, to its end; the job."""
        job = self.metarr.call("Enrichment", "StartEnrichment", what or {"all": True})["job"]
        return ended(self.metarr, job["id"])


def ended(metarr: Live, job_id: str) -> dict[str, Any]:
    """The job, when it has ended."""

    def done() -> Mapping[str, Any] | None:
        job = metarr.call("Enrichment", "GetJob", {"jobId": job_id})["job"]
        return None if job["state"] in ("STATE_QUEUED", "STATE_RUNNING") else job

    return dict(wait_for(done, f"the end of job {job_id}"))


@contextmanager
def running(port: FakePort, metarr: Live, *, address: bool = True) -> Iterator[Running]:
    """A service in this Kodi, set up for this daemon where `address`."""
    if address:
        port.settings["address"] = str(metarr.daemon.http_address)
    rig = Running(port, metarr)
    rig.start()
    try:
        if address:
            wait_for(lambda: rig.status.state not in (State.OFF, State.CONNECTING), "the service connects")
        yield rig
    finally:
        rig.stop()
