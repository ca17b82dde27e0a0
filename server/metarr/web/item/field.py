"""One field of an item: edited, locked, or given what somebody else says."""

from typing import cast

from flask import Blueprint, Response, abort, request, url_for

from metarr.rpc.doors.local import Refused
from metarr.v1 import common_pb2 as common
from metarr.v1 import library_service_pb2 as library
from metarr.web.frame import ask, etag_of, go, is_partial, page, refuse_form, services, status_of, with_pictures
from metarr.web.item.view import FieldView, called, catalogue, field_views, item_page, mark_of, read
from metarr.web.values import rows_of, typed

pages = Blueprint("field", __name__)

SHOWN = ("edit", "why")
ABOVE_OTHERS = (common.MEDIA_KIND_SERIES, common.MEDIA_KIND_SEASON)
"""Kinds whose locks may reach what is below them."""


@pages.get("/item/<item_id>/field/<name>")
def show(item_id: str, name: str) -> Response:
    """The field opened: to be edited, with why it holds what it holds, or both."""
    item, field = _named(item_id, name)
    wanted = request.args.get("show", "both")
    return _row(item, field._replace(open=wanted if wanted in SHOWN else "both"))


@pages.post("/item/<item_id>/field/<name>")
def change(item_id: str, name: str) -> Response:
    """What the owner wants of it: `do` is "save", "lock", "unlock", or "take", of the runner-up `said`."""
    item, field = _named(item_id, name)
    etag = etag_of(request.form)
    try:
        wanted, says = _wanted(item, field)
        _update(item, field, wanted, etag)
    except Refused as refused:
        return _refused(item, field, refused)
    if is_partial():
        # A lock keeps the focus by itself: its row stays closed.
        return item_page(item_id, says=says, at=name if request.form.get("do") in ("save", "take") else "")
    return go(url_for("item.show", item_id=item_id, at=name, _anchor=f"field-{name}"))


def _wanted(item: common.Item, field: FieldView) -> tuple[library.UpdateItemRequest, str]:
    """The change that a form asks for, and what to say of it."""
    name, label = field.info.name, field.info.label
    wanted = library.UpdateItemRequest(item_id=item.id)
    match request.form.get("do"):
        case "save" if f"fields.{name}" in request.form:
            value = typed(field.info, _typed_text(field), field.message.value)
            if item.kind in ABOVE_OTHERS:
                wanted.lock_below = "below" in request.form
                wanted.update_mask.paths.append("lock_below")
            if value == field.message.value:
                return _locking(wanted, name), f"{label} stays as it is, and is locked."
            wanted.fields[name].CopyFrom(value)
            says = f"{label} is saved and locked."
        case "lock":
            return _locking(wanted, name), f"{label} is locked."
        case "unlock":
            wanted.unlock_fields.append(name)
            wanted.update_mask.paths.append("unlock_fields")
            return wanted, f"{label} is not locked any more."
        case "take":
            wanted.fields[name].CopyFrom(_said(field).value)
            says = f"{label} is taken over and locked."
        case _:
            refuse_form()
    wanted.update_mask.paths.append("fields")
    return wanted, says


def _locking(wanted: library.UpdateItemRequest, name: str) -> library.UpdateItemRequest:
    wanted.lock_fields.append(name)
    wanted.update_mask.paths.append("lock_fields")
    return wanted


def _said(field: FieldView) -> common.RunnerUp:
    """What the form wants to take: of whoever said it, if that still says it."""
    said = request.form.get("said", "")
    runner_up = next((each for each in field.message.runners_up if f"{each.provider}:{said_mark(each)}" == said), None)
    if runner_up is None or not runner_up.HasField("value"):
        abort(409, "By now that says something else. Nothing was changed; look again.")
    return runner_up


def said_mark(each: common.RunnerUp) -> str:
    """Stands for what somebody says."""
    return mark_of(common.FieldValue(value=each.value))


def _update(item: common.Item, field: FieldView, wanted: library.UpdateItemRequest, etag: str) -> None:
    """Change it. Where somebody wrote since the form was drawn, but not this field, it is repeated once: as the item is
    by then, for a job may have written again since it was read."""
    wanted.etag = etag
    try:
        ask(services.library.UpdateItem, wanted)
    except Refused as refused:
        if refused.code != "ABORTED":
            raise
        latest, as_it_is = _named(item.id, field.info.name)
        if as_it_is.was != request.form.get("was"):
            raise
        wanted.etag = latest.etag
        ask(services.library.UpdateItem, wanted)


def _refused(item: common.Item, field: FieldView, refused: Refused) -> Response:
    """The field as it is now, with what was typed and what is wrong with that, or what it was changed to meanwhile."""
    if refused.code not in ("ABORTED", "INVALID_ARGUMENT"):
        raise refused
    is_late = refused.code == "ABORTED"
    wrong = "" if is_late else refused.violations.get(f"fields.{field.info.name}", refused.message)
    text = _typed_text(field)
    edited = request.form.get("do") == "save"
    view = field._replace(
        open="edit" if edited else "why", text=text, rows=rows_of(field.info, text), wrong=wrong, meanwhile=is_late
    )
    return _row(item, view, status_of(refused))


def _typed_text(field: FieldView) -> str:
    return request.form.get(f"fields.{field.info.name}", field.text)


def _named(item_id: str, name: str) -> tuple[common.Item, FieldView]:
    item = read(item_id).item
    views = field_views(item, catalogue(item.kind))
    named = next((each for each in views if each.info.name == name), None)
    return item, named or cast("FieldView", abort(404))


def _row(item: common.Item, field: FieldView, status: int = 200) -> Response:
    with_pictures()
    listed = catalogue(item.kind)
    rules = {term.code: term.word for term in listed.rules}
    return page("item_field.html", status, item=item, title=called(item), field=field, rules=rules)
