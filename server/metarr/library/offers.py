"""An order that fits the files of a series better than the one they go by: offered, never taken by itself."""

from collections.abc import Mapping
from datetime import datetime

from metarr.domain.entries import place_of
from metarr.domain.item import OWNER, below_providers
from metarr.domain.notice import Notice, NoticeAction, NoticeCode
from metarr.domain.numbering import EntryNumbers, Number, fitting
from metarr.domain.values import Kind
from metarr.library.listings import Holding
from metarr.store import notices
from metarr.store.database import Connection

REPORTED = "tvdb"
"""The type of the ids that tell in which order files are numbered."""

SET_SERIES_ORDER = "LibraryService.SetSeriesOrder"


def fitting_order(holding: Holding, orders: Mapping[str, EntryNumbers]) -> str:
    """The order in which the ids stand that files and players report with their numbers; "": in the chosen one, or too
    few tell."""
    reported: dict[Number, str] = {}
    for item in holding.below:
        claim, number = item.ids.get(REPORTED), place_of(item)
        said = claim is not None and (claim.source == OWNER or below_providers(claim.source))
        if item.kind is Kind.EPISODE and claim is not None and said and number is not None:
            reported[number] = f"{REPORTED}:{claim.value}"
    return fitting(reported, orders, holding.numbering.order)


def offer(connection: Connection, holding: Holding, order: str, now: datetime) -> None:
    """Have the owner notice an order; "": there is none to be noticed any more."""
    series = holding.series
    if not order:
        withdraw(connection, series.id)
        return
    text = (
        f"the files of {series.shown_title()!r} go by the {holding.numbering.order} order, but the ids that they came "
        f"with stand at their numbers in the {order} order: choose that one, if it is so"
    )
    action = NoticeAction(rpc=SET_SERIES_ORDER, target=str(series.id))
    notices.put(
        connection, Notice(code=NoticeCode.SERIES_ORDER, subject=_subject(series.id), text=text, action=action), now
    )


def withdraw(connection: Connection, series_id: int) -> None:
    """An order was chosen, or none fits better any more."""
    notices.end(connection, NoticeCode.SERIES_ORDER, _subject(series_id))


def _subject(series_id: int) -> str:
    return f"item:{series_id}"
