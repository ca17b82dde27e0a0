"""What an import brings in of a tree of media files, and what it says of the rest."""

import os
from pathlib import Path
from typing import Any

import pytest

from metarr.cli.findings import Fault, Finding, Sort, TitleToAdd
from metarr.cli.sources import read

EPISODE = "<episodedetails><title>{0}</title><season>1</season><episode>{0}</episode></episodedetails>"


def filed(root: Path, files: dict[str, str]) -> Path:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    return root


def items(findings: list[Finding]) -> list[dict[str, Any]]:
    return [each.item for each in findings if isinstance(each, TitleToAdd)]


def lines(findings: list[Finding]) -> list[str]:
    """The titles: "movie Alien 1979 tmdb:348 (id)", "episode Dark s1e2 (name)"."""
    return [_line(each) for each in findings if isinstance(each, TitleToAdd)]


def _line(entry: TitleToAdd) -> str:
    item = entry.item
    kind = item["kind"].removeprefix("MEDIA_KIND_").lower()
    ids = "".join(f" {claim['type']}:{claim['value']}" for claim in item["ids"])
    if kind == "episode":
        title = f" {item['title']}" if item["title"] else ""
        return f"episode {item['series']['title']} s{item['seasonNumber']}e{item['episodeNumber']}{title} ({entry.by})"
    return f"{kind} {item['title']} {item['year']}{ids} ({entry.by})"


def told(root: Path, findings: list[Finding], sort: Sort) -> dict[str, str]:
    """By path below the root, why."""
    return {
        each.where.removeprefix(f"{root}/"): each.why
        for each in findings
        if isinstance(each, Fault) and each.sort is sort
    }


LIBRARY = {
    "Films/Alien (1979)/Alien (1979).mkv": "",
    "Films/Alien (1979)/Alien (1979)-trailer.mkv": "",
    "Films/Aliens (1986) {tmdb-679}/Aliens.mkv": "",
    "Films/Heat (1995)/Heat.mkv": "",
    "Films/Heat (1995)/movie.nfo": "<movie><title>Heat</title><year>1995</year><id>tt0113277</id></movie>",
    "Films/Brazil (1985)/Brazil.mkv": "",
    "Films/Brazil (1985)/Brazil.nfo": "<movie><lockdata>true</lockdata></movie>",
    "Films/Empty (2001)/Empty.srt": "",
    "Films/Twice {tmdb-1}/a {tmdb-2}.mkv": "",
    "TV/Dark (2017)/Season 1/Dark S01E01E02.mkv": "",
    "TV/Dark (2017)/Season 1/Dark S02E03.mkv": "",
    "TV/Dark (2017)/Season 1/Pilot.mkv": "",
    "TV/Dark (2017)/Extras/Making of.mkv": "",
    "TV/One Piece/One Piece - 1015.mkv": "",
    "TV/Harbour/tvshow.nfo": "<tvshow><title>Harbour</title><year>2010</year><id>81189</id></tvshow>",
    "TV/Harbour/S01E01.mkv": "",
    "TV/Harbour/S01E01.nfo": EPISODE.format(1),
    "TV/Harbour/S01E02.mkv": "",
}


def test_everything_in_a_tree_is_taken_or_told(tmp_path: Path) -> None:
    findings = list(read(filed(tmp_path, LIBRARY)))
    assert lines(findings) == [
        "movie Alien 1979 (name)",
        "movie Aliens 1986 tmdb:679 (id)",
        "movie Brazil 1985 (name)",
        "movie Heat 1995 imdb:tt0113277 (nfo)",
        "series Dark 2017 (name)",
        "episode Dark s1e1 (name)",
        "episode Dark s1e2 (name)",
        "episode Dark s2e3 (name)",
        "series Harbour 2010 tvdb:81189 (nfo)",
        "episode Harbour s1e1 1 (nfo)",
        "episode Harbour s1e2 (name)",
        "series One Piece 0 (name)",
        "episode One Piece s1e1015 (name)",
    ]
    assert told(tmp_path, findings, Sort.EXTRA) == {
        "Films/Alien (1979)/Alien (1979)-trailer.mkv": "a trailer",
        "TV/Dark (2017)/Extras/Making of.mkv": "an extra",
    }
    assert told(tmp_path, findings, Sort.UNKNOWN) == {
        "Films/Empty (2001)": "holds only subtitles, no video",
        "Films/Twice {tmdb-1}/a {tmdb-2}.mkv": (
            "has ids that speak against each other: the folder's name says tmdb 1, the file's name 2"
        ),
        "TV/Dark (2017)/Season 1/Pilot.mkv": "has no number of an episode in its name, and no .nfo tells its number",
    }
    assert list(told(tmp_path, findings, Sort.FAILED)) == ["Films/Brazil (1985)/Brazil.nfo:1"]
    notes = {Path(each.where).name: each.note for each in findings if isinstance(each, TitleToAdd) and each.note}
    assert notes == {"Dark S02E03.mkv": "its folder says season 1, its name season 2; the name counts"}


