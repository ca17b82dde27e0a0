"""The page Library."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import insert

from factories import NOW, item, stored
from metarr.domain.item import Conflict, Undecided
from metarr.domain.values import Image, Kind
from metarr.store import awaited_answers, items, tables
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.jobs import JobKind
from pages import HTMX, seen
from tiers import slow_but

pytestmark = pytest.mark.slow

CONFLICT = Conflict(id_type="imdb", value="tt2", claimed_by="tmdb", stands="tt1")


@pytest.fixture
def library(home) -> dict[str, int]:
    """An item for each way to narrow the list, by its title."""
    poster = (Image(url="https://image.tmdb.org/t/p/original/a.jpg"),)
    made = {
        "Amélie": item(
            ids={"tmdb": "1"}, fields={"plot": stored("P."), "poster": stored(poster)}, last_enriched_at=NOW
        ),
        "Brazil": item(ids={"tmdb": "2"}, last_enriched_at=NOW, monitored=False),
        "Casino": item(ids={"tmdb": "3"}, last_enriched_at=NOW, conflicts=(CONFLICT,)),
        "Dune": item(ids={"tmdb": "4"}, fields={"tagline": stored(None, locked=True)}, last_enriched_at=NOW),
        "Eden": item(last_enriched_at=NOW),
        "Iris": item(last_enriched_at=NOW, undecided=Undecided(not_before=NOW)),
        "Fargo": item(ids={"tmdb": "6"}),
        "Gomorra": item(Kind.SERIES, ids={"tvdb": "7"}, last_enriched_at=NOW),
    }
    with home.database.begin() as connection:
        added = {title: items.add(connection, _called(each, title)).id for title, each in made.items()}
        season = items.add(connection, item(Kind.SEASON, title="One", parent_id=added["Gomorra"]))
        awaited_answers.set_for_item(connection, added["Dune"], {"omdb": AwaitedAnswer(reason="timeout", since=NOW)})
        awaited_answers.set_for_item(connection, added["Iris"], {"omdb": AwaitedAnswer(reason="no_id", since=NOW)})
        row = dict.fromkeys(("host", "host_version", "adapter_version", "instance", "policy"), "fill")
        own = {"id": "kodi", "name": "Living room", "session": 1, "overwrite_edits": False}
        rest = {"takes": {}, "cannot_take": {}, "added_at": NOW, "seen_at": NOW}
        connection.execute(insert(tables.players), {**row, **own, **rest})
        entry = {"player_id": "kodi", "host_key": "a", "host_id": "1", "kind": "movie", "item_id": added["Amélie"]}
        blank = {"ids": {}, "report_id": "", "sequence": 0, "acked": 0, "acked_change": 0, "states": {}}
        connection.execute(insert(tables.player_items), {**entry, **blank, "troubled": False, "edited": False})
    return added | {"One": season.id}


def _called(made: Any, title: str) -> Any:
    return type(made)(**{name: getattr(made, name) for name in made.__struct_fields__} | {"title": title})


def listed(web, address: str) -> str:
    """The first letters of what the page shows."""
    page = seen(web.get(address))
    assert page.status == 200
    titles = [has for has in page.all("a") if has.get("href", "").startswith("/item/")]
    return "".join(_words(page.html, has["id"])[0] for has in titles)


def _words(html: str, anchor: str) -> str:
    return html.split(f'id="{anchor}"')[1].split("<strong>")[1].split("</strong>", maxsplit=1)[0]


CHIPS = {
    "want-conflict": ("Conflicts", "C"),
    "want-undecided": ("Which title?", "I"),
    "want-unidentified": ("Unidentified", "EI"),
    "want-never": ("Never looked up", "F"),
    "want-locked": ("Locked", "D"),
    "want-unmonitored": ("Not in the daily run", "B"),
    "waiting-omdb": ("Waiting for OMDb", "D"),
    "player-kodi": ("On Living room", "A"),
}


def test_it_is_the_first_page_of_whoever_has_a_key(web, library):
    assert web.get("/").headers["Location"] == "/library"
    assert listed(web, "/library") == "ABCDEFGI"


@pytest.mark.parametrize(("chip", "name", "expected"), [(chip, *each) for chip, each in CHIPS.items()])
def test_a_filter_tells_how_many_it_leaves_and_leaves_these(web, library, chip, name, expected):
    page = seen(web.get("/library"))
    address = page.one("a", id=chip)["href"]
    assert f"{name} {len(expected)}" in page.text
    assert listed(web, address) == expected
    chosen = seen(web.get(address)).one("a", id=chip)
    assert chosen["aria-current"] == "true"
    assert chosen["href"] == "/library", "the same takes it away"


def test_filters_are_joined_and_bookmarked(web, library):
    first = seen(web.get("/library")).one("a", id="want-locked")["href"]
    both = seen(web.get(first)).one("a", id="waiting-omdb")["href"]
    assert parse_qs(urlsplit(both).query) == {"want": ["locked"], "waiting": ["omdb"]}
    assert listed(web, both) == "D"
    page = seen(web.get(f"{both}&text=zzz"))
    assert "Nothing fits." in page.text
    assert page.one("a", id="everything")["href"] == "/library"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=movie", "ABCDEFI"),
        ("kind=series", "G"),
        ("kind=season", "O"),
        ("kind=any", "ABCDEFGIO"),
        ("text=AMELIE", "A"),
        ("text=%20", "ABCDEFGI"),
        ("missing=plot", "BCDEFGI"),
        ("missing=networks", "G"),
        ("sort=-added&kind=movie", "ABCDEFI"),
        ("sort=enriched", "FABCDEGI"),
        ("want=locked&want=conflict", ""),
        ("kind=&text=&missing=&sort=", "ABCDEFGI"),
    ],
)
def test_it_is_narrowed_and_sorted_by_its_address(web, library, query, expected):
    assert listed(web, f"/library?{query}") == expected
    assert listed(web, f"/library?{query}&show=posters") == expected


def test_kinds_are_counted_whatever_kind_is_shown(web, library):
    for query in ("", "?kind=season", "?kind=movie&show=posters"):
        page = seen(web.get(f"/library{query}"))
        for words in ("Movies and series 8", "Movies 7", "Series 1", "Seasons 1", "Everything 9"):
            assert words in page.text
        assert not page.all("a", id="kind-episode"), "there is none"


def test_fields_are_counted_where_nothing_else_narrows_the_list(web, library):
    page = seen(web.get("/library?kind=movie"))
    assert "Missing: Plot (6)" in page.text
    assert not page.all("option", value="networks"), "no movie has it"
    narrowed = seen(web.get("/library?kind=movie&want=locked&missing=plot"))
    assert "Missing: Plot" in narrowed.text
    assert "Plot (" not in narrowed.text
    assert "selected" in narrowed.one("option", value="plot")


def test_pages_follow_each_other_and_keep_the_filter(web, home):
    with home.database.begin() as connection:
        for number in range(120):
            items.add(connection, item(title=f"T{number:03}", ids={"tmdb": str(number + 1)}))
    page, shown = seen(web.get("/library?want=never&sort=-added")), 0
    while True:
        shown += len([has for has in page.all("a") if has.get("href", "").startswith("/item/")])
        assert "120 items" in page.text
        after = [has["href"] for has in page.all("a", class_="button") if "page=" in has["href"]]
        if not after:
            break
        assert "want=never" in after[0]
        page = seen(web.get(after[0]))
    assert shown == 120
    assert page.one("a", class_="button", href="/library?want=never&sort=-added")


def test_pictures_are_small_ones_of_declared_hosts_and_only_where_they_are_wanted(web, home, library):
    page = seen(web.get("/library"))
    pictures = [has["src"] for has in page.all("img") if has["src"].startswith("http")]
    assert pictures == ["https://image.tmdb.org/t/p/w342/a.jpg"]
    assert "https://image.tmdb.org" in page.headers["Content-Security-Policy"]
    home.services.settings.update({"show_pictures": False})
    page = seen(web.get("/library"))
    assert not [has for has in page.all("img") if has["src"].startswith("http")]
    assert "image.tmdb.org" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://evil.test/a.jpg",
        "http://image.tmdb.org/t/p/original/a.jpg",
        "https://image.tmdb.org.evil.test/t/p/original/a.jpg",
        '"><script>alert(1)</script>',
    ],
)
def test_a_foreign_picture_is_not_shown(web, home, url):
    with home.database.begin() as connection:
        items.add(connection, item(title="Heat", fields={"poster": stored((Image(url=url),))}))
    page = seen(web.get("/library?show=posters"))
    assert not [has for has in page.all("img") if has["src"] != page.one("img", width="28")["src"]]
    assert "<script>alert" not in page.html


def test_hostile_and_long_titles_are_texts(web, home):
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    with home.database.begin() as connection:
        for title in (hostile, "x" * 490, " ", ""):
            items.add(connection, item(title=title))
    for show in ("", "posters"):
        page = seen(web.get(f"/library?show={show}"))
        assert hostile in page.text
        assert "<script>alert" not in page.html
        assert "Without a title" in page.text
    for parameter in ("text", "missing", "waiting", "player"):
        answer = web.get("/library", query_string={parameter: hostile})
        assert answer.status_code in (200, 422)
        assert "<script>alert" not in answer.get_data(as_text=True)


def test_an_empty_library_says_what_to_do(web):
    page = seen(web.get("/library"))
    assert "Nothing is in the library yet." in page.text
    assert page.all("a", href="/welcome", class_="button")
    assert not page.all("form", id="search")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kind=abc", 404),
        ("kind=%00", 404),
        ("sort=abc", 404),
        ("show=abc", 404),
        ("want=abc", 404),
        ("want=locked&want=abc", 404),
        ("page=junk", 422),
        ("page=%00", 422),
        ("page=" + "x" * 5000, 422),
        ("waiting=abc", 422),
        ("missing=abc", 422),
        ("player=abc", 422),
        ("text=%00", 422),
        ("text=" + "x" * 501, 422),
        ("text=%CC%81", 422),
    ],
)
@pytest.mark.parametrize("headers", slow_but([{}], [{}, HTMX]))
@pytest.mark.usefixtures("library")
def test_a_bad_address_gets_a_page(web, query, status, headers):
    assert web.get(f"/library?{query}", headers=headers).status_code == status
    if not query.startswith("page"):
        assert web.get(f"/library/all/lock?{query}", headers=headers).status_code == status


# All that fit

DEEDS = [
    ("lock", {}, {"lock_all": True}),
    ("lock", {"field": "plot"}, {"lock": ("plot",)}),
    ("unlock", {}, {"unlock_all": True}),
    ("unlock", {"field": "plot"}, {"unlock": ("plot",)}),
    ("monitor", {}, {"monitored": True}),
    ("unmonitor", {}, {"monitored": False}),
]


@pytest.mark.parametrize(("do", "more", "expected"), DEEDS)
@pytest.mark.usefixtures("library")
def test_something_is_done_with_all_that_fit_once_it_was_confirmed(web, home, do, more, expected):
    page = seen(web.get("/library?kind=movie&text=e"))
    question = seen(web.get(page.one("a", id=f"do-{do}")["href"]))
    assert re.search(r"3 items\b.*\?", question.text)
    assert home.services.jobs.page(None, 10) == [], "a question changes nothing"
    form = {has["name"]: has["value"] for has in question.all("input", type="hidden")}
    assert form["expected"] == "3"
    done = web.post(f"/library/all/{do}", data=form | more)
    [job] = home.services.jobs.page(None, 10)
    assert done.headers["Location"] == f"/jobs/{job.id}"
    assert (job.kind, job.scope.kinds, job.scope.title_contains) == (JobKind.UPDATE, (Kind.MOVIE,), "e")
    assert {name: getattr(job.edit, name) for name in expected} == expected
    assert job.edit.most_items == 3
    assert web.post(f"/library/all/{do}", data=form | more).headers["Location"] == f"/jobs/{job.id}", "sent twice"
    assert "Change titles" in seen(web.get("/jobs")).text


@pytest.mark.parametrize(("query", "everything"), [("kind=any", True), ("want=never", False), ("", False)])
def test_all_that_fit_are_looked_up(web, home, library, query, everything):
    question = seen(web.get(f"/library/all/enrich?{query}"))
    form = {has["name"]: has["value"] for has in question.all("input", type="hidden")}
    web.post("/library/all/enrich", data=form)
    [job] = home.services.jobs.page(None, 10)
    assert job.kind is JobKind.ENRICH
    assert (job.scope.kinds == () and job.scope.enriched is None) == everything
    assert (job.scope.enriched is False) == (query == "want=never")


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_more_than_were_seen_are_refused_and_the_question_comes_back(web, home, library, headers):
    question = seen(web.get("/library/all/lock?want=never"))
    form = {has["name"]: has["value"] for has in question.all("input", type="hidden")}
    with home.database.begin() as connection:
        items.add(connection, item(title="Late"))
    answer = seen(web.post("/library/all/lock", data=form | {"field": "plot"}, headers=headers))
    assert answer.status == 409
    assert "2 items are meant by now, more than the 1" in answer.text
    assert answer.one("input", name="expected")["value"] == "2"
    assert "selected" in answer.one("option", value="plot"), "what was chosen is kept"
    assert home.services.jobs.page(None, 10) == []


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"do": "delete"}, 404),
        ({"do": "lock"}, 422),
        ({"do": "lock", "expected": "-1"}, 422),
        ({"do": "lock", "expected": "9" * 30}, 422),
        ({"do": "lock", "expected": "²"}, 422),
        ({"do": "lock", "expected": "9", "kind": "abc"}, 404),
        ({"do": "lock", "expected": "9", "missing": "abc"}, 422),
        ({"do": "lock", "expected": "9", "field": "abc"}, 422),
        ({"do": "lock", "expected": "0"}, 422),
    ],
)
def test_a_strange_form_is_refused(web, home, library, form, status):
    assert web.post(f"/library/all/{form['do']}", data=form).status_code == status
    assert home.services.jobs.page(None, 10) == []
