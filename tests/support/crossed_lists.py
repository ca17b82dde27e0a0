"""A second television of known truth, made from scratch, and lists of it that are crossed in other ways.

Days are those of another zone, two-parters are joined, named by their first part or carry a part's number on one side
alone, segments make one episode, specials stand among the regular ones, anime counts through, production order takes
the place of the aired one, seasons are missing or counted on, titles recur, are prefixed, turned, in words or digits,
in another language under the wrong tag; a remake has the titles of the first series, and stale records stand beside
the new.

Spared is what nothing in two lists could tell: a second part of which no title says so, two of a season or a special
that are called alike, days that follow the place where there are no titles, a part that is lost beside its whole.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from disagreeing_lists import Lists, Tally
from metarr.domain.episode_lists import EpisodeEntry
from metarr.domain.pairing import pair
from metarr.domain.values import Text

_WORDS = """
amber anchor arrow ashes autumn beacon blade border branch candle canyon castle cellar chain cinder circle clock cloud
copper coral corner cradle current dagger dancer desert diamond dragon dream dust eagle ember empire engine exile
falcon feather field flame forest fortress fountain frost garden gate giant glass glory grave hammer harvest heart
heir hollow honey horizon hour hunger ice iron ivory jewel journey judge justice key king lantern legacy letter
library lion marble mask meadow memory mercy mist monster moon mountain music needle north oath ocean omen orchid
orphan palace paper pearl phantom pillar pirate planet poison portrait prayer prince puzzle quarry rain raven rebel
refuge relic return riddle ritual rose ruin sand scar school season shelter shore signal silver sister sky smoke snow
song soul spark spider spirit spring star stone stranger street sword temple thief thorn thread throne thunder tide
toll tower traitor treasure truth tunnel twin valley vault veil verdict vessel victory village violin vision voice
voyage walker war water wave whale wheel whisper widow wind wing wish wolf wonder world wound
"""
WORDS = _WORDS.split()
_GIVEN = "Ada Ben Cara Dan Eva Finn Gia Hal Ida Jon Kim Leo Mia Ned Ola Pat Ray Sam Tess Uma"
_COUNTED = "zero one two three four five six seven eight nine ten eleven twelve"
_ROMAN = "- I II III IV V VI VII VIII IX X XI XII"
GIVEN, COUNTED, ROMAN = _GIVEN.split(), _COUNTED.split(), _ROMAN.split()
GENERIC = ("Pilot", "Finale", "Recap", "Christmas Special", "Special", "Reunion")


@dataclass(frozen=True)
class Shown:
    """What a list shows: which episodes of the truth that is, and what it says about them."""

    truth: frozenset[int]
    season: int
    number: int
    day: date | None
    titles: dict[str, str]
    minutes: int = 0
    pair: int = 0
    """Of a story in two parts which one; 0: of none."""
    story: str = ""


Listed = list[Shown]
Twist = Callable[[random.Random, Listed], Listed]


# The truth


def _foreign(language: str, title: str) -> str:
    """Another language: each word turned into one of its own."""
    ending = {"de": "en", "ja": "の"}[language]
    return " ".join(word if word.isdecimal() else f"{word[::-1].lower()}{ending}" for word in title.split())


def _titles(title: str) -> dict[str, str]:
    return {"en": title, "de": _foreign("de", title), "ja": _foreign("ja", title)}


def _name(dice: random.Random, words: list[str], style: str, number: int) -> str:
    one, other = (dice.choice(words).capitalize() for _ in range(2))
    match style:
        case "short":
            return one
        case "chapters":
            return f"Chapter {COUNTED[number].capitalize() if number < 13 else number}: The {one} {other}"
        case "counted":
            return f"Chapter {number}"
        case "guests":
            return f"{dice.choice(GIVEN)} {one}, {dice.choice(GIVEN)} {other}"
        case "numbered":
            return f"{one} {dice.choice(('', 'II', '2', 'Two', '3', 'III'))}".strip()
        case "segments":
            return f"{one} {other} / {dice.choice(words).capitalize()} {dice.choice(words).capitalize()}"
    return dice.choice((
        f"The {one}", f"The {one} and the {other}", f"{one} {other}", f"A {one} of {other}", f"{one}'s {other}",
        f"{one}", f"The {other} {one}", dice.choice((*GENERIC, f"{one} Again", f"Return of the {one}")),
    ))  # fmt: skip


def series(dice: random.Random) -> Listed:
    """Every episode as it was first shown, the specials last."""
    words = dice.sample(WORDS, dice.choice((25, 60, len(WORDS))))
    style = dice.choice(("any",) * 9 + ("short", "chapters", "counted", "guests", "numbered", "segments"))
    pace = dice.choice(("weekly",) * 5 + ("daily", "at once", "two a week", "anime"))
    minutes = dice.choice((11, 24, 44, 60))
    day, shown = date(dice.randrange(1988, 2024), dice.randrange(1, 13), 1), list[Shown]()
    for season in range(1, dice.choice((1, 1, 2, 3, 5, 8)) + 1):
        length = 12 if pace == "anime" else dice.choice((4, 6, 8, 10, 13, 22)) * (3 if pace == "daily" else 1)
        part, story, used = 0, "", set[str]()
        for number in range(1, length + 1):
            title = _name(dice, words, style, number)
            while title in used:
                title = _name(dice, words, "any", number)
            used.add(title)
            if part == 1:
                part = 2
            elif number < length and dice.random() < 0.06:
                part, story = 1, title
            else:
                part, story = 0, ""
            shown.append(
                Shown(frozenset({len(shown)}), season, number, day, _titles(story or title), minutes, part, story)
            )
            if part == 1 and dice.random() < 0.5:
                continue  # both parts on one evening
            match pace:
                case "at once":
                    step = 0
                case "daily":
                    step = 3 if day.weekday() == 4 else 1
                case "two a week":
                    step = 0 if number % 2 else 7
                case _:
                    step = dice.choice((7, 7, 7, 7, 7, 14))
            day += timedelta(days=step)
        day += timedelta(days=dice.choice((7, 60, 200)))
    for number in range(1, dice.choice((0, 0, 1, 3, 8)) + 1):
        near = dice.choice(shown).day or day
        title = _name(dice, words, "any", number)
        while any(each.titles["en"] == title for each in shown):
            title = _name(dice, words, "any", number)
        when = near + timedelta(days=dice.choice((-1, 0, 0, 1, 3, 40)))
        shown.append(Shown(frozenset({len(shown)}), 0, number, when, _titles(title), dice.choice((5, minutes))))
    return shown


# How a list may be crossed


def _counted_anew(listed: Listed) -> Listed:
    """Numbers without gaps, in the sequence that the list has now."""
    counts: dict[int, int] = {}
    anew = []
    for each in listed:
        counts[each.season] = counts.get(each.season, 0) + 1
        anew.append(replace(each, number=counts[each.season]))
    return anew


def _joined(dice: random.Random, listed: Listed) -> Listed:
    """Two parts are one, under the name of the story, with both numbers, or as the first part alone is called."""
    joined, skip = list[Shown](), False
    for each, after in zip(listed, [*listed[1:], None], strict=True):
        if skip:
            skip = False
        elif each.pair == 1 and after is not None and after.pair == 2 and dice.random() < 0.8:
            skip = True
            form = dice.choice(("{}", "{} (1 & 2)", "{}, Parts 1 and 2", "{} (1+2)", "{}: Part One and Two"))
            whole = replace(each, truth=each.truth | after.truth, minutes=each.minutes * 2, pair=0)
            joined.append(replace(whole, titles={key: form.format(title) for key, title in each.titles.items()}))
        else:
            joined.append(each)
    return _counted_anew(joined) if dice.random() < 0.8 else joined


def _marked(dice: random.Random, listed: Listed, *, both: bool) -> Listed:
    """Both parts bear their number, in one of the ways in which that is done; or the second alone does."""
    form = dice.choice(("{} (1)", "{}, Part I", "{}: Part One", "{} - Part 1", "Part 1: {}", "{} 1", "{} Teil 1"))
    second_alone = not both and dice.random() < 0.5

    def mark(each: Shown) -> Shown:
        if not each.pair or (each.pair == 1 and second_alone):
            return each
        own = form if each.pair == 1 else form.replace("1", "2").replace("One", "Two").replace(" I", " II")
        return replace(each, titles={key: own.format(title) for key, title in each.titles.items()})

    return [mark(each) for each in listed]


def _segments(dice: random.Random, listed: Listed) -> Listed:
    """What is one episode of two stories there, are two here."""
    shown = list[Shown]()
    for each in listed:
        halves = each.titles.get("en", "").split(" / ")
        if len(halves) == 2 and not each.pair and len(each.truth) == 1:
            for half, title in enumerate(halves):
                own = {-2 * min(each.truth) - half - 1}
                shown.append(replace(each, truth=each.truth | own, titles=_titles(title), minutes=each.minutes // 2))
        else:
            shown.append(each)
    return _counted_anew(shown)


def _through(dice: random.Random, listed: Listed) -> Listed:
    """Counted through: all in season 1, or in the seasons as they are."""
    one = dice.random() < 0.6
    proper = [each for each in listed if each.season]
    specials = [each for each in listed if not each.season]
    return [replace(each, season=1 if one else each.season, number=n) for n, each in enumerate(proper, 1)] + specials


def _cut_otherwise(dice: random.Random, listed: Listed) -> Listed:
    """Seasons of another length, or one less: two are one, a split season is two."""
    proper = [each for each in listed if each.season]
    specials = [each for each in listed if not each.season]
    length = dice.choice((6, 11, 12, 13, 24, 26))
    return [replace(e, season=n // length + 1, number=n % length + 1) for n, e in enumerate(proper)] + specials


def _produced(dice: random.Random, listed: Listed, *, with_days: bool = True) -> Listed:
    """In the order of production: some stand a few places off, with their own day or that of the place."""
    proper = [each for each in listed if each.season]
    specials = [each for each in listed if not each.season]
    places = sorted(
        range(len(proper)),
        key=lambda n: (proper[n].season, n + (dice.random() < 0.15) * dice.choice((-3, -2, -1.5, 1.5, 2, 3))),
    )
    moved = []
    for n, place in enumerate(places):
        own, there = proper[place], proper[n]
        moved.append(replace(own, season=there.season, number=there.number, day=own.day if with_days else there.day))
    return moved + specials


def _among(dice: random.Random, listed: Listed) -> Listed:
    """Specials stand among the regular ones, which are counted on; some of them, or all."""
    proper = [each for each in listed if each.season]
    share, left = dice.choice((0.3, 1.0)), list[Shown]()
    for each in (each for each in listed if not each.season):
        if dice.random() >= share or not proper:
            left.append(each)
            continue
        place = dice.randrange(len(proper) + 1)
        season = proper[min(place, len(proper) - 1)].season
        proper.insert(place, replace(each, season=season))
    proper.sort(key=lambda each: each.season)
    dice.shuffle(left)
    return _counted_anew(proper + left)


def _without_seasons(dice: random.Random, listed: Listed) -> Listed:
    """A season is missing, and those after it may be counted on in its place."""
    seasons = sorted({each.season for each in listed if each.season})
    if len(seasons) < 2:
        return listed
    gone, closes = dice.choice(seasons), dice.random() < 0.5
    return [
        replace(each, season=each.season - 1) if closes and each.season > gone else each
        for each in listed
        if each.season != gone
    ]


def _with_losses(dice: random.Random, listed: Listed) -> Listed:
    kept = [each for each in listed if each.pair or dice.random() > 0.05]
    return _counted_anew(kept) if dice.random() < 0.6 else kept


def _in_another_zone(dice: random.Random, listed: Listed) -> Listed:
    """A day later or earlier, all of it or a season; or as a country shows it, weeks later."""
    seasons = {each.season for each in listed}
    some = seasons if dice.random() < 0.6 else {season for season in seasons if dice.random() < 0.5}
    days = timedelta(days=dice.choice((1, 1, 1, -1, -1, 2, 7, 30)))
    return [replace(e, day=e.day + days) if e.day and e.season in some else e for e in listed]


def _on_other_days(dice: random.Random, listed: Listed) -> Listed:
    """A wrong day here and there, and none at all."""

    def day(each: Shown) -> date | None:
        if dice.random() < 0.04 or each.day is None:
            return None
        return each.day + timedelta(days=dice.choice((-7, -1, 1, 7, 365))) if dice.random() < 0.03 else each.day

    return [replace(each, day=day(each)) for each in listed]


def _retitled(dice: random.Random, listed: Listed) -> Listed:
    """Prefixed, turned, spelt or counted otherwise; another working title; that of another one."""

    def spelt(title: str) -> str:
        words = title.split()
        spots = [word.start() + n for word in re.finditer(r"[^\W\d]{5,}", title) for n in range(len(word[0]))]
        at = dice.choice(spots) if spots else 0
        match dice.choice(
            ("as it is",) * 9 + ("upper", "and", "turned", "typo", "typo", "prefix", "number", "article")
        ):
            case "upper":
                return title.upper()
            case "and":
                return title.replace(" and ", " & ")
            case "turned" if ", " in title:
                return ", ".join(reversed(title.split(", ")))
            case "typo" if spots:
                return title[:at] + dice.choice(("", title[at : at + 1] * 2, dice.choice("aeiost"))) + title[at + 1 :]
            case "prefix" if title.startswith("Chapter "):
                return title.split(": ", 1)[-1]
            case "prefix":
                return f"{dice.choice(('Episode', 'Case'))} {dice.randrange(1, 30)}: {title}"
            case "number":
                turned = {**dict(zip(ROMAN[1:], COUNTED[1:], strict=True)), **{str(n): ROMAN[n] for n in range(1, 13)}}
                return " ".join(turned.get(word, word) for word in words)
            case "article":
                return title.removeprefix("The ")
        return title

    shown = [replace(each, titles={key: spelt(title) for key, title in each.titles.items()}) for each in listed]
    for n, each in enumerate(shown):
        if dice.random() < 0.02:
            shown[n] = replace(each, titles=_titles(" ".join(dice.sample(WORDS, 3)).title()))
    return shown


def _untitled(dice: random.Random, listed: Listed) -> Listed:
    """Placeholders, here and there, of a whole season, or of what is to come."""
    seasons = sorted({each.season for each in listed})
    whole = {dice.choice(seasons)} if dice.random() < 0.2 else set[int]()
    share = dice.choice((0.02, 0.1, 0.3))

    def holder(language: str, each: Shown) -> str:
        of = {
            "en": ("TBA", "Episode {n}", "Episode #{s}.{n}", ""),
            "de": ("Folge {n}", "Episode {n}"),
            "ja": ("第{n}話", "TBA"),
        }
        return dice.choice(of[language]).format(s=each.season, n=each.number)

    return [
        replace(each, titles={key: holder(key, each) for key in each.titles})
        if each.season in whole or dice.random() < share
        else each
        for each in listed
    ]


def _mistagged(dice: random.Random, listed: Listed) -> Listed:
    """Where a translation is missing, the original or a placeholder stands in its place."""
    share, original = dice.choice((0.1, 0.5)), dice.choice(("en", "ja"))
    return [
        replace(each, titles={**each.titles, "de": dice.choice((each.titles[original], f"Folge {each.number}"))})
        if dice.random() < share
        else each
        for each in listed
    ]


def _with_stale(dice: random.Random, listed: Listed) -> Listed:
    """A record stands twice: as it is, and as it was, under the number or with the title of before."""
    stale = []
    for each in listed:
        if dice.random() < 0.02:
            other = dice.choice(listed)
            stale.append(replace(each, **dice.choice(({}, {"number": other.number}, {"titles": other.titles}))))
    return [*listed, *stale]


def _timed(dice: random.Random, listed: Listed) -> Listed:
    share = dice.choice((0.0, 0.5, 0.95))
    return [replace(each, minutes=each.minutes if dice.random() < share else 0) for each in listed]


TWISTS: tuple[Twist, ...] = (
    _joined, _segments, _with_losses, _produced, _among, _without_seasons, _through, _cut_otherwise,
)  # fmt: skip
"""What becomes of the sequence, in this order; a list has some of them."""
TITLING = {_mistagged, _retitled, _untitled}
"""After these the title of a second part need not tell that it is one, and nothing else does."""
SPELLINGS: tuple[Twist, ...] = (_in_another_zone, _on_other_days, _mistagged, _retitled, _untitled, _with_stale)


def _remade(dice: random.Random, listed: Listed) -> Listed:
    """The series made anew, years later, with the titles of the first one: none of it is any of that."""
    years = timedelta(days=365 * dice.randrange(4, 30))
    return [
        replace(e, truth=frozenset(n + 10_000 for n in e.truth), day=e.day + years if e.day else None) for e in listed
    ]


def _entries(name: str, listed: Listed, languages: tuple[str, ...]) -> list[tuple[EpisodeEntry, frozenset[int]]]:
    return [
        (
            EpisodeEntry(
                id=f"{name}:{place}",
                season=each.season,
                number=each.number,
                titles=tuple(Text(value=each.titles[key], language=key) for key in languages if each.titles.get(key)),
                day=each.day.isoformat() if each.day else "",
                minutes=each.minutes,
            ),
            each.truth,
        )
        for place, each in enumerate(listed)
    ]


LANGUAGES = (("en",), ("en",), ("en", "de"), ("ja", "en"), ("ja", "de"), ("de",))


def crossed(dice: random.Random, most: int) -> Lists:
    """Two lists of a series, each crossed in so many ways at most."""
    truth, languages = series(dice), dice.choice(LANGUAGES)
    other = languages if dice.random() < 0.8 else dice.choice(LANGUAGES)
    moves_days = not {*languages}.isdisjoint(other) and dice.random() < 0.3
    listed = []
    for _ in range(2):
        twists: set[Twist] = {
            *dice.sample(TWISTS, dice.randrange(most + 1)),
            *dice.sample(SPELLINGS, dice.randrange(most + 2)),
        }
        here = truth
        if moves_days:
            # Only where there are titles to tell by: else nothing says what stands on whose day.
            here = _produced(dice, here, with_days=False) if _produced in twists else here
            twists -= {_produced, _untitled, _mistagged}
        for twist in TWISTS:
            here = twist(dice, here) if twist in twists else here
        here = _marked(dice, here, both=not twists.isdisjoint(TITLING))
        for twist in SPELLINGS:
            here = twist(dice, here) if twist in twists else here
        listed.append(_timed(dice, here))
    if dice.random() < 0.03:
        listed[1] = _remade(dice, listed[1])
    ours, theirs = _entries("tvdb", listed[0], languages), _entries("tmdb", listed[1], other)
    return Lists([e for e, _ in ours], [e for e, _ in theirs], {entry.id: which for entry, which in (*ours, *theirs)})


def pair_crossed(seed: int, pairs: int, most: int = 3) -> Tally:
    """Crossed lists, paired until there are so many pairs."""
    dice, tally = random.Random(seed), Tally()
    while tally.pairs < pairs:
        lists = crossed(dice, most)
        there = {lists.truth[entry.id] for entry in lists.theirs}
        tally.could += sum(lists.truth[entry.id] in there for entry in lists.ours)
        entries = {entry.id: entry for entry in (*lists.ours, *lists.theirs)}
        for each in pair(lists.ours, lists.theirs).pairs:
            tally.pairs += 1
            if lists.truth[each.ours] != lists.truth[each.theirs]:
                tally.wrong.append(f"{each.rule}: {entries[each.ours]} is not {entries[each.theirs]}")
    return tally
