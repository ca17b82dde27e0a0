"""A player begins a session, and knows what a failed call asks for."""

from typing import Any

import pytest

from adapter_rig import IDENTITY, opened
from fake_daemon import FakeDaemon
from fake_host import FakeHost
from metarr_adapter.errors import BadAnswer, RpcError, TimedOut, TooOld, Unreachable, WrongToken
from metarr_adapter.session import Failure, failure_of, open_session, told_apart


def test_a_player_registers_with_what_it_is_and_what_it_takes() -> None:
    daemon = FakeDaemon()
    session = opened(FakeHost(takes=("title", "ids")), daemon)
    assert (session.store_id, session.player["id"]) == ("store-1", "living-room")
    message = daemon.calls[-1][1]
    assert message == {
        "playerId": "living-room",
        "name": "Living room",
        "host": "kodi",
        "hostVersion": "20.1",
        "adapterVersion": "0.1.0",
        "instance": "box-1",
        "takeOver": False,
        "kinds": [
            {"kind": "MEDIA_KIND_MOVIE", "fields": ["title", "ids"], "cannotTake": {"cast": "it has no way in"}},
            {"kind": "MEDIA_KIND_EPISODE", "fields": ["title", "plot"], "cannotTake": {}},
        ],
    }


def test_the_oddest_name_keeps_nobody_out() -> None:
    daemon = FakeDaemon()
    open_session(daemon, IDENTITY._replace(name="L\udce4den\0"), FakeHost().kinds())
    assert daemon.calls[-1][1]["name"] == "L?den"


def test_a_daemon_that_knows_no_players_is_too_old_and_a_newer_one_is_fine() -> None:
    daemon = FakeDaemon()
    daemon.api_level = 1
    with pytest.raises(TooOld, match="level 1, and 2 is needed"):
        opened(FakeHost(), daemon)
    daemon.api_level = 99
    assert opened(FakeHost(), daemon).store_id == "store-1"


@pytest.mark.parametrize("answers", [{}, {"apiLevel": "x"}, {"apiLevel": 2}])
def test_what_answers_otherwise_is_no_daemon(answers: dict[str, Any]) -> None:
    class Other:
        def call(self, *_: Any, **__: Any) -> dict[str, Any]:
            return answers

        def stream(self, *_: Any) -> Any:
            raise AssertionError

    with pytest.raises(BadAnswer):
        open_session(Other(), IDENTITY, FakeHost().kinds())


def test_another_program_in_session_is_left_alone_unless_it_is_to_be_ended() -> None:
    daemon = FakeDaemon()
    daemon.take_over("another")
    with pytest.raises(RpcError) as raised:
        opened(FakeHost(), daemon)
    assert failure_of(raised.value) == Failure.IN_USE
    assert opened(FakeHost(), daemon, take_over=True).store_id == "store-1"


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (Unreachable("refused", ""), Failure.AWAY),
        (TimedOut("deadline_exceeded", ""), Failure.AWAY),
        (BadAnswer(""), Failure.AWAY),
        (RpcError("unavailable", "", "DATABASE_UNUSABLE"), Failure.AWAY),
        (WrongToken("unauthenticated", ""), Failure.TOKEN),
        (Unreachable("certificate", ""), Failure.CERTIFICATE),
        (TooOld("unimplemented", ""), Failure.OLD),
        (RpcError("failed_precondition", "", "SESSION_ENDED"), Failure.ENDED),
        (RpcError("failed_precondition", "", "PLAYER_IN_USE"), Failure.IN_USE),
        (RpcError("failed_precondition", "", "STORE_CHANGED"), Failure.FORGOTTEN),
        (RpcError("failed_precondition", "", "UNKNOWN_SEQUENCE"), Failure.FORGOTTEN),
        (RpcError("not_found", "", "PLAYER_NOT_FOUND"), Failure.FORGOTTEN),
        (RpcError("internal", ""), Failure.OTHER),
        (RpcError("invalid_argument", ""), Failure.OTHER),
    ],
)
def test_a_failed_call_asks_for_something(error: RpcError, failure: str) -> None:
    assert failure_of(error) == failure


def test_faulty_things_are_found_with_few_requests() -> None:
    sent: list[list[int]] = []

    def send(things: list[int]) -> None:
        sent.append(things)
        if 3 in things:
            raise RpcError("invalid_argument", "3 is bad")

    assert [thing for thing, _ in told_apart(send, list(range(16)))] == [3]
    assert len(sent) == 9
    taken = [thing for things in sent if 3 not in things for thing in things]
    assert sorted(taken) == [number for number in range(16) if number != 3]


def test_other_errors_are_not_told_apart() -> None:
    def send(_things: list[int]) -> None:
        raise Unreachable("refused", "nobody listens")

    with pytest.raises(Unreachable):
        list(told_apart(send, [1, 2]))
