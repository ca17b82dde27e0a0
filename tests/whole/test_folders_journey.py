"""A new owner of folders: films and shows on a disk, one host, one policy, one run, and a player that reads it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from harness import PROVIDERS, Live, live
from kodi_host import Kodi, databases, needs_kodi
from metarr.fetch.images import FetchedImage
from metarr.nfo import parse
from owned_media import GAPS, UNTELLABLE, lay_out_films, lay_out_shows
from simulators import Movie, Simulators
from simulators.records import Series

pytestmark = pytest.mark.e2e

FILMS, SHOWS = 300, 20
PATIENCE = 180.0
"""Seconds that a step may take on a busy machine."""

HEADS = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff\xe0"}


@dataclass
class Household:
    """An owner at the keyboard, with a daemon, the providers, and media. `before`: the files as the owner left them."""

    daemon: Live
    simulators: Simulators
    films: Path
    shows: Path
    movies: Mapping[str, Movie]
    series: Mapping[str, Series]
    before: Mapping[Path, bytes]
    images: list[str]

    def metarr(self, *arguments: str) -> str:
        """What a command prints; it has to succeed."""
        command = [sys.executable, "-m", "metarr.cli", *arguments, "--server", self.daemon.daemon.grpc_address]
        run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    def player(self) -> dict[str, Any]:
        return dict(next(iter(self.daemon.call("Sync", "ListPlayers").get("players", ())), {}))

    def settle(self) -> None:
        """Wait until nothing is pending."""
        until(lambda: self.player().get("reportedAt") and not self.player().get("pendingItems"))

    def asked(self) -> int:
        """How many requests providers had, and how many images were fetched."""
        return sum(self.simulators.count(provider) for provider in PROVIDERS) + len(self.images)

    def files(self) -> dict[Path, tuple[int, int]]:
        """Everything beside the media and itself, as it would change by being written."""
        listed = (path for folder in (self.films, self.shows) for path in folder.rglob("*") if path.is_file())
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in listed}


def until(true: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (done := true()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.2)
    return done


def image(url: str) -> FetchedImage:
    """An image like no other, of the kind that its address says."""
    ending = "png" if url.endswith(".png") else "jpg"
    return FetchedImage(HEADS[ending] + sha256(url.encode()).digest(), f"image/{ending}")


@pytest.fixture(scope="module")
def household(tmp_path_factory: pytest.TempPathFactory, running_simulators: Simulators) -> Iterator[Household]:
    """After the first run: added, told what to do, asked about, written."""
    folder = tmp_path_factory.mktemp("household")
    films, shows, images = folder / "films", folder / "tv", []
    movies, series = lay_out_films(films, FILMS), lay_out_shows(shows, SHOWS)
    before = {path: path.read_bytes() for top in (films, shows) for path in top.rglob("*") if path.is_file()}
    running_simulators.reset()
    with live(folder / "data") as daemon:
        daemon.configure(running_simulators, *PROVIDERS)
        fetcher = daemon.daemon.services.images._fetcher
        fetcher.fetch = lambda url: images.append(url) or image(url)  # type: ignore[method-assign,func-returns-value]
        home = Household(daemon, running_simulators, films, shows, movies, series, before, images)
        added = home.metarr("hosts", "add", "folders", f"movies={films}", f"series={shows}")
        policy = added.strip().splitlines()[-1].partition(": metarr ")[2].split()
        until(lambda: home.player().get("reportedAt"))
        assert "nothing was changed" not in home.metarr(*policy)
        assert {path: path.read_bytes() for path in before} == before
        home.metarr(*policy, "--yes")
        home.metarr("enrich-all", "--follow")
        home.settle()
        yield home


def nfo_of(home: Household, path: str) -> Path:
    """The file that describes a film."""
    whole = (home.films / path).with_name("movie.nfo")
    return whole if whole in home.before else (home.films / path).with_suffix(".nfo")


def test_every_title_is_named_and_has_its_files(household: Household):
    for path, film in household.movies.items():
        [told] = parse(nfo_of(household, path).read_bytes())
        assert (told.title, told.ids["imdb"]) == (film.title, film.imdb), path
        assert {"plot", "imdb_rating", "cast", "genres"} <= told.fields.keys()
        assert list((household.films / path).parent.glob("poster.*")), path
    for name, show in household.series.items():
        [told] = parse((household.shows / name / "tvshow.nfo").read_bytes())
        assert (told.title, told.ids["tvdb"]) == (show.title, str(show.tvdb)), name
        for video in (household.shows / name).rglob("*.mkv"):
            numbers = [(told.season, told.episode) for told in parse(video.with_suffix(".nfo").read_bytes())]
            season, *episodes = map(int, re.findall(r"(?<=[SE])\d\d", video.stem))
            assert numbers == [(season, episode) for episode in episodes], video
    described = {path: parse(path.read_bytes())[0] for path in household.shows.rglob("season.nfo")}
    # One of them is of a season of which no provider says a word.
    assert len(described) > 2 * SHOWS
    assert all(told.season == int(path.parent.name.replace("Specials", "0")[-2:]) for path, told in described.items())


def test_what_words_do_not_tell_is_listed_with_what_it_may_be(household: Household):
    listed = json.loads(household.metarr("library", "undecided", "--json"))["items"]
    assert {each["title"] for each in listed} == {Path(path).stem for path in UNTELLABLE}
    assert all(len(each["candidates"]) > 1 for each in listed)
    for path in UNTELLABLE:
        assert [each.name for each in (household.films / path).parent.iterdir()] == [Path(path).name]


def refuse_lost(home: Household) -> None:
    """Whatever the owner had in his files is there, in its order; only what was empty may have been filled."""
    for path, content in home.before.items():
        rest = iter(path.read_bytes().splitlines())
        assert [line for line in content.splitlines() if line.strip() not in GAPS and line not in rest] == [], path


def test_what_the_owner_had_is_as_it_was(household: Household):
    refuse_lost(household)


def test_a_second_run_writes_nothing_and_asks_nobody(household: Household):
    before, asked, sequence = household.files(), household.asked(), household.player()["seenAt"]
    household.metarr("enrich-all", "--follow")
    household.metarr("hosts", "disable", "folders")
    household.metarr("hosts", "enable", "folders")
    until(lambda: household.player()["seenAt"] != sequence)
    household.settle()
    assert household.files() == before
    assert household.asked() == asked


@needs_kodi
def test_kodi_reads_it_from_the_files_alone(household: Household, tmp_path: Path):
    kodi = Kodi(tmp_path / "kodi")
    for content, folder in (("movies", household.films), ("tvshows", household.shows)):
        (kodi.media / content).rmdir()
        os.symlink(folder, kodi.media / content)
    separate = "UPDATE path SET useFolderNames = ? WHERE strContent = 'movies'"
    databases.change(kodi.profile.databases, "MyVideos*.db", separate, (1,))
    with kodi:
        kodi.scan()
        wanted = ["title", "plot", "ratings", "set", "art", "file"]
        films = kodi.rpc("VideoLibrary.GetMovies", properties=wanted)["movies"]
        shows = kodi.rpc("VideoLibrary.GetTVShows", properties=["title", "plot", "art", "uniqueid"])["tvshows"]
        seasons = kodi.rpc("VideoLibrary.GetSeasons", properties=["title", "season", "art", "tvshowid"])["seasons"]
        episodes = kodi.rpc("VideoLibrary.GetEpisodes", properties=["title", "season", "episode", "file", "art"])
    by_path = {each["file"].partition("/movies/")[2]: each for each in films}
    assert {path: film.title for path, film in household.movies.items()} == {
        path: each["title"] for path, each in by_path.items()
    }
    assert all(each["plot"] and {"imdb", "themoviedb"} <= each["ratings"].keys() for each in films)
    assert all({"poster", "fanart"} <= each["art"].keys() for each in [*films, *shows])
    assert {each["title"]: each["set"] for each in films if each["set"]} == {
        film.title: film.collection[1] for film in household.movies.values() if film.collection
    }
    named = [each for each in seasons if each["season"]]
    assert all("poster" in each["art"] for each in named), seasons
    assert {each["title"] for each in seasons if not each["season"]} == {"Specials"}, seasons
    tvdb = {each["uniqueid"]["tvdb"]: each["title"] for each in shows}
    assert tvdb == {str(show.tvdb): show.title for show in household.series.values()}
    together = [each for each in episodes["episodes"] if "S01E01E02" in each["file"]]
    assert [(each["episode"], each["title"]) for each in together] == [(1, "Winter Is Coming"), (2, "The Kingsroad")]
    assert all("-thumb." in each["art"]["thumb"] for each in together)


def test_what_the_owner_had_survives_other_rules_and_the_way_back(household: Household):
    path = next(path for path in household.movies if nfo_of(household, path) not in household.before)
    [before] = parse(nfo_of(household, path).read_bytes())
    household.metarr("authority", "set", "movie.plot", "omdb,tmdb")
    household.metarr("authority", "apply")
    household.settle()
    [other] = parse(nfo_of(household, path).read_bytes())
    assert other.fields["plot"] == household.movies[path].short_plot != before.fields["plot"]
    refuse_lost(household)
    household.metarr("authority", "reset", "movie.plot")
    household.metarr("undo", "--job", "1")
    household.settle()
    refuse_lost(household)
    [after] = parse(nfo_of(household, path).read_bytes())
    # The plot has changed since that job, and stays; what else the job brought is gone.
    assert (after.title, after.fields.keys() & {"plot", "tagline", "genres"}) == (before.title, {"plot"})
    assert not list((household.films / path).parent.glob("poster.*"))
