"""What the oldest Python that Metarr runs on does otherwise than the one that the tests most often run on."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import metarr


def modules() -> list[str]:
    names = [module.name for module in pkgutil.walk_packages(metarr.__path__, "metarr.")]
    return [name for name in names if ".migrations." not in name and not name.endswith("__main__")]


def operations(parsed: object) -> Iterator[str]:
    """The names of the operations of a parsed pattern, at every depth."""
    if hasattr(parsed, "data"):
        parsed = parsed.data
    if isinstance(parsed, list | tuple):
        for part in parsed:
            yield from operations(part)
    elif isinstance(parsed, int) and hasattr(parsed, "name"):
        yield parsed.name


def hurried(pattern: re.Pattern[str] | re.Pattern[bytes]) -> set[str]:
    parsed = re._parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)  # type: ignore[attr-defined]
    return {"POSSESSIVE_REPEAT", "ATOMIC_GROUP"} & set(operations(parsed))


@pytest.mark.parametrize("name", modules())
def test_no_pattern_has_a_repeat_that_python_before_3_11_3_reads_wrongly(name: str):
    """In 3.11.2, which is Debian 12's, the groups after a `*+`, `++` or `(?>…)` may hold something else, or nothing."""
    patterns = {key: value for key, value in vars(importlib.import_module(name)).items() if type(value) is re.Pattern}
    assert {key: hurried(pattern) for key, pattern in patterns.items() if hurried(pattern)} == {}


def test_such_a_repeat_is_seen():
    assert hurried(re.compile(r"a(?:b|c++)d")) == {"POSSESSIVE_REPEAT"}
    assert hurried(re.compile(r"a(?>b|c)d")) == {"ATOMIC_GROUP"}
    assert hurried(re.compile(r"a(?:b|c+)d")) == set()
