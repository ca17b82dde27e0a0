import re
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.checked import checked_value
from metarr.domain.values import Kind
from metarr.nfo import MOST_BYTES, NoNfo, NotUnderstood, Title, parse

MOVIE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<movie>
  <title>Night  Ferry</title>
  <originaltitle>Nachtfähre</originaltitle>
  <sorttitle>Night Ferry 1</sorttitle>
  <ratings>
    <rating name="themoviedb" max="10"><value>7.25</value><votes>1,234</votes></rating>
    <rating name="imdb" max="10" default="true"><value>8.1</value><votes>45 678</votes></rating>
    <rating name="tomatometerallcritics" max="100"><value>81</value></rating>
    <rating name="metacritic" max="100"><value>0</value></rating>
    <rating name="default" max="10"><value>9.9</value></rating>
  </ratings>
  <rating>9.9</rating>
  <outline>A ferry.</outline>
  <plot>A ferry &amp; its crew.</plot>
  <tagline>Nobody gets off.</tagline>
  <runtime>112 min</runtime>
  <mpaa>Rated PG-13 for fog</mpaa>
  <thumb aspect="poster" preview="https://art.example/small.jpg">http://art.example/poster.jpg</thumb>
  <thumb aspect="poster">https://art.example/second.jpg</thumb>
  <thumb aspect="clearlogo">https://art.example/logo.png</thumb>
  <thumb aspect="banner">/home/kodi/banner.jpg</thumb>
  <thumb aspect="discart">https://art.example/disc.png</thumb>
  <fanart url="https://art.example"><thumb>/f1.jpg</thumb><thumb>/f2.jpg</thumb></fanart>
  <uniqueid type="imdb">tt0000002</uniqueid>
  <uniqueid type="imdb" default="true">tt0000001</uniqueid>
  <uniqueid type="TheMovieDB">42</uniqueid>
  <uniqueid type="wikidata">Q1</uniqueid>
  <uniqueid type="tmdbSet">7</uniqueid>
  <uniqueid type="tvdb">none</uniqueid>
  <genre>Drama / Thriller</genre><genre>drama</genre>
  <country>Norway</country>
  <tag>sea / shore</tag>
  <set><name>Ferries</name><overview>All of them.</overview></set>
  <credits>W One</credits><director>D One</director><director>D Two</director>
  <premiered>2001-05-06</premiered><year>2000</year>
  <status>Released</status>
  <studio>Fjord</studio>
  <trailer>plugin://plugin.video.youtube/?action=play_video&amp;videoid=abcdef12345</trailer>
  <actor><name>A One</name><role>Mate</role><order>1</order><thumb>https://art.example/a.jpg</thumb></actor>
  <actor><name>A Two</name><role>Cook</role><order>0</order><thumb>http://art.example/b.jpg</thumb></actor>
  <actor><role>Nobody</role></actor>
  <lockdata>true</lockdata>
  <playcount>3</playcount>
