"""A made-up television of known truth, and the lists that providers make of it, which disagree.

They join what was shown in two parts, lose episodes, swap neighbours, count otherwise, shift days, misspell, retitle,
leave untitled. An entry's truth is the set of the episodes that it is: a whole is not its part.

Left out is what nothing in two lists could tell: of two that were shown on one day, or are parts of one, none is lost;
a season that a list has no titles of is not shuffled; a wrong day is no other episode's.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product
from typing import NamedTuple

from metarr.domain.episode_lists import EpisodeEntry
from metarr.domain.episode_titles import TitleKey, title_key
from metarr.domain.pairing import pair
from metarr.domain.values import Text

_NOUNS = """
Night Light Fight Right Knight House Mouse Horse Man Men Wall Walls Hunter Hunters Brother Mother Other River Winter
Fire Garden Mirror Road Shadow Letter Harbour Island Machine Queen Soldier Window Bridge Kingdom Whisper Stranger
Strangers Summer Daughter Doctor Secret Promise Journey Silence Witness Passenger Horizon Fortune Paradise Prisoner
Musician Storm Store Crown Crows Ghost Guest Blood Flood Brood Bone Bones Home Hope Rope
"""
_SYLLABLES = "ba cor den fal gri hol jor kan lem mir nos pal quin ras sol tur vel wen yor zan"
NOUNS = [*_NOUNS.split(), *("".join(parts).capitalize() for parts in product(_SYLLABLES.split(), repeat=2))]
_ADJECTIVES = "Last Long Black Lost Silent Golden Broken Hidden Cold Little White Red Second Other Best Worst"
ADJECTIVES = _ADJECTIVES.split()
_NAMES = "Anna Hanna Marian Marion Bruno Carla Carlo Dario Elena Felix Stone Ito Weiss Novak Rossi Vega Voss Boss"
NAMES = _NAMES.split()
GENERIC = ["Pilot", "Finale", "Reunion", "Recap", "The Story So Far", "Christmas Special", "Behind the Scenes"]
PLACEHOLDERS = {
    "en": ("Episode {n}", "TBA", "Episode #{s}.{n}", ""),
    "de": ("Folge {n}", "Episode {n}"),
    "ja": ("第{n}話",),
}


@dataclass(frozen=True)
class Shown:
    """What is in a list, and the episodes of the truth that it is."""

    truth: frozenset[int]
    season: int
    number: int
    day: date
    titles: dict[str, str]
    part: int = 0
    minutes: int = 0
    kept: bool = False
    """It is lost by none."""
    fixed: bool = False
    """It is swapped by none."""


@dataclass(frozen=True)
class Habits:
    """How often a list does what, of an episode unless something else is said; and its languages."""

    languages: tuple[str, ...] = ("en",)
    joins: float = 0.3
    loses: float = 0.02
    gaps: bool = False
    """Numbers of lost episodes stay free."""
    swaps: float = 0.01
    recounts: float = 0.1
    """Of a series: seasons cut otherwise, or counted on."""
    shift: int = 0
    misdated: float = 0.01
    undated: float = 0.02
    retitled: float = 0.01
    misspelt: float = 0.03
    untitled: float = 0.04
    untranslated: float = 0.05
    untitled_season: float = 0.01
    minutes: float = 0.8
    """How often the length is told."""
    ids: float = 0.1
    moved_specials: float = 0.5
    doubled: float = 0.003
    """How often a number is borne twice."""


MILD = Habits()
HARSH = Habits(
    joins=0.6, loses=0.06, swaps=0.04, recounts=0.4, misdated=0.04, undated=0.06, retitled=0.05, misspelt=0.08,
    untitled=0.12, untranslated=0.3, untitled_season=0.05, minutes=0.5, doubled=0.02,
)  # fmt: skip


CROWD = 2
"""On a day with more, such as that of a whole season, titles alone tell anything."""


class Lists(NamedTuple):
    """Two lists of one series, and by the ids of their entries what each is."""

    ours: list[EpisodeEntry]
    theirs: list[EpisodeEntry]
    truth: dict[str, frozenset[int]]


def disagreeing(dice: random.Random, one: Habits, other: Habits) -> Lists:
    """Two lists of a series."""
    series = _series(dice)
    seasons = {each.season for each in series}
    untitled = [{season for season in seasons if dice.random() < habits.untitled_season} for habits in (one, other)]
    on_day = Counter(each.day for each in series)
    series = [
        replace(
            each, fixed=each.season in untitled[0] | untitled[1], kept=bool(each.part) or 1 < on_day[each.day] <= CROWD
        )
        for each in series
    ]
    ours, theirs = (
        list(_entries(dice, _listed(dice, _without_titles(series, without), habits), habits, name, set(on_day)))
        for name, habits, without in (("tvdb", one, untitled[0]), ("tmdb", other, untitled[1]))
    )
    truth = {entry.id: truth for entry, truth in (*ours, *theirs)}
    return Lists([entry for entry, _ in ours], [entry for entry, _ in theirs], truth)


# The truth


def _series(dice: random.Random) -> list[Shown]:
    vocabulary = dice.sample(NOUNS, dice.choice((60, 150, len(NOUNS))))
    style = dice.choice(("weekly", "weekly", "weekly", "weekly", "weekly", "daily", "one day", "mixed"))
    named = dice.choice(("words",) * 12 + ("names", "chapters", "short", "numbers"))
    minutes = dice.choice((24, 45, 58))
    day = date(dice.randrange(1985, 2023), dice.randrange(1, 13), dice.randrange(1, 28))
    shown: list[Shown] = []
    chapter = 0
    used: set[TitleKey] = set()
    for season in range(1, dice.choice((1, 2, 3, 5, 9)) + 1):
        length = dice.choice((5, 6, 8, 10, 13, 22, 26) if style != "daily" else (20, 60))
        pace = dice.choice(("weekly", "one day", "doubles", "daily")) if style == "mixed" else style
        split, of_season = "", set[TitleKey]()
        for number in range(1, length + 1):
            chapter += 1
            alone = split == ""
            name = split or _title(dice, vocabulary, named, chapter)
            while not split and (title_key(name) in of_season or (title_key(name) in used and dice.random() < 0.95)):
                name = _title(dice, vocabulary, "words", chapter)
            used.add(title_key(name))
            of_season.add(title_key(name))
            part = 0
            if split:
                split, part = "", 2
            elif number < length and dice.random() < 0.05:
                split, part = name, 1
            shown.append(
                Shown(
                    truth=frozenset({len(shown)}),
                    season=season,
                    number=number,
                    day=day,
                    titles={"en": name, "de": _in("de", name), "ja": _in("ja", name)},
                    part=part,
                    minutes=minutes if dice.random() < 0.95 else int(minutes * 1.5),
                )
            )
            together = (
                pace == "one day"
                or (split and dice.random() < 0.5)
                or (pace == "doubles" and number % 2)
                or (alone and dice.random() < 0.03)
            )
            if not together:
                day += timedelta(days=1 if pace == "daily" and day.weekday() < 4 else 3 if pace == "daily" else 7)
        day += timedelta(days=dice.choice((14, 90, 300)))
    for number in range(1, dice.choice((0, 2, 5, 12)) + 1):
        choices = [*GENERIC, *(_title(dice, vocabulary, "words", 0) for _ in range(9))]
        name = dice.choice([each for each in choices if title_key(each) not in used])
        used.add(title_key(name))
        between = dice.choice(shown)
        near = between.day + timedelta(days=dice.choice((-3, 0, 0, 2, 30)))
        titles = {"en": name, "de": _in("de", name), "ja": _in("ja", name)}
        shown.append(Shown(frozenset({len(shown)}), 0, number, near, titles, minutes=minutes))
    return shown


def _title(dice: random.Random, vocabulary: list[str], named: str, chapter: int) -> str:
    word = lambda: dice.choice(vocabulary)  # noqa: E731 - short, and used at once
    if named == "chapters":
        return f"Chapter {chapter}"
    if named == "names":
        return f"{dice.choice(NAMES)} {dice.choice(NAMES)}"
    if named == "short":
        return word()
    if named == "numbers" and dice.random() < 0.5:
        return dice.choice((f"{dice.randrange(1, 30)} {word()}s", f"{word()} {dice.choice(('II', 'III', '2', '3'))}"))
    return dice.choice((
        f"The {dice.choice(ADJECTIVES)} {word()}", f"{dice.choice(ADJECTIVES)} {word()}", f"{word()}'s {word()}",
        f"{word()} of the {word()}", f"{word()} and {word()}", f"{word()}, {word()}", f"A {word()} in {word()}",
        dice.choice((*GENERIC, *(f"{word()} {word()}" for _ in range(20)))), dice.choice((word(), f"The {word()}")),
    ))  # fmt: skip


def _in(language: str, title: str) -> str:
    """The title in another language, a word for a word."""
    endings = {"de": ("ung", "er", "heit"), "ja": ("の夜", "の光", "")}[language]
    words = [word for word in title.split() if word not in ("The", "A", "of", "the", "in", "and")]
    return " ".join(word if word.isdecimal() else word + endings[len(word) % 3] for word in words)


# What a list makes of it


def _without_titles(series: list[Shown], seasons: set[int]) -> list[Shown]:
    return [replace(each, titles={}) if each.season in seasons else each for each in series]


def _listed(dice: random.Random, series: list[Shown], habits: Habits) -> list[Shown]:
    shown = list(_joined(dice, series, habits))
    shown = [each for each in shown if each.kept or dice.random() >= habits.loses]
    if not habits.gaps or dice.random() < 0.3:
        shown = _numbered(shown)
    shown = _swapped(dice, shown, habits)
    if dice.random() < habits.recounts:
        shown = _recounted(dice, shown)
    specials = [each for each in shown if each.season == 0]
    if specials and dice.random() < habits.moved_specials:
        numbers = [each.number for each in specials]
        dice.shuffle(numbers)
        moved = {id(each): replace(each, number=number) for each, number in zip(specials, numbers, strict=True)}
        shown = [moved.get(id(each), each) for each in shown]
        if dice.random() < 0.3:
            shown = _numbered(sorted(
                (replace(each, season=dice.choice(shown).season, number=dice.randrange(1, 20)) if each in specials and
                 dice.random() < 0.2 else each for each in shown),
                key=lambda each: (each.season, each.number),
            ))  # fmt: skip
    return shown


def _joined(dice: random.Random, series: list[Shown], habits: Habits) -> Iterator[Shown]:
    all_of_them = dice.random() < 0.5
    skip = False
    for each, after in zip(series, [*series[1:], None], strict=True):
        if skip:
            skip = False
        elif (
            each.part == 1
            and after
            and after.part == 2
            and (all_of_them or dice.random() < habits.joins)
            and (dice.random() < 2 * habits.joins)
        ):
            skip = True
            titles = {language: dice.choice((title, f"{title} (1+2)")) for language, title in each.titles.items()}
            yield replace(
                each, truth=each.truth | after.truth, titles=titles, part=0, minutes=each.minutes + after.minutes
            )
        else:
            yield each


def _numbered(shown: list[Shown]) -> list[Shown]:
    counts: dict[int, int] = {}
    numbered = []
    for each in shown:
        counts[each.season] = counts.get(each.season, 0) + 1
        numbered.append(replace(each, number=counts[each.season]))
    return numbered


def _swapped(dice: random.Random, shown: list[Shown], habits: Habits) -> list[Shown]:
    shown = list(shown)
    for k in range(len(shown) - 1):
        one, other = shown[k], shown[k + 1]
        if one.season == other.season and dice.random() < habits.swaps and not one.fixed:
            with_days = dice.random() < 0.5
            shown[k] = replace(other, number=one.number, day=one.day if with_days else other.day)
            shown[k + 1] = replace(one, number=other.number, day=other.day if with_days else one.day)
    return shown


def _recounted(dice: random.Random, shown: list[Shown]) -> list[Shown]:
    proper = [each for each in shown if each.season]
    specials = [each for each in shown if not each.season]
    how = dice.choice(("absolute", "count on", "cut", "start at 0"))
    if how == "absolute":
        proper = [replace(each, season=1, number=number) for number, each in enumerate(proper, 1)]
    elif how == "count on":
        proper = [replace(each, number=number) for number, each in enumerate(proper, 1)]
    elif how == "cut":
        length = dice.randrange(5, 15)
        proper = [replace(each, season=k // length + 1, number=k % length + 1) for k, each in enumerate(proper)]
    else:
        proper = [replace(each, number=each.number - 1) for each in proper]
    return proper + specials


def _entries(
    dice: random.Random, shown: list[Shown], habits: Habits, name: str, days: set[date]
) -> Iterator[tuple[EpisodeEntry, frozenset[int]]]:
    style = dice.choice((" ({n})", ", Part {n}", " - Part {r}", ": Part {w}", " {n}"))
    told_minutes = dice.random() < 0.7
    doubled = {each.truth for each in shown if each.season and dice.random() < habits.doubled}
    for number, each in enumerate(shown):
        day = each.day + timedelta(days=habits.shift)
        if dice.random() < habits.misdated:
            other = each.day + timedelta(days=dice.choice((-8, -1, 1, 2, 7)))
            day = day if other in days else other
        told = told_minutes and dice.random() < habits.minutes
        imdb = f"imdb:tt{'9999'.join(map(str, sorted(each.truth))):0>7}" if dice.random() < habits.ids else ""
        entry = EpisodeEntry(
            id=f"{name}:{number}",
            season=each.season,
            number=dice.choice(shown).number if each.truth in doubled else each.number,
            titles=tuple(_titles(dice, each, habits, style)),
            day=day.isoformat() if dice.random() >= habits.undated else "",
            minutes=each.minutes + dice.choice((-2, 0, 0, 1)) if told else 0,
            ids=frozenset({imdb} - {""}),
        )
        yield entry, each.truth


def _titles(dice: random.Random, each: Shown, habits: Habits, style: str) -> Iterator[Text]:
    nobody = not each.titles or dice.random() < habits.untitled
    for language in habits.languages:
        title = each.titles.get(language, "")
        if nobody or (language != "ja" and dice.random() < habits.untranslated and language != "en"):
            title = dice.choice(PLACEHOLDERS[language]).format(s=each.season, n=each.number)
        else:
            if dice.random() < habits.retitled:
                title = f"{dice.choice(ADJECTIVES)} {dice.choice(NOUNS)} Again"
            elif each.part:
                title += style.format(n=each.part, r="I" * each.part, w=("", "One", "Two")[each.part])
            if dice.random() < habits.misspelt:
                title = _misspelt(dice, title)
            if dice.random() < 0.1:
                title = dice.choice(
                    (title.upper(), title.replace(" and ", " & "), title.removeprefix("The "), f"{title}!")
                )
        if title:
            yield Text(value=title, language=dice.choice((language, f"{language}-XX")))


def _misspelt(dice: random.Random, title: str) -> str:
    k = dice.randrange(len(title))
    if not title[k].isalpha():
        return title
    return dice.choice((
        title[:k] + title[k + 1 :],
        title[:k] + dice.choice("aeinrst") + title[k + 1 :],
        title[:k] + title[k + 1 : k + 2] + title[k] + title[k + 2 :],
        title[:k] + title[k] + title[k:],
    ))  # fmt: skip


@dataclass
class Tally:
    """What came of pairing lists: `could` counts the episodes that both have."""

    pairs: int = 0
    could: int = 0
    wrong: list[str] = field(default_factory=list)


LANGUAGES = (("en",), ("en", "de"), ("en", "ja"), ("de",), ("de", "ja"))


def pair_many(seed: int, pairs: int, *habits: Habits) -> Tally:
    """Lists of such habits, paired until there are so many pairs."""
    dice, tally = random.Random(seed), Tally()
    while tally.pairs < pairs:
        one = replace(dice.choice(habits), languages=dice.choice(LANGUAGES))
        other = replace(one, gaps=dice.random() < 0.3, shift=dice.choice((0, 0, 0, 1, -1)))
        lists = disagreeing(dice, one, other)
        there = {lists.truth[entry.id] for entry in lists.theirs}
        tally.could += sum(lists.truth[entry.id] in there for entry in lists.ours)
        for each in pair(lists.ours, lists.theirs).pairs:
            tally.pairs += 1
            if lists.truth[each.ours] != lists.truth[each.theirs]:
                entries = {entry.id: entry for entry in (*lists.ours, *lists.theirs)}
                tally.wrong.append(f"{each.rule}: {entries[each.ours]} is not {entries[each.theirs]}")
    return tally
