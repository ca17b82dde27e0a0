"""fanart.tv: what its answers mean."""

import json
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeHttp
from metarr.domain.outcome import Fragment
from metarr.domain.values import Image, Kind
from metarr.errors import BadAnswer, KeyRefused, TitleNotFound
from metarr.providers.contract import Ask, Preferences
from metarr.providers.fanart import KEYS, SIZES, Fanart, parse_art
from samples import sample

EXAMPLES = Path(__file__).parent / "examples"
HOST = "https://assets.fanart.tv/fanart"


def whole(kind: Kind) -> dict[str, Any]:
    """A whole answer, made by hand."""
    (body,) = json.loads((EXAMPLES / f"fanart_{kind}.json").read_text(encoding="utf-8"))["answers"].values()
    found: dict[str, Any] = body
    return found


def images(fragment: Fragment, field: str) -> tuple[Image, ...]:
    found: Any = fragment.values[field]
    return tuple(found)


@pytest.mark.recordings
class TestRecordings:
    def test_the_fellowship_has_one_image_of_most_kinds(self) -> None:
        fragment = parse_art(Kind.MOVIE, json.loads(sample("fanarttv/movies_120_lotr_fellowship.json")))
        assert fragment.ids == {"tmdb": "120", "imdb": "tt0120737"}
        assert fragment.titles == ("The Lord of the Rings: The Fellowship of the Ring",)
        assert {field: len(images(fragment, field)) for field in fragment.values} == {
            "poster": 1,
            "fanart": 1,
            "clearlogo": 2,
            "clearart": 2,
            "banner": 1,
            "landscape": 1,
            "disc": 1,
        }
        assert fragment.empty == {"keyart"}
        (disc,) = images(fragment, "disc")
        name = "the-lord-of-the-rings-the-fellowship-of-the-ring-5156389dc28f2.png"
        assert disc == Image(
            url=f"{HOST}/movies/120/moviedisc/{name}", width=1000, height=1000, language="en", votes=5.0
        )

    def test_a_high_definition_logo_is_larger_than_the_other(self) -> None:
        fragment = parse_art(Kind.MOVIE, json.loads(sample("fanarttv/movies_120_lotr_fellowship.json")))
        sizes = [(image.width, image.height, image.votes) for image in images(fragment, "clearlogo")]
        assert sizes == [(800, 310, 7.0), (400, 155, 4.0)]

    def test_textless_posters_are_key_art(self) -> None:
        fragment = parse_art(Kind.MOVIE, json.loads(sample("fanarttv/movies_372058_your_name.json")))
        assert fragment.ids == {"tmdb": "372058", "imdb": "tt5311514"}
        posters = [image.language for image in images(fragment, "poster")]
        assert (len(posters), {*posters}) == (14, {"en", "ja", "ru"})
        assert [image.language for image in images(fragment, "keyart")] == ["", "", ""]
        assert {image.language for image in images(fragment, "fanart")} == {""}
        assert len(images(fragment, "fanart")) == 9

    def test_a_series_is_read_without_the_art_of_its_seasons(self) -> None:
        fragment = parse_art(Kind.SERIES, json.loads(sample("fanarttv/tv_355730_the_wheel_of_time.json")))
        assert fragment.ids == {"tvdb": "355730"}
        counts = {field: len(images(fragment, field)) for field in fragment.values}
        assert counts == {
            "poster": 6,
            "fanart": 3,
            "clearlogo": 11,
            "clearart": 6,
            "banner": 4,
            "landscape": 5,
            "keyart": 1,
        }
        assert fragment.empty == {"characterart"}

    def test_fanart_tvs_own_language_codes_are_translated(self) -> None:
        fragment = parse_art(Kind.SERIES, json.loads(sample("fanarttv/tv_355730_the_wheel_of_time.json")))
        assert [image.language for image in images(fragment, "clearlogo")].count("cs") == 3
        assert not [image for field in fragment.values for image in images(fragment, field) if image.language == "cz"]

    def test_every_recorded_address_is_made_secure(self) -> None:
        fragment = parse_art(Kind.SERIES, json.loads(sample("fanarttv/tv_384640_mortals_journey.json")))
        assert len(images(fragment, "characterart")) == 4
        assert all(image.url.startswith(HOST) for field in fragment.values for image in images(fragment, field))


