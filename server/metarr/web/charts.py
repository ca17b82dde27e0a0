"""Charts of what was asked of the providers, as rectangles for SVG: their styles come from the sheet, for no page may
have its own."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from metarr.v1 import health_service_pb2 as pb

FATES = ("answered", "limited", "failed")
"""From the bottom of a bar to its top."""

WIDTH, HEIGHT = 10, 60
"""Of a day, with the gap to the next, and of the highest bar."""
LEAST = 2.0
"""The height of a segment however small: one failure of a thousand requests is to be seen."""


class Segment(NamedTuple):
    """A rectangle: so many requests of a day that had the same fate."""

    fate: str
    x: int
    y: float
    height: float


class Chart(NamedTuple):
    """The last days of a provider. `days`: those on which it was asked, the latest first."""

    name: str
    width: int
    segments: list[Segment]
    days: list[pb.ProviderUsage]

    @property
    def requests(self) -> int:
        """All of them together."""
        return sum(each.requests for each in self.days)

    @property
    def failed(self) -> int:
        """Of all these, how many failed."""
        return sum(each.failed for each in self.days)


def charts(usage: pb.ListUsageResponse, names: dict[str, str]) -> list[Chart]:
    """A chart for each provider that was asked at all. `names`: what they are called, by id."""
    first = date.fromisoformat(usage.first_day)
    width = (date.fromisoformat(usage.last_day) - first + timedelta(days=1)).days * WIDTH
    return [
        Chart(name, width, list(_segments(days, first)), days[::-1])
        for provider_id, name in names.items()
        if (days := [each for each in usage.usage if each.provider_id == provider_id])
    ]


def _segments(days: list[pb.ProviderUsage], first: date) -> Iterator[Segment]:
    most = max(each.requests for each in days)
    for each in days:
        x, y = (date.fromisoformat(each.day) - first).days * WIDTH, float(HEIGHT)
        for fate in FATES:
            if count := getattr(each, fate):
                height = max(LEAST, (HEIGHT - len(FATES) * LEAST) * count / most)
                y -= height
                yield Segment(fate, x, round(y, 1), round(height, 1))
