"""Where does this come from?: every field with its value, source and age, and opened with everything behind it."""

from collections.abc import Iterator

import pytest

from fake_kodi_port import Shown
from menu_rig import Rig, rig
from simulators import Simulators


@pytest.fixture(scope="module")
def kodi(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    running_simulators.reset()
    with rig(running_simulators, tmp_path_factory.mktemp("kodi")) as made:
        made.add_movie("Inception", 2010, imdb="tt1375666")
        made.add_movie("Fight Club", 1999, imdb="tt0137523")
        made.report()
        made.enrich(made.named("Inception")["id"])
        yield made


def opened(kodi: Rig, film: int, field: str) -> Shown:
    """What is shown where a field is selected, and where others say something, what is told of it."""

    def answer(shown: Shown) -> str | None:
        if shown.heading != field:
            kodi.port.answers.clear()
            return None
        kodi.port.answers.append(None)
        return "Why this"

    seen = kodi.point("sources", "movie", film, f"{field}: ", answer)
    return next(shown for shown in seen if shown.what == "show")


def test_every_field_is_listed_with_source_age_and_value(kodi: Rig):
    [shown] = kodi.point("sources", "movie", 1, None)
    assert shown.heading == "Where it comes from: Inception (2010)"
    assert "Title: TMDB · just now | Inception" in shown.lines
    assert "Runtime (minutes): TMDB · just now | 148" in shown.lines
    [rating] = [line for line in shown.lines if line.startswith("IMDb rating: ")]
    assert rating == "IMDb rating: OMDb · just now | 8.8"
    [poster] = [line for line in shown.lines if line.startswith("Poster: ")]
    assert "×" in poster
    assert "http" not in poster
    assert all("\n" not in line for line in shown.lines)


def test_a_field_opened_tells_the_rule_the_id_and_what_others_say(kodi: Rig):
    shown = opened(kodi, 1, "Plot")
    lines = shown.text.split("\n")
    stored = kodi.full(kodi.named("Inception")["id"])["fields"]["plot"]
    assert shown.heading == "Plot"
    assert lines[0] == stored["value"]
    assert "Source: TMDB, just now" in lines
    assert "Why: It stands first in the field's order." in lines
    assert f"Asked with: {stored['askedId'].replace(':', ' ')}" in lines
    others = lines[lines.index("What others say") :]
    assert any(line.startswith("OMDb: ") for line in others)
    assert any("not chosen: " in line for line in others)


def test_a_field_of_one_provider_alone_says_so(kodi: Rig):
    assert opened(kodi, 1, "IMDb rating").text.endswith("Nobody else says anything.")


def test_the_list_comes_back_where_it_was_left(kodi: Rig):
    seen = kodi.point("sources", "movie", 1, "Plot: ", None, "IMDb rating: ", None)
    assert [shown.what for shown in seen] == ["choose", "choose", "choose", "show", "choose"]
    places = [int(shown.text) for shown in seen if shown.heading.startswith("Where")]
    assert places[0] == -1
    assert seen[0].lines[places[1]].startswith("Plot: ")
    assert seen[0].lines[places[2]].startswith("IMDb rating: ")


def test_what_another_says_can_be_used_and_is_locked_then(kodi: Rig):
    film = kodi.named("Inception")["id"]
    fields = kodi.live.call("Library", "GetItem", {"itemId": film, "explain": True})["item"]["fields"]
    [others] = [each["runnersUp"] for each in fields if each["name"] == "plot"]
    omdb = next(each for each in others if each["provider"] == "omdb")
    seen = kodi.point("sources", "movie", 1, "Plot: ", "Use this: OMDb")
    assert seen[1].lines[0].startswith("Why this, and what others say"), "OK alone changes nothing"
    assert seen[-1].text == "Chosen and locked: Plot"
    plot = kodi.full(film)["fields"]["plot"]
    assert (plot["value"], plot["locked"], plot["source"]) == (omdb["value"], True, "owner")


def test_what_only_this_library_said_is_told_as_that(kodi: Rig):
    [shown] = kodi.point("sources", "movie", 2, None)
    [title] = [line for line in shown.lines if line.startswith("Title: ")]
    assert title == "Title: this library · waiting for TMDB, OMDb, TheTVDB | Fight Club"
    assert "Why: The library had it already; any provider may replace it." in opened(kodi, 2, "Title").text


def test_a_locked_field_and_one_that_waits_are_marked(kodi: Rig, running_simulators: Simulators):
    film = kodi.named("Fight Club")["id"]
    running_simulators.set_quota("omdb", 0)
    kodi.enrich(film)
    kodi.live.call("Library", "UpdateItem", {"itemId": film, "lockFields": ["tagline"], "updateMask": "lockFields"})
    [shown] = kodi.point("sources", "movie", 2, None)
    [tagline] = [line for line in shown.lines if line.startswith("Tagline: ")]
    assert " · locked | " in tagline
    assert "IMDb rating: waiting for OMDb | (nothing)" in shown.lines
    assert "Why: You locked it." in opened(kodi, 2, "Tagline").text
    assert "Could not be heard: OMDb" in opened(kodi, 2, "IMDb rating").text
