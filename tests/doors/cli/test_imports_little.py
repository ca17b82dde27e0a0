"""A command that asks the daemon waits for nothing that only the daemon needs."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

OF_THE_DAEMON = ("sqlalchemy", "alembic", "structlog", "cryptography", "requests", "cheroot", "flask", "connectrpc")
OF_PICTURES = ("rich.console", "rich.progress", "pygments")


@pytest.mark.parametrize("name", [*OF_THE_DAEMON, *OF_PICTURES])
def test_commands_are_there_without_what_only_the_daemon_needs(name: str) -> None:
    loaded = f"import sys, metarr.cli.commands; sys.exit({name!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
