"""HostService."""

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.struct_pb2 import Value

from metarr.clock import Clock
from metarr.declared import Setting
from metarr.players.host_kinds import DeclaredKind
from metarr.players.host_process import HostState, HostStatus
from metarr.players.hosts import Hosts, HostStanding
from metarr.players.players import MOST_NAME
from metarr.rpc.convert import plain_of, timestamp, value_message
from metarr.rpc.doors.context import Context
from metarr.rpc.doors.hooks import hook_path
from metarr.rpc.methods.settings import hint
from metarr.rpc.servicer import BaseServicer
from metarr.rpc.validate import Check
from metarr.v1 import health_service_pb2
from metarr.v1 import host_service_pb2 as pb
from metarr.v1.host_service_pb2_grpc import HostServiceServicer
from metarr_adapter.kind import HostCheck, Verdict

_STATUSES = {
    HostStatus.STARTING: pb.HostState.STATUS_STARTING,
    HostStatus.RUNNING: pb.HostState.STATUS_RUNNING,
    HostStatus.WAITING: pb.HostState.STATUS_WAITING,
    HostStatus.OWNER_NEEDED: pb.HostState.STATUS_OWNER_NEEDED,
    HostStatus.DISABLED: pb.HostState.STATUS_DISABLED,
}
_VERDICTS = {
    Verdict.OK: pb.HostCheck.VERDICT_OK,
    Verdict.WARNING: pb.HostCheck.VERDICT_WARNING,
    Verdict.FAULT: pb.HostCheck.VERDICT_FAULT,
}
_SORTS = {
    "away": pb.HostNote.SORT_AWAY,
    "undecided": pb.HostNote.SORT_UNDECIDED,
    "refused": pb.HostNote.SORT_REFUSED,
}


class HostServicer(BaseServicer, HostServiceServicer):
    """The hosts that the daemon runs."""

    def __init__(self, hosts: Hosts, clock: Clock) -> None:
        self.clock = clock
        self._hosts = hosts

    def ListHostKinds(self, request: pb.ListHostKindsRequest, context: Context) -> pb.ListHostKindsResponse:
        kinds = self._hosts.kinds()
        return pb.ListHostKindsResponse(kinds=[_kind(each) for _, each in sorted(kinds.items())])

    def ListHosts(self, request: pb.ListHostsRequest, context: Context) -> pb.ListHostsResponse:
        return pb.ListHostsResponse(hosts=[host_message(each) for each in self._hosts.everyone()])

    def AddHost(self, request: pb.AddHostRequest, context: Context) -> pb.AddHostResponse:
        with Check() as check:
            kind = check.text("kind", request.kind, most=MOST_NAME)
            name = check.text("name", request.name, required=False, most=MOST_NAME)
        done = self._hosts.add(kind, name, _plain(request.settings))
        return pb.AddHostResponse(host=host_message(done.standing), checks=_checks(done.checks))

    def UpdateHost(self, request: pb.UpdateHostRequest, context: Context) -> pb.UpdateHostResponse:
        with Check() as check:
            host_id = check.text("host_id", request.host_id, most=MOST_NAME)
            paths = check.mask("update_mask", request.update_mask, ("name", "enabled", "settings"), {"settings."})
            named = {path.removeprefix("settings.") for path in paths if path.startswith("settings.")}
            for key in sorted(named - set(request.settings)):
                check.violation(f"settings.{key}"[:100], "is named in update_mask and not given")
            name = check.text("name", request.name, most=MOST_NAME) if "name" in paths else None
        given = request.settings if "settings" in paths else {key: request.settings[key] for key in named}
        enabled = request.enabled if "enabled" in paths else None
        done = self._hosts.update(host_id, name=name, enabled=enabled, wanted=_plain(given))
        return pb.UpdateHostResponse(host=host_message(done.standing), checks=_checks(done.checks))

    def TestHost(self, request: pb.TestHostRequest, context: Context) -> pb.TestHostResponse:
        with Check() as check:
            host_id = check.text("host_id", request.host_id, required=False, most=MOST_NAME)
            kind = check.text("kind", request.kind, required=not host_id, most=MOST_NAME)
        trial = self._hosts.test(host_id, kind, _plain(request.settings))
        return pb.TestHostResponse(checks=_checks(trial.checks), passed=trial.passed)

    def RemoveHost(self, request: pb.RemoveHostRequest, context: Context) -> pb.RemoveHostResponse:
        with Check() as check:
            host_id = check.text("host_id", request.host_id, most=MOST_NAME)
        player_id, deleted = self._hosts.remove(host_id, with_player=request.remove_player)
        kept = "" if request.remove_player else player_id
        return pb.RemoveHostResponse(deleted_items=deleted, player_id=kept)

    def GetHostLog(self, request: pb.GetHostLogRequest, context: Context) -> pb.GetHostLogResponse:
        with Check() as check:
            host_id = check.text("host_id", request.host_id, most=MOST_NAME)
        lines = self._hosts.lines(host_id)
        return pb.GetHostLogResponse(
            lines=[
                pb.GetHostLogResponse.Line(at=timestamp(each.at), level=each.level, text=each.text) for each in lines
            ]
        )


