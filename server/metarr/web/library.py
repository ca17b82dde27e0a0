"""The page Library: what there is, narrowed and sorted, and what is done with all that fits."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from flask import Blueprint, Response, abort, request, url_for

from metarr.rpc.doors.local import Refused
from metarr.v1 import common_pb2 as common
from metarr.v1 import config_service_pb2 as config
from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.v1 import library_service_pb2 as pb
from metarr.web import show
from metarr.web.frame import ask, called, go, page, refuse_form, services, status_of, with_pictures
from metarr.web.library_view import ORDERS, WANTS, LibraryView, library_view

pages = Blueprint("library", __name__)

PER_PAGE = 50

Kinds = Sequence[pb.GetLibrarySummaryResponse.KindSummary]


class Choice(NamedTuple):
    """A way to narrow the list: what it is called, the number of items that it leaves, and where these are shown. `on`:
    it is chosen already, and the address is that of the list without it."""

    id: str
    name: str
    number: int
    address: str
    on: bool = False


class Deed(NamedTuple):
    """Something that is done with all that fits: how its button and its question are called, and what it means."""

    label: str
    question: str
    meaning: str


DEEDS = {
    "enrich": Deed(
        "Look up",
        "Look up {}?",
        "Every provider is asked about them whose answer is not fresh, within its limits.",
    ),
    "lock": Deed("Lock", "Lock fields of {}?", "No look-up changes a locked field until you unlock it."),
    "unlock": Deed("Unlock", "Unlock fields of {}?", "Their values stay until a look-up finds others."),
    "monitor": Deed("Take into the daily run", "Take {} into the daily run?", "It keeps them up to date from then on."),
    "unmonitor": Deed(
        "Leave out of the daily run",
        "Leave {} out of the daily run?",
        "Their values stay as they are until you look them up yourself.",
    ),
}


@pages.get("/library")
def library_page() -> Response:
    """The items that fit, page by page."""
    view = library_view(request.args)
    wanted = pb.ListItemsRequest(
        filter=view.filter(),
        order_by=view.order,
        descending=view.descending,
        page_size=PER_PAGE,
        page_token=request.args.get("page", ""),
    )
    answer = ask(services.library.ListItems, wanted)
    # Counted without the kind, so that it tells how many there are of the others, too.
    summary = ask(services.library.GetLibrarySummary, _counted(view))
    kinds = [each for each in summary.kinds if each.kind in view.kinds]
    return page(
        "library.html",
        reads=show.counted(answer.total_size, "item"),
        view=view,
        items=answer.items,
        total=answer.total_size,
        next=answer.next_page_token,
        pictures=with_pictures(),
        tabs=list(_tabs(view, summary.kinds)),
        choices=list(_choices(view, kinds)),
        fields=_lacking(view, kinds, summary.fields),
        orders=ORDERS,
        deeds=DEEDS,
        is_empty=not summary.kinds and not view.narrows,
    )


@pages.get("/library/all/<do>")
def change_page(do: str) -> Response:
    """What is to be done with all that fits, to be confirmed."""
    return _question(library_view(request.args), do)


@pages.post("/library/all/<do>")
def change(do: str) -> Response:
    """It is done with all that fits, as a job."""
    view = library_view(request.form)
    if do not in DEEDS:
        abort(404)
    try:
        job = _started(view, do)
    except Refused as refused:
        return _question(view, do, refused)
    return go(url_for("jobs.job_page", job_id=job.id))


def _question(view: LibraryView, do: str, refused: Refused | None = None) -> Response:
    deed = DEEDS.get(do) or abort(404)
    wanted = enrichment.StartUpdateRequest(filter=view.filter(), dry_run=True, monitored=True)
    wanted.update_mask.paths.append("monitored")
    count = ask(services.enrichment.StartUpdate, wanted).items
    return page(
        "library_change.html",
        status_of(refused) if refused else 200,
        view=view,
        do=do,
        deed=deed,
        count=count,
        note=refused.message if refused else "",
        fields=_labels(view.kinds) if do in ("lock", "unlock") else {},
        chosen=request.values.get("field", ""),
        request_id=uuid.uuid4().hex,
    )


def _started(view: LibraryView, do: str) -> enrichment.Job:
    request_id = request.form.get("request_id", "")[:64]
    if do == "enrich":
        everything = enrichment.StartEnrichmentRequest(request_id=request_id)
        if view.filter() == common.ItemFilter():
            everything.all = True
        else:
            everything.filter.CopyFrom(view.filter())
        return ask(services.enrichment.StartEnrichment, everything).job
    wanted = enrichment.StartUpdateRequest(
        filter=view.filter(), expected_items=_expected(), request_id=request_id, monitored=do == "monitor"
    )
    field = request.form.get("field", "")
    if do in ("monitor", "unmonitor"):
        wanted.update_mask.paths.append("monitored")
    elif field:
        wanted.update_mask.paths.append(f"{do}_fields")
        getattr(wanted, f"{do}_fields").append(field)
    else:
        wanted.update_mask.paths.append(f"{do}_all")
        setattr(wanted, f"{do}_all", True)
    return ask(services.enrichment.StartUpdate, wanted).job


def _expected() -> int:
    """How many items the owner saw."""
    text = request.form.get("expected", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else refuse_form()


# How the list can be narrowed


def _counted(view: LibraryView) -> pb.GetLibrarySummaryRequest:
    # By field only where nothing else narrows the list: to count each value of many items takes long.
    return pb.GetLibrarySummaryRequest(filter=view.filter(of_kind=False), kinds_only=view.narrows)


def _tabs(view: LibraryView, kinds: Kinds) -> Iterator[Choice]:
    """The kinds of which there are any; the films and series first, which is what an owner thinks of as the library."""
    counts = {each.kind: each.items for each in kinds}
    for word, (name, of) in view.KINDS.items():
        count = sum(counts.get(kind, 0) for kind in of)
        if count or word == view.kind:
            yield Choice(f"kind-{word}", name, count, _address(view, kind=word), on=word == view.kind)


def _choices(view: LibraryView, kinds: Kinds) -> Iterator[Choice]:
    """The ways to narrow the list that leave anything, and those that are chosen."""
    for word, (name, counts_of) in WANTS.items():
        on = word in view.wants
        count = sum(counts_of(each) for each in kinds)
        if on or count:
            wants = view.wants ^ {word}
            yield Choice(f"want-{word}", name, count, _address(view, want=sorted(wants)), on=on)
    for parameter, chosen, label, counts in (
        ("waiting", view.waiting, "Waiting for {}", [each.pending_by_provider for each in kinds]),
        ("player", view.player, "On {}", [each.by_player for each in kinds]),
    ):
        for name in sorted({chosen} - {""} or {name for each in counts for name in each}):
            count = sum(each[name] for each in counts if name in each)
            address = _address(view, **{parameter: "" if chosen else name})
            who = called(f"player:{name}" if parameter == "player" else name).removeprefix("player:")
            yield Choice(f"{parameter}-{name}", label.format(who), count, address, on=bool(chosen))


def _lacking(
    view: LibraryView, kinds: Kinds, fields: Sequence[pb.GetLibrarySummaryResponse.FieldSummary]
) -> Mapping[str, str]:
    """The fields that may be wanting, with in how many items they are, where that was counted."""
    items = {each.kind: each.items for each in kinds}
    wanting: dict[str, int] = {}
    for each in fields:
        if each.kind in items:
            wanting[each.field] = wanting.get(each.field, 0) + items[each.kind] - each.filled
    labels = _labels(view.kinds)
    if view.narrows:
        return labels
    return {name: f"{label} ({wanting.get(name, 0):,})" for name, label in labels.items() if wanting.get(name)}


def _labels(kinds: Sequence[int]) -> Mapping[str, str]:
    """What the fields of these kinds are called."""
    listed = ask(services.config.ListFields, config.ListFieldsRequest(page_size=200)).fields
    return {each.name: each.label for each in listed if set(each.kinds) & set(kinds)}


def _address(view: LibraryView, **changes: object) -> str:
    return url_for("library.library_page", **view.arguments(**changes))
