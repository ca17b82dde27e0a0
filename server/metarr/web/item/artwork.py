"""The pictures of one field of an item: all that there are to choose from."""

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple, cast

from flask import Blueprint, Response, abort, request, url_for
from google.protobuf.struct_pb2 import Value

from metarr.rpc.doors.local import Refused, plain_of, value_message
from metarr.v1 import common_pb2 as common
from metarr.v1 import library_service_pb2 as library
from metarr.web.frame import ask, etag_of, go, is_partial, page, refuse_form, services, status_of, with_pictures
from metarr.web.frame import called as source_name
from metarr.web.item.view import FieldView, called, catalogue, field_views, read
from metarr.web.languages import language_name

pages = Blueprint("artwork", __name__)

PER_PAGE = 60
SEVERAL = frozenset({"fanart"})
"""Fields of more than one picture, the main one first."""
TEXTLESS = "-"
"""The language of pictures without one, in addresses."""
TOLD = ("url", "width", "height", "language")
"""What of a picture is kept with it."""


@pages.get("/item/<item_id>/artwork/<artwork>")
def show(item_id: str, artwork: str) -> Response:
    """The pictures of all providers, those that the item holds first; of one `language` or one `provider` only."""
    return _page(*_named(item_id, artwork))


@pages.post("/item/<item_id>/artwork/<artwork>")
def choose(item_id: str, artwork: str) -> Response:
    """Have the picture at this `url`: `do` "choose" makes it the only or the main one, "leave_out" takes it away. The
    field is locked then."""
    item, field = _named(item_id, artwork)
    change = library.UpdateItemRequest(item_id=item.id, etag=etag_of(request.form))
    change.fields[artwork].CopyFrom(_wanted(item, field))
    change.update_mask.paths.append("fields")
    try:
        _update(item, field, change)
    except Refused as refused:
        if refused.code not in ("ABORTED", "INVALID_ARGUMENT"):
            raise
        late = "Meanwhile another one was chosen. These are the ones there now."
        wrong = late if refused.code == "ABORTED" else refused.violations.get(f"fields.{artwork}", refused.message)
        return _page(item, field, status_of(refused), wrong=wrong)
    if is_partial():
        return _page(
            *_named(item_id, artwork),
            says=f"{field.info.label} is chosen and locked.",
            at=picture_mark(request.form["url"]),
        )
    return go(url_for("artwork.show", item_id=item_id, artwork=artwork, **_narrowed()))


def _update(item: common.Item, field: FieldView, change: library.UpdateItemRequest) -> None:
    try:
        ask(services.library.UpdateItem, change)
    except Refused as refused:
        if refused.code != "ABORTED" or field.was != request.form.get("was"):
            raise
        change.etag = item.etag
        ask(services.library.UpdateItem, change)


def _wanted(item: common.Item, field: FieldView) -> Value:
    """What the field is to hold."""
    url, do = request.form.get("url", "").strip(), request.form.get("do")
    stored = [each for each in plain_of(field.message.value) or () if isinstance(each, dict)]
    others = [{key: each[key] for key in TOLD if key in each} for each in stored if each.get("url") != url]
    if do == "leave_out":
        return value_message(others)
    if do != "choose" or not url:
        refuse_form()
    chosen = _offered(item, field.info.name, url)
    # As many as there were: who wants more of them chooses more.
    return value_message([chosen, *others[: max(len(stored) - 1, 0)]] if field.info.name in SEVERAL else [chosen])


def _offered(item: common.Item, name: str, url: str) -> dict[str, Any]:
    """The picture as its provider tells it; nothing but its address where none has it."""
    wanted = library.ListArtworkRequest(item_id=item.id, field=name, page_size=200)
    while True:
        answer = ask(services.library.ListArtwork, wanted)
        for each in answer.artwork:
            if each.url == url:
                return {key: getattr(each, key) for key in TOLD if getattr(each, key)}
        if not answer.next_page_token:
            return {"url": url}
        wanted.page_token = answer.next_page_token


def _named(item_id: str, name: str) -> tuple[common.Item, FieldView]:
    item = read(item_id).item
    views = field_views(item, catalogue(item.kind))
    named = next((each for each in views if each.info.name == name and each.is_artwork), None)
    return item, named or cast("FieldView", abort(404))


class Tab(NamedTuple):
    """A way to see some pictures only, or all of them."""

    word: str
    address: str
    is_here: bool


def _tabs(item: common.Item, name: str, key: str, words: Mapping[str, str]) -> list[Tab]:
    """The tabs by one property; `words` by its values."""
    narrowed = _narrowed()
    others = {other: value for other, value in narrowed.items() if other != key}
    address = partial(url_for, "artwork.show", item_id=item.id, artwork=name)
    everything = Tab(f"Every {key}", address(**others), key not in narrowed)
    some = [Tab(word, address(**(others | {key: value})), narrowed.get(key) == value) for value, word in words.items()]
    return [everything, *some] if len(some) > 1 else []


def _narrowed() -> dict[str, Any]:
    """What the address says of which pictures are wanted."""
    return {key: request.values[key] for key in ("language", "provider") if request.values.get(key)}


def picture_mark(url: str) -> str:
    """Names a picture in the page."""
    return hashlib.sha256(url.encode()).hexdigest()[:12]


def _page(
    item: common.Item, field: FieldView, status: int = 200, *, says: str = "", wrong: str = "", at: str = ""
) -> Response:
    with_pictures()
    narrowed = _narrowed()
    wanted = library.ListArtworkRequest(
        item_id=item.id,
        field=field.info.name,
        languages=[narrowed["language"]] if "language" in narrowed else [],
        providers=[narrowed["provider"]] if "provider" in narrowed else [],
        page_size=PER_PAGE,
        page_token=request.args.get("page", ""),
    )
    answer = ask(services.library.ListArtwork, wanted)
    by_language = {each: "without text" if each == TEXTLESS else language_name(each) for each in answer.languages}
    narrowings = (
        ("Provider", _tabs(item, field.info.name, "provider", {each: source_name(each) for each in answer.providers})),
        ("Language", _tabs(item, field.info.name, "language", by_language)),
    )
    return page(
        "item_artwork.html",
        status,
        says=says,
        item=item,
        title=called(item),
        field=field,
        narrowed=narrowed,
        arguments={"item_id": item.id, "artwork": field.info.name} | narrowed,
        several=field.info.name in SEVERAL,
        answer=answer,
        narrowings=[(says, tabs) for says, tabs in narrowings if tabs],
        wrong=wrong,
        at=at,
    )
