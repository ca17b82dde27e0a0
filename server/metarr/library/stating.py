"""Taking in what a file, or an entry of a player, says about an item: its own words are merged at once, and nobody is
asked; an echo changes nothing, nor does what was said before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from metarr.asking.config import Config
from metarr.asking.gather import Gatherer
from metarr.domain.equality import same
from metarr.domain.item import OWNER, REPORTERS, FieldValue, MediaItem, Rule, Statement, below_providers
from metarr.domain.merge import Coverage, merge
from metarr.domain.statement import Had, restated, with_locks_of_other
from metarr.domain.values import Kind, Value
from metarr.store import changes
from metarr.store.database import Connection


@dataclass(frozen=True)
class Terms:
    """What counts when titles are taken in: the moment, what the owner decided, and which fields the providers tell."""

    now: datetime
    config: Config
    coverage: Mapping[Kind, Coverage]


def terms_of(gatherer: Gatherer, config: Config, now: datetime) -> Terms:
    """The terms of this moment."""
    heard, country = gatherer.heard(config), config.settings.country
    coverage = {kind: {each.id: each.configured.fields(kind, country) for each in heard.askers(kind)} for kind in Kind}
    return Terms(now, config, coverage)


def said_before(item: MediaItem, now: Statement) -> Statement | None:
    """What the same file said of the item before, be it by its `.nfo` or by its name; the same entry of a player."""
    if now.file and now.source in REPORTERS:
        alike = (each for each in item.statements if each.source in REPORTERS)
        return next((each for each in alike if (each.file, each.part) == (now.file, now.part)), None)
    return next((each for each in item.statements if each.key == now.key), None)


def stated(
    connection: Connection,
    item: MediaItem,
    now: Statement,
    values: Mapping[str, Value],
    terms: Terms,
    *,
    taken: Collection[str] = (),
) -> MediaItem:
    """The item after this was said about it; not saved. The same item where nothing new was said. `now`: without its
    values; `taken`: fields that hold what a player made of a value of Metarr's."""
    before = said_before(item, now)
    rules = terms.config.authority
    unions = {name for name in values if rules.rule(item.kind, name).union}
    had = _had(connection, item, before, {name: value for name, value in values.items() if name not in taken})
    after = restated(before, now, values, had=had, unions=unions, at=terms.now, taken=taken)
    if after == before:
        return item
    new_locks = after.locks - (before.locks if before is not None else frozenset())
    after = with_locks_of_other(after, new_locks, of_other=False)
    after = with_locks_of_other(after, new_locks & item.locked_fields())
    others = [each for each in item.statements if each is not before]
    said = replace(item, statements=tuple(sorted([*others, after], key=lambda each: each.key)))
    free, unlocked = _without_its_locks(said, before)
    words_before = {name: each.own for name, each in before.values.items()} if before else {}
    words = {name: each.own for name, each in after.values.items()}
    moved = {name for name in {*words_before, *words} if words_before.get(name) != words.get(name)}
    empty = {name for name, word in words.items() if word is not None and name not in item.fields}
    merged = _merged(free, moved | empty, terms)
    fields = _locked(merged, after, new_locks | (unlocked & after.locks))
    return replace(merged, fields=fields, fingerprint="" if moved or fields != item.fields else item.fingerprint)


def _had(connection: Connection, item: MediaItem, before: Statement | None, values: Mapping[str, Value]) -> Had:
    """What Metarr has, and had, in the fields of which something else is said than before."""
    earlier = before.values if before is not None else {}
    anew = {name for name, value in values.items() if name not in earlier or not same(name, earlier[name].value, value)}
    if not anew or not item.id:
        return {}
    had = changes.values_had(connection, item.id)
    for name in anew & item.fields.keys():
        had.setdefault(name, []).append(item.fields[name])
    return had


def _merged(item: MediaItem, names: Collection[str], terms: Terms) -> MediaItem:
    """The item with what a merge makes of the words in these fields while no provider is heard."""
    if not names:
        return item
    merged = merge(item, {}, terms.config.policy, terms.coverage[item.kind], only=names)
    fields = dict(item.fields)
    for decision in merged.decisions:
        stored, value = item.fields.get(decision.field, FieldValue()), decision.value
        # What a provider said, and is only held because nobody was asked, stays as it is.
        reported = value is not None and any(map(below_providers, value.sources))
        if value is not None and reported and (value.value, value.sources) != (stored.value, stored.sources):
            fields[decision.field] = value
    ended = {each.field for each in merged.decisions if each.ended_veto and fields.get(each.field) is each.value}
    return replace(item, fields=fields, vetoes=tuple(veto for veto in item.vetoes if veto.field not in ended))


def _without_its_locks(item: MediaItem, before: Statement | None) -> tuple[MediaItem, frozenset[str]]:
    """The item without the locks that are the file's own, and their fields: what it says now counts there."""
    if before is None or not before.locks:
        return item, frozenset()
    mine = frozenset(
        name
        for name in before.locks & item.locked_fields()
        if item.fields[name].sources == (before.source,)
        and name in before.values
        and not before.values[name].lock_of_other
        and same(name, item.fields[name].value, before.values[name].own)
    )
    fields = {
        name: replace(stored, locked=False, locks_below=False) if name in mine else stored
        for name, stored in item.fields.items()
    }
    return replace(item, fields=fields), mine


def _locked(item: MediaItem, said: Statement, names: Collection[str]) -> dict[str, FieldValue]:
    """The fields with those locked that the file locks: at its own words, where no other hand holds them."""
    fields = dict(item.fields)
    for name in names:
        stored, word = fields.get(name, FieldValue()), said.values[name].own
        typed = OWNER in stored.sources and stored.value is not None
        undone = any(veto.field == name and same(name, veto.value, word) for veto in item.vetoes)
        if word is None or stored.locked or typed or undone:
            continue
        mine = stored.sources == (said.source,) and same(name, stored.value, word)
        fresh = FieldValue(value=word, sources=(said.source,), rule=Rule.REPORTED)
        fields[name] = replace(stored if mine else fresh, locked=True)
    return fields
