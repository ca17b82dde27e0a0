"""How the list of the library is looked at: what its address says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import abort
from werkzeug.datastructures import MultiDict

from metarr.v1 import common_pb2 as common
from metarr.v1 import library_service_pb2 as pb

MOVIE, SERIES, SEASON, EPISODE = (
    common.MEDIA_KIND_MOVIE,
    common.MEDIA_KIND_SERIES,
    common.MEDIA_KIND_SEASON,
    common.MEDIA_KIND_EPISODE,
)

WANTS: Mapping[str, tuple[str, Callable[[pb.GetLibrarySummaryResponse.KindSummary], int]]] = {
    "conflict": ("Conflicts", lambda each: each.conflicts),
    "undecided": ("Which title?", lambda each: each.undecided),
    "unidentified": ("Unidentified", lambda each: each.unidentified),
    "never": ("Never looked up", lambda each: each.never_enriched),
    "locked": ("Locked", lambda each: each.locked),
    "unmonitored": ("Not in the daily run", lambda each: each.unmonitored),
}
"""What items may want, as addresses spell it: its name, and how many of a kind do."""

SAID: Mapping[str, tuple[str, bool]] = {
    "conflict": ("conflict", True),
    "undecided": ("undecided", True),
    "unidentified": ("unidentified", True),
    "never": ("enriched", False),
    "locked": ("locked", True),
    "unmonitored": ("monitored", False),
}
"""How a filter says it."""

ORDERS: Mapping[str, tuple[str, pb.ItemOrder, bool]] = {
    "": ("Title", pb.ITEM_ORDER_TITLE, False),
    "-year": ("Year, newest first", pb.ITEM_ORDER_YEAR, True),
    "year": ("Year, oldest first", pb.ITEM_ORDER_YEAR, False),
    "-added": ("Added last", pb.ITEM_ORDER_ADDED, True),
    "enriched": ("Looked up longest ago", pb.ITEM_ORDER_ENRICHED, False),
    "-enriched": ("Looked up last", pb.ITEM_ORDER_ENRICHED, True),
}
"""The orders, as addresses spell them: their names, and how the list is asked for."""


@dataclass(frozen=True, kw_only=True)
class LibraryView:
    """What the list is narrowed to, how it is sorted, and as what it is shown. Whatever is "" says nothing."""

    KINDS: ClassVar[Mapping[str, tuple[str, tuple[common.MediaKind, ...]]]] = {
        "": ("Movies and series", (MOVIE, SERIES)),
        "movie": ("Movies", (MOVIE,)),
        "series": ("Series", (SERIES,)),
        "season": ("Seasons", (SEASON,)),
        "episode": ("Episodes", (EPISODE,)),
        "any": ("Everything", (MOVIE, SERIES, SEASON, EPISODE)),
    }

    kind: str = ""
    text: str = ""
    waiting: str = ""
    missing: str = ""
    player: str = ""
    wants: frozenset[str] = frozenset()
    sort: str = ""
    show: str = ""

    @property
    def kinds(self) -> tuple[common.MediaKind, ...]:
        return self.KINDS[self.kind][1]

    @property
    def narrows(self) -> bool:
        """Whether anything but the kind narrows it."""
        return bool(self.text or self.waiting or self.missing or self.player or self.wants)

    @property
    def order(self) -> pb.ItemOrder:
        return ORDERS[self.sort][1]

    @property
    def descending(self) -> bool:
        return ORDERS[self.sort][2]

    def filter(self, *, of_kind: bool = True) -> common.ItemFilter:
        """As the methods take it; nothing of the kind, where that is not wanted, or it is any."""
        said = common.ItemFilter(
            kinds=self.kinds if of_kind and self.kind != "any" else (),
            title_contains=self.text,
            pending_provider=self.waiting,
            missing_field=self.missing,
            player_id=self.player,
        )
        for want in self.wants:
            name, value = SAID[want]
            setattr(said, name, value)
        return said

    def arguments(self, **changes: Any) -> Mapping[str, Any]:
        """What an address or a form says of it, with something said otherwise."""
        said = {
            "kind": self.kind,
            "text": self.text,
            "waiting": self.waiting,
            "missing": self.missing,
            "player": self.player,
            "want": sorted(self.wants),
            "sort": self.sort,
            "show": self.show,
        }
        return {name: value for name, value in (said | changes).items() if value}

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """The same one by one, for a form that has inputs of its own for the others."""
        said = MultiDict(self.arguments(**dict.fromkeys(without, "")))
        return list(said.items(multi=True))


def library_view(values: MultiDict[str, str]) -> LibraryView:
    """What an address or a form says. Words that no page of ours would say end the request; the rest is for the methods
    to judge."""
    kind, sort, shown = (values.get(name, "") for name in ("kind", "sort", "show"))
    wants = frozenset(values.getlist("want"))
    if kind not in LibraryView.KINDS or sort not in ORDERS or shown not in ("", "posters") or wants - WANTS.keys():
        abort(404)
    return LibraryView(
        kind=kind,
        text=values.get("text", "").strip(),
        waiting=values.get("waiting", ""),
        missing=values.get("missing", ""),
        player=values.get("player", ""),
        wants=wants,
        sort=sort,
        show=shown,
    )
