"""merge(item, outcomes, policy) -> the item with its new fields, and why each of them is what it is.

Pure: the same for any arrival order, idempotent, and never erasing because a provider could not be heard.
The walk along a field's order is design 4.4; it was checked against models of flapping providers.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from metarr.domain.artwork import ArtworkPolicy, choose
from metarr.domain.authority import Authority
from metarr.domain.equality import same, text_key
from metarr.domain.evidence import Said, hear, in_order
from metarr.domain.fields import Field, FieldType, fields_of
from metarr.domain.model import (
    OWNER,
    FieldValue,
    MediaItem,
    NotAsked,
    Outcome,
    Rule,
    Skip,
    Struct,
    Value,
    Veto,
    below_providers,
)

Coverage = Mapping[str, frozenset[str]]
"""The fields that each provider declares for the kind at hand."""


class Policy(Struct, frozen=True, kw_only=True):
    """Everything the owner decides about a merge."""

    authority: Authority = Authority()
    artwork: ArtworkPolicy = ArtworkPolicy()


class RunnerUp(Struct, frozen=True, kw_only=True):
    """What a provider says that did not win, and why not. `value` None: it has none, or could not be heard."""

    provider: str
    value: Value | None = None
    fetched_at: datetime | None = None
    why: str = ""


class Decision(Struct, frozen=True, kw_only=True):
    """What a merge decided about one field.

    `value` None: nothing is stored, and nothing is known. `waiting`: providers that stand before the source and
    could not be heard. `ended_veto`: the value is new, so what an undo left behind ends.
    """

    field: str
    value: FieldValue | None = None
    waiting: tuple[str, ...] = ()
    runners_up: tuple[RunnerUp, ...] = ()
    ended_veto: bool = False


class Merged(Struct, frozen=True, kw_only=True):
    """The item as it is after a merge, and the decisions, in catalogue order."""

    item: MediaItem
    decisions: tuple[Decision, ...]


def merge(item: MediaItem, outcomes: Mapping[str, Outcome], policy: Policy, coverage: Coverage) -> Merged:
    """Merge what the providers say into what is stored.

    `outcomes` by provider; a provider of `coverage` that is not in it was not selected, and is not heard.
    """
    known = {provider: outcomes.get(provider, NotAsked(reason=Skip.NOT_SELECTED)) for provider in coverage}
    counting = {provider: outcome for provider, outcome in known.items() if in_order(outcome)}
    decisions = tuple(_decide(item, field, counting, policy, coverage) for field in fields_of(item.kind))
    fields = {decision.field: decision.value for decision in decisions if decision.value is not None}
    others = {name: stored for name, stored in item.fields.items() if name not in fields}
    ended = {decision.field for decision in decisions if decision.ended_veto}
    vetoes = tuple(veto for veto in item.vetoes if veto.field not in ended)
    return Merged(item=replace(item, fields={**fields, **others}, vetoes=vetoes), decisions=decisions)


def explain(
    item: MediaItem, outcomes: Mapping[str, Outcome], policy: Policy, coverage: Coverage
) -> dict[str, tuple[RunnerUp, ...]]:
    """By field what every provider says that is not the source of the stored value: "why not X?"."""
    runners: dict[str, tuple[RunnerUp, ...]] = {}
    for field in fields_of(item.kind):
        speakers = [provider for provider, fields in coverage.items() if field.name in fields]
        order = policy.authority.order(
            item.kind, field.name, {p for p in speakers if p in outcomes and in_order(outcomes[p])}
        )
        outside = policy.authority.by_priority(provider for provider in speakers if provider not in order)
        sources = item.fields[field.name].source.split("+") if field.name in item.fields else []
        runners[field.name] = tuple(
            _runner_up(item, field, provider, outcomes, policy, listened=provider in order)
            for provider in (*order, *outside)
            if provider not in sources and provider in outcomes
        )
    return runners


def _runner_up(
    item: MediaItem, field: Field, provider: str, outcomes: Mapping[str, Outcome], policy: Policy, *, listened: bool
) -> RunnerUp:
    outcome = outcomes[provider]
    if isinstance(outcome, NotAsked) and outcome.rejected is not None:
        said = _acceptable(field, hear(provider, outcome.rejected, field.name), None, policy)
        return RunnerUp(
            provider=provider, value=said.value, fetched_at=said.fetched_at, why="spoke about a title with other ids"
        )
    said = _acceptable(field, hear(provider, outcome, field.name), None, policy)
    stored = item.fields.get(field.name)
    if said.value is None:
        why = said.why
    elif not listened:
        why = "the field does not listen to it"
    elif stored is not None and stored.locked:
        why = "the field is locked"
    elif any(veto.field == field.name and same(field.name, veto.value, said.value) for veto in item.vetoes):
        why = "undone by the owner"
    else:
        why = "stands lower in the field's order"
    return RunnerUp(provider=provider, value=said.value, fetched_at=said.fetched_at, why=why)


def _decide(
    item: MediaItem, field: Field, outcomes: Mapping[str, Outcome], policy: Policy, coverage: Coverage
) -> Decision:
    stored = item.fields.get(field.name, FieldValue())
    if stored.locked or (field.name in item.parent_locked and stored.value is not None):
        return Decision(field=field.name, value=stored)
    usable = [provider for provider in outcomes if field.name in coverage[provider]]
    rule = policy.authority.rule(item.kind, field.name)
    order = policy.authority.order(item.kind, field.name, usable)
    heard = [
        _acceptable(field, hear(provider, outcomes[provider], field.name), stored.value, policy) for provider in order
    ]
    if rule.union and field.type is FieldType.TEXTS:
        return _union(item, field, stored, heard)
    return _walk(item, field, stored, heard, own=rule.providers)


def _acceptable(field: Field, said: Said, stored: Value | None, policy: Policy) -> Said:
    """For artwork: the choice among a provider's candidates as its value; none acceptable counts as having none."""
    if field.type is not FieldType.ARTWORK or said.value is None:
        return said
    images = choose(field, said.value, stored, policy.artwork)  # type: ignore[arg-type]
    return replace(said, value=images, why="has no acceptable image")


