"""Faithful, fault-capable simulators of TMDB, OMDb, TheTVDB and fanart.tv over real HTTP.

    with Simulators() as simulators:
        requests.get(simulators.base_urls["tmdb"] + "/movie/550", params={"api_key": KEYS["tmdb"]})
        simulators.fault("tmdb", "truncated_json", count=1)

`movies.toml` and `series.toml` tell which title has which oddity; `python -m simulators` runs them as a program of
its own.
"""

from .faults import FAULTS
from .generated import generated_movie
from .records import Movie, Series
from .server import Simulators
from .state import KEYS, RecordedRequest
from .titles import MOVIES, SERIES

__all__ = [
    "FAULTS",
    "KEYS",
    "MOVIES",
    "SERIES",
    "Movie",
    "RecordedRequest",
    "Series",
    "Simulators",
    "generated_movie",
]
