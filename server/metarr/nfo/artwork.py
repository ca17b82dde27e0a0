"""The images that an .nfo file names by address."""

import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from metarr.domain.values import Kind

_ASPECTS = {"discart": "disc", "logo": "clearlogo", "": "poster", "thumb": "landscape"}
MOST_FANART = 6
_MOST_ADDRESS = 2000


def artwork(element: Element, kind: Kind) -> dict[str, Any]:
    """The first image of each kind that has a web address; of fanart a few. Images of single seasons are not its."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for thumb in element.findall("thumb"):
        if thumb.get("season", "-1") not in ("-1", "") or thumb.get("type") == "season":
            continue
        aspect = thumb.get("aspect", "").lower()
        name = "still" if kind is Kind.EPISODE else _ASPECTS.get(aspect, aspect)
        _add(by_name, name, thumb.text or "")
    for fanart in element.findall("fanart"):
        for thumb in fanart.findall("thumb"):
            _add(by_name, "fanart", fanart.get("url", "") + (thumb.text or "").strip())
    for art in element.findall("art"):
        for image in art:
            _add(by_name, _ASPECTS.get(image.tag, image.tag) if image.tag != "thumb" else "still", image.text or "")
    return {name: images[: MOST_FANART if name == "fanart" else 1] for name, images in by_name.items()}


def _add(by_name: dict[str, list[dict[str, Any]]], name: str, address: str) -> None:
    url = https(address)
    images = by_name.setdefault(name, [])
    if url and {"url": url} not in images:
        images.append({"url": url})


def https(address: str) -> str:
    """A web address that can be shown, always https; "" for a path."""
    url = re.sub(r"^http://", "https://", address.strip()[: _MOST_ADDRESS + 1].replace("&amp;", "&"))
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    whole = parts.scheme == "https" and parts.hostname and len(url) <= _MOST_ADDRESS
    return url if whole and not re.search(r"[\s<>]", url) else ""
