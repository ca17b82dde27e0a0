"""Changing which providers the fields listen to."""

from collections.abc import Iterable
from dataclasses import dataclass

from metarr.domain.authority import Authority, FieldRule, rule_violations
from metarr.domain.model import Kind
from metarr.errors import InvalidInput, VersionMoved, Violation
from metarr.services.roster import Roster
from metarr.store import authorities
from metarr.store.database import Database


@dataclass(frozen=True)
class Rules:
    """The rules in force. `priority` names every known provider; `etag` changes with every change."""

    authority: Authority
    priority: tuple[str, ...]
    etag: str


class FieldAuthorities:
    """Changing which providers fields listen to."""

    def __init__(self, roster: Roster, database: Database) -> None:
        self._roster = roster
        self._database = database

    def read(self) -> Rules:
        with self._database.read() as connection:
            return self._rules(authorities.read(connection))

    def _rules(self, authority: Authority) -> Rules:
        priority = authority.by_priority(self._roster.ids())
        return Rules(authority=authority, priority=priority, etag=authorities.etag(authority))

    def update(
        self,
        *,
        priority: tuple[str, ...] | None = None,
        fill_gaps: bool | None = None,
        rules: Iterable[tuple[Kind, str, FieldRule]] = (),
        resets: Iterable[tuple[Kind, str]] = (),
        etag: str = "",
    ) -> Rules:
        """Change what is given. Raises InvalidInput with every violation, and nothing is stored."""
        known = self._roster.ids()
        wrong: list[Violation] = []
        wanted = list(rules)
        for place, (kind, field, rule) in enumerate(wanted):
            wrong += rule_violations(kind, field, rule, known, f"authorities.fields[{place}]")
        if priority is not None:
            wrong += _priority_violations(priority, known)
        if wrong:
            raise InvalidInput(*wrong)
        with self._database.begin() as connection:
            now = authorities.read(connection)
            if etag and etag != authorities.etag(now):
                raise VersionMoved("the field authorities were changed since they were read; read them again")
            authorities.reset(connection, resets)
            authorities.put(connection, {(kind, field): rule for kind, field, rule in wanted})
            if priority is not None:
                authorities.put_priority(connection, priority)
            if fill_gaps is not None:
                authorities.put_fill_gaps(connection, fill_gaps)
            return self._rules(authorities.read(connection))


def _priority_violations(priority: tuple[str, ...], known: frozenset[str]) -> list[Violation]:
    path = "authorities.provider_priority"
    wrong = [Violation(path, f"there is no provider {name!r}") for name in priority if name not in known]
    if not priority:
        wrong.append(Violation(path, "name at least one provider"))
    if len(set(priority)) != len(priority):
        wrong.append(Violation(path, "a provider is named twice"))
    return wrong
