"""Numbers that were told are not given again, also where what they were given to is lost with the power."""

import shutil
from pathlib import Path

import pytest

from harness import Live, live
from metarr.store import players, sequences
from metarr.store.database import Database
from metarr.store.sequences import JUMP


def edited(daemon: Live, plot: str) -> int:
    """The number of the change-set of an edit of the one item that there is."""
    new = {"items": [{"kind": "MEDIA_KIND_MOVIE", "title": "Heat", "ids": [{"type": "imdb", "value": "tt0113277"}]}]}
    daemon.call("Library", "UpsertItems", new)
    daemon.call("Library", "UpdateItem", {"itemId": "1", "fields": {"plot": plot}, "updateMask": "fields"})
    return int(daemon.call("Enrichment", "ListChangeSets")["changeSets"][0]["id"])


def cut_off(daemon: Live, folder: Path) -> Path:
    """What is on the disk when the power goes now."""
    shutil.copytree(daemon.data_dir, folder)
    return folder


def test_after_an_unclean_end_change_sets_are_numbered_from_far_ahead(tmp_path: Path) -> None:
    with live(tmp_path / "data") as daemon:
        first = edited(daemon, "A")
        on_the_disk = cut_off(daemon, tmp_path / "left")
        lost = [edited(daemon, plot) for plot in "BCD"]
    with live(on_the_disk) as daemon:
        after = edited(daemon, "B")
    assert first < max(lost) < after == first + 1 + JUMP
    with live(on_the_disk) as daemon:
        assert edited(daemon, "C") == after + 1, "that one ended by itself"
    with live(tmp_path / "data") as daemon:
        assert edited(daemon, "E") == max(lost) + 1


@pytest.mark.parametrize("ends", [True, False])
def test_so_is_what_is_pending(tmp_path: Path, *, ends: bool) -> None:
    database = Database.in_memory()
    assert not sequences.begin(database), "the first start"
    with database.read() as connection:
        before = players.last_sequence(connection)
    if ends:
        sequences.end(database)
    assert sequences.begin(database) is not ends
    with database.read() as connection:
        assert players.last_sequence(connection) == before + (0 if ends else JUMP)
    database.close()
