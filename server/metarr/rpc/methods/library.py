"""LibraryService."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from metarr.clock import Clock
from metarr.domain.item import Place
from metarr.domain.matching import Wanted
from metarr.domain.values import Kind
from metarr.library.artwork import Pictures
from metarr.library.edit import Edit, Editor
from metarr.library.intake import NewItem, NewSeries, Upserted
from metarr.library.items import Library, Page, PageWish, Shown
from metarr.library.join import Splitter
from metarr.library.orders import SeriesOrders
from metarr.library.pairings import Pairings
from metarr.library.reference import Reference
from metarr.library.series_tree import SeriesTrees
from metarr.players.outbox import EntryState, Outbox
from metarr.rpc.convert import change_message, conflict_messages, head_message, item_message, plain_of
from metarr.rpc.doors.context import Context
from metarr.rpc.filter import item_filter
from metarr.rpc.methods.artwork import ArtworkMethods
from metarr.rpc.methods.orders import OrderMethods
from metarr.rpc.methods.series import SeriesMethods
from metarr.rpc.paging import page_token, position
from metarr.rpc.previews import Preview, with_previews
from metarr.rpc.servicer import BaseServicer
from metarr.rpc.summary import summary_message
from metarr.rpc.validate import Check
from metarr.store import items
from metarr.store.items import ItemFilter, ItemHead, ItemOrder
from metarr.store.players import Player
from metarr.v1 import library_service_pb2 as pb
from metarr.v1.common_pb2 import Item
from metarr.v1.library_service_pb2_grpc import LibraryServiceServicer

MOST_ITEMS = 500
"""How many items one request names at most."""

MOST_FILE = 4000
"""Characters of a path."""

MOST_CLAIM = 2000
"""Characters of what a conflict tells: of a title, its names."""

MOST_READINGS = 10
"""Words, besides the title, that may be an item's."""

MOST_COUNTED = 2**31 - 1
"""The largest number of a message; a page token of somebody's own making may say more."""

_ORDERS: Mapping[int, ItemOrder] = {
    pb.ITEM_ORDER_UNSPECIFIED: ItemOrder.TITLE,
    pb.ITEM_ORDER_TITLE: ItemOrder.TITLE,
    pb.ITEM_ORDER_YEAR: ItemOrder.YEAR,
    pb.ITEM_ORDER_ADDED: ItemOrder.ADDED,
    pb.ITEM_ORDER_ENRICHED: ItemOrder.ENRICHED,
}

EDITABLE = frozenset(
    {"fields", "lock_fields", "unlock_fields", "lock_all", "unlock_all", "lock_below", "monitored", "ids"}
)


