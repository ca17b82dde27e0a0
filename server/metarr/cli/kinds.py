"""The kinds of titles, as options and arguments name them."""

from enum import StrEnum


class NewKind(StrEnum):
    """What can be added by itself; seasons and episodes come with their series."""

    MOVIE = "movie"
    SERIES = "series"


class KindName(StrEnum):
    """What can be listed."""

    MOVIE = "movie"
    SERIES = "series"
    SEASON = "season"
    EPISODE = "episode"


KINDS = "movie, series, season or episode"
