"""What of Metarr's fields Jellyfin takes, kind by kind: where it is, and which lock guards it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from metarr_adapter.host import IDS
from metarr_jellyfin import shapes
from metarr_jellyfin.shapes import Raw, Shape

TYPES = {"Series": "series", "Movie": "movie", "Season": "season", "Episode": "episode"}
"""Kinds by the server's types, in the order in which they are read: what belongs to a series comes after it."""

ACTORS = ("Actor", "GuestStar")


class Place(NamedTuple):
    """Where a field is. `lock`: the server's lock of it, "" for none. `part`: the list that is posted only where it
    changes: posted as it was read, it would lose what reading leaves out."""

    shape: Shape
    lock: str = ""
    part: str = ""


def _ratings(chosen: str) -> dict[str, Place]:
    return {f"{chosen}_rating": Place(shapes.rating("CommunityRating"))}


_TITLE = {"title": Place(shapes.title("Name"), "Name"), "plot": Place(shapes.text("Overview"), "Overview")}
_ORIGINAL = {"original_title": Place(shapes.text("OriginalTitle"))}
_TOMATOES = {"rotten_tomatoes_score": Place(shapes.rating("CriticRating"))}
_CAST = {"cast": Place(shapes.cast(*ACTORS), "Cast", "People")}
_CREW = {
    "directors": Place(shapes.people("Director"), "Cast", "People"),
    "writers": Place(shapes.people("Writer"), "Cast", "People"),
}
_IDS = {IDS: Place(shapes.ids("ProviderIds"))}
_OF_TITLES = {
    **_TITLE,
    **_ORIGINAL,
    "sort_title": Place(shapes.text("ForcedSortName")),
    "tagline": Place(shapes.first("Taglines"), part="Taglines"),
    "genres": Place(shapes.texts("Genres"), "Genres"),
    "tags": Place(shapes.texts("Tags"), "Tags"),
    "studios": Place(shapes.named("Studios"), "Studios", "Studios"),
    "countries": Place(shapes.texts("ProductionLocations"), "ProductionLocations"),
    "certification": Place(shapes.text("OfficialRating"), "OfficialRating"),
    "release_date": Place(shapes.date("PremiereDate")),
    "year": Place(shapes.number("ProductionYear")),
    **_TOMATOES,
    **_CAST,
    **_IDS,
}
_DAY = {"release_date": Place(shapes.date("PremiereDate", with_year=True))}


def places(chosen_rating: str) -> Mapping[str, Mapping[str, Place]]:
    """By kind and field. `chosen_rating`: whose is shown as the community's, imdb or tmdb."""
    ratings = _ratings(chosen_rating)
    return {
        "movie": {**_OF_TITLES, **ratings, **_CREW},
        "series": {
            **_OF_TITLES,
            **ratings,
            "end_date": Place(shapes.date("EndDate")),
            "status": Place(shapes.status("Status")),
            "runtime_minutes": Place(shapes.minutes("RunTimeTicks"), "Runtime"),
        },
        "season": {**_TITLE, **_DAY, **_CAST, **(ratings if chosen_rating == "tmdb" else {})},
        "episode": {**_TITLE, **_ORIGINAL, **_DAY, **_TOMATOES, **ratings, **_CAST, **_CREW, **_IDS},
    }


ARTWORK: Mapping[str, Mapping[str, str]] = {
    "movie": {
        "poster": "Primary",
        "fanart": "Backdrop",
        "clearlogo": "Logo",
        "clearart": "Art",
        "banner": "Banner",
        "landscape": "Thumb",
        "disc": "Disc",
    },
    "series": {
        "poster": "Primary",
        "fanart": "Backdrop",
        "clearlogo": "Logo",
        "clearart": "Art",
        "banner": "Banner",
        "landscape": "Thumb",
    },
    "season": {"poster": "Primary", "fanart": "Backdrop", "banner": "Banner", "landscape": "Thumb"},
    "episode": {"still": "Primary"},
}
"""By kind and field the server's type of image."""

_NO_PLACE = "Jellyfin has no place for it"
_MEASURED = "Jellyfin measures how long a video lasts"
_ONE = "Jellyfin has one rating: which one, the host's settings say"
_FOLLOWS = "Jellyfin gives the rating of a series to all that is below it, whenever that is edited"
_BESIDES = ("imdb_votes", "tmdb_votes", "metacritic_score")
_OF_TITLES_ALONE = ("outline", "languages", "original_language", "homepage", "awards", "keyart")
_TRAILER = {"trailer": "Jellyfin takes no trailer from elsewhere"}


def _no_place(*fields: str) -> dict[str, str]:
    return dict.fromkeys(fields, _NO_PLACE)


def cannot_take(chosen_rating: str) -> Mapping[str, Mapping[str, str]]:
    """Why not, by kind and field."""
    other = {"tmdb_rating" if chosen_rating == "imdb" else "imdb_rating": _ONE}
    return {
        "movie": {
            **_no_place(*_BESIDES, *_OF_TITLES_ALONE),
            **_TRAILER,
            **other,
            "runtime_minutes": _MEASURED,
            "status": "Jellyfin has a status for series only",
            "collection": "Jellyfin keeps collections as items of their own",
        },
        "series": {
            **_no_place(*_BESIDES, *_OF_TITLES_ALONE, "creators", "characterart"),
            **_TRAILER,
            **other,
            "networks": "Jellyfin has studios only",
        },
        "season": {**_no_place("tmdb_votes"), **({} if chosen_rating == "tmdb" else {"tmdb_rating": _ONE})},
        "episode": {
            **_no_place(*_BESIDES, "outline"),
            **other,
            "runtime_minutes": _MEASURED,
            "certification": _FOLLOWS,
        },
    }


FIELDS = (
    "Settings",
    "ProviderIds",
    "Overview",
    "Genres",
    "Tags",
    "Studios",
    "People",
    "Taglines",
    "OriginalTitle",
    "CustomRating",
    "ProductionLocations",
    "DateCreated",
    "AirTime",
    "SortName",
    "SpecialEpisodeNumbers",
    "Path",
    "ParentId",
    "Etag",
)
"""What is asked for of an item: whatever is not told would be emptied by posting it back."""


def values(raw: Raw, kind: str, table: Mapping[str, Mapping[str, Place]]) -> dict[str, Any]:
    """What an item holds, by field; None: nothing."""
    return {name: place.shape.read(raw) for name, place in table[kind].items()}
