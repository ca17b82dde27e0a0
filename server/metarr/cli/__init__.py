"""The command line. One module per noun. What has a --server asks a running daemon and knows no other way in."""

import sys
from typing import NoReturn

INTERRUPTED = 130
"""The status after Ctrl-C, as shells have it."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage. Never shows a traceback."""
    try:
        # Loading the commands takes longer than most of them; Ctrl-C may come meanwhile.
        from metarr.cli.commands import run  # noqa: PLC0415

        sys.exit(run(arguments))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
