"""ConfigService."""

from metarr.care.health import Condition, HealthReader, ProviderHealth
from metarr.clock import Clock
from metarr.domain.fields import FIELDS
from metarr.jobs.jobs import Jobs
from metarr.rpc.convert import kind_message, plain_of, timestamp
from metarr.rpc.doors.context import Context, seconds_left
from metarr.rpc.methods.authorities import AuthorityMethods
from metarr.rpc.methods.decisions import exported, imported
from metarr.rpc.methods.fields import FieldMethods
from metarr.rpc.methods.settings import SettingMethods, provider_setting_message
from metarr.rpc.servicer import BaseServicer
from metarr.rpc.validate import Check
from metarr.rules.authorities import FieldAuthorities
from metarr.rules.export import Decisions
from metarr.rules.providers import ProviderSettings
from metarr.rules.remerge import Remerger
from metarr.rules.settings_editor import SettingsEditor
from metarr.v1 import config_service_pb2 as pb
from metarr.v1.config_service_pb2_grpc import ConfigServiceServicer

_CONDITIONS = {
    Condition.OK: pb.ProviderState.STATUS_OK,
    Condition.DISABLED: pb.ProviderState.STATUS_DISABLED,
    Condition.NOT_CONFIGURED: pb.ProviderState.STATUS_NOT_CONFIGURED,
    Condition.LIMITED: pb.ProviderState.STATUS_LIMITED,
    Condition.KEY_REFUSED: pb.ProviderState.STATUS_KEY_REFUSED,
    Condition.FAILING: pb.ProviderState.STATUS_FAILING,
    Condition.SUSPECT: pb.ProviderState.STATUS_SUSPECT,
    Condition.PROXY_FAILING: pb.ProviderState.STATUS_PROXY_FAILING,
}
_VERDICTS = {
    "": pb.TestProviderResponse.VERDICT_OK,
    "key": pb.TestProviderResponse.VERDICT_KEY,
    "network": pb.TestProviderResponse.VERDICT_NETWORK,
    "quota": pb.TestProviderResponse.VERDICT_QUOTA,
    "proxy": pb.TestProviderResponse.VERDICT_PROXY,
}


class ConfigServicer(AuthorityMethods, FieldMethods, SettingMethods, BaseServicer, ConfigServiceServicer):
    """Everything a person tunes."""

    def __init__(
        self,
        providers: ProviderSettings,
        authorities: FieldAuthorities,
        decisions: Decisions,
        health: HealthReader,
        clock: Clock,
        *,
        settings: SettingsEditor,
        remerger: Remerger,
        jobs: Jobs,
    ) -> None:
        self.clock = clock
        self._settings = settings
        self._providers = providers
        self._authorities = authorities
        self._remerger = remerger
        self._jobs = jobs
        self._decisions = decisions
        self._health = health

    def ListProviders(self, request: pb.ListProvidersRequest, context: Context) -> pb.ListProvidersResponse:
        health = self._health.read().providers
        with Check() as check:
            limit = check.page_size("page_size", request.page_size)
            ids = [each.configured.id for each in health]
            if request.page_token and request.page_token not in ids:
                check.violation("page_token", "is none that was handed out")
        start = ids.index(request.page_token) if request.page_token else 0
        rest = ids[start + limit : start + limit + 1]
        return pb.ListProvidersResponse(
            providers=[provider_message(each) for each in health[start : start + limit]],
            next_page_token=rest[0] if rest else "",
        )

    def UpdateProvider(self, request: pb.UpdateProviderRequest, context: Context) -> pb.UpdateProviderResponse:
        with Check() as check:
            provider_id = check.text("provider_id", request.provider_id, most=64)
            only_resumes = request.resume and not request.update_mask.paths
            settable = ("enabled", "settings")
            paths = set() if only_resumes else check.mask("update_mask", request.update_mask, settable, {"settings."})
            named = {path.removeprefix("settings.") for path in paths if path.startswith("settings.")}
            for key in sorted(named - set(request.settings)):
                check.violation(f"settings.{key}"[:100], "is named in update_mask and not given")
        given = request.settings if "settings" in paths else {key: request.settings[key] for key in named}
        if paths:
            configured = self._providers.update(
                provider_id,
                request.enabled if "enabled" in paths else None,
                {key: plain_of(value) for key, value in given.items()},
                request.etag,
            )
        if request.resume:
            configured = self._providers.resume(provider_id)
        return pb.UpdateProviderResponse(provider=provider_message(self._health.provider(configured)))

    def TestProvider(self, request: pb.TestProviderRequest, context: Context) -> pb.TestProviderResponse:
        with Check() as check:
            provider_id = check.text("provider_id", request.provider_id, most=64)
        typed = {key: plain_of(value) for key, value in request.settings.items()}
        verdict = self._providers.test(provider_id, self.clock.monotonic() + seconds_left(context), typed)
        return pb.TestProviderResponse(
            verdict=_VERDICTS[verdict.trouble], detail=verdict.detail, elapsed_ms=round(verdict.seconds * 1000)
        )

    def ExportSettings(self, request: pb.ExportSettingsRequest, context: Context) -> pb.ExportSettingsResponse:
        return exported(self._decisions, request)

    def ImportSettings(self, request: pb.ImportSettingsRequest, context: Context) -> pb.ImportSettingsResponse:
        return imported(self._decisions, request)


def provider_message(health: ProviderHealth) -> pb.Provider:
    """A provider with its settings, which never hold a secret, and how it fares."""
    configured = health.configured
    return pb.Provider(
        id=configured.id,
        name=configured.provider.name,
        homepage=configured.provider.homepage,
        attribution=configured.provider.attribution,
        enabled=configured.config.enabled,
        settings=[provider_setting_message(each, configured.settings[each.key]) for each in configured.declared],
        state=state_message(health),
        proxy="" if configured.proxy is None else configured.proxy.address,
        coverage=[
            pb.ProviderCoverage(kind=kind_message(kind), fields=[name for name in FIELDS if name in fields])
            for kind, fields in configured.provider.covers.items()
        ],
        etag=configured.config.etag,
        image_hosts=configured.provider.image_hosts,
    )


def state_message(health: ProviderHealth) -> pb.ProviderState:
    """How a provider fares."""
    status = health.status
    return pb.ProviderState(
        status=_CONDITIONS[health.condition],
        detail=health.detail,
        retry_at=timestamp(health.retry_at),
        quota_used=status.quota_used,
        quota_limit=status.quota_limit,
        quota_reset_at=timestamp(status.quota_reset_at),
        last_request_at=timestamp(status.last_request_at),
        last_success_at=timestamp(status.last_success_at),
        pending_items=health.awaiting_items,
        forecast_days=health.forecast_days,
        advice=health.advice,
    )
