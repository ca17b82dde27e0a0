"""When two values of a field mean the same, so that the stored bytes stay."""

import unicodedata
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any

from metarr.domain.fields import FIELDS, Field, FieldType
from metarr.domain.values import Image, Value


def same(field: str, one: Value | None, other: Value | None) -> bool:
    """Whether two values of a field mean the same: sets as sets, ratings at shown precision, images by identity."""
    if one is None or other is None:
        return one is other
    return one == other or meaning(field, one) == meaning(field, other)


def meaning(field: str, value: Value) -> Hashable:
    """What a value of a field means; equal for values that a viewer could not tell apart."""
    catalogued = FIELDS[field]
    return _MEANINGS[catalogued.type](catalogued, value)


@lru_cache(maxsize=4096)
def text_key(text: str) -> str:
    """A text without its accidental differences: composition, white space, case. Kept, because the titles of a library
    share their genres, countries and people."""
    return _text_of(text).casefold()


def image_key(image: Image) -> str:
    """What identifies an image: its address without scheme and query."""
    return address_key(image.url)


def address_key(url: str) -> str:
    """A web address without scheme, query and fragment, the host in lower case."""
    address = url.partition("://")[2].partition("?")[0].partition("#")[0]
    host, slash, path = address.partition("/")
    return f"{host.lower()}{slash}{path}"


def _text_of(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _text(_: Field, value: Any) -> Hashable:
    return _text_of(value)


def _rating(field: Field, value: Any) -> Hashable:
    return round(float(value), field.decimals)


def _texts(_: Field, value: Any) -> Hashable:
    return frozenset(text_key(text) for text in value)


def _credits(_: Field, value: Any) -> Hashable:
    return frozenset((text_key(credit.name), text_key(credit.role), address_key(credit.photo)) for credit in value)


def _collection(_: Field, value: Any) -> Hashable:
    art = (address_key(value.poster), address_key(value.fanart))
    return (_text(_, value.name), frozenset(value.ids.items()), art)


def _artwork(_: Field, value: Any) -> Hashable:
    """The first image is the main one; the order of the extra ones means nothing."""
    keys = [image_key(image) for image in value]
    return (*keys[:1], frozenset(keys[1:]))


_MEANINGS: Mapping[FieldType, Callable[[Field, Any], Hashable]] = {
    FieldType.TEXT: _text,
    FieldType.DATE: _text,
    FieldType.INTEGER: lambda _, value: value,
    FieldType.RATING: _rating,
    FieldType.TEXTS: _texts,
    FieldType.CREDITS: _credits,
    FieldType.COLLECTION: _collection,
    FieldType.ARTWORK: _artwork,
}
