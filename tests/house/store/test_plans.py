"""How SQLite finds what is asked often of a large library: by an index, without sorting all that there is."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from factories import NOW
from metarr.domain.values import Kind
from metarr.store import awaited_answers, changes, items, player_entries, players
from metarr.store.items import ItemFilter, field_counts

ASKED: dict[str, tuple[Callable[[Connection], Any], str]] = {
    "a page of the library": (items.page, "items USING INDEX ix_items_sort_key"),
    "a page of a kind": (
        lambda c: items.page(c, ItemFilter(kind=Kind.MOVIE)),
        "items USING INDEX ix_items_kind_sort_key",
    ),
    "a search, which looks at every title": (lambda c: items.page(c, ItemFilter(title_contains="x")), "SCAN items"),
    "what is locked": (
        lambda c: items.count(c, ItemFilter(locked=True)),
        "field_values USING INDEX ix_field_values_locked",
    ),
    "what is locked in a field": (
        lambda c: items.count(c, ItemFilter(locked_field="plot")),
        "field_values USING INDEX ix_field_values_locked",
    ),
    "what is held": (
        lambda c: items.count(c, ItemFilter(values_held=True)),
        "field_values USING INDEX ix_field_values_held",
    ),
    "in how many items each field is filled": (field_counts.counted, "SCAN field_counts"),
    "a batch of the library": (items.heads, "items USING INTEGER PRIMARY KEY"),
    "what a player has to hear of": (
        lambda c: player_entries.pending(c, "kodi", 0, 50),
        "player_items USING INDEX ix_player_items_pending",
    ),
    "whether a player has to hear of anything": (
        lambda c: player_entries.pending_state(c, "kodi"),
        "player_items USING INDEX ix_player_items_pending",
    ),
    "how many items miss an answer": (
        awaited_answers.counts,
        "pending_answers USING COVERING INDEX ix_pending_answers_provider",
    ),
    "whom a provider may be asked about": (
        lambda c: awaited_answers.due(c, "omdb", NOW, 50),
        "pending_answers USING INDEX ix_pending_answers_due",
    ),
    "how many items there are": (items.stock, "items USING COVERING INDEX ix_items_kind_sort_key"),
    "how many entries are odd": (players.open_counts, "items USING INDEX ix_items_deleted"),
    "the history of an item": (lambda c: changes.page(c, item_id=1), "change_sets USING INDEX ix_change_sets_item_id"),
    "change-sets that are too old": (
        lambda c: changes.prune(c, NOW, 1),
        "change_sets USING INDEX ix_change_sets_at",
    ),
}


@pytest.fixture(scope="module")
def backend() -> str:
    return "sqlite"


@pytest.mark.parametrize(("ask", "expected"), ASKED.values(), ids=ASKED)
def test_what_is_asked_often_is_found_by_its_index(
    connection: Connection, ask: Callable[[Connection], Any], expected: str
) -> None:
    raw: Any = connection.connection.driver_connection
    said: list[str] = []
    raw.set_trace_callback(said.append)
    ask(connection)
    raw.set_trace_callback(None)
    plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said[0]}")]
    assert any(expected in step for step in plan)
    assert "SCAN pending_answers" not in plan
