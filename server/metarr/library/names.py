"""What items are called, and where they stand within their series."""

from collections.abc import Iterable

from metarr.domain.item import Place
from metarr.domain.naming import called
from metarr.domain.values import Kind
from metarr.store import items
from metarr.store.database import Connection
from metarr.store.items import ItemHead


def places_of(connection: Connection, heads: Iterable[ItemHead]) -> dict[int, Place]:
    """By item where it stands within its series; movies and series stand nowhere."""
    return items.places(connection, {head.id: head.parent_id for head in heads if head.parent_id is not None})


def names_of(connection: Connection, item_ids: Iterable[int]) -> dict[int, tuple[Kind, str]]:
    """By item what it is and what a person calls it, or its ids while no title is known; deleted ones too."""
    heads = items.heads_of(connection, set(item_ids))
    places = places_of(connection, heads.values())
    return {item_id: (head.kind, _name(head, places.get(item_id, Place()))) for item_id, head in heads.items()}


def _name(head: ItemHead, place: Place) -> str:
    return called(head.kind, head.title, head.year, place) or " ".join(
        f"{id_type}:{claim.value}" for id_type, claim in head.ids.items()
    )
