"""The films of a folder that is no series': one of its own with parts, versions and extras, or several, each alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from metarr.domain.values import Kind
from metarr.files import passed
from metarr.files.contents import Clues, Extra, MovieFiles, Video
from metarr.files.idtags import joined, tagged
from metarr.files.listing import stem
from metarr.files.shelves import is_shelf
from metarr.files.tree import Branch, everything
from metarr.files.versions import Stem, identity, is_part, label, stacked
from metarr.files.words import after, compact, is_label, named, readable, says_nothing

MOVIE_NFO = "movie.nfo"
_NOT_A_FILMS = frozenset({"tvshow.nfo", "season.nfo"})


def is_titled(branch: Branch) -> bool:
    """Whether a folder is named as an owner names the folder of a title: with a year in brackets, or an id."""
    return bool(branch.named.bracketed or branch.tag.claims) and not branch.named.several


def films(branch: Branch, videos: Sequence[str]) -> Iterator[MovieFiles | Extra]:
    """The films among the videos that lie in the folder itself, its disc, and their extras."""
    if pieces := in_pieces(branch):
        yield _movie(branch, pieces, [stem(file.rpartition("/")[2]) for video in pieces for file in video.files])
        return
    files: dict[str, list[str]] = {}
    for name in videos:
        files.setdefault(stem(name), []).append(name)
    extras = {each: what for each in files if (what := passed.surely(each)) and not _is_named_so(branch, each, files)}
    stems = [each for each in files if each not in extras]
    one = _one_title(branch, stems)
    discs = [Video((path,)) for path in branch.disc_paths()]
    if discs and not one:
        film = _movie(branch, discs, ())
        yield film if one is not None else replace(film, own=False, nfos=())
    if one is None:
        beside = {each.lower() for each in stems}
        extras |= {each: what for each in stems if (what := passed.maybe(each, beside))}
        for each in stacked([each for each in stems if each not in extras], own=False):
            videos_of = [Video(video.files) for video in _videos(branch, each, files)]
            yield _shelved(branch, videos_of, (each.name, *each.parts))
    elif one:
        of_one = {part for whole in one for part in whole.parts}
        extras |= {each: _extra(branch, each) for each in stems if each not in of_one}
        versions = [*discs, *(video for whole in one for video in _videos(branch, whole, files))]
        film_of = _movie if discs or _is_own(branch, one[0].name) else _shelved
        yield film_of(branch, versions, [part for whole in one for part in (whole.name, *whole.parts)])
    yield from (Extra(branch.at(name), what) for each, what in extras.items() for name in files[each])


def _is_named_so(branch: Branch, each: str, files: Iterable[str]) -> bool:
    """Whether a lone video that is called like an extra is the film of that name: "Trailer (2019)/Trailer.mkv"."""
    return len(list(files)) == 1 and compact(each) == compact(branch.named.title)


def _extra(branch: Branch, each: str) -> str:
    """What a video is if the folder is its title's; "" for the title itself."""
    rest = after(readable(each), branch.named.title)
    return passed.of_title(each, None if rest is None else re.sub(r"^[ ._]*[(\[]?\d{4}[)\]]?(?!\d)", "", rest))


def _one_title(branch: Branch, stems: Sequence[str]) -> list[Stem] | None:
    """The versions of the one title that these are, extras put aside; None where they are several titles."""
    own = compact(branch.named.title), branch.named.year
    mains = [each for each in stems if not _extra(branch, each)] or list(stems)
    if len(mains) == 1:
        return [Stem(mains[0], (mains[0],))] if len(stems) == 1 or _is_own(branch, mains[0]) else None
    joined_parts = stacked(mains, own=True)
    identities = {identity(each.name, branch.named) for each in joined_parts}
    if identities <= {own} and not (branch.named.several or is_shelf(branch.tag.name)):
        return joined_parts
    joined_parts = stacked(mains, own=False)
    identities = {identity(each.name, branch.named) for each in joined_parts}
    if identities == {own} and not _is_own(branch, joined_parts[0].name):
        # Names that say nothing, on a shelf.
        return None
    return joined_parts if len(identities) <= 1 and len(mains) == len(stems) else None


