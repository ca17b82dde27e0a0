"""Series: which folders are a series', and what it is called."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from metarr.domain.values import Kind
from metarr.files import numbers, seasons
from metarr.files.contents import Clues, Content, Left, SeriesFolder
from metarr.files.episodes import SHOW_NFO, SPECIAL, Within, of_series, stem_or_folder
from metarr.files.idtags import Claim, joined, tagged
from metarr.files.listing import stem
from metarr.files.numbers import Sureness
from metarr.files.shelves import is_shelf
from metarr.files.tree import Branch, branches
from metarr.files.words import after, compact, is_release, named, readable, spaced, ungrouped

_LEAST = 4
"""Letters of a name that tells a series; a shorter one in a file's name is short for its folder's."""


# Which folder is a series'


def is_series(branch: Branch, episodes: Sequence[str]) -> bool:
    """Whether a folder is a series': there is a `tvshow.nfo`, folders of seasons, or episodes that bear its name."""
    if branch.nfo(SHOW_NFO) or _has_seasons(branch):
        return True
    groups = _groups(branch, episodes)
    return len(groups) == 1 and _names_series(branch) and _is_called(branch, groups[0].title)


def is_another(branch: Branch, within: Within) -> bool:
    """Whether a folder within a series is another one's, by its `tvshow.nfo`, or its name and seasons."""
    if branch.nfo(SHOW_NFO):
        return True
    title = named(_words(branch)).title
    return _names_series(branch) and _has_seasons(branch) and all(after(title, own) is None for own in within.titles)


def _has_seasons(branch: Branch) -> bool:
    return any(_is_season_of(branch, folder) for folder in branch.folders)


def _is_season_of(branch: Branch, folder: Branch) -> bool:
    if not (folder.holds or folder.tells):
        return False
    season = seasons.season(folder.tag.name)
    if season is not None and not season.series:
        # "Series 7 - The Contenders/Series 7.mkv" is a film's, "Season 1 - Secrets/01 - Home.mkv" is a season's.
        return season.sure or is_numbered(folder) or any(numbers.bare(readable(stem(each))) for each in folder.videos)
    if season is not None:
        return compact(season.series) in (compact(branch.named.title), compact(branch.tag.name)) and is_numbered(folder)
    if seasons.year(folder.name) or seasons.number(folder.name) is not None:
        return bool(folder.videos) and all(_is_of(branch, readable(stem(each))) for each in folder.videos)
    return False


def _is_of(branch: Branch, text: str) -> bool:
    """Whether a file in a folder "1" or "2012" is an episode of the series that the folder above names.

    "Top Gear/2/Top Gear - 05" is, and "Top Gear/2/05"; "TV/24/24.S01E01", "Films/9/9" and "Films/2012/Looper" are not.
    """
    text = ungrouped(text)
    rest = after(text, branch.named.title)
    numbered = numbers.with_season(text) or numbers.without_season(text) or numbers.bare(rest or text)
    if numbered is None:
        return bool(numbers.day(text)) and rest is not None
    alone = not re.search(r"[^\W_]", numbered.before + (numbered.rest if numbered.sureness is Sureness.BARE else ""))
    return rest is not None or (alone and text.strip() != str(seasons.number(text)))


def is_season(branch: Branch) -> bool:
    """Whether a folder by itself is a season's, as where only one season is given to read."""
    season = seasons.season(branch.tag.name)
    return season is not None and not season.series and (season.sure or is_numbered(branch))


def is_numbered(folder: Branch) -> bool:
    """Whether any video in a folder bears an episode's number."""
    return any(numbers.with_season(each) or numbers.without_season(each) for each in folder.videos)


def flat(branch: Branch) -> tuple[list[str], list[str]]:
    """The videos of a folder that are episodes by their names alone, and the others."""
    episodes: list[str] = []
    others: list[str] = []
    for name in branch.videos:
        (episodes if _is_episode(branch, readable(stem(name))) else others).append(name)
    if not episodes and len(others) == 1 and numbers.with_season(branch.tag.name) and not branch.named.bracketed:
        # "Dark.S01E02.1080p-GRP/abc.mkv"
        return others, []
    return episodes, others


