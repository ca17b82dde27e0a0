"""Kodi's video library as entries with lasting keys, read through JSON-RPC."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Mapping, NamedTuple

from metarr_adapter.host import IDS, Entry, HostUnavailable, Series
from metarr_kodi import mapping
from metarr_kodi.keys import episode_key, movie_key, season_key, series_key, title_of
from metarr_kodi.mapping import NOUNS
from metarr_kodi.port import KodiRefused, Port
from metarr_kodi.shapes import STATUSES

PAGE = 200
"""Entries that are listed at once."""

_RARE = re.compile("[\U00010000-\U0010ffff]")
"""Characters, such as emoji, that a library in MySQL or MariaDB has no place for: Kodi has its tables made so."""

_NOT_FOUND, _INTERNAL = -32602, -32603
_MORE = {
    "movie": ("file", "year"),
    "series": ("file", "year"),
    "season": ("season", "tvshowid"),
    "episode": ("file", "season", "episode", "tvshowid"),
}
"""What is asked for beside the fields that Metarr knows."""

Details = Mapping[str, Any]


class Listed(NamedTuple):
    """An entry as Kodi holds it: its lasting key, its number, and the answer to Get*Details."""

    kind: str
    key: str
    number: int
    details: Details
    show: Details

    @property
    def values(self) -> dict[str, Any]:
        """What it holds by field, the ids among them."""
        return mapping.read(self.kind, self.details)

    @property
    def entry(self) -> Entry:
        """As it is reported."""
        values = self.values
        ids = values.pop(IDS, None) or {}
        below = self.kind in ("season", "episode")
        return Entry(
            host_key=self.key,
            host_id=str(self.number),
            kind=self.kind,
            title=_title(self.details),
            year=max(0, self.details.get("year") or 0),
            ids=ids,
            fields=values,
            series=_series(self.show) if below else None,
            season_number=self.details["season"] if below else None,
            episode_number=self.details["episode"] if self.kind == "episode" else None,
        )


class Library:
    """Reads the library. Every method raises HostUnavailable while Kodi's database is away."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def all(self, kind: str) -> Iterator[list[Listed]]:
        """Every entry of a kind, page by page; those without a file are left out.

        Raises HostUnavailable, also where the library changed so much that entries may be missing.
        """
        noun = NOUNS[kind]
        shows = self._shows() if kind in ("season", "episode") else {}
        seen: set[int] = set()
        totals: set[int] = set()
        start = 0
        while start < max(totals, default=1):
            limits = {"start": start, "end": start + PAGE}
            answer = self._call(noun.get_all, properties=_properties(kind), limits=limits)
            page = answer.get(noun.many.lower(), [])
            if kind == "series":
                page = self._with_status(page)
            seen.update(each[noun.id_name] for each in page)
            totals.add(answer["limits"]["total"])
            start += PAGE
            yield [listed for each in page if (listed := _listed(kind, each, shows)) is not None]
        if totals != {len(seen)}:
            raise HostUnavailable(f"{len(seen)} {noun.many} of {sorted(totals)} were listed: the library is changing")

    def one(self, kind: str, number: int) -> Listed | None:
        """The entry that has this number now; None: there is none."""
        details = self._details(kind, number, _properties(kind))
        show: Details | None = {}
        if details is not None and kind in ("season", "episode"):
            show = self._details("series", details["tvshowid"], _show_properties())
        if details is None or show is None:
            return None
        if kind == "series":
            [details] = self._with_status([details])
        return _listed(kind, details, {details.get("tvshowid", 0): show})

    def write(self, kind: str, number: int, params: Mapping[str, Any]) -> None:
        """Set these parameters; where the database does not take them, without rare characters.

        Raises KodiRefused where Kodi refuses them as they are.
        """
        noun = NOUNS[kind]
        try:
            self._call(noun.set, **{noun.id_name: number}, **params)
        except HostUnavailable:
            common = _without_rare(params)
            if common == params:
                raise
            self._call(noun.set, **{noun.id_name: number}, **common)

    def fill_set(self, movie: int, collection: Details) -> None:
        """Give the set of a movie the pictures of its collection of which it has none; another set has its own."""
        noun = NOUNS["movie"]
        shown = self._call(noun.get, **{noun.id_name: movie}, properties=["set", "setid"])[noun.details]
        if not shown["setid"] or not mapping.same("movie", "collection", {"name": shown["set"]}, collection):
            return
        sets = {"setid": shown["setid"]}
        art = self._call("VideoLibrary.GetMovieSetDetails", **sets, properties=["art"])["setdetails"].get("art", {})
        lacking = {key: url for key, url in mapping.art_of_set(collection).items() if not art.get(key)}
        if lacking:
            self._call("VideoLibrary.SetMovieSetDetails", **sets, art=lacking)

    def _details(self, kind: str, number: int, properties: list[str]) -> Details | None:
        noun = NOUNS[kind]
        if number < 1:
            return None
        try:
            answer = self._call(noun.get, **{noun.id_name: number}, properties=properties)
        except KodiRefused as refused:
            if refused.code == _NOT_FOUND and not refused.data:
                return None
            raise
        return answer[noun.details]  # type: ignore[no-any-return]

    def _with_status(self, shows: Sequence[Details]) -> list[Details]:
        """Shows with their status, which Kodi tells by a filter only. For one show those of its title are looked at."""
        title = shows[0]["title"] if len(shows) == 1 else ""
        titled = [{"field": "title", "operator": "is", "value": title}] if title else []
        statuses: dict[int, str] = {}
        for spelling in STATUSES:
            of_status = {"field": "status", "operator": "is", "value": spelling}
            answer = self._call(NOUNS["series"].get_all, filter={"and": [*titled, of_status]})
            statuses.update({show["tvshowid"]: spelling for show in answer.get("tvshows", ())})
        return [{**show, "status": statuses.get(show["tvshowid"], "")} for show in shows]

    def _shows(self) -> dict[int, Details]:
        """Every show by its number, with what names it."""
        answer = self._call(NOUNS["series"].get_all, properties=_show_properties())
        return {show["tvshowid"]: show for show in answer.get("tvshows", ())}

    def _call(self, method: str, **params: Any) -> Any:
        try:
            return self._port.rpc(method, **params)
        except KodiRefused as refused:
            if refused.code == _INTERNAL:
                raise HostUnavailable(str(refused)) from refused
            raise


