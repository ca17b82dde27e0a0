"""The texts of menus and dialogs: each that is shown is there, each that is there is shown, its places are filled."""

import ast
import re
import xml.etree.ElementTree as ET

import pytest

from fake_kodi_port import ADDON, english
from metarr_kodi import mapping, menu_texts

OWN = range(30300, 30700)
NUMBERS = {name: value for name, value in vars(menu_texts).items() if isinstance(value, int)}
MODULES = sorted((ADDON / "resources" / "lib" / "metarr_kodi").glob("*.py"))


def test_every_number_has_a_text_and_every_text_a_number():
    assert set(NUMBERS.values()) == {number for number in english() if number in OWN}
    assert len(set(NUMBERS.values())) == len(NUMBERS)


def test_every_text_has_a_use():
    code = "\n".join(path.read_text() for path in MODULES if path.name != "menu_texts.py")
    tables = {
        number
        for name, table in vars(menu_texts).items()
        if name.isupper() and isinstance(table, dict)
        for number in table.values()
    }
    named = set(re.findall(r"\bmenu_texts\.(\w+)", code))
    assert {name for name, number in NUMBERS.items() if number not in tables and name not in named} == set()


def test_the_context_menus_labels_are_words_for_a_kodi_that_reads_its_menus_before_the_texts():
    labels = [node.text for node in ET.parse(ADDON / "addon.xml").getroot().iter("label")]
    assert labels == [
        "Metarr",
        "Refresh metadata",
        "Where does this come from?",
        "Choose artwork",
        "Lock fields",
        "Undo last change",
        "Wrong title?",
    ]


def asked_for() -> list[tuple[str, set[str]]]:
    """Each call of a `text` with a number: the name of that, and the places that it fills."""
    calls = [node for path in MODULES for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [
        (call.args[0].attr, {keyword.arg or "" for keyword in call.keywords})
        for call in calls
        if call.args and ast.unparse(call.args[0]).startswith("menu_texts.") and isinstance(call.args[0], ast.Attribute)
    ]


@pytest.mark.parametrize(("name", "filled"), asked_for())
def test_the_places_in_a_text_are_those_that_are_filled(name: str, filled: set[str]):
    assert set(re.findall(r"{(\w+)}", english()[NUMBERS[name]])) == filled


def test_every_field_that_kodi_and_metarr_share_has_a_label():
    known = {name for kind in mapping.FIELDS for name in (*mapping.FIELDS[kind], *mapping.CANNOT[kind])}
    assert known <= set(menu_texts.FIELDS)


def test_the_english_words_are_those_of_the_daemon():
    """They stand here to be translated, and say what the daemon says to those who have no words of their own."""
    from metarr.domain.fields import FIELDS
    from metarr.domain.terms import REASONS, RULES

    labels = {
        name: f"{field.label} ({field.unit})" if field.unit == "minutes" else field.label
        for name, field in FIELDS.items()
    }
    own = {name: english()[number] for name, number in menu_texts.FIELDS.items() if name != "ids"}
    assert own == labels
    assert {code: english()[number] for code, number in menu_texts.RULES.items()} == RULES
    assert {code: english()[number] for code, number in menu_texts.REASONS.items()} == REASONS
