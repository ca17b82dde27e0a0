"""The images of a Jellyfin server: whose they are, which is shown first, and what a kill leaves."""

from collections.abc import Iterator

import pytest

from fake_jellyfin import FakeItem, FakeJellyfin, Reply, Request
from fake_jellyfin.library import FakeFile, FakeImage
from jellyfin_rig import FILMS, JPEG, JellyfinRig, film, jellyfin, show

pytestmark = pytest.mark.slow

OURS, NEWER = JPEG + b"ours", JPEG + b"newer"
URL, NEWER_URL = "https://image.example/ours", "https://image.example/newer"


@pytest.fixture
def server() -> Iterator[FakeJellyfin]:
    """One version: images are the same in all of them."""
    with jellyfin() as fake:
        yield fake


@pytest.fixture
def alien(rig: JellyfinRig, server: FakeJellyfin) -> FakeItem:
    rig.images = {URL: OURS, NEWER_URL: NEWER}
    return film(server, "Alien")


def wants(rig: JellyfinRig, url: str | None = URL, *fields: str) -> None:
    for field in fields or ("poster",):
        rig.daemon.change("Alien", field, [{"url": url}] if url else None)


def contents(server: FakeJellyfin, item: FakeItem, kind: str) -> list[bytes]:
    return [server.files[image.path].content for image in item.of(kind)]


def owns(server: FakeJellyfin, item: FakeItem, kind: str, *words: bytes) -> None:
    """The owner has images of these words."""
    for word in words:
        server.upload(item, kind, JPEG + word, "jpg")


TYPES = {
    "poster": "Primary",
    "fanart": "Backdrop",
    "clearlogo": "Logo",
    "clearart": "Art",
    "banner": "Banner",
    "landscape": "Thumb",
    "disc": "Disc",
}


def test_every_kind_of_image_gets_where_it_belongs_once(rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem):
    [_, season, one, _] = show(server, "Dark")
    rig.daemon.library |= {
        "Alien": {field: [{"url": URL}, {"url": NEWER_URL}] for field in TYPES},
        "Season 1": {"poster": [{"url": URL}]},
        "Episode 1": {"still": [{"url": URL}]},
    }
    rig.sync()
    assert {kind: contents(server, alien, kind) for kind in TYPES.values()} == {kind: [OURS] for kind in TYPES.values()}
    assert contents(server, season, "Primary") == contents(server, one, "Primary") == [OURS]
    posts = len(server.posts())
    assert posts == 9
    rig.sync()
    assert len(server.posts()) == posts
    assert rig.report() == 0


@pytest.mark.parametrize("field", ["poster", "fanart"])
def test_the_owners_image_stays_under_fill(rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem, field: str):
    owns(server, alien, TYPES[field], b"mine")
    wants(rig, URL, field)
    rig.daemon.library["Alien"] = {field: [{"url": URL}]}
    rig.sync()
    assert contents(server, alien, TYPES[field]) == [JPEG + b"mine"]
    assert rig.outcome(alien, field) == "KEPT"


def test_an_image_of_ours_is_replaced_and_taken_away_and_one_of_the_owners_is_not(
    rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem
):
    rig.daemon.library["Alien"] = {"poster": [{"url": URL}]}
    rig.sync()
    wants(rig, NEWER_URL)
    rig.sync()
    assert contents(server, alien, "Primary") == [NEWER]
    wants(rig, None)
    rig.sync()
    assert contents(server, alien, "Primary") == []
    wants(rig)
    rig.sync()
    owns(server, alien, "Primary", b"mine")
    wants(rig, NEWER_URL)
    rig.sync()
    assert (contents(server, alien, "Primary"), rig.outcome(alien, "poster")) == ([JPEG + b"mine"], "EDITED")


def test_backdrops_of_the_owner_stay_behind_ours_and_come_back(rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem):
    owns(server, alien, "Backdrop", b"1", b"2")
    rig.daemon.policy = "replace"
    rig.daemon.library["Alien"] = {"fanart": [{"url": URL}]}
    rig.sync()
    assert contents(server, alien, "Backdrop") == [OURS, JPEG + b"2", JPEG + b"1"]
    wants(rig, NEWER_URL, "fanart")
    rig.sync()
    assert contents(server, alien, "Backdrop") == [NEWER, JPEG + b"2", JPEG + b"1"]
    wants(rig, None, "fanart")
    rig.sync()
    assert contents(server, alien, "Backdrop") == [JPEG + b"1", JPEG + b"2"]
    assert rig.report() == 0


def test_a_backdrop_that_its_owner_put_first_is_his_choice(rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem):
    rig.daemon.library["Alien"] = {"fanart": [{"url": URL}]}
    rig.sync()
    owns(server, alien, "Backdrop", b"mine")
    server.swap(alien, "Backdrop", 0, 1)
    wants(rig, NEWER_URL, "fanart")
    rig.sync()
    assert contents(server, alien, "Backdrop") == [JPEG + b"mine", OURS]
    assert rig.outcome(alien, "fanart") == "EDITED"


def test_a_file_that_is_only_written_anew_is_still_ours(rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem):
    rig.daemon.library["Alien"] = {"poster": [{"url": URL}]}
    rig.sync()
    alien.images[0].modified = server.now()
    server.save(alien)
    rig.look()
    assert rig.report() == 0
    wants(rig, NEWER_URL)
    rig.sync()
    assert contents(server, alien, "Primary") == [NEWER]


