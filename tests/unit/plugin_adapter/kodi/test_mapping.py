"""What of Metarr's fields reaches Kodi's library, in which form, and what is then read back."""

import ast
import inspect
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_kodi import PARAMETERS, PROPERTIES, FakeKodi, Rejected
from metarr.domain.fields import fields_of
from metarr.domain.values import Kind
from metarr_kodi import mapping, shapes

KINDS = ("movie", "series", "season", "episode")
HOST_KINDS = {"movie": "movie", "series": "tvshow", "season": "season", "episode": "episode"}

POSTER = [{"url": "https://image.tmdb.org/t/p/original/p.jpg", "width": 2000, "height": 3000, "language": "en"}]
FANART = [{"url": f"https://image.tmdb.org/t/p/original/f{place}.jpg"} for place in range(3)]


class Library:
    """One item of a kind in a Kodi, as the add-on sees it."""

    def __init__(self, kind: str, kodi: FakeKodi | None = None, **details: Any) -> None:
        self.kind = kind
        self.kodi = kodi or FakeKodi()
        self.noun = mapping.NOUNS[kind]
        self.number = self.kodi.add(HOST_KINDS[kind], **{"title": "As scanned", **details})

    def details(self, *more: str) -> dict[str, Any]:
        asked = {self.noun.id_name: self.number, "properties": [*mapping.properties(self.kind), *more]}
        answer: dict[str, Any] = self.kodi.rpc(self.noun.get, **asked)[self.noun.details]
        return answer

    def shown(self) -> dict[str, Any]:
        return mapping.read(self.kind, self.details())

    def parts(self, values: dict[str, Any], default_rating: str = "imdb") -> list[mapping.Part]:
        return mapping.write(self.kind, values, self.details(), default_rating)

    def send(self, *parts: mapping.Part) -> None:
        self.kodi.rpc(self.noun.set, **{self.noun.id_name: self.number}, **mapping.joined(parts))

    def write(self, values: dict[str, Any], default_rating: str = "imdb") -> dict[str, Any]:
        if parts := self.parts(values, default_rating):
            self.send(*parts)
        return self.shown()


# What is taken


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_catalogue_is_taken_or_has_a_reason_why_not(kind: str) -> None:
    known = {field.name for field in fields_of(Kind(kind))} | {"ids"}
    taken, refused = set(mapping.takes(kind)), set(mapping.CANNOT[kind])
    assert taken | refused == known
    assert not taken & refused
    assert all(mapping.refusal(kind, field, "x") == why != "" for field, why in mapping.CANNOT[kind].items())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sent_and_asked_for_is_known_to_kodi(kind: str) -> None:
    parameters = {field.parameter for field in mapping.FIELDS[kind].values()}
    assert parameters <= set(PARAMETERS[HOST_KINDS[kind]])
    assert set(mapping.properties(kind)) <= PROPERTIES[HOST_KINDS[kind]]


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_owner_did_while_watching_is_never_written(kind: str) -> None:
    parameters = {field.parameter for field in mapping.FIELDS[kind].values()}
    assert not parameters & {"playcount", "lastplayed", "resume", "userrating", "dateadded", "file", "year", "top250"}


@pytest.mark.parametrize("module", [mapping, shapes])
def test_the_python_of_kodi_19_needs_nothing_else_for_it(module: Any) -> None:
    tree = ast.parse(inspect.getsource(module), feature_version=(3, 8))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    outside = {name.partition(".")[0] for name in imported} - {"metarr_kodi"}
    assert outside <= set(sys.stdlib_module_names)


# Field by field

