import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import structlog

from fakes import FakeClock
from kodi_host import wait_for
from metarr.clock import Clock
from metarr.domain.usage import Fate
from metarr.errors import (
    BadAnswer,
    DeadlineTooNear,
    KeyRefused,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    TitleNotFound,
)
from metarr.fetch.client import ProviderClient
from metarr.fetch.contract import Cancelled, Response
from scripted_server import Journey, ScriptedServer, Step, hang, reply, reset

OpenClient = Callable[..., ProviderClient]
KEY, TOKEN = "s3cret-key-in-a-parameter", "s3cret-token-in-a-header"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(auto=True)


def test_an_address_is_made_of_base_path_and_parameters(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock
) -> None:
    client = open_client(clock, base_url=server.url + "/3/", params={"api_key": "k"}, headers={"X-Key": "h"})
    client.ask(Journey(clock), "GET", "/movie/Amélie ?&#", params={"language": "en-US", "i": "a&b c"})
    assert server.lines() == ["GET /3/movie/Am%C3%A9lie%20%3F&%23?api_key=k&language=en-US&i=a%26b+c HTTP/1.1"]
    assert "X-Key: h" in server.requests[0]
    assert "User-Agent: Metarr/" in server.requests[0]
    assert "Accept-Encoding: gzip, deflate\r\n" in server.requests[0]


@pytest.mark.parametrize("base", ["", "/omdb", "/omdb/"])
def test_an_empty_path_asks_the_base_itself(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock, base: str
) -> None:
    open_client(clock, base_url=server.url + base).ask(Journey(clock), "GET", "", params={"i": "tt1"})
    assert server.lines() == [f"GET {base or '/'}?i=tt1 HTTP/1.1"]


def test_a_post_sends_json(server: ScriptedServer, open_client: OpenClient, clock: FakeClock) -> None:
    open_client(clock).ask(Journey(clock), "POST", "/login", body={"apikey": "ü"})
    head, _, body = server.requests[0].partition("\r\n\r\n")
    assert "Content-Type: application/json" in head
    assert body.encode("latin-1").decode() == '{"apikey":"ü"}'


REDIRECTED = reply(status=302, Location="/elsewhere")


@pytest.mark.parametrize(
    ("steps", "fates"),
    [
        ([reply(b'{"a":1}')], [Fate.ANSWERED]),
        ([reply(b'{"unknown":1}')], [Fate.ANSWERED]),
        ([reply(b"not so fast", status=429)], [Fate.LIMITED]),
        ([reply(b'{"spent":1}')], [Fate.LIMITED]),
        ([reply(b'{"key":0}', status=401)], [Fate.FAILED]),
        ([reply(b"<html>")], [Fate.FAILED]),
        ([reset, reply(status=502), reply()], [Fate.FAILED, Fate.FAILED, Fate.ANSWERED]),
        ([REDIRECTED, reply()], [Fate.ANSWERED, Fate.ANSWERED]),
        ([REDIRECTED] * 4, [Fate.ANSWERED] * 3 + [Fate.FAILED]),
    ],
)
def test_of_every_request_is_noted_what_became_of_it(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock, steps: list[Step], fates: list[Fate]
) -> None:
    said = {b"unknown": TitleNotFound(""), b"spent": QuotaExhausted(""), b"key": KeyRefused("")}
    noted: list[Fate] = []

    def classify(response: Response) -> ProviderError | TitleNotFound | None:
        return next((error for word, error in said.items() if word in response.body), None)

    server.script(*steps)
    client = open_client(clock, classify, note=lambda fate, _seconds: noted.append(fate))
    with suppress(ProviderError, TitleNotFound):
        client.ask(Journey(clock), "GET", "/")
    assert noted == fates


def test_what_is_not_sent_is_not_noted(server: ScriptedServer, open_client: OpenClient, clock: FakeClock) -> None:
    noted: list[Fate] = []
    client = open_client(clock, note=lambda fate, _seconds: noted.append(fate))
    with pytest.raises(DeadlineTooNear):
        client.ask(Journey(clock, seconds=0.0), "GET", "/")
    assert (noted, server.requests) == ([], [])


# Retries --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [reply(status=502), reply(b"<html>", status=503), reply(status=504), reset])
def test_a_passing_trouble_is_overcome_by_asking_again(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock, trouble: Step
) -> None:
    server.script(trouble, trouble, reply())
    clock.luck = 0.5
    trip = Journey(clock)
    assert open_client(clock).ask(trip, "GET", "/x") == {"ok": True}
    assert trip.admitted == len(server.requests) == 3
    assert clock.waits == [0.375, 0.75]


