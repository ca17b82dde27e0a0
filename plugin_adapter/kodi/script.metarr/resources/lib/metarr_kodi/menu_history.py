"""What changed, the latest first, and taking it back."""

from __future__ import annotations

from typing import Any

from metarr_kodi import menu_texts
from metarr_kodi.links import do, show
from metarr_kodi.port import Option, Row
from metarr_kodi.undoing import lines, take_back, undoable
from metarr_kodi.visit import Trouble, Visit

HEADING = menu_texts.MENU_HISTORY
PAGE = 25


def history(visit: Visit, query: dict[str, str]) -> list[Row]:
    """A page of changes."""
    answer = visit.ask("Enrichment", "ListChangeSets", pageSize=PAGE, pageToken=query.get("after", ""))
    change_sets = answer.get("changeSets", ())
    titles = {item_id: _title(visit, item_id) for item_id in dict.fromkeys(each["itemId"] for each in change_sets)}
    rows = [_row(visit, each, titles[each["itemId"]]) for each in change_sets]
    if not rows:
        return [Row(visit.text(menu_texts.HISTORY_NONE), do("again"), image="DefaultIconInfo.png")]
    if answer.get("nextPageToken"):
        rows.append(Row(visit.text(menu_texts.MORE), show("history", after=answer["nextPageToken"]), folder=True))
    return rows


def change(visit: Visit, query: dict[str, str]) -> None:
    """Show one change field by field, and take it back where the owner wants that."""
    change_set = _change_set(visit, query.get("item", ""), query.get("id", ""))
    changes = change_set.get("changes", [])
    options = [Option(visit.words.field(each["field"]), visit.words.difference(each)) for each in changes]
    ahead = 0
    if undoable(change_set):
        again = change_set.get("cause") == "undo"
        detail = visit.text(menu_texts.UNDO_IDS) if change_set.get("cause") == "identify" else ""
        options.insert(0, Option(visit.text(menu_texts.REDO if again else menu_texts.UNDO), detail))
        ahead = 1
    heading = visit.text(
        menu_texts.HISTORY_FROM,
        title=_title(visit, change_set["itemId"]),
        when=visit.words.when(change_set.get("changedAt", "")),
    )
    place: int | None = -1
    while place is not None:
        place = visit.port.choose(heading, options, chosen=place)
        if place == 0 and undoable(change_set):
            take_back(visit, change_set)
            visit.port.builtin("Container.Refresh")
            return
        if place is not None and place >= ahead:
            _show(visit, changes[place - ahead])


def _row(visit: Visit, change_set: dict[str, Any], title: str) -> Row:
    words, cause = visit.words, menu_texts.CAUSES.get(change_set.get("cause", ""))
    parts = [
        title,
        words.when(change_set.get("changedAt", "")),
        visit.text(cause) if cause else "",
        visit.text(menu_texts.HISTORY_UNDONE) if change_set.get("undoneBy") else "",
    ]
    changes = change_set.get("changes", ())
    fields = words.noticed(changes) if changes else words.field("ids")
    about = " · ".join(part for part in parts if part)
    return Row(
        visit.text(menu_texts.HISTORY_LINE, about=about, fields=fields),
        do("change", id=change_set["id"], item=change_set["itemId"]),
        plot="\n".join(lines(visit, change_set)),
        image="DefaultYear.png",
    )


def _title(visit: Visit, item_id: str) -> str:
    from metarr_adapter.errors import RpcError  # noqa: PLC0415 - only where the daemon is talked to

    try:
        return visit.words.title(visit.ask("Library", "GetItem", itemId=item_id)["item"])
    except RpcError as error:
        if error.code != "not_found":
            raise
        return visit.text(menu_texts.HISTORY_GONE)


def _change_set(visit: Visit, item_id: str, change_set_id: str) -> dict[str, Any]:
    """The one of that number. Raises Trouble where it was forgotten by now."""
    token, more = "", True
    while more:
        answer = visit.ask("Enrichment", "ListChangeSets", itemId=item_id, pageSize=200, pageToken=token)
        change_set = next((each for each in answer.get("changeSets", ()) if each["id"] == change_set_id), None)
        if change_set is not None:
            return dict(change_set)
        token = answer.get("nextPageToken", "")
        more = bool(token)
    raise Trouble(visit.text(menu_texts.HISTORY_FORGOTTEN))


def _show(visit: Visit, change: dict[str, Any]) -> None:
    """Both values in full."""
    words = visit.words
    old, new = words.whole(change.get("oldValue")), words.whole(change.get("newValue"))
    sources = [words.source(change.get(name, "")) for name in ("oldSource", "newSource")]
    parts = [f"{source}\n\n{value}" if source else value for source, value in zip(sources, (old, new))]
    visit.port.show(words.field(change["field"]), f"{parts[0]}\n\n»\n\n{parts[1]}")
