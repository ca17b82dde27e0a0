"""The nouns of the domain, all frozen.

msgspec structs, because the same types are decoded from the cache and the database as they are.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from metarr.errors import Reason

__all__ = [
    "Answered",
    "Artwork",
    "Collection",
    "Conflict",
    "Credit",
    "FieldValue",
    "Fragment",
    "IdClaim",
    "Image",
    "Kind",
    "Match",
    "MediaItem",
    "NotAsked",
    "NotFound",
    "Outcome",
    "Reason",
    "Rule",
    "Skip",
    "Unavailable",
    "Undecided",
    "Value",
    "Veto",
]


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of every domain type."""


class Kind(StrEnum):
    """What an item is."""

    MOVIE = "movie"
    SERIES = "series"
    SEASON = "season"
    EPISODE = "episode"


class Image(Struct, frozen=True, kw_only=True):
    """One artwork candidate, or one chosen artwork.

    `url` is the full-size address (https). `language` is ISO 639-1, "" when the image bears no text.
    `width` and `height` are pixels, 0 when unknown. `votes` ranks images of one provider only.
    """

    url: str
    width: int = 0
    height: int = 0
    language: str = ""
    votes: float = 0.0


Artwork = tuple[Image, ...]
"""Candidates in a fragment; in an item the chosen ones: one, for fanart the main one and the extra ones."""


class Credit(Struct, frozen=True, kw_only=True):
    """A person in the cast. `order` counts from 0; `photo` is an https address or ""; `ids` by id type."""

    name: str
    role: str = ""
    order: int = 0
    photo: str = ""
    ids: dict[str, str] = {}


class Collection(Struct, frozen=True, kw_only=True):
    """The set a movie belongs to (Kodi's movie set)."""

    name: str
    ids: dict[str, str] = {}


Value = str | int | float | tuple[str, ...] | tuple[Credit, ...] | Artwork | Collection
"""What a field can hold. Which of these, the catalogue says (`domain.fields`). Dates are ISO text, YYYY-MM-DD."""


class Fragment(Struct, frozen=True, kw_only=True):
    """What one provider says about one title.

    Every field the provider declares for the kind is in exactly one of three places: `values`, `empty` (it
    speaks about the field and has none) or `unread` (it could not be read this time).
    `ids` are the provider's claims about this title's external ids, its own among them.
    `titles` are further titles it knows the title by, for matching. `trouble` names what was malformed.
    """

    provider: str
    kind: Kind
    ids: dict[str, str] = {}
    values: dict[str, Value] = {}
    empty: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()


class Answered(Struct, frozen=True, kw_only=True):
    """The provider answered. `asked_id` is the typed id it was asked with, such as `imdb:tt0137523`.

    `stale`: the answer is older than wanted, and stands in because no newer one could be had.
    """

    fragment: Fragment
    fetched_at: datetime
    asked_id: str = ""
    stale: bool = False
    cached: bool = False


class NotFound(Struct, frozen=True, kw_only=True):
    """The provider answered that it does not know the title.

    `soft`: not to be believed yet, so `last`, its last answer for the same id and shape, stands in.
    """

    fetched_at: datetime
    asked_id: str = ""
    soft: bool = False
    stale: bool = False
    cached: bool = False
    last: Answered | None = None


class Skip(StrEnum):
    """Why a provider was not asked. The first three take it out of the order; the others are gaps in knowledge."""

    DISABLED = "disabled"
    NOT_CONFIGURED = "not_configured"
    NOT_COVERED = "not_covered"
    NOT_SELECTED = "not_selected"
    PLANNED = "planned"
    NO_ID = "no_id"
    CONFLICT = "conflict"


OUT_OF_ORDER = frozenset({Skip.DISABLED, Skip.NOT_CONFIGURED, Skip.NOT_COVERED})


class Unavailable(Struct, frozen=True, kw_only=True):
    """The provider could not be heard. `last` is its last answer for the same id and shape, standing in."""

    reason: Reason
    detail: str = ""
    retry_at: datetime | None = None
    last: Answered | NotFound | None = None


