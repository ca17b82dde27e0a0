"""TheTVDB: what its answers mean, and its login."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeHttp
from metarr.domain.outcome import Fragment
from metarr.domain.values import Credit, Image, Kind
from metarr.errors import BadAnswer, KeyRefused, TitleNotFound
from metarr.providers.contract import Ask, Preferences, Query
from metarr.providers.tvdb import (
    COUNTRY_NAMES,
    LANGUAGE_CODES,
    LANGUAGE_NAMES,
    SHORT_LANGUAGES,
    Tvdb,
    image_url,
    language_codes,
    parse_details,
    parse_remote_ids,
    parse_search,
)
from samples import sample
from unit.providers.contract import said

EXAMPLES = Path(__file__).parent / "examples"
SETTINGS = {"api_key": "a-key"}
US = Preferences()
GERMANY = Preferences(languages=("de-DE", "en"), country="DE")
LOGIN = {"status": "success", "data": {"token": "fresh"}}


def whole(kind: Kind) -> dict[str, Any]:
    """A whole answer, made by hand."""
    answers = json.loads((EXAMPLES / f"tvdb_{kind}.json").read_text(encoding="utf-8"))["answers"]
    body: dict[str, Any] = next(body for path, body in answers.items() if path != "/login")
    return body


def read(kind: Kind, preferences: Preferences = US, **changed: Any) -> Fragment:
    """What is read of a whole answer in which some parts were changed."""
    body = whole(kind)
    body["data"] |= changed
    return parse_details(kind, body, preferences)


def read_without(kind: Kind, *parts: str) -> Fragment:
    body = whole(kind)
    for part in parts:
        del body["data"][part]
    return parse_details(kind, body, US)


@pytest.mark.recordings
class TestRecordings:
    def test_a_recorded_series_is_read(self) -> None:
        body = json.loads(sample("tvdb/v4/series_421069_extended.json"))
        fragment = parse_details(Kind.SERIES, body, US)
        assert fragment.ids == {
            "tvdb": "421069",
            "imdb": "tt21030032",
            "tmdb": "203737",
            "tvmaze": "67635",
            "wikidata": "Q112305523",
        }
        values = said(fragment)
        assert values["original_title"] == "【推しの子】"
        assert values["release_date"] == "2023-04-12"
        assert values["runtime_minutes"] == 27
        assert values["status"] == "Continuing"
        assert values["certification"] == "TV-14"
        assert values["genres"] == ("Drama", "Animation", "Anime", "Romance", "Mystery")
        assert values["studios"] == ("Doga Kobo", "Kadokawa", "Shueisha")
        assert values["networks"] == ("Tokyo MX",)
        assert values["countries"] == ("Japan",)
        assert values["languages"] == ("Japanese",)
        assert values["creators"] == ("Mengo Yokoyari", "Aka Akasaka")
        assert values["homepage"] == "https://ichigoproduction.com/"
        assert values["trailer"] == "https://www.youtube.com/watch?v=zntY4A4GPU0"
        assert "Oshi no Ko (2023)" in fragment.titles

    def test_a_recorded_series_that_goes_on_has_no_end_date(self) -> None:
        body = json.loads(sample("tvdb/v4/series_421069_extended.json"))
        assert "end_date" in parse_details(Kind.SERIES, body, US).empty

    def test_a_recorded_cast_comes_in_its_order_without_the_crew(self) -> None:
        body = json.loads(sample("tvdb/v4/series_421069_extended.json"))
        cast = said(parse_details(Kind.SERIES, body, US))["cast"]
        assert isinstance(cast, tuple)
        assert len(cast) == 18
        assert cast[4] == Credit(
            name="Rumi Okubo",
            role="MEM-cho",
            order=4,
            photo="https://artworks.thetvdb.com/banners/person/456247/primary.jpg",
            ids={"tvdb": "456247"},
        )

    def test_recorded_artwork_is_sorted_into_its_kinds(self) -> None:
        body = json.loads(sample("tvdb/v4/series_421069_extended.json"))
        fragment = parse_details(Kind.SERIES, body, US)
        counts = {name: len(said(fragment)[name]) for name in ("banner", "fanart", "clearlogo", "keyart")}  # type: ignore[arg-type]
        assert counts == {"banner": 3, "fanart": 12, "clearlogo": 3, "keyart": 8}
        assert {image.language for image in said(fragment)["clearlogo"]} == {"ja", "en"}  # type: ignore[union-attr]
        assert "clearart" in fragment.empty

    def test_recorded_artwork_of_seasons_is_sorted_by_order_and_number(self) -> None:
        body = json.loads(sample("tvdb/v4/series_421069_extended.json"))
        seasons = {(each.order, each.number): each.fragment for each in parse_details(Kind.SERIES, body, US).seasons}
        posters = {
            place: sorted(image.language for image in said(fragment).get("poster", ()))  # type: ignore[union-attr]
            for place, fragment in seasons.items()
            if fragment is not None
        }
        assert posters == {
            ("aired", 0): ["en"],
            ("aired", 1): ["en"],
            ("absolute", 1): [],
            ("aired", 2): ["en", "ja", "ko", "zh"],
            ("aired", 3): ["ja", "ja", "ja"],
        }
        assert parse_details(Kind.SERIES, body, US).orders == ("aired", "absolute")

    def test_a_recorded_answer_without_translations_leaves_the_texts_unread(self) -> None:
        body = json.loads(sample("tvdb/v4/series_421069_extended.json"))
        fragment = parse_details(Kind.SERIES, body, US)
        assert fragment.unread == {"title", "plot"}
        assert fragment.trouble == ("missing section: translations",)

    def test_a_recorded_search_is_read(self) -> None:
        found = parse_search(Kind.MOVIE, json.loads(sample("tvdb/v4/search_query-batman_type-movie.json")), US)
        assert len(found) == 50
        assert found[1].ids == {"tvdb": "1204", "imdb": "tt0096895", "tmdb": "268"}
        assert (found[1].titles[0], found[1].year, found[1].countries) == ("Batman", 1989, ("US",))
        part_three = next(candidate for candidate in found if candidate.titles[0] == "The Batman: Part III")
        assert part_three.year == 0

    def test_a_recorded_search_is_read_in_the_owners_language(self) -> None:
        body = json.loads(sample("tvdb/v4/search_query-oshi_no_ko.json"))
        found = parse_search(Kind.SERIES, body, US)
        assert [(candidate.ids["tvdb"], candidate.year) for candidate in found] == [
            ("421069", 2023),
            ("445164", 2024),
            ("406171", 2021),
        ]
        assert "【推しの子】" in found[0].titles
        assert parse_search(Kind.MOVIE, body, US) == ()

    def test_recorded_relative_addresses_become_absolute(self) -> None:
        first, second = json.loads(sample("tvdb/errors/v4_relative_artwork_urls.json"))
        host = "https://artworks.thetvdb.com"
        assert image_url(first["image"]) == f"{host}/banners/movies/908/backgrounds/908.jpg"
        assert image_url(first["thumbnail"]) == f"{host}/banners/movies/908/backgrounds/908_t.jpg"
        assert image_url(second["image"]) == f"{host}/banners/v4/actor/344393/photo/60708417f12f3.jpg"


class TestMovie:
    def test_a_movie_is_read(self) -> None:
        fragment = read(Kind.MOVIE)
        assert fragment.ids == {"tvdb": "900001", "imdb": "tt9900001", "tmdb": "990001", "wikidata": "Q99000001"}
        art = {"poster", "keyart", "fanart", "banner", "clearart", "clearlogo"}
        assert {name: value for name, value in said(fragment).items() if name not in art} == {
            "original_language": "fr",
            "title": "The Quiet Harbour",
            "original_title": "Le Port muet",
            "plot": "A lighthouse keeper has not spoken for ten years.\nThen a boat comes.",
            "release_date": "2010-07-16",
            "year": 2010,
            "runtime_minutes": 104,
            "status": "Released",
            "certification": "PG-13",
            "genres": ("Drama", "Mystery"),
            "studios": ("Harbour Films", "Tide Pictures"),
            "countries": ("France", "United States"),
            "languages": ("French", "English"),
            "directors": ("Lea Ports",),
            "writers": ("Sam Quill",),
            "cast": (
                Credit(
                    name="Teo Marsh",
                    role="The Keeper",
                    photo="https://artworks.thetvdb.com/banners/person/2/p.jpg",
                    ids={"tvdb": "9002"},
                ),
                Credit(
                    name="Noor Vance",
                    role="Ida",
                    order=1,
                    photo="https://artworks.thetvdb.com/banners/person/1/p.jpg",
                    ids={"tvdb": "9001"},
                ),
            ),
            "trailer": "https://www.youtube.com/watch?v=BBBBBBBBBBB",
            "homepage": "http://harbour.example/",
        }
        assert fragment.titles == ("Le Port muet", "The Quiet Harbour", "Quiet Harbour")

    def test_artwork_has_its_size_language_and_rank(self) -> None:
        values = said(read(Kind.MOVIE))
        host = "https://artworks.thetvdb.com/banners"
        lettered = Image(url=f"{host}/v4/art/1.jpg", width=680, height=1000, language="en", votes=100010.0)
        textless = Image(url=f"{host}/v4/art/2.jpg", width=680, height=1000, votes=100002.0)
        assert (values["poster"], values["keyart"]) == ((lettered,), (textless,))
        assert values["fanart"] == (Image(url=f"{host}/v4/art/3.jpg", width=1920, height=1080, votes=100001.0),)
        banner = Image(url=f"{host}/movies/900001/banners/4.jpg", width=758, height=140, language="en", votes=7.0)
        assert values["banner"] == (banner,)

    def test_a_logo_keeps_its_language_though_its_record_says_it_has_no_text(self) -> None:
        assert [image.language for image in said(read(Kind.MOVIE))["clearlogo"]] == ["fr"]  # type: ignore[union-attr]

    def test_a_title_that_has_only_textless_posters_still_has_a_poster(self) -> None:
        only = {"id": 1, "image": "/posters/1.jpg", "language": None, "type": 14}
        values = said(read(Kind.MOVIE, artworks=[only]))
        assert "keyart" not in values, "it was entered without a language rather than drawn without a title"
        assert values["poster"] == (Image(url="https://artworks.thetvdb.com/banners/posters/1.jpg"),)

    def test_texts_certification_and_date_follow_the_owner(self) -> None:
        translations = whole(Kind.MOVIE)["data"]["translations"]
        translations["nameTranslations"].append({"name": "Der stille Hafen", "language": "deu"})
        values = said(read(Kind.MOVIE, GERMANY, translations=translations))
        assert values["title"] == "Der stille Hafen"
        assert values["plot"] == "A lighthouse keeper has not spoken for ten years.\nThen a boat comes."
        assert values["certification"] == "12"
        assert values["release_date"] == "2010-05-16", "no German release: the first one anywhere"

    def test_without_a_translation_the_title_is_the_original_one_and_there_is_no_plot(self) -> None:
        fragment = read(Kind.MOVIE, GERMANY, translations={"nameTranslations": None, "overviewTranslations": None})
        assert said(fragment)["title"] == "Le Port muet"
        assert "plot" in fragment.empty

    def test_an_alias_is_no_title(self) -> None:
        names = [
            {"name": "Harbour 2010", "language": "eng", "isAlias": True},
            {"name": "The Quiet Harbour", "language": "eng"},
            {"name": "A later one", "language": "eng"},
        ]
        fragment = read(Kind.MOVIE, translations={"nameTranslations": names, "overviewTranslations": []})
        assert said(fragment)["title"] == "The Quiet Harbour"
        assert "Harbour 2010" in fragment.titles

    @pytest.mark.parametrize("placeholder", ["TBA", "tbd"])
    def test_a_placeholder_is_no_title(self, placeholder: str) -> None:
        names = {"nameTranslations": [{"name": placeholder, "language": "eng"}], "overviewTranslations": []}
        fragment = read(Kind.MOVIE, name=placeholder, translations=names, aliases=[])
        assert {"title", "original_title"} <= fragment.empty
        assert fragment.titles == ()

    @pytest.mark.parametrize(
        ("releases", "first", "expected"),
        [
            ([], {"country": "usa", "date": "2011-02-03"}, "2011-02-03"),
            (None, {"country": "fra", "date": "2011-02-03"}, "2011-02-03"),
            ([{"country": "usa", "date": "2012-01-01"}, {"country": "usa", "date": "2011-01-01"}], None, "2011-01-01"),
            ([{"country": "usa", "date": "2012-01-01T00:00:00Z"}], {"country": "fra", "date": "2009"}, "2012-01-01"),
            ([{"country": "usa", "date": ""}], {"country": "global", "date": "2013-04-05"}, "2013-04-05"),
        ],
    )
    def test_the_release_is_the_one_here_else_the_first(self, releases: Any, first: Any, expected: str) -> None:
        assert said(read(Kind.MOVIE, releases=releases, first_release=first))["release_date"] == expected

    def test_no_release_at_all_is_empty_and_no_release_section_is_unread(self) -> None:
        assert "release_date" in read(Kind.MOVIE, releases=[], first_release=None).empty
        assert "release_date" in read_without(Kind.MOVIE, "releases", "first_release").unread


class TestSeries:
    def test_a_series_is_read(self) -> None:
        fragment = read(Kind.SERIES)
        values = said(fragment)
        assert fragment.ids == {"tvdb": "900002", "imdb": "tt9900002", "tmdb": "990002", "tvmaze": "99002"}
        assert values["title"] == "The Tide Clock"
        assert values["release_date"] == "2015-03-02"
        assert values["end_date"] == "2018-06-25"
        assert values["runtime_minutes"] == 42
        assert values["networks"] == ("Tokyo Bay TV", "Nami Plus")
        assert values["studios"] == ("Studio Umi", "Kaigan Works")
        assert values["creators"] == ("Jun Sato",)
        assert "directors" not in values

    def test_season_artwork_is_not_the_series(self) -> None:
        posters = said(read(Kind.SERIES))["poster"]
        assert [image.url.rsplit("/", 1)[1] for image in posters] == ["11.jpg"]  # type: ignore[union-attr]

    def test_season_artwork_is_that_of_the_season_in_its_order(self) -> None:
        def season(number: Any, season_id: int, order: Any) -> dict[str, Any]:
            return {"id": season_id, "number": number, "type": {"type": order}}

        def art(season_id: Any, type_number: int, name: str) -> dict[str, Any]:
            image = f"https://artworks.thetvdb.com/{name}.jpg"
            return {"seasonId": season_id, "type": type_number, "image": image, "language": "eng"}

        rows = [
            season(0, 10, "official"),
            season(1, 11, "official"),
            season(1, 12, "dvd"),
            season(-1, 13, "dvd"),
            "odd",
        ]
        artworks = [
            art(10, 7, "specials"),
            art(12, 7, "discs"),
            art(12, 6, "wide"),
            art(99, 7, "nobodys"),
            art(None, 2, "x"),
        ]
        fragment = read(Kind.SERIES, seasons=rows, artworks=artworks)
        told = {
            (each.order, each.number): {f: [i.url for i in v] for f, v in each.fragment.values.items()}  # type: ignore[union-attr]
            for each in fragment.seasons
            if each.fragment is not None
        }
        host = "https://artworks.thetvdb.com"
        assert told == {
            ("aired", 0): {"poster": [f"{host}/specials.jpg"]},
            ("aired", 1): {},
            ("dvd", 1): {"poster": [f"{host}/discs.jpg"], "banner": [f"{host}/wide.jpg"]},
        }
        assert all(each.fragment is not None and not each.fragment.unread for each in fragment.seasons)

    @pytest.mark.parametrize("odd", [{"artworks": None}, {"artworks": "all"}])
    def test_seasons_without_a_list_of_artworks_are_unread(self, odd: dict[str, Any]) -> None:
        rows = [{"id": 10, "number": 1, "type": {"type": "official"}}]
        [season] = read(Kind.SERIES, seasons=rows, **odd).seasons
        assert season.fragment is not None
        assert season.fragment.unread == {"poster", "banner", "fanart"}

    def test_a_series_without_networks_says_so(self) -> None:
        assert "networks" in read(Kind.SERIES, originalNetwork=None, latestNetwork=None).empty

    @pytest.mark.parametrize("status", ["Continuing", "Upcoming"])
    def test_only_what_has_ended_has_an_end(self, status: str) -> None:
        assert "end_date" in read(Kind.SERIES, status={"id": 1, "name": status}).empty


class TestOddAnswers:
    @pytest.mark.parametrize(
        ("part", "fields"),
        [
            ("artworks", {"poster", "keyart", "fanart", "banner", "clearart", "clearlogo"}),
            ("characters", {"cast", "directors", "writers"}),
            ("translations", {"title", "plot"}),
            ("companies", {"studios"}),
            ("contentRatings", {"certification"}),
            ("trailers", {"trailer"}),
            ("remoteIds", {"homepage"}),
            ("runtime", {"runtime_minutes"}),
        ],
    )
    def test_a_missing_part_costs_its_own_fields(self, part: str, fields: set[str]) -> None:
        assert read_without(Kind.MOVIE, part).unread == fields

    def test_nothing_but_an_id_leaves_every_field_unread(self) -> None:
        fragment = parse_details(Kind.SERIES, {"status": "success", "data": {"id": 5}}, US)
        assert fragment.unread == Tvdb.covers[Kind.SERIES]
        assert fragment.ids == {"tvdb": "5"}

    def test_none_of_a_thing_is_empty(self) -> None:
        fragment = read(Kind.MOVIE, runtime=None, genres=None, artworks=None, characters=[], contentRatings=[])
        assert {"runtime_minutes", "genres", "poster", "cast", "certification"} <= fragment.empty

    def test_unknown_countries_and_languages_are_left_out(self) -> None:
        fragment = read(Kind.MOVIE, production_countries=[{"country": "atl"}], spoken_languages=["tlh", "deu"])
        assert "countries" in fragment.empty
        assert said(fragment)["languages"] == ("German",)

    def test_people_without_a_name_are_passed_over(self) -> None:
        people = [
            {"peopleType": "Actor", "personName": None, "name": "Ida", "sort": 1},
            {"peopleType": "Actor", "personName": "Noor Vance", "name": None, "personImgURL": None, "image": ""},
        ]
        assert said(read(Kind.MOVIE, characters=people))["cast"] == (Credit(name="Noor Vance"),)

    @pytest.mark.parametrize(
        "body", [None, [], 7, {}, {"data": None}, {"data": []}, {"data": {"id": "x"}}, {"data": {"id": True}}]
    )
    def test_what_is_no_record_is_no_answer(self, body: Any) -> None:
        with pytest.raises(BadAnswer):
            parse_details(Kind.MOVIE, body, US)

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([("603-the-matrix", "TheMovieDB.com")], {"tmdb": "603"}),
            ([("tt0133093", "IMDB"), ("tt0133093", "IMDB")], {"imdb": "tt0133093"}),
            ([("tt0133093", "IMDB"), ("tt0133094", "IMDB")], {}),
            ([("nm0000206", "IMDB"), ("the-matrix", "TheMovieDB.com"), ("0", "TV Maze")], {}),
            ([("603x", "TheMovieDB.com"), ("10.5240/AA", "EIDR"), ("12/..", "TV Maze")], {}),
        ],
    )
    def test_remote_ids_go_by_the_name_of_their_source(
        self, rows: list[tuple[str, str]], expected: dict[str, str]
    ) -> None:
        assert parse_remote_ids([{"id": known, "type": 99, "sourceName": source} for known, source in rows]) == expected

    def test_a_malformed_candidate_costs_itself_only(self) -> None:
        good = {"type": "movie", "tvdb_id": "5", "name": "Good", "year": "next", "image_url": 3, "aliases": "x"}
        body = {"data": [7, {"type": "movie"}, {**good, "type": "series"}, {**good, "tvdb_id": "x"}, good]}
        (found,) = parse_search(Kind.MOVIE, body, US)
        assert (found.ids, found.titles, found.year, found.poster) == ({"tvdb": "5"}, ("Good",), 0, "")


@pytest.mark.parametrize(
    ("language", "codes"),
    [
        ("en-US", ("eng",)),
        ("de-DE", ("deu", "eng")),
        ("de", ("deu", "eng")),
        ("pt-BR", ("pt", "por", "eng")),
        ("pt-PT", ("por", "pt", "eng")),
        ("zh-TW", ("zhtw", "zho", "eng")),
        ("zh-CN", ("zho", "zhtw", "eng")),
        ("xx", ("xx", "eng")),
    ],
)
def test_a_language_becomes_thetvdbs_codes(language: str, codes: tuple[str, ...]) -> None:
    assert language_codes(language) == codes


def test_every_language_finds_its_way_back() -> None:
    assert all(SHORT_LANGUAGES[long] == short for short, long in LANGUAGE_CODES.items())
    assert (SHORT_LANGUAGES["pt"], SHORT_LANGUAGES["zhtw"]) == ("pt", "zh")


@pytest.mark.parametrize(
    ("names", "code", "name"),
    [
        (LANGUAGE_NAMES, "zho", "Mandarin"),
        (LANGUAGE_NAMES, "yue", "Cantonese"),
        (LANGUAGE_NAMES, "nob", "Norwegian"),
        (LANGUAGE_NAMES, "ell", "Greek"),
        (LANGUAGE_NAMES, "ben", "Bengali"),
        (LANGUAGE_NAMES, "msa", "Malay"),
        (LANGUAGE_NAMES, "pan", "Punjabi"),
        (LANGUAGE_NAMES, "swa", "Swahili"),
        (COUNTRY_NAMES, "kor", "South Korea"),
        (COUNTRY_NAMES, "usa", "United States"),
        (COUNTRY_NAMES, "cze", "Czech Republic"),
        (COUNTRY_NAMES, "rus", "Russia"),
        (COUNTRY_NAMES, "tur", "Turkey"),
        (COUNTRY_NAMES, "vnm", "Vietnam"),
        (COUNTRY_NAMES, "ken", "Kenya"),
    ],
)
def test_languages_and_countries_are_called_as_the_other_providers_call_them(
    names: dict[str, str], code: str, name: str
) -> None:
    assert names[code] == name


class Service:
    """TheTVDB behind its login: only tokens in `valid` are let in."""

    def __init__(self, *valid: str, token: str = "fresh") -> None:
        self.valid = {*valid, token}
        self._token = token

    def http(self, path: str, body: Any) -> FakeHttp:
        return FakeHttp({"/login": {"status": "success", "data": {"token": self._token}}, path: self._guarded(body)})

    def _guarded(self, body: Any) -> Any:
        def answer(request: Any) -> Any:
            token = request.headers["Authorization"].removeprefix("Bearer ")
            return deepcopy(body) if token in self.valid else KeyRefused("Unauthorized")

        return answer


class TestLogin:
    ASK = Ask(kind=Kind.MOVIE, ids={"tvdb": "900001"}, settings=SETTINGS)
    PATH = "/movies/900001/extended"

    def paths(self, http: FakeHttp) -> list[str]:
        return [request.path for request in http.requests]

    def test_the_first_question_logs_in_and_the_token_is_kept(self) -> None:
        http = Service().http(self.PATH, whole(Kind.MOVIE))
        for _ in range(2):
            assert said(Tvdb().details(self.ASK, http))["title"] == "The Quiet Harbour"
        assert self.paths(http) == ["/login", self.PATH, self.PATH]
        assert http.requests[0].body == {"apikey": "a-key"}
        assert http.requests[1].params == {"meta": "translations"}

    def test_a_pin_goes_along_only_when_it_is_set(self) -> None:
        http = Service().http(self.PATH, whole(Kind.MOVIE))
        settings = {**SETTINGS, "pin": "A-PIN"}
        Tvdb().details(Ask(kind=Kind.MOVIE, ids={"tvdb": "900001"}, settings=settings), http)
        assert http.requests[0].body == {"apikey": "a-key", "pin": "A-PIN"}

    def test_a_token_that_expired_is_renewed_once(self) -> None:
        http = Service().http(self.PATH, whole(Kind.MOVIE))
        http.remember("token", "expired")
        assert Tvdb().details(self.ASK, http).ids["tvdb"] == "900001"
        assert self.paths(http) == [self.PATH, "/login", self.PATH]
        assert http.recall("token") == "fresh"

    def test_a_fresh_token_that_is_refused_ends_it(self) -> None:
        service = Service()
        service.valid = set()
        http = service.http(self.PATH, whole(Kind.MOVIE))
        http.remember("token", "expired")
        with pytest.raises(KeyRefused):
            Tvdb().details(self.ASK, http)
        assert self.paths(http) == [self.PATH, "/login", self.PATH]

    def test_the_token_that_another_thread_got_meanwhile_is_used(self) -> None:
        http = Service("theirs").http(self.PATH, whole(Kind.MOVIE))
        guarded = http._answers[self.PATH]

        def answer(request: Any) -> Any:
            http.remember("token", "theirs")
            return guarded(request)

        http._answers[self.PATH] = answer
        http.remember("token", "expired")
        Tvdb().details(self.ASK, http)
        assert self.paths(http) == [self.PATH, self.PATH]

    def test_without_a_key_nothing_is_asked(self) -> None:
        http = FakeHttp()
        with pytest.raises(KeyRefused):
            Tvdb().details(Ask(kind=Kind.MOVIE, ids={"tvdb": "1"}), http)
        assert http.requests == []

    @pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {"token": ""}}, {"data": {"token": 7}}])
    def test_a_login_without_a_token_is_no_answer(self, body: Any) -> None:
        http = FakeHttp({"/login": body})
        with pytest.raises(BadAnswer):
            Tvdb().details(self.ASK, http)
        assert http.recall("token") is None

    def test_settings_are_proved_by_a_login(self) -> None:
        http = Service().http("/artwork/types", {"data": []})
        Tvdb().check(http, SETTINGS)
        assert self.paths(http) == ["/login", "/artwork/types"]

    def test_a_check_goes_by_the_token_at_hand(self) -> None:
        http = Service("known").http("/artwork/types", {"data": []})
        http.remember("token", "known")
        Tvdb().check(http, {})
        assert self.paths(http) == ["/artwork/types"]

    def test_a_series_is_asked_for_in_full(self) -> None:
        http = Service().http("/series/900002/extended", whole(Kind.SERIES))
        Tvdb().details(Ask(kind=Kind.SERIES, ids={"tvdb": "900002"}, settings=SETTINGS), http)
        assert http.requests[-1].params == {"meta": "translations", "short": "false"}


def lookup(ids: dict[str, str], answers: dict[str, Any], kind: Kind = Kind.MOVIE) -> tuple[Any, FakeHttp]:
    http = FakeHttp({"/login": LOGIN, **answers})
    return Tvdb().lookup(Ask(kind=kind, ids=ids, settings=SETTINGS), http), http


def matches(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"status": "success", "data": list(entries)}


def record(tvdb_id: int, source: str, value: str) -> dict[str, Any]:
    return {"status": "success", "data": {"id": tvdb_id, "remoteIds": [{"id": value, "sourceName": source}]}}


class TestLookup:
    def test_other_kinds_that_come_along_are_passed_over(self) -> None:
        answer = matches(
            {"episode": {"id": 7}}, {"series": {"id": 900001}}, {"movie": {"id": 12}}, {"season": {"id": 3}}
        )
        assert lookup({"imdb": "tt0133093"}, {"/search/remoteid/tt0133093": answer})[0] == {"tvdb": "12"}

    def test_the_same_record_twice_is_one(self) -> None:
        answer = matches({"movie": {"id": 12}}, {"movie": {"id": 12}})
        assert lookup({"imdb": "tt0133093"}, {"/search/remoteid/tt0133093": answer})[0] == {"tvdb": "12"}

    def test_several_records_are_ambiguous(self) -> None:
        answer = matches({"movie": {"id": 12}}, {"movie": {"id": 13}})
        with pytest.raises(TitleNotFound, match="ambiguous"):
            lookup({"imdb": "tt0133093"}, {"/search/remoteid/tt0133093": answer})

    def test_a_record_with_another_imdb_id_is_not_meant(self) -> None:
        ghost = {"movie": {"id": 11, "remoteIds": [{"id": "tt7777777", "sourceName": "IMDB"}]}}
        answer = matches(ghost, {"movie": {"id": 12}})
        assert lookup({"imdb": "tt0133093"}, {"/search/remoteid/tt0133093": answer})[0] == {"tvdb": "12"}

    def test_a_bare_number_is_confirmed_by_the_record_itself(self) -> None:
        answers = {
            "/search/remoteid/603": matches({"series": {"id": 21}}, {"series": {"id": 22}}),
            "/series/21/extended": record(21, "TV Maze", "603"),
            "/series/22/extended": record(22, "TheMovieDB.com", "603-the-one"),
        }
        found, http = lookup({"tmdb": "603"}, answers, Kind.SERIES)
        assert found == {"tvdb": "22"}
        assert http.requests[-1].params == {"short": "true"}

    def test_a_bare_number_of_another_source_finds_nothing(self) -> None:
        answers = {
            "/search/remoteid/603": matches({"series": {"id": 21}}),
            "/series/21/extended": record(21, "TV Maze", "603"),
        }
        with pytest.raises(TitleNotFound) as error:
            lookup({"tmdb": "603"}, answers, Kind.SERIES)
        assert not error.value.soft

    def test_the_tmdb_id_is_tried_where_the_imdb_id_is_unknown(self) -> None:
        entry = {"movie": {"id": 12, "remoteIds": [{"id": "603-the-matrix", "sourceName": "TheMovieDB.com"}]}}
        answers = {"/search/remoteid/tt0133093": {"data": None}, "/search/remoteid/603": matches(entry)}
        assert lookup({"imdb": "tt0133093", "tmdb": "603"}, answers)[0] == {"tvdb": "12"}

    def test_a_404_is_not_believed_here_either(self) -> None:
        with pytest.raises(TitleNotFound) as error:
            lookup({"imdb": "tt0133093"}, {"/search/remoteid/tt0133093": TitleNotFound("404", soft=True)})
        assert error.value.soft


class TestSearch:
    RESULT = {"type": "series", "tvdb_id": "9", "name": "Dallas", "year": "1978", "country": "usa"}

    def search(self, year: int, answer: Any) -> tuple[Any, list[Any]]:
        http = FakeHttp({"/login": LOGIN, "/search": answer})
        found = Tvdb().search(Query(kind=Kind.SERIES, title="Dallas", year=year, settings=SETTINGS), http)
        return found, [request.params for request in http.requests if request.path == "/search"]

    def test_kind_and_year_go_along(self) -> None:
        found, asked = self.search(1978, {"data": [self.RESULT]})
        assert [candidate.ids for candidate in found] == [{"tvdb": "9"}]
        assert asked == [{"query": "Dallas", "type": "series", "limit": "25", "year": "1978"}]

    def test_a_search_keeps_to_its_year(self) -> None:
        found, asked = self.search(1979, lambda request: {"data": [] if "year" in request.params else [self.RESULT]})
        assert found == ()
        assert [params.get("year") for params in asked] == ["1979"]
        assert not Tvdb.searches_any_year

    def test_nothing_found_without_a_year_is_asked_once(self) -> None:
        found, asked = self.search(0, {"data": []})
        assert found == ()
        assert len(asked) == 1
