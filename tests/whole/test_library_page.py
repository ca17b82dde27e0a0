"""The page Library in a real browser, of a real daemon."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from chromium import DESKTOP, PHONE, chromium, needs_chromium, overflow, visitor
from factories import NOW, item, stored
from harness import Live, live
from metarr.domain.values import Image, Kind
from metarr.store import items

pytestmark = [pytest.mark.e2e, needs_chromium]

PICTURES = ("image.tmdb.org",)
PAGES = (
    "/library",
    "/library?show=posters",
    "/library?want=locked&want=never&waiting=omdb",
    "/library?kind=episode",
    "/library?text=nothing+fits",
    "/library/all/lock",
    "/library/all/enrich?kind=movie",
)
MOVIES = 120


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def metarr(tmp_path: Path) -> Iterator[Live]:
    """With 120 films, of which 1 in 10 has a lock; a series; a title without a space."""
    with live(tmp_path) as running:
        with running.daemon.services.jobs._database.begin() as connection:
            for number in range(MOVIES):
                items.add(connection, _movie(number))
            items.add(connection, item(Kind.SERIES, title="Dark", ids={"tvdb": "1"}))
            items.add(connection, item(title="x" * 490, ids={"tmdb": "9999"}))
        key = {"providerId": "omdb", "settings": {"api_key": "0" * 8}, "updateMask": "settings"}
        running.call("Config", "UpdateProvider", key)
        yield running


def _movie(number: int) -> Any:
    poster = (Image(url=f"https://image.tmdb.org/t/p/original/{number}.jpg"),)
    fields = {"plot": stored("P.", locked=number % 10 == 0), "poster": stored(poster)}
    ids = {"tmdb": str(number + 1)}
    return item(title=f"Film {number:03}", year=1900 + number, ids=ids, fields=fields, last_enriched_at=NOW)


@pytest.fixture
def page(browser: Browser, metarr: Live) -> Iterator[Page]:
    with visitor(browser, metarr.url, pictures=PICTURES) as page:
        yield page


@pytest.fixture
def plain(browser: Browser, metarr: Live) -> Iterator[Page]:
    """Of somebody whose browser runs no scripts."""
    with visitor(browser, metarr.url, pictures=PICTURES, java_script_enabled=False) as page:
        yield page


def locked(metarr: Live) -> int:
    fitting = metarr.call("Library", "ListItems", {"filter": {"lockedField": "plot"}, "pageSize": 1})
    return int(fitting.get("totalSize", 0))


def test_filters_are_taken_and_left_without_a_page_load_and_back_goes_back(page, metarr):
    page.goto("/")
    expect(page).to_have_url(re.compile("/library$"))
    expect(page.locator("#total")).to_have_text("122 items")
    page.evaluate("window.still = true")
    page.locator("#want-locked").click()
    expect(page).to_have_url(re.compile(r"/library\?want=locked$"))
    expect(page.locator("#total")).to_have_text("12 items")
    expect(page.locator("#want-locked")).to_be_focused()
    expect(page.locator("#read")).to_have_text("12 items")
    page.get_by_role("searchbox", name="Title").fill("film 1")
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("2 items")
    expect(page).to_have_url(re.compile(r"/library\?want=locked&text=film(\+|%20)1$"), timeout=5000)
    page.get_by_role("combobox", name="Order").select_option("Year, newest first")
    expect(page.locator(".items strong").first).to_have_text("Film 110")
    assert page.evaluate("window.still"), "the page stayed, its part was changed"
    page.go_back()
    expect(page.locator(".items strong").first).to_have_text("Film 100")
    page.go_back()
    expect(page.locator("#total")).to_have_text("12 items")
    expect(page.locator("nav[aria-label=Pages]")).to_be_visible()
    page.go_back()
    expect(page.locator("#total")).to_have_text("122 items")
    page.go_forward()
    expect(page.locator("#total")).to_have_text("12 items")
    expect(page.locator("nav[aria-label=Pages]")).to_be_visible()


def test_all_that_fit_are_locked_once_it_was_confirmed(page, metarr):
    page.goto("/library?text=film 0")
    page.get_by_text("Change all of them").click()
    page.get_by_role("link", name="Lock", exact=True).click()
    dialog = page.locator("dialog article")
    expect(dialog).to_contain_text("Lock fields of 100 items?")
    page.get_by_role("link", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert locked(metarr) == 12
    page.locator("#do-lock").click()
    dialog.get_by_label("Which field").select_option("Plot")
    dialog.get_by_role("button", name="Lock").click()
    expect(page.locator("#job header")).to_contain_text("Complete")
    expect(page.locator("#job h1")).to_have_text("Change 100 titles")
    assert locked(metarr) == 102
    [job] = metarr.call("Enrichment", "ListJobs")["jobs"]
    assert (job["changed"], job["unchanged"]) == (90, 10)


def test_what_came_meanwhile_is_not_changed_unseen(page, metarr):
    page.goto("/library?want=never")
    page.get_by_text("Change all of them").click()
    page.locator("#do-unmonitor").click()
    expect(page.locator("dialog article")).to_contain_text("Leave 2 items out of the daily run?")
    metarr.call("Library", "UpsertItems", {"items": [{"kind": "MEDIA_KIND_MOVIE", "title": "Late"}]})
    page.locator("#sure").click()
    expect(page.get_by_role("alert")).to_contain_text("3 items are meant by now, more than the 2")
    expect(page.locator("dialog article")).to_contain_text("Leave 3 items out of the daily run?")
    page.locator("#sure").click()
    expect(page.locator("#job header")).to_contain_text("Complete")


def test_everything_works_without_script(plain, metarr):
    plain.goto("/library")
    plain.locator("#kind-movie").click()
    plain.get_by_role("searchbox", name="Title").fill("film 11")
    plain.get_by_role("combobox", name="Order").select_option("Year, newest first")
    plain.get_by_role("button", name="Search").click()
    expect(plain.locator("#total")).to_have_text("10 items")
    expect(plain.locator(".items strong").first).to_have_text("Film 119")
    plain.get_by_role("link", name="Posters").click()
    expect(plain.locator(".posters strong").first).to_have_text("Film 119")
    plain.get_by_text("Change all of them").click()
    plain.locator("#do-lock").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Lock fields of 10 items?")
    plain.get_by_role("button", name="Lock").click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("Change")
    plain.goto("/library?kind=movie")
    plain.get_by_role("link", name="Next page").click()
    plain.get_by_role("link", name="Next page").click()
    expect(plain.locator(".items .row")).to_have_count(21)
    plain.get_by_role("link", name="First page").click()
    expect(plain.locator(".items .row")).to_have_count(50)


def test_it_is_used_by_keyboard_alone(page, metarr):
    page.goto("/library")
    page.get_by_role("searchbox", name="Title").press("Control+a")
    page.keyboard.type("film 00")
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("10 items")
    expect(page.get_by_role("searchbox", name="Title")).to_be_focused()
    page.locator("#want-locked").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("1 item")
    expect(page.locator("#want-locked")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("10 items")
    page.locator("summary", has_text="Change all of them").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#do-lock")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog article")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog article")).to_be_hidden()
    expect(page.locator("#do-lock")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog article")).to_be_visible()
    page.locator("#sure").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#job header")).to_contain_text("Complete")
    assert locked(metarr) == 21


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_everybody_can_use_it(browser, metarr, scheme, size):
    # axe is a script of its own, which no page of ours would let in.
    options = {"viewport": size, "color_scheme": scheme, "bypass_csp": True}
    with visitor(browser, metarr.url, pictures=PICTURES, **options) as page:
        for path in PAGES:
            page.goto(path)
            for summary in page.locator("main summary").all():
                summary.click()
            found = Axe().run(page, options={"resultTypes": ["violations"]})
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"


@pytest.mark.parametrize("width", [320, 390, 640, 960, 1280, 1600])
def test_it_is_not_wider_than_its_window(browser, metarr, width):
    with visitor(browser, metarr.url, pictures=PICTURES, viewport={"width": width, "height": 800}) as page:
        for path in PAGES:
            page.goto(path)
            assert overflow(page) <= 0, path
