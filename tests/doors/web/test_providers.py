"""The page Providers, as a browser without script uses it, and as htmx does."""

import pytest
from werkzeug.test import Client

from fakes import FakeClock
from harness import House, house
from pages import HTMX, Seen, browser, seen
from simulators import KEYS, Simulators

pytestmark = pytest.mark.slow


def providers(web: Client) -> Seen:
    return seen(web.get("/providers"))


def order(page: Seen) -> list[str]:
    return [has["value"] for has in page.all("input", name="provider")]


def etag(page: Seen) -> str:
    return page.all("input", name="etag")[0]["value"]


def form(web: Client, provider: str) -> dict[str, str]:
    """A provider's form as it stands, to be sent back."""
    page = seen(web.get(f"/providers/{provider}"))
    return {has["name"]: has.get("value", "") for has in page.all("input") if has.get("type") != "checkbox"}


def stored(home: House, provider: str, key: str):
    return home.services.providers.configured(provider).settings[key]


class TestOrder:
    def test_it_is_as_the_rules_say(self, web, home):
        assert tuple(order(providers(web))) == home.services.authorities.read().authority.priority

    def test_a_step_moves_one_and_is_announced(self, web):
        before = order(providers(web))
        moved = before[2]
        assert web.post("/providers/order", data={"move": f"{moved}:up"}).status_code == 303
        after = [before[0], moved, before[1], *before[3:]]
        assert order(providers(web)) == after
        answer = web.post("/providers/order", data={"move": f"{moved}:up"}, headers=HTMX)
        assert order(seen(answer)) == [moved, before[0], before[1], *before[3:]]
        assert "is now number 1 of 4" in answer.headers["HX-Trigger"]

    def test_two_quick_steps_from_one_page_are_both_kept(self, web):
        before = order(providers(web))
        for _ in range(2):  # the second was sent before the first was answered: with what the page held then
            web.post(
                "/providers/order", data={"move": f"{before[3]}:up", "etag": "old", "provider": before}, headers=HTMX
            )
        assert order(providers(web)) == [before[0], before[3], before[1], before[2]]

    @pytest.mark.parametrize(("place", "step"), [(0, "up"), (3, "down")])
    def test_who_is_at_the_end_stays(self, web, place, step):
        before = order(providers(web))
        web.post("/providers/order", data={"move": f"{before[place]}:{step}"})
        assert order(providers(web)) == before

    def test_all_of_it_is_set_as_it_was_dragged(self, web):
        page = providers(web)
        wanted = [*reversed(order(page))]
        answer = web.post("/providers/order", data={"etag": etag(page), "provider": wanted}, headers=HTMX)
        assert (answer.status_code, order(seen(answer))) == (200, wanted)
        assert order(providers(web)) == wanted

    def test_what_somebody_else_ordered_meanwhile_is_shown_and_stands(self, web):
        page = providers(web)
        web.post("/providers/order", data={"move": f"{order(page)[0]}:down"})
        now = order(providers(web))
        answer = web.post("/providers/order", data={"etag": etag(page), "provider": order(page)}, headers=HTMX)
        assert (answer.status_code, order(seen(answer))) == (409, now)
        assert "Somebody else" in seen(answer).text

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            ({}, 422),
            ({"provider": ["tmdb"]}, 422),
            ({"etag": "{etag}"}, 422),
            ({"etag": "{etag}", "provider": ["nope", "tmdb"]}, 422),
            ({"etag": "{etag}", "provider": ["tmdb", "tmdb"]}, 422),
            ({"etag": "{etag}", "provider": ["<script>alert(1)</script>"]}, 422),
            ({"etag": "{etag}", "provider": ["\0"]}, 422),
            ({"etag": "x" * 5000, "provider": ["tmdb"]}, 409),
            ({"move": "nope:up"}, 404),
            ({"move": "tmdb:sideways"}, 404),
            ({"move": "tmdb"}, 404),
            ({"move": ":"}, 404),
        ],
    )
    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_what_is_no_order_changes_nothing(self, web, data, status, headers):
        page = providers(web)
        filled = {name: text.format(etag=etag(page)) if name == "etag" else text for name, text in data.items()}
        answer = web.post("/providers/order", data=filled, headers=headers)
        assert answer.status_code == status
        assert "alert(1)<" not in answer.get_data(as_text=True)
        assert order(providers(web)) == order(page)


