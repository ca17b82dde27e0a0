"""The add-on's service, in a Kodi that is not one, with a real daemon over simulated providers."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fake_kodi import FakeKodi
from fake_kodi_port import FakePort, english
from fakes import FakeClock
from harness import PROVIDERS, Live, live, title
from kodi_host import wait_for
from kodi_rig import Running, running
from metarr_adapter.memory import FileMemory
from metarr_adapter.status import State, Status
from metarr_kodi import commands, texts
from metarr_kodi.service import COPIED, Service
from metarr_kodi.status import PROPERTY
from scripted_server import ScriptedServer, hang, reply
from simulators import Movie, Simulators

pytestmark = pytest.mark.slow

WATCHED = {
    "playcount": 3,
    "userrating": 8,
    "dateadded": "2020-01-02 03:04:05",
    "resume": {"position": 7.0, "total": 9.0},
}


@pytest.fixture
def metarr(simulators: Simulators, tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path / "data") as daemon:
        daemon.configure(simulators, *PROVIDERS)
        yield daemon
        for player in daemon.call("Sync", "ListPlayers").get("players", []):
            # Its stream would keep the daemon from ending until the next sign of life.
            daemon.call("Sync", "RemovePlayer", {"playerId": player["id"]})


@pytest.fixture
def port(tmp_path: Path) -> FakePort:
    return FakePort(tmp_path / "kodi")


def add(kodi: FakeKodi, key: str, **more: Any) -> int:
    """A film of the simulators, as a scan brings it in; its number."""
    film = title(key)
    assert isinstance(film, Movie)
    ids = {"imdb": film.imdb} if film.imdb else {}
    return kodi.add("movie", **{"title": film.title, "uniqueid": ids, "file": f"/films/{key}.mkv", **more})


def share(port: FakePort) -> None:
    """Have this Kodi's library be on a server."""
    folder = Path(port.path("special://masterprofile/"))
    folder.mkdir(parents=True)
    shared = "<advancedsettings><videodatabase><type>mysql</type><host>nas</host></videodatabase></advancedsettings>"
    (folder / "advancedsettings.xml").write_text(shared)


def details(port: FakePort, number: int, *properties: str) -> dict[str, Any]:
    asked = {"movieid": number, "properties": list(properties)}
    return port.kodi.rpc("VideoLibrary.GetMovieDetails", **asked)["moviedetails"]


def plot(port: FakePort, number: int) -> str:
    return str(details(port, number, "plot")["plot"])


def edit(metarr: Live, item_id: str, field: str, value: Any) -> None:
    """The owner edits an item in Metarr."""
    metarr.call("Library", "UpdateItem", {"itemId": item_id, "fields": {field: value}, "updateMask": "fields"})


def values(metarr: Live, item_id: str) -> dict[str, Any]:
    """What Metarr has, by field."""
    item = metarr.call("Library", "GetItem", {"itemId": item_id})["item"]
    return {field["name"]: field["value"] for field in item["fields"]}


def item_of(rig: Running, key: str = "") -> dict[str, Any]:
    items = rig.metarr.call("Sync", "ListPlayerItems", {"playerId": rig.status.player_id})["items"]
    return next(item for item in items if not key or item["title"] == title(key).title)


def test_without_an_address_it_says_once_how_it_is_set_up(port: FakePort, metarr: Live):
    with running(port, metarr, address=False) as rig:
        rig.until(State.NOT_SET_UP)
    port.ended.clear()
    with running(port, metarr, address=False) as rig:
        rig.until(State.NOT_SET_UP)
    assert [notice.text for notice in port.saw("notify")] == [
        "Set me up under Programs, Metarr, or in the add-on's settings"
    ]
    assert not [shown for shown in port.shown if shown.what != "notify"]


