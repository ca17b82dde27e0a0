"""Which title some words mean: scored, joined, and left to the owner wherever two titles fit."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeClock
from harness import SECONDS, House, house, kinds
from metarr.asking.search import Matches, ReadingMatches, claims, not_one, ranked, undecided
from metarr.domain.item import Match
from metarr.domain.matching import ACCEPT, Wanted
from metarr.domain.outcome import NotFound, Unavailable
from metarr.domain.values import Kind
from metarr.errors import AllRefused, BadAnswer, CannotDo, Reason
from metarr.fetch.contract import Http
from metarr.providers import omdb, tmdb
from metarr.providers.contract import Candidate, Query
from metarr.store import key_values
from samples import sample_json
from scripted_providers import Scripted, scripted_house
from simulators import Simulators

pytestmark = pytest.mark.slow

TV, FILM = Kind.SERIES, Kind.MOVIE
p = pytest.param


def search(home: House, kind: Kind, title: str, *providers: str, year: int = 0, country: str = "") -> Matches:
    return home.services.titles.search(
        kind,
        Wanted(title=title, year=year, country=country),
        deadline=home.clock.monotonic() + SECONDS,
        providers=frozenset(providers) or None,
    )


def winning(found: Matches) -> str:
    """The IMDb id of the one title that may be taken; "" where none may."""
    winner = found.winner()
    return winner.ids["imdb"] if winner else ""


def candidate(
    provider: str, ids: Mapping[str, str], title: str = "Heat", year: int = 1995, **more: object
) -> Candidate:
    return Candidate(provider=provider, kind=FILM, ids=ids, titles=(title,), year=year, **more)  # type: ignore[arg-type]


HEAT = Wanted(title="Heat", year=1995)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class TestThroughTheProviders:
    def test_everyone_s_finds_of_one_title_are_one_candidate_with_all_its_ids(self, home: House) -> None:
        found = search(home, FILM, "Inception", year=2010)
        best = found.matches[0]
        assert {**best.ids, "wikidata": ""} == {"imdb": "tt1375666", "tmdb": "27205", "tvdb": "300113", "wikidata": ""}
        assert best.providers == ("omdb", "tmdb", "tvdb")
        assert (best.title, best.year, best.score, best.penalties) == ("Inception", 2010, 1.0, {})
        assert found.winner() == best
        assert kinds(found.outcomes) == {
            "fanart": "not_covered",
            "omdb": "Answered",
            "tmdb": "Answered",
            "tvdb": "Answered",
        }

    @pytest.mark.parametrize(
        ("words", "imdb"),
        [
            ({"title": "Dallas", "year": 1978}, "tt0077000"),
            ({"title": "Dallas", "year": 2012}, "tt1723760"),
            ({"title": "Dallas (2012)"}, "tt1723760"),
            ({"title": "Dallas"}, ""),
            ({"title": "Shameless", "country": "GB"}, "tt0377260"),
            ({"title": "Shameless", "country": "UK"}, "tt0377260"),
            ({"title": "Shameless (US)"}, "tt1586680"),
            ({"title": "Shameless", "year": 2011}, "tt1586680"),
            ({"title": "Shameless"}, ""),
            ({"title": "House of Cards", "year": 1990}, "tt0098825"),
            ({"title": "House of Cards", "country": "US"}, "tt1856010"),
            ({"title": "House of Cards"}, ""),
        ],
    )
    def test_remakes_are_told_apart_by_year_or_country_or_left_to_the_owner(
        self, home: House, words: dict[str, object], imdb: str
    ) -> None:
        assert winning(search(home, TV, **words)) == imdb  # type: ignore[arg-type]

    @pytest.mark.parametrize(("year", "tmdb_id"), [(2013, "49521"), (1967, "334166"), (1999, "319179"), (0, "")])
    def test_three_men_of_steel_are_told_apart(self, home: House, year: int, tmdb_id: str) -> None:
        winner = search(home, FILM, "Man of Steel", "tmdb", year=year).winner()
        assert (winner.ids["tmdb"] if winner else "") == tmdb_id

    @pytest.mark.parametrize("providers", [("omdb",), ("tmdb",), ("tvdb",), ("omdb", "tmdb")])
    def test_any_provider_alone_finds_the_title(self, home: House, providers: tuple[str, ...]) -> None:
        found = search(home, FILM, "The Matrix", *providers, year=1999)
        winner = found.winner()
        assert winner is not None
        assert winner.providers == providers
        assert set(kinds(found.outcomes).values()) == ({"Answered", "not_covered", "not_selected"})

    def test_a_year_off_by_one_still_finds_the_title(self, home: House) -> None:
        winner = search(home, FILM, "Inception", year=2011).winner()
        assert winner is not None
        assert winner.penalties["year_off_by_one"] > 0

    def test_an_alternative_title_finds_it_at_a_small_cost(self, home: House) -> None:
        best = search(home, FILM, "Kimi no Na wa.", "tvdb", year=2016).matches[0]
        assert best.ids["imdb"] == "tt5311514"
        assert list(best.penalties) == ["alternative_title"]
        assert best.score > ACCEPT

    def test_a_title_that_nobody_knows_is_an_answer(self, home: House) -> None:
        found = search(home, FILM, "No Such Title Anywhere")
        assert found.matches == ()
        assert set(kinds(found.outcomes).values()) == {"NotFound", "not_covered"}
        assert undecided(Wanted(title="No Such Title Anywhere"), found).reason == "TITLE_UNKNOWN"

    def test_a_provider_that_fails_is_named_and_costs_only_itself(self, home: House) -> None:
        home.simulators.fault("tmdb", "error_500")
        found = search(home, FILM, "Inception", year=2010)
        assert kinds(found.outcomes)["tmdb"] == "error"
        assert winning(found) == "tt1375666"

    def test_nobody_to_hear_is_an_error_that_says_why(self, home: House) -> None:
        for provider in ("omdb", "tmdb", "tvdb"):
            home.simulators.refuse_key(provider)
        with pytest.raises(AllRefused):
            search(home, FILM, "Inception")

    def test_nobody_to_ask_is_an_error_for_the_owner(
        self, simulators: Simulators, clock: FakeClock, tmp_path: Path
    ) -> None:
        with house(simulators, tmp_path, clock, ("fanart",)) as bare, pytest.raises(CannotDo) as caught:
            search(bare, FILM, "Inception")
        assert caught.value.reason == "NOBODY_TO_ASK"

    def test_with_aggregation_off_only_the_first_provider_that_can_search_is_asked(self, home: House) -> None:
        with home.database.begin() as connection:
            key_values.put(connection, {"multi_provider_aggregation": False})
        found = search(home, FILM, "Inception", year=2010)
        assert {provider for provider, what in kinds(found.outcomes).items() if what == "Answered"} == {"omdb"}
        assert home.asked().keys() <= {"omdb"}


class TestRanking:
    def test_finds_that_share_an_id_are_one_title(self) -> None:
        [match] = ranked(
            [
                candidate("tmdb", {"tmdb": "949"}),
                candidate("tvdb", {"tvdb": "7", "tmdb": "949", "imdb": "tt1"}, overview="About heat."),
                candidate("omdb", {"imdb": "tt1"}, countries=("US",)),
            ],
            HEAT,
        )
        assert match.ids == {"tmdb": "949", "tvdb": "7", "imdb": "tt1"}
        assert match.providers == ("omdb", "tmdb", "tvdb")
        assert (match.overview, match.countries) == ("About heat.", ("US",))

    def test_finds_that_contradict_each_other_in_an_id_are_left_apart(self) -> None:
        found = [
            candidate("omdb", {"imdb": "tt1"}),
            candidate("tmdb", {"tmdb": "1", "imdb": "tt1"}),
            candidate("tvdb", {"tvdb": "7", "tmdb": "2", "imdb": "tt1"}),
        ]
        matches = ranked(found, HEAT)
        assert len(matches) == 3
        assert Matches(matches, {}).winner() is None

    def test_namesakes_of_one_year_are_one_title_where_no_provider_knows_two(self) -> None:
        [match] = ranked([candidate("tmdb", {"tmdb": "949"}), candidate("omdb", {"imdb": "tt1"})], HEAT)
        assert match.providers == ("omdb", "tmdb")
        assert len(match.ids) == 1, "whether the other id is of the same title, an answer has to tell"
        assert claims(match).keys() == match.ids.keys()

    def test_namesakes_of_one_year_are_left_to_the_owner_where_a_provider_knows_two(self) -> None:
        found = [candidate("tmdb", {"tmdb": "1"}), candidate("tmdb", {"tmdb": "2"}), candidate("omdb", {"imdb": "tt1"})]
        assert len(ranked(found, HEAT)) == 3
        assert Matches(ranked(found, HEAT), {}).winner() is None

    @pytest.mark.parametrize(
        "other",
        [
            candidate("omdb", {"imdb": "tt1"}, year=1997),
            candidate("omdb", {"imdb": "tt1"}, year=0),
            candidate("omdb", {"imdb": "tt1"}, title="Heat 2"),
        ],
    )
    def test_another_year_or_name_is_another_title(self, other: Candidate) -> None:
        assert len(ranked([candidate("tmdb", {"tmdb": "949"}), other], HEAT)) == 2

    @pytest.mark.parametrize(
        ("years", "titles"),
        [
            ({"tmdb": [1995], "omdb": [1996]}, 1),
            ({"tmdb": [1996], "omdb": [1996], "tvdb": [1995]}, 1),
            ({"tmdb": [1995], "omdb": [1997]}, 2),
            ({"tmdb": [1994], "omdb": [1995], "tvdb": [1996]}, 3),
            ({"tmdb": [1995, 1996], "omdb": [1996]}, 2),
            ({"tmdb": [1995, 1996], "omdb": [1997]}, 3),
        ],
    )
    def test_namesakes_a_year_apart_are_one_title_where_no_provider_knows_two(
        self, years: Mapping[str, list[int]], titles: int
    ) -> None:
        found = [candidate(provider, {provider: str(year)}, year=year) for provider, of in years.items() for year in of]
        assert len(ranked(found, HEAT)) == titles

    def test_two_of_an_unknown_year_are_not_taken_for_one(self) -> None:
        found = [candidate("tmdb", {"tmdb": "949"}, year=0), candidate("omdb", {"imdb": "tt1"}, year=0)]
        assert len(ranked(found, HEAT)) == 2

    def test_popularity_only_breaks_ties(self) -> None:
        found = [
            candidate("tmdb", {"tmdb": "2"}, year=1986, popularity=9000.0),
            candidate("tvdb", {"tvdb": "1"}, year=1995, popularity=0.1),
        ]
        assert [match.year for match in ranked(found, HEAT)] == [1995, 1986]
        tied = [
            candidate("tvdb", {"tvdb": "1"}, year=1986, popularity=1.0),
            candidate("tmdb", {"tmdb": "2"}, year=1972, popularity=2.0),
        ]
        assert [match.year for match in ranked(tied, Wanted(title="Heat"))] == [1972, 1986]

    def test_each_provider_vouches_for_its_own_id_and_the_finder_for_the_rest(self) -> None:
        match = Match(title="Heat", source="tvdb", ids={"tmdb": "1", "imdb": "tt1"}, providers=("tmdb", "tvdb"))
        assert {id_type: claim.source for id_type, claim in claims(match).items()} == {"tmdb": "tmdb", "imdb": "tvdb"}


class Shelf(Scripted):
    """Knows some titles letter by letter. TMDB's tells those of every year, others keep to the year of the query."""

    def __init__(self, provider_id: str) -> None:
        super().__init__(provider_id)
        self.searches_any_year = provider_id == "tmdb"  # type: ignore[misc]
        self.titles: list[tuple[str, int]] = []
        self.queries: list[tuple[str, int]] = []
        self.fails_without_year = False

    def search(self, query: Query, http: Http) -> tuple[Candidate, ...]:
        self.queries.append((query.title, query.year))
        if self.fails_without_year and not query.year:
            raise BadAnswer("the test wants it so")
        of_name = [(title, year) for title, year in self.titles if title == query.title]
        any_year = self.searches_any_year or not query.year
        return tuple(
            Candidate(provider=self.id, kind=query.kind, ids={self.id: str(number)}, titles=(title,), year=year)
            for number, (title, year) in enumerate(of_name, 1)
            if any_year or year == query.year
        )


