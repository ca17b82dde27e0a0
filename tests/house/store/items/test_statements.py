"""Which item a file tells of."""

from msgspec.structs import replace
from sqlalchemy import Connection

from factories import item
from metarr.domain.item import Statement
from metarr.store import items

LISTS, TREE = "/lists/all.jsonl", "/films/Alien"


def test_only_the_parts_asked_for_are_found_of_a_file_that_tells_of_everything(connection: Connection) -> None:
    said = [(LISTS, "1"), (LISTS, "2"), (LISTS, "3"), (TREE, "")]
    told = {
        (file, part): items.add(connection, item(statements=(Statement(source="import", file=file, part=part),))).id
        for file, part in said
    }
    asked = [(LISTS, "2"), (LISTS, "9"), (TREE, ""), (TREE, "1")]
    assert items.find_by_files(connection, asked) == {place: told[place] for place in asked[::2]}
    assert items.find_by_files(connection, []) == {}


def test_what_players_say_names_no_file(connection: Connection) -> None:
    items.add(connection, item(statements=(Statement(source="player:kodi", file=TREE),)))
    assert items.find_by_files(connection, [(TREE, "")]) == {}


def test_several_statements_are_written_and_changed_at_once(connection: Connection) -> None:
    first, second = (Statement(source="nfo", file=TREE, part=part, title="Alien") for part in "12")
    before = items.add(connection, item(statements=(first, second)))
    assert items.get(connection, before.id) == before
    changed = Statement(source="nfo", file=TREE, part="1", title="Aliens", ids={"imdb": "tt1"})
    new = Statement(source="nfo", file=TREE, part="3")
    after = items.save(connection, before, replace(before, statements=(changed, new)))
    assert items.get(connection, before.id) == after
    assert after.statements == (changed, new)
