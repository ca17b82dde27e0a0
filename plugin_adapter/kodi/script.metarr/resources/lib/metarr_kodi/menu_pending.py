"""What Kodi has yet to take in, what it did not take, and why."""

from __future__ import annotations

from typing import Any

from metarr_kodi import mapping, menu_texts, plain, texts
from metarr_kodi.links import do, show
from metarr_kodi.port import Option, Row
from metarr_kodi.visit import Trouble, Visit
from metarr_kodi.words import word

HEADING = menu_texts.MENU_PENDING
PAGE = 50

_HALF = 48
"""Characters of each of two values in the two lines that Kodi has for them."""

_STATES = {"waiting": "STATE_PENDING", "not_taken": "STATE_NOT_TAKEN"}


def pending(visit: Visit, _query: dict[str, str]) -> list[Row]:
    """How much there is of what."""
    player, text = _player(visit), visit.text
    rows = []
    if not player.get("policy"):
        rows.append(Row(text(menu_texts.POLICY), do("policy"), image="DefaultIconWarning.png"))
    if not player.get("reportedAt"):
        rows.append(Row(text(menu_texts.NOT_REPORTED), do("sync"), image="DefaultIconWarning.png"))
    counts = (
        (menu_texts.PENDING_COUNT, player.get("pendingItems", 0), "waiting"),
        (menu_texts.NOT_TAKEN_COUNT, player.get("notTakenItems", 0) + player.get("editedItems", 0), "not_taken"),
    )
    rows += [
        Row(text(number, count=count), show(name), folder=True, image="DefaultPlaylist.png")
        for number, count, name in counts
        if count
    ]
    if not rows:
        rows.append(Row(text(menu_texts.PENDING_NONE), do("again"), image="DefaultIconInfo.png"))
    return [*rows, Row(text(menu_texts.CANNOT_TAKE), do("cannot"), image="DefaultIconInfo.png")]


def waiting(visit: Visit, query: dict[str, str]) -> list[Row]:
    """Entries of which something is pending."""
    return _entries(visit, query)


def not_taken(visit: Visit, query: dict[str, str]) -> list[Row]:
    """Entries that differ from what Metarr has, and stay so."""
    return _entries(visit, query)


def entry(visit: Visit, query: dict[str, str]) -> None:
    """Show one entry's fields, and have them overwritten where the owner wants that."""
    chosen = _entry(visit, query.get("key", ""))
    fields = chosen.get("notTaken", [])
    options = [_option(visit, field) for field in fields]
    pending = [name for name in chosen.get("pendingFields", ()) if name not in {field["field"] for field in fields}]
    options += [Option(visit.words.field(name), visit.text(menu_texts.PENDING_LINE)) for name in pending]
    # Last, so that OK alone overwrites nothing.
    names = [field["field"] for field in fields if _can_be_written(chosen, field)]
    if names:
        options.append(Option(visit.text(menu_texts.OVERWRITE)))
    place: int | None = -1
    while place is not None:
        place = visit.port.choose(visit.words.title(chosen), options, chosen=place)
        if place is not None and place < len(fields):
            visit.port.show(visit.words.field(fields[place]["field"]), _difference(visit, fields[place]))
        elif names and place == len(options) - 1 and _overwrite(visit, chosen, names):
            return


def _can_be_written(entry: dict[str, Any], field: dict[str, Any]) -> bool:
    """Whether Kodi has a way to hold the value: else no button would help."""
    kind = word(entry.get("kind", ""), "MEDIA_KIND_")
    return kind not in mapping.FIELDS or not mapping.refusal(kind, field["field"], field.get("value"))


def cannot(visit: Visit, _query: dict[str, str]) -> None:
    """Show what Kodi cannot take, of each kind."""
    takes = {word(each.get("kind", ""), "MEDIA_KIND_"): each for each in _player(visit).get("kinds", ())}
    lines: list[str] = []
    for kind in (kind for kind in texts.KINDS if kind in takes):
        why = takes[kind].get("cannotTake", {})
        reasons = [
            visit.text(menu_texts.CANNOT_LINE, field=visit.words.field(name), why=plain.line(why[name])) for name in why
        ]
        lines += [f"[B]{visit.text(texts.KINDS[kind])}[/B]", *sorted(reasons), ""]
    visit.port.show(visit.text(menu_texts.CANNOT_TAKE), "\n".join(lines))


