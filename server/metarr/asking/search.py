"""Which title is meant by words alone: every provider that can search is asked, and what fits is scored.

A title is accepted only where it fits well and with a clear lead; else the owner decides among the candidates.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, combinations

import structlog
from msgspec.structs import replace

from metarr.asking.config import Config
from metarr.asking.nobody import answered, nobody, why_not
from metarr.asking.roster import ConfiguredProvider, Roster
from metarr.clock import Clock
from metarr.domain.ids import identifying
from metarr.domain.item import IdClaim, Match
from metarr.domain.matching import (
    ACCEPT,
    OTHER_YEAR,
    FoundTitle,
    Namesakes,
    Score,
    Wanted,
    clear_winner,
    doubted,
    is_namesake,
    other_spelling,
    score,
    title_key,
    without_remark,
)
from metarr.domain.outcome import Answered, Fragment, NotAsked, NotFound, Outcome, Skip, Unavailable
from metarr.domain.values import Kind
from metarr.errors import CannotDo, MetarrError, NobodyAnswered, ProviderError, TitleNotFound
from metarr.fetch.channel import Ticket
from metarr.fetch.contract import Http, Lane
from metarr.providers import guard
from metarr.providers.contract import Candidate, Query, Searches

log = structlog.get_logger(__name__)

LISTED = 5
"""Candidates that an error names; all of them are listed on the item."""


@dataclass(frozen=True)
class Matches:
    """Everything that was found, the best first, and what came of asking each provider."""

    matches: tuple[Match, ...]
    outcomes: Mapping[str, Outcome]

    def winner(self) -> Match | None:
        """The one title that may be taken without asking the owner."""
        place = clear_winner(match.score for match in self.matches)
        return None if place is None else self.matches[place]


@dataclass(frozen=True)
class ReadingMatches(Matches):
    """What was found by each of several readings of a title, and all of it together."""

    by_reading: tuple[Matches, ...]

    def winner(self) -> Match | None:
        """The one title that all readings mean that mean any; None where one of them could not be searched."""
        winners = [winner for each in self.by_reading if (winner := each.winner())]
        if not winners or not all(answered(each.outcomes) for each in self.by_reading):
            return None
        return winners[0] if all(_is_one(winners[0], other) for other in winners[1:]) else None


def _is_one(one: Match, other: Match) -> bool:
    """Whether two matches are one title: by their ids, where both have any of a type."""
    common = one.ids.keys() & other.ids.keys()
    if common:
        return all(one.ids[id_type] == other.ids[id_type] for id_type in common)
    return (title_key(one.title), one.year) == (title_key(other.title), other.year)


class Searcher:
    """Searches by words."""

    def __init__(self, roster: Roster, clock: Clock) -> None:
        self._roster = roster
        self._clock = clock

    def search(
        self,
        kind: Kind,
        wanted: Wanted,
        config: Config,
        *,
        deadline: float,
        lane: Lane = Lane.INTERACTIVE,
        providers: frozenset[str] | None = None,
    ) -> Matches:
        """Ask every provider that can search, at once. `deadline`: monotonic seconds. Raises nothing.

        A provider that keeps to the year would hide a namesake of the year before. Where one that tells them, too,
        knows the only title that fits, the find is unanimous; else the others are asked without the year as well, which
        costs their quotas. Where nobody knows the name, it is asked for as others may have written it.
        """
        wanted = without_remark(wanted)
        asked: list[ConfiguredProvider] = []
        outcomes: dict[str, Outcome] = {}
        for configured in self._roster.all():
            left_out = self._left_out(configured, kind, config, providers) or self._roster.brakes.stopped(configured.id)
            if left_out is not None:
                outcomes[configured.id] = left_out
            else:
                asked.append(configured)
        finds = _Finds(kind, wanted, outcomes)
        query = Query(kind=kind, title=wanted.title, year=wanted.year, preferences=config.preferences)
        self._ask(asked, query, finds, lane, deadline)
        if wanted.year and not finds.unanimous({each.id for each in asked if _searches_any_year(each)}):
            strict = [each for each in asked if not _searches_any_year(each) and finds.heard(each.id)]
            self._ask(strict, replace(query, year=0), finds, lane, deadline)
        if (other := other_spelling(wanted.title)) and not finds.knows_the_name():
            heard = [each for each in asked if finds.heard(each.id)]
            self._ask(heard, replace(query, title=other), finds, lane, deadline)
        return finds.matches()

    def _ask(
        self, asked: Iterable[ConfiguredProvider], query: Query, finds: "_Finds", lane: Lane, deadline: float
    ) -> None:
        """Ask them at once, and note what each says."""
        tickets: dict[str, Ticket[tuple[Candidate, ...]]] = {}
        for configured in asked:
            key = (configured.id, "search", query.kind, query.title, query.year)
            call = _call(configured, query)
            try:
                tickets[configured.id] = configured.channel.submit(key, call, lane=lane, deadline=deadline)
            except ProviderError as error:
                finds.outcomes[configured.id] = _unavailable(configured.id, error)
        for provider_id, ticket in tickets.items():
            try:
                finds.add(provider_id, ticket.result(), self._clock.now())
            except TitleNotFound:
                finds.add(provider_id, (), self._clock.now())
            except ProviderError as error:
                finds.outcomes[provider_id] = _unavailable(provider_id, error)

    def search_readings(
        self,
        kind: Kind,
        readings: Sequence[Wanted],
        config: Config,
        *,
        deadline: float,
        lane: Lane = Lane.INTERACTIVE,
        providers: frozenset[str] | None = None,
    ) -> Matches:
        """Search by each of the words that may be a title. `deadline`: monotonic seconds. Raises nothing.

        Words that are others with their year, such as "Wonder Woman 1984" beside Wonder Woman of 1984, are searched
        where those mean no title.
        """

        def search(wanted: Wanted) -> Matches:
            return self.search(kind, wanted, config, deadline=deadline, lane=lane, providers=providers)

        with_year = {title_key(f"{each.title} {each.year}") for each in readings if each.year}
        last = [each for each in readings if not each.year and title_key(each.title) in with_year]
        searched = [search(each) for each in readings if each not in last]
        if not any(each.winner() for each in searched):
            searched += [search(each) for each in last]
        return searched[0] if len(searched) == 1 else _together(searched)

    def _left_out(
        self, configured: ConfiguredProvider, kind: Kind, config: Config, providers: frozenset[str] | None
    ) -> NotAsked | None:
        """Why a provider is not asked; None: it is."""
        if (skip := configured.skip(kind)) is not None:
            return skip
        if not isinstance(configured.provider, Searches):
            return NotAsked(reason=Skip.NOT_COVERED, detail="cannot search by words")
        if providers is not None and configured.id not in providers:
            return NotAsked(reason=Skip.NOT_SELECTED, detail="only others were asked")
        if config.settings.multi_provider_aggregation:
            return None
        able = [each.id for each in self._roster.all() if isinstance(each.provider, Searches) and not each.skip(kind)]
        if config.authority.by_priority(able)[0] == configured.id:
            return None
        return NotAsked(reason=Skip.DISABLED, detail="multi-provider aggregation is off: only the first one is asked")


class _Finds:
    """What was found so far: candidates by provider, each once, in the order in which they came."""

    def __init__(self, kind: Kind, wanted: Wanted, outcomes: dict[str, Outcome]) -> None:
        self._kind = kind
        self._wanted = wanted
        self._offers: list[Candidate] = []
        self.outcomes = outcomes

    def add(self, provider_id: str, candidates: Iterable[Candidate], now: datetime) -> None:
        """What a provider says, besides what it said before."""
        before = [each.ids for each in self._offers if each.provider == provider_id]
        new = [candidate for candidate in candidates if candidate.ids not in before]
        self._offers += new
        answer = Answered(fragment=Fragment(provider=provider_id, kind=self._kind), fetched_at=now)
        self.outcomes[provider_id] = answer if before or new else NotFound(fetched_at=now)

    def heard(self, provider_id: str) -> bool:
        return isinstance(self.outcomes.get(provider_id), Answered | NotFound)

    def matches(self) -> Matches:
        return Matches(matches=ranked(self._offers, self._wanted), outcomes=self.outcomes)

    def unanimous(self, seeing: AbstractSet[str]) -> bool:
        """Whether more searching would decide nothing: several titles fit, or the only one fits in name and year and is
        known to one of those who tell namesakes of other years, too. Who does not know the title does not count."""
        fitting = [match for match in self.matches().matches if match.score >= ACCEPT]
        if len(fitting) != 1:
            return bool(fitting)
        doubtful = fitting[0].penalties.keys() & {"title", "year_off_by_one"}
        return not doubtful and not seeing.isdisjoint(fitting[0].providers)

    def knows_the_name(self) -> bool:
        return any(is_namesake(score(self._wanted, _OneTitle((each,), 0).title())) for each in self._offers)


def _searches_any_year(configured: ConfiguredProvider) -> bool:
    return configured.provider.searches_any_year


def _call(configured: ConfiguredProvider, query: Query) -> Callable[[Http], tuple[Candidate, ...]]:
    asked = Query(
        kind=query.kind, title=query.title, year=query.year, preferences=query.preferences, settings=configured.settings
    )
    return lambda http: guard.search(configured.provider, asked, http)


def _unavailable(provider_id: str, error: ProviderError) -> Unavailable:
    log.info("search_unavailable", provider=provider_id, reason=str(error.reason), detail=error.detail)
    return Unavailable(reason=error.reason, detail=error.detail, retry_at=error.retry_at)


def _together(by_reading: Sequence[Matches]) -> ReadingMatches:
    """Every title once, as well as it fits any reading; of a provider the worst that came of asking it."""
    best: dict[tuple[tuple[str, str], ...], Match] = {}
    for match in chain.from_iterable(each.matches for each in by_reading):
        ids = tuple(sorted(match.ids.items()))
        if ids not in best or best[ids].score < match.score:
            best[ids] = match
    outcomes: dict[str, Outcome] = {}
    for provider_id, outcome in chain.from_iterable(each.outcomes.items() for each in by_reading):
        if not isinstance(outcomes.get(provider_id), Unavailable) and not isinstance(outcome, NotFound):
            outcomes[provider_id] = outcome
        outcomes.setdefault(provider_id, outcome)
    return ReadingMatches(
        matches=tuple(sorted(best.values(), key=lambda match: -match.score)),
        outcomes=outcomes,
        by_reading=tuple(by_reading),
    )


# Joining and scoring


@dataclass(frozen=True)
class _OneTitle:
    """What providers found of one title. `rank`: the best place that it had in a provider's list, from 0."""

    candidates: tuple[Candidate, ...]
    rank: int

    def ids(self) -> set[tuple[str, str]]:
        return {pair for candidate in self.candidates for pair in candidate.ids.items()}

    def identity(self) -> set[tuple[str, str]]:
        """Those of the ids that identify it."""
        return {pair for each in self.candidates for pair in identifying(each.kind, each.ids).items()}

    def providers(self) -> list[str]:
        return [candidate.provider for candidate in self.candidates]

    def year(self) -> int:
        return next((candidate.year for candidate in self.candidates if candidate.year), 0)

    def title(self) -> FoundTitle:
        return FoundTitle(
            titles=tuple(dict.fromkeys(chain.from_iterable(each.titles for each in self.candidates))),
            year=self.year(),
            other_years=tuple({each.year for each in self.candidates if each.year} - {self.year()}),
            countries=tuple(dict.fromkeys(chain.from_iterable(each.countries for each in self.candidates))),
            rank=self.rank,
        )


