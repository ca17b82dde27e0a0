"""Asks the providers for the parts of a series: their lists of its episodes, each cached, fresh and missed by itself.

A part that fails leaves what it lists unread, and the next run asks for it alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from metarr.asking.gather import LINGER, Gatherer, Inquiry
from metarr.asking.heard import Asker, Heard
from metarr.asking.part_answers import PartAnswers, believed, days_of, key_of
from metarr.asking.standing import standing_in
from metarr.clock import Clock
from metarr.domain.freshness import EPISODE_SPAN, TTL, due_soon, is_fresh
from metarr.domain.outcome import Answered, NotAsked, Outcome, Skip, Unavailable
from metarr.domain.values import Kind
from metarr.errors import ProviderError, TitleNotFound
from metarr.fetch.channel import Ticket
from metarr.fetch.contract import Http
from metarr.providers import guard
from metarr.providers.contract import Ask, ListsEpisodes, Part
from metarr.store import answers
from metarr.store.answers import StoredAnswer
from metarr.store.database import Database

log = structlog.get_logger(__name__)


UNTOLD = ProviderError("the answer says nothing of it")
"""Why a part is not there that was asked for together with others. It is not asked for by itself: while a provider
ignores what is appended, that would be twenty times as many requests."""


@dataclass(frozen=True)
class SeriesInquiry:
    """What is asked of all providers about the episodes of a series. `ids` are those of the series, by type; `counts`:
    by season how many episodes the library has; `original_language`: ISO 639-1, "" for unknown; `orders`: by provider
    those that are wanted besides the aired one. `inquiry`: whom to ask, how new the answers are to be, and until when
    to wait. `further`: by provider like `counts` of seasons that the library does not have. `untold`: by provider the
    parts that it was asked for just now and did not tell, each by its asked id and shape."""

    ids: Mapping[str, str]
    counts: Mapping[int, int]
    original_language: str
    orders: Mapping[str, tuple[str, ...]]
    inquiry: Inquiry
    further: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    untold: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)


PartOutcomes = Mapping[Part, Outcome]
"""What came of asking one provider for its parts."""


@dataclass(frozen=True)
class _Question:
    """One provider's parts of a series, and what the cache holds of them."""

    asker: Asker
    lister: ListsEpisodes
    ask: Ask
    counts: Mapping[int, int]
    stored: Mapping[Part, StoredAnswer | None]


