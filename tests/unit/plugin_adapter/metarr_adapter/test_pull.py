"""What is pending is taken in: only differences are written, and what became of them is told."""

from collections.abc import Mapping
from typing import Any

import pytest

from adapter_rig import Logged, opened, pulling, reported
from fake_daemon import FakeDaemon
from fake_host import FakeHost, Write
from memory import peak
from metarr_adapter.errors import RpcError, Unreachable
from metarr_adapter.host import HostUnavailable
from metarr_adapter.pull import Pulled, StoreChanged
from metarr_adapter.session import Session


class Player:
    """A host and a daemon that know each other."""

    def __init__(self, policy: str = "replace", **titles: dict[str, Any]) -> None:
        self.daemon = FakeDaemon(titles, policy)
        self.host = FakeHost()
        for title in titles:
            self.host.add(f"/{title}", title)
        self.log = Logged()
        self.begin()

    def begin(self) -> Session:
        self.session = opened(self.host, self.daemon)
        reported(self.host, self.session)
        return self.session

    def pull(self, **options: Any) -> Pulled:
        return pulling(self.host, self.session, log=self.log, **options).run()

    def ack(self, name: str = "plot", key: str = "/Heat") -> dict[str, Any]:
        """What was last acknowledged of a field."""
        acks = [ack for method, sent in self.daemon.calls if method == "AckItems" for ack in sent["acks"]]
        fields = [each for ack in acks if ack["hostKey"] == key for each in ack["fields"] if each["name"] == name]
        return fields[-1]


def _heat(**more: Any) -> Player:
    return Player(Heat={"title": "Heat", "plot": "A heist", **more})


def test_what_differs_is_written_and_what_is_the_same_is_not() -> None:
    player = _heat()
    pulled = player.pull()
    assert player.host.writes == [Write("/Heat", "plot", None, "A heist")]
    assert (pulled.items, pulled.written, pulled.left, pulled.unfinished) == (1, 1, False, False)
    assert player.daemon.pending() == []
    assert player.ack("title")["outcome"] == "OUTCOME_TAKEN"
    assert player.ack() == {"name": "plot", "outcome": "OUTCOME_TAKEN", "detail": "", "hostValue": "A heist"}


def test_an_unchanged_library_is_not_written() -> None:
    player = _heat()
    player.pull()
    before = len(player.host.writes)
    player.begin()
    assert player.pull().written == 0
    assert len(player.host.writes) == before


def test_a_value_is_told_as_the_host_reads_it_back() -> None:
    player = _heat(imdb_rating=8.26)
    player.pull()
    assert player.ack("imdb_rating")["hostValue"] == 8.3
    player.daemon.change("Heat", "imdb_rating", 8.28)
    assert player.pull().written == 0, "the host would hold the same"
    assert player.daemon.pending() == []


def test_all_fields_of_an_entry_are_written_at_once() -> None:
    writes: list[str] = []
    player = _heat(imdb_rating=8.3, genres=["Crime"])
    player.host.before_write = writes.append
    player.pull()
    assert writes == ["/Heat"]
    assert {write.field for write in player.host.writes} == {"plot", "imdb_rating", "genres"}


def test_a_value_that_is_gone_at_metarr_is_emptied() -> None:
    player = _heat()
    player.pull()
    player.daemon.change("Heat", "plot", None)
    player.pull()
    assert player.host.value("/Heat", "plot") is None
    assert player.ack() == {"name": "plot", "outcome": "OUTCOME_TAKEN", "detail": ""}


def test_what_was_changed_by_hand_stays_and_is_told() -> None:
    player = _heat()
    player.pull()
    player.host.edit("/Heat", "plot", "My own words")
    player.daemon.change("Heat", "plot", "Another text")
    player.pull()
    assert player.host.value("/Heat", "plot") == "My own words"
    assert player.ack()["outcome"] == "OUTCOME_EDITED"
    assert player.ack()["hostValue"] == "My own words"
    assert player.ack()["detail"] == "it was changed in Kodi"


def test_only_gaps_are_filled_where_that_was_chosen() -> None:
    player = Player("fill", Heat={"title": "Heat", "plot": "A heist", "genres": ["Crime"]})
    player.host.edit("/Heat", "plot", "Theirs")
    player.begin()
    player.pull()
    assert player.host.value("/Heat", "plot") == "Theirs"
    assert player.host.value("/Heat", "genres") == ["Crime"]
    assert player.ack() == {
        "name": "plot",
        "outcome": "OUTCOME_KEPT",
        "detail": "Kodi holds something of its own",
        "hostValue": "Theirs",
    }


