import json

import pytest

from doors.cli.conftest import Terminal
from doors.cli.messages import item
from metarr.errors import Violation
from metarr.rpc.client import RpcFailure

CANDIDATE = {
    "title": "Dallas",
    "year": 2012,
    "countries": ["US"],
    "ids": [{"type": "imdb", "value": "tt1723760"}],
    "score": 0.998,
    "penalties": {"provider_rank": 0.002},
    "providers": ["omdb", "tmdb"],
}


def found(daemon, *candidates, **more):
    daemon.answers["AggregationService", "Search"] = {"candidates": list(candidates), **more}


def test_a_search_sends_what_was_said(metarr, daemon):
    found(daemon)
    metarr("search", "series", "Dallas", "--year", "2012", "--country", "US", "--provider", "tmdb", "--limit", "3")
    assert daemon.request("Search") == {
        "kind": "MEDIA_KIND_SERIES",
        "title": "Dallas",
        "year": 2012,
        "country": "US",
        "providers": ["tmdb"],
        "limit": 3,
    }


def test_a_search_shows_every_candidate_with_what_it_lacks(metarr, daemon):
    other = {
        **CANDIDATE,
        "year": 0,
        "score": 0.5,
        "penalties": {"country": 0.15, "year_unknown": 0.35},
        "countries": [],
    }
    found(daemon, CANDIDATE, other)
    result = metarr("search", "series", "Dallas")
    head, first, second = result.out.splitlines()
    assert head.split() == ["NO.", "FIT", "TITLE", "ID", "FOUND", "BY", "LACKS"]
    assert first.split() == ["1", "1.00", "Dallas", "(2012),", "US", "imdb:tt1723760", "omdb,", "tmdb"]
    assert "year unknown -0.35, country -0.15" in second
    assert "0.50" in second


def test_a_clear_winner_is_told(metarr, daemon):
    found(daemon, CANDIDATE, clearWinner=True)
    assert "fits clearly" in metarr("search", "series", "Dallas").out


def test_a_search_that_finds_nothing_says_so_and_who_could_not_be_heard(metarr, daemon):
    found(daemon, outcomes=[{"provider": "tmdb", "status": "STATUS_UNAVAILABLE", "reason": "timeout"}])
    result = metarr("search", "movie", "Nothing")
    assert (result.status, result.out) == (0, "")
    assert "no provider knows" in result.err
    assert "tmdb: unavailable (timeout)" in result.err


def test_a_search_as_json_is_the_daemon_s_answer(metarr, daemon):
    found(daemon, CANDIDATE)
    assert '"score": 0.998' in metarr("search", "series", "Dallas", "--json").out


@pytest.mark.parametrize("arguments", [("season", "Dallas"), ("series",), ("series", "Dallas", "--limit", "51")])
def test_a_wrong_search_is_wrong_usage(metarr, daemon, arguments):
    assert metarr("search", *arguments).status == 2
    assert daemon.asked == []


def test_identify_sends_the_true_ids_and_tells_what_was_removed(metarr, daemon):
    daemon.answers["LibraryService", "UpdateItem"] = {
        "item": item(ids=[{"type": "imdb", "value": "tt1375666"}]),
        "changes": [{"field": "plot", "oldValue": "Of another title.", "oldSource": "tmdb"}],
        "changeSetId": "7",
    }
    result = metarr("library", "identify", "12", "--id", "imdb=tt1375666", "--id", "tmdb:27205")
    assert daemon.request("UpdateItem") == {
        "itemId": "12",
        "ids": [{"type": "imdb", "value": "tt1375666"}, {"type": "tmdb", "value": "27205"}],
        "updateMask": "ids",
    }
    lines = result.out.splitlines()
    assert lines[0] == "Fight Club (1999), item 12, is imdb:tt1375666"
    assert lines[1] == "1 value of another title removed (change-set 7):"
    assert "Of another title." in result.out
    assert lines[-1] == "Ask the providers about it with: metarr enrich 12"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("tt1375666", {"type": "imdb", "value": "tt1375666"}),
        ("imdb:tt1375666", {"type": "imdb", "value": "tt1375666"}),
        ("https://www.imdb.com/title/tt1375666/", {"type": "imdb", "value": "tt1375666"}),
        ("https://www.themoviedb.org/movie/27205-inception", {"type": "tmdb", "value": "27205"}),
    ],
)
def test_an_id_says_itself_what_it_is(metarr, daemon, typed, sent):
    daemon.answers["LibraryService", "UpdateItem"] = {"item": item()}
    assert metarr("library", "identify", "12", "--id", typed).status == 0
    assert daemon.request("UpdateItem")["ids"] == [sent]


