"""What the outcome of asking one provider says about one field.

"It has no value" and "it could not be heard" are different facts, and only the first may change data.
"""

from datetime import datetime

from metarr.domain.languages import BEST, Rank
from metarr.domain.outcome import OUT_OF_ORDER, Answered, NotAsked, NotFound, Outcome, Unavailable
from metarr.domain.values import Struct, Text, Value

NOTHING: tuple[Value, ...] = ("", ())
"""Values that say "none", whichever way a provider's parser puts them. 0 is a value: season 0 holds the specials."""


class Said(Struct, frozen=True, kw_only=True):
    """What was heard about one field. `heard` False: nothing, for the reason in `why`. `value` None: "it has none".

    `texts`: where the field exists in languages, all that was said, the best first; `value` is the first of them, and
    `language` what it is in. `day`: the one that a year comes from. `whole`: a complete answer of now, the only kind
    that counts against a stored value.
    """

    provider: str
    heard: bool
    value: Value | None = None
    fetched_at: datetime | None = None
    asked_id: str = ""
    stale: bool = False
    why: str = ""
    texts: tuple[Text, ...] = ()
    language: str = ""
    day: str = ""
    whole: bool = False
    rank: Rank | None = BEST


def in_order(outcome: Outcome) -> bool:
    """Whether the provider counts at all: enabled, configured, and covering the kind."""
    return not (isinstance(outcome, NotAsked) and outcome.reason in OUT_OF_ORDER)


def is_awaited(outcome: Outcome) -> bool:
    """Whether an answer of the provider is still to be had: unavailable, not asked for want of an id, partial."""
    if isinstance(outcome, Answered):
        return outcome.stale or bool(outcome.fragment.unread)
    if isinstance(outcome, NotFound):
        return outcome.stale or outcome.soft
    return in_order(outcome)


def answer_of(outcome: Outcome) -> Answered | NotFound | None:
    """The answer that counts: the one given now, or the last one standing in for it."""
    if isinstance(outcome, Answered):
        return outcome
    return outcome if isinstance(outcome, NotFound) else outcome.last


def hear(provider: str, outcome: Outcome, field: str) -> Said:
    """What an outcome says about one field."""
    answer = outcome if isinstance(outcome, Answered) else answer_of(outcome)
    if isinstance(answer, Answered):
        fragment = answer.fragment
        texts = fragment.texts.get(field, ())
        value = texts[0].value if texts else fragment.values.get(field)
        if value is None and field not in fragment.empty:
            return Said(provider=provider, heard=False, why=_why_unheard(outcome))
        stale = answer.stale or answer is not outcome
        return Said(
            provider=provider,
            heard=True,
            value=None if value in NOTHING else value,
            texts=texts,
            language=texts[0].language if texts else "",
            day=fragment.year_day if field == "year" else "",
            whole=not stale and not fragment.unread,
            fetched_at=answer.fetched_at,
            asked_id=answer.asked_id,
            stale=stale,
            why="has no value",
        )
    if answer is None or answer.soft:
        return Said(provider=provider, heard=False, why=_why_unheard(outcome))
    return Said(
        provider=provider,
        heard=True,
        fetched_at=answer.fetched_at,
        asked_id=answer.asked_id,
        stale=answer.stale or answer is not outcome,
        why="does not know the title",
    )


def _why_unheard(outcome: Outcome) -> str:
    if isinstance(outcome, Unavailable | NotAsked):
        return f"could not be heard ({outcome.reason})"
    if isinstance(outcome, NotFound):
        return "could not find it this time"
    return "could not be read this time"
