"""One round of asking about a title: whom to ask with which id, and what the cache holds about it.

Pure but for what it is given.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from metarr.asking.heard import NOT_HEARD, Asker, Heard, newest
from metarr.asking.roster import ConfiguredProvider
from metarr.asking.standing import standing_in
from metarr.domain.freshness import is_soft_miss
from metarr.domain.identity import Settled
from metarr.domain.item import IdClaim
from metarr.domain.languages import spoken
from metarr.domain.outcome import Answered, NotAsked, NotFound, Outcome, Skip, Unavailable
from metarr.domain.values import Kind
from metarr.errors import Reason
from metarr.providers.contract import Ask
from metarr.store.answers import AnswerKey, StoredAnswer


@dataclass(frozen=True)
class Round:
    """What one round knows of one provider: whom to ask with which id, and what the cache holds about it.

    `keys`: every question whose answer would do, the one to ask first. `mark`: what stands in a fingerprint for what is
    stored. `came`: the marks of the arrivals when the cache was looked into. `overtaken`: what is stored came after a
    first look, and counts as if it had been waited for. `instead_of`: the typed id whose record is gone.
    """

    asker: Asker
    keys: tuple[AnswerKey, ...]
    ask: Ask
    by_lookup: bool
    stored: StoredAnswer | None = None
    mark: str = NOT_HEARD
    came: tuple[int, ...] = ()
    overtaken: bool = False
    instead_of: str = ""

    @property
    def id(self) -> str:
        return self.asker.id

    @property
    def key(self) -> AnswerKey:
        return self.keys[0]


def first_rounds(heard: Heard, kind: Kind, ids: Mapping[str, IdClaim]) -> list[Round]:
    """Everyone who can be asked with these ids."""
    plain = {id_type: claim.value for id_type, claim in ids.items()}
    return [each for asker in heard.askers(kind) if (each := _round(asker, heard, plain)) is not None]


def _round(asker: Asker, heard: Heard, ids: Mapping[str, str]) -> Round | None:
    keys = asker.keys(ids)
    if not keys:
        return None
    settings, preferences = asker.configured.settings, heard.config.preferences
    ask = Ask(kind=asker.kind, ids=ids, preferences=preferences, settings=settings)
    return Round(asker=asker, keys=keys, ask=ask, by_lookup=asker.must_look_up(ids))


def asked_again(
    asker: Asker, heard: Heard, settled: Settled, outcome: Outcome | None, past: Iterable[Round]
) -> Round | None:
    """How to ask a provider by ids that stand now, if it is to be asked at all after the rounds that are past."""
    if outcome is not None and not _is_in_vain(asker.id, outcome, settled):
        return None
    gone = outcome.asked_id if isinstance(outcome, NotFound) and outcome.gone else ""
    ids = {t: claim.value for t, claim in settled.ids.items() if f"{t}:{claim.value}" != gone}
    again = _round(asker, heard, ids)
    if again is None:
        return None
    before = [each for each in past if each.id == asker.id]
    # What was said about a title by another id, before its record was gone, may do now.
    used = {each.key for each in before} if gone else {key for each in before for key in each.keys}
    keys = tuple(key for key in again.keys if key not in used)
    return dataclasses.replace(again, keys=keys, instead_of=gone) if keys else None


def in_place(
    rounds: Iterable[Round], outcomes: Mapping[str, Outcome], before: Mapping[str, Outcome]
) -> dict[str, Outcome]:
    """The outcomes of a round, where those who were asked for another record than the one that is gone say so. Where
    they have none either, that one is gone."""
    outcomes_now = dict(outcomes)
    for each in rounds:
        if not each.instead_of:
            continue
        gone, outcome = before[each.id], outcomes[each.id]
        if isinstance(outcome, Answered):
            outcomes_now[each.id] = replace(outcome, instead_of=each.instead_of)
        elif isinstance(outcome, NotFound):
            outcomes_now[each.id] = gone
        elif isinstance(outcome.last, Answered):
            outcomes_now[each.id] = replace(outcome, last=replace(outcome.last, instead_of=each.instead_of))
        elif isinstance(gone, NotFound):
            outcomes_now[each.id] = replace(outcome, last=gone)
    return outcomes_now


def _is_in_vain(provider: str, outcome: Outcome, settled: Settled) -> bool:
    """Whether another id than it was asked by may make a provider tell more. Who is limited, or did not answer in time,
    would be no better off."""
    match outcome:
        case Answered():
            id_type, _, value = outcome.asked_id.partition(":")
            stands = id_type not in settled.ids or settled.ids[id_type].value == value
            return provider in settled.rejected or not stands
        case Unavailable():
            return outcome.reason is Reason.ERROR
        case _:
            return isinstance(outcome, NotFound)


def complete(outcomes: Mapping[str, Outcome], kind: Kind, heard: Heard) -> dict[str, Outcome]:
    """The same with those of the roster that could not be asked."""
    others = [each for each in heard.providers if each.id not in outcomes]
    return {**outcomes, **{each.id: heard.left_out(each, kind) or _without_id(each, kind) for each in others}}


def _without_id(configured: ConfiguredProvider, kind: Kind) -> NotAsked:
    wanted = " or ".join(configured.provider.asks_by.get(kind, ()))
    return NotAsked(reason=Skip.NO_ID, detail=f"no {wanted} id is known")


def keys_of(each: Round, key: AnswerKey) -> tuple[AnswerKey, ...]:
    """Where an answer is kept: under the id it was asked with, and under the one that this was looked up by, so that
    whoever knows only that one finds the answer without asking."""
    return (key,) if key == each.key else (key, each.key)


def with_newest(each: Round, stored: Mapping[AnswerKey, StoredAnswer], now: datetime) -> Round:
    """The same with the newest of the stored answers that would do. One found by what its id was looked up by names
    that id."""
    key = newest(each.keys, stored, age, now)
    if key is None:
        return each
    answer = stored[key]
    mark = each.asker.mark(key.asked_id, answer.head)
    if answer.fragment is not None:
        provider = each.asker.configured.provider
        fragment = spoken(answer.fragment, provider.plain_language)
        answer = replace(answer, fragment=fragment)
        if each.by_lookup:
            asked_id = provider.asked_id(key.kind, fragment.ids) or key.asked_id
            if answer.head.found and asked_id == each.instead_of:
                # It was found when the record was still there.
                return each
            answer = replace(answer, key=replace(key, asked_id=asked_id))
    return dataclasses.replace(each, stored=answer, mark=mark)


def in_a_word(outcome: Outcome) -> str:
    """What came of asking, for whoever counts."""
    match outcome:
        case Answered(cached=True) | NotFound(cached=True):
            return "cached"
        case Answered():
            return "answered"
        case NotFound():
            return "not_found"
        case _:
            return str(outcome.reason)


def original_language(each: Round) -> str:
    """The title's, as the provider itself said before; "": it did not."""
    fragment = each.stored.fragment if each.stored else None
    language = fragment.values.get("original_language") if fragment else None
    return language if isinstance(language, str) else ""


def age(stored: StoredAnswer) -> datetime:
    return stored.head.fetched_at


def from_cache(each: Round, stored: StoredAnswer, now: datetime) -> Outcome:
    """The outcome that a fresh cached answer stands for."""
    if stored.head.found and stored.fragment is not None:
        return Answered(
            fragment=stored.fragment, fetched_at=stored.head.fetched_at, asked_id=stored.key.asked_id, cached=True
        )
    believed = as_believed(each, stored, now)
    return replace(believed, cached=True) if isinstance(believed, NotFound) else believed


def as_believed(each: Round, stored: StoredAnswer, now: datetime) -> NotFound | Unavailable:
    """A "not found" as far as it is to be believed. A doubtful one leaves what the provider said before standing."""
    # Where the title's own record is gone, it is no surprise that a look-up finds none.
    soft = is_soft_miss(stored.head) and not each.instead_of
    if soft and stored.fragment is not None:
        detail = "says that it does not know the title any more; not believed until it says so on three days"
        return Unavailable(reason=Reason.ERROR, detail=detail, last=standing_in(stored, now))
    return NotFound(
        fetched_at=stored.head.fetched_at,
        asked_id=stored.key.asked_id,
        soft=soft,
        gone=stored.head.answered_before and not soft,
    )
