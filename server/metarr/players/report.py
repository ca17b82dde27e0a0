"""What players say they hold: each entry becomes an item of the library, or leaves it."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from msgspec.structs import replace

from metarr.asking.config import ConfigReader
from metarr.asking.gather import Gatherer
from metarr.clock import Clock
from metarr.domain.checked import checked_value
from metarr.domain.consent import IDS
from metarr.domain.delivery import FieldState, flags, is_anew, reported, retry, takeable, unacknowledged
from metarr.domain.fields import fields_of
from metarr.domain.ids import Admitted, IdContext, admit_all
from metarr.domain.item import MediaItem, Statement
from metarr.domain.matching import Wanted
from metarr.domain.reported import meant, without_marks
from metarr.domain.values import Kind, Value
from metarr.errors import InvalidInput
from metarr.library import intake
from metarr.library.commit import commit
from metarr.library.intake import NewItem, NewSeries, Upserted
from metarr.library.stating import Terms, said_before, stated, terms_of
from metarr.players.players import in_session, named, release
from metarr.players.removals import Removals
from metarr.store import held_removals, items, player_entries, players
from metarr.store.database import Connection, Database
from metarr.store.player_entries import PlayerEntry
from metarr.store.players import Player

log = structlog.get_logger(__name__)

_DELETED = "its item was deleted by the owner, and stays so"

PREFERRED_IDS = ("imdb", "tmdb", "tvdb")
"""Which id counts where the ids of an entry are of different items."""


@dataclass(frozen=True)
class ReportedEntry:
    """An entry of a player's library, as the player tells it. `fields`: plain values by name; what is not named, it
    holds not. `series`, `season`, `episode` as in `intake.NewItem`."""

    key: str
    kind: Kind
    host_id: str = ""
    title: str = ""
    year: int = 0
    ids: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    series: NewSeries | None = None
    season: int = 0
    episode: int = 0
    weak: frozenset[str] = frozenset()
    """The types of those ids that need a second witness."""
    readings: tuple[Wanted, ...] = ()
    """Without an id: further words that may be its title."""


@dataclass(frozen=True)
class Placed:
    """What became of an entry. `item_id` None: it could not be taken, or its item was deleted by the owner."""

    key: str
    item_id: int | None = None
    created: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reported:
    """What became of all of them, and how many entries left the player."""

    placed: list[Placed]
    removed: int
    held_removals: int = 0


class Reporter:
    """Takes in what players report."""

    def __init__(self, database: Database, gatherer: Gatherer, config: ConfigReader, clock: Clock) -> None:
        self._database = database
        self._gatherer = gatherer
        self._config = config
        self._clock = clock
        self._removals = Removals()

    def report(
        self,
        player_id: str,
        session: str,
        entries: Sequence[ReportedEntry],
        *,
        removed: Collection[str] = (),
        report_id: str = "",
        complete: bool = False,
        keep_unreported: bool = False,
    ) -> Reported:
        """Take in a part of what a player holds. With `complete` entries that were in no part of this report are gone,
        unless they are to be kept.

        What is wrong with an entry costs what is wrong of it. Raises NoSuchThing and CannotDo as `in_session` does.
        """
        now, config = self._clock.now(), self._config.read()
        terms = terms_of(self._gatherer, config, now)
        with self._database.begin() as connection:
            player = in_session(connection, player_id, session)
            work = _Work(connection, player, terms)
            placed = work.place(entries, report_id)
            missing = list(removed)
            if complete and not keep_unreported:
                missing += held_removals.unreported(connection, player_id, report_id)
            gone, kept = self._removals.take(connection, player, missing, now)
            if gone or work.left:
                player_entries.forget_statements(connection, player)
            deleted = release(connection, gone + work.left, now)
            players.put(connection, replace(player, seen_at=now, reported_at=now if complete else player.reported_at))
        log.info("player_reported", player=player_id, entries=len(entries), removed=len(gone), deleted=deleted)
        return Reported(placed=placed, removed=len(gone), held_removals=kept)

    def accept_gone(self, player_id: str) -> tuple[int, int]:
        """Let go what a player said to be gone and what was held: how many entries, and how many items went with them.
        Raises NoSuchThing."""
        with self._database.begin_durably() as connection:
            player = named(connection, player_id)
            gone, count = self._removals.accept(connection, player)
            player_entries.forget_statements(connection, player)
            deleted = release(connection, gone, self._clock.now())
        log.info("removals_accepted", player=player_id, entries=count, deleted=deleted)
        return count, deleted


class _Work:
    """One report, within its transaction. `left`: items that an entry was and is not any more."""

    def __init__(self, connection: Connection, player: Player, terms: Terms) -> None:
        self._connection = connection
        self._player = player
        self._terms = terms
        self._items: Mapping[int, MediaItem] = {}
        self._same: list[int] = []
        self.left: list[int] = []

    def place(self, entries: Sequence[ReportedEntry], report_id: str) -> list[Placed]:
        connection = self._connection
        keys = [entry.key for entry in entries]
        held_removals.release(connection, self._player.id, keys)
        before = player_entries.by_keys(connection, self._player.id, keys)
        self._items = items.get_many(connection, [each.item_id for each in before.values()])
        cleaned = [(*_cleaned(entry), before.get(entry.key)) for entry in entries]
        strange = [
            _new(entry, self._player, first=was is None) for entry, _, was in cleaned if not self._stays(entry, was)
        ]
        self._intake = intake.opened(connection, strange, self._terms)
        placed = [self._place(entry, problems, was, report_id) for entry, problems, was in cleaned]
        if report_id:
            player_entries.mark_reported(connection, self._same, report_id)
        # At last, for what it says may wake entries, its own ones among them.
        for entry, _, was in cleaned:
            if was is not None and self._stays(entry, was):
                self._hear(entry, was)
        return placed

    def _hear(self, entry: ReportedEntry, was: PlayerEntry) -> None:
        """Take in what a player says anew of an entry that it has long had: what was changed there by hand."""
        now = Statement(source=self._player.source, file=entry.key, title=entry.title, year=entry.year)
        before = said_before(self._items[was.item_id], now)
        if before is None:
            takes = takeable(entry.kind, self._player.fields(entry.kind))
            if all(entry.fields.get(name) == was.states.get(name, FieldState()).host for name in takes if name != IDS):
                return
        ours = {name for name, state in was.states.items() if state.ours and entry.fields.get(name) == state.acked}
        values = _words(entry, self._terms.config.settings.country)
        if before is not None and not _differing(values, before) - ours:
            return
        item = items.get(self._connection, was.item_id)
        if item is None:
            return
        after = stated(self._connection, item, now, values, self._terms, taken=ours)
        if after != item:
            now_at, sync_fields = self._terms.now, self._terms.config.sync_fields
            commit(self._connection, item, after, cause="import", now=now_at, sync_fields=sync_fields)

    def _stays(self, entry: ReportedEntry, was: PlayerEntry | None) -> bool:
        """Whether an entry is the item that it was: the host says the same ids, or none that speaks against it."""
        if was is None or was.kind is not entry.kind or self._is_deleted(was) or _is_renumbered(entry, was):
            return False
        # The host's ids may lag behind: what Metarr found and the host has not taken yet speaks against nothing, nor
        # does what the owner corrected here while the host says what it always said. Otherwise every report would move
        # the entry back to the title that has the wrong id.
        ids = self._items[was.item_id].identifying_ids()
        return dict(entry.ids) == was.ids or all(ids.get(t, value) == value for t, value in entry.ids.items())

    def _is_deleted(self, was: PlayerEntry) -> bool:
        return self._items[was.item_id].deleted_at is not None

    def _place(self, entry: ReportedEntry, problems: list[str], was: PlayerEntry | None, report_id: str) -> Placed:
        created = False
        if was is not None and self._stays(entry, was):
            item = self._items[was.item_id]
        else:
            taken = self._take(entry, problems, first=was is None)
            if was is not None and taken is not None and taken.deleted and self._is_deleted(was):
                # It is what it was, should the owner restore that.
                self._same.append(was.id)
                return Placed(entry.key, problems=(*problems, _DELETED))
            if taken is None or taken.deleted:
                return self._left_out(entry, was, problems, deleted=taken is not None)
            item, created = taken.item, taken.created
        before = was or PlayerEntry(player_id=self._player.id, host_key=entry.key, kind=entry.kind, item_id=item.id)
        after = self._after(before, entry, item, report_id)
        if before.id and replace(after, report_id=before.report_id) == before:
            self._same.append(before.id)
        else:
            player_entries.save(self._connection, after)
        if before.item_id != item.id:
            self.left.append(before.item_id)
        return Placed(entry.key, item.id, created, tuple(problems))

    def _after(self, before: PlayerEntry, entry: ReportedEntry, item: MediaItem, report_id: str) -> PlayerEntry:
        takes = takeable(entry.kind, self._player.fields(entry.kind))
        values = {**entry.fields, IDS: dict(entry.ids) or None}
        season, number = _numbers(entry)
        # What was acknowledged belongs to an entry of the host's database: of another title in the same file, and of a
        # file that was scanned anew and has another number there, nothing is Metarr's yet.
        other = before.item_id != item.id or before.kind is not entry.kind
        anew = other or before.host_id != entry.host_id
        states = reported({} if other else before.states, values, takes, anew=anew)
        edited = [
            name for name, state in states.items() if state.edited and not before.states.get(name, FieldState()).edited
        ]
        forced = edited if self._player.overwrite_edits else []
        if forced:
            states = retry(states, (), force=forced)
        after = replace(
            before,
            kind=entry.kind,
            item_id=item.id,
            host_id=entry.host_id,
            ids=dict(entry.ids),
            states=states,
            report_id=report_id or before.report_id,
            season=season,
            number=number,
            **flags(item, states, takes, self._player.consent),
        )
        if not before.id or anew or is_anew(before.states, states):
            return self._begun(after)
        consent = self._player.consent
        was_due = unacknowledged(item, before.states, takes, consent)
        more = set(unacknowledged(item, states, takes, consent)).difference(was_due)
        return player_entries.woken(self._connection, after) if forced or more else after

    def _begun(self, entry: PlayerEntry) -> PlayerEntry:
        """An entry that holds nothing of Metarr's. What is acknowledged of before, or was told before, is not of it."""
        begun = player_entries.woken(self._connection, entry)
        last = player_entries.last_changes(self._connection, [entry.item_id]).get(entry.item_id, 0)
        return replace(begun, acked=begun.sequence - 1, acked_change=last)

    def _take(self, entry: ReportedEntry, problems: list[str], *, first: bool) -> Upserted | None:
        """The item that an entry is; with the best of its ids alone where together they fit no item: one film's IMDb id
        and another one's TMDB id may stand at one entry."""
        tries = [entry.ids, *({t: entry.ids[t]} for t in PREFERRED_IDS if t in entry.ids and len(entry.ids) > 1)]
        for ids in tries:
            new = _new(entry, self._player, first=first, ids=ids)
            saved = self._connection.begin_nested()
            try:
                taken = self._intake.take(new, "entry")
            except InvalidInput as error:
                saved.rollback()
                problems.append(str(error).replace("entry.", ""))
                # What the intake learned of the one that failed was taken back with it: it believes to have added a
                # series, and the next episode would be put below one that is not there.
                self._intake = intake.opened(self._connection, [new], self._terms)
            else:
                saved.commit()
                return taken
        return None

    def _left_out(self, entry: ReportedEntry, was: PlayerEntry | None, problems: list[str], *, deleted: bool) -> Placed:
        """An entry without an item: what it was before, it is not any more."""
        if was is not None:
            self.left += player_entries.remove(self._connection, self._player.id, [entry.key])
        return Placed(entry.key, problems=(*problems, *([_DELETED] if deleted else [])))


