"""Kodi itself, as a scraper answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import xbmc  # type: ignore[import-not-found]
import xbmcgui  # type: ignore[import-not-found]
import xbmcplugin  # type: ignore[import-not-found]

from metarr_kodi.scraper import Candidate, Listed
from metarr_kodi.titles import Picture, Scraped

_MEDIA = {"movie": "movie", "series": "tvshow", "episode": "episode"}

_INFO = {
    "title": ("title", "setTitle"),
    "originaltitle": ("originaltitle", "setOriginalTitle"),
    "sorttitle": ("sorttitle", "setSortTitle"),
    "tagline": ("tagline", "setTagLine"),
    "plot": ("plot", "setPlot"),
    "plotoutline": ("plotoutline", "setPlotOutline"),
    "premiered": ("premiered", "setPremiered"),
    "firstaired": ("aired", "setFirstAired"),
    "year": ("year", "setYear"),
    "runtime": ("duration", "setDuration"),
    "mpaa": ("mpaa", "setMpaa"),
    "genre": ("genre", "setGenres"),
    "studio": ("studio", "setStudios"),
    "country": ("country", "setCountries"),
    "tag": ("tag", "setTags"),
    "director": ("director", "setDirectors"),
    "writer": ("writer", "setWriters"),
    "set": ("set", "setSet"),
    "status": ("status", "setTvShowStatus"),
    "trailer": ("trailer", "setTrailer"),
    "episodeguide": ("episodeguide", "setEpisodeGuide"),
}
"""By parameter of Set*Details what a list's entry calls it: in `setInfo` for Kodi 19, and the method since Kodi 20."""


class Answers:
    """Answers the question that came with this handle; see `scraper.Answers`."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def candidates(self, several: Sequence[Candidate]) -> None:
        for each in several:
            label = f"{each.title} ({each.year})" if each.year else each.title
            item = xbmcgui.ListItem(label, offscreen=True)
            item.setArt({"thumb": each.poster})
            item.setProperty("relevance", str(each.relevance))
            xbmcplugin.addDirectoryItem(self._handle, each.url, item, True)
        xbmcplugin.endOfDirectory(self._handle)

    def episodes(self, several: Sequence[Listed]) -> None:
        for each in several:
            item = xbmcgui.ListItem(each.title, offscreen=True)
            tag = item.getVideoInfoTag()
            if hasattr(tag, "setTitle"):
                tag.setTitle(each.title)
                tag.setSeason(each.season)
                tag.setEpisode(each.number)
                tag.setFirstAired(each.aired)
            else:  # Kodi 19
                numbers = {"season": each.season, "episode": each.number}
                item.setInfo("video", {"title": each.title, "aired": each.aired, **numbers})
            xbmcplugin.addDirectoryItem(self._handle, each.url, item, False)
        xbmcplugin.endOfDirectory(self._handle)

    def address(self, url: str) -> None:
        if url:
            xbmcplugin.addDirectoryItem(self._handle, url, xbmcgui.ListItem(offscreen=True), True)
        xbmcplugin.endOfDirectory(self._handle)

    def details(self, title: Scraped | None) -> None:
        item = xbmcgui.ListItem(offscreen=True) if title is None else _item(title)
        xbmcplugin.setResolvedUrl(self._handle, title is not None, item)


def _item(title: Scraped) -> Any:
    item = xbmcgui.ListItem(title.title, offscreen=True)
    tag = item.getVideoInfoTag()
    (_tell if hasattr(tag, "setTitle") else _tell_kodi_19)(item, tag, title)
    fanart = [{"image": each.url, "preview": each.preview} for each in title.pictures if each.key == "fanart"]
    item.setAvailableFanart(fanart)
    return item


def _tell(_item: Any, tag: Any, title: Scraped) -> None:
    tag.setMediaType(_MEDIA[title.kind])
    for name, value in title.values.items():
        if name in _INFO:
            getattr(tag, _INFO[name][1])(value)
    tag.setCast([xbmc.Actor(each.name, each.role, each.order, each.photo) for each in title.cast])
    tag.setUniqueIDs(title.ids, title.default_id)
    for name, rating in _ratings(title).items():
        tag.setRating(rating["rating"], rating["votes"], name, rating.get("default", False))
    for number, name in title.seasons.items():
        tag.addSeason(number, name)
    for each in title.pictures:
        tag.addAvailableArtwork(each.url, each.key, each.preview, season=_season(each))


def _tell_kodi_19(item: Any, _tag: Any, title: Scraped) -> None:
    info = {_INFO[name][0]: value for name, value in title.values.items() if name in _INFO}
    item.setInfo("video", {"mediatype": _MEDIA[title.kind], **info})
    item.setCast(
        [{"name": each.name, "role": each.role, "order": each.order, "thumbnail": each.photo} for each in title.cast]
    )
    item.setUniqueIDs(title.ids, title.default_id)
    for name, rating in _ratings(title).items():
        item.setRating(name, rating["rating"], rating["votes"], rating.get("default", False))
    for number, name in title.seasons.items():
        item.addSeason(number, name)
    for each in title.pictures:
        item.addAvailableArtwork(each.url, each.key, each.preview, season=_season(each))


def _season(picture: Picture) -> int:
    return -1 if picture.season is None else picture.season


def _ratings(title: Scraped) -> Mapping[str, Mapping[str, Any]]:
    """By Kodi's name."""
    ratings: Mapping[str, Mapping[str, Any]] = title.values.get("ratings", {})
    return ratings
