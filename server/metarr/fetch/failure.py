"""What went wrong with an exchange, in words for the owner."""

import http.client
import socket
import ssl
from typing import NamedTuple

from requests import exceptions as failures
from urllib3 import exceptions as wire

from metarr.errors import BadAnswer, ProviderError, ProviderTimeout


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


def _root(error: BaseException) -> BaseException:
    """The innermost reason; requests and urllib3 wrap them in arguments."""
    for _ in range(5):
        inner = getattr(error, "reason", None) or next((arg for arg in error.args if isinstance(arg, Exception)), None)
        if not isinstance(inner, BaseException):
            return error
        error = inner
    return error
