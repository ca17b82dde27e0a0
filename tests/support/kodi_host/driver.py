"""Having things done inside Kodi that JSON-RPC cannot do, by a small add-on that only tests have."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from .machine import Machine
from .waiting import SECONDS

ID = "script.metarr.testdriver"
FOLDER = Path(__file__).parent / ID


class ScriptFailed(AssertionError):
    """A script raised inside Kodi; the text is its traceback."""


def carry_out(machine: Machine, order: dict[str, Any], seconds: float = SECONDS) -> Any:
    """Have the driver do something; what came of it. Raises ScriptFailed, and NeverHappened."""
    folder = machine.profile.userdata / "addon_data" / ID
    folder.mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(8)
    (folder / f"{name}.order.json").write_text(json.dumps(order))
    machine.rpc("Addons.ExecuteAddon", addonid=ID, params=[name], wait=False)
    answer = folder / f"{name}.answer.json"
    machine.wait_for(answer.exists, f"the driver's answer to {order}", seconds)
    told = json.loads(answer.read_text())
    os.unlink(answer)
    if "error" in told:
        raise ScriptFailed(told["error"])
    return told["result"]
