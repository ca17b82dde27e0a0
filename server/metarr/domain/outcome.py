"""The outcome of asking one provider about one item: evidence, or why there is none."""

from datetime import datetime
from enum import StrEnum

from metarr.domain.numbering import AIRED
from metarr.domain.values import Kind, Struct, Text, Value
from metarr.errors import Reason


class ListedEpisode(Struct, frozen=True, kw_only=True):
    """An episode in a provider's list. `id`: of the entry, such as `tvdb:349232` or `tmdb:1399/1/3`."""

    id: str
    season: int
    number: int
    fragment: "Fragment"


class ListedSeason(Struct, frozen=True, kw_only=True):
    """A season of a series, as the answer about the series tells of it. `order`: of which it is one. `episodes`: how
    many it has, 0 where that is not told. `fragment`: what is said about it; None: that is to be asked for."""

    number: int
    order: str = AIRED
    episodes: int = 0
    fragment: "Fragment | None" = None


class Fragment(Struct, frozen=True, kw_only=True):
    """What one provider says about one title.

    Every field the provider declares for the kind is in exactly one of three places: `values`, `empty` (it
    speaks about the field and has none) or `unread` (it could not be read this time). What exists in languages
    (`domain.languages.TEXT_FIELDS`) may stand in `texts` instead of `values`: each language once, the best first.
    `year_day`: the day that its year comes from, where it names one.
    `ids` are the provider's claims about this title's external ids, its own among them.
    `titles` are further titles it knows the title by, for matching. `trouble` names what was malformed.
    `listed`: the episodes, where it is a part of what is said about a series; `orders`: those in which it has the
    episodes of a series, `order_titles`: what it calls them where their names do not say it; `seasons`: its seasons.
    """

    provider: str
    kind: Kind
    ids: dict[str, str] = {}
    values: dict[str, Value] = {}
    texts: dict[str, tuple[Text, ...]] = {}
    year_day: str = ""
    empty: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()
    listed: tuple[ListedEpisode, ...] = ()
    orders: tuple[str, ...] = ()
    order_titles: dict[str, str] = {}
    seasons: tuple[ListedSeason, ...] = ()


class Answered(Struct, frozen=True, kw_only=True):
    """The provider answered. `asked_id` is the typed id it was asked with, such as `imdb:tt0137523`.

    `stale`: the answer is older than wanted, and stands in because no newer one could be had. `instead_of`: the typed
    id it was asked with first, whose record is gone: it was found by another id of the title. `untold`: parts that were
    to come with it and did not, each by its asked id and shape.
    """

    fragment: Fragment
    fetched_at: datetime
    asked_id: str = ""
    instead_of: str = ""
    stale: bool = False
    cached: bool = False
    untold: frozenset[tuple[str, str]] = frozenset()


class NotFound(Struct, frozen=True, kw_only=True):
    """The provider answered that it does not know the title.

    `soft`: not to be believed yet. `gone`: it is believed, and the provider answered for this id before.
    """

    fetched_at: datetime
    asked_id: str = ""
    soft: bool = False
    gone: bool = False
    stale: bool = False
    cached: bool = False


class Skip(StrEnum):
    """Why a provider was not asked. The first three take it out of the order; the others are gaps in knowledge."""

    DISABLED = "disabled"
    NOT_CONFIGURED = "not_configured"
    NOT_COVERED = "not_covered"
    NOT_SELECTED = "not_selected"
    PLANNED = "planned"
    NO_ID = "no_id"
    CONFLICT = "conflict"
    UNPAIRED = "unpaired"


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
