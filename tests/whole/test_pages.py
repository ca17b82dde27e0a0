"""The pages in a real browser, of a real daemon over the simulators."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from certificates import self_signed
from chromium import DESKTOP, PHONE, chromium, hold, needs_chromium, overflow, visitor, wait_until
from harness import PROVIDERS, Live, live
from metarr import tokens
from metarr.app import Daemon
from metarr.rpc.client import Client
from metarr.rpc.doors.access import Access
from pages import routes
from ports import kept_free
from simulators import KEYS, Simulators

pytestmark = [pytest.mark.e2e, needs_chromium]

TABS = 16
MOST_STOPS = 250
"""Of the keyboard on one page."""
PICTURES = ("image.tmdb.org", "assets.fanart.tv", "artworks.thetvdb.com", "m.media-amazon.com")

PAGES = (*routes("GET"), "/nope")
DIALOGS = (("/providers", "#settings-omdb"), ("/authorities", "#rule-plot"))
"""What opens one, and where that is."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def metarr(simulators: Simulators, tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path) as running:
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


def priority(metarr: Live) -> list[str]:
    return metarr.call("Config", "GetFieldAuthorities")["authorities"]["providerPriority"]


def provider(metarr: Live, name: str) -> dict:
    return next(each for each in metarr.call("Config", "ListProviders")["providers"] if each["id"] == name)


def setting(metarr: Live, name: str, key: str) -> dict:
    return next(each for each in provider(metarr, name)["settings"] if each["key"] == key)


def own(metarr: Live) -> dict[str, Any]:
    """Metarr's own settings by their keys."""
    return {each["key"]: each.get("value") for each in metarr.call("Config", "GetSettings")["settings"]}


def rule(metarr: Live, field: str) -> dict:
    rules = metarr.call("Config", "GetFieldAuthorities", {"kind": "MEDIA_KIND_MOVIE"})["authorities"]["fields"]
    return next(each for each in rules if each["field"] == field)


def add_film(metarr: Live) -> str:
    """Fight Club; returns its id."""
    film = {"kind": "MEDIA_KIND_MOVIE", "title": "Fight Club", "ids": [{"type": "imdb", "value": "tt0137523"}]}
    [added] = metarr.call("Library", "UpsertItems", {"items": [film]})["results"]
    return added["item"]["id"]


def values(metarr: Live, item_id: str) -> dict[str, tuple]:
    """By field what an item holds, and of whom."""
    fields = metarr.call("Library", "GetItem", {"itemId": item_id})["item"]["fields"]
    return {each["name"]: (each["value"], each.get("source")) for each in fields if "value" in each}


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until that has the focus, and is seen to have it."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", selector
            return
    pytest.fail(f"The keyboard does not get to {selector}")


def names(page: Page) -> list[str]:
    return page.locator(".row strong").all_inner_texts()


class TestOrder:
    def test_a_row_is_dragged(self, page, metarr):
        page.goto("/providers")
        before = names(page)
        page.locator("#row-fanart .grip").drag_to(page.locator(".row").first)
        expect(page.locator(".row strong").first).to_have_text("fanart.tv")
        expect(page.locator("#say")).to_have_text("The order is saved.")
        assert names(page) == [before[3], *before[:3]]
        assert priority(metarr)[0] == "fanart"
        page.reload()
        assert names(page) == [before[3], *before[:3]]

    def test_it_is_moved_by_keyboard_twice_fast_and_keeps_the_focus(self, page, metarr):
        page.goto("/providers")
        page.locator("#up-fanart").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.locator(".row strong").nth(1)).to_have_text("fanart.tv")
        expect(page.locator("#say")).to_have_text("fanart.tv is now number 2 of 4.")
        expect(page.locator("#up-fanart")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".row strong").first).to_have_text("fanart.tv")
        expect(page.locator("#up-fanart")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".row strong").first).to_have_text("fanart.tv")
        assert priority(metarr)[0] == "fanart"

    def test_it_is_moved_without_script(self, plain, metarr):
        plain.goto("/providers")
        plain.locator("#down-omdb").click()
        assert priority(metarr)[1] == "omdb"
        assert names(plain)[1] == "OMDb"

    @pytest.mark.parametrize("way", ["mouse", "keyboard", "no script"])
    def test_the_next_merge_follows(self, browser, metarr, simulators, way):
        metarr.configure(simulators, "tmdb", "omdb")
        for provider_id in ("fanart", "tvdb"):
            metarr.call("Config", "UpdateProvider", {"providerId": provider_id, "updateMask": "enabled"})
        by_order = {"fields": [{"kind": "MEDIA_KIND_MOVIE", "field": "plot", "providers": ["nfo"]}]}
        metarr.call("Config", "UpdateFieldAuthorities", {"authorities": by_order, "updateMask": "fields"})
        item_id = add_film(metarr)
        metarr.call("Enrichment", "Enrich", {"itemId": item_id})
        assert values(metarr, item_id)["plot"][1] == "omdb"
        with visitor(browser, metarr.url, java_script_enabled=way != "no script") as page:
            page.goto("/providers")
            if way == "mouse":
                page.locator("#row-tmdb .grip").drag_to(page.locator(".row").first)
            else:
                page.locator("#up-tmdb").press("Enter")
            expect(page.locator(".row strong").first).to_have_text("TMDB")
            wait_until(page, lambda: priority(metarr)[0] == "tmdb")
        metarr.call("Enrichment", "Enrich", {"itemId": item_id})
        assert values(metarr, item_id)["plot"][1] == "tmdb"

    def test_what_another_tab_ordered_is_shown_and_stands(self, page, metarr):
        page.goto("/providers")
        metarr.call(
            "Config",
            "UpdateFieldAuthorities",
            {"authorities": {"providerPriority": ["tvdb", "tmdb", "omdb", "fanart"]}, "updateMask": "providerPriority"},
        )
        page.locator("#row-fanart .grip").drag_to(page.locator(".row").first)
        expect(page.get_by_role("alert")).to_contain_text("Somebody else changed the order")
        assert names(page) == ["TheTVDB", "TMDB", "OMDb", "fanart.tv"]
        assert priority(metarr)[0] == "tvdb"


