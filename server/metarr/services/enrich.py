"""Enrich one item: ask everyone, merge on the row as it is now, and commit all that belongs together."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from msgspec.structs import replace

from metarr.clock import Clock
from metarr.domain.changes import Change, diff, sync_reason
from metarr.domain.evidence import answer_of, missing
from metarr.domain.freshness import NOT_FOUND_WAITS, next_attempt
from metarr.domain.merge import Decision, merge
from metarr.domain.model import Answered, Conflict, MediaItem, NotAsked, NotFound, Outcome, Reason, Skip, Unavailable
from metarr.errors import NoSuchThing
from metarr.fetch.contract import Lane
from metarr.services.aggregate import Aggregator, Findings, Question, settle_again
from metarr.services.config import Config, ConfigReader
from metarr.services.library import Library, Reference
from metarr.services.unheard import LIMITED, answered, nobody
from metarr.store import changes, items, pending
from metarr.store.changes import ChangeSet
from metarr.store.database import Connection, Database
from metarr.store.pending import Pending

log = structlog.get_logger(__name__)

COMMIT_MARGIN = 0.5
"""Seconds of the caller's deadline that are kept for merging and committing what came."""


@dataclass(frozen=True)
class Wish:
    """How to enrich an item.

    `auto`: a machine asks, so an item that is not monitored is skipped. `fresh_after`: answers fetched before do not
    count as fresh. `deadline`: when the caller stops waiting, on the monotonic clock.
    """

    deadline: float
    auto: bool = False
    fresh_after: datetime | None = None
    providers: frozenset[str] | None = None
    dry_run: bool = False
    lane: Lane = Lane.INTERACTIVE
    job_id: int | None = None


