"""Looks for what is new on a server: first at everything, then at what was saved since, and now and then at which items
there are at all, since nothing tells what went."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from metarr_adapter.kind import HostNote, NoteSort
from metarr_jellyfin import items, libraries
from metarr_jellyfin.fields import TYPES
from metarr_jellyfin.index import Index
from metarr_jellyfin.items import LIGHT
from metarr_jellyfin.libraries import Libraries
from metarr_jellyfin.server import JellyfinServer
from metarr_jellyfin.shapes import Raw
from metarr_jellyfin.taking import Taking

OVERLAP = 120.0
"""Seconds that are looked at twice: something may be stored a little after the time that it bears."""

WITHOUT_A_CLOCK = 26 * 3600.0
"""The same where no answer tells what time it is there: the clocks and zones of two machines may differ so much."""

LIST_EVERY = 6 * 3600.0
"""Seconds until the items are listed again although their number is the same."""

GONE_AFTER = 50.0
"""Seconds between the two lists that lack an item until it is gone: one may lack it because pages shifted."""

_CURSOR, _TOTAL, _LISTED_AT, _AWAY = "cursor", "total", "listed_at", "away"


class Looking:
    """One look. `now`: seconds since 1970, of this machine."""

    def __init__(
        self,
        server: JellyfinServer,
        index: Index,
        taking: Taking,
        counted: Libraries,
        *,
        beat: Callable[[], object],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._server, self._index, self._taking, self._beat, self._now = server, index, taking, beat, now
        self.libraries = counted
        self._fresh = 0

    def look(self) -> None:
        """Raises HostUnavailable; what was seen until then is kept, and nothing counts as gone."""
        cursor = self._index.note(_CURSOR)
        if cursor:
            self._news(cursor)
        else:
            self._everything()
        total = items.count(self._server)
        due = self._now() - float(self._index.note(_LISTED_AT) or 0) >= LIST_EVERY
        expected = int(self._index.note(_TOTAL) or 0) + self._fresh
        if due or total != expected or self._index.misses():
            self._list()
        else:
            self._index.put_note(_TOTAL, str(total))
        self._index.commit()

    def notes(self) -> list[HostNote]:
        """The places of libraries of which everything is missing all at once, and is not believed to be gone."""
        text = "is empty all at once, as where a disk is away"
        return [HostNote(NoteSort.AWAY, location, text) for location in json.loads(self._index.note(_AWAY) or "[]")]

    # What is there

    def _everything(self) -> None:
        cursor = ""
        for kind in TYPES:
            for page in items.pages(self._server, [kind]):
                cursor = cursor or self._moment()
                self._take(page.items)
        self._index.put_note(_CURSOR, cursor)

    def _news(self, cursor: str) -> None:
        since, after = [("minDateLastSaved", cursor), ("enableImages", "false")], ""
        for page in items.pages(self._server, query=since, fields=LIGHT):
            after = after or self._moment()
            etags = {raw["Id"]: self._etag(raw["Id"]) for raw in page.items}
            self._fresh += sum(etag is None for etag in etags.values())
            # One that is as it was read is none, as after a write of our own.
            self._read(raw["Id"] for raw in page.items if etags[raw["Id"]] != raw.get("Etag"))
        self._index.put_note(_CURSOR, after)

    def _etag(self, key: str) -> str | None:
        """With which an item was read; None: it never was."""
        seen = self._index.seen(key)
        return self._taking.passed.get(key) if seen is None else seen.etag

    def _read(self, keys: Iterable[str]) -> None:
        for some in _parts(list(keys), items.MOST_IDS):
            self._take(items.named(self._server, some))

    def _take(self, raws: Sequence[Raw]) -> None:
        """A series before what belongs to it."""
        order = list(TYPES)
        for raw in sorted(raws, key=lambda each: order.index(each["Type"]) if each.get("Type") in order else 0):
            self._beat()
            self._taking.take(raw, self.libraries)
        self._index.commit()

    def _moment(self) -> str:
        """From when on to look next: by the server's clock, in words that leave no zone open."""
        date = self._server.date
        since = self._now() - WITHOUT_A_CLOCK if date is None else date - OVERLAP
        return datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    # What is not

    def _list(self) -> None:
        etags = self._index.etags()
        fresh: list[str] = []
        total = 0
        for page in items.pages(self._server, query=[("enableImages", "false")], fields=LIGHT):
            self._beat()
            total = page.total
            fresh += [raw["Id"] for raw in page.items if etags.pop(raw["Id"], None) != raw.get("Etag")]
        self._read(fresh)
        missed = self._believed(etags)
        now = self._now()
        late = self._index.miss(missed, now, now - GONE_AFTER)
        self._taking.let_go(late)
        self._index.put_note(_TOTAL, str(total))
        self._index.put_note(_LISTED_AT, str(now))

    def _believed(self, missing: Iterable[str]) -> list[str]:
        """Those that may be gone: not where all that a library's place held is missing, and the library is there."""
        by_location: dict[str, list[str]] = {}
        for key in missing:
            by_location.setdefault(self._index.location(key), []).append(key)
        if by_location:
            self.libraries = self.libraries.again(libraries.read(self._server))
        counts, there = self._index.locations(), self.libraries.locations
        away = [
            location
            for location, keys in by_location.items()
            if len(keys) == counts.get(location) and (location in there or not location)
        ]
        self._index.put_note(_AWAY, json.dumps(away))
        return [key for location, keys in by_location.items() if location not in away for key in keys]


def _parts(keys: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))
