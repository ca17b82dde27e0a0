"""Wrong title?: search by words, pick, and the item is another one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_kodi_port import FakePort
from menu_rig import Rig, rig
from metarr_kodi.context_identify import option, wanted
from metarr_kodi.visit import Visit
from simulators import Simulators


class Nobody:
    """A daemon that is not asked."""

    def call(self, method: str, message: dict[str, Any], *, timeout: float) -> dict[str, Any]:
        raise AssertionError(method)

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def kodi(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    running_simulators.reset()
    with rig(running_simulators, tmp_path_factory.mktemp("kodi")) as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.add_movie("The Matrix", 1999, imdb="tt0133093")
        made.add_show("Breaking Bad", 2008, tvdb="81189")
        made.report()
        yield made


@pytest.mark.parametrize(
    ("typed", "title", "year"),
    [
        ("Alien (1979)", "Alien", 1979),
        (" Alien ", "Alien", 0),
        ("1984", "1984", 0),
        ("Blade Runner 2049 (2017) ", "Blade Runner 2049", 2017),
        ("(500) Days of Summer", "(500) Days of Summer", 0),
    ],
)
def test_a_year_is_what_stands_in_brackets_at_the_end(typed: str, title: str, year: int):
    assert wanted(typed) == (title, year)


@pytest.mark.parametrize(
    ("poster", "shown"), [("https://x/p.jpg", "https://x/p.jpg"), ("smb://elsewhere/p.jpg", ""), ("plugin://any/", "")]
)
def test_a_poster_beside_it_comes_from_the_web_alone(poster: str, shown: str, tmp_path: Path):
    visit = Visit(FakePort(tmp_path), Nobody())
    assert option(visit, {"title": "Alien", "year": 1979, "poster": poster}).image == shown


def test_the_right_one_is_picked_from_what_is_found(kodi: Rig):
    film = kodi.named("Inception")["id"]
    kodi.enrich(film)
    seen = kodi.point("identify", "movie", 1, "Man of Steel", "Man of Steel (2013), ")
    assert (seen[0].what, seen[0].text) == ("ask", "Inception (2010)")
    found = next(shown for shown in seen if shown.what == "choose")
    assert found.heading == "Which one is it?"
    assert "The last son of Krypton" in found.lines[0]
    assert found.lines[-1] == "Look for something else | Man of Steel"
    assert seen[-1].text.startswith("Man of Steel (2013): identity corrected. Title, Plot, ")
    item = kodi.full(film)
    assert {each["type"]: each["value"] for each in item["ids"]}["imdb"] == "tt0770828"
    assert item["fields"]["title"]["value"] == "Man of Steel"


def test_other_words_can_be_tried(kodi: Rig):
    seen = kodi.point("identify", "movie", 2, "Star Wars", "Look for something else", "Parasite", None)
    asked = [shown.text for shown in seen if shown.what == "ask"]
    assert asked == ["The Matrix (1999)", "Star Wars"]


def test_nothing_found_is_told_and_asked_for_again(kodi: Rig):
    seen = kodi.point("identify", "movie", 2, "Qwxyz Nothing", None)
    assert [shown.what for shown in seen] == ["ask", "progress", "tell", "ask"]
    assert seen[2].text == "Nothing was found for Qwxyz Nothing."


@pytest.mark.parametrize("answers", [(None,), ("   ",), ("Parasite", None)])
def test_leaving_changes_nothing(kodi: Rig, answers: tuple[str | None, ...]):
    before = kodi.live.rows()["items"]
    kodi.point("identify", "movie", 2, *answers)
    assert kodi.live.rows()["items"] == before


def test_a_show_is_searched_among_shows(kodi: Rig):
    seen = kodi.point("identify", "tvshow", 1, "House of Cards", None)
    assert all("House of Cards" in line for line in seen[-1].lines[:-1])
    assert len(seen[-1].lines) == 3


def test_seasons_and_episodes_belong_to_their_show(kodi: Rig):
    [shown] = kodi.point("identify", "episode", 1)
    assert shown.text == "A season or an episode belongs to its show: correct the show's title instead."
