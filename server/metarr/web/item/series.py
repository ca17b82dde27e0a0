"""A series as a whole: its episodes with those that are missing, the order of their numbers, and open entries."""

import re

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import UnprocessableEntity

from metarr.rpc.doors.local import Refused
from metarr.v1 import common_pb2 as common
from metarr.v1 import library_service_pb2 as library
from metarr.web.frame import ask, go, page, refuse_form, services, status_of
from metarr.web.item.view import called
from metarr.web.show import sentence

pages = Blueprint("series", __name__)

MOST_OPEN = 50
"""Open entries that are shown at a time."""
MOST_MOVED = 100
"""Numbers of a preview that are shown one by one."""
NUMBER = re.compile(r"s?0*(\d{1,5})\s*[ex]\s*0*(\d{1,5})", re.IGNORECASE)
"""An episode as it is typed: S01E04 or 1x04."""


@pages.get("/item/<item_id>/series")
def show(item_id: str) -> Response:
    """All of it; nobody is asked."""
    item = ask(services.library.GetItem, library.GetItemRequest(item_id=item_id)).item
    return _page(item) if item.kind == common.MEDIA_KIND_SERIES else go(url_for("item.show", item_id=item.id))


@pages.post("/item/<item_id>/order")
def order(item_id: str) -> Response:
    """Another order: `do` "preview" only tells what it would do, "choose" does it."""
    do = request.form.get("do")
    if do not in ("preview", "choose"):
        refuse_form()
    item = ask(services.library.GetItem, library.GetItemRequest(item_id=item_id)).item
    wanted = library.SetSeriesOrderRequest(
        item_id=item.id, order=request.form.get("order", ""), dry_run=do == "preview"
    )
    answer = ask(services.library.SetSeriesOrder, wanted)
    if do == "preview":
        return _page(item, wanted=wanted.order, preview=answer)
    return go(url_for("series.show", item_id=item.id, chosen="yes"))


@pages.post("/item/<item_id>/pair")
def pair(item_id: str) -> Response:
    """Say which episode an entry is, by its number here: `do` "pair"; or "none": that it is none of the library's."""
    do, entry = request.form.get("do"), request.form.get("entry", "")
    if do not in ("pair", "none") or not entry:
        refuse_form()
    item = ask(services.library.GetItem, library.GetItemRequest(item_id=item_id)).item
    tree = ask(services.library.GetSeriesTree, library.GetSeriesTreeRequest(item_id=item.id))
    typed = request.form.get("episode", "")
    episode = "" if do == "none" else _numbered(tree, typed)
    if do == "pair" and not episode:
        wrong = f"There is no episode {typed[:20]!r} here: type one as S01E04." if typed else "Type which one it is."
        return _page(item, UnprocessableEntity.code, wrong={entry: wrong})
    try:
        ask(services.library.SetPairing, library.SetPairingRequest(series_id=item.id, entry=entry, item_id=episode))
    except Refused as refused:
        return _page(item, status_of(refused), wrong={entry: sentence(refused.message)})
    return go(url_for("series.show", item_id=item.id, _anchor="open"))


def _numbered(tree: library.GetSeriesTreeResponse, text: str) -> str:
    """The item of the episode that was typed; "": there is none."""
    match = NUMBER.fullmatch(text.strip())
    if match is None:
        return ""
    number = (int(match[1]), int(match[2]))
    hits = (
        each.item.id
        for season in tree.seasons
        for each in season.episodes
        if (season.season_number, each.episode_number) == number and each.HasField("item")
    )
    return next(hits, "")


def _page(
    item: common.Item,
    status: int = 200,
    *,
    wanted: str = "",
    preview: library.SetSeriesOrderResponse | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    pairings = library.ListPairingsRequest(item_id=item.id, state=library.EpisodePairing.STATE_OPEN)
    return page(
        "item_series.html",
        status,
        item=item,
        title=called(item),
        tree=ask(services.library.GetSeriesTree, library.GetSeriesTreeRequest(item_id=item.id)),
        orders=ask(services.library.ListSeriesOrders, library.ListSeriesOrdersRequest(item_id=item.id)),
        pairings=ask(services.library.ListPairings, pairings).pairings,
        wanted=wanted,
        preview=preview,
        wrong=wrong or {},
        chosen="chosen" in request.args,
        most_open=MOST_OPEN,
        most_moved=MOST_MOVED,
    )
