"""Asks every provider about one title at once and gathers what they say, from the cache where that is fresh.

Nothing here decides a value: what comes out are outcomes (evidence) and settled ids, for `domain.merge`.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec.structs import replace

from metarr.asking.arrivals import Arrivals
from metarr.asking.config import Config
from metarr.asking.drift import DriftWatch
from metarr.asking.roster import ConfiguredProvider, Roster
from metarr.clock import Clock
from metarr.domain.freshness import AnswerHead, fingerprint_on, ground, is_fresh, is_soft_miss, may_stand_in
from metarr.domain.identity import Settled
from metarr.domain.item import IdClaim, MediaItem
from metarr.domain.merge import Coverage
from metarr.domain.outcome import Answered, Fragment, NotAsked, NotFound, Outcome, Skip, Unavailable
from metarr.domain.settling import Findings, findings, of_others, set_aside, settled_by
from metarr.domain.values import Kind
from metarr.errors import ProviderError, Reason, TitleNotFound
from metarr.fetch.channel import Ticket
from metarr.fetch.contract import AnsweredMeanwhile, Http, Lane
from metarr.providers import guard
from metarr.providers.contract import Ask, Preferences
from metarr.settings import Settings
from metarr.store import answers
from metarr.store.answers import AnswerKey, StoredAnswer
from metarr.store.database import Connection, Database

log = structlog.get_logger(__name__)

ROUNDS = 3
"""Ask those with an id, then those who gained one, then once more: ids come from answers."""

NOT_HEARD = ""
"""What stands in a fingerprint for an answer that there is none of."""

LINGER = 30.0
"""Seconds that a request may outlive its caller's deadline: its late answer still fills the cache."""


@dataclass(frozen=True)
class Inquiry:
    """What is asked of all providers about one title; each of them gets a question of its own.

    `providers`: only these; None: all. `planned`: these not now, their short quota is spent by plan.
    `fresh_after`: answers fetched before do not count as fresh, however young.
    `deadline`: on the monotonic clock, in seconds; None: the cache alone is asked.
    """

    kind: Kind
    ids: Mapping[str, IdClaim]
    providers: frozenset[str] | None = None
    planned: frozenset[str] = frozenset()
    fresh_after: datetime | None = None
    lane: Lane = Lane.INTERACTIVE
    deadline: float | None = None


@dataclass(frozen=True)
class Recalled:
    """What the cache holds about an item: findings without any request, and the fingerprint of a merge of them."""

    findings: Findings
    fingerprint: str


@dataclass(frozen=True)
class _Round:
    """What one round knows of one provider: whom to ask with which id, and what the cache holds about it.

    `keys`: every question whose answer would do, the one to ask first: an item that was asked about by its IMDb id
    need not be asked about again because it has a TMDB id by now. `marks`: those of the arrivals when the cache was
    looked into. `overtaken`: what is stored came after a first look, and counts as if it had been waited for.
    """

    entry: ConfiguredProvider
    keys: tuple[AnswerKey, ...]
    ask: Ask
    by_lookup: bool
    stored: StoredAnswer | None = None
    marks: tuple[int, ...] = ()
    overtaken: bool = False

    @property
    def key(self) -> AnswerKey:
        return self.keys[0]


@dataclass(frozen=True)
class Asker:
    """A provider that counts for a kind, and how it is asked: by which types of ids, in which shape."""

    id: str
    parser_version: int
    shape: str
    asks_by: tuple[str, ...]
    looks_up_by: tuple[str, ...]

    def asked_ids(self, ids: Mapping[str, str]) -> list[str]:
        """The ids by which it would be asked, typed, the best first; an answer to any of them would do."""
        own = [f"{id_type}:{ids[id_type]}" for id_type in self.asks_by if id_type in ids]
        return own or [f"{id_type}:{ids[id_type]}" for id_type in self.looks_up_by if id_type in ids][:1]


