"""Names for Kodi's entries that stay: Kodi gives its own numbers to other entries later on, paths it does not. Pure."""

from __future__ import annotations

import hashlib
import re

_CODED = r"%(?:25)*"
"""How a sign in an address within an address begins, however often it was wrapped."""

_CREDENTIALS = re.compile(
    rf"(?P<begin>://)[^/\s]*@|(?P<coded>{_CODED}3a{_CODED}2f{_CODED}2f)(?:(?!{_CODED}2f|/).)*{_CODED}40",
    re.IGNORECASE,
)
_LENGTH = 32
"""Of 64 signs: enough that no two of any library's paths meet."""


def without_credentials(path: str) -> str:
    """A path without users and passwords, also where it wraps others, as for discs, archives and stacks, and without
    what Kodi is to tell a web server after a "|"."""
    plain = path.partition("|")[0] if re.match(r"(https?|davs?)://", path) else path
    return _CREDENTIALS.sub(lambda match: match["begin"] or match["coded"], plain)


def title_of(path: str) -> str:
    """What to call an entry that nobody gave a title: the last part of its path, a file's without its ending."""
    name = re.split(r"[/\\]", without_credentials(path).rstrip("/\\"))[-1]
    return name if path.endswith(("/", "\\")) else re.sub(r"(?<=.)\.\w{1,5}$", "", name)


def movie_key(file: str) -> str:
    return _key("movie", file)


def series_key(folder: str) -> str:
    return _key("series", folder)


def season_key(show_folder: str, season: int) -> str:
    return _key("season", show_folder, str(season))


def episode_key(file: str, season: int, episode: int) -> str:
    """By its number, too: one file may hold several episodes."""
    return _key("episode", file, str(season), str(episode))


def _key(kind: str, path: str, *numbers: str) -> str:
    text = "\0".join((without_credentials(path), *numbers))
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()[:_LENGTH]}"