</movie>
https://www.themoviedb.org/movie/43-another?language=en&x=1
"""


def one(text: str | bytes) -> Title:
    [title] = parse(text.encode() if isinstance(text, str) else text)
    return title


def test_everything_a_movie_file_tells_is_read() -> None:
    title = one(MOVIE)
    assert (title.kind, title.title, title.year, title.lock_all) == (Kind.MOVIE, "Night Ferry", 2000, True)
    assert title.ids == {"imdb": "tt0000001", "tmdb": "42", "wikidata": "Q1"}
    assert title.fields == {
        "original_title": "Nachtfähre",
        "sort_title": "Night Ferry 1",
        "tagline": "Nobody gets off.",
        "plot": "A ferry & its crew.",
        "outline": "A ferry.",
        "release_date": "2001-05-06",
        "runtime_minutes": 112,
        "status": "Released",
        "certification": "Rated PG-13 for fog",
        "genres": ["Drama", "Thriller", "drama"],
        "studios": ["Fjord"],
        "countries": ["Norway"],
        "tags": ["sea / shore"],
        "directors": ["D One", "D Two"],
        "writers": ["W One"],
        "cast": [
            {"name": "A One", "role": "Mate", "order": 1, "photo": "https://art.example/a.jpg"},
            {"name": "A Two", "role": "Cook", "order": 0, "photo": "https://art.example/b.jpg"},
        ],
        "collection": {"name": "Ferries", "ids": {"tmdb": "7"}},
        "trailer": "https://www.youtube.com/watch?v=abcdef12345",
        "imdb_rating": 8.1,
        "imdb_votes": 45678,
        "tmdb_rating": 7.25,
        "tmdb_votes": 1234,
        "rotten_tomatoes_score": 81,
        "poster": [{"url": "https://art.example/poster.jpg"}],
        "fanart": [{"url": "https://art.example/f1.jpg"}, {"url": "https://art.example/f2.jpg"}],
        "clearlogo": [{"url": "https://art.example/logo.png"}],
        "disc": [{"url": "https://art.example/disc.png"}],
    }


def test_a_series_is_read_and_images_of_its_seasons_are_not_its() -> None:
    title = one(
        "<tvshow><title>Harbour</title><id>81189</id><premiered>2010-01-02</premiered><enddate>2012-03-04</enddate>"
        "<thumb aspect='poster' type='season' season='1'>https://art.example/s1.jpg</thumb>"
        "<thumb aspect='poster'>https://art.example/p.jpg</thumb>"
        "<credits>C One</credits><director>Nobody's</director><mpaa>US:TV-14 / DE:12</mpaa></tvshow>"
    )
    assert (title.kind, title.year, title.ids) == (Kind.SERIES, 2010, {"tvdb": "81189"})
    assert title.fields == {
        "release_date": "2010-01-02",
        "end_date": "2012-03-04",
        "certification": "US:TV-14 / DE:12",
        "creators": ["C One"],
        "poster": [{"url": "https://art.example/p.jpg"}],
    }


def test_one_file_may_hold_several_episodes() -> None:
    both = parse(
        b"<?xml version='1.0'?>\n<episodedetails><title>One</title><season>1</season><episode>1</episode>"
        b"<showtitle>Harbour</showtitle><aired>2010-01-02</aired>"
        b"<thumb>https://art.example/1.jpg</thumb></episodedetails>\n"
        b"<?xml version='1.0'?>\n<episodedetails><title>Two</title><season>0</season><episode>2</episode>"
        b"<uniqueid type='tvdb'>77</uniqueid></episodedetails>"
    )
    assert [(each.title, each.season, each.episode, each.show) for each in both] == [
        ("One", 1, 1, "Harbour"),
        ("Two", 0, 2, ""),
    ]
    assert both[0].fields == {
        "release_date": "2010-01-02",
        "season_number": 1,
        "episode_number": 1,
        "still": [{"url": "https://art.example/1.jpg"}],
    }
    assert both[1].ids == {"tvdb": "77"}


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("<movie><title>Amélie</title></movie>".encode(), "Amélie"),
        ("\ufeff<movie><title>Amélie</title></movie>".encode(), "Amélie"),
        ("<?xml version='1.0' encoding='utf-8'?><movie><title>Amélie</title></movie>".encode("latin-1"), "Amélie"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><movie><title>Amélie</title></movie>'.encode("latin-1"), "Amélie"),
        ("<?xml encoding='windows-1251'?><movie><title>Вий</title></movie>".encode("cp1251"), "Вий"),
        ("<movie><title>Amélie – 1</title></movie>".encode("cp1252"), "Amélie – 1"),
        ("<movie><title>Amélie</title></movie>".encode("utf-16"), "Amélie"),
        ("<?xml encoding='utf-16'?><movie><title>Amélie</title></movie>".encode(), "Amélie"),
        (b"<?xml encoding='zlib_codec'?><movie><title>Am\x0blie</title></movie>", "Amlie"),
        (b"\x81<movie><title>Am\xe9lie</title></movie>", "Amélie"),
        (b"\r\n release notes \r\n<!DOCTYPE movie>\r\n<movie><title>X</title></movie>\r\n", "X"),
    ],
)
def test_files_are_read_in_the_encoding_they_are_in(content: bytes, title: str) -> None:
    assert one(content).title == title


@pytest.mark.parametrize(
    ("inside", "ids"),
    [
        ("<id>tt0000001</id>", {"imdb": "tt0000001"}),
        ("<id>123</id>", {"tmdb": "123"}),
        ("<id>42</id><uniqueid type='tmdb'>42</uniqueid>", {"tmdb": "42"}),
        ("<id>42</id><uniqueid type='radarr'>7</uniqueid>", {"radarr": "7"}),
        ("<tmdbid>42</tmdbid><imdbid>tt0000001</imdbid>", {"imdb": "tt0000001", "tmdb": "42"}),
        ("<uniqueid>tt0000001</uniqueid><uniqueid type='unknown'>5</uniqueid>", {"imdb": "tt0000001", "unknown": "5"}),
        ("<uniqueid type='imdb'>tt0000001</uniqueid><id>tt0000002</id>", {"imdb": "tt0000001"}),
        ("<uniqueid type='imdb'></uniqueid><tmdbid>0</tmdbid>", {}),
    ],
)
def test_ids_are_read_as_every_generation_of_files_writes_them(inside: str, ids: dict[str, str]) -> None:
    assert one(f"<movie><title>X</title>{inside}</movie>").ids == ids


@pytest.mark.parametrize(
    ("inside", "field", "value"),
    [
        ("<runtime>1h 52min</runtime>", "runtime_minutes", 112),
        ("<runtime>2 h</runtime>", "runtime_minutes", 120),
        ("<runtime>112.4</runtime>", "runtime_minutes", 112),
        ("<runtime>long</runtime>", "runtime_minutes", None),
        ("<set>Ferries</set>", "collection", {"name": "Ferries"}),
        ("<set/>", "collection", None),
        ("<mpaa>Not Rated</mpaa>", "certification", "Not Rated"),
        ("<mpaa>N/A</mpaa>", "certification", None),
        ("<mpaa>R</mpaa><certification>US:R / DE:16</certification>", "certification", "R / US:R / DE:16"),
        ("<premiered>06/05/2001</premiered>", "release_date", None),
        ("<premiered>2001-05-06 00:00:00</premiered>", "release_date", "2001-05-06"),
        ("<criticrating>81</criticrating>", "rotten_tomatoes_score", 81),
        ("<ratings><rating name='imdb' max='100'><value>81</value></rating></ratings>", "imdb_rating", 8.1),
        ("<ratings><rating name='imdb'><value>81</value></rating></ratings>", "imdb_rating", None),
        ("<ratings><rating name='imdb' max='0'><value>8</value></rating></ratings>", "imdb_rating", None),
        ("<votes>12</votes><rating>8</rating>", "imdb_votes", None),
        ("<trailer>https://video.example/1</trailer>", "trailer", "https://video.example/1"),
        ("<trailer>/mnt/trailer.mkv</trailer>", "trailer", None),
        ("<thumb>https://art.example/p.jpg</thumb>", "poster", [{"url": "https://art.example/p.jpg"}]),
        ("<art><poster>https://art.example/p.jpg</poster></art>", "poster", [{"url": "https://art.example/p.jpg"}]),
        ("<art><poster>/config/p.jpg</poster></art>", "poster", None),
        ("<thumb aspect='poster'>https://[</thumb>", "poster", None),
        ("<plot>" + "x" * 20_001 + "</plot>", "plot", None),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_right_is_left_out(inside: str, field: str, value: Any) -> None:
    assert one(f"<movie><title>X</title>{inside}</movie>").fields.get(field) == value


@pytest.mark.parametrize(
    ("inside", "title"),
    [
        ("<title>None</title>", "None"),
        ("<title>Unknown</title>", "Unknown"),
        ("<title>...</title>", "..."),
        ("<title>I &lt;3 NY</title>", "I <3 NY"),
        ("<title>Tom &amp;amp; Jerry</title>", "Tom & Jerry"),
        ("<title> / </title><originaltitle>Nachtfähre</originaltitle>", "Nachtfähre"),
        ("<title>N/A</title><plot>P</plot>", ""),
        ("<title></title><title>Second</title>", "Second"),
    ],
)
def test_a_title_may_be_any_word_but_none_at_all(inside: str, title: str) -> None:
    assert one(f"<movie>{inside}</movie>").title == title


EMPTY = ("N/A", "n/a", " / ", "None", "null", "Unknown", "-", "")


@pytest.mark.parametrize("word", EMPTY)
@pytest.mark.parametrize(
    "element", ["plot", "outline", "tagline", "director", "credits", "genre", "studio", "country", "mpaa", "set", "tag"]
)
def test_words_that_say_nothing_are_no_values(element: str, word: str) -> None:
    assert one(f"<movie><title>X</title><{element}>{word}</{element}></movie>").fields == {}


def test_the_second_of_several_that_says_something_counts() -> None:
    title = one(
        "<movie><title>X</title><plot>N/A</plot><plot>P</plot><credits>None</credits><writer>W</writer></movie>"
    )
    assert title.fields == {"plot": "P", "writers": ["W"]}


def test_people_without_a_name_are_none() -> None:
    actors = "<actor><name>{}</name><role>{}</role></actor>"
    inside = "".join(actors.format(*each) for each in (("N/A", "X"), ("A One", "None"), ("Unknown", ""), ("B", "B")))
    cast = one(f"<movie><title>X</title>{inside}</movie>").fields["cast"]
    assert [(each["name"], each["role"]) for each in cast] == [("A One", ""), ("B", "B")]


def test_paragraphs_of_a_plot_stay_apart() -> None:
    text = "One.&lt;br&gt;&lt;br&gt;Two &amp;amp; <i>three</i>."
    title = one(f"<movie><title>X</title><plot>{text}</plot><tagline>{text}</tagline></movie>")
    assert title.fields == {"plot": "One.\n\nTwo & three.", "tagline": "One. Two & three."}


@pytest.mark.parametrize(
    ("score", "votes", "fields"),
    [
        ("7,4", "1.234", {"imdb_rating": 7.4, "imdb_votes": 1234}),
        ("7.4/10", "1,234 votes", {"imdb_rating": 7.4, "imdb_votes": 1234}),
        ("74%", "12K", {"imdb_rating": 7.4, "imdb_votes": 12_000}),
        ("seven", "1,234", {}),
        ("7,4,1", "1,234", {}),
        ("7.4", "many", {"imdb_rating": 7.4}),
    ],
)
def test_ratings_and_votes_are_read_whole_or_not_at_all(score: str, votes: str, fields: dict[str, Any]) -> None:
    inside = f"<rating name='IMDb' max='10'><value>{score}</value><votes>{votes}</votes></rating>"
    assert one(f"<movie><title>X</title><ratings>{inside}</ratings></movie>").fields == fields


def test_a_season_is_read() -> None:
    title = one(
        "<season><title>Book One</title><plot>P</plot><seasonnumber>1</seasonnumber><premiered>2005-02-21</premiered>"
        "<tvdbid>12345</tvdbid></season>"
    )
    assert (title.kind, title.title, title.season, title.year) == (Kind.SEASON, "Book One", 1, 2005)
    assert title.fields == {"plot": "P", "season_number": 1, "release_date": "2005-02-21"}


def test_each_episode_that_one_element_describes_is_one() -> None:
    inside = "<season>1</season><episode>1</episode><episodenumberend>3</episodenumberend><aired>2005-02-21</aired>"
    told = parse(f"<episodedetails><title>A / B / C</title>{inside}<plot>P</plot></episodedetails>".encode())
    assert [(each.title, each.season, each.episode) for each in told] == [("A", 1, 1), ("B", 1, 2), ("C", 1, 3)]
    assert told[1].fields == {"season_number": 1, "episode_number": 2, "release_date": "2005-02-21"}


# Addresses


@pytest.mark.parametrize(
    ("content", "name", "kind", "ids"),
    [
        (
            "https://www.themoviedb.org/movie/810010\nhttps://www.imdb.com/title/tt0800030",
            "movie.nfo",
            Kind.MOVIE,
            {"tmdb": "810010", "imdb": "tt0800030"},
        ),
        ("https://www.themoviedb.org/movie/810010", "Some Film (2001).nfo", Kind.MOVIE, {"tmdb": "810010"}),
        ("www.imdb.com/title/tt0800030", "film.nfo", Kind.MOVIE, {"imdb": "tt0800030"}),
        ("www.imdb.com/title/tt0800030", "tvshow.nfo", Kind.SERIES, {"imdb": "tt0800030"}),
        ("https://thetvdb.com/?tab=series&id=81189", "tvshow.nfo", Kind.SERIES, {"tvdb": "81189"}),
        ("https://www.thetvdb.com/dereferrer/series/81189", "", Kind.SERIES, {"tvdb": "81189"}),
        ("https://www.tvmaze.com/shows/169/x", "tvshow.nfo", Kind.SERIES, {"tvmaze": "169"}),
        ("https://www.themoviedb.org/tv/1396-x/season/1", "", Kind.SERIES, {"tmdb": "1396"}),
        (
            "┌─────┐\n  Some.Film.2001.1080p-GRP\n  iMDB....: http://www.imdb.com/title/tt0800030/\n└─────┘\n",
            "some.film.nfo",
            Kind.MOVIE,
            {"imdb": "tt0800030"},
        ),
        ("imdb.com/title/tt0800030 and again imdb.com/title/tt0800030/", "x.nfo", Kind.MOVIE, {"imdb": "tt0800030"}),
    ],
)
def test_a_file_of_addresses_alone_is_a_title_known_by_id(
    content: str, name: str, kind: Kind, ids: dict[str, str]
) -> None:
    [title] = parse(content.encode(), name)
    assert (title.kind, title.ids, title.title, title.fields) == (kind, ids, "", {})


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        ("Release notes of 1999", "x.nfo", "no address of a title"),
        ("https://www.imdb.com/name/nm0000093/", "x.nfo", "no address of a title"),
        ("imdb.com/title/tt0800030 imdb.com/title/tt0800031", "x.nfo", "of several titles"),
        ("themoviedb.org/movie/1 themoviedb.org/tv/2", "x.nfo", "of several titles"),
        ("https://www.themoviedb.org/tv/1396", "movie.nfo", "holds no address of a movie"),
        ("https://thetvdb.com/series/x", "movie.nfo", "holds no address of a movie"),
        ("https://www.imdb.com/title/tt0800030", "Show.S01E02.720p.nfo", "do not say of which episode"),
    ],
)
def test_addresses_that_do_not_tell_of_one_title_are_none(content: str, name: str, told: str) -> None:
    with pytest.raises(NoNfo, match=told):
        parse(content.encode(), name)


# What is not well-formed


@pytest.mark.parametrize(
    ("content", "told", "line"),
    [
        (b"<movie/>", "holds nothing about a title", 1),
        (b"\n\n<tvshow>", "holds nothing about a title", 3),
        (b"<movie><uniqueid type='tmdb'>55", "holds nothing about a title", 1),
        (b"<movie></movie>" + b" " * MOST_BYTES, "more than 5 MB", 0),
        pytest.param(b"<movie>" + b"<a>" * 300_000, "more than 200,000 elements", 0, marks=pytest.mark.slow),
        (b"<movie/>" * 1001, "describes more than 1,000 titles", 0),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(content: bytes, told: str, line: int) -> None:
    with pytest.raises(NotUnderstood, match=re.escape(told)) as refused:
        parse(content)
    assert refused.value.line == line
    assert not isinstance(refused.value, NoNfo)


@pytest.mark.parametrize("content", [b"", b"<musicvideo><title>X</title></musicvideo>", b"<set><title>X</title></set>"])
def test_what_is_something_else_is_told_apart(content: bytes) -> None:
    with pytest.raises(NoNfo):
        parse(content)


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        b"<movie>" + b"<a>" * 90_000 + b"</a>" * 90_000 + b"</movie>",
        b"<?xml" * 900_000 + b">",
        b"<!DOCTYPE" * 500_000 + b">",
        b"<movie><mpaa>a" + b" " * 4_000_000 + b"b</mpaa><title>X</title></movie>",
        b"<movie><title>" * 90_000,
        b"<movie><plot>" + b"&amp;lt;b&amp;gt;" * 200_000 + b"</plot></movie>",
        b"<movie><actor><name>" + b"imdb.com/title/" * 100_000,
        b"<movie>" + b"<genre>a/b,c|d</genre>" * 90_000,
    ],
)
def test_a_hostile_file_costs_no_more_than_its_size(content: bytes) -> None:
    started = time.process_time()
    with suppress(NotUnderstood):
        parse(content)
    assert time.process_time() - started < 10


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"<movie><title>{text}</title></movie>".encode())
)
def test_any_bytes_give_titles_or_a_complaint(content: bytes) -> None:
    try:
        titles = parse(content)
    except NotUnderstood:
        return
    for title in titles:
        assert len(title.title) <= 500
        for name, value in title.fields.items():
            assert checked_value(name, value) is not None
