"""The pages at `/`: where an owner begins, and how a new one does."""

import uuid

from flask import Blueprint, Response, url_for

from metarr.v1 import config_service_pb2 as config
from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.v1 import health_service_pb2 as health
from metarr.web.frame import ask, go, page, services

pages = Blueprint("home", __name__)

FIRST = ("tmdb", "omdb", "tvdb", "fanart")
"""The order in which a new owner is told of providers: the one that makes Metarr useful by itself comes first."""


@pages.get("/")
def home() -> Response:
    """To the page that an owner looks at first; a new one is greeted."""
    status = ask(services.health.GetHealth, health.GetHealthRequest()).status
    is_new = status == health.GetHealthResponse.STATUS_NOT_CONFIGURED
    return go(url_for("home.welcome" if is_new else "library.library_page"))


@pages.get("/welcome")
def welcome() -> Response:
    """The first steps, each with whether it is done. Every one can be left out."""
    listed = ask(services.config.ListProviders, config.ListProvidersRequest(page_size=200)).providers
    places = {provider_id: place for place, provider_id in enumerate(FIRST)}
    return page(
        "welcome.html",
        providers=sorted(listed, key=lambda each: places.get(each.id, len(places))),
        health=ask(services.health.GetHealth, health.GetHealthRequest()),
        jobs=ask(services.enrichment.ListJobs, enrichment.ListJobsRequest(page_size=1)).jobs,
        request_id=uuid.uuid4().hex,
    )
