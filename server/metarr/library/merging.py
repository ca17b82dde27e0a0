"""What a merge makes of items about which everyone was asked: on their rows as they are now, within the transaction
that commits them, so that an edit made meanwhile is seen."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog
from msgspec.structs import replace

from metarr.asking.awaited import still_awaited
from metarr.asking.config import Config
from metarr.asking.gather import Gatherer
from metarr.clock import Clock
from metarr.domain.changes import diff, sync_reason
from metarr.domain.conflicts import with_conflicts
from metarr.domain.evidence import in_order
from metarr.domain.ids import identifying
from metarr.domain.item import Conflict, MediaItem
from metarr.domain.joining import joined
from metarr.domain.merge import merge
from metarr.domain.outcome import Answered, Outcome, Skip
from metarr.domain.settling import Findings, set_aside, settle_again
from metarr.domain.subject import subject_of
from metarr.errors import NoSuchThing, Reason, VersionMoved
from metarr.library import join
from metarr.library.below import Below
from metarr.library.wish import Enriched, GatheredItem
from metarr.library.withdrawals import guarded
from metarr.store import awaited_answers, items, joins
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.database import Connection

log = structlog.get_logger(__name__)

SETTLED = frozenset({Skip.PLANNED, Skip.NO_ID, Reason.RATE_LIMITED, Reason.QUOTA_EXHAUSTED, Reason.SUSPECT})
"""Why an answer may be missing and the merge stand all the same, until an answer or an id comes: it was not asked."""


@dataclass(frozen=True)
class MergedItem:
    """An item as it was, what the merge makes of it, and the item that it turned out to be one with. `attempts`:
    what it awaited before, by provider."""

    before: MediaItem
    enriched: Enriched
    attempts: Mapping[str, AwaitedAnswer]
    gone: MediaItem | None = None


@dataclass(frozen=True)
class CurrentItem:
    """An item as it is now, with what was `said` of it, and these findings in the light of what it is. `taken`: by id
    type, the other items of the library that have one of the ids found."""

    item: MediaItem
    said: Findings
    findings: Findings
    taken: Mapping[str, int]

    def new_ids(self) -> frozenset[tuple[str, str, str]]:
        """The ids that it would gain."""
        return frozenset(
            (self.item.kind, id_type, claim.value)
            for id_type, claim in self.findings.settled.ids.items()
            if self.item.ids.get(id_type) != claim
        )


class CurrentRows:
    """What the database holds now about items that were read before, read at once."""

    def __init__(self, connection: Connection, gathered: Sequence[GatheredItem]) -> None:
        read = {each.item.id: each.item for each in gathered}
        versions = items.versions(connection, read)
        # Only where its version tells of a change, an item is read again.
        self.items = {item_id: item for item_id, item in read.items() if versions.get(item_id) == item.version}
        self.items |= items.get_many(connection, [item_id for item_id in read if item_id not in self.items])
        self._attempts = awaited_answers.of_items(connection, read)
        self.owners = items.IdLookup(connection, {value for each in gathered for value in _gained(each)})

    def attempts(self, item_id: int) -> Mapping[str, AwaitedAnswer]:
        """What an item awaits, by provider."""
        return self._attempts.get(item_id, {})


class ItemMerger:
    """Merges what was gathered. Thread-safe."""

    def __init__(self, gatherer: Gatherer, clock: Clock) -> None:
        self._gatherer = gatherer
        self._clock = clock

    def current(self, connection: Connection, gathered: GatheredItem, rows: CurrentRows, config: Config) -> CurrentItem:
        """The item as it is now. Raises VersionMoved where another title is meant by now, or it was joined to another
        item; NoSuchThing where it was deleted."""
        item_id = gathered.item.id
        before = rows.items.get(item_id)
        if before is None or before.deleted_at is not None:
            if joins.survivor(connection, item_id) != item_id:
                raise VersionMoved(f"item {item_id} was joined to another one meanwhile")
            raise NoSuchThing("item_id", f"item {item_id} was deleted meanwhile", reason="ITEM_NOT_FOUND")
        # Ids that words told are not stored yet; those that the owner gave meanwhile count more.
        ids = before.ids if before.identifying_ids() else {**gathered.ids, **before.ids}
        if any(id_type not in ids or ids[id_type].value != claim.value for id_type, claim in gathered.ids.items()):
            raise VersionMoved(f"the identity of item {item_id} was corrected meanwhile")
        said = findings = self._without_stopped(gathered, config)
        if ids != gathered.ids:
            findings = settle_again(said, replace(subject_of(before), ids=ids), config.authority)
        return CurrentItem(before, said, findings, _taken(before, findings, rows))

    def merge(self, connection: Connection, current: CurrentItem, rows: CurrentRows, config: Config) -> MergedItem:
        """What the merge makes of it; joined with the item that has an id of it, where both are surely one title."""
        before = current.item
        attempts = rows.attempts(before.id)
        if not current.taken:
            return self._merged(connection, before, before, current.findings, attempts, config)
        other = self._one_with(connection, current, config)
        if other is None:
            findings = _without_taken(before, current.findings, current.taken)
            return self._merged(connection, before, before, findings, attempts, config)
        survivor, gone = sorted((before, other), key=lambda item: item.id)
        whole = joined(survivor, gone, config.authority)
        findings = settle_again(current.said, subject_of(whole), config.authority)
        if survivor.id != before.id:
            attempts = awaited_answers.of_items(connection, [survivor.id]).get(survivor.id, {})
        merged = self._merged(connection, survivor, whole, findings, attempts, config)
        return dataclasses.replace(merged, gone=gone)

    def with_fingerprints(
        self, connection: Connection, merged: Sequence[MergedItem], config: Config
    ) -> list[MergedItem]:
        """The same marked with what they were merged of, where nothing is missing but what could not be asked."""
        stands = [all(each.reason in SETTLED for each in one.enriched.awaited.values()) for one in merged]
        titles = [
            (one.enriched.item.kind, one.enriched.item.id_values())
            for one, standing in zip(merged, stands, strict=True)
            if standing
        ]
        marks = iter(self._gatherer.heard(config).fingerprints(connection, titles))
        return [
            _with(one, fingerprint=next(marks)) if standing else one
            for one, standing in zip(merged, stands, strict=True)
        ]

    def with_below(self, merged: MergedItem, below: Below) -> MergedItem:
        """A series with the parts that are still awaited of its providers, and when they are due."""
        enriched = merged.enriched
        if below.missing:
            awaited = {**still_awaited(below.missing, merged.attempts, self._clock.now()), **enriched.awaited}
            merged = dataclasses.replace(merged, enriched=dataclasses.replace(enriched, awaited=awaited))
        if below.due_at != enriched.item.below_due_at:
            merged = _with(merged, below_due_at=below.due_at)
        return merged

    def _without_stopped(self, gathered: GatheredItem, config: Config) -> Findings:
        """The findings without what providers said before they were stopped, while others were still being asked."""
        findings = gathered.findings
        stopped = {
            provider: outcome
            for provider, said in findings.outcomes.items()
            if (outcome := self._gatherer.brakes.stopped(provider)) is not None and in_order(said) and said != outcome
        }
        if not stopped:
            return findings
        without = replace(findings, outcomes={**findings.outcomes, **stopped})
        return settle_again(without, replace(subject_of(gathered.item), ids=gathered.ids), config.authority)

    def _one_with(self, connection: Connection, current: CurrentItem, config: Config) -> MediaItem | None:
        """The other item that has the ids found now, where both are surely one title."""
        before, findings = current.item, current.findings
        owners = sorted(set(current.taken.values()))
        other = items.get(connection, owners[0]) if len(owners) == 1 else None
        if other is None:
            return None
        seen = merge(before, findings.outcomes, config.policy, self._gatherer.coverage(before.kind, config)).item
        why = join.why_apart(connection, replace(seen, ids=findings.settled.ids), other)
        if why:
            log.info("items_not_joined", item=before.id, other=other.id, why=why)
        return None if why else other

    def _merged(  # noqa: PLR0917 all that a merge reads
        self,
        connection: Connection,
        before: MediaItem,
        base: MediaItem,
        findings: Findings,
        attempts: Mapping[str, AwaitedAnswer],
        config: Config,
    ) -> MergedItem:
        """The merge on `base`, told as a change of `before`."""
        coverage, now = self._gatherer.coverage(base.kind, config), self._clock.now()
        merged = merge(base, findings.outcomes, config.policy, coverage, guarded=guarded(connection, base), now=now)
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
        changed = diff(before.fields, after.fields)
        enriched = Enriched(
            item=after,
            changes=changed,
            outcomes=findings.outcomes,
            decisions=merged.decisions,
            awaited=awaited,
            sync_reason=sync_reason(changed, config.sync_fields),
        )
        return MergedItem(before=before, enriched=enriched, attempts=attempts)


def _with(merged: MergedItem, **changed: object) -> MergedItem:
    """The same with an item of which this is changed."""
    item = replace(merged.enriched.item, **changed)
    return dataclasses.replace(merged, enriched=dataclasses.replace(merged.enriched, item=item))


def _gained(gathered: GatheredItem) -> Iterator[str]:
    """The values of the ids that it would gain."""
    for id_type, claim in gathered.findings.settled.ids.items():
        if gathered.item.ids.get(id_type) != claim:
            yield claim.value


def _taken(before: MediaItem, findings: Findings, rows: CurrentRows) -> dict[str, int]:
    """By id type, the other items of the library that have one of the ids found."""
    wanted = {t: c.value for t, c in findings.settled.ids.items() if before.ids.get(t) != c}
    owners = rows.owners.find(before.kind, wanted)
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
