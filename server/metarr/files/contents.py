"""What is found in a tree. Paths are below the root of the listing, "" the root itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clues:
    """What names, and a `.plexmatch`, say about which title it is.

    `names`: readable names that tell the title, the folder's before the file's. `against`: how their ids speak against
    each other, "" for not at all. `title`, `year`: what the `.plexmatch` says, "" and 0 for nothing.
    """

    names: tuple[str, ...]
    ids: Mapping[str, str] = field(default_factory=dict)
    against: str = ""
    title: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True)
class Video:
    """What is played in one go: a file, the parts of one in their order, or the folder of a disc.

    `label`: what tells it from other versions of the title, such as "4K" or "Director's Cut".
    """

    files: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class MovieFiles:
    """A film. `own`: its folder holds no other title, so what lies in there is its. `nfos`: the first one counts first.

    `videos` are its versions.
    """

    folder: str
    own: bool
    videos: tuple[Video, ...]
    clues: Clues
    nfos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesFolder:
    """A series. `own`: its folder is named for it, and holds nothing else."""

    folder: str
    own: bool
    clues: Clues
    nfos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EpisodeFile:
    """A video of one or several episodes. `season` None with numbers: they count from the series' first episode on.

    `day`: when it was first shown, in ISO 8601, "" for not told. `disagreement`: where the file's folder names another
    season than the file does.
    """

    series: SeriesFolder
    season: int | None
    episodes: tuple[int, ...]
    day: str
    video: Video
    nfos: tuple[str, ...] = ()
    disagreement: str = ""


@dataclass(frozen=True, slots=True)
class LooseNfo:
    """An `.nfo` file that no video belongs to. `series`, `season`: whose folder it is in."""

    path: str
    series: SeriesFolder | None = None
    season: int | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """Something that belongs to a title and is none itself, and what it is: "a trailer"."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Left:
    """Something of which nobody can tell the title, and why. `line`: of the file, 0 for all of it."""

    path: str
    why: str
    line: int = 0


Content = MovieFiles | SeriesFolder | EpisodeFile | LooseNfo | Extra | Left
