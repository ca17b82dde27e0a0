"""The entries of the players' libraries: found, paged, woken, moved, forgotten."""

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from factories import NOW, item
from metarr.domain.delivery import FieldState, Taken
from metarr.domain.values import Kind
from metarr.store import changes, items, player_entries, players
from metarr.store.changes import ChangeSet
from metarr.store.chunks import CHUNK
from metarr.store.player_entries import PLAYER, PlayerEntry
from metarr.store.players import Player

SYNC = frozenset({"title", "plot"})


@pytest.fixture(autouse=True)
def known(connection: Connection) -> None:
    """Two players; `attic` takes titles only."""
    for player_id, takes in (("kodi", ("title", "plot", "imdb_votes")), ("attic", ("title",))):
        player = Player(id=player_id, name=player_id, host="kodi", added_at=NOW, seen_at=NOW, takes={"movie": takes})
        players.put(connection, player)


def add(connection: Connection, *titles: str, **more: object) -> list[int]:
    return [items.add(connection, item(title=title, **more)).id for title in titles]


def entry(connection: Connection, key: str, item_id: int, **more: object) -> PlayerEntry:
    """A saved entry."""
    fields = {"player_id": "kodi", "kind": Kind.MOVIE, **more}
    player_entries.save(connection, PlayerEntry(host_key=key, item_id=item_id, **fields))
    return player_entries.by_keys(connection, str(fields["player_id"]), [key])[key]


def sequences(connection: Connection, item_id: int) -> dict[tuple[str, str], int]:
    found = player_entries.of_items(connection, [item_id])
    return {(each.player_id, each.host_key): each.sequence for each in found}


def keys(entries: list[PlayerEntry]) -> list[str]:
    return [each.host_key for each in entries]


def test_an_entry_comes_back_as_it_was_saved(connection: Connection) -> None:
    heat, ran = add(connection, "Heat", "Ran")
    full = entry(
        connection,
        "a",
        heat,
        host_id="7",
        ids={"imdb": "tt0113277"},
        report_id="r1",
        sequence=4,
        acked=3,
        acked_change=9,
        states={
            "plot": FieldState(host="x", acked=None, declined="y", outcome=Taken.REFUSED, why="read-only", forced=True)
        },
        troubled=True,
        edited=True,
    )
    assert full.id
    changed = replace(full, item_id=ran, states={}, troubled=False)
    player_entries.save(connection, changed)
    assert player_entries.by_keys(connection, "kodi", ["a", "unknown"]) == {"a": changed}
    assert player_entries.by_keys(connection, "attic", ["a"]) == {}


def test_pages_follow_the_first_report_and_leave_deleted_items_out(connection: Connection) -> None:
    heat, gone = add(connection, "Heat", "Ran")
    made = [entry(connection, key, heat) for key in "cab"]
    entry(connection, "gone", gone)
    entry(connection, "attic", heat, player_id="attic")
    items.soft_delete(connection, [gone], NOW)
    assert keys(player_entries.page(connection, "kodi", limit=2)) == ["c", "a"]
    assert keys(player_entries.page(connection, "kodi", after_id=made[1].id)) == ["b"]
    assert keys(player_entries.page(connection, "kodi", keys=["b", "c", "gone"])) == ["c", "b"]


def test_pages_can_be_narrowed_to_how_entries_stand(connection: Connection) -> None:
    [heat] = add(connection, "Heat")
    entry(connection, "pending", heat, sequence=2, acked=1)
    entry(connection, "troubled", heat, sequence=2, acked=2, troubled=True)
    entry(connection, "edited", heat, edited=True)
    assert keys(player_entries.page(connection, "kodi", pending=True)) == ["pending"]
    assert keys(player_entries.page(connection, "kodi", troubled=True)) == ["troubled", "edited"]


def test_what_is_pending_comes_in_the_order_of_the_sequences(connection: Connection) -> None:
    heat, gone = add(connection, "Heat", "Ran")
    for key, sequence, acked in (("late", 9, 0), ("early", 3, 2), ("done", 5, 5)):
        entry(connection, key, heat, sequence=sequence, acked=acked)
    entry(connection, "gone", gone, sequence=99)
    items.soft_delete(connection, [gone], NOW)
    assert keys(player_entries.pending(connection, "kodi", 0, 10)) == ["early", "late"]
    assert keys(player_entries.pending(connection, "kodi", 3, 10)) == ["late"]
    assert player_entries.pending_state(connection, "kodi") == (9, 2)
    assert player_entries.pending_state(connection, "attic") == (0, 0)


