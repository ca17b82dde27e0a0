"""Answers of a daemon, as the client hands them over."""

from datetime import UTC, datetime, timedelta
from typing import Any


def ago(**length: float) -> str:
    return (datetime.now(UTC) - timedelta(**length)).isoformat().replace("+00:00", "Z")


def ahead(**length: float) -> str:
    return (datetime.now(UTC) + timedelta(**length)).isoformat().replace("+00:00", "Z")


def item(**more: Any) -> dict[str, Any]:
    return {
        "id": "12",
        "kind": "MEDIA_KIND_MOVIE",
        "title": "Fight Club",
        "year": 1999,
        "monitored": True,
        "ids": [{"type": "imdb", "value": "tt0137523", "source": "owner"}],
        **more,
    }


def field(name: str, value: Any, source: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "value": value, "source": source, "fetchedAt": ago(days=2, hours=1), **more}


def provider(**more: Any) -> dict[str, Any]:
    return {
        "id": "tmdb",
        "name": "The Movie Database",
        "homepage": "https://www.themoviedb.org",
        "enabled": True,
        "state": {"status": "STATUS_OK", "quotaUsed": 12, "quotaLimit": 1000},
        "settings": [
            {"key": "api_key", "label": "API key", "type": "TYPE_SECRET", "required": True, "secretSet": True,
             "secretHint": "cdef"},
            {"key": "base_url", "label": "Address", "type": "TYPE_URL", "value": "https://x.example"},
            {"key": "daily_quota", "label": "Requests per day", "type": "TYPE_INTEGER", "value": 1000},
            {"key": "requests_per_second", "label": "Requests per second", "type": "TYPE_NUMBER", "value": 25},
            {"key": "adult", "label": "Adult titles", "type": "TYPE_BOOLEAN", "value": False},
        ],
        "coverage": [{"kind": "MEDIA_KIND_MOVIE", "fields": ["title", "plot"]}],
        **more,
    }  # fmt: skip


def rule(field_name: str, *providers: str, **more: Any) -> dict[str, Any]:
    return {"kind": "MEDIA_KIND_MOVIE", "field": field_name, "providers": list(providers), **more}
