"""The page on which a title comes into the library: found by its words, or told by its ids."""

from flask import Blueprint, Response, request, url_for

from metarr.rpc.doors.local import Refused
from metarr.v1 import aggregation_service_pb2 as aggregation
from metarr.v1 import common_pb2 as common
from metarr.v1 import library_service_pb2 as library
from metarr.web.frame import ask, go, page, refuse_form, services, status_of, with_pictures
from metarr.web.item.identity import look_up, search_answer, typed_id, typed_year
from metarr.web.item.view import catalogue

pages = Blueprint("add", __name__)

KINDS = {"movie": common.MEDIA_KIND_MOVIE, "series": common.MEDIA_KIND_SERIES}


@pages.get("/add")
def add_page() -> Response:
    """What is to be typed; nobody is asked."""
    return _page()


@pages.post("/add")
def add() -> Response:
    """`do` "search": by title and year. "take": the title with these ids. "ids": with those that are typed. "words": as
    it is typed, whether anybody knows it or not."""
    kind, do = KINDS.get(request.form.get("kind", "")) or refuse_form(), request.form.get("do")
    title = request.form.get("title", "").strip()
    try:
        if do == "search":
            answer = search_answer(kind, title, request.form.get("year", ""))
            return _page(answer=answer)
        if do == "words":
            return _added(library.NewItem(kind=kind, title=title, year=typed_year(request.form.get("year", ""))))
        if do not in ("take", "ids"):
            refuse_form()
        ids = request.form.getlist("id") if do == "take" else request.form.get("ids", "").split()
        return _added(library.NewItem(kind=kind, title=title if do == "take" else "", ids=map(typed_id, ids)))
    except Refused as refused:
        return _page(refused=refused)


def _added(new: library.NewItem) -> Response:
    """On to the item. One that was there already is no mistake: it is shown as it is."""
    [result] = ask(services.library.UpsertItems, library.UpsertItemsRequest(items=[new])).results
    looked_up = look_up(result.item.id) if result.created or result.restored or result.changed else "was"
    return go(url_for("item.show", item_id=result.item.id, added=looked_up))


def _page(*, answer: aggregation.SearchResponse | None = None, refused: Refused | None = None) -> Response:
    with_pictures()
    return page(
        "add.html",
        status_of(refused) if refused else 200,
        answer=answer,
        reasons={term.code: term.word for term in catalogue(common.MEDIA_KIND_MOVIE).reasons} if answer else {},
        typed=request.form,
        wrong=(list(refused.violations.values()) or [refused.message]) if refused else [],
    )
