import datetime

from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from metarr.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ProviderSetting(_message.Message):
    __slots__ = ("key", "label", "type", "help", "value", "default_value", "choices", "required", "secret_set", "secret_hint")
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[ProviderSetting.Type]
        TYPE_TEXT: _ClassVar[ProviderSetting.Type]
        TYPE_SECRET: _ClassVar[ProviderSetting.Type]
        TYPE_URL: _ClassVar[ProviderSetting.Type]
        TYPE_INTEGER: _ClassVar[ProviderSetting.Type]
        TYPE_BOOLEAN: _ClassVar[ProviderSetting.Type]
        TYPE_CHOICE: _ClassVar[ProviderSetting.Type]
        TYPE_NUMBER: _ClassVar[ProviderSetting.Type]
    TYPE_UNSPECIFIED: ProviderSetting.Type
    TYPE_TEXT: ProviderSetting.Type
    TYPE_SECRET: ProviderSetting.Type
    TYPE_URL: ProviderSetting.Type
    TYPE_INTEGER: ProviderSetting.Type
    TYPE_BOOLEAN: ProviderSetting.Type
    TYPE_CHOICE: ProviderSetting.Type
    TYPE_NUMBER: ProviderSetting.Type
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
    key: str
    label: str
    type: ProviderSetting.Type
    help: str
    value: _struct_pb2.Value
    default_value: _struct_pb2.Value
    choices: _containers.RepeatedScalarFieldContainer[str]
    required: bool
    secret_set: bool
    secret_hint: str
    def __init__(self, key: _Optional[str] = ..., label: _Optional[str] = ..., type: _Optional[_Union[ProviderSetting.Type, str]] = ..., help: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., default_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., choices: _Optional[_Iterable[str]] = ..., required: _Optional[bool] = ..., secret_set: _Optional[bool] = ..., secret_hint: _Optional[str] = ...) -> None: ...

class ProviderState(_message.Message):
    __slots__ = ("status", "detail", "retry_at", "quota_used", "quota_limit", "quota_reset_at", "last_request_at", "last_success_at", "pending_items", "forecast_days", "advice")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[ProviderState.Status]
        STATUS_OK: _ClassVar[ProviderState.Status]
        STATUS_DISABLED: _ClassVar[ProviderState.Status]
        STATUS_NOT_CONFIGURED: _ClassVar[ProviderState.Status]
        STATUS_LIMITED: _ClassVar[ProviderState.Status]
        STATUS_KEY_REFUSED: _ClassVar[ProviderState.Status]
        STATUS_FAILING: _ClassVar[ProviderState.Status]
        STATUS_SUSPECT: _ClassVar[ProviderState.Status]
        STATUS_PROXY_FAILING: _ClassVar[ProviderState.Status]
    STATUS_UNSPECIFIED: ProviderState.Status
    STATUS_OK: ProviderState.Status
    STATUS_DISABLED: ProviderState.Status
    STATUS_NOT_CONFIGURED: ProviderState.Status
    STATUS_LIMITED: ProviderState.Status
    STATUS_KEY_REFUSED: ProviderState.Status
    STATUS_FAILING: ProviderState.Status
    STATUS_SUSPECT: ProviderState.Status
    STATUS_PROXY_FAILING: ProviderState.Status
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    RETRY_AT_FIELD_NUMBER: _ClassVar[int]
    QUOTA_USED_FIELD_NUMBER: _ClassVar[int]
    QUOTA_LIMIT_FIELD_NUMBER: _ClassVar[int]
    QUOTA_RESET_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_REQUEST_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_SUCCESS_AT_FIELD_NUMBER: _ClassVar[int]
    PENDING_ITEMS_FIELD_NUMBER: _ClassVar[int]
    FORECAST_DAYS_FIELD_NUMBER: _ClassVar[int]
    ADVICE_FIELD_NUMBER: _ClassVar[int]
    status: ProviderState.Status
    detail: str
    retry_at: _timestamp_pb2.Timestamp
    quota_used: int
    quota_limit: int
    quota_reset_at: _timestamp_pb2.Timestamp
    last_request_at: _timestamp_pb2.Timestamp
    last_success_at: _timestamp_pb2.Timestamp
    pending_items: int
    forecast_days: int
    advice: str
    def __init__(self, status: _Optional[_Union[ProviderState.Status, str]] = ..., detail: _Optional[str] = ..., retry_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., quota_used: _Optional[int] = ..., quota_limit: _Optional[int] = ..., quota_reset_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_request_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_success_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., pending_items: _Optional[int] = ..., forecast_days: _Optional[int] = ..., advice: _Optional[str] = ...) -> None: ...

