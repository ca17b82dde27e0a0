"""Orders: a change points numbers to other items, and coming back finds what was left."""

from collections.abc import Mapping
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from metarr.domain.numbering import EntryNumbers, Number, Numbering, fitting, in_order, ordered, unread

ORDERS = ("aired", "dvd", "absolute")


def numbers(*texts: str) -> list[Number]:
    return [(int(season), int(number)) for season, _, number in (text.partition("x") for text in texts)]


def order(**entries: str) -> dict[Number, str]:
    """By entry its number: order(a="1x01")."""
    return {number: entry for entry, text in entries.items() for number in numbers(text)}


AIRED = order(a="1x01", b="1x02", c="1x03")
DVD = order(a="1x01", b="1x03", c="1x02")
ABSOLUTE = order(a="1x01", b="1x02", c="1x03", d="1x04")


@pytest.mark.parametrize(
    ("library", "own", "orders", "expected"),
    [
        pytest.param("1x01 1x02 1x03", {}, {"aired": AIRED, "dvd": DVD}, [1, 3, 2], id="swapped"),
        pytest.param("1x01 1x03", {}, {"aired": AIRED, "dvd": DVD}, [1, None], id="an episode that was not there"),
        pytest.param(
            "1x01 1x02 1x03", {}, {"aired": AIRED, "dvd": order(a="1x01")}, [1, None, None], id="numbers that it lacks"
        ),
        pytest.param("1x01 1x09", {}, {"aired": AIRED, "dvd": order(z="1x09")}, [None, 2], id="an unknown episode"),
        pytest.param("1x02 1x03", {1: "b"}, {"aired": AIRED, "dvd": DVD}, [2, 1], id="an id and a number"),
        pytest.param("1x02 1x03", {1: "c"}, {"aired": AIRED, "dvd": DVD}, [1, 2], id="an id before a number"),
        pytest.param("1x01 1x02", {}, {"dvd": DVD}, [1, 2], id="nothing known of them"),
    ],
)
def test_another_order_points_to_other_items(
    library: str, own: Mapping[int, str], orders: Mapping[str, EntryNumbers], expected: list[int | None]
) -> None:
    """None: a new item."""
    files = numbers(*library.split())
    before = Numbering(library={number: place for place, number in enumerate(files, start=1)})
    after = in_order(before, "dvd", orders, own)
    assert [item if (item := after.library[number]) > 0 else None for number in files] == expected
    assert in_order(after, "aired", orders, own).library == before.library


def test_a_number_that_comes_while_another_order_is_chosen_finds_the_episode() -> None:
    before = Numbering(library=dict(zip(numbers("1x01", "1x02", "1x03"), (1, 2, 3), strict=True)))
    after = in_order(before, "absolute", {"aired": AIRED, "absolute": order(a="1x01", b="2x07", c="1x02")}, {})
    assert after.library == dict(zip(numbers("1x01", "1x02", "1x03"), (1, 3, -1), strict=True))
    assert after.remembered["absolute"][2, 7] == 2


def test_an_order_that_is_not_read_yet_moves_nothing_until_it_is() -> None:
    before = Numbering(library=dict(zip(numbers("1x01", "1x02", "1x03"), (1, 2, 3), strict=True)))
    chosen = unread(before, "dvd")
    assert (chosen.order, chosen.library, chosen.is_pointed) == ("dvd", before.library, False)
    orders = {"aired": AIRED, "dvd": DVD}
    assert in_order(chosen, "dvd", orders, {}) == in_order(before, "dvd", orders, {})
    assert in_order(chosen, "aired", orders, {}).library == before.library
    assert in_order(in_order(chosen, "absolute", orders, {}), "dvd", orders, {}).library[1, 2] == 3


def test_specials_are_in_every_order() -> None:
    aired = AIRED | order(s="0x01")
    assert ordered([((1, 1), "a"), ((1, 2), "b")], aired) == order(a="1x01", b="1x02", s="0x01")
    assert ordered([((1, 1), "a"), ((1, 1), "b"), ((1, 2), "c")], {}) == order(c="1x02")
    assert ordered([((0, 1), "t")], aired) == order(t="0x01")


