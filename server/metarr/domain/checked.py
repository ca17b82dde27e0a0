"""A field's value as a person typed it or a file holds it: converted to the field's type, its texts cleaned, and
refused where it cannot be right."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from metarr.domain.equality import text_key
from metarr.domain.fields import FIELDS, FieldType, convert_value
from metarr.domain.id_spelling import expected, valid_id, valid_type
from metarr.domain.texts import LONG_TEXTS, cleaned
from metarr.domain.values import Collection, Credit, Image, Value

MOST_TEXT = 20_000
"""Characters of a text."""

MOST_LINE = 1_000
"""Characters of a name, a role, an element of a list."""

MOST_ADDRESS = 2_000
"""Characters of a web address."""

MOST_ELEMENTS = 500
"""Elements of a list."""

YEARS = (1870, 2200)
"""Of the first moving pictures, and of what nobody has announced yet."""

BOUNDS: Mapping[str, tuple[int, int]] = {
    "year": YEARS,
    "rotten_tomatoes_score": (0, 100),
    "metacritic_score": (0, 100),
    "runtime_minutes": (0, 100_000),
}
"""The least and the greatest number a field can hold, where it is not any. The longest film runs for 51,420 minutes."""

_MOST_ANY = 10**12
_MOST_PIXELS = 100_000
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)


def checked_value(name: str, raw: object) -> Value | None:
    """Plain JSON as the value of a catalogue field; None where it is nothing: null, a blank text, an empty list.

    Raises ValueError, whose text tells a person what is expected; KeyError for an unknown field.
    """
    field = FIELDS[name]
    if raw is None or raw == [] or (isinstance(raw, str) and not raw.strip()):
        return None
    try:
        value = convert_value(name, raw)
    except msgspec.ValidationError as error:
        where = f": {error}" if field.type in _PARTED else ""  # of the others it tells only how they are decoded
        raise ValueError(f"is no {_NOUNS[field.type]}{where}") from error
    return _CHECKS[field.type](name, value)


_NOUNS: Mapping[FieldType, str] = {
    FieldType.TEXT: "text",
    FieldType.DATE: "date such as 1999-10-15",
    FieldType.INTEGER: "whole number",
    FieldType.RATING: "number from 0 to 10",
    FieldType.TEXTS: "list of texts",
    FieldType.CREDITS: "list of people, each with a name",
    FieldType.COLLECTION: "collection with a name",
    FieldType.ARTWORK: "list of images, each with a url",
}


_PARTED = (FieldType.TEXTS, FieldType.CREDITS, FieldType.COLLECTION, FieldType.ARTWORK)


def _text(name: str, value: str) -> str | None:
    return _short(cleaned(value, lines=name in LONG_TEXTS), MOST_TEXT) or None


def _line(text: str) -> str:
    return _short(cleaned(text), MOST_LINE)


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise ValueError(f"has a text of {len(text):,} characters; {most:,} are the most")
    return text


def _date(_: str, value: str) -> str:
    text = value.strip()
    try:
        if date.fromisoformat(text).isoformat() != text:
            raise ValueError(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no date; write it as 1999-10-15") from None
    return text


def _integer(name: str, value: int) -> int:
    least, most = bounds(name)
    if not least <= value <= most:
        raise ValueError(f"{value} is not between {least} and {most if name == 'year' else f'{most:,}'}")
    return value


def bounds(name: str) -> tuple[int, int]:
    """The least and the greatest whole number that a field can hold."""
    return BOUNDS.get(name, (0, _MOST_ANY))


def _rating(_: str, value: float) -> float:
    if not 0 <= value <= 10:
        raise ValueError(f"{value:g} is not between 0 and 10")
    return value


def _texts(_: str, value: tuple[str, ...]) -> tuple[str, ...] | None:
    """The texts, each once; the first spelling counts."""
    texts: dict[str, str] = {}
    for text in map(_line, _few(value)):
        texts.setdefault(text_key(text), text)
    return tuple(text for text in texts.values() if text) or None


def _credits(_: str, value: tuple[Credit, ...]) -> tuple[Credit, ...]:
    """The cast in its order; where no order is told, as listed."""
    ordered = any(credit.order for credit in _few(value))
    return tuple(_credit(credit, credit.order if ordered else place) for place, credit in enumerate(value))


def _credit(credit: Credit, order: int) -> Credit:
    if not 0 <= order <= _MOST_ANY:
        raise ValueError(f"{order} is no place in an order")
    return replace(
        credit,
        name=_named(credit.name),
        role=_line(credit.role),
        order=order,
        photo=_address(credit.photo) if credit.photo else "",
        ids=_ids(credit.ids),
    )


def _collection(_: str, value: Collection) -> Collection:
    poster, fanart = (_address(url) if url else "" for url in (value.poster, value.fanart))
    return replace(value, name=_named(value.name), ids=_ids(value.ids), poster=poster, fanart=fanart)


def _artwork(name: str, value: tuple[Image, ...]) -> tuple[Image, ...]:
    if name != "fanart" and len(value) > 1:
        raise ValueError(f"has {len(value)} images; only fanart has more than one")
    return tuple(_image(image) for image in _few(value))


def _image(image: Image) -> Image:
    if not (0 <= image.width <= _MOST_PIXELS and 0 <= image.height <= _MOST_PIXELS):
        raise ValueError(f"no image has {image.width} × {image.height} pixels")
    if image.language and not _LANGUAGE.fullmatch(image.language):
        raise ValueError(f"{image.language[:20]!r} is no language such as en")
    return Image(url=_address(image.url), width=image.width, height=image.height, language=image.language)


def _few(value: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(value) > MOST_ELEMENTS:
        raise ValueError(f"has {len(value)} elements; {MOST_ELEMENTS} are the most")
    return value


def _named(name: str) -> str:
    if not (line := _line(name)):
        raise ValueError("holds a blank name")
    return line


def _ids(ids: Mapping[str, str]) -> dict[str, str]:
    for id_type, value in _few(tuple(ids.items())):
        if not valid_type(id_type):
            raise ValueError(f"{id_type[:40]!r} is no type of id")
        if id_type != "imdb" and not valid_id(id_type, value):
            raise ValueError(f"{value[:40]!r} is no {id_type} id: {expected(id_type)}")
        # A person's and a company's IMDb id do not begin with "tt".
        if id_type == "imdb" and not re.fullmatch(r"[a-z]{2}\d{7,10}", value, re.ASCII):
            raise ValueError(f"{value[:40]!r} is no imdb id")
    return dict(ids)


def _address(url: str) -> str:
    url = url.strip()
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        secure = False
    if not secure or len(url) > MOST_ADDRESS or any(letter <= " " or letter == "\x7f" for letter in url):
        raise ValueError(f"{url[:80]!r} is no https address")
    return url


_CHECKS: Mapping[FieldType, Callable[[str, Any], Value | None]] = {
    FieldType.TEXT: _text,
    FieldType.DATE: _date,
    FieldType.INTEGER: _integer,
    FieldType.RATING: _rating,
    FieldType.TEXTS: _texts,
    FieldType.CREDITS: _credits,
    FieldType.COLLECTION: _collection,
    FieldType.ARTWORK: _artwork,
}
