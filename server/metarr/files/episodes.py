"""The episodes that the files in a series' folder are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from metarr.files import numbers, passed
from metarr.files.contents import Content, EpisodeFile, Extra, Left, LooseNfo, SeriesFolder, Video
from metarr.files.films import alone
from metarr.files.idtags import tagged
from metarr.files.listing import stem
from metarr.files.numbers import Numbers
from metarr.files.tree import Branch
from metarr.files.versions import stacked
from metarr.files.words import after, compact, named, readable, ungrouped

SHOW_NFO = "tvshow.nfo"
SPECIAL = re.compile(r"(?<![^\W_])(?:OVAs?|OADs?|ONAs?|OAVs?)(?![^\W_])", re.IGNORECASE)
"""What is told apart from the episodes, and counted by itself."""


@dataclass(frozen=True, slots=True)
class Within:
    """A series whose folder is being read. `titles`: how its files may call it, to be cut off them.

    `season`: that of the folder, None for none; `year`: it is a year, which no file's number contradicts. `special`:
    what is in the folder has no place among the numbers but one that it names in full.
    """

    series: SeriesFolder
    titles: tuple[str, ...]
    season: int | None = None
    year: bool = False
    special: bool = False


def episodes(branch: Branch, within: Within) -> Iterator[Content]:
    """The episodes that lie in a series' folder, or in one within, and the `.nfo` files that belong to none of them."""
    taken: set[str] = set()
    for path in branch.disc_paths():
        yield Left(path, "is a disc, and no name tells which episodes are on it")
    films = {name: _is_film(within, readable(stem(name))) for name in branch.videos}
    yield from alone(branch, [name for name, is_one in films.items() if is_one])
    for episode in of_series(branch, within, [name for name, is_one in films.items() if not is_one]):
        taken.update(episode.nfos if isinstance(episode, EpisodeFile) else ())
        yield episode
    for name in branch.nfos:
        path = branch.at(name)
        if path not in taken and not (name.lower() == SHOW_NFO and path in within.series.nfos):
            yield LooseNfo(path, within.series, within.season)


def _is_film(within: Within, text: str) -> bool:
    """Whether a file in a series' folder is another title: "Firefly/Serenity (2005).mkv"."""
    if numbers.with_season(text) or numbers.without_season(text):
        return False
    film = named(tagged(text).name)
    return film.bracketed and all(after(film.title, title) is None for title in within.titles)


def of_series(branch: Branch, within: Within, videos: Sequence[str]) -> Iterator[Content]:
    """What the videos of a series are: episodes, or extras. One without a number may have an `.nfo` that tells it."""
    by_stem: dict[str, list[str]] = {}
    for name in videos:
        by_stem.setdefault(stem(name), []).append(name)
    runs = _runs(by_stem)
    for each in stacked(by_stem, own=False):
        parts = [by_stem[part] for part in each.parts]
        text = stem_or_folder(branch, parts[0][0]) if len(by_stem) == 1 else readable(each.name)
        rest = _cut(text, within)
        read = _read(rest, within, in_a_run=_run(rest) in runs or _run(readable(each.name)) in runs)
        day = numbers.day(rest)
        what = passed.surely(each.name) or ("" if read or day else passed.of_series(each.name))
        if what:
            yield from (Extra(branch.at(name), what) for names in parts for name in names)
            continue
        nfos = dict.fromkeys(branch.nfo(f"{name}.nfo".lower()) for name in (each.name, *each.parts))
        season, disagreement = _placed(read, within)
        for names in [[names[0] for names in parts]] if len(parts) > 1 else [[name] for name in parts[0]]:
            yield EpisodeFile(
                series=within.series,
                season=season,
                episodes=read.episodes if read else (),
                day=day,
                video=Video(tuple(branch.at(name) for name in names)),
                nfos=tuple(filter(None, nfos)),
                disagreement=disagreement,
            )


def _placed(read: Numbers | None, within: Within) -> tuple[int | None, str]:
    """The season, and where its folder names another one than the file does."""
    if read is None or read.season is None:
        return within.season, ""
    if within.season in (None, read.season) or within.year:
        return read.season, ""
    return read.season, f"its folder says season {within.season}, its name season {read.season}; the name counts"


def stem_or_folder(branch: Branch, name: str) -> str:
    """A file's name; its folder's, where that has the numbers and the file has none."""
    text = tagged(readable(stem(name))).name
    numbered = numbers.with_season(branch.tag.name)
    alone = numbered and len(branch.videos) == 1 and not (numbers.with_season(text) or numbers.without_season(text))
    return branch.tag.name if alone else text


def _cut(text: str, within: Within) -> str:
    """A file's name without the series' in front, so that "24" and "The 100" lend no numbers."""
    text = tagged(ungrouped(text)).name if text.startswith("[") else tagged(text).name
    cut = (after(text, title) for title in within.titles)
    rest = next((rest for rest in cut if rest is not None), text)
    return re.sub(r"^[ ._]*[(\[](?:19|20)\d\d[)\]]", "", rest)


def _read(text: str, within: Within, *, in_a_run: bool) -> Numbers | None:
    read = numbers.with_season(text)
    if read is None and (within.special or SPECIAL.search(text)):
        return None
    read = read or numbers.special(text) or numbers.without_season(text)
    if read is None and not numbers.has_day(text):
        read = numbers.bare(text) or (numbers.last(text) if in_a_run else None)
        if read is not None and within.season:
            read = read._replace(episodes=tuple(_in_season(number, within.season) for number in read.episodes))
    return read


def _in_season(number: int, season: int) -> int:
    """The episode that a bare number means: 101 in the folder of season 1 is its first one."""
    return number % 100 if number // 100 == season and number % 100 else number


def _runs(stems: Iterable[str]) -> set[str]:
    """The words that several files have in front of a number at their end."""
    seen: dict[str, int] = {}
    for each in stems:
        if words := _run(readable(each)):
            seen[words] = seen.get(words, 0) + 1
    return {words for words, count in seen.items() if count > 1}


def _run(text: str) -> str:
    last = numbers.last(text)
    return compact(last.before) if last else ""
