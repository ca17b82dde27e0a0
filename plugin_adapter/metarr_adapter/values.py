"""Compares plain JSON values by what they mean: 1 is 1.0, the order of an object's names is nothing, "" is nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from metarr_adapter.host import IDS

LONGEST_TEXT = 50_000
"""Characters of a text that is told; no plot has as many."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def is_empty(value: Any) -> bool:
    """Whether a field that holds this holds nothing. A number and a truth value always are something."""
    return value is None or value in ("", [], {}, ())


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same."""
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(same(value, other[place]) for place, value in enumerate(one))
    return bool(one == other)


def holds(field: str, current: Any, value: Any) -> bool:
    """Whether a host that holds `current` has `value`. Of external ids it may hold more: Metarr takes none away."""
    if field != IDS:
        return same(current, value)
    return all(same(_ids(current).get(kind), text) for kind, text in _ids(value).items())


def are_ours(current: Any, ours: Any, ids: Any) -> bool:
    """Whether external ids that a host holds are still `ours`, as far as writing `ids` would change them."""
    return all(
        same(_ids(current).get(kind), _ids(ours).get(kind)) or same(_ids(current).get(kind), text)
        for kind, text in _ids(ids).items()
    )


def folded(word: Any) -> str:
    """Equal for words of a list that a person would take for one."""
    return " ".join(str(word).split()).casefold()


def tellable(value: Any) -> Any:
    """A value as a message can carry it.

    Names of files bring halves of signs and control characters with them, which no message holds, or no field; a text
    beyond all measure is cut. One such value would keep its whole library from being told.
    """
    if isinstance(value, str):
        return _CONTROL.sub("", value[:LONGEST_TEXT]).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {tellable(name): tellable(each) for name, each in value.items()}
    return [tellable(each) for each in value] if isinstance(value, (list, tuple)) else value


def short(value: Any, length: int = 60) -> str:
    """A value for a person to read."""
    text = value if isinstance(value, str) else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def _ids(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
