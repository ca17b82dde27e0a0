"""The board: what there is to notice now, since when, and in the log once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from fakes import FakeClock
from harness import House
from metarr.care.board import NoticeBoard
from metarr.care.notices import quota_outgrown
from metarr.domain.consent import SyncPolicy
from metarr.domain.notice import SEVERITIES, Notice, NoticeAction, NoticeCode, Severity
from metarr.errors import DatabaseUnusable
from metarr.store import notices
from metarr.store.database import Database
from model_player import ModelPlayer

SUSPECT = Notice(code=NoticeCode.PROVIDER_SUSPECT, subject="provider:tmdb", text="strange")
UNUSABLE = Notice(code=NoticeCode.DATABASE_UNUSABLE, subject="database", text="gone")


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database.in_memory()
    yield made
    made.close()


def test_every_code_has_a_severity() -> None:
    assert SEVERITIES.keys() == set(NoticeCode)


def test_a_notice_has_the_time_at_which_it_was_first_seen(database: Database, clock: FakeClock) -> None:
    there = [SUSPECT]
    board, began = NoticeBoard(database, clock, [lambda: list(there)]), clock.now()
    assert [each.since for each in board.look()] == [began]
    clock.advance(60)
    assert [each.since for each in board.look()] == [began]
    there.clear()
    assert board.look() == ()
    there.append(SUSPECT)
    assert [each.since for each in board.look()] == [began + timedelta(minutes=1)]


def test_the_worst_stands_first(database: Database, clock: FakeClock) -> None:
    board = NoticeBoard(database, clock, [lambda: [SUSPECT, UNUSABLE]])
    assert [each.severity for each in board.look()] == [Severity.ERROR, Severity.WARNING]


def test_each_is_in_the_log_once_and_once_more_when_it_is_over(database: Database, clock: FakeClock) -> None:
    there = [SUSPECT]
    board = NoticeBoard(database, clock, [lambda: list(there)])
    with capture_logs() as logged:
        board.look()
        board.look()
        there.clear()
        board.look()
    assert [(each["event"], each["subject"], each["log_level"]) for each in logged] == [
        ("notice", "provider:tmdb", "warning"),
        ("notice_over", "provider:tmdb", "info"),
    ]


def test_one_that_is_kept_has_its_first_time_and_its_last_text(database: Database, clock: FakeClock) -> None:
    began, action = clock.now(), NoticeAction(rpc="ConfigService.TestProvider", target="tmdb")
    with database.begin() as connection:
        notices.put(connection, SUSPECT, began)
    clock.advance(60)
    with database.begin() as connection:
        notices.put(connection, replace(SUSPECT, text="2", action=action), clock.now())
    [told] = NoticeBoard(database, clock).look()
    assert (told.text, told.since, told.action) == ("2", began, action)
    with database.begin() as connection:
        notices.end(connection, SUSPECT.code, SUSPECT.subject)
    assert NoticeBoard(database, clock).look() == ()


def test_a_source_that_cannot_be_read_costs_no_other_one(database: Database, clock: FakeClock) -> None:
    def away() -> list[Notice]:
        raise DatabaseUnusable("the database cannot be used: disk I/O error")

    told = NoticeBoard(database, clock, [away, lambda: [SUSPECT]]).look()
    assert [(each.code, each.text) for each in told] == [
        (NoticeCode.DATABASE_UNUSABLE, "the database cannot be used: disk I/O error"),
        (NoticeCode.PROVIDER_SUSPECT, "strange"),
    ]


def test_what_a_newer_version_kept_is_left_out(database: Database, clock: FakeClock) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("INSERT INTO notices (code, subject, text, since) VALUES ('roof', 'roof', '', 1)")
    assert NoticeBoard(database, clock).look() == ()


def test_what_is_wrong_with_providers_and_players_is_on_the_board(home: House) -> None:
    home.simulators.fault("omdb", "auth_refused")
    ModelPlayer(home, policy=SyncPolicy.UNCHOSEN)
    home.enrich(home.add("fight-club"))
    assert [(each.code, each.subject, each.action and each.action.target) for each in home.services.board.look()] == [
        (NoticeCode.PLAYER_WITHOUT_POLICY, "player:kodi", "kodi"),
        (NoticeCode.PROVIDER_KEY_REFUSED, "provider:omdb", "omdb"),
    ]


def test_a_library_beyond_the_quota_is_told_what_would_fit() -> None:
    assert list(quota_outgrown("omdb", "OMDb", 7000, 1000)) == []
    [told] = quota_outgrown("omdb", "OMDb", 10_000, 1000)
    assert "up to 10 days old" in told.text
    assert "1429 requests a day" in told.text


def test_no_text_names_a_command(home: House) -> None:
    home.simulators.fault("omdb", "auth_refused")
    ModelPlayer(home, policy=SyncPolicy.UNCHOSEN)
    home.enrich(home.add("fight-club"))
    assert not any("metarr " in each.text for each in home.services.board.look())