def _plain(settings: Mapping[str, Value]) -> dict[str, Any]:
    return {key: plain_of(value) for key, value in settings.items()}


def _kind(declared: DeclaredKind) -> pb.HostKind:
    kind = declared.kind
    settings = [_setting(each, None, main=each.key == declared.main) for each in declared.settings]
    return pb.HostKind(id=kind.id, name=kind.name, help=kind.help, settings=settings)


def _setting(setting: Setting, value: Any, *, main: bool) -> pb.HostSetting:
    """A setting, with its value where there is one, which is never told of a secret."""
    message = pb.HostSetting(
        key=setting.key,
        label=setting.label,
        type=f"TYPE_{setting.type.name}",
        help=setting.help,
        choices=setting.choices,
        required=setting.required,
        main=main,
    )
    if setting.is_secret:
        message.secret_set, message.secret_hint = bool(value), hint(setting, str(value or ""))
    else:
        message.default_value.CopyFrom(value_message(setting.default))
        if value is not None:
            message.value.CopyFrom(value_message(value))
    return message


def host_message(standing: HostStanding) -> pb.Host:
    """A host with its settings, which never hold a secret, and how it fares."""
    host, declared = standing.config, standing.kind
    settings = declared.settings if declared else ()
    main = declared.main if declared else ""
    return pb.Host(
        id=host.id,
        kind=host.kind,
        name=host.name,
        enabled=host.enabled,
        settings=[_setting(each, standing.settings[each.key], main=each.key == main) for each in settings],
        player_id=host.player_id,
        added_at=timestamp(host.added_at),
        state=_state(standing),
        notes=[
            pb.HostNote(sort=_SORTS.get(sort, pb.HostNote.SORT_UNSPECIFIED), subject=subject, text=text)
            for sort, subject, text in standing.notes.notes
        ],
        more_notes=standing.notes.more,
        works_on=host.works_on,
        hook_path=hook_path(host.id, standing.hook_secret),
    )


def host_health(standing: HostStanding) -> health_service_pb2.HostHealth:
    """How a host fares."""
    host = standing.config
    return health_service_pb2.HostHealth(id=host.id, name=host.name, state=_state(standing), player_id=host.player_id)


def _state(standing: HostStanding) -> pb.HostState:
    state: HostState = standing.state
    return pb.HostState(
        status=_STATUSES[state.status],
        since=timestamp(state.since),
        why=state.why,
        next_attempt_at=timestamp(state.next_attempt),
        last_report_at=timestamp(standing.reported_at),
    )


def _checks(checks: Iterable[HostCheck]) -> list[pb.HostCheck]:
    return [
        pb.HostCheck(
            verdict=_VERDICTS.get(each.verdict, pb.HostCheck.VERDICT_FAULT), text=each.text, advice=each.advice
        )
        for each in checks
    ]
