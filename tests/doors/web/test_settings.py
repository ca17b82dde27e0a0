"""The page Settings."""

import pytest
from werkzeug.test import Client

from metarr.settings import DECLARED
from pages import HTMX, seen


def form(web: Client) -> dict[str, list[str]]:
    """The form as it stands, to be sent back."""
    page = seen(web.get("/settings"))
    sent: dict[str, list[str]] = {}
    for has in page.all("input"):
        if has.get("type") != "checkbox" or "checked" in has:
            sent.setdefault(has["name"], []).append(has.get("value", ""))
    for area, text in zip(page.all("textarea"), page.areas, strict=True):
        sent[area["name"]] = [text]
    return sent


def test_it_has_every_setting_as_it_is_declared(web):
    page = seen(web.get("/settings"))
    for setting in DECLARED:
        assert setting.label in page.text
    assert page.one("input", name="settings.daily_at")["value"] == "03:00"
    assert "checked" in page.one("input", name="settings.daily_enabled", type="checkbox")


def test_what_is_left_as_it_is_is_not_stored(web, home):
    before = home.rows("settings")
    answer = web.post("/settings", data=form(web))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings?saved=1")
    assert home.rows("settings") == before
    assert "The settings are saved." in seen(web.get("/settings?saved=1")).text


@pytest.mark.parametrize(
    ("setting", "typed", "stored"),
    [
        ("languages", "es-ES\nen\n", ("es-ES", "en")),
        ("languages", "fr, en", ("fr", "en")),
        ("languages", "", ("en-US", "en")),
        ("original_language", "", ()),
        ("country", "DE", "DE"),
        ("country", "", "US"),
        ("extra_fanart", "7", 7),
        ("daily_enabled", "off", False),
        ("daily_zone", "Europe/Berlin", "Europe/Berlin"),
        ("show_pictures", "off", False),
    ],
)
def test_what_is_typed_is_stored(web, home, setting, typed, stored):
    assert web.post("/settings", data={**form(web), f"settings.{setting}": [typed]}).status_code == 303
    assert getattr(home.services.settings.read(), setting) == stored


@pytest.mark.parametrize(
    ("setting", "typed"),
    [
        ("languages", "klingon"),
        ("country", "Germany"),
        ("extra_fanart", "many"),
        ("extra_fanart", "99999"),
        ("daily_at", "25:00"),
        ("daily_zone", "<script>alert(1)</script>"),
        ("daily_at", "\0"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(web, home, setting, typed, headers):
    before = home.services.settings.read()
    sent = {**form(web), "settings.change_set_retention_days": ["77"], f"settings.{setting}": [typed]}
    answer = web.post("/settings", data=sent, headers=headers)
    page = seen(answer)
    assert answer.status_code == 422
    wrong = [*page.all("input", aria_invalid="true"), *page.all("textarea", aria_invalid="true")]
    assert [has["name"] for has in wrong] == [f"settings.{setting}"]
    assert page.one("input", name="settings.change_set_retention_days")["value"] == "77"
    assert "<script>alert" not in page.html
    assert home.services.settings.read() == before


@pytest.mark.parametrize(
    ("setting", "ticked", "stored"),
    [
        ("original_language", ["artwork", "trailers"], ("artwork", "trailers")),
        ("original_language", ["texts", "artwork"], ("texts", "artwork")),
        ("original_language", [], ()),
        ("sync_fields", ["plot", "imdb_rating"], ("plot", "imdb_rating")),
    ],
)
def test_of_a_closed_set_those_that_are_ticked_are_stored(web, home, setting, ticked, stored):
    assert web.post("/settings", data={**form(web), f"settings.{setting}": ["", *ticked]}).status_code == 303
    assert getattr(home.services.settings.read(), setting) == stored
    shown = seen(web.get("/settings")).all("input", type="checkbox", name=f"settings.{setting}")
    assert {has["value"] for has in shown if "checked" in has} == set(stored)


def test_they_are_called_by_their_names_and_another_order_of_them_is_no_change(web, home):
    home.services.settings.update({"original_language": ["trailers", "artwork"]})
    before = home.rows("settings")
    text = seen(web.get("/settings")).text
    assert "Trailers" in text
    assert "IMDb rating" in text
    assert "imdb_rating" not in text
    assert web.post("/settings", data=form(web)).status_code == 303
    assert home.rows("settings") == before


def test_what_is_none_of_a_closed_set_is_refused(web, home):
    before = home.services.settings.read()
    answer = web.post("/settings", data={**form(web), "settings.sync_fields": ["", "no_field"]})
    assert answer.status_code == 422
    assert "is no field" in seen(answer).text.casefold()
    assert home.services.settings.read() == before


@pytest.mark.parametrize("name", ["etag", "settings.nope"])
def test_a_form_that_is_not_ours_changes_nothing(web, home, name):
    sent = {**form(web), "settings.extra_fanart": ["9"]}
    if name == "etag":
        del sent["etag"]
        assert web.post("/settings", data=sent).status_code == 422
        assert home.services.settings.read().extra_fanart == 5
    else:
        assert web.post("/settings", data={**sent, name: ["x"]}).status_code == 303


def test_what_somebody_else_did_elsewhere_is_no_hindrance(web, home):
    sent = {**form(web), "settings.extra_fanart": ["9"]}
    home.services.settings.update({"country": "DE"})
    assert web.post("/settings", data=sent).status_code == 303
    assert (home.services.settings.read().extra_fanart, home.services.settings.read().country) == (9, "DE")


def test_of_the_same_setting_both_are_shown(web, home):
    sent = {**form(web), "settings.extra_fanart": ["9"]}
    home.services.settings.update({"extra_fanart": 33})
    answer = web.post("/settings", data=sent)
    assert answer.status_code == 409
    assert seen(answer).one("input", name="settings.extra_fanart")["value"] == "9"
    assert "33" in seen(answer).text
    assert home.services.settings.read().extra_fanart == 33
