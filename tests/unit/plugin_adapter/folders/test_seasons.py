"""Seasons of series in folders: told, described in a file and in their series' one, and with images."""

from pathlib import Path

import pytest

from folder_tree import Tree
from metarr_folders.index import FILE, Index

PICTURE = "https://image.example/a"


@pytest.fixture
def dark(tree: Tree) -> Tree:
    tree.web = {PICTURE: b"\xff\xd8\xff a"}
    tree.put("Dark/Specials/Dark S00E01.mkv", b"special")
    tree.put("Dark/Dark S02E01.mkv", b"loose in the folder of the series")
    tree.look()
    return tree


def seasons(tree: Tree) -> dict[str, tuple[int | None, str]]:
    rows = tree.host._index.everything() if tree.host else []
    return {
        row.key.removeprefix(tree.key("")): (row.located.season, row.located.within)
        for row in rows
        if row.located.kind == "season"
    }


def test_each_season_of_which_there_is_an_episode_is_an_entry(dark: Tree):
    assert seasons(dark) == {
        "Dark#S0": (0, "Dark/Specials"),
        "Dark#S1": (1, "Dark/Season 1"),
        "Dark#S2": (2, ""),
    }
    [entry] = [
        each for batch in dark.host.entries() for each in batch if each.kind == "season" and each.season_number == 1
    ]
    assert (entry.series.title, entry.episode_number) == ("Dark", None)


def test_its_file_lies_in_its_folder_and_its_name_in_its_series_file_too(dark: Tree):
    dark.write("series", "Dark", plot="Caves.")
    assert dark.write("season", "Dark#S1", title="First Cycle", plot="A boy is lost.") == {}
    season = (dark.path / "Dark/Season 1/season.nfo").read_text()
    assert "<seasonnumber>1</seasonnumber>" in season
    assert "<title>First Cycle</title>" in season
    assert '<namedseason number="1">First Cycle</namedseason>' in (dark.path / "Dark/tvshow.nfo").read_text()
    assert {name: value for name, value in dark.read("season", "Dark#S1").items() if value} == {
        "title": "First Cycle",
        "plot": "A boy is lost.",
    }


def test_a_season_without_a_folder_of_its_own_has_its_name_alone(dark: Tree):
    dark.write("series", "Dark", plot="Caves.")
    why = dark.write("season", "Dark#S2", title="Second Cycle", plot="More caves.")
    assert list(why) == ["plot"]
    assert "no folder of their own" in why["plot"]
    assert dark.read("season", "Dark#S2")["title"] == "Second Cycle"
    assert not list(dark.path.rglob("season.nfo"))


def test_what_files_say_of_a_season_is_told(dark: Tree):
    dark.put("Dark/tvshow.nfo", b'<tvshow><title>Dark</title><namedseason number="2">Two</namedseason></tvshow>')
    dark.put("Dark/Season 1/season.nfo", b"<season><title>One</title><seasonnumber>1</seasonnumber></season>")
    told, _ = dark.look()
    assert {key.removeprefix(dark.key("")): title for key, title in told.items() if "#S" in key} == {
        "Dark#S1": "One",
        "Dark#S2": "Two",
    }


@pytest.mark.parametrize(
    ("key", "field", "name"),
    [
        ("Dark#S1", "poster", "Dark/season01-poster.jpg"),
        ("Dark#S0", "poster", "Dark/season-specials-poster.jpg"),
        ("Dark#S2", "banner", "Dark/season02-banner.jpg"),
        ("Dark#S1", "fanart", "Dark/season01-fanart.jpg"),
        ("Dark#S1", "landscape", "Dark/season01-landscape.jpg"),
    ],
)
def test_its_images_lie_in_the_folder_of_its_series(dark: Tree, key: str, field: str, name: str):
    assert dark.write("season", key, **{field: [{"url": PICTURE}]}) == {}
    assert (dark.path / name).read_bytes() == dark.web[PICTURE]
    assert dark.host.same("season", field, dark.read("season", key)[field], [{"url": PICTURE}])


@pytest.mark.parametrize(
    "own", ["Season01.jpg", "season01-poster.PNG", "Season 1/poster.jpg", "Season 1/folder.jpg", "season01-folder.jpg"]
)
def test_a_place_that_the_owner_took_is_taken(dark: Tree, own: str):
    dark.put(f"Dark/{own}", b"\xff\xd8\xff mine")
    assert dark.read("season", "Dark#S1")["poster"][0]["url"].startswith(f"file:{Path(own).name}#")


def test_a_season_keeps_its_key_where_its_series_moves(dark: Tree):
    before = set(seasons(dark))
    (dark.path / "Dark").rename(dark.path / "Dark (2017)")
    assert dark.look()[1] == []
    assert set(seasons(dark)) == before
    assert seasons(dark)["Dark#S1"] == (1, "Dark (2017)/Season 1")


def test_an_index_of_before_there_were_seasons_keeps_its_keys(tree: Tree):
    tree.look()
    (tree.path / "Heat (1995)").rename(tree.path / "Heat")
    tree.look()
    tree.stop()
    index = Index(tree.work)
    index._connection.execute(
        "DELETE FROM titles WHERE located LIKE '%season%' AND located LIKE '%\"kind\": \"season\"%'"
    )
    index._connection.executescript("DROP INDEX titles_unread; ALTER TABLE titles DROP COLUMN ends")
    index._connection.execute("PRAGMA user_version = 1")
    index.commit()
    index.close()
    tree.host = None
    entries, gone = tree.look()
    assert (list(entries), gone) == ([tree.key("Dark#S1")], [])
    assert tree.host._index.row(tree.key("Heat (1995)")).located.folder == "Heat"
    assert (tree.work / FILE).exists()
