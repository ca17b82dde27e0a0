"""Kodi itself behind the port: the only module that imports what Kodi's Python brings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import xbmc  # type: ignore[import-not-found]
import xbmcaddon  # type: ignore[import-not-found]
import xbmcgui  # type: ignore[import-not-found]
import xbmcvfs  # type: ignore[import-not-found]

from metarr_adapter.host import HostUnavailable
from metarr_adapter.values import tellable
from metarr_kodi.keys import without_credentials
from metarr_kodi.port import ADDON_ID, Ear, Events, KodiRefused, Option, Row

_HOME = 10000
"""The window that is there as long as Kodi is."""

_WALL = 500
"""The number by which Kodi's own skin, and most others, have a grid of pictures."""

_LEVELS = {"debug": "LOGDEBUG", "info": "LOGINFO", "warning": "LOGWARNING", "error": "LOGERROR"}
_NOTICE_MS = 6000


class Kodi:
    """The Kodi that this runs in."""

    def __init__(self) -> None:
        self._monitor: Any = None

    def rpc(self, method: str, **params: Any) -> Any:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        text = xbmc.executeJSONRPC(json.dumps(request))
        if not text:
            raise HostUnavailable("Kodi does not answer: it ends")
        answer = json.loads(text)
        if "error" in answer:
            error = answer["error"]
            raise KodiRefused(method, error.get("code", 0), error.get("message", ""), error.get("data"))
        return answer.get("result")

    def log(self, level: str, text: str) -> None:
        # Names of files may hold halves of signs, with which Kodi would raise.
        xbmc.log(f"[{ADDON_ID}] {without_credentials(tellable(text))}", getattr(xbmc, _LEVELS[level]))

    def text(self, number: int, **values: object) -> str:
        text = _addon().getLocalizedString(number) if number >= 30000 else xbmc.getLocalizedString(number)
        return str(text).format(**values) if values else str(text)

    def version(self) -> str:
        return str(_addon().getAddonInfo("version"))

    def path(self, special: str) -> str:
        return str(xbmcvfs.translatePath(special))

    def profile(self) -> str:
        return self.path(_addon().getAddonInfo("profile"))

    def info(self, label: str) -> str:
        return str(xbmc.getInfoLabel(label))

    def holds(self, condition: str) -> bool:
        return bool(xbmc.getCondVisibility(condition))

    def playing(self) -> bool:
        return bool(xbmc.Player().isPlayingVideo())

    def setting(self, name: str) -> str:
        return str(_addon().getSetting(name))

    def set_setting(self, name: str, value: str) -> None:
        _addon().setSetting(name, value)

    def open_settings(self) -> None:
        _addon().openSettings()

    def property(self, name: str) -> str:
        return str(xbmcgui.Window(_HOME).getProperty(name))

    def set_property(self, name: str, value: str) -> None:
        window = xbmcgui.Window(_HOME)
        if value:
            window.setProperty(name, value)
        else:
            window.clearProperty(name)

    def builtin(self, command: str) -> None:
        xbmc.executebuiltin(command)

    def pause(self, seconds: float) -> bool:
        # The same one each time: to those that are made afterwards, Kodi does not say that it ends.
        self._monitor = self._monitor or xbmc.Monitor()
        return bool(self._monitor.waitForAbort(seconds))

    def ends(self) -> bool:
        return self.pause(0.001)  # 0 is for ever

    def listen(self, events: Events) -> Ear:
        return _Ear(events)

    def notify(self, text: str, *, problem: bool = False) -> None:
        self.log("info", f"shown: {text}")
        icon = xbmcgui.NOTIFICATION_WARNING if problem else _addon().getAddonInfo("icon")
        xbmcgui.Dialog().notification("Metarr", text, icon, _NOTICE_MS, False)

    def tell(self, heading: str, text: str) -> None:
        if not self.ends():
            xbmcgui.Dialog().ok(heading, text)

    def show(self, heading: str, text: str) -> None:
        if not self.ends():
            xbmcgui.Dialog().textviewer(heading, text)

    def confirm(self, heading: str, text: str, *, yes: str = "", no: str = "", onward: bool = False) -> bool:
        if self.ends():
            return False
        # Kodi 19 has no such choice: there it is no.
        focus = {"defaultbutton": xbmcgui.DLG_YESNO_YES_BTN} if onward and hasattr(xbmcgui, "DLG_YESNO_YES_BTN") else {}
        return bool(xbmcgui.Dialog().yesno(heading, text, nolabel=no, yeslabel=yes, **focus))

    def choose(self, heading: str, options: Sequence[str | Option], *, chosen: int = -1) -> int | None:
        items, details = _items(options)
        place = -1 if self.ends() else xbmcgui.Dialog().select(heading, items, preselect=chosen, useDetails=details)
        # A list that Kodi closes because it ends brings what was chosen before.
        return place if place >= 0 and not self.ends() else None

    def choose_several(
        self, heading: str, options: Sequence[str | Option], *, chosen: Sequence[int] = ()
    ) -> list[int] | None:
        items, details = _items(options)
        if self.ends():
            return None
        places = xbmcgui.Dialog().multiselect(heading, items, preselect=list(chosen), useDetails=details)
        return None if places is None else list(places)

    def ask(self, heading: str, given: str = "", *, hidden: bool = False) -> str | None:
        if self.ends():
            return None
        keyboard = xbmc.Keyboard(given, heading, hidden)
        keyboard.doModal()
        return str(keyboard.getText()) if keyboard.isConfirmed() else None

    @contextmanager
    def progress(self, heading: str, text: str = "", *, background: bool = False) -> Iterator[_Progress]:
        bar = _Progress(heading, text, background)
        try:
            yield bar
        finally:
            bar.close()

    def list_rows(
        self, handle: int, rows: Sequence[Row], *, heading: str = "", replace: bool = False, pictures: bool = False
    ) -> None:
        import xbmcplugin  # type: ignore[import-not-found]  # noqa: PLC0415 - only where something is listed

        if heading:
            xbmcplugin.setPluginCategory(handle, heading)
        if pictures:
            xbmcplugin.setContent(handle, "images")
        xbmcplugin.addSortMethod(handle, xbmcplugin.SORT_METHOD_UNSORTED)  # else Kodi offers to sort by date
        xbmcplugin.addDirectoryItems(handle, [(row.url, _listed(row), row.folder) for row in rows], len(rows))
        xbmcplugin.endOfDirectory(handle, True, replace, False)
        if pictures:
            xbmc.executebuiltin(f"Container.SetViewMode({_WALL})")


