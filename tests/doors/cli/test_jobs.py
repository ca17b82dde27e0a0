"""`metarr enrich-all`, `jobs`, `schedule`, `settings`: what a person sees, of a daemon that answers from a table."""

import io
import json
from typing import Any

import pytest
from rich.console import Console

from doors.cli.messages import ago, ahead
from metarr.cli.jobs import _picture
from metarr.cli.progress import drawn
from metarr.rpc.client import RpcFailure, Violation

JOB = {
    "id": "7",
    "state": "STATE_RUNNING",
    "cause": "owner",
    "createdAt": ago(hours=3, minutes=5),
    "total": 40,
    "done": 10,
    "changed": 7,
    "unchanged": 1,
    "deferred": 2,
    "itemsPerSecond": 12.34,
    "estimatedEndAt": ahead(hours=2, minutes=30),
    "providers": [
        {"provider": "tmdb", "answered": 9, "cached": 1},
        {"provider": "omdb", "answered": 3, "unavailable": 2, "waiting": 5, "reason": "quota_exhausted",
         "nextAttemptAt": ahead(hours=7, minutes=30)},
    ],
}  # fmt: skip
DONE = {
    **JOB,
    "state": "STATE_COMPLETE",
    "done": 40,
    "changed": 39,
    "deferred": 0,
    "startedAt": "2026-01-01T00:00:00Z",
    "finishedAt": "2026-01-01T00:02:00Z",
    "itemsPerSecond": 0,
    "estimatedEndAt": "",
}
NO_JOB = RpcFailure("NOT_FOUND", "there is no job 99, or it was forgotten by now", reason="JOB_NOT_FOUND")


def answer(daemon, method: str, reply: Any, service: str = "EnrichmentService") -> None:
    daemon.answers[service, method] = reply


def news(*jobs: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"job": job} for job in jobs]


# enrich-all


def test_without_more_words_everything_is_asked_for_in_the_background(metarr, daemon):
    answer(daemon, "StartEnrichment", {"job": {"id": "7", "state": "STATE_QUEUED"}})
    result = metarr("enrich-all")
    assert result == (0, "Job 7 is queued; follow it with: metarr jobs watch 7\n", "")
    request = daemon.request("StartEnrichment")
    assert request == {"all": True, "mode": "ENRICHMENT_MODE_AUTO", "force": False, "providers": []}


def test_every_option_narrows_the_order(metarr, daemon):
    answer(daemon, "StartEnrichment", {"job": JOB})
    options = ["--kind", "movie", "--title", "matrix", "--missing", "plot", "--waiting-for", "omdb", "--unmonitored"]
    assert metarr("enrich-all", *options, "--force", "--provider", "tmdb", "--provider", "omdb").status == 0
    assert daemon.request("StartEnrichment") == {
        "filter": {
            "kind": "MEDIA_KIND_MOVIE",
            "titleContains": "matrix",
            "missingField": "plot",
            "pendingProvider": "omdb",
        },
        "mode": "ENRICHMENT_MODE_MANUAL",
        "force": True,
        "providers": ["tmdb", "omdb"],
    }


def test_an_unknown_kind_is_wrong_usage_and_asks_nothing(metarr, daemon):
    assert metarr("enrich-all", "--kind", "song").status == 2
    assert daemon.asked == []


def test_where_one_runs_already_it_is_told(metarr, daemon):
    answer(daemon, "StartEnrichment", {"job": JOB})
    result = metarr("enrich-all")
    assert result.out == "Job 7 is running already; follow it with: metarr jobs watch 7\n"


def test_what_is_unknown_to_the_daemon_is_told_in_a_line(metarr, daemon):
    fault = Violation("filter.missing_field", "there is no field colour")
    answer(daemon, "StartEnrichment", RpcFailure("INVALID_ARGUMENT", "bad", violations=(fault,)))
    assert metarr("enrich-all", "--missing", "colour") == (
        2,
        "",
        "metarr: --missing: there is no field colour\n",
    )


# Following


