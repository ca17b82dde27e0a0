"""A Jellyfin server as a host: its items are its library, and what they hold is what it tells."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from metarr_adapter.database import opened
from metarr_adapter.host import Entry, EntryAway, HostUnavailable, Notice, OwnerNeeded, Takes
from metarr_adapter.kind import HostNote, NoteSort, Surroundings
from metarr_adapter.poll import Untold
from metarr_adapter.values import holds, same
from metarr_jellyfin import index, items, journal, libraries, locks
from metarr_jellyfin.artwork import Artwork
from metarr_jellyfin.fields import ARTWORK, TYPES, cannot_take, places, values
from metarr_jellyfin.greeting import greeted
from metarr_jellyfin.index import Index
from metarr_jellyfin.items import LIGHT
from metarr_jellyfin.journal import Journal, Unlocked
from metarr_jellyfin.libraries import Libraries
from metarr_jellyfin.look import Looking
from metarr_jellyfin.posting import Posting
from metarr_jellyfin.server import Gone, JellyfinServer, Refused
from metarr_jellyfin.shapes import Raw
from metarr_jellyfin.taking import Taking

FILE, VERSION = "jellyfin.db", 1
LOOK_EVERY = 60.0
AGAIN_AFTER = 24 * 3600.0
"""Seconds until a value that a refresh took back is written once more."""

BATCH = 100
MOST_REFUSED = 200
MOST_RELEASED = 50
_SERVER = "server"


class Choices(NamedTuple):
    """What the owner chose."""

    rating: str = "imdb"
    locks: str = locks.FIELDS
    allowed: Sequence[str] = ()


class JellyfinHost:
    """See `metarr_adapter.host.Host` and `metarr_adapter.poll.Polled`. Raises OwnerNeeded where another server answers
    than the one that the folder of the host is of."""

    name = "Jellyfin"

    def __init__(
        self,
        server: JellyfinServer,
        choices: Choices,
        surroundings: Surroundings,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._server, self._choices, self._surroundings, self._now = server, choices, surroundings, now
        self._places = places(choices.rating)
        folder = Path(surroundings.folder)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._database = opened(folder / FILE, index.SCHEMA + journal.SCHEMA, VERSION)
        self._index, self._journal = Index(self._database), Journal(self._database)
        self._artwork = Artwork(server, self._journal, surroundings.image, surroundings.beat)
        self._posting = Posting(server, self._journal)
        self._taking = Taking(self._index, self._journal, self._artwork, self._places, now)
        self._read: tuple[str, Raw] | None = None
        self._written: tuple[str, Raw, Sequence[str]] | None = None
        self._refused: dict[str, HostNote] = {}
        self._greeted = False
        self._libraries = Libraries((), ())
        self.version = ""
        try:
            self.version = self._greet()
        except OwnerNeeded:
            self.close()
            raise
        except HostUnavailable as error:
            surroundings.log("warning", f"Jellyfin is waited for: {error}")

    def close(self) -> None:
        self._server.close()
        self._database.close()

    # What it holds

    def kinds(self) -> Iterable[Takes]:
        why = cannot_take(self._choices.rating)
        return [Takes(kind, (*self._places[kind], *ARTWORK[kind]), why[kind]) for kind in self._places]

    def entries(self) -> Iterator[list[Entry]]:
        for kind in TYPES:
            for page in items.pages(self._server, [kind]):
                yield [entry for raw in page.items if (entry := self._taking.entry(raw)) is not None]

    def entry(self, kind: str, *, host_key: str = "", host_id: str = "") -> Entry | None:
        raw = items.one(self._server, host_key or host_id)
        return None if raw is None or TYPES.get(raw["Type"]) != kind else self._taking.entry(raw)

    def read(self, kind: str, host_key: str, host_id: str) -> tuple[str, Mapping[str, Any]] | None:
        raw = items.one(self._server, host_key)
        if raw is not None and self._artwork.finish(raw):
            raw = items.one(self._server, host_key)
        if raw is None or TYPES.get(raw["Type"]) != kind:
            return None
        written, self._written = self._written, None
        if written is not None and written[0] == host_key:
            self._taking.take(raw, self._libraries, written[2], written[1])
            self._index.commit()
        self._read = (host_key, raw)
        return host_key, {**values(raw, kind, self._places), **self._artwork.marks(raw)}

    def normal(self, kind: str, field: str, value: Any) -> Any:
        if field in ARTWORK[kind]:
            return value[:1] if value else None
        return self._places[kind][field].shape.normal(value)

    def same(self, kind: str, field: str, current: Any, value: Any) -> bool:
        if field in ARTWORK[kind]:
            return self._artwork.same(current, value)
        return holds(field, current, self.normal(kind, field, value))

    def write(self, kind: str, host_key: str, host_id: str, values: Mapping[str, Any]) -> Mapping[str, str]:
        raw = self._unchanged(host_key)
        if raw is None:
            return dict.fromkeys(values, "it is gone")
        why = dict(self._refusals(raw, kind, values))
        rest = {field: value for field, value in values.items() if field not in why}
        self._written = (host_key, raw, list(rest))
        try:
            words, images = (
                {name: rest[name] for name in rest if (name in ARTWORK[kind]) is is_image} for is_image in (False, True)
            )
            why |= self._write_words(raw, kind, words) if words else {}
            why |= self._write_images(raw, images) if images else {}
        except Gone:
            return dict.fromkeys(values, "it is gone")
        self._note_refusal(host_key, raw, why)
        return why

    def busy(self) -> bool:
        return False

    def notify(self, notice: Notice) -> None:
        """The daemon knows by itself what a person is to be told."""

    # What changed

    def look(self) -> float:
        try:
            if not self._greeted:
                self._greet()
            looking = Looking(
                self._server, self._index, self._taking, self._libraries, beat=self._surroundings.beat, now=self._now
            )
            self._posting.restore_ratings()
            looking.look()
            self._libraries = looking.libraries
            self._write_again()
            self._release_locks()
        except HostUnavailable as error:
            self._greeted = False
            self._index.commit()
            self._tell([HostNote(NoteSort.AWAY, str(self._server.address), f"cannot be asked: {error}")])
            raise
        self._tell(looking.notes())
        return LOOK_EVERY

    def untold(self) -> Untold:
        rows = self._index.untold(BATCH)
        unread = [key for key, entry in rows if entry is None]
        if unread:
            by_key = {raw["Id"]: raw for raw in items.named(self._server, unread)}
            for key in unread:
                if key in by_key:
                    self._taking.take(by_key[key], self._libraries)
                else:
                    self._index.pass_over(key)  # whether it is gone, looks tell
            self._index.commit()
            rows = self._index.untold(BATCH)
        return Untold([entry for _, entry in rows if entry is not None], self._index.gone(BATCH))

    def tell(self, untold: Untold) -> None:
        self._index.tell(entry.host_key for entry in untold.entries)
        self._index.tell_gone(untold.removed)

    def forget(self) -> None:
        self._index.forget()

    # Its parts

    def _greet(self) -> str:
        """Whether it is still the same server, and how its libraries are set up now. Returns its version."""
        greeting = greeted(self._server)
        before = self._index.note(_SERVER)
        if before and before != greeting.id:
            raise OwnerNeeded("another Jellyfin answers at this address than before: add it as a host of its own")
        self._index.put_note(_SERVER, greeting.id)
        self._index.commit()
        self._libraries = Libraries(libraries.read(self._server), self._choices.allowed)
        self._greeted = True
        return greeting.version

    def _unchanged(self, key: str) -> Raw | None:
        """The item as it was read, and still is; None: it is gone. Raises EntryAway where somebody wrote it since."""
        before = self._read[1] if self._read is not None and self._read[0] == key else None
        now = items.one(self._server, key, LIGHT)
        if now is None:
            return None
        if before is None or before.get("Etag") != now.get("Etag"):
            raise EntryAway("it was changed in Jellyfin meanwhile")
        return before

    def _refusals(self, raw: Raw, kind: str, values: Mapping[str, Any]) -> Mapping[str, str]:
        table = self._places[kind]
        ours = locks.still_there(raw, self._journal.locks(raw["Id"]))
        why = locks.refused(raw, table, values, ours)
        for name, value in values.items():
            if name in table and name not in why and (reason := table[name].shape.refuses(value)):
                why[name] = reason
        return why

    def _write_words(self, raw: Raw, kind: str, wanted: Mapping[str, Any]) -> Mapping[str, str]:
        """Write what is no image, and the locks that go with it; why, by field, that failed. Raises Gone."""
        key, table = raw["Id"], self._places[kind]
        normal = {field: table[field].shape.normal(value) for field, value in wanted.items()}
        before = locks.still_there(raw, self._journal.locks(key))
        after = locks.wanted(raw, table, normal, before, self._choices.locks) if wanted else set()
        # Noted first: a kill in between leaves no lock of which nobody knows that it is ours.
        self._journal.put_locks(key, before | after)
        fields, whole = locks.fields_of(raw, before, after), locks.whole_of(before, after)
        try:
            written = self._posting.post(raw, table, normal, fields, whole=whole)
        except Refused as error:
            self._journal.put_locks(key, before)
            return dict.fromkeys(wanted or ("locks",), str(error))
        self._journal.put_locks(key, after)
        self._note_unlocked(raw, kind, wanted, after)
        if written and kind in ("series", "season"):
            self._read_below(key)
        return {}

    def _write_images(self, raw: Raw, images: Mapping[str, Any]) -> Mapping[str, str]:
        """Whether a library saves images beside the media is asked each time: to believe it otherwise costs files."""
        self._libraries = self._libraries.again(libraries.read(self._server))
        beside = self._libraries.saves_artwork(self._index.location(raw["Id"]))
        return self._artwork.write(raw, images, beside=beside)

    def _read_below(self, key: str) -> None:
        """All below was saved with it: what is only that is no news."""
        for page in items.below(self._server, key):
            for raw in page.items:
                self._surroundings.beat()
                self._taking.take(raw, self._libraries)
        self._index.commit()

    def _note_unlocked(self, raw: Raw, kind: str, wanted: Mapping[str, Any], ours: set[str]) -> None:
        table, earlier = self._places[kind], self._journal.unlocked(raw["Id"])
        for field, value in wanted.items():
            if value is None or table[field].lock in ours or locks.WHOLE in ours or field == "ids":
                self._journal.drop_unlocked(raw["Id"], field)
                continue
            before = earlier[field].before if field in earlier else table[field].shape.read(raw)
            if not same(before, table[field].shape.normal(value)):
                self._journal.put_unlocked(raw["Id"], field, Unlocked(before, value, self._now()))

    def _write_again(self) -> None:
        """Values that a refresh took back."""
        reverted, self._taking.reverted = self._taking.reverted, {}
        for key, taken_back in reverted.items():
            self._surroundings.beat()
            raw = items.one(self._server, key)
            if raw is None:
                continue
            kind = TYPES[raw["Type"]]
            wanted = {
                name: value for name, value in taken_back.items() if name not in self._refusals(raw, kind, taken_back)
            }
            try:
                why = self._write_words(raw, kind, wanted)
            except Gone:
                continue
            for field, value in wanted.items():
                earlier = self._journal.unlocked(key).get(field)
                before = earlier.before if earlier else None
                self._journal.put_unlocked(key, field, Unlocked(before, value, self._now() + AGAIN_AFTER))
            self._surroundings.log("info", f"{raw.get('Name')}: written again after a refresh: {', '.join(wanted)}")
            if not why and (again := items.one(self._server, key)) is not None:
                self._taking.take(again, self._libraries, list(wanted), raw)
        self._index.commit()

    def _release_locks(self) -> None:
        """Take back the locks that we set, where none are wanted any more."""
        if self._choices.locks != locks.NONE:
            return
        for key in self._journal.locked(MOST_RELEASED):
            self._surroundings.beat()
            raw = items.one(self._server, key)
            with suppress(Gone):
                if raw is not None and (why := self._write_words(raw, TYPES[raw["Type"]], {})):
                    self._surroundings.log("warning", f"{raw.get('Name')}: its locks stay: {why}")
            self._journal.put_locks(key, ())

    # What its owner is told

    def _note_refusal(self, key: str, raw: Raw, why: Mapping[str, str]) -> None:
        self._refused.pop(key, None)
        reason = next(iter(why.values()), "")
        if reason and len(self._refused) < MOST_REFUSED:
            self._refused[key] = HostNote(NoteSort.REFUSED, str(raw.get("Path") or raw.get("Name") or key), reason)

    def _tell(self, notes: Sequence[HostNote]) -> None:
        text = "has no number in Jellyfin, so that nobody can tell which episode it is"
        unnumbered = [HostNote(NoteSort.UNDECIDED, called, text) for called in self._taking.unnumbered.values()]
        self._surroundings.tell([*notes, *unnumbered, *self._refused.values()])
