"""Trying the settings of a Jellyfin host: what is wrong, and what its owner had better know."""

from collections.abc import Iterator
from typing import Any

import pytest

from fake_jellyfin import FakeJellyfin, FakeLibrary, Reply
from jellyfin_rig import jellyfin
from metarr_adapter.kind import Verdict
from metarr_jellyfin.kind import KIND

pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[FakeJellyfin]:
    with jellyfin() as fake:
        yield fake


def tried(server: FakeJellyfin, **settings: Any) -> dict[str, list[str]]:
    """By verdict what was said."""
    wanted = {"url": server.url, "api_key": server.key, **settings}
    trial = KIND.test(wanted, [])
    said: dict[str, list[str]] = {}
    for check in trial.checks:
        assert server.key not in check.text + check.advice
        said.setdefault(check.verdict, []).append(check.text)
    return said


def test_a_server_as_it_should_be(server: FakeJellyfin):
    assert tried(server).keys() == {Verdict.OK}
    trial = KIND.test({"url": server.url, "api_key": server.key}, [])
    assert (trial.works_on, trial.library) == ([f"jellyfin-{server.server_id}"], f"jellyfin-{server.server_id}")


@pytest.mark.parametrize(
    ("library", "why"),
    [
        ({"savers": ["Nfo"]}, "writes a .nfo file after every edit"),
        ({"savers": None}, "writes each .nfo file that is there"),
        ({"fetchers": ["TheMovieDb"]}, "asks the internet as well"),
        ({"saves_artwork": True}, "saves artwork beside the media"),
    ],
)
def test_ways_of_a_library_are_warned_of(server: FakeJellyfin, library: dict[str, Any], why: str):
    server.libraries = [FakeLibrary("Cinema", "/media/cinema", **library)]
    said = tried(server)
    assert len(said[Verdict.WARNING]) == 1
    assert said[Verdict.WARNING][0].startswith(f"Cinema: Jellyfin {why}")


def test_a_library_that_does_not_count_is_nobodys_business(server: FakeJellyfin):
    server.libraries.append(FakeLibrary("Music", "/media/music", saves_artwork=True))
    assert Verdict.WARNING not in tried(server, libraries="Films, shows")
    assert "no library Movies" in tried(server, libraries="Movies")[Verdict.FAULT][0]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"api_key": "wrong"}, "refuses the API key"),
        ({"api_key": ""}, "missing"),
        ({"url": "http://127.0.0.1:1"}, "no Jellyfin listens"),
        ({"url": "http://no-such-machine.invalid"}, "no machine is known"),
        ({"url": "{url}/elsewhere"}, "another path"),
        ({"url": "https{url}"}, "speaks no TLS"),
    ],
)
def test_what_is_wrong_is_told(server: FakeJellyfin, settings: dict[str, str], why: str):
    plain = server.url.removeprefix("http")
    given = {
        name: value.replace("{url}", plain if "https{" in value else server.url) for name, value in settings.items()
    }
    if "/elsewhere" in given.get("url", ""):
        server.intercept = lambda _: Reply(404, b"<html>", "text/html")
    assert why in tried(server, **given)[Verdict.FAULT][0]


def test_a_key_without_rights_is_told(server: FakeJellyfin):
    server.is_admin = False
    assert "administrator" in tried(server)[Verdict.FAULT][0]


@pytest.mark.parametrize("version", ["10.11.3", "10.10.7", "10.8.13", ""])
def test_a_version_that_is_too_old_is_told(server: FakeJellyfin, version: str):
    server.version = version
    assert "10.11.4 is needed" in tried(server)[Verdict.FAULT][0]


def test_folders_are_told_where_they_are_on_this_machine(server: FakeJellyfin):
    server.libraries = [FakeLibrary("A", "/data/films"), FakeLibrary("B", "D:\\films"), FakeLibrary("C", "/srv/c")]
    settings = {"url": server.url, "api_key": server.key, "path_map": ["/data=/mnt/media", "D:\\films=/mnt/d"]}
    assert KIND.test(settings, []).beside == ["/mnt/media/films", "/mnt/d", "/srv/c"]
    assert KIND.test({**settings, "path_map": []}, []).beside == ["/data/films", "/srv/c"]
