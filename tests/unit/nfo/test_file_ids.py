"""Which ids of a file are the title's, whichever way it writes them, and which of them are weak."""

import pytest

from metarr.nfo import Title, parse


def one(root: str, inside: str, tail: str = "") -> Title:
    [title] = parse(f"<{root}><title>X</title>{inside}</{root}>{tail}".encode())
    return title


@pytest.mark.parametrize(
    ("inside", "ids", "weak"),
    [
        # A bare id: new only where nothing else says it, and weak
        ("<id>tt0000001</id>", {"imdb": "tt0000001"}, {"imdb"}),
        ("<id>0</id><id>None</id><id></id>", {}, set()),
        ("<id>42</id>", {"tmdb": "42"}, {"tmdb"}),
        ("<id>42</id><tmdbid>42</tmdbid>", {"tmdb": "42"}, set()),
        ("<id>42</id><uniqueid type='tvmaze'>42</uniqueid>", {"tvmaze": "42"}, set()),
        ("<id>tt0000001</id><uniqueid type='imdb'>0000001</uniqueid>", {"imdb": "tt0000001"}, set()),
        ("<id>77</id><uniqueid type='radarr'>77</uniqueid>", {"radarr": "77"}, set()),
        ("<id>tt0000001</id><uniqueid type='radarr'>77</uniqueid>", {"radarr": "77", "imdb": "tt0000001"}, {"imdb"}),
        # Attributes
        ("<id TMDB='42' IMDB='tt0000001'/>", {"tmdb": "42", "imdb": "tt0000001"}, set()),
        ("<id tvdb='7'>tt0000001</id>", {"tvdb": "7", "imdb": "tt0000001"}, {"tvdb", "imdb"}),
        ("<id moviedb='imdb'>tt0000001</id>", {"imdb": "tt0000001"}, set()),
        ("<id moviedb='42'>tt0000001</id>", {"tmdb": "42", "imdb": "tt0000001"}, {"imdb"}),
        ("<id moviedb='allocine'>56789</id>", {"allocine": "56789"}, set()),
        ("<id type='TheMovieDb'>42</id>", {"tmdb": "42"}, set()),
        ("<imdb id='tt0000001'>x</imdb><tmdb id='42'/>", {"imdb": "tt0000001", "tmdb": "42"}, set()),
        # Values
        ("<uniqueid type='imdb'>https://www.imdb.com/title/tt0000001/</uniqueid>", {"imdb": "tt0000001"}, set()),
        ("<uniqueid type='imdb'>0000001</uniqueid>", {"imdb": "tt0000001"}, set()),
        ("<uniqueid type='IMDB'> TT0000001\n</uniqueid>", {"imdb": "tt0000001"}, set()),
        ("<uniqueid type='tmdb'>42-night-ferry</uniqueid>", {"tmdb": "42"}, set()),
        ("<uniqueid type='plex'>imdb://tt0000001</uniqueid>", {"imdb": "tt0000001"}, set()),
        ("<uniqueid type='tmdb'>https://www.themoviedb.org/tv/42</uniqueid>", {}, set()),
        ("<uniqueid type='imdb'>nm0000001</uniqueid>", {}, set()),
        ("<uniqueid type='imdb' default='true'>0</uniqueid><imdbid>tt0000001</imdbid>", {"imdb": "tt0000001"}, set()),
        # Without a type
        ("<uniqueid>tt0000001</uniqueid>", {"imdb": "tt0000001"}, {"imdb"}),
        ("<uniqueid type='unknown'>tt0000001</uniqueid>", {"imdb": "tt0000001"}, {"imdb"}),
        ("<uniqueid type='unknown'>42</uniqueid><uniqueid type='tmdb'>42</uniqueid>", {"tmdb": "42"}, set()),
        # A collection's
        ("<tmdbcolid>9</tmdbcolid>", {}, set()),
        ("<uniqueid type='TmdbCollection'>9</uniqueid><collectionnumber>9</collectionnumber>", {}, set()),
        ("<set tmdbcolid='9'>S</set><set><name>S</name><tmdbid>9</tmdbid></set>", {}, set()),
        # Addresses
        ("<url>https://www.themoviedb.org/movie/42?language=de</url>", {"tmdb": "42"}, set()),
        ("<website>www.imdb.com/title/tt0000001</website>", {"imdb": "tt0000001"}, set()),
        ("<custom><link>https://m.imdb.com/title/tt0000001/</link></custom>", {"imdb": "tt0000001"}, set()),
        ("<url>https://www.themoviedb.org/tv/42</url>", {}, set()),
        ("<url>https://www.themoviedb.org/title/42</url>", {"tmdb": "42"}, {"tmdb"}),
        ("<url>imdb.com/title/tt0000001</url><url>imdb.com/title/tt0000002</url>", {}, set()),
        ("<url>imdb.com/title/tt0000002</url><imdbid>tt0000001</imdbid>", {"imdb": "tt0000001"}, set()),
        ("<actor><name>A</name><tmdbid>5</tmdbid><imdbid>nm0000001</imdbid></actor>", {}, set()),
        ("<producer tmdbid='5'><name>A</name><tmdbid>5</tmdbid></producer>", {}, set()),
        ("<actor><name>A<tmdbid>5<actor><name>B</name></actor>", {}, set()),
        ("<actor><name>A</name><profile>https://www.imdb.com/name/nm0000001/</profile></actor>", {}, set()),
        # In running text an address may be another title's: it counts where there is nothing else
        ("<plot>See imdb.com/title/tt0000001.</plot>", {"imdb": "tt0000001"}, {"imdb"}),
        ("<plot>See imdb.com/title/tt0000001.</plot><tmdbid>42</tmdbid>", {"tmdb": "42"}, set()),
        ("<plot>imdb.com/title/tt0000001 imdb.com/title/tt0000002</plot>", {}, set()),
    ],
)  # fmt: skip
def test_the_ids_of_a_movie(inside: str, ids: dict[str, str], weak: set[str]) -> None:
    title = one("movie", inside)
    assert (title.ids, title.weak) == (ids, weak)