@pytest.mark.parametrize("typed", ["603", "Inception", "imdb=", "https://example.org/"])
def test_what_is_no_id_is_wrong_usage(metarr, daemon, typed):
    assert metarr("library", "identify", "12", "--id", typed).status == 2
    assert "UpdateItem" not in dict(daemon.asked)


# Picking

OTHER = {**CANDIDATE, "year": 1978, "ids": [{"type": "tmdb", "value": "40"}, {"type": "imdb", "value": "tt0077000"}]}
DALLAS = item(
    id="8",
    kind="MEDIA_KIND_SERIES",
    title="Dallas",
    year=0,
    ids=[],
    candidates=[CANDIDATE, OTHER],
    undecided=True,
)


@pytest.fixture
def dallas(daemon):
    """A series of which it is not known which one it is."""
    daemon.answers["LibraryService", "GetItem"] = {"item": DALLAS}
    daemon.answers["LibraryService", "ListItems"] = lambda request: (
        {"items": [DALLAS], "totalSize": 1} if request["filter"].get("undecided") else {}
    )
    daemon.answers["LibraryService", "UpdateItem"] = {"item": {**DALLAS, "ids": OTHER["ids"]}}
    return daemon


def picked(daemon):
    return [request["ids"] for method, request in daemon.asked if method == "UpdateItem"]


def test_what_is_undecided_is_listed_with_what_it_may_be(metarr, dallas):
    lines = metarr("library", "undecided").out.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["ITEM", "TITLE", "NO.", "MAY", "BE", "ID", "FIT"],
        ["8", "Dallas", "1", "Dallas", "(2012),", "US", "imdb:tt1723760", "1.00"],
        ["2", "Dallas", "(1978),", "US", "imdb:tt0077000", "1.00"],
    ]
    assert lines[-3:] == [
        "Say which it is:  metarr library identify ITEM --pick NUMBER",
        "None of these:    metarr library identify ITEM --id imdb=tt0137523",
        "One by one:       metarr library identify",
    ]
    assert json.loads(metarr("library", "undecided", "--json").out) == {"items": [DALLAS], "totalSize": 1}


def test_where_nothing_is_undecided_it_says_so(metarr, daemon):
    daemon.answers["LibraryService", "ListItems"] = {}
    result = metarr("library", "undecided")
    assert (result.status, result.out) == (0, "")
    assert result.err == "metarr: nothing waits for you to say which title it is\n"


def test_a_title_of_which_nothing_was_found_is_listed_too(metarr, daemon):
    unknown = item(id="1", title="Zzyzx", ids=[], undecided=True)
    daemon.answers["LibraryService", "ListItems"] = {"items": [unknown], "totalSize": 1}
    assert metarr("library", "undecided").out.splitlines()[1].split() == [
        "1", "Zzyzx", "(1999)", "–", "nothing", "was", "found", "by", "this", "title",
    ]  # fmt: skip


def test_what_was_not_searched_for_yet_waits_for_nobody_s_word(metarr, daemon):
    daemon.answers["LibraryService", "ListItems"] = lambda request: (
        {"items": [item(ids=[])], "totalSize": 7} if request["filter"].get("unidentified") else {}
    )
    result = metarr("library", "undecided")
    assert daemon.asked[-2][1]["filter"] == {"unidentified": True, "undecided": False}
    assert "7 titles still to be searched for: metarr enrich-all" in result.err
    assert "nothing waits for you" in result.err


def test_conflicts_are_told_beside_what_is_undecided(metarr, daemon):
    daemon.answers["LibraryService", "ListItems"] = lambda request: (
        {"items": [item()], "totalSize": 3} if request["filter"].get("conflict") else {}
    )
    assert "3 titles with contradicting ids: metarr library list --conflicts" in metarr("library", "undecided").err


