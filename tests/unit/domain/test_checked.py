import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.checked import MOST_ELEMENTS, MOST_TEXT, checked_value
from metarr.domain.fields import FIELDS, decode_value, encode_value
from metarr.domain.values import Collection, Credit, Image

URL = "https://art.example/1.jpg"


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        ("plot", "  A plot.\nIn two lines. ", "A plot.\nIn two lines."),
        ("plot", "<p>A &amp; b.</p><p>C\x00\u202e</p>", "A & b.\n\nC"),
        ("title", "Tom &amp;amp;  Jerry\n", "Tom & Jerry"),
        ("title", "I <3 NY", "I <3 NY"),
        ("title", "1984", "1984"),
        ("plot", "x" * MOST_TEXT, "x" * MOST_TEXT),
        ("release_date", "2000-02-29", "2000-02-29"),
        ("runtime_minutes", "139", 139),
        ("year", "1987", 1987),
        ("year", 1870, 1870),
        ("year", 2200, 2200),
        ("runtime_minutes", 139.0, 139),
        ("imdb_rating", "8.8", 8.8),
        ("imdb_rating", 8, 8.0),
        ("imdb_rating", 10, 10.0),
        ("rotten_tomatoes_score", 100, 100),
        ("imdb_votes", 2_345_678, 2_345_678),
        ("genres", [" Drama", "Thriller", "drama", " "], ("Drama", "Thriller")),
        ("cast", [{"name": "A", "role": "X"}, {"name": "B"}], (Credit(name="A", role="X"), Credit(name="B", order=1))),
        ("cast", [{"name": "A", "order": 3, "ids": {"imdb": "nm0000093"}}],
         (Credit(name="A", order=3, ids={"imdb": "nm0000093"}),)),
        ("genres", ["Sci-Fi &amp; Fantasy", "<br>"], ("Sci-Fi & Fantasy",)),
        ("cast", [{"name": "D&apos;Onofrio", "role": "Him&nbsp;self"}], (Credit(name="D'Onofrio", role="Him self"),)),
        ("collection", {"name": "Tom &amp; Jerry"}, Collection(name="Tom & Jerry")),
        ("collection", {"name": "Trilogy", "ids": {"tmdb": "10"}}, Collection(name="Trilogy", ids={"tmdb": "10"})),
        ("poster", [{"url": URL, "width": 10, "votes": 5}], (Image(url=URL, width=10),)),
        ("fanart", [{"url": URL}, {"url": URL + "?2", "language": "de"}],
         (Image(url=URL), Image(url=URL + "?2", language="de"))),
    ],
)  # fmt: skip
def test_a_good_value_gets_the_type_of_its_field(field, raw, value):
    assert checked_value(field, raw) == value


@pytest.mark.parametrize("raw", [None, "", "  ", []])
@pytest.mark.parametrize("field", ["plot", "release_date", "genres", "cast", "poster", "imdb_rating", "collection"])
def test_null_blanks_and_empty_lists_are_nothing(field, raw):
    assert checked_value(field, raw) is None


def test_a_list_of_blanks_is_nothing():
    assert checked_value("genres", [" ", "", "&nbsp;"]) is None


@pytest.mark.parametrize("raw", ["\x00", "<br>", "&nbsp;", "\u202e"])
def test_a_text_of_nothing_that_can_be_seen_is_nothing(raw):
    assert checked_value("plot", raw) is None
    assert checked_value("title", raw) is None


@pytest.mark.parametrize(
    ("field", "raw", "told"),
    [
        ("plot", "x" * (MOST_TEXT + 1), "20,001 characters"),
        ("plot", 5, "is no text"),
        ("plot", ["x"], "is no text"),
        ("release_date", "15.10.1999", "is no date"),
        ("release_date", "2001-02-29", "is no date"),
        ("release_date", "19991015", "is no date"),
        ("release_date", "1999-W01-1", "is no date"),
        ("runtime_minutes", -1, "between 0"),
        ("year", 0, "0 is not between 1870 and 2200"),
        ("year", 99999, "99999 is not between 1870 and 2200"),
        ("year", -1987, "between 1870"),
        ("year", 1869, "between 1870"),
        ("year", 2201, "and 2200"),
        ("year", "soon", "is no whole number"),
        ("runtime_minutes", 12.5, "is no whole number"),
        ("runtime_minutes", True, "is no whole number"),
        ("imdb_rating", 10.1, "between 0 and 10"),
        ("imdb_rating", "nan", "between 0 and 10"),
        ("imdb_rating", "-inf", "between 0 and 10"),
        ("imdb_rating", "good", "is no number from 0 to 10"),
        ("rotten_tomatoes_score", 101, "between 0 and 100"),
        ("metacritic_score", -1, "between 0 and 100"),
        ("imdb_votes", 10**13, "between 0"),
        ("genres", "Drama", "is no list of texts"),
        ("genres", ["x"] * (MOST_ELEMENTS + 1), "501 elements"),
        ("genres", ["x" * 1001], "1,001 characters"),
        ("cast", [{"role": "X"}], "name"),
        ("cast", [{"name": " "}], "blank name"),
        ("cast", [{"name": "A", "photo": "http://art.example/1.jpg"}], "is no https address"),
        ("cast", [{"name": "A", "ids": {"tmdb": "x"}}], "is no tmdb id"),
        ("cast", [{"name": "A", "ids": {"imdb": "x"}}], "is no imdb id"),
        ("cast", [{"name": "A", "ids": {"A B": "1"}}], "is no type of id"),
        ("collection", {"name": ""}, "blank name"),
        ("poster", [{"url": URL}, {"url": URL}], "only fanart"),
        ("poster", [{"url": "http://art.example/1.jpg"}], "is no https address"),
        ("poster", [{"url": "https://user:pass@art.example/1.jpg"}], "is no https address"),
        ("poster", [{"url": "https:///1.jpg"}], "is no https address"),
        ("poster", [{"url": "https://[/1.jpg"}], "is no https address"),
        ("poster", [{"url": "https://art.example/a b"}], "is no https address"),
        ("poster", [{"url": URL, "width": -1}], "pixels"),
        ("poster", [{"url": URL, "language": "English"}], "is no language"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_in_words(field, raw, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        checked_value(field, raw)


@pytest.mark.parametrize(
    ("field", "raw"), [("year", "soon"), ("imdb_rating", "good"), ("release_date", 5), ("plot", 5)]
)
def test_of_a_single_value_it_is_not_told_how_it_is_decoded(field, raw):
    with pytest.raises(ValueError, match=r"^is no [a-z0-9 -]+$"):
        checked_value(field, raw)


def test_an_unknown_field_is_a_key_error():
    with pytest.raises(KeyError):
        checked_value("nothing", "x")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(FIELDS)), PLAIN)
def test_any_json_gives_a_value_that_can_be_stored_or_a_complaint(field, raw):
    try:
        value = checked_value(field, raw)
    except ValueError:
        return
    if value is not None:
        assert decode_value(field, encode_value(value)) == value
