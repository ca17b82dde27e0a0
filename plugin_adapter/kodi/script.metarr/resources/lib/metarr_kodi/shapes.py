"""How one value travels between Metarr and Kodi's library. Pure; what it knows of Kodi was seen in Kodi 20.

Metarr's shape is plain JSON: texts, numbers, lists of texts, dates as YYYY-MM-DD, images as [{"url": …}], a
collection as {"name": …}. Kodi's is that of one parameter of Set*Details, which is also one property of Get*Details.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import unquote

from metarr_kodi.keys import without_credentials
from metarr_kodi.plain import is_web

_BLANKS = " \t\n\v\f\r"
"""What Kodi trims from both ends of a text. Other white space stays."""

_JOINT = " / "
"""Kodi keeps most lists as one text, joined by this."""

_MOST = 2**31 - 1
"""The greatest whole number Kodi takes."""


class Shape:
    """A text that may be emptied, and the base of the others."""

    def normal(self, value: Any) -> Any:
        """Metarr's value as Kodi would show it, in Metarr's shape; None where Kodi would show nothing."""
        return trimmed(value) or None

    def read(self, current: Any) -> Any:
        """What Kodi holds, in Metarr's shape and equal to the `normal` of what was written; None where nothing."""
        return self.normal(current)

    def sent(self, value: Any, current: Any) -> Any:
        """The parameter that makes Kodi, which holds `current`, show `value`, which is `normal`."""
        return value or ""

    def same(self, shown: Any, wanted: Any) -> bool:
        """Whether Kodi shows what is wanted; `shown` comes from `read`, `wanted` is any value of Metarr."""
        return bool(shown == self.normal(wanted))

    def refusal(self, value: Any) -> str:
        """Why Kodi cannot take this value, in words for its owner; "" where it can."""
        return ""


class Title(Shape):
    """A text that is never emptied: Kodi would show an item without a name, or for a season ignore the wish."""

    def refusal(self, value: Any) -> str:
        return "" if self.normal(value) else "a title cannot be emptied in Kodi"


class Certification(Shape):
    """The bare rating: "PG-13", where scrapers wrote "Rated PG-13" or "US:PG-13"."""

    def normal(self, value: Any) -> Any:
        return re.sub(r"^([A-Z]{2,3}:\s*)?(Rated\s+)?", "", trimmed(value)).strip(_BLANKS) or None


class Date(Shape):
    """A day. `unknown` is what Kodi shows where it holds none: for shows and episodes the day its clock begins."""

    def __init__(self, unknown: str = "") -> None:
        self._unknown = unknown

    def normal(self, value: Any) -> Any:
        text = trimmed(value)
        return text if _is_day(text) and text != self._unknown else None

    def refusal(self, value: Any) -> str:
        text = trimmed(value)
        return "" if not text or _is_day(text) else "Kodi takes whole dates only"


class Minutes(Shape):
    """Minutes here, seconds in Kodi. Beyond what Kodi can count it is nothing."""

    def normal(self, value: Any) -> Any:
        minutes = round(value or 0)
        return minutes if 0 < minutes <= _MOST // 60 else None

    def read(self, current: Any) -> Any:
        return self.normal((current or 0) / 60)

    def sent(self, value: Any, current: Any) -> Any:
        return (value or 0) * 60


class Texts(Shape):
    """A list, which Kodi keeps as one text: an element with " / " in it comes back as several."""

    def normal(self, value: Any) -> Any:
        given, elements = None, list(value or ())
        # What falls away between two joints can make a new joint, so until nothing changes any more.
        while elements != given:
            given = elements
            elements = [text for text in map(trimmed, _JOINT.join(given).split(_JOINT)) if text]
        return elements or None

    def sent(self, value: Any, current: Any) -> Any:
        return value or []


class Tags(Texts):
    """A list of which Kodi keeps each element once for the whole library, in the spelling that it met first, and in
    an order of its own. It tells no case apart in A to Z."""

    def normal(self, value: Any) -> Any:
        each: dict[str, str] = {}
        for text in map(trimmed, value or ()):
            each.setdefault(folded(text), text)
        return [text for text in each.values() if text] or None

    def same(self, shown: Any, wanted: Any) -> bool:
        return {folded(text) for text in shown or ()} == {folded(text) for text in self.normal(wanted) or ()}


class Collection(Shape):
    """A movie set, of which Kodi takes the name; as with tags the first spelling in the library stays."""

    def normal(self, value: Any) -> Any:
        name = trimmed((value or {}).get("name"))
        return {"name": name} if name else None

    def read(self, current: Any) -> Any:
        return self.normal({"name": current})

    def sent(self, value: Any, current: Any) -> Any:
        return value["name"] if value else ""

    def same(self, shown: Any, wanted: Any) -> bool:
        return _folded_name(shown) == _folded_name(self.normal(wanted))


