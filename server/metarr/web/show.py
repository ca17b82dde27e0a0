"""How things are shown: moments, counts, and how a provider fares."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from google.protobuf.struct_pb2 import Value
from google.protobuf.timestamp_pb2 import Timestamp
from markupsafe import Markup

from metarr.rpc.doors.local import plain_of
from metarr.v1 import common_pb2 as common
from metarr.v1 import config_service_pb2 as config
from metarr.v1 import enrichment_service_pb2 as enrichment
from metarr.v1 import host_service_pb2 as hosts
from metarr.web.frame import now
from metarr.web.languages import language_name

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


class Badge(NamedTuple):
    """A state in a word and a shape. `tone`: "ok", "warn", "bad", "run" or "off"; its icon and its colour."""

    tone: str
    word: str


_STATES = {
    config.ProviderState.STATUS_OK: Badge("ok", "Working"),
    config.ProviderState.STATUS_DISABLED: Badge("off", "Switched off"),
    config.ProviderState.STATUS_NOT_CONFIGURED: Badge("off", "No key yet"),
    config.ProviderState.STATUS_LIMITED: Badge("warn", "Limited"),
    config.ProviderState.STATUS_KEY_REFUSED: Badge("bad", "Key refused"),
    config.ProviderState.STATUS_FAILING: Badge("bad", "Failing"),
    config.ProviderState.STATUS_SUSPECT: Badge("warn", "Answers look odd"),
    config.ProviderState.STATUS_PROXY_FAILING: Badge("bad", "Its proxy fails"),
}


def state(message: config.ProviderState) -> Badge:
    """How a provider fares."""
    return _STATES.get(message.status, Badge("off", "Unknown"))


_HOST_STATES = {
    hosts.HostState.STATUS_STARTING: Badge("run", "Starting"),
    hosts.HostState.STATUS_RUNNING: Badge("ok", "Working"),
    hosts.HostState.STATUS_WAITING: Badge("warn", "Ended, and started again"),
    hosts.HostState.STATUS_OWNER_NEEDED: Badge("bad", "Needs you"),
    hosts.HostState.STATUS_DISABLED: Badge("off", "Switched off"),
}


def host_state(message: hosts.HostState) -> Badge:
    """How a host fares."""
    return _HOST_STATES.get(message.status, Badge("off", "Unknown"))


_JOB_STATES = {
    enrichment.Job.STATE_QUEUED: Badge("off", "Queued"),
    enrichment.Job.STATE_RUNNING: Badge("run", "Running"),
    enrichment.Job.STATE_COMPLETE: Badge("ok", "Complete"),
    enrichment.Job.STATE_DEGRADED: Badge("warn", "Answers are wanting"),
    enrichment.Job.STATE_CANCELLED: Badge("off", "Cancelled"),
    enrichment.Job.STATE_FAILED: Badge("bad", "Failed"),
}


def job_state(job: enrichment.Job) -> Badge:
    """How a job stands."""
    return _JOB_STATES.get(job.state, Badge("off", "Unknown"))


def is_going(job: enrichment.Job) -> bool:
    """Whether a job has not ended."""
    return job.state in (enrichment.Job.STATE_QUEUED, enrichment.Job.STATE_RUNNING)


def job_name(job: enrichment.Job) -> str:
    """What a job is called. How many titles it takes is known once it runs."""
    if job.cause == "daily":
        return "Daily run"
    if job.kind == enrichment.Job.KIND_APPLY:
        return "Apply the rules"
    if job.kind == enrichment.Job.KIND_UPDATE:
        return f"Change {counted(job.total, 'title')}" if job.total else "Change titles"
    return f"Look up {counted(job.total, 'title')}" if job.total else "Look up titles"


def job_counts(job: enrichment.Job) -> str:
    """What came of a job's items, such as "3 changed, 1 waiting"."""
    counts = {
        "changed": job.changed,
        "unchanged": job.unchanged,
        "waiting": job.deferred,
        "not clear which title": job.undecided,
        "failed": job.failed,
    }
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count) or "nothing done yet"


_CAUSES = {
    "enrich": "Looked up",
    "edit": "Edited",
    "identify": "Identified",
    "import": "Imported",
    "authority": "New rules",
    "undo": "Taken back",
    "redo": "Done again",
    "join": "Joined with another",
    "split": "Taken apart",
    "order": "Counted in another order",
}


def cause(code: str) -> str:
    """What made a change-set."""
    return _CAUSES.get(code, code)


_PENALTIES = {
    "title": "another title",
    "alternative_title": "found by another of its titles",
    "year_unknown": "its year is not known",
    "year_off_by_one": "a year earlier or later",
    "year": "another year",
    "name_only": "no year to go by",
    "namesake": "others have this title",
    "country": "another country",
    "provider_rank": "further down among what was found",
}


def penalty(code: str) -> str:
    """What speaks against a title that was found."""
    return _PENALTIES.get(code, code)


NEARLY, LIKE = 0.03, 0.25
"""What a title's difference takes away at most where it is nearly the wanted one, and where it is like it."""


