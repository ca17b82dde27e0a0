"""A made-up film world of known truth: which title some words mean, and what providers that disagree know of it.

Names are as alike as real ones are: namesakes of every year, sequels, one word more or another, plurals, articles. What
providers write differs in spelling and in the year; none of them knows everything.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from metarr.domain.matching import title_key
from metarr.domain.values import Kind
from metarr.fetch.contract import Http
from metarr.providers.contract import Candidate, Query
from scripted_providers import Scripted

FIRST, LAST = 1960, 2024
PAGE = 20
"""Candidates that a provider tells at most."""

_WORDS = """
Stone Wall Man Night Heart River Winter House Fire Garden Mirror Road Shadow Letter Harbour Island Machine Queen Soldier
Window Bridge Kingdom Whisper Stranger Summer Daughter Brother Doctor Secret Promise Journey Silence Witness Passenger
Horizon Fortune Paradise Hunter Prisoner Musician
"""
_SYLLABLES = ("ba", "cor", "den", "fal", "gri", "hol", "jor", "kan", "lem", "mir")
_SYLLABLES += ("nos", "pal", "quin", "ras", "sol", "tur", "vel", "wen", "yor", "zan")
_MADE_UP = ["".join(parts).capitalize() for parts in product(_SYLLABLES, _SYLLABLES, ("", *_SYLLABLES[:9]))]
_NOUNS = [*_WORDS.split(), *_MADE_UP]
_OTHERS = {"Man": "Men", "Wall": "Walls", "Stranger": "Strangers", "Passenger": "Passengers", "Hunter": "Hunters"}
_MODIFIERS = ("Last", "Black", "Lost", "Silent", "Golden", "Broken", "Hidden", "Seven", "Cold", "Little", "White")
_SPELT = {"Seven": "Se7en", "Night": "N1ght", "Machine": "M4chine"}


@dataclass(frozen=True)
class Film:
    """What is true of a film."""

    number: int
    title: str
    year: int

    @property
    def imdb(self) -> str:
        return f"tt{1_000_000 + self.number}"


class Asked(NamedTuple):
    """Some words, and the film that is meant; None: one that nobody knows."""

    title: str
    year: int
    film: Film | None


@dataclass
class World:
    """Films that somebody knows, and others of the same making that nobody knows."""

    films: list[Film]
    unknown: list[Film]
    told: dict[str, list[Candidate]] = field(default_factory=dict)
    by_word: dict[str, dict[str, list[Candidate]]] = field(default_factory=dict)


def world(seed: int, films: int = 6_000) -> World:
    """So many films, one in ten of which no provider knows."""
    dice = random.Random(seed)
    made = [Film(number, title, dice.randint(FIRST, LAST)) for number, title in enumerate(_titles(dice, films))]
    made += [_beside(dice, film, len(made) + place) for place, film in enumerate(dice.sample(made, films // 10))]
    dice.shuffle(made)
    hidden = len(made) // 10
    built = World(films=made[hidden:], unknown=made[:hidden])
    heard: set[Film] = set()
    for provider, share in (("tmdb", 0.95), ("omdb", 0.9), ("tvdb", 0.7)):
        # What none of the others knows, TheTVDB does: these films somebody knows.
        missed = provider == "tvdb"
        known = [film for film in built.films if dice.random() < share or (missed and film not in heard)]
        heard |= set(known)
        built.told[provider] = [_candidate(dice, provider, film) for film in known]
        built.by_word[provider] = _index(built.told[provider])
    return built


def _titles(dice: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        noun, other = dice.sample(_NOUNS, 2)
        modifier = dice.choice(_MODIFIERS)
        yield dice.choice(
            (
                noun,
                f"The {noun}",
                f"{modifier} {noun}",
                f"The {modifier} {noun}",
                f"{noun} and {other}",
                f"Off the {noun}",
                f"{noun} {_OTHERS.get(other, other)}",
                f"{noun} {other}: {modifier} {dice.choice(_NOUNS)}",
                f"{noun} {dice.choice(('2', 'II', 'III', '3', 'Part One'))}",
                f"{modifier} {_OTHERS.get(noun, noun)}",
                f"{noun} of the {modifier} {other}",
            )
        )


def _beside(dice: random.Random, film: Film, number: int) -> Film:
    """Another film of about its year and nearly its name, or of its name and another year."""
    if dice.random() < 0.2:
        return Film(number, film.title, film.year + dice.choice((-1, 1)) * dice.randint(1, 30))
    words = film.title.split()
    change = dice.randrange(4)
    if change == 0:
        words[-1] = _OTHERS.get(words[-1], words[-1] + "s")
    elif change == 1:
        words[-1] = f"{words[-1][:-1]}{'m' if words[-1].endswith('n') else 'n'}"
    elif change == 2:
        words = [*words, dice.choice(_NOUNS)]
    else:
        words = [dice.choice(("Off", "Beyond", "My")), *words]
    return Film(number, " ".join(words), film.year + dice.choice((-1, 0, 0, 0, 1)))


def _candidate(dice: random.Random, provider: str, film: Film) -> Candidate:
    """As a provider tells it: in its own spelling, now and then of the year beside."""
    year = film.year + (dice.choice((-1, 1)) if dice.random() < 0.05 else 0)
    ids = {provider: str(film.number + 1)} if provider != "omdb" else {}
    if provider == "omdb" or (provider == "tvdb" and dice.random() < 0.8):
        ids["imdb"] = film.imdb
    return Candidate(provider=provider, kind=Kind.MOVIE, ids=ids, titles=(spelt(dice, film.title),), year=year)


def spelt(dice: random.Random, title: str) -> str:
    """The title as somebody may write it, which is no other title."""
    if dice.random() < 0.6:
        return title
    words = [_SPELT.get(word, word) if dice.random() < 0.3 else word for word in title.split()]
    other = " ".join(words)
    for old, new in ((" and ", " & "), (": ", " - "), (" II", " 2"), (" III", " 3"), (" Part One", " Part 1")):
        if dice.random() < 0.5 and other.endswith(old) | (old.endswith(" ") and old in other):
            other = other.replace(old, new)
    return other.upper() if dice.random() < 0.1 else other


def _index(candidates: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    by_word: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        for stem in {word[:4] for word in title_key(candidate.titles[0]).split()}:
            by_word.setdefault(stem, []).append(candidate)
    return by_word


class Knower(Scripted):
    """Finds what has a word for every word of a query that begins like it: "Stone Man" finds "Off the Stone Men"."""

    def __init__(self, provider_id: str, known: World) -> None:
        super().__init__(provider_id)
        self.searches_any_year = provider_id == "tmdb"  # type: ignore[misc]
        self.queries = 0
        self._world = known

    def search(self, query: Query, http: Http) -> tuple[Candidate, ...]:
        self.queries += 1
        found = self._found(query.title)
        of_year = [candidate for candidate in found if candidate.year == query.year]
        if not query.year:
            return tuple(found[:PAGE])
        if not self.searches_any_year:
            return tuple(of_year[:PAGE])
        beside = [candidate for candidate in found if abs(candidate.year - query.year) == 1]
        return tuple(of_year[:PAGE] + found[:PAGE] + beside[: 2 * PAGE if len(found) > PAGE else 0])

    def _found(self, title: str) -> list[Candidate]:
        stems = {word[:4] for word in title_key(title).split()}
        lists = [self._world.by_word[self.id].get(stem, []) for stem in stems]
        shortest = min(lists, key=len, default=[])
        return [
            candidate
            for candidate in shortest
            if stems <= {word[:4] for word in title_key(candidate.titles[0]).split()}
        ]


def asked(known: World, seed: int, count: int) -> dict[str, list[Asked]]:
    """So many questions of every kind.

    Of words for a film that nobody knows, while one of the same name and of about that year is known, nobody can tell
    that they are not for that one, a year off. They are a kind of their own.
    """
    dice = random.Random(seed)
    films, others = dice.sample(known.films, count), dice.sample(known.films, count)
    unknown = dice.sample(known.unknown, count) if count <= len(known.unknown) else known.unknown
    borne = {(_bare(film.title), film.year + apart) for film in known.films for apart in range(-2, 3)}
    beside = {film for film in unknown if (_bare(film.title), film.year) in borne}
    off = (-1, 1)
    return {
        "title and year": [Asked(spelt(dice, film.title), film.year, film) for film in films],
        "a year off": [Asked(spelt(dice, film.title), film.year + dice.choice(off), film) for film in films + others],
        "unknown": [Asked(spelt(dice, film.title), film.year, None) for film in unknown if film not in beside],
        "beside a namesake": [Asked(spelt(dice, film.title), film.year, None) for film in unknown if film in beside],
        "no year": [Asked(spelt(dice, film.title), 0, film) for film in films[: count // 2]]
        + [Asked(spelt(dice, film.title), 0, None) for film in unknown[: count // 2]],
    }


def _bare(title: str) -> str:
    return title_key(title).removeprefix("the ")


def is_meant(film: Film | None, ids: dict[str, str]) -> bool:
    """Whether a match is the film that is meant."""
    own = {"imdb": film.imdb, "tmdb": str(film.number + 1), "tvdb": str(film.number + 1)} if film else {}
    return film is not None and all(own[id_type] == value for id_type, value in ids.items())
