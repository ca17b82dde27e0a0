"""Names of films, each in the folders that it lies in, and the readings by which it is searched."""

import pytest

from trees import one

# Its own folder says "Title (Year)": that is the reading, whatever the file is called.
OWN = [
    ("Alien (1979)/Alien (1979).mkv", "Alien (1979)"),
    ("Alien (1979)/alien.mkv", "Alien (1979)"),
    ("Alien (1979)/movie.mkv", "Alien (1979)"),
    ("Alien (1979)/Alien.1979.1080p.BluRay.x264-GRP.mkv", "Alien (1979)"),
    ("Alien (1979)/grp-alien.1080p.mkv", "Alien (1979)"),
    ("Alien (1979)/b082fa0beaa644d3aa01045d5b8d0b36.mkv", "Alien (1979)"),
    ("Alien (1979)/00800.m2ts", "Alien (1979)"),
    ("Alien (1979)/title_t00.mkv", "Alien (1979)"),
    ("Alien (1979)/Alien.iso", "Alien (1979)"),
    ("Alien (1979)/Alien.strm", "Alien (1979)"),
    ("Alien (1979)/Alien.ts", "Alien (1979)"),
    ("ALIEN (1979)/ALIEN.MKV", "ALIEN (1979)"),
    ("1917 (2019)/1917.mkv", "1917 (2019)"),
    ("2012 (2009)/2012.mkv", "2012 (2009)"),
    ("1984 (1956)/1984.mkv", "1984 (1956)"),
    ("1941 (1979)/1941.1979.mkv", "1941 (1979)"),
    ("(500) Days of Summer (2009)/(500) Days of Summer.mkv", "(500) Days of Summer (2009)"),
    ("Blade Runner 2049 (2017)/Blade Runner 2049.mkv", "Blade Runner 2049 (2017)"),
    ("2001 A Space Odyssey (1968)/2001.mkv", "2001 A Space Odyssey (1968)"),
    ("Wonder Woman 1984 (2020)/Wonder.Woman.1984.mkv", "Wonder Woman 1984 (2020)"),
    ("Death Race 2000 (1975)/Death Race 2000.mkv", "Death Race 2000 (1975)"),
    ("9 (2009)/9.mkv", "9 (2009)"),
    ("[REC]² (2009)/[REC]² (2009).mkv", "[REC]² (2009)"),
    ("[Rec]½ (2009)/rec.mkv", "[Rec]½ (2009)"),
    ("21 (2008)/21.mkv", "21 (2008)"),
    ("300 (2006)/300.mkv", "300 (2006)"),
    ("10x10 (2018)/10x10.mkv", "10x10 (2018)"),
    ("Se7en (1995)/Se7en.mkv", "Se7en (1995)"),
    ("8½ (1963)/8½.mkv", "8½ (1963)"),
    ("π (1998)/pi.mkv", "π (1998)"),
    ("$ (1971)/dollars.mkv", "$ (1971)"),
    ("? (2011)/x.mkv", "? (2011)"),
    ("#Alive (2020)/alive.mkv", "#Alive (2020)"),
    ("+1 (2013)/plus.mkv", "+1 (2013)"),
    ("*batteries not included (1987)/b.mkv", "*batteries not included (1987)"),
    ("[REC] (2007)/[REC].mkv", "[REC] (2007)"),
    ("[REC] 2 (2009)/[REC] 2.mkv", "[REC] 2 (2009)"),
    ("Matrix, The (1999)/Matrix.mkv", "The Matrix (1999)"),
    ("Beautiful Mind, A (2001)/x.mkv", "A Beautiful Mind (2001)"),
    ("Good, the Bad and the Ugly, The (1966)/x.mkv", "The Good, the Bad and the Ugly (1966)"),
    ("Leben der Anderen, Das (2006)/x.mkv", "Das Leben der Anderen (2006)"),
    ("Avventura, L' (1960)/x.mkv", "L'Avventura (1960)"),
    ("Alien [1979]/alien.mkv", "Alien (1979)"),
    ("Alien {1979}/alien.mkv", "Alien (1979)"),
    ("(1979) Alien/alien.mkv", "Alien (1979)"),
    ("[1979] Alien/alien.mkv", "Alien (1979)"),
    ("(1979) - Alien/alien.mkv", "Alien (1979)"),
    ("Alien_(1979)/alien.mkv", "Alien (1979)"),
    ("Alien.(1979)/alien.mkv", "Alien (1979)"),
    ("The.Good.German.(2006)/x.mkv", "The Good German (2006)"),
    ("Alien (1979) [1080p]/alien.mkv", "Alien (1979)"),
    ("Alien (1979) (1080p BluRay x265)/alien.mkv", "Alien (1979)"),
    ("Alien (1979) - Director's Cut/alien.mkv", "Alien (1979)"),
    ("Alien (1979) {edition-Director's Cut}/alien.mkv", "Alien (1979)"),
    ("Alien (1979, Director's Cut)/alien.mkv", "Alien (1979)"),
    ("Alien (USA 1979)/alien.mkv", "Alien (1979)"),
    ("Alien (Ridley Scott, 1979)/alien.mkv", "Alien (1979)"),
    ("Mr. Nobody (2009)/x.mkv", "Mr. Nobody (2009)"),
    ("S.W.A.T. (2003)/x.mkv", "S.W.A.T. (2003)"),
    ("X-Men (2000)/x.mkv", "X-Men (2000)"),
    ("Spider-Man - No Way Home (2021)/x.mkv", "Spider-Man - No Way Home (2021)"),
    ("Mission_ Impossible (1996)/x.mkv", "Mission Impossible (1996)"),
    (
        "Birdman or (The Unexpected Virtue of Ignorance) (2014)/x.mkv",
        "Birdman or (The Unexpected Virtue of Ignorance) (2014)",
    ),
    ("Kill Bill Vol. 2 (2004)/x.mkv", "Kill Bill Vol. 2 (2004)"),
    ("Harry Potter and the Deathly Hallows Part 2 (2011)/x.mkv", "Harry Potter and the Deathly Hallows Part 2 (2011)"),
    ("Rocky II (1979)/x.mkv", "Rocky II (1979)"),
    ("The Good German (2006)/x.mkv", "The Good German (2006)"),
    ("Nosferatu (1922)/x.mkv", "Nosferatu (1922)"),
    ("Le Voyage dans la Lune (1902)/x.mkv", "Le Voyage dans la Lune (1902)"),
    ("Roundhay Garden Scene (1888)/x.mkv", "Roundhay Garden Scene (1888)"),
    ("Us (2019)/us.mkv", "Us (2019)"),
    ("M (1931)/m.mkv", "M (1931)"),
    ("Z (1969)/z.mkv", "Z (1969)"),
    ("X (2022)/x.mkv", "X (2022)"),
    ("None (2009)/none.mkv", "None (2009)"),
    ("Other (2019)/other.mkv", "Other (2019)"),
    ("Extras (2005)/extras.mkv", "Extras (2005)"),
    ("Trailer (2019)/Trailer.mkv", "Trailer (2019)"),
    ("Sample (2019)/Sample.mkv", "Sample (2019)"),
    ("Sample People (2000)/Sample People (2000).mkv", "Sample People (2000)"),
    ("The Big-Short (2015)/The Big-Short.mkv", "The Big-Short (2015)"),
    ("Open Season 2 (2008)/Open Season 2.mkv", "Open Season 2 (2008)"),
    ("Season of the Witch (2011)/Season of the Witch.mkv", "Season of the Witch (2011)"),
    ("Series 7 - The Contenders (2001)/Series 7.mkv", "Series 7 - The Contenders (2001)"),
    ("The Collection (2012)/The Collection.mkv", "The Collection (2012)"),
    ("Drama (2018)/x.mkv", "Drama (2018)"),
    ("The Final Cut (2004)/x.mkv", "The Final Cut (2004)"),
    ("Uncut Gems (2019)/x.mkv", "Uncut Gems (2019)"),
    ("Disc 3 (2010)/x.mkv", "Disc 3 (2010)"),
    ("Part 1 (2010)/x.mkv", "Part 1 (2010)"),
    ("Film (1965)/film.mkv", "Film (1965)"),
    ("Amélie (2001)/x.mkv", "Amélie (2001)"),
    ("Ame\u0301lie (2001)/x.mkv", "Amélie (2001)"),
    ("Am\udce9lie (2001)/x.mkv", "Amélie (2001)"),
    ("Die fetten Jahre sind vorbei (2004)/x.mkv", "Die fetten Jahre sind vorbei (2004)"),
    ("七人の侍 (1954)/x.mkv", "七人の侍 (1954)"),
    ("Сталкер (1979)/x.mkv", "Сталкер (1979)"),
    ("Alien\u202e (1979)/x.mkv", "Alien (1979)"),
    ("Alien  (1979) /x.mkv", "Alien (1979)"),
]

