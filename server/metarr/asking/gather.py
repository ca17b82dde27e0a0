"""Asks every provider about one title at once and gathers what they say, from the cache where that is fresh.

Nothing here decides a value: what comes out are outcomes (evidence) and settled ids, for `domain.merge`.
"""

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import structlog
from msgspec.structs import replace

from metarr.asking.arrivals import Arrivals
from metarr.asking.config import Config
from metarr.asking.drift import DriftWatch
from metarr.asking.heard import Asker, Heard
from metarr.asking.part_answers import PartAnswers, key_of
from metarr.asking.roster import Roster
from metarr.asking.rounds import (
    Round,
    age,
    as_believed,
    asked_again,
    complete,
    first_rounds,
    from_cache,
    in_a_word,
    in_place,
    keys_of,
    original_language,
    with_newest,
)
from metarr.asking.standing import standing_in
from metarr.clock import Clock
from metarr.counters import OUTCOMES
from metarr.domain.freshness import MOVIE_SPAN, due_soon, is_ahead, is_fresh
from metarr.domain.identity import Settled
from metarr.domain.item import MediaItem
from metarr.domain.merge import Coverage
from metarr.domain.outcome import Answered, Fragment, NotAsked, Outcome, Skip, Unavailable
from metarr.domain.settling import Findings, of_others, set_aside, settled_by, sorted_out
from metarr.domain.subject import Subject, subject_of
from metarr.domain.values import Kind
from metarr.errors import ProviderError, TitleNotFound
from metarr.fetch.channel import Ticket
from metarr.fetch.contract import AnsweredMeanwhile, Http, Lane
from metarr.fetch.tickets import Tickets
from metarr.providers import guard
from metarr.providers.contract import Part
from metarr.store import answers
from metarr.store.answers import AnswerKey, StoredAnswer
from metarr.store.database import Connection, Database

log = structlog.get_logger(__name__)

ROUNDS = 3
"""Ask those with an id, then those who gained one, then once more: ids come from answers."""

BATCH, WITHIN = 32, 0.1
"""About how many titles are told of at once, and within how many seconds: the answers about so many are worth a
transaction, and nobody waits longer for it."""

LINGER = 30.0
"""Seconds that a request may outlive its caller's deadline: its late answer still fills the cache."""


@dataclass(frozen=True)
class Inquiry:
    """What is asked of all providers about one title, the subject; each of them gets a question of its own.

    `providers`: only these; None: all. `planned`: these not now, their short quota is spent by plan.
    `fresh_after`: answers fetched before do not count as fresh, however young.
    `deadline`: on the monotonic clock, in seconds; None: the cache alone is asked. `counts`: of a series how many
    episodes the library holds of each season, for those who tell of these in one answer with the series.
    """

    kind: Kind
    subject: Subject = field(default_factory=Subject)
    providers: frozenset[str] | None = None
    planned: frozenset[str] = frozenset()
    fresh_after: datetime | None = None
    lane: Lane = Lane.INTERACTIVE
    deadline: float | None = None
    counts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Recalled:
    """What the cache holds about an item: findings without any request, and the fingerprint of a merge of them."""

    findings: Findings
    fingerprint: str


class _Gathering:
    """One inquiry under way, round after round. `rounds`: whom to ask next; none: everything was said.

    Ids come from answers: those who gained one are asked next, and so are those who did not know the title by the id
    that they were asked by, or answered about another. Who knew it once by its own id, and does not any more, is asked
    to look it up by the others.

    TheTVDB misses most series that it is to look up by their TMDB id. It is asked again by its own id, which TMDB's
    answer names; else the next run would, and change values although no provider changed anything.
    """

    def __init__(self, inquiry: Inquiry, heard: Heard) -> None:
        self.inquiry = inquiry
        self.rounds = first_rounds(heard, inquiry.kind, inquiry.subject.ids)
        self.said: dict[str, Outcome] = {}
        self.tickets: dict[str, tuple[Round, Ticket[Outcome]]] = {}
        self.result: Findings | Exception | None = None
        self.marks: dict[str, str] | None = None
        """What stands in a fingerprint for what was stored at its begin."""
        self._heard = heard
        self._outcomes: dict[str, Outcome] = {}
        self._past: list[Round] = []
        self._settled = Settled(ids=dict(inquiry.subject.ids))
        self._left = ROUNDS

    def begin(self, rounds: list[Round]) -> None:
        """Begin the next round, with what the cache holds."""
        self.rounds, self.said, self.tickets = rounds, {}, {}
        if self.marks is None:
            self.marks = {each.id: each.mark for each in rounds}

    def hear(self) -> None:
        """Take in what was `said` in this round."""
        self._outcomes |= in_place(self.rounds, self.said, self._outcomes)
        self._past += self.rounds
        self._settled = settled_by(self.inquiry.subject, self._outcomes, self._heard.config.authority)
        self._left -= 1
        self.rounds = self._next_rounds() if self._left else []
        if not self.rounds:
            self.result = sorted_out(complete(self._outcomes, self.inquiry.kind, self._heard), self._settled)
            for asker_id, outcome in self._outcomes.items():
                OUTCOMES.labels(asker_id, in_a_word(outcome)).inc()

    def fail(self, error: Exception) -> None:
        """It cannot go on."""
        self.result, self.rounds = error, []

    def findings(self) -> Findings:
        """What came of it; raises what it failed with."""
        if isinstance(self.result, Findings):
            return self.result
        raise self.result or RuntimeError("it is not over")

    def _next_rounds(self) -> list[Round]:
        return [
            again
            for asker in self._heard.askers(self.inquiry.kind)
            if (again := asked_again(asker, self._heard, self._settled, self._outcomes.get(asker.id), self._past))
            is not None
        ]


