"""The listing taken apart, folder by folder: what is a video, what lies beside it, what nobody looks into."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from metarr.files import passed
from metarr.files.contents import Extra, Left
from metarr.files.idtags import Tagged, tagged
from metarr.files.listing import NFO, PACKED, SUBTITLES, UNFINISHED, VIDEOS, Folder, below, ending, stem
from metarr.files.plexmatch import Hints, hints
from metarr.files.words import Named, named, readable

DISCS = {"bdmv": "index.bdmv", "video_ts": "video_ts.ifo"}
"""Folders that are a disc together with the folder above, and the file that is one without such a folder."""

WITHOUT_FOLDER = "."
_OF_A_DISC = frozenset({"vob", "ifo", "bup", "bdmv", "m2ts"})


@dataclass(slots=True)
class Branch:
    """A folder of the listing. `above`: the names of the folders that it is in, the root's first.

    `videos` and `nfos` are names of files, `nfo_names` those beside videos, by themselves in lower case; `discs` are
    folders within that are one, WITHOUT_FOLDER for the folder itself. `holds`: there is a video here or further down;
    `tells`: or an `.nfo`. `lacks`: what is here instead of a video. `aside`: what is no title, or cannot be told.
    """

    name: str
    path: str
    above: tuple["Branch", ...]
    tag: Tagged
    named: Named
    hints: Hints
    videos: list[str] = field(default_factory=list)
    nfos: list[str] = field(default_factory=list)
    nfo_names: dict[str, str] = field(default_factory=dict)
    folders: list["Branch"] = field(default_factory=list)
    aside: list[Extra | Left] = field(default_factory=list)
    discs: list[str] = field(default_factory=list)
    lacks: str = ""
    holds: bool = False
    tells: bool = False

    def at(self, name: str) -> str:
        return below(self.path, name)

    def disc_paths(self) -> list[str]:
        return [self.path if disc == WITHOUT_FOLDER else self.at(disc) for disc in self.discs]

    def nfo(self, name: str) -> str:
        """The path of an `.nfo` by its name in whatever case; "" where there is none."""
        names = self.nfo_names if self.videos else {own.lower(): own for own in self.nfos}
        own = names.get(name.lower())
        return self.at(own) if own else ""

    def holding(self) -> list["Branch"]:
        return [folder for folder in self.folders if folder.holds]


def grow(folder: Folder, path: str = "", above: tuple[Branch, ...] = ()) -> Branch:
    """The branch of a folder, and all below it."""
    tag = tagged(readable(folder.name))
    branch = Branch(folder.name, path, above, tag, named(tag.name), hints(folder.hints) if folder.hints else Hints())
    if not passed.MARKS.isdisjoint(folder.files):
        branch.aside.append(Extra(path, "left out by its owner"))
        return branch
    if passed.is_unfinished(folder.name):
        branch.aside.append(Extra(path, "an unfinished download"))
        return branch
    _sort(branch, folder.files)
    for inner in folder.folders:
        lower = inner.name.lower()
        if lower in DISCS and _is_disc(inner):
            branch.discs.append(inner.name)
            branch.nfos += [f"{inner.name}/{name}" for name in inner.files if ending(name) == NFO]
        elif passed.is_system(inner.name):
            _tell_hidden(branch, inner.name)
        else:
            branch.folders.append(grow(inner, below(path, inner.name), (*above, branch)))
    if WITHOUT_FOLDER in branch.discs:
        branch.videos = [name for name in branch.videos if ending(name) not in _OF_A_DISC]
    if branch.videos:
        branch.nfo_names = {name.lower(): name for name in branch.nfos}
    branch.holds = bool(branch.videos or branch.discs) or any(inner.holds for inner in branch.folders)
    branch.tells = bool(branch.nfos) or any(inner.tells for inner in branch.folders)
    return branch


def _is_disc(folder: Folder) -> bool:
    """Whether a folder that is called like a disc's is one."""
    names = [*folder.files, *(f"{inner.name}.folder" for inner in folder.folders)]
    return any(ending(name) in _OF_A_DISC or name.lower() == "stream.folder" for name in names)


def _sort(branch: Branch, files: Iterable[str]) -> None:
    pieces = {stem(name).lower() for name in files if ending(name) == "aria2"}
    for name in files:
        end = ending(name)
        if end in VIDEOS:
            if name.startswith("."):
                _tell_hidden(branch, name)
            elif name.lower() in pieces:
                branch.aside.append(Extra(branch.at(name), "an unfinished download"))
            else:
                branch.videos.append(name)
        elif end == NFO:
            if not name.startswith("."):
                branch.nfos.append(name)
        elif end in UNFINISHED:
            branch.aside.append(Extra(branch.at(name), "an unfinished download"))
        elif end in SUBTITLES:
            branch.lacks = branch.lacks or "only subtitles"
        elif end in PACKED:
            branch.lacks = "only a packed archive"
        elif name.lower() in DISCS.values():
            branch.discs.append(WITHOUT_FOLDER)
    branch.videos.sort()
    branch.nfos.sort()


def _tell_hidden(branch: Branch, name: str) -> None:
    """Say of a name that begins with a dot, and may well be a title's: ".45 (2006)", but not of "._Alien.mkv"."""
    if not name.startswith("._") and named(readable(name)).bracketed:
        branch.aside.append(Left(branch.at(name), "is hidden, for its name begins with a dot"))


def everything(branch: Branch) -> Iterator[str]:
    """The paths of all videos of a folder and below."""
    for each in branches(branch):
        yield from each.disc_paths()
        yield from (each.at(name) for name in each.videos)


def branches(branch: Branch) -> Iterator[Branch]:
    """A folder, and all below it."""
    yield branch
    for folder in branch.folders:
        yield from branches(folder)
