"""Change-sets: what changed on an item, in which provenance, by what cause; the stuff that undo is made of."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, true, update

from metarr.domain.changes import Change
from metarr.domain.fields import FIELDS
from metarr.domain.item import FieldValue, IdClaim
from metarr.domain.values import Kind, Struct
from metarr.store.database import lived_day
from metarr.store.tables import change_sets, items
from metarr.store.values import decode_changes, encode_changes


class ChangeSet(Struct, frozen=True, kw_only=True):
    """The changes of one item that were committed together.

    `cause`: enrich, edit, undo, import … `sync_reason`: why players must hear of it, "" where they need not.
    `providers`: those that answered. `old_ids`, `new_ids`: the external ids before and after; None where they stayed.
    `undone_by`: the change-set that took this one back. `old_numbering`, `new_numbering`: the order of a series before
    and after; "": it stayed. `group_id`: the first change-set of the run that made it, where
    that was no job and made several; 0: it stands for itself, or its job does.
    """

    item_id: int
    at: datetime
    cause: str
    changes: tuple[Change, ...] = ()
    id: int = 0
    job_id: int | None = None
    sync_reason: str = ""
    providers: tuple[str, ...] = ()
    old_ids: dict[str, IdClaim] | None = None
    new_ids: dict[str, IdClaim] | None = None
    undone_by: int | None = None
    group_id: int = 0
    old_numbering: str = ""
    new_numbering: str = ""

    @property
    def group(self) -> str:
        """The run that made it: whatever has the same group was made together, and can be undone together."""
        return f"{_OF_JOB}{self.job_id}" if self.job_id and not self.group_id else str(self.group_id or self.id)

    @property
    def requires_player_sync(self) -> bool:
        return bool(self.sync_reason)


CAUSES = ("enrich", "edit", "identify", "import", "authority", "undo", "redo", "join", "split", "order")
"""What change-sets are made by."""

_OF_JOB = "job-"


class Selection(Struct, frozen=True, kw_only=True):
    """Which change-sets are meant: those of one group, or of one job, or of one provider since that time.

    Of a provider: those that hold a value of it which they made the stored one; that they may hold others, too.
    """

    group: str = ""
    job_id: int = 0
    provider: str = ""
    since: datetime | None = None

    def holds(self, change: Change) -> bool:
        """Whether one of the changes in such a change-set is meant, too."""
        return not self.provider or self.provider in change.new.sources


class ChangeFilter(Struct, frozen=True, kw_only=True):
    """What a change-set must be to be listed: everything that is said must hold, of one change where it is about one.

    `source`: of the new value. `since`: when it was made.
    """

    cause: str = ""
    field: str = ""
    source: str = ""
    since: datetime | None = None

    def fits(self, change: Change) -> bool:
        """Whether a change is what is said of one."""
        return self.field in ("", change.field) and (not self.source or self.source in change.new.sources)

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What the database can tell; of the changes only whether they may fit."""
        if self.cause:
            yield change_sets.c.cause == self.cause
        if self.since is not None:
            yield change_sets.c.at >= self.since
        for word in filter(None, (self.field, self.source)):
            yield change_sets.c.changes.contains(msgspec.json.encode(word).decode(), autoescape=True)


EVERY_CHANGE = ChangeFilter()


def is_group(text: str) -> bool:
    """Whether this can be the name of a group."""
    number = text.removeprefix(_OF_JOB)
    return number.isascii() and number.isdigit() and 0 < int(number) < 2**31


def add(connection: Connection, change_set: ChangeSet) -> ChangeSet:
    """Keep a change-set; its `id` is given here."""
    key = connection.execute(_INSERT, _columns(connection, change_set)).inserted_primary_key
    return msgspec.structs.replace(change_set, id=int(key[0]) if key else 0)


def add_all(connection: Connection, change_sets: Iterable[ChangeSet]) -> None:
    """Keep many change-sets."""
    rows = [_columns(connection, change_set) for change_set in change_sets]
    if rows:
        connection.execute(_INSERT, rows)


def get(connection: Connection, change_set_id: int) -> ChangeSet | None:
    """One change-set with its changes in catalogue order. None: not there, or forgotten by now."""
    rows = connection.execute(select(change_sets).where(change_sets.c.id == change_set_id)).all()
    return next(iter(_read(rows)), None)


def page(
    connection: Connection,
    *,
    item_id: int | None = None,
    job_id: int | None = None,
    before_id: int | None = None,
    limit: int = 50,
    which: Selection | None = None,
    fits: ChangeFilter = EVERY_CHANGE,
) -> list[ChangeSet]:
    """Change-sets, the latest first, of one item, of one job, of those that are meant, or all; those that fit.
    `before_id`: the last id of the page before."""
    query = select(change_sets).where(*fits.conditions()).order_by(change_sets.c.id.desc()).limit(limit)
    if which is not None and which != Selection():
        query = query.where(_selected(which))
    for column, wanted in ((change_sets.c.item_id, item_id), (change_sets.c.job_id, job_id)):
        if wanted is not None:
            query = query.where(column == wanted)
    fitting: list[ChangeSet] = []
    while len(fitting) < limit:
        read = _read(connection.execute(query if before_id is None else query.where(change_sets.c.id < before_id)))
        fitting += [each for each in read if not (fits.field or fits.source) or any(map(fits.fits, each.changes))]
        if len(read) < limit:
            break
        before_id = read[-1].id
    return fitting[:limit]


def selected_items(connection: Connection, which: Selection) -> list[int]:
    """The items that have such change-sets, the one with the latest first."""
    query = select(change_sets.c.item_id).where(_selected(which)).group_by(change_sets.c.item_id)
    return list(connection.execute(query.order_by(func.max(change_sets.c.id).desc())).scalars())


