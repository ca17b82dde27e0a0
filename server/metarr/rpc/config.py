"""ConfigService."""

from collections.abc import Iterable

from metarr.clock import Clock
from metarr.domain.authority import FieldRule, rule_key
from metarr.domain.fields import FIELDS, fields_of
from metarr.domain.model import Kind
from metarr.providers.base import Setting, SettingType
from metarr.rpc.context import Context
from metarr.rpc.convert import kind_message, plain_of, timestamp, value_message
from metarr.rpc.errors import BaseServicer
from metarr.rpc.validate import Check
from metarr.services.authorities import FieldAuthorities, Rules
from metarr.services.health import Condition, HealthReader, ProviderHealth
from metarr.services.providers import ProviderSettings
from metarr.services.roster import Entry
from metarr.v1 import config_service_pb2 as pb
from metarr.v1.config_service_pb2_grpc import ConfigServiceServicer

_TYPES = {
    SettingType.TEXT: pb.ProviderSetting.TYPE_TEXT,
    SettingType.SECRET: pb.ProviderSetting.TYPE_SECRET,
    SettingType.URL: pb.ProviderSetting.TYPE_URL,
    SettingType.INTEGER: pb.ProviderSetting.TYPE_INTEGER,
    SettingType.NUMBER: pb.ProviderSetting.TYPE_NUMBER,
    SettingType.BOOLEAN: pb.ProviderSetting.TYPE_BOOLEAN,
    SettingType.CHOICE: pb.ProviderSetting.TYPE_CHOICE,
}
_CONDITIONS = {
    Condition.OK: pb.ProviderState.STATUS_OK,
    Condition.DISABLED: pb.ProviderState.STATUS_DISABLED,
    Condition.NOT_CONFIGURED: pb.ProviderState.STATUS_NOT_CONFIGURED,
    Condition.LIMITED: pb.ProviderState.STATUS_LIMITED,
    Condition.KEY_REFUSED: pb.ProviderState.STATUS_KEY_REFUSED,
    Condition.FAILING: pb.ProviderState.STATUS_FAILING,
    Condition.SUSPECT: pb.ProviderState.STATUS_SUSPECT,
}
_VERDICTS = {
    "": pb.TestProviderResponse.VERDICT_OK,
    "key": pb.TestProviderResponse.VERDICT_KEY,
    "network": pb.TestProviderResponse.VERDICT_NETWORK,
    "quota": pb.TestProviderResponse.VERDICT_QUOTA,
}

HINT_FROM = 12
"""Characters that a secret must have for its last four to be shown: of a shorter one they would tell too much."""


class Config(BaseServicer, ConfigServiceServicer):
    """Everything a person tunes."""

    def __init__(
        self, providers: ProviderSettings, authorities: FieldAuthorities, health: HealthReader, clock: Clock
    ) -> None:
        self.clock = clock
        self._providers = providers
        self._authorities = authorities
        self._health = health

    def ListProviders(self, request: pb.ListProvidersRequest, context: Context) -> pb.ListProvidersResponse:
        health = self._health.read().providers
        with Check() as check:
            limit = check.page_size("page_size", request.page_size)
            ids = [each.entry.id for each in health]
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
            paths = check.mask("update_mask", request.update_mask, {"enabled", "settings"}, {"settings."})
            named = {path.removeprefix("settings.") for path in paths if path.startswith("settings.")}
            for key in sorted(named - set(request.settings)):
                check.violation(f"settings.{key}"[:100], "is named in update_mask and not given")
        given = request.settings if "settings" in paths else {key: request.settings[key] for key in named}
        entry = self._providers.update(
            provider_id,
            request.enabled if "enabled" in paths else None,
            {key: plain_of(value) for key, value in given.items()},
        )
        return pb.UpdateProviderResponse(provider=provider_message(self._health.provider(entry)))

    def TestProvider(self, request: pb.TestProviderRequest, context: Context) -> pb.TestProviderResponse:
        with Check() as check:
            provider_id = check.text("provider_id", request.provider_id, most=64)
        verdict = self._providers.test(provider_id)
        return pb.TestProviderResponse(
            verdict=_VERDICTS[verdict.trouble], detail=verdict.detail, elapsed_ms=round(verdict.seconds * 1000)
        )

    def GetFieldAuthorities(
        self, request: pb.GetFieldAuthoritiesRequest, context: Context
    ) -> pb.GetFieldAuthoritiesResponse:
        with Check() as check:
            kind = check.optional_kind("kind", request.kind)
        return pb.GetFieldAuthoritiesResponse(authorities=_authorities_message(self._authorities.read(), kind))

    def UpdateFieldAuthorities(
        self, request: pb.UpdateFieldAuthoritiesRequest, context: Context
    ) -> pb.UpdateFieldAuthoritiesResponse:
        wanted = request.authorities
        with Check() as check:
            known = {"provider_priority", "fields", "fill_gaps"}
            only_resets = bool(request.reset_fields) and not request.update_mask.paths
            paths = set() if only_resets else check.mask("update_mask", request.update_mask, known)
            rules = _rules(check, wanted.fields) if "fields" in paths else []
            resets = [_reset(check, f"reset_fields[{n}]", each) for n, each in enumerate(request.reset_fields)]
        updated = self._authorities.update(
            priority=tuple(wanted.provider_priority) if "provider_priority" in paths else None,
            fill_gaps=wanted.fill_gaps if "fill_gaps" in paths else None,
            rules=rules,
            resets=resets,
            etag=wanted.etag,
        )
        return pb.UpdateFieldAuthoritiesResponse(authorities=_authorities_message(updated, None))


