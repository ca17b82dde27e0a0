import datetime

from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from metarr.v1 import common_pb2 as _common_pb2
from metarr.v1 import library_service_pb2 as _library_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SyncPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SYNC_POLICY_UNSPECIFIED: _ClassVar[SyncPolicy]
    SYNC_POLICY_REPLACE: _ClassVar[SyncPolicy]
    SYNC_POLICY_FILL: _ClassVar[SyncPolicy]
    SYNC_POLICY_LEAVE: _ClassVar[SyncPolicy]
    SYNC_POLICY_UNION: _ClassVar[SyncPolicy]

class FieldGroup(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FIELD_GROUP_UNSPECIFIED: _ClassVar[FieldGroup]
    FIELD_GROUP_TEXTS: _ClassVar[FieldGroup]
    FIELD_GROUP_RATINGS: _ClassVar[FieldGroup]
    FIELD_GROUP_ARTWORK: _ClassVar[FieldGroup]
    FIELD_GROUP_TAGS: _ClassVar[FieldGroup]
    FIELD_GROUP_COLLECTIONS: _ClassVar[FieldGroup]
    FIELD_GROUP_IDS: _ClassVar[FieldGroup]
    FIELD_GROUP_CAST: _ClassVar[FieldGroup]
SYNC_POLICY_UNSPECIFIED: SyncPolicy
SYNC_POLICY_REPLACE: SyncPolicy
SYNC_POLICY_FILL: SyncPolicy
SYNC_POLICY_LEAVE: SyncPolicy
SYNC_POLICY_UNION: SyncPolicy
FIELD_GROUP_UNSPECIFIED: FieldGroup
FIELD_GROUP_TEXTS: FieldGroup
FIELD_GROUP_RATINGS: FieldGroup
FIELD_GROUP_ARTWORK: FieldGroup
FIELD_GROUP_TAGS: FieldGroup
FIELD_GROUP_COLLECTIONS: FieldGroup
FIELD_GROUP_IDS: FieldGroup
FIELD_GROUP_CAST: FieldGroup

class GroupPolicy(_message.Message):
    __slots__ = ("group", "policy", "chosen")
    GROUP_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    CHOSEN_FIELD_NUMBER: _ClassVar[int]
    group: FieldGroup
    policy: SyncPolicy
    chosen: bool
    def __init__(self, group: _Optional[_Union[FieldGroup, str]] = ..., policy: _Optional[_Union[SyncPolicy, str]] = ..., chosen: _Optional[bool] = ...) -> None: ...

class PlayerKind(_message.Message):
    __slots__ = ("kind", "fields", "cannot_take")
    class CannotTakeEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    KIND_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    CANNOT_TAKE_FIELD_NUMBER: _ClassVar[int]
    kind: _common_pb2.MediaKind
    fields: _containers.RepeatedScalarFieldContainer[str]
    cannot_take: _containers.ScalarMap[str, str]
    def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., fields: _Optional[_Iterable[str]] = ..., cannot_take: _Optional[_Mapping[str, str]] = ...) -> None: ...

class Player(_message.Message):
    __slots__ = ("id", "name", "host", "host_version", "adapter_version", "policy", "overwrite_edits", "added_at", "seen_at", "reported_at", "items", "pending_items", "not_taken_items", "edited_items", "kinds", "held_removals", "groups")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    HOST_VERSION_FIELD_NUMBER: _ClassVar[int]
    ADAPTER_VERSION_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    OVERWRITE_EDITS_FIELD_NUMBER: _ClassVar[int]
    ADDED_AT_FIELD_NUMBER: _ClassVar[int]
    SEEN_AT_FIELD_NUMBER: _ClassVar[int]
    REPORTED_AT_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PENDING_ITEMS_FIELD_NUMBER: _ClassVar[int]
    NOT_TAKEN_ITEMS_FIELD_NUMBER: _ClassVar[int]
    EDITED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    HELD_REMOVALS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    host: str
    host_version: str
    adapter_version: str
    policy: SyncPolicy
    overwrite_edits: bool
    added_at: _timestamp_pb2.Timestamp
    seen_at: _timestamp_pb2.Timestamp
    reported_at: _timestamp_pb2.Timestamp
    items: int
    pending_items: int
    not_taken_items: int
    edited_items: int
    kinds: _containers.RepeatedCompositeFieldContainer[PlayerKind]
    held_removals: int
    groups: _containers.RepeatedCompositeFieldContainer[GroupPolicy]
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., host: _Optional[str] = ..., host_version: _Optional[str] = ..., adapter_version: _Optional[str] = ..., policy: _Optional[_Union[SyncPolicy, str]] = ..., overwrite_edits: _Optional[bool] = ..., added_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., seen_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reported_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., items: _Optional[int] = ..., pending_items: _Optional[int] = ..., not_taken_items: _Optional[int] = ..., edited_items: _Optional[int] = ..., kinds: _Optional[_Iterable[_Union[PlayerKind, _Mapping]]] = ..., held_removals: _Optional[int] = ..., groups: _Optional[_Iterable[_Union[GroupPolicy, _Mapping]]] = ...) -> None: ...

