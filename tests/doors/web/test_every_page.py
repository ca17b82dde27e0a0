"""What holds for every page that there is, whoever adds one."""

from collections.abc import Iterator

import pytest

from fakes import FakeClock
from harness import House, house, put_enriched
from model_player import ModelPlayer
from pages import HTMX, browser, routes, seen
from simulators import Simulators

pytestmark = pytest.mark.slow

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    running_simulators.reset()
    with house(running_simulators, tmp_path_factory.mktemp("data"), FakeClock()) as home:
        put_enriched(home, "inception", "breaking-bad")
        browser(home).post("/jobs", data={"request_id": "one"})
        ModelPlayer(home).report_all()
        home.services.hosts.add("folders", "Films", {"paths": [str(tmp_path_factory.mktemp("films"))]})
        yield home


GET, POST = routes("GET"), routes("POST")


def test_there_are_some():
    assert len(GET) >= 10
    assert len(POST) >= 7


@pytest.mark.parametrize("path", GET)
def test_reading_one_changes_nothing_and_asks_nobody(web, home, path):
    before = home.rows()
    home.asked()
    for headers in ({}, HTMX):
        assert web.get(path, headers=headers).status_code in (200, 204, 303)
    assert home.rows() == before
    assert home.asked() == {}


@pytest.mark.parametrize("path", GET)
def test_it_has_nothing_inline_and_its_ids_are_its_own(web, path):
    page = seen(web.get(path, follow_redirects=True))
    assert page.status == 200
    tags = page.everything
    assert not [tag for tag, has in tags if tag == "style" or (tag == "script" and not has.get("src"))]
    assert not [has for _, has in tags if "style" in has or any(name.startswith(("on", "hx-on")) for name in has)]
    ids = [has["id"] for _, has in tags if "id" in has]
    assert sorted(ids) == sorted(set(ids))
    labelled = {has["for"] for _, has in tags if "for" in has}
    assert labelled <= set(ids)


@pytest.mark.parametrize("path", GET)
def test_what_is_pressed_keeps_the_focus_when_its_part_comes_anew(web, path):
    """htmx finds it again by its id. A button that is disabled while it waits has lost the focus by then."""
    page = seen(web.get(path, follow_redirects=True))
    by_htmx = False
    for name, has in page.everything:
        by_htmx = "hx-post" in has if name == "form" else by_htmx
        asks = "hx-get" in has or "hx-post" in has
        if name in ("a", "button") and (asks or (by_htmx and name == "button" and has.get("tabindex") != "-1")):
            assert has.get("id"), has
        assert "hx-disabled-elt" not in has, has


@pytest.mark.parametrize("path", GET)
def test_htmx_gets_its_main_part_alone(web, path):
    answer = web.get(path, headers=HTMX)
    if answer.status_code == 200:
        part = seen(answer)
        assert not part.all("nav", aria_label="Pages")
        assert not part.all("script")
        assert len(part.all("title")) == 1


@pytest.mark.parametrize("path", POST)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_empty_and_a_strange_form_get_a_page(home, web, path, headers):
    strange = {"etag": "\0", "next": "\0", "move": "\0", "do": "\0", "provider": "\0", "request_id": "\0" * 100}
    for form in ({}, strange, {"etag": HOSTILE, "do": HOSTILE, "settings.base_url": HOSTILE}):
        answer = web.post(path, data=form, headers=headers)
        assert answer.status_code < 500
        assert "<script>alert" not in answer.get_data(as_text=True)
        if headers and answer.status_code >= 400:
            # Either the part that was asked for comes back, or the page stays as it is.
            is_page = 'class="notice bad" role="alert"' in seen(answer).html and "Start again" in seen(answer).text
            assert (answer.headers.get("HX-Reswap") == "none") == is_page


@pytest.mark.parametrize("path", GET)
@pytest.mark.parametrize("query", ["page=junk", "page=%00", "kind=abc", "kind=%00", "saved=<script>alert(1)</script>",
                                   "next=//evil.test", "next=%00", "a=" + "x" * 5000])  # fmt: skip
def test_a_strange_address_gets_a_page(web, path, query):
    answer = web.get(f"{path}?{query}")
    assert answer.status_code < 500
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert "evil.test" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("path", GET)
def test_whatever_a_provider_says_of_itself_is_text(home, path, monkeypatch):
    provider = type(home.services.roster.get("tmdb").provider)
    for name in ("name", "attribution", "homepage"):
        monkeypatch.setattr(provider, name, f"javascript:{HOSTILE}")
    told = provider.settings[0]
    changed = dict.fromkeys(("label", "help"), HOSTILE)
    monkeypatch.setattr(provider, "settings", (type(told)(**{**_plain(told), **changed}), *provider.settings[1:]))
    answer = browser(home).get(path, follow_redirects=True)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


def _plain(setting) -> dict:
    return {name: getattr(setting, name) for name in setting.__struct_fields__}
