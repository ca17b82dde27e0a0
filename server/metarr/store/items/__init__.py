"""The items of the library: rows, external ids, field values, vetoes.

reading: an item with everything · writing: new ones, and what differs · lists: without their fields, sorted or by
id · filter: which are meant · ids: external ids and aliases · words: titles · statements: what files and players
say · family: what is above and below · counts · field_counts · summary: how all of them stand · deletion.
"""

from metarr.store.chunks import CHUNK
from metarr.store.items.counts import Stock, stock, total
from metarr.store.items.deletion import revive, soft_delete
from metarr.store.items.family import ancestors, children, count_children, descendants, find_child, find_season, places
from metarr.store.items.field_counts import FieldCount
from metarr.store.items.filter import ItemFilter, narrowed
from metarr.store.items.ids import (
    IdLookup,
    add_alias,
    aliases,
    find_by_id,
    find_by_ids,
    find_by_shared_ids,
    remove_alias,
)
from metarr.store.items.lists import (
    ItemHead,
    ItemOrder,
    ItemPosition,
    conflicts_of,
    count,
    filled,
    fitting,
    heads,
    heads_of,
    live_ids,
    page,
    position,
    posters,
    undecided_of,
)
from metarr.store.items.reading import count_leaving, get, get_many, having_rule
from metarr.store.items.statements import (
    find_by_files,
    remove_elsewhere,
)
from metarr.store.items.summary import FieldSummary, KindSummary, fields_summary, kinds_summary
from metarr.store.items.words import Words, find_by_words, folded
from metarr.store.items.writing import add, clear_fingerprints, enter, fill, put_fingerprints, save, save_all, versions

__all__ = [
    "CHUNK",
    "FieldCount",
    "FieldSummary",
    "IdLookup",
    "ItemFilter",
    "ItemHead",
    "ItemOrder",
    "ItemPosition",
    "KindSummary",
    "Stock",
    "Words",
    "add",
    "add_alias",
    "aliases",
    "ancestors",
    "children",
    "clear_fingerprints",
    "conflicts_of",
    "count",
    "count_children",
    "count_leaving",
    "descendants",
    "enter",
    "fields_summary",
    "fill",
    "filled",
    "find_by_files",
    "find_by_id",
    "find_by_ids",
    "find_by_shared_ids",
    "find_by_words",
    "find_child",
    "find_season",
    "fitting",
    "folded",
    "get",
    "get_many",
    "having_rule",
    "heads",
    "heads_of",
    "kinds_summary",
    "live_ids",
    "narrowed",
    "page",
    "places",
    "position",
    "posters",
    "put_fingerprints",
    "remove_alias",
    "remove_elsewhere",
    "revive",
    "save",
    "save_all",
    "soft_delete",
    "stock",
    "total",
    "undecided_of",
    "versions",
]