def test_in_a_pipe_following_prints_a_line_for_each_news_and_then_the_whole(metarr, daemon):
    answer(daemon, "StartEnrichment", {"job": JOB})
    answer(daemon, "WatchJob", [*news(JOB), {"job": JOB, "heartbeat": True}, *news(DONE)])
    result = metarr("enrich-all", "--follow")
    assert (result.status, result.err) == (0, "")
    first, second, blank, told, took, *_ = result.out.splitlines()
    assert first == ("running, 10 of 40 items, 12.3 a second, ends in 2 hours, 7 changed, 1 unchanged, 2 deferred")
    assert second == "complete, 40 of 40 items, 39 changed, 1 unchanged"
    assert (blank, told) == ("", f"Job 7 (owner): {second}")
    assert took.endswith(", took 2 minutes")
    assert "\x1b" not in result.out
    assert daemon.request("WatchJob") == {"jobId": "7"}


def test_each_provider_has_a_line_with_what_came_of_asking_it(metarr, daemon):
    answer(daemon, "GetJob", {"job": JOB})
    lines = metarr("jobs", "show", "7").out.splitlines()
    assert "tmdb      9 answered, 1 cached" in lines
    [omdb] = [line for line in lines if line.startswith("omdb")]
    assert omdb == ("omdb      3 answered, 2 unavailable, 5 waiting, quota exhausted, asked again in 7 hours")


def test_on_a_terminal_there_is_a_bar_for_all_and_for_each_provider():
    console = Console(width=140, record=True, force_terminal=True, file=io.StringIO())
    console.print(drawn(_picture(JOB)))
    all_, tmdb, omdb = console.export_text().splitlines()
    assert all_.startswith("all ")
    assert "10 of 40 items, 12.3 a second, ends in 2 hours" in all_
    assert "9 answered, 1 cached" in tmdb
    assert "5 waiting, quota exhausted" in omdb
    assert all_.count("━") + all_.count("╺") + all_.count("╸") >= 29


@pytest.mark.parametrize("state", ["DEGRADED", "CANCELLED", "FAILED"])
def test_a_job_that_does_not_end_complete_exits_with_1(metarr, daemon, state):
    ended = {**DONE, "state": f"STATE_{state}", "detail": "3 wait for omdb\x1b[2J"}
    answer(daemon, "WatchJob", news(ended))
    result = metarr("jobs", "watch", "7")
    assert result.status == 1
    assert f"{state.lower()}, 40 of 40 items" in result.out
    assert "3 wait for omdb" in result.out
    assert "\x1b" not in result.out


def test_a_stream_that_ends_early_is_told_with_how_to_go_on(metarr, daemon):
    answer(daemon, "WatchJob", [])
    answer(daemon, "GetJob", {"job": JOB})
    result = metarr("jobs", "watch", "7")
    assert result.status == 1
    assert result.err == "metarr: the stream ended before the job: metarr jobs watch 7 goes on\n"


def test_followed_as_json_it_is_a_document_for_each_news(metarr, daemon):
    answer(daemon, "WatchJob", [*news(JOB), {"job": JOB, "heartbeat": True}, *news(DONE)])
    out = metarr("jobs", "watch", "7", "--json").out
    first, end = json.JSONDecoder().raw_decode(out)
    assert first == JOB
    assert json.loads(out[end:]) == DONE


# jobs


def test_the_list_has_a_row_for_each_and_as_many_as_are_wanted(metarr, daemon):
    answer(daemon, "ListJobs", {"jobs": [JOB, {**DONE, "id": "6", "cause": "daily"}], "nextPageToken": "more"})
    result = metarr("jobs", "list", "--limit", "2")
    head, running, daily = result.out.splitlines()
    assert head.split() == ["JOB", "STATE", "BY", "CREATED", "ITEMS", "DETAIL"]
    assert running.split()[:3] == ["7", "running", "owner"]
    assert "3 hours ago" in running
    assert "10 of 40 items" in running
    assert daily.split()[:3] == ["6", "complete", "daily"]
    assert daemon.request("ListJobs")["pageSize"] == 2


