"""How Metarr and each provider fare."""

from __future__ import annotations

from typing import Any

from metarr_adapter.errors import RpcError
from metarr_kodi import menu_texts, plain
from metarr_kodi.links import do
from metarr_kodi.port import Row
from metarr_kodi.visit import NAME, Visit
from metarr_kodi.words import word

HEADING = menu_texts.MENU_HEALTH

_STATUSES = {
    "STATUS_OK": menu_texts.HEALTH_OK,
    "STATUS_DEGRADED": menu_texts.HEALTH_DEGRADED,
    "STATUS_NOT_CONFIGURED": menu_texts.HEALTH_NOT_CONFIGURED,
}
_WORTH_A_ROW = ("SEVERITY_WARNING", "SEVERITY_ERROR")
"""Of notices: what a provider's own row says already, such as that a quota is used up, is none."""

MOST = 200
"""Notices that are asked for; nobody has more."""

_WELL = ("STATUS_OK", "STATUS_DISABLED", "STATUS_NOT_CONFIGURED")


def health(visit: Visit, _query: dict[str, str]) -> list[Row]:
    """The daemon as a whole, each provider, what the owner should know, the daily run."""
    answer = visit.ask("Health", "GetHealth")
    rows = [Row(_overall(visit, answer), do("daemon"), image=_image(answer.get("status", "") != "STATUS_DEGRADED"))]
    rows += [_row(visit, each) for each in answer.get("providers", ())]
    rows += [
        Row(_notice(visit, each), do("daemon"), plot=_since(visit, each), image="DefaultIconWarning.png")
        for each in _notices(visit)
        if each.get("severity") in _WORTH_A_ROW
    ]
    return [*rows, Row(_daily(visit, answer.get("schedule", {})), do("daemon"), image="DefaultYear.png")]


def daemon(visit: Visit, _query: dict[str, str]) -> None:
    """Show all about the daemon as a whole."""
    answer, text = visit.ask("Health", "GetHealth"), visit.text
    schedule = answer.get("schedule", {})
    lines = [
        _overall(visit, answer),
        text(menu_texts.HEALTH_ADDRESS, address=visit.address),
        text(menu_texts.HEALTH_ITEMS, items=answer.get("items", 0), pending=answer.get("pendingItems", 0)),
        text(menu_texts.HEALTH_STARTED, when=visit.words.when(answer.get("startedAt", ""))),
        "",
        _daily(visit, schedule),
        text(menu_texts.HEALTH_DAILY_LAST, when=_or_never(visit, schedule.get("lastRunAt", ""))),
        "",
        *(_since(visit, each) for each in _notices(visit)),
    ]
    visit.port.show(NAME, "\n".join(lines))


def provider(visit: Visit, query: dict[str, str]) -> None:
    """Show all about one provider."""
    answer = visit.ask("Health", "GetHealth")
    chosen: dict[str, Any] = next((each for each in answer.get("providers", ()) if each["id"] == query.get("id")), {})
    visit.port.show(visit.words.provider(query.get("id", "")), "\n".join(details(visit, chosen.get("state", {}))))


def details(visit: Visit, state: dict[str, Any]) -> list[str]:
    """All about a provider, in lines."""
    text, words = visit.text, visit.words
    lines = [_state(visit, state), *filter(None, [plain.lines(state.get("detail", ""))])]
    if state.get("retryAt"):
        lines.append(text(menu_texts.HEALTH_AGAIN, when=words.when(state["retryAt"])))
    lines.append("")
    if state.get("quotaLimit"):
        used = state.get("quotaUsed", 0)
        lines.append(text(menu_texts.HEALTH_REQUESTS, used=used, limit=state["quotaLimit"]))
        lines.append(text(menu_texts.HEALTH_RESET, when=words.when(state.get("quotaResetAt", ""))))
    lines += [
        text(menu_texts.HEALTH_LAST, when=_or_never(visit, state.get("lastRequestAt", ""))),
        text(menu_texts.HEALTH_SUCCESS, when=_or_never(visit, state.get("lastSuccessAt", ""))),
        text(menu_texts.HEALTH_PENDING, count=state.get("pendingItems", 0)),
    ]
    if state.get("advice"):
        lines += ["", plain.lines(state["advice"])]
    return lines


def _row(visit: Visit, answer: dict[str, Any]) -> Row:
    state, text = answer.get("state", {}), visit.text
    parts = [
        text(menu_texts.HEALTH_PROVIDER, name=plain.line(answer.get("name", answer["id"])), state=_state(visit, state))
    ]
    if state.get("quotaLimit"):
        parts.append(text(menu_texts.HEALTH_QUOTA, used=state.get("quotaUsed", 0), limit=state["quotaLimit"]))
    if state.get("pendingItems"):
        parts.append(text(menu_texts.HEALTH_WAITING, count=state["pendingItems"]))
    if state.get("retryAt"):
        parts.append(text(menu_texts.HEALTH_AGAIN, when=visit.words.when(state["retryAt"])))
    return Row(
        " · ".join(parts),
        do("provider", id=answer["id"]),
        plot="\n".join(details(visit, state)),
        image=_image(state.get("status", "") in _WELL),
    )


def _overall(visit: Visit, answer: dict[str, Any]) -> str:
    number = _STATUSES.get(answer.get("status", ""), menu_texts.HEALTH_DEGRADED)
    return visit.text(number, version=answer.get("version", "?"))


def _state(visit: Visit, state: dict[str, Any]) -> str:
    number = menu_texts.PROVIDER_STATES.get(word(state.get("status", ""), "STATUS_"), menu_texts.STATE_UNKNOWN)
    return visit.text(number)


def _daily(visit: Visit, schedule: dict[str, Any]) -> str:
    if schedule.get("off"):
        return visit.text(menu_texts.HEALTH_DAILY, when=plain.line(schedule["off"]))
    when = visit.words.when(schedule.get("nextRunAt", ""))
    at = visit.text(menu_texts.HEALTH_DAILY_AT, when=when, at=schedule.get("at", ""), zone=schedule.get("zone", ""))
    return visit.text(menu_texts.HEALTH_DAILY, when=at)


def _notices(visit: Visit) -> list[dict[str, Any]]:
    """What the owner should know, the worst first. An older daemon knows no notices."""
    try:
        answer = visit.ask("Health", "ListNotices", pageSize=MOST)
    except RpcError as error:
        if error.code != "unimplemented":
            raise
        return []
    return list(answer.get("notices", ()))


def _notice(visit: Visit, notice: dict[str, Any]) -> str:
    """One thing that the owner should know; whose it is, where the text does not say that by itself."""
    text = plain.line(notice.get("text", ""))
    kind, _, name = notice.get("subject", "").partition(":")
    about = {"provider": visit.words.provider(name), "player": visit.words.source(f"player:{name}")}.get(kind)
    return visit.text(menu_texts.HEALTH_NOTICE, about=about, text=text) if about else text


def _since(visit: Visit, notice: dict[str, Any]) -> str:
    when = visit.words.when(notice.get("since", ""))
    return visit.text(menu_texts.HEALTH_SINCE, text=_notice(visit, notice), when=when)


def _or_never(visit: Visit, moment: str) -> str:
    return visit.words.when(moment) or visit.text(menu_texts.NEVER)


def _image(well: bool) -> str:
    return "DefaultIconInfo.png" if well else "DefaultIconWarning.png"
