"""The page Health: how providers, players and the daily run fare."""

from flask import Blueprint, Response

from metarr.v1 import health_service_pb2 as pb
from metarr.web.frame import ask, page, services

pages = Blueprint("health", __name__)


@pages.get("/health")
def health_page() -> Response:
    """How everything fares now."""
    return page("health.html", health=ask(services.health.GetHealth, pb.GetHealthRequest()))
