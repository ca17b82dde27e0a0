import importlib.machinery
import importlib.util
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def script(name, monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    loader = importlib.machinery.SourceFileLoader(name, str(SCRIPTS / name))
    loaded = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(loaded)
    return loaded


@pytest.mark.slow
def test_what_is_generated_from_the_contract_is_fresh(monkeypatch):
    assert script("gen_proto", monkeypatch).fresh(), "server/metarr/v1 is not what proto/ gives: run scripts/gen_proto"


def test_the_codes_of_languages_and_countries_are_fresh(monkeypatch):
    pytest.importorskip("pycountry", reason="pycountry, of the development tools, is not installed")
    assert script("gen_codes", monkeypatch).fresh(), "iso_codes.json is not what ISO says: run scripts/gen_codes"
