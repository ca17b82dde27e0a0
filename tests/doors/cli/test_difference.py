"""Where two texts begin to differ."""

import pytest
from rich.cells import cell_len

from metarr.cli.difference import apart, side_by_side

LONG = "A programmer with a second life as a hacker learns what his world is made of, and who keeps it running."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("A", "B", ("A", "B")),
        (LONG, LONG.replace("keeps it", "has it"), ("…of, and who keeps it running.", "…of, and who has it running.")),
        (LONG, LONG[2:], ("A programmer with a second life as a…", "programmer with a second life as a…")),
        ("–", LONG, ("–", "A programmer with a second life as a…")),
        (LONG, "–", ("A programmer with a second life as a…", "–")),
        (LONG, f"{LONG} And so on.", ("…keeps it running.", "…keeps it running. And so on.")),
        ("x" * 90 + "a", "x" * 90 + "b", (f"…{'x' * 20}a", f"…{'x' * 20}b")),
    ],
)  # fmt: skip
def test_long_texts_are_shown_from_just_before_their_first_difference(old, new, expected):
    assert apart(old, new, 40) == expected


@pytest.mark.parametrize("room", [10, 24, 40, 80, 300])
@pytest.mark.parametrize("text", [LONG, "東京物語 " * 30, "https://image.example.org/t/p/original/" + "y" * 90, "word"])
@pytest.mark.parametrize("place", [0, 3, 30, 100])
def test_the_difference_is_seen_in_whatever_room(text, place, room):
    new = text[:place] + "§" + text[place + 1 :]
    shown = apart(text, new, room)
    assert all(cell_len(each) <= room for each in shown)
    assert "§" in shown[1]


def test_what_one_text_does_not_need_is_the_other_s():
    old, new = side_by_side("–", LONG, 60)
    assert (old, len(new) > 50) == ("–", True)
    old, new = side_by_side(LONG, LONG.replace("keeps", "has"), 60)
    assert (len(old) <= 30, len(new) <= 30) == (True, True)
    assert side_by_side(LONG, "B", 300) == (LONG, "B")
