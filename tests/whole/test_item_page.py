"""The page of an item in a real browser, of a real daemon over the simulators."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from chromium import DESKTOP, PHONE, chromium, hold, needs_chromium, overflow, visitor, wait_until
from harness import PROVIDERS, Live, live
from simulators import Simulators

pytestmark = [pytest.mark.e2e, needs_chromium]

PICTURES = ("image.tmdb.org", "assets.fanart.tv", "artworks.thetvdb.com", "m.media-amazon.com")
PAGES = (
    "/item/1",
    "/item/1/field/plot",
    "/item/1/field/poster",
    "/item/1/artwork/fanart",
    "/item/1/identify",
    "/item/1/history",
    "/item/2",
    "/item/3",
    "/item/4",
)
LONG, HOSTILE = "x" * 490, "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def metarr(simulators: Simulators, tmp_path: Path) -> Iterator[Live]:
    """With an enriched film, item 1; a series with a season and two episodes, items 2 to 5; a film that is unknown."""
    with live(tmp_path) as running:
        running.configure(simulators, *PROVIDERS)
        film = {"kind": "MEDIA_KIND_MOVIE", "title": "Inception", "ids": [{"type": "imdb", "value": "tt1375666"}]}
        series = {"title": "Breaking Bad", "year": 2008, "ids": [{"type": "tvdb", "value": "81189"}]}
        episode = {"kind": "MEDIA_KIND_EPISODE", "series": series, "seasonNumber": 1}
        strange = {"kind": "MEDIA_KIND_MOVIE", "title": LONG, "year": 1999}
        new = [film, {**episode, "episodeNumber": 1}, {**episode, "episodeNumber": 2}, strange]
        running.call("Library", "UpsertItems", {"items": new})
        running.call("Enrichment", "Enrich", {"itemId": "1"})
        yield running


@pytest.fixture
def page(browser: Browser, metarr: Live) -> Iterator[Page]:
    with visitor(browser, metarr.url, pictures=PICTURES) as page:
        yield page


@pytest.fixture
def plain(browser: Browser, metarr: Live) -> Iterator[Page]:
    """Of somebody whose browser runs no scripts."""
    with visitor(browser, metarr.url, pictures=PICTURES, java_script_enabled=False) as page:
        yield page


def field(metarr: Live, name: str) -> dict[str, Any]:
    item = metarr.call("Library", "GetItem", {"itemId": "1"})["item"]
    return next((each for each in item["fields"] if each["name"] == name), {})


def edit(metarr: Live, **fields: Any) -> None:
    metarr.call("Library", "UpdateItem", {"itemId": "1", "fields": fields, "updateMask": "fields"})


def look_up(metarr: Live) -> None:
    metarr.call("Enrichment", "Enrich", {"itemId": "1", "forceRefresh": True})


class TestEdit:
    def test_it_is_edited_in_place_locked_and_survives_a_forced_look_up(self, page, metarr):
        page.goto("/item/1")
        page.locator("#edit-plot").click()
        expect(page.locator("#input-plot")).to_be_focused()
        page.locator("#input-plot").fill("Mine.")
        page.locator("#form-plot").get_by_role("button", name="Save").click()
        expect(page.locator("#field-plot .value")).to_have_text("Mine.")
        expect(page.locator("#lock-plot")).to_be_checked()
        expect(page.locator("#edit-plot")).to_be_focused()
        expect(page.locator("#say")).to_have_text("Plot is saved and locked.")
        look_up(metarr)
        assert (field(metarr, "plot")["value"], field(metarr, "plot")["locked"]) == ("Mine.", True)
        page.reload()  # nothing is unsaved, so nobody is asked
        expect(page.locator("#field-plot .value")).to_have_text("Mine.")

    def test_a_new_title_is_in_the_heading_at_once(self, page):
        page.goto("/item/1")
        page.locator("#edit-title").click()
        page.locator("#input-title").fill("Mine")
        page.locator("#input-title").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Mine (2010)")

    def test_what_is_wrong_is_said_there_and_what_was_typed_is_guarded(self, page, metarr):
        page.goto("/item/1")
        page.locator("#edit-year").click()
        page.locator("#input-year").fill("soon")
        page.locator("#input-year").press("Enter")
        expect(page.locator("#input-year")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#input-year")).to_be_focused()
        expect(page.locator("#input-year")).to_have_value("soon")
        asked = []
        page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.get_by_role("link", name="Health").click()
        expect(page.locator("#input-year")).to_have_value("soon")
        assert asked == ["beforeunload"]
        page.locator("#field-year").get_by_role("link", name="Cancel").click()
        expect(page.locator("#edit-year")).to_be_focused()
        page.reload()
        assert field(metarr, "year")["value"] == 2010

    def test_what_is_typed_while_it_is_looked_up_is_kept(self, page, metarr):
        page.goto("/item/1")
        held = hold(page, "do=refresh")
        page.locator("#do-refresh").click()
        wait_until(page, lambda: held)
        page.locator("#edit-plot").click()
        page.locator("#input-plot").fill("Mine.")
        held.pop().continue_()
        expect(page.locator("#say")).to_contain_text("what you typed is still here")
        expect(page.locator("#input-plot")).to_have_value("Mine.")
        page.locator("#form-plot").get_by_role("button", name="Save").click()
        expect(page.locator("#lock-plot")).to_be_checked()
        assert field(metarr, "plot")["value"] == "Mine."

    def test_one_row_is_saved_while_another_is_typed_in(self, page, metarr):
        page.goto("/item/1")
        for name in ("plot", "tagline"):
            page.locator(f"#edit-{name}").click()
            page.locator(f"#input-{name}").fill(f"My {name}.")
        page.locator("#form-plot").get_by_role("button", name="Save").click()
        expect(page.locator("#lock-plot")).to_be_checked()
        expect(page.locator("#input-tagline")).to_have_value("My tagline.")
        page.locator("#form-tagline").get_by_role("button", name="Save").click()
        expect(page.locator("#lock-tagline")).to_be_checked()
        assert (field(metarr, "plot")["value"], field(metarr, "tagline")["value"]) == ("My plot.", "My tagline.")

    def test_take_this(self, page, metarr):
        page.goto("/item/1")
        page.locator("#why-plot").click()
        expect(page.locator("#reasons-plot")).to_contain_text("What others say")
        page.locator("#take-plot-1").click()
        expect(page.locator("#lock-plot")).to_be_checked()
        assert field(metarr, "plot")["value"] == "A dream thief must plant an idea instead of stealing one."
        look_up(metarr)
        assert field(metarr, "plot")["source"] == "owner"

    def test_a_lock_keeps_the_focus(self, page, metarr):
        page.goto("/item/1")
        lock = page.locator("#lock-awards")
        for locked in (True, False):
            lock.press("Space")
            expect(lock).to_be_checked(checked=locked)
            expect(lock).to_be_focused()
            assert field(metarr, "awards").get("locked", False) is locked

    def test_without_script(self, plain, metarr):
        plain.goto("/item/1")
        plain.locator("#edit-plot").click()
        plain.locator("#input-plot").fill("Mine.")
        plain.locator("#form-plot").get_by_role("button", name="Save").click()
        expect(plain.locator("#field-plot .value")).to_have_text("Mine.")
        plain.locator("#lock-plot").click()
        assert not field(metarr, "plot").get("locked")
        plain.locator("#why-plot").click()
        plain.locator("#take-plot-1").click()
        assert field(metarr, "plot")["source"] == "owner"


class TestTwoTabs:
    def typed(self, page: Page) -> None:
        page.goto("/item/1")
        page.locator("#edit-plot").click()
        page.locator("#input-plot").fill("Mine.")

    def save(self, page: Page) -> None:
        page.locator("#form-plot").get_by_role("button", name="Save").click()

    def test_the_same_field_shows_mine_and_theirs(self, page, metarr):
        self.typed(page)
        edit(metarr, plot="Theirs.")
        self.save(page)
        expect(page.locator("#form-plot").get_by_role("alert")).to_contain_text("There now: Theirs.")
        expect(page.locator("#input-plot")).to_have_value("Mine.")
        assert field(metarr, "plot")["value"] == "Theirs."
        self.save(page)
        expect(page.locator("#field-plot .value")).to_have_text("Mine.")
        assert field(metarr, "plot")["value"] == "Mine."

    def test_another_field_or_a_look_up_disturbs_nobody(self, page, metarr, simulators):
        self.typed(page)
        edit(metarr, tagline="Theirs.")
        simulators.patch("omdb", "movie", "tt1375666", imdbRating="5.0")
        look_up(metarr)
        self.save(page)
        expect(page.locator("#lock-plot")).to_be_checked()
        assert [field(metarr, name)["value"] for name in ("plot", "tagline", "imdb_rating")] == [
            "Mine.",
            "Theirs.",
            5.0,
        ]

    def test_it_is_saved_while_a_job_looks_everything_up(self, page, metarr, simulators):
        self.typed(page)
        simulators.patch("omdb", "movie", "tt1375666", imdbRating="5.0")
        job = metarr.call("Enrichment", "StartEnrichment", {"itemIds": ["1"], "force": True})["job"]["id"]
        self.save(page)
        expect(page.locator("#lock-plot")).to_be_checked()
        page.goto(f"/jobs/{job}")
        expect(page.locator("#job header")).to_contain_text("Complete")
        assert (field(metarr, "plot")["value"], field(metarr, "imdb_rating")["value"]) == ("Mine.", 5.0)


class TestLookUp:
    def test_it_is_tried_first_and_then_done(self, page, metarr, simulators):
        simulators.patch("omdb", "movie", "tt1375666", imdbRating="5.0")
        page.goto("/item/1")
        page.locator("#edit-tagline").click()
        page.locator("#input-tagline").fill("Being typed.")
        page.locator("#refresh summary").click()
        page.get_by_label("Ask again also those who answered lately").check()
        page.get_by_role("button", name="Only show what would change").click()
        expect(page.locator("#refreshed")).to_contain_text("1 field would change. Nothing is changed yet.")
        expect(page.locator("#input-tagline")).to_have_value("Being typed.")
        assert field(metarr, "imdb_rating")["value"] == 8.8
        asked = []
        page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.get_by_role("button", name="Look it up").click()
        expect(page.locator("#input-tagline")).to_have_value("Being typed.")
        assert asked == ["Leave without saving what you typed?"]
        assert field(metarr, "imdb_rating")["value"] == 8.8
        page.locator("#form-tagline").get_by_role("button", name="Save").click()
        expect(page.locator("#lock-tagline")).to_be_checked()
        page.get_by_role("button", name="Look it up").click()
        expect(page.locator("#refreshed")).to_contain_text("1 field was changed.")
        expect(page.locator("#field-imdb_rating .value")).to_have_text("5.0")

    def test_only_one_is_asked(self, page, simulators):
        page.goto("/item/1")
        page.locator("#refresh summary").click()
        page.get_by_label("OMDb", exact=True).check()
        page.get_by_label("Ask again also those who answered lately").check()
        simulators.clear_requests()
        page.get_by_role("button", name="Look it up").click()
        expect(page.locator("#refreshed")).to_contain_text("OMDb answered")
        assert simulators.count("omdb") == 1
        assert simulators.count("tmdb") == 0


class TestHistory:
    def test_an_edit_is_undone_and_the_undo_too(self, page, metarr):
        before = field(metarr, "plot")["value"]
        edit(metarr, plot="Mine.")
        page.goto("/item/1")
        for value in (before, "Mine."):
            page.locator("#history").get_by_role("button", name="Undo").first.click()
            expect(page.locator("#field-plot .value")).to_have_text(value)
            expect(page.get_by_role("heading", name="History")).to_be_focused()
            assert field(metarr, "plot")["value"] == value

    def test_a_run_is_undone_after_a_look(self, page, metarr, simulators):
        simulators.patch("omdb", "movie", "tt1375666", imdbRating="5.0")
        job = metarr.call("Enrichment", "StartEnrichment", {"all": True, "force": True})["job"]["id"]
        page.goto(f"/jobs/{job}")
        expect(page.locator("#job header")).not_to_contain_text("Running")
        page.goto("/item/1")
        page.get_by_role("button", name="Whole run").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Take all of it back?")
        assert field(metarr, "imdb_rating")["value"] == 5.0
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("All of it is taken back")
        assert field(metarr, "imdb_rating")["value"] == 8.8


class TestIdentify:
    def test_another_title_is_searched_for_and_taken(self, page, metarr):
        metarr.call("Library", "UpdateItem", {"itemId": "1", "lockFields": ["plot"], "updateMask": "lockFields"})
        plot = field(metarr, "plot")["value"]
        page.goto("/item/1")
        page.get_by_role("link", name="Not this title?").click()
        expect(page.get_by_text("Locked, so it stays as it is: Plot.")).to_be_visible()
        page.get_by_label("Title", exact=True).fill("Fight Club")
        page.get_by_label("Year").fill("1999")
        page.get_by_label("Year").press("Enter")
        page.get_by_role("button", name="This is it (Fight Club 1999)").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Fight Club (1999)")
        expect(page.get_by_text("It is identified, and was looked up.")).to_be_visible()
        assert (field(metarr, "title")["value"], field(metarr, "plot")["value"]) == ("Fight Club", plot)
        page.locator("#history").get_by_role("button", name="Undo").nth(1).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Inception (2010)")

    def test_without_script(self, plain, metarr):
        plain.goto("/item/1/identify")
        plain.get_by_label("Title", exact=True).fill("Fight Club")
        plain.get_by_role("button", name="Search").click()
        plain.get_by_role("button", name="This is it (Fight Club").first.click()
        expect(plain.get_by_role("heading", level=1)).to_contain_text("Fight Club")


class TestArtwork:
    def test_another_poster_is_chosen_and_locked(self, page, metarr):
        page.goto("/item/1")
        page.get_by_role("link", name="Choose Poster").click()
        page.get_by_role("navigation", name="Provider").get_by_role("link", name="fanart.tv").click()
        page.get_by_role("button", name="Choose").first.click()
        expect(page.locator("#say")).to_have_text("Poster is chosen and locked.")
        expect(page.locator(".tile.chosen")).to_be_focused()
        assert "fanart.tv" in field(metarr, "poster")["value"][0]["url"]
        look_up(metarr)
        assert field(metarr, "poster")["locked"]

    def test_without_pictures_there_is_still_a_choice(self, page, metarr):
        off = {"settings": {"show_pictures": False}, "updateMask": "showPictures"}
        metarr.call("Config", "UpdateSettings", off)
        page.goto("/item/1/artwork/poster")
        assert page.locator("img.thumb").count() == 0
        page.get_by_role("button", name="Choose").first.click()
        expect(page.locator("#say")).to_have_text("Poster is chosen and locked.")
        assert field(metarr, "poster")["locked"]


class TestConflict:
    def test_it_is_left_so_and_does_not_come_back(self, page, metarr, simulators):
        simulators.patch("tmdb", "movie", 27205, imdb_id="tt0133093", external_ids={"imdb_id": "tt0133093"})
        ids = [{"type": "imdb", "value": "tt1375666"}, {"type": "tmdb", "value": "27205"}]
        metarr.call("Library", "UpdateItem", {"itemId": "1", "ids": ids, "updateMask": "ids"})
        look_up(metarr)
        page.goto("/item/1")
        page.get_by_role("button", name="Leave it so").click()
        expect(page.get_by_text("1 contradiction you left as it is")).to_be_visible()
        look_up(metarr)
        page.reload()
        expect(page.get_by_role("button", name="Leave it so")).to_have_count(0)


def press_until(page: Page, key: str, selector: str, most: int = 200) -> None:
    """Go on by keyboard until something has the focus."""
    for _ in range(most):
        if page.locator(selector).evaluate_all("all => all.includes(document.activeElement)"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} is out of the keyboard's reach")


def test_an_edit_is_made_and_undone_by_keyboard_alone(page, metarr):
    before = field(metarr, "plot")["value"]
    page.goto("/item/1")
    press_until(page, "Tab", "#edit-plot")
    page.keyboard.press("Enter")
    expect(page.locator("#input-plot")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Mine.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#edit-plot")).to_be_focused()
    assert field(metarr, "plot")["value"] == "Mine."
    press_until(page, "Shift+Tab", "#why-plot")
    page.keyboard.press("Enter")
    expect(page.locator("#reasons-plot")).to_be_visible()
    press_until(page, "Tab", "#take-plot-2")
    page.keyboard.press("Enter")
    expect(page.locator("#edit-plot")).to_be_focused()
    assert field(metarr, "plot")["value"] not in ("Mine.", before)
    for _ in range(2):
        made = metarr.call("Enrichment", "ListChangeSets", {"itemId": "1", "cause": "edit"})["changeSets"]
        newest = next(each["id"] for each in made if not each.get("undoneBy"))
        press_until(page, "Tab", f"#undo-{newest}")
        page.keyboard.press("Enter")
        expect(page.locator(f"#undo-{newest}")).to_have_count(0)
    assert field(metarr, "plot")["value"] == before


def test_who_said_it_can_be_hidden(page):
    page.goto("/item/1")
    source = page.locator("#field-plot .origin")
    expect(source).to_be_visible()
    page.get_by_label("Show who said it").uncheck()
    expect(source).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_everybody_can_use_it(browser, metarr, scheme, size):
    # axe is a script of its own, which no page of ours would let in.
    options: dict[str, Any] = {"viewport": size, "color_scheme": scheme, "bypass_csp": True}
    with visitor(browser, metarr.url, pictures=PICTURES, **options) as page:
        for path in ("/item/1", "/item/3", "/item/4"):  # test_pages looks at every page as it comes
            page.goto(path)
            if path == "/item/1":
                page.locator("#edit-plot").click()
                page.locator("#why-genres").click()
                expect(page.locator("#input-plot")).to_be_visible()
                expect(page.locator("#reasons-genres")).to_be_visible()
            found = Axe().run(page, options={"resultTypes": ["violations"]})
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            assert "Start again" not in page.content()


@pytest.mark.parametrize("width", [390, 640, 960, 1280, 1600])
def test_it_is_never_wider_than_its_window(browser, metarr, width):
    long = {
        "plot": LONG,
        "title": LONG,
        "genres": [LONG],
        "cast": [{"name": LONG, "role": HOSTILE}],
        "tagline": HOSTILE,
    }
    edit(metarr, **long, poster=[{"url": "https://elsewhere.test/a.jpg"}], homepage="javascript:alert(1)")
    with visitor(browser, metarr.url, pictures=PICTURES, viewport={"width": width, "height": 800}) as page:
        for path in (*PAGES, "/item/6"):
            page.goto(path)
            assert overflow(page) <= 0, path
        page.goto("/item/1")
        for name in ("cast", "plot"):
            page.locator(f"#edit-{name}").click()
            expect(page.locator(f"#input-{name}")).to_be_visible()
        assert overflow(page) <= 0
