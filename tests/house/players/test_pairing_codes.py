"""Codes by which players are let in, and the tokens that they get."""

import pytest

from fakes import FakeClock
from harness import House
from metarr.errors import CannotDo, MetarrError, NoSuchThing
from metarr.players.pairing_codes import MOST_OF_CALLER, MOST_OPEN, MOST_WRONG, SECONDS, PairingCode, PairingCodes
from metarr.players.player_tokens import PlayerTokens

KODI = "kodi-1"


@pytest.fixture
def tokens(home: House) -> PlayerTokens:
    return home.services.player_tokens


@pytest.fixture
def codes(home: House) -> PairingCodes:
    return home.services.pairing_codes


def reason(raised: pytest.ExceptionInfo[MetarrError]) -> str:
    return raised.value.reason


def shown(codes: PairingCodes, player: str = KODI, caller: str = "10.0.0.2") -> PairingCode:
    return codes.start(player, "Living room", caller)


def another(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 10**6:06}"


def test_a_code_that_is_typed_gives_its_player_a_token(codes: PairingCodes, tokens: PlayerTokens):
    code = shown(codes)
    assert len(code.code) == 6
    assert codes.claim(code.claim) == ""
    given = codes.approve(code.code)
    token = codes.claim(code.claim)
    assert codes.claim(code.claim) == token, "an answer that was lost is told again"
    assert tokens.subject(token) == KODI
    assert (given.player_id, given.name) == (KODI, "Living room")
    assert tokens.listed() == [given]
    assert token not in repr(given)


def test_a_token_outlives_the_daemon_and_dies_when_it_is_revoked(home: House, tokens: PlayerTokens):
    first, kept = tokens.give(KODI, "Living room")
    second, _ = tokens.give(KODI, "Bedroom")
    third, _ = tokens.give("kodi-2", "Attic")
    again = PlayerTokens(home.database, home.clock)
    assert [again.subject(each) for each in (first, second, third)] == [KODI, KODI, "kodi-2"]
    tokens.revoke(kept.id)
    assert [tokens.subject(each) for each in (first, second, third)] == [None, KODI, "kodi-2"]
    tokens.revoke_all(KODI)
    assert [tokens.subject(each) for each in (first, second, third)] == [None, None, "kodi-2"]
    with pytest.raises(NoSuchThing) as raised:
        tokens.revoke(kept.id)
    assert reason(raised) == "TOKEN_NOT_FOUND"


@pytest.mark.parametrize("token", ["", "x", "ä", "\udcff", "0" * 64])
def test_what_is_no_token_stands_for_nobody(tokens: PlayerTokens, token: str):
    tokens.give(KODI, "Living room")
    assert tokens.subject(token) is None


def test_no_code_is_typed_twice(codes: PairingCodes, tokens: PlayerTokens):
    code = shown(codes)
    codes.approve(code.code)
    for _ in range(1000):
        with pytest.raises(CannotDo) as raised:
            codes.approve(code.code)
        assert reason(raised) == "CODE_USED"
    assert len(tokens.listed()) == 1


def test_a_code_runs_out(codes: PairingCodes, tokens: PlayerTokens, clock: FakeClock):
    code = shown(codes)
    clock.advance(SECONDS)
    for call, given in ((codes.approve, code.code), (codes.claim, code.claim)):
        with pytest.raises(CannotDo) as raised:
            call(given)
        assert reason(raised) == "CODE_EXPIRED"
    assert not tokens.listed()


def test_a_token_is_claimed_only_in_the_time_of_its_code(codes: PairingCodes, clock: FakeClock):
    code = shown(codes)
    codes.approve(code.code)
    clock.advance(SECONDS)
    with pytest.raises(CannotDo):
        codes.claim(code.claim)


def test_guessing_a_thousand_times_opens_nothing(codes: PairingCodes, tokens: PlayerTokens):
    code = shown(codes)
    for by in range(1, 1001):
        with pytest.raises(NoSuchThing) as raised:
            codes.approve(another(code.code, by))
        assert reason(raised) == "CODE_NOT_FOUND"
    with pytest.raises(CannotDo) as void:
        codes.approve(code.code)
    assert reason(void) == "CODE_EXPIRED"
    with pytest.raises(CannotDo):
        codes.claim(code.claim)
    assert not tokens.listed()


def test_some_slips_are_forgiven(codes: PairingCodes):
    for _ in range(3):
        code = shown(codes)
        for by in range(1, MOST_WRONG):
            with pytest.raises(NoSuchThing):
                codes.approve(another(code.code, by))
        codes.approve(code.code)


def test_the_code_that_a_player_showed_before_is_void(codes: PairingCodes):
    first, second = shown(codes), shown(codes)
    with pytest.raises(CannotDo) as raised:
        codes.approve(first.code)
    assert reason(raised) == "CODE_EXPIRED"
    codes.approve(second.code)
    assert codes.claim(second.claim)


@pytest.mark.parametrize(("most", "callers"), [(MOST_OF_CALLER, 1), (MOST_OPEN, MOST_OPEN)])
def test_who_asks_for_very_many_codes_is_refused(codes: PairingCodes, clock: FakeClock, most: int, callers: int):
    for number in range(most):
        shown(codes, f"kodi-{number}", f"10.0.0.{number % callers}")
    with pytest.raises(CannotDo) as raised:
        shown(codes, "kodi-too-many", "10.0.0.0")
    assert reason(raised) == "TOO_MANY_CODES"
    clock.advance(SECONDS)
    assert shown(codes, "kodi-late", "10.0.0.0")


@pytest.mark.parametrize("claim", ["", "x", "ä"])
def test_what_is_no_claim_gets_nothing(codes: PairingCodes, claim: str):
    codes.approve(shown(codes).code)
    with pytest.raises(CannotDo) as raised:
        codes.claim(claim)
    assert reason(raised) == "CODE_EXPIRED"