# The edition stands in front of the year, and may belong to the title.
EDITIONS = [
    ("Alien (Director's Cut) (1979)/x.mkv", ["Alien (1979)", "Alien (Director's Cut) (1979)"]),
    ("Alien - Director's Cut (1979)/x.mkv", ["Alien (1979)", "Alien - Director's Cut (1979)"]),
    ("Urban Legends Final Cut (2000)/x.mkv", ["Urban Legends (2000)", "Urban Legends Final Cut (2000)"]),
    ("La Haine aka Hate (1995)/x.mkv", ["La Haine aka Hate (1995)", "La Haine (1995)", "Hate (1995)"]),
    ("Amélie [Le fabuleux destin] (2001)/x.mkv", ["Amélie (2001)", "Le fabuleux destin (2001)"]),
    ("02 - Aliens (1986)/x.mkv", ["02 - Aliens (1986)", "Aliens (1986)"]),
    ("02. Aliens (1986)/x.mkv", ["02. Aliens (1986)", "Aliens (1986)"]),
]

# Folder and file say different things: each is searched.
BOTH = [
    ("Der Pate (1972)/The Godfather (1972).mkv", ["Der Pate (1972)", "The Godfather (1972)"]),
    ("Alien (1979)/Heat (1995).mkv", ["Alien (1979)", "Heat (1995)"]),
    ("Der Pate/The Godfather.mkv", ["Der Pate", "The Godfather"]),
    ("Alien/alien.mkv", ["Alien"]),
    ("Alien/abc.strm", ["Alien", "abc"]),
    ("Alien/movie.mkv", ["Alien"]),
    ("Brazil/Brazil.iso", ["Brazil"]),
]