class Gatherer:
    """Asks the providers of a roster. Thread-safe."""

    def __init__(self, roster: Roster, database: Database, clock: Clock, drift: DriftWatch) -> None:
        self._roster = roster
        self._drift = drift
        self._database = database
        self._clock = clock
        self.arrivals = Arrivals(database, clock)

    def coverage(self, kind: Kind) -> Coverage:
        """The fields that each provider declares for a kind."""
        return self._roster.coverage(kind)

    def gather(self, inquiry: Inquiry, config: Config) -> Findings:
        """Ask everyone who can be asked; those who gain an id by an answer are asked in the next round.

        What they say is stored at the end; or, where the caller expects arrivals itself, when the caller stores it.
        """
        if inquiry.deadline is None:
            return self._gather(inquiry, config)
        with self.arrivals.expected():
            return self._gather(inquiry, config)

    def _gather(self, inquiry: Inquiry, config: Config) -> Findings:
        outcomes: dict[str, Outcome] = {}
        settled = Settled(ids=dict(inquiry.ids))
        for _ in range(ROUNDS):
            rounds = [r for r in self._rounds(inquiry.kind, settled.ids, config) if r.entry.id not in outcomes]
            if not rounds:
                break
            outcomes |= self._ask_all(self._with_stored(rounds), inquiry)
            settled = settled_by(inquiry.ids, outcomes, config.authority)
        return findings(inquiry.ids, self._complete(outcomes, inquiry.kind, config), config.authority)

    def _complete(self, outcomes: Mapping[str, Outcome], kind: Kind, config: Config) -> dict[str, Outcome]:
        """The same with those of the roster that could not be asked."""
        others = [entry for entry in self._roster.all() if entry.id not in outcomes]
        return {**outcomes, **{entry.id: self._unasked(entry, kind, config) for entry in others}}

    def fingerprint(self, connection: Connection, item: MediaItem, config: Config) -> str:
        """What lets a later run see, without decoding anything, that a merge would change nothing.

        An answer that is not in the cache stands as missing: what could not be heard changes nothing either.
        """
        rounds = self._rounds(item.kind, item.ids, config)
        heads = answers.read_heads(connection, [key for each in rounds for key in each.keys])
        told: dict[str, str] = {}
        for each in rounds:
            found = [(heads[key].fetched_at, key) for key in each.keys if key in heads]
            newest = max(found, key=lambda pair: pair[0])[1] if found else None
            told[each.entry.id] = _told(newest, heads[newest]) if newest else NOT_HEARD
        return fingerprint_on(self._ground(item.kind, told, config), told)

    def recall(self, connection: Connection, items: Iterable[MediaItem], config: Config) -> dict[int, Recalled]:
        """By item id what the cache tells about items, each by the ids that it has; nobody is asked anything.

        Like `gather` with nobody to ask: a fresh answer counts, an older one stands in, and where there is none the
        provider is not heard. Read as the connection sees it; keep the number of items in bounds.
        """
        rounds = {item.id: self._rounds(item.kind, item.ids, config) for item in items}
        keys = [key for of_item in rounds.values() for each in of_item for key in each.keys]
        stored = answers.read(connection, keys)
        grounds: dict[tuple[Kind, tuple[str, ...]], bytes] = {}
        recalled = {}
        for item in items:
            found = [dataclasses.replace(each, stored=_newest(each, stored)) for each in rounds[item.id]]
            told = {r.entry.id: _told(r.stored.key, r.stored.head) if r.stored else NOT_HEARD for r in found}
            place = (item.kind, tuple(told))
            if place not in grounds:
                grounds[place] = self._ground(item.kind, told, config)
            inquiry = Inquiry(kind=item.kind, ids=item.ids)
            outcomes = self._complete(self._ask_all(found, inquiry), item.kind, config)
            known = findings(item.ids, outcomes, config.authority)
            if item.conflicts:
                known = replace(known, outcomes=set_aside(known.outcomes, of_others(item)))
            recalled[item.id] = Recalled(known, fingerprint_on(grounds[place], told))
        return recalled

    def _ground(self, kind: Kind, providers: Iterable[str], config: Config) -> bytes:
        coverage = self.coverage(kind)
        return ground(config.policy, {provider: coverage[provider] for provider in providers})

    def askers(self, kind: Kind, config: Config) -> tuple[Asker, ...]:
        """Every provider that counts for a kind, by id."""
        preferences = preferences_of(config.settings)
        return tuple(
            Asker(
                id=entry.id,
                parser_version=entry.provider.parser_version,
                shape=entry.provider.shape(kind, preferences, entry.settings),
                asks_by=entry.provider.asks_by.get(kind, ()),
                looks_up_by=entry.provider.looks_up_by.get(kind, ()),
            )
            for entry in self._roster.all()
            if self._left_out(entry, kind, config) is None
        )

    def _rounds(self, kind: Kind, ids: Mapping[str, IdClaim], config: Config) -> list[_Round]:
        """Everyone who can be asked with these ids."""
        preferences = preferences_of(config.settings)
        plain = {id_type: claim.value for id_type, claim in ids.items()}
        rounds = []
        for entry in self._roster.all():
            if self._left_out(entry, kind, config) is not None:
                continue
            own = _typed(entry.provider.asks_by, kind, plain)
            asked_ids = own or _typed(entry.provider.looks_up_by, kind, plain)[:1]
            if not asked_ids:
                continue
            shape = entry.provider.shape(kind, preferences, entry.settings)
            keys = tuple(AnswerKey(provider=entry.id, kind=kind, asked_id=each, shape=shape) for each in asked_ids)
            ask = Ask(kind=kind, ids=plain, preferences=preferences, settings=entry.settings)
            rounds.append(_Round(entry=entry, keys=keys, ask=ask, by_lookup=not own))
        return rounds

    def _with_stored(self, rounds: list[_Round]) -> list[_Round]:
        """The same with what the cache holds."""
        marks = [self.arrivals.marks(each.keys) for each in rounds]
        keys = [key for each in rounds for key in each.keys]
        waiting = self.arrivals.find(keys)
        with self._database.read() as connection:
            stored = answers.read(connection, keys)
        stored |= {key: one for key, one in waiting.items() if key not in stored or _age(stored[key]) <= _age(one)}
        return [
            dataclasses.replace(each, stored=_newest(each, stored), marks=mark)
            for each, mark in zip(rounds, marks, strict=True)
        ]

    def _look_again(self, each: _Round) -> _Round:
        """The same with what the cache holds by now."""
        [again] = self._with_stored([each])
        news = again.stored is not None and (each.stored is None or again.stored.head != each.stored.head)
        return dataclasses.replace(again, overtaken=each.overtaken or news)

    def _ask_all(self, rounds: Iterable[_Round], inquiry: Inquiry) -> dict[str, Outcome]:
        """Everyone at once; what has not come by the deadline is a timeout, and what came counts."""
        outcomes: dict[str, Outcome] = {}
        tickets: dict[str, tuple[_Round, Ticket[Outcome]]] = {}
        for each in rounds:
            asked = self._ask(each, inquiry)
            if isinstance(asked, Ticket):
                tickets[each.entry.id] = (each, asked)
            else:
                outcomes[each.entry.id] = asked
        # The one asked last first: when it is there, most others are, and this thread was woken once, not for each.
        for provider_id, (each, ticket) in reversed(tickets.items()):
            try:
                outcomes[provider_id] = ticket.result()
            except ProviderError as error:
                outcomes[provider_id] = self._unavailable(each, error)
        return outcomes

    def _ask(self, each: _Round, inquiry: Inquiry) -> Outcome | Ticket[Outcome]:
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

    def _without_asking(self, each: _Round, inquiry: Inquiry) -> Outcome | None:
        """The outcome where no request is wanted: a fresh answer, or a provider that was not selected."""
        now = self._clock.now()
        if each.stored is not None and self._fresh_enough(each, inquiry, now):
            return _from_cache(each.stored, now)
        last = _standing_in(each.stored, now)
        if inquiry.providers is not None and each.entry.id not in inquiry.providers:
            return NotAsked(reason=Skip.NOT_SELECTED, detail="only others were asked", last=last)
        if inquiry.deadline is None:
            return NotAsked(reason=Skip.NOT_SELECTED, detail="only cached answers count here", last=last)
        if each.entry.id in inquiry.planned:
            return NotAsked(reason=Skip.PLANNED, detail="its quota is short: asked when its turn comes", last=last)
        return None

    def _fresh_enough(self, each: _Round, inquiry: Inquiry, now: datetime) -> bool:
        if each.stored is None:
            return False
        if each.overtaken:
            return True
        selected = inquiry.providers is None or each.entry.id in inquiry.providers
        wanted_newer = (
            selected and inquiry.fresh_after is not None and each.stored.head.fetched_at < inquiry.fresh_after
        )
        return not wanted_newer and is_fresh(each.stored.head, each.entry.provider.parser_version, now)

    def _submit(self, each: _Round, inquiry: Inquiry) -> Ticket[Outcome]:
        deadline = inquiry.deadline if inquiry.deadline is not None else 0.0
        return each.entry.channel.submit(
            each.key,
            self._call(each),
            lane=inquiry.lane,
            deadline=deadline,
            linger=LINGER,
            answered=lambda: self.arrivals.marks(each.keys) != each.marks,
        )

    def _call(self, each: _Round) -> Callable[[Http], Outcome]:
        """What a worker does: look the id up where needed, ask, keep the answer. Runs once for all its waiters."""
        provider = each.entry.provider

        def call(http: Http) -> Outcome:
            key, ask = each.key, each.ask
            try:
                if each.by_lookup:
                    found = guard.lookup(provider, ask, http)
                    ask = replace(ask, ids={**ask.ids, **found})
                    key = replace(key, asked_id=provider.asked_id(ask.kind, ask.ids) or key.asked_id)
                fragment = guard.details(provider, ask, http)
            except TitleNotFound as miss:
                return self._missed(each, key, miss)
            return self._answered(each, key, fragment)

        return call

    def _answered(self, each: _Round, key: AnswerKey, fragment: Fragment) -> Outcome:
        now = self._clock.now()
        fragment = self._drift.checked(fragment, each.stored.fragment if each.stored else None)
        if fragment.trouble:
            log.info("answer_partly_unread", provider=each.entry.id, asked=key.asked_id, trouble=fragment.trouble[:5])
        version = each.entry.provider.parser_version
        self.arrivals.add([answers.new_answer(one, fragment, now, version) for one in _keys_of(each, key)])
        return Answered(fragment=fragment, fetched_at=now, asked_id=key.asked_id)

    def _missed(self, each: _Round, key: AnswerKey, miss: TitleNotFound) -> Outcome:
        now = self._clock.now()
        version = each.entry.provider.parser_version
        keys = _keys_of(each, key)
        with self.arrivals.begin() as connection:
            head, *_ = [answers.write_miss(connection, one, now, version, soft=miss.soft) for one in keys]
        self.arrivals.stored(keys)
        stored = StoredAnswer(
            key=key,
            head=head,
            fragment=each.stored.fragment if each.stored else None,
            answered_at=each.stored.answered_at if each.stored else None,
        )
        return _believed(stored, now)

    def _unavailable(self, each: _Round, error: ProviderError) -> Unavailable:
        last = _standing_in(each.stored, self._clock.now())
        log.info("provider_unavailable", provider=each.entry.id, reason=str(error.reason), detail=error.detail)
        return Unavailable(reason=error.reason, detail=error.detail, retry_at=error.retry_at, last=last)

    def _left_out(self, entry: ConfiguredProvider, kind: Kind, config: Config) -> NotAsked | None:
        """Why a provider is out of the order; None: it counts."""
        skip = entry.skip(kind)
        if skip is not None or config.settings.multi_provider_aggregation:
            return skip
        able = [each.id for each in self._roster.all() if not each.skip(kind) and "title" in each.provider.covers[kind]]
        if config.authority.by_priority(able)[:1] == (entry.id,):
            return None
        return NotAsked(reason=Skip.DISABLED, detail="multi-provider aggregation is off: only the first one is asked")

    def _unasked(self, entry: ConfiguredProvider, kind: Kind, config: Config) -> NotAsked:
        wanted = " or ".join(entry.provider.asks_by.get(kind, ()))
        no_id = NotAsked(reason=Skip.NO_ID, detail=f"no {wanted} id is known")
        return self._left_out(entry, kind, config) or no_id


