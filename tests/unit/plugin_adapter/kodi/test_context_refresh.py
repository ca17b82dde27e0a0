"""Refresh metadata: one entry is looked up again, and a line tells what came of it."""

import re
from collections.abc import Iterator

import pytest

from fake_kodi_port import english
from menu_rig import Rig, rig
from metarr_kodi import menu_texts
from simulators import Simulators


@pytest.fixture(scope="module")
def kodi(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    running_simulators.reset()
    with rig(running_simulators, tmp_path_factory.mktemp("kodi")) as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.add_movie("The Matrix", 1999, imdb="tt0133093")
        made.add_movie("Fight Club", 1999, imdb="tt0137523")
        made.add_show("Breaking Bad", 2008, tvdb="81189")
        made.report()
        yield made


@pytest.fixture(autouse=True)
def fair_weather(kodi: Rig, running_simulators: Simulators) -> None:
    running_simulators.reset()
    for entry in kodi.live.daemon.services.roster.all():
        entry.channel.lift()


def test_what_changed_is_told_what_people_look_at_first(kodi: Rig):
    seen = kodi.point("refresh", "movie", 1)
    assert [shown.what for shown in seen] == ["progress", "update", "update", "notify"]
    assert seen[0].text == "Asking the providers about Inception (2010)"
    assert seen[-1].text == "Plot, Poster, Fanart and 32 more changed"


def test_what_is_fresh_is_asked_again_all_the_same(kodi: Rig, running_simulators: Simulators):
    kodi.point("refresh", "movie", 3)
    running_simulators.clear_requests()
    assert kodi.point("refresh", "movie", 3)[-1].text == "Nothing changed"
    assert {name: running_simulators.count(name) > 0 for name in ("tmdb", "omdb", "tvdb", "fanart")} == dict.fromkeys(
        ("tmdb", "omdb", "tvdb", "fanart"), True
    )


def test_a_show_is_looked_up(kodi: Rig):
    assert kodi.point("refresh", "tvshow", 1)[-1].text.endswith(" changed")


@pytest.mark.parametrize("kind", ["season", "episode"])
def test_what_is_below_a_show_is_looked_up_with_it(kodi: Rig, running_simulators: Simulators, kind: str):
    running_simulators.clear_requests()
    [*_, shown] = kodi.point("refresh", kind, 1)
    assert shown.what == "notify"
    assert shown.text.endswith("changed")
    assert kodi.point("refresh", "tvshow", 1)[-1].text == "Nothing changed"


def test_a_title_that_nobody_knows_is_told_as_such(kodi: Rig):
    unknown = kodi.add_movie("A home video", 2020)
    strange = kodi.add_movie("A film of no provider", 1975, imdb="tt0073179")
    kodi.report()
    for number, what in ((unknown, "tell"), (strange, "notify")):
        shown = kodi.point("refresh", "movie", number)[-1]
        assert (shown.what, shown.text) == (what, english()[menu_texts.NOBODY_KNOWS])


def test_who_could_not_be_heard_is_told_with_the_time_when_that_ends(kodi: Rig, running_simulators: Simulators):
    running_simulators.set_quota("omdb", 0)
    told = kodi.point("refresh", "movie", 2)[-1].text
    assert told.startswith("Plot, Poster, Fanart and ")
    assert re.search(r" changed\. OMDb: quota used up until \d\d:\d\d$", told)


def test_nobody_to_be_heard_is_told_in_a_dialog(kodi: Rig, running_simulators: Simulators):
    for provider in ("tmdb", "omdb", "tvdb", "fanart"):
        running_simulators.refuse_key(provider)
    [*_, shown] = kodi.point("refresh", "movie", 1)
    assert shown.what == "tell"
    assert shown.text[0].isupper()
    assert "refuse" in shown.text
