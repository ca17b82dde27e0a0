import datetime

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MediaKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MEDIA_KIND_UNSPECIFIED: _ClassVar[MediaKind]
    MEDIA_KIND_MOVIE: _ClassVar[MediaKind]
    MEDIA_KIND_SERIES: _ClassVar[MediaKind]
    MEDIA_KIND_SEASON: _ClassVar[MediaKind]
    MEDIA_KIND_EPISODE: _ClassVar[MediaKind]
MEDIA_KIND_UNSPECIFIED: MediaKind
MEDIA_KIND_MOVIE: MediaKind
MEDIA_KIND_SERIES: MediaKind
MEDIA_KIND_SEASON: MediaKind
MEDIA_KIND_EPISODE: MediaKind

class FieldValue(_message.Message):
    __slots__ = ("name", "value", "source", "fetched_at", "rule", "asked_id", "locked", "held", "runners_up", "waiting_for", "language", "locks_below")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    FETCHED_AT_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    ASKED_ID_FIELD_NUMBER: _ClassVar[int]
    LOCKED_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    RUNNERS_UP_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    LOCKS_BELOW_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: _struct_pb2.Value
    source: str
    fetched_at: _timestamp_pb2.Timestamp
    rule: str
    asked_id: str
    locked: bool
    held: bool
    runners_up: _containers.RepeatedCompositeFieldContainer[RunnerUp]
    waiting_for: _containers.RepeatedScalarFieldContainer[str]
    language: str
    locks_below: bool
    def __init__(self, name: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., source: _Optional[str] = ..., fetched_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., rule: _Optional[str] = ..., asked_id: _Optional[str] = ..., locked: _Optional[bool] = ..., held: _Optional[bool] = ..., runners_up: _Optional[_Iterable[_Union[RunnerUp, _Mapping]]] = ..., waiting_for: _Optional[_Iterable[str]] = ..., language: _Optional[str] = ..., locks_below: _Optional[bool] = ...) -> None: ...

class RunnerUp(_message.Message):
    __slots__ = ("provider", "value", "fetched_at", "why", "language")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    FETCHED_AT_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    provider: str
    value: _struct_pb2.Value
    fetched_at: _timestamp_pb2.Timestamp
    why: str
    language: str
    def __init__(self, provider: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., fetched_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., why: _Optional[str] = ..., language: _Optional[str] = ...) -> None: ...

class ExternalId(_message.Message):
    __slots__ = ("type", "value", "source", "weak")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    WEAK_FIELD_NUMBER: _ClassVar[int]
    type: str
    value: str
    source: str
    weak: bool
    def __init__(self, type: _Optional[str] = ..., value: _Optional[str] = ..., source: _Optional[str] = ..., weak: _Optional[bool] = ...) -> None: ...

class IdConflict(_message.Message):
    __slots__ = ("type", "value", "claimed_by", "held", "held_by_item_id")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CLAIMED_BY_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    HELD_BY_ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    type: str
    value: str
    claimed_by: str
    held: str
    held_by_item_id: str
    def __init__(self, type: _Optional[str] = ..., value: _Optional[str] = ..., claimed_by: _Optional[str] = ..., held: _Optional[str] = ..., held_by_item_id: _Optional[str] = ...) -> None: ...

