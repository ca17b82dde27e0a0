"""Looking an item up again: at once, and first only to see what would come of it."""

from flask import Blueprint, Response, request, url_for

from metarr.rpc.doors.local import Refused
from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.web.frame import ask, go, is_partial, refuse_form, services, status_of
from metarr.web.item.view import item_page

pages = Blueprint("refresh", __name__)

SECONDS = 60.0


@pages.post("/item/<item_id>/refresh")
def refresh(item_id: str) -> Response:
    """Ask the providers: `do` "refresh", or "try", which changes nothing. `force`: also who answered lately;
    `providers`: only these."""
    do = request.form.get("do")
    if do not in ("refresh", "try"):
        refuse_form()
    wanted = enrichment.EnrichRequest(
        item_id=item_id,
        mode=enrichment.ENRICHMENT_MODE_MANUAL,
        force_refresh="force" in request.form,
        providers=request.form.getlist("providers"),
        dry_run=do == "try",
    )
    try:
        answer = ask(services.enrichment.Enrich, wanted, SECONDS)
    except Refused as refused:
        if refused.code in ("NOT_FOUND", "INVALID_ARGUMENT"):
            raise
        # That it did not work stays to be read. Of htmx's answers only some that refuse are shown.
        return item_page(item_id, 409 if is_partial() else status_of(refused), note=refused.message)
    if answer.item.id != item_id and not wanted.dry_run and item_id.isdecimal():
        return go(url_for("item.show", item_id=answer.item.id))  # it turned out to be one with another
    reads = f"Fields that {'would change' if wanted.dry_run else 'changed'}: {len(answer.changes)}"
    return item_page(item_id, reads=reads, refreshed=answer, tried=wanted.dry_run)
