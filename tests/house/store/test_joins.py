from collections.abc import Iterable

import pytest
from sqlalchemy import Connection

from factories import EARLIER, NOW, item, stored
from metarr.domain.changes import Change
from metarr.domain.item import FieldValue, IdClaim, MediaItem
from metarr.domain.values import Kind
from metarr.store import changes, items, joins
from metarr.store.changes import ChangeSet
from metarr.store.joins import Join


def add(connection: Connection, count: int, **more: object) -> list[int]:
    return [items.add(connection, item(**more)).id for _ in range(count)]


def history(connection: Connection, item_id: int, count: int) -> list[int]:
    return [changes.add(connection, ChangeSet(item_id=item_id, at=NOW, cause="edit")).id for _ in range(count)]


def told(connection: Connection, item_id: int) -> list[int]:
    return [each.id for each in changes.page(connection, item_id=item_id)]


def join(connection: Connection, *links: tuple[int, int]) -> None:
    for survivor_id, joined_id in links:
        joins.add(connection, Join(survivor_id=survivor_id, joined_id=joined_id, at=NOW))


def test_a_join_comes_back_as_it_was_recorded(connection: Connection) -> None:
    first, second = add(connection, 2)
    recorded = joins.add(
        connection,
        Join(
            survivor_id=first,
            joined_id=second,
            at=NOW,
            changes=(Change(field="genres", old=FieldValue(), new=stored(("Drama",), locked=True)),),
            old_ids={"tmdb": IdClaim(value="1")},
            new_ids={"tmdb": IdClaim(value="1"), "imdb": IdClaim(value="tt1", source="omdb")},
            ids={"imdb": IdClaim(value="tt1", source="omdb")},
            change_sets=(4, 5),
            children=(9,),
            aliases=(("tvmaze", "7"),),
        ),
    )
    assert joins.get(connection, first, second) == recorded
    assert joins.get(connection, second, first) is None


def test_an_item_is_followed_through_every_join_until_they_are_split(connection: Connection) -> None:
    a, b, c, alone = add(connection, 4)
    join(connection, (b, c), (a, b))
    assert [joins.survivor(connection, each) for each in (a, b, c, alone)] == [a, a, a, alone]
    assert (joins.joined_to(connection, a), joins.joined_to(connection, b)) == ([b], [c])
    last = joins.get(connection, a, b)
    assert last is not None
    joins.mark_split(connection, last, NOW)
    assert [joins.survivor(connection, each) for each in (a, b, c)] == [a, b, b]
    assert joins.joined_to(connection, a) == []


def test_a_circle_leads_somewhere(connection: Connection) -> None:
    a, b = add(connection, 2)
    join(connection, (a, b), (b, a))
    assert joins.survivor(connection, a) in (a, b)


def test_a_split_is_remembered_for_both_directions_and_after_a_new_join(connection: Connection) -> None:
    a, b, c = add(connection, 3)
    join(connection, (a, b))
    assert not joins.were_split(connection, a, b)
    first = joins.get(connection, a, b)
    assert first is not None
    joins.mark_split(connection, first, NOW)
    assert joins.were_split(connection, a, b)
    assert joins.were_split(connection, b, a)
    assert not joins.were_split(connection, a, c)
    join(connection, (a, b))
    latest = joins.get(connection, a, b)
    assert latest is not None
    assert latest.split_at is None


def test_history_moves_and_comes_back_as_far_as_it_is_still_there(connection: Connection) -> None:
    a, b = add(connection, 2)
    own, others = history(connection, a, 1), history(connection, b, 1200)
    moved = joins.move_history(connection, b, a)
    assert list(moved) == others
    assert set(told(connection, a)) <= {*own, *others}
    assert told(connection, b) == []
    connection.exec_driver_sql(f"DELETE FROM change_sets WHERE id = {others[0]}")
    joins.return_history(connection, moved, b)
    assert told(connection, a) == own
    assert changes.page(connection, item_id=b, limit=2000)[-1].id == others[1]


def test_only_live_items_below_move_and_only_the_named_ones_come_back(connection: Connection) -> None:
    a, b = add(connection, 2, kind=Kind.SERIES)
    season = [items.add(connection, MediaItem(kind=Kind.SEASON, parent_id=b, title=f"{n}")).id for n in range(3)]
    items.soft_delete(connection, [season[2]], EARLIER)
    assert joins.move_children(connection, b, a) == tuple(season[:2])
    assert below(connection, season) == [a, a, b]
    assert joins.move_children(connection, a, b, only=[season[0], 999]) == (season[0],)
    assert below(connection, season) == [b, a, b]


@pytest.mark.parametrize(
    ("mine", "others", "same"),
    [([1, 2], [3], False), ([1, 2], [2, 3], True), ([1], [], False), ([1], [None], True), ([], [None], False)],
)
def test_two_series_have_the_same_season_where_a_number_says_so(
    connection: Connection, mine: list[int | None], others: list[int | None], same: bool
) -> None:
    a, b = add(connection, 2, kind=Kind.SERIES)
    for parent, numbers in ((a, mine), (b, others)):
        for number in numbers:
            fields = {} if number is None else {"season_number": FieldValue(value=number, sources=("nfo",))}
            items.add(connection, MediaItem(kind=Kind.SEASON, parent_id=parent, title="S", fields=fields))
    assert joins.have_same_child(connection, a, b) is joins.have_same_child(connection, b, a) is same


def below(connection: Connection, item_ids: Iterable[int]) -> list[int | None]:
    return [each.parent_id for each in items.get_many(connection, item_ids).values()]


@pytest.mark.parametrize("gone", [0, 1])
def test_a_join_goes_with_either_item(connection: Connection, gone: int) -> None:
    pair = add(connection, 2)
    join(connection, (pair[0], pair[1]))
    connection.exec_driver_sql(f"DELETE FROM items WHERE id = {pair[gone]}")
    assert connection.exec_driver_sql("SELECT count(*) FROM joins").scalar_one() == 0


def test_words_of_a_joined_item_stand_for_the_survivor_in_a_search_by_words(connection: Connection) -> None:
    [a] = add(connection, 1, title="Heat", year=1995, ids={"tmdb": "1"})
    [b] = add(connection, 1, title="Heat!", year=1995)
    items.soft_delete(connection, [b], NOW)
    [words] = items.find_by_words(connection, ["Heat!"])
    assert (words.deleted, words.identified) == (True, False)
    join(connection, (a, b))
    [words] = items.find_by_words(connection, ["Heat!"])
    assert (words.deleted, words.identified) == (False, True)
