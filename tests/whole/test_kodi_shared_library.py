"""Two real Kodis with one library, on a MariaDB server: they are one player, and one of them writes at a time."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fake_kodi_port import english
from harness import PROVIDERS, Live, live
from kodi_home import ADDON, SCRIPTS, SETTINGS, SLOW
from kodi_host import Kodi, SharedLibrary, needs_kodi, simulated_movies, simulated_shows, wait_for
from kodi_host.shared import DATABASE, sources
from mariadb import Server, needs_mariadb, server
from metarr.clock import SystemClock
from metarr.players.outbox import Ack
from metarr.players.players import LEASE
from metarr.players.watch import PendingWatch
from metarr.rpc.methods.jobs import HEARTBEAT
from metarr_kodi import mapping, texts
from simulators import Simulators

pytestmark = [pytest.mark.e2e, needs_kodi, needs_mariadb]

MENU = f"plugin://{ADDON}/"
STATUS = "Window(home).Property(metarr.status)"
FILMS = 10
NAMES = ("living_room", "bedroom")
CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
MOVIE = re.compile(r"UPDATE movie SET .* WHERE idMovie=(\d+)$", re.IGNORECASE)


class Clock(SystemClock):
    """The machine's own, and as much later as a test lets pass at once."""

    def __init__(self) -> None:
        self._later = timedelta()

    def now(self) -> datetime:
        return super().now() + self._later

    def monotonic(self) -> float:
        return super().monotonic() + self._later.total_seconds()

    def pass_by(self, time: timedelta) -> None:
        self._later += time


