"""Which title an item is: searched for by its words, told by its ids, and what the providers contradict."""

import hashlib
from collections.abc import Iterable

from flask import Blueprint, Response, request, url_for

from metarr.rpc.doors.local import Refused
from metarr.v1 import aggregation_service_pb2 as aggregation
from metarr.v1 import common_pb2 as common
from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.v1 import library_service_pb2 as library
from metarr.web.frame import ask, etag_of, go, page, refuse_form, services, status_of, with_pictures
from metarr.web.item.view import called, catalogue, read

pages = Blueprint("identity", __name__)

SECONDS = 30.0
SEARCHED = (common.MEDIA_KIND_MOVIE, common.MEDIA_KIND_SERIES)
FAR_AWAY = 2**31 - 1


@pages.get("/item/<item_id>/identify")
def show(item_id: str) -> Response:
    """What it may be, as far as was found already; nobody is asked."""
    item = read(item_id).item
    return _page(item, item.candidates)


@pages.post("/item/<item_id>/identify")
def identify(item_id: str) -> Response:
    """`do` "search": by title and year. "take": it is the title with these ids. "ids": with those that are typed."""
    item = read(item_id).item
    do = request.form.get("do")
    if do == "search":
        return _searched(item)
    if do not in ("take", "ids"):
        refuse_form()
    return _identified(item, request.form.getlist("id") if do == "take" else request.form.get("ids", "").split())


def _searched(item: common.Item) -> Response:
    try:
        answer = search_answer(item.kind, request.form.get("title", ""), request.form.get("year", ""))
    except Refused as refused:
        return _page(item, (), status_of(refused), refused=refused)
    return _page(item, answer.candidates, searched=True, outcomes=answer.outcomes)


def search_answer(kind: common.MediaKind, title: str, year: str) -> aggregation.SearchResponse:
    """The titles that the providers know by these words, as they were typed. Raises Refused."""
    wanted = aggregation.SearchRequest(kind=kind, title=title, year=typed_year(year))
    return ask(services.aggregation.Search, wanted, SECONDS)


def typed_year(text: str) -> int:
    """The year that was typed, 0 for none; what is no year is one that the contract refuses."""
    text = text.strip()
    return min(int(text), FAR_AWAY) if text.isascii() and text.isdecimal() else FAR_AWAY if text else 0


def _identified(item: common.Item, ids: Iterable[str]) -> Response:
    """Make it the title with these ids, and look it up. Where somebody wrote since the form was drawn, but not the ids,
    it is repeated once."""
    change = library.UpdateItemRequest(
        item_id=item.id, ids=[typed_id(each) for each in ids], etag=etag_of(request.form)
    )
    change.update_mask.paths.append("ids")
    try:
        _update(item, change)
    except Refused as refused:
        return _page(item, item.candidates, status_of(refused), refused=refused)
    return go(url_for("item.show", item_id=item.id, looked_up=look_up(item.id)))


def _update(item: common.Item, change: library.UpdateItemRequest) -> None:
    try:
        ask(services.library.UpdateItem, change)
    except Refused as refused:
        if refused.code != "ABORTED" or ids_mark(item) != request.form.get("was"):
            raise
        change.etag = item.etag
        ask(services.library.UpdateItem, change)


def look_up(item_id: str) -> str:
    """Whether anybody could be heard: "yes" or "no". If not, the item waits, and is asked about by itself."""
    wanted = enrichment.EnrichRequest(item_id=item_id, mode=enrichment.ENRICHMENT_MODE_MANUAL)
    try:
        ask(services.enrichment.Enrich, wanted, SECONDS)
    except Refused:
        return "no"
    return "yes"


def typed_id(text: str) -> common.ExternalId:
    """An id as it was typed, such as "tmdb:550"."""
    id_type, _, value = text.replace("=", ":", 1).partition(":")
    return common.ExternalId(type=id_type, value=value)


def ids_mark(item: common.Item) -> str:
    """Stands for an item's ids, in a form."""
    return hashlib.sha256("\n".join(f"{each.type}:{each.value}" for each in item.ids).encode()).hexdigest()[:16]


@pages.post("/item/<item_id>/conflict")
def settle(item_id: str) -> Response:
    """A conflict: `do` "take" what is claimed, "drop" the id that is gone, "dismiss" it, or "restore" it."""
    do, item = request.form.get("do"), read(item_id).item
    id_type, value = request.form.get("type", ""), request.form.get("value", "")
    if do in ("dismiss", "restore"):
        wanted = library.DismissConflictRequest(
            item_id=item.id,
            type=id_type,
            value=value,
            claimed_by=request.form.get("claimed_by", ""),
            restore=do == "restore",
        )
        ask(services.library.DismissConflict, wanted)
        return go(url_for("item.show", item_id=item.id))
    if do not in ("take", "drop") or not id_type:
        refuse_form()
    others = [f"{each.type}:{each.value}" for each in item.ids if each.type != id_type]
    return _identified(item, [*others, f"{id_type}:{value}"] if do == "take" else others)


def _page(
    item: common.Item,
    candidates: Iterable[common.Candidate],
    status: int = 200,
    *,
    refused: Refused | None = None,
    searched: bool = False,
    outcomes: Iterable[common.ProviderOutcome] = (),
) -> Response:
    with_pictures()
    listed = catalogue(item.kind)
    locked = {each.name for each in item.fields if each.locked}
    typed = " ".join(request.form.getlist("id")) or request.form.get("ids")
    return page(
        "item_identify.html",
        status,
        item=item,
        title=called(item),
        was=ids_mark(item),
        candidates=list(candidates),
        searched=searched,
        outcomes=outcomes,
        reasons={term.code: term.word for term in listed.reasons},
        stays=[info.label for info in listed.fields if info.name in locked],
        may_search=item.kind in SEARCHED,
        words=(request.form.get("title", item.title), request.form.get("year", item.year or "")),
        ids=typed if typed is not None else "\n".join(f"{each.type}:{each.value}" for each in item.ids),
        wrong=(list(refused.violations.values()) or [refused.message]) if refused else [],
    )
