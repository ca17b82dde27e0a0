"""Takes in items as they were read: what of them is to be told, and what of ours was taken back there by nobody."""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from metarr_adapter.host import IDS, Entry, Series
from metarr_adapter.values import same
from metarr_jellyfin.artwork import Artwork, tags
from metarr_jellyfin.fields import ARTWORK, TYPES, Place, values
from metarr_jellyfin.index import Index, Seen
from metarr_jellyfin.journal import Journal
from metarr_jellyfin.libraries import Libraries
from metarr_jellyfin.shapes import Raw

MOST_REVERTED = 200
"""Items whose values are written again in one look."""


class Taking:
    """`reverted`: values of ours that a refresh took back, by item, to be written again. `passed`: items that are not
    told, with the Etag that they had. `unnumbered`: those that lack a number, by what they are called.
    """

    def __init__(
        self,
        index: Index,
        journal: Journal,
        artwork: Artwork,
        table: Mapping[str, Mapping[str, Place]],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._index, self._journal, self._artwork = index, journal, artwork
        self._table, self._now = table, now
        self.reverted: dict[str, dict[str, Any]] = {}
        self.unnumbered: dict[str, str] = {}
        self.passed: dict[str, str] = {}

    def take(self, raw: Raw, libraries: Libraries, written: Collection[str] = (), before: Raw | None = None) -> None:
        """An item as it was read. `written`: fields that were written just now, to an item that was as `before`: the
        daemon hears of these by the acknowledgement."""
        kind, key = TYPES.get(raw.get("Type", "")), raw["Id"]
        location = self._location(raw, libraries)
        if kind is None or location is None or not self._is_told(raw, kind):
            self.passed[key] = str(raw.get("Etag") or "")
            return
        self.passed.pop(key, None)
        entry = self._entry(raw, kind, self._holdings(raw, kind))
        if kind == "series":
            self._index.put_series(key, Series(entry.title, entry.year, entry.ids))
        mark, seen = _mark(entry), self._index.seen(key)
        if seen is None or not seen.is_told:
            is_known = False
        elif before is not None and seen.etag == before.get("Etag"):
            is_known = self._words(raw, kind, but=written) == self._words(before, kind, but=written)
        else:
            is_known = seen.mark == mark
        series = str(raw.get("SeriesId") or "")
        self._index.put(
            Seen(key, kind, series, location, str(raw.get("Etag") or ""), mark, is_known), None if is_known else entry
        )

    def entry(self, raw: Raw) -> Entry | None:
        """What is told of an item; None: nothing."""
        kind = TYPES.get(raw.get("Type", ""))
        return (
            None if kind is None or not self._is_told(raw, kind) else self._entry(raw, kind, self._holdings(raw, kind))
        )

    def let_go(self, keys: Iterable[str]) -> None:
        """These are gone."""
        gone = list(keys)
        for key in gone:
            self.unnumbered.pop(key, None)
        self._index.go(gone)
        self._journal.drop(gone)

    def _location(self, raw: Raw, libraries: Libraries) -> str | None:
        path = str(raw.get("Path") or "")
        if path:
            return libraries.place(path)
        # A season without a folder is where its series is.
        series = self._index.seen(str(raw.get("SeriesId") or ""))
        return None if series is None else series.location

    def _is_told(self, raw: Raw, kind: str) -> bool:
        """Whether it is there, and has the numbers by which it is told."""
        if kind == "episode" and raw.get("LocationType") == "Virtual":
            return False  # an episode that is missing
        self.unnumbered.pop(raw["Id"], None)
        missing = [name for name in _NUMBERS.get(kind, ()) if raw.get(name) is None]
        if missing:
            self.unnumbered[raw["Id"]] = f"{raw.get('SeriesName') or ''}: {raw.get('Name') or ''}"
        return not missing

    def _words(self, raw: Raw, kind: str, *, but: Collection[str]) -> dict[str, Any]:
        """What an item says, without some fields; of images, whether they are the same."""
        images = {field: tags(raw, image_type) for field, image_type in ARTWORK[kind].items()}
        words = {**values(raw, kind, self._table), **images}
        numbers = {name: raw.get(name) for name in _NUMBERS.get(kind, ())}
        return {**{field: value for field, value in words.items() if field not in but}, **numbers}

    def _holdings(self, raw: Raw, kind: str) -> dict[str, Any]:
        """What it holds, with ours in the place of what a refresh put back."""
        key, table = raw["Id"], self._table[kind]
        holdings = {**values(raw, kind, self._table), **self._artwork.marks(raw)}
        for field, unlocked in self._journal.unlocked(key).items():
            current = holdings.get(field)
            value = None if field not in table else table[field].shape.normal(unlocked.value)
            if same(current, value) or same(unlocked.before, value):
                continue
            if not same(current, unlocked.before):
                self._journal.drop_unlocked(key, field)  # somebody changed it, and it is his
                continue
            holdings[field] = value
            if self._now() >= unlocked.again_at and len(self.reverted) < MOST_REVERTED:
                self.reverted.setdefault(key, {})[field] = unlocked.value
        return holdings

    def _entry(self, raw: Raw, kind: str, holdings: Mapping[str, Any]) -> Entry:
        plain = {name: value for name, value in holdings.items() if value is not None and name != IDS}
        season, episode = (raw.get(name) for name in _NUMBERS[kind]) if kind == "episode" else (None, None)
        return Entry(
            host_key=raw["Id"],
            host_id=raw["Id"],
            kind=kind,
            title=str(raw.get("Name") or ""),
            year=0 if kind in _NUMBERS else raw.get("ProductionYear") or 0,
            ids=holdings.get(IDS) or {},
            fields=plain,
            series=self._series(raw) if kind in _NUMBERS else None,
            season_number=raw.get("IndexNumber") if kind == "season" else season,
            episode_number=episode,
        )

    def _series(self, raw: Raw) -> Series:
        series = self._index.series(str(raw.get("SeriesId") or ""))
        return series or Series(title=str(raw.get("SeriesName") or ""))


_NUMBERS = {"season": ("IndexNumber",), "episode": ("ParentIndexNumber", "IndexNumber")}


def _mark(entry: Entry) -> bytes:
    """The series of an episode says nothing of the episode."""
    content = json.dumps(entry._replace(series=None), sort_keys=True)
    return hashlib.blake2b(content.encode(), digest_size=12).digest()
