"""What every provider must keep, and the hard material it is tried with.

A provider joins by being in `metarr.providers`; a file `examples/<provider>_<kind>.json` gives it whole answers to
start from: `{"ids": {…}, "settings": {…}, "answers": {path: body}}`.
"""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from metarr.domain.fields import decode_value, encode_value
from metarr.domain.outcome import Fragment
from metarr.domain.values import Kind
from metarr.providers.contract import Ask, Provider
from metarr.providers.registry import bundled, register

EXAMPLES = Path(__file__).parent / "examples"
REGISTRY = register(bundled())
PROVIDERS = list(REGISTRY.providers.values())
COVERED = [(provider, kind) for provider in PROVIDERS for kind in provider.asks_by]


@dataclass(frozen=True)
class Example:
    """A whole answer to one question."""

    provider: Provider
    kind: Kind
    ids: dict[str, str]
    answers: dict[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def ask(self) -> Ask:
        return Ask(kind=self.kind, ids=self.ids, settings={"api_key": "a-key", **self.settings})


def examples() -> list[Example]:
    """Every example of a provider that is there."""
    found = []
    for provider, kind in COVERED:
        path = EXAMPLES / f"{provider.id}_{kind}.json"
        if path.is_file():
            found.append(Example(provider, kind, **json.loads(path.read_text(encoding="utf-8"))))
    return found


def said(fragment: Fragment) -> dict[str, Any]:
    """What it says, of texts the best."""
    return {**fragment.values, **{name: texts[0].value for name, texts in fragment.texts.items()}}


def check_fragment(provider: Provider, kind: Kind, fragment: Fragment) -> None:
    """Every declared field in exactly one place, every value in the catalogue's type, every id a text."""
    assert (fragment.provider, fragment.kind) == (provider.id, kind)
    places = [*fragment.values, *fragment.texts, *fragment.empty, *fragment.unread]
    assert sorted(places) == sorted(provider.covers[kind])
    for name, value in fragment.values.items():
        decoded = decode_value(name, encode_value(value))
        assert decoded == value, name
        assert type(decoded) is type(value), name
        assert value not in ("", ()), name
    assert all(isinstance(value, str) and value for value in fragment.ids.values())
    assert all(isinstance(title, str) and title for title in fragment.titles)
    assert len(fragment.titles) <= 500
    assert len(set(fragment.titles)) == len(fragment.titles)


_DAYS = ["2010", "2010-07-16", "2010-07-16T00:00:00.000Z", "16 Jul 2010"]
_MARKS = ["", "N/A", "TBA", "0", "Rotten Tomatoes", "YouTube", "Trailer", "True", "movie", "en", "US"]
_ADDRESSES = ["tt0133093", "http://example.org/a.jpg", "/a.jpg"]
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([*_MARKS, *_DAYS, *_ADDRESSES]),
)


def json_like(words: list[str]) -> st.SearchStrategy[Any]:
    """Any JSON at all, whose keys are often `words`."""
    keys = st.one_of(st.sampled_from(words), st.text(max_size=8))
    return st.recursive(
        _SCALARS,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=8)),
        max_leaves=15,
    )


@cache
def words_of(provider: Provider) -> list[str]:
    """The words in a provider's source, the keys it reads among them."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(type(provider))))  # type: ignore[arg-type]
    literals = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return sorted({literal for literal in literals if re.fullmatch(r"\w[\w ]{0,30}", literal)})


@st.composite
def mutated(draw: st.DrawFn, body: Any, words: list[str]) -> Any:
    """A body with one to three of its parts removed, replaced, wrapped or doubled."""
    whole = [deepcopy(body)]
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(_places(whole))))
        match draw(st.sampled_from(["replace", "replace", "remove", "wrap", "double"])):
            case "replace":
                holder[key] = draw(_SCALARS | json_like(words))
            case "remove" if isinstance(holder, dict):
                del holder[key]
            case "wrap":
                holder[key] = [holder[key]]
            case _:
                holder[key] = [holder[key], deepcopy(holder[key])]
    return whole[0]


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of a body, as the container that holds it and its key there."""
    pairs = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, inner in list(pairs):
        yield part, key
        yield from _places(inner)