def test_a_job_that_applies_says_so(metarr, daemon):
    answer(daemon, "ListJobs", {"jobs": [{**DONE, "kind": "KIND_APPLY"}, {**DONE, "kind": "KIND_ENRICH"}]})
    _, applies, enriches = metarr("jobs", "list").out.splitlines()
    assert (applies.count("owner, apply"), enriches.count("apply")) == (1, 0)
    answer(daemon, "GetJob", {"job": {**DONE, "kind": "KIND_APPLY"}})
    assert "(owner, apply): " in metarr("jobs", "show", "7").out


def test_a_list_without_jobs_says_so(metarr, daemon):
    answer(daemon, "ListJobs", {})
    assert metarr("jobs", "list").err.startswith("metarr: no job has been started yet; to start one")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
def test_a_limit_out_of_bounds_is_wrong_usage(metarr, daemon, limit):
    result = metarr("jobs", "list", "--limit", limit)
    assert result.status == 2
    assert "--limit" in result.err
    assert daemon.asked == []


@pytest.mark.parametrize(("command", "method"), [("show", "GetJob"), ("watch", "WatchJob"), ("cancel", "CancelJob")])
def test_a_job_that_is_not_there_is_told_in_a_line(metarr, daemon, command, method):
    answer(daemon, method, NO_JOB)
    assert metarr("jobs", command, "99") == (1, "", "metarr: there is no job 99, or it was forgotten by now\n")


def test_what_a_job_could_not_do_is_listed(metarr, daemon):
    troubles = [
        {"itemId": "3", "itemTitle": "Heat (1995)", "detail": "no id"},
        {"itemId": "12", "itemTitle": "Dark\x07", "deferred": True, "detail": "nobody\x07 answered"},
    ]
    answer(daemon, "GetJob", {"job": DONE, "troubles": troubles})
    out = metarr("jobs", "show", "7").out
    assert "3     Heat (1995)  failed    no id" in out
    assert "12    Dark\ufffd        deferred  nobody\ufffd answered" in out


def test_cancelling_tells_what_was_done(metarr, daemon):
    answer(daemon, "CancelJob", {"job": {**JOB, "state": "STATE_CANCELLED"}})
    assert metarr("jobs", "cancel", "7").out == "Job 7 is cancelled: 10 of 40 items done\n"


def test_a_job_of_no_time_took_less_than_a_second(metarr, daemon):
    answer(daemon, "GetJob", {"job": {**DONE, "finishedAt": "2026-01-01T00:00:00.4Z"}})
    assert "took less than a second" in metarr("jobs", "show", "7").out


# schedule, settings, health


def test_the_schedule_tells_last_and_next_run(metarr, daemon):
    soon = ahead(hours=5, minutes=30)
    schedule = {"at": "03:00", "zone": "Europe/Berlin", "lastRunAt": ago(hours=19, minutes=5), "nextRunAt": soon}
    answer(daemon, "GetHealth", {"schedule": schedule}, "HealthService")
    assert metarr("schedule", "show").out.splitlines() == [
        "daily at 03:00, Europe/Berlin",
        "last run: 19 hours ago",
        f"next run: in 5 hours ({soon})",
    ]


def test_a_schedule_that_is_off_says_why(metarr, daemon):
    schedule = {"at": "03:00", "zone": "UTC", "off": "the daily run is switched off"}
    answer(daemon, "GetHealth", {"schedule": schedule}, "HealthService")
    lines = metarr("schedule", "show").out.splitlines()
    assert lines[1:] == ["last run: never", "next run: none; the daily run is switched off"]


SETTINGS = {
    "settings": [
        {"key": "language", "type": "TYPE_TEXT", "value": "en-US", "defaultValue": "en-US", "label": "Language"},
        {"key": "image_languages", "type": "TYPE_TEXTS", "value": ["de", "en"], "defaultValue": ["en"]},
        {"key": "extra_fanart", "type": "TYPE_INTEGER", "value": 5, "defaultValue": 5},
        {"key": "daily_enabled", "type": "TYPE_BOOLEAN", "value": True, "defaultValue": True},
    ]
}