WRITTEN = [
    ("movie", "title", " Heat ", {"title": "Heat"}),
    ("movie", "original_title", "Heat", {"originaltitle": "Heat"}),
    ("movie", "sort_title", "Heat 1", {"sorttitle": "Heat 1"}),
    ("movie", "tagline", "A Los Angeles crime saga", {"tagline": "A Los Angeles crime saga"}),
    ("movie", "plot", "Obsessive.\nLoner.", {"plot": "Obsessive.\nLoner."}),
    ("movie", "plot", "cut\0short", {"plot": "cutshort"}),
    ("movie", "outline", "Cops and robbers.", {"plotoutline": "Cops and robbers."}),
    ("movie", "release_date", "1995-12-15", {"premiered": "1995-12-15"}),
    ("series", "release_date", "2008-01-20", {"premiered": "2008-01-20"}),
    ("episode", "release_date", "2008-01-27", {"firstaired": "2008-01-27"}),
    ("movie", "runtime_minutes", 170, {"runtime": 10200}),
    ("movie", "certification", "PG-13", {"mpaa": "PG-13"}),
    ("movie", "genres", ["Crime", "Drama"], {"genre": ["Crime", "Drama"]}),
    ("movie", "genres", [" Crime ", "", "Action / Drama"], {"genre": ["Crime", "Action", "Drama"]}),
    ("movie", "genres", ["Action /\n", "Drama"], {"genre": ["Action", "/ Drama"]}),
    ("movie", "studios", ["Warner Bros."], {"studio": ["Warner Bros."]}),
    ("series", "networks", ["AMC"], {"studio": ["AMC"]}),
    ("movie", "countries", ["USA"], {"country": ["USA"]}),
    ("movie", "tags", ["heist", "Heist", " ", "a / b"], {"tag": ["heist", "a / b"]}),
    ("movie", "directors", ["Michael Mann"], {"director": ["Michael Mann"]}),
    ("episode", "writers", ["Peter Gould"], {"writer": ["Peter Gould"]}),
    ("movie", "collection", {"name": "Alien Collection", "ids": {"tmdb": "8091"}}, {"set": "Alien Collection"}),
    (
        "movie",
        "trailer",
        "https://www.youtube.com/watch?v=2GfZl4kuVNI",
        {"trailer": "plugin://plugin.video.youtube/play/?video_id=2GfZl4kuVNI"},
    ),
    ("movie", "trailer", "https://example.org/heat.mp4", {"trailer": "https://example.org/heat.mp4"}),
    ("series", "status", "Returning Series", {"status": "returning series"}),
    ("series", "status", "Continuing", {"status": "returning series"}),
    ("series", "status", "Canceled", {"status": "cancelled"}),
    ("series", "status", "Ended", {"status": "ended"}),
    ("movie", "imdb_rating", 8.26, {"ratings": {"imdb": {"rating": 8.3, "votes": 0, "default": True}}}),
    ("movie", "tmdb_rating", 7.9, {"ratings": {"themoviedb": {"rating": 7.9, "votes": 0, "default": True}}}),
    (
        "movie",
        "rotten_tomatoes_score",
        83,
        {"ratings": {"tomatometerallcritics": {"rating": 8.3, "votes": 0, "default": True}}},
    ),
    ("movie", "metacritic_score", 76, {"ratings": {"metacritic": {"rating": 7.6, "votes": 0, "default": True}}}),
    ("movie", "poster", POSTER, {"art": {"poster": POSTER[0]["url"]}}),
    ("season", "poster", POSTER, {"art": {"poster": POSTER[0]["url"]}}),
    ("episode", "still", POSTER, {"art": {"thumb": POSTER[0]["url"]}}),
    ("movie", "disc", POSTER[0], {"art": {"discart": POSTER[0]["url"]}}),
    (
        "movie",
        "fanart",
        FANART,
        {"art": {"fanart": FANART[0]["url"], "fanart1": FANART[1]["url"], "fanart2": FANART[2]["url"]}},
    ),
    ("movie", "ids", {"imdb": "tt0113277", "tmdb": "949"}, {"uniqueid": {"imdb": "tt0113277", "tmdb": "949"}}),
]


@pytest.mark.parametrize(("kind", "field", "value", "params"), WRITTEN)
def test_a_value_is_written_in_kodis_shape(kind: str, field: str, value: Any, params: dict[str, Any]) -> None:
    (part,) = mapping.write(kind, {field: value}, {})
    assert part == mapping.Part(frozenset({field}), params)


@pytest.mark.parametrize(("kind", "field", "value"), [row[:3] for row in WRITTEN if row[1] != "status"])
def test_what_was_written_is_read_back(kind: str, field: str, value: Any) -> None:
    shown = Library(kind).write({field: value})
    assert shown[field] == mapping.normal(kind, field, value) is not None
    assert mapping.same(kind, field, shown[field], value)


