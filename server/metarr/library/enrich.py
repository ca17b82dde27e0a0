"""Enrich one item: ask everyone, merge on the row as it is now, and commit all that belongs together."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from msgspec.structs import replace

from metarr.asking.awaited import ordered_anew, still_awaited
from metarr.asking.config import Config, ConfigReader
from metarr.asking.gather import Gatherer, Inquiry
from metarr.asking.nobody import answered, nobody
from metarr.clock import Clock
from metarr.domain.brake import altered_by, is_comparable
from metarr.domain.changes import Change, diff, sync_reason
from metarr.domain.conflicts import with_conflicts
from metarr.domain.evidence import answer_of, in_order
from metarr.domain.ids import identifying
from metarr.domain.item import Conflict, IdClaim, MediaItem
from metarr.domain.joining import joined
from metarr.domain.merge import Decision, merge
from metarr.domain.naming import name_of
from metarr.domain.outcome import Answered, Outcome, Skip
from metarr.domain.settling import Findings, set_aside, settle_again
from metarr.domain.subject import subject_of
from metarr.domain.values import Kind
from metarr.errors import NoSuchThing, Reason, VersionMoved
from metarr.fetch.contract import Lane
from metarr.library import join
from metarr.library.below import Below, BelowEnricher
from metarr.library.commit import publish
from metarr.library.listings import counts_of, facts_of
from metarr.library.recognize import Recognizer
from metarr.library.reference import Reference, find
from metarr.library.withdrawals import guarded
from metarr.store import awaited_answers, items, joins
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.changes import ChangeSet
from metarr.store.database import Connection, Database

log = structlog.get_logger(__name__)

COMMIT_MARGIN = 0.5
"""Seconds of the caller's deadline that are kept for merging and committing what came."""

SETTLED = frozenset({Skip.PLANNED, Skip.NO_ID, Reason.RATE_LIMITED, Reason.QUOTA_EXHAUSTED, Reason.SUSPECT})
"""Why an answer may be missing and the merge stand all the same, until an answer or an id comes: it was not asked."""

ATTEMPTS = 3
"""How often to begin again where the owner corrected the item's identity while the providers were asked."""


@dataclass(frozen=True)
class Wish:
    """How to enrich an item.

    `auto`: a machine asks, so an item that is not monitored is skipped. `fresh_after`: answers fetched before do not
    count as fresh. `deadline`: when the caller stops waiting, on the monotonic clock. `planned`: providers not to ask
    now, because their short quota is spent by plan. `also`: what else belongs into the transaction that notes what
    came of it.
    """

    deadline: float
    auto: bool = False
    fresh_after: datetime | None = None
    providers: frozenset[str] | None = None
    dry_run: bool = False
    lane: Lane = Lane.INTERACTIVE
    job_id: int | None = None
    planned: frozenset[str] = frozenset()
    also: "Callable[[Connection, Enriched], None] | None" = None


