"""A title of the library as it is stored, with the provenance of each value."""

from datetime import datetime
from enum import StrEnum

import msgspec

from metarr.domain.ids import identifying
from metarr.domain.matching import Wanted
from metarr.domain.numbering import AIRED, RESTING
from metarr.domain.values import Kind, Struct, Value


class Rule(StrEnum):
    """Which rule chose a stored value; shown to the owner, and stored with the value."""

    FIRST = "first_in_order"
    """The provider standing first in the field's order had a value."""
    NEXT = "next_in_order"
    """Those before it answered without a value, or could not be heard and had not set the stored value."""
    GAP = "fill_gaps"
    """Not in the field's own list; the global priority let it fill the gap."""
    UNION = "union"
    """Elements of several providers were joined."""
    HELD = "held"
    """Its provider cannot be heard now; the stored value, or what the provider said last, is held."""
    KEPT = "kept"
    """No provider has a value; the stored one stays."""
    OUTSIDE = "outside_authority"
    """No provider has a value and the stored one is from a source that no longer counts; it stays, marked."""
    LOCKED = "locked"
    """Locked by the owner. Shown in place of the rule that chose the value; never stored."""
    WITHDRAWN = "withdrawn"
    """Its own source has said on three days, two weeks apart, that it has none; nobody else has one either."""
    VETOED = "vetoed"
    """An undone value came again; the restored one stays."""
    OWNER = "owner"
    """Typed in by the owner."""
    REPORTED = "reported"
    """What the item came with, from an import or a player; below every provider."""


OWNER = "owner"
"""The source of a value that the owner typed in."""


REPORTERS = ("import", "nfo")
"""Sources that only say what an item came with; so does every `player:<id>`. No provider may bear these names."""


PLAYER_SOURCE = "player:"
"""What the source of a player's word begins with; its id follows."""


def below_providers(source: str) -> bool:
    """Whether it is a file's or a player's: any provider's word counts more, unless the field's own list says so."""
    return source in REPORTERS or source.startswith(PLAYER_SOURCE)


def by_providers(sources: tuple[str, ...]) -> bool:
    """Whether providers have a part in it: it is not the owner's word alone, and not only what an item came with."""
    return any(source != OWNER and not below_providers(source) for source in sources)


def by_parent(stored: "FieldValue") -> bool:
    """Whether a lock above protects a value: it does none that the item only came with, such as "Episode 7"."""
    only_reported = stored.sources and all(map(below_providers, stored.sources))
    return stored.value is not None and not only_reported


class Withdrawal(Struct, frozen=True, kw_only=True):
    """A source says that it has none of what is stored from it: on how many `days` so far, the `first` and the `last`
    of them in UTC, as ISO text."""

    source: str
    first: str
    last: str
    days: int = 1


class FieldValue(Struct, frozen=True, kw_only=True):
    """A stored value with its provenance. `value` None: nothing stored (a locked, vetoed or withdrawn empty field).

    `sources`: whose word it is; several of a field merged as a union. `fetched_at`: when it was said. `asked_ids`: the
    typed ids that these providers were asked with, parallel to `sources`, "" where one was not; empty where none was.
    `locks_below`: the lock reaches the same field of what is below the item.
    `contributors` names the providers of each element of a union, parallel to the value. `language`: of a text, a tag;
    "": unknown, or stored before it was kept. `day`: the one that a year comes from, YYYY-MM-DD, where it is known.
    `withdrawals`: sources that say they have it no more.
    """

    value: Value | None = None
    sources: tuple[str, ...] = ()
    fetched_at: datetime | None = None
    rule: Rule = Rule.FIRST
    asked_ids: tuple[str, ...] = ()
    locked: bool = False
    locks_below: bool = False
    contributors: tuple[tuple[str, ...], ...] = ()
    language: str = ""
    day: str = ""
    withdrawals: tuple[Withdrawal, ...] = ()


class Veto(Struct, frozen=True, kw_only=True):
    """What an undo leaves behind: this value of these providers, for an undone union several, is not to come back.

    `value` None: their having none is not to empty the field. `language`: of the value, so that the veto has its rank.
    """

    field: str
    providers: tuple[str, ...]
    value: Value | None
    language: str = ""


class HeldValue(Struct, frozen=True, kw_only=True):
    """What a file, or an entry of a player, holds of a field. `own`: its own word there, None where it has none, only
    an echo of what it was given (`domain.statement`); `since`: when that became its word. `lock_of_other`: it locks the
    field, but the lock there, or that there is none, is another hand's."""

    value: Value
    own: Value | None
    since: datetime
    lock_of_other: bool = False


class Statement(Struct, frozen=True, kw_only=True):
    """What a file, or an entry of a player, last said about an item.

    `source`: one of `REPORTERS`, or `player:<id>`. `file`: the file, or the folder, that tells of it; an entry's key;
    "": not told. `part`: which of several titles in the file. `title`, `year`, `ids`: by what it called the item;
    `locks`: the fields that it has locked.
    """

    source: str
    file: str = ""
    part: str = ""
    title: str = ""
    year: int = 0
    ids: dict[str, str] = {}
    values: dict[str, HeldValue] = {}
    locks: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str, str]:
        """An item has one of a source, a file and a part."""
        return (self.source, self.file, self.part)


class IdClaim(Struct, frozen=True, kw_only=True):
    """An external id and who said so: `owner`, `player:<id>`, `import`, or a provider.

    `weak`: not to be believed without a second witness (`domain.witness`).
    """

    value: str
    source: str = OWNER
    weak: bool = False


