import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from metarr.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EnrichmentMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENRICHMENT_MODE_UNSPECIFIED: _ClassVar[EnrichmentMode]
    ENRICHMENT_MODE_AUTO: _ClassVar[EnrichmentMode]
    ENRICHMENT_MODE_MANUAL: _ClassVar[EnrichmentMode]
ENRICHMENT_MODE_UNSPECIFIED: EnrichmentMode
ENRICHMENT_MODE_AUTO: EnrichmentMode
ENRICHMENT_MODE_MANUAL: EnrichmentMode

class ChangeSet(_message.Message):
    __slots__ = ("id", "item_id", "changed_at", "cause", "changes", "requires_player_sync", "sync_reason", "providers", "undone_by")
    ID_FIELD_NUMBER: _ClassVar[int]
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AT_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    REQUIRES_PLAYER_SYNC_FIELD_NUMBER: _ClassVar[int]
    SYNC_REASON_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    UNDONE_BY_FIELD_NUMBER: _ClassVar[int]
    id: str
    item_id: str
    changed_at: _timestamp_pb2.Timestamp
    cause: str
    changes: _containers.RepeatedCompositeFieldContainer[_common_pb2.FieldChange]
    requires_player_sync: bool
    sync_reason: str
    providers: _containers.RepeatedScalarFieldContainer[str]
    undone_by: str
    def __init__(self, id: _Optional[str] = ..., item_id: _Optional[str] = ..., changed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cause: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[_common_pb2.FieldChange, _Mapping]]] = ..., requires_player_sync: _Optional[bool] = ..., sync_reason: _Optional[str] = ..., providers: _Optional[_Iterable[str]] = ..., undone_by: _Optional[str] = ...) -> None: ...

class ListChangeSetsRequest(_message.Message):
    __slots__ = ("item_id", "page_size", "page_token")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    page_size: int
    page_token: str
    def __init__(self, item_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListChangeSetsResponse(_message.Message):
    __slots__ = ("change_sets", "next_page_token")
    CHANGE_SETS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    change_sets: _containers.RepeatedCompositeFieldContainer[ChangeSet]
    next_page_token: str
    def __init__(self, change_sets: _Optional[_Iterable[_Union[ChangeSet, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UndoChangeSetRequest(_message.Message):
    __slots__ = ("change_set_id",)
    CHANGE_SET_ID_FIELD_NUMBER: _ClassVar[int]
    change_set_id: str
    def __init__(self, change_set_id: _Optional[str] = ...) -> None: ...

class UndoChangeSetResponse(_message.Message):
    __slots__ = ("item", "change_set", "refused")
    class Refusal(_message.Message):
        __slots__ = ("field", "why")
        FIELD_FIELD_NUMBER: _ClassVar[int]
        WHY_FIELD_NUMBER: _ClassVar[int]
        field: str
        why: str
        def __init__(self, field: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...
    ITEM_FIELD_NUMBER: _ClassVar[int]
    CHANGE_SET_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    item: _common_pb2.Item
    change_set: ChangeSet
    refused: _containers.RepeatedCompositeFieldContainer[UndoChangeSetResponse.Refusal]
    def __init__(self, item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., change_set: _Optional[_Union[ChangeSet, _Mapping]] = ..., refused: _Optional[_Iterable[_Union[UndoChangeSetResponse.Refusal, _Mapping]]] = ...) -> None: ...

class EnrichRequest(_message.Message):
    __slots__ = ("item_id", "mode", "force_refresh", "providers", "dry_run")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    FORCE_REFRESH_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    mode: EnrichmentMode
    force_refresh: bool
    providers: _containers.RepeatedScalarFieldContainer[str]
    dry_run: bool
    def __init__(self, item_id: _Optional[str] = ..., mode: _Optional[_Union[EnrichmentMode, str]] = ..., force_refresh: _Optional[bool] = ..., providers: _Optional[_Iterable[str]] = ..., dry_run: _Optional[bool] = ...) -> None: ...

class EnrichResponse(_message.Message):
    __slots__ = ("item", "changes", "outcomes", "requires_player_sync", "sync_reason", "skipped")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    REQUIRES_PLAYER_SYNC_FIELD_NUMBER: _ClassVar[int]
    SYNC_REASON_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    item: _common_pb2.Item
    changes: _containers.RepeatedCompositeFieldContainer[_common_pb2.FieldChange]
    outcomes: _containers.RepeatedCompositeFieldContainer[_common_pb2.ProviderOutcome]
    requires_player_sync: bool
    sync_reason: str
    skipped: bool
    def __init__(self, item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., changes: _Optional[_Iterable[_Union[_common_pb2.FieldChange, _Mapping]]] = ..., outcomes: _Optional[_Iterable[_Union[_common_pb2.ProviderOutcome, _Mapping]]] = ..., requires_player_sync: _Optional[bool] = ..., sync_reason: _Optional[str] = ..., skipped: _Optional[bool] = ...) -> None: ...
