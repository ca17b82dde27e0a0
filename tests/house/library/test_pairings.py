"""What is known of entries, the owner's word about one, and the tree of a series."""

import pytest

from fakes import FakeClock
from harness import House, title
from metarr.domain.entries import PairState
from metarr.errors import InvalidInput, NoSuchThing
from metarr.library.pairings import EntryPairing
from metarr.store.changes import Selection
from series_trees import add_episodes, add_series, everything, told, tree
from simulators import Series

pytestmark = pytest.mark.slow

TMDB_1, TMDB_2 = "tmdb:1399/1/1", "tmdb:1399/1/2"


@pytest.fixture
def series(home: House) -> int:
    """One that was enriched, with its first season."""
    series = add_series(home, "game-of-thrones", seasons=(1,))
    home.enrich(series)
    home.asked()
    return series


def known(home: House, series: int, entry: str) -> EntryPairing:
    return next(each for each in home.services.pairings.of_series(series) if each.record.entry == entry)


def test_every_entry_is_told_with_its_episode(home: House, series: int) -> None:
    listed = home.services.pairings.of_series(series, "tmdb")
    assert [each.record.number for each in listed] == list(range(1, 8))
    first = listed[0]
    assert first.item is not None
    assert (first.record.title, first.item.id) == ("Winter Is Coming", tree(home, series)[1, 1].id)
    assert {each.record.state for each in home.services.pairings.of_series(series, "tvdb")} == {
        PairState.PAIRED,
        PairState.MISSING,
    }


def test_the_owner_says_which_episode_an_entry_is(home: House, series: int) -> None:
    second, before = tree(home, series)[1, 2], everything(home, series)
    done = home.services.pairings.decide(series, TMDB_1, second.id)
    assert home.asked() == {}, "nobody is asked"
    assert (done.pairing.record.state, done.changed) == (PairState.PAIRED, 2)
    now = tree(home, series)
    assert now[1, 2].fields["tmdb_rating"].value == before[1, 1]["tmdb_rating"].value
    assert "tmdb_rating" not in now[1, 1].fields, "what was got of it for another one goes"
    assert told(now[1, 2], "title") == {"title": "The Kingsroad"}, "TheTVDB says what it is called"
    home.enrich(series)
    assert tree(home, series)[1, 2].fields == now[1, 2].fields


def test_what_the_owner_said_is_taken_back_as_one_and_can_be_cleared(home: House, series: int) -> None:
    before = everything(home, series)
    done = home.services.pairings.decide(series, TMDB_1, tree(home, series)[1, 2].id)
    home.services.mass_undo.undo(Selection(group=str(done.group_id)))
    assert everything(home, series) == before
    home.services.pairings.decide(series, TMDB_1, None, clear=True)
    assert known(home, series, TMDB_1).item == tree(home, series)[1, 1]


def test_an_entry_that_is_none_tells_nothing(home: House, series: int) -> None:
    home.services.pairings.decide(series, TMDB_1, None)
    assert "tmdb_rating" not in tree(home, series)[1, 1].fields
    assert known(home, series, TMDB_1).record.state is PairState.REFUSED
    home.enrich(series)
    assert "tmdb_rating" not in tree(home, series)[1, 1].fields


def test_an_entry_of_a_list_is_one_episode(home: House, series: int) -> None:
    second = tree(home, series)[1, 2].id
    home.services.pairings.decide(series, TMDB_1, second)
    home.services.pairings.decide(series, TMDB_2, second)
    assert known(home, series, TMDB_2).record.item_id == second
    assert known(home, series, TMDB_1).record.item_id == tree(home, series)[1, 1].id, "the rules decide again"


def test_an_episode_of_another_series_is_refused(home: House, series: int) -> None:
    other = add_series(home, "breaking-bad", seasons=(1,))
    before = home.rows("episode_entries", "field_values")
    for item_id in (tree(home, other)[1, 1].id, other, series, tree(home, series)[1, 0].id):
        with pytest.raises(InvalidInput) as refused:
            home.services.pairings.decide(series, TMDB_1, item_id)
        assert [each.field for each in refused.value.violations] == ["item_id"]
    with pytest.raises(InvalidInput) as refused:
        home.services.pairings.decide(series, "tmdb:1/1/1", None)
    assert [each.field for each in refused.value.violations] == ["entry"]
    with pytest.raises(InvalidInput):
        home.services.pairings.decide(tree(home, series)[1, 1].id, TMDB_1, None)
    with pytest.raises(NoSuchThing):
        home.services.pairings.of_series(99_999)
    assert home.rows("episode_entries", "field_values") == before


# Trees


def test_a_tree_tells_what_is_missing(home: House) -> None:
    series = home.add("game-of-thrones")
    told_title = title("game-of-thrones")
    assert isinstance(told_title, Series)
    add_episodes(home, told_title, {1: [1, 3]})
    home.enrich(series)
    first, second = home.services.trees.of(series).seasons[-2:]
    assert first.item is not None
    assert [(each.number, each.item is not None) for each in first.episodes[:4]] == [
        (1, True),
        (2, False),
        (3, True),
        (4, False),
    ]
    assert (first.episodes[1].entries[0].title, len(first.episodes)) == ("The Kingsroad", 7)
    assert (second.number, second.item) == (2, None)
    assert all(each.item is None for each in second.episodes)


def test_a_deleted_episode_is_missing(home: House, series: int) -> None:
    home.services.editor.delete([("", tree(home, series)[1, 1].id)])
    season = next(each for each in home.services.trees.of(series).seasons if each.number == 1)
    assert [(each.number, each.item) for each in season.episodes[:1]] == [(1, None)]


def test_a_series_that_was_never_asked_about_has_what_the_library_has(home: House, clock: FakeClock) -> None:
    series = add_series(home, "breaking-bad", seasons=(1,))
    [season] = home.services.trees.of(series).seasons
    assert season.number == 1
    assert all(each.item is not None for each in season.episodes)


def test_an_episode_tells_its_numbers(home: House, series: int) -> None:
    numbers = home.services.library.show(tree(home, series)[1, 2].id, why=False).numbers
    assert numbers == (("library", 1, 2), ("aired", 1, 2))
    assert home.services.library.show(series, why=False).numbers == ()
