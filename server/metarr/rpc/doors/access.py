"""Who may reach the doors, and how: the access token, the names they answer to, TLS."""

import ipaddress
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import structlog

from metarr import regular, tokens
from metarr.addresses import is_local as is_local
from metarr.errors import CannotDo, TokenRequired

log = structlog.get_logger(__name__)

Guard = Callable[[str], TokenRequired | None]
"""Judges the authorization that a caller shows, "" for none: what to refuse it with, None where it may come in."""

_SCHEME = "bearer "


def token_guard(token_file: Path) -> Guard:
    """Lets in whoever shows the token of this file."""

    def guard(authorization: str) -> TokenRequired | None:
        token = shown_token(authorization)
        if not token:
            return TokenRequired(
                "the access token is missing: send `authorization: Bearer TOKEN`, by the command line --token-file; "
                "on the daemon's machine `metarr token show` tells it"
            )
        if not tokens.fits(token_file, token):
            return TokenRequired(
                "this is not the access token; `metarr token show` tells it on the daemon's machine, and "
                "`metarr token new` makes the old one void"
            )
        return None

    return guard


def shown_token(authorization: str) -> str:
    """The token that an authorization shows; "" where it shows none."""
    shown = authorization.strip()
    return shown[len(_SCHEME) :].strip() if shown.lower().startswith(_SCHEME) else ""


class TokenFailures:
    """Logs who fails to show the access token: the first time, and each thousandth, for whoever tries many shall not
    fill a disk."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}
        self._lock = threading.Lock()

    def note(self, who: str) -> None:
        """One more, of this caller."""
        with self._lock:
            times = self._times.pop(who, 0) + 1
            self._times[who] = times
            if len(self._times) > _REMEMBERED:
                del self._times[next(iter(self._times))]
        if times % _EACH == 1:
            log.warning("token_refused", caller=who, times=times)


_EACH, _REMEMBERED = 1000, 1000

token_failures = TokenFailures()
"""Of the whole process, whichever door."""


def caller(address: str) -> str:
    """Whom an address with its port, such as `127.0.0.1:5000` or `[::1]:5000`, stands for: a whole /64 of IPv6 is one
    caller, for whoever has one address of it may have them all."""
    host = unquote(address).rpartition(":")[0].strip("[]").partition("%")[0]
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(number, ipaddress.IPv6Address) and not number.is_loopback:
        mapped = number.ipv4_mapped
        return str(mapped or ipaddress.ip_network((number, 64), strict=False))
    return str(number)


@dataclass(frozen=True)
class Tls:
    """A certificate, or a chain that begins with it, and its private key: files in PEM."""

    certificate: Path
    key: Path

    def check(self) -> None:
        """Raises CannotDo where the files cannot be read or do not belong together."""
        try:
            for path in (self.certificate, self.key):
                regular.content(path)
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key, _no_passphrase)
        except ssl.SSLError as error:
            why = f": {error.reason}" if error.reason else ""
            text = f"{self.certificate} and {self.key} are no certificate and its private key in PEM{why}"
            raise CannotDo(text, reason="BAD_CERTIFICATE") from error
        except OSError as error:
            raise CannotDo(f"{error.filename} cannot be read: {error.strerror}", reason="BAD_CERTIFICATE") from error


def _no_passphrase() -> str:
    """Instead of asking at the terminal of a daemon."""
    return ""


@dataclass(frozen=True)
class Access:
    """How the doors are to be guarded.

    A door that the network can reach demands the token, and with `require_token` every door does. `names` are further
    host names that the HTTP door answers to. `local` tells whether only this machine can reach an address.
    """

    require_token: bool = False
    names: tuple[str, ...] = ()
    tls: Tls | None = None
    local: Callable[[str], bool] = is_local

    def guard(self, host: str, token_file: Path) -> Guard | None:
        """What guards a door that listens at `host`; None: it is open to whoever reaches it."""
        return token_guard(token_file) if self.require_token or not self.local(host) else None