class LibraryServicer(ArtworkMethods, OrderMethods, SeriesMethods, BaseServicer, LibraryServiceServicer):
    """The items of the library. `preview`: where the small version of a picture is."""

    def __init__(
        self,
        library: Library,
        editor: Editor,
        splitter: Splitter,
        clock: Clock,
        *,
        orders: SeriesOrders,
        outbox: Outbox,
        pairings: Pairings,
        trees: SeriesTrees,
        pictures: Pictures,
        preview: Preview,
    ) -> None:
        self.clock = clock
        self._orders = orders
        self._outbox = outbox
        self._pairings = pairings
        self._trees = trees
        self._pictures = pictures
        self._preview = preview
        self._library = library
        self._editor = editor
        self._splitter = splitter

    def UpsertItems(self, request: pb.UpsertItemsRequest, context: Context) -> pb.UpsertItemsResponse:
        with Check() as check:
            _bounded(check, "items", request.items)
            wanted = [_new_item(check, f"items[{place}]", item) for place, item in enumerate(request.items)]
        return pb.UpsertItemsResponse(results=[_result(taken) for taken in self._library.upsert(wanted)])

    def UpdateItem(self, request: pb.UpdateItemRequest, context: Context) -> pb.UpdateItemResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
            edit = _edit(check, request)
        done = self._editor.edit(reference, edit)
        made = done.change_set
        return pb.UpdateItemResponse(
            item=with_previews(item_message(done.item), self._preview),
            changes=[change_message(change) for change in made.changes] if made else (),
            change_set_id=str(made.id) if made else "",
        )

    def SplitItem(self, request: pb.SplitItemRequest, context: Context) -> pb.SplitItemResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
            joined = check.reference("joined_item_id", request.joined_item_id)
            if not isinstance(joined, int):
                check.violation("joined_item_id", "is one of joined_item_ids, a number")
        done = self._splitter.split(reference, joined if isinstance(joined, int) else 0)
        return pb.SplitItemResponse(
            item=self._item(done.item.id),
            split_item=self._item(done.split_item.id),
        )

    def DeleteItems(self, request: pb.DeleteItemsRequest, context: Context) -> pb.DeleteItemsResponse:
        gone = self._editor.delete(_references(request.item_ids))
        return pb.DeleteItemsResponse(item_ids=[str(item_id) for item_id in gone])

    def RestoreItems(self, request: pb.RestoreItemsRequest, context: Context) -> pb.RestoreItemsResponse:
        back = self._editor.restore(_references(request.item_ids))
        return pb.RestoreItemsResponse(item_ids=[str(item_id) for item_id in back])

    def GetItem(self, request: pb.GetItemRequest, context: Context) -> pb.GetItemResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
        shown = self._library.show(reference, why=request.explain)
        return pb.GetItemResponse(
            item=with_previews(_shown(shown), self._preview),
            players=[_player(player, state) for player, state in self._outbox.of_item(shown.item.id)],
            dismissed_conflicts=conflict_messages(shown.item.dismissed),
        )

    def DismissConflict(self, request: pb.DismissConflictRequest, context: Context) -> pb.DismissConflictResponse:
        with Check() as check:
            reference = check.reference("item_id", request.item_id)
            claim = (
                check.text("type", request.type, most=64),
                check.text("value", request.value, required=False, most=MOST_CLAIM),
                check.text("claimed_by", request.claimed_by, most=100),
            )
        item = self._editor.dismiss(reference, claim, restore=request.restore)
        return pb.DismissConflictResponse(item=self._item(item.id))

    def ListItems(self, request: pb.ListItemsRequest, context: Context) -> pb.ListItemsResponse:
        query = [request.kind, request.title_contains, request.parent_id, request.order_by, int(request.descending)]
        if request.HasField("filter"):
            query.append(request.filter.SerializeToString(deterministic=True).hex())
        with Check() as check:
            fits = _filter(check, request)
            limit = check.page_size("page_size", request.page_size)
            parent = check.reference("parent_id", request.parent_id) if request.parent_id else None
            order = _ORDERS.get(check.known_enum("order_by", request.order_by, pb.ItemOrder), ItemOrder.TITLE)
            last = position(check, request.page_token, query, (int, str, int, int))
        wish = PageWish(
            order=order,
            descending=request.descending,
            after=(int(last[0]), str(last[1]), int(last[2])) if last else None,
            limit=limit + 1,
            total=int(last[3]) if last else None,
            missing=request.with_missing_fields,
        )
        page = self._library.page(fits, wish, parent=parent)
        heads = page.heads[:limit]
        more = len(page.heads) > limit
        # How many there are goes with the token, so that they are counted once.
        return pb.ListItemsResponse(
            items=[_listed(page, head, self._preview) for head in heads],
            next_page_token=page_token(query, [*items.position(heads[-1], order), page.total]) if more else "",
            total_size=min(page.total, MOST_COUNTED),
        )

    def GetLibrarySummary(self, request: pb.GetLibrarySummaryRequest, context: Context) -> pb.GetLibrarySummaryResponse:
        with Check() as check:
            fits = item_filter(check, request.filter)
        return summary_message(self._library.summary(fits, fields=not request.kinds_only))

    def _item(self, item_id: int) -> Item:
        return with_previews(_shown(self._library.show(item_id, why=False)), self._preview)


def _filter(check: Check, request: pb.ListItemsRequest) -> ItemFilter:
    """What a request says by itself and by its filter: all of it must hold."""
    fits = item_filter(check, request.filter)
    kind = check.optional_kind("kind", request.kind)
    title = check.text("title_contains", request.title_contains, required=False)
    for field, own, other in (("kind", kind, fits.kind), ("title_contains", title, fits.title_contains)):
        if own and other and own != other:
            check.violation(f"filter.{field}", f"says {other!r}, and {field} says {own!r}")
    return replace(fits, kind=kind or fits.kind, title_contains=title or fits.title_contains)


def _listed(page: Page, head: ItemHead, preview: Preview) -> Item:
    poster = page.posters.get(head.id, "")
    return head_message(
        head,
        page.awaited.get(head.id, {}),
        page.places.get(head.id, Place()),
        children=page.children.get(head.id, 0),
        undecided=head.id in page.undecided,
        matches=page.matches.get(head.id, ()),
        missing=page.missing.get(head.id, ()),
        poster_preview=preview(poster, "poster") if poster else "",
        conflicts=page.conflicts.get(head.id, ()),
    )


def _bounded(check: Check, field: str, named: Sequence[object]) -> None:
    if not 1 <= len(named) <= MOST_ITEMS:
        check.violation(field, f"has {len(named)} items; 1 to {MOST_ITEMS} are possible")