def ranked(candidates: Iterable[Candidate], wanted: Wanted) -> tuple[Match, ...]:
    """Candidates joined where they are one title, scored, the best first; popularity only breaks ties.

    Those that share an id that identifies are one title, if they contradict each other in none. So are those that no
    id tells apart or together, of the same name and at most a year apart, if every provider knows only one such title.
    """
    ranks: dict[str, int] = {}
    singles = []
    for candidate in candidates:
        ranks[candidate.provider] = ranks.get(candidate.provider, -1) + 1
        singles.append(_OneTitle(candidates=(candidate,), rank=ranks[candidate.provider]))
    linked = [_one(groups, wanted) for groups in _alike(singles, _OneTitle.identity, _one_id_of_a_type)]
    of_titles = [titles for near in _components(linked, _names_nearby) for titles in _titles_of(near)]
    fits = [_score(_one(groups, wanted), wanted) for groups in of_titles]
    names = Namesakes(
        count=sum(map(is_namesake, fits)),
        of_the_year=any(is_namesake(fit) and not fit.penalties.keys() & OTHER_YEAR for fit in fits),
    )
    matches = [_match(groups, wanted, names) for groups in of_titles]
    matches.sort(key=lambda pair: (-pair[0].score, -pair[1], sorted(pair[0].ids.items())))
    return tuple(match for match, _ in matches)


