"""Which entry of one list is which of another: a wrong pair is worse than none."""

import time
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from crossed_lists import pair_crossed
from disagreeing_lists import HARSH, MILD, pair_many
from metarr.domain.episode_lists import EpisodeEntry
from metarr.domain.pairing import Pairing, PairingRule, pair
from metarr.domain.values import Text
from samples import sample_json

Row = tuple[int, int, str, str] | tuple[int, int, str, str, int]
"""Season, number, day, title, minutes."""


def entries(name: str, rows: Iterable[Row], language: str = "en") -> list[EpisodeEntry]:
    return [entry(name, *row, language=language) for row in rows]


def entry(name: str, *row: Any, language: str = "en", ids: Iterable[str] = ()) -> EpisodeEntry:
    season, number, day, title, minutes = (*row, *("", "", 0)[len(row) - 2 :])
    titles = (Text(value=title, language=language),) if title else ()
    key = f"{name}{season}x{number}"
    return EpisodeEntry(
        id=key, season=season, number=number, day=day, titles=titles, minutes=minutes, ids=frozenset(ids)
    )


def paired(pairing: Pairing) -> dict[str, str]:
    return {each.ours.removeprefix("a"): each.theirs.removeprefix("b") for each in pairing.pairs}


def rules(pairing: Pairing) -> dict[str, str]:
    return {each.ours.removeprefix("a"): each.rule.value for each in pairing.pairs}


def weekly(titles: Iterable[str], season: int = 1, start: str = "2010-01-01", first: int = 1) -> list[Row]:
    day = date.fromisoformat(start)
    return [
        (season, number, (day + timedelta(days=7 * (number - first))).isoformat(), title)
        for number, title in enumerate(titles, first)
    ]


def dated(titles: Iterable[tuple[int, str]], start: str, season: int = 2024) -> list[Row]:
    day = date.fromisoformat(start)
    return [(season, k, (day + timedelta(days=n)).isoformat(), title) for k, (n, title) in enumerate(titles, 1)]


GUESTS = [
    (0, "Anna Stone"),
    (1, "Bruno Ito"),
    (2, "Carla Weiss"),
    (3, "Dario Novak"),
    (7, "Elena Rossi"),
    (8, "Felix Vega"),
]
ANIME = (
    "Ryomen Sukuna", "For Myself", "Girl of Steel", "Fearsome Womb", "After Rain", "Boredom", "Small Fry",
    "Hidden Inventory", "Hidden Inventory 2", "Premature Death",
)  # fmt: skip

