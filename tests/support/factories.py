"""Small builders of domain nouns, so that a test names only what it is about."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from metarr.domain.artwork import ArtworkPolicy
from metarr.domain.authority import DEFAULT_PRIORITY, Authority, FieldRule, rule_key
from metarr.domain.fields import fields_of
from metarr.domain.item import FieldValue, IdClaim, MediaItem
from metarr.domain.languages import LanguagePolicy
from metarr.domain.merge import MergePolicy
from metarr.domain.outcome import Answered, Fragment, NotAsked, NotFound, Outcome, Skip, Unavailable
from metarr.domain.values import Credit, Image, Kind, Text, Value
from metarr.errors import Reason

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(days=3)


def stored(value: Value | None, source: str = "tmdb", *, asked_id: str = "", **more: Any) -> FieldValue:
    """A stored value; fetched earlier than every answer that `answered` makes. Several sources, as of a union, and the
    ids that they were asked with are joined by "+"."""
    sources, asked_ids = (tuple(text.split("+")) if text else () for text in (source, asked_id))
    return FieldValue(value=value, sources=sources, asked_ids=asked_ids, **{"fetched_at": EARLIER, **more})


def source_of(stored: FieldValue) -> str:
    """Its sources in a word, as `stored` takes them."""
    return "+".join(stored.sources)


def item(kind: Kind = Kind.MOVIE, ids: Mapping[str, str] | None = None, **more: Any) -> MediaItem:
    """An item; its ids are the owner's."""
    claims = {id_type: IdClaim(value=value) for id_type, value in (ids or {}).items()}
    return MediaItem(kind=kind, ids=claims, **more)


def fragment(provider: str, values: Mapping[str, Value] | None = None, **more: Any) -> Fragment:
    """A fragment about a movie, unless `kind` says otherwise."""
    return Fragment(provider=provider, values=dict(values or {}), **{"kind": Kind.MOVIE, **more})


def answered(
    provider: str,
    values: Mapping[str, Value] | None = None,
    *,
    empty: Iterable[str] = (),
    unread: Iterable[str] = (),
    kind: Kind = Kind.MOVIE,
    fetched_at: datetime = NOW,
    **more: Any,
) -> Answered:
    """The provider's answer: these values, speaking of `empty` without one, and nothing heard about `unread`."""
    values = dict(values or {})
    spoken = {name: value for name, value in values.items() if isinstance(value, tuple) and _are_texts(value)}
    plain = {name: value for name, value in values.items() if name not in spoken}
    told = fragment(provider, plain, kind=kind, texts=spoken, empty=frozenset(empty), unread=frozenset(unread))
    return Answered(fragment=told, fetched_at=fetched_at, **{"asked_id": f"{provider}:1", **more})


def _are_texts(value: tuple[Any, ...]) -> bool:
    return bool(value) and all(isinstance(each, Text) for each in value)


def not_found(*, soft: bool = False, fetched_at: datetime = NOW, **more: Any) -> NotFound:
    return NotFound(fetched_at=fetched_at, soft=soft, **more)


def unavailable(reason: Reason = Reason.TIMEOUT, last: Answered | NotFound | None = None) -> Unavailable:
    return Unavailable(reason=reason, last=last)


def not_asked(skip: Skip = Skip.NO_ID, last: Answered | NotFound | None = None) -> NotAsked:
    return NotAsked(reason=skip, last=last)


def image(
    name: str,
    *,
    language: str = "en",
    width: int = 2000,
    votes: float = 0.0,
    host: str = "art.test",
    region: str = "",
) -> Image:
    """An image whose identity is its name."""
    url = f"https://{host}/{name}.jpg"
    return Image(url=url, language=language, width=width, height=width, votes=votes, region=region)


def credit(name: str, role: str = "", **more: Any) -> Credit:
    return Credit(name=name, role=role, **more)


def coverage_of(*providers: str, kind: Kind = Kind.MOVIE) -> dict[str, frozenset[str]]:
    """Providers that each declare every field of the kind."""
    return {provider: frozenset(field.name for field in fields_of(kind)) for provider in providers}


def policy(
    rules: Mapping[str, FieldRule] | None = None,
    *,
    kind: Kind = Kind.MOVIE,
    fill_gaps: bool = True,
    priority: tuple[str, ...] = DEFAULT_PRIORITY,
    artwork: ArtworkPolicy | None = None,
    languages: LanguagePolicy | None = None,
) -> MergePolicy:
    """The owner's policy; `rules` by the bare field name."""
    named = {rule_key(kind, name): rule for name, rule in (rules or {}).items()}
    authority = Authority(priority=priority, rules=named, fill_gaps=fill_gaps)
    return MergePolicy(authority=authority, artwork=artwork or ArtworkPolicy(), languages=languages or LanguagePolicy())


def listens_to(*providers: str, exclusive: bool = False, union: bool = False) -> FieldRule:
    return FieldRule(providers=providers, exclusive=exclusive, union=union)


Outcomes = Mapping[str, Outcome]
