"""Which entry of one list of a series' episodes is which of another.

Lists disagree on numbers, days and titles: a season published on one day, a daily show, a pilot in two parts or two
swapped neighbours make number and day lie. So a title must agree, or both neighbours be pairs already, or a whole
season agree number by number and day by day. A wrong pair writes a good text to a wrong episode, no pair leaves it as
it is: none is better. Checked against a generator of lists that disagree: none of 100,000 pairs was wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate, product

from metarr.domain.episode_lists import SPECIALS, TIMES_AS_LONG, EpisodeEntry, EpisodeList
from metarr.domain.episode_titles import TitleKey, is_misspelt, title_key
from metarr.domain.values import Struct


class PairingRule(StrEnum):
    """Why two entries are one episode. They are tried in this order."""

    DECIDED = "decided"
    """The owner says so."""
    ID = "id"
    NUMBER = "number"
    """Its number names it, in the list that the library's numbers are of."""
    STANDING = "standing"
    """It was so before, and nothing speaks against it."""
    TITLE_AND_DAY = "title+day"
    NUMBER_AND_TITLE = "number+title"
    BETWEEN = "between"
    SEASON = "season"
    TITLE = "title"


class Pair(Struct, frozen=True, kw_only=True):
    """Two entries that are one episode, by their ids."""

    ours: str
    theirs: str
    rule: PairingRule


class Pairing(Struct, frozen=True, kw_only=True):
    """The pairs of two lists; *open* are the entries, by their ids, of which it could not be told."""

    pairs: tuple[Pair, ...]
    open_ours: tuple[str, ...]
    open_theirs: tuple[str, ...]


def pair(
    ours: Iterable[EpisodeEntry] | EpisodeList,
    theirs: Iterable[EpisodeEntry],
    *,
    decided: Mapping[str, str] | None = None,
    standing: Mapping[str, str] | None = None,
) -> Pairing:
    """The pairs of two lists; no entry is in two of them. Of entries with one id the last counts.

    `decided` is the owner's word: which of ours one of theirs is, "" for none. `standing` are pairs by ids that stay,
    made before.
    """
    lists = _Lists(ours if isinstance(ours, EpisodeList) else EpisodeList(ours), EpisodeList(theirs))
    lists.decide(decided or {})
    for rule, pairs_by in _rules(standing or {}).items():
        for i, j in pairs_by(lists):
            lists.take(i, j, rule)
    return lists.pairing()


def _rules(standing: Mapping[str, str]) -> dict[PairingRule, Callable[["_Lists"], Iterable[tuple[int, int]]]]:
    return {
        PairingRule.ID: _by_id,
        PairingRule.STANDING: lambda lists: _by_standing(lists, standing),
        PairingRule.TITLE_AND_DAY: _by_title_and_day,
        PairingRule.NUMBER_AND_TITLE: _by_number_and_title,
        PairingRule.BETWEEN: _by_neighbours,
        PairingRule.SEASON: _by_season,
        PairingRule.TITLE: _by_title,
    }


# What two lists say of each other

COMMON_SHIFTS = range(-2, 3)
"""How many days one list may lie behind the other: it counts the premiere abroad, or in another time zone."""
SHIFTED, SHIFTED_SHARE = 3, 0.8
"""So many equal titles, and this part of all, tell how many days it is."""
_GENERIC = """
Pilot, Finale, Season Finale, Series Finale, Special, Recap, Reunion, Christmas Special, New Year's Special,
Halloween Special, Behind the Scenes, Making of, Deleted Scenes, Gag Reel, Bloopers, Sneak Peek, Trailer,
The Story So Far
"""
GENERIC = frozenset(title_key(title).joined for title in _GENERIC.split(","))
"""Titles that several episodes of a series may bear."""


