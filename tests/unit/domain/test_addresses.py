"""Addresses of the sites that know titles, in every form that a site uses."""

import time

import pytest

from metarr.domain.addresses import links


def told(text: str) -> list[str]:
    return [f"{link.type}:{link.value} {link.about or ''}".strip() for link in links(text)]


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("https://www.imdb.com/title/tt0137523/", "imdb:tt0137523"),
        ("http://imdb.com/title/tt0137523", "imdb:tt0137523"),
        ("www.imdb.com/title/tt0137523/?ref_=fn_al_tt_1", "imdb:tt0137523"),
        ("m.imdb.com/title/tt0137523/reference/", "imdb:tt0137523"),
        ("//pro.imdb.com/title/tt0137523/", "imdb:tt0137523"),
        ("https://www.imdb.com/de/title/tt0137523/", "imdb:tt0137523"),
        ("https://www.imdb.com/es-es/title/tt0137523/", "imdb:tt0137523"),
        ("http://german.imdb.com/title/tt0137523/fullcredits#cast", "imdb:tt0137523"),
        ("http://us.imdb.com/Title?0137523", "imdb:0137523"),
        ("http://us.imdb.com/title?tt0137523", "imdb:tt0137523"),
        ("http://www.imdb.de/title/tt0137523/", "imdb:tt0137523"),
        ("HTTPS://WWW.IMDB.COM/TITLE/TT0137523", "imdb:TT0137523"),
        ("imdb.com/tt0137523", "imdb:tt0137523"),
        ("https://www.imdb.com/title/tt10872600/", "imdb:tt10872600"),
        ("https://www.imdb.com/title/tt0944947/episodes/?season=2", "imdb:tt0944947 series"),
        ("https://www.themoviedb.org/movie/550-fight-club", "tmdb:550 movie"),
        ("https://www.themoviedb.org/movie/550?language=de-DE", "tmdb:550 movie"),
        ("themoviedb.org/movie/550/cast", "tmdb:550 movie"),
        ("https://tmdb.org/movie/550", "tmdb:550 movie"),
        ("https://www.themoviedb.org/de/movie/550", "tmdb:550 movie"),
        ("https://www.themoviedb.org/tv/1399-game-of-thrones/season/1/episode/2", "tmdb:1399 series"),
        ("https://api.themoviedb.org/3/tv/1399?api_key=k&language=en", "tmdb:1399 series"),
        ("https://www.themoviedb.org/collection/8864", "tmdb:8864 collection"),
        ("https://www.themoviedb.org/title/550", "tmdb:550"),
        ("https://thetvdb.com/?tab=series&id=121361&lid=7", "tvdb:121361 series"),
        ("http://www.thetvdb.com/index.php?tab=series&id=121361", "tvdb:121361 series"),
        ("http://thetvdb.com/?id=121361&tab=series", "tvdb:121361 series"),
        ("http://thetvdb.com/?id=121361", "tvdb:121361 series"),
        ("thetvdb.com?tab=seasonall&id=121361", "tvdb:121361 series"),
        ("http://thetvdb.com/?tab=season&seriesid=121361&seasonid=364731&lid=7", "tvdb:121361 series"),
        ("http://thetvdb.com/?tab=episode&seriesid=121361&seasonid=364731&id=3254641", "tvdb:3254641 episode"),
        ("https://www.thetvdb.com/dereferrer/series/121361", "tvdb:121361 series"),
        ("https://thetvdb.com/dereferrer/movie/44", "tvdb:44 movie"),
        ("https://thetvdb.com/dereferrer/episode/3254641", "tvdb:3254641 episode"),
        ("http://thetvdb.com/api/1D62F2F90030C444/series/121361/all/en.zip", "tvdb:121361 series"),
        ("https://thetvdb.com/series/game-of-thrones/episodes/3254641", "tvdb:3254641 episode"),
        ("https://thetvdb.com/series/game-of-thrones", "tvdbslug:game-of-thrones series"),
        ("https://thetvdb.com/series/24", "tvdbslug:24 series"),
        ("https://thetvdb.com/movies/fight-club#general", "tvdbslug:fight-club movie"),
        ("https://www.tvmaze.com/shows/82/game-of-thrones", "tvmaze:82 series"),
        ("http://api.tvmaze.com/shows/82?embed=cast", "tvmaze:82 series"),
        ("https://www.tvmaze.com/episodes/4952/game-of-thrones-1x01", "tvmaze:4952 episode"),
        ("https://trakt.tv/movies/fight-club-1999", "traktslug:fight-club-1999 movie"),
        ("https://trakt.tv/shows/24/seasons/1", "traktslug:24 series"),
        ("https://www.wikidata.org/wiki/Q190050", "wikidata:Q190050"),
        ("http://www.wikidata.org/entity/Q190050", "wikidata:Q190050"),
        ("https://anidb.net/anime/23", "anidb:23"),
        ("http://anidb.net/perl-bin/animedb.pl?show=anime&aid=23", "anidb:23"),
        ("https://anidb.net/a23", "anidb:23"),
        ("https://anilist.co/anime/1/Cowboy-Bebop/", "anilist:1"),
        ("https://myanimelist.net/anime/1/Cowboy_Bebop", "mal:1"),
        ("https://kitsu.app/anime/1", "kitsu:1"),
        ("https://movie.douban.com/subject/1292052/", "douban:1292052"),
        ("https://letterboxd.com/film/fight-club/", "letterboxd:fight-club movie"),
    ],
)  # fmt: skip
def test_an_address_names_an_id(address: str, named: str) -> None:
    assert told(address) == [named]
    assert told(f"See ({address}).\n") == [named]
    assert told(f"It is {address}, or {address}.") == [named] * 2
    assert told(f'<a href="{address}">it</a>') == [named]


@pytest.mark.parametrize(
    "address",
    [
        "https://www.imdb.com/name/nm0000093/",
        "https://www.imdb.com/list/ls000009300/",
        "https://www.imdb.com/title/tt012345",
        "https://www.imdb.com/title/tt012345678901",
        "https://www.imdb.com/",
        "https://notimdb.com/title/tt0137523/",
        "https://not-imdb.com/title/tt0137523/",
        "https://imdb.com.evil.example/title/tt0137523/",
        "https://www.themoviedb.org/person/819",
        "https://image.tmdb.org/t/p/original/a1b2.jpg",
        "https://www.themoviedb.org/movie/upcoming",
        "https://thetvdb.com/?tab=actors&id=121361",
        "https://thetvdb.com/banners/posters/121361-4.jpg",
        "https://artworks.thetvdb.com/banners/series/121361/posters/5c7.jpg",
        "https://www.tvmaze.com/people/1",
        "https://kitsu.app/anime/cowboy-bebop",
        "https://elsewhere.example/title/tt0137523",
        "imdb",
    ],
)
def test_what_names_none_is_passed_over(address: str) -> None:
    assert told(address) == []


def test_several_are_told_in_their_order() -> None:
    text = "https://www.themoviedb.org/movie/550\nhttps://www.imdb.com/title/tt0137523 https://www.imdb.com/title/tt2"
    assert told(text) == ["tmdb:550 movie", "imdb:tt0137523"]


@pytest.mark.parametrize("text", ["imdb.com/" * 100_000, "thetvdb.com/?" + "&tab" * 200_000, "a." * 500_000 + "imdb"])
def test_a_hostile_text_costs_no_more_than_its_size(text: str) -> None:
    started = time.process_time()
    list(links(text))
    assert time.process_time() - started < 3
