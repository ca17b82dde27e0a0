import pytest

from cli.messages import rule


@pytest.fixture(autouse=True)
def rules(daemon):
    authorities = {
        "providerPriority": ["omdb", "tmdb"],
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
        "fill gaps from providers outside a field's list: on",
    ]
    assert daemon.request("GetFieldAuthorities") == {"kind": "MEDIA_KIND_MOVIE"}


def test_show_knows_the_field_or_exits_with_1(metarr):
    assert "movie.title" not in metarr("authority", "show", "--field", "plot").out
    assert metarr("authority", "show", "--field", "plto").status == 1


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


@pytest.mark.parametrize("text", ["plot", "movie.", "film.plot"])
def test_a_rule_is_named_by_kind_and_field(metarr, daemon, text):
    assert metarr("authority", "reset", text).status == 2
    assert daemon.asked == []
