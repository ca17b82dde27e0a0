"""Titles of episodes: which say anything, and which are one."""

import pytest

from metarr.domain.episode_titles import is_misspelt, is_placeholder, title_key

SAME = [
    ("Encounter at Farpoint (1)", "Encounter At Farpoint, Part I"),
    ("Emissary (Part One)", "Emissary - Part 1"),
    ("Emissary Pt. II", "Emissary 2"),
    ("The Siege, Part 1", "Part I: The Siege"),
    ("Foo (1/2)", "Foo (1)"),
    ("Redemption (1+2)", "Redemption"),
    ("Night, The", "The Night"),
    ("Fire & Ice", "Fire and Ice"),
    ("It’s a Café!", "Its a cafe"),
    ("Weaver Ville", "Weaverville"),
    ("Rocky II", "Rocky 2"),
    ("Łódź", "Lodz"),
    ("推しの子（前編）", "推しの子 前編"),
    ("???", "???"),
]
OTHERS = [
    ("Encounter at Farpoint (1)", "Encounter at Farpoint (2)"),
    ("Encounter at Farpoint (1)", "Encounter at Farpoint"),
    ("Chapter 14", "Chapter 15"),
    ("A Part of Me", "Me"),
    ("Plan A", "Plan B"),
    ("???", "!"),
    ("か", "が"),
    ("The Long Night", "The Long Fight"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_spelling_makes_no_other_title(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_another_title_is_another(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)
    assert not is_misspelt(title_key(one), title_key(other))


@pytest.mark.parametrize(
    ("title", "language", "bare"),
    [("Die Nacht", "de", "nacht"), ("Die Hard", "en", "diehard"), ("L'amour", "fr", "lamour"), ("The", "en", "the")],
)
def test_articles_are_those_of_the_language(title: str, language: str, bare: str) -> None:
    assert title_key(title, language).joined == bare


@pytest.mark.parametrize(
    ("one", "other", "anywhere", "forgiven"),
    [
        ("Bushwhacked", "Bushwacked", False, True),
        ("The Train Robbery", "The Train Robebry", False, True),
        ("The Hunters", "The Hunter", False, False),
        ("The Last Hunters", "The Last Hunter", True, True),
        ("Plan B, again", "Plan C, again", True, False),
        ("Chapter 14, again", "Chapter 15, again", True, False),
        ("推しの子推しの子推し", "推しの子推しの星推し", True, False),
    ],
)
def test_a_typo_is_forgiven_in_a_long_word(one: str, other: str, anywhere: bool, forgiven: bool) -> None:
    assert is_misspelt(title_key(one), title_key(other), anywhere=anywhere) is forgiven


PLACEHOLDERS = [
    "TBA", "tbd.", "To Be Announced", "", "  ", " / ", "Episode 7", "Episode #3.7", "Episode 3.7", "Ep. 7", "E7",
    "S03E07", "3x07", "Folge 7", "7. Folge", "Épisode 7", "Episodio 7", "Aflevering 7", "Odcinek 7", "Avsnitt 7",
    "Jakso 7", "7. Bölüm", "Díl 7", "7. rész", "Epizóda 7", "Επεισόδιο 7", "Серия 7", "7 серия", "Эпизод 7", "第7話",
    "第七話", "第 7 集", "제7화", "ตอนที่ 7", "الحلقة 7", "פרק 7", "Season 3 Episode 7", "Staffel 3, Folge 7",
    "Special 7", "Episode Seven",
]  # fmt: skip
TITLES = [
    "Chapter 7",
    "Teil 7",
    "Folge 1234",
    "Episode 8",
    "Seven",
    "7",
    "???",
    "Episode of Doom",
    "The Special",
    "Tap",
]


@pytest.mark.parametrize("title", PLACEHOLDERS)
def test_a_known_word_with_the_own_number_is_no_title(title: str) -> None:
    assert is_placeholder(title, 3, 7)


@pytest.mark.parametrize("title", TITLES)
def test_what_says_more_is_a_title(title: str) -> None:
    assert not is_placeholder(title, 3, 7)


def test_kanji_numbers_are_read() -> None:
    assert is_placeholder("第二十三話", 1, 23)
    assert is_placeholder("第百十話", 1, 110)
    assert not is_placeholder("第二十三話", 1, 3)


def test_a_sign_that_stands_for_a_syllable_counts_as_two_letters() -> None:
    assert title_key("黒い騎士", "ja").letters == title_key("Black Man").letters == 8
