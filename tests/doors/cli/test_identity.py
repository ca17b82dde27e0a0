import pytest

from doors.cli.messages import item

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
    assert head.split() == ["FIT", "TITLE", "YEAR", "COUNTRIES", "IDS", "FOUND", "BY", "LACKS"]
    assert first.split() == [
        "1.00",
        "Dallas",
        "2012",
        "US",
        "imdb:tt1723760",
        "omdb,",
        "tmdb",
        "provider",
        "rank",
        "-0.00",
    ]
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
    assert lines[-1] == "metarr enrich 12 asks the providers about it."


def test_identify_needs_an_id(metarr, daemon):
    assert metarr("library", "identify", "12").status == 2
    assert metarr("library", "identify", "12", "--id", "tt1375666").status == 2
    assert daemon.asked == []


def test_split_tells_both_items(metarr, daemon):
    daemon.answers["LibraryService", "SplitItem"] = {"item": item(), "splitItem": item(id="15", ids=[])}
    result = metarr("library", "split", "12", "15")
    assert daemon.request("SplitItem") == {"itemId": "12", "joinedItemId": "15"}
    assert result.out.splitlines() == ["Fight Club (1999), item 12 imdb:tt0137523", "Fight Club (1999), item 15"]


def test_show_tells_candidates_joined_items_aliases_and_who_has_a_contested_id(metarr, daemon):
    daemon.answers["LibraryService", "GetItem"] = {
        "item": item(
            candidates=[CANDIDATE],
            joinedItemIds=["15"],
            aliases=[{"type": "tvmaze", "value": "77"}],
            conflicts=[
                {"type": "tmdb", "value": "5", "claimedBy": "tmdb", "held": "item 3", "heldByItemId": "3"},
                {"type": "imdb", "value": "tt9", "claimedBy": "omdb", "held": "tt0137523"},
            ],
        )
    }
    out = metarr("library", "show", "12").out
    assert "conflict: tmdb says tmdb:5, which item 3 has" in out
    assert "conflict: omdb says imdb:tt9; imdb:tt0137523 stands" in out
    assert "also found by: tvmaze:77" in out
    assert "metarr library split 12 15" in out
    assert "imdb:tt1723760" in out
