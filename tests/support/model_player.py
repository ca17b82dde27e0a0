"""A media server with its adapter, in memory: it reports, takes in what is pending and acknowledges, as design and
contract say an adapter does."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msgspec.structs import replace

from harness import House
from metarr.domain.consent import IDS, SyncPolicy
from metarr.domain.delivery import DueValue, Mode, Taken
from metarr.domain.item import FieldValue, Rule
from metarr.domain.values import Kind
from metarr.library.commit import commit
from metarr.library.intake import NewSeries
from metarr.players.outbox import Ack, EntryState, FieldAck, Row
from metarr.players.players import Registered
from metarr.players.report import Placed, Reported, ReportedEntry
from metarr.store import items
from metarr.store.players import Player

TAKES = ("title", "plot", "tagline", "imdb_rating", "imdb_votes", IDS)


@dataclass
class Film:
    """An entry of the host's library. `fields`: what it holds now."""

    key: str
    host_id: str
    kind: Kind = Kind.MOVIE
    title: str = ""
    year: int = 0
    ids: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    series: NewSeries | None = None
    season: int = 0
    episode: int = 0

    def holds(self, name: str) -> Any:
        return (dict(self.ids) or None) if name == IDS else self.fields.get(name)

    def told(self) -> ReportedEntry:
        return ReportedEntry(
            key=self.key,
            kind=self.kind,
            host_id=self.host_id,
            title=self.title,
            year=self.year,
            ids=dict(self.ids),
            fields=deepcopy(self.fields),
            series=self.series,
            season=self.season,
            episode=self.episode,
        )


