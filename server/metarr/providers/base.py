"""The provider contract: what a provider declares and implements.

A provider is one class in one file. It declares its settings, limits and the fields it covers, and implements
`classify` and `details`; it may also implement `lookup` (find its own id from another one) and `search`:
a capability is the method itself, seen through the protocols `LooksUp` and `Searches`.
Fetching and parsing are kept apart: `details` asks, pure `parse_*` functions read, through `Reading`.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, ClassVar, Protocol, runtime_checkable

from metarr.domain.fields import FIELDS
from metarr.domain.model import Fragment, Kind, Struct, Value
from metarr.errors import ProviderError, TitleNotFound
from metarr.fetch.contract import Connection, Http, Limits, Response

SettingValue = str | int | float | bool


class SettingType(StrEnum):
    """How a setting is typed, and so how a form shows it."""

    TEXT = "text"
    SECRET = "secret"
    URL = "url"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"


class Setting(Struct, frozen=True, kw_only=True):
    """One setting of a provider; forms and the command line render themselves from it.

    `minimum` bounds numbers. `required`: the provider cannot be asked without it.
    """

    key: str
    label: str
    type: SettingType = SettingType.TEXT
    default: SettingValue = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    minimum: float = 0


class Preferences(Struct, frozen=True, kw_only=True):
    """What the owner wants of every provider.

    `language`: of texts, such as "en-US". `image_languages`: of artwork, best first, ISO 639-1. `country`: of
    certifications and release dates, ISO 3166-1.
    """

    language: str = "en-US"
    image_languages: tuple[str, ...] = ("en",)
    country: str = "US"


class Ask(Struct, frozen=True, kw_only=True):
    """One question to one provider: `ids` holds every external id known of the title, by id type."""

    kind: Kind
    ids: Mapping[str, str]
    preferences: Preferences = Preferences()
    settings: Mapping[str, SettingValue] = {}


class Query(Struct, frozen=True, kw_only=True):
    """A search by words. `year` 0: unknown."""

    kind: Kind
    title: str
    year: int = 0
    preferences: Preferences = Preferences()
    settings: Mapping[str, SettingValue] = {}


class Candidate(Struct, frozen=True, kw_only=True):
    """A title that a search found. `titles`: every name it goes by, the main one first. `popularity` ranks within
    one provider. `countries`: ISO 3166-1 alpha-2."""

    provider: str
    kind: Kind
    ids: Mapping[str, str]
    titles: tuple[str, ...]
    year: int = 0
    countries: tuple[str, ...] = ()
    overview: str = ""
    poster: str = ""
    popularity: float = 0.0


def common_settings(base_url: str, limits: Limits) -> tuple[Setting, ...]:
    """The settings that every provider has, after its own."""
    return (
        Setting(key="base_url", label="Address", type=SettingType.URL, default=base_url, help="Of the service itself."),
        Setting(
            key="requests_per_second",
            label="Requests per second",
            type=SettingType.NUMBER,
            default=limits.per_second,
            minimum=0.01,
            help="Metarr never asks faster than this.",
        ),
        Setting(
            key="daily_quota",
            label="Requests per day",
            type=SettingType.INTEGER,
            default=limits.daily_quota,
            help="What your key allows; 0: no daily quota.",
        ),
    )


class Provider(ABC):
    """A source of metadata. Stateless: settings come with every question, connections are made for it."""

    id: ClassVar[str]
    """Short, lower case, stable: it is stored with every value."""
    name: ClassVar[str]
    homepage: ClassVar[str]
    attribution: ClassVar[str] = ""
    """The notice that the provider's terms ask to be shown."""
    settings: ClassVar[tuple[Setting, ...]]
    limits: ClassVar[Limits]
    covers: ClassVar[Mapping[Kind, frozenset[str]]]
    """The fields it can tell, by kind."""
    asks_by: ClassVar[Mapping[Kind, tuple[str, ...]]]
    """By kind the id types it can be asked with directly, the best first."""
    looks_up_by: ClassVar[Mapping[Kind, tuple[str, ...]]] = {}
    """By kind the id types from which `lookup` can find one of `asks_by`, the best first."""
    parser_version: ClassVar[int] = 1
    """Raised when the parsers read more, or otherwise: older cached answers become stale."""

    @abstractmethod
    def connection(self, settings: Mapping[str, SettingValue]) -> Connection:
        """How to reach it with these settings; its key goes into headers or params."""

    @abstractmethod
    def classify(self, response: Response) -> ProviderError | TitleNotFound | None:
        """What is wrong with an answer; None for one to be parsed. Must not raise."""

    @abstractmethod
    def details(self, ask: Ask, http: Http) -> Fragment:
        """Everything it says about a title. `ask.ids` holds at least one of `asks_by`."""

    @abstractmethod
    def check(self, http: Http, settings: Mapping[str, SettingValue]) -> None:
        """One cheap request that proves key, network and quota; raises ProviderError."""

    def fields(self, kind: Kind, settings: Mapping[str, SettingValue]) -> frozenset[str]:
        """The fields that it tells with these settings, of those it covers."""
        return self.covers.get(kind, frozenset())

    def shape(self, kind: Kind, preferences: Preferences, settings: Mapping[str, SettingValue]) -> str:
        """What else than the id decides the answer, as text; part of the cache key."""
        return f"{preferences.language}|{','.join(preferences.image_languages)}|{preferences.country}"

    def asked_id(self, kind: Kind, ids: Mapping[str, str]) -> str | None:
        """The typed id it would be asked with, such as `imdb:tt0137523`; None: it cannot be asked with these."""
        return next((f"{id_type}:{ids[id_type]}" for id_type in self.asks_by.get(kind, ()) if id_type in ids), None)

    def configured(self, settings: Mapping[str, SettingValue]) -> bool:
        """Whether every required setting is there."""
        return all(settings.get(setting.key) for setting in self.settings if setting.required)


