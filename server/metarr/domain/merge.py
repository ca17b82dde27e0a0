"""merge(item, outcomes, policy) -> the item with its new fields, and why each of them is what it is.

Pure: the same for any arrival order, idempotent, and never erasing because a provider could not be heard.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from metarr.domain.artwork import ArtworkPolicy, choose
from metarr.domain.authority import Authority, Listening
from metarr.domain.equality import same, text_key
from metarr.domain.evidence import Said, hear, in_order
from metarr.domain.fields import Field, FieldType, fields_of
from metarr.domain.item import OWNER, FieldValue, MediaItem, Rule, Veto, by_providers
from metarr.domain.outcome import NotAsked, Outcome, Skip
from metarr.domain.values import Struct, Value

Coverage = Mapping[str, frozenset[str]]
"""The fields that each provider declares for the kind at hand."""


NOTHING_STORED = FieldValue()


class MergePolicy(Struct, frozen=True, kw_only=True):
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
    ended_veto: bool = False


class Merged(Struct, frozen=True, kw_only=True):
    """The item as it is after a merge, and the decisions, in catalogue order."""

    item: MediaItem
    decisions: tuple[Decision, ...]


def merge(
    item: MediaItem,
    outcomes: Mapping[str, Outcome],
    policy: MergePolicy,
    coverage: Coverage,
    only: Collection[str] | None = None,
) -> Merged:
    """Merge what the providers say into what is stored.

    `outcomes` by provider; a provider of `coverage` that is not in it was not selected, and is not heard. `only`:
    these fields alone, where nothing can have changed for the others; they stay.
    """
    by_provider = {provider: outcomes.get(provider, NotAsked(reason=Skip.NOT_SELECTED)) for provider in coverage}
    usable = [(provider, coverage[provider]) for provider, outcome in by_provider.items() if in_order(outcome)]
    plan = policy.authority.listening(item.kind, usable)
    if only is not None:
        plan = tuple(listening for listening in plan if listening.field.name in only)
    decisions = tuple([_decide(item, listening, by_provider, policy) for listening in plan])
    fields = {decision.field: decision.value for decision in decisions if decision.value is not None}
    others = {name: stored for name, stored in item.fields.items() if name not in fields}
    ended = {decision.field for decision in decisions if decision.ended_veto}
    vetoes = tuple(veto for veto in item.vetoes if veto.field not in ended)
    return Merged(item=replace(item, fields={**fields, **others}, vetoes=vetoes), decisions=decisions)


def explain(
    item: MediaItem, outcomes: Mapping[str, Outcome], policy: MergePolicy, coverage: Coverage
) -> dict[str, tuple[RunnerUp, ...]]:
    """By field what every provider says that is not the source of the stored value: "why not X?"."""
    runners: dict[str, tuple[RunnerUp, ...]] = {}
    for field in fields_of(item.kind):
        speakers = [provider for provider, fields in coverage.items() if field.name in fields]
        order = policy.authority.order(
            item.kind, field.name, {p for p in speakers if p in outcomes and in_order(outcomes[p])}
        )
        outside = policy.authority.by_priority(provider for provider in speakers if provider not in order)
        sources = item.fields[field.name].sources if field.name in item.fields else ()
        runners[field.name] = tuple(
            _runner_up(item, field, provider, outcomes, policy, listened=provider in order)
            for provider in (*order, *outside)
            if provider not in sources and provider in outcomes
        )
    return runners


def _runner_up(
    item: MediaItem,
    field: Field,
    provider: str,
    outcomes: Mapping[str, Outcome],
    policy: MergePolicy,
    *,
    listened: bool,
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


def _decide(item: MediaItem, listening: Listening, outcomes: Mapping[str, Outcome], policy: MergePolicy) -> Decision:
    field, order = listening.field, listening.order
    stored = item.fields.get(field.name, NOTHING_STORED)
    if stored.locked or (field.name in item.parent_locked and stored.value is not None):
        return Decision(field=field.name, value=stored)
    heard = (_hear(field, provider, outcomes[provider], stored, policy) for provider in order)
    vetoes = [veto for veto in item.vetoes if veto.field == field.name] if item.vetoes else []
    if listening.rule.union and field.type is FieldType.TEXTS:
        return _union(field, stored, tuple(heard), vetoes)
    return _walk(field, stored, order, heard, vetoes=vetoes, own=listening.rule.providers)


def _hear(field: Field, provider: str, outcome: Outcome, stored: FieldValue, policy: MergePolicy) -> Said:
    """What a provider says, unless what is stored is its own newer word."""
    said = hear(provider, outcome, field.name)
    if stored.sources == (provider,) and stored.value is not None and _older(said, stored):
        return replace(said, value=stored.value, fetched_at=stored.fetched_at)
    return _acceptable(field, said, stored.value, policy)


def _older(said: Said, stored: FieldValue) -> bool:
    if said.fetched_at is None or stored.fetched_at is None or _asked_ids(said.asked_id) != stored.asked_ids:
        return False
    return said.fetched_at < stored.fetched_at


def _acceptable(field: Field, said: Said, stored: Value | None, policy: MergePolicy) -> Said:
    """For artwork: the choice among a provider's candidates as its value; none acceptable counts as having none."""
    if field.type is not FieldType.ARTWORK or said.value is None:
        return said
    images = choose(field, said.value, stored, policy.artwork)  # type: ignore[arg-type]
    return replace(said, value=images, why="has no acceptable image")


