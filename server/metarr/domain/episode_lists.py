"""A provider's list of a series' episodes, and where in it something is found."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median

from metarr.domain.episode_titles import TitleKey, is_placeholder, title_key
from metarr.domain.values import Struct, Text

SPECIALS = 0
"""The number of the season whose numbers say nothing: every list counts its specials in its own way."""

MOST_DAYS = 400
"""Between two episodes: as far as it is looked."""

TIMES_AS_LONG = 1.6
"""From here on the longer one is a whole, and the other a part of it."""


BESIDE = 3
"""So many places apart at most stand the parts of one story: another one, or a special, may stand between them."""


class EpisodeEntry(Struct, frozen=True, kw_only=True):
    """One episode in a provider's list. `id`: of the entry, such as `tvdb:349232` or `tmdb:1399/1/3`.

    `day`: of its first release, ISO text. `minutes`: how long it is. Either may be unknown. `ids`: by which others know
    it, such as `imdb:tt1480055`.
    """

    id: str
    season: int
    number: int
    titles: tuple[Text, ...] = ()
    day: str = ""
    minutes: int = 0
    ids: frozenset[str] = frozenset()


Titles = Mapping[str, frozenset[TitleKey]]
"""By language the titles of an entry; several where countries of one language call it otherwise."""


class EpisodeList:
    """Entries in their sequence, the specials last, and where to find them. An entry is named by its place here."""

    def __init__(self, entries: Iterable[EpisodeEntry]) -> None:
        by_id = {entry.id: entry for entry in entries}
        self.entries = sorted(by_id.values(), key=lambda each: (each.season == SPECIALS, each.season, each.number))
        self.place_of = {entry.id: place for place, entry in enumerate(self.entries)}
        self.days = [_ordinal(entry.day) for entry in self.entries]
        self.titles: list[Titles] = [_titles(entry) for entry in self.entries]
        self.at_number: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.on_day: dict[int, list[int]] = defaultdict(list)
        self.with_id: dict[str, list[int]] = defaultdict(list)
        self.with_title: dict[tuple[str, TitleKey], list[int]] = defaultdict(list)
        self.in_parts: set[str] = set()
        self.followed: set[str] = set()
        self.seasons: dict[int, list[int]] = defaultdict(list)
        self.usual_minutes = median([entry.minutes for entry in self.entries if entry.minutes] or [0])
        for place, entry in enumerate(self.entries):
            self.at_number[entry.season, entry.number].append(place)
            if (day := self.days[place]) is not None:
                self.on_day[day].append(place)
            if entry.season != SPECIALS:
                self.seasons[entry.season].append(place)
            for each in entry.ids:
                self.with_id[each].append(place)
            for language, keys in self.titles[place].items():
                for key in keys:
                    self.with_title[language, key].append(place)
                    if key.marked:
                        self.in_parts.add(key.joined)
                    elif key.part == "2" and self._is_beside_first(place, language, key):
                        self.followed.add(key.joined)

    def _is_beside_first(self, place: int, language: str, key: TitleKey) -> bool:
        """Whether one beside it is called the same, without a number: "The Siege", and "The Siege 2"."""
        return any(
            key.joined == (first.joined if first.part == "1" else first.whole_name)
            for titles in self.titles[max(0, place - BESIDE) : place + BESIDE + 1]
            for first in titles.get(language, ())
        )

    def is_alone(self, place: int) -> bool:
        """Whether its day is no other entry's, and no day within two of it is."""
        day = self.days[place]
        return (
            day is not None and self.is_alone_on_day(place) and not any(day + n in self.on_day for n in (-2, -1, 1, 2))
        )

    def is_alone_on_day(self, place: int) -> bool:
        day = self.days[place]
        return day is not None and len(self.on_day[day]) == 1

    def is_between(self, place: int, other: int) -> bool:
        """Whether another entry has a day between those of two."""
        mine, its = self.days[place], self.days[other]
        if mine is None or its is None:
            return False
        first, last = sorted((mine, its))
        return any(day in self.on_day for day in range(first + 1, last)[:MOST_DAYS])

    def is_alone_at_number(self, place: int) -> bool:
        entry = self.entries[place]
        return len(self.at_number[entry.season, entry.number]) == 1

    def is_long(self, place: int) -> bool:
        """Whether it may be two episodes in one."""
        return self.entries[place].minutes >= TIMES_AS_LONG * self.usual_minutes > 0

    def beside(self, place: int, step: int) -> int | None:
        """The one before (-1) or after (1) in its season."""
        other = place + step
        if 0 <= other < len(self.entries) and self.entries[other].season == self.entries[place].season:
            return other
        return None

    def distance(self, place: int, step: int) -> int:
        """By how much its number differs from that of the one beside it."""
        other = self.beside(place, step)
        return 0 if other is None else self.entries[other].number - self.entries[place].number


def _ordinal(day: str) -> int | None:
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError:
        return None


def _titles(entry: EpisodeEntry) -> Titles:
    """What it is called, but for what says nothing."""
    keys: dict[str, frozenset[TitleKey]] = {}
    for text in entry.titles:
        language = text.language.partition("-")[0].lower()
        if not is_placeholder(text.value, entry.season, entry.number):
            keys[language] = keys.get(language, frozenset()) | {title_key(text.value, language)}
    return keys