READ = [
    ("movie", {"premiered": "", "year": 1995}, "release_date", None),
    ("series", {"premiered": "1970-01-01"}, "release_date", None),
    ("movie", {"premiered": "1970-01-01"}, "release_date", "1970-01-01"),
    ("movie", {"runtime": 0}, "runtime_minutes", None),
    ("movie", {"runtime": 8203}, "runtime_minutes", 137),
    ("movie", {"set": ""}, "collection", None),
    ("movie", {"mpaa": "Rated PG-13"}, "certification", "PG-13"),
    ("movie", {"mpaa": "US:R"}, "certification", "R"),
    ("movie", {"genre": []}, "genres", None),
    ("movie", {"ratings": {}}, "imdb_rating", None),
    ("movie", {"ratings": {"imdb": {"rating": 0.0, "votes": 0, "default": False}}}, "imdb_rating", None),
    ("movie", {"ratings": {"imdb": {"rating": 8.699999809265137, "votes": 0}}}, "imdb_rating", 8.7),
    ("movie", {"ratings": {"imdb": {"rating": 8.699999809265137, "votes": 0}}}, "imdb_votes", None),
    ("movie", {"ratings": {"metacritic": {"rating": 8.699999809265137, "votes": 5}}}, "metacritic_score", 87),
    ("movie", {"uniqueid": {"unknown": "tt0113277"}}, "ids", {"imdb": "tt0113277"}),
    ("movie", {"uniqueid": {"themoviedb": "1", "tmdb": "949"}}, "ids", {"tmdb": "949"}),
    ("movie", {"uniqueid": {"trakt": "640"}}, "ids", {"trakt": "640"}),
    ("movie", {}, "ids", None),
    ("movie", {"art": {"icon": "image://DefaultVideo.png/"}}, "poster", None),
    ("movie", {"art": {"poster": "image://https%3a%2f%2fx%2fa%20%26.jpg/"}}, "poster", [{"url": "https://x/a &.jpg"}]),
    ("movie", {"art": {"poster": "image://%2fmovies%2fp.jpg/"}}, "poster", [{"url": "/movies/p.jpg"}]),
    ("movie", {"art": {"fanart1": "image://https%3a%2f%2fx%2f1.jpg/"}}, "fanart", None),
    ("episode", {"art": {"thumb": "image://video@%2ftv%2fe.mkv/"}}, "still", None),
    ("episode", {"art": {"tvshow.poster": "image://https%3a%2f%2fx%2fp.jpg/"}}, "still", None),
    (
        "movie",
        {"trailer": "plugin://plugin.video.youtube/?action=play_video&videoid=2GfZl4kuVNI"},
        "trailer",
        "https://www.youtube.com/watch?v=2GfZl4kuVNI",
    ),
    # Passwords stay in Kodi.
    ("movie", {"trailer": "smb://ann:secret@nas/heat-trailer.mp4"}, "trailer", "smb://nas/heat-trailer.mp4"),
    (
        "movie",
        {"art": {"poster": "image://smb%3a%2f%2fann%3asecret%40nas%2fp.jpg/"}},
        "poster",
        [{"url": "smb://nas/p.jpg"}],
    ),
    (
        "movie",
        {"art": {"poster": "image://zip%3a%2f%2fsmb%253a%252f%252fann%253asecret%2540nas%252fa.zip%2fp.jpg/"}},
        "poster",
        [{"url": "zip://smb%3a%2f%2fnas%2fa.zip/p.jpg"}],
    ),
    (
        "movie",
        {"art": {"fanart": "image://https%3a%2f%2fx%2ff.jpg%7cCookie%3dsecret/"}},
        "fanart",
        [{"url": "https://x/f.jpg"}],
    ),
]


@pytest.mark.parametrize(("kind", "details", "field", "value"), READ)
def test_what_kodi_holds_is_read_in_metarrs_shape(kind: str, details: dict[str, Any], field: str, value: Any) -> None:
    assert mapping.read(kind, details)[field] == value


def test_of_ten_and_more_fanarts_the_order_stays() -> None:
    many = [{"url": f"https://x/{place}.jpg"} for place in range(12)]
    assert Library("movie").write({"fanart": many})["fanart"] == many