def _numbers(entry: ReportedEntry) -> tuple[int | None, int | None]:
    """The numbers that it bears: of its season, and its own."""
    if entry.series is None or entry.kind not in (Kind.SEASON, Kind.EPISODE):
        return None, None
    return entry.season, entry.episode if entry.kind is Kind.EPISODE else None


def _is_renumbered(entry: ReportedEntry, was: PlayerEntry) -> bool:
    """Whether it bears another number than it was reported with."""
    return was.season is not None and (was.season, was.number) != _numbers(entry)


def _differing(values: Mapping[str, Value], before: Statement) -> set[str]:
    """The fields of which something else is said than before."""
    names = values.keys() | before.values.keys()
    return {name for name in names if name not in before.values or values.get(name) != before.values[name].value}


def _words(entry: ReportedEntry, country: str) -> dict[str, Value]:
    """What an entry holds that could be stored as its player's word."""
    values: dict[str, Value] = {}
    for name, raw in {"title": entry.title, **entry.fields}.items():
        try:
            value = (
                None if name in intake.PLACE else checked_value(name, meant(name, without_marks(name, raw), country))
            )
        except ValueError:
            continue
        values |= {} if value is None else {name: value}
    return values


def _new(entry: ReportedEntry, player: Player, *, first: bool, ids: Mapping[str, str] | None = None) -> NewItem:
    """The item to add or to find. What a host holds counts when it is first reported: later it may be Metarr's own."""
    names = {field.name for field in fields_of(entry.kind)}
    said = {name: without_marks(name, value) for name, value in entry.fields.items() if first and name in names}
    fields = {name: value for name, value in said.items() if value not in (None, [])}
    return NewItem(
        kind=entry.kind,
        title=entry.title,
        year=entry.year,
        ids=entry.ids if ids is None else ids,
        fields={name: value for name, value in fields.items() if _fault(name, value) == ""},
        source=player.source,
        series=entry.series,
        season=entry.season,
        episode=entry.episode,
        weak=entry.weak,
        readings=entry.readings,
        file=entry.key,
        states=first,
    )