class TestRounds:
    """Whom to ask a second time, and what is decided by it."""

    @pytest.fixture
    def shelves(self, tmp_path: Path) -> Iterator[tuple[House, dict[str, Shelf]]]:
        with scripted_house(tmp_path, FakeClock(), "tmdb", "omdb", "tvdb", make=Shelf) as (home, shelves):
            yield home, shelves  # type: ignore[misc]

    def found(
        self, shelves: tuple[House, dict[str, Shelf]], known: Mapping[str, list[int]], year: int, kind: Kind = FILM
    ) -> tuple[Matches, dict[str, list[int]]]:
        """What comes of searching Heat where providers know it of these years, and the years they were asked for."""
        home, by_id = shelves
        for provider_id, shelf in by_id.items():
            shelf.titles = [("Heat", each) for each in known.get(provider_id, [])]
        matches = search(home, kind, "Heat", year=year)
        return matches, {provider_id: [asked for _, asked in shelf.queries] for provider_id, shelf in by_id.items()}

    ONCE = {"tmdb": [1995], "omdb": [1995], "tvdb": [1995]}
    TWICE = {"tmdb": [1995], "omdb": [1995, 0], "tvdb": [1995, 0]}

    @pytest.mark.parametrize(
        ("known", "winner", "asked"),
        [
            p({"tmdb": [1995], "omdb": [1995], "tvdb": [1995]}, 1995, ONCE, id="unanimous"),
            p({"tmdb": [1995], "omdb": [], "tvdb": [1995]}, 1995, ONCE, id="who does not know it spoils nothing"),
            p({"tmdb": [1995], "omdb": [1996], "tvdb": []}, 1995, ONCE, id="nor who knows another one alone"),
            p({"tmdb": [1995, 1986], "omdb": [1995], "tvdb": []}, 1995, ONCE, id="a namesake of long ago"),
            p({"tmdb": [1995, 1996], "omdb": [1995], "tvdb": [1995]}, 0, ONCE, id="a namesake a year off is seen"),
            p(
                {"tmdb": [], "omdb": [1995], "tvdb": []},
                1995,
                TWICE,
                id="the others are asked where TMDB knows nothing",
            ),
            p({"tmdb": [], "omdb": [1995, 1996], "tvdb": []}, 0, TWICE, id="and see the namesake then"),
            p({"tmdb": [], "omdb": [1995], "tvdb": [1995, 1994]}, 0, TWICE, id="of another provider, too"),
            p({"tmdb": [], "omdb": [1995], "tvdb": [1994]}, 1995, TWICE, id="two that know one each mean the same"),
            p({"tmdb": [1996], "omdb": [1996], "tvdb": [1997]}, 1996, TWICE, id="two of three, a year off"),
            p({"tmdb": [1996], "omdb": [], "tvdb": []}, 1996, TWICE, id="a year off makes it doubtful"),
            p({"tmdb": [1996], "omdb": [1994], "tvdb": []}, 0, TWICE, id="and another one a year off decides nothing"),
            p({"tmdb": [], "omdb": [1994], "tvdb": []}, 1994, TWICE, id="known to one alone, a year off"),
            p({"tmdb": [1986, 1972, 1996], "omdb": [], "tvdb": []}, 0, TWICE, id="a common name a year off"),
            p({}, 0, TWICE, id="nobody knows it"),
        ],
    )
    def test_the_year_is_left_out_where_that_may_change_something(
        self,
        shelves: tuple[House, dict[str, Shelf]],
        known: Mapping[str, list[int]],
        winner: int,
        asked: dict[str, list[int]],
    ) -> None:
        matches, years = self.found(shelves, known, 1995)
        assert (taken.year if (taken := matches.winner()) else 0) == winner
        assert years == asked

    @pytest.mark.parametrize(("kind", "known", "winner"), [
        (FILM, [1995], 0), (TV, [1995], 1995), (TV, [1995, 1986], 0),
    ])  # fmt: skip
    def test_without_a_year_the_only_namesake_of_a_film_is_a_suggestion(
        self, shelves: tuple[House, dict[str, Shelf]], kind: Kind, known: list[int], winner: int
    ) -> None:
        matches, years = self.found(shelves, {"tmdb": known, "tvdb": known}, 0, kind)
        assert (taken.year if (taken := matches.winner()) else 0) == winner
        assert matches.matches[0].year == 1995
        assert set(map(len, years.values())) == {1}

    def test_who_cannot_be_heard_again_is_named_and_what_was_found_stays(
        self, shelves: tuple[House, dict[str, Shelf]]
    ) -> None:
        shelves[1]["omdb"].fails_without_year = True
        matches, _ = self.found(shelves, {"omdb": [1995]}, 1995)
        assert isinstance(matches.outcomes["omdb"], Unavailable)
        assert [match.year for match in matches.matches] == [1995]

    def test_a_name_that_nobody_knows_is_asked_for_as_others_may_have_written_it(
        self, shelves: tuple[House, dict[str, Shelf]]
    ) -> None:
        home, by_id = shelves
        by_id["omdb"].titles = [("Fast & Furious", 2009)]
        winner = search(home, FILM, "Fast and Furious", year=2009).winner()
        assert winner is not None
        assert winner.title == "Fast & Furious"
        assert by_id["omdb"].queries == [("Fast and Furious", 2009), ("Fast and Furious", 0), ("Fast & Furious", 2009)]
        for shelf in by_id.values():
            shelf.queries.clear()
        by_id["tmdb"].titles = [("Fast and Furious", 2009)]
        assert search(home, FILM, "Fast and Furious", year=2009).winner() is not None
        assert by_id["omdb"].queries == [("Fast and Furious", 2009)]


