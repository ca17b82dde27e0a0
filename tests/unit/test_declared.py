"""What a declared setting accepts, and what is told of the rest."""

import math
from typing import Any

import pytest

from metarr.declared import MAX_TEXT, Setting, SettingType, checked, checked_all
from metarr.settings import DECLARED, Settings, load

KEY = "sk-0123456789äöü"


def setting(type_: SettingType, **more: Any) -> Setting:
    return Setting(key="it", label="It", type=type_, **more)


PORT = setting(SettingType.INTEGER, minimum=1, maximum=65535)
PACE = setting(SettingType.NUMBER, minimum=0.01)
QUOTA = setting(SettingType.INTEGER)
COLOUR = setting(SettingType.CHOICE, choices=("red", "green"))
HOUR = setting(SettingType.TEXT, wrong=lambda text: "" if text.isdecimal() else "is no hour")
HOURS = setting(SettingType.TEXTS, minimum=1, maximum=3, wrong=HOUR.wrong)


@pytest.mark.parametrize(
    ("declared", "raw", "kept"),
    [
        (setting(SettingType.TEXT), "  a text\n", "a text"),
        (setting(SettingType.TEXT, wrong=lambda text: ""), " ", ""),
        (setting(SettingType.SECRET), f" {KEY[:13]}\n", KEY[:13]),
        (setting(SettingType.URL), "https://a.example/api/", "https://a.example/api"),
        (setting(SettingType.BOOLEAN), False, False),
        (COLOUR, " red", "red"),
        (PORT, 65535, 65535),
        (PORT, 80.0, 80),
        (PACE, 1, 1.0),
        (QUOTA, 1_000_000_000, 1_000_000_000),
        (HOURS, ("3", "4 ", "3"), ["3", "4"]),
    ],
)
def test_a_value_is_kept_in_one_form(declared: Setting, raw: Any, kept: Any) -> None:
    value = checked(declared, raw)
    assert (value, type(value)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("declared", "raw", "told"),
    [
        (setting(SettingType.TEXT), "  ", "needs a text"),
        (setting(SettingType.TEXT), None, "needs a text"),
        (setting(SettingType.TEXT), 5, "needs a text"),
        (setting(SettingType.TEXT), "a\x00b", "none of them a control character"),
        (setting(SettingType.TEXT), "a" * (MAX_TEXT + 1), f"at most {MAX_TEXT} characters"),
        (setting(SettingType.TEXT, maximum=5), "abcdef", "at most 5 characters"),
        (setting(SettingType.SECRET), ["x"], "needs a text"),
        (setting(SettingType.SECRET), KEY, "letters that no key has"),
        (setting(SettingType.URL), "ftp://a.example", "an http or https address"),
        (setting(SettingType.URL), "https://me@a.example", "without user"),
        (setting(SettingType.URL), "https://a.example:port", "no http or https address"),
        (setting(SettingType.BOOLEAN), "yes", "must be true or false"),
        (setting(SettingType.BOOLEAN), 1, "must be true or false"),
        (COLOUR, "blue", "must be one of red, green"),
        (PORT, 0, "must be a whole number from 1 to 65535"),
        (PORT, 1.5, "must be a whole number from 1 to 65535"),
        (PORT, "80", "must be a whole number from 1 to 65535"),
        (PORT, math.inf, "must be a whole number from 1 to 65535"),
        (PACE, 0, "must be at least 0.01"),
        (PACE, True, "must be a number"),
        (PACE, math.nan, "must be a number"),
        (PACE, math.inf, "must be a number"),
        (PACE, 10**400, "must be at most 1000000000"),
        (QUOTA, -math.inf, "must be a number"),
        (QUOTA, 0.5, "must be a whole number"),
        (HOUR, "noon", "'noon' is no hour"),
        (HOUR, "n" * 100, f"'{'n' * 60}' is no hour"),
        (HOURS, [], "has 1 to 3 entries"),
        (HOURS, ["1", "2", "3", "4"], "has 1 to 3 entries"),
        (HOURS, "3", "must be a list of texts"),
        (HOURS, ["3", 4], "must be a list of texts"),
        (HOURS, ["3", "noon"], "'noon' is no hour"),
    ],
)
def test_what_does_not_fit_is_told(declared: Setting, raw: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        checked(declared, raw)


def test_a_secret_is_never_repeated() -> None:
    odd = setting(SettingType.SECRET, wrong=lambda text: "is no key")
    for raw in (KEY, f"{KEY}\x00", KEY * 1000):
        with pytest.raises(ValueError, match=r"^is no key$") as told:
            checked(odd, raw)
        assert KEY[:10] not in str(told.value)


def test_every_fault_is_told_at_its_place_beside_what_is_right() -> None:
    declared = (Setting(key="name", label="Name"), Setting(key="key", label="Key", type=SettingType.SECRET))
    values, wrong = checked_all(declared, {"name": "Ada", "key": "", "colour": "red"}, path="a.settings", owner="shelf")
    assert values == {"name": "Ada", "key": None}
    assert [(each.field, each.description) for each in wrong] == [
        ("a.settings.colour", "shelf has no such setting; known: name, key")
    ]
    values, wrong = checked_all(declared, {"name": None, "key": ""}, may_go=False)
    assert (values, [each.field for each in wrong]) == ({}, ["settings.key", "settings.name"])


def test_every_setting_of_metarr_is_declared_with_a_default_that_fits() -> None:
    assert [each.key for each in DECLARED] == list(Settings.__struct_fields__)
    defaults = {each.key: each.default for each in DECLARED}
    assert {key: checked(each, defaults[key]) for each in DECLARED if (key := each.key)} == {
        key: list(value) if isinstance(value, tuple) else value for key, value in defaults.items()
    }
    assert load({key: {"no": "value"} for key in defaults}) == Settings()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("US", "US"), (" de ", "DE"), ("UK", "GB"), ("uk", "GB"), ("gb", "GB"), ("XK", "XK"), ("AQ", "AQ")],
)
def test_a_country_is_kept_by_the_code_that_providers_use(typed: str, kept: str) -> None:
    assert checked_all(DECLARED, {"country": typed}) == ({"country": kept}, [])


