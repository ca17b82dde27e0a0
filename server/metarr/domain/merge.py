"""merge(item, outcomes, policy) -> the item with its new fields, and why each of them is what it is.

Pure: the same for any arrival order, idempotent, and never erasing because a provider could not be heard. What files
and players say is always heard; where a field's list does not name them, they stand below every provider.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from msgspec.structs import replace

from metarr.domain.artwork import ArtworkPolicy, choose
from metarr.domain.authority import Authority, Listening
from metarr.domain.equality import same, text_key
from metarr.domain.evidence import Said, hear, in_order
from metarr.domain.fields import Field, FieldType, fields_of
from metarr.domain.freshness import is_ahead
from metarr.domain.item import OWNER, FieldValue, MediaItem, Rule, Veto, below_providers, by_parent, by_providers
from metarr.domain.languages import (
    BEST,
    LanguagePolicy,
    Rank,
    TitleLanguages,
    base,
    image_rank,
    rank_of,
    stored_rank,
    top_rank,
    unstated_rank,
)
from metarr.domain.outcome import NotAsked, Outcome, Skip
from metarr.domain.statement import words_of
from metarr.domain.values import Artwork, Kind, Struct, Text, Value
from metarr.domain.withdrawal import is_withdrawn, may_be_withdrawn, said_again, said_none

Coverage = Mapping[str, frozenset[str]]
"""The fields that each provider declares for the kind at hand."""


NOTHING_STORED = FieldValue()

_ARTWORK, _FIRST, _NEXT = (
    FieldType.ARTWORK,
    Rule.FIRST,
    Rule.NEXT,
)  # asked for in every field: a member's look-up is dear


class MergePolicy(Struct, frozen=True, kw_only=True):
    """Everything the owner decides about a merge."""

    authority: Authority = Authority()
    artwork: ArtworkPolicy = ArtworkPolicy()
    languages: LanguagePolicy = LanguagePolicy()


class RunnerUp(Struct, frozen=True, kw_only=True):
    """What a provider says that did not win, and why not. `value` None: it has none, or could not be heard."""

    provider: str
    value: Value | None = None
    fetched_at: datetime | None = None
    why: str = ""
    language: str = ""


class Decision(Struct, frozen=True, kw_only=True):
    """What a merge decided about one field.

    `value` None: nothing is stored, and nothing is known. `waiting`: providers that stand before the source and
    could not be heard. `ended_veto`: the value is new, so what an undo left behind ends.
    """

    field: str
    value: FieldValue | None = None
    waiting: tuple[str, ...] = ()
    ended_veto: bool = False


class Merged(Struct, frozen=True, kw_only=True):
    """The item as it is after a merge, and the decisions, in catalogue order."""

    item: MediaItem
    decisions: tuple[Decision, ...]


class _Frame(Struct, frozen=True, kw_only=True):
    """What holds for all fields of one merge. `words`: by file or player, what it says."""

    policy: MergePolicy
    words: Mapping[str, Mapping[str, Value]] = {}
    guarded: frozenset[tuple[str, str]] = frozenset()
    wanted: TitleLanguages = TitleLanguages()
    now: datetime | None = None

    @property
    def today(self) -> date | None:
        return None if self.now is None else self.now.date()


def merge(
    item: MediaItem,
    outcomes: Mapping[str, Outcome],
    policy: MergePolicy,
    coverage: Coverage,
    *,
    only: Collection[str] | None = None,
    guarded: Collection[tuple[str, str]] = (),
    now: datetime | None = None,
) -> Merged:
    """Merge what the providers say into what is stored.

    `outcomes` by provider; a provider of `coverage` that is not in it was not selected, and is not heard. `only`:
    these fields alone, where nothing can have changed for the others; they stay. `guarded`: pairs of provider and field
    of which nothing is withdrawn now (`domain.withdrawal.too_many`). `now`: what is stored of a time ahead of that was
    noted by a clock that lied, and is nobody's newer word; None: the clock is believed.
    """
    by_provider = {provider: outcomes.get(provider, NotAsked(reason=Skip.NOT_SELECTED)) for provider in coverage}
    usable = [(provider, coverage[provider]) for provider, outcome in by_provider.items() if in_order(outcome)]
    words = words_of(item.statements) if item.statements else {}
    usable += [(source, _NAMES[item.kind]) for source in words]
    plan = policy.authority.listening(item.kind, usable)
    if only is not None:
        plan = tuple(listening for listening in plan if listening.field.name in only)
    plain = _Frame(policy=policy, words=words, guarded=frozenset(guarded), now=now)
    frame = replace(plain, wanted=_wanted(item, plan, by_provider, plain))
    decisions = tuple([_decide(item, listening, by_provider, frame) for listening in plan])
    fields = {decision.field: decision.value for decision in decisions if decision.value is not None}
    others = {name: stored for name, stored in item.fields.items() if name not in fields}
    ended = {decision.field for decision in decisions if decision.ended_veto}
    vetoes = tuple(veto for veto in item.vetoes if veto.field not in ended)
    return Merged(item=replace(item, fields={**fields, **others}, vetoes=vetoes), decisions=decisions)


_NAMES = {kind: frozenset(field.name for field in fields_of(kind)) for kind in Kind}


def explain(
    item: MediaItem, outcomes: Mapping[str, Outcome], policy: MergePolicy, coverage: Coverage
) -> dict[str, tuple[RunnerUp, ...]]:
    """By field what everybody says that is not the source of the stored value: "why not X?"."""
    runners: dict[str, tuple[RunnerUp, ...]] = {}
    frame = _Frame(policy=policy, words=words_of(item.statements), wanted=stored_languages(item, policy))
    for field in fields_of(item.kind):
        speakers = [provider for provider, fields in coverage.items() if field.name in fields and provider in outcomes]
        holders = sorted({each.source for each in item.statements if field.name in each.values})
        usable = {provider for provider in speakers if in_order(outcomes[provider])}
        order = policy.authority.order(item.kind, field.name, usable.union(holders))
        outside = policy.authority.by_priority(provider for provider in speakers if provider not in order)
        below = [source for source in holders if source not in order]
        sources = item.fields[field.name].sources if field.name in item.fields else ()
        runners[field.name] = tuple(
            _runner_up(item, field, source, outcomes.get(source), frame, listened=source in order)
            for source in (*order, *outside, *below)
            if source not in sources
        )
    return runners


def _runner_up(
    item: MediaItem, field: Field, provider: str, outcome: Outcome | None, frame: _Frame, *, listened: bool
) -> RunnerUp:
    rejected = outcome.rejected if isinstance(outcome, NotAsked) else None
    listening = Listening(field=field, rule=frame.policy.authority.rule(item.kind, field.name), order=())
    said = _speech(listening, provider, rejected or outcome, NOTHING_STORED, frame)[0]
    stored = item.fields.get(field.name)
    if rejected is not None:
        why = "spoke about a title with other ids"
    elif said.value is None:
        why = said.why
    elif said.rank is None:
        why = "is in a language that is not wanted"
    elif not listened:
        why = "stands below every provider" if below_providers(provider) else "the field does not listen to it"
    elif stored is not None and stored.locked:
        why = "the field is locked"
    elif any(veto.field == field.name and same(field.name, veto.value, said.value) for veto in item.vetoes):
        why = "undone by the owner"
    elif field.in_languages and stored is not None and said.rank > _rank_of(stored, listening, frame):
        why = "is in a language that stands lower in the list"
    else:
        why = "stands lower in the field's order"
    language = "" if said.value is None else said.language
    return RunnerUp(provider=provider, value=said.value, fetched_at=said.fetched_at, why=why, language=language)


def _rank_of(stored: FieldValue, listening: Listening, frame: _Frame) -> Rank:
    """Where a stored value stands by its language; a field that is in none has one rank."""
    if not listening.field.in_languages:
        return BEST
    return stored_rank(
        listening.field, stored, frame.wanted, in_list=not set(listening.rule.providers).isdisjoint(stored.sources)
    )


def _wanted(
    item: MediaItem, plan: Iterable[Listening], outcomes: Mapping[str, Outcome], frame: _Frame
) -> TitleLanguages:
    """The languages wanted of the title, its original one as this very merge leaves it stored: a second merge must find
    nothing to do."""
    for listening in plan:
        if listening.field.name == "original_language":
            decided = _decide(item, listening, outcomes, frame).value
            original = str(decided.value) if decided is not None and decided.value else ""
            return TitleLanguages(policy=frame.policy.languages, original=original)
    return stored_languages(item, frame.policy)


def stored_languages(item: MediaItem, policy: MergePolicy) -> TitleLanguages:
    """The languages wanted of the title, its original one as it is stored."""
    stored = item.fields.get("original_language")
    original = str(stored.value) if stored is not None and stored.value else ""
    return TitleLanguages(policy=policy.languages, original=original)


def _decide(item: MediaItem, listening: Listening, outcomes: Mapping[str, Outcome], frame: _Frame) -> Decision:
    field, order = listening.field, listening.order
    stored = item.fields.get(field.name, NOTHING_STORED)
    if stored.locked or (field.name in item.parent_locked and by_parent(stored)):
        return Decision(field=field.name, value=stored)
    vetoes = [veto for veto in item.vetoes if veto.field == field.name] if item.vetoes else []
    union = listening.rule.union and field.type is FieldType.TEXTS
    below = _below(listening, stored, frame) if frame.words else ()
    # A file's list is joined to those of providers where the owner says so, and where the field is made for it.
    fills = bool(below) and frame.policy.authority.fill_gaps and not listening.rule.exclusive
    fills = fills and (not union or field.union)
    order += below if fills else ()
    if union:
        heard = tuple([_hear(field, provider, outcomes.get(provider), stored, frame) for provider in order])
        decision = _union(field, stored, heard, vetoes, frame)
    else:
        walk = _FieldWalk(listening=listening, stored=stored, vetoes=vetoes, frame=frame)
        decision = walk.along(order, outcomes)
    return decision if fills or not below else _or_reported(decision, below, stored, vetoes, frame)


def _below(listening: Listening, stored: FieldValue, frame: _Frame) -> tuple[str, ...]:
    """The files and players that no list names: they stand below every provider. The one whose value is stored comes
    first, so that what a second player says changes nothing. What the owner typed in gives way to none of them, nor
    does what another one said of which nothing else is known.
    """
    unknown = stored.sources and not by_providers(stored.sources) and set(stored.sources).isdisjoint(frame.words)
    if stored.value is not None and unknown:
        return ()
    others = (source for source in frame.words if source not in listening.order)
    return tuple(sorted(others, key=lambda source: (source not in stored.sources, source)))


def _or_reported(
    decision: Decision, below: Collection[str], stored: FieldValue, vetoes: list[Veto], frame: _Frame
) -> Decision:
    """What a file or a player says where nobody whom the field listens to ever had a value: an item has at least what
    it came with."""
    now = decision.value or NOTHING_STORED
    said = [(source, frame.words[source][decision.field]) for source in below if decision.field in frame.words[source]]
    if not said or now.rule is Rule.VETOED or (now.value is not None and not set(now.sources) <= set(below)):
        return decision
    source, word = said[0]
    if any(veto.value is not None and same(decision.field, veto.value, word) for veto in vetoes):
        return decision
    if same(decision.field, stored.value, word) and stored.sources == (source,):
        return decision
    value = FieldValue(value=word, sources=(source,), rule=Rule.REPORTED)
    return replace(decision, value=value, ended_veto=True)


Speech = tuple[Said, ...]
"""What one provider says about a field: once for each rank at which it has a value, the best first. One that has none,
or could not be heard, says so once."""


def _at(speech: Speech, rank: Rank) -> Said:
    """What it says at a rank; nothing, where it speaks at others only."""
    for said in speech:
        if said.value is None or said.rank == rank:
            return said
    return replace(speech[0], value=None)


def _hear(field: Field, provider: str, outcome: Outcome | None, stored: FieldValue, frame: _Frame) -> Said:
    """What a provider says, unless what is stored is its own newer word. No outcome: a file or a player says it."""
    if outcome is None:
        word = frame.words.get(provider, {}).get(field.name)
        return Said(provider=provider, heard=True, value=word, why="holds what it had from Metarr")
    said = hear(provider, outcome, field.name)
    if stored.value is not None and _older(said, stored, frame.now) and stored.sources == (provider,):
        return replace(said, value=stored.value, fetched_at=stored.fetched_at, texts=(), language=stored.language)
    return said


def _older(said: Said, stored: FieldValue, now: datetime | None) -> bool:
    if said.fetched_at is None or stored.fetched_at is None or said.fetched_at >= stored.fetched_at:
        return False
    if now is not None and is_ahead(stored.fetched_at, now):
        return False
    return _asked(said) == stored.asked_ids


def _speech(listening: Listening, provider: str, outcome: Outcome | None, stored: FieldValue, frame: _Frame) -> Speech:
    field = listening.field
    said = _hear(field, provider, outcome, stored, frame)
    if not field.in_languages or said.value is None:
        return (said,)
    if field.type is _ARTWORK:
        if outcome is not None:
            return (_chosen(field, said, stored, frame),)
        return (replace(said, rank=top_rank(field) if provider in listening.rule.providers else frame.wanted.last),)
    if not said.texts:
        rank = _text_rank(listening, provider, said.language, frame.wanted)
        return (said if rank == said.rank else replace(said, rank=rank),)
    best: dict[Rank, Text] = {}
    for text in said.texts:
        rank = _text_rank(listening, provider, text.language, frame.wanted, implied=text.implied)
        if rank is not None:
            best.setdefault(rank, text)
    ranked = [replace(said, value=best[rank].value, language=best[rank].language, rank=rank) for rank in sorted(best)]
    return tuple(ranked) or (replace(said, rank=None),)


def _text_rank(
    listening: Listening, provider: str, language: str, wanted: TitleLanguages, *, implied: bool = False
) -> Rank | None:
    name = listening.field.name
    if not language and provider not in listening.rule.providers and below_providers(provider):
        return unstated_rank(name, wanted)
    return rank_of(name, language, wanted, implied)


def _chosen(field: Field, said: Said, stored: FieldValue, frame: _Frame) -> Said:
    """The choice among a provider's candidates, at the rank of the best one; none acceptable counts as having none."""
    candidates: Artwork = said.value  # type: ignore[assignment]
    before: Artwork | None = stored.value  # type: ignore[assignment]
    own_newer_word = candidates is before
    images = candidates if own_newer_word else choose(field, candidates, before, frame.policy.artwork, frame.wanted)
    if images is None:  # it has images, so it does not say that it has none
        return replace(said, value=None, whole=False, why="has no acceptable image")
    return replace(said, value=images, rank=image_rank(field, images[0].language, frame.wanted) or BEST)


