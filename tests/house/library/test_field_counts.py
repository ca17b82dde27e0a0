"""The counts of fields, beside what the rest of Metarr does to items."""

import random
from pathlib import Path

import pytest
from sqlalchemy import select

from fakes import FakeClock
from harness import House, house, put_enriched
from house.rules.test_remerge import OMDB_FIRST, ONLY_TMDB
from metarr.library.edit import Edit
from metarr.store import tables
from metarr.store.items import field_counts
from simulators import Simulators


@pytest.mark.slow
def test_the_counts_of_fields_stay_true_whatever_is_done(
    simulators: Simulators, tmp_path: Path, clock: FakeClock
) -> None:
    """Enriched, edited, deleted, restored, undone and redone, in turns: what is kept is what counting says."""
    chance = random.Random(3)
    with house(simulators, tmp_path, clock) as home:
        library = list(put_enriched(home, "inception", "fight-club", "the-matrix").values())
        for _ in range(40):
            item_id = chance.choice(library)
            _some_act(home, item_id, chance)
            with home.database.read() as connection:
                live = select(tables.items.c.id).where(tables.items.c.deleted_at.is_(None))
                assert field_counts.counted(connection) == field_counts.count(connection, live)


def _some_act(home: House, item_id: int, chance: random.Random) -> None:
    name = chance.choice(("plot", "tagline", "genres"))
    editor, gone = home.services.editor, home.item(item_id).deleted_at is not None
    if gone:
        editor.restore([("", item_id)])
        return
    match chance.randint(0, 6):
        case 0:
            editor.delete([("", item_id)])
        case 1:
            editor.edit(item_id, Edit(fields={name: ["Drama"] if name == "genres" else "Typed"}))
        case 2:
            editor.edit(item_id, Edit(fields={name: None}))
        case 3:
            editor.edit(item_id, Edit(unlock_all=True))
        case 4:
            home.enrich(item_id)
        case 5:
            home.services.authorities.update(**chance.choice((OMDB_FIRST, ONLY_TMDB)))
            list(home.services.remerger.apply(drop_foreign=chance.random() < 0.5))
        case 6 if last := [each for each in home.history(item_id) if not each.undone_by]:
            home.services.history.undo(last[0].id)