def test_each_woken_entry_gets_a_sequence_of_its_own(connection: Connection) -> None:
    [heat] = add(connection, "Heat")
    player_entries.wake(connection, [entry(connection, "a", heat), entry(connection, "b", heat)])
    assert sequences(connection, heat) == {("kodi", "a"): 1, ("kodi", "b"): 2}
    player_entries.wake(connection, [])
    assert players.last_sequence(connection) == 2


@pytest.mark.parametrize(
    ("changed", "pending", "woken"),
    [
        ({"title"}, False, {"kodi", "attic"}),
        ({"plot"}, False, {"kodi"}),
        ({"imdb_votes"}, False, set()),
        ({"imdb_votes"}, True, {"kodi"}),
        ({"tagline"}, True, set()),
    ],
)
def test_a_change_wakes_those_who_take_it_and_are_told_of_it(
    connection: Connection, changed: set[str], pending: bool, woken: set[str]
) -> None:
    heat, ran = add(connection, "Heat", "Ran")
    for player_id in ("kodi", "attic"):
        entry(connection, "heat", heat, player_id=player_id, sequence=int(pending))
        entry(connection, "ran", ran, player_id=player_id)
    players.issue(connection, 1)
    player_entries.wake_changed(connection, {heat: changed}, SYNC)
    assert {player_id for (player_id, _), sequence in sequences(connection, heat).items() if sequence > 1} == woken
    assert set(sequences(connection, ran).values()) == {0}


def test_entries_move_to_another_item_and_hear_of_it(connection: Connection) -> None:
    heat, other = add(connection, "Heat", "Heat (1995)")
    first, second = entry(connection, "a", other), entry(connection, "b", other)
    assert player_entries.move(connection, other, heat) == (first.id, second.id)
    assert sequences(connection, heat) == {("kodi", "a"): 1, ("kodi", "b"): 2}
    assert player_entries.move(connection, heat, other, only=[second.id]) == (second.id,)
    assert keys(player_entries.of_items(connection, [other])) == ["b"]


def test_entries_are_forgotten_by_key_and_by_what_a_report_left_out(connection: Connection) -> None:
    heat, ran = add(connection, "Heat", "Ran")
    entry(connection, "a", heat)
    entry(connection, "b", ran)
    entry(connection, "a", ran, player_id="attic")
    assert player_entries.remove(connection, "kodi", ["a", "unknown"]) == [heat]
    kept = entry(connection, "c", heat)
    player_entries.mark_reported(connection, [kept.id], "r2")
    assert player_entries.remove_unreported(connection, "kodi", "r2") == [ran]
    assert player_entries.items_of(connection, "kodi") == [heat]
    assert player_entries.items_of(connection, "attic") == [ran]


def test_more_keys_than_one_statement_holds(connection: Connection) -> None:
    [heat] = add(connection, "Heat")
    many = [f"key-{number}" for number in range(CHUNK + 10)]
    for key in many:
        player_entries.save(connection, PlayerEntry(player_id="kodi", host_key=key, kind=Kind.MOVIE, item_id=heat))
    assert len(player_entries.by_keys(connection, "kodi", many)) == len(many)
    assert len(player_entries.remove(connection, "kodi", many)) == len(many)


def test_held_by_nobody_is_what_came_from_players_and_what_none_has_below_it_either(connection: Connection) -> None:
    [movie, held] = add(connection, "Gone", "Held", origin=PLAYER)
    [own] = add(connection, "The owner's")
    [series, empty] = add(connection, "Series", "Empty series", kind=Kind.SERIES, origin=PLAYER)
    [season] = add(connection, "Season 1", kind=Kind.SEASON, origin=PLAYER, parent_id=series)
    [episode] = add(connection, "Pilot", kind=Kind.EPISODE, origin=PLAYER, parent_id=season)
    entry(connection, "held", held)
    entry(connection, "pilot", episode, kind=Kind.EPISODE)
    everything = [movie, held, own, series, empty, season, episode]
    assert player_entries.abandoned(connection, everything) == [movie, empty]
    player_entries.remove(connection, "kodi", ["pilot"])
    items.soft_delete(connection, [movie], NOW)
    assert player_entries.abandoned(connection, everything) == [series, empty, season, episode]
    assert items.ancestors(connection, [episode, movie]) == [season, series]


def test_the_last_change_of_each_item(connection: Connection) -> None:
    heat, ran = add(connection, "Heat", "Ran")
    ids = [changes.add(connection, ChangeSet(item_id=heat, at=NOW, cause="edit")).id for _ in range(3)]
    assert player_entries.last_changes(connection, [heat, ran]) == {heat: ids[-1]}
