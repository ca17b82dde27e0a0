"""What every page does: headers, sign-in, and what is refused how."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from werkzeug.test import Client

from fakes import FakeClock
from harness import House, house
from metarr import tokens
from metarr.errors import CannotDo
from metarr.web import frame
from pages import HTMX, browser, seen
from simulators import Simulators

TOKEN = "the-access-token-of-this-test"
FORM = "application/x-www-form-urlencoded"


def cookie(web: Client, name: str = "metarr_session") -> str:
    stored = web.get_cookie(name)
    return stored.value if stored else ""


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """What a test here writes to it, it takes back."""
    with house(running_simulators, tmp_path_factory.mktemp("data"), FakeClock()) as home:
        yield home


@pytest.fixture
def guarded(home: House) -> Client:
    return browser(home, lambda: TOKEN)


def sign_in(web: Client, token: str = TOKEN, **more: str):
    return web.post("/sign-in", data={"token": token, **more})


class TestHeaders:
    @pytest.mark.parametrize("path", ["/health", "/nope", "/sign-in", "/"])
    def test_nothing_inline_may_run_and_nothing_foreign_be_loaded(self, web, path):
        policy = dict(each.split(" ", 1) for each in web.get(path).headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert {policy[name] for name in ("script-src", "style-src", "connect-src", "form-action")} == {"'self'"}
        assert policy["img-src"] == "'self' data:"
        assert policy["frame-ancestors"] == "'none'"

    def test_its_own_forms_keep_their_origin(self, web):
        assert web.get("/health").headers["Referrer-Policy"] == "same-origin"

    def test_a_page_is_kept_by_nobody(self, web):
        headers = web.get("/health").headers
        assert (headers["Cache-Control"], headers["Vary"]) == ("no-store", "HX-Request, Accept-Encoding")

    def test_a_page_is_packed_for_whoever_can_unpack_it(self, web):
        packed = web.get("/health", headers={"Accept-Encoding": "gzip, br"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) == len(packed.get_data()) < 2000
        assert gzip.decompress(packed.get_data()) == web.get("/health").get_data()
        assert "Content-Encoding" not in web.get("/health", headers={"Accept-Encoding": "gzip;q=0"}).headers

    @pytest.mark.parametrize("path", ["/health", "/nope", "/sign-in"])
    def test_no_template_has_anything_inline(self, web, path):
        page = seen(web.get(path))
        assert not page.all("style")
        assert all(script.get("src") for script in page.all("script"))
        tags = [has for _, has in page.everything]
        assert not [has for has in tags if "style" in has or any(name.startswith(("on", "hx-on")) for name in has)]


class TestPictures:
    def policy(self, home: House, monkeypatch: pytest.MonkeyPatch) -> tuple[bool, str]:
        """Whether a page may show pictures, and from where."""
        wanted = []

        def shows_pictures(method, asked):
            wanted.append(frame.with_pictures())
            return frame.ask(method, asked)

        monkeypatch.setattr("metarr.web.settings.ask", shows_pictures)
        policy = browser(home).get("/settings").headers["Content-Security-Policy"]
        return wanted[0], policy.partition("img-src ")[2].partition(";")[0]

    def test_they_come_from_the_hosts_that_providers_declare(self, home, monkeypatch):
        wanted, sources = self.policy(home, monkeypatch)
        assert wanted
        assert "https://image.tmdb.org" in sources.split()
        assert all(source in ("'self'", "data:") or source.startswith("https://") for source in sources.split())

    def test_a_setting_turns_them_off(self, home, monkeypatch):
        home.services.settings.update({"show_pictures": False})
        try:
            assert self.policy(home, monkeypatch) == (False, "'self' data:")
        finally:
            home.services.settings.update({"show_pictures": None})

    def test_what_is_no_host_is_none(self, home, monkeypatch):
        provider = home.services.roster.get("tmdb").provider
        monkeypatch.setattr(type(provider), "image_hosts", ("*", "x; script-src *", "evil.test/path", "ok.test"))
        assert "ok.test" in self.policy(home, monkeypatch)[1]
        for bad in (" *", "script", "evil"):
            assert bad not in self.policy(home, monkeypatch)[1]


class TestStatic:
    def files(self, web: Client) -> list[str]:
        page = seen(web.get("/health"))
        loaded = [has["src"] for has in page.all("script")] + [has["href"] for has in page.all("link")]
        assert len(loaded) >= 5
        return loaded

    def test_what_a_page_loads_is_there_and_stays(self, web):
        for path in self.files(web):
            answer = web.get(path, headers={"Accept-Encoding": "gzip"})
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.headers["Content-Encoding"] == "gzip"
            assert "Content-Encoding" not in web.get(path).headers

    def test_another_address_than_that_of_what_is_there_now_leads_to_nothing(self, web):
        path = self.files(web)[0]
        _, static, mark, name = path.split("/", 3)
        assert web.get(f"/{static}/{'0' * len(mark)}/{name}").status_code == 404
        for wrong in ("../app.py", "vendor/VENDOR.toml", "vendor/htmx.LICENSE", "templates/base.html", "%00", ""):
            assert web.get(f"/{static}/{mark}/{wrong}").status_code == 404

    def test_they_need_no_session(self, web, guarded):
        for path in self.files(web):
            assert guarded.get(path).status_code == 200


class TestSignIn:
    def test_without_it_a_page_leads_to_it_and_back(self, guarded):
        answer = guarded.get("/health?a=b")
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/sign-in?next=/health?a%3Db"
        form = seen(guarded.get(answer.headers["Location"]))
        assert form.one("input", name="next")["value"] == "/health?a=b"
        assert "Providers" not in form.text
        back = sign_in(guarded, next="/health?a=b")
        assert (back.status_code, back.headers["Location"]) == (303, "/health?a=b")
        assert guarded.get("/health").status_code == 200

    @pytest.mark.parametrize(("method", "path"), [("GET", "/nope"), ("POST", "/sign-out"), ("POST", "/health")])
    def test_without_it_nothing_else_is_told_or_done(self, guarded, method, path):
        assert guarded.open(path, method=method).status_code == 401

    def test_htmx_is_led_to_it_as_a_whole(self, guarded):
        answer = guarded.get("/health", headers={**HTMX, "HX-Current-URL": "http://localhost/health?x=1"})
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/health?x%3D1")

    @pytest.mark.parametrize("wrong", ["", "x", TOKEN + "x", TOKEN[:-1], "ü" * 30, "\0", "x" * 100_000])
    def test_nothing_but_the_token_opens(self, guarded, wrong):
        answer = sign_in(guarded, wrong)
        assert answer.status_code == 403
        assert not cookie(guarded)
        assert seen(answer).one("input", name="token")["aria-invalid"] == "true"
        assert "value" not in seen(answer).one("input", name="token")

    def test_the_cookie_is_for_pages_of_this_host_alone(self, guarded):
        sent = sign_in(guarded).headers["Set-Cookie"]
        assert "HttpOnly" in sent
        assert "SameSite=Lax" in sent
        assert "Path=/" in sent
        assert "Secure" not in sent
        assert TOKEN not in sent

    def test_under_tls_it_is_secure_and_of_this_host_only(self, guarded):
        answer = guarded.post("/sign-in", data={"token": TOKEN}, base_url="https://localhost")
        sent = answer.headers["Set-Cookie"]
        assert sent.startswith("__Host-metarr_session=")
        assert "Secure" in sent
        assert guarded.get("/health", base_url="https://localhost").status_code == 200
        assert guarded.get("/health").status_code == 303

    @pytest.mark.parametrize("forged", ["owner", "owner.x.y", "", "x" * 3000, "owner.AAAAAA.AAAAAAAAAAAAAAAA"])
    def test_a_forged_cookie_opens_nothing(self, guarded, forged):
        guarded.set_cookie("metarr_session", forged)
        assert guarded.get("/health").status_code == 303

    def test_a_new_token_ends_every_session(self, home, tmp_path: Path):
        file = tmp_path / tokens.FILE_NAME
        tokens.ensure(file)
        web = browser(home, lambda: tokens.read(file))
        sign_in(web, tokens.read(file))
        assert web.get("/health").status_code == 200
        tokens.renew(file)
        assert web.get("/health").status_code == 303

    def test_a_token_that_cannot_be_read_opens_nothing_and_says_why(self, home):
        def read() -> str:
            raise CannotDo("there is no token file")

        web = browser(home, read)
        assert web.get("/health").status_code == 303
        assert "there is no token file" in seen(sign_in(web)).text

    def test_signing_out_forgets_it(self, guarded):
        sign_in(guarded)
        assert "Sign out" in seen(guarded.get("/health")).text
        assert guarded.post("/sign-out").headers["Location"] == "/sign-in"
        assert guarded.get("/health").status_code == 303

    @pytest.mark.parametrize(
        "goal",
        [
            "//evil.test/x", "/\\evil.test", "https://evil.test/", "javascript:alert(1)", "/\t/evil.test", "evil.test",
            "http://[::1", "http://localhost:99/x", "data:text/html,x", "", "/\n/evil.test", "\\\\evil.test",
        ],
    )  # fmt: skip
    def test_it_leads_to_no_other_site(self, guarded, goal):
        assert sign_in(guarded, next=goal).headers["Location"] == "/"

    def test_where_none_is_needed_its_page_leads_on(self, web):
        assert web.get("/sign-in?next=/health").headers["Location"] == "/health"
        assert "Sign out" not in seen(web.get("/health")).text


class TestForeignForms:
    OWN = (
        {},
        {"Origin": "http://localhost"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    )
    FOREIGN = (
        {"Origin": "null"},
        {"Origin": "http://localhost:8080"},
        {"Origin": "http://evil.test:80"},
        {"Origin": ""},
        {"Origin": "http://[::1"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    )

    @pytest.mark.parametrize("headers", OWN)
    def test_its_own_are_taken(self, guarded, headers):
        assert guarded.post("/sign-in", data={"token": TOKEN}, headers=headers).status_code == 303

    @pytest.mark.parametrize("headers", FOREIGN)
    def test_others_are_refused_even_with_the_cookie(self, guarded, headers):
        sign_in(guarded)
        answer = guarded.post("/sign-out", headers=headers)
        assert answer.status_code == 403
        assert "Nothing was changed" in seen(answer).text
        assert guarded.get("/health").status_code == 200


class TestWrongRequests:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/nope", 404),
            ("GET", "/health/", 404),
            ("GET", "/%00", 404),
            ("GET", "/%ff%fe", 404),
            ("GET", "/" + "x" * 5000, 404),
            ("GET", "/<script>alert(1)</script>", 404),
            ("POST", "/health", 405),
            ("PUT", "/health", 405),
            ("GET", "/health?kind=abc&page=junk&%00=%ff", 200),
        ],
    )
    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_they_get_a_page(self, web, method, path, status, headers):
        answer = web.open(path, method=method, headers=headers)
        assert answer.status_code == status
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "alert(1)" not in answer.get_data(as_text=True)

    def test_a_form_that_is_too_large_gets_a_page(self, guarded):
        answer = sign_in(guarded, "x" * 2_000_000)
        assert answer.status_code == 413
        assert "larger than any of ours" in seen(answer).text

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"\x00\xff", FORM),
            (b"token=%00%ff&next=%", FORM),
            (b"{}", "application/json"),
            (b"--x", "multipart/form-data; boundary=x"),
            (b"", "multipart/form-data"),
            (b"a=b&" * 2000, FORM),
        ],
    )
    def test_a_form_that_is_none_is_refused(self, guarded, body, kind):
        assert guarded.post("/sign-in", data=body, content_type=kind).status_code in (400, 403, 413)

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_a_fault_of_ours_tells_nothing_and_is_in_the_log(self, home, web, monkeypatch, headers):
        def broken() -> None:
            raise RuntimeError("s3cret")

        monkeypatch.setattr("metarr.web.health.ask", lambda *_: broken())
        with capture_logs() as logs:
            answer = web.get("/health", headers=headers)
        assert answer.status_code == 500
        assert "s3cret" not in answer.get_data(as_text=True)
        assert [each["event"] for each in logs] == ["page_failed"]
