"""Asking the daemon, and the options that every question shares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from metarr.cli import INTERRUPTED
from metarr.cli.address import to_call
from metarr.cli.credentials import CREDENTIALS, use_local_token
from metarr.cli.output import note
from metarr.rpc.client import Client, RpcFailure

Answer = dict[str, Any]
"""A message of the contract as lowerCamelCase JSON."""

TIMEOUT = 30.0
"""Seconds for a question that asks no provider."""

TOKEN_REQUIRED = "TOKEN_REQUIRED"

Server = Annotated[
    str,
    typer.Option(
        "--server",
        metavar="HOST:PORT",
        envvar="METARR_SERVER",
        callback=to_call,
        help="Where the daemon's gRPC door is.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the daemon's answer as JSON.")]
DEFAULT_SERVER = "127.0.0.1:50051"


def ask(server: str, service: str, method: str, request: Answer | None = None, timeout: float = TIMEOUT) -> Answer:
    """Call one RPC; `timeout` in seconds. Raises RpcFailure."""

    def answers() -> Iterator[Answer]:
        with _client(server, timeout) as client:
            yield client.call(service, method, request or {})

    (answer,) = _admitted(server, answers)
    return answer


def follow(server: str, service: str, method: str, request: Answer | None = None) -> Iterator[Answer]:
    """The answers of a streaming RPC as they come. Raises RpcFailure."""

    def answers() -> Iterator[Answer]:
        with _client(server, TIMEOUT) as client:
            yield from client.stream(service, method, request or {})

    return _admitted(server, answers)


@contextmanager
def going_on(advice: str) -> Iterator[None]:
    """Where Ctrl-C ends the command, tell what does not end with it."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(err=True)  # the line that the terminal began with ^C
        note(advice)
        raise typer.Exit(INTERRUPTED) from None


def _client(server: str, timeout: float) -> Client:
    shown = CREDENTIALS.get()
    return Client(server, timeout, token=shown.token, tls_ca=shown.tls_ca)


def _admitted(server: str, call: Callable[[], Iterator[Answer]]) -> Iterator[Answer]:
    """What a call answers; a daemon on this machine that demands its token is shown it."""
    try:
        yield from call()
        return
    except RpcFailure as failure:
        if failure.reason != TOKEN_REQUIRED or not use_local_token(server):
            raise
        refused = failure
    try:
        yield from call()
    except RpcFailure as failure:
        # That the token of this machine is none of that daemon's is not what the owner has to know.
        raise (refused if failure.reason == TOKEN_REQUIRED else failure) from None


def pages(server: str, service: str, method: str, request: Answer) -> Iterator[Answer]:
    """The answers of a List RPC, page after page."""
    token = ""
    while True:
        answer = ask(server, service, method, {**request, "pageToken": token})
        yield answer
        token = answer.get("nextPageToken", "")
        if not token:
            return
