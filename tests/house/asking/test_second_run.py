"""With unchanged providers the second run changes nothing, by whichever of its ids a title was added.

The first run must therefore hear everybody whom its own answers lead to: an id that a provider was not asked by is
known after it, and the second run would ask.
"""

from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeClock
from harness import House, house, title, told
from metarr.domain.changes import Change
from metarr.domain.values import Kind
from metarr.errors import BadAnswer, MetarrError, TitleNotFound
from metarr.library.intake import NewItem
from metarr.library.reference import find
from metarr.library.wish import Enriched
from metarr.providers.contract import Ask
from metarr.providers.tmdb import Tmdb
from metarr.providers.tvdb import Tvdb
from simulators import MOVIES, SERIES, Movie, Simulators
from tiers import slow_but

pytestmark = pytest.mark.slow

ID_TYPES = ("imdb", "tmdb", "tvdb")
COMBINATIONS = [ids for count in range(4) for ids in combinations(ID_TYPES, count)]


def add_all(home: House, id_types: tuple[str, ...], source: str) -> dict[str, int]:
    """Every title of the simulators that has ids of all these types, known by these alone; by its key."""
    added = {}
    for each in (*MOVIES, *SERIES):
        ids = {id_type: str(getattr(each, id_type)) for id_type in id_types if getattr(each, id_type, None)}
        if len(ids) == len(id_types) and (ids or each.released):  # no words tell a title that bears no date
            kind = Kind.MOVIE if isinstance(each, Movie) else Kind.SERIES
            [taken] = home.services.library.upsert([NewItem(kind, each.title, each.year, ids, source=source)])
            added[each.key] = taken.item.id
    return added


def run(home: House, added: dict[str, int], **wish: Any) -> dict[str, Enriched | str]:
    """Enrich them all; why not, where one cannot be."""
    results: dict[str, Enriched | str] = {}
    for key, item_id in added.items():
        try:
            results[key] = home.enrich(item_id, **wish)
        except MetarrError as error:
            results[key] = str(error)
    return results


def changes(results: Mapping[str, Enriched | str]) -> dict[str, tuple[Change, ...]]:
    return {key: each.changes for key, each in results.items() if isinstance(each, Enriched) and each.changes}


def state(home: House, added: dict[str, int]) -> dict[str, Any]:
    """Everything that a run may leave on an item, but for its times."""
    with home.database.read() as connection:
        # One may be joined to another by what was found.
        items = {key: find(connection, item_id) for key, item_id in added.items()}
    return {
        key: (item.id_values(), told(item.fields), item.conflicts, home.awaited(item.id).keys())
        for key, item in items.items()
    }


def misses(ask: Ask) -> Mapping[str, str]:
    raise TitleNotFound("knows none of these ids", soft=True)


def fails(ask: Ask) -> Mapping[str, str]:
    raise BadAnswer("fails whenever it looks an id up")


def strays(ask: Ask) -> Mapping[str, str]:
    """The ids of one title, whichever is looked for."""
    other = title("parasite" if ask.kind is Kind.MOVIE else "breaking-bad")
    return {"tmdb": str(other.tmdb), "tvdb": str(other.tvdb)}


@pytest.mark.parametrize(
    "id_types", slow_but([(), ("imdb",), ("tmdb",)], COMBINATIONS), ids=lambda ids: "+".join(ids) or "words"
)
@pytest.mark.parametrize(
    ("look_up", "source"),
    [
        (None, ""),
        *(
            pytest.param(look_up, source, marks=pytest.mark.slow)
            for look_up, source in [(None, "nfo"), (misses, ""), (fails, ""), (strays, ""), (strays, "nfo")]
        ),
    ],
)
def test_by_whichever_ids_a_title_is_added_the_second_run_changes_nothing(  # noqa: PLR0917 fixtures, and a table
    simulators: Simulators,
    tmp_path: Path,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    id_types: tuple[str, ...],
    look_up: Callable[[Ask], Mapping[str, str]] | None,
    source: str,
) -> None:
    if look_up is not None:
        for provider in (Tmdb, Tvdb):
            monkeypatch.setattr(provider, "lookup", lambda self, ask, http: look_up(ask))
    with house(simulators, tmp_path, clock) as home:
        added = add_all(home, id_types, source)
        run(home, added)
        first = state(home, added)
        home.asked()
        assert changes(run(home, added)) == {}
        assert state(home, added) == first
        if look_up is not fails:
            assert home.asked() == {}
        assert changes(run(home, added, force=True)) == {}
        assert state(home, added) == first
