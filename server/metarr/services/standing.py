"""Which items need nothing: every answer is fresh or waited for already, and the last merge still stands.

Tells it for many items at once without decoding anything: a daily run does little else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from metarr.domain.freshness import AnswerHead, fingerprint_on, ground, is_fresh
from metarr.domain.model import Kind
from metarr.services.aggregate import NOT_HEARD, Aggregator, Asker, heard
from metarr.services.config import Config
from metarr.store import answers, pending
from metarr.store.database import Connection
from metarr.store.jobs import Candidate


@dataclass(frozen=True)
class _Found:
    """An item's answers as they are told in its fingerprint, and the providers of which a fresh one is wanting."""

    told: Mapping[str, str]
    wanting: tuple[str, ...]


class Standing:
    """The view of one moment: what is configured and what time it is stay as they were when it was made."""

    def __init__(self, aggregator: Aggregator, config: Config, now: datetime) -> None:
        self._aggregator = aggregator
        self._config = config
        self._now = now
        self._askers: dict[Kind, tuple[Asker, ...]] = {}
        self._grounds: dict[tuple[Kind, tuple[str, ...]], bytes] = {}

    def unchanged(self, connection: Connection, items: Sequence[Candidate]) -> set[int]:
        """Those of the items at which there is nothing to do."""
        by_kind: dict[Kind, list[Candidate]] = {}
        for item in items:
            if item.ids:
                by_kind.setdefault(Kind(item.kind), []).append(item)
        found: dict[int, _Found] = {}
        for kind, of_kind in by_kind.items():
            found |= self._found(connection, kind, of_kind)
        wanting = [item_id for item_id, each in found.items() if each.wanting]
        waiting = pending.providers_of(connection, wanting)
        return {
            item_id
            for item_id, each in found.items()
            if not each.wanting or waiting.get(item_id, set()) >= {*each.wanting}
        }

    def _found(self, connection: Connection, kind: Kind, items: Sequence[Candidate]) -> dict[int, _Found]:
        """What the cache holds about those items whose last merge stands."""
        asked = {asker.id: [(item, asker.asked_ids(item.ids)) for item in items] for asker in self._kind(kind)}
        heads = {
            asker.id: answers.heads_by_id(
                connection, asker.id, kind, asker.shape, {each for _, ids in asked[asker.id] for each in ids}
            )
            for asker in self._kind(kind)
        }
        told: dict[int, dict[str, str]] = {item.id: {} for item in items}
        wanting: dict[int, list[str]] = {}
        for asker in self._kind(kind):
            known = heads[asker.id]
            for item, ids in asked[asker.id]:
                if not ids:
                    continue
                newest = _newest(ids, known)
                if newest is None:
                    told[item.id][asker.id] = NOT_HEARD
                    wanting.setdefault(item.id, []).append(asker.id)
                    continue
                asked_id, head = newest
                told[item.id][asker.id] = heard(asked_id, asker.shape, head.content, head.parser_version)
                if not is_fresh(head, asker.parser_version, self._now):
                    wanting.setdefault(item.id, []).append(asker.id)
        return {
            item.id: _Found(told[item.id], tuple(wanting.get(item.id, ())))
            for item in items
            if self._stands(kind, item.fingerprint, told[item.id])
        }

    def _stands(self, kind: Kind, fingerprint: str, told: Mapping[str, str]) -> bool:
        """Whether a merge would change nothing. Where nobody was heard yet there is nothing to merge."""
        if not fingerprint:
            return bool(told) and not any(told.values())
        return fingerprint_on(self._ground(kind, told), told) == fingerprint

    def _kind(self, kind: Kind) -> tuple[Asker, ...]:
        if kind not in self._askers:
            self._askers[kind] = self._aggregator.askers(kind, self._config)
        return self._askers[kind]

    def _ground(self, kind: Kind, told: Iterable[str]) -> bytes:
        key = (kind, tuple(told))
        if key not in self._grounds:
            coverage = self._aggregator.coverage(kind)
            self._grounds[key] = ground(self._config.policy, {provider: coverage[provider] for provider in told})
        return self._grounds[key]


def _newest(ids: Iterable[str], known: Mapping[str, AnswerHead]) -> tuple[str, AnswerHead] | None:
    found = [(known[each].fetched_at, each) for each in ids if each in known]
    if not found:
        return None
    asked_id = found[0][1] if len(found) == 1 else max(found, key=lambda pair: pair[0])[1]
    return asked_id, known[asked_id]
