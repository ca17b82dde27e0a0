"""Images beside media: which file is which, what is written, and what is left alone."""

from pathlib import Path
from typing import Any

import pytest

from folder_tree import Tree
from metarr_adapter.host import EntryAway
from metarr_adapter.kind import HostImage

pytestmark = pytest.mark.slow

JPEG, OTHER, PNG = b"\xff\xd8\xff one", b"\xff\xd8\xff two", b"\x89PNG\r\n\x1a\n three"
A, B, C = ("https://image.example/a.jpg", "https://image.example/b.jpg", "https://image.example/c.png")


@pytest.fixture
def films(tree: Tree) -> Tree:
    tree.web = {A: JPEG, B: OTHER, C: PNG}
    tree.look()
    return tree


def art(url: str) -> list[dict[str, Any]]:
    return [{"url": url, "width": 0, "height": 0, "language": ""}]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix in (".jpg", ".png", ".webp", ".jpeg", ".JPG")}


@pytest.mark.parametrize(
    ("kind", "key", "field", "name"),
    [
        ("movie", "Alien (1979)", "poster", "Alien (1979)/poster.jpg"),
        ("movie", "Alien (1979)", "fanart", "Alien (1979)/fanart.jpg"),
        ("movie", "Alien (1979)", "disc", "Alien (1979)/disc.jpg"),
        ("movie", "Loose.Film.2001.1080p", "poster", "Loose.Film.2001.1080p-poster.jpg"),
        ("series", "Dark", "clearlogo", "Dark/clearlogo.jpg"),
        ("episode", "Dark/Season 1/Dark S01E01", "still", "Dark/Season 1/Dark S01E01-thumb.jpg"),
    ],
)
def test_each_image_has_its_name_and_reads_back_as_what_was_written(
    films: Tree, kind: str, key: str, field: str, name: str
):
    assert films.host is not None
    assert films.write(kind, key, **{field: art(A)}) == {}
    assert (films.path / name).read_bytes() == JPEG
    current = films.read(kind, key)[field]
    assert current[0]["url"].startswith(f"file:{Path(name).name}#")
    assert films.host.same(kind, field, current, art(A))
    assert not films.host.same(kind, field, current, art(B))


def test_the_extension_is_that_of_the_content_and_a_place_has_one_file(films: Tree):
    films.write("movie", "Alien (1979)", poster=art(A))
    films.write("movie", "Alien (1979)", poster=art(C))
    assert names(films.path / "Alien (1979)") == {"poster.png"}


@pytest.mark.parametrize("own", ["folder.jpg", "cover.png", "Poster.JPG", "Alien (1979)-poster.jpg"])
def test_whatever_a_player_reads_there_is_what_the_title_holds(films: Tree, own: str):
    films.put(f"Alien (1979)/{own}", b"\xff\xd8\xff mine")
    assert films.read("movie", "Alien (1979)")["poster"][0]["url"].startswith(f"file:{own}#")
    films.write("movie", "Alien (1979)", poster=art(A))
    assert len(names(films.path / "Alien (1979)")) == 1


def test_the_same_bytes_are_not_written_again(films: Tree):
    films.write("movie", "Alien (1979)", poster=art(A))
    before = (films.path / "Alien (1979)/poster.jpg").stat()
    films.write("movie", "Alien (1979)", poster=art(A))
    after = (films.path / "Alien (1979)/poster.jpg").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_what_cannot_be_fetched_is_refused_or_waits(films: Tree, monkeypatch: pytest.MonkeyPatch):
    assert films.write("movie", "Alien (1979)", poster=art("https://image.example/none")) == {
        "poster": "the image is gone"
    }
    monkeypatch.setattr(films.host._artwork, "_fetch", lambda *_: HostImage(why="status 503", later=True))
    with pytest.raises(EntryAway, match="503"):
        films.write("movie", "Alien (1979)", poster=art(B))
    assert names(films.path / "Alien (1979)") == set()


def test_what_is_emptied_is_taken_away(films: Tree):
    films.write("movie", "Alien (1979)", poster=art(A))
    assert films.write("movie", "Alien (1979)", poster=None) == {}
    assert names(films.path / "Alien (1979)") == set()


def test_an_image_of_the_owners_is_told_and_read_once(films: Tree):
    films.put("Heat (1995)/poster.jpg", JPEG)
    entries, _ = films.look()
    assert list(entries) == [films.key("Heat (1995)")]
    assert films.look() == ({}, [])
    films.put("Heat (1995)/poster.jpg", OTHER)
    assert list(films.look()[0]) == [films.key("Heat (1995)")]


def test_there_is_as_much_fanart_as_the_owner_wants(films: Tree):
    assert films.host is not None
    films.put("Heat (1995)/fanart2.jpg", b"\xff\xd8\xff the owner's third")
    films.host._artwork._fanarts = 2
    wanted = [*art(A), *art(B), *art(C)]
    assert films.write("movie", "Heat (1995)", fanart=wanted) == {}
    assert names(films.path / "Heat (1995)") == {"fanart.jpg", "fanart1.jpg", "fanart2.jpg"}
    assert (films.path / "Heat (1995)/fanart2.jpg").read_bytes().endswith(b"third")
    current = films.read("movie", "Heat (1995)")["fanart"]
    assert len(current) == 2
    assert films.host.same("movie", "fanart", current, wanted)
    assert not films.host.same("movie", "fanart", current, [*art(A), *art(C)])
    films.write("movie", "Heat (1995)", fanart=art(B))
    assert names(films.path / "Heat (1995)") == {"fanart.jpg", "fanart2.jpg"}
