"""What a person calls an item."""

from metarr.domain.item import MediaItem, Place
from metarr.domain.values import Kind


def called(kind: Kind, title: str, year: int, place: Place) -> str:
    """Title and year of a movie or a series, "Dark, season 1", "Dark S01E02 Lies"; `year` 0: unknown."""
    match kind:
        case Kind.SEASON:
            return ", ".join(part for part in (place.series, _season(place.season, title)) if part)
        case Kind.EPISODE:
            return " ".join(part for part in (place.series, _number(place), title) if part)
    return f"{title} ({year})" if title and year else title


def name_of(item: MediaItem) -> str:
    """What a person calls an item; "" while no title is known."""
    return called(item.kind, item.shown_title(), item.shown_year(), item.place())


def _season(number: int | None, title: str) -> str:
    if number is None:
        return title
    return f"season {number}" if number else "specials"


def _number(place: Place) -> str:
    season = "" if place.season is None else f"S{place.season:02}"
    return season if place.episode is None else f"{season}E{place.episode:02}"
