import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from metarr.domain.values import Kind
from metarr.errors import InvalidInput
from metarr.rpc.validate import Check
from metarr.v1 import common_pb2 as pb


def violations(make):
    """What a check finds, as (field, description) pairs."""
    try:
        with Check() as check:
            make(check)
    except InvalidInput as error:
        return [(violation.field, violation.description) for violation in error.violations]
    return []


def fields(make):
    return [field for field, _ in violations(make)]


def test_everything_wrong_is_told_at_once():
    def make(check):
        check.text("title", "")
        check.kind("kind", pb.MEDIA_KIND_UNSPECIFIED)
        check.page_size("page_size", -1)

    assert fields(make) == ["title", "kind", "page_size"]


def test_an_error_inside_the_block_is_not_covered_up():
    def make(check):
        check.violation("x", "is wrong")
        raise KeyError("y")

    with pytest.raises(KeyError, match="y"):
        violations(make)


def test_good_values_come_back():
    with Check() as check:
        assert check.text("title", " Heat ") == "Heat"
        assert check.kind("kind", pb.MEDIA_KIND_SERIES) is Kind.SERIES
        assert check.optional_kind("kind", pb.MEDIA_KIND_UNSPECIFIED) is None
        assert check.optional_kind("kind", pb.MEDIA_KIND_MOVIE) is Kind.MOVIE
        assert check.year("year", 0) == 0
        assert check.year("year", 1995) == 1995
        assert check.one_of("provider", "tmdb", {"tmdb", "omdb"}) == "tmdb"
        assert check.reference("item_id", "17") == 17
        assert check.reference("item_id", "imdb:tt0137523") == ("imdb", "tt0137523")


@pytest.mark.parametrize(
    ("value", "required", "wrong"),
    [
        ("", True, True),
        ("   ", True, True),
        ("", False, False),
        ("x" * 500, True, False),
        ("x" * 501, True, True),
        ("x" * 501, False, True),
        ("a\0b", True, True),
    ],
)
def test_texts_are_required_and_bounded(value, required, wrong):
    assert bool(fields(lambda check: check.text("title", value, required=required))) is wrong


@pytest.mark.parametrize(("given", "size"), [(0, 50), (1, 1), (200, 200)])
def test_page_sizes_have_a_default(given, size):
    with Check() as check:
        assert check.page_size("page_size", given) == size


@pytest.mark.parametrize("given", [-1, 201, 2**31 - 1])
def test_page_sizes_outside_the_range_are_refused(given):
    [(field, text)] = violations(lambda check: check.page_size("page_size", given))
    assert field == "page_size"
    assert "200" in text


@pytest.mark.parametrize("year", [-1, 12, 3000])
def test_a_year_that_is_none_is_refused(year):
    assert fields(lambda check: check.year("year", year)) == ["year"]


@pytest.mark.parametrize("number", [pb.MEDIA_KIND_UNSPECIFIED, 99])
def test_a_kind_must_be_said(number):
    assert fields(lambda check: check.kind("items[3].kind", number)) == ["items[3].kind"]


def test_an_unknown_kind_is_refused_even_where_none_is_needed():
    assert fields(lambda check: check.optional_kind("kind", 99)) == ["kind"]


def test_an_unknown_word_is_refused_with_the_known_ones():
    [(field, text)] = violations(lambda check: check.one_of("providers[0]", "imdb", {"tmdb", "omdb"}))
    assert field == "providers[0]"
    assert "omdb, tmdb" in text


def test_ids_are_read_by_type():
    given = [pb.ExternalId(type="imdb", value="tt0137523"), pb.ExternalId(type="tmdb", value="550")]
    with Check() as check:
        assert check.ids("ids", given) == {"imdb": "tt0137523", "tmdb": "550"}


def test_ids_are_read_as_they_are_stored():
    given = [pb.ExternalId(type="IMDB", value="0137523"), pb.ExternalId(type="url", value="themoviedb.org/movie/550")]
    with Check() as check:
        assert check.ids("ids", given, Kind.MOVIE) == {"imdb": "tt0137523", "tmdb": "550"}


@pytest.mark.parametrize(
    ("id_type", "value", "field"),
    [
        ("imdb", "None", "ids[0].value"),
        ("tmdb", "0", "ids[0].value"),
        ("imdb", "nm0000093", "ids[0].value"),
        ("url", "themoviedb.org/tv/1399", "ids[0].value"),
        ("TmdbCollection", "8864", "ids[0].type"),
    ],
)
def test_what_is_no_id_of_a_title_is_refused(id_type, value, field):
    given = [pb.ExternalId(type=id_type, value=value)]
    assert fields(lambda check: check.ids("ids", given, Kind.MOVIE)) == [field]


def test_a_title_is_cleaned():
    with Check() as check:
        assert check.title("title", " Tom &amp; Jerry\u202e ") == "Tom & Jerry"
    assert fields(lambda check: check.title("title", "&nbsp;")) == ["title"]
    assert fields(lambda check: check.title("title", "Tom\x00")) == ["title"]


def test_an_id_is_weak_where_that_is_said_or_its_type_is_not_unless_it_is_said_surely_too():
    given = [
        pb.ExternalId(type="tvdb", value="121361", weak=True),
        pb.ExternalId(type="unknown", value="tt0137523"),
        pb.ExternalId(type="tmdb", value="550", weak=True),
        pb.ExternalId(type="TheMovieDB", value="550"),
        pb.ExternalId(type="tmdb", value="None", weak=True),
    ]
    assert Check().weak(given, Kind.MOVIE) == {"tvdb", "imdb"}


def test_every_wrong_id_is_told_by_its_place():
    given = [
        pb.ExternalId(type="imdb", value="137523"),
        pb.ExternalId(type="", value="1"),
        pb.ExternalId(type="tmdb", value="550"),
        pb.ExternalId(type="tmdb", value="550"),
        pb.ExternalId(type="tmdb", value="551"),
    ]
    assert violations(lambda check: check.ids("ids", given)) == [
        ("ids[0].value", "is no imdb id: tt and 7 to 10 digits, such as tt0137523"),
        ("ids[1].type", "is no type of id; imdb, tmdb and tvdb are some"),
        ("ids[4].value", "there is another tmdb id: 550"),
    ]


@pytest.mark.parametrize(("value", "word"), [("", "required"), ("heat", "imdb:tt0137523"), ("imdb:7", "tt")])
def test_a_reference_that_names_nothing_is_refused(value, word):
    [(field, text)] = violations(lambda check: check.reference("item_id", value))
    assert field == "item_id"
    assert word in text


def test_an_update_mask_names_known_paths():
    with Check() as check:
        mask = FieldMask(paths=["enabled", "settings.api_key"])
        assert check.mask("update_mask", mask, {"enabled", "settings"}, ("settings.",)) == {
            "enabled",
            "settings.api_key",
        }


@pytest.mark.parametrize(
    ("paths", "word"), [([], "required"), (["id"], "'id'"), (["settings."], "'settings.'"), (["*"], "'*'")]
)
def test_an_empty_or_unknown_update_mask_is_refused(paths, word):
    [(field, text)] = violations(
        lambda check: check.mask("update_mask", FieldMask(paths=paths), {"enabled", "settings"}, ("settings.",))
    )
    assert field == "update_mask"
    assert word in text
