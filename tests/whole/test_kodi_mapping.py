"""What Metarr writes, written to a real Kodi and read back; and that the stand-in for it behaves the same."""

from collections.abc import Iterator
from typing import Any

import pytest

from fake_kodi import PARAMETERS, PROPERTIES, FakeKodi, Rejected
from kodi_host import Kodi, Movie, RpcRefused, Show, databases, needs_kodi
from metarr_kodi import mapping

pytestmark = [pytest.mark.e2e, needs_kodi]

KINDS = ("movie", "series", "season", "episode")
WATCHED = {
    "movie": {"playcount": 2, "userrating": 7, "resume": {"position": 10.0, "total": 100.0}},
    "series": {"userrating": 6},
    "season": {"userrating": 5},
    "episode": {"playcount": 3, "userrating": 4, "resume": {"position": 20.0, "total": 200.0}},
}
"""What the owner did, with the properties that tell of it."""


def images(*names: str) -> list[dict[str, Any]]:
    return [{"url": f"https://images.example/ä {name}?size=1&t=(1)~*'!".replace(" ", "%20")} for name in names]


VALUES: dict[str, tuple[Any, Any]] = {
    "title": ("Heat", "  Heat – “Director's” ☃ 😀 "),
    "original_title": ("Heat", "Héat"),
    "sort_title": ("Heat 1", "1 Heat"),
    "tagline": ("A Los Angeles crime saga", "x / y"),
    "plot": ("Obsessive.\nLoner.\n", "\r\n\u00a0Other\t"),
    "outline": ("Cops and robbers.", "Robbers."),
    "release_date": ("1995-12-15", "2031-02-28"),
    "runtime_minutes": (170, 1),
    "status": ("Ended", "Returning Series"),
    "certification": ("R", "DE:16"),
    "genres": (["Crime", "Drama"], ["Drama", " Action / Crime ", "Drama"]),
    "studios": (["Warner Bros.", "Regency"], ["Ä / B", "C"]),
    "networks": (["AMC"], ["AMC", "Netflix"]),
    "countries": (["USA"], ["Deutschland", "USA"]),
    "tags": (["heist", "Los Angeles"], ["HEIST", "a / b"]),
    "directors": (["Michael Mann"], ["A", "B"]),
    "writers": (["Michael Mann"], ["B", "A"]),
    "collection": ({"name": "Heat Collection", "ids": {"tmdb": "1"}}, {"name": "heat collection"}),
    "trailer": ("https://youtu.be/2GfZl4kuVNI", "https://videos.example/heat.mp4?a=1&b=2"),
    "imdb_rating": (8.25, 8.35),
    "imdb_votes": (700_001, 2_000_000_000),
    "tmdb_rating": (7.9, 0.1),
    "tmdb_votes": (7, 8),
    "rotten_tomatoes_score": (83, 1),
    "metacritic_score": (76, 100),
    "poster": (images("p.jpg"), images("q.jpg", "r.jpg")),
    "fanart": (images("0.jpg", "1.jpg", "2.jpg"), images("2.jpg", "0.jpg")),
    **{
        name: (images(f"{name}1.png"), images(f"{name}2.png"))
        for name in ("clearlogo", "clearart", "banner", "landscape", "disc", "characterart", "keyart", "still")
    },
    "ids": ({"imdb": "tt0113277", "tmdb": "949"}, {"imdb": "tt0113278", "trakt": "heat-1995"}),
}
EACH = [(kind, field) for kind in KINDS for field in mapping.takes(kind) if mapping.FIELDS[kind][field].readable]


class Library:
    """One item of a kind in a real Kodi."""

    def __init__(self, kodi: Kodi, kind: str, number: int) -> None:
        self.kodi = kodi
        self.kind = kind
        self.number = number
        self.noun = mapping.NOUNS[kind]

    def ask(self, *properties: str) -> dict[str, Any]:
        asked = {self.noun.id_name: self.number, "properties": list(properties)}
        details: dict[str, Any] = self.kodi.rpc(self.noun.get, **asked)[self.noun.details]
        return details

    def details(self) -> dict[str, Any]:
        return self.ask(*mapping.properties(self.kind))

    def shown(self) -> dict[str, Any]:
        return mapping.read(self.kind, self.details())

    def set(self, **params: Any) -> None:
        assert self.kodi.rpc(self.noun.set, **{self.noun.id_name: self.number}, **params) == "OK"

    def parts(self, values: dict[str, Any]) -> list[mapping.Part]:
        return mapping.write(self.kind, values, self.details())

    def write(self, values: dict[str, Any]) -> dict[str, Any]:
        if parts := self.parts(values):
            self.set(**mapping.joined(parts))
        return self.shown()


