"""Random histories of a file that a person edits, that media servers write Metarr's values into, and that is imported
again: the person's changes are always taken, nothing of Metarr's is ever taken for the file's, and nothing flips."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import FakeClock
from harness import House
from metarr.domain.authority import FieldRule
from metarr.domain.values import Kind
from metarr.errors import MetarrError
from metarr.library.edit import Edit
from metarr.library.intake import NewItem
from model_player import ModelPlayer
from scripted_providers import Scripted, scripted_house

pytestmark = pytest.mark.slow

IMDB = "tt0000001"
ORDERS = ((), ("nfo", "tmdb"), ("tmdb", "nfo"), ("tmdb",), ("player:kodi", "nfo", "tmdb"))
TEXTS, LISTS, JOINED = ("plot", "tagline"), ("genres",), ("tags",)


@dataclass
class History:
    """One title, with its file. `typed`: what a person ever wrote into the file, by field."""

    home: House
    tmdb: Scripted
    file: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, set[str]] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        self.tmdb.words[IMDB] = {}
        [taken] = self.take()
        self.id = taken.item.id

    def take(self) -> list[Any]:
        said = NewItem(
            Kind.MOVIE,
            "Ferry",
            2001,
            {"imdb": IMDB},
            dict(self.file),
            source="nfo",
            file="/films/Ferry",
            lock_all=False,
        )
        return self.home.services.library.upsert([said])

    def fresh(self, name: str, by: str) -> Any:
        self.count += 1
        return f"{by} {self.count}" if name in TEXTS else (f"{by} {self.count}",)

    # What happens

    def provider_says(self, name: str) -> None:
        words = dict(self.tmdb.words[IMDB] or {})
        self.tmdb.words[IMDB] = words | {name: self.fresh(name, "tmdb")}

    def provider_is_silent(self, name: str) -> None:
        self.tmdb.words[IMDB] = None if self.tmdb.words[IMDB] is not None else {}

    def person_edits(self, name: str) -> None:
        """A person writes a new text, or adds to a list, in the file."""
        new = self.fresh(name, "typed")
        self.file[name] = new if name in TEXTS else [*self.file.get(name, ()), *new]
        self.typed.setdefault(name, set()).update([new] if name in TEXTS else new)
        self.imported()
        if name in TEXTS:
            assert self.words().get(name) == new
        else:
            assert new[0] in self.words()[name]

    def exported(self, name: str) -> None:
        """A media server writes what Metarr has into the file."""
        stored = self.home.item(self.id).fields.get(name)
        if stored is not None and stored.value is not None:
            self.file[name] = stored.value if name in TEXTS else list(stored.value)

    def imported(self, name: str = "") -> None:
        self.home.clock.advance(60)
        self.take()

    def enriched(self, name: str = "") -> None:
        self.home.clock.advance(60)
        with suppress(MetarrError):  # where it cannot be heard
            self.home.enrich(self.id, force=True)

    def owner_types(self, name: str) -> None:
        value = self.fresh(name, "owner")
        self.home.services.editor.edit(self.id, Edit(fields={name: value if name in TEXTS else list(value)}))
        self.home.services.editor.edit(self.id, Edit(unlock=frozenset({name})))

    # What holds

    def words(self) -> dict[str, Any]:
        [said] = [each for each in self.home.item(self.id).statements if each.source == "nfo"]
        return {name: value.own for name, value in said.values.items() if value.own is not None}

    def check(self) -> None:
        for name, word in self.words().items():
            if name in TEXTS:
                assert word in self.typed[name]
            elif name in JOINED:
                assert set(word) <= self.typed[name]

    def settles(self) -> None:
        self.tmdb.words[IMDB] = self.tmdb.words[IMDB] or {}
        self.enriched()
        self.imported()
        self.enriched()
        before = self.values()
        for _ in range(2):
            for name in (*TEXTS, *LISTS, *JOINED):
                self.exported(name)
            self.imported()
            self.enriched()
            assert self.values() == before
            self.check()

    def values(self) -> dict[str, Any]:
        return {name: (each.value, each.sources) for name, each in self.home.item(self.id).fields.items()}


HAPPENS: list[Callable[[History, str], None]] = [
    History.provider_says,
    History.provider_is_silent,
    History.person_edits,
    History.exported,
    History.imported,
    History.enriched,
    History.owner_types,
]
STEPS = st.lists(st.tuples(st.sampled_from(HAPPENS), st.sampled_from((*TEXTS, *LISTS, *JOINED))), max_size=14)


def follow(order: tuple[str, ...], steps: list[tuple[Callable[[History, str], None], str]]) -> None:
    with TemporaryDirectory() as folder, scripted_house(Path(folder), FakeClock(), "tmdb") as (home, providers):
        ModelPlayer(home)
        if order:
            rules = [
                (Kind.MOVIE, name, FieldRule(providers=order, union=name in JOINED))
                for name in (*TEXTS, *LISTS, *JOINED)
            ]
            home.services.authorities.update(rules=rules)
        history = History(home, providers["tmdb"])
        for step, name in steps:
            step(history, name)
            history.check()
        history.settles()


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(ORDERS), STEPS)
def test_a_person_is_heard_and_an_echo_is_not(
    order: tuple[str, ...], steps: list[tuple[Callable[[History, str], None], str]]
) -> None:
    follow(order, steps)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ORDERS), STEPS)
def test_a_person_is_heard_and_an_echo_is_not_in_many_histories(
    order: tuple[str, ...], steps: list[tuple[Callable[[History, str], None], str]]
) -> None:
    follow(order, steps)