@pytest.mark.parametrize(
    "page",
    [
        "https://youtu.be/2GfZl4kuVNI",
        "http://m.youtube.com/watch?app=desktop&v=2GfZl4kuVNI&t=3",
        "https://www.youtube-nocookie.com/embed/2GfZl4kuVNI",
    ],
)
def test_a_video_is_known_by_any_of_its_addresses(page: str) -> None:
    trailer = "plugin://plugin.video.youtube/?action=play_video&videoid=2GfZl4kuVNI"
    assert mapping.write("movie", {"trailer": page}, {"trailer": trailer}) == []


def test_a_status_is_written_whenever_asked_where_nobody_looked_for_it() -> None:
    show = Library("series")
    assert "status" not in show.shown()
    show.write({"status": "Ended"})
    assert show.kodi.status(show.number) == "ended"
    assert show.parts({"status": "Ended"})
    assert mapping.write("series", {"status": "Ended"}, {"status": "ended"}) == []
    assert mapping.read("series", {"status": "continuing"})["status"] == "Returning Series"
    show.write({"status": None})
    assert show.kodi.status(show.number) == ""


# Emptying

EMPTIED = [
    ("movie", {"plot": "x"}, "plot", {"plot": ""}),
    ("movie", {"premiered": "1995-12-15"}, "release_date", {"premiered": ""}),
    ("episode", {"firstaired": "1995-12-15"}, "release_date", {"firstaired": ""}),
    ("movie", {"genre": ["x"]}, "genres", {"genre": []}),
    ("movie", {"set": "x"}, "collection", {"set": ""}),
    ("series", {"runtime": 60}, "runtime_minutes", {"runtime": 0}),
    ("movie", {"art": {"poster": "https://x/p.jpg"}}, "poster", {"art": {"poster": None}}),
    (
        "movie",
        {"art": {"fanart": "https://x/0.jpg", "fanart1": "https://x/1.jpg", "poster": "https://x/p.jpg"}},
        "fanart",
        {"art": {"fanart": None, "fanart1": None}},
    ),
    (
        "movie",
        {"ratings": {"imdb": {"rating": 8.2, "votes": 7, "default": True}}},
        "imdb_rating",
        {"ratings": {"imdb": None}},
    ),
    (
        "series",
        {"ratings": {"metacritic": {"rating": 8.2, "votes": 0, "default": True}}},
        "metacritic_score",
        {"ratings": {"metacritic": None}},
    ),
]


@pytest.mark.parametrize(("kind", "held", "field", "params"), EMPTIED)
def test_a_field_is_emptied_in_kodis_way(kind: str, held: dict[str, Any], field: str, params: dict[str, Any]) -> None:
    item = Library(kind, **held)
    assert item.shown()[field] is not None
    (part,) = item.parts({field: None})
    assert {name: part.params[name] for name in params} == params
    item.send(part)
    assert item.shown()[field] is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nothing", [None, "", "  \n"])
def test_a_title_is_never_emptied(kind: str, nothing: str | None) -> None:
    assert mapping.write(kind, {"title": nothing}, {"title": "Heat"}) == []
    assert mapping.refusal(kind, "title", nothing) == "a title cannot be emptied in Kodi"


def test_kodi_lets_go_of_no_rating_of_an_episode() -> None:
    episode = Library("episode", ratings={"imdb": {"rating": 8.2, "votes": 7, "default": True}})
    assert episode.parts({"imdb_rating": None}) == []
    assert mapping.refusal("episode", "imdb_rating", None) == "Kodi lets go of no rating of an episode"
    assert mapping.refusal("movie", "imdb_rating", None) == ""


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("movie", "release_date", "1995"),
        ("movie", "release_date", "1995-02-30"),
        ("movie", "poster", [{"url": "/movies/p.jpg"}]),
        ("movie", "poster", [{"url": ""}]),
        ("series", "status", "Pilot"),
        ("movie", "imdb_rating", 11.5),
        ("movie", "metacritic_score", 101),
    ],
)
def test_what_kodi_cannot_hold_leaves_what_it_holds(kind: str, field: str, value: Any) -> None:
    held = {"premiered": "1995-12-15", "art": {"poster": "image://https%3a%2f%2fx%2fp.jpg/"}}
    assert mapping.write(kind, {field: value}, held) == []
    assert mapping.refusal(kind, field, value)


