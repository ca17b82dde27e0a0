"""Which entry of each provider's list is which episode of the library, and what stays of that from run to run.

The library's numbers name the entries of one list, the *leading* one. What is another's number today was this one's
yesterday, so a pair by an id that does not change stands, while nothing speaks against it, wherever the list has that
entry by now; TMDB's entries are their numbers, and are found anew each time. The owner's word counts before all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from msgspec.structs import replace

from metarr.domain.episode_lists import SPECIALS, EpisodeEntry, EpisodeList
from metarr.domain.item import MediaItem
from metarr.domain.listings import Listing
from metarr.domain.numbering import AIRED, EntryNumbers, Number, ordered
from metarr.domain.outcome import ListedEpisode
from metarr.domain.pairing import PairingRule, pair
from metarr.domain.values import Kind, Struct, Text

LEADING = ("tvdb", "tmdb", "omdb")
"""Whose numbers the library's are: those of the first of these that lists the series. TheTVDB knows the order in which
episodes were shown best."""

LASTING = ("tvdb", "imdb")
"""The types of ids that stay an episode's. TMDB's change and repeat."""


class PairState(StrEnum):
    """What is known of an entry."""

    PAIRED = "paired"
    """It is an episode of the library."""
    MISSING = "missing"
    """It is an episode that the library does not have."""
    OPEN = "open"
    """It could not be told which episode it is."""
    REFUSED = "refused"
    """The owner says that it is none of the library's."""


class KnownEntry(Struct, frozen=True, kw_only=True):
    """An entry of a provider's list of a series. `entry`: its id, such as `tvdb:349232` or `tmdb:1399/1/3`.

    `season`, `number`, `title`, `day`: as it was listed last. `item_id`: the episode that it is. `rule`: why; "": it is
    none. `since`: when that was found; `made_for`: the number that the episode had in the library then.
    """

    provider: str
    entry: str
    state: PairState
    season: int = 0
    number: int = 0
    title: str = ""
    day: str = ""
    item_id: int | None = None
    rule: PairingRule | None = None
    since: datetime | None = None
    made_for: Number | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.provider, self.entry)

    @property
    def is_decided(self) -> bool:
        """Whether it is the owner's word."""
        return self.rule is PairingRule.DECIDED

    def lasts(self) -> bool:
        """Whether it stays the same episode while nothing speaks against it: not where it was found before it was
        shown, for lists of what is to come are shuffled."""
        lasting = self.state is PairState.PAIRED and self.entry.partition(":")[0] in LASTING
        return lasting and not (self.day and self.since is not None and self.since.date().isoformat() < self.day)


@dataclass(frozen=True)
class ProviderPairs:
    """Which entry of one provider's list is which. `of_leading`: by entry of the leading list; `of_item`: by item of
    the library; `open`: those of which it could not be told."""

    of_leading: Mapping[str, str]
    of_item: Mapping[int, str]
    open: tuple[EpisodeEntry, ...] = ()


@dataclass(frozen=True)
class SeriesPairs:
    """The same of all providers that list a series. `leading`: the entries of the leading list by their ids; `named`:
    the one of each item of the library; `season_of`: by entry of the leading list its season in the order by which the
    files are numbered; `records`: what is to be kept of it all."""

    leading: Mapping[str, EpisodeEntry]
    named: Mapping[int, str]
    of_provider: Mapping[str, ProviderPairs]
    season_of: Mapping[str, int] = field(default_factory=dict)
    records: tuple[KnownEntry, ...] = ()


def pairs_of(
    below: Iterable[MediaItem],
    listings: Mapping[str, Listing],
    records: Iterable[KnownEntry],
    now: datetime,
    order: str = AIRED,
) -> SeriesPairs:
    """Pair what the providers list with what the library holds of a series; `records`: what was found before; `order`:
    by which the files are numbered. What rests of it stays the entry that it was, unless that is another one now."""
    before = {each.key: each for each in records}
    leading = _leading(listings)
    if not leading:
        return SeriesPairs({}, {}, {}, records=tuple(before.values()))
    episodes = [item for item in below if item.kind is Kind.EPISODE]
    live = {item.id: item for item in episodes if not item.rests}
    resting = frozenset(item.id for item in episodes if item.rests)
    numbered = leading_orders(listings).get(order, {})
    return _Lineup(live, listings, before, leading, numbered, resting).pairs(now)


