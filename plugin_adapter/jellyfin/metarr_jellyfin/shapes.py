"""The values of one field in Jellyfin's own form: read from an item, made normal, put into one that is to be posted."""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Raw = dict[str, Any]
"""An item as the server tells it."""

TICKS_A_MINUTE = 600_000_000


class Shape(NamedTuple):
    """`read`: what an item holds, as Metarr has it; None: nothing. `normal`: Metarr's value as `read` would tell it.
    `put`: set a normal value, None to empty it. `refuses`: why a value cannot be taken, "" where it can."""

    read: Callable[[Raw], Any]
    normal: Callable[[Any], Any]
    put: Callable[[Raw, Any], None]
    refuses: Callable[[Any], str] = lambda _: ""


def text(key: str) -> Shape:
    return Shape(lambda raw: _text(raw.get(key)), _text, lambda raw, value: raw.update({key: value}))


def title(key: str) -> Shape:
    """A title is never emptied: the server would go on without any."""
    return text(key)._replace(refuses=lambda value: "" if _text(value) else "Jellyfin needs a title")


def first(key: str) -> Shape:
    """Of a list the server keeps the first text."""
    return Shape(
        lambda raw: _text(next(iter(raw.get(key) or ()), None)),
        _text,
        lambda raw, value: raw.update({key: [value] if value else []}),
    )


def texts(key: str) -> Shape:
    return Shape(lambda raw: raw.get(key) or None, _texts, lambda raw, value: raw.update({key: value or []}))


def named(key: str) -> Shape:
    """Texts that the server wraps in objects with a name."""

    def read(raw: Raw) -> list[str] | None:
        return [each["Name"] for each in raw.get(key) or () if each.get("Name")] or None

    return Shape(read, _texts, lambda raw, value: raw.update({key: [{"Name": name} for name in value or ()]}))


def date(key: str, *, with_year: bool = False) -> Shape:
    """A day. `with_year`: the year that is shown is that of the day, for kinds that have none of their own."""

    def read(raw: Raw) -> str | None:
        return (raw.get(key) or "")[:10] or None

    def put(raw: Raw, value: str | None) -> None:
        raw[key] = f"{value}T00:00:00.0000000Z" if value else None
        if with_year:
            raw["ProductionYear"] = int(value[:4]) if value else None

    return Shape(read, _text, put)


def number(key: str) -> Shape:
    return Shape(lambda raw: raw.get(key), _whole, lambda raw, value: raw.update({key: value}))


def rating(key: str) -> Shape:
    """The server keeps a float32, and tells none of nothing."""
    return Shape(
        lambda raw: _single(raw.get(key)) or None,
        lambda value: _single(value) or None,
        lambda raw, value: raw.update({key: value}),
    )


def minutes(key: str) -> Shape:
    return Shape(
        lambda raw: round((raw.get(key) or 0) / TICKS_A_MINUTE) or None,
        lambda value: _whole(value) or None,
        lambda raw, value: raw.update({key: value * TICKS_A_MINUTE if value else None}),
    )


def status(key: str) -> Shape:
    """The server knows three, and breaks off in the middle of a request at another one."""
    return Shape(
        lambda raw: _text(raw.get(key)),
        _status,
        lambda raw, value: raw.update({key: value}),
        lambda value: "" if not _text(value) or _status(value) else "Jellyfin knows no such status",
    )


def ids(key: str) -> Shape:
    """External ids by type; those of types that Metarr does not write stay."""

    def read(raw: Raw) -> dict[str, str] | None:
        by_type = {name.lower(): value for name, value in (raw.get(key) or {}).items() if value}
        return {kind: by_type[kind] for kind in _ID_KEYS if kind in by_type} or None

    def normal(value: Any) -> dict[str, str] | None:
        return {kind: text for kind, text in (value or {}).items() if kind in _ID_KEYS} or None

    def put(raw: Raw, value: Mapping[str, str] | None) -> None:
        before = dict(raw.get(key) or {})
        spelled = {name.lower(): name for name in before}
        raw[key] = {**before, **{spelled.get(kind, _ID_KEYS[kind]): text for kind, text in (value or {}).items()}}

    return Shape(read, normal, put)


