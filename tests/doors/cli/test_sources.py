import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from memory import peak
from metarr.cli.findings import Fault, Finding, Sort, TitleToAdd
from metarr.cli.lines import MOST_LINE
from metarr.cli.sources import read

EPISODE = "<episodedetails><title>{0}</title><season>1</season><episode>{0}</episode></episodedetails>"
SHOW = "<tvshow><title>Harbour</title><year>2010</year><id>81189</id></tvshow>"
HARBOUR = {"title": "Harbour", "year": 2010, "ids": [{"type": "tvdb", "value": "81189"}]}
DESCRIBED = {**HARBOUR, "ids": [{"type": "tvdb", "value": "81189", "weak": True}]}
"""As its own file tells it, in an element for ids of any type."""


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def lines(tmp_path: Path, *titles: Any) -> list[Finding]:
    text = "\n".join(title if isinstance(title, str) else json.dumps(title) for title in titles)
    return list(read(write(tmp_path / "titles.jsonl", text)))


def items(found: list[Finding]) -> list[dict[str, Any]]:
    return [each.item for each in found if isinstance(each, TitleToAdd)]


def faults(found: list[Finding]) -> dict[str, str]:
    """By file and line without its folder, why it cannot be imported; "" for what is no title at all."""
    return {
        Path(each.where).name: "" if each.sort is Sort.NO_NFO else each.why for each in found if isinstance(each, Fault)
    }


# JSON lines


def test_a_line_is_a_title_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    movie = {
        "kind": "movie", "title": "Night Ferry", "year": 2001, "ids": {"imdb": "tt0000001", "tmdb": 42},
        "fields": {"plot": "P", "genres": ["Drama"]}, "lock_all": True,
    }  # fmt: skip
    [entry] = lines(tmp_path, "\ufeff" + json.dumps(movie), "", "   ")
    assert isinstance(entry, TitleToAdd)
    assert entry.where == f"{tmp_path / 'titles.jsonl'}:1"
    assert entry.item.pop("part")
    assert entry.item == {
        "kind": "MEDIA_KIND_MOVIE",
        "title": "Night Ferry",
        "year": 2001,
        "ids": [{"type": "imdb", "value": "tt0000001"}, {"type": "tmdb", "value": "42"}],
        "fields": [{"name": "plot", "value": "P"}, {"name": "genres", "value": ["Drama"]}],
        "source": "import",
        "lockAll": True,
        "file": f"{tmp_path / 'titles.jsonl'}",
    }


def test_ids_of_a_line_pass_the_gate(tmp_path: Path) -> None:
    ids = {"IMDB": "0000001", "TheMovieDB": 42, "trakt": "None", "anidb": 0, "tmdbcollection": "9", "sonarr": 77}
    [item] = items(lines(tmp_path, {"kind": "movie", "ids": ids}))
    assert {each["type"]: each["value"] for each in item["ids"]} == {"imdb": "tt0000001", "tmdb": "42", "sonarr": "77"}


@pytest.mark.parametrize(
    ("series", "told"),
    [
        ("Harbour", {"title": "Harbour", "year": 0, "ids": []}),
        ({"title": "Harbour", "year": 2010, "ids": {"tvdb": 81189}}, HARBOUR),
    ],
)
def test_an_episode_names_its_series(tmp_path: Path, series: Any, told: dict[str, Any]) -> None:
    [item] = items(lines(tmp_path, {"kind": "episode", "series": series, "season": 0, "episode": 3}))
    assert (item["series"], item["seasonNumber"], item["episodeNumber"]) == (told, 0, 3)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("nonsense", "is no title: JSON is malformed"),
        ("[]", "is no title"),
        ('{"title": "X"}', "missing required field `kind`"),
        ('{"kind": "film", "title": "X"}', "Invalid enum value 'film'"),
        ('{"kind": "movie", "titel": "X"}', "unknown field `titel`"),
        ('{"kind": "movie", "title": "X", "year": "1999"}', "Expected `int`, got `str` - at `$.year`"),
        ('{"kind": "movie", "title": "X", "year": 99999999999}', "$.year"),
        ('{"kind": "movie", "title": " "}', "needs a title or an id"),
        ('{"kind": "movie", "ids": {"imdb": "550"}}', "'550' is no imdb id"),
        ('{"kind": "movie", "ids": {"imdb": "None"}}', "needs a title or an id"),
        ('{"kind": "movie", "ids": {"I M": "550"}}', "is no type of id"),
        ('{"kind": "movie", "title": "X", "season": 1}', "a movie has neither a series"),
        ('{"kind": "episode", "title": "X"}', "needs a series or an id"),
        ('{"kind": "episode", "series": "X", "episode": 1}', "needs its season number"),
        ('{"kind": "episode", "series": "X", "season": 1}', "needs its episode number"),
        ('{"kind": "episode", "series": {"ids": {"tvdb": "x"}}, "season": 1, "episode": 1}', "is no tvdb id"),
        ('{"kind": "movie", "title": "\\ud800"}', "is no title"),
        ('{"kind": "movie", "fields": ' + "[" * 100_000, "is no title"),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_read(tmp_path: Path, line: str, told: str) -> None:
    good = {"kind": "movie", "title": "Good"}
    found = lines(tmp_path, good, line, good)
    assert len(items(found)) == 2
    assert told in faults(found)["titles.jsonl:2"]


