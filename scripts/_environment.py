"""The environment that the scripts run in: `.venv` beside the README, made on first use from pyproject.toml.

Standard library only: this runs on a machine that has nothing but git and Python 3.11 or newer.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NO_VENV = """This Python cannot make a virtual environment: the module venv or ensurepip is missing.
On Debian and Ubuntu:  apt install python3-venv
On Fedora:             dnf install python3-pip
Then run this command again."""


def ensure_environment(*, development: bool = False) -> None:
    """Go on inside the project's environment, made or brought up to date first. Exits 1 with a text when it cannot."""
    if sys.version_info < (3, 11):  # noqa: UP036 (an older Python must hear it in words)
        sys.exit(f"Metarr needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamps = [VENV / "installed-dev"] if development else [VENV / "installed", VENV / "installed-dev"]
    if not any(stamp.exists() and stamp.read_text() == wanted for stamp in stamps):
        _install(development)
        stamps[0].write_text(wanted)
    # Where compiled code is not kept, every run compiles all modules and tests anew; that takes longer than most tests.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])


def _usable() -> bool:
    """Whether .venv works; not so after an interrupted first run, or where its Python is gone."""
    probe = [str(PYTHON), "-m", "pip", "--version"]
    return PYTHON.exists() and subprocess.run(probe, check=False, capture_output=True).returncode == 0


def _install(development: bool) -> None:
    print("Preparing the environment in .venv (once; takes a minute) …", file=sys.stderr, flush=True)
    if not _usable():
        try:
            import ensurepip  # noqa: F401
            import venv
        except ImportError:
            sys.exit(NO_VENV)
        try:
            venv.create(VENV, with_pip=True, clear=True)
        except subprocess.CalledProcessError:
            sys.exit(NO_VENV)
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    commands = [[*pip, "--upgrade", "pip>=25.1"], [*pip, "--editable", str(ROOT)]]
    if development:
        commands.append([*pip, "--group", str(ROOT / "pyproject.toml") + ":dev"])
    for command in commands:
        # What setuptools warns of is for whoever packages Metarr, not for whoever tries it.
        if subprocess.run(command, check=False, env={**os.environ, "PYTHONWARNINGS": "ignore"}).returncode != 0:
            sys.exit("Installing Metarr's dependencies failed; the lines above say why. Is there a network?")
