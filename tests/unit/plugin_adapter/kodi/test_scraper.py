"""The questions that Kodi asks of a scraper, answered from what a daemon says."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from fake_kodi_port import FakePort
from metarr_adapter.errors import RpcError, Unreachable, WrongToken
from metarr_kodi import scraper
from metarr_kodi.lookup import ids_named_in
from metarr_kodi.scraper import Candidate, Listed
from metarr_kodi.titles import Scraped

SCANNING = "Library.IsScanningVideo"
HEAT = {"type": "imdb", "value": "tt0113277"}
ITEM = {"kind": "MEDIA_KIND_MOVIE", "id": "7", "title": "Heat", "ids": [HEAT]}

Said = Mapping[str, Any]


class Answered:
    """Keeps what Kodi was answered."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    def candidates(self, found: Sequence[Candidate]) -> None:
        self.said.append(list(found))

    def episodes(self, several: Sequence[Listed]) -> None:
        self.said.append(list(several))

    def address(self, url: str) -> None:
        self.said.append(url)

    def details(self, title: Scraped | None) -> None:
        self.said.append(title)


class Daemon:
    """Answers each method as it is told, or raises that. A method that is not told is not found."""

    def __init__(self, **says: Said | Exception | Callable[[Mapping[str, Any]], Said]) -> None:
        self.says, self.asked = says, list[tuple[str, Mapping[str, Any]]]()

    def call(self, method: str, message: dict[str, Any], *, timeout: float) -> Said:
        name = method.rpartition("/")[2]
        self.asked.append((name, message))
        said = self.says.get(name, RpcError("not_found", "there is none"))
        if isinstance(said, Exception):
            raise said
        return said(message) if callable(said) else said

    def close(self) -> None: ...


@pytest.fixture
def port(tmp_path: Path) -> FakePort:
    return FakePort(tmp_path, address="nas")


def answer(port: FakePort, daemon: Daemon, kind: str = "movie", **asked: str) -> Any:
    answers = Answered()
    scraper.main(port, answers, kind, f"?{urlencode(asked)}", connect=lambda *_: daemon)
    [said] = answers.said
    return said


def candidate(title: str, year: int, score: float, **ids: str) -> Said:
    named = [{"type": id_type, "value": value} for id_type, value in ids.items()]
    return {"title": title, "year": year, "score": score, "ids": named}


TWO = [candidate("Heat", 1995, 1.0, imdb="tt0113277"), candidate("Heat", 1986, 0.9, tmdb="11080")]


def test_a_title_is_found_by_the_words_of_its_file(port: FakePort):
    daemon = Daemon(Search={"candidates": TWO, "clearWinner": True})
    found = answer(port, daemon, action="find", title="Heat", year="1995")
    assert [(each.title, each.year, json.loads(each.url)) for each in found] == [
        ("Heat", 1995, {"imdb": "tt0113277"}),
        ("Heat", 1986, {"tmdb": "11080"}),
    ]
    assert daemon.asked == [("Search", {"kind": "MEDIA_KIND_MOVIE", "title": "Heat", "year": 1995})]


def test_in_a_scan_what_was_found_has_its_details_with_it(port: FakePort):
    port.conditions.add(SCANNING)
    item = {"title": "Heat", "ids": [HEAT], "fields": [{"name": "cast", "value": [{"name": "Al Pacino"}]}]}
    daemon = Daemon(Search={"candidates": TWO, "clearWinner": True}, Aggregate={"item": item})
    [found] = answer(port, daemon, action="find", title="Heat", year="1995")
    told = answer(port, Daemon(), action="getdetails", url=found.url)
    assert (told.title, told.cast[0].name, told.ids) == ("Heat", "Al Pacino", {"imdb": "tt0113277"})


def test_in_a_scan_what_was_found_and_cannot_be_had_is_left_out(port: FakePort):
    port.conditions.add(SCANNING)
    daemon = Daemon(Search={"candidates": TWO, "clearWinner": True}, Aggregate=RpcError("not_found", "gone"))
    assert answer(port, daemon, action="find", title="Heat", year="1995") == []


def test_of_several_that_may_be_meant_a_scan_takes_none_but_the_file_comes_in(port: FakePort):
    daemon = Daemon(Search={"candidates": TWO})
    assert len(answer(port, daemon, action="find", title="Heat")) == 2, "who looks on is asked by Kodi"
    port.conditions.add(SCANNING)
    [found] = answer(port, daemon, action="find", title="Heat", year="")
    assert answer(port, daemon, action="getdetails", url=found.url).values == {"title": "Heat"}


def test_a_title_that_nobody_knows_is_no_candidate(port: FakePort):
    port.conditions.add(SCANNING)
    assert answer(port, Daemon(Search={}), action="find", title="Holiday 2019", year="2019") == []
    assert port.ran == []


