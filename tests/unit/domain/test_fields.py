from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.authority import DEFAULT_PRIORITY, Authority, default_rule
from metarr.domain.fields import FIELDS, FieldType, convert_value, decode_value, encode_value, fields_of
from metarr.domain.values import Collection, Credit, Image, Kind

# Appendix A of the specification, as written: field -> providers, exclusive.
APPENDIX_A = {
    "imdb_rating": (("omdb",), True),
    "imdb_votes": (("omdb",), True),
    "rotten_tomatoes_score": (("omdb",), True),
    "metacritic_score": (("omdb",), True),
    "awards": (("omdb",), True),
    "outline": (("omdb",), True),
    "plot": (("tmdb", "omdb"), False),
    "title": (("tmdb", "omdb"), False),
    "cast": (("tmdb", "omdb"), False),
    "genres": (("tmdb", "tvdb"), False),
    "poster": (("tmdb", "fanart"), False),
    "fanart": (("fanart", "tmdb"), False),
}


@pytest.mark.parametrize("kind", [Kind.MOVIE, Kind.SERIES])
@pytest.mark.parametrize(("field", "rule"), APPENDIX_A.items())
def test_the_defaults_are_those_of_the_specification(
    field: str, rule: tuple[tuple[str, ...], bool], kind: Kind
) -> None:
    told = default_rule(kind, field)
    assert (told.providers, told.exclusive, told.union) == (*rule, False)


def test_the_global_defaults_are_those_of_the_specification() -> None:
    assert Authority().priority == DEFAULT_PRIORITY == ("omdb", "tmdb", "tvdb", "fanart")
    assert Authority().fill_gaps


OWN_RATING = ("tmdb_rating", "tmdb_votes")
EXTRA_ART = ("clearlogo", "clearart", "disc", "banner", "landscape", "characterart")


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(field, id=field.name)
        for field in FIELDS.values()
        if field.name not in APPENDIX_A and field.type is not FieldType.ARTWORK
    ],
)
def test_what_the_specification_leaves_open_is_told_by_tmdb_then_tvdb_then_omdb(field: Any) -> None:
    for kind in field.kinds:
        episodic = kind in (Kind.SEASON, Kind.EPISODE)
        facts = ("tvdb", "tmdb", "omdb") if episodic else ("tmdb", "tvdb", "omdb")
        assert default_rule(kind, field.name).providers == (("tmdb",) if field.name in OWN_RATING else facts)
        assert not default_rule(kind, field.name).exclusive


@pytest.mark.parametrize("name", EXTRA_ART)
def test_extra_artwork_is_told_by_fanart_first(name: str) -> None:
    assert FIELDS[name].order == ("fanart", "tmdb", "tvdb")


DESIGNED = (
    *("title", "original_title", "sort_title", "tagline", "plot", "outline", "release_date", "year", "end_date"),
    *("runtime_minutes", "status", "certification", "genres", "studios", "networks", "countries", "languages", "tags"),
    *("directors", "writers", "creators", "cast", "collection", "trailer", "homepage", "imdb_rating", "imdb_votes"),
    *("tmdb_rating", "tmdb_votes", "rotten_tomatoes_score", "metacritic_score", "awards"),
    *("poster", "fanart", "clearlogo", "clearart", "banner", "landscape", "disc", "characterart", "keyart", "still"),
)


def test_the_catalogue_holds_every_field_of_the_design() -> None:
    assert set(DESIGNED) <= set(FIELDS)
    assert "actors" not in FIELDS


@pytest.mark.parametrize(
    ("kind", "has", "has_not"),
    [
        (Kind.MOVIE, {"collection", "disc", "directors", "outline", "keyart"}, {"networks", "still", "episode_number"}),
        (Kind.SERIES, {"networks", "creators", "characterart", "end_date"}, {"collection", "disc", "still"}),
        (Kind.SEASON, {"title", "poster", "fanart", "season_number"}, {"keyart", "episode_number", "runtime_minutes"}),
        (
            Kind.EPISODE,
            {"still", "directors", "season_number", "episode_number", "absolute_number", "dvd_season_number",
             "dvd_episode_number", "imdb_rating"},
            {"poster", "genres"},
        ),
    ],
)  # fmt: skip
def test_the_fields_of_each_kind(kind: Kind, has: set[str], has_not: set[str]) -> None:
    names = {field.name for field in fields_of(kind)}
    assert has <= names
    assert not has_not & names


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_every_entry_is_whole(field: Any) -> None:
    assert field.label
    assert field.kinds
    assert field.order
    assert field.episode_order
    assert len(set(field.order)) == len(field.order)
    assert field.exclusive == (field.order == ("omdb",))
    assert (field.min_width > 0) == (field.type is FieldType.ARTWORK)


# Values as text and back.

IMAGES = st.builds(
    Image, url=st.text(), width=st.integers(0, 9999), language=st.sampled_from(["", "en"]), votes=st.floats(0, 1e6)
)
IDS = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)
BY_TYPE: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: st.text(),
    FieldType.DATE: st.dates().map(str),
    FieldType.INTEGER: st.integers(-(2**53), 2**53),
    FieldType.RATING: st.floats(0, 10),
    FieldType.TEXTS: st.lists(st.text(), max_size=4).map(tuple),
    FieldType.CREDITS: st.lists(st.builds(Credit, name=st.text(), role=st.text(), ids=IDS), max_size=3).map(tuple),
    FieldType.COLLECTION: st.builds(Collection, name=st.text(), ids=IDS),
    FieldType.ARTWORK: st.lists(IMAGES, max_size=3).map(tuple),
}


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
@given(st.data())
def test_a_value_survives_its_text(field: Any, data: st.DataObject) -> None:
    value = data.draw(BY_TYPE[field.type])
    text = encode_value(value)
    assert decode_value(field.name, text) == value
    assert type(decode_value(field.name, text)) is type(value)
    assert encode_value(decode_value(field.name, text)) == text
    assert convert_value(field.name, msgspec.json.decode(text)) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [("plot", "5"), ("imdb_votes", '"many"'), ("genres", '"Drama"'), ("genres", "[1]"), ("poster", '["x"]'),
     ("cast", "[{}]"), ("collection", "[]"), ("imdb_rating", "{}"), ("plot", "not json"), ("plot", "")],
)  # fmt: skip
def test_text_of_another_shape_is_refused(field: str, text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_value(field, text)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(KeyError):
        decode_value("smell", '"x"')
    with pytest.raises(KeyError):
        convert_value("smell", "x")


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        ("imdb_rating", "8.8", 8.8),
        ("imdb_votes", "12", 12),
        ("genres", ["a", "b"], ("a", "b")),
        ("cast", [{"name": "X"}], (Credit(name="X"),)),
    ],
)
def test_what_a_form_sends_is_converted(field: str, raw: object, value: Any) -> None:
    assert convert_value(field, raw) == value


def test_a_whole_rating_is_read_as_a_rating() -> None:
    assert isinstance(decode_value("imdb_rating", "8"), float)
