"""`metarr series`, and a series as a tree."""

from typing import Any

import pytest

from doors.cli.messages import item

SHOW = item(id="7", kind="MEDIA_KIND_SERIES", title="Dark", year=2017)
THIRD = item(id="9", kind="MEDIA_KIND_EPISODE", title="Past and Present", seasonNumber=1, episodeNumber=3)
FOURTH = {**THIRD, "id": "10", "title": "Double Lives", "episodeNumber": 4}


def pairing(**more: Any) -> dict[str, Any]:
    listed = {"provider": "tmdb", "entry": "tmdb:70523/1/3", "seasonNumber": 1, "episodeNumber": 3}
    return {**listed, "title": "Past and Present", "releaseDate": "2017-12-01", **more}


PAIRED = pairing(state="STATE_PAIRED", item=FOURTH, rule="title+day", numberedOtherwise=True)
TREE = {
    "item": SHOW,
    "seasons": [
        {
            "seasonNumber": 1,
            "item": item(id="8", kind="MEDIA_KIND_SEASON", title="Season 1", seasonNumber=1),
            "missing": 1,
            "episodes": [
                {"episodeNumber": 2, "missing": True, "title": "Lies", "releaseDate": "2017-12-01"},
                {"episodeNumber": 3, "item": THIRD, "title": "Past and Present"},
            ],
        },
        {"seasonNumber": 2, "missing": 1, "episodes": [{"episodeNumber": 1, "missing": True, "title": "Beginnings"}]},
    ],
}


@pytest.fixture(autouse=True)
def answers(daemon):
    daemon.answers["LibraryService", "GetItem"] = {"item": SHOW}
    daemon.answers["LibraryService", "GetSeriesTree"] = TREE
    daemon.answers["LibraryService", "ListPairings"] = {"pairings": [PAIRED, pairing(state="STATE_OPEN")]}
    daemon.answers["LibraryService", "SetPairing"] = {"pairing": PAIRED, "changedItems": 2, "groupId": "31"}


def test_pairs_are_listed_with_why(metarr, daemon):
    result = metarr("series", "pairs", "7", "--open", "--provider", "tmdb")
    lines = [" ".join(line.split()) for line in result.out.splitlines()]
    listed = "tmdb:70523/1/3 S01E03 Past and Present 2017-12-01"
    assert lines[1:3] == [f"{listed} S01E04 (title and day, numbered otherwise)", f"{listed} open"]
    assert lines[-1] == "Say which one is open: metarr series pair SERIES ENTRY EPISODE"
    assert daemon.request("ListPairings") == {"itemId": "7", "provider": "tmdb", "state": "STATE_OPEN"}


def test_an_episode_is_named_by_its_number(metarr, daemon):
    result = metarr("series", "pair", "7", "tmdb:70523/1/3", "s01e03")
    assert daemon.request("SetPairing") == {
        "seriesId": "7",
        "entry": "tmdb:70523/1/3",
        "itemId": "9",
        "clear": False,
    }
    assert result.out.splitlines()[1:] == ["2 items changed", "Undo that with: metarr undo --group 31"]


@pytest.mark.parametrize(
    ("said", "item_id", "clear"), [(["none"], "", False), (["--clear"], "", True), (["10"], "10", False)]
)
def test_what_is_said_is_sent(metarr, daemon, said, item_id, clear):
    metarr("series", "pair", "7", "tmdb:70523/1/3", *said)
    request = daemon.request("SetPairing")
    assert (request["itemId"], request["clear"]) == (item_id, clear)


def test_an_episode_that_is_not_there_is_told(metarr, daemon):
    result = metarr("series", "pair", "7", "tmdb:70523/1/3", "S01E02")
    assert (result.status, result.err) == (1, "metarr: Dark (2017) has no episode S01E02 in the library\n")
    assert "SetPairing" not in dict(daemon.asked)


@pytest.mark.parametrize("said", [[], ["S01E03", "--clear"]])
def test_one_thing_is_to_be_said(metarr, daemon, said):
    assert metarr("series", "pair", "7", "tmdb:70523/1/3", *said).status == 2
    assert "SetPairing" not in dict(daemon.asked)


def test_a_tree_tells_what_is_missing(metarr, daemon):
    result = metarr("library", "show", "7", "--tree")
    lines = [" ".join(line.split()) for line in result.out.splitlines()]
    assert lines == [
        "Dark (2017), item 7",
        "",
        "Season 1: 1 of 2 episodes in the library",
        "ITEM NUMBER TITLE DAY",
        "missing S01E02 Lies 2017-12-01",
        "9 S01E03 Past and Present",
        "",
        "Season 2: 0 of 1 episode in the library",
    ]
    assert metarr("library", "show", "7", "--tree", "--why").status == 2


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        (["plot", "--below"], {"lockFields": ["plot"], "lockBelow": True, "updateMask": "lockFields,lockBelow"}),
        (["--not-below"], {"lockBelow": False, "updateMask": "lockBelow"}),
        (["--all", "--below"], {"lockAll": True, "lockBelow": True, "updateMask": "lockAll,lockBelow"}),
    ],
)
def test_a_lock_reaches_below_where_it_is_said(metarr, daemon, said, sent):
    daemon.answers["LibraryService", "UpdateItem"] = {"item": SHOW}
    metarr("library", "lock", "7", *said)
    assert daemon.request("UpdateItem") == {"itemId": "7", **sent}
