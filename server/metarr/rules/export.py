"""The owner's decisions as one JSON document: what no provider could tell again, without any secret.

Settings, field authorities, providers' settings, hosts, and per item what is locked, which conflicts were dismissed and
whether it is monitored, of a series its order and which entries are which episodes. Items are named by their external
ids, so that a document of one library can be taken over by another one.
"""

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

import msgspec
from msgspec.structs import replace

from metarr.asking.config import ConfigReader
from metarr.asking.roster import ConfiguredProvider, Roster
from metarr.clock import Clock
from metarr.declared import Setting, checked_all
from metarr.domain.authority import FieldRule, rule_key, rule_violations
from metarr.domain.checked import checked_value
from metarr.domain.conflicts import dismissed_before
from metarr.domain.fields import fields_of
from metarr.domain.ids import admit_all
from metarr.domain.item import OWNER, REPORTERS, FieldValue, MediaItem, Rule
from metarr.domain.numbering import is_order
from metarr.domain.values import Kind
from metarr.errors import InvalidInput, Violation
from metarr.library import series_decisions
from metarr.library.commit import commit
from metarr.library.series_decisions import DecidedEntry
from metarr.players.hosts import Hosts
from metarr.rules import host_decisions
from metarr.rules.authorities import FieldAuthorities, players_of, priority_violations
from metarr.rules.host_decisions import HostDecisions
from metarr.rules.providers import ProviderSettings
from metarr.rules.settings_editor import SettingsEditor
from metarr.settings import DECLARED, with_languages
from metarr.store import decisions, items, key_values
from metarr.store.database import Connection, Database

FORMAT = 2
"""Raised when an older Metarr could not read the document any more."""

MOST_ITEMS = 500
"""Items of one document."""

_PLAIN = tuple(each for each in DECLARED if not each.is_secret)
"""The settings of Metarr that a document may hold."""

MOST_LETTERS = 500
"""Of what is claimed of an item."""

_PROVIDER = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ENTRY = re.compile(r"[a-z]+:[A-Za-z0-9/_-]{1,60}")
_SOURCE = re.compile(r"[a-z0-9_.:+-]{0,100}")
_WORD = re.compile(r"[a-z0-9_.-]{1,60}")


class _Strict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of what the document holds: a word that is not known is a mistake."""


class Name(_Strict, frozen=True, kw_only=True):
    """How to find an item: by its external ids; without any, by the words it was added with."""

    ids: dict[str, str] = {}
    title: str = ""
    year: int = 0


class Locked(_Strict, frozen=True, kw_only=True):
    """A value that is to stay, in plain JSON, and who said it. `below`: its lock reaches what is below the item."""

    value: Any = None
    source: str = OWNER
    fetched_at: datetime | None = None
    below: bool = False


class DismissedClaim(_Strict, frozen=True, kw_only=True):
    """A conflict that is to be left as it is, whether it is claimed here already or not."""

    type: str
    value: str = ""
    claimed_by: str


class EntryDecision(_Strict, frozen=True, kw_only=True):
    """Which episode an entry of a provider's list is, by the number that its file bears; without one: none of those
    that the library has."""

    provider: str
    entry: str
    season: int | None = None
    episode: int | None = None


class ItemDecisions(Name, frozen=True, kw_only=True):
    """What was decided about an item. A season or an episode is also named by its series and its numbers. Of a series:
    `order`, by which its files are numbered, and which episodes `entries` are."""

    kind: Kind
    series: Name | None = None
    season: int | None = None
    episode: int | None = None
    monitored: bool = True
    locked: dict[str, Locked] = {}
    dismissed: tuple[DismissedClaim, ...] = ()
    order: str = ""
    entries: tuple[EntryDecision, ...] = ()


class AuthorityDecisions(_Strict, frozen=True, kw_only=True):
    """Field authorities: what differs from how Metarr comes, by "<kind>.<field>"."""

    provider_priority: tuple[str, ...] = ()
    fill_gaps: bool | None = None
    fields: dict[str, FieldRule] = {}


class ProviderDecisions(_Strict, frozen=True, kw_only=True):
    """A provider's settings without its secrets."""

    enabled: bool = True
    settings: dict[str, Any] = {}


class Document(_Strict, frozen=True, kw_only=True):
    """All decisions, or a part of them: what is not there is not decided about."""

    format: int
    settings: dict[str, Any] = {}
    authorities: AuthorityDecisions = AuthorityDecisions()
    providers: dict[str, ProviderDecisions] = {}
    hosts: dict[str, HostDecisions] = {}
    items: tuple[ItemDecisions, ...] = ()


