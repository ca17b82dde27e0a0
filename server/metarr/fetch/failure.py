"""What went wrong with an exchange, in words for the owner."""

import http.client
import re
import socket
import ssl
from typing import NamedTuple

import socks
from requests import exceptions as failures
from urllib3 import exceptions as wire

from metarr.errors import BadAnswer, ProviderError, ProviderTimeout, ProxyFailed
from metarr.fetch.sockets import Stage
from metarr.proxy import Proxy


class Failure(NamedTuple):
    """An exchange that brought no answer. `transient`: the same request may well succeed in a moment."""

    error: ProviderError
    transient: bool = False


def explained(error: Exception, *, late: bool) -> Failure:
    """What went wrong, in words that hold neither address nor key."""
    cause = _root(error)
    if isinstance(error, failures.ConnectTimeout):
        return Failure(BadAnswer("cannot connect: no reply"), transient=True)
    if isinstance(error, failures.ReadTimeout | wire.ReadTimeoutError | TimeoutError):
        return Failure(ProviderTimeout("the answer was not complete in time" if late else "it stopped answering"))
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Failure(BadAnswer(f"cannot connect: its TLS certificate is not valid ({cause.verify_message})"))
    if isinstance(error, failures.SSLError | wire.SSLError) or isinstance(cause, ssl.SSLError):
        return Failure(BadAnswer("cannot connect: TLS failed"))
    if isinstance(cause, wire.NameResolutionError | socket.gaierror):
        return Failure(BadAnswer("cannot connect: its name is not known"), transient=True)
    if isinstance(cause, wire.NewConnectionError):
        return Failure(BadAnswer("cannot connect"), transient=True)
    if isinstance(error, failures.ConnectionError) and isinstance(cause, ConnectionError):
        return Failure(BadAnswer("the connection was closed before an answer came"), transient=True)
    if isinstance(cause, http.client.BadStatusLine | http.client.LineTooLong):
        return Failure(BadAnswer("the answer is no HTTP"))
    if isinstance(error, wire.ProtocolError):
        return Failure(BadAnswer("the answer broke off"))
    if isinstance(error, failures.InvalidURL | wire.LocationValueError):
        return Failure(BadAnswer("cannot connect: its address is not valid"))
    return Failure(BadAnswer(f"the exchange failed ({type(cause).__name__})"))


PROXY_STATUSES = frozenset({407, 511})
"""With these no provider answers: the proxy, or the network that it stands for, wants to know who somebody is."""

_GATEWAY = frozenset({502, 503, 504})
"""With these a proxy says that it is the provider that it does not reach."""

_UNREACHED = {"0x03", "0x04", "0x05", "0x06"}
"""The same in SOCKS: network unreachable, host unreachable, connection refused, time over."""

_PROVIDERS_OWN = frozenset({9, 10, 62, 64})
"""What OpenSSL finds in a certificate that its owner neglects: not valid yet, or not any more, or of another name. A
proxy that looks into TLS brings one that nobody vouches for."""


def refused(proxy: Proxy, status: int) -> Failure:
    """The proxy answers for itself, with this status."""
    if status == 407:
        does = "refuses the user and the password" if proxy.user else "asks for a user and a password"
        return Failure(ProxyFailed(f"the proxy {proxy} {does}"))
    if status in _GATEWAY:
        text = f"cannot connect: the proxy {proxy} does not reach it (HTTP {status})"
        return Failure(BadAnswer(text), transient=True)
    return Failure(ProxyFailed(f"the proxy {proxy} answers HTTP {status} in its place"))


def explained_behind(proxy: Proxy, plain: Failure, error: Exception, stage: Stage, *, forwarded: bool) -> Failure:
    """Whether it was the proxy that failed. `plain`: what went wrong, had there been no proxy.

    Until the provider was heard, all that is known is the proxy's word: what fails is the proxy's, but for what it says
    of the provider. `forwarded`: it is the proxy that answers in HTTP; then HTTP that is none is its own, too.
    """
    if stage is Stage.OPEN:
        cause = _root(error)
        own = http.client.BadStatusLine | http.client.LineTooLong | ConnectionError
        if forwarded and isinstance(cause, own) and not isinstance(error, wire.ProtocolError):
            return Failure(ProxyFailed(f"the proxy {proxy} gives no answer: {plain.error.detail}"), plain.transient)
        return plain._replace(error=type(plain.error)(f"{plain.error.detail}, through the proxy {proxy}"))
    return _on_the_way(proxy, error) if stage is Stage.PROXY else _in_tls(proxy, error)


