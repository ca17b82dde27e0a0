"""Folders as a host: what is in the index is its library, and the `.nfo` files beside the media are what it holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from json import dumps, loads
from pathlib import Path
from typing import Any

from metarr.nfo.splice import IDS, fields_of
from metarr_adapter.host import Entry, EntryAway, Notice, Series, Takes
from metarr_adapter.kind import HostNote, NoteSort, Surroundings
from metarr_adapter.poll import Untold
from metarr_adapter.values import holds
from metarr_folders import artwork, nfos, writing
from metarr_folders.artwork import Artwork
from metarr_folders.index import Index, Row
from metarr_folders.look import GONE_AFTER, Looking
from metarr_folders.roots import Root, RootAway, device
from metarr_folders.titles import Located

KINDS = ("movie", "series", "season", "episode")
BATCH = 200
LOOK_EVERY = 900.0
"""Seconds between two looks at all."""

MOST_REFUSED = 200


class FolderHost:
    """See `metarr_adapter.host.Host` and `metarr_adapter.poll.Polled`."""

    name = "the folder"

    def __init__(self, roots: Sequence[Root], surroundings: Surroundings, fanarts: int = 1) -> None:
        self._roots, self._surroundings = roots, surroundings
        self._index = Index(Path(surroundings.folder))
        self._artwork = Artwork(self._index, surroundings.image, surroundings.beat, fanarts)
        self._notes: list[HostNote] = []
        self._refused: dict[str, HostNote] = {}
        for root in roots:
            surroundings.beat()
            writing.clear(root.path, surroundings.beat)

    def close(self) -> None:
        self._index.close()

    # What it holds

    def kinds(self) -> Iterable[Takes]:
        return [Takes(kind, (*sorted(fields_of(nfos.KINDS[kind])), *artwork.fields_of(kind))) for kind in KINDS]

    def entries(self) -> Iterator[list[Entry]]:
        batch: list[Entry] = []
        for row in self._index.everything():
            batch.append(_entry(row))
            if len(batch) == BATCH:
                yield batch
                batch = []
        yield batch

    def entry(self, kind: str, *, host_key: str = "", host_id: str = "") -> Entry | None:
        row = self._index.row(host_key) if host_key else None
        return None if row is None or row.located.kind != kind else _entry(row)

    def read(self, kind: str, host_key: str, host_id: str) -> tuple[str, Mapping[str, Any]] | None:
        row = self._index.row(host_key)
        if row is None:
            return None
        self._demand(row)
        root = self._root(row.located)
        values = {**nfos.read(root, row.located), **self._artwork.read(root, row.located)}
        if IDS in values:
            # Those in its name, as in "Dark (2017) {tvdb-334824}", it holds as well; a file beside it counts first.
            values[IDS] = {**row.located.entry.get("ids", {}), **(values[IDS] or {})} or None
        return "", values

    def normal(self, kind: str, field: str, value: Any) -> Any:
        if field in artwork.fields_of(kind):
            return self._artwork.normal(field, value)
        return loads(_normal(kind, field, dumps(value, sort_keys=True)))

    def same(self, kind: str, field: str, current: Any, value: Any) -> bool:
        if field in artwork.fields_of(kind):
            return self._artwork.same(field, current, value)
        if field == "certification" and current and value:
            return value in nfos.certifications(current)
        return holds(field, current, self.normal(kind, field, value))

    def write(self, kind: str, host_key: str, host_id: str, values: Mapping[str, Any]) -> Mapping[str, str]:
        row = self._index.row(host_key)
        if row is None:
            return dict.fromkeys(values, "it is gone")
        self._demand(row)
        root = self._root(row.located)
        images = {field: value for field, value in values.items() if field in artwork.fields_of(kind)}
        words = {field: value for field, value in values.items() if field not in images}
        why = nfos.write(root, row.located, words) if words else {}
        why |= self._artwork.write(host_key, root, row.located, images) if images else {}
        self._note_refusal(row, why)
        return why

    def busy(self) -> bool:
        return False

    def notify(self, notice: Notice) -> None:
        """The daemon knows by itself what a person is to be told."""

    # What changed

    def look(self) -> float:
        looking = Looking(self._index, self._artwork, self._surroundings)
        missed = looking.look(self._roots)
        self._notes = looking.notes()
        self._tell()
        return GONE_AFTER if missed else LOOK_EVERY

    def untold(self) -> Untold:
        return Untold([_entry(row) for row in self._index.untold(BATCH)], self._index.gone(BATCH))

    def tell(self, untold: Untold) -> None:
        self._index.tell(entry.host_key for entry in untold.entries)
        self._index.tell_gone(untold.removed)

    def forget(self) -> None:
        self._index.forget()

    # Its parts

    def _demand(self, row: Row) -> None:
        """Raises EntryAway where the root of a title is not there now."""
        if row.missed_at is not None:
            raise EntryAway("it is not where it was")
        root = self._root(row.located)
        try:
            there = device(root)
        except RootAway as error:
            raise EntryAway(f"{root} cannot be looked at: {error}") from error
        if there != self._index.device(str(root)):
            raise EntryAway(f"{root} is on another disk than when it was looked at")

    def _root(self, located: Located) -> Root:
        root = next((each for each in self._roots if str(each) == located.root), None)
        if root is None:
            raise EntryAway(f"{located.root} is no folder of this host any more")
        return root

    def _note_refusal(self, row: Row, why: Mapping[str, str]) -> None:
        before = self._refused.pop(row.key, None)
        reason = next(iter(why.values()), "")
        if reason and len(self._refused) < MOST_REFUSED:
            self._refused[row.key] = HostNote(NoteSort.REFUSED, nfos.shown(row.located), reason)
        if before != self._refused.get(row.key):
            self._tell()

    def _tell(self) -> None:
        # What is refused for one reason, as on a disk that is read-only, is one note with how often.
        self._surroundings.tell([*self._notes, *_folded(self._refused.values())])


def _folded(notes: Iterable[HostNote]) -> Iterator[HostNote]:
    by_text: dict[str, list[HostNote]] = {}
    for note in notes:
        by_text.setdefault(note.text, []).append(note)
    for text, several in by_text.items():
        more = f" (and {len(several) - 1} more)" if len(several) > 1 else ""
        yield several[0]._replace(subject=several[0].subject + more, text=text)


@lru_cache(maxsize=4096)
def _normal(kind: str, field: str, value: str) -> str:
    return dumps(nfos.normal(kind, field, loads(value)))


def _entry(row: Row) -> Entry:
    words = dict(row.located.entry)
    series = words.pop("series", None)
    readings = [(title, year) for title, year in words.pop("readings", ())]
    return Entry(
        host_key=row.key,
        host_id="",
        kind=row.located.kind,
        series=None if series is None else Series(**series),
        readings=readings,
        **words,
    )


__all__ = ["IDS", "FolderHost"]
