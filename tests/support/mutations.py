"""Whole answers with one part changed: what a single malformed part costs, counted by what kind of part it is.

`attack(100_000)` is for who has the time; tests take a few thousand.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import Any, NamedTuple

from msgspec.structs import replace

from fakes import FakeHttp
from metarr.domain.outcome import Fragment
from metarr.domain.values import Credit, Image, Kind
from metarr.errors import ProviderError, TitleNotFound
from metarr.providers import guard
from metarr.providers.contract import Ask, Preferences, Provider
from samples import FOLDER, index
from unit.providers.contract import PROVIDERS, examples

ABSENT: Any = object()
"""The part is taken out."""

ODD: tuple[Any, ...] = (
    ABSENT, None, True, False, 0, -1, 7, 1.5, 7.12345678901234, 1e308, 10**40, "", "N/A", "7.12345678901234",
    "x" * 30_000, "0000-00-00", "2024-02-30", "\x00", "日本", [], {}, [[]], [None], {"id": None}, [1, "a", None, {}], "http://[",
)  # fmt: skip

IDENTITY: Mapping[str, frozenset[tuple[str, ...]]] = {
    "tmdb": frozenset({("id",)}),
    "omdb": frozenset({("imdbID",), ("Type",), ("Response",)}),
    "tvdb": frozenset({("data",), ("data", "id")}),
    "fanart": frozenset(),
}
"""The keys without which nobody knows what an answer is about."""

TWO_FIELDS: Mapping[str, Mapping[tuple[str, ...], frozenset[str]]] = {
    "omdb": {("Plot",): frozenset({"plot", "outline"})},
    # A record that tells no spoken languages is in its original one.
    "tvdb": {("data", "originalLanguage"): frozenset({"languages", "original_language"})},
    # TMDB's own day is its year, and the release where no release in a country tells one.
    "tmdb": {(key,): frozenset({"release_date", "year"}) for key in ("release_date", "first_air_date")},
}
"""What two fields are read from."""


class Part(StrEnum):
    """What kind of part of an answer was changed."""

    IDENTITY = "identity key"
    SECTION = "whole section"
    VALUE = "single value"
    ELEMENT = "element of a list"


class Source(NamedTuple):
    """A whole answer about a title."""

    name: str
    provider: Provider
    ask: Ask
    body: Any

    def read(self) -> Fragment:
        """What its provider says. Raises what the provider does; anything but the documented errors is a fault."""
        return guard.checked_fragment(
            self.provider, self.ask.kind, self.provider.details(self.ask, _AnyPath(self.body))
        )


class _AnyPath(FakeHttp):
    """Hands out one body, whatever is asked, and never copies it: it is large, and only read."""

    def __init__(self, body: Any) -> None:
        super().__init__({})
        self.body = body

    def get(self, *_: Any, **__: Any) -> Any:
        return self.body

    def post(self, *_: Any, **__: Any) -> Any:
        return {"data": {"token": "t"}}


@dataclass
class Tally:
    """By kind of part, how many mutations cost how many fields; and what should not have happened, in words."""

    costs: dict[Part, Counter[int]] = field(default_factory=lambda: {part: Counter() for part in Part})
    refused: Counter[Part] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        most = max((cost for costs in self.costs.values() for cost in costs), default=0)
        lines = [" | ".join(["part", *(f"costs {cost}" for cost in range(most + 1)), "refused"])]
        for part, costs in self.costs.items():
            told = [str(costs[cost]) for cost in range(most + 1)]
            lines.append(" | ".join([part, *told, str(self.refused[part])]))
        return "\n".join([*lines, f"faults: {len(self.faults)}", *self.faults[:20]])


def attack(count: int, seed: int = 20261122) -> Tally:
    """So many single mutations of every whole answer that is at hand, hand-written and recorded."""
    dice, tally = random.Random(seed), Tally()
    known = [(source, source.read(), list(_places(source.body, ()))) for source in sources()]
    for _ in range(count):
        source, before, places = dice.choice(known)
        try_one(source, before, dice.choice(places), dice.choice(ODD), tally)
    return tally


def try_one(source: Source, before: Fragment, path: tuple[Any, ...], odd: Any, tally: Tally) -> None:
    """Change one part, count what that costs, and put it back."""
    holder = _holder(source.body, path)
    kept, items = holder[path[-1]], list(holder.items()) if isinstance(holder, dict) else list(holder)
    part = _part(source, path, kept)
    if odd is ABSENT:
        del holder[path[-1]]
    else:
        holder[path[-1]] = odd
    try:
        after: Fragment | None = source.read()
    except (ProviderError, TitleNotFound):
        after = None
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        tally.faults.append(f"{source.name} {_told(path, odd)}: {type(error).__name__} {error}"[:300])
        return
    finally:
        _restore(holder, items)
    if after is None:
        tally.refused[part] += 1
        if part is not Part.IDENTITY:
            tally.faults.append(f"{source.name} {_told(path, odd)}: refused whole")
        return
    lost = cost(before, after)
    tally.costs[part][len(lost)] += 1
    allowed = TWO_FIELDS.get(source.provider.id, {}).get(path)
    if part in (Part.VALUE, Part.ELEMENT) and len(lost) > 1 and lost != allowed:
        tally.faults.append(f"{source.name} {_told(path, odd)}: cost {sorted(lost)}")
    if part is Part.ELEMENT and (short := sorted(_shortened(before, after) - lost)):
        tally.faults.append(f"{source.name} {_told(path, odd)}: cost more than one element of {short}")


def cost(before: Fragment, after: Fragment) -> frozenset[str]:
    """The fields of which something was known before, and not after."""
    values = (before.values.keys() | before.texts.keys()) - (after.values.keys() | after.texts.keys())
    return frozenset(values | (before.empty & after.unread))


def _shortened(before: Fragment, after: Fragment) -> set[str]:
    """The lists that lost more than one element."""
    return {
        name
        for name, value in before.values.items()
        if isinstance(value, tuple) and len(_keys(value) - _keys(after.values.get(name, ()))) > 1
    }


def _keys(value: Any) -> set[str]:
    named = (part.url if isinstance(part, Image) else part.name if isinstance(part, Credit) else part for part in value)
    return set(named)


def _part(source: Source, path: tuple[Any, ...], value: Any) -> Part:
    if path in IDENTITY[source.provider.id]:
        return Part.IDENTITY
    lists = [place for place, key in enumerate(path) if isinstance(key, int)]
    if not lists:
        return Part.SECTION if isinstance(value, dict | list) else Part.VALUE
    # The only element of a list is the list.
    return Part.ELEMENT if len(_holder(source.body, path[: lists[0] + 1])) > 1 else Part.SECTION


def _holder(body: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        body = body[key]
    return body


def _restore(holder: Any, items: list[Any]) -> None:
    holder.clear()
    if isinstance(holder, dict):
        holder.update(items)
    else:
        holder.extend(items)


def _told(path: Iterable[Any], odd: Any) -> str:
    return f"{'.'.join(map(str, path))} {'taken out' if odd is ABSENT else f'= {odd!r}'[:60]}"


def _places(body: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The path of every part."""
    entries = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in entries:
        yield (*path, key)
        yield from _places(value, (*path, key))


