from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.matching import (
    ACCEPT,
    LEAD,
    RESPELT,
    SAME,
    SHARE,
    SLIP,
    WITHOUT_ARTICLE,
    FoundTitle,
    Namesakes,
    Wanted,
    agreement,
    clear_winner,
    doubted,
    likeness,
    other_spelling,
    score,
    title_key,
)
from metarr.domain.values import Kind

p = pytest.param


def found(title: str, year: int = 0, country: str = "", rank: int = 0, other: tuple[str, ...] = ()) -> FoundTitle:
    return FoundTitle(titles=(title, *other), year=year, countries=(country,) if country else (), rank=rank)


def ranked(*candidates: FoundTitle) -> list[FoundTitle]:
    """The candidates as a provider lists them."""
    return [
        FoundTitle(titles=c.titles, year=c.year, countries=c.countries, rank=rank) for rank, c in enumerate(candidates)
    ]


def taken(wanted: Wanted, *candidates: FoundTitle) -> int | None:
    """Which candidate is taken without asking the owner."""
    return clear_winner(score(wanted, candidate).value for candidate in ranked(*candidates))


DALLAS = (found("Dallas", 1978, "US"), found("Dallas", 2012, "US"), found("Dall-As", 1985, "DE"))
SHAMELESS = (found("Shameless", 2011, "US"), found("Shameless", 2004, "GB"), found("Shameless", 2017, "RU"))
CARDS = (found("House of Cards", 2013, "US"), found("House of Cards", 1990, "GB"))
STEEL = (
    found("Man of Steel", 2013),
    found("Man of Steel", 1967),
    found("Man of Steel", 1999, other=("Man van staal",)),
)


@pytest.mark.parametrize(
    ("wanted", "candidates", "place"),
    [
        p(Wanted(title="Dallas", year=1978), DALLAS, 0, id="Dallas of 1978"),
        p(Wanted(title="Dallas", year=2012), DALLAS, 1, id="Dallas of 2012"),
        p(Wanted(title="Dallas (2012)"), DALLAS, 1, id="Dallas with its year in the title"),
        p(Wanted(title="Dallas"), DALLAS, None, id="which Dallas? the owner knows"),
        p(Wanted(title="Dallas", country="US"), DALLAS, None, id="both are from the US"),
        p(Wanted(title="Dallas", year=1990), DALLAS, None, id="no Dallas of 1990"),
        p(Wanted(title="Shameless", year=2004), SHAMELESS, 1, id="Shameless by year"),
        p(Wanted(title="Shameless", country="GB"), SHAMELESS, 1, id="Shameless by country"),
        p(Wanted(title="Shameless (US)"), SHAMELESS, 0, id="Shameless with its country in the title"),
        p(Wanted(title="Shameless (UK)"), SHAMELESS, 1, id="the United Kingdom's code is GB"),
        p(Wanted(title="Shameless"), SHAMELESS, None, id="which Shameless?"),
        p(Wanted(title="House of Cards", year=1990), CARDS, 1, id="House of Cards by year"),
        p(Wanted(title="House of Cards", country="US"), CARDS, 0, id="House of Cards by country"),
        p(Wanted(title="House of Cards"), CARDS, None, id="which House of Cards?"),
        p(Wanted(title="Man of Steel", year=2013), STEEL, 0, id="Man of Steel of 2013"),
        p(Wanted(title="Man of Steel", year=1967), STEEL, 1, id="Man of Steel of 1967"),
        p(Wanted(title="Man van staal", year=1999), STEEL, 2, id="by its original title"),
        p(Wanted(title="Man of Steel"), STEEL, None, id="which Man of Steel?"),
    ],
)
def test_remakes_are_told_apart_or_left_to_the_owner(wanted: Wanted, candidates: Any, place: int | None) -> None:
    assert taken(wanted, *candidates) == place