class _FieldWalk(Struct, frozen=True, kw_only=True):
    """The walk along the order, once for each rank: the first value wins, unless the stored one is held on the way."""

    listening: Listening
    stored: FieldValue
    vetoes: list[Veto]
    frame: _Frame
    waiting: dict[str, None] = {}

    def along(self, order: tuple[str, ...], outcomes: Mapping[str, Outcome]) -> Decision:
        """The decision. Nobody is heard who is not needed: a choice among a hundred images is dear."""
        listening, stored, frame = self.listening, self.stored, self.frame
        top = top_rank(listening.field) if listening.field.in_languages else BEST
        heard: list[Speech] = []
        for place, provider in enumerate(order):
            speech = _speech(listening, provider, outcomes.get(provider), stored, frame)
            heard.append(speech)
            decision = self._of(speech, place, top)
            if decision is not None:
                return decision
        decision = self._end_of(top, heard)
        if decision is None and not self._plain:
            said = {
                said.rank for speech in heard for said in speech if said.value is not None and said.rank is not None
            }
            below = (self._below(rank, heard) for rank in sorted(said | {self._held_at(heard)}) if rank > top)
            decision = next((each for each in below if each is not None), None)
        return decision or self._nobody(heard)

    def _below(self, rank: Rank, speeches: list[Speech]) -> Decision | None:
        """What a rank decides; None: nothing, so that the walk goes lower."""
        for place, speech in enumerate(speeches):
            decision = self._of(speech, place, rank)
            if decision is not None:
                return decision
        return self._end_of(rank, speeches)

    def _of(self, speech: Speech, place: int, rank: Rank) -> Decision | None:
        """What one provider decides at a rank; None: the next one is heard."""
        said = speech[0] if speech[0].rank == rank else _at(speech, rank)
        if self.vetoes and self._vetoed(said, rank):
            return self._stay(Rule.VETOED)
        if said.value is not None:
            if said.provider not in self.listening.rule.providers:
                return self._take(said, Rule.REPORTED if below_providers(said.provider) else Rule.GAP)
            return self._take(said, _FIRST if place == 0 else _NEXT)
        if not said.heard:
            if said.provider in self._sources and self._held_at([speech]) == rank:
                return self._stay(Rule.HELD)
            self.waiting[said.provider] = None
        return None

    @property
    def _plain(self) -> bool:
        return not self.listening.field.in_languages

    @property
    def _sources(self) -> tuple[str, ...]:
        return self.stored.sources if self.stored.value is not None else ()

    @property
    def _source(self) -> str:
        """The source of what is stored; "" where there is none, and where several share it."""
        return self._sources[0] if len(self._sources) == 1 else ""

    def _held_at(self, speeches: Iterable[Speech]) -> Rank:
        """The rank at which the stored value is held: that of its language, or of the one that its own source now gives
        the same text under."""
        if self._plain or self.stored.value is None:
            return BEST
        for said in self._own(speeches):
            if said.rank is not None and same(self.listening.field.name, self.stored.value, said.value):
                return said.rank
        return _rank_of(self.stored, self.listening, self.frame)

    def _own(self, speeches: Iterable[Speech]) -> Speech:
        """What the source of the stored value says; nothing, where it is not among them."""
        return next((each for each in speeches if each[0].provider == self._source), ())

    def _end_of(self, rank: Rank, speeches: list[Speech]) -> Decision | None:
        """Nobody has a value at this rank. Where the stored one stands here and its own source has none any more, the
        walk goes no lower until the value is withdrawn."""
        if self.stored.value is None or self._held_at(speeches) != rank:
            return None
        if not by_providers(self.stored.sources):
            # What states no language gives way to a provider's only where that is in a better one.
            return None if self._plain else self._nobody(speeches)
        own = self._own(speeches)
        if not own:
            return None
        counted = self._counted(own[0])
        if not self._gone(counted):
            return self._stay(Rule.KEPT, counted)
        return None

    def _counted(self, own: Said) -> FieldValue:
        """The stored value, with it noted that its source has none now: in a whole answer, to the same question."""
        if not own.whole or own.fetched_at is None or self.stored.asked_ids != _asked(own):
            return self.stored
        still = any(base(text.language) == base(self.stored.language) for text in own.texts)
        if still or not may_be_withdrawn(self.listening.field.name, self._source):
            return self.stored
        return said_none(self.stored, self._source, own.fetched_at.date(), self.frame.today)

    def _gone(self, counted: FieldValue) -> bool:
        if not is_withdrawn(counted, self._source) or self._may_not_empty(self._source):
            return False
        return (self._source, self.listening.field.name) not in self.frame.guarded

    def _may_not_empty(self, source: str) -> bool:
        """Whether the owner undid that the field was emptied because this source has none."""
        return any(veto.value is None and source in veto.providers for veto in self.vetoes)

    def _vetoed(self, said: Said, rank: Rank) -> bool:
        """Whether the owner undid this value, or the provider of an undone one cannot be heard at its rank."""
        for veto in self.vetoes:
            theirs = said.provider in veto.providers
            if not said.heard:
                undone = FieldValue(value=veto.value, sources=veto.providers, language=veto.language)
                if theirs and veto.value is not None and _rank_of(undone, self.listening, self.frame) == rank:
                    return True
            elif veto.value is not None and same(self.listening.field.name, veto.value, said.value):
                return True
        return False

    def _take(self, said: Said, rule: Rule) -> Decision:
        """The winner's value; where it means the same as the stored one, the stored bytes with a new provenance."""
        stored = self.stored
        name = self.listening.field.name
        unchanged = stored.value is not None and same(name, stored.value, said.value)
        value = FieldValue(
            value=stored.value if unchanged else said.value,
            sources=(said.provider,),
            fetched_at=said.fetched_at,
            rule=Rule.HELD if said.stale else rule,
            asked_ids=_asked(said),
            language=said.language,
            day=(stored.day if unchanged else "") or said.day,
        )
        if unchanged and said.fetched_at is None and stored.sources == value.sources:
            value = replace(stored, rule=rule)  # a file's or player's: when it was said, nobody knows any better now
        if unchanged and value == stored:
            value = stored  # whoever compares what was with what is sees at once that they are one
        ended = not unchanged or (bool(self.vetoes) and self._may_not_empty(said.provider))
        return Decision(field=name, value=value, waiting=tuple(self.waiting), ended_veto=ended)

    def _stay(self, rule: Rule, stored: FieldValue | None = None) -> Decision:
        return _stay(self.listening.field, stored or self.stored, rule, list(self.waiting))

    def _nobody(self, heard: list[Speech]) -> Decision:
        """Nobody has a value at any rank that the stored one would give way to."""
        own = next(iter(self._own(heard)), None)
        if own is not None and own.heard and self._gone(self._counted(own)):
            gone = FieldValue(
                sources=(self._source,),
                fetched_at=own.fetched_at,
                rule=Rule.WITHDRAWN,
                asked_ids=_asked(own),
            )
            return Decision(field=self.listening.field.name, value=gone, waiting=tuple(self.waiting))
        return _nobody(self.listening.field, self.stored, self.listening.order, list(self.waiting))


