"""Who plays what, who wrote what, and the few other facts that providers put in odd places."""

from typing import Any

import pytest

from metarr.domain.values import Credit, Kind
from metarr.providers import reading
from metarr.providers.omdb import Omdb
from mutations import changed

p = pytest.param


def told(provider: str, kind: Kind, **changes: Any) -> Any:
    """The values of a provider's hand-written answer with some parts changed."""
    return changed(provider, kind, **changes).read().values


def names(cast: tuple[Credit, ...]) -> list[str]:
    assert [credit.order for credit in cast] == list(range(len(cast)))
    return [credit.name for credit in cast]


def played(number: int, name: str, order: Any, *roles: tuple[str, Any], total: Any = ...) -> dict[str, Any]:
    entry = {
        "id": number,
        "name": name,
        "order": order,
        "roles": [{"character": character, "episode_count": episodes} for character, episodes in roles],
    }
    return entry if total is ... else entry | {"total_episode_count": total}


class TestSeries:
    @pytest.mark.parametrize(
        ("entries", "ranked"),
        [
            p([played(1, "A", 0, ("x", 3)), played(2, "B", 500, ("y", 60))], ["B", "A"], id="a lead as a guest"),
            p([played(1, "A", 1, ("x", 10)), played(2, "B", 0, ("y", 10))], ["B", "A"], id="then as billed"),
            p([played(1, "A", 0, ("x", 1), total=90), played(2, "B", 1, ("y", 2))], ["A", "B"], id="the total counts"),
            p([played(1, "A", 0, ("x", 5)), played(2, "B", 9, ("y", 4), ("z", 4))], ["B", "A"], id="else all roles"),
            p([played(1, "A", 0, ("x", 5)), played(2, "B", 9, ("y", 3)), played(2, "B", 500, ("z", 3))], ["B", "A"],
              id="and all entries"),
            p([played(1, "A", None, ("x", 5)), played(2, "B", 9, ("y", 5))], ["B", "A"], id="without an order last"),
            p([played(1, "A", 0, ("x", "many")), played(2, "B", 9, ("y", 1))], ["B", "A"], id="without a count last"),
        ],
    )  # fmt: skip
    def test_the_cast_is_ranked_by_episodes(self, entries: list[dict[str, Any]], ranked: list[str]) -> None:
        for listed in (entries, entries[::-1]):
            assert names(told("tmdb", Kind.SERIES, aggregate_credits={"cast": listed})["cast"]) == ranked

    def test_a_lead_among_hundreds_of_guests_is_there(self) -> None:
        guests = [played(number, f"Guest {number}", number, ("Guest", 1)) for number in range(200)]
        cast = told("tmdb", Kind.SERIES, aggregate_credits={"cast": [*guests, played(999, "Lead", 500, ("X", 60))]})[
            "cast"
        ]
        assert names(cast)[0] == "Lead"
        assert len(cast) == 50

    def test_everybody_is_there_once_with_the_roles_that_were_played_most(self) -> None:
        roles = [(f"Role {episodes}", episodes) for episodes in range(1, 9)]
        [credit] = told("tmdb", Kind.SERIES, aggregate_credits={"cast": [played(1, "A", 0, *roles)]})["cast"]
        assert credit.role == "Role 8 / Role 7 / Role 6 / Role 5 / Role 4"

    @pytest.mark.parametrize(
        ("entered", "last", "minutes"),
        [
            ([45, 60], {"runtime": 47}, 45),
            ([0, 45], {"runtime": 47}, 45),
            ([], {"runtime": 47}, 47),
            ([0], {"runtime": 47}, 47),
            ([], {"runtime": None}, None),
            ([], {"runtime": "long"}, None),
            ([], {}, None),
            ([], None, None),
            ([], 7, None),
        ],
    )
    def test_its_runtime_is_that_of_an_episode(self, entered: list[int], last: Any, minutes: int | None) -> None:
        values = told("tmdb", Kind.SERIES, episode_run_time=entered, last_episode_to_air=last)
        assert values.get("runtime_minutes") == minutes

    def test_omdb_tells_its_creators_and_no_runtime(self) -> None:
        values = told("omdb", Kind.SERIES, Writer="David Benioff, D.B. Weiss", Runtime="2 min")
        assert values["creators"] == ("David Benioff", "D.B. Weiss")
        assert "runtime_minutes" not in Omdb.covers[Kind.SERIES]
        assert "creators" not in Omdb.covers[Kind.MOVIE]