class TestMovie:
    def test_sizes_come_from_the_answer(self) -> None:
        body = whole(Kind.MOVIE) | {"moviethumb": [{"url": f"{HOST}/t.jpg", "width": "1920", "height": "1080"}]}
        assert images(parse_art(Kind.MOVIE, body), "landscape") == (
            Image(url=f"{HOST}/t.jpg", width=1920, height=1080),
        )

    def test_the_most_liked_comes_first_whatever_the_order(self) -> None:
        rows = [{"url": f"{HOST}/{likes}.png", "likes": likes} for likes in ("2", "10", "0")]
        found = images(parse_art(Kind.MOVIE, {"name": "x", "moviedisc": rows}), "disc")
        assert [image.votes for image in found] == [10.0, 2.0, 0.0]

    def test_backgrounds_of_both_sizes_are_fanart(self) -> None:
        found = images(parse_art(Kind.MOVIE, whole(Kind.MOVIE)), "fanart")
        assert [image.width for image in found] == [1920, 3840]

    def test_a_title_that_has_only_textless_posters_still_has_a_poster(self) -> None:
        fragment = parse_art(Kind.MOVIE, {"name": "x", "movieposter": [{"url": f"{HOST}/p.jpg", "lang": "00"}]})
        assert fragment.values["poster"] == fragment.values["keyart"]

    @pytest.mark.parametrize(
        ("told", "language"), [("", ""), ("00", ""), (None, ""), ("cz", "cs"), ("EN", "en"), ("ja", "ja")]
    )
    def test_languages_are_two_letters_or_none(self, told: str | None, language: str) -> None:
        body = {"name": "x", "moviedisc": [{"url": f"{HOST}/d.png", "lang": told}]}
        assert [image.language for image in images(parse_art(Kind.MOVIE, body), "disc")] == [language]


class TestSeries:
    @pytest.mark.parametrize(
        ("season", "kept"),
        [("all", True), ("0", True), ("", True), (None, True), ("1", False), ("12", False), (3, False)],
    )
    def test_art_of_one_season_is_not_the_series(self, season: Any, kept: bool) -> None:
        row = {"url": f"{HOST}/b.jpg", "season": season}
        fragment = parse_art(Kind.SERIES, {"thetvdb_id": "5", "show4kbackground": [row]})
        assert ("fanart" in fragment.values) is kept
        assert ("fanart" in fragment.empty) is not kept


class TestOddAnswers:
    def test_a_title_without_art_is_empty(self) -> None:
        fragment = parse_art(Kind.MOVIE, {"name": "Nothing yet", "tmdb_id": "1", "image_count": 0})
        assert fragment.empty == Fanart.covers[Kind.MOVIE]

    @pytest.mark.parametrize("broken", ["text", 7, {"url": "x"}, ["text"]])
    def test_a_malformed_list_is_unread_and_costs_no_other(self, broken: Any) -> None:
        fragment = parse_art(Kind.MOVIE, whole(Kind.MOVIE) | {"movielogo": broken})
        assert fragment.unread == {"clearlogo"}

    @pytest.mark.parametrize(
        "row",
        [{}, {"url": None}, {"url": 7}, {"url": "ftp://x/y.png"}, {"url": "data:x"}, {"url": f"{HOST}/a", "lang": 5}],
    )  # fmt: skip
    def test_an_unusable_image_costs_itself_only(self, row: dict[str, Any]) -> None:
        body = {"name": "x", "moviedisc": [row, {"url": f"{HOST}/d.png"}]}
        assert [image.url for image in images(parse_art(Kind.MOVIE, body), "disc")] == [f"{HOST}/d.png"]

    @pytest.mark.parametrize("body", [None, [], {}, "text", {"status": "success"}, {"movieposter": []}])
    def test_what_names_no_title_is_no_answer(self, body: Any) -> None:
        with pytest.raises(BadAnswer):
            parse_art(Kind.MOVIE, body)

    def test_ids_that_are_none_are_no_claims(self) -> None:
        body = {"name": "x", "tmdb_id": "0", "imdb_id": "", "thetvdb_id": None}
        assert parse_art(Kind.MOVIE, body).ids == {}

    def test_every_list_has_a_usual_size(self) -> None:
        assert {key for keys in KEYS.values() for names in keys.values() for key in names} == SIZES.keys()


