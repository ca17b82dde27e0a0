"""A library in a real Kodi, kept in step with a daemon by the add-on, through good days and bad ones."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness import PROVIDERS, settings_for
from kodi_host import Kodi, needs_kodi, simulated_movies, simulated_shows, wait_for
from kodi_host.media import write_movie
from metarr.rpc.client import Client
from metarr_kodi import mapping
from simulators import Simulators

pytestmark = [pytest.mark.e2e, needs_kodi]

ADDON = "script.metarr"
STATUS = "Window(home).Property(metarr.status)"
SCRIPTS = Path(__file__).parents[2] / "scripts"
FILMS = 10
WATCHED = {"playcount": 2, "userrating": 7, "resume": {"position": 60.0, "total": 6000.0}}
SETTINGS = '<settings version="2"><setting id="address">127.0.0.1:{port}</setting></settings>'
SLOW = 60.0


class Home:
    """A Kodi with the add-on, and a daemon in a process of its own, at one address for ever."""

    def __init__(self, folder: Path, simulators: Simulators) -> None:
        self.simulators, self._data = simulators, folder / "data"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None
        self._client: Client | None = None
        self.before: dict[str, dict[str, Any]] = {}
        """The films as they were when they were scanned and watched."""
        build = [sys.executable, str(SCRIPTS / "build_kodi_addon"), "--folder", str(folder)]
        addon = subprocess.run(build, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        self.kodi = Kodi(folder / "home")
        self.kodi.install(Path(addon))
        data = self.kodi.addon_data(ADDON)
        data.mkdir(parents=True)
        (data / "settings.xml").write_text(SETTINGS.format(port=self._port))

    # The daemon

    def start_daemon(self) -> None:
        command = [sys.executable, "-m", "metarr.cli", "serve", "--data-dir", str(self._data)]
        doors = ["--grpc", "127.0.0.1:0", "--http", f"127.0.0.1:{self._port}", "--log-level", "warning"]
        self._process = subprocess.Popen([*command, *doors], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        address = re.search(r"127\.0\.0\.1:\d+", self._process.stdout.readline())
        assert address is not None
        self._client = Client(address[0], 30)

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


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Ten films, some of them watched, and a show: reported, looked up, previewed, and taken in."""
    running_simulators.reset()
    made = Home(tmp_path_factory.mktemp("home"), running_simulators)
    try:
        made.start_daemon()
        made.configure()
        with made.kodi:
            made.kodi.add_movies(*simulated_movies(FILMS))
            made.kodi.add_shows(*simulated_shows(1))
            made.kodi.scan()
            for film in made.films().values():
                made.kodi.rpc("VideoLibrary.SetMovieDetails", movieid=film["movieid"], **WATCHED)
            made.before = made.films("dateadded", *WATCHED)
            made.kodi.rpc("JSONRPC.NotifyAll", sender=ADDON, message="sync_now")
            made.kodi.wait_for(lambda: len(made.entries()) >= FILMS + 1 if made.player else False, "the report", SLOW)
            yield made
    finally:
        made.kill_daemon()


def choose(home: Home) -> None:
    if not home.player.get("policy"):
        home.look_up()
        home.call("Sync", "UpdatePlayer", playerId=home.player["id"], policy="SYNC_POLICY_REPLACE", updateMask="policy")
    home.until_in_step()


def test_nothing_is_written_before_the_choice_then_kodi_shows_the_merge(home: Home):
    assert home.player["items"] == len(home.entries())
    home.look_up()
    preview = home.call("Sync", "PreviewSync", playerId=home.player["id"], policy="SYNC_POLICY_REPLACE", samples=2)
    assert preview["changedItems"] >= FILMS
    assert home.written() == 0
    assert all(film["plot"] == "" for film in home.films("plot").values())
    choose(home)
    differing = [
        (entry["title"], field, shown[field], value)
        for entry in home.entries()
        for kind in [entry["kind"].removeprefix("MEDIA_KIND_").lower()]
        for shown, merged in [(home.shown(kind, entry["hostId"]), home.merged(entry["itemId"]))]
        for field, value in merged.items()
        if field in shown and value is not None and not mapping.same(kind, field, shown[field], value)
    ]
    assert differing == []
    assert [(entry["title"], entry["notTaken"]) for entry in home.entries() if entry.get("notTaken")] == []


def test_what_was_watched_and_the_numbers_stay(home: Home):
    choose(home)
    after = home.films("dateadded", *WATCHED)
    kept = ("movieid", "dateadded", *WATCHED)
    assert {name: [film[each] for each in kept] for name, film in after.items()} == {
        name: [film[each] for each in kept] for name, film in home.before.items()
    }


def test_a_second_run_writes_nothing(home: Home):
    choose(home)
    before = home.player["reportedAt"]
    assert home.kodi.stop()
    home.kodi.start()
    home.until_reported_again(before)
    home.until_in_step()
    home.look_up()
    home.until_in_step()
    assert home.written() == 0


def test_ratings_stay_while_omdbs_quota_is_used_up(home: Home):
    choose(home)
    before = home.films("ratings")
    home.simulators.set_quota("omdb", 1, used=1)
    try:
        home.look_up(all=True, force=True, mode="ENRICHMENT_MODE_MANUAL")
        home.until_in_step()
        assert home.films("ratings") == before
        assert all(film["ratings"]["imdb"]["rating"] for film in before.values() if "imdb" in film["ratings"])
        assert any("imdb" in film["ratings"] for film in before.values())
    finally:
        home.simulators.set_quota("omdb", None)


