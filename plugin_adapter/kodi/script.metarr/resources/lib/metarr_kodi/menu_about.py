"""Versions, credits and licence."""

from __future__ import annotations

from typing import Any

from metarr_kodi import menu_texts, plain
from metarr_kodi.port import Port
from metarr_kodi.visit import NAME, Trouble, Visit, visiting

_CREDITS = {
    "tmdb": menu_texts.ABOUT_TMDB,
    "tvdb": menu_texts.ABOUT_TVDB,
    "omdb": menu_texts.ABOUT_OMDB,
    "fanart": menu_texts.ABOUT_FANART,
}
"""By the providers that come with Metarr. They stand here also while the daemon is away."""


def _providers(visit: Visit) -> list[dict[str, Any]]:
    """Those of the daemon; none where this Kodi was let in by a code, for their settings are not its."""
    from metarr_adapter.errors import RpcError  # noqa: PLC0415 - as in `visit`

    try:
        return list(visit.ask("Config", "ListProviders").get("providers", ()))
    except RpcError as error:
        if error.code != "permission_denied":
            raise
        return []


def about(port: Port, **options: Any) -> None:
    """Show it, with or without a daemon. `options`: what `visiting` takes by name."""
    version, others, state = "–", [], port.text(menu_texts.ABOUT_NO_DAEMON)
    try:
        with visiting(port, **options) as visit:
            version = visit.ask("Health", "GetHealth").get("version", "")
            others = [each.get("attribution", "") for each in _providers(visit) if each["id"] not in _CREDITS]
            state = port.text(menu_texts.ABOUT_ADDRESS, address=visit.address)
    except Trouble as trouble:
        state = trouble.text
    kodi = port.info("System.BuildVersion").partition(" ")[0]
    lines = [
        port.text(menu_texts.ABOUT_VERSIONS, addon=port.version(), daemon=version, kodi=kodi),
        state,
        "",
        f"[B]{port.text(menu_texts.ABOUT_CREDITS)}[/B]",
        *(port.text(number) for number in _CREDITS.values()),
        *(plain.lines(each) for each in others if each),
        "",
        port.text(menu_texts.ABOUT_LICENCE),
    ]
    port.show(NAME, "\n".join(lines))
