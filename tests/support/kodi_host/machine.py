"""The running program: started, asked, ended, killed and started again on one home."""

import random
import secrets
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import requests

from . import jsonrpc, programs
from .display import Display
from .profile import Profile
from .waiting import SECONDS, NeverHappened, wait_for

Found = TypeVar("Found")
_PORTS = range(20_000, 32_000)  # below those that the system gives out for a moment
_BOOT_SECONDS = 90.0


class Machine:
    """Kodi on a home of its own, at ports of its own.

    Its web server listens beyond loopback and nothing can change that, so it has a password nobody knows. Start it
    from a thread that lives at least as long: it is killed with the thread that started it.
    """

    def __init__(self, home: Path) -> None:
        self.profile = Profile(home.resolve())
        self.password = secrets.token_hex(16)
        self.within: list[str | Path] = []
        """A command that starts Kodi by the words that follow it, such as `nice`."""
        self._name = f"test-{secrets.token_hex(8)}"
        self._ports: list[int] = []
        self._display: Display | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers JSON-RPC over HTTP, for the user `kodi` and the password."""
        return f"http://127.0.0.1:{self._ports[0]}/jsonrpc"

    @property
    def events_address(self) -> tuple[str, int]:
        """Where it tells its events and answers JSON-RPC without a password: on loopback only."""
        return "127.0.0.1", self._ports[1]

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pids(self) -> list[int]:
        """The processes that belong to it."""
        parts = [self._process, self._display.process if self._display else None]
        return [part.pid for part in parts if part is not None]

    @property
    def log(self) -> str:
        """All that Kodi wrote into its log since it was last started."""
        return self.profile.log.read_text(errors="replace")

    def start(self) -> None:
        """Boot, and come back when it answers. Raises NeverHappened with the end of its log."""
        program = programs.kodi_program()
        assert program is not None, programs.missing()
        assert not self.running, "it runs already"
        if not all(_is_free(port) for port in self._ports) or not self._ports:
            self._ports = _free_ports(3)
        self.profile.prepare(self._settings(), self._ports[1])
        output = self.profile.home / "output.log"
        try:
            self._display = Display(output)
            command = [*self.within, program, "--windowing=x11", "--standalone"]
            environment = self.profile.environment(self._display.name)
            self._process = programs.start(command, on_orphaned="KILL", log=output, environment=environment)
            self.wait_for(self._answers, "Kodi's first answer", _BOOT_SECONDS)
            self.wait_for(self._tells_events, "Kodi's door for events", SECONDS)
        except BaseException:
            self.kill()
            raise

    def stop(self, seconds: float = SECONDS) -> bool:
        """Ask it to quit, and wait; whether it went by itself. One that does not is killed."""
        if not self.running:
            return False
        try:
            self.rpc("Application.Quit")
            self._process.wait(seconds)
            return True
        except (requests.RequestException, subprocess.TimeoutExpired):
            return False
        finally:
            self.kill()

    def wait_until_gone(self) -> None:
        """Come back when it has ended by itself, as when somebody quits it."""
        if self._process is not None:
            self._process.wait()

    def kill(self) -> None:
        """End it at once, as a power cut would; nothing where it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._display is not None:
            self._display.close()
        self._process = self._display = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def rpc(self, method: str, **params: Any) -> Any:
        """Call a method of Kodi's JSON-RPC; what it brings. Raises RpcRefused."""
        return jsonrpc.call(self.url, self.password, method, params)

    def events(self) -> jsonrpc.Events:
        """A connection that hears everything Kodi tells from now on."""
        return jsonrpc.Events(self.events_address)

    def wait_for(self, condition: Callable[[], Found], what: str, seconds: float = SECONDS) -> Found:
        """The first true value of the condition. Raises NeverHappened, at once where Kodi has ended.

        A connection that breaks is no answer: Kodi has ended in the middle of one, or is asked again.
        """

        def still_running() -> Found | None:
            if not self.running:
                raise NeverHappened(f"{what}: Kodi has ended")
            try:
                return condition()
            except requests.ConnectionError:
                return None

        try:
            return wait_for(still_running, what, seconds)
        except NeverHappened as never:
            raise NeverHappened(f"{never}\nThe end of Kodi's log:\n{self.profile.last_lines()}") from None

    def _settings(self) -> dict[str, str]:
        web, _, remote = self._ports
        return {
            "services.devicename": self._name,
            "services.esport": str(remote),
            "services.webserverport": str(web),
            "services.webserverusername": jsonrpc.USER,
            "services.webserverpassword": self.password,
        }

    def _answers(self) -> bool:
        try:
            return jsonrpc.call(self.url, self.password, "JSONRPC.Ping", {}, seconds=2.0) == "pong"
        except (requests.RequestException, jsonrpc.RpcRefused):
            return False

    def _tells_events(self) -> bool:
        """Whether it is this Kodi behind the port for events, and no other that took it: it has no password."""
        try:
            with self.events() as events:
                answer = events.ask("Settings.GetSettingValue", setting="services.devicename")
        except OSError:
            return False
        assert answer["value"] == self._name, f"another Kodi took port {self._ports[1]}"
        return True


def _free_ports(count: int) -> list[int]:
    ports = random.SystemRandom().sample(_PORTS, 100)
    return [port for port in ports if _is_free(port)][:count]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as Kodi does: connections just closed are no hurdle
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
