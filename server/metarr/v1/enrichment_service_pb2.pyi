import datetime

from google.protobuf import field_mask_pb2 as _field_mask_pb2
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
    __slots__ = ("id", "item_id", "changed_at", "cause", "changes", "requires_player_sync", "sync_reason", "providers", "undone_by", "item_title", "item_kind", "group_id", "job_id", "old_numbering", "new_numbering")
    ID_FIELD_NUMBER: _ClassVar[int]
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AT_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    REQUIRES_PLAYER_SYNC_FIELD_NUMBER: _ClassVar[int]
    SYNC_REASON_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    UNDONE_BY_FIELD_NUMBER: _ClassVar[int]
    ITEM_TITLE_FIELD_NUMBER: _ClassVar[int]
    ITEM_KIND_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    OLD_NUMBERING_FIELD_NUMBER: _ClassVar[int]
    NEW_NUMBERING_FIELD_NUMBER: _ClassVar[int]
    id: str
    item_id: str
    changed_at: _timestamp_pb2.Timestamp
    cause: str
    changes: _containers.RepeatedCompositeFieldContainer[_common_pb2.FieldChange]
    requires_player_sync: bool
    sync_reason: str
    providers: _containers.RepeatedScalarFieldContainer[str]
    undone_by: str
    item_title: str
    item_kind: _common_pb2.MediaKind
    group_id: str
    job_id: str
    old_numbering: str
    new_numbering: str
    def __init__(self, id: _Optional[str] = ..., item_id: _Optional[str] = ..., changed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cause: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[_common_pb2.FieldChange, _Mapping]]] = ..., requires_player_sync: _Optional[bool] = ..., sync_reason: _Optional[str] = ..., providers: _Optional[_Iterable[str]] = ..., undone_by: _Optional[str] = ..., item_title: _Optional[str] = ..., item_kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ..., group_id: _Optional[str] = ..., job_id: _Optional[str] = ..., old_numbering: _Optional[str] = ..., new_numbering: _Optional[str] = ...) -> None: ...

class ListChangeSetsRequest(_message.Message):
    __slots__ = ("item_id", "page_size", "page_token", "group_id", "job_id", "cause", "field", "source", "since")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    page_size: int
    page_token: str
    group_id: str
    job_id: str
    cause: str
    field: str
    source: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, item_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., group_id: _Optional[str] = ..., job_id: _Optional[str] = ..., cause: _Optional[str] = ..., field: _Optional[str] = ..., source: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

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

class UndoChangeSetsRequest(_message.Message):
    __slots__ = ("group_id", "job_id", "provider", "since", "dry_run", "max_items", "samples")
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    MAX_ITEMS_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    group_id: str
    job_id: str
    provider: str
    since: _timestamp_pb2.Timestamp
    dry_run: bool
    max_items: int
    samples: int
    def __init__(self, group_id: _Optional[str] = ..., job_id: _Optional[str] = ..., provider: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., dry_run: _Optional[bool] = ..., max_items: _Optional[int] = ..., samples: _Optional[int] = ...) -> None: ...

class UndoChangeSetsResponse(_message.Message):
    __slots__ = ("total_items", "items", "changed_items", "change_sets", "fields", "refusals", "refused", "samples", "group_id")
    class Refusal(_message.Message):
        __slots__ = ("item_id", "item_title", "field", "why", "change_set_id")
        ITEM_ID_FIELD_NUMBER: _ClassVar[int]
        ITEM_TITLE_FIELD_NUMBER: _ClassVar[int]
        FIELD_FIELD_NUMBER: _ClassVar[int]
        WHY_FIELD_NUMBER: _ClassVar[int]
        CHANGE_SET_ID_FIELD_NUMBER: _ClassVar[int]
        item_id: str
        item_title: str
        field: str
        why: str
        change_set_id: str
        def __init__(self, item_id: _Optional[str] = ..., item_title: _Optional[str] = ..., field: _Optional[str] = ..., why: _Optional[str] = ..., change_set_id: _Optional[str] = ...) -> None: ...
    class Sample(_message.Message):
        __slots__ = ("item_id", "item_title", "change")
        ITEM_ID_FIELD_NUMBER: _ClassVar[int]
        ITEM_TITLE_FIELD_NUMBER: _ClassVar[int]
        CHANGE_FIELD_NUMBER: _ClassVar[int]
        item_id: str
        item_title: str
        change: _common_pb2.FieldChange
        def __init__(self, item_id: _Optional[str] = ..., item_title: _Optional[str] = ..., change: _Optional[_Union[_common_pb2.FieldChange, _Mapping]] = ...) -> None: ...
    TOTAL_ITEMS_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    CHANGE_SETS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    total_items: int
    items: int
    changed_items: int
    change_sets: int
    fields: int
    refusals: int
    refused: _containers.RepeatedCompositeFieldContainer[UndoChangeSetsResponse.Refusal]
    samples: _containers.RepeatedCompositeFieldContainer[UndoChangeSetsResponse.Sample]
    group_id: str
    def __init__(self, total_items: _Optional[int] = ..., items: _Optional[int] = ..., changed_items: _Optional[int] = ..., change_sets: _Optional[int] = ..., fields: _Optional[int] = ..., refusals: _Optional[int] = ..., refused: _Optional[_Iterable[_Union[UndoChangeSetsResponse.Refusal, _Mapping]]] = ..., samples: _Optional[_Iterable[_Union[UndoChangeSetsResponse.Sample, _Mapping]]] = ..., group_id: _Optional[str] = ...) -> None: ...

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

