"""Asking the daemon, and the options and complaints that every question shares."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from metarr.cli.address import to_call
from metarr.cli.credentials import CREDENTIALS
from metarr.cli.text import clean, span
from metarr.rpc.client import Client, RpcFailure

Answer = dict[str, Any]
"""A message of the contract as lowerCamelCase JSON."""

TIMEOUT = 30.0
"""Seconds for a question that asks no provider."""

Server = Annotated[
    str, typer.Option("--server", metavar="HOST:PORT", callback=to_call, help="Where the daemon's gRPC door is.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the daemon's answer as JSON.")]
DEFAULT_SERVER = "127.0.0.1:50051"


def ask(server: str, service: str, method: str, request: Answer | None = None, timeout: float = TIMEOUT) -> Answer:
    """Call one RPC; `timeout` in seconds. Raises RpcFailure."""
    shown = CREDENTIALS.get()
    with Client(server, timeout, token=shown.token, tls_ca=shown.tls_ca) as client:
        answer: Answer = client.call(service, method, request or {})
    return answer


def follow(server: str, service: str, method: str, request: Answer | None = None) -> Iterator[Answer]:
    """The answers of a streaming RPC as they come. Raises RpcFailure."""
    shown = CREDENTIALS.get()
    with Client(server, TIMEOUT, token=shown.token, tls_ca=shown.tls_ca) as client:
        yield from client.stream(service, method, request or {})


def pages(server: str, service: str, method: str, request: Answer) -> Iterator[Answer]:
    """The answers of a List RPC, page after page."""
    token = ""
    while True:
        answer = ask(server, service, method, {**request, "pageToken": token})
        yield answer
        token = answer.get("nextPageToken", "")
        if not token:
            return


def complain(failure: RpcFailure) -> int:
    """Tell on stderr what went wrong, a line per fault; the status to exit with."""
    faults = [
        f"{fault.field}: {fault.description}" if fault.field else fault.description for fault in failure.violations
    ]
    wrong_usage = failure.code == "INVALID_ARGUMENT"
    lines = faults if wrong_usage and faults else [failure.message or failure.code]
    if failure.retry_seconds:
        lines[-1] += f" (try again in {span(failure.retry_seconds)})"
    for line in lines:
        typer.echo(f"metarr: {clean(line)}", err=True)
    return 2 if wrong_usage else 1
