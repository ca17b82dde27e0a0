"""The life of an adapter, with a clock that plays what happens while it waits."""

import threading
from typing import Any

from adapter_rig import IDENTITY, DictMemory, Logged, ScriptedClock
from fake_daemon import FakeDaemon
from fake_host import FakeHost
from metarr_adapter.changes import QUIET
from metarr_adapter.errors import Limited, RpcError, TooOld, Unreachable, WrongToken
from metarr_adapter.host import Notice
from metarr_adapter.loop import LONGEST, Loop
from metarr_adapter.notices import PROBLEMS
from metarr_adapter.session import Failure
from metarr_adapter.work import LATER

RING, PASS = ScriptedClock.RING, ScriptedClock.PASS


class Life:
    """A loop with all that it needs; `run` plays steps, and ends with `stop`."""

    def __init__(self, policy: str = "replace", **titles: dict[str, Any]) -> None:
        self.daemon = FakeDaemon(titles or {"Heat": {"plot": "A heist"}}, policy)
        self.host = FakeHost()
        for title in self.daemon.library:
            self.host.add(f"/{title}", title)
        self.clock, self.memory, self.log = ScriptedClock(), DictMemory(), Logged()
        self.progress: list[tuple[int, int]] = []
        self.restart()

    def restart(self) -> None:
        """The host starts again."""
        self.loop = Loop(
            self.host,
            self.daemon,
            IDENTITY,
            self.memory,
            self.log,
            clock=self.clock,
            progress=lambda done, total: self.progress.append((done, total)),
        )

    def run(self, *steps: Any, take_over: bool = False) -> bool:
        self.clock.steps.extend([*steps, self.loop.stop])
        ended = self.loop.run(take_over=take_over)
        assert self.host.threads <= {threading.get_ident()}
        return ended

    def whole_reports(self) -> int:
        return sum(method == "ReportItems" and "complete" in sent for method, sent in self.daemon.calls)


def test_a_first_start_reports_the_library_and_takes_in_what_is_pending() -> None:
    life = Life()
    assert life.run()
    assert life.host.value("/Heat", "plot") == "A heist"
    assert (life.whole_reports(), life.daemon.pending()) == (1, [])
    assert life.host.notices == []
    assert life.progress[-1] == (1, 1)


def test_a_later_start_reports_nothing_and_writes_nothing() -> None:
    life = Life()
    life.run()
    life.restart()
    life.run()
    assert (life.whole_reports(), len(life.host.writes)) == (1, 1)


def test_news_are_taken_in_as_they_come() -> None:
    life = Life()
    life.run(lambda: life.daemon.change("Heat", "plot", "Another text"), RING)
    assert life.host.value("/Heat", "plot") == "Another text"


def test_what_changed_at_the_host_is_told_when_it_has_become_quiet() -> None:
    life = Life()

    def scanned() -> None:
        life.host.add("/Ran", "Ran")
        life.loop.touched("movie", "2")

    life.run(scanned, PASS, RING)
    assert QUIET in life.clock.waits
    assert set(life.daemon.entries) == {"/Heat", "/Ran"}
    assert life.whole_reports() == 1


def test_what_was_removed_at_the_host_is_told() -> None:
    life = Life()

    def removed() -> None:
        del life.host.rows["/Heat"]
        life.loop.touched("movie", "1")

    life.run(removed, PASS)
    assert life.daemon.entries == {}
    assert life.whole_reports() == 1, "its key was known from the report"


def test_a_removal_of_which_nobody_knows_what_it_was_has_everything_reported() -> None:
    life = Life(Heat={}, Ran={})
    life.run()
    life.restart()

    def removed() -> None:
        del life.host.rows["/Heat"]
        life.loop.touched("movie", "1")

    life.run(removed, PASS)
    assert set(life.daemon.entries) == {"/Ran"}
    assert life.whole_reports() == 2


def test_a_scan_has_the_whole_library_reported() -> None:
    life = Life()

    def scanned() -> None:
        life.host.add("/Ran", "Ran")
        life.loop.library_changed()

    life.run(scanned)
    assert set(life.daemon.entries) == {"/Heat", "/Ran"}
    assert life.whole_reports() == 2


