"""The add-on's texts: each that is shown is there, each that is there is shown, and the places in it are filled."""

import ast
import re
import xml.etree.ElementTree as ET

import pytest

from fake_kodi_port import ADDON, STRINGS, english
from metarr_kodi import texts

OWN = range(30000, 30300)
SETTINGS = ET.parse(ADDON / "resources" / "settings.xml").getroot()


def numbers(module: object) -> dict[str, int]:
    return {name: value for name, value in vars(module).items() if isinstance(value, int) and not name.startswith("_")}


def in_settings() -> set[int]:
    told = [node.get(name, "") for node in SETTINGS.iter() for name in ("label", "help")]
    told += [node.text or "" for node in SETTINGS.iter("heading")]
    return {int(text) for text in told if text.isdigit()}


def test_every_number_has_a_text_and_every_text_a_use():
    used = set(numbers(texts).values()) | in_settings()
    assert used == {number for number in english() if number in OWN}


def test_no_number_is_there_twice():
    told = re.findall(r'^msgctxt "#(\d+)"$', STRINGS.read_text(), re.MULTILINE)
    assert len(told) == len(set(told)) == len(english())


def asked_for() -> list[tuple[str, set[str]]]:
    """Each call of the port's `text` with a number of `texts`: the name of that, and the places that it fills."""
    codes = [path.read_text() for path in sorted((ADDON / "resources" / "lib" / "metarr_kodi").glob("*.py"))]
    trees = [ast.parse(code) for code in codes if "menu_texts as texts" not in code]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        (call.args[0].attr, {keyword.arg or "" for keyword in call.keywords})
        for call in calls
        if call.args and isinstance(call.args[0], ast.Attribute) and ast.unparse(call.args[0]).startswith("texts.")
        if "Option" not in ast.unparse(call.func) and "_option" not in ast.unparse(call.func)
    ]


@pytest.mark.parametrize(("name", "filled"), asked_for())
def test_the_places_in_a_text_are_those_that_are_filled(name: str, filled: set[str]):
    places = set(re.findall(r"{(\w+)}", english()[numbers(texts)[name]]))
    # What is wrong with a connection is told by one of several texts, each with places of its own.
    assert places == filled


def test_a_setting_that_hides_what_is_typed_is_the_token():
    hidden = [setting.get("id") for setting in SETTINGS.iter("setting") if setting.find("control/hidden") is not None]
    assert hidden == ["token"]
