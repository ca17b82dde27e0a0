"""What the providers answered: the cache. A row per (provider, kind, asked id, shape of the request)."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypedDict, cast

import msgspec
import structlog
from sqlalchemy import (
    Column,
    Connection,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    true,
    union_all,
    update,
)

from metarr.domain.fields import FIELDS, PYTHON_TYPES
from metarr.domain.freshness import AnswerHead, is_ahead
from metarr.domain.numbering import AIRED
from metarr.domain.outcome import Fragment, ListedEpisode, ListedSeason
from metarr.domain.values import Kind, Struct, Text, Value
from metarr.store.database import lived_day
from metarr.store.tables import EPOCH
from metarr.store.tables import provider_answers as table
from metarr.store.upsert import upsert
from metarr.store.values import read_value

log = structlog.get_logger(__name__)

CHUNK, PARTS = 500, 8
"""How many ids a part of a statement names at most, and how many parts it has."""

PACKED_FROM = 2048
"""Fragments of this many bytes and more are compressed; they shrink to a fifth, mostly lists of images."""


class AnswerKey(Struct, frozen=True, kw_only=True):
    """Which question was asked. `asked_id`: typed, such as `imdb:tt0137523`. `shape`: what else than the id decides
    the answer (`Provider.shape`)."""

    provider: str
    kind: Kind
    asked_id: str
    shape: str


class StoredAnswer(Struct, frozen=True, kw_only=True):
    """The last word of a provider about one question.

    `head.found` False: it does not know the title, since `head.fetched_at`. `fragment` is then what it said before
    that, at `answered_at`, and may stand in while the miss is soft. None: it never said anything that can be read.
    """

    key: AnswerKey
    head: AnswerHead
    fragment: Fragment | None = None
    answered_at: datetime | None = None


def read(connection: Connection, keys: Iterable[AnswerKey]) -> dict[AnswerKey, StoredAnswer]:
    """The stored answers to these questions; those never asked are left out."""
    return {
        key: StoredAnswer(key=key, head=_head(head), fragment=_fragment(key, stored), answered_at=answered_at)
        for key, (answered_at, stored, *head) in _rows(connection, _ANSWER_COLUMNS, keys)
    }


def read_heads(connection: Connection, keys: Iterable[AnswerKey]) -> dict[AnswerKey, AnswerHead]:
    """Freshness and content hash only: nothing is decoded, long fragments are not even read from the disk."""
    return {key: _head(head) for key, head in _rows(connection, _HEAD_COLUMNS, keys)}


def heads_by_id(
    connection: Connection, provider: str, kind: Kind, shape: str, asked_ids: Iterable[str]
) -> dict[str, AnswerHead]:
    """By asked id what freshness and a fingerprint need of a provider's answers, and nothing else: for many at once."""
    heads: dict[str, AnswerHead] = {}
    for chunk in _chunks(list(asked_ids)):
        parameters = {"provider": provider, "kind": kind, "shape": shape, "asked_ids": chunk}
        for asked_id, fetched_at, found_it, partial, parser_version, misses, content, due_at in connection.execute(
            _FEW_HEADS, parameters
        ).all():
            heads[asked_id] = AnswerHead(
                fetched_at=fetched_at,
                found=found_it,
                partial=partial,
                parser_version=parser_version,
                misses=misses,
                content=content,
                due_at=due_at,
            )
    return heads


class NewAnswer(Struct, frozen=True, kw_only=True):
    """What a provider said, ready to be written: `row` is what `write_all` writes."""

    key: AnswerKey
    fragment: Fragment
    row: dict[str, Any]

    def stored(self) -> StoredAnswer:
        """As it will be read."""
        row = self.row
        head = AnswerHead(
            fetched_at=row["fetched_at"],
            found=True,
            partial=row["partial"],
            parser_version=row["parser_version"],
            answered_before=True,
            content=row["content"],
            due_at=row["due_at"],
        )
        return StoredAnswer(key=self.key, head=head, fragment=self.fragment, answered_at=row["answered_at"])


