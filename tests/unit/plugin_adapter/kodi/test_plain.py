"""What others wrote is data: nothing in it gives Kodi an order."""

import pytest

from metarr_kodi import plain


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("[B]Loud[/B]", "(B)Loud(/B)"),
        ("[COLOR red]Red[/COLOR]", "(COLOR red)Red(/COLOR)"),
        ("One[CR]Two", "One(CR)Two"),
        ("[REC]", "[REC]"),
        ("[Brackets] [in] a title", "[Brackets] [in] a title"),
        ("A\nB\r\nC\tD", "A B C D"),
        ("Bell\x07, zero\0, turned\u202e round", "Bell, zero, turned round"),
        ("  Ж é 漢 ", "Ж é 漢"),
    ],
)
def test_a_line_says_what_was_written_and_orders_nothing(told: str, shown: str):
    assert plain.line(told) == shown


def test_orders_within_orders_stay_harmless():
    assert "[B]" not in plain.line("[[B]B]").replace("[(B)B]", "")
    assert plain.line("[[B]]") == "[(B)]"


def test_a_long_text_is_cut_with_a_mark():
    assert plain.line("word " * 10, 12) == "word word w…"
    assert plain.line("exactly twelve"[:12], 12) == "exactly twel"


def test_lines_stay_lines_where_there_is_place_for_them():
    assert plain.lines("First\r\nSecond\n\nThird [I]here[/I]") == "First\nSecond\n\nThird (I)here(/I)"


@pytest.mark.parametrize("address", ["https://x/a.jpg", "http://192.168.1.5:8080/a?b=c#d", "https://x"])
def test_an_address_of_the_web_is_one(address: str):
    assert plain.is_web(address)


@pytest.mark.parametrize(
    "address",
    ["", "plugin://x/", "smb://x/a.jpg", "special://temp/a", "/a.jpg", "https://", "https://a:b@x/", "https://x/a|b=c"],
)
def test_anything_else_is_none(address: str):
    assert not plain.is_web(address)
