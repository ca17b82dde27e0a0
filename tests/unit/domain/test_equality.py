import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import credit, image
from metarr.domain.equality import address_key, image_key, meaning, same, text_key
from metarr.domain.values import Collection

p = pytest.param


@pytest.mark.parametrize(
    ("field", "one", "other", "equal"),
    [
        p("genres", ("Drama", "War"), ("war ", "DRAMA"), True, id="lists of texts are sets, without case"),
        p("genres", ("Drama",), ("Drama", "War"), False, id="a longer list is another set"),
        p("genres", ("Drama", "drama"), ("Drama",), True, id="a repeated element adds nothing"),
        p("imdb_rating", 8.84, 8.76, True, id="ratings are equal at the shown precision"),
        p("imdb_rating", 8.8, 8.7, False, id="a shown difference counts"),
        p("imdb_rating", 8, 8.0, True, id="a whole rating"),
        p("imdb_votes", 1000, 1001, False, id="votes are counted"),
        p("plot", "A  plot\n", "A plot", True, id="white space means nothing"),
        p("plot", "Amélie", unicodedata.normalize("NFD", "Amélie"), True, id="neither does Unicode's composition"),
        p("plot", "A plot", "a plot", False, id="in a text case is visible"),
        p("release_date", "1999-10-15", "1999-10-16", False, id="dates"),
        p("poster", (image("a", votes=1),), (image("a", width=20, votes=9),), True, id="an image by identity"),
        p("poster", (image("a"),), (image("b"),), False, id="another image"),
        p("fanart", tuple(map(image, "abc")), tuple(map(image, "acb")), True, id="extra fanart is a set"),
        p("fanart", tuple(map(image, "abc")), tuple(map(image, "bac")), False, id="the main fanart is not"),
        p("fanart", tuple(map(image, "ab")), tuple(map(image, "abc")), False, id="one more extra fanart"),
        p("cast", (credit("X", "Y"),), (credit("x ", "y"),), True, id="people without case"),
        p("cast", (credit("X", "Y"),), (credit("X", "Z"),), False, id="another role"),
        p("cast", (credit("X"), credit("Y", order=1)), (credit("Y"), credit("X", order=1)), True, id="cast is a set"),
        p("cast", (credit("X", photo="https://a/x.jpg?v=1"),), (credit("X", photo="https://a/x.jpg"),), True,
          id="a photo by identity"),
        p("cast", (credit("X", photo="https://a/x.jpg"),), (credit("X"),), False, id="a photo that came or went"),
        p("collection", Collection(name="S", ids={"tmdb": "1"}), Collection(name="S ", ids={"tmdb": "1"}), True,
          id="a collection"),
        p("collection", Collection(name="S", ids={"tmdb": "1"}), Collection(name="S", ids={"tmdb": "2"}), False,
          id="another collection of that name"),
        p("plot", None, None, True, id="nothing equals nothing"),
        p("plot", None, "", False, id="nothing equals nothing else"),
    ],
)  # fmt: skip
def test_same(field: str, one: Any, other: Any, *, equal: bool) -> None:
    assert same(field, one, other) is equal
    assert same(field, other, one) is equal


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("https://a.test/x.jpg", "http://A.test/x.jpg", True),
        ("https://a.test/x.jpg", "https://a.test/x.jpg?width=20#top", True),
        ("https://a.test/x.jpg", "https://a.test/X.jpg", False),
        ("https://a.test/x.jpg", "https://b.test/x.jpg", False),
    ],
)
def test_an_image_is_identified_by_its_address_without_scheme_and_query(one: str, other: str, *, equal: bool) -> None:
    assert (address_key(one) == address_key(other)) is equal


def test_size_votes_and_language_are_not_identity() -> None:
    assert image_key(image("a", votes=3, width=1, language="de")) == image_key(image("a"))


@given(st.text(), st.text(st.characters(categories=["Zs"]), min_size=1))
def test_text_keys_see_neither_case_nor_space_nor_composition(text: str, space: str) -> None:
    assert text_key(space + unicodedata.normalize("NFD", text) + space) == text_key(text)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "genres": st.lists(st.sampled_from(["a", "A", "b", "c "]), min_size=1, max_size=4).map(tuple),
    "imdb_rating": st.floats(0.1, 10),
    "plot": st.sampled_from(["a", "a ", " A", "b"]),
    "fanart": st.lists(st.sampled_from("abc").map(image), min_size=1, max_size=3, unique=True).map(tuple),
}


@given(st.sampled_from(sorted(VALUES)), st.data())
def test_meaning_the_same_is_an_equivalence(field: str, data: st.DataObject) -> None:
    one, two, three = (data.draw(VALUES[field]) for _ in range(3))
    assert same(field, one, one)
    assert same(field, one, two) == same(field, two, one) == (meaning(field, one) == meaning(field, two))
    if same(field, one, two) and same(field, two, three):
        assert same(field, one, three)