class RegisterPlayerRequest(_message.Message):
    __slots__ = ("player_id", "name", "host", "host_version", "adapter_version", "instance", "take_over", "kinds", "tree")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    HOST_VERSION_FIELD_NUMBER: _ClassVar[int]
    ADAPTER_VERSION_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    TAKE_OVER_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    TREE_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    name: str
    host: str
    host_version: str
    adapter_version: str
    instance: str
    take_over: bool
    kinds: _containers.RepeatedCompositeFieldContainer[PlayerKind]
    tree: bool
    def __init__(self, player_id: _Optional[str] = ..., name: _Optional[str] = ..., host: _Optional[str] = ..., host_version: _Optional[str] = ..., adapter_version: _Optional[str] = ..., instance: _Optional[str] = ..., take_over: _Optional[bool] = ..., kinds: _Optional[_Iterable[_Union[PlayerKind, _Mapping]]] = ..., tree: _Optional[bool] = ...) -> None: ...

class RegisterPlayerResponse(_message.Message):
    __slots__ = ("player", "session", "store_id")
    PLAYER_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    player: Player
    session: str
    store_id: str
    def __init__(self, player: _Optional[_Union[Player, _Mapping]] = ..., session: _Optional[str] = ..., store_id: _Optional[str] = ...) -> None: ...

class ListPlayersRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListPlayersResponse(_message.Message):
    __slots__ = ("players",)
    PLAYERS_FIELD_NUMBER: _ClassVar[int]
    players: _containers.RepeatedCompositeFieldContainer[Player]
    def __init__(self, players: _Optional[_Iterable[_Union[Player, _Mapping]]] = ...) -> None: ...

class UpdatePlayerRequest(_message.Message):
    __slots__ = ("player_id", "name", "policy", "overwrite_edits", "update_mask", "groups")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    OVERWRITE_EDITS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    name: str
    policy: SyncPolicy
    overwrite_edits: bool
    update_mask: _field_mask_pb2.FieldMask
    groups: _containers.RepeatedCompositeFieldContainer[GroupPolicy]
    def __init__(self, player_id: _Optional[str] = ..., name: _Optional[str] = ..., policy: _Optional[_Union[SyncPolicy, str]] = ..., overwrite_edits: _Optional[bool] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., groups: _Optional[_Iterable[_Union[GroupPolicy, _Mapping]]] = ...) -> None: ...

class UpdatePlayerResponse(_message.Message):
    __slots__ = ("player",)
    PLAYER_FIELD_NUMBER: _ClassVar[int]
    player: Player
    def __init__(self, player: _Optional[_Union[Player, _Mapping]] = ...) -> None: ...

class RemovePlayerRequest(_message.Message):
    __slots__ = ("player_id",)
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    def __init__(self, player_id: _Optional[str] = ...) -> None: ...

class RemovePlayerResponse(_message.Message):
    __slots__ = ("deleted_items",)
    DELETED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    deleted_items: int
    def __init__(self, deleted_items: _Optional[int] = ...) -> None: ...

