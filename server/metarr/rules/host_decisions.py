"""The hosts that the owner added, as a document of decisions has them, and into which they are taken over again."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from metarr.errors import AlreadyThere, InvalidInput, NoSuchThing, Violation
from metarr.players import host_kinds
from metarr.players.hosts import Hosts, HostStanding
from metarr_adapter.kind import Verdict


class HostDecisions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A host without its secrets."""

    kind: str
    name: str = ""
    enabled: bool = True
    settings: dict[str, Any] = {}


def exported(hosts: Hosts) -> dict[str, HostDecisions]:
    """All hosts by id; one of a kind that is not installed has no settings that could be told."""
    return {each.config.id: _exported(each) for each in hosts.everyone()}


def _exported(standing: HostStanding) -> HostDecisions:
    host, secrets = standing.config, standing.kind.secrets if standing.kind else frozenset()
    settings = {key: value for key, value in sorted(standing.settings.items()) if key not in secrets}
    return HostDecisions(kind=host.kind, name=host.name, enabled=host.enabled, settings=settings)


def faults(wanted: Mapping[str, HostDecisions]) -> Iterator[Violation]:
    """Secrets, which are read from no file."""
    kinds = host_kinds.everything()
    for host_id, each in wanted.items():
        secrets = kinds[each.kind].secrets if each.kind in kinds else frozenset()
        for key in sorted(secrets & each.settings.keys()):
            path = f"hosts.{host_id[:60]}.settings.{key}"
            yield Violation(path, "is a secret and not read from a file: enter it by itself")


def take(hosts: Hosts, host_id: str, wanted: HostDecisions, *, dry_run: bool) -> bool | str:
    """Have a host as it is wanted, tested as one that is added by hand; whether anything changed, or why it has no
    place here."""
    there = next((each for each in hosts.everyone() if each.config.id == host_id), None)
    try:
        if there is not None and there.config.kind == wanted.kind:
            return _changed(hosts, there, wanted, dry_run=dry_run)
        return _added(hosts, wanted, dry_run=dry_run)
    except (AlreadyThere, InvalidInput, NoSuchThing) as error:
        return str(error)


def _changed(hosts: Hosts, there: HostStanding, wanted: HostDecisions, *, dry_run: bool) -> bool:
    host, now = there.config, there.settings
    settings = {key: value for key, value in wanted.settings.items() if now.get(key) != value}
    name = wanted.name or host.name
    if not settings and (name, wanted.enabled) == (host.name, host.enabled):
        return False
    if dry_run:
        _refuse_faults(hosts, host.id, "", settings)
    else:
        hosts.update(host.id, name=name, enabled=wanted.enabled, wanted=settings)
    return True


def _added(hosts: Hosts, wanted: HostDecisions, *, dry_run: bool) -> bool:
    if dry_run:
        _refuse_faults(hosts, "", wanted.kind, wanted.settings)
        return True
    added = hosts.add(wanted.kind, wanted.name, wanted.settings).standing.config
    if not wanted.enabled:
        hosts.update(added.id, name=None, enabled=False, wanted={})
    return True


def _refuse_faults(hosts: Hosts, host_id: str, kind: str, settings: Mapping[str, Any]) -> None:
    """Raises InvalidInput where a test finds one."""
    trial = hosts.test(host_id, kind, settings)
    wrong = [check.text for check in trial.checks if check.verdict == Verdict.FAULT]
    if wrong:
        raise InvalidInput(*(Violation("settings", text) for text in wrong))