class TestSwitch:
    def test_it_goes_off_and_on(self, web, home):
        assert providers(web).one("button", id="switch-omdb")["aria-checked"] == "true"
        assert web.post("/providers/omdb/enabled", data={"enabled": "off"}).status_code == 303
        assert not home.services.providers.configured("omdb").config.enabled
        page = providers(web)
        assert page.one("button", id="switch-omdb")["aria-checked"] == "false"
        assert page.one("button", id="switch-omdb")["value"] == "on"
        answer = web.post("/providers/omdb/enabled", data={"enabled": "on"}, headers=HTMX)
        assert "OMDb is switched on." in answer.headers["HX-Trigger"]
        assert home.services.providers.configured("omdb").config.enabled

    @pytest.mark.parametrize(
        ("path", "data", "status"),
        [
            ("omdb", {}, 422),
            ("omdb", {"enabled": "perhaps"}, 422),
            ("nope", {"enabled": "on"}, 404),
            ("%00", {"enabled": "on"}, 422),
            ("x" * 300, {"enabled": "on"}, 422),
        ],
    )
    def test_what_is_no_switch_is_refused(self, web, path, data, status):
        assert web.post(f"/providers/{path}/enabled", data=data).status_code == status


class TestForm:
    def test_it_is_drawn_from_what_is_declared(self, web, home):
        page = seen(web.get("/providers/tmdb"))
        key = page.one("input", name="settings.api_key")
        assert (key["type"], key.get("value", "")) == ("password", "")
        assert key["placeholder"].endswith(KEYS["tmdb"][-4:])
        assert page.one("input", name="settings.base_url")["value"] == stored(home, "tmdb", "base_url")
        assert page.all("a", href="https://www.themoviedb.org/settings/api")
        for setting in home.services.providers.configured("tmdb").provider.settings:
            assert setting.label in page.text

    def test_what_is_left_as_it_is_is_not_stored(self, web, home):
        before = home.services.providers.configured("tmdb").config
        sent = form(web, "tmdb")
        answer = web.post("/providers/tmdb", data={**sent, "do": "save"})
        assert answer.headers["Location"] == "/providers?saved=tmdb"
        assert home.services.providers.configured("tmdb").config == before
        assert "The settings of TMDB are saved." in seen(web.get(answer.headers["Location"])).text

    def test_what_is_changed_is_stored(self, web, home):
        web.post("/providers/omdb", data={**form(web, "omdb"), "settings.daily_quota": "5000"})
        assert stored(home, "omdb", "daily_quota") == 5000
        web.post("/providers/omdb", data={**form(web, "omdb"), "settings.daily_quota": ""})
        assert "daily_quota" not in home.services.providers.configured("omdb").config.settings

    def test_a_key_goes_in_and_comes_out_nowhere(self, web, home):
        key = "a-new-key-of-more-than-twelve-letters"
        sent = {**form(web, "tmdb"), "settings.api_key": f" {key} "}
        answer = web.post("/providers/tmdb", data={**sent, "do": "test"})
        wrong = web.post("/providers/tmdb", data={**sent, "settings.daily_quota": "many"})
        assert wrong.status_code == 422
        web.post("/providers/tmdb", data=sent)
        assert stored(home, "tmdb", "api_key") == key
        for page in (answer, wrong, web.get("/providers/tmdb"), web.get("/providers"), web.get("/health")):
            assert key not in page.get_data(as_text=True)

    def test_a_key_that_went_with_its_address_is_told_of(self, web):
        assert "enter it again" in seen(web.get("/providers?saved=tmdb&lost=1")).text
        assert "enter it again" not in seen(web.get("/providers?saved=nope&lost=1")).text

    def test_a_key_is_forgotten_where_that_is_said(self, web, home):
        web.post("/providers/tmdb", data={**form(web, "tmdb"), "forget.api_key": "on"})
        assert not stored(home, "tmdb", "api_key")
        assert "No key yet" in seen(web.get("/providers/tmdb")).text

    @pytest.mark.parametrize(
        ("setting", "typed"),
        [
            ("daily_quota", "many"),
            ("daily_quota", "-1"),
            ("daily_quota", "1e400"),
            ("daily_quota", "nan"),
            ("daily_quota", "1.5"),
            ("requests_per_second", "0"),
            ("base_url", "javascript:alert(1)"),
            ("base_url", "<script>alert(1)</script>"),
            ("base_url", "\0"),
            ("base_url", "http://user:pass@host"),
        ],
    )
    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(self, web, home, setting, typed, headers):
        before = home.services.providers.configured("omdb").config
        sent = {**form(web, "omdb"), f"settings.{setting}": typed, "settings.requests_per_second": "7"}
        sent[f"settings.{setting}"] = typed
        answer = web.post("/providers/omdb", data=sent, headers=headers)
        page = seen(answer)
        assert answer.status_code == 422
        field = page.one("input", name=f"settings.{setting}")
        assert field["aria-invalid"] == "true"
        assert field["value"] == typed.replace("\0", "\ufffd") or field["value"] == typed
        assert len(page.all("input", aria_invalid="true")) == 1
        assert "<script>alert" not in page.html
        assert home.services.providers.configured("omdb").config == before

    def test_back_to_the_page_it_was_opened_from(self, web):
        page = seen(web.get("/providers/tmdb?next=/welcome"))
        assert page.one("input", name="next")["value"] == "/welcome"
        sent = {**form(web, "tmdb"), "next": "/welcome"}
        assert web.post("/providers/tmdb", data=sent).headers["Location"] == "/welcome"
        assert web.post("/providers/tmdb", data={**sent, "next": "//evil.test"}).headers["Location"] == "/"
        answer = web.post("/providers/tmdb", data=sent, headers=HTMX)
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/welcome")

    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("name", ["nope", "%00", "<script>", "x" * 4000])
    def test_who_is_not_there_is_not_found(self, web, method, name):
        assert web.open(f"/providers/{name}", method=method, data={"etag": "x"}).status_code == 404

    def test_a_form_without_an_etag_changes_nothing(self, web, home):
        sent = form(web, "omdb") | {"settings.daily_quota": "5"}
        del sent["etag"]
        assert web.post("/providers/omdb", data=sent).status_code == 422
        assert stored(home, "omdb", "daily_quota") == 1000


