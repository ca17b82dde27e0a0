"""Every import twice: nothing changes the second time, whatever the files hold, and whatever was done in between."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import FakeClock
from harness import House
from importing import import_into
from metarr.domain.values import Kind
from metarr.errors import MetarrError
from metarr.store import items
from scripted_providers import Scripted, scripted_house
from tiers import slow_but
from unit.nfo.test_dialects import DIALECTS, Dialect

pytestmark = pytest.mark.slow

SHOW = "<tvshow><title>Harbour</title><uniqueid type='tvdb'>81189</uniqueid><year>2010</year></tvshow>"
LOCKED = {name: each for name, each in DIALECTS.items() if "lockdata" in each.content}


@pytest.fixture
def made(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[House, dict[str, Scripted]]]:
    with scripted_house(tmp_path / "data", clock, "tmdb", "omdb") as pair:
        yield pair


@pytest.fixture
def home(made: tuple[House, dict[str, Scripted]]) -> House:
    return made[0]


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()


def write(path: Path, content: str | bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def filed(below: Path, place: int, dialect: Dialect) -> Path:
    """A file of a dialect where its writer would put it, with the video that it is of."""
    content = dialect.content.encode(dialect.encoding)
    kinds = {title.kind for title in dialect.titles}
    if kinds & {Kind.SEASON, Kind.EPISODE}:
        folder = below / f"Show {place}" / "Season 1"
        write(folder.parent / "tvshow.nfo", SHOW.replace("Harbour", f"Show {place}").replace("81189", f"9{place}"))
        name = "season" if kinds == {Kind.SEASON} else "episode S01E01"
        write(folder / "episode S01E01.mkv")
        return write(folder / f"{name}.nfo", content)
    if Kind.SERIES in kinds:
        return write(below / f"Show {place}" / "tvshow.nfo", content)
    write(below / f"Film {place}" / f"film {place}.mkv")
    return write(below / f"Film {place}" / (dialect.name or f"film {place}.nfo"), content)


def enrich_all(home: House) -> None:
    with home.database.read() as connection:
        heads = items.heads(connection, limit=1000)
    for head in heads:
        if head.kind in (Kind.MOVIE, Kind.SERIES):
            try:
                home.enrich(head.id)
            except MetarrError:
                continue


def unchanged(home: House, *paths: Path) -> None:
    before = home.rows()
    summary = import_into(home, *paths)
    assert (summary.added, summary.updated, summary.ids_added) == (0, 0, 0)
    after = home.rows()
    assert {name: set(after[name]) ^ set(before[name]) for name in after if after[name] != before[name]} == {}


def speak(made: tuple[House, dict[str, Scripted]]) -> None:
    """Have the providers tell of every title that has an IMDb id."""
    home, providers = made
    with home.database.read() as connection:
        found = items.get_many(connection, [head.id for head in items.heads(connection, limit=1000)])
    for item in found.values():
        if "imdb" in item.ids and item.kind is Kind.MOVIE:
            title = item.shown_title()
            words = {"title": title, "plot": "TMDB's.", "tags": ("tmdb's",), "genres": ("TMDB's",)}
            providers["tmdb"].words[item.ids["imdb"].value] = words


def test_every_dialect(made: tuple[House, dict[str, Scripted]], tmp_path: Path) -> None:
    home, _ = made
    tree = tmp_path / "media"
    for place, dialect in enumerate(DIALECTS.values()):
        filed(tree, place, dialect)
    first = import_into(home, tree)
    assert first.added > 15
    unchanged(home, tree)
    speak(made)
    enrich_all(home)
    unchanged(home, tree)
    enrich_all(home)
    home.services.settings.update({"country": "DE"})
    home.services.settings.update({"country": "US"})
    unchanged(home, tree)


@pytest.mark.parametrize("writer", LOCKED)
def test_a_file_that_locks_its_data_locks_nothing_that_came_later(
    made: tuple[House, dict[str, Scripted]], tmp_path: Path, writer: str
) -> None:
    home, _ = made
    import_into(home, filed(tmp_path / "media", 1, LOCKED[writer]))
    speak(made)
    enrich_all(home)
    with home.database.read() as connection:
        before = {item_id: items.get(connection, item_id) for item_id in (1, 2, 3)}
    unchanged(home, tmp_path / "media" / "Film 1" / "film 1.nfo")
    for item_id, item in before.items():
        if item is not None:
            assert home.item(item_id).locked_fields() == item.locked_fields()
            assert all(source in ("nfo", "import") for f in item.locked_fields() for source in item.fields[f].sources)


@pytest.mark.parametrize("writer", slow_but(list(DIALECTS)[::8], DIALECTS))
def test_a_file_that_is_given_alone_after_its_tree(home: House, tmp_path: Path, writer: str) -> None:
    path = filed(tmp_path / "media", 1, DIALECTS[writer])
    first = import_into(home, tmp_path / "media")
    alone = import_into(home, path)
    assert (alone.added, alone.updated, alone.ids_added) == (0, 0, 0) or first.failed + first.unknown
    unchanged(home, path)
    unchanged(home, tmp_path / "media")


def test_a_tree_of_names(home: House, tmp_path: Path) -> None:
    tree = tmp_path / "media"
    for name in (
        "Heat (1995)/Heat.1995.1080p.mkv",
        "Dallas/Dallas.mkv",
        "other/Dallas/Dallas.mkv",
        "Alien {tmdb-348}/alien.mkv",
        "copies/Alien {tmdb-348}/alien.4k.mkv",
        "Mixed/Ronin.1998.mkv",
        "Mixed/Ran.mkv",
        "Dark/Season 1/Dark S01E01.mkv",
        "Dark/Season 1/Dark S01E02E03.mkv",
        "Dark/Specials/Dark S00E01.mkv",
        "One Piece/One Piece - 1015.mkv",
    ):
        write(tree / name)
    assert import_into(home, tree).added > 10
    unchanged(home, tree)
    parts = (tree / "Dallas", tree / "other", tree / "Dark" / "Season 1")
    again = import_into(home, *parts)
    assert (again.added, again.updated) == (0, 0)
    unchanged(home, *parts)
    enrich_all(home)
    unchanged(home, tree)
    moved = tree.rename(tmp_path / "elsewhere")
    again = import_into(home, moved)
    assert (again.added, again.updated) == (0, 0)
    unchanged(home, moved)


def test_json_lines(made: tuple[House, dict[str, Scripted]], tmp_path: Path) -> None:
    home, _ = made
    film = {"kind": "movie", "title": "Night Ferry", "year": 2001, "ids": {"imdb": "tt0000001"}}
    lines = [
        film | {"fields": {"plot": "One", "tags": ["a"]}, "lock_all": True},
        film | {"fields": {"plot": "Two", "tags": ["b"]}},
        film,
        {"kind": "movie", "title": "Dallas"},
        {"kind": "movie", "title": "Dallas", "fields": {"plot": "P"}},
        {"kind": "episode", "title": "One", "series": "Harbour", "season": 1, "episode": 1, "fields": {"plot": "A"}},
        {"kind": "episode", "title": "Uno", "series": "Harbour", "season": 1, "episode": 1, "fields": {"plot": "B"}},
        {"kind": "season", "title": "First", "series": {"title": "Harbour"}, "season": 1},
        {"kind": "series", "title": "Harbour", "fields": {"networks": ["N"]}, "lock_all": True},
        {"kind": "movie", "title": "Bad", "fields": {"imdb_rating": 11}},
    ]
    path = write(tmp_path / "titles.jsonl", "\n".join(map(json.dumps, lines)))
    first = import_into(home, path)
    assert (first.added, first.known, first.failed) == (3, 6, 1)
    unchanged(home, path)
    speak(made)
    enrich_all(home)
    unchanged(home, path)
    lines[0]["fields"] = {"plot": "Three", "tags": ["a", "c"]}
    write(path, "\n".join(map(json.dumps, [lines[-1], *lines[:-1]])))
    import_into(home, path)
    with home.database.read() as connection:
        [item_id] = items.find_by_ids(connection, Kind.MOVIE, {"imdb": "tt0000001"}).values()
    assert home.item(item_id).fields["plot"].value == "Three"
    unchanged(home, path)
