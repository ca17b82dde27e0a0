"""The application of all pages: what each answer carries, and what is shown where something goes wrong."""

import gzip
from collections.abc import Callable
from functools import cache, lru_cache
from typing import cast
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, get_template_attribute, request, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from metarr.rpc.doors.local import LocalDoor, Refused
from metarr.v1 import common_pb2 as common
from metarr.v1 import config_service_pb2 as config
from metarr.web import (
    add,
    authorities,
    health,
    home,
    jobs,
    library,
    players,
    providers,
    session,
    settings,
    show,
    static,
)
from metarr.web.frame import DOOR, called, first_shown, is_partial, label, picture, refusal, status_of
from metarr.web.item import artwork, field, history, identity, refresh, series, view
from metarr.web.item import page as item

log = structlog.get_logger(__name__)

LARGEST_FORM = 1024 * 1024
PACKED_FROM = 1400
"""Bytes of a page that fit into one packet of the network anyway."""
PACKING = 5
"""How hard: more takes longer than it saves."""

PAGES = (
    ("library.library_page", "Library", "library"),
    ("health.health_page", "Health", "health"),
    ("providers.providers_page", "Providers", "providers"),
    ("authorities.authorities_page", "Authorities", "authorities"),
    ("players.players_page", "Players", "players"),
    ("jobs.jobs_page", "Jobs", "jobs"),
    ("settings.settings_page", "Settings", "settings"),
)
"""The menu: page, name, and icon, which is called as the page's module."""

HX_CONFIG = {
    "allowEval": False,
    "allowScriptTags": False,
    "includeIndicatorStyles": False,
    "attributesToSettle": ["class"],
    "defaultSettleDelay": 0,
    "disableInheritance": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "historyRestoreAsHxRequest": False,
    "selfRequestsOnly": True,
    "timeout": 65000,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "409|422", "swap": True},
        {"code": "...", "swap": False, "error": True},
    ],
}
"""Without the first four htmx would break the CSP. Its history would keep pages in the browser's storage, and show a
part of one when somebody goes back. What is swapped in works at once: until it settles, what is pressed in it goes past
htmx, and then the focus jumps to what has `autofocus`. Refused forms come back as pages, and are shown."""


def pages(door: LocalDoor, read_token: session.ReadToken | None = None) -> Flask:
    """The pages. `read_token`: tells the access token, with which whoever comes has to sign in; None: nobody has to."""
    app = Flask(__name__, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_FORM, MAX_FORM_MEMORY_SIZE=LARGEST_FORM)
    app.extensions |= {DOOR: door, session.TOKEN: read_token}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        static=static.address, hx_config=htmlsafe_json_dumps(HX_CONFIG), side=_side, ticks=_ticks
    )
    app.jinja_env.globals.update(NOT_CONFIGURED=config.ProviderState.STATUS_NOT_CONFIGURED)
    app.jinja_env.globals.update(Field=config.Field, EPISODE=common.MEDIA_KIND_EPISODE, ABOVE_OTHERS=field.ABOVE_OTHERS)
    app.jinja_env.globals.update(SERIES=common.MEDIA_KIND_SERIES, first_shown=first_shown)
    app.jinja_env.filters.update(show.FILTERS, label=label, called=called, picture=picture)
    app.jinja_env.filters.update(
        item_called=view.called,
        said_mark=field.said_mark,
        picture_mark=artwork.picture_mark,
        ids_mark=identity.ids_mark,
    )
    app.jinja_env.tests["going"] = show.is_going
    app.context_processor(lambda: {"layout": "bare.html" if is_partial() else "base.html"})
    app.before_request(_refuse_foreign)
    app.before_request(session.admit)
    app.after_request(_with_headers)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _no_page)
    app.register_error_handler(Exception, _broken)
    for module in (
        static,
        session,
        home,
        library,
        add,
        health,
        providers,
        players,
        authorities,
        jobs,
        settings,
        item,
        field,
        refresh,
        identity,
        artwork,
        history,
        series,
    ):
        app.register_blueprint(module.pages)
    return app


def _side() -> Markup:
    """What stands beside the page that is asked for."""
    section = request.blueprint or ""
    is_of_library = request.path.startswith("/item/") or section == "add"
    return _side_of("library" if is_of_library else section, session.may_sign_out())


@cache  # it is a third of what a short page takes
def _side_of(section: str, may_sign_out: bool) -> Markup:
    menu = [(url_for(endpoint), name, icon) for endpoint, name, icon in PAGES]
    drawn = cast("Callable[..., Markup]", get_template_attribute("side.html", "side"))
    return drawn(menu, section, may_sign_out)


@lru_cache(maxsize=16)  # fifty of them take as long as all the rest of the page
def _ticks(path: str, input_id: str, words: tuple[tuple[str, str, bool], ...]) -> Markup:
    """The texts of a closed set, to be ticked."""
    drawn = cast("Callable[..., Markup]", get_template_attribute("macros.html", "drawn_ticks"))
    return drawn(path, input_id, words)


def _refuse_foreign() -> Response | None:
    """Forms of other pages, though a browser may send them with our cookie: from another port of this host it does.

    Who sends neither header is no browser of these years, and has no cookie that somebody else could use.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin", "none") or (origin is not None and not _is_ours(origin)):
        return refusal(403, "This form came from a page of another site. Nothing was changed.", heading="Not from here")
    return None


def _is_ours(origin: str) -> bool:
    """Whether it is this door, or the proxy that tells us another host: it has one of our names, on a usual port. The
    gate before us has refused every other name."""
    try:
        parts = urlsplit(origin)
        return parts.netloc.lower() == request.host.lower() or (bool(parts.hostname) and parts.port is None)
    except ValueError:
        return False


def _with_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in _policy().items())
    # Under "no-referrer" browsers send forms with `Origin: null`.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Vary", "HX-Request, Accept-Encoding")
    return _packed(response)


def _packed(response: Response) -> Response:
    """A page is packed to a sixth. There is nothing secret in it that its length could tell."""
    packable = response.mimetype == "text/html" and "Content-Encoding" not in response.headers
    if packable and request.accept_encodings["gzip"] > 0 and len(content := response.get_data()) > PACKED_FROM:
        response.set_data(gzip.compress(content, PACKING, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _policy() -> dict[str, str]:
    own = ("script-src", "style-src", "connect-src", "form-action")
    return {
        "default-src": "'none'",
        **dict.fromkeys(own, "'self'"),
        "img-src": " ".join(("'self'", "data:", *g.get("picture_hosts", ()))),  # Pico draws its arrows as data:
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def _refused(refused: Refused) -> Response:
    if "page_token" in refused.violations:
        text = "There is no such page of the list, or it is another list by now. Begin with its first page."
        return refusal(status_of(refused), text, onward=(request.path, "To its first page"))
    return refusal(status_of(refused), show.sentence(refused.message))


def _no_page(error: HTTPException) -> Response:
    if error.code == 404:
        return refusal(404, "There is nothing at this address.", heading="Nothing here")
    is_large = isinstance(error, RequestEntityTooLarge)
    text = "The form is larger than any of ours. Nothing was changed." if is_large else error.description or error.name
    return refusal(error.code or 500, text)


def _broken(error: Exception) -> Response:
    log.error("page_failed", method=request.method, path=request.path, exc_info=error)
    return refusal(500, "This is a fault of Metarr's; its log tells what happened.")