class PreviewSyncRequest(_message.Message):
    __slots__ = ("player_id", "policy", "samples", "groups")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    policy: SyncPolicy
    samples: int
    groups: _containers.RepeatedCompositeFieldContainer[GroupPolicy]
    def __init__(self, player_id: _Optional[str] = ..., policy: _Optional[_Union[SyncPolicy, str]] = ..., samples: _Optional[int] = ..., groups: _Optional[_Iterable[_Union[GroupPolicy, _Mapping]]] = ...) -> None: ...

class PreviewSyncResponse(_message.Message):
    __slots__ = ("items", "changed_items", "fields", "waiting_items", "groups")
    class Sample(_message.Message):
        __slots__ = ("item_id", "title", "host_value", "value")
        ITEM_ID_FIELD_NUMBER: _ClassVar[int]
        TITLE_FIELD_NUMBER: _ClassVar[int]
        HOST_VALUE_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        item_id: str
        title: str
        host_value: _struct_pb2.Value
        value: _struct_pb2.Value
        def __init__(self, item_id: _Optional[str] = ..., title: _Optional[str] = ..., host_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...
    class Field(_message.Message):
        __slots__ = ("kind", "field", "filled", "replaced", "kept", "samples", "added")
        KIND_FIELD_NUMBER: _ClassVar[int]
        FIELD_FIELD_NUMBER: _ClassVar[int]
        FILLED_FIELD_NUMBER: _ClassVar[int]
        REPLACED_FIELD_NUMBER: _ClassVar[int]
        KEPT_FIELD_NUMBER: _ClassVar[int]
        SAMPLES_FIELD_NUMBER: _ClassVar[int]
        ADDED_FIELD_NUMBER: _ClassVar[int]
        kind: _common_pb2.MediaKind
        field: str
        filled: int
        replaced: int
        kept: int
        samples: _containers.RepeatedCompositeFieldContainer[PreviewSyncResponse.Sample]
        added: int
        def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., field: _Optional[str] = ..., filled: _Optional[int] = ..., replaced: _Optional[int] = ..., kept: _Optional[int] = ..., samples: _Optional[_Iterable[_Union[PreviewSyncResponse.Sample, _Mapping]]] = ..., added: _Optional[int] = ...) -> None: ...
    class Group(_message.Message):
        __slots__ = ("kind", "group", "items", "changed_items", "replaced_items", "kept_items")
        KIND_FIELD_NUMBER: _ClassVar[int]
        GROUP_FIELD_NUMBER: _ClassVar[int]
        ITEMS_FIELD_NUMBER: _ClassVar[int]
        CHANGED_ITEMS_FIELD_NUMBER: _ClassVar[int]
        REPLACED_ITEMS_FIELD_NUMBER: _ClassVar[int]
        KEPT_ITEMS_FIELD_NUMBER: _ClassVar[int]
        kind: _common_pb2.MediaKind
        group: FieldGroup
        items: int
        changed_items: int
        replaced_items: int
        kept_items: int
        def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., group: _Optional[_Union[FieldGroup, str]] = ..., items: _Optional[int] = ..., changed_items: _Optional[int] = ..., replaced_items: _Optional[int] = ..., kept_items: _Optional[int] = ...) -> None: ...
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    WAITING_ITEMS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    items: int
    changed_items: int
    fields: _containers.RepeatedCompositeFieldContainer[PreviewSyncResponse.Field]
    waiting_items: int
    groups: _containers.RepeatedCompositeFieldContainer[PreviewSyncResponse.Group]
    def __init__(self, items: _Optional[int] = ..., changed_items: _Optional[int] = ..., fields: _Optional[_Iterable[_Union[PreviewSyncResponse.Field, _Mapping]]] = ..., waiting_items: _Optional[int] = ..., groups: _Optional[_Iterable[_Union[PreviewSyncResponse.Group, _Mapping]]] = ...) -> None: ...

