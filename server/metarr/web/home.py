"""The page at `/`: where an owner begins."""

from flask import Blueprint, Response, url_for

from metarr.web.frame import go

pages = Blueprint("home", __name__)


@pages.get("/")
def home() -> Response:
    """To the page that an owner looks at first."""
    return go(url_for("health.health_page"))