# Ratings


def test_votes_travel_with_their_rating() -> None:
    movie = Library("movie")
    (part,) = movie.parts({"imdb_rating": 8.3, "imdb_votes": 700_000})
    assert part.fields == {"imdb_rating", "imdb_votes"}
    assert part.params["ratings"] == {"imdb": {"rating": 8.3, "votes": 700_000, "default": True}}


def test_a_new_rating_keeps_its_votes_and_new_votes_their_rating() -> None:
    movie = Library("movie", ratings={"imdb": {"rating": 8.2, "votes": 7, "default": True}})
    assert movie.write({"imdb_rating": 8.3})["imdb_votes"] == 7
    assert movie.write({"imdb_votes": 9})["imdb_rating"] == 8.3


def test_votes_without_a_rating_are_not_sent() -> None:
    assert Library("movie").parts({"imdb_votes": 9}) == []


def test_the_rating_asked_for_becomes_the_default_one() -> None:
    movie = Library("movie", ratings={"themoviedb": {"rating": 7.9, "votes": 5, "default": True}})
    movie.write({"imdb_rating": 8.3, "tmdb_rating": 7.9})
    assert _default_rating(movie) == "imdb"
    movie.write({"imdb_rating": 8.3, "tmdb_rating": 7.9}, "themoviedb")
    assert _default_rating(movie) == "themoviedb"


def test_where_the_rating_asked_for_is_missing_the_default_one_stays() -> None:
    movie = Library("movie", ratings={"trakt": {"rating": 7.0, "votes": 5, "default": True}})
    movie.write({"tmdb_rating": 7.9, "metacritic_score": 76})
    assert _default_rating(movie) == "trakt"


def test_a_first_rating_is_the_default_one_until_the_one_asked_for_comes() -> None:
    movie = Library("movie")
    movie.write({"metacritic_score": 76, "tmdb_rating": 7.9})
    assert _default_rating(movie) == "themoviedb"
    movie.write({"imdb_rating": 8.3})
    assert _default_rating(movie) == "imdb"


def _default_rating(item: Library) -> str:
    return "+".join(key for key, each in item.details()["ratings"].items() if each["default"])


# What stands beside


def test_a_call_keeps_the_runtime_where_kodi_knows_the_length_of_the_file() -> None:
    movie = Library("movie", runtime=10200, duration=10271)
    assert movie.write({"plot": "x"})["runtime_minutes"] == 170
    assert movie.write({"plot": "y", "runtime_minutes": 171})["runtime_minutes"] == 171
    for part in movie.parts({"plot": "z", "runtime_minutes": 172, "tagline": "z"}):
        movie.send(part)
    assert movie.shown()["runtime_minutes"] == 172


def test_without_that_care_kodi_puts_the_length_of_the_file_there() -> None:
    movie = Library("movie", runtime=10200, duration=10271)
    movie.kodi.rpc("VideoLibrary.SetMovieDetails", movieid=movie.number, plot="x")
    assert movie.details()["runtime"] == 10271


@pytest.mark.parametrize(
    "address",
    [
        "plugin://plugin.program.any/?do=harm",
        "script://any",
        "smb://elsewhere/share/trailer.mp4",
        "special://profile/x.mp4",
        "file:///etc/passwd",
        "/films/trailer.mp4",
        "https://ann:secret@x/t.mp4",
        "https://x/t.mp4|verifypeer=false",
    ],
)
def test_kodi_is_told_to_open_nothing_but_the_web(address: str) -> None:
    image = [{"url": address}]
    for field, value in (("trailer", address), ("poster", image), ("fanart", image)):
        assert mapping.refusal("movie", field, value) == "Kodi is given web addresses only"
        assert mapping.write("movie", {field: value}, {}) == []


def test_fewer_fanarts_take_the_surplus_away() -> None:
    movie = Library("movie")
    movie.write({"fanart": FANART})
    (part,) = movie.parts({"fanart": FANART[:1]})
    assert part.params["art"] == {"fanart1": None, "fanart2": None}
    assert movie.write({"fanart": FANART[:1]})["fanart"] == FANART[:1]


