"""`.plexmatch`: lines by which an owner tells Plex which title a folder holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from metarr.domain.ids import ExternalId, Worth, admit
from metarr.domain.values import Kind
from metarr.files.idtags import claim as claims_of

_MOST_LINES = 1000
_ID_LINES = {"imdbid": "imdb", "tmdbid": "tmdb", "tvdbid": "tvdb"}


@dataclass(frozen=True)
class Hints:
    """What it says. `year` 0, `season` None: nothing."""

    ids: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    year: int = 0
    season: int | None = None


def hints(text: str) -> Hints:
    """Read one. What is malformed costs its line only; of two lines of one name the first counts."""
    lines: dict[str, str] = {}
    for line in text.splitlines()[:_MOST_LINES]:
        name, colon, value = line.partition(":")
        if colon and not line.lstrip().startswith("#"):
            lines.setdefault(name.strip().lower(), value.strip())
    claims = [
        claim for name, id_type in _ID_LINES.items() if name in lines for claim in claims_of(id_type, lines[name])
    ]
    guid = admit(Kind.SERIES, "guid", lines["guid"]) if "guid" in lines else None
    if isinstance(guid, ExternalId) and guid.worth is Worth.IDENTIFY:
        claims.append((guid.type, guid.value))
    year, season = lines.get("year", ""), lines.get("season", "")
    return Hints(
        ids=dict(reversed(claims)),
        title=(lines.get("title") or lines.get("show") or "")[:500],
        year=int(year) if re.fullmatch(r"(18|19|20)\d\d", year, re.ASCII) else 0,
        season=int(season) if re.fullmatch(r"\d{1,4}", season, re.ASCII) else None,
    )