class TestMeanwhile:
    def test_what_somebody_else_did_elsewhere_is_no_hindrance(self, web, home):
        sent = {**form(web, "omdb"), "settings.daily_quota": "5"}
        home.services.providers.update("omdb", False, {"requests_per_second": 3})
        assert web.post("/providers/omdb", data=sent).status_code == 303
        assert (stored(home, "omdb", "daily_quota"), stored(home, "omdb", "requests_per_second")) == (5, 3)
        assert not home.services.providers.configured("omdb").config.enabled

    def test_of_the_same_field_both_are_shown_and_a_second_save_counts(self, web, home):
        sent = {**form(web, "omdb"), "settings.daily_quota": "5"}
        home.services.providers.update("omdb", None, {"daily_quota": 77})
        answer = web.post("/providers/omdb", data=sent)
        page = seen(answer)
        assert answer.status_code == 409
        assert page.one("input", name="settings.daily_quota")["value"] == "5"
        assert "77" in page.text
        assert stored(home, "omdb", "daily_quota") == 77
        again = {has["name"]: has.get("value", "") for has in page.all("input") if has.get("type") != "checkbox"}
        assert web.post("/providers/omdb", data=again).status_code == 303
        assert stored(home, "omdb", "daily_quota") == 5

    def test_who_did_the_same_is_no_hindrance(self, web, home):
        sent = {**form(web, "omdb"), "settings.daily_quota": "5"}
        home.services.providers.update("omdb", None, {"daily_quota": 5})
        assert web.post("/providers/omdb", data=sent).status_code == 303


class TestTest:
    @pytest.fixture
    def web(self, simulators: Simulators, tmp_path):
        with house(simulators, tmp_path, FakeClock(auto=True)) as home:
            yield browser(home)

    def test_a_good_and_a_bad_key_are_told_apart_and_nothing_is_stored(self, web):
        sent = {**form(web, "tmdb"), "do": "test"}
        good = seen(web.post("/providers/tmdb", data={**sent, "settings.api_key": KEYS["tmdb"]}))
        bad = seen(web.post("/providers/tmdb", data={**sent, "settings.api_key": "x" * 32}))
        assert "TMDB answered." in good.text
        heard = web.post("/providers/tmdb", data=sent, headers=HTMX).headers["HX-Trigger"]
        assert heard == '{"read": "TMDB answered."}'
        assert "TMDB refuses the key" in bad.text
        assert KEYS["tmdb"][-4:] in seen(web.get("/providers/tmdb")).html

    def test_what_is_stored_is_tried_where_nothing_is_typed(self, web):
        assert "TMDB answered." in seen(web.post("/providers/tmdb", data={**form(web, "tmdb"), "do": "test"})).text

    def test_a_stored_key_does_not_go_to_another_host(self, web):
        sent = {**form(web, "tmdb"), "do": "test", "settings.base_url": "http://127.0.0.1:9"}
        answer = web.post("/providers/tmdb", data=sent)
        assert answer.status_code == 422
        assert seen(answer).one("input", name="settings.api_key")["aria-invalid"] == "true"
        assert seen(answer).one("input", name="settings.base_url")["value"] == "http://127.0.0.1:9"

    def test_a_dead_host_is_said(self, web):
        sent = {**form(web, "tmdb"), "do": "test"}
        typed = {"settings.base_url": "http://127.0.0.1:9", "settings.api_key": KEYS["tmdb"]}
        assert "cannot be heard" in seen(web.post("/providers/tmdb", data={**sent, **typed})).text


def test_no_reading_of_a_page_asks_a_provider(web, home):
    for path in ("/", "/welcome", "/providers", "/providers/tmdb", "/health"):
        web.get(path)
    assert home.asked() == {}
