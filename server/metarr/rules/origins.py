"""A secret belongs to the address that it was entered for: it is sent nowhere else, and not in the clear unasked."""

from collections.abc import Iterable, Mapping
from typing import Any

from metarr.addresses import is_readable
from metarr.declared import Setting, SettingType
from metarr.errors import Violation

ALLOWED = "allow_plain_http"
"""The setting that lets a provider be asked in a way that others can read."""


def in_the_clear(declared: Iterable[Setting], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The settings whose address is asked in a way that others can read."""
    addresses = {each.key: str(after.get(each.key, each.default)) for each in declared if each.type is SettingType.URL}
    return tuple(key for key, address in addresses.items() if is_readable(address))


def refused_in_the_clear(
    declared: Iterable[Setting], wanted: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Violation]:
    """What is wrong with wanting that, where it was not allowed. What was stored before it had to be stays."""
    if after.get(ALLOWED):
        return []
    readable = in_the_clear(declared, after)
    text = "sends everything, the key too, so that others can read it on its way: use https, or set allow_plain_http"
    wrong = [Violation(f"settings.{key}", text) for key in readable if key in wanted]
    if readable and ALLOWED in wanted and not wrong:
        wrong = [Violation(f"settings.{ALLOWED}", f"is needed as long as {readable[0]} is a plain http address")]
    return wrong
