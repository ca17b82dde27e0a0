"""What pages load: each file at an address that changes with it, so that a browser asks for it once."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from flask import Blueprint, Response, abort, request, url_for

pages = Blueprint("static", __name__)

TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}
"""By how a file's name ends. Others are no file of a page."""

_FOLDER = files(__package__).joinpath("static")


@dataclass(frozen=True)
class StaticFile:
    """A file as it is sent. `mark`: a hash of it, which stands in its address."""

    mark: str
    content: bytes
    packed: bytes
    type: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Every file by its path, such as "vendor/htmx.min.js". Read and packed once."""
    found_at = {f"{folder}{each.name}": each for folder in ("", "vendor/") for each in (_FOLDER / folder).iterdir()}
    return {
        path: _file(each.read_bytes(), TYPES[ending])
        for path, each in found_at.items()
        if (ending := path.rpartition(".")[2]) in TYPES
    }


def _file(content: bytes, kind: str) -> StaticFile:
    mark = hashlib.sha256(content).hexdigest()[:12]
    return StaticFile(mark=mark, content=content, packed=gzip.compress(content, mtime=0), type=kind)


@cache
def address(path: str) -> str:
    """Where a file is, for templates. A page has hundreds of icons, all from one file."""
    return url_for("static.file", mark=static_files()[path].mark, path=path)


@pages.get("/static/<mark>/<path:path>")
def file(mark: str, path: str) -> Response:
    """A file. At any other address than its own there is none: what a browser keeps for ever has to be right."""
    wanted = static_files().get(path)
    if wanted is None or wanted.mark != mark:
        abort(404)
    headers = {
        "Content-Type": wanted.type,
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
    }
    if request.accept_encodings["gzip"] > 0:
        return Response(wanted.packed, headers={**headers, "Content-Encoding": "gzip"})
    return Response(wanted.content, headers=headers)
