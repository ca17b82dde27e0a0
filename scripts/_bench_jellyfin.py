"""The Jellyfin host before a server of 5,000 films: a first look, a quiet one, and writing to all of them."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("scripts", "tests/support", "server", "plugin_adapter", "plugin_adapter/folders", "plugin_adapter/jellyfin")

FILMS, CAST = 5_000, 20

_SERVER = "import sys; sys.path[:0] = sys.argv[1].split(':'); from _bench_jellyfin import serve; serve()"
_HOST = "import sys; sys.path[:0] = sys.argv[1].split(':'); from _bench_jellyfin import work; work(sys.argv[2])"


def bench_jellyfin() -> Mapping[str, float]:
    """Figures of a host in a process of its own, as it runs; so does the server, which takes most of the time."""
    path = os.pathsep.join(str(ROOT / each) for each in PLACES)
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        command = [sys.executable, "-c", _HOST, path, url]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        server.communicate()
    return {name: float(value) for name, value in (line.split() for line in printed.splitlines())}


def serve() -> None:
    """A server until its input ends."""
    from fake_jellyfin.library import TICKS, FakePerson
    from jellyfin_rig import film, jellyfin

    with jellyfin(validates=False) as server:
        people = [FakePerson(f"Person {number}", "Actor", f"Role {number}") for number in range(CAST)]
        server.persons |= {person.name: f"{number:032x}" for number, person in enumerate(people)}
        for number in range(FILMS):
            made = film(server, f"Film {number}", Overview="p" * 300, ProductionYear=2000)
            made.people, made.saved = list(people), made.saved - 600 * TICKS  # it is there for a while
        print(server.url, flush=True)
        sys.stdin.read()


def work(url: str) -> None:
    """Print what looks and writes take."""
    from metarr_adapter.kind import HostImage, Surroundings
    from metarr_jellyfin.host import Choices, JellyfinHost
    from metarr_jellyfin.server import JellyfinServer

    class Counting(JellyfinServer):
        requests = 0

        def _exchange(self, request: bytes, until: float, most: int, *, again: bool) -> bytes:
            Counting.requests += 1
            return super()._exchange(request, until, most, again=again)

    with tempfile.TemporaryDirectory() as folder:
        around = Surroundings(folder, lambda *_: None, lambda _: None, lambda: None, lambda *_: HostImage())
        host = JellyfinHost(Counting(url, "0123456789abcdef0123456789abcdef"), Choices(), around)
        begun, cpu = time.monotonic(), time.process_time()
        host.look()
        keys = []
        while (untold := host.untold()).entries:
            keys += [entry.host_key for entry in untold.entries]
            host.tell(untold)
        print("look_5000_s", time.monotonic() - begun)
        print("look_5000_cpu_s", time.process_time() - cpu)
        before = Counting.requests
        host.look()
        print("quiet_look_requests", Counting.requests - before)
        begun, cpu, before = time.monotonic(), time.process_time(), Counting.requests
        for key in keys:
            host.read("movie", key, key)
            host.write("movie", key, key, {"original_title": "Original", "genres": ["Horror"], "imdb_rating": 8.5})
            host.read("movie", key, key)
        print("write_5000_s", time.monotonic() - begun)
        print("write_5000_cpu_s", time.process_time() - cpu)
        print("requests_a_write", (Counting.requests - before) / len(keys))
        host.look()
        print("told_again", len(host.untold().entries))
        print("peak_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        host.close()