def _stay(field: Field, stored: FieldValue, rule: Rule, waiting: list[str]) -> Decision:
    """The stored value as it is, with the rule that kept it."""
    value = None if stored.value is None else stored if stored.rule is rule else replace(stored, rule=rule)
    return Decision(field=field.name, value=value, waiting=tuple(waiting))


def _nobody(field: Field, stored: FieldValue, order: tuple[str, ...], waiting: list[str]) -> Decision:
    """Nobody has a value: an absence never erases. A source that no longer counts is marked."""
    if stored.sources and not by_providers(stored.sources):
        return _stay(field, stored, Rule.OWNER if OWNER in stored.sources else Rule.REPORTED, waiting)
    outside = any(source not in order for source in stored.sources)
    return _stay(field, stored, Rule.OUTSIDE if outside else Rule.KEPT, waiting)


def _union(
    field: Field,
    stored: FieldValue,
    heard: tuple[Said, ...],
    vetoes: list[Veto],
    frame: _Frame,
) -> Decision:
    """Each element keeps its providers: what an unheard one said stays, and what one has suddenly none of, until it is
    withdrawn; what a heard one said is replaced."""
    waiting = [said.provider for said in heard if not said.heard]
    stored = _noted(field, stored, heard, frame)
    silent = {said.provider for said in heard if _speaks_not(field, stored, said, frame.guarded)}
    elements, told_by = _join(heard, stored, silent)
    if not elements:
        return _nobody(field, stored, tuple(said.provider for said in heard), waiting)
    value = tuple(elements.values())
    sources = {provider for by in set(told_by.values()) for provider in by}
    if any(same(field.name, veto.value, value) or _vetoed_union(field, heard, veto) for veto in vetoes):
        return _stay(field, stored, Rule.VETOED, waiting)
    joined = [said for said in heard if said.provider in sources]
    speaking = [said.provider for said in joined if said.heard]
    if not speaking:
        return _stay(field, stored, Rule.HELD, [provider for provider in waiting if provider not in sources])
    if silent.issuperset(speaking):
        return _stay(field, stored, Rule.KEPT if len(speaking) == len(joined) else Rule.HELD, waiting)
    unchanged = same(field.name, stored.value, value)
    contributors = tuple(told_by.values())
    if unchanged and value != stored.value:
        value = stored.value  # type: ignore[assignment]
        contributors = tuple([told_by[text_key(element)] for element in value])
    union = FieldValue(
        value=value,
        sources=tuple([said.provider for said in joined]),
        fetched_at=max([said.fetched_at for said in joined if said.fetched_at], default=stored.fetched_at),
        rule=Rule.UNION,
        asked_ids=_asked_ids(joined, stored, silent),
        contributors=contributors,
        withdrawals=tuple([each for each in stored.withdrawals if each.source in sources]),
    )
    return Decision(field=field.name, value=union, waiting=tuple(waiting), ended_veto=not unchanged)


