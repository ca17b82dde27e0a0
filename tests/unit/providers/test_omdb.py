"""OMDb: recorded answers of the real service, and small hand-made ones for what is seldom."""

import json
import locale
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeHttp
from metarr.domain.outcome import Fragment
from metarr.domain.values import Credit, Image, Kind
from metarr.errors import BadAnswer, KeyRefused, QuotaExhausted, TitleNotFound
from metarr.fetch.contract import Response
from metarr.providers.contract import Ask, LooksUp, Preferences, Query, Searches
from metarr.providers.omdb import Omdb, parse_search, parse_title
from samples import index, sample, sample_json
from unit.providers.contract import said
from unit.providers.test_refusals import RECORDED

OMDB = Omdb()
EXAMPLES = Path(__file__).parent / "examples"
T, S = "omdb/titles/", "omdb/subliminal/"

TITLES = {
    T + "tt0120737_lotr_fellowship.json": Kind.MOVIE,
    T + "tt0133093_the_matrix.json": Kind.MOVIE,
    T + "tt0137523_fight_club.json": Kind.MOVIE,
    T + "tt1375666_inception.json": Kind.MOVIE,
    T + "tt5474042_half_girlfriend_missing_metacritic.json": Kind.MOVIE,
    T + "tt0903747_breaking_bad.json": Kind.SERIES,
    T + "tt0944947_game_of_thrones.json": Kind.SERIES,
    T + "tt1475582_sherlock.json": Kind.SERIES,
    S + "i-tt0770828_plot-short.json": Kind.MOVIE,
    S + "t-man_of_steel_plot-short.json": Kind.MOVIE,
}
SEARCHES = {
    S + "s-dallas_page-1_type-series.json": Kind.SERIES,
    S + "s-dallas_page-1_type-series_y-2012.json": Kind.SERIES,
    S + "s-dallas_page-2_type-series.json": Kind.SERIES,
    S + "s-dallas_page-3_type-series.json": Kind.SERIES,
    S + "s-dallas_page-4_type-series.json": Kind.SERIES,
    S + "s-dallas_page-5_type-series.json": Kind.SERIES,
    S + "s-dallas_page-6_type-series.json": Kind.SERIES,
    S + "s-house_of_cards_page-1_type-series.json": Kind.SERIES,
    S + "s-jack_reacher_page-1_type-movie_y-2016.json": Kind.MOVIE,
    S + "s-man_of_steel_page-1.json": Kind.MOVIE,
    S + "s-man_of_steel_page-1_type-movie.json": Kind.MOVIE,
    S + "s-man_of_steel_page-1_y-2013.json": Kind.MOVIE,
    S + "s-man_of_steel_page-2_type-movie.json": Kind.MOVIE,
    S + "s-man_of_steel_page-3.json": Kind.MOVIE,
    S + "s-man_of_steel_page-3_type-movie.json": Kind.MOVIE,
    S + "s-shameless_page-1_type-series.json": Kind.SERIES,
    S + "s-the_big_bang_theory_page-1_type-series.json": Kind.SERIES,
}
QUOTED_TITLE = T + "tt5267212_ratings_empty_wrong_match.json"


@pytest.mark.recordings
def test_every_recording_is_parsed() -> None:
    """Nothing is left out: a new recording fails here until it is put into one of the tables."""
    sample("INDEX.tsv")
    known = [*TITLES, *SEARCHES, *RECORDED["omdb"], QUOTED_TITLE]
    assert sorted(known) == sorted(row.file for row in index("omdb"))


def read(name: str) -> Fragment:
    body = sample_json(name)
    return parse_title(body, TITLES.get(name, Kind.MOVIE), body["imdbID"])


@pytest.mark.recordings
@pytest.mark.parametrize("name", [*TITLES, QUOTED_TITLE])
def test_recorded_titles_are_read(name: str) -> None:
    fragment = read(name)
    assert said(fragment)["title"] == sample_json(name)["Title"]
    assert fragment.ids == {"imdb": sample_json(name)["imdbID"]}
    assert not fragment.unread
    assert fragment.trouble == ()