class TestAsking:
    def test_movies_are_asked_by_tmdb_id_else_by_imdb_id(self) -> None:
        http = FakeHttp(default=whole(Kind.MOVIE))
        for ids in ({"imdb": "tt9900001", "tmdb": "990001"}, {"imdb": "tt9900001", "tvdb": "5"}):
            Fanart().details(Ask(kind=Kind.MOVIE, ids=ids), http)
        assert [request.path for request in http.requests] == ["/movies/990001", "/movies/tt9900001"]

    def test_series_are_asked_by_tvdb_id(self) -> None:
        http = FakeHttp({"/tv/900002": whole(Kind.SERIES)})
        fragment = Fanart().details(Ask(kind=Kind.SERIES, ids={"tmdb": "1", "tvdb": "900002"}), http)
        assert fragment.ids == {"tvdb": "900002"}

    def test_the_keys_travel_in_headers(self) -> None:
        both = Fanart().connection({"api_key": "project", "client_key": "mine"})
        assert (both.headers["api-key"], both.headers["client-key"], both.params) == ("project", "mine", {})
        assert "client-key" not in Fanart().connection({"api_key": "project", "client_key": ""}).headers

    def test_no_preference_changes_an_answer(self) -> None:
        german = Preferences(languages=("de-DE", "en"), country="DE")
        assert Fanart().shape(Kind.MOVIE, german, {}) == Fanart().shape(Kind.MOVIE, Preferences(), {})

    def test_a_check_is_content_with_a_title_that_has_no_art(self) -> None:
        Fanart().check(FakeHttp(default=TitleNotFound("none")), {})
        with pytest.raises(KeyRefused):
            Fanart().check(FakeHttp(default=KeyRefused("no")), {})

    def test_art_of_a_season_is_that_seasons(self) -> None:
        def row(name: str, season: Any) -> dict[str, Any]:
            return {"url": f"{HOST}/{name}.jpg", "season": season, "lang": "en", "likes": "1"}

        body = {
            "thetvdb_id": "5",
            "seasonposter": [row("specials", "0"), row("second", "2"), row("any", "all"), row("none", None), "odd"],
            "seasonbanner": [row("banner", "2")],
            "seasonthumb": "malformed",
            "showbackground": [row("show", "0"), row("first", 1)],
        }
        seasons = {each.number: each.fragment for each in parse_art(Kind.SERIES, body).seasons}
        told = {
            number: {field: [i.url.rpartition("/")[2] for i in images(fragment, field)] for field in fragment.values}
            for number, fragment in seasons.items()
            if fragment is not None
        }
        assert told == {
            0: {"poster": ["specials.jpg"]},
            1: {"fanart": ["first.jpg"]},
            2: {"poster": ["second.jpg"], "banner": ["banner.jpg"]},
        }
        assert {"fanart", "banner"} <= (seasons[0] or Fragment(provider="fanart", kind=Kind.SEASON)).empty

    @pytest.mark.recordings
    def test_the_recorded_art_of_seasons_is_read(self) -> None:
        seasons = parse_art(Kind.SERIES, json.loads(sample("fanarttv/tv_384640_mortals_journey.json"))).seasons
        assert [each.number for each in seasons] == [0, 1, 2, 3, 5]
        assert all(each.fragment is not None and "poster" in each.fragment.values for each in seasons)
