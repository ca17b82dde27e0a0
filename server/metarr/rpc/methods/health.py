"""HealthService."""

from collections.abc import Collection

from metarr import API_LEVEL, __version__
from metarr.asking.usage import KEPT, UsageBook
from metarr.care.board import NoticeBoard, order
from metarr.care.health import Condition, HealthReader
from metarr.clock import Clock
from metarr.domain.notice import Notice, Severity
from metarr.domain.usage import Usage
from metarr.players.hosts import Hosts
from metarr.rpc.convert import timestamp
from metarr.rpc.doors.context import Context
from metarr.rpc.methods.config import state_message
from metarr.rpc.methods.hosts import host_health
from metarr.rpc.paging import Position, page_token, position
from metarr.rpc.servicer import BaseServicer
from metarr.rpc.validate import Check
from metarr.v1 import health_service_pb2 as pb
from metarr.v1.health_service_pb2_grpc import HealthServiceServicer

_STATUS = {
    Condition.OK: pb.GetHealthResponse.STATUS_OK,
    Condition.NOT_CONFIGURED: pb.GetHealthResponse.STATUS_NOT_CONFIGURED,
}
_SEVERITIES = {
    Severity.INFO: pb.Notice.SEVERITY_INFO,
    Severity.WARNING: pb.Notice.SEVERITY_WARNING,
    Severity.ERROR: pb.Notice.SEVERITY_ERROR,
}


USAGE_DAYS = 30


class HealthServicer(BaseServicer, HealthServiceServicer):
    """How the daemon fares."""

    def __init__(
        self,
        health: HealthReader,
        board: NoticeBoard,
        hosts: Hosts,
        usage: UsageBook,
        clock: Clock,
        *,
        provider_ids: Collection[str],
    ) -> None:
        self.clock = clock
        self._hosts = hosts
        self._usage = usage
        self._provider_ids = provider_ids
        self._health = health
        self._board = board

    def GetHealth(self, request: pb.GetHealthRequest, context: Context) -> pb.GetHealthResponse:
        health = self._health.read()
        return pb.GetHealthResponse(
            status=_STATUS.get(health.condition, pb.GetHealthResponse.STATUS_DEGRADED),
            version=__version__,
            api_level=API_LEVEL,
            started_at=timestamp(health.started_at),
            items=health.items,
            pending_items=health.awaiting_items,
            untouched_items=health.untouched_items,
            providers=[
                pb.ProviderHealth(id=each.configured.id, name=each.configured.provider.name, state=state_message(each))
                for each in health.providers
            ],
            schedule=pb.Schedule(
                at=health.daily.at,
                zone=health.daily.zone,
                last_run_at=timestamp(health.daily.last_run),
                next_run_at=timestamp(health.daily.next_run),
                off=health.daily.off,
                last_look_at=timestamp(health.daily.last_look),
            ),
            broken_providers=[
                pb.BrokenProvider(name=each.name, origin=each.origin, why=each.why) for each in health.broken
            ],
            players=[
                pb.PlayerHealth(
                    id=each.player.id,
                    name=each.player.name,
                    seen_at=timestamp(each.player.seen_at),
                    notes=[notice.text for notice in each.notices],
                )
                for each in health.players
            ],
            hosts=[host_health(each) for each in self._hosts.everyone()],
        )

    def ListNotices(self, request: pb.ListNoticesRequest, context: Context) -> pb.ListNoticesResponse:
        with Check() as check:
            limit = check.page_size("page_size", request.page_size)
            after = position(check, request.page_token, [], (int, str, str))
        rest = [each for each in self._board.look() if after is None or _place(each) > after]
        page = rest[:limit]
        return pb.ListNoticesResponse(
            notices=[notice_message(each) for each in page],
            next_page_token=page_token([], _place(page[-1])) if len(rest) > limit else "",
        )

    def ListUsage(self, request: pb.ListUsageRequest, context: Context) -> pb.ListUsageResponse:
        with Check() as check:
            days = check.page_size("days", request.days, default=USAGE_DAYS, most=KEPT.days)
            if request.provider_id:
                check.one_of("provider_id", request.provider_id, self._provider_ids)
        return pb.ListUsageResponse(
            usage=[
                _usage_message(provider_id, day, usage)
                for (provider_id, day), usage in sorted(self._usage.last(days).items())
                if request.provider_id in ("", provider_id)
            ],
            first_day=self._usage.day(days - 1),
            last_day=self._usage.day(),
        )


def _place(notice: Notice) -> Position:
    return [*order(notice)]


def _usage_message(provider_id: str, day: str, usage: Usage) -> pb.ProviderUsage:
    return pb.ProviderUsage(
        provider_id=provider_id,
        day=day,
        requests=usage.requests,
        answered=usage.answered,
        limited=usage.limited,
        failed=usage.failed,
        median_ms=usage.median_ms,
    )


def notice_message(notice: Notice) -> pb.Notice:
    """A notice."""
    action = notice.action
    return pb.Notice(
        code=notice.code,
        severity=_SEVERITIES[notice.severity],
        subject=notice.subject,
        since=timestamp(notice.since),
        text=notice.text,
        action=pb.NoticeAction(rpc=action.rpc, target=action.target) if action else None,
    )
