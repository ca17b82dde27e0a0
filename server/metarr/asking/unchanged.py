"""Which items need nothing: every answer is fresh or waited for already, and the last merge still stands.

Tells it for many items at once without decoding anything: a daily run does little else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain

from metarr.asking.config import Config
from metarr.asking.gather import NOT_HEARD, Asker, Gatherer, heard
from metarr.domain.freshness import AnswerHead, fingerprint_on, ground, is_fresh
from metarr.domain.values import Kind
from metarr.store import answers, awaited_answers
from metarr.store.database import Connection
from metarr.store.jobs import JobItem

NEVER = datetime.min.replace(tzinfo=UTC)


class Unchanged:
    """The view of one moment: what is configured and what time it is stay as they were when it was made."""

    def __init__(self, gatherer: Gatherer, config: Config, now: datetime) -> None:
        self._gatherer = gatherer
        self._config = config
        self._now = now
        self._askers: dict[Kind, tuple[Asker, ...]] = {}
        self._grounds: dict[tuple[Kind, tuple[str, ...]], bytes] = {}

    def unchanged(self, connection: Connection, items: Sequence[JobItem]) -> set[int]:
        """Those of the items at which there is nothing to do."""
        by_kind: dict[Kind, list[JobItem]] = {}
        for item in items:
            if item.ids:
                by_kind.setdefault(Kind(item.kind), []).append(item)
        wanting: dict[int, list[str]] = {}
        for kind, of_kind in by_kind.items():
            wanting |= self._standing(connection, kind, of_kind)
        waiting = awaited_answers.providers_of(
            connection, [item_id for item_id, providers in wanting.items() if providers]
        )
        return {
            item_id
            for item_id, providers in wanting.items()
            if not providers or waiting.get(item_id, set()).issuperset(providers)
        }

    def _standing(self, connection: Connection, kind: Kind, items: Sequence[JobItem]) -> dict[int, list[str]]:
        """Those of the items whose last merge stands, and of which providers a fresh answer is wanting."""
        told: list[dict[str, str]] = [{} for _ in items]
        wanting: list[list[str]] = [[] for _ in items]
        ids = [item.ids for item in items]
        for asker in self._kind(kind):
            for place, text, head in newest_heard(connection, kind, asker, ids):
                told[place][asker.id] = text
                if head is None or not is_fresh(head, asker.parser_version, self._now):
                    wanting[place].append(asker.id)
        return {
            item.id: wants
            for item, of_item, wants in zip(items, told, wanting, strict=True)
            if self._stands(kind, item.fingerprint, of_item)
        }

    def _stands(self, kind: Kind, fingerprint: str, told: Mapping[str, str]) -> bool:
        """Whether a merge would change nothing. Where nobody was heard yet there is nothing to merge."""
        if not fingerprint:
            return bool(told) and not any(told.values())
        return fingerprint_on(self._ground(kind, told), told) == fingerprint

    def _kind(self, kind: Kind) -> tuple[Asker, ...]:
        if kind not in self._askers:
            self._askers[kind] = self._gatherer.askers(kind, self._config)
        return self._askers[kind]

    def _ground(self, kind: Kind, told: Iterable[str]) -> bytes:
        key = (kind, tuple(told))
        if key not in self._grounds:
            coverage = self._gatherer.coverage(kind)
            self._grounds[key] = ground(self._config.policy, {provider: coverage[provider] for provider in told})
        return self._grounds[key]


def newest_heard(
    connection: Connection, kind: Kind, asker: Asker, ids: Sequence[Mapping[str, str]]
) -> Iterator[tuple[int, str, AnswerHead | None]]:
    """What stands in a fingerprint for the newest answer of a provider to each title that it can be asked about, by
    the place of the title's ids, and the head of that answer."""
    asked = [asker.asked_ids(of_title) for of_title in ids]
    known = answers.heads_by_id(connection, asker.id, kind, asker.shape, chain.from_iterable(asked))
    for place, of_title in enumerate(asked):
        if of_title:
            newest = of_title[0] if len(of_title) == 1 else _newest(of_title, known)
            head = known.get(newest)
            told = NOT_HEARD if head is None else heard(newest, asker.shape, head.content, head.parser_version)
            yield place, told, head


def _newest(ids: Sequence[str], known: Mapping[str, AnswerHead]) -> str:
    """The one of the ids that was answered last; the first one where none was."""
    return max(ids, key=lambda each: known[each].fetched_at if each in known else NEVER)