def provider_message(health: ProviderHealth) -> pb.Provider:
    """A provider with its settings, which never hold a secret, and how it fares."""
    entry = health.entry
    return pb.Provider(
        id=entry.id,
        name=entry.provider.name,
        homepage=entry.provider.homepage,
        attribution=entry.provider.attribution,
        enabled=entry.config.enabled,
        settings=[_setting_message(setting, entry) for setting in entry.provider.settings],
        state=state_message(health),
        coverage=[
            pb.ProviderCoverage(kind=kind_message(kind), fields=[name for name in FIELDS if name in fields])
            for kind, fields in entry.provider.covers.items()
        ],
    )


def _setting_message(setting: Setting, entry: Entry) -> pb.ProviderSetting:
    secret = str(entry.settings[setting.key]) if setting.type is SettingType.SECRET else ""
    return pb.ProviderSetting(
        key=setting.key,
        label=setting.label,
        type=_TYPES[setting.type],
        help=setting.help,
        value=None if setting.type is SettingType.SECRET else value_message(entry.settings[setting.key]),
        default_value=None if setting.type is SettingType.SECRET else value_message(setting.default),
        choices=setting.choices,
        required=setting.required,
        secret_set=bool(secret),
        secret_hint=secret[-4:] if len(secret) >= HINT_FROM else "",
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
        pending_items=health.pending_items,
    )


def _authorities_message(rules: Rules, kind: Kind | None) -> pb.FieldAuthorities:
    authority = rules.authority
    fields = []
    for each in Kind if kind is None else (kind,):
        for field in fields_of(each):
            rule = authority.rule(each, field.name)
            fields.append(
                pb.FieldAuthority(
                    kind=kind_message(each),
                    field=field.name,
                    providers=rule.providers,
                    exclusive=rule.exclusive,
                    union=rule.union,
                    is_default=rule_key(each, field.name) not in authority.rules,
                )
            )
    return pb.FieldAuthorities(
        provider_priority=rules.priority, fields=fields, fill_gaps=authority.fill_gaps, etag=rules.etag
    )


def _rules(check: Check, fields: Iterable[pb.FieldAuthority]) -> list[tuple[Kind, str, FieldRule]]:
    rules: dict[str, tuple[Kind, str, FieldRule]] = {}
    for place, given in enumerate(fields):
        kind = check.kind(f"authorities.fields[{place}].kind", given.kind)
        rule = FieldRule(providers=tuple(given.providers), exclusive=given.exclusive, union=given.union)
        if rule_key(kind, given.field) in rules:
            check.violation(f"authorities.fields[{place}]", f"{kind}.{given.field[:60]} is named twice")
        rules[rule_key(kind, given.field)] = (kind, given.field, rule)
    if not rules:
        check.violation("authorities.fields", "is named in update_mask and not given")
    return list(rules.values())


def _reset(check: Check, path: str, named: str) -> tuple[Kind, str]:
    kind, _, field = named.partition(".")
    if kind not in list(Kind) or field not in FIELDS or kind not in FIELDS[field].kinds:
        check.violation(path, f"{named[:60]!r} is no <kind>.<field>, such as movie.plot")
        return Kind.MOVIE, "title"
    return Kind(kind), field
