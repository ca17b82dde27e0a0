"""What of a tree belongs together: a series and its episodes."""

from collections.abc import Iterable, Iterator

from metarr.files.contents import Content, EpisodeFile, LooseNfo, SeriesFolder
from metarr.files.listing import folder_of


def grouped(contents: Iterable[Content]) -> Iterator[list[Content]]:
    """What belongs to one series, in a row; `.nfo` files of none by their folder; anything else by itself."""
    group: list[Content] = []
    of: object = None
    for content in contents:
        match content:
            case SeriesFolder():
                key: object = id(content)
            case EpisodeFile():
                key = id(content.series)
            case LooseNfo():
                key = id(content.series) if content.series else folder_of(content.path)
            case _:
                yield [content]
                continue
        if group and key != of:
            yield group
            group = []
        group.append(content)
        of = key
    if group:
        yield group
