"""The menu under Programs: listings that lead to further ones, and things to do. The first one asks nobody."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from metarr_adapter.status import State, Status
from metarr_kodi import commands, menu_texts, texts
from metarr_kodi.links import do, show
from metarr_kodi.port import Port, Row
from metarr_kodi.status import current

SHOWN = {
    "health": "menu_health",
    "pending": "menu_pending",
    "waiting": "menu_pending",
    "not_taken": "menu_pending",
    "jobs": "menu_jobs",
    "history": "menu_history",
    "artwork": "menu_artwork",
}
"""Listings, by the module that has them as a function of that name."""

DONE = {
    "daemon": "menu_health",
    "provider": "menu_health",
    "entry": "menu_pending",
    "cannot": "menu_pending",
    "start": "menu_jobs",
    "job": "menu_jobs",
    "change": "menu_history",
    "picture": "menu_artwork",
}
"""Things to do with the daemon, by the module that has them as a function of that name."""

_CONTACT = {"set_up": "set_up", "policy": "choose_policy", "groups": "choose_groups", "test": "check"}
"""Steps of the first contact, by the function that takes them. The settings' buttons call them, too: what Kodi runs as
a script by its path never hears that Kodi ends."""

_STATES = {
    State.NOT_SET_UP: texts.NOT_SET_UP,
    State.NO_POLICY: texts.POLICY_NEEDED,
    State.IN_USE: texts.IN_USE,
    State.TOO_OLD: texts.DAEMON_TOO_OLD,
    State.FAILED: texts.NOT_AS_EXPECTED,
    State.OFF: texts.SERVICE_OFF,
}


def main(port: Port, arguments: Sequence[str], **options: Any) -> None:
    """What Kodi calls: `arguments` are the add-on's address, a handle for a listing, and a query.

    `options`: what `visiting` takes by name.
    """
    handle = int(arguments[1])
    query = dict(parse_qsl(arguments[2].lstrip("?")))
    if query.get("do"):
        _do(port, query, options)
    else:
        rows, heading, pictures = _rows(port, query, options)
        port.list_rows(handle, rows, heading=heading, pictures=pictures)


def first(port: Port) -> list[Row]:
    """The first menu, from what the service said last."""
    status, text = current(port), port.text
    rows = [_standing(port, status)]
    rows += [
        Row(text(label), url, folder=folder, plot=text(about), image=image)
        for label, about, url, folder, image in (
            (menu_texts.MENU_HEALTH, menu_texts.HELP_HEALTH, show("health"), True, "DefaultIconInfo.png"),
            (menu_texts.MENU_SYNC, menu_texts.HELP_SYNC, do("sync"), False, "DefaultNetwork.png"),
            (menu_texts.MENU_PENDING, menu_texts.HELP_PENDING, show("pending"), True, "DefaultPlaylist.png"),
            (menu_texts.MENU_ALL, menu_texts.HELP_ALL, show("jobs"), True, "DefaultAddonsSearch.png"),
            (menu_texts.MENU_HISTORY, menu_texts.HELP_HISTORY, show("history"), True, "DefaultYear.png"),
            (menu_texts.MENU_SET_UP, menu_texts.HELP_SET_UP, do("set_up"), False, "DefaultAddonService.png"),
            (menu_texts.MENU_SETTINGS, menu_texts.HELP_SETTINGS, do("settings"), False, "DefaultAddonProgram.png"),
            (menu_texts.MENU_ABOUT, menu_texts.HELP_ABOUT, do("about"), False, "DefaultAddonInfoLibrary.png"),
        )
    ]
    return rows


def _standing(port: Port, status: Status) -> Row:
    """How the service stands, in a line; what mends it where something is wrong."""
    text = port.text
    if status.state == State.CONNECTED:
        label = text(menu_texts.NOW_CONNECTED, version=status.daemon_version, address=status.address)
        pending = text(menu_texts.NOW_PENDING, count=status.pending) if status.pending else ""
        return Row(" · ".join(filter(None, (label, pending))), show("health"), folder=True, image="DefaultIconInfo.png")
    wrong = _wrong(port, status)
    mended = {State.NO_POLICY: do("policy"), State.NOT_SET_UP: do("set_up"), State.OFF: do("settings")}
    return Row(
        _beginning(wrong), mended.get(status.state, do("why", text=wrong)), plot=wrong, image="DefaultIconWarning.png"
    )


def _wrong(port: Port, status: Status) -> str:
    if status.state == State.CONNECTING:
        return status.error or port.text(menu_texts.NOW_CONNECTING, address=status.address)
    if status.state == State.WRONG_TOKEN:
        from metarr_kodi import tokens  # noqa: PLC0415 - only where it is wanted

        return tokens.refused(port)
    number = _STATES.get(status.state, texts.NOT_AS_EXPECTED)
    return status.error if status.state == State.FAILED and status.error else port.text(number)


def _rows(port: Port, query: dict[str, str], options: dict[str, Any]) -> tuple[list[Row], str, bool]:
    """A listing, its heading, and whether it is one of pictures. What goes wrong is a row of it: an empty list tells
    nobody anything."""
    name = query.get("show", "")
    if name not in SHOWN:
        return first(port), "", False
    from metarr_kodi.visit import Trouble, unexpected, visiting  # noqa: PLC0415 - the first menu goes without

    module = importlib.import_module(f"metarr_kodi.{SHOWN[name]}")
    try:
        with visiting(port, **options) as visit:
            rows: list[Row] = getattr(module, name)(visit, query)
    except Trouble as trouble:
        rows = _instead(port, trouble)
    except Exception as error:  # noqa: BLE001 - a traceback is for the log
        rows = _instead(port, unexpected(port, error))
    return rows, port.text(module.HEADING), getattr(module, "PICTURES", False)


def _instead(port: Port, trouble: Any) -> list[Row]:
    """What is wrong, in the place of a listing, and the way to mend it."""
    label, whole = _beginning(trouble.text), do("why", text=trouble.text)
    rows = [Row(label, whole, plot=trouble.text, image="DefaultIconWarning.png")]
    if trouble.set_up:
        rows.append(Row(port.text(menu_texts.MENU_SET_UP), do("set_up"), image="DefaultAddonService.png"))
    return [*rows, Row(port.text(menu_texts.TRY_AGAIN), do("again"), image="DefaultAddonsUpdates.png")]


def _beginning(text: str) -> str:
    """As much of a text as a row of a listing has place for: its first sentence."""
    return re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0]


def _do(port: Port, query: dict[str, str], options: dict[str, Any]) -> None:
    from metarr_kodi.visit import Trouble, telling_failures, visiting  # noqa: PLC0415 - the first menu goes without

    name = query["do"]
    with telling_failures(port):
        if name == "why":
            raise Trouble(query.get("text", ""), set_up=True)
        if name in DONE:
            action = getattr(importlib.import_module(f"metarr_kodi.{DONE[name]}"), name)
            with visiting(port, **options) as visit:
                action(visit, query)
        else:
            _do_here(port, name, options)


def _do_here(port: Port, name: str, options: dict[str, Any]) -> None:
    """What goes without the daemon, or finds it by itself."""
    if name == "sync":
        _sync(port)
    elif name == "about":
        from metarr_kodi.menu_about import about  # noqa: PLC0415

        about(port, **options)
    elif name in _CONTACT:
        from metarr_kodi import first_contact  # noqa: PLC0415

        getattr(first_contact, _CONTACT[name])(port)
        port.builtin("Container.Refresh")
    elif name == "settings":
        port.open_settings()
    else:
        port.builtin("Container.Refresh")


def _sync(port: Port) -> None:
    status = current(port)
    if status.connected:
        commands.send(port, commands.SYNC_NOW)
        port.notify(port.text(menu_texts.SYNC_ASKED))
    else:
        from metarr_kodi.visit import Trouble, tell  # noqa: PLC0415

        commands.send(port, commands.CONNECT_AGAIN)
        tell(port, Trouble(_wrong(port, status), set_up=status.state != State.OFF))
