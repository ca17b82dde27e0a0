import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.ids import expected, parse_reference, valid_id, valid_type


@pytest.mark.parametrize(
    ("id_type", "value"),
    [
        ("imdb", "tt0137523"),
        ("imdb", "tt1234567890"),
        ("tmdb", "550"),
        ("tvdb", "999999999999"),
        ("wikidata", "Q190050"),
        ("anidb", "x.y:z-1_2"),
    ],
)
def test_well_formed_ids_are_valid(id_type, value):
    assert valid_id(id_type, value)
    assert parse_reference(f"{id_type}:{value}") == (id_type, value)


@pytest.mark.parametrize(
    ("id_type", "value"),
    [
        ("imdb", "tt123456"),
        ("imdb", "tt12345678901"),
        ("imdb", "0137523"),
        ("imdb", "TT0137523"),
        ("imdb", "tt٠١٢٣٤٥٦٧"),
        ("imdb", "tt0137523\n"),
        ("tmdb", "0"),
        ("tmdb", "-5"),
        ("tmdb", "0550"),
        ("tmdb", "5.5"),
        ("tmdb", "1" * 13),
        ("tvdb", "abc"),
        ("wikidata", ""),
        ("wikidata", "x" * 65),
        ("wikidata", "a b"),
        ("wikidata", "../etc"),
        ("Wiki", "Q1"),
        ("x", "Q1"),
        ("1up", "Q1"),
        ("", "Q1"),
        ("a" * 33, "Q1"),
    ],
)
def test_malformed_ids_are_not(id_type, value):
    assert not valid_id(id_type, value)
    with pytest.raises(ValueError, match=r"."):
        parse_reference(f"{id_type}:{value}")


def test_a_plain_number_is_an_items_own_id():
    assert parse_reference("17") == 17


@pytest.mark.parametrize("text", ["", "0", "-1", "abc", "tt0137523", "9" * 19, "１７", " 17"])
def test_what_is_neither_is_refused_with_what_was_expected(text):
    with pytest.raises(ValueError, match="imdb:tt0137523"):
        parse_reference(text)


def test_a_person_is_told_what_an_id_looks_like():
    assert "tt" in expected("imdb")
    assert "number" in expected("tvdb")
    assert "letters" in expected("wikidata")


@given(st.text(), st.text())
def test_a_reference_reads_back_as_it_was_written_or_not_at_all(id_type, value):
    try:
        read = parse_reference(f"{id_type}:{value}")
    except ValueError:
        assert not valid_id(id_type, value)
    else:
        assert read == (id_type, value)
        assert valid_type(id_type)
