"""The pages behind the HTTP door: who gets what."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from werkzeug.test import Client
from werkzeug.wrappers import Response

from fakes import FakeClock
from harness import House, house
from metarr import tokens
from metarr.app import servicers
from metarr.players.images import ImageFile
from metarr.rpc.doors.access import TokenFailures, token_guard
from metarr.rpc.doors.http import application
from metarr.web.session import has_session
from pages import pages_of, seen
from simulators import Simulators

GET_HEALTH = "/metarr.v1.HealthService/GetHealth"
OWN = "http://nas.home:7072"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, folder: Path) -> Iterator[House]:
    with house(running_simulators, folder, FakeClock()) as home:
        yield home


@pytest.fixture
def token(folder: Path) -> str:
    file = folder / tokens.FILE_NAME
    tokens.ensure(file)
    return tokens.read(file)


@pytest.fixture
def door(home: House, folder: Path, token: str, picture: Path) -> Client:
    """What the network finds; `nas.home` is the owner's name for it."""
    served, file = servicers(home.services, home.clock), folder / tokens.FILE_NAME
    web = pages_of(home, lambda: tokens.read(file))
    read = partial(tokens.read, file)
    app = application(
        served,
        bound="0.0.0.0",
        names=["nas.home"],
        guard=token_guard(file),
        web=web,
        images=lambda name: ImageFile(picture, "image/png") if name == picture.name else None,
        session=partial(has_session, read),
    )
    return Client(app, Response)


@pytest.fixture
def picture(folder: Path) -> Path:
    file = folder / ("a" * 64)
    file.write_bytes(b"\x89PNG")
    return file


@pytest.fixture
def signed_in(door: Client, token: str) -> Client:
    assert door.post("/sign-in", data={"token": token}, base_url=OWN).status_code == 303
    assert door.get("/health", base_url=OWN).status_code == 200
    return door


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 303),
        ("/health", 303),
        ("/nope", 401),
        ("/metrics", 401),
        ("/healthz/", 401),
        ("/favicon.ico", 401),
        ("/healthz", 200),
        ("/sign-in", 200),
        (GET_HEALTH, 401),
        ("/metarr.v1.Nope/X", 401),
        ("/metarr.v1.HealthService/", 401),
        ("/grpc.health.v1.Health/Check", 401),
    ],
)
def test_without_a_session_only_that_it_lives_and_how_to_sign_in(door, path, status):
    assert door.get(path, base_url=OWN).status_code == status


def test_a_wrong_token_at_the_sign_in_is_logged(door, token, monkeypatch):
    monkeypatch.setattr("metarr.rpc.doors.gate.token_failures", TokenFailures())
    with capture_logs() as logs:
        for shown in ("wrong", token, "wrong"):
            door.post("/sign-in", data={"token": shown}, base_url=OWN, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert [each["caller"] for each in logs if each["event"] == "token_refused"] == ["192.0.2.7"]


def test_a_session_opens_pages_and_no_method(signed_in, token):
    for path in (GET_HEALTH, "/metarr.v1.ConfigService/ListProviders", "/metarr.v1.Nope/X"):
        answer = signed_in.get(path, base_url=OWN)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert signed_in.get(GET_HEALTH, base_url=OWN, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_an_image_is_shown_to_a_session_and_to_the_token_and_to_nobody_else(door, token, picture):
    path, shown = f"/images/{picture.name}", {"Authorization": f"Bearer {token}"}
    assert door.get(path, base_url=OWN).status_code == 401
    assert door.get(path, base_url=OWN, headers={"Cookie": "metarr_session=owner.aaaa.bbbb"}).status_code == 401
    assert door.get(path, base_url=OWN, headers=shown).status_code == 200
    door.post("/sign-in", data={"token": token}, base_url=OWN)
    answer = door.get(path, base_url=OWN)
    assert (answer.status_code, answer.content_type, answer.get_data()) == (200, "image/png", b"\x89PNG")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert door.get("/images/none", base_url=OWN).status_code == 404
    assert door.get(path, base_url="http://evil.test").status_code == 403
    door.post("/sign-out", base_url=OWN)
    assert door.get(path, base_url=OWN).status_code == 401


def test_the_token_opens_methods_and_no_page(door, token):
    shown = {"Authorization": f"Bearer {token}"}
    assert door.get("/health", base_url=OWN, headers=shown).status_code == 303
    assert door.get("/metarr.v1.Nope/X", base_url=OWN, headers=shown).status_code == 404


FOREIGN = (
    {"Origin": "http://evil.test"},
    {"Origin": "http://nas.home:8080"},
    {"Origin": "https://nas.home:7073"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": OWN},
    {"Host": "evil.test"},
    {"Host": "evil.test", "Origin": "http://evil.test", "Sec-Fetch-Site": "same-origin"},
    {"Host": "nas.home.evil.test", "Origin": "http://nas.home.evil.test"},
)


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(
    ("path", "form"), [("/providers/omdb/enabled", {"enabled": "off"}), ("/sign-out", {}), ("/sign-in", {"token": "x"})]
)
def test_a_form_of_another_page_does_nothing_even_with_the_cookie(signed_in, home, headers, path, form):
    answer = signed_in.post(path, data=form, base_url=OWN, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert home.services.providers.configured("omdb").config.enabled


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": OWN},
        {"Origin": OWN, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://nas.home"},  # a proxy that speaks TLS, and tells us a Host of its own
        {"Host": "192.168.1.5:7072", "Origin": "http://192.168.1.5:7072"},
    ],
)
def test_a_form_of_its_own_is_taken(signed_in, home, token, headers):
    if "Host" in headers:  # another name is another site, with a session of its own
        signed_in.post("/sign-in", data={"token": token}, base_url="http://192.168.1.5:7072")
    base = f"http://{headers['Host']}" if "Host" in headers else OWN
    assert (
        signed_in.post("/providers/omdb/enabled", data={"enabled": "off"}, base_url=base, headers=headers).status_code
        == 303
    )
    assert not home.services.providers.configured("omdb").config.enabled
    home.services.providers.update("omdb", True, {})


def test_a_page_is_shown_in_no_frame(signed_in):
    headers = signed_in.get("/health", base_url=OWN).headers
    assert headers["X-Frame-Options"] == "DENY"
    framed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    assert signed_in.get("/health", base_url=OWN, headers=framed).status_code == 403


def test_a_link_from_elsewhere_is_followed(signed_in):
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert signed_in.get("/health", base_url=OWN, headers=followed).status_code == 200


@pytest.mark.parametrize(("size", "page"), [(2_000_000, True), (6_000_000, False)])
def test_a_form_that_is_too_large_is_refused(signed_in, size, page):
    answer = signed_in.post("/settings", data={"etag": "x" * size}, base_url=OWN)
    assert answer.status_code == 413
    assert ("larger than any of ours" in seen(answer).text) == page
