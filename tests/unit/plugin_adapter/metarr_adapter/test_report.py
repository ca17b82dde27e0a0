"""The daemon is told what the library holds, and what is not told completely is never taken for complete."""

from typing import Any

import pytest

from adapter_rig import Logged, opened, reported
from fake_daemon import FakeDaemon
from fake_host import FakeHost
from metarr_adapter.errors import RpcError, Unreachable
from metarr_adapter.host import Entry, Series
from metarr_adapter.report import MOST_BYTES, message_of, report_changes


def _sent(daemon: FakeDaemon) -> list[dict[str, Any]]:
    return [message for method, message in daemon.calls if method == "ReportItems"]


def _library(count: int) -> tuple[FakeHost, FakeDaemon]:
    host, daemon = FakeHost(), FakeDaemon()
    for number in range(count):
        host.add(f"/{number}", f"Film {number}")
    return host, daemon


def test_a_whole_library_is_told_in_batches_and_then_completed() -> None:
    host, daemon = _library(250)
    seen: list[Entry] = []
    told = reported(host, opened(host, daemon), "report-1", seen=seen.append)
    requests = _sent(daemon)
    assert [len(each.get("items", ())) for each in requests] == [100, 100, 50, 0]
    assert [each.get("complete", False) for each in requests] == [False, False, False, True]
    assert {each["reportId"] for each in requests} == {"report-1"}
    assert (told.entries, told.created, told.complete, told.why) == (250, 250, True, "")
    assert len(daemon.entries) == len(seen) == 250


def test_an_entry_travels_with_all_that_is_known_of_it() -> None:
    host, daemon = FakeHost(), FakeDaemon()
    row = host.add("/tv/1x02", "Pilot", "episode", plot="Text", ids={"tvdb": "77"})
    row.series, row.season_number, row.episode_number = Series("Lost", 2004, {"imdb": "tt0411008"}), 0, 2
    row.year = 2004
    reported(host, opened(host, daemon))
    assert _sent(daemon)[0]["items"] == [
        {
            "hostKey": "/tv/1x02",
            "hostId": "1",
            "kind": "MEDIA_KIND_EPISODE",
            "title": "Pilot",
            "year": 2004,
            "ids": [{"type": "tvdb", "value": "77"}],
            "fields": {"title": "Pilot", "plot": "Text"},
            "series": {"title": "Lost", "year": 2004, "ids": [{"type": "imdb", "value": "tt0411008"}]},
            "seasonNumber": 0,
            "episodeNumber": 2,
        }
    ]


def test_what_is_in_no_request_of_a_complete_report_is_gone() -> None:
    host, daemon = _library(3)
    session = opened(host, daemon)
    reported(host, session, "first")
    del host.rows["/1"]
    assert reported(host, session, "second").removed == 1
    assert set(daemon.entries) == {"/0", "/2"}


def test_a_library_that_breaks_off_while_it_is_listed_makes_nothing_gone() -> None:
    host, daemon = _library(90)
    session = opened(host, daemon)
    reported(host, session, "first")
    host.listing_breaks_after = 1
    told = reported(host, session, "second")
    assert (told.complete, len(daemon.entries)) == (False, 90)
    assert "the database is locked" in told.why


def test_a_host_that_goes_away_makes_nothing_gone() -> None:
    host, daemon = _library(3)
    session = opened(host, daemon)
    reported(host, session, "first")
    host.unavailable = True
    assert not reported(host, session, "second").complete
    assert len(daemon.entries) == 3


def test_a_library_that_is_empty_all_at_once_makes_nothing_gone() -> None:
    host, daemon = _library(3)
    reported(host, opened(host, daemon), "first")
    host.rows.clear()
    told = reported(host, opened(host, daemon), "second")
    assert (told.complete, len(daemon.entries)) == (False, 3)


def test_a_library_that_never_held_anything_is_complete() -> None:
    host, daemon = _library(0)
    assert reported(host, opened(host, daemon)).complete


def test_a_library_that_changes_while_it_is_listed_is_not_complete() -> None:
    host, daemon = _library(90)
    session = opened(host, daemon)
    assert not reported(host, session, settled=lambda: False).complete
    assert not any(each.get("complete") for each in _sent(daemon))


