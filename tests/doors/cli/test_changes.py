import json

from doors.cli.messages import ago, item

CHANGES = [
    {"field": "plot", "oldValue": "A", "newValue": "B", "oldSource": "omdb", "newSource": "tmdb"},
    {"field": "tagline", "oldValue": "A", "oldSource": "tmdb", "oldLocked": True},
]


def change_set(number, **more):
    return {"id": str(number), "itemId": "12", "cause": "enrich", "changedAt": ago(hours=3), "changes": CHANGES, **more}


def test_history_tells_what_changed_by_what_and_when(metarr, daemon):
    daemon.answers["EnrichmentService", "ListChangeSets"] = {"changeSets": [change_set(5, undoneBy="6")]}
    result = metarr("history", "imdb:tt0137523")
    assert daemon.request("ListChangeSets") == {"itemId": "imdb:tt0137523", "pageSize": 20, "pageToken": ""}
    lines = [line.split() for line in result.out.splitlines()]
    assert lines[1] == ["5", "12", "3", "hours", "ago", "enrich,", "undone", "by", "6", "plot", "A", "B", "omdb", "→",
                        "tmdb"]  # fmt: skip
    assert lines[2] == ["tagline", "A", "–", "(unlocked)", "tmdb", "→", "–"]


def test_history_goes_through_the_pages_up_to_its_limit(metarr, daemon):
    def pages(request):
        first = not request["pageToken"]
        sets = [change_set(9), change_set(8)] if first else [change_set(7)]
        return {"changeSets": sets, "nextPageToken": "more" if first else ""}

    daemon.answers["EnrichmentService", "ListChangeSets"] = pages
    told = json.loads(metarr("history", "--limit", "0", "--json").out)["changeSets"]
    assert [each["id"] for each in told] == ["9", "8", "7"]
    assert daemon.request("ListChangeSets")["pageSize"] == 200
    assert len(json.loads(metarr("history", "--limit", "1", "--json").out)["changeSets"]) == 1


def test_an_empty_history_is_said_on_stderr(metarr, daemon):
    daemon.answers["EnrichmentService", "ListChangeSets"] = {}
    assert metarr("history") == (0, "", "metarr: nothing changed yet\n")


def test_undo_tells_what_went_back_and_what_did_not(metarr, daemon):
    refused = [{"field": "title", "why": "locked since"}]
    daemon.answers["EnrichmentService", "UndoChangeSet"] = {
        "item": item(), "changeSet": change_set(6, cause="undo"), "refused": refused,
    }  # fmt: skip
    result = metarr("undo", "5")
    assert daemon.request("UndoChangeSet") == {"changeSetId": "5"}
    assert result.status == 0
    assert result.out.startswith("Fight Club (1999): 2 fields put back\n")
    assert result.out.endswith("Take this back with: metarr undo 6\n")
    assert result.err == "metarr: title stays as it is: locked since\n"


def test_an_undo_that_puts_nothing_back_fails(metarr, daemon):
    daemon.answers["EnrichmentService", "UndoChangeSet"] = {
        "item": item(), "refused": [{"field": "title", "why": "changed since"}],
    }  # fmt: skip
    assert metarr("undo", "5") == (
        1, "Fight Club (1999): nothing put back\n", "metarr: title stays as it is: changed since\n",
    )  # fmt: skip
