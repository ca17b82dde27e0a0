"""What a policy would write into Kodi's library, as pages with pictures. Pure but for the texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from metarr_adapter.session import WORDS
from metarr_adapter.values import short
from metarr_kodi import menu_texts, plain, texts
from metarr_kodi.port import Option, Port

SAMPLES = 3
"""Of each field."""

PAGE = 12
"""Lines of a page."""

_LONGEST = 60
_EFFECTS = {
    "filled": texts.PREVIEW_FILLED,
    "replaced": texts.PREVIEW_REPLACED,
    "added": texts.PREVIEW_ADDED,
    "kept": texts.PREVIEW_KEPT,
}
_FIRST = ("title", "poster", "collection", "plot", "fanart", "still", "release_date")
"""Fields that an owner sees first, in every list."""


class Line(NamedTuple):
    """A line of a preview: as it is listed, and all of it."""

    option: Option
    whole: str


def browse(port: Port, heading: str, preview: Mapping[str, Any]) -> None:
    """Show what a policy would write, page by page, until the owner has seen enough."""
    lines, start, place = list(preview_lines(port, preview)), 0, 0
    while True:
        page = lines[start : start + PAGE]
        more = start + PAGE < len(lines)
        options = [line.option for line in page] + ([Option(port.text(texts.NEXT_PAGE))] if more else [])
        chosen = port.choose(heading, options, chosen=place)
        if chosen is None:
            return
        if chosen == len(page):
            start, place = start + PAGE, 0
        else:
            place = chosen
            port.show(heading, page[chosen].whole)


def preview_lines(port: Port, preview: Mapping[str, Any]) -> Iterator[Line]:
    """A PreviewSyncResponse, for people: what matters most comes first."""
    changed, items = preview.get("changedItems", 0), preview.get("items", 0)
    head = [port.text(texts.PREVIEW_ITEMS, changed=changed, items=items) if changed else port.text(texts.PREVIEW_NONE)]
    if preview.get("waitingItems"):
        head.append(port.text(texts.PREVIEW_WAITING, items=preview["waitingItems"]))
    yield Line(Option(head[0], " ".join(head[1:])), "\n".join(head))
    for field in sorted(preview.get("fields", []), key=_rank):
        kind, counts = port.text(texts.KINDS[WORDS[field["kind"]]]), ", ".join(_counts(port, field))
        label = port.text(texts.PREVIEW_FIELD, kind=kind, field=_label(port, field["field"]), counts=counts)
        samples = field.get("samples", [])
        shown = [_sample(port, sample) for sample in samples]
        pictures = [picture for picture in map(_picture, samples) if picture]
        yield Line(Option(label, shown[0] if shown else "", *pictures[:1]), "\n\n".join([label, *shown]))


def _rank(field: Mapping[str, Any]) -> tuple[int, int]:
    name, kinds = field["field"], list(WORDS)
    return _FIRST.index(name) if name in _FIRST else len(_FIRST), kinds.index(field["kind"])


def _sample(port: Port, sample: Mapping[str, Any]) -> str:
    before, after = _shown(port, sample.get("hostValue")), _shown(port, sample.get("value"))
    return port.text(texts.PREVIEW_SAMPLE, title=plain.line(sample.get("title", "")), before=before, after=after)


def _picture(sample: Mapping[str, Any]) -> str:
    """The address of the picture that a sample would bring; "": it is none."""
    value = sample.get("value")
    first = value[0] if isinstance(value, list) and value else None
    return str(first.get("url", "")) if isinstance(first, dict) else ""


def _counts(port: Port, field: Mapping[str, Any]) -> Iterator[str]:
    """How many values of a field fare how, where there are any."""
    for name, number in _EFFECTS.items():
        if field.get(name):
            yield port.text(number, count=field[name])


def _label(port: Port, name: str) -> str:
    number = menu_texts.FIELDS.get(name)
    return port.text(number) if number else plain.line(name)


def _shown(port: Port, value: Any) -> str:
    """A value in one line."""
    if value in (None, "", [], {}):
        return port.text(texts.PREVIEW_EMPTY)
    if isinstance(value, list):
        value = [each.get("url") or each.get("name") or each if isinstance(each, dict) else each for each in value]
    elif isinstance(value, dict):
        value = ", ".join(f"{name} {each}" for name, each in value.items() if each is not None)
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    return plain.line(short(value, 4 * _LONGEST), _LONGEST)
