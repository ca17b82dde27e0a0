"""A Jellyfin server in memory, over HTTP: faithful to its source at v10.11.11 and v12.0-rc5, where that is unkind too.

What it does on purpose is numbered J1 to J25, as in `test_fake_jellyfin.py`.
"""

from fake_jellyfin.library import FakeItem, FakeLibrary
from fake_jellyfin.server import FakeJellyfin, Reply, Request

__all__ = ["FakeItem", "FakeJellyfin", "FakeLibrary", "Reply", "Request"]
