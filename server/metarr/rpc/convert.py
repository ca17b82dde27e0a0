"""Between the domain and the messages of the contract."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from google.protobuf.struct_pb2 import NULL_VALUE, Value
from google.protobuf.timestamp_pb2 import Timestamp

from metarr.domain import values
from metarr.domain.changes import Change
from metarr.domain.delivery import day_of_the_year
from metarr.domain.fields import FIELDS
from metarr.domain.item import Conflict, FieldValue, IdClaim, Match, MediaItem, Place, Rule
from metarr.domain.merge import RunnerUp
from metarr.domain.outcome import Answered, NotAsked, NotFound, Outcome, Unavailable
from metarr.domain.plain import plain_value
from metarr.domain.values import Kind
from metarr.library.numbers import Numbered
from metarr.store.awaited_answers import AwaitedAnswer
from metarr.store.items import ItemHead
from metarr.v1 import common_pb2 as pb

_KINDS = {
    Kind.MOVIE: pb.MEDIA_KIND_MOVIE,
    Kind.SERIES: pb.MEDIA_KIND_SERIES,
    Kind.SEASON: pb.MEDIA_KIND_SEASON,
    Kind.EPISODE: pb.MEDIA_KIND_EPISODE,
}
_KINDS_BACK: dict[int, Kind] = {number: kind for kind, number in _KINDS.items()}


def kind_message(kind: Kind) -> pb.MediaKind:
    return _KINDS[kind]


def kind_of(number: int) -> Kind | None:
    """The kind; None where it is not said or unknown."""
    return _KINDS_BACK.get(number)


def timestamp(moment: datetime | None) -> Timestamp | None:
    """An aware moment as a message; None stays None, which leaves a message's field absent."""
    if moment is None:
        return None
    message = Timestamp()
    message.FromDatetime(moment)
    return message


def moment(message: Timestamp) -> datetime:
    """The moment, aware, UTC."""
    return message.ToDatetime(tzinfo=UTC)


_EXACT = 2**53
"""Numbers travel as doubles: beyond this a whole one is no longer exact."""


def value_message(plain: Any) -> Value:
    """Plain JSON as a message."""
    message = Value()
    fill(message, plain)
    return message


def fill(message: Value, plain: Any) -> None:
    """Give an empty message this plain JSON, in its place: one that is handed on is copied at every level above it."""
    match plain:
        case str():
            message.string_value = plain
        case None:
            message.null_value = NULL_VALUE
        case bool():
            message.bool_value = plain
        case int() | float():
            message.number_value = plain
        case list() | tuple():
            message.list_value.SetInParent()
            elements = message.list_value.values
            for element in plain:
                fill(elements.add(), element)
        case dict():
            message.struct_value.SetInParent()
            members = message.struct_value.fields
            for key, element in plain.items():
                fill(members[key], element)
        case _:
            raise TypeError(f"{type(plain).__name__} is no plain value")


def plain_of(message: Value) -> Any:
    """Plain JSON from a message; null and "not set" give None, whole numbers are ints."""
    match message.WhichOneof("kind"):
        case "struct_value":
            return {key: plain_of(element) for key, element in message.struct_value.fields.items()}
        case "list_value":
            return [plain_of(element) for element in message.list_value.values]
        case "number_value":
            number = message.number_value
            return int(number) if number.is_integer() and abs(number) <= _EXACT else number
        case "string_value":
            return message.string_value
        case "bool_value":
            return message.bool_value
        case _:
            return None


def _fill_value(message: Value, value: values.Value) -> None:
    fill(message, plain_value(value))


def runner_up_message(runner_up: RunnerUp) -> pb.RunnerUp:
    message = pb.RunnerUp(
        provider=runner_up.provider,
        fetched_at=timestamp(runner_up.fetched_at),
        why=runner_up.why,
        language=runner_up.language,
    )
    if runner_up.value is not None:
        _fill_value(message.value, runner_up.value)
    return message


def field_message(
    name: str, stored: FieldValue | None, runners_up: Iterable[RunnerUp] = (), waiting: Iterable[str] = ()
) -> pb.FieldValue:
    """A field with its provenance; `stored` None: it holds nothing. `waiting`: providers that could not be heard."""
    return _field(pb.FieldValue, name, stored, runners_up, waiting)