@pytest.mark.recordings
@pytest.mark.parametrize("name", SEARCHES)
def test_recorded_searches_are_read(name: str) -> None:
    kind = SEARCHES[name]
    wanted = {entry["imdbID"] for entry in sample_json(name)["Search"] if entry["Type"] == kind.value}
    found = parse_search(sample_json(name), kind)
    assert {candidate.ids["imdb"] for candidate in found} == wanted
    assert len(found) == len(wanted)
    assert all(candidate.titles and 1900 < candidate.year < 2030 for candidate in found)


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("tt0137523_fight_club", "imdb_rating", 8.8),
        ("tt0137523_fight_club", "imdb_votes", 2036608),
        ("tt0137523_fight_club", "rotten_tomatoes_score", 79),
        ("tt0137523_fight_club", "metacritic_score", 66),
        ("tt0137523_fight_club", "runtime_minutes", 139),
        ("tt0137523_fight_club", "countries", ("United States", "Germany")),
        ("tt0133093_the_matrix", "directors", ("Lana Wachowski", "Lilly Wachowski")),
        ("tt0133093_the_matrix", "genres", ("Action", "Sci-Fi")),
        ("tt0133093_the_matrix", "release_date", "1999-03-31"),
        ("tt0133093_the_matrix", "certification", "R"),
        ("tt0133093_the_matrix", "imdb_rating", 8.7),
        ("tt1375666_inception", "release_date", "2010-07-16"),
        ("tt1375666_inception", "languages", ("English", "Japanese", "French")),
        ("tt1375666_inception", "imdb_votes", 2767518),
        ("tt1375666_inception", "rotten_tomatoes_score", 87),
        ("tt1375666_inception", "certification", "PG-13"),
        ("tt0120737_lotr_fellowship", "writers", ("J.R.R. Tolkien", "Fran Walsh", "Philippa Boyens")),
        ("tt5474042_half_girlfriend_missing_metacritic", "rotten_tomatoes_score", 18),
        ("tt0903747_breaking_bad", "imdb_rating", 9.4),
        ("tt0903747_breaking_bad", "rotten_tomatoes_score", 96),
        ("tt0903747_breaking_bad", "certification", "TV-MA"),
        ("tt0903747_breaking_bad", "languages", ("English", "Spanish")),
        ("tt0944947_game_of_thrones", "release_date", "2011-04-17"),
        ("tt0944947_game_of_thrones", "imdb_votes", 2370839),
        ("tt1475582_sherlock", "countries", ("United Kingdom", "United States")),
    ],
)
def test_recorded_values_come_out_as_they_are(name: str, field: str, value: object) -> None:
    assert said(read(f"{T}{name}.json"))[field] == value


@pytest.mark.recordings
def test_man_of_steel_is_read_whole() -> None:
    values = said(read(S + "i-tt0770828_plot-short.json"))
    assert values["awards"] == "Nominated for 1 BAFTA Award. 7 wins & 46 nominations total"
    assert values["cast"] == tuple(
        Credit(name=name, order=order) for order, name in enumerate(("Henry Cavill", "Amy Adams", "Michael Shannon"))
    )
    assert values["outline"] == values["plot"]
    poster: Any = values["poster"]
    assert [(image.url.rpartition("@@")[2], image.language) for image in poster] == [("._V1_.jpg", "en")]


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("name", "empty"),
    [
        (T + "tt0903747_breaking_bad.json", {"metacritic_score"}),
        (T + "tt0944947_game_of_thrones.json", {"metacritic_score", "rotten_tomatoes_score"}),
        (T + "tt0133093_the_matrix.json", set()),
        (
            QUOTED_TITLE,
            {"imdb_rating", "imdb_votes", "rotten_tomatoes_score", "metacritic_score", "awards", "poster"}
            | {"certification", "directors", "writers"},
        ),
    ],
)
def test_what_omdb_has_not_got_is_empty(name: str, empty: set[str]) -> None:
    assert read(name).empty == empty


@pytest.mark.recordings
def test_years_of_series_are_those_of_their_start() -> None:
    found = parse_search(sample_json(S + "s-dallas_page-1_type-series.json"), Kind.SERIES)
    years = {candidate.ids["imdb"]: candidate.year for candidate in found}
    assert (years["tt0077000"], years["tt1723760"], years["tt32146518"]) == (1978, 2012, 2024)


# Hand-made answers --------------------------------------------------------------------------------------------------


