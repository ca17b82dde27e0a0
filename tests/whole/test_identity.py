"""Searching, picking a title, joining and splitting, as a program sees them: over gRPC, on a real daemon."""

import pytest

from harness import Live
from metarr.rpc.client import RpcFailure

MOVIE, SERIES = "MEDIA_KIND_MOVIE", "MEDIA_KIND_SERIES"


def add(metarr: Live, kind: str, title: str, year: int = 0, **ids: str) -> str:
    listed = [{"type": id_type, "value": value} for id_type, value in ids.items()]
    answer = metarr.call(
        "Library", "UpsertItems", {"items": [{"kind": kind, "title": title, "year": year, "ids": listed}]}
    )
    return answer["results"][0]["item"]["id"]


def ids_of(message: dict) -> dict[str, str]:
    return {each["type"]: each["value"] for each in message.get("ids", ())}


def test_a_search_tells_candidates_penalties_and_what_came_of_each_provider(metarr: Live) -> None:
    answer = metarr.call("Aggregation", "Search", {"kind": SERIES, "title": "Shameless", "country": "gb"})
    best, second = answer["candidates"][:2]
    assert (best["title"], best["year"], best["countries"]) == ("Shameless", 2004, ["GB"])
    assert ids_of(best)["imdb"] == "tt0377260"
    assert best["score"] > second["score"]
    assert second["penalties"]["country"] == 0.15
    assert best["providers"] == ["omdb", "tmdb", "tvdb"]
    assert answer["clearWinner"]
    assert {each["provider"]: each["status"] for each in answer["outcomes"]} == {
        "fanart": "STATUS_NOT_ASKED",
        "omdb": "STATUS_ANSWERED",
        "tmdb": "STATUS_ANSWERED",
        "tvdb": "STATUS_ANSWERED",
    }
    assert "clearWinner" not in metarr.call("Aggregation", "Search", {"kind": SERIES, "title": "Shameless"})


def test_a_search_lists_as_many_as_were_wanted_and_judges_by_all(metarr: Live) -> None:
    answer = metarr.call("Aggregation", "Search", {"kind": SERIES, "title": "Dallas", "limit": 1})
    assert len(answer["candidates"]) == 1
    assert "clearWinner" not in answer


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"kind": MOVIE}, "title"),
        ({"title": "Heat"}, "kind"),
        ({"kind": "MEDIA_KIND_EPISODE", "title": "Heat"}, "kind"),
        ({"kind": MOVIE, "title": "Heat", "year": 12}, "year"),
        ({"kind": MOVIE, "title": "Heat", "country": "Germany"}, "country"),
        ({"kind": MOVIE, "title": "Heat", "providers": ["imdb"]}, "providers[0]"),
        ({"kind": MOVIE, "title": "Heat", "limit": 51}, "limit"),
        ({"kind": MOVIE, "title": "x" * 501}, "title"),
    ],
)
def test_a_wrong_search_is_refused_by_its_field(metarr: Live, request_: dict, field: str) -> None:
    with pytest.raises(RpcFailure) as caught:
        metarr.call("Aggregation", "Search", request_)
    assert caught.value.code == "INVALID_ARGUMENT"
    assert [violation.field for violation in caught.value.violations] == [field]


def test_an_owner_picks_among_the_candidates_of_an_item(metarr: Live) -> None:
    item_id = add(metarr, SERIES, "Dallas")
    with pytest.raises(RpcFailure, match="Dallas"):
        metarr.call("Enrichment", "Enrich", {"itemId": item_id})
    candidates = metarr.call("Library", "GetItem", {"itemId": item_id})["item"]["candidates"]
    [picked] = [each for each in candidates if each["year"] == 2012]
    ids = [{"type": each["type"], "value": each["value"]} for each in picked["ids"]]
    done = metarr.call("Library", "UpdateItem", {"itemId": item_id, "ids": ids, "updateMask": "ids"})
    assert ids_of(done["item"]) == ids_of(picked)
    assert "candidates" not in done["item"]
    assert done["changeSetId"]
    assert metarr.call("Enrichment", "Enrich", {"itemId": item_id})["item"]["year"] == 2012


def test_items_that_are_one_are_joined_and_can_be_taken_apart(metarr: Live) -> None:
    first, second = (
        add(metarr, MOVIE, "Inception", 2010, tmdb="27205"),
        add(metarr, MOVIE, "Inception", 2010, tvdb="300113"),
    )
    assert metarr.call("Enrichment", "Enrich", {"itemId": second})["item"]["id"] == first
    joined = metarr.call("Library", "GetItem", {"itemId": second})["item"]
    assert joined["id"] == first
    assert joined["joinedItemIds"] == [second]
    split = metarr.call("Library", "SplitItem", {"itemId": first, "joinedItemId": second})
    assert split["item"]["id"] == first
    assert "joinedItemIds" not in split["item"]
    assert ids_of(split["splitItem"]) == {"tvdb": "300113"}
    again = metarr.call("Library", "SplitItem", {"itemId": first, "joinedItemId": second})
    assert again["splitItem"]["id"] == second


@pytest.mark.parametrize(
    ("item_id", "joined_id", "code", "field"),
    [
        ("imdb:tt0133093", "", "INVALID_ARGUMENT", "joined_item_id"),
        ("imdb:tt0133093", "imdb:tt0137523", "INVALID_ARGUMENT", "joined_item_id"),
        ("imdb:tt0133093", "999", "NOT_FOUND", "joined_item_id"),
        ("999", "1", "NOT_FOUND", "item_id"),
    ],
)
def test_a_wrong_split_is_refused_by_its_field(
    metarr: Live, item_id: str, joined_id: str, code: str, field: str
) -> None:
    add(metarr, MOVIE, "The Matrix", 1999, imdb="tt0133093")
    with pytest.raises(RpcFailure) as caught:
        metarr.call("Library", "SplitItem", {"itemId": item_id, "joinedItemId": joined_id})
    assert caught.value.code == code
    assert {violation.field for violation in caught.value.violations} == {field}