def test_nothing_is_read_or_written_before_the_policy_is_chosen() -> None:
    player = Player("", Heat={"plot": "A heist"})
    pulled = player.pull()
    assert pulled.policy_needed
    assert (player.host.reads, player.host.writes) == (0, [])
    player.daemon.policy = "replace"
    assert player.pull().written == 1


def test_a_refused_field_costs_itself_only() -> None:
    player = _heat(genres=["Crime"])
    player.host.refused["plot"] = "Invalid params."
    player.pull()
    assert player.host.value("/Heat", "genres") == ["Crime"]
    assert player.ack()["outcome"] == "OUTCOME_REFUSED"
    assert player.ack()["detail"] == "Invalid params."
    assert player.ack("genres")["outcome"] == "OUTCOME_TAKEN"
    assert player.daemon.pending() == [], "it is not tried again before it changes"


def test_what_the_host_stores_otherwise_is_told_with_what_it_kept() -> None:
    player = _heat()
    player.host.blurred.add("plot")
    player.pull()
    assert player.ack() == {
        "name": "plot",
        "outcome": "OUTCOME_REFUSED",
        "detail": "Kodi kept blurred A heist",
        "hostValue": "blurred A heist",
    }


def test_an_error_about_a_field_that_is_held_all_the_same_is_no_refusal() -> None:
    player = _heat()
    player.host.before_write = lambda key: player.host.edit(key, "plot", "A heist")
    player.host.refused["plot"] = "timed out"
    player.pull()
    assert player.ack()["outcome"] == "OUTCOME_TAKEN"


def test_a_field_that_cannot_be_read_is_written_once_and_believed() -> None:
    player = _heat()
    player.host.unreadable.add("plot")
    player.pull()
    assert player.host.value("/Heat", "plot") == "A heist"
    assert player.ack() == {"name": "plot", "outcome": "OUTCOME_TAKEN", "detail": ""}
    player.begin()
    assert player.pull().written == 0
    player.host.refused["plot"] = "no"
    player.daemon.change("Heat", "plot", "Another text")
    player.pull()
    assert player.ack()["outcome"] == "OUTCOME_REFUSED"


def test_external_ids_are_added_to_the_hosts_own() -> None:
    player = _heat(ids={"imdb": "tt0113277"})
    player.host.rows["/Heat"].fields["ids"] = {"sonarr": "7"}
    player.pull()
    assert player.host.value("/Heat", "ids") == {"sonarr": "7", "imdb": "tt0113277"}
    assert player.ack("ids")["outcome"] == "OUTCOME_TAKEN"


def test_an_entry_that_is_gone_is_reported_and_not_acknowledged() -> None:
    player = _heat()
    del player.host.rows["/Heat"]
    player.pull()
    assert player.daemon.entries == {}
    assert player.daemon.count("AckItems") == 0


@pytest.mark.parametrize("raises", [False, True])
def test_an_entry_that_goes_between_reading_and_writing_is_reported_as_gone(raises: bool) -> None:
    player = _heat()
    player.host.before_write = player.host.rows.pop
    player.host.bad_writes = {"/Heat"} if raises else set()
    player.pull()
    assert player.daemon.entries == {}
    assert player.daemon.count("AckItems") == 0


def test_an_entry_that_was_made_anew_is_reported_and_written_afterwards() -> None:
    player = _heat()
    player.pull()
    player.daemon.change("Heat", "plot", "Another text")
    player.host.add("/Heat", "Heat", plot="From its file")
    player.pull()
    assert player.daemon.entries["/Heat"].host_id == "2"
    assert player.host.value("/Heat", "plot") == "From its file", "first the daemon learns what it holds"
    player.pull()
    assert player.host.value("/Heat", "plot") == "Another text"


def test_one_bad_item_costs_itself_only() -> None:
    player = Player(Heat={"plot": "A heist"}, Ran={"plot": "A king"}, Dune={"plot": "A desert"})
    player.host.bad, player.host.bad_writes = {"/Heat"}, {"/Ran"}
    pulled = player.pull()
    assert pulled.items == 3
    assert player.host.value("/Dune", "plot") == "A desert"
    assert player.ack(key="/Heat")["detail"] == "it could not be read: a bad row"
    assert player.ack(key="/Ran")["outcome"] == "OUTCOME_REFUSED"
    assert player.ack(key="/Ran")["detail"] == "the row is locked"
    assert "Traceback" not in player.log.text