class TestSettings:
    def open(self, page: Page, name: str) -> None:
        page.goto("/providers")
        page.locator(f"#settings-{name}").click()
        expect(page.locator("dialog article")).to_be_visible()

    def test_a_key_is_tested_and_then_saved(self, page, metarr, simulators):
        self.open(page, "tmdb")
        page.get_by_label("Address").fill(simulators.base_urls["tmdb"])
        page.get_by_label("API key").fill("0123456789abcdef")
        page.get_by_role("button", name="Test").click()
        expect(page.locator("#verdict")).to_contain_text("refuses the key")
        assert not setting(metarr, "tmdb", "api_key").get("secretSet"), "nothing is stored by a test"
        assert page.get_by_label("API key").input_value() == "0123456789abcdef", "what was typed is kept"
        page.get_by_label("API key").fill(KEYS["tmdb"])
        page.get_by_role("button", name="Test").click()
        expect(page.locator("#verdict")).to_contain_text("TMDB answered.")
        page.get_by_label("API key").press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("The settings of TMDB are saved.")
        assert setting(metarr, "tmdb", "api_key")["secretHint"] == KEYS["tmdb"][-4:]
        assert KEYS["tmdb"] not in page.content()
        self.open(page, "tmdb")
        assert page.get_by_label("API key").input_value() == ""
        assert KEYS["tmdb"] not in page.content()

    def test_what_is_typed_and_saved_while_a_test_runs_is_kept(self, page, metarr, simulators):
        self.open(page, "tmdb")
        page.get_by_label("Address").fill(simulators.base_urls["tmdb"])
        held = hold(page, "do=test")
        page.get_by_role("button", name="Test").press("Enter")
        page.get_by_label("API key").fill(KEYS["tmdb"])
        wait_until(page, lambda: held)
        held.pop().continue_()
        expect(page.locator("#verdict")).to_contain_text("Not set yet")
        expect(page.get_by_label("API key")).to_be_focused()
        page.get_by_role("button", name="Test").press("Enter")
        wait_until(page, lambda: held)
        page.get_by_label("API key").press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("The settings of TMDB are saved.")
        assert setting(metarr, "tmdb", "api_key")["secretHint"] == KEYS["tmdb"][-4:]

    def test_a_form_that_comes_back_works_in_the_moment_it_does(self, page, metarr):
        """By htmx, that is: a browser by itself would leave the page."""
        self.open(page, "omdb")
        page.get_by_label("Requests per day").fill("many")
        page.evaluate("""() => new MutationObserver((seen, observer) => {
            observer.disconnect();
            document.querySelector('[name="settings.daily_quota"]').value = '7';
            document.querySelector('dialog form').requestSubmit();
        }).observe(document.getElementById('dialog'), { childList: true })""")
        sent = []
        page.on("request", lambda request: sent.append("hx-request" in request.headers) if request.post_data else None)
        page.get_by_role("button", name="Save").press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("The settings of OMDb are saved.")
        assert sent == [True, True]
        assert setting(metarr, "omdb", "daily_quota")["value"] == 7

    def test_a_test_says_what_is_in_the_way_and_a_stored_key_goes_nowhere_else(self, page, metarr, simulators):
        metarr.configure(simulators, "tmdb")
        with kept_free() as port:
            self.open(page, "tmdb")
            page.get_by_role("button", name="Test").click()
            expect(page.locator("#verdict")).to_contain_text("TMDB answered.")
            page.get_by_label("Address").fill(f"http://127.0.0.1:{port}")
            page.get_by_role("button", name="Test").click()
            expect(page.locator("#settings-api_key-help")).to_contain_text("Was entered for 127.0.0.1")
            expect(page.get_by_label("API key")).to_be_focused()
            page.get_by_label("API key").fill(KEYS["tmdb"])
            page.get_by_role("button", name="Test").click()
            expect(page.locator("#verdict")).to_contain_text("TMDB cannot be heard")
        assert setting(metarr, "tmdb", "base_url")["value"] == simulators.base_urls["tmdb"], "nothing is stored"

    def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(self, page, metarr):
        self.open(page, "omdb")
        page.get_by_label("API key").fill("a-key-that-was-typed")
        page.get_by_label("Requests per day").fill("many")
        page.get_by_role("button", name="Save").click()
        field = page.get_by_label("Requests per day")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_focused()
        expect(page.locator("#settings-daily_quota-help")).to_contain_text("Must be a number")
        assert field.input_value() == "many"
        assert page.get_by_label("API key").input_value() == "a-key-that-was-typed"
        assert not setting(metarr, "omdb", "api_key").get("secretSet")
        page.get_by_role("button", name="Test").press("Enter")
        expect(page.get_by_label("Requests per day")).to_be_focused()
        field.fill("7")
        expect(field).not_to_have_attribute("aria-invalid", "true")
        expect(page.locator("#settings-daily_quota-help")).not_to_contain_text("Must be a number")

    def test_a_dialog_is_left_by_keyboard_but_not_with_what_was_typed(self, page):
        self.open(page, "omdb")
        page.keyboard.press("Escape")
        expect(page.locator("dialog article")).to_be_hidden()
        expect(page.locator("#settings-omdb")).to_be_focused()
        page.keyboard.press("Enter")
        page.get_by_label("Requests per day").fill("7")
        asked = []
        page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.keyboard.press("Escape")
        expect(page.get_by_label("Requests per day")).to_have_value("7")
        assert asked == ["Leave without saving what you typed?"]
        page.once("dialog", lambda dialog: dialog.accept())
        page.keyboard.press("Escape")
        expect(page.locator("dialog article")).to_be_hidden()

    def test_it_is_switched_off_and_on_and_keeps_the_focus(self, page, metarr):
        page.goto("/providers")
        switch = page.get_by_role("switch", name="OMDb is asked")
        switch.press("Space")
        expect(page.locator("#say")).to_have_text("OMDb is switched off.")
        expect(switch).not_to_be_checked()
        expect(switch).to_be_focused()
        assert not provider(metarr, "omdb").get("enabled")
        switch.press("Space")
        expect(switch).to_be_checked()
        assert provider(metarr, "omdb")["enabled"]


