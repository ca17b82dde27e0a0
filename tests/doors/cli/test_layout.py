"""Tables in little room."""

import pytest
from rich.cells import cell_len

from metarr.cli.layout import laid_out

URL = "https://image.example.org/t/p/original/a-rather-long-name-of-a-picture.jpg"


def lines(rows, width, whole=(), heads=("NAME", "VALUE")):
    head, body = laid_out(heads, rows, whole, width)
    return head + body


def test_columns_are_as_wide_as_their_widest_cells_where_there_is_room():
    assert lines([("a", "bb"), ("ccccc", "d")], 80) == ["NAME   VALUE", "a      bb", "ccccc  d"]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_there_is_room(width):
    rows = [("plot", "A programmer with a second life " * 9), ("title", "東京物語 " * 20), ("e", "é" * 300)]
    found = lines(rows, width, whole=(0,))
    assert max(map(cell_len, found)) <= width
    assert "".join("".join(line.split()) for line in found).count("é") == 300


def test_a_narrow_column_leaves_its_room_to_the_others():
    found = lines([("a", "word " * 20, "word " * 20)], 64, heads=("A", "B", "C"))
    assert {len(line) for line in found[1:-1]} == {3 + 29 + 2 + 29}


def test_what_is_to_stay_whole_stays_whole():
    found = lines([("rotten tomatoes score", "word " * 20)], 30, whole=(0,))
    assert found[1].startswith("rotten tomatoes score  ")


def test_a_heading_is_folded_at_its_blanks_only():
    head, _ = laid_out(("REQUESTS TODAY", "X"), [("1", "word " * 20)], (), 20)
    assert [line.split() for line in head] == [["REQUESTS", "X"], ["TODAY"]]


def test_an_address_with_room_stands_in_its_column():
    assert lines([("poster", f"2000×3000, en: {URL}")], 120)[1] == f"poster  2000×3000, en: {URL}"


@pytest.mark.parametrize("width", [20, 40, 79])
@pytest.mark.parametrize(
    ("cell", "left", "below"),
    [
        (URL, "", [URL]),
        (f"2000×3000, en: {URL}", "2000×3000, en", [URL]),
        (f"2000×3000: {URL}, 1920×1080: {URL}x", "2000×3000, 1920×1080", [URL, f"{URL}x"]),
        (f"{URL}, {URL}x", "", [URL, f"{URL}x"]),
        (f"{URL}, 1920×1080: {URL}x and 2 more", "1920×1080 and 2 more", [URL, f"{URL}x"]),
    ],
)
def test_an_address_without_room_stands_whole_below_its_row(cell, left, below, width):
    found = lines([("poster", cell), ("next", "row")], width)
    assert [line.strip() for line in found if "http" in line] == below
    rest = " ".join(part for line in found[1:-1] if "http" not in line for part in line.removeprefix("poster").split())
    assert rest == left
    assert found[-1].startswith("next")


def test_an_address_in_a_sentence_is_not_torn_out_of_it_and_not_broken():
    found = lines([("api_key", f"Free for 1,000 requests a day, at {URL}. One a title.")], 60)
    assert sum(f"{URL}." in line for line in found) == 1
    assert not any(line.strip() == URL for line in found)
    assert "1,000" in " ".join(found)


def test_line_ends_in_a_cell_stay():
    assert lines([("plot", "One.\n(why)"), ("next", "Two.")], 80)[1:] == ["plot  One.", "      (why)", "next  Two."]