def example(kind: Kind = Kind.MOVIE, **changes: Any) -> dict[str, Any]:
    """A whole hand-made answer with some parts changed; `...` removes a part."""
    body = json.loads((EXAMPLES / f"omdb_{kind}.json").read_text(encoding="utf-8"))["answers"]["/"] | changes
    return {key: part for key, part in body.items() if part is not ...}


def movie(plot: str = "short", **changes: Any) -> Fragment:
    return parse_title(example(**changes), Kind.MOVIE, "tt9900001", plot)


@pytest.mark.parametrize(
    ("key", "raw", "field", "value"),
    [
        ("Runtime", "148 min", "runtime_minutes", 148),
        ("Runtime", "1 h 30 min", "runtime_minutes", 90),
        ("Runtime", "2 h", "runtime_minutes", 120),
        ("Runtime", "1,440 min", "runtime_minutes", 1440),
        ("Released", "16 Jul 2010", "release_date", "2010-07-16"),
        ("Released", "1 Dec 1999", "release_date", "1999-12-01"),
        ("Released", "2014-01-12", "release_date", "2014-01-12"),
        ("Country", "USA, UK, West Germany", "countries", ("United States", "United Kingdom", "West Germany")),
        ("Language", "None, English", "languages", ("English",)),
        ("Writer", "A. B (novel), A. B (screenplay, story), C. D", "writers", ("A. B", "C. D")),
        ("Actors", "Anna Keller, N/A", "cast", (Credit(name="Anna Keller"),)),
        ("imdbRating", "10.0", "imdb_rating", 10.0),
        ("imdbVotes", "1,234,567", "imdb_votes", 1234567),
        ("Ratings", [{"Source": "Rotten Tomatoes", "Value": "0%"}], "rotten_tomatoes_score", 0),
        ("Ratings", [{"Source": "Rotten Tomatoes", "Value": "100%"}], "rotten_tomatoes_score", 100),
        ("Metascore", "100", "metacritic_score", 100),
        ("Rated", "16+", "certification", "16+"),
        ("Awards", "Won 2 Oscars3 wins & 1 nomination total", "awards", "Won 2 Oscars. 3 wins & 1 nomination total"),
        ("Awards", "12 wins & 3 nominations.", "awards", "12 wins & 3 nominations."),
        (
            "Poster",
            "http://m.media-amazon.com/images/M/x._V1_SX1000.png",
            "poster",
            (Image(url="https://m.media-amazon.com/images/M/x._V1_.png", language="en"),),
        ),
    ],
)
def test_texts_become_values(key: str, raw: object, field: str, value: object) -> None:
    fragment = movie(**{key: raw})
    assert said(fragment)[field] == value
    assert type(said(fragment)[field]) is type(value)


@pytest.mark.parametrize(
    ("key", "raw", "field"),
    [
        *[(key, "N/A", field) for key, field in (("Plot", "plot"), ("Released", "release_date"), ("Actors", "cast"))],
        ("Released", "1994", "release_date"),
        ("Released", "May 1994", "release_date"),
        *[("Rated", raw, "certification") for raw in ("N/A", "Not Rated", "NOT RATED", "Unrated")],
        ("Runtime", "0 min", "runtime_minutes"),
        ("Runtime", "", "runtime_minutes"),
        ("imdbRating", "0.0", "imdb_rating"),
        ("imdbVotes", "0", "imdb_votes"),
        ("Ratings", [], "rotten_tomatoes_score"),
        ("Ratings", [{"Source": "Internet Movie Database", "Value": "8.8/10"}], "rotten_tomatoes_score"),
        ("Ratings", [{"Source": "Rotten Tomatoes", "Value": "N/A"}], "rotten_tomatoes_score"),
        ("Metascore", "N/A", "metacritic_score"),
        ("Language", "None", "languages"),
        ("Poster", "N/A", "poster"),
        ("Poster", "javascript:alert(1)", "poster"),
        ("Awards", None, "awards"),
        ("Title", "", "title"),
    ],
)
def test_what_says_nothing_is_empty(key: str, raw: object, field: str) -> None:
    fragment = movie(**{key: raw})
    assert field in fragment.empty
    assert fragment.trouble == ()