def _alike(
    groups: Sequence[_OneTitle],
    marks: Callable[[_OneTitle], AbstractSet[object]],
    fit: Callable[[Sequence[_OneTitle]], bool],
) -> list[list[_OneTitle]]:
    """Groups that share a mark, directly or through others, put together; left apart where they do not fit together."""
    together = [
        [members] if fit(members) else [[member] for member in members] for members in _components(groups, marks)
    ]
    return list(chain.from_iterable(together))


def _components(
    groups: Sequence[_OneTitle], marks: Callable[[_OneTitle], AbstractSet[object]]
) -> list[list[_OneTitle]]:
    """Groups that share a mark, directly or through others."""
    components: list[tuple[set[object], list[_OneTitle]]] = []
    for group in groups:
        seen, joined = set(marks(group)), [group]
        apart = []
        for component in components:
            if component[0].isdisjoint(seen):
                apart.append(component)
            else:
                seen |= component[0]
                joined = component[1] + joined
        components = [*apart, (seen, joined)]
    return [members for _, members in components]


def _titles_of(near: Sequence[_OneTitle]) -> list[list[_OneTitle]]:
    """Namesakes of about a year, each title by itself: one, where nothing tells them apart but a year."""
    years = [group.year() for group in near]
    if max(years) - min(years) <= 1 and _one_of_a_provider(near):
        return [list(near)]
    return _alike(near, _names, _one_of_a_provider)