def selected(connection: Connection, which: Selection, item_id: int) -> list[ChangeSet]:
    """An item's change-sets that are meant, the latest first."""
    query = select(change_sets).where(_selected(which), change_sets.c.item_id == item_id)
    sets = _read(connection.execute(query.order_by(change_sets.c.id.desc())))
    return [each for each in sets if not which.provider or any(map(which.holds, each.changes))]


def _selected(which: Selection) -> ColumnElement[bool]:
    # An undo puts back what was said before: it is the owner's doing.
    if which.provider:
        said = change_sets.c.changes.contains(f'"{which.provider}"', autoescape=True)
        return and_(change_sets.c.at >= which.since, change_sets.c.cause != "undo", said)
    job_id = which.job_id or (int(which.group.removeprefix(_OF_JOB)) if which.group.startswith(_OF_JOB) else 0)
    if job_id:
        alone = change_sets.c.group_id.is_(None) if which.group else true()
        return and_(change_sets.c.job_id == job_id, alone)
    number = int(which.group)
    itself = and_(change_sets.c.id == number, change_sets.c.group_id.is_(None), change_sets.c.job_id.is_(None))
    return or_(change_sets.c.group_id == number, itself)


def fields_of_job(connection: Connection, job_id: int) -> dict[tuple[Kind, str], int]:
    """By kind and field, on how many items a job changed it, in the order of the catalogue."""
    query = select(items.c.kind, *_CHANGES).join(items).where(change_sets.c.job_id == job_id)
    counts: Counter[tuple[Kind, str]] = Counter()
    for kind, *stored in connection.execute(query):
        counts.update((Kind(kind), change.field) for change in decode_changes(*stored))
    kinds, fields = list(Kind), list(FIELDS)
    return dict(sorted(counts.items(), key=lambda pair: (kinds.index(pair[0][0]), fields.index(pair[0][1]))))


def since(connection: Connection, marks: Mapping[int, int]) -> dict[int, list[ChangeSet]]:
    """By item, its change-sets after the one that is named for it, the latest first."""
    by_item: dict[int, list[ChangeSet]] = {}
    if marks:
        query = select(change_sets).where(
            change_sets.c.item_id.in_(list(marks)), change_sets.c.id > min(marks.values())
        )
        for each in _read(connection.execute(query.order_by(change_sets.c.id.desc()))):
            if each.id > marks[each.item_id]:
                by_item.setdefault(each.item_id, []).append(each)
    return by_item


def values_had(connection: Connection, item_id: int) -> dict[str, list[FieldValue]]:
    """By field what an item has had there, as far as its history goes back."""
    had: dict[str, list[FieldValue]] = {}
    for stored in connection.execute(select(*_CHANGES).where(change_sets.c.item_id == item_id)):
        for change in decode_changes(*stored):
            had.setdefault(change.field, []).extend((change.old, change.new))
    return had


def mark_undone(connection: Connection, change_set_ids: Iterable[int], undone_by: int | None) -> None:
    """Note which change-set took these back; None: they are in force again."""
    ids = change_sets.c.id.in_(list(change_set_ids))
    connection.execute(update(change_sets).where(ids).values(undone_by=undone_by))


def undoers(connection: Connection, change_set_ids: Iterable[int]) -> dict[int, int | None]:
    """By id, which change-set took each of these back; None also for one that is forgotten by now."""
    ids = list(change_set_ids)
    rows = connection.execute(select(change_sets.c.id, change_sets.c.undone_by).where(change_sets.c.id.in_(ids)))
    return {**dict.fromkeys(ids), **{row.id: row.undone_by for row in rows}}


def prune(connection: Connection, before: datetime, before_day: int) -> int:
    """Forget change-sets of before that time and that day of the daemon's life; they cannot be undone any more. Returns
    how many."""
    old = (change_sets.c.at < before, change_sets.c.lived_day < before_day)
    return connection.execute(delete(change_sets).where(*old)).rowcount


def newest(connection: Connection) -> datetime | None:
    """The latest time that stands on a change-set."""
    return connection.execute(select(func.max(change_sets.c.at))).scalar()


_INSERT = insert(change_sets)
_CHANGES = (change_sets.c.changes, change_sets.c.packed_changes)


def _columns(connection: Connection, change_set: ChangeSet) -> dict[str, Any]:
    text, packed = encode_changes(change_set.changes)
    return {
        "item_id": change_set.item_id,
        "at": change_set.at,
        "cause": change_set.cause,
        "job_id": change_set.job_id,
        "sync_reason": change_set.sync_reason,
        "providers": change_set.providers,
        "old_ids": change_set.old_ids,
        "new_ids": change_set.new_ids,
        "undone_by": change_set.undone_by,
        "changes": text,
        "packed_changes": packed,
        "group_id": change_set.group_id or None,
        "old_numbering": change_set.old_numbering or None,
        "new_numbering": change_set.new_numbering or None,
        "lived_day": lived_day(connection),
    }


def _read(rows: Iterable[Row[Any]]) -> list[ChangeSet]:
    return [
        ChangeSet(
            id=row.id,
            item_id=row.item_id,
            at=row.at,
            cause=row.cause,
            job_id=row.job_id,
            sync_reason=row.sync_reason,
            providers=row.providers,
            old_ids=row.old_ids,
            new_ids=row.new_ids,
            undone_by=row.undone_by,
            changes=decode_changes(row.changes, row.packed_changes),
            group_id=row.group_id or 0,
            old_numbering=row.old_numbering or "",
            new_numbering=row.new_numbering or "",
        )
        for row in rows
    ]