def test_a_library_that_changes_while_it_is_reported_is_reported_again_later() -> None:
    life = Life()
    life.host.while_listing = lambda _batch: life.loop.touched("movie", "1")

    def quiet() -> None:
        life.host.while_listing = lambda _batch: None

    life.run(quiet, PASS, PASS)
    assert life.host.listings == 2
    assert life.whole_reports() == 1


def test_a_report_that_was_cut_off_is_made_at_the_next_start() -> None:
    life = Life()
    life.run()
    life.host.listing_breaks_after = 0
    life.restart()
    life.run(life.loop.library_changed)
    assert (life.whole_reports(), life.host.listings) == (1, 2)
    life.host.listing_breaks_after = None
    life.restart()
    life.run()
    assert (life.whole_reports(), life.host.listings) == (2, 3)
    life.restart()
    life.run()
    assert life.host.listings == 3


def test_a_change_is_told_where_the_whole_library_cannot_be() -> None:
    life = Life()
    life.run()
    life.host.listing_breaks_after = 0

    def happens() -> None:
        life.host.add("/Ran", "Ran")
        life.loop.touched("movie", "2")
        life.loop.library_changed()

    life.restart()
    life.run(happens, PASS)
    assert set(life.daemon.entries) == {"/Heat", "/Ran"}


def test_a_host_that_cannot_list_is_asked_again_later_and_later() -> None:
    life = Life()
    life.host.listing_breaks_after = 0
    life.run(PASS, PASS, PASS)
    assert life.host.listings == 4
    assert life.clock.waits[:4] == [60.0, 120.0, 240.0, 480.0]
    assert life.host.writes == []


def test_an_entry_that_cannot_be_told_does_not_have_the_library_reported_with_every_connection() -> None:
    life = Life(Heat={}, Ran={})
    life.daemon.refused_keys = {"/Ran"}
    life.run(life.daemon.go_away, RING, lambda: setattr(life.daemon, "away", False), PASS)
    assert life.daemon.count("RegisterPlayer") == 2
    assert life.host.listings == 1


def test_a_daemon_that_never_was_there_is_nobodys_news_and_is_tried_later_and_later() -> None:
    life = Life()
    life.daemon.away = True
    life.run(*[PASS] * 8)
    assert life.clock.waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    assert life.host.notices == []
    assert not any(level in ("warning", "error") for level, _ in life.log.lines)


def test_a_daemon_that_comes_after_the_host_is_used_without_a_word() -> None:
    life = Life()
    life.daemon.away = True
    life.run(PASS, lambda: setattr(life.daemon, "away", False), PASS)
    assert life.host.value("/Heat", "plot") == "A heist"
    assert life.host.notices == []


def test_a_daemon_that_is_lost_is_told_once_and_so_is_its_return() -> None:
    life = Life()
    life.run(
        life.daemon.go_away, RING, PASS, PASS, PASS, lambda: setattr(life.daemon, "away", False), PASS,
        lambda: life.daemon.change("Heat", "plot", "Another text"), RING,
    )  # fmt: skip
    assert life.host.notices == [Notice.LOST, Notice.BACK]
    assert life.host.value("/Heat", "plot") == "Another text"


def test_a_connection_that_breaks_and_is_back_at_once_is_nobodys_news() -> None:
    life = Life()

    def breaks() -> None:
        life.daemon.go_away()
        life.daemon.away = False

    life.run(breaks, RING, PASS)
    assert life.daemon.count("RegisterPlayer") == 2
    assert life.host.notices == []


def test_a_hang_and_nonsense_are_the_same_as_a_daemon_that_is_off() -> None:
    life = Life()
    life.daemon.fault("GetHealth", "", "hang", RpcError("unknown", "no HTTP"))
    life.daemon.fault("ListPendingItems", "hang")
    life.run(PASS, PASS, PASS)
    assert life.host.notices == [Notice.LOST, Notice.BACK]
    assert life.host.value("/Heat", "plot") == "A heist"


def test_what_happens_at_the_host_while_the_daemon_is_off_is_told_afterwards() -> None:
    life = Life()
    life.run()
    life.restart()
    life.daemon.away = True

    def happens() -> None:
        life.host.add("/Ran", "Ran")
        life.loop.touched("movie", "2")

    life.run(happens, PASS, lambda: setattr(life.daemon, "away", False), PASS)
    assert set(life.daemon.entries) == {"/Heat", "/Ran"}


