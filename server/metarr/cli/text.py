"""Values, times and names as text for a person. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.cells import cell_len, set_cell_size

from metarr.domain.item import Place
from metarr.domain.naming import called
from metarr.domain.values import Kind

NOTHING = "–"

MOST_OBJECTS = 4
"""People or pictures of a field that a table shows."""

YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
"""What a person may type for a switch."""

_UNITS = (("year", 365 * 86400), ("month", 30 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60))


def clean(text: str) -> str:
    """Text without control characters: what a provider says must not steer a terminal. Line ends and tabs stay."""
    return "".join("\ufffd" if _controls(char) else char for char in text)


def _controls(char: str) -> bool:
    return (char < " " and char not in "\n\t") or "\x7f" <= char <= "\x9f"


def span(seconds: float) -> str:
    """A length of time in its largest unit, such as "3 hours"."""
    for unit, length in _UNITS:
        if seconds >= length:
            return counted(int(seconds // length), unit)
    return counted(max(0, int(seconds)), "second")


def counted(number: int, noun: str) -> str:
    """A number with its noun, such as "1 item" or "3 items"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def when(timestamp: str | None, now: datetime | None = None) -> str:
    """An RFC 3339 time seen from now: "2 days ago", "in 8 hours"; "" for none."""
    if not timestamp:
        return ""
    seconds = (datetime.fromisoformat(timestamp) - (now or datetime.now(UTC))).total_seconds()
    if abs(seconds) < 5:
        return "just now"
    return f"{span(-seconds)} ago" if seconds < 0 else f"in {span(seconds)}"


def age(timestamp: str | None, now: datetime | None = None) -> str:
    """How old something is: "2 days", "just now"; "" for nothing."""
    return when(timestamp, now).removesuffix(" ago")


def shown(value: Any, most: int | None = None) -> str:
    """A field's value on one line, or several where it has line ends; of a list of objects at most `most`."""
    match value:
        case None | "" | []:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case list():
            return _listed(value, most)
        case {"url": str(url)}:
            return clean(f"{_image(value)}: {url}" if _image(value) else url)
        case {"name": str(name)}:
            return clean(f"{name} ({value['role']})" if value.get("role") else name)
        case _:
            return clean(str(value))


def _listed(values: Sequence[Any], most: int | None) -> str:
    objects = isinstance(values[0], Mapping)
    some = values[:most] if objects else values
    left = len(values) - len(some)
    return ", ".join(shown(value) for value in some) + (f" and {left} more" if left else "")


def _image(image: Mapping[str, Any]) -> str:
    size = f"{int(image['width'])}×{int(image['height'])}" if image.get("width") and image.get("height") else ""
    return ", ".join(part for part in (size, image.get("language", "")) if part)


def one_line(text: str) -> str:
    """The text with every run of blanks, tabs and line ends as one space."""
    return " ".join(text.split())


def shortened(text: str, room: int) -> str:
    """A text of one line in so many columns of a terminal; what is cut off, at a word where one ends near, is "…"."""
    if cell_len(text) <= room:
        return text
    cut = set_cell_size(text, max(0, room - 1)).rstrip()
    head, blank, _ = cut.rpartition(" ")
    if blank and len(cut) - len(head) <= room // 4 and not text[len(cut) : len(cut) + 1].isspace():
        cut = head
    return f"{cut.rstrip(' ,;:')}…"


def word(constant: str | None, prefix: str) -> str:
    """A constant of the contract as a word: `word("STATUS_NOT_FOUND", "STATUS_")` is "not found"."""
    return (constant or "").removeprefix(prefix).lower().replace("_", " ")


def kind_word(message: Mapping[str, Any]) -> str:
    """The kind of an item or a rule, such as "movie"."""
    return word(message.get("kind"), "MEDIA_KIND_")


def kind_constant(kind: str) -> str:
    return f"MEDIA_KIND_{kind.upper()}"


def ids_text(item: Mapping[str, Any]) -> str:
    """An item's external ids, such as "imdb:tt0137523 tmdb:550"."""
    return " ".join(clean(f"{claim['type']}:{claim['value']}") for claim in item.get("ids", ()))


def name_of(item: Mapping[str, Any]) -> str:
    """What a person calls the item: title and year, "Dark S01E02 Lies", or its ids while no title is known."""
    place = Place(
        series=clean(item.get("seriesTitle", "")), season=item.get("seasonNumber"), episode=item.get("episodeNumber")
    )
    kind = Kind(kind_word(item) or Kind.MOVIE)
    return called(kind, clean(item.get("title", "")), item.get("year", 0), place) or ids_text(item) or "untitled"


def pending_text(pending: Mapping[str, Any]) -> str:
    """Which provider an item waits for, why, and when it is asked again."""
    again = f", asked again {when(pending['notBefore'])}" if pending.get("notBefore") else ""
    return f"{pending['provider']}: {pending.get('reason', '').replace('_', ' ')}{again}"
