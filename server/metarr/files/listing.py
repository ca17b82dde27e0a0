"""The input: a tree of names, and what the end of a file's name says about it."""

from dataclasses import dataclass

_VIDEOS = """
3gp asf avi disc divx dvr-ms f4v flv img iso m2ts m2v m4v mk3d mkv mov mp4 mpe mpeg mpg mts nrg ogm ogv rm rmvb strm tp
trp ts vob webm wmv wtv xvid
"""
VIDEOS = frozenset(_VIDEOS.split())
"""Endings of what a player plays as a video; `.strm` names an address, `.disc` stands for a disc on a shelf."""

_UNFINISHED = """
part partial crdownload download filepart incomplete unfinished opdownload dtapart !qb !ut !bt bc! jc! xltd
"""
UNFINISHED = frozenset(_UNFINISHED.split())
"""Endings that programs give to a file while they write it."""

SUBTITLES = frozenset({"srt", "sub", "idx", "ssa", "ass", "smi", "vtt", "sup"})
PACKED = frozenset({"rar", "zip", "7z", "r00", "001"})
NFO = "nfo"
HINTS = ".plexmatch"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder: the names in it, as the file system has them (bytes that are no text as lone surrogates).

    `hints`: the text of its `.plexmatch`. A folder that is not looked into is one without content.
    """

    name: str
    files: tuple[str, ...] = ()
    folders: tuple["Folder", ...] = ()
    hints: str = ""


def ending(name: str) -> str:
    """What follows the last dot, in lower case; "" where a name has none, or nothing else."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def stem(name: str) -> str:
    """A file's name without its ending."""
    before, dot, _ = name.rpartition(".")
    return before if dot and before else name


def is_video(name: str) -> bool:
    return ending(name) in VIDEOS


def below(path: str, name: str) -> str:
    """The path of a name in a folder; paths begin below the root, whose own is ""."""
    return f"{path}/{name}" if path else name


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]