def new_answer(
    key: AnswerKey,
    fragment: Fragment,
    fetched_at: datetime,
    parser_version: int,
    *,
    due_at: datetime | None = None,
) -> NewAnswer:
    """An answer in the form in which it is kept. A fragment with unread fields is partial. `due_at`: as in its head."""
    encoded = _encode(fragment)
    row = {
        "found": True,
        "fetched_at": fetched_at,
        "partial": bool(fragment.unread),
        "parser_version": parser_version,
        "misses": 0,
        "miss_days": 0,
        "soft": False,
        "answered_before": True,
        "answered_at": fetched_at,
        "content": hashlib.blake2b(encoded, digest_size=16).hexdigest(),
        "due_at": due_at,
        "fragment": zlib.compress(encoded, 1) if len(encoded) >= PACKED_FROM else encoded,
    }
    return NewAnswer(key=key, fragment=fragment, row=_columns(key) | row)


def write_all(connection: Connection, new: Iterable[NewAnswer]) -> None:
    """Keep what providers said; what one said, or did not know, later than this stays."""
    day = {"lived_day": lived_day(connection)}
    upsert(connection, table, [answer.row | day for answer in new], newest="fetched_at")


def write_miss(
    connection: Connection, key: AnswerKey, fetched_at: datetime, parser_version: int, *, soft: bool = False
) -> AnswerHead:
    """Keep that a provider does not know the title: one miss more, and one day more if it is the first of its UTC day.

    An earlier fragment of this question is kept. `soft`: the provider's misses are known to be unreliable. Returns
    what holds now, which is an answer fetched later than this where there is one.
    """
    row = connection.execute(_HEADS_LOCKED, _columns(key)).one_or_none()
    last = None if row is None else _head(row)
    if last and last.fetched_at > fetched_at and not is_ahead(last.fetched_at, fetched_at):
        return last
    streak = last if last and not last.found else None
    now = AnswerHead(
        fetched_at=fetched_at,
        found=False,
        parser_version=parser_version,
        misses=streak.misses + 1 if streak else 1,
        miss_days=streak.miss_days + (_day(streak.fetched_at) != _day(fetched_at)) if streak else 1,
        soft=soft,
        answered_before=bool(last and last.answered_before) or _answered_in_any_shape(connection, key),
        content="missed",
    )
    upsert(connection, table, [_columns(key) | msgspec.structs.asdict(now) | {"lived_day": lived_day(connection)}])
    return now


def disown(connection: Connection, provider: str, since: datetime) -> int:
    """Have what a provider said since that time count no more: it stands in for nothing, and is due. That it knows
    these titles is still known. Returns how many answers."""
    no_more = {
        "fetched_at": EPOCH,
        "due_at": None,
        "content": "disowned",
        "partial": False,
        "misses": 0,
        "miss_days": 0,
    }
    said = (table.c.provider == provider, table.c.fetched_at >= since)
    answered = update(table).where(*said, table.c.found == true()).values(**no_more, fragment=None, answered_at=None)
    # What it did not know then, it may have known before: that answer stands in again.
    missed = update(table).where(*said, table.c.found != true()).values(**no_more)
    return connection.execute(answered).rowcount + connection.execute(missed).rowcount


def prune(connection: Connection, before: datetime, before_day: int) -> int:
    """Forget answers of before that time and that day of the daemon's life; they must be too old to stand in for
    anything. Returns how many."""
    old = (table.c.fetched_at < before, table.c.lived_day < before_day)
    return connection.execute(delete(table).where(*old)).rowcount


def newest(connection: Connection) -> datetime | None:
    """The latest time that stands on an answer."""
    return connection.execute(select(func.max(table.c.fetched_at))).scalar()


