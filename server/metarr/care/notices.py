"""What there is to notice about providers and players, read off their state. Pure; the board looks after the rest."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from msgspec.structs import replace

from metarr import proxy
from metarr.addresses import is_readable
from metarr.asking.drift import Drift
from metarr.asking.roster import ConfiguredProvider
from metarr.domain.brake import Brake
from metarr.domain.consent import SyncPolicy
from metarr.domain.freshness import TTL
from metarr.domain.notice import Notice, NoticeAction, NoticeCode
from metarr.errors import Reason
from metarr.fetch.channel import ChannelStatus
from metarr.providers.registry import BrokenProvider
from metarr.store.players import Counts, Player

SILENT = timedelta(days=7)
"""After how long a player that says nothing is worth a word."""

UPDATE_PROVIDER, TEST_PROVIDER = "ConfigService.UpdateProvider", "ConfigService.TestProvider"
UNDO_CHANGE_SETS = "EnrichmentService.UndoChangeSets"
UPDATE_SETTINGS = "ConfigService.UpdateSettings"
UPDATE_PLAYER, REMOVE_PLAYER = "SyncService.UpdatePlayer", "SyncService.RemovePlayer"
ACCEPT_GONE = "SyncService.AcceptGone"
LIST_PLAYER_ITEMS, RESEND_ITEMS = "SyncService.ListPlayerItems", "SyncService.ResendItems"


def no_provider() -> Notice:
    text = "no provider can be asked yet: none has the key that it needs"
    return Notice(code=NoticeCode.NO_PROVIDER, subject="providers", text=text, action=NoticeAction(rpc=UPDATE_PROVIDER))


def key_refused(provider_id: str, status: ChannelStatus) -> Notice:
    text = f"refuses the key ({status.auth_refused}): enter a working one"
    return _of_provider(NoticeCode.PROVIDER_KEY_REFUSED, provider_id, text, UPDATE_PROVIDER)


def limited(provider_id: str, status: ChannelStatus) -> Notice:
    if status.limited_reason == Reason.QUOTA_EXHAUSTED:
        text = "daily quota used up"
    else:
        text = f"rate-limited: {status.limited_detail}" if status.limited_detail else "rate-limited"
    return _of_provider(NoticeCode.PROVIDER_LIMITED, provider_id, text)


def failing(provider_id: str) -> Notice:
    text = "failed several times in a row and is left alone for a while"
    return _of_provider(NoticeCode.PROVIDER_FAILING, provider_id, text, TEST_PROVIDER)


def proxy_failing(configured: ConfiguredProvider, status: ChannelStatus) -> Notice:
    rpc = UPDATE_PROVIDER if configured.settings[proxy.ADDRESS] else UPDATE_SETTINGS
    return _of_provider(NoticeCode.PROVIDER_PROXY_FAILING, configured.id, status.blamed_proxy, rpc)


def suspect(provider_id: str, drift: Drift) -> Notice:
    return _of_provider(NoticeCode.PROVIDER_SUSPECT, provider_id, drift.describe())


def stopped(provider_id: str, brake: Brake) -> Notice:
    text = f"{brake.describe()}. Take back what it changed, or let it go on"
    noticed = _of_provider(NoticeCode.PROVIDER_SUSPECT, provider_id, text, UNDO_CHANGE_SETS)
    return replace(noticed, since=brake.stopped_at)


def quota_outgrown(provider_id: str, name: str, requests: int, quota: int) -> Iterator[Notice]:
    """What to consider where a library takes more requests than a quota has while its answers are fresh."""
    days = TTL.days
    if requests > quota * days:
        text = (
            f"the library takes {requests} requests, more than {quota} a day are in the {days} days that an answer is "
            f"fresh: answers of {name} get up to {math.ceil(requests / quota)} days old. A key for "
            f"{math.ceil(requests / days)} "
            "requests a day would keep all of them fresh; enter its quota as daily_quota"
        )
        yield _of_provider(NoticeCode.QUOTA_OUTGROWN, provider_id, text, UPDATE_PROVIDER)


def plain_http(provider_id: str, address: str) -> Iterator[Notice]:
    """Where what is sent to a provider can be read on its way."""
    if is_readable(address):
        text = (
            f"is asked at {urlsplit(address).hostname} in plain http: others can read what is sent there, the key too"
        )
        yield _of_provider(NoticeCode.PROVIDER_PLAIN_HTTP, provider_id, text, UPDATE_PROVIDER)


def broken(plugin: BrokenProvider) -> Notice:
    text = f"{plugin.name} ({plugin.origin}) cannot be used: {plugin.why}"
    return Notice(code=NoticeCode.PLUGIN_BROKEN, subject=f"plugin:{plugin.name}", text=text)


def of_player(player: Player, counts: Counts, now: datetime) -> Iterator[Notice]:
    if player.policy is SyncPolicy.UNCHOSEN:
        text = "nothing is written to it before you choose what becomes of values of its own"
        yield _of_player(NoticeCode.PLAYER_WITHOUT_POLICY, player, text, UPDATE_PLAYER, since=player.added_at)
    if now - player.seen_at >= SILENT:
        text = f"not heard of for {(now - player.seen_at).days} days; entries that wait for it: {counts.pending}"
        yield _of_player(NoticeCode.PLAYER_SILENT, player, text, REMOVE_PLAYER, since=player.seen_at)
    if counts.held_removals:
        text = (
            f"entries that are said to be gone, and are held, for that is very much at once: {counts.held_removals}. "
            "Where a disk is away, they come back with it; else let them go"
        )
        yield _of_player(NoticeCode.PLAYER_REMOVALS_HELD, player, text, ACCEPT_GONE)
    if counts.not_taken:
        text = f"entries that did not take something: {counts.not_taken}"
        yield _of_player(NoticeCode.PLAYER_NOT_TAKEN, player, text, RESEND_ITEMS)
    if counts.edited:
        text = f"entries that were changed there by hand: {counts.edited}"
        yield _of_player(NoticeCode.PLAYER_EDITED, player, text, LIST_PLAYER_ITEMS)


def _of_provider(code: NoticeCode, provider_id: str, text: str, rpc: str = "") -> Notice:
    action = NoticeAction(rpc=rpc, target=provider_id) if rpc else None
    return Notice(code=code, subject=f"provider:{provider_id}", text=text, action=action)


def _of_player(code: NoticeCode, player: Player, text: str, rpc: str, since: datetime | None = None) -> Notice:
    action = NoticeAction(rpc=rpc, target=player.id)
    return Notice(code=code, subject=player.source, text=text, since=since, action=action)
