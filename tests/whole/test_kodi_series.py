"""A show in a real Kodi: two seasons, specials and a file with two episodes are taken in; what was watched stays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kodi_home import ADDON, SLOW, Home
from kodi_host import Show, needs_kodi
from simulators import Simulators

pytestmark = [pytest.mark.e2e, needs_kodi]

SHOW = Show("Breaking Bad", 2008, {"tvdb": "81189"}, seasons={0: 2, 1: 7, 2: 6})
ENTRIES = 1 + 3 + 15
WATCHED = {"playcount": 3, "lastplayed": "2020-01-02 03:04:05", "userrating": 8}
NUMBERS = ("season", "episode", "file")


def join_files(season: Path) -> None:
    """Have one file hold the second and the third episode, with an .nfo file of two roots."""
    second, third = (season / f"Breaking Bad S01E0{number}.mkv" for number in (2, 3))
    both = season / "Breaking Bad S01E02E03.mkv"
    second.rename(both)
    roots = [each.with_suffix(".nfo").read_text().partition("?>")[2] for each in (second, third)]
    both.with_suffix(".nfo").write_text("\n".join(roots))
    for gone in (third, second.with_suffix(".nfo"), third.with_suffix(".nfo")):
        gone.unlink()


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    running_simulators.reset()
    made = Home(tmp_path_factory.mktemp("home"), running_simulators)
    with made.running():
        join_files(made.kodi.add_shows(SHOW)[0] / "Season 01")
        made.kodi.scan()
        for place in ((0, 1), (1, 2), (2, 6)):
            made.kodi.rpc("VideoLibrary.SetEpisodeDetails", episodeid=episodes(made)[place]["episodeid"], **WATCHED)
        made.before = {str(place): each for place, each in episodes(made).items()}
        made.kodi.rpc("JSONRPC.NotifyAll", sender=ADDON, message="sync_now")
        made.kodi.wait_for(lambda: len(made.entries()) == ENTRIES if made.player else False, "the report", SLOW)
        made.look_up()
        made.call("Sync", "UpdatePlayer", playerId=made.player["id"], policy="SYNC_POLICY_REPLACE", updateMask="policy")
        made.until_in_step()
        yield made


def episodes(home: Home) -> dict[tuple[int, int], dict[str, Any]]:
    asked = ["title", "plot", "art", *NUMBERS, *WATCHED]
    found = home.kodi.rpc("VideoLibrary.GetEpisodes", properties=asked)["episodes"]
    return {(each["season"], each["episode"]): each for each in found}


def test_each_episode_is_the_one_of_its_number(home: Home):
    shown = episodes(home)
    titles = {place: shown[place]["title"] for place in ((0, 2), (1, 1), (1, 2), (1, 3), (2, 1))}
    assert titles == {
        (0, 2): "Wedding Day",
        (1, 1): "Pilot",
        (1, 2): "Cat's in the Bag...",
        (1, 3): "...And the Bag's in the River",
        (2, 1): "Seven Thirty-Seven",
    }
    assert all("thumb" in each["art"] for each in shown.values())


def test_no_number_is_written_and_what_was_watched_stays(home: Home):
    kept = ("episodeid", *NUMBERS, *WATCHED)
    after = {str(place): {name: each[name] for name in kept} for place, each in episodes(home).items()}
    assert after == {place: {name: each[name] for name in kept} for place, each in home.before.items()}
    seen = [place for place, each in after.items() if each["playcount"] == WATCHED["playcount"]]
    assert sorted(seen) == ["(0, 1)", "(1, 2)", "(1, 3)", "(2, 6)"], "of a file both episodes were watched"


def test_seasons_have_their_pictures(home: Home):
    [show] = home.kodi.rpc("VideoLibrary.GetTVShows")["tvshows"]
    asked = {"tvshowid": show["tvshowid"], "properties": ["season", "art"]}
    seasons = home.kodi.rpc("VideoLibrary.GetSeasons", **asked)["seasons"]
    assert {each["season"]: "poster" in each["art"] for each in seasons} == {0: True, 1: True, 2: True}


def test_a_season_takes_the_title_that_its_owner_gives_it(home: Home):
    entry = next(each for each in home.entries() if each["kind"] == "MEDIA_KIND_SEASON" and each["seasonNumber"] == 2)
    home.edit_item(entry["itemId"], title="The second one")

    def titles() -> list[str]:
        [show] = home.kodi.rpc("VideoLibrary.GetTVShows")["tvshows"]
        found = home.kodi.rpc("VideoLibrary.GetSeasons", tvshowid=show["tvshowid"], properties=["title"])["seasons"]
        return [each["title"] for each in found]

    home.kodi.wait_for(lambda: "The second one" in titles(), "the season's title", SLOW)