ODD: list[dict[str, Any]] = [
    {"title": "", "uniqueid": {}},
    {"title": "a\0b"},
    {"title": "\udce4rger \x1b[31m"},
    {"title": "שלום 🎬"},
    {"title": "One", "plot": "\ud83d", "genre": ["\udce4"]},
    {"title": "Two", "plot": "x" * 300_000},
    {"title": "Three", "uniqueid": {"imdb": "tt\udce4", "x" * 300: "y" * 3000}},
    {"title": "Four", "year": 99_999, "trailer": "smb://ann:secret@nas/four.mp4"},
]


def test_the_oddest_entries_do_not_keep_a_library_from_being_known(port: FakePort, metarr: Live):
    for number, film in enumerate(ODD):
        port.kodi.add("movie", **film, file=f"/films/{number}.mkv")
    with running(port, metarr) as rig:
        rig.until_reported(len(ODD))
        rig.choose()
        rig.until_taken_in()
    assert list(port.kodi.writes()) == [], "what nobody identified has no better name than that of its file"
    assert "secret" not in str(metarr.call("Library", "ListItems", {"pageSize": 100}))


def test_it_reports_and_writes_nothing_before_the_owner_has_chosen(port: FakePort, metarr: Live):
    add(port.kodi, "fight-club")
    with running(port, metarr) as rig:
        rig.until_reported(1)
        rig.look_up()
        rig.until(State.NO_POLICY)
        wait_for(lambda: port.saw("notify"), "a word about the choice")
        assert port.kodi.writes() == []


def test_what_it_takes_in_is_the_merge_and_what_was_watched_stays(port: FakePort, metarr: Live):
    number = add(port.kodi, "fight-club", **WATCHED)
    with running(port, metarr) as rig:
        rig.until_reported(1)
        rig.look_up()
        rig.choose()
        rig.until_taken_in()
        wait_for(lambda: rig.until(State.CONNECTED).pending == 0, "the add-on knows it, too")
        merged = values(metarr, item_of(rig)["itemId"])
        shown = details(port, number, "plot", "genre", "ratings", *WATCHED)
        assert shown["plot"] == merged["plot"]
        assert shown["genre"] == merged["genres"]
        assert shown["ratings"]["imdb"]["votes"] == merged["imdb_votes"]
        assert {name: shown[name] for name in WATCHED} == WATCHED
        assert "notTaken" not in item_of(rig), item_of(rig)


def test_a_second_start_reports_again_and_writes_nothing(port: FakePort, metarr: Live):
    add(port.kodi, "fight-club")
    with running(port, metarr) as rig:
        rig.until_reported(1)
        rig.look_up()
        rig.choose()
        rig.until_taken_in()
        player, before = rig.player, len(port.kodi.writes())
    port.ended.clear()
    with running(port, metarr) as rig:
        wait_for(lambda: rig.player["reportedAt"] > player["reportedAt"], "another report")
        rig.until_taken_in()
        assert rig.player["id"] == player["id"]
        assert len(port.kodi.writes()) == before


def test_a_scan_is_reported_and_what_is_new_is_looked_up_at_once(port: FakePort, metarr: Live):
    add(port.kodi, "fight-club")
    with running(port, metarr) as rig:
        rig.until_reported(1)
        rig.choose()
        number = add(port.kodi, "the-matrix")
        for added in ({}, {"added": True}):
            port.hear("xbmc", "VideoLibrary.OnUpdate", {"item": {"id": number, "type": "movie"}, **added})
        port.hear("xbmc", "VideoLibrary.OnScanFinished")
        wait_for(lambda: plot(port, number), "the plot of what is new")
        jobs = metarr.call("Enrichment", "ListJobs")["jobs"]
        assert [job["total"] for job in jobs] == [1]


def test_what_leaves_kodi_leaves_the_player(port: FakePort, metarr: Live):
    number = add(port.kodi, "fight-club")
    add(port.kodi, "inception")
    with running(port, metarr) as rig:
        rig.until_reported(2)
        port.kodi.remove("movie", number)
        port.hear("xbmc", "VideoLibrary.OnRemove", {"id": number, "type": "movie"})
        rig.until_reported(1)
        assert item_of(rig)["title"] == title("inception").title


