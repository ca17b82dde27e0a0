"""The owner's hand over the contract: a real daemon, its real door."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness import Live, live
from metarr.rpc.client import RpcFailure

IMDB = "tt0000001"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("data")) as running:
        yield running


Call = Callable[[str, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def library(daemon: Live) -> Call:
    return lambda method, request: daemon.call("Library", method, request)


@pytest.fixture
def changes(daemon: Live) -> Call:
    return lambda method, request: daemon.call("Enrichment", method, request)


@pytest.fixture
def movie(library: Call) -> str:
    """A movie as it came."""
    item = {"kind": "MEDIA_KIND_MOVIE", "title": "Night Ferry", "ids": [{"type": "imdb", "value": IMDB}]}
    item_id = library("UpsertItems", {"items": [item]})["results"][0]["item"]["id"]
    library("UpdateItem", {"itemId": item_id, "unlockAll": True, "updateMask": "unlockAll"})
    return str(item_id)


def update(library: Call, item: str, **what: Any) -> dict[str, Any]:
    mask = ",".join(name for name in what if name != "etag")
    return library("UpdateItem", {"itemId": item, **what, "updateMask": mask})


def values(answer: dict[str, Any]) -> dict[str, Any]:
    return {field["name"]: field.get("value") for field in answer["item"]["fields"]}


def test_an_edit_is_told_with_its_changes_and_its_change_set(library: Call, changes: Call, movie: str) -> None:
    answer = update(library, movie, fields={"plot": "Mine", "genres": ["Drama"], "imdb_rating": 8.5}, monitored=False)
    told = {field["name"]: field for field in answer["item"]["fields"]}
    assert (told["plot"]["value"], told["plot"]["source"], told["plot"]["rule"]) == ("Mine", "owner", "locked")
    assert told["genres"]["value"] == ["Drama"]
    assert not answer["item"].get("monitored", False)
    assert {change["field"] for change in answer["changes"]} == {"plot", "genres", "imdb_rating"}
    assert all(change["newLocked"] and not change.get("oldLocked") for change in answer["changes"])
    listed = changes("ListChangeSets", {"itemId": movie, "pageSize": 1})
    [latest] = listed["changeSets"]
    assert (latest["id"], latest["cause"], latest["syncReason"]) == (
        answer["changeSetId"],
        "edit",
        "Changed: plot, imdb_rating",
    )
    undone = changes("UndoChangeSet", {"changeSetId": latest["id"]})
    assert undone["changeSet"]["cause"] == "undo"
    assert "plot" not in values(undone)
    assert (
        changes("ListChangeSets", {"itemId": movie, "pageSize": 2})["changeSets"][1]["undoneBy"]
        == (undone["changeSet"]["id"])
    )


def test_null_empties_a_field(library: Call, movie: str) -> None:
    update(library, movie, fields={"plot": "Mine"})
    assert values(update(library, movie, fields={"plot": None}))["plot"] is None


def test_only_what_the_mask_names_is_changed(library: Call, movie: str) -> None:
    request = {"itemId": movie, "fields": {"tagline": "x"}, "monitored": True, "lockAll": True}
    before = library("GetItem", {"itemId": movie})
    answer = library("UpdateItem", {**request, "updateMask": "monitored"})
    assert "changes" not in answer
    assert values(answer) == values(before)


def test_of_two_editors_the_second_is_aborted(library: Call, movie: str) -> None:
    etag = library("GetItem", {"itemId": movie})["item"]["etag"]
    update(library, movie, fields={"tagline": "First"}, etag=etag)
    with pytest.raises(RpcFailure) as refused:
        update(library, movie, fields={"tagline": "Second"}, etag=etag)
    assert (refused.value.code, refused.value.reason) == ("ABORTED", "VERSION_MOVED")
    assert values(library("GetItem", {"itemId": movie}))["tagline"] == "First"


@pytest.mark.parametrize(
    ("request_", "paths"),
    [
        ({"itemId": "x", "updateMask": "monitored"}, {"item_id"}),
        ({}, {"update_mask"}),
        ({"updateMask": "title"}, {"update_mask"}),
        ({"fields": {"plot": {"a": 1}, "imdb_rating": "x"}, "updateMask": "fields"},
         {"fields.plot", "fields.imdb_rating"}),
        ({"lockFields": ["nothing"], "updateMask": "lockFields"}, {"lock_fields.nothing"}),
        ({"ids": [{"type": "imdb", "value": "x"}], "updateMask": "ids"}, {"ids[0].value"}),
    ],
)  # fmt: skip
def test_a_bad_edit_is_refused_by_its_paths(
    library: Call, movie: str, request_: dict[str, Any], paths: set[str]
) -> None:
    with pytest.raises(RpcFailure) as refused:
        library("UpdateItem", {"itemId": movie, **request_})
    assert refused.value.code == "INVALID_ARGUMENT"
    assert {violation.field for violation in refused.value.violations} == paths


def test_items_are_deleted_and_restored(library: Call, movie: str) -> None:
    assert library("DeleteItems", {"itemIds": [f"imdb:{IMDB}"]}) == {"itemIds": [movie]}
    assert library("DeleteItems", {"itemIds": [movie]}) == {}
    with pytest.raises(RpcFailure) as refused:
        library("GetItem", {"itemId": movie})
    assert refused.value.code == "NOT_FOUND"
    assert library("RestoreItems", {"itemIds": [f"imdb:{IMDB}"]}) == {"itemIds": [movie]}
    assert library("RestoreItems", {"itemIds": [movie]}) == {}


@pytest.mark.parametrize("method", ["DeleteItems", "RestoreItems"])
@pytest.mark.parametrize(
    ("item_ids", "code", "path"),
    [
        ([], "INVALID_ARGUMENT", "item_ids"),
        (["1"] * 501, "INVALID_ARGUMENT", "item_ids"),
        (["1", "nonsense"], "INVALID_ARGUMENT", "item_ids[1]"),
        (["999999"], "NOT_FOUND", "item_ids[0]"),
        (["imdb:tt9999999"], "NOT_FOUND", "item_ids[0]"),
    ],
)
def test_bad_names_of_items_are_refused(library: Call, method: str, item_ids: list[str], code: str, path: str) -> None:
    with pytest.raises(RpcFailure) as refused:
        library(method, {"itemIds": item_ids})
    assert refused.value.code == code
    assert [violation.field for violation in refused.value.violations] == [path]


def place(item: dict[str, Any]) -> tuple[Any, ...]:
    return (item["kind"], *(item.get(name) for name in ("seriesTitle", "seasonNumber", "episodeNumber", "children")))


def test_an_episode_is_imported_with_its_series_and_found_below_it(library: Call, changes: Call) -> None:
    item = {
        "kind": "MEDIA_KIND_EPISODE", "title": "One", "source": "nfo", "lockAll": True,
        "fields": [{"name": "plot", "value": "P"}],
        "series": {"title": "Harbour", "ids": [{"type": "tvdb", "value": "81189"}]},
        "seasonNumber": 1, "episodeNumber": 2,
    }  # fmt: skip
    [result] = library("UpsertItems", {"items": [item]})["results"]
    assert result["created"]
    told = {field["name"]: field for field in library("GetItem", {"itemId": result["item"]["id"]})["item"]["fields"]}
    assert told["episode_number"]["value"] == 2
    assert (told["plot"]["source"], told["plot"]["locked"]) == ("nfo", True)
    [series] = library("ListItems", {"kind": "MEDIA_KIND_SERIES", "filter": {"title": "harbour"}})["items"]
    [season] = library("ListItems", {"parentId": "tvdb:81189"})["items"]
    [episode] = library("ListItems", {"parentId": season["id"]})["items"]
    assert [place(each) for each in (series, season, episode)] == [
        ("MEDIA_KIND_SERIES", None, None, None, 1),
        ("MEDIA_KIND_SEASON", "Harbour", 1, None, 1),
        ("MEDIA_KIND_EPISODE", "Harbour", 1, 2, None),
    ]
    for listed in (series, season, episode):
        assert place(library("GetItem", {"itemId": listed["id"]})["item"]) == place(listed)
    edited = update(library, episode["id"], fields={"plot": "Mine"})
    assert edited["item"]["seriesTitle"] == "Harbour"
    [latest] = changes("ListChangeSets", {"itemId": episode["id"], "pageSize": 1})["changeSets"]
    assert (latest["itemTitle"], latest["itemKind"]) == ("Harbour S01E02 One", "MEDIA_KIND_EPISODE")
    library("DeleteItems", {"itemIds": ["tvdb:81189"]})
    [left] = library("UpsertItems", {"items": [item]})["results"]
    assert left["deleted"]


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ({"fields": [{"name": "plot", "value": "a"}, {"name": "plot", "value": "b"}]}, "items[0].fields[1].name"),
        ({"fields": [{"name": "imdb_rating", "value": 11}]}, "items[0].fields.imdb_rating"),
        ({"source": "elsewhere"}, "items[0].source"),
        ({"seasonNumber": -1}, "items[0].season_number"),
        ({"readings": [{"title": " "}]}, "items[0].readings[0].title"),
        ({"readings": [{"title": "Y", "year": 99999}]}, "items[0].readings[0].year"),
        ({"readings": [{"title": "Y"}] * 11}, "items[0].readings"),
        ({"series": {"title": ""}}, "items[0].series.title"),
        ({"title": ""}, "items[0].title"),
    ],
)
def test_a_bad_import_is_refused_by_its_path(library: Call, item: dict[str, Any], path: str) -> None:
    with pytest.raises(RpcFailure) as refused:
        library("UpsertItems", {"items": [{"kind": "MEDIA_KIND_MOVIE", "title": "X", **item}]})
    assert path in {violation.field for violation in refused.value.violations}


def test_a_weak_id_is_shown_as_one(library: Call) -> None:
    ids = [{"type": "tmdb", "value": "940"}, {"type": "tvdb", "value": "940", "weak": True}]
    new = {"kind": "MEDIA_KIND_SERIES", "title": "Night Bus", "year": 2001, "ids": ids, "source": "nfo"}
    [result] = library("UpsertItems", {"items": [new]})["results"]
    told = library("GetItem", {"itemId": result["item"]["id"]})["item"]["ids"]
    assert [(each["type"], each.get("weak", False)) for each in told] == [("tmdb", False), ("tvdb", True)]
    [again] = library("UpsertItems", {"items": [new]})["results"]
    assert not again.get("created", False) | again.get("changed", False)


def test_a_list_is_narrowed_by_a_filter(library: Call, movie: str) -> None:
    def found(**said: Any) -> list[str]:
        return [each["id"] for each in library("ListItems", {"filter": said}).get("items", ())]

    update(library, movie, lockFields=["plot"], monitored=False)
    assert found(locked=True) == [movie]
    assert found(monitored=False, enriched=False, missingField="plot", title="night ferry") == [movie]
    assert movie not in found(locked=False) + found(monitored=True) + found(enriched=True) + found(unidentified=True)
    update(library, movie, unlockAll=True, monitored=True)
    library("DeleteItems", {"itemIds": [movie]})
    assert found(title="night ferry") == []
    assert movie in found(deleted=True, title="night ferry")


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"filter": {"missingField": "plott"}}, "filter.missing_field"),
        ({"filter": {"pendingProvider": "imdbx"}}, "filter.pending_provider"),
        ({"filter": {"titleContains": "\N{COMBINING ACUTE ACCENT}"}}, "filter.title_contains"),
        ({"filter": {"title": "\N{COMBINING ACUTE ACCENT}"}}, "filter.title"),
        ({"filter": {"title": "x" * 501}}, "filter.title"),
        ({"filter": {"kind": 9}}, "filter.kind"),
        ({"kind": "MEDIA_KIND_MOVIE", "filter": {"kind": "MEDIA_KIND_SERIES"}}, "filter.kind"),
        ({"titleContains": "a", "filter": {"titleContains": "b"}}, "filter.title_contains"),
    ],
)
def test_a_filter_that_nothing_could_fit_is_refused(library: Call, request_: dict[str, Any], path: str) -> None:
    with pytest.raises(RpcFailure) as refused:
        library("ListItems", request_)
    assert [violation.field for violation in refused.value.violations] == [path]


def test_a_page_belongs_to_its_filter(library: Call) -> None:
    for title in ("Page One", "Page Two"):
        library("UpsertItems", {"items": [{"kind": "MEDIA_KIND_MOVIE", "title": title}]})
    asked = {"pageSize": 1, "filter": {"titleContains": "page "}}
    token = library("ListItems", asked)["nextPageToken"]
    assert library("ListItems", {**asked, "pageToken": token})["items"][0]["title"] == "Page Two"
    with pytest.raises(RpcFailure) as refused:
        library("ListItems", {"pageSize": 1, "titleContains": "page ", "pageToken": token})
    assert [violation.field for violation in refused.value.violations] == ["page_token"]


def test_pages_of_change_sets_follow_one_another(library: Call, changes: Call, movie: str) -> None:
    for number in range(3):
        update(library, movie, fields={"tagline": f"Number {number}"})
    everything = [each["id"] for each in changes("ListChangeSets", {"itemId": movie})["changeSets"]]
    first = changes("ListChangeSets", {"itemId": movie, "pageSize": 2})
    token = first["nextPageToken"]
    second = changes("ListChangeSets", {"itemId": movie, "pageSize": 200, "pageToken": token})
    assert [each["id"] for page in (first, second) for each in page["changeSets"]] == everything
    assert "nextPageToken" not in second
    for bad in ({"pageToken": token}, {"itemId": movie, "pageToken": "nonsense"}, {"itemId": movie, "pageSize": 201}):
        with pytest.raises(RpcFailure) as refused:
            changes("ListChangeSets", bad)
        assert refused.value.code == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("change_set", "code", "reason"),
    [
        ("", "INVALID_ARGUMENT", "INVALID_INPUT"),
        ("x", "INVALID_ARGUMENT", "INVALID_INPUT"),
        ("0", "INVALID_ARGUMENT", "INVALID_INPUT"),
        ("999999", "NOT_FOUND", "CHANGE_SET_NOT_FOUND"),
    ],
)
def test_an_unknown_change_set_is_not_undone(changes: Call, change_set: str, code: str, reason: str) -> None:
    with pytest.raises(RpcFailure) as refused:
        changes("UndoChangeSet", {"changeSetId": change_set})
    assert (refused.value.code, refused.value.reason) == (code, reason)


def test_what_was_undone_and_what_was_changed_since_is_told_apart(library: Call, changes: Call, movie: str) -> None:
    first = update(library, movie, fields={"tagline": "One more"})["changeSetId"]
    second = update(library, movie, fields={"tagline": "And another"})["changeSetId"]
    refused_all = changes("UndoChangeSet", {"changeSetId": first})
    assert "changeSet" not in refused_all
    assert refused_all["refused"] == [{"field": "tagline", "why": "changed since"}]
    changes("UndoChangeSet", {"changeSetId": second})
    with pytest.raises(RpcFailure) as refused:
        changes("UndoChangeSet", {"changeSetId": second})
    assert (refused.value.code, refused.value.reason) == ("FAILED_PRECONDITION", "ALREADY_UNDONE")