@dataclass(frozen=True)
class Enriched:
    """What came of it: the item as it is now (as it would be, in a dry run), what changed and what is missing."""

    item: MediaItem
    changes: tuple[Change, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    pending: Mapping[str, Pending] = field(default_factory=dict)
    sync_reason: str = ""
    skipped: bool = False


class Enricher:
    """Enriches items of the library."""

    def __init__(
        self, database: Database, aggregator: Aggregator, library: Library, config: ConfigReader, clock: Clock
    ) -> None:
        self._database = database
        self._aggregator = aggregator
        self._library = library
        self._config = config
        self._clock = clock

    def enrich(self, reference: Reference, wish: Wish) -> Enriched:
        """Bring one item up to date.

        Raises NoSuchThing; AllLimited, AllRefused or NobodyAnswered where nobody could be heard, with the item
        unchanged and pending; CannotDo where there is nobody to ask.
        """
        with self._database.read() as connection:
            item = self._library.find(connection, reference)
        if wish.auto and not item.monitored:
            return Enriched(item=item, skipped=True)
        config = self._config.read()
        findings = self._gather(item, config, wish)
        if not answered(findings.outcomes):
            if not wish.dry_run:
                self._note_missing(item, findings)
            raise nobody(findings.outcomes)
        if wish.dry_run:
            with self._database.read() as connection:
                return self._merge(connection, item.id, findings, config)[1]
        return self._commit(item.id, findings, config, wish)

    def _gather(self, item: MediaItem, config: Config, wish: Wish) -> Findings:
        question = Question(
            kind=item.kind,
            ids=item.ids,
            providers=wish.providers,
            fresh_after=wish.fresh_after,
            lane=wish.lane,
            deadline=wish.deadline - COMMIT_MARGIN,
        )
        return self._aggregator.gather(question, config)

    def _commit(self, item_id: int, findings: Findings, config: Config, wish: Wish) -> Enriched:
        """Merge on the row as it is now, so that an edit made meanwhile is seen, and commit all that changed."""
        with self._database.begin() as connection:
            before, enriched = self._merge(connection, item_id, findings, config)
            saved = items.save(connection, before, enriched.item)
            pending.set_for_item(connection, item_id, enriched.pending)
            if enriched.changes:
                change_set = ChangeSet(
                    item_id=item_id,
                    at=self._clock.now(),
                    cause="enrich",
                    changes=enriched.changes,
                    job_id=wish.job_id,
                    sync_reason=enriched.sync_reason,
                    providers=saved.last_enriched_providers,
                )
                changes.record(connection, change_set)
        log.info("item_enriched", item=item_id, changed=len(enriched.changes), missing=sorted(enriched.pending))
        return dataclasses.replace(enriched, item=saved)

    def _merge(
        self, connection: Connection, item_id: int, findings: Findings, config: Config
    ) -> tuple[MediaItem, Enriched]:
        """The item before, and what the merge makes of it, within the caller's transaction."""
        before = items.get(connection, item_id)
        if before is None or before.deleted_at is not None:
            raise NoSuchThing("item_id", f"item {item_id} was deleted meanwhile", reason="ITEM_NOT_FOUND")
        known = settle_again(findings, before.ids, config.authority)
        known = self._free_ids(connection, before, known)
        merged = merge(before, known.outcomes, config.policy, self._aggregator.coverage(before.kind))
        attempts = pending.of_items(connection, [item_id]).get(item_id, {})
        missed = still_missing(known.outcomes, attempts, self._clock.now())
        after = replace(
            merged.item,
            fingerprint="",
            ids=known.settled.ids,
            conflicts=_conflicts(before, known),
            last_enriched_at=self._clock.now(),
            last_enriched_providers=tuple(sorted(p for p, o in known.outcomes.items() if isinstance(o, Answered))),
        )
        if not missed:
            after = replace(after, fingerprint=self._aggregator.fingerprint(connection, after, config))
        changed = diff(before.fields, after.fields)
        return before, Enriched(
            item=after,
            changes=changed,
            outcomes=known.outcomes,
            decisions=merged.decisions,
            pending=missed,
            sync_reason=sync_reason(changed, config.sync_fields),
        )

    def _free_ids(self, connection: Connection, before: MediaItem, known: Findings) -> Findings:
        """The findings without ids that another item of the library has: those are conflicts, never a silent join."""
        wanted = {t: c.value for t, c in known.settled.ids.items() if before.ids.get(t) != c}
        owners = items.find_by_ids(connection, before.kind, wanted)
        taken = {t: owner for t, owner in owners.items() if owner != before.id}
        if not taken:
            return known
        ids = {t: c for t, c in known.settled.ids.items() if t not in taken}
        ids |= {t: c for t, c in before.ids.items() if t in taken}
        conflicts = tuple(
            Conflict(id_type=t, value=wanted[t], claimed_by=known.settled.ids[t].source, held=f"item {owner}")
            for t, owner in sorted(taken.items())
        )
        settled = replace(known.settled, ids=ids, conflicts=known.settled.conflicts + conflicts)
        return Findings(outcomes=known.outcomes, settled=settled)

    def _note_missing(self, item: MediaItem, findings: Findings) -> None:
        with self._database.begin() as connection:
            attempts = pending.of_items(connection, [item.id]).get(item.id, {})
            missed = still_missing(findings.outcomes, attempts, self._clock.now())
            pending.set_for_item(connection, item.id, missed)


def _conflicts(before: MediaItem, known: Findings) -> tuple[Conflict, ...]:
    """The conflicts found now, and those of before about which nothing was heard now."""
    heard = {provider for provider, outcome in known.outcomes.items() if isinstance(outcome, Answered)}
    heard |= {conflict.claimed_by for conflict in known.settled.conflicts}
    kept = tuple(conflict for conflict in before.conflicts if conflict.claimed_by not in heard)
    return kept + known.settled.conflicts


def still_missing(outcomes: Mapping[str, Outcome], before: Mapping[str, Pending], now: datetime) -> dict[str, Pending]:
    """The providers of which an answer is still to be had, and when to ask again.

    What is limited comes back when its limit ends, without counting as an attempt; a refused key when the settings
    change; everything else after a growing while.
    """
    missed = {}
    for provider, outcome in outcomes.items():
        if not missing(outcome):
            continue
        last = before.get(provider)
        if isinstance(outcome, NotAsked) and outcome.reason is Skip.NOT_SELECTED:
            if last is not None:
                missed[provider] = last
            elif outcome.last is None:
                missed[provider] = Pending(reason=str(outcome.reason), since=now, not_before=now)
            continue
        missed[provider] = _pending(outcome, last, now)
    return missed


def _pending(outcome: Outcome, last: Pending | None, now: datetime) -> Pending:
    attempts = last.attempts if last else 0
    answer = answer_of(outcome)
    reason, detail, not_before = "", "", None
    match outcome:
        case Unavailable():
            reason, detail = str(outcome.reason), outcome.detail
            if outcome.reason in LIMITED and outcome.retry_at:
                not_before = outcome.retry_at
            elif outcome.reason is not Reason.AUTH:
                attempts += 1
                not_before = next_attempt(attempts, now, outcome.retry_at)
        case NotAsked():
            attempts += 1
            reason, detail, not_before = str(outcome.reason), outcome.detail, next_attempt(attempts, now)
        case Answered():
            attempts += 1
            unread = ", ".join(sorted(outcome.fragment.unread))
            reason, detail, not_before = "partial", f"could not be read: {unread}", next_attempt(attempts, now)
        case NotFound():
            attempts += 1
            day = outcome.fetched_at + NOT_FOUND_WAITS[0]
            reason, detail, not_before = "not_found", "not believed yet", next_attempt(attempts, now, day)
    return Pending(
        reason=reason,
        detail=detail,
        since=last.since if last else now,
        attempts=attempts,
        not_before=not_before,
        answered_at=answer.fetched_at if isinstance(answer, Answered) else None,
    )
