"""What the add-on needs of Kodi beside its library, so that everything but `kodi` works, and is tested, without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

ADDON_ID = "script.metarr"


class KodiRefused(Exception):
    """Kodi refused a call of its JSON-RPC: `code`, and `data` where it says more."""

    def __init__(self, method: str, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"{method}: {message}{_reason(data)}")
        self.method, self.code, self.message, self.data = method, code, message, data


class Option(NamedTuple):
    """An entry of a list to choose from: a line, a second line, and the address of an image beside it."""

    label: str
    detail: str = ""
    image: str = ""


class Row(NamedTuple):
    """An entry of a listing; opening it calls `url` of the add-on. `folder`: what it opens is a listing, too."""

    label: str
    url: str
    folder: bool = False
    detail: str = ""
    plot: str = ""
    image: str = ""
    menu: Sequence[tuple[str, str]] = ()
    """More entries of its context menu, each with the built-in function that it runs."""


class Events(Protocol):
    """Who hears what happens in Kodi, on the thread that waits."""

    def settings_changed(self) -> None:
        """The owner changed the add-on's settings, or the add-on itself did."""

    def heard(self, sender: str, method: str, data: Any) -> None:
        """Somebody told everybody something: Kodi itself where the sender is "xbmc"."""


class Ear(Protocol):
    """Listens until Kodi ends."""

    def wait(self, seconds: float) -> bool:
        """Hear events for so long, or until Kodi ends or stops the add-on; whether it does."""


class Progress(Protocol):
    """A bar that shows how far something is. `with` closes it."""

    def update(self, percent: int, text: str) -> None:
        """How far it is, 0 to 100, and a line about it."""

    @property
    def cancelled(self) -> bool:
        """Whether the owner wants it to end. Never where it is in the background."""


class Port(Protocol):
    """Kodi. Safe for many threads; dialogs come back when they are closed, and are not shown while it ends."""

    def rpc(self, method: str, **params: Any) -> Any:
        """Call Kodi's JSON-RPC, such as "VideoLibrary.GetMovies". Raises KodiRefused."""

    def log(self, level: str, text: str) -> None:
        """A line in Kodi's log; `level`: debug, info, warning or error."""

    def text(self, number: int, **values: object) -> str:
        """A text in the owner's language, the values in the places that it names: the add-on's from 30000 on, else
        one of Kodi's own."""

    def version(self) -> str:
        """The add-on's own."""

    def path(self, special: str) -> str:
        """Where a folder or file of Kodi's is on this machine, such as "special://profile/"."""

    def profile(self) -> str:
        """The folder where the add-on keeps what it knows. It may not be there yet."""

    def info(self, label: str) -> str:
        """What Kodi shows under a name of its own, such as "System.FriendlyName"."""

    def holds(self, condition: str) -> bool:
        """Whether a condition of Kodi's own holds, such as "Library.IsScanningVideo"."""

    def playing(self) -> bool:
        """Whether a video plays."""

    def setting(self, name: str) -> str:
        """A setting of the add-on as text; "true" and "false" for one that is on or off."""

    def set_setting(self, name: str, value: str) -> None:
        """Change it; `settings_changed` follows."""

    def open_settings(self) -> None:
        """Show the add-on's settings."""

    def property(self, name: str) -> str:
        """A word that the add-on's parts leave for each other while Kodi runs; "": none."""

    def set_property(self, name: str, value: str) -> None:
        """Leave a word; "" takes it away."""

    def builtin(self, command: str) -> None:
        """Run one of Kodi's built-in functions, such as "Container.Refresh"."""

    def pause(self, seconds: float) -> bool:
        """Do nothing for so long, or until Kodi ends; whether it does."""

    def ends(self) -> bool:
        """Whether Kodi ends, or stops what runs here."""

    def listen(self, events: Events) -> Ear:
        """Hear events; to be called once, by the thread that waits."""

    def notify(self, text: str, *, problem: bool = False) -> None:
        """Show a line for some seconds, in a corner."""

    def tell(self, heading: str, text: str) -> None:
        """Show a few lines until the owner closes them."""

    def show(self, heading: str, text: str) -> None:
        """Show a long text until the owner closes it."""

    def confirm(self, heading: str, text: str, *, yes: str = "", no: str = "", onward: bool = False) -> bool:
        """Ask a question; labels of its buttons where they are not Yes and No. `onward`: yes only goes on, so that it
        is what OK alone answers; where something is written or taken back, that is no."""

    def choose(self, heading: str, options: Sequence[str | Option], *, chosen: int = -1) -> int | None:
        """Have one chosen, by its place; None: none was."""

    def choose_several(
        self, heading: str, options: Sequence[str | Option], *, chosen: Sequence[int] = ()
    ) -> list[int] | None:
        """Have any number chosen, by place; None: the owner left without choosing."""

    def ask(self, heading: str, given: str = "", *, hidden: bool = False) -> str | None:
        """Have a line typed; None: the owner left without one. `hidden`: what is typed is not shown."""

    def progress(self, heading: str, text: str = "", *, background: bool = False) -> AbstractContextManager[Progress]:
        """Show a bar; one in the background leaves Kodi to its owner."""

    def list_rows(
        self, handle: int, rows: Sequence[Row], *, heading: str = "", replace: bool = False, pictures: bool = False
    ) -> None:
        """Answer a call of the add-on with a listing. `replace`: the one shown before leaves the history. `pictures`:
        as a grid of its images, where the skin has one."""


def ca_file(port: Port) -> str:
    """The certificates in PEM that vouch for the daemon's, as its owner chose; "": those that this machine trusts."""
    chosen = port.setting("ca_file").strip()
    return port.path(chosen) if chosen else ""


def _reason(data: Any) -> str:
    """What Kodi says about a parameter, in one line."""
    stack: Mapping[str, Any] = data.get("stack", {}) if isinstance(data, dict) else {}
    parts = [str(stack[name]) for name in ("name", "message") if stack.get(name)]
    more = data.get("message") if isinstance(data, dict) else None
    parts += [str(more)] if more else []
    return f" ({': '.join(parts)})" if parts else ""
