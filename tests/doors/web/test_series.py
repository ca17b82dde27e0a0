"""The page of a series as a whole: its episodes, their order, and what is to be settled."""

import pytest
from werkzeug.test import Client

from harness import House, title
from pages import Seen, seen
from series_trees import add_episodes, add_series
from simulators import Series

pytestmark = pytest.mark.slow

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def bad(home: House) -> int:
    """Breaking Bad without 1x03, enriched."""
    series = home.add("breaking-bad")
    told_title = title("breaking-bad")
    assert isinstance(told_title, Series)
    add_episodes(home, told_title, {1: [1, 2, 4, 5, 6, 7], 2: [1]})
    home.enrich(series)
    home.asked()
    return series


def opened(web: Client, series: int) -> Seen:
    return seen(web.get(f"/item/{series}/series"))


def test_it_tells_the_episodes_and_what_is_missing(web, home, bad):
    page = opened(web, bad)
    assert "Pilot" in page.text
    assert "Cat's in the Bag..." in page.text
    assert "1 missing" in page.text
    assert "...And the Bag's in the River" in page.text, "the one that is missing, by name"
    assert home.asked() == {}
    assert f"/item/{bad}/series" in [has.get("href") for has in seen(web.get(f"/item/{bad}")).all("a")]


def test_another_order_is_previewed_and_then_chosen(web, home, bad):
    page = opened(web, bad)
    assert [has["value"] for has in page.all("input", name="order")] == ["aired", "dvd"]
    before = home.rows()
    preview = seen(web.post(f"/item/{bad}/order", data={"do": "preview", "order": "dvd"}))
    assert home.rows() == before
    assert "1 number of your files would mean another episode" in preview.text
    assert "Nothing is changed yet" in preview.text
    assert "S01E02" in preview.text
    answer = web.post(f"/item/{bad}/order", data={"do": "choose", "order": "dvd"})
    assert (answer.status_code, home.item(bad).order) == (303, "dvd")
    page = seen(web.get(answer.location))
    assert "The files go by the dvd order" in page.text
    history = seen(web.get(f"/item/{bad}"))
    assert "Counted in another order" in history.text
    assert "aired → dvd" in history.text
    assert home.asked() == {}


@pytest.mark.parametrize("order", ["", "nonsense", HOSTILE])
def test_an_order_that_is_none_is_refused(web, home, bad, order):
    before = home.rows()
    answer = web.post(f"/item/{bad}/order", data={"do": "choose", "order": order})
    assert answer.status_code == 422
    assert HOSTILE not in answer.text
    assert home.rows() == before


@pytest.fixture
def open_entry(home: House) -> tuple[int, str]:
    """A series, and an entry of which it could not be told which episode it is."""
    series = add_series(home, "oshi-no-ko", seasons=(1, 2))
    home.enrich(series)
    pairings = [each.record for each in home.services.pairings.of_series(series) if each.record.state == "open"]
    assert pairings, "an untitled episode"
    return series, pairings[0].entry


def test_an_open_entry_is_settled_by_its_number(web, home, open_entry):
    series, entry = open_entry
    assert entry in [has["value"] for has in opened(web, series).all("input", name="entry")]
    answer = web.post(f"/item/{series}/pair", data={"do": "pair", "entry": entry, "episode": "s1e02"})
    assert answer.status_code == 303
    [record] = [each.record for each in home.services.pairings.of_series(series) if each.record.entry == entry]
    assert (record.state, record.is_decided) == ("paired", True)
    assert entry not in [has["value"] for has in opened(web, series).all("input", name="entry")]


def test_an_open_entry_may_be_none_of_the_library_s(web, home, open_entry):
    series, entry = open_entry
    assert web.post(f"/item/{series}/pair", data={"do": "none", "entry": entry}).status_code == 303
    [record] = [each.record for each in home.services.pairings.of_series(series) if each.record.entry == entry]
    assert record.state == "refused"


@pytest.mark.parametrize("episode", ["", "S09E09", "the pilot", HOSTILE])
def test_an_episode_that_is_not_there_is_said_at_its_place(web, home, open_entry, episode):
    series, entry = open_entry
    before = home.rows()
    answer = web.post(f"/item/{series}/pair", data={"do": "pair", "entry": entry, "episode": episode})
    assert answer.status_code == 422
    assert HOSTILE not in answer.text
    assert "Type which one it is" in seen(answer).text or "There is no episode" in seen(answer).text
    assert home.rows() == before


@pytest.mark.parametrize("data", [{}, {"do": "pair"}, {"do": "other", "entry": "tmdb:1/1/1"}])
@pytest.mark.parametrize("path", ["order", "pair"])
def test_a_form_of_nobody_is_refused(web, home, bad, path, data):
    assert web.post(f"/item/{bad}/{path}", data=data).status_code == 422


def test_a_film_has_no_such_page(web, home):
    film = home.add("fight-club")
    answer = web.get(f"/item/{film}/series")
    assert (answer.status_code, answer.location) == (303, f"/item/{film}")
