"""The page Health: what the owner should know, and how providers, players and the daily run fare."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flask import Blueprint, Response, url_for

from metarr.v1 import health_service_pb2 as pb
from metarr.web.charts import Chart, charts
from metarr.web.frame import ask, is_partial, page, services

pages = Blueprint("health", __name__)


DAYS = 30


class Remedy(NamedTuple):
    """Where a page mends something, and what its button says."""

    address: str
    label: str


class NoticeView(NamedTuple):
    """A notice as it is shown. `name`: what it is about, as the owner calls it."""

    tone: str
    name: str
    message: pb.Notice
    remedy: Remedy | None


TONES = {
    pb.Notice.SEVERITY_INFO: "info",
    pb.Notice.SEVERITY_WARNING: "warn",
    pb.Notice.SEVERITY_ERROR: "bad",
}


@pages.get("/health")
def health_page() -> Response:
    """How everything fares now."""
    health = ask(services.health.GetHealth, pb.GetHealthRequest())
    return page("health.html", health=health, notices=list(_notices(health)), charts=_charts(health), days=DAYS)


def _charts(health: pb.GetHealthResponse) -> list[Chart]:
    """What was asked in the last days. A page that looks again shows what is in force now, and leaves them as they
    are."""
    if is_partial():
        return []
    usage = ask(services.health.ListUsage, pb.ListUsageRequest(days=DAYS))
    return charts(usage, {each.id: each.name for each in health.providers})


def _notices(health: pb.GetHealthResponse) -> Iterator[NoticeView]:
    """The gravest first."""
    names = _names(health)
    listed = ask(services.health.ListNotices, pb.ListNoticesRequest(page_size=200)).notices
    for each in sorted(listed, key=lambda notice: -notice.severity):
        tone = TONES.get(each.severity, "info")
        yield NoticeView(tone, names.get(each.subject, ""), each, _remedy(each.action))


def _names(health: pb.GetHealthResponse) -> Mapping[str, str]:
    """What the owner calls each provider and player, by the subject of a notice."""
    providers = {f"provider:{each.id}": each.name for each in health.providers}
    return providers | {f"player:{each.id}": each.name for each in health.players}


def _remedy(action: pb.NoticeAction) -> Remedy | None:
    """The page for what mends something; None where there is none yet."""
    match action.rpc:
        case "ConfigService.UpdateProvider" if action.target:
            return Remedy(url_for("providers.provider_page", provider_id=action.target), "Open its settings")
        case "ConfigService.UpdateProvider":
            return Remedy(url_for("home.welcome"), "Add a key")
        case "LibraryService.SetSeriesOrder":
            return Remedy(url_for("series.show", item_id=action.target), "See its orders")
        case "ConfigService.TestProvider":
            return Remedy(url_for("providers.provider_page", provider_id=action.target), "Test it")
        case "ConfigService.UpdateSettings":
            return Remedy(url_for("settings.settings_page"), "Open the settings")
        case "SyncService.UpdatePlayer" | "SyncService.AcceptGone" | "SyncService.ListPlayerItems":
            return Remedy(url_for("players.player_page", player_id=action.target), "Open its page")
        case "HostService.TestHost" | "HostService.GetHostLog":
            return Remedy(url_for("players.host_page", host_id=action.target), "Open its page")
    return None
