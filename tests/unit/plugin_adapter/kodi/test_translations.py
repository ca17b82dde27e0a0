"""The add-on in other languages: every text is there, has the places of the English one, and fits where that fits."""

import re
import xml.etree.ElementTree as ET

import pytest

from fake_kodi_port import ADDON, STRINGS, english

FOLDERS = sorted(path for path in STRINGS.parents[1].iterdir() if path != STRINGS.parent)
LANGUAGES = [path.name.removeprefix("resource.language.") for path in FOLDERS]
ROOM, MORE = 1.6, 14
"""How much longer than the English one a text may be: so many times, or by so many characters, where it is short."""

ENTRY = re.compile(r'^msgctxt "#(\d+)"\nmsgid "(.*)"\nmsgstr "(.*)"$', re.MULTILINE)


def translated(language: str) -> dict[int, tuple[str, str]]:
    """By number, the English text that was translated, and what it became."""
    told = (STRINGS.parents[1] / f"resource.language.{language}" / "strings.po").read_text()
    return {int(number): (before, after) for number, before, after in ENTRY.findall(told)}


def places(text: str) -> list[str]:
    return sorted(re.findall(r"{\w+}|\[/?B\]|\\n", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_and_of_this_english(language: str):
    texts = translated(language)
    assert {
        number: before.replace("\\n", "\n").replace('\\"', '"') for number, (before, _) in texts.items()
    } == english()
    assert [number for number, (_, after) in texts.items() if not after.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_is_filled(language: str):
    texts = translated(language)
    assert [number for number, (before, after) in texts.items() if places(before) != places(after)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_where_the_english_one_does(language: str):
    texts = translated(language)
    most = {number: max(ROOM * len(before), len(before) + MORE) for number, (before, _) in texts.items()}
    assert {number: after for number, (_, after) in texts.items() if len(after) > most[number]} == {}


def test_the_add_on_names_its_languages():
    named = ET.parse(ADDON / "addon.xml").getroot().findtext(".//language")
    assert sorted((named or "").split()) == sorted(["en", *(each[:2] for each in LANGUAGES)])
    assert LANGUAGES == ["de_de", "fr_fr"]
