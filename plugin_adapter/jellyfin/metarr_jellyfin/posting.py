"""Writes texts, numbers and lists of an item: it is posted as it was read, but for what changes.

The server empties whatever it is not told, believes whatever it is told, and, of a series, saves all that is below it
and gives it the ratings of the series.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from metarr_adapter.values import same
from metarr_jellyfin import items
from metarr_jellyfin.fields import Place
from metarr_jellyfin.journal import Journal, Rating
from metarr_jellyfin.server import SECONDS, Gone, JellyfinServer, Refused
from metarr_jellyfin.shapes import Raw

SERIES_SECONDS = 120.0
"""Hundreds of episodes are saved one after the other before it answers."""

_FOLDERS = ("Series", "Season")

_PARTS = ("People", "Studios", "Taglines")
_LISTS: Mapping[str, Callable[[], Any]] = {"Genres": list, "Tags": list, "ProviderIds": dict}
"""What the server breaks off without, halfway."""

_RATED = ("Etag", "CustomRating", "Settings")


class Posting:
    """Writes to one server."""

    def __init__(self, server: JellyfinServer, journal: Journal) -> None:
        self._server, self._journal = server, journal

    def post(
        self,
        raw: Raw,
        table: Mapping[str, Place],
        values: Mapping[str, Any],
        locked: list[str] | None,
        *,
        whole: bool | None,
    ) -> bool:
        """Write normal values to an item that is as it was read. `locked`: the locks that it has then, `whole`: whether
        all of it is locked; None: as read. Returns whether there was anything to write. Raises Gone and Refused."""
        body, draft = _as_read(raw), dict(raw)
        for field, value in values.items():
            if same(table[field].shape.read(raw), value):
                continue
            table[field].shape.put(draft, value)
            if part := table[field].part:
                body[part] = draft[part]
        body.update({name: value for name, value in draft.items() if name not in _PARTS})
        if locked is not None:
            body["LockedFields"] = locked
        if whole is not None:
            body["LockData"] = whole
        before = {**_as_read(raw), **{name: raw.get(name) for name in _PARTS}}
        if all(value == before.get(name) for name, value in body.items()):
            return False
        self._post(raw, body)
        return True

    def restore_ratings(self) -> None:
        """Give back what is rated on its own below a series that was written. Raises HostUnavailable."""
        ratings = list(self._journal.ratings())
        # Seasons first: what is set there goes down as well.
        for some in ([each for each in ratings if not each.season], [each for each in ratings if each.season]):
            now = {raw["Id"]: _rated(raw) for raw in items.named(self._server, [each.item for each in some], _RATED)}
            for rating in some:
                if now.get(rating.item, (rating.official, rating.custom)) != (rating.official, rating.custom):
                    self._restore(rating)
        if ratings:
            self._journal.drop_ratings()

    def _restore(self, rating: Rating) -> None:
        raw = items.one(self._server, rating.item)
        if raw is not None:
            with suppress(Gone, Refused):
                self._send(raw, {**_as_read(raw), "OfficialRating": rating.official, "CustomRating": rating.custom})

    def _post(self, raw: Raw, body: Mapping[str, Any]) -> None:
        if raw["Type"] in _FOLDERS:
            self._journal.put_ratings(self._ratings_below(raw))
        try:
            self._send(raw, body)
        except Refused:
            # It may have been taken by half, which is worse than not at all.
            self._send(raw, _as_read(raw))
            raise
        finally:
            self.restore_ratings()

    def _send(self, raw: Raw, body: Mapping[str, Any]) -> None:
        seconds = SERIES_SECONDS if raw["Type"] in _FOLDERS else SECONDS
        self._server.post(f"/Items/{quote(raw['Id'])}", body, seconds)

    def _ratings_below(self, raw: Raw) -> list[Rating]:
        """What is rated otherwise than the series or season is; below a season of which that is true, everything, since
        what is given back to the season goes down as well."""
        parent = _rated(raw)
        ratings: dict[str, Rating] = {}
        all_of: set[str] = set()
        raws = [each for page in items.below(self._server, raw["Id"], _RATED) for each in page.items]
        for each in sorted(raws, key=lambda one: one.get("Type") == "Episode"):
            season = str(each.get("SeasonId") or "") if each.get("Type") == "Episode" else ""
            official, custom = _rated(each)
            if (official not in (None, parent[0]) or custom not in (None, parent[1])) or season in all_of:
                ratings[each["Id"]] = Rating(each["Id"], season, official, custom)
                all_of |= {each["Id"]} if not season else set()
        return list(ratings.values())


def _as_read(raw: Raw) -> Raw:
    """What is posted of an item where nothing is to change."""
    return {**{name: empty() for name, empty in _LISTS.items()}, **{n: v for n, v in raw.items() if n not in _PARTS}}


def _rated(raw: Raw) -> tuple[str | None, str | None]:
    return raw.get("OfficialRating"), raw.get("CustomRating")