class PartGatherer:
    """Asks the providers of a roster for parts. Thread-safe."""

    def __init__(self, database: Database, gatherer: Gatherer, clock: Clock) -> None:
        self._database = database
        self._arrivals = gatherer.arrivals
        self._brakes = gatherer.brakes
        self._kept = PartAnswers(gatherer.arrivals, clock)
        self._clock = clock

    def gather(self, series: SeriesInquiry, heard: Heard) -> dict[str, PartOutcomes]:
        """By provider that lists episodes, and has an id of the series, what came of each part."""
        questions = [
            question
            for asker in heard.askers(Kind.SERIES)
            if heard.left_out(asker.configured, Kind.EPISODE) is None
            and (question := self._question(asker, series, heard)) is not None
        ]
        outcomes: dict[str, dict[Part, Outcome]] = {}
        tickets: list[tuple[_Question, tuple[Part, ...], Ticket[dict[Part, Outcome]]]] = []
        for question in questions:
            outcomes[question.asker.id] = self._without_asking(question, series.inquiry)
            untold = series.untold.get(question.asker.id, frozenset())
            ignored = [part for part in question.stored if (part.asked_id, part.shape) in untold]
            outcomes[question.asker.id] |= self._failed(question, ignored, UNTOLD) if ignored else {}
            due = [part for part in question.stored if part not in outcomes[question.asker.id]]
            for parts in question.lister.together(due, question.counts) if due else ():
                asked = self._submit(question, parts, series.inquiry)
                if isinstance(asked, Ticket):
                    tickets.append((question, parts, asked))
                else:
                    outcomes[question.asker.id] |= asked
        for question, parts, ticket in tickets:
            try:
                outcomes[question.asker.id] |= ticket.result()
            except ProviderError as error:
                outcomes[question.asker.id] |= self._failed(question, parts, error)
        return {provider: of_parts for provider, of_parts in outcomes.items() if of_parts}

    def _question(self, asker: Asker, series: SeriesInquiry, heard: Heard) -> _Question | None:
        lister = asker.configured.provider
        if not isinstance(lister, ListsEpisodes) or asker.must_look_up(series.ids):
            return None
        ask = Ask(
            kind=Kind.SERIES,
            ids=series.ids,
            original_language=series.original_language,
            orders=series.orders.get(asker.id, ()),
            preferences=heard.config.preferences,
            settings=asker.configured.settings,
        )
        counts = {**series.further.get(asker.id, {}), **series.counts}
        keys = {part: key_of(asker, part) for part in guard.parts(asker.configured.provider, ask, counts)}
        waiting = self._arrivals.find(keys.values())
        with self._database.read() as connection:
            stored = answers.read(connection, keys.values()) | waiting
        return _Question(asker, lister, ask, counts, {part: stored.get(key) for part, key in keys.items()})

    def _without_asking(self, question: _Question, inquiry: Inquiry) -> dict[Part, Outcome]:
        """What needs no request: a fresh answer, or a provider that is not to be asked."""
        if (stopped := self._brakes.stopped(question.asker.id)) is not None:
            return dict.fromkeys(question.stored, stopped)
        now, outcomes = self._clock.now(), dict[Part, Outcome]()
        selected = inquiry.providers is None or question.asker.id in inquiry.providers
        for part, stored in question.stored.items():
            newer = selected and inquiry.fresh_after is not None
            if (
                stored is not None
                and is_fresh(stored.head, now)
                and not (newer and stored.head.fetched_at < (inquiry.fresh_after or now))
            ):
                outcomes[part] = _from_cache(stored, now)
            elif not selected or inquiry.deadline is None:
                outcomes[part] = NotAsked(
                    reason=Skip.NOT_SELECTED, detail="only others were asked", last=standing_in(stored, now)
                )
            elif question.asker.id in inquiry.planned:
                outcomes[part] = NotAsked(
                    reason=Skip.PLANNED,
                    detail="its quota is short: asked when its turn comes",
                    last=standing_in(stored, now),
                )
        return outcomes

    def _submit(
        self, question: _Question, parts: tuple[Part, ...], inquiry: Inquiry
    ) -> Ticket[dict[Part, Outcome]] | dict[Part, Outcome]:
        try:
            return question.asker.configured.channel.submit(
                tuple(key_of(question.asker, part) for part in parts),
                partial(self._call, question, parts),
                lane=inquiry.lane,
                deadline=inquiry.deadline or 0.0,
                linger=LINGER,
            )
        except ProviderError as error:
            return self._failed(question, parts, error)

    def _call(self, question: _Question, parts: tuple[Part, ...], http: Http) -> dict[Part, Outcome]:
        """What a worker does: ask, and keep what is said of each part."""
        asker, stored = question.asker, question.stored
        try:
            fragments = guard.listed(asker.configured.provider, question.ask, parts, http)
        except TitleNotFound as miss:
            return {part: self._kept.miss(asker, part, stored[part], soft=miss.soft) for part in parts}
        outcomes = {part: self._kept.keep(asker, part, each, stored[part]) for part, each in fragments.items()}
        left_out = [part for part in parts if part not in fragments]
        if left_out:
            outcomes |= self._failed(question, left_out, UNTOLD)
        return outcomes

    def _failed(self, question: _Question, parts: Sequence[Part], error: ProviderError) -> dict[Part, Outcome]:
        now = self._clock.now()
        log.info("parts_unavailable", provider=question.asker.id, parts=len(parts), reason=str(error.reason))
        return {
            part: Unavailable(
                reason=error.reason,
                detail=error.detail,
                retry_at=error.retry_at,
                last=standing_in(question.stored[part], now),
            )
            for part in parts
        }


def first_due(gathered: Mapping[str, PartOutcomes], soon: timedelta) -> datetime | None:
    """When the first of the parts that were answered is due; those that were not are awaited."""
    answered = (
        answer
        for of_parts in gathered.values()
        for outcome in of_parts.values()
        if isinstance(answer := _answer(outcome), Answered)
    )
    due = (
        due_soon(days_of(each.fragment), each.fetched_at, soon, EPISODE_SPAN) or each.fetched_at + TTL
        for each in answered
    )
    return min(due, default=None)


def _answer(outcome: Outcome) -> Outcome | None:
    """What was said; of a part that was left out because others alone were asked, before."""
    return outcome.last if isinstance(outcome, NotAsked) and outcome.reason is Skip.NOT_SELECTED else outcome


def _from_cache(stored: StoredAnswer, now: datetime) -> Outcome:
    if stored.head.found and stored.fragment is not None:
        return Answered(
            fragment=stored.fragment, fetched_at=stored.head.fetched_at, asked_id=stored.key.asked_id, cached=True
        )
    return believed(stored, now)
