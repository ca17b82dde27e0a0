"""What comes in: JSON lines, and trees of media files."""

import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

FILMS = 5_000


def bench_import() -> Mapping[str, float]:
    return {**_lines(), **_tree()}


def _lines() -> Mapping[str, float]:
    import structlog

    from metarr.app import Daemon

    count = 10_000
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "titles.jsonl"
        with lines.open("w") as file:
            for number in range(count):
                title = {
                    "kind": "movie",
                    "title": f"Title {number}",
                    "year": 1950 + number % 70,
                    "ids": {"imdb": f"tt{number + 1:07d}"},
                    "fields": {"plot": f"What happens in title {number}. " * 10, "genres": ["Drama", "Crime"]},
                }
                file.write(json.dumps(title) + "\n")
        daemon = Daemon(Path(folder) / "data")
        daemon.start()
        try:
            command = [sys.executable, "-m", "metarr.cli", "library", "import", str(lines)]
            held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            spans = []
            for _ in range(2):
                begun = time.perf_counter()
                subprocess.run([*command, "--server", daemon.grpc_address], check=True, stdout=subprocess.DEVNULL)
                spans.append(time.perf_counter() - begun)
        finally:
            daemon.stop()
    return {
        "new_items_per_s": count / spans[0],
        "known_items_per_s": count / spans[1],
        "cli_peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "daemon_growth_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024,
    }


def _tree() -> Mapping[str, float]:
    """CPU seconds, for a loaded machine must not tell otherwise than an idle one."""
    from metarr.cli.findings import TitleToAdd
    from metarr.cli.sources import read
    from metarr.cli.walk import walk

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for number in range(FILMS):
            year = 1950 + number % 70
            released = f"The.Title.Number.{number}.{year}.1080p.BluRay.x264-GRP"
            film = root / (f"The Title Number {number} ({year})" if number % 2 else released)
            film.mkdir()
            for name in (f"{film.name}.mkv", "poster.jpg", "fanart.jpg", "film.srt"):
                (film / name).touch()
        walk(root)  # what the disk has to read first is no work of ours
        begun = time.process_time()
        walk(root)
        walked = time.process_time()
        titles = sum(isinstance(each, TitleToAdd) for each in read(root))
        named = time.process_time()
    if titles != FILMS:
        raise AssertionError(f"{titles} of {FILMS} films were found")
    return {"walk_20000_files_cpu_s": walked - begun, "name_5000_films_cpu_s": named - walked}
