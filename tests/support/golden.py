"""A library with everything that an upgrade has to bring along: made over the simulators, and kept as text.

Run as a program, this writes `house/store/golden/SCHEMA.sql.gz` with the Metarr that is there, for later ones to
upgrade. It holds values joined from several providers, an edit, undone changes with their vetoes, two items that were
joined, a conflict with another item, jobs, and a player that has taken in everything: nothing is left to do.

`0004-german.sql.gz` holds five titles that were enriched in German, before texts told their language.
"""

import gzip
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec.structs import replace

from fakes import FakeClock
from harness import PROVIDERS, House, house, title
from house.jobs.test_jobs import at_work, run
from metarr.datadir import DATABASE
from metarr.domain.authority import FieldRule
from metarr.domain.values import Kind
from metarr.library.edit import Edit
from metarr.store import schema
from metarr.store.database import Database
from model_player import ModelPlayer
from simulators import Simulators

FOLDER = Path(__file__).parents[1] / "house/store/golden"

JOINED = FieldRule(providers=("omdb", "tmdb"), union=True)
OMDB_FIRST = FieldRule(providers=("omdb", "tmdb"))


@contextmanager
def opened(folder: Path, simulators: Simulators, clock: FakeClock) -> Iterator[House]:
    """The library in a folder, brought to this version's schema, with the simulators to ask."""
    database = Database(folder / DATABASE)
    database.migrate(None, clock.now())
    with house(simulators, folder, clock, providers=(), database=database) as home:
        home.configure(*PROVIDERS)  # an older library has the simulators of another time in its settings
        yield home


def make(folder: Path, simulators: Simulators, clock: FakeClock) -> None:
    """Make the library in an empty folder."""
    with opened(folder, simulators, clock) as home:
        home.services.authorities.update(
            rules=[(Kind.MOVIE, "genres", JOINED), (Kind.SERIES, "genres", JOINED), (Kind.MOVIE, "tags", JOINED)]
        )
        club, series = home.add("fight-club"), home.add("breaking-bad")
        another = home.add("the-matrix", "tmdb")
        home.change(another, lambda item: replace(item, title="Another One", year=1950))
        added = [club, series, home.add("inception"), home.add("inception", "tmdb"), home.add("the-matrix", "tvdb")]
        player = ModelPlayer(home)
        player.add("club", "Fight Club", year=1999, ids={"imdb": title("fight-club").imdb}, fields={"plot": "Mine."})
        player.report_all()
        for item_id in [*added, another]:  # one after the other: which of two is joined to which is the same each time
            home.enrich(item_id)
    with opened(folder, simulators, clock) as home:
        clock.advance(60)
        home.services.editor.edit(club, Edit(fields={"tagline": "Typed in."}))
        home.services.authorities.update(rules=[(Kind.MOVIE, "plot", OMDB_FIRST)])
        list(home.services.remerger.apply())
        for item_id, cause in ((club, "authority"), (series, "enrich")):
            [change_set] = [each for each in home.history(item_id) if each.cause == cause]
            home.services.history.undo(change_set.id)
        home.add("your-name")
        with at_work(home):
            run(home)
    with opened(folder, simulators, clock) as home:
        player.home = home
        player.register()
        player.sync()
        home.asked()


def text_of(path: Path) -> str:
    """A SQLite file as the statements that make it."""
    with closing(sqlite3.connect(path)) as file:
        return "\n".join(file.iterdump()) + "\n"


def put(file: Path, folder: Path) -> None:
    """Make the library of such a text in an empty folder."""
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.executescript(gzip.decompress(file.read_bytes()).decode())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made, Simulators() as simulators:
        make(Path(made), simulators, FakeClock())
        text = text_of(Path(made) / DATABASE)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{schema.head()}.sql.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