def test_a_title_is_picked_by_its_number(metarr, dallas):
    assert metarr("library", "identify", "8", "--pick", "2").status == 0
    assert picked(dallas) == [OTHER["ids"]]


@pytest.mark.parametrize("number", ["0", "3", "-1", "x"])
def test_a_number_that_is_not_listed_picks_nothing(metarr, dallas, number):
    assert metarr("library", "identify", "8", "--pick", number).status == 2
    assert picked(dallas) == []


def test_where_nothing_is_listed_nothing_can_be_picked(metarr, daemon):
    result = metarr("library", "identify", "12", "--pick", "1")
    assert result.status == 1
    assert "metarr search movie" in result.err
    assert "UpdateItem" not in dict(daemon.asked)


def test_without_a_terminal_the_titles_are_shown_and_an_answer_is_wanted(metarr, dallas):
    result = metarr("library", "identify", "8")
    assert (result.status, picked(dallas)) == (2, [])
    assert "imdb:tt0077000" in result.out
    assert "--pick NUMBER, or --id TYPE=ID" in result.err


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("2\n", OTHER["ids"]),
        ("9\nnonsense\n1\n", CANDIDATE["ids"]),
        ("tt0898266\n", [{"type": "imdb", "value": "tt0898266"}]),
    ],
)
def test_at_a_terminal_it_is_asked_which_one_it_is(metarr, dallas, typed, ids):
    result = metarr("library", "identify", "8", stdin=Terminal(typed))
    assert result.status == 0
    assert picked(dallas) == [ids]
    assert result.err.count("is neither one of these numbers nor an id") == typed.count("\n") - 1


def test_nothing_typed_changes_nothing(metarr, dallas):
    result = metarr("library", "identify", "8", stdin=Terminal("\n"))
    assert (result.status, picked(dallas)) == (1, [])
    assert result.err.endswith("metarr: nothing was changed\n")


def test_a_known_title_is_looked_for_anew_where_it_is_the_wrong_one(metarr, daemon):
    daemon.answers["LibraryService", "UpdateItem"] = {"item": item()}
    found(daemon, CANDIDATE)
    assert metarr("library", "identify", "12", stdin=Terminal("1\n")).status == 0
    assert daemon.request("Search") == {"kind": "MEDIA_KIND_MOVIE", "title": "Fight Club", "year": 1999}
    assert picked(daemon) == [CANDIDATE["ids"]]


def test_all_that_is_undecided_is_asked_about_one_by_one(metarr, dallas):
    unknown = item(id="9", title="Zzyzx", ids=[])
    dallas.answers["LibraryService", "ListItems"] = {"items": [DALLAS, unknown, DALLAS], "totalSize": 3}
    result = metarr("library", "identify", stdin=Terminal("1\n\n2\n"))
    assert result.status == 0
    assert picked(dallas) == [CANDIDATE["ids"], OTHER["ids"]]
    assert "2 of 3\nZzyzx (1999): movie, item 9\nno provider knows a title like that" in result.out
    assert result.out.endswith("2 titles identified, 1 left.\nBring them up to date with: metarr enrich-all\n")


def test_an_answer_that_the_daemon_refuses_is_asked_for_again(metarr, dallas):
    def update(request):
        if request["ids"] == CANDIDATE["ids"]:
            taken = Violation("ids.imdb", "item 27 has imdb tt1723760 already")
            raise RpcFailure("INVALID_ARGUMENT", "taken", violations=(taken,))
        return {"item": {**DALLAS, "ids": OTHER["ids"]}}

    dallas.answers["LibraryService", "UpdateItem"] = update
    result = metarr("library", "identify", stdin=Terminal("1\n2\n"))
    assert result.status == 0
    assert "metarr: --id: item 27 has imdb tt1723760 already" in result.err
    assert "Dallas is tmdb:40 imdb:tt0077000" in result.out


@pytest.mark.parametrize("arguments", [["--pick", "1"], ["--id", "tt0077000"], []])
def test_without_an_item_a_person_has_to_be_there(metarr, dallas, arguments):
    assert metarr("library", "identify", *arguments).status == 2
    assert dallas.asked == []


