"""Whatever a provider does wrong becomes an outcome of that provider and nothing else."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from fakes import FakeHttp
from metarr.domain.outcome import Fragment
from metarr.domain.values import Collection, Credit, Image, Kind
from metarr.errors import BadAnswer, KeyRefused, ProviderError, RateLimited, TitleNotFound
from metarr.fetch.contract import Cancelled, Connection, Http, Limits, Response
from metarr.providers import guard
from metarr.providers.contract import Ask, Candidate, Provider, Query, SettingValue, common_settings

LIMITS = Limits()
ASK = Ask(kind=Kind.MOVIE, ids={"odd": "1"})
QUERY = Query(kind=Kind.MOVIE, title="Anything")
HTTP = FakeHttp()


class Odd(Provider):
    """Does what a test tells it to, however wrong."""

    id = "odd"
    name = "Odd"
    homepage = "https://odd.example"
    settings = common_settings("https://odd.example", LIMITS)
    limits = LIMITS
    covers = {
        Kind.MOVIE: frozenset({"title", "runtime_minutes", "release_date", "genres", "cast", "poster", "collection"})
        | {"tmdb_rating"}
    }
    asks_by = {Kind.MOVIE: ("odd",)}

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act

    def connection(self, settings: Mapping[str, Any]) -> Connection:
        return Connection(base_url="https://odd.example")

    def classify(self, response: Response) -> Any:
        return self.act()

    def details(self, ask: Ask, http: Http) -> Any:
        return self.act()

    def lookup(self, ask: Ask, http: Http) -> Any:
        return self.act()

    def search(self, query: Query, http: Http) -> Any:
        return self.act()

    def check(self, http: Http, settings: Mapping[str, SettingValue]) -> None:
        self.act()


def raising(error: BaseException) -> Odd:
    def act() -> Any:
        raise error

    return Odd(act)


def saying(returned: Any) -> Odd:
    return Odd(lambda: returned)


def fragment(**changed: Any) -> Fragment:
    return Fragment(**({"provider": "odd", "kind": Kind.MOVIE} | changed))


def checked(**changed: Any) -> Fragment:
    return guard.details(saying(fragment(**changed)), ASK, HTTP)


CALLS: dict[str, Callable[[Provider], Any]] = {
    "details": lambda provider: guard.details(provider, ASK, HTTP),
    "lookup": lambda provider: guard.lookup(provider, ASK, HTTP),
    "search": lambda provider: guard.search(provider, QUERY, HTTP),
    "check": lambda provider: guard.check(provider, HTTP, {}),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
WRONG = [ValueError("secret-text"), RecursionError(), SystemExit(3), MemoryError(), StopIteration(), AssertionError()]


class TestRaising:
    @each_call
    @pytest.mark.parametrize("error", WRONG, ids=lambda error: type(error).__name__)
    def test_whatever_is_raised_becomes_a_bad_answer(self, call: Callable[[Provider], Any], error: Exception) -> None:
        with capture_logs() as logs, pytest.raises(BadAnswer) as caught:
            call(raising(error))
        assert type(error).__name__ in str(caught.value)
        assert "secret-text" not in str(caught.value)
        assert [entry["event"] for entry in logs] == ["provider_call_failed"]
        assert logs[0]["exc_info"]

    @each_call
    @pytest.mark.parametrize("error", [RateLimited("wait"), KeyRefused("no"), TitleNotFound("none"), Cancelled()])
    def test_what_a_provider_may_raise_passes(self, call: Callable[[Provider], Any], error: Exception) -> None:
        with pytest.raises(type(error)) as caught:
            call(raising(error))
        assert caught.value is error

    @each_call
    def test_an_interrupt_by_the_owner_passes(self, call: Callable[[Provider], Any]) -> None:
        with pytest.raises(KeyboardInterrupt):
            call(raising(KeyboardInterrupt()))

    def test_classify_never_raises(self) -> None:
        answer = Response(status=200, headers={}, body=b"")
        assert isinstance(guard.classify(raising(ValueError()))(answer), BadAnswer)
        assert isinstance(guard.classify(raising(RateLimited("x")))(answer), RateLimited)

    @pytest.mark.parametrize("verdict", [None, RateLimited("x"), TitleNotFound("x")])
    def test_a_verdict_passes(self, verdict: Any) -> None:
        assert guard.classify(saying(verdict))(Response(status=200, headers={}, body=b"")) is verdict

    @pytest.mark.parametrize("verdict", [True, "error", ValueError("x"), RateLimited])
    def test_what_is_no_verdict_is_a_bad_answer(self, verdict: Any) -> None:
        assert isinstance(guard.classify(saying(verdict))(Response(status=200, headers={}, body=b"")), BadAnswer)


GOOD = {
    "title": "Odd One",
    "runtime_minutes": 90,
    "release_date": "2010-07-16",
    "genres": ("Drama", "Mystery"),
    "cast": (Credit(name="Noor Vance", role="Ida", ids={"tmdb": "5"}),),
    "poster": (Image(url="https://x.example/p.jpg", width=10, language="en"),),
    "collection": Collection(name="Odd Ones"),
    "tmdb_rating": 7.5,
}


class TestFragment:
    def test_a_good_fragment_passes_as_it_is(self) -> None:
        given_ = fragment(ids={"odd": "1", "imdb": "tt0133093"}, values=GOOD, titles=("Odd One",), trouble=("a note",))
        assert guard.details(saying(given_), ASK, HTTP) == given_

    @pytest.mark.parametrize(
        "nonsense",
        [
            None,
            {},
            "text",
            fragment(provider="tmdb"),
            fragment(kind=Kind.SERIES),
            fragment(ids=None),
            fragment(ids=["tt0133093"]),
            fragment(values=[1, 2]),
            fragment(empty=None),
            fragment(titles=7),
            fragment(trouble=7),
        ],
        ids=repr,
    )
    def test_nonsense_is_a_bad_answer(self, nonsense: Any) -> None:
        with pytest.raises(BadAnswer):
            guard.details(saying(nonsense), ASK, HTTP)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("title", 7),
            ("title", ["Odd"]),
            ("title", "x" * 20_001),
            ("title", "\ud800"),
            ("runtime_minutes", "90"),
            ("runtime_minutes", True),
            ("runtime_minutes", 90.5),
            ("runtime_minutes", -1),
            ("runtime_minutes", 10**15),
            ("tmdb_rating", float("nan")),
            ("tmdb_rating", float("inf")),
            ("release_date", "16 Jul 2010"),
            ("release_date", "2010-13-01"),
            ("release_date", "2010-07-16T00:00:00"),
            ("genres", "Drama"),
            ("genres", (8, 7)),
            ("genres", ("x" * 20_001,)),
            ("cast", (Credit(name=None),)),  # type: ignore[arg-type]
            ("cast", (Image(url="https://x.example/p.jpg"),)),
            ("cast", (Credit(name="x" * 20_001),)),
            ("poster", (Image(url="https://x.example/p.jpg", width="10"),)),  # type: ignore[arg-type]
            ("poster", {"url": "https://x.example/p.jpg"}),
            ("collection", "Odd Ones"),
            ("collection", Collection(name="x" * 20_001)),
            ("genres", object()),
        ],
    )
    def test_a_malformed_value_is_unread_and_costs_no_other(self, field: str, value: Any) -> None:
        found = checked(values={**GOOD, field: value})
        assert found.values == {name: good for name, good in GOOD.items() if name != field}
        assert found.unread == {field}
        assert [note.partition(":")[0] for note in found.trouble] == [field]
        assert all(len(note) <= 200 for note in found.trouble)

    @pytest.mark.parametrize("nothing", [None, "", ()])
    def test_a_value_that_says_nothing_is_empty(self, nothing: Any) -> None:
        field = "genres" if nothing == () else "title"
        found = checked(values={**GOOD, field: nothing})
        assert found.empty == {field}
        assert found.unread == frozenset()

    def test_every_declared_field_is_in_exactly_one_place(self) -> None:
        found = checked(
            values={"title": "Odd", "runtime_minutes": "x", "awards": "An Oscar"},
            empty=frozenset({"title", "genres", "runtime_minutes", "cast", "outline"}),
            unread=frozenset({"cast", "homepage"}),
        )
        assert set(found.values) == {"title"}
        assert found.empty == {"genres"}
        assert found.unread == Odd.covers[Kind.MOVIE] - {"title", "genres"}
        assert "awards: not declared" in found.trouble

    def test_images_that_are_not_secure_are_dropped(self) -> None:
        images = (Image(url="http://x.example/p.jpg"), Image(url="https://x.example/p.jpg"), Image(url="file:///p.jpg"))
        found = checked(values={"poster": images})
        assert found.values["poster"] == (images[1],)
        assert "poster" in checked(values={"poster": images[:1]}).empty

    @pytest.mark.parametrize(
        ("field", "good", "bad"),
        [
            ("genres", "Drama", 7),
            ("genres", "Drama", None),
            ("genres", "Drama", " "),
            ("genres", "Drama", "\ud800"),
            ("genres", "Drama", "x" * 20_001),
            ("cast", Credit(name="Ida"), {"role": "Nobody"}),
            ("cast", Credit(name="Ida"), Credit(name="")),
            ("cast", Credit(name="Ida"), Credit(name="Noor", role="x" * 20_001)),
            ("cast", Credit(name="Ida"), object()),
            ("poster", Image(url="https://example.org/a.jpg"), Image(url="https://example.org/b.jpg", width="wide")),  # type: ignore[arg-type]
            ("poster", Image(url="https://example.org/a.jpg"), Image(url="http://example.org/b.jpg")),
            ("poster", Image(url="https://example.org/a.jpg"), "https://example.org/b.jpg"),
        ],
    )
    def test_a_malformed_element_costs_itself_unless_it_is_all_there_is(self, field: str, good: Any, bad: Any) -> None:
        assert checked(values={field: (bad, good, bad)}).values[field] == (good,)
        assert field not in checked(values={field: (bad,)}).values

    def test_long_lists_are_cut(self) -> None:
        found = checked(values={"genres": tuple(map(str, range(600)))}, titles=tuple(map(str, range(600))))
        assert len(found.values["genres"]) == 500  # type: ignore[arg-type]
        assert len(found.titles) == 500

    @pytest.mark.parametrize(
        ("field", "raw", "value"),
        [
            ("title", "Tom &amp; Jerry", "Tom & Jerry"),
            ("title", "Odd\x00\u202e  &amp;amp; One\n", "Odd & One"),
            ("title", "I <3 NY & a < b", "I <3 NY & a < b"),
            ("genres", ("Sci-Fi &amp; Fantasy", "<b>Drama</b>"), ("Sci-Fi & Fantasy", "Drama")),
            ("cast", (Credit(name="Vincent D&apos;Onofrio", role="Him&nbsp;self", order=1),),
             (Credit(name="Vincent D'Onofrio", role="Him self", order=1),)),
            ("collection", Collection(name="Odd &amp; Ones", ids={"tmdb": "1"}),
             Collection(name="Odd & Ones", ids={"tmdb": "1"})),
            ("poster", (Image(url="https://x.example/p.jpg?a=1&lt;=2"),),
             (Image(url="https://x.example/p.jpg?a=1&lt;=2"),)),
        ],
    )  # fmt: skip
    def test_texts_are_cleaned(self, field: str, raw: Any, value: Any) -> None:
        assert checked(values={field: raw}).values == {field: value}

    @pytest.mark.parametrize(
        ("field", "raw"),
        [
            ("title", "&nbsp;"),
            ("genres", ("<br>",)),
            ("cast", (Credit(name="\x00"),)),
            ("collection", Collection(name="<p>")),
        ],
    )
    def test_what_is_empty_when_it_is_cleaned_is_empty(self, field: str, raw: Any) -> None:
        assert field in checked(values={field: raw}).empty

    def test_what_is_no_id_is_dropped(self) -> None:
        ids = {"imdb": "tt0133093", "tmdb": "abc", "Odd Type": "1", "odd": 7, "wikidata": "Q83495", "other": "a b"}
        ids |= {"tvdb": "0", "trakt": "None", "tmdbcollection": "5"}
        assert checked(ids=ids).ids == {"imdb": "tt0133093", "wikidata": "Q83495"}
        assert checked(ids={"IMDB": "0133093", "TheTVDB": "7"}).ids == {"imdb": "tt0133093", "tvdb": "7"}

    def test_what_is_no_title_is_dropped(self) -> None:
        assert checked(titles=("One", 7, "", "One", "x" * 501, "&nbsp;", "O&apos;ne")).titles == ("One", "O'ne")

    @given(
        values=st.dictionaries(
            st.sampled_from([*sorted(GOOD), "awards", "nothing"]),
            st.one_of(
                st.none(),
                st.booleans(),
                st.integers(),
                st.floats(),
                st.text(),
                st.lists(st.text()).map(tuple),
                st.sampled_from(list(GOOD.values())),
            ),
        ),
        empty=st.frozensets(st.sampled_from([*GOOD, "awards"])),
        unread=st.frozensets(st.sampled_from([*GOOD, "awards"])),
    )
    def test_any_fragment_comes_out_sound_and_stays_so(
        self, values: dict[str, Any], empty: frozenset[str], unread: frozenset[str]
    ) -> None:
        found = checked(values=values, empty=empty, unread=unread)
        places = [*found.values, *found.texts, *found.empty, *found.unread]
        assert sorted(places) == sorted(Odd.covers[Kind.MOVIE])
        assert guard.details(saying(found), ASK, HTTP) == found


class TestLookup:
    def test_ids_pass(self) -> None:
        assert guard.lookup(saying({"odd": "7", "imdb": "tt0133093"}), ASK, HTTP) == {"odd": "7", "imdb": "tt0133093"}

    @pytest.mark.parametrize("returned", [None, {}, [], "7", {"odd": 7}, {"imdb": "tt0133093"}, {"odd": ""}])
    def test_what_holds_no_id_to_ask_by_is_a_bad_answer(self, returned: Any) -> None:
        with pytest.raises(BadAnswer):
            guard.lookup(saying(returned), ASK, HTTP)

    def test_a_provider_that_looks_nothing_up_does_not_know_the_title(self) -> None:
        class Plain(Odd):
            lookup = None  # type: ignore[assignment]

        with pytest.raises(TitleNotFound):
            guard.lookup(Plain(lambda: {"odd": "1"}), ASK, HTTP)


def candidate(**changed: Any) -> Candidate:
    whole = {"provider": "odd", "kind": Kind.MOVIE, "ids": {"odd": "1"}, "titles": ("Odd",)}
    return Candidate(**(whole | changed))


class TestSearch:
    def test_candidates_pass(self) -> None:
        found = (candidate(year=2010, popularity=1.5), candidate(ids={"odd": "2"}))
        assert guard.search(saying(list(found)), QUERY, HTTP) == found

    def test_their_texts_are_cleaned(self) -> None:
        raw = candidate(titles=("Odd &amp; One",), overview="<p>A.</p><p>B &lt;3</p>")
        assert guard.search(saying([raw]), QUERY, HTTP) == (candidate(titles=("Odd & One",), overview="A.\n\nB <3"),)

    @pytest.mark.parametrize(
        "wrong",
        [
            None,
            "text",
            candidate(provider="tmdb"),
            candidate(kind=Kind.SERIES),
            candidate(ids={}),
            candidate(ids={"odd": 1}),
            candidate(ids={"imdb": "nonsense"}),
            candidate(titles=()),
            candidate(titles=(7,)),
            candidate(year="2010"),
            candidate(overview="x" * 20_001),
        ],
        ids=repr,
    )
    def test_a_malformed_candidate_costs_itself_only(self, wrong: Any) -> None:
        assert guard.search(saying([wrong, candidate()]), QUERY, HTTP) == (candidate(),)
        with pytest.raises(BadAnswer):
            guard.search(saying([wrong]), QUERY, HTTP)

    @pytest.mark.parametrize("returned", [None, {}, "text", 7])
    def test_what_is_no_list_is_a_bad_answer(self, returned: Any) -> None:
        with pytest.raises(BadAnswer):
            guard.search(saying(returned), QUERY, HTTP)

    def test_nothing_found_is_an_answer(self) -> None:
        assert guard.search(saying([]), QUERY, HTTP) == ()

    def test_no_more_than_a_hundred_are_taken(self) -> None:
        assert len(guard.search(saying([candidate()] * 150), QUERY, HTTP)) == 100


def test_the_guard_raises_only_what_it_promises() -> None:
    assert issubclass(BadAnswer, ProviderError)
    assert guard.guarded(lambda: 7, "odd.anything") == 7
