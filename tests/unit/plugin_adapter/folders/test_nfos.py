"""The `.nfo` files of titles: which file it is, and what a new one says."""

from folder_tree import Tree

TOGETHER = "Dark/Season 1/Dark S01E03E04"


def test_a_new_file_bears_the_title_that_its_place_tells(tree: Tree):
    tree.look()
    assert tree.write("movie", "Alien (1979)", plot="In space.") == {}
    new = (tree.path / "Alien (1979)/Alien (1979).nfo").read_text()
    assert "<title>Alien</title>" in new
    assert "<plot>In space.</plot>" in new


def test_episodes_of_one_file_have_a_root_each_and_one_image(tree: Tree):
    tree.put(f"{TOGETHER}.mkv")
    tree.web = {"https://image.example/a": b"\xff\xd8\xff a", "https://image.example/b": b"\xff\xd8\xff b"}
    tree.look()
    first, second = f"{TOGETHER}#S1E3", f"{TOGETHER}#S1E4"
    assert tree.write("episode", second, title="Fourth", still=[{"url": "https://image.example/b"}]) == {
        "still": "its file has one image, that of its first episode"
    }
    assert tree.write("episode", first, title="Third", still=[{"url": "https://image.example/a"}]) == {}
    assert [tree.read("episode", key)["title"] for key in (first, second)] == ["Third", "Fourth"]
    assert tree.read("episode", first)["still"][0]["url"].startswith("file:Dark S01E03E04-thumb.jpg#")
    assert tree.read("episode", second)["still"] is None
    assert (tree.path / f"{TOGETHER}.nfo").read_text().count("<episodedetails>") == 2


def test_a_file_of_a_series_is_its_own_whatever_the_folder_is_called(tree: Tree):
    tree.put("Lost Season 1/Lost S01E01.mkv")
    tree.put("Lost Season 1/tvshow.nfo", b"<tvshow><title>Lost</title></tvshow>")
    tree.look()
    [key] = [
        row.key for row in tree.host._index.everything() if row.key.startswith(tree.key("Lost")) and "#" in row.key
    ]
    assert tree.write("series", key.removeprefix(tree.key("")), plot="An island.") == {}
    assert "<plot>An island.</plot>" in (tree.path / "Lost Season 1/tvshow.nfo").read_text()
