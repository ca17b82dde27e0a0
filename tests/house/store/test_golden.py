"""A library that an earlier Metarr made is brought to this one's schema, and nothing is left to do: nobody is asked,
nothing changes, and no player has to take in anything."""

from collections import Counter
from pathlib import Path

import pytest

import golden
from fakes import FakeClock
from harness import PROVIDERS, House, title
from house.jobs.test_jobs import EVERYTHING, at_work, run
from metarr.domain.item import Rule
from metarr.domain.languages import TEXT_FIELDS
from metarr.store import awaited_answers, jobs, player_entries
from series_trees import add_episodes, told, tree
from simulators import Series, Simulators
from tiers import slow_but

pytestmark = pytest.mark.slow

NOW = "this one"
FIRST = golden.FOLDER / "0004.sql.gz"
GERMAN = golden.FOLDER / "0004-german.sql.gz"
MADE = [FIRST, *sorted(set(golden.FOLDER.glob("????.sql.gz")) - {FIRST}), NOW]
DAY = 86_400.0


@pytest.fixture(params=MADE, ids=lambda made: Path(made).name)
def folder(request: pytest.FixtureRequest, tmp_path: Path, simulators: Simulators, clock: FakeClock) -> Path:
    if request.param == NOW:
        golden.make(tmp_path, simulators, clock)
    else:
        golden.put(request.param, tmp_path)
        clock.advance(300)
    return tmp_path


def left_to_do(home: House) -> list[object]:
    """What an item waits for and what is pending for a player."""
    with home.database.read() as connection:
        items = [row[0] for row in home.rows("items")["items"]]
        awaited = awaited_answers.of_items(connection, items)
        return [*awaited, *player_entries.page(connection, "kodi", pending=True)]


def test_it_holds_what_an_upgrade_could_spoil(folder: Path, simulators: Simulators, clock: FakeClock) -> None:
    with golden.opened(folder, simulators, clock) as home:
        items = [home.item(row[0]) for row in home.rows("items")["items"]]
        unions = [stored for item in items for stored in item.fields.values() if stored.rule is Rule.UNION]
        assert all(len(stored.sources) == len(stored.asked_ids) for stored in unions)
        assert len([stored for stored in unions if len(stored.sources) > 1]) >= 3
        assert any(len(veto.providers) > 1 for item in items for veto in item.vetoes)
        [(conflict, other)] = [(each, each.item) for item in items for each in item.conflicts]
        assert (conflict.id_type, conflict.stands) == ("tmdb", "")
        assert other in {item.id for item in items}
        with home.database.read() as connection:
            marks = jobs.tally(connection, 1)
        assert marks.outcomes.keys() == {"fanart", "omdb", "tmdb", "tvdb"}
        assert marks.outcomes["tmdb"].keys() <= {"answered", "cached"}
        changes = [change for item in items for each in home.history(item.id) for change in each.changes]
        assert any(len(change.new.sources) > 1 for change in changes)
        assert {"owner"} in [set(change.new.sources) for change in changes]


def written(home: House) -> object:
    """What must stay as it is. Another version may tell more of a value, such as its language, and name the rule that
    keeps it otherwise."""
    with home.database.read() as connection:
        values = connection.exec_driver_sql(
            "SELECT item_id, field, value, source, fetched_at, asked_id, locked, contributors FROM field_values"
        )
        return home.rows("change_sets", "player_items", "vetoes", "external_ids"), sorted(map(tuple, values), key=repr)


@pytest.mark.parametrize("merged_anew", [False, True])
def test_nothing_is_left_to_do(folder: Path, simulators: Simulators, clock: FakeClock, merged_anew: bool) -> None:
    with golden.opened(folder, simulators, clock) as home:
        if merged_anew:
            with home.database.begin() as connection:
                connection.exec_driver_sql("UPDATE items SET fingerprint = ''")
        before = written(home)
        assert (left_to_do(home), home.asked()) == ([], {})
        with at_work(home):
            job = run(home, EVERYTHING)
        assert (job.tally.changed, job.tally.done > 0, home.asked()) == (0, True, {})
        assert left_to_do(home) == []
        assert written(home) == before


ORDERS = [("tmdb", "tvdb", "fanart", "omdb"), ("omdb", "fanart", "tvdb", "tmdb")]
"""In which providers are asked anew."""


@pytest.mark.parametrize("library", [FIRST, GERMAN], ids=lambda library: library.name)
@pytest.mark.parametrize(
    "order",
    slow_but(
        [("tmdb", "tvdb", "fanart", "omdb")], [("tmdb", "tvdb", "fanart", "omdb"), ("omdb", "fanart", "tvdb", "tmdb")]
    ),
    ids="-".join,
)
def test_new_parsers_make_no_rush_and_change_no_text_twice(
    library: Path, order: tuple[str, ...], tmp_path: Path, simulators: Simulators, clock: FakeClock
) -> None:
    """What was read by an older parser counts until it is due, even where languages were not told apart then."""
    golden.put(library, tmp_path)
    with golden.opened(tmp_path, simulators, clock) as home, at_work(home):
        clock.advance(6 * DAY)
        titles = run(home, EVERYTHING).tally.done
        assert (left_to_do(home), home.asked()) == ([], {})
    clock.advance(2 * DAY)
    with golden.opened(tmp_path, simulators, clock) as home:
        items = [row[0] for row in home.rows("items")["items"]]
        newest = max(each.id for item in items for each in home.history(item))
        for provider in (*order, *order):
            for item in items:
                home.enrich(item, provider)
            assert left_to_do(home) == [], "no player is woken"
        since = [(item, each) for item in items for each in home.history(item) if each.id > newest]
        changed = Counter((item, change.field) for item, each in since for change in each.changes)
        assert [field for _, field in changed].count("original_language") == titles > 3, "all were asked and heard"
        assert max(changed.values()) == 1
        assert home.asked().keys() == set(PROVIDERS)
        assert not changed.keys() & {(item, field) for item in items for field in TEXT_FIELDS}


def put_episodes(home: House) -> int:
    """Have an older library hold the first season of its series, as an import would have left it: nobody was asked
    about episodes, and the series stands as it was merged."""
    [series] = [row[0] for row in home.rows("items")["items"] if row[1] == "series"]
    fingerprint, told_title = home.item(series).fingerprint, title("breaking-bad")
    assert fingerprint
    assert isinstance(told_title, Series)
    add_episodes(home, told_title, {1: [1, 2, 3]})
    with home.database.begin() as connection:
        connection.exec_driver_sql("UPDATE items SET fingerprint = ? WHERE id = ?", (fingerprint, series))
    return int(series)


def test_the_episodes_of_an_older_library_are_asked_for_once(
    tmp_path: Path, simulators: Simulators, clock: FakeClock
) -> None:
    """The first run asks for the lists of its one series, and for nothing else; the second for nothing."""
    golden.put(FIRST, tmp_path)
    clock.advance(300)
    with golden.opened(tmp_path, simulators, clock) as home, at_work(home):
        series = put_episodes(home)
        run(home, EVERYTHING)
        requests = {provider: simulators.counts(provider)["endpoints"] for provider in PROVIDERS}
        requests["tvdb"].pop("login")
        assert requests == {"fanart": {}, "omdb": {"season": 1}, "tmdb": {"tv": 1}, "tvdb": {"episodes": 2}}
        home.asked()
        assert told(tree(home, series)[1, 2], "title") == {"title": "Cat's in the Bag..."}
        assert (run(home, EVERYTHING).tally.changed, home.asked()) == (0, {})
