"""The elements of an .nfo file, well-formed or not. What cannot be read costs itself.

No parser at hand does this: those of XML stop at the first fault, and libxml2's recovery drops the "&" of "Tom & Jerry"
and what follows it; those of HTML have rules of their own for `title`, `link` and `source`. So this reads tags one by
one and knows which element of an .nfo file belongs into which. It expands no entity but HTML's characters, reads no
document type, and takes time in proportion to the size.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from xml.etree.ElementTree import Element, TreeBuilder

from metarr.domain.texts import with_pairs

MOST_TAGS = 200_000


class TooManyTags(Exception):
    """A file that is none, whatever it says."""


@dataclass(frozen=True)
class Markup:
    """The elements about a title, each with the line where it begins, and the text around them."""

    titles: list[tuple[Element, int]]
    around: str


TITLES = frozenset({"movie", "tvshow", "episodedetails", "season"})
"""Elements about a title; they are never within one another. `season` is also a number in an episode."""


def read(text: str) -> Markup:
    """The document, names of elements and attributes in lower case and without prefix. Raises TooManyTags."""
    scanner = _Scanner(text, repairs=False)
    markup = scanner.read()
    return _Scanner(text, repairs=True).read() if scanner.crossed else markup


# Which element belongs where

_PERSON = frozenset({"name", "role", "order", "sortorder", "thumb", "type", "profile", "imdbid", "tmdbid", "tvdbid"})
_IMAGES = frozenset({
    "poster", "fanart", "banner", "clearlogo", "logo", "clearart", "landscape", "discart", "disc", "characterart",
    "keyart", "thumb",
})  # fmt: skip
_CHILDREN: Mapping[str, frozenset[str]] = {
    "actor": _PERSON,
    "director": _PERSON,
    "credits": _PERSON,
    "writer": _PERSON,
    "producer": _PERSON,
    "set": frozenset({"name", "overview", "tmdbid", "tmdbcolid"}),
    "sets": frozenset({"set"}),
    "ratings": frozenset({"rating"}),
    "rating": frozenset({"value", "votes"}),
    "fanart": frozenset({"thumb"}),
    "episodeguide": frozenset({"url"}),
    "ids": frozenset({"entry"}),
    "entry": frozenset({"key", "value"}),
    "art": _IMAGES | {"season"},
    "art of a season": _IMAGES,
    "fileinfo": frozenset({"streamdetails"}),
    "streamdetails": frozenset({"video", "audio", "subtitle"}),
    "video": frozenset(
        {"codec", "aspect", "width", "height", "durationinseconds", "stereomode", "hdrtype", "language", "bitrate"}
    ),
    "audio": frozenset({"codec", "language", "channels", "bitrate"}),
    "subtitle": frozenset({"language"}),
    "resume": frozenset({"position", "total"}),
}
_OF_TITLE = frozenset({
    "title", "originaltitle", "sorttitle", "showtitle", "year", "ratings", "rating", "userrating", "criticrating",
    "votes", "top250", "outline", "plot", "tagline", "runtime", "thumb", "fanart", "art", "mpaa", "certification",
    "contentrating", "customrating", "playcount", "watched", "lastplayed", "path", "filenameandpath", "basepath",
    "file", "id", "ids", "uniqueid", "imdbid", "imdb_id", "tmdbid", "tvdbid", "tvmazeid", "tvrageid", "zap2itid",
    "tmdbcolid", "collectionnumber", "imdb", "tmdb", "tvdb", "genre", "country", "set", "sets", "tag", "credits",
    "director", "writer", "producer", "actor", "premiered", "releasedate", "aired", "firstaired", "enddate", "status",
    "studio", "company", "trailer", "fileinfo", "resume", "dateadded", "edition", "lockdata", "lockedfields", "season",
    "episode", "displayseason", "displayepisode", "seasonnumber", "episodenumberend", "episodeguide",
    "episodeguideurl", "namedseason", "language", "languages", "website", "homepage", "url",
})  # fmt: skip
_TEXTS = (_OF_TITLE | {name for names in _CHILDREN.values() for name in names}) - _CHILDREN.keys()
"""Elements that hold a text and nothing else: what looks like an element in one is part of the text, or its end."""


_OTHERWISE = {("art", "season"): "art of a season"}
"""By parent and name, elements that are something else there."""
_KNOWN = _OF_TITLE | _TEXTS | TITLES | _CHILDREN.keys()


def _may_hold(parent: str, name: str) -> bool:
    return name in (_OF_TITLE if parent in TITLES else _CHILDREN.get(parent, ()))


# Reading

_MARK = re.compile(r"<(?:(?P<other>!--|!\[CDATA\[|[?!])|(?P<end>/)?(?P<name>[A-Za-z_][\w.:-]{0,60}))")
_REST = re.compile(r"""([^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*)>""")
_LOOSE_REST = re.compile(r"([^<>]*)>")
"""Of a tag of which a quotation mark has no partner."""
_DECLARATION = re.compile(r"[^<>\[]*(?:>|(?=<)|(\[))")
"""Up to its end, to the next tag where it has none, or to entities of its own, which end with "]>"."""
_ATTRIBUTE = re.compile(r"""(?<![\w.:-])([\w.:-]{1,60})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_MOST_ATTRIBUTES = 4000
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_END = re.compile(r"</([A-Za-z_][\w.:-]{0,60})")


class _Scanner:
    """One file.

    `_open`: the elements that are not closed yet, the outermost first; `_counts`: how many of a name. `_ended`: names
    that end anywhere. `_lines`: of each title the line and the place where it begins. `crossed`: elements were not
    ended, or not in their order; only then, by `repairs`, an element is ended where one begins that does not belong
    into it.
    """

    def __init__(self, text: str, *, repairs: bool) -> None:
        self.crossed = False
        self._repairs = repairs
        self._text = text
        self._builder = TreeBuilder()
        self._open = [("", self._builder.start("nfo", {}))]
        self._counts: Counter[str] = Counter()
        self._ended = {_plain(name) for name in _END.findall(text)}
        self._next: dict[str, int] = {}
        self._lines = [(1, 0)]

    def read(self) -> Markup:
        place = count = 0
        while mark := _MARK.search(self._text, place):
            count += 1
            if count > MOST_TAGS:
                raise TooManyTags
            self._data(self._text[place : mark.start()])
            place = self._skipped(mark) if mark["other"] else self._tag(mark)
        self._data(self._text[place:])
        return self._document()

    def _document(self) -> Markup:
        name, innermost = self._open[-1]
        self.crossed |= len(self._open) > 1
        self._close_to(max(len(self._open) - 2, 0))
        if name in _TEXTS:
            # The file breaks off within it: half a number is another number.
            innermost.clear()
        self._close_to(0)
        self._builder.end("nfo")
        titles: list[Element] = []
        around = "\n".join(_outside(self._builder.close(), titles))
        lines = [line for line, _ in self._lines[1:]]
        return Markup(titles=list(zip(titles, lines, strict=True)), around=around)

    def _data(self, text: str) -> None:
        if text:
            self._builder.data(_decoded(text))

    # What is no element

    def _skipped(self, mark: re.Match[str]) -> int:
        """Where a comment, a declaration or CDATA ends; what CDATA holds is read."""
        start = mark.end()
        if mark["other"] == "!--":
            return self._after("-->", start) or start
        if mark["other"] != "![CDATA[":
            declaration = _DECLARATION.match(self._text, start)
            end = declaration.end() if declaration else start
            return (self._after("]>", end) if declaration and declaration[1] else 0) or end
        # Where another one begins first, this one was never ended, and is as good as none.
        following = self._after("<![CDATA[", start) or len(self._text)
        end = self._text.find("]]>", start, following)
        if end >= 0:
            self._builder.data(self._text[start:end])
        return end + len("]]>") if end >= 0 else start

    def _after(self, what: str, start: int) -> int:
        """The place behind the next one of that; 0: there is none. None is searched for twice."""
        if 0 <= self._next.get(what, 0) < start + len(what):
            place = self._text.find(what, start)
            self._next[what] = place + len(what) if place >= 0 else -1
        return max(self._next[what], 0)

    # Elements

    def _tag(self, mark: re.Match[str]) -> int:
        rest = _REST.match(self._text, mark.end()) or _LOOSE_REST.match(self._text, mark.end())
        if rest is None:
            self._data(mark[0])
            return mark.end()
        name = _plain(mark["name"])
        if mark["end"]:
            self._end(name)
        elif not self._start(name, rest[1], mark.start()):
            self._data(self._text[mark.start() : rest.end()])
        elif rest[1].endswith("/"):
            self._end(name)
        return rest.end()

    def _start(self, name: str, attributes: str, place: int) -> bool:
        """Begin an element; False where it is none, but part of the text that it stands in."""
        is_title = self._is_title(name)
        if is_title:
            self.crossed |= any(self._counts[title] for title in TITLES)
            self._close_to(0)
            line, counted = self._lines[-1]
            self._lines.append((line + self._text.count("\n", counted, place), place))
        elif self._repairs and (depth := self._home(name)) is not None:
            self._close_to(depth)
        elif self._open[-1][0] in _TEXTS and (self._repairs or name not in _KNOWN):
            return False
        element = self._builder.start(name, dict(_attributes(attributes)))
        name = _OTHERWISE.get((self._open[-1][0], name), name)
        self._open.append((name, element))
        self._counts[name] += 1
        if not is_title and name not in _KNOWN and name not in self._ended:
            self._end(name)
        return True

    def _home(self, name: str) -> int | None:
        """How deep the innermost element is into which one of that name belongs; what is unknown may hold anything."""
        if self._open[-1][0] not in _KNOWN:
            return None
        depths = range(len(self._open) - 1, -1, -1)
        return next((depth for depth in depths if _may_hold(self._open[depth][0], name)), None)

    def _is_title(self, name: str) -> bool:
        if name == "season":
            return not any(self._counts[each] for each in TITLES)
        return name in TITLES

    def _end(self, name: str) -> None:
        """End the innermost element of that name, and what was left open in it. An end without a beginning is none."""
        name = next((other for (_, each), other in _OTHERWISE.items() if each == name and self._counts[other]), name)
        if self._counts[name]:
            depth = len(self._open) - 1
            while self._open[depth][0] != name:
                depth -= 1
            self.crossed |= depth < len(self._open) - 1
            self._close_to(depth - 1)

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth + 1:
            name, element = self._open.pop()
            self._counts[name] -= 1
            self._builder.end(element.tag)


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda entity: unescape(entity[0]), with_pairs(text)) if "&" in text else text


def _plain(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for match in _ATTRIBUTE.finditer(text[:_MOST_ATTRIBUTES]):
        value = match[2] or match[3] or (match[4] or "").rstrip("/")
        yield _plain(match[1]), _decoded(value)


def _outside(root: Element, titles: list[Element]) -> Iterator[str]:
    """The texts around the elements about titles, in their order; those go into the list."""
    waiting: list[Element | str] = [root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif each.tag in TITLES:
            titles.append(each)
        else:
            inner = [part for child in each for part in (child, child.tail or "")]
            waiting += [*reversed(inner), each.text or ""]
