"""Which providers a field listens to, in what order, exclusively or not. The policy is data."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache, cached_property

from metarr.domain.fields import FIELDS, Field, FieldType, fields_of
from metarr.domain.item import PLAYER_SOURCE, below_providers
from metarr.domain.values import Kind, Struct
from metarr.errors import Violation

DEFAULT_PRIORITY = ("omdb", "tmdb", "tvdb", "fanart")


class FieldRule(Struct, frozen=True, kw_only=True):
    """Whom a field listens to: `providers`, the best first, files and players ("nfo", "player:<id>") among them;
    `exclusive`: to no other; `union`: join their lists."""

    providers: tuple[str, ...] = ()
    exclusive: bool = False
    union: bool = False


class Listening(Struct, frozen=True, kw_only=True):
    """Whom a field listens to: its rule, and all who count in `order`, the best first."""

    field: Field
    rule: FieldRule
    order: tuple[str, ...]


class Authority(Struct, frozen=True, kw_only=True, dict=True, gc=True):
    """The whole of the owner's rules.

    `priority`: all providers, the best first; those not named come after, by id. `rules`: what differs from the
    catalogue, by "<kind>.<field>". `fill_gaps`: providers outside a field's own list fill its gaps.
    """

    priority: tuple[str, ...] = DEFAULT_PRIORITY
    rules: dict[str, FieldRule] = {}
    fill_gaps: bool = True

    def rule(self, kind: Kind, field: str) -> FieldRule:
        """The rule in force for a field of a kind. Raises KeyError for an unknown field."""
        own = self.rules.get(rule_key(kind, field))
        return own if own is not None else default_rule(kind, field)

    def order(self, kind: Kind, field: str, usable: Collection[str]) -> tuple[str, ...]:
        """Whom to listen to, the best first. `usable`: providers that are enabled, configured, and declare the field;
        and files and players, which only count here where the field's own list names them."""
        return self._listeners(self.rule(kind, field), self.by_priority(usable))

    def listening(self, kind: Kind, usable: Iterable[tuple[str, frozenset[str]]]) -> tuple[Listening, ...]:
        """All fields of a kind, in catalogue order. `usable`: the providers that count, with what they declare."""
        key = (kind, tuple(usable))
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._plan(*key)
        return plan

    @cached_property
    def _plans(self) -> dict[tuple[Kind, tuple[tuple[str, frozenset[str]], ...]], tuple[Listening, ...]]:
        """Few: merging a library again asks for the same ones all the time."""
        return {}

    def _plan(self, kind: Kind, usable: tuple[tuple[str, frozenset[str]], ...]) -> tuple[Listening, ...]:
        declared = dict(usable)
        ranked = self.by_priority(declared)
        plan = []
        for field in fields_of(kind):
            rule = self.rule(kind, field.name)
            speakers = [provider for provider in ranked if field.name in declared[provider]]
            plan.append(Listening(field=field, rule=rule, order=self._listeners(rule, speakers)))
        return tuple(plan)

    def _listeners(self, rule: FieldRule, ranked: Sequence[str]) -> tuple[str, ...]:
        """The order of a rule. `ranked`: the usable providers by the global priority."""
        own = tuple(provider for provider in rule.providers if provider in ranked)
        if not self.fill_gaps:
            return own[:1]
        if rule.exclusive:
            return own
        return own + tuple(each for each in ranked if each not in own and not below_providers(each))

    def by_priority(self, providers: Iterable[str]) -> tuple[str, ...]:
        """These providers by the global priority, ties by id."""
        return tuple(sorted(providers, key=self.trust))

    def trust(self, provider: str) -> tuple[int, str]:
        """Sorts providers by the global priority, then by id."""
        rank = self.priority.index(provider) if provider in self.priority else len(self.priority)
        return (rank, provider)


def rule_key(kind: Kind, field: str) -> str:
    """How `Authority.rules` names a field of a kind."""
    return kind + "." + field  # far quicker than formatting an enum, and asked for every field of a merge


@cache
def default_rule(kind: Kind, field: str) -> FieldRule:
    """The catalogue's rule for a field of a kind."""
    catalogued = FIELDS[field]
    return FieldRule(providers=catalogued.default_order(kind), exclusive=catalogued.exclusive, union=catalogued.union)


def _noun(source: str) -> str:
    return "player" if source.startswith(PLAYER_SOURCE) else "provider"


def rule_violations(kind: Kind, field: str, rule: FieldRule, sources: Collection[str], path: str) -> list[Violation]:
    """What is wrong with a rule the owner wants. `sources`: all providers, files and players; `path` names it in the
    request."""
    catalogued = FIELDS.get(field)
    if catalogued is None or kind not in catalogued.kinds:
        return [Violation(f"{path}.field", f"a {kind} has no field {field!r}")]
    wrong = [
        Violation(f"{path}.providers", f"there is no {_noun(source)} {source.removeprefix(PLAYER_SOURCE)!r}")
        for source in rule.providers
        if source not in sources
    ]
    if len(set(rule.providers)) != len(rule.providers):
        wrong.append(Violation(f"{path}.providers", "a provider is named twice"))
    if not rule.providers:
        excuse = "an exclusive field needs at least one" if rule.exclusive else "name at least one provider"
        wrong.append(Violation(f"{path}.providers", excuse))
    if rule.union and catalogued.type is not FieldType.TEXTS:
        wrong.append(Violation(f"{path}.union", f"{field} holds no list of texts that could be joined"))
    return wrong