def _one_id_of_a_type(groups: Sequence[_OneTitle]) -> bool:
    pairs = set(chain.from_iterable(group.identity() for group in groups))
    return len(pairs) == len({id_type for id_type, _ in pairs})


def _names(group: _OneTitle) -> set[tuple[str, int]]:
    """Every name with the year; none where the year is not known."""
    named = group.title()
    return {(title_key(title), named.year) for title in named.titles} if named.year else set()


def _names_nearby(group: _OneTitle) -> set[tuple[str, int]]:
    """Every name with the year and the next, so that namesakes a year apart share one."""
    return {(key, beside) for key, year in _names(group) for beside in (year, year + 1)}


def _one_of_a_provider(groups: Sequence[_OneTitle]) -> bool:
    """Whether nothing tells these namesakes apart: no provider knows two of them, no id type is in two of them."""
    return all(
        set(one.providers()).isdisjoint(other.providers())
        and {id_type for id_type, _ in one.ids()}.isdisjoint({id_type for id_type, _ in other.ids()})
        for one, other in combinations(groups, 2)
    )


def _one(groups: Sequence[_OneTitle], wanted: Wanted) -> _OneTitle:
    """Several groups as one, the best fit first, of equals the one with most ids."""
    best = sorted(
        groups, key=lambda group: (-_score(group, wanted).value, -len(group.ids()), group.rank, group.providers())
    )
    return _OneTitle(
        candidates=tuple(chain.from_iterable(group.candidates for group in best)), rank=min(g.rank for g in best)
    )