def _field(
    make: Callable[..., pb.FieldValue],
    name: str,
    stored: FieldValue | None,
    runners_up: Iterable[RunnerUp],
    waiting: Iterable[str],
) -> pb.FieldValue:
    runners = [runner_up_message(runner_up) for runner_up in runners_up]
    if stored is None:
        return make(name=name, runners_up=runners, waiting_for=waiting)
    message = make(
        name=name,
        source="+".join(stored.sources),
        fetched_at=timestamp(stored.fetched_at),
        rule=(Rule.LOCKED if stored.locked else stored.rule).value,
        asked_id="+".join(stored.asked_ids),
        locked=stored.locked,
        held=stored.rule is Rule.HELD,
        runners_up=runners,
        waiting_for=waiting,
        language=stored.language,
        locks_below=stored.locks_below,
    )
    if stored.value is not None:
        _fill_value(message.value, stored.value)
    return message


def item_message(
    item: MediaItem,
    *,
    fields: bool = True,
    runners_up: Mapping[str, Sequence[RunnerUp]] | None = None,
    waiting: Mapping[str, Sequence[str]] | None = None,
    awaited: Mapping[str, AwaitedAnswer] | None = None,
    aliases: Iterable[tuple[str, str]] = (),
    joined: Iterable[int] = (),
    children: int = 0,
    undecided: bool = False,
    numbers: Iterable[Numbered] = (),
    missing: Iterable[str] = (),
) -> pb.Item:
    """An item. `fields` False leaves its fields out, as lists do; `runners_up` and `waiting` are by field; `joined`
    are the items that were joined to it, `children` how many are below it; `undecided`: it was looked for in vain;
    `missing`: fields that hold nothing; `numbers`: those of an episode."""
    place = item.place()
    message = pb.Item(
        id=str(item.id) if item.id else "",
        kind=kind_message(item.kind),
        title=item.shown_title(),
        year=item.shown_year(),
        first_release=day_of_the_year(item),
        ids=_id_messages(item.ids),
        conflicts=conflict_messages(item.conflicts),
        monitored=item.monitored,
        parent_id="" if item.parent_id is None else str(item.parent_id),
        added_at=timestamp(item.added_at),
        last_enriched_at=timestamp(item.last_enriched_at),
        last_enriched_providers=item.last_enriched_providers,
        pending=awaited_messages(awaited or {}),
        etag=str(item.version),
        aliases=[pb.ExternalId(type=id_type, value=value) for id_type, value in aliases],
        candidates=map(match_message, item.undecided.matches) if item.undecided and not item.identifying_ids() else (),
        joined_item_ids=[str(item_id) for item_id in joined],
        series_title=place.series,
        season_number=place.season,
        episode_number=place.episode,
        children=children,
        undecided=undecided,
        numbering=item.order if item.kind in (Kind.SERIES, Kind.SEASON) else "",
        numbers=[
            pb.EpisodeNumber(numbering=each.numbering, season_number=each.season, episode_number=each.number)
            for each in numbers
        ],
        missing_fields=missing,
    )
    if fields:
        _add_fields(message, item, runners_up or {}, waiting or {})
    return message


def conflict_messages(conflicts: Iterable[Conflict]) -> list[pb.IdConflict]:
    """Claims that contradict what stands."""
    return [
        pb.IdConflict(
            type=each.id_type,
            value=each.value,
            claimed_by=each.claimed_by,
            held=f"item {each.item}" if each.item else each.stands,
            held_by_item_id=str(each.item) if each.item else "",
        )
        for each in conflicts
    ]


def _add_fields(
    message: pb.Item,
    item: MediaItem,
    runners_up: Mapping[str, Sequence[RunnerUp]],
    waiting: Mapping[str, Sequence[str]],
) -> None:
    """Stored fields, and those without a value of which there is something to tell, in catalogue order."""
    for name in FIELDS:
        stored, runners, waits = item.fields.get(name), runners_up.get(name, ()), waiting.get(name, ())
        if stored is not None or runners or waits:
            _field(message.fields.add, name, stored, runners, waits)