class Provider(_message.Message):
    __slots__ = ("id", "name", "homepage", "attribution", "enabled", "settings", "state", "coverage", "etag", "image_hosts", "proxy")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    HOMEPAGE_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    COVERAGE_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    IMAGE_HOSTS_FIELD_NUMBER: _ClassVar[int]
    PROXY_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    homepage: str
    attribution: str
    enabled: bool
    settings: _containers.RepeatedCompositeFieldContainer[ProviderSetting]
    state: ProviderState
    coverage: _containers.RepeatedCompositeFieldContainer[ProviderCoverage]
    etag: str
    image_hosts: _containers.RepeatedScalarFieldContainer[str]
    proxy: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., homepage: _Optional[str] = ..., attribution: _Optional[str] = ..., enabled: _Optional[bool] = ..., settings: _Optional[_Iterable[_Union[ProviderSetting, _Mapping]]] = ..., state: _Optional[_Union[ProviderState, _Mapping]] = ..., coverage: _Optional[_Iterable[_Union[ProviderCoverage, _Mapping]]] = ..., etag: _Optional[str] = ..., image_hosts: _Optional[_Iterable[str]] = ..., proxy: _Optional[str] = ...) -> None: ...

class ProviderCoverage(_message.Message):
    __slots__ = ("kind", "fields")
    KIND_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    kind: _common_pb2.MediaKind
    fields: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., fields: _Optional[_Iterable[str]] = ...) -> None: ...

class ListProvidersRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListProvidersResponse(_message.Message):
    __slots__ = ("providers", "next_page_token")
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    providers: _containers.RepeatedCompositeFieldContainer[Provider]
    next_page_token: str
    def __init__(self, providers: _Optional[_Iterable[_Union[Provider, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateProviderRequest(_message.Message):
    __slots__ = ("provider_id", "enabled", "settings", "update_mask", "etag", "resume")
    class SettingsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _struct_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...
    PROVIDER_ID_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    provider_id: str
    enabled: bool
    settings: _containers.MessageMap[str, _struct_pb2.Value]
    update_mask: _field_mask_pb2.FieldMask
    etag: str
    resume: bool
    def __init__(self, provider_id: _Optional[str] = ..., enabled: _Optional[bool] = ..., settings: _Optional[_Mapping[str, _struct_pb2.Value]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., etag: _Optional[str] = ..., resume: _Optional[bool] = ...) -> None: ...

class UpdateProviderResponse(_message.Message):
    __slots__ = ("provider",)
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    provider: Provider
    def __init__(self, provider: _Optional[_Union[Provider, _Mapping]] = ...) -> None: ...

class TestProviderRequest(_message.Message):
    __slots__ = ("provider_id", "settings")
    class SettingsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _struct_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...
    PROVIDER_ID_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    provider_id: str
    settings: _containers.MessageMap[str, _struct_pb2.Value]
    def __init__(self, provider_id: _Optional[str] = ..., settings: _Optional[_Mapping[str, _struct_pb2.Value]] = ...) -> None: ...

class TestProviderResponse(_message.Message):
    __slots__ = ("verdict", "detail", "elapsed_ms")
    class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VERDICT_UNSPECIFIED: _ClassVar[TestProviderResponse.Verdict]
        VERDICT_OK: _ClassVar[TestProviderResponse.Verdict]
        VERDICT_KEY: _ClassVar[TestProviderResponse.Verdict]
        VERDICT_NETWORK: _ClassVar[TestProviderResponse.Verdict]
        VERDICT_QUOTA: _ClassVar[TestProviderResponse.Verdict]
        VERDICT_PROXY: _ClassVar[TestProviderResponse.Verdict]
    VERDICT_UNSPECIFIED: TestProviderResponse.Verdict
    VERDICT_OK: TestProviderResponse.Verdict
    VERDICT_KEY: TestProviderResponse.Verdict
    VERDICT_NETWORK: TestProviderResponse.Verdict
    VERDICT_QUOTA: TestProviderResponse.Verdict
    VERDICT_PROXY: TestProviderResponse.Verdict
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_MS_FIELD_NUMBER: _ClassVar[int]
    verdict: TestProviderResponse.Verdict
    detail: str
    elapsed_ms: int
    def __init__(self, verdict: _Optional[_Union[TestProviderResponse.Verdict, str]] = ..., detail: _Optional[str] = ..., elapsed_ms: _Optional[int] = ...) -> None: ...

class Field(_message.Message):
    __slots__ = ("name", "label", "type", "unit", "kinds", "may_union", "choices", "default_rules", "sync", "language_first")
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[Field.Type]
        TYPE_TEXT: _ClassVar[Field.Type]
        TYPE_DATE: _ClassVar[Field.Type]
        TYPE_INTEGER: _ClassVar[Field.Type]
        TYPE_RATING: _ClassVar[Field.Type]
        TYPE_TEXTS: _ClassVar[Field.Type]
        TYPE_CREDITS: _ClassVar[Field.Type]
        TYPE_COLLECTION: _ClassVar[Field.Type]
        TYPE_ARTWORK: _ClassVar[Field.Type]
    TYPE_UNSPECIFIED: Field.Type
    TYPE_TEXT: Field.Type
    TYPE_DATE: Field.Type
    TYPE_INTEGER: Field.Type
    TYPE_RATING: Field.Type
    TYPE_TEXTS: Field.Type
    TYPE_CREDITS: Field.Type
    TYPE_COLLECTION: Field.Type
    TYPE_ARTWORK: Field.Type
    NAME_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    MAY_UNION_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_RULES_FIELD_NUMBER: _ClassVar[int]
    SYNC_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIRST_FIELD_NUMBER: _ClassVar[int]
    name: str
    label: str
    type: Field.Type
    unit: str
    kinds: _containers.RepeatedScalarFieldContainer[_common_pb2.MediaKind]
    may_union: bool
    choices: _containers.RepeatedScalarFieldContainer[str]
    default_rules: _containers.RepeatedCompositeFieldContainer[FieldAuthority]
    sync: bool
    language_first: bool
    def __init__(self, name: _Optional[str] = ..., label: _Optional[str] = ..., type: _Optional[_Union[Field.Type, str]] = ..., unit: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[_common_pb2.MediaKind, str]]] = ..., may_union: _Optional[bool] = ..., choices: _Optional[_Iterable[str]] = ..., default_rules: _Optional[_Iterable[_Union[FieldAuthority, _Mapping]]] = ..., sync: _Optional[bool] = ..., language_first: _Optional[bool] = ...) -> None: ...

class Term(_message.Message):
    __slots__ = ("code", "word")
    CODE_FIELD_NUMBER: _ClassVar[int]
    WORD_FIELD_NUMBER: _ClassVar[int]
    code: str
    word: str
    def __init__(self, code: _Optional[str] = ..., word: _Optional[str] = ...) -> None: ...

class ListFieldsRequest(_message.Message):
    __slots__ = ("kind", "page_size", "page_token")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    kind: _common_pb2.MediaKind
    page_size: int
    page_token: str
    def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListFieldsResponse(_message.Message):
    __slots__ = ("fields", "next_page_token", "rules", "reasons")
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    fields: _containers.RepeatedCompositeFieldContainer[Field]
    next_page_token: str
    rules: _containers.RepeatedCompositeFieldContainer[Term]
    reasons: _containers.RepeatedCompositeFieldContainer[Term]
    def __init__(self, fields: _Optional[_Iterable[_Union[Field, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., rules: _Optional[_Iterable[_Union[Term, _Mapping]]] = ..., reasons: _Optional[_Iterable[_Union[Term, _Mapping]]] = ...) -> None: ...

class FieldAuthority(_message.Message):
    __slots__ = ("kind", "field", "providers", "exclusive", "union", "is_default")
    KIND_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    EXCLUSIVE_FIELD_NUMBER: _ClassVar[int]
    UNION_FIELD_NUMBER: _ClassVar[int]
    IS_DEFAULT_FIELD_NUMBER: _ClassVar[int]
    kind: _common_pb2.MediaKind
    field: str
    providers: _containers.RepeatedScalarFieldContainer[str]
    exclusive: bool
    union: bool
    is_default: bool
    def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., field: _Optional[str] = ..., providers: _Optional[_Iterable[str]] = ..., exclusive: _Optional[bool] = ..., union: _Optional[bool] = ..., is_default: _Optional[bool] = ...) -> None: ...

class FieldAuthorities(_message.Message):
    __slots__ = ("provider_priority", "fields", "fill_gaps", "etag", "further_sources")
    PROVIDER_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    FILL_GAPS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    FURTHER_SOURCES_FIELD_NUMBER: _ClassVar[int]
    provider_priority: _containers.RepeatedScalarFieldContainer[str]
    fields: _containers.RepeatedCompositeFieldContainer[FieldAuthority]
    fill_gaps: bool
    etag: str
    further_sources: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, provider_priority: _Optional[_Iterable[str]] = ..., fields: _Optional[_Iterable[_Union[FieldAuthority, _Mapping]]] = ..., fill_gaps: _Optional[bool] = ..., etag: _Optional[str] = ..., further_sources: _Optional[_Iterable[str]] = ...) -> None: ...

class GetFieldAuthoritiesRequest(_message.Message):
    __slots__ = ("kind",)
    KIND_FIELD_NUMBER: _ClassVar[int]
    kind: _common_pb2.MediaKind
    def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ...) -> None: ...

class GetFieldAuthoritiesResponse(_message.Message):
    __slots__ = ("authorities",)
    AUTHORITIES_FIELD_NUMBER: _ClassVar[int]
    authorities: FieldAuthorities
    def __init__(self, authorities: _Optional[_Union[FieldAuthorities, _Mapping]] = ...) -> None: ...

class UpdateFieldAuthoritiesRequest(_message.Message):
    __slots__ = ("authorities", "update_mask", "reset_fields")
    AUTHORITIES_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELDS_FIELD_NUMBER: _ClassVar[int]
    authorities: FieldAuthorities
    update_mask: _field_mask_pb2.FieldMask
    reset_fields: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, authorities: _Optional[_Union[FieldAuthorities, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., reset_fields: _Optional[_Iterable[str]] = ...) -> None: ...

class UpdateFieldAuthoritiesResponse(_message.Message):
    __slots__ = ("authorities",)
    AUTHORITIES_FIELD_NUMBER: _ClassVar[int]
    authorities: FieldAuthorities
    def __init__(self, authorities: _Optional[_Union[FieldAuthorities, _Mapping]] = ...) -> None: ...

class PreviewFieldAuthoritiesRequest(_message.Message):
    __slots__ = ("authorities", "update_mask", "reset_fields", "drop_foreign", "samples", "max_items")
    AUTHORITIES_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELDS_FIELD_NUMBER: _ClassVar[int]
    DROP_FOREIGN_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    MAX_ITEMS_FIELD_NUMBER: _ClassVar[int]
    authorities: FieldAuthorities
    update_mask: _field_mask_pb2.FieldMask
    reset_fields: _containers.RepeatedScalarFieldContainer[str]
    drop_foreign: bool
    samples: int
    max_items: int
    def __init__(self, authorities: _Optional[_Union[FieldAuthorities, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., reset_fields: _Optional[_Iterable[str]] = ..., drop_foreign: _Optional[bool] = ..., samples: _Optional[int] = ..., max_items: _Optional[int] = ...) -> None: ...

class AuthorityEffect(_message.Message):
    __slots__ = ("kind", "field", "changed", "outside", "samples")
    class Sample(_message.Message):
        __slots__ = ("item_id", "title", "change")
        ITEM_ID_FIELD_NUMBER: _ClassVar[int]
        TITLE_FIELD_NUMBER: _ClassVar[int]
        CHANGE_FIELD_NUMBER: _ClassVar[int]
        item_id: str
        title: str
        change: _common_pb2.FieldChange
        def __init__(self, item_id: _Optional[str] = ..., title: _Optional[str] = ..., change: _Optional[_Union[_common_pb2.FieldChange, _Mapping]] = ...) -> None: ...
    KIND_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    OUTSIDE_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    kind: _common_pb2.MediaKind
    field: str
    changed: int
    outside: int
    samples: _containers.RepeatedCompositeFieldContainer[AuthorityEffect.Sample]
    def __init__(self, kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., field: _Optional[str] = ..., changed: _Optional[int] = ..., outside: _Optional[int] = ..., samples: _Optional[_Iterable[_Union[AuthorityEffect.Sample, _Mapping]]] = ...) -> None: ...

class PreviewFieldAuthoritiesResponse(_message.Message):
    __slots__ = ("effects", "items", "changed_items", "total_items")
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_ITEMS_FIELD_NUMBER: _ClassVar[int]
    effects: _containers.RepeatedCompositeFieldContainer[AuthorityEffect]
    items: int
    changed_items: int
    total_items: int
    def __init__(self, effects: _Optional[_Iterable[_Union[AuthorityEffect, _Mapping]]] = ..., items: _Optional[int] = ..., changed_items: _Optional[int] = ..., total_items: _Optional[int] = ...) -> None: ...

class ApplyFieldAuthoritiesRequest(_message.Message):
    __slots__ = ("drop_foreign",)
    DROP_FOREIGN_FIELD_NUMBER: _ClassVar[int]
    drop_foreign: bool
    def __init__(self, drop_foreign: _Optional[bool] = ...) -> None: ...

class ApplyFieldAuthoritiesResponse(_message.Message):
    __slots__ = ("done", "total", "changed_items", "changed_fields", "finished")
    class ChangedFieldsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    CHANGED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELDS_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    done: int
    total: int
    changed_items: int
    changed_fields: _containers.ScalarMap[str, int]
    finished: bool
    def __init__(self, done: _Optional[int] = ..., total: _Optional[int] = ..., changed_items: _Optional[int] = ..., changed_fields: _Optional[_Mapping[str, int]] = ..., finished: _Optional[bool] = ...) -> None: ...

class Setting(_message.Message):
    __slots__ = ("key", "label", "help", "type", "value", "default_value", "minimum", "maximum", "secret_set", "choices")
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[Setting.Type]
        TYPE_TEXT: _ClassVar[Setting.Type]
        TYPE_TEXTS: _ClassVar[Setting.Type]
        TYPE_INTEGER: _ClassVar[Setting.Type]
        TYPE_BOOLEAN: _ClassVar[Setting.Type]
        TYPE_URL: _ClassVar[Setting.Type]
        TYPE_SECRET: _ClassVar[Setting.Type]
    TYPE_UNSPECIFIED: Setting.Type
    TYPE_TEXT: Setting.Type
    TYPE_TEXTS: Setting.Type
    TYPE_INTEGER: Setting.Type
    TYPE_BOOLEAN: Setting.Type
    TYPE_URL: Setting.Type
    TYPE_SECRET: Setting.Type
    KEY_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    HELP_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VALUE_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    SECRET_SET_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    key: str
    label: str
    help: str
    type: Setting.Type
    value: _struct_pb2.Value
    default_value: _struct_pb2.Value
    minimum: int
    maximum: int
    secret_set: bool
    choices: _containers.RepeatedCompositeFieldContainer[Term]
    def __init__(self, key: _Optional[str] = ..., label: _Optional[str] = ..., help: _Optional[str] = ..., type: _Optional[_Union[Setting.Type, str]] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., default_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., minimum: _Optional[int] = ..., maximum: _Optional[int] = ..., secret_set: _Optional[bool] = ..., choices: _Optional[_Iterable[_Union[Term, _Mapping]]] = ...) -> None: ...

class GetSettingsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSettingsResponse(_message.Message):
    __slots__ = ("settings", "etag")
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    settings: _containers.RepeatedCompositeFieldContainer[Setting]
    etag: str
    def __init__(self, settings: _Optional[_Iterable[_Union[Setting, _Mapping]]] = ..., etag: _Optional[str] = ...) -> None: ...

class UpdateSettingsRequest(_message.Message):
    __slots__ = ("settings", "update_mask", "etag")
    class SettingsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _struct_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    settings: _containers.MessageMap[str, _struct_pb2.Value]
    update_mask: _field_mask_pb2.FieldMask
    etag: str
    def __init__(self, settings: _Optional[_Mapping[str, _struct_pb2.Value]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., etag: _Optional[str] = ...) -> None: ...

class UpdateSettingsResponse(_message.Message):
    __slots__ = ("settings", "etag")
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    settings: _containers.RepeatedCompositeFieldContainer[Setting]
    etag: str
    def __init__(self, settings: _Optional[_Iterable[_Union[Setting, _Mapping]]] = ..., etag: _Optional[str] = ...) -> None: ...

class ExportSettingsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ExportSettingsResponse(_message.Message):
    __slots__ = ("json", "next_page_token")
    JSON_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    json: str
    next_page_token: str
    def __init__(self, json: _Optional[str] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ImportSettingsRequest(_message.Message):
    __slots__ = ("json", "dry_run")
    JSON_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    json: str
    dry_run: bool
    def __init__(self, json: _Optional[str] = ..., dry_run: _Optional[bool] = ...) -> None: ...

class ImportSettingsResponse(_message.Message):
    __slots__ = ("settings", "authorities", "providers", "items", "unchanged_items", "unplaced", "hosts")
    class Unplaced(_message.Message):
        __slots__ = ("name", "why")
        NAME_FIELD_NUMBER: _ClassVar[int]
        WHY_FIELD_NUMBER: _ClassVar[int]
        name: str
        why: str
        def __init__(self, name: _Optional[str] = ..., why: _Optional[str] = ...) -> None: ...
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    AUTHORITIES_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    UNPLACED_FIELD_NUMBER: _ClassVar[int]
    HOSTS_FIELD_NUMBER: _ClassVar[int]
    settings: int
    authorities: int
    providers: int
    items: int
    unchanged_items: int
    unplaced: _containers.RepeatedCompositeFieldContainer[ImportSettingsResponse.Unplaced]
    hosts: int
    def __init__(self, settings: _Optional[int] = ..., authorities: _Optional[int] = ..., providers: _Optional[int] = ..., items: _Optional[int] = ..., unchanged_items: _Optional[int] = ..., unplaced: _Optional[_Iterable[_Union[ImportSettingsResponse.Unplaced, _Mapping]]] = ..., hosts: _Optional[int] = ...) -> None: ...
