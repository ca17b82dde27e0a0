"""What a scraper gives to Kodi is what the service would write there."""

from typing import Any

import pytest

from metarr_kodi import mapping
from metarr_kodi.scraped import cast, scraped, together, untold
from metarr_kodi.titles import Actor, Picture

URL = "https://image.example/{}.jpg"


def item(**fields: Any) -> dict[str, Any]:
    return {
        "title": "Heat",
        "ids": [{"type": "tmdb", "value": "949"}, {"type": "imdb", "value": "tt0113277"}],
        "fields": [{"name": name, "value": value} for name, value in fields.items()],
    }


def picture(name: str, **more: Any) -> dict[str, Any]:
    return {"url": URL.format(name), **more}


def test_the_service_finds_nothing_to_write_of_what_was_scraped():
    values = {
        "title": "  Heat ",
        "plot": "A\0 thief.",
        "release_date": "1995-12-15",
        "runtime_minutes": 170,
        "genres": ["Action / Crime", "Drama"],
        "collection": {"name": "Heat Collection", "ids": {"tmdb": "1"}},
        "trailer": "https://www.youtube.com/watch?v=2GfZl4kuVNI",
        "imdb_rating": 8.3,
        "imdb_votes": 700000,
        "tmdb_votes": 7,
        "rotten_tomatoes_score": 83,
        "year": 1995,
        "awards": "none that Kodi has a place for",
    }
    told = scraped("movie", item(**values), "imdb")
    wanted = {name: values[name] for name in mapping.FIELDS["movie"] if name in values} | {"ids": told.ids}
    assert mapping.write("movie", wanted, told.values) == []
    assert told.values["ratings"] == {
        "imdb": {"rating": 8.3, "votes": 700000, "default": True},
        "tomatometerallcritics": {"rating": 8.3, "votes": 0},
    }


@pytest.mark.parametrize(
    ("ids", "default"),
    [({"tmdb": "1", "imdb": "tt1"}, "imdb"), ({"tvdb": "3", "tmdb": "1"}, "tmdb"), ({"wikidata": "Q1"}, "wikidata")],
)
def test_the_id_that_kodi_shows_tells_its_type_where_it_can(ids: dict[str, str], default: str):
    named = [{"type": id_type, "value": value} for id_type, value in ids.items()]
    assert scraped("movie", {"title": "Heat", "ids": named}, "").default_id == default


def test_the_day_that_the_year_comes_from_is_told_where_the_date_tells_another_year():
    assert scraped("movie", {**item(release_date="2018-02-01"), "firstRelease": "1987-05-01"}, "").values[
        "premiered"
    ] == ("1987-05-01")


def test_without_a_title_of_its_own_it_has_that_of_the_item():
    assert scraped("series", item(), "").title == "Heat"


def test_chosen_pictures_come_first_and_each_once():
    told = scraped(
        "movie",
        {
            "title": "Heat",
            "fields": [
                {
                    "name": "poster",
                    "value": [picture("a", preview_url=URL.format("small"))],
                    "runnersUp": [{"provider": "fanart", "value": [picture("b"), picture("a")]}, {"provider": "tvdb"}],
                },
                {"name": "fanart", "value": [picture("f"), picture("g")]},
                {"name": "disc", "value": [picture("d")]},
            ],
        },
        "",
    )
    assert [(each.key, each.url) for each in told.pictures] == [
        ("poster", URL.format("a")),
        ("fanart", URL.format("f")),
        ("fanart1", URL.format("g")),
        ("discart", URL.format("d")),
        ("poster", URL.format("b")),
    ]


@pytest.mark.parametrize(
    "address", ["", "file:///etc/passwd", "smb://nas/a.jpg", "plugin://script.x/?do=it", "https://"]
)
def test_what_is_no_address_of_the_web_is_no_picture_and_no_photo(address: str):
    told = scraped("movie", item(poster=[{"url": address}], cast=[{"name": "Al Pacino", "photo": address}]), "")
    assert told.pictures == ()
    assert told.cast == (Actor("Al Pacino", "", 0, ""),)


def test_a_cast_is_in_the_order_of_its_billing_and_nobody_is_in_it_twice():
    assert cast(
        [
            {"name": "Val Kilmer", "role": "Chris", "order": 2},
            {"name": "Al Pacino", "role": "Hanna", "photo": URL.format("al")},
            {"name": "", "role": "Nobody"},
            {"name": "Al Pacino", "role": "Himself", "order": 1},
        ]
    ) == (Actor("Al Pacino", "Hanna", 0, URL.format("al")), Actor("Val Kilmer", "Chris", 1, ""))


def test_a_small_version_is_kept_whoever_told_it():
    small = Picture("poster", URL.format("a"), URL.format("small"))
    assert together([Picture("poster", URL.format("a"))], [small]) == (small,)


def test_what_nobody_knows_has_the_name_of_its_file():
    assert (untold("movie", "Holiday", 2019).values, untold("movie", "Holiday", 0).values) == (
        {"title": "Holiday", "year": 2019},
        {"title": "Holiday"},
    )


def test_a_film_tells_the_pictures_of_its_collection():
    told = scraped("movie", item(collection={"name": "Heat Collection", "poster": URL.format("set")}), "")
    assert [(each.key, each.url) for each in told.pictures] == [("set.poster", URL.format("set"))]
