"""The words by which items are found and sorted: titles."""

import re
import unicodedata
from collections.abc import Collection

from sqlalchemy import Connection, bindparam, exists, select, true

from metarr.domain.item import MediaItem
from metarr.domain.values import Kind, Struct
from metarr.store.chunks import chunks
from metarr.store.tables import external_ids, items, joins

ROW_FIELDS = ("title", "original_title", "sort_title", "release_date", "year")
"""The fields that an item's row is written from, besides what it was added with."""


class Words(Struct, frozen=True, kw_only=True):
    """The words that an item was added with. `identified`: an external id identifies it."""

    item_id: int
    kind: Kind
    title: str
    year: int
    identified: bool = False
    deleted: bool = False


def find_by_words(connection: Connection, titles: Collection[str]) -> list[Words]:
    """Items without a parent that were added with one of these titles, letter by letter; deleted ones too.

    One that was joined to another item stands for that one.
    """
    return [
        Words(
            item_id=row.id,
            kind=Kind(row.kind),
            title=row.title,
            year=row.year,
            identified=row.identified,
            deleted=row.deleted_at is not None and not row.joined,
        )
        for chunk in chunks(titles)
        for row in connection.execute(_BY_WORDS, {"titles": chunk})
    ]


_IDENTIFIED = exists().where(external_ids.c.item_id == items.c.id, external_ids.c.identifies == true())
_JOINED = exists().where(joins.c.joined_id == items.c.id, joins.c.split_at.is_(None))
_BY_WORDS = select(
    items.c.id,
    items.c.kind,
    items.c.title,
    items.c.year,
    items.c.deleted_at,
    (_IDENTIFIED | _JOINED).label("identified"),
    _JOINED.label("joined"),
).where(items.c.title.in_(bindparam("titles", expanding=True)), items.c.parent_id.is_(None))


def sort_key(item: MediaItem) -> str:
    """What lists are sorted by: as people do, so that "Movie 2" comes before "Movie 10"."""
    return in_natural_order(folded(text_of(item, "sort_title") or _without_article(shown_title(item))))


def in_natural_order(text: str) -> str:
    """The text with its first numbers so long that they sort by what they count, "movie 0000000002". Not all of them:
    a title of nothing but numbers would grow beyond what an index takes."""
    return _NUMBER.sub(_padded, text, count=4)


_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?![0-9])")
"""Such as 7, 007 and 20,000."""


def _padded(number: re.Match[str]) -> str:
    return number[0].replace(",", "").lstrip("0").zfill(10)


def search_key(item: MediaItem) -> str:
    """All that an item is called, a line each; what is typed into a search is looked for in it."""
    titles = (shown_title(item), text_of(item, "original_title"), item.title)
    return "\n".join(dict.fromkeys(folded(title) for title in titles))


def shown_title(item: MediaItem) -> str:
    """The field's title where there is one, else what the item was added with."""
    return text_of(item, "title") or item.title


def text_of(item: MediaItem, field: str) -> str:
    """A field that holds a text; "" where nothing is stored."""
    stored = item.fields.get(field)
    return stored.value if stored and isinstance(stored.value, str) else ""


def folded(text: str) -> str:
    """Without case and accents, so that "amelie" finds "Amélie"."""
    cased = text.casefold()
    if cased.isascii():
        return cased.strip()
    apart = unicodedata.normalize("NFKD", cased)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).strip()


def _without_article(title: str) -> str:
    return re.sub(r"^(the|an?)\s+(?=\S)", "", title, flags=re.IGNORECASE)
