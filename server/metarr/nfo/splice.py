"""Changes single fields in an .nfo file. Every byte that does not belong to one of them stays: foreign elements,
comments, the order, the line ends, the address behind.

What a file says of whoever watched the title is never touched: lockdata, playcount, userrating and the like have no
field here.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from metarr.domain.id_spelling import typed
from metarr.domain.values import Kind
from metarr.nfo import spans, written
from metarr.nfo.spans import NotSpliceable, Span
from metarr.nfo.titles import KINDS, NotUnderstood, Title, parse
from metarr.nfo.written import LISTS, RATINGS, ROOTS, Fresh

IDS = "ids"

Cut = tuple[int, int, bytes]
"""From where to where, and what stands there instead."""


def blank(kind: Kind, places: Sequence[tuple[int, int]] = ()) -> bytes:
    """A new file. `places`: of the episodes of one video season and number of each; of a season its number, and 0."""
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    root = ROOTS[kind].encode()
    if not places:
        return head + b"<%b>\n</%b>\n" % (root, root)
    if kind is Kind.SEASON:
        bodies = [b"\n  <seasonnumber>%d</seasonnumber>\n" % season for season, _ in places]
    else:
        bodies = [b"\n  <season>%d</season>\n  <episode>%d</episode>\n" % place for place in places]
    return head + b"".join(b"<%b>%b</%b>\n" % (root, body, root) for body in bodies)


def splice(content: bytes, place: int, values: Mapping[str, Any]) -> bytes:
    """The file with these fields of its title at a place changed; None empties one. Raises NotSpliceable, for a field,
    too, that a file about this kind cannot hold."""
    roots = spans.titles(content)
    if not 0 <= place < len(roots):
        raise NotSpliceable("does not describe this title")
    now = _described(content, roots[place])
    if foreign := values.keys() - written.writable(now.kind):
        raise NotSpliceable(f"has no element for {', '.join(sorted(foreign))}")
    return _Splicing(content, roots[place], now).done(values)


def described(content: bytes) -> list[Title]:
    """What each element about a title says, in their order. Raises NotSpliceable."""
    return [_described(content, root) for root in spans.titles(content)]


def _described(content: bytes, root: Span) -> Title:
    kind = KINDS[root.name]
    try:
        of_root = parse(content[root.start : root.end])
    except NotUnderstood:
        return Title(kind)
    if len(of_root) != 1 or of_root[0].kind is not kind:
        raise NotSpliceable("describes several titles in one element")
    return of_root[0]


class _Splicing:
    """The cuts in one title's element. `_added`: what is to stand behind all that is there."""

    def __init__(self, content: bytes, root: Span, now: Title) -> None:
        self._content, self._root, self._kind, self._now = content, root, now.kind, now
        self._indent = spans.indent(content, root)
        self._cuts: list[Cut] = []
        self._added: list[bytes] = []

    def done(self, values: Mapping[str, Any]) -> bytes:
        for field, tags in written.lines(self._kind).items():
            if field in values:
                self._line(tags, "" if values[field] is None else written.line(field, values[field]))
        for field, tag in LISTS.items():
            if field in values:
                self._several(self._root.named(tag), written.listed(field, values[field] or ()))
        if "cast" in values:
            actors = [each for each in self._root.named("actor") if not _is_no_actor(each)]
            self._several(actors, written.actors(values["cast"] or ()))
        if "collection" in values:
            self._several(
                self._root.named("set"), [written.collection(values["collection"])] if values["collection"] else []
            )
        if IDS in values:
            self._ids(values[IDS] or {})
        self._ratings(values)
        self._add()
        content = self._content
        for start, end, instead in sorted(self._cuts, reverse=True):
            content = content[:start] + instead + content[end:]
        return content

    # Elements

    def _line(self, tags: Sequence[str], text: str) -> None:
        """A single text: its element, and those that say the same in other dialects, where they are."""
        first = self._root.named(tags[0])
        for tag in tags:
            of_tag = self._root.named(tag)
            for span in of_tag[:1] if text else of_tag:
                self._replace(span, Fresh(span.name, text) if text else None)
        if text and not first:
            self._added.append(Fresh(tags[0], text).markup(self._indent))

    def _several(self, there: Sequence[Span], fresh: Sequence[Fresh]) -> None:
        """Elements of a list, all of them at the place of the first; those that say the same stay as they are."""
        as_is = {_said(span): self._content[span.start : span.end] for span in reversed(there)}
        markups = [as_is.get(_said_by(each)) or each.markup(self._indent) for each in fresh]
        if [self._content[span.start : span.end] for span in there] == markups:
            return
        if not there:
            self._added += markups
            return
        for span in there[1:] if markups else there:
            self._cuts.append((*spans.without(self._content, span), b""))
        if markups:
            self._cuts.append((there[0].start, there[0].end, self._indent.join(markups)))

    def _replace(self, span: Span, fresh: Fresh | None) -> None:
        """Change what stands in an element; the tag itself stays. None takes the element away."""
        if fresh is None:
            self._cuts.append((*spans.without(self._content, span), b""))
        elif span.is_one_tag or span.children:
            self._cuts.append((span.start, span.end, fresh.markup(self._indent)))
        elif span.text.replace("\r\n", "\n") != fresh.text:
            self._cuts.append((spans.inner(self._content, span), span.close, fresh.content(self._indent)))

    def _add(self) -> None:
        if not self._added:
            return
        last = max((child.end for child in self._root.children), default=0)
        if last:
            self._cuts.append((last, last, b"".join(self._indent + each for each in self._added)))
            return
        outer = self._indent.removesuffix(b"  ")
        body = b"".join(self._indent + each for each in self._added)
        self._cuts.append((spans.inner(self._content, self._root), self._root.close, body + outer))

    # What has a form of its own

    def _ids(self, ids: Mapping[str, str]) -> None:
        there = self._root.named("uniqueid")
        has_default = any(each.attributes.get("default", "").lower() == "true" for each in there)
        default = next((id_type for id_type in written.DEFAULT_IDS[self._kind] if id_type in ids), "")
        for id_type, value in ids.items():
            of_type = [each for each in there if typed(each.attributes.get("type", "")) == id_type]
            for span in of_type:
                self._replace(span, Fresh("uniqueid", value, [*span.attributes.items()]))
            if not of_type:
                fresh = written.unique_id(id_type, value, default=id_type == default and not has_default)
                self._added.append(fresh.markup(self._indent))
            for span in self._root.named(f"{id_type}id", f"{id_type}_id"):
                self._replace(span, Fresh(span.name, value))
            was = self._now.ids.get(id_type)
            for span in self._root.named("id"):
                if not span.attributes and was and span.text.strip() == was:
                    self._replace(span, Fresh("id", value))

    def _ratings(self, values: Mapping[str, Any]) -> None:
        changed = {name: each for name, each in RATINGS.items() if not values.keys().isdisjoint(each[:2])}
        if not changed:
            return
        around = next(iter(self._root.named("ratings")), None)
        there = around.named("rating") if around else []
        inner = spans.indent(self._content, around) if around else b""
        defaults = [each for each in there if each.attributes.get("default", "").lower() == "true"]
        added: list[Fresh] = []
        for name, (score, votes, scale) in changed.items():
            value = values[score] if score in values else self._now.fields.get(score)
            cast = values[votes] if votes in values else self._now.fields.get(votes)
            of_name = [each for each in there if _rating_name(each) == name]
            is_default = any(each in defaults for each in of_name) or (not defaults and not added and not of_name)
            fresh = None
            if value is not None:
                spelled = of_name[0].attributes.get("name", name) if of_name else name
                fresh = written.rating(spelled, value, cast, scale, default=is_default)
            for span in of_name[:1] if fresh else of_name:
                if fresh is None:
                    self._replace(span, None)
                elif _rated(span) != _rated_by(fresh):
                    self._cuts.append((span.start, span.end, fresh.markup(inner)))
            if fresh and not of_name:
                added.append(fresh)
        self._add_ratings(around, there, added)

    def _add_ratings(self, around: Span | None, there: Sequence[Span], fresh: Sequence[Fresh]) -> None:
        if not fresh:
            return
        if around is None or not there:
            whole = Fresh("ratings", parts=fresh)
            if around is None:
                self._added.append(whole.markup(self._indent))
            else:
                self._cuts.append((around.start, around.end, whole.markup(self._indent)))
            return
        inner = spans.indent(self._content, around)
        self._cuts.append((there[-1].end, there[-1].end, b"".join(inner + each.markup(inner) for each in fresh)))


