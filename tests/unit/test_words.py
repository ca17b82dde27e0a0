"""Words: the glossary is true, and the code keeps to it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from metarr.store.tables import metadata

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "server" / "metarr"
ADAPTERS = (
    ROOT / "plugin_adapter" / "metarr_adapter",
    ROOT / "plugin_adapter" / "folders" / "metarr_folders",
    ROOT / "plugin_adapter" / "jellyfin" / "metarr_jellyfin",
    ROOT / "plugin_adapter" / "kodi" / "script.metarr" / "resources" / "lib" / "metarr_kodi",
)
ROOMS = ("asking", "library", "jobs", "players", "rules", "care")
GLOSSARY = (ROOT / "server" / "README.md").read_text().split("<!-- glossary -->")[1].split("<!-- end: glossary -->")[0]
ROWS = [[cell.strip() for cell in row.strip("|").split("|")] for row in GLOSSARY.strip().splitlines()[2:]]


def spans(column: int) -> Iterator[str]:
    """What stands between backticks in a column of the glossary."""
    for row in ROWS:
        yield from re.findall(r"`([^`]+)`", row[column])


def explained() -> dict[str, set[str]]:
    """By module, the names of it that the glossary has: from `domain/item.py Rule, Veto`."""
    names: dict[str, set[str]] = defaultdict(set)
    for span in spans(2):
        path, _, listed = span.partition(" ")
        names[path].update(listed.split(", "))
    return names


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def modules(*folders: Path) -> list[Path]:
    """Every module of these folders that is not generated."""
    return [path for folder in folders for path in sorted(folder.rglob("*.py")) if "v1" not in path.parts]


def defined(path: Path) -> set[str]:
    """What a module defines at its top."""
    names: set[str] = set()
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def classes(path: Path) -> list[str]:
    return [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]


def named(path: Path) -> Iterator[tuple[int, str]]:
    """Every name that a module gives: of functions, classes, parameters, variables and attributes, with its line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


# The glossary


def test_a_word_has_one_row():
    words = [word for cell, *_ in ROWS if not cell.startswith("**") for word in cell.split(", ")]
    assert len(words) > 80
    assert sorted({word for word in words if words.count(word) > 1}) == []


@pytest.mark.parametrize(("path", "names"), explained().items(), ids=explained())
def test_what_a_row_names_is_in_the_code(path: str, names: set[str]):
    assert (SERVER / path).is_file()
    assert names - defined(SERVER / path) == set()


def test_what_a_row_names_elsewhere_is_in_the_contract_or_the_database():
    contract = "\n".join(path.read_text() for path in (ROOT / "proto").rglob("*.proto"))
    names = set(re.findall(r"\b(?:message|enum|service|rpc) (\w+)", contract)) | metadata.tables.keys()
    assert sorted(set(spans(3)) - names) == []


def test_every_class_of_the_domain_is_in_the_glossary():
    names = {name for path, names in explained().items() if path.startswith("domain/") for name in names}
    public = {name for path in modules(SERVER / "domain") for name in classes(path) if not name.startswith("_")}
    assert sorted(public - names) == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_noun_of_a_room_is_in_the_glossary(room: str):
    nouns = {f"{room}/{path.name}" for path in modules(SERVER / room)} - {f"{room}/__init__.py"}
    assert sorted(nouns - explained().keys()) == []


def test_where_something_is_added_is_a_place_that_there_is():
    page = (ROOT / "server" / "README.md").read_text()
    table = page.partition("**Where something is added:**")[2].partition("Only `rpc`")[0]
    places = re.findall(r"`([a-z_]+/[\w/]*(?:\.py)?|[a-z_]+\.py)`", table)
    assert len(places) > 8
    assert [place for place in places if not any((base / place).exists() for base in (SERVER, ROOT))] == []


# The code


def test_no_class_is_named_twice():
    places: dict[str, list[str]] = defaultdict(list)
    for path in modules(SERVER):
        for name in classes(path):
            places[name.strip("_")].append(str(path.relative_to(SERVER)))
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


SAYS_NOTHING = {"told", "known", "found", "held"}
"""Names that say what happened to a thing, and not what it is."""

ALLOWED = {
    ("domain/freshness.py", "found"): "the provider did find the title: a fact, as the column of the same name",
    ("store/answers.py", "found"): "a value of that column",
    ("cli/imports.py", "known"): "a key of what the command prints as JSON",
}


def test_names_say_what_a_thing_is():
    at: dict[str, list[str]] = defaultdict(list)
    for path in modules(SERVER, *ADAPTERS):
        place = str(path.relative_to(ROOT))
        at[place] += [
            f"{line}: {name}"
            for line, name in named(path)
            if name.strip("_") in SAYS_NOTHING and (place.removeprefix("server/metarr/"), name) not in ALLOWED
        ]
    assert {place: names for place, names in at.items() if names} == {}


@pytest.mark.parametrize(("place", "name"), ALLOWED)
def test_what_is_allowed_is_there(place: str, name: str):
    assert name in {name for _, name in named(SERVER / place)}


PLAYERS = ("players/", "store/player_entries.py", "store/players.py", "bell.py", "rpc/", "cli/", "web/")
"""Where entries of players are spoken of: the doors, the pages and the commands speak the contract's words."""


def test_only_entries_of_players_are_pending():
    at = [
        f"{place}:{line}: {name}"
        for path in modules(SERVER)
        for place in [str(path.relative_to(SERVER))]
        for line, name in named(path)
        if "pending" in name.lower() and not place.startswith((*PLAYERS, "store/migrations/"))
    ]
    assert at == []