class Trailer(Shape):
    """An address; a video of YouTube is the page of the video here, and in Kodi a call of the add-on that plays it."""

    def normal(self, value: Any) -> Any:
        text = trimmed(value)
        video = _YOUTUBE.match(text)
        return f"{_PAGE}{video[1] or video[2]}" if video else text or None

    def read(self, current: Any) -> Any:
        """Also a file, or a call of another add-on, which the owner or a scraper put there."""
        return self.normal(without_credentials(trimmed(current)))

    def sent(self, value: Any, current: Any) -> Any:
        video = _YOUTUBE.match(value or "")
        return f"{_PLAYER}{video[1]}" if video else value or ""

    def refusal(self, value: Any) -> str:
        """Kodi runs add-ons, and opens whatever machine it is told, to play a trailer."""
        trailer = self.normal(value)
        return "" if trailer is None or is_web(trailer) else _WEB_ONLY


_WEB_ONLY = "Kodi is given web addresses only"
_PAGE = "https://www.youtube.com/watch?v="
_PLAYER = "plugin://plugin.video.youtube/play/?video_id="
_YOUTUBE = re.compile(
    r"https?://(?:(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:watch\?(?:\S*&)?v=|embed/|shorts/|v/)|youtu\.be/)([\w-]{6,20})"
    r"|plugin://plugin\.video\.youtube/\S*?video_?id=([\w-]{6,20})",
    re.ASCII,
)


class Status(Shape):
    """How far a series is, in the words of TMDB; Kodi's own are other ones. Kodi takes it and does not tell it, but
    which shows have a status (`library`)."""

    def normal(self, value: Any) -> Any:
        return STATUSES.get(trimmed(value).lower())

    def sent(self, value: Any, current: Any) -> Any:
        return _KODIS_STATUSES.get(value, "")

    def refusal(self, value: Any) -> str:
        return "" if not trimmed(value) or self.normal(value) else "Kodi knows no such status"


_KODIS_STATUSES = {
    "Returning Series": "returning series",
    "In Production": "in production",
    "Planned": "planned",
    "Canceled": "cancelled",
    "Ended": "ended",
}
STATUSES = {
    **{written: status for status, written in _KODIS_STATUSES.items()},
    "continuing": "Returning Series",
    "upcoming": "Planned",
    "canceled": "Canceled",
}
"""By spelling, in lower case, as Kodi and scrapers have it."""


# Parameters of which Kodi keeps what is not named: each of these shapes reads and writes its own keys.


class Art(Shape):
    """One image, under Kodi's name for its kind."""

    def __init__(self, key: str) -> None:
        self.key = key

    def normal(self, value: Any) -> Any:
        return _images(value)[:1] or None

    def read(self, current: Any) -> Any:
        """Also a file on a disk, which the owner put there; not a frame that Kodi took from the video itself."""
        url = _address((current or {}).get(self.key))
        return [{"url": url}] if url else None

    def sent(self, value: Any, current: Any) -> Any:
        return {self.key: value[0]["url"] if value else None}

    def refusal(self, value: Any) -> str:
        return "" if not value or self.normal(value) else _WEB_ONLY


class Fanart(Art):
    """The main background under `fanart`, further ones under `fanart1`, `fanart2` …"""

    def __init__(self) -> None:
        super().__init__("fanart")

    def normal(self, value: Any) -> Any:
        return _images(value) or None

    def read(self, current: Any) -> Any:
        addresses = _fanart(current)
        return [{"url": url} for url in addresses.values()] if "fanart" in addresses else None

    def sent(self, value: Any, current: Any) -> Any:
        present = _fanart(current)
        wanted = {f"fanart{place or ''}": image["url"] for place, image in enumerate(value or ())}
        surplus = {key: None for key in present if key not in wanted}
        return {**surplus, **{key: url for key, url in wanted.items() if present.get(key) != url}}


