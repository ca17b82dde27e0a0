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
