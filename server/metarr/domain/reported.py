"""What a file or a player means by what it says of a field."""

import re
from typing import Any

from metarr.domain.certifications import certification_in
from metarr.domain.fields import FIELDS, FieldType
from metarr.domain.texts import says_nothing

TITLES = frozenset({"title", "original_title", "sort_title"})
"""They may be any word: there are films called "None" and "Unknown"."""


def meant(name: str, raw: Any, country: str) -> Any:
    """A field's plain value as it was meant: nothing where a word such as `N/A` stands for nothing; of certifications
    the rating in the owner's country. `country`: ISO 3166-1 alpha-2."""
    if name in TITLES:
        return raw
    if name == "certification" and isinstance(raw, str):
        return certification_in(raw, country)
    if isinstance(raw, list):
        return [part for part in raw if not _is_empty(part)]
    return None if _is_empty(raw) else raw


def without_marks(name: str, raw: Any) -> Any:
    """A field's plain value without a host's marks: of artwork, what has no web address. A mark tells what a host
    holds, such as a file beside a film, and is nobody's value."""
    if name not in FIELDS or FIELDS[name].type is not FieldType.ARTWORK or not isinstance(raw, list):
        return raw
    return [image for image in raw if not is_mark(image)]


def is_mark(image: Any) -> bool:
    """Whether an image is a host's mark."""
    url = image.get("url") if isinstance(image, dict) else None
    return isinstance(url, str) and re.match(r"https?://", url, re.IGNORECASE) is None


def _is_empty(raw: Any) -> bool:
    """Whether a text, or the name of a person or a collection, says nothing."""
    text = raw.get("name") if isinstance(raw, dict) else raw
    return isinstance(text, str) and says_nothing(text)