class StartEnrichmentRequest(_message.Message):
    __slots__ = ("item_ids", "filter", "all", "mode", "force", "providers", "request_id")
    ITEM_IDS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ALL_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    item_ids: _containers.RepeatedScalarFieldContainer[str]
    filter: _common_pb2.ItemFilter
    all: bool
    mode: EnrichmentMode
    force: bool
    providers: _containers.RepeatedScalarFieldContainer[str]
    request_id: str
    def __init__(self, item_ids: _Optional[_Iterable[str]] = ..., filter: _Optional[_Union[_common_pb2.ItemFilter, _Mapping]] = ..., all: _Optional[bool] = ..., mode: _Optional[_Union[EnrichmentMode, str]] = ..., force: _Optional[bool] = ..., providers: _Optional[_Iterable[str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class StartEnrichmentResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class StartApplyRequest(_message.Message):
    __slots__ = ("drop_foreign", "request_id")
    DROP_FOREIGN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    drop_foreign: bool
    request_id: str
    def __init__(self, drop_foreign: _Optional[bool] = ..., request_id: _Optional[str] = ...) -> None: ...

class StartApplyResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class StartUpdateRequest(_message.Message):
    __slots__ = ("item_ids", "filter", "expected_items", "lock_fields", "unlock_fields", "lock_all", "unlock_all", "monitored", "update_mask", "dry_run", "request_id")
    ITEM_IDS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_ITEMS_FIELD_NUMBER: _ClassVar[int]
    LOCK_FIELDS_FIELD_NUMBER: _ClassVar[int]
    UNLOCK_FIELDS_FIELD_NUMBER: _ClassVar[int]
    LOCK_ALL_FIELD_NUMBER: _ClassVar[int]
    UNLOCK_ALL_FIELD_NUMBER: _ClassVar[int]
    MONITORED_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    item_ids: _containers.RepeatedScalarFieldContainer[str]
    filter: _common_pb2.ItemFilter
    expected_items: int
    lock_fields: _containers.RepeatedScalarFieldContainer[str]
    unlock_fields: _containers.RepeatedScalarFieldContainer[str]
    lock_all: bool
    unlock_all: bool
    monitored: bool
    update_mask: _field_mask_pb2.FieldMask
    dry_run: bool
    request_id: str
    def __init__(self, item_ids: _Optional[_Iterable[str]] = ..., filter: _Optional[_Union[_common_pb2.ItemFilter, _Mapping]] = ..., expected_items: _Optional[int] = ..., lock_fields: _Optional[_Iterable[str]] = ..., unlock_fields: _Optional[_Iterable[str]] = ..., lock_all: _Optional[bool] = ..., unlock_all: _Optional[bool] = ..., monitored: _Optional[bool] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., dry_run: _Optional[bool] = ..., request_id: _Optional[str] = ...) -> None: ...

class StartUpdateResponse(_message.Message):
    __slots__ = ("job", "items")
    JOB_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    job: Job
    items: int
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ..., items: _Optional[int] = ...) -> None: ...

class Job(_message.Message):
    __slots__ = ("id", "state", "cause", "created_at", "started_at", "finished_at", "total", "done", "changed", "unchanged", "deferred", "failed", "items_per_second", "estimated_end_at", "providers", "detail", "next_attempt_at", "sequence", "undecided", "kind")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[Job.Kind]
        KIND_ENRICH: _ClassVar[Job.Kind]
        KIND_APPLY: _ClassVar[Job.Kind]
        KIND_UPDATE: _ClassVar[Job.Kind]
    KIND_UNSPECIFIED: Job.Kind
    KIND_ENRICH: Job.Kind
    KIND_APPLY: Job.Kind
    KIND_UPDATE: Job.Kind
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[Job.State]
        STATE_QUEUED: _ClassVar[Job.State]
        STATE_RUNNING: _ClassVar[Job.State]
        STATE_COMPLETE: _ClassVar[Job.State]
        STATE_DEGRADED: _ClassVar[Job.State]
        STATE_CANCELLED: _ClassVar[Job.State]
        STATE_FAILED: _ClassVar[Job.State]
    STATE_UNSPECIFIED: Job.State
    STATE_QUEUED: Job.State
    STATE_RUNNING: Job.State
    STATE_COMPLETE: Job.State
    STATE_DEGRADED: Job.State
    STATE_CANCELLED: Job.State
    STATE_FAILED: Job.State
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    DEFERRED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    ITEMS_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    ESTIMATED_END_AT_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    NEXT_ATTEMPT_AT_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    UNDECIDED_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    id: str
    state: Job.State
    cause: str
    created_at: _timestamp_pb2.Timestamp
    started_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp
    total: int
    done: int
    changed: int
    unchanged: int
    deferred: int
    failed: int
    items_per_second: float
    estimated_end_at: _timestamp_pb2.Timestamp
    providers: _containers.RepeatedCompositeFieldContainer[JobProvider]
    detail: str
    next_attempt_at: _timestamp_pb2.Timestamp
    sequence: int
    undecided: int
    kind: Job.Kind
    def __init__(self, id: _Optional[str] = ..., state: _Optional[_Union[Job.State, str]] = ..., cause: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finished_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., total: _Optional[int] = ..., done: _Optional[int] = ..., changed: _Optional[int] = ..., unchanged: _Optional[int] = ..., deferred: _Optional[int] = ..., failed: _Optional[int] = ..., items_per_second: _Optional[float] = ..., estimated_end_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., providers: _Optional[_Iterable[_Union[JobProvider, _Mapping]]] = ..., detail: _Optional[str] = ..., next_attempt_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sequence: _Optional[int] = ..., undecided: _Optional[int] = ..., kind: _Optional[_Union[Job.Kind, str]] = ...) -> None: ...

class JobProvider(_message.Message):
    __slots__ = ("provider", "answered", "cached", "unavailable", "planned", "waiting", "reason", "next_attempt_at")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    CACHED_FIELD_NUMBER: _ClassVar[int]
    UNAVAILABLE_FIELD_NUMBER: _ClassVar[int]
    PLANNED_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    NEXT_ATTEMPT_AT_FIELD_NUMBER: _ClassVar[int]
    provider: str
    answered: int
    cached: int
    unavailable: int
    planned: int
    waiting: int
    reason: str
    next_attempt_at: _timestamp_pb2.Timestamp
    def __init__(self, provider: _Optional[str] = ..., answered: _Optional[int] = ..., cached: _Optional[int] = ..., unavailable: _Optional[int] = ..., planned: _Optional[int] = ..., waiting: _Optional[int] = ..., reason: _Optional[str] = ..., next_attempt_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class GetJobResponse(_message.Message):
    __slots__ = ("job", "troubles")
    class Trouble(_message.Message):
        __slots__ = ("item_id", "deferred", "detail", "item_title", "item_kind")
        ITEM_ID_FIELD_NUMBER: _ClassVar[int]
        DEFERRED_FIELD_NUMBER: _ClassVar[int]
        DETAIL_FIELD_NUMBER: _ClassVar[int]
        ITEM_TITLE_FIELD_NUMBER: _ClassVar[int]
        ITEM_KIND_FIELD_NUMBER: _ClassVar[int]
        item_id: str
        deferred: bool
        detail: str
        item_title: str
        item_kind: _common_pb2.MediaKind
        def __init__(self, item_id: _Optional[str] = ..., deferred: _Optional[bool] = ..., detail: _Optional[str] = ..., item_title: _Optional[str] = ..., item_kind: _Optional[_Union[_common_pb2.MediaKind, str]] = ...) -> None: ...
    JOB_FIELD_NUMBER: _ClassVar[int]
    TROUBLES_FIELD_NUMBER: _ClassVar[int]
    job: Job
    troubles: _containers.RepeatedCompositeFieldContainer[GetJobResponse.Trouble]
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ..., troubles: _Optional[_Iterable[_Union[GetJobResponse.Trouble, _Mapping]]] = ...) -> None: ...

class ListJobsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "state", "kind")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    state: Job.State
    kind: Job.Kind
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., state: _Optional[_Union[Job.State, str]] = ..., kind: _Optional[_Union[Job.Kind, str]] = ...) -> None: ...

class ListJobsResponse(_message.Message):
    __slots__ = ("jobs", "next_page_token")
    JOBS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    jobs: _containers.RepeatedCompositeFieldContainer[Job]
    next_page_token: str
    def __init__(self, jobs: _Optional[_Iterable[_Union[Job, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CancelJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class CancelJobResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class WatchJobRequest(_message.Message):
    __slots__ = ("job_id", "after_sequence")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    after_sequence: int
    def __init__(self, job_id: _Optional[str] = ..., after_sequence: _Optional[int] = ...) -> None: ...

class WatchJobResponse(_message.Message):
    __slots__ = ("job", "heartbeat")
    JOB_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    job: Job
    heartbeat: bool
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ..., heartbeat: _Optional[bool] = ...) -> None: ...
