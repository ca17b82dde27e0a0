"""What an adapter needs of its media server: Kodi, Jellyfin or another one.

Kinds are the words `movie`, `series`, `season` and `episode`; values are plain JSON, shaped as Metarr's own. Every
method is called on one thread only, the loop's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple, Protocol, runtime_checkable

IDS = "ids"
"""The field under which the external ids travel: an object by type."""


class HostUnavailable(Exception):
    """The host as a whole cannot be used now: it shuts down, or its database is away. Nothing is wrong with the item
    that was asked for; what was under way is tried again later."""


class OwnerNeeded(HostUnavailable):
    """Only the owner can set right what keeps the host from being used; the text says what to do."""


class EntryAway(Exception):
    """One entry cannot be used now, as where the disk that it is on is away: it waits, and the others do not."""


class Notice(Enum):
    """What there is to tell a person. The value is the text of a host that has none of its own."""

    LOST = "Metarr cannot be reached. It is tried again in the background."
    BACK = "Metarr is connected again."
    POLICY = "Choose in Metarr what shall become of this library's own values. Until then nothing is written."
    TOKEN = "Metarr refuses the access token. Enter the one that it shows."
    CERTIFICATE = "Metarr's certificate cannot be trusted. Say in the settings which file vouches for it."
    OLD = "This Metarr is too old for this add-on. Update the daemon."
    IN_USE = "Another program keeps this library in step with Metarr already."
    ENDED = "Another program keeps this library in step with Metarr now."
    OTHER = "Metarr does not work as expected. The log tells more."


class Takes(NamedTuple):
    """What a host takes in for one kind. `cannot_take`: why not, by field, for a person to read."""

    kind: str
    fields: tuple[str, ...]
    cannot_take: Mapping[str, str] = {}


class Series(NamedTuple):
    """The series that a season or an episode belongs to; `year` 0: unknown. `weak`: as of an entry."""

    title: str = ""
    year: int = 0
    ids: Mapping[str, str] = {}
    weak: Collection[str] = ()


class Entry(NamedTuple):
    """An entry of the host's library.

    `host_key` names it for ever, as a path does: at most 200 characters and without a password. `host_id`: the host's
    own number for it now. `title`: required where neither an id nor a series is given. `fields`: what it holds by field
    name, without the ids; None: nothing. Numbers that are not known are None, and `year` 0. `weak`: the types of its
    ids that are not to be believed unless name and year agree. `readings`: further words, each with a year, that may be
    its title.
    """

    host_key: str
    host_id: str
    kind: str
    title: str = ""
    year: int = 0
    ids: Mapping[str, str] = {}
    fields: Mapping[str, Any] = {}
    series: Series | None = None
    season_number: int | None = None
    episode_number: int | None = None
    weak: Collection[str] = ()
    readings: Sequence[tuple[str, int]] = ()


class Host(Protocol):
    """A media server's library. Every method may raise HostUnavailable; another exception costs one item only, and
    EntryAway only has it wait."""

    @property
    def name(self) -> str:
        """What people call it, such as "Kodi"."""

    def kinds(self) -> Iterable[Takes]:
        """What it takes in."""

    def entries(self) -> Iterable[Iterable[Entry]]:
        """The whole library, in batches of any size. Raises where a part of it could not be listed: what is not listed
        counts as gone."""

    def entry(self, kind: str, *, host_key: str = "", host_id: str = "") -> Entry | None:
        """One entry, by its key or by its number; None: there is none."""

    def read(self, kind: str, host_key: str, host_id: str) -> tuple[str, Mapping[str, Any]] | None:
        """The entry's number now, and what it holds, freshly read. `host_id` is the number that it had when it was
        last reported, as a hint. None: there is no such entry any more.

        Every field that the host can read is named, with None where it holds nothing. A field that it takes in but
        cannot read is not named.
        """

    def normal(self, kind: str, field: str, value: Any) -> Any:
        """Metarr's value as `read` would tell it if the host held it; None: it would hold nothing."""

    def same(self, kind: str, field: str, current: Any, value: Any) -> bool:
        """Whether `current`, from `read`, is what the host shows where it holds Metarr's value; of external ids it may
        hold more. Where nothing is special about a host, this is `values.holds(field, current, normal(value))`."""

    def write(self, kind: str, host_key: str, host_id: str, values: Mapping[str, Any]) -> Mapping[str, str]:
        """Write values by field, None to empty it. Returns why, by field, where the host refused one.

        Where the host refuses several at once, this finds out which of them it takes alone.
        """

    def busy(self) -> bool:
        """Whether nothing should be written now, as while a video plays."""

    def notify(self, notice: Notice) -> None:
        """Show a person what changed."""


@runtime_checkable
class Settles(Protocol):
    """A host that does more with what an entry took than the entry shows, as with the pictures of a collection."""

    def settled(self, kind: str, host_key: str, host_id: str, values: Mapping[str, Any]) -> None:
        """The entry holds these values of Metarr's, by field; called each time one of them was pending."""


class Memory(Protocol):
    """A few short texts that an adapter keeps over restarts of its host."""

    def get(self, name: str) -> str:
        """What was kept; "": nothing."""

    def set(self, name: str, value: str) -> None:
        """Keep it at once."""


class Log(Protocol):
    """Where an adapter writes what it does."""

    def __call__(self, level: str, text: str) -> None:
        """`level`: debug, info, warning or error."""
