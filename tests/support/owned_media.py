"""An owner's media on a disk: films and shows that the simulators know, half of the films with an `.nfo` file, each in
the dialect of another tool."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import escape

from simulators import MOVIES, SERIES, Movie, generated_movie
from simulators.generated_series import generated_series
from simulators.records import Series

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _media_manager(film: Movie) -> str:
    text = f"""{HEAD}<!--created on 2023-01-02 03:04:05 - tinyMediaManager 4.3.4-->
<movie>
  <title>{escape(film.title)}</title>
  <sorttitle/>
  <year>{film.year}</year>
  <userrating>7.0</userrating>
  <plot>The owner's own words & none else.</plot>
  <id>{film.imdb}</id>
  <tmdbid>{film.tmdb}</tmdbid>
  <uniqueid default="false" type="tmdb">{film.tmdb}</uniqueid>
  <uniqueid default="true" type="imdb">{film.imdb}</uniqueid>
  <watched>true</watched>
  <source>UHD_BLURAY</source>
  <user_note>lent to a friend</user_note>
</movie>
"""
    return "\ufeff" + text.replace("words & none", "words &amp; none").replace("\n", "\r\n")


def _radarr(film: Movie) -> str:
    return f"""<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<movie>
  <title>{escape(film.title)}</title>
  <rating>7.25</rating>
  <plot />
  <genre>Drama</genre>
  <uniqueid type="imdb" default="true">{film.imdb}</uniqueid>
  <uniqueid type="tmdb">{film.tmdb}</uniqueid>
  <fileinfo><streamdetails><video><codec>x265</codec></video></streamdetails></fileinfo>
</movie>"""


def _jellyfin(film: Movie) -> str:
    return f"""<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<movie>
  <plot><![CDATA[From Jellyfin & kept.]]></plot>
  <outline />
  <lockdata>false</lockdata>
  <dateadded>2024-01-01 10:00:00</dateadded>
  <title>{escape(film.title)}</title>
  <year>{film.year}</year>
  <imdbid>{film.imdb}</imdbid>
  <tmdbid>{film.tmdb}</tmdbid>
  <actor><name>Somebody Seen</name><role>Herself</role><type>Actor</type><sortorder>0</sortorder></actor>
  <art><poster>/config/data/p.jpg</poster></art>
</movie>"""


def _media_elch(film: Movie) -> str:
    return f"""{HEAD}<movie>
    <title>{escape(film.title)}</title>
    <originaltitle>{escape(film.native_title)}</originaltitle>
    <ratings>
        <rating default="true" max="10" name="themoviedb">
            <value>9.9</value>
            <votes>12</votes>
        </rating>
    </ratings>
    <uniqueid default="true" type="tmdb">{film.tmdb}</uniqueid>
    <thumb aspect="poster" preview="https://image.tmdb.org/t/p/w154/x.jpg"></thumb>
    <generator><appname>MediaElch</appname><appversion>2.10</appversion></generator>
</movie>
"""


def _by_hand(film: Movie) -> str:
    return f"<movie >\n<title>{escape(film.title)}</title><!-- seen twice -->\n\n<own a='1'>x</own>\n</movie>\n" + (
        f"https://www.imdb.com/title/{film.imdb}/\n"
    )


DIALECTS: Mapping[str, Callable[[Movie], str]] = {
    "tinyMediaManager": _media_manager,
    "Radarr": _radarr,
    "Jellyfin": _jellyfin,
    "MediaElch": _media_elch,
    "by hand": _by_hand,
}

STYLES = (
    "{title} ({year})/{title} ({year}).mkv",
    "{title} ({year})/{dotted}.{year}.1080p.BluRay.x264-GRP.mkv",
    "{title} ({year}) {{tmdb-{tmdb}}}/{title} ({year}) - 2160p.mkv",
    "{title} ({year}) [imdbid-{imdb}]/{title}.mkv",
    "{dotted}.{year}.German.DL.720p.WEB.h264-GRP/{dotted}.{year}.German.DL.720p.WEB.h264-GRP.mkv",
)

GAPS = (b"<plot />", b"<outline />", b"<sorttitle/>")
"""What those files leave empty."""

UNTELLABLE = ("Man of Steel/Man of Steel.mkv", "Generated Movie/Generated Movie.mkv")
"""Films of which the words alone fit several."""


def plain(title: str) -> str:
    """A title as a name of a file may have it."""
    return "".join(letter for letter in title if letter not in ':*?"<>|').replace("/", " ")


def films(count: int) -> list[Movie]:
    """So many that every provider knows by one id or another, hand-written ones first."""
    known = [each for each in MOVIES if each.tmdb and each.imdb and not each.unknown_to and each.year < 2023]
    return [*known, *(generated_movie(number) for number in range(count - len(known)))][:count]


def shows(count: int) -> list[Series]:
    return [*SERIES, *(generated_series(number) for number in range(count - len(SERIES)))][:count]


def lay_out_films(folder: Path, count: int) -> dict[str, Movie]:
    """Put so many films there, those that nobody can tell included; by the path of its video, each of the others."""
    laid: dict[str, Movie] = {}
    for number, film in enumerate(films(count - len(UNTELLABLE))):
        title = plain(film.title)
        names = {"title": title, "dotted": title.replace(" ", "."), "year": film.year}
        path = STYLES[number % len(STYLES)].format(**names, tmdb=film.tmdb, imdb=film.imdb)
        _put(folder / path)
        laid[path] = film
        if number % 2:
            nfo = "movie.nfo" if number % 4 == 1 else f"{Path(path).stem}.nfo"
            write = list(DIALECTS.values())[number // 2 % len(DIALECTS)]
            (folder / path).with_name(nfo).write_text(write(film), newline="")
    for path in UNTELLABLE:
        _put(folder / path)
    return laid


def lay_out_shows(folder: Path, count: int) -> dict[str, Series]:
    """Put so many shows there, two episodes of each of their first seasons; by the folder, each. The first has a file
    of two episodes."""
    laid: dict[str, Series] = {}
    for number, show in enumerate(shows(count)):
        name = f"{plain(show.title)} ({show.year})"
        if show.key.startswith("generated"):
            # No search finds these, and "Generated Series 7" is a season's name.
            name = f"A Tale of {chr(ord('A') + number)} ({show.year}) {{tvdb-{show.tvdb}}}"
        laid[name] = show
        for season in islice(show.seasons, 3):
            within = folder / name / ("Specials" if season.number == 0 else f"Season {season.number:02}")
            for path in _episode_names(show, season.number, [each.number for each in season.episodes[:2]], number == 0):
                _put(within / path)
    return laid


def _episode_names(show: Series, season: int, episodes: Sequence[int], together: bool) -> list[str]:
    title = plain(show.title)
    if together and len(episodes) == 2:
        return [f"{title} S{season:02}E{episodes[0]:02}E{episodes[1]:02}.mkv"]
    return [f"{title} S{season:02}E{number:02}.mkv" for number in episodes]


def _put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Each its own content: a file of the same bytes elsewhere is the same one, moved.
    path.write_bytes(path.name.encode())
