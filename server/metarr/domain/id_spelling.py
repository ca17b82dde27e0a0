"""How the types and values of external ids are spelled: by whoever writes them, and as they are stored."""

import re

# Types


OF_COLLECTION = "collection:"
"""Before the type of an id that is the collection's of a movie, not the movie's."""

_TYPES = {
    **{
        spelling: id_type
        for id_type, spellings in {
            "imdb": "imdb internetmoviedatabase",
            "tmdb": "tmdb themoviedb moviedb themoviedatabase",
            "tvdb": "tvdb thetvdb",
            "tvmaze": "tvmaze",
            "trakt": "trakt trakttv",
            "wikidata": "wikidata",
            "anidb": "anidb",
            "anilist": "anilist",
            "mal": "mal myanimelist",
            "kitsu": "kitsu",
            "douban": "douban",
            f"{OF_COLLECTION}tmdb": "tmdbcollection tmdbcol tmdbset collectionnumber",
        }.items()
        for name in spellings.split()
        for spelling in (name, f"{name}id")
    },
    # Kodi calls the default one of a title so, of whatever type it is.
    "imdbnumber": "",
    "unknown": "",
}
"""By spelling without marks and case."""


def _squashed(id_type: str) -> str:
    return re.sub(r"[^a-z0-9]", "", id_type.lower())


def typed(spelling: str) -> str:
    """The type that is spelled so: tmdb for "TheMovieDB" and "tmdb_id", "collection:tmdb" for "TmdbCollection"; any
    other one in lower case. "" where none is said."""
    id_type = _TYPES.get(_squashed(spelling))
    return spelling.strip().lower() if id_type is None else id_type


def is_known_type(spelling: str) -> bool:
    """Whether it is one of the types that many tools write, in any spelling."""
    return _squashed(spelling) in _TYPES


_TYPE = re.compile(r"[a-z][a-z0-9_]{1,31}", re.ASCII)


def valid_type(id_type: str) -> bool:
    """Whether this can be the type of an id: a word in lower case that begins with a letter."""
    return _TYPE.fullmatch(id_type) is not None


_NOTHING = frozenset(
    {"", "none", "null", "nil", "nan", "undefined", "unknown", "false", "n/a", "-", "--", "(null)", "[none]"}
)
_NOT_ABOVE_ZERO = re.compile(r"-\d+(?:\.\d+)?|-?0+(?:\.0+)?|tt0*", re.ASCII | re.IGNORECASE)


def is_blank(value: str) -> bool:
    """Whether it stands where there is no id: `None`, 0, -1, `tt` of zeros."""
    return value.lower() in _NOTHING or _NOT_ABOVE_ZERO.fullmatch(value) is not None


# Values


_NUMBERED = frozenset({"tmdb", "tvdb", "tvmaze", "anidb", "anilist", "mal", "douban"})
_NAMED = frozenset({"trakt", "kitsu"})
"""Sites that number titles and call them by a name in addresses, too: that is a note."""
_NUMBER = re.compile(r"0*([1-9]\d{0,11})(?:\.0+)?", re.ASCII)
_WITH_NAME = re.compile(r"([1-9]\d{0,11})-[a-z][\w-]*", re.ASCII | re.IGNORECASE)
"""As TMDB writes it in addresses: 550-fight-club."""
_IMDB = re.compile(r"(?:tt0*(\d{1,10})|(\d{7,10}))", re.ASCII | re.IGNORECASE)
_WIKIDATA = re.compile(r"q([1-9]\d{0,11})", re.ASCII | re.IGNORECASE)
_OTHER = re.compile(r"[\w.:-]+(?:/[\w.:-]+)*", re.ASCII)
_MOST = 100


def spelled(id_type: str, value: str) -> tuple[str, str] | None:
    """Type and value as they are stored; None where it cannot be one."""
    if id_type == "imdb":
        return _imdb(value)
    if id_type == "wikidata":
        match = _WIKIDATA.fullmatch(value)
        return (id_type, f"Q{match[1]}") if match else None
    if id_type in _NUMBERED or id_type in _NAMED:
        if match := _NUMBER.fullmatch(value) or (_WITH_NAME.fullmatch(value) if id_type == "tmdb" else None):
            return id_type, match[1]
        if id_type in _NUMBERED:
            return None
        id_type = f"{id_type}slug"
    plain = len(value) <= _MOST and ".." not in value and _OTHER.fullmatch(value)
    return (id_type, value) if plain else None


def _imdb(value: str) -> tuple[str, str] | None:
    """With at least seven digits, as IMDb writes it; a title's only: `nm`, `co` and the like are no titles."""
    match = _IMDB.fullmatch(value)
    if match is None or len(value) < len("tt1234567") - (2 if match[2] else 0):
        return None
    digits = (match[1] or match[2]).lstrip("0")
    return ("imdb", f"tt{digits:0>7}") if digits else None


def valid_id(id_type: str, value: str) -> bool:
    """Whether `value` is an id of that type in the spelling that is stored."""
    return not is_blank(value) and valid_type(id_type) and spelled(id_type, value) == (id_type, value)


_EXAMPLES = {
    "imdb": "tt and 7 to 10 digits, such as tt0137523",
    "wikidata": "Q and a number, such as Q190050",
    **dict.fromkeys(_NUMBERED, "a number above 0 of at most 12 digits, such as 550"),
}


def expected(id_type: str) -> str:
    """What an id of that type looks like, for a person to read."""
    return _EXAMPLES.get(id_type, f"1 to {_MOST} letters, digits, dots, colons, slashes, dashes or underscores")
