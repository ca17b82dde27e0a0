from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from metarr.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ItemOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ITEM_ORDER_UNSPECIFIED: _ClassVar[ItemOrder]
    ITEM_ORDER_TITLE: _ClassVar[ItemOrder]
    ITEM_ORDER_YEAR: _ClassVar[ItemOrder]
    ITEM_ORDER_ADDED: _ClassVar[ItemOrder]
    ITEM_ORDER_ENRICHED: _ClassVar[ItemOrder]
ITEM_ORDER_UNSPECIFIED: ItemOrder
ITEM_ORDER_TITLE: ItemOrder
ITEM_ORDER_YEAR: ItemOrder
ITEM_ORDER_ADDED: ItemOrder
ITEM_ORDER_ENRICHED: ItemOrder

class NewItem(_message.Message):
    __slots__ = ("kind", "title", "year", "ids", "fields", "source", "lock_all", "series", "season_number", "episode_number", "readings", "file", "part", "lock_fields")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    LOCK_ALL_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    SEASON_NUMBER_FIELD_NUMBER: _ClassVar[int]
    EPISODE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    READINGS_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    LOCK_FIELDS_FIELD_NUMBER: _ClassVar[int]
    kind: _common_pb2.MediaKind
    title: str
    year: int
    ids: _containers.RepeatedCompositeFieldContainer[_common_pb2.ExternalId]
    fields: _containers.RepeatedCompositeFieldContainer[ReportedField]
    source: str
    lock_all: bool
    series: NewParent
    season_number: int
    episode_number: int
    readings: _containers.RepeatedCompositeFieldContainer[TitleReading]
    file: str
    part: str
    lock_fields: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., title: _Optional[str] = ..., year: _Optional[int] = ..., ids: _Optional[_Iterable[_Union[_common_pb2.ExternalId, _Mapping]]] = ..., fields: _Optional[_Iterable[_Union[ReportedField, _Mapping]]] = ..., source: _Optional[str] = ..., lock_all: _Optional[bool] = ..., series: _Optional[_Union[NewParent, _Mapping]] = ..., season_number: _Optional[int] = ..., episode_number: _Optional[int] = ..., readings: _Optional[_Iterable[_Union[TitleReading, _Mapping]]] = ..., file: _Optional[str] = ..., part: _Optional[str] = ..., lock_fields: _Optional[_Iterable[str]] = ...) -> None: ...

class TitleReading(_message.Message):
    __slots__ = ("title", "year")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    title: str
    year: int
    def __init__(self, title: _Optional[str] = ..., year: _Optional[int] = ...) -> None: ...