@pytest.mark.parametrize(
    ("titles", "told"),
    [
        (("Heat",), "'Heat' may be Heat (1995) tmdb:1; give its id if it is"),
        (("Heat", "Heat"), "'Heat' may be several titles; give the id of one of these: "),
        ((), "no provider knows a title like 'Heat'"),
    ],
)
def test_one_suggestion_is_called_one(titles: tuple[str, ...], told: str) -> None:
    matches = [
        Match(title=title, source="tmdb", ids={"tmdb": str(number)}, year=1995)
        for number, title in enumerate(titles, 1)
    ]
    assert str(not_one(Wanted(title="Heat"), matches)).startswith(told)


def recorded(kind: Kind, *names: str) -> list[Candidate]:
    """What the recorded answers of the real providers found."""
    return [
        found
        for name in names
        for found in (omdb if name.startswith("omdb") else tmdb).parse_search(sample_json(name), kind)
    ]


SHAMELESS = (
    "tmdb/subliminal/search_tv_query-shameless_page-1.json",
    "omdb/subliminal/s-shameless_page-1_type-series.json",
)
DALLAS = ("tmdb/subliminal/search_tv_query-dallas_page-1.json", "omdb/subliminal/s-dallas_page-1_type-series.json")
DALLAS_2012 = (
    "tmdb/subliminal/search_tv_query-dallas_page-1_year-2012.json",
    "omdb/subliminal/s-dallas_page-1_type-series_y-2012.json",
)
CARDS = (
    "tmdb/subliminal/search_tv_query-house_of_cards_page-1.json",
    "omdb/subliminal/s-house_of_cards_page-1_type-series.json",
)
STEEL = (
    "tmdb/subliminal/search_movie_query-man_of_steel_page-1.json",
    "omdb/subliminal/s-man_of_steel_page-1_type-movie.json",
)
REACHER = (
    "tmdb/subliminal/search_movie_query-jack_reacher_page-1_year-2016.json",
    "omdb/subliminal/s-jack_reacher_page-1_type-movie_y-2016.json",
)
BOND = (
    "tmdb/subliminal/search_movie_query-james_bond_page-1.json",
    "tmdb/subliminal/search_movie_query-james_bond_page-2.json",
)


