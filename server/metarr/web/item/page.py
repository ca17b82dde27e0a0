"""The page of an item, and what is changed on it as a whole."""

from flask import Blueprint, Response, request, url_for

from metarr.v1 import library_service_pb2 as library
from metarr.web.frame import ask, go, is_partial, refuse_form, services
from metarr.web.item.view import item_page

pages = Blueprint("item", __name__)


@pages.get("/item/<item_id>")
def show(item_id: str) -> Response:
    """All that is known of it. `at`: the field that somebody comes back from; `looked_up`, `added`: what came of
    looking it up once it was identified, or added."""
    return item_page(
        item_id,
        at=request.args.get("at", ""),
        looked_up=request.args.get("looked_up", ""),
        added=request.args.get("added", ""),
    )


@pages.post("/item/<item_id>/monitored")
def monitor(item_id: str) -> Response:
    """Whether the automatic runs take it."""
    wanted = request.form.get("monitored")
    if wanted not in ("on", "off"):
        refuse_form()
    change = library.UpdateItemRequest(item_id=item_id, monitored=wanted == "on")
    change.update_mask.paths.append("monitored")
    ask(services.library.UpdateItem, change)
    says = "The daily run takes it." if wanted == "on" else "The daily run leaves it out."
    return item_page(item_id, says=says) if is_partial() else go(url_for("item.show", item_id=item_id))


@pages.post("/item/<item_id>/locks")
def lock_all(item_id: str) -> Response:
    """Every field that holds a value is locked, or every one unlocked."""
    wanted = request.form.get("locks")
    if wanted not in ("lock_all", "unlock_all"):
        refuse_form()
    change = library.UpdateItemRequest(item_id=item_id)
    setattr(change, wanted, True)
    change.update_mask.paths.append(wanted)
    ask(services.library.UpdateItem, change)
    says = "Every field that holds a value is locked." if wanted == "lock_all" else "No field is locked any more."
    return item_page(item_id, says=says) if is_partial() else go(url_for("item.show", item_id=item_id))
