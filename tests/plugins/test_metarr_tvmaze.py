"""The test-only fifth provider: a plugin is written with the same means as a bundled provider."""

import json
from typing import Any

import pytest

from fakes import FakeHttp
from metarr.domain.values import Credit, Image, Kind
from metarr.errors import BadAnswer, RateLimited, TitleNotFound
from metarr.fetch.contract import Response
from metarr.providers import guard
from metarr.providers.contract import Ask, Query
from metarr.providers.registry import declaration_faults
from plugins.metarr_tvmaze.metarr_tvmaze import TvMaze, parse_search, parse_show, plain
from samples import sample
from unit.providers.contract import check_fragment

SHOW: dict[str, Any] = {
    "id": 7,
    "name": "Tide Clock",
    "language": "English",
    "genres": ["Drama", "Fantasy"],
    "status": "Running",
    "runtime": None,
    "averageRuntime": 44,
    "premiered": "2015-03-02",
    "ended": None,
    "officialSite": "http://tide.example/",
    "network": None,
    "webChannel": {"id": 1, "name": "Nami Plus", "country": None},
    "externals": {"tvrage": None, "thetvdb": 900002, "imdb": None},
    "image": {"medium": "http://static.example/m.jpg", "original": "http://static.example/o.jpg"},
    "summary": "<p>A <b>clock</b> runs on the tide &amp; the moon.</p><p>Nobody knows why.</p>",
    "_embedded": {
        "cast": [
            {"person": {"name": "Hana Mori", "image": {"original": "http://x.de/h.jpg"}}, "character": {"name": "Rin"}},
            {"person": {"name": "Jun Sato", "image": None}, "character": {"name": "The Keeper"}},
        ]
    },
}  # fmt: skip
IMAGES = [
    {
        "type": "poster",
        "main": True,
        "resolutions": {"original": {"url": "http://x.example/p.jpg", "width": 680, "height": 1000}},
    },
    {
        "type": "background",
        "main": False,
        "resolutions": {"original": {"url": "https://x.example/b.jpg", "width": 1920, "height": 1080}},
    },
    {"type": None, "resolutions": {}},
]


def test_it_declares_itself_soundly() -> None:
    assert list(declaration_faults(TvMaze)) == []


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("recording", "expected"),
    [
        (
            "shows_82_game_of_thrones",
            {
                "title": "Game of Thrones",
                "release_date": "2011-04-17",
                "runtime_minutes": 60,
                "status": "Ended",
                "genres": ("Drama", "Adventure", "Fantasy"),
                "networks": ("HBO", "HBO Go"),
                "countries": ("United States",),
                "languages": ("English",),
                "homepage": "https://www.hbo.com/game-of-thrones",
            },
        ),
        (
            "shows_335_sherlock",
            {"release_date": "2010-07-25", "runtime_minutes": 90, "countries": ("United Kingdom",)},
        ),
        ("shows_2993_stranger_things", {"title": "Stranger Things", "networks": ("Netflix",)}),
    ],
)  # fmt: skip
def test_recorded_shows_are_read(recording: str, expected: dict[str, Any]) -> None:
    fragment = parse_show(json.loads(sample(f"tvmaze/{recording}.json")))
    assert {name: fragment.values.get(name) for name in expected} == expected
    plot = str(fragment.values["plot"])
    assert plot
    assert not {"<", ">"} & set(plot)
    assert {"cast", "poster", "fanart"} <= fragment.unread, "the recordings have no embedded parts"


@pytest.mark.recordings
def test_a_recorded_show_claims_its_ids() -> None:
    fragment = parse_show(json.loads(sample("tvmaze/shows_82_game_of_thrones.json")))
    assert fragment.ids == {"tvmaze": "82", "imdb": "tt0944947", "tvdb": "121361"}


