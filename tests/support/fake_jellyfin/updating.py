"""POST /Items/{id}: J1 to J9."""

from typing import Any

from fake_jellyfin.library import FOLDERS, FakeItem, FakePerson, Shelf, single

STATUSES = ("Continuing", "Ended", "Unreleased")


class Broken(Exception):
    """The server throws here: what was done before stays done."""


def update(shelf: Shelf, item: FakeItem, body: dict[str, Any]) -> None:
    """What the server does with a posted item, step by step. Raises Broken."""
    data = item.data
    locked = bool(body.get("LockData") or False)
    lock_changed = locked != data["IsLocked"]
    order_changed = item.type == "Series" and (data.get("DisplayOrder") or "").lower() != (
        (body.get("DisplayOrder") or "").lower()
    )
    if body.get("People") is not None:
        people = [
            FakePerson(each["Name"], each.get("Type", "Unknown"), each.get("Role") or "") for each in body["People"]
        ]
        shelf.put_people(item, people)
    _set(shelf, item, body)
    shelf.save(item)
    if lock_changed and item.type in FOLDERS:  # J6
        for child in list(shelf.below(item)):
            child.data["IsLocked"] = locked
            shelf.save(child)
    if order_changed:  # J6
        shelf.refreshes.append(item.id)


def _set(shelf: Shelf, item: FakeItem, body: dict[str, Any]) -> None:
    data, twelve = item.data, shelf.twelve
    for name in ("Name", "ForcedSortName"):  # J1
        data[name] = body.get(name)
    for name in ("OriginalTitle", *(["OriginalLanguage"] if twelve else [])):
        data[name] = body.get(name) if (body.get(name) or "").strip() else None
    data["CriticRating"] = single(body.get("CriticRating"))
    data["CommunityRating"] = single(body.get("CommunityRating"))
    for name in ("IndexNumber", "ParentIndexNumber", "Overview"):
        data[name] = body.get(name)
    if body.get("Genres") is not None or not twelve:  # J2
        data["Genres"] = _distinct(body["Genres"]) if twelve else body.get("Genres")
    if item.type == "Episode":
        for name in ("AirsAfterSeasonNumber", "AirsBeforeEpisodeNumber", "AirsBeforeSeasonNumber"):
            data[name] = body.get(name)
    if body.get("Taglines") is not None:  # J3
        data["Tagline"] = next(iter(body["Taglines"]), None)
    if body.get("Studios") is not None:
        names = [each["Name"] for each in body["Studios"]]
        data["Studios"] = _distinct(names) if twelve else names
    if body.get("DateCreated") is not None:
        data["DateCreated"] = body["DateCreated"]
    for name in ("EndDate", "PremiereDate"):
        data[name] = _as_utc(body.get(name))
    data["ProductionYear"] = body.get("ProductionYear")
    data["OfficialRating"] = body.get("OfficialRating") if (body.get("OfficialRating") or "").strip() else None
    data["CustomRating"] = body.get("CustomRating")
    added, removed = _set_tags(data, body, twelve=twelve)
    _cascade(shelf, item, added, removed)
    if body.get("ProductionLocations") is not None:
        data["ProductionLocations"] = (
            _distinct(body["ProductionLocations"]) if twelve else list(body["ProductionLocations"])
        )
    for name in ("PreferredMetadataCountryCode", "PreferredMetadataLanguage"):
        data[name] = body.get(name)
    if item.type == "Series":
        data["DisplayOrder"] = body.get("DisplayOrder")
    if item.type in ("Movie", "Episode"):
        data["AspectRatio"] = body.get("AspectRatio")
    data["IsLocked"] = bool(body.get("LockData") or False)
    if body.get("LockedFields") is not None:
        data["LockedFields"] = list(body["LockedFields"])
    if item.type == "Series":
        data["RunTimeTicks"] = body.get("RunTimeTicks")
    if body.get("ProviderIds") is None:
        if not twelve:
            raise Broken("Value cannot be null. (Parameter 'source')")  # J2
    else:
        data["ProviderIds"] = {key: value for key, value in body["ProviderIds"].items() if value}
    if item.type in ("Movie", "Episode"):
        data["Video3DFormat"] = body.get("Video3DFormat")
    if item.type == "Series":
        _set_series(data, body)


def _set_tags(data: dict[str, Any], body: dict[str, Any], *, twelve: bool) -> tuple[list[str], list[str]]:
    if body.get("Tags") is None:
        if not twelve:
            raise Broken("Value cannot be null. (Parameter 'second')")  # J2
        return [], []
    new = _distinct([tag.strip() for tag in body["Tags"]]) if twelve else list(body["Tags"])  # J9
    before, data["Tags"] = data["Tags"], new
    return [tag for tag in new if tag not in before], [tag for tag in before if tag not in new]


def _set_series(data: dict[str, Any], body: dict[str, Any]) -> None:
    status = body.get("Status")
    if status and status.lower() not in map(str.lower, STATUSES):
        raise Broken(f"Requested value '{status}' was not found.")  # J7
    data["Status"] = next((each for each in STATUSES if status and each.lower() == status.lower()), None)
    if body.get("AirDays") is not None:
        data["AirDays"], data["AirTime"] = body["AirDays"], body.get("AirTime")


def _cascade(shelf: Shelf, item: FakeItem, added: list[str], removed: list[str]) -> None:
    """J5: whatever was posted, everything below a series is saved."""
    if item.type == "Series":
        for season in shelf.children(item, "Season"):
            _pass_down(shelf, item, season, added, removed)
            for episode in shelf.children(season, "Episode"):
                _pass_down(shelf, item, episode, added, removed)
    elif item.type == "Season":
        for episode in shelf.children(item, "Episode"):
            _pass_down(shelf, item, episode, added, removed)


def _pass_down(shelf: Shelf, parent: FakeItem, child: FakeItem, added: list[str], removed: list[str]) -> None:
    if shelf.twelve and parent.type == "Series":
        child.data["SeriesName"] = parent.data["Name"]
    if "OfficialRating" not in child.data["LockedFields"]:
        child.data["OfficialRating"] = parent.data["OfficialRating"]
    child.data["CustomRating"] = parent.data["CustomRating"]
    if "Tags" not in child.data["LockedFields"]:
        child.data["Tags"] = _distinct([tag for tag in [*child.data["Tags"], *added] if tag not in removed])
    shelf.save(child)


def _distinct(names: list[str]) -> list[str]:
    return list({name.lower(): name for name in reversed(names)}.values())[::-1]


def _as_utc(text: str | None) -> str | None:
    """J7: as it is written, whatever zone it names."""
    if not text:
        return None
    plain = text.replace("Z", "").partition("+")[0]
    day, _, time = plain.partition("T")
    return f"{day}T{(time or '00:00:00').partition('.')[0]}.0000000Z"
