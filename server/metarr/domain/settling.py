"""Which answers are about the title that was asked about, and which ids stand after all that was said.

Pure: what a provider said is judged by its own ids, by everybody else's words, and by what the library knows.
"""

from collections.abc import Mapping
from itertools import combinations

from msgspec.structs import replace

from metarr.domain.authority import Authority
from metarr.domain.doubt import doubted
from metarr.domain.evidence import answer_of, in_order
from metarr.domain.identity import Settled, by_hand, settle
from metarr.domain.item import Conflict, IdClaim, MediaItem
from metarr.domain.matching import likeness
from metarr.domain.outcome import Answered, Fragment, NotAsked, NotFound, Outcome, Skip
from metarr.domain.subject import Subject
from metarr.domain.values import Struct
from metarr.domain.witness import YEARS_APART, NamesAndYears, confirms, contradicts, names_of, years_of

UNLIKE = 0.5
"""Titles less alike than this are other titles; translations of one often are, and so the year must differ as well."""


class Findings(Struct, frozen=True, kw_only=True):
    """What came of a inquiry: an outcome per provider, and the ids as they stand after all claims."""

    outcomes: Mapping[str, Outcome]
    settled: Settled


def settle_again(before: Findings, subject: Subject, authority: Authority) -> Findings:
    """The same answers in the light of other known ids: those got with an id that does not stand do not count."""
    outcomes = {
        provider: outcome.rejected if isinstance(outcome, NotAsked) and outcome.rejected else outcome
        for provider, outcome in before.outcomes.items()
    }
    return sorted_out(outcomes, settled_by(subject, outcomes, authority))


def settled_by(subject: Subject, outcomes: Mapping[str, Outcome], authority: Authority) -> Settled:
    """The ids as they stand after everything that was said, and whose answers are about another title: of those who
    answer about another id than they were asked about; who was found in the place of a record that is gone, and is not
    the same title; who has no second witness; and who tells quite another title and year than all others, unless the id
    to ask it by was given by hand.
    """
    answers = _answers(outcomes)
    rejected = _strayed(answers)
    replaced, mistaken = _replaced(subject, _without(answers, rejected))
    rejected |= mistaken
    doubt = doubted(subject, _without(answers, rejected), replaced)
    rejected |= doubt.answers
    for provider, conflict in strangers({p: each.fragment for p, each in _without(answers, rejected).items()}).items():
        if not _given(answers[provider].asked_id, subject.ids):
            rejected[provider] = conflict
    sure = {t: claim for t, claim in subject.ids.items() if t not in replaced and t not in doubt.ids}
    former = subject.aliases | {f"{t}:{subject.ids[t].value}" for t in replaced}
    fragments = {p: _without_former(each.fragment, former) for p, each in _without(answers, rejected).items()}
    settled = settle(sure, fragments, authority)
    ids, disputed = _put_back(settled.ids, subject, replaced, doubt.ids)
    conflicts = (*settled.conflicts, *disputed, *(rejected[p] for p in sorted(rejected)), *doubt.namesakes)
    return Settled(ids=ids, conflicts=(*conflicts, *_gone(outcomes)), rejected=settled.rejected | rejected.keys())


def _put_back(
    ids: Mapping[str, IdClaim], subject: Subject, replaced: frozenset[str], in_doubt: frozenset[str]
) -> tuple[dict[str, IdClaim], list[Conflict]]:
    """The ids with those that were left out while others were settled. One in doubt stays, for the owner to decide, and
    what others say of its type contradicts it; a weak one gives way to them."""
    kept, disputed = dict(ids), []
    for id_type in sorted(replaced | in_doubt):
        claim, other = subject.ids[id_type], ids.get(id_type)
        if other is None:
            kept[id_type] = claim
        elif id_type in in_doubt and not claim.weak and other.value != claim.value:
            kept[id_type] = claim
            disputed.append(Conflict(id_type=id_type, value=other.value, claimed_by=other.source, stands=claim.value))
    return dict(sorted(kept.items())), disputed


def _answers(outcomes: Mapping[str, Outcome]) -> dict[str, Answered]:
    """What the providers say: an answer counts, whether given now or standing in."""
    return {
        provider: answer
        for provider, outcome in outcomes.items()
        if in_order(outcome) and isinstance(answer := answer_of(outcome), Answered)
    }


def _without(answers: Mapping[str, Answered], rejected: Mapping[str, Conflict]) -> Mapping[str, Answered]:
    if not rejected:
        return answers
    return {provider: answer for provider, answer in answers.items() if provider not in rejected}


