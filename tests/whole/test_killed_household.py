"""A daemon killed again and again while everybody wants something of it: nothing that it told anybody is lost."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from harness import settings_for
from metarr.care import backup
from metarr.datadir import DATABASE
from metarr.rpc.client import Client, RpcFailure
from promises import (
    LINE,
    LOCK,
    ORDERS,
    PLOT,
    SHELF,
    Count,
    Promises,
    broken,
    claims,
    line,
    settle,
    shelf,
    words,
)
from simulators import Simulators, generated_movie
from whole.test_kill import daemon

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

KILLS = 2
PROVIDERS = ("omdb", "tmdb")
EDITED = 12
"""Movies that are there from the beginning, which the owner edits and a player has."""
ANSWERS = (10, 120)
"""After how many answers a daemon may be killed."""
PATIENCE = 300.0
GONE = ("UNAVAILABLE", "CANCELLED", "UNKNOWN")
"""What a caller hears whose daemon was killed."""
MINE = {"playerId": "living-room"}
PLAYER = {
    **MINE,
    "name": "Living room",
    "host": "kodi",
    "instance": "pc",
    "kinds": [{"kind": "MEDIA_KIND_MOVIE", "fields": ["title", "plot", "tagline"]}],
}
ENDED = {"complete", "degraded", "cancelled", "failed"}

Call = Callable[[str, str, dict[str, Any]], dict[str, Any]]
Errand = Callable[[Call, Promises, random.Random], None]


LOSSES = {
    "an edit": "UPDATE field_values SET value = json_quote('Lost') WHERE field = 'plot' AND locked",
    "the lock of an edit": "UPDATE field_values SET locked = 0 WHERE field = 'plot'",
    "a lock": "UPDATE field_values SET locked = NOT locked WHERE field = 'homepage'",
    "a rule": """UPDATE field_authorities SET providers =
        CASE WHEN providers LIKE '["omdb"%' THEN '["tmdb","omdb"]' ELSE '["omdb","tmdb"]' END""",
    "an item": "UPDATE items SET deleted_at = '2026-01-01' WHERE id = 2",
    "half an item": "DELETE FROM external_ids WHERE type = 'tvdb' AND item_id = 3",
    "another half": "DELETE FROM field_values WHERE field = 'sort_title' AND item_id = 3",
    "a change-set": "DELETE FROM change_sets WHERE cause = 'edit'",
    "a number": "UPDATE change_sets SET item_id = item_id + 1",
    "an undo": "UPDATE change_sets SET undone_by = NULL",
    "a job": "DELETE FROM jobs",
    "a sequence": "UPDATE sync_state SET last_sequence = 0",
    "a player's word": "UPDATE player_items SET acked = 0",
}


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Promises]:
    """A library that was killed, and what was promised of it."""
    folder = tmp_path_factory.mktemp("killed")
    return folder / DATABASE, kill(folder, KILLS)


def test_whatever_was_told_to_anybody_outlives_the_daemon_that_told_it(survived: tuple[Path, Promises]) -> None:
    database, promises = survived
    assert broken(database, promises) == []
    assert min(promises.tally.values()) > 0, promises.tally


@pytest.mark.parametrize("loss", LOSSES)
def test_whatever_is_lost_is_found(survived: tuple[Path, Promises], tmp_path: Path, loss: str) -> None:
    database, promises = survived[0], survived[1].so_far()
    settle(database, promises)  # or what the last kill left open could be either
    with closing(connect(database)) as kept, closing(connect(tmp_path / DATABASE)) as file, file:
        kept.backup(file)
        assert file.execute(LOSSES[loss]).rowcount > 0
    assert broken(tmp_path / DATABASE, promises)


def kill(folder: Path, kills: int, seed: int = 20261130) -> Promises:
    """Kill a daemon so often in the middle of everything, then let all its jobs end; what was promised in all."""
    dice, promises = random.Random(seed), Promises()
    with Simulators() as simulators:
        begin(folder, simulators, promises)
        for number in range(kills):
            live_and_die(folder, promises, dice)
            assert broken(folder / DATABASE, promises) == [], f"after kill {number + 1}"
            settle(folder / DATABASE, promises)
        with daemon(folder) as (_, client):
            call = caller(client, promises)
            end(call, promises)
            look(call, promises)
        assert broken(folder / DATABASE, promises) == []
    return promises


def caller(client: Client, promises: Promises) -> Call:
    def call(service: str, method: str, message: dict[str, Any]) -> dict[str, Any]:
        answer = client.call(f"{service}Service", method, message)
        promises.tally["answers"] += 1
        return answer

    return call


def begin(folder: Path, simulators: Simulators, promises: Promises) -> None:
    """A library, and a player that has it."""
    with daemon(folder) as (_, client):
        call = caller(client, promises)
        for provider in PROVIDERS:
            # Without a limit for the day: a hundred kills import more than OMDb answers on one.
            settings = settings_for(simulators, provider) | {"daily_quota": 0}
            told = {"providerId": provider, "settings": settings, "updateMask": "settings"}
            call("Config", "UpdateProvider", told)
        add(call, promises, range(EDITED))
        session = {**MINE, "session": call("Sync", "RegisterPlayer", PLAYER)["session"]}
        call("Sync", "UpdatePlayer", {**MINE, "policy": "SYNC_POLICY_REPLACE", "updateMask": "policy"})
        films = [
            {"hostKey": f"/{number}.mkv", "kind": "MEDIA_KIND_MOVIE", "title": movie.title, "ids": ids_of(number)}
            for number, movie in enumerate(map(generated_movie, range(EDITED)))
        ]
        call("Sync", "ReportItems", {**session, "items": films, "reportId": "r", "complete": True})


def live_and_die(folder: Path, promises: Promises, dice: random.Random) -> None:
    """A daemon that everybody calls at once, and its end; what it kept of the life before is looked at first."""
    with daemon(folder) as (process, client), TemporaryDirectory(prefix="metarr-backup-") as place:
        look(caller(client, promises), promises)
        enough, late = promises.tally["answers"] + dice.randrange(*ANSWERS), dice.uniform(0, 0.02)
        both = dice.random() < 0.3
        with ThreadPoolExecutor(len(ERRANDS)) as pool, backing_up(folder, Path(place), promises) as copying:
            seeds = [dice.random() for _ in ERRANDS]
            callers = [
                pool.submit(until_gone, errand, caller(client, promises), promises, random.Random(seed))
                for errand, seed in zip(ERRANDS, seeds, strict=True)
            ]
            deadline = time.monotonic() + PATIENCE
            while promises.tally["answers"] < enough and not any(each.done() for each in callers):
                assert time.monotonic() < deadline, "nobody is answered"
                time.sleep(0.002)
            time.sleep(late)
            while not promises.tally["kills amid a job"] and not jobs_under_way(folder):
                # Of two kills neither may come amid a job by itself.
                assert time.monotonic() < deadline, "no job is under way"
                time.sleep(0.002)
            process.kill()
            if both:
                copying.kill()
            for each in callers:
                each.result(PATIENCE)
        process.wait(10)
    promises.tally["kills"] += 1
    promises.tally["kills amid a job"] += jobs_under_way(folder) > 0


def jobs_under_way(folder: Path) -> int:
    with closing(connect(folder / DATABASE)) as file:
        [(running,)] = file.execute("SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')")
    return int(running)


@contextmanager
def backing_up(folder: Path, place: Path, promises: Promises) -> Iterator["subprocess.Popen[str]"]:
    """`metarr backup` at the same time. What was told as a backup is put back elsewhere, and holds what was promised
    when it was begun; whoever was killed meanwhile left a whole one or none."""
    target, before = place / "backup.tar.gz", promises.so_far()
    command = [sys.executable, "-m", "metarr.cli", "backup", str(target), "--data-dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
            said, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode in (0, -signal.SIGKILL), said
    assert target.exists() or process.returncode, said
    if target.exists():
        backup.restore(target, place / "restored", datetime.now(UTC))
        assert broken(place / "restored" / DATABASE, before) == [], "in a backup"
        promises.tally["backups"] += 1


def until_gone(errand: Errand, call: Call, promises: Promises, dice: random.Random) -> None:
    """Do the errand again and again, until nobody answers."""
    while True:
        try:
            errand(call, promises, dice)
        except RpcFailure as failure:
            if failure.code in GONE:
                return
            if failure.code != "ABORTED":
                raise


def look(call: Call, promises: Promises) -> None:
    """What is promised, as the daemon itself tells it."""
    for item, count in promises.plots.items():
        told = {each["name"]: each for each in call("Library", "GetItem", {"itemId": str(item)})["item"]["fields"]}
        if count.told:
            assert (told[PLOT]["value"], told[PLOT]["locked"]) == (words(count.told), True)
    for job in sorted(promises.jobs)[-3:]:
        assert call("Enrichment", "GetJob", {"jobId": str(job)})["job"]["state"] not in (
            "STATE_CANCELLED",
            "STATE_FAILED",
        )


def end(call: Call, promises: Promises) -> None:
    """Let every job come to its end: complete, and nothing left out."""
    call("Enrichment", "StartEnrichment", {"all": True, "mode": "ENRICHMENT_MODE_MANUAL", "requestId": "last"})
    deadline = time.monotonic() + PATIENCE
    while True:
        jobs = every_job(call)
        if all(job["state"].removeprefix("STATE_").lower() in ENDED for job in jobs):
            break
        assert time.monotonic() < deadline, "the jobs do not end"
        time.sleep(0.05)
    unfinished = [job for job in jobs if job["state"] != "STATE_COMPLETE" or job["done"] != job["total"]]
    assert not unfinished, unfinished
    assert promises.jobs <= {int(job["id"]) for job in jobs}
    listed = call("Library", "ListItems", {"pageSize": 1})
    last = next(job for job in jobs if job.get("kind") == "KIND_ENRICH")
    assert last["total"] == listed["totalSize"] >= len(promises.added)


def every_job(call: Call) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = []
    token = ""
    while True:
        page = call("Enrichment", "ListJobs", {"pageSize": 200, "pageToken": token})
        jobs += page.get("jobs", ())
        token = page.get("nextPageToken", "")
        if not token:
            return jobs


def edit_plots(half: int) -> Errand:
    def edit(call: Call, promises: Promises, dice: random.Random) -> None:
        item = dice.randrange(half, EDITED, 2) + 1
        with promises.lock:
            count = promises.plots[item]
            number = count.next()
        told = {"itemId": str(item), "fields": {PLOT: words(number)}, "updateMask": "fields"}
        answer = call("Library", "UpdateItem", told)
        with promises.lock:
            count.told = number
            promises.note_change_set(int(answer["changeSetId"]), item, "edit")
            promises.tally["edits"] += 1

    return edit


def lock_and_unlock(call: Call, promises: Promises, dice: random.Random) -> None:
    item = dice.randrange(EDITED) + 1
    with promises.lock:
        count = promises.locks[item]
        number = count.next()
    what = "lockFields" if number % 2 else "unlockFields"
    call("Library", "UpdateItem", {"itemId": str(item), what: [LOCK], "updateMask": what})
    with promises.lock:
        count.told = number
        promises.tally["locks"] += 1


def write_and_undo(call: Call, promises: Promises, dice: random.Random) -> None:
    """A line that is written and taken back, and of a job what it changed on a movie that nobody edits."""
    item, written = dice.randrange(EDITED) + 1, line(dice.randrange(10**9))
    told = {"itemId": str(item), "fields": {LINE: written}, "updateMask": "fields"}
    undo(call, promises, int(call("Library", "UpdateItem", told)["changeSetId"]), (item, "edit"), written)
    with promises.lock:
        added = [number for number in promises.added if number >= EDITED]
    if not added:
        return
    imdb = generated_movie(dice.choice(sorted(added))).imdb
    for each in call("Enrichment", "ListChangeSets", {"itemId": f"imdb:{imdb}", "pageSize": 1}).get("changeSets", ()):
        if each["cause"] == "enrich" and "undoneBy" not in each:
            undo(call, promises, int(each["id"]), (int(each["itemId"]), "enrich"), "")


def undo(call: Call, promises: Promises, number: int, made: tuple[int, str], written: str) -> None:
    with promises.lock:
        promises.note_change_set(number, *made)
    answer = call("Enrichment", "UndoChangeSet", {"changeSetId": str(number)})
    if "changeSet" in answer and not answer.get("refused"):
        with promises.lock:
            promises.note_change_set(int(answer["changeSet"]["id"]), made[0], "undo")
            promises.undone[number] = (made[0], written)
            promises.tally["undos"] += 1


def import_movies(call: Call, promises: Promises, dice: random.Random) -> None:
    with promises.lock:
        known = len(promises.added)
    add(call, promises, range(known, known + dice.randrange(1, 4)))


def add(call: Call, promises: Promises, numbers: range) -> None:
    wanted = [
        {
            "kind": "MEDIA_KIND_MOVIE",
            "title": generated_movie(number).title,
            "ids": ids_of(number),
            "fields": [{"name": SHELF, "value": shelf(number)}],
            "source": "import",
        }
        for number in numbers
    ]
    results = call("Library", "UpsertItems", {"items": wanted})["results"]
    with promises.lock:
        for number, result in zip(numbers, results, strict=True):
            promises.added.add(number)
            promises.tally["imports"] += 1
            if number < EDITED:
                assert result["item"]["id"] == str(number + 1)
                promises.plots[number + 1], promises.locks[number + 1] = Count(), Count()


def ids_of(number: int) -> list[dict[str, str]]:
    return [{"type": kind, "value": value} for kind, value in claims(generated_movie(number)).items()]


def turn_rules_and_start_jobs(call: Call, promises: Promises, dice: random.Random) -> None:
    with promises.lock:
        number = promises.rule.next()
    rule = {"kind": "MEDIA_KIND_MOVIE", "field": PLOT, "providers": list(ORDERS[number % 2])}
    call("Config", "UpdateFieldAuthorities", {"authorities": {"fields": [rule]}, "updateMask": "fields"})
    with promises.lock:
        promises.rule.told = number
        promises.tally["rules"] += 1
    name = f"{dice.random()}"
    everything = {"all": True, "mode": "ENRICHMENT_MODE_MANUAL", "requestId": f"enrich-{name}"}
    for method, message in (("StartApply", {"requestId": f"apply-{name}"}), ("StartEnrichment", everything)):
        job = call("Enrichment", method, message)["job"]
        with promises.lock:
            promises.jobs.add(int(job["id"]))
            promises.tally["jobs"] += 1
    time.sleep(dice.uniform(0.2, 1))


def play(call: Call, promises: Promises, dice: random.Random) -> None:
    """A player that is told what is pending, and takes the first of it."""
    session = {**MINE, "session": call("Sync", "RegisterPlayer", PLAYER)["session"]}
    answer = call("Sync", "ListPendingItems", {**session, "pageSize": 50})
    rows = answer.get("items", ())
    with promises.lock:
        for row in rows:
            promises.note_sequence(int(row["sequence"]), row["hostKey"])
    for row in rows[:2]:
        # A field that was emptied, as by an undo, has no value to be taken.
        taken = [
            {"name": each["name"], "outcome": "OUTCOME_TAKEN"}
            | ({"hostValue": each["value"]} if "value" in each else {})
            for each in row["fields"]
        ]
        ack = {"hostKey": row["hostKey"], "sequence": row["sequence"], "fields": taken}
        call("Sync", "AckItems", {**session, "storeId": answer["storeId"], "acks": [ack]})
        with promises.lock:
            promises.acks[row["hostKey"]] = int(row["sequence"])
            promises.tally["acks"] += 1
    time.sleep(dice.uniform(0.02, 0.1))


ERRANDS: tuple[Errand, ...] = (
    edit_plots(0),
    edit_plots(1),
    lock_and_unlock,
    write_and_undo,
    import_movies,
    turn_rules_and_start_jobs,
    play,
)