@dataclass(frozen=True)
class Unplaced:
    """Something for which there is no place here."""

    name: str
    why: str


@dataclass(frozen=True)
class ImportOutcome:
    """What was, or would be, taken over; `same`: items that are as the document wants them already."""

    settings: int = 0
    authorities: int = 0
    providers: int = 0
    hosts: int = 0
    items: int = 0
    same: int = 0
    unplaced: tuple[Unplaced, ...] = ()


class Decisions:
    """Writes the owner's decisions into documents, and takes documents over."""

    def __init__(
        self,
        database: Database,
        roster: Roster,
        providers: ProviderSettings,
        *,
        authorities: FieldAuthorities,
        settings: SettingsEditor,
        hosts: Hosts,
        config: ConfigReader,
        clock: Clock,
    ) -> None:
        self._database = database
        self._roster = roster
        self._providers = providers
        self._authorities = authorities
        self._settings = settings
        self._hosts = hosts
        self._config = config
        self._clock = clock

    def export(self, after: int, limit: int) -> tuple[str, int]:
        """A document with the items beyond that id, and the last one's id; 0: there are no more.

        The first one (`after` 0) also holds what is not about items.
        """
        with self._database.read() as connection:
            ids = decisions.page(connection, after, limit + 1)
            document = Document(format=FORMAT, items=tuple(_items(connection, ids[:limit])))
            if not after:
                document = self._with_the_whole(connection, document)
        text = msgspec.json.format(msgspec.json.encode(document, order="deterministic"), indent=2).decode()
        return text, ids[limit - 1] if len(ids) > limit else 0

    def _with_the_whole(self, connection: Connection, document: Document) -> Document:
        settings, rules = with_languages(key_values.read(connection)), self._authorities.read().authority
        return replace(
            document,
            settings={each.key: settings[each.key] for each in _PLAIN if each.key in settings},
            authorities=AuthorityDecisions(
                provider_priority=rules.priority, fill_gaps=rules.fill_gaps, fields=dict(sorted(rules.rules.items()))
            ),
            providers={
                configured.id: ProviderDecisions(
                    enabled=configured.config.enabled, settings=_without_secrets(configured)
                )
                for configured in self._roster.all()
            },
            hosts=host_decisions.exported(self._hosts),
        )

    def take(self, text: str, *, dry_run: bool) -> ImportOutcome:
        """Take a document over; nothing of what it does not name changes. With `dry_run` only tell what would.

        Raises InvalidInput with a violation per fault, with nothing changed.
        """
        document = _read(text)
        wrong = [
            *_setting_faults(with_languages(document.settings)),
            *self._authority_faults(document.authorities),
        ]
        wrong += [fault for each in self._providers_of(document) for fault in _provider_faults(*each)]
        wrong += host_decisions.faults(document.hosts)
        wrong += [fault for place, each in enumerate(document.items) for fault in _item_faults(place, each)]
        if wrong:
            raise InvalidInput(*wrong)
        unknown = sorted(document.providers.keys() - self._roster.ids())
        lost = tuple(Unplaced(name=name, why="there is no such provider here") for name in unknown)
        about_items = self._take_items(document.items, dry_run)
        about_hosts = {
            host_id: host_decisions.take(self._hosts, host_id, each, dry_run=dry_run)
            for host_id, each in sorted(document.hosts.items())
        }
        lost += tuple(
            Unplaced(name=f"host {name}", why=why) for name, why in about_hosts.items() if isinstance(why, str)
        )
        return ImportOutcome(
            settings=self._take_settings(document.settings, dry_run),
            authorities=self._take_authorities(document.authorities, dry_run),
            providers=sum(self._take_provider(*each, dry_run) for each in self._providers_of(document)),
            hosts=sum(done is True for done in about_hosts.values()),
            items=about_items.items,
            same=about_items.same,
            unplaced=lost + about_items.unplaced,
        )

    def _providers_of(self, document: Document) -> Iterator[tuple[ConfiguredProvider, ProviderDecisions]]:
        for name, wanted in sorted(document.providers.items()):
            if (configured := self._roster.get(name)) is not None:
                yield configured, wanted

    def _authority_faults(self, wanted: AuthorityDecisions) -> Iterator[Violation]:
        provider_ids = self._roster.ids()
        # A player that is not known here yet may come and find its place.
        sources = provider_ids.union(REPORTERS, players_of((Kind.MOVIE, "", each) for each in wanted.fields.values()))
        if wanted.provider_priority:
            yield from priority_violations(wanted.provider_priority, provider_ids)
        for key, rule in wanted.fields.items():
            path, (kind, field) = f"authorities.fields.{key[:60]}", _parted(key)
            if kind is None:
                yield Violation(path, "is no <kind>.<field>, such as movie.plot")
            else:
                yield from rule_violations(kind, field, rule, sources, path)

    def _take_settings(self, wanted: Mapping[str, Any], dry_run: bool) -> int:
        values, _ = checked_all(_PLAIN, with_languages(wanted))
        now = msgspec.to_builtins(self._config.read().settings)
        changed = {key: value for key, value in values.items() if list_of(now[key]) != list_of(value)}
        if changed and not dry_run:
            self._settings.update(changed)
        return len(changed)

    def _take_authorities(self, wanted: AuthorityDecisions, dry_run: bool) -> int:
        now = self._authorities.read().authority
        rules = {key: rule for key, rule in wanted.fields.items() if now.rules.get(key) != rule}
        priority = wanted.provider_priority if wanted.provider_priority not in ((), now.priority) else None
        fill_gaps = wanted.fill_gaps if wanted.fill_gaps != now.fill_gaps else None
        changed = len(rules) + (priority is not None) + (fill_gaps is not None)
        if changed and not dry_run:
            named = [(*_parted(key), rule) for key, rule in rules.items()]
            self._authorities.update(
                priority=priority,
                fill_gaps=fill_gaps,
                rules=[(kind, field, rule) for kind, field, rule in named if kind is not None],
                players_to_come=True,
            )
        return changed

    def _take_provider(self, configured: ConfiguredProvider, wanted: ProviderDecisions, dry_run: bool) -> bool:
        values, _ = checked_all(configured.declared, wanted.settings)
        changed = {key: value for key, value in values.items() if configured.config.settings.get(key) != value}
        if not changed and configured.config.enabled == wanted.enabled:
            return False
        if not dry_run:
            self._providers.update(configured.id, wanted.enabled, changed)
        return True

    def _take_items(self, wanted: tuple[ItemDecisions, ...], dry_run: bool) -> ImportOutcome:
        sync_fields = self._config.read().sync_fields
        changed, same, unplaced = 0, 0, []
        with self._database.read() if dry_run else self._database.begin_durably() as connection:
            for each in wanted:
                item_id = _find(connection, each)
                before = None if isinstance(item_id, str) else items.get(connection, item_id)
                if before is None or before.deleted_at is not None:
                    why = item_id if isinstance(item_id, str) else "it is not in the library"
                    unplaced.append(Unplaced(name=_title_of(each), why=why))
                    continue
                after = _decided(before, each)
                of_series = series_decisions.missing(connection, before, each.order, _entries_of(each))
                unplaced += [
                    Unplaced(name=f"{_title_of(each)} {entry}", why="its episode is not in the library")
                    for entry in of_series.unplaced
                ]
                if after == before and not of_series:
                    same += 1
                    continue
                changed += 1
                if not dry_run:
                    now = self._clock.now()
                    if after != before:
                        commit(connection, before, after, cause="edit", now=now, sync_fields=sync_fields)
                    if of_series and (series := items.get(connection, before.id)) is not None:
                        series_decisions.take(
                            connection, series, each.order, _entries_of(each), now=now, sync_fields=sync_fields
                        )
        return ImportOutcome(items=changed, same=same, unplaced=tuple(unplaced))


