"""What the owner tunes about Metarr as a whole, typed; kept in the database, one row a setting."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings with their defaults.

    `language`: of texts, such as "en-US". `country`: whose release dates and certifications count, ISO 3166-1.
    `image_languages`: of artwork, the best first, ISO 639-1. `extra_fanart`: how many besides the main one.
    `sync_fields`: whose change wakes the players; empty: the catalogue's. `multi_provider_aggregation` off: only
    the first provider that has details for the kind is asked.
    """

    language: str = "en-US"
    country: str = "US"
    image_languages: tuple[str, ...] = ("en",)
    extra_fanart: int = 5
    sync_fields: tuple[str, ...] = ()
    multi_provider_aggregation: bool = True


def load(rows: Mapping[str, Any]) -> Settings:
    """The settings from their stored rows; a row that no longer fits falls back to the default."""
    known = {}
    for field in msgspec.structs.fields(Settings):
        if field.name in rows:
            try:
                known[field.name] = msgspec.convert(rows[field.name], field.type)
            except msgspec.ValidationError:
                continue
    return Settings(**known)