_COUNTED = re.compile(
    r"[ ._]*[(\[](?:19|20)\d\d[)\]][ ._]+[-–][ ._]+(?!480|576|720|1080|1440|2160)\d{2,4}(?:v\d)?"
    r"(?=[ ._]*(?:$|[\[(]|[-–][ ._]))"
)
"""Behind a series' title its year and a number: "Bleach (2004) - 148 [1080p]". One digit may be a film's part."""


def _is_episode(branch: Branch, text: str) -> bool:
    rest = after(ungrouped(text), branch.named.title)
    if rest and _COUNTED.match(rest):
        return True
    film = named(text)
    if branch.named.title and compact(branch.named.title) in (compact(text), film.bracketed and compact(film.title)):
        # Such as "10x10 (2018)/10x10.mkv".
        return False
    if numbered := numbers.with_season(text):
        return bool(re.search(r"[^\W_]", numbered.before)) or not film.year
    if film.bracketed:
        return False
    numbered = numbers.without_season(text)
    if numbered is not None and numbered.sureness is Sureness.ALONE:
        return True
    if rest and re.match(r"[ ._]+[-–]", rest) and numbers.bare(rest):
        # "One Piece/One Piece - 1015.mkv"
        return not film.year
    if any(_counts_on(above, text) for above in branch.above):
        # "Bleach/Arc 1/Bleach - 001.mkv"
        return not film.year
    season = seasons.season(branch.tag.name)
    if season is not None and season.series and not branch.named.bracketed and numbers.bare(text):
        # "Dark Season 1/02.mkv"
        return True
    before = numbers.without_day(text)
    return before != text and bool(re.search(r"[^\W_]", before)) and (rest is not None or is_release(text))


def _counts_on(above: Branch, text: str) -> bool:
    """Whether a name is that of a folder further up with a number behind it; one digit may be a film's part."""
    rest = after(ungrouped(text), above.named.title) if _names_series(above) else None
    return bool(rest and re.match(r"[ ._]+[-–][ ._]+\d{2,4}(?!\d)", rest) and numbers.bare(rest))


# What a series is called


def show(branch: Branch) -> Within | None:
    """The series of a folder that is one's; None where no folder names it."""
    naming = next((each for each in (branch, *reversed(branch.above)) if _names_series(each)), None)
    if naming is None:
        return None
    claims: list[Claim] = list(naming.tag.claims) if naming is branch else [*branch.tag.claims, *naming.tag.claims]
    if not claims:
        claims = [claim for each in branches(branch) for claim in _claims(each.videos)]
    # Named "Dark S01" or "Dark.S01E02.1080p-GRP", it is no folder for all of the series.
    own = naming is branch and _words(branch) in (branch.tag.name, spaced(branch.tag.name))
    within = _within(branch, [_words(naming)], claims, own=own, nfos=[branch.nfo(SHOW_NFO)])
    return replace(within, season=_season(branch))


def _names_series(branch: Branch) -> bool:
    words = _words(branch)
    return bool(words) and not is_shelf(words) and not (words == branch.tag.name and seasons.season(words))


def _words(branch: Branch) -> str:
    """What of a folder's name names the series: no season, no package of several, no episode."""
    season = seasons.season(branch.tag.name)
    if season is not None and season.series:
        return season.series
    if numbered := numbers.with_season(branch.tag.name):
        return numbered.before.rstrip(" ._-")
    return seasons.without_pack(branch.tag.name)


def _season(branch: Branch) -> int | None:
    """The season that a folder holds: its `.plexmatch` says more than its name."""
    season = seasons.season(branch.tag.name)
    return branch.hints.season if branch.hints.season is not None else season.number if season else None


def _claims(videos: Iterable[str]) -> Iterator[Claim]:
    """The ids of a series in its files' names: in front of the numbers, for one behind them may be the episode's."""
    for name in videos:
        numbered = numbers.with_season(name)
        yield from tagged(readable(numbered.before)).claims if numbered else ()


def _within(branch: Branch, names: Sequence[str], claims: Iterable[Claim], *, own: bool, nfos: Sequence[str]) -> Within:
    hinted = branch.hints
    ids, against = joined(Kind.SERIES, [("a name", claims), (".plexmatch", hinted.ids.items())])
    clues = Clues(tuple(dict.fromkeys(names)), ids, against, hinted.title, hinted.year)
    titles: list[str] = []
    for name in (hinted.title, *names):
        words = named(name)
        bare = re.sub(r"\s*\([^()]*\)$", "", words.title)
        titles += [f"{words.title} {words.year}" if words.year else "", words.title, bare]
    series = SeriesFolder(branch.path, own, clues, tuple(filter(None, nfos)))
    return Within(series, tuple(dict.fromkeys(filter(None, titles))))


