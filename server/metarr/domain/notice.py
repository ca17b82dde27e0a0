"""What the owner should know: something that is not as it should be, since when, and what mends it."""

from datetime import datetime
from enum import StrEnum

from metarr.domain.values import Struct


class Severity(StrEnum):
    """How much it matters."""

    INFO = "info"
    """Worth knowing; it ends by itself, or may stay."""
    WARNING = "warning"
    """Something does not work as the owner wants it to; the rest does."""
    ERROR = "error"
    """Data is in danger, or nothing works."""


class NoticeCode(StrEnum):
    """What it is, for programs to compare. Codes are only ever added to."""

    NO_PROVIDER = "no_provider"
    PROVIDER_LIMITED = "provider_limited"
    PROVIDER_KEY_REFUSED = "provider_key_refused"
    PROVIDER_FAILING = "provider_failing"
    PROVIDER_PROXY_FAILING = "provider_proxy_failing"
    PROVIDER_SUSPECT = "provider_suspect"
    QUOTA_OUTGROWN = "quota_outgrown"
    PROVIDER_PLAIN_HTTP = "provider_plain_http"
    PLUGIN_BROKEN = "plugin_broken"
    PLAYER_WITHOUT_POLICY = "player_without_policy"
    PLAYER_SILENT = "player_silent"
    PLAYER_NOT_TAKEN = "player_not_taken"
    PLAYER_EDITED = "player_edited"
    PLAYER_REMOVALS_HELD = "player_removals_held"
    HOST_OWNER_NEEDED = "host_owner_needed"
    HOST_FAILING = "host_failing"
    HOST_AWAY = "host_away"
    DATABASE_UNUSABLE = "database_unusable"
    DISK_FULL = "disk_full"
    LIBRARY_GONE = "library_gone"
    LIBRARY_DAMAGED = "library_damaged"
    LIBRARY_BEGUN_ANEW = "library_begun_anew"
    SERIES_ORDER = "series_order"
    CLOCK = "clock"
    SCHEDULER_STUCK = "scheduler_stuck"


SEVERITIES = {
    NoticeCode.NO_PROVIDER: Severity.WARNING,
    NoticeCode.PROVIDER_LIMITED: Severity.INFO,
    NoticeCode.PROVIDER_KEY_REFUSED: Severity.WARNING,
    NoticeCode.PROVIDER_FAILING: Severity.WARNING,
    NoticeCode.PROVIDER_PROXY_FAILING: Severity.WARNING,
    NoticeCode.PROVIDER_SUSPECT: Severity.WARNING,
    NoticeCode.QUOTA_OUTGROWN: Severity.INFO,
    NoticeCode.PROVIDER_PLAIN_HTTP: Severity.INFO,
    NoticeCode.PLUGIN_BROKEN: Severity.WARNING,
    NoticeCode.PLAYER_WITHOUT_POLICY: Severity.WARNING,
    NoticeCode.PLAYER_SILENT: Severity.INFO,
    NoticeCode.PLAYER_NOT_TAKEN: Severity.INFO,
    NoticeCode.PLAYER_EDITED: Severity.INFO,
    NoticeCode.PLAYER_REMOVALS_HELD: Severity.WARNING,
    NoticeCode.HOST_OWNER_NEEDED: Severity.WARNING,
    NoticeCode.HOST_FAILING: Severity.WARNING,
    NoticeCode.HOST_AWAY: Severity.WARNING,
    NoticeCode.DATABASE_UNUSABLE: Severity.ERROR,
    NoticeCode.DISK_FULL: Severity.ERROR,
    NoticeCode.LIBRARY_GONE: Severity.ERROR,
    NoticeCode.LIBRARY_DAMAGED: Severity.ERROR,
    NoticeCode.LIBRARY_BEGUN_ANEW: Severity.WARNING,
    NoticeCode.SERIES_ORDER: Severity.INFO,
    NoticeCode.CLOCK: Severity.WARNING,
    NoticeCode.SCHEDULER_STUCK: Severity.ERROR,
}


class NoticeAction(Struct, frozen=True, kw_only=True):
    """What mends it: a method of the contract, such as "ConfigService.UpdateProvider", and what to call it with, such
    as "omdb". How a person does that, each client says in its own words."""

    rpc: str
    target: str = ""


class Notice(Struct, frozen=True, kw_only=True):
    """One thing that the owner should know.

    There is one at a time of a `code` and a `subject`, such as "provider:omdb", "player:kodi" or "database". `text` is
    English and names no client's commands. `since` None: since it was first seen. `action` None: nothing in Metarr
    mends it, `text` says what does.
    """

    code: NoticeCode
    subject: str
    text: str
    since: datetime | None = None
    action: NoticeAction | None = None

    @property
    def severity(self) -> Severity:
        return SEVERITIES[self.code]