@pytest.mark.parametrize(
    ("reported", "chosen", "offered"),
    [
        (order(a="1x01", b="1x02", c="1x03", d="1x04", e="1x05"), "aired", ""),
        (order(a="1x01", b="1x03", c="1x02", d="1x05", e="1x04"), "aired", "dvd"),
        (order(a="1x01", b="1x03", c="1x02", d="1x05", e="1x04"), "dvd", ""),
        (order(a="1x01", b="1x03", c="1x02", d="1x05"), "aired", ""),
        (order(a="1x01", b="1x03", c="1x02", d="1x05", e="1x06"), "aired", ""),
        (order(a="1x01", b="1x02", c="1x03", d="1x04", e="1x05"), "dvd", "aired"),
    ],
)
def test_an_order_that_fits_what_is_reported_is_offered(reported: EntryNumbers, chosen: str, offered: str) -> None:
    orders = {
        "aired": order(a="1x01", b="1x02", c="1x03", d="1x04", e="1x05"),
        "dvd": order(a="1x01", b="1x03", c="1x02", d="1x05", e="1x04"),
    }
    assert fitting(reported, orders, chosen) == offered


SEASONS, EPISODES = 3, 4
NUMBERS = [(season, episode) for season in range(1, SEASONS + 1) for episode in range(1, EPISODES + 1)]


class Series(RuleBasedStateMachine):
    """Files come, the owner edits what a number shows and changes the order, in any sequence."""

    @initialize(data=st.data())
    def lists(self, data: st.DataObject) -> None:
        entries = [f"e{place}" for place in range(10)]
        self.orders = {
            each: dict(zip(data.draw(st.permutations(NUMBERS)), data.draw(st.permutations(entries))[:7], strict=False))
            for each in ORDERS
        }
        self.numbering = Numbering()
        self.ids = count(1)
        self.edits: dict[int, str] = {}
        self.edited: dict[str, str] = {}

    @rule(number=st.sampled_from(NUMBERS))
    def a_file_comes(self, number: Number) -> None:
        if number not in self.numbering.library:
            there = self.numbering.remembered.get(self.numbering.order, {})
            item = there.get(number) or next(self.ids)
            self.numbering = replace(self.numbering, library={**self.numbering.library, number: item})

    @rule(number=st.sampled_from(NUMBERS), text=st.sampled_from("xyz"))
    def the_owner_edits(self, number: Number, text: str) -> None:
        if number in self.numbering.library:
            item = self.numbering.library[number]
            self.edits[item] = text
            self.edited |= {entry: text for entry in self._entries() if self._claims(entry) == {item}}

    @rule(order=st.sampled_from(ORDERS))
    def the_order_changes(self, order: str) -> None:
        before = self.numbering
        after = self._numbered(in_order(before, order, self.orders, {}))
        back = in_order(after, before.order, self.orders, {})
        assert back.library == before.library
        assert in_order(back, order, self.orders, {}).library == after.library
        assert after.library.keys() == before.library.keys()
        self.numbering = after

    def _numbered(self, numbering: Numbering) -> Numbering:
        """With items made for the numbers that need one."""
        made = {item: next(self.ids) for item in numbering.library.values() if item < 0}
        named = {n: made.get(item, item) for n, item in numbering.library.items()}
        kept = {o: {n: made.get(item, item) for n, item in by.items()} for o, by in numbering.remembered.items()}
        return Numbering(order=numbering.order, library=named, remembered=kept)

    def _entries(self) -> set[str]:
        return {entry for numbered in self.orders.values() for entry in numbered.values()}

    def _claims(self, entry: str) -> set[int]:
        """The items that are this entry, by one order or another. What an order lacks may turn out in another one to be
        an episode that has an item by then."""
        by_order = {**self.numbering.remembered, self.numbering.order: self.numbering.library}
        return {
            item
            for order, pointers in by_order.items()
            for number, item in pointers.items()
            if self.orders[order].get(number) == entry
        }

    @invariant()
    def no_two_files_are_one(self) -> None:
        items = list(self.numbering.library.values())
        assert len(items) == len(set(items))

    @invariant()
    def an_edit_stays_with_its_episode(self) -> None:
        for number, item in self.numbering.library.items():
            entry = self.orders[self.numbering.order].get(number)
            if entry in self.edited and self._claims(entry) == {item}:
                assert self.edits.get(item) == self.edited[entry]


TestSeries = Series.TestCase
TestSeries.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
