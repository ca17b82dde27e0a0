"""GET /Items: what the server tells of an item. J4, J10."""

from typing import Any

from fake_jellyfin.library import FakeItem, Shelf, item_id

_ASKED = {
    "Genres": ("Genres",),
    "Tags": ("Tags",),
    "Overview": ("Overview",),
    "OriginalTitle": ("OriginalTitle",),
    "ProviderIds": ("ProviderIds",),
    "CustomRating": ("CustomRating",),
    "DateCreated": ("DateCreated",),
    "SpecialEpisodeNumbers": ("AirsAfterSeasonNumber", "AirsBeforeEpisodeNumber", "AirsBeforeSeasonNumber"),
    "Settings": ("LockedFields", "ForcedSortName", "PreferredMetadataCountryCode", "PreferredMetadataLanguage"),
}
"""By field that is asked for, what is told of it."""

_ALWAYS = (
    "Name",
    "CriticRating",
    "IndexNumber",
    "ParentIndexNumber",
    "IndexNumberEnd",
    "EndDate",
    "PremiereDate",
    "ProductionYear",
    "OfficialRating",
    "DisplayOrder",
    "AspectRatio",
    "RunTimeTicks",
    "Video3DFormat",
    "Container",
)


def told(shelf: Shelf, item: FakeItem, fields: frozenset[str], *, images: bool = True) -> dict[str, Any]:
    """An item as JSON; what is null is left out."""
    data = item.data
    answer: dict[str, Any] = {name: data.get(name) for name in _ALWAYS}
    for asked, names in _ASKED.items():
        if asked in fields:
            answer |= {name: data.get(name) for name in names}
    answer |= {"Id": item.id, "Type": item.type, "ServerId": "", "IsFolder": item.type in ("Series", "Season")}
    answer["LocationType"] = "Virtual" if item.virtual else "FileSystem"
    answer["MediaType"] = "Unknown" if answer["IsFolder"] else "Video"
    if data.get("CommunityRating"):
        answer["CommunityRating"] = data["CommunityRating"]
    if shelf.twelve:
        answer["OriginalLanguage"] = data.get("OriginalLanguage")
    if "Settings" in fields:
        answer["LockData"] = data["IsLocked"]
    if "Etag" in fields:
        answer["Etag"] = item.etag
    if "Path" in fields:
        answer["Path"] = item.path or None
    if "ParentId" in fields:
        answer["ParentId"] = item.parent or item_id("Folder", item.path)
    if "SortName" in fields:
        answer["SortName"] = sort_name(item)
    if "Taglines" in fields:
        answer["Taglines"] = [data["Tagline"]] if data.get("Tagline") else []
    if "Studios" in fields:
        answer["Studios"] = [{"Name": name, "Id": item_id("Studio", name)} for name in data["Studios"] or ()]
    if "ProductionLocations" in fields and (data["ProductionLocations"] or item.type == "Movie"):
        answer["ProductionLocations"] = data["ProductionLocations"]
    if "People" in fields:
        answer["People"] = _people(shelf, item)
    if item.type == "Series":
        answer |= {name: data.get(name) for name in ("AirDays", "AirTime", "Status")}
    if item.type in ("Season", "Episode"):
        series = shelf.items.get(item.series)
        answer |= {"SeriesId": item.series, "SeriesName": data.get("SeriesName") or (series and series.data["Name"])}
    if item.type == "Episode":
        answer["SeasonId"] = item.parent
    if images:
        answer["BackdropImageTags"] = [shelf.image_tag(item, each) for each in item.of("Backdrop")]
        answer["ImageTags"] = {
            each.type: shelf.image_tag(item, each) for each in item.images if each.type != "Backdrop"
        }
    return {name: value for name, value in answer.items() if value is not None}


def _people(shelf: Shelf, item: FakeItem) -> list[dict[str, Any]]:
    """J4: without those of whom there is no item."""
    ordered = sorted(item.people, key=lambda each: each.sort_order if each.sort_order is not None else 1 << 31)
    return [
        {"Name": each.name, "Role": each.role, "Type": each.type, "Id": shelf.persons[each.name]}
        for each in ordered
        if each.name in shelf.persons
    ]


def sort_name(item: FakeItem) -> str:
    return str(item.data.get("ForcedSortName") or item.data.get("Name") or "").lower()
