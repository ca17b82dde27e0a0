"""The page Settings: what is tuned about Metarr as a whole."""

from flask import Blueprint, Response, request, url_for

from metarr.rpc.doors.local import Refused
from metarr.v1 import config_service_pb2 as pb
from metarr.web import forms
from metarr.web.frame import ask, etag_of, go, page, services, status_of

pages = Blueprint("settings", __name__)


@pages.get("/settings")
def settings_page() -> Response:
    """Every setting as it is declared."""
    return _form(_read(), saved="saved" in request.args)


@pages.post("/settings")
def save() -> Response:
    """What was typed, all of it or nothing."""
    settings, etag = _read(), etag_of(request.form)
    wanted = forms.changes(settings.settings, request.form)
    try:
        _store(wanted, etag)
    except Refused as refused:
        if refused.code != "ABORTED":
            return _form(settings, status_of(refused), wrong=refused.violations)
        settings = _read()
        if wrong := forms.meanwhile(settings.settings, request.form):
            return _form(settings, status_of(refused), wrong=wrong)
        _store(wanted, settings.etag)  # what was changed here nobody else changed
    return go(url_for("settings.settings_page", saved=1))


def _read() -> pb.GetSettingsResponse:
    return ask(services.config.GetSettings, pb.GetSettingsRequest())


def _store(wanted: forms.Wanted, etag: str) -> None:
    if wanted:
        ask(services.config.UpdateSettings, pb.UpdateSettingsRequest(settings=wanted, etag=etag))


def _form(
    settings: pb.GetSettingsResponse, status: int = 200, *, wrong: dict[str, str] | None = None, saved: bool = False
) -> Response:
    form = request.form if request.method == "POST" else None
    inputs = forms.inputs(settings.settings, form, wrong)
    return page("settings.html", status, inputs=inputs, etag=settings.etag, saved=saved)
