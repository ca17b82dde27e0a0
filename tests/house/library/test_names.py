"""From the names of files to titles: the readings of a name are searched, and no title is taken for another one."""

from collections.abc import Iterator

import pytest

from fakes import FakeClock
from harness import SECONDS, House
from metarr.domain.matching import Wanted, title_key
from metarr.domain.values import Kind
from metarr.fetch.contract import Http
from metarr.files.contents import MovieFiles, SeriesFolder
from metarr.files.readings import readings
from metarr.providers.contract import Candidate, Query
from scripted_providers import Scripted, scripted_house
from tiers import slow_but
from trees import found

pytestmark = pytest.mark.slow

FILMS = """
Alien 1979|Aliens 1986|Alien 3 1992|Alien Resurrection 1997|Alien: Covenant 2017|Blade Runner 1982
Blade Runner 2049 2017|1917 2019|1917 1970|2012 2009|2012: Doomsday 2008|1984 1984|1984 1956|1941 1979|300 2006|9 2009
21 2008|8½ 1963|(500) Days of Summer 2009|2001: A Space Odyssey 1968|2010: The Year We Make Contact 1984
A Space Odyssey 2015|Wonder Woman 2017|Wonder Woman 1984 2020|Death Race 2000 1975|Death Race 2008|Death Race 2 2010
Se7en 1995|Class of 1984 1982|Class of 1999 1990|Apollo 13 1995|District 9 2009|U-571 2000|Fahrenheit 451 1966
Fahrenheit 451 2018|10 Things I Hate About You 1999|12 Angry Men 1957|12 Angry Men 1997|12 Monkeys 1995
Ocean's Eleven 1960|Ocean's Eleven 2001|Ocean's Twelve 2004|Ocean's Thirteen 2007|The Thing 1982|The Thing 2011
The Thing from Another World 1951|Heat 1995|Heat 1986|The Matrix 1999|The Matrix Reloaded 2003
The Matrix Revolutions 2003|The Matrix Resurrections 2021|Star Wars 1977|The Empire Strikes Back 1980
Return of the Jedi 1983|The Good German 2006|The Good 2012|Der Pate 1972|The Godfather Part II 1974
Harry Potter and the Deathly Hallows: Part 1 2010|Harry Potter and the Deathly Hallows: Part 2 2011
Kill Bill: Vol. 1 2003|Kill Bill: Vol. 2 2004|Rocky 1976|Rocky II 1979|Rocky III 1982|Mission: Impossible 1996
Mission: Impossible - Fallout 2018|S.W.A.T. 2003|A.I. Artificial Intelligence 2001|Charlotte's Web 1973
Charlotte's Web 2006|La Haine 1995|Amélie 2001|WALL·E 2008|Mr. Nobody 2009|X-Men 2000|X2 2003|X 2022|Us 2019|M 1931
Z 1969|Up 2009|It 2017|It Chapter Two 2019|Her 2013|[REC] 2007|[REC]² 2009|#Alive 2020
Birdman or (The Unexpected Virtue of Ignorance) 2014|Dr. Strangelove 1964|Brazil 1985|Dune 1984|Dune 2021
Dune: Part Two 2024|Psycho 1960|Psycho 1998|Solaris 1972|Solaris 2002|King Kong 1933|King Kong 1976|King Kong 2005
Metropolis 1927|Nosferatu 1922|Nosferatu 2024|The Final Cut 2004|Urban Legends: Final Cut 2000|Urban Legend 1998
Trailer Park Boys: The Movie 2006|The Other 1972|Other People 2016|Extraction 2020|Sample People 2000
Open Season 2 2008|Season of the Witch 2011|Series 7: The Contenders 2001|The Collection 2012|Drama 2010|None 2013
Big 1988|Her Majesty 2001|Spider-Man 2002|Spider-Man 2 2004|Spider-Man: No Way Home 2021|The Big Short 2015
The Hateful Eight 2015|Se7en Dwarfs 2006
"""
SHOWS = """
24 2001|24: Legacy 2017|The 100 2014|1883 2021|1923 2022|1899 2022|The 4400 2004|4400 2021|9-1-1 2018
9-1-1: Lone Star 2020|Dark 2017|Dark Angel 2000|Extras 2005|The Office 2001|The Office (US) 2005|Shameless (US) 2011
Babylon 5 1994|12 Monkeys 2015|Dallas 1978|Dallas (2012) 2012|Doctor Who 1963|Doctor Who (2005) 2005|One Piece 1999
One Piece (2023) 2023|Breaking Bad 2008|Law & Order 1990|Marvel's Agents of S.H.I.E.L.D. 2013|Elite 2018
Chernobyl 2019|Firefly 2002|UFO 1970|Room 104 2017|Lost 2004
"""


def shelf(text: str) -> list[tuple[str, int]]:
    return [(row[:-5], int(row[-4:])) for line in text.strip().splitlines() for row in line.split("|")]


CATALOGUE = {Kind.MOVIE: shelf(FILMS), Kind.SERIES: shelf(SHOWS)}


