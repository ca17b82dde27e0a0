"""TMDB: recorded answers of the real service, and small hand-made ones for what is seldom."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeHttp
from metarr.domain.outcome import Fragment
from metarr.domain.values import Collection, Credit, Kind
from metarr.errors import BadAnswer, KeyRefused, TitleNotFound
from metarr.providers.contract import Ask, LooksUp, Preferences, Query, Searches
from metarr.providers.tmdb import MAX_CAST, MAX_IMAGES, MAX_TITLES, Tmdb, parse_find, parse_search, parse_title
from samples import index, sample, sample_json
from unit.providers.contract import said
from unit.providers.test_refusals import RECORDED

TMDB = Tmdb()
EXAMPLES = Path(__file__).parent / "examples"
J, S = "tmdb/jdrouet/", "tmdb/subliminal/"

DETAILS = {
    J + "movie-details.json": Kind.MOVIE,
    J + "movie-latest.json": Kind.MOVIE,
    S + "movie_343611_append_to_response-external_ids.json": Kind.MOVIE,
    S + "movie_49521_append_to_response-external_ids.json": Kind.MOVIE,
    J + "tv-details.json": Kind.SERIES,
    J + "tv-details-complex.json": Kind.SERIES,
    J + "tv-latest.json": Kind.SERIES,
    S + "tv_1418_append_to_response-external_ids.json": Kind.SERIES,
    S + "tv_1425_append_to_response-external_ids.json": Kind.SERIES,
    S + "tv_34307_append_to_response-external_ids.json": Kind.SERIES,
    S + "tv_37759_append_to_response-external_ids.json": Kind.SERIES,
    S + "tv_40_append_to_response-external_ids.json": Kind.SERIES,
}
SECTIONS = {
    J + "movie-alternative-titles.json": (Kind.MOVIE, "alternative_titles", ()),
    J + "movie-credits.json": (Kind.MOVIE, "credits", ("cast", "directors", "writers")),
    J + "movie-external-ids.json": (Kind.MOVIE, "external_ids", ()),
    J + "movie-images.json": (Kind.MOVIE, "images", ("poster", "keyart", "fanart", "landscape", "clearlogo")),
    J + "movie-keywords.json": (Kind.MOVIE, "keywords", ("tags",)),
    J + "movie-release-dates.json": (Kind.MOVIE, "release_dates", ("release_date", "certification")),
    J + "movie-translations.json": (Kind.MOVIE, "translations", ()),
    J + "movie-videos.json": (Kind.MOVIE, "videos", ("trailer",)),
    J + "tv-aggregate-credits.json": (Kind.SERIES, "aggregate_credits", ("cast",)),
    J + "tv-content-ratings.json": (Kind.SERIES, "content_ratings", ("certification",)),
    J + "tv-images.json": (Kind.SERIES, "images", ("poster", "keyart", "fanart", "landscape", "clearlogo")),
    J + "tv-keywords.json": (Kind.SERIES, "keywords", ("tags",)),
}
"""What is appended to the details, recorded by itself: with the fields that it alone can fill."""

SEARCHES = {
    J + "search-movie.json": (Kind.MOVIE, 1),
    J + "tv-search-decoding-error.json": (Kind.MOVIE, 8),
    J + "search-tv.json": (Kind.SERIES, 4),
    J + "search-tv-rick-and-morty.json": (Kind.SERIES, 2),
    S + "search_movie_query-jack_reacher_page-1_year-2016.json": (Kind.MOVIE, 1),
    S + "search_movie_query-james_bond_page-1.json": (Kind.MOVIE, 20),
    S + "search_movie_query-james_bond_page-2.json": (Kind.MOVIE, 20),
    S + "search_movie_query-man_of_steel_page-1.json": (Kind.MOVIE, 13),
    S + "search_movie_query-man_of_steel_page-1_year-2013.json": (Kind.MOVIE, 1),
    S + "search_movie_query-meen_of_stal_page-1.json": (Kind.MOVIE, 0),
    S + "search_tv_query-dallas_page-1.json": (Kind.SERIES, 20),
    S + "search_tv_query-dallas_page-1_year-2012.json": (Kind.SERIES, 4),
    S + "search_tv_query-house_of_cards_page-1.json": (Kind.SERIES, 4),
    S + "search_tv_query-shameless_page-1.json": (Kind.SERIES, 8),
    S + "search_tv_query-the_big_bang_theory_page-1.json": (Kind.SERIES, 2),
    S + "search_tv_query-the_bing_bag_theory_page-1.json": (Kind.SERIES, 0),
}
LEFT_OUT = {
    "a list of constants that no title needs": (
        "certification-movie-list certification-tv-list configuration-countries configuration-jobs "
        "configuration-languages genre-movie-list genre-tv-list watch-provider-movie-list watch-provider-tv-list"
    ),
    "a list of titles that nobody searched for": (
        "movie-now-playing movie-popular movie-recommendations movie-similar movie-top-rated movie-upcoming tv-popular "
        "tv-similar"
    ),
    "about something else than a title": (
        "collection-details company-alternative-names company-details company-images credit-details person-details"
    ),
    "no field of the catalogue": "movie-lists movie-reviews movie-watch-providers tv-watch-providers",
    "what changed is learned by asking for the title": (
        "movie-all-changes movie-single-changes people-all-changes tv-all-changes"
    ),
    "seasons and episodes are not covered yet": "tv-season-details tv-episode-details",
}
EPISODES = {
    S + f"tv_{number}_append_to_response-external_ids.json"
    for number in (
        "1418_season_7_episode_5",
        "1425_season_6_episode_1",
        "34307_season_8_episode_1",
        "37759_season_1_episode_3",
        "40_season_1_episode_3",
    )
}
left_out = {J + f"{name}.json" for names in LEFT_OUT.values() for name in names.split()} | EPISODES


@pytest.mark.recordings
def test_every_whole_recording_is_parsed_or_left_out_for_a_reason() -> None:
    sample("INDEX.tsv")
    parsed = [*DETAILS, *SECTIONS, *SEARCHES, *RECORDED["tmdb"]]
    assert sorted([*parsed, *left_out]) == sorted(row.file for row in index("tmdb") if row.whole)


def read(name: str, **preferences: Any) -> Fragment:
    return parse_title(sample_json(name), DETAILS[name], Preferences(**preferences))


def with_sections(details: str, kind: Kind) -> dict[str, Any]:
    """Details with every section that is recorded for the kind, as one request brings them."""
    body: dict[str, Any] = sample_json(details)
    return body | {key: sample_json(name) for name, (of, key, _) in SECTIONS.items() if of is kind}


def fight_club(**preferences: Any) -> Fragment:
    return parse_title(with_sections(J + "movie-details.json", Kind.MOVIE), Kind.MOVIE, Preferences(**preferences))


def game_of_thrones(**preferences: Any) -> Fragment:
    return parse_title(with_sections(J + "tv-details.json", Kind.SERIES), Kind.SERIES, Preferences(**preferences))


@pytest.mark.recordings
@pytest.mark.parametrize("name", DETAILS)
def test_recorded_details_are_read(name: str) -> None:
    fragment = read(name)
    assert said(fragment)["title"]
    assert fragment.titles[0] == said(fragment)["title"]
    assert fragment.unread >= {"cast", "poster", "tags", "trailer"}, "sections that nobody appended"
    in_sections = {field for _, _, fields in SECTIONS.values() for field in fields}
    untranslated = {field for field in ("plot", "tagline") if field not in said(fragment)}
    assert fragment.unread <= in_sections | untranslated, fragment.trouble


@pytest.mark.recordings
@pytest.mark.parametrize("name", SECTIONS)
def test_a_recorded_section_makes_its_fields_readable(name: str) -> None:
    kind, key, fields = SECTIONS[name]
    details = sample_json(J + ("movie-details.json" if kind is Kind.MOVIE else "tv-details.json"))
    without = parse_title(details, kind, Preferences())
    fragment = parse_title({**details, key: sample_json(name)}, kind, Preferences())
    assert without.unread - fragment.unread == set(fields)
    assert not any(field in note for field in fields for note in fragment.trouble)


@pytest.mark.recordings
@pytest.mark.parametrize("name", SEARCHES)
def test_recorded_searches_are_read(name: str) -> None:
    kind, count = SEARCHES[name]
    found = parse_search(sample_json(name), kind)
    assert len(found) == len(sample_json(name)["results"]) == count
    assert all(candidate.ids["tmdb"].isdigit() and candidate.titles for candidate in found)


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        (S + "movie_49521_append_to_response-external_ids.json", "title", "Man of Steel"),
        (S + "movie_49521_append_to_response-external_ids.json", "runtime_minutes", 143),
        (S + "movie_49521_append_to_response-external_ids.json", "tmdb_votes", 15242),
        (S + "movie_49521_append_to_response-external_ids.json", "tmdb_rating", 6.629),
        (S + "movie_49521_append_to_response-external_ids.json", "countries", ("United Kingdom", "United States")),
        (
            S + "movie_49521_append_to_response-external_ids.json",
            "collection",
            Collection(
                name="Man of Steel Collection",
                ids={"tmdb": "209131"},
                poster="https://image.tmdb.org/t/p/original/rNnIW6xSPeTiIUtsfEhFeIRiJVv.jpg",
                fanart="https://image.tmdb.org/t/p/original/rPaqhsSMCky0UXVW4qmNOJq5Orp.jpg",
            ),
        ),
        (S + "movie_343611_append_to_response-external_ids.json", "genres", ("Action", "Thriller")),
        (S + "movie_343611_append_to_response-external_ids.json", "countries", ("China", "United States")),
        (S + "tv_1418_append_to_response-external_ids.json", "title", "The Big Bang Theory"),
        (S + "tv_1418_append_to_response-external_ids.json", "runtime_minutes", 22),
        (S + "tv_1418_append_to_response-external_ids.json", "creators", ("Chuck Lorre", "Bill Prady")),
        (S + "tv_1418_append_to_response-external_ids.json", "end_date", "2019-05-16"),
        (S + "tv_40_append_to_response-external_ids.json", "release_date", "1978-04-02"),
        (S + "tv_40_append_to_response-external_ids.json", "status", "Ended"),
        (J + "tv-details-complex.json", "networks", ("ABC",)),
        (J + "tv-details-complex.json", "runtime_minutes", 132),
    ],
)
def test_recorded_values_come_out_as_they_are(name: str, field: str, value: object) -> None:
    assert said(read(name))[field] == value


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("name", "ids"),
    [
        (
            S + "movie_49521_append_to_response-external_ids.json",
            {"tmdb": "49521", "imdb": "tt0770828", "wikidata": "Q622769"},
        ),
        (
            S + "tv_1418_append_to_response-external_ids.json",
            {"tmdb": "1418", "imdb": "tt0898266", "tvdb": "80379", "wikidata": "Q8539"},
        ),
        (
            S + "tv_40_append_to_response-external_ids.json",
            {"tmdb": "40", "imdb": "tt0077000", "tvdb": "77092", "wikidata": "Q168708"},
        ),
        (J + "movie-latest.json", {"tmdb": "1236474"}),
    ],
)
def test_recorded_ids_are_claimed(name: str, ids: dict[str, str]) -> None:
    assert read(name).ids == ids


@pytest.mark.recordings
def test_a_title_that_says_nothing_is_empty_everywhere_it_speaks() -> None:
    fragment = read(J + "movie-latest.json")
    assert said(fragment) == {
        "title": "Better Than Me",
        "original_title": "Better Than Me",
        "original_language": "en",
        "status": "Released",
    }
    assert fragment.empty >= {"runtime_minutes", "tmdb_rating", "tmdb_votes", "genres", "collection", "homepage"}


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("release_date", "1999-10-15"),
        ("certification", "R"),
        ("runtime_minutes", 139),
        ("tmdb_rating", 8.44),
        ("tmdb_votes", 27917),
        ("directors", ("David Fincher",)),
        ("writers", ("Jim Uhls", "Chuck Palahniuk")),
        ("genres", ("Drama",)),
        ("countries", ("Germany", "United States")),
        ("languages", ("English",)),
        ("homepage", "http://www.foxmovies.com/movies/fight-club"),
        ("trailer", "https://www.youtube.com/watch?v=dfeUzm6KF4g"),
    ],
)
def test_fight_club_is_read_whole(field: str, value: object) -> None:
    assert said(fight_club())[field] == value


@pytest.mark.recordings
def test_fight_club_has_a_cast_a_face_and_a_name_in_other_languages() -> None:
    fragment = fight_club()
    cast: Any = said(fragment)["cast"]
    assert [(credit.order, credit.name, credit.role) for credit in cast[:2]] == [
        (0, "Edward Norton", "Narrator"),
        (1, "Brad Pitt", "Tyler Durden"),
    ]
    assert cast[1].photo == "https://image.tmdb.org/t/p/original/cckcYc2v0yh1tc9QjRelptcOBko.jpg"
    assert cast[1].ids == {"tmdb": "287"}
    assert len(cast) == MAX_CAST
    assert {"Fight Club", "El club de la lucha", "Clube da Luta"} <= set(fragment.titles)
    assert (fragment.empty, fragment.unread, fragment.trouble) == ({"collection"}, frozenset(), ())


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("country", "day", "certification"),
    [
        ("DE", "1999-11-11", "18"),
        ("GB", "1999-11-12", "18"),
        ("IT", "1999-10-29", "VM14"),
        ("ZW", "1999-09-10", None),
    ],
)
def test_premiere_and_certification_are_those_of_the_owners_country(
    country: str, day: str, certification: str | None
) -> None:
    fragment = fight_club(country=country)
    assert said(fragment)["release_date"] == day
    assert said(fragment).get("certification") == certification
    assert ("certification" in fragment.empty) == (certification is None)


@pytest.mark.recordings
def test_images_are_sorted_into_the_fields_by_their_lettering() -> None:
    values: Any = said(fight_club())
    assert {image.language == "" for image in values["poster"] + values["landscape"]} == {False}
    assert {image.language for image in values["keyart"] + values["fanart"]} == {""}
    assert (values["poster"][0].width, values["poster"][0].height) == (2000, 3000)
    assert all(image.url.startswith("https://image.tmdb.org/t/p/original/") for image in values["clearlogo"])
    german = [image for image in values["poster"] if image.language == "de"]
    assert len(german) == 2
    most = max(len([i for i in values[field] if i.language == "en"]) for field in ("poster", "landscape", "clearlogo"))
    assert most == MAX_IMAGES


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Game of Thrones"),
        ("release_date", "2011-04-17"),
        ("end_date", "2019-05-19"),
        ("status", "Ended"),
        ("certification", "TV-MA"),
        ("creators", ("David Benioff", "D.B. Weiss")),
        ("networks", ("HBO",)),
        ("genres", ("Sci-Fi & Fantasy", "Drama", "Action & Adventure")),
        ("countries", ("United Kingdom", "United States")),
        ("tmdb_rating", 8.443),
        ("tmdb_votes", 22526),
    ],
)
def test_game_of_thrones_is_read_whole(field: str, value: object) -> None:
    assert said(game_of_thrones())[field] == value


@pytest.mark.recordings
def test_a_series_has_the_cast_of_all_its_seasons_who_played_most_often_first() -> None:
    fragment = game_of_thrones(country="DE")
    cast: Any = said(fragment)["cast"]
    assert [credit.name for credit in cast[:4]] == [
        "Kit Harington",
        "Iain Glen",
        "Peter Dinklage",
        "Nikolaj Coster-Waldau",
    ]
    assert cast[0].role == "Jon Snow"
    assert said(fragment)["certification"] == "16"
    assert said(fragment)["runtime_minutes"] == 80, "of the last episode: none is entered for all"
    assert fragment.empty == frozenset()
    assert fragment.unread == {"trailer"}, "no videos were recorded"


@pytest.mark.recordings
def test_german_text_comes_from_the_translations_where_the_details_have_none() -> None:
    body = with_sections(J + "movie-details.json", Kind.MOVIE) | {"overview": "", "tagline": ""}
    translated = {
        (entry["iso_639_1"], entry["iso_3166_1"]): entry["data"] for entry in body["translations"]["translations"]
    }
    german = said(parse_title(body, Kind.MOVIE, Preferences(languages=("de-DE", "en"))))
    assert (german["plot"], german["tagline"]) == (
        translated["de", "DE"]["overview"],
        translated["de", "DE"]["tagline"],
    )
    austrian = said(parse_title(body, Kind.MOVIE, Preferences(languages=("de-AT", "en"))))
    assert austrian["plot"] == translated["de", "AT"]["overview"]
    assert austrian["tagline"] == translated["de", "DE"]["tagline"], "the other country's, for it has none itself"
    elsewhere = said(parse_title(body, Kind.MOVIE, Preferences(languages=("xx-XX", "en"))))
    assert elsewhere["plot"] == translated["en", "US"]["overview"]
    assert elsewhere["title"] == "Fight Club"


@pytest.mark.recordings
def test_the_title_in_a_language_is_the_translated_one() -> None:
    body = with_sections(J + "movie-details.json", Kind.MOVIE)
    assert said(parse_title(body, Kind.MOVIE, Preferences(languages=("pt-PT", "en"))))["title"] == "Clube de Combate"
    assert said(parse_title(body, Kind.MOVIE, Preferences(languages=("de-DE", "en"))))["title"] == "Fight Club"


@pytest.mark.recordings
def test_a_search_finds_the_names_the_year_and_the_country() -> None:
    found = parse_search(sample_json(S + "search_tv_query-dallas_page-1.json"), Kind.SERIES)
    years = {candidate.ids["tmdb"]: candidate.year for candidate in found if candidate.titles[0] == "Dallas"}
    assert years["40"] == 1978
    assert years["37759"] == 2012
    first = parse_search(sample_json(J + "search-movie.json"), Kind.MOVIE)[0]
    assert (first.titles, first.year, first.popularity) == (("RRRrrrr!!!",), 2004, 25.016)
    assert first.poster.startswith("https://image.tmdb.org/t/p/w342/")
    anime = parse_search(sample_json(J + "search-tv-rick-and-morty.json"), Kind.SERIES)[1]
    assert (anime.year, anime.countries) == (0, ("US",))


@pytest.mark.recordings
def test_recorded_finds_lead_to_the_kind_that_was_asked_for() -> None:
    by_tvdb = sample_json("tmdb/adamayoung/find-tvdb-id-tvshow.json")
    by_imdb = sample_json("tmdb/adamayoung/find-imdb-id-movie.json")
    assert (parse_find(by_tvdb, Kind.SERIES), parse_find(by_tvdb, Kind.MOVIE)) == ("1396", None)
    assert (parse_find(by_imdb, Kind.MOVIE), parse_find(by_imdb, Kind.SERIES)) == ("550", None)


# Hand-made answers --------------------------------------------------------------------------------------------------


def example(kind: Kind, **changes: Any) -> dict[str, Any]:
    """A whole hand-made answer with some parts changed; `...` removes a part."""
    answers = json.loads((EXAMPLES / f"tmdb_{kind}.json").read_text(encoding="utf-8"))["answers"]
    body: dict[str, Any] = deepcopy(next(iter(answers.values()))) | changes
    return {key: part for key, part in body.items() if part is not ...}


def movie(preferences: Preferences = Preferences(), **changes: Any) -> Fragment:  # noqa: B008 # frozen
    return parse_title(example(Kind.MOVIE, **changes), Kind.MOVIE, preferences)


def series(preferences: Preferences = Preferences(), **changes: Any) -> Fragment:  # noqa: B008 # frozen
    return parse_title(example(Kind.SERIES, **changes), Kind.SERIES, preferences)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"runtime": 0}, "runtime_minutes"),
        ({"runtime": None}, "runtime_minutes"),
        ({"vote_average": 0}, "tmdb_rating"),
        ({"vote_count": 0}, "tmdb_votes"),
        ({"title": "TBA", "original_title": "TBA", "translations": {"translations": []}}, "title"),
        ({"original_title": "TBD"}, "original_title"),
        ({"overview": "", "translations": {"translations": []}}, "plot"),
        ({"overview": None, "translations": {"translations": None}}, "plot"),
        ({"homepage": ""}, "homepage"),
        ({"homepage": "not an address"}, "homepage"),
        ({"genres": []}, "genres"),
        ({"belongs_to_collection": None}, "collection"),
        ({"release_date": "", "release_dates": {"results": []}}, "release_date"),
        ({"videos": {"results": []}}, "trailer"),
        ({"credits": {"cast": [], "crew": []}}, "cast"),
        ({"credits": {"cast": [], "crew": []}}, "writers"),
        ({"keywords": {"keywords": []}}, "tags"),
        ({"images": {"posters": [], "backdrops": [], "logos": []}}, "poster"),
    ],
)
def test_what_says_nothing_is_empty(changes: dict[str, Any], field: str) -> None:
    fragment = movie(**changes)
    assert field in fragment.empty
    assert field not in fragment.unread


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"credits": ...}, {"cast", "directors", "writers"}),
        ({"credits": None}, {"cast", "directors", "writers"}),
        ({"release_dates": ...}, {"release_date", "certification"}),
        ({"images": ...}, {"poster", "fanart", "clearlogo", "landscape", "keyart"}),
        ({"images": {"posters": None, "backdrops": [], "logos": []}}, {"poster", "keyart"}),
        ({"keywords": ...}, {"tags"}),
        ({"keywords": {}}, {"tags"}),
        ({"videos": ...}, {"trailer"}),
        ({"overview": "", "translations": ...}, {"title", "plot"}),
        ({"runtime": "long"}, {"runtime_minutes"}),
        ({"runtime": {}}, {"runtime_minutes"}),
        ({"genres": {"id": 18}}, {"genres"}),
        ({"genres": [{"id": 18}]}, {"genres"}),
        ({"genres": ["Drama"]}, {"genres"}),
        ({"vote_average": 74}, {"tmdb_rating"}),
        ({"tagline": 7}, {"tagline"}),
        ({"belongs_to_collection": []}, {"collection"}),
        ({"belongs_to_collection": ...}, {"collection"}),
        ({"spoken_languages": [{"iso_639_1": "en", "name": "English"}]}, {"languages"}),
    ],
)
def test_what_cannot_be_read_costs_itself_only(changes: dict[str, Any], fields: set[str]) -> None:
    # in English the example's title is a translated one, so it needs no translations unless it lacks
    wanted = changes | ({"title": "Der stille Hafen"} if "translations" in changes else {})
    fragment = movie(**wanted)
    assert fragment.unread == fields
    assert fragment.trouble


def test_an_answer_without_any_section_leaves_what_they_hold_unread() -> None:
    appended = ("credits", "release_dates", "images", "videos", "external_ids", "keywords")
    fragment = movie(**dict.fromkeys((*appended, "translations", "alternative_titles"), ...))
    assert said(fragment)["title"] == "The Quiet Harbour"
    assert fragment.unread >= {"poster", "cast", "release_date", "tags", "trailer"}
    assert not fragment.empty & {"poster", "cast", "release_date", "tags", "trailer"}


def test_days_with_times_are_days() -> None:
    assert said(series(first_air_date="2011-04-02T00:00:00.000Z"))["release_date"] == "2011-04-02"
    fragment = movie(release_date="2019-02-10T00:00:00.000Z", release_dates={"results": []})
    assert said(fragment)["release_date"] == "2019-02-10"


@pytest.mark.parametrize(
    ("country", "day", "certification"),
    [("US", "2019-06-01", "PG-13"), ("DE", "2019-03-07", "12"), ("FR", "2019-02-10", None)],
)
def test_a_theatrical_premiere_comes_before_other_releases(country: str, day: str, certification: str | None) -> None:
    fragment = movie(Preferences(country=country))
    assert (said(fragment)["release_date"], said(fragment).get("certification")) == (day, certification)


@pytest.mark.parametrize(
    ("language", "title", "plot"),
    [
        ("en-US", "The Quiet Harbour", "A harbour master finds"),
        ("de-DE", "Der stille Hafen", "Eine Hafenmeisterin findet"),
        ("fr-FR", "The Quiet Harbour", "A harbour master finds"),
    ],
)
def test_texts_come_in_the_language_of_the_owner_else_in_english(language: str, title: str, plot: str) -> None:
    """TMDB answers another language than its own with the original title and no texts."""
    untranslated = {"title": "Der stille Hafen", "overview": "", "tagline": ""}
    values = said(movie(Preferences(languages=(language, "en")), **untranslated))
    assert values["title"] == title
    assert str(values["plot"]).startswith(plot)
    assert values["tagline"] == "Nobody leaves by night."


@pytest.mark.parametrize(
    ("language", "trailer"),
    [
        ("en-US", "https://www.youtube.com/watch?v=harbourTrl1"),
        ("de-DE", "https://vimeo.com/310987654"),
        ("ja-JP", "https://www.youtube.com/watch?v=harbourTrl1"),
    ],
)
def test_the_trailer_is_the_best_official_one_in_the_language(language: str, trailer: str) -> None:
    assert said(movie(Preferences(languages=(language, "en"))))["trailer"] == trailer


def test_a_teaser_is_better_than_no_trailer_and_an_unknown_site_is_none() -> None:
    teaser = {"iso_639_1": "ko", "key": "abcdefghijk", "site": "YouTube", "type": "Teaser"}
    clip = teaser | {"type": "Clip"}
    elsewhere = teaser | {"site": "Elsewhere", "type": "Trailer"}
    hostile = teaser | {"key": "x&list=https://example.org", "type": "Trailer"}
    results = [clip, elsewhere, hostile, teaser]
    assert said(movie(videos={"results": results}))["trailer"] == "https://www.youtube.com/watch?v=abcdefghijk"
    assert "trailer" in movie(videos={"results": [clip, elsewhere, hostile]}).empty


def test_logos_that_players_cannot_draw_are_left_out() -> None:
    logos: Any = said(movie())["clearlogo"]
    assert [image.url for image in logos] == ["https://image.tmdb.org/t/p/original/harbourLogo.png"]


def test_a_poster_without_a_language_is_a_poster_when_no_other_is_there() -> None:
    textless = {"file_path": "/p.jpg", "iso_639_1": None, "width": 500, "height": 750}
    values: Any = said(movie(images={"posters": [textless], "backdrops": [], "logos": []}))
    assert [image.url.rpartition("/")[2] for image in values["poster"]] == ["p.jpg"]
    assert "keyart" not in values, "it was entered without a language rather than drawn without a title"
    both: Any = said(movie())
    assert [image.language for image in both["poster"]] == ["en"]


def test_many_votes_count_more_than_one_enthusiast() -> None:
    posters = [
        {"file_path": "/one.jpg", "iso_639_1": "en", "vote_average": 10, "vote_count": 1},
        {"file_path": "/many.jpg", "iso_639_1": "en", "vote_average": 8, "vote_count": 60},
        {"file_path": "/none.jpg", "iso_639_1": "en", "vote_average": 0, "vote_count": 0},
        {"file_path": "/disliked.jpg", "iso_639_1": "en", "vote_average": 2, "vote_count": 60},
    ]
    values: Any = said(movie(images={"posters": posters, "backdrops": [], "logos": []}))
    assert [image.url.rpartition("/")[2] for image in values["poster"]] == [
        "many.jpg",
        "one.jpg",
        "none.jpg",
        "disliked.jpg",
    ]


def test_image_paths_that_are_none_never_reach_an_address() -> None:
    odd = [{"file_path": path, "iso_639_1": "en"} for path in (None, "", "None", "/../x.jpg", "//example.org/x.jpg")]
    assert "poster" in movie(images={"posters": odd, "backdrops": [], "logos": []}).empty


def test_crew_is_taken_by_job_and_writers_stand_in_the_order_of_credits() -> None:
    values = said(movie())
    assert values["directors"] == ("Mira Voss",)
    assert values["writers"] == ("Mira Voss", "Paul Winter")
    assert values["languages"] == ("German",)


def test_an_actor_of_a_series_has_all_roles_that_played_most_often_first() -> None:
    photo = "https://image.tmdb.org/t/p/original/hale.jpg"
    assert said(series())["cast"] == (Credit(name="Tom Hale", role="Ned / Young Ned", photo=photo, ids={"tmdb": "41"}),)
    assert said(series())["runtime_minutes"] == 45
    assert said(series())["certification"] == "TV-14"


def test_a_running_series_has_no_end() -> None:
    assert "end_date" in series(status="Returning Series").empty
    assert said(series(status="Canceled"))["end_date"] == "2014-05-30"


def test_titles_for_matching_are_bounded() -> None:
    many = {"titles": [{"title": f"Title {number}"} for number in range(500)]}
    titles = movie(alternative_titles=many).titles
    assert len(titles) == MAX_TITLES
    assert titles[:2] == ("The Quiet Harbour", "Der stille Hafen")
    assert "TBA" not in movie(original_title="TBA").titles
    assert movie(alternative_titles=[], translations={"translations": 7}).titles[0] == "The Quiet Harbour"


def test_ids_that_have_not_their_form_are_not_claimed() -> None:
    external = {"imdb_id": "nm0000093", "wikidata_id": "", "tvdb_id": True}
    assert series(external_ids=external).ids == {"tmdb": "990002"}
    assert movie(imdb_id="", external_ids={"imdb_id": "tt10919380", "tvdb_id": 5}).ids == {
        "tmdb": "990001",
        "imdb": "tt10919380",
    }


@pytest.mark.parametrize("body", [None, [], "x", {}, {"id": None}, {"id": "x"}, {"status_code": 34}])
def test_what_is_no_title_is_refused(body: object) -> None:
    with pytest.raises(BadAnswer):
        parse_title(body, Kind.MOVIE, Preferences())


@pytest.mark.parametrize("body", [None, [], {}, {"results": None}, {"results": {}}, {"results": ["x"]}])
def test_what_is_no_page_of_results_is_refused(body: object) -> None:
    with pytest.raises(BadAnswer):
        parse_search(body, Kind.MOVIE)
    with pytest.raises(BadAnswer):
        parse_find(body, Kind.MOVIE)


# Asking -------------------------------------------------------------------------------------------------------------


def test_a_title_costs_one_request_that_brings_everything() -> None:
    http = FakeHttp({"/movie/990001": example(Kind.MOVIE)})
    wanted = Preferences(languages=("de-DE", "en"), country="DE")
    fragment = TMDB.details(Ask(kind=Kind.MOVIE, ids={"tmdb": "990001"}, preferences=wanted), http)
    (request,) = http.requests
    assert said(fragment)["certification"] == "12"
    assert request.params["language"] == "de-DE"
    assert request.params["include_image_language"] == "de,en,null"
    assert request.params["include_video_language"] == "de,en,null"
    assert set(request.params["append_to_response"].split(",")) == {
        *("credits", "images", "videos", "external_ids", "release_dates", "keywords", "translations"),
        "alternative_titles",
    }


def test_a_series_is_asked_for_the_credits_of_all_its_seasons() -> None:
    http = FakeHttp({"/tv/990002": example(Kind.SERIES)})
    TMDB.details(Ask(kind=Kind.SERIES, ids={"tmdb": "990002"}), http)
    appended = http.requests[0].params["append_to_response"].split(",")
    assert {"aggregate_credits", "content_ratings"} <= set(appended)
    assert len(appended) <= 20


def test_tmdb_takes_five_image_languages_one_of_them_textless_and_one_the_original() -> None:
    http = FakeHttp({"/movie/990001": example(Kind.MOVIE)})
    wanted = Preferences(languages=("de", "en", "fr", "it", "es", "pt"))
    TMDB.details(Ask(kind=Kind.MOVIE, ids={"tmdb": "990001"}, preferences=wanted), http)
    assert http.requests[0].params["include_image_language"] == "de,en,fr,null"


def test_an_answer_about_another_title_bears_that_one_s_id() -> None:
    """Whoever asked sees that it is not the title asked about."""
    told = example(Kind.MOVIE)
    fragment = TMDB.details(Ask(kind=Kind.MOVIE, ids={"tmdb": "5"}), FakeHttp({"/movie/5": told}))
    assert fragment.ids["tmdb"] == str(told["id"]) != "5"


@pytest.mark.parametrize("tmdb", ["", "0", "../account", "550?x=1", "tt0137523"])
def test_what_is_no_id_is_never_asked(tmdb: str) -> None:
    http = FakeHttp()
    with pytest.raises(TitleNotFound):
        TMDB.details(Ask(kind=Kind.MOVIE, ids={"tmdb": tmdb}), http)
    assert http.requests == []


FOUND_MOVIE = {"movie_results": [{"id": 550}], "tv_results": [{"id": 7}]}


def test_a_movie_is_looked_up_by_its_imdb_id_and_never_by_a_tvdb_id() -> None:
    assert isinstance(TMDB, LooksUp)
    http = FakeHttp({"/find/tt0137523": FOUND_MOVIE})
    ids = {"imdb": "tt0137523", "tvdb": "169"}
    assert TMDB.lookup(Ask(kind=Kind.MOVIE, ids=ids), http) == {"tmdb": "550"}
    assert [request.params for request in http.requests] == [{"external_source": "imdb_id"}]
    nothing = FakeHttp()
    with pytest.raises(TitleNotFound):
        TMDB.lookup(Ask(kind=Kind.MOVIE, ids={"tvdb": "169"}), nothing)
    assert nothing.requests == []


def test_a_series_is_looked_up_by_its_imdb_id_then_by_its_tvdb_id() -> None:
    http = FakeHttp({"/find/tt0903747": {"tv_results": []}, "/find/81189": {"tv_results": [{"id": 1396}]}})
    found = TMDB.lookup(Ask(kind=Kind.SERIES, ids={"tvdb": "81189", "imdb": "tt0903747"}), http)
    assert found == {"tmdb": "1396"}
    assert [request.params["external_source"] for request in http.requests] == ["imdb_id", "tvdb_id"]


def test_ids_of_another_form_are_not_looked_up() -> None:
    http = FakeHttp()
    with pytest.raises(TitleNotFound):
        TMDB.lookup(Ask(kind=Kind.SERIES, ids={"imdb": "nm0000093", "tvdb": "x/y"}), http)
    assert http.requests == []


def searched(year: int, pages: dict[str | None, Any]) -> tuple[list[tuple[str, int]], list[str | None]]:
    """The ids and years that a search finds, and the years that were asked for, each with its page of results."""
    http = FakeHttp({"/search/movie": lambda request: pages[request.params.get("year")]})
    found = TMDB.search(Query(kind=Kind.MOVIE, title="Heat", year=year), http)
    assert all(request.params["include_adult"] == "false" for request in http.requests)
    return [(each.ids["tmdb"], each.year) for each in found], [request.params.get("year") for request in http.requests]


def heats(*years: int, pages: Any = 1) -> dict[str, Any]:
    results = [
        {"id": year, "title": "Heat", "original_title": "Heat", "release_date": f"{year}-05-01"} for year in years
    ]
    return {"results": results, "total_pages": pages}


def test_a_search_with_a_year_tells_namesakes_of_other_years_too() -> None:
    assert isinstance(TMDB, Searches)
    assert TMDB.searches_any_year
    pages = {"1995": heats(1995), None: heats(1986, 1995, 1996)}
    assert searched(1995, pages) == ([("1995", 1995), ("1986", 1986), ("1996", 1996)], ["1995", None])
    assert searched(1995, {"1995": heats(), None: heats(1986)}) == ([("1986", 1986)], ["1995", None])
    assert searched(0, {None: heats(1986)}) == ([("1986", 1986)], [None])


def test_of_a_name_that_fills_more_than_a_page_the_years_beside_are_asked_for() -> None:
    pages = {"1995": heats(1995), None: heats(1986, pages=3), "1994": heats(), "1996": heats(1996)}
    ids = [("1995", 1995), ("1986", 1986), ("1996", 1996)]
    assert searched(1995, pages) == (ids, ["1995", None, "1994", "1996"])
    for odd in (None, "3 pages", -1, []):
        assert searched(1995, pages | {None: heats(1986, pages=odd)})[1] == ["1995", None]


def test_a_malformed_candidate_costs_itself_at_most() -> None:
    entry = {"id": 550, "title": "Fight Club", "original_title": None, "release_date": 1999, "origin_country": "US"}
    results = [
        entry | {"popularity": 10**400, "overview": None, "poster_path": 7},
        {"title": "No id"},
        {"id": 7, "title": ""},
        {"id": True, "title": "x"},
    ]
    (found,) = parse_search({"results": results}, Kind.MOVIE)
    assert (found.ids, found.popularity, found.overview, found.poster) == ({"tmdb": "550"}, 0.0, "", "")


def test_a_search_without_a_year_is_one_request() -> None:
    http = FakeHttp({"/search/tv": {"results": []}})
    assert TMDB.search(Query(kind=Kind.SERIES, title="Nothing"), http) == ()
    assert len(http.requests) == 1


def test_the_check_believes_only_tmdb() -> None:
    TMDB.check(FakeHttp({"/configuration": {"images": {}}}), {})
    for answer in ({}, [], TitleNotFound("404")):
        with pytest.raises(BadAnswer):
            TMDB.check(FakeHttp({"/configuration": answer}), {})
    with pytest.raises(KeyRefused):
        TMDB.check(FakeHttp({"/configuration": KeyRefused("no")}), {})


V3 = "0123456789abcdef0123456789abcdef"
V4 = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("key", "headers", "params"),
    [
        (V3, {}, {"api_key": V3}),
        (f" {V3}\n", {}, {"api_key": V3}),
        (V4, {"Authorization": f"Bearer {V4}"}, {}),
        (f"Bearer {V4}", {"Authorization": f"Bearer {V4}"}, {}),
        ("", {}, {}),
    ],
)
def test_a_key_goes_into_the_query_and_a_token_into_the_header(
    key: str, headers: dict[str, str], params: dict[str, str]
) -> None:
    connection = TMDB.connection({"api_key": key})
    assert (connection.headers, connection.params) == (headers, params)
    assert connection.base_url == "https://api.themoviedb.org/3"


def test_the_shape_holds_the_set_of_languages_and_the_country() -> None:
    shapes = {
        TMDB.shape(Kind.MOVIE, Preferences(**wanted), {})
        for wanted in ({}, {"languages": ("en", "en-US")}, {"languages": ("de",)}, {"country": "DE"})
    }
    assert len(shapes) == 3, "the same languages in another order find the same answer"
