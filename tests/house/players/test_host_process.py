"""The process of a host: it is listened to, ended, and started again, whatever it does."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from metarr.clock import SystemClock
from metarr.players import host_process
from metarr.players.host_process import HostProcess, HostStatus, Launch

pytestmark = pytest.mark.slow

LIVES = "print('{\"beat\": true}', flush=True); import sys; sys.stdin.read()"
"""Says that it lives, until its input ends."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"SOONEST": 0.05, "LATEST": 0.4, "GRACE": 0.5, "AFTER_GRACE": 0.5}.items():
        monkeypatch.setattr(host_process, name, seconds)


@contextmanager
def running(*scripts: str, secrets: frozenset[str] = frozenset()) -> Iterator[tuple[HostProcess, list[str]]]:
    """A host whose starts run these scripts one after the other, the last one again and again; and the orders of its
    starts so far."""
    starts: list[str] = []

    def launch() -> Launch:
        script = scripts[min(len(starts), len(scripts) - 1)]
        starts.append(script)
        return Launch(["-I", "-S", "-c", script], '{"settings": {"key": "hush-hush"}}', secrets)

    process = HostProcess("odd", launch, SystemClock())
    process.start()
    try:
        yield process, starts
    finally:
        process.stop(0.5)


def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


def test_it_runs_from_its_first_sign_of_life_until_it_is_stopped():
    with running(LIVES) as (process, starts):
        until(lambda: process.state.status is HostStatus.RUNNING)
    assert len(starts) == 1
    assert [line for line in process.lines() if line.level in ("warning", "error")] == []


def test_one_that_ends_is_started_again_later_and_later():
    with running("raise SystemExit(3)") as (process, starts):
        until(lambda: len(starts) > 3)
        until(lambda: process.state.status is HostStatus.WAITING)
        assert process.state.why == "it ended: with status 3"
        assert process.state.next_attempt is not None


def test_one_that_was_killed_is_started_again():
    with running(f"import os; print(os.getpid()); {LIVES}") as (process, starts):
        until(lambda: process.state.status is HostStatus.RUNNING and process.lines())
        os.kill(int(process.lines()[0].text), 9)
        until(lambda: len(starts) == 2 and process.state.status is HostStatus.RUNNING)


def test_one_that_needs_its_owner_waits_for_that_and_is_started_at_once_then():
    needs = 'print(\'{"level": "error", "text": "the path is gone"}\'); raise SystemExit(78)'
    with running(needs, LIVES) as (process, starts):
        until(lambda: process.state.status is HostStatus.OWNER_NEEDED)
        assert process.state.why == "the path is gone"
        time.sleep(0.3)
        assert len(starts) == 1
        process.wake()
        until(lambda: process.state.status is HostStatus.RUNNING)


ECHOES = "import sys; print('{\"beat\": true}', flush=True)\nfor line in sys.stdin: print('heard', flush=True)"
"""Says whenever it is woken."""


def test_hints_wake_it_now_and_none_of_them_is_lost(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(host_process, "A_WAKE", 0.5)
    with running(ECHOES) as (process, _):
        until(lambda: process.state.status is HostStatus.RUNNING)

        def heard() -> int:
            return [line.text for line in process.lines()].count("heard")

        orders = heard()
        began = time.monotonic()
        for _ in range(1000):
            process.hint()
        until(lambda: heard() > orders)
        process.hint()
        until(lambda: heard() > orders + 1)
        assert heard() <= orders + 2 + (time.monotonic() - began) / 0.5


def test_a_hint_starts_none_that_waits():
    needs = 'print(\'{"level": "error", "text": "the path is gone"}\'); raise SystemExit(78)'
    with running(needs, LIVES) as (process, starts):
        until(lambda: process.state.status is HostStatus.OWNER_NEEDED)
        process.hint()
        time.sleep(0.3)
        assert len(starts) == 1


def test_one_that_falls_silent_is_killed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(host_process, "SILENCE", 0.5)
    silent = "print('{\"beat\": true}', flush=True); import time; time.sleep(60)"
    with running(silent, "raise SystemExit(0)") as (process, starts):
        until(lambda: len(starts) > 1)
    with running(silent) as (process, _):
        until(lambda: "silent" in process.state.why)


def test_one_that_hears_nothing_is_ended_all_the_same():
    deaf = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('{\"beat\": true}', flush=True); time.sleep(60)"
    )
    with running(f"import os; print(os.getpid(), flush=True); {deaf}") as (process, _):
        until(lambda: process.state.status is HostStatus.RUNNING and process.lines())
        pid = int(process.lines()[0].text)
    assert not Path(f"/proc/{pid}").exists()


def test_what_it_prints_takes_no_memory_and_tells_no_secret():
    prints = (
        "import sys\n"
        "for number in range(100): sys.stdout.write('x' * 1_000_000 + '\\n')\n"
        "sys.stderr.write('the key hush-hush is wrong\\n')\n"
        "print('{\"beat\": true}', flush=True); sys.stdin.read()"
    )
    with running(prints, secrets=frozenset({"hush-hush"})) as (process, _):
        until(
            lambda: process.state.status is HostStatus.RUNNING and any("wrong" in line.text for line in process.lines())
        )
        assert sum(len(line.text) for line in process.lines()) <= 200 * 2000
        assert [line.text for line in process.lines() if "wrong" in line.text] == ["the key *** is wrong"]


def test_its_notes_are_those_that_it_said_last():
    notes = (
        'print(\'{"notes": [["away", "/media", "hush-hush"]], "more": 2}\')\n'
        "print('{\"beat\": true}', flush=True)\nimport sys; sys.stdin.read()"
    )
    with running(notes, secrets=frozenset({"hush-hush"})) as (process, _):
        until(lambda: process.state.status is HostStatus.RUNNING)
        assert process.notes.notes == (("away", "/media", "***"),)
        assert process.notes.more == 2


def test_neither_arguments_nor_the_environment_tell_a_secret():
    tells = f"import os; print(os.getpid(), flush=True); {LIVES}"
    with running(tells, secrets=frozenset({"hush-hush"})) as (process, _):
        until(lambda: process.state.status is HostStatus.RUNNING and process.lines())
        folder = Path(f"/proc/{process.lines()[0].text}")
        assert b"hush-hush" not in (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
