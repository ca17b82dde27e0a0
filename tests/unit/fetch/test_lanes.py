from hypothesis import given
from hypothesis import strategies as st

from metarr.fetch.contract import Lane
from metarr.fetch.lanes import OVERTAKES, Lanes

FIRST, LATER = Lane.INTERACTIVE, Lane.BATCH
MOVES = st.lists(st.one_of(st.sampled_from(["interactive", "batch", "pop"]), st.integers(0, 20)), max_size=60)


def drained(lanes: Lanes[str]) -> list[str]:
    return [item for _ in range(len(lanes)) if (item := lanes.pop()) is not None]


def test_interactive_ones_go_first_and_each_lane_keeps_its_order() -> None:
    lanes: Lanes[str] = Lanes()
    for item, lane in [("b1", LATER), ("i1", FIRST), ("b2", LATER), ("i2", FIRST)]:
        lanes.add(item, lane)
    assert drained(lanes) == ["i1", "i2", "b1", "b2"]


def test_a_waiting_batch_one_has_its_turn_after_a_few_overtakes() -> None:
    lanes: Lanes[str] = Lanes()
    lanes.add("b", LATER)
    for number in range(2 * OVERTAKES):
        lanes.add(f"i{number}", FIRST)
    assert drained(lanes).index("b") == OVERTAKES


def test_batch_ones_can_be_passed_over() -> None:
    lanes: Lanes[str] = Lanes()
    lanes.add("b", LATER)
    assert lanes.pop(batch=False) is None
    lanes.add("i", FIRST)
    assert lanes.pop(batch=False) == "i"
    assert drained(lanes) == ["b"]


@given(MOVES)
def test_places_tell_the_order_in_which_items_are_served(moves: list[str | int]) -> None:
    lanes: Lanes[str] = Lanes()
    waiting: list[str] = []
    for number, move in enumerate(moves):
        if move == "pop":
            item = lanes.pop()
            assert (item is None) == (not waiting)
            waiting = [other for other in waiting if other != item]
        elif isinstance(move, int):
            assert lanes.discard(f"{move}") == (f"{move}" in waiting)
            waiting = [other for other in waiting if other != f"{move}"]
        else:
            lanes.add(f"{number}", FIRST if move == "interactive" else LATER)
            waiting.append(f"{number}")
    places = {item: lanes.place(item) for item in waiting}
    assert drained(lanes) == sorted(places, key=places.__getitem__)
    assert sorted(places.values()) == list(range(len(waiting)))
