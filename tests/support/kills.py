"""The end of a process in the middle of its work."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from simulators import Simulators


@contextmanager
def killing(simulators: Simulators, process: "subprocess.Popen[str]", due: Callable[[], bool]) -> Iterator[None]:
    """SIGKILL the process as it asks the simulators for anything when it is time: before the answer, so never late."""
    respond = simulators.respond

    def respond_or_kill(request: Any) -> Any:
        if due():
            process.kill()
        return respond(request)

    simulators.respond = respond_or_kill  # type: ignore[method-assign]
    try:
        yield
    finally:
        del simulators.respond


__all__ = ["killing"]