def leading_orders(listings: Mapping[str, Listing]) -> dict[str, EntryNumbers]:
    """The orders that could be heard, by the entries of the leading list: those of another provider by what its entries
    are there, else by their own. Specials are the same in all."""
    leading = _leading(listings)
    if not leading:
        return {}
    own = listings[leading]
    orders: dict[str, EntryNumbers] = dict(own.orders)
    for provider, listed in listings.items():
        # As it was shown only the leading one tells, also while it cannot be heard.
        others = {name: numbered for name, numbered in listed.orders.items() if name not in {AIRED, *orders}}
        if not others or provider == leading:
            continue
        pairing = pair(_entries(own).values(), _entries(listed).values())
        ours = {each.theirs: each.ours for each in pairing.pairs}
        for name, numbered in others.items():
            proper = ((number, ours.get(entry, entry)) for number, entry in numbered.items() if number[0] != SPECIALS)
            orders[name] = ordered(proper, own.orders.get(AIRED, {}))
    return orders


def number_of(item: MediaItem, field: str) -> int | None:
    """The number in such a field of a season or an episode."""
    stored = item.fields.get(field)
    return stored.value if stored is not None and isinstance(stored.value, int) else None


def place_of(item: MediaItem) -> Number | None:
    """The number that an episode has in the library."""
    season, number = number_of(item, "season_number"), number_of(item, "episode_number")
    return None if season is None or number is None else (season, number)


# How it is done


def _leading(listings: Mapping[str, Listing]) -> str:
    """Where the best one cannot be heard nobody leads in its place: its numbers may be others."""
    there = [provider for provider in LEADING if provider in listings]
    return next((each for each in there if listings[each].entries or listings[each].silent), "")


@dataclass(frozen=True)
class _Lineup:
    """What is to be paired. `before`: the records of before, by provider and entry; `numbered`: what the numbers of the
    files name; `resting`: episodes that no file is; `rules`: why each is which."""

    episodes: Mapping[int, MediaItem]
    listings: Mapping[str, Listing]
    before: Mapping[tuple[str, str], KnownEntry]
    leading: str
    numbered: EntryNumbers
    resting: frozenset[int]
    rules: dict[tuple[str, str], PairingRule] = field(default_factory=dict)

    def pairs(self, now: datetime) -> SeriesPairs:
        named, ours = self._named(), _entries(self.listings[self.leading])
        for item_id, entry_id in named.items():
            own = (f"{id_type}:{claim.value}" for id_type, claim in self.episodes[item_id].ids.items())
            ours[entry_id] = replace(ours[entry_id], ids=ours[entry_id].ids.union(own))
        as_list = EpisodeList(ours.values())
        of_provider = {
            provider: ProviderPairs({entry: entry for entry in ours}, named)
            if provider == self.leading
            else self._paired(provider, as_list, named)
            for provider in self.listings
        }
        season_of = {entry: season for (season, _), entry in self.numbered.items()}
        return SeriesPairs(ours, named, of_provider, season_of, self._kept(of_provider, now))

    def _records_of(self, provider: str) -> list[KnownEntry]:
        return [each for each in self.before.values() if each.provider == provider]

    def _named(self) -> dict[int, str]:
        """By episode of the library its entry in the leading list: what the owner says; that of its own id there; the
        one that it was; that of its number."""
        entries, records = self.listings[self.leading].entries, self._records_of(self.leading)
        named: dict[int, str] = {}
        taken = {each.entry for each in records if each.is_decided}

        def name(item_id: int | None, entry_id: str, rule: PairingRule) -> None:
            if item_id is not None and item_id in self.episodes and item_id not in named and entry_id in entries:
                named[item_id] = entry_id
                taken.add(entry_id)
                self.rules[self.leading, entry_id] = rule

        for each in records:
            if each.is_decided:
                name(each.item_id, each.entry, PairingRule.DECIDED)
        id_type = self.listings[self.leading].series.partition(":")[0]
        for item in self.episodes.values():
            if id_type in item.ids and (own := f"{id_type}:{item.ids[id_type].value}") not in taken:
                name(item.id, own, PairingRule.ID)
        for each in records:
            stands = each.lasts() and each.entry not in taken and each.item_id in self.episodes
            if stands and each.made_for == place_of(self.episodes[each.item_id or 0]):
                name(each.item_id, each.entry, PairingRule.STANDING)
        for item in self.episodes.values():
            place = place_of(item)
            there = self.numbered.get(place) if place is not None else None
            if there is not None and there not in taken:
                name(item.id, there, PairingRule.NUMBER)
        return named

    def _paired(self, provider: str, ours: EpisodeList, named: Mapping[int, str]) -> ProviderPairs:
        """Which entries of another provider are which of ours."""
        theirs, records = _entries(self.listings[provider]), self._records_of(provider)
        decided = {each.entry: each.item_id for each in records if each.is_decided and each.entry in theirs}
        pairing = pair(
            ours,
            theirs.values(),
            decided={entry: named.get(item_id or 0, "") for entry, item_id in decided.items()},
            standing={
                each.entry: ours_of for each in records if each.lasts() and (ours_of := named.get(each.item_id or 0))
            },
        )
        of_leading = {each.ours: each.theirs for each in pairing.pairs}
        self.rules.update({(provider, each.theirs): each.rule for each in pairing.pairs})
        self.rules.update({(provider, entry): PairingRule.DECIDED for entry in decided})
        of_item = {item_id: of_leading[entry] for item_id, entry in named.items() if entry in of_leading}
        # Also of an episode that the leading list does not have.
        for item in self.episodes.values():
            there = self.numbered.get(place_of(item) or (-1, -1), "")
            if item.id not in named and there in theirs and there not in of_leading.values() and there not in decided:
                of_item[item.id] = there
                self.rules[provider, there] = PairingRule.NUMBER
        of_item |= {item_id: entry for entry, item_id in decided.items() if item_id and item_id in self.episodes}
        return ProviderPairs(of_leading, of_item, tuple(theirs[entry] for entry in pairing.open_theirs))

    def _kept(self, of_provider: Mapping[str, ProviderPairs], now: datetime) -> tuple[KnownEntry, ...]:
        """What is known of every entry now. One that is not listed any more is forgotten, unless it may only be unread,
        or the owner decided about it."""
        kept: dict[tuple[str, str], KnownEntry] = {}
        for provider, listed in self.listings.items():
            pairs = of_provider[provider]
            item_of = {entry: item_id for item_id, entry in pairs.of_item.items()}
            paired = frozenset(pairs.of_leading.values())
            for entry_id in listed.entries:
                old = self.before.get((provider, entry_id))
                new = self._record(provider, entry_id, item_of.get(entry_id), now)
                if old is not None and old.is_decided and old.item_id is None:
                    new = replace(new, state=PairState.REFUSED, rule=old.rule)
                elif new.item_id is None and old is not None and old.item_id in self.resting:
                    new = replace(old, season=new.season, number=new.number, title=new.title, day=new.day)
                elif new.item_id is None and entry_id in paired:
                    new = replace(new, state=PairState.MISSING)
                kept[new.key] = _going_on(old, new)
        gone = [
            old
            for key, old in self.before.items()
            if key not in kept and (old.is_decided or key[0] not in self.listings or self.listings[key[0]].silent)
        ]
        return (*kept.values(), *gone)

    def _record(self, provider: str, entry_id: str, item_id: int | None, now: datetime) -> KnownEntry:
        listed = self.listings[provider]
        entry = listed.entries[entry_id]
        return KnownEntry(
            provider=provider,
            entry=entry_id,
            state=PairState.OPEN if item_id is None else PairState.PAIRED,
            season=entry.season,
            number=entry.number,
            title=next((text.value for text in _titles(listed, entry_id)), ""),
            day=_text_value(entry, "release_date"),
            item_id=item_id,
            rule=self.rules.get((provider, entry_id)),
            since=None if item_id is None else now,
            made_for=None if item_id is None else place_of(self.episodes[item_id]),
        )