def test_what_a_name_tells_goes_as_an_import_and_what_a_file_tells_as_its_own(tmp_path: Path) -> None:
    by_where = {
        Path(each.where).name: each.item["source"]
        for each in read(filed(tmp_path, LIBRARY))
        if isinstance(each, TitleToAdd)
    }
    assert (by_where["Alien (1979).mkv"], by_where["Aliens.mkv"], by_where["movie.nfo:1"]) == (
        "import",
        "import",
        "nfo",
    )


def test_an_episode_belongs_to_the_series_as_that_is_sent(tmp_path: Path) -> None:
    findings = list(read(filed(tmp_path, LIBRARY)))
    series = {each["title"]: each for each in items(findings) if each["kind"] == "MEDIA_KIND_SERIES"}
    for each in items(findings):
        if each["kind"] == "MEDIA_KIND_EPISODE":
            of = series[each["series"]["title"]]
            assert each["series"] == {name: of[name] for name in ("title", "year", "ids", "file")}


HARBOUR = "series Harbour 2010 tvdb:81189 (nfo)"
DARK = ["series Dark 2017 (name)", "episode Dark s1e1 (name)", "episode Dark s1e2 (name)"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("TV/Harbour", [HARBOUR, "episode Harbour s1e1 1 (nfo)", "episode Harbour s1e2 (name)"]),
        ("TV/Harbour/S01E01.nfo", ["episode Harbour s1e1 1 (nfo)"]),
        ("TV/Harbour/S01E02.mkv", ["episode Harbour s1e2 (name)"]),
        ("TV/Harbour/tvshow.nfo", [HARBOUR]),
        ("TV/Dark (2017)/Season 1", [*DARK, "episode Dark s2e3 (name)"]),
        ("TV/Dark (2017)/Season 1/Dark S01E01E02.mkv", DARK),
        ("Films/Heat (1995)", ["movie Heat 1995 imdb:tt0113277 (nfo)"]),
        ("Films/Heat (1995)/Heat.mkv", ["movie Heat 1995 imdb:tt0113277 (nfo)"]),
        ("Films/Aliens (1986) {tmdb-679}", ["movie Aliens 1986 tmdb:679 (id)"]),
    ],
)
def test_any_part_of_a_tree_may_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, expected: list[str]
) -> None:
    filed(tmp_path, LIBRARY)
    assert lines(list(read(tmp_path / given))) == expected
    if (tmp_path / given).is_dir():
        monkeypatch.chdir(tmp_path / given)
        assert lines(list(read(Path()))) == expected


def test_a_season_is_read_with_the_file_of_the_series_above_it(tmp_path: Path) -> None:
    show = "<tvshow><title>Harbour</title><id>81189</id></tvshow>"
    filed(tmp_path, {"Harbour/tvshow.nfo": show, "Harbour/Season 2/E03.mkv": "", "Harbour/.plexmatch": "year: 2010"})
    [episode] = items(list(read(tmp_path / "Harbour" / "Season 2")))
    of = [{"type": "tvdb", "value": "81189", "weak": True}]
    assert (episode["series"]["ids"], episode["seasonNumber"]) == (of, 2)