def test_what_the_owner_wrote_in_metarr_reaches_kodi_stays_and_is_undone(home: Home):
    choose(home)
    name, title = "Fight Club (1999)", "Fight Club"
    before = home.films("plot")[name]["plot"]
    home.edit(title, plot="The owner's own words.")
    home.kodi.wait_for(lambda: home.films("plot")[name]["plot"] == "The owner's own words.", "the owner's words")
    item = home.entry(title)["itemId"]
    home.look_up(itemIds=[item], force=True)
    home.until_in_step()
    assert home.films("plot")[name]["plot"] == "The owner's own words."
    [change, *_] = home.call("Enrichment", "ListChangeSets", itemId=item)["changeSets"]
    home.call("Enrichment", "UndoChangeSet", changeSetId=change["id"])
    home.kodi.wait_for(lambda: home.films("plot")[name]["plot"] == before, "what was there before")


def test_what_was_changed_by_hand_in_kodi_stays_and_is_shown(home: Home):
    choose(home)
    name, title = "Inception (2010)", "Inception"
    number = home.films()[name]["movieid"]
    home.kodi.rpc("VideoLibrary.SetMovieDetails", movieid=number, tagline="Mine")
    home.edit(title, tagline="Metarr's", plot="Another plot.")
    home.kodi.wait_for(lambda: home.films("plot")[name]["plot"] == "Another plot.", "the plot")
    assert home.films("tagline")[name]["tagline"] == "Mine"
    [told] = home.entry(title)["notTaken"]
    assert (told["field"], told["outcome"], told["hostValue"]) == ("tagline", "OUTCOME_EDITED", "Mine")


def test_a_kodi_that_was_off_catches_up(home: Home):
    choose(home)
    assert home.kodi.stop()
    home.edit("The Matrix", plot="While you were away.")
    home.kodi.start()
    name = "The Matrix (1999)"
    home.kodi.wait_for(lambda: home.films("plot")[name]["plot"] == "While you were away.", "the plot", SLOW)


def test_a_kodi_that_starts_before_the_daemon_finds_it(home: Home):
    choose(home)
    home.kodi.stop()
    home.kill_daemon()
    home.kodi.start()
    home.kodi.wait_for(lambda: '"connecting"' in home.kodi.labels(STATUS)[STATUS], "the service tries to connect")
    home.start_daemon()
    home.edit("The Matrix", plot="Here again.")
    name = "The Matrix (1999)"
    home.kodi.wait_for(lambda: home.films("plot")[name]["plot"] == "Here again.", "the plot", SLOW)


def plots(home: Home) -> list[str]:
    return [film["plot"] for film in home.films("plot").values()]


@pytest.mark.parametrize("killed", ["daemon", "kodi"])
def test_a_kill_in_the_middle_loses_nothing(home: Home, killed: str):
    choose(home)
    text = f"Written before or after the {killed} was killed."
    films = [entry["itemId"] for entry in home.entries() if entry["kind"] == "MEDIA_KIND_MOVIE"]
    for item in films[: FILMS // 2]:
        home.edit_item(item, plot=text)
    home.kodi.wait_for(lambda: text in plots(home), "the first plot")
    for item in films[FILMS // 2 :]:
        home.edit_item(item, plot=text)
    if killed == "daemon":
        home.kill_daemon()
        home.start_daemon()
    else:
        home.kodi.kill()
        home.kodi.start()
    home.kodi.wait_for(lambda: plots(home) == [text] * FILMS, "every plot", SLOW)
    home.until_in_step()
    assert len(home.films()) == FILMS


def test_a_new_film_is_looked_up_at_once_and_leaves_with_its_file(home: Home):
    choose(home)
    [film] = simulated_movies(FILMS + 1)[FILMS:]
    file = write_movie(home.kodi.media / "movies", film)
    home.kodi.scan()
    home.kodi.wait_for(lambda: home.films("ratings").get(file.stem, {}).get("ratings"), "the new film's ratings", SLOW)
    items = home.player["items"]
    file.unlink()
    home.kodi.clean()
    home.kodi.wait_for(lambda: home.player["items"] == items - 1, "the entry leaves", SLOW)
    assert film.title not in [entry["title"] for entry in home.entries()]


def test_the_settings_test_the_connection(home: Home):
    home.kodi.builtin(f"RunScript(special://home/addons/{ADDON}/set_up.py,test)")
    home.kodi.wait_for(lambda: home.kodi.holds("Window.IsActive(okdialog)"), "the dialog")
    assert home.kodi.labels("Control.GetLabel(9)")["Control.GetLabel(9)"].startswith("Connected to Metarr")
    home.kodi.press("select")
    home.kodi.wait_for(lambda: not home.kodi.holds("Window.IsActive(okdialog)"), "the dialog goes")


def test_the_service_stops_and_starts_with_the_addon(home: Home):
    home.kodi.set_enabled(ADDON, False)
    home.kodi.wait_for(lambda: '"off"' in home.kodi.labels(STATUS)[STATUS], "the service is off")
    home.kodi.set_enabled(ADDON, True)
    home.kodi.wait_for(lambda: '"connected": true' in home.kodi.labels(STATUS)[STATUS], "the service is on")


def test_the_log_has_no_error_of_the_addon(home: Home):
    lines = [line for line in home.kodi.log.splitlines() if ADDON in line]
    assert [line for line in lines if " error <" in line.lower() or "Traceback" in line] == []