def _items(connection: Connection, ids: list[int]) -> Iterator[ItemDecisions]:
    by_id = items.get_many(connection, ids)
    parents = items.get_many(connection, {each.parent_id for each in by_id.values() if each.parent_id is not None})
    above = items.get_many(connection, {each.parent_id for each in parents.values() if each.parent_id is not None})
    for item in by_id.values():
        parent = parents.get(item.parent_id or 0)
        series = above.get(parent.parent_id or 0, parent) if parent is not None else None
        yield ItemDecisions(
            kind=item.kind,
            ids=item.id_values(),
            title=item.title or item.shown_title(),
            year=item.year or item.shown_year(),
            series=None if series is None else Name(ids=series.id_values(), title=series.title, year=series.year),
            season=item.place().season if series is not None else None,
            episode=item.place().episode,
            monitored=item.monitored,
            locked={
                name: Locked(
                    value=_plain(stored),
                    source="+".join(stored.sources),
                    fetched_at=stored.fetched_at,
                    below=stored.locks_below,
                )
                for name, stored in sorted(item.fields.items())
                if stored.locked
            },
            dismissed=tuple(
                DismissedClaim(type=each.id_type, value=each.value, claimed_by=each.claimed_by)
                for each in item.dismissed
            ),
            order=item.numbering if item.kind is Kind.SERIES else "",
            entries=tuple(_entries(connection, item)),
        )