def test_what_is_refused_is_said_and_the_page_stays_as_it_is(page):
    page.goto("/providers")
    page.locator("#switch-omdb").evaluate("button => { button.value = 'perhaps'; }")
    page.locator("#switch-omdb").click()
    expect(page.locator("#say")).to_have_text("This form is not whole. Load the page again; nothing was changed.")
    assert len(names(page)) == 4


def test_a_new_owner_sets_it_up_without_script(plain, metarr, simulators):
    plain.goto("/")
    expect(plain.get_by_role("heading", level=1)).to_have_text("Welcome to Metarr")
    plain.locator("#key-tmdb").click()
    plain.get_by_label("Address").fill(simulators.base_urls["tmdb"])
    plain.get_by_label("API key").fill(KEYS["tmdb"])
    plain.get_by_role("button", name="Test").click()
    expect(plain.locator("#verdict")).to_contain_text("TMDB answered.")
    plain.get_by_label("API key").fill(KEYS["tmdb"])
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Welcome to Metarr")
    expect(plain.locator(".steps li").first).to_contain_text("Done")
    assert setting(metarr, "tmdb", "api_key")["secretSet"]
    plain.locator("#add").click()
    plain.get_by_label("Title").fill("fight club")
    plain.get_by_role("button", name="Search").click()
    plain.locator("#take-1").click()
    expect(plain.locator("#notes")).to_contain_text("It is in the library now, and was looked up.")
    expect(plain.locator("#field-plot")).to_contain_text("A sleepless claims adjuster")
    plain.goto("/welcome")
    plain.get_by_role("button", name="Look everything up").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text(re.compile("Look up"))
    assert len(metarr.call("Enrichment", "ListJobs")["jobs"]) == 1
    plain.goto("/welcome")
    expect(plain.locator(".steps > li").last).to_contain_text("Begun")


