"""Taking back all that one run, one job or one provider changed: as large as the damage."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import structlog

from metarr.asking.brakes import Brakes
from metarr.asking.config import ConfigReader
from metarr.clock import Clock
from metarr.domain.changes import Change, veto_of
from metarr.domain.naming import name_of
from metarr.errors import CannotDo, MetarrError
from metarr.library.history import TakenBack, take_back, undone_now
from metarr.store import answers, awaited_answers, changes, items
from metarr.store.changes import ChangeSet, Selection
from metarr.store.database import Connection, Database

log = structlog.get_logger(__name__)

BATCH = 20
"""Items that are taken back in one transaction: other writers hardly wait."""

MOST_TOLD = 100
"""Refusals that are told one by one, and examples."""


@dataclass(frozen=True)
class RefusedUndo:
    """Something that stays as it is, and why. `field` "": the whole change-set."""

    item_id: int
    title: str
    field: str
    why: str
    change_set_id: int


@dataclass(frozen=True)
class PutBack:
    """A field that went back: `change` is from what it was to what it is then."""

    item_id: int
    title: str
    change: Change


@dataclass
class UndoTally:
    """What went back so far (in a preview: would go). `total_items`: how many have such changes; `items`: on how many
    something went back; `looked_at`: how many of them were gone through. `group`: undoing that one undoes all of it."""

    total_items: int = 0
    looked_at: int = 0
    items: int = 0
    change_sets: int = 0
    fields: int = 0
    refusals: int = 0
    group: str = ""
    refused: list[RefusedUndo] = field(default_factory=list)
    samples: list[PutBack] = field(default_factory=list)


@dataclass(frozen=True)
class _Undoing:
    """What is to be taken back, and how."""

    which: Selection
    sync_fields: frozenset[str]
    samples: int
    dry_run: bool


class _OnlyLooked(Exception):
    """Rolls back what was only to be looked at."""


class MassUndo:
    """Takes back many change-sets, the latest of an item first; it can be taken back itself."""

    def __init__(self, database: Database, brakes: Brakes, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._brakes = brakes
        self._config = config
        self._clock = clock

    def undo(
        self,
        which: Selection,
        *,
        dry_run: bool = False,
        max_items: int = 0,
        samples: int = 0,
        wanted: Callable[[], bool] = lambda: True,
    ) -> UndoTally:
        """Put back what these change-sets changed, item by item; what was locked or changed since stays, by name.

        Of a provider its own values alone go back, its answers since that time no longer count, and where it was
        stopped for them, it goes on. Ended early, what
        went back stays so, and asking again goes on. `max_items`: of a preview, 0 for all. Raises CannotDo once it is
        not `wanted` any more.
        """
        with self._database.read() as connection:
            item_ids = changes.selected_items(connection, which)
        tally = UndoTally(total_items=len(item_ids))
        if which.provider and which.since is not None and not dry_run:
            # First: whoever enriches an item meanwhile must not bring back what goes.
            with self._database.begin_durably() as connection:
                answers.disown(connection, which.provider, which.since)
        plan = _Undoing(which, self._config.read().sync_fields, samples, dry_run)
        left = iter(item_ids[: max_items or None] if dry_run else item_ids)
        while batch := list(islice(left, BATCH)):
            if not wanted():
                raise CannotDo("nobody waits for it any more; what went back stays so", reason="INTERRUPTED")
            self._batch(plan, batch, tally)
        if which.provider and not dry_run:
            with self._database.begin_durably() as connection:
                if self._brakes.release(connection, which.provider):
                    awaited_answers.wake(connection, which.provider, self._clock.now())
        log.info("undone", items=tally.items, change_sets=tally.change_sets, preview=dry_run)
        return tally

    def _batch(self, plan: _Undoing, batch: Sequence[int], tally: UndoTally) -> None:
        """The same work for a preview, which is rolled back: it tells what would happen because it happens."""
        try:
            with self._database.begin_durably() as connection:
                for item_id in batch:
                    self._item(connection, plan, item_id, tally)
                if plan.dry_run:
                    raise _OnlyLooked
        except _OnlyLooked:
            tally.group = ""

    def _item(self, connection: Connection, plan: _Undoing, item_id: int, tally: UndoTally) -> None:
        tally.looked_at += 1
        before = tally.change_sets
        meant = changes.selected(connection, plan.which, item_id)
        undone = undone_now(connection, meant)
        refused: dict[str, RefusedUndo] = {}
        for change_set in meant:
            some = [] if change_set.id in undone else _standing(connection, plan.which, change_set)
            if not some and (plan.which.provider or change_set.id in undone):
                continue
            try:
                taken = self._take_back(connection, plan, change_set, some, tally)
            except MetarrError as error:
                refused.setdefault("", RefusedUndo(item_id, _title(connection, item_id), "", str(error), change_set.id))
                continue
            for name, why in taken.refused:
                refused.setdefault(name, RefusedUndo(item_id, name_of(taken.item), name, why, change_set.id))
            _count(tally, taken, plan.samples)
        tally.items += tally.change_sets > before
        tally.refusals += len(refused)
        tally.refused += list(refused.values())[: MOST_TOLD - len(tally.refused)]

    def _take_back(
        self, connection: Connection, plan: _Undoing, change_set: ChangeSet, some: Sequence[Change], tally: UndoTally
    ) -> TakenBack:
        """Where it cannot be done, nothing of it is, and the rest of the batch is."""
        with connection.begin_nested():
            return take_back(
                connection,
                change_set,
                some,
                now=self._clock.now(),
                sync_fields=plan.sync_fields,
                group_id=int(tally.group or 0),
            )


def _standing(connection: Connection, which: Selection, change_set: ChangeSet) -> Sequence[Change]:
    """What of a change-set is to go back. Of a provider, what went back already left a veto."""
    if not which.provider:
        return change_set.changes
    item = items.get(connection, change_set.item_id)
    vetoes = item.vetoes if item is not None else ()
    return [change for change in change_set.changes if which.holds(change) and veto_of(change) not in vetoes]


def _title(connection: Connection, item_id: int) -> str:
    item = items.get(connection, item_id)
    return name_of(item) if item is not None else ""


def _count(tally: UndoTally, taken: TakenBack, samples: int) -> None:
    made = taken.change_set
    if made is None:
        return
    tally.group = tally.group or made.group
    tally.change_sets += 1
    tally.fields += len(made.changes)
    fields: Iterator[PutBack] = (PutBack(taken.item.id, name_of(taken.item), each) for each in made.changes)
    tally.samples += islice(fields, max(0, samples - len(tally.samples)))