class Item(_message.Message):
    __slots__ = ("id", "kind", "title", "year", "ids", "fields", "conflicts", "monitored", "parent_id", "added_at", "last_enriched_at", "last_enriched_providers", "pending", "etag", "aliases", "candidates", "joined_item_ids", "series_title", "season_number", "episode_number", "children", "undecided", "numbers", "poster_preview", "missing_fields", "numbering", "first_release")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    CONFLICTS_FIELD_NUMBER: _ClassVar[int]
    MONITORED_FIELD_NUMBER: _ClassVar[int]
    PARENT_ID_FIELD_NUMBER: _ClassVar[int]
    ADDED_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_ENRICHED_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_ENRICHED_PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    JOINED_ITEM_IDS_FIELD_NUMBER: _ClassVar[int]
    SERIES_TITLE_FIELD_NUMBER: _ClassVar[int]
    SEASON_NUMBER_FIELD_NUMBER: _ClassVar[int]
    EPISODE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CHILDREN_FIELD_NUMBER: _ClassVar[int]
    UNDECIDED_FIELD_NUMBER: _ClassVar[int]
    NUMBERS_FIELD_NUMBER: _ClassVar[int]
    POSTER_PREVIEW_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELDS_FIELD_NUMBER: _ClassVar[int]
    NUMBERING_FIELD_NUMBER: _ClassVar[int]
    FIRST_RELEASE_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: MediaKind
    title: str
    year: int
    ids: _containers.RepeatedCompositeFieldContainer[ExternalId]
    fields: _containers.RepeatedCompositeFieldContainer[FieldValue]
    conflicts: _containers.RepeatedCompositeFieldContainer[IdConflict]
    monitored: bool
    parent_id: str
    added_at: _timestamp_pb2.Timestamp
    last_enriched_at: _timestamp_pb2.Timestamp
    last_enriched_providers: _containers.RepeatedScalarFieldContainer[str]
    pending: _containers.RepeatedCompositeFieldContainer[PendingProvider]
    etag: str
    aliases: _containers.RepeatedCompositeFieldContainer[ExternalId]
    candidates: _containers.RepeatedCompositeFieldContainer[Candidate]
    joined_item_ids: _containers.RepeatedScalarFieldContainer[str]
    series_title: str
    season_number: int
    episode_number: int
    children: int
    undecided: bool
    numbers: _containers.RepeatedCompositeFieldContainer[EpisodeNumber]
    poster_preview: str
    missing_fields: _containers.RepeatedScalarFieldContainer[str]
    numbering: str
    first_release: str
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[_Union[MediaKind, str]] = ..., title: _Optional[str] = ..., year: _Optional[int] = ..., ids: _Optional[_Iterable[_Union[ExternalId, _Mapping]]] = ..., fields: _Optional[_Iterable[_Union[FieldValue, _Mapping]]] = ..., conflicts: _Optional[_Iterable[_Union[IdConflict, _Mapping]]] = ..., monitored: _Optional[bool] = ..., parent_id: _Optional[str] = ..., added_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_enriched_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_enriched_providers: _Optional[_Iterable[str]] = ..., pending: _Optional[_Iterable[_Union[PendingProvider, _Mapping]]] = ..., etag: _Optional[str] = ..., aliases: _Optional[_Iterable[_Union[ExternalId, _Mapping]]] = ..., candidates: _Optional[_Iterable[_Union[Candidate, _Mapping]]] = ..., joined_item_ids: _Optional[_Iterable[str]] = ..., series_title: _Optional[str] = ..., season_number: _Optional[int] = ..., episode_number: _Optional[int] = ..., children: _Optional[int] = ..., undecided: _Optional[bool] = ..., numbers: _Optional[_Iterable[_Union[EpisodeNumber, _Mapping]]] = ..., poster_preview: _Optional[str] = ..., missing_fields: _Optional[_Iterable[str]] = ..., numbering: _Optional[str] = ..., first_release: _Optional[str] = ...) -> None: ...

class EpisodeNumber(_message.Message):
    __slots__ = ("numbering", "season_number", "episode_number")
    NUMBERING_FIELD_NUMBER: _ClassVar[int]
    SEASON_NUMBER_FIELD_NUMBER: _ClassVar[int]
    EPISODE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    numbering: str
    season_number: int
    episode_number: int
    def __init__(self, numbering: _Optional[str] = ..., season_number: _Optional[int] = ..., episode_number: _Optional[int] = ...) -> None: ...

class PendingProvider(_message.Message):
    __slots__ = ("provider", "reason", "not_before", "attempts")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    NOT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    provider: str
    reason: str
    not_before: _timestamp_pb2.Timestamp
    attempts: int
    def __init__(self, provider: _Optional[str] = ..., reason: _Optional[str] = ..., not_before: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., attempts: _Optional[int] = ...) -> None: ...

class Candidate(_message.Message):
    __slots__ = ("title", "year", "ids", "overview", "poster", "countries", "score", "penalties", "providers")
    class PenaltiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    TITLE_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    OVERVIEW_FIELD_NUMBER: _ClassVar[int]
    POSTER_FIELD_NUMBER: _ClassVar[int]
    COUNTRIES_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    PENALTIES_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    title: str
    year: int
    ids: _containers.RepeatedCompositeFieldContainer[ExternalId]
    overview: str
    poster: str
    countries: _containers.RepeatedScalarFieldContainer[str]
    score: float
    penalties: _containers.ScalarMap[str, float]
    providers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, title: _Optional[str] = ..., year: _Optional[int] = ..., ids: _Optional[_Iterable[_Union[ExternalId, _Mapping]]] = ..., overview: _Optional[str] = ..., poster: _Optional[str] = ..., countries: _Optional[_Iterable[str]] = ..., score: _Optional[float] = ..., penalties: _Optional[_Mapping[str, float]] = ..., providers: _Optional[_Iterable[str]] = ...) -> None: ...

