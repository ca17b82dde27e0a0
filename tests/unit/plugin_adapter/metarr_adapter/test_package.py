"""What hosts of every age demand of the package: nothing but their own Python, be it 3.8."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import metarr_adapter

FOLDER = Path(metarr_adapter.__file__).parent
MODULES = sorted(FOLDER.glob("*.py"))
HEAVY = {"asyncio", "concurrent.futures", "dataclasses", "urllib.request", "xml", "logging"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_python_3_8_can_read_it(module: Path) -> None:
    tree = ast.parse(module.read_text(), feature_version=(3, 8))
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert futures or len(tree.body) == 1, "annotations would be evaluated, and need a later Python"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_it_needs_the_standard_library_only(module: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add((node.module or "").partition(".")[0])
    assert imported <= sys.stdlib_module_names | {"metarr_adapter"}


def test_it_brings_in_nothing_that_is_slow_to_load() -> None:
    code = "import sys; before = set(sys.modules); import metarr_adapter.client; print(*set(sys.modules) - before)"
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(FOLDER.parent)!r}); {code}"]
    loaded = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    assert "metarr_adapter.client" in loaded
    assert not {name for name in loaded if name in HEAVY or name.startswith("metarr.")}