_LookUp = Callable[[list[Round]], list[Round]]
"""The same rounds with what the cache holds."""


class Gatherer:
    """Asks the providers of a roster. Thread-safe."""

    def __init__(self, roster: Roster, database: Database, clock: Clock, drift: DriftWatch) -> None:
        self._roster = roster
        self._drift = drift
        self._database = database
        self._clock = clock
        self._heard: Heard | None = None
        self.arrivals = Arrivals(database, clock)
        self._parts = PartAnswers(self.arrivals, clock)
        self.brakes = roster.brakes

    def coverage(self, kind: Kind, config: Config) -> Coverage:
        """The fields that each provider tells this owner about a kind."""
        return self._roster.coverage(kind, config.settings.country)

    def can_ask(self, kind: Kind, ids: Mapping[str, str], config: Config) -> bool:
        """Whether anyone can be asked about a title by one of these ids."""
        return any(asker.asked_ids(ids) for asker in self.heard(config).askers(kind))

    def heard(self, config: Config) -> Heard:
        """What was heard so far, by the providers as they are configured now. As long as nothing changed, it is the
        same object: it knows things that it took time to work out."""
        providers, heard = self._roster.all(), self._heard
        if heard is None or heard.providers is not providers or heard.config is not config:
            self._heard = heard = Heard(providers, config, self._clock.now)
        return heard

    def gather(self, inquiry: Inquiry, config: Config) -> Findings:
        """Ask everyone who can be asked; those who gain an id by an answer are asked in the next round.

        What they say is stored at the end; or, where the caller expects arrivals itself, when the caller stores it.
        """
        gathering = _Gathering(inquiry, self.heard(config))
        with self._expecting([inquiry]):
            for _ in self._through([gathering], self._with_stored):
                pass
        return gathering.findings()

    def gather_all(self, inquiries: Mapping[int, Inquiry], config: Config) -> Iterator[dict[int, Findings | Exception]]:
        """The same about many titles at once, by whatever number: what came of each inquiry, or why it failed.

        Told as it comes, by the batch: about so many as are worth a transaction, or what came in a moment. One that
        waits for a provider which does not answer keeps nothing from being told of the others.
        """
        heard = self.heard(config)
        gatherings = {_Gathering(inquiry, heard): number for number, inquiry in inquiries.items()}
        with self._expecting(inquiries.values()):
            for some in self._through(list(gatherings), self._with_stored):
                yield {gatherings[each]: each.result for each in some if each.result is not None}

    def _expecting(self, inquiries: Iterable[Inquiry]) -> AbstractContextManager[None]:
        asks = any(each.deadline is not None for each in inquiries)
        return self.arrivals.expected() if asks else nullcontext()

    def _through(self, gatherings: Sequence[_Gathering], look_up: _LookUp) -> Iterator[list[_Gathering]]:
        """Those that have come to their end, some at a time."""
        tickets: Tickets[_Gathering] = Tickets(self._clock)
        asking, ended, since = list(gatherings), list[_Gathering](), 0.0
        try:
            while asking or ended or tickets:
                rest = max(0.0, since + WITHIN - time.monotonic()) if ended else None
                came = self._ask_next(asking, look_up, tickets) or tickets.over(rest)
                since = since if ended else time.monotonic()
                asking = self._heard_of(came)
                ended += [each for each in came if not each.rounds]
                all_there = len(ended) >= BATCH or not (asking or tickets)
                if ended and (all_there or time.monotonic() - since >= WITHIN):
                    yield ended
                    ended = []
        finally:
            tickets.forsake()

    def _ask_next(
        self, gatherings: Sequence[_Gathering], look_up: _LookUp, tickets: Tickets[_Gathering]
    ) -> list[_Gathering]:
        """Begin the next round of each, all with one look into the cache. Those for which nobody need be waited for."""
        with_stored = iter(look_up([each for gathering in gatherings for each in gathering.rounds]))
        at_once = []
        for gathering in gatherings:
            gathering.begin(list(islice(with_stored, len(gathering.rounds))))
            try:
                self._ask_all(gathering)
            except Exception as error:  # noqa: BLE001 of one title; there are others, and its caller is told
                gathering.fail(error)
            if gathering.tickets and gathering.result is None:
                tickets.add(gathering, [ticket for _, ticket in gathering.tickets.values()])
            else:
                at_once.append(gathering)
        return at_once

    def _heard_of(self, gatherings: Iterable[_Gathering]) -> list[_Gathering]:
        """Take in what was said in the last round of each. Those that have a next one."""
        for each in gatherings:
            if each.result is not None:
                continue
            try:
                for provider_id, (of_round, ticket) in each.tickets.items():
                    each.said[provider_id] = self._result(of_round, ticket)
                each.hear()
            except Exception as error:  # noqa: BLE001 as above
                each.fail(error)
        return [each for each in gatherings if each.rounds]

    def _result(self, each: Round, ticket: Ticket[Outcome]) -> Outcome:
        try:
            return ticket.result()
        except ProviderError as error:
            return self._unavailable(each, error)

    def recall(self, connection: Connection, items: Iterable[MediaItem], config: Config) -> dict[int, Recalled]:
        """By item id what the cache tells about items, each by the ids that it has; nobody is asked anything.

        Like `gather` with nobody to ask: a fresh answer counts, an older one stands in, and where there is none the
        provider is not heard. Read as the connection sees it; keep the number of items in bounds.
        """
        heard, now = self.heard(config), self._clock.now()

        def look_up(rounds: list[Round]) -> list[Round]:
            stored = answers.read(connection, [key for each in rounds for key in each.keys])
            return [with_newest(each, stored, now) for each in rounds]

        gathered = {item.id: _Gathering(Inquiry(kind=item.kind, subject=subject_of(item)), heard) for item in items}
        for _ in self._through(list(gathered.values()), look_up):
            pass
        recalled = {}
        for item in items:
            findings, marks = gathered[item.id].findings(), gathered[item.id].marks or {}
            if item.conflicts or item.dismissed:
                findings = replace(findings, outcomes=set_aside(findings.outcomes, of_others(item)))
            recalled[item.id] = Recalled(findings, heard.fingerprint_on(item.kind, marks))
        return recalled

    def _with_stored(self, rounds: list[Round]) -> list[Round]:
        """The same with what the cache holds."""
        came = [self.arrivals.marks(each.keys) for each in rounds]
        keys = [key for each in rounds for key in each.keys]
        waiting = self.arrivals.find(keys)
        with self._database.read() as connection:
            stored = answers.read(connection, keys)
        now = self._clock.now()
        stored |= {
            key: one
            for key, one in waiting.items()
            if key not in stored or age(stored[key]) <= age(one) or is_ahead(age(stored[key]), now)
        }
        return [
            dataclasses.replace(with_newest(each, stored, now), came=marks)
            for each, marks in zip(rounds, came, strict=True)
        ]

    def _look_again(self, each: Round) -> Round:
        """The same with what the cache holds by now."""
        [again] = self._with_stored([each])
        news = again.stored is not None and (each.stored is None or again.stored.head != each.stored.head)
        return dataclasses.replace(again, overtaken=each.overtaken or news)

    def _ask_all(self, gathering: _Gathering) -> None:
        """Everyone of this round at once; what has not come by the deadline is a timeout, and what came counts."""
        for each in gathering.rounds:
            asked = self._ask(each, gathering.inquiry)
            if isinstance(asked, Ticket):
                gathering.tickets[each.id] = (each, asked)
            else:
                gathering.said[each.id] = asked

    def _ask(self, each: Round, inquiry: Inquiry) -> Outcome | Ticket[Outcome]:
        """The outcome where no request is needed, else a share in one. What came since the cache was looked into is
        looked up, not asked for again."""
        while (outcome := self._without_asking(each, inquiry)) is None:
            try:
                return self._submit(each, inquiry)
            except AnsweredMeanwhile:
                each = self._look_again(each)
            except ProviderError as error:
                return self._unavailable(each, error)
        return outcome

    def _without_asking(self, each: Round, inquiry: Inquiry) -> Outcome | None:
        """The outcome where no request is wanted: a fresh answer, or a provider not selected, or stopped."""
        if (stopped := self.brakes.stopped(each.id)) is not None:
            return stopped
        now = self._clock.now()
        if each.stored is not None and self._fresh_enough(each, inquiry, now):
            return from_cache(each, each.stored, now)
        last = standing_in(each.stored, now)
        if inquiry.providers is not None and each.id not in inquiry.providers:
            return NotAsked(reason=Skip.NOT_SELECTED, detail="only others were asked", last=last)
        if inquiry.deadline is None:
            return NotAsked(reason=Skip.NOT_SELECTED, detail="only cached answers count here", last=last)
        if each.id in inquiry.planned:
            return NotAsked(reason=Skip.PLANNED, detail="its quota is short: asked when its turn comes", last=last)
        return None

    def _fresh_enough(self, each: Round, inquiry: Inquiry, now: datetime) -> bool:
        if each.stored is None:
            return False
        if each.overtaken:
            return True
        selected = inquiry.providers is None or each.id in inquiry.providers
        wanted_newer = (
            selected and inquiry.fresh_after is not None and each.stored.head.fetched_at < inquiry.fresh_after
        )
        return not wanted_newer and is_fresh(each.stored.head, now)

    def _submit(self, each: Round, inquiry: Inquiry) -> Ticket[Outcome]:
        deadline = inquiry.deadline if inquiry.deadline is not None else 0.0
        return each.asker.configured.channel.submit(
            each.key,
            self._call(each, inquiry.counts),
            lane=inquiry.lane,
            deadline=deadline,
            linger=LINGER,
            answered=lambda: self.arrivals.marks(each.keys) != each.came,
        )

    def _call(self, each: Round, counts: Mapping[int, int]) -> Callable[[Http], Outcome]:
        """What a worker does: look the id up where needed, ask, keep the answer. Runs once for all its waiters."""
        provider = each.asker.configured.provider

        def call(http: Http) -> Outcome:
            key, ask = each.key, each.ask
            try:
                if each.by_lookup:
                    looked_up = guard.lookup(provider, ask, http)
                    ask = replace(ask, ids={**ask.ids, **looked_up})
                    key = replace(key, asked_id=provider.asked_id(ask.kind, ask.ids) or key.asked_id)
                ask = replace(ask, original_language=original_language(each))
                parts = guard.along(provider, ask, counts)
                fragment, fragments = guard.details_along(provider, ask, parts, http)
            except TitleNotFound as miss:
                return self._missed(each, key, miss)
            self._keep_parts(each.asker, fragments)
            untold = frozenset((part.asked_id, part.shape) for part in parts if part not in fragments)
            return replace(self._answered(each, key, fragment), untold=untold)

        return call

    def _keep_parts(self, asker: Asker, fragments: Mapping[Part, Fragment | None]) -> None:
        """Keep what came of the parts of a series with the answer about it: who asks for them next finds them."""
        if not fragments:
            return
        keys = {part: key_of(asker, part) for part in fragments}
        waiting = self.arrivals.find(keys.values())
        with self._database.read() as connection:
            stored = answers.read(connection, keys.values()) | waiting
        for part, fragment in fragments.items():
            self._parts.keep(asker, part, fragment, stored.get(keys[part]))

    def _answered(self, each: Round, key: AnswerKey, fragment: Fragment) -> Answered:
        now = self._clock.now()
        fragment = self._drift.checked(fragment, each.stored.fragment if each.stored else None)
        if fragment.trouble:
            log.info("answer_partly_unread", provider=each.id, asked=key.asked_id, trouble=fragment.trouble[:5])
        version, day = each.asker.parser_version, fragment.values.get("release_date")
        days = [day] if each.asker.kind is Kind.MOVIE and isinstance(day, str) else []
        due_at = due_soon(days, now, each.asker.soon, MOVIE_SPAN)
        new = [answers.new_answer(one, fragment, now, version, due_at=due_at) for one in keys_of(each, key)]
        self.arrivals.add(new)
        return Answered(fragment=fragment, fetched_at=now, asked_id=key.asked_id)

    def _missed(self, each: Round, key: AnswerKey, miss: TitleNotFound) -> Outcome:
        now = self._clock.now()
        version = each.asker.parser_version
        keys = keys_of(each, key)
        with self.arrivals.begin() as connection:
            head, *_ = [answers.write_miss(connection, one, now, version, soft=miss.soft) for one in keys]
        self.arrivals.stored(keys)
        stored = StoredAnswer(
            key=key,
            head=head,
            fragment=each.stored.fragment if each.stored else None,
            answered_at=each.stored.answered_at if each.stored else None,
        )
        return as_believed(each, stored, now)

    def _unavailable(self, each: Round, error: ProviderError) -> Unavailable:
        last = standing_in(each.stored, self._clock.now())
        log.info("provider_unavailable", provider=each.id, reason=str(error.reason), detail=error.detail)
        return Unavailable(reason=error.reason, detail=error.detail, retry_at=error.retry_at, last=last)
