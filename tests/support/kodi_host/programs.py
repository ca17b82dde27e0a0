"""The programs that a Kodi without a screen needs; started so that they never outlive who started them."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

PACKAGES = "kodi kodi-bin xvfb libgl1-mesa-dri imagemagick"
_NEEDED = ("Xvfb", "import", "setpriv")


def kodi_program() -> Path | None:
    """Kodi itself; /usr/bin/kodi is a shell script around it that would start it again after some ends."""
    return next(iter(sorted(Path("/usr/lib").glob("*/kodi/kodi.bin"))), None)


def missing() -> str:
    """Why no Kodi can be started here, or "" where one can."""
    names = [name for name in _NEEDED if shutil.which(name) is None]
    if kodi_program() is None:
        names.insert(0, "kodi.bin")
    return f"{', '.join(names)} missing; on Debian: apt install {PACKAGES}" if names else ""


def start(
    command: Sequence[str | Path],
    *,
    on_orphaned: str,
    log: Path,
    environment: Mapping[str, str],
    keep: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program that the kernel sends the signal `on_orphaned` when the calling thread is gone, however it went.

    Its output is appended to `log`; the file descriptors in `keep` stay open in it.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", on_orphaned, "--", *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            pass_fds=keep,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes], seconds: float = 5.0) -> None:
    """End a program, by force where it does not go."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
