"""What each provider's refusals mean: told by their own words where they have some, else by status and form."""

import json
from typing import Any

import pytest

from metarr.errors import BadAnswer, KeyRefused, ProviderError, QuotaExhausted, RateLimited, TitleNotFound
from metarr.fetch.contract import Response
from samples import index, sample
from unit.providers.contract import PROVIDERS, Example, examples

Body = dict[str, Any] | bytes
Verdict = type[ProviderError | TitleNotFound] | None
"""The error that an answer is; None: it is let through."""

SECRET = "0a1b2c3d4e5f"


def tmdb(code: object, **more: Any) -> Body:
    return {"status_code": code, "status_message": "…", "success": False, **more}


def omdb(text: str) -> Body:
    return {"Response": "False", "Error": text}


def tvdb(text: object) -> Body:
    return {"status": "failure", "message": text, "data": None}


def fanart(text: object) -> Body:
    return {"status": "error", "error message": text}


REFUSALS: dict[str, list[tuple[int, Body, Verdict]]] = {
    "tmdb": [
        *[(401, tmdb(code), KeyRefused) for code in (3, 7, 10, 14, 16, 17, 30, 31, 32, 33)],
        *[(404, tmdb(code), TitleNotFound) for code in (6, 34)],
        *[(200, tmdb(code), TitleNotFound) for code in (6, 34)],
        (429, tmdb(25), RateLimited),
        (200, tmdb(25), RateLimited),
        (405, tmdb(4), BadAnswer),
        (422, tmdb(5), BadAnswer),
        (403, tmdb(8), BadAnswer),
        (503, tmdb(9), BadAnswer),
        (500, tmdb(11), BadAnswer),
        (400, tmdb(22), BadAnswer),
        (504, tmdb(24), BadAnswer),
        (400, tmdb(27), BadAnswer),
        (503, tmdb(46), BadAnswer),
        (404, tmdb(37), BadAnswer),
        (401, b"", KeyRefused),
        (401, b"<html>", KeyRefused),
        (404, {}, TitleNotFound),
        (404, b"<html>not here</html>", BadAnswer),
        (200, {"status_code": "7"}, BadAnswer),
        (204, {}, BadAnswer),
        (500, {"id": 550}, BadAnswer),
        (200, {"success": True, "status_code": 1}, None),
    ],
    "omdb": [
        *[
            (status, omdb(text), verdict)
            for status in (200, 401, 503)
            for text, verdict in (
                ("Request limit reached!", QuotaExhausted),
                ("Daily API key limit exceeded.", QuotaExhausted),
                ("Invalid API key!", KeyRefused),
                ("No API key provided.", KeyRefused),
                ("Movie not found!", TitleNotFound),
                ("Series not found!", TitleNotFound),
                ("Series or season not found!", TitleNotFound),
                ("Incorrect IMDb ID.", TitleNotFound),
                ("Error getting data.", TitleNotFound),
            )
        ],
        (200, omdb("Something went wrong."), BadAnswer),
        (200, {"Response": "False"}, BadAnswer),
        (401, omdb("Go away."), KeyRefused),
        (200, {"Title": "x"}, BadAnswer),
        (200, b'{"Response":"True","Title":"x', BadAnswer),
        (500, {"Response": "True"}, BadAnswer),
        (404, b"<html>", BadAnswer),
        (401, b"<html>", BadAnswer),
    ],
    "tvdb": [
        (404, tvdb("NotFoundException: not found"), TitleNotFound),
        (400, tvdb("InvalidValueType: pin required"), KeyRefused),
        (400, {"message": "InvalidValueType: query is required"}, BadAnswer),
        (400, {"message": ["pin"]}, BadAnswer),
        (401, {"message": "Unauthorized"}, KeyRefused),
        (401, b"<html>", KeyRefused),
        (500, b"", BadAnswer),
        (503, b"\xff\xfe", BadAnswer),
        (418, b"[[[", BadAnswer),
        (200, {}, None),
    ],
    "fanart": [
        (404, b"<html>", TitleNotFound),
        (401, b"", KeyRefused),
        (403, fanart("Forbidden"), KeyRefused),
        (400, fanart("Invalid API key"), KeyRefused),
        (200, fanart("Not found"), TitleNotFound),
        (200, fanart("Something broke"), BadAnswer),
        (500, fanart(7), BadAnswer),
    ],
}
"""By provider what was answered, with its status, and what that means."""

ALL: list[tuple[int, Body, Verdict]] = [
    (429, b"", RateLimited),
    (429, b"<html>", RateLimited),
    (500, b"", BadAnswer),
    (502, b"<html>", BadAnswer),
    (522, b"<html>connection timed out</html>", BadAnswer),
]
"""What is so with every provider."""

UNREADABLE = (b"<html>a hotel's login page</html>", b"", b'{"id": 55', b"[]", b"null")
"""What says nothing, whatever its status. TheTVDB's and fanart.tv's parsers are left to find that out."""
for own in ("tmdb", "omdb"):
    REFUSALS[own] += [(200, body, BadAnswer) for body in UNREADABLE]

