from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from metarr.store import key_values
from metarr.store.database import Database
from strategies import names, texts

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(names, _json.filter(lambda value: value is not None), max_size=4))
def test_settings_come_back_as_they_were_put(shared: Database, values: dict[str, Any]) -> None:
    with shared.read() as connection:
        key_values.put(connection, values)
        assert key_values.read(connection) == values


def test_putting_one_leaves_the_others_and_removing_goes_back_to_the_default(database: Database) -> None:
    with database.begin() as connection:
        key_values.put(connection, {"ttl": 7, "language": "en"})
        key_values.put(connection, {"ttl": 8})
        key_values.put(connection, {})
        assert key_values.read(connection) == {"ttl": 8, "language": "en"}
        key_values.remove(connection, ["ttl", "never set"])
        assert key_values.get(connection, "ttl", 7) == 7
        assert key_values.get(connection, "language") == "en"
