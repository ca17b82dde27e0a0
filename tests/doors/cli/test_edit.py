import json

import pytest

from doors.cli.messages import field, item

CHANGE = {"field": "plot", "oldValue": "Theirs", "newValue": "Mine", "oldSource": "tmdb", "newSource": "owner",
          "newLocked": True}  # fmt: skip


@pytest.fixture(autouse=True)
def _answers(daemon):
    answer = {"item": item(fields=[field("plot", "Mine", "owner")]), "changes": [CHANGE], "changeSetId": "7"}
    daemon.answers["LibraryService", "UpdateItem"] = answer


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("plot=My plot = mine", {"plot": "My plot = mine"}),
        ("plot=[not JSON", {"plot": "[not JSON"}),
        ("title=1984", {"title": "1984"}),
        ("plot=", {"plot": None}),
        ("imdb_rating=8.5", {"imdb_rating": "8.5"}),
        ("genres=Drama, Crime,", {"genres": ["Drama", "Crime"]}),
        ('genres=["Action, and more"]', {"genres": ["Action, and more"]}),
        ("cast=A,B", {"cast": [{"name": "A"}, {"name": "B"}]}),
        ('cast=[{"name": "A", "role": "X"}]', {"cast": [{"name": "A", "role": "X"}]}),
        ("collection=Ferries", {"collection": {"name": "Ferries"}}),
        ("poster=https://art.example/1.jpg", {"poster": [{"url": "https://art.example/1.jpg"}]}),
        ("nothing=x", {"nothing": "x"}),
    ],
)
def test_a_value_is_typed_as_its_field_wants_it(metarr, daemon, typed, sent):
    assert metarr("library", "edit", "12", typed).status == 0
    assert daemon.request("UpdateItem") == {"itemId": "12", "fields": sent, "updateMask": "fields", "etag": ""}


def test_an_edit_tells_what_changed_and_how_to_undo_it(metarr, daemon):
    result = metarr("library", "edit", "12", "plot=Mine", "--etag", "3")
    assert daemon.request("UpdateItem")["etag"] == "3"
    assert [line.split() for line in result.out.splitlines()] == [
        ["Fight", "Club", "(1999):", "1", "field", "changed"],
        [],
        ["FIELD", "SOURCE", "OLD", "NEW"],
        ["plot", "tmdb", "→", "owner", "Theirs", "Mine", "(locked)"],
        [],
        ["Undo", "it", "with:", "metarr", "undo", "7"],
    ]


def test_an_edit_that_changes_nothing_says_so(metarr, daemon):
    daemon.answers["LibraryService", "UpdateItem"] = {"item": item()}
    assert metarr("library", "edit", "12", "plot=Mine").out == "Fight Club (1999): nothing changed\n"


@pytest.mark.parametrize("typed", ["plot", "=x", "cast=[{"])
def test_what_is_no_value_is_wrong_usage(metarr, daemon, typed):
    assert metarr("library", "edit", "12", typed).status == 2
    assert daemon.asked == []


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (["lock", "12", "plot", "title"], {"lockFields": ["plot", "title"], "updateMask": "lockFields"}),
        (["lock", "12", "--all"], {"lockAll": True, "updateMask": "lockAll"}),
        (["unlock", "12", "plot"], {"unlockFields": ["plot"], "updateMask": "unlockFields"}),
        (["unlock", "12", "--all"], {"unlockAll": True, "updateMask": "unlockAll"}),
    ],
)
def test_fields_are_locked_and_unlocked(metarr, daemon, arguments, sent):
    assert metarr("library", *arguments).status == 0
    assert daemon.request("UpdateItem") == {"itemId": "12", **sent}


@pytest.mark.parametrize("arguments", [["lock", "12"], ["unlock", "12", "plot", "--all"]])
def test_fields_or_all_have_to_be_said(metarr, daemon, arguments):
    assert metarr("library", *arguments).status == 2
    assert daemon.asked == []


REMOVING = ("DeleteItems", "deleted", "0 items deleted")
RESTORING = ("RestoreItems", "restored", "nothing of it is deleted")


@pytest.mark.parametrize(
    ("command", "expected"), [("remove", REMOVING), ("undelete", RESTORING), ("restore", RESTORING)]
)
def test_items_are_removed_and_brought_back(metarr, daemon, command, expected):
    method, done, nothing = expected
    daemon.answers["LibraryService", method] = {"itemIds": [str(n) for n in range(22)]}
    result = metarr("library", command, "1", "imdb:tt0137523")
    assert daemon.request(method) == {"itemIds": ["1", "imdb:tt0137523"]}
    assert result.out.startswith(f"22 items {done}: {', '.join(str(n) for n in range(20))} and 2 more\n")
    daemon.answers["LibraryService", method] = {}
    assert metarr("library", command, "1").out == f"{nothing}\n"
    assert json.loads(metarr("library", command, "1", "--json").out) == {}


def test_what_is_removed_tells_how_it_comes_back(metarr, daemon):
    daemon.answers["LibraryService", "DeleteItems"] = {"itemIds": ["1"]}
    assert metarr("library", "remove", "1").out.endswith("Bring it back with: metarr library undelete 1\n")


@pytest.mark.parametrize(("command", "monitored"), [("monitor", True), ("unmonitor", False)])
def test_items_are_taken_by_the_daily_run_or_left_out(metarr, daemon, command, monitored):
    daemon.answers["LibraryService", "UpdateItem"] = {"item": item()}
    result = metarr("library", command, "1", "imdb:tt0137523")
    asked = [request for method, request in daemon.asked if method == "UpdateItem"]
    assert asked == [
        {"itemId": each, "monitored": monitored, "updateMask": "monitored"} for each in ("1", "imdb:tt0137523")
    ]
    assert ("leaves it out" in result.out) == (not monitored)
    assert len(json.loads(metarr("library", command, "1", "--json").out)["items"]) == 1


def test_add_tells_that_a_deleted_item_is_back(metarr, daemon):
    daemon.answers["LibraryService", "UpsertItems"] = {"results": [{"item": item(), "restored": True}]}
    assert metarr("library", "add", "movie", "--id", "imdb=tt0137523").out.startswith("Restored Fight Club (1999)")
