"""What a file or a player means by what it says of a field."""

from typing import Any

from metarr.domain.certifications import certification_in
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


def _is_empty(raw: Any) -> bool:
    """Whether a text, or the name of a person or a collection, says nothing."""
    text = raw.get("name") if isinstance(raw, dict) else raw
    return isinstance(text, str) and says_nothing(text)