@pytest.mark.parametrize(
    ("tail", "ids"),
    [
        ("https://www.imdb.com/title/tt0000001/", {"imdb": "tt0000001"}),
        ("\nhttps://www.themoviedb.org/movie/42-x\n", {"tmdb": "42"}),
        ("https://www.themoviedb.org/tv/42", {}),
        ("https://elsewhere.example/42", {}),
        ("<!-- a --> imdb.com/title/tt0000001 <b>themoviedb.org/movie/42</b>", {"imdb": "tt0000001", "tmdb": "42"}),
    ],
)  # fmt: skip
def test_an_address_may_stand_around_the_element(tail: str, ids: dict[str, str]) -> None:
    assert one("movie", "", tail).ids == ids
    [title] = parse(f"{tail}<movie><title>X</title></movie>".encode())
    assert title.ids == ids


@pytest.mark.parametrize(
    ("root", "inside", "ids", "series"),
    [
        ("tvshow", "<id>81189</id>", {"tvdb": "81189"}, {}),
        ("tvshow", "<episodeguide>{\"tvmaze\": 169, \"imdb\": null}</episodeguide>", {"tvmaze": "169"}, {}),
        ("tvshow", "<episodeguide>{broken</episodeguide>", {}, {}),
        ("tvshow", "<url>https://thetvdb.com/series/24</url>", {"tvdbslug": "24"}, {}),
        ("episodedetails", "<id>349232</id>", {"tvdb": "349232"}, {}),
        ("episodedetails", "<uniqueid type='sonarr'>5</uniqueid><id>6</id>", {"sonarr": "5"}, {}),
        ("episodedetails", "<url>https://www.themoviedb.org/tv/1396/season/1/episode/2</url>", {}, {"tmdb": "1396"}),
        ("episodedetails", "<uniqueid type='tvdb'>com.plexapp.agents.thetvdb://81189/1/2?lang=en</uniqueid>", {},
         {"tvdb": "81189"}),
        ("episodedetails", "<url>https://thetvdb.com/series/x/episodes/349232</url>", {"tvdb": "349232"}, {}),
        ("season", "<url>thetvdb.com/?tab=season&amp;seriesid=81189&amp;seasonid=5</url>", {}, {"tvdb": "81189"}),
    ],
)  # fmt: skip
def test_the_ids_of_what_is_no_movie(root: str, inside: str, ids: dict[str, str], series: dict[str, str]) -> None:
    title = one(root, inside)
    assert (title.ids, title.show_ids) == (ids, series)
