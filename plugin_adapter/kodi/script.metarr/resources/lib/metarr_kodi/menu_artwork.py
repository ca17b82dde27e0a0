"""The pictures that an item could have, of all providers, to choose from as a grid."""

from __future__ import annotations

from typing import Any

from metarr_kodi import choosing, mapping, menu_texts
from metarr_kodi.links import do, show
from metarr_kodi.port import Row
from metarr_kodi.visit import Visit
from metarr_kodi.words import word

HEADING = menu_texts.ARTWORK
PICTURES = True
"""What it lists is looked at, not read."""

PAGE = 60


def artwork(visit: Visit, query: dict[str, str]) -> list[Row]:
    """The sorts of pictures with those that the item holds; of one sort, all that there are."""
    return _candidates(visit, query) if query.get("field") else _sorts(visit, query["item"])


def picture(visit: Visit, query: dict[str, str]) -> None:
    """Have an item hold a picture: the only one, or the first of several. The field is locked then."""
    chosen: dict[str, Any] = {"url": query["url"]}
    chosen.update({name: int(query[name]) for name in ("width", "height") if query.get(name)})
    if query.get("language"):
        chosen["language"] = query["language"]
    choosing.choose(visit, query["item"], query["field"], [chosen])
    visit.port.builtin("Container.Refresh")


def _sorts(visit: Visit, item_id: str) -> list[Row]:
    item = visit.ask("Library", "GetItem", itemId=item_id)["item"]
    values = {each["name"]: each.get("value") or [] for each in item.get("fields", ())}
    names = mapping.art_keys(word(item.get("kind", ""), "MEDIA_KIND_"))
    return [
        Row(
            visit.words.field(name),
            show("artwork", item=item_id, field=name),
            folder=True,
            image=_first(values.get(name)),
        )
        for name in names
    ]


def _candidates(visit: Visit, query: dict[str, str]) -> list[Row]:
    item_id, name = query["item"], query["field"]
    answer = visit.ask(
        "Library", "ListArtwork", itemId=item_id, field=name, pageSize=PAGE, pageToken=query.get("after", "")
    )
    rows = [_row(visit, item_id, name, each) for each in answer.get("artwork", ())]
    if not rows:
        rows.append(Row(visit.text(menu_texts.ARTWORK_NONE), do("again"), image="DefaultIconInfo.png"))
    if answer.get("nextPageToken"):
        more = show("artwork", item=item_id, field=name, after=answer["nextPageToken"])
        rows.append(Row(visit.text(menu_texts.MORE), more, folder=True))
    return rows


def _row(visit: Visit, item_id: str, name: str, candidate: dict[str, Any]) -> Row:
    size = f"{candidate['width']}×{candidate['height']}" if candidate.get("width") and candidate.get("height") else ""
    marks = visit.text(menu_texts.ARTWORK_CHOSEN) if candidate.get("chosen") else ""
    label = " · ".join(
        filter(None, (marks, visit.words.source(candidate.get("provider", "")), size, candidate.get("language")))
    )
    about = {key: str(candidate[key]) for key in ("width", "height", "language") if candidate.get(key)}
    chosen = do("picture", item=item_id, field=name, url=candidate["url"], **about)
    return Row(label, chosen, plot=candidate.get("whyNot", ""), image=candidate.get("previewUrl") or candidate["url"])


def _first(value: Any) -> str:
    """The address of the first picture of a field's value."""
    return str(value[0].get("url", "")) if isinstance(value, list) and value else ""