def _on_the_way(proxy: Proxy, error: Exception) -> Failure:
    """What went wrong before the proxy made the way."""
    cause, said = _root(error), _socks_error(error)
    if status := re.search(r"Tunnel connection failed: (\d{3})", str(cause)):
        return refused(proxy, int(status[1]))
    if said is not None and (failure := _by_socks(proxy, said)) is not None:
        return failure
    if _is_timeout(error):
        return Failure(ProxyFailed(f"the proxy {proxy} does not answer in time"))
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Failure(ProxyFailed(f"the proxy {proxy} has no valid TLS certificate ({cause.verify_message})"))
    if isinstance(cause, ssl.SSLError):
        return Failure(ProxyFailed(f"TLS with the proxy {proxy} failed"))
    if isinstance(cause, wire.NameResolutionError | socket.gaierror) or isinstance(cause.__cause__, socket.gaierror):
        return Failure(ProxyFailed(f"the proxy {proxy} cannot be found: its name is not known"), transient=True)
    if isinstance(cause, wire.NewConnectionError):
        return Failure(ProxyFailed(f"the proxy {proxy} cannot be reached"), transient=True)
    if isinstance(cause, http.client.HTTPException) and not isinstance(cause, ConnectionError):
        return Failure(ProxyFailed(f"the proxy {proxy} answers with something that is no HTTP"))
    return Failure(ProxyFailed(f"the proxy {proxy} closed the connection"), transient=True)


def _by_socks(proxy: Proxy, error: socks.ProxyError) -> Failure | None:
    """What a SOCKS proxy says; None where it says nothing, for it cannot be reached, or not in time."""
    if isinstance(error, socks.SOCKS5AuthError):
        return refused(proxy, 407)
    if isinstance(error, socks.SOCKS5Error):
        code, _, meaning = str(error).partition(": ")
        if code in _UNREACHED:
            return Failure(BadAnswer(f"cannot connect: the proxy {proxy} says: {meaning}"), transient=True)
        return Failure(ProxyFailed(f"the proxy {proxy} says: {meaning or 'no'}"))
    if isinstance(error.socket_err, socket.gaierror):
        return Failure(BadAnswer(f"cannot connect: its name is not known; the proxy {proxy} was not asked"), True)
    if error.socket_err is None:
        return Failure(ProxyFailed(f"the proxy {proxy} answers with something that is no SOCKS5"))
    if isinstance(error.socket_err, ConnectionResetError | BrokenPipeError):
        return Failure(ProxyFailed(f"the proxy {proxy} closed the connection"), transient=True)
    return None


def _in_tls(proxy: Proxy, error: Exception) -> Failure:
    """What went wrong when TLS with the provider began, through the proxy."""
    cause = _root(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        fault = f"TLS certificate is not valid ({cause.verify_message})"
        if cause.verify_code in _PROVIDERS_OWN:
            return Failure(BadAnswer(f"cannot connect: its {fault}, through the proxy {proxy}"))
        return Failure(ProxyFailed(f"TLS through the proxy {proxy} failed: the {fault}"))
    if _is_timeout(error):
        return Failure(ProxyFailed(f"TLS through the proxy {proxy} did not come about in time"))
    return Failure(ProxyFailed(f"TLS through the proxy {proxy} failed"))


def _is_timeout(error: Exception) -> bool:
    cause, silent = _root(error), failures.Timeout | wire.TimeoutError | TimeoutError
    # To urllib3 a connection that cannot be made is one of its timeouts, too.
    return isinstance(error, silent) or (isinstance(cause, silent) and not isinstance(cause, wire.NewConnectionError))


def _socks_error(error: Exception) -> socks.ProxyError | None:
    """What PySocks raised; urllib3 hides it behind an error of its own, and PySocks behind a more general one."""
    cause: BaseException | None = _root(error)
    while cause is not None and not isinstance(cause, socks.ProxyError):
        cause = cause.__cause__ or cause.__context__
    while isinstance(cause, socks.ProxyError) and isinstance(cause.socket_err, socks.ProxyError):
        cause = cause.socket_err
    return cause


def _root(error: BaseException) -> BaseException:
    """The innermost reason; requests and urllib3 wrap them in arguments."""
    for _ in range(5):
        inner = getattr(error, "reason", None) or next((arg for arg in error.args if isinstance(arg, Exception)), None)
        if not isinstance(inner, BaseException):
            return error
        error = inner
    return error