@dataclass
class _Lists:
    """Two lists that are being paired. `i` is always one of ours, `j` one of theirs."""

    ours: EpisodeList
    theirs: EpisodeList
    paired: dict[int, int] = field(default_factory=dict)
    rules: dict[int, PairingRule] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    """Of theirs, those that are one of ours, or none of them."""

    def __post_init__(self) -> None:
        # "The Siege" is a part where "The Siege 2" stands beside it, and a whole where the other list has no such one.
        self.in_parts = self.ours.in_parts | self.theirs.in_parts | (self.ours.followed ^ self.theirs.followed)
        self.same_titles = self._same_titles()
        lags = self._lags()
        self.shift, self.is_measured = _measured_shift(lags)
        self.are_apart = _are_apart(lags)

    def _same_titles(self) -> dict[tuple[int, int], list[TitleKey]]:
        """The titles that one entry of either list bears, and no other one."""
        same = defaultdict[tuple[int, int], list[TitleKey]](list)
        for title, places in self.ours.with_title.items():
            theirs = self.theirs.with_title.get(title, ())
            if len(places) == 1 == len(theirs):
                same[places[0], theirs[0]].append(title[1])
        return same

    def _lags(self) -> Counter[int]:
        """By how many days theirs is later, how many equal titles say so."""
        lags = Counter[int]()
        for (i, j), keys in self.same_titles.items():
            lag = self.lag(i, j)
            if lag is not None and _tells(keys, 5):
                lags[lag] += 1
        return lags

    # What is compared

    def lag(self, i: int, j: int) -> int | None:
        """How many days theirs is later than ours."""
        mine, other = self.ours.days[i], self.theirs.days[j]
        return None if mine is None or other is None else other - mine

    def days_agree(self, i: int, j: int) -> bool | None:
        """None: nothing is known."""
        lag = self.lag(i, j)
        if lag is None:
            return None
        apart = abs(lag - self.shift)
        if apart == 0 or (apart == 1 and self.ours.is_alone(i) and self.theirs.is_alone(j)):
            return True
        return None if apart == 1 and not self.is_measured else False

    def day_is_against(self, i: int, j: int) -> bool:
        """Whether the days, known or not, speak against two that have a title in common."""
        agree = self.days_agree(i, j)
        return agree is False or (agree is None and self.are_apart)

    def same_number(self, i: int, j: int) -> bool:
        mine, other = self.ours.entries[i], self.theirs.entries[j]
        return (mine.season, mine.number) == (other.season, other.number)

    def has_special(self, i: int, j: int) -> bool:
        return SPECIALS in (self.ours.entries[i].season, self.theirs.entries[j].season)

    def comparable(self, i: int, j: int) -> bool:
        """Whether both have a title in one language."""
        return not self.ours.titles[i].keys().isdisjoint(self.theirs.titles[j])

    def compared(self, i: int, j: int) -> Iterator[tuple[str, TitleKey, TitleKey]]:
        """Their titles, each with each, by the languages that they have in common."""
        theirs = self.theirs.titles[j]
        for language, keys in self.ours.titles[i].items():
            yield from ((language, mine, other) for mine, other in product(keys, theirs.get(language, ())))

    def titles_differ(self, i: int, j: int) -> bool:
        """Whether there are titles to compare, of which none is like another."""
        alike = (mine == other or is_misspelt(mine, other, anywhere=True) for _, mine, other in self.compared(i, j))
        return self.comparable(i, j) and not any(alike)

    def misspelt(self, i: int, j: int) -> bool:
        """Whether but for a typo they have a title in common that nobody else has, with the typo or without."""
        anywhere = self.ours.is_alone_on_day(i) and self.theirs.is_alone_on_day(j)
        return any(
            is_misspelt(mine, other, anywhere=anywhere)
            and len(self.ours.with_title[language, mine]) == 1 == len(self.theirs.with_title[language, other])
            and (language, other) not in self.ours.with_title
            and (language, mine) not in self.theirs.with_title
            for language, mine, other in self.compared(i, j)
        )

    def titles_are_others(self, i: int, j: int) -> bool:
        """Whether a title of either is that of another entry of the other list."""
        pairs = ((self.ours.titles[i], self.theirs, j), (self.theirs.titles[j], self.ours, i))
        return any(
            any(place != own for place in other.with_title.get((language, key), ()))
            for titles, other, own in pairs
            for language, keys in titles.items()
            for key in keys
            if key.joined not in GENERIC
        )

    def is_misspelt_elsewhere(self, i: int, j: int) -> bool:
        """Whether but for a typo the title of either is that of another one in the season of the other list."""
        ours, theirs = self.ours, self.theirs
        pairs = ((ours.titles[i], theirs, j), (theirs.titles[j], ours, i))
        return any(
            place != own
            and any(is_misspelt(key, each, anywhere=True) for each in other.titles[place].get(language, ()))
            for titles, other, own in pairs
            for language, keys in titles.items()
            for key in keys
            for place in other.seasons.get(other.entries[own].season, ())
        )

    def is_borne_again(self, i: int, j: int) -> bool:
        """Whether another entry of either list bears a title that they have in common, in some language."""
        return any(
            mine == other
            and (len(self.ours.with_title[language, mine]) > 1 or len(self.theirs.with_title[language, mine]) > 1)
            for language, mine, other in self.compared(i, j)
        )

    def ids_differ(self, i: int, j: int) -> bool:
        """Whether others know the two by ids of one type, of which none is the same."""
        mine, other = self.ours.entries[i].ids, self.theirs.entries[j].ids
        types = {each.partition(":")[0] for each in mine} & {each.partition(":")[0] for each in other}
        return bool(types) and mine.isdisjoint(other)

    def day_is_anothers(self, i: int, j: int) -> bool:
        """Whether one has no day, and that of the other is an entry's of its list that is in no pair."""
        mine, other = self.ours.days[i], self.theirs.days[j]
        if mine is None and other is not None:
            return any(x not in self.paired for x in self.ours.on_day.get(other - self.shift, ()))
        if other is None and mine is not None:
            return any(y not in self.taken for y in self.theirs.on_day.get(mine + self.shift, ()))
        return False

    def never(self, i: int, j: int) -> bool:
        """Whether one is a whole, and the other a part of it, or another part."""
        lengths = self.ours.entries[i].minutes, self.theirs.entries[j].minutes
        if min(lengths) and max(lengths) >= TIMES_AS_LONG * min(lengths):
            return True
        compared = [(mine, other) for _, mine, other in self.compared(i, j)]
        if any(mine == other and mine.marked and other.marked for mine, other in compared):
            return False
        if any(_is_other_part(mine, other) or _is_other_number(mine, other) for mine, other in compared):
            return True
        if not min(lengths) and any(mine.whole != other.whole for mine, other in compared):
            return True
        return any(not key.marked and key.whole_name in self.in_parts for key in self.keys(i, j))

    def may_be_a_part(self, i: int, j: int) -> bool:
        """Whether, with no titles to compare, one is a part or a whole and nothing tells whether the other is."""
        if not self.comparable(i, j) and any(key.part for key in self.keys(i, j)):
            return True
        return self.ours.is_long(i) != self.theirs.is_long(j)

    def keys(self, i: int, j: int) -> Iterator[TitleKey]:
        for titles in (self.ours.titles[i], self.theirs.titles[j]):
            for keys in titles.values():
                yield from keys

    # What comes of it

    def is_free(self, i: int, j: int) -> bool:
        return i not in self.paired and j not in self.taken

    def take(self, i: int, j: int, rule: PairingRule) -> None:
        self.paired[i], self.rules[i] = j, rule
        self.taken.add(j)

    def decide(self, decided: Mapping[str, str]) -> None:
        for their_id, our_id in decided.items():
            j, i = self.theirs.place_of.get(their_id), self.ours.place_of.get(our_id)
            if j is not None and i is not None and self.is_free(i, j):
                self.take(i, j, PairingRule.DECIDED)
            elif j is not None:
                self.taken.add(j)

    def pairing(self) -> Pairing:
        ours, theirs = self.ours.entries, self.theirs.entries
        return Pairing(
            pairs=tuple(
                Pair(ours=ours[i].id, theirs=theirs[j].id, rule=self.rules[i]) for i, j in sorted(self.paired.items())
            ),
            open_ours=tuple(entry.id for i, entry in enumerate(ours) if i not in self.paired),
            open_theirs=tuple(entry.id for j, entry in enumerate(theirs) if j not in self.taken),
        )


