import datetime

from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class HostSetting(_message.Message):
    __slots__ = ("key", "label", "type", "help", "value", "default_value", "choices", "required", "secret_set", "secret_hint", "main")
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[HostSetting.Type]
        TYPE_TEXT: _ClassVar[HostSetting.Type]
        TYPE_SECRET: _ClassVar[HostSetting.Type]
        TYPE_URL: _ClassVar[HostSetting.Type]
        TYPE_INTEGER: _ClassVar[HostSetting.Type]
        TYPE_BOOLEAN: _ClassVar[HostSetting.Type]
        TYPE_CHOICE: _ClassVar[HostSetting.Type]
        TYPE_NUMBER: _ClassVar[HostSetting.Type]
        TYPE_PATHS: _ClassVar[HostSetting.Type]
        TYPE_PATH_MAP: _ClassVar[HostSetting.Type]
    TYPE_UNSPECIFIED: HostSetting.Type
    TYPE_TEXT: HostSetting.Type
    TYPE_SECRET: HostSetting.Type
    TYPE_URL: HostSetting.Type
    TYPE_INTEGER: HostSetting.Type
    TYPE_BOOLEAN: HostSetting.Type
    TYPE_CHOICE: HostSetting.Type
    TYPE_NUMBER: HostSetting.Type
    TYPE_PATHS: HostSetting.Type
    TYPE_PATH_MAP: HostSetting.Type
    KEY_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    HELP_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VALUE_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    SECRET_SET_FIELD_NUMBER: _ClassVar[int]
    SECRET_HINT_FIELD_NUMBER: _ClassVar[int]
    MAIN_FIELD_NUMBER: _ClassVar[int]
    key: str
    label: str
    type: HostSetting.Type
    help: str
    value: _struct_pb2.Value
    default_value: _struct_pb2.Value
    choices: _containers.RepeatedScalarFieldContainer[str]
    required: bool
    secret_set: bool
    secret_hint: str
    main: bool
    def __init__(self, key: _Optional[str] = ..., label: _Optional[str] = ..., type: _Optional[_Union[HostSetting.Type, str]] = ..., help: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., default_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., choices: _Optional[_Iterable[str]] = ..., required: _Optional[bool] = ..., secret_set: _Optional[bool] = ..., secret_hint: _Optional[str] = ..., main: _Optional[bool] = ...) -> None: ...

class HostKind(_message.Message):
    __slots__ = ("id", "name", "help", "settings")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    HELP_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    help: str
    settings: _containers.RepeatedCompositeFieldContainer[HostSetting]
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., help: _Optional[str] = ..., settings: _Optional[_Iterable[_Union[HostSetting, _Mapping]]] = ...) -> None: ...

