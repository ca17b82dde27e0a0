"""The `.nfo` files of a title: which they are, what they hold, and how values get into them."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from metarr.files.episodes import SHOW_NFO
from metarr.files.films import MOVIE_NFO
from metarr.files.listing import stem
from metarr.nfo import MOST_BYTES, NotUnderstood, Title, parse
from metarr.nfo.spans import NotSpliceable
from metarr.nfo.splice import IDS, blank, described, fields_of, splice, values_of
from metarr.nfo.titles import KINDS as _BY_ROOT
from metarr_folders import reading, writing
from metarr_folders.roots import Root
from metarr_folders.titles import Located
from metarr_folders.writing import NotWritten

KINDS = {str(kind): kind for kind in _BY_ROOT.values()}
_DISC_NFOS = {"video_ts": "VIDEO_TS.nfo", "bdmv": "index.nfo"}


def read(root: Root, located: Located) -> dict[str, Any]:
    """What the first of its files holds, by field; None: nothing. Raises OSError where it cannot be read."""
    nothing = dict.fromkeys(fields_of(KINDS[located.kind]))
    for path in _targets(root, located):
        try:
            content = reading.content(path, MOST_BYTES)
        except FileNotFoundError:
            continue
        title = _title(content, located)
        return nothing if title is None else nothing | dict(values_of(title))
    return nothing


def write(root: Root, located: Located, values: Mapping[str, Any]) -> dict[str, str]:
    """Put values into each of its files. Returns why, by field, where that failed."""
    try:
        targets = list(_targets(root, located))
        if not targets:
            return dict.fromkeys(values, "its files lie among those of other titles, and none is named for it")
        for path in targets:
            _write(path, located, values)
    except (NotSpliceable, NotUnderstood) as error:
        return dict.fromkeys(values, f"its .nfo is left as it is: it {error}")
    except NotWritten as error:
        return dict.fromkeys(values, str(error))
    except OSError as error:
        return dict.fromkeys(values, f"it cannot be read: {error.strerror or type(error).__name__}")
    return {}


def _write(path: Path, located: Located, values: Mapping[str, Any]) -> None:
    before = writing.content_of(path)
    content = before
    if content is None or not content.strip():
        content = blank(KINDS[located.kind], _places(located))
        # Players show nothing of a file without a title.
        values = {**_named(located), **values}
    writing.replace(path, splice(content, _place(content, located), values), before)


def _named(located: Located) -> Mapping[str, Any]:
    """What the title is called by where it lies."""
    return {"title": located.entry["title"]} if located.entry.get("title") else {}


def _places(located: Located) -> list[tuple[int, int]]:
    """The episodes that a new file is to describe."""
    if located.episode is None or located.season is None:
        return []
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
            yield writing.at(root.path / located.folder, SHOW_NFO)
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