class Ids(Shape):
    """External ids by type. Types that Kodi holds and Metarr does not name stay; one given as None is to go.

    Kodi never lets go of the id it takes for its default, and of no id of an episode.
    """

    def __init__(self, removable: bool = True) -> None:
        self._removable = removable

    def normal(self, value: Any) -> Any:
        plain = {trimmed(id_type): trimmed(text) for id_type, text in (value or {}).items()}
        ids = {id_type: text for id_type, text in plain.items() if id_type and text}
        named = {_id_type(id_type, text): text for id_type, text in ids.items()}
        # Of two spellings of a type, the usual one counts.
        return {**named, **{id_type: text for id_type, text in ids.items() if id_type in named}} or None

    def sent(self, value: Any, current: Any) -> Any:
        shown, wanted = self.read(current) or {}, self.normal(value) or {}
        news = {id_type: text for id_type, text in wanted.items() if shown.get(id_type) != text}
        if not self._removable:
            return news
        gone = [key for key, text in (current or {}).items() if _id_type(key, text) in _unwanted(value)]
        return {**dict.fromkeys(gone), **news}

    def same(self, shown: Any, wanted: Any) -> bool:
        current = shown or {}
        kept = all(current.get(id_type) == text for id_type, text in (self.normal(wanted) or {}).items())
        return kept and not _unwanted(wanted) & set(current)

    def refusal(self, value: Any) -> str:
        only_gone = not self._removable and not self.normal(value) and bool(_unwanted(value))
        return "Kodi lets go of no id of an episode" if only_gone else ""


_ID_TYPES = {"themoviedb": "tmdb", "thetvdb": "tvdb", "imdb_id": "imdb"}


def _id_type(spelling: str, value: str) -> str:
    """Metarr's name for a type; libraries that older versions of Kodi began have ids of an unknown type."""
    if spelling.lower() == "unknown" and re.match(r"tt\d{7,10}$", value):
        return "imdb"
    return _ID_TYPES.get(spelling.lower(), spelling.lower())


def _unwanted(value: Any) -> set[str]:
    return {_id_type(id_type, "") for id_type, text in (value or {}).items() if text is None}


class Score(Shape):
    """What one source says, from 0 to `best`; Kodi's own scale ends at 10. 0 is no rating, there as here."""

    part = "rating"

    def __init__(self, key: str, best: int = 10, removable: bool = True) -> None:
        self.key = key
        self._best = best
        self._removable = removable

    def normal(self, value: Any) -> Any:
        score = round(float(value or 0), 1) if self._best == 10 else round(value or 0)
        return score if 0 < score <= self._best else None

    def read(self, current: Any) -> Any:
        """Kodi's numbers have few digits: 8.7 comes back as 8.699999809265137."""
        rating: float = _rating(current, self.key).get("rating") or 0.0
        return self.normal(rating * self._best / 10)

    def sent(self, value: Any, current: Any) -> Any:
        return (value or 0) * 10 / self._best

    def refusal(self, value: Any) -> str:
        if (value or 0) > self._best and not self.normal(value):
            return f"Kodi takes ratings up to {self._best} only"
        return "" if self._removable or self.normal(value) else "Kodi lets go of no rating of an episode"


class Votes(Shape):
    """How many voted for one source's rating. Kodi keeps them with the rating, and none without one."""

    part = "votes"

    def __init__(self, key: str) -> None:
        self.key = key

    def normal(self, value: Any) -> Any:
        return int(value) if 0 < (value or 0) <= _MOST else None

    def read(self, current: Any) -> Any:
        return self.normal(_rating(current, self.key).get("votes"))

    def sent(self, value: Any, current: Any) -> Any:
        return value or 0


# Small change


def trimmed(value: Any) -> str:
    """A text as Kodi keeps it; "" for None. Kodi would cut it at a zero character."""
    return (value or "").replace("\0", "").strip(_BLANKS)


def folded(text: str) -> str:
    """Equal for texts which Kodi's database takes for one: it tells no case apart in A to Z only."""
    return re.sub("[A-Z]+", lambda letters: letters[0].lower(), text)


def _folded_name(value: Any) -> str:
    return folded(value["name"]) if value else ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _rating(current: Any, key: str) -> Any:
    return (current or {}).get(key) or {}


def _images(value: Any) -> list[dict[str, str]]:
    """The images with a web address, each once."""
    several = [value] if isinstance(value, dict) else value or ()
    urls = [trimmed(image.get("url")) for image in several]
    return [{"url": url} for url in dict.fromkeys(urls) if is_web(url)]


def _address(wrapped: Any) -> str:
    """The address in an image:// address, with which Kodi reads back all art; "" where it is a frame of the video.

    It leaves this machine, so that users and passwords in it are cut out.
    """
    text: str = wrapped or ""
    if text.startswith("image://"):
        inner = text[len("image://") :]
        text = "" if inner.startswith("video@") else unquote(inner[:-1] if inner.endswith("/") else inner)
    return without_credentials(text)


def _fanart(current: Any) -> dict[str, str]:
    """Addresses of the backgrounds by key, in order."""
    keys = [key for key in current or () if re.match(r"fanart([1-9]\d?)?$", key)]
    addresses = {key: _address(current[key]) for key in sorted(keys, key=lambda key: int(key[len("fanart") :] or 0))}
    return {key: url for key, url in addresses.items() if url}