class HostState(_message.Message):
    __slots__ = ("status", "since", "why", "next_attempt_at", "last_report_at")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[HostState.Status]
        STATUS_STARTING: _ClassVar[HostState.Status]
        STATUS_RUNNING: _ClassVar[HostState.Status]
        STATUS_WAITING: _ClassVar[HostState.Status]
        STATUS_OWNER_NEEDED: _ClassVar[HostState.Status]
        STATUS_DISABLED: _ClassVar[HostState.Status]
    STATUS_UNSPECIFIED: HostState.Status
    STATUS_STARTING: HostState.Status
    STATUS_RUNNING: HostState.Status
    STATUS_WAITING: HostState.Status
    STATUS_OWNER_NEEDED: HostState.Status
    STATUS_DISABLED: HostState.Status
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    NEXT_ATTEMPT_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_REPORT_AT_FIELD_NUMBER: _ClassVar[int]
    status: HostState.Status
    since: _timestamp_pb2.Timestamp
    why: str
    next_attempt_at: _timestamp_pb2.Timestamp
    last_report_at: _timestamp_pb2.Timestamp
    def __init__(self, status: _Optional[_Union[HostState.Status, str]] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., why: _Optional[str] = ..., next_attempt_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_report_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class HostNote(_message.Message):
    __slots__ = ("sort", "subject", "text")
    class Sort(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SORT_UNSPECIFIED: _ClassVar[HostNote.Sort]
        SORT_AWAY: _ClassVar[HostNote.Sort]
        SORT_UNDECIDED: _ClassVar[HostNote.Sort]
        SORT_REFUSED: _ClassVar[HostNote.Sort]
    SORT_UNSPECIFIED: HostNote.Sort
    SORT_AWAY: HostNote.Sort
    SORT_UNDECIDED: HostNote.Sort
    SORT_REFUSED: HostNote.Sort
    SORT_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    sort: HostNote.Sort
    subject: str
    text: str
    def __init__(self, sort: _Optional[_Union[HostNote.Sort, str]] = ..., subject: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class Host(_message.Message):
    __slots__ = ("id", "kind", "name", "enabled", "settings", "player_id", "added_at", "state", "notes", "more_notes", "works_on", "hook_path")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    ADDED_AT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    MORE_NOTES_FIELD_NUMBER: _ClassVar[int]
    WORKS_ON_FIELD_NUMBER: _ClassVar[int]
    HOOK_PATH_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: str
    name: str
    enabled: bool
    settings: _containers.RepeatedCompositeFieldContainer[HostSetting]
    player_id: str
    added_at: _timestamp_pb2.Timestamp
    state: HostState
    notes: _containers.RepeatedCompositeFieldContainer[HostNote]
    more_notes: int
    works_on: _containers.RepeatedScalarFieldContainer[str]
    hook_path: str
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[str] = ..., name: _Optional[str] = ..., enabled: _Optional[bool] = ..., settings: _Optional[_Iterable[_Union[HostSetting, _Mapping]]] = ..., player_id: _Optional[str] = ..., added_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[HostState, _Mapping]] = ..., notes: _Optional[_Iterable[_Union[HostNote, _Mapping]]] = ..., more_notes: _Optional[int] = ..., works_on: _Optional[_Iterable[str]] = ..., hook_path: _Optional[str] = ...) -> None: ...

class HostCheck(_message.Message):
    __slots__ = ("verdict", "text", "advice")
    class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VERDICT_UNSPECIFIED: _ClassVar[HostCheck.Verdict]
        VERDICT_OK: _ClassVar[HostCheck.Verdict]
        VERDICT_WARNING: _ClassVar[HostCheck.Verdict]
        VERDICT_FAULT: _ClassVar[HostCheck.Verdict]
    VERDICT_UNSPECIFIED: HostCheck.Verdict
    VERDICT_OK: HostCheck.Verdict
    VERDICT_WARNING: HostCheck.Verdict
    VERDICT_FAULT: HostCheck.Verdict
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ADVICE_FIELD_NUMBER: _ClassVar[int]
    verdict: HostCheck.Verdict
    text: str
    advice: str
    def __init__(self, verdict: _Optional[_Union[HostCheck.Verdict, str]] = ..., text: _Optional[str] = ..., advice: _Optional[str] = ...) -> None: ...

class ListHostKindsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListHostKindsResponse(_message.Message):
    __slots__ = ("kinds",)
    KINDS_FIELD_NUMBER: _ClassVar[int]
    kinds: _containers.RepeatedCompositeFieldContainer[HostKind]
    def __init__(self, kinds: _Optional[_Iterable[_Union[HostKind, _Mapping]]] = ...) -> None: ...

class ListHostsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListHostsResponse(_message.Message):
    __slots__ = ("hosts",)
    HOSTS_FIELD_NUMBER: _ClassVar[int]
    hosts: _containers.RepeatedCompositeFieldContainer[Host]
    def __init__(self, hosts: _Optional[_Iterable[_Union[Host, _Mapping]]] = ...) -> None: ...

class AddHostRequest(_message.Message):
    __slots__ = ("kind", "name", "settings")
    class SettingsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _struct_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...
    KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    kind: str
    name: str
    settings: _containers.MessageMap[str, _struct_pb2.Value]
    def __init__(self, kind: _Optional[str] = ..., name: _Optional[str] = ..., settings: _Optional[_Mapping[str, _struct_pb2.Value]] = ...) -> None: ...

class AddHostResponse(_message.Message):
    __slots__ = ("host", "checks")
    HOST_FIELD_NUMBER: _ClassVar[int]
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    host: Host
    checks: _containers.RepeatedCompositeFieldContainer[HostCheck]
    def __init__(self, host: _Optional[_Union[Host, _Mapping]] = ..., checks: _Optional[_Iterable[_Union[HostCheck, _Mapping]]] = ...) -> None: ...

class UpdateHostRequest(_message.Message):
    __slots__ = ("host_id", "name", "enabled", "settings", "update_mask")
    class SettingsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _struct_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    host_id: str
    name: str
    enabled: bool
    settings: _containers.MessageMap[str, _struct_pb2.Value]
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, host_id: _Optional[str] = ..., name: _Optional[str] = ..., enabled: _Optional[bool] = ..., settings: _Optional[_Mapping[str, _struct_pb2.Value]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class UpdateHostResponse(_message.Message):
    __slots__ = ("host", "checks")
    HOST_FIELD_NUMBER: _ClassVar[int]
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    host: Host
    checks: _containers.RepeatedCompositeFieldContainer[HostCheck]
    def __init__(self, host: _Optional[_Union[Host, _Mapping]] = ..., checks: _Optional[_Iterable[_Union[HostCheck, _Mapping]]] = ...) -> None: ...

class TestHostRequest(_message.Message):
    __slots__ = ("host_id", "kind", "settings")
    class SettingsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _struct_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    host_id: str
    kind: str
    settings: _containers.MessageMap[str, _struct_pb2.Value]
    def __init__(self, host_id: _Optional[str] = ..., kind: _Optional[str] = ..., settings: _Optional[_Mapping[str, _struct_pb2.Value]] = ...) -> None: ...

class TestHostResponse(_message.Message):
    __slots__ = ("checks", "passed")
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    PASSED_FIELD_NUMBER: _ClassVar[int]
    checks: _containers.RepeatedCompositeFieldContainer[HostCheck]
    passed: bool
    def __init__(self, checks: _Optional[_Iterable[_Union[HostCheck, _Mapping]]] = ..., passed: _Optional[bool] = ...) -> None: ...

class RemoveHostRequest(_message.Message):
    __slots__ = ("host_id", "remove_player")
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    REMOVE_PLAYER_FIELD_NUMBER: _ClassVar[int]
    host_id: str
    remove_player: bool
    def __init__(self, host_id: _Optional[str] = ..., remove_player: _Optional[bool] = ...) -> None: ...

class RemoveHostResponse(_message.Message):
    __slots__ = ("deleted_items", "player_id")
    DELETED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    PLAYER_ID_FIELD_NUMBER: _ClassVar[int]
    deleted_items: int
    player_id: str
    def __init__(self, deleted_items: _Optional[int] = ..., player_id: _Optional[str] = ...) -> None: ...

class GetHostLogRequest(_message.Message):
    __slots__ = ("host_id",)
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    host_id: str
    def __init__(self, host_id: _Optional[str] = ...) -> None: ...

class GetHostLogResponse(_message.Message):
    __slots__ = ("lines",)
    class Line(_message.Message):
        __slots__ = ("at", "level", "text")
        AT_FIELD_NUMBER: _ClassVar[int]
        LEVEL_FIELD_NUMBER: _ClassVar[int]
        TEXT_FIELD_NUMBER: _ClassVar[int]
        at: _timestamp_pb2.Timestamp
        level: str
        text: str
        def __init__(self, at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., level: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[GetHostLogResponse.Line]
    def __init__(self, lines: _Optional[_Iterable[_Union[GetHostLogResponse.Line, _Mapping]]] = ...) -> None: ...
