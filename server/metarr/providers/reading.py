"""How parsers read what a provider said: bounded, typed, and what is malformed costs itself only."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from msgspec.structs import replace

from metarr.domain.episode_titles import is_placeholder
from metarr.domain.equality import text_key
from metarr.domain.fields import FIELDS
from metarr.domain.languages import LanguagePolicy, Rank, TitleLanguages, rank_of
from metarr.domain.outcome import Fragment
from metarr.domain.values import Artwork, Credit, Kind, Text, Value
from metarr.providers.contract import Preferences, Provider

T = TypeVar("T")

_PLACES = {field: place for place, field in enumerate(FIELDS)}


class Malformed(Exception):
    """A part of an answer has a type or form that nobody documented. Costs the field that needed it."""


UNREADABLE = (Malformed, KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What reading a part of an unexpected type or shape raises."""


class Reading:
    """Builds a fragment field by field, so that a malformed one costs itself only.

    `read(field, get)`: `get` returns the value, or None / "" / () where the provider speaks about the field and has
    none; it raises Malformed, KeyError, TypeError or ValueError where it cannot be read.
    Fields that the provider declares and that were never read are unread.
    """

    def __init__(self, provider: type[Provider] | Provider, kind: Kind) -> None:
        self._provider = provider
        self._kind = kind
        self._values: dict[str, Value] = {}
        self._texts: dict[str, tuple[Text, ...]] = {}
        self._year_day = ""
        self._empty: set[str] = set()
        self._unread: set[str] = set()
        self._trouble: list[str] = []

    def read(self, field: str, get: Callable[[], Value | None]) -> None:
        """Read one declared field; fields that the provider does not declare for this kind are passed over."""
        if field not in self._provider.covers.get(self._kind, ()):
            return
        try:
            value = get()
        except UNREADABLE as error:
            self._unread.add(field)
            self._trouble.append(f"{field}: {type(error).__name__} {str(error)[:80]}")
            return
        if value is None or value in ("", ()):
            self._empty.add(field)
        else:
            self._values[field] = value

    def read_year(self, get: Callable[[], int | None], *days: Callable[[], str | None]) -> None:
        """Read the year of the first release, and the day that it comes from: the first of these that lies in it."""
        self.read("year", get)
        named = (optional(lambda day: day(), day) for day in days)
        year = str(self._values.get("year"))
        self._year_day = next((day for day in named if day and day[:4] == year), "")

    def read_texts(self, field: str, get: Callable[[], Iterable[Text]], wanted: TitleLanguages) -> None:
        """Read one declared field that exists in languages: `get` returns what is said in each, the best of a language
        first. They are kept in the order that is `wanted`."""
        if field not in self._provider.covers.get(self._kind, ()):
            return
        try:
            first: dict[str, Text] = {}
            for text in get():
                first.setdefault(text.language, text)
            ranked = sorted(first.values(), key=lambda text: _rank(field, text, wanted))
        except (Malformed, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            self._unread.add(field)
            self._trouble.append(f"{field}: {type(error).__name__} {str(error)[:80]}")
            return
        if ranked:
            self._texts[field] = tuple(ranked)
        else:
            self._empty.add(field)

    def missing(self, section: str, fields: Iterable[str]) -> None:
        """A section that was asked for is not in the answer: its fields are unread."""
        self._trouble.append(f"missing section: {section}")
        self._unread.update(set(fields) & self._provider.covers.get(self._kind, frozenset()))

    def fragment(self, ids: Mapping[str, str], titles: Iterable[str] = ()) -> Fragment:
        """What was read. A field read once with a value counts as read."""
        declared = self._provider.covers.get(self._kind, frozenset())
        read = self._values.keys() | self._texts.keys()
        empty = self._empty - read
        return Fragment(
            provider=self._provider.id,
            kind=self._kind,
            ids={id_type: value for id_type, value in ids.items() if value},
            year_day=self._year_day,
            values={field: self._values[field] for field in sorted(self._values, key=_PLACES.__getitem__)},
            texts={field: self._texts[field] for field in sorted(self._texts, key=_PLACES.__getitem__)},
            empty=frozenset(empty),
            unread=frozenset(declared - read - empty),
            titles=tuple(dict.fromkeys(title for title in titles if title)),
            trouble=tuple(self._trouble),
        )


def _rank(field: str, text: Text, wanted: TitleLanguages) -> Rank:
    return rank_of(field, text.language, wanted, implied=text.implied) or wanted.last


def languages_of(preferences: Preferences, original: str = "") -> TitleLanguages:
    """What the owner wants of a title of this original language (ISO 639-1; "": not known)."""
    return TitleLanguages(
        policy=LanguagePolicy(listed=preferences.languages, original=preferences.original), original=original
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header; None where it is absent or a date. Whoever fetches reads it by itself: this
    is here for the plugins of other people that do."""
    header = headers.get("retry-after", "").strip()
    return float(header) if re.fullmatch(r"\d{1,6}", header) else None


_NUMBER = re.compile(r"\d{1,15}(\.\d{0,40})?(e[+-]?\d{1,2})?", re.IGNORECASE)


_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:[/?#][^\s<>\"\\]*)?")
MAX_ADDRESS = 2000


def section(body: Any, key: str, kind: type = dict) -> Any:
    """The part of an answer under `key`; raises KeyError where absent, Malformed where it is not a `kind`."""
    part = body[key]
    if not isinstance(part, kind):
        raise Malformed(f"{key} is {type(part).__name__}, not {kind.__name__}")
    return part


def text(raw: Any) -> str | None:
    """Plain text, trimmed; None for null, "" and `N/A`."""
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise Malformed(f"{type(raw).__name__} where text was expected")
    trimmed = raw.strip()
    return None if trimmed in ("", "N/A") else trimmed


_CODE = re.compile(r"[A-Za-z0-9-]{1,8}")


def short_code(raw: Any) -> str | None:
    """A short word for a program, such as the code of a language; None for none."""
    read = text(raw)
    if read is not None and not _CODE.fullmatch(read):
        raise Malformed(f"{read[:20]!r} is no code")
    return read


def number(raw: Any) -> float | None:
    """A number above 0, also from text such as "2,767,518"; None for null, "", `N/A` and 0 (which is "none")."""
    if isinstance(raw, str):
        raw = raw.strip().replace(",", "")
        if raw in ("", "N/A"):
            return None
        if not _NUMBER.fullmatch(raw):
            raise Malformed(f"{raw[:20]!r} is no number")
        raw = float(raw)
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise Malformed(f"{type(raw).__name__} where a number was expected")
    if not 0 <= raw < 1e15:
        raise Malformed(f"number {raw!r} out of range"[:60])
    return float(raw) or None


def whole(raw: Any) -> int | None:
    """A whole number above 0, as `number` reads it."""
    read = number(raw)
    return None if read is None else round(read)


_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ].*)?")


def iso_date(raw: Any) -> str | None:
    """A day as YYYY-MM-DD, from that or from a date with a time (TMDB changed between them once); None for none."""
    read = text(raw)
    if read is None:
        return None
    match = _DAY.fullmatch(read)
    if match and match[1].startswith("0000"):
        return None
    try:
        return date.fromisoformat(match[1] if match else "").isoformat()
    except ValueError:
        raise Malformed(f"{read[:30]!r} is no date") from None


MOST_LATER = timedelta(days=730)
"""What comes to a country later than that comes again, as a film of 1987 whose restoration is shown in 2018."""


def first_year(raw: Any) -> int | None:
    """A year, also the first of several, as in "2008–2013"; None for none. What is no year is malformed."""
    read = text(str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw)
    match = re.fullmatch(r"([0-9]{4})\b.{0,12}", read or "")
    if read is not None and not match:
        raise Malformed(f"{read[:20]!r} is no year")
    return (int(match[1]) or None) if match else None


def release_day(here: str | None, anywhere: str | None) -> str | None:
    """The first day in the owner's country, unless that is long after the first one anywhere."""
    if here and anywhere and date.fromisoformat(here) - date.fromisoformat(anywhere) > MOST_LATER:
        return anywhere
    return here or anywhere


def certification(raw: Any) -> str | None:
    """The bare rating, such as "PG-13" from "US:PG-13" or "Rated PG-13"."""
    said = text(raw)
    return said and (re.sub(r"^(?:[A-Z]{2}\s*:|Rated\b)\s*", "", said) or None)


def objects(raw: Any) -> list[dict[str, Any]]:
    """A list of objects; null counts as empty. Elements of another type are passed over, unless all are."""
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise Malformed(f"{type(raw).__name__} where a list was expected")
    kept = [element for element in raw if isinstance(element, dict)]
    if raw and not kept:
        raise Malformed(f"a list of {type(raw[0]).__name__} where objects were expected")
    return kept


def each(raw: Any, read: Callable[[Any], T | None]) -> list[T]:
    """What `read` makes of every element of a list; null counts as an empty one, and None as nothing.

    A malformed element costs itself. Where nothing else is left, nobody knows whether there is anything: Malformed.
    """
    if not isinstance(raw, list | tuple | None):
        raise Malformed(f"{type(raw).__name__} where a list was expected")
    kept, last, raw = [], None, raw or ()
    for element in raw:
        try:
            value = read(element)
        except UNREADABLE as error:
            last = error
        else:
            kept += [] if value is None else [value]
    if last is not None and not kept:
        raise Malformed(f"nothing can be read of {len(raw)} elements: {type(last).__name__} {str(last)[:40]}")
    return kept


def optional(read: Callable[[Any], T | None], raw: Any) -> T | None:
    """What `read` makes of a part that can be done without: None where it is malformed, too."""
    try:
        return read(raw)
    except UNREADABLE:
        return None


def texts(raw: Iterable[Any]) -> tuple[str, ...] | None:
    """Distinct texts in their order; what is no text is passed over."""
    kept = dict.fromkeys(part.strip() for part in raw if isinstance(part, str) and part.strip() not in ("", "N/A"))
    return tuple(kept) or None


def place_number(raw: Any) -> int:
    """The number of a season or an episode, also written as text; 0 is one."""
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{1,6}", raw):
        raw = int(raw)
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 0:
        raise Malformed(f"{str(raw)[:20]!r} is no number of a season or an episode")
    return raw


def episode_title(title: str | None, season: int, number: int) -> str | None:
    """A title that says something: none that but repeats the number."""
    return None if title is None or is_placeholder(title, season, number) else title


def season_title(title: str | None, season: int) -> str | None:
    """The same of a season: "Season 3" and "Staffel 3" are none."""
    return None if title is None or is_placeholder(title, season, season) or _SPECIALS.fullmatch(title) else title


_SPECIALS = re.compile(r"specials?|extras|especiales|specials? episodes?|épisodes spéciaux|speciali", re.IGNORECASE)
"""What season 0 is called where it has no name."""

MAX_ROLES, MAX_ROLE = 5, 200


def person(credit: Credit) -> str:
    """What tells who it is: the first of its ids, else the name."""
    for id_type, value in credit.ids.items():
        return f"{id_type}:{value}"
    return text_key(credit.name)


def one_entry_each(entered: Iterable[Credit]) -> tuple[Credit, ...]:
    """Everybody once, in the order of the first entries, with the roles of all."""
    entries: dict[str, list[Credit]] = {}
    for credit in entered:
        entries.setdefault(person(credit), []).append(credit)
    return tuple([_joined(of_one, order) for order, of_one in enumerate(entries.values())])


def _joined(of_one: list[Credit], order: int) -> Credit:
    first, *others = of_one
    if not others:  # as nearly everybody is
        return replace(first, role=first.role if len(first.role) <= MAX_ROLE else "", order=order)
    return replace(
        first,
        role=" / ".join(_distinct(credit.role for credit in of_one)[:MAX_ROLES]),
        photo=next((credit.photo for credit in of_one if credit.photo), ""),
        order=order,
    )


def _distinct(roles: Iterable[str]) -> list[str]:
    """Each once, as first spelt."""
    spelt: dict[str, str] = {}
    for role in roles:
        spelt.setdefault(text_key(role), role)
    return [role for role in spelt.values() if 0 < len(role) <= MAX_ROLE]


def posters(images: Artwork) -> Artwork:
    """Those that bear a title. Where no image has a language, they were entered without one rather than drawn without
    a title."""
    return tuple(image for image in images if image.language) or images


def keyart(images: Artwork) -> Artwork:
    """Posters without a title: none of those that were entered without their language."""
    textless = tuple(image for image in images if not image.language)
    return textless if len(textless) < len(images) else ()


def web_address(raw: Any) -> str | None:
    """An address for people to open, with the scheme that it has; None where it is none."""
    read = text(raw)
    return read if read is not None and len(read) <= MAX_ADDRESS and _ADDRESS.fullmatch(read) else None


def https(raw: Any) -> str | None:
    """A web address, always https; None where it is none. Addresses from providers are data and never fetched."""
    read = web_address(raw)
    return f"https:{read[5:]}" if read and read.startswith("http:") else read