def _cleaned(entry: ReportedEntry) -> tuple[ReportedEntry, list[str]]:
    """The entry with the ids that are some, as they are stored, and what is wrong with it."""
    series, of_series = entry.series, Admitted()
    if series is not None:
        of_series = admit_all(Kind.SERIES, series.ids)
        series = dataclasses.replace(
            series, ids=of_series.ids, weak=of_series.weak | (series.weak & of_series.ids.keys())
        )
    own = admit_all(entry.kind, entry.ids, IdContext(series_ids=of_series.ids))
    problems = [*own.faults, *of_series.faults]
    names = {field.name for field in fields_of(entry.kind)}
    for name, value in entry.fields.items():
        if name not in names:
            problems.append(f"a {entry.kind} has no field {name[:60]!r}")
        elif fault := _fault(name, without_marks(name, value)):
            problems.append(f"{name} {fault}")
    fields = {name: value for name, value in entry.fields.items() if name in names and value is not None}
    weak = own.weak | (entry.weak & own.ids.keys())
    cleaned = dataclasses.replace(entry, ids=own.ids, weak=weak, series=series, fields=fields)
    return cleaned, problems


def _fault(name: str, value: Any) -> str:
    """What keeps a value from being stored as the player's word. It is known all the same that the host holds it."""
    try:
        checked_value(name, value)
    except ValueError as error:
        return str(error)
    return ""
