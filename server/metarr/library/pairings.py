"""Which entry of the providers' lists is which episode of a series, and the owner's word about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from metarr.domain.entries import KnownEntry, PairState
from metarr.domain.item import MediaItem
from metarr.domain.pairing import PairingRule
from metarr.domain.values import Kind
from metarr.errors import InvalidInput, Violation
from metarr.library.enrich import Enricher
from metarr.library.reference import Reference, find
from metarr.store import episode_entries, items
from metarr.store.database import Connection, Database


@dataclass(frozen=True)
class EntryPairing:
    """An entry, and the episode of the library that it is; None: none."""

    record: KnownEntry
    item: MediaItem | None


@dataclass(frozen=True)
class Decided:
    """What came of the owner's word: the entry as it is known now, how many items changed, and the group of their
    change-sets, 0 for none."""

    pairing: EntryPairing
    changed: int
    group_id: int


class Pairings:
    """Tells what is known of entries, and takes the owner's word."""

    def __init__(self, database: Database, enricher: Enricher) -> None:
        self._database = database
        self._enricher = enricher

    def of_series(self, reference: Reference, provider: str = "", state: PairState | None = None) -> list[EntryPairing]:
        """What is known of the entries of a series; of this provider, in this state.

        Raises NoSuchThing; InvalidInput where it is no series.
        """
        with self._database.read() as connection:
            series = find_series(connection, reference, "item_id")
            records = [
                each
                for each in episode_entries.of_series(connection, series.id)
                if provider in ("", each.provider) and state in (None, each.state)
            ]
            return _with_items(connection, records)

    def decide(self, reference: Reference, entry: str, episode: Reference | None, *, clear: bool = False) -> Decided:
        """Say which episode an entry is; None: none of the library's. `clear`: let the rules decide again.

        What is stored follows at once, of what the providers said before. Raises NoSuchThing; InvalidInput where the
        series does not have such an entry, or the item is no episode of it.
        """
        with self._database.begin_durably() as connection:
            series = find_series(connection, reference, "series_id")
            item = None if episode is None else find(connection, episode)
            if item is not None and not _is_episode_of(connection, item, series):
                raise InvalidInput(Violation("item_id", f"item {item.id} is no episode of item {series.id}"))
            before = episode_entries.of_series(connection, series.id)
            named = next((each for each in before if each.entry == entry), None)
            if named is None:
                raise InvalidInput(
                    Violation("entry", f"{entry[:60]!r} is in no list that was read of item {series.id}")
                )
            cleared = [_undecided(each) if each is named else each for each in before]
            after = cleared if clear else with_decision(before, named, item)
            episode_entries.write(connection, series.id, before, after)
            items.put_fingerprints(connection, {series.id: ""})
        below = self._enricher.merge_below(series.id)
        with self._database.read() as connection:
            now = {each.key: each for each in episode_entries.of_series(connection, series.id)}
            [pairing] = _with_items(connection, [now.get(named.key, named)])
        changed = sum(1 for each in below.enriched.values() if each.changes)
        return Decided(pairing, changed, below.group_id)


def find_series(connection: Connection, reference: Reference, path: str) -> MediaItem:
    """The series that a caller names. Raises NoSuchThing; InvalidInput where it is none."""
    item = find(connection, reference, path)
    if item.kind is not Kind.SERIES:
        raise InvalidInput(Violation(path, f"item {item.id} is no series, but a {item.kind}"))
    return item


def _is_episode_of(connection: Connection, item: MediaItem, series: MediaItem) -> bool:
    return item.kind is Kind.EPISODE and series.id in items.ancestors(connection, [item.id])


def with_decision(records: Iterable[KnownEntry], entry: KnownEntry, item: MediaItem | None) -> list[KnownEntry]:
    """The entries of a series with the owner's word about one of them, which may be new. Of a list one entry alone is
    an episode."""
    state, item_id = (PairState.REFUSED, None) if item is None else (PairState.PAIRED, item.id)
    decided = replace(entry, state=state, item_id=item_id, rule=PairingRule.DECIDED)
    others = [
        _undecided(each)
        if each.is_decided and each.provider == entry.provider and item_id is not None and each.item_id == item_id
        else each
        for each in records
        if each.key != entry.key
    ]
    return [*others, decided]


def _undecided(entry: KnownEntry) -> KnownEntry:
    return replace(entry, state=PairState.OPEN, item_id=None, rule=None, since=None, made_for=None)


def _with_items(connection: Connection, records: Iterable[KnownEntry]) -> list[EntryPairing]:
    records = list(records)
    by_id: Mapping[int, MediaItem] = items.get_many(connection, [each.item_id for each in records if each.item_id])
    return [EntryPairing(each, by_id.get(each.item_id or 0)) for each in records]
