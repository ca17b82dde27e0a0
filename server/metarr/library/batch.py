"""Commits items about which everyone was asked, by the batch: each merged on its row as it is now, and all that belongs
to them in one transaction, with the answers. What fails does so alone."""

import dataclasses
from collections.abc import Mapping, Sequence

import structlog

from metarr.asking.awaited import ordered_anew, still_awaited
from metarr.asking.config import Config
from metarr.asking.gather import Gatherer
from metarr.asking.nobody import answered, nobody
from metarr.clock import Clock
from metarr.domain.brake import altered_by, is_comparable
from metarr.domain.evidence import answer_of
from metarr.domain.item import IdClaim, MediaItem
from metarr.domain.naming import name_of
from metarr.domain.outcome import Answered
from metarr.errors import DatabaseUnusable, Stopped, scarcity
from metarr.library import join
from metarr.library.commit import save_merged
from metarr.library.merging import CurrentRows, ItemMerger, MergedItem
from metarr.library.wish import Enriched, GatheredItem, Wish
from metarr.store import awaited_answers, items
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.changes import ChangeSet
from metarr.store.database import Connection

log = structlog.get_logger(__name__)

Outcomes = dict[int, Enriched | Exception]
"""By the item that was wanted, what came of it, or why nothing did."""


class BatchCommitter:
    """Commits what was gathered. Thread-safe."""

    def __init__(self, gatherer: Gatherer, clock: Clock) -> None:
        self._gatherer = gatherer
        self._clock = clock
        self._merger = ItemMerger(gatherer, clock)

    def commit(self, gathered: Sequence[GatheredItem], config: Config, wish: Wish) -> Outcomes:
        """Merge and save these, in as few transactions as can be. Raises what ends all of them: Stopped, and what the
        machine or the database lacks."""
        outcomes: Outcomes = {}
        if len(gathered) > 1:
            try:
                outcomes = self._together(gathered, config, wish)
            except Exception as error:
                if ends_all(error):
                    raise
                # Whose fault it was is found out below.
                log.info("batch_not_committed", items=len(gathered), why=repr(error))
        for each in gathered:
            if each.wanted not in outcomes:
                outcomes[each.wanted] = self._alone(each, config, wish)
        return outcomes

    def preview(self, connection: Connection, gathered: GatheredItem, config: Config) -> Enriched:
        """What committing it would make of the item. Raises what nobody's answering raises."""
        if not answered(gathered.findings.outcomes):
            raise nobody(gathered.findings.outcomes)
        rows = CurrentRows(connection, [gathered])
        current = self._merger.current(connection, gathered, rows, config)
        return self._merger.merge(connection, current, rows, config).enriched

    def _alone(self, gathered: GatheredItem, config: Config, wish: Wish) -> Enriched | Exception:
        try:
            return self._together([gathered], config, wish)[gathered.wanted]
        except Exception as error:
            if ends_all(error):
                raise
            return error

    def _together(self, gathered: Sequence[GatheredItem], config: Config, wish: Wish) -> Outcomes:
        """Those of them that can be committed in one transaction; one by itself always can."""
        with self._gatherer.arrivals.begin() as connection, self._gatherer.brakes.counting(connection):
            batch = _Batch(CurrentRows(connection, gathered), is_alone=len(gathered) == 1)
            for each in gathered:
                try:
                    self._merge(connection, batch, each, config, wish)
                except Exception as error:
                    if batch.is_alone or ends_all(error):
                        raise
                    batch.failed[each.wanted] = error
            saved = self._saved(connection, batch.merged, config, wish)
            _put_awaited(connection, batch, saved, wish)
            if wish.also is not None:
                wish.also(connection, {**saved, **batch.unheard})
        for enriched in saved.values():
            item, changed, missing = enriched.item.id, len(enriched.changes), sorted(enriched.awaited)
            log.info("item_enriched", item=item, changed=changed, missing=missing)
        unheard = {wanted: nobody(each.outcomes) for wanted, each in batch.unheard.items()}
        return {**batch.failed, **saved, **unheard}

    def _merge(
        self, connection: Connection, batch: "_Batch", gathered: GatheredItem, config: Config, wish: Wish
    ) -> None:
        """Merge one into the batch. One that may be the same title as another item is left to be committed alone: what
        the others of the batch are is not written yet."""
        outcomes, before = gathered.findings.outcomes, gathered.item
        if answered(outcomes):
            current = self._merger.current(connection, gathered, batch.rows, config)
            if not batch.is_alone and (current.taken or not batch.new_ids.isdisjoint(current.new_ids())):
                return
            merged = self._merger.merge(connection, current, batch.rows, config)
            if self._stops(merged, config):
                current = self._merger.current(connection, gathered, batch.rows, config)
                merged = self._merger.merge(connection, current, batch.rows, config)
            batch.new_ids |= current.new_ids()
            outcomes, before = merged.enriched.outcomes, merged.before
            if answered(outcomes):
                batch.merged[gathered.wanted] = (self._merger.with_below(merged, gathered.below), gathered)
                return
            # The only one that was heard is stopped with this answer.
        awaited = still_awaited(outcomes, batch.rows.attempts(before.id), self._clock.now())
        awaited = ordered_anew(awaited, wish.fresh_after, wish.providers)
        batch.unheard[gathered.wanted] = Enriched(item=before, outcomes=outcomes, awaited=awaited)

    def _stops(self, merged: MergedItem, config: Config) -> bool:
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
                stops = self._gatherer.brakes.count(provider, altered) or stops
        return stops

    def _saved(
        self, connection: Connection, merged: Mapping[int, tuple[MergedItem, GatheredItem]], config: Config, wish: Wish
    ) -> dict[int, Enriched]:
        """Save them with their change-sets, as they are stored then."""
        marked = self._merger.with_fingerprints(connection, [one for one, _ in merged.values()], config)
        saved: dict[int, MediaItem] = {}
        named: list[tuple[MergedItem, dict[str, IdClaim]]] = []
        change_sets = []
        for one, (_, gathered) in zip(marked, merged.values(), strict=True):
            if one.gone is not None:
                saved[one.before.id] = self._joined(connection, one, one.gone, config, wish)
                continue
            replaced = _replaced(one)
            named.append((one, replaced))
            if change_set := self._change_set(one, bool(replaced), gathered.below.group_id, wish):
                change_sets.append(change_set)
        pairs = [(one.before, one.enriched.item) for one, _ in named]
        saved |= {item.id: item for item in save_merged(connection, pairs, change_sets, config.sync_fields)}
        for one, replaced in named:
            for id_type, claim in replaced.items():
                # A file or a player may name it for years.
                items.add_alias(connection, saved[one.before.id], id_type, claim.value, claim.source)
        return {
            wanted: dataclasses.replace(one.enriched, item=saved[one.before.id])
            for wanted, one in zip(merged, marked, strict=True)
        }

    def _joined(
        self, connection: Connection, merged: MergedItem, gone: MediaItem, config: Config, wish: Wish
    ) -> MediaItem:
        saved, _ = join.join(
            connection,
            merged.before,
            gone,
            merged.enriched.item,
            now=self._clock.now(),
            sync_fields=config.sync_fields,
            job_id=wish.job_id,
        )
        return saved

    def _change_set(self, merged: MergedItem, is_renamed: bool, group_id: int, wish: Wish) -> ChangeSet | None:
        """What is to be kept of the change; None where nothing changed but what it was merged of."""
        before, after = merged.before, merged.enriched.item
        named = is_renamed or (not before.identifying_ids() and bool(after.identifying_ids()))
        if not merged.enriched.changes and not named:
            return None
        return ChangeSet(
            item_id=before.id,
            at=self._clock.now(),
            cause="enrich",
            changes=merged.enriched.changes,
            job_id=wish.job_id,
            providers=after.last_enriched_providers,
            old_ids=before.ids if named else None,
            new_ids=after.ids if named else None,
            group_id=group_id,
        )