def _told(key: AnswerKey, head: AnswerHead) -> str:
    return heard(key.asked_id, key.shape, head.content, head.parser_version)


def heard(asked_id: str, shape: str, content: str, parser_version: int) -> str:
    """What stands in a fingerprint for a cached answer: it changes whenever the answer does."""
    return f"{asked_id}|{shape}|{content}|{parser_version}"


def preferences_of(settings: Settings) -> Preferences:
    """What the owner wants of every provider."""
    return Preferences(language=settings.language, image_languages=settings.image_languages, country=settings.country)


def _typed(types: Mapping[Kind, tuple[str, ...]], kind: Kind, ids: Mapping[str, str]) -> tuple[str, ...]:
    """Those of the ids that a provider takes for a kind, typed, the best first."""
    return tuple(f"{id_type}:{ids[id_type]}" for id_type in types.get(kind, ()) if id_type in ids)


def _keys_of(each: _Round, key: AnswerKey) -> tuple[AnswerKey, ...]:
    """Where an answer is kept: under the id it was asked with, and under the one that this was looked up by, so that
    whoever knows only that one finds the answer without asking."""
    return (key,) if key == each.key else (key, each.key)


def _newest(each: _Round, stored: Mapping[AnswerKey, StoredAnswer]) -> StoredAnswer | None:
    """The newest of the stored answers that would do. One found by what its id was looked up by names that id."""
    newest = max((stored[key] for key in each.keys if key in stored), key=_age, default=None)
    if newest is None or newest.fragment is None or not each.by_lookup:
        return newest
    asked_id = each.entry.provider.asked_id(newest.key.kind, newest.fragment.ids) or newest.key.asked_id
    return replace(newest, key=replace(newest.key, asked_id=asked_id))