@runtime_checkable
class LooksUp(Protocol):
    """A provider that can find its own id from another one."""

    def lookup(self, ask: Ask, http: Http) -> Mapping[str, str]:
        """Ids of the title by id type, one of `asks_by` among them. Raises TitleNotFound."""


@runtime_checkable
class Searches(Protocol):
    """A provider that can search by words."""

    def search(self, query: Query, http: Http) -> tuple[Candidate, ...]:
        """Titles that may be meant, the provider's best first; empty when there are none."""


_PLACES = {field: place for place, field in enumerate(FIELDS)}


class Malformed(Exception):
    """A part of an answer has a type or shape that nobody documented. Costs the field that needed it."""


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
        self._empty: set[str] = set()
        self._unread: set[str] = set()
        self._trouble: list[str] = []

    def read(self, field: str, get: Callable[[], Value | None]) -> None:
        """Read one declared field; fields that the provider does not declare for this kind are passed over."""
        if field not in self._provider.covers.get(self._kind, ()):
            return
        try:
            value = get()
        except (Malformed, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            self._unread.add(field)
            self._trouble.append(f"{field}: {type(error).__name__} {str(error)[:80]}")
            return
        if value is None or value in ("", ()):
            self._empty.add(field)
        else:
            self._values[field] = value

    def missing(self, section: str, fields: Iterable[str]) -> None:
        """A section that was asked for is not in the answer: its fields are unread."""
        self._trouble.append(f"missing section: {section}")
        self._unread.update(set(fields) & self._provider.covers.get(self._kind, frozenset()))

    def fragment(self, ids: Mapping[str, str], titles: Iterable[str] = ()) -> Fragment:
        """What was read. A field read once with a value counts as read."""
        declared = self._provider.covers.get(self._kind, frozenset())
        empty = self._empty - self._values.keys()
        return Fragment(
            provider=self._provider.id,
            kind=self._kind,
            ids={id_type: value for id_type, value in ids.items() if value},
            values={field: self._values[field] for field in sorted(self._values, key=_PLACES.__getitem__)},
            empty=frozenset(empty),
            unread=frozenset(declared - self._values.keys() - empty),
            titles=tuple(dict.fromkeys(title for title in titles if title)),
            trouble=tuple(self._trouble),
        )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header; None where it is absent or a date."""
    told = headers.get("retry-after", "").strip()
    return float(told) if re.fullmatch(r"\d{1,6}", told) else None


# Readers of untrusted JSON, shared by the parsers. Each returns None for "has none" and raises Malformed otherwise.

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,10})?")
_ADDRESS = re.compile(r"https://[\w.-]+(?::\d+)?(?:/[^\s<>\"\\]*)?")


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


def iso_date(raw: Any) -> str | None:
    """A day as YYYY-MM-DD, from that or from a date with a time (TMDB changed between them once); None for none."""
    read = text(raw)
    if read is None:
        return None
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})([T ].*)?", read)
    if not match or not (1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31):
        raise Malformed(f"{read[:30]!r} is no date")
    return f"{match[1]}-{match[2]}-{match[3]}" if int(match[1]) else None


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


def texts(raw: Iterable[Any]) -> tuple[str, ...] | None:
    """Distinct texts in their order; what is no text is passed over."""
    kept = dict.fromkeys(part.strip() for part in raw if isinstance(part, str) and part.strip() not in ("", "N/A"))
    return tuple(kept) or None


def https(raw: Any) -> str | None:
    """A web address, always https; None where it is none. Addresses from providers are data and never fetched."""
    read = text(raw)
    if read is None or len(read) > 2000:
        return None
    if read.startswith("http://"):
        read = "https://" + read.removeprefix("http://")
    return read if _ADDRESS.fullmatch(read) else None
