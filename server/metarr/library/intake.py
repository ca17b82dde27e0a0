"""Taking titles into the library: by the owner's hand, from files that were imported, or from a player.

What an item comes with is kept below every provider's word. A file that says something else than before is heard again,
and what belongs to a file stays one item, whatever it is called there.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from metarr.domain.changes import without_foreign
from metarr.domain.checked import checked_value
from metarr.domain.fields import fields_of
from metarr.domain.ids import identifying
from metarr.domain.item import OWNER, REPORTERS, FieldValue, IdClaim, MediaItem, Rule, Statement
from metarr.domain.matching import Wanted, title_key
from metarr.domain.numbering import LIBRARY, Number
from metarr.domain.reported import meant
from metarr.domain.values import Kind, Value
from metarr.domain.witness import NamesAndYears, confirms
from metarr.errors import InvalidInput, Violation
from metarr.library.commit import commit
from metarr.library.deletion import restore
from metarr.library.stating import Terms, said_before, stated
from metarr.store import items, joins, numbers, player_entries
from metarr.store.database import Connection
from metarr.store.items import Words
from metarr.store.player_entries import PLAYER

PLACE = frozenset({"season_number", "episode_number"})
"""Fields that tell where an item stands."""

PLAYERS = "players"
"""Who deleted an item that no player had any more."""


@dataclass(frozen=True)
class NewSeries:
    """The series that a season or an episode belongs to. `year` 0: unknown; `weak`, `file` as in `NewItem`."""

    title: str = ""
    year: int = 0
    ids: Mapping[str, str] = field(default_factory=dict)
    weak: frozenset[str] = frozenset()
    file: str = ""


@dataclass(frozen=True)
class NewItem:
    """A title to add. `year` 0: unknown.

    `fields`: plain values by name. `source`: one of `REPORTERS` for an import, `player:<id>` for what a player has; "":
    the owner adds it, which restores a deleted item, where an import leaves it deleted, and a player restores what is
    deleted only because no player had it. `season`, `episode`: numbers, where `series` is given. `readings`: other
    words that may be its title. `weak`: the types of those ids that need a second witness (`domain.witness`). `file`:
    that, or the folder, which tells of it, or the key of a player's entry; `part`: which of several titles in it.
    `lock_all`, `lock`: all of its fields are to be locked, or these. `states`: what it says counts later, too; else it
    only fills what is empty.
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
    file: str = ""
    part: str = ""
    lock: frozenset[str] = frozenset()
    states: bool = True

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


def take_all(connection: Connection, wanted: Iterable[NewItem], terms: Terms) -> list[Upserted]:
    """Add each item, or add to the one that it is.

    It is the one that has one of its ids; for an episode and a season, the one of that number; where no id decides,
    the one that the same file told of; else the one that was added with the same title and year.

    Raises InvalidInput with what is wrong about any of them: ids of different items, another id of a type than the
    item has, bad values. The caller's transaction is to be rolled back then.
    """
    wanted = list(wanted)
    intake = opened(connection, wanted, terms)
    taken, wrong = [], []
    for place, new in enumerate(wanted):
        path = f"items[{place}]"
        try:
            taken.append(intake.take_next(new, path))
        except InvalidInput as error:
            wrong += [_below(path, violation) for violation in error.violations]
    if wrong:
        raise InvalidInput(*wrong)
    intake.fill_added()
    return taken


def opened(connection: Connection, wanted: Sequence[NewItem], terms: Terms) -> "Intake":
    """Ready to take these, one after the other. Where one could not be taken, it is not to be used any more."""
    titles = {new.title for new in wanted} | {new.series.title for new in wanted if new.series}
    values = {value for new in wanted for value in new.ids.values()}
    places = {(new.file, new.part) for new in wanted if new.file and not new.from_player}
    places |= {(new.series.file, "") for new in wanted if new.series and new.series.file}
    files = items.find_by_files(connection, places)
    lookup = items.IdLookup(connection, values)
    words = items.find_by_words(connection, titles - {""})
    by_id = items.get_many(connection, {*lookup.live_items(), *files.values()})
    numbers_told = {
        (id_type, value): (new.season, new.episode)
        for new in wanted
        if new.kind is Kind.EPISODE and new.series is not None
        for id_type, value in new.ids.items()
    }
    return Intake(connection, terms, words, by_id, files, by_ids=lookup, numbers_told=numbers_told)


