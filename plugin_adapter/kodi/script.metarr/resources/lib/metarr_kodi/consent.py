"""What Metarr may write: the policies by name, their numbers in words, and those for groups of fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from metarr_kodi import texts
from metarr_kodi.port import Option, Port

REPLACE, FILL, LEAVE, UNION = (f"SYNC_POLICY_{word}" for word in ("REPLACE", "FILL", "LEAVE", "UNION"))

_GROUPS = {
    "FIELD_GROUP_TEXTS": texts.GROUP_TEXTS,
    "FIELD_GROUP_RATINGS": texts.GROUP_RATINGS,
    "FIELD_GROUP_ARTWORK": texts.GROUP_ARTWORK,
    "FIELD_GROUP_TAGS": texts.GROUP_TAGS,
    "FIELD_GROUP_COLLECTIONS": texts.GROUP_COLLECTIONS,
    "FIELD_GROUP_IDS": texts.GROUP_IDS,
}
"""Those that Kodi takes, in the order in which they are shown."""

_POLICIES = {REPLACE: texts.REPLACE, FILL: texts.FILL, LEAVE: texts.LEAVE, UNION: texts.UNION}
_TITLES = {"MEDIA_KIND_MOVIE": texts.NUMBERS_FILMS, "MEDIA_KIND_SERIES": texts.NUMBERS_SHOWS}

NEARLY_ALL = 0.9


def recommended(previews: Mapping[str, Mapping[str, Any]]) -> str:
    """The policy to begin with: filling, where that reaches nearly all that replacing would, for it takes nothing."""
    filled, replaced = (previews[policy].get("changedItems", 0) for policy in (FILL, REPLACE))
    return FILL if filled >= NEARLY_ALL * replaced else REPLACE


def numbers(port: Port, preview: Mapping[str, Any], groups: Mapping[str, str]) -> str:
    """What a policy would do, in numbers: "Texts for 58 of 62 films. 41 pictures replaced. Tags and collections stay."

    `groups`: the policies that count for groups.
    """
    listed = list(preview.get("groups", ()))
    titles = [
        port.text(_TITLES[each["kind"]], changed=each.get("changedItems", 0), items=each.get("items", 0))
        for each in listed
        if each.get("group") == "FIELD_GROUP_TEXTS" and each.get("kind") in _TITLES
    ]
    pictures = sum(each.get("replacedItems", 0) for each in listed if each.get("group") == "FIELD_GROUP_ARTWORK")
    sentences = [
        port.text(texts.NUMBERS_TEXTS, numbers=", ".join(titles)) if titles else "",
        port.text(texts.NUMBERS_PICTURES, count=pictures) if pictures else "",
    ]
    if REPLACE not in (groups.get("FIELD_GROUP_TAGS"), groups.get("FIELD_GROUP_COLLECTIONS")):
        sentences.append(port.text(texts.NUMBERS_STAY))
    return " ".join(filter(None, sentences))


def by_group(player: Mapping[str, Any]) -> dict[str, str]:
    """The policy that counts for each group."""
    return {each["group"]: each.get("policy", "") for each in player.get("groups", ())}


def choose_groups(
    port: Port, player: Callable[[], Mapping[str, Any]], update: Callable[[list[dict[str, str]]], object]
) -> None:
    """Have policies for groups chosen, one after another, until the owner leaves. Each counts at once."""
    place: int | None = 0
    while place is not None:
        listed = {each["group"]: each for each in player().get("groups", ())}
        names = [name for name in _GROUPS if name in listed]
        options = [Option(port.text(_GROUPS[name]), _now(port, listed[name])) for name in names]
        place = port.choose(port.text(texts.GROUPS), options, chosen=place)
        if place is not None:
            policy = _chosen(port, names[place], listed[names[place]])
            if policy is not None:
                update([{"group": names[place], "policy": policy}])


def _now(port: Port, standing: Mapping[str, Any]) -> str:
    """What counts for a group."""
    number = _POLICIES.get(standing.get("policy", ""))
    return port.text(number) if number else port.text(texts.AS_WHOLE)


def _chosen(port: Port, group: str, standing: Mapping[str, Any]) -> str | None:
    """The policy that the owner wants for a group; None: he left."""
    by_default = {"FIELD_GROUP_TAGS": texts.UNION, "FIELD_GROUP_COLLECTIONS": texts.FILL}.get(group, texts.AS_WHOLE)
    choices = ["SYNC_POLICY_UNSPECIFIED", REPLACE, FILL, LEAVE, *([UNION] if group == "FIELD_GROUP_TAGS" else [])]
    labels = [port.text(texts.RECOMMENDED, label=port.text(by_default))]
    labels += [port.text(_POLICIES[each]) for each in choices[1:]]
    present = choices.index(standing["policy"]) if standing.get("chosen") and standing.get("policy") in choices else 0
    place = port.choose(port.text(_GROUPS[group]), labels, chosen=present)
    return None if place is None else choices[place]
