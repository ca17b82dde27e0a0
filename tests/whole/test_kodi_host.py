"""The disposable Kodi that other journeys are made with."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from kodi_host import Kodi, Movie, NeverHappened, RpcRefused, ScriptFailed, Show, needs_kodi, wait_for

pytestmark = [pytest.mark.e2e, needs_kodi]

TESTS = Path(__file__).parents[1]
MOVIES = (
    Movie("The Matrix", 1999, {"tmdb": "603", "imdb": "tt0133093"}, {"plot": "A hacker learns the truth."}),
    Movie("Inception", 2010, {"tmdb": "27205"}, {"genre": ["Action", "Heist"]}),
    Movie("Face/Off: again & again", 1997),
)
SHOW = Show("Severance", 2022, {"tvdb": "371980"}, {1: 2, 2: 1})
DRIVER = "script.metarr.testdriver"
SERVICE = """<addon id="service.told" name="Told" version="{version}" provider-name="Test">
  <requires><import addon="xbmc.python" version="3.0.0"/></requires>
  <extension point="xbmc.service" library="service.py"/>
  <extension point="xbmc.addon.metadata"><platform>all</platform></extension>
</addon>
"""
STARTS_AND_WAITS = """
import sys
from pathlib import Path
from kodi_host import Kodi
with Kodi(Path(sys.argv[1])) as kodi:
    print(*kodi.pids, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def kodi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kodi]:
    """A running Kodi with three films and a show."""
    with Kodi(tmp_path_factory.mktemp("kodi")) as running:
        running.add_movies(*MOVIES)
        running.add_shows(SHOW)
        running.scan()
        yield running


def films(kodi: Kodi) -> dict[str, dict]:
    found = kodi.rpc("VideoLibrary.GetMovies", properties=["year", "uniqueid", "plot", "genre", "file"])["movies"]
    return {film["label"]: film for film in found}


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_scan_brings_the_films_in_with_what_their_files_say(kodi: Kodi):
    found = films(kodi)
    assert set(found) == {movie.title for movie in MOVIES}
    assert {title: film["year"] for title, film in found.items()} == {movie.title: movie.year for movie in MOVIES}
    assert found["The Matrix"]["uniqueid"] == {"tmdb": "603", "imdb": "tt0133093"}
    assert found["The Matrix"]["plot"] == "A hacker learns the truth."
    assert found["Inception"]["genre"] == ["Action", "Heist"]
    assert Path(found["Inception"]["file"]).is_relative_to(kodi.media)


def test_a_scan_brings_the_show_in_with_its_episodes(kodi: Kodi):
    [show] = kodi.rpc("VideoLibrary.GetTVShows", properties=["uniqueid"])["tvshows"]
    assert (show["label"], show["uniqueid"]) == ("Severance", {"tvdb": "371980"})
    episodes = kodi.rpc("VideoLibrary.GetEpisodes", properties=["season", "episode", "title"])["episodes"]
    told = sorted((each["season"], each["episode"], each["title"]) for each in episodes)
    assert told == [(1, 1, "Episode 1"), (1, 2, "Episode 2"), (2, 1, "Episode 1")]


def test_a_refused_call_says_why(kodi: Kodi):
    with pytest.raises(RpcRefused, match=r"VideoLibrary\.GetMovieDetails") as refused:
        kodi.rpc("VideoLibrary.GetMovieDetails", movieid=4711)
    assert refused.value.code == -32602


def test_its_web_server_wants_the_password(kodi: Kodi):
    assert requests.post(kodi.url, json={}, timeout=10).status_code == 401
    assert requests.post(kodi.url, json={}, auth=("kodi", "guess"), timeout=10).status_code == 401


def test_events_are_heard_in_their_order_and_once(kodi: Kodi):
    with kodi.events() as events:
        for number in range(3):
            kodi.rpc("JSONRPC.NotifyAll", sender="test", message="ping", data={"number": number, "text": "ж"})
        assert events.wait("Other.ping", number=1) == {"number": 1, "text": "ж"}
        assert events.wait("Other.ping") == {"number": 0, "text": "ж"}
        wait_for(lambda: ("Other.ping", {"number": 2, "text": "ж"}) in events.seen(), "the last event")
        with pytest.raises(NeverHappened, match=r"Other\.ping"):
            events.wait("Other.ping", seconds=0.05)


def test_the_driver_runs_python_inside_kodi(kodi: Kodi):
    code = "import xbmc; result = [xbmc.getInfoLabel('Window.Property(xmlfile)') != '', word * 2]"
    assert kodi.run_python(code, word="ab, c=") == [True, "ab, c=ab, c="]
    with pytest.raises(ScriptFailed, match="ZeroDivisionError"):
        kodi.run_python("1 / 0")


def test_the_driver_runs_builtins(kodi: Kodi):
    kodi.builtin("SetProperty(driven,yes,home)", wait=True)
    assert kodi.labels("Window(home).Property(driven)") == {"Window(home).Property(driven)": "yes"}


def test_keys_move_through_a_list_and_a_picture_shows_it(kodi: Kodi, tmp_path: Path):
    kodi.open("videos", "videodb://movies/titles/", "return")
    kodi.wait_for(lambda: kodi.window[1] == "Videos" and kodi.focus[1], "the list of films")
    kodi.press_until("down", lambda: kodi.focus[1] == "Inception", "Inception")
    picture = kodi.screenshot(tmp_path / "list.png")
    kodi.press("contextmenu")
    kodi.wait_for(lambda: kodi.holds("Window.IsActive(contextmenu)"), "the context menu")
    menu = kodi.screenshot(tmp_path / "menu.png")
    kodi.press("back")
    kodi.wait_for(lambda: not kodi.holds("Window.IsActive(contextmenu)"), "the list again")
    for path in (picture, menu):
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size > 20_000
    assert picture.read_bytes() != menu.read_bytes()


