"""The page Jobs: work over many items, how far it is, and what waits for whom."""

import uuid

from flask import Blueprint, Response, request, url_for

from metarr.v1 import common_pb2 as common
from metarr.v1 import enrichment_service_pb2 as pb
from metarr.web.frame import ask, go, page, services, source_names
from metarr.web.item.view import catalogue
from metarr.web.show import job_name
from metarr.web.undoing import Origin, undo_page

pages = Blueprint("jobs", __name__)

PER_PAGE = 20


@pages.get("/jobs")
def jobs_page() -> Response:
    """The jobs, the latest first."""
    wanted = pb.ListJobsRequest(page_size=PER_PAGE, page_token=request.args.get("page", ""))
    answer = ask(services.enrichment.ListJobs, wanted)
    return page("jobs.html", answer=answer, request_id=uuid.uuid4().hex)


@pages.post("/jobs")
def start() -> Response:
    """Everything is looked up, as a job. `force`: also what is fresh."""
    wanted = pb.StartEnrichmentRequest(
        all=True, force="force" in request.form, request_id=request.form.get("request_id", "")[:64]
    )
    job = ask(services.enrichment.StartEnrichment, wanted).job
    return go(url_for("jobs.job_page", job_id=job.id))


@pages.get("/jobs/<job_id>")
def job_page(job_id: str) -> Response:
    """One of them, as it is now."""
    answer = ask(services.enrichment.GetJob, pb.GetJobRequest(job_id=job_id))
    reasons = {term.code: term.word for term in catalogue(common.MEDIA_KIND_MOVIE).reasons}
    return page("job.html", job=answer.job, troubles=answer.troubles, names=source_names(), reasons=reasons)


@pages.post("/jobs/<job_id>/undo")
def undo(job_id: str) -> Response:
    """Take back all that it changed."""
    job = ask(services.enrichment.GetJob, pb.GetJobRequest(job_id=job_id)).job
    return undo_page(Origin(job_name(job), url_for("jobs.job_page", job_id=job_id)), job_id=job_id)


@pages.post("/jobs/<job_id>/cancel")
def cancel(job_id: str) -> Response:
    """No more of it is done; what is done stays."""
    ask(services.enrichment.CancelJob, pb.CancelJobRequest(job_id=job_id))
    return go(url_for("jobs.job_page", job_id=job_id))
