"""Finding providers. The ones in this folder and those of installed packages come in through the same door."""

import importlib
import inspect
import math
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import Distribution, EntryPoint, distributions
from types import ModuleType

import structlog

from metarr import providers, proxy
from metarr.domain.fields import FIELDS
from metarr.domain.item import OWNER, REPORTERS
from metarr.domain.values import Kind, Struct
from metarr.fetch.contract import Connection, Limits
from metarr.providers.contract import Preferences, Provider, Setting, SettingType

log = structlog.get_logger(__name__)

GROUP = "metarr.providers"
"""The entry point group under which a package announces a provider: a class, or a module that holds one."""
NOT_PROVIDERS = frozenset({"base", "contract", "guard", "reading", "registry"})
"""The modules of this folder that hold no provider."""
ID = re.compile(r"[a-z][a-z0-9_]{1,31}")
RESERVED = frozenset({OWNER, "player", *REPORTERS})
"""Sources of values that are no providers."""


class Discovered(Struct, frozen=True, kw_only=True):
    """Something that may be a provider. `origin`: a module, or a distribution with its entry point."""

    name: str
    origin: str
    load: Callable[[], object]


class BrokenProvider(Struct, frozen=True, kw_only=True):
    """A provider that was found and not loaded; `why` is for the owner."""

    name: str
    origin: str
    why: str


class Registry(Struct, frozen=True, kw_only=True):
    """The usable providers by id, sorted, and those that are not usable."""

    providers: Mapping[str, Provider]
    broken: tuple[BrokenProvider, ...] = ()


class BadDeclaration(Exception):
    """What a provider says about itself cannot be used; the text says every fault."""


def discover(path: Sequence[str] | None = None) -> Registry:
    """Every provider of this folder and of the distributions on `path` (None: everywhere Python imports from)."""
    return register([*bundled(), *installed(path)])


def bundled() -> Iterator[Discovered]:
    """The modules of this folder."""
    for module in sorted(pkgutil.iter_modules(providers.__path__), key=lambda module: module.name):
        if module.name not in NOT_PROVIDERS:
            origin = f"{providers.__name__}.{module.name}"
            yield Discovered(name=module.name, origin=origin, load=partial(importlib.import_module, origin))


def installed(path: Sequence[str] | None = None) -> Iterator[Discovered]:
    """The entry points of installed distributions, in an order that does not depend on the file system."""
    points: dict[tuple[str, str], EntryPoint] = {}
    for distribution in distributions() if path is None else distributions(path=list(path)):
        for point in _entry_points(distribution):
            points.setdefault((distribution.name, point.name), point)
    for (distribution_name, name), point in sorted(points.items(), key=lambda pair: pair[0]):
        yield Discovered(name=name, origin=f"{distribution_name} ({point.value})", load=point.load)


def _entry_points(distribution: Distribution) -> list[EntryPoint]:
    """Those of our group. Metadata that cannot be read is somebody else's: it is passed over."""
    try:
        return [point for point in distribution.entry_points if point.group == GROUP and distribution.name]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        log.warning("distribution_metadata_unreadable", exc_info=True)
        return []


def register(candidates: Iterable[Discovered]) -> Registry:
    """Load each candidate. Where two want the same name the earlier one has it; no candidate can harm another."""
    loaded: dict[str, Provider] = {}
    broken = []
    for candidate in candidates:
        try:
            provider = _load(candidate)
            if provider.id in loaded:
                raise BadDeclaration(f"the name {provider.id!r} is taken")
        except (Exception, SystemExit) as error:
            log.warning("provider_not_loaded", name=candidate.name, origin=candidate.origin, exc_info=True)
            broken.append(BrokenProvider(name=candidate.name, origin=candidate.origin, why=_why(error)))
        else:
            loaded[provider.id] = provider
    return Registry(providers=dict(sorted(loaded.items())), broken=tuple(broken))


def _why(error: BaseException) -> str:
    """Type and message, on one line and short."""
    message = "" if isinstance(error, BadDeclaration) else f"{type(error).__name__}: "
    return " ".join(f"{message}{error}".split())[:300]


def _load(candidate: Discovered) -> Provider:
    provider_class = _provider_class(candidate.load())
    faults = list(declaration_faults(provider_class))
    if faults:
        raise BadDeclaration("; ".join(faults))
    provider = provider_class()
    _try_out(provider)
    return provider


def _try_out(provider: Provider) -> None:
    """Call what is called outside the guard, with the defaults: it must work without any request."""
    settings = {setting.key: setting.default for setting in provider.settings}
    wrong = [] if isinstance(provider.connection(settings), Connection) else ["connection"]
    wrong += [] if isinstance(provider.configured(settings), bool) else ["configured"]
    for kind in provider.covers:
        wrong += [] if isinstance(provider.shape(kind, Preferences(), settings), str) else ["shape"]
        wrong += [] if isinstance(provider.asked_id(kind, {}), str | None) else ["asked_id"]
    if wrong:
        raise BadDeclaration(f"of another type than promised: what {', '.join(dict.fromkeys(wrong))} returns")


