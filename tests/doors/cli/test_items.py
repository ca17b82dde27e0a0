"""Naming an item: by its number, an external id, or its title."""

from typing import Any

import pytest

from doors.cli.messages import item
from metarr.rpc.client import RpcFailure

SERIES = {"kind": "MEDIA_KIND_SERIES", "year": 2017}
LIBRARY = [
    item(id="1", title="The Matrix", year=1999),
    item(id="2", title="Dallas", year=1978, kind="MEDIA_KIND_SERIES"),
    item(id="3", title="Dallas", year=2012, kind="MEDIA_KIND_SERIES"),
    item(id="4", title="Dark", **SERIES),
    item(id="5", title="Staffel", kind="MEDIA_KIND_SEASON", parentId="4", seriesTitle="Dark", seasonNumber=1),
    item(id="6", title="Extras", kind="MEDIA_KIND_SEASON", parentId="4", seriesTitle="Dark", seasonNumber=0),
    item(id="7", title="Lies", kind="MEDIA_KIND_EPISODE", parentId="5", seriesTitle="Dark", seasonNumber=1,
         episodeNumber=2),
    item(id="8", title="Dark", kind="MEDIA_KIND_EPISODE", parentId="5", seriesTitle="Dark", seasonNumber=1,
         episodeNumber=3),
    item(id="9", title="1917", year=2019),
    item(id="10", title="Re:Creators", **SERIES),
    item(id="11", title="Mission: Impossible", year=1996),
    item(id="12", title="Heat (1986)", year=1986),
    item(id="13", title="None", year=2001),
    item(id="14", title="Star Wars", year=1977),
    item(id="15", title="Lost Star", year=1950, deleted=True),
]  # fmt: skip


def listed(request: dict[str, Any]) -> dict[str, Any]:
    fits = request.get("filter", {})
    found = [
        each
        for each in LIBRARY
        if each.get("deleted", False) == fits.get("deleted", False)
        and fits.get("title", each["title"]).lower() == each["title"].lower()
        and fits.get("titleContains", "").lower() in each["title"].lower()
        and request.get("parentId", each.get("parentId")) == each.get("parentId")
    ]
    return {"items": found, "totalSize": len(found)}


def got(request: dict[str, Any]) -> dict[str, Any]:
    for each in LIBRARY:
        if request["itemId"] in (each["id"], "imdb:tt0133093"):
            return {"item": each}
    raise RpcFailure("NOT_FOUND", f"there is no item {request['itemId']}", "ITEM_NOT_FOUND")


@pytest.fixture
def library(daemon):
    daemon.answers["LibraryService", "ListItems"] = listed
    daemon.answers["LibraryService", "GetItem"] = got
    daemon.answers["LibraryService", "UpdateItem"] = {"item": item()}
    daemon.answers["LibraryService", "DeleteItems"] = {"itemIds": ["14"]}
    daemon.answers["LibraryService", "RestoreItems"] = {"itemIds": ["15"]}
    return daemon


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("1", "1"),
        ("imdb:tt0133093", "imdb:tt0133093"),
        ("IMDB:tt0133093", "IMDB:tt0133093"),
        ("tt0133093", "imdb:tt0133093"),
        ("https://www.imdb.com/title/tt0133093/", "imdb:tt0133093"),
        ("https://www.themoviedb.org/movie/603-the-matrix", "tmdb:603"),
        ("imdb:nonsense", "imdb:nonsense"),  # the daemon tells what is wrong with it
        ("The Matrix", "1"),
        ("the matrix", "1"),
        ("the matrix (1999)", "1"),
        ("matrix", "1"),
        ("Dallas (2012)", "3"),
        ("Dallas(2012)", "3"),
        ("dark", "4"),  # before its episode of that name
        ("Dark, season 1", "5"),
        ("dark season 1", "5"),
        ("Dark, specials", "6"),
        ("Dark S01E02", "7"),
        ("dark s1e2 Lies", "7"),
        ("Lies", "7"),
        ("1917", "9"),
        ("Re:Creators", "10"),
        ("Mission: Impossible", "11"),
        ("Heat (1986)", "12"),
        ("none", "13"),
        ("999", "999"),  # there is neither: the daemon tells so
        ("other:thing", "other:thing"),
    ],
)
def test_an_item_is_named_by_its_number_an_id_or_its_title(metarr, library, typed, named):
    assert metarr("library", "lock", typed, "plot").status == 0
    assert library.request("UpdateItem")["itemId"] == named


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        ("dallas", 2, "2 items in the library are called 'dallas'; name one by its number:"),
        ("nosuch", 1, "nothing in the library is called 'nosuch'; to see what there is: metarr library list"),
        ("a", 1, "nothing in the library is called 'a'; did you mean one of these?"),
        ("the matrix (1998)", 1, "did you mean one of these?"),
        ("Dark S09E01", 1, "nothing in the library is called 'Dark S09E01'"),
        ("Dark, season 9", 1, "nothing in the library is called"),
        ("Dallas S01E01", 1, "nothing in the library is called"),
        ("x" * 600, 1, "nothing in the library is called"),
    ],
)
def test_a_title_that_names_no_one_item_ends_the_command(metarr, library, typed, status, told):
    result = metarr("library", "lock", typed, "plot")
    assert (result.status, result.out) == (status, "")
    assert told in result.err
    assert "UpdateItem" not in dict(library.asked)


def test_what_a_title_may_name_is_listed_with_numbers_and_ids(metarr, library):
    lines = metarr("library", "show", "dallas").err.splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["ITEM", "KIND", "TITLE", "IDS"],
        ["2", "series", "Dallas", "(1978)", "imdb:tt0137523"],
        ["3", "series", "Dallas", "(2012)", "imdb:tt0137523"],
    ]


def test_a_part_of_a_title_removes_nothing(metarr, library):
    result = metarr("library", "remove", "wars")
    assert (result.status, "DeleteItems" in dict(library.asked)) == (1, False)
    assert "Star Wars (1977)" in result.err
    assert metarr("library", "remove", "star wars").status == 0
    assert library.request("DeleteItems") == {"itemIds": ["14"]}


def test_of_several_items_none_is_touched_where_one_is_not_named(metarr, library):
    assert metarr("library", "remove", "Star Wars", "nosuch").status == 1
    assert "DeleteItems" not in dict(library.asked)


@pytest.mark.parametrize(("typed", "named"), [("Lost Star", "15"), ("lost", "15"), ("15", "15"), ("16", "16")])
def test_what_was_deleted_is_named_by_its_title_too(metarr, library, typed, named):
    assert metarr("library", "undelete", typed).status == 0
    assert library.request("RestoreItems") == {"itemIds": [named]}


def test_what_was_not_deleted_cannot_come_back(metarr, library):
    result = metarr("library", "undelete", "The Matrix")
    assert result.status == 1
    assert "nothing among what you deleted is called 'The Matrix'" in result.err


def test_a_title_that_the_daemon_finds_nothing_to_look_for_in_names_nothing(metarr, library):
    library.answers["LibraryService", "ListItems"] = RpcFailure("INVALID_ARGUMENT", "has no letter to look for")
    assert "nothing in the library is called" in metarr("library", "show", "\N{COMBINING ACUTE ACCENT}").err


def test_that_the_daemon_is_away_is_not_taken_for_a_title_that_is_not_there(metarr, library):
    library.answers["LibraryService", "ListItems"] = RpcFailure("UNAVAILABLE", "no daemon")
    assert metarr("library", "show", "The Matrix") == (1, "", "metarr: no daemon\n")