_NO_ACTORS = frozenset({"director", "writer", "producer", "composer"})
_SAME_RATING = {"tmdb": "themoviedb", "rottentomatoes": "tomatometerallcritics"}


def _is_no_actor(span: Span) -> bool:
    return any(each.text.strip().lower() in _NO_ACTORS for each in span.named("type"))


def _rating_name(span: Span) -> str:
    name = re.sub(r"\W|_", "", span.attributes.get("name", "").lower())
    return _SAME_RATING.get(name, name)


Said = tuple[object, ...]


def _said(span: Span) -> Said:
    """What an element says, to tell whether another one says the same."""
    parts = sorted((each.name, each.text.strip()) for each in span.children if each.text.strip())
    return (span.name, span.text.strip() if not span.children else "", *parts)


def _said_by(fresh: Fresh) -> Said:
    return (fresh.name, fresh.text.strip(), *sorted((each.name, each.text.strip()) for each in fresh.parts))


def _rated(span: Span) -> Said:
    """What a rating says, with its scale."""
    return (span.attributes.get("max", "10"), *_said(span))


def _rated_by(fresh: Fresh) -> Said:
    return (dict(fresh.attributes).get("max", "10"), *_said_by(fresh))


def fields_of(kind: Kind) -> Collection[str]:
    """The fields that can be changed in a file about this kind."""
    return written.writable(kind)


def values_of(title: Title) -> Iterator[tuple[str, Any]]:
    """What a file says of a title, by field, as far as it can be changed there."""
    values = {**title.fields, "title": title.title or None, "year": title.year or None, IDS: dict(title.ids) or None}
    return ((name, values.get(name)) for name in sorted(written.writable(title.kind)))