@pytest.mark.parametrize("policy", ["fill", "replace"])
def test_beside_the_media_only_what_is_empty_is_filled(
    rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem, policy: str
):
    server.libraries[0].saves_artwork = True
    path = f"{FILMS}/Alien/poster.jpg"
    server.files[path] = FakeFile(JPEG + b"mine", server.now())
    alien.images = [FakeImage("Primary", path, server.files[path].modified)]
    rig.restart()
    rig.daemon.policy = policy
    rig.daemon.library["Alien"] = {"poster": [{"url": URL}], "banner": [{"url": URL}]}
    rig.sync()
    assert server.files[path].content == JPEG + b"mine"
    assert server.files[f"{FILMS}/Alien/banner.jpg"].content == OURS
    assert rig.outcome(alien, "poster") == ("KEPT" if policy == "fill" else "REFUSED")
    wants(rig, NEWER_URL, "banner")
    rig.sync()
    assert contents(server, alien, "Banner") == [NEWER]


def test_an_image_that_cannot_be_had_is_told_and_one_that_comes_later_waits(
    rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem
):
    rig.daemon.library["Alien"] = {"poster": [{"url": "https://image.example/gone"}], "plot": "Theirs."}
    rig.sync()
    assert rig.outcome(alien, "poster") == "REFUSED"
    assert "is not there any more" in rig.daemon.entries[alien.id].told("poster").detail
    assert alien.data["Overview"] == "Theirs."


@pytest.mark.parametrize(
    ("content", "why"), [(b"GIF89a", "no image of this kind"), (b"<html>", "no image of this kind")]
)
def test_what_is_no_image_is_not_sent(
    rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem, content: bytes, why: str
):
    rig.images[URL] = content
    rig.daemon.library["Alien"] = {"poster": [{"url": URL}]}
    rig.sync()
    assert why in rig.daemon.entries[alien.id].told("poster").detail
    assert server.posts() == []


def test_a_proxy_that_takes_nothing_large_is_told(rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem):
    server.intercept = lambda request: (
        Reply(413, b"<html>nginx</html>", "text/html") if b"/9j" in request.body else None
    )
    rig.daemon.library["Alien"] = {"poster": [{"url": URL}], "plot": "Theirs."}
    rig.sync()
    assert "raise its limit" in rig.daemon.entries[alien.id].told("poster").detail
    assert alien.data["Overview"] == "Theirs."


class Killed(Exception):
    """The host's process ended here."""


def kill_at(rig: JellyfinRig, server: FakeJellyfin, when: str, number: int) -> None:
    """Break the host off at the request of so many that writes an image, before or after the server did that."""
    count = 0

    def breaks(request: Request, *_: Reply) -> Reply | None:
        nonlocal count
        if "/Images/" in request.path and request.method != "GET":
            count += 1
            if count == number:
                server.starting = True
                return Reply(breaks=True)
        return None

    if when == "before":
        server.intercept = breaks
    else:
        server.after = breaks


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("slot", [("poster", 0), ("fanart", 0), ("fanart", 2)])
@pytest.mark.parametrize("replaces", [False, True])
def test_a_kill_amid_an_upload_loses_and_doubles_nothing(
    rig: JellyfinRig, alien: FakeItem, *, when: str, number: int, slot: tuple[str, int], replaces: bool
):
    server, (field, owned) = rig.jellyfin, slot
    owns(server, alien, TYPES[field], *[b"%d" % number for number in range(owned)])
    rig.daemon.policy = "replace"
    if replaces:
        rig.daemon.library["Alien"] = {field: [{"url": NEWER_URL}]}
        rig.sync()
    rig.look()
    rig.report()
    others = [content for content in contents(server, alien, TYPES[field]) if content not in (OURS, NEWER)]
    rig.daemon.library.setdefault("Alien", {})
    wants(rig, URL, field)
    kill_at(rig, server, when, number)
    rig.pull()
    server.intercept, server.after, server.starting = lambda _: None, lambda *_: None, False
    rig.restart()
    rig.sync()
    there = contents(server, alien, TYPES[field])
    assert there[0] == OURS
    assert sorted(there[1:]) == sorted(others)
    assert rig.outcome(alien, field) == "TAKEN"
    posts = len(server.posts())
    rig.sync()
    assert len(server.posts()) == posts


def test_another_image_that_came_amid_a_kill_is_the_owners(rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem):
    rig.daemon.library["Alien"] = {"poster": [{"url": URL}]}
    kill_at(rig, server, "before", 1)
    rig.sync()
    server.intercept, server.starting = lambda _: None, False
    owns(server, alien, "Primary", b"mine")
    rig.restart()
    rig.sync()
    assert (contents(server, alien, "Primary"), rig.outcome(alien, "poster")) == ([JPEG + b"mine"], "KEPT")


def test_a_library_that_saves_beside_the_media_since_a_minute_ago_is_believed(
    rig: JellyfinRig, server: FakeJellyfin, alien: FakeItem
):
    owns(server, alien, "Primary", b"mine")
    rig.daemon.policy = "replace"
    rig.look()
    rig.report()
    server.libraries[0].saves_artwork = True
    wants(rig)
    rig.pull()
    assert contents(server, alien, "Primary") == [JPEG + b"mine"]
