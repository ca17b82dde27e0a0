"""What the owner tunes about Metarr as a whole, typed; kept in the database, one row a setting."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec.structs import replace

from metarr import proxy
from metarr.declared import Setting, SettingType, checked
from metarr.domain.countries import COUNTRIES, country_code
from metarr.domain.fields import FIELDS
from metarr.domain.languages import ISO_639_1, language_tag


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings with their defaults; what each means is declared in `DECLARED`."""

    languages: tuple[str, ...] = ("en-US", "en")
    original_language: tuple[str, ...] = ("artwork", "trailers")
    country: str = "US"
    extra_fanart: int = 5
    sync_fields: tuple[str, ...] = ()
    multi_provider_aggregation: bool = True
    daily_enabled: bool = True
    daily_at: str = "03:00"
    daily_zone: str = ""
    change_set_retention_days: int = 365
    airing_refresh_hours: int = 20
    show_pictures: bool = True
    proxy: str = ""
    proxy_user: str = ""
    proxy_password: str = ""
    """Sealed, as it is stored."""

    @property
    def etag(self) -> str:
        """Changes with every change."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]

    @property
    def language(self) -> str:
        """The best of the languages."""
        return self.languages[0]

    @property
    def image_languages(self) -> tuple[str, ...]:
        """The languages without their regions, the best first."""
        return tuple(dict.fromkeys(tag.partition("-")[0] for tag in self.languages))

    @property
    def daily_time(self) -> time:
        return time.fromisoformat(self.daily_at)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the daily run; the machine's own where none is set."""
        return ZoneInfo(self.daily_zone or machine_zone())


def _matching(pattern: str, says: str) -> Callable[[str], str]:
    return lambda text: "" if re.fullmatch(pattern, text, re.ASCII) else says


def _zone(text: str) -> str:
    try:
        if text:
            ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "is no time zone such as Europe/Berlin"
    return ""


def _language(text: str) -> str:
    """Two letters that ISO 639-1 knows, and where it matters a country's."""
    match = re.fullmatch(r"([a-z]{2})(-[A-Z]{2})?", text, re.ASCII)
    if match and match[1] in ISO_639_1:
        return ""
    meant = language_tag(text)
    return (
        f"is no language such as en or pt-BR; write {meant}" if meant != text else "is no language such as en or pt-BR"
    )


def _field(text: str) -> str:
    return "" if text in FIELDS else "is no field"


_SETTINGS = (
    Setting(
        key="languages",
        label="Languages",
        help="Of texts and artwork, the best first, such as es-ES, en. Language comes before provider.",
        type=SettingType.TEXTS,
        minimum=1,
        maximum=10,
        wrong=_language,
    ),
    Setting(
        key="original_language",
        label="Original language",
        help="What may be in a title's original language, too, after the others: texts, artwork, trailers.",
        type=SettingType.TEXTS,
        maximum=3,
        words={"texts": "Texts", "artwork": "Artwork", "trailers": "Trailers"},
        wrong=_matching("texts|artwork|trailers", "is none of texts, artwork, trailers"),
    ),
    Setting(
        key="country",
        label="Country",
        help="Whose release dates and certifications count: two letters (ISO 3166-1), such as US.",
        wrong=lambda text: "" if text in COUNTRIES else "is no country's code of two letters, such as US or GB",
        meant=country_code,
    ),
    Setting(
        key="extra_fanart",
        label="Extra fanart",
        help="How many fanart images to keep besides the main one.",
        type=SettingType.INTEGER,
        maximum=50,
    ),
    Setting(
        key="sync_fields",
        label="Fields that wake the players",
        help="A change of one of these is brought to the players at once. Empty: the usual ones.",
        type=SettingType.TEXTS,
        maximum=100,
        words={field.name: field.label for field in FIELDS.values()},
        wrong=_field,
    ),
    Setting(
        key="multi_provider_aggregation",
        label="Ask several providers",
        help="Off: only the first provider that has details is asked, and there is no daily run.",
        type=SettingType.BOOLEAN,
    ),
    Setting(
        key="daily_enabled",
        label="Daily run",
        help="Brings every monitored item up to date once a day. What is still fresh costs no request.",
        type=SettingType.BOOLEAN,
    ),
    Setting(
        key="daily_at",
        label="Time of the daily run",
        help="Hours and minutes, such as 03:00.",
        wrong=_matching(r"([01]\d|2[0-3]):[0-5]\d", "is no time from 00:00 to 23:59"),
    ),
    Setting(
        key="daily_zone",
        label="Time zone of the daily run",
        help="Such as Europe/Berlin. Empty: the zone of the machine that Metarr runs on.",
        wrong=_zone,
    ),
    Setting(
        key="change_set_retention_days",
        label="Days to keep the history",
        help="Older changes are forgotten and cannot be undone any more. Only days on which Metarr ran count.",
        type=SettingType.INTEGER,
        minimum=1,
        maximum=36500,
    ),
    Setting(
        key="airing_refresh_hours",
        label="Hours until what is coming out is asked for again",
        help="Episodes from a week before their day until a month after it, movies until three months after theirs.",
        type=SettingType.INTEGER,
        minimum=1,
        maximum=168,
    ),
    Setting(
        key="show_pictures",
        label="Pictures in the pages",
        help="Your browser loads them from the providers' hosts. Off: it asks nobody but Metarr.",
        type=SettingType.BOOLEAN,
    ),
    *proxy.FOR_ALL,
)

