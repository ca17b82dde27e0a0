"""Which items are meant: what lists and jobs narrow the library by."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, exists, literal, true

from metarr.domain.outcome import Skip
from metarr.domain.values import Kind, Struct
from metarr.store.items.words import folded
from metarr.store.tables import awaited_answers, external_ids, field_values, items


class ItemFilter(Struct, frozen=True, kw_only=True):
    """Everything that is said must hold; nothing said means all live items.

    `title`: one of its titles is this one; `title_contains`: one of them contains this; both without regard to case and
    accents. `missing_field`: nothing is stored in it. `awaited_provider`: an answer of it is still to be had.
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
    conflict: bool | None = None
    deleted: bool = False


def narrowed(query: Select[Any], fits: ItemFilter) -> Select[Any]:
    """A query of items narrowed to those that fit, whatever their kind: which index finds a kind is the caller's."""
    query = query.where(items.c.deleted_at.is_not(None) if fits.deleted else items.c.deleted_at.is_(None))
    if fits.title:
        # A line of its own among all that the item is called.
        lines = literal("\n").concat(items.c.search_key).concat("\n")
        query = query.where(lines.contains(f"\n{folded(fits.title)}\n", autoescape=True))
    if fits.title_contains:
        query = query.where(items.c.search_key.contains(folded(fits.title_contains), autoescape=True))
    if fits.missing_field:
        query = query.where(~_holds(fits.missing_field))
    if fits.awaited_provider:
        waits = exists().where(
            awaited_answers.c.item_id == items.c.id, awaited_answers.c.provider == fits.awaited_provider
        )
        query = query.where(waits)
    for wanted, condition in (
        (fits.monitored, items.c.monitored == true()),
        (fits.enriched, items.c.last_enriched_at.is_not(None)),
        (fits.locked, _LOCKED),
        (fits.conflict, items.c.conflicts != ()),
        (fits.unidentified, _unidentified(fits)),
        (fits.undecided, _unidentified(fits) & _IN_VAIN),
    ):
        if wanted is not None:
            query = query.where(condition if wanted else ~condition)
    return query


_LOCKED = exists().where(field_values.c.item_id == items.c.id, field_values.c.locked == true())
_IN_VAIN = exists().where(awaited_answers.c.item_id == items.c.id, awaited_answers.c.reason == Skip.NO_ID)
_BY_ITSELF = (Kind.MOVIE, Kind.SERIES)
"""Kinds that are what they are by themselves; the others by their series and number."""


def _holds(field: str) -> ColumnElement[bool]:
    return exists().where(
        field_values.c.item_id == items.c.id, field_values.c.field == field, field_values.c.value.is_not(None)
    )


def _unidentified(fits: ItemFilter) -> ColumnElement[bool]:
    asked_for = exists().where(external_ids.c.item_id == items.c.id, external_ids.c.alias == (~true()))
    if fits.asked_by:
        asked_for = asked_for.where(external_ids.c.type.in_(fits.asked_by))
    return items.c.kind.concat("").in_(_BY_ITSELF) & ~asked_for
