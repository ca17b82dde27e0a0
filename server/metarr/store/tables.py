"""The tables. What they hold is said by the repository of the same noun; migrations bring a database to this shape."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    or_,
    text,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

from metarr.domain.brake import Brake
from metarr.domain.delivery import FieldState
from metarr.domain.item import Conflict, IdClaim, Undecided, Withdrawal
from metarr.domain.matching import Wanted
from metarr.domain.notice import NoticeAction
from metarr.domain.usage import Usage

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970 UTC: exact, sortable, the same in every database."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        return _microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:
        return _moment


@lru_cache(maxsize=1024)  # an item's values have the few moments of its answers
def _microseconds(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - EPOCH) // MICROSECOND


@lru_cache(maxsize=1024)
def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


class Json(TypeDecorator[Any]):
    """A value of one msgspec-known type, kept as JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, type_: Any) -> None:
        super().__init__()
        self.type_ = type_
        self._encode = msgspec.json.Encoder(order="deterministic").encode
        self._decode = msgspec.json.Decoder(type_).decode

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        encode = self._encode
        return lambda value: None if value is None else encode(value).decode()

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], Any]:
        decode = self._decode
        return lambda text: None if text is None else decode(text)


class Names(Json):
    """Names, never NULL, of which a library repeats a few over and over: those that were last seen are remembered."""

    cache_ok = True

    def __init__(self, type_: Any) -> None:
        super().__init__(type_)
        encode, decode = self._encode, self._decode
        self._text = lru_cache(maxsize=4096)(lambda names: encode(names).decode())
        self._names = lru_cache(maxsize=4096)(decode)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        return self._text

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return self._names


SORTED = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""A text by which lists are sorted: letter by letter, in every database and whatever its language."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_item(**options: Any) -> Column[int]:
    return Column("item_id", Integer, ForeignKey("items.id", ondelete="CASCADE"), nullable=False, **options)


def _lived_day() -> Column[int]:
    """On which day of the daemon's life a row was written, so that it is not too old because a clock lies."""
    return Column("lived_day", Integer, nullable=False, server_default="0")


items = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("parent_id", Integer, ForeignKey("items.id"), index=True),
    Column("title", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("monitored", Boolean, nullable=False),
    Column("added_at", Moment),
    Column("deleted_at", Moment),
    Column("last_enriched_at", Moment),
    Column("last_enriched_providers", Json(tuple[str, ...]), nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("conflicts", Json(tuple[Conflict, ...]), nullable=False),
    Column("undecided", Json(Undecided)),
    Column("version", Integer, nullable=False),
    # Derived from the fields with every write, so that lists and queues read this table alone.
    Column("shown_title", Text, nullable=False),
    Column("released", Text, nullable=False),
    Column("sort_key", SORTED, nullable=False),
    Column("search_key", Text, nullable=False),
    Column("deleted_by", Text, nullable=False, server_default=""),
    Column("origin", Text, nullable=False, server_default=""),
    Column("readings", Json(tuple[Wanted, ...])),
    Column("shown_year", Integer, nullable=False, server_default="0"),
    Column("bases", Names(tuple[tuple[str, str], ...]), nullable=False, server_default="[]"),
    Column("dismissed", Json(tuple[Conflict, ...])),
    Column("numbering", Text, nullable=False, server_default=""),
    Column("below_due_at", Moment),
    Index("ix_items_kind_sort_key", "kind", "sort_key", "id"),
    Index("ix_items_sort_key", "sort_key", "id"),
    sqlite_autoincrement=True,
)

_DELETED = items.c.deleted_at.is_not(None)
_UNMONITORED = items.c.monitored == false()
_UNTOUCHED = and_(items.c.last_enriched_at.is_(None), items.c.monitored == true(), items.c.deleted_at.is_(None))
# The exceptions, which are counted and taken off, so that nobody need count a whole library.
for _name, _few in (("deleted", _DELETED), ("unmonitored", _UNMONITORED), ("untouched", _UNTOUCHED)):
    Index(f"ix_items_{_name}", items.c.kind, sqlite_where=_few, postgresql_where=_few)
_UNDECIDED = items.c.undecided.is_not(None)
Index("ix_items_undecided", items.c.id, sqlite_where=_UNDECIDED, postgresql_where=_UNDECIDED)

episode_numbers = Table(
    "episode_numbers",
    metadata,
    Column("series_id", Integer, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True),
    Column("numbering", Text, primary_key=True),
    Column("season", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    _of_item(index=True),
)

external_ids = Table(
    "external_ids",
    metadata,
    _of_item(primary_key=True),
    Column("type", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("alias", Boolean, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("identifies", Boolean, nullable=False, server_default=false()),
    Column("weak", Boolean, nullable=False, server_default=false()),
    Index("ix_external_ids_value", "value", "type"),
)
_ALONE = and_(external_ids.c.live == true(), external_ids.c.identifies == true())
Index(
    "uq_external_ids_live",
    external_ids.c.value,
    external_ids.c.type,
    external_ids.c.kind,
    unique=True,
    sqlite_where=_ALONE,
    postgresql_where=_ALONE,
)

field_values = Table(
    "field_values",
    metadata,
    _of_item(primary_key=True),
    Column("field", Text, primary_key=True),
    Column("value", Text),
    Column("source", Names(tuple[str, ...]), nullable=False),
    Column("fetched_at", Moment),
    Column("rule", Text, nullable=False),
    Column("asked_id", Names(tuple[str, ...]), nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("contributors", Names(tuple[tuple[str, ...], ...]), nullable=False),
    Column("language", Text, nullable=False, server_default=""),
    Column("withdrawals", Json(tuple[Withdrawal, ...]), nullable=False, server_default="[]"),
    Column("days_withdrawn", Integer, nullable=False, server_default="0"),
    Column("day", Text, nullable=False, server_default=""),
    Column("locks_below", Boolean, nullable=False, server_default=false()),
    Index(
        "ix_field_values_withdrawn",
        "source",
        "field",
        sqlite_where=text("days_withdrawn >= 2"),
        postgresql_where=text("days_withdrawn >= 2"),
    ),
)

_HELD = and_(field_values.c.rule == text("'held'"), field_values.c.value.is_not(None))
Index(
    "ix_field_values_locked",
    field_values.c.item_id,
    field_values.c.field,
    sqlite_where=field_values.c.locked == true(),
    postgresql_where=field_values.c.locked == true(),
)
Index("ix_field_values_held", field_values.c.item_id, sqlite_where=_HELD, postgresql_where=_HELD)

# How often what is in the table of values, kept with every write: to count them takes a second of a large library.
field_counts = Table(
    "field_counts",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("source", Names(tuple[str, ...]), primary_key=True),
    Column("filled", Integer, nullable=False),
    Column("locked", Integer, nullable=False),
    Column("values_held", Integer, nullable=False),
)

statements = Table(
    "statements",
    metadata,
    _of_item(primary_key=True),
    Column("source", Text, primary_key=True),
    Column("file", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("ids", Json(dict[str, str]), nullable=False),
    Column("locks", Names(tuple[str, ...]), nullable=False),
    Column("held", Text, key="values_held", nullable=False),
    Index("ix_statements_file", "file"),
)

vetoes = Table(
    "vetoes",
    metadata,
    Column("id", Integer, primary_key=True),
    _of_item(index=True),
    Column("field", Text, nullable=False),
    Column("provider", Names(tuple[str, ...]), nullable=False),
    Column("value", Text, nullable=False),
    Column("language", Text, nullable=False, server_default=""),
)

provider_answers = Table(
    "provider_answers",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("shape", Text, primary_key=True),
    Column("asked_id", Text, primary_key=True),
    Column("found", Boolean, nullable=False),
    Column("fetched_at", Moment, nullable=False, index=True),
    Column("partial", Boolean, nullable=False),
    Column("parser_version", Integer, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("miss_days", Integer, nullable=False),
    Column("soft", Boolean, nullable=False),
    Column("answered_before", Boolean, nullable=False),
    Column("answered_at", Moment),
    Column("content", Text, nullable=False),
    Column("fragment", LargeBinary),
    _lived_day(),
    Column("due_at", Moment),
)
# What a look at freshness reads, and nothing else: fragments lie far apart.
Index(
    "ix_provider_answers_heads",
    *(column for column in provider_answers.c if column.name not in ("fragment", "lived_day")),
)

episode_entries = Table(
    "episode_entries",
    metadata,
    Column("series_id", Integer, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("item_id", Integer, ForeignKey("items.id", ondelete="SET NULL"), index=True),
    Column("rule", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("season", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("since", Moment),
    Column("made_for", Json(tuple[int, int])),
)

provider_configs = Table(
    "provider_configs",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("settings", Json(dict[str, str | int | float | bool]), nullable=False),
    Column("sealed", Json(dict[str, str]), nullable=False),
)

provider_secrets = Table(
    "provider_secrets",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sealed", Text, nullable=False),
)

provider_states = Table(
    "provider_states",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("state", Text, nullable=False),
)

provider_brakes = Table(
    "provider_brakes",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("brake", Json(Brake), nullable=False),
)

provider_usage = Table(
    "provider_usage",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("usage", Json(Usage), nullable=False),
    _lived_day(),
)

field_authorities = Table(
    "field_authorities",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("providers", Json(tuple[str, ...]), nullable=False),
    Column("exclusive", Boolean, nullable=False),
    Column("union", Boolean, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Json(Any), nullable=False),
)

change_sets = Table(
    "change_sets",
    metadata,
    Column("id", Integer, primary_key=True),
    _of_item(),
    Column("at", Moment, nullable=False, index=True),
    Column("cause", Text, nullable=False),
    Column("job_id", Integer, index=True),
    Column("sync_reason", Text, nullable=False),
    Column("providers", Json(tuple[str, ...]), nullable=False),
    Column("old_ids", Json(dict[str, IdClaim])),
    Column("new_ids", Json(dict[str, IdClaim])),
    Column("undone_by", Integer),
    Column("changes", Text, nullable=False),
    Column("group_id", Integer, index=True),
    _lived_day(),
    Column("old_numbering", Text),
    Column("new_numbering", Text),
    Column("packed_changes", LargeBinary),
    Index("ix_change_sets_item_id", "item_id", "id"),
    sqlite_autoincrement=True,
)

joins = Table(
    "joins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("survivor_id", Integer, ForeignKey("items.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("joined_id", Integer, ForeignKey("items.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("split_at", Moment),
    Column("changes", Json(dict[str, tuple[str, str]]), nullable=False),
    Column("old_ids", Json(dict[str, IdClaim]), nullable=False),
    Column("new_ids", Json(dict[str, IdClaim]), nullable=False),
    Column("ids", Json(dict[str, IdClaim]), nullable=False),
    Column("change_sets", Json(tuple[int, ...]), nullable=False),
    Column("children", Json(tuple[int, ...]), nullable=False),
    Column("aliases", Json(tuple[tuple[str, str], ...]), nullable=False),
    Column("player_items", Json(tuple[int, ...]), nullable=False, server_default="[]"),
)

awaited_answers = Table(
    "pending_answers",
    metadata,
    _of_item(primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment),
    Column("since", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("fresh_after", Moment),
    Index("ix_pending_answers_due", "provider", "not_before"),
    Index("ix_pending_answers_provider", "provider", "item_id"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_id", Text, unique=True),
    Column("cause", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("auto", Boolean, nullable=False),
    Column("force", Boolean, nullable=False),
    Column("providers", Json(tuple[str, ...]), nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("total", Integer, nullable=False),
    Column("tally", Text, nullable=False),
    Column("waiting", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("resumed_at", Moment),
    Column("resumed_with", Integer, nullable=False, server_default="0"),
    _lived_day(),
    Column("kind", Text, nullable=False, server_default="enrich"),
    Column("drop_foreign", Boolean, nullable=False, server_default=false()),
    Column("edit", Text, nullable=False, server_default="null"),
    sqlite_autoincrement=True,
)

job_items = Table(
    "job_items",
    metadata,
    Column("job_id", Integer, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    _of_item(primary_key=True),
    Column("done", Text, nullable=False),
    Column("told", Json(dict[str, str]), nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_job_items_item_id", "item_id"),
)

notices = Table(
    "notices",
    metadata,
    Column("code", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("action", Json(NoticeAction)),
)

sync_state = Table(
    "sync_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("store_id", Text, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
)

players = Table(
    "players",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("host_version", Text, nullable=False),
    Column("adapter_version", Text, nullable=False),
    Column("instance", Text, nullable=False),
    Column("session", Integer, nullable=False),
    Column("policy", Text, nullable=False),
    Column("overwrite_edits", Boolean, nullable=False),
    Column("takes", Json(dict[str, tuple[str, ...]]), nullable=False),
    Column("cannot_take", Json(dict[str, dict[str, str]]), nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("reported_at", Moment),
    Column("tree", Boolean, nullable=False, server_default=false()),
    Column("group_policies", Json(dict[str, str]), nullable=False, server_default="{}"),
)

player_tokens = Table(
    "player_tokens",
    metadata,
    Column("id", Text, primary_key=True),
    # No foreign key: a player is let in before it registers.
    Column("player_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("added_at", Moment, nullable=False),
)

held_removals = Table(
    "held_removals",
    metadata,
    Column("player_id", Text, ForeignKey("players.id", ondelete="CASCADE"), primary_key=True),
    Column("host_key", Text, primary_key=True),
    Column("since", Moment, nullable=False),
)

hosts = Table(
    "hosts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("settings", Json(dict[str, Any]), nullable=False),
    Column("sealed", Json(dict[str, str]), nullable=False),
    Column("works_on", Json(tuple[str, ...]), nullable=False),
    # No foreign key: it is there before its player registers, and its player may stay when it goes.
    Column("player_id", Text, nullable=False),
    Column("added_at", Moment, nullable=False),
)

player_items = Table(
    "player_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("player_id", Text, ForeignKey("players.id", ondelete="CASCADE"), nullable=False),
    Column("host_key", Text, nullable=False),
    Column("host_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    _of_item(),
    Column("ids", Json(dict[str, str]), nullable=False),
    Column("report_id", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("acked", BigInteger, nullable=False),
    Column("acked_change", Integer, nullable=False),
    Column("held", Json(dict[str, FieldState]), key="states", nullable=False),
    # Derived from the states with every write, so that lists need not read the items.
    Column("troubled", Boolean, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("season", Integer),
    Column("number", Integer),
    UniqueConstraint("player_id", "host_key"),
    Index("ix_player_items_item_id", "item_id"),
    sqlite_autoincrement=True,
)
_ODD = or_(player_items.c.troubled == true(), player_items.c.edited == true())
Index("ix_player_items_odd", player_items.c.player_id, sqlite_where=_ODD, postgresql_where=_ODD)
# Few are, and players ask for them all the time.
Index(
    "ix_player_items_pending",
    player_items.c.player_id,
    player_items.c.sequence,
    sqlite_where=player_items.c.sequence > player_items.c.acked,
    postgresql_where=player_items.c.sequence > player_items.c.acked,
)
