"""Hearing the signals that end the daemon, at whatever moment and in whatever thread they come."""

import signal
import subprocess
import sys

import pytest

WAITING = """
import os, signal, sys, threading, time
from metarr.ending import Signals
with Signals(signal.SIGTERM, signal.SIGHUP) as signals:
    {before}
    print(signal.Signals(signals.wait()).name)
"""
MOMENTS = {
    "before anybody waits": "os.kill(os.getpid(), signal.SIGTERM)",
    "taken by another thread while the main one waits": """
    def kill():
        time.sleep(0.2)
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    threading.Thread(target=kill).start()
    """,
    "after one that is not waited for": """
    signal.signal(signal.SIGUSR1, lambda *_: None)
    os.kill(os.getpid(), signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGTERM)
    """,
}


@pytest.mark.skipif(sys.platform == "win32", reason="signals between threads are of POSIX")
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_signal_is_heard_whenever_and_wherever_it_comes(moment: str) -> None:
    program = WAITING.format(before=MOMENTS[moment].strip())
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False)
    assert (told.stdout, told.stderr) == (f"{signal.SIGTERM.name}\n", "")
