"""A display that nobody sees, and pictures of it."""

import os
import select
import subprocess
from contextlib import suppress
from pathlib import Path

from . import programs
from .waiting import SECONDS, NeverHappened, wait_for

WIDTH, HEIGHT = 1280, 720


class Display:
    """An X server of its own, on the first free number."""

    def __init__(self, log: Path) -> None:
        reading, writing = os.pipe()
        size = f"{WIDTH}x{HEIGHT}x24"
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"]
        environment = {"PATH": os.defpath}
        self.process = programs.start(command, on_orphaned="TERM", log=log, environment=environment, keep=[writing])
        os.close(writing)
        try:
            self.name = f":{_first_line(reading)}"
        except NeverHappened:
            self.close()
            raise
        finally:
            os.close(reading)

    def save(self, path: Path) -> None:
        """Write what is shown as a picture, once it stands still (or, where it never does, after three seconds)."""
        last = b""

        def still() -> bool:
            nonlocal last
            before, last = last, self._take("-depth", "8", "rgb:-")
            return before == last

        with suppress(NeverHappened):  # something may move for ever, such as a long text
            wait_for(still, "a still picture", seconds=3.0, pause=0.3)
        self._take(str(path))

    def _take(self, *target: str) -> bytes:
        command = ["import", "-display", self.name, "-window", "root", *target]
        return subprocess.run(command, capture_output=True, timeout=SECONDS, check=True).stdout

    def close(self) -> None:
        programs.end(self.process)


def _first_line(reading: int) -> str:
    """The display's number, told once it can be used."""
    told = b""
    while not told.endswith(b"\n"):
        ready, _, _ = select.select([reading], [], [], SECONDS)
        part = os.read(reading, 64) if ready else b""
        if not part:
            raise NeverHappened("Xvfb did not come up")
        told += part
    return told.decode().strip()
