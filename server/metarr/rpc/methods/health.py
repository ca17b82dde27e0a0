"""HealthService."""

from metarr import API_LEVEL, __version__
from metarr.care.health import Condition, HealthReader
from metarr.clock import Clock
from metarr.rpc.convert import timestamp
from metarr.rpc.doors.context import Context
from metarr.rpc.methods.config import state_message
from metarr.rpc.servicer import BaseServicer
from metarr.v1 import health_service_pb2 as pb
from metarr.v1.health_service_pb2_grpc import HealthServiceServicer

_STATUS = {
    Condition.OK: pb.GetHealthResponse.STATUS_OK,
    Condition.NOT_CONFIGURED: pb.GetHealthResponse.STATUS_NOT_CONFIGURED,
}


class HealthServicer(BaseServicer, HealthServiceServicer):
    """How the daemon fares."""

    def __init__(self, health: HealthReader, clock: Clock) -> None:
        self.clock = clock
        self._health = health

    def GetHealth(self, request: pb.GetHealthRequest, context: Context) -> pb.GetHealthResponse:
        health = self._health.read()
        return pb.GetHealthResponse(
            status=_STATUS.get(health.condition, pb.GetHealthResponse.STATUS_DEGRADED),
            version=__version__,
            api_level=API_LEVEL,
            started_at=timestamp(health.started_at),
            items=health.items,
            pending_items=health.awaiting_items,
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
            ),
            broken_providers=[
                pb.BrokenProvider(name=each.name, origin=each.origin, why=each.why) for each in health.broken
            ],
            players=[
                pb.PlayerHealth(
                    id=each.player.id, name=each.player.name, seen_at=timestamp(each.player.seen_at), notes=each.notes
                )
                for each in health.players
            ],
        )