def test_nothing_is_written_while_a_video_plays_and_all_of_it_when_it_has_ended(port: FakePort, metarr: Live):
    number = add(port.kodi, "fight-club")
    with running(port, metarr) as rig:
        rig.until_reported(1)
        rig.choose()
        rig.until_taken_in()
        port.video_plays = True
        rig.look_up()
        wait_for(lambda: rig.status.pending, "something is pending")
        assert plot(port, number) == ""
        port.video_plays = False
        port.hear("xbmc", "Player.OnStop", {})
        wait_for(lambda: plot(port, number), "the plot")


def test_a_hand_edit_in_kodi_stays_and_is_shown(port: FakePort, metarr: Live):
    number = add(port.kodi, "fight-club")
    with running(port, metarr) as rig:
        rig.until_reported(1)
        rig.look_up()
        rig.choose()
        rig.until_taken_in()
        port.kodi.rpc("VideoLibrary.SetMovieDetails", movieid=number, plot="Mine")
        port.hear("xbmc", "VideoLibrary.OnUpdate", {"item": {"id": number, "type": "movie"}})
        wait_for(lambda: item_of(rig).get("notTaken"), "the edit is shown")
        [told] = item_of(rig)["notTaken"]
        assert (told["field"], told["outcome"], told["hostValue"]) == ("plot", "OUTCOME_EDITED", "Mine")
        edit(metarr, item_of(rig)["itemId"], "plot", "Metarr's new one")
        edit(metarr, item_of(rig)["itemId"], "title", "Another title")
        wait_for(lambda: details(port, number, "title")["title"] == "Another title", "the other field")
        assert plot(port, number) == "Mine"


def test_an_event_of_its_own_writing_is_answered_by_nothing(port: FakePort, metarr: Live):
    number = add(port.kodi, "fight-club")
    with running(port, metarr) as rig:
        rig.until_reported(1)
        rig.look_up()
        rig.choose()
        rig.until_taken_in()
        writes = len(port.kodi.writes())
        reports = rig.player["seenAt"]
        for _ in range(5):
            port.hear("xbmc", "VideoLibrary.OnUpdate", {"item": {"id": number, "type": "movie"}})
        commands.send(port, commands.SYNC_NOW)
        wait_for(lambda: rig.player["reportedAt"] > reports, "a later report")
        assert len(port.kodi.writes()) == writes


def test_a_wrong_token_or_address_is_told_and_mended_by_the_settings(port: FakePort, metarr: Live):
    add(port.kodi, "fight-club")
    port.settings["token"] = "not a token"
    with running(port, metarr) as rig:
        rig.until(State.WRONG_TOKEN)
        port.set_setting("token", "")
        rig.until_reported(1)
        port.set_setting("address", "ftp://nas")
        assert "ftp" in rig.until(State.FAILED).error
        port.set_setting("address", "")
        rig.until(State.NOT_SET_UP)


def test_a_daemon_that_is_away_is_told_in_the_owners_words(port: FakePort, metarr: Live):
    port.settings["address"] = "127.0.0.1:1"
    with running(port, metarr, address=False) as rig:
        wait_for(lambda: rig.status.error, "what is wrong")
        assert rig.status.error == english()[texts.REFUSED].format(host="127.0.0.1", address="127.0.0.1:1")


def test_a_token_is_not_sent_to_an_address_that_was_changed(port: FakePort, metarr: Live):
    port.settings["token"] = "s3cret-t0ken"
    refusal = reply(b'{"code":"unauthenticated"}', 401, Content_Type="application/json")
    with closing(ScriptedServer()) as other, running(port, metarr) as rig:
        rig.until(State.NO_POLICY)
        other.script(*[refusal] * 50)
        port.set_setting("address", f"127.0.0.1:{other.port}")
        wait_for(lambda: rig.status.state == State.WRONG_TOKEN, "the service asks without a token")
        wait_for(lambda: "was given for" in str(port.saw("notify")), "a word about it")
        assert "uthorization" not in str(other.requests)
        port.set_setting("address", str(metarr.daemon.http_address))
        rig.until(State.NO_POLICY)