def test_a_line_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"kind": "movie", "title": "Amélie"}\n'.encode("latin-1"))
    assert faults(list(read(path))).keys() == {"a.jsonl:1"}


@pytest.mark.slow
def test_a_line_of_ten_megabytes_is_passed_over_at_the_cost_of_one(tmp_path: Path) -> None:
    good = json.dumps({"kind": "movie", "title": "Good"})
    huge = json.dumps({"kind": "movie", "title": "x" * 10 * MOST_LINE})
    path = write(tmp_path / "a.jsonl", f"{good}\n{huge}\n{good}")
    found: list[Finding] = []
    needed = peak(lambda: found.extend(read(path)))
    assert faults(found) == {"a.jsonl:2": "has more than 1 MB"}
    assert [Path(each.where).name for each in found] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:3"]
    assert needed < 5 * MOST_LINE


# Folders


def test_a_folder_is_read_with_the_series_of_its_episodes(tmp_path: Path) -> None:
    write(tmp_path / "Harbour" / "tvshow.nfo", SHOW)
    write(tmp_path / "Harbour" / "Season 1" / "e1-2.NFO", EPISODE.format(1) + EPISODE.format(2))
    write(tmp_path / "Film" / "film.nfo", "<movie><title>Night Ferry</title><lockdata>true</lockdata></movie>")
    write(tmp_path / "Film" / "release.nfo", "scene release notes")
    write(tmp_path / "Film" / "film.mkv", b"\x00")
    write(tmp_path / "Music" / "clip.nfo", "<musicvideo><title>X</title></musicvideo>")
    found = list(read(tmp_path))
    assert faults(found) == {"release.nfo": "", "clip.nfo": ""}
    told = {item["title"]: item for item in items(found)}
    assert told.keys() == {"Harbour", "1", "2", "Night Ferry"}
    series = DESCRIBED | {"file": str(tmp_path / "Harbour")}
    assert (told["2"]["series"], told["2"]["seasonNumber"], told["2"]["episodeNumber"]) == (series, 1, 2)
    assert told["Night Ferry"]["lockAll"] is True
    assert all(item["source"] == "nfo" for item in told.values())


def test_a_season_file_belongs_to_the_series_above(tmp_path: Path) -> None:
    write(tmp_path / "Harbour" / "tvshow.nfo", SHOW)
    season = "<season><title>Book One</title><seasonnumber>1</seasonnumber></season>"
    path = write(tmp_path / "Harbour" / "Season 1" / "season.nfo", season)
    [item] = items(list(read(path)))
    series = DESCRIBED | {"file": str(tmp_path / "Harbour")}
    assert (item["kind"], item["title"], item["series"]) == ("MEDIA_KIND_SEASON", "Book One", series)
    assert (item["seasonNumber"], item["episodeNumber"]) == (1, 0)