class Conflict(Struct, frozen=True, kw_only=True):
    """A claim that contradicts what is known. `value` is what `claimed_by` says, `stands` what stands; where another
    item of the library has the id, `item` is that one, 0 where none has."""

    id_type: str
    value: str
    claimed_by: str
    stands: str = msgspec.field(default="", name="held")  # as stored items call it
    item: int = 0


class Match(Struct, frozen=True, kw_only=True):
    """A title that was found by words, and how well it fits them.

    `ids` are those of `source`, the provider that found it best, and of whoever shares one with it; `providers` are
    all that found it. `score`: 1.0 for a perfect fit, less the `penalties`, by the name of the fault. `countries`:
    ISO 3166-1 alpha-2; `year` 0: unknown.
    """

    title: str
    source: str
    ids: dict[str, str]
    year: int = 0
    overview: str = ""
    poster: str = ""
    countries: tuple[str, ...] = ()
    score: float = 0.0
    penalties: dict[str, float] = {}
    providers: tuple[str, ...] = ()


class Undecided(Struct, frozen=True, kw_only=True):
    """A search by the item's words did not tell which title it is.

    `matches`: what was found, the best first; `times`: how many searches in a row ended so; `not_before`: when to
    search again without being told to.
    """

    not_before: datetime
    times: int = 1
    matches: tuple[Match, ...] = ()


class Place(Struct, frozen=True, kw_only=True):
    """Where a season or an episode stands: the title of its series, "" unknown, and its numbers."""

    series: str = ""
    season: int | None = None
    episode: int | None = None


class MediaItem(Struct, frozen=True, kw_only=True):
    """One title of the library, as stored.

    `title` and `year` are the words the item was added with (year 0: unknown): evidence for its identity. `readings`
    are other words that may be its title. `origin`:
    what brought it into the library: "" the owner, "import", "nfo" or "player"; `deleted_by`: "owner", "players" where
    no player had it any more, or "order" where it rests (`domain.numbering`). `ids` by id type; `aliases`: typed ids
    that lead to it as well, of an item that it was joined with, of a provider's record that is gone. `undecided`: an
    item without ids was searched for in vain. `dismissed`: claims that the owner wants to see as conflicts no
    more (`domain.conflicts`).
    `bases`: by provider, in which way it was asked and heard when its answer was merged last (`asking.heard`).
    `below_due_at`: of a series, when the first answer about its episodes is due.
    `version` counts the writes of this row. `parent_locked` names the fields of which the lock of the nearest
    ancestor that locks them reaches below; it protects existing values only, and none that a file or player reported.
    `series_title`: of the series it belongs to.
    `statements`: what files and players say about it, by source and file. `numbering`: of a series the order of its
    episodes that the owner chose, of a season the one that it belongs to; "": the aired one.
    """

    id: int = 0
    kind: Kind = Kind.MOVIE
    title: str = ""
    year: int = 0
    ids: dict[str, IdClaim] = {}
    aliases: frozenset[str] = frozenset()
    fields: dict[str, FieldValue] = {}
    vetoes: tuple[Veto, ...] = ()
    statements: tuple[Statement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    dismissed: tuple[Conflict, ...] = ()
    undecided: Undecided | None = None
    readings: tuple[Wanted, ...] = ()
    monitored: bool = True
    parent_id: int | None = None
    parent_locked: frozenset[str] = frozenset()
    series_title: str = ""
    added_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_by: str = ""
    origin: str = ""
    last_enriched_at: datetime | None = None
    last_enriched_providers: tuple[str, ...] = ()
    bases: tuple[tuple[str, str], ...] = ()
    below_due_at: datetime | None = None
    fingerprint: str = ""
    numbering: str = ""
    version: int = 0

    def id_values(self) -> dict[str, str]:
        """The external ids without their provenance."""
        return {id_type: claim.value for id_type, claim in self.ids.items()}

    def identifying_ids(self) -> dict[str, str]:
        """Those of them that identify it; a weak one does not, before a second witness confirmed it."""
        return identifying(self.kind, {t: claim.value for t, claim in self.ids.items() if not claim.weak})

    def shown_title(self) -> str:
        """The title it is shown by: the merged one, else the words it was added with."""
        stored = self.fields.get("title")
        return stored.value if stored is not None and isinstance(stored.value, str) else self.title

    def shown_year(self) -> int:
        """The year it is shown by: the merged one, else the one it was added with, else its date's; 0: unknown."""
        stored = self.fields.get("year")
        if stored is not None and isinstance(stored.value, int):
            return stored.value
        date = released.value if (released := self.fields.get("release_date")) is not None else None
        return self.year or (int(date[:4]) if isinstance(date, str) and date[:4].isdecimal() else 0)

    @property
    def order(self) -> str:
        """The order in which the episodes of a series are numbered, or that a season belongs to."""
        return self.numbering or AIRED

    @property
    def rests(self) -> bool:
        """Whether no file's number points to it in the order of its series."""
        return self.deleted_by == RESTING

    def place(self) -> Place:
        """Where it stands within its series."""
        return Place(
            series=self.series_title, season=self._number("season_number"), episode=self._number("episode_number")
        )

    def _number(self, field: str) -> int | None:
        stored = self.fields.get(field)
        return stored.value if stored is not None and isinstance(stored.value, int) else None

    def locked_fields(self) -> frozenset[str]:
        return frozenset(name for name, stored in self.fields.items() if stored.locked)

    def locked_below(self) -> frozenset[str]:
        """The fields of which the lock reaches what is below."""
        return frozenset(name for name, stored in self.fields.items() if stored.locked and stored.locks_below)