@pytest.mark.parametrize(
    ("wanted", "candidate"),
    [
        p(Wanted(title="Oshi no Ko", year=2023), found("Oshi no Ko (2023)", 2023), id="a year in the found title"),
        p(Wanted(title="Oshi no Ko", year=2023), found("Oshi no Ko (2023)"), id="is its year"),
        p(Wanted(title="The Office", country="US"), found("The Office (US)", 2005), id="a country in the found title"),
        p(Wanted(title="Matrix, The", year=1999), found("The Matrix", 1999), id="the article moved to the end"),
        p(Wanted(title="amelie", year=2001), found("Amélie", 2001), id="accents"),
        p(Wanted(title="S.W.A.T.", year=2017), found("SWAT", 2017), id="initials"),
        p(Wanted(title="WALL-E", year=2008), found("WALL·E", 2008), id="punctuation"),
        p(Wanted(title="Rocky 2", year=1979), found("Rocky II", 1979), id="Roman numbers"),
        p(Wanted(title="Ready Player 1", year=2018), found("Ready Player One", 2018), id="numbers as words"),
        p(Wanted(title="Schindlers List", year=1993), found("Schindler's List", 1993), id="apostrophes"),
        p(Wanted(title="Fast and Furious", year=2009), found("Fast & Furious", 2009), id="and"),
        p(Wanted(title="$", year=1971), found("$", 1971), id="no letter at all"),
    ],
)
def test_the_same_title_is_taken(wanted: Wanted, candidate: FoundTitle) -> None:
    assert score(wanted, candidate).value == 1.0
    assert taken(wanted, candidate) == 0


@pytest.mark.parametrize(
    ("wanted", "candidate"),
    [
        p(Wanted(title="Rocky II"), found("Rocky III", 1982), id="Roman numbers"),
        p(Wanted(title="Toy Story 2"), found("Toy Story 3", 2010), id="a number"),
        p(Wanted(title="Toy Story"), found("Toy Story 2", 1999), id="the sequel of what is wanted"),
        p(Wanted(title="Dune: Part One"), found("Dune: Part Two", 2024), id="numbers as words"),
        p(Wanted(title="Ocean's Eleven"), found("Ocean's Twelve", 2004), id="numbers within a title"),
        p(Wanted(title="Blade Runner"), found("Blade Runner 2049", 2017), id="a year in a title"),
        p(Wanted(title="Alien"), found("Aliens", 1986), id="nothing but a likeness"),
        p(Wanted(title="Alien", year=1979), found("Alien", 1986), id="another year"),
        p(Wanted(title="Heat", year=1995), found("The Heart", 1995), id="another title of that year"),
        p(Wanted(title="Toy Story 2", year=2010), found("Toy Story 3", 2010), id="another number with that year"),
        p(Wanted(title="Rocky", year=1979), found("Rocky (II)", 1979), id="a number in brackets"),
        p(Wanted(title="Anything"), FoundTitle(titles=()), id="a title without a name"),
        p(Wanted(title=""), found("Anything"), id="nothing wanted"),
    ],
)
def test_another_title_is_never_taken_although_it_is_alone(wanted: Wanted, candidate: FoundTitle) -> None:
    assert taken(wanted, candidate) is None


def test_the_exact_title_leads_clearly_before_one_that_resembles_it() -> None:
    assert taken(Wanted(title="Alien"), found("Aliens", 1986), found("Alien", 1979)) == 1
    assert taken(Wanted(title="Rocky"), found("Rocky", 1976), found("Rocky II", 1979)) == 0


def test_a_small_slip_is_forgiven_where_the_year_confirms_it() -> None:
    assert taken(Wanted(title="Incepton", year=2010), found("Inception", 2010)) == 0
    assert taken(Wanted(title="Fight Club", year=1998), found("Fight Club", 1999)) == 0


