"""300 films and 20 shows of an owner who cares for them: what is not ours is the same before and after, whatever is
filled, replaced and undone."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_jellyfin import FakeItem, FakeJellyfin
from fake_jellyfin.library import FakePerson
from jellyfin_rig import JPEG, JellyfinRig, film, jellyfin, show, stored

pytestmark = pytest.mark.slow

URL = "https://image.example/ours"

OURS: dict[str, tuple[str, Any]] = {
    "original_title": ("OriginalTitle", "Original"),
    "plot": ("Overview", "Theirs."),
    "tagline": ("Tagline", "A line."),
    "genres": ("Genres", ["Horror", "Drama"]),
    "tags": ("Tags", ["from elsewhere"]),
    "studios": ("Studios", ["Fox"]),
    "countries": ("ProductionLocations", ["Germany"]),
    "certification": ("OfficialRating", "R"),
    "release_date": ("PremiereDate", "1979-05-25"),
    "year": ("ProductionYear", 1979),
    "imdb_rating": ("CommunityRating", 8.5),
    "rotten_tomatoes_score": ("CriticRating", 93),
}
"""By field the server's name, and Metarr's value."""

TAKEN_LATER = {"LockedFields"}
"""What goes along with ours."""


def furnish(server: FakeJellyfin, dice: random.Random) -> None:
    """An owner's library."""
    theirs = {
        "OriginalTitle": "Mein Titel",
        "Overview": "Meins.",
        "Tagline": "Zeile",
        "Genres": ["Mine"],
        "Tags": ["mine", "Mine too"],
        "Studios": ["My studio"],
        "ProductionLocations": ["Nowhere"],
        "OfficialRating": "FSK-16",
        "PremiereDate": "1980-01-02T00:00:00.0000000Z",
        "ProductionYear": 1980,
        "CommunityRating": 7.25,
        "CriticRating": 50.0,
        "CustomRating": "mine",
        "ForcedSortName": "sorted",
        "PreferredMetadataLanguage": "de",
        "ProviderIds": {"Imdb": "tt0078748", "Foo": "1"},
        "LockedFields": ["Runtime"],
        "AspectRatio": "2.35:1",
    }
    for number in range(300):
        own = {name: value for name, value in theirs.items() if dice.random() < 0.5}
        made = film(server, f"Film {number}", **{"ProductionYear": None, **own})
        made.people = [FakePerson("Kim", "Actor", "a role"), FakePerson("Jo", "Composer")]
        made.data["OriginalLanguage"] = "de" if server.twelve else None
        if dice.random() < 0.3:
            server.upload(made, "Backdrop", JPEG + b"mine", "jpg")
        if dice.random() < 0.5:
            server.play(made)
    for number in range(20):
        own = {name: value for name, value in theirs.items() if dice.random() < 0.5 and name != "AspectRatio"}
        [series, *below] = show(server, f"Show {number}", episodes=3, DisplayOrder="dvd", AirTime="20:15", **own)
        for item in below:
            # What has none of its own gets that of its series by the server itself, whoever writes to that.
            for name in ("OfficialRating", "CustomRating"):
                item.data[name] = dice.choice([series.data.get(name), f"its own {name}"])
        below[1].data |= {"AirsBeforeSeasonNumber": 2, "Overview": "Meins."}
    server.persons |= {"Kim": "a" * 32, "Jo": "b" * 32}


@pytest.fixture(params=["10.11.11", "12.0.0"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JellyfinRig]:
    with jellyfin(request.param, validates=False) as server:
        furnish(server, random.Random(19))
        made = JellyfinRig(tmp_path / "host", server)
        made.images[URL] = JPEG + b"ours"
        yield made
        made.host.close()


def snapshot(server: FakeJellyfin, but: set[str]) -> dict[str, dict[str, Any]]:
    return {key: stored(server, item, but) for key, item in server.items.items()}


def titles(server: FakeJellyfin) -> list[FakeItem]:
    return [item for item in server.items.values() if item.type in ("Movie", "Series")]


def words(server: FakeJellyfin, but: set[str]) -> dict[str, dict[str, Any]]:
    """A snapshot without the images."""
    return {key: {**each, "images": []} for key, each in snapshot(server, but).items()}


NAMES = {name for name, _ in OURS.values()}
VALUES = {**{field: value for field, (_, value) in OURS.items()}, "fanart": [{"url": URL}]}


def wants(rig: JellyfinRig, values: dict[str, Any]) -> None:
    for item in titles(rig.jellyfin):
        for field, value in values.items():
            rig.daemon.change(item.data["Name"], field, value)


def settle(rig: JellyfinRig) -> None:
    """Rounds until nothing is to be written, and one more, in which nothing is."""
    for _ in range(2):
        rig.later += 60
        rig.sync()
    posts = len(rig.jellyfin.posts())
    rig.later += 60
    assert rig.sync().written == 0
    assert len(rig.jellyfin.posts()) == posts


def test_what_is_filled_and_undone_leaves_no_trace(rig: JellyfinRig):
    server = rig.jellyfin
    untouched, everything = words(server, NAMES | TAKEN_LATER), snapshot(server, set())
    own = {item.id: {name for name in NAMES if item.data.get(name) not in (None, [], "")} for item in titles(server)}
    rig.look()
    rig.report()
    wants(rig, VALUES)
    settle(rig)
    assert words(server, NAMES | TAKEN_LATER) == untouched
    for item in titles(server):
        before = everything[item.id]
        assert {name: item.data[name] for name in own[item.id]} == {name: before[name] for name in own[item.id]}
        assert all(item.data.get(name) not in (None, [], "") for name in NAMES)
        assert server.content(item, "Backdrop") == (before["images"] or [("", JPEG + b"ours")])[0][1]
    wants(rig, dict.fromkeys(VALUES))
    settle(rig)
    assert snapshot(server, set()) == everything


def test_what_is_replaced_and_undone_takes_nothing_else_along(rig: JellyfinRig):
    server = rig.jellyfin
    rig.daemon.policy = "replace"
    untouched, everything = words(server, NAMES | TAKEN_LATER), snapshot(server, set())
    rig.look()
    rig.report()
    wants(rig, VALUES)
    settle(rig)
    assert words(server, NAMES | TAKEN_LATER) == untouched
    for item in titles(server):
        assert (item.data["Overview"], item.data["CommunityRating"], item.data["Tags"]) == (
            "Theirs.",
            8.5,
            VALUES["tags"],
        )
        assert server.content(item, "Backdrop") == JPEG + b"ours"
        assert set(everything[item.id].get("LockedFields", ())) <= set(item.data["LockedFields"])
    wants(rig, dict.fromkeys(VALUES))
    settle(rig)
    assert words(server, NAMES) == {
        key: {name: each[name] for name in each if name not in NAMES} | {"images": []}
        for key, each in everything.items()
    }
    images = {key: each["images"] for key, each in snapshot(server, set()).items()}
    assert images == {key: each["images"] for key, each in everything.items()}