def test_an_episode_file_may_name_its_series_by_an_id_alone(tmp_path: Path) -> None:
    tail = "https://thetvdb.com/?tab=series&id=81189"
    [item] = items(list(read(write(tmp_path / "e1.nfo", EPISODE.format(1) + tail))))
    assert item["series"] == {"title": "", "year": 0, "ids": [{"type": "tvdb", "value": "81189"}]}


def test_a_file_of_an_address_alone_is_a_title(tmp_path: Path) -> None:
    write(tmp_path / "Some Film (2001)" / "movie.nfo", "https://www.themoviedb.org/movie/42")
    write(tmp_path / "Harbour" / "tvshow.nfo", "https://www.imdb.com/title/tt0000001/")
    write(tmp_path / "Harbour" / "e1.nfo", EPISODE.format(1))
    told = items(list(read(tmp_path)))
    assert sorted((item["kind"], item["ids"][0]["value"]) for item in told if item["ids"]) == [
        ("MEDIA_KIND_MOVIE", "42"),
        ("MEDIA_KIND_SERIES", "tt0000001"),
    ]
    [episode] = [item for item in told if "series" in item]
    assert episode["series"]["ids"] == [{"type": "imdb", "value": "tt0000001"}]


def test_an_episode_file_by_itself_finds_its_series_above(tmp_path: Path) -> None:
    write(tmp_path / "Harbour" / "tvshow.nfo", SHOW)
    path = write(tmp_path / "Harbour" / "Season 1" / "e1.nfo", EPISODE.format(1))
    [item] = items(list(read(path)))
    assert item["series"] == DESCRIBED | {"file": str(tmp_path / "Harbour")}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("e.nfo", EPISODE.format(1), "e.nfo:1: does not say of which series it is"),
        ("e.nfo", "<episodedetails><title>X</title></episodedetails>", "e.nfo:1: does not say which episode it is"),
        ("e.nfo", "<episodedetails><season>1</season></episodedetails>", "e.nfo:1: does not say which episode it is"),
        ("season.nfo", "<season><title>X</title></season>", "season.nfo:1: does not say which season it is"),
        ("season.nfo", "<season><seasonnumber>1</seasonnumber></season>", "season.nfo:1: does not say of which series"),
        ("m.nfo", "<movie><plot>P</plot></movie>", "m.nfo:1: names neither a title nor an id"),
        ("tvshow.nfo", "\n<tvshow>", "tvshow.nfo:2: holds nothing about a title"),
    ],
)
def test_a_bad_file_is_told_with_its_line(tmp_path: Path, name: str, content: str, told: str) -> None:
    write(tmp_path / "x" / name, content)
    [fault] = list(read(tmp_path))
    assert isinstance(fault, Fault)
    assert f"{fault.where}: {fault.why}".removeprefix(f"{tmp_path}/x/").startswith(told)


def test_the_name_in_the_file_stands_in_for_a_broken_series_file(tmp_path: Path) -> None:
    write(tmp_path / "tvshow.nfo", "<tvshow>")
    named = EPISODE.format(1).replace("<season>", "<showtitle>Harbour</showtitle><season>")
    write(tmp_path / "e.nfo", named)
    [item] = items(list(read(tmp_path)))
    assert item["series"]["title"] == "Harbour"


def test_loops_of_links_end_and_a_linked_folder_is_read_once(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "film.nfo", "<movie><title>Night Ferry</title></movie>")
    library = tmp_path / "library"
    (library / "deep").mkdir(parents=True)
    (library / "loop").symlink_to(library)
    (library / "deep" / "up").symlink_to(tmp_path / "library")
    (library / "a").symlink_to(tmp_path / "elsewhere")
    (library / "b").symlink_to(tmp_path / "elsewhere")
    (library / "itself").symlink_to(library / "itself")
    (library / "gone").symlink_to(tmp_path / "nowhere")
    found = list(read(library))
    assert [item["title"] for item in items(found)] == ["Night Ferry"]
    assert all("cannot be read" in why for why in faults(found).values())


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.nfo")
    assert list(read(tmp_path)) == []


def test_a_folder_too_deep_is_told(tmp_path: Path) -> None:
    path = tmp_path
    for _ in range(105):
        path /= "d"
    write(path / "film.nfo", "<movie><title>X</title></movie>")
    [why] = faults(list(read(tmp_path))).values()
    assert why == "cannot be read: more than 100 folders deep"


