"""The part of LibraryService that is about the orders of series."""

from metarr.library.orders import MovedNumber, SeriesOrders
from metarr.rpc.convert import item_message
from metarr.rpc.doors.context import Context
from metarr.rpc.validate import Check
from metarr.v1 import library_service_pb2 as pb

MOST_MOVED = 500
"""Numbers that are told one by one."""


class OrderMethods:
    """The orders of series."""

    _orders: SeriesOrders

    def ListSeriesOrders(self, request: pb.ListSeriesOrdersRequest, context: Context) -> pb.ListSeriesOrdersResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
        series, orders = self._orders.listed(reference)
        return pb.ListSeriesOrdersResponse(
            order=series.order,
            orders=[
                pb.SeriesOrder(
                    order=each.name,
                    seasons=each.seasons,
                    episodes=each.episodes,
                    numbers=each.numbers,
                    title=each.title,
                )
                for each in orders
            ],
        )

    def SetSeriesOrder(self, request: pb.SetSeriesOrderRequest, context: Context) -> pb.SetSeriesOrderResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
            order = check.text("order", request.order)
        done = self._orders.choose(reference, order, dry_run=request.dry_run)
        return pb.SetSeriesOrderResponse(
            item=item_message(done.series, fields=False),
            moved=[_moved(each) for each in done.moved[:MOST_MOVED]],
            moved_count=len(done.moved),
            created_count=done.created,
            resting_count=done.resting,
            change_set_id=str(done.change_set.id) if done.change_set else "",
            unread=done.unread,
        )


def _moved(moved: MovedNumber) -> pb.SetSeriesOrderResponse.MovedNumber:
    season, episode = moved.number
    return pb.SetSeriesOrderResponse.MovedNumber(
        season_number=season,
        episode_number=episode,
        old_item=item_message(moved.was, fields=False),
        new_item=item_message(moved.now, fields=False) if moved.now is not None else None,
        entry=moved.entry,
    )
