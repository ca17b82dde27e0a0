"""Merges the whole library again from the cached answers, without a request: to preview other rules, or to apply them.

One engine does both, so that a preview counts what applying then does. Where it can be told that only some fields of
an item may change, the others are not even read.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog
from msgspec import structs

from metarr.asking.config import Config, ConfigReader
from metarr.asking.gather import Gatherer, Recalled
from metarr.clock import Clock
from metarr.domain.authority import Authority
from metarr.domain.changes import Change, diff
from metarr.domain.fields import FIELDS
from metarr.domain.item import MediaItem, Rule
from metarr.domain.merge import Coverage, merge
from metarr.domain.naming import name_of
from metarr.domain.values import Kind
from metarr.errors import CannotDo
from metarr.library.commit import save_merged
from metarr.library.withdrawals import guarded
from metarr.rules.affected import Affected
from metarr.store import authorities, items
from metarr.store.changes import ChangeSet
from metarr.store.database import Connection, Database
from metarr.store.items import ItemHead

log = structlog.get_logger(__name__)

BATCH = 50
"""Items that are worked on at once: memory stays flat, and other writers hardly wait."""

CAUSE = "authority"

FieldKey = tuple[Kind, str]
"""A field of a kind."""


@dataclass(frozen=True)
class SampleChange:
    """One item on which a field would change."""

    item_id: int
    title: str
    change: Change


@dataclass
class FieldEffect:
    """What becomes of one field of a kind: on how many items its value changes, and on how many it keeps a value of a
    provider that it does not listen to."""

    changed: int = 0
    outside: int = 0
    samples: list[SampleChange] = field(default_factory=list)


@dataclass
class RemergeTally:
    """What was done so far (in a preview: would be). `effects` only of fields with something to tell."""

    items: int = 0
    changed_items: int = 0
    effects: dict[FieldKey, FieldEffect] = field(default_factory=dict)

    def in_order(self) -> list[tuple[FieldKey, FieldEffect]]:
        """The effects by kind, in catalogue order."""
        kinds, names = list(Kind), list(FIELDS)
        return sorted(self.effects.items(), key=lambda pair: (kinds.index(pair[0][0]), names.index(pair[0][1])))

    def changed_fields(self) -> dict[FieldKey, int]:
        return {key: effect.changed for key, effect in self.in_order() if effect.changed}


@dataclass(frozen=True)
class RemergeProgress:
    """How far an apply is: items done of all. `tally` is the same for the whole run, and goes on counting."""

    done: int
    total: int
    tally: RemergeTally


@dataclass(frozen=True)
class _Plan:
    """What holds for all items of one run."""

    config: Config
    drop_foreign: bool
    coverage: Mapping[Kind, Coverage]
    affected: Affected
    grounds: object


@dataclass(frozen=True)
class _Step:
    """One item before and after, with all its fields or with those that may change. `outside`: fields that keep a
    value of a source which does not count."""

    before: MediaItem
    after: MediaItem
    changes: tuple[Change, ...]
    outside: tuple[str, ...]


Also = Callable[[Connection, Mapping[int, bool]], None]
"""What else belongs into the transaction of a batch, by item whether it changed."""


def _nothing(_connection: Connection, _changed: Mapping[int, bool]) -> None:
    return None


class Remerger:
    """Merges again from the cache."""

    def __init__(self, database: Database, gatherer: Gatherer, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._gatherer = gatherer
        self._config = config
        self._clock = clock
        self._last_plan: _Plan | None = None

    def preview(
        self,
        authority: Authority | None = None,
        *,
        drop_foreign: bool = False,
        samples: int = 0,
        max_items: int = 0,
        wanted: Callable[[], bool] = lambda: True,
    ) -> RemergeTally:
        """What merging again would change under these rules, or under those in force; nothing is written.

        `samples`: how many a field. `max_items`: look at no more than so many, from all over the library; 0: at all.
        Raises CannotDo once it is not `wanted` any more.
        """
        plan = self._plan(authority, drop_foreign)
        tally = RemergeTally()
        for steps in self._sampled(plan, max_items) if max_items else self._batches(plan):
            if not wanted():
                raise CannotDo("nobody waits for the preview any more", reason="INTERRUPTED")
            _count(tally, steps, samples)
        return tally

    def total(self) -> int:
        """How many items there are to merge again."""
        with self._database.read() as connection:
            return items.count(connection)

    def apply(self, *, drop_foreign: bool = False) -> Iterator[RemergeProgress]:
        """Merge every item again under the rules in force, batch by batch; what was done stays where it is ended early.

        Every changed item gets a change-set. Locked fields stay, and what an item awaits is still awaited.
        """
        plan = self._plan(None, drop_foreign)
        tally = RemergeTally()
        total = self.total()
        yield RemergeProgress(0, total, tally)
        for steps in self._batches(plan):
            _count(tally, self._apply(steps, plan), 0)
            yield RemergeProgress(tally.items, max(total, tally.items), tally)
        log.info("library_merged_again", items=tally.items, changed=tally.changed_items)

    def apply_to(self, item_ids: Sequence[int], also: Also, *, job_id: int, drop_foreign: bool = False) -> None:
        """Merge some items again, for a job, in one transaction; those that are gone by now are left out. `also`: what
        else belongs into it."""
        plan = self._plan(None, drop_foreign)
        with self._database.read() as connection:
            heads = items.heads_of(connection, item_ids)
            steps = self._steps_of(connection, [head for head in heads.values() if head.deleted_at is None], plan)
        self._apply(steps, plan, job_id=job_id, also=also)

    def _plan(self, authority: Authority | None, drop_foreign: bool) -> _Plan:
        with self._database.read() as connection:
            config, earlier = self._config.read_in(connection), authorities.earlier(connection)
        if authority is not None:
            earlier = (config.authority, *earlier)
            config = replace(config, authority=authority)
        heard, last = self._gatherer.heard(config), self._last_plan
        if last is not None and last.grounds == (heard, earlier, drop_foreign):
            return last
        coverage = {kind: self._gatherer.coverage(kind, config) for kind in Kind}
        plan = _Plan(config, drop_foreign, coverage, Affected(heard, earlier), (heard, earlier, drop_foreign))
        if authority is None:
            self._last_plan = plan
        return plan

    def _batches(self, plan: _Plan) -> Iterator[list[_Step]]:
        """The whole library by id, each batch read and merged in a view of its own, beside the writers."""
        after_id = 0
        while True:
            with self._database.read() as connection:
                heads = items.heads(connection, after_id=after_id, limit=BATCH)
                steps = self._steps_of(connection, heads, plan)
            if not steps:
                return
            yield steps
            after_id = heads[-1].id

    def _sampled(self, plan: _Plan, most: int) -> Iterator[list[_Step]]:
        """The same for so many items, evenly from the oldest to the newest."""
        with self._database.read() as connection:
            ids = items.live_ids(connection)
        chosen = ids if len(ids) <= most else [ids[place * len(ids) // most] for place in range(most)]
        for start in range(0, len(chosen), BATCH):
            with self._database.read() as connection:
                heads = items.heads_of(connection, chosen[start : start + BATCH])
                yield self._steps_of(connection, [h for h in heads.values() if h.deleted_at is None], plan)

    def _apply(
        self, steps: list[_Step], plan: _Plan, *, job_id: int | None = None, also: Also = _nothing
    ) -> list[_Step]:
        """Write one batch; who moved since it was merged is merged again on the row as it is."""
        with self._database.begin() as connection:
            now = items.versions(connection, [step.before.id for step in steps])
            still = [step for step in steps if now.get(step.before.id) == step.before.version]
            moved = sorted(now.keys() - {step.before.id for step in still})
            steps = still + self._steps(connection, moved, plan)
            self._write(connection, steps, plan.config, job_id)
            also(connection, {step.before.id: bool(step.changes) for step in steps})
        return steps

    def _steps_of(self, connection: Connection, heads: Sequence[ItemHead], plan: _Plan) -> list[_Step]:
        """The steps of a batch. Of an item on which only some fields can change, these alone are read and merged; and
        where none can, nothing, and it is but marked."""
        reach = plan.affected.reach(connection, heads)
        # What they hold of sources that do not count any more is to be told, too.
        whole = items.having_rule(connection, reach, Rule.OUTSIDE) | {head.id for head in heads if head.id not in reach}
        steps = self._steps(connection, sorted(whole), plan)
        with_others = _with_others(connection, ((head.id, head.kind) for head in heads))
        parts: dict[frozenset[str], list[int]] = {}
        for head in heads:
            if head.id in whole:
                continue
            if fields := reach[head.id].fields:
                parts.setdefault(fields, []).append(head.id)
            else:
                steps.append(_marked(head, "" if head.id in with_others else reach[head.id].fingerprint))
        for fields, ids in parts.items():
            steps += self._steps(connection, ids, plan, fields)
        return sorted(steps, key=lambda step: step.before.id)

    def _steps(
        self, connection: Connection, ids: list[int], plan: _Plan, only: frozenset[str] | None = None
    ) -> list[_Step]:
        if not ids:
            return []
        live = [item for item in items.get_many(connection, ids, only).values() if item.deleted_at is None]
        recalled = self._gatherer.recall(connection, live, plan.config)
        with_others = _with_others(connection, ((item.id, item.kind) for item in live))
        steps = [_step(item, recalled[item.id], plan, only, guarded(connection, item)) for item in live]
        return [_not_standing(step) if step.before.id in with_others else step for step in steps]

    def _write(self, connection: Connection, steps: list[_Step], config: Config, job_id: int | None) -> None:
        at = self._clock.now()
        change_sets = [
            ChangeSet(item_id=step.before.id, at=at, cause=CAUSE, changes=step.changes, job_id=job_id)
            for step in steps
            if step.changes
        ]
        save_merged(connection, [(step.before, step.after) for step in steps], change_sets, config.sync_fields)


def _marked(head: ItemHead, fingerprint: str) -> _Step:
    """The step of an item on which nothing can change; it is marked with this fingerprint."""
    before = MediaItem(id=head.id, kind=head.kind, version=head.version, fingerprint=head.fingerprint)
    after = structs.replace(before, fingerprint=fingerprint)
    return _Step(before, after, changes=(), outside=())


def _not_standing(step: _Step) -> _Step:
    return replace(step, after=structs.replace(step.after, fingerprint=""))


def _with_others(connection: Connection, of_kind: Iterable[tuple[int, Kind]]) -> frozenset[int]:
    """Those that never stand merged by what is stored of them alone: other rules may reach what is below a series, and
    that is merged in the next run of it."""
    return frozenset(items.count_children(connection, [item_id for item_id, kind in of_kind if kind is Kind.SERIES]))


def _step(
    before: MediaItem,
    recalled: Recalled,
    plan: _Plan,
    only: Collection[str] | None,
    staying: Collection[tuple[str, str]],
) -> _Step:
    coverage = plan.coverage[before.kind]
    merged = merge(before, recalled.findings.outcomes, plan.config.policy, coverage, only=only, guarded=staying).item
    outside = tuple(
        name
        for name, stored in merged.fields.items()
        if stored.rule is Rule.OUTSIDE and not stored.locked and name not in merged.parent_locked
    )
    if plan.drop_foreign and outside:
        kept = {name: stored for name, stored in merged.fields.items() if name not in outside}
        merged, outside = structs.replace(merged, fields=kept), ()
    # Without one the item is to be enriched anyway, and so it is where the answers would move its ids.
    stands = before.fingerprint and recalled.findings.settled.ids == before.ids
    after = structs.replace(merged, fingerprint=recalled.fingerprint if stands else "")
    return _Step(before, after, diff(before.fields, after.fields), outside)


def _count(tally: RemergeTally, steps: list[_Step], samples: int) -> None:
    for step in steps:
        tally.items += 1
        tally.changed_items += bool(step.changes)
        for change in step.changes:
            effect = tally.effects.setdefault((step.before.kind, change.field), FieldEffect())
            effect.changed += 1
            if len(effect.samples) < samples:
                effect.samples.append(SampleChange(step.before.id, name_of(step.before), change))
        for name in step.outside:
            tally.effects.setdefault((step.before.kind, name), FieldEffect()).outside += 1
