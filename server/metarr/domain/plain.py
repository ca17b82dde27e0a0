"""Values as plain JSON: what forms, files, players and messages hold."""

from typing import Any

from metarr.domain.values import Collection, Credit, Image, Value


def plain_value(value: Value) -> Any:
    """A field's value as plain JSON: text, number, list of texts, or objects for cast, collection and artwork.

    `domain.checked.checked_value` is the way back.
    """
    match value:
        case tuple():
            return [plain_value(element) for element in value]  # type: ignore[arg-type]
        case Credit():
            credit = {"name": value.name, "role": value.role, "order": value.order, "photo": value.photo}
            return {**credit, "ids": value.ids} if value.ids else credit
        case Image():
            return {"url": value.url, "width": value.width, "height": value.height, "language": value.language}
        case Collection():
            more = {"ids": value.ids, "poster": value.poster, "fanart": value.fanart}
            return {"name": value.name, **{name: each for name, each in more.items() if each}}
        case _:
            return value
