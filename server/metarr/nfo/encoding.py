"""The bytes of a file as text, in whatever encoding it is, whatever it declares."""

import re
from collections.abc import Iterator

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})")
# Whoever can read the declaration byte by byte has no UTF-16 before him, whatever it says.
_TEXTUAL = re.compile(r"(us-?)?ascii|latin[-_]?1|iso[-_]?8859[-_]\d+|(windows|cp)[-_]?\d+|koi8-?[ru]|gbk|gb2312|big5"
                      r"|shift[-_]?jis|euc[-_](jp|kr)", re.IGNORECASE)  # fmt: skip
_FEW = 4
"""For every broken letter, a text in UTF-8 has at least so many that are whole."""


def text_of(content: bytes) -> str:
    """The file as text: UTF-8 where it is that, for nothing else happens to be; else as it declares, else the western
    encoding. Control characters are gone, which some tools write, though XML has none."""
    text = _utf8(content) or next(_decoded(content))
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufeff]", "", text.replace("\r\n", "\n").replace("\r", "\n"))


def _utf8(content: bytes) -> str:
    """As UTF-8, also where few letters of many are broken, as in a file that was cut off; "" where it is none."""
    if content.startswith(tuple(mark for mark, name in _MARKS if name != "utf-8-sig")):
        return ""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(letter > "\x7f" for letter in text) - broken if broken else 0
    return "" if broken * _FEW > whole else text.replace("\ufffd", "")


def _decoded(content: bytes) -> Iterator[str]:
    for name in _encodings(content):
        try:
            yield content.decode(name, "ignore" if name.startswith("utf-16") else "strict")
        except (UnicodeDecodeError, LookupError):
            continue


def _encodings(content: bytes) -> Iterator[str]:
    for mark, name in _MARKS:
        if content.startswith(mark):
            yield name
    declared = _DECLARED.search(content[:300])
    if declared and _TEXTUAL.fullmatch(declared[1].decode()):
        yield declared[1].decode()
    yield from ("cp1252", "latin-1")
