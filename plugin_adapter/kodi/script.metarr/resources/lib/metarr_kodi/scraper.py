"""What Kodi asks of its scraper add-ons while it scans.

Kodi calls a scraper as a plugin, anew for every question: `find` a title by the words of a file's name, `NfoUrl` what a
file beside it names, `getdetails` of what was found, `getartwork` of what there is to choose from; of a show then
`getepisodelist`, and for each file `getepisodedetails`. What was found in a scan has all that there is to say about it
in its address, and so has each episode: the daemon is asked once for a film, and once for all episodes of a show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl

from metarr_kodi.port import Port
from metarr_kodi.titles import Scraped, unpacked


class Candidate(NamedTuple):
    """A title that may be meant. `url`: what `getdetails` is to be asked with; `relevance`: 0 to 1."""

    title: str
    year: int
    url: str
    poster: str = ""
    relevance: float = 1.0


class Listed(NamedTuple):
    """An episode of a show, by the numbers that files bear. `url`: what `getepisodedetails` is to be asked with."""

    season: int
    number: int
    title: str
    aired: str
    url: str


class Answers(Protocol):
    """How Kodi is answered: by one of these, once."""

    def candidates(self, several: Sequence[Candidate]) -> None:
        """Titles that may be meant, the best first: in a scan Kodi takes that one."""

    def episodes(self, several: Sequence[Listed]) -> None:
        """All episodes of a show."""

    def address(self, url: str) -> None:
        """What `getdetails` is to be asked with; "": nothing."""

    def details(self, title: Scraped | None) -> None:
        """A title; None: it cannot be had, and Kodi enters nothing."""


def main(port: Port, answers: Answers, kind: str, query: str, **options: Any) -> None:
    """Answer one question; `query` is what Kodi gives to plugins. `options`: what `visiting` takes by name."""
    asked = dict(parse_qsl(query.lstrip("?")))
    title = unpacked(asked.get("url", ""))
    if title is not None:
        answers.details(title)
        return
    from metarr_kodi.scraping import answer  # noqa: PLC0415 - takes long to load, and half of the questions go without

    answer(port, answers, kind, asked, **options)
