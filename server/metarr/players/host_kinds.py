"""The kinds of hosts as the daemon knows them: their settings as all settings are declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import structlog

from metarr.declared import Setting, SettingType
from metarr.errors import NoSuchThing
from metarr.hosts import kinds
from metarr_adapter.kind import HostKind, HostSetting

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DeclaredKind:
    """A kind, with its settings. `main`: the setting that is meant where none is named."""

    kind: HostKind
    settings: tuple[Setting, ...]
    main: str

    @property
    def secrets(self) -> frozenset[str]:
        """The keys of its secrets."""
        return frozenset(setting.key for setting in self.settings if setting.is_secret)


@cache
def everything() -> Mapping[str, DeclaredKind]:
    """Every kind that can be used, by id. One that cannot is logged, and harms no other."""
    declared = {}
    for name in kinds.names():
        try:
            declared[name] = _declared(kinds.load(name))
        except Exception as error:  # noqa: BLE001 (whatever a package raises)
            log.warning("host_kind_not_loaded", name=name, why=f"{type(error).__name__}: {error}")
    return declared


def named(name: str) -> DeclaredKind:
    """A kind. Raises NoSuchThing."""
    by_name = everything()
    if name not in by_name:
        listed = ", ".join(by_name)
        raise NoSuchThing("kind", f"there is no kind of host {name[:60]!r}; known: {listed}", "HOST_KIND_NOT_FOUND")
    return by_name[name]


def _declared(kind: HostKind) -> DeclaredKind:
    main = next((setting.key for setting in kind.settings if setting.main), "")
    address = next((setting.key for setting in kind.settings if setting.type == SettingType.URL), "")
    return DeclaredKind(kind, tuple(_setting(setting, address) for setting in kind.settings), main)


def _setting(setting: HostSetting, address: str) -> Setting:
    """`address`: the setting that says where secrets are sent."""
    kind = SettingType(setting.type)
    several = kind in (SettingType.PATHS, SettingType.PATH_MAP)
    return Setting(
        key=setting.key,
        label=setting.label,
        type=kind,
        default=list(setting.default or ()) if several else setting.default,
        help=setting.help,
        choices=tuple(setting.choices),
        required=setting.required,
        sent_to=address,
        maximum=MOST_PATHS if several else None,
        wrong=_wrong_path if kind is SettingType.PATHS else None,
    )


MOST_PATHS = 100


def _wrong_path(text: str) -> str:
    return "" if text.startswith("/") else "is no path from the root of the daemon's machine, such as /media/films"