class Shelf(Scripted):
    """Finds what has all words of a query, of its year or else of any, as TMDB does."""

    def __init__(self, provider_id: str) -> None:
        super().__init__(provider_id)
        self.queries: list[tuple[str, int]] = []

    def search(self, query: Query, http: Http) -> tuple[Candidate, ...]:
        self.queries.append((query.title, query.year))
        words = set(title_key(query.title).split())
        rows = [row for row in CATALOGUE[query.kind] if words and words <= set(title_key(row[0]).split())]
        of_year = [row for row in rows if row[1] == query.year]
        return tuple(self._candidate(query.kind, title, year) for title, year in of_year or rows)

    def _candidate(self, kind: Kind, title: str, year: int) -> Candidate:
        return Candidate(
            provider=self.id,
            kind=kind,
            titles=(title,),
            year=year,
            ids={"imdb": imdb(title, year)},
            countries=("US",) if title.endswith("(US)") else ("GB",),
        )


def imdb(title: str, year: int) -> str:
    """The id of a title of the catalogue."""
    return f"tt{1_000_000 + (CATALOGUE[Kind.MOVIE] + CATALOGUE[Kind.SERIES]).index((title, year))}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with scripted_house(tmp_path_factory.mktemp("home"), FakeClock(), "tmdb", make=Shelf) as (house, _):
        yield house


def taken_for(home: House, *paths: str) -> str:
    """The id of the title that these files are taken for; "" where nobody decides."""
    [each] = [each for each in found(*paths) if isinstance(each, MovieFiles | SeriesFolder)]
    kind = Kind.MOVIE if isinstance(each, MovieFiles) else Kind.SERIES
    words = readings(each.clues, kind)
    matches = home.services.searcher.search_readings(
        kind,
        [Wanted(title=title, year=year) for title, year in words],
        home.services.config.read(),
        deadline=home.clock.monotonic() + SECONDS,
    )
    winner = matches.winner()
    return winner.ids["imdb"] if winner else ""


def in_a_name(title: str) -> str:
    """As owners write it: file systems and other people allow no colon and no slash."""
    return title.replace(": ", " - ").replace(":", "").replace("/", "-").replace("?", "")


def dotted(title: str) -> str:
    return ".".join(in_a_name(title).replace(" - ", " ").replace("(", "").replace(")", "").split())


def turned(title: str) -> str:
    article, _, rest = title.partition(" ")
    return f"{rest}, {article}" if article in ("The", "A", "Der", "La") else title


STYLES = {
    "own folder": "{name} ({year})/{name} ({year}).mkv",
    "own folder, release in it": "{name} ({year})/{dotted}.{year}.1080p.BluRay.x264-GRP.mkv",
    "release folder": "{dotted}.{year}.1080p.BluRay.x264-GRP/grp-abc.mkv",
    "release on a shelf": "Downloads/{dotted}.{year}.720p.WEB-DL.H264-GRP.mkv",
    "on a shelf": "Films/{name} ({year}).mkv",
    "square brackets": "Films/{name} [{year}] [1080p].mkv",
    "underscores": "Films/{under}_({year}).mkv",
    "year behind a dash": "Films/{name} - {year}.mkv",
    "article last": "{turned} ({year})/film.mkv",
    "year first": "({year}) {name}/film.mkv",
    "edition": "{name} ({year}) {{edition-Director's Cut}}/{name} ({year}) - 4K.mkv",
    "year open": "Films/{name} {year}.mkv",
}


def path_of(style: str, title: str, year: int) -> str:
    name = in_a_name(title)
    return STYLES[style].format(
        name=name, year=year, dotted=dotted(title), under=name.replace(" ", "_"), turned=turned(name)
    )


@pytest.mark.parametrize("style", slow_but(["underscores"], STYLES))
def test_films_are_taken_for_themselves(home: House, style: str) -> None:
    """None is taken for another one, and at most one in twenty is left to the owner."""
    taken = {(title, year): taken_for(home, path_of(style, title, year)) for title, year in CATALOGUE[Kind.MOVIE]}
    assert {row: other for row, other in taken.items() if other not in ("", imdb(*row))} == {}
    left = [row for row, other in taken.items() if not other]
    assert len(left) <= len(taken) / 20, left


def test_a_film_without_a_year_is_left_to_the_owner(home: House) -> None:
    alone = [row for row in CATALOGUE[Kind.MOVIE] if sum(title == row[0] for title, _ in CATALOGUE[Kind.MOVIE]) == 1]
    taken = {row: taken_for(home, f"{in_a_name(row[0])}/{in_a_name(row[0])}.mkv") for row in alone}
    assert set(taken.values()) == {""}, "a name alone is no title, however few bear it"


@pytest.mark.parametrize("off", slow_but([1], [-1, 1]))
def test_a_year_off_by_one_is_forgiven(home: House, off: int) -> None:
    taken = {row: taken_for(home, f"{in_a_name(row[0])} ({row[1] + off})/a.mkv") for row in CATALOGUE[Kind.MOVIE]}
    assert {row: other for row, other in taken.items() if other not in ("", imdb(*row))} == {}
    assert sum(map(bool, taken.values())) >= 0.95 * len(taken)


