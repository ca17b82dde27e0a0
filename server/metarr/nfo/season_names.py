"""What a series' file calls its seasons: `<namedseason number="1">The First Winter</namedseason>`."""

from metarr.nfo import spans
from metarr.nfo.numbers import whole
from metarr.nfo.spans import NotSpliceable, Span
from metarr.nfo.written import Fresh

_ELEMENT = "namedseason"


def read(content: bytes) -> dict[int, str]:
    """By number, what the seasons are called; none where the file cannot be read."""
    try:
        named = _of_series(content).named(_ELEMENT)
    except NotSpliceable:
        return {}
    by_number = ((whole(each.attributes.get("number", "")), each.text.strip()) for each in reversed(named))
    return {number: text for number, text in by_number if number is not None and text}


def put(content: bytes, number: int, name: str) -> bytes:
    """The file with a season called so, "" for not at all; every other byte stays. Raises NotSpliceable."""
    series = _of_series(content)
    there = [each for each in series.named(_ELEMENT) if whole(each.attributes.get("number", "")) == number]
    gap = spans.indent(content, series)
    fresh = Fresh(_ELEMENT, name, [("number", str(number))])
    if not there:
        if not name:
            return content
        last = max((child.end for child in series.children), default=0)
        at = last or spans.inner(content, series)
        return content[:at] + gap + fresh.markup(gap) + ("" if last else "\n").encode() + content[at:]
    if name and there[0].text.strip() == name:
        return content
    for each in reversed(there if not name else there[:1]):
        start, end = (each.start, each.end) if name else spans.without(content, each)
        content = content[:start] + (fresh.markup(gap) if name else b"") + content[end:]
    return content


def _of_series(content: bytes) -> Span:
    for span in spans.titles(content):
        if span.name == "tvshow":
            return span
    raise NotSpliceable("describes no series")
