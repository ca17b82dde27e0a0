"""Reads .nfo files as Kodi, Jellyfin and tinyMediaManager write them. Pure: bytes in, titles out."""

from metarr.nfo.titles import MOST_BYTES, NoNfo, NotUnderstood, Title, parse

__all__ = ["MOST_BYTES", "NoNfo", "NotUnderstood", "Title", "parse"]
