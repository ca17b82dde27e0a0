"""What the page of an item shows, as the contract tells it."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from flask import Response

from metarr.v1 import common_pb2 as common
from metarr.v1 import config_service_pb2 as config
from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.v1 import library_service_pb2 as library
from metarr.web.frame import all_providers, ask, page, services, with_pictures
from metarr.web.values import rows_of, text_of

RECENT = 10
"""Change-sets that the page itself shows."""
MOST_CHILDREN = 1000
"""Seasons, or episodes of a season, that are shown."""


class FieldView(NamedTuple):
    """A field of an item as it is shown.

    `info`: of the catalogue; `message`: what it holds. `was`: stands for that in a form, so it is told whether it is
    still so. `text`: what its input holds, of so many `rows`. `open`: which parts are shown, "edit", "why" or "both".
    `wrong`: what is wrong with what was typed; `meanwhile`: whether somebody else changed it.
    """

    info: config.Field
    message: common.FieldValue
    was: str
    text: str
    rows: int
    open: str = ""
    wrong: str = ""
    meanwhile: bool = False

    @property
    def is_artwork(self) -> bool:
        """Whether it holds pictures."""
        return self.info.type == config.Field.TYPE_ARTWORK


class Whole(NamedTuple):
    """An item with all that its page tells of it."""

    item: common.Item
    answer: library.GetItemResponse
    fields: list[FieldView]
    rules: Mapping[str, str]
    reasons: Mapping[str, str]
    above: list[common.Item]
    children: list[common.Item]
    history: enrichment.ListChangeSetsResponse
    runs: Collection[str]
    providers: list[config.Provider]

    @property
    def title(self) -> str:
        """What a person calls it."""
        return called(self.item)


def called(item: common.Item) -> str:
    """What a person calls an item within what is above it."""
    if item.title:
        return item.title
    if item.kind == common.MEDIA_KIND_SEASON and item.HasField("season_number"):
        return f"Season {item.season_number}" if item.season_number else "Specials"
    if item.kind == common.MEDIA_KIND_EPISODE and item.HasField("episode_number"):
        return f"Episode {item.episode_number}"
    return " ".join(f"{each.type}:{each.value}" for each in item.ids) or f"Item {item.id}"


def read(item_id: str) -> library.GetItemResponse:
    """The item with the reasons of its values. Raises Refused."""
    return ask(services.library.GetItem, library.GetItemRequest(item_id=item_id, explain=True))


def catalogue(kind: common.MediaKind) -> config.ListFieldsResponse:
    """The fields that an item of a kind can have, and the words for rules."""
    return ask(services.config.ListFields, config.ListFieldsRequest(kind=kind, page_size=200))


def field_views(item: common.Item, listed: config.ListFieldsResponse) -> list[FieldView]:
    """Each field of an item, empty ones too."""
    stored = {field.name: field for field in item.fields}
    return [_view(info, stored.get(info.name, common.FieldValue(name=info.name))) for info in listed.fields]


def _view(info: config.Field, message: common.FieldValue) -> FieldView:
    text = text_of(message.value)
    return FieldView(info, message, mark_of(message), text, rows_of(info, text))


def mark_of(message: common.FieldValue) -> str:
    """Stands for what a field holds, and for its lock: another one where either is another."""
    content = message.value.SerializeToString(deterministic=True)
    return hashlib.sha256(content + bytes([message.locked])).hexdigest()[:16]


def whole(item_id: str) -> Whole:
    """All that the page of an item tells. Raises Refused."""
    answer = read(item_id)
    item = answer.item
    listed = catalogue(item.kind)
    changed = enrichment.ListChangeSetsRequest(item_id=item.id, page_size=RECENT)
    history = ask(services.enrichment.ListChangeSets, changed)
    return Whole(
        item,
        answer,
        field_views(item, listed),
        {term.code: term.word for term in listed.rules},
        {term.code: term.word for term in listed.reasons},
        list(_above(item))[::-1],
        _children(item),
        history,
        runs(history.change_sets),
        [
            each
            for each in all_providers()
            if each.enabled and any(covers.kind == item.kind for covers in each.coverage)
        ],
    )


def runs(change_sets: Iterable[enrichment.ChangeSet]) -> Collection[str]:
    """The groups of these that hold more than one change-set: of other items too, or of this one."""
    groups = dict.fromkeys(each.group_id for each in change_sets)
    several = enrichment.ListChangeSetsRequest(page_size=2)
    for group in list(groups):
        several.group_id = group
        if len(ask(services.enrichment.ListChangeSets, several).change_sets) < 2:
            del groups[group]
    return groups


def _above(item: common.Item) -> Iterator[common.Item]:
    while item.parent_id:
        item = ask(services.library.GetItem, library.GetItemRequest(item_id=item.parent_id)).item
        yield item


def _children(item: common.Item) -> list[common.Item]:
    """What is directly below an item, by number."""
    children: list[common.Item] = []
    wanted = library.ListItemsRequest(parent_id=item.id, page_size=200)
    while item.children and len(children) < MOST_CHILDREN:
        answer = ask(services.library.ListItems, wanted)
        children += answer.items
        wanted.page_token = answer.next_page_token
        if not answer.next_page_token:
            break
    return sorted(children, key=lambda each: (each.season_number, each.episode_number))


def item_page(item_id: str, status: int = 200, *, says: str = "", reads: str = "", **more: Any) -> Response:
    """The whole page."""
    with_pictures()
    return page("item.html", status, says=says, reads=reads, whole=whole(item_id), **more)
