"""Trying a provider: one cheap request that tells whether key, network and quota work."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import msgspec

from metarr import proxy
from metarr.addresses import origin
from metarr.asking.roster import ConfiguredProvider, limits_in_force
from metarr.clock import Clock
from metarr.declared import astray
from metarr.errors import InvalidInput, KeyRefused, ProviderError, ProxyFailed, QuotaExhausted, RateLimited, Violation
from metarr.fetch.channel import TEST_SECONDS, Channel
from metarr.fetch.contract import LimitState
from metarr.providers import guard
from metarr.rules.origins import refused_in_the_clear

ANSWER_MARGIN = 0.2
"""Seconds of a caller's deadline that are kept for telling what came of a test."""


@dataclass(frozen=True)
class Verdict:
    """What came of a test. `trouble`: "" (none), "key", "network", "quota" or "proxy"."""

    trouble: str
    detail: str
    seconds: float = 0.0


def verdict_on(configured: ConfiguredProvider, clock: Clock, deadline: float) -> Verdict:
    """What comes of asking it. `deadline`: of the caller, in monotonic seconds."""
    provider, began = configured.provider, clock.monotonic()
    if configured.lost or not configured.ready:
        missing = [each.label for each in provider.settings if each.required and not configured.settings[each.key]]
        return Verdict(trouble="key", detail=f"not set yet: {', '.join(missing)}; {_where_to_get(configured)}")
    try:
        configured.channel.test(
            lambda http: guard.check(provider, http, configured.settings),
            deadline=min(deadline - ANSWER_MARGIN, began + TEST_SECONDS),
        )
    except ProviderError as error:
        return Verdict(trouble=_trouble(error), detail=_advice(configured, error), seconds=clock.monotonic() - began)
    return Verdict(trouble="", detail=f"{provider.name} answered.", seconds=clock.monotonic() - began)


@contextmanager
def trial(configured: ConfiguredProvider, wanted: Mapping[str, Any], clock: Clock) -> Iterator[ConfiguredProvider]:
    """The provider with other settings, and a way out of its own of which nothing is kept. None as a value: the
    default, for a secret: none.

    Raises InvalidInput where a stored secret would be sent to another host than the one that it was entered for.
    """
    provider, memory = configured.provider, Forgetful()
    default = {each.key: each.default for each in configured.declared}
    given = {key: default[key] if value is None else value for key, value in wanted.items()}
    settings = {**configured.settings, **given}
    _refuse_kept_secrets(configured, wanted, settings)
    if wrong := refused_in_the_clear(provider.settings, wanted, settings):
        raise InvalidInput(*wrong)
    channel = Channel(
        provider.id,
        msgspec.structs.replace(provider.connection(settings), proxy=proxy.chosen(settings, configured.common_proxy)),
        guard.classify(provider),
        limits_in_force(provider.limits, settings),
        clock,
        memory,
        memory,
        "",
    )
    try:
        yield replace(configured, channel=channel, settings=settings, lost=False)
    finally:
        channel.close()


class Forgetful:
    """Keeps nothing: the limits and remembered secrets of a provider that is only tried."""

    def load_limits(self, provider_id: str) -> LimitState | None:
        return None

    def save_limits(self, provider_id: str, state: LimitState) -> None:
        pass

    def load_secret(self, provider_id: str, name: str) -> str | None:
        return None

    def save_secret(self, provider_id: str, name: str, secret: str | None) -> None:
        pass


def _refuse_kept_secrets(
    configured: ConfiguredProvider, wanted: Mapping[str, Any], settings: Mapping[str, Any]
) -> None:
    """Raises InvalidInput where a stored secret would be sent to another host than the one that it was entered for."""
    gone = astray(configured.declared, configured.settings, settings) - wanted.keys()
    # Where the other address is none, as of a proxy that is to be left out, nothing is sent.
    kept = [
        each
        for each in configured.declared
        if each.key in gone and configured.settings[each.key] and origin(str(settings[each.sent_to]))[1]
    ]
    if kept:
        text = "was entered for {}, and is sent nowhere else: enter it, too"
        address = {each.key: _host(configured, each.sent_to) for each in kept}
        raise InvalidInput(*(Violation(f"settings.{key}", text.format(was)) for key, was in address.items()))


def _trouble(error: ProviderError) -> str:
    if isinstance(error, KeyRefused):
        return "key"
    if isinstance(error, ProxyFailed):
        return "proxy"
    return "quota" if isinstance(error, RateLimited | QuotaExhausted) else "network"


def _advice(configured: ConfiguredProvider, error: ProviderError) -> str:
    if isinstance(error, KeyRefused):
        return f"{error.detail}. {_where_to_get(configured)}"
    if isinstance(error, RateLimited | QuotaExhausted):
        return f"{configured.provider.name} is at its limit: {error.detail}; Metarr asks again by itself"
    if isinstance(error, ProxyFailed):
        whose = "its own proxy" if configured.settings[proxy.ADDRESS] else "the proxy in the settings of Metarr"
        return f"{configured.provider.name} was not asked: {error.detail}; check {whose}"
    address = _host(configured)
    return f"{configured.provider.name} cannot be heard: {error.detail}; check the network and the address {address}"


def _where_to_get(configured: ConfiguredProvider) -> str:
    secret = next((each for each in configured.provider.settings if each.is_secret), None)
    return (secret.help if secret else "") or f"see {configured.provider.homepage}"


def _host(configured: ConfiguredProvider, key: str = "base_url") -> str:
    """The host of an address; its user and path may hold secrets."""
    return urlsplit(str(configured.settings.get(key, ""))).hostname or "?"
