"""One visit of the owner to a menu or dialog: Kodi, the daemon, and the words for what it tells; and what is said where
that does not work."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Callable, Protocol

from metarr_adapter.moments import now_here
from metarr_kodi import menu_texts, texts, tokens
from metarr_kodi.leaving import closed_with_kodi
from metarr_kodi.port import KodiRefused, Port, ca_file
from metarr_kodi.status import current
from metarr_kodi.words import Words

PATIENCE = 15.0
"""Seconds that the daemon has for an answer while its owner looks on."""

LONG = 90.0
"""Seconds for what makes the daemon ask its providers."""

_TITLES = {"TITLE_UNKNOWN": menu_texts.NOBODY_KNOWS, "TITLE_AMBIGUOUS": menu_texts.SEVERAL_FIT}
"""What keeps a title from being recognized, by the daemon's reason; the menu beside has what mends it."""

NAME = "Metarr"
Now = Callable[[], datetime]


class Trouble(Exception):
    """Something that the owner is told. `set_up`: the set-up mends it."""

    def __init__(self, text: str, *, set_up: bool = False) -> None:
        super().__init__(text)
        self.text, self.set_up = text, set_up


class Caller(Protocol):
    """The client, as far as menus need it."""

    def call(self, method: str, message: dict[str, Any], *, timeout: float) -> dict[str, Any]:
        """Call `package.Service/Method`; `timeout` in seconds. Raises RpcError."""

    def close(self) -> None:
        """Give its connections back."""


Connect = Callable[[str, str, str], Caller]
"""Makes a client of an address, a token and a file of certificates. Raises ValueError where they can be none."""


class Visit:
    """`address`: where the daemon is; `player_id`: this library's, "" where the service has not said it."""

    def __init__(self, port: Port, caller: Caller, now: Now = now_here) -> None:
        self.port, self.text = port, port.text
        self.address, self.player_id = port.setting("address").strip(), current(port).player_id
        self.now = now()
        self._caller = caller
        self._words: Words | None = None

    def ask(self, service: str, method: str, timeout: float = PATIENCE, **message: Any) -> dict[str, Any]:
        """Call a method, such as "Library", "GetItem". Raises RpcError."""
        return self._caller.call(f"metarr.v1.{service}Service/{method}", message, timeout=timeout)

    @property
    def words(self) -> Words:
        """The words, with the providers' names. Raises RpcError."""
        if self._words is None:
            health = self.ask("Health", "GetHealth")
            names = {each["id"]: each.get("name", "") for each in health.get("providers", ())}
            self._words = Words(self.port, self.now, names, self.player_id, self._daemons_words)
        return self._words

    def _daemons_words(self) -> dict[str, str]:
        """The daemon's words for fields, rules and reasons, by code. An older daemon has none."""
        from metarr_adapter.errors import RpcError  # noqa: PLC0415 - as in `visiting`

        try:
            listed = self.ask("Config", "ListFields", pageSize=200)
        except RpcError:
            return {}
        terms = [*listed.get("rules", ()), *listed.get("reasons", ())]
        labels = {each["name"]: each.get("label", "") for each in listed.get("fields", ())}
        return {**labels, **{each["code"]: each.get("word", "") for each in terms}}


def connected(address: str, token: str, ca_file: str) -> Caller:
    """The real client. Nobody waits long for a daemon that is away while its owner looks on."""
    from metarr_adapter.client import Client  # noqa: PLC0415 - takes long to load, and the first menu goes without

    return Client(address, token, ca_file=ca_file, attempts=2)


@contextmanager
def visiting(port: Port, connect: Connect = connected, now: Now = now_here) -> Iterator[Visit]:
    """A visit to the daemon of the settings. Raises Trouble, also for every RpcError within."""
    address, token = tokens.where(port)
    if not address:
        raise Trouble(port.text(texts.NOT_SET_UP), set_up=True)
    try:
        caller = connect(address, token, ca_file(port))
    except ValueError as error:
        raise Trouble(_unusable(port, error), set_up=True) from error
    from metarr_adapter.errors import RpcError  # noqa: PLC0415 - only where the daemon is talked to

    try:
        with closed_with_kodi(port, caller):
            yield Visit(port, caller, now)
    except RpcError as error:
        raise _trouble(port, address, error) from error
    finally:
        caller.close()


@contextmanager
def telling_failures(port: Port) -> Iterator[None]:
    """Tell whatever goes wrong within; nothing comes out of it."""
    try:
        yield
    except Trouble as trouble:
        tell(port, trouble)
    except Exception as error:  # noqa: BLE001 - a traceback is for the log, not for the owner of a television
        tell(port, unexpected(port, error))


def tell(port: Port, trouble: Trouble) -> None:
    """Tell what is wrong, and offer the set-up where that mends it."""
    if not trouble.set_up:
        port.tell(NAME, trouble.text)
    elif port.confirm(NAME, trouble.text, yes=port.text(menu_texts.OFFER_SET_UP), no=port.text(menu_texts.CLOSE)):
        from metarr_kodi.first_contact import set_up  # noqa: PLC0415 - only where it is wanted

        set_up(port)


def unexpected(port: Port, error: Exception) -> Trouble:
    """What to tell of a fault of our own, which the log explains."""
    # A traceback shows lines of code, not the values in them: no token and no path of the owner's.
    places = "".join(traceback.format_tb(error.__traceback__))
    text = str(error) if isinstance(error, KodiRefused) else ""
    port.log("error", f"unexpected {type(error).__name__} {text}\n{places}")
    return Trouble(port.text(menu_texts.UNEXPECTED))


def _unusable(port: Port, error: ValueError) -> str:
    """What is wrong with the settings."""
    from metarr_adapter.address import BadAddress  # noqa: PLC0415

    return port.text(texts.NO_ADDRESS, why=error) if isinstance(error, BadAddress) else port.text(texts.NO_TOKEN)


def _trouble(port: Port, address: str, error: Any) -> Trouble:
    from metarr_adapter.errors import BadAnswer, TooOld, Unreachable, WrongToken  # noqa: PLC0415
    from metarr_kodi.contact import problem  # noqa: PLC0415

    if error.reason == "VERSION_MOVED" or error.code == "aborted":
        return Trouble(port.text(menu_texts.STALE))
    if error.reason in _TITLES:
        return Trouble(port.text(_TITLES[error.reason]))
    if error.reason == "NOBODY_TO_ASK" and "not_covered" in error.message:
        return Trouble(port.text(menu_texts.NOT_COVERED))
    if isinstance(error, WrongToken) and tokens.belongs_to(port):
        return Trouble(tokens.refused(port), set_up=True)
    if isinstance(error, (BadAnswer, TooOld, Unreachable, WrongToken)):
        return Trouble(problem(port, address, error), set_up=True)
    return Trouble(_sentence(error) if error.reason or error.violations else problem(port, address, error))


def _sentence(error: Any) -> str:
    """What the daemon says itself, which it wrote for people."""
    sentence = "; ".join(each.description for each in error.violations) or error.message
    return f"{sentence[:1].upper()}{sentence[1:]}"
