"""Taking titles into the library: by the owner's hand, or from files that were imported.

What an item comes with is kept below every provider's word, and only where nothing is stored.
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import replace

from metarr.domain.checked import checked_value
from metarr.domain.fields import fields_of
from metarr.domain.ids import identifying
from metarr.domain.item import OWNER, REPORTERS, FieldValue, IdClaim, MediaItem, Rule
from metarr.domain.matching import Wanted, title_key
from metarr.domain.reported import meant
from metarr.domain.values import Kind, Value
from metarr.domain.witness import NamesAndYears, confirms
from metarr.errors import InvalidInput, Violation
from metarr.library.commit import commit
from metarr.library.deletion import restore
from metarr.store import items, joins
from metarr.store.database import Connection
from metarr.store.items import Words
from metarr.store.player_entries import PLAYER

PLAYERS = "players"
"""Who deleted an item that no player had any more."""


@dataclass(frozen=True)
class NewSeries:
    """The series that a season or an episode belongs to. `year` 0: unknown; `weak` as in `NewItem`."""

    title: str = ""
    year: int = 0
    ids: Mapping[str, str] = field(default_factory=dict)
    weak: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NewItem:
    """A title to add. `year` 0: unknown.

    `fields`: plain values by name. `source`: one of `REPORTERS` for an import, `player:<id>` for what a player has; "":
    the owner adds it, which restores a deleted item, where an import leaves it deleted, and a player restores what is
    deleted only because no player had it. `season`, `episode`: numbers, where `series` is given. `readings`: other
    words that may be its title. `weak`: the types of those ids that need a second witness (`domain.witness`).
    """

    kind: Kind
    title: str = ""
    year: int = 0
    ids: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    lock_all: bool = False
    series: NewSeries | None = None
    season: int = 0
    episode: int = 0
    readings: tuple[Wanted, ...] = ()
    weak: frozenset[str] = frozenset()

    @property
    def from_player(self) -> bool:
        return self.source.startswith("player:")


class Upserted(NamedTuple):
    """What became of it. `deleted`: the item, or what it belongs to, was deleted and stays so; nothing was changed.

    `changed`: an item that was there got something new. `new_ids`: how many external ids it got.
    """

    item: MediaItem
    created: bool = False
    restored: bool = False
    deleted: bool = False
    changed: bool = False
    new_ids: int = 0


@dataclass(frozen=True)
class Terms:
    """What counts when titles are taken in: the moment, the fields whose change wakes the players, and the country of
    which the owner wants the certifications (ISO 3166-1 alpha-2)."""

    now: datetime
    sync_fields: Collection[str]
    country: str


def take_all(connection: Connection, wanted: Iterable[NewItem], terms: Terms) -> list[Upserted]:
    """Add each item, or add to the one that it is.

    It is the one that has one of its ids; for an episode and a season, the one of that number; where no id decides,
    the one that was added with the same title and year.

    Raises InvalidInput with what is wrong about any of them: ids of different items, another id of a type than the
    item has, bad values. The caller's transaction is to be rolled back then.
    """
    wanted = list(wanted)
    intake = opened(connection, wanted, terms)
    taken, wrong = [], []
    for place, new in enumerate(wanted):
        path = f"items[{place}]"
        try:
            taken.append(intake.take(new, path))
        except InvalidInput as error:
            wrong += [_below(path, violation) for violation in error.violations]
    if wrong:
        raise InvalidInput(*wrong)
    return taken


def opened(connection: Connection, wanted: Sequence[NewItem], terms: Terms) -> "Intake":
    """Ready to take these, one after the other. Where one could not be taken, it is not to be used any more."""
    titles = {new.title for new in wanted} | {new.series.title for new in wanted if new.series}
    values = {value for new in wanted for value in new.ids.values()}
    return Intake(
        connection,
        terms,
        items.find_by_words(connection, titles - {""}),
        items.get_many(connection, items.find_by_values(connection, values)),
    )


def _below(path: str, violation: Violation) -> Violation:
    inside = violation.field.startswith(path)
    return violation if inside else Violation(f"{path}.{violation.field}", violation.description)


class Intake:
    """One batch, with what it learned: by title the items without a parent, by series and number the parents.

    `known`: items as they are now, read at once, for reading one costs more than all the rest.
    """

    def __init__(
        self,
        connection: Connection,
        terms: Terms,
        words: Iterable[Words],
        by_id: dict[int, MediaItem],
    ) -> None:
        self._by_id = by_id
        self._connection = connection
        self._terms = terms
        self._words: dict[tuple[Kind, str, int], list[Words]] = {}
        self._parents: dict[Any, Upserted] = {}
        for each in words:
            self._learn(each)

    def take(self, new: NewItem, path: str) -> Upserted:
        """Add an item, or add to the one that it is. Raises InvalidInput, its violations below `path`."""
        values = _checked(new, self._terms.country, path)
        parent = self._parent(new, path)
        if parent is not None and parent.deleted:
            return parent
        new = dataclasses.replace(new, ids=self._own_ids(new))
        new, owners = self._with_weak(new, self._owners(new, path))
        item = self._match(new, owners, parent.item if parent else None)
        if item is None:
            return self._add(new, values, parent.item.id if parent else None)
        if item.deleted_at is not None and new.source and not (new.from_player and item.deleted_by == PLAYERS):
            return Upserted(item=item, deleted=True)
        # A player says of each of its episodes that it has it.
        restored = bool(restore(self._connection, item.id, alone=new.from_player))
        if restored:
            self._by_id.clear()
            item = self._read(item.id)
        after = _joined(item, new, values, owners, path)
        if parent and item.parent_id is None:
            after = replace(after, parent_id=parent.item.id)
        if after == item:
            return Upserted(item=item, restored=restored)
        after = replace(after, fingerprint="")
        saved = commit(
            self._connection, item, after, cause="import", now=self._terms.now, sync_fields=self._terms.sync_fields
        ).item
        if saved.locked_fields() != item.locked_fields():
            # What is below was written, too.
            self._by_id.clear()
        self._by_id[saved.id] = saved
        return Upserted(item=saved, restored=restored, changed=True, new_ids=len(saved.ids.keys() - item.ids.keys()))

    def _parent(self, new: NewItem, path: str) -> Upserted | None:
        """The season of an episode, the series of a season; added where they are not there."""
        if new.series is None or new.kind not in (Kind.SEASON, Kind.EPISODE):
            return None
        given = new.series
        of_series = _key(given, new.source)
        if of_series not in self._parents:
            series = NewItem(Kind.SERIES, given.title, given.year, given.ids, source=new.source, weak=given.weak)
            self._parents[of_series] = self.take(series, f"{path}.series")
        above = self._parents[of_series]
        if new.kind is Kind.SEASON or above.deleted:
            return above
        of_season = (*of_series, new.season)
        if of_season not in self._parents:
            season = NewItem(Kind.SEASON, series=given, season=new.season, source=new.source)
            self._parents[of_season] = self.take(season, path)
        return self._parents[of_season]

    def _owners(self, new: NewItem, path: str) -> dict[str, int]:
        """By id type the item that has the id: one item, a live one where there is any."""
        sure = {id_type: value for id_type, value in new.ids.items() if id_type not in new.weak}
        owners = items.find_by_ids(self._connection, new.kind, sure)
        if len(set(owners.values())) > 1:
            listed = ", ".join(f"{id_type} {new.ids[id_type]} is item {owner}" for id_type, owner in owners.items())
            raise InvalidInput(Violation(f"{path}.ids", f"these ids belong to different items: {listed}"))
        if not owners:
            gone = items.find_by_ids(self._connection, new.kind, sure, deleted=True)
            owners = {id_type: owner for id_type, owner in gone.items() if owner == max(gone.values())}
        return owners

    def _with_weak(self, new: NewItem, owners: Mapping[str, int]) -> tuple[NewItem, Mapping[str, int]]:
        """What the weak ids add: one finds an item that name and year fit. One that leads to another item is none: a
        number in the place of another one, such as Kodi writes, would join two series."""
        weak = {id_type: value for id_type, value in new.ids.items() if id_type in new.weak}
        leading = items.find_by_ids(self._connection, new.kind, weak) if weak else {}
        if not leading:
            return new, owners
        given = NamesAndYears(titles=(new.title,) if new.title else (), years=(new.year,) if new.year else ())
        fitting = {
            id_type: owner
            for id_type, owner in leading.items()
            if (owner in owners.values() if owners else confirms(given, _names(self._read(owner))))
        }
        if len(set(fitting.values())) > 1:
            fitting = {}
        ids = {id_type: value for id_type, value in new.ids.items() if id_type not in leading or id_type in fitting}
        return dataclasses.replace(new, ids=ids), {**owners, **fitting}

    def _own_ids(self, new: NewItem) -> Mapping[str, str]:
        """Its ids without those of its series, which some tools write at each episode."""
        if new.series is None or not new.ids or new.kind not in (Kind.SEASON, Kind.EPISODE):
            return new.ids
        series = {**self._parents[_key(new.series, new.source)].item.id_values(), **new.series.ids}
        return {id_type: value for id_type, value in new.ids.items() if series.get(id_type) != value}

    def _with_shared_id(self, new: NewItem) -> int | None:
        """An item that has one of its ids which several titles may share, such as one season of an anime, and that is
        called alike or of the same year."""
        for item_id in items.find_by_shared_ids(self._connection, new.kind, new.ids):
            item = self._read(item_id)
            alike = title_key(new.title) == title_key(item.shown_title()) if new.title else False
            if (alike or (new.year and new.year == item.shown_year())) and not _contradictions(item, new.ids):
                return item_id
        return None

    def _match(self, new: NewItem, owners: Mapping[str, int], parent: MediaItem | None) -> MediaItem | None:
        item_id = next(iter(owners.values()), None)
        if item_id is None and parent is not None:
            name, number = _number(new)
            item_id = items.find_child(self._connection, parent.id, name, number)
        elif item_id is None:
            alike = self._words.get((new.kind, new.title, new.year), ()) if new.title else ()
            # Two titles may be called alike: words alone do not join one id to another.
            fitting = [each for each in alike if not (identifying(new.kind, new.ids) and each.identified)]
            item_id = min(fitting, key=_preferred).item_id if fitting else self._with_shared_id(new)
        return None if item_id is None else self._read(item_id)

    def _read(self, item_id: int) -> MediaItem:
        if item_id in self._by_id:
            return self._by_id[item_id]
        item = items.get(self._connection, joins.survivor(self._connection, item_id))
        if item is None:
            raise AssertionError("an id without its item")
        return item

    def _add(self, new: NewItem, values: Mapping[str, Value], parent_id: int | None) -> Upserted:
        item = MediaItem(
            kind=new.kind,
            title=new.title or _numbered(new),
            year=new.year,
            ids=dict(sorted(_claims(new).items())),
            fields=_filled({}, new, values),
            parent_id=parent_id,
            readings=() if identifying(new.kind, new.ids) else new.readings,
            added_at=self._terms.now,
            origin=PLAYER if new.from_player else new.source,
        )
        added = items.add(self._connection, item)
        if parent_id is None:
            identified = bool(item.identifying_ids())
            words = Words(item_id=added.id, kind=new.kind, title=item.title, year=item.year, identified=identified)
            self._learn(words)
        return Upserted(item=added, created=True, new_ids=len(added.ids))

    def _learn(self, words: Words) -> None:
        self._words.setdefault((words.kind, words.title, words.year), []).append(words)


def _preferred(words: Words) -> tuple[bool, bool, int]:
    """Of items that were added with the same words, the one to take: live, without ids, the oldest."""
    return (words.deleted, words.identified, words.item_id)


def _checked(new: NewItem, country: str, path: str) -> dict[str, Value]:
    """What the item comes with, title and numbers included."""
    names = {field.name for field in fields_of(new.kind)}
    given = {"title": new.title, **(_numbers(new) if new.series else {}), **new.fields}
    values: dict[str, Value] = {}
    wrong = []
    if new.source not in ("", *REPORTERS) and not new.from_player:
        wrong.append(Violation(f"{path}.source", f"{new.source[:60]!r} is unknown; known: {', '.join(REPORTERS)}"))
    if not new.title and not new.ids and new.series is None:
        wrong.append(Violation(f"{path}.title", "needs a title or an external id"))
    for name, raw in given.items():
        try:
            if name not in names:
                raise ValueError(f"a {new.kind} has no such field")
            value = checked_value(name, meant(name, raw, country) if new.source else raw)
        except ValueError as error:
            wrong.append(Violation(f"{path}.fields.{name[:60]}", str(error)))
        else:
            values |= {} if value is None else {name: value}
    if wrong:
        raise InvalidInput(*wrong)
    return values


def _contradictions(item: MediaItem, ids: Mapping[str, str]) -> dict[str, str]:
    """Those of the ids that tell another title than the item."""
    own = item.identifying_ids()
    return {id_type: value for id_type, value in ids.items() if own.get(id_type, value) != value}


def _key(series: NewSeries, source: str) -> tuple[object, ...]:
    return (series.title, series.year, tuple(sorted(series.ids.items())), source)


def _numbers(new: NewItem) -> dict[str, int]:
    if new.kind is Kind.EPISODE:
        return {"season_number": new.season, "episode_number": new.episode}
    return {"season_number": new.season} if new.kind is Kind.SEASON else {}


def _number(new: NewItem) -> tuple[str, int]:
    """The field, and the number, that tell an item from the others of its parent."""
    return ("episode_number", new.episode) if new.kind is Kind.EPISODE else ("season_number", new.season)


def _numbered(new: NewItem) -> str:
    """The words for a season that nobody named."""
    if new.kind is not Kind.SEASON or new.series is None:
        return ""
    return f"Season {new.season}" if new.season else "Specials"


def _claims(new: NewItem) -> dict[str, IdClaim]:
    source = new.source or OWNER
    return {
        id_type: IdClaim(value=value, source=source, weak=id_type in new.weak) for id_type, value in new.ids.items()
    }


def _names(item: MediaItem) -> NamesAndYears:
    """By which names an item goes: those it was added with, and those it is shown by."""
    titles = (title for title in (item.shown_title(), item.title) if title)
    years = (year for year in (item.shown_year(), item.year) if year)
    return NamesAndYears(titles=tuple(dict.fromkeys(titles)), years=tuple(dict.fromkeys(years)))


def _joined(
    item: MediaItem, new: NewItem, values: Mapping[str, Value], owners: Mapping[str, int], path: str
) -> MediaItem:
    """The item with what came in addition. An id in `owners` that is not its own is one of its aliases."""
    wrong = [
        Violation(f"{path}.ids.{id_type}", f"item {item.id} has {id_type} {item.ids[id_type].value}, not {value}")
        for id_type, value in _contradictions(item, new.ids).items()
        if id_type not in owners and id_type not in new.weak
    ]
    if wrong:
        raise InvalidInput(*wrong)
    claims = {
        id_type: claim
        for id_type, claim in _claims(new).items()
        if id_type not in item.ids
        or (item.ids[id_type].value == claim.value and not new.source)
        or (item.ids[id_type].weak and not claim.weak)
    }
    # Of a title that is identified nobody asks any more what its name may be.
    identified = identifying(item.kind, {**item.id_values(), **new.ids})
    readings = item.readings if identified or not new.readings else new.readings
    return replace(
        item,
        ids={**item.ids, **claims},
        undecided=None if identifying(item.kind, new.ids) or readings != item.readings else item.undecided,
        readings=readings,
        # What the owner or an import brought stays without players.
        origin=new.source if item.origin == PLAYER and not new.from_player else item.origin,
        title=item.title or new.title,
        year=item.year or new.year,
        fields=_filled(item.fields, new, values),
    )


def _filled(before: Mapping[str, FieldValue], new: NewItem, values: Mapping[str, Value]) -> dict[str, FieldValue]:
    """The fields with what is reported, where nothing is stored; a field that the owner locked empty stays empty."""
    fields = dict(before)
    for name, value in values.items():
        stored = fields.get(name)
        if stored is None or (stored.value is None and not stored.locked):
            fields[name] = FieldValue(value=value, sources=(new.source or REPORTERS[0],), rule=Rule.REPORTED)
    if new.lock_all:
        fields = {
            name: replace(stored, locked=stored.locked or stored.value is not None) for name, stored in fields.items()
        }
    return fields
