"""Listings of media trees, written as paths, and what is found in them in short."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from metarr.domain.values import Kind
from metarr.files.contents import Content, EpisodeFile, Extra, Left, LooseNfo, MovieFiles, SeriesFolder
from metarr.files.listing import HINTS, Folder
from metarr.files.readings import readings
from metarr.files.titles import read


def listing(paths: Iterable[str], root: str = "media", hints: Mapping[str, str] | None = None) -> Folder:
    """The folder with these files below it; one that ends in "/" is an empty folder. `hints`: by a folder's path."""
    tree: dict[str, Any] = {}
    for path in paths:
        *folders, last = path.split("/")
        at = tree
        for name in folders:
            at = at.setdefault(name, {})
        if last:
            at[last] = None
    return _folder(root, tree, "", hints or {})


def _folder(name: str, tree: Mapping[str, Any], path: str, hints: Mapping[str, str]) -> Folder:
    files = tuple(each for each, inner in tree.items() if inner is None)
    inner = tuple(
        _folder(each, below, f"{path}/{each}".strip("/"), hints) for each, below in tree.items() if below is not None
    )
    told = hints.get(path, "")
    return Folder(name, (*files, HINTS) if told else files, inner, told)


def found(
    *paths: str, root: str = "media", above: Sequence[str] = (), hints: Mapping[str, str] | None = None
) -> list[Content]:
    return list(read(listing(paths, root, hints), above))


def told(*paths: str, root: str = "media") -> list[str]:
    """What is found, a line each: "Alien (1979)", "Dark s1e2-3", "extra: a trailer", "left: holds no video"."""
    return [_line(each) for each in found(*paths, root=root)]


def one(*paths: str, root: str = "media") -> str:
    """The only line but for series, whose episodes name them."""
    [line] = [line for line in told(*paths, root=root) if not line.startswith("series: ")]
    return line


def titles(each: MovieFiles | SeriesFolder) -> list[str]:
    """The readings of a title: "Alien (1979)"."""
    kind = Kind.MOVIE if isinstance(each, MovieFiles) else Kind.SERIES
    return [f"{title} ({year})" if year else title for title, year in readings(each.clues, kind)]


def _line(each: Content) -> str:
    match each:
        case MovieFiles() | SeriesFolder():
            ids = "".join(f" {id_type}:{value}" for id_type, value in sorted(each.clues.ids.items()))
            words = " | ".join(titles(each)) + ids + (" !" if each.clues.against else "")
            return f"series: {words}" if isinstance(each, SeriesFolder) else words
        case EpisodeFile():
            season = "" if each.season is None else f"s{each.season}"
            numbers = f"e{each.episodes[0]}" if each.episodes else ""
            numbers += f"-{each.episodes[-1]}" if len(each.episodes) > 1 else ""
            return " ".join(filter(None, (titles(each.series)[0], f"{season}{numbers}", each.day)))
        case Extra():
            return f"extra: {each.what}"
        case Left():
            return f"left: {each.why}"
        case LooseNfo():
            return f"nfo: {each.path}"
