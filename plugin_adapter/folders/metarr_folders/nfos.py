"""The `.nfo` files of a title: which they are, what they hold, and how values get into them."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from metarr.files.episodes import SHOW_NFO
from metarr.files.films import MOVIE_NFO
from metarr.files.listing import stem
from metarr.nfo import MOST_BYTES, NotUnderstood, Title, parse, season_names
from metarr.nfo.spans import NotSpliceable
from metarr.nfo.splice import IDS, blank, described, fields_of, splice, values_of
from metarr.nfo.titles import KINDS as _BY_ROOT
from metarr_folders import reading, writing
from metarr_folders.roots import Root
from metarr_folders.titles import SEASON_NFO, Located
from metarr_folders.writing import NotWritten

KINDS = {str(kind): kind for kind in _BY_ROOT.values()}
_DISC_NFOS = {"video_ts": "VIDEO_TS.nfo", "bdmv": "index.nfo"}


def read(root: Root, located: Located) -> dict[str, Any]:
    """What its files hold, by field; None: nothing. Of several versions the first that holds a field counts. Raises
    OSError where one cannot be read."""
    values: dict[str, Any] = dict.fromkeys(fields_of(KINDS[located.kind]))
    for path in _targets(root, located):
        said = _said(_content(path), located)
        values |= {field: value for field, value in said.items() if values[field] is None}
    if located.kind == "season" and values["title"] is None:
        values["title"] = season_names.read(_content(_names(root, located))).get(located.season or 0)
    return values


def write(root: Root, located: Located, values: Mapping[str, Any]) -> dict[str, str]:
    """Put values into each of its files. Returns why, by field, where that failed."""
    why: dict[str, str] = {}
    try:
        if located.kind == "season":
            why, values = _write_season(root, located, values)
        targets = list(_targets(root, located))
        if values and not targets:
            return dict.fromkeys(values, "its files lie among those of other titles, and none is named for it")
        joined = read(root, located) if len(targets) > 1 else {}
        for path in targets if values else ():
            _write(path, located, values, joined)
    except (NotSpliceable, NotUnderstood) as error:
        return dict.fromkeys(values, f"its .nfo is left as it is: it {error}")
    except NotWritten as error:
        return dict.fromkeys(values, str(error))
    except OSError as error:
        return dict.fromkeys(values, f"it cannot be read: {error.strerror or type(error).__name__}")
    return why


def _write(path: Path, located: Located, values: Mapping[str, Any], joined: Mapping[str, Any]) -> None:
    """`joined`: what the title holds, where it has several files. One that differs from it in a field is somebody's own
    there, and a new one says all that the others say."""
    before = writing.content_of(path)
    content = before
    if content is None or not content.strip():
        content = blank(KINDS[located.kind], _places(located))
        # Players show nothing of a file without a title, and look for ids in it before they look at names.
        values = {**_named(located), **{field: value for field, value in joined.items() if value is not None}, **values}
    elif joined:
        said = _said(content, located)
        values = {field: value for field, value in values.items() if said[field] in (None, joined[field])}
    writing.replace(path, splice(content, _place(content, located), values), before)


def _write_season(root: Root, located: Located, values: Mapping[str, Any]) -> tuple[dict[str, str], Mapping[str, Any]]:
    """Have the series' file call a season by its title. Why not, by field, and what its own file is to hold."""
    names = _names(root, located)
    before = writing.content_of(names) if located.own else None
    if "title" in values and before is not None:
        writing.replace(names, season_names.put(before, located.season or 0, values["title"] or ""), before)
        if not located.within:
            values = {field: value for field, value in values.items() if field != "title"}
    if located.within:
        return {}, values
    return dict.fromkeys(values, "its episodes have no folder of their own, where a file of a season is"), {}


def _names(root: Root, located: Located) -> Path:
    """The file in which a series calls its seasons."""
    return writing.at(root.path / located.folder, SHOW_NFO)


