"""Answers that are awaited: which item still wants which provider's, why, and when to ask again."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, or_, select, true, union, update

from metarr.domain.freshness import LONGEST_WAIT, DueItem, next_attempt
from metarr.domain.values import Kind, Struct
from metarr.store.tables import awaited_answers as table
from metarr.store.tables import items, job_items
from metarr.store.upsert import upsert


class AwaitedAnswer(Struct, frozen=True, kw_only=True):
    """An item awaits an answer of a provider. `reason`: a `Reason` or a `Skip`; `detail` for a person to read.

    `attempts`: how often it was tried in vain. `not_before`: when to ask again; None: when the settings change.
    `since`: when it first was. `answered_at`: when the provider last said anything about the item; None: never.
    `fresh_after`: an answer that was fetched before is not the one that is awaited, however fresh: a newer one was
    ordered, and could not be had.
    """

    reason: str
    since: datetime
    detail: str = ""
    attempts: int = 0
    not_before: datetime | None = None
    answered_at: datetime | None = None
    fresh_after: datetime | None = None


def set_for_item(connection: Connection, item_id: int, awaited: Mapping[str, AwaitedAnswer]) -> None:
    """Have the item await answers of these providers, and of no others. `since` of one awaited already stays."""
    set_for_items(connection, {item_id: awaited})


def set_for_items(connection: Connection, awaited: Mapping[int, Mapping[str, AwaitedAnswer]]) -> None:
    """The same for many items, by id."""
    by_providers: dict[tuple[str, ...], list[int]] = {}
    for item_id, of_item in awaited.items():
        by_providers.setdefault(tuple(of_item), []).append(item_id)
    for providers, item_ids in by_providers.items():
        connection.execute(_NOT_AWAITED, {"ids": item_ids, "providers": providers})
    rows = [
        {
            "item_id": item_id,
            "provider": provider,
            "reason": answer.reason,
            "detail": answer.detail,
            "attempts": answer.attempts,
            "not_before": answer.not_before,
            "since": answer.since,
            "answered_at": answer.answered_at,
            "fresh_after": answer.fresh_after,
        }
        for item_id, of_item in awaited.items()
        for provider, answer in of_item.items()
    ]
    upsert(connection, table, rows, keep=("since",))


def of_items(connection: Connection, item_ids: Iterable[int]) -> dict[int, dict[str, AwaitedAnswer]]:
    """By item and provider, what is awaited; items that await nothing are left out. At most some hundred ids."""
    by_item: dict[int, dict[str, AwaitedAnswer]] = {}
    for row in connection.execute(_OF_ITEMS, {"ids": list(item_ids)}):
        by_item.setdefault(row.item_id, {})[row.provider] = AwaitedAnswer(
            reason=row.reason,
            since=row.since,
            detail=row.detail,
            attempts=row.attempts,
            not_before=row.not_before,
            answered_at=row.answered_at,
            fresh_after=row.fresh_after,
        )
    return by_item


def due(
    connection: Connection, provider: str, now: datetime, limit: int, *, job_id: int | None = None
) -> list[DueItem]:
    """Monitored items that may be asked about now, in the order in which to spend a short quota: those without any
    answer first, the newest release first; then those with the oldest answers. Of others, those of which a newer answer
    was ordered.

    `job_id`: what this job is done with so far, monitored or not, and nothing else.
    """
    taken = _TAKEN if job_id is None else (items.c.deleted_at.is_(None), _of_job(job_id))
    query = (
        select(table.c.item_id, items.c.kind, table.c.answered_at, items.c.released, table.c.fresh_after)
        .join(items)
        .where(table.c.provider == provider, _is_due(now), *taken)
        .order_by(table.c.answered_at.is_not(None), table.c.answered_at, items.c.released.desc(), table.c.item_id)
        .limit(limit)
    )
    return [
        DueItem(
            item_id=row.item_id,
            kind=Kind(row.kind),
            fetched_at=row.answered_at,
            release_date=row.released,
            fresh_after=row.fresh_after,
        )
        for row in connection.execute(query)
    ]


def providers_of(connection: Connection, item_ids: Iterable[int]) -> dict[int, set[str]]:
    """By item, the providers of which it awaits an answer. At most some hundred ids."""
    by_item: dict[int, set[str]] = {}
    for item_id, provider in connection.execute(_PROVIDERS_OF, {"ids": list(item_ids)}).all():
        by_item.setdefault(item_id, set()).add(provider)
    return by_item


def next_due(connection: Connection, provider: str = "") -> datetime | None:
    """When the first item that is asked about by itself may be again, of this provider or of any. None: nothing waits
    for a time."""
    query = select(func.min(table.c.not_before)).select_from(table.join(items)).where(*_TAKEN)
    if provider:
        query = query.where(table.c.provider == provider)
    return connection.execute(query).scalar()


def put_off(connection: Connection, item_id: int, provider: str, now: datetime) -> None:
    """One item was tried in vain: where it is still due, it is after a growing while."""
    due = (table.c.item_id == item_id, table.c.provider == provider, _is_due(now))
    attempts = connection.execute(select(table.c.attempts).where(*due)).scalar()
    if attempts is not None:
        later = next_attempt(attempts + 1, now)
        connection.execute(update(table).where(*due).values(attempts=attempts + 1, not_before=later))


def postpone(connection: Connection, provider: str, now: datetime, until: datetime, *, reason: str, detail: str) -> int:
    """A provider is at its limit: what could be asked now can be asked from then on. Returns how many items."""
    due = update(table).where(table.c.provider == provider, _is_due(now))
    return connection.execute(due.values(not_before=until, reason=reason, detail=detail)).rowcount


def content(connection: Connection, job_id: int, fresh_after: datetime) -> None:
    """Be content with the answers that there are about the items of a job that ordered newer ones."""
    ordered = update(table).where(table.c.fresh_after == fresh_after, _of_job(job_id))
    connection.execute(ordered.values(fresh_after=None))


def wake(connection: Connection, provider: str, now: datetime) -> int:
    """A provider's settings changed: whatever is awaited of it may be asked now. Returns how many items."""
    return connection.execute(
        update(table).where(table.c.provider == provider).values(not_before=now, attempts=0)
    ).rowcount


