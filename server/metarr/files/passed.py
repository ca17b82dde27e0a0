"""What is no title: what systems and tools keep beside media, what is not there yet, and extras."""

import re
from collections.abc import Collection

_KEPT_BESIDE = """
@eadir @recycle @recently-snapshot @transcode @tmp @__thumb #recycle #snapshot #recycler $recycle.bin recycler recycled
lost+found __macosx extrafanart extrathumbs
"""
_SYSTEM = {*_KEPT_BESIDE.split(), "system volume information", "network trash folder", "temporary items"}

MARKS = frozenset({".ignore", ".nomedia", ".mmignore", ".tmmignore"})
"""Files by which an owner has players leave a folder out."""

_UNFINISHED_FOLDER = re.compile(r"_(?:unpack|failed|admin)_|__admin__|\.?!?incomplete$", re.IGNORECASE)

_EXTRA, _TRAILER, _SAMPLE, _BEHIND = "an extra", "a trailer", "a sample", "from behind the scenes"
EXTRAS = {
    "extras": _EXTRA, "extra": _EXTRA, "other": _EXTRA, "others": _EXTRA, "bonus": _EXTRA, "bonus features": _EXTRA,
    "bonus material": _EXTRA, "bonusmaterial": _EXTRA, "special features": _EXTRA,
    "featurettes": "a featurette", "featurette": "a featurette", "shorts": "a short", "short": "a short",
    "trailers": _TRAILER, "trailer": _TRAILER, "teasers": _TRAILER,
    "samples": _SAMPLE, "sample": _SAMPLE, "proof": _SAMPLE,
    "behind the scenes": _BEHIND, "behindthescenes": _BEHIND, "making of": _BEHIND,
    "deleted scenes": "a deleted scene", "deleted": "a deleted scene", "scenes": "a scene", "clips": "a clip",
    "interviews": "an interview", "interview": "an interview",
    "backdrops": "a background video", "theme-videos": "a background video", "theme-music": "a theme",
}  # fmt: skip
"""Folders within a title's folder, as Jellyfin, Plex and Kodi name them, and what is in them."""

_SURE = {"trailer": _TRAILER, "teaser": _TRAILER, "sample": _SAMPLE}
_LIKELY = {
    "behindthescenes": _BEHIND, "deleted": "a deleted scene", "deletedscene": "a deleted scene",
    "featurette": "a featurette", "interview": "an interview", "scene": "a scene", "short": "a short", "clip": "a clip",
    "extra": _EXTRA, "extras": _EXTRA, "other": _EXTRA,
}  # fmt: skip
_SUFFIX = re.compile(rf"^(.+?)(?:\s*-|[._]|\s+-)\s*({'|'.join((*_SURE, *_LIKELY))})s?[-_. ]?\d{{0,2}}$", re.IGNORECASE)
_SAMPLE_FIRST = re.compile(r"^!?sample[-._]", re.IGNORECASE)
_WORDS = re.compile(
    r"(?:the )?making of\b.*|behind the scenes\b.*|gag reel|bloopers|outtakes|deleted scenes?\b.*|"
    r"interviews?(?: with\b.*)?|featurettes?|(?:.*\b)?(?:trailer|teaser)(?: ?\d+)?|"
    r"sample|bonus(?:material)?|extras?",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?<![^\W_])(?:NC(?:OP|ED)|creditless|textless|menu|PV|CM)[ ._-]?\d{0,2}(?![^\W_])", re.IGNORECASE
)


def is_system(name: str) -> bool:
    """Whether a folder or file is none of the owner's media: nobody looks into it, nobody is told."""
    return name.startswith(".") or name.lower() in _SYSTEM


def is_unfinished(folder: str) -> bool:
    """Whether a folder's name says that its content is not there yet."""
    return _UNFINISHED_FOLDER.match(folder) is not None


def extras_folder(name: str) -> str:
    """What a folder of such a name holds where it lies within a title's; "" for a folder of titles."""
    return EXTRAS.get(name.strip().lower().replace("_", " "), "")


def surely(stem: str) -> str:
    """What a video is that names itself no title: "Alien-trailer", "sample"; "" for one that may be a title."""
    if what := _SURE.get(stem.lower()):
        return what
    match = _SUFFIX.match(stem)
    return _SURE.get(match[2].lower(), "") if match else ""


def maybe(stem: str, beside: Collection[str]) -> str:
    """What a video is if it belongs to one in its folder (stems in lower case): "Alien-short" beside "Alien"."""
    match = _SUFFIX.match(stem)
    if match and match[1].lower() in beside:
        return _LIKELY.get(match[2].lower(), "")
    return _SAMPLE if _SAMPLE_FIRST.match(stem) and len(beside) > 1 else ""


def of_title(stem: str, rest: str | None = None) -> str:
    """What a video is in the folder of a title that has another one: "Making Of", "Interview with the Director".

    `rest`: what stands behind the title, where the name begins with it: "Interview with the Vampire - 4K" is the film.
    """
    if match := _SUFFIX.match(stem):
        return _LIKELY.get(match[2].lower(), "")
    if _SAMPLE_FIRST.match(stem):
        return _SAMPLE
    words = (stem if rest is None else rest).replace(".", " ").replace("_", " ").strip(" -")
    return _EXTRA if _WORDS.fullmatch(words) or _WORDS.fullmatch(words.rpartition(" - ")[2]) else ""


def of_series(stem: str) -> str:
    """What a video without an episode's number is within a series: "NCOP1"."""
    return _EXTRA if _OPENING.search(stem) else of_title(stem)