def _walk(item: MediaItem, field: Field, stored: FieldValue, heard: list[Said], own: tuple[str, ...]) -> Decision:
    """The first provider in order with a value wins, unless the stored value must be held on the way."""
    vetoes = [veto for veto in item.vetoes if veto.field == field.name]
    waiting: list[str] = []
    for place, said in enumerate(heard):
        if _vetoed(field, said, vetoes):
            return _stay(field, stored, Rule.VETOED, waiting)
        if not said.heard:
            waiting.append(said.provider)
            if stored.value is not None and stored.source == said.provider:
                return _stay(field, stored, Rule.HELD, waiting[:-1])
        elif said.value is not None:
            if any(same(field.name, veto.value, said.value) for veto in vetoes):
                return _stay(field, stored, Rule.VETOED, waiting)
            rule = Rule.FIRST if place == 0 else Rule.NEXT
            return _take(field, stored, said, rule if said.provider in own else Rule.GAP, waiting)
    return _nobody(field, stored, [said.provider for said in heard], waiting)


def _vetoed(field: Field, said: Said, vetoes: list[Veto]) -> bool:
    """Whether the owner undid this provider's value, and nothing newer from it is known."""
    return any(
        not said.heard or (said.value is not None and same(field.name, veto.value, said.value))
        for veto in vetoes
        if said.provider in veto.provider.split("+")
    )


def _take(field: Field, stored: FieldValue, said: Said, rule: Rule, waiting: list[str]) -> Decision:
    """The winner's value; where it means the same as the stored one, the stored bytes with a new provenance."""
    unchanged = same(field.name, stored.value, said.value)
    value = FieldValue(
        value=stored.value if unchanged else said.value,
        source=said.provider,
        fetched_at=said.fetched_at,
        rule=rule,
        asked_id=said.asked_id,
    )
    return Decision(field=field.name, value=value, waiting=tuple(waiting), ended_veto=not unchanged)


def _stay(field: Field, stored: FieldValue, rule: Rule, waiting: list[str]) -> Decision:
    """The stored value as it is, with the rule that kept it."""
    value = replace(stored, rule=rule) if stored.value is not None else None
    return Decision(field=field.name, value=value, waiting=tuple(waiting))


def _nobody(field: Field, stored: FieldValue, order: list[str], waiting: list[str]) -> Decision:
    """Nobody has a value: an absence never erases. A source that no longer counts is marked."""
    if stored.source == OWNER or below_providers(stored.source):
        return _stay(field, stored, Rule.OWNER if stored.source == OWNER else Rule.REPORTED, waiting)
    outside = any(source not in order for source in stored.source.split("+"))
    return _stay(field, stored, Rule.OUTSIDE if outside else Rule.KEPT, waiting)


def _union(item: MediaItem, field: Field, stored: FieldValue, heard: list[Said]) -> Decision:
    """Each element keeps its providers: what an unheard one said stays, what a heard one said is replaced."""
    vetoes = [veto for veto in item.vetoes if veto.field == field.name]
    waiting = [said.provider for said in heard if not said.heard]
    elements: dict[str, tuple[str, list[str]]] = {}
    for said in heard:
        for element in _elements(said, stored):
            by = elements.setdefault(text_key(element), (element, []))[1]
            if said.provider not in by:
                by.append(said.provider)
    if not elements:
        return _nobody(field, stored, [said.provider for said in heard], waiting)
    value = tuple(element for element, _ in elements.values())
    sources = [said.provider for said in heard if any(said.provider in by for _, by in elements.values())]
    if any(same(field.name, veto.value, value) or _vetoed_union(veto, heard) for veto in vetoes):
        return _stay(field, stored, Rule.VETOED, waiting)
    speaking = [said for said in heard if said.provider in sources and said.heard]
    if not speaking:
        return _stay(field, stored, Rule.HELD, [provider for provider in waiting if provider not in sources])
    unchanged = same(field.name, stored.value, value)
    if unchanged:
        value = stored.value  # type: ignore[assignment]
    union = FieldValue(
        value=value,
        source="+".join(sources),
        fetched_at=max((said.fetched_at for said in speaking if said.fetched_at), default=stored.fetched_at),
        rule=Rule.UNION,
        asked_id=speaking[0].asked_id,
        contributors=tuple(tuple(elements[text_key(element)][1]) for element in value),
    )
    return Decision(field=field.name, value=union, waiting=tuple(waiting), ended_veto=not unchanged)


def _vetoed_union(veto: Veto, heard: list[Said]) -> bool:
    return any(not said.heard and said.provider in veto.provider.split("+") for said in heard)


def _elements(said: Said, stored: FieldValue) -> tuple[str, ...]:
    """What a provider contributes to a union: its own list now, or what it contributed when it was last heard."""
    if said.heard:
        return said.value or ()  # type: ignore[return-value]
    if not isinstance(stored.value, tuple):
        return ()
    contributors = stored.contributors or (tuple(stored.source.split("+")),) * len(stored.value)
    return tuple(
        element  # type: ignore[misc]
        for element, providers in zip(stored.value, contributors, strict=False)
        if said.provider in providers
    )
