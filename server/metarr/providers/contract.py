"""The provider contract: what a provider declares and implements.

A provider is one class in one file. It declares its settings, limits and the fields it covers, and implements
`classify` and `details`; it may also implement `lookup` (find its own id from another one) and `search`:
a capability is the method itself, seen through the protocols `LooksUp`, `Searches` and `ListsEpisodes`.
Fetching and parsing are kept apart: `details` asks, pure `parse_*` functions read, through `Reading`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol, runtime_checkable

from metarr.declared import Setting as Setting
from metarr.declared import SettingType as SettingType
from metarr.declared import SettingValue as SettingValue
from metarr.domain.fields import NATIONAL
from metarr.domain.outcome import Fragment
from metarr.domain.values import Kind, Struct
from metarr.errors import ProviderError, TitleNotFound
from metarr.fetch.contract import Connection, Http, Limits, Response


class Preferences(Struct, frozen=True, kw_only=True):
    """What the owner wants of every provider.

    `languages`: tags such as "es-ES" or "en", the best first; `language`: the first of them, `image_languages`: without
    their regions. `original`: what may be in the title's original language, too: "texts", "artwork", "trailers".
    `country`: of certifications and release dates, ISO 3166-1.
    """

    languages: tuple[str, ...] = ("en-US", "en")
    original: frozenset[str] = frozenset({"artwork", "trailers"})
    country: str = "US"

    @property
    def language(self) -> str:
        return self.languages[0]

    @property
    def image_languages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(tag.partition("-")[0] for tag in self.languages))


class Ask(Struct, frozen=True, kw_only=True):
    """One question to one provider: `ids` holds every external id known of the title, by id type.

    `original_language`: of the title, ISO 639-1, as the provider itself said before; "": not known. `orders`: those in
    which the episodes of a series are wanted besides the aired one (`domain.numbering`), of those that it has.
    """

    kind: Kind
    ids: Mapping[str, str]
    original_language: str = ""
    orders: tuple[str, ...] = ()
    preferences: Preferences = Preferences()
    settings: Mapping[str, SettingValue] = {}


class Part(Struct, frozen=True, kw_only=True):
    """A part of what a provider says about a series, which is cached by itself: one list of episodes in one language.

    `asked_id`: such as `tmdb:1399/s3` or `tvdb:121361/official`. `shape`: the language as the provider writes it; "":
    its own. `language`: the tag of that, "und" where it is not known. `season`: the one that it is about; None: all.
    `order`: by which it numbers the episodes; "": as they were shown.
    """

    asked_id: str
    shape: str = ""
    language: str = "und"
    season: int | None = None
    order: str = ""


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
            key="allow_plain_http",
            label="Allow plain http",
            type=SettingType.BOOLEAN,
            default=False,
            help="Ask an address of http beyond this machine, though others can read the key on its way.",
        ),
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
    image_hosts: ClassVar[tuple[str, ...]] = ()
    """Hosts of its pictures, such as "image.tmdb.org": a browser loads pictures from no others."""
    settings: ClassVar[tuple[Setting, ...]]
    limits: ClassVar[Limits]
    covers: ClassVar[Mapping[Kind, frozenset[str]]]
    """The fields it can tell, by kind."""
    asks_by: ClassVar[Mapping[Kind, tuple[str, ...]]]
    """By kind the id types it can be asked with directly, the best first."""
    looks_up_by: ClassVar[Mapping[Kind, tuple[str, ...]]] = {}
    """By kind the id types from which `lookup` can find one of `asks_by`, the best first."""
    country: ClassVar[str] = ""
    """The one country for which it speaks where countries differ, as in certifications, ISO 3166-1; "": for any."""
    searches_any_year: ClassVar[bool] = False
    """Whether a search with a year tells namesakes of other years, too; else it may be repeated without one."""
    parser_version: ClassVar[int] = 1
    """Raised when the parsers read more, or otherwise. Cached answers count until their time is over, no longer."""
    plain_language: ClassVar[str | None] = ""
    """What its texts are in where a fragment does not tell: a tag; "": what was asked for first. None: it tells of
    each, so an answer of before it did is not read for its texts."""

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

    def fields_for(self, country: str, kind: Kind, settings: Mapping[str, SettingValue]) -> frozenset[str]:
        """The fields that it tells an owner in that country."""
        fields = self.fields(kind, settings)
        return fields if self.country in ("", country) else fields - NATIONAL

    def shape(self, kind: Kind, preferences: Preferences, settings: Mapping[str, SettingValue]) -> str:
        """What else than the id decides the answer, as text; part of the cache key. Languages count as a set: the same
        ones in another order find the same answer."""
        return f"{','.join(sorted(preferences.languages))}|{preferences.country}"

    def asked_id(self, kind: Kind, ids: Mapping[str, str]) -> str | None:
        """The typed id it would be asked with, such as `imdb:tt0137523`; None: it cannot be asked with these."""
        return next((f"{id_type}:{ids[id_type]}" for id_type in self.asks_by.get(kind, ()) if id_type in ids), None)

    def preview(self, url: str, field: str) -> str:
        """The address of a small version of one of its pictures, some 200 to 400 pixels wide; "": there is none."""
        return ""

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
        """Titles that may be meant, the provider's best first; empty when there are none.

        A year may be a filter: who wants to see namesakes of other years asks again without one.
        """


@runtime_checkable
class ListsEpisodes(Protocol):
    """A provider that lists the episodes of a series, in parts. It `covers` seasons or episodes by what it lists."""

    def parts(self, ask: Ask, counts: Mapping[int, int]) -> tuple[Part, ...]:
        """What there is to ask about a series; `counts`: by season how many episodes of it the library has."""

    def together(self, parts: Sequence[Part], counts: Mapping[int, int]) -> tuple[tuple[Part, ...], ...]:
        """The parts by the requests that tell them."""

    def listed(self, ask: Ask, parts: Sequence[Part], http: Http) -> Mapping[Part, Fragment | None]:
        """What one request, or one list of pages, tells of these parts, as fragments about a season: None for a part
        that there is none of. What is left out was not told this time."""


@runtime_checkable
class TellsAlong(Protocol):
    """A provider that tells some parts of a series in the answer about the series itself, at no request more."""

    def along(self, ask: Ask, counts: Mapping[int, int]) -> tuple[Part, ...]:
        """The parts for which that answer has room; `counts` as for `ListsEpisodes.parts`."""

    def details_along(
        self, ask: Ask, parts: Sequence[Part], http: Http
    ) -> tuple[Fragment, Mapping[Part, Fragment | None]]:
        """What `details` tells, and what `ListsEpisodes.listed` tells of these parts."""