def _score(group: _OneTitle, wanted: Wanted) -> Score:
    return score(wanted, group.title())


def _match(groups: Sequence[_OneTitle], wanted: Wanted, names: Namesakes) -> tuple[Match, float]:
    """The match, and how popular the title is. Its ids are those that hang together: of a mere namesake's, an answer
    has to tell."""
    whole = _one(groups, wanted)
    surest = next(group for group in groups if whole.candidates[0] in group.candidates)
    title = whole.title()
    kind = whole.candidates[0].kind
    judged = doubted(_score(whole, wanted), wanted, title, kind=kind, names=names)
    match = Match(
        title=whole.candidates[0].titles[0],
        source=whole.candidates[0].provider,
        ids=dict(sorted(surest.ids())),
        year=title.year,
        overview=next((each.overview for each in whole.candidates if each.overview), ""),
        poster=next((each.poster for each in whole.candidates if each.poster), ""),
        countries=title.countries,
        score=judged.value,
        penalties=judged.penalties,
        providers=tuple(sorted(set(whole.providers()))),
    )
    return match, max(each.popularity for each in whole.candidates)


# What a match means


def claims(match: Match) -> dict[str, IdClaim]:
    """The ids of a match: its own is each provider's own word, the rest that of the provider that found it best."""
    return {
        id_type: IdClaim(value=value, source=id_type if id_type in match.providers else match.source)
        for id_type, value in match.ids.items()
    }


def undecided(wanted: Wanted, matches: Matches) -> MetarrError:
    """The error for words of which a search did not tell the title."""
    if not answered(matches.outcomes):
        return nobody(matches.outcomes)
    missed = [
        f"{provider}: {why_not(outcome)}"
        for provider, outcome in sorted(matches.outcomes.items())
        if isinstance(outcome, Unavailable)
    ]
    if missed and not matches.matches:
        reasons = "; ".join(missed)
        return NobodyAnswered(f"those who could be heard know no title like {named(wanted)!r}; not heard: {reasons}")
    return not_one(wanted, matches.matches)


def not_one(wanted: Wanted, matches: Sequence[Match]) -> CannotDo:
    """The error for words that fit several titles, one not well enough, or none at all."""
    if not matches:
        return CannotDo(f"no provider knows a title like {named(wanted)!r}; give an id", reason="TITLE_UNKNOWN")
    if len(matches) == 1:
        message = f"{named(wanted)!r} may be {_listed(matches[0])}; give its id if it is"
        return CannotDo(message, reason="TITLE_AMBIGUOUS")
    listed = "; ".join(_listed(match) for match in matches[:LISTED])
    more = f"; and {len(matches) - LISTED} more" if len(matches) > LISTED else ""
    message = f"{named(wanted)!r} may be several titles; give the id of one of these: {listed}{more}"
    return CannotDo(message, reason="TITLE_AMBIGUOUS")


def named(wanted: Wanted) -> str:
    """The words for a person to read, such as "Dallas (2012)"."""
    return f"{wanted.title} ({wanted.year})" if wanted.year else wanted.title


def _listed(match: Match) -> str:
    ids = " ".join(f"{id_type}:{value}" for id_type, value in sorted(match.ids.items()))
    return f"{match.title} ({match.year or 'year unknown'}) {ids}"