def _player(visit: Visit) -> dict[str, Any]:
    """This library as the daemon knows it. Raises Trouble where it does not."""
    players = visit.ask("Sync", "ListPlayers").get("players", ())
    player = next((each for each in players if each["id"] == visit.player_id), None)
    if player is None:
        raise Trouble(visit.text(menu_texts.NOT_REPORTED))
    return dict(player)


def _entries(visit: Visit, query: dict[str, str]) -> list[Row]:
    if not visit.player_id:
        raise Trouble(visit.text(menu_texts.NOT_REPORTED))
    name = query["show"]
    answer = visit.ask(
        "Sync",
        "ListPlayerItems",
        playerId=visit.player_id,
        state=_STATES[name],
        pageSize=PAGE,
        pageToken=query.get("after", ""),
    )
    rows = [_row(visit, each) for each in answer.get("items", ())]
    if not rows:
        rows.append(Row(visit.text(menu_texts.PENDING_NONE), do("again"), image="DefaultIconInfo.png"))
    if answer.get("nextPageToken"):
        rows.append(Row(visit.text(menu_texts.MORE), show(name, after=answer["nextPageToken"]), folder=True))
    return rows


def _row(visit: Visit, entry: dict[str, Any]) -> Row:
    refused = entry.get("notTaken", ())
    names = [*(each["field"] for each in refused), *entry.get("pendingFields", ())]
    label = visit.text(menu_texts.PENDING_ENTRY, title=visit.words.title(entry), fields=visit.words.fields(names))
    plot = "\n".join(f"{_headline(visit, each)}\n{_both(visit, each)}" for each in refused)
    return Row(label, do("entry", key=entry["hostKey"]), plot=plot, image="DefaultPlaylist.png")


def _entry(visit: Visit, key: str) -> dict[str, Any]:
    answer = visit.ask("Sync", "ListPlayerItems", playerId=visit.player_id, hostKeys=[key])
    entry: dict[str, Any] = next(iter(answer.get("items", ())), {})
    if not entry.get("notTaken") and not entry.get("pendingFields"):
        raise Trouble(visit.text(menu_texts.SETTLED))
    return entry


def _option(visit: Visit, field: dict[str, Any]) -> Option:
    return Option(_headline(visit, field), _both(visit, field))


def _headline(visit: Visit, field: dict[str, Any]) -> str:
    """The field, and why Kodi does not hold Metarr's value."""
    return visit.text(menu_texts.CANNOT_LINE, field=visit.words.field(field["field"]), why=_why(visit, field))


def _both(visit: Visit, field: dict[str, Any]) -> str:
    here, there = (visit.words.value(field.get(name), _HALF) for name in ("hostValue", "value"))
    return visit.text(menu_texts.DIFFERENCE, here=here, there=there)


def _why(visit: Visit, field: dict[str, Any]) -> str:
    number = menu_texts.OUTCOMES.get(word(field.get("outcome", ""), "OUTCOME_"), menu_texts.OUTCOME_REFUSED)
    return visit.text(number)


def _difference(visit: Visit, field: dict[str, Any]) -> str:
    """Both values in full, and why."""
    words, text = visit.words, visit.text
    lines = [_why(visit, field), plain.lines(field.get("detail", "")), ""]
    lines += [f"[B]{text(menu_texts.DIFFERENCE_HERE)}[/B]", words.whole(field.get("hostValue")), ""]
    return "\n".join([*lines, f"[B]{text(menu_texts.DIFFERENCE_THERE)}[/B]", words.whole(field.get("value"))])


def _overwrite(visit: Visit, entry: dict[str, Any], names: list[str]) -> bool:
    """Have some of the fields overwritten, after a question; whether it was done."""
    port, words = visit.port, visit.words
    if len(names) > 1:
        chosen = port.choose_several(
            visit.text(menu_texts.OVERWRITE), [words.field(name) for name in names], chosen=list(range(len(names)))
        )
        names = [names[place] for place in chosen or ()]
    question = visit.text(menu_texts.OVERWRITE_ASK, fields=words.fields(names), title=words.title(entry))
    if not names or not port.confirm(visit.text(menu_texts.OVERWRITE), question):
        return False
    visit.ask("Sync", "ResendItems", playerId=visit.player_id, hostKeys=[entry["hostKey"]], fields=names)
    port.notify(visit.text(menu_texts.OVERWRITTEN))
    port.builtin("Container.Refresh")
    return True