class NotAsked(Struct, frozen=True, kw_only=True):
    """The provider was not asked, or (conflict) was asked and spoke about another title.

    `last` as in `Unavailable`; `rejected` is what it said where that is in conflict: a runner-up, never merged.
    """

    reason: Skip
    detail: str = ""
    last: Answered | NotFound | None = None
    rejected: Answered | None = None


Outcome = Answered | NotFound | Unavailable | NotAsked
"""The outcome of asking one provider about one item."""


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


def below_providers(source: str) -> bool:
    """Whether any provider's word counts more than this source's."""
    return source in REPORTERS or source.startswith("player:")


class FieldValue(Struct, frozen=True, kw_only=True):
    """A stored value with its provenance. `value` None: nothing stored (a locked or vetoed empty field).

    `fetched_at`: when the provider said so; `asked_id`: the typed id it was asked with. A field merged as a union
    has its providers in `source` and their asked ids in `asked_id`, both joined by "+" and parallel;
    `contributors` names the providers of each element, parallel to the value.
    """

    value: Value | None = None
    source: str = ""
    fetched_at: datetime | None = None
    rule: Rule = Rule.FIRST
    asked_id: str = ""
    locked: bool = False
    contributors: tuple[tuple[str, ...], ...] = ()


class Veto(Struct, frozen=True, kw_only=True):
    """What an undo leaves behind: this provider's value for this field is not to come back.

    `provider` as `FieldValue.source`: for an undone union several, joined by "+".
    """

    field: str
    provider: str
    value: Value


class IdClaim(Struct, frozen=True, kw_only=True):
    """An external id and who said so: `owner`, `player:<id>`, `import`, or a provider."""

    value: str
    source: str = OWNER


class Conflict(Struct, frozen=True, kw_only=True):
    """A claim that contradicts what is known. `value` is what `claimed_by` says, `held` what stands."""

    id_type: str
    value: str
    claimed_by: str
    held: str = ""


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


class MediaItem(Struct, frozen=True, kw_only=True):
    """One title of the library, as stored.

    `title` and `year` are the words the item was added with (year 0: unknown): evidence for its identity. `origin`:
    what brought it into the library: "" the owner, "import", "nfo" or "player"; `deleted_by`: "owner", or "players"
    where no player had it any more. `ids` by id type. `undecided`: an item without ids was searched for in vain.
    `version` counts the writes of this row. `parent_locked` names the fields that are locked on the nearest ancestor
    that locks them; an inherited lock protects existing values only.
    """

    id: int = 0
    kind: Kind = Kind.MOVIE
    title: str = ""
    year: int = 0
    ids: dict[str, IdClaim] = {}
    fields: dict[str, FieldValue] = {}
    vetoes: tuple[Veto, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    undecided: Undecided | None = None
    monitored: bool = True
    parent_id: int | None = None
    parent_locked: frozenset[str] = frozenset()
    added_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_by: str = ""
    origin: str = ""
    last_enriched_at: datetime | None = None
    last_enriched_providers: tuple[str, ...] = ()
    fingerprint: str = ""
    version: int = 0

    def id_values(self) -> dict[str, str]:
        """The external ids without their provenance."""
        return {id_type: claim.value for id_type, claim in self.ids.items()}

    def shown_title(self) -> str:
        """The title it is shown by: the merged one, else the words it was added with."""
        stored = self.fields.get("title")
        return stored.value if stored is not None and isinstance(stored.value, str) else self.title

    def shown_year(self) -> int:
        """The year of its release: from the merged date, else the one it was added with; 0: unknown."""
        stored = self.fields.get("release_date")
        date = stored.value if stored is not None else None
        return int(date[:4]) if isinstance(date, str) and date[:4].isdecimal() else self.year

    def locked_fields(self) -> frozenset[str]:
        return frozenset(name for name, stored in self.fields.items() if stored.locked)
