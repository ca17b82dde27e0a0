"""The pages without a port, of the services of a house: what comes in and goes out is the same, and nothing travels."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import Client
from werkzeug.wrappers import Response

from harness import House
from metarr.app import servicers
from metarr.clock import SystemClock
from metarr.rpc.doors.closing import Closing
from metarr.rpc.doors.local import LocalDoor
from metarr.web.app import pages
from metarr.web.frame import DOOR, HOSTS
from metarr.web.session import TOKEN

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NAMED = {
    "provider_id": "tmdb",
    "kind": "movie",
    "field": "plot",
    "job_id": "1",
    "item_id": "1",
    "name": "plot",
    "artwork": "poster",
    "do": "lock",
    "host_id": "folders",
    "host_kind": "folders",
    "player_id": "kodi",
    "token_id": "1a2b3c4d",
}
"""What stands in addresses of pages; whoever looks at all of them has it there."""
SERIES_ITEM = "2"
"""The item of the pages of a series."""

HTMX = {"HX-Request": "true"}
"""The header by which a page knows htmx."""


@cache
def _made_once() -> Flask:
    return pages(LocalDoor(None, SystemClock(), Closing()))  # type: ignore[arg-type]  (it gets others)


def routes(method: str) -> list[str]:
    """Every address of a page, with what it names filled in."""
    rules = [rule for rule in _made_once().url_map.iter_rules() if method in (rule.methods or ())]
    return sorted(_filled(rule) for rule in rules if rule.endpoint != "static.file")


def _filled(rule: Rule) -> str:
    named = NAMED | {"item_id": SERIES_ITEM} if rule.endpoint.startswith("series.") else NAMED
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda name: named[name[1]], rule.rule)


def pages_of(home: House, read_token: Callable[[], str] | None = None) -> "WSGIApplication":
    """The pages of a house. To read their templates takes longer than most tests, so the application is made once, and
    looks at this house while it answers."""
    door = LocalDoor(servicers(home.services, home.clock), home.clock, Closing())

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        app = _made_once()
        app.extensions |= {DOOR: door, TOKEN: read_token}
        app.extensions.pop(HOSTS, None)
        return app(environ, start_response)

    return application


def browser(home: House, read_token: Callable[[], str] | None = None) -> Client:
    """What asks for the pages. It follows no redirect and keeps cookies."""
    return Client(pages_of(home, read_token), Response)


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.areas: list[str] = []
        self._in_area = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._in_area = tag == "textarea"
        if self._in_area:
            self.areas.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_area = False

    def handle_data(self, data: str) -> None:
        self.words += data.split()
        if self._in_area:
            self.areas[-1] += data.removeprefix("\n")


class Seen:
    """An answer as somebody sees it."""

    def __init__(self, answer: Response) -> None:
        self.status, self.headers = answer.status_code, answer.headers
        self.html = answer.get_data(as_text=True)
        parser = _Seen()
        parser.feed(self.html)
        self.text, self.everything = " ".join(parser.words), parser.tags
        """Every element in its order: its name and attributes."""
        self.areas = parser.areas
        """What stands in each textarea."""

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """The attributes of every element of that name that has these."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [has for name, has in self.everything if name == tag and wanted.items() <= has.items()]

    def one(self, tag: str, **attributes: str) -> dict[str, str]:
        """The attributes of the only one."""
        [has] = self.all(tag, **attributes)
        return has


def seen(answer: Response) -> Seen:
    """What somebody sees of an answer."""
    return Seen(answer)