def test_two_series_of_one_name_stay_two(tmp_path: Path) -> None:
    aired = "<showtitle>Dallas</showtitle><title>{}</title><season>1</season><episode>1</episode>{}"
    aired = f"<episodedetails>{aired}</episodedetails>"
    filed(tmp_path, {
        "D1/S01E01.nfo": aired.format("Digger", "<aired>1978-04-02</aired>"),
        "D2/S01E01.nfo": aired.format("Changing", "<aired>2012-06-13</aired>"),
    })  # fmt: skip
    assert [(each["series"]["year"], each["title"]) for each in items(list(read(tmp_path)))] == [
        (1978, "Digger"), (2012, "Changing")
    ]  # fmt: skip
    # Where nothing parts them, the second one is told, and does not vanish into the first.
    filed(tmp_path, {"D1/S01E01.nfo": aired.format("Digger", ""), "D2/S01E01.nfo": aired.format("Changing", "")})
    findings = list(read(tmp_path))
    assert [each["title"] for each in items(findings)] == ["Digger"]
    assert told(tmp_path, findings, Sort.UNKNOWN) == {
        "D2/S01E01.nfo:1": f"has the number and the series of {tmp_path}/D1/S01E01.nfo:1, and another title"
    }


# Bad input


def test_names_that_are_no_utf_8_are_read_and_shown(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "Films") + b"/Am\xe9lie (2001)"
    os.makedirs(folder)
    with open(folder + b"/Am\xe9lie.mkv", "wb"):
        pass
    [entry] = list(read(tmp_path))
    assert isinstance(entry, TitleToAdd)
    assert (entry.item["title"], entry.item["year"]) == ("Amélie", 2001)
    assert entry.where.endswith("Am\ufffdlie (2001)/Am\ufffdlie.mkv")
    assert entry.where.encode()


def test_loops_of_links_end(tmp_path: Path) -> None:
    filed(tmp_path, {"Films/Alien (1979)/Alien.mkv": ""})
    (tmp_path / "Films" / "loop").symlink_to(tmp_path)
    (tmp_path / "Films" / "Alien (1979)" / "Extras").symlink_to(tmp_path / "Films")
    (tmp_path / "Films" / "gone.mkv").symlink_to(tmp_path / "nowhere.mkv")
    (tmp_path / "Films" / "itself").symlink_to(tmp_path / "Films" / "itself")
    (tmp_path / "Films" / "Linked (1986).mkv").symlink_to(tmp_path / "Films" / "Alien (1979)" / "Alien.mkv")
    assert lines(list(read(tmp_path))) == ["movie Linked 1986 (name)", "movie Alien 1979 (name)"]


@pytest.mark.parametrize("name", ["Alien.nfo", "movie.nfo", "Alien-2.mkv", ".plexmatch", "Alien.iso"])
def test_a_pipe_is_never_opened(tmp_path: Path, name: str) -> None:
    filed(tmp_path, {"Alien (1979)/Alien.mkv": ""})
    os.mkfifo(tmp_path / "Alien (1979)" / name)
    assert lines(list(read(tmp_path))) == ["movie Alien 1979 (name)"]


@pytest.mark.parametrize("name", ["a.nfo", "a.mkv"])
def test_a_pipe_that_is_given_is_told(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert list(read(tmp_path / name)) == [Fault(str(tmp_path / name), "cannot be read: it is no file")]


def test_a_folder_that_cannot_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filed(tmp_path, {"Films/Alien (1979)/Alien.mkv": "", "Films/Heat (1995)/Heat.mkv": ""})
    scandir = os.scandir

    def forbidden(path: str) -> Any:
        if path.endswith("Heat (1995)"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", forbidden)
    findings = list(read(tmp_path))
    assert lines(findings) == ["movie Alien 1979 (name)"]
    assert told(tmp_path, findings, Sort.FAILED) == {"Films/Heat (1995)": "cannot be read: Permission denied"}


def test_folders_are_followed_down_to_a_hundred(tmp_path: Path) -> None:
    deep = "/".join(["d"] * 97)
    filed(tmp_path, {f"{deep}/Alien (1979)/Alien.mkv": ""})
    assert lines(list(read(tmp_path))) == ["movie Alien 1979 (name)"]


def test_what_is_left_out_is_not_even_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filed(tmp_path, {
        "Alien (1979)/Alien.mkv": "", "@eaDir/a.mkv": "", ".Trash/b.mkv": "", "#recycle/Heat (1995)/Heat.mkv": "",
        "Private/.ignore": "", "Private/Brazil (1985)/Brazil.mkv": "",
    })  # fmt: skip
    scandir, looked = os.scandir, []

    def noted(path: str) -> Any:
        looked.append(Path(path).name)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", noted)
    findings = list(read(tmp_path))
    assert lines(findings) == ["movie Alien 1979 (name)"]
    assert told(tmp_path, findings, Sort.EXTRA) == {"Private": "left out by its owner"}
    assert looked == [tmp_path.name, "Alien (1979)", "Private"]
