"""Kodi without Kodi: its library is a FakeKodi, and its owner answers dialogs as a test says beforehand."""

import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from fake_kodi import FakeKodi, Rejected
from metarr_kodi.port import Events, KodiRefused, Option, Row

ADDON = Path(__file__).parents[2] / "plugin_adapter" / "kodi" / "script.metarr"
STRINGS = ADDON / "resources" / "language" / "resource.language.en_gb" / "strings.po"


class Shown(NamedTuple):
    """Something that the owner saw: `what` is the port's method, `lines` what there was to choose from."""

    what: str
    heading: str
    text: str = ""
    lines: tuple[str, ...] = ()


class Unasked(AssertionError):
    """The owner was asked something that the test did not expect."""


class FakePort:
    """`answers` are what the owner does with the next dialogs, in turn: a value of the method's type, an option's
    label for `choose`, labels for `choose_several`, or a function that gets what is shown and gives the answer.

    `shown` is all that he saw, `logged` Kodi's log, `told` what was told to everybody, `ran` the built-ins.
    """

    def __init__(self, folder: Path, kodi: FakeKodi | None = None, **settings: str) -> None:
        self.kodi = kodi or FakeKodi()
        self.folder = folder
        self.settings: dict[str, str] = {"notifications": "true", "default_rating": "imdb", **settings}
        self.answers: deque[Any] = deque()
        self.shown: list[Shown] = []
        self.logged: list[tuple[str, str]] = []
        self.told: list[tuple[str, Any]] = []
        self.ran: list[str] = []
        self.rows: list[tuple[int, list[Row]]] = []
        self.properties: dict[str, str] = {}
        self.conditions: set[str] = set()
        self.video_plays = self.cancels = False
        self.labels = {"System.FriendlyName": "Kodi", "System.BuildVersion": "20.1 (20.1.0) Git:20230312"}
        self.kodi_settings: dict[str, Any] = {"services.devicename": "Living room"}
        self.ended = threading.Event()
        self._events: Events | None = None
        self._heard: deque[Callable[[Events], None]] = deque()
        self._something = threading.Condition()

    # The library and Kodi's other calls

    def rpc(self, method: str, **params: Any) -> Any:
        if method == "JSONRPC.NotifyAll":
            self.told.append((params["message"], params.get("data")))
            self.hear(params["sender"], f"Other.{params['message']}", params.get("data"))
            return "OK"
        if method == "Settings.GetSettingValue":
            return {"value": self.kodi_settings.get(params["setting"], "")}
        try:
            return self.kodi.rpc(method, **params)
        except Rejected as rejected:
            error = rejected.error
            raise KodiRefused(method, error["code"], error["message"], error.get("data")) from rejected

    def log(self, level: str, text: str) -> None:
        self.logged.append((level, text))

    def text(self, number: int, **values: object) -> str:
        if number < 30000:
            return f"<{number}>"
        return english()[number].format(**values) if values else english()[number]

    def version(self) -> str:
        return "0.1.0"

    def path(self, special: str) -> str:
        return str(self.folder / special.removeprefix("special://"))

    def profile(self) -> str:
        return self.path("special://profile/addon_data/script.metarr")

    def info(self, label: str) -> str:
        return self.labels.get(label, "")

    def holds(self, condition: str) -> bool:
        return condition in self.conditions

    def playing(self) -> bool:
        return self.video_plays

    # What it keeps

    def setting(self, name: str) -> str:
        return self.settings.get(name, "")

    def set_setting(self, name: str, value: str) -> None:
        if self.settings.get(name) != value:
            self.settings[name] = value
            self._tell(lambda events: events.settings_changed())

    def open_settings(self) -> None:
        self.shown.append(Shown("open_settings", ""))

    def property(self, name: str) -> str:
        return self.properties.get(name, "")

    def set_property(self, name: str, value: str) -> None:
        self.properties[name] = value

    def builtin(self, command: str) -> None:
        self.ran.append(command)

    # Events

    def pause(self, seconds: float) -> bool:
        """Another thread does what is waited for: as long as that takes, in small steps."""
        return self.ended.wait(min(seconds, 0.02))

    def ends(self) -> bool:
        return self.ended.is_set()

    def listen(self, events: Events) -> "FakePort":
        self._events = events
        return self

    def hear(self, sender: str, method: str, data: Any = None) -> None:
        """Have everybody told something, as Kodi does."""
        self._tell(lambda events: events.heard(sender, method, data))

    def end(self) -> None:
        """Have Kodi end."""
        self.ended.set()
        with self._something:
            self._something.notify_all()

    def wait(self, seconds: float) -> bool:
        with self._something:
            self._something.wait_for(lambda: self._heard or self.ended.is_set(), seconds)
        while self._heard and self._events is not None:
            self._heard.popleft()(self._events)
        return self.ended.is_set()

    def _tell(self, call: Callable[[Events], None]) -> None:
        if self._events is not None:
            with self._something:
                self._heard.append(call)
                self._something.notify_all()

    # The owner

    def notify(self, text: str, *, problem: bool = False) -> None:
        self.shown.append(Shown("notify", "problem" if problem else "", text))

    def tell(self, heading: str, text: str) -> None:
        self.shown.append(Shown("tell", heading, text))

    def show(self, heading: str, text: str) -> None:
        self.shown.append(Shown("show", heading, text))

    def confirm(self, heading: str, text: str, *, yes: str = "", no: str = "", onward: bool = False) -> bool:
        return bool(self._answer(Shown("confirm", heading, text, (yes or "Yes", no or "No"))))

    def choose(self, heading: str, options: Sequence[str | Option], *, chosen: int = -1) -> int | None:
        shown = Shown("choose", heading, str(chosen), _lines(options))
        return _place(options, self._answer(shown))

    def choose_several(
        self, heading: str, options: Sequence[str | Option], *, chosen: Sequence[int] = ()
    ) -> list[int] | None:
        answer = self._answer(Shown("choose_several", heading, str(list(chosen)), _lines(options)))
        places = None if answer is None else [_place(options, each) for each in answer]
        return None if places is None else [place for place in places if place is not None]

    def ask(self, heading: str, given: str = "", *, hidden: bool = False) -> str | None:
        answer = self._answer(Shown("ask", heading, "" if hidden else given))
        return None if answer is None else str(answer)

    @contextmanager
    def progress(self, heading: str, text: str = "", *, background: bool = False) -> Iterator["FakeProgress"]:
        self.shown.append(Shown("progress", heading, text))
        yield FakeProgress(self, heading)

    def list_rows(
        self, handle: int, rows: Sequence[Row], *, heading: str = "", replace: bool = False, pictures: bool = False
    ) -> None:
        self.rows.append((handle, list(rows)))

    def saw(self, what: str) -> list[Shown]:
        """What he saw by one of the port's methods."""
        return [shown for shown in self.shown if shown.what == what]

    def _answer(self, shown: Shown) -> Any:
        self.shown.append(shown)
        if not self.answers:
            raise Unasked(str(shown))
        answer = self.answers.popleft()
        return answer(shown) if callable(answer) else answer


