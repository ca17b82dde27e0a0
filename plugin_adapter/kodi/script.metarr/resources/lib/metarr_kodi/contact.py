"""Looks whether a daemon answers, and says in the owner's words what is wrong where none does."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from metarr_adapter.address import BadAddress, parse
from metarr_adapter.client import Client
from metarr_adapter.contact import health
from metarr_adapter.errors import BadAnswer, RpcError, TimedOut, TooOld, Unreachable, WrongToken
from metarr_kodi import texts
from metarr_kodi.leaving import closed_with_kodi
from metarr_kodi.port import Port, ca_file

PATIENCE = 15.0
"""Seconds that a daemon has for an answer while its owner looks on."""

_REASONS = {
    "name": texts.NAME_UNKNOWN,
    "refused": texts.REFUSED,
    "network": texts.NO_WAY,
    "timeout": texts.NO_ANSWER,
    "certificate": texts.CERTIFICATE,
    "tls": texts.NO_TLS,
    "lost": texts.BROKEN,
    "gateway": texts.BROKEN,
}


class Connect(Protocol):
    """Makes a client of an address and a token. Raises ValueError where they can be none."""

    def __call__(self, address: str, token: str, *, ca_file: str, attempts: int) -> Client: ...


class Contact(NamedTuple):
    """What came of looking. `text`: for the owner, whichever way it went. `token_wanted`: only the token is wrong."""

    ok: bool
    text: str
    token_wanted: bool = False


def look(port: Port, address: str, token: str, connect: Connect = Client) -> Contact:
    """Ask the daemon at this address how it is, once."""
    try:
        # Nobody waits for a daemon that starts again while its owner looks on.
        with connect(address, token, ca_file=ca_file(port), attempts=1) as client, closed_with_kodi(port, client):
            return _asked(port, client)
    except BadAddress as error:
        return Contact(False, port.text(texts.NO_ADDRESS, why=error))
    except ValueError:
        return Contact(False, port.text(texts.NO_TOKEN), token_wanted=True)


def problem(port: Port, address: str, error: RpcError) -> str:
    """What went wrong with a call, in the owner's words."""
    return port.text(_number(error), address=address, host=_host(address), why=error.message)


def _asked(port: Port, client: Client) -> Contact:
    where = str(client.address)
    try:
        answer = health(client, timeout=PATIENCE)
    except WrongToken as error:
        return Contact(False, problem(port, where, error), token_wanted=True)
    except RpcError as error:
        return Contact(False, problem(port, where, error))
    return Contact(True, port.text(texts.CONNECTED, version=answer.get("version", "?"), address=where))


def _number(error: RpcError) -> int:
    if isinstance(error, Unreachable):
        return _REASONS.get(error.why, texts.BROKEN)
    if isinstance(error, WrongToken):
        return texts.WRONG_TOKEN
    if isinstance(error, TooOld):
        return texts.OLDER_DAEMON
    if isinstance(error, TimedOut):
        return texts.NO_ANSWER
    return texts.NOT_METARR if isinstance(error, BadAnswer) else texts.OTHER_PROBLEM


def _host(address: str) -> str:
    try:
        return parse(address).host
    except BadAddress:
        return address
