"""Which items are meant: what lists and jobs narrow the library by."""

from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, Text, exists, literal, literal_column, select, true, type_coerce

from metarr.domain.fields import FIELDS
from metarr.domain.numbering import RESTING
from metarr.domain.outcome import Skip
from metarr.domain.values import Kind, Struct
from metarr.store.items.words import folded
from metarr.store.tables import awaited_answers, external_ids, field_counts, field_values, items, player_items


class ItemFilter(Struct, frozen=True, kw_only=True):
    """Everything that is said must hold; nothing said means all live items.

    `title`: one of its titles is this one; `title_contains`: one of them contains this; both without regard to case and
    accents. `missing_field`: nothing is stored in it, though the kind has it. `awaited_provider`: an answer of it is
    still to be had; not where a search was in vain, for then its owner is waited for. `source`: some value is its word,
    or it has a part in one. `player`: it has the item. `years`: the first and the last, 0: any. `values_held`: some
    value is held. `kinds`: one of these.
    `unidentified`: a movie or series without an external id of one of the types `asked_by`, by which providers are
    asked; none of these named: without any. `undecided`: such a one that was looked for in vain. `deleted`: deleted
    items instead of live ones. The others: None for both.
    """

    kind: Kind | None = None
    title: str = ""
    title_contains: str = ""
    missing_field: str = ""
    awaited_provider: str = msgspec.field(default="", name="pending_provider")  # as stored jobs call it
    monitored: bool | None = None
    unidentified: bool | None = None
    undecided: bool | None = None
    asked_by: tuple[str, ...] = ()
    enriched: bool | None = None
    locked: bool | None = None
    locked_field: str = ""
    values_held: bool | None = None
    source: str = ""
    player: str = ""
    years: tuple[int, int] = (0, 0)
    kinds: tuple[Kind, ...] = ()
    conflict: bool | None = None
    deleted: bool = False


def narrowed(query: Select[Any], fits: ItemFilter) -> Select[Any]:
    """A query of items narrowed to those that fit, whatever their kind: which index finds a kind is the caller's."""
    query = query.where(_DELETED if fits.deleted else items.c.deleted_at.is_(None))
    if fits.kinds:
        query = query.where(KIND.in_(fits.kinds))
    if fits.title:
        # A line of its own among all that the item is called.
        lines = literal("\n").concat(items.c.search_key).concat("\n")
        query = query.where(lines.contains(f"\n{folded(fits.title)}\n", autoescape=True))
    if fits.title_contains:
        query = query.where(items.c.search_key.contains(folded(fits.title_contains), autoescape=True))
    if fits.missing_field:
        query = query.where(KIND.in_(FIELDS[fits.missing_field].kinds), ~_holds(fits.missing_field))
    if fits.awaited_provider:
        waits = exists().where(
            awaited_answers.c.item_id == items.c.id, awaited_answers.c.provider == fits.awaited_provider
        )
        query = query.where(waits, AWAITS_PROVIDERS)
    if fits.locked_field:
        query = query.where(items.c.id.in_(LOCKED.where(field_values.c.field == fits.locked_field)))
    if fits.source:
        query = query.where(_of_source(fits.source))
    if fits.player:
        has = exists().where(player_items.c.item_id == items.c.id, player_items.c.player_id == fits.player)
        query = query.where(has)
    query = _of_years(query, *fits.years)
    for wanted, condition in (
        (fits.monitored, items.c.monitored == true()),
        (fits.enriched, items.c.last_enriched_at.is_not(None)),
        (fits.locked, items.c.id.in_(LOCKED)),
        (fits.values_held, items.c.id.in_(_HELD)),
        (fits.conflict, items.c.conflicts != ()),
        (fits.unidentified, unidentified(fits.asked_by)),
        (fits.undecided, undecided(fits.asked_by)),
    ):
        if wanted is not None:
            query = query.where(condition if wanted else ~condition)
    return query


KIND = items.c.kind.concat("")
"""As an expression, where another index than the one on kinds is to be used."""

AWAITS_PROVIDERS = items.c.undecided.is_(None)
"""Where an answer is awaited, it is a provider's; where a search was in vain, the owner's word is."""

# Few are, so they are looked up from their own index, and not for each item.
LOCKED = select(field_values.c.item_id).where(field_values.c.locked == true())
"""The items with a locked field, each as often as it has some."""
_HELD = select(field_values.c.item_id).where(
    field_values.c.rule == literal_column("'held'"), field_values.c.value.is_not(None)
)
_DELETED = items.c.deleted_at.is_not(None) & (items.c.deleted_by != RESTING)
_IN_VAIN = exists().where(awaited_answers.c.item_id == items.c.id, awaited_answers.c.reason == Skip.NO_ID)
_BY_ITSELF = (Kind.MOVIE, Kind.SERIES)
"""Kinds that are what they are by themselves; the others by their series and number."""


def _holds(field: str) -> ColumnElement[bool]:
    return exists().where(
        field_values.c.item_id == items.c.id, field_values.c.field == field, field_values.c.value.is_not(None)
    )


def _of_source(source: str) -> ColumnElement[bool]:
    # As it stands among the names of a list, such as ["omdb","tmdb"]. The fields in which there is any such value are
    # few where the source is rare: then these alone are looked at.
    name = msgspec.json.encode(source).decode()
    counted, stored = (
        type_coerce(table.c.source, Text).contains(name, autoescape=True) for table in (field_counts, field_values)
    )
    of_field = field_values.c.field.in_(select(field_counts.c.field).where(counted, field_counts.c.filled > 0))
    return exists().where(field_values.c.item_id == items.c.id, of_field, stored, field_values.c.value.is_not(None))


def _of_years(query: Select[Any], first: int, last: int) -> Select[Any]:
    if first:
        query = query.where(items.c.shown_year >= first)
    return query.where(items.c.shown_year.between(1, last)) if last else query


def undecided(asked_by: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether an item is unidentified, and was looked for in vain. That is asked first: it holds of few, and to look
    every item's ids up takes three times as long."""
    return _IN_VAIN & unidentified(asked_by)


@cache
def unidentified(asked_by: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether an item is a movie or series without an external id of one of these types; none named: without any."""
    asked_for = exists().where(external_ids.c.item_id == items.c.id, external_ids.c.alias == (~true()))
    if asked_by:
        asked_for = asked_for.where(external_ids.c.type.in_(asked_by))
    return KIND.in_(_BY_ITSELF) & ~asked_for