@pytest.fixture(scope="module")
def kodi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kodi]:
    """A running Kodi with three films and a show."""
    with Kodi(tmp_path_factory.mktemp("kodi")) as running:
        running.add_movies(
            *(Movie(title, 1995, {"imdb": f"tt000000{place}"}) for place, title in enumerate(["Heat", "Bare", "Third"]))
        )
        running.add_shows(Show("Severance", 2022, {"tvdb": "371980", "imdb": "tt11280740"}, {1: 3}))
        running.scan()
        yield running


def item_of(kodi: Kodi, kind: str, place: int = 0) -> Library:
    noun = mapping.NOUNS[kind]
    within = {"tvshowid": item_of(kodi, "series").number} if kind == "season" else {}
    found = kodi.rpc(noun.get_all, sort={"method": "label"}, **within)[noun.many.lower()]
    return Library(kodi, kind, sorted(each[noun.id_name] for each in found)[place])


# The contract of the API


def description(kodi: Kodi, name: str, kind: str = "method") -> dict[str, Any]:
    told: dict[str, Any] = kodi.rpc("JSONRPC.Introspect", filter={"id": name, "type": kind})
    return told


def types_of(parameter: dict[str, Any], types: dict[str, Any]) -> set[str]:
    """The JSON types that a parameter may have."""
    if "$ref" in parameter:
        return types_of(types[parameter["$ref"]], types)
    if isinstance(parameter["type"], list):
        return {name for each in parameter["type"] for name in types_of(each, types)}
    return {parameter["type"]}


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_exists_with_the_type_that_is_sent(kodi: Kodi, kind: str) -> None:
    told = description(kodi, mapping.NOUNS[kind].set)
    parameters = {each["name"]: each for each in told["methods"][mapping.NOUNS[kind].set]["params"]}
    names = {str: "string", int: "integer", list: "array", dict: "object"}
    for field in mapping.takes(kind):
        for value in VALUES[field]:
            for part in mapping.write(kind, {field: value}, {}):
                for name, sent in part.params.items():
                    assert names[type(sent)] in types_of(parameters[name], told["types"]), field


@pytest.mark.parametrize("kind", KINDS)
def test_everything_asked_for_can_be_asked(kodi: Kodi, kind: str) -> None:
    noun = mapping.NOUNS[kind]
    known = description(kodi, noun.get)["types"][f"Video.Fields.{noun.one}"]["items"]["enums"]
    assert set(mapping.properties(kind)) <= set(known)


@pytest.mark.parametrize("kind", KINDS)
def test_the_stand_in_knows_the_same_parameters_and_properties(kodi: Kodi, kind: str) -> None:
    noun = mapping.NOUNS[kind]
    told = description(kodi, noun.set)["methods"][noun.set]["params"]
    assert [each["name"] for each in told] == [noun.id_name, *PARAMETERS[noun.one.lower()]]
    known = description(kodi, noun.get)["types"][f"Video.Fields.{noun.one}"]["items"]["enums"]
    assert PROPERTIES[noun.one.lower()] <= set(known)


# Field by field


@pytest.mark.parametrize(("kind", "field"), EACH)
def test_a_field_is_written_read_back_and_written_no_more(kodi: Kodi, kind: str, field: str) -> None:
    item = item_of(kodi, kind)
    if field.endswith("_votes"):
        item.write({field.replace("_votes", "_rating"): 5.0})
    for value in VALUES[field]:
        shown = item.write({field: value})[field]
        assert mapping.same(kind, field, shown, value)
        if field not in ("tags", "collection", "ids"):
            assert shown == mapping.normal(kind, field, value)
        assert item.parts({field: value}) == []


@pytest.mark.parametrize(("kind", "field"), EACH)
def test_a_field_is_emptied_where_kodi_lets_go_of_it(kodi: Kodi, kind: str, field: str) -> None:
    item = item_of(kodi, kind)
    item.write({name: VALUES[name][0] for name in (field, field.replace("_votes", "_rating"))})
    before = item.shown()[field]
    assert before is not None
    shown = item.write({field: None})[field]
    refused = mapping.refusal(kind, field, None) or field == "ids"
    assert shown == (before if refused else None)


