"""Previewing and applying field authorities through a real daemon's doors and at the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from doors.rpc import grpc_web
from harness import PROVIDERS, Live, live, title
from metarr.cli import main
from metarr.rpc.client import RpcFailure
from simulators import Simulators

TITLES = ("fight-club", "inception", "cellar-tapes")
RULE = {"kind": "MEDIA_KIND_MOVIE", "field": "plot", "providers": ["omdb", "tmdb"]}
EXCLUSIVE = {"kind": "MEDIA_KIND_MOVIE", "field": "plot", "providers": ["tmdb"], "exclusive": True}


@pytest.fixture(scope="module")
def running(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A daemon with three enriched movies; OMDb alone knows the plot of the last one."""
    running_simulators.reset()
    with live(Path(tmp_path_factory.mktemp("data"))) as daemon:
        daemon.configure(running_simulators, *PROVIDERS)
        for key in TITLES:
            told = title(key)
            ids = [{"type": "imdb", "value": told.imdb}]
            new = {"kind": "MEDIA_KIND_MOVIE", "title": told.title, "year": told.year, "ids": ids}
            [added] = daemon.call("Library", "UpsertItems", {"items": [new]})["results"]
            daemon.call("Enrichment", "Enrich", {"itemId": added["item"]["id"]})
        yield daemon


@pytest.fixture
def daemon(running: Live, running_simulators: Simulators) -> Iterator[Live]:
    """The same under the rules that Metarr came with, and no request counted yet; none is asked for."""
    running.call("Config", "UpdateFieldAuthorities", {"resetFields": ["movie.plot"]})
    list(running.client.stream("ConfigService", "ApplyFieldAuthorities"))
    running_simulators.clear_requests()
    yield running
    assert {provider: running_simulators.count(provider) for provider in PROVIDERS} == dict.fromkeys(PROVIDERS, 0)


def changing(rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"authorities": {"fields": [rule]}, "updateMask": "fields", **more}


def plots(daemon: Live) -> dict[str, str]:
    """By item the source of its plot."""
    items = daemon.call("Library", "ListItems")["items"]
    shown = {each["id"]: daemon.call("Library", "GetItem", {"itemId": each["id"]})["item"] for each in items}
    return {
        item_id: next((field["source"] for field in item["fields"] if field["name"] == "plot"), "")
        for item_id, item in shown.items()
    }


def test_a_preview_tells_counts_and_samples_and_stores_neither_rules_nor_values(daemon: Live) -> None:
    before = daemon.call("Config", "GetFieldAuthorities"), plots(daemon)
    answer = daemon.call("Config", "PreviewFieldAuthorities", changing(RULE, samples=1))
    assert (answer["items"], answer["changedItems"]) == (3, 2)
    [effect] = answer["effects"]
    [sample] = effect.pop("samples")
    assert effect == {"kind": "MEDIA_KIND_MOVIE", "field": "plot", "changed": 2}
    assert (sample["itemId"], sample["title"]) == ("1", "Fight Club (1999)")
    assert (sample["change"]["oldSource"], sample["change"]["newSource"]) == ("tmdb", "omdb")
    assert (daemon.call("Config", "GetFieldAuthorities"), plots(daemon)) == before


def test_what_would_stay_from_outside_is_told_and_dropped_only_on_demand(daemon: Live) -> None:
    told = daemon.call("Config", "PreviewFieldAuthorities", changing(EXCLUSIVE))
    assert told["effects"] == [{"kind": "MEDIA_KIND_MOVIE", "field": "plot", "outside": 1}]
    dropped = daemon.call("Config", "PreviewFieldAuthorities", changing(EXCLUSIVE, dropForeign=True, samples=1))
    [effect] = dropped["effects"]
    assert (effect["changed"], "newValue" in effect["samples"][0]["change"]) == (1, False)


def test_a_preview_of_nothing_tells_what_applying_the_rules_in_force_would_do(daemon: Live) -> None:
    assert daemon.call("Config", "PreviewFieldAuthorities") == {"items": 3}
    daemon.call("Config", "UpdateFieldAuthorities", changing(RULE))
    assert daemon.call("Config", "PreviewFieldAuthorities")["changedItems"] == 2


def test_applying_streams_how_far_it_is_and_ends_with_the_counts(daemon: Live) -> None:
    daemon.call("Config", "UpdateFieldAuthorities", changing(RULE))
    answers = list(daemon.client.stream("ConfigService", "ApplyFieldAuthorities"))
    assert answers[0] == {"total": 3}
    done = {"done": 3, "total": 3, "changedItems": 2}
    assert answers[1:] == [done, {**done, "changedFields": {"movie.plot": 2}, "finished": True}]
    assert set(plots(daemon).values()) == {"omdb"}
    # As a stream over HTTP, too; by now there is nothing left to do.
    with requests.Session() as session:
        session.trust_env = False
        url = f"{daemon.url}/metarr.v1.ConfigService/ApplyFieldAuthorities"
        headers = {"Content-Type": "application/connect+json"}
        said = session.post(url, data=grpc_web.frame(b"{}"), headers=headers, timeout=20)
    *messages, (flags, end) = grpc_web.frames(said.content)
    assert (flags, json.loads(end)) == (2, {})
    assert json.loads(messages[-1][1]) == {"done": 3, "total": 3, "finished": True}