class TestReadings:
    """Words that may be a title, as where the name of a file can be read in several ways."""

    def search(self, home: House, *readings: tuple[str, int]) -> Matches:
        return home.services.searcher.search_readings(
            FILM,
            [Wanted(title=title, year=year) for title, year in readings],
            home.services.config.read(),
            deadline=home.clock.monotonic() + SECONDS,
        )

    @pytest.mark.parametrize(
        ("readings", "imdb"),
        [
            ([("Inception", 2010)], "tt1375666"),
            ([("Inception", 2010), ("inception!", 2010)], "tt1375666"),
            ([("No Such Title Anywhere", 2010), ("Inception", 2010)], "tt1375666"),
            ([("Kimi no Na wa.", 2016), ("Your Name.", 2016)], "tt5311514"),
            ([("Inception", 2010), ("The Matrix", 1999)], ""),
            ([("Man of Steel", 0), ("Inception", 2010)], "tt1375666"),
            ([("Man of Steel", 0), ("No Such Title Anywhere", 0)], ""),
        ],
    )
    def test_they_are_taken_for_a_title_if_all_that_mean_one_mean_the_same(
        self, home: House, readings: list[tuple[str, int]], imdb: str
    ) -> None:
        assert winning(self.search(home, *readings)) == imdb

    def test_what_each_found_is_listed_once_the_best_first(self, home: House) -> None:
        found = self.search(home, ("Inception", 2011), ("Inception", 2010), ("The Matrix", 1999))
        ids = [match.ids.get("imdb") for match in found.matches]
        assert sorted(ids[:2]) == ["tt0133093", "tt1375666"]
        assert len(ids) == len(set(ids))
        assert found.matches[0].score == found.matches[1].score == 1.0

    def test_nothing_is_decided_while_one_of_them_could_not_be_searched(self) -> None:
        heat = Match(title="Heat", source="tmdb", ids={"tmdb": "949"}, year=1995, score=1.0)
        heard = Matches(matches=(heat,), outcomes={"tmdb": NotFound(fetched_at=NOW)})
        unheard = Matches(matches=(), outcomes={"tmdb": Unavailable(reason=Reason.TIMEOUT)})
        both = ReadingMatches(matches=(heat,), outcomes={}, by_reading=(heard, unheard))
        assert both.winner() is None
        assert ReadingMatches(matches=(heat,), outcomes={}, by_reading=(heard, heard)).winner() == heat

    @pytest.mark.parametrize(
        ("other", "is_one"),
        [
            ({"ids": {"tmdb": "949"}, "year": 1996}, True),
            ({"ids": {"tmdb": "949", "imdb": "tt0113277"}}, True),
            ({"ids": {"tmdb": "950"}}, False),
            ({"ids": {"tmdb": "949", "tvdb": "2"}}, False),
            ({"ids": {"imdb": "tt0113277"}}, True),
            ({"ids": {"imdb": "tt0113277"}, "year": 1986}, False),
            ({"ids": {"imdb": "tt0113277"}, "title": "Cold"}, False),
        ],
    )
    def test_two_are_one_title_by_their_ids_and_else_by_name_and_year(
        self, other: Mapping[str, Any], is_one: bool
    ) -> None:
        heat = Match(title="Heat", source="tmdb", ids={"tmdb": "949", "tvdb": "1"}, year=1995, score=1.0)
        second = Match(**{"title": "Heat", "source": "omdb", "year": 1995, "score": 0.97, **other})
        heard = {"tmdb": NotFound(fetched_at=NOW)}
        each = tuple(Matches(matches=(match,), outcomes=heard) for match in (heat, second))
        winner = ReadingMatches(matches=(heat, second), outcomes=heard, by_reading=each).winner()
        assert winner == (heat if is_one else None)

    @pytest.mark.parametrize(
        ("readings", "searched"),
        [
            ([("Inception", 2010), ("Inception 2010", 0)], ["Inception"]),
            ([("No Such Title", 2010), ("No Such Title 2010", 0)], ["No Such Title", "No Such Title 2010"]),
            ([("Inception", 2010), ("The Matrix 1999", 0)], ["Inception", "The Matrix 1999"]),
        ],
    )
    def test_words_with_their_year_are_searched_where_the_words_mean_nothing(
        self, home: House, readings: list[tuple[str, int]], searched: list[str]
    ) -> None:
        self.search(home, *readings)
        assert list(dict.fromkeys(request.query["query"] for request in home.simulators.requests("tmdb"))) == searched


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("kind", "recordings", "wanted", "winner"),
    [
        (TV, SHAMELESS, Wanted(title="Shameless", year=2004), {"imdb": "tt0377260"}),
        (TV, SHAMELESS, Wanted(title="Shameless", year=2011), {"imdb": "tt1586680"}),
        (TV, SHAMELESS, Wanted(title="Shameless", country="GB"), {"imdb": "tt0377260"}),
        (TV, SHAMELESS, Wanted(title="Shameless (US)"), {"imdb": "tt1586680"}),
        (TV, SHAMELESS, Wanted(title="Shameless"), None),
        (TV, SHAMELESS, Wanted(title="Shameless", year=2004, country="US"), None),
        (TV, DALLAS, Wanted(title="Dallas", year=1978), {"imdb": "tt0077000"}),
        (TV, DALLAS, Wanted(title="Dallas (2012)"), {"imdb": "tt1723760"}),
        (TV, DALLAS_2012, Wanted(title="Dallas", year=2012), {"imdb": "tt1723760"}),
        (TV, DALLAS, Wanted(title="Dallas"), None),
        (TV, CARDS, Wanted(title="House of Cards", year=1990), {"imdb": "tt0098825"}),
        (TV, CARDS, Wanted(title="House of Cards (US)"), {"imdb": "tt1856010"}),
        (TV, CARDS, Wanted(title="House of Cards"), None),
        (FILM, STEEL, Wanted(title="Man of Steel", year=2013), {"imdb": "tt0770828"}),
        (FILM, STEEL, Wanted(title="Man of Steel", year=1967), {"tmdb": "334166"}),
        (FILM, STEEL, Wanted(title="Man of Steel", year=1999), {"tmdb": "319179"}),
        (FILM, STEEL, Wanted(title="Man of Steel"), None),
        (FILM, REACHER, Wanted(title="Jack Reacher", year=2016), None),
        (FILM, BOND, Wanted(title="James Bond"), None),
    ],
)
def test_what_the_real_providers_found_is_told_apart_or_left_to_the_owner(
    kind: Kind, recordings: tuple[str, ...], wanted: Wanted, winner: dict[str, str] | None
) -> None:
    taken = Matches(ranked(recorded(kind, *recordings), wanted), {}).winner()
    assert (taken.ids if taken else None) == winner