@pytest.mark.parametrize("kind", KINDS)
def test_all_fields_at_once_and_what_the_owner_did_stays(kodi: Kodi, kind: str) -> None:
    item = item_of(kodi, kind)
    item.set(**WATCHED[kind])
    told = [*WATCHED[kind], *({"dateadded", "lastplayed", "file"} if kind != "season" else ())]
    before = item.ask(*told)
    for place in (0, 1):
        values = {field: VALUES[field][place] for field in mapping.takes(kind)}
        shown = item.write(values)
        assert [field for field in shown if not mapping.same(kind, field, shown[field], values[field])] == []
        assert [part.fields for part in item.parts(values) if part.fields != {"status"}] == []
    after = item.ask(*told)
    assert {name: after[name] for name in told} == {name: before[name] for name in told}
    assert {name: after[name] for name in WATCHED[kind]} == WATCHED[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_of_all_tells_what_each_tells(kodi: Kodi, kind: str) -> None:
    item = item_of(kodi, kind)
    item.write({field: VALUES[field][0] for field in mapping.takes(kind)})
    within = {"tvshowid": item_of(kodi, "series").number} if kind == "season" else {}
    answer = kodi.rpc(item.noun.get_all, properties=mapping.properties(kind), **within)
    listed = next(each for each in answer[item.noun.many.lower()] if each[item.noun.id_name] == item.number)
    assert mapping.read(kind, listed) == item.shown()


def test_a_show_has_the_status_that_was_written(kodi: Kodi) -> None:
    show = item_of(kodi, "series")
    show.write({"status": "Canceled"})
    is_cancelled = {"field": "status", "operator": "is", "value": "cancelled"}
    assert len(kodi.rpc("VideoLibrary.GetTVShows", filter=is_cancelled).get("tvshows", [])) == 1


_STREAM = """
INSERT INTO streamdetails (idFile, iStreamType, strVideoCodec, iVideoWidth, iVideoHeight, iVideoDuration)
SELECT idFile, 0, 'h264', 1920, 1080, 8203 FROM {0} WHERE id{0} = ?"""


@pytest.mark.parametrize("kind", ["movie", "episode"])
def test_the_runtime_stays_where_kodi_knows_the_length_of_the_file(kodi: Kodi, kind: str) -> None:
    item = item_of(kodi, kind, 1)
    item.write({"runtime_minutes": 100})
    databases.change(kodi.profile.databases, "MyVideos*.db", _STREAM.format(kind), (item.number,))
    assert item.write({"plot": "New"})["runtime_minutes"] == 100
    for part in item.parts({"plot": "Newer", "runtime_minutes": 101}):
        item.set(**part.params)
    assert item.shown()["runtime_minutes"] == 101
    item.set(plot="Silent about the runtime")
    assert item.details()["runtime"] == 8203


# The stand-in

RATED = {"imdb": {"rating": 8.25, "votes": 3}, "metacritic": {"rating": 7, "votes": 0, "default": True}}
REPLAYED: list[tuple[str, dict[str, Any]]] = [
    *[
        (kind, params)
        for kind in KINDS
        for params in (
            {"title": "  New \v\f"},
            {"title": ""},
            {"title": None},
            {"title": 5},
            {"title": "New", "unheard": 1},
            {"art": {"poster": "https://x/ä b~(1)*'!.jpg?a=%20&b=_-.", "spine": "/disk/s.jpg", "nothing": None}},
            {"art": {"poster": None}},
            {"art": {"poster": ""}},
            {"art": []},
            {"art": None},
            {"userrating": 3},
        )
    ],
    *[
        (kind, params)
        for kind in ("movie", "series", "episode")
        for params in (
            {"ratings": RATED},
            {"ratings": {"imdb": {"rating": 8.3}}},
            {"ratings": {"imdb": {"rating": 0, "votes": 9}, "themoviedb": {"rating": 11.5}}},
            {"ratings": {"trakt": {"rating": 5, "votes": -1, "default": True}}},
            {"ratings": {"imdb": None}},
            {"ratings": None},
            {"ratings": []},
            {"ratings": {"imdb": 5}},
            {"ratings": {"imdb": {"votes": 5}}},
            {"ratings": {"imdb": {"rating": "5"}}},
            {"ratings": {"imdb": {"rating": 5, "votes": 2**31}}},
            {"ratings": {}},
            {"uniqueid": {"imdb": "tt1", "foo": "bar"}},
            {"uniqueid": {"foo": None, "nothing": None}},
            {"uniqueid": {"foo": ""}},
            {"uniqueid": {"foo": 5}},
            {"plot": "\r\n a\tb\u00a0\n", "originaltitle": "x"},
            {"plot": "", "originaltitle": ""},
            {"runtime": 61},
            {"runtime": 2**31},
            {"runtime": 1.5},
            {"runtime": True},
            {"runtime": 0},
        )
    ],
    *[
        (kind, {name: value})
        for kind, name in (("movie", "premiered"), ("series", "premiered"), ("episode", "firstaired"))
        for value in ("1995-12-15", "garbage", "2001", "", " 2031-02-28 ", "2001-02-30", "1970-01-01")
    ],
    *[
        (kind, {name: value})
        for kind, name in (("movie", "genre"), ("movie", "director"), ("series", "studio"), ("episode", "writer"))
        for value in (["A / B", " C ", "c"], ["/", " ", "a /", "/ b", "q / / r"], ["x", ""], "x", ["x", 5], None, [])
    ],
    *[(kind, {"tag": tags}) for kind in ("movie", "series") for tags in (["t1", "T1", " t "], [" ", "Ü", "ü"], [])],
    ("movie", {"set": " New Set "}),
    ("movie", {"set": "new set"}),
    ("movie", {"set": ""}),
    ("movie", {"trailer": " https://x/t.mp4 ", "mpaa": " R "}),
    ("movie", {"uniqueid": {"imdb": None}}),
    ("episode", {"uniqueid": {"imdb": None}}),
]


def test_the_stand_in_answers_and_shows_the_same_after_every_call(kodi: Kodi) -> None:
    fake = FakeKodi()
    numbers: dict[str, tuple[Library, int]] = {}
    for kind in KINDS:
        real = item_of(kodi, kind, 2 if kind in ("movie", "episode") else 0)
        numbers[kind] = real, _copied(fake, real)
    for kind, params in REPLAYED:
        real, number = numbers[kind]
        name = real.noun.id_name
        ours, theirs = _answer(fake, real, {name: number, **params}), _answer(kodi, real, {name: real.number, **params})
        assert ours == theirs, (kind, params)
        shown = fake.rpc(real.noun.get, **{name: number, "properties": mapping.properties(kind)})[real.noun.details]
        assert _comparable(shown, name) == _comparable(real.details(), name), (kind, params)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("VideoLibrary.SetMovieDetails", {"movieid": 999, "title": "x"}),
        ("VideoLibrary.SetMovieDetails", {"movieid": 0, "title": "x"}),
        ("VideoLibrary.SetMovieDetails", {"movieid": "1", "title": "x"}),
        ("VideoLibrary.SetMovieDetails", {"title": "x"}),
        ("VideoLibrary.GetMovieDetails", {"movieid": 999}),
        ("VideoLibrary.GetMovieDetails", {"movieid": 1, "properties": ["title", "nonsense"]}),
        ("VideoLibrary.GetTVShows", {"properties": ["status"]}),
        ("VideoLibrary.SetNothing", {}),
    ],
)
def test_the_stand_in_rejects_in_the_same_words(kodi: Kodi, method: str, params: dict[str, Any]) -> None:
    fake = FakeKodi()
    fake.add("movie", title="Heat")
    with pytest.raises(Rejected) as ours:
        fake.rpc(method, **params)
    with pytest.raises(RpcRefused) as theirs:
        kodi.rpc(method, **params)
    assert (ours.value.error["code"], ours.value.error.get("data")) == (theirs.value.code, theirs.value.data)


