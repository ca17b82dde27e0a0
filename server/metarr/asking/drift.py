"""Notices when a provider's answers change their form, before that can spread through a library.

Two signs are counted over a provider's last answers: parts that could not be read, and fields that lose their value
on most of the titles that had one. A field that is lost that widely is set aside: it counts as unread, so whatever is
stored stays, until the answers are whole again.
"""

import threading
from collections import Counter, deque

from msgspec.structs import replace

from metarr.domain.outcome import Fragment
from metarr.domain.values import Struct

WINDOW = 50
"""Answers of a provider that are looked back upon."""

TROUBLED_SHARE, TROUBLED_LEAST = 0.3, 5
"""This share of the last answers with unreadable parts, and at least so many, is more than a few odd titles."""

LOST_SHARE, LOST_LEAST = 0.6, 5
"""A field that vanished from this share of the titles that had it, and from at least so many, did not vanish there."""


class Drift(Struct, frozen=True, kw_only=True):
    """What is strange about a provider's last answers: `unread` counts answers by the field that could not be read,
    `lost` names the fields that are set aside; of `answers` looked at."""

    answers: int = 0
    unread: dict[str, int] = {}
    lost: frozenset[str] = frozenset()

    @property
    def suspicious(self) -> bool:
        """Whether the format may have changed."""
        return bool(self.lost) or any(
            count >= max(TROUBLED_LEAST, TROUBLED_SHARE * self.answers) for count in self.unread.values()
        )

    def describe(self) -> str:
        """For a person to read."""
        parts = [f"{field} unreadable in {count} of {self.answers}" for field, count in sorted(self.unread.items())]
        parts += [f"{field} gone from most titles, so it is set aside" for field in sorted(self.lost)]
        return "its format may have changed: " + "; ".join(parts) if self.suspicious else ""


class _Seen(Struct, frozen=True, kw_only=True):
    """One answer: the fields it could not read, those that had a value before, and those of them that lost it."""

    unread: frozenset[str]
    had: frozenset[str]
    lost: frozenset[str]


class DriftWatch:
    """Remembers the last answers of every provider. Thread-safe; forgets at a restart, as a run's guard should."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, deque[_Seen]] = {}

    def checked(self, fragment: Fragment, before: Fragment | None) -> Fragment:
        """Note an answer and what the same title's answer was before; returns it without what is to be set aside."""
        # A part that was set aside before is unread there: the title is as likely to have it as ever.
        had = frozenset(before.values) | before.unread if before else frozenset()
        seen = _Seen(unread=fragment.unread, had=had, lost=had & fragment.empty)
        with self._lock:
            window = self._seen.setdefault(fragment.provider, deque(maxlen=WINDOW))
            window.append(seen)
            aside = _lost(window) & fragment.empty
        if not aside:
            return fragment
        trouble = tuple(f"{field}: gone from most titles" for field in sorted(aside))
        return replace(
            fragment, empty=fragment.empty - aside, unread=fragment.unread | aside, trouble=fragment.trouble + trouble
        )

    def drift(self, provider_id: str) -> Drift:
        """What is strange about a provider's last answers."""
        with self._lock:
            window = tuple(self._seen.get(provider_id, ()))
        unread: dict[str, int] = {}
        for seen in window:
            for field in seen.unread:
                unread[field] = unread.get(field, 0) + 1
        return Drift(answers=len(window), unread=unread, lost=_lost(window))

    def forget(self, provider_id: str) -> None:
        """Begin anew, as when the provider's settings changed."""
        with self._lock:
            self._seen.pop(provider_id, None)


def _lost(window: "deque[_Seen] | tuple[_Seen, ...]") -> frozenset[str]:
    """The fields that vanished from most of the titles that had them."""
    lost = Counter(field for seen in window for field in seen.lost)
    often = {field: count for field, count in lost.items() if count >= LOST_LEAST}
    return frozenset(
        field for field, count in often.items() if count >= LOST_SHARE * sum(field in seen.had for seen in window)
    )