def test_settings_are_shown_with_their_defaults(metarr, daemon):
    answer(daemon, "GetSettings", SETTINGS, "ConfigService")
    rows = [line.split() for line in metarr("settings", "show").out.splitlines()]
    assert ["image_languages", "de,", "en", "(texts).", "Default:", "en"] in rows
    assert rows[0] == ["SETTING", "VALUE", "MEANING"]


def test_settings_are_sent_as_they_are_typed(metarr, daemon):
    answer(daemon, "GetSettings", SETTINGS, "ConfigService")
    answer(daemon, "UpdateSettings", SETTINGS, "ConfigService")
    pairs = ["language=", "image_languages=de, en", "extra_fanart=5", "daily_enabled=YES"]
    result = metarr("settings", "set", *pairs)
    assert result.out == "language is en-US; image_languages is de, en; extra_fanart is 5; daily_enabled is yes\n"
    assert daemon.request("UpdateSettings")["settings"] == {
        "language": None,
        "image_languages": ["de", "en"],
        "extra_fanart": 5,
        "daily_enabled": True,
    }


@pytest.mark.parametrize(("typed", "meant"), [("1", True), ("on", True), ("0", False), ("No", False)])
def test_a_switch_is_typed_as_that_of_a_provider(metarr, daemon, typed, meant):
    answer(daemon, "GetSettings", SETTINGS, "ConfigService")
    answer(daemon, "UpdateSettings", SETTINGS, "ConfigService")
    assert metarr("settings", "set", f"daily_enabled={typed}").status == 0
    assert daemon.request("UpdateSettings")["settings"] == {"daily_enabled": meant}


@pytest.mark.parametrize(
    ("pair", "why"),
    [("language", "is not KEY=VALUE"), ("extra_fanart=five", "no whole number"), ("daily_enabled=perhaps", "neither")],
)
def test_a_value_of_another_type_is_wrong_usage_and_changes_nothing(metarr, daemon, pair, why):
    answer(daemon, "GetSettings", SETTINGS, "ConfigService")
    result = metarr("settings", "set", pair)
    assert result.status == 2
    assert why in " ".join(result.err.split())
    assert [method for method, _ in daemon.asked] == ["GetSettings"]


def test_health_tells_used_and_limit_reset_and_forecast(metarr, daemon):
    state = {
        "status": "STATUS_LIMITED",
        "quotaUsed": 1000,
        "quotaLimit": 1000,
        "quotaResetAt": ahead(hours=4, minutes=30),
        "pendingItems": 3000,
        "lastRequestAt": ago(hours=2, minutes=5),
        "forecastDays": 4,
        "advice": "1429 requests a day would do",
    }
    answer(daemon, "GetHealth", {"status": "STATUS_OK", "providers": [{"id": "omdb", "state": state}]}, "HealthService")
    out = metarr("health").out
    [row] = [line for line in out.splitlines() if line.startswith("omdb ")]
    for told in ("limited", "1000 of 1000", "3000", "2 hours ago"):
        assert told in row
    assert "omdb: today's requests start anew in 4 hours; the library is covered in 4 days" in out
    answer(
        daemon,
        "GetHealth",
        {"providers": [{"id": "omdb", "state": {**state, "detail": "Used up", "retryAt": ahead(hours=4, minutes=30)}}]},
        "HealthService",
    )
    lines = [line for line in metarr("health").out.splitlines() if line.startswith("omdb: ")]
    assert lines == ["omdb: asked again in 4 hours; the library is covered in 4 days"]


def test_help_cuts_no_summary(metarr):
    for group in ((), ("jobs",), ("library",), ("authority",)):
        commands = metarr(*group, "--help").out.partition("Commands:")[2]
        assert commands
        assert "..." not in commands


def test_a_provider_that_nobody_had_to_ask_is_not_listed(metarr, daemon):
    answer(daemon, "GetJob", {"job": {**DONE, "providers": [{"provider": "tmdb"}, {"provider": "omdb", "cached": 3}]}})
    out = metarr("jobs", "show", "7").out
    assert ("tmdb" in out, "omdb" in out) == (False, True)
    answer(daemon, "GetJob", {"job": {**DONE, "providers": [{"provider": "tmdb"}]}})
    assert "PROVIDER" not in metarr("jobs", "show", "7").out