class HostItem(_message.Message):
    __slots__ = ("host_key", "host_id", "kind", "title", "year", "ids", "fields", "series", "season_number", "episode_number", "readings")
    class FieldsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _struct_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...
    HOST_KEY_FIELD_NUMBER: _ClassVar[int]
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    SEASON_NUMBER_FIELD_NUMBER: _ClassVar[int]
    EPISODE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    READINGS_FIELD_NUMBER: _ClassVar[int]
    host_key: str
    host_id: str
    kind: _common_pb2.MediaKind
    title: str
    year: int
    ids: _containers.RepeatedCompositeFieldContainer[_common_pb2.ExternalId]
    fields: _containers.MessageMap[str, _struct_pb2.Value]
    series: _library_service_pb2.NewParent
    season_number: int
    episode_number: int
    readings: _containers.RepeatedCompositeFieldContainer[_library_service_pb2.TitleReading]
    def __init__(self, host_key: _Optional[str] = ..., host_id: _Optional[str] = ..., kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., title: _Optional[str] = ..., year: _Optional[int] = ..., ids: _Optional[_Iterable[_Union[_common_pb2.ExternalId, _Mapping]]] = ..., fields: _Optional[_Mapping[str, _struct_pb2.Value]] = ..., series: _Optional[_Union[_library_service_pb2.NewParent, _Mapping]] = ..., season_number: _Optional[int] = ..., episode_number: _Optional[int] = ..., readings: _Optional[_Iterable[_Union[_library_service_pb2.TitleReading, _Mapping]]] = ...) -> None: ...

class ReportItemsRequest(_message.Message):
    __slots__ = ("player_id", "session", "items", "removed_keys", "report_id", "complete", "keep_unreported")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_KEYS_FIELD_NUMBER: _ClassVar[int]
    REPORT_ID_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    KEEP_UNREPORTED_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    session: str
    items: _containers.RepeatedCompositeFieldContainer[HostItem]
    removed_keys: _containers.RepeatedScalarFieldContainer[str]
    report_id: str
    complete: bool
    keep_unreported: bool
    def __init__(self, player_id: _Optional[str] = ..., session: _Optional[str] = ..., items: _Optional[_Iterable[_Union[HostItem, _Mapping]]] = ..., removed_keys: _Optional[_Iterable[str]] = ..., report_id: _Optional[str] = ..., complete: _Optional[bool] = ..., keep_unreported: _Optional[bool] = ...) -> None: ...

class ReportItemsResponse(_message.Message):
    __slots__ = ("results", "removed", "held_removals")
    class Result(_message.Message):
        __slots__ = ("host_key", "item_id", "created", "problems")
        HOST_KEY_FIELD_NUMBER: _ClassVar[int]
        ITEM_ID_FIELD_NUMBER: _ClassVar[int]
        CREATED_FIELD_NUMBER: _ClassVar[int]
        PROBLEMS_FIELD_NUMBER: _ClassVar[int]
        host_key: str
        item_id: str
        created: bool
        problems: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, host_key: _Optional[str] = ..., item_id: _Optional[str] = ..., created: _Optional[bool] = ..., problems: _Optional[_Iterable[str]] = ...) -> None: ...
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    HELD_REMOVALS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[ReportItemsResponse.Result]
    removed: int
    held_removals: int
    def __init__(self, results: _Optional[_Iterable[_Union[ReportItemsResponse.Result, _Mapping]]] = ..., removed: _Optional[int] = ..., held_removals: _Optional[int] = ...) -> None: ...

class FetchImageRequest(_message.Message):
    __slots__ = ("player_id", "session", "host_key", "url")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    HOST_KEY_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    session: str
    host_key: str
    url: str
    def __init__(self, player_id: _Optional[str] = ..., session: _Optional[str] = ..., host_key: _Optional[str] = ..., url: _Optional[str] = ...) -> None: ...

