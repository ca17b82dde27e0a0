"""Settings as they are declared: Metarr's own, every provider's, a player's. Forms and the command line render
themselves from it, and one checker says what may be kept."""

import math
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import msgspec

from metarr.addresses import origin
from metarr.errors import Violation

SettingValue = str | int | float | bool

MAX_TEXT = 4000
"""Characters of a text where no other bound is declared; TMDB's longest tokens have some 250."""

MAX_NUMBER = 1e9
"""The same of a number."""


class SettingType(StrEnum):
    """How a setting is typed, and so how a form shows it. Texts are several, in order; so are paths, of folders of the
    daemon's machine, and a path map, of texts such as "/data=/mnt/media"."""

    TEXT = "text"
    TEXTS = "texts"
    SECRET = "secret"
    URL = "url"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    PATHS = "paths"
    PATH_MAP = "path_map"


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting.

    `default`: of its type. `choices`: of a choice. `words`: what each of several texts is called, where they are a
    closed set whose order does not matter. `required`: nothing can be done without it. `minimum` and
    `maximum`: bounds of a number, of a text's length, and of how many texts there may be; without `maximum`:
    `MAX_NUMBER`, `MAX_TEXT`. `sent_to`: of a secret, the setting with the address that it is entered for. `wrong`:
    what is wrong with a text, or with one of the texts, such as "is no time", "" if nothing; without it, any but an
    empty one will do. `meant`: a text as it is kept, however it was typed; first of all. `echoed`: what is wrong is
    said with the text itself; not of one in which there may be a password. `hinted`: how a secret ends may be told;
    not of a password, which people choose.
    """

    key: str
    label: str
    type: SettingType = SettingType.TEXT
    default: Any = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    words: Mapping[str, str] = {}
    required: bool = False
    minimum: float = 0
    maximum: float | None = None
    sent_to: str = "base_url"
    wrong: Callable[[str], str] | None = None
    meant: Callable[[str], str] = str.strip
    echoed: bool = True
    hinted: bool = True

    @property
    def is_secret(self) -> bool:
        """Whether its value is kept sealed, and never told."""
        return self.type is SettingType.SECRET


def checked_all(
    declared: Iterable[Setting],
    wanted: Mapping[str, Any],
    *,
    path: str = "settings",
    owner: str = "",
    may_go: bool = True,
) -> tuple[dict[str, Any], list[Violation]]:
    """By key the values as they are to be kept, and what is wrong with the others, below `path`.

    `owner`: whose settings they are; "": Metarr's. `may_go`: None stands for the default, and so does an empty text
    for a secret.
    """
    by_key = {each.key: each for each in declared}
    place = f"{path}." if path else ""
    values: dict[str, Any] = {}
    wrong = []
    for key, raw in sorted(wanted.items()):
        setting = by_key.get(key)
        if setting is None:
            nobody = f"{owner} has no such setting" if owner else "there is no such setting"
            wrong.append(Violation(f"{place}{key[:60]}", f"{nobody}; known: {', '.join(by_key)}"))
            continue
        try:
            goes = may_go and (raw is None or (setting.is_secret and raw == ""))
            values[key] = None if goes else checked(setting, raw)
        except ValueError as error:
            wrong.append(Violation(f"{place}{key}", str(error)))
    return values, wrong


def astray(declared: Iterable[Setting], before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str]:
    """The secrets that would be sent to another scheme, host or port than they were entered for. One that was entered
    before there was any address belongs to the first."""
    default = {each.key: each.default for each in declared}

    def moved(key: str) -> bool:
        was, now = (str(settings.get(key, default.get(key, ""))) for settings in (before, after))
        _, host, _ = before_it = origin(was)
        return bool(host) and before_it != origin(now)

    return frozenset(each.key for each in declared if each.is_secret and moved(each.sent_to))


def checked(setting: Setting, raw: Any) -> Any:
    """A setting's value as it is kept, from plain JSON. Raises ValueError, whose text says what is wrong with it and
    never holds the value of a secret."""
    match setting.type:
        case SettingType.BOOLEAN:
            if not isinstance(raw, bool):
                raise ValueError("must be true or false")
            return raw
        case SettingType.INTEGER | SettingType.NUMBER:
            return _number(setting, raw)
        case SettingType.TEXTS | SettingType.PATHS | SettingType.PATH_MAP:
            return _texts(setting, raw)
    text = _text(setting, raw, MAX_TEXT if setting.maximum is None else int(setting.maximum))
    match setting.type:
        case SettingType.SECRET if setting.wrong is None and not text.isascii():
            raise ValueError("has letters that no key has; was it copied whole?")
        case SettingType.CHOICE if text not in setting.choices:
            raise ValueError(f"must be one of {', '.join(setting.choices)}")
        case SettingType.URL:
            if setting.wrong is None:
                _refuse_bad_url(text)
            return text.rstrip("/")
    return text


def _number(setting: Setting, raw: Any) -> SettingValue:
    if fault := _number_fault(setting, raw):
        if setting.maximum is None:
            raise ValueError(fault)
        whole = "whole number" if setting.type is SettingType.INTEGER else "number"
        raise ValueError(f"must be a {whole} from {setting.minimum:.15g} to {setting.maximum:.15g}")
    return int(raw) if setting.type is SettingType.INTEGER else float(raw)


def _number_fault(setting: Setting, raw: Any) -> str:
    infinite = isinstance(raw, float) and not math.isfinite(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or infinite:
        return "must be a number"
    if setting.type is SettingType.INTEGER and raw != int(raw):
        return "must be a whole number"
    if raw < setting.minimum:
        return f"must be at least {setting.minimum:.15g}"
    most = MAX_NUMBER if setting.maximum is None else setting.maximum
    return f"must be at most {most:.15g}" if raw > most else ""


def _texts(setting: Setting, raw: Any) -> list[str]:
    if not isinstance(raw, list | tuple) or not all(isinstance(each, str) for each in raw):
        raise ValueError("must be a list of texts")
    most = MAX_NUMBER if setting.maximum is None else setting.maximum
    if not setting.minimum <= len(raw) <= most:
        raise ValueError(f"has {setting.minimum:.15g} to {most:.15g} entries")
    return list(dict.fromkeys(_text(setting, each, MAX_TEXT) for each in raw))


def _text(setting: Setting, raw: Any, most: int) -> str:
    if not isinstance(raw, str):
        raise ValueError("needs a text")
    text = setting.meant(raw.strip())
    if setting.wrong is None:
        if not text:
            raise ValueError("needs a text")
    elif wrong := setting.wrong(text):
        raise ValueError(f"{text[:60]!r} {wrong}" if setting.echoed and not setting.is_secret else wrong)
    if len(text) > most or any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise ValueError(f"has at most {most} characters, none of them a control character")
    return text


def _refuse_bad_url(text: str) -> None:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 (raises where it is no port)
    except ValueError as error:
        raise ValueError("is no http or https address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("is an http or https address without user, query and fragment")
