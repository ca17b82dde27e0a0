"""One merged title without storing anything in the library: what `Aggregate` tells."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metarr.asking.config import Config, ConfigReader
from metarr.asking.gather import Gatherer, Inquiry
from metarr.asking.nobody import answered, nobody
from metarr.asking.search import Matches, Searcher, claims, undecided
from metarr.clock import Clock
from metarr.domain.item import IdClaim, MediaItem
from metarr.domain.matching import Wanted
from metarr.domain.merge import RunnerUp, explain, merge
from metarr.domain.outcome import Outcome
from metarr.domain.settling import Findings
from metarr.domain.subject import Subject
from metarr.domain.values import Kind
from metarr.library.enrich import COMMIT_MARGIN
from metarr.library.listings import facts_of
from metarr.library.whole_series import WholeSeries


@dataclass(frozen=True)
class AggregateWish:
    """A title by its ids, or by title and year (0: unknown). `episodes`: of a series, all that is below it, too.
    `deadline`: monotonic seconds."""

    kind: Kind
    ids: Mapping[str, str]
    title: str
    year: int
    providers: frozenset[str] | None
    force_refresh: bool
    deadline: float
    episodes: bool = False


@dataclass(frozen=True)
class Aggregated:
    """The merged title, what else was said about each field, and what came of asking each provider; `below`: its
    seasons and episodes, where they were asked for."""

    item: MediaItem
    outcomes: Mapping[str, Outcome]
    runners_up: Mapping[str, tuple[RunnerUp, ...]]
    waiting: Mapping[str, tuple[str, ...]]
    below: Sequence[MediaItem] = ()


class TitleAggregator:
    """Asks, merges, explains; the library is left alone."""

    def __init__(
        self, gatherer: Gatherer, searcher: Searcher, whole: WholeSeries, config: ConfigReader, clock: Clock
    ) -> None:
        self._gatherer = gatherer
        self._searcher = searcher
        self._whole = whole
        self._config = config
        self._clock = clock

    def search(
        self, kind: Kind, wanted: Wanted, *, deadline: float, providers: frozenset[str] | None = None
    ) -> Matches:
        """Everything that may be meant by these words. `deadline`: monotonic seconds.

        Raises what nobody's answering raises.
        """
        config = self._config.read()
        matches = self._searcher.search(kind, wanted, config, deadline=deadline - COMMIT_MARGIN, providers=providers)
        if not answered(matches.outcomes):
            raise nobody(matches.outcomes)
        return matches

    def aggregate(self, wish: AggregateWish) -> Aggregated:
        """Raises what nobody's answering raises (`services.unheard.nobody`), and CannotDo for words that fit no title
        or several."""
        config = self._config.read()
        ids = {id_type: IdClaim(value=value) for id_type, value in wish.ids.items()} or self._identify(wish, config)
        inquiry = Inquiry(
            kind=wish.kind,
            subject=Subject(ids=ids),
            providers=wish.providers,
            fresh_after=self._clock.now() if wish.force_refresh else None,
            deadline=wish.deadline - COMMIT_MARGIN,
        )
        findings = self._gatherer.gather(inquiry, config)
        if not answered(findings.outcomes):
            raise nobody(findings.outcomes)
        coverage = self._gatherer.coverage(wish.kind, config)
        item = MediaItem(
            kind=wish.kind,
            title=wish.title,
            year=wish.year,
            ids=findings.settled.ids,
            conflicts=findings.settled.conflicts,
        )
        merged = merge(item, findings.outcomes, config.policy, coverage)
        return Aggregated(
            item=merged.item,
            outcomes=findings.outcomes,
            runners_up=explain(merged.item, findings.outcomes, config.policy, coverage),
            waiting={decision.field: decision.waiting for decision in merged.decisions},
            below=self._below(merged.item, inquiry, findings, config) if wish.episodes else (),
        )

    def _below(self, series: MediaItem, inquiry: Inquiry, findings: Findings, config: Config) -> Sequence[MediaItem]:
        settled = dataclasses.replace(inquiry, subject=Subject(ids=findings.settled.ids))
        return self._whole.below(series, settled, config, facts_of(series, findings.outcomes))

    def _identify(self, wish: AggregateWish, config: Config) -> dict[str, IdClaim]:
        wanted = Wanted(title=wish.title, year=wish.year)
        # Half the time: one that hangs must not take that in which the others can be asked about what was found.
        deadline = (self._clock.monotonic() + wish.deadline - COMMIT_MARGIN) / 2
        matches = self._searcher.search(wish.kind, wanted, config, deadline=deadline, providers=wish.providers)
        winner = matches.winner()
        if winner is None:
            raise undecided(wanted, matches)
        return claims(winner)