def counts(connection: Connection) -> dict[str, int]:
    """By provider, how many live items await an answer of it. One that was searched for in vain waits for its owner."""
    everything = {row.provider: row.missing for row in connection.execute(_BY_PROVIDER)}
    others = {row.provider: row.missing for row in connection.execute(_BY_PROVIDER.where(_OF_OTHERS))}
    return {provider: missing - others.get(provider, 0) for provider, missing in everything.items()}


def count_items(connection: Connection) -> int:
    """How many live items await any answer, those that were searched for in vain left out."""
    everything, others = (
        connection.execute(select(func.count()).select_from(each.subquery())).scalar_one()
        for each in (_WAITING, _WAITING.where(_OF_OTHERS))
    )
    return everything - others


def _is_due(now: datetime) -> ColumnElement[bool]:
    # What is to wait longer than anything does was put off by a clock that was ahead.
    return or_(table.c.not_before <= now, table.c.not_before > now + LONGEST_WAIT)


BY_ITSELF = or_(items.c.monitored == true(), table.c.fresh_after.is_not(None))
"""What is asked about without anybody wanting it now."""

# Those that do not count are few: what is theirs is taken off, so that nobody need look every item up. A query for
# each of the two kinds, for only so each has its index.
_OF_OTHERS = table.c.item_id.in_(
    union(
        select(items.c.id).where(items.c.deleted_at.is_not(None)),
        select(items.c.id).where(items.c.undecided.is_not(None)),
    )
)
_BY_PROVIDER = select(table.c.provider, func.count().label("missing")).group_by(table.c.provider)
_WAITING = select(table.c.item_id).group_by(table.c.item_id)

_TAKEN = (items.c.deleted_at.is_(None), BY_ITSELF)
_PROVIDERS_OF = select(table.c.item_id, table.c.provider).where(table.c.item_id.in_(bindparam("ids", expanding=True)))
_NOT_AWAITED = delete(table).where(
    table.c.item_id.in_(bindparam("ids", expanding=True)),
    table.c.provider.not_in(bindparam("providers", expanding=True)),
)
_OF_ITEMS = select(table).where(table.c.item_id.in_(bindparam("ids", expanding=True)))


def _of_job(job_id: int) -> ColumnElement[bool]:
    return exists().where(job_items.c.item_id == table.c.item_id, job_items.c.job_id == job_id)
