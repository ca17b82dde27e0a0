"""What a series' file calls its seasons, and how another name gets in."""

import pytest

from metarr.nfo import season_names
from metarr.nfo.spans import NotSpliceable

FILE = b"""<?xml version="1.0"?>
<!-- mine -->
<tvshow>
    <title>Dark</title>
    <namedseason number="2">Two</namedseason>
    <season>-1</season>
</tvshow>
https://thetvdb.com/series/dark
"""


def test_names_are_read_by_their_number():
    odd = FILE.replace(b"<season>", b'<namedseason number="x">X</namedseason><namedseason number="3"/><season>')
    assert season_names.read(odd) == {2: "Two"}
    assert season_names.read(b"<movie/>") == {}
    assert season_names.read(b"<tvshow><namedseason") == {}


@pytest.mark.parametrize(
    ("number", "name", "after"),
    [
        (2, "Two", FILE),
        (2, "Zwei & <mehr>", FILE.replace(b">Two<", b">Zwei &amp; &lt;mehr&gt;<")),
        (2, "", FILE.replace(b'\n    <namedseason number="2">Two</namedseason>', b"")),
        (7, "", FILE),
        (
            0,
            "Extras",
            FILE.replace(b"</season>", b'</season>\n    <namedseason number="0">Extras</namedseason>'),
        ),
    ],
)
def test_one_is_changed_and_every_other_byte_stays(number: int, name: str, after: bytes):
    assert season_names.put(FILE, number, name) == after
    assert season_names.put(after, number, name) == after
    assert season_names.read(after).get(number, "") == name


@pytest.mark.parametrize("empty", [b"<tvshow>\n</tvshow>", b"<tvshow></tvshow>", b"<tvshow></tvshow>\r\n"])
def test_a_file_that_says_nothing_says_a_name(empty: bytes):
    assert season_names.read(season_names.put(empty, 1, "One")) == {1: "One"}


@pytest.mark.parametrize("content", [b"<movie></movie>", b"<tvshow>", b"", b"<tvshow><a></tvshow>"])
def test_what_is_no_series_file_stays(content: bytes):
    with pytest.raises(NotSpliceable):
        season_names.put(content, 1, "One")


def test_two_of_one_number_become_one_that_counts():
    twice = b'<tvshow><namedseason number="1">A</namedseason><namedseason number="1">B</namedseason></tvshow>'
    assert season_names.read(twice) == {1: "A"}
    assert season_names.read(season_names.put(twice, 1, "C")) == {1: "C"}
    assert season_names.read(season_names.put(twice, 1, "")) == {}
