"""What the daemon tells, in the owner's words: fields, values, sources, reasons and changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Callable, Mapping

from metarr_kodi import menu_texts, moments, plain
from metarr_kodi.port import Port

Told = Mapping[str, Any]

SHORT = 120
"""Characters of a value in a list; what is longer is shown where it is opened."""

_MOST_LISTED = 5
_MOST_NOTICED = 3
_NOTICED = ("title", "plot", "poster", "fanart", "still", "imdb_rating", "release_date", "cast")
"""Fields that people look at first."""

_SOURCES = {"owner": menu_texts.SOURCE_OWNER, "import": menu_texts.SOURCE_IMPORT, "nfo": menu_texts.SOURCE_NFO}


class Words:
    """`names` are the providers' names by id; `player_id` is this library's. `daemons` tells the daemon's own words by
    code; it is asked for a code that is none of this add-on's, for which there is no word in the owner's language."""

    def __init__(
        self,
        port: Port,
        now: datetime,
        names: Mapping[str, str],
        player_id: str = "",
        daemons: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._port, self._now, self._names, self._player_id = port, now, names, player_id
        self._daemons = daemons
        self._theirs: Mapping[str, str] = {}
        self.text = port.text

    # Times

    def age(self, text: str) -> str:
        return moments.age(self._port, text, self._now)

    def when(self, text: str) -> str:
        return moments.when(self._port, text, self._now)

    # Names

    def field(self, name: str) -> str:
        """A field's label."""
        return self._word_of(name, menu_texts.FIELDS)

    def fields(self, names: Iterable[str]) -> str:
        """Labels of some fields, in one line; of many the first ones."""
        return self._listed([self.field(name) for name in dict.fromkeys(names)])

    def provider(self, provider_id: str) -> str:
        return plain.line(self._names.get(provider_id) or provider_id)

    def providers(self, ids: Iterable[str]) -> str:
        return ", ".join(self.provider(each) for each in ids)

    def source(self, names: str) -> str:
        """Who said something; several, where it is joined of what they said."""
        return ", ".join(self._source(each) for each in names.split("+") if each)

    def title(self, item: Told) -> str:
        """What people call an item, or an entry."""
        title = plain.line(item.get("title") or "") or ids_text(item) or self.text(menu_texts.NOTHING)
        title = f"{title} ({item['year']})" if item.get("year") else title
        series = plain.line(item.get("seriesTitle") or "")
        return self.text(menu_texts.EPISODE_OF, series=series, title=title) if series else title

    # Values

    def value(self, value: Any, most: int = SHORT) -> str:
        """A field's value in one line of at most so many characters; 0: all of it."""
        return plain.line(self._value(value, most), most)

    def whole(self, value: Any) -> str:
        """A field's value with all its lines."""
        return plain.lines(self._value(value, 0))

    def change(self, change: Told, most: int = SHORT) -> str:
        """A change of a field in one line."""
        difference = self.difference(change, most)
        return self.text(menu_texts.CHANGE, field=self.field(change["field"]), difference=difference)

    def difference(self, change: Told, most: int = SHORT) -> str:
        """What a field held before and holds now; or that it was locked or unlocked."""
        old, new = change.get("oldValue"), change.get("newValue")
        if old == new and bool(change.get("oldLocked")) != bool(change.get("newLocked")):
            return self.text(menu_texts.LOCKED if change.get("newLocked") else menu_texts.UNLOCKED)
        before = self.value(old, most // 2)
        return self.text(menu_texts.OLD_AND_NEW, old=before, new=self.value(new, most - len(before)))

    def noticed(self, changes: Sequence[Told]) -> str:
        """Fields that changed, those first that people look at, in a line that a notice has place for."""
        names = [change["field"] for change in changes]
        first = [name for name in _NOTICED if name in names]
        labels = [self.field(name) for name in dict.fromkeys([*first, *names])]
        return self._listed(labels, _MOST_NOTICED)

    def changed(self, changes: Sequence[Told]) -> str:
        """Which fields changed, in a line."""
        if not changes:
            return self.text(menu_texts.UNCHANGED)
        return self.text(menu_texts.CHANGED, fields=self.noticed(changes))

    # Reasons

    def rule(self, rule: str) -> str:
        return self._word_of(rule, menu_texts.RULES)

    def unheard(self, outcome: Told) -> str:
        """Why a provider was not heard, and until when: "OMDb: quota used up until 00:00"."""
        reason = outcome.get("reason", "")
        why = self._word_of(reason, menu_texts.REASONS, otherwise=outcome.get("detail", ""))
        if outcome.get("retryAt"):
            until = moments.until(self._port, outcome["retryAt"], self._now)
            why = self.text(menu_texts.WHY_UNTIL, why=why, when=until)
        return self.text(menu_texts.WHY_LINE, provider=self.provider(outcome["provider"]), why=why)

    def limited(self, outcomes: Iterable[Told]) -> list[str]:
        """A line for each provider that should have been heard and was not."""
        return [self.unheard(each) for each in outcomes if each.get("status") == "STATUS_UNAVAILABLE"]

    def _word_of(self, code: str, own: Mapping[str, int], otherwise: str = "") -> str:
        """This add-on's word for a code; else the daemon's; else what is said otherwise, or the code itself."""
        if code in own:
            return self.text(own[code])
        if code and not self._theirs:
            self._theirs = self._daemons()
        return plain.line(self._theirs.get(code) or otherwise or code)

    def _source(self, name: str) -> str:
        if name.startswith("player:"):
            here = name == f"player:{self._player_id}"
            return self.text(menu_texts.SOURCE_HERE if here else menu_texts.SOURCE_PLAYER)
        return self.text(_SOURCES[name]) if name in _SOURCES else self.provider(name)

    def _value(self, value: Any, most: int) -> str:
        if value is None or value in ("", [], {}):
            return self.text(menu_texts.NOTHING)
        if isinstance(value, bool):
            return self.text(menu_texts.YES if value else menu_texts.NO)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        if isinstance(value, list):
            parts = [self._value(each, most) for each in value]
            return self._listed(parts) if most and isinstance(value[0], dict) else _joined(parts, value)
        return _object(value, most) if isinstance(value, dict) else str(value)

    def _listed(self, parts: Sequence[str], most: int = _MOST_LISTED) -> str:
        some, left = ", ".join(parts[:most]), len(parts) - most
        return self.text(menu_texts.AND_MORE, list=some, count=left) if left > 0 else some


def ids_text(item: Told) -> str:
    """An item's external ids, such as "imdb tt0137523, tmdb 550"."""
    return plain.line(", ".join(f"{each['type']} {each['value']}" for each in item.get("ids", ())))


def word(constant: str, prefix: str) -> str:
    """A constant of the contract as a word: `word("STATE_RUNNING", "STATE_")` is "running"."""
    return constant[len(prefix) :].lower() if constant.startswith(prefix) else constant.lower()


def _joined(parts: Sequence[str], values: Sequence[Any]) -> str:
    """All of a list: objects each in a line of its own."""
    return ("\n" if isinstance(values[0], dict) else ", ").join(parts)


def _object(value: Told, most: int) -> str:
    """A person, a collection, an image, or ids by type."""
    if "url" in value:
        size = f"{int(value['width'])}×{int(value['height'])}" if value.get("width") and value.get("height") else ""
        about = ", ".join(part for part in (size, str(value.get("language") or "")) if part)
        if most:
            return about or str(value["url"]).rpartition("/")[2]
        return f"{value['url']} ({about})" if about else str(value["url"])
    if "name" in value:
        return f"{value['name']} ({value['role']})" if value.get("role") else str(value["name"])
    return ", ".join(f"{name} {shown}" for name, shown in value.items())
