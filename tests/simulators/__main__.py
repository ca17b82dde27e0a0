"""`python -m simulators --port 0`: run until SIGTERM or SIGINT; one JSON line on standard output when ready."""

from __future__ import annotations

import argparse
import json
import signal
import sys

from .server import Simulators


def main() -> None:
    parser = argparse.ArgumentParser(prog="simulators", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1 (0: any free one)")
    port = parser.parse_args().port
    # Held back in all threads, and waited for: a handler that sets an Event may come while that is locked.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with Simulators(port) as simulators:
        ready = {"control": simulators.control_url, "base_urls": simulators.base_urls, "keys": simulators.keys}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