def head_message(
    head: ItemHead,
    awaited: Mapping[str, AwaitedAnswer],
    place: Place,
    *,
    children: int,
    undecided: bool,
    matches: Iterable[Match],
    missing: Iterable[str] = (),
    poster_preview: str = "",
    conflicts: Iterable[Conflict] = (),
) -> pb.Item:
    """An item as lists show it, without its fields."""
    return pb.Item(
        id=str(head.id),
        kind=kind_message(head.kind),
        title=head.title,
        year=head.year,
        ids=_id_messages(head.ids),
        monitored=head.monitored,
        parent_id="" if head.parent_id is None else str(head.parent_id),
        added_at=timestamp(head.added_at),
        last_enriched_at=timestamp(head.last_enriched_at),
        last_enriched_providers=head.last_enriched_providers,
        pending=awaited_messages(awaited),
        etag=str(head.version),
        candidates=map(match_message, matches),
        series_title=place.series,
        season_number=place.season,
        episode_number=place.episode,
        children=children,
        undecided=undecided,
        missing_fields=missing,
        poster_preview=poster_preview,
        conflicts=conflict_messages(conflicts),
    )


def _id_messages(ids: Mapping[str, IdClaim]) -> list[pb.ExternalId]:
    return [
        pb.ExternalId(type=id_type, value=claim.value, source=claim.source, weak=claim.weak)
        for id_type, claim in ids.items()
    ]


def awaited_messages(awaited: Mapping[str, AwaitedAnswer]) -> list[pb.PendingProvider]:
    """The providers of which an item awaits an answer, by id."""
    return [
        pb.PendingProvider(
            provider=provider,
            reason=answer.reason,
            not_before=timestamp(answer.not_before),
            attempts=answer.attempts,
        )
        for provider, answer in sorted(awaited.items())
    ]


def match_message(match: Match) -> pb.Candidate:
    """A title that was found by words."""
    return pb.Candidate(
        title=match.title,
        year=match.year,
        ids=[pb.ExternalId(type=id_type, value=value, source=match.source) for id_type, value in match.ids.items()],
        overview=match.overview,
        poster=match.poster,
        countries=match.countries,
        score=match.score,
        penalties=match.penalties,
        providers=match.providers,
    )


def change_message(change: Change) -> pb.FieldChange:
    """A change of one field; a field that was emptied has no rule."""
    message = pb.FieldChange(
        field=change.field,
        old_source="+".join(change.old.sources),
        new_source="+".join(change.new.sources),
        rule=change.new.rule.value if change.new.value is not None else "",
        old_locked=change.old.locked,
        new_locked=change.new.locked,
    )
    if change.old.value is not None:
        _fill_value(message.old_value, change.old.value)
    if change.new.value is not None:
        _fill_value(message.new_value, change.new.value)
    return message


def outcome_message(provider: str, outcome: Outcome) -> pb.ProviderOutcome:
    """What came of asking a provider."""
    status = pb.ProviderOutcome
    match outcome:
        case Answered():
            return pb.ProviderOutcome(
                provider=provider,
                status=status.STATUS_ANSWERED,
                cached=outcome.cached,
                fetched_at=timestamp(outcome.fetched_at),
                stale=outcome.stale,
                unread=sorted(outcome.fragment.unread),
            )
        case NotFound():
            return pb.ProviderOutcome(
                provider=provider,
                status=status.STATUS_NOT_FOUND,
                detail="not believed until it says so on three days" if outcome.soft else "",
                cached=outcome.cached,
                fetched_at=timestamp(outcome.fetched_at),
                stale=outcome.stale,
            )
        case Unavailable() | NotAsked():
            unavailable = isinstance(outcome, Unavailable)
            return pb.ProviderOutcome(
                provider=provider,
                status=status.STATUS_UNAVAILABLE if unavailable else status.STATUS_NOT_ASKED,
                reason=outcome.reason.value,
                detail=outcome.detail,
                retry_at=timestamp(outcome.retry_at) if isinstance(outcome, Unavailable) else None,
                fetched_at=timestamp(outcome.last.fetched_at) if outcome.last else None,
                stale=outcome.last is not None,
            )
