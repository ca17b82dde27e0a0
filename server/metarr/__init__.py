"""Metarr: the metadata companion daemon for Kodi and Jellyfin."""

__version__ = "0.1.0"
API_LEVEL = 7
"""Raised with every addition to the contract; clients compare it with what they need (GetHealth)."""
