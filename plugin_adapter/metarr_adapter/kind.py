"""What a kind of host says about itself: its settings, how they are tested, and how its library is opened.

A kind runs in a process of its own, which the daemon starts and looks after (`child`). An installed package announces
one by an entry point of the group `metarr.hosts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from metarr_adapter.host import Host, Log
from metarr_adapter.host import OwnerNeeded as OwnerNeeded
from metarr_adapter.poll import Polled

OWNER_NEEDED = 78
"""The status with which a host ends that only its owner can set right: a wrong key, version or path."""


class HostSetting(NamedTuple):
    """A setting of a kind.

    `type`: text, secret, url, integer, number, boolean, choice, or paths for several folders of the daemon's machine.
    `main`: what is given without a key on the command line belongs to it.
    """

    key: str
    label: str
    type: str = "text"
    help: str = ""
    default: Any = ""
    choices: Sequence[str] = ()
    required: bool = False
    main: bool = False


class Verdict:
    """What came of a check, in a word."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class HostCheck(NamedTuple):
    """One thing that was tried. `text`: what came of it; `advice`: what to do, "" for nothing."""

    verdict: str
    text: str
    advice: str = ""


class Trial(NamedTuple):
    """What came of testing settings. `works_on`: what a host with these settings keeps in step, such as the paths of
    folders: no two hosts may work on the same, or within one another. `beside`: folders of this machine that it does
    not work on, while another host had better not either. `library`: names what it keeps in step for ever, in letters
    that a player's id may have; "" for what has no name of its own."""

    checks: Sequence[HostCheck]
    works_on: Sequence[str] = ()
    beside: Sequence[str] = ()
    library: str = ""

    @property
    def passed(self) -> bool:
        return all(check.verdict != Verdict.FAULT for check in self.checks)


class Opened(NamedTuple):
    """A host's library, ready to be kept in step. `polled`: where it finds changes by looking. `version`: of the host.
    `watch` begins to hear of changes and calls whom it is given, from any thread; it returns what ends that. `close`
    ends it all."""

    host: Host
    polled: Polled | None = None
    version: str = ""
    close: Callable[[], object] = lambda: None
    watch: Callable[[Callable[[], object]], Callable[[], object]] = lambda changed: lambda: None


class NoteSort:
    """What a note is about, in a word."""

    AWAY = "away"
    """A part of the library cannot be looked at now; nothing of it is gone."""
    UNDECIDED = "undecided"
    """Nobody can tell which title it is."""
    REFUSED = "refused"
    """It cannot be written, or must not be."""


class HostNote(NamedTuple):
    """Something that the owner of a host may want to know, while it is so. `subject`: such as a path."""

    sort: str
    subject: str
    text: str


class HostImage(NamedTuple):
    """An image that was fetched: what it holds, and its SHA-256; or `why` there is none, and whether it may come
    `later`."""

    content: bytes = b""
    sha256: str = ""
    why: str = ""
    later: bool = False


class Surroundings(NamedTuple):
    """What a host runs in. `folder`: where it keeps what it has to remember, its alone. `log`: where it says what it
    does; `tell`: its notes, in the place of those before; `beat`: to be called at least once in a minute by whoever
    works for long. `image`: what the daemon fetches for an entry, by key and address.
    """

    folder: str
    log: Log
    tell: Callable[[Sequence[HostNote]], object]
    beat: Callable[[], object]
    image: Callable[[str, str], HostImage]


class HostKind(NamedTuple):
    """A kind of host.

    `tree`: what it keeps in step are files. `test(settings, forbidden)`: what came of trying them; `forbidden` are
    folders that no host may touch, such as the daemon's own. `open(settings, surroundings)` raises OwnerNeeded.
    """

    id: str
    name: str
    help: str
    settings: Sequence[HostSetting]
    test: Callable[[Mapping[str, Any], Sequence[str]], Trial]
    open: Callable[[Mapping[str, Any], Surroundings], Opened]
    tree: bool = False
