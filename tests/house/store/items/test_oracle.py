"""Filters, orders and counts of a library, beside what looking at every single item says."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, insert, select

from factories import NOW, item
from metarr.domain.fields import fields_of
from metarr.domain.item import Conflict, FieldValue, MediaItem, Rule, Undecided
from metarr.domain.values import Kind
from metarr.store import awaited_answers, items, tables
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.database import Database
from metarr.store.items import FieldCount, ItemFilter, ItemOrder, field_counts, folded
from postgres import MakeDatabase
from tiers import slow_but

SOURCES = (("tmdb",), ("omdb",), ("omdb", "tmdb"), ("owner",), ("player:kodi",), ("nfo",))
FIELDS = ("title", "plot", "genres", "poster", "season_number", "year")
ASKED_BY = ("imdb", "tmdb")


@dataclass(frozen=True)
class Known:
    """An item with what stands beside it. `in_vain`: it awaits answers that nobody can ask for without an id."""

    item: MediaItem
    awaited: frozenset[str]
    players: frozenset[str]
    in_vain: bool


Oracle = Mapping[int, Known]


@pytest.fixture(scope="module")
def filled(make_database: MakeDatabase) -> Iterator[tuple[Database, Oracle]]:
    """A library of everything, and what is in it."""
    with make_database() as database:
        with database.begin() as connection:
            oracle = fill(connection, random.Random(14))
        yield database, oracle


@pytest.fixture
def connection(filled: tuple[Database, Oracle]) -> Iterator[Connection]:
    with filled[0].read() as connection:
        yield connection


@pytest.fixture
def oracle(filled: tuple[Database, Oracle]) -> Oracle:
    return filled[1]


def fill(connection: Connection, chance: random.Random) -> Oracle:
    _players(connection)
    awaited: dict[int, frozenset[str]] = {}
    having: dict[int, frozenset[str]] = {}
    in_vain: set[int] = set()
    series: list[int] = []
    for number in range(120):
        kind = chance.choice((Kind.MOVIE, Kind.SERIES, Kind.SEASON, Kind.EPISODE))
        parent = chance.choice([None, *series]) if kind is Kind.SEASON else None
        added = items.add(connection, _item(chance, kind, number, parent))
        series += [added.id] if kind is Kind.SERIES else []
        awaited[added.id] = frozenset(chance.sample(("omdb", "tvdb"), chance.randint(0, 2)))
        why = chance.choice(("timeout", "no_id"))
        reasons = {provider: AwaitedAnswer(reason=why, since=NOW) for provider in awaited[added.id]}
        in_vain |= {added.id} if why == "no_id" and reasons else set()
        awaited_answers.set_for_item(connection, added.id, reasons)
        having[added.id] = frozenset(chance.sample(("kodi", "attic"), chance.randint(0, 2)))
        for player in having[added.id]:
            _entries(connection, player, added, chance.randint(1, 2))
    gone = chance.sample(sorted(awaited), 12)
    items.soft_delete(connection, gone, NOW)
    for item_id in items.descendants(connection, gone) + gone:
        awaited[item_id] = frozenset()  # nobody is asked about what is deleted
    stored = items.get_many(connection, list(awaited))
    in_vain -= {item_id for item_id, waits in awaited.items() if not waits}
    return {
        # One that was searched for in vain awaits its owner's word.
        item_id: Known(
            each,
            frozenset() if each.undecided else awaited[item_id],
            having[item_id],
            in_vain=item_id in in_vain,
        )
        for item_id, each in stored.items()
    }


def _item(chance: random.Random, kind: Kind, number: int, parent: int | None) -> MediaItem:
    own = {field.name for field in fields_of(kind)}
    fields = {name: _value(chance, name) for name in FIELDS if name in own and chance.random() < 0.6}
    ids = {id_type: f"{number}" for id_type in ("tmdb", "wikidata") if chance.random() < 0.7}
    conflict = Conflict(id_type="imdb", value="tt2", claimed_by="tmdb", stands="tt1")
    return item(
        kind,
        title=chance.choice(("Night", "night and Day", "Élan", "The River")),
        year=chance.choice((0, 1999, 2000, 2001)),
        ids=ids,
        fields=fields,
        monitored=chance.random() < 0.8,
        parent_id=parent,
        conflicts=(conflict,) if chance.random() < 0.2 else (),
        undecided=Undecided(not_before=NOW) if chance.random() < 0.2 else None,
        added_at=chance.choice((None, NOW, NOW - timedelta(days=1), NOW - timedelta(days=2))),
        last_enriched_at=chance.choice((None, None, NOW, NOW - timedelta(hours=1))),
    )


def _value(chance: random.Random, name: str) -> FieldValue:
    value: Any = {"year": 2001, "season_number": 3, "genres": ("Drama",), "poster": ()}.get(name, f"A {name}")
    if chance.random() < 0.15:
        return FieldValue(locked=True)
    rule = chance.choice((Rule.FIRST, Rule.FIRST, Rule.HELD))
    return FieldValue(value=value, sources=chance.choice(SOURCES), rule=rule, locked=chance.random() < 0.2)


def _players(connection: Connection) -> None:
    for player in ("kodi", "attic"):
        row = dict.fromkeys(("name", "host", "host_version", "adapter_version", "instance", "policy"), "x")
        own = {"id": player, "session": 1, "overwrite_edits": False, "takes": {}, "cannot_take": {}}
        connection.execute(insert(tables.players), {**row, **own, "added_at": NOW, "seen_at": NOW})


def _entries(connection: Connection, player: str, of: MediaItem, number: int) -> None:
    for copy in range(number):
        row = {"player_id": player, "host_key": f"{of.id}-{copy}", "host_id": "1", "kind": of.kind, "item_id": of.id}
        rest = {"ids": {}, "report_id": "", "sequence": 0, "acked": 0, "acked_change": 0, "states": {}}
        connection.execute(insert(tables.player_items), {**row, **rest, "troubled": False, "edited": False})


def holding(known: Known) -> dict[str, FieldValue]:
    return {name: each for name, each in known.item.fields.items() if each.value is not None}


def is_unidentified(known: Known) -> bool:
    return known.item.kind in (Kind.MOVIE, Kind.SERIES) and known.item.ids.keys().isdisjoint(ASKED_BY)


CASES: list[tuple[ItemFilter, Callable[[Known], bool]]] = [
    (ItemFilter(), lambda known: True),
    (ItemFilter(kind=Kind.SEASON), lambda known: known.item.kind is Kind.SEASON),
    (ItemFilter(kinds=(Kind.MOVIE, Kind.SERIES)), lambda known: known.item.kind in (Kind.MOVIE, Kind.SERIES)),
    (ItemFilter(title_contains="NIGHT"), lambda known: "night" in folded(known.item.title)),
    (ItemFilter(title="elan"), lambda known: folded(known.item.title) == "elan"),
    (ItemFilter(missing_field="plot"), lambda known: "plot" not in holding(known)),
    (
        ItemFilter(missing_field="genres"),
        lambda known: known.item.kind in (Kind.MOVIE, Kind.SERIES) and "genres" not in holding(known),
    ),
    (ItemFilter(missing_field="networks"), lambda known: known.item.kind is Kind.SERIES),
    (ItemFilter(awaited_provider="omdb"), lambda known: "omdb" in known.awaited),
    (ItemFilter(monitored=False), lambda known: not known.item.monitored),
    (ItemFilter(monitored=True), lambda known: known.item.monitored),
    (ItemFilter(unidentified=True, asked_by=ASKED_BY), is_unidentified),
    (ItemFilter(unidentified=False, asked_by=ASKED_BY), lambda known: not is_unidentified(known)),
    (ItemFilter(undecided=True, asked_by=ASKED_BY), lambda known: is_unidentified(known) and known.in_vain),
    (ItemFilter(enriched=True), lambda known: known.item.last_enriched_at is not None),
    (ItemFilter(enriched=False), lambda known: known.item.last_enriched_at is None),
    (ItemFilter(locked=True), lambda known: bool(known.item.locked_fields())),
    (ItemFilter(locked=False), lambda known: not known.item.locked_fields()),
    (ItemFilter(locked_field="plot"), lambda known: "plot" in known.item.locked_fields()),
    (
        ItemFilter(values_held=True),
        lambda known: any(each.rule is Rule.HELD for each in holding(known).values()),
    ),
    (
        ItemFilter(values_held=False),
        lambda known: all(each.rule is not Rule.HELD for each in holding(known).values()),
    ),
    (ItemFilter(source="omdb"), lambda known: any("omdb" in each.sources for each in holding(known).values())),
    (ItemFilter(source="player:kodi"), lambda known: ("player:kodi",) in {v.sources for v in holding(known).values()}),
    (ItemFilter(source="mdb"), lambda known: False),
    (ItemFilter(source='omdb","tmdb'), lambda known: False),
    (ItemFilter(source="%"), lambda known: False),
    (ItemFilter(player="kodi"), lambda known: "kodi" in known.players),
    (ItemFilter(conflict=True), lambda known: bool(known.item.conflicts)),
    (ItemFilter(conflict=False), lambda known: not known.item.conflicts),
    (ItemFilter(years=(2000, 0)), lambda known: known.item.shown_year() >= 2000),
    (ItemFilter(years=(0, 2000)), lambda known: 1 <= known.item.shown_year() <= 2000),
    (ItemFilter(years=(2000, 2000)), lambda known: known.item.shown_year() == 2000),
    (
        ItemFilter(kind=Kind.MOVIE, monitored=True, source="tmdb", player="attic", awaited_provider="omdb"),
        lambda known: (
            known.item.kind is Kind.MOVIE
            and known.item.monitored
            and any("tmdb" in each.sources for each in holding(known).values())
            and "attic" in known.players
            and "omdb" in known.awaited
        ),
    ),
]


def said(fits: ItemFilter) -> str:
    """What a filter says, in short."""
    plain = msgspec.to_builtins(fits)  # what is as by default is left out
    return " ".join(f"{name}={value}" for name, value in plain.items()) or "everything"


FILTERS = pytest.mark.parametrize(("fits", "does"), CASES, ids=[said(fits) for fits, _ in CASES])


def fitting(oracle: Oracle, does: Callable[[Known], bool], *, deleted: bool = False) -> dict[int, Known]:
    return {
        item_id: known
        for item_id, known in oracle.items()
        if (known.item.deleted_at is not None) == deleted and does(known)
    }


@FILTERS
@pytest.mark.parametrize("deleted", slow_but([False], [False, True]))
def test_a_filter_fits_what_it_says(
    connection: Connection, oracle: Oracle, fits: ItemFilter, does: Callable[[Known], bool], deleted: bool
) -> None:
    fits = replace(fits, deleted=deleted)
    expected = fitting(oracle, does, deleted=deleted).keys()
    assert {head.id for head in items.page(connection, fits, limit=999)} == expected
    assert items.count(connection, fits) == len(expected)


def test_the_cases_tell_items_from_each_other(oracle: Oracle) -> None:
    sizes = [len(fitting(oracle, does)) for _, does in CASES]
    assert sum(0 < size < 100 for size in sizes) >= 24, sizes


@pytest.mark.parametrize("order", ItemOrder)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("fits", [ItemFilter(), ItemFilter(kind=Kind.SEASON), ItemFilter(title_contains="i")], ids=said)
def test_pages_follow_each_other_in_every_order(
    connection: Connection, oracle: Oracle, order: ItemOrder, descending: bool, fits: ItemFilter
) -> None:
    seen: list[items.ItemHead] = []
    after = None
    while page := items.page(connection, fits, order=order, descending=descending, after=after, limit=7):
        seen += page
        after = items.position(page[-1], order)
    wanted = {head.id for head in items.page(connection, fits, limit=999)}
    assert sorted(head.id for head in seen) == sorted(wanted)

    def key(head: items.ItemHead) -> Any:
        by = {
            ItemOrder.YEAR: head.year,
            ItemOrder.ADDED: head.added_at.timestamp() if head.added_at else 0,
            ItemOrder.ENRICHED: head.last_enriched_at.timestamp() if head.last_enriched_at else 0,
        }
        return -by[order] if descending else by[order]

    if order is ItemOrder.TITLE:
        expected = sorted(seen, key=lambda head: (head.sort_key, head.id), reverse=descending)
    else:
        expected = sorted(seen, key=lambda head: (key(head), head.sort_key, head.id))
    assert [head.id for head in seen] == [head.id for head in expected]


@pytest.mark.parametrize(
    ("fits", "does"),
    [
        pytest.param(*case, id=said(case[0]), marks=[pytest.mark.slow] if number % 6 else [])
        for number, case in enumerate(CASES)
    ],
)
def test_the_summary_counts_what_each_item_says(
    connection: Connection, oracle: Oracle, fits: ItemFilter, does: Callable[[Known], bool]
) -> None:
    fits = replace(fits, asked_by=ASKED_BY)
    known = fitting(oracle, does).values()
    summary = items.kinds_summary(connection, fits)
    assert summary.keys() == {each.item.kind for each in known}
    for kind, counted in summary.items():
        of_kind = [each for each in known if each.item.kind is kind]
        assert counted.items == len(of_kind)
        assert counted.never_enriched == sum(each.item.last_enriched_at is None for each in of_kind)
        assert counted.unmonitored == sum(not each.item.monitored for each in of_kind)
        assert counted.locked == sum(bool(each.item.locked_fields()) for each in of_kind)
        assert counted.conflicts == sum(bool(each.item.conflicts) for each in of_kind)
        assert counted.unidentified == sum(map(is_unidentified, of_kind))
        assert counted.undecided == sum(is_unidentified(each) and each.in_vain for each in of_kind)
        assert counted.awaited == Counter(provider for each in of_kind for provider in each.awaited)
        assert counted.by_player == Counter(player for each in of_kind for player in each.players)
    by_field = items.fields_summary(connection, fits)
    stored = [(each.item.kind, name, value) for each in known for name, value in each.item.fields.items()]
    assert by_field.keys() == {(kind, name) for kind, name, _ in stored}
    for key, field in by_field.items():
        values = [value for kind, name, value in stored if (kind, name) == key]
        full = [value for value in values if value.value is not None]
        assert field.count == FieldCount(
            filled=len(full),
            locked=sum(value.locked for value in values),
            values_held=sum(value.rule is Rule.HELD for value in full),
        )
        assert field.by_source == Counter(source for value in full for source in value.sources)


def test_what_is_kept_of_the_counts_is_what_counting_says(connection: Connection) -> None:
    everything = field_counts.count(connection, select(tables.items.c.id).where(tables.items.c.deleted_at.is_(None)))
    assert field_counts.counted(connection) == everything
    assert len(everything) > 40