def test_a_change_that_could_not_be_told_is_told_with_the_next_connection() -> None:
    life = Life()

    def happens() -> None:
        life.host.add("/Ran", "Ran")
        life.loop.touched("movie", "2")
        life.daemon.fault("ReportItems", "before")

    life.run(happens, PASS, PASS, PASS)
    assert set(life.daemon.entries) == {"/Heat", "/Ran"}


def test_waking_tries_at_once_and_once() -> None:
    life = Life()
    life.daemon.away = True
    life.run(PASS, PASS, life.loop.wake, PASS, lambda: setattr(life.daemon, "away", False), life.loop.wake)
    assert life.clock.waits[:5] == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert life.daemon.count("GetHealth") == 6
    assert life.host.value("/Heat", "plot") == "A heist"


def test_a_connection_that_lasted_is_missed_for_a_moment_only() -> None:
    life = Life()
    life.daemon.away = True

    def comes() -> None:
        life.daemon.away = False

    def breaks() -> None:
        life.daemon.go_away()
        comes()

    life.run(PASS, PASS, comes, PASS, breaks, RING, PASS, 3600.0, breaks, RING, PASS)
    assert [wait for wait in life.clock.waits if wait] == [1.0, 2.0, 4.0, 4.0, 8.0, 1.0]


def test_nothing_is_written_while_a_video_plays_and_everything_afterwards() -> None:
    life = Life()
    life.host.playing = True
    held_back: list[Any] = []

    def ends() -> None:
        held_back.extend(life.host.writes)
        life.host.playing = False
        life.loop.wake()

    life.run(ends)
    assert held_back == []
    assert life.host.value("/Heat", "plot") == "A heist"


def test_a_video_that_begins_in_the_middle_pauses_before_the_next_item() -> None:
    life = Life(**{f"Film {number}": {"plot": "A text"} for number in range(4)})
    life.host.after_write = lambda key: setattr(life.host, "playing", key == "/Film 1")
    held_back: list[int] = []

    def ends() -> None:
        held_back.append(len(life.host.writes))
        life.host.playing = False
        life.loop.wake()

    life.run(ends)
    assert held_back == [2]
    assert len(life.host.writes) == 4


def test_a_video_of_which_nobody_tells_the_end_is_looked_after() -> None:
    life = Life()
    life.host.playing = True
    life.run(PASS, lambda: setattr(life.host, "playing", False), PASS)
    assert len(life.host.writes) == 1


def test_the_choice_of_a_policy_is_asked_for_once_and_waited_for() -> None:
    life = Life("")
    life.run(PASS, PASS, lambda: setattr(life.daemon, "policy", "replace"), PASS)
    assert life.host.notices == [Notice.POLICY]
    assert len(life.host.writes) == 1


def test_another_program_that_takes_over_ends_it_with_a_word() -> None:
    life = Life()
    life.clock.steps.extend([life.daemon.take_over, RING])
    assert not life.loop.run()
    assert life.host.notices == [Notice.ENDED]


def test_another_program_in_session_is_waited_for() -> None:
    life = Life()
    life.daemon.take_over("another")

    def leaves() -> None:
        life.daemon.session = ""

    life.run(PASS, PASS, leaves, PASS)
    assert life.clock.waits[:2] == [60.0, 60.0]
    assert life.host.notices == [Notice.IN_USE, Notice.BACK]
    assert len(life.host.writes) == 1


def test_another_program_in_session_can_be_ended() -> None:
    life = Life()
    life.daemon.take_over("another")
    life.run(take_over=True)
    assert life.daemon.instance == IDENTITY.instance
    assert life.host.notices == []


def test_a_refused_token_is_told_once() -> None:
    life = Life()
    life.daemon.fault("GetHealth", *[WrongToken("unauthenticated", "no")] * 3)
    life.run(PASS, PASS, PASS)
    assert life.host.notices == [Notice.TOKEN, Notice.BACK]


def test_a_certificate_that_nobody_vouches_for_is_told_once_and_tried_again_soon() -> None:
    life = Life()
    life.daemon.fault("GetHealth", *[Unreachable("certificate", "no")] * 3)
    life.run(PASS, PASS, PASS)
    assert life.host.notices == [Notice.CERTIFICATE, Notice.BACK]
    assert max(life.clock.waits[:3]) < LATER