class ProviderOutcome(_message.Message):
    __slots__ = ("provider", "status", "reason", "detail", "retry_at", "cached", "fetched_at", "stale", "unread")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[ProviderOutcome.Status]
        STATUS_ANSWERED: _ClassVar[ProviderOutcome.Status]
        STATUS_NOT_FOUND: _ClassVar[ProviderOutcome.Status]
        STATUS_UNAVAILABLE: _ClassVar[ProviderOutcome.Status]
        STATUS_NOT_ASKED: _ClassVar[ProviderOutcome.Status]
    STATUS_UNSPECIFIED: ProviderOutcome.Status
    STATUS_ANSWERED: ProviderOutcome.Status
    STATUS_NOT_FOUND: ProviderOutcome.Status
    STATUS_UNAVAILABLE: ProviderOutcome.Status
    STATUS_NOT_ASKED: ProviderOutcome.Status
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    RETRY_AT_FIELD_NUMBER: _ClassVar[int]
    CACHED_FIELD_NUMBER: _ClassVar[int]
    FETCHED_AT_FIELD_NUMBER: _ClassVar[int]
    STALE_FIELD_NUMBER: _ClassVar[int]
    UNREAD_FIELD_NUMBER: _ClassVar[int]
    provider: str
    status: ProviderOutcome.Status
    reason: str
    detail: str
    retry_at: _timestamp_pb2.Timestamp
    cached: bool
    fetched_at: _timestamp_pb2.Timestamp
    stale: bool
    unread: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, provider: _Optional[str] = ..., status: _Optional[_Union[ProviderOutcome.Status, str]] = ..., reason: _Optional[str] = ..., detail: _Optional[str] = ..., retry_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cached: _Optional[bool] = ..., fetched_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stale: _Optional[bool] = ..., unread: _Optional[_Iterable[str]] = ...) -> None: ...

class FieldChange(_message.Message):
    __slots__ = ("field", "old_value", "new_value", "old_source", "new_source", "rule", "old_locked", "new_locked")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    OLD_VALUE_FIELD_NUMBER: _ClassVar[int]
    NEW_VALUE_FIELD_NUMBER: _ClassVar[int]
    OLD_SOURCE_FIELD_NUMBER: _ClassVar[int]
    NEW_SOURCE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    OLD_LOCKED_FIELD_NUMBER: _ClassVar[int]
    NEW_LOCKED_FIELD_NUMBER: _ClassVar[int]
    field: str
    old_value: _struct_pb2.Value
    new_value: _struct_pb2.Value
    old_source: str
    new_source: str
    rule: str
    old_locked: bool
    new_locked: bool
    def __init__(self, field: _Optional[str] = ..., old_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., new_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., old_source: _Optional[str] = ..., new_source: _Optional[str] = ..., rule: _Optional[str] = ..., old_locked: _Optional[bool] = ..., new_locked: _Optional[bool] = ...) -> None: ...

class ItemFilter(_message.Message):
    __slots__ = ("kind", "title_contains", "missing_field", "pending_provider", "monitored", "title", "unidentified", "enriched", "locked", "conflict", "deleted", "undecided", "locked_field", "source", "held", "player_id", "year_from", "year_to", "kinds")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TITLE_CONTAINS_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_FIELD_NUMBER: _ClassVar[int]
    PENDING_PROVIDER_FIELD_NUMBER: _ClassVar[int]
    MONITORED_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    UNIDENTIFIED_FIELD_NUMBER: _ClassVar[int]
    ENRICHED_FIELD_NUMBER: _ClassVar[int]
    LOCKED_FIELD_NUMBER: _ClassVar[int]
    CONFLICT_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    UNDECIDED_FIELD_NUMBER: _ClassVar[int]
    LOCKED_FIELD_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    YEAR_FROM_FIELD_NUMBER: _ClassVar[int]
    YEAR_TO_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    kind: MediaKind
    title_contains: str
    missing_field: str
    pending_provider: str
    monitored: bool
    title: str
    unidentified: bool
    enriched: bool
    locked: bool
    conflict: bool
    deleted: bool
    undecided: bool
    locked_field: str
    source: str
    held: bool
    player_id: str
    year_from: int
    year_to: int
    kinds: _containers.RepeatedScalarFieldContainer[MediaKind]
    def __init__(self, kind: _Optional[_Union[MediaKind, str]] = ..., title_contains: _Optional[str] = ..., missing_field: _Optional[str] = ..., pending_provider: _Optional[str] = ..., monitored: _Optional[bool] = ..., title: _Optional[str] = ..., unidentified: _Optional[bool] = ..., enriched: _Optional[bool] = ..., locked: _Optional[bool] = ..., conflict: _Optional[bool] = ..., deleted: _Optional[bool] = ..., undecided: _Optional[bool] = ..., locked_field: _Optional[str] = ..., source: _Optional[str] = ..., held: _Optional[bool] = ..., player_id: _Optional[str] = ..., year_from: _Optional[int] = ..., year_to: _Optional[int] = ..., kinds: _Optional[_Iterable[_Union[MediaKind, str]]] = ...) -> None: ...
