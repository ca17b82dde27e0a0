import json

import pytest

from doors.cli.messages import ago, ahead, field, item

LONG_ID = "0123456789" * 4
LONG_PLOT = "A ticking time bomb insomniac " * 20


def show(daemon, *fields, **more):
    daemon.answers["LibraryService", "GetItem"] = {"item": item(fields=list(fields), **more)}


def rows(text):
    return [line.split() for line in text.splitlines()]


def test_add_sends_what_was_said(metarr, daemon):
    daemon.answers["LibraryService", "UpsertItems"] = {"results": [{"item": item(), "created": True}]}
    result = metarr(
        "library",
        "add",
        "movie",
        "--title",
        "Fight Club",
        "--year",
        "1999",
        "--id",
        "imdb=tt0137523",
        "--id",
        "tmdb:550",
    )
    added = "Added Fight Club (1999), item 12 imdb:tt0137523\n"
    assert result == (0, f"{added}Ask the providers about it with: metarr enrich 12\n", "")
    assert daemon.request("UpsertItems")["items"] == [
        {
            "kind": "MEDIA_KIND_MOVIE",
            "title": "Fight Club",
            "year": 1999,
            "ids": [{"type": "imdb", "value": "tt0137523"}, {"type": "tmdb", "value": "550"}],
        }
    ]


def test_add_tells_what_was_there_already(metarr, daemon):
    daemon.answers["LibraryService", "UpsertItems"] = {"results": [{"item": item()}]}
    assert metarr("library", "add", "movie", "--id", "imdb=tt0137523").out.startswith("Already there: Fight Club")


def test_an_id_without_a_type_is_wrong_usage(metarr, daemon):
    result = metarr("library", "add", "movie", "--id", "603")
    assert result.status == 2
    assert "TYPE=ID" in result.err
    assert daemon.asked == []


def two_pages(request):
    if not request["pageToken"]:
        return {"items": [item(id="1"), item(id="2")], "nextPageToken": "more", "totalSize": 3}
    return {"items": [item(id="3", lastEnrichedAt=ago(hours=3))], "totalSize": 3}


def test_list_goes_through_all_pages(metarr, daemon):
    daemon.answers["LibraryService", "ListItems"] = two_pages
    result = metarr("library", "list", "--kind", "movie", "--title", "fight")
    assert [row[0] for row in rows(result.out)] == ["ITEM", "1", "2", "3"]
    assert "never" in result.out
    assert "3 hours ago" in result.out
    assert daemon.request("ListItems") == {
        "filter": {"kind": "MEDIA_KIND_MOVIE", "titleContains": "fight"}, "pageSize": 200, "pageToken": "more",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("--unidentified", {"filter": {"unidentified": True}}),
        ("--locked-field plot", {"filter": {"lockedField": "plot"}}),
        ("--held --source owner", {"filter": {"held": True, "source": "owner"}}),
        ("--player kodi", {"filter": {"playerId": "kodi"}}),
        ("--from-year 1990 --to-year 1999", {"filter": {"yearFrom": 1990, "yearTo": 1999}}),
        ("--sort year --reverse", {"orderBy": "ITEM_ORDER_YEAR", "descending": True}),
        ("--reverse", {"descending": True}),
        ("--sort enriched --never", {"orderBy": "ITEM_ORDER_ENRICHED", "filter": {"enriched": False}}),
    ],
)
def test_list_is_narrowed_and_sorted_by_the_daemon(metarr, daemon, typed, asked):
    season = item(id="2", kind="MEDIA_KIND_SEASON", parentId="3", seriesTitle="Dark", seasonNumber=1)
    shown = [season, item(id="1"), item(id="3", kind="MEDIA_KIND_SERIES")]
    daemon.answers["LibraryService", "ListItems"] = {"items": shown, "totalSize": 3}
    result = metarr("library", "list", *typed.split())
    assert daemon.request("ListItems") == asked | {"pageSize": 200, "pageToken": ""}
    by_title = "orderBy" not in asked and "descending" not in asked
    assert [row[0] for row in rows(result.out)[1:]] == (["1", "3", "2"] if by_title else ["2", "1", "3"])


def test_list_stops_at_the_limit_and_says_so(metarr, daemon):
    daemon.answers["LibraryService", "ListItems"] = two_pages
    result = metarr("library", "list", "--limit", "2")
    assert len(result.out.splitlines()) == 3
    assert result.err == "metarr: 2 of 3 items shown\n"
    assert len(daemon.asked) == 1


def test_list_gives_all_pages_as_one_json(metarr, daemon):
    daemon.answers["LibraryService", "ListItems"] = two_pages
    assert [entry["id"] for entry in json.loads(metarr("library", "list", "--json").out)["items"]] == ["1", "2", "3"]


def test_an_empty_library_is_said_on_stderr(metarr, daemon):
    daemon.answers["LibraryService", "ListItems"] = {}
    result = metarr("library", "list")
    assert (result.status, result.out) == (0, "")
    assert result.err.startswith("metarr: the library is empty; to add what is in a folder: metarr library import")