def test_an_old_daemon_is_told_once() -> None:
    life = Life()
    life.daemon.api_level = 1
    life.daemon.fault("GetHealth", "", TooOld("unimplemented", "no"))
    life.run(PASS, PASS, lambda: setattr(life.daemon, "api_level", 3), PASS)
    assert life.host.notices == [Notice.OLD, Notice.BACK]


def test_a_restored_backup_has_everything_reported_and_nothing_lost() -> None:
    life = Life()
    life.run()
    life.daemon.restored()
    life.restart()
    life.run()
    assert life.whole_reports() == 2
    assert len(life.host.writes) == 1, "the host holds it all already"
    assert life.daemon.outcome("/Heat", "plot") == "TAKEN"


def test_sequences_of_another_store_have_everything_reported() -> None:
    life = Life()
    life.daemon.fault("AckItems", RpcError("failed_precondition", "never issued", "UNKNOWN_SEQUENCE"))
    life.run(PASS)
    assert life.whole_reports() == 2
    assert life.daemon.pending() == []
    assert len(life.host.writes) == 1


def test_a_player_that_was_removed_at_the_daemon_comes_back() -> None:
    life = Life()
    life.run()
    life.daemon.known, life.daemon.entries = False, {}
    life.daemon.fault("ListPendingItems", RpcError("not_found", "no such player", "PLAYER_NOT_FOUND"))
    life.restart()
    life.run(PASS)
    assert (life.whole_reports(), set(life.daemon.entries)) == (2, {"/Heat"})


def test_a_daemon_with_too_much_to_do_is_given_the_time_that_it_asks_for() -> None:
    life = Life()
    life.daemon.fault("RegisterPlayer", Limited("resource_exhausted", "too many", retry_after=300.0))
    life.run(PASS)
    assert life.clock.waits[0] == 300.0
    assert len(life.host.writes) == 1


def test_no_daemon_puts_it_to_sleep_for_ever() -> None:
    life = Life()
    life.daemon.fault("RegisterPlayer", Limited("resource_exhausted", "too many", retry_after=999_999_999_999.0))
    life.run(PASS)
    assert life.clock.waits[0] == LONGEST


def test_an_item_that_could_not_be_settled_is_tried_again_after_a_while() -> None:
    life = Life()
    life.host.after_write = life.host.bad.add
    life.run(life.host.bad.clear, PASS)
    assert life.daemon.pending() == []
    assert len(life.host.writes) == 1


def test_a_host_that_is_away_is_tried_again_after_a_while() -> None:
    life = Life()
    life.run()
    life.daemon.change("Heat", "plot", "Another text")
    life.restart()
    life.host.before_write = lambda _key: setattr(life.host, "unavailable", True)

    def returns() -> None:
        life.host.unavailable, life.host.before_write = False, lambda _key: None

    life.run(returns, PASS)
    assert life.host.value("/Heat", "plot") == "Another text"


def test_an_unexpected_error_of_the_host_ends_nothing() -> None:
    life = Life()
    life.host.unavailable = True
    life.run(PASS, lambda: setattr(life.host, "unavailable", False), PASS)
    assert life.host.value("/Heat", "plot") == "A heist"
    assert "it shuts down" in life.log.text


def test_a_notice_that_cannot_be_shown_ends_nothing() -> None:
    life = Life("")

    def broken(_text: str) -> None:
        raise RuntimeError("no window")

    life.host.notify = broken  # type: ignore[method-assign]
    assert life.run()
    assert "no window" in life.log.text


def test_it_can_be_stopped_in_the_middle_of_a_library() -> None:
    life = Life(**{f"Film {number}": {"plot": "A text"} for number in range(5)})
    life.host.after_write = lambda key: life.loop.stop() if key == "/Film 2" else None
    assert life.loop.run()
    assert life.daemon.pending() == ["/Film 3", "/Film 4"]


def test_it_leaves_no_thread_behind() -> None:
    life = Life()
    life.run(lambda: life.daemon.change("Heat", "plot", "Another text"), RING)
    assert not [each for each in threading.enumerate() if each.name == "metarr_watch"]


def test_whatever_fails_is_told_but_what_mends_itself() -> None:
    assert set(Failure) - set(PROBLEMS) == {Failure.AWAY, Failure.FORGOTTEN}
