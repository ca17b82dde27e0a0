"""The methods of ConfigService about the settings of Metarr as a whole, and settings as messages."""

from typing import Any

import msgspec

from metarr.declared import Setting, SettingValue
from metarr.rpc.convert import plain_of, value_message
from metarr.rpc.doors.context import Context
from metarr.rpc.validate import Check
from metarr.rules.settings_editor import SettingsEditor
from metarr.settings import DECLARED, Settings
from metarr.v1 import config_service_pb2 as pb

HINT_FROM = 12
"""Characters that a secret must have for its last four to be shown: of a shorter one they would tell too much."""


class SettingMethods:
    """To be mixed into the servicer."""

    _settings: SettingsEditor

    def GetSettings(self, request: pb.GetSettingsRequest, context: Context) -> pb.GetSettingsResponse:
        settings = self._settings.read()
        return pb.GetSettingsResponse(settings=setting_messages(settings), etag=settings.etag)

    def UpdateSettings(self, request: pb.UpdateSettingsRequest, context: Context) -> pb.UpdateSettingsResponse:
        with Check() as check:
            if not request.settings:
                check.violation("settings", "is required")
            for path in request.update_mask.paths:
                if path not in request.settings:
                    check.violation("update_mask", f"{path[:60]!r} is named and not given")
        named = set(request.update_mask.paths) or set(request.settings)
        values = {key: plain_of(value) for key, value in request.settings.items() if key in named}
        settings = self._settings.update(values, request.etag)
        return pb.UpdateSettingsResponse(settings=setting_messages(settings), etag=settings.etag)


def setting_messages(settings: Settings) -> list[pb.Setting]:
    """Every setting of Metarr with its value."""
    values = msgspec.structs.asdict(settings)
    return [_setting_message(each, values[each.key]) for each in DECLARED]


def _setting_message(setting: Setting, value: Any) -> pb.Setting:
    message = pb.Setting(
        key=setting.key,
        label=setting.label,
        help=setting.help,
        type=f"TYPE_{setting.type.name}",
        choices=[pb.Term(code=code, word=word) for code, word in setting.words.items()],
    )
    if setting.is_secret:
        message.secret_set = bool(value)
    else:
        message.value.CopyFrom(value_message(value))
        message.default_value.CopyFrom(value_message(setting.default))
    if setting.maximum is not None:
        message.minimum, message.maximum = int(setting.minimum), int(setting.maximum)
    return message


def hint(setting: Setting, secret: str) -> str:
    """How a secret ends, where that tells little enough of it."""
    return secret[-4:] if setting.hinted and len(secret) >= HINT_FROM else ""


def provider_setting_message(setting: Setting, value: SettingValue) -> pb.ProviderSetting:
    """A setting of a provider with its value, which is never told of a secret."""
    message = pb.ProviderSetting(
        key=setting.key,
        label=setting.label,
        type=f"TYPE_{setting.type.name}",
        help=setting.help,
        choices=setting.choices,
        required=setting.required,
    )
    if setting.is_secret:
        secret = str(value)
        message.secret_set, message.secret_hint = bool(secret), hint(setting, secret)
    else:
        message.value.CopyFrom(value_message(value))
        message.default_value.CopyFrom(value_message(setting.default))
    return message
