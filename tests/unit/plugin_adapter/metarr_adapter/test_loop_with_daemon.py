"""The loop against the real daemon, through its HTTP door."""

from pathlib import Path
from typing import Any

import pytest

from adapter_rig import IDENTITY, DictMemory, Logged, ScriptedClock
from fake_host import FakeHost
from harness import Live, live, title
from metarr_adapter.client import Client
from metarr_adapter.host import Notice
from metarr_adapter.loop import Loop
from simulators import Simulators

RING, PASS = ScriptedClock.RING, ScriptedClock.PASS
KEY = "/fight-club.mkv"


class Life:
    """A host, a loop and a daemon with one movie."""

    def __init__(self, daemon: Live) -> None:
        self.daemon, self.host, self.log = daemon, FakeHost(), Logged()
        self.memory, self.clock = DictMemory(), ScriptedClock()
        movie = title("fight-club")
        self.host.add(KEY, "fight club", plot="From its file", ids={"imdb": movie.imdb})
        self.host.rows[KEY].year = movie.year

    def run(self, *steps: Any) -> None:
        with Client(self.daemon.url) as client:
            self.loop = Loop(self.host, client, IDENTITY, self.memory, self.log, clock=self.clock)
            self.clock.steps.extend([*steps, self.loop.stop])
            assert self.loop.run()
        assert not [text for level, text in self.log.lines if level == "error"]

    def choose(self, policy: str = "SYNC_POLICY_REPLACE") -> None:
        request = {"playerId": IDENTITY.player_id, "policy": policy, "updateMask": "policy"}
        self.daemon.call("Sync", "UpdatePlayer", request)

    def enrich(self) -> None:
        self.daemon.call("Enrichment", "Enrich", {"itemId": self.item, "mode": "ENRICHMENT_MODE_MANUAL"})

    def set_plot(self, plot: str) -> None:
        """The owner of Metarr writes another one."""
        request = {"itemId": self.item, "fields": {"plot": plot}, "updateMask": "fields"}
        self.daemon.call("Library", "UpdateItem", request)

    @property
    def item(self) -> str:
        return f"imdb:{title('fight-club').imdb}"

    def entry(self) -> dict[str, Any]:
        """How the daemon sees it."""
        return self.daemon.call("Sync", "ListPlayerItems", {"playerId": IDENTITY.player_id})["items"][0]


@pytest.fixture
def life(tmp_path: Path, simulators: Simulators) -> Any:
    with live(tmp_path / "data") as daemon:
        daemon.configure(simulators, "tmdb")
        yield Life(daemon)


@pytest.mark.slow
def test_a_movie_is_reported_taken_in_and_kept_in_step(life: Life) -> None:
    written: list[list[str]] = []

    def look() -> None:
        written.append([write.field for write in life.host.writes])

    def edit() -> None:
        life.host.edit(KEY, "plot", "My own words")
        life.set_plot("A third text")

    life.run(look, life.enrich, life.choose, PASS, look, lambda: life.set_plot("Another text"), RING, edit, RING)
    assert life.host.notices == [Notice.POLICY]
    assert written[0] == []
    assert "plot" in written[1]
    assert life.host.value(KEY, "title") == "Fight Club"
    assert [write.value for write in life.host.writes if write.field == "plot"][-1] == "Another text"
    assert life.host.value(KEY, "plot") == "My own words"
    [refusal] = [each for each in life.entry()["notTaken"] if each["field"] == "plot"]
    assert (refusal["outcome"], refusal["hostValue"]) == ("OUTCOME_EDITED", "My own words")
    assert "pendingFields" not in life.entry()


@pytest.mark.slow
def test_a_library_that_did_not_change_is_not_written_at_the_next_start(life: Life) -> None:
    life.run(life.enrich, life.choose, PASS)
    before = len(life.host.writes)
    assert before > 0

    def scanned() -> None:
        life.loop.library_changed()

    life.run(scanned)
    life.run()
    assert life.host.listings == 2
    assert len(life.host.writes) == before
