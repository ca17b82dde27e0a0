"""Folders that hold titles and are none: "Films", "A", "Alien Collection", "4K"."""

import re

from metarr.files.seasons import is_many
from metarr.files.words import is_label, spaced, tidy

_WORDS = """
movies movie films film filme filmy filmes kino video videos media library mediathek bibliothek collection
collections sets tv shows show series serien serie tvshows tv-shows tv_shows tv-series tvseries séries series-tv
serie-tv seriale
películas peliculas anime animes cartoons kids kinder children family familie documentaries docs dokus doku
dokumentationen downloads download torrents torrent complete completed finished incoming inbox new neu unsorted
unsortiert sorted misc various other stuff data mnt nas share shares public storage disk usb hdd volume1 root home
action adventure animation biography comedy comedies crime documentary drama dramas fantasy history horror music
musical mystery romance sci-fi scifi sport sports thriller thrillers war western westerns komödie krimi
english german deutsch french français spanish español italian italiano japanese korean foreign
hd sd uhd 4k 3d dvd dvds bluray blurays blu-ray remux iso isos
"""
_SEVERAL_WORDS = "tv shows|tv series|my movies|my films|my videos|science fiction|sci fi|home videos|to watch"
_SHELVES = frozenset((*_WORDS.split(), *_SEVERAL_WORDS.split("|")))
_SET = re.compile(
    r"(?:collection|trilogy|trilogie|duology|quadrilogy|tetralogy|anthology|saga|box ?set|filmreihe|reihe|sammlung|"
    r"films|filme|movies|kollektion|coleccion|colección|collezione)$",
    re.IGNORECASE,
)
_LETTERS = re.compile(
    r"#|\W|[^\W\d_](?:\s*[-–]\s*[^\W\d_])?|0\s*[-–]\s*9|num(?:bers)?|\d{4}s|\d\ds|\d{4}er", re.IGNORECASE
)


def is_shelf(name: str) -> bool:
    """Whether a folder's name, without ids, tells a genre, a letter, a quality or the like, and no title."""
    text = spaced(name).strip().lower()
    return (
        text in _SHELVES
        or _LETTERS.fullmatch(text) is not None
        or _SET.search(tidy(text)) is not None
        or is_many(text)
        or is_label(text)
    )
