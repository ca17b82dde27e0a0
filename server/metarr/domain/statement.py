"""What a file, or an entry of a player, says about an item, and which of it is its own word.

Media servers write what Metarr gave them into files and into their libraries. Coming back it is an *echo*, nobody's
word; else Metarr would take its own values for the file's, and keep them when the provider has better ones:

    the file holds A                            its word is A
    TMDB's B wins, and Jellyfin writes it       the file holds B, its word is still A
    the owner changes the file to C             its word is C
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from metarr.domain.equality import image_key, same, text_key
from metarr.domain.fields import FIELDS, FieldType
from metarr.domain.item import OWNER, FieldValue, HeldValue, Statement, by_providers
from metarr.domain.values import Value

Had = Mapping[str, Iterable[FieldValue]]
"""By field what Metarr had there, now and before."""


def restated(
    before: Statement | None,
    now: Statement,
    values: Mapping[str, Value],
    *,
    had: Had,
    unions: Collection[str],
    at: datetime,
    taken: Collection[str] = (),
) -> Statement:
    """What is said now, after what was said before. `now`: all but the values; `unions`: the fields of which lists are
    joined; `taken`: those that hold what a player made of a value of Metarr's.

    A value that means the same as before is the value of before. Nothing that was not there before is a change, so that
    a value of another file, or of a player, is an echo only later: both may have it from the same hand.
    """
    earlier = before.values if before is not None else {}
    mine = {now.source} | ({before.source} if before is not None else set())
    now_held = {}
    for name, value in values.items():
        was = earlier.get(name)
        if was is not None and same(name, was.value, value):
            now_held[name] = was
            continue
        if name in taken:
            now_held[name] = replace(was, value=value) if was else HeldValue(value=value, own=None, since=at)
            continue
        ours = [each for each in had.get(name, ()) if _is_of_others(each, mine, first=before is None)]
        own = _own_elements(value, was, ours, mine) if name in unions else _own_word(name, value, ours)
        if own is None and was is not None and name not in unions:
            now_held[name] = replace(was, value=value)
        else:
            now_held[name] = HeldValue(
                value=value, own=own, since=at, lock_of_other=was is not None and was.lock_of_other
            )
    return replace(now, values=now_held)


def _is_of_others(had: FieldValue, mine: Collection[str], *, first: bool) -> bool:
    if had.value is None or set(had.sources) <= set(mine):
        return False
    return not first or by_providers(had.sources) or OWNER in had.sources


def _own_word(name: str, value: Value, ours: Iterable[FieldValue]) -> Value | None:
    return None if any(_echoes(name, value, each.value) for each in ours) else value


def _echoes(name: str, value: Value, ours: Value | None) -> bool:
    """Whether a value is what became of one of ours there: hosts keep no photos of people, no ids of collections, and
    fewer or more images than they were given."""
    match FIELDS[name].type:
        case FieldType.ARTWORK:
            return image_key(value[0]) == image_key(ours[0])  # type: ignore[index, arg-type]
        case FieldType.CREDITS:
            return _people(value) == _people(ours)
        case FieldType.COLLECTION:
            return text_key(value.name) == text_key(ours.name)  # type: ignore[union-attr]
        case _:
            return same(name, value, ours)


def _people(cast: Value | None) -> list[tuple[str, str]]:
    return sorted((text_key(each.name), text_key(each.role)) for each in cast)  # type: ignore[union-attr]


def _own_elements(
    value: Value, was: HeldValue | None, ours: Iterable[FieldValue], mine: Collection[str]
) -> tuple[str, ...] | None:
    """Of a joined list its own elements: those of before, and those that Metarr never had from anybody else."""
    of_before = {text_key(str(element)) for element in _texts(was.own if was is not None else None)}
    of_others = {text_key(element) for each in ours for element in _elements(each, mine)}
    own = [str(each) for each in _texts(value)]
    return tuple(each for each in own if text_key(each) in of_before or text_key(each) not in of_others) or None


def _texts(value: Value | None) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _elements(had: FieldValue, mine: Collection[str]) -> Iterable[str]:
    """The elements of a list that anybody else has a part in."""
    value = _texts(had.value)
    contributors = had.contributors or (had.sources,) * len(value)
    return (str(each) for each, by in zip(value, contributors, strict=False) if not set(by) <= set(mine))


def taken_back(statements: Iterable[Statement], name: str, now: FieldValue, then: FieldValue) -> tuple[Statement, ...]:
    """The statements after the owner took back what a file or a player said: its word is what it was, though it holds
    the other one, until it says something else."""
    return tuple(_without_word(each, name, now, then) for each in statements)


def _without_word(statement: Statement, name: str, now: FieldValue, then: FieldValue) -> Statement:
    value, mine = statement.values.get(name), (statement.source,)
    if value is None:
        return statement
    gone = now.sources == mine and same(name, value.own if value.own is not None else value.value, now.value)
    again = then.sources == mine and same(name, value.value, then.value)
    if not gone and not again:
        return statement
    own = then.value if then.sources == mine else None
    return replace(statement, values={**statement.values, name: replace(value, own=own)})


def with_locks_of_other(statement: Statement, names: Collection[str], *, of_other: bool = True) -> Statement:
    """The statement with its locks of these fields told apart: another hand locked or unlocked them, or it did."""
    marked = {
        name: replace(value, lock_of_other=of_other) if name in names and name in statement.locks else value
        for name, value in statement.values.items()
    }
    return replace(statement, values=marked)


def words_of(statements: Iterable[Statement]) -> dict[str, dict[str, Value]]:
    """By file's or player's source its own words. Of several files of one source, each counts where it was changed
    last."""
    newest: dict[tuple[str, str], datetime] = {}
    words: dict[str, dict[str, Value]] = {}
    for each in statements:
        of_source = words.setdefault(each.source, {})
        for name, value in each.values.items():
            place = (each.source, name)
            if value.own is not None and (place not in newest or value.since > newest[place]):
                newest[place] = value.since
                of_source[name] = value.own
    return words