FORMER = {
    "language": Setting(key="language", label="Language of texts", wrong=_language),
    "image_languages": Setting(
        key="image_languages",
        label="Languages of artwork",
        type=SettingType.TEXTS,
        minimum=1,
        maximum=20,
        wrong=_language,
    ),
}
"""What was set before `languages` was there, and is still taken: one of texts, and several of artwork."""

DECLARED: tuple[Setting, ...] = tuple(replace(each, default=getattr(Settings(), each.key)) for each in _SETTINGS)


def load(rows: Mapping[str, Any]) -> Settings:
    """The settings from their stored rows; a row that no longer fits falls back to the default."""
    values = {}
    declared = {each.key: each for each in DECLARED}
    rows = with_languages(rows)
    for field in msgspec.structs.fields(Settings):
        if field.name in rows:
            setting, row = declared[field.name], rows[field.name]
            try:
                values[field.name] = msgspec.convert(row if setting.is_secret else checked(setting, row), field.type)
            except (ValueError, msgspec.ValidationError):
                continue
    return Settings(**values)


def with_languages(rows: Mapping[str, Any], now: tuple[str, ...] = ()) -> dict[str, Any]:
    """The rows with `languages` in place of its former names: the language of texts first, then those of artwork; else,
    of what is set `now`, the others after it; English last. None stands for the default."""
    former = {key: rows[key] for key in FORMER if key in rows}
    others = {key: value for key, value in rows.items() if key not in FORMER}
    if not former or "languages" in others:
        return others
    given = {key: value for key, value in former.items() if value is not None}
    if not given:
        return {**others, "languages": None}
    try:
        values = {key: checked(FORMER[key], value) for key, value in given.items()}
    except ValueError:
        return others
    first = values.get("language") or (now[0] if now else Settings().languages[0])
    rest = values.get("image_languages") or [tag for tag in now if tag != first]
    return {**others, "languages": _one_by_one((first, *rest, "en"))}


def _one_by_one(tags: Iterable[str]) -> list[str]:
    """Each language once, the first way it was named; English may follow its own region."""
    kept: list[str] = []
    for tag in tags:
        bases = [each.partition("-")[0] for each in kept]
        if tag not in kept and (tag.partition("-")[0] not in bases or (tag == "en" and kept[0].startswith("en-"))):
            kept.append(tag)
    return kept


def machine_zone(link: Path = Path("/etc/localtime")) -> str:
    """The name of the machine's time zone; UTC where it has none that is known."""
    name = str(link.resolve()).partition("zoneinfo/")[2]
    return name if name and not _zone(name) else "UTC"
