from collections.abc import Iterator
from pathlib import Path

import pytest

from folder_tree import FILMS, Tree
from metarr_folders import look


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tree]:
    tree = Tree(tmp_path / "media", tmp_path / "work")
    for name, content in FILMS.items():
        tree.put(name, content)
    monkeypatch.setattr(look, "clock", lambda: tree.now)
    yield tree
    tree.stop()
