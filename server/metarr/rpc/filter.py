"""Which items a request means."""

from metarr.rpc.validate import Check
from metarr.store.items import ItemFilter
from metarr.v1 import common_pb2 as pb


def item_filter(check: Check, given: pb.ItemFilter) -> ItemFilter:
    """The filter of a request, at the path `filter`."""

    def stated(name: str) -> bool | None:
        return getattr(given, name) if given.HasField(name) else None

    return ItemFilter(
        kind=check.optional_kind("filter.kind", given.kind),
        title=check.text("filter.title", given.title, required=False),
        title_contains=check.text("filter.title_contains", given.title_contains, required=False),
        missing_field=given.missing_field,
        awaited_provider=given.pending_provider,
        monitored=stated("monitored"),
        unidentified=stated("unidentified"),
        undecided=stated("undecided"),
        enriched=stated("enriched"),
        locked=stated("locked"),
        conflict=stated("conflict"),
        deleted=given.deleted,
    )