def _entries(connection: Connection, item: MediaItem) -> Iterator[EntryDecision]:
    for decided in series_decisions.entries(connection, item):
        season, episode = decided.number or (None, None)
        yield EntryDecision(provider=decided.provider, entry=decided.entry, season=season, episode=episode)


def _entries_of(wanted: ItemDecisions) -> list[DecidedEntry]:
    return [
        DecidedEntry(each.provider, each.entry, None if each.season is None else (each.season, each.episode or 0))
        for each in wanted.entries
    ]


def _sources(locked: Locked) -> tuple[str, ...]:
    return tuple(locked.source.split("+")) if locked.source else ()


def _plain(stored: FieldValue) -> Any:
    return msgspec.to_builtins(stored.value)


def _without_secrets(configured: ConfiguredProvider) -> dict[str, Any]:
    """Only what is declared as something else than a secret: a setting of an older version may have been one."""
    harmless = {each.key for each in configured.declared if not each.is_secret}
    return {key: value for key, value in sorted(configured.config.settings.items()) if key in harmless}


def _read(text: str) -> Document:
    """Raises InvalidInput."""
    try:
        document = msgspec.json.decode(text, type=Document)
    except msgspec.DecodeError as error:
        raise InvalidInput(Violation("json", f"is no document of metarr export: {error}")) from error
    if document.format > FORMAT:
        raise InvalidInput(Violation("format", f"{document.format} is of a newer Metarr; this one knows {FORMAT}"))
    if len(document.items) > MOST_ITEMS:
        raise InvalidInput(Violation("items", f"has {len(document.items)} items; {MOST_ITEMS} at once are the most"))
    return document


def _parted(key: str) -> tuple[Kind | None, str]:
    kind, _, field = key.partition(".")
    return (Kind(kind) if kind in list(Kind) and rule_key(Kind(kind), field) == key else None), field


def _setting_faults(wanted: Mapping[str, Any]) -> Iterator[Violation]:
    plain = yield from _without_secret_faults(DECLARED, wanted, "settings")
    yield from checked_all(DECLARED, plain, may_go=False)[1]


def _without_secret_faults(
    declared: Iterable[Setting], wanted: Mapping[str, Any], path: str
) -> Generator[Violation, None, dict[str, Any]]:
    """What is wanted but for secrets, each of which is a fault."""
    secrets = {each.key for each in declared if each.is_secret}
    for key in sorted(secrets & wanted.keys()):
        yield Violation(f"{path}.{key}", "is a secret and not read from a file: enter it by itself")
    return {key: value for key, value in wanted.items() if key not in secrets}


def _provider_faults(configured: ConfiguredProvider, wanted: ProviderDecisions) -> Iterator[Violation]:
    path = f"providers.{configured.id}.settings"
    plain = yield from _without_secret_faults(configured.declared, wanted.settings, path)
    yield from checked_all(configured.declared, plain, path=path, owner=configured.id, may_go=False)[1]


def _item_faults(place: int, wanted: ItemDecisions) -> Iterator[Violation]:
    names = {field.name for field in fields_of(wanted.kind)}
    for kind, ids in ((wanted.kind, wanted.ids), (Kind.SERIES, wanted.series.ids if wanted.series else {})):
        for id_type, value in ids.items():
            if admit_all(kind, {id_type: value}).faults:
                yield Violation(f"items[{place}].ids.{id_type[:60]}", f"{value[:60]!r} is no such id")
    for number, claim in enumerate(wanted.dismissed):
        if not (_WORD.fullmatch(claim.type) and _WORD.fullmatch(claim.claimed_by) and len(claim.value) <= MOST_LETTERS):
            yield Violation(f"items[{place}].dismissed[{number}]", "is no claim that a provider could make")
    yield from _series_faults(f"items[{place}]", wanted)
    for name, locked in wanted.locked.items():
        path = f"items[{place}].locked.{name[:60]}"
        if name not in names:
            yield Violation(path, f"a {wanted.kind} has no such field")
            continue
        if not _SOURCE.fullmatch(locked.source):
            yield Violation(f"{path}.source", "is no source")
        if locked.fetched_at is not None and locked.fetched_at.tzinfo is None:
            yield Violation(f"{path}.fetched_at", "is no time with its zone")
        try:
            checked_value(name, locked.value)
        except ValueError as error:
            yield Violation(path, str(error))


