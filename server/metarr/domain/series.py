"""What the providers say about the seasons and episodes of a series, of what they list of it.

The library's numbers name the entries of one list, the *leading* one; entries of other lists are paired with these. An
entry of which it could not be told which episode it is says nothing: it is no absence, and what is stored is held.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from msgspec.structs import replace

from metarr.domain.entries import SeriesPairs, number_of
from metarr.domain.episode_lists import SPECIALS, EpisodeEntry
from metarr.domain.evidence import answer_of
from metarr.domain.item import MediaItem
from metarr.domain.listings import Listing
from metarr.domain.numbering import AIRED
from metarr.domain.outcome import Answered, NotAsked, NotFound, Outcome, Skip, Unavailable
from metarr.domain.values import Kind

DAYS_NEAR = 8
"""An open entry this near in days may be the episode that none is paired with."""


def outcomes_below(
    below: Iterable[MediaItem],
    listings: Mapping[str, Listing],
    pairs: SeriesPairs,
    of_series: Mapping[str, Outcome] | None = None,
) -> dict[int, dict[str, Outcome]]:
    """By item below a series what each provider that lists its episodes says about it. `of_series`: by provider what
    came of asking about the series; those that list no seasons tell of these in that answer."""
    outcomes: dict[int, dict[str, Outcome]] = {}
    for item in below:
        ours = pairs.leading.get(pairs.named.get(item.id, ""))
        with_series = of_series or {} if item.kind is Kind.SEASON else {}
        outcomes[item.id] = {
            provider: _with_series(item, outcome)
            for provider, outcome in with_series.items()
            if provider not in listings or not listings[provider].is_by_season
        }
        for provider, each in pairs.of_provider.items():
            if provider in outcomes[item.id]:
                continue
            listed, theirs = listings[provider], each.of_item.get(item.id)
            if item.kind is Kind.SEASON:
                season = number_of(item, "season_number")
                outcome = _of_season(item, listed, pairs.season_of, each.of_leading)
            else:
                season = listed.entries[theirs].season if theirs is not None else None
                outcome = _of_episode(ours, theirs, listed, each.open)
            unheard = frozenset() if season is None else listed.unheard(season)
            outcomes[item.id][provider] = _as_heard(item, provider, outcome, unheard)
    return outcomes


def _as_heard(item: MediaItem, provider: str, outcome: Outcome, unheard: frozenset[str]) -> Outcome:
    """The outcome without the texts of fields that hold one of this provider in a language that could not be heard now:
    what it says in another language would take its place, and give it back the next time."""
    if not unheard or not isinstance(outcome, Answered):
        return outcome
    stored = {name: item.fields[name] for name in outcome.fragment.texts if name in item.fields}
    lasting = {
        name
        for name, value in stored.items()
        if provider in value.sources and (not value.language or value.language.partition("-")[0] in unheard)
    }
    texts = {name: text for name, text in outcome.fragment.texts.items() if name not in lasting}
    fragment = replace(outcome.fragment, texts=texts, unread=outcome.fragment.unread | lasting)
    return replace(outcome, fragment=fragment)


def _of_episode(
    ours: EpisodeEntry | None, theirs: str | None, listed: Listing, open_entries: Collection[EpisodeEntry]
) -> Outcome:
    """What a provider says about an episode, which the leading list has under `ours`, and the provider as `theirs`."""
    if theirs is not None:
        return listed.answers[theirs]
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


def _of_season(item: MediaItem, listed: Listing, season_of: Mapping[str, int], paired: Mapping[str, str]) -> Outcome:
    """What a provider says about a season: only where it means the same one, as most of its episodes tell."""
    season = number_of(item, "season_number")
    silence = listed.silence(season)
    if season is None or season not in listed.seasons:
        nothing = NotAsked(reason=Skip.UNPAIRED, detail="it says nothing about such a season")
        return nothing if silence is None else _without_last(silence)
    theirs = {entry_id for entry_id, entry in listed.entries.items() if entry.season == season}
    same = sum(1 for entry, other in paired.items() if other in theirs and season_of.get(entry) == season)
    if theirs and 2 * same >= len(theirs):
        return listed.seasons[season]
    return NotAsked(reason=Skip.UNPAIRED, detail="its season of this number has other episodes")


def _with_series(item: MediaItem, outcome: Outcome) -> Outcome:
    """What the answer about the series says about one of its seasons."""
    answer = answer_of(outcome)
    if not isinstance(answer, Answered):
        return outcome
    number = number_of(item, "season_number")
    # Specials are season 0 in every order; most providers have them in the aired one alone.
    orders = (item.order, AIRED) if number == SPECIALS else (item.order,)
    fragment_of = {each.order: each.fragment for each in answer.fragment.seasons if each.number == number}
    fragment = next((of_order for order in orders if (of_order := fragment_of.get(order)) is not None), None)
    if fragment is None:
        return NotAsked(reason=Skip.UNPAIRED, detail="it says nothing about such a season")
    of_season = replace(answer, fragment=fragment, asked_id=f"{answer.asked_id}/s{number}", instead_of="")
    return of_season if answer is outcome else replace(outcome, last=of_season)


def _without_last(silence: Outcome) -> Outcome:
    """Why a part could not be heard, as an outcome about one episode: what it said before is about the part."""
    return replace(silence, last=None) if isinstance(silence, Unavailable | NotAsked) else silence
