"""Where does this come from?: an item's fields with value, source and age; opened, why, what others say, and a way to
use that instead."""

from __future__ import annotations

from typing import Any

from metarr_kodi import choosing, menu_texts
from metarr_kodi.context import Entry
from metarr_kodi.port import Option
from metarr_kodi.visit import Trouble, Visit


def run(visit: Visit, entry: Entry) -> None:
    """Let the owner open one field after another."""
    fields = visit.ask("Library", "GetItem", itemId=entry.item_id, explain=True)["item"].get("fields", [])
    if not fields:
        raise Trouble(visit.text(menu_texts.NO_SOURCES, title=entry.title))
    heading = visit.text(menu_texts.SOURCES_OF, title=entry.title)
    options = [option(visit, field) for field in fields]
    place = visit.port.choose(heading, options)
    while place is not None:
        if _open(visit, entry, fields[place]):
            return
        place = visit.port.choose(heading, options, chosen=place)


def _open(visit: Visit, entry: Entry, field: dict[str, Any]) -> bool:
    """Show a field, with what else it could hold; whether the owner chose something of that."""
    port, name = visit.port, field["name"]
    others = [each for each in field.get("runnersUp", ()) if "value" in each]
    if not others:
        port.show(visit.words.field(name), details(visit, field))
        return False
    # What tells comes first, so that OK alone changes nothing.
    about = Option(
        visit.text(menu_texts.ALL_ABOUT), visit.words.value(field.get("value")), picture_of(field.get("value"))
    )
    options = [about, *(_use(visit, each) for each in others)]
    place = port.choose(visit.words.field(name), options)
    if place == 0:
        port.show(visit.words.field(name), details(visit, field))
    elif place is not None:
        choosing.choose(visit, entry.item_id, name, others[place - 1]["value"])
        return True
    return False


def _use(visit: Visit, other: dict[str, Any]) -> Option:
    label = visit.text(menu_texts.USE_THIS, provider=visit.words.provider(other["provider"]))
    return Option(label, visit.words.value(other["value"]), picture_of(other["value"]))


def picture_of(value: Any) -> str:
    """The address of the first picture that a value holds; "": it holds none."""
    first = value[0] if isinstance(value, list) and value else None
    return str(first.get("url", "")) if isinstance(first, dict) else ""


def option(visit: Visit, field: dict[str, Any]) -> Option:
    """A field: who said it and how long ago in one line, what it holds in those below."""
    words = visit.words
    marks = [
        visit.text(number)
        for mark, number in (("locked", menu_texts.LOCKED), ("held", menu_texts.HELD))
        if field.get(mark)
    ]
    waiting = field.get("waitingFor", ())
    if waiting:
        marks.append(visit.text(menu_texts.WAITING_FOR, providers=words.providers(waiting)))
    about = [words.source(field.get("source", "")), words.age(field.get("fetchedAt", "")), *marks]
    origin = " · ".join(part for part in about if part) or visit.text(menu_texts.NOBODY)
    label = visit.text(menu_texts.FIELD_LINE, field=words.field(field["name"]), about=origin)
    return Option(label, words.value(field.get("value")), picture_of(field.get("value")))


def details(visit: Visit, field: dict[str, Any]) -> str:
    """All that is known of a field, in lines."""
    words, text = visit.words, visit.text
    paragraphs = [words.whole(field.get("value")), ""]
    if "value" in field or field.get("locked"):
        paragraphs += _origin(visit, field)
    if field.get("waitingFor"):
        paragraphs.append(text(menu_texts.DETAIL_WAITING, providers=words.providers(field["waitingFor"])))
    others = field.get("runnersUp", ())
    paragraphs += ["", text(menu_texts.DETAIL_OTHERS if others else menu_texts.DETAIL_NO_OTHERS)]
    for other in others:
        paragraphs += ["", *_other(visit, other)]
    return "\n".join(paragraphs)


def _origin(visit: Visit, field: dict[str, Any]) -> list[str]:
    words, text = visit.words, visit.text
    source, age = words.source(field.get("source", "")), words.age(field.get("fetchedAt", ""))
    paragraphs = []
    if source:
        paragraphs.append(
            text(menu_texts.DETAIL_SOURCE, source=source, age=age)
            if age
            else text(menu_texts.DETAIL_SOURCE_ALONE, source=source)
        )
    if field.get("rule"):
        paragraphs.append(text(menu_texts.DETAIL_RULE, rule=words.rule(field["rule"])))
    if field.get("askedId"):
        paragraphs.append(text(menu_texts.DETAIL_ASKED, id=field["askedId"].replace(":", " ")))
    return paragraphs


def _other(visit: Visit, other: dict[str, Any]) -> list[str]:
    """What another provider says, and why it did not win."""
    words = visit.words
    provider, why = words.provider(other["provider"]), other.get("why", "")
    if "value" not in other:
        return [visit.text(menu_texts.DETAIL_OTHER, provider=provider, value=why)]
    headline = visit.text(menu_texts.DETAIL_OTHER, provider=provider, value=words.whole(other["value"]))
    age = words.age(other.get("fetchedAt", ""))
    about = [visit.text(menu_texts.DETAIL_OTHER_WHY, why=why) if why else "", age]
    return [headline, "   " + " · ".join(part for part in about if part)]