def _age(stored: StoredAnswer) -> datetime:
    return stored.head.fetched_at


def _from_cache(stored: StoredAnswer, now: datetime) -> Outcome:
    """The outcome that a fresh cached answer stands for."""
    if stored.head.found and stored.fragment is not None:
        return Answered(
            fragment=stored.fragment, fetched_at=stored.head.fetched_at, asked_id=stored.key.asked_id, cached=True
        )
    believed = _believed(stored, now)
    return replace(believed, cached=True) if isinstance(believed, NotFound) else believed


def _believed(stored: StoredAnswer, now: datetime) -> NotFound | Unavailable:
    """A "not found" as far as it is to be believed. A doubtful one leaves what the provider said before standing."""
    soft = is_soft_miss(stored.head)
    if soft and stored.fragment is not None:
        detail = "says that it does not know the title any more; not believed until it says so on three days"
        return Unavailable(reason=Reason.ERROR, detail=detail, last=_standing_in(stored, now))
    return NotFound(fetched_at=stored.head.fetched_at, asked_id=stored.key.asked_id, soft=soft)


def _standing_in(stored: StoredAnswer | None, now: datetime) -> Answered | NotFound | None:
    """The last answer to the same question, where it is young enough to stand in for a newer one."""
    if stored is None:
        return None
    if not stored.head.found and not is_soft_miss(stored.head):
        if not may_stand_in(stored.head.fetched_at, now):
            return None
        return NotFound(fetched_at=stored.head.fetched_at, asked_id=stored.key.asked_id, stale=True, cached=True)
    fetched_at = stored.head.fetched_at if stored.head.found else stored.answered_at
    if stored.fragment is None or fetched_at is None or not may_stand_in(fetched_at, now):
        return None
    return Answered(
        fragment=stored.fragment, fetched_at=fetched_at, asked_id=stored.key.asked_id, stale=True, cached=True
    )