S = "omdb/subliminal/"
RECORDED: dict[str, dict[str, tuple[int, Verdict]]] = {
    "tmdb": {
        "tmdb/jdrouet/invalid-api-key_401.json": (401, KeyRefused),
        "tmdb/jdrouet/resource-not-found_404.json": (404, TitleNotFound),
        "tmdb/jdrouet/validation-error_422.json": (422, BadAnswer),
    },
    "omdb": {
        S + "i-tt9999999_plot-short.json": (200, TitleNotFound),
        S + "s-meen_of_stal_page-1.json": (200, TitleNotFound),
        S + "t-meen_of_stal_plot-short.json": (200, TitleNotFound),
        "omdb/errors/200_error_getting_data.json": (200, TitleNotFound),
        "omdb/errors/200_incorrect_imdb_id.json": (200, TitleNotFound),
        "omdb/errors/200_too_many_results.json": (200, None),
        "omdb/errors/401_invalid_api_key.json": (401, KeyRefused),
        "omdb/errors/401_no_api_key_provided.json": (401, KeyRefused),
        "omdb/errors/401_request_limit_reached.json": (401, QuotaExhausted),
    },
    "tvdb": {
        "tvdb/errors/v4_404_error_fetching_blank.json": (404, TitleNotFound),
        "tvdb/errors/v4_404_error_fetching_season.json": (404, TitleNotFound),
        "tvdb/errors/v4_404_error_fetching_series.json": (404, TitleNotFound),
        "tvdb/errors/v4_404_not_found.json": (404, TitleNotFound),
        "tvdb/errors/v4_login_400_pin_required.json": (400, KeyRefused),
        "tvdb/errors/v4_login_401_apikey_invalid.json": (401, KeyRefused),
        "tvdb/errors/v4_502_bad_gateway.html": (502, BadAnswer),
    },
    "fanart": {
        "fanarttv/errors/404_not_found.json": (404, TitleNotFound),
        "fanarttv/errors/api_key_required.json": (401, KeyRefused),
    },
}
"""By provider its recorded refusals, some of them quoted in issues, with the status of each and what it means."""

BY_ID = {provider.id: provider for provider in PROVIDERS}


def refusal(provider: str, status: int, body: Body, **headers: str) -> ProviderError | TitleNotFound | None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return BY_ID[provider].classify(Response(status=status, headers=named, body=raw))


def verdict(provider: str, status: int, body: Body) -> Verdict:
    error = refusal(provider, status, body)
    return None if error is None else type(error)


def test_every_provider_has_its_table() -> None:
    assert REFUSALS.keys() == RECORDED.keys() == BY_ID.keys()


@pytest.mark.parametrize(
    ("provider", "status", "body", "expected"),
    [(provider, *case) for provider, cases in REFUSALS.items() for case in [*cases, *ALL]],
)
def test_refusals_are_told_apart(provider: str, status: int, body: Body, expected: Verdict) -> None:
    assert verdict(provider, status, body) is expected


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("provider", "name", "status", "expected"),
    [(provider, name, *told) for provider, cases in RECORDED.items() for name, told in cases.items()],
)
def test_recorded_refusals_are_told_apart(provider: str, name: str, status: int, expected: Verdict) -> None:
    assert verdict(provider, status, sample(name)) is expected


@pytest.mark.parametrize("example", examples(), ids=lambda example: f"{example.provider.id}-{example.kind}")
def test_an_answer_about_a_title_is_let_through(example: Example) -> None:
    assert all(verdict(example.provider.id, 200, body) is None for body in example.answers.values())


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("tmdb", tmdb(7, status_message=f"bad key {SECRET}")),
        ("omdb", omdb(f"Invalid API key: {SECRET}")),
        ("tvdb", tvdb(f"bad key {SECRET}")),
        ("fanart", fanart(f"Invalid API key: {SECRET}")),
    ],
)
def test_what_a_refusal_says_is_not_repeated(provider: str, body: Body) -> None:
    refused = refusal(provider, 401, body)
    assert isinstance(refused, KeyRefused)
    assert SECRET not in str(refused)


@pytest.mark.recordings
def test_a_recorded_limit_is_one() -> None:
    sample("INDEX.tsv")
    [recorded] = [row.file for row in index("tmdb") if row.http_status == "429"]
    assert isinstance(refusal("tmdb", 429, sample(recorded), retry_after="7"), RateLimited)


@pytest.mark.parametrize(("provider", "soft"), [("tmdb", False), ("omdb", False), ("tvdb", True), ("fanart", False)])
def test_only_thetvdbs_404_is_never_quite_believed(provider: str, soft: bool) -> None:
    unknown = {"tmdb": tmdb(34), "omdb": omdb("Movie not found!"), "tvdb": tvdb("not found"), "fanart": b"<html>"}
    missing = refusal(provider, 404, unknown[provider])
    assert isinstance(missing, TitleNotFound)
    assert missing.soft is soft


def test_a_missing_pin_names_the_remedy() -> None:
    assert "set the PIN" in str(refusal("tvdb", 400, tvdb("InvalidValueType: pin required")))


def test_tmdb_s_refusal_tells_its_status() -> None:
    assert "HTTP 401" in str(refusal("tmdb", 401, tmdb(7)))


@pytest.mark.recordings
def test_fanart_tv_asks_for_a_key_with_any_status() -> None:
    assert verdict("fanart", 200, sample("fanarttv/errors/api_key_required.json")) is KeyRefused