def test_art_of_other_kinds_and_from_the_disk_stays() -> None:
    movie = Library("movie", art={"poster": "/movies/p.jpg", "spine": "https://x/s.jpg"})
    assert movie.write({"clearlogo": POSTER})["poster"] == [{"url": "/movies/p.jpg"}]
    assert "spine" in movie.details()["art"]


def test_ids_of_other_types_stay() -> None:
    movie = Library("movie", uniqueid={"imdb": "tt0113277", "trakt": "640"})
    shown = movie.write({"ids": {"imdb": "tt0113277", "tmdb": "949"}})
    assert shown["ids"] == {"imdb": "tt0113277", "tmdb": "949", "trakt": "640"}
    assert mapping.same("movie", "ids", shown["ids"], {"tmdb": "949"})
    assert movie.parts({"ids": {"tmdb": "949"}}) == movie.parts({"ids": None}) == []


def test_an_id_that_is_to_go_goes_unless_it_is_the_default_one() -> None:
    movie = Library("movie", uniqueid={"imdb": "tt0113277", "themoviedb": "949"})
    assert movie.write({"ids": {"imdb": None, "tmdb": None}})["ids"] == {"imdb": "tt0113277"}
    assert not mapping.same("movie", "ids", movie.shown()["ids"], {"imdb": None})


def test_kodi_lets_go_of_no_id_of_an_episode() -> None:
    episode = Library("episode", uniqueid={"tvdb": "349232", "imdb": "tt1"})
    assert episode.parts({"ids": {"imdb": None}}) == []
    assert mapping.refusal("episode", "ids", {"imdb": None})
    (part,) = episode.parts({"ids": {"imdb": None, "tmdb": "62085"}})
    assert part.params["uniqueid"] == {"tmdb": "62085"}


def test_a_tag_or_collection_that_kodi_spells_otherwise_is_not_written_again() -> None:
    kodi = FakeKodi()
    kodi.add("movie", title="Other", tag=["Heist"], set="Alien Collection")
    movie = Library("movie", kodi)
    values: dict[str, Any] = {"tags": ["heist", "new"], "collection": {"name": "ALIEN COLLECTION"}}
    shown = movie.write(values)
    assert set(shown["tags"]) == {"Heist", "new"}
    assert movie.parts(values) == []


# Together

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ADDRESSES = st.sampled_from(
    ["", "/p.jpg", "http://x/p.jpg", "https://x/ä~b*'(c)!.jpg?a=1&b=%20", "https://y/2.jpg", "https://y/3.jpg/"]
)
IMAGES = st.lists(st.builds(lambda url: {"url": url}, ADDRESSES), max_size=4)
ELEMENTS = st.sampled_from(["A", "a", "B", " ", "", "/", "A / B", " / ", "C/D", "é", "É", "\xa0x "]) | TEXT

BY_SHAPE: dict[type, st.SearchStrategy[Any]] = {
    shapes.Shape: TEXT,
    shapes.Title: TEXT,
    shapes.Certification: st.sampled_from(["PG-13", "Rated R", "DE:FSK 12", "US: Rated ", "12"]) | TEXT,
    shapes.Date: st.dates().map(str) | st.sampled_from(["1970-01-01", "1999", "x"]),
    shapes.Minutes: st.integers(-1, 10**9),
    shapes.Texts: st.lists(ELEMENTS, max_size=4),
    shapes.Tags: st.lists(ELEMENTS, max_size=4),
    shapes.Collection: st.builds(lambda name: {"name": name}, TEXT),
    shapes.Trailer: st.sampled_from(["https://youtu.be/abcdefghijk", "https://x/t.mp4"]) | TEXT,
    shapes.Status: st.sampled_from(["Ended", "Pilot", ""]),
    shapes.Art: IMAGES,
    shapes.Fanart: IMAGES,
    shapes.Ids: st.dictionaries(st.sampled_from(["imdb", "tmdb", "tvdb", "x"]), st.none() | TEXT, max_size=3),
    shapes.Votes: st.integers(-1, 2**33),
}


