"""LibraryService."""

import base64
import json

from metarr.clock import Clock
from metarr.rpc.context import Context
from metarr.rpc.convert import head_message, item_message
from metarr.rpc.errors import BaseServicer
from metarr.rpc.validate import Check
from metarr.services.intake import NewItem
from metarr.services.library import Library
from metarr.v1 import library_service_pb2 as pb
from metarr.v1.library_service_pb2_grpc import LibraryServiceServicer

MOST_UPSERTS = 500


class LibraryItems(BaseServicer, LibraryServiceServicer):
    """The items of the library."""

    def __init__(self, library: Library, clock: Clock) -> None:
        self.clock = clock
        self._library = library

    def UpsertItems(self, request: pb.UpsertItemsRequest, context: Context) -> pb.UpsertItemsResponse:
        with Check() as check:
            if not 1 <= len(request.items) <= MOST_UPSERTS:
                check.violation("items", f"has {len(request.items)} items; 1 to {MOST_UPSERTS} are possible")
            wanted = [_new_item(check, f"items[{place}]", item) for place, item in enumerate(request.items)]
        results = self._library.upsert(wanted)
        return pb.UpsertItemsResponse(
            results=[
                pb.UpsertItemsResponse.Result(item=item_message(taken.item, fields=False), created=taken.created)
                for taken in results
            ]
        )

    def GetItem(self, request: pb.GetItemRequest, context: Context) -> pb.GetItemResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
        shown = self._library.show(reference, why=request.explain)
        return pb.GetItemResponse(
            item=item_message(
                shown.item,
                runners_up=shown.runners_up,
                waiting=shown.waiting,
                pending=shown.pending,
            )
        )

    def ListItems(self, request: pb.ListItemsRequest, context: Context) -> pb.ListItemsResponse:
        query = [request.kind, request.title_contains]
        with Check() as check:
            kind = check.optional_kind("kind", request.kind)
            limit = check.page_size("page_size", request.page_size)
            title = check.text("title_contains", request.title_contains, required=False)
            after = _after(check, request.page_token, query)
        page = self._library.page(kind, title, after, limit + 1)
        heads = page.heads[:limit]
        more = len(page.heads) > limit
        return pb.ListItemsResponse(
            items=[head_message(head, page.pending.get(head.id, {})) for head in heads],
            next_page_token=_token(query, heads[-1].sort_key, heads[-1].id) if more else "",
            total_size=page.total,
        )


def _new_item(check: Check, path: str, item: pb.NewItem) -> NewItem:
    return NewItem(
        kind=check.kind(f"{path}.kind", item.kind),
        title=check.text(f"{path}.title", item.title, required=not item.ids),
        year=check.year(f"{path}.year", item.year),
        ids=check.ids(f"{path}.ids", item.ids),
    )


def _token(query: list[object], sort_key: str, item_id: int) -> str:
    """Where the next page begins, tied to its query. Opaque to clients."""
    return base64.urlsafe_b64encode(json.dumps([query, sort_key, item_id]).encode()).decode()


def _after(check: Check, token: str, query: list[object]) -> tuple[str, int] | None:
    if not token:
        return None
    try:
        of, sort_key, item_id = json.loads(base64.urlsafe_b64decode(token.encode()))
        position = (str(sort_key), int(item_id))
    except ValueError:
        check.violation("page_token", "is none that was handed out")
        return None
    if of != query:
        check.violation("page_token", "belongs to another query")
    return position