@pytest.mark.parametrize("off", slow_but([2], [-20, -5, -2, 2, 5, 20]))
def test_a_year_further_off_is_left_to_the_owner(home: House, off: int) -> None:
    others = {(title, year + gap) for title, year in CATALOGUE[Kind.MOVIE] for gap in (-1, 0, 1)}
    rows = [row for row in CATALOGUE[Kind.MOVIE] if (row[0], row[1] + off) not in others]
    taken = {row: taken_for(home, f"{in_a_name(row[0])} ({row[1] + off})/a.mkv") for row in rows}
    assert {row: other for row, other in taken.items() if other} == {}


JUNK = """
IMG_1234.mp4|VID_20190504_120000.mp4|DSC00017.avi|holiday.mkv|Holiday 2019-05-03.mp4|wedding.mkv
our wedding (2014).mp4|asdf.mkv|untitled.mkv|New Folder/movie.mkv|video.mp4|title_t00.mkv|00001.m2ts
b082fa0beaa644d3aa01045d5b8d0b36.mkv|test.mkv|lecture 01.mp4|Screen Recording 2021-03-04 at 10.11.12.mov|GOPR0042.MP4
Zoom_0.mp4|birthday kids.avi|Camera/clip0001.mp4|Aliens vs Predators vs Everybody (2031).mkv|Blade Walker 2150.mkv
The Thin (1982).mkv|Brazilian Carnival (1985).mkv|Hot (1995).mkv|Rocky Mountains (1976).mkv
Matrix Explained (1999).mkv|Dunes of the Sahara (2021).mkv|Uplift (2009).mkv
"""


@pytest.mark.parametrize("path", JUNK.strip().replace("\n", "|").split("|"))
def test_junk_is_taken_for_nothing(home: House, path: str) -> None:
    assert taken_for(home, f"Stuff/{path}") == ""


SHOW_STYLES = {
    "seasons": "{name} ({year})/Season 1/{dotted}.S01E01.mkv",
    "own folder": "{name} ({year})/{name} - 1x01.mkv",
    "release folder": "{dotted}.{year}.S01.1080p.WEB-GRP/{dotted}.{year}.S01E01.1080p.WEB-GRP.mkv",
    "on a shelf": "Downloads/{name} ({year}) - S01E01 - Pilot.mkv",
    "staffel": "Serien/{name} ({year})/Staffel 01/01 - Pilot.mkv",
}


@pytest.mark.parametrize("style", slow_but(["seasons"], SHOW_STYLES))
def test_series_are_taken_for_themselves(home: House, style: str) -> None:
    taken = {}
    for title, year in CATALOGUE[Kind.SERIES]:
        name = in_a_name(title).replace(f" ({year})", "")
        path = SHOW_STYLES[style].format(name=name, year=year, dotted=dotted(name))
        taken[title, year] = taken_for(home, path)
    assert {row: other for row, other in taken.items() if other not in ("", imdb(*row))} == {}
    left = [row for row, other in taken.items() if not other]
    assert len(left) <= len(taken) / 20, left


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("The 100/Season 1/The.100.S01E01.mkv", ("The 100", 2014)),
        ("24/24.S01E01.mkv", ("24", 2001)),
        ("1883/Season 1/1883 - 01.mkv", ("1883", 2021)),
        ("Shameless (US)/S01/Shameless.US.S01E01.mkv", ("Shameless (US)", 2011)),
        ("The Office (US)/Season 1/01.mkv", ("The Office (US)", 2005)),
        ("Extras/Extras S01E01.mkv", ("Extras", 2005)),
        ("TV/Sitcoms/Firefly.S01E01.mkv", ("Firefly", 2002)),
        ("Anime/One Piece (1999)/One Piece - 1015.mkv", ("One Piece", 1999)),
        ("Dallas (2012)/Season 1/Dallas S01E01.mkv", ("Dallas (2012)", 2012)),
        ("Law and Order/Season 1/Law.and.Order.1x01.mkv", ("Law & Order", 1990)),
    ],
)
def test_a_series_is_searched_by_its_folders_name(home: House, path: str, title: tuple[str, int]) -> None:
    assert taken_for(home, path) == imdb(*title)


@pytest.mark.parametrize("path", ["Dallas/Season 1/Dallas S01E01.mkv", "Doctor Who/Season 1/Doctor Who S01E01.mkv"])
def test_a_series_that_may_be_two_is_left_to_the_owner(home: House, path: str) -> None:
    assert taken_for(home, path) == ""


def test_readings_that_mean_two_titles_are_left_to_the_owner(home: House) -> None:
    assert taken_for(home, "Alien (1979)/Heat (1995).mkv") == ""


def test_readings_of_which_one_is_known_or_both_mean_one_title_decide(home: House) -> None:
    assert taken_for(home, "Das unheimliche Wesen (1979)/Alien (1979).mkv") == imdb("Alien", 1979)
    assert taken_for(home, "Alien aka Das unheimliche Wesen (1979)/a.mkv") == imdb("Alien", 1979)
