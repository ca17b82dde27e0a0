"""Codes by which a player is let in: it shows six digits, and its owner types them at the daemon.

Nobody else can have the token: a player claims it with a secret that only it was told. A code is worth guessing to
nobody but whom the daemon obeys already, and after ten wrong ones none of those that are shown counts any more.
"""

import secrets
import threading
from dataclasses import dataclass
from enum import Enum

import structlog

from metarr.clock import Clock
from metarr.errors import CannotDo, NoSuchThing
from metarr.players.player_tokens import PlayerTokens
from metarr.store.player_tokens import PlayerToken

log = structlog.get_logger(__name__)

DIGITS = 6
SECONDS = 300
"""For how long a code can be typed."""

REMEMBERED = 3 * SECONDS
"""For how many seconds it is told what became of a code."""

MOST_OPEN, MOST_OF_CALLER = 32, 8
"""Codes that may be shown at once, and of one caller: whoever is in the network may ask for one."""

MOST_WRONG = 10
"""Wrong codes in a row after which those that are shown are void."""


class _State(Enum):
    OPEN = "open"
    USED = "used"
    VOID = "void"


@dataclass
class PairingCode:
    """A code that a player shows. `claim`: the player's secret; `until`: on the monotonic clock; `token`: what it gets
    once the code was typed."""

    code: str
    claim: str
    player_id: str
    name: str
    caller: str
    until: float
    state: _State = _State.OPEN
    token: str = ""


class PairingCodes:
    """The codes that are shown, for as long as the daemon runs. Thread-safe."""

    def __init__(self, tokens: PlayerTokens, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock
        self._lock = threading.Lock()
        self._codes: list[PairingCode] = []
        self._wrong = 0

    def start(self, player_id: str, name: str, caller: str) -> PairingCode:
        """A code for a player to show; the one that it showed before is void.

        Raises CannotDo (`TOO_MANY_CODES`) where too many are shown.
        """
        with self._lock:
            self._forget()
            others = [each for each in self._open() if (each.player_id, each.caller) != (player_id, caller)]
            if len(others) >= MOST_OPEN or sum(each.caller == caller for each in others) >= MOST_OF_CALLER:
                why = f"too many players show a code; try again in {SECONDS // 60} minutes"
                raise CannotDo(why, reason="TOO_MANY_CODES")
            for each in self._open():
                if each not in others:
                    each.state = _State.VOID
            made = PairingCode(
                code=self._fresh(),
                claim=secrets.token_urlsafe(32),
                player_id=player_id,
                name=name,
                caller=caller,
                until=self._clock.monotonic() + SECONDS,
            )
            self._codes.append(made)
            return made

    def approve(self, code: str) -> PlayerToken:
        """Let in the player that shows this code.

        Raises NoSuchThing (`CODE_NOT_FOUND`) where none shows it; CannotDo where its time is over (`CODE_EXPIRED`) or
        it was typed before (`CODE_USED`).
        """
        with self._lock:
            self._forget()
            # Six digits may come again: the latest counts.
            shown = next((each for each in reversed(self._codes) if each.code == code), None)
            if shown is None:
                self._count_wrong()
                raise NoSuchThing("code", f"no player shows the code {code}", reason="CODE_NOT_FOUND")
            if shown.state is _State.USED:
                raise CannotDo(f"the code {code} was used: {shown.name!r} was let in by it", reason="CODE_USED")
            if shown not in self._open():
                why = f"the code {code} has run out; have {shown.name!r} show a new one"
                raise CannotDo(why, reason="CODE_EXPIRED")
            shown.token, given = self._tokens.give(shown.player_id, shown.name)
            shown.state, self._wrong = _State.USED, 0
            return given

    def claim(self, claim: str) -> str:
        """The token of the player whose secret this is; "": nobody has typed its code yet.

        Raises CannotDo (`CODE_EXPIRED`) where the time is over, or the daemon was started since.
        """
        with self._lock:
            shown = next(
                (each for each in self._codes if secrets.compare_digest(each.claim.encode(), claim.encode())), None
            )
            if shown is None or shown.state is _State.VOID or self._clock.monotonic() >= shown.until:
                raise CannotDo("the code has run out; show a new one", reason="CODE_EXPIRED")
            return shown.token

    def _open(self) -> list[PairingCode]:
        now = self._clock.monotonic()
        return [each for each in self._codes if each.state is _State.OPEN and now < each.until]

    def _forget(self) -> None:
        now = self._clock.monotonic()
        self._codes = [each for each in self._codes if now < each.until + REMEMBERED][-_MOST_REMEMBERED:]

    def _count_wrong(self) -> None:
        self._wrong += 1
        if self._wrong < MOST_WRONG:
            return
        self._wrong = 0
        for each in self._open():
            each.state = _State.VOID
            log.warning("pairing_code_void", player=each.player_id, why="too many wrong codes were typed")

    def _fresh(self) -> str:
        taken = {each.code for each in self._codes}
        while (code := f"{secrets.randbelow(10**DIGITS):0{DIGITS}}") in taken:
            pass
        return code


_MOST_REMEMBERED = 1000