def _content(path: Path) -> bytes:
    """What a file holds; nothing where there is none."""
    try:
        return reading.content(path, MOST_BYTES)
    except FileNotFoundError:
        return b""


def _said(content: bytes, located: Located) -> dict[str, Any]:
    """What a file says of a title, by field; None: nothing."""
    title = _title(content, located) if content.strip() else None
    return dict.fromkeys(fields_of(KINDS[located.kind])) | ({} if title is None else dict(values_of(title)))


def _named(located: Located) -> Mapping[str, Any]:
    """What the title is called by where it lies, and the ids that stand there."""
    return {field: located.entry[field] for field in ("title", IDS) if located.entry.get(field)}


def _places(located: Located) -> list[tuple[int, int]]:
    """The episodes that a new file is to describe, or the season."""
    if located.season is None:
        return []
    if located.episode is None:
        return [(located.season, 0)]
    return list(located.shared) or [(located.season, located.episode)]


def _place(content: bytes, located: Located) -> int:
    """Which of the titles of a file it is. Raises NotSpliceable."""
    titles = described(content)
    kinds = [title.kind for title in titles]
    if any(kind is not KINDS[located.kind] for kind in kinds):
        raise NotSpliceable(f"describes a {kinds[0]}, and not a {located.kind}")
    if located.episode is None:
        if len(titles) > 1:
            raise NotSpliceable("describes several titles")
        return 0
    numbers = [(title.season, title.episode) for title in titles]
    if (located.season, located.episode) in numbers:
        return numbers.index((located.season, located.episode))
    if len(titles) == 1 and not located.shared:
        return 0
    raise NotSpliceable("does not tell which episode is which")


def _title(content: bytes, located: Located) -> Title | None:
    """What a file says of the title; None: nothing that can be read."""
    try:
        titles = [title for title in parse(content) if title.kind is KINDS[located.kind]]
    except NotUnderstood:
        return None
    if located.episode is not None:
        numbered = [title for title in titles if (title.season, title.episode) == (located.season, located.episode)]
        return next(iter(numbered or (titles if not located.shared else [])), None)
    return next(iter(titles), None)


def _targets(root: Root, located: Located) -> Iterator[Path]:
    """The files that describe a title, or are to."""
    if located.kind == "series":
        if located.own:
            yield _names(root, located)
        return
    if located.kind == "season":
        if located.within:
            yield writing.at(root.path / located.within, SEASON_NFO)
        return
    if located.kind == "movie":
        whole = [nfo for nfo in located.nfos if PurePosixPath(nfo).name.lower() == MOVIE_NFO]
        if whole:
            yield root.path / whole[0]
            return
    for video in located.videos:
        path = root.path / video
        disc = _DISC_NFOS.get(path.name.lower())
        yield writing.at(path, disc) if disc else writing.at(path.parent, f"{stem(path.name)}.nfo")


def normal(kind: str, field: str, value: Any) -> Any:
    """A value as a file would tell it."""
    if value is None:
        return None
    try:
        content = splice(blank(KINDS[kind]), 0, {field: value, **_BESIDE.get(field, {})})
        [title] = described(content)
    except (NotSpliceable, NotUnderstood):
        return None
    return dict(values_of(title))[field]


_BESIDE: Mapping[str, Mapping[str, Any]] = {"imdb_votes": {"imdb_rating": 1}, "tmdb_votes": {"tmdb_rating": 1}}
"""What a value stands beside in a file: votes have no place without their rating."""


def certifications(text: str) -> set[str]:
    """The ratings in one text, each as the bare word: "Rated PG-13", "US:PG-13 / DE:12"."""
    return {
        re.sub(r"^(?:rated\s+|[A-Za-z]{2}:\s*)", "", part.strip(), flags=re.IGNORECASE) for part in text.split(" / ")
    }


def shown(located: Located) -> str:
    """Where a title lies, for a person to read."""
    return "/".join(filter(None, (located.root, located.videos[0] if located.videos else located.folder)))


__all__ = ["IDS", "KINDS", "certifications", "normal", "read", "shown", "write"]