class Household:
    """Two Kodis, their library, and a daemon. A Kodi's account at the library has its name."""

    def __init__(self, folder: Path, library: Server, metarr: Live, clock: Clock) -> None:
        self.library, self.metarr, self.clock, self.media = library, metarr, clock, folder / "media"
        self.acks = 0
        """How many entries were acknowledged."""
        self._watches: list[PendingWatch] = []
        self._note()
        build = [sys.executable, str(SCRIPTS / "build_kodi_addon"), "--folder", str(folder)]
        addon = subprocess.run(build, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        self.kodis = {name: self._kodi(folder / name, Path(addon)) for name in NAMES}

    def _kodi(self, home: Path, addon: Path) -> Kodi:
        password = self.library.add_account(home.name)
        kodi = Kodi(home, SharedLibrary(self.library.host, self.library.port, home.name, password, self.media))
        kodi.install(addon)
        data = kodi.addon_data(ADDON)
        data.mkdir(parents=True)
        port = self.metarr.daemon.http_address.rpartition(":")[2]
        (data / "settings.xml").write_text(SETTINGS.format(port=port))
        return kodi

    def _note(self) -> None:
        """Note what comes to the daemon from now on."""
        sync = self.metarr.daemon.services.outbox
        take_in, watch = sync.ack, sync.watch

        def noted_ack(player_id: str, session: str, store_id: str, acks: Sequence[Ack]) -> list[str]:
            self.acks += len(acks)
            return take_in(player_id, session, store_id, acks)

        def noted_watch(*arguments: Any) -> PendingWatch:
            self._watches.append(watch(*arguments))
            return self._watches[-1]

        sync.ack, sync.watch = noted_ack, noted_watch  # type: ignore[method-assign]

    # The daemon

    @property
    def player(self) -> dict[str, Any]:
        """The one and only."""
        [player] = self.metarr.call("Sync", "ListPlayers")["players"]
        return player

    def entries(self) -> list[dict[str, Any]]:
        asked = {"playerId": self.player["id"], "pageSize": 200}
        return self.metarr.call("Sync", "ListPlayerItems", asked).get("items", [])

    def merged(self, item_id: str) -> dict[str, Any]:
        """What Metarr has, by field, the ids among them."""
        item = self.metarr.call("Library", "GetItem", {"itemId": item_id})["item"]
        ids = {each["type"]: each["value"] for each in item.get("ids", [])}
        return {"ids": ids, **{field["name"]: field.get("value") for field in item.get("fields", [])}}

    def look_up(self) -> None:
        job = self.metarr.call("Enrichment", "StartEnrichment", {"all": True})["job"]["id"]
        running = ("STATE_QUEUED", "STATE_RUNNING")

        def ended() -> bool:
            return self.metarr.call("Enrichment", "GetJob", {"jobId": job})["job"]["state"] not in running

        wait_for(ended, "the end of the job", SLOW)

    def films(self) -> dict[int, str]:
        """Items by the films' numbers in the library."""
        films = (entry for entry in self.entries() if entry["kind"] == "MEDIA_KIND_MOVIE")
        return {int(entry["hostId"]): entry["itemId"] for entry in films}

    def edit(self, film: int, **fields: str) -> None:
        wanted = {"itemId": self.films()[film], "fields": fields, "updateMask": "fields"}
        self.metarr.call("Library", "UpdateItem", wanted)

    def pass_the_lease(self) -> None:
        """Let the time pass after which a Kodi that is gone does not keep the library any more."""
        # It is found to be gone by the second heartbeat that nobody takes.
        wait_for(lambda: self._nobody_watches() or self.clock.pass_by(timedelta(seconds=HEARTBEAT)), "it is gone", SLOW)
        self.clock.pass_by(LEASE)

    def _nobody_watches(self) -> bool:
        return all(watch._closed.is_set() for watch in self._watches)

    def until_in_step(self) -> None:
        wait_for(lambda: not self.player.get("pendingItems"), "nothing is pending", SLOW)

    # The Kodis

    def state(self, name: str) -> str:
        """How the add-on of a Kodi that runs stands."""
        return json.loads(self.kodis[name].labels(STATUS)[STATUS] or "{}").get("state", "")

    def until(self, name: str, state: str, seconds: float = SLOW) -> None:
        self.kodis[name].wait_for(lambda: self.state(name) == state, f"{name} is {state}", seconds)

    @property
    def roles(self) -> tuple[str, str]:
        """Which of them writes, and which waits."""
        states = wait_for(self._settled, "one writes, and one waits", SLOW)
        return states["connected"], states["in_use"]

    def _settled(self) -> dict[str, str]:
        states = {self.state(name): name for name in NAMES}
        return states if set(states) == {"connected", "in_use"} else {}

    def plots(self, name: str) -> dict[int, str]:
        """By the films' numbers, as this Kodi shows them."""
        films = self.kodis[name].rpc("VideoLibrary.GetMovies", properties=["plot"])["movies"]
        return {film["movieid"]: film["plot"] for film in films}

    def shown(self, name: str, plot: str) -> list[int]:
        """The films with this plot."""
        return sorted(film for film, each in self.plots(name).items() if each == plot)

    def until_shown(self, film: int, plot: str, *names: str) -> None:
        for name in names or NAMES:
            self.kodis[name].wait_for(lambda name=name: self.plots(name)[film] == plot, f"the plot in {name}", 2 * SLOW)

    def differing(self, name: str) -> list[tuple[Any, ...]]:
        """Where this Kodi shows something else than Metarr has."""
        found = []
        for entry in self.entries():
            kind = entry["kind"].removeprefix("MEDIA_KIND_").lower()
            noun, merged = mapping.NOUNS[kind], self.merged(entry["itemId"])
            asked = {noun.id_name: int(entry["hostId"]), "properties": mapping.properties(kind)}
            shown = mapping.read(kind, self.kodis[name].rpc(noun.get, **asked)[noun.details])
            found += [
                (entry["title"], field, shown[field], value)
                for field, value in merged.items()
                if field in shown and value is not None and not mapping.same(kind, field, shown[field], value)
            ]
        return found

    def standing(self, name: str) -> str:
        """What the add-on's menu says first."""
        return self.kodis[name].rpc("Files.GetDirectory", directory=MENU, media="files")["files"][0]["label"]

    def writes(self, name: str) -> list[str]:
        """What this Kodi has changed in the library by now."""
        return [each for each in self.library.statements(name) if each.upper().startswith(CHANGES)]

    def films_written(self, name: str, since: int) -> list[int]:
        """The numbers of the films that it has changed after so many writes, each as often as that was."""
        found = (MOVIE.match(each) for each in self.writes(name)[since:])
        return [int(match[1]) for match in found if match]


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    """The library is scanned by one of the two, and known to Metarr."""
    running_simulators.reset()
    folder, clock = tmp_path_factory.mktemp("household"), Clock()
    with ExitStack() as stack:
        library = stack.enter_context(server())
        metarr = stack.enter_context(live(folder / "data", clock))
        metarr.configure(running_simulators, *PROVIDERS)
        made = Household(folder, library, metarr, clock)
        first, second = made.kodis.values()
        stack.enter_context(first)
        library.do(sources(made.media))
        first.add_movies(*simulated_movies(FILMS))
        first.add_shows(*simulated_shows(1))
        first.scan()
        made.until(NAMES[0], "no_policy")
        stack.enter_context(second)
        first.wait_for(lambda: len(made.entries()) >= FILMS + 1 and made.player.get("reportedAt"), "the report", SLOW)
        yield made


def choose(home: Household) -> None:
    """The owner does, once and for both, who both run."""
    for kodi in home.kodis.values():
        if not kodi.running:
            kodi.start()
    if not home.player.get("policy"):
        home.look_up()
        chosen = {"playerId": home.player["id"], "policy": "SYNC_POLICY_REPLACE", "updateMask": "policy"}
        home.metarr.call("Sync", "UpdatePlayer", chosen)
    home.until_in_step()


def test_one_of_them_writes_and_both_show_the_merge(home: Household):
    home.until("bedroom", "in_use")
    before = {name: len(home.writes(name)) for name in NAMES}
    choose(home)
    assert home.roles == ("living_room", "bedroom")
    assert len(home.writes("living_room")) > before["living_room"]
    assert home.writes("bedroom") == []
    assert home.differing("living_room") == home.differing("bedroom") == []
    assert home.acks >= len(home.entries())
    assert [entry["title"] for entry in home.entries() if entry.get("notTaken")] == []


def test_afterwards_it_is_quiet(home: Household):
    choose(home)
    writer, waiting = home.roles
    before, acks = {name: home.writes(name) for name in NAMES}, home.acks
    told = home.player["reportedAt"]
    home.kodis[writer].rpc("JSONRPC.NotifyAll", sender=ADDON, message="sync_now")
    wait_for(lambda: home.player["reportedAt"] > told, "another report", SLOW)
    home.look_up()
    home.until_in_step()
    assert {name: home.writes(name) for name in NAMES} == before
    assert home.acks == acks
    film = min(home.films())
    home.edit(film, plot="The last word.")
    home.until_shown(film, "The last word.")
    home.until_in_step()
    assert home.films_written(writer, len(before[writer])) == [film]
    assert home.writes(waiting) == before[waiting]
    assert home.acks == acks + 1


def test_each_says_which_of_them_writes(home: Household):
    choose(home)
    writer, waiting = home.roles
    assert home.standing(writer).startswith("Connected to Metarr")
    assert english()[texts.IN_USE].startswith(home.standing(waiting))
    assert home.kodis[waiting].log.count(f"shown: {english()[texts.IN_USE]}") == 1


def test_what_the_server_has_no_place_for_keeps_nothing_waiting(home: Household):
    choose(home)
    film, other, *_ = sorted(home.films())
    home.edit(film, plot="A \N{CLAPPER BOARD} film.", tagline="Plain words.")
    home.edit(other, plot="The next one.")
    home.until_shown(film, "A \N{REPLACEMENT CHARACTER} film.")
    home.until_shown(other, "The next one.")
    home.until_in_step()
    [told] = [entry["notTaken"] for entry in home.entries() if entry.get("notTaken")]
    assert [(each["field"], each["outcome"]) for each in told] == [("plot", "OUTCOME_REFUSED")]
    home.edit(film, plot="A film.")
    home.until_shown(film, "A film.")


def test_a_server_that_is_away_for_a_while_costs_nothing(home: Household):
    choose(home)
    writer, _ = home.roles
    films, items = home.films(), home.player["items"]
    home.library.kill()
    for film in films:
        home.edit(film, plot="Known while the server was away.")
    log = home.kodis[writer].profile.log
    home.kodis[writer].wait_for(lambda: "Kodi cannot be used now" in log.read_text(errors="replace"), "it is missed")
    home.library.start()
    home.kodis[writer].rpc("JSONRPC.NotifyAll", sender=ADDON, message="sync_now")
    for film in films:
        home.until_shown(film, "Known while the server was away.")
    home.until_in_step()
    assert (home.films(), home.player["items"]) == (films, items)


def test_the_other_takes_over_from_one_that_is_killed_which_then_waits(home: Household):
    choose(home)
    writer, other = home.roles
    films = sorted(home.films())
    done, left = films[: FILMS // 2], films[FILMS // 2 :]
    before, text = len(home.writes(other)), f"Written before or after {writer} was killed."
    with home.library.locked(f"{DATABASE}.movie WHERE idMovie = {left[0]}"):
        for film in films:
            home.edit(film, plot=text)
        wait_for(lambda: home.shown(other, text) == done, f"{writer} has written the first half", SLOW)
        wait_for(lambda: home.library.waits_for_a_lock(writer), f"{writer} is in the middle", SLOW)
        home.kodis[writer].kill()
    wait_for(lambda: not home.library.is_connected(writer), f"the library has lost {writer}")
    assert home.shown(other, text) == done
    home.pass_the_lease()
    home.until(other, "connected", 2 * SLOW)
    home.until_in_step()
    assert home.plots(other) == dict.fromkeys(films, text)
    assert sorted(home.films_written(other, before)) == left
    assert sorted(home.films()) == films
    assert home.differing(other) == []
    before = len(home.writes(writer))
    home.kodis[writer].start()
    assert home.roles == (other, writer)
    home.edit(films[0], plot="Written by the other one.")
    home.until_shown(films[0], "Written by the other one.")
    home.until_in_step()
    assert home.writes(writer)[before:] == []


def test_its_owner_has_it_take_over_at_once_where_the_other_has_ended(home: Household):
    choose(home)
    writer, other = home.roles
    assert home.kodis[writer].stop()
    home.pass_the_lease()
    home.kodis[other].builtin(f"RunPlugin({MENU}?do=sync)")
    home.until(other, "connected")
    assert home.standing(other).startswith("Connected to Metarr")
    film = min(home.films())
    home.edit(film, plot="Written by the one that is left.")
    home.until_shown(film, "Written by the one that is left.", other)
