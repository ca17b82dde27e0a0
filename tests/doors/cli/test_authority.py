import pytest

from doors.cli.messages import rule


@pytest.fixture(autouse=True)
def rules(daemon):
    authorities = {
        "providerPriority": ["omdb", "tmdb"],
        "furtherSources": ["import", "nfo", "player:living-room"],
        "fields": [rule("title", "tmdb", isDefault=True), rule("plot", "omdb", "tmdb", exclusive=True)],
        "fillGaps": True,
    }
    for method in ("GetFieldAuthorities", "UpdateFieldAuthorities"):
        daemon.answers["ConfigService", method] = {"authorities": authorities}


def test_show_tells_the_rules_and_what_holds_for_all(metarr, daemon):
    lines = metarr("authority", "show", "--kind", "movie").out.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["FIELD", "PROVIDERS", "RULE"],
        ["movie.title", "tmdb"],
        ["movie.plot", "omdb,", "tmdb", "exclusive,", "yours"],
    ]
    assert lines[4:] == [
        "priority of all providers: omdb, tmdb",
        "below all of them, unless a field's list names them: import, nfo, player:living-room",
        "fill gaps from providers outside a field's list: on",
    ]
    assert daemon.request("GetFieldAuthorities") == {"kind": "MEDIA_KIND_MOVIE"}


def test_show_knows_the_field_or_it_is_wrong_usage(metarr):
    assert "movie.title" not in metarr("authority", "show", "--field", "plot").out
    assert metarr("authority", "show", "--field", "plto").status == 2


@pytest.mark.parametrize(
    ("arguments", "request_sent"),
    [
        (
            ["set", "movie.plot", "omdb,tmdb", "--exclusive"],
            {
                "authorities": {"fields": [rule("plot", "omdb", "tmdb", exclusive=True, union=False)]},
                "updateMask": "fields",
            },
        ),
        (["reset", "movie.plot"], {"resetFields": ["movie.plot"]}),
        (
            ["priority", "tmdb, omdb"],
            {"authorities": {"providerPriority": ["tmdb", "omdb"]}, "updateMask": "providerPriority"},
        ),
        (["fill-gaps", "off"], {"authorities": {"fillGaps": False}, "updateMask": "fillGaps"}),
    ],
)
def test_changes_name_exactly_what_they_change(metarr, daemon, arguments, request_sent):
    result = metarr("authority", *arguments)
    assert result.status == 0
    assert daemon.request("UpdateFieldAuthorities") == request_sent
    assert "omdb, tmdb" in result.out
    assert "`metarr authority apply`" in result.err

    daemon.asked.clear()
    daemon.answers["ConfigService", "PreviewFieldAuthorities"] = {"items": 3}
    metarr("authority", *arguments, "--preview")
    assert daemon.asked == [("PreviewFieldAuthorities", {**request_sent, "samples": 3, "maxItems": 1500})]


@pytest.mark.parametrize("text", ["plot", "movie.", "film.plot"])
def test_a_rule_is_named_by_kind_and_field(metarr, daemon, text):
    assert metarr("authority", "reset", text).status == 2
    assert daemon.asked == []


EFFECTS = {
    "effects": [
        {
            "kind": "MEDIA_KIND_MOVIE",
            "field": "plot",
            "changed": 312,
            "outside": 4,
            "samples": [
                {
                    "itemId": "12",
                    "title": "Fight\x1b Club",
                    "change": {
                        "field": "plot",
                        "oldValue": "First line.\nSecond line. " + "And more. " * 20,
                        "newValue": "Other words.",
                        "oldSource": "tmdb",
                        "newSource": "omdb",
                    },
                }
            ],
        },
        {"kind": "MEDIA_KIND_SERIES", "field": "genres", "outside": 1},
    ],
    "items": 1000,
    "changedItems": 312,
}


def test_a_preview_says_what_would_change_and_shows_samples(metarr, daemon):
    daemon.answers["ConfigService", "PreviewFieldAuthorities"] = EFFECTS
    lines = metarr("authority", "set", "movie.plot", "omdb", "--preview").out.splitlines()
    dropping = "from a provider that no longer counts (apply --drop-foreign would empty those)"
    assert lines[:3] == [
        f"movie.plot: 312 would change, 4 keep a value {dropping}",
        f"series.genres: 1 keeps a value {dropping}",
        "",
    ]
    assert lines[3].split() == ["FIELD", "ITEM", "NOW", "THEN", "SOURCE"]
    sample = " ".join(" ".join(lines[4:-2]).split())
    assert "First line. Second line." in sample
    assert "tmdb → omdb" in sample
    assert "\x1b" not in sample
    assert lines[-1] == "312 of 1000 items would change. Nothing was changed, and no provider asked."
    assert all(len(line) <= 120 for line in lines[3:])


def test_what_applying_the_rules_in_force_would_do_can_be_previewed(metarr, daemon):
    daemon.answers["ConfigService", "PreviewFieldAuthorities"] = {"items": 3}
    result = metarr("authority", "apply", "--drop-foreign", "--preview")
    assert result.out == "0 of 3 items would change. Nothing was changed, and no provider asked.\n"
    assert daemon.asked == [("PreviewFieldAuthorities", {"dropForeign": True, "samples": 3, "maxItems": 1500})]


def test_a_preview_of_a_large_library_tells_how_much_of_it_was_looked_at(metarr, daemon):
    daemon.answers["ConfigService", "PreviewFieldAuthorities"] = {"items": 200, "changedItems": 3, "totalItems": 9000}
    told = metarr("authority", "apply", "--preview", "--max-items", "200").out
    assert told.startswith("3 of 200 items (of 9000; --max-items 0 looks at all) would change.")
    assert daemon.request("PreviewFieldAuthorities")["maxItems"] == 200


def test_apply_tells_what_changed(metarr, daemon):
    daemon.answers["ConfigService", "ApplyFieldAuthorities"] = [
        {"total": 3},
        {"done": 3, "total": 3, "changedItems": 1},
        {
            "done": 3,
            "total": 3,
            "changedItems": 1,
            "changedFields": {"series.plot": 1, "movie.plot": 1},
            "finished": True,
        },
    ]
    result = metarr("authority", "apply")
    assert [line.split() for line in result.out.splitlines()] == [
        ["3", "items", "merged", "again:", "1", "item", "changed"],
        [],
        ["FIELD", "CHANGED"],
        ["movie.plot", "1"],
        ["series.plot", "1"],
    ]
    assert daemon.request("ApplyFieldAuthorities") == {"dropForeign": False}
    assert '"finished": true' in metarr("authority", "apply", "--drop-foreign", "--json").out
    assert daemon.request("ApplyFieldAuthorities") == {"dropForeign": True}


def test_an_apply_that_the_daemon_did_not_finish_fails(metarr, daemon):
    daemon.answers["ConfigService", "ApplyFieldAuthorities"] = [{"total": 3}, {"done": 1, "total": 3}]
    result = metarr("authority", "apply")
    assert result.status == 1
    assert "ended after 1 of 3 items" in result.err