def fit(candidate: common.Candidate) -> Badge:
    """How well a title that was found fits the words that were searched. A name alone tells no film: that one is the
    same is no doubt, but which of its namesakes is wanted."""
    against = candidate.penalties
    if against.get("title", 0) > LIKE:
        return Badge("off", "Another title")
    if against.get("title", 0) > NEARLY:
        return Badge("warn", "A title like it")
    name = "Nearly the same title" if "title" in against else "Same title"
    for code, words in (("year", "another year"), ("year_off_by_one", "a year apart"), ("country", "another country")):
        if code in against:
            return Badge("warn", f"{name}, {words}")
    return Badge("ok", name if against.keys() & {"name_only", "year_unknown", "namesake"} else "Fits")


_OUTCOMES = {
    common.ProviderOutcome.STATUS_ANSWERED: Badge("ok", "answered"),
    common.ProviderOutcome.STATUS_NOT_FOUND: Badge("off", "does not know it"),
    common.ProviderOutcome.STATUS_UNAVAILABLE: Badge("warn", "could not be heard"),
    common.ProviderOutcome.STATUS_NOT_ASKED: Badge("off", "was not asked"),
}


def outcome(message: common.ProviderOutcome) -> Badge:
    """What came of asking a provider."""
    seen = _OUTCOMES.get(message.status, Badge("off", "is not known"))
    return seen._replace(word="answered lately") if message.cached and seen.tone == "ok" else seen


def conflict(message: common.IdConflict) -> str:
    """What contradicts what."""
    if message.type == "title":
        return f"tells of {message.value}, not of {message.held}"
    if not message.value:
        return f"has no {message.type}:{message.held} any more, nor another one of this title"
    if message.held_by_item_id:
        return f"says that it is {message.type}:{message.value}, which is another one in the library"
    return f"says {message.type}:{message.value}; {message.type}:{message.held} stands"


def when(message: Timestamp) -> Markup:
    """A moment as people say it, with the exact one behind it."""
    moment = message.ToDatetime(tzinfo=UTC)
    stamp, text = moment.isoformat(timespec="seconds"), relative(moment, now())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp, f"{moment:%Y-%m-%d %H:%M} UTC", text)


def relative(moment: datetime, seen: datetime) -> str:
    """Such as "2 hours ago" or "in 3 days"."""
    seconds = (moment - seen).total_seconds()
    for unit, size in _UNITS:
        if abs(seconds) >= size:
            text = counted(round(abs(seconds) / size), unit)
            return f"in {text}" if seconds > 0 else f"{text} ago"
    return "in a moment" if seconds > 0 else "just now"


_KIND_WORDS = {
    common.MEDIA_KIND_MOVIE: "Movie",
    common.MEDIA_KIND_SERIES: "Series",
    common.MEDIA_KIND_SEASON: "Season",
    common.MEDIA_KIND_EPISODE: "Episode",
}


def kind_word(kind: common.MediaKind) -> str:
    """What an item is, in a word."""
    return _KIND_WORDS.get(kind, "Unknown")


_KINDS = {"movie": "movies", "series": "series", "season": "seasons", "episode": "episodes"}


def kinds(kind: str) -> str:
    """Many of a kind."""
    return _KINDS[kind]


def number(count: int) -> str:
    """Such as "1,200"."""
    return f"{count:,}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Such as "1 item" or "1,200 items"."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def sentence(text: str) -> str:
    """A text of the daemon's as a sentence: with a capital, and an end."""
    text = text.strip()
    is_name = "." in text.partition(" ")[0].rstrip(".")  # such as fanart.tv
    return text and (text[0] if is_name else text[0].upper()) + text[1:] + ("" if text[-1] in ".!?…" else ".")


_ADDRESS = re.compile(r"""(https://[^\s<>"']*[^\s<>"'.,;:!?)])""")
_LINK = Markup('<a href="{}" rel="noopener" target="_blank">{}</a>')


@lru_cache(maxsize=512)  # most are the help of settings, which every page says alike
def linked(text: str) -> Markup:
    """A text whose addresses are links; those that are no secure ones are examples, such as http://proxy.lan:3128."""
    parts = _ADDRESS.split(text)  # every second one is an address
    return Markup().join(_LINK.format(part, part) if number % 2 else part for number, part in enumerate(parts))


def named(text: str, name: str) -> str:
    """A text about something, with its name before it."""
    return f"{name}: {sentence(text)[0].lower()}{sentence(text)[1:]}" if name else sentence(text)


MOST = 160
"""Characters of a value that is shown among others."""


def value(message: Value, most: int = MOST) -> str:
    """A value in a line, such as "Drama, Thriller"."""
    text = _line(plain_of(message))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _line(plain: Any) -> str:
    match plain:
        case None:
            return "nothing"
        case list():
            return ", ".join(map(_line, plain))
        case dict():
            return str(
                plain.get("name") or plain.get("text") or plain.get("url") or ", ".join(map(str, plain.values()))
            )
        case _:
            return str(plain)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "cause": cause,
    "conflict": conflict,
    "counted": counted,
    "kind_word": kind_word,
    "kinds": kinds,
    "language": language_name,
    "linked": linked,
    "number": number,
    "outcome": outcome,
    "fit": fit,
    "host_state": host_state,
    "job_counts": job_counts,
    "job_name": job_name,
    "job_state": job_state,
    "named": named,
    "penalty": penalty,
    "plain": plain_of,
    "sentence": sentence,
    "state": state,
    "value": value,
    "when": when,
}
"""What templates call these."""
