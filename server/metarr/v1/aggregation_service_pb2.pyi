from metarr.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SearchRequest(_message.Message):
    __slots__ = ("kind", "title", "year", "country", "providers", "limit")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    kind: _common_pb2.MediaKind
    title: str
    year: int
    country: str
    providers: _containers.RepeatedScalarFieldContainer[str]
    limit: int
    def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., title: _Optional[str] = ..., year: _Optional[int] = ..., country: _Optional[str] = ..., providers: _Optional[_Iterable[str]] = ..., limit: _Optional[int] = ...) -> None: ...

class SearchResponse(_message.Message):
    __slots__ = ("candidates", "outcomes", "clear_winner")
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    CLEAR_WINNER_FIELD_NUMBER: _ClassVar[int]
    candidates: _containers.RepeatedCompositeFieldContainer[_common_pb2.Candidate]
    outcomes: _containers.RepeatedCompositeFieldContainer[_common_pb2.ProviderOutcome]
    clear_winner: bool
    def __init__(self, candidates: _Optional[_Iterable[_Union[_common_pb2.Candidate, _Mapping]]] = ..., outcomes: _Optional[_Iterable[_Union[_common_pb2.ProviderOutcome, _Mapping]]] = ..., clear_winner: _Optional[bool] = ...) -> None: ...

class AggregateRequest(_message.Message):
    __slots__ = ("kind", "ids", "title", "year", "providers", "force_refresh", "episodes")
    KIND_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    FORCE_REFRESH_FIELD_NUMBER: _ClassVar[int]
    EPISODES_FIELD_NUMBER: _ClassVar[int]
    kind: _common_pb2.MediaKind
    ids: _containers.RepeatedCompositeFieldContainer[_common_pb2.ExternalId]
    title: str
    year: int
    providers: _containers.RepeatedScalarFieldContainer[str]
    force_refresh: bool
    episodes: bool
    def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., ids: _Optional[_Iterable[_Union[_common_pb2.ExternalId, _Mapping]]] = ..., title: _Optional[str] = ..., year: _Optional[int] = ..., providers: _Optional[_Iterable[str]] = ..., force_refresh: _Optional[bool] = ..., episodes: _Optional[bool] = ...) -> None: ...

class AggregateResponse(_message.Message):
    __slots__ = ("item", "outcomes", "below")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    BELOW_FIELD_NUMBER: _ClassVar[int]
    item: _common_pb2.Item
    outcomes: _containers.RepeatedCompositeFieldContainer[_common_pb2.ProviderOutcome]
    below: _containers.RepeatedCompositeFieldContainer[_common_pb2.Item]
    def __init__(self, item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., outcomes: _Optional[_Iterable[_Union[_common_pb2.ProviderOutcome, _Mapping]]] = ..., below: _Optional[_Iterable[_Union[_common_pb2.Item, _Mapping]]] = ...) -> None: ...
