"""The owner's decisions as a document: ConfigService's ExportSettings and ImportSettings."""

import re

from metarr.rpc.validate import Check
from metarr.rules.export import Decisions, ImportOutcome
from metarr.v1 import config_service_pb2 as pb


def exported(decisions: Decisions, request: pb.ExportSettingsRequest) -> pb.ExportSettingsResponse:
    """Raises InvalidInput."""
    with Check() as check:
        limit = check.page_size("page_size", request.page_size)
        if not re.fullmatch(r"\d{0,18}", request.page_token, re.ASCII):
            check.violation("page_token", "is none that was handed out")
    text, last = decisions.export(int(request.page_token or 0), limit)
    return pb.ExportSettingsResponse(json=text, next_page_token=str(last or ""))


def imported(decisions: Decisions, request: pb.ImportSettingsRequest) -> pb.ImportSettingsResponse:
    """Raises InvalidInput."""
    with Check() as check:
        if not request.json:
            check.violation("json", "is required")
    return _taken_message(decisions.take(request.json, dry_run=request.dry_run))


def _taken_message(taken: ImportOutcome) -> pb.ImportSettingsResponse:
    return pb.ImportSettingsResponse(
        settings=taken.settings,
        authorities=taken.authorities,
        providers=taken.providers,
        hosts=taken.hosts,
        items=taken.items,
        unchanged_items=taken.same,
        unplaced=[pb.ImportSettingsResponse.Unplaced(name=each.name, why=each.why) for each in taken.unplaced],
    )
