"""The methods of ConfigService about the settings of Metarr as a whole."""

import msgspec

from metarr.rpc.convert import plain_of, value_message
from metarr.rpc.doors.context import Context
from metarr.rpc.validate import Check
from metarr.rules.settings import DEFAULTS, SettingsEditor
from metarr.settings import DECLARED, Settings, SettingType
from metarr.v1 import config_service_pb2 as pb

_TYPES = {
    SettingType.TEXT: pb.Setting.TYPE_TEXT,
    SettingType.TEXTS: pb.Setting.TYPE_TEXTS,
    SettingType.INTEGER: pb.Setting.TYPE_INTEGER,
    SettingType.BOOLEAN: pb.Setting.TYPE_BOOLEAN,
}


class SettingMethods:
    """To be mixed into the servicer."""

    _settings: SettingsEditor

    def GetSettings(self, request: pb.GetSettingsRequest, context: Context) -> pb.GetSettingsResponse:
        return pb.GetSettingsResponse(settings=setting_messages(self._settings.read()))

    def UpdateSettings(self, request: pb.UpdateSettingsRequest, context: Context) -> pb.UpdateSettingsResponse:
        with Check() as check:
            if not request.settings:
                check.violation("settings", "is required")
            for path in request.update_mask.paths:
                if path not in request.settings:
                    check.violation("update_mask", f"{path[:60]!r} is named and not given")
        named = set(request.update_mask.paths) or set(request.settings)
        values = {key: plain_of(value) for key, value in request.settings.items() if key in named}
        return pb.UpdateSettingsResponse(settings=setting_messages(self._settings.update(values)))


def setting_messages(settings: Settings) -> list[pb.Setting]:
    """Every declared setting with its value."""
    values = msgspec.structs.asdict(settings)
    return [
        pb.Setting(
            key=each.key,
            label=each.label,
            help=each.help,
            type=_TYPES[each.type],
            value=value_message(values[each.key]),
            default_value=value_message(DEFAULTS[each.key]),
            minimum=each.minimum if each.type in (SettingType.INTEGER, SettingType.TEXTS) else 0,
            maximum=each.maximum if each.type in (SettingType.INTEGER, SettingType.TEXTS) else 0,
        )
        for each in DECLARED
    ]