@pytest.mark.parametrize(
    ("key", "raw", "fields"),
    [
        ("Ratings", ..., {"rotten_tomatoes_score"}),
        ("Ratings", None, {"rotten_tomatoes_score"}),
        ("Ratings", {"Source": "Rotten Tomatoes"}, {"rotten_tomatoes_score"}),
        ("Ratings", [{"Source": "Rotten Tomatoes"}], {"rotten_tomatoes_score"}),
        ("Ratings", [{"Source": "Rotten Tomatoes", "Value": "101%"}], {"rotten_tomatoes_score"}),
        ("Ratings", [{"Source": "Rotten Tomatoes", "Value": "fresh"}], {"rotten_tomatoes_score"}),
        ("Metascore", ..., {"metacritic_score"}),
        ("Metascore", 70, {"metacritic_score"}),
        ("imdbRating", "88", {"imdb_rating"}),
        ("imdbRating", "good", {"imdb_rating"}),
        ("imdbVotes", [], {"imdb_votes"}),
        ("Runtime", "long", {"runtime_minutes"}),
        ("Released", "16 Juillet 2010", {"release_date"}),
        ("Released", "32 Jul 2010", {"release_date"}),
        ("Plot", ["x"], {"plot", "outline"}),
        ("Actors", {"0": "x"}, {"cast"}),
    ],
)
def test_what_cannot_be_read_costs_itself_only(key: str, raw: object, fields: set[str]) -> None:
    fragment = movie(**{key: raw})
    assert fragment.unread == fields
    assert len(fragment.trouble) == len(fields)


def test_the_full_plot_is_no_outline() -> None:
    fragment = movie("full")
    assert said(fragment)["plot"]
    assert fragment.unread == {"outline"}
    assert fragment.trouble == (), "it was not asked for, so nothing is wrong"


@pytest.mark.parametrize("tongue", ["de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"])
def test_months_are_read_whatever_the_machine_speaks(tongue: str) -> None:
    before = locale.setlocale(locale.LC_TIME)
    try:
        with suppress(locale.Error):  # not every machine has them all
            locale.setlocale(locale.LC_TIME, tongue)
        assert said(movie(Released="05 May 2001"))["release_date"] == "2001-05-05"
        assert said(movie(Released="24 Dec 2001"))["release_date"] == "2001-12-24"
    finally:
        locale.setlocale(locale.LC_TIME, before)


@pytest.mark.parametrize(
    ("changes", "asked", "kind"),
    [
        ({"Type": "series"}, "tt9900001", Kind.MOVIE),
        ({"Type": "game"}, "tt9900001", Kind.MOVIE),
        ({"Type": ...}, "tt9900001", Kind.MOVIE),
        ({}, "tt9900001", Kind.SERIES),
        ({"Type": "episode"}, "tt9900001", Kind.SERIES),
        ({"imdbID": ...}, "tt9900001", Kind.MOVIE),
        ({"Title": "#DUPE#"}, "tt9900001", Kind.MOVIE),
    ],
)
def test_another_kind_or_nothing_that_has_an_id_is_not_found(changes: dict[str, Any], asked: str, kind: Kind) -> None:
    with pytest.raises(TitleNotFound) as missed:
        parse_title(example(**changes), kind, asked)
    assert asked in str(missed.value)


def test_an_answer_about_another_title_bears_that_one_s_id() -> None:
    """Whoever asked sees that it is not the title asked about."""
    assert parse_title(example(), Kind.MOVIE, "tt0000001").ids == {"imdb": example()["imdbID"]}


@pytest.mark.parametrize("body", [None, [], "x", {}, {"Response": True}, {"Response": "False", "Error": "x"}])
def test_what_is_no_title_is_refused(body: object) -> None:
    with pytest.raises(BadAnswer):
        parse_title(body, Kind.MOVIE, "tt9900001")


@pytest.mark.parametrize("body", [None, [], {}, {"Search": None}, {"Search": ["x"]}, {"Response": "False"}])
def test_what_is_no_search_result_is_refused(body: object) -> None:
    with pytest.raises(BadAnswer):
        parse_search(body, Kind.MOVIE)


