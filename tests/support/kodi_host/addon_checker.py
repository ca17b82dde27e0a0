"""Kodi's own checker of add-ons, without a network: `check(folder)`.

Run as a program it is that checker, but that it knows no add-on of Kodi's repositories (it would download the lists of
every version of Kodi) and follows no link.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 120.0
_COLOUR = re.compile(r"\033\[\d+m")


@dataclass(frozen=True)
class Checked:
    """What the checker said, one remark a line."""

    passed: bool
    output: str

    @property
    def problems(self) -> list[str]:
        """What would keep the add-on out of Kodi's repository."""
        return [line for line in self.output.splitlines() if line.startswith("ERROR: ")]


def check(addon: Path, scratch: Path, branch: str = "nexus") -> Checked:
    """Check an add-on's folder against what this version of Kodi demands; the checker's own log goes to `scratch`."""
    command = [sys.executable, __file__, "--branch", branch, str(addon)]
    run = subprocess.run(command, cwd=scratch, capture_output=True, text=True, timeout=SECONDS, check=False)
    return Checked(run.returncode == 0, _COLOUR.sub("", run.stdout + run.stderr))


def main() -> None:
    """Check what the arguments name, as `kodi-addon-checker` does; status 1 where there are problems."""
    from kodi_addon_checker import ValidKodiVersions, __main__, check_addon, check_url
    from kodi_addon_checker.addons.Repository import Repository

    class Empty(Repository):
        def __init__(self, version: str) -> None:
            self.version, self.path, self.addons = version, "", []

    check_addon.get_all_repo_addons = lambda: {version: Empty(version) for version in ValidKodiVersions}
    check_url.check_url = lambda report, addon: None
    __main__.main()


if __name__ == "__main__":
    main()