def _references(item_ids: Sequence[str]) -> list[tuple[str, Reference]]:
    """Items by name, each with its path."""
    with Check() as check:
        _bounded(check, "item_ids", item_ids)
        paths = [f"item_ids[{place}]" for place in range(len(item_ids))]
        return [(path, check.reference(path, item_id)) for path, item_id in zip(paths, item_ids, strict=True)]


def _shown(shown: Shown) -> Item:
    return item_message(
        shown.item,
        runners_up=shown.runners_up,
        waiting=shown.waiting,
        awaited=shown.awaited,
        aliases=shown.aliases,
        joined=shown.joined,
        children=shown.children,
        undecided=shown.undecided,
        numbers=shown.numbers,
        missing=shown.missing,
    )


def _player(player: Player, state: EntryState) -> pb.ItemPlayer:
    return pb.ItemPlayer(
        player_id=player.id,
        name=player.name,
        host_key=state.entry.host_key,
        pending_fields=state.pending,
        not_taken_fields=[each.field for each in state.refusals],
    )


def _edit(check: Check, request: pb.UpdateItemRequest) -> Edit:
    """What the mask says is to be changed."""
    mask = check.mask("update_mask", request.update_mask, EDITABLE)
    ids = check.ids("ids", request.ids)
    return Edit(
        fields={name: plain_of(value) for name, value in request.fields.items()} if "fields" in mask else {},
        lock=frozenset(request.lock_fields) if "lock_fields" in mask else frozenset(),
        unlock=frozenset(request.unlock_fields) if "unlock_fields" in mask else frozenset(),
        lock_all="lock_all" in mask and request.lock_all,
        unlock_all="unlock_all" in mask and request.unlock_all,
        monitored=request.monitored if "monitored" in mask else None,
        ids=ids if "ids" in mask else None,
        lock_below=request.lock_below if "lock_below" in mask else None,
        etag=request.etag,
    )


def _new_item(check: Check, path: str, item: pb.NewItem) -> NewItem:
    in_series = item.HasField("series")
    fields = {}
    for place, field in enumerate(item.fields):
        if field.name in fields:
            check.violation(f"{path}.fields[{place}].name", f"{field.name[:60]!r} is named twice")
        fields[field.name] = plain_of(field.value)
    for name, number in (("season_number", item.season_number), ("episode_number", item.episode_number)):
        if number < 0:
            check.violation(f"{path}.{name}", f"{number} is below 0")
    kind = check.kind(f"{path}.kind", item.kind)
    if kind in (Kind.SEASON, Kind.EPISODE) and not in_series:
        check.violation(f"{path}.series", f"say of which series it is: a {kind} is enriched with its series")
    return NewItem(
        kind=kind,
        title=check.title(f"{path}.title", item.title, required=not item.ids and not in_series),
        year=check.year(f"{path}.year", item.year),
        ids=check.ids(f"{path}.ids", item.ids, kind),
        fields=fields,
        source=item.source,
        lock_all=item.lock_all,
        series=_series(check, f"{path}.series", item.series) if in_series else None,
        season=item.season_number,
        episode=item.episode_number,
        readings=readings_of(check, f"{path}.readings", item.readings),
        weak=check.weak(item.ids, kind),
        file=check.text(f"{path}.file", item.file, required=False, most=MOST_FILE),
        part=check.text(f"{path}.part", item.part, required=False),
        lock=frozenset(item.lock_fields),
    )


def readings_of(check: Check, path: str, readings: Sequence[pb.TitleReading]) -> tuple[Wanted, ...]:
    """Words that may be a title."""
    if len(readings) > MOST_READINGS:
        check.violation(path, f"has {len(readings)} readings; {MOST_READINGS} are possible")
    return tuple(
        Wanted(
            title=check.text(f"{path}[{place}].title", reading.title),
            year=check.year(f"{path}[{place}].year", reading.year),
        )
        for place, reading in enumerate(readings[:MOST_READINGS])
    )


def _series(check: Check, path: str, series: pb.NewParent) -> NewSeries:
    return NewSeries(
        title=check.title(f"{path}.title", series.title, required=not series.ids),
        year=check.year(f"{path}.year", series.year),
        ids=check.ids(f"{path}.ids", series.ids, Kind.SERIES),
        weak=check.weak(series.ids, Kind.SERIES),
        file=check.text(f"{path}.file", series.file, required=False, most=MOST_FILE),
    )


def _result(taken: Upserted) -> pb.UpsertItemsResponse.Result:
    return pb.UpsertItemsResponse.Result(
        item=item_message(taken.item, fields=False),
        created=taken.created,
        restored=taken.restored,
        deleted=taken.deleted,
        changed=taken.changed,
        new_ids=taken.new_ids,
    )
