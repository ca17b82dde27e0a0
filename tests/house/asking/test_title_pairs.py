"""Thousands of titles of known truth: how many are found, and how many are taken for another one."""

from collections import Counter
from collections.abc import Iterator

import pytest

from harness import SECONDS, House
from metarr.clock import SystemClock
from metarr.domain.matching import Wanted
from metarr.domain.values import Kind
from scripted_providers import scripted_house
from title_pairs import Asked, Knower, World, asked, is_meant, world

pytestmark = pytest.mark.slow

QUESTIONS = 1_000
PROVIDERS = ("tmdb", "omdb", "tvdb")


@pytest.fixture(scope="module", params=[1, 2], ids="world {}".format)
def films(request: pytest.FixtureRequest) -> World:
    return world(seed=request.param)


@pytest.fixture(scope="module")
def home(films: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("home")
    with scripted_house(folder, SystemClock(), *PROVIDERS, make=lambda name: Knower(name, films)) as (house, _):
        yield house


def taken(home: House, questions: list[Asked]) -> Counter[str]:
    """How many are taken for the film that is meant ("right"), for another one ("wrong"), or for none ("left")."""
    config, counts = home.services.config.read(), Counter[str]()
    for question in questions:
        wanted, deadline = Wanted(title=question.title, year=question.year), home.clock.monotonic() + SECONDS
        winner = home.services.searcher.search(Kind.MOVIE, wanted, config, deadline=deadline).winner()
        counts["left" if winner is None else "right" if is_meant(question.film, winner.ids) else "wrong"] += 1
    return counts


def test_no_title_is_taken_for_another_one(home: House, films: World) -> None:
    questions = asked(films, seed=2, count=QUESTIONS)
    counts = {kind: taken(home, of_kind) for kind, of_kind in questions.items()}
    assert sum(map(Counter.total, counts.values())) > 2_000
    assert counts["title and year"]["wrong"] == 0
    assert counts["title and year"]["right"] > 0.98 * counts["title and year"].total()
    assert counts["a year off"]["right"] > 0.97 * counts["a year off"].total()
    for kind in ("a year off", "unknown"):
        assert counts[kind]["wrong"] < 0.002 * counts[kind].total(), counts
    doubtful = counts["a year off"] + counts["unknown"] + counts["beside a namesake"]
    assert doubtful["wrong"] < 0.002 * doubtful.total(), counts
    assert counts["no year"] == {"left": counts["no year"].total()}
