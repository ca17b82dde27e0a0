"""Text that is almost JSON, put right: what PHP, Python and hands write where JSON was meant.

Nothing is invented: a text that breaks off stays broken, for its first bracket is never closed.
"""

import math
import re

_TEXT = r"""
  # A quote that nothing of JSON follows, as in "He said "no".", ends no text.
  (?P<text> " [^"\\]* (?: (?: \\. | "(?!\s*[,:}\]]) ) [^"\\]* )* (?:"|\Z) )
| (?P<remark> /\* .*? (?:\*/|\Z) | //[^\n]* )
| (?P<comma> ,(?=\s*[,}\]]) )
| (?P<number> [+-]?(?:\d|\.\d)[\d.eE+-]* )
| (?P<word> [+-]?[A-Za-z]+ )
"""
_PART = re.compile(_TEXT, re.DOTALL | re.VERBOSE)

_WORDS = {"True": "true", "False": "false"} | dict.fromkeys(("None", "undefined"), "null")
_NO_NUMBERS = frozenset({"nan", "inf", "infinity"})
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")

_HALF = r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
_WITHIN = re.compile(
    rf"""
  (?P<whole> \\u[dD][89abAB][0-9a-fA-F]{{2}} \\u[dD][c-fC-F][0-9a-fA-F]{{2}}
           | (?!{_HALF}) \\(?: ["\\/bfnrt] | u[0-9a-fA-F]{{4}} ) )
| (?P<half> {_HALF} )
| (?P<quote> \\' )
| (?P<bare> ["\\\x00-\x1f] )
""",
    re.VERBOSE,
)


def put_right(text: str) -> str:
    """The object or list in the text, as strict JSON where it was almost that; "" where there is none.

    Put right are text before and after it, commas too many, remarks, Python's words, numbers that are none (null), and
    within texts control characters, quotes and backslashes that should have been escaped, and halves of characters.
    """
    start = re.search(r"[\[{]", text)
    end = max(text.rfind("}"), text.rfind("]")) + 1
    if start is None or end <= start.start() or re.search(r"[\[{]", text[end:]):
        return ""
    return _PART.sub(_part, text[start.start() : end])


def _part(match: re.Match[str]) -> str:
    part = match[0]
    if match.lastgroup == "text":
        return f'"{_WITHIN.sub(_escaped, part[1:-1])}"' if len(part) > 1 and part[-1] == '"' else part
    if match.lastgroup in ("remark", "comma"):
        return ""
    if match.lastgroup == "number":
        return _number(part)
    return "null" if part.lstrip("+-").lower() in _NO_NUMBERS else _WORDS.get(part, part)


def _number(text: str) -> str:
    """As JSON writes it, null for one beyond all numbers; what is no number stays as it is, and no JSON."""
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return "null"
    return text if _NUMBER.fullmatch(text) else str(int(number)) if number.is_integer() else str(number)


def _escaped(match: re.Match[str]) -> str:
    if match.lastgroup == "half":
        return "\\ufffd"
    if match.lastgroup == "quote":
        return "'"
    return f"\\u{ord(match[0]):04x}" if match.lastgroup == "bare" else match[0]