def _entries(listed: Listing) -> dict[str, EpisodeEntry]:
    return {
        entry_id: EpisodeEntry(
            id=entry_id,
            season=entry.season,
            number=entry.number,
            titles=_titles(listed, entry_id),
            day=_text_value(entry, "release_date"),
            minutes=minutes if isinstance(minutes := entry.fragment.values.get("runtime_minutes"), int) else 0,
            ids=frozenset(f"{id_type}:{value}" for id_type, value in entry.fragment.ids.items()),
        )
        for entry_id, entry in listed.entries.items()
    }


def _titles(listed: Listing, entry_id: str) -> tuple[Text, ...]:
    """In every language that was heard, also where another one was not."""
    answer = listed.answers[entry_id].fragment
    return answer.texts.get("title") or listed.entries[entry_id].fragment.texts.get("title", ())


def _text_value(entry: ListedEpisode, field: str) -> str:
    value = entry.fragment.values.get(field)
    return value if isinstance(value, str) else ""


def _going_on(old: KnownEntry | None, new: KnownEntry) -> KnownEntry:
    """The same pair goes on since it was found; one that was found too early to last is found anew once it may last."""
    if old is None or new.item_id is None or old.item_id != new.item_id:
        return new
    going_on = replace(new, since=old.since)
    if new.rule is PairingRule.STANDING:
        going_on = replace(going_on, rule=old.rule, made_for=old.made_for)
    return new if new.lasts() and not going_on.lasts() else going_on
