"""`metarr serve`: run the daemon."""

import gc
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from metarr import __version__
from metarr.cli.address import to_listen
from metarr.cli.daemon import DEFAULT_SERVER
from metarr.cli.data_dir import DataDir, data_dir_or_default
from metarr.cli.output import note, say
from metarr.cli.text import clean
from metarr.errors import MetarrError


class LogLevel(StrEnum):
    """How much the log tells."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


DatabaseUrl = Annotated[
    str,
    typer.Option(
        metavar="URL",
        show_default="a file in the data directory",
        help="Keep the library in PostgreSQL: postgresql+psycopg://user:password@host/name",
    ),
]


def serve(
    data_dir: DataDir = None,
    *,
    grpc: Annotated[
        str, typer.Option(metavar="HOST:PORT", callback=to_listen, help="Where programs reach it: gRPC.")
    ] = DEFAULT_SERVER,
    http: Annotated[
        str,
        typer.Option(metavar="HOST:PORT", callback=to_listen, help="Where browsers and curl reach it: JSON over HTTP."),
    ] = "127.0.0.1:50052",
    http_names: Annotated[
        list[str] | None,
        typer.Option("--http-name", metavar="NAME", help="A host name by which browsers reach it; may be repeated."),
    ] = None,
    require_token: Annotated[
        bool,
        typer.Option("--require-token", help="Demand the access token also from this machine, not only from others."),
    ] = False,
    tls_cert: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Speak TLS with this certificate, or chain, in PEM.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate's private key, in PEM.")] = None,
    database_url: DatabaseUrl = "",
    log_level: Annotated[LogLevel, typer.Option(help="How much the log on stderr tells.")] = LogLevel.INFO,
    log_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Keep the log in a file, too: 10 MB, and five older ones."),
    ] = None,
) -> None:
    """Run the daemon until it is stopped by Ctrl-C, SIGTERM or SIGHUP. Port 0 takes a free one.

    Whoever comes from another machine has to show the access token: metarr token show
    """
    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert and --tls-key go together", param_hint="--tls-cert")
    directory = data_dir_or_default(data_dir)
    # The daemon is the whole program; no other command needs to load it. What it consists of stays as long as it runs:
    # whoever looks for garbage looks through none of that, neither while it comes nor ever after.
    gc.disable()
    from metarr.app import serve as run  # noqa: PLC0415
    from metarr.rpc.doors.access import Access, Tls  # noqa: PLC0415

    tls = Tls(certificate=tls_cert, key=tls_key) if tls_cert and tls_key else None

    def ready(grpc_address: str, http_address: str) -> None:
        gc.freeze()
        gc.enable()
        addresses = f"gRPC on {grpc_address}, HTTP on {'https' if tls else 'http'}://{http_address}/"
        say(f"Metarr {__version__} is ready: {addresses}, data in {directory}")

    try:
        run(
            data_dir=directory,
            grpc=grpc,
            http=http,
            access=Access(require_token=require_token, names=tuple(http_names or ()), tls=tls),
            log_level=log_level.value,
            log_file=log_file,
            database_url=database_url,
            ready=ready,
        )
    except (MetarrError, OSError) as error:
        note(clean(str(error)) or type(error).__name__)
        raise typer.Exit(1) from None
    finally:
        gc.enable()
