"""Notices as lines of the command line: the daemon's text, and the command that mends it."""

from collections.abc import Iterator

from metarr.cli.daemon import Answer, pages
from metarr.cli.text import age, clean, word

PAGE = 200

_BY_CODE = {
    "provider_key_refused": "metarr providers set {target} api_key=-",
    "quota_outgrown": "metarr providers set {target} daily_quota=NUMBER",
    "provider_plain_http": "metarr providers set {target} base_url=https://HOST api_key=-",
}
_BY_RPC = {
    "ConfigService.UpdateProvider": "metarr providers set {target} KEY=VALUE",
    "ConfigService.UpdateSettings": "metarr settings set KEY=VALUE",
    "ConfigService.TestProvider": "metarr providers test {target}",
    "EnrichmentService.UndoChangeSets": (
        "metarr undo --provider {target} --since 1d --preview, or metarr providers resume {target}"
    ),
    "LibraryService.SetSeriesOrder": "metarr series order {target}",
    "SyncService.UpdatePlayer": "metarr players policy {target} replace|fill",
    "SyncService.RemovePlayer": "metarr players remove {target}",
    "SyncService.ListPlayerItems": "metarr players show {target}",
    "SyncService.ResendItems": "metarr players show {target}",
}
"""By the method that mends something, how it is called from here. What is of one code alone stands above."""


def all_notices(server: str) -> list[Answer]:
    """Every notice, the worst first. Raises RpcFailure."""
    answers = pages(server, "HealthService", "ListNotices", {"pageSize": PAGE})
    return [notice for answer in answers for notice in answer.get("notices", ())]


def lines(notices: list[Answer]) -> Iterator[str]:
    """A line for each, such as "warning: omdb: refuses the key, since 2 days: metarr providers set omdb api_key=-"."""
    for notice in notices:
        since = age(notice.get("since"))
        line = f"{word(notice.get('severity'), 'SEVERITY_')}: {_about(notice)}{notice.get('text', '')}"
        mends = command(notice)
        yield clean(line + (f" (since {since})" if since else "") + (f": {mends}" if mends else ""))


def command(notice: Answer) -> str:
    """The command that mends it; "": none does, or none that this version knows."""
    action = notice.get("action", {})
    pattern = _BY_CODE.get(notice.get("code", "")) or _BY_RPC.get(action.get("rpc", ""), "")
    return pattern.format(target=action.get("target") or "ID")


def _about(notice: Answer) -> str:
    """Whom a notice is about, where its text does not say that by itself."""
    kind, colon, name = notice.get("subject", "").partition(":")
    if not colon or kind == "plugin":
        return ""
    return f"{name}: " if kind == "provider" else f"{kind} {name}: "