def _noted(field: Field, stored: FieldValue, heard: Iterable[Said], frame: _Frame) -> FieldValue:
    """The stored union, with what its sources say of having none."""
    if stored.value is None:
        return stored
    asked = dict(zip(stored.sources, stored.asked_ids, strict=False))
    for said in heard:
        if said.value is not None and not stored.withdrawals:
            continue
        if said.provider not in asked or not said.heard or not may_be_withdrawn(field.name, said.provider):
            continue
        if said.value is not None:
            stored = said_again(stored, said.provider)
        elif said.whole and said.fetched_at is not None and said.asked_id == asked[said.provider]:
            stored = said_none(stored, said.provider, said.fetched_at.date(), frame.today)
    return stored


def _speaks_not(field: Field, stored: FieldValue, said: Said, guarded: Collection[tuple[str, str]]) -> bool:
    """Whether a source of the stored union says that it has none, and is not to be believed yet."""
    if said.value is not None or not said.heard or said.provider not in stored.sources:
        return False
    return not is_withdrawn(stored, said.provider) or (said.provider, field.name) in guarded


def _join(
    heard: Iterable[Said], stored: FieldValue, silent: Collection[str] = ()
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """By its key every element, and its providers, in order of authority; of silent ones those of before."""
    elements: dict[str, str] = {}
    told_by: dict[str, tuple[str, ...]] = {}
    for said in heard:
        alone = (said.provider,)
        for element in _elements(said, stored, speaks=said.heard and said.provider not in silent):
            key = text_key(element)
            if key not in elements:
                elements[key], told_by[key] = element, alone
            elif said.provider not in told_by[key]:
                told_by[key] += alone
    return elements, told_by


def _asked_ids(joined: list[Said], stored: FieldValue, silent: Collection[str]) -> tuple[str, ...]:
    """The ids the providers were asked with, parallel to the sources; of one that told nothing now, as stored."""
    before = dict(zip(stored.sources, stored.asked_ids, strict=False))
    ids = tuple(
        [
            said.asked_id if said.heard and said.provider not in silent else before.get(said.provider, "")
            for said in joined
        ]
    )
    return ids if any(ids) else ()


def _asked(said: Said) -> tuple[str, ...]:
    """The id that one provider was asked with, as it is stored."""
    return (said.asked_id,) if said.asked_id else ()


def _vetoed_union(field: Field, heard: Iterable[Said], veto: Veto) -> bool:
    """Whether the providers of an undone list repeat it together, or one of them cannot be heard."""
    theirs = [said for said in heard if said.provider in veto.providers]
    if not all(said.heard for said in theirs):
        return True
    together, _ = _join(theirs, NOTHING_STORED)
    return same(field.name, veto.value, tuple(together.values()))


def _elements(said: Said, stored: FieldValue, *, speaks: bool) -> tuple[str, ...]:
    """What a provider contributes to a union: its own list now, or what it contributed when it last had one."""
    if speaks:
        return said.value or ()  # type: ignore[return-value]
    if not isinstance(stored.value, tuple):
        return ()
    contributors = stored.contributors or (stored.sources,) * len(stored.value)
    return tuple(
        element  # type: ignore[misc]
        for element, providers in zip(stored.value, contributors, strict=False)
        if said.provider in providers
    )