@pytest.mark.recordings
def test_every_recorded_show_is_read_without_nonsense() -> None:
    shows = json.loads(sample("tvmaze/shows_index_popular240.json"))
    provider = TvMaze()
    for show in shows:
        fragment = parse_show(show)
        check_fragment(provider, Kind.SERIES, fragment)
        assert guard.checked_fragment(provider, Kind.SERIES, fragment) == fragment
    assert len(shows) > 200


def test_a_whole_show_is_read() -> None:
    http = FakeHttp({"/shows/7": SHOW, "/shows/7/images": IMAGES})
    fragment = guard.details(TvMaze(), Ask(kind=Kind.SERIES, ids={"tvmaze": "7"}), http)
    assert fragment.values == {
        "title": "Tide Clock",
        "plot": "A clock runs on the tide & the moon.\nNobody knows why.",
        "release_date": "2015-03-02",
        "runtime_minutes": 44,
        "status": "Running",
        "genres": ("Drama", "Fantasy"),
        "networks": ("Nami Plus",),
        "languages": ("English",),
        "homepage": "https://tide.example/",
        "cast": (
            Credit(name="Hana Mori", role="Rin", photo="https://x.de/h.jpg"),
            Credit(name="Jun Sato", role="The Keeper", order=1),
        ),
        "poster": (Image(url="https://x.example/p.jpg", width=680, height=1000, votes=1.0),),
        "fanart": (Image(url="https://x.example/b.jpg", width=1920, height=1080),),
    }
    assert fragment.empty == {"end_date", "countries", "banner", "clearlogo"}
    assert fragment.ids == {"tvmaze": "7", "tvdb": "900002"}
    assert http.requests[0].params == {"embed": "cast"}


@pytest.mark.parametrize(
    ("ids", "params"),
    [
        ({"imdb": "tt0944947", "tvdb": "121361"}, {"imdb": "tt0944947"}),
        ({"tvdb": "121361", "tmdb": "1399"}, {"thetvdb": "121361"}),
    ],
)
def test_its_id_is_looked_up_from_others(ids: dict[str, str], params: dict[str, str]) -> None:
    http = FakeHttp({"/lookup/shows": {"id": 82}})
    assert guard.lookup(TvMaze(), Ask(kind=Kind.SERIES, ids=ids), http) == {"tvmaze": "82"}
    assert http.requests[0].params == params


def test_series_are_found_by_words() -> None:
    http = FakeHttp({"/search/shows": [{"score": 0.9, "show": SHOW}, {"score": None, "show": {**SHOW, "id": 8}}]})
    found = guard.search(TvMaze(), Query(kind=Kind.SERIES, title="tide clock"), http)
    assert [(candidate.ids["tvmaze"], candidate.popularity) for candidate in found] == [("7", 0.9), ("8", 0.0)]
    assert (found[0].titles, found[0].year) == (("Tide Clock",), 2015)
    assert found[0].poster == "https://static.example/o.jpg"
    assert http.requests[0].params == {"q": "tide clock"}
    assert guard.search(TvMaze(), Query(kind=Kind.MOVIE, title="tide clock"), FakeHttp()) == ()


@pytest.mark.parametrize("body", [None, [], {}, {"id": 0}, {"id": "7"}])
def test_what_is_no_show_is_no_answer(body: Any) -> None:
    with pytest.raises(BadAnswer):
        parse_show(body)


def test_a_search_that_is_no_list_is_no_answer() -> None:
    with pytest.raises(BadAnswer):
        parse_search({"name": "Not Found"})


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>One<br/>Two</p>", "One\nTwo"),
        ("<p>Caf&eacute; &lt;3</p>", "Café <3"),
        ("<p>  many \n spaces </p><p></p>", "many spaces"),
    ],
)
def test_markup_is_taken_out(html: str, words: str) -> None:
    assert plain(html) == words


@pytest.mark.parametrize(
    ("status", "expected"), [(404, TitleNotFound), (429, RateLimited), (500, BadAnswer), (200, type(None))]
)
def test_statuses_are_told_apart(status: int, expected: type[Any]) -> None:
    assert type(TvMaze().classify(Response(status=status, headers={}, body=b""))) is expected
