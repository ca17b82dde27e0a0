"""Which answers are in doubt: nothing but an id from a file or a player, or a weak one, vouches for them, and the words
that it came with do not agree."""

from collections.abc import Mapping

from metarr.domain.ids import identifying
from metarr.domain.item import Conflict, IdClaim, below_providers
from metarr.domain.outcome import Answered
from metarr.domain.subject import Subject
from metarr.domain.values import Struct
from metarr.domain.witness import confirms, contradicts, is_namesake, names_of, together


class Doubt(Struct, frozen=True, kw_only=True):
    """Answers in doubt, by provider, and the types of the ids that led to them. `namesakes`: what is believed, and may
    be about another title of that name."""

    answers: dict[str, Conflict] = {}
    ids: frozenset[str] = frozenset()
    namesakes: tuple[Conflict, ...] = ()


_NONE = Doubt()


def doubted(subject: Subject, answers: Mapping[str, Answered], but: frozenset[str] = frozenset()) -> Doubt:
    """What there is to doubt, ids of the types `but` apart.

    Answers that share an id are about one title: a name or a year that one of them says counts for all of them. A file
    with the German title of a film fits OMDb's answer, because TMDB has it among its translations.
    """
    given = {t: claim for t, claim in subject.ids.items() if t not in but and is_in_need(claim)}
    if not given:
        return _NONE
    in_doubt: dict[str, Conflict] = {}
    ids: set[str] = set()
    namesakes: list[Conflict] = []
    for of_one in _by_title(answers):
        named = _named_by(of_one, subject)
        if not given.keys() >= named or _repeats_two(of_one, named, subject):
            continue
        said = together(names_of(answer.fragment) for answer in of_one.values())
        disputes = {
            provider: Conflict(id_type="title", value=str(said), claimed_by=provider, stands=str(subject.names))
            for provider in sorted(of_one)
        }
        # What names none of its ids was found by a look-up. A later one may be from an id that some answer told: it is
        # no better for that.
        weak = all(subject.ids[id_type].weak for id_type in named or subject.ids)
        if not confirms(subject.names, said) if weak else contradicts(subject.names, said):
            in_doubt |= disputes
            ids |= named
        elif is_namesake(subject.names, said):
            namesakes += disputes.values()
    return Doubt(answers=in_doubt, ids=frozenset(ids), namesakes=tuple(namesakes))


def is_in_need(claim: IdClaim) -> bool:
    """Whether an id needs a second witness: a weak one, and what the owner did not enter, nor a provider say."""
    return claim.weak or below_providers(claim.source)


def _by_title(answers: Mapping[str, Answered]) -> list[dict[str, Answered]]:
    """The answers by the title that they are about: those that share an id, directly or through others."""
    groups: list[tuple[set[str], dict[str, Answered]]] = []
    for provider, answer in answers.items():
        marks, members = _typed_ids(answer), {provider: answer}
        apart = []
        for group in groups:
            if group[0].isdisjoint(marks):
                apart.append(group)
            else:
                marks |= group[0]
                members = group[1] | members
        groups = [*apart, (marks, members)]
    return [members for _, members in groups]


def _typed_ids(answer: Answered) -> set[str]:
    """What identifies the title of an answer: the id that it was asked by, and those that it says."""
    said = identifying(answer.fragment.kind, answer.fragment.ids)
    return {answer.asked_id, *(f"{id_type}:{value}" for id_type, value in said.items())}


def _named_by(of_one: Mapping[str, Answered], subject: Subject) -> set[str]:
    """The types of the ids that the answers about one title were asked by, or say."""
    marks = {mark for answer in of_one.values() for mark in _typed_ids(answer)}
    return {id_type for id_type, claim in subject.ids.items() if f"{id_type}:{claim.value}" in marks}


def _repeats_two(of_one: Mapping[str, Answered], named: set[str], subject: Subject) -> bool:
    """Whether an answer repeats two ids of the title: that both are wrong in the same way is out of the question."""
    typed = {id_type: f"{id_type}:{subject.ids[id_type].value}" for id_type in named}
    return any(
        sum(answer.asked_id == typed[t] or answer.fragment.ids.get(t) == subject.ids[t].value for t in named) > 1
        for answer in of_one.values()
    )
