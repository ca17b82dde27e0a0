"""Who this Kodi is to Metarr: the id of its library, and its own."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
import xml.etree.ElementTree as ET

from metarr_adapter.memory import FileMemory
from metarr_adapter.session import Identity
from metarr_kodi.port import KodiRefused, Port

_INSTANCE = "instance"
_SERVERS = ("mysql", "mariadb")
_LONGEST_NAME = 100


def identity(port: Port, memory: FileMemory) -> Identity:
    """Who registers. Made once and kept; where it cannot be kept, the same again as long as this is this Kodi.

    Kodis that share one database on a server are one player, and each of them an instance of its own.
    """
    own = memory.get(_INSTANCE) or _own_id(port, memory)
    memory.set(_INSTANCE, own)
    return Identity(
        player_id=shared_library(port) or f"kodi-{own}",
        name=name(port)[:_LONGEST_NAME],
        host="kodi",
        instance=_of_this_machine(own),
        host_version=port.info("System.BuildVersion")[:_LONGEST_NAME],
        adapter_version=port.version(),
    )


def become_another(memory: FileMemory) -> None:
    """From now on this Kodi is another one than it was: it was a copy."""
    memory.set(_INSTANCE, uuid.uuid4().hex)


def name(port: Port) -> str:
    """What its owner calls this Kodi."""
    try:
        device = str(port.rpc("Settings.GetSettingValue", setting="services.devicename").get("value") or "").strip()
    except KodiRefused:
        device = ""
    # Who never gave it a name has "Kodi" there; the label adds the name of the machine.
    return device if device not in ("", "Kodi") else port.info("System.FriendlyName") or "Kodi"


def shared_library(port: Port) -> str:
    """The player's id where Kodi's library is a database on a server, which other Kodis may use, too; "": it is not."""
    file = os.path.join(port.path("special://masterprofile/"), "advancedsettings.xml")
    try:
        settings = ET.parse(file).getroot()  # noqa: S314 - it is Kodi's own
    except (OSError, ET.ParseError):
        return ""
    database = settings.find("videodatabase")
    if database is None or _text(database, "type", "").lower() not in _SERVERS:
        return ""
    where = (
        _text(database, "host", "").lower(),
        _text(database, "port", "3306"),
        _text(database, "name", "MyVideos"),
    )
    return f"kodi-{_digest(':'.join(where))}"


def _of_this_machine(own: str) -> str:
    """Another one on a copy of this Kodi's memory card: of two Kodis on one library only one may be in session."""
    node = uuid.getnode()
    made_up = node >> 40 & 1  # where there is no network card it is another one at each start
    return own if made_up else _digest(f"{own}:{node}")


def _own_id(port: Port, memory: FileMemory) -> str:
    """A new id. Where nothing can be kept, one that this machine and profile give again."""
    made = uuid.uuid4().hex
    memory.set(_INSTANCE, made)
    return made if memory.lasting else _digest(f"{uuid.getnode()}:{port.profile()}")


def _text(parent: ET.Element, tag: str, otherwise: str) -> str:
    return re.sub(r"\s+", "", parent.findtext(tag) or "") or otherwise


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]
