"""What an import reads: files of JSON lines, `.nfo` files, videos, and folders of them."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from metarr import regular
from metarr.cli.findings import Fault, Finding, shown
from metarr.cli.lines import read_lines
from metarr.cli.trees import Tree, findings
from metarr.cli.walk import hints, unreadable, walk
from metarr.files.episodes import SHOW_NFO
from metarr.files.films import MOVIE_NFO
from metarr.files.listing import HINTS, NFO, Folder, ending, is_video, stem

MOST_ABOVE = 2
"""Folders above what is read in which a series may be described: its season's, and its own."""


def read(path: Path) -> Iterator[Finding]:
    """Everything in a file or below a folder."""
    try:
        if path.is_dir():
            folder, faults = walk(path)
            yield from faults
            yield from findings(_in_series(Path(os.path.abspath(path)), folder))
        elif ending(path.name) == NFO or is_video(path.name):
            yield from _alone(Path(os.path.abspath(path)))
        else:
            with regular.opened(path) as file:
                yield from read_lines(path, file)
    except OSError as error:
        yield unreadable(path, error)


def _alone(path: Path) -> Iterator[Finding]:
    """A file that is given by itself; a video with the `.nfo` files beside it."""
    if not path.is_file():
        yield Fault(shown(path), "cannot be read: it is no file")
        return
    beside = (f"{stem(path.name)}.nfo", MOVIE_NFO) if is_video(path.name) else ()
    names = [path.name, *(name for name in (*beside, SHOW_NFO, HINTS) if (path.parent / name).is_file())]
    hinted = hints(path.parent / HINTS) if HINTS in names else ""
    folder = Folder(path.parent.name, tuple(dict.fromkeys(names)), hints=hinted)
    is_described = SHOW_NFO in names and path.name != SHOW_NFO
    tree = Tree(path.parent, folder, path.name) if is_described else _in_series(path.parent, folder)
    yield from findings(replace(tree, partial=True))


def _in_series(path: Path, folder: Folder) -> Tree:
    """The folder as a tree, below the folder that describes the series that it is in, if one of those above does."""
    chain = folder
    for above in path.parents[:MOST_ABOVE]:
        beside = tuple(name for name in (SHOW_NFO, HINTS) if (above / name).is_file())
        chain = Folder(above.name, beside, (chain,), hints(above / HINTS) if HINTS in beside else "")
        if SHOW_NFO in beside and SHOW_NFO not in folder.files:
            return Tree(base=above, folder=chain, given=path.relative_to(above).as_posix())
    return Tree(base=path, folder=folder, given="")
