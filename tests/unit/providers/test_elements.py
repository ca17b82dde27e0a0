"""A malformed element of a list costs itself: beside it everything is read as before. No field hangs on a neighbour."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from metarr.domain.outcome import Fragment
from metarr.domain.values import Kind
from mutations import Source, changed, sources
from unit.providers.contract import said

pytestmark = pytest.mark.slow

SOURCES = sources()
each_source = pytest.mark.parametrize("source", SOURCES, ids=[source.name for source in SOURCES])
TMDB, OMDB, TVDB, FANART = "tmdb", "omdb", "tvdb", "fanart"


def lists(body: Any) -> Iterator[list[Any]]:
    """Every list in a body."""
    if isinstance(body, list):
        yield body
    for part in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from lists(part)


@each_source
@pytest.mark.parametrize("odd", [None, True, [], {}], ids=str)
def test_what_is_no_element_changes_nothing(source: Source, odd: Any) -> None:
    body = deepcopy(source.body)
    before = source.read()
    for found in list(lists(body)):
        if found:
            found[:] = [odd, *found, deepcopy(odd)]
    after = source._replace(body=body).read()
    assert (said(after), after.empty, after.ids, after.titles) == (
        said(before),
        before.empty,
        before.ids,
        before.titles,
    )


@each_source
@pytest.mark.parametrize(
    "odd", [None, -1, 7, 1.5, "x" * 30_000, [], {}, "7.12345678901234"], ids=lambda odd: str(odd)[:9]
)
def test_an_element_with_a_malformed_part_costs_no_other(source: Source, odd: Any) -> None:
    """Twins of an element, with one part after another changed, stand beside the sound ones."""
    before = source.read()
    body = deepcopy(source.body)
    for found in list(lists(body)):
        if found and isinstance(found[0], dict) and len(found) < 12:  # long lists are cut
            found += [{**found[0], key: odd} for key in found[0]]
    after = source._replace(body=body).read()
    assert said(before).keys() <= said(after).keys()
    assert lost(before, after) == {}


def lost(before: Fragment, after: Fragment) -> dict[str, set[Any]]:
    """By field the elements that are not there any more."""
    short = {
        name: {marks(part) for part in value} - {marks(part) for part in said(after)[name]}  # type: ignore[union-attr]
        for name, value in said(before).items()
        if isinstance(value, tuple) and name in said(after)
    }
    return {name: gone for name, gone in short.items() if gone}


def marks(part: Any) -> Any:
    return getattr(part, "url", None) or getattr(part, "name", None) or part


def also(element: Any) -> Any:
    """A list with one more element."""
    return lambda found: [*found, element]


def in_part(part: str, change: Any) -> Any:
    """A section with one list in it changed."""
    return lambda section: {**section, part: change(section[part])}


IMAGE = {"file_path": "/x.jpg", "iso_639_1": "en", "width": 2000, "height": 3000, "vote_average": 5.3, "vote_count": 7}
ART = {"id": 1, "image": "/posters/1.jpg", "language": "eng", "type": 14, "width": 680, "height": 1000, "score": 1}
LIKED = {"id": "1", "url": "https://assets.fanart.tv/x.jpg", "lang": "en", "likes": "3"}


@pytest.mark.parametrize(
    ("provider", "kind", "changes", "fields"),
    [
        (TMDB, Kind.MOVIE, {"images": in_part("posters", also(IMAGE | {"width": -1}))}, {"poster", "keyart"}),
        (TMDB, Kind.MOVIE, {"images": in_part("posters", also(IMAGE | {"vote_average": "5.12345678901234"}))},
         {"poster", "keyart"}),
        (TMDB, Kind.MOVIE, {"images": in_part("posters", also(IMAGE | {"iso_639_1": 7}))}, {"poster", "keyart"}),
        (TMDB, Kind.MOVIE, {"images": in_part("posters", lambda _: 7)}, {"fanart", "landscape", "clearlogo"}),
        (TMDB, Kind.MOVIE, {"release_dates": in_part("results", also({"iso_3166_1": "FR", "release_dates": 7}))},
         {"release_date", "certification"}),
        (TMDB, Kind.MOVIE, {"release_dates": in_part("results", also({"release_dates": [{"release_date": "soon"}]}))},
         {"release_date", "certification"}),
        (TMDB, Kind.MOVIE, {"credits": in_part("cast", also({"character": "Nobody", "order": 0}))}, {"cast"}),
        (TMDB, Kind.MOVIE, {"credits": in_part("crew", also({"job": "Director", "department": "Directing"}))},
         {"directors", "writers"}),
        (TMDB, Kind.MOVIE, {"translations": in_part("translations", also({"iso_639_1": "de", "data": 7}))},
         {"title", "plot", "tagline"}),
        (TMDB, Kind.MOVIE, {"videos": in_part("results", also({"key": 7, "size": "wide"}))}, {"trailer"}),
        (TMDB, Kind.MOVIE, {"original_title": ...}, {"title", "plot", "tagline"}),
        (TMDB, Kind.MOVIE, {"original_title": 7}, {"title"}),
        (TMDB, Kind.MOVIE, {"translations": ...}, {"title", "plot", "tagline", "original_title"}),
        (TMDB, Kind.MOVIE, {"translations": 7, "alternative_titles": 7}, {"title", "plot", "tagline"}),
        (TMDB, Kind.MOVIE, {"title": 7}, {"original_title", "plot", "tagline"}),
        (TMDB, Kind.SERIES, {"original_name": None}, {"title"}),
        (TMDB, Kind.SERIES, {"episode_run_time": lambda minutes: ["?", *minutes]}, {"runtime_minutes"}),
        (TMDB, Kind.SERIES, {"status": 7}, {"end_date"}),
        (TVDB, Kind.MOVIE, {"artworks": also(ART | {"width": -1})}, {"poster", "keyart", "fanart", "banner"}),
        (TVDB, Kind.MOVIE, {"artworks": also(ART | {"language": 7})}, {"poster", "keyart"}),
        (TVDB, Kind.MOVIE, {"characters": also({"peopleType": "Actor", "sort": "first"})},
         {"cast", "directors", "writers"}),
        (TVDB, Kind.MOVIE, {"name": 7}, {"title", "plot"}),
        (TVDB, Kind.MOVIE, {"name": ...}, {"title", "plot"}),
        (TVDB, Kind.MOVIE, {"translations": 7}, {"original_title"}),
        (TVDB, Kind.MOVIE, {"translations": in_part("nameTranslations", also({"language": {}, "name": 7}))},
         {"title", "plot"}),
        (TVDB, Kind.MOVIE, {"originalLanguage": 7}, {"trailer", "languages"}),
        (TVDB, Kind.MOVIE, {"releases": also({"country": "usa", "date": 7}), "first_release": 7}, {"release_date"}),
        (TVDB, Kind.SERIES, {"latestNetwork": 7}, set()),
        (TVDB, Kind.SERIES, {"status": {"id": 2, "name": None}}, {"end_date"}),
        (OMDB, Kind.MOVIE, {"Ratings": also({"Source": "Metacritic", "Value": 7})}, {"rotten_tomatoes_score"}),
        (OMDB, Kind.MOVIE, {"Ratings": ...}, {"imdb_rating", "metacritic_score"}),
        (FANART, Kind.MOVIE, {"movieposter": also(LIKED | {"width": "-1"})}, {"poster", "keyart"}),
        (FANART, Kind.MOVIE, {"movieposter": also(LIKED | {"likes": "3.12345678901234"})}, {"poster", "keyart"}),
        (FANART, Kind.MOVIE, {"movieposter": also(LIKED | {"lang": 7})}, {"poster", "keyart"}),
        (FANART, Kind.MOVIE, {"movieposter": 7}, {"fanart", "clearlogo", "disc"}),
    ],
)  # fmt: skip
def test_what_is_malformed_costs_no_neighbour(
    provider: str, kind: Kind, changes: dict[str, Any], fields: set[str]
) -> None:
    before, after = changed(provider, kind).read(), changed(provider, kind, "US", **changes).read()
    assert {name for name in fields if name not in said(after)} == set()
    assert {name: gone for name, gone in lost(before, after).items() if name in fields} == {}
    single = {name for name in fields if not isinstance(said(before)[name], tuple)}
    assert {name: said(after)[name] for name in single} == {name: said(before)[name] for name in single}


@pytest.mark.parametrize("votes", ["5.12345678901234", 5.12345678901234, "5.1e0"])
def test_a_number_may_have_any_number_of_decimals(votes: Any) -> None:
    assert changed(TMDB, Kind.MOVIE, vote_average=votes).read().values["tmdb_rating"] == pytest.approx(5.1, abs=0.1)
    assert changed(OMDB, Kind.MOVIE, imdbRating=str(votes)).read().values["imdb_rating"] == pytest.approx(5.1, abs=0.1)
