"""Trying a host's settings, in a process of its own: what hangs on a disk that is away can be left behind."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from metarr.players.host_process import environment
from metarr_adapter.kind import HostCheck, Trial, Verdict

SECONDS, AFTER_KILL = 30.0, 1.0


def tried(kind: str, settings: Mapping[str, Any], forbidden: Iterable[str], seconds: float = SECONDS) -> Trial:
    """What came of trying them; within so many seconds."""
    orders = json.dumps({"test": True, "settings": dict(settings), "forbidden": list(forbidden)})
    process = subprocess.Popen(  # noqa: S603 (our own Python, with arguments of ours)
        [sys.executable, *arguments(kind)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        cwd="/",
        start_new_session=True,
        text=True,
    )
    try:
        output, _ = process.communicate(f"{orders}\n", timeout=seconds)
        answer = json.loads(output)
        checks = [HostCheck(*map(str, check)) for check in answer["checks"]]
        works_on, beside = (tuple(map(str, answer[name])) for name in ("works_on", "beside"))
        return Trial(checks, works_on, beside, str(answer["library"]))
    except subprocess.TimeoutExpired:
        return _failed(f"no answer came within {seconds:g} seconds", "does a disk or the network hang?")
    except (ValueError, TypeError, KeyError):
        return _failed("the test ended without an answer", "the daemon's log may tell why")
    finally:
        # Hardly waited for: what hangs on a disk may not hear a signal either.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            process.kill()
            process.wait(AFTER_KILL)
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError, ValueError):
                if pipe is not None:
                    pipe.close()


def _failed(text: str, advice: str) -> Trial:
    return Trial([HostCheck(Verdict.FAULT, text, advice)])


def arguments(kind: str) -> list[str]:
    """What Python runs for a host of this kind."""
    return ["-P", "-m", "metarr.hosts", kind]