@pytest.mark.parametrize(
    ("one", "other", "how_well"),
    [
        p("Fast & Furious", "Fast and Furious", SAME, id="and"),
        p("Romeo + Juliet", "Romeo and Juliet", SAME, id="plus"),
        p("Mission: Impossible - Fallout", "Mission Impossible Fallout", SAME, id="colons and dashes"),
        p("Rocky II", "Rocky 2", SAME, id="Roman numbers"),
        p("Dune: Part One", "Dune Part 1", SAME, id="numbers as words"),
        p("Seven", "Se7en", RESPELT, id="a digit for a letter"),
        p("Seven Pounds", "Se7en Pounds", RESPELT, id="in a longer title"),
        p("Thirteen Ghosts", "Thir13en Ghosts", RESPELT, id="two digits for two letters"),
        p("Fantastic", "Fant4stic", RESPELT, id="and in another word"),
        p("Scream", "Scre4m", RESPELT, id="and another"),
        p("MASH", "M*A*S*H", RESPELT, id="letters with stars between"),
        p("M A S H", "M*A*S*H", SAME, id="or with gaps"),
        p("Spiderman", "Spider-Man", RESPELT, id="a dash in a word"),
        p("WALLE", "WALL·E", RESPELT, id="a dot in a word"),
        p("Matrix", "The Matrix", WITHOUT_ARTICLE, id="no article"),
        p("Untergang", "Der Untergang", WITHOUT_ARTICLE, id="no German one"),
        p("The Seven Samurai", "Se7en Samurai", WITHOUT_ARTICLE, id="no article and a digit"),
        p("Lodz Story", "Łódź Story", SAME, id="a letter that has no accent to take off"),
        p("Aeon Flux", "Æon Flux", SAME, id="two letters in one"),
        p("Ostersund", "Østersund", SAME, id="a Nordic letter"),
        p("Yildiz", "Yıldız", SAME, id="an i without its dot"),
        p("Der Oelprinz", "Der Ölprinz", RESPELT, id="an umlaut in two letters"),
        p("Maedchen in Uniform", "Ma\u0308dchen in Uniform", RESPELT, id="and of two characters"),
        p("Groesse 36", "Größe 36", RESPELT, id="two such letters"),
        p("Oesterlund", "Østerlund", RESPELT, id="a Nordic one in two"),
        p("Final Fantasy XV", "Final Fantasy 15", SAME, id="a greater Roman number"),
        p("Thirteen Lives", "13 Lives", SAME, id="a greater number as a word"),
        p("Kill Bill: Volume 1", "Kill Bill: Vol. 1", SAME, id="a shortened word"),
        p("Alien versus Predator", "Alien vs. Predator", SAME, id="another one"),
        p("Mister Nobody", "Mr. Nobody", SAME, id="and another"),
        p("Postino, Il", "Il Postino", SAME, id="an Italian article behind"),
        p("Meisje, Het", "Het Meisje", SAME, id="a Dutch one"),
        p("Atalante, L'", "L'Atalante", RESPELT, id="one that is joined"),
        p("Incepton", "Inception", SLIP, id="a letter is missing"),
        p("Incpetion", "Inception", SLIP, id="two letters are exchanged"),
        p("The Incedtion", "The Inception", SLIP, id="a letter is wrong"),
    ],
)
def test_a_title_agrees_with_itself_however_it_is_written(one: str, other: str, how_well: float) -> None:
    assert agreement(one, other) == agreement(other, one) == how_well
    assert score(Wanted(title=one, year=2000), found(other, 2000)).value >= ACCEPT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        p("Stone Man", "Stone Men", id="a short word of one other letter"),
        p("The Wall", "Off the Wall", id="a word more"),
        p("The Wall", "The Walls", id="a plural"),
        p("Alien", "Aliens", id="another"),
        p("Passenger", "Passengers", id="of a long word"),
        p("Contact", "Contract", id="a letter more within"),
        p("Immortal", "Immoral", id="a letter less"),
        p("Hostage", "Hostile", id="an ending"),
        p("Marriage Story", "Carriage Story", id="a first letter"),
        p("Rocky II", "Rocky III", id="a sequel"),
        p("Toy Story", "Toy Story 2", id="the first sequel"),
        p("Alien", "Alien: Romulus", id="a subtitle"),
        p("Die Hard", "Hard", id="a word that is an article elsewhere"),
        p("La La Land", "La Land", id="and another"),
        p("X2", "XX", id="a digit that is a number"),
        p("Area 51", "Area SI", id="digits that are numbers"),
        p("Seven", "Seven Samurai", id="a word less"),
        p("Night and Day", "Day and Night", id="the same words"),
        p("Ocean's Eleven", "Ocean's Twelve", id="another number"),
        p("Final Fantasy XIV", "Final Fantasy XVI", id="another Roman number"),
        p("21 Jump St", "21 Jump Saint Street", id="a shortened word that may be two"),
        p("Us", "U.S. Marshals", id="initials"),
        p("Immortal Beloved", "Immoral Beloved Man", id="two words"),
    ],
)
def test_another_title_is_never_like_enough_although_year_and_all_else_agree(one: str, other: str) -> None:
    assert agreement(one, other) == agreement(other, one) <= SHARE
    assert score(Wanted(title=one, year=2000), found(other, 2000)).value < ACCEPT


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Fast and Furious", "Fast & Furious"),
        ("Fast & Furious", "Fast and Furious"),
        ("Law&Order", "Law and Order"),
        ("M*A*S*H", "MASH"),
        ("Mission: Impossible - Fallout", "Mission Impossible Fallout"),
        ("Spider-Man", "Spider Man"),
        ("Heat", ""),
        ("Ocean's Eleven", ""),
        ("Andor", ""),
    ],
)
def test_the_other_spelling_of_a_title(title: str, other: str) -> None:
    assert other_spelling(title) == other