def _measured_shift(lags: Counter[int]) -> tuple[int, bool]:
    """How many days their list lies behind ours, and whether that is known."""
    common = Counter({days: count for days, count in lags.items() if days in COMMON_SHIFTS})
    for days, count in common.most_common(1):
        if count >= SHIFTED and count >= SHIFTED_SHARE * common.total():
            return days, True
    return 0, False


def _are_apart(lags: Counter[int]) -> bool:
    """Whether equal titles are mostly of other days, as those of a series that was made anew: then one without a day
    tells nothing."""
    there = sum(count for days, count in lags.items() if days in COMMON_SHIFTS)
    return lags.total() - there > max(there, 1)


def _tells(keys: Iterable[TitleKey], letters: int) -> bool:
    """Whether one of the titles is long enough, and none is that of many."""
    return GENERIC.isdisjoint(key.joined for key in keys) and any(
        key.letters >= letters and not key.counts_episodes for key in keys
    )


def _is_other_part(mine: TitleKey, other: TitleKey) -> bool:
    """Whether one is said to be a part that the other is not, or they are two of one name: "Small Fry" and "Small Fry
    2"."""
    return mine.part != other.part and (mine.marked or other.marked or mine.joined == other.joined)


def _is_other_number(mine: TitleKey, other: TitleKey) -> bool:
    """Whether they are one but for the numbers in them: "Chapter 14" and "Chapter 15"."""
    return mine.numbers != other.numbers and mine.unnumbered == other.unnumbered