def _values_of(field: mapping.Field) -> st.SearchStrategy[Any]:
    if isinstance(field.shape, shapes.Score):
        whole = field.parameter == "ratings" and field.shape.key in ("metacritic", "tomatometerallcritics")
        return st.integers(0, 101) if whole else st.floats(0, 10.5)
    return BY_SHAPE[type(field.shape)]


@st.composite
def several_values(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    names = draw(st.sets(st.sampled_from(mapping.takes(kind))))
    return {name: draw(st.none() | _values_of(mapping.FIELDS[kind][name])) for name in sorted(names)}


@st.composite
def libraries(draw: st.DrawFn) -> tuple[Library, dict[str, Any], str]:
    """An item with some history, what is wanted of it, and the rating to lead."""
    kind = draw(st.sampled_from(KINDS))
    item = Library(kind, duration=draw(st.sampled_from([0, 5000])) if kind in ("movie", "episode") else 0)
    item.write(draw(several_values(kind)))
    return item, draw(several_values(kind)), draw(st.sampled_from(mapping.RATINGS))


def _as_wanted(item: Library, values: dict[str, Any]) -> None:
    shown = item.shown()
    for name, value in values.items():
        if name not in shown or mapping.refusal(item.kind, name, value):
            continue
        if name.endswith("_votes") and shown[name.replace("_votes", "_rating")] is None:
            continue  # no rating to keep them with
        kept = name == "ids" and item.kind == "episode"  # of which Kodi lets go of none, whatever is wanted beside
        asked = {each: text for each, text in (value or {}).items() if text is not None} if kept else value
        assert mapping.same(item.kind, name, shown[name], asked), (name, shown[name], value)
        if name != "ids":
            wanted = mapping.normal(item.kind, name, value)
            assert _any_spelling(name, shown[name]) == _any_spelling(name, wanted)


def _any_spelling(name: str, value: Any) -> Any:
    """Of what Kodi keeps in the spelling that it met first, which may be one that the item bore before; tags in any
    order, as `same` has it."""
    if name == "tags" and value is not None:
        return sorted(shapes.folded(text) for text in value)
    if name == "collection" and value is not None:
        return {"name": shapes.folded(value["name"])}
    return value


@given(libraries())
def test_kodi_then_shows_what_was_wanted_and_nothing_is_left_to_write(
    library: tuple[Library, dict[str, Any], str],
) -> None:
    item, values, default = library
    item.write(values, default)
    _as_wanted(item, values)
    again = [part for part in item.parts(values, default) if part.fields != {"status"}]
    assert again == []


@given(libraries())
def test_parts_may_be_sent_one_by_one_in_any_order(library: tuple[Library, dict[str, Any], str]) -> None:
    item, values, default = library
    for part in reversed(item.parts(values, default)):
        item.send(part)
    _as_wanted(item, values)


@given(libraries())
def test_what_is_not_wanted_stays(library: tuple[Library, dict[str, Any], str]) -> None:
    item, values, default = library
    before, after = item.shown(), item.write(values, default)
    # A rating that goes takes its votes along.
    ratings = {name.replace("_rating", "_votes") for name in values}
    kept = [name for name in after if name not in values and name not in ratings]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


@given(libraries())
def test_nothing_empty_is_ever_sent(library: tuple[Library, dict[str, Any], str]) -> None:
    item, values, default = library
    params = mapping.joined(item.parts(values, default))
    assert params.get("title") != ""
    assert None not in [value for name, value in params.items() if name != "ids"]
    inside = [value for value in params.values() if isinstance(value, list)]
    inside += [list(value.values()) for name, value in params.items() if name in ("art", "uniqueid")]
    assert not [text for texts in inside for text in texts if text == ""]


def test_a_call_that_is_rejected_can_be_halved_until_the_culprit_is_known() -> None:
    old = Library("movie", FakeKodi(unknown={"tagline"}))
    parts = old.parts({"plot": "x", "tagline": "y", "poster": POSTER, "clearlogo": POSTER, "imdb_rating": 8.2})
    with pytest.raises(Rejected, match="Too many parameters"):
        old.send(*parts)
    assert old.shown()["plot"] is None
    for part in parts:
        if part.fields != {"tagline"}:
            old.send(part)
    shown = old.shown()
    assert (shown["plot"], shown["imdb_rating"], shown["tagline"]) == ("x", 8.2, None)