def test_a_report_stops_between_two_requests() -> None:
    host, daemon = _library(250)
    session = opened(host, daemon)
    told = reported(host, session, stopped=lambda: len(_sent(daemon)) == 1)
    assert (told.entries, told.complete, told.why) == (100, False, "it was stopped")


def test_a_report_that_was_cut_off_is_told_again_from_the_beginning() -> None:
    host, daemon = _library(250)
    session = opened(host, daemon)
    daemon.fault("ReportItems", "", "after")
    with pytest.raises(Unreachable):
        reported(host, session, "first")
    told = reported(host, session, "second")
    assert (told.entries, told.created, told.complete) == (250, 50, True)


def test_an_error_of_the_daemon_is_no_error_of_the_list() -> None:
    host, daemon = _library(3)
    session = opened(host, daemon)
    daemon.fault("ReportItems", RpcError("internal", "it broke"))
    with pytest.raises(RpcError, match="it broke"):
        reported(host, session)


def test_an_entry_that_the_daemon_refuses_costs_itself_and_the_completion_only() -> None:
    host, daemon = _library(10)
    daemon.refused_keys = {"/3"}
    told = reported(host, opened(host, daemon))
    assert (told.entries, told.left_out, told.complete) == (9, 1, False)
    assert told.problems == [("/3", "a bad key")]
    assert len(daemon.entries) == 9


def test_an_entry_that_no_message_can_hold_costs_itself_only() -> None:
    host, daemon = _library(2)
    host.edit("/0", "imdb_rating", float("nan"))
    host.add("x" * 201, "Long")
    told = reported(host, opened(host, daemon))
    assert (told.entries, told.left_out, told.complete) == (1, 2, False)
    assert [problem.host_key for problem in told.problems] == ["/0", "x" * 201]


def test_requests_are_not_larger_than_the_daemon_may_take() -> None:
    host, daemon = _library(24)
    for number in range(24):
        host.edit(f"/{number}", "plot", "x" * (MOST_BYTES // 20))
    assert reported(host, opened(host, daemon)).complete
    assert [len(each.get("items", ())) for each in _sent(daemon)] == [19, 5, 0]


def test_titles_are_cut_to_what_the_contract_allows() -> None:
    message = message_of(Entry("/1", "1", "movie", "x" * 900, series=Series("y" * 900)))
    assert (len(message["title"]), len(message["series"]["title"])) == (500, 500)


def test_a_title_is_of_whole_signs() -> None:
    message = message_of(Entry("/1", "1", "episode", "a\0b\n\udce4\x1b", series=Series("\x07c", 0, {"imdb": "t\0t"})))
    assert message["title"] == "ab\n?"
    assert message["series"] == {"title": "c", "year": 0, "ids": [{"type": "imdb", "value": "tt"}]}


@pytest.mark.parametrize("entry", [Entry("", "1", "movie"), Entry("k" * 201, "1", "movie"), Entry("/1", "1", "song")])
def test_what_the_contract_does_not_allow_is_no_message(entry: Entry) -> None:
    with pytest.raises(ValueError, match=r"key|kind"):
        message_of(entry)


def test_single_changes_are_told_without_touching_the_rest() -> None:
    host, daemon = _library(3)
    session = opened(host, daemon)
    reported(host, session)
    told = report_changes(session, [Entry("/0", "1", "movie", "Film 0")], ["/1"])
    assert (told.entries, told.removed) == (1, 1)
    assert set(daemon.entries) == {"/0", "/2"}
    assert "reportId" not in _sent(daemon)[-1]


def test_many_removals_are_told_in_pieces() -> None:
    host, daemon = FakeHost(), FakeDaemon()
    report_changes(opened(host, daemon), [], [f"/{number}" for number in range(1100)])
    assert [len(each["removedKeys"]) for each in _sent(daemon)] == [500, 500, 100]


def test_what_was_reported_is_logged_in_numbers() -> None:
    host, daemon = _library(3)
    log = Logged()
    reported(host, opened(host, daemon), log=log)
    assert log.lines == [("info", "3 entries were reported, 3 are new, 0 are gone")]
