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
        locked_field=given.locked_field,
        values_held=stated("held"),
        source=check.text("filter.source", given.source, required=False, most=100),
        player=check.text("filter.player_id", given.player_id, required=False, most=100),
        years=_years(check, given),
        kinds=tuple(check.kind(f"filter.kinds[{place}]", each) for place, each in enumerate(given.kinds)),
        conflict=stated("conflict"),
        deleted=given.deleted,
    )


def _years(check: Check, given: pb.ItemFilter) -> tuple[int, int]:
    first = check.year("filter.year_from", given.year_from)
    last = check.year("filter.year_to", given.year_to)
    if 0 < last < first:
        check.violation("filter.year_to", f"{last} is before {first}")
    return first, last