def test_whoever_leaves_does_not_end_it(daemon: Live) -> None:
    daemon.call("Config", "UpdateFieldAuthorities", changing(RULE))
    stream = daemon.client.stream("ConfigService", "ApplyFieldAuthorities")
    assert next(stream) == {"total": 3}
    stream.close()
    job = daemon.call("Enrichment", "ListJobs")["jobs"][0]
    *_, last = daemon.client.stream("EnrichmentService", "WatchJob", {"jobId": job["id"]})
    assert {key: last["job"][key] for key in ("state", "kind", "done", "changed")} == {
        "state": "STATE_COMPLETE",
        "kind": "KIND_APPLY",
        "done": 3,
        "changed": 2,
    }
    assert set(plots(daemon).values()) == {"omdb"}


def test_it_is_started_and_watched_as_a_job_and_undone_as_one(daemon: Live) -> None:
    before = plots(daemon)
    daemon.call("Config", "UpdateFieldAuthorities", changing(RULE))
    job = daemon.call("Enrichment", "StartApply", {"requestId": "once"})["job"]
    assert daemon.call("Enrichment", "StartApply", {"requestId": "once"})["job"]["id"] == job["id"]
    *_, last = daemon.client.stream("EnrichmentService", "WatchJob", {"jobId": job["id"]})
    assert (last["job"]["state"], last["job"]["changed"]) == ("STATE_COMPLETE", 2)
    undone = daemon.call("Enrichment", "UndoChangeSets", {"jobId": job["id"]})
    assert (undone["changedItems"], plots(daemon)) == (2, before)
    redone = daemon.call("Enrichment", "UndoChangeSets", {"groupId": undone["groupId"]})
    assert (redone["changedItems"], set(plots(daemon).values())) == (2, {"omdb"})


def test_a_preview_of_some_items_tells_how_many_there_are(daemon: Live) -> None:
    told = daemon.call("Config", "PreviewFieldAuthorities", changing(RULE, maxItems=2))
    assert (told["items"], told["totalItems"]) == (2, 3)


def test_a_library_without_items_is_done_at_once(tmp_path: Path) -> None:
    with live(tmp_path) as empty:
        answers = list(empty.client.stream("ConfigService", "ApplyFieldAuthorities"))
        assert answers[-1] == {"finished": True}
        assert empty.call("Config", "PreviewFieldAuthorities", changing(RULE)) == {}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (changing({**RULE, "providers": ["imdbx"]}), "authorities.fields[0].providers"),
        (changing({**RULE, "field": "plots"}), "authorities.fields[0].field"),
        (changing(RULE, samples=21), "samples"),
        (changing(RULE, samples=-1), "samples"),
        (changing(RULE, maxItems=-1), "max_items"),
        ({"updateMask": "fields"}, "authorities.fields"),
        ({"updateMask": "plots"}, "update_mask"),
        ({"resetFields": ["movie.plots"]}, "reset_fields[0]"),
    ],
)
def test_a_preview_of_what_cannot_be_is_refused(daemon: Live, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(RpcFailure) as refused:
        daemon.call("Config", "PreviewFieldAuthorities", wrong)
    assert refused.value.code == "INVALID_ARGUMENT"
    assert [violation.field for violation in refused.value.violations] == [field]


@pytest.mark.parametrize(
    ("named", "says"),
    [("movie.plots", "a movie has no field 'plots'"), ("plot", "'plot' is no <kind>.<field>, such as movie.plot")],
)
def test_what_is_wrong_with_a_field_to_reset_is_said(daemon: Live, named: str, says: str) -> None:
    with pytest.raises(RpcFailure) as refused:
        daemon.call("Config", "UpdateFieldAuthorities", {"resetFields": [named]})
    assert [violation.description for violation in refused.value.violations] == [says]


def test_a_preview_on_rules_that_moved_is_refused(daemon: Live) -> None:
    wrong = {"authorities": {"fields": [RULE], "etag": "of yesterday"}, "updateMask": "fields"}
    with pytest.raises(RpcFailure) as refused:
        daemon.call("Config", "PreviewFieldAuthorities", wrong)
    assert refused.value.code == "ABORTED"


def test_the_command_line_previews_sets_and_applies(daemon: Live, capsys: pytest.CaptureFixture[str]) -> None:
    def metarr(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--server", daemon.daemon.grpc_address])
        captured = capsys.readouterr()
        assert not ended.value.code, captured.err
        return captured.out

    assert "movie.plot: 2 would change\n" in metarr("authority", "set", "movie.plot", "omdb,tmdb", "--preview")
    assert set(plots(daemon).values()) == {"tmdb", "omdb"}
    metarr("authority", "set", "movie.plot", "omdb,tmdb")
    # The daemon's own lines, in this process, go the same way.
    assert "3 items merged again: 2 items changed\n" in metarr("authority", "apply")
    assert set(plots(daemon).values()) == {"omdb"}
    assert "3 items merged again: none changed\n" in metarr("authority", "apply")