# The rules: which pairs each makes of what the rules before have left


def _by_id(lists: _Lists) -> list[tuple[int, int]]:
    """The same id, borne once in either list, unless title and day both speak against it. Where the title is that of
    another, a day that others have, too, does not speak for it."""
    candidates = {
        (places[0], theirs[0])
        for each, places in lists.ours.with_id.items()
        if len(places) == 1 == len(theirs := lists.theirs.with_id.get(each, []))
    }
    return [(i, j) for i, j in _once(lists, candidates) if not _speaks_against(lists, i, j)]


def _by_standing(lists: _Lists, standing: Mapping[str, str]) -> list[tuple[int, int]]:
    places = ((lists.ours.place_of.get(mine), lists.theirs.place_of.get(other)) for other, mine in standing.items())
    candidates = {(i, j) for i, j in places if i is not None and j is not None}
    return [(i, j) for i, j in _once(lists, candidates) if not _speaks_against(lists, i, j)]


def _speaks_against(lists: _Lists, i: int, j: int) -> bool:
    """Whether two that are one by their ids cannot be one."""
    if lists.never(i, j):
        return True
    if not lists.titles_differ(i, j):
        return False
    agree = lists.days_agree(i, j)
    return agree is False or (not (agree and _is_alone(lists, i, j)) and lists.titles_are_others(i, j))


def _by_title_and_day(lists: _Lists) -> list[tuple[int, int]]:
    """Titles alike that no other entry bears, and the day agrees; where numbers differ, long titles."""
    candidates = {(i, j) for i, j in lists.same_titles if lists.days_agree(i, j) and _is_titled(lists, i, j)}
    candidates |= {(i, j) for i, j in _where_typos_count(lists) if lists.misspelt(i, j)}
    # Alike in one language, and in another one called as somebody else: one of the titles is misspelt.
    once = _once(lists, candidates)
    return [(i, j) for i, j in once if not lists.never(i, j) and not lists.titles_are_others(i, j)]


def _is_titled(lists: _Lists, i: int, j: int) -> bool:
    """Whether the titles that two have in common suffice, with a day that agrees."""
    keys = lists.same_titles[i, j]
    regular = lists.same_number(i, j) and not lists.has_special(i, j)
    if all(key.counts_episodes for key in keys):
        return regular and _is_numbered_once(lists, i, j) and lists.lag(i, j) == lists.shift
    if regular:
        return True
    if lists.has_special(i, j) and lists.is_borne_again(i, j):
        return False
    if not _tells(keys, 1):
        return _is_alone(lists, i, j) and lists.lag(i, j) == lists.shift
    return lists.same_number(i, j) or _tells(keys, 8) or len(set(keys)) > 1


