"""The way from an entry of a list in Kodi to the item that Metarr has for it, and every way to miss it."""

import threading
from collections.abc import Iterator

import pytest

from menu_rig import Rig, State, rig
from metarr_kodi import commands, context
from metarr_kodi.port import KodiRefused
from simulators import Simulators


@pytest.fixture(scope="module")
def kodi(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    running_simulators.reset()
    with rig(running_simulators, tmp_path_factory.mktemp("kodi")) as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.add_show("Breaking Bad", 2008, tvdb="81189")
        made.report()
        yield made


@pytest.fixture(autouse=True)
def as_before(kodi: Rig) -> Iterator[None]:
    yield
    kodi.port.settings["address"] = kodi.live.url
    kodi.stand(State.CONNECTED)


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("movie", "Inception (2010)"),
        ("tvshow", "Breaking Bad (2008)"),
        ("season", "Breaking Bad: Season 1"),
        ("episode", "Breaking Bad: Episode 1"),
    ],
)
def test_an_entry_of_every_kind_is_found(kodi: Rig, kind: str, title: str):
    [shown] = kodi.point("locks", kind, 1, None)
    assert shown.heading == f"Locked fields: {title}"


@pytest.mark.parametrize(("kind", "number"), [("video", 1), ("movie", -1), ("movie", 0), ("", 3)])
def test_what_is_no_entry_of_the_library_is_told_so(kodi: Rig, kind: str, number: int):
    [shown] = kodi.point("refresh", kind, number)
    assert shown.text == "This is not an entry of Kodi's library, so Metarr knows nothing of it."


def test_an_entry_that_is_gone_or_has_no_file_is_told_so(kodi: Rig):
    nowhere = kodi.port.kodi.add("movie", title="Nowhere", file="")
    for number in (nowhere, 4711):
        [shown] = kodi.point("refresh", "movie", number)
        assert shown.text == "Kodi keeps no file for this entry, so Metarr cannot tell it from others."
    kodi.port.kodi.remove("movie", nowhere)


def test_an_entry_that_metarr_does_not_know_yet_is_reported_first(kodi: Rig, monkeypatch: pytest.MonkeyPatch):
    film = kodi.add_movie("The Matrix", 1999, imdb="tt0133093")
    asked = threading.Event()

    def pause(_seconds: float) -> bool:
        """The service does what it was asked for meanwhile."""
        if not asked.is_set():
            asked.set()
            kodi.report()
        return False

    monkeypatch.setattr(kodi.port, "pause", pause)
    seen = kodi.point("locks", "movie", film, None)
    assert kodi.port.told[-1][0] == commands.SYNC_NOW
    assert [shown.what for shown in seen] == ["progress", "choose_several"]
    assert seen[-1].heading == "Locked fields: The Matrix (1999)"


def test_one_that_takes_too_long_to_report_is_to_be_tried_again(kodi: Rig, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kodi.port, "pause", lambda _seconds: False)
    film = kodi.add_movie("Fight Club", 1999)
    assert kodi.point("locks", "movie", film)[-1].text == (
        "Metarr does not know this entry yet. The library is being reported; try again in a while."
    )
    kodi.port.kodi.remove("movie", film)


def test_without_a_connection_nothing_is_reported_and_that_is_told(kodi: Rig):
    film = kodi.add_movie("Fight Club", 1999)
    kodi.stand(State.CONNECTING)
    told = len(kodi.port.told)
    assert kodi.point("locks", "movie", film)[-1].text == (
        "Metarr cannot be reached. It is tried again in the background."
    )
    assert len(kodi.port.told) == told
    kodi.port.kodi.remove("movie", film)


def test_a_service_that_never_said_who_it_is_is_told_of(kodi: Rig):
    kodi.port.properties.clear()
    assert kodi.point("refresh", "movie", 1)[-1].text == (
        "Metarr's service does not run in this Kodi. Switch the add-on off and on again."
    )


def test_where_nothing_is_set_up_the_set_up_is_offered(kodi: Rig):
    kodi.port.settings["address"] = ""
    [shown] = kodi.point("refresh", "movie", 1, False)
    assert (shown.what, shown.text) == ("confirm", "Metarr is not set up yet. Choose Set up Metarr first.")
    assert shown.lines == ("Set up", "Close")


def test_a_daemon_that_is_off_is_told_of_and_the_set_up_offered(kodi: Rig):
    kodi.port.settings["address"] = "127.0.0.1:1"
    seen = kodi.point("refresh", "movie", 1, True, None)
    assert seen[0].text.startswith("127.0.0.1 is there, but no Metarr listens at 127.0.0.1:1.")
    assert (seen[1].what, seen[1].text) == ("ask", "127.0.0.1:1")


def test_an_address_that_can_be_none_is_told_of(kodi: Rig):
    kodi.port.settings["address"] = "ftp://nas"
    [shown] = kodi.point("refresh", "movie", 1, False)
    assert shown.text.startswith("This is no address: ftp:// is not spoken")


def test_a_fault_of_our_own_is_for_the_log_without_what_it_held(kodi: Rig, monkeypatch: pytest.MonkeyPatch):
    secret = kodi.live.url * 3

    def fails(*_: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr(context, "entry_of", fails)
    [shown] = kodi.point("refresh", "movie", 1)
    assert shown.text == "Metarr did not work as expected. Kodi's log tells more."
    level, logged = kodi.port.logged[-1]
    assert level == "error"
    assert "RuntimeError" in logged
    assert "in run" in logged
    assert secret not in logged


def test_a_kodi_that_refuses_a_call_is_for_the_log_with_its_words(kodi: Rig, monkeypatch: pytest.MonkeyPatch):
    def refuses(method: str, **_: object) -> None:
        raise KodiRefused(method, -32100, "Failed to execute method.")

    monkeypatch.setattr(kodi.port, "rpc", refuses)
    [shown] = kodi.point("refresh", "movie", 1)
    assert shown.text == "Metarr did not work as expected. Kodi's log tells more."
    assert "VideoLibrary.GetMovieDetails: Failed to execute method." in kodi.port.logged[-1][1]
