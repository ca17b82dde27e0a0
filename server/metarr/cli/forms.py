"""Declared settings on the command line: shown as a table, and typed in as KEY=VALUE."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import typer

from metarr.cli.daemon import Answer
from metarr.cli.output import note, table
from metarr.cli.text import NO, YES, clean, shown, word


def show_settings(settings: Iterable[Answer]) -> None:
    """A table of settings as the daemon tells them."""
    rows = [(each["key"], value_text(each), _meaning(each)) for each in settings]
    table(("setting", "value", "meaning"), rows, whole=("setting",))


def value_text(setting: Answer) -> str:
    """A setting's value; of a secret only whether it is set, and how it ends."""
    if setting.get("type") != "TYPE_SECRET":
        return shown(setting.get("value"))
    if not setting.get("secretSet"):
        return "not set"
    return f"set (…{clean(setting['secretHint'])})" if setting.get("secretHint") else "set"


def _meaning(setting: Answer) -> str:
    """What it is called, what it does, and of which type and default it is."""
    kind = word(setting.get("type"), "TYPE_") + (", required" if setting.get("required") else "")
    choices = f"One of {', '.join(setting['choices'])}." if setting.get("choices") else ""
    default = f"Default: {shown(setting['defaultValue'])}" if setting.get("defaultValue") not in (None, "", []) else ""
    called = f"{setting.get('label', '')} ({kind})."
    return clean(" ".join(text for text in (called, setting.get("help", ""), choices, default) if text))


def assigned(assignments: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Key and text of every KEY=VALUE."""
    for assignment in assignments:
        key, sign, text = assignment.partition("=")
        if not sign:
            raise typer.BadParameter(f"{clean(key)!r} is not KEY=VALUE", param_hint="KEY=VALUE")
        yield key, text


def typed(setting: Answer, text: str) -> Any:
    """The value of a text as the setting is typed; None, back to the default, for an empty one. A secret's may be asked
    for."""
    key, kind = setting["key"], setting.get("type")
    if kind == "TYPE_SECRET":
        return _secret(setting, text)
    if not text:
        return None
    match kind:
        case "TYPE_TEXTS" | "TYPE_PATHS" | "TYPE_PATH_MAP":
            return [each.strip() for each in text.split(",") if each.strip()]
        case "TYPE_BOOLEAN":
            return boolean(key, text)
        case "TYPE_INTEGER":
            return _number(int, "whole number", key, text)
        case "TYPE_NUMBER":
            return _number(float, "number", key, text)
    return text


def boolean(key: str, text: str) -> bool:
    """A switch as a person types it."""
    if text.lower() not in (*YES, *NO):
        raise typer.BadParameter(f"{clean(text)!r} is neither true nor false", param_hint=key)
    return text.lower() in YES


def _number(read: type[int] | type[float], called: str, key: str, text: str) -> float:
    try:
        return read(text)
    except ValueError:
        raise typer.BadParameter(f"{clean(text)!r} is no {called}", param_hint=key) from None


def _secret(setting: Answer, text: str) -> str | None:
    if text == "-":
        label = clean(setting.get("label") or setting["key"])
        piped = not sys.stdin.isatty()
        text = sys.stdin.readline().strip() if piped else typer.prompt(label, hide_input=True).strip()
        if not text:
            raise typer.BadParameter("nothing was entered", param_hint=setting["key"])
    elif text:
        note(f"{setting['key']} now stands in your shell's history; {setting['key']}=- would have asked for it")
    return text or None
