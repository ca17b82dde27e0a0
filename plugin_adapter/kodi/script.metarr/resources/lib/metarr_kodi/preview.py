"""What a policy would write into Kodi's library, as a text to read. Pure but for the texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from metarr_adapter.session import WORDS
from metarr_adapter.values import short
from metarr_kodi import menu_texts, plain, texts
from metarr_kodi.port import Port

REPLACE, FILL = "SYNC_POLICY_REPLACE", "SYNC_POLICY_FILL"
SAMPLES = 3
"""Of each field."""

_LONGEST = 60
_EFFECTS = {"filled": texts.PREVIEW_FILLED, "replaced": texts.PREVIEW_REPLACED, "kept": texts.PREVIEW_KEPT}


def preview_text(port: Port, preview: Mapping[str, Any]) -> str:
    """A PreviewSyncResponse, for people."""
    return "\n".join(_lines(port, preview))


def _lines(port: Port, preview: Mapping[str, Any]) -> Iterator[str]:
    fields = preview.get("fields", [])
    changed, items = preview.get("changedItems", 0), preview.get("items", 0)
    yield port.text(texts.PREVIEW_ITEMS, changed=changed, items=items) if changed else port.text(texts.PREVIEW_NONE)
    if preview.get("waitingItems"):
        yield port.text(texts.PREVIEW_WAITING, items=preview["waitingItems"])
    for field in fields:
        yield ""
        kind, counts = port.text(texts.KINDS[WORDS[field["kind"]]]), ", ".join(_counts(port, field))
        yield port.text(texts.PREVIEW_FIELD, kind=kind, field=_label(port, field["field"]), counts=counts)
        for sample in field.get("samples", []):
            before, after = _shown(port, sample.get("hostValue")), _shown(port, sample.get("value"))
            yield "   " + port.text(
                texts.PREVIEW_SAMPLE, title=plain.line(sample.get("title", "")), before=before, after=after
            )


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
