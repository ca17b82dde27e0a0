"""What providers and people wrote, made safe to show: Kodi takes some words in brackets for orders. Pure."""

from __future__ import annotations

import re

_ORDER = re.compile(
    r"\[(/?(?:B|I|U|LIGHT|UPPERCASE|LOWERCASE|CAPITALIZE|COLOR|TABS|CR)(?:[ =][^\[\]]*)?)\]", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


_WEB = re.compile(r"https?://[^\s/?#@|]+([/?#][^\s|]*)?\Z")


def is_web(address: str) -> bool:
    """Whether it is an address of the web, and nothing more: Kodi would open any machine's files, run add-ons, and take
    orders after a "|"."""
    return _WEB.match(address) is not None


def lines(text: str) -> str:
    """A text of any number of lines, in which nothing is an order: "[B]" becomes "(B)", "[REC]" stays."""
    kept = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ORDER.sub(r"(\1)", kept)


def line(text: str, most: int = 0) -> str:
    """The same as one line, of at most `most` characters; 0: however long."""
    whole = " ".join(lines(text).split())
    if not most or len(whole) <= most:
        return whole
    return whole[: most - 1].rstrip() + "…"
