import importlib.machinery
import importlib.util
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.mark.slow
def test_what_is_generated_from_the_contract_is_fresh(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    loader = importlib.machinery.SourceFileLoader("gen_proto", str(SCRIPTS / "gen_proto"))
    script = importlib.util.module_from_spec(importlib.util.spec_from_loader("gen_proto", loader))
    loader.exec_module(script)

    assert script.fresh(), "server/metarr/v1 is not what proto/ gives: run scripts/gen_proto"