@dataclass(frozen=True)
class Enriched:
    """What came of it: the item as it is now (in a dry run: would be), what changed and which answers are awaited."""

    item: MediaItem
    changes: tuple[Change, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    awaited: Mapping[str, AwaitedAnswer] = field(default_factory=dict)
    sync_reason: str = ""
    skipped: bool = False


@dataclass(frozen=True)
class _Asked:
    """An item as it was read, and the ids by which the providers are asked about it. `counts`: of a series, by season
    how many episodes are held."""

    item: MediaItem
    ids: Mapping[str, IdClaim]
    counts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _MergedItem:
    """An item as it was, what the merge makes of it, and the item that it turned out to be one with."""

    before: MediaItem
    enriched: Enriched
    awaited_before: bool
    gone: MediaItem | None = None


class Enricher:
    """Enriches items of the library."""

    def __init__(
        self,
        database: Database,
        gatherer: Gatherer,
        recognizer: Recognizer,
        *,
        config: ConfigReader,
        clock: Clock,
    ) -> None:
        self._database = database
        self._gatherer = gatherer
        self._recognizer = recognizer
        self._config = config
        self._clock = clock
        self._below = BelowEnricher(database, gatherer, clock=clock)

    def enrich(self, reference: Reference, wish: Wish) -> Enriched:
        """Bring one item up to date; a series with what is below it, and what is below a series with all of it.

        Where it turns out to be one with another item of the library, both are joined, and that one is told.

        Raises NoSuchThing; AllLimited, AllRefused or NobodyAnswered where nobody could be heard, with the item
        unchanged and answers awaited; CannotDo where there is nobody to ask, and where its words tell no title clearly.
        """
        for last in (False,) * (ATTEMPTS - 1) + (True,):
            try:
                return self._enrich_whole(reference, wish)
            except VersionMoved:
                if last:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def merge_below(self, series_id: int) -> Below:
        """Merge anew what is below a series, of what was said before: nobody is asked. Raises NoSuchThing."""
        with self._database.read() as connection:
            series = find(connection, series_id)
            config = self._config.read_in(connection)
        inquiry = Inquiry(kind=series.kind, subject=subject_of(series))
        facts = facts_of(series, self._gatherer.gather(inquiry, config).outcomes)
        return self._below.enrich(series, inquiry, config, facts=facts, keep=True, job_id=None)

    def _enrich_whole(self, reference: Reference, wish: Wish) -> Enriched:
        with self._database.read() as connection:
            item = find(connection, reference)
            if wish.auto and not item.monitored:
                return Enriched(item=item, skipped=True)
            config = self._config.read_in(connection)
            above = items.get_many(connection, items.ancestors(connection, [item.id])).values()
        whole = next((each for each in above if each.kind is Kind.SERIES), item)
        if self._gatherer.can_ask(item.kind, item.id_values(), config):
            whole = item  # a provider of somebody's tells of it by an id of its own
        enriched, below = self._enrich(whole, config, wish)
        if whole is item:
            return enriched
        if item.id not in below.enriched:
            raise NoSuchThing("item_id", f"item {item.id} was deleted meanwhile", reason="ITEM_NOT_FOUND")
        own = below.enriched[item.id]
        if not any(map(in_order, own.outcomes.values())):
            raise nobody(own.outcomes)
        return Enriched(
            item=own.item,
            changes=own.changes,
            outcomes=own.outcomes,
            decisions=own.decisions,
            awaited=enriched.awaited,
            sync_reason=own.sync_reason,
        )

    def _enrich(self, item: MediaItem, config: Config, wish: Wish) -> tuple[Enriched, Below]:
        asked = self._identified(item, config, wish)
        if item.kind is Kind.SERIES:
            with self._database.read() as connection:
                asked = dataclasses.replace(asked, counts=counts_of(connection, item))
        with self._gatherer.arrivals.expected():
            findings = self._gather(asked, config, wish)
            if not answered(findings.outcomes):
                if not wish.dry_run:
                    self._note_awaited(item, findings, wish)
                raise nobody(findings.outcomes)
            below = self._enrich_below(asked, findings, config, wish)
            if wish.dry_run:
                self._gatherer.arrivals.store()
                with self._database.read() as connection:
                    return self._merge(connection, asked, findings, config).enriched, below
            return self._commit(asked, findings, below, config, wish), below

    def _enrich_below(self, asked: _Asked, findings: Findings, config: Config, wish: Wish) -> Below:
        """The seasons and episodes of a series, before itself: while any of it is not done, it is not."""
        if asked.item.kind is not Kind.SERIES:
            return Below()
        inquiry = self._inquiry(dataclasses.replace(asked, ids=findings.settled.ids), wish)
        facts = facts_of(asked.item, findings.outcomes)
        return self._below.enrich(asked.item, inquiry, config, facts=facts, keep=not wish.dry_run, job_id=wish.job_id)

    def _identified(self, item: MediaItem, config: Config, wish: Wish) -> _Asked:
        """The ids by which to ask: where the item has none that leads to it, those of the title that its words name."""
        leads = item.identifying_ids() or self._gatherer.can_ask(item.kind, item.id_values(), config)
        if leads or not item.title or item.kind not in join.JOINABLE:
            return _Asked(item, item.ids)
        ids = self._recognizer.recognize(
            item,
            config,
            # Half the time: one that hangs must not take that in which the others can be asked about what was found.
            deadline=(self._clock.monotonic() + wish.deadline - COMMIT_MARGIN) / 2,
            lane=wish.lane,
            providers=wish.providers,
            patient=wish.auto and wish.fresh_after is None,
            keep=not wish.dry_run,
        )
        return _Asked(item, {**ids, **item.ids})

    def _gather(self, asked: _Asked, config: Config, wish: Wish) -> Findings:
        return self._gatherer.gather(self._inquiry(asked, wish), config)

    def _inquiry(self, asked: _Asked, wish: Wish) -> Inquiry:
        return Inquiry(
            kind=asked.item.kind,
            subject=replace(subject_of(asked.item), ids=asked.ids),
            providers=wish.providers,
            planned=wish.planned,
            fresh_after=wish.fresh_after,
            lane=wish.lane,
            deadline=wish.deadline - COMMIT_MARGIN,
            counts=asked.counts,
        )

    def _commit(self, asked: _Asked, findings: Findings, below: Below, config: Config, wish: Wish) -> Enriched:
        """Merge on the row as it is now, so that an edit made meanwhile is seen, and commit all that changed, and the
        answers with it."""
        with self._gatherer.arrivals.begin() as connection:
            merged = self._merge(connection, asked, findings, config)
            if self._stops(connection, merged, config):
                merged = self._merge(connection, asked, findings, config)
            if below.missing:
                merged = self._with_missing(connection, merged, below.missing)
            if below.due_at != merged.enriched.item.below_due_at:
                item = replace(merged.enriched.item, below_due_at=below.due_at)
                merged = dataclasses.replace(merged, enriched=dataclasses.replace(merged.enriched, item=item))
            outcomes = merged.enriched.outcomes
            if answered(outcomes):
                saved = self._write(connection, merged, config, wish, below.group_id)
            else:  # the only one that was heard is stopped with this answer
                self._put_awaited(connection, merged.before, outcomes, wish)
        if not answered(outcomes):
            raise nobody(outcomes)
        log.info(
            "item_enriched",
            item=saved.id,
            changed=len(merged.enriched.changes),
            missing=sorted(merged.enriched.awaited),
        )
        return dataclasses.replace(merged.enriched, item=saved)

    def _write(
        self, connection: Connection, merged: _MergedItem, config: Config, wish: Wish, group_id: int
    ) -> MediaItem:
        if merged.gone is None:
            saved = self._save(connection, merged, config, wish, group_id)
        else:
            saved, _ = join.join(
                connection,
                merged.before,
                merged.gone,
                merged.enriched.item,
                now=self._clock.now(),
                sync_fields=config.sync_fields,
                job_id=wish.job_id,
            )
        if merged.awaited_before or merged.enriched.awaited:
            awaited = ordered_anew(merged.enriched.awaited, wish.fresh_after, wish.providers)
            awaited_answers.set_for_item(connection, saved.id, awaited)
        if wish.also is not None:
            wish.also(connection, merged.enriched)
        return saved

    def _stops(self, connection: Connection, merged: _MergedItem, config: Config) -> bool:
        """Count what the answers would change of the item. Whether a provider is stopped with it: then it is to be
        merged again, without what that one says."""
        if merged.gone is not None:
            return False
        before, changes = merged.before, merged.enriched.changes
        bases = self._gatherer.heard(config).bases(before.kind)
        stops = False
        for provider, outcome in merged.enriched.outcomes.items():
            if isinstance(outcome, Answered) and is_comparable(before, provider, outcome, bases):
                altered = altered_by(before, name_of(before), provider, changes)
                stops = self._gatherer.brakes.count(connection, provider, altered) or stops
        return stops

    def _with_missing(self, connection: Connection, merged: _MergedItem, missing: Mapping[str, Outcome]) -> _MergedItem:
        """The series with the parts that are still awaited of its providers."""
        enriched = merged.enriched
        attempts = awaited_answers.of_items(connection, [enriched.item.id]).get(enriched.item.id, {})
        awaited = {**still_awaited(missing, attempts, self._clock.now()), **enriched.awaited}
        item = enriched.item
        if any(each.reason not in SETTLED for each in awaited.values()):
            item = replace(item, fingerprint="")
        return dataclasses.replace(merged, enriched=dataclasses.replace(enriched, item=item, awaited=awaited))

    def _save(
        self, connection: Connection, merged: _MergedItem, config: Config, wish: Wish, group_id: int
    ) -> MediaItem:
        saved = items.save(connection, merged.before, merged.enriched.item)
        replaced = _replaced(merged.before, saved, merged.enriched.outcomes)
        for id_type, claim in replaced.items():
            # A file or a player may name it for years.
            items.add_alias(connection, saved, id_type, claim.value, claim.source)
        named = bool(replaced) or (not merged.before.identifying_ids() and bool(saved.identifying_ids()))
        if merged.enriched.changes or named:
            change_set = ChangeSet(
                item_id=saved.id,
                at=self._clock.now(),
                cause="enrich",
                changes=merged.enriched.changes,
                job_id=wish.job_id,
                providers=saved.last_enriched_providers,
                old_ids=merged.before.ids if named else None,
                new_ids=saved.ids if named else None,
                group_id=group_id,
            )
            publish(connection, change_set, config.sync_fields)
        return saved

    def _merge(self, connection: Connection, asked: _Asked, findings: Findings, config: Config) -> _MergedItem:
        """What the merge makes of the item as it is now, within the caller's transaction."""
        item_id = asked.item.id
        before = _as_it_is(connection, asked.item)
        if before is None or before.deleted_at is not None:
            if joins.survivor(connection, item_id) != item_id:
                raise VersionMoved(f"item {item_id} was joined to another one meanwhile")
            raise NoSuchThing("item_id", f"item {item_id} was deleted meanwhile", reason="ITEM_NOT_FOUND")
        # Ids that words told are not stored yet; those that the owner gave meanwhile count more.
        ids = before.ids if before.identifying_ids() else {**asked.ids, **before.ids}
        if any(id_type not in ids or ids[id_type].value != claim.value for id_type, claim in asked.ids.items()):
            raise VersionMoved(f"the identity of item {item_id} was corrected meanwhile")
        current = findings = self._without_stopped(findings, asked, config)
        if ids != asked.ids:
            current = settle_again(findings, replace(subject_of(before), ids=ids), config.authority)
        taken = _taken(connection, before, current.settled.ids)
        if not taken:
            return self._merged(connection, before, before, current, config)
        other = self._one_with(connection, before, current, taken, config)
        if other is None:
            return self._merged(connection, before, before, _without_taken(before, current, taken), config)
        survivor, gone = sorted((before, other), key=lambda item: item.id)
        whole = joined(survivor, gone, config.authority)
        current = settle_again(findings, subject_of(whole), config.authority)
        return dataclasses.replace(self._merged(connection, survivor, whole, current, config), gone=gone)

    def _without_stopped(self, findings: Findings, asked: _Asked, config: Config) -> Findings:
        """The findings without what providers said before they were stopped, while others were still being asked."""
        stopped = {
            provider: outcome
            for provider, said in findings.outcomes.items()
            if (outcome := self._gatherer.brakes.stopped(provider)) is not None and in_order(said) and said != outcome
        }
        if not stopped:
            return findings
        without = replace(findings, outcomes={**findings.outcomes, **stopped})
        return settle_again(without, replace(subject_of(asked.item), ids=asked.ids), config.authority)

    def _one_with(
        self, connection: Connection, before: MediaItem, findings: Findings, taken: Mapping[str, int], config: Config
    ) -> MediaItem | None:
        """The other item that has the ids found now, where both are surely one title."""
        owners = sorted(set(taken.values()))
        other = items.get(connection, owners[0]) if len(owners) == 1 else None
        if other is None:
            return None
        seen = merge(before, findings.outcomes, config.policy, self._gatherer.coverage(before.kind, config)).item
        why = join.why_apart(connection, replace(seen, ids=findings.settled.ids), other)
        if why:
            log.info("items_not_joined", item=before.id, other=other.id, why=why)
        return None if why else other

    def _merged(
        self, connection: Connection, before: MediaItem, base: MediaItem, findings: Findings, config: Config
    ) -> _MergedItem:
        """The merge on `base`, told as a change of `before`."""
        coverage, now = self._gatherer.coverage(base.kind, config), self._clock.now()
        merged = merge(base, findings.outcomes, config.policy, coverage, guarded=guarded(connection, base), now=now)
        attempts = awaited_answers.of_items(connection, [base.id]).get(base.id, {})
        awaited = still_awaited(findings.outcomes, attempts, now)
        after = replace(
            with_conflicts(merged.item, _conflicts(base, findings)),
            fingerprint="",
            ids=findings.settled.ids,
            undecided=None if identifying(base.kind, findings.settled.ids) else base.undecided,
            last_enriched_at=now,
            last_enriched_providers=tuple(sorted(p for p, o in findings.outcomes.items() if isinstance(o, Answered))),
            bases=_bases(base, findings.outcomes, self._gatherer.heard(config).bases(base.kind)),
        )
        if all(each.reason in SETTLED for each in awaited.values()):
            heard = self._gatherer.heard(config)
            after = replace(after, fingerprint=heard.fingerprint(connection, after.kind, after.id_values()))
        changed = diff(before.fields, after.fields)
        enriched = Enriched(
            item=after,
            changes=changed,
            outcomes=findings.outcomes,
            decisions=merged.decisions,
            awaited=awaited,
            sync_reason=sync_reason(changed, config.sync_fields),
        )
        return _MergedItem(before=before, enriched=enriched, awaited_before=bool(attempts))

    def _note_awaited(self, item: MediaItem, findings: Findings, wish: Wish) -> None:
        with self._gatherer.arrivals.begin() as connection:
            self._put_awaited(connection, item, findings.outcomes, wish)

    def _put_awaited(
        self, connection: Connection, item: MediaItem, outcomes: Mapping[str, Outcome], wish: Wish
    ) -> None:
        attempts = awaited_answers.of_items(connection, [item.id]).get(item.id, {})
        awaited = still_awaited(outcomes, attempts, self._clock.now())
        awaited = ordered_anew(awaited, wish.fresh_after, wish.providers)
        awaited_answers.set_for_item(connection, item.id, awaited)
        if wish.also is not None:
            wish.also(connection, Enriched(item=item, outcomes=outcomes, awaited=awaited))


def _as_it_is(connection: Connection, read: MediaItem) -> MediaItem | None:
    """An item that was read before, as it is now. Only where its version tells of a change, it is read again."""
    if items.versions(connection, [read.id]).get(read.id) == read.version:
        return read
    return items.get(connection, read.id)


def _replaced(before: MediaItem, after: MediaItem, outcomes: Mapping[str, Outcome]) -> dict[str, IdClaim]:
    """The ids of which the records are gone, and in the place of which another one was found."""
    gone = {answer.instead_of for outcome in outcomes.values() if isinstance(answer := answer_of(outcome), Answered)}
    return {
        id_type: claim
        for id_type, claim in before.ids.items()
        if f"{id_type}:{claim.value}" in gone and after.ids.get(id_type, claim).value != claim.value
    }


def _taken(connection: Connection, before: MediaItem, ids: Mapping[str, IdClaim]) -> dict[str, int]:
    """By id type, the other items of the library that have one of the ids."""
    wanted = {t: c.value for t, c in ids.items() if before.ids.get(t) != c}
    owners = items.find_by_ids(connection, before.kind, wanted)
    return {t: owner for t, owner in owners.items() if owner != before.id}


def _without_taken(before: MediaItem, findings: Findings, taken: Mapping[str, int]) -> Findings:
    """The findings without what belongs to other items: their ids are conflicts, and what was got with these is not
    merged, for the item does not have them."""
    ids = {t: c for t, c in findings.settled.ids.items() if t not in taken}
    ids |= {t: c for t, c in before.ids.items() if t in taken}
    conflicts = tuple(
        Conflict(
            id_type=t,
            value=findings.settled.ids[t].value,
            claimed_by=findings.settled.ids[t].source,
            item=owner,
        )
        for t, owner in sorted(taken.items())
    )
    settled = replace(findings.settled, ids=ids, conflicts=findings.settled.conflicts + conflicts)
    foreign = {f"{t}:{findings.settled.ids[t].value}": f"speaks about item {owner}" for t, owner in taken.items()}
    return Findings(outcomes=set_aside(findings.outcomes, foreign), settled=settled)


def _bases(item: MediaItem, outcomes: Mapping[str, Outcome], bases: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Those of before, but of providers that answered now those of now."""
    now = {
        provider: bases[provider]
        for provider, outcome in outcomes.items()
        if isinstance(outcome, Answered) and not outcome.stale and provider in bases
    }
    return tuple(sorted({**dict(item.bases), **now}.items()))


def _conflicts(before: MediaItem, findings: Findings) -> tuple[Conflict, ...]:
    """The conflicts found now, and those of before about which nothing was heard now; dismissed ones, too."""
    heard = {provider for provider, outcome in findings.outcomes.items() if isinstance(outcome, Answered)}
    heard |= {conflict.claimed_by for conflict in findings.settled.conflicts}
    before_now = (*before.conflicts, *before.dismissed)
    kept = tuple(conflict for conflict in before_now if conflict.claimed_by not in heard)
    return kept + findings.settled.conflicts