class ReportedField(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: _struct_pb2.Value
    def __init__(self, name: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class NewParent(_message.Message):
    __slots__ = ("title", "year", "ids", "file")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    title: str
    year: int
    ids: _containers.RepeatedCompositeFieldContainer[_common_pb2.ExternalId]
    file: str
    def __init__(self, title: _Optional[str] = ..., year: _Optional[int] = ..., ids: _Optional[_Iterable[_Union[_common_pb2.ExternalId, _Mapping]]] = ..., file: _Optional[str] = ...) -> None: ...

class UpsertItemsRequest(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[NewItem]
    def __init__(self, items: _Optional[_Iterable[_Union[NewItem, _Mapping]]] = ...) -> None: ...

class UpsertItemsResponse(_message.Message):
    __slots__ = ("results",)
    class Result(_message.Message):
        __slots__ = ("item", "created", "restored", "deleted", "changed", "new_ids")
        ITEM_FIELD_NUMBER: _ClassVar[int]
        CREATED_FIELD_NUMBER: _ClassVar[int]
        RESTORED_FIELD_NUMBER: _ClassVar[int]
        DELETED_FIELD_NUMBER: _ClassVar[int]
        CHANGED_FIELD_NUMBER: _ClassVar[int]
        NEW_IDS_FIELD_NUMBER: _ClassVar[int]
        item: _common_pb2.Item
        created: bool
        restored: bool
        deleted: bool
        changed: bool
        new_ids: int
        def __init__(self, item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., created: _Optional[bool] = ..., restored: _Optional[bool] = ..., deleted: _Optional[bool] = ..., changed: _Optional[bool] = ..., new_ids: _Optional[int] = ...) -> None: ...
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[UpsertItemsResponse.Result]
    def __init__(self, results: _Optional[_Iterable[_Union[UpsertItemsResponse.Result, _Mapping]]] = ...) -> None: ...

class GetItemRequest(_message.Message):
    __slots__ = ("item_id", "explain")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    explain: bool
    def __init__(self, item_id: _Optional[str] = ..., explain: _Optional[bool] = ...) -> None: ...

class GetItemResponse(_message.Message):
    __slots__ = ("item", "players", "dismissed_conflicts")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    PLAYERS_FIELD_NUMBER: _ClassVar[int]
    DISMISSED_CONFLICTS_FIELD_NUMBER: _ClassVar[int]
    item: _common_pb2.Item
    players: _containers.RepeatedCompositeFieldContainer[ItemPlayer]
    dismissed_conflicts: _containers.RepeatedCompositeFieldContainer[_common_pb2.IdConflict]
    def __init__(self, item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., players: _Optional[_Iterable[_Union[ItemPlayer, _Mapping]]] = ..., dismissed_conflicts: _Optional[_Iterable[_Union[_common_pb2.IdConflict, _Mapping]]] = ...) -> None: ...

class ItemPlayer(_message.Message):
    __slots__ = ("player_id", "name", "host_key", "pending_fields", "not_taken_fields")
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    HOST_KEY_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELDS_FIELD_NUMBER: _ClassVar[int]
    NOT_TAKEN_FIELDS_FIELD_NUMBER: _ClassVar[int]
    player_id: str
    name: str
    host_key: str
    pending_fields: _containers.RepeatedScalarFieldContainer[str]
    not_taken_fields: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, player_id: _Optional[str] = ..., name: _Optional[str] = ..., host_key: _Optional[str] = ..., pending_fields: _Optional[_Iterable[str]] = ..., not_taken_fields: _Optional[_Iterable[str]] = ...) -> None: ...

class UpdateItemRequest(_message.Message):
    __slots__ = ("item_id", "fields", "lock_fields", "unlock_fields", "lock_all", "unlock_all", "monitored", "ids", "update_mask", "etag", "lock_below")
    class FieldsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _struct_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    LOCK_FIELDS_FIELD_NUMBER: _ClassVar[int]
    UNLOCK_FIELDS_FIELD_NUMBER: _ClassVar[int]
    LOCK_ALL_FIELD_NUMBER: _ClassVar[int]
    UNLOCK_ALL_FIELD_NUMBER: _ClassVar[int]
    MONITORED_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    LOCK_BELOW_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    fields: _containers.MessageMap[str, _struct_pb2.Value]
    lock_fields: _containers.RepeatedScalarFieldContainer[str]
    unlock_fields: _containers.RepeatedScalarFieldContainer[str]
    lock_all: bool
    unlock_all: bool
    monitored: bool
    ids: _containers.RepeatedCompositeFieldContainer[_common_pb2.ExternalId]
    update_mask: _field_mask_pb2.FieldMask
    etag: str
    lock_below: bool
    def __init__(self, item_id: _Optional[str] = ..., fields: _Optional[_Mapping[str, _struct_pb2.Value]] = ..., lock_fields: _Optional[_Iterable[str]] = ..., unlock_fields: _Optional[_Iterable[str]] = ..., lock_all: _Optional[bool] = ..., unlock_all: _Optional[bool] = ..., monitored: _Optional[bool] = ..., ids: _Optional[_Iterable[_Union[_common_pb2.ExternalId, _Mapping]]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., etag: _Optional[str] = ..., lock_below: _Optional[bool] = ...) -> None: ...

class UpdateItemResponse(_message.Message):
    __slots__ = ("item", "changes", "change_set_id")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    CHANGE_SET_ID_FIELD_NUMBER: _ClassVar[int]
    item: _common_pb2.Item
    changes: _containers.RepeatedCompositeFieldContainer[_common_pb2.FieldChange]
    change_set_id: str
    def __init__(self, item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., changes: _Optional[_Iterable[_Union[_common_pb2.FieldChange, _Mapping]]] = ..., change_set_id: _Optional[str] = ...) -> None: ...

class DeleteItemsRequest(_message.Message):
    __slots__ = ("item_ids",)
    ITEM_IDS_FIELD_NUMBER: _ClassVar[int]
    item_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, item_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class DeleteItemsResponse(_message.Message):
    __slots__ = ("item_ids",)
    ITEM_IDS_FIELD_NUMBER: _ClassVar[int]
    item_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, item_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class RestoreItemsRequest(_message.Message):
    __slots__ = ("item_ids",)
    ITEM_IDS_FIELD_NUMBER: _ClassVar[int]
    item_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, item_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class RestoreItemsResponse(_message.Message):
    __slots__ = ("item_ids",)
    ITEM_IDS_FIELD_NUMBER: _ClassVar[int]
    item_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, item_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SplitItemRequest(_message.Message):
    __slots__ = ("item_id", "joined_item_id")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    JOINED_ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    joined_item_id: str
    def __init__(self, item_id: _Optional[str] = ..., joined_item_id: _Optional[str] = ...) -> None: ...

class SplitItemResponse(_message.Message):
    __slots__ = ("item", "split_item")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    SPLIT_ITEM_FIELD_NUMBER: _ClassVar[int]
    item: _common_pb2.Item
    split_item: _common_pb2.Item
    def __init__(self, item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., split_item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ...) -> None: ...

class ListArtworkRequest(_message.Message):
    __slots__ = ("item_id", "field", "languages", "providers", "page_size", "page_token")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    field: str
    languages: _containers.RepeatedScalarFieldContainer[str]
    providers: _containers.RepeatedScalarFieldContainer[str]
    page_size: int
    page_token: str
    def __init__(self, item_id: _Optional[str] = ..., field: _Optional[str] = ..., languages: _Optional[_Iterable[str]] = ..., providers: _Optional[_Iterable[str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ArtworkCandidate(_message.Message):
    __slots__ = ("url", "preview_url", "provider", "width", "height", "language", "votes", "chosen", "why_not")
    URL_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_URL_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    VOTES_FIELD_NUMBER: _ClassVar[int]
    CHOSEN_FIELD_NUMBER: _ClassVar[int]
    WHY_NOT_FIELD_NUMBER: _ClassVar[int]
    url: str
    preview_url: str
    provider: str
    width: int
    height: int
    language: str
    votes: float
    chosen: bool
    why_not: str
    def __init__(self, url: _Optional[str] = ..., preview_url: _Optional[str] = ..., provider: _Optional[str] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., language: _Optional[str] = ..., votes: _Optional[float] = ..., chosen: _Optional[bool] = ..., why_not: _Optional[str] = ...) -> None: ...

class ListArtworkResponse(_message.Message):
    __slots__ = ("artwork", "next_page_token", "total_size", "languages", "providers")
    ARTWORK_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    artwork: _containers.RepeatedCompositeFieldContainer[ArtworkCandidate]
    next_page_token: str
    total_size: int
    languages: _containers.RepeatedScalarFieldContainer[str]
    providers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, artwork: _Optional[_Iterable[_Union[ArtworkCandidate, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ..., languages: _Optional[_Iterable[str]] = ..., providers: _Optional[_Iterable[str]] = ...) -> None: ...

class DismissConflictRequest(_message.Message):
    __slots__ = ("item_id", "type", "value", "claimed_by", "restore")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CLAIMED_BY_FIELD_NUMBER: _ClassVar[int]
    RESTORE_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    type: str
    value: str
    claimed_by: str
    restore: bool
    def __init__(self, item_id: _Optional[str] = ..., type: _Optional[str] = ..., value: _Optional[str] = ..., claimed_by: _Optional[str] = ..., restore: _Optional[bool] = ...) -> None: ...

class DismissConflictResponse(_message.Message):
    __slots__ = ("item",)
    ITEM_FIELD_NUMBER: _ClassVar[int]
    item: _common_pb2.Item
    def __init__(self, item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ...) -> None: ...

class ListItemsRequest(_message.Message):
    __slots__ = ("kind", "page_size", "page_token", "title_contains", "parent_id", "filter", "order_by", "descending", "with_missing_fields")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TITLE_CONTAINS_FIELD_NUMBER: _ClassVar[int]
    PARENT_ID_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    DESCENDING_FIELD_NUMBER: _ClassVar[int]
    WITH_MISSING_FIELDS_FIELD_NUMBER: _ClassVar[int]
    kind: _common_pb2.MediaKind
    page_size: int
    page_token: str
    title_contains: str
    parent_id: str
    filter: _common_pb2.ItemFilter
    order_by: ItemOrder
    descending: bool
    with_missing_fields: bool
    def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., title_contains: _Optional[str] = ..., parent_id: _Optional[str] = ..., filter: _Optional[_Union[_common_pb2.ItemFilter, _Mapping]] = ..., order_by: _Optional[_Union[ItemOrder, str]] = ..., descending: _Optional[bool] = ..., with_missing_fields: _Optional[bool] = ...) -> None: ...

class ListItemsResponse(_message.Message):
    __slots__ = ("items", "next_page_token", "total_size")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[_common_pb2.Item]
    next_page_token: str
    total_size: int
    def __init__(self, items: _Optional[_Iterable[_Union[_common_pb2.Item, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class GetSeriesTreeRequest(_message.Message):
    __slots__ = ("item_id",)
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    def __init__(self, item_id: _Optional[str] = ...) -> None: ...

class GetSeriesTreeResponse(_message.Message):
    __slots__ = ("item", "seasons")
    class Season(_message.Message):
        __slots__ = ("season_number", "item", "episodes", "missing")
        SEASON_NUMBER_FIELD_NUMBER: _ClassVar[int]
        ITEM_FIELD_NUMBER: _ClassVar[int]
        EPISODES_FIELD_NUMBER: _ClassVar[int]
        MISSING_FIELD_NUMBER: _ClassVar[int]
        season_number: int
        item: _common_pb2.Item
        episodes: _containers.RepeatedCompositeFieldContainer[GetSeriesTreeResponse.Episode]
        missing: int
        def __init__(self, season_number: _Optional[int] = ..., item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., episodes: _Optional[_Iterable[_Union[GetSeriesTreeResponse.Episode, _Mapping]]] = ..., missing: _Optional[int] = ...) -> None: ...
    class Episode(_message.Message):
        __slots__ = ("episode_number", "item", "missing", "title", "release_date", "entries")
        EPISODE_NUMBER_FIELD_NUMBER: _ClassVar[int]
        ITEM_FIELD_NUMBER: _ClassVar[int]
        MISSING_FIELD_NUMBER: _ClassVar[int]
        TITLE_FIELD_NUMBER: _ClassVar[int]
        RELEASE_DATE_FIELD_NUMBER: _ClassVar[int]
        ENTRIES_FIELD_NUMBER: _ClassVar[int]
        episode_number: int
        item: _common_pb2.Item
        missing: bool
        title: str
        release_date: str
        entries: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, episode_number: _Optional[int] = ..., item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., missing: _Optional[bool] = ..., title: _Optional[str] = ..., release_date: _Optional[str] = ..., entries: _Optional[_Iterable[str]] = ...) -> None: ...
    ITEM_FIELD_NUMBER: _ClassVar[int]
    SEASONS_FIELD_NUMBER: _ClassVar[int]
    item: _common_pb2.Item
    seasons: _containers.RepeatedCompositeFieldContainer[GetSeriesTreeResponse.Season]
    def __init__(self, item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., seasons: _Optional[_Iterable[_Union[GetSeriesTreeResponse.Season, _Mapping]]] = ...) -> None: ...

class EpisodePairing(_message.Message):
    __slots__ = ("provider", "entry", "state", "season_number", "episode_number", "title", "release_date", "item", "rule", "numbered_otherwise")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[EpisodePairing.State]
        STATE_PAIRED: _ClassVar[EpisodePairing.State]
        STATE_MISSING: _ClassVar[EpisodePairing.State]
        STATE_OPEN: _ClassVar[EpisodePairing.State]
        STATE_REFUSED: _ClassVar[EpisodePairing.State]
    STATE_UNSPECIFIED: EpisodePairing.State
    STATE_PAIRED: EpisodePairing.State
    STATE_MISSING: EpisodePairing.State
    STATE_OPEN: EpisodePairing.State
    STATE_REFUSED: EpisodePairing.State
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SEASON_NUMBER_FIELD_NUMBER: _ClassVar[int]
    EPISODE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    RELEASE_DATE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    NUMBERED_OTHERWISE_FIELD_NUMBER: _ClassVar[int]
    provider: str
    entry: str
    state: EpisodePairing.State
    season_number: int
    episode_number: int
    title: str
    release_date: str
    item: _common_pb2.Item
    rule: str
    numbered_otherwise: bool
    def __init__(self, provider: _Optional[str] = ..., entry: _Optional[str] = ..., state: _Optional[_Union[EpisodePairing.State, str]] = ..., season_number: _Optional[int] = ..., episode_number: _Optional[int] = ..., title: _Optional[str] = ..., release_date: _Optional[str] = ..., item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., rule: _Optional[str] = ..., numbered_otherwise: _Optional[bool] = ...) -> None: ...

class ListPairingsRequest(_message.Message):
    __slots__ = ("item_id", "provider", "state")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    provider: str
    state: EpisodePairing.State
    def __init__(self, item_id: _Optional[str] = ..., provider: _Optional[str] = ..., state: _Optional[_Union[EpisodePairing.State, str]] = ...) -> None: ...

class ListPairingsResponse(_message.Message):
    __slots__ = ("pairings",)
    PAIRINGS_FIELD_NUMBER: _ClassVar[int]
    pairings: _containers.RepeatedCompositeFieldContainer[EpisodePairing]
    def __init__(self, pairings: _Optional[_Iterable[_Union[EpisodePairing, _Mapping]]] = ...) -> None: ...

class SetPairingRequest(_message.Message):
    __slots__ = ("series_id", "entry", "item_id", "clear")
    SERIES_ID_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    CLEAR_FIELD_NUMBER: _ClassVar[int]
    series_id: str
    entry: str
    item_id: str
    clear: bool
    def __init__(self, series_id: _Optional[str] = ..., entry: _Optional[str] = ..., item_id: _Optional[str] = ..., clear: _Optional[bool] = ...) -> None: ...

class SetPairingResponse(_message.Message):
    __slots__ = ("pairing", "changed_items", "group_id")
    PAIRING_FIELD_NUMBER: _ClassVar[int]
    CHANGED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    pairing: EpisodePairing
    changed_items: int
    group_id: str
    def __init__(self, pairing: _Optional[_Union[EpisodePairing, _Mapping]] = ..., changed_items: _Optional[int] = ..., group_id: _Optional[str] = ...) -> None: ...

class GetLibrarySummaryRequest(_message.Message):
    __slots__ = ("filter", "kinds_only")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    KINDS_ONLY_FIELD_NUMBER: _ClassVar[int]
    filter: _common_pb2.ItemFilter
    kinds_only: bool
    def __init__(self, filter: _Optional[_Union[_common_pb2.ItemFilter, _Mapping]] = ..., kinds_only: _Optional[bool] = ...) -> None: ...

class GetLibrarySummaryResponse(_message.Message):
    __slots__ = ("kinds", "fields")
    class KindSummary(_message.Message):
        __slots__ = ("kind", "items", "never_enriched", "unmonitored", "locked", "conflicts", "unidentified", "pending_by_provider", "by_player", "undecided")
        class PendingByProviderEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: int
            def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
        class ByPlayerEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: int
            def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
        KIND_FIELD_NUMBER: _ClassVar[int]
        ITEMS_FIELD_NUMBER: _ClassVar[int]
        NEVER_ENRICHED_FIELD_NUMBER: _ClassVar[int]
        UNMONITORED_FIELD_NUMBER: _ClassVar[int]
        LOCKED_FIELD_NUMBER: _ClassVar[int]
        CONFLICTS_FIELD_NUMBER: _ClassVar[int]
        UNIDENTIFIED_FIELD_NUMBER: _ClassVar[int]
        PENDING_BY_PROVIDER_FIELD_NUMBER: _ClassVar[int]
        BY_PLAYER_FIELD_NUMBER: _ClassVar[int]
        UNDECIDED_FIELD_NUMBER: _ClassVar[int]
        kind: _common_pb2.MediaKind
        items: int
        never_enriched: int
        unmonitored: int
        locked: int
        conflicts: int
        unidentified: int
        pending_by_provider: _containers.ScalarMap[str, int]
        by_player: _containers.ScalarMap[str, int]
        undecided: int
        def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., items: _Optional[int] = ..., never_enriched: _Optional[int] = ..., unmonitored: _Optional[int] = ..., locked: _Optional[int] = ..., conflicts: _Optional[int] = ..., unidentified: _Optional[int] = ..., pending_by_provider: _Optional[_Mapping[str, int]] = ..., by_player: _Optional[_Mapping[str, int]] = ..., undecided: _Optional[int] = ...) -> None: ...
    class FieldSummary(_message.Message):
        __slots__ = ("kind", "field", "filled", "locked", "held", "by_source")
        class BySourceEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: int
            def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
        KIND_FIELD_NUMBER: _ClassVar[int]
        FIELD_FIELD_NUMBER: _ClassVar[int]
        FILLED_FIELD_NUMBER: _ClassVar[int]
        LOCKED_FIELD_NUMBER: _ClassVar[int]
        HELD_FIELD_NUMBER: _ClassVar[int]
        BY_SOURCE_FIELD_NUMBER: _ClassVar[int]
        kind: _common_pb2.MediaKind
        field: str
        filled: int
        locked: int
        held: int
        by_source: _containers.ScalarMap[str, int]
        def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., field: _Optional[str] = ..., filled: _Optional[int] = ..., locked: _Optional[int] = ..., held: _Optional[int] = ..., by_source: _Optional[_Mapping[str, int]] = ...) -> None: ...
    KINDS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    kinds: _containers.RepeatedCompositeFieldContainer[GetLibrarySummaryResponse.KindSummary]
    fields: _containers.RepeatedCompositeFieldContainer[GetLibrarySummaryResponse.FieldSummary]
    def __init__(self, kinds: _Optional[_Iterable[_Union[GetLibrarySummaryResponse.KindSummary, _Mapping]]] = ..., fields: _Optional[_Iterable[_Union[GetLibrarySummaryResponse.FieldSummary, _Mapping]]] = ...) -> None: ...

class ListSeriesOrdersRequest(_message.Message):
    __slots__ = ("item_id",)
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    def __init__(self, item_id: _Optional[str] = ...) -> None: ...

class ListSeriesOrdersResponse(_message.Message):
    __slots__ = ("order", "orders")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    order: str
    orders: _containers.RepeatedCompositeFieldContainer[SeriesOrder]
    def __init__(self, order: _Optional[str] = ..., orders: _Optional[_Iterable[_Union[SeriesOrder, _Mapping]]] = ...) -> None: ...

class SeriesOrder(_message.Message):
    __slots__ = ("order", "seasons", "episodes", "numbers", "title")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    SEASONS_FIELD_NUMBER: _ClassVar[int]
    EPISODES_FIELD_NUMBER: _ClassVar[int]
    NUMBERS_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    order: str
    seasons: int
    episodes: int
    numbers: int
    title: str
    def __init__(self, order: _Optional[str] = ..., seasons: _Optional[int] = ..., episodes: _Optional[int] = ..., numbers: _Optional[int] = ..., title: _Optional[str] = ...) -> None: ...

class SetSeriesOrderRequest(_message.Message):
    __slots__ = ("item_id", "order", "dry_run")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    order: str
    dry_run: bool
    def __init__(self, item_id: _Optional[str] = ..., order: _Optional[str] = ..., dry_run: _Optional[bool] = ...) -> None: ...

class SetSeriesOrderResponse(_message.Message):
    __slots__ = ("item", "moved", "moved_count", "created_count", "resting_count", "change_set_id", "unread")
    class MovedNumber(_message.Message):
        __slots__ = ("season_number", "episode_number", "old_item", "new_item", "entry")
        SEASON_NUMBER_FIELD_NUMBER: _ClassVar[int]
        EPISODE_NUMBER_FIELD_NUMBER: _ClassVar[int]
        OLD_ITEM_FIELD_NUMBER: _ClassVar[int]
        NEW_ITEM_FIELD_NUMBER: _ClassVar[int]
        ENTRY_FIELD_NUMBER: _ClassVar[int]
        season_number: int
        episode_number: int
        old_item: _common_pb2.Item
        new_item: _common_pb2.Item
        entry: str
        def __init__(self, season_number: _Optional[int] = ..., episode_number: _Optional[int] = ..., old_item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., new_item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., entry: _Optional[str] = ...) -> None: ...
    ITEM_FIELD_NUMBER: _ClassVar[int]
    MOVED_FIELD_NUMBER: _ClassVar[int]
    MOVED_COUNT_FIELD_NUMBER: _ClassVar[int]
    CREATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    RESTING_COUNT_FIELD_NUMBER: _ClassVar[int]
    CHANGE_SET_ID_FIELD_NUMBER: _ClassVar[int]
    UNREAD_FIELD_NUMBER: _ClassVar[int]
    item: _common_pb2.Item
    moved: _containers.RepeatedCompositeFieldContainer[SetSeriesOrderResponse.MovedNumber]
    moved_count: int
    created_count: int
    resting_count: int
    change_set_id: str
    unread: bool
    def __init__(self, item: _Optional[_Union[_common_pb2.Item, _Mapping]] = ..., moved: _Optional[_Iterable[_Union[SetSeriesOrderResponse.MovedNumber, _Mapping]]] = ..., moved_count: _Optional[int] = ..., created_count: _Optional[int] = ..., resting_count: _Optional[int] = ..., change_set_id: _Optional[str] = ..., unread: _Optional[bool] = ...) -> None: ...
