"""Addresses of the add-on's own listings and things to do. Pure."""

from __future__ import annotations

from urllib.parse import urlencode

from metarr_kodi.port import ADDON_ID


def show(name: str, **more: str) -> str:
    """Of a listing."""
    return _url(show=name, **more)


def do(name: str, **more: str) -> str:
    """Of something to do."""
    return _url(do=name, **more)


def _url(**query: str) -> str:
    return f"plugin://{ADDON_ID}/?{urlencode(query)}"
