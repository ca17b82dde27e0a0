"""A disposable Kodi without a screen, for tests and for looking.

    with Kodi(tmp_path) as kodi:
        kodi.add_movies(Movie("Inception", 2010, {"tmdb": "27205"}))
        kodi.scan()
        kodi.rpc("VideoLibrary.GetMovies")["movies"]

It is Debian's Kodi in a home and on a display of its own: any number may run at once, and none outlives its test.
"""

from .driver import ScriptFailed
from .host import Kodi
from .jsonrpc import Events, RpcRefused
from .media import Movie, Show, simulated_movies, simulated_shows
from .programs import missing
from .shared import SharedLibrary
from .skipping import needs_kodi
from .waiting import NeverHappened, wait_for

__all__ = [
    "Events",
    "Kodi",
    "Movie",
    "NeverHappened",
    "RpcRefused",
    "ScriptFailed",
    "SharedLibrary",
    "Show",
    "missing",
    "needs_kodi",
    "simulated_movies",
    "simulated_shows",
    "wait_for",
]
