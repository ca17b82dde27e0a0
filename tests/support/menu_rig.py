"""A Kodi with a library and with the add-on's menus, and a daemon that was told what the library holds."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from adapter_rig import Logged
from fake_kodi_port import FakePort, Shown
from fakes import FakeClock
from harness import PROVIDERS, Live, live
from metarr_adapter.client import Client
from metarr_adapter.pull import Pull
from metarr_adapter.report import report_library
from metarr_adapter.session import Identity, Session, open_session
from metarr_adapter.status import State, Status
from metarr_kodi import context, menu, status
from metarr_kodi.host import KodiHost
from metarr_kodi.port import Row
from simulators import Simulators

PLAYER = "kodi-living-room"
STEP = 0.001
"""Seconds: long enough for what is asked later to be later, short enough for all to be "just now"."""

IDENTITY = Identity(PLAYER, "Living room", "kodi", "box-1", "20.1", "0.1.0")


@dataclass
class Pointed:
    """An entry of a list that the owner points at, as Kodi hands it to the context menu."""

    kind: str
    number: int

    def getVideoInfoTag(self) -> "Pointed":  # noqa: N802 - Kodi's name
        return self

    def getMediaType(self) -> str:  # noqa: N802 - Kodi's name
        return self.kind

    def getDbId(self) -> int:  # noqa: N802 - Kodi's name
        return self.number


@dataclass
class Rig:
    """`clock`: of both, the daemon and the menus. It moves by a `STEP` with whatever the owner does and by nothing
    else: what a daemon does by itself every few seconds never happens while a menu is read.
    """

    port: FakePort
    live: Live
    clock: FakeClock
    clients: list[Client] = field(default_factory=list)

    # The library and the service

    def add_movie(self, title: str, year: int, **ids: str) -> int:
        return self.port.kodi.add("movie", title=title, premiered=f"{year}-01-01", uniqueid=ids)

    def add_show(self, title: str, year: int, episodes: int = 1, **ids: str) -> tuple[int, int, int]:
        """A show with its first season; numbers of the show, the season and its first episode."""
        kodi, folder = self.port.kodi, f"/tv/{title}/"
        show = kodi.add("tvshow", title=title, premiered=f"{year}-01-01", uniqueid=ids, file=folder)
        season = kodi.add("season", title="Season 1", season=1, tvshowid=show)
        first = 0
        for number in range(episodes, 0, -1):
            named = {"title": f"Episode {number}", "season": 1, "episode": number}
            first = kodi.add("episode", tvshowid=show, seasonid=season, file=f"{folder}{number}.mkv", **named)
        return show, season, first

    def report(self, policy: str = "SYNC_POLICY_REPLACE") -> Session:
        """Do what the service does: register, report the library; and say so."""
        host, client = KodiHost(self.port), self.client()
        session = open_session(client, IDENTITY, host.kinds())
        told = report_library(
            host,
            session,
            "report",
            log=Logged(),
            stopped=lambda: False,
            settled=lambda: True,
            seen=lambda _entry: None,
            pause=lambda: None,
        )
        assert told.complete, told.why
        if policy:
            self.live.call("Sync", "UpdatePlayer", {"playerId": PLAYER, "policy": policy, "updateMask": "policy"})
        self.stand(State.CONNECTED if policy else State.NO_POLICY)
        return session

    def take_in(self, session: Session) -> None:
        """Take in what is pending, as the service does."""
        log = Logged()
        taken = Pull(
            KodiHost(self.port),
            session,
            log=log,
            halted=lambda: False,
            progress=lambda _done, _total: None,
            pause=lambda: None,
        )
        taken.run()

    def stand(self, state: str, **more: Any) -> None:
        """Have the service say how it stands."""
        told = Status(state, self.port.setting("address"), "0.1.0", PLAYER)
        status.publish(self.port, told._replace(**more))

    def client(self) -> Client:
        made = Client(self.live.url)
        self.clients.append(made)
        return made

    # The daemon

    def named(self, title: str) -> dict[str, Any]:
        """The item with this in its title."""
        [found] = self.live.call("Library", "ListItems", {"titleContains": title})["items"]
        return found

    def full(self, item_id: str) -> dict[str, Any]:
        found = self.live.call("Library", "GetItem", {"itemId": item_id})["item"]
        return {**found, "fields": {each["name"]: each for each in found.get("fields", ())}}

    def enrich(self, item_id: str, **more: Any) -> dict[str, Any]:
        return self.live.call("Enrichment", "Enrich", {"itemId": item_id, "mode": "ENRICHMENT_MODE_MANUAL", **more})

    # The owner

    def point(self, what: str, kind: str, number: int, *answers: Any) -> list[Shown]:
        """Choose an entry of the context menu, and answer what it asks; what was seen since."""
        before = len(self.port.shown)
        self.port.answers.extend(answers)
        context.run(self.port, what, Pointed(kind, number), **self._step())
        return self._seen(before)

    def open(self, url: str = "plugin://script.metarr/") -> list[Row]:
        """Open a listing."""
        menu.main(self.port, ["plugin://script.metarr/", "7", _query(url)], **self._step())
        handle, rows = self.port.rows[-1]
        assert handle == 7
        return rows

    def select(self, url: str, *answers: Any) -> list[Shown]:
        """Select something to do; what was seen since."""
        before = len(self.port.shown)
        self.port.answers.extend(answers)
        menu.main(self.port, ["plugin://script.metarr/", "-1", _query(url)], **self._step())
        return self._seen(before)

    def _step(self) -> dict[str, Any]:
        """A moment passes; the options of whatever the owner opens."""
        self.clock.advance(STEP)
        return {"now": self.clock.now}

    def _seen(self, before: int) -> list[Shown]:
        assert not self.port.answers, f"never asked for: {list(self.port.answers)}"
        return self.port.shown[before:]


def row(rows: list[Row], beginning: str) -> Row:
    """The row whose label begins so."""
    [found] = [each for each in rows if each.label.startswith(beginning)]
    return found


def _query(url: str) -> str:
    query = urlsplit(url).query
    return f"?{query}" if query else ""


@contextmanager
def rig(simulators: Simulators, folder: Path, *providers: str, token: str = "") -> Iterator[Rig]:
    """A daemon that asks the simulators, and a Kodi that knows its address."""
    clock = FakeClock()
    with ExitStack() as ending, live(folder / "data", clock) as daemon:
        daemon.configure(simulators, *(providers or PROVIDERS))
        made = Rig(FakePort(folder, address=daemon.url, token=token), daemon, clock)
        try:
            yield made
        finally:
            for client in made.clients:
                client.close()
            # What a daemon that ends gives a few seconds more gets them at once.
            ending.enter_context(clock.running())


__all__ = ["PLAYER", "Pointed", "Rig", "State", "rig", "row"]