class ModelPlayer:
    """`writes`: what was written to the host, in order, as (key, field, value). `refuses`: fields that the host does
    not keep. `shortens`: texts are cut by the host to so many characters."""

    def __init__(
        self,
        home: House,
        player_id: str = "kodi",
        *,
        takes: Sequence[str] = TAKES,
        kinds: Sequence[Kind] = (Kind.MOVIE,),
        policy: SyncPolicy = SyncPolicy.REPLACE,
    ) -> None:
        self.home, self.id = home, player_id
        self.takes = {str(kind): tuple(takes) for kind in kinds}
        self.films: dict[str, Film] = {}
        self.writes: list[tuple[str, str, Any]] = []
        self.refuses: set[str] = set()
        self.shortens: int | None = None
        self._next_id = 1
        self.register()
        if policy is not SyncPolicy.UNCHOSEN:
            home.services.players.update(player_id, {"policy": policy})

    # The session

    def register(
        self, instance: str = "first", *, take_over: bool = False, name: str = "", tree: bool = False
    ) -> Registered:
        now = self.home.clock.now()
        wanted = Player(
            id=self.id,
            name=name or self.id.title(),
            host="model",
            instance=instance,
            takes=self.takes,
            tree=tree,
            added_at=now,
            seen_at=now,
        )
        done = self.home.services.players.register(wanted, take_over=take_over)
        self.session, self.store_id = done.session, done.store_id
        return done

    # The library

    def add(self, key: str, title: str = "", *, kind: Kind = Kind.MOVIE, **more: Any) -> Film:
        film = Film(key, str(self._next_id), kind, title or key.title(), **more)
        self._next_id += 1
        self.films[key] = film
        return film

    def rebuild(self, key: str, **fields: Any) -> Film:
        """The host made the entry anew, with these values."""
        film = self.films[key]
        film.host_id, film.fields = str(self._next_id), fields
        self._next_id += 1
        return film

    def report(self, *keys: str, removed: Iterable[str] = (), report_id: str = "", complete: bool = False) -> Reported:
        return self.home.services.reporter.report(
            self.id,
            self.session,
            [self.films[key].told() for key in keys],
            removed=list(removed),
            report_id=report_id,
            complete=complete,
        )

    def report_all(self, report_id: str = "whole") -> list[Placed]:
        return self.report(*self.films, report_id=report_id, complete=True).placed

    # Taking in

    def pull(self, limit: int = 200) -> list[Row]:
        return self.home.services.outbox.pending(self.id, self.session, 0, limit).rows

    def due(self, key: str) -> dict[str, DueValue]:
        """What is pending for an entry, by field."""
        return {due.field: due for row in self.pull() if row.entry.host_key == key for due in row.due}

    def take(self, row: Row) -> Ack:
        """Write what is to be written, and say so."""
        film = self.films[row.entry.host_key]
        return Ack(film.key, row.entry.sequence, [self._take(film, due) for due in row.due])

    def _take(self, film: Film, due: DueValue) -> FieldAck:
        current, target = film.holds(due.field), self._normal(due.value)
        if due.mode is Mode.UNION:
            ours = [word for part in due.ours for word in part if word not in due.value]
            stays = [word for word in current or () if word not in ours]
            target = [*stays, *(word for word in due.value if word not in stays)] or None
        if current == target:
            return FieldAck(due.field, Taken.TAKEN, current)
        if due.field == IDS:
            return self._take_ids(film, due)
        ours = [due.ours[0], *map(self._normal, due.ours)] if due.ours else []
        empty = due.mode is Mode.IF_EMPTY and current is None
        if due.mode not in (Mode.ALWAYS, Mode.UNION) and not empty and current not in ours:
            return FieldAck(due.field, Taken.EDITED if due.mode is Mode.IF_OURS else Taken.KEPT, current)
        if due.field in self.refuses:
            return FieldAck(due.field, Taken.REFUSED, current, f"{due.field} cannot be written")
        self.writes.append((film.key, due.field, target))
        if target is None:
            film.fields.pop(due.field, None)
        else:
            film.fields[due.field] = target
        return FieldAck(due.field, Taken.TAKEN, film.holds(due.field))

    def _take_ids(self, film: Film, due: DueValue) -> FieldAck:
        """Ids go in type by type; those of other types stay."""
        current, target = film.holds(IDS), due.value or {}
        stays = {t: text for t, text in (current or {}).items() if t not in target}
        mine = due.mode is Mode.ALWAYS or any(
            all((current or {}).get(t) in ((ours or {}).get(t), text) for t, text in target.items())
            for ours in (*due.ours, *([] if due.ours else [None]))
        )
        if not mine:
            return FieldAck(IDS, Taken.EDITED if due.mode is Mode.IF_OURS else Taken.KEPT, current)
        film.ids = stays | target
        self.writes.append((film.key, IDS, film.ids))
        return FieldAck(IDS, Taken.TAKEN, film.holds(IDS))

    def _normal(self, value: Any) -> Any:
        return value[: self.shortens] if isinstance(value, str) and self.shortens else value

    def ack(self, *acks: Ack) -> list[str]:
        return self.home.services.outbox.ack(self.id, self.session, self.store_id, acks)

    def sync(self) -> list[str]:
        """Take in everything, and acknowledge it."""
        rows = self.pull()
        return self.ack(*[self.take(row) for row in rows]) if rows else []

    def states(self, **more: Any) -> dict[str, EntryState]:
        return {state.entry.host_key: state for state in self.home.services.outbox.states(self.id, limit=500, **more)}

    def shown(self, key: str) -> dict[str, tuple[Taken, Any, Any]]:
        """What the owner is shown about an entry: by field why, what the host holds and what Metarr has."""
        refusals = self.states()[key].refusals
        return {refusal.field: (refusal.outcome, refusal.host, refusal.value) for refusal in refusals}


def provider_says(home: House, item_id: int, **fields: Any) -> None:
    """Have an item changed as by a merge: a provider has these values now; None: nothing is stored any more."""
    sync_fields = home.services.config.read().sync_fields
    with home.database.begin() as connection:
        before = items.get(connection, item_id)
        assert before is not None
        values = {name: _said(value) for name, value in fields.items()}
        after = replace(before, fields={**before.fields, **values})
        commit(connection, before, after, cause="enrich", now=home.clock.now(), sync_fields=sync_fields)


def _said(value: Any) -> FieldValue:
    said = FieldValue(sources=("tmdb",), rule=Rule.FIRST)
    if isinstance(value, date):  # the day that a year comes from
        return replace(said, value=value.year, day=value.isoformat())
    return replace(said, value=value)
