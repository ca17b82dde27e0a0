"""What was heard about titles so far: by which ids each provider is asked, which of its stored answers is the newest,
and what stands for that one in a fingerprint.

Whoever asks, whoever merges from the cache and whoever only looks whether anything changed must agree on all three. An
item that knows a TMDB and an IMDb id was asked about at fanart.tv by the IMDb id, long ago, when it knew no other: that
answer still counts, and while it is fresh nobody asks again by the TMDB id.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from metarr.asking.config import Config
from metarr.asking.roster import ConfiguredProvider
from metarr.domain.brake import WATCHED
from metarr.domain.fields import FIELDS
from metarr.domain.freshness import AnswerHead, digest, fingerprint_on, ground, is_ahead
from metarr.domain.merge import MergePolicy
from metarr.domain.outcome import NotAsked, Skip
from metarr.domain.values import Kind
from metarr.store import answers
from metarr.store.answers import AnswerKey
from metarr.store.database import Connection

K = TypeVar("K")
T = TypeVar("T")

NOT_HEARD = ""
"""What stands in a fingerprint for an answer that there is none of."""


@dataclass(frozen=True)
class Asker:
    """A provider that counts for a kind, and how it is asked: by which types of ids, in which shape. `soon`: how long
    what it says of a title that is just coming out counts."""

    id: str
    configured: ConfiguredProvider
    kind: Kind
    shape: str
    parser_version: int
    asks_by: tuple[str, ...]
    looks_up_by: tuple[str, ...]
    soon: timedelta

    def asked_ids(self, ids: Mapping[str, str]) -> list[str]:
        """The ids by which it would be asked, typed, the best first; an answer to any of them would do.

        Without an id of its own it is asked by one that it looks its own up from.
        """
        own = [f"{id_type}:{ids[id_type]}" for id_type in self.asks_by if id_type in ids]
        return own or [f"{id_type}:{ids[id_type]}" for id_type in self.looks_up_by if id_type in ids][:1]

    def keys(self, ids: Mapping[str, str]) -> tuple[AnswerKey, ...]:
        """Where its answers to these are kept, in the same order."""
        return tuple(
            AnswerKey(provider=self.id, kind=self.kind, asked_id=asked_id, shape=self.shape)
            for asked_id in self.asked_ids(ids)
        )

    def must_look_up(self, ids: Mapping[str, str]) -> bool:
        """Whether none of these is an id by which it can be asked at once."""
        return ids.keys().isdisjoint(self.asks_by)

    def mark(self, asked_id: str, head: AnswerHead) -> str:
        """What stands in a fingerprint for an answer of it: another text whenever the answer is another one."""
        return f"{asked_id}|{self.shape}|{head.content}|{head.parser_version}"


def newest(keys: Iterable[K], answers: Mapping[K, T], fetched_at: Callable[[T], datetime], now: datetime) -> K | None:
    """The key of the answer that was given last; of equals the best, which is named first. None where there is none.

    One from ahead of the clock is nobody's last word: it is taken where there is no other."""
    last, since = None, None
    for key in keys:
        if key in answers:
            given = fetched_at(answers[key])
            when = _LONG_AGO if is_ahead(given, now) else given
            if since is None or when > since:
                last, since = key, when
    return last


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


_GIVEN: Callable[[AnswerHead], datetime] = attrgetter("fetched_at")