class TestOneEntryEach:
    def test_an_actor_with_three_roles_is_one_entry(self) -> None:
        roles = ("Sherman", "Granny", "Mama")
        cast = [{"id": 776, "name": "E M", "character": role, "order": n} for n, role in enumerate(roles)]
        other = {"id": 5, "name": "Between", "character": "Sherman", "order": 1}
        entries = told("tmdb", Kind.MOVIE, credits={"cast": [*cast, other], "crew": []})["cast"]
        assert [(credit.name, credit.role) for credit in entries] == [
            ("E M", "Sherman / Granny / Mama"),
            ("Between", "Sherman"),
        ]
        names(entries)

    def test_namesakes_are_two(self) -> None:
        cast = [{"id": number, "name": "E M", "character": "X", "order": number} for number in (1, 2)]
        assert names(told("tmdb", Kind.MOVIE, credits={"cast": cast, "crew": []})["cast"]) == ["E M", "E M"]

    def test_one_of_thetvdb_too(self) -> None:
        actor = {"peopleType": "Actor", "personName": "A B", "peopleId": 7, "personImgURL": None}
        cast = [
            actor | {"name": "One", "sort": 1},
            actor | {"name": "Two", "sort": 2, "personImgURL": "/banners/p.jpg"},
        ]
        [credit] = told("tvdb", Kind.SERIES, characters=cast)["cast"]
        assert (credit.name, credit.role) == ("A B", "One / Two")
        assert credit.photo.endswith("/banners/p.jpg")

    @pytest.mark.parametrize(
        ("entered", "joined"),
        [
            ([Credit(name="A", role="x"), Credit(name="a ", role="X"), Credit(name="A")], [("A", "x")]),
            ([Credit(name="A"), Credit(name="A", role="y")], [("A", "y")]),
            ([Credit(name="A", role="x", ids={"tmdb": "1"}), Credit(name="A", role="y")], [("A", "x"), ("A", "y")]),
            ([Credit(name="A", role="x" * 300)], [("A", "")]),
        ],
    )
    def test_roles_are_each_told_once(self, entered: list[Credit], joined: list[tuple[str, str]]) -> None:
        assert [(credit.name, credit.role) for credit in reading.one_entry_each(entered)] == joined


@pytest.mark.parametrize(
    ("listed", "people"),
    [
        ("Robert Downey, Jr., Jane Doe", ("Robert Downey, Jr.", "Jane Doe")),
        ("Jane Doe, Robert Downey, Jr", ("Jane Doe", "Robert Downey, Jr")),
        ("A B, Sr., C D, III, E F, Ph.D.", ("A B, Sr.", "C D, III", "E F, Ph.D.")),
        ("Junior Jones, Sri Devi, Ivy Green", ("Junior Jones", "Sri Devi", "Ivy Green")),
        ("A B (novel (as C D)), E F", ("A B", "E F")),
        ("A B (novel by (the late) C, D), E F (story)", ("A B", "E F")),
        ("A B (novel, E F", ("A B", "E F")),
        ("A B), E F", ("A B", "E F")),
        ("A B (novel), A B (screenplay)", ("A B",)),
        (", ,A B,,", ("A B",)),
    ],
)
def test_names_between_commas_are_people(listed: str, people: tuple[str, ...]) -> None:
    assert told("omdb", Kind.MOVIE, Writer=listed)["writers"] == people


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("http://www.example.org/film", "http://www.example.org/film"),
        ("https://example.org", "https://example.org"),
        ("https://example.org?film=1", "https://example.org?film=1"),
        ("ftp://example.org/", None),
        ("javascript:alert(1)", None),
        ("www.example.org", None),
        ("", None),
    ],
)
def test_a_homepage_keeps_its_scheme(address: str, kept: str | None) -> None:
    assert told("tmdb", Kind.MOVIE, homepage=address).get("homepage") == kept
    assert (
        told("tvdb", Kind.MOVIE, remoteIds=[{"sourceName": "Official Website", "id": address}]).get("homepage") == kept
    )


POSTER = {"file_path": "/a.jpg", "width": 2000, "height": 3000}
ART = {"id": 1, "image": "/posters/1.jpg", "type": 2, "width": 680, "height": 1000}
LIKED = {"id": "1", "url": "https://assets.fanart.tv/a.jpg", "likes": "1"}


class TestKeyArt:
    """A poster without its title, and never one of which nobody knows whether it bears one."""

    @pytest.mark.parametrize(
        ("languages", "textless"),
        [(["en", None], 1), (["en", "xx"], 1), (["en"], 0), ([None], 0), ([None, None], 0), (["ja", None, None], 2)],
    )
    def test_tmdb_s_without_a_language_beside_some_that_have_one(self, languages: list[Any], textless: int) -> None:
        listed = [POSTER | {"file_path": f"/{n}.jpg", "iso_639_1": language} for n, language in enumerate(languages)]
        values = told("tmdb", Kind.MOVIE, images={"posters": listed, "backdrops": [], "logos": []})
        assert len(values.get("keyart", ())) == textless
        assert len(values["poster"]) == (len(languages) - textless if any(languages) else len(languages))

    @pytest.mark.parametrize(
        ("posters", "textless"),
        [
            ([{"language": None, "includesText": True}, {"language": "eng", "includesText": True}], 0),
            ([{"language": None, "includesText": False}], 1),
            ([{"language": "jpn", "includesText": False}, {"language": "eng", "includesText": True}], 1),
            ([{"language": None}, {"language": "eng"}], 1),
            ([{"language": None}], 0),
            ([{"language": None}, {"language": None, "includesText": True}], 1),
        ],
    )
    def test_thetvdb_s_that_are_said_to_bear_no_text(self, posters: list[dict[str, Any]], textless: int) -> None:
        listed = [ART | poster | {"image": f"/posters/{n}.jpg"} for n, poster in enumerate(posters)]
        assert len(told("tvdb", Kind.SERIES, artworks=listed).get("keyart", ())) == textless

    @pytest.mark.parametrize(
        ("languages", "textless"), [(["00"], 1), ([""], 0), (["en", ""], 0), (["en", "00", ""], 1)]
    )
    def test_fanart_s_that_are_said_to_bear_none(self, languages: list[str], textless: int) -> None:
        listed = [
            LIKED | {"lang": lang, "url": f"https://assets.fanart.tv/{n}.jpg"} for n, lang in enumerate(languages)
        ]
        assert len(told("fanart", Kind.MOVIE, movieposter=listed).get("keyart", ())) == textless
