"""What the add-on's menus ask of its service, told through Kodi to everybody."""

from __future__ import annotations

from metarr_kodi.port import ADDON_ID, Port

SYNC_NOW = "sync_now"
"""Report the whole library, and take in what is pending."""

CONNECT_AGAIN = "connect_again"
"""Begin anew with the settings as they are now: at once, not after a pause."""

TAKE_OVER = "take_over"
"""Connect, and end the session of another Kodi on the same library."""


def send(port: Port, command: str) -> None:
    """Ask the service for one of these. It says nothing; `status.current` shows what comes of it."""
    port.rpc("JSONRPC.NotifyAll", sender=ADDON_ID, message=command)


def command_of(sender: str, method: str) -> str:
    """The command that something heard is; "": it is none."""
    commands = {f"Other.{command}": command for command in (SYNC_NOW, CONNECT_AGAIN, TAKE_OVER)}
    return commands.get(method, "") if sender == ADDON_ID else ""
