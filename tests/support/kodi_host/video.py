"""A film that Kodi can play, as small as one gets: a grey picture a second, not compressed."""

from pathlib import Path

_SIDE = 16
_PICTURE = b"FRAME\n" + bytes([128]) * (_SIDE * _SIDE * 3 // 2)


def write_video(file: Path, seconds: int = 600) -> None:
    """Replace a file; what its name ends with does not matter to Kodi."""
    file.write_bytes(b"YUV4MPEG2 W%d H%d F1:1 Ip C420jpeg\n" % (_SIDE, _SIDE) + _PICTURE * seconds)
