"""The `.nfo` files of titles: which file it is, and what a new one says."""

from folder_tree import Tree

TOGETHER = "Dark/Season 1/Dark S01E03E04"


def test_a_new_file_bears_the_title_that_its_place_tells(tree: Tree):
    tree.look()
    assert tree.write("movie", "Alien (1979)", plot="In space.") == {}
    new = (tree.path / "Alien (1979)/Alien (1979).nfo").read_text()
    assert "<title>Alien</title>" in new
    assert "<plot>In space.</plot>" in new


def test_ids_in_a_name_are_held_and_those_in_a_file_count_first(tree: Tree):
    tree.put("Ran (1985) {tmdb-11645} [imdbid-tt0089881]/ran.mkv", b"ran")
    tree.look()
    key = "Ran (1985) {tmdb-11645} [imdbid-tt0089881]"
    ids = {"imdb": "tt0089881", "tmdb": "11645"}
    assert tree.read("movie", key)["ids"] == ids
    assert tree.write("movie", key, ids={**ids, "tvdb": "2060"}) == {}
    assert tree.read("movie", key)["ids"] == {**ids, "tvdb": "2060"}
    nfo = tree.path / key / "ran.nfo"
    assert nfo.read_text().count("<uniqueid") == 3
    nfo.write_text(nfo.read_text().replace("tt0089881", "tt0089882"))
    assert tree.read("movie", key)["ids"]["imdb"] == "tt0089882"


def test_a_new_file_bears_the_ids_of_its_name(tree: Tree):
    key = "Ran (1985) {tmdb-11645}"
    tree.put(f"{key}/ran.mkv", b"ran")
    tree.look()
    assert tree.write("movie", key, plot="A king divides his land.") == {}
    assert '<uniqueid type="tmdb" default="true">11645</uniqueid>' in (tree.path / key / "ran.nfo").read_text()


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
        row.key
        for row in tree.host._index.everything()
        if row.located.folder == "Lost Season 1" and not row.located.season
    ]
    assert tree.write("series", key.removeprefix(tree.key("")), plot="An island.") == {}
    assert "<plot>An island.</plot>" in (tree.path / "Lost Season 1/tvshow.nfo").read_text()


VERSIONS = ("Heat (1995)/Heat (1995) - 1080p", "Heat (1995)/Heat (1995) - 2160p")


def test_each_version_of_a_film_has_a_file_and_a_new_one_says_what_the_others_do(tree: Tree):
    for name in VERSIONS:
        tree.put(f"{name}.mkv", name.encode())
    (tree.path / "Heat (1995)/Heat (1995).mkv").unlink()
    tree.look()
    first, second = (tree.path / f"{name}.nfo" for name in VERSIONS)
    first.write_text("<movie><title>Heat</title><tagline>Mine.</tagline></movie>")
    assert tree.write("movie", "Heat (1995)", plot="Two men.") == {}
    assert "<plot>Two men.</plot>" in first.read_text()
    assert "<tagline>Mine.</tagline>" in second.read_text()
    assert "<plot>Two men.</plot>" in second.read_text()


def test_what_one_version_says_otherwise_is_the_owners(tree: Tree):
    for name in VERSIONS:
        tree.put(f"{name}.mkv", name.encode())
    (tree.path / "Heat (1995)/Heat (1995).mkv").unlink()
    tree.look()
    first, second = (tree.path / f"{name}.nfo" for name in VERSIONS)
    first.write_text("<movie><title>Heat</title><year>1995</year></movie>")
    second.write_text("<movie><title>Heat</title><plot>The long one.</plot></movie>")
    assert tree.read("movie", "Heat (1995)")["plot"] == "The long one."
    first.write_text("<movie><title>Heat</title><plot>Short.</plot></movie>")
    assert tree.read("movie", "Heat (1995)")["plot"] == "Short."
    tree.write("movie", "Heat (1995)", plot="Two men.", tagline="A saga.")
    assert "<plot>Two men.</plot>" in first.read_text()
    assert "<plot>The long one.</plot>" in second.read_text()
    assert "<tagline>A saga.</tagline>" in second.read_text()
