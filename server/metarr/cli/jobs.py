"""`metarr enrich-all` and `metarr jobs`: bring many items up to date, and see how far it is."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from metarr.cli.daemon import DEFAULT_SERVER, Answer, AsJson, Server, ask, follow, going_on, pages
from metarr.cli.kinds import KindName
from metarr.cli.output import as_json, note, say, say_folded, table
from metarr.cli.progress import Bar, shown
from metarr.cli.text import clean, counted, kind_constant, span, when, word

SERVICE = "EnrichmentService"
ENRICH = "enrich"
ENDED_WELL = "STATE_COMPLETE"
ENDED = (ENDED_WELL, "STATE_DEGRADED", "STATE_CANCELLED", "STATE_FAILED")
COUNTED = ("changed", "unchanged", "deferred", "undecided", "failed")
"""What may have come of an item."""

app = typer.Typer(name="jobs", help="Work over many items.", no_args_is_help=True)

JobId = Annotated[str, typer.Argument(metavar="JOB", help="The job's number, as `metarr jobs list` shows it.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Show how far it is until it ends.")]


def enrich_all(
    *,
    follow_it: Follow = False,
    force: Annotated[bool, typer.Option("--force", help="Ask again even where a fresh answer is cached.")] = False,
    kind: Annotated[KindName | None, typer.Option(help="Only this kind.")] = None,
    title: Annotated[str, typer.Option(help="Only items with this in a title.")] = "",
    missing: Annotated[str, typer.Option(metavar="FIELD", help="Only items without a value in this field.")] = "",
    awaited: Annotated[
        str,
        typer.Option("--awaited", "--waiting-for", metavar="PROVIDER", help="Only items that wait for this provider."),
    ] = "",
    unmonitored: Annotated[bool, typer.Option("--unmonitored", help="Also items that are not monitored.")] = False,
    providers: Annotated[
        list[str] | None, typer.Option("--provider", metavar="ID", help="Only this provider; may be repeated.")
    ] = None,
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
) -> None:
    """Bring every item up to date, in the background. What is fresh costs no request."""
    given = {"titleContains": title, "missingField": missing, "pendingProvider": awaited}
    chosen = {key: value for key, value in given.items() if value}
    if kind:
        chosen["kind"] = kind_constant(kind)
    which: Answer = {"filter": chosen} if chosen else {"all": True}
    mode = "ENRICHMENT_MODE_MANUAL" if unmonitored else "ENRICHMENT_MODE_AUTO"
    request = {**which, "mode": mode, "force": force, "providers": providers or []}
    job = ask(server, SERVICE, "StartEnrichment", request)["job"]
    if follow_it:
        return _follow(server, job["id"], json=json)
    if json:
        return as_json(job)
    # A new job is queued at first. While one over everything runs that does as much, that one is told.
    already = "" if job.get("state") == "STATE_QUEUED" else " already"
    return say(f"Job {job['id']} is {_state(job)}{already}; follow it with: metarr jobs watch {job['id']}")


@app.command("list")
def list_jobs(
    server: Server = DEFAULT_SERVER,
    json: AsJson = False,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=200)] = 20,
) -> None:
    """List the jobs, the latest first."""
    answer = next(pages(server, SERVICE, "ListJobs", {"pageSize": limit}))
    if json:
        return as_json(answer)
    rows = [
        (
            job["id"],
            _state(job),
            _by(job),
            when(job.get("createdAt")),
            _done(job),
            clean(job.get("detail", "")),
        )
        for job in answer.get("jobs", ())
    ]
    if not rows:
        return note("no job has been started yet; to start one over the whole library: metarr enrich-all")
    return table(("job", "state", "by", "created", "items", "detail"), rows, whole=("job", "state", "by"))


@app.command()
def show(job_id: JobId, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Show a job, and what it could not do."""
    answer = ask(server, SERVICE, "GetJob", {"jobId": job_id})
    if json:
        return as_json(answer)
    _tell(answer["job"])
    troubles = answer.get("troubles", ())
    if troubles:
        say()
        rows = [
            (
                each["itemId"],
                clean(each.get("itemTitle", "")),
                "deferred" if each.get("deferred") else "failed",
                clean(each.get("detail", "")),
            )
            for each in troubles
        ]
        table(("item", "title", "outcome", "why"), rows, whole=("item", "outcome"))
    return None


