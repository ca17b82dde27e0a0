"""What every page is made with: the contract to ask, and the way to answer a browser or htmx."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn, TypeVar, cast

from flask import Response, abort, current_app, g, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.local import LocalProxy

from metarr.rpc.doors.local import Context, LocalDoor, Refused, Servicers
from metarr.v1 import config_service_pb2 as config
from metarr.v1 import sync_service_pb2 as sync

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

DOOR = "metarr.door"
"""Where the application keeps the local door."""

STATUS = {
    "INVALID_ARGUMENT": 422,
    "NOT_FOUND": 404,
    "ABORTED": 409,
    "FAILED_PRECONDITION": 409,
    "RESOURCE_EXHAUSTED": 429,
    "UNAUTHENTICATED": 401,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""The HTTP status of a refusal; 500 for any other."""

services = cast("Servicers", LocalProxy(lambda: _door().services))
"""The servicers of the contract, for `ask`."""


def ask(method: Callable[[Asked, Context], Answer], asked: Asked, seconds: float = 60.0) -> Answer:
    """The answer of a method, such as `ask(services.health.GetHealth, GetHealthRequest())`. Raises Refused."""
    return _door().ask(method, asked, seconds)


def _door() -> LocalDoor:
    return cast("LocalDoor", current_app.extensions[DOOR])


def label(field: str) -> str:
    """A field's name for a person to read, such as "IMDb rating"."""
    if "labels" not in g:
        listed = ask(services.config.ListFields, config.ListFieldsRequest(page_size=200))
        g.labels = {each.name: each.label for each in listed.fields}
    return cast("dict[str, str]", g.labels).get(field, field)


def called(source: str) -> str:
    """What whoever said a value is called, such as "TMDB"; of a union, "TMDB + OMDb"."""
    return " + ".join(source_names().get(each, each) for each in source.split("+"))


def source_names() -> Mapping[str, str]:
    """By its name in the contract, what everybody is called who may say a value."""
    if "source_names" not in g:
        players = ask(services.sync.ListPlayers, sync.ListPlayersRequest()).players
        g.source_names = (
            {"owner": "You", "nfo": "Your .nfo files", "import": "What was imported"}
            | {each.id: each.name for each in all_providers()}
            | {f"player:{each.id}": each.name for each in players}
        )
    return cast("dict[str, str]", g.source_names)


def all_providers() -> Sequence[config.Provider]:
    """The providers as they are now; asked for once for a page."""
    if "providers" not in g:
        g.providers = ask(services.config.ListProviders, config.ListProvidersRequest(page_size=200)).providers
    return cast("Sequence[config.Provider]", g.providers)


def now() -> datetime:
    """The daemon's time."""
    return _door().clock.now()


def first_shown() -> int:
    """The place in the whole list of what a page shows first, as the address says it; 0: it says nothing of it."""
    text = request.args.get("first", "" if "page" in request.args else "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def is_partial() -> bool:
    """Whether htmx asks: then a page is its main part alone, of which htmx takes what it wants."""
    return "HX-Request" in request.headers


def page(
    template: str, status: int = 200, *, says: str = "", reads: str = "", instead_of: str = "", **values: Any
) -> Response:
    """A page. Where htmx asks for it, `says` is shown for a while besides, and read out; `reads` is read out only: what
    comes with the page, but at a place that nobody looks at who does not see. `instead_of`: the part, such as
    "#provider", that takes the place of the one in the browser, whatever the button that was pressed would replace."""
    response = Response(render_template(template, **values), status)
    if instead_of:
        swapped = {"HX-Retarget": instead_of, "HX-Reselect": instead_of, "HX-Reswap": "outerHTML"}
        response.headers.update(swapped)
    if is_partial() and (says or reads):
        response.headers["HX-Trigger"] = json.dumps({"say": says} if says else {"read": reads})
    return response


ONWARD = ("/", "Start again")


def refusal(
    status: int, text: str, *, heading: str = "That did not work", onward: tuple[str, str] = ONWARD
) -> Response:
    """A page that says what is wrong, and with `onward`, an address and its words, where to go on. Where htmx asks, the
    page that is there stays, and the text is announced."""
    response = page("refused.html", status, says=text, heading=heading, text=text, onward=onward)
    if is_partial():
        response.headers["HX-Reswap"] = "none"
    return response


def go(address: str) -> Response:
    """On to another page, after something was done."""
    if is_partial():
        return Response("", 204, {"HX-Redirect": address})
    return cast("Response", redirect(address, 303))


def etag_of(form: MultiDict[str, str]) -> str:
    """The etag that a form was drawn with; without it nobody could tell what it would overwrite."""
    return form.get("etag") or refuse_form()


def refuse_form() -> NoReturn:
    """End a request whose form no page of ours would send."""
    abort(422, "This form is not whole. Load the page again; nothing was changed.")


def status_of(refused: Refused) -> int:
    """The HTTP status of a refusal."""
    return STATUS.get(refused.code, 500)


HOST = re.compile(r"[a-z0-9.-]+(:\d+)?")
HOSTS = "metarr.hosts"
"""Where the application keeps the hosts of pictures: they stay as long as it runs."""


def with_pictures() -> bool:
    """Let the page that is being made load pictures from the hosts that the providers declare. Returns whether the
    owner wants any."""
    settings = ask(services.config.GetSettings, config.GetSettingsRequest()).settings
    wanted = any(each.key == "show_pictures" and each.value.bool_value for each in settings)
    g.picture_hosts = _picture_hosts() if wanted else ()
    return wanted


def picture(plain: Mapping[str, Any]) -> str:
    """The address of a picture that this page may load, the small version where there is one; "": none."""
    addresses = (plain.get("preview_url"), plain.get("url"))
    return next((url for url in addresses if isinstance(url, str) and _may_load(url)), "")


def _may_load(url: str) -> bool:
    host = url.removeprefix("https://").partition("/")[0]
    return f"https://{host}" in g.get("picture_hosts", ()) and url.startswith(f"https://{host}/")


def _picture_hosts() -> tuple[str, ...]:
    if HOSTS not in current_app.extensions:
        hosts = {host for each in all_providers() for host in each.image_hosts if HOST.fullmatch(host)}
        current_app.extensions[HOSTS] = tuple(f"https://{host}" for host in sorted(hosts))
    return cast("tuple[str, ...]", current_app.extensions[HOSTS])
