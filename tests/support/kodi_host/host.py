"""Kodi with a library, with add-ons, and with hands on its remote control."""

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import databases, driver
from .jsonrpc import RpcRefused
from .machine import Machine
from .media import Movie, Show, write_movie, write_show
from .shared import CONTENTS, SharedLibrary
from .waiting import SECONDS

_SOURCE = """
INSERT INTO path(strPath, strContent, strScraper, scanRecursive, useFolderNames, strSettings, noUpdate, exclude,
  allAudio)
SELECT ?, ?, 'metadata.local', ?, 0, '', 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM path WHERE strPath = ?)"""
_SCRAPER = "UPDATE path SET strScraper = ? WHERE strContent = ?"
_INSTALLED = """
INSERT INTO installed(addonID, enabled, installDate, origin, disabledReason)
SELECT ?, 1, datetime('now'), '', 0 WHERE NOT EXISTS (SELECT 1 FROM installed WHERE addonID = ?)"""


class Kodi(Machine):
    """A disposable Kodi. Ready to be started when it is made; `with` starts it, and kills it in the end.

    `shared`: the library that it has together with others, in the place of one of its own.
    """

    def __init__(self, home: Path, shared: SharedLibrary | None = None) -> None:
        super().__init__(home)
        self.media = self.profile.home / "media" if shared is None else shared.media
        databases.lay_out(self.profile.databases)
        for content, depth in CONTENTS.items():
            (self.media / content).mkdir(parents=True, exist_ok=True)
            if shared is None:
                self._add_content(content, depth)
        if shared is not None:
            self.profile.more_settings = shared.element
        self.profile.add_sources({content.title(): self.media / content for content in CONTENTS})
        self.install(driver.FOLDER)

    # Add-ons

    def install(self, folder: Path) -> str:
        """Put an add-on in, or another version of it in its place; returns its id.

        A new one is enabled, one that is there stays enabled or not. In a running Kodi its service is stopped before
        its files change and started afterwards, as in an update.
        """
        manifest = ET.parse(folder / "addon.xml").getroot()
        addon_id, version = manifest.attrib["id"], manifest.attrib["version"]
        if not self.running:
            self._replace(addon_id, folder)
            databases.change(self.profile.databases, "Addons*.db", _INSTALLED, (addon_id, addon_id))
            return addon_id
        enabled = not self._version(addon_id) or self._is_enabled(addon_id)
        if self._version(addon_id):
            self.set_enabled(addon_id, False)
        self._replace(addon_id, folder)
        self.builtin("UpdateLocalAddons", wait=True)
        self.wait_for(lambda: self._version(addon_id) == version, f"{addon_id} {version}")
        self.set_enabled(addon_id, enabled)
        return addon_id

    def install_zip(self, packed: Path) -> None:
        """Install an add-on as its owner does: in Kodi's own dialog, from a zip in the home folder."""
        shutil.copy(packed, self.profile.home)
        self.builtin("InstallFromZip")
        self.wait_for(lambda: self.holds("Window.IsActive(filebrowser)"), "the file browser")
        for label in ("Home folder", packed.name):
            self.press_until("down", lambda wanted=label: self.focus[1] == wanted, label)
            self.press("select")
        self.wait_for(lambda: self._version(packed.name.partition("-")[0]), f"{packed.name} is installed")

    def _replace(self, addon_id: str, folder: Path) -> None:
        target = self.profile.addons / addon_id
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns("__pycache__"))

    def _version(self, addon_id: str) -> str:
        """The version of an add-on that Kodi knows; "" where it knows none."""
        try:
            return self.rpc("Addons.GetAddonDetails", addonid=addon_id, properties=["version"])["addon"]["version"]
        except RpcRefused:
            return ""

    def set_enabled(self, addon_id: str, enabled: bool) -> None:
        """Switch an add-on on or off, and wait until Kodi says that it is; a service starts or stops with it."""
        self.rpc("Addons.SetAddonEnabled", addonid=addon_id, enabled=enabled)
        self.wait_for(lambda: self._is_enabled(addon_id) == enabled, f"{addon_id} enabled={enabled}")

    def _is_enabled(self, addon_id: str) -> bool:
        return self.rpc("Addons.GetAddonDetails", addonid=addon_id, properties=["enabled"])["addon"]["enabled"]

    def addon_data(self, addon_id: str) -> Path:
        """The folder where an add-on keeps its settings and data."""
        return self.profile.userdata / "addon_data" / addon_id

    # The library

    def add_movies(self, *movies: Movie, bare: bool = False) -> list[Path]:
        """Put films on the disk; returns their files. The next scan brings them into the library, `bare` ones by a
        scraper."""
        return [write_movie(self.media / "movies", movie, bare=bare) for movie in movies]

    def add_shows(self, *shows: Show, bare: bool = False) -> list[Path]:
        """Put shows with their episodes on the disk; returns their folders. The next scan brings them in, `bare` ones
        by a scraper."""
        return [write_show(self.media / "tvshows", show, bare=bare) for show in shows]

    def scrape(self, content: str, scraper: str) -> None:
        """Have an add-on tell what is on the disk, "movies" or "tvshows", in the place of .nfo files."""
        databases.change(self.profile.databases, "MyVideos*.db", _SCRAPER, (scraper, content))

    def scan(self, seconds: float = 120.0) -> None:
        """Have Kodi read the disk, and come back when it is done."""
        with self.events() as events:
            self.rpc("VideoLibrary.Scan", showdialogs=False)
            events.wait("VideoLibrary.OnScanFinished", seconds)

    def clean(self, seconds: float = 120.0) -> None:
        """Have Kodi forget what is no longer on the disk, and come back when it is done."""
        with self.events() as events:
            self.rpc("VideoLibrary.Clean", showdialogs=False)
            events.wait("VideoLibrary.OnCleanFinished", seconds)

    def _add_content(self, content: str, depth: int) -> None:
        folder = self.media / content
        values = (f"{folder}/", content, depth, f"{folder}/")
        databases.change(self.profile.databases, "MyVideos*.db", _SOURCE, values)

    # Eyes and hands

    def press(self, *actions: str) -> None:
        """Press keys by the names of their actions: up, down, left, right, select, back, contextmenu, info …"""
        for action in actions:
            self.rpc("Input.ExecuteAction", action=action)

    def press_until(self, action: str, condition: Callable[[], Any], what: str, most: int = 50) -> None:
        """Press one key again and again until the condition holds, as in going down a list to an entry."""
        for _ in range(most):
            if condition():
                return
            before = self.focus
            self.press(action)
            self.wait_for(lambda was=before: self.focus != was or condition(), f"something new after {action}", 5.0)
        assert condition(), f"{what}: not after pressing {action} {most} times"

    def type_text(self, text: str) -> None:
        """Type into the keyboard dialog that is open, and close it with OK."""
        self.rpc("Input.SendText", text=text, done=True)

    def labels(self, *names: str) -> dict[str, str]:
        """What Kodi shows under these names: labels("ListItem.Title", "System.CurrentControl")."""
        return self.rpc("XBMC.GetInfoLabels", labels=list(names))

    def holds(self, condition: str) -> bool:
        """Whether a condition of Kodi's holds: holds("Window.IsActive(yesnodialog)")."""
        return self.rpc("XBMC.GetInfoBooleans", booleans=[condition])[condition]

    @property
    def focus(self) -> tuple[str, str]:
        """The label of what has the focus, and that of the list entry on it."""
        shown = self.labels("System.CurrentControl", "ListItem.Label")
        return shown["System.CurrentControl"], shown["ListItem.Label"]

    @property
    def window(self) -> tuple[int, str]:
        """Number and title of the window or dialog on top."""
        shown = self.rpc("GUI.GetProperties", properties=["currentwindow"])["currentwindow"]
        return shown["id"], shown["label"]

    def open(self, window: str, *parameters: str) -> None:
        """Open a window by name, with parameters: open("videos", "videodb://movies/titles/", "return").

        Once no dialog is in the way: Kodi refuses it then, and the dialog that says "busy" comes of itself.
        """
        self.wait_for(lambda: not self.holds("System.HasActiveModalDialog"), f"no dialog before {window}")
        self.rpc("GUI.ActivateWindow", window=window, parameters=list(parameters))

    def screenshot(self, path: Path) -> Path:
        """Write what is shown as a picture (the ending tells the format) once it stands still; returns the path."""
        assert self._display is not None, "Kodi does not run"
        self._display.save(path)
        return path

    # Inside

    def builtin(self, command: str, *, wait: bool = False, seconds: float = SECONDS) -> None:
        """Run a built-in function of Kodi: builtin("Addon.OpenSettings(script.metarr)").

        With `wait` it comes back when the function has returned; one that opens a dialog returns when that is closed.
        """
        driver.carry_out(self, {"builtin": command, "wait": wait}, seconds)

    def run_python(self, code: str, seconds: float = SECONDS, **values: Any) -> Any:
        """Run Python inside Kodi, with these values for its names; what it leaves in `result`, as JSON has it.

        Raises ScriptFailed with its traceback, and NeverHappened where it takes longer than `seconds`.
        """
        return driver.carry_out(self, {"python": code, "values": values}, seconds)