class Heard:
    """What is configured stays as it was when this was made. Thread-safe."""

    def __init__(self, providers: tuple[ConfiguredProvider, ...], config: Config, now: Callable[[], datetime]) -> None:
        self.providers = providers
        self.config = config
        self._now = now
        self._askers: dict[Kind, tuple[Asker, ...]] = {}
        self._bases: dict[Kind, dict[str, str]] = {}
        self._grounds: dict[tuple[Kind, tuple[str, ...]], bytes] = {}

    def askers(self, kind: Kind) -> tuple[Asker, ...]:
        """Every provider that counts for a kind, by id."""
        if kind not in self._askers:
            self._askers[kind] = tuple(
                Asker(
                    id=configured.id,
                    configured=configured,
                    kind=kind,
                    shape=configured.provider.shape(kind, self.config.preferences, configured.settings),
                    parser_version=configured.provider.parser_version,
                    asks_by=configured.provider.asks_by.get(kind, ()),
                    looks_up_by=configured.provider.looks_up_by.get(kind, ()),
                    soon=timedelta(hours=self.config.settings.airing_refresh_hours),
                )
                for configured in self.providers
                if self.left_out(configured, kind) is None
            )
        return self._askers[kind]

    def left_out(self, configured: ConfiguredProvider, kind: Kind) -> NotAsked | None:
        """Why a provider is out of the order; None: it counts."""
        skip = configured.skip(kind)
        if skip is not None or self.config.settings.multi_provider_aggregation:
            return skip
        able = [each.id for each in self.providers if not each.skip(kind) and "title" in each.provider.covers[kind]]
        if self.config.authority.by_priority(able)[:1] == (configured.id,):
            return None
        return NotAsked(reason=Skip.DISABLED, detail="multi-provider aggregation is off: only the first one is asked")

    def bases(self, kind: Kind) -> Mapping[str, str]:
        """By provider all else than its answer that decides which title and which poster it gives an item: the rules,
        the form of the question, the version of its parser. While that stays, a changed one is the provider's doing."""
        if kind not in self._bases:
            policy, authority = self.config.policy, self.config.authority
            rules = (policy.languages, policy.artwork, authority.priority, authority.fill_gaps)
            shared = (*rules, *(authority.rule(kind, name) for name in WATCHED if kind in FIELDS[name].kinds))
            self._bases[kind] = {
                asker.id: digest((*shared, asker.shape, asker.parser_version)) for asker in self.askers(kind)
            }
        return self._bases[kind]

    # Fingerprints

    def marks(self, connection: Connection, kind: Kind, ids: Mapping[str, str]) -> dict[str, str]:
        """By provider that can be asked about the title with these ids, the mark of its newest answer."""
        return self._marks_of(connection, [(kind, ids)])[0]

    def _marks_of(
        self, connection: Connection, titles: Sequence[tuple[Kind, Mapping[str, str]]]
    ) -> list[dict[str, str]]:
        asked = [[(asker, asker.keys(ids)) for asker in self.askers(kind)] for kind, ids in titles]
        heads = answers.read_heads(connection, [key for of_title in asked for _, keys in of_title for key in keys])
        now = self._now()

        def mark(asker: Asker, keys: Sequence[AnswerKey]) -> str:
            key = newest(keys, heads, _GIVEN, now)
            return NOT_HEARD if key is None else asker.mark(key.asked_id, heads[key])

        return [{asker.id: mark(asker, keys) for asker, keys in of_title if keys} for of_title in asked]

    def marks_of_many(
        self, connection: Connection, kind: Kind, ids: Sequence[Mapping[str, str]]
    ) -> Iterator[tuple[int, Asker, str, AnswerHead | None]]:
        """The same for many titles, by a provider at a time: the place of the title's ids, who is asked, the mark, and
        the head of the answer that it stands for."""
        now = self._now()
        for asker in self.askers(kind):
            asked = [asker.asked_ids(of_title) for of_title in ids]
            heads = answers.heads_by_id(connection, asker.id, kind, asker.shape, chain.from_iterable(asked))
            for place, of_title in enumerate(asked):
                if of_title:
                    last = of_title[0] if len(of_title) == 1 else newest(of_title, heads, _GIVEN, now) or of_title[0]
                    head = heads.get(last)
                    yield place, asker, NOT_HEARD if head is None else asker.mark(last, head), head

    def fingerprint(self, connection: Connection, kind: Kind, ids: Mapping[str, str]) -> str:
        """What lets a later run see, without decoding anything, that a merge of a title with these ids would change
        nothing. An answer that is not there stands as missing: what could not be heard changes nothing either."""
        return self.fingerprint_on(kind, self.marks(connection, kind, ids))

    def fingerprints(self, connection: Connection, titles: Sequence[tuple[Kind, Mapping[str, str]]]) -> list[str]:
        """The same for many titles, by kind and ids."""
        marks = self._marks_of(connection, titles)
        return [self.fingerprint_on(kind, of_title) for (kind, _), of_title in zip(titles, marks, strict=True)]

    def fingerprint_on(self, kind: Kind, marks: Mapping[str, str]) -> str:
        """The same by the marks of all who can be asked about the title."""
        return fingerprint_on(self.ground(kind, marks), marks)

    def ground(self, kind: Kind, providers: Iterable[str]) -> bytes:
        """What the fingerprints of all titles share that these providers can be asked about."""
        key = (kind, tuple(providers))
        if key not in self._grounds:
            self._grounds[key] = self.ground_under(self.config.policy, kind, key[1])
        return self._grounds[key]

    def ground_under(self, policy: MergePolicy, kind: Kind, providers: Iterable[str]) -> bytes:
        """The same by other rules."""
        fields = {each.id: each.fields(kind, self.config.settings.country) for each in self.providers}
        return ground(policy, {provider: fields[provider] for provider in providers})
