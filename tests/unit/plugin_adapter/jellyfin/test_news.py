"""What is new on a Jellyfin server: found with few requests, told once, and nothing that only seems to be gone."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from fake_jellyfin import FakeJellyfin, Reply, Request
from jellyfin_rig import FILMS, SHOWS, JellyfinRig, film, jellyfin, show
from metarr_adapter.host import HostUnavailable, OwnerNeeded

pytestmark = pytest.mark.slow

DAY = 24 * 3600.0


@pytest.fixture
def server() -> Iterator[FakeJellyfin]:
    """One version: what is asked here, all of them tell alike."""
    with jellyfin("12.0.0") as fake:
        yield fake


def test_a_quiet_look_takes_two_requests(rig: JellyfinRig, server: FakeJellyfin):
    film(server, "Alien")
    rig.sync()
    with server.counting() as requests:
        rig.look()
    assert len(requests) == 2
    assert all("userId" not in request.query for request in server.requests)


def test_an_edit_made_there_is_told_and_stays(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    rig.daemon.library["Alien"] = {"plot": "Theirs."}
    rig.sync()
    alien.data["Overview"] = "Mine."
    server.save(alien)
    rig.sync()
    assert rig.held(alien, "plot") == "Mine."
    rig.daemon.change("Alien", "plot", "Theirs again.")
    rig.sync()
    assert (alien.data["Overview"], rig.outcome(alien, "plot")) == ("Mine.", "EDITED")


def test_what_we_wrote_is_no_news(rig: JellyfinRig, server: FakeJellyfin):
    film(server, "Alien")
    rig.daemon.library["Alien"] = {"plot": "Theirs.", "genres": ["Horror"], "imdb_rating": 8.5}
    rig.sync()
    with server.counting() as requests:
        rig.look()
    assert len(requests) == 2
    assert rig.report() == 0


def test_an_edit_beside_what_we_write_is_told_all_the_same(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    rig.daemon.library["Alien"] = {"plot": "Theirs."}
    rig.look()
    rig.report()
    alien.data["Tagline"] = "Mine."
    server.save(alien)
    rig.pull()
    rig.look()
    rig.report()
    assert rig.held(alien, "tagline") == "Mine."


def test_a_series_of_200_episodes_is_one_post_and_no_echo(rig: JellyfinRig, server: FakeJellyfin):
    [series, *_] = show(server, "Dark", episodes=50, seasons=4)
    rig.daemon.library["Dark"] = {"plot": "Theirs.", "certification": "TV-MA", "tags": ["new"]}
    rig.sync()
    assert series.data["Overview"] == "Theirs."
    assert [post.path for post in server.posts()] == [f"/Items/{series.id}"]
    rig.look()
    assert rig.report() == 0
    assert rig.pull().written == 0


def test_only_what_is_read_again_can_be_new_below_a_series(rig: JellyfinRig, server: FakeJellyfin):
    [series, _, one, _] = show(server, "Dark")
    rig.daemon.library["Dark"] = {"plot": "Theirs."}
    rig.look()
    rig.report()

    def edits(request: Request, _: Reply) -> None:
        if request.method == "POST" and request.path.endswith(series.id):
            one.data["Overview"] = "Edited while the series was saved."
            server.save(one)

    server.after = edits
    rig.pull()
    rig.look()
    rig.report()
    assert rig.held(one, "plot") == "Edited while the series was saved."


def test_what_is_deleted_is_gone_after_two_lists_that_lack_it(rig: JellyfinRig, server: FakeJellyfin):
    alien, heat = film(server, "Alien"), film(server, "Heat")
    rig.sync()
    del server.items[alien.id]
    rig.sync()
    assert alien.id in rig.daemon.entries
    rig.later += 60
    rig.sync()
    assert set(rig.daemon.entries) == {heat.id}


def test_what_went_while_something_came_is_missed_at_once(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    film(server, "Heat")
    rig.sync()
    del server.items[alien.id]
    film(server, "Dune")
    rig.sync()
    rig.later += 60
    rig.sync()
    assert alien.id not in rig.daemon.entries


def test_what_no_news_told_of_is_found_within_six_hours(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    rig.sync()
    alien.data["Overview"], alien.saved = "Mine.", 1
    rig.sync()
    assert rig.held(alien, "plot") is None
    rig.later += 6 * 3600
    rig.sync()
    assert rig.held(alien, "plot") == "Mine."


def test_a_page_that_shifts_hides_an_item_for_one_look_at_most(rig: JellyfinRig, server: FakeJellyfin):
    films = [film(server, f"Film {number:03}") for number in range(250)]
    gone = films[:5]

    def shifts(request: Request, _: Reply) -> None:
        if request.one("startIndex") == "0" and request.one("limit") == "200":
            for each in gone:
                server.items.pop(each.id, None)

    server.after = shifts
    rig.sync()
    server.after = lambda *_: None
    for _ in range(3):
        rig.later += 60
        rig.sync()
    assert set(rig.daemon.entries) == {each.id for each in films[5:]}


@pytest.mark.parametrize("location", [FILMS, SHOWS])
def test_a_library_whose_disk_is_away_loses_nothing(rig: JellyfinRig, server: FakeJellyfin, location: str):
    film(server, "Alien")
    show(server, "Dark")
    rig.sync()
    server.unmount(location)
    for later in (60, DAY, 60):
        rig.later += later
        rig.sync()
        assert [(note.sort, note.subject) for note in rig.notes] == [("away", location)]
    assert len(rig.daemon.entries) == 5
    server.mount()
    rig.later += 60
    rig.sync()
    assert rig.notes == []
    assert rig.report() == 0


def test_a_library_that_its_owner_removed_is_gone(rig: JellyfinRig, server: FakeJellyfin):
    film(server, "Alien")
    [*below] = show(server, "Dark")
    rig.sync()
    server.unmount(FILMS)
    server.libraries = server.libraries[1:]
    rig.sync()
    rig.later += 60
    rig.sync()
    assert set(rig.daemon.entries) == {each.id for each in below}


def test_a_moved_file_is_another_item(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    rig.sync()
    before = alien.id
    server.move(alien, f"{FILMS}/Elsewhere/Alien.mkv")
    rig.sync()
    rig.later += 60
    rig.sync()
    assert set(rig.daemon.entries) == {alien.id}
    assert alien.id != before


@pytest.mark.parametrize(("hours", "zone"), [(-1, 2), (1, -5), (30, 0)])
def test_clocks_and_zones_that_differ_hide_nothing(rig: JellyfinRig, server: FakeJellyfin, hours: int, zone: int):
    server.offset, server.zone = timedelta(hours=hours), zone
    alien = film(server, "Alien")
    rig.sync()
    alien.data["Overview"] = "Mine."
    server.save(alien)
    rig.sync()
    assert rig.held(alien, "plot") == "Mine."


def test_a_proxy_that_tells_no_time_hides_nothing(rig: JellyfinRig, server: FakeJellyfin):
    server.tells_date, server.zone = False, 5
    alien = film(server, "Alien")
    rig.later = time.time() - 1.8e9
    rig.sync()
    alien.data["Overview"] = "Mine."
    server.save(alien)
    rig.sync()
    assert rig.held(alien, "plot") == "Mine."


def test_watching_is_no_news(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    rig.sync()
    server.play(alien)
    rig.look()
    assert rig.report() == 0


def test_only_libraries_that_are_named_count(rig: JellyfinRig, server: FakeJellyfin):
    film(server, "Alien")
    show(server, "Dark")
    rig.restart(allowed=("films",))
    rig.sync()
    assert len(rig.daemon.entries) == 1


def test_an_episode_without_a_number_is_noted_and_one_that_is_missing_is_not(rig: JellyfinRig, server: FakeJellyfin):
    [_, _, one, two] = show(server, "Dark")
    one.data["IndexNumber"], two.virtual = None, True
    rig.sync()
    assert {one.id, two.id} & set(rig.daemon.entries) == set()
    assert [(note.sort, note.subject) for note in rig.notes] == [("undecided", "Dark: Episode 1")]


def test_a_season_without_a_folder_is_where_its_series_is(rig: JellyfinRig, server: FakeJellyfin):
    [_, season, *_] = show(server, "Dark")
    season.path, season.virtual = "", True
    rig.restart(allowed=("Shows",))
    rig.sync()
    assert season.id in rig.daemon.entries


def test_a_server_that_starts_for_minutes_is_waited_for(rig: JellyfinRig, server: FakeJellyfin):
    alien = film(server, "Alien")
    rig.daemon.library["Alien"] = {"plot": "Theirs."}
    server.starting = True
    rig.restart()
    for _ in range(3):
        with pytest.raises(HostUnavailable, match="starts"):
            rig.look()
        assert [note.sort for note in rig.notes] == ["away"]
    server.starting = False
    rig.sync()
    assert (alien.data["Overview"], rig.notes) == ("Theirs.", [])


def test_a_key_that_is_revoked_amid_the_pages_loses_nothing(rig: JellyfinRig, server: FakeJellyfin):
    for number in range(250):
        film(server, f"Film {number:03}")
    rig.sync()
    key = server.key

    def revoked(request: Request, _: Reply) -> None:
        if request.one("startIndex") == "0" and request.one("limit") == "200":
            server.key = "another"

    server.after = revoked
    rig.later += 7 * 3600
    with pytest.raises(OwnerNeeded, match="API key"):
        rig.look()
    server.after, server.key = lambda *_: None, key
    rig.sync()
    assert len(rig.daemon.entries) == 250


def test_an_answer_beyond_all_measure_is_waited_out(rig: JellyfinRig, server: FakeJellyfin):
    film(server, "Alien")
    rig.sync()
    server.intercept = lambda request: Reply(200, b" " * 40_000_000) if request.path == "/Items" else None
    with pytest.raises(HostUnavailable, match="larger than 33 MB"):
        rig.look()
    server.intercept = lambda _: None
    rig.sync()
    assert len(rig.daemon.entries) == 1


def test_another_server_at_the_address_is_not_written_to(rig: JellyfinRig, server: FakeJellyfin):
    film(server, "Alien")
    rig.sync()
    server.server_id = "f" * 32
    with pytest.raises(OwnerNeeded, match="another Jellyfin"):
        rig.restart()


@pytest.mark.parametrize(("version", "why"), [("10.10.7", "10.11.4 is needed"), ("10.11.3", "10.11.4 is needed")])
def test_an_old_server_is_said_to_be_old(rig: JellyfinRig, server: FakeJellyfin, version: str, why: str):
    server.version = version
    with pytest.raises(OwnerNeeded, match=why):
        rig.restart()


def test_a_daemon_that_forgot_is_told_everything(rig: JellyfinRig, server: FakeJellyfin):
    film(server, "Alien")
    rig.sync()
    rig.host.forget()
    assert rig.report() == 1


def test_a_daemon_that_forgot_is_told_nothing_of_what_is_away_and_all_of_it_later(
    rig: JellyfinRig, server: FakeJellyfin
):
    alien = film(server, "Alien")
    show(server, "Dark")
    rig.sync()
    server.unmount(FILMS)
    rig.host.forget()
    assert rig.report() == 4
    server.mount()
    rig.later += 60
    rig.look()
    assert (rig.report(), alien.id in rig.daemon.entries) == (1, True)
