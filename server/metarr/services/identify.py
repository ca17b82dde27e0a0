"""Which title is meant by words alone: every provider that can search is asked, and what fits is scored.

A title is accepted only where it fits well and with a clear lead; else the owner decides among the candidates.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog

from metarr.clock import Clock
from metarr.domain.matching import Found, Score, Wanted, clear_winner, score
from metarr.domain.model import IdClaim, Kind, Unavailable
from metarr.errors import ProviderError, TitleNotFound
from metarr.fetch.channel import Ticket
from metarr.fetch.contract import Http, Lane
from metarr.providers import guard
from metarr.providers.base import Candidate, Query, Searches
from metarr.services.aggregate import preferences_of
from metarr.services.config import Config
from metarr.services.roster import Entry, Roster

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Match:
    """A title that may be meant: what each provider that found it says, the best fit first, and how well it fits."""

    candidate: Candidate
    ids: Mapping[str, str]
    providers: tuple[str, ...]
    score: Score


@dataclass(frozen=True)
class Matches:
    """Everything that was found, the best first; `unavailable`: providers that could not be heard."""

    matches: tuple[Match, ...]
    unavailable: Mapping[str, Unavailable]

    def winner(self) -> Match | None:
        """The one title that may be taken without asking the owner."""
        place = clear_winner(match.score.value for match in self.matches)
        return None if place is None else self.matches[place]


class Identifier:
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
        """Ask every provider that can search, at once. `deadline`: monotonic seconds."""
        query = Query(kind=kind, title=wanted.title, year=wanted.year, preferences=preferences_of(config.settings))
        tickets: dict[str, Ticket[tuple[Candidate, ...]]] = {}
        unavailable: dict[str, Unavailable] = {}
        found: list[Candidate] = []
        able = [each for each in self._roster.all() if isinstance(each.provider, Searches) and not each.skip(kind)]
        for entry in able:
            if providers is not None and entry.id not in providers:
                continue
            key = (entry.id, "search", kind, wanted.title, wanted.year)
            try:
                tickets[entry.id] = entry.channel.submit(key, _call(entry, query), lane=lane, deadline=deadline)
            except ProviderError as error:
                unavailable[entry.id] = _unavailable(error)
        for provider_id, ticket in tickets.items():
            try:
                found += ticket.result()
            except TitleNotFound:
                continue
            except ProviderError as error:
                unavailable[provider_id] = _unavailable(error)
        return Matches(matches=ranked(found, wanted), unavailable=unavailable)


def _call(entry: Entry, query: Query) -> Callable[[Http], tuple[Candidate, ...]]:
    asked = Query(
        kind=query.kind, title=query.title, year=query.year, preferences=query.preferences, settings=entry.settings
    )
    return lambda http: guard.search(entry.provider, asked, http)


def _unavailable(error: ProviderError) -> Unavailable:
    return Unavailable(reason=error.reason, detail=error.detail, retry_at=error.retry_at)


def ranked(found: Iterable[Candidate], wanted: Wanted) -> tuple[Match, ...]:
    """Candidates joined where they share an id, scored, the best first; popularity only breaks ties."""
    groups: list[list[Candidate]] = []
    ranks: dict[str, int] = {}
    scored: dict[int, Score] = {}
    for candidate in found:
        rank = ranks.get(candidate.provider, 0)
        ranks[candidate.provider] = rank + 1
        scored[id(candidate)] = score(
            wanted, Found(titles=candidate.titles, year=candidate.year, countries=candidate.countries, rank=rank)
        )
        fitting = [group for group in groups if any(_same_title(candidate, other) for other in group)]
        joined = [candidate] + [other for group in fitting for other in group]
        groups = [group for group in groups if group not in fitting] + [joined]
    matches = [_match(group, scored) for group in groups]
    matches.sort(key=lambda match: (-match.score.value, -match.candidate.popularity, sorted(match.ids.items())))
    return tuple(matches)


def _same_title(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates are one title: they share an id and contradict each other in none."""
    shared = one.ids.keys() & other.ids.keys()
    return bool(shared) and all(one.ids[id_type] == other.ids[id_type] for id_type in shared)


def _match(group: list[Candidate], scored: Mapping[int, Score]) -> Match:
    best = sorted(group, key=lambda candidate: (-scored[id(candidate)].value, candidate.provider))
    ids: dict[str, str] = {}
    for candidate in best:
        for id_type, value in candidate.ids.items():
            ids.setdefault(id_type, value)
    providers = tuple(dict.fromkeys(candidate.provider for candidate in best))
    return Match(candidate=best[0], ids=ids, providers=providers, score=scored[id(best[0])])


def claims(match: Match) -> dict[str, IdClaim]:
    """The ids of a match, each the word of the provider that found it best."""
    return {id_type: IdClaim(value=value, source=match.candidate.provider) for id_type, value in match.ids.items()}