TABLE: dict[str, tuple[list[Row], list[Row], dict[str, str]]] = {
    "a pilot in two parts, and as a whole": (
        [(1, 1, "1987-09-28", "Encounter at Farpoint (1)", 45), (1, 2, "1987-09-28", "Encounter at Farpoint (2)", 45),
         (1, 3, "1987-10-05", "The Naked Now", 45), (1, 4, "1987-10-12", "Code of Honor", 45)],
        [(1, 1, "1987-09-28", "Encounter at Farpoint", 92), (1, 2, "1987-10-05", "The Naked Now", 45),
         (1, 3, "1987-10-12", "Code of Honor", 45)],
        {"1x3": "1x2", "1x4": "1x3"},
    ),
    "a finale in two parts, and as a whole": (
        [(7, 24, "1999-05-26", "The Dogs of War"), (7, 25, "1999-06-02", "What You Leave Behind (1)"),
         (7, 26, "1999-06-02", "What You Leave Behind (2)")],
        [(7, 24, "1999-05-26", "The Dogs of War"), (7, 25, "1999-06-02", "What You Leave Behind")],
        {"7x24": "7x24"},
    ),
    "other parts of one title": (
        [(1, 1, "2010-01-01", "Redemption (1)")], [(1, 1, "2010-01-01", "Redemption, Part 2")], {},
    ),
    "a part that is marked in two ways": (
        [(1, 1, "2010-01-01", "Redemption (1)")], [(1, 1, "2010-01-01", "Redemption, Part One")], {"1x1": "1x1"},
    ),
    "a whole and a part, of which only the lengths tell": (
        [(1, 1, "2010-01-01", "Redemption", 44)], [(1, 1, "2010-01-01", "Redemption", 88)], {},
    ),
    "two parts from another series, missing in one list": (
        [(3, 14, "1976-01-04", "The Bionic Criminal"), (3, 15, "1976-01-11", "Welcome Home, Jaime (1)"),
         (3, 16, "1976-01-21", "Welcome Home, Jaime (2)"), (3, 17, "1976-01-18", "Hocus-Pocus"),
         (3, 18, "1976-02-01", "The Secret of Bigfoot (1)")],
        [(3, 14, "1976-01-04", "The Bionic Criminal"), (3, 15, "1976-01-18", "Hocus-Pocus"),
         (3, 16, "1976-02-01", "The Secret of Bigfoot (1)")],
        {"3x14": "3x14", "3x17": "3x15", "3x18": "3x16"},
    ),
    "a season of one day in another sequence": (
        [(1, 1, "2019-03-15", "Sonnie's Edge"), (1, 2, "2019-03-15", "Three Robots"),
         (1, 3, "2019-03-15", "The Witness"),
         (1, 4, "2019-03-15", "Suits")],
        [(1, 1, "2019-03-15", "Three Robots"), (1, 2, "2019-03-15", "Sonnie's Edge"),
         (1, 3, "2019-03-15", "Beyond the Aquila Rift"), (1, 4, "2019-03-15", "Suits")],
        {"1x1": "1x2", "1x2": "1x1", "1x4": "1x4"},
    ),
    "a daily show a day late, with a hole": (
        dated(GUESTS, "2024-01-08"),
        dated([guest for guest in GUESTS if guest[1] != "Bruno Ito"], "2024-01-09"),
        {"2024x1": "2024x1", "2024x3": "2024x2", "2024x4": "2024x3", "2024x5": "2024x4", "2024x6": "2024x5"},
    ),
    "two seasons against one": (
        [*weekly(ANIME[:6], 1, "2020-10-03"), *weekly(ANIME[6:], 2, "2023-07-06")],
        [(1, number, day, title) for number, (_, _, day, title) in
         enumerate([*weekly(ANIME[:6], 1, "2020-10-02"), *weekly(ANIME[6:], 2, "2023-07-05")], 1)],
        {f"{1 + n // 6}x{n % 6 + 1}": f"1x{n + 1}" for n in range(10)},
    ),
    "numbers as titles": (
        [(2, 1, "2014-02-14", "Chapter 14"), (2, 2, "2014-02-14", "Chapter 15"), (2, 3, "2014-02-14", "Chapter 16")],
        [(2, 1, "2014-02-14", "Chapter 14"), (2, 2, "2014-02-14", "Chapter 15"), (2, 3, "2014-02-14", "Episode 3")],
        {"2x1": "2x1", "2x2": "2x2"},
    ),
    "specials numbered otherwise": (
        [(0, 1, "2005-11-18", "Children in Need Special"), (0, 2, "2005-12-25", "The Christmas Invasion"),
         (2, 1, "2006-04-15", "New Earth")],
        [(0, 1, "2005-12-25", "The Christmas Invasion"), (0, 2, "2005-11-18", "Children in Need Special"),
         (2, 1, "2006-04-15", "New Earth")],
        {"0x1": "0x2", "0x2": "0x1", "2x1": "2x1"},
    ),
    "specials of one number": (
        [(0, 1, "2005-11-18", "Episode 1"), (0, 2, "", "Behind the Scenes")],
        [(0, 1, "2005-11-18", "Episode 1"), (0, 2, "", "Behind the Scenes")],
        {},
    ),
    "a special here, an episode there": (
        [(0, 5, "2005-12-25", "The Christmas Invasion"), (2, 1, "2006-04-15", "New Earth"),
         (2, 2, "2006-04-22", "Tooth and Claw")],
        [(2, 1, "2005-12-25", "The Christmas Invasion"), (2, 2, "2006-04-15", "New Earth"),
         (2, 3, "2006-04-22", "Tooth and Claw")],
        {"0x5": "2x1", "2x1": "2x2", "2x2": "2x3"},
    ),
    "an untitled episode between two pairs": (
        weekly(["Red Morning", "Grey Noon", "Black Night"]), weekly(["Red Morning", "Episode 2", "Black Night"]),
        {"1x1": "1x1", "1x2": "1x2", "1x3": "1x3"},
    ),
    "an untitled one at the end, and another one swapped beside it": (
        [(1, 1, "2010-01-01", "Island Ghost"), (1, 2, "2010-01-15", "Grey Noon"), (1, 3, "2010-01-22", "The Tower")],
        [(1, 1, "2010-01-01", "Episode 1"), (1, 2, "2010-01-15", "Grey Noon"), (1, 3, "2010-01-08", "Episode 3")],
        {"1x2": "1x2"},
    ),
    "a title without a day, and another one of the other's day": (
        [(1, 1, "2010-01-01", "Episode 1"), (1, 2, "", "The Red Morning"), (1, 3, "2010-01-15", "Grey Noon")],
        [(1, 1, "2010-01-01", "The Red Morning"), (1, 2, "2010-01-15", "Grey Noon")],
        {"1x3": "1x2"},
    ),
    "another title between two pairs": (
        weekly(["Red Morning", "Grey Noon", "Black Night"]), weekly(["Red Morning", "The Ambush", "Black Night"]),
        {"1x1": "1x1", "1x2": "1x2", "1x3": "1x3"},
    ),
    "another title at the end": (
        weekly(["Red Morning", "Grey Noon", "Black Night"]), weekly(["Red Morning", "Grey Noon", "The Ambush"]),
        {"1x1": "1x1", "1x2": "1x2"},
    ),
    "an untitled one, where a part is known to be one": (
        weekly(["Red Morning", "Grey Noon (1)", "Black Night"]), weekly(["Red Morning", "Episode 2", "Black Night"]),
        {"1x1": "1x1", "1x3": "1x3"},
    ),
    "an untitled one of a day with two, a number missing beside it": (
        [(1, 1, "2010-01-01", "Red Morning"), (1, 3, "2010-01-08", "Grey Noon"), (1, 4, "2010-01-15", "Black Night")],
        [(1, 1, "2010-01-01", "Red Morning"), (1, 2, "2010-01-08", "Episode 2"), (1, 3, "2010-01-15", "Black Night")],
        {"1x1": "1x1", "1x4": "1x3"},
    ),
    "neighbours swapped, with their days, one untitled": (
        weekly(["Red Morning", "Episode 2", "Black Night", "White Dawn"]),
        weekly(["Red Morning", "Black Night", "Grey Noon", "White Dawn"]), {"1x1": "1x1", "1x4": "1x4"},
    ),
    "neighbours swapped, their days not": (
        weekly(["Red Morning", "Grey Noon", "Black Night"]),
        [(1, 1, "2010-01-01", "Red Morning"), (1, 2, "2010-01-15", "Black Night"), (1, 3, "2010-01-08", "Grey Noon")],
        {"1x1": "1x1", "1x2": "1x3", "1x3": "1x2"},
    ),
    "a season without titles": (
        weekly(["Oak", "Elm", "Ash"], 5), weekly(["Episode #5.1", "Episode #5.2", "Episode #5.3"], 5),
        {"5x1": "5x1", "5x2": "5x2", "5x3": "5x3"},
    ),
    "a season without titles, one longer": (
        weekly(["Oak", "Elm", "Ash", "Fir"], 5), weekly(["Episode #5.1", "Episode #5.2", "Episode #5.3"], 5), {},
    ),
    "a season of which each list has other titles": (
        weekly(["Oak", "Episode 2", "Ash", "Episode 4"], 5), weekly(["Episode 1", "Elm", "Episode 3", "Fir"], 5), {},
    ),
    "a season without titles, of one day": (
        [(1, n, "2010-01-01", title) for n, title in enumerate(["Oak", "Elm", "Ash"], 1)],
        [(1, n, "2010-01-01", f"Episode {n}") for n in (1, 2, 3)], {},
    ),
    "a short title under another number": (
        [(1, 1, "2010-01-01", "Oak")], [(1, 2, "2010-01-01", "Oak")], {},
    ),
    "a long title under another number": (
        [(1, 1, "2010-01-01", "The Train Job"), (1, 11, "2010-12-20", "Serenity (1)"),
         (1, 12, "2010-12-20", "Serenity (2)")],
        [(1, 1, "2010-12-20", "Serenity"), (1, 2, "2010-01-01", "The Train Job")], {"1x1": "1x2"},
    ),
    "a count of the makers under another number": (
        [(1, 9, "2010-01-01", "Episode 1008")], [(1, 19, "2010-01-01", "Episode 1008")], {},
    ),
    "a count of the makers under the same number": (
        [(1, 9, "2010-01-01", "Episode 1008")], [(1, 9, "2010-01-01", "Episode 1008")], {"1x9": "1x9"},
    ),
    "a title that another one bears, too": (
        [(1, 1, "2010-01-01", "Reunion Night")], [(1, 1, "2010-01-01", "Reunion Night"),
         (3, 1, "", "Reunion Night")], {},
    ),
    "a number and a title, the day unknown": (
        [(1, 1, "2010-01-01", "Red Morning")], [(1, 1, "", "Red Morning")], {"1x1": "1x1"},
    ),
    "a number that the title repeats, the day unknown": (
        [(1, 1, "2010-01-01", "Chapter 1")], [(1, 1, "", "Chapter 1")], {},
    ),
    "a long title in sequence, the day unknown": (
        weekly(["Red Morning", "The Grey Afternoon", "Black Night"]),
        [(1, 1, "2010-01-01", "Red Morning"), (1, 4, "", "The Grey Afternoon"), (1, 5, "2010-01-15", "Black Night")],
        {"1x1": "1x1", "1x2": "1x4", "1x3": "1x5"},
    ),
    "a long title out of sequence, the day unknown": (
        weekly(["Red Morning", "The Grey Afternoon", "Black Night"]),
        [(1, 1, "2010-01-01", "Red Morning"), (1, 5, "2010-01-15", "Black Night"), (1, 6, "", "The Grey Afternoon")],
        {"1x1": "1x1", "1x3": "1x5"},
    ),
    "a typo": ([(1, 1, "2010-01-01", "Bushwhacked")], [(1, 1, "2010-01-01", "Bushwacked")], {"1x1": "1x1"}),
    "one letter that makes another title": (
        [(1, 1, "2010-01-01", "The Hunters"), (1, 2, "2010-01-01", "Red Morning")],
        [(1, 1, "2010-01-01", "The Hunter"), (1, 2, "2010-01-01", "Red Morning")], {"1x2": "1x2"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_the_table(name: str) -> None:
    ours, theirs, expected = TABLE[name]
    assert paired(pair(entries("a", ours), entries("b", theirs))) == expected


@pytest.mark.parametrize("name", TABLE)
def test_it_is_the_same_from_either_side_and_in_any_sequence(name: str) -> None:
    ours, theirs, _ = TABLE[name]
    one, other = entries("a", ours), entries("b", theirs)
    forth = {(each.ours, each.theirs) for each in pair(one, other).pairs}
    back = {(each.theirs, each.ours) for each in pair(reversed(other), reversed(one)).pairs}
    assert forth == back


# Rules


RULES: dict[str, tuple[list[Row], list[Row]]] = {
    "title+day": ([(1, 1, "2010-01-01", "Red Morning")], [(1, 1, "2010-01-01", "Red Morning")]),
    "number+title": ([(1, 1, "2010-01-01", "Red Morning")], [(1, 1, "", "Red Morning")]),
    "between": (weekly(["Red Morning", "Grey Noon", "Black Night"]), weekly(["Red Morning", "TBA", "Black Night"])),
    "season": (weekly(["Oak", "Elm", "Ash"]), weekly(["TBA", "TBA", "TBA"])),
    "title": ([(1, 2, "2010-01-01", "The Red Morning")], [(1, 1, "", "The Red Morning")]),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_pair_says_by_which_rule_it_is_one(rule: str) -> None:
    ours, theirs = RULES[rule]
    found = rules(pair(entries("a", ours), entries("b", theirs)))
    assert rule in found.values()
    assert found.keys() == {f"{season}x{number}" for season, number, *_ in ours}


def test_what_is_in_no_pair_is_open() -> None:
    ours = entries("a", [(1, 1, "2010-01-01", "Red Morning"), (1, 2, "2010-01-08", "Grey Noon")])
    theirs = entries("b", [(1, 1, "2010-01-01", "Red Morning"), (2, 1, "2011-01-08", "White Dawn")])
    assert pair(ours, theirs).open_ours == ("a1x2",)
    assert pair(ours, theirs).open_theirs == ("b2x1",)


def test_titles_are_compared_in_one_language_only() -> None:
    ours = entries("a", [(1, 1, "2010-01-01", "Roter Morgen")], "de-DE")
    assert paired(pair(ours, entries("b", [(1, 1, "2010-01-01", "Roter Morgen")], "en"))) == {}
    assert paired(pair(ours, entries("b", [(1, 1, "2010-01-01", "Roter Morgen")], "de"))) == {"1x1": "1x1"}


def test_two_entries_of_one_number_are_not_paired_by_it() -> None:
    ours = entries("a", [(1, 1, "2010-01-01", "Red Dawn")])
    theirs = [entry("b", 1, 1, "", "Red Dawn"), entry("c", 1, 1, "2010-02-02", "Grey Noon")]
    assert paired(pair(ours, theirs)) == {}


def test_an_entry_that_is_listed_twice_is_one() -> None:
    ours = entries("a", [(1, 1, "2010-01-01", "Red Morning")])
    theirs = [entry("b", 1, 1, "", "Old Title"), entry("b", 1, 1, "2010-01-01", "Red Morning")]
    assert paired(pair(ours, theirs)) == {"1x1": "1x1"}


# Ids

IMDB = ("imdb:tt0000001",)


@pytest.mark.parametrize(
    ("other", "pairs"),
    [
        (entry("b", 2, 5, "2010-01-01", "Grey Noon", ids=IMDB), True),
        (entry("b", 2, 5, "2011-11-11", "Red Morning", ids=IMDB), True),
        (entry("b", 2, 5, "2011-11-11", "Episode 5", ids=IMDB), True),
        (entry("b", 1, 1, "2011-11-11", "Grey Noon", ids=IMDB), False),
        (entry("b", 1, 1, "2010-01-01", "Red Morning (1)", ids=IMDB), False),
    ],
)
def test_an_id_pairs_unless_title_and_day_speak_against_it(other: EpisodeEntry, pairs: bool) -> None:
    found = pair([entry("a", 1, 1, "2010-01-01", "Red Morning", ids=IMDB)], [other])
    assert [each.rule for each in found.pairs] == [PairingRule.ID] * pairs


def test_ids_that_differ_are_two_where_no_title_agrees() -> None:
    titles = ["Red Morning", "Grey Noon", "Black Night"]
    ours = [entry("a", 1, n, f"2010-01-{n * 7:02}", title, ids=[f"imdb:tt{n}"]) for n, title in enumerate(titles, 1)]
    theirs = [
        entry("b", 1, n, f"2010-01-{n * 7:02}", "TBA" if n == 2 else title, ids=[f"imdb:tt{9 if n == 2 else n}"])
        for n, title in enumerate(titles, 1)
    ]
    assert paired(pair(ours, theirs)) == {"1x1": "1x1", "1x3": "1x3"}


def test_an_id_that_is_borne_twice_says_nothing() -> None:
    theirs = [entry("b", 1, 1, "2010-01-01", ids=IMDB), entry("b", 1, 2, "2010-01-08", ids=IMDB)]
    assert paired(pair([entry("a", 1, 1, "2010-01-01", ids=IMDB)], theirs)) == {}


def test_ids_that_are_one_off_in_a_season_of_one_day_give_way_to_the_titles() -> None:
    titles = ["Red Morning", "Grey Afternoon", "Black Midnight"]
    ours = [entry("a", 1, n, "2010-01-01", title, ids=[f"imdb:tt{n}"]) for n, title in enumerate(titles, 1)]
    theirs = [entry("b", 1, n, "2010-01-01", title, ids=[f"imdb:tt{n + 1}"]) for n, title in enumerate(titles, 1)]
    assert paired(pair(ours, theirs)) == {"1x1": "1x1", "1x2": "1x2", "1x3": "1x3"}


def test_a_pair_by_ids_stands_through_renumbering_while_nothing_speaks_against_it() -> None:
    ours = entries("a", weekly(["Red Morning", "Grey Noon"]))
    renumbered = [entry("b", 4, 1, "", "Episode 1"), entry("b", 4, 2, "2012-02-02", "White Dawn")]
    standing = {"b4x1": "a1x1", "b4x2": "a1x2"}
    assert rules(pair(ours, renumbered, standing=standing)) == {"1x1": "standing"}
    assert rules(pair(ours, renumbered)) == {}


def test_the_word_of_the_owner_wins() -> None:
    ours = entries("a", weekly(["Red Morning", "Grey Noon", "Black Night"]))
    theirs = entries("b", weekly(["Red Morning", "Grey Noon", "Black Night"]))
    found = pair(ours, theirs, decided={"b1x1": "a1x2", "b1x2": "", "b9x9": "a1x3", "b1x3": "a9x9"})
    assert paired(found) == {"1x2": "1x1"}
    assert rules(found) == {"1x2": "decided"}
    assert "b1x2" not in found.open_theirs  # it is none of ours, says the owner


# Recorded lists


def recorded_entry(provider: str, *row: Any) -> EpisodeEntry:
    season, number, day, title, minutes = row
    return entry(provider, season, number, day or "", title or "", minutes or 0)


@pytest.mark.recordings
def test_the_recorded_lists_of_a_season_are_paired() -> None:
    theirs = [
        recorded_entry("b", *(each[key] for key in ("season_number", "episode_number", "air_date", "name", "runtime")))
        for each in sample_json("tmdb/jdrouet/tv-season-details.json")["episodes"]
    ]
    ours = [
        recorded_entry("a", *(each[key] for key in ("season", "number", "airdate", "name", "runtime")))
        for each in sample_json("tvmaze/shows_82_episodes.json")
    ]
    found = pair(ours, theirs)
    assert len(ours) == 73
    assert paired(found) == {
        f"1x{n}": f"1x{n}" for n in range(1, 11)
    }  # read by eye: Winter Is Coming to Fire and Blood


@pytest.mark.recordings
def test_a_recorded_list_is_paired_with_itself() -> None:
    listed = sample_json("tvdb/v4/seasons_2004592_extended.json")["data"]["episodes"]
    ours, theirs = (
        [
            recorded_entry(name, *(each[key] for key in ("seasonNumber", "number", "aired", "name", "runtime")))
            for each in listed
        ]
        for name in "ab"
    )
    assert paired(pair(ours, theirs)) == {"0x1": "0x1", "0x2": "0x2"}


# Many lists


@pytest.mark.slow
def test_no_pair_of_disagreeing_lists_is_wrong() -> None:
    tally = pair_many(20261122, 3000, MILD, HARSH)
    assert tally.wrong == []


@pytest.mark.slow
def test_most_are_paired_where_lists_disagree_as_they_usually_do() -> None:
    tally = pair_many(20261123, 3000, MILD)
    assert tally.wrong == []
    assert tally.pairs >= 0.75 * tally.could


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_no_pair_of_very_many_lists_is_wrong(seed: int) -> None:
    assert pair_many(seed, 50_000, MILD, HARSH).wrong == []


def test_no_pair_of_crossed_lists_is_wrong() -> None:
    assert pair_crossed(3, 1_000).wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("most", [2, 4])
def test_no_pair_of_very_many_crossed_lists_is_wrong(most: int) -> None:
    assert pair_crossed(17, 25_000, most).wrong == []


def test_a_series_made_anew_has_the_titles_of_the_first_and_none_of_its_episodes() -> None:
    titles = ["The Amber Arrow", "The Autumn Beacon", "A Castle of Cinders", "The Desert Diamond", "The Paper Moon"]
    first = entries("a", [(1, n, f"1984-01-0{n}", title) for n, title in enumerate(titles, 1)])
    anew = entries("b", [(1, n, f"2014-03-0{n}" if n < 5 else "", title) for n, title in enumerate(titles, 1)])
    assert pair(first, anew).pairs == ()


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("The Siege (1+2)", ("The Siege", "Another One")),
        ("The Siege", ("The Siege", "The Siege 2")),
        ("Sand 2", ("Sand 2", "Sand 2, Part II")),
        ("Vessel 3", ("Vessel 3", "Vessel 3 2")),
    ],
)
def test_a_whole_is_not_the_part_that_is_called_as_it(whole: str, parts: tuple[str, str]) -> None:
    ours = entries("a", [(1, 1, "2001-01-01", whole), (1, 2, "2001-01-08", "Something Else")])
    theirs = entries("b", [(1, n, f"2001-01-0{n}", title) for n, title in enumerate(parts, 1)])
    assert [each for each in pair(ours, theirs).pairs if each.ours == ours[0].id] == []


def test_titles_alike_in_one_language_that_are_others_in_another_one_tell_nothing() -> None:
    """The German title of the first is misspelt into that of the second, which has none here."""

    def both(name: str, number: int, day: str, english: str, german: str) -> EpisodeEntry:
        titles = (Text(value=english, language="en"), Text(value=german, language="de"))
        return EpisodeEntry(id=f"{name}:{number}", season=6, number=number, day=day, titles=titles)

    ours = [
        both("a", 24, "1992-11-24", "Night of the Giants", "Die Nacht der Riesinnen"),
        both("a", 25, "1992-11-25", "Night of the Giantesses", "Folge 25"),
    ]
    theirs = [both("b", 23, "1992-11-24", "Night of the Giantesses", "Die Nacht der Riesinnen")]
    assert [each for each in pair(ours, theirs).pairs if each.ours == "a:24"] == []


def test_a_title_that_two_bear_in_one_language_tells_nothing_in_the_next() -> None:
    """The second one's German title has a prefix, so that the first one's is borne once; the English one is not."""

    def both(name: str, season: int, number: int, english: str, german: str) -> EpisodeEntry:
        titles = (Text(value=english, language="en"), Text(value=german, language="de"))
        return EpisodeEntry(id=f"{name}:{season}/{number}", season=season, number=number, titles=titles)

    ours = [both("a", 1, 1, "The Open Sky", "Der offene Himmel"), both("a", 2, 5, "Another Title", "Anderer Titel")]
    theirs = [both("b", 1, 1, "The Open Sky", "Fall 2: Der offene Himmel"),
              both("b", 2, 5, "The Open Sky", "Der offene Himmel")]  # fmt: skip
    assert pair(ours, theirs).pairs == ()


def test_a_word_with_a_number_is_no_title_where_nothing_else_tells() -> None:
    ours = entries("a", [(1, 7, "", "Kapitola 7")], language="cs")
    theirs = entries("b", [(2, 7, "2019-05-12", "Kapitola 7")], language="cs")
    assert pair(ours, theirs).pairs == ()


def test_a_neighbour_with_the_misspelt_title_of_another_is_not_paired_by_its_place() -> None:
    here = ("The First Lantern", "The Secret Harbour", "The Distant Island", "The Last Lantern")
    there = ("The First Lantern", "The Distant Issland", "The Third Lantern", "The Last Lantern")
    ours, theirs = entries("a", weekly(here, 1, "2001-01-01")), entries("b", weekly(there, 1, "2001-01-01"))
    assert [each.ours for each in pair(ours, theirs).pairs] == [ours[0].id, ours[3].id]


@pytest.mark.parametrize(("seasons", "length"), [(20, 22), (1, 1000)])
def test_a_big_series_takes_no_time(seasons: int, length: int) -> None:
    rows = [
        row
        for n in range(seasons)
        for row in weekly([f"Title {k} of {n}" for k in range(length)], n + 1, f"{1950 + n}-01-01")
    ]
    ours, theirs = entries("a", rows), entries("b", rows)
    begun = time.process_time()
    assert len(pair(ours, theirs).pairs) == seasons * length
    assert time.process_time() - begun < 0.2  # 0.05 where nothing else runs
