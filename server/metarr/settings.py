"""What the owner tunes about Metarr as a whole, typed; kept in the database, one row a setting."""

import re
from collections.abc import Callable, Mapping
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec.structs import replace

from metarr.declared import Setting, SettingType, checked
from metarr.domain.fields import FIELDS


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


def _matching(pattern: str, says: str) -> Callable[[str], str]:
    return lambda text: "" if re.fullmatch(pattern, text, re.ASCII) else says


def _zone(text: str) -> str:
    try:
        if text:
            ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "is no time zone such as Europe/Berlin"
    return ""


def _field(text: str) -> str:
    return "" if text in FIELDS else "is no field"


_SETTINGS = (
    Setting(
        key="language",
        label="Language of texts",
        help="A language, and a country where it matters, such as en-US or de-DE.",
        wrong=_matching(r"[a-z]{2}(-[A-Z]{2})?", "is no language such as en-US"),
    ),
    Setting(
        key="country",
        label="Country",
        help="Whose release dates and certifications count: two letters (ISO 3166-1), such as US.",
        wrong=_matching(r"[A-Z]{2}", "is no country's code of two capital letters, such as US"),
    ),
    Setting(
        key="image_languages",
        label="Languages of artwork",
        help="The best first: two letters each (ISO 639-1). Images without text are always welcome.",
        type=SettingType.TEXTS,
        minimum=1,
        maximum=20,
        wrong=_matching(r"[a-z]{2}", "is no language's code of two letters, such as en"),
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
        help="Changes older than this are forgotten and cannot be undone any more.",
        type=SettingType.INTEGER,
        minimum=1,
        maximum=36500,
    ),
)

DECLARED: tuple[Setting, ...] = tuple(replace(each, default=getattr(Settings(), each.key)) for each in _SETTINGS)


def load(rows: Mapping[str, Any]) -> Settings:
    """The settings from their stored rows; a row that no longer fits falls back to the default."""
    values = {}
    declared = {each.key: each for each in DECLARED}
    for field in msgspec.structs.fields(Settings):
        if field.name in rows:
            try:
                values[field.name] = msgspec.convert(checked(declared[field.name], rows[field.name]), field.type)
            except (ValueError, msgspec.ValidationError):
                continue
    return Settings(**values)


def machine_zone(link: Path = Path("/etc/localtime")) -> str:
    """The name of the machine's time zone; UTC where it has none that is known."""
    name = str(link.resolve()).partition("zoneinfo/")[2]
    return name if name and not _zone(name) else "UTC"
