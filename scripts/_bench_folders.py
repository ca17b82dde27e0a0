"""The folders host over a tree of its own making: a look where nothing changed, its memory, and what writing costs."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

FILMS, MANY, WRITTEN = 10_000, 50_000, 1_000
"""Films, each of a video and an .nfo: 20,000 files, 100,000, and those that are written."""

_CHILD = "import sys; sys.path[:0] = sys.argv[2].split(':'); from _bench_folders import look; look(int(sys.argv[1]))"


def bench_folders() -> Mapping[str, float]:
    """Figures of processes of their own: what a process once took, it does not give back."""
    few, many = (_in_a_process(count) for count in (FILMS, MANY))
    return {
        "look_20000_unchanged_cpu_s": few["again_cpu_s"],
        "look_20000_first_cpu_s": few["first_cpu_s"],
        "look_100000_unchanged_cpu_s": many["again_cpu_s"],
        "look_100000_peak_mb": many["peak_mb"],
        **_writing(),
    }


def _in_a_process(count: int) -> Mapping[str, float]:
    path = os.pathsep.join(
        str(ROOT / each) for each in ("scripts", "server", "plugin_adapter", "plugin_adapter/folders")
    )
    command = [sys.executable, "-c", _CHILD, str(count), path]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {name: float(value) for name, value in (line.split() for line in printed.splitlines())}


def look(count: int) -> None:
    """Print what two looks at so many films take, and the memory at most."""
    from metarr_folders.host import FolderHost
    from metarr_folders.roots import Root

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "media")
        for number in range(count):
            film = root / f"Film Number {number} ({1930 + number % 90})"
            film.mkdir(parents=True)
            (film / "film.mkv").touch()
            (film / "movie.nfo").write_text(f"<movie><title>Film Number {number}</title></movie>")
        host = FolderHost([Root(root, "paths")], _surroundings(Path(folder, "work")))
        for name in ("first", "again"):
            begun = time.process_time()
            host.look()
            while (untold := host.untold()).entries:
                host.tell(untold)
            print(f"{name}_cpu_s", time.process_time() - begun)
        print("peak_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        host.close()


def _surroundings(folder: Path):  # type: ignore[no-untyped-def]
    from metarr_adapter.kind import HostImage, Surroundings

    image = HostImage(b"\xff\xd8\xff" + bytes(200_000), "0" * 64)
    return Surroundings(str(folder), lambda *_: None, lambda _: None, lambda: None, lambda *_: image)


def _writing() -> Mapping[str, float]:
    """A thousand .nfo files and seven images for each, beside what is kept of them."""
    from metarr_folders import writing
    from metarr_folders.host import FolderHost
    from metarr_folders.roots import Root

    fields = ("poster", "fanart", "clearlogo", "clearart", "banner", "landscape", "disc")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "media")
        for number in range(WRITTEN):
            film = root / f"Film Number {number} (2000)"
            film.mkdir(parents=True)
            (film / "film.mkv").touch()
        host = FolderHost([Root(root, "paths")], _surroundings(Path(folder, "work")))
        host.look()
        syncs = 0
        real = os.fsync

        def counted(descriptor: int) -> None:
            nonlocal syncs
            syncs += 1
            real(descriptor)

        writing.os.fsync = counted
        begun, cpu = time.monotonic(), time.process_time()
        try:
            for batch in host.entries():
                for entry in batch:
                    images = {name: [{"url": f"https://image.example/{name}"}] for name in fields}
                    host.write(entry.kind, entry.host_key, "", {"title": entry.title, "plot": "p" * 500, **images})
        finally:
            writing.os.fsync = real
        kept = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
        host.close()
        return {
            "write_1000_s": time.monotonic() - begun,
            "write_1000_cpu_s": time.process_time() - cpu,
            "write_1000_kept_mb": kept / 1e6,
            "write_1000_fsyncs_a_file": syncs / (WRITTEN * (1 + len(fields))),
        }
