"""What the owner tunes about Metarr as a whole, typed; kept in the database, one row a setting."""

import re
from collections.abc import Callable, Mapping
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings with their defaults; what each means is declared in `DECLARED`."""

    language: str = "en-US"
    country: str = "US"
    image_languages: tuple[str, ...] = ("en",)
    extra_fanart: int = 5
    sync_fields: tuple[str, ...] = ()
    multi_provider_aggregation: bool = True
    daily_enabled: bool = True
    daily_at: str = "03:00"
    daily_zone: str = ""
    change_set_retention_days: int = 365

    @property
    def daily_time(self) -> time:
        return time.fromisoformat(self.daily_at)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the daily run; the machine's own where none is set."""
        return ZoneInfo(self.daily_zone or machine_zone())


class SettingType(StrEnum):
    """How a setting is typed."""

    TEXT = "text"
    TEXTS = "texts"
    INTEGER = "integer"
    BOOLEAN = "boolean"


def _matching(pattern: str, says: str) -> Callable[[str], str]:
    return lambda text: "" if re.fullmatch(pattern, text, re.ASCII) else says


def _zone(text: str) -> str:
    try:
        if text:
            ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "is no time zone such as Europe/Berlin"
    return ""


def _anything(text: str) -> str:
    return ""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A setting as pages and menus show it. `wrong`: what is wrong with a text (or with one of the texts), "" if
    nothing. `minimum` and `maximum`: bounds of a number, and of how many texts there may be."""

    key: str
    label: str
    help: str
    type: SettingType = SettingType.TEXT
    minimum: int = 0
    maximum: int = 100
    wrong: Callable[[str], str] = _anything


DECLARED: tuple[Declared, ...] = (
    Declared(
        key="language",
        label="Language of texts",
        help="A language, and a country where it matters, such as en-US or de-DE.",
        wrong=_matching(r"[a-z]{2}(-[A-Z]{2})?", "is no language such as en-US"),
    ),
    Declared(
        key="country",
        label="Country",
        help="Whose release dates and certifications count: two letters (ISO 3166-1), such as US.",
        wrong=_matching(r"[A-Z]{2}", "is no country's code of two capital letters, such as US"),
    ),
    Declared(
        key="image_languages",
        label="Languages of artwork",
        help="The best first: two letters each (ISO 639-1). Images without text are always welcome.",
        type=SettingType.TEXTS,
        minimum=1,
        maximum=20,
        wrong=_matching(r"[a-z]{2}", "is no language's code of two letters, such as en"),
    ),
    Declared(
        key="extra_fanart",
        label="Extra fanart",
        help="How many fanart images to keep besides the main one.",
        type=SettingType.INTEGER,
        maximum=50,
    ),
    Declared(
        key="sync_fields",
        label="Fields that wake the players",
        help="A change of one of these is brought to the players at once. Empty: the usual ones.",
        type=SettingType.TEXTS,
    ),
    Declared(
        key="multi_provider_aggregation",
        label="Ask several providers",
        help="Off: only the first provider that has details is asked, and there is no daily run.",
        type=SettingType.BOOLEAN,
    ),
    Declared(
        key="daily_enabled",
        label="Daily run",
        help="Brings every monitored item up to date once a day. What is still fresh costs no request.",
        type=SettingType.BOOLEAN,
    ),
    Declared(
        key="daily_at",
        label="Time of the daily run",
        help="Hours and minutes, such as 03:00.",
        wrong=_matching(r"([01]\d|2[0-3]):[0-5]\d", "is no time from 00:00 to 23:59"),
    ),
    Declared(
        key="daily_zone",
        label="Time zone of the daily run",
        help="Such as Europe/Berlin. Empty: the zone of the machine that Metarr runs on.",
        wrong=_zone,
    ),
    Declared(
        key="change_set_retention_days",
        label="Days to keep the history",
        help="Changes older than this are forgotten and cannot be undone any more.",
        type=SettingType.INTEGER,
        minimum=1,
        maximum=36500,
    ),
)


def checked(declared: Declared, value: Any) -> Any:
    """The value of a setting as it is kept. Raises ValueError, whose text says what is wrong with it."""
    match declared.type:
        case SettingType.BOOLEAN:
            if not isinstance(value, bool):
                raise ValueError("is true or false")
            return value
        case SettingType.INTEGER:
            whole = isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
            if not whole or not declared.minimum <= value <= declared.maximum:
                raise ValueError(f"is a whole number from {declared.minimum} to {declared.maximum}")
            return int(value)
        case SettingType.TEXTS:
            return _texts(declared, value)
    if not isinstance(value, str):
        raise ValueError("is a text")
    return _text(declared, value)


def _texts(declared: Declared, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError("is a list of texts")
    if not declared.minimum <= len(value) <= declared.maximum:
        raise ValueError(f"has {declared.minimum} to {declared.maximum} entries")
    return list(dict.fromkeys(_text(declared, each) for each in value))


def _text(declared: Declared, value: str) -> str:
    text = value.strip()
    if wrong := declared.wrong(text):
        raise ValueError(f"{text[:60]!r} {wrong}")
    return text


def load(rows: Mapping[str, Any]) -> Settings:
    """The settings from their stored rows; a row that no longer fits falls back to the default."""
    known = {}
    declared = {each.key: each for each in DECLARED}
    for field in msgspec.structs.fields(Settings):
        if field.name in rows:
            try:
                known[field.name] = msgspec.convert(checked(declared[field.name], rows[field.name]), field.type)
            except (ValueError, msgspec.ValidationError):
                continue
    return Settings(**known)


def machine_zone(link: Path = Path("/etc/localtime")) -> str:
    """The name of the machine's time zone; UTC where it has none that is known."""
    name = str(link.resolve()).partition("zoneinfo/")[2]
    return name if name and not _zone(name) else "UTC"
