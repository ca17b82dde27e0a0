"""What Metarr has for a title, as a scraper gives it to Kodi. Pure.

It is made of the parameters by which the service would write the same into the library (`mapping`): so the sync that
follows a scan finds nothing to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from metarr_kodi import mapping
from metarr_kodi.plain import is_web
from metarr_kodi.titles import Actor, Picture, Scraped


def scraped(kind: str, item: Mapping[str, Any], default_rating: str) -> Scraped:
    """An item with its fields, as the daemon told it in JSON."""
    fields = {field["name"]: field for field in item.get("fields", ())}
    values = {name: field["value"] for name, field in fields.items() if field.get("value") is not None}
    values["ids"] = {each["type"]: each["value"] for each in item.get("ids", ())}
    values.setdefault("title", item.get("title", ""))
    if item.get("firstRelease"):  # Kodi shows the year of the date that it holds
        values["release_date"] = item["firstRelease"]
    params = mapping.joined(mapping.write(kind, values, {}, default_rating))
    chosen = [Picture(key, url) for key, url in params.pop("art", {}).items()]
    of_set = mapping.art_of_set(values.get("collection") or {})
    chosen += [Picture(f"set.{key}", url) for key, url in of_set.items()]
    others = [
        picture
        for name in mapping.art_keys(kind)
        for each in fields.get(name, {}).get("runnersUp", ())
        for picture in pictures(kind, name, each.get("value") or ())
    ]
    return Scraped(kind, params, cast(values.get("cast") or ()), together(chosen, others))


def with_seasons(show: Scraped, seasons: Iterable[Mapping[str, Any]]) -> Scraped:
    """A show with the titles and pictures of its seasons, which are items of the daemon's."""
    titles: dict[int, str] = {}
    art: list[Picture] = []
    for item in seasons:
        number, season = item.get("seasonNumber", 0), scraped("season", item, "")
        if season.title:
            titles[number] = season.title
        art += [picture._replace(season=number) for picture in season.pictures]
    return show._replace(seasons=titles, pictures=(*show.pictures, *art))


def untold(kind: str, title: str, year: int) -> Scraped:
    """A title of which nothing is known but how its file is called."""
    return Scraped(kind, {"title": title, **({"year": year} if year else {})}, (), ())


def with_pictures(kind: str, there_are: Iterable[Picture]) -> Scraped:
    """Nothing but pictures to choose from."""
    return Scraped(kind, {}, (), together((), there_are))


def cast(credited: Iterable[Mapping[str, Any]]) -> tuple[Actor, ...]:
    """A cast in the order of its billing. Kodi takes an actor's name once for a title."""
    ordered = sorted(credited, key=lambda credit: credit.get("order", 0))
    actors = {credit["name"]: credit for credit in reversed(ordered) if credit.get("name")}
    return tuple(
        Actor(name, credit.get("role", ""), place, photo if is_web(photo := credit.get("photo", "")) else "")
        for place, (name, credit) in enumerate(reversed(actors.items()))
    )


def pictures(kind: str, field: str, images: Iterable[Mapping[str, Any]]) -> list[Picture]:
    """The pictures that a field such as "disc" could hold."""
    key = mapping.art_keys(kind)[field]
    return [
        Picture(key, image["url"], image.get("preview_url") or image.get("previewUrl", ""))
        for image in images
        if is_web(image.get("url", ""))
    ]


def together(chosen: Iterable[Picture], others: Iterable[Picture]) -> tuple[Picture, ...]:
    """The chosen ones, then the others, each address once for its kind."""
    each: dict[tuple[str, str], Picture] = {}
    for picture in (*chosen, *others):
        first = each.setdefault((picture.key, picture.url), picture)
        if picture.preview and not first.preview:
            each[picture.key, picture.url] = picture
    return tuple(each.values())
