"""Where the elements of an .nfo file stand, byte by byte, so that one can be changed and the rest left as it is.

Unlike `markup`, which reads whatever anybody wrote, this takes well-formed XML in UTF-8 alone: what is changed in a
file that is only guessed at may be somebody's work.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from metarr.nfo.markup import TITLES


class NotSpliceable(Exception):
    """A file that is left as it is; the text tells a person why."""


@dataclass(slots=True)
class Span:
    """An element. `start` and `end` of all of it; `close`: where its end tag begins, or its end, where it is one tag.

    `name` in lower case and without prefix. `text`: what stands in it, outside of the elements in it.
    """

    name: str
    attributes: Mapping[str, str]
    start: int
    end: int = 0
    close: int = 0
    text: str = ""
    children: list["Span"] = field(default_factory=list)

    @property
    def is_one_tag(self) -> bool:
        """Whether it is written `<plot/>`."""
        return self.close == self.end

    def named(self, *names: str) -> list["Span"]:
        return [child for child in self.children if child.name in names]


_MARK = b"\xef\xbb\xbf"
_DECLARATION = re.compile(rb"\s*<\?xml\b([^>]*)\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")
_LAST_END = re.compile(rb"(?:</(?:[\w.-]+:)?(?:" + "|".join(sorted(TITLES)).encode() + rb")\s*>)", re.IGNORECASE)
_TAG = re.compile(rb"""<[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>""")
_AROUND = b"<around>"


def titles(content: bytes) -> list[Span]:
    """The elements about titles, in their order. Raises NotSpliceable."""
    start = _begin(content)
    last = max((match.end() for match in _LAST_END.finditer(content)), default=0)
    if last <= start:
        raise NotSpliceable("holds no element about a title")
    # Behind the last one an address may stand, as Kodi allows: it is no XML, and stays as it is.
    reader = _SpanReader(content, start - len(_AROUND))
    around = reader.read(_AROUND + content[start:last] + b"</around>")
    of_titles = [span for span in around.children if span.name in TITLES]
    if not of_titles:
        raise NotSpliceable("holds its element about a title within another one")
    return of_titles


def _begin(content: bytes) -> int:
    """Where the content begins behind mark and declaration. Raises NotSpliceable where it is no UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        raise NotSpliceable("is not in UTF-8") from None
    start = len(_MARK) if content.startswith(_MARK) else 0
    declaration = _DECLARATION.match(content, start)
    if declaration is None:
        return start
    encoding = _ENCODING.search(declaration[1])
    if encoding and encoding[1].lower().replace(b"-", b"") not in (b"utf8", b"usascii", b"ascii"):
        raise NotSpliceable(f"says that it is in {encoding[1].decode()[:40]}, and not in UTF-8")
    return declaration.end()


class _SpanReader:
    """Reads elements with their places, which are `shift` further on in the file."""

    def __init__(self, content: bytes, shift: int) -> None:
        self._content, self._shift = content, shift
        self._open: list[Span] = [Span("", {}, 0)]
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data

    def read(self, text: bytes) -> Span:
        try:
            self._parser.Parse(text, True)
        except expat.ExpatError as error:
            raise NotSpliceable(f"is no well-formed XML: {expat.errors.messages[error.code]}") from None
        return self._open[0].children[0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        span = Span(_plain(name), {_plain(key): value for key, value in attributes.items()}, self._at())
        self._open[-1].children.append(span)
        self._open.append(span)

    def _end(self, _name: str) -> None:
        span = self._open.pop()
        begun = _TAG.match(self._content, max(span.start, 0))
        if begun and begun[0].endswith(b"/>"):
            span.end = span.close = begun.end()
            return
        span.close = self._at()
        ended = _TAG.match(self._content, max(span.close, 0))
        span.end = ended.end() if ended else span.close

    def _data(self, text: str) -> None:
        self._open[-1].text += text

    def _at(self) -> int:
        return self._parser.CurrentByteIndex + self._shift


def _plain(name: str) -> str:
    return name.rpartition(":")[2].lower()


def indent(content: bytes, of: Span) -> bytes:
    """What stands between two elements within this one: a line end and blanks, or nothing."""
    for child in of.children:
        gap = re.search(rb"\r?\n[ \t]*$", content[of.start : child.start])
        if gap:
            return gap[0]
    if of.children:
        return b""
    outer = re.search(rb"(\r?\n)?([ \t]*)$", content[: of.start])
    end = b"\r\n" if b"\r\n" in content else b"\n"
    return end + (outer[2] if outer else b"") + b"  "


def inner(content: bytes, of: Span) -> int:
    """Where the content of an element begins."""
    tag = _TAG.match(content, of.start)
    return tag.end() if tag else of.start


def without(content: bytes, span: Span) -> tuple[int, int]:
    """From where to where an element is to be cut out, with the blanks before it."""
    start = span.start
    while start and content[start - 1 : start].isspace():
        start -= 1
    return (start if content[start - 1 : start] == b">" else span.start), span.end