class FetchImageResponse(_message.Message):
    __slots__ = ("sha256", "media_type", "size", "why", "retry_at")
    SHA256_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    RETRY_AT_FIELD_NUMBER: _ClassVar[int]
    sha256: str
    media_type: str
    size: int
    why: str
    retry_at: _timestamp_pb2.Timestamp
    def __init__(self, sha256: _Optional[str] = ..., media_type: _Optional[str] = ..., size: _Optional[int] = ..., why: _Optional[str] = ..., retry_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AcceptGoneRequest(_message.Message):
    __slots__ = ("player_id",)
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    def __init__(self, player_id: _Optional[str] = ...) -> None: ...

class AcceptGoneResponse(_message.Message):
    __slots__ = ("removed", "deleted_items")
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    DELETED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    removed: int
    deleted_items: int
    def __init__(self, removed: _Optional[int] = ..., deleted_items: _Optional[int] = ...) -> None: ...

class ListPendingItemsRequest(_message.Message):
    __slots__ = ("player_id", "session", "page_size", "page_token")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    session: str
    page_size: int
    page_token: str
    def __init__(self, player_id: _Optional[str] = ..., session: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPendingItemsResponse(_message.Message):
    __slots__ = ("items", "next_page_token", "policy_needed", "store_id")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    POLICY_NEEDED_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[PendingItem]
    next_page_token: str
    policy_needed: bool
    store_id: str
    def __init__(self, items: _Optional[_Iterable[_Union[PendingItem, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., policy_needed: _Optional[bool] = ..., store_id: _Optional[str] = ...) -> None: ...

class PendingItem(_message.Message):
    __slots__ = ("host_key", "host_id", "kind", "item_id", "title", "sequence", "fields")
    HOST_KEY_FIELD_NUMBER: _ClassVar[int]
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    host_key: str
    host_id: str
    kind: _common_pb2.MediaKind
    item_id: str
    title: str
    sequence: int
    fields: _containers.RepeatedCompositeFieldContainer[PendingField]
    def __init__(self, host_key: _Optional[str] = ..., host_id: _Optional[str] = ..., kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., item_id: _Optional[str] = ..., title: _Optional[str] = ..., sequence: _Optional[int] = ..., fields: _Optional[_Iterable[_Union[PendingField, _Mapping]]] = ...) -> None: ...

class PendingField(_message.Message):
    __slots__ = ("name", "value", "mode", "ours")
    class Mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MODE_UNSPECIFIED: _ClassVar[PendingField.Mode]
        MODE_ALWAYS: _ClassVar[PendingField.Mode]
        MODE_IF_EMPTY: _ClassVar[PendingField.Mode]
        MODE_IF_OURS: _ClassVar[PendingField.Mode]
        MODE_UNION: _ClassVar[PendingField.Mode]
    MODE_UNSPECIFIED: PendingField.Mode
    MODE_ALWAYS: PendingField.Mode
    MODE_IF_EMPTY: PendingField.Mode
    MODE_IF_OURS: PendingField.Mode
    MODE_UNION: PendingField.Mode
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    OURS_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: _struct_pb2.Value
    mode: PendingField.Mode
    ours: _containers.RepeatedCompositeFieldContainer[_struct_pb2.Value]
    def __init__(self, name: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., mode: _Optional[_Union[PendingField.Mode, str]] = ..., ours: _Optional[_Iterable[_Union[_struct_pb2.Value, _Mapping]]] = ...) -> None: ...

class WatchPendingItemsRequest(_message.Message):
    __slots__ = ("player_id", "session", "after_sequence")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    session: str
    after_sequence: int
    def __init__(self, player_id: _Optional[str] = ..., session: _Optional[str] = ..., after_sequence: _Optional[int] = ...) -> None: ...

class WatchPendingItemsResponse(_message.Message):
    __slots__ = ("sequence", "pending_items", "heartbeat")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    PENDING_ITEMS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    pending_items: int
    heartbeat: bool
    def __init__(self, sequence: _Optional[int] = ..., pending_items: _Optional[int] = ..., heartbeat: _Optional[bool] = ...) -> None: ...

class Ack(_message.Message):
    __slots__ = ("host_key", "sequence", "fields")
    class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OUTCOME_UNSPECIFIED: _ClassVar[Ack.Outcome]
        OUTCOME_TAKEN: _ClassVar[Ack.Outcome]
        OUTCOME_EDITED: _ClassVar[Ack.Outcome]
        OUTCOME_KEPT: _ClassVar[Ack.Outcome]
        OUTCOME_REFUSED: _ClassVar[Ack.Outcome]
    OUTCOME_UNSPECIFIED: Ack.Outcome
    OUTCOME_TAKEN: Ack.Outcome
    OUTCOME_EDITED: Ack.Outcome
    OUTCOME_KEPT: Ack.Outcome
    OUTCOME_REFUSED: Ack.Outcome
    class Field(_message.Message):
        __slots__ = ("name", "outcome", "host_value", "detail")
        NAME_FIELD_NUMBER: _ClassVar[int]
        OUTCOME_FIELD_NUMBER: _ClassVar[int]
        HOST_VALUE_FIELD_NUMBER: _ClassVar[int]
        DETAIL_FIELD_NUMBER: _ClassVar[int]
        name: str
        outcome: Ack.Outcome
        host_value: _struct_pb2.Value
        detail: str
        def __init__(self, name: _Optional[str] = ..., outcome: _Optional[_Union[Ack.Outcome, str]] = ..., host_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., detail: _Optional[str] = ...) -> None: ...
    HOST_KEY_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    host_key: str
    sequence: int
    fields: _containers.RepeatedCompositeFieldContainer[Ack.Field]
    def __init__(self, host_key: _Optional[str] = ..., sequence: _Optional[int] = ..., fields: _Optional[_Iterable[_Union[Ack.Field, _Mapping]]] = ...) -> None: ...

class AckItemsRequest(_message.Message):
    __slots__ = ("player_id", "session", "store_id", "acks")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    ACKS_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    session: str
    store_id: str
    acks: _containers.RepeatedCompositeFieldContainer[Ack]
    def __init__(self, player_id: _Optional[str] = ..., session: _Optional[str] = ..., store_id: _Optional[str] = ..., acks: _Optional[_Iterable[_Union[Ack, _Mapping]]] = ...) -> None: ...

class AckItemsResponse(_message.Message):
    __slots__ = ("statuses",)
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[AckItemsResponse.Status]
        STATUS_CLEARED: _ClassVar[AckItemsResponse.Status]
        STATUS_SUPERSEDED: _ClassVar[AckItemsResponse.Status]
        STATUS_REPEATED: _ClassVar[AckItemsResponse.Status]
        STATUS_GONE: _ClassVar[AckItemsResponse.Status]
    STATUS_UNSPECIFIED: AckItemsResponse.Status
    STATUS_CLEARED: AckItemsResponse.Status
    STATUS_SUPERSEDED: AckItemsResponse.Status
    STATUS_REPEATED: AckItemsResponse.Status
    STATUS_GONE: AckItemsResponse.Status
    STATUSES_FIELD_NUMBER: _ClassVar[int]
    statuses: _containers.RepeatedScalarFieldContainer[AckItemsResponse.Status]
    def __init__(self, statuses: _Optional[_Iterable[_Union[AckItemsResponse.Status, str]]] = ...) -> None: ...

class ListPlayerItemsRequest(_message.Message):
    __slots__ = ("player_id", "state", "host_keys", "page_size", "page_token")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[ListPlayerItemsRequest.State]
        STATE_PENDING: _ClassVar[ListPlayerItemsRequest.State]
        STATE_NOT_TAKEN: _ClassVar[ListPlayerItemsRequest.State]
    STATE_UNSPECIFIED: ListPlayerItemsRequest.State
    STATE_PENDING: ListPlayerItemsRequest.State
    STATE_NOT_TAKEN: ListPlayerItemsRequest.State
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    HOST_KEYS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    state: ListPlayerItemsRequest.State
    host_keys: _containers.RepeatedScalarFieldContainer[str]
    page_size: int
    page_token: str
    def __init__(self, player_id: _Optional[str] = ..., state: _Optional[_Union[ListPlayerItemsRequest.State, str]] = ..., host_keys: _Optional[_Iterable[str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPlayerItemsResponse(_message.Message):
    __slots__ = ("items", "next_page_token")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[PlayerItem]
    next_page_token: str
    def __init__(self, items: _Optional[_Iterable[_Union[PlayerItem, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class PlayerItem(_message.Message):
    __slots__ = ("host_key", "host_id", "item_id", "kind", "title", "pending_fields", "not_taken", "series_title", "season_number", "episode_number")
    class NotTaken(_message.Message):
        __slots__ = ("field", "outcome", "host_value", "value", "detail")
        FIELD_FIELD_NUMBER: _ClassVar[int]
        OUTCOME_FIELD_NUMBER: _ClassVar[int]
        HOST_VALUE_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        DETAIL_FIELD_NUMBER: _ClassVar[int]
        field: str
        outcome: Ack.Outcome
        host_value: _struct_pb2.Value
        value: _struct_pb2.Value
        detail: str
        def __init__(self, field: _Optional[str] = ..., outcome: _Optional[_Union[Ack.Outcome, str]] = ..., host_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., detail: _Optional[str] = ...) -> None: ...
    HOST_KEY_FIELD_NUMBER: _ClassVar[int]
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELDS_FIELD_NUMBER: _ClassVar[int]
    NOT_TAKEN_FIELD_NUMBER: _ClassVar[int]
    SERIES_TITLE_FIELD_NUMBER: _ClassVar[int]
    SEASON_NUMBER_FIELD_NUMBER: _ClassVar[int]
    EPISODE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    host_key: str
    host_id: str
    item_id: str
    kind: _common_pb2.MediaKind
    title: str
    pending_fields: _containers.RepeatedScalarFieldContainer[str]
    not_taken: _containers.RepeatedCompositeFieldContainer[PlayerItem.NotTaken]
    series_title: str
    season_number: int
    episode_number: int
    def __init__(self, host_key: _Optional[str] = ..., host_id: _Optional[str] = ..., item_id: _Optional[str] = ..., kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., title: _Optional[str] = ..., pending_fields: _Optional[_Iterable[str]] = ..., not_taken: _Optional[_Iterable[_Union[PlayerItem.NotTaken, _Mapping]]] = ..., series_title: _Optional[str] = ..., season_number: _Optional[int] = ..., episode_number: _Optional[int] = ...) -> None: ...

class ResendItemsRequest(_message.Message):
    __slots__ = ("player_id", "host_keys", "fields")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    HOST_KEYS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    host_keys: _containers.RepeatedScalarFieldContainer[str]
    fields: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, player_id: _Optional[str] = ..., host_keys: _Optional[_Iterable[str]] = ..., fields: _Optional[_Iterable[str]] = ...) -> None: ...

class ResendItemsResponse(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: int
    def __init__(self, items: _Optional[int] = ...) -> None: ...

class StartPairingRequest(_message.Message):
    __slots__ = ("player_id", "name")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    name: str
    def __init__(self, player_id: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class StartPairingResponse(_message.Message):
    __slots__ = ("code", "claim", "seconds")
    CODE_FIELD_NUMBER: _ClassVar[int]
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    code: str
    claim: str
    seconds: int
    def __init__(self, code: _Optional[str] = ..., claim: _Optional[str] = ..., seconds: _Optional[int] = ...) -> None: ...

class ClaimPairingRequest(_message.Message):
    __slots__ = ("claim",)
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    claim: str
    def __init__(self, claim: _Optional[str] = ...) -> None: ...

class ClaimPairingResponse(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: str
    def __init__(self, token: _Optional[str] = ...) -> None: ...

class ApprovePairingRequest(_message.Message):
    __slots__ = ("code",)
    CODE_FIELD_NUMBER: _ClassVar[int]
    code: str
    def __init__(self, code: _Optional[str] = ...) -> None: ...

class ApprovePairingResponse(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: PlayerToken
    def __init__(self, token: _Optional[_Union[PlayerToken, _Mapping]] = ...) -> None: ...

class PlayerToken(_message.Message):
    __slots__ = ("id", "player_id", "name", "added_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ADDED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    player_id: str
    name: str
    added_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., player_id: _Optional[str] = ..., name: _Optional[str] = ..., added_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListPlayerTokensRequest(_message.Message):
    __slots__ = ("player_id",)
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    def __init__(self, player_id: _Optional[str] = ...) -> None: ...

class ListPlayerTokensResponse(_message.Message):
    __slots__ = ("tokens",)
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    tokens: _containers.RepeatedCompositeFieldContainer[PlayerToken]
    def __init__(self, tokens: _Optional[_Iterable[_Union[PlayerToken, _Mapping]]] = ...) -> None: ...

class RevokePlayerTokenRequest(_message.Message):
    __slots__ = ("token_id",)
    TOKEN_ID_FIELD_NUMBER: _ClassVar[int]
    token_id: str
    def __init__(self, token_id: _Optional[str] = ...) -> None: ...

class RevokePlayerTokenResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
