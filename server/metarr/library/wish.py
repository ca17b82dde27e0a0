"""How to enrich an item, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from metarr.domain.changes import Change
from metarr.domain.item import IdClaim, MediaItem
from metarr.domain.merge import Decision
from metarr.domain.outcome import Outcome
from metarr.domain.settling import Findings
from metarr.fetch.contract import Lane
from metarr.library.below import NOTHING_BELOW, Below
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.database import Connection


@dataclass(frozen=True)
class Wish:
    """How to enrich an item.

    `auto`: a machine asks, so an item that is not monitored is skipped. `fresh_after`: answers fetched before do not
    count as fresh. `deadline`: when the caller stops waiting, on the monotonic clock. `planned`: providers not to ask
    now, because their short quota is spent by plan. `also`: what else belongs into the transaction that notes what
    came of it, by the item that was wanted.
    """

    deadline: float
    auto: bool = False
    fresh_after: datetime | None = None
    providers: frozenset[str] | None = None
    dry_run: bool = False
    lane: Lane = Lane.INTERACTIVE
    job_id: int | None = None
    planned: frozenset[str] = frozenset()
    also: "Callable[[Connection, Mapping[int, Enriched]], None] | None" = None


@dataclass(frozen=True)
class Enriched:
    """What came of it: the item as it is now (in a dry run: would be), what changed and which answers are awaited."""

    item: MediaItem
    changes: tuple[Change, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    awaited: Mapping[str, AwaitedAnswer] = field(default_factory=dict)
    sync_reason: str = ""
    skipped: bool = False


@dataclass(frozen=True)
class GatheredItem:
    """An item about which everyone was asked: as it was read, the ids by which they were asked about it, and what came
    of it and of what is below it. `wanted`: the item that was named, such as an episode of this series."""

    wanted: int
    item: MediaItem
    ids: Mapping[str, IdClaim]
    findings: Findings
    below: Below = NOTHING_BELOW
