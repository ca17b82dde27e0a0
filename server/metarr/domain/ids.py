"""What an external id may look like, and how a person names an item by one."""

import re

_TYPE = re.compile(r"[a-z][a-z0-9_]{1,31}", re.ASCII)
_KNOWN = {
    "imdb": re.compile(r"tt\d{7,10}", re.ASCII),
    "tmdb": re.compile(r"[1-9]\d{0,11}", re.ASCII),
    "tvdb": re.compile(r"[1-9]\d{0,11}", re.ASCII),
}
_OTHER = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_ITEM_ID = re.compile(r"[1-9]\d{0,17}", re.ASCII)

_EXAMPLES = {"imdb": "tt and 7 to 10 digits, such as tt0137523"}
_NUMBER = "a number above 0 of at most 12 digits, such as 550"
_WORD = "1 to 64 letters, digits, dots, colons, dashes or underscores"


def valid_type(id_type: str) -> bool:
    """Whether this can be the type of an id: a word in lower case that begins with a letter."""
    return _TYPE.fullmatch(id_type) is not None


def valid_id(id_type: str, value: str) -> bool:
    """Whether `value` can be an id of that type. Types that Metarr does not know by name are read generously."""
    known = _KNOWN.get(id_type)
    if known is None:
        return valid_type(id_type) and _OTHER.fullmatch(value) is not None
    return known.fullmatch(value) is not None


def expected(id_type: str) -> str:
    """What an id of that type looks like, for a person to read."""
    return _EXAMPLES.get(id_type, _NUMBER if id_type in _KNOWN else _WORD)


def parse_reference(text: str) -> tuple[str, str] | int:
    """An item's own id, or an external one as (type, value), from text such as "17" or "imdb:tt0137523".

    Raises ValueError, whose text says what was expected.
    """
    if _ITEM_ID.fullmatch(text):
        return int(text)
    id_type, colon, value = text.partition(":")
    if not colon:
        raise ValueError("an item's number, or an external id such as imdb:tt0137523")
    if not valid_type(id_type):
        raise ValueError("before the colon: the type of an id, such as imdb, tmdb or tvdb")
    if not valid_id(id_type, value):
        raise ValueError(f"after {id_type}: {expected(id_type)}")
    return id_type, value
