"""What changed on an item, and taking it back: one change, or the whole run that it came with."""

from flask import Blueprint, Response, request, url_for

from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.web.frame import ask, go, is_partial, page, services, with_pictures
from metarr.web.item.view import called, item_page, read, runs
from metarr.web.undoing import Origin, undo_page

pages = Blueprint("history", __name__)

PER_PAGE = 25


@pages.get("/item/<item_id>/history")
def show(item_id: str) -> Response:
    """Everything that changed on it, the latest first."""
    item = read(item_id).item
    wanted = enrichment.ListChangeSetsRequest(
        item_id=item.id, page_size=PER_PAGE, page_token=request.args.get("page", "")
    )
    answer = ask(services.enrichment.ListChangeSets, wanted)
    with_pictures()
    return page("item_history.html", item=item, title=called(item), history=answer, runs=runs(answer.change_sets))


@pages.post("/item/<item_id>/undo")
def undo(item_id: str) -> Response:
    """Take one change-set back; what was locked or changed since stays, and is told."""
    wanted = enrichment.UndoChangeSetRequest(change_set_id=request.form.get("change_set", ""))
    answer = ask(services.enrichment.UndoChangeSet, wanted)
    if is_partial() or answer.refused:
        return item_page(
            item_id,
            says="It is taken back." if answer.HasField("change_set") else "",
            stays=answer.refused,
            at="history",
        )
    return go(url_for("item.show", item_id=item_id, _anchor="history"))


@pages.post("/item/<item_id>/undo-run")
def undo_run(item_id: str) -> Response:
    """Take back all that a run changed, on other items too."""
    item = read(item_id).item
    return undo_page(Origin(called(item), url_for("item.show", item_id=item.id)))
