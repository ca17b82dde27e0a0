"""What a tree of media files holds: films, series and their episodes, extras, and what nobody can tell."""

from collections.abc import Iterator, Sequence

from metarr.files import series
from metarr.files.contents import Content, EpisodeFile, Extra, Left, LooseNfo, MovieFiles, SeriesFolder
from metarr.files.episodes import Within, episodes
from metarr.files.films import films, in_pieces, is_titled
from metarr.files.listing import Folder
from metarr.files.passed import extras_folder
from metarr.files.tree import Branch, branches, everything, grow

_FILMS_OF_A_SERIES = frozenset({"movies", "movie", "films", "film", "filme", "kinofilme"})


def read(root: Folder, above: Sequence[str] = ()) -> Iterator[Content]:
    """Everything in a tree, a series before its episodes. `above`: the names of the folders that the root is in."""
    outer: tuple[Branch, ...] = ()
    for name in above:
        outer = (*outer, grow(Folder(name), above=outer))
    yield from _read(grow(root, above=outer), None)


def _read(branch: Branch, within: Within | None) -> Iterator[Content]:
    if not (branch.holds or branch.tells):
        yield from _nothing(branch, within)
        return
    yield from branch.aside
    by_name = series.flat(branch) if within is None else ([], branch.videos)
    inner = _series_of(branch, within, by_name[0])
    if inner is None:
        yield from _nameless(branch) if series.is_season(branch) else _shelf(branch, *by_name)
        return
    if within is None or inner.series is not within.series:
        yield inner.series
    yield from episodes(branch, inner)
    for folder in branch.folders:
        yield from _extras(folder) if extras_folder(folder.name) else _read(folder, inner)


def _series_of(branch: Branch, within: Within | None, named_so: Sequence[str]) -> Within | None:
    """The series that a folder is one's, or within; None where it is a film's, or a shelf."""
    if within is None:
        return series.show(branch) if series.is_series(branch, named_so) or series.is_season(branch) else None
    if series.is_another(branch, within):
        return series.show(branch)
    if branch.name.lower() in _FILMS_OF_A_SERIES or (is_titled(branch) and not series.is_numbered(branch)):
        return None
    return series.inside(within, branch)


def _shelf(branch: Branch, named_so: Sequence[str], videos: Sequence[str]) -> Iterator[Content]:
    """A folder that is no series': a film's, or one of several titles. `named_so`: the videos that are episodes."""
    contents = [*series.by_name(branch, named_so), *films(branch, videos)]
    yield from _with_nfos(branch, contents)
    owned = is_titled(branch) or any(each.own for each in contents if isinstance(each, MovieFiles | SeriesFolder))
    pieces = in_pieces(branch)
    for folder in branch.folders:
        if owned and extras_folder(folder.name):
            yield from _extras(folder)
        elif not (pieces and folder.holds):
            yield from _read(folder, None)
    only_extras = all(extras_folder(folder.name) for folder in branch.holding()) and not branch.nfos
    if is_titled(branch) and only_extras and not any(isinstance(each, MovieFiles | SeriesFolder) for each in contents):
        yield Left(branch.path, "holds no video but extras")


def _nameless(branch: Branch) -> Iterator[Content]:
    """A folder of a season, where none above names the series: its files have to."""
    for each in branches(branch):
        yield from each.aside if each is not branch else ()
        yield from _with_nfos(each, list(series.by_name(each, each.videos)))


def _with_nfos(branch: Branch, contents: Sequence[Content]) -> Iterator[Content]:
    """What was found in a folder, and then the `.nfo` files that belong to none of it."""
    yield from contents
    taken = {
        path for each in contents if isinstance(each, MovieFiles | EpisodeFile | SeriesFolder) for path in each.nfos
    }
    owner = next((each for each in contents if isinstance(each, SeriesFolder) and each.own), None)
    for name in branch.nfos:
        if branch.at(name) not in taken:
            yield LooseNfo(branch.at(name), owner)


def _extras(folder: Branch) -> Iterator[Content]:
    what = extras_folder(folder.name)
    yield from (Extra(path, what) for path in everything(folder))
    for each in branches(folder):
        yield from each.aside


def _nothing(branch: Branch, within: Within | None) -> Iterator[Content]:
    """A folder without a video and an `.nfo`: worth a word only where its name is a title's."""
    aside = [path for each in branches(branch) for path in each.aside]
    yield from aside
    if within is not None or aside:
        return
    if is_titled(branch):
        lacks = next((each.lacks for each in branches(branch) if each.lacks), "")
        yield Left(branch.path, f"holds {lacks}, no video" if lacks else "holds no video")
        return
    for folder in branch.folders:
        yield from _nothing(folder, within)