def inside(within: Within, branch: Branch) -> Within:
    """The same series, seen from a folder within."""
    hinted = branch.hints
    if hinted.title or (hinted.ids and not hinted.ids.items() <= within.series.clues.ids.items()):
        # Its `.plexmatch` names another series than the folder above does.
        names = [hinted.title] if hinted.title else within.series.clues.names
        within = _within(branch, names, (), own=False, nfos=())
    if SPECIAL.fullmatch(branch.tag.name.strip()):
        return replace(within, special=True)
    season = _season(branch)
    if season is not None:
        return replace(within, season=season, year=False)
    if seasons.is_specials(branch.tag.name):
        return replace(within, season=0, year=False)
    if year := seasons.year(branch.name):
        return replace(within, season=year, year=True)
    number = seasons.number(branch.name)
    return within if number is None or within.season is not None else replace(within, season=number)


class _Group(NamedTuple):
    """Files that call their series alike."""

    title: str
    year: int
    names: list[str]


def by_name(branch: Branch, episodes: Sequence[str]) -> Iterator[Content]:
    """Episodes that lie in no series' folder: parted by how they call their series."""
    groups = _groups(branch, episodes)
    for group in groups:
        within = _within_group(branch, group, only=len(groups) == 1)
        if within is None:
            yield from (Left(branch.at(name), "does not tell of which series it is") for name in group.names)
        else:
            yield within.series
            yield from of_series(branch, within, group.names)


def _groups(branch: Branch, episodes: Sequence[str]) -> list[_Group]:
    """Those that tell several years are parted by them; one that tells none goes with the first."""
    called: dict[str, list[_Group]] = {}
    words = [(named(tagged(_before(stem_or_folder(branch, name))).name), name) for name in episodes]
    for words_of, name in sorted(words, key=lambda pair: not pair[0].year):
        same = called.setdefault(compact(words_of.title), [])
        group = next((each for each in same if words_of.year in (0, each.year)), None)
        if group is None:
            same.append(group := _Group(words_of.title, words_of.year, []))
        group.names.append(name)
    return [group for same in called.values() for group in same]


def _before(text: str) -> str:
    """What stands in front of the numbers, or of the day."""
    text = ungrouped(text)
    numbered = numbers.with_season(text) or numbers.without_season(text) or numbers.bare(text)
    return numbered.before if numbered else numbers.without_day(text)


def _is_called(branch: Branch, title: str) -> bool:
    """Whether files that call their series so may mean the one that the folder names."""
    folder = named(_words(branch)).title
    return not title or after(title, folder) is not None or after(folder, title) is not None


def _naming_above(branch: Branch, title: str) -> Branch | None:
    """The folder further up that is called as the files call their series, where their own is called otherwise."""
    if _is_called(branch, title):
        return None
    same = (each for each in reversed(branch.above) if compact(named(_words(each)).title) == compact(title))
    return next(same, None)


def _within_group(branch: Branch, group: _Group, *, only: bool) -> Within | None:
    """The series of a group of files, in a folder that has a name, too."""
    called = f"{group.title} ({group.year})" if group.year else group.title
    if between := _naming_above(branch, group.title):
        # "Kaamelott/Livre I/Kaamelott - 1x12"
        return _within(branch, [_words(between)], between.tag.claims or _claims(group.names), own=False, nfos=())
    if _names_series(branch) and (_is_called(branch, group.title) or (only and branch.path)):
        # "TV/Die Simpsons/The.Simpsons.S01E01" or "TV/Sitcoms/Friends.S01E01": a search has to tell.
        own = _is_called(branch, group.title) or len(compact(group.title)) < _LEAST
        names = [_words(branch)] if own else [_words(branch), called]
        claims = branch.tag.claims or tuple(_claims(group.names))
        return replace(_within(branch, names, claims, own=only, nfos=()), season=_season(branch))
    if not group.title:
        return None
    return _within(branch, [called], _claims(group.names), own=False, nfos=())