def test_what_the_library_knows_comes_from_there_with_its_owners_edits(port: FakePort):
    daemon = Daemon(GetItem={"item": {**ITEM, "lastEnrichedAt": "2026-01-01T00:00:00Z", "title": "Mine"}})
    assert answer(port, daemon, action="getdetails", url=json.dumps({"imdb": "tt0113277"})).title == "Mine"
    assert [name for name, _ in daemon.asked] == ["GetItem"]


@pytest.mark.parametrize(
    "known",
    [
        RpcError("not_found", "there is none"),
        RpcError("invalid_argument", "several items have this id"),
        {"item": ITEM},
        {"item": {**ITEM, "kind": "MEDIA_KIND_SERIES", "lastEnrichedAt": "2026-01-01T00:00:00Z"}},
    ],
    ids=["none", "several", "only reported", "of another kind"],
)
def test_what_the_library_does_not_know_comes_from_the_providers(port: FakePort, known: Any):
    daemon = Daemon(GetItem=known, Aggregate={"item": {"title": "Heat", "ids": [HEAT]}})
    assert answer(port, daemon, action="getdetails", url=json.dumps({"imdb": "tt0113277"})).ids == {"imdb": "tt0113277"}
    assert daemon.asked[-1] == ("Aggregate", {"kind": "MEDIA_KIND_MOVIE", "ids": [HEAT]})


def test_the_ids_of_an_nfo_file_count_before_those_that_were_found(port: FakePort):
    daemon = Daemon(Aggregate={"item": {"title": "Heat"}})
    unique = json.dumps({"TheMovieDB": "949", "anidb": "none", "tvdb": ""})
    answer(port, daemon, action="getdetails", url='{"imdb": "tt1"}', uniqueIDs=unique)
    assert daemon.asked[-1][1]["ids"] == [{"type": "imdb", "value": "tt1"}, {"type": "tmdb", "value": "949"}]


def test_all_pictures_that_there_are_can_be_chosen(port: FakePort):
    def artwork(message: Mapping[str, Any]) -> Said:
        return {"artwork": [{"url": f"https://i.example/{message['field']}.jpg", "previewUrl": "https://i.example/s"}]}

    daemon = Daemon(GetItem={"item": ITEM}, ListArtwork=artwork)
    told = answer(port, daemon, action="getartwork", id="tt0113277")
    assert {(each.key, each.preview) for each in told.pictures} >= {
        ("poster", "https://i.example/s"),
        ("fanart", "https://i.example/s"),
        ("discart", "https://i.example/s"),
    }


def test_a_bare_number_may_be_of_either_provider(port: FakePort):
    daemon = Daemon(GetItem=lambda asked: {"item": ITEM if asked["itemId"] == "tvdb:5" else {}}, ListArtwork={})
    assert answer(port, daemon, action="getartwork", id="5").pictures == ()
    assert [asked["itemId"] for name, asked in daemon.asked if name == "GetItem"] == ["tmdb:5", "tvdb:5"]


def below(kind: str, season: int, episode: int | None = None, **fields: Any) -> Said:
    numbers = {"seasonNumber": season} | ({} if episode is None else {"episodeNumber": episode})
    told = [{"name": name, "value": value} for name, value in fields.items()]
    return {"kind": f"MEDIA_KIND_{kind}", **numbers, "title": fields.get("title", ""), "fields": told}


STILL = [{"url": "https://i.example/still.jpg"}]
SERIES = {
    "item": {"kind": "MEDIA_KIND_SERIES", "title": "Wind", "ids": [HEAT]},
    "below": [
        below("SEASON", 0, title="Specials", poster=[{"url": "https://i.example/0.jpg"}]),
        below("SEASON", 1),
        below("EPISODE", 0, 1, title="Backstage", release_date="2024-03-09", still=STILL, cast=[{"name": "A. Guest"}]),
        below("EPISODE", 1, 2, plot="A plot without a title."),
    ],
}
URL = json.dumps({"imdb": "tt0113277"})


def test_a_show_comes_with_its_seasons_and_a_guide_to_its_episodes(port: FakePort):
    show = answer(port, Daemon(Aggregate=SERIES), "series", action="getdetails", url=URL)
    assert show.seasons == {0: "Specials"}
    assert [(each.season, each.key) for each in show.pictures] == [(0, "poster")]
    assert show.values["episodeguide"] == URL


def test_of_a_show_that_the_library_knows_its_own_is_told(port: FakePort):
    known = {**SERIES["item"], "title": "Mine", "lastEnrichedAt": "2026-01-01T00:00:00Z"}
    daemon = Daemon(Aggregate=SERIES, GetItem={"item": known})
    assert answer(port, daemon, "series", action="getdetails", url=URL).title == "Mine"


