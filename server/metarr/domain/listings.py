"""All that a provider lists of a series, put together of the parts that it was asked for."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from metarr.domain.evidence import answer_of
from metarr.domain.languages import TEXT_FIELDS
from metarr.domain.numbering import AIRED, Number, ordered
from metarr.domain.outcome import Answered, Fragment, ListedEpisode, NotFound, Outcome
from metarr.domain.values import Struct, Text


class ListPart(Struct, frozen=True, kw_only=True):
    """What came of asking for a part of a provider's lists: in a language, of a season; None: of all. `order`: that by
    which it numbers the episodes; "": the aired one."""

    language: str
    season: int | None
    outcome: Outcome
    order: str = ""


class Listing(Struct, frozen=True, kw_only=True):
    """All that a provider lists of a series. By the id of each entry what it says about that episode, as an answer of
    its own, and by number about seasons. `silent`: the parts that could not be heard; `has_holes`: it has no such part
    as one that was asked for, so it lists these episodes elsewhere, if at all. `orders`: by name those that could be
    heard; the entries have their numbers in the aired one. `is_by_season`: it is asked for seasons, each by itself."""

    series: str
    entries: dict[str, ListedEpisode] = {}
    answers: dict[str, Answered] = {}
    seasons: dict[int, Answered] = {}
    silent: tuple[ListPart, ...] = ()
    has_holes: bool = False
    orders: dict[str, dict[Number, str]] = {}
    is_by_season: bool = False

    def silence(self, season: int | None) -> Outcome | None:
        """Why something about a season, or any, could not be heard; None: all was."""
        for part in self.silent:
            if season is None or part.season in (None, season):
                return part.outcome
        return None

    def unheard(self, season: int) -> frozenset[str]:
        """The languages in which a season could not be heard, ISO 639-1."""
        silent = (part.language for part in self.silent if part.season in (None, season))
        return frozenset(language.partition("-")[0] for language in silent)


def listing(series: str, parts: Iterable[ListPart]) -> Listing:
    """What the parts say together; `series`: the typed id by which the provider was asked, such as `tmdb:1399`. Of an
    order only the numbers count: what there is to say about an episode, the aired one does."""
    every_part = tuple(parts)
    parts = tuple(part for part in every_part if not part.order)
    read = [(part, answer) for part in parts if isinstance(answer := _standing(part.outcome), Answered)]
    silent = tuple(part for part in parts if _standing(part.outcome) is None)
    has_holes = any(isinstance(_standing(part.outcome), NotFound) for part in parts)
    of_episode: dict[str, list[tuple[ListedEpisode, Answered]]] = {}
    of_season: dict[int, list[Answered]] = {}
    for part, answer in read:
        for entry in answer.fragment.listed:
            of_episode.setdefault(entry.id, []).append((entry, answer))
        if part.season is not None:
            of_season.setdefault(part.season, []).append(answer)
    entries = {entry_id: listed[0][0] for entry_id, listed in of_episode.items()}
    by_season = any(part.season is not None for part in parts)
    bare = Listing(series=series, entries=entries, silent=silent, has_holes=has_holes, is_by_season=by_season)
    answers = {
        entry_id: _together(
            asked_of(series, entry_id),
            [(entry.fragment, answer) for entry, answer in listed],
            unheard=bool(bare.unheard(entries[entry_id].season)),
        )
        for entry_id, listed in of_episode.items()
    }
    seasons = {
        season: _together(
            f"{series}/s{season}",
            [(replace(answer.fragment, listed=()), answer) for answer in said],
            unheard=bool(bare.unheard(season)),
        )
        for season, said in of_season.items()
    }
    return replace(bare, answers=answers, seasons=seasons, orders=_orders(entries, every_part))


def _orders(entries: Mapping[str, ListedEpisode], parts: Iterable[ListPart]) -> dict[str, dict[Number, str]]:
    aired = ordered(((entry.season, entry.number), entry.id) for entry in entries.values())
    heard = {
        part.order: ordered((((each.season, each.number), each.id) for each in answer.fragment.listed), aired)
        for part in parts
        if part.order and isinstance(answer := _standing(part.outcome), Answered)
    }
    return {AIRED: aired, **heard} if aired else heard


def asked_of(series: str, entry: str) -> str:
    """How a question about an entry is written, with its series: `tvdb:121361/3254641`, `tmdb:1399/1/3`."""
    return entry if entry.startswith(f"{series}/") else f"{series}/{entry.partition(':')[2]}"


def _standing(outcome: Outcome) -> Answered | NotFound | None:
    """The answer that counts; None where nothing was heard."""
    answer = answer_of(outcome)
    if isinstance(answer, NotFound) and answer.soft:
        return None
    if isinstance(answer, Answered) and answer is not outcome:
        return replace(answer, stale=True)
    return answer


def _together(asked_id: str, said: Sequence[tuple[Fragment, Answered]], *, unheard: bool) -> Answered:
    """One answer of what is said in several languages. Where one of them could not be heard, no text is known to be
    none."""
    first = said[0][0]
    texts: dict[str, tuple[Text, ...]] = {}
    for name in sorted({name for fragment, _ in said for name in fragment.texts}):
        by_language: dict[str, Text] = {}
        for text in (text for fragment, _ in said for text in fragment.texts.get(name, ())):
            by_language.setdefault(text.language, text)
        texts[name] = tuple(by_language.values())
    read = first.values.keys() | texts.keys()
    unread = frozenset(name for fragment, _ in said for name in fragment.unread) - read - first.empty
    empty = frozenset(name for fragment, _ in said for name in fragment.empty) - read - unread
    if unheard:
        empty, unread = empty - TEXT_FIELDS, unread | (empty & TEXT_FIELDS)
    return Answered(
        fragment=replace(first, texts=texts, empty=empty, unread=unread),
        fetched_at=min(answer.fetched_at for _, answer in said),
        asked_id=asked_id,
        stale=any(answer.stale for _, answer in said),
        cached=all(answer.cached for _, answer in said),
    )