def _is_own(branch: Branch, each: str) -> bool:
    """Whether a folder is the own one of the only title in it, and its name speaks for that title."""
    folder = branch.named
    if is_titled(branch):
        return True
    if folder.several or is_shelf(branch.tag.name):
        return False
    text = tagged(readable(each)).name
    film = named(text)
    if says_nothing(each) or compact(folder.title) in (compact(film.title), compact(film.whole)):
        return True
    if after(text, folder.title) is not None or folder.year:
        return True
    # "Drama/Alien (1979).mkv" is on a shelf that no list knows; "Der Pate/The Godfather.mkv" has a folder of its own.
    return bool(branch.path) and not film.year and not _has_titles_below(branch)


def _has_titles_below(branch: Branch) -> bool:
    return any(not passed.extras_folder(folder.name) for folder in branch.holding())


def _videos(branch: Branch, whole: Stem, files: dict[str, list[str]]) -> list[Video]:
    version = label(readable(whole.name), branch.tag.name)
    if len(whole.parts) > 1:
        return [Video(tuple(branch.at(files[part][0]) for part in whole.parts), version)]
    return [Video((branch.at(name),), version) for name in files[whole.name]]


def alone(branch: Branch, videos: Sequence[str]) -> Iterator[MovieFiles]:
    """Films that lie in a folder that is something else."""
    for name in videos:
        yield _shelved(branch, [Video((branch.at(name),))], [stem(name)])


def _movie(branch: Branch, versions: Sequence[Video], stems: Sequence[str]) -> MovieFiles:
    """A film in a folder of its own."""
    folders = [*_outer(branch), branch]
    tags = [tagged(readable(each)) for each in dict.fromkeys(stems)]
    ids, against = joined(
        Kind.MOVIE,
        [
            *(("the folder's name", folder.tag.claims) for folder in reversed(folders)),
            *(("the file's name", tag.claims) for tag in tags),
            (".plexmatch", branch.hints.ids.items()),
        ],
    )
    names = [folder.tag.name for folder in folders]
    names += [tag.name for tag in tags[:1] if not says_nothing(tag.name)]
    exact = [f"{name}.nfo".lower() for name in (*stems, branch.name)]
    in_discs = [f"{disc}/{name}.nfo".lower() for disc in branch.discs for name in ("index", disc)]
    order = [MOVIE_NFO, *exact, *in_discs]
    places = {name: place for place, name in reversed(list(enumerate(order)))}
    own = sorted(
        (name for name in branch.nfos if name.lower() not in _NOT_A_FILMS),
        key=lambda name: places.get(name.lower(), 99),
    )
    clues = Clues(tuple(dict.fromkeys(names)), ids, against, branch.hints.title, branch.hints.year)
    return MovieFiles(branch.path, True, tuple(versions), clues, tuple(branch.at(name) for name in own))


def _outer(branch: Branch) -> list[Branch]:
    """The folder above, where it is named for the one title that is in it: "Alien (1979)/Alien.1979.1080p-GRP/"."""
    above = branch.above[-1:]
    return [outer for outer in above if is_titled(outer) and not outer.videos and len(outer.holding()) == 1]


def _shelved(branch: Branch, versions: Sequence[Video], stems: Sequence[str]) -> MovieFiles:
    """A film in a folder of several: only its file speaks of it."""
    tag = tagged(readable(stems[0]))
    ids, against = joined(Kind.MOVIE, [("the file's name", tag.claims)])
    wanted = dict.fromkeys(f"{name}.nfo".lower() for name in stems)
    own = [branch.nfo(name) for name in wanted]
    return MovieFiles(branch.path, False, tuple(versions), Clues((tag.name,), ids, against), tuple(filter(None, own)))


def in_pieces(branch: Branch) -> list[Video]:
    """The film of a folder whose parts, or versions, lie in folders of their own: "CD1" and "CD2", "1080p" and "4K"."""
    inner = [folder for folder in branch.holding() if not passed.extras_folder(folder.name)]
    if branch.videos or not inner or not all(_is_piece(folder) for folder in inner):
        return []
    first = next(everything(inner[0]))
    if not is_titled(branch) and after(readable(first.rpartition("/")[2]), branch.named.title) is None:
        return []
    pieces = [tuple(everything(folder)) for folder in inner]
    if all(is_part(folder.name) for folder in inner):
        return [Video(tuple(path for piece in pieces for path in piece))]
    return [Video(piece, readable(folder.name)) for folder, piece in zip(inner, pieces, strict=True)]


def _is_piece(folder: Branch) -> bool:
    return (is_part(folder.name) or is_label(folder.tag.name)) and len(list(everything(folder))) == 1
