"""Who may see the pages: whoever showed the access token, and has a cookie since.

The cookie opens pages and nothing else: methods of the contract want the token itself. What signs it is derived from
the token, so that a new token ends every session.
"""

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, request, url_for
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Request

from metarr.errors import CannotDo
from metarr.web.frame import go, is_partial, page, refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

pages = Blueprint("session", __name__)

TOKEN = "metarr.token"
"""Where the application keeps what reads the access token; None: nobody need sign in."""

FAILED = "metarr.token_failed"
"""Where a request keeps what notes that a wrong token was shown with it."""

ReadToken = Callable[[], str]

DAYS = 30
OPEN = ("static.file", "session.sign_in")
"""What anybody may see."""


def admit() -> Response | None:
    """What to answer instead of the page that is asked for, to whoever is not signed in. To be asked before each."""
    read = _reader()
    if read is None or request.endpoint in OPEN or _is_signed_in(read):
        return None
    if is_partial():
        return Response("", 401, {"HX-Redirect": _sign_in_address(request.headers.get("HX-Current-URL", "/"))})
    if request.endpoint is not None and request.method in ("GET", "HEAD"):
        return cast("Response", redirect(_sign_in_address(request.full_path), 303))
    return refusal(401, "Nothing was changed.", heading="Please sign in", onward=(_sign_in_address("/"), "Sign in"))


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    """A form for the token; whoever knows it gets the cookie."""
    goal = local_path(request.values.get("next", "/"))
    wrong = ""
    read = _reader()
    if read is None:
        return go(goal)
    if request.method == "POST":
        shown = request.form.get("token", "").strip()
        try:
            if hmac.compare_digest(read().encode(), shown.encode()):
                return _signed_in(goal, read)
            request.environ.get(FAILED, lambda: None)()
            wrong = "This is not the access token."
        except CannotDo as error:
            wrong = str(error)
    return page("sign_in.html", 403 if wrong else 200, wrong=wrong, next=goal)


@pages.post("/sign-out")
def sign_out() -> Response:
    """Forget the cookie, in this browser."""
    response = go(url_for("session.sign_in"))
    response.delete_cookie(
        _cookie_name(secure=request.is_secure), secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return response


def may_sign_out() -> bool:
    """Whether there is a session to end."""
    read = _reader()
    return read is not None and _is_signed_in(read)


def local_path(address: str) -> str:
    """The path and query of one of our pages; "/" where it leads anywhere else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    ours = parts.netloc in ("", request.host) and parts.scheme in ("", "http", "https")
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # Browsers read "//host", "/\host" and "/<tab>/host" as addresses of another host.
    is_path = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours and is_path else "/"


def _reader() -> ReadToken | None:
    return cast("ReadToken | None", current_app.extensions[TOKEN])


def _signer(read: ReadToken) -> TimestampSigner:
    return TimestampSigner(hmac.digest(read().encode(), b"metarr web session", "sha256"))


def _is_signed_in(read: ReadToken) -> bool:
    return has_session(read, request.environ)


def has_session(read: ReadToken, environ: "WSGIEnvironment") -> bool:
    """Whether a request comes from whoever is signed in; `read` tells the access token."""
    asked = Request(environ)
    try:
        _signer(read).unsign(asked.cookies.get(_cookie_name(secure=asked.is_secure), ""), max_age=DAYS * 86400)
    except (BadSignature, CannotDo):
        return False
    return True


def _signed_in(goal: str, read: ReadToken) -> Response:
    response = cast("Response", redirect(goal, 303))
    response.set_cookie(
        _cookie_name(secure=request.is_secure),
        _signer(read).sign(b"owner").decode(),
        max_age=DAYS * 86400,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",  # "Strict" would lose the session when a dashboard links here
    )
    return response


def _cookie_name(*, secure: bool) -> str:
    """Ports of a host share their cookies. What begins with __Host- no other host of the domain can set; browsers
    take it over TLS only."""
    return "__Host-metarr_session" if secure else "metarr_session"


def _sign_in_address(back: str) -> str:
    return url_for("session.sign_in", next=local_path(back.rstrip("?")))