def test_a_search_result_is_one_candidate_per_title_of_the_kind() -> None:
    entry = {"Title": "Heat", "Year": "1995", "imdbID": "tt0113277", "Type": "movie", "Poster": "N/A"}
    odd = [
        {"imdbID": "nm0000093"},
        {"Type": "game"},
        {"Title": ""},
        {"Title": None},
        {"imdbID": None},
        {"Title": "#DUPE#"},
    ]
    found = parse_search({"Search": [entry, entry, *(entry | change for change in odd)]}, Kind.MOVIE)
    assert [(c.titles, c.year, c.ids, c.poster) for c in found] == [(("Heat",), 1995, {"imdb": "tt0113277"}, "")]


# Asking -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plot", ["short", "full"])
def test_a_title_is_one_request_by_its_imdb_id(plot: str) -> None:
    http = FakeHttp({"/": example()})
    OMDB.details(Ask(kind=Kind.MOVIE, ids={"imdb": "tt9900001"}, settings={"plot_length": plot}), http)
    assert [request.params for request in http.requests] == [{"i": "tt9900001", "plot": plot, "r": "json"}]


def test_what_is_no_imdb_id_is_never_asked() -> None:
    http = FakeHttp()
    for imdb in ("", "tt1", "nm0000093", "tt0133093&page=1"):
        with pytest.raises(TitleNotFound):
            OMDB.details(Ask(kind=Kind.MOVIE, ids={"imdb": imdb}), http)
    assert http.requests == []


def test_a_search_names_its_kind_and_keeps_to_its_year() -> None:
    assert isinstance(OMDB, Searches)
    assert not isinstance(OMDB, LooksUp), "it is asked by IMDb id, and nothing else leads there"
    hit = {"Search": [{"Title": "Heat", "Year": "1995", "imdbID": "tt0113277", "Type": "movie"}], "Response": "True"}
    miss = {"Response": "False", "Error": "Movie not found!"}
    http = FakeHttp({"/": lambda request: answer(miss if "y" in request.params else hit)}, classify=OMDB.classify)
    assert OMDB.search(Query(kind=Kind.MOVIE, title="Heat", year=1994), http) == ()
    (found,) = OMDB.search(Query(kind=Kind.MOVIE, title="Heat"), http)
    assert found.ids == {"imdb": "tt0113277"}
    assert not OMDB.searches_any_year
    assert [request.params for request in http.requests] == [
        {"s": "Heat", "type": "movie", "r": "json", "y": "1994"},
        {"s": "Heat", "type": "movie", "r": "json"},
    ]


def answer(body: object, status: int = 200, **headers: str) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=raw)


@pytest.mark.parametrize("error", ["Movie not found!", "Series not found!", "Too many results."])
def test_a_search_without_a_useful_result_finds_nothing(error: str) -> None:
    http = FakeHttp({"/": answer({"Response": "False", "Error": error})}, classify=OMDB.classify)
    assert OMDB.search(Query(kind=Kind.SERIES, title="the"), http) == ()


def test_a_search_that_could_not_be_made_is_no_empty_result() -> None:
    limited = answer({"Response": "False", "Error": "Request limit reached!"}, 401)
    with pytest.raises(QuotaExhausted):
        OMDB.search(Query(kind=Kind.MOVIE, title="Heat"), FakeHttp({"/": limited}, classify=OMDB.classify))


def test_the_check_is_one_request_and_believes_only_omdb() -> None:
    http = FakeHttp({"/": example(imdbID="tt0133093")})
    OMDB.check(http, {})
    assert [request.params["i"] for request in http.requests] == ["tt0133093"]
    for answered in ({}, [], example(), TitleNotFound("no")):
        with pytest.raises(BadAnswer):
            OMDB.check(FakeHttp({"/": answered}), {})
    with pytest.raises(KeyRefused):
        OMDB.check(FakeHttp({"/": KeyRefused("no")}), {})


def test_the_key_goes_into_the_query_which_is_all_that_omdb_reads() -> None:
    connection = OMDB.connection({"api_key": " 0a1b2c3d "})
    assert (connection.headers, connection.params) == ({}, {"apikey": "0a1b2c3d"})
    assert OMDB.connection({}).params == {}


def test_only_the_plot_length_shapes_an_answer() -> None:
    german = Preferences(languages=("de-DE", "en"), country="DE")
    short = OMDB.shape(Kind.MOVIE, Preferences(), {"plot_length": "short"})
    assert OMDB.shape(Kind.MOVIE, german, {}) == short
    assert OMDB.shape(Kind.MOVIE, Preferences(), {"plot_length": "full"}) != short
