"""Changing whom the fields listen to: providers, and files and players."""

from collections.abc import Iterable
from dataclasses import dataclass

from metarr.asking.roster import Roster
from metarr.domain.authority import Authority, FieldRule, rule_key, rule_violations
from metarr.domain.item import PLAYER_SOURCE, REPORTERS
from metarr.domain.values import Kind
from metarr.errors import InvalidInput, VersionMoved, Violation
from metarr.store import authorities, players
from metarr.store.database import Connection, Database


@dataclass(frozen=True)
class Rules:
    """The rules in force. `priority` names every known provider; `further_sources` are the files and players that a
    field may listen to as well; `etag` changes with every change."""

    authority: Authority
    priority: tuple[str, ...]
    further_sources: tuple[str, ...]
    etag: str


class FieldAuthorities:
    """Changing which providers fields listen to."""

    def __init__(self, roster: Roster, database: Database) -> None:
        self._roster = roster
        self._database = database

    def read(self) -> Rules:
        with self._database.read() as connection:
            return self._rules(connection, authorities.read(connection))

    def _rules(self, connection: Connection, authority: Authority) -> Rules:
        return Rules(
            authority=authority,
            priority=authority.by_priority(self._roster.ids()),
            further_sources=further_sources(connection),
            etag=authorities.etag(authority),
        )

    def update(
        self,
        *,
        priority: tuple[str, ...] | None = None,
        fill_gaps: bool | None = None,
        rules: Iterable[tuple[Kind, str, FieldRule]] = (),
        resets: Iterable[tuple[Kind, str]] = (),
        etag: str = "",
        players_to_come: bool = False,
    ) -> Rules:
        """Change what is given. `players_to_come`: rules may name players that are not known yet. Raises InvalidInput
        with every violation, and nothing is stored."""
        wanted = list(rules)
        with self._database.begin_durably() as connection:
            self._check(connection, wanted, priority, to_come=players_of(wanted) if players_to_come else frozenset())
            now = authorities.read(connection)
            _check_etag(etag, now)
            authorities.reset(connection, resets)
            authorities.put(connection, {(kind, field): rule for kind, field, rule in wanted})
            if priority is not None:
                authorities.put_priority(connection, priority)
            if fill_gaps is not None:
                authorities.put_fill_gaps(connection, fill_gaps)
            after = authorities.read(connection)
            if after != now:
                authorities.remember(connection, now)
            return self._rules(connection, after)

    def proposed(
        self,
        *,
        priority: tuple[str, ...] | None = None,
        fill_gaps: bool | None = None,
        rules: Iterable[tuple[Kind, str, FieldRule]] = (),
        resets: Iterable[tuple[Kind, str]] = (),
        etag: str = "",
    ) -> Authority:
        """The rules as `update` would leave them. Raises what it raises; nothing is stored."""
        wanted = list(rules)
        with self._database.read() as connection:
            self._check(connection, wanted, priority)
            now = authorities.read(connection)
        _check_etag(etag, now)
        reset = {rule_key(kind, field) for kind, field in resets}
        kept = {key: rule for key, rule in now.rules.items() if key not in reset}
        return Authority(
            priority=now.priority if priority is None else priority,
            rules=kept | {rule_key(kind, field): rule for kind, field, rule in wanted},
            fill_gaps=now.fill_gaps if fill_gaps is None else fill_gaps,
        )

    def _check(
        self,
        connection: Connection,
        rules: Iterable[tuple[Kind, str, FieldRule]],
        priority: tuple[str, ...] | None,
        to_come: frozenset[str] = frozenset(),
    ) -> None:
        provider_ids = self._roster.ids()
        sources = provider_ids.union(further_sources(connection), to_come)
        wrong: list[Violation] = []
        for place, (kind, field, rule) in enumerate(rules):
            wrong += rule_violations(kind, field, rule, sources, f"authorities.fields[{place}]")
        if priority is not None:
            wrong += priority_violations(priority, provider_ids)
        if wrong:
            raise InvalidInput(*wrong)


def further_sources(connection: Connection) -> tuple[str, ...]:
    """What a field may listen to besides providers: files, and each player."""
    return (*REPORTERS, *sorted(player.source for player in players.everyone(connection)))


def players_of(rules: Iterable[tuple[Kind, str, FieldRule]]) -> frozenset[str]:
    """The sources of players that rules name."""
    return frozenset(each for *_, rule in rules for each in rule.providers if each.startswith(PLAYER_SOURCE))


def _check_etag(etag: str, now: Authority) -> None:
    if etag and etag != authorities.etag(now):
        raise VersionMoved("the field authorities were changed since they were read; read them again")


def priority_violations(priority: tuple[str, ...], provider_ids: frozenset[str]) -> list[Violation]:
    """What is wrong with a global priority the owner wants. `known`: ids of all providers."""
    path = "authorities.provider_priority"
    wrong = [Violation(path, f"there is no provider {name!r}") for name in priority if name not in provider_ids]
    if not priority:
        wrong.append(Violation(path, "name at least one provider"))
    if len(set(priority)) != len(priority):
        wrong.append(Violation(path, "a provider is named twice"))
    return wrong
