"""The page Providers: who is asked first, who is asked at all, and with what."""

from typing import Any, cast

from flask import Blueprint, Response, abort, request, url_for

from metarr.rpc.doors.local import Refused
from metarr.v1 import common_pb2 as common
from metarr.v1 import config_service_pb2 as pb
from metarr.web import forms
from metarr.web.frame import ask, etag_of, go, is_partial, page, refuse_form, services, status_of
from metarr.web.session import local_path

pages = Blueprint("providers", __name__)

TEST_SECONDS = 25.0
STEPS = {"up": -1, "down": 1}


@pages.get("/providers")
def providers_page() -> Response:
    """All of them, the first asked first."""
    return _page(saved=request.args.get("saved", ""))


@pages.post("/providers/order")
def order() -> Response:
    """Another order: all of it, as it was dragged to; or one of them a step up or down, as `move` says."""
    if move := request.form.get("move"):
        return _moved(*move.partition(":")[::2])
    try:
        _set_order(request.form.getlist("provider"), etag_of(request.form))
    except Refused as refused:
        text = "Somebody else changed the order meanwhile. This is the one in force now."
        return _page(status_of(refused), note=text if refused.code == "ABORTED" else refused.message)
    return _done("The order is saved.")


def _moved(provider_id: str, step: str) -> Response:
    """One step from where it is now, whatever the page showed: so of two quick steps none is lost."""
    providers, etag = _in_order()
    place = next((number for number, each in enumerate(providers) if each.id == provider_id), None)
    if place is None or step not in STEPS:
        abort(404)
    to = min(max(place + STEPS[step], 0), len(providers) - 1)
    moved = providers.pop(place)
    providers.insert(to, moved)
    _set_order([each.id for each in providers], etag)
    return _done(f"{moved.name} is now number {to + 1} of {len(providers)}.")


@pages.post("/providers/<provider_id>/enabled")
def switch(provider_id: str) -> Response:
    """On or off."""
    on = request.form.get("enabled")
    if on not in ("on", "off"):
        refuse_form()
    change = pb.UpdateProviderRequest(provider_id=provider_id, enabled=on == "on")
    change.update_mask.paths.append("enabled")
    provider = ask(services.config.UpdateProvider, change).provider
    return _done(f"{provider.name} is switched {on}.")


@pages.get("/providers/<provider_id>")
def provider_page(provider_id: str) -> Response:
    """Its settings and how it fares."""
    return _form(_one(provider_id))


@pages.post("/providers/<provider_id>")
def save(provider_id: str) -> Response:
    """Its settings as they were typed: tried, or stored."""
    provider = _one(provider_id)
    wanted = forms.changes(provider.settings, request.form)
    if request.form.get("do") == "test":
        return _tested(provider, wanted)
    etag = etag_of(request.form)
    try:
        now = _store(provider, wanted, etag)
    except Refused as refused:
        if refused.code != "ABORTED":
            return _form(provider, status_of(refused), refused)
        provider = _one(provider_id)
        if wrong := forms.meanwhile(provider.settings, request.form):
            return _form(provider, status_of(refused), refused, wrong)
        now = _store(provider, wanted, provider.etag)  # what was changed here nobody else changed
    if _lost_secret(provider, now):
        return go(url_for("providers.providers_page", saved=provider_id, lost=1))
    return go(_back() or url_for("providers.providers_page", saved=provider_id))


def _back() -> str:
    """The page that a form was opened from, where it was another one than the list."""
    return local_path(request.values["next"]) if request.values.get("next") else ""


def _tested(provider: pb.Provider, wanted: forms.Wanted) -> Response:
    """What comes of trying what was typed."""
    try:
        verdict = ask(
            services.config.TestProvider,
            pb.TestProviderRequest(provider_id=provider.id, settings=wanted),
            TEST_SECONDS,
        )
    except Refused as refused:
        return _form(provider, status_of(refused), refused)
    works = verdict.verdict == pb.TestProviderResponse.VERDICT_OK
    return _form(provider, verdict=verdict, works=works, typed=bool(wanted), reads=verdict.detail)


def _store(provider: pb.Provider, wanted: forms.Wanted, etag: str) -> pb.Provider:
    """The provider as it is then."""
    if not wanted:
        return provider
    change = pb.UpdateProviderRequest(provider_id=provider.id, settings=wanted, etag=etag)
    change.update_mask.paths.extend(f"settings.{key}" for key in wanted)
    return ask(services.config.UpdateProvider, change).provider


def _lost_secret(before: pb.Provider, after: pb.Provider) -> bool:
    """Whether a secret went that nobody said to forget: with another address what was entered for the old one does."""
    kept = {each.key for each in after.settings if each.secret_set}
    had = {each.key for each in before.settings if each.secret_set and f"forget.{each.key}" not in request.form}
    return not had <= kept


def _form(
    provider: pb.Provider,
    status: int = 200,
    refused: Refused | None = None,
    wrong: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """A provider's page, with what was typed where something was."""
    form = request.form if request.method == "POST" else None
    faults = wrong or (refused.violations if refused else {})
    return page(
        "provider.html",
        status,
        provider=provider,
        inputs=forms.inputs(provider.settings, form, faults),
        note=refused.message if refused and not faults else "",
        instead_of="#provider" if faults else "",
        back=_back(),
        **more,
    )


def _page(status: int = 200, *, note: str = "", says: str = "", saved: str = "") -> Response:
    providers, etag = _in_order()
    name = next((each.name for each in providers if each.id == saved), "")
    return page(
        "providers.html",
        status,
        says=says,
        providers=providers,
        etag=etag,
        note=note,
        saved=name,
        lost="lost" in request.args,
    )


def _done(text: str) -> Response:
    """The list as it is now: in place for htmx, anew for others."""
    return _page(says=text) if is_partial() else go(url_for("providers.providers_page"))


def _all() -> list[pb.Provider]:
    return list(ask(services.config.ListProviders, pb.ListProvidersRequest(page_size=200)).providers)


def _one(provider_id: str) -> pb.Provider:
    return next((each for each in _all() if each.id == provider_id), None) or cast("pb.Provider", abort(404))


def _in_order() -> tuple[list[pb.Provider], str]:
    """The providers, the first asked first, and the etag of the rules. One that was installed since comes last."""
    of_movies = pb.GetFieldAuthoritiesRequest(kind=common.MEDIA_KIND_MOVIE)
    rules = ask(services.config.GetFieldAuthorities, of_movies).authorities
    places = {provider_id: place for place, provider_id in enumerate(rules.provider_priority)}
    return sorted(_all(), key=lambda each: places.get(each.id, len(places))), rules.etag


def _set_order(ids: list[str], etag: str) -> None:
    change = pb.UpdateFieldAuthoritiesRequest()
    change.authorities.provider_priority.extend(ids)
    change.authorities.etag = etag
    change.update_mask.paths.append("provider_priority")
    ask(services.config.UpdateFieldAuthorities, change)