def test_an_item_that_cannot_be_read_keeps_what_is_known_of_it() -> None:
    player = _heat()
    player.pull()
    player.daemon.change("Heat", "plot", "Another text")
    player.host.bad = {"/Heat"}
    player.pull()
    assert player.ack()["hostValue"] == "A heist"
    player.host.bad = set()
    player.daemon.change("Heat", "plot", "A third text")
    player.pull()
    assert player.host.value("/Heat", "plot") == "A third text", "it is no edit that it could not be read"


def test_what_cannot_be_read_back_stays_pending_and_is_found_out_by_the_next_pull() -> None:
    player = _heat()
    player.host.after_write = player.host.bad.add
    assert player.pull().left
    assert player.daemon.pending() == ["/Heat"]
    player.host.bad = set()
    assert player.pull().written == 0
    assert player.ack()["outcome"] == "OUTCOME_TAKEN"


def test_a_host_that_goes_away_ends_the_pull_and_nothing_is_said_of_what_was_not_seen() -> None:
    player = Player(**{f"Film {number}": {"plot": "A text"} for number in range(5)})

    def goes(key: str) -> None:
        player.host.unavailable = key == "/Film 2"

    player.host.before_write = goes
    pulled = player.pull()
    assert (pulled.left, pulled.unfinished) == (True, True)
    assert player.daemon.pending() == ["/Film 2", "/Film 3", "/Film 4"]
    player.host.unavailable = False
    player.host.before_write = lambda _key: None
    assert player.pull().written == 2
    assert player.daemon.pending() == []


def test_a_pull_stops_before_any_item_and_acknowledges_what_it_did() -> None:
    player = Player(**{f"Film {number}": {"plot": "A text"} for number in range(5)})
    pulled = player.pull(halted=lambda: len(player.host.writes) == 2)
    assert pulled.unfinished
    assert player.daemon.pending() == ["/Film 2", "/Film 3", "/Film 4"]


def test_a_library_of_many_is_taken_in_by_pages_in_the_order_of_the_sequences() -> None:
    player = Player(**{f"Film {number:03}": {"plot": "A text"} for number in range(230)})
    done: list[tuple[int, int]] = []
    pauses: list[None] = []
    pulled = pulling(
        player.host,
        player.session,
        progress=lambda now, total: done.append((now, total)),
        pause=lambda: pauses.append(None),
    ).run(230)
    assert (pulled.items, pulled.written, pulled.sequence) == (230, 230, 230)
    assert [write.host_key for write in player.host.writes] == [f"/Film {number:03}" for number in range(230)]
    assert done[0] == (1, 230)
    assert done[-1] == (230, 230)
    assert len(pauses) == 230
    sizes = [len(sent["acks"]) for method, sent in player.daemon.calls if method == "AckItems"]
    assert max(sizes) == 50
    assert sum(sizes) == 230
    assert player.daemon.count("ListPendingItems") == 3


def test_what_was_done_is_acknowledged_before_a_page_is_through() -> None:
    player = Player(**{f"Film {number:03}": {"plot": "A text"} for number in range(100)})

    def dies(key: str) -> None:
        if key == "/Film 060":
            raise KeyboardInterrupt

    player.host.after_write = dies
    with pytest.raises(KeyboardInterrupt):
        player.pull()
    assert len(player.daemon.pending()) == 50
    player.host.after_write = lambda _key: None
    assert player.pull().written == 39