def _provider_class(loaded: object) -> type[Provider]:
    if isinstance(loaded, ModuleType):
        inside = {
            thing
            for thing in vars(loaded).values()
            if inspect.isclass(thing) and issubclass(thing, Provider) and thing.__module__.startswith(loaded.__name__)
        }
        if len(inside) != 1:
            raise BadDeclaration(f"the module holds {len(inside)} provider classes instead of one")
        return inside.pop()
    if inspect.isclass(loaded) and issubclass(loaded, Provider):
        return loaded
    raise BadDeclaration("this is no provider class, nor a module that holds one")


def declaration_faults(provider: type[Provider]) -> Iterator[str]:
    """What is wrong with a provider's declaration, one sentence each."""
    if missing := sorted(getattr(provider, "__abstractmethods__", ())):
        yield f"it does not implement {', '.join(missing)}"
    for name in ("lookup", "search", "connection", "classify", "details", "check"):
        if not callable(getattr(provider, name, len)):
            yield f"{name} is no method"
    yield from _name_faults(provider)
    yield from _setting_faults(getattr(provider, "settings", None))
    yield from _limit_faults(getattr(provider, "limits", None))
    lists = all(callable(getattr(provider, name, None)) for name in ("parts", "together", "listed"))
    yield from _cover_faults(getattr(provider, "covers", None), getattr(provider, "asks_by", None), lists=lists)
    yield from _lookup_faults(provider)
    version = provider.parser_version
    if not isinstance(version, int) or version < 1:
        yield "parser_version is no number above 0"


def _name_faults(provider: type[Provider]) -> Iterator[str]:
    provider_id = getattr(provider, "id", None)
    if not isinstance(provider_id, str) or not ID.fullmatch(provider_id):
        yield f"id is not 2 to 32 lower-case letters, digits and _, beginning with a letter: {provider_id!r:.60}"
    elif provider_id in RESERVED:
        yield f"the id {provider_id!r} is reserved"
    for name in ("name", "homepage", "attribution"):
        declared = getattr(provider, name, None)
        if not isinstance(declared, str) or (not declared and name != "attribution"):
            yield f"{name} is no text"
    if not re.fullmatch(r"([A-Z]{2})?", str(provider.country)):
        yield f"country is no code of ISO 3166-1: {provider.country!r:.60}"


def _setting_faults(settings: object) -> Iterator[str]:
    if not isinstance(settings, tuple | list) or not all(isinstance(setting, Setting) for setting in settings):
        yield "settings is no list of settings"
        return
    keys = [setting.key for setting in settings]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        yield f"settings declared twice: {', '.join(twice)}"
    if taken := sorted({*keys} & {*proxy.KEYS}):
        yield f"settings that every provider has anyway: {', '.join(taken)}"
    if wrong := [key for key in keys if not ID.fullmatch(key)]:
        yield f"settings with unusable keys: {', '.join(map(repr, wrong))}"
    for setting in settings:
        if not isinstance(setting.type, SettingType):
            yield f"the setting {setting.key!r} has no SettingType"
        elif setting.type is SettingType.TEXTS:
            yield f"the setting {setting.key!r} is of several texts; a provider's is one value"


def _limit_faults(limits: object) -> Iterator[str]:
    if not isinstance(limits, Limits):
        yield "limits are not declared"
        return
    if not (_is_number(limits.per_second) and limits.per_second > 0):
        yield "limits: per_second is not above 0"
    if not (_is_number(limits.daily_quota) and limits.daily_quota >= 0):
        yield "limits: daily_quota is below 0"
    if not (_is_number(limits.workers) and limits.workers >= 1):
        yield "limits: workers is below 1"


def _is_number(declared: object) -> bool:
    return isinstance(declared, int | float) and not isinstance(declared, bool) and math.isfinite(declared)


def _cover_faults(covers: object, asks_by: object, *, lists: bool) -> Iterator[str]:
    """`lists`: episodes are told with their series, so no id is needed for them; nor is one for seasons."""
    if not isinstance(covers, Mapping) or not covers:
        yield "covers names no field"
        return
    for kind, fields in covers.items():
        if not isinstance(kind, Kind):
            yield f"covers names an unknown kind: {kind!r:.60}"
        elif not isinstance(fields, frozenset) or not fields:
            yield f"covers: {kind} has no frozenset of fields"
        elif unknown := sorted(
            str(field) for field in fields if field not in FIELDS or kind not in FIELDS[field].kinds
        ):
            yield f"covers: no field of a {kind}: {', '.join(unknown)}"
        elif not _id_types(asks_by, kind) and not (
            (lists and kind is Kind.EPISODE) or (kind is Kind.SEASON and _id_types(asks_by, Kind.SERIES))
        ):
            yield f"asks_by names no id for a {kind}"


def _lookup_faults(provider: type[Provider]) -> Iterator[str]:
    kinds = provider.looks_up_by
    if hasattr(provider, "lookup") != bool(kinds):
        yield "lookup and looks_up_by are not declared together"
    elif not isinstance(kinds, Mapping) or not all(_id_types(kinds, kind) for kind in kinds):
        yield "looks_up_by is no mapping of kinds to id types"


def _id_types(declared: object, kind: Kind) -> bool:
    """Whether at least one id type is declared for the kind."""
    id_types = declared.get(kind) if isinstance(declared, Mapping) else None
    return isinstance(id_types, tuple) and bool(id_types) and all(isinstance(id_type, str) for id_type in id_types)