_KEY = (table.c.provider, table.c.kind, table.c.asked_id, table.c.shape)
_HEAD_COLUMNS = (
    table.c.fetched_at,
    table.c.found,
    table.c.partial,
    table.c.parser_version,
    table.c.misses,
    table.c.miss_days,
    table.c.answered_before,
    table.c.soft,
    table.c.content,
    table.c.due_at,
)
_SAME_QUESTIONS = (
    table.c.provider == bindparam("provider"),
    table.c.kind == bindparam("kind"),
    table.c.shape == bindparam("shape"),
    table.c.asked_id.in_(bindparam("asked_ids", expanding=True)),
)
_ANSWER_COLUMNS = (table.c.answered_at, table.c.fragment, *_HEAD_COLUMNS)
_FEW_HEADS = select(
    table.c.asked_id,
    table.c.fetched_at,
    table.c.found,
    table.c.partial,
    table.c.parser_version,
    table.c.misses,
    table.c.content,
    table.c.due_at,
).where(*_SAME_QUESTIONS)
_HEADS_LOCKED = select(*_HEAD_COLUMNS).where(*(column == bindparam(column.name) for column in _KEY)).with_for_update()


def _rows(
    connection: Connection, columns: tuple[Column[Any], ...], keys: Iterable[AnswerKey]
) -> Iterator[tuple[AnswerKey, list[Any]]]:
    """These columns by key: a plain list of ids for each provider, kind and shape, which every database looks up
    fastest, and as few statements as can be, for a statement costs more than what it finds."""
    keys = list(keys)
    if len(keys) <= PARTS:
        yield from _few_rows(connection, columns, keys)
        return
    groups: dict[tuple[str, Kind, str], dict[str, AnswerKey]] = {}
    for key in keys:
        groups.setdefault((key.provider, key.kind, key.shape), {})[key.asked_id] = key
    parts = [(same, chunk) for same, by_id in groups.items() for chunk in _chunks(list(by_id))]
    for start in range(0, len(parts), PARTS):
        some = parts[start : start + PARTS]
        given: dict[str, Any] = {}
        for place, ((provider, kind, shape), chunk) in enumerate(some):
            given |= {f"provider{place}": provider, f"kind{place}": kind, f"shape{place}": shape, f"ids{place}": chunk}
        for place, asked_id, *row in connection.execute(_union(columns, len(some)), given).all():
            yield groups[some[place][0]][asked_id], row


def _few_rows(
    connection: Connection, columns: tuple[Column[Any], ...], keys: Sequence[AnswerKey]
) -> Iterator[tuple[AnswerKey, list[Any]]]:
    """The same for the questions of one item, in a statement that names each of them: there are no lists in it, which
    would have to be spelled out anew every time."""
    if not keys:
        return
    given = {f"{name}{place}": value for place, key in enumerate(keys) for name, value in _columns(key).items()}
    for place, *row in connection.execute(_named(columns, len(keys)), given).all():
        yield keys[place], row


@cache
def _named(columns: tuple[Column[Any], ...], count: int) -> Any:
    return union_all(
        *(
            select(literal_column(str(place)), *columns).where(
                *(column == bindparam(f"{column.name}{place}") for column in _KEY)
            )
            for place in range(count)
        )
    )


@cache
def _union(columns: tuple[Column[Any], ...], parts: int) -> Any:
    return union_all(
        *(
            select(literal_column(str(place)), table.c.asked_id, *columns).where(
                table.c.provider == bindparam(f"provider{place}"),
                table.c.kind == bindparam(f"kind{place}"),
                table.c.shape == bindparam(f"shape{place}"),
                table.c.asked_id.in_(bindparam(f"ids{place}", expanding=True)),
            )
            for place in range(parts)
        )
    )


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _columns(key: AnswerKey) -> dict[str, Any]:
    return {"provider": key.provider, "kind": key.kind, "asked_id": key.asked_id, "shape": key.shape}


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _answered_in_any_shape(connection: Connection, key: AnswerKey) -> bool:
    same_id = [column == getattr(key, column.name) for column in _KEY if column.name != "shape"]
    return bool(connection.execute(select(exists().where(*same_id, table.c.answered_before == true()))).scalar())


