"""Which fields of items can change where only the rules did: told for many items at once, without decoding anything.

An item bears a fingerprint of all that its last merge read. Where that was made under rules that are known, with the
answers that are there now, a merge can change only the fields that listen to others since.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from metarr.asking.heard import Heard
from metarr.domain.authority import Authority
from metarr.domain.fields import FIELDS
from metarr.domain.freshness import fingerprint_on
from metarr.domain.values import Kind
from metarr.store.database import Connection
from metarr.store.items import ItemHead


@dataclass(frozen=True)
class Reach:
    """How far other rules reach into an item: the fields that they can change, and its fingerprint afterwards."""

    fields: frozenset[str]
    fingerprint: str


@dataclass(frozen=True)
class _EarlierRules:
    """Rules by which items may have been merged. `ground`: their part of a fingerprint; `differing`: the fields that
    listen to others by the rules at hand."""

    ground: bytes
    differing: frozenset[str]


class Affected:
    """Compares the rules of a configuration with earlier ones."""

    def __init__(self, heard: Heard, earlier: Iterable[Authority]) -> None:
        self._heard = heard
        authority = heard.config.authority
        # By another priority the answers may have been told apart from those about another title otherwise.
        alike = [each for each in earlier if each.priority == authority.priority]
        self._authorities = [authority, *(each for each in alike if each != authority)]
        self._rules: dict[tuple[Kind, tuple[str, ...]], list[_EarlierRules]] = {}

    def reach(self, connection: Connection, items: Sequence[ItemHead]) -> dict[int, Reach]:
        """By id how far the rules reach into these items; those that have to be merged as a whole are left out."""
        by_kind: dict[Kind, list[ItemHead]] = {}
        for item in items:
            if item.fingerprint:
                by_kind.setdefault(item.kind, []).append(item)
        by_id: dict[int, Reach] = {}
        for kind, of_kind in by_kind.items():
            for item, marks in zip(of_kind, self._marks(connection, kind, of_kind), strict=True):
                reach = self._reach(kind, item.fingerprint, marks)
                if reach is not None:
                    by_id[item.id] = reach
        return by_id

    def _marks(self, connection: Connection, kind: Kind, items: Sequence[ItemHead]) -> list[dict[str, str]]:
        """By provider the marks of the answers that there are now to each item."""
        ids = [{id_type: claim.value for id_type, claim in item.ids.items()} for item in items]
        marks: list[dict[str, str]] = [{} for _ in items]
        for place, asker, mark, _ in self._heard.marks_of_many(connection, kind, ids):
            marks[place][asker.id] = mark
        return marks

    def _reach(self, kind: Kind, fingerprint: str, marks: Mapping[str, str]) -> Reach | None:
        place = (kind, tuple(marks))
        if place not in self._rules:
            self._rules[place] = self._compared(kind, marks)
        now, *_ = rules = self._rules[place]
        for each in rules:
            if fingerprint_on(each.ground, marks) == fingerprint:
                return Reach(each.differing, fingerprint_on(now.ground, marks))
        return None

    def _compared(self, kind: Kind, providers: Iterable[str]) -> list[_EarlierRules]:
        """The rules that are known, those of the configuration first. `providers`: who can be asked about an item."""
        heard, providers = self._heard, tuple(providers)
        country = heard.config.settings.country
        usable = [(asker.id, asker.configured.fields(kind, country)) for asker in heard.askers(kind)]
        wanted = heard.config.authority.listening(kind, usable)
        return [
            _EarlierRules(
                ground=heard.ground_under(structs.replace(heard.config.policy, authority=each), kind, providers),
                differing=_reaching(
                    new.field.name for new, old in zip(wanted, each.listening(kind, usable), strict=True) if new != old
                ),
            )
            for each in self._authorities
        ]


def _reaching(differing: Iterable[str]) -> frozenset[str]:
    """The fields that listen to others, and what hangs on them: texts and artwork on the original language."""
    fields = frozenset(differing)
    if "original_language" not in fields:
        return fields
    return fields | {name for name, field in FIELDS.items() if field.in_languages}