def people(*types: str) -> Shape:
    """The names of people of these types."""

    def read(raw: Raw) -> list[str] | None:
        return [person["Name"] for person in _people(raw, types)] or None

    def put(raw: Raw, value: Sequence[str] | None) -> None:
        _put_people(raw, types, [{"Name": name, "Type": types[0]} for name in value or ()])

    return Shape(read, _texts, put)


def cast(*types: str) -> Shape:
    """Those who act. Whoever was there before keeps his type; others get the first one."""

    def read(raw: Raw) -> list[dict[str, Any]] | None:
        return _credits((person["Name"], person.get("Role")) for person in _people(raw, types))

    def normal(value: Any) -> list[dict[str, Any]] | None:
        return _credits((credit.get("name"), credit.get("role")) for credit in value or ())

    def put(raw: Raw, value: Sequence[Mapping[str, Any]] | None) -> None:
        types_before = {person["Name"].casefold(): person["Type"] for person in _people(raw, types)}
        wanted = [
            {"Name": each["name"], "Role": each["role"], "Type": types_before.get(each["name"].casefold(), types[0])}
            for each in value or ()
        ]
        _put_people(raw, types, wanted)

    return Shape(read, normal, put)


_ID_KEYS = {"imdb": "Imdb", "tmdb": "Tmdb", "tvdb": "Tvdb"}

_STATUSES = {
    "continuing": "Continuing",
    "returning series": "Continuing",
    "ended": "Ended",
    "canceled": "Ended",
    "cancelled": "Ended",
    "unreleased": "Unreleased",
    "in production": "Unreleased",
    "planned": "Unreleased",
    "upcoming": "Unreleased",
    "pilot": "Unreleased",
}


def _status(value: Any) -> str | None:
    return _STATUSES.get((_text(value) or "").lower())


def _text(value: Any) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def _texts(value: Any) -> list[str] | None:
    """As the server keeps texts: without blanks and doubles, and in a line of its database that "|" divides."""
    pieces = (piece.strip() for each in value or () for piece in each.split("|"))
    kept: dict[str, str] = {}
    for piece in filter(None, pieces):
        kept.setdefault(piece.casefold(), piece)
    return list(kept.values()) or None


def _whole(value: Any) -> int | None:
    """Numbers may come with a decimal point, and the server wants none."""
    return round(value) if isinstance(value, int | float) else None


def _single(value: Any) -> Any:
    if not isinstance(value, (int, float)):
        return None
    return float(f"{struct.unpack('f', struct.pack('f', value))[0]:.7g}")


def _people(raw: Raw, types: Sequence[str]) -> list[dict[str, Any]]:
    return [person for person in raw.get("People") or () if person.get("Type") in types and person.get("Name")]


def _put_people(raw: Raw, types: Sequence[str], wanted: Sequence[dict[str, Any]]) -> None:
    """The others stay, where they were; who is new comes in the place of the first that goes, or where his kind is."""
    before = raw.get("People") or []
    others = [person for person in before if person.get("Type") not in types]
    place = next(
        (at for at, person in enumerate(before) if person.get("Type") in types), 0 if "Actor" in types else len(others)
    )
    raw["People"] = [*others[:place], *wanted, *others[place:]]


def _credits(pairs: Iterable[tuple[Any, Any]]) -> list[dict[str, Any]] | None:
    """One of a name: the server keeps no second one of a type."""
    kept: dict[str, tuple[str, str]] = {}
    for name, role in pairs:
        if shown := _text(name):
            kept.setdefault(shown.casefold(), (shown, _text(role) or ""))
    credits_ = [{"name": name, "role": role, "order": order} for order, (name, role) in enumerate(kept.values())]
    return credits_ or None