@app.command()
def watch(job_id: JobId, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """Show how far a job is until it ends. Exits 1 unless it ends complete."""
    _follow(server, job_id, json=json)


@app.command()
def cancel(job_id: JobId, server: Server = DEFAULT_SERVER, json: AsJson = False) -> None:
    """End a job. What is done stays done."""
    job = ask(server, SERVICE, "CancelJob", {"jobId": job_id})["job"]
    if json:
        return as_json(job)
    return say(f"Job {job['id']} is {_state(job)}: {_done(job)} done")


def _follow(server: str, job_id: str, *, json: bool) -> None:
    advice = f"job {job_id} goes on: metarr jobs watch {job_id} shows it again, metarr jobs cancel {job_id} ends it"
    with going_on(advice):
        job = _watched(server, job_id, json=json)
    if not json:
        say()
        _tell(job)
    if job.get("state") != ENDED_WELL:
        if job.get("state") not in ENDED:
            note(f"the stream ended before the job: metarr jobs watch {job_id} goes on")
        raise typer.Exit(1)


def _watched(server: str, job_id: str, *, json: bool) -> Answer:
    """Shows a job until it ends, or its stream; the job as it is then."""
    job: Answer = {}
    news = follow(server, SERVICE, "WatchJob", {"jobId": job_id})
    if sys.stdout.isatty() and not json:
        job = shown((answer["job"] for answer in news), _picture)
    else:
        for answer in news:
            job = answer["job"]
            if not answer.get("heartbeat"):
                as_json(job) if json else say(_line(job))
    if not job:
        job = ask(server, SERVICE, "GetJob", {"jobId": job_id})["job"]
    return job


def _picture(job: Answer) -> list[Bar]:
    total = job.get("total", 0)
    bars = [Bar("all", job.get("done", 0), total, _line(job))]
    for each in job.get("providers", ()):
        heard = each.get("answered", 0) + each.get("cached", 0)
        bars.append(Bar(clean(each["provider"]), heard, total, _provider_text(each)))
    return bars


def _line(job: Answer) -> str:
    parts = [_state(job), _done(job)]
    if job.get("itemsPerSecond"):
        parts.append(f"{job['itemsPerSecond']:.1f} a second")
    if job.get("estimatedEndAt"):
        parts.append(f"ends {when(job['estimatedEndAt'])}".replace("just now", "soon"))
    parts += [f"{job[key]} {key}" for key in COUNTED if job.get(key)]
    return ", ".join(parts)


def _provider_text(each: Answer) -> str:
    names = ("answered", "cached", "unavailable", "planned", "waiting")
    if each.get("reason") == "no_id":
        each = {name: each.get(name, 0) for name in names[:-1]}  # it waits for nobody
    parts = [f"{each[name]} {name}" for name in names if each.get(name)]
    if each.get("reason"):
        parts.append(clean(each["reason"]).replace("_", " "))
    if each.get("nextAttemptAt"):
        parts.append(f"asked again {when(each['nextAttemptAt'])}")
    return ", ".join(parts)


def _tell(job: Answer) -> None:
    say_folded(f"Job {job['id']} ({_by(job)}): {_line(job)}")
    say(f"created {when(job.get('createdAt'))}{_took(job)}")
    if job.get("detail"):
        say_folded(clean(job["detail"]))
    if job.get("state") == "STATE_FAILED":
        say("What is wrong with whom: metarr health")
    # Where everything was fresh, nobody was asked.
    providers = [(clean(each["provider"]), text) for each in job.get("providers", ()) if (text := _provider_text(each))]
    if providers:
        say()
        table(("provider", "items"), providers)
    if job.get("undecided"):
        say()
        say(f"{_waiting(job['undecided'])}: metarr library undecided")


def _waiting(titles: int) -> str:
    if titles == 1:
        return "1 title waits for you to say which it is"
    return f"{titles} titles wait for you to say which they are"


def _took(job: Answer) -> str:
    if not (job.get("startedAt") and job.get("finishedAt")):
        return ""
    began, ended = (datetime.fromisoformat(job[key]) for key in ("startedAt", "finishedAt"))
    seconds = (ended - began).total_seconds()
    return f", took {span(seconds) if seconds >= 1 else 'less than a second'}"


def _by(job: Answer) -> str:
    """Who wanted it, and what it does where that is not the usual thing."""
    kind, cause = word(job.get("kind"), "KIND_"), job.get("cause", "")
    return str(cause) if kind in ("", ENRICH) else f"{cause}, {kind}"


def _state(job: Answer) -> str:
    return word(job.get("state"), "STATE_")


def _done(job: Answer) -> str:
    return f"{job.get('done', 0)} of {counted(job.get('total', 0), 'item')}"
