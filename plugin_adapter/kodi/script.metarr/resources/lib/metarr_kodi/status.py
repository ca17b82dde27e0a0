"""What the service tells the add-on's menus, each in an interpreter of its own: a property of Kodi's home window."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from metarr_adapter.status import Status
from metarr_kodi.port import Port

PROPERTY = "metarr.status"


def publish(port: Port, status: Status) -> None:
    """Say how the service stands."""
    fields: Mapping[str, Any] = {**status._asdict(), "connected": status.connected}
    port.set_property(PROPERTY, json.dumps(fields))


def current(port: Port) -> Status:
    """How the service said last that it stands."""
    try:
        fields = json.loads(port.property(PROPERTY) or "{}")
    except ValueError:
        return Status()
    return Status(**{name: fields[name] for name in Status._fields if name in fields})