def test_the_daemon_is_asked_once_for_all_episodes(port: FakePort):
    daemon = Daemon(Aggregate=SERIES)
    listed = answer(port, daemon, "series", action="getepisodelist", url=URL)
    assert [(each.season, each.number, each.title, each.aired) for each in listed] == [
        (0, 1, "Backstage", "2024-03-09"),
        (1, 2, "<20359> 2", ""),
    ]
    asked = len(daemon.asked)
    special, second = (answer(port, daemon, "series", action="getepisodedetails", url=each.url) for each in listed)
    assert len(daemon.asked) == asked
    assert (special.cast[0].name, special.pictures[0].key) == ("A. Guest", "thumb")
    assert (second.kind, second.values["plot"]) == ("episode", "A plot without a title.")
    assert {"season", "episode"}.isdisjoint(special.values), "what a file is numbered by is Kodi's to read"


@pytest.mark.parametrize("url", ["", "abc", "metarr-", "metarr-eJw=", "metarr-é", URL])
def test_what_is_no_episodes_address_brings_none(port: FakePort, url: str):
    assert answer(port, Daemon(), "series", action="getepisodedetails", url=url) is None


def test_in_a_scan_a_show_that_may_be_several_is_left_out(port: FakePort):
    port.conditions.add(SCANNING)
    assert answer(port, Daemon(Search={"candidates": TWO}), "series", action="find", title="Heat") == []


def test_pictures_of_seasons_can_be_chosen_too(port: FakePort):
    told = answer(port, Daemon(Aggregate=SERIES), "series", action="getartwork", id="tt0113277")
    assert [(each.season, each.url) for each in told.pictures] == [(0, "https://i.example/0.jpg")]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("https://www.imdb.com/title/tt0113277/", {"imdb": "tt0113277"}),
        ("https://www.imdb.com/de/title/tt0113277/?ref_=x", {"imdb": "tt0113277"}),
        ("https://www.themoviedb.org/movie/949-heat", {"tmdb": "949"}),
        ("http://thetvdb.com/?tab=series&id=81189&lid=7", {"tvdb": "81189"}),
        ("https://thetvdb.com/dereferrer/series/81189", {"tvdb": "81189"}),
        ('<movie><uniqueid default="true" type="TMDB">949</uniqueid></movie>', {"tmdb": "949"}),
        ('<uniqueid type="trakt">12</uniqueid> tt0113277', {}),
        ("a plot, and nothing else", {}),
    ],
)
def test_the_file_beside_a_video_names_its_title(port: FakePort, text: str, ids: dict[str, str]):
    assert ids_named_in(text) == ids
    assert answer(port, Daemon(), action="NfoUrl", nfo=text) == (json.dumps(ids) if ids else "")


FAILURES = [Unreachable("refused", "nothing listens"), WrongToken("unauthenticated", "the token is wrong")]


@pytest.mark.parametrize("failure", FAILURES)
def test_without_a_daemon_a_scan_is_ended_once_and_its_owner_told(port: FakePort, failure: RpcError):
    port.conditions.add(SCANNING)
    for _ in range(3):
        assert answer(port, Daemon(Search=failure), action="find", title="Heat") == []
        assert answer(port, Daemon(GetItem=failure), action="getdetails", url='{"imdb": "tt1"}') is None
    assert port.ran == ["UpdateLibrary(video)"]
    [told] = port.saw("notify")
    assert told.heading == "problem"
    assert told.text.startswith("The scan was ended")


def test_who_looks_for_a_title_by_hand_is_told_and_no_scan_is_begun(port: FakePort):
    answer(port, Daemon(Search=FAILURES[0]), action="find", title="Heat")
    assert (port.ran, len(port.saw("notify"))) == ([], 1)


@pytest.mark.parametrize("failure", [RpcError("not_found", "nobody knows it", "TITLE_UNKNOWN"), KeyError("item")])
def test_a_title_that_cannot_be_had_is_left_out_and_the_scan_goes_on(port: FakePort, failure: Exception):
    port.conditions.add(SCANNING)
    assert answer(port, Daemon(Aggregate=failure), action="getdetails", url='{"imdb": "tt1"}') is None
    assert (port.ran, port.shown) == ([], [])
    assert any(level in ("warning", "error") for level, _ in port.logged)


@pytest.mark.parametrize("url", ["", "null", "[]", "{", '{"imdb": null}'])
def test_an_address_that_is_none_of_ours_brings_nothing(port: FakePort, url: str):
    failing = Daemon(Aggregate=RpcError("invalid_argument", "an id is wanted"))
    assert answer(port, failing, action="getdetails", url=url) is None


@pytest.mark.parametrize("action", ["", "getsomething"])
def test_a_question_that_is_not_known_has_no_answer(port: FakePort, action: str):
    assert answer(port, Daemon(), action=action) == []
