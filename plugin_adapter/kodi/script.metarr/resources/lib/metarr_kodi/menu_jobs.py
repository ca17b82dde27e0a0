"""Looking everything up: start it, look how far it is, leave it and come back."""

from __future__ import annotations

from typing import Any

from metarr_kodi import menu_texts, plain, texts
from metarr_kodi.links import do, show
from metarr_kodi.port import Row
from metarr_kodi.visit import Visit
from metarr_kodi.words import word

HEADING = menu_texts.MENU_ALL
PAGE = 30
STEP = 0.5
"""Seconds between two looks at how far a job is."""

_LIVE = ("STATE_QUEUED", "STATE_RUNNING")


def jobs(visit: Visit, query: dict[str, str]) -> list[Row]:
    """The way to start one, and those that were, the latest first."""
    answer = visit.ask("Enrichment", "ListJobs", pageSize=PAGE, pageToken=query.get("after", ""))
    rows = (
        []
        if query.get("after")
        else [Row(visit.text(menu_texts.ALL_NOW), do("start"), image="DefaultAddonsSearch.png")]
    )
    rows += [
        Row(
            _line(visit, each),
            do("job", id=each["id"]),
            plot="\n".join(details(visit, each)),
            image="DefaultAddonsSearch.png",
        )
        for each in answer.get("jobs", ())
    ]
    if answer.get("nextPageToken"):
        rows.append(Row(visit.text(menu_texts.MORE), show("jobs", after=answer["nextPageToken"]), folder=True))
    return rows


def start(visit: Visit, _query: dict[str, str]) -> None:
    """Ask, start, and show how far it is."""
    if not visit.port.confirm(visit.text(menu_texts.MENU_ALL), visit.text(menu_texts.ALL_ASK)):
        return
    made = visit.ask("Enrichment", "StartEnrichment", all=True, mode="ENRICHMENT_MODE_AUTO")["job"]
    _watch(visit, made)
    visit.port.builtin("Container.Refresh")


def job(visit: Visit, query: dict[str, str]) -> None:
    """Show one: how far it is while it runs, else what came of it."""
    chosen = _job(visit, query.get("id", ""))
    if chosen.get("state") not in _LIVE:
        _show(visit, chosen)
        return
    options = [visit.text(number) for number in (menu_texts.JOB_WATCH, menu_texts.JOB_DETAILS, menu_texts.JOB_CANCEL)]
    place = visit.port.choose(_line(visit, chosen), options)
    if place == 0:
        _watch(visit, chosen)
    elif place == 1:
        _show(visit, chosen)
    elif place == 2 and visit.port.confirm(visit.text(menu_texts.JOB_CANCEL), visit.text(menu_texts.JOB_CANCEL_ASK)):
        visit.ask("Enrichment", "CancelJob", jobId=chosen["id"])
    visit.port.builtin("Container.Refresh")


def details(visit: Visit, job: dict[str, Any]) -> list[str]:
    """All about a job, in lines."""
    text, words = visit.text, visit.words
    lines = [_line(visit, job), text(menu_texts.JOB_CREATED, when=words.when(job.get("createdAt", "")))]
    if job.get("cause") == "daily":
        lines.append(text(menu_texts.JOB_CAUSE_DAILY))
    if job.get("detail"):
        lines += ["", plain.lines(job["detail"])]
    if job.get("nextAttemptAt"):
        lines.append(text(menu_texts.JOB_NEXT, when=words.when(job["nextAttemptAt"])))
    return [*lines, "", *(_provider(visit, each) for each in job.get("providers", ()))]


def _line(visit: Visit, job: dict[str, Any]) -> str:
    """When, how it stands, and how far it is."""
    text = visit.text
    state = text(menu_texts.JOB_STATES.get(word(job.get("state", ""), "STATE_"), menu_texts.JOB_FAILED))
    parts = [text(menu_texts.JOB_LINE, when=visit.words.when(job.get("createdAt", "")), state=state)]
    parts.append(text(menu_texts.JOB_COUNTS, done=job.get("done", 0), total=job.get("total", 0)))
    counts = (
        ("changed", menu_texts.JOB_CHANGED),
        ("deferred", menu_texts.JOB_DEFERRED),
        ("undecided", menu_texts.JOB_UNDECIDED),
        ("failed", menu_texts.JOB_TROUBLE),
    )
    return " · ".join(parts + [text(number, count=job[name]) for name, number in counts if job.get(name)])


def _provider(visit: Visit, counts: dict[str, Any]) -> str:
    missing = counts.get("waiting", 0) or counts.get("unavailable", 0)
    line = visit.text(
        menu_texts.JOB_PROVIDER,
        provider=visit.words.provider(counts["provider"]),
        answered=counts.get("answered", 0),
        cached=counts.get("cached", 0),
        waiting=missing,
    )
    why = menu_texts.REASONS.get(counts.get("reason", ""))
    return f"{line} ({visit.text(why)})" if why and missing else line


def _job(visit: Visit, job_id: str) -> dict[str, Any]:
    return dict(visit.ask("Enrichment", "GetJob", jobId=job_id)["job"])


def _show(visit: Visit, job: dict[str, Any]) -> None:
    visit.port.show(visit.text(menu_texts.MENU_ALL), "\n".join(details(visit, job)))


def _watch(visit: Visit, job: dict[str, Any]) -> None:
    """Show how far it is until it ends or the owner leaves; it goes on then."""
    port = visit.port
    with port.progress(visit.text(texts.LOOKING_UP)) as bar:
        while job.get("state") in _LIVE:
            done, total = job.get("done", 0), job.get("total", 0)
            so_far = visit.text(texts.LOOKED_UP_SO_FAR, done=done, total=total, changed=job.get("changed", 0))
            bar.update(100 * min(done, total) // max(1, total), so_far)
            if bar.cancelled or port.pause(STEP):
                port.notify(visit.text(menu_texts.JOB_LEFT))
                return
            job = _job(visit, job["id"])
    _show(visit, job)