# Not in a folder of its own: the file alone speaks.
LOOSE = [
    ("Alien (1979).mkv", "Alien (1979)"),
    ("1917 (2019).mkv", "1917 (2019)"),
    ("Films/Alien (1979).mkv", "Alien (1979)"),
    ("Drama/Heat (1995).mkv", "Heat (1995)"),
    ("2012/Looper (2012).mkv", "Looper (2012)"),
    ("4K/Alien (1979).mkv", "Alien (1979)"),
    ("A-C/Alien (1979).mkv", "Alien (1979)"),
    ("1970s/Alien (1979).mkv", "Alien (1979)"),
    ("Alien Collection/Alien (1979).mkv", "Alien (1979)"),
    ("Alien (1979-1997)/Alien (1979).mkv", "Alien (1979)"),
    ("Watched by Anna/Alien (1979).mkv", "Alien (1979)"),
    ("Films/Alien (1979) cd1.avi", "Alien (1979)"),
    ("Films/The Short.mkv", "The Short"),
    ("Films/Alien.mkv", "Alien"),
    ("Films/Mission Impossible - Fallout.mkv", "Mission Impossible - Fallout"),
    ("Films/Alien (1979) {edition-Director's Cut}.mkv", "Alien (1979)"),
    ("Films/Alien (1979) - 4K.mkv", "Alien (1979)"),
    ("Films/Alien (1979) [tmdbid=348].mkv", "Alien (1979) tmdb:348"),
    ("Films/Star Wars Episode 4 - A New Hope (1977).mkv", "Star Wars Episode 4 - A New Hope (1977)"),
    ("Films/E01 (2015).mkv", "E01 (2015)"),
    ("Films/Home 2019-05-03.mkv", "Home (2019) | Home 2019-05-03"),
]