# Whole answers


def sources() -> list[Source]:
    """Every whole answer about a title that is at hand."""
    found = hand_written()
    for provider in PROVIDERS:
        found += [source for source in _recorded(provider) if _is_about_a_title(source)]
    return found


def hand_written() -> list[Source]:
    """A whole answer of every provider about every kind."""
    return [
        Source(f"{e.provider.id} {e.kind}", e.provider, e.ask, max(e.answers.values(), key=lambda body: len(str(body))))
        for e in examples()
    ]


def changed(provider: str, kind: Kind, country: str = "US", **changes: Any) -> Source:
    """The hand-written answer to an owner in that country, with changes to its record; `...` takes a part out, what can
    be called makes a new part of the old one."""
    source = next(source for source in hand_written() if source.name == f"{provider} {kind}")
    record = source.body["data"] if provider == "tvdb" else source.body
    for key, value in changes.items():
        if value is ...:
            del record[key]
        else:
            record[key] = value(record[key]) if callable(value) else value
    return source._replace(ask=replace(source.ask, preferences=Preferences(country=country)))


FOLDERS = {"fanart": "fanarttv"}
STARTS = {Kind.MOVIE: "movie", Kind.SERIES: "tv"}
"""How TMDB's recordings of a kind are named; seasons and episodes bear both words."""


def _recorded(provider: Provider) -> Iterator[Source]:
    folder = FOLDERS.get(provider.id, provider.id)
    names = [row.file for row in index() if row.provider == folder and row.file.endswith(".json")]
    for name in names:
        body = json.loads((FOLDER / name).read_bytes())
        record = body.get("data", body) if isinstance(body, dict) else None
        if not isinstance(record, dict) or re.search("season|episode", PurePath(name).name):
            continue
        for kind in provider.asks_by:
            if provider.id == "tmdb" and not PurePath(name).name.startswith(STARTS[kind]):
                continue
            sections = _sections(names, name, kind) if name.endswith("-details.json") else {}
            ids = {"tmdb": str(record.get("id")), "imdb": str(record.get("imdbID")), "tvdb": str(record.get("id"))}
            ask = Ask(kind=kind, ids=ids, settings={"api_key": "a-key"})
            yield Source(f"{name} as {kind}", provider, ask, {**body, **sections})


def _sections(names: list[str], details: str, kind: Kind) -> dict[str, Any]:
    """What was recorded by itself, and is appended to the details by the product."""
    folder, start = PurePath(details).parent, f"{STARTS[kind]}-"
    return {
        PurePath(name).stem.removeprefix(start).replace("-", "_"): json.loads((FOLDER / name).read_bytes())
        for name in names
        if PurePath(name).parent == folder and PurePath(name).name.startswith(start) and name != details
    }


def _is_about_a_title(source: Source) -> bool:
    try:
        told = source.read()
        return bool(told.titles) and len(told.values) + len(told.texts) > 3
    except (ProviderError, TitleNotFound):
        return False
