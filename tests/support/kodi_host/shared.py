"""A library that several Kodis have together: a database on a server, and folders that all of them see."""

from dataclasses import dataclass
from pathlib import Path

CONTENTS = {"movies": 2_147_483_647, "tvshows": 0}
"""Kinds of media, each with a folder of its own, and how deep Kodi looks into it."""

DATABASE = "MyVideos121"
"""What Kodi 20 calls it, where nobody says otherwise."""


@dataclass(frozen=True)
class SharedLibrary:
    """As one of the Kodis sees it: with an account of its own at the server."""

    host: str
    port: int
    user: str
    password: str
    media: Path

    @property
    def element(self) -> str:
        """What advancedsettings.xml says of it."""
        told = {"type": "mysql", "host": self.host, "port": self.port, "user": self.user, "pass": self.password}
        return f"<videodatabase>{''.join(f'<{tag}>{text}</{tag}>' for tag, text in told.items())}</videodatabase>"


def sources(media: Path) -> str:
    """The statement that has Kodi look into these folders, once it has made its tables."""
    columns = "strPath, strContent, strScraper, scanRecursive, useFolderNames, strSettings, noUpdate, exclude, allAudio"
    rows = (
        f"('{media / name}/', '{name}', 'metadata.local', {depth}, 0, '', 0, 0, 0)" for name, depth in CONTENTS.items()
    )
    return f"INSERT INTO {DATABASE}.path({columns}) VALUES {', '.join(rows)}"