def _without_former(fragment: Fragment, former: frozenset[str]) -> Fragment:
    """A fragment without what it says of ids that were once the title's: TMDB may name a record of TheTVDB's for months
    that is gone there, and contradicts nothing by that."""
    if not former:
        return fragment
    return replace(fragment, ids={t: value for t, value in fragment.ids.items() if f"{t}:{value}" not in former})


def _given(asked_id: str, ids: Mapping[str, IdClaim]) -> bool:
    id_type, _, value = asked_id.partition(":")
    return id_type in ids and ids[id_type].value == value and by_hand(ids[id_type].source)


def _strayed(answers: Mapping[str, Answered]) -> dict[str, Conflict]:
    """Who answers about another id than it was asked about speaks of another title, whatever else it claims."""
    strayed = {}
    for provider, answer in answers.items():
        id_type, _, asked = answer.asked_id.partition(":")
        said = answer.fragment.ids.get(id_type, asked)
        if said != asked:
            strayed[provider] = Conflict(id_type=id_type, value=said, claimed_by=provider, stands=asked)
    return strayed


# Records that are gone


def _replaced(subject: Subject, answers: Mapping[str, Answered]) -> tuple[frozenset[str], dict[str, Conflict]]:
    """The types of ids whose records are gone, and which their providers know the same title by another id of; and
    those who found another title in its place."""
    replaced, mistaken = set(), {}
    for provider, answer in answers.items():
        id_type, _, gone = answer.instead_of.partition(":")
        if id_type != provider or id_type not in subject.ids or subject.ids[id_type].value != gone:
            continue
        if _is_same(subject, answer.fragment, id_type):
            replaced.add(id_type)
        else:
            value = answer.fragment.ids.get(id_type, "")
            mistaken[provider] = Conflict(id_type=id_type, value=value, claimed_by=provider, stands=gone)
    return frozenset(replaced), mistaken


def _is_same(subject: Subject, fragment: Fragment, id_type: str) -> bool:
    """Whether a record is about the title: it repeats an id of it, and its names do not contradict; or they agree."""
    said = names_of(fragment)
    repeats = any(fragment.ids.get(other) == claim.value for other, claim in subject.ids.items() if other != id_type)
    return not contradicts(subject.names, said) and (repeats or confirms(subject.names, said))


def _gone(outcomes: Mapping[str, Outcome]) -> list[Conflict]:
    """The ids of which their own provider has no record any more, nor another of the title: only the owner can tell."""
    return [
        Conflict(id_type=provider, value="", claimed_by=provider, stands=outcome.asked_id.partition(":")[2])
        for provider, outcome in sorted(outcomes.items())
        if isinstance(outcome, NotFound) and outcome.gone and outcome.asked_id.startswith(f"{provider}:")
    ]


# Other items


def of_others(item: MediaItem) -> dict[str, str]:
    """The typed ids that another item of the library has, as was found when this one was enriched."""
    return {
        f"{conflict.id_type}:{conflict.value}": f"speaks about item {conflict.item}"
        for conflict in (*item.conflicts, *item.dismissed)
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


def strangers(fragments: Mapping[str, Fragment]) -> dict[str, Conflict]:
    """By provider, answers of which title and year both clearly differ from everybody else's, while two others agree.

    With fewer words to compare nobody is a stranger: who is wrong of two, nobody can tell.
    """
    years = {provider: years_of(fragment)[0] for provider, fragment in fragments.items() if years_of(fragment)}
    if len(years) < 3 or max(years.values()) - min(years.values()) <= YEARS_APART:
        return {}
    words = {provider: each for provider in sorted(years) if (each := names_of(fragments[provider])).titles}
    conflicts = {}
    for provider, mine in words.items():
        others = [other for name, other in words.items() if name != provider]
        agreed = [one for one, other in combinations(others, 2) if _near(one, other) and _alike(one, other)]
        if agreed and not any(_near(mine, other) or _alike(mine, other) for other in others):
            conflicts[provider] = Conflict(id_type="title", value=str(mine), claimed_by=provider, stands=str(agreed[0]))
    return conflicts


def _near(one: NamesAndYears, other: NamesAndYears) -> bool:
    return any(abs(mine - theirs) <= YEARS_APART for mine in one.years for theirs in other.years)


def _alike(one: NamesAndYears, other: NamesAndYears) -> bool:
    return any(likeness(mine, theirs) >= UNLIKE for mine in one.titles for theirs in other.titles)