def _head(columns: Iterable[Any]) -> AnswerHead:
    fetched_at, found, partial, parser_version, misses, miss_days, answered_before, soft, content, due_at = columns
    return AnswerHead(
        fetched_at=fetched_at,
        found=found,
        partial=partial,
        parser_version=parser_version,
        misses=misses,
        miss_days=miss_days,
        answered_before=answered_before,
        soft=soft,
        content=content,
        due_at=due_at,
    )


# Fragments on disk

_encode = msgspec.json.Encoder(order="deterministic").encode

_Values = TypedDict("_Values", {name: PYTHON_TYPES[field.type] for name, field in FIELDS.items()}, total=False)  # type: ignore[misc]


class _TypedEpisode(Struct, frozen=True, kw_only=True):
    id: str
    season: int
    number: int
    fragment: "_Typed"


class _TypedSeason(Struct, frozen=True, kw_only=True):
    number: int
    order: str = AIRED
    episodes: int = 0
    fragment: "_Typed | None" = None


class _Typed(Struct, frozen=True, kw_only=True):
    """A fragment whose values are read as the catalogue says; fields unknown to it are passed over."""

    provider: str
    kind: Kind
    ids: dict[str, str] = {}
    values: _Values = {}
    texts: dict[str, tuple[Text, ...]] = {}
    year_day: str = ""
    empty: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()
    listed: tuple[_TypedEpisode, ...] = ()
    orders: tuple[str, ...] = ()
    order_titles: dict[str, str] = {}
    seasons: tuple[_TypedSeason, ...] = ()


class _Untyped(_Typed, frozen=True, kw_only=True):
    values: dict[str, msgspec.Raw] = {}  # type: ignore[assignment]


_decode_typed = msgspec.json.Decoder(_Typed).decode
_decode_untyped = msgspec.json.Decoder(_Untyped).decode


def _fragment(key: AnswerKey, stored: bytes | None) -> Fragment | None:
    if stored is None:
        return None
    try:
        encoded = stored if stored[:1] == b"{" else zlib.decompress(stored)
        try:
            return _from_disk(_decode_typed(encoded))
        except msgspec.ValidationError:
            return _salvaged(_decode_untyped(encoded))
    except (zlib.error, msgspec.DecodeError) as error:
        log.warning("stored_answer_unreadable", provider=key.provider, asked_id=key.asked_id, error=str(error))
        return None


def _from_disk(read: _Typed) -> Fragment:
    return Fragment(
        provider=read.provider,
        kind=read.kind,
        ids=read.ids,
        values=cast("dict[str, Value]", read.values),
        texts=read.texts,
        year_day=read.year_day,
        empty=read.empty,
        unread=read.unread,
        titles=read.titles,
        trouble=read.trouble,
        listed=tuple(
            ListedEpisode(id=one.id, season=one.season, number=one.number, fragment=_from_disk(one.fragment))
            for one in read.listed
        ),
        orders=read.orders,
        order_titles=read.order_titles,
        seasons=tuple(
            ListedSeason(
                number=one.number,
                order=one.order,
                episodes=one.episodes,
                fragment=None if one.fragment is None else _from_disk(one.fragment),
            )
            for one in read.seasons
        ),
    )


def _salvaged(read: _Untyped) -> Fragment:
    """Field by field, for a fragment of a version in which some field had another type: that one is unread."""
    values = {name: value for name, raw in read.values.items() if (value := read_value(name, raw)) is not None}
    lost = {name for name in read.values if name in FIELDS} - values.keys()
    return Fragment(
        provider=read.provider,
        kind=read.kind,
        ids=read.ids,
        values=values,
        texts=read.texts,
        year_day=read.year_day,
        empty=read.empty,
        unread=read.unread | lost,
        titles=read.titles,
        trouble=read.trouble,
        orders=read.orders,
        order_titles=read.order_titles,
    )
