"""Checks of requests. A `Check` collects everything that is wrong before it refuses, so that a person fixes it once."""

import re
from collections.abc import Collection, Iterable
from types import TracebackType
from typing import Protocol, Self

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from metarr.domain.checked import YEARS
from metarr.domain.id_spelling import OF_COLLECTION, expected, typed, valid_type
from metarr.domain.ids import Bearer, ExternalId, NoId, admit, parse_reference
from metarr.domain.texts import cleaned
from metarr.domain.values import Kind
from metarr.errors import InvalidInput, Violation
from metarr.rpc.convert import kind_of

MAX_TEXT = 500
PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


class TypedId(Protocol):
    """An external id as requests carry it (`metarr.v1.ExternalId`)."""

    type: str
    value: str
    weak: bool


class Check:
    """Use it in a `with` block, at whose end it raises InvalidInput with every violation.

    What a method returns for a value that it found wrong is only good until then.
    `field` is always the path in the request, such as `ids[0].value`.
    """

    def __init__(self) -> None:
        self._violations: list[Violation] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._violations:
            raise InvalidInput(*self._violations)

    def violation(self, field: str, description: str) -> None:
        """Note something wrong."""
        self._violations.append(Violation(field, description))

    def text(self, field: str, value: str, *, required: bool = True, most: int = MAX_TEXT) -> str:
        """A text of at most `most` characters, trimmed."""
        trimmed = value.strip()
        if required and not trimmed:
            self.violation(field, "is required")
        if len(trimmed) > most:
            self.violation(field, f"has {len(trimmed)} characters; {most} are the most")
        if "\x00" in trimmed:
            self.violation(field, "contains a null character")
        return trimmed

    def title(self, field: str, value: str, *, required: bool = True) -> str:
        """What something is called, cleaned as all texts are; a null character is still a fault of whoever asks."""
        return self.text(field, value if "\0" in value else cleaned(value), required=required)

    def one_of(self, field: str, value: str, allowed: Collection[str]) -> str:
        """One of a closed set of words."""
        if value not in allowed:
            self.violation(field, f"{value[:60]!r} is unknown; known: {', '.join(sorted(allowed))}")
        return value

    def kind(self, field: str, value: int) -> Kind:
        """A MediaKind that is said."""
        kind = kind_of(value)
        if kind is None:
            self.violation(field, "say what it is: MEDIA_KIND_MOVIE, _SERIES, _SEASON or _EPISODE")
        return kind or Kind.MOVIE

    def optional_kind(self, field: str, value: int) -> Kind | None:
        """A MediaKind, None where it is not said."""
        return self.kind(field, value) if value else None

    def year(self, field: str, value: int) -> int:
        """A year of release; 0: unknown. The first film is of 1874."""
        if value and not YEARS[0] <= value <= YEARS[1]:
            self.violation(field, f"{value} is no year of release; 0 stands for unknown")
        return value

    def providers(self, field: str, given: Iterable[str], provider_ids: Collection[str]) -> frozenset[str] | None:
        """Providers by id; None where none is named, which means all of them."""
        named = list(given)
        for place, provider in enumerate(named):
            self.one_of(f"{field}[{place}]", provider, provider_ids)
        return frozenset(named) or None

    def known_enum(self, field: str, value: int, enum: EnumTypeWrapper) -> int:
        """A value of an enum that this version knows."""
        if value not in enum.values():
            self.violation(field, f"{value} is no value of {enum.DESCRIPTOR.name}")
        return value

    def page_size(self, field: str, value: int, *, default: int = PAGE_SIZE, most: int = MAX_PAGE_SIZE) -> int:
        """How many to list; 0 gives the default."""
        if not 0 <= value <= most:
            self.violation(field, f"{value} is not between 1 and {most}; 0 gives {default}")
        return value or default

    def ids(self, field: str, values: Iterable[TypedId], kind: Kind | None = None) -> dict[str, str]:
        """External ids of a title of the kind by type, as they are stored; one of each type at most."""
        ids: dict[str, str] = {}
        for index, given in enumerate(values):
            path = f"{field}[{index}]"
            id_type, read = typed(given.type), admit(kind, given.type, given.value)
            if not valid_type(id_type.removeprefix(OF_COLLECTION)):
                self.violation(f"{path}.type", "is no type of id; imdb, tmdb and tvdb are some")
            elif isinstance(read, NoId):
                self.violation(f"{path}.value", f"is no {id_type} id: {expected(id_type)}")
            elif read.bearer is not Bearer.TITLE:
                self.violation(f"{path}.type", f"is the id of its {read.bearer}, not its own")
            elif ids.setdefault(read.type, read.value) != read.value:
                self.violation(f"{path}.value", f"there is another {read.type} id: {ids[read.type]}")
        return ids

    def weak(self, values: Iterable[TypedId], kind: Kind) -> frozenset[str]:
        """Of which types those ids are that need a second witness."""
        given = [(admit(kind, each.type, each.value), each.weak) for each in values]
        read = [(each, weak or each.weak) for each, weak in given if isinstance(each, ExternalId)]
        return frozenset(each.type for each, weak in read if weak) - {each.type for each, weak in read if not weak}

    def reference(self, field: str, value: str) -> tuple[str, str] | int:
        """An item's own id, or an external one as (type, value)."""
        try:
            return parse_reference(value)
        except ValueError as error:
            self.violation(field, f"is required: {error}" if not value else f"expected {error}")
            return 0

    def number(self, field: str, value: str) -> int:
        """The id of something that Metarr numbers, such as a change-set."""
        if not re.fullmatch(r"[1-9]\d{0,17}", value, re.ASCII):
            self.violation(field, f"{value[:60]!r} is no number such as 17" if value else "is required")
            return 0
        return int(value)

    def mask(self, field: str, mask: FieldMask, allowed: Collection[str], prefixes: Collection[str] = ()) -> set[str]:
        """The paths of an update mask: known ones, or a name below one of the `prefixes` (such as `settings.`)."""
        if not mask.paths:
            self.violation(field, f"is required: what to change, of {', '.join(sorted(allowed))}")
        for path in mask.paths:
            below = any(path.startswith(prefix) and path != prefix for prefix in prefixes)
            if path not in allowed and not below:
                self.violation(field, f"{path[:60]!r} cannot be changed; known: {', '.join(sorted(allowed))}")
        return set(mask.paths)
