"""Where each provider has small versions of its pictures."""

import pytest

from metarr.providers import guard
from metarr.providers.fanart import Fanart
from metarr.providers.omdb import Omdb
from metarr.providers.tmdb import Tmdb
from metarr.providers.tvdb import Tvdb

TMDB, TVDB = "https://image.tmdb.org/t/p", "https://artworks.thetvdb.com/banners/v4"
FANART, OMDB = "https://assets.fanart.tv", "https://m.media-amazon.com/images/M"


@pytest.mark.parametrize(
    ("provider", "field", "url", "small"),
    [
        (Tmdb(), "poster", f"{TMDB}/original/a.jpg", f"{TMDB}/w342/a.jpg"),
        (Tmdb(), "keyart", f"{TMDB}/original/a.jpg", f"{TMDB}/w342/a.jpg"),
        (Tmdb(), "fanart", f"{TMDB}/original/a.jpg", f"{TMDB}/w300/a.jpg"),
        (Tmdb(), "clearlogo", f"{TMDB}/original/a.png", f"{TMDB}/w300/a.png"),
        (Tmdb(), "poster", f"{TMDB}/w500/a.jpg", ""),
        (Tmdb(), "poster", "https://image.tmdb.org/a.jpg", ""),
        (Fanart(), "disc", f"{FANART}/fanart/movies/1/moviedisc/a.png", f"{FANART}/preview/movies/1/moviedisc/a.png"),
        (Fanart(), "disc", f"{FANART}/other/a.png", ""),
        (Tvdb(), "poster", f"{TVDB}/series/1/posters/a.jpg", f"{TVDB}/series/1/posters/a_t.jpg"),
        (Tvdb(), "poster", f"{TVDB}/series/1/posters/a_t.jpg", ""),
        (Tvdb(), "still", f"{TVDB}/episode/1/screencap/a.jpg", ""),
        (Omdb(), "poster", f"{OMDB}/a@._V1_.jpg", f"{OMDB}/a@._V1_SX300.jpg"),
        (Omdb(), "poster", f"{OMDB}/a.jpg", ""),
    ],
)
def test_a_picture_has_a_small_version_at_the_same_host_or_none(provider, field, url, small):
    assert guard.preview(provider, url, field) == small


@pytest.mark.parametrize(
    ("url", "theirs"),
    [
        (f"{TMDB}/original/a.jpg", True),
        (f"{TMDB}/original/a.jpg".upper().replace("HTTPS", "https"), True),
        (f"{TMDB}/original/a.jpg".replace("https", "http"), False),
        ("https://image.tmdb.org.evil.test/a.jpg", False),
        ("https://image.tmdb.org:444/a.jpg", False),
        ("https://me@image.tmdb.org/a.jpg", False),
        ("javascript:alert(1)//image.tmdb.org", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_whose_a_picture_is_its_host_says(url, theirs):
    assert guard.is_picture_of(Tmdb(), url) is theirs


@pytest.mark.parametrize(
    "returned", [7, None, "javascript:alert(1)", "https://evil.test/a.jpg", "http://image.tmdb.org/a"]
)
def test_a_provider_that_names_something_else_has_no_small_version(monkeypatch, returned):
    monkeypatch.setattr(Tmdb, "preview", lambda *_: returned)
    assert guard.preview(Tmdb(), f"{TMDB}/original/a.jpg", "poster") == ""


def test_nor_has_one_that_fails(monkeypatch):
    monkeypatch.setattr(Tmdb, "preview", lambda *_: 1 / 0)
    assert guard.preview(Tmdb(), f"{TMDB}/original/a.jpg", "poster") == ""
