"""How the library stands, as a message."""

from collections.abc import Iterator, Mapping

from metarr.domain.fields import fields_of
from metarr.domain.values import Kind
from metarr.library.items import LibrarySummary
from metarr.rpc.convert import kind_message
from metarr.store.items import FieldSummary, KindSummary
from metarr.v1.library_service_pb2 import GetLibrarySummaryResponse as Response


def summary_message(summary: LibrarySummary) -> Response:
    """Kinds and fields in the order in which they are shown; fields of which nothing is stored, too."""
    kinds = [kind for kind in Kind if kind in summary.kinds]
    return Response(
        kinds=[_kind(kind, summary.kinds[kind]) for kind in kinds],
        fields=[each for kind in kinds for each in _fields(kind, summary.fields)] if summary.fields is not None else (),
    )


def _kind(kind: Kind, summary: KindSummary) -> Response.KindSummary:
    return Response.KindSummary(
        kind=kind_message(kind),
        items=summary.items,
        never_enriched=summary.never_enriched,
        unmonitored=summary.unmonitored,
        locked=summary.locked,
        conflicts=summary.conflicts,
        unidentified=summary.unidentified,
        undecided=summary.undecided,
        pending_by_provider=summary.awaited,
        by_player=summary.by_player,
    )


def _fields(kind: Kind, fields: Mapping[tuple[Kind, str], FieldSummary]) -> Iterator[Response.FieldSummary]:
    for field in fields_of(kind):
        summary = fields.get((kind, field.name), FieldSummary())
        yield Response.FieldSummary(
            kind=kind_message(kind),
            field=field.name,
            filled=summary.count.filled,
            locked=summary.count.locked,
            held=summary.count.values_held,
            by_source=summary.by_source,
        )