def _where_typos_count(lists: _Lists) -> Iterator[tuple[int, int]]:
    """Of the entries whose days agree those whose numbers do, too, or that have the day for themselves: on a crowded
    day "The Hunters" need not be "The Hunter" misspelt."""
    for i, day in enumerate(lists.ours.days):
        if day is None or i in lists.paired:
            continue
        entry = lists.ours.entries[i]
        near = {*lists.theirs.at_number.get((entry.season, entry.number), ())}
        if lists.ours.is_alone_on_day(i):
            on_days = (lists.theirs.on_day.get(day + lists.shift + apart, []) for apart in (-1, 0, 1))
            near |= {places[0] for places in on_days if len(places) == 1}
        yield from ((i, j) for j in near if (i, j) not in lists.same_titles and lists.days_agree(i, j))


def _once(lists: _Lists, candidates: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of entries that are free and could be one with one other only."""
    free = sorted({(i, j) for i, j in candidates if lists.is_free(i, j)})
    ours, theirs = Counter(i for i, _ in free), Counter(j for _, j in free)
    return [(i, j) for i, j in free if ours[i] == 1 == theirs[j]]


def _by_number_and_title(lists: _Lists) -> list[tuple[int, int]]:
    """The same number, borne once, and equal titles, borne once; no day against it, and in sequence with the pairs so
    far. A title that but counts, such as "Chapter 5", says no more than the number."""
    same = (pair for pair in lists.same_titles if lists.same_number(*pair) and not lists.has_special(*pair))
    candidates = [
        (i, j)
        for i, j in _once(lists, same)
        if _tells(lists.same_titles[i, j], 1)
        and not all(_counts(key, lists.ours.entries[i].number) for key in lists.same_titles[i, j])
        and _is_numbered_once(lists, i, j)
        and not lists.day_is_against(i, j)
        and not lists.day_is_anothers(i, j)
        and not lists.never(i, j)
    ]
    return _in_sequence(lists, candidates)


def _counts(key: TitleKey, number: int) -> bool:
    """Whether a title is a word with the entry's own number."""
    return _is_word_with_number(key) and str(number) in (key.part, *key.numbers)


def _is_word_with_number(key: TitleKey) -> bool:
    """Whether it may be said of every episode: "Chapter 7", in any language."""
    return bool(key.part or key.numbers) and sum(not word.isdecimal() for word in key.words) <= 1


def _is_numbered_once(lists: _Lists, i: int, j: int) -> bool:
    return lists.ours.is_alone_at_number(i) and lists.theirs.is_alone_at_number(j)


def _by_neighbours(lists: _Lists) -> list[tuple[int, int]]:
    """The day agrees and is no other entry's, and both neighbours are pairs by the rules above."""
    return [(i, j) for i, j in _once(lists, _in_step(lists)) if _fits_between(lists, i, j)]


def _in_step(lists: _Lists) -> Iterator[tuple[int, int]]:
    """Entries whose neighbours in the season are pairs; at the end of a season in both lists the one that there is."""
    for i in range(len(lists.ours.entries)):
        ours = [lists.ours.beside(i, step) for step in (-1, 1)]
        ends = [(lists.paired[x], step) for x, step in zip(ours, (-1, 1), strict=True) if x in lists.paired]
        for j in {y - step for y, step in ends}:
            if 0 <= j < len(lists.theirs.entries):
                theirs = [lists.theirs.beside(j, step) for step in (-1, 1)]
                if [x if x is None else lists.paired.get(x, -1) for x in ours] == theirs:
                    yield i, j


def _fits_between(lists: _Lists, i: int, j: int) -> bool:
    if lists.has_special(i, j) or not _agrees_alone(lists, i, j) or not _is_numbered_once(lists, i, j):
        return False
    if lists.comparable(i, j) and not lists.titles_differ(i, j):
        return True
    beside = [(x, lists.paired[x], step) for step in (-1, 1) if (x := lists.ours.beside(i, step)) is not None]
    if any(lists.ours.distance(i, step) != lists.theirs.distance(j, step) for _, _, step in beside):
        return False  # a number is missing beside it: they may be two that were shown on one day
    if lists.ids_differ(i, j) or any(_is_out_of_step(lists, (i, x), (j, y)) for x, y, _ in beside):
        return False
    if lists.lag(i, j) not in {lists.shift, *(lists.lag(x, y) for x, y, _ in beside)} or lists.titles_are_others(i, j):
        return False
    if not lists.comparable(i, j):
        return not lists.may_be_a_part(i, j)
    return len(beside) == 2 and lists.same_number(i, j) and not lists.is_misspelt_elsewhere(i, j)


def _is_out_of_step(lists: _Lists, ours: tuple[int, int], theirs: tuple[int, int]) -> bool:
    """Whether by its day another entry stands between two that are neighbours by their numbers: one was swapped."""
    return lists.ours.is_between(*ours) or lists.theirs.is_between(*theirs)


def _agrees_alone(lists: _Lists, i: int, j: int) -> bool:
    """Whether the day agrees, and is no other entry's."""
    return _is_alone(lists, i, j) and lists.days_agree(i, j) is True and not lists.never(i, j)


def _is_alone(lists: _Lists, i: int, j: int) -> bool:
    """Whether the day of each is no other entry's."""
    return lists.ours.is_alone_on_day(i) and lists.theirs.is_alone_on_day(j)


def _by_season(lists: _Lists) -> list[tuple[int, int]]:
    """A season without titles to compare: as many episodes, one a day, and every number and day agree."""
    return [pair for season in lists.ours.seasons for pair in _whole_season(lists, season)]


LEAST_EPISODES = 3
"""A season of fewer says too little."""


def _whole_season(lists: _Lists, season: int) -> list[tuple[int, int]]:
    ours, theirs = lists.ours.seasons[season], lists.theirs.seasons.get(season, [])
    pairs = list(zip(ours, theirs, strict=False))
    whole = len(ours) == len(theirs) >= LEAST_EPISODES and all(
        lists.is_free(i, j)
        and lists.same_number(i, j)
        and _agrees_alone(lists, i, j)
        and not lists.may_be_a_part(i, j)
        and not lists.titles_are_others(i, j)
        and not lists.ids_differ(i, j)
        for i, j in pairs
    )
    # Where both have titles in one language, each of another half of the season, nobody knows of which half.
    languages = {language for i in ours for language in lists.ours.titles[i]}
    shared = any(not languages.isdisjoint(lists.theirs.titles[j]) for j in theirs)
    return pairs if whole and not shared else []


def _by_title(lists: _Lists) -> list[tuple[int, int]]:
    """Equal and long titles, borne once; no day against it, and in sequence with all other pairs. Not of specials,
    which have no sequence."""
    candidates = [
        (i, j)
        for i, j in _once(lists, lists.same_titles)
        if not lists.has_special(i, j)
        and _tells(lists.same_titles[i, j], 10)
        and not all(map(_is_word_with_number, lists.same_titles[i, j]))
        and not lists.is_borne_again(i, j)
        and not lists.day_is_against(i, j)
        and not lists.day_is_anothers(i, j)
        and not lists.never(i, j)
    ]
    return _in_sequence(lists, candidates)


def _in_sequence(lists: _Lists, candidates: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that stand in the same sequence here as there, with all pairs so far and with each other."""
    ordered = sorted(pair for pair in (*lists.paired.items(), *candidates) if not lists.has_special(*pair))
    theirs = [j for _, j in ordered]
    before = [-1, *accumulate(theirs, max)]
    after = [*accumulate(reversed([*theirs[1:], len(lists.theirs.entries)]), min)][::-1]
    kept = {pair for pair, most, least in zip(ordered, before, after, strict=False) if most < pair[1] < least}
    return [pair for pair in candidates if pair in kept]