def _without_rare(value: Any) -> Any:
    """The same with a sign for "a character" in the place of each rare one."""
    if isinstance(value, str):
        return _RARE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_without_rare(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_rare(each) for name, each in value.items()}
    return value


def _listed(kind: str, details: Details, shows: Mapping[int, Details]) -> Listed | None:
    """None where nothing names it for ever: it has no file, or is of no show."""
    number, file = details[NOUNS[kind].id_name], details.get("file", "")
    show = shows.get(details.get("tvshowid", 0), {})
    if kind == "season":
        file = show.get("file", "")
        usable = bool(file) and details["season"] >= 0
    else:
        usable = bool(file) and (kind != "episode" or (bool(show) and min(details["season"], details["episode"]) >= 0))
    if not usable:
        return None
    if kind == "movie":
        key = movie_key(file)
    elif kind == "series":
        key = series_key(file)
    elif kind == "season":
        key = season_key(file, details["season"])
    else:
        key = episode_key(file, details["season"], details["episode"])
    return Listed(kind, key, number, details, show)


def _title(details: Details) -> str:
    """Metarr takes no film and no show without a name."""
    title: str = (details.get("title") or "").strip()
    return title or title_of(details.get("file") or "")


def _series(show: Details) -> Series:
    ids = mapping.normal("series", IDS, show.get("uniqueid")) or {}
    return Series(_title(show), max(0, show.get("year") or 0), ids)


def _properties(kind: str) -> list[str]:
    return sorted({*mapping.properties(kind), *_MORE[kind]})


def _show_properties() -> list[str]:
    return ["file", "title", "uniqueid", "year"]