def test_show_tells_every_field_with_source_age_and_state(metarr, daemon):
    show(
        daemon,
        field("plot", "A plot.", "tmdb"),
        field("imdb_rating", 8.8, "omdb", held=True),
        field("tagline", "Mine.", "owner", locked=True, fetchedAt=None),
        pending=[{"provider": "omdb", "reason": "quota_exhausted", "notBefore": ahead(hours=8, minutes=1)}],
        conflicts=[{"type": "imdb", "value": "tt1", "claimedBy": "tvdb", "held": "tt0137523"}],
        lastEnrichedAt=ago(days=1, hours=1),
        lastEnrichedProviders=["tmdb", "omdb"],
    )
    lines = metarr("library", "show", "imdb:tt0137523").out.splitlines()
    assert daemon.request("GetItem") == {"itemId": "imdb:tt0137523", "explain": False}
    assert lines[:5] == [
        "Fight Club (1999): movie, item 12",
        "ids: imdb:tt0137523 (owner)",
        "enriched: 1 day ago, tmdb, omdb answered",
        "waits for omdb: quota exhausted, asked again in 8 hours",
        "conflict: tvdb says imdb:tt1; imdb:tt0137523 stands",
    ]
    assert [line.split() for line in lines[6:]] == [
        ["FIELD", "SOURCE", "AGE", "STATE", "VALUE"],
        ["plot", "tmdb", "2", "days", "A", "plot."],
        ["imdb_rating", "omdb", "2", "days", "held", "8.8"],
        ["tagline", "owner", "locked", "Mine."],
    ]


def test_why_tells_the_rule_and_the_runners_up(metarr, daemon):
    losers = [
        {
            "provider": "tvdb",
            "value": "Another plot.",
            "why": "stands lower in the field's order",
            "fetchedAt": ago(days=3),
        },
        {"provider": "omdb", "why": "could not be heard (timeout)"},
    ]
    show(
        daemon,
        field("plot", "A plot.", "tmdb", rule="first_in_order", askedId="tmdb:550", runnersUp=losers, waitingFor=["x"]),
    )
    out = metarr("library", "show", "12", "--why").out
    assert daemon.request("GetItem")["explain"] is True
    for text in (
        "stands first in the field's order; asked by tmdb:550; still waiting for x",
        "not taken: stands lower in the field's order",
        "could not be heard (timeout)",
    ):
        assert " ".join(text.split()) in " ".join(out.split())


def test_one_field_is_a_value_a_tab_and_its_source(metarr, daemon):
    show(daemon, field("plot", "Two\nlines.", "tmdb"), field("title", "Fight Club", "tmdb"))
    assert metarr("library", "show", "12", "--field", "plot") == (0, "Two lines.\ttmdb\n", "")


@pytest.mark.parametrize("fields", [[], [{"name": "tagline", "locked": True}]])
def test_a_field_without_a_value_exits_with_1(metarr, daemon, fields):
    show(daemon, *fields)
    result = metarr("library", "show", "12", "--field", "tagline")
    assert result == (1, "", "metarr: Fight Club (1999) has no value for 'tagline'\n")


def test_json_is_the_answer_as_it_came(metarr, daemon):
    show(daemon, field("plot", "Ein Seifenverkäufer.", "tmdb"))
    assert json.loads(metarr("library", "show", "12", "--json").out) == daemon.answers["LibraryService", "GetItem"]


def test_piped_output_folds_values_cuts_no_id_and_has_neither_colour_nor_boxes(metarr, daemon):
    show(daemon, field("plot", LONG_PLOT, "tmdb"), field("tagline", "[red]not markup[/red] :smile: \x1b[31m", "tmdb"))
    daemon.answers["LibraryService", "ListItems"] = {"items": [item(id=LONG_ID, title=LONG_PLOT)], "totalSize": 1}
    listed, shown = metarr("library", "list").out, metarr("library", "show", "12").out
    assert LONG_ID in listed
    assert max(len(line) for line in shown.splitlines()) <= 120
    assert shown.count("insomniac") == 20
    assert "[red]not markup[/red] :smile: \ufffd[31m" in shown
    assert not any(char in listed + shown for char in "\x1b│┃─━…")
    assert all(line == line.rstrip() for line in shown.splitlines())


def test_a_field_that_does_not_exist_is_wrong_usage(metarr, daemon):
    result = metarr("library", "show", "12", "--field", "plott")
    assert result.status == 2
    assert "there is no field 'plott'" in " ".join(result.err.split())
    assert daemon.asked == []


@pytest.mark.parametrize("title", [[], ["--title", "  "], ["--year", "1999"]])
def test_a_title_that_is_not_named_is_wrong_usage(metarr, daemon, title):
    result = metarr("library", "add", "movie", *title)
    assert result.status == 2
    assert "say which one: --id TYPE=ID, or --title and --year" in " ".join(result.err.split())
    assert daemon.asked == []
