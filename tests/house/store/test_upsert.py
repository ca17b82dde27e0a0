import pytest
from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql

from factories import EARLIER, NOW
from metarr.store import tables
from metarr.store.tables import Moment
from metarr.store.upsert import _statement, upsert


def rows(connection: Connection) -> list[tuple[str, str]]:
    return [tuple(row) for row in connection.execute(text("SELECT key, value FROM settings ORDER BY key"))]


def test_a_row_is_inserted_and_then_updated(connection: Connection) -> None:
    assert upsert(connection, tables.settings, [{"key": "a", "value": 1}]) == 1
    upsert(connection, tables.settings, [{"key": "a", "value": 2}, {"key": "b", "value": 3}])
    assert rows(connection) == [("a", "2"), ("b", "3")]
    assert upsert(connection, tables.settings, []) == 0


def test_kept_columns_are_set_by_an_insert_only(connection: Connection) -> None:
    for value in (1, 2):
        upsert(connection, tables.settings, [{"key": "a", "value": value}], keep=("value",))
    assert rows(connection) == [("a", "1")]


@pytest.mark.parametrize("count", [2, 3, 31, 32, 33, 100])
def test_any_number_of_rows_is_written_at_once_and_the_last_of_equal_ones_counts(
    connection: Connection, count: int
) -> None:
    many = [{"key": f"{number:03}", "value": [number]} for number in range(count)]
    upsert(connection, tables.settings, many)
    assert rows(connection) == [(f"{number:03}", f"[{number}]") for number in range(count)]
    upsert(connection, tables.settings, [*many[:-1], {"key": "000", "value": "again"}])
    assert rows(connection)[0] == ("000", '"again"')
    assert len(rows(connection)) == count


@pytest.mark.parametrize(("table", "newest"), [(tables.provider_answers, "fetched_at"), (tables.settings, "")])
def test_the_same_is_said_to_postgresql(table: tables.Table, newest: str) -> None:
    columns = tuple(column.name for column in table.c)
    said = str(_statement("postgresql", table, columns, (), newest, add=()).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    keys = ", ".join(column.name for column in table.primary_key)
    assert f"ON CONFLICT ({keys}) DO UPDATE SET" in said
    assert (f"WHERE {table.name}.{newest} - excluded.{newest} <= 0 OR" in said) == bool(newest)


def test_times_are_kept_to_the_microsecond_and_sort_as_numbers() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    write, read = Moment().bind_processor(dialect), Moment().result_processor(dialect, None)
    exact = NOW.replace(microsecond=123457)
    assert read(write(exact)) == exact
    assert (write(EARLIER) or 0) < (write(exact) or 0)
    assert read(write(None)) is None
    with pytest.raises(TypeError):
        write(NOW.replace(tzinfo=None))