class _Batch:
    """What is about to be committed together, by the item that was wanted."""

    def __init__(self, rows: CurrentRows, *, is_alone: bool) -> None:
        self.rows = rows
        self.is_alone = is_alone
        self.merged: dict[int, tuple[MergedItem, GatheredItem]] = {}
        self.unheard: dict[int, Enriched] = {}
        self.failed: Outcomes = {}
        self.new_ids: frozenset[tuple[str, str, str]] = frozenset()


def _put_awaited(connection: Connection, batch: _Batch, saved: Mapping[int, Enriched], wish: Wish) -> None:
    """Note what is awaited of whom, where anything is or was."""
    awaited: dict[int, Mapping[str, AwaitedAnswer]] = {}
    for wanted, (merged, _) in batch.merged.items():
        enriched = saved[wanted]
        if merged.attempts or enriched.awaited:
            awaited[enriched.item.id] = ordered_anew(enriched.awaited, wish.fresh_after, wish.providers)
    awaited |= {each.item.id: each.awaited for each in batch.unheard.values()}
    awaited_answers.set_for_items(connection, awaited)


def ends_all(error: Exception) -> bool:
    """Whether it is no item's fault."""
    return isinstance(error, DatabaseUnusable | Stopped) or scarcity(error) is not None


def _replaced(merged: MergedItem) -> dict[str, IdClaim]:
    """The ids of which the records are gone, and in the place of which another one was found."""
    outcomes = merged.enriched.outcomes.values()
    gone = {answer.instead_of for outcome in outcomes if isinstance(answer := answer_of(outcome), Answered)}
    after = merged.enriched.item.ids
    return {
        id_type: claim
        for id_type, claim in merged.before.ids.items()
        if f"{id_type}:{claim.value}" in gone and after.get(id_type, claim).value != claim.value
    }