class FakeProgress:
    """Cancelled while its port's `cancels` is set."""

    def __init__(self, port: FakePort, heading: str) -> None:
        self._port, self._heading = port, heading

    @property
    def cancelled(self) -> bool:
        return self._port.cancels

    def update(self, percent: int, text: str) -> None:
        assert 0 <= percent <= 100
        self._port.shown.append(Shown("update", self._heading, text))


def english() -> dict[int, str]:
    """The add-on's texts by their numbers."""
    entries = re.findall(r'^msgctxt "#(\d+)"\nmsgid "(.*)"\nmsgstr ""$', STRINGS.read_text(), re.MULTILINE)
    return {int(number): text.replace("\\n", "\n").replace('\\"', '"') for number, text in entries}


def _lines(options: Sequence[str | Option]) -> tuple[str, ...]:
    return tuple(each if isinstance(each, str) else " | ".join(filter(None, each[:2])) for each in options)


def _place(options: Sequence[str | Option], answer: Any) -> int | None:
    """The place of the option whose label begins so; a number is a place."""
    if answer is None or isinstance(answer, int):
        return answer
    labels = [each if isinstance(each, str) else each.label for each in options]
    found = [place for place, label in enumerate(labels) if label.startswith(answer)]
    if not found:
        raise Unasked(f"{answer!r} is not among {labels}")
    return found[0]
