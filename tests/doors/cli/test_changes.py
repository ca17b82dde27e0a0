import json

import pytest

from doors.cli.messages import ago, item

CHANGES = [
    {"field": "plot", "oldValue": "A", "newValue": "B", "oldSource": "omdb", "newSource": "tmdb"},
    {"field": "tagline", "oldValue": "A", "oldSource": "tmdb", "oldLocked": True},
]


def change_set(number, **more):
    return {"id": str(number), "itemId": "12", "cause": "enrich", "changedAt": ago(hours=3), "changes": CHANGES,
            "itemTitle": "Fight Club (1999)", "itemKind": "MEDIA_KIND_MOVIE", **more}  # fmt: skip


def test_history_tells_what_changed_by_what_and_when(metarr, daemon):
    daemon.answers["EnrichmentService", "ListChangeSets"] = {"changeSets": [change_set(5, undoneBy="6")]}
    result = metarr("history", "imdb:tt0137523")
    assert daemon.request("ListChangeSets") == {"itemId": "imdb:tt0137523", "pageSize": 20, "pageToken": ""}
    assert result.out.splitlines() == [
        "5  Fight Club (1999): enriched 3 hours ago, undone by 6",
        "  plot     A → B  (omdb → tmdb)",
        "  tagline  A → – (unlocked)  (tmdb → –)",
    ]


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
    assert metarr("history") == (0, "", "metarr: nothing changed yet; to bring all up to date: metarr enrich-all\n")
    told = metarr("history", "imdb:tt0137523")
    assert told == (0, "", "metarr: nothing changed yet; to bring it up to date: metarr enrich imdb:tt0137523\n")


LONG = "A programmer with a second life as a hacker learns what his world is made of, and who keeps it running."


@pytest.mark.parametrize("columns", ["60", "80", "120", "500"])
def test_every_change_is_one_line_that_shows_where_the_texts_begin_to_differ(metarr, daemon, monkeypatch, columns):
    changes = [
        {"field": "plot", "oldValue": LONG, "newValue": LONG.replace("keeps", "has"), "newSource": "tmdb"},
        {"field": "overview", "newValue": "Two\nlines.\tOne", "newSource": "tmdb"},
        {"field": "title", "oldValue": "A", "newValue": "A", "newSource": "tmdb", "newLocked": True},
    ]
    daemon.answers["EnrichmentService", "ListChangeSets"] = {"changeSets": [change_set(5, changes=changes)] * 2}
    monkeypatch.setenv("COLUMNS", columns)
    first = metarr("history").out.split("\n\n")[0].splitlines()
    assert len(first) == 4
    assert all(len(line) <= int(columns) for line in first[1:])
    old, _, new = first[1].partition(" → ")
    assert "keeps" in old
    assert "has" in new
    assert first[3].split() == ["title", "A", "→", "locked", "(tmdb)"]


def test_whole_values_are_shown_where_they_are_wanted(metarr, daemon, monkeypatch):
    changes = [{"field": "plot", "oldValue": LONG, "newValue": LONG[:-1] + "!", "newSource": "tmdb"}]
    daemon.answers["EnrichmentService", "ListChangeSets"] = {"changeSets": [change_set(5, changes=changes)]}
    monkeypatch.setenv("COLUMNS", "80")
    told = metarr("history", "--full").out
    assert "…" not in told
    assert set(f"{LONG[:-1]}!".split()) <= set(told.split())


def test_a_name_that_the_daemon_does_not_tell_is_the_item_s_number(metarr, daemon):
    sets = [change_set(5, itemTitle="", cause="new one")]
    daemon.answers["EnrichmentService", "ListChangeSets"] = {"changeSets": sets}
    assert metarr("history").out.startswith("5  item 12: new one 3 hours ago\n")


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


UNDONE = {
    "totalItems": 60, "items": 60, "changedItems": 59, "changeSets": 59, "fields": 118, "refusals": 2, "groupId": "91",
    "samples": [{"itemId": "12", "itemTitle": "Fight Club (1999)",
                 "change": {"field": "title", "oldValue": "Another", "newValue": "Fight Club"}}],
    "refused": [{"itemId": "3", "itemTitle": "Heat (1995)", "field": "plot", "why": "locked since"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "request_"),
    [
        (("--job", "3"), {"jobId": "3"}),
        (("--group", "job-3"), {"groupId": "job-3"}),
        (("--provider", "tmdb", "--since", "2026-03-01T10:00:00Z"),
         {"provider": "tmdb", "since": "2026-03-01T10:00:00+00:00"}),
    ],
)  # fmt: skip
def test_a_whole_run_is_taken_back_by_one_command(metarr, daemon, arguments, request_):
    daemon.answers["EnrichmentService", "UndoChangeSets"] = UNDONE
    done = metarr("undo", *arguments)
    assert daemon.request("UndoChangeSets") == {**request_, "dryRun": False, "samples": 3}
    assert done.status == 0
    assert [line.split() for line in done.out.splitlines()[:2]] == [
        ["ITEM", "FIELD", "WAS", "IS"], ["Fight", "Club", "(1999)", "title", "Another", "Fight", "Club"],
    ]  # fmt: skip
    assert done.out.endswith("118 fields of 59 items put back\nTake this back with: metarr undo --group 91\n")
    assert done.err == ("metarr: Heat (1995): plot stays as it is: locked since\nmetarr: and 1 more stay as they are\n")


def test_a_preview_of_an_undo_tells_how_much_of_the_library_it_looked_at(metarr, daemon):
    daemon.answers["EnrichmentService", "UndoChangeSets"] = {"totalItems": 9000, "items": 5000, "changedItems": 1}
    told = metarr("undo", "--job", "3", "--preview")
    assert daemon.request("UndoChangeSets") == {"jobId": "3", "dryRun": True, "samples": 3, "maxItems": 5000}
    assert told.out == (
        "0 fields of 1 item would go back (looked at 5000 of 9000; --max-items 0 looks at all). Nothing was changed.\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("5", "--job", "3"), ("--job", "3", "--group", "4"), ("--provider", "tmdb"),
        ("--since", "2d", "--job", "3"), ("5", "--preview"),
        ("--provider", "tmdb", "--since", "yesteryear"), ("--provider", "tmdb", "--since", "999999w"),
    ],
)  # fmt: skip
def test_what_to_take_back_is_said_in_one_way(metarr, arguments):
    assert metarr("undo", *arguments).status == 2


def test_the_history_of_a_job_is_told_and_what_was_changed_together(metarr, daemon):
    daemon.answers["EnrichmentService", "ListChangeSets"] = {"changeSets": [change_set(5, groupId="job-3", jobId="3")]}
    assert metarr("history", "--job", "3").out.startswith("5  Fight Club (1999): enriched 3 hours ago, group job-3\n")
    assert daemon.request("ListChangeSets")["jobId"] == "3"
    daemon.answers["EnrichmentService", "ListChangeSets"] = {}
    assert "nothing was changed by group 4" in metarr("history", "--group", "4").err