ONE, FEW, MANY = (Namesakes(count=known, of_the_year=False) for known in (1, 2, 3))


@pytest.mark.parametrize(
    ("wanted", "candidate", "kind", "names", "doubts"),
    [
        (Wanted(title="Heat", year=1995), found("Heat", 1995), Kind.MOVIE, MANY, set()),
        (Wanted(title="Heat (1995)"), found("Heat", 1995), Kind.MOVIE, ONE, set()),
        (Wanted(title="Heat"), found("Heat", 1995), Kind.MOVIE, ONE, {"name_only"}),
        (Wanted(title="Dark"), found("Dark", 2017), Kind.SERIES, ONE, set()),
        (Wanted(title="Dark"), found("Dark", 2017), Kind.SERIES, FEW, {"name_only"}),
        (Wanted(title="Dark"), found("The Dark", 2017), Kind.SERIES, ONE, {"name_only"}),
        (Wanted(title="Shameless", country="UK"), found("Shameless", 2004, "GB"), Kind.SERIES, MANY, set()),
        (Wanted(title="Shameless (UK)"), found("Shameless", 2004, "GB"), Kind.SERIES, MANY, set()),
        (Wanted(title="The Office (US)"), found("The Office (US)", 2005), Kind.SERIES, MANY, set()),
        (Wanted(title="Shameless", country="GB"), found("Shameless", 2011, "US"), Kind.SERIES, MANY, {"name_only"}),
        (Wanted(title="Heat", year=1996), found("Heat", 1995), Kind.MOVIE, FEW, set()),
        (Wanted(title="Heat", year=1996), found("Heat", 1995), Kind.MOVIE, MANY, {"namesake"}),
        (Wanted(title="Heat", year=1996), found("The Heat", 1995), Kind.MOVIE, ONE, {"namesake"}),
        (Wanted(title="The Heat", year=1996), found("Heat", 1995), Kind.MOVIE, ONE, {"namesake"}),
        (Wanted(title="Heat", year=1996), found("The Heat", 1996), Kind.MOVIE, ONE, set()),
        (Wanted(title="Se7en", year=1996), found("Seven", 1995), Kind.MOVIE, ONE, set()),
        (Wanted(title="WALL-E", year=2009), found("WALL·E", 2008), Kind.MOVIE, ONE, set()),
        (Wanted(title="Heat", year=1996), found("Heat", 1995), Kind.MOVIE, Namesakes(count=3, of_the_year=True), set()),
    ],
)
def test_what_speaks_against_a_title_that_fits(
    wanted: Wanted, candidate: FoundTitle, kind: Kind, names: Namesakes, doubts: set[str]
) -> None:
    fit = score(wanted, candidate)
    judged = doubted(fit, wanted, candidate, kind=kind, names=names)
    assert judged.penalties.keys() - fit.penalties.keys() == doubts
    assert (judged.value < ACCEPT) is bool(doubts)


def test_any_year_that_somebody_tells_for_a_title_is_its_year() -> None:
    heat = FoundTitle(titles=("Heat",), year=1995, other_years=(1996, 2001))
    assert score(Wanted(title="Heat", year=1996), heat).penalties == {}
    assert set(score(Wanted(title="Heat", year=1997), heat).penalties) == {"year_off_by_one"}
    assert set(score(Wanted(title="Heat", year=1986), heat).penalties) == {"year"}