@pytest.mark.parametrize(
    ("trouble", "requests"),
    [(reply(status=503), 3), (reset, 3), (reply(status=500), 1), (reply(b"oops"), 1), (reply(status=404, body=b""), 1)],
)
def test_a_lasting_trouble_is_a_bad_answer_after_at_most_two_repetitions(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock, trouble: Step, requests: int
) -> None:
    server.script(trouble)
    with pytest.raises(BadAnswer):
        open_client(clock).ask(Journey(clock), "GET", "/x")
    assert len(server.requests) == requests


@pytest.mark.parametrize("trouble", [reply(status=503), reset])
def test_a_post_is_never_repeated(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock, trouble: Step
) -> None:
    server.script(trouble)
    with pytest.raises(BadAnswer):
        open_client(clock).ask(Journey(clock), "POST", "/login", body={})
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("retry_after", "seconds", "requests"),
    [("3", 30, 3), ("3", 2, 1), ("60", 600, 1), ("soon", 30, 3), ("", 0.2, 1)],
)
def test_asking_again_waits_as_told_and_never_beyond_deadline_or_patience(
    server: ScriptedServer, open_client: OpenClient, retry_after: str, seconds: float, requests: int
) -> None:
    clock = FakeClock(auto=True)
    server.script(reply(status=503, Retry_After=retry_after))
    with pytest.raises(BadAnswer):
        open_client(clock).ask(Journey(clock, seconds), "GET", "/x")
    assert len(server.requests) == requests
    assert (3.0 in clock.waits) == (requests == 3 and retry_after == "3")


def test_nobody_waits_for_a_repetition_that_nobody_wants(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock
) -> None:
    server.script(reply(status=503))
    trip = Journey(clock)
    client = open_client(clock, lambda _response: trip.cancelled.set())
    with pytest.raises(Cancelled):
        client.ask(trip, "GET", "/x")
    assert len(server.requests) == 1


# Redirects ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_host_is_followed_as_a_request_of_its_own(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock, status: int
) -> None:
    server.script(reply(status=status, Location="/shows/1?embed=cast"), reply())
    trip = Journey(clock)
    assert open_client(clock, headers={"X-Key": "h"}).ask(trip, "GET", "/lookup") == {"ok": True}
    assert server.lines()[1] == "GET /shows/1?embed=cast HTTP/1.1"
    assert "X-Key: h" in server.requests[1]
    assert trip.admitted == 2


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/x",
        "http://127.0.0.1:1/x",
        "//example.org/x",
        "ftp://127.0.0.1/x",
        "http://[",
        "http://127.0.0.1:{port}@example.org/",
        "http://127.0.0.1:port/x",
    ],
)
def test_a_redirect_to_another_place_is_not_followed(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock, location: str
) -> None:
    server.script(reply(status=302, Location=location.format(port=server.port)))
    with pytest.raises(BadAnswer, match="another place"):
        open_client(clock).ask(Journey(clock), "GET", "/x")
    assert len(server.requests) == 1


def test_a_redirect_from_http_to_https_on_the_same_host_is_followed(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock
) -> None:
    server.script(reply(status=301, Location="https://127.0.0.1:1/x"))
    with pytest.raises(BadAnswer, match="cannot connect"):
        open_client(clock).ask(Journey(clock), "GET", "/x")


def test_an_endless_redirect_ends(server: ScriptedServer, open_client: OpenClient, clock: FakeClock) -> None:
    server.script(reply(status=302, Location="/x"))
    with pytest.raises(BadAnswer, match="endlessly"):
        open_client(clock).ask(Journey(clock), "GET", "/x")
    assert len(server.requests) == 4


def test_a_redirected_post_is_refused(server: ScriptedServer, open_client: OpenClient, clock: FakeClock) -> None:
    server.script(reply(status=307, Location="/x"))
    with pytest.raises(BadAnswer, match="another place"):
        open_client(clock).ask(Journey(clock), "POST", "/login", body={})


