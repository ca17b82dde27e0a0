"""Kodi as a host of the adapter: its entries by lasting keys, what they hold, and writing it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from metarr_adapter.host import Entry, HostUnavailable, Notice, Takes
from metarr_kodi import mapping, texts, tokens
from metarr_kodi.echoes import Echoes
from metarr_kodi.library import Library, Listed
from metarr_kodi.mapping import NOUNS, Part
from metarr_kodi.port import KodiRefused, Port

_KINDS = tuple(NOUNS)

NOTICES = {
    Notice.LOST: texts.LOST,
    Notice.BACK: texts.BACK,
    Notice.POLICY: texts.POLICY_NEEDED,
    Notice.TOKEN: texts.TOKEN_REFUSED,
    Notice.CERTIFICATE: texts.CERTIFICATE_REFUSED,
    Notice.OLD: texts.DAEMON_TOO_OLD,
    Notice.IN_USE: texts.IN_USE,
    Notice.ENDED: texts.TAKEN_OVER,
    Notice.OTHER: texts.NOT_AS_EXPECTED,
}
"""What the adapter tells, in the owner's language."""


class KodiHost:
    """The library of the Kodi behind the port; see `metarr_adapter.host.Host`.

    `changed`, `is_echo` and `cannot_store` may be called from any thread, the others from the loop's only.
    """

    name = "Kodi"

    def __init__(self, port: Port, now: Callable[[], float] = time.monotonic) -> None:
        self._port, self._library, self._echoes = port, Library(port), Echoes(now)
        self._numbers: dict[str, Mapping[str, int]] = {}
        self._changes = 0
        self._full = False

    def changed(self) -> None:
        """Entries came or went: which of them has which number is to be found out anew."""
        self._changes += 1
        self._numbers = {}

    def is_echo(self, kind: str, host_id: str) -> bool:
        """Whether an event about an entry tells nothing but that this wrote it. Raises HostUnavailable."""
        if not self._echoes.is_fresh(kind, host_id):
            return False
        listed = self._library.one(kind, int(host_id))
        return listed is not None and self._echoes.is_unchanged(kind, host_id, listed.values)

    def cannot_store(self) -> None:
        """Say that nothing can be written to this machine's disk, once until something can be written again."""
        if not self._full:
            self._full = True
            self._show(self._port.text(texts.CANNOT_STORE), problem=True)

    # The adapter's protocol

    def kinds(self) -> Iterable[Takes]:
        return [Takes(kind, mapping.takes(kind), mapping.CANNOT[kind]) for kind in _KINDS]

    def entries(self) -> Iterator[list[Entry]]:
        # Series come first: seasons and episodes find theirs already there.
        for kind in ("series", "season", "episode", "movie"):
            for page in self._list(kind):
                yield [listed.entry for listed in page]

    def entry(self, kind: str, *, host_key: str = "", host_id: str = "") -> Entry | None:
        listed = self._library.one(kind, int(host_id)) if host_id else self._find(kind, host_key, "")
        return None if listed is None else listed.entry

    def read(self, kind: str, host_key: str, host_id: str) -> tuple[str, Mapping[str, Any]] | None:
        listed = self._find(kind, host_key, host_id)
        if listed is None:
            return None
        number, values = str(listed.number), listed.values
        self._echoes.read_back(kind, number, values)
        return number, values

    def normal(self, kind: str, field: str, value: Any) -> Any:
        return mapping.normal(kind, field, value)

    def same(self, kind: str, field: str, current: Any, value: Any) -> bool:
        return mapping.same(kind, field, current, value)

    def write(self, kind: str, host_key: str, host_id: str, values: Mapping[str, Any]) -> Mapping[str, str]:
        """Raises LookupError where the entry is gone."""
        listed = self._find(kind, host_key, host_id)
        if listed is None:
            raise LookupError("it is gone")
        refusals = {name: mapping.refusal(kind, name, value) for name, value in values.items()}
        why = {name: refusal for name, refusal in refusals.items() if refusal}
        parts = mapping.write(kind, values, listed.details, self._port.setting("default_rating") or "imdb")
        if parts:
            self._echoes.written(kind, str(listed.number))
            why.update(self._stored(listed, parts))
        return {name: refusal for name, refusal in why.items() if name in values}

    def settled(self, kind: str, host_key: str, host_id: str, values: Mapping[str, Any]) -> None:
        """Fill in the pictures of a movie's collection where Kodi has none of it."""
        listed = self._find(kind, host_key, host_id) if values.get("collection") else None
        if listed is not None:
            self._library.fill_set(listed.number, values["collection"])

    def busy(self) -> bool:
        return self._port.playing() and self._port.setting("apply_while_playing") != "true"

    def notify(self, notice: Notice) -> None:
        text = tokens.refused(self._port) if notice is Notice.TOKEN else self._port.text(NOTICES[notice])
        self._show(text, problem=notice not in (Notice.BACK, Notice.POLICY))

    # How

    def _show(self, text: str, *, problem: bool) -> None:
        if self._port.setting("notifications") != "false":
            self._port.notify(text, problem=problem)

    def _stored(self, listed: Listed, parts: list[Part]) -> dict[str, str]:
        try:
            why = self._write_parts(listed, parts)
        except HostUnavailable as error:
            if isinstance(error.__cause__, KodiRefused):  # else Kodi ends
                self.cannot_store()
            raise
        self._full = False
        return why

    def _write_parts(self, listed: Listed, parts: list[Part]) -> dict[str, str]:
        """Write all of them in one call; where Kodi refuses that, in halves. Why, by field, for what it refuses."""
        try:
            self._library.write(listed.kind, listed.number, mapping.joined(parts))
        except KodiRefused as refused:
            if len(parts) == 1:
                return dict.fromkeys(parts[0].fields, str(refused))
            half = len(parts) // 2
            return {**self._write_parts(listed, parts[:half]), **self._write_parts(listed, parts[half:])}
        return {}

    def _find(self, kind: str, key: str, host_id: str) -> Listed | None:
        """The entry with this key, by the number that it had last where it still has that."""
        hints = [int(host_id)] if host_id.isdigit() else []
        last = self._numbers.get(kind, {}).get(key)
        for number in [*hints, *([last] if last is not None and last not in hints else [])]:
            listed = self._library.one(kind, number)
            if listed is not None and listed.key == key:
                return listed
        if kind in self._numbers and last is None:
            return None
        return next((listed for page in list(self._list(kind)) for listed in page if listed.key == key), None)

    def _list(self, kind: str) -> Iterator[list[Listed]]:
        """All entries of a kind, noting their numbers where none came or went meanwhile."""
        before = self._changes
        numbers: dict[str, int] = {}
        for page in self._library.all(kind):
            numbers.update((listed.key, listed.number) for listed in page)
            yield page
        if self._changes == before:
            self._numbers[kind] = numbers