# Nothing but a name with dots, and a year that stands open.
RELEASES = [
    ("Alien.1979.1080p.BluRay.x264-GRP", "Alien (1979) | Alien 1979"),
    ("Alien.1979", "Alien (1979) | Alien 1979"),
    ("Alien 1979", "Alien (1979) | Alien 1979"),
    ("alien_1979_720p", "alien (1979) | alien 1979"),
    ("alien-directors-cut-1979", "alien (1979) | alien directors cut (1979) | alien directors cut 1979"),
    ("1917.2019.1080p.BluRay-GRP", "1917 (2019) | 1917 2019"),
    ("Blade.Runner.2049.2017.2160p.UHD.BluRay.x265-GRP", "Blade Runner 2049 (2017) | Blade Runner 2049 2017"),
    ("Blade Runner 2049", "Blade Runner (2049) | Blade Runner 2049"),
    ("Wonder.Woman.1984.2020.1080p.WEB-DL", "Wonder Woman 1984 (2020) | Wonder Woman 1984 2020"),
    ("Wonder.Woman.1984.1080p.WEB-DL", "Wonder Woman (1984) | Wonder Woman 1984"),
    ("2001.A.Space.Odyssey.1968.2160p", "2001 A Space Odyssey (1968) | 2001 A Space Odyssey 1968"),
    ("2001 A Space Odyssey", "2001 A Space Odyssey"),
    ("2001 - A Space Odyssey", "A Space Odyssey (2001) | 2001 - A Space Odyssey"),
    ("1984.1984.720p", "1984 (1984) | 1984 1984"),
    ("Class of 1984", "Class of (1984) | Class of 1984"),
    ("2012", "2012"),
    ("1941", "1941"),
    ("1917.1080p.BluRay", "1917"),
    ("(500) Days of Summer", "(500) Days of Summer"),
    ("500.Days.of.Summer.2009.720p", "500 Days of Summer (2009) | 500 Days of Summer 2009"),
    ("10.Things.I.Hate.About.You.1999.1080p", "10 Things I Hate About You (1999) | 10 Things I Hate About You 1999"),
    ("S.W.A.T.2003.1080p", "S.W.A.T. (2003) | S.W.A.T. 2003"),
    (
        "A.I.Artificial.Intelligence.2001.720p",
        "A.I. Artificial Intelligence (2001) | A.I. Artificial Intelligence 2001",
    ),
    ("Charlottes.Web.2006.1080p", "Charlottes Web (2006) | Charlottes Web 2006 | Charlottes (2006)"),
    ("The.Good.German.2006.720p.BluRay", "The Good German (2006) | The Good German 2006 | The Good (2006)"),
    ("Der.Pate.German.1972.AC3.BDRip.x264-GRP", "Der Pate German (1972) | Der Pate German 1972 | Der Pate (1972)"),
    ("La.Haine.1995.FRENCH.1080p.BluRay", "La Haine (1995) | La Haine 1995"),
    ("Movie.Title.2019.GERMAN.DL.1080p", "Movie Title (2019) | Movie Title 2019"),
    ("Kill.Bill.Vol.2.2004.720p", "Kill Bill Vol 2 (2004) | Kill Bill Vol 2 2004"),
    ("Rocky.II.1979.1080p", "Rocky II (1979) | Rocky II 1979"),
    ("Fahrenheit.451.1966.DVDRip", "Fahrenheit 451 (1966) | Fahrenheit 451 1966"),
    ("U-571.2000.DVDRip", "U-571 (2000) | U-571 2000"),
    ("WALL-E.2008.1080p", "WALL-E (2008) | WALL-E 2008"),
    ("Ocean's.Eleven.2001.720p", "Ocean's Eleven (2001) | Ocean's Eleven 2001"),
    ("www.Site.com - Alien.1979.1080p", "Alien (1979) | Alien 1979"),
    ("[ www.Site.org ] - Alien (1979)", "Alien (1979)"),
    ("[Group] Akira (1988) [1080p]", "Akira (1988)"),
    ("[Group] Akira [1080p][ABCD1234]", "Akira"),
    ("Alien.1080p.BluRay.x264-GRP", "Alien"),
    ("Alien 4K HDR", "Alien"),
    ("Alien - 1979", "Alien (1979) | Alien - 1979"),
    ("1979 - Alien", "Alien (1979) | 1979 - Alien"),
    ("1979. Alien", "Alien (1979) | 1979. Alien"),
    ("Alien.1979.Directors.Cut.1080p", "Alien (1979) | Alien 1979"),
    ("Alien.Directors.Cut.1979.1080p", "Alien (1979) | Alien Directors Cut (1979) | Alien Directors Cut 1979"),
    ("District 9", "District 9"),
    ("Apollo 13", "Apollo 13"),
    ("film 00001", "film 00001"),
    ("Rocky II", "Rocky II"),
    ("Harry Potter 1", "Harry Potter 1"),
    ("Alien%20(1979)", "Alien (1979)"),
    ("C__Films_Alien (1979)", "C Films Alien (1979)"),
    ("C:\\Films\\Alien (1979)", "Alien (1979)"),
    ("\\\\nas\\Films\\Alien (1979)\\Alien (1979)", "Alien (1979)"),
    ("Films\\Sci-Fi\\Alien (1979)", "Alien (1979)"),
    ("AC\\DC (1980)", "AC\\DC (1980)"),
    ("The Matrix (1999) [1080p] [BluRay] [YTS.MX]", "The Matrix (1999)"),
    ("The.Matrix.1999.1080p.BluRay.x264-[YTS.AM]", "The Matrix (1999) | The Matrix 1999"),
    ("ALIEN.1979.PAL.DVD9", "ALIEN (1979) | ALIEN 1979"),
    ("Alien： Covenant (2017)", "Alien： Covenant (2017)"),
    ("Law &amp; Order (1953)", "Law & Order (1953)"),
]


@pytest.mark.parametrize(("path", "reading"), OWN)
@pytest.mark.parametrize("shelf", ["", "Films/", "A/", "Alien Collection/"])
def test_a_folder_of_its_own_names_the_film(shelf: str, path: str, reading: str) -> None:
    assert one(shelf + path) == reading


@pytest.mark.parametrize(("path", "readings"), EDITIONS + BOTH)
def test_what_may_be_the_title_is_a_reading_each(path: str, readings: list[str]) -> None:
    assert one(path) == " | ".join(readings)


@pytest.mark.parametrize(("path", "reading"), LOOSE)
def test_a_film_on_a_shelf_is_named_by_its_file(path: str, reading: str) -> None:
    assert one(path) == reading


@pytest.mark.parametrize(("name", "readings"), RELEASES)
def test_a_year_that_stands_open_may_belong_to_the_title(name: str, readings: str) -> None:
    assert one(f"Films/{name}.mkv") == readings
    assert one(f"{name}/{name}.mkv") == readings
    assert one(f"{name}/abc-1080p.mkv") in (readings, f"{readings} | abc")
