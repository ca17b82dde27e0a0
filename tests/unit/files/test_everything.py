"""Whatever a tree holds, each of its videos is somebody's, or told."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from metarr.domain.values import Kind
from metarr.files.contents import Content, EpisodeFile, Extra, Left, LooseNfo, MovieFiles, SeriesFolder
from metarr.files.listing import Folder
from metarr.files.readings import first, readings
from metarr.files.titles import read
from trees import listing

FOLDERS = """
Alien|Aliens|Dark|24|The 100|1917|2012|Films|TV|A|Season 1|Season 2 - x|Staffel 01|S01|Specials|2019|1|OVA|Extras
Trailers|Sample|CD1|CD2|1080p|4K|Alien (1979)|Alien (1979-1997)|Dark (2017)|Dark.S01.1080p|Dark.S01E02.1080p-GRP
Alien Collection|Seasons 1-3|{tmdb-348}|Alien {tmdb-348}|[Grp] Dark|@eaDir|.hidden|_UNPACK_x|Movies|Disc 1
Interview with the Vampire|BDMV
"""
STEMS = """
Alien|alien|Alien (1979)|Alien (1979) - 4K|Alien.1979.1080p|Alien cd1|Alien cd2|Alien part 1|Alien part 2|movie|00800
Dark S01E01|Dark S01E01E02|Dark - 05|Dark 2019-03-05|01|02 - Home|E03|Episode 4|Pilot|Area 51|trailer|Alien-trailer
sample|sample-x|Making of|x-short|Heat (1995)|Dark OVA|NCOP1|[Grp] Dark - 07 [1080p]|b082fa0beaa644d3aa01045d5b8d0b36
tt0078748|Alien {tmdb-1}|Alien {tmdb-2}|S02E03|1x02|index|VIDEO_TS|(500) Days of Summer|?|...|( (
"""
ENDINGS = "mkv mkv avi iso strm nfo srt jpg part rar"
OTHERS = "tvshow.nfo movie.nfo season.nfo .ignore .plexmatch index.bdmv VIDEO_TS.IFO Am\udce9lie.mkv \u202e.mkv [.mkv"


def either(text: str, separator: str = "|") -> st.SearchStrategy[str]:
    return st.sampled_from([each for line in text.strip().splitlines() for each in line.split(separator)])


NAMES = st.one_of(
    st.tuples(either(STEMS), either(ENDINGS, " ")).map(".".join),
    either(OTHERS, " "),
    st.text(st.characters(exclude_characters="/\0\n"), min_size=1, max_size=30).map("{}.mkv".format),
)
PATHS = st.tuples(st.lists(either(FOLDERS), max_size=4).map("/".join), NAMES).map("/".join)
HINTS = st.sampled_from(("season: 2", "tvdbid: 1", "title: Dark\nyear: 2017", "guid: tmdb://348\n::"))
TREES = st.builds(
    lambda names, root, hints: listing([name.strip("/") for name in names], root, hints),
    st.lists(PATHS, max_size=14),
    either(FOLDERS),
    st.dictionaries(st.sampled_from(("Dark", "Dark/Season 1", "Alien")), HINTS, max_size=1),
)
VIDEOS = (".mkv", ".avi", ".iso", ".strm")


def paths(folder: Folder, path: str = "") -> list[str]:
    """Every video of a tree, as it lies there."""
    own = [f"{path}/{name}".strip("/") for name in folder.files if name.lower().endswith(VIDEOS)]
    return own + [each for inner in folder.folders for each in paths(inner, f"{path}/{inner.name}".strip("/"))]


def accounted(contents: list[Content]) -> Counter[str]:
    """By path, how often it is said what it is; of a folder that is left out, the folder's."""
    counts: Counter[str] = Counter()
    for each in contents:
        match each:
            case MovieFiles():
                counts.update(path for video in each.videos for path in video.files)
            case EpisodeFile():
                counts.update(each.video.files)
            case Extra() | Left():
                counts[each.path] += 1
            case SeriesFolder() | LooseNfo():
                pass
    return counts


def is_hidden(path: str) -> bool:
    """Whether a path is in a folder that nobody looks into; what is within a disc is the disc."""
    return any(part.startswith(".") or part in ("@eaDir", "BDMV") for part in path.split("/"))


@given(TREES)
def test_every_video_is_said_to_be_something_once(tree: Folder) -> None:
    contents = list(read(tree))
    counts = accounted(contents)
    for path in paths(tree):
        above = {path.rsplit("/", depth)[0] for depth in range(path.count("/") + 1)} | {""}
        times = counts[path] or min(1, sum(counts[folder] for folder in above - {path}))
        assert is_hidden(path) or times == 1, path
    assert set(counts) - set(paths(tree)) <= {*counts} - {path for path in counts if path.endswith(VIDEOS)}


@given(TREES)
def test_an_nfo_is_somebodys_or_loose_once(tree: Folder) -> None:
    contents = list(read(tree))
    nfos = [path for each in contents if isinstance(each, MovieFiles | SeriesFolder) for path in each.nfos]
    nfos += {path for each in contents if isinstance(each, EpisodeFile) for path in each.nfos}
    nfos += [each.path for each in contents if isinstance(each, LooseNfo)]
    assert [path for path, count in Counter(nfos).items() if count > 1] == []


@given(TREES)
def test_an_episode_comes_after_its_series_and_every_title_has_words(tree: Folder) -> None:
    seen: list[SeriesFolder] = []
    for each in read(tree):
        if isinstance(each, SeriesFolder):
            seen.append(each)
        if isinstance(each, EpisodeFile):
            assert any(each.series is series for series in seen)
        if isinstance(each, MovieFiles | SeriesFolder):
            kind = Kind.MOVIE if isinstance(each, MovieFiles) else Kind.SERIES
            words = readings(each.clues, kind)
            assert set(first(each.clues)) <= set(words) or not words
            assert all(reading.title.strip() == reading.title != "" for reading in words)
            assert all("".join(reading.title).encode() for reading in words)
