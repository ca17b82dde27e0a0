import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from metarr.v1 import config_service_pb2 as _config_service_pb2
from metarr.v1 import host_service_pb2 as _host_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListUsageRequest(_message.Message):
    __slots__ = ("days", "provider_id")
    DAYS_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_ID_FIELD_NUMBER: _ClassVar[int]
    days: int
    provider_id: str
    def __init__(self, days: _Optional[int] = ..., provider_id: _Optional[str] = ...) -> None: ...

class ListUsageResponse(_message.Message):
    __slots__ = ("usage", "first_day", "last_day")
    USAGE_FIELD_NUMBER: _ClassVar[int]
    FIRST_DAY_FIELD_NUMBER: _ClassVar[int]
    LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    usage: _containers.RepeatedCompositeFieldContainer[ProviderUsage]
    first_day: str
    last_day: str
    def __init__(self, usage: _Optional[_Iterable[_Union[ProviderUsage, _Mapping]]] = ..., first_day: _Optional[str] = ..., last_day: _Optional[str] = ...) -> None: ...

class ProviderUsage(_message.Message):
    __slots__ = ("provider_id", "day", "requests", "answered", "limited", "failed", "median_ms")
    PROVIDER_ID_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    LIMITED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    MEDIAN_MS_FIELD_NUMBER: _ClassVar[int]
    provider_id: str
    day: str
    requests: int
    answered: int
    limited: int
    failed: int
    median_ms: int
    def __init__(self, provider_id: _Optional[str] = ..., day: _Optional[str] = ..., requests: _Optional[int] = ..., answered: _Optional[int] = ..., limited: _Optional[int] = ..., failed: _Optional[int] = ..., median_ms: _Optional[int] = ...) -> None: ...

class ListNoticesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListNoticesResponse(_message.Message):
    __slots__ = ("notices", "next_page_token")
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    notices: _containers.RepeatedCompositeFieldContainer[Notice]
    next_page_token: str
    def __init__(self, notices: _Optional[_Iterable[_Union[Notice, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Notice(_message.Message):
    __slots__ = ("code", "severity", "subject", "since", "text", "action")
    class Severity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SEVERITY_UNSPECIFIED: _ClassVar[Notice.Severity]
        SEVERITY_INFO: _ClassVar[Notice.Severity]
        SEVERITY_WARNING: _ClassVar[Notice.Severity]
        SEVERITY_ERROR: _ClassVar[Notice.Severity]
    SEVERITY_UNSPECIFIED: Notice.Severity
    SEVERITY_INFO: Notice.Severity
    SEVERITY_WARNING: Notice.Severity
    SEVERITY_ERROR: Notice.Severity
    CODE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    code: str
    severity: Notice.Severity
    subject: str
    since: _timestamp_pb2.Timestamp
    text: str
    action: NoticeAction
    def __init__(self, code: _Optional[str] = ..., severity: _Optional[_Union[Notice.Severity, str]] = ..., subject: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., text: _Optional[str] = ..., action: _Optional[_Union[NoticeAction, _Mapping]] = ...) -> None: ...

class NoticeAction(_message.Message):
    __slots__ = ("rpc", "target")
    RPC_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    rpc: str
    target: str
    def __init__(self, rpc: _Optional[str] = ..., target: _Optional[str] = ...) -> None: ...

class GetHealthRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ProviderHealth(_message.Message):
    __slots__ = ("id", "name", "state")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    state: _config_service_pb2.ProviderState
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., state: _Optional[_Union[_config_service_pb2.ProviderState, _Mapping]] = ...) -> None: ...

class GetHealthResponse(_message.Message):
    __slots__ = ("status", "version", "api_level", "started_at", "items", "pending_items", "providers", "schedule", "broken_providers", "players", "untouched_items", "hosts")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[GetHealthResponse.Status]
        STATUS_OK: _ClassVar[GetHealthResponse.Status]
        STATUS_DEGRADED: _ClassVar[GetHealthResponse.Status]
        STATUS_NOT_CONFIGURED: _ClassVar[GetHealthResponse.Status]
    STATUS_UNSPECIFIED: GetHealthResponse.Status
    STATUS_OK: GetHealthResponse.Status
    STATUS_DEGRADED: GetHealthResponse.Status
    STATUS_NOT_CONFIGURED: GetHealthResponse.Status
    STATUS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    API_LEVEL_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PENDING_ITEMS_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    BROKEN_PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    PLAYERS_FIELD_NUMBER: _ClassVar[int]
    UNTOUCHED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    HOSTS_FIELD_NUMBER: _ClassVar[int]
    status: GetHealthResponse.Status
    version: str
    api_level: int
    started_at: _timestamp_pb2.Timestamp
    items: int
    pending_items: int
    providers: _containers.RepeatedCompositeFieldContainer[ProviderHealth]
    schedule: Schedule
    broken_providers: _containers.RepeatedCompositeFieldContainer[BrokenProvider]
    players: _containers.RepeatedCompositeFieldContainer[PlayerHealth]
    untouched_items: int
    hosts: _containers.RepeatedCompositeFieldContainer[HostHealth]
    def __init__(self, status: _Optional[_Union[GetHealthResponse.Status, str]] = ..., version: _Optional[str] = ..., api_level: _Optional[int] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., items: _Optional[int] = ..., pending_items: _Optional[int] = ..., providers: _Optional[_Iterable[_Union[ProviderHealth, _Mapping]]] = ..., schedule: _Optional[_Union[Schedule, _Mapping]] = ..., broken_providers: _Optional[_Iterable[_Union[BrokenProvider, _Mapping]]] = ..., players: _Optional[_Iterable[_Union[PlayerHealth, _Mapping]]] = ..., untouched_items: _Optional[int] = ..., hosts: _Optional[_Iterable[_Union[HostHealth, _Mapping]]] = ...) -> None: ...

class HostHealth(_message.Message):
    __slots__ = ("id", "name", "state", "player_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    state: _host_service_pb2.HostState
    player_id: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., state: _Optional[_Union[_host_service_pb2.HostState, _Mapping]] = ..., player_id: _Optional[str] = ...) -> None: ...

class PlayerHealth(_message.Message):
    __slots__ = ("id", "name", "seen_at", "notes")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SEEN_AT_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    seen_at: _timestamp_pb2.Timestamp
    notes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., seen_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., notes: _Optional[_Iterable[str]] = ...) -> None: ...

class BrokenProvider(_message.Message):
    __slots__ = ("name", "origin", "why")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    name: str
    origin: str
    why: str
    def __init__(self, name: _Optional[str] = ..., origin: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...

class Schedule(_message.Message):
    __slots__ = ("at", "zone", "last_run_at", "next_run_at", "off", "last_look_at")
    AT_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    LAST_RUN_AT_FIELD_NUMBER: _ClassVar[int]
    NEXT_RUN_AT_FIELD_NUMBER: _ClassVar[int]
    OFF_FIELD_NUMBER: _ClassVar[int]
    LAST_LOOK_AT_FIELD_NUMBER: _ClassVar[int]
    at: str
    zone: str
    last_run_at: _timestamp_pb2.Timestamp
    next_run_at: _timestamp_pb2.Timestamp
    off: str
    last_look_at: _timestamp_pb2.Timestamp
    def __init__(self, at: _Optional[str] = ..., zone: _Optional[str] = ..., last_run_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_run_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., off: _Optional[str] = ..., last_look_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
