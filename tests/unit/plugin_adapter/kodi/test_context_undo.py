"""Undo last change: what it was, a question, and what came of it."""

from collections.abc import Iterator

import pytest

from menu_rig import Rig, rig
from simulators import Simulators


@pytest.fixture(scope="module")
def made(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    running_simulators.reset()
    with rig(running_simulators, tmp_path_factory.mktemp("kodi")) as made:
        for number in range(1, 7):
            made.add_movie(f"Film {number}", 2000 + number)
        made.report()
        yield made


@pytest.fixture
def film(made: Rig, request: pytest.FixtureRequest) -> int:
    """A film that no other test touches, by its number."""
    names = [each.name for each in request.session.items if each.path == request.path and "film" in each.fixturenames]
    return names.index(request.node.name) + 1


def edit(made: Rig, film: int, **fields: str) -> None:
    item = made.named(f"Film {film}")
    made.live.call("Library", "UpdateItem", {"itemId": item["id"], "fields": fields, "updateMask": "fields"})


def plot(made: Rig, film: int) -> str:
    return made.full(made.named(f"Film {film}")["id"])["fields"].get("plot", {}).get("value", "")


def test_it_is_shown_asked_about_and_taken_back(made: Rig, film: int):
    edit(made, film, plot="First words")
    edit(made, film, plot="Second words", tagline="Mind the gap")
    question, notice = made.point("undo", "movie", film, True)
    assert question.heading == "Take back this change?"
    assert question.lines == ("Take back", "<222>")
    first, *lines = question.text.split("\n")
    assert first == f"Film {film} ({2000 + film}), just now"
    assert sorted(lines) == ["Plot: First words » Second words", "Tagline: (nothing) » Mind the gap"]
    assert notice.what == "notify"
    assert notice.text.startswith("Taken back: ")
    assert plot(made, film) == "First words"


def test_a_long_title_leaves_place_for_what_changed(made: Rig, film: int):
    name = f"Film {film} " + "and how it never seems to end " * 5
    edit(made, film, title=name, plot="Words. " * 50)
    [question] = made.point("undo", "movie", film, False)
    first, *lines = question.text.split("\n")
    assert first.startswith(f"Film {film}")
    assert first.endswith(", just now")
    assert len(lines) == 2
    assert max(map(len, [first, *lines])) <= 60


def test_again_it_takes_back_the_change_before(made: Rig, film: int):
    for words in ("One", "Two", "Three"):
        edit(made, film, plot=words)
    for before in ("Two", "One", ""):
        made.point("undo", "movie", film, True)
        assert plot(made, film) == before
    [shown] = made.point("undo", "movie", film)
    assert shown.text == f"Nothing was changed on Film {film} ({2000 + film}) that can be taken back."


def test_who_says_no_changes_nothing(made: Rig, film: int):
    edit(made, film, plot="Words")
    assert [shown.what for shown in made.point("undo", "movie", film, False)] == ["confirm"]
    assert plot(made, film) == "Words"


def test_fields_changed_since_are_named_and_stay(made: Rig, film: int):
    edit(made, film, plot="Words", tagline="Tag")

    def meanwhile(_shown: object) -> bool:
        edit(made, film, plot="Newer words")
        return True

    [*_, shown] = made.point("undo", "movie", film, meanwhile)
    assert shown.what == "tell"
    assert shown.text.startswith("Taken back: Tagline\nPlot stays as it is: ")
    assert plot(made, film) == "Newer words"


def test_of_a_long_change_the_first_lines_are_shown(made: Rig, film: int):
    names = ("original_title", "sort_title", "tagline", "plot", "outline", "status", "homepage", "awards")
    edit(made, film, **dict.fromkeys(names, "https://example.org/" + "long " * 40))
    question, _ = made.point("undo", "movie", film, True)
    lines = question.text.split("\n")
    assert len(lines) == 4, "what Kodi's dialog has place for"
    assert lines[-1] == "… and 6 more"
    assert max(map(len, lines)) <= 60, lines