# The provider's own reading -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [TitleNotFound("x"), KeyRefused("x"), QuotaExhausted("x"), BadAnswer("x")])
@pytest.mark.parametrize("status", [200, 401, 404, 500, 503])
def test_what_classify_finds_is_raised_before_anything_is_decoded(
    server: ScriptedServer,
    open_client: OpenClient,
    clock: FakeClock,
    error: ProviderError | TitleNotFound,
    status: int,
) -> None:
    seen: list[Response] = []

    def classify(response: Response) -> ProviderError | TitleNotFound | None:
        seen.append(response)
        return error

    server.script(reply(b"no JSON at all", status=status, X_Odd="1"))
    with pytest.raises(type(error)) as caught:
        open_client(clock, classify).ask(Journey(clock), "GET", "/x")
    assert caught.value is error
    assert (seen[0].status, seen[0].headers["x-odd"], seen[0].body) == (status, "1", b"no JSON at all")
    assert len(seen) == (3 if status == 503 and isinstance(error, BadAnswer) else 1)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, None), (404, None), (401, None), (429, RateLimited), (500, BadAnswer), (599, BadAnswer), (304, BadAnswer)],
)
def test_what_classify_lets_pass_is_parsed_unless_the_status_forbids_it(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock, status: int, expected: type[Exception] | None
) -> None:
    server.script(reply(b"" if status == 304 else b'{"ok":true}', status=status))
    if expected is None:
        assert open_client(clock).ask(Journey(clock), "GET", "/x") == {"ok": True}
    else:
        with pytest.raises(expected):
            open_client(clock).ask(Journey(clock), "GET", "/x")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("7", 7.0),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("tomorrow", None),
        ("-5", None),
        ("", None),
    ],
)
def test_a_limit_knows_how_long_it_lasts_if_the_answer_told(
    server: ScriptedServer, open_client: OpenClient, told: str, expected: float | None
) -> None:
    clock = FakeClock(datetime(2026, 11, 22, 12, tzinfo=UTC), auto=True)
    server.script(reply(status=429, Retry_After=told))
    with pytest.raises(RateLimited) as caught:
        open_client(clock, lambda _response: RateLimited("x")).ask(Journey(clock), "GET", "/x")
    assert caught.value.retry_after == expected


# Secrets --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    caplog.set_level(logging.DEBUG)
    for name in list(logging.Logger.manager.loggerDict):
        if name.startswith(("urllib3", "requests", "http")):
            caplog.set_level(logging.DEBUG, logger=name)
    with structlog.testing.capture_logs() as events:
        yield lambda: repr(events) + caplog.text


@pytest.mark.parametrize(
    "step",
    [
        reply(),
        reply(b"no JSON"),
        reply(status=500),
        reply(status=503),
        reply(status=302, Location=f"/x?api_key={KEY}"),
        reply(status=302, Location=f"http://localhost/x?api_key={KEY}"),
        reply(b'{"error":"x"}', status=401, X_Echo=f"{KEY} {TOKEN}"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n no name: x\r\nbroken\r\n\r\n{}",
        b"garbage\r\n\r\n",
        hang,
        reset,
    ],
)
def test_a_key_never_reaches_a_log_or_an_error(
    server: ScriptedServer,
    open_client: OpenClient,
    hasty_clock: Clock,
    everything_logged: Callable[[], str],
    step: Step,
) -> None:
    """Not even when the provider echoes it."""

    def classify(response: Response) -> ProviderError | None:
        return KeyRefused(f"Invalid key {KEY} or {response.headers}") if response.status == 401 else None

    server.script(step)
    client = open_client(
        hasty_clock, classify, params={"api_key": KEY}, headers={"Authorization": f"Bearer {TOKEN}"}, read_timeout=0.05
    )
    texts = []
    try:
        client.ask(Journey(hasty_clock), "GET", "/x", params={"q": "1"})
    except ProviderError as error:
        link: BaseException | None = error
        while link is not None:
            texts.append(repr(link) + str(link))
            link = link.__cause__ or link.__context__
    wait_for(lambda: server.requests, "the request, also where its answer was waited for in vain")
    logged = everything_logged()
    assert "'path': '/x'" in logged
    for secret in (KEY, TOKEN):
        assert secret not in logged + "".join(texts)
        assert secret in server.requests[0]


@pytest.mark.parametrize("key", ["“pasted”", "two\r\nX-Injected: lines", "nul\0"])
def test_a_key_that_cannot_be_sent_is_refused_without_a_request(
    server: ScriptedServer, open_client: OpenClient, clock: FakeClock, key: str
) -> None:
    trip = Journey(clock)
    with pytest.raises(KeyRefused) as caught:
        open_client(clock, headers={"api-key": key}).ask(trip, "GET", "/x")
    assert key not in str(caught.value)
    assert (server.requests, trip.admitted) == ([], 0)
