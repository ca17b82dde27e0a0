"""Taking back all that one run or job changed: first only shown, then done."""

from typing import NamedTuple

from flask import Response, request

from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.web.frame import ask, page, refuse_form, services, with_pictures

SAMPLES = 20
SECONDS = 300.0


class Origin(NamedTuple):
    """The page that an undo was asked for on, and to which it leads back."""

    name: str
    address: str


def undo_page(origin: Origin, *, job_id: str = "") -> Response:
    """What a form asks for: `do` "preview", or "undo", of the `group` it names; else of a job."""
    do, group = request.form.get("do"), request.form.get("group", "")
    if do not in ("preview", "undo"):
        refuse_form()
    wanted = enrichment.UndoChangeSetsRequest(
        group_id=group, job_id="" if group else job_id, dry_run=do == "preview", samples=SAMPLES
    )
    answer = ask(services.enrichment.UndoChangeSets, wanted, SECONDS)
    with_pictures()
    return page("undo.html", origin=origin, group=group, answer=answer, done=do == "undo")
