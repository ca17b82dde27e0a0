"""The options with which every command that asks the daemon shows the access token and trusts its certificate."""

import functools
import inspect
import ipaddress
import socket
import ssl
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from metarr import regular, tokens
from metarr.cli.data_dir import data_dir_or_default
from metarr.errors import CannotDo

TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        metavar="FILE",
        envvar="METARR_TOKEN_FILE",
        help="A file with the access token of a daemon on another machine.",
    ),
]
TlsCa = Annotated[
    Path | None,
    typer.Option(
        "--tls-ca",
        metavar="FILE",
        envvar="METARR_TLS_CA",
        help="Speak TLS; the certificates, in PEM, that vouch for the daemon's.",
    ),
]


@dataclass(frozen=True)
class Credentials:
    """What a client shows and trusts, as `rpc.client.Client` takes it.

    `data_dir`: of the daemon on this machine, where a command was told one.
    """

    token: str = ""
    tls_ca: bytes = b""
    data_dir: Path | None = None


CREDENTIALS: ContextVar[Credentials] = ContextVar("credentials", default=Credentials())  # noqa: B039 (it is frozen)


def share(app: typer.Typer) -> None:
    """Give both options to every command that has a --server, so that no command can forget them."""
    for group in app.registered_groups:
        if group.typer_instance is not None:
            share(group.typer_instance)
    for command in app.registered_commands:
        if command.callback is not None and "server" in inspect.signature(command.callback).parameters:
            command.callback = _with_credentials(command.callback)


def _with_credentials(command: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(command)
    def asking(*arguments: Any, token_file: Path | None, tls_ca: Path | None, **options: Any) -> Any:
        data_dir = options.get("data_dir")
        CREDENTIALS.set(Credentials(token=_token(token_file), tls_ca=_certificates(tls_ca), data_dir=data_dir))
        return command(*arguments, **options)

    signature = inspect.signature(command)
    kind = inspect.Parameter.KEYWORD_ONLY
    more = [
        inspect.Parameter("token_file", kind, default=None, annotation=TokenFile),
        inspect.Parameter("tls_ca", kind, default=None, annotation=TlsCa),
    ]
    asking.__signature__ = signature.replace(parameters=[*signature.parameters.values(), *more])  # type: ignore[attr-defined]
    return asking


def use_local_token(server: str) -> bool:
    """From now on show the access token of the daemon on this machine. False: a token was named, the daemon is on
    another machine, or its token is not here to be read."""
    shown = CREDENTIALS.get()
    if shown.token or not is_here(server):
        return False
    try:
        token = tokens.read(data_dir_or_default(shown.data_dir) / tokens.FILE_NAME)
    except (CannotDo, OSError):
        return False
    CREDENTIALS.set(replace(shown, token=token))
    return True


def is_here(server: str) -> bool:
    """Whether this is an address of this machine. Of names only localhost is believed: others may lead elsewhere."""
    host = server.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
        with socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))  # as only an address of its own can be
    except (ValueError, OSError):
        return False
    return True


def _token(file: Path | None) -> str:
    try:
        if file is not None and not file.exists():
            missing = f"there is no file {file}; what `metarr token show` prints on the daemon's machine belongs in it"
            raise typer.BadParameter(missing, param_hint="--token-file")
        return "" if file is None else tokens.read(file)
    except CannotDo as error:
        raise typer.BadParameter(str(error), param_hint="--token-file") from None


def _certificates(file: Path | None) -> bytes:
    if file is None:
        return b""
    try:
        text = regular.content(file)
        ssl.create_default_context(cadata=text.decode())
    except (ssl.SSLError, ValueError):
        raise typer.BadParameter(f"{file} holds no certificate in PEM", param_hint="--tls-ca") from None
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}", param_hint="--tls-ca") from None
    return text