def _series_faults(path: str, wanted: ItemDecisions) -> Iterator[Violation]:
    if (wanted.order or wanted.entries) and wanted.kind is not Kind.SERIES:
        yield Violation(path, f"a {wanted.kind} has no order, and no entries")
    if wanted.order and not is_order(wanted.order):
        yield Violation(f"{path}.order", f"{wanted.order[:60]!r} is no name of an order")
    for place, each in enumerate(wanted.entries):
        if not _ENTRY.fullmatch(each.entry) or not _PROVIDER.fullmatch(each.provider):
            yield Violation(f"{path}.entries[{place}]", f"{each.entry[:60]!r} is no entry of a list")
        if (each.season is None) != (each.episode is None) or min(each.season or 0, each.episode or 0) < 0:
            yield Violation(f"{path}.entries[{place}]", "has no number of an episode")


def _find(connection: Connection, wanted: ItemDecisions) -> int | str:
    """The item that is meant, or why there is none."""
    item_id = _named(connection, wanted.kind, wanted) if wanted.ids or wanted.series is None else "its id is not here"
    if isinstance(item_id, int) or wanted.series is None or wanted.season is None:
        return item_id
    series = _named(connection, Kind.SERIES, wanted.series)
    if isinstance(series, str):
        return f"its series: {series}"
    season = items.find_child(connection, series, "season_number", wanted.season)
    if wanted.kind is Kind.SEASON or season is None or wanted.episode is None:
        return season or "it is not in the library"
    return items.find_child(connection, season, "episode_number", wanted.episode) or "it is not in the library"


def _named(connection: Connection, kind: Kind, name: Name) -> int | str:
    item_ids = set(items.find_by_ids(connection, kind, name.ids).values())
    if not name.ids and name.title:
        words = items.find_by_words(connection, [name.title])
        item_ids = {each.item_id for each in words if (each.kind, each.year, each.deleted) == (kind, name.year, False)}
    if len(item_ids) > 1:
        return f"several items could be meant: {', '.join(map(str, sorted(item_ids)))}"
    return item_ids.pop() if item_ids else "it is not in the library"


def _decided(before: MediaItem, wanted: ItemDecisions) -> MediaItem:
    claims = [(each.type, each.value, each.claimed_by) for each in wanted.dismissed]
    item = reduce(dismissed_before, claims, before)
    fields = dict(item.fields)
    for name, locked in wanted.locked.items():
        stored, value = fields.get(name, FieldValue()), checked_value(name, locked.value)
        same_lock = stored.locked and stored.locks_below == locked.below and stored.sources == _sources(locked)
        if not (same_lock and checked_value(name, _plain(stored)) == value):
            fields[name] = FieldValue(
                value=value,
                sources=_sources(locked),
                fetched_at=locked.fetched_at,
                rule=Rule.OWNER if locked.source == OWNER else Rule.REPORTED,
                locked=True,
                locks_below=locked.below,
            )
    after = replace(
        item,
        fields=fields,
        # A value that is set ends what an undo left behind for its field.
        vetoes=tuple(veto for veto in item.vetoes if veto.field not in wanted.locked),
        monitored=item.monitored and wanted.monitored,
    )
    return after if after == item else replace(after, fingerprint="")


def _title_of(wanted: ItemDecisions) -> str:
    """The item as a person knows it."""
    title = wanted.title or ", ".join(f"{id_type}:{value}" for id_type, value in wanted.ids.items()) or "untitled"
    series = f"{wanted.series.title} " if wanted.series is not None else ""
    numbers = "".join(f"{letter}{n:02}" for letter, n in (("S", wanted.season), ("E", wanted.episode)) if n is not None)
    return f"{series}{numbers} {title}".strip() if series or numbers else title


def list_of(value: Any) -> Any:
    """A tuple as the list that JSON makes of it."""
    return list(value) if isinstance(value, tuple) else value
