"""One cleaning for every text, and its opposite: what only looks like markup stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.texts import cleaned, is_blank, says_nothing


@pytest.mark.parametrize(
    ("text", "line"),
    [
        # Entities, of every spelling, escaped once and twice
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("Tom &amp;amp;amp; Jerry", "Tom & Jerry"),
        ("Vincent D&apos;Onofrio", "Vincent D'Onofrio"),
        ("He said &quot;no&quot;.", 'He said "no".'),
        ("It&#39;s &#x27;here&#X27;", "It's 'here'"),
        ("Am&eacute;lie", "Amélie"),
        ("Am&amp;eacute;lie", "Amélie"),
        ("one&nbsp;&nbsp;two", "one two"),
        ("&#8220;so&#8221; &ndash; &hellip;", "“so” – …"),
        ("don&#146;t", "don’t"),
        ("AT&T in caf&eacute; 5", "AT&T in café 5"),
        ("a&#0;b&#xD800;c", "abc"),
        ("a&#55357;&#56832;b &#xD83D;&#xDE00;", "a😀b 😀"),
        ("a&#56832;&#55357;b", "ab"),
        ("&lt;b&gt;Bold&lt;/b&gt;", "Bold"),
        ("I &lt;3 NY", "I <3 NY"),
        ("a &amp;lt; b", "a < b"),
        # Tags
        ("<b>Bold</b> and <i class='x'>slanted</i>", "Bold and slanted"),
        ("One<br>two<br/>three<BR />four", "One two three four"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ('See <a href="https://example.org/?a=1&b=2" target=_blank>this</a>.', "See this."),
        ("<span style='x'><font color=red>Red</font></span>", "Red"),
        ("Seen<!-- by whom? --> once", "Seen once"),
        # CDATA
        ("<![CDATA[A plot.]]>", "A plot."),
        ("<![CDATA[A plot", "A plot"),
        ("A plot]]>", "A plot"),
        ("<![CDATA[Tom &amp; <i>Jerry</i>]]>", "Tom & Jerry"),
        # Blanks
        ("  two   words \t here\n", "two words here"),
        ("no\u00a0break\u3000wide\u2009thin", "no break wide thin"),
        ("line\u2028line\u0085line\x0bline", "line line line line"),
        # Characters that nobody sees
        ("a\x00b\x08c\x7fd\x1be", "abcde"),
        ("\ufeffstart", "start"),
        ("zero\u200bwidth so\u00adft \u2060joined", "zerowidth soft joined"),
        ("evil\u202egnp.exe\u202c", "evilgnp.exe"),
        ("\u2066isolated\u2069 \u202aembedded\u202c", "isolated embedded"),
        ("don\x92t \x93quote\x94 \x81", "don’t “quote”"),
        ("half \ud83d a pair", "half a pair"),
        ("\u200eTitle\u200f ", "Title"),
    ],
)
def test_a_text_is_cleaned_of_where_it_comes_from(text: str, line: str) -> None:
    assert cleaned(text) == line


@pytest.mark.parametrize(
    "text",
    [
        "I <3 NY",
        "<3",
        "a < b",
        "a<b and c>d",
        "1 <2> 3",
        "Tom & Jerry",
        "AT&T",
        "R&B;",
        "Q&A: a & b",
        "&",
        "<",
        "<harmony/>",
        "<untitled>",
        "«<»",
        "x -> y --> z",
        "[REC]",
        "None",
        "100 % &c",
        'HTML writes "&amp;" for it',
        "In HTML & is written &amp; or &#38 by most",
        "the tag '<b>' is (<i>) bold",
        "می\u200cخواهم",
        "👨\u200d👩\u200d👧",
        "\u05d0\u200e(1)\u05d1",
        "Ünïcödé – “ok” …",
    ],
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert cleaned(text) == text


def test_paragraphs_of_a_long_text_stay_apart() -> None:
    text = "<p>One  day.</p><p>Two.</p>\r\n\r\n\r\nThree,&nbsp; \n  four.<br>Five.\n"
    assert cleaned(text, lines=True) == "One day.\n\nTwo.\n\nThree,\nfour.\nFive."
    assert cleaned(text) == "One day. Two. Three, four. Five."


PIECES = st.sampled_from(
    [
        "&", "amp;", "&amp;", "&lt;", "lt;", "<", ">", "b", "<b>", "</b>", "/", "br", "!--", "--", "<![CDATA[", "]]>",
        '"', "'", "(", ")", " ", "\n", "\x00", "\u202e", "\x85", "\xa0", "#", "39", ";", "é", "\u200d", "=", "\x92",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=40), st.booleans())
def test_what_is_cleaned_is_clean(text: str, lines: bool) -> None:
    once = cleaned(text, lines=lines)
    assert cleaned(once, lines=lines) == once
    assert not set(once) & set("\x00\x08\x1b\x7f\u202e\u2066\r\xa0")
    assert lines or "\n" not in once
    assert "  " not in once
    assert once == once.strip()


@pytest.mark.parametrize(
    "text",
    [
        "&amp;" * 40_000,
        "&" + "amp;" * 4_000,
        "<!--" * 50_000,
        "-->" * 50_000 + "<!--" * 50_000,
        "<a " * 50_000,
        "<a" + " x=y" * 50_000,
        "<a x='" * 40_000,
        "<![CDATA[" * 20_000,
        '("' * 100_000,
        "&#" * 100_000,
        " " * 200_000 + "x",
    ],
)
def test_a_hostile_text_costs_no_more_than_its_size(text: str) -> None:
    started = time.process_time()
    cleaned(text, lines=True)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "N/A", "n/a", "N.A.", "None", "NONE", "null", "nil", "nan", "undefined", "Unknown", "unknown.", "-",
        "--", " / ", "/", "|", "—", "...", "?", "(null)", "Not available", "No overview found.", "Add a Plot »",
        " - / - ", '""', "''", "“”",
    ],
)  # fmt: skip
def test_words_that_stand_where_nothing_is(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text",
    ["Nonesuch", "Nobody", "None of the above.", "The Unknown", "0", "A", "NA", "Nil by Mouth", "Null Island", "$"],
)
def test_words_that_say_something(text: str) -> None:
    assert not says_nothing(text)


@pytest.mark.parametrize(("text", "blank"), [(" / ", True), ("", True), ("|", True), ("None", False), ("...", False)])
def test_of_a_title_only_what_parts_others_is_blank(text: str, blank: bool) -> None:
    assert is_blank(text) is blank
