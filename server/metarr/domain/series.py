"""What the providers say about the seasons and episodes of a series, of what they list of it.

The library's numbers name the entries of one list, the *leading* one; entries of other lists are paired with these. An
entry of which it could not be told which episode it is says nothing: it is no absence, and what is stored is held.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from msgspec.structs import replace

from metarr.domain.episode_lists import EpisodeEntry
from metarr.domain.item import MediaItem
from metarr.domain.listings import Listing
from metarr.domain.outcome import ListedEpisode, NotAsked, NotFound, Outcome, Skip, Unavailable
from metarr.domain.pairing import pair
from metarr.domain.values import Kind, Text

LEADING = ("tvdb", "tmdb", "omdb")
"""Whose numbers the library's are: those of the first of these that is asked about the series. TheTVDB knows the order
in which episodes were shown best."""

DAYS_NEAR = 8
"""An open entry this near in days may be the episode that none is paired with."""


def outcomes_below(below: Iterable[MediaItem], listings: Mapping[str, Listing]) -> dict[int, dict[str, Outcome]]:
    """By item below a series what each provider that lists its episodes says about it."""
    below = tuple(below)
    leading = next((provider for provider in LEADING if provider in listings), "")
    if not leading:
        return {item.id: {} for item in below}
    entries = {provider: _entries(listed) for provider, listed in listings.items()}
    ours = entries[leading]
    entry_of = _entries_of(below, listings[leading])
    outcomes: dict[int, dict[str, Outcome]] = {item.id: {} for item in below}
    for provider, listed in listings.items():
        paired = {entry: entry for entry in ours}
        open_entries: list[EpisodeEntry] = []
        if provider != leading:
            pairing = pair(ours.values(), entries[provider].values())
            paired = {each.ours: each.theirs for each in pairing.pairs}
            open_entries = [entries[provider][entry] for entry in pairing.open_theirs]
        for item in below:
            if item.kind is Kind.SEASON:
                outcomes[item.id][provider] = _of_season(item, listed, ours, paired)
            else:
                entry = ours.get(entry_of.get(item.id, ""))
                outcomes[item.id][provider] = _of_episode(entry, listed, paired, open_entries)
    return outcomes


def _entries_of(below: Iterable[MediaItem], leading: Listing) -> dict[int, str]:
    """By episode of the library its entry in the leading list: that of its own id there, else that of its number."""
    provider = leading.series.partition(":")[0]
    episodes = [item for item in below if item.kind is Kind.EPISODE]
    own = {item.id: f"{provider}:{item.ids[provider].value}" for item in episodes if provider in item.ids}
    by_id = {item_id: entry_id for item_id, entry_id in own.items() if entry_id in leading.entries}
    at_number: dict[tuple[int, int], list[str]] = {}
    for entry_id, entry in leading.entries.items():
        at_number.setdefault((entry.season, entry.number), []).append(entry_id)
    taken, entry_of = set(by_id.values()), dict(by_id)
    for item in episodes:
        season, number = number_of(item, "season_number"), number_of(item, "episode_number")
        if item.id not in by_id and season is not None and number is not None:
            there = at_number.get((season, number), [])
            if len(there) == 1 and there[0] not in taken:
                entry_of[item.id] = there[0]
    return entry_of


def number_of(item: MediaItem, field: str) -> int | None:
    """The number in such a field of a season or an episode."""
    stored = item.fields.get(field)
    return stored.value if stored is not None and isinstance(stored.value, int) else None


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


def _of_episode(
    ours: EpisodeEntry | None, listed: Listing, paired: Mapping[str, str], open_entries: Collection[EpisodeEntry]
) -> Outcome:
    """What a provider says about an episode, which the leading list has under `ours`."""
    if ours is not None and ours.id in paired:
        return listed.answers[paired[ours.id]]
    silence = listed.silence(None)
    if silence is not None:
        return _without_last(silence)
    if ours is None or listed.has_holes or not listed.entries or any(_is_near(ours, other) for other in open_entries):
        return NotAsked(reason=Skip.UNPAIRED, detail="which of its episodes this is, could not be told")
    newest = max(answer.fetched_at for answer in listed.answers.values())
    return NotFound(fetched_at=newest, asked_id=listed.series)


def _is_near(ours: EpisodeEntry, other: EpisodeEntry) -> bool:
    """Whether an open entry may be this episode: by its number, its day or its title."""
    if (ours.season, ours.number) == (other.season, other.number):
        return True
    if ours.day and other.day:
        apart = abs((date.fromisoformat(ours.day) - date.fromisoformat(other.day)).days)
        if apart <= DAYS_NEAR:
            return True
    return not {text.value.casefold() for text in ours.titles}.isdisjoint(
        text.value.casefold() for text in other.titles
    )


def _of_season(
    item: MediaItem, listed: Listing, ours: Mapping[str, EpisodeEntry], paired: Mapping[str, str]
) -> Outcome:
    """What a provider says about a season: only where it means the same one, as most of its episodes tell."""
    season = number_of(item, "season_number")
    silence = listed.silence(season)
    if season is None or season not in listed.seasons:
        nothing = NotAsked(reason=Skip.UNPAIRED, detail="it says nothing about such a season")
        return nothing if silence is None else _without_last(silence)
    theirs = {entry_id for entry_id, entry in listed.entries.items() if entry.season == season}
    same = sum(1 for entry, other in paired.items() if other in theirs and ours[entry].season == season)
    if theirs and 2 * same >= len(theirs):
        return listed.seasons[season]
    return NotAsked(reason=Skip.UNPAIRED, detail="its season of this number has other episodes")


def _without_last(silence: Outcome) -> Outcome:
    """Why a part could not be heard, as an outcome about one episode: what it said before is about the part."""
    return replace(silence, last=None) if isinstance(silence, Unavailable | NotAsked) else silence