class Endless:
    """A daemon with any number of entries that are pending, each made when it is asked for."""

    def __init__(self, count: int) -> None:
        self.count, self.acked = count, 0

    def call(self, method: str, message: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
        if method.endswith("AckItems"):
            self.acked += len(message["acks"])
            return {}
        start = int(message["pageToken"] or 0)
        numbers = range(start + 1, min(start + message["pageSize"], self.count) + 1)
        token = str(numbers[-1]) if numbers[-1] < self.count else ""
        return {"items": [self._item(number) for number in numbers], "nextPageToken": token}

    def stream(self, method: str, message: Mapping[str, Any]) -> Any:
        raise AssertionError

    def _item(self, number: int) -> dict[str, Any]:
        field = {"name": "plot", "value": f"Text {number} " * 50, "mode": "MODE_ALWAYS"}
        kind = "MEDIA_KIND_MOVIE"
        return {"hostKey": f"/{number}", "hostId": "1", "kind": kind, "sequence": str(number), "fields": [field]}


class Forgetful(FakeHost):
    """Holds what was written last, whatever it is asked for."""

    last = ""

    def read(self, kind: str, host_key: str, host_id: str) -> tuple[str, dict[str, Any]]:
        return "1", {"plot": self.last}

    def write(self, kind: str, host_key: str, host_id: str, values: Mapping[str, Any]) -> dict[str, str]:
        self.last = self.normal(kind, "plot", values["plot"])
        return {}


def _peak(count: int) -> int:
    """Bytes that are needed at once to take in so many entries."""
    daemon = Endless(count)
    session = Session(daemon, "living-room", {"session": "1", "storeId": "1"})
    pull = pulling(Forgetful(), session)

    def run() -> None:
        pulled = pull.run()
        assert (pulled.items, pulled.written, daemon.acked) == (count, count, count)

    return peak(run)


@pytest.mark.slow
def test_ten_times_as_many_entries_need_no_more_memory() -> None:
    assert _peak(5000) < 1.5 * _peak(500)


@pytest.mark.parametrize("fault", ["before", "after", "hang"])
def test_a_lost_acknowledgement_writes_nothing_twice(fault: str) -> None:
    player = _heat()
    player.daemon.fault("AckItems", fault)
    with pytest.raises(RpcError):
        player.pull()
    assert player.pull().written == 0
    assert player.daemon.outcome("/Heat", "plot") == "TAKEN"
    assert player.daemon.pending() == []


def test_a_value_that_was_written_without_the_daemon_knowing_is_no_edit() -> None:
    player = _heat()
    player.pull()
    player.daemon.change("Heat", "plot", "Another text")
    player.daemon.fault("AckItems", "before")
    with pytest.raises(Unreachable):
        player.pull()
    player.daemon.change("Heat", "plot", "A third text")
    player.pull()
    assert player.host.value("/Heat", "plot") == "A third text"


def test_a_late_acknowledgement_does_no_harm() -> None:
    player = _heat()
    player.pull()
    player.daemon.change("Heat", "plot", "Another text")
    player.daemon.fault("AckItems", "late")
    with pytest.raises(RpcError):
        player.pull()
    player.daemon.change("Heat", "plot", "A third text")
    player.pull()
    player.daemon.deliver_late()
    player.daemon.change("Heat", "plot", "A fourth text")
    player.pull()
    assert player.host.value("/Heat", "plot") == "A fourth text"


def test_what_the_host_holds_and_no_message_can_carry_is_no_edit_and_nothing_to_write() -> None:
    host, daemon = FakeHost(), FakeDaemon({"Heat": {"plot": "?rger"}}, "replace")
    host.add("/Heat", "Heat", plot="\udce4rger")
    session = opened(host, daemon)
    reported(host, session)
    assert not pulling(host, session).run().left
    assert ("plot", "?rger") not in [(write.field, write.value) for write in host.writes]
    assert daemon.pending() == []


def test_one_acknowledgement_that_the_daemon_refuses_does_not_hold_up_the_others() -> None:
    player = Player(**{f"Film {number}": {"plot": "A text"} for number in range(5)})
    player.daemon.refused_keys = {"/Film 3"}
    assert player.pull().left
    assert player.daemon.pending() == ["/Film 3"]
    assert "/Film 3" in player.log.text


def test_a_store_that_changed_is_noticed_before_anything_is_written() -> None:
    player = _heat()
    player.daemon.store_id = "store-2"
    with pytest.raises(StoreChanged):
        player.pull()
    assert player.host.writes == []


def test_a_session_that_another_one_ended_writes_nothing_more() -> None:
    player = _heat()
    player.daemon.take_over()
    with pytest.raises(RpcError) as raised:
        player.pull()
    assert raised.value.reason == "SESSION_ENDED"
    assert player.host.writes == []


def test_a_host_that_is_away_at_once_is_not_taken_for_an_empty_one() -> None:
    player = _heat()
    player.host.unavailable = True
    assert player.pull().unfinished
    assert player.daemon.pending() == ["/Heat"]
    with pytest.raises(HostUnavailable):
        player.host.read("movie", "/Heat", "1")