def _below(path: str, violation: Violation) -> Violation:
    inside = violation.field.startswith(path)
    return violation if inside else Violation(f"{path}.{violation.field}", violation.description)


class Intake:
    """One batch, with what it learned: by title the items without a parent, by series and number the parents.

    `by_id`: items as they are now, read at once, for reading one costs more than all the rest. `files`: by file and
    part the item that it told of last. `by_ids`: whose their ids are. `numbers_told`: of the episodes that the batch
    tells of, by their ids, so that two which change places are not in each other's way.
    """

    def __init__(
        self,
        connection: Connection,
        terms: Terms,
        words: Iterable[Words],
        by_id: dict[int, MediaItem],
        files: dict[tuple[str, str], int],
        *,
        by_ids: items.IdLookup,
        numbers_told: Mapping[tuple[str, str], Number],
    ) -> None:
        self._by_id = by_id
        self._numbers_told = numbers_told
        self._by_ids = by_ids
        self._files = files
        self._connection = connection
        self._terms = terms
        self._words: dict[tuple[Kind, str, int], list[Words]] = {}
        self._parents: dict[Any, Upserted] = {}
        self._cleared: set[int] = set()
        self._unfilled: list[MediaItem] = []
        for each in words:
            self._learn(each)

    def take(self, new: NewItem, path: str) -> Upserted:
        """Add an item, or add to the one that it is. Raises InvalidInput, its violations below `path`."""
        taken = self.take_next(new, path)
        self.fill_added()
        return taken

    def fill_added(self) -> None:
        """Write what the titles hold that were added: for a thousand at once that is a third of the work."""
        items.fill(self._connection, self._unfilled)
        self._unfilled.clear()

    def take_next(self, new: NewItem, path: str) -> Upserted:
        """As `take`, one of many: what new titles hold is written when it is read, or by `fill_added` in the end."""
        values = _checked(new, self._terms.config.settings.country, path)
        parent = self._parent(new, path)
        if parent is not None and parent.deleted:
            return parent
        said = _statement(new, values)
        new = dataclasses.replace(new, ids=self._own_ids(new))
        new, owners = self._with_weak(new, self._owners(new, path))
        new, owners = self._without_resting(new, owners)
        item = self._match(new, said, owners, parent.item if parent else None)
        if item is None:
            return self._add(new, said, values, parent.item.id if parent else None)
        if _stays_deleted(item, new):
            return Upserted(item=item, deleted=True)
        # A player says of each of its episodes that it has it.
        is_deleted = item.deleted_at is not None and not item.rests
        restored = is_deleted and bool(restore(self._connection, item.id, alone=new.from_player))
        if item.rests:
            items.revive(self._connection, item.id)
        if restored or item.rests:
            self._by_id.clear()
            self._by_ids = items.IdLookup(self._connection, ())
            item = self._read(item.id)
        corrected = not owners and _is_corrected(item, new, said)
        after = _joined(_under_no_ids(item, new) if corrected else item, new, said, owners, path)
        if parent is not None:
            after = self._placed(after, new, parent.item)
        after = self._with_values(after, new, said, values)
        self._remember(after.id, said, new)
        if after == item:
            return Upserted(item=item, restored=restored)
        changed = replace(after, statements=item.statements, fingerprint=item.fingerprint) != item
        if changed:
            after = replace(after, fingerprint="")
        saved = self._commit(item, after, "identify" if corrected else "import")
        new_ids = len(saved.ids.keys() - item.ids.keys())
        return Upserted(item=saved, restored=restored, changed=changed, new_ids=new_ids)

    def _commit(self, item: MediaItem, after: MediaItem, cause: str) -> MediaItem:
        now, sync_fields = self._terms.now, self._terms.config.sync_fields
        saved = commit(self._connection, item, after, cause=cause, now=now, sync_fields=sync_fields).item
        if saved.locked_below() != item.locked_below():
            # What is below was written, too.
            self._by_id.clear()
        self._by_id[saved.id] = saved
        self._by_ids.written({*item.id_values().values(), *saved.id_values().values()})
        return saved

    def _with_values(
        self, item: MediaItem, new: NewItem, said: Statement | None, values: Mapping[str, Value]
    ) -> MediaItem:
        """The item with what is said about it. Its numbers are its place, and not what a file or a player says."""
        if said is None or not new.states:
            return replace(item, fields=_filled(item.fields, new, values))
        places = {name: value for name, value in values.items() if name in PLACE}
        words = {name: value for name, value in values.items() if name not in PLACE}
        placed = replace(item, fields=_filled(item.fields, dataclasses.replace(new, lock_all=False), places))
        return stated(self._connection, placed, said, words, self._terms)

    def _remember(self, item_id: int, said: Statement | None, new: NewItem) -> None:
        """That the file tells of this item, and of no other any more."""
        place = (new.file, new.part)
        if said is None or not new.states or not new.file or new.from_player:
            return
        if self._files.get(place, item_id) != item_id:
            self.fill_added()
            items.remove_elsewhere(self._connection, item_id, *place)
            self._by_id.pop(self._files[place], None)
        self._files[place] = item_id

    def _parent(self, new: NewItem, path: str) -> Upserted | None:
        """The season of an episode, the series of a season; added where they are not there."""
        if new.series is None or new.kind not in (Kind.SEASON, Kind.EPISODE):
            return None
        given = new.series
        of_series = _key(given, new.source)
        if of_series not in self._parents:
            series = NewItem(
                Kind.SERIES,
                given.title,
                given.year,
                given.ids,
                source=new.source,
                weak=given.weak,
                file=given.file,
                states=False,
            )
            self._parents[of_series] = self.take_next(series, f"{path}.series")
        above = self._parents[of_series]
        if new.kind is Kind.SEASON or above.deleted:
            return above
        of_season = (*of_series, new.season)
        if of_season not in self._parents:
            season = NewItem(Kind.SEASON, series=given, season=new.season, source=new.source, states=False)
            self._parents[of_season] = self.take_next(season, path)
        return self._parents[of_season]

    def _owners(self, new: NewItem, path: str) -> dict[str, int]:
        """By id type the item that has the id: one item, a live one where there is any."""
        sure = {id_type: value for id_type, value in new.ids.items() if id_type not in new.weak}
        owners = self._by_ids.find(new.kind, sure)
        if len(set(owners.values())) > 1:
            listed = ", ".join(f"{id_type} {new.ids[id_type]} is item {owner}" for id_type, owner in owners.items())
            raise InvalidInput(Violation(f"{path}.ids", f"these ids belong to different items: {listed}"))
        if not owners:
            gone = self._by_ids.find(new.kind, sure, deleted=True)
            owners = {id_type: owner for id_type, owner in gone.items() if owner == max(gone.values())}
        return owners

    def _with_weak(self, new: NewItem, owners: Mapping[str, int]) -> tuple[NewItem, Mapping[str, int]]:
        """What the weak ids add: one finds an item that name and year fit. One that leads to another item is none: a
        number in the place of another one, such as Kodi writes, would join two series."""
        weak = {id_type: value for id_type, value in new.ids.items() if id_type in new.weak}
        leading = self._by_ids.find(new.kind, weak) if weak else {}
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

    def _match(
        self, new: NewItem, said: Statement | None, owners: Mapping[str, int], parent: MediaItem | None
    ) -> MediaItem | None:
        item_id = next(iter(owners.values()), None)
        if item_id is None and parent is not None:
            item_id = self._at_number(new) or self._filed(new, said, parent)
        elif item_id is None:
            item_id = self._filed(new, said) or self._called(new) or self._with_shared_id(new)
        return None if item_id is None else self._read(item_id)

    def _series_of(self, new: NewItem) -> MediaItem:
        """The series that it is given with."""
        if new.series is None:
            raise AssertionError("what has no series has no number")
        return self._parents[_key(new.series, new.source)].item

    def _at_number(self, new: NewItem) -> int | None:
        """The season, or the episode, that has its number in the order of its series."""
        series = self._series_of(new)
        if new.kind is Kind.SEASON:
            return items.find_season(self._connection, series.id, new.season, series.order)
        return numbers.find(self._connection, series.id, series.order, (new.season, new.episode))

    def _without_resting(self, new: NewItem, owners: Mapping[str, int]) -> tuple[NewItem, Mapping[str, int]]:
        """An id of an episode that rests says nothing where the number means another one: it was found by the number in
        another order than the one that the owner chose."""
        resting = {owner for owner in owners.values() if self._read(owner).rests}
        if not resting or new.kind is not Kind.EPISODE or new.series is None:
            return new, owners
        at_number = self._at_number(new)
        if at_number is None or at_number in resting or self._read(at_number).deleted_at is not None:
            return new, owners
        ids = {id_type: value for id_type, value in new.ids.items() if owners.get(id_type) not in resting}
        return dataclasses.replace(new, ids=ids), {t: owner for t, owner in owners.items() if owner not in resting}

    def _filed(self, new: NewItem, said: Statement | None, parent: MediaItem | None = None) -> int | None:
        """The item of which the same file told before: whatever it calls it now, unless its ids say another one."""
        item_id = self._files.get((new.file, new.part)) if new.file and not new.from_player else None
        if item_id is None:
            return None
        item = self._read(item_id)
        before = said_before(item, said) if said is not None else None
        same_ids = before is not None and said is not None and before.ids == said.ids
        another = _contradictions(item, new.ids) and not same_ids and not _is_corrected(item, new, said)
        if item.kind is not new.kind or another:
            return None
        return item.id if parent is None or self._is_below(item, parent) else None

    def _is_below(self, item: MediaItem, parent: MediaItem) -> bool:
        """Whether it belongs to the same series as the season, or the series, that it is to be in."""
        above = self._read(item.parent_id) if item.parent_id is not None else None
        return above is not None and (above.id == parent.id or above.parent_id == parent.parent_id is not None)

    def _called(self, new: NewItem) -> int | None:
        """The item that was added with the same words. Two titles may be called alike: words alone do not join one id
        to another, nor, without a year, what two files tell of."""
        alike = self._words.get((new.kind, new.title, new.year), ()) if new.title else ()
        fitting = [each for each in alike if not (identifying(new.kind, new.ids) and each.identified)]
        if new.file and not new.part and not new.year and not new.from_player:
            fitting = [each for each in fitting if not self._is_elsewhere(self._read(each.item_id), new.file)]
        return min(fitting, key=_preferred).item_id if fitting else None

    def _is_elsewhere(self, item: MediaItem, file: str) -> bool:
        """Whether an item is in another place: a file of it is there that is not this one, nor in it, nor its folder.

        One that is not there any more was moved, or lies where this machine does not see it.
        """
        files = [each.file for each in item.statements if each.source in REPORTERS and each.file and not each.part]
        if any(_is_in(file, each) or _is_in(each, file) for each in files):
            return False
        return any(map(_is_there, files))

    def _placed(self, item: MediaItem, new: NewItem, parent: MediaItem) -> MediaItem:
        """The item at the number that it has now, where no other one has that."""
        if item.parent_id is not None and not self._is_below(item, parent):
            return item
        if (item.parent_id, _number_of(item)) == (parent.id, _numbers(new)):
            return item
        if new.kind is Kind.EPISODE and not self._points(item, new):
            return item
        if self._at_number(new) not in (None, item.id):
            return item
        said = FieldValue(sources=(new.source or REPORTERS[0],), rule=Rule.REPORTED)
        moved = {each: replace(said, value=value) for each, value in _numbers(new).items()}
        return replace(item, parent_id=parent.id, fields={**item.fields, **moved})

    def _points(self, item: MediaItem, new: NewItem) -> bool:
        """Have the number that a file bears point to its episode, where it points to no other one. Whether the episode
        is to be shown there: it is where it was while another file says so."""
        connection, series, number = self._connection, self._series_of(new).id, (new.season, new.episode)
        there = self._at_number(new)
        before = [each for each in numbers.library_of(connection, [item.id]).get(item.id, []) if each != number]
        stays = [each for each in before if self._is_said(item, new, each)]
        if there not in (None, item.id):
            leaves = _is_renumbered(new) or self._leaves(there, number)
            if not leaves or stays or not before:
                return False
            self._exchange(item, self._read(there), before)
        else:
            numbers.drop(connection, series, LIBRARY, set(before).difference(stays))
        numbers.point(connection, series, LIBRARY, {number: item.id})
        return not stays

    def _leaves(self, item_id: int, number: Number) -> bool:
        """Whether this batch tells of an episode, by an id of it, at another number than where it is."""
        ids = self._read(item_id).identifying_ids().items()
        there = {self._numbers_told[each] for each in ids if each in self._numbers_told}
        return bool(there) and number not in there

    def _exchange(self, item: MediaItem, other: MediaItem, numbers_before: Sequence[Number]) -> None:
        """Put another episode where this one was: two files changed their numbers, and the other one is yet to be heard
        of."""
        series = self._read(other.parent_id or 0).parent_id or 0
        numbers.point(self._connection, series, LIBRARY, dict.fromkeys(numbers_before, other.id))
        places = {name: stored for name, stored in item.fields.items() if name in PLACE}
        self._commit(other, replace(other, parent_id=item.parent_id, fields={**other.fields, **places}), "import")

    def _is_said(self, item: MediaItem, new: NewItem, number: Number) -> bool:
        """Whether another file than this one bears such a number of the item."""
        if player_entries.is_reported(self._connection, item.id, number, but=new.file if new.from_player else ""):
            return True
        others = [each.file for each in item.statements if each.source in REPORTERS and each.file]
        return bool(others) and new.file not in others and not _is_renumbered(new)

    def _read(self, item_id: int) -> MediaItem:
        if item_id in self._by_id:
            return self._by_id[item_id]
        self.fill_added()
        item = items.get(self._connection, joins.survivor(self._connection, item_id))
        if item is None:
            raise AssertionError("an id without its item")
        return item

    def _add(
        self, new: NewItem, said: Statement | None, values: Mapping[str, Value], parent_id: int | None
    ) -> Upserted:
        item = MediaItem(
            kind=new.kind,
            title=new.title or _numbered(new),
            year=new.year,
            ids=dict(sorted(_claims(new).items())),
            parent_id=parent_id,
            readings=() if identifying(new.kind, new.ids) else new.readings,
            added_at=self._terms.now,
            origin=PLAYER if new.from_player else new.source,
            numbering=self._series_of(new).numbering if new.kind is Kind.SEASON and new.series else "",
        )
        added = items.enter(self._connection, self._with_values(item, new, said, values), looked_up=True)
        self._unfilled.append(added)
        if parent_id is not None:  # seasons and episodes are found by their numbers, which are among their fields
            self.fill_added()
        self._by_ids.written(added.id_values().values())
        self._remember(added.id, said, new)
        if new.kind is Kind.EPISODE and new.series is not None:
            number = (new.season, new.episode)
            numbers.point(self._connection, self._series_of(new).id, LIBRARY, {number: added.id})
        if parent_id is not None:
            self._clear_above(added)
        if parent_id is None:
            identified = bool(item.identifying_ids())
            words = Words(item_id=added.id, kind=new.kind, title=item.title, year=item.year, identified=identified)
            self._learn(words)
        return Upserted(item=added, created=True, new_ids=len(added.ids))

    def _clear_above(self, added: MediaItem) -> None:
        """Have the series asked about again: it has more below it than when it was."""
        if added.parent_id not in self._cleared:
            above = items.ancestors(self._connection, [added.id])
            items.put_fingerprints(self._connection, dict.fromkeys(above, ""))
            self._cleared.update(above)

    def _learn(self, words: Words) -> None:
        self._words.setdefault((words.kind, words.title, words.year), []).append(words)


