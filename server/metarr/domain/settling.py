"""Which answers are about the title that was asked about, and which ids stand after all that was said.

Pure: what a provider said is judged by its own ids, by everybody else's words, and by what the library knows.
"""

from collections.abc import Mapping
from itertools import combinations

from msgspec.structs import replace

from metarr.domain.authority import Authority
from metarr.domain.evidence import answer_of, in_order
from metarr.domain.identity import Settled, by_hand, settle
from metarr.domain.item import Conflict, IdClaim, MediaItem
from metarr.domain.matching import likeness
from metarr.domain.outcome import Answered, Fragment, NotAsked, NotFound, Outcome, Skip
from metarr.domain.values import Struct

YEARS_APART = 1
"""Years that one title may have by different providers: festivals, countries, time zones."""

UNLIKE = 0.5
"""Titles less alike than this are other titles; translations of one often are, and so the year must differ as well."""


class Findings(Struct, frozen=True, kw_only=True):
    """What came of a inquiry: an outcome per provider, and the ids as they stand after all claims."""

    outcomes: Mapping[str, Outcome]
    settled: Settled


def settle_again(before: Findings, ids: Mapping[str, IdClaim], authority: Authority) -> Findings:
    """The same answers in the light of other known ids: those got with an id that does not stand do not count."""
    outcomes = {
        provider: outcome.rejected if isinstance(outcome, NotAsked) and outcome.rejected else outcome
        for provider, outcome in before.outcomes.items()
    }
    return sorted_out(outcomes, settled_by(ids, outcomes, authority))


def settled_by(ids: Mapping[str, IdClaim], outcomes: Mapping[str, Outcome], authority: Authority) -> Settled:
    """The ids as they stand after everything that was said. Who answers about another id than it was asked about
    speaks of another title, whatever else it claims; so does who tells quite another title and year than all others,
    unless the id to ask it by was given by hand."""
    strayed = {
        provider: conflict
        for provider, outcome in outcomes.items()
        if (conflict := _strayed(provider, answer_of(outcome))) is not None
    }
    fragments = {provider: fragment for provider, fragment in _fragments(outcomes).items() if provider not in strayed}
    for provider, conflict in strangers(fragments).items():
        answer = answer_of(outcomes[provider])
        if answer is not None and not _given(answer.asked_id, ids):
            strayed[provider] = conflict
            del fragments[provider]
    settled = settle(ids, fragments, authority)
    conflicts = (*settled.conflicts, *(strayed[provider] for provider in sorted(strayed)))
    return replace(settled, conflicts=conflicts, rejected=settled.rejected | strayed.keys())


def _given(asked_id: str, ids: Mapping[str, IdClaim]) -> bool:
    id_type, _, value = asked_id.partition(":")
    return id_type in ids and ids[id_type].value == value and by_hand(ids[id_type].source)


def _strayed(provider: str, answer: Answered | NotFound | None) -> Conflict | None:
    if not isinstance(answer, Answered):
        return None
    id_type, _, asked = answer.asked_id.partition(":")
    said = answer.fragment.ids.get(id_type, asked)
    return None if said == asked else Conflict(id_type=id_type, value=said, claimed_by=provider, stands=asked)


def _fragments(outcomes: Mapping[str, Outcome]) -> dict[str, Fragment]:
    """What the providers say about ids: an answer counts, whether given now or standing in."""
    return {
        provider: answer.fragment
        for provider, outcome in outcomes.items()
        if in_order(outcome) and isinstance(answer := answer_of(outcome), Answered)
    }


def of_others(item: MediaItem) -> dict[str, str]:
    """The typed ids that another item of the library has, as was found when this one was enriched."""
    return {
        f"{conflict.id_type}:{conflict.value}": f"speaks about item {conflict.item}"
        for conflict in item.conflicts
        if conflict.item
    }


def set_aside(outcomes: Mapping[str, Outcome], foreign: Mapping[str, str]) -> dict[str, Outcome]:
    """The outcomes, where answers that were got with these typed ids are runners-up only; `foreign` tells why."""
    kept: dict[str, Outcome] = {}
    for provider, outcome in outcomes.items():
        answer = answer_of(outcome)
        if answer is None or answer.asked_id not in foreign:
            kept[provider] = outcome
            continue
        rejected = answer if isinstance(answer, Answered) else None
        kept[provider] = NotAsked(reason=Skip.CONFLICT, detail=foreign[answer.asked_id], rejected=rejected)
    return kept


def sorted_out(outcomes: Mapping[str, Outcome], settled: Settled) -> Findings:
    """Answers about another title, and answers got with an id that does not stand, are runners-up only."""
    kept: dict[str, Outcome] = {}
    for provider, outcome in outcomes.items():
        answer = answer_of(outcome)
        id_type, _, value = answer.asked_id.partition(":") if answer else ("", "", "")
        foreign = id_type in settled.ids and settled.ids[id_type].value != value
        if answer is not None and (provider in settled.rejected or foreign):
            rejected = answer if isinstance(answer, Answered) else None
            detail = "speaks about a title with other ids"
            kept[provider] = NotAsked(reason=Skip.CONFLICT, detail=detail, rejected=rejected)
        else:
            kept[provider] = outcome
    return Findings(outcomes=kept, settled=settled)


# Strangers


class _NameAndYear(Struct, frozen=True, kw_only=True):
    """How a provider calls a title, the main name first, and its year."""

    titles: tuple[str, ...]
    year: int

    def __str__(self) -> str:
        return f"{self.titles[0]} ({self.year})"


def strangers(fragments: Mapping[str, Fragment]) -> dict[str, Conflict]:
    """By provider, answers of which title and year both clearly differ from everybody else's, while two others agree.

    With fewer words to compare nobody is a stranger: who is wrong of two, nobody can tell.
    """
    years = {provider: year for provider, fragment in fragments.items() if (year := _year(fragment))}
    if len(years) < 3 or max(years.values()) - min(years.values()) <= YEARS_APART:
        return {}
    words = {
        provider: _NameAndYear(titles=titles, year=years[provider])
        for provider in sorted(years)
        if (titles := _titles(fragments[provider]))
    }
    conflicts = {}
    for provider, mine in words.items():
        others = [other for name, other in words.items() if name != provider]
        agreed = [one for one, other in combinations(others, 2) if _near(one, other) and _alike(one, other)]
        if agreed and not any(_near(mine, other) or _alike(mine, other) for other in others):
            conflicts[provider] = Conflict(id_type="title", value=str(mine), claimed_by=provider, stands=str(agreed[0]))
    return conflicts


def _year(fragment: Fragment) -> int:
    """0 where the provider does not tell."""
    date = fragment.values.get("release_date")
    return int(date[:4]) if isinstance(date, str) and date[:4].isdecimal() else 0


def _titles(fragment: Fragment) -> tuple[str, ...]:
    named = (fragment.values.get("title"), fragment.values.get("original_title"), *fragment.titles)
    return tuple(dict.fromkeys(title for title in named if isinstance(title, str) and title))


def _near(one: _NameAndYear, other: _NameAndYear) -> bool:
    return abs(one.year - other.year) <= YEARS_APART


def _alike(one: _NameAndYear, other: _NameAndYear) -> bool:
    return any(likeness(mine, theirs) >= UNLIKE for mine in one.titles for theirs in other.titles)
