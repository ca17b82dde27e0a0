"""What ids are worth, by the kind of title, and how every writer spells them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.id_spelling import expected, is_known_type, typed, valid_id, valid_type
from metarr.domain.ids import (
    Bearer,
    ExternalId,
    IdContext,
    NoId,
    Worth,
    admit,
    finding,
    identifying,
    parse_reference,
    worth,
)
from metarr.domain.values import Kind

MOVIE, SERIES, SEASON, EPISODE = Kind.MOVIE, Kind.SERIES, Kind.SEASON, Kind.EPISODE
FIND = {"wikidata", "anidb", "anilist", "mal", "kitsu", "douban"}
NOTES = {"tvrage", "eidr", "letterboxd", "tvdbslug", "traktslug", "zap2it", "plex", "sonarr", "radarr", "home", "own"}


@pytest.mark.parametrize(
    ("kind", "identify", "find"),
    [
        (MOVIE, {"imdb", "tmdb", "tvdb", "trakt"}, FIND),
        (SERIES, {"imdb", "tmdb", "tvdb", "tvmaze", "trakt"}, FIND),
        (SEASON, set(), set()),
        (EPISODE, {"imdb", "tvdb"}, set()),
    ],
)
def test_what_each_type_is_worth_for_a_kind(kind: Kind, identify: set[str], find: set[str]) -> None:
    types = {"imdb", "tmdb", "tvdb", "tvmaze", "trakt"} | FIND | NOTES
    told = {each: worth(kind, each) for each in types}
    assert {each for each, value in told.items() if value is Worth.IDENTIFY} == identify
    assert {each for each, value in told.items() if value is Worth.FIND} == find
    ids = dict.fromkeys(types, "1")
    assert identifying(kind, ids).keys() == identify
    assert finding(kind, ids).keys() == find


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    "id_type", ["imdb", "tmdb", "tvdb", "tvmaze", "trakt", "anidb", "wikidata", "sonarr", "", "id"]
)
@pytest.mark.parametrize(
    "value",
    [
        "", " ", "None", "none", "NULL", "nil", "NaN", "undefined", "Unknown", "false", "N/A", "-",
        "0", "00", "-1", "-42", "0.0", "tt", "tt0", "tt0000000", "tt0000000000",
    ],
)  # fmt: skip
def test_what_stands_where_there_is_no_id(kind: Kind, id_type: str, value: str) -> None:
    told = admit(kind, id_type, value)
    assert isinstance(told, NoId)
    assert told.blank


@pytest.mark.parametrize(
    ("id_type", "value", "stored"),
    [
        # Every spelling of a type
        ("imdb", "tt0137523", "imdb:tt0137523"),
        ("Imdb", "tt0137523", "imdb:tt0137523"),
        ("IMDB", "TT0137523", "imdb:tt0137523"),
        ("imdb_id", "tt0137523", "imdb:tt0137523"),
        ("imdbid", " tt0137523\n", "imdb:tt0137523"),
        ("Tmdb", "550", "tmdb:550"),
        ("TheMovieDB", "550", "tmdb:550"),
        ("themoviedb.id", "550", "tmdb:550"),
        ("tmdb-id", "550", "tmdb:550"),
        ("TMDB ID", "550", "tmdb:550"),
        ("moviedb", "550", "tmdb:550"),
        ("TheTVDB", "44", "tvdb:44"),
        ("TvdbId", "44", "tvdb:44"),
        ("traktId", "432", "trakt:432"),
        ("AniDB", "23", "anidb:23"),
        ("AniList", "21", "anilist:21"),
        ("MyAnimeList", "5114", "mal:5114"),
        ("Kitsu", "12", "kitsu:12"),
        ("DoubanID", "1292052", "douban:1292052"),
        ("Wikidata", "q190050", "wikidata:Q190050"),
        # Of a value
        ("imdb", "0137523", "imdb:tt0137523"),
        ("imdb", "10872600", "imdb:tt10872600"),
        ("imdb", "tt00137523", "imdb:tt0137523"),
        ("imdb", "tt0000001", "imdb:tt0000001"),
        ("imdb", "tt1234567890", "imdb:tt1234567890"),
        ("tmdb", "2", "tmdb:2"),
        ("tmdb", "0550", "tmdb:550"),
        ("tmdb", "550.0", "tmdb:550"),
        ("tmdb", "550-fight-club", "tmdb:550"),
        ("tmdb", "999999999999", "tmdb:999999999999"),
        ("tmdb", "movie/550", "tmdb:550"),
        ("tvdb", "movie-44", "tvdb:44"),
        ("imdb", "tt0137523/", "imdb:tt0137523"),
        # Addresses and guids say their own type
        ("imdb", "https://www.imdb.com/title/tt0137523/", "imdb:tt0137523"),
        ("tmdb", "themoviedb.org/movie/550-fight-club", "tmdb:550"),
        ("imdb", "https://www.themoviedb.org/movie/550", "tmdb:550"),
        ("imdb", "imdb://tt0137523", "imdb:tt0137523"),
        ("guid", "tmdb://550", "tmdb:550"),
        ("guid", "tvdb://44", "tvdb:44"),
        ("guid", "com.plexapp.agents.imdb://tt0137523?lang=en", "imdb:tt0137523"),
        ("guid", "com.plexapp.agents.themoviedb://550?lang=de", "tmdb:550"),
        ("guid", "com.plexapp.agents.hama://anidb-23?lang=en", "anidb:23"),
        ("guid", "com.plexapp.agents.hama://tvdb4-81797?lang=en", "tvdb:81797"),
        # Notes
        ("trakt", "fight-club-1999", "traktslug:fight-club-1999"),
        ("kitsu", "cowboy-bebop", "kitsuslug:cowboy-bebop"),
        ("TvdbSlug", "fight-club", "tvdbslug:fight-club"),
        ("EIDR", "10.5240/7B2F-ED69-63AB-2A06-2FBB-B", "eidr:10.5240/7B2F-ED69-63AB-2A06-2FBB-B"),
        ("Zap2It", "MV000", "zap2it:MV000"),
        ("letterboxd", "unknown-2011", "letterboxd:unknown-2011"),
        ("plex", "plex://movie/5d776825", "plex:movie/5d776825"),
        ("home", "C0FFEE", "home:C0FFEE"),
        ("radarr", "77", "radarr:77"),
    ],
)  # fmt: skip
def test_an_id_of_a_movie_as_its_writers_spell_it(id_type: str, value: str, stored: str) -> None:
    told = admit(MOVIE, id_type, value)
    assert isinstance(told, ExternalId)
    assert f"{told.type}:{told.value}" == stored
    assert told.worth is worth(MOVIE, told.type)
    assert told.bearer is Bearer.TITLE
    assert not told.weak
    assert valid_id(told.type, told.value)


@pytest.mark.parametrize(
    ("kind", "id_type", "value", "why"),
    [
        (MOVIE, "imdb", "nm0000093", "is no imdb id"),
        (MOVIE, "imdb", "co0000093", "is no imdb id"),
        (MOVIE, "imdb", "ls000009300", "is no imdb id"),
        (MOVIE, "imdb", "550", "is no imdb id"),
        (MOVIE, "imdb", "tt123456", "is no imdb id"),
        (MOVIE, "imdb", "tt12345678901", "is no imdb id"),
        (MOVIE, "imdb", "tt٠١٢٣٤٥٦٧", "is no imdb id"),
        (MOVIE, "imdb", "https://www.imdb.com/name/nm0000093/", "names no id"),
        (MOVIE, "tmdb", "tt0137523", "is no tmdb id"),
        (MOVIE, "tmdb", "5.5", "is no tmdb id"),
        (MOVIE, "tmdb", "550 or 551", "is no tmdb id"),
        (MOVIE, "tmdb", "1" * 13, "is no tmdb id"),
        (MOVIE, "tvdb", "abc", "is no tvdb id"),
        (MOVIE, "wikidata", "190050", "is no wikidata id"),
        (MOVIE, "letterboxd", "../etc", "is no letterboxd id"),
        (MOVIE, "own", "x" * 101, "is no own id"),
        (MOVIE, "I M", "5", "is no type of id"),
        (MOVIE, "1up", "5", "is no type of id"),
        (MOVIE, "tmdb", "https://www.themoviedb.org/tv/1399", "of another kind: series"),
        (SERIES, "tmdb", "https://www.themoviedb.org/movie/550", "of another kind: movie"),
        (SERIES, "tvdb", "https://thetvdb.com/?tab=episode&seriesid=1&id=2", "of another kind: episode"),
        (MOVIE, "tvdb", "series-81189", "of another kind: series"),
        (MOVIE, "guid", "local://123", "is known to local alone"),
        (MOVIE, "guid", "none://123", "is known to none alone"),
        (MOVIE, "imdb", "x" * 2000, "too long"),
    ],
)
def test_what_is_no_id_is_told_with_its_reason(kind: Kind, id_type: str, value: str, why: str) -> None:
    told = admit(kind, id_type, value)
    assert isinstance(told, NoId)
    assert why in told.why


@pytest.mark.parametrize(
    ("kind", "value", "context", "stored"),
    [
        (MOVIE, "tt0137523", IdContext(bare=True), "imdb:tt0137523"),
        (MOVIE, "550", IdContext(bare=True), "tmdb:550"),
        (SERIES, "81189", IdContext(bare=True), "tvdb:81189"),
        (SERIES, "tt0903747", IdContext(bare=True), "imdb:tt0903747"),
        (EPISODE, "349232", IdContext(bare=True), "tvdb:349232"),
        (None, "tt0137523", IdContext(bare=True), "imdb:tt0137523"),
        (None, "550", IdContext(bare=True), "unknown:550"),
        (SERIES, "1399", IdContext(bare=True, beside=frozenset({"121361"})), "tvdb:1399"),
    ],
)
def test_a_bare_id_is_of_a_type_by_its_shape_and_place_and_weak(
    kind: Kind | None, value: str, context: IdContext, stored: str
) -> None:
    told = admit(kind, "", value, context)
    assert isinstance(told, ExternalId)
    assert (f"{told.type}:{told.value}", told.weak) == (stored, True)


@pytest.mark.parametrize(("id_type", "value"), [("id", "71399"), ("", "TT0137523"), ("unknown", "tt0137523")])
def test_a_bare_id_that_equals_another_one_says_nothing_new(id_type: str, value: str) -> None:
    context = IdContext(bare=id_type == "id", beside=frozenset({"71399", "tt0137523"}))
    told = admit(SERIES, id_type, value, context)
    assert isinstance(told, NoId)
    assert not told.blank


@pytest.mark.parametrize(
    ("id_type", "value", "context", "weak"),
    [
        ("unknown", "tt0137523", IdContext(), True),
        ("", "tt0137523", IdContext(), True),
        ("imdbnumber", "tt0137523", IdContext(), True),
        ("tvdb", "44", IdContext(from_file=True), True),
        ("tvdb", "44", IdContext(), False),
        ("tmdb", "44", IdContext(from_file=True), False),
        ("tmdb", "https://www.themoviedb.org/title/44", IdContext(), True),
        ("tmdb", "https://www.themoviedb.org/movie/44", IdContext(), False),
        ("guid", "com.plexapp.agents.xbmcnfo://tt0137523?lang=xn", IdContext(), True),
    ],
)
def test_which_ids_of_a_movie_need_a_second_witness(id_type: str, value: str, context: IdContext, weak: bool) -> None:
    told = admit(MOVIE, id_type, value, context)
    assert isinstance(told, ExternalId)
    assert (told.worth, told.weak) == (Worth.IDENTIFY, weak)


@pytest.mark.parametrize(
    ("kind", "id_type", "value", "bearer"),
    [
        (EPISODE, "tvdb", "349232", Bearer.TITLE),
        (SERIES, "tvdb", "series-81189", Bearer.TITLE),
        (EPISODE, "tmdb", "tv/1399", Bearer.SERIES),
        (EPISODE, "guid", "tvdb://349232", Bearer.TITLE),
        (EPISODE, "guid", "com.plexapp.agents.thetvdb://121361/1/2?lang=en", Bearer.SERIES),
        (SEASON, "guid", "com.plexapp.agents.thetvdb://121361/1?lang=en", Bearer.SERIES),
        (SERIES, "guid", "com.plexapp.agents.thetvdb://121361?lang=en", Bearer.TITLE),
        (EPISODE, "guid", "com.plexapp.agents.hama://anidb-23/1/2?lang=en", Bearer.SERIES),
        (EPISODE, "url", "https://www.themoviedb.org/tv/1399/season/1/episode/2", Bearer.SERIES),
        (EPISODE, "url", "https://thetvdb.com/?tab=series&id=121361", Bearer.SERIES),
        (EPISODE, "url", "https://thetvdb.com/series/game-of-thrones/episodes/3254641", Bearer.TITLE),
        (EPISODE, "url", "https://www.imdb.com/title/tt0944947/episodes?season=1", Bearer.SERIES),
        (EPISODE, "url", "https://www.tvmaze.com/shows/82/game-of-thrones", Bearer.SERIES),
        (MOVIE, "tmdbcolid", "8864", Bearer.COLLECTION),
        (MOVIE, "TmdbCollection", "8864", Bearer.COLLECTION),
        (MOVIE, "tmdbSet", "8864", Bearer.COLLECTION),
        (MOVIE, "tmdbcol", "8864", Bearer.COLLECTION),
        (MOVIE, "collectionnumber", "8864", Bearer.COLLECTION),
        (MOVIE, "tmdb", "https://www.themoviedb.org/collection/8864-x", Bearer.COLLECTION),
    ],
)
def test_whose_id_it_is(kind: Kind, id_type: str, value: str, bearer: Bearer) -> None:
    told = admit(kind, id_type, value)
    assert isinstance(told, ExternalId)
    assert told.bearer is bearer
    assert told.worth is Worth.IDENTIFY or told.type == "anidb"


def test_the_id_of_its_series_is_none_of_an_episode() -> None:
    context = IdContext(series_ids={"tvdb": "121361", "imdb": "tt0944947"})
    assert isinstance(admit(EPISODE, "tvdb", "121361", context), NoId)
    assert isinstance(admit(EPISODE, "imdb", "0944947", context), NoId)
    assert isinstance(admit(EPISODE, "guid", "tvdb://121361", context), NoId)
    assert isinstance(admit(EPISODE, "url", "https://www.imdb.com/title/tt0944947/", context), NoId)
    assert isinstance(admit(EPISODE, "imdb", "tt1480055", context), ExternalId)
    assert isinstance(admit(EPISODE, "tmdb", "121361", context), ExternalId)


def test_types_are_known_by_their_spelling() -> None:
    spellings = ("TheTVDB", "imdb_id", "Sonarr", "TmdbCollection", "unknown")
    assert [typed(each) for each in spellings] == ["tvdb", "imdb", "sonarr", "collection:tmdb", ""]
    assert [is_known_type(each) for each in spellings] == [True, True, False, True, True]


VALUES = st.from_regex(r"(tt|nm|Q|-)?\d{0,12}(/[a-z]*)?", fullmatch=True) | st.text(max_size=30)


@given(st.sampled_from([*Kind, None]), st.text(max_size=12) | st.sampled_from(["imdb", "tmdb", "trakt"]), VALUES)
def test_what_passed_is_spelled_as_it_is_stored_and_passes_again(kind: Kind | None, id_type: str, value: str) -> None:
    told = admit(kind, id_type, value)
    if isinstance(told, ExternalId):
        assert valid_type(told.type)
        assert valid_id(told.type, told.value)
        again = admit(kind, told.type, told.value)
        if told.bearer is Bearer.TITLE and told.type != "unknown":
            assert isinstance(again, ExternalId)
            assert (again.type, again.value) == (told.type, told.value)


@pytest.mark.parametrize("value", ["a." * 400 + "agents.", "imdb.com/" * 100, "tt" * 400, "0" * 900, "://" * 300])
def test_a_hostile_value_costs_no_more_than_its_size(value: str) -> None:
    started = time.process_time()
    for _ in range(50):
        admit(MOVIE, "imdb", value)
    assert time.process_time() - started < 1


# References


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("17", 17),
        ("imdb:tt0137523", ("imdb", "tt0137523")),
        ("IMDB:TT0137523", ("imdb", "tt0137523")),
        ("imdb:0137523", ("imdb", "tt0137523")),
        ("themoviedb:550", ("tmdb", "550")),
        ("wikidata:Q190050", ("wikidata", "Q190050")),
        ("own:x.y:z-1_2", ("own", "x.y:z-1_2")),
    ],
)
def test_a_reference_is_a_number_or_a_typed_id(text: str, read: tuple[str, str] | int) -> None:
    assert parse_reference(text) == read


@pytest.mark.parametrize("text", ["", "0", "-1", "abc", "tt0137523", "9" * 19, "１７", " 17"])
def test_what_is_neither_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="imdb:tt0137523"):
        parse_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "imdb:tt123456", "imdb:None", "tmdb:0", "tmdb:-5", "tvdb:abc", "wikidata:", "own:a b", "own:../etc",
        "x:Q1", "1up:Q1", ":Q1", "a" * 33 + ":Q1",
    ],
)  # fmt: skip
def test_a_malformed_reference_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"after|before"):
        parse_reference(text)


def test_a_person_is_told_what_an_id_looks_like() -> None:
    assert "tt" in expected("imdb")
    assert "number" in expected("tvdb")
    assert "letters" in expected("own")


@given(st.text(), st.text())
def test_a_reference_reads_back_as_it_is_stored_or_not_at_all(id_type: str, value: str) -> None:
    try:
        read = parse_reference(f"{id_type}:{value}")
    except ValueError:
        return
    assert isinstance(read, tuple)
    assert valid_id(*read)
    assert parse_reference(":".join(read)) == read
