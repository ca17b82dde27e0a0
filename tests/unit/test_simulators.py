"""The simulators answer as the real providers do, fail as asked, and record what they were asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kodi_host import wait_for
from samples import recorded, sample
from simulators import FAULTS, KEYS, MOVIES, SERIES, Simulators, generated_movie
from simulators.generated import MODEL
from simulators.tmdb import movie_details

EVERYTHING = "credits,images,videos,external_ids,release_dates,keywords,translations,alternative_titles,recommendations"
TV_EVERYTHING = (
    "aggregate_credits,credits,images,videos,external_ids,content_ratings,keywords,translations,alternative_titles"
)


class Client:
    """Asks the simulators with good keys."""

    def __init__(self, simulators: Simulators) -> None:
        self.simulators = simulators
        self.session = requests.Session()
        self.session.trust_env = False
        self._token = ""

    def get(self, provider: str, path: str = "", **options: Any) -> requests.Response:
        params = dict(options.pop("params", {}))
        headers = dict(options.pop("headers", {}))
        if provider == "tmdb":
            params.setdefault("api_key", KEYS["tmdb"])
        elif provider == "omdb":
            params = {"apikey": KEYS["omdb"], **params}
        elif provider == "tvdb":
            headers.setdefault("Authorization", f"Bearer {self.token}")
        else:
            headers.setdefault("api-key", KEYS["fanart"])
        options.setdefault("timeout", 60)
        return self.session.get(self.simulators.base_urls[provider] + path, params=params, headers=headers, **options)

    def json(self, provider: str, path: str = "", **params: Any) -> Any:
        response = self.get(provider, path, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    @property
    def token(self) -> str:
        if not self._token:
            self._token = self.login({"apikey": KEYS["tvdb"]}).json()["data"]["token"]
        return self._token

    def login(self, body: dict[str, str]) -> requests.Response:
        return self.session.post(self.simulators.base_urls["tvdb"] + "/login", json=body, timeout=5)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulators]:
    with Simulators() as simulators:
        yield simulators


@pytest.fixture
def simulators(running: Simulators) -> Simulators:
    running.reset()
    return running


@pytest.fixture
def client(simulators: Simulators) -> Iterator[Client]:
    made = Client(simulators)
    with made.session:
        yield made


# The titles ---------------------------------------------------------------------------------------------------------


def test_there_are_enough_titles_and_ids_are_unique() -> None:
    assert len(MOVIES) >= 14
    assert len(SERIES) >= 6
    for titles in (MOVIES, SERIES):
        for name in ("key", "tmdb", "imdb", "tvdb"):
            ids = [getattr(title, name) for title in titles if getattr(title, name)]
            assert len(ids) == len(set(ids)), name
    episodes = [entry for series in SERIES for season in series.seasons for entry in season.episodes]
    for name in ("tmdb", "tvdb", "imdb"):
        assert len({getattr(entry, name) for entry in episodes}) == len(episodes)


@pytest.mark.parametrize("title", MOVIES, ids=lambda title: title.key)
def test_every_provider_answers_about_a_movie_exactly_when_it_knows_it(client: Client, title: Any) -> None:
    if title.tmdb is not None:
        assert client.get("tmdb", f"/movie/{title.tmdb}").status_code == 200
        assert client.get("fanart", f"/movies/{title.tmdb}").status_code == (200 if title.known_to("fanart") else 404)
    if title.tvdb is not None:
        assert client.get("tvdb", f"/movies/{title.tvdb}/extended").status_code == 200
    if title.imdb:
        record = client.json("omdb", i=title.imdb)
        assert record["Response"] == ("True" if title.known_to("omdb") else "False")


@pytest.mark.parametrize("title", SERIES, ids=lambda title: title.key)
def test_every_provider_answers_about_a_series(client: Client, title: Any) -> None:
    assert (
        client.json("tmdb", f"/tv/{title.tmdb}", append_to_response="external_ids")["external_ids"]["tvdb_id"]
        == title.tvdb
    )
    assert client.json("tvdb", f"/series/{title.tvdb}/extended")["data"]["seasons"]
    assert client.json("omdb", i=title.imdb)["totalSeasons"] == str(len(title.regular_seasons))
    assert client.get("fanart", f"/tv/{title.tvdb}").status_code == (200 if title.known_to("fanart") else 404)


@pytest.mark.parametrize("n", [0, 7, 12345, 999_999])
def test_a_generated_movie_is_known_to_every_provider(client: Client, n: int) -> None:
    movie = generated_movie(n)
    assert (movie.tmdb, movie.imdb, movie.tvdb) == (1_000_000 + n, f"tt9{n:07d}", 2_000_000 + n)
    body = client.get("tmdb", f"/movie/{movie.tmdb}", params={"append_to_response": EVERYTHING})
    assert 10_000 <= len(body.content) <= 60_000
    details = body.json()
    assert {key: details[key] for key in movie_details(movie, "en", "US")} == movie_details(movie, "en", "US")
    assert str(MODEL) not in body.text
    assert client.json("omdb", i=movie.imdb)["Title"] == movie.title
    record = client.json("tvdb", f"/movies/{movie.tvdb}/extended", meta="translations")["data"]
    assert record["remoteIds"][0]["id"] == movie.imdb
    assert record["runtime"] == movie.runtime
    assert client.json("fanart", f"/movies/{movie.imdb}")["tmdb_id"] == str(movie.tmdb)
    assert client.json("tmdb", "/search/movie", query=f"generated movie {n}")["results"][0]["id"] == movie.tmdb


def test_a_generated_movie_beyond_the_range_is_unknown(client: Client) -> None:
    assert client.get("tmdb", "/movie/2000000").status_code == 404
    assert client.json("omdb", i="tt9999999") == {"Response": "False", "Error": "Error getting data."}


# TMDB ---------------------------------------------------------------------------------------------------------------


def test_tmdb_takes_a_key_or_a_bearer_token(client: Client, simulators: Simulators) -> None:
    url = simulators.base_urls["tmdb"] + "/movie/550"
    bearer = {"Authorization": f"Bearer {KEYS['tmdb_bearer']}"}
    assert client.session.get(url, headers=bearer, timeout=5).status_code == 200
    for params in ({}, {"api_key": "0" * 32}):
        refused = client.session.get(url, params=params, timeout=5)
        assert refused.status_code == 401
        assert refused.json()["status_code"] == 7


def test_tmdb_errors_carry_their_own_codes(client: Client) -> None:
    unknown = client.get("tmdb", "/movie/99999999")
    assert (unknown.status_code, unknown.json()["status_code"]) == (404, 34)
    many = client.get("tmdb", "/movie/550", params={"append_to_response": ",".join(f"s{i}" for i in range(21))})
    assert (many.status_code, many.json()["status_code"]) == (400, 27)
    page = client.get("tmdb", "/search/movie", params={"query": "matrix", "page": "501"})
    assert (page.status_code, page.json()["status_code"]) == (400, 22)
    empty = client.get("tmdb", "/search/movie")
    assert (empty.status_code, empty.json()) == (422, {"errors": ["query must be provided"]})


def test_tmdb_images_follow_the_language_filter(client: Client) -> None:
    def images(**params: str) -> dict[str, list[str | None]]:
        body = client.json("tmdb", "/movie/550", append_to_response="images", **params)["images"]
        return {name: [row["iso_639_1"] for row in rows] for name, rows in body.items()}

    assert images()["backdrops"] == [None, None, "en"]
    assert images(language="de-DE") == {"backdrops": [], "logos": ["de"], "posters": ["de"]}
    assert images(language="de-DE", include_image_language="de,null")["posters"] == ["de", None]


def test_tmdb_does_not_fall_back_to_another_language(client: Client) -> None:
    german = client.json("tmdb", "/movie/372058", language="de-DE")
    assert german["title"].startswith("Your Name. –")
    assert german["tagline"] == ""
    french = client.json("tmdb", "/movie/372058", language="fr-FR")
    assert (french["title"], french["overview"]) == ("君の名は。", "")
    english = client.json("tmdb", "/movie/550", append_to_response="translations")["translations"]["translations"][0]
    assert (english["iso_639_1"], english["data"]["title"]) == ("en", "")


def test_tmdb_odd_values(client: Client) -> None:
    rows = client.json("tmdb", "/movie/550/release_dates")["results"]
    american = next(row["release_dates"] for row in rows if row["iso_3166_1"] == "US")
    assert [row["certification"] for row in american] == ["", "", "R"]
    korean = client.json("tmdb", "/movie/496243", append_to_response="release_dates")["release_dates"]["results"]
    assert korean[0]["release_dates"][0]["certification"] == "15세 이상 관람가"
    lost = client.json("tmdb", "/movie/990003")
    assert (lost["status"], lost["release_date"], lost["runtime"], lost["imdb_id"]) == ("Released", "", 0, None)
    assert client.json("tmdb", "/movie/319179")["imdb_id"] == ""
    assert client.json("tmdb", "/movie/990002")["release_date"] == "2024-07-07T00:00:00.000Z"
    assert "tvdb_id" not in client.json("tmdb", "/movie/550/external_ids")


def test_tmdb_search_leaves_remakes_to_the_client(client: Client) -> None:
    steel = client.json("tmdb", "/search/movie", query="man of steel")["results"]
    assert [row["id"] for row in steel] == [49521, 319179, 334166]
    assert [
        row["id"] for row in client.json("tmdb", "/search/movie", query="man of steel", year="1999")["results"]
    ] == [319179]
    assert len(client.json("tmdb", "/search/tv", query="Shameless")["results"]) == 2
    assert [
        r["id"] for r in client.json("tmdb", "/search/tv", query="dallas", first_air_date_year="2012")["results"]
    ] == [37759]
    assert client.json("tmdb", "/search/movie", query="meen of stal") == {
        "page": 1,
        "results": [],
        "total_pages": 1,
        "total_results": 0,
    }
    second = client.json("tmdb", "/search/movie", query="generated movie", page="2")
    assert (len(second["results"]), second["total_pages"], second["total_results"]) == (10, 2, 30)


def test_tmdb_find_mistakes_a_tvdb_movie_id_for_a_show(client: Client) -> None:
    by_imdb = client.json("tmdb", "/find/tt0133093", external_source="imdb_id")
    assert [row["id"] for row in by_imdb["movie_results"]] == [603]
    assert set(by_imdb) == {"movie_results", "tv_results", "tv_season_results", "tv_episode_results", "person_results"}
    assert client.json("tmdb", "/find/121361", external_source="tvdb_id")["tv_results"][0]["id"] == 1399
    wrong = client.json("tmdb", "/find/300550", external_source="tvdb_id")
    assert wrong["movie_results"] == []
    assert len(wrong["tv_results"]) == 1


def test_tmdb_seasons_and_episodes(client: Client) -> None:
    show = client.json("tmdb", "/tv/1396", append_to_response="season/1")
    assert [row["season_number"] for row in show["seasons"]] == [0, 1, 2]
    assert len(show["season/1"]["episodes"]) == 7
    season = client.json("tmdb", "/tv/203737/season/1")
    assert season["episodes"][6]["name"] == "Episode 7"
    assert client.json("tmdb", "/tv/203737/season/2/episode/6")["name"] == "TBA"
    assert client.json("tmdb", "/tv/1396/season/1/episode/1", append_to_response="credits")["credits"]["guest_stars"]
    assert client.get("tmdb", "/tv/1396/season/9").status_code == 404


def test_tmdb_answers_a_conditional_request(client: Client) -> None:
    tag = client.get("tmdb", "/movie/550").headers["ETag"]
    again = client.get("tmdb", "/movie/550", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


# OMDb ---------------------------------------------------------------------------------------------------------------


def test_omdb_says_errors_its_own_way(client: Client, simulators: Simulators) -> None:
    missing = client.session.get(simulators.base_urls["omdb"], params={"i": "tt0137523"}, timeout=5)
    assert (missing.status_code, missing.json()["Error"]) == (401, "No API key provided.")
    wrong = client.get("omdb", params={"apikey": "00000000", "i": "tt0137523"})
    assert (wrong.status_code, wrong.json()["Error"]) == (401, "Invalid API key!")
    assert client.json("omdb", i="tt0000000")["Error"] == "Error getting data."
    assert client.json("omdb", i="550")["Error"] == "Incorrect IMDb ID."
    assert client.json("omdb", t="Meen of Stal")["Error"] == "Movie not found!"
    assert client.json("omdb", s="the")["Error"] == "Too many results."
    assert client.json("omdb", i="tt0903747", Season="9")["Error"] == "Series or season not found!"
    confused = client.session.get(
        f"{simulators.base_urls['omdb']}?i=tt0137523&page=1&plot=short&apikey={KEYS['omdb']}", timeout=5
    )
    assert (confused.status_code, confused.json()["Error"]) == (401, "Invalid API key!")


def test_omdb_records(client: Client) -> None:
    short, full = client.json("omdb", i="tt0137523"), client.json("omdb", i="tt0137523", plot="full")
    assert short["Plot"] != full["Plot"]
    assert short["imdbVotes"] == "2,345,678"
    assert client.json("omdb", i="tt0903747")["Year"] == "2008\u20132013"
    assert client.json("omdb", i="tt21030032")["Year"] == "2023\u2013"
    assert client.json("omdb", i="tt0770828")["Awards"] == "Nominated for 1 BAFTA Award7 wins & 46 nominations total"
    assert client.json("omdb", i="tt32000001")["Ratings"] == []
    assert client.json("omdb", t="Star Wars")["Type"] == "game"
    assert client.json("omdb", t="Star Wars", type="movie")["imdbID"] == "tt0076759"
    assert client.json("omdb", t="House of Cards", type="series", y="1990")["imdbID"] == "tt0098825"


def test_omdb_search_is_paged_by_ten_and_matches_whole_words(client: Client) -> None:
    pages = [client.json("omdb", s="generated movie", page=str(page)) for page in (1, 3)]
    assert [len(page["Search"]) for page in pages] == [10, 10]
    assert pages[0]["totalResults"] == "30"
    assert client.json("omdb", s="generated movie", page="4")["Error"] == "Movie not found!"
    assert client.json("omdb", s="Ince")["Error"] == "Movie not found!"


def test_omdb_seasons(client: Client) -> None:
    season = client.json("omdb", i="tt21030032", Season="2")
    assert season["Episodes"][0]["Released"] == "2024-07-03"
    episode = client.json("omdb", i="tt0903747", Season="1", Episode="2")
    assert (episode["Type"], episode["seriesID"]) == ("episode", "tt0903747")
    assert client.json("omdb", i=episode["imdbID"]) == episode


def test_omdb_quota_runs_out(client: Client, simulators: Simulators) -> None:
    simulators.set_quota("omdb", 3, used=1)
    answers = [client.get("omdb", params={"i": "tt0137523"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 401]
    assert answers[-1].json() == {"Response": "False", "Error": "Request limit reached!"}
    assert simulators.quota("omdb") == {"limit": 3, "used": 3}


# TVDB ---------------------------------------------------------------------------------------------------------------


def test_tvdb_login(client: Client, simulators: Simulators) -> None:
    assert client.login({"apikey": "nonsense"}).json()["message"] == "InvalidAPIKey: apikey invalid"
    pin = client.login({"apikey": KEYS["tvdb_user_supported"]})
    assert (pin.status_code, pin.json()["message"]) == (400, "InvalidValueType: pin required")
    assert client.login({"apikey": KEYS["tvdb_user_supported"], "pin": KEYS["tvdb_pin"]}).status_code == 200
    assert client.get("tvdb", "/series/81189").status_code == 200
    simulators.expire_tokens()
    assert client.get("tvdb", "/series/81189").status_code == 401


def test_tvdb_ids_of_movies_and_series_overlap(client: Client) -> None:
    assert client.json("tvdb", "/movies/81189/extended")["data"]["name"] == "The Matrix"
    assert client.json("tvdb", "/series/81189/extended")["data"]["name"] == "Breaking Bad"


def test_tvdb_movie_texts_come_with_translations_only(client: Client) -> None:
    plain = client.json("tvdb", "/movies/300387/extended")["data"]
    assert "overview" not in plain
    assert "translations" not in plain
    texts = client.json("tvdb", "/movies/300387/extended", meta="translations")["data"]["translations"]
    assert {row["language"] for row in texts["overviewTranslations"]} == {"deu", "eng"}
    assert client.json("tvdb", "/movies/300387/extended", short="true")["data"]["artworks"] is None


def test_tvdb_image_urls_and_remote_ids(client: Client) -> None:
    matrix = client.json("tvdb", "/movies/81189/extended")["data"]
    assert matrix["artworks"][0]["image"].startswith("/banners/v4/movie/")
    assert matrix["artworks"][0]["thumbnail"].startswith("/v4/movie/")
    remote = {row["sourceName"]: row for row in matrix["remoteIds"]}
    assert remote["TheMovieDB.com"] == {"id": "603-the-matrix", "type": 10, "sourceName": "TheMovieDB.com"}
    thrones = client.json("tvdb", "/series/121361/extended")["data"]
    assert thrones["artworks"][0]["image"].startswith("https://artworks.thetvdb.com/banners/")
    assert {row["type"] for row in thrones["remoteIds"] if row["sourceName"] == "TheMovieDB.com"} == {12}


def test_tvdb_episodes(client: Client, simulators: Simulators) -> None:
    plain = client.json("tvdb", "/series/421069/episodes/default")["data"]
    assert plain["series"]["id"] == 421069
    english = client.json("tvdb", "/series/421069/episodes/default/eng", season="1")["data"]["episodes"]
    assert [row["name"] for row in english][-2:] == [None, "Episode 7"]
    absolute = client.json("tvdb", "/series/421069/episodes/absolute")["data"]["episodes"]
    assert [row["number"] for row in absolute] == list(range(1, 14))
    dvd = client.json("tvdb", "/series/81189/episodes/dvd", season="1")["data"]["episodes"]
    assert dvd[1]["name"] == "...And the Bag's in the River"
    simulators.set_page_size("tvdb", 5)
    first = client.json("tvdb", "/series/81189/episodes/default", page="0")
    last = client.json("tvdb", "/series/81189/episodes/default", page="2")
    assert (len(first["data"]["episodes"]), first["links"]["next"] is None) == (5, False)
    assert last["links"]["next"] is None


def test_tvdb_search_and_remote_ids(client: Client) -> None:
    found = client.json("tvdb", "/search", query="man of steel", type="movie")["data"]
    assert found[0]["id"] == "movie-300495"
    assert client.json("tvdb", "/search", query="Inception", year="1999")["data"] == []
    required = client.get("tvdb", "/search", params={"remote_id": "tt0133093"})
    assert (required.status_code, required.json()["message"]) == (400, "InvalidValueType: query is required")
    entities = client.json("tvdb", "/search/remoteid/tt0133093")["data"]
    assert [next(iter(entity)) for entity in entities] == ["episode", "movie"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/movies/1/extended", "NotFoundException: not found"),
        ("/series/1/extended", "NotFoundException: error fetching series"),
        ("/seasons/1/extended", "NotFoundException: error fetching season"),
        ("/episodes/1/extended", "NotFoundException: error fetching episode"),
        ("/movies/300113/translations/tur", "NotFoundException: error fetching translation"),
    ],
)
def test_tvdb_not_found(client: Client, path: str, message: str) -> None:
    response = client.get("tvdb", path)
    assert (response.status_code, response.json()) == (404, {"status": "failure", "message": message, "data": None})


# fanart.tv ----------------------------------------------------------------------------------------------------------


def test_fanart_keys_and_absence(client: Client, simulators: Simulators) -> None:
    url = simulators.base_urls["fanart"] + "/movies/120"
    assert client.session.get(url, params={"api_key": KEYS["fanart"]}, timeout=5).status_code == 200
    refused = client.session.get(url, timeout=5)
    assert (refused.status_code, refused.json()["error message"]) == (401, "API key is required")
    absent = client.get("fanart", "/movies/389")
    assert (absent.status_code, absent.json()) == (404, {"status": "error", "error message": "Not found"})
    assert client.get("fanart", "/tv/1396").status_code == 404, "TMDB ids of series are not known there"


def test_fanart_scalars_are_strings(client: Client) -> None:
    art = client.json("fanart", "/movies/120")
    assert art == client.json("fanart", "/movies/tt0120737")
    for kind, rows in art.items():
        if isinstance(rows, list):
            assert art[f"{kind}_count"] == len(rows)
            assert all(isinstance(value, str) for row in rows for value in row.values())
    assert [row["likes"] for row in art["movieposter"]] == ["1", "2", "3", "4", "5"]
    languages = {row["lang"] for row in client.json("fanart", "/movies/372058")["movieposter"]}
    assert languages == {"ja", "00", "cz", "en"}
    assert "movieposter" not in client.json("fanart", "/movies/346")


# Control ------------------------------------------------------------------------------------------------------------


def test_requests_are_recorded_without_keys(client: Client, simulators: Simulators) -> None:
    client.get("tmdb", "/movie/550", params={"language": "de-DE"})
    client.get("tmdb", "/movie/1")
    client.get("fanart", "/movies/550")
    first, second = simulators.requests("tmdb")
    assert (first.path, first.query, first.endpoint, first.status) == (
        "/3/movie/550",
        {"language": "de-DE"},
        "movie",
        200,
    )
    assert first.credentials
    assert second.status == 404
    assert simulators.count("tmdb") == simulators.count("tmdb", "movie") == 2
    assert simulators.counts("tmdb")["statuses"] == {"200": 1, "404": 1}
    text = json.dumps([entry.as_dict() for entry in simulators.requests()])
    assert not any(key in text for key in KEYS.values())
    simulators.clear_requests()
    assert simulators.requests() == []


def test_patches_change_one_provider_only(client: Client, simulators: Simulators) -> None:
    simulators.patch("tmdb", "movie", 550, overview="A new text.")
    simulators.patch("omdb", "movie", "tt0137523", imdbRating="1.0")
    simulators.patch("tvdb", "series", 81189, name="Patched")
    simulators.patch("tmdb", "movie", 1_000_005, title="Patched")
    simulators.patch("tmdb", "episode", "1396/1/2", name="Patched")
    assert client.json("tmdb", "/movie/550")["overview"] == "A new text."
    assert client.json("omdb", i="tt0137523")["imdbRating"] == "1.0"
    assert client.json("tvdb", "/series/81189/extended")["data"]["name"] == "Patched"
    assert client.json("tmdb", "/movie/1000005")["title"] == "Patched"
    assert client.json("tmdb", "/movie/1000006")["title"] == "Generated Movie 6"
    assert client.json("tmdb", "/tv/1396/season/1/episode/2")["name"] == "Patched"
    simulators.patch("tmdb", "movie", 550)
    assert client.json("tmdb", "/movie/550")["overview"] != "A new text."


def test_a_patch_can_make_a_record_unknown(client: Client, simulators: Simulators) -> None:
    for provider, record_id in (("tmdb", 550), ("omdb", "tt0137523"), ("tvdb", 300550), ("fanart", 550)):
        simulators.patch(provider, "movie", record_id, missing=True)
    assert client.get("tmdb", "/movie/550").status_code == 404
    assert client.json("tmdb", "/find/tt0137523", external_source="imdb_id")["movie_results"] == []
    assert client.json("omdb", i="tt0137523")["Error"] == "Error getting data."
    assert client.get("tvdb", "/movies/300550/extended").status_code == 404
    assert client.get("fanart", "/movies/550").status_code == 404


def test_rate_latency_and_refused_keys(client: Client, simulators: Simulators) -> None:
    simulators.set_rate("tmdb", 1e-6)  # the first one; the next comes after days
    answers = [client.get("tmdb", "/movie/550") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "1"
    simulators.set_latency("omdb", 0.1)
    started = time.monotonic()
    client.json("omdb", i="tt0137523")
    assert time.monotonic() - started >= 0.1
    for provider, path in (("tmdb", "/movie/550"), ("omdb", ""), ("tvdb", "/movies/81189"), ("fanart", "/movies/550")):
        simulators.set_rate(provider, None)
        assert client.get(provider, path, params={"i": "tt0137523"}).status_code == 200
        simulators.refuse_key(provider)
        assert client.get(provider, path, params={"i": "tt0137523"}).status_code == 401


def test_control_over_http(client: Client, simulators: Simulators) -> None:
    def control(method: str, **arguments: Any) -> Any:
        return client.session.post(f"{simulators.control_url}/{method}", json=arguments, timeout=5)

    assert control("fault", provider="tmdb", name="error_500", count=1).json() == {"ok": True}
    assert client.get("tmdb", "/movie/550").status_code == 500
    body = client.session.get(f"{simulators.control_url}/requests", timeout=5).json()
    assert body["requests"][0]["fault"] == "error_500"
    assert body["counts"]["tmdb"]["total"] == 1
    assert control("fault", provider="tmdb", name="nonsense").status_code == 400
    assert control("set_quota", provider="nobody", limit=1).status_code == 400
    assert control("explode").status_code == 404
    control("patch", provider="tmdb", kind="movie", record_id=550, title="Over HTTP")
    assert client.json("tmdb", "/movie/550")["title"] == "Over HTTP"


def test_the_program_announces_itself_and_stops(client: Client) -> None:
    folder = str(Path(__file__).parents[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "simulators"],
        cwd=folder,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": folder},
    )
    with process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        url = ready["base_urls"]["tmdb"] + "/movie/550"
        assert client.session.get(url, params={"api_key": ready["keys"]["tmdb"]}, timeout=5).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


# Faults -------------------------------------------------------------------------------------------------------------

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def _ask(client: Client, **options: Any) -> requests.Response:
    return client.get("tmdb", "/movie/550", params={"append_to_response": EVERYTHING}, **options)


@pytest.mark.parametrize(
    ("name", "status", "content_type"),
    [
        ("rate_limited", 429, "application/json"),
        ("rate_limited_with_retry_after", 429, "application/json"),
        ("error_500", 500, "application/json"),
        ("bad_gateway_html", 502, "text/html"),
        ("unavailable_503", 503, "application/json"),
        ("error_200_html", 200, "text/html"),
        ("quota_exhausted", 429, "application/json"),
        ("auth_refused", 401, "application/json"),
    ],
)
def test_faults_that_are_answers(
    client: Client, simulators: Simulators, name: str, status: int, content_type: str
) -> None:
    simulators.fault("tmdb", name)
    response = _ask(client)
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith(content_type)
    assert ("Retry-After" in response.headers) == (name in {"rate_limited_with_retry_after", "quota_exhausted"})


@pytest.mark.parametrize(
    "name", ["truncated_json", "empty_body", "error_200_html", "wrong_charset", "unannounced_gzip", "almost_json"]
)
def test_faults_that_cannot_be_read(client: Client, simulators: Simulators, name: str) -> None:
    simulators.fault("tmdb", name)
    response = _ask(client)
    assert response.status_code == 200
    with pytest.raises(ValueError):  # noqa: PT011 - JSON and Unicode errors have no other common base
        json.loads(response.content)


def test_faults_that_can_be_read_but_are_wrong(client: Client, simulators: Simulators) -> None:
    right = _ask(client).json()

    def under(name: str, **options: Any) -> bytes:
        simulators.clear_faults()
        simulators.fault("tmdb", name, **options)
        return _ask(client).content

    assert json.loads(under("list_for_dict")) == [right]
    assert under("null_body") == b"null"
    assert under("bom")[:3] == b"\xef\xbb\xbf"
    assert under("wrong_charset", encoding="utf-16")[:2] in {b"\xff\xfe", b"\xfe\xff"}
    assert set(right) - set(json.loads(under("append_ignored"))) == set(EVERYTHING.split(","))
    assert json.loads(under("dates_with_times"))["release_date"] == "1999-09-10T00:00:00.000Z"
    other, own = json.loads(under("another_title")), right
    assert {name for name in own if other[name] != own[name]} >= {"title", "overview", "poster_path", "translations"}
    assert {name for name in own if other[name] == own[name]} >= {"id", "release_date", "credits", "external_ids"}
    deep = under("deep_nesting")
    assert deep.startswith(b"[" * 10_000)
    with pytest.raises(RecursionError):
        json.loads(deep)


def test_append_ignored_elsewhere_drops_the_optional_sections(client: Client, simulators: Simulators) -> None:
    for provider in ("omdb", "tvdb", "fanart"):
        simulators.fault(provider, "append_ignored")
    assert "Ratings" not in client.json("omdb", i="tt0137523")
    assert "artworks" not in client.json("tvdb", "/movies/300550/extended")["data"]
    assert len([rows for rows in client.json("fanart", "/movies/550").values() if isinstance(rows, list)]) == 1


@pytest.mark.parametrize("name", ["reset_before_body", "reset_in_body", "short_body"])
def test_faults_that_break_the_connection(client: Client, simulators: Simulators, name: str) -> None:
    simulators.fault("tmdb", name, count=1)
    with pytest.raises(BROKEN):
        _ask(client)
    assert _ask(client).status_code == 200


def test_hang_ends_when_the_client_gives_up(client: Client, simulators: Simulators) -> None:
    simulators.fault("tmdb", "hang", count=1)
    with pytest.raises(requests.Timeout):
        _ask(client, timeout=0.1)
    wait_for(lambda: simulators.requests("tmdb"), "the request that hangs", pause=0.005)
    assert _ask(client).status_code == 200
    assert simulators.requests("tmdb")[0].fault == "hang"


def test_slow_drip_is_slower_than_a_read_timeout_sees(client: Client, simulators: Simulators) -> None:
    simulators.fault("tmdb", "slow_drip", interval=0.02, chunk=10)
    started = time.monotonic()
    with _ask(client, stream=True) as response:
        assert len(response.raw.read(50)) == 50
        assert time.monotonic() - started >= 0.06


@pytest.mark.parametrize("options", [{}, {"chunked": True}])
def test_huge_body_is_streamed(client: Client, simulators: Simulators, options: dict[str, Any]) -> None:
    simulators.fault("tmdb", "huge_body", **options)
    with _ask(client, stream=True) as response:
        assert response.headers.get("Content-Length") == (None if options else "50000000")
        assert next(response.iter_content(1000)).startswith(b'{"overview":"')


def test_a_smaller_huge_body_is_whole_json(client: Client, simulators: Simulators) -> None:
    simulators.fault("tmdb", "huge_body", megabytes=1)
    response = _ask(client)
    assert len(response.content) == 1_000_000
    assert set(response.json()) == {"overview"}


@pytest.mark.slow
def test_gzip_bomb_is_small_on_the_wire(client: Client, simulators: Simulators) -> None:
    simulators.fault("tmdb", "gzip_bomb")
    with _ask(client, stream=True) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert int(response.headers["Content-Length"]) < 200_000
        inflated = sum(len(piece) for piece in response.iter_content(1_000_000))
    assert inflated > 100_000_000


def test_redirects(client: Client, simulators: Simulators) -> None:
    simulators.fault("tmdb", "redirect_loop")
    with pytest.raises(requests.TooManyRedirects):
        _ask(client)
    simulators.clear_faults()
    simulators.fault("tmdb", "redirect_other_host")
    away = _ask(client, allow_redirects=False)
    assert away.headers["Location"].startswith(f"http://localhost:{simulators.port}/elsewhere/tmdb/3/movie/550")
    assert KEYS["tmdb"] not in away.headers["Location"]
    client.session.get(f"{simulators.url}/elsewhere/tmdb/3/movie/550", headers={"Authorization": "x"}, timeout=5)
    assert [entry.credentials for entry in simulators.requests("elsewhere")] == [True]


def test_a_quota_that_is_used_up_is_told_in_each_providers_words(client: Client, simulators: Simulators) -> None:
    simulators.fault("omdb", "quota_exhausted")
    spent = client.get("omdb", params={"i": "tt0137523"})
    assert (spent.status_code, spent.json()["Error"]) == (401, "Request limit reached!")


def test_faults_can_be_counted_aimed_and_drawn_by_lot(client: Client, simulators: Simulators) -> None:
    simulators.fault("tmdb", "error_500", count=2, path_contains="movie/550")
    assert client.get("tmdb", "/movie/603").status_code == 200
    assert [client.get("tmdb", "/movie/550").status_code for _ in range(3)] == [500, 500, 200]

    def drawn() -> list[int]:
        simulators.clear_faults()
        simulators.fault("tmdb", "error_500", probability=0.5, seed=7)
        return [client.get("tmdb", "/movie/550").status_code for _ in range(20)]

    first = drawn()
    assert set(first) == {200, 500}
    assert drawn() == first


def test_a_fault_on_tvdb_spares_the_login_unless_told(client: Client, simulators: Simulators) -> None:
    simulators.fault("tvdb", "bad_gateway_html")
    assert client.get("tvdb", "/series/81189").status_code == 502
    simulators.clear_faults()
    simulators.fault("tvdb", "bad_gateway_html", path_contains="/login")
    assert client.login({"apikey": KEYS["tvdb"]}).status_code == 502


def test_every_fault_is_tried_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in FAULTS if f'"{name}"' not in text] == []


def test_stopping_ends_what_hangs_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    simulators = Simulators().start()
    simulators.fault("tmdb", "hang")
    failures: list[Exception] = []

    def ask() -> None:
        try:
            requests.get(simulators.base_urls["tmdb"] + "/movie/550", timeout=1000)
        except requests.RequestException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_for(lambda: simulators.count("tmdb") == 4, "four requests that hang", pause=0.005)
    simulators.stop()
    for thread in threads:
        thread.join(timeout=60)
    assert [type(failure) for failure in failures] == [requests.ConnectionError] * 4
    assert set(threading.enumerate()) <= before


# The recordings -----------------------------------------------------------------------------------------------------

Shape = dict[str, Any]


def _shape(values: list[Any]) -> Shape:
    """Types, keys and which keys are always there, over several values that stand in the same place."""
    objects = [value for value in values if isinstance(value, dict)]
    items = [item for value in values if isinstance(value, list) for item in value]
    keys = {key for value in objects for key in value}
    return {
        "types": {_type(value) for value in values},
        "keys": {key: _shape([value[key] for value in objects if key in value]) for key in keys},
        "always": {key for key in keys if all(key in value for value in objects)},
        "items": _shape(items) if items else None,
    }


def _type(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(type(value).__name__)
    return "number" if isinstance(value, int | float) else str(type(value).__name__)


def _differences(value: Any, shape: Shape, also: frozenset[str], where: str = "$") -> Iterator[str]:
    """How a simulated value departs from the recorded shape; `also` are documented departures, by path."""
    if _type(value) not in shape["types"] and f"{where}:{_type(value)}" not in also:
        yield f"{where}:{_type(value)} (recorded: {sorted(shape['types'])})"
    if isinstance(value, dict) and "dict" in shape["types"]:
        for key in sorted(shape["always"] - value.keys()):
            if f"{where}.{key}-" not in also:
                yield f"{where}.{key}-"
        for key, item in value.items():
            if key in shape["keys"]:
                yield from _differences(item, shape["keys"][key], also, f"{where}.{key}")
            elif f"{where}.{key}+" not in also:
                yield f"{where}.{key}+"
    elif isinstance(value, list) and shape["items"] is not None:
        for item in value:
            yield from _differences(item, shape["items"], also, f"{where}[]")


def _check(recordings: list[str], bodies: list[Any], also: frozenset[str] = frozenset()) -> None:
    assert recordings
    shape = _shape([json.loads(sample(path)) for path in recordings])
    assert sorted({text for body in bodies for text in _differences(body, shape, also)}) == []


MOVIE_IDS = [title.tmdb for title in MOVIES if title.tmdb]
TV_IDS = [title.tmdb for title in SERIES]
J = "tmdb/jdrouet/"
# Documented, though not in the recordings at hand: what is null when there is no value.
ALSO_TMDB = frozenset(
    {
        "$.last_air_date:NoneType",
        "$.next_episode_to_air:dict",
        "$.poster_path:NoneType",
        "$.wikidata_id:NoneType",
        "$.facebook_id:NoneType",
        "$.instagram_id:NoneType",
        "$.twitter_id:NoneType",
        "$.freebase_mid:NoneType",
        "$.freebase_id:NoneType",
        "$.tvrage_id:NoneType",
        "$.production_companies[].logo_path:NoneType",
        "$.networks[].logo_path:NoneType",
        "$.results[].poster_path:NoneType",
        "$.results[].backdrop_path:NoneType",
        "$.air_date:NoneType",
        "$.created_by[].profile_path:NoneType",
        "$.episodes[].air_date:NoneType",
        "$.episodes[].runtime:NoneType",
        "$.episodes[].still_path:NoneType",
        "$.still_path:NoneType",
        "$.runtime:NoneType",
        "$.guest_stars[].profile_path:NoneType",
        "$.last_episode_to_air.still_path:NoneType",
        "$.last_episode_to_air.runtime:NoneType",
    }
)


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("recordings", "paths"),
    [
        (
            [J + "movie-details.json", J + "movie-latest.json", "tmdb/subliminal/movie_"],
            [f"/movie/{i}" for i in MOVIE_IDS],
        ),
        ([J + "movie-credits.json"], [f"/movie/{i}/credits" for i in MOVIE_IDS]),
        ([J + "movie-images.json", J + "tv-images.json"], [f"/movie/{i}/images" for i in MOVIE_IDS]),
        ([J + "movie-videos.json"], [f"/movie/{i}/videos" for i in MOVIE_IDS]),
        ([J + "movie-external-ids.json"], ["/movie/550/external_ids"]),
        ([J + "movie-release-dates.json"], [f"/movie/{i}/release_dates" for i in MOVIE_IDS]),
        ([J + "movie-keywords.json"], [f"/movie/{i}/keywords" for i in MOVIE_IDS]),
        ([J + "movie-translations.json"], [f"/movie/{i}/translations" for i in MOVIE_IDS]),
        ([J + "movie-alternative-titles.json"], [f"/movie/{i}/alternative_titles" for i in MOVIE_IDS]),
        ([J + "collection-details.json"], ["/collection/119", "/collection/2344"]),
        ([J + "tv-details", J + "tv-latest.json", "tmdb/subliminal/tv_"], [f"/tv/{i}" for i in TV_IDS]),
        ([J + "tv-aggregate-credits.json"], [f"/tv/{i}/aggregate_credits" for i in TV_IDS]),
        ([J + "tv-images.json", J + "movie-images.json"], [f"/tv/{i}/images" for i in TV_IDS]),
        ([J + "tv-keywords.json"], [f"/tv/{i}/keywords" for i in TV_IDS]),
        ([J + "tv-content-ratings.json"], [f"/tv/{i}/content_ratings" for i in TV_IDS]),
        ([J + "tv-season-details.json"], ["/tv/1396/season/0", "/tv/1399/season/1", "/tv/203737/season/2"]),
        (
            [J + "tv-episode-details.json", "tmdb/subliminal/tv_*_season_"],
            ["/tv/1396/season/1/episode/1", "/tv/203737/season/2/episode/6"],
        ),
        (
            [J + "search-movie.json", "tmdb/subliminal/search_movie"],
            ["/search/movie?query=man of steel", "/search/movie?query=x"],
        ),
        (
            [J + "search-tv.json", "tmdb/subliminal/search_tv"],
            ["/search/tv?query=dallas", "/search/tv?query=shameless"],
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value,
)
def test_tmdb_bodies_have_the_recorded_shape(client: Client, recordings: list[str], paths: list[str]) -> None:
    files = [file for start in recordings for file in _files(start)]
    _check(files, [client.json("tmdb", path) for path in paths], ALSO_TMDB | {"$.external_ids-"})


def _files(start: str) -> list[str]:
    """Recordings by the start of their name; episodes are told apart from series by "_season_"."""
    episodes = "_season_" in start
    start = start.partition("*")[0]
    found = [file for file in recorded(start) if ("_season_" in file) == episodes or "subliminal/tv_" not in file]
    return [file for file in found if "search-decoding" not in file]


@pytest.mark.recordings
def test_tmdb_appended_sections_have_the_recorded_shape(client: Client) -> None:
    files = [file for file in recorded("tmdb/subliminal/tv_") if "_season_" not in file]
    bodies = [client.json("tmdb", f"/tv/{i}", append_to_response="external_ids") for i in TV_IDS]
    names = ("freebase_mid", "freebase_id", "tvrage_id", "wikidata_id", "facebook_id", "instagram_id", "twitter_id")
    nulls = {f"$.external_ids.{name}:NoneType" for name in names}
    _check(files, bodies, ALSO_TMDB | nulls)


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("recordings", "queries"),
    [
        ("omdb/titles/", [{"i": title.imdb} for title in (*MOVIES, *SERIES) if title.imdb and title.known_to("omdb")]),
        ("omdb/subliminal/s-", [{"s": "man of steel"}, {"s": "shameless", "type": "series"}, {"s": "meen of stal"}]),
        ("omdb/subliminal/i-", [{"i": "tt0770828"}, {"i": "tt0000000"}]),
    ],
)
def test_omdb_bodies_have_the_recorded_shape(client: Client, recordings: str, queries: list[dict[str, str]]) -> None:
    _check(recorded(recordings), [client.json("omdb", **query) for query in queries])


@pytest.mark.recordings
def test_tvdb_bodies_have_the_recorded_shape(client: Client) -> None:
    def check(recordings: list[str], paths: list[str], also: frozenset[str] = frozenset()) -> None:
        _check([f"tvdb/v4/{name}.json" for name in recordings], [client.json("tvdb", path) for path in paths], also)

    ids = [title.tvdb for title in SERIES]
    check(["series_421069", "series_79509_day_break"], [f"/series/{i}" for i in ids])
    check(["series_421069_extended"], [f"/series/{i}/extended" for i in ids])
    seasons = [season.tvdb for title in SERIES for season in title.seasons]
    unknown = frozenset(
        f"$.data.episodes[].{text}"
        for text in (
            "name:NoneType",
            "overview:NoneType",
            "nameTranslations:NoneType",
            "overviewTranslations:NoneType",
            "aired:NoneType",
            "runtime:NoneType",
            "year-",
            "finaleType:str",
            "airsBeforeSeason-",
            "airsBeforeEpisode-",
        )
    )
    check(["seasons_2004592_extended"], [f"/seasons/{i}/extended" for i in seasons], unknown)
    pilot = SERIES[1].seasons[1].episodes[0].tvdb
    check(
        ["episodes_9807573_base"],
        [f"/episodes/{pilot}"],
        frozenset({"$.data.airsBeforeSeason-", "$.data.airsBeforeEpisode-"}),
    )
    check(["series_421069_translations_zho"], ["/series/421069/translations/deu"])
    searches = ["search_query-batman_type-movie", "search_query-oshi_no_ko", "search_query-oshi_no_ko_type-series"]
    check(
        searches,
        [f"/search?query={text}" for text in ("man of steel", "inception", "dallas", "oshi no ko", "quiet lighthouse")],
    )


@pytest.mark.recordings
def test_fanart_bodies_have_the_recorded_shape(client: Client, simulators: Simulators) -> None:
    """The recordings are of v3, which has the same lists with fewer keys."""

    def v3(path: str) -> Any:
        url = f"{simulators.url}/fanart/v3{path}"
        return client.session.get(url, headers={"api-key": KEYS["fanart"]}, timeout=5).json()

    # seven-samurai has nothing but a 4K background, which the recordings do not have.
    usual = (
        "movieposter",
        "moviebackground",
        "moviedisc",
        "moviethumb",
        "moviebanner",
        "hdmovielogo",
        "hdmovieclearart",
    )
    absent = {f"$.{name}-" for name in usual}
    documented = {f"$.{name}+" for name in ("movielogo", "movieart", "movie4kbackground", "moviesquare")}
    ids = [title.tmdb for title in MOVIES if title.tmdb and title.known_to("fanart")]
    _check(
        recorded("fanarttv/movies_"),
        [v3(f"/movies/{i}") for i in ids],
        frozenset(documented | absent),
    )
    series = [title.tvdb for title in SERIES if title.known_to("fanart")]
    _check(recorded("fanarttv/tv_"), [v3(f"/tv/{i}") for i in series], frozenset({"$.show4kbackground+"}))