def follow(page: Page, selector: str, heading: str) -> None:
    """Go by keyboard to where a link or a button leads."""
    tab_to(page, selector)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def type_key(page: Page, simulators: Simulators, name: str, heading: str) -> None:
    """From the welcome page and back to it: the key of a provider, tested and saved."""
    follow(page, f"#key-{name}", heading)
    tab_to(page, "#settings-api_key")
    page.keyboard.type(KEYS[name])
    tab_to(page, "#settings-base_url")  # what stands in a field is marked when Tab gets there, and so typed over
    page.keyboard.type(simulators.base_urls[name])
    tab_to(page, "#test")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("answered.")
    expect(page.locator("#test")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#save")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Metarr")


def test_from_the_first_key_to_an_edit_that_is_undone_by_keyboard_alone(page, metarr, simulators):
    """Nothing but what is typed, Tab, Enter, Space and the arrows; no page is called by its address but the first."""
    page.goto("/")
    type_key(page, simulators, "tmdb", "TMDB")
    type_key(page, simulators, "omdb", "OMDb")
    follow(page, "#add", "Add a title")
    tab_to(page, "#search-movie")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search-movie")).to_be_checked()
    tab_to(page, "#title")
    page.keyboard.type("fight club")
    page.keyboard.press("Enter")
    expect(page.locator("#candidates")).to_be_visible()
    tab_to(page, "#take-1")
    page.keyboard.press("Enter")
    expect(page.locator("#notes")).to_contain_text("It is in the library now, and was looked up.")
    item_id = page.url.partition("/item/")[2].partition("?")[0]
    tab_to(page, "#do-try")
    page.keyboard.press("Enter")
    expect(page.locator("#refreshed")).to_contain_text("Nothing would change.")
    expect(page.locator("#do-try")).to_be_focused()
    follow(page, "a[href='/authorities']", "Authorities")
    tab_to(page, "#rule-plot")
    page.keyboard.press("Enter")
    expect(page.locator("#rule-name")).to_be_focused()
    tab_to(page, "#up-omdb")
    page.keyboard.press("Space")
    expect(page.locator("#up-omdb")).to_be_focused()
    tab_to(page, "#try")
    page.keyboard.press("Enter")
    expect(page.locator("#preview")).to_contain_text("1 item of 1 would change")
    expect(page.locator("#try")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The rule for Plot is saved.")).to_be_visible()
    tab_to(page, "#apply")
    page.keyboard.press("Enter")
    expect(page.locator("#job header")).to_contain_text("Complete")
    by_rule = values(metarr, item_id)
    assert by_rule["plot"][1] == "omdb"
    follow(page, "a[href='/library']", "Library")
    follow(page, f"#item-{item_id}", "Fight Club (1999)")
    tab_to(page, "#edit-plot")
    page.keyboard.press("Enter")
    expect(page.locator("#input-plot")).to_be_focused()
    page.keyboard.type("Mine. ")
    page.keyboard.press("Tab")
    expect(page.locator("#save-plot")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#edit-plot")).to_be_focused()
    assert values(metarr, item_id)["plot"] == (f"Mine. {by_rule['plot'][0]}", "owner")
    tab_to(page, "#history button[id^=undo-]")
    page.keyboard.press("Enter")
    expect(page.locator("#history-name")).to_be_focused()
    assert values(metarr, item_id) == by_rule


def test_who_sends_what_was_typed_is_not_asked_whether_to_leave_it(page):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/add")
    page.locator("#ids").press_sequentially("550")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_be_visible()
    assert asked == []
    page.locator("#ids").press_sequentially("0")
    page.goto("/health")
    assert asked == ["beforeunload"]


class TestHealth:
    def test_a_card_changes_when_a_quota_runs_out(self, page, metarr, simulators):
        metarr.configure(simulators, "omdb")
        page.clock.install()
        page.goto("/health")
        card = page.locator("#provider-omdb")
        expect(card).to_contain_text("Working")
        simulators.set_quota("omdb", 0)
        metarr.call("Config", "TestProvider", {"providerId": "omdb"})
        page.clock.run_for(31_000)
        expect(card).to_contain_text("Limited")
        expect(page.get_by_label("Notices")).to_contain_text("OMDb")

    def test_it_does_not_look_again_while_nobody_sees_it(self, page, metarr):
        page.clock.install()
        page.goto("/health")
        looked: list[str] = []
        page.on("request", lambda request: looked.append(request.url) if request.url.endswith("/health") else None)
        page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
        page.clock.run_for(95_000)
        assert looked == []
        page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("#health")).to_be_visible()
        page.wait_for_timeout(300)
        assert len(looked) == 1

    def test_a_notice_leads_to_what_mends_it(self, page, metarr, simulators):
        simulators.refuse_key("omdb")
        metarr.configure(simulators, "omdb")
        metarr.call("Config", "TestProvider", {"providerId": "omdb"})
        page.goto("/health")
        page.get_by_label("Notices").get_by_role("link", name="Open its settings").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("OMDb")


def test_a_daemon_that_goes_and_comes_back_is_noticed_and_nothing_is_lost(browser, simulators, tmp_path):
    with kept_free() as port:
        daemon = Daemon(tmp_path, http=f"127.0.0.1:{port}")
        daemon.start()
        try:
            with visitor(browser, f"http://127.0.0.1:{port}") as page:
                page.goto("/providers/omdb")
                page.get_by_label("Requests per day").fill("77")
                daemon.stop()
                page.get_by_role("button", name="Save").click()
                expect(page.locator("#lost")).to_be_visible()
                assert page.get_by_label("Requests per day").input_value() == "77"
                daemon = Daemon(tmp_path, http=f"127.0.0.1:{port}")
                daemon.start()
                expect(page.locator("#lost")).to_be_hidden()
                page.get_by_role("button", name="Save").click()
                expect(page.get_by_role("status").first).to_contain_text("The settings of OMDb are saved.")
        finally:
            daemon.stop()


def test_health_goes_on_by_itself_after_a_restart(browser, simulators, tmp_path):
    with kept_free() as port:
        daemon = Daemon(tmp_path, http=f"127.0.0.1:{port}")
        daemon.start()
        try:
            with visitor(browser, f"http://127.0.0.1:{port}") as page:
                page.clock.install()
                page.goto("/health")
                daemon.stop()
                for _ in range(3):
                    page.clock.run_for(31_000)
                    expect(page.get_by_role("alert")).to_have_count(1)
                expect(page.locator("#lost")).to_be_visible()
                expect(page.locator("#provider-omdb")).to_contain_text("No key yet")
                daemon = Daemon(tmp_path, http=f"127.0.0.1:{port}")
                daemon.start()
                Live(daemon, Client(daemon.grpc_address), tmp_path).configure(simulators, "omdb")
                page.clock.run_for(3_500)
                expect(page.locator("#lost")).to_be_hidden()
                expect(page.locator("#provider-omdb")).to_contain_text("Working")
        finally:
            daemon.stop()


def test_sixteen_tabs_look_at_health_while_as_many_titles_are_waited_for(browser, metarr, simulators):
    metarr.configure(simulators, "tmdb")
    item_id = add_film(metarr)
    with ThreadPoolExecutor(TABS) as waiting, visitor(browser, metarr.url) as page:
        tabs = [page, *(page.context.new_page() for _ in range(TABS - 1))]
        for tab in tabs:
            tab.goto("/health")
        simulators.fault("tmdb", "hang")
        asked = {"itemId": item_id, "forceRefresh": True}
        enrich = f"{metarr.url}/metarr.v1.EnrichmentService/Enrich"
        within = {"Connect-Timeout-Ms": "15000"}
        refreshes = [waiting.submit(requests.post, enrich, json=asked, headers=within, timeout=60) for _ in range(TABS)]
        wait_until(page, lambda: simulators.count("tmdb"))
        took = [requests.get(f"{metarr.url}/health", timeout=60).elapsed.total_seconds() for _ in range(TABS)]
        assert not any(each.done() for each in refreshes), "all this went on while they hung"
        assert min(took) < 0.25, "they hang for 15 s; scripts/bench tells what a page takes"
        metarr.configure(simulators, "omdb")
        for tab in tabs:
            tab.evaluate("htmx.trigger(document.body, 'look-again')")
        for tab in tabs:
            expect(tab.locator("#provider-omdb")).to_contain_text("Working")
        simulators.reset()


class TestSignIn:
    @pytest.fixture
    def guarded(self, tmp_path: Path) -> Iterator[Daemon]:
        daemon = Daemon(tmp_path, access=Access(require_token=True))
        daemon.start()
        yield daemon
        daemon.stop()

    def sign_in(self, page: Page, token: str) -> None:
        page.get_by_label("Access token").fill(token)
        page.get_by_role("button", name="Sign in").click()

    def test_the_token_opens_pages_and_a_new_one_ends_that(self, browser, guarded, tmp_path):
        file = tmp_path / tokens.FILE_NAME
        with visitor(browser, f"http://{guarded.http_address}") as page:
            page.goto("/providers")
            self.sign_in(page, "not-the-token-at-all-but-long")
            expect(page.get_by_text("This is not the access token.")).to_be_visible()
            self.sign_in(page, tokens.read(file))
            expect(page).to_have_url(re.compile("/providers$"))
            status = page.evaluate("fetch('/metarr.v1.HealthService/GetHealth').then((answer) => answer.status)")
            assert status == 401, "the cookie opens no method"
            tokens.renew(file)
            page.get_by_role("switch", name="OMDb is asked").click()
            expect(page.get_by_label("Access token")).to_be_visible()
            self.sign_in(page, tokens.read(file))
            expect(page).to_have_url(re.compile("/providers$"))
            page.get_by_role("button", name="Sign out").click()
            expect(page.get_by_label("Access token")).to_be_visible()

    def test_under_tls_alike(self, browser, tmp_path):
        tls = self_signed(tmp_path)
        daemon = Daemon(tmp_path / "data", access=Access(require_token=True, tls=tls))
        daemon.start()
        try:
            with visitor(browser, f"https://{daemon.http_address}", ignore_https_errors=True) as page:
                page.goto("/health")
                self.sign_in(page, tokens.read(tmp_path / "data" / tokens.FILE_NAME))
                expect(page.get_by_role("heading", level=1)).to_have_text("Health")
                [cookie] = page.context.cookies()
                assert (cookie["name"], cookie["secure"]) == ("__Host-metarr_session", True)
                assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
        finally:
            daemon.stop()

    def test_a_page_of_another_port_of_this_host_cannot_use_the_cookie(self, browser, guarded, tmp_path):
        url = f"http://{guarded.http_address}"
        hostile = Daemon(tmp_path / "other")  # any page of another port will do
        hostile.start()
        try:
            with visitor(browser, url, pictures=(hostile.http_address,), bypass_csp=True) as page:
                page.goto("/health")
                self.sign_in(page, tokens.read(tmp_path / tokens.FILE_NAME))
                page.goto(f"http://{hostile.http_address}/health")
                page.evaluate(f"""() => {{
                    const form = document.createElement('form');
                    Object.assign(form, {{ method: 'post', action: '{url}/providers/omdb/enabled' }});
                    form.innerHTML = '<input name=enabled value=off>';
                    document.body.append(form);
                    form.submit();
                }}""")
                page.wait_for_url(f"{url}/**")
                assert "refused" in page.content()
                framed = page.goto(f"{url}/providers")
                assert framed is not None
                assert framed.headers["x-frame-options"] == "DENY"
                expect(page.get_by_role("switch", name="OMDb is asked")).to_be_checked()
        finally:
            hostile.stop()


class TestJob:
    def test_it_is_looked_at_until_it_ends(self, page, metarr, simulators):
        metarr.configure(simulators, "tmdb")
        add_film(metarr)
        page.goto("/jobs")
        page.get_by_role("button", name="Look everything up").click()
        expect(page.locator("#job header")).to_contain_text("Complete")
        expect(page.locator("#job")).not_to_have_attribute("hx-trigger", re.compile("every"))
        expect(page.get_by_role("row", name="TMDB")).to_contain_text("1")

    @pytest.mark.parametrize("by", ["mouse", "keyboard"])
    def test_a_button_that_is_being_pressed_is_not_taken_away(self, page, metarr, simulators, by):
        metarr.configure(simulators, "tmdb")
        simulators.fault("tmdb", "hang")
        add_film(metarr)
        job = metarr.call("Enrichment", "StartEnrichment", {"all": True})["job"]
        page.goto(f"/jobs/{job['id']}")
        page.clock.install()
        page.reload()
        cancel = page.get_by_role("button", name="Cancel this job")
        cancel.hover() if by == "mouse" else cancel.focus()
        looked: list[str] = []
        page.on("requestfinished", lambda request: looked.append(request.url))
        page.mouse.down() if by == "mouse" else page.keyboard.down("Space")
        page.clock.run_for(2_100)
        wait_until(page, lambda: looked)
        page.mouse.up() if by == "mouse" else page.keyboard.up("Space")
        expect(page.locator("#job header")).to_contain_text("Cancelled")
        simulators.reset()


class TestAuthorities:
    def test_a_rule_is_previewed_saved_applied_and_undone(self, page, metarr, simulators):
        metarr.configure(simulators, "tmdb", "omdb")
        item_id = add_film(metarr)
        metarr.call("Enrichment", "Enrich", {"itemId": item_id})
        before = values(metarr, item_id)
        page.goto("/authorities")
        page.locator("#rule-plot").click()
        page.locator("#up-omdb").press("Enter")
        expect(page.locator("#up-omdb")).to_be_focused()
        expect(page.locator("#say")).to_have_text(re.compile("Now number 1 of "))
        held = hold(page, "do=preview")
        page.get_by_role("button", name="Preview").press("Enter")
        wait_until(page, lambda: held)
        held.pop().continue_()
        expect(page.locator("#preview")).to_contain_text("1 item of 1 would change")
        expect(page.locator("#preview ins")).to_be_visible()
        expect(page.locator("#preview")).to_contain_text("OMDb")
        expect(page.get_by_role("button", name="Preview")).to_be_focused()
        foretold = page.locator("#preview ins").inner_text()
        page.get_by_role("button", name="Preview").press("Enter")
        wait_until(page, lambda: held)
        page.get_by_role("button", name="Save").click()  # while another preview still runs
        expect(page.get_by_text("The rule for Plot is saved.")).to_be_visible()
        expect(page.locator("#authorities .row")).to_have_count(1)
        assert values(metarr, item_id) == before
        page.get_by_role("button", name="Apply it to the library now").click()
        expect(page.locator("#job header")).to_contain_text("Complete")
        expect(page.locator("#job")).to_contain_text("1 of 1")
        after = values(metarr, item_id)
        assert {field for field in after if after[field] != before[field]} == {"plot"}
        assert after["plot"][1] == "omdb"
        assert after["plot"][0].startswith(foretold.removesuffix("…").strip())
        metarr.call("Enrichment", "UndoChangeSets", {"jobId": page.url.rpartition("/")[2]})
        assert values(metarr, item_id)["plot"][0] == before["plot"][0]
        page.goto("/authorities")
        page.locator("#rule-plot").click()
        page.get_by_role("button", name="Back to the default").click()
        expect(page.locator("#authorities .row").nth(5)).to_be_visible()


class TestTwoTabs:
    @pytest.fixture
    def tabs(self, page: Page) -> tuple[Page, Page]:
        return page, page.context.new_page()

    def test_of_a_providers_setting_both_are_shown_and_a_second_save_counts(self, tabs, metarr):
        mine, theirs = tabs
        for tab, quota in ((mine, "55"), (theirs, "77")):
            tab.goto("/providers/omdb")
            tab.get_by_label("Requests per day").fill(quota)
        theirs.get_by_role("button", name="Save").click()
        expect(theirs.get_by_text("The settings of OMDb are saved.")).to_be_visible()
        mine.get_by_role("button", name="Save").click()
        expect(mine.locator("#settings-daily_quota-help")).to_contain_text("Meanwhile this was set to '77'")
        expect(mine.get_by_label("Requests per day")).to_have_value("55")
        assert setting(metarr, "omdb", "daily_quota")["value"] == 77
        mine.get_by_role("button", name="Save").click()
        expect(mine.get_by_text("The settings of OMDb are saved.")).to_be_visible()
        assert setting(metarr, "omdb", "daily_quota")["value"] == 55

    def test_of_two_of_its_settings_both_are_saved(self, tabs, metarr):
        mine, theirs = tabs
        for tab, label, text in ((mine, "Requests per day", "55"), (theirs, "Requests per second", "3")):
            tab.goto("/providers/omdb")
            tab.get_by_label(label).fill(text)
        for tab in (theirs, mine):
            tab.get_by_role("button", name="Save").click()
            expect(tab.get_by_text("The settings of OMDb are saved.")).to_be_visible()
        assert setting(metarr, "omdb", "daily_quota")["value"] == 55
        assert setting(metarr, "omdb", "requests_per_second")["value"] == 3

    def test_of_a_rule_both_are_shown_and_a_second_save_counts(self, tabs, metarr):
        mine, theirs = tabs
        for tab, provider_id in ((mine, "omdb"), (theirs, "tvdb")):
            tab.goto("/authorities/movie/plot")
            tab.get_by_label(re.compile("OMDb|TheTVDB|TMDB|fanart")).evaluate_all(
                "(boxes, id) => boxes.forEach((box) => { if (box.checked !== (box.value === id)) box.click(); })",
                provider_id,
            )
        theirs.get_by_role("button", name="Save").click()
        expect(theirs.get_by_text("The rule for Plot is saved.")).to_be_visible()
        mine.get_by_role("button", name="Save").click()
        expect(mine.get_by_role("alert")).to_contain_text("Meanwhile somebody else set it to: TheTVDB.")
        expect(mine.locator("#use-omdb")).to_be_checked()
        assert rule(metarr, "plot")["providers"] == ["tvdb"]
        mine.get_by_role("button", name="Save").click()
        expect(mine.get_by_text("The rule for Plot is saved.")).to_be_visible()
        assert rule(metarr, "plot")["providers"] == ["omdb"]

    def test_of_two_rules_both_are_saved(self, tabs, metarr):
        mine, theirs = tabs
        for tab, field in ((mine, "plot"), (theirs, "runtime_minutes")):
            tab.goto(f"/authorities/movie/{field}")
            tab.locator("#exclusive").check()
        for tab in (theirs, mine):
            tab.get_by_role("button", name="Save").click()
            expect(tab.get_by_text(re.compile("The rule for .* is saved"))).to_be_visible()
        assert rule(metarr, "plot")["exclusive"]
        assert rule(metarr, "runtime_minutes")["exclusive"]

    def settle(self, tab: Page, label: str, text: str) -> None:
        tab.goto("/settings")
        tab.get_by_label(label).fill(text)

    def save(self, tab: Page) -> None:
        tab.get_by_role("button", name="Save").click()

    def test_of_a_setting_of_metarrs_both_are_shown_and_a_second_save_counts(self, tabs, metarr):
        mine, theirs = tabs
        self.settle(mine, "Country", "DE")
        self.settle(theirs, "Country", "FR")
        self.save(theirs)
        expect(theirs.get_by_text("The settings are saved.")).to_be_visible()
        self.save(mine)
        expect(mine.locator("#settings-country-help")).to_contain_text("Meanwhile this was set to 'FR'")
        expect(mine.get_by_label("Country")).to_have_value("DE")
        expect(mine.get_by_label("Country")).to_be_focused()
        assert own(metarr)["country"] == "FR"
        self.save(mine)
        expect(mine.get_by_text("The settings are saved.")).to_be_visible()
        assert own(metarr)["country"] == "DE"

    def test_of_two_settings_of_metarrs_both_are_saved(self, tabs, metarr):
        mine, theirs = tabs
        self.settle(mine, "Country", "DE")
        self.settle(theirs, "Extra fanart", "9")
        for tab in (theirs, mine):
            self.save(tab)
            expect(tab.get_by_text("The settings are saved.")).to_be_visible()
        assert (own(metarr)["country"], own(metarr)["extra_fanart"]) == ("DE", 9)


class TestMetarrsSettings:
    def test_they_are_changed_and_what_is_wrong_is_said_at_its_field(self, page, metarr):
        page.goto("/settings")
        page.get_by_label("Country").fill("Germany")
        page.get_by_label("Extra fanart").fill("9")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("Country")).to_be_focused()
        expect(page.get_by_label("Country")).to_have_value("Germany")
        expect(page.get_by_label("Extra fanart")).to_have_value("9")
        asked = []
        page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.get_by_role("link", name="Health").click()
        expect(page.get_by_label("Country")).to_have_value("Germany")
        assert asked == ["beforeunload"], "what is not saved is not left by accident"
        page.get_by_label("Country").fill("DE")
        page.get_by_label("Country").press("Enter")
        expect(page.get_by_text("The settings are saved.")).to_be_visible()
        assert (own(metarr)["country"], own(metarr)["extra_fanart"]) == ("DE", 9)


@pytest.fixture
def furnished(metarr: Live, simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Live:
    """A daemon that has something to show on every page: what `routes` names, too."""
    metarr.configure(simulators, *PROVIDERS)
    add_film(metarr)
    series = {"title": "Breaking Bad", "year": 2008, "ids": [{"type": "tvdb", "value": "81189"}]}
    episode = {"kind": "MEDIA_KIND_EPISODE", "series": series, "seasonNumber": 1, "episodeNumber": 1}
    metarr.call("Library", "UpsertItems", {"items": [episode]})
    for item_id in ("1", "2"):
        metarr.call("Enrichment", "Enrich", {"itemId": item_id})
    films = tmp_path_factory.mktemp("films" + "x" * 200)
    metarr.call("Host", "AddHost", {"kind": "folders", "name": "Films", "settings": {"paths": [str(films)]}})
    takes = [{"kind": "MEDIA_KIND_MOVIE", "fields": ["title", "plot"]}]
    kodi = {"playerId": "kodi", "name": "Kodi", "host": "kodi", "instance": "one", "kinds": takes}
    session = metarr.call("Sync", "RegisterPlayer", kodi)["session"]
    entry = {"hostKey": "1", "hostId": "1", "kind": "MEDIA_KIND_MOVIE", "title": "Alien", "year": 1979}
    report = {"playerId": "kodi", "session": session, "items": [entry], "reportId": "one", "complete": True}
    metarr.call("Sync", "ReportItems", report)
    metarr.call("Enrichment", "StartEnrichment", {"all": True})
    return metarr


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_everybody_can_use_every_page(browser, furnished, scheme, size):
    metarr = furnished
    # axe is a script of its own, which no page of ours would let in.
    options = {"viewport": size, "color_scheme": scheme, "bypass_csp": True}
    with visitor(browser, metarr.url, pictures=PICTURES, **options) as page:
        for path, opens in (*((path, "") for path in PAGES), *DIALOGS):
            page.goto(path)
            if opens:
                page.locator(opens).click()
                expect(page.locator("dialog article")).to_be_visible()
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            found = Axe().run(page, options={"resultTypes": ["violations"]})
            assert found.violations_count == 0, f"{path} {opens}: {found.generate_report()}"


LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"


@pytest.mark.parametrize(("width", "large"), [(320, ""), (390, ""), (640, ""), (960, ""), (1280, ""), (1600, ""),
                                              (640, LARGE_TEXT), (1280, LARGE_TEXT)])  # fmt: skip
def test_no_page_is_wider_than_its_window(browser, furnished, width, large):
    """640 pixels are a window of 1280 at 200 %; besides, text alone may be twice as large."""
    metarr = furnished
    metarr.call(
        "Config",
        "UpdateProvider",
        {"providerId": "omdb", "settings": {"base_url": "http://127.0.0.1/" + "x" * 500}, "updateMask": "settings"},
    )
    with visitor(browser, metarr.url, pictures=PICTURES, viewport={"width": width, "height": 800}) as page:
        for path in (*PAGES, "/library?show=posters"):
            page.goto(path)
            page.evaluate(large)
            assert overflow(page) <= 0, path