@pytest.mark.parametrize(
    ("wanted", "candidate", "fits"),
    [
        ("The Office US", found("The Office (US)", 2005), True),
        ("The Office US", found("The Office", 2005, "US"), True),
        ("The Office UK", found("The Office", 2005, "GB"), True),
        ("The Office US", found("The Office", 2001, "GB"), False),
        ("The Office US", found("The Office", 2001), False),
        ("This Is Us", found("This Is", 2016, "US"), False),
    ],
)
def test_a_country_may_end_the_name_of_a_release(wanted: str, candidate: FoundTitle, *, fits: bool) -> None:
    judged = score(Wanted(title=wanted, year=candidate.year), candidate)
    assert (judged.value >= ACCEPT) is fits


@pytest.mark.parametrize(
    ("wanted", "candidate", "penalties"),
    [
        (Wanted(title="Heat", year=1995), found("Heat", 1995), set()),
        (Wanted(title="Heat", year=1995), found("Heat", 1996), {"year_off_by_one"}),
        (Wanted(title="Heat", year=1995), found("Heat", 1986), {"year"}),
        (Wanted(title="Heat", year=1995), found("Heat"), {"year_unknown"}),
        (Wanted(title="Heat"), found("Heat", 1995), set()),
        (Wanted(title="Heatt"), found("Heat", 1995), {"title", "year_unknown"}),
        (Wanted(title="Heat", country="GB"), found("Heat", country="US"), {"country"}),
        (Wanted(title="Heat", country="GB"), found("Heat"), set()),
        (Wanted(title="Heat"), found("Heat", rank=3), {"provider_rank"}),
        (Wanted(title="Hitze"), found("Heat", other=("Hitze",)), {"alternative_title"}),
    ],
)
def test_every_penalty_has_a_name(wanted: Wanted, candidate: FoundTitle, penalties: set[str]) -> None:
    told = score(wanted, candidate)
    assert set(told.penalties) == penalties
    assert told.value == pytest.approx(1 - sum(told.penalties.values()))


@pytest.mark.parametrize(
    ("scores", "place"),
    [
        ([], None),
        ([ACCEPT], 0),
        ([ACCEPT - 0.0001], None),
        ([0.5, 1.0], 1),
        ([1.0, 1.0 - LEAD], 0),
        ([1.0, 1.0 - LEAD + 0.0001], None),
        ([0.95, ACCEPT], 0),
        ([1.0, 1.0], None),
        ([0.2, 0.95, 0.3], 1),
    ],
)
def test_a_clear_winner_is_good_enough_and_leads(scores: list[float], place: int | None) -> None:
    assert clear_winner(scores) == place


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Matrix, The", "the matrix"),
        ("  The   Matrix ", "the matrix"),
        ("Die Hard", "die hard"),
        ("Boot, Das", "das boot"),
        ("Crouching Tiger, Hidden Dragon", "crouching tiger hidden dragon"),
        ("Þór & Óðinn", "thor and odinn"),
        ("Straße", "strasse"),
        ("Malcolm X", "malcolm 10"),
        ("I, Robot", "i robot"),
        ("V for Vendetta", "v for vendetta"),
        ("Star Wars: Episode IV - A New Hope", "star wars episode 4 a new hope"),
        ("千と千尋の神隠し", "千と千尋の神隠し"),
        ("...", "..."),
    ],
)
def test_title_key(title: str, key: str) -> None:
    assert title_key(title) == key


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_a_share_and_only_whole_for_the_same_key(one: str, other: str) -> None:
    share = likeness(one, other)
    assert 0.0 <= share <= 1.0
    assert (share == 1.0) == (title_key(one) == title_key(other) != "")


TITLES = st.sampled_from(["Dallas", "Dallas (2012)", "Rocky II", "Rocky", "", "Matrix, The"])


@given(
    st.builds(Wanted, title=TITLES, year=st.sampled_from([0, 2011, 2012, 1978]), country=st.sampled_from(["", "US"])),
    st.builds(
        FoundTitle,
        titles=st.lists(TITLES, max_size=3).map(tuple),
        year=st.sampled_from([0, 2012, 1978]),
        countries=st.sampled_from([(), ("US",), ("GB", "US")]),
        rank=st.integers(0, 50),
    ),
)
def test_a_score_is_a_share_that_its_penalties_explain(wanted: Wanted, candidate: FoundTitle) -> None:
    told = score(wanted, candidate)
    assert 0.0 <= told.value <= 1.0
    assert told.value == pytest.approx(max(0.0, 1 - sum(told.penalties.values())), abs=1e-3)
    assert all(part > 0 for part in told.penalties.values())
