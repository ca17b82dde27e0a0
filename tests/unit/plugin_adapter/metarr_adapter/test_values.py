"""Values are compared by what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr_adapter.values import are_ours, holds, is_empty, same, short, tellable

_plain = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        ([1, {"a": 2}], (1.0, {"a": 2.0})),
        ({"a": 1, "b": [2]}, {"b": [2], "a": 1}),
        (None, ""),
        ([], {}),
        ({"role": None}, {"role": ""}),
    ],
)
def test_the_same_in_other_words(one: object, other: object) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, "1"),
        (True, 1),
        (0, None),
        (False, None),
        (["a", "b"], ["b", "a"]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ([1], [1, 2]),
    ],
)
def test_not_the_same(one: object, other: object) -> None:
    assert not same(one, other)
    assert not same(other, one)


@given(_plain)
def test_everything_is_the_same_as_itself(value: object) -> None:
    assert same(value, value)


@given(_plain, _plain)
def test_what_is_the_same_is_so_either_way(one: object, other: object) -> None:
    assert same(one, other) == same(other, one)


def test_a_number_is_never_nothing() -> None:
    assert not is_empty(0)
    assert not is_empty(False)
    assert all(is_empty(value) for value in (None, "", [], {}, ()))


def test_a_host_may_hold_more_external_ids_than_metarr_knows() -> None:
    held = {"imdb": "tt1", "sonarr": "7"}
    assert holds("ids", held, {"imdb": "tt1"})
    assert holds("ids", held, None)
    assert not holds("ids", held, {"imdb": "tt2"})
    assert not holds("ids", held, {"imdb": "tt1", "tmdb": "5"})
    assert not holds("genres", held, {"imdb": "tt1"})


def test_an_id_of_the_hosts_own_makes_no_other_one_edited() -> None:
    assert are_ours({"imdb": "tt1", "sonarr": "7"}, {"imdb": "tt1"}, {"imdb": "tt2"})
    assert are_ours({"imdb": "tt2"}, {"imdb": "tt1"}, {"imdb": "tt2", "tmdb": "5"})
    assert not are_ours({"imdb": "tt3"}, {"imdb": "tt1"}, {"imdb": "tt2"})
    assert not are_ours({"imdb": "tt3"}, None, {"imdb": "tt2"})


def test_a_long_value_is_cut_for_people() -> None:
    assert short("x" * 100, 10) == "x" * 9 + "…"
    assert short(["Drama", "Crime"]) == "Drama, Crime"
    assert short(7.5) == "7.5"


def test_what_no_message_holds_is_told_as_far_as_it_goes() -> None:
    assert tellable("\udce4rger \ud83d") == "?rger ?"
    assert tellable("a\0b 🎬\x1b שלום\n\t.") == "ab 🎬 שלום\n\t."
    assert len(tellable("x" * 1_000_000)) == 50_000
    assert tellable({"genres": ["\udce4", "Drama"], "year": 1995, "plot": None}) == {
        "genres": ["?", "Drama"],
        "year": 1995,
        "plot": None,
    }