def _is_there(file: str) -> bool:
    """Whether there is such a folder, or a file of this name with any ending."""
    path = Path(file)
    try:
        return path.is_dir() or any(path.parent.glob(f"{escape(path.name)}.*"))
    except (OSError, ValueError):
        return False


def _is_gone(statement: Statement) -> bool:
    """Whether it is of a file that is no more there, such as before a folder was renamed."""
    return statement.source in REPORTERS and bool(statement.file) and not _is_there(statement.file)


def _is_in(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")


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


def _is_corrected(item: MediaItem, new: NewItem, said: Statement | None) -> bool:
    """Whether the only file that tells of a title has other ids for it now, and calls it what it called it before: the
    owner corrected them there, and so the item is that title. What the owner, a provider or a player said stands."""
    before = said_before(item, said) if said is not None else None
    wrong = _contradictions(item, new.ids)
    if before is None or said is None or before.ids == said.ids or not wrong:
        return False
    if not all(each == before or _is_gone(each) for each in item.statements):
        return False
    from_reports = all(item.ids[id_type].source in REPORTERS for id_type in wrong)
    owned = any(claim.source == OWNER for claim in item.ids.values())
    return from_reports and not owned and bool(new.title) and title_key(new.title) == title_key(before.title)


def _under_no_ids(item: MediaItem, new: NewItem) -> MediaItem:
    """The item without its ids, and without what was got under them."""
    return replace(without_foreign(item, new.ids), ids={}, conflicts=(), dismissed=(), undecided=None)


def _key(series: NewSeries, source: str) -> tuple[object, ...]:
    return (series.title, series.year, tuple(sorted(series.ids.items())), series.file, source)


def _numbers(new: NewItem) -> dict[str, int]:
    if new.kind is Kind.EPISODE:
        return {"season_number": new.season, "episode_number": new.episode}
    return {"season_number": new.season} if new.kind is Kind.SEASON else {}


def _number_of(item: MediaItem) -> dict[str, Value | None]:
    """The numbers that an item is shown with."""
    return {name: stored.value for name, stored in item.fields.items() if name in PLACE}


def _is_renumbered(new: NewItem) -> bool:
    """Whether it is an entry of a player that was reported before."""
    return new.from_player and not new.states


def _stays_deleted(item: MediaItem, new: NewItem) -> bool:
    """Whether whoever brings it back may not: what the owner deleted stays so until the owner says otherwise."""
    if item.deleted_at is None or item.rests or not new.source:
        return False
    return not (new.from_player and item.deleted_by == PLAYERS)


def _numbered(new: NewItem) -> str:
    """The words for a season that nobody named."""
    return season_words(new.season) if new.kind is Kind.SEASON and new.series is not None else ""


def season_words(number: int) -> str:
    """The words for a season of that number."""
    return f"Season {number}" if number else "Specials"


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


def _statement(new: NewItem, values: Mapping[str, Value]) -> Statement | None:
    """What is said, without the values; None for what the owner adds: that is the item's own."""
    if not new.source:
        return None
    locks = values.keys() - PLACE if new.lock_all else new.lock & values.keys()
    return Statement(
        source=new.source,
        file=new.file,
        part=new.part,
        title=new.title,
        year=new.year,
        ids=dict(sorted(new.ids.items())),
        locks=frozenset(locks),
    )


def _joined(item: MediaItem, new: NewItem, said: Statement | None, owners: Mapping[str, int], path: str) -> MediaItem:
    """The item with the ids and words that came in addition. An id in `owners` that is not its own is one of its
    aliases. The ids that a file always had say nothing new, though the owner took one away."""
    before = said_before(item, said) if said is not None else None
    if before is not None and said is not None and before.ids == said.ids:
        new = dataclasses.replace(new, ids={})
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
    title, year = _words_now(item, new, before)
    searched = (title, year, readings) == (item.title, item.year, item.readings) or not item.title
    return replace(
        item,
        ids={**item.ids, **claims},
        undecided=item.undecided if searched and not identifying(item.kind, new.ids) else None,
        readings=readings,
        # What the owner or an import brought stays without players.
        origin=new.source if item.origin == PLAYER and not new.from_player else item.origin,
        title=title,
        year=year,
    )


def _words_now(item: MediaItem, new: NewItem, before: Statement | None) -> tuple[str, int]:
    """The words that it is searched by: those that it was added with, unless their own file has others by now."""
    if before is not None and (before.title, before.year) == (item.title, item.year) and new.title:
        return new.title, new.year
    return item.title or new.title, item.year or new.year


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
