"""A Kodi with the add-on, and a daemon beside it: for journeys and benches."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness import PROVIDERS, settings_for
from kodi_host import Kodi, wait_for
from metarr.rpc.client import Client
from metarr_kodi import mapping
from simulators import Simulators

ADDON = "script.metarr"
SCRAPERS = {"movies": "metadata.metarr", "tvshows": "metadata.tvshows.metarr"}
"""By content."""
SCRIPTS = Path(__file__).parents[2] / "scripts"
SETTINGS = '<settings version="2"><setting id="address">127.0.0.1:{port}</setting></settings>'
SLOW = 60.0


def kodi_with(addon: Path, folder: Path, port: int | None = None) -> Kodi:
    """A Kodi with the add-on, which was told of a daemon at that port of this machine, or of none."""
    kodi = Kodi(folder)
    kodi.install(addon)
    if port is not None:
        data = kodi.addon_data(ADDON)
        data.mkdir(parents=True)
        (data / "settings.xml").write_text(SETTINGS.format(port=port))
    return kodi


class Home:
    """A Kodi with the add-on, and a daemon in a process of its own, at one address for ever."""

    options: tuple[str, ...] = ()
    """More options of `metarr serve`."""

    def __init__(self, folder: Path, simulators: Simulators) -> None:
        self.simulators, self.data = simulators, folder / "data"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None
        self._client: Client | None = None
        self.before: dict[str, dict[str, Any]] = {}
        """The films as they were when they were scanned and watched."""
        build = [sys.executable, str(SCRIPTS / "build_kodi_addon"), "--folder", str(folder)]
        self.addon = Path(subprocess.run(build, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
        self.kodi = kodi_with(self.addon, folder / "home", self.port)

    def install_scrapers(self) -> None:
        """Have the scrapers tell what is on the disk, in the place of .nfo files."""
        build = [sys.executable, str(SCRIPTS / "build_kodi_addon"), "--folder", str(self.addon.parent)]
        subprocess.run([*build, *SCRAPERS.values()], check=True, stdout=subprocess.DEVNULL)
        for content, scraper in SCRAPERS.items():
            self.kodi.install(self.addon.parent / scraper)
            self.kodi.scrape(content, scraper)

    @contextmanager
    def running(self) -> Iterator[None]:
        """The daemon, which asks the simulators, and the Kodi."""
        try:
            self.start_daemon()
            self.configure()
            with self.kodi:
                yield
        finally:
            self.kill_daemon()

    # The daemon

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start_daemon(self) -> None:
        command = [sys.executable, "-m", "metarr.cli", "serve", "--data-dir", str(self.data), *self.options]
        doors = ["--grpc", "127.0.0.1:0", "--http", self.address, "--log-level", "warning"]
        self._process = subprocess.Popen([*command, *doors], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        address = re.search(r"127\.0\.0\.1:\d+", self._process.stdout.readline())
        assert address is not None
        self._client = self.client(address[0])

    def client(self, address: str) -> Client:
        return Client(address, 30)

    @property
    def daemon_pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill_daemon(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process.stdout.close()
        if self._client is not None:
            self._client.close()
        self._process = self._client = None

    def call(self, service: str, method: str, **message: Any) -> dict[str, Any]:
        assert self._client is not None
        return self._client.call(f"{service}Service", method, message)

    def configure(self) -> None:
        for provider in PROVIDERS:
            settings = settings_for(self.simulators, provider)
            self.call("Config", "UpdateProvider", providerId=provider, settings=settings, updateMask="settings")

    def look_up(self, **what: Any) -> dict[str, Any]:
        job = self.call("Enrichment", "StartEnrichment", **(what or {"all": True}))["job"]
        return self.ended(job["id"])

    def ended(self, job_id: str) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            job = self.call("Enrichment", "GetJob", jobId=job_id)["job"]
            return None if job["state"] in ("STATE_QUEUED", "STATE_RUNNING") else job

        return wait_for(found, "the end of the job", SLOW)

    @property
    def player(self) -> dict[str, Any]:
        return next(iter(self.call("Sync", "ListPlayers").get("players", [])), {})

    def entries(self, **query: Any) -> list[dict[str, Any]]:
        return self.call("Sync", "ListPlayerItems", playerId=self.player["id"], pageSize=200, **query).get("items", [])

    def entry(self, title: str) -> dict[str, Any]:
        return next(each for each in self.entries() if each["title"] == title)

    def merged(self, item_id: str) -> dict[str, Any]:
        """What Metarr has, by field, the ids among them."""
        item = self.call("Library", "GetItem", itemId=item_id)["item"]
        ids = {each["type"]: each["value"] for each in item.get("ids", [])}
        return {"ids": ids, **{field["name"]: field.get("value") for field in item.get("fields", [])}}

    def edit(self, title: str, **fields: Any) -> None:
        self.edit_item(self.entry(title)["itemId"], **fields)

    def edit_item(self, item_id: str, **fields: Any) -> None:
        self.call("Library", "UpdateItem", itemId=item_id, fields=fields, updateMask="fields")

    # Kodi

    def films(self, *properties: str) -> dict[str, dict[str, Any]]:
        """By the file's name, which nothing changes."""
        asked = sorted({"file", *properties})
        found = self.kodi.rpc("VideoLibrary.GetMovies", properties=asked).get("movies", [])
        return {Path(film["file"]).stem: film for film in found}

    def shown(self, kind: str, number: str) -> dict[str, Any]:
        noun = mapping.NOUNS[kind]
        asked = {noun.id_name: int(number), "properties": mapping.properties(kind)}
        return mapping.read(kind, self.kodi.rpc(noun.get, **asked)[noun.details])

    def until_in_step(self) -> None:
        def nothing_pending() -> bool:
            player = self.player
            return bool(player.get("reportedAt")) and not player.get("pendingItems")

        self.kodi.wait_for(nothing_pending, "nothing is pending", SLOW)

    def until_reported_again(self, before: str) -> None:
        self.kodi.wait_for(lambda: self.player.get("reportedAt", "") > before, "another report", SLOW)

    def written(self) -> int:
        """Entries that were written since Kodi was started, as its log tells."""
        return sum(int(count) for count in re.findall(r"looked at, (\d+) were written", self.kodi.log))