def _copied(fake: FakeKodi, real: Library) -> int:
    """An item in the stand-in that is as the real one, which loses its art."""
    details = {name: value for name, value in real.details().items() if name not in ("label", real.noun.id_name)}
    own = {key: url for key, url in details.pop("art").items() if key != "icon" and "." not in key}
    real.set(art=dict.fromkeys(own))
    default = real.ask("imdbnumber")["imdbnumber"] if real.kind in ("movie", "series") else ""
    types = [id_type for id_type, value in details.get("uniqueid", {}).items() if value == default]
    return fake.add(real.noun.one.lower(), default_id="".join(types[:1]), **details)


def _answer(kodi: Kodi | FakeKodi, real: Library, params: dict[str, Any]) -> Any:
    try:
        return kodi.rpc(real.noun.set, **params)
    except Rejected as rejected:
        return rejected.error["code"], rejected.error.get("data")
    except RpcRefused as refused:
        return refused.code, refused.data


def _comparable(details: dict[str, Any], id_name: str) -> dict[str, Any]:
    """Without its number, without art of parents; tags in any order."""
    art = {key: url for key, url in details["art"].items() if "." not in key}
    kept = {name: value for name, value in details.items() if name not in (id_name, "label")}
    return {**kept, "art": art, **({"tag": sorted(details["tag"])} if "tag" in details else {})}