def test_split_tells_both_items(metarr, daemon):
    daemon.answers["LibraryService", "SplitItem"] = {"item": item(), "splitItem": item(id="15", ids=[])}
    result = metarr("library", "split", "12", "15")
    assert daemon.request("SplitItem") == {"itemId": "12", "joinedItemId": "15"}
    assert result.out.splitlines() == ["Fight Club (1999), item 12 imdb:tt0137523", "Fight Club (1999), item 15"]


CONFLICTS = [
    {"type": "imdb", "value": "tt9", "claimedBy": "omdb", "held": "tt0137523"},
    {"type": "imdb", "value": "tt8", "claimedBy": "tmdb", "held": "tt0137523"},
    {"type": "tvdb", "claimedBy": "tvdb", "held": "77"},
]


@pytest.mark.parametrize(
    ("options", "claims"),
    [
        ([], [("imdb", "tt9", "omdb"), ("imdb", "tt8", "tmdb"), ("tvdb", "", "tvdb")]),
        (["--type", "imdb"], [("imdb", "tt9", "omdb"), ("imdb", "tt8", "tmdb")]),
        (["--type", "imdb", "--by", "tmdb"], [("imdb", "tt8", "tmdb")]),
        (["--by", "tvdb"], [("tvdb", "", "tvdb")]),
    ],
)
@pytest.mark.parametrize("restore", [False, True])
def test_contradictions_are_left_as_they_are_and_shown_again(metarr, daemon, options, claims, restore):
    told = {"item": item(), "dismissedConflicts": CONFLICTS} if restore else {"item": item(conflicts=CONFLICTS)}
    daemon.answers["LibraryService", "GetItem"] = told
    daemon.answers["LibraryService", "DismissConflict"] = {"item": item()}
    result = metarr("library", "dismiss", "12", *options, *(["--restore"] if restore else []))
    sent = [request for method, request in daemon.asked if method == "DismissConflict"]
    assert sent == [
        {"itemId": "12", "type": id_type, "value": value, "claimedBy": by, "restore": restore}
        for id_type, value, by in claims
    ]
    assert result.status == 0
    assert result.out.count("shown again: " if restore else "left as it is: ") == len(claims)


def test_where_there_is_none_of_the_kind_that_is_said(metarr, daemon):
    daemon.answers["LibraryService", "GetItem"] = {"item": item(conflicts=CONFLICTS)}
    result = metarr("library", "dismiss", "12", "--type", "tmdb")
    assert (result.status, result.out) == (1, "")
    assert "nothing of the kind on Fight Club" in result.err


def test_show_tells_what_was_left_as_it_is(metarr, daemon):
    daemon.answers["LibraryService", "GetItem"] = {"item": item(), "dismissedConflicts": CONFLICTS[:1]}
    assert "left as it is: omdb says imdb:tt9; imdb:tt0137523 stands" in metarr("library", "show", "12").out


def test_show_tells_candidates_joined_items_aliases_and_who_has_a_contested_id(metarr, daemon):
    daemon.answers["LibraryService", "GetItem"] = {
        "item": item(
            candidates=[CANDIDATE],
            joinedItemIds=["15"],
            aliases=[{"type": "tvmaze", "value": "77"}],
            conflicts=[
                {"type": "tmdb", "value": "5", "claimedBy": "tmdb", "held": "item 3", "heldByItemId": "3"},
                {"type": "imdb", "value": "tt9", "claimedBy": "omdb", "held": "tt0137523"},
                {"type": "tvdb", "claimedBy": "tvdb", "held": "77"},
                {"type": "title", "value": "Heat (1986)", "claimedBy": "fanart", "held": "Fight Club (1999)"},
            ],
        )
    }
    out = metarr("library", "show", "12").out
    assert "conflict: tmdb says tmdb:5, which item 3 has" in out
    assert "conflict: omdb says imdb:tt9; imdb:tt0137523 stands" in out
    assert "conflict: tvdb has no tvdb:77 any more, nor another one of this title" in out
    assert "conflict: fanart tells of Heat (1986), not of Fight Club (1999)" in out
    assert "also found by: tvmaze:77" in out
    assert "metarr library split 12 15" in out
    assert "imdb:tt1723760" in out