@pytest.mark.parametrize("typed", ["ZZ", "XX", "usa", "Germany", "U", "", "EU", "de-DE", "ＵＳ"])
def test_what_is_no_country_is_refused(typed: str) -> None:
    [wrong] = checked_all(DECLARED, {"country": typed})[1]
    assert "no country's code" in wrong.description


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["es-ES", "en"], ["es-ES", "en"]),
        (["en", "en"], ["en"]),
        (["en-US", "en", "en-US"], ["en-US", "en"]),
        (["de", "en", "fr", "es", "it", "pt", "nl", "sv", "da", "fi"], None),
        (["de", "en", "fr", "es", "it", "pt", "nl", "sv", "da", "fi", "nb"], "has 1 to 10 entries"),
        (["en"] * 20, "has 1 to 10 entries"),
        ([], "has 1 to 10 entries"),
        (["xx"], "'xx' is no language"),
        (["en", "english"], "'english' is no language"),
        (["EN-us"], "is no language such as en or pt-BR; write en-US"),
        (["de_DE"], "write de-DE"),
        (["de_DE.UTF-8"], "write de-DE"),
        (["en_uk"], "write en-GB"),
        (["english-UK"], "is no language such as en or pt-BR"),
        (["es-ES, en"], "is no language"),
        ("en", "must be a list of texts"),
    ],
)
def test_languages_are_known_few_and_each_named_once(typed: object, kept: object) -> None:
    values, wrong = checked_all(DECLARED, {"languages": typed})
    if isinstance(kept, str):
        assert [kept in each.description for each in wrong] == [True]
    else:
        assert (values, wrong) == ({"languages": kept or typed}, [])