def test_another_kodi_on_the_same_library_waits_and_may_take_over(port: FakePort, metarr: Live, tmp_path: Path):
    other = FakePort(tmp_path / "other")
    for each in (port, other):
        share(each)
        add(each.kodi, "fight-club")
    with running(port, metarr) as first, running(other, metarr) as second:
        first.until_reported(1)
        second.until(State.IN_USE)
        commands.send(other, commands.TAKE_OVER)
        second.until(State.NO_POLICY)
        first.until(State.IN_USE)


def test_a_copy_of_another_kodi_becomes_one_of_its_own(port: FakePort, metarr: Live, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("metarr_kodi.service.COPIED", 30.0)
    memory = FileMemory(port.profile(), print)
    memory.set("instance", "copied")
    original = {"playerId": "kodi-copied", "name": "Original", "host": "kodi", "instance": "another machine"}
    kinds = [{"kind": "MEDIA_KIND_MOVIE", "fields": ["title"]}]
    metarr.call("Sync", "RegisterPlayer", {**original, "kinds": kinds})
    add(port.kodi, "fight-club")
    with running(port, metarr) as rig:
        assert rig.until(State.IN_USE).player_id == "kodi-copied"
        assert rig.until(State.NO_POLICY).player_id != "kodi-copied"
        rig.until_reported(1)
        assert rig.player["name"] != "Original"
    assert english()[texts.COPIED] in str(port.saw("notify"))
    assert FileMemory(port.profile(), print).get("instance") != "copied"


class TestWhoWaits:
    """What comes of it when another Kodi keeps the library in step."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def service(self, port: FakePort, clock: FakeClock) -> Service:
        FileMemory(port.profile(), print).set("instance", "first")
        return Service(port, clock=clock)

    def waits(self, service: Service, clock: FakeClock, seconds: float, state: str = State.IN_USE) -> None:
        service._publish(service._opened, Status(state))
        clock.advance(seconds)
        service._tick()

    def own(self, port: FakePort) -> str:
        return FileMemory(port.profile(), print).get("instance")

    def test_is_a_copy_after_a_while(self, port: FakePort, service: Service, clock: FakeClock):
        self.waits(service, clock, 1)
        self.waits(service, clock, COPIED - 1)
        assert self.own(port) == "first"
        self.waits(service, clock, 1)
        assert self.own(port) not in ("", "first")

    def test_is_none_where_it_had_the_library_in_between(self, port: FakePort, service: Service, clock: FakeClock):
        self.waits(service, clock, 1)
        self.waits(service, clock, COPIED - 1)
        self.waits(service, clock, 1, State.CONNECTED)
        self.waits(service, clock, COPIED)
        assert self.own(port) == "first"

    def test_is_none_on_a_library_that_is_shared(self, port: FakePort, service: Service, clock: FakeClock):
        share(port)
        for _ in range(5):
            self.waits(service, clock, COPIED)
        assert self.own(port) == "first"


def test_it_ends_with_kodi_though_the_daemon_hangs(port: FakePort, metarr: Live):
    server = ScriptedServer()
    server.script(hang)
    port.settings["address"] = f"127.0.0.1:{server.port}"
    with running(port, metarr, address=False):
        wait_for(lambda: server.requests, "a request that is never answered")
    assert json.loads(port.properties[PROPERTY])["state"] == State.OFF
    assert "did not end in time" not in str(port.logged)
    server.close()


def test_no_line_of_the_log_tells_the_token(port: FakePort, metarr: Live):
    port.settings["token"] = "s3cret-t0ken"
    add(port.kodi, "fight-club")
    with running(port, metarr) as rig:
        rig.until_reported(1)
    assert "s3cret-t0ken" not in str(port.logged) + str(port.shown) + str(port.properties)
