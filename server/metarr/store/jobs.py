"""Jobs: stored work over many items, with a done mark per job and item that is committed with the item."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Select,
    Text,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from metarr.bell import News
from metarr.domain.values import Kind, Struct
from metarr.store.awaited_answers import BY_ITSELF
from metarr.store.chunks import chunks
from metarr.store.database import lived_day, news
from metarr.store.items import ItemFilter, narrowed
from metarr.store.tables import EPOCH, awaited_answers, external_ids, items
from metarr.store.tables import job_items as marks
from metarr.store.tables import jobs as table
from metarr.store.upsert import upsert


class JobKind(StrEnum):
    """What a job does with its items."""

    ENRICH = "enrich"
    APPLY = "apply"
    UPDATE = "update"


class JobState(StrEnum):
    """How a job stands. The last four are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    DEGRADED = "degraded"
    CANCELLED = "cancelled"
    FAILED = "failed"


UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


class Done(StrEnum):
    """What became of one item of a job. DEFERRED: nobody could be heard about it, it waits. UNDECIDED: it is not known
    which title it is, that waits for the owner."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DEFERRED = "deferred"
    UNDECIDED = "undecided"
    FAILED = "failed"


class Scope(ItemFilter, frozen=True, kw_only=True):
    """Which live items a job takes: those named, of these those that the filter fits; nothing said means all."""

    item_ids: tuple[int, ...] = ()


class JobEdit(Struct, frozen=True, kw_only=True):
    """What a job of the kind update does to each item, as far as its kind has such fields. `monitored` None: as it is.

    `most_items`: it was ordered for so many, and does nothing where it would take more; None: for whatever it takes.
    """

    lock: tuple[str, ...] = ()
    unlock: tuple[str, ...] = ()
    lock_all: bool = False
    unlock_all: bool = False
    monitored: bool | None = None
    most_items: int | None = None


class JobTally(Struct, frozen=True, kw_only=True):
    """How many items came to what. `outcomes`: by provider, on how many items it had which one, in a word."""

    changed: int = 0
    unchanged: int = 0
    deferred: int = 0
    undecided: int = 0
    failed: int = 0
    outcomes: dict[str, dict[str, int]] = msgspec.field(default_factory=dict, name="told")  # as stored jobs call it

    @property
    def done(self) -> int:
        return self.changed + self.unchanged + self.deferred + self.undecided + self.failed


class Waiting(Struct, frozen=True, kw_only=True):
    """How many items of a job miss a provider's answer for one reason. `next_attempt`: when the first of them is asked
    about by itself; None: none is, or no time is set."""

    provider: str
    reason: str
    items: int
    next_attempt: datetime | None = None


class Job(Struct, frozen=True, kw_only=True):
    """Stored work of a kind. `drop_foreign`: of an apply, also empty what a field does not listen to. `edit`: of an
    update. `cause`: who wanted it, "owner" or "daily". `auto`: a machine's; items that are not monitored are left out.
    `sequence` grows with every stored progress. `resumed_at`: when it was last taken up; `resumed_with`: how many items
    it was done with by then."""

    created_at: datetime
    id: int = 0
    kind: JobKind = JobKind.ENRICH
    request_id: str = ""
    cause: str = "owner"
    scope: Scope = Scope()
    auto: bool = False
    force: bool = False
    providers: tuple[str, ...] = ()
    state: JobState = JobState.QUEUED
    started_at: datetime | None = None
    finished_at: datetime | None = None
    total: int = 0
    tally: JobTally = JobTally()
    waiting: tuple[Waiting, ...] = ()
    detail: str = ""
    sequence: int = 0
    resumed_at: datetime | None = None
    resumed_with: int = 0
    drop_foreign: bool = False
    edit: JobEdit | None = None


class JobItem(Struct, frozen=True, kw_only=True):
    """An item that a job takes, with what tells whether there is anything to do. `ids`: by type; `below_due_at`: when
    it is to be asked about what is below it."""

    id: int
    kind: str
    fingerprint: str
    ids: dict[str, str]
    below_due_at: datetime | None = None


def add(connection: Connection, job: Job) -> Job:
    """Keep a new job; its `id` is given here."""
    values = _columns(job) | {"lived_day": lived_day(connection)}
    del values["id"]
    key = connection.execute(insert(table), values).inserted_primary_key
    return msgspec.structs.replace(job, id=int(key[0]) if key else 0)


def get(connection: Connection, job_id: int) -> Job | None:
    row = connection.execute(select(table).where(table.c.id == job_id)).one_or_none()
    return None if row is None else _job(row)


def by_request(connection: Connection, request_id: str) -> Job | None:
    """The job that was started with this request id."""
    row = connection.execute(select(table).where(table.c.request_id == request_id)).one_or_none()
    return None if row is None else _job(row)


def page(
    connection: Connection,
    *,
    state: JobState | None = None,
    kind: JobKind | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[Job]:
    """Jobs, the latest first. `before_id`: the last id of the page before."""
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(table.c.state == state)
    if kind is not None:
        query = query.where(table.c.kind == kind)
    if before_id is not None:
        query = query.where(table.c.id < before_id)
    return [_job(row) for row in connection.execute(query)]


def under_way(connection: Connection) -> list[Job]:
    """Jobs that have not ended, the oldest first."""
    query = select(table).where(table.c.state.in_(UNDER_WAY)).order_by(table.c.id)
    return [_job(row) for row in connection.execute(query)]


def change(connection: Connection, job_id: int, **values: Any) -> bool:
    """Set columns of a job that has not ended, with a new sequence. False: it has ended, and stays as it is."""
    changed = {**_encoded(values), "sequence": table.c.sequence + 1}
    statement = update(table).where(table.c.id == job_id, table.c.state.in_(UNDER_WAY)).values(changed)
    news(connection, News.JOBS)
    return connection.execute(statement).rowcount == 1


def count_by_state(connection: Connection) -> dict[str, int]:
    """How many jobs that are kept are in each state."""
    rows = connection.execute(select(table.c.state, func.count()).group_by(table.c.state))
    return {str(state): 0 for state in JobState} | {row[0]: row[1] for row in rows}


def prune(connection: Connection, before: datetime, before_day: int) -> int:
    """Forget jobs that ended before that time, and began before that day of the daemon's life. Returns how many."""
    old = (table.c.finished_at < before, table.c.lived_day < before_day)
    return connection.execute(delete(table).where(*old)).rowcount