class _Ear(xbmc.Monitor):  # type: ignore[misc]
    """Kodi calls its methods on the thread that made it, while that waits."""

    def __init__(self, events: Events) -> None:
        super().__init__()
        self._events = events

    def wait(self, seconds: float) -> bool:
        return bool(self.waitForAbort(seconds))

    def onSettingsChanged(self) -> None:  # noqa: N802 - Kodi's name
        self._events.settings_changed()

    def onNotification(self, sender: str, method: str, data: str) -> None:  # noqa: N802 - Kodi's name
        self._events.heard(sender, method, json.loads(data) if data else None)


class _Progress:
    def __init__(self, heading: str, text: str, background: bool) -> None:
        self._heading, self._background = heading, background
        self._bar = xbmcgui.DialogProgressBG() if background else xbmcgui.DialogProgress()
        self._bar.create(heading, text)

    def update(self, percent: int, text: str) -> None:
        if self._background:
            self._bar.update(percent, self._heading, text)
        else:
            self._bar.update(percent, text)

    @property
    def cancelled(self) -> bool:
        return not self._background and bool(self._bar.iscanceled())

    def close(self) -> None:
        self._bar.close()


def _addon() -> Any:
    # A new one each time: an old one may hold old settings.
    return xbmcaddon.Addon(ADDON_ID)


def _items(options: Sequence[str | Option]) -> tuple[list[Any], bool]:
    """As Kodi's lists want them; whether they have more than a line."""
    if not any(isinstance(option, Option) for option in options):
        return list(options), False
    items = []
    for option in options:
        shown = option if isinstance(option, Option) else Option(option)
        item = xbmcgui.ListItem(shown.label, shown.detail, offscreen=True)
        if shown.image:
            item.setArt({"icon": shown.image, "thumb": shown.image})
        items.append(item)
    return items, True


def _listed(row: Row) -> Any:
    item = xbmcgui.ListItem(row.label, row.detail, offscreen=True)
    if row.plot:
        tag = item.getVideoInfoTag()
        if hasattr(tag, "setPlot"):
            tag.setPlot(row.plot)
        else:  # Kodi 19
            item.setInfo("video", {"plot": row.plot})
    if row.image:
        item.setArt({"icon": row.image, "thumb": row.image})
    if row.menu:
        item.addContextMenuItems(list(row.menu))
    return item
