"""The page on which a title comes into the library."""

import pytest
from werkzeug.test import Client

from harness import PROVIDERS
from pages import Seen, seen

pytestmark = pytest.mark.slow

TAKEN = {"kind": "movie", "do": "take", "title": "Fight Club", "id": "tmdb:550"}
BY_ID = {"kind": "movie", "do": "ids", "ids": "tmdb:550"}


def added(web: Client, data: dict[str, str]) -> Seen:
    """The page of the item that it leads to."""
    answer = web.post("/add", data=data)
    assert answer.status_code == 303
    return seen(web.get(answer.headers["Location"]))


def test_a_title_is_found_by_its_words_and_is_then_in_the_library_and_looked_up(web, home):
    assert web.get("/add").status_code == 200
    assert home.asked() == {}
    found = seen(web.post("/add", data={"kind": "movie", "do": "search", "title": "fight club", "year": "1998"}))
    assert "a year earlier or later" in found.text
    page = added(web, TAKEN | {"id": next(each["value"] for each in found.all("input", name="id"))})
    assert "It is in the library now, and was looked up." in page.text
    assert "A sleepless claims adjuster" in page.text


def test_what_was_there_is_shown_and_stays(web):
    added(web, BY_ID)
    assert "It was in the library already. Nothing was changed." in added(web, BY_ID).text


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (BY_ID, "tmdb:550"),
        ({"kind": "series", "do": "ids", "ids": "tvdb=81189 tmdb:1396"}, "tvdb:81189"),
        ({"kind": "movie", "do": "words", "title": " My wedding ", "year": "2011"}, "My wedding (2011)"),
    ],
)
def test_it_is_added_where_nobody_can_be_asked(web, home, data, title):
    for provider in PROVIDERS:
        home.services.providers.update(provider, False, {})
    page = added(web, data)
    assert title in page.text
    assert "Nobody could be asked about it; that is done by itself." in page.text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"do": "search", "title": "Fight Club"},
        {"kind": "episode", "do": "search", "title": "Pilot"},
        {"kind": "movie", "title": "Fight Club"},
        {"kind": "movie", "do": "search"},
        {"kind": "movie", "do": "search", "title": "x" * 501},
        {"kind": "movie", "do": "search", "title": "Fight Club", "year": "soon"},
        {"kind": "movie", "do": "words", "title": " "},
        {"kind": "movie", "do": "ids", "ids": ""},
        {"kind": "movie", "do": "ids", "ids": "550"},
        {"kind": "movie", "do": "take", "id": "imdb:\0"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(web, data):
    page = seen(web.post("/add", data=data))
    assert page.status == 422
    assert "Nothing is in the library yet." in seen(web.get("/library")).text


def test_what_was_typed_is_kept(web):
    page = seen(web.post("/add", data={"kind": "series", "do": "search", "title": "Dallas", "year": "soon"}))
    assert page.one("input", id="title")["value"] == "Dallas"
    assert page.one("input", id="year")["value"] == "soon"
    assert "checked" in page.one("input", id="search-series")
    assert page.all("div", role="alert")