# Items of a job


def candidates(connection: Connection, job: Job, kinds: Collection[Kind], after_id: int, limit: int) -> list[JobItem]:
    """The next items of a job by id, of these kinds, that it is not done with."""
    query = _taken(select(items.c.id, items.c.kind, items.c.fingerprint, items.c.below_due_at), job, kinds)
    query = query.where(items.c.id > after_id, ~_is_marked(job)).order_by(items.c.id).limit(limit)
    by_id = {
        item_id: JobItem(id=item_id, kind=kind, fingerprint=fingerprint, ids={}, below_due_at=below_due_at)
        for item_id, kind, fingerprint, below_due_at in connection.execute(query).all()
    }
    for item_id, id_type, value in connection.execute(_IDS, {"ids": list(by_id)}).all():
        by_id[item_id].ids[id_type] = value
    return list(by_id.values())


def live(connection: Connection, item_ids: Iterable[int]) -> set[int]:
    """Those of the items that are there and not deleted."""
    return {item_id for some in chunks(item_ids) for item_id in connection.execute(_LIVE, {"ids": some}).scalars()}


def named(connection: Connection, ids: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """By external id, as (type, value), the live item that has it; ids that none has or several have are left out."""
    owners: dict[tuple[str, str], set[int]] = {}
    for some in chunks(value for _, value in ids):
        for item_id, id_type, value in connection.execute(_NAMED, {"values": some}):
            owners.setdefault((id_type, value), set()).add(item_id)
    return {each: next(iter(owners[each])) for each in ids if len(owners.get(each, ())) == 1}


def meant(connection: Connection, scope: Scope) -> int:
    """How many items of any kind are in a scope."""
    job = Job(created_at=EPOCH, scope=scope)
    return int(connection.execute(_taken(select(func.count()), job, tuple(Kind))).scalar_one())


def count(connection: Connection, job: Job, kinds: Collection[Kind]) -> int:
    """How many items a job takes: what it is done with, and what is left."""
    left = _taken(select(func.count()), job, kinds).where(~_is_marked(job))
    done = select(func.count()).select_from(marks).where(marks.c.job_id == job.id)
    return int(connection.execute(left).scalar_one()) + int(connection.execute(done).scalar_one())


def marked(connection: Connection, job_id: int, item_ids: Iterable[int]) -> set[int]:
    """Those of the items that the job is done with. At most some hundred ids."""
    return set(connection.execute(_MARKED, {"job_id": job_id, "ids": list(item_ids)}).scalars())


class DoneMark(NamedTuple):
    """That a job is done with an item. `outcomes`: by provider what came of asking it, in a word."""

    done: Done
    outcomes: Mapping[str, str] = {}
    detail: str = ""


def mark(connection: Connection, job_id: int, new: Mapping[int, DoneMark]) -> None:
    """Note by item that a job is done with it. What was noted of it before, a change or an answer, stays noted. At most
    some hundred items."""
    rows = connection.execute(_MARKS, {"job_id": job_id, "ids": list(new)}).all()
    before = {row.item_id: (row.done, row.told) for row in rows}
    upsert(
        connection,
        marks,
        [
            {"job_id": job_id, "item_id": item_id, **_mark_columns(each, *before.get(item_id, ("", {})))}
            for item_id, each in new.items()
        ],
    )


def _mark_columns(new: DoneMark, done_before: str, outcomes_before: Mapping[str, str]) -> dict[str, Any]:
    stays = done_before == Done.CHANGED and new.done is Done.UNCHANGED
    again = {provider: word for provider, word in outcomes_before.items() if new.outcomes.get(provider) == "cached"}
    return {
        "done": Done.CHANGED if stays else new.done,
        "told": {**new.outcomes, **again},
        "detail": new.detail[:500],
    }


def mark_unchanged(connection: Connection, job_id: int, item_ids: Iterable[int]) -> None:
    """Note that a job is done with items at which there was nothing to do."""
    _mark_all(connection, job_id, item_ids, Done.UNCHANGED)


def mark_changed(connection: Connection, job_id: int, item_ids: Iterable[int]) -> None:
    """Note that a job changed items without asking anybody about them."""
    _mark_all(connection, job_id, item_ids, Done.CHANGED)


def _mark_all(connection: Connection, job_id: int, item_ids: Iterable[int], done: Done) -> None:
    # In one statement, from the items themselves: a row for each from here would take longer than all the rest.
    for some in chunks(item_ids):
        connection.execute(_MARK_ALL, {"job_id": job_id, "ids": some, "done": done})


def tally(connection: Connection, job_id: int) -> JobTally:
    """Count the marks."""
    done: dict[str, int] = {}
    outcomes: dict[str, dict[str, int]] = {}
    for outcome, words, number in connection.execute(_TALLY, {"job_id": job_id}):
        done[outcome] = done.get(outcome, 0) + number
        for provider, word in words.items():
            of = outcomes.setdefault(provider, {})
            of[word] = of.get(word, 0) + number
    return JobTally(outcomes=outcomes, **done)


def waiting(connection: Connection, job_id: int) -> tuple[Waiting, ...]:
    """What the live items of a job still wait for, by provider and reason."""
    return tuple(
        Waiting(provider=row.provider, reason=row.reason, items=row.items, next_attempt=row.next_attempt)
        for row in connection.execute(_WAITING, {"job_id": job_id})
    )


def troubles(connection: Connection, job_id: int, limit: int) -> list[tuple[int, Done, str]]:
    """Items that a job could not do, as (item, outcome, detail), those that failed first."""
    query = (
        select(marks.c.item_id, marks.c.done, marks.c.detail)
        .where(marks.c.job_id == job_id, marks.c.done.in_((Done.FAILED, Done.DEFERRED)))
        .order_by(marks.c.done.desc(), marks.c.item_id)
        .limit(limit)
    )
    return [(row.item_id, Done(row.done), row.detail) for row in connection.execute(query)]


def forget_unchanged(connection: Connection, job_id: int) -> None:
    """Drop the marks of an ended job that tell nothing, so that a daily run over many items leaves no ballast."""
    connection.execute(delete(marks).where(marks.c.job_id == job_id, marks.c.done == Done.UNCHANGED))


_IDS = select(external_ids.c.item_id, external_ids.c.type, external_ids.c.value).where(
    external_ids.c.item_id.in_(bindparam("ids", expanding=True)), external_ids.c.alias == (~true())
)
_LIVE = select(items.c.id).where(items.c.id.in_(bindparam("ids", expanding=True)), items.c.deleted_at.is_(None))
_NAMED = select(external_ids.c.item_id, external_ids.c.type, external_ids.c.value).where(
    external_ids.c.value.in_(bindparam("values", expanding=True)), external_ids.c.live == true()
)
_MARKED = select(marks.c.item_id).where(
    marks.c.job_id == bindparam("job_id"), marks.c.item_id.in_(bindparam("ids", expanding=True))
)
_MARKS = select(marks.c.item_id, marks.c.done, marks.c.told).where(
    marks.c.job_id == bindparam("job_id"), marks.c.item_id.in_(bindparam("ids", expanding=True))
)
_MARK_ALL = insert(marks).from_select(
    ["job_id", "item_id", "done", "told", "detail"],
    select(
        bindparam("job_id", type_=Integer),
        items.c.id,
        bindparam("done", type_=Text),
        literal("{}"),
        literal(""),
    ).where(items.c.id.in_(bindparam("ids", expanding=True))),
)
_TALLY = (
    select(marks.c.done, marks.c.told, func.count())
    .where(marks.c.job_id == bindparam("job_id"))
    .group_by(marks.c.done, marks.c.told)
)
_WAITING = (
    select(
        awaited_answers.c.provider,
        awaited_answers.c.reason,
        func.count().label("items"),
        func.min(case((BY_ITSELF, awaited_answers.c.not_before))).label("next_attempt"),
    )
    .join(marks, marks.c.item_id == awaited_answers.c.item_id)
    .join(items, items.c.id == awaited_answers.c.item_id)
    .where(marks.c.job_id == bindparam("job_id"), items.c.deleted_at.is_(None))
    .group_by(awaited_answers.c.provider, awaited_answers.c.reason)
    .order_by(awaited_answers.c.provider, awaited_answers.c.reason)
)


def _taken(query: Select[Any], job: Job, kinds: Collection[Kind]) -> Select[Any]:
    scope = job.scope
    query = narrowed(query.select_from(items), scope)
    query = query.where(_KIND.in_([scope.kind] if scope.kind else sorted(kinds)))
    if scope.item_ids:
        query = query.where(items.c.id.in_(scope.item_ids))
    if job.auto:
        query = query.where(items.c.monitored == true())
    return query


# As an expression: by the index on kinds SQLite would read and sort all items for each batch, which goes by id.
_KIND = items.c.kind.concat("")


def _is_marked(job: Job) -> Any:
    return exists().where(marks.c.item_id == items.c.id, marks.c.job_id == job.id)


_TYPES: dict[str, Any] = {
    "scope": Scope,
    "tally": JobTally,
    "waiting": tuple[Waiting, ...],
    "edit": JobEdit | None,
}


def _encoded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: msgspec.json.encode(value).decode() if name in _TYPES else value for name, value in values.items()}


def _columns(job: Job) -> dict[str, Any]:
    values = {name: getattr(job, name) for name in Job.__struct_fields__}
    return _encoded(values) | {"request_id": job.request_id or None}


def _job(row: Row[Any]) -> Job:
    values = dict(zip(table.c.keys(), row, strict=True))
    del values["lived_day"]
    values |= {name: msgspec.json.decode(values[name], type=type_) for name, type_ in _TYPES.items()}
    return Job(
        **{**values, "request_id": row.request_id or "", "state": JobState(row.state), "kind": JobKind(row.kind)}
    )