def test_text_is_typed_into_a_dialog(kodi: Kodi):
    kodi.builtin("Skin.SetString(typed)")
    kodi.wait_for(lambda: kodi.holds("Window.IsActive(virtualkeyboard)"), "the keyboard")
    kodi.type_text("naïve, “quoted”")
    kodi.wait_for(lambda: kodi.labels("Skin.String(typed)")["Skin.String(typed)"] == "naïve, “quoted”", "the text")
    assert not kodi.holds("Window.IsActive(virtualkeyboard)")


def test_an_addon_is_enabled_from_the_start_and_can_be_switched(kodi: Kodi):
    def enabled() -> bool:
        return kodi.rpc("Addons.GetAddonDetails", addonid=DRIVER, properties=["enabled"])["addon"]["enabled"]

    assert enabled()
    kodi.set_enabled(DRIVER, False)
    assert not enabled()
    kodi.set_enabled(DRIVER, True)
    assert kodi.run_python("result = 1") == 1


def addon(folder: Path, version: str) -> Path:
    """An add-on whose service tells its version from inside Kodi."""
    folder.mkdir(parents=True)
    (folder / "addon.xml").write_text(SERVICE.format(version=version))
    (folder / "service.py").write_text(f'import xbmcgui\nxbmcgui.Window(10000).setProperty("told", "{version}")\n')
    return folder


@pytest.mark.parametrize("running", [False, True])
def test_an_addon_is_installed_and_updated_whether_kodi_runs_or_not(tmp_path: Path, running: bool):
    def put_in(version: str) -> None:
        if running:
            kodi.install(addon(tmp_path / version, version))
        else:
            kodi.stop()
            kodi.install(addon(tmp_path / version, version))
            kodi.start()
        told = "Window(home).Property(told)"
        kodi.wait_for(lambda: kodi.labels(told)[told] == version, f"the service of version {version}")

    with Kodi(tmp_path / "home") as kodi:
        put_in("1.0.0")
        put_in("1.1.0")
        kodi.set_enabled("service.told", False)
        kodi.install(addon(tmp_path / "1.2.0", "1.2.0"))
        assert not kodi.rpc("Addons.GetAddonDetails", addonid="service.told", properties=["enabled"])["addon"][
            "enabled"
        ]


def test_what_leaves_the_disk_leaves_the_library_with_a_cleaning(tmp_path: Path):
    with Kodi(tmp_path) as kodi:
        kept, gone = kodi.add_movies(*MOVIES[:2])
        kodi.scan()
        gone.unlink()
        with kodi.events() as events:
            kodi.clean()
            assert events.wait("VideoLibrary.OnRemove", type="movie")
        assert [film["file"] for film in films(kodi).values()] == [str(kept)]


def test_its_library_outlives_a_quit_and_a_kill(tmp_path: Path):
    kodi = Kodi(tmp_path)
    with kodi:
        first = kodi.pids
        kodi.add_movies(*MOVIES)
        kodi.scan()
        assert kodi.stop()
        assert not any(map(is_alive, first))
        kodi.start()
        assert set(films(kodi)) == {movie.title for movie in MOVIES}
        kodi.set_enabled(DRIVER, False)
        second = kodi.pids
        kodi.kill()
        assert not any(map(is_alive, second))
        kodi.start()
        assert set(films(kodi)) == {movie.title for movie in MOVIES}
        third = kodi.pids
    assert len(third) == 2
    assert not any(map(is_alive, third))
    assert not kodi.running


def test_two_run_side_by_side(kodi: Kodi, tmp_path: Path):
    with Kodi(tmp_path) as other:
        assert {kodi.url, *kodi.events_address} & {other.url, *other.events_address} == {"127.0.0.1"}
        assert other.rpc("VideoLibrary.GetMovies")["limits"]["total"] == 0
        assert len(films(kodi)) == len(MOVIES)


def test_a_wait_ends_when_kodi_does(tmp_path: Path):
    with Kodi(tmp_path) as kodi:
        os.kill(kodi.pids[0], signal.SIGKILL)
        with pytest.raises(NeverHappened, match="Kodi has ended"):
            kodi.wait_for(lambda: False, "nothing", seconds=60)


def test_a_wait_says_so_too_where_kodi_ends_while_it_is_asked(tmp_path: Path):
    with Kodi(tmp_path) as kodi:

        def asks() -> bool:
            os.kill(kodi.pids[0], signal.SIGKILL)
            kodi.rpc("JSONRPC.Ping")
            return False

        with pytest.raises(NeverHappened, match="Kodi has ended"):
            kodi.wait_for(asks, "nothing", seconds=60)


def test_a_wait_asks_again_where_a_connection_breaks(kodi: Kodi):
    breaks = iter([requests.ConnectionError("it broke")])

    def asks() -> str:
        for error in breaks:
            raise error
        return kodi.rpc("JSONRPC.Ping")

    assert kodi.wait_for(asks, "an answer") == "pong"


def test_nothing_stays_behind_when_the_test_itself_is_killed(tmp_path: Path):
    command = [sys.executable, "-c", STARTS_AND_WAITS, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS / "support")))}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as test:
        pids = [int(word) for word in test.stdout.readline().split()]
        assert len(pids) == 2
        assert all(map(is_alive, pids))
        test.kill()
    wait_for(lambda: not any(map(is_alive, pids)), "the end of its programs")
