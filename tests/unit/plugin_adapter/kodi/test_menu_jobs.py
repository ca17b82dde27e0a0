"""Looking everything up: started, looked at, left, come back to, ended."""

import re
from collections.abc import Iterator

import pytest

from fake_kodi_port import Shown
from menu_rig import Rig, rig, row
from metarr_kodi import menu_jobs
from simulators import Simulators

pytestmark = pytest.mark.slow

JOBS = "plugin://script.metarr/?show=jobs"
RUNNING = r"just now: (waits|runs) · 0 of [02]"
"""A job that has begun, or is about to."""

START = "plugin://script.metarr/?do=start"


@pytest.fixture
def kodi(simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(simulators, tmp_path_factory.mktemp("kodi")) as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.add_movie("The Matrix", 1999, imdb="tt0133093")
        made.report()
        yield made


def test_everything_is_looked_up_after_a_question(kodi: Rig):
    assert [each.label for each in kodi.open(JOBS)] == ["Look everything up now"]
    assert [shown.what for shown in kodi.select(START, False)] == ["confirm"]
    assert [each.label for each in kodi.open(JOBS)] == ["Look everything up now"]
    seen = kodi.select(START, True)
    assert (seen[-1].what, seen[-1].heading) == ("show", "Look everything up")
    assert seen[-1].text.startswith("just now: complete · 2 of 2 · 2 changed\nStarted: just now\n")
    assert "OMDb: 2 answered, 0 fresh, 0 missing" in seen[-1].text
    assert kodi.port.ran[-1] == "Container.Refresh"
    done = row(kodi.open(JOBS), "just now: complete")
    assert kodi.select(done.url)[-1].text == seen[-1].text


def test_titles_that_nobody_can_tell_are_counted_apart(kodi: Rig):
    kodi.add_movie("Zzyzx Qwv", 1931)
    kodi.report()
    told = kodi.select(START, True)[-1].text
    assert told.startswith("just now: complete · 3 of 3 · 2 changed · 1 not identified\n")


def test_answers_that_are_missing_are_told_with_why(kodi: Rig, simulators: Simulators):
    simulators.set_quota("omdb", 0)
    seen = kodi.select(START, True)
    assert seen[-1].text.startswith("just now: done, answers are missing · 2 of 2 · 2 changed")
    assert "Asked again: in " in seen[-1].text
    assert "OMDb: 0 answered, 0 fresh, 2 missing (quota used up)" in seen[-1].text


def test_who_leaves_finds_it_again_running_and_can_end_it(kodi: Rig, simulators: Simulators):
    for provider in ("tmdb", "omdb", "tvdb", "fanart"):
        simulators.fault(provider, "hang")
    kodi.port.cancels = True
    left = kodi.select(START, True)
    assert left[-1].text == "It goes on; look again in this menu"
    _, running = kodi.open(JOBS)
    assert re.fullmatch(RUNNING, running.label)
    again = kodi.select(running.url, "Look how far it is")
    assert [shown.what for shown in again] == ["choose", "progress", "update", "notify"]
    assert re.fullmatch("0 of [02], 0 changed", again[2].text)
    details = kodi.select(running.url, "What came of it")
    assert re.match(RUNNING, details[-1].text)
    kodi.select(running.url, "End it", False)
    assert re.fullmatch(RUNNING, kodi.open(JOBS)[1].label)
    kodi.select(running.url, "End it", True)
    assert row(kodi.open(JOBS), "just now: cancelled")
    simulators.reset()


def test_how_far_it_is_is_shown_until_it_ends(kodi: Rig):
    updates: list[Shown] = [shown for shown in kodi.select(START, True) if shown.what == "update"]
    assert all(shown.heading == "Metarr looks up the library" for shown in updates)
    assert all(" of " in shown.text for shown in updates)


def test_many_jobs_come_in_pages(kodi: Rig, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(menu_jobs, "PAGE", 1)
    for _ in range(2):
        kodi.select(START, True)
    start, first, more = kodi.open(JOBS)
    assert (start.label, more.label, more.folder) == ("Look everything up now", "More …", True)
    [second] = kodi.open(more.url)
    assert second.url != first.url
