import re
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
        "certification": "PG-13",
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
        "collection": {"name": "Ferries"},
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
        "certification": "TV-14",
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
        ("<id>123</id>", {}),
        ("<tmdbid>42</tmdbid><imdbid>tt0000001</imdbid>", {"imdb": "tt0000001", "tmdb": "42"}),
        ("<uniqueid>tt0000001</uniqueid><uniqueid type='unknown'>5</uniqueid>", {"imdb": "tt0000001"}),
        ("<uniqueid type='imdb'>tt0000001</uniqueid><id>tt0000002</id>", {"imdb": "tt0000001"}),
        ("<uniqueid type='imdb'></uniqueid><tmdbid>0</tmdbid>", {}),
    ],
)
def test_ids_are_read_as_every_generation_of_files_writes_them(inside: str, ids: dict[str, str]) -> None:
    assert one(f"<movie><title>X</title>{inside}</movie>").ids == ids


@pytest.mark.parametrize(
    ("tail", "ids"),
    [
        ("https://www.imdb.com/title/tt0000001/", {"imdb": "tt0000001"}),
        ("https://www.themoviedb.org/movie/42-x", {"tmdb": "42"}),
        ("http://thetvdb.com/?tab=series&id=81189&lid=7", {"tvdb": "81189"}),
        ("https://elsewhere.example/42", {}),
    ],
)
def test_an_address_may_follow_the_xml(tail: str, ids: dict[str, str]) -> None:
    assert one(f"<movie><title>X</title></movie>\n{tail}\n").ids == ids


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
        ("<premiered>06.05.2001</premiered>", "release_date", None),
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
    ("content", "told", "line"),
    [
        (b"<movie>\n<title>X</title>\n<plot>A & B</plot></movie>", "is no XML: not well-formed", 3),
        (b"notes\n\n<movie>\n<title>X</movie>", "is no XML: mismatched tag", 4),
        (b"<?xml version='1.0'?>\n<movie><title>X</title>\n", "is no XML", 2),
        (b"<movie><plot>&nbsp;</plot></movie>", "is no XML: undefined entity", 1),
        (b'<!DOCTYPE x [<!ENTITY a "aa">]>\n<movie><title>&a;</title></movie>', "declares entities", 1),
        (b"<!DOCTYPE x [ ]><movie><title>X</title></movie>", "declares entities", 1),
        (b'<movie/></nfo><!DOCTYPE x SYSTEM "file:///etc/hostname"><nfo><movie/>', "is no XML", 1),
        (b"<movie></movie>" + b" " * MOST_BYTES, "more than 5 MB", 0),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(content: bytes, told: str, line: int) -> None:
    with pytest.raises(NotUnderstood, match=re.escape(told)) as refused:
        parse(content)
    assert refused.value.line == line
    assert not isinstance(refused.value, NoNfo)


@pytest.mark.parametrize("content", [b"", b"Release notes of 1999", b"<musicvideo><title>X</title></musicvideo>"])
def test_what_is_something_else_is_told_apart(content: bytes) -> None:
    with pytest.raises(NoNfo):
        parse(content)


@pytest.mark.parametrize(
    "content",
    [
        b"<movie>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</movie>",
        b"<?xml" * 900_000 + b">",
        b"<!DOCTYPE" * 500_000 + b">",
        b"<movie><mpaa>a" + b" " * 4_000_000 + b"b</mpaa><title>X</title></movie>",
    ],
)
def test_a_hostile_file_costs_no_more_than_its_size(content: bytes) -> None:
    with suppress(NotUnderstood):
        assert len(parse(content)) == 1


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