MEASURED = """
import sys, tracemalloc
from pathlib import Path
from metarr.cli.findings import TitleToAdd
from metarr.cli.sources import read

tracemalloc.start()
count = sum(isinstance(each, TitleToAdd) for each in read(Path(sys.argv[1])))
print(count, tracemalloc.get_traced_memory()[1])
"""


@pytest.mark.slow
def test_memory_stays_flat_however_many_files_there_are(tmp_path: Path) -> None:
    content = "<movie><title>X</title></movie>"
    for number in range(2000):
        write(tmp_path / "films" / f"{number // 100}" / f"{number}.nfo", content)
    # In a process of its own: what other threads take would count, too.
    run = subprocess.run([sys.executable, "-c", MEASURED, tmp_path], check=True, capture_output=True, text=True)
    count, peak = map(int, run.stdout.split())
    assert count == 2000
    assert peak < 1_000_000


# By what a title is known again


def known_by(path: Path, below: Path) -> dict[str, tuple[str, str]]:
    return {
        item["title"]: (str(Path(item["file"]).relative_to(below)), item.get("part", ""))
        for item in items(list(read(path)))
    }


def test_a_title_is_known_again_by_its_own_folder_else_by_its_file(tmp_path: Path) -> None:
    write(tmp_path / "Heat (1995)" / "heat.1995.mkv", b"")
    write(tmp_path / "Mixed" / "Ronin (1998).mkv", b"")
    write(tmp_path / "Mixed" / "Alien (1979).mkv", b"")
    write(tmp_path / "Harbour" / "tvshow.nfo", SHOW)
    write(tmp_path / "Harbour" / "Season 1" / "a S01E01.mkv", b"")
    write(tmp_path / "Harbour" / "Season 1" / "a S01E01.nfo", EPISODE.format(1))
    write(tmp_path / "Harbour" / "Season 1" / "b S01E02E03.mkv", b"")
    write(tmp_path / "Harbour" / "Season 1" / "b S01E02E03.nfo", EPISODE.format(2) + EPISODE.format(3))
    assert known_by(tmp_path, tmp_path) == {
        "Heat": ("Heat (1995)", ""),
        "Ronin": ("Mixed/Ronin (1998)", ""),
        "Alien": ("Mixed/Alien (1979)", ""),
        "Harbour": ("Harbour", ""),
        "1": ("Harbour/Season 1/a S01E01", ""),
        "2": ("Harbour/Season 1/b S01E02E03", "S1E2"),
        "3": ("Harbour/Season 1/b S01E02E03", "S1E3"),
    }
    assert known_by(tmp_path / "Heat (1995)", tmp_path) == {"Heat": ("Heat (1995)", "")}


def test_of_a_file_that_is_given_alone_nobody_knows_whether_the_folder_is_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "Drama" / "Alien (1979).mkv", b"")
    assert known_by(path, tmp_path) == {"Alien": ("Drama/Alien (1979)", "")}
    described = write(tmp_path / "Heat" / "movie.nfo", "<movie><title>Heat</title></movie>")
    assert known_by(described, tmp_path) == {"Heat": ("Heat/movie", "")}


def test_a_line_is_known_again_by_what_it_calls_its_title(tmp_path: Path) -> None:
    one, other = {"kind": "movie", "title": "Heat"}, {"kind": "movie", "title": "Ronin", "fields": {"plot": "P"}}
    first = [item["part"] for item in items(lines(tmp_path, one, other, one))]
    again = [item["part"] for item in items(lines(tmp_path, other | {"fields": {}}, one, one))]
    assert (len(set(first)), sorted(again)) == (3, sorted(first))


def test_fields_that_jellyfin_locks_are_to_be_locked(tmp_path: Path) -> None:
    locked = "<lockdata>false</lockdata><lockedfields>Name|Overview|Nonsense</lockedfields>"
    write(tmp_path / "movie.nfo", f"<movie><title>Heat</title>{locked}</movie>")
    [item] = items(list(read(tmp_path / "movie.nfo")))
    assert (item["lockAll"], item["lockFields"]) == (False, ["outline", "plot", "title"])