def _walk(
    field: Field,
    stored: FieldValue,
    order: tuple[str, ...],
    heard: Iterable[Said],
    *,
    vetoes: list[Veto],
    own: tuple[str, ...],
) -> Decision:
    """The first provider in order with a value wins, unless the stored value must be held on the way."""
    sources = stored.sources if stored.value is not None else ()
    waiting: list[str] = []
    for place, said in enumerate(heard):
        if vetoes and _vetoed(field, said, vetoes):
            return _stay(field, stored, Rule.VETOED, waiting)
        if said.value is not None:
            rule = Rule.FIRST if place == 0 else Rule.NEXT
            return _take(field, stored, said, rule if said.provider in own else Rule.GAP, waiting)
        if not said.heard:
            if said.provider in sources:
                return _stay(field, stored, Rule.HELD, waiting)
            waiting.append(said.provider)
    return _nobody(field, stored, order, waiting)


def _vetoed(field: Field, said: Said, vetoes: list[Veto]) -> bool:
    """Whether the owner undid this value, or the provider of an undone one cannot be heard."""
    if not said.heard:
        return any(said.provider in veto.providers for veto in vetoes)
    return any(same(field.name, veto.value, said.value) for veto in vetoes)


def _take(field: Field, stored: FieldValue, said: Said, rule: Rule, waiting: list[str]) -> Decision:
    """The winner's value; where it means the same as the stored one, the stored bytes with a new provenance."""
    unchanged = same(field.name, stored.value, said.value)
    value = FieldValue(
        value=stored.value if unchanged else said.value,
        sources=(said.provider,),
        fetched_at=said.fetched_at,
        rule=Rule.HELD if said.stale else rule,
        asked_ids=_asked_ids(said.asked_id),
    )
    if unchanged and value == stored:
        value = stored  # whoever compares what was with what is sees at once that they are one
    return Decision(field=field.name, value=value, waiting=tuple(waiting), ended_veto=not unchanged)


def _stay(field: Field, stored: FieldValue, rule: Rule, waiting: list[str]) -> Decision:
    """The stored value as it is, with the rule that kept it."""
    value = None if stored.value is None else stored if stored.rule is rule else replace(stored, rule=rule)
    return Decision(field=field.name, value=value, waiting=tuple(waiting))


def _nobody(field: Field, stored: FieldValue, order: tuple[str, ...], waiting: list[str]) -> Decision:
    """Nobody has a value: an absence never erases. A source that no longer counts is marked."""
    if stored.sources and not by_providers(stored.sources):
        return _stay(field, stored, Rule.OWNER if OWNER in stored.sources else Rule.REPORTED, waiting)
    outside = any(source not in order for source in stored.sources)
    return _stay(field, stored, Rule.OUTSIDE if outside else Rule.KEPT, waiting)


def _union(field: Field, stored: FieldValue, heard: tuple[Said, ...], vetoes: list[Veto]) -> Decision:
    """Each element keeps its providers: what an unheard one said stays, what a heard one said is replaced."""
    waiting = [said.provider for said in heard if not said.heard]
    elements = _join(heard, stored)
    if not elements:
        return _nobody(field, stored, tuple(said.provider for said in heard), waiting)
    value = tuple(element for element, _ in elements.values())
    sources = {provider for _, by in elements.values() for provider in by}
    if any(same(field.name, veto.value, value) or _vetoed_union(field, heard, veto) for veto in vetoes):
        return _stay(field, stored, Rule.VETOED, waiting)
    joined = [said for said in heard if said.provider in sources]
    if not any(said.heard for said in joined):
        return _stay(field, stored, Rule.HELD, [provider for provider in waiting if provider not in sources])
    unchanged = same(field.name, stored.value, value)
    if unchanged:
        value = stored.value  # type: ignore[assignment]
    union = FieldValue(
        value=value,
        sources=tuple(said.provider for said in joined),
        fetched_at=max((said.fetched_at for said in joined if said.fetched_at), default=stored.fetched_at),
        rule=Rule.UNION,
        asked_ids=_asked_ids(*_ids_of(joined, stored)),
        contributors=tuple(tuple(elements[text_key(element)][1]) for element in value),
    )
    return Decision(field=field.name, value=union, waiting=tuple(waiting), ended_veto=not unchanged)


def _join(heard: Iterable[Said], stored: FieldValue) -> dict[str, tuple[str, list[str]]]:
    """By its key every element with its providers, in order of authority."""
    elements: dict[str, tuple[str, list[str]]] = {}
    for said in heard:
        for element in _elements(said, stored):
            by = elements.setdefault(text_key(element), (element, []))[1]
            if said.provider not in by:
                by.append(said.provider)
    return elements


def _ids_of(joined: list[Said], stored: FieldValue) -> list[str]:
    """The ids the providers were asked with, parallel to the sources; an unheard one's as stored."""
    before = dict(zip(stored.sources, stored.asked_ids, strict=False))
    return [said.asked_id if said.heard else before.get(said.provider, "") for said in joined]


def _asked_ids(*ids: str) -> tuple[str, ...]:
    """As they are stored: nothing where nobody was asked by an id."""
    return ids if any(ids) else ()


def _vetoed_union(field: Field, heard: Iterable[Said], veto: Veto) -> bool:
    """Whether the providers of an undone list repeat it together, or one of them cannot be heard."""
    theirs = [said for said in heard if said.provider in veto.providers]
    if not all(said.heard for said in theirs):
        return True
    together = tuple(element for element, _ in _join(theirs, NOTHING_STORED).values())
    return same(field.name, veto.value, together)


def _elements(said: Said, stored: FieldValue) -> tuple[str, ...]:
    """What a provider contributes to a union: its own list now, or what it contributed when it was last heard."""
    if said.heard:
        return said.value or ()  # type: ignore[return-value]
    if not isinstance(stored.value, tuple):
        return ()
    contributors = stored.contributors or (stored.sources,) * len(stored.value)
    return tuple(
        element  # type: ignore[misc]
        for element, providers in zip(stored.value, contributors, strict=False)
        if said.provider in providers
    )
