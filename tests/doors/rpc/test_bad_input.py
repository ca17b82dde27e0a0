"""Whatever is wrong with a request, it is refused with the field that is wrong, and nothing at all is stored."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import grpc
import msgspec
import pytest
import requests
from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor

from door import Door, failure
from doors.rpc import grpc_web
from harness import PROVIDERS, House, Live, house, live
from metarr.clock import SystemClock
from metarr.domain.values import Kind
from metarr.rpc.client import RpcFailure
from metarr.rpc.doors.server import MAX_REQUEST_BYTES
from metarr.v1 import (
    aggregation_service_pb2,
    config_service_pb2,
    enrichment_service_pb2,
    health_service_pb2,
    library_service_pb2,
)
from simulators import Simulators

CONTRACT = {
    service.name.removesuffix("Service"): service
    for module in (
        aggregation_service_pb2,
        config_service_pb2,
        enrichment_service_pb2,
        health_service_pb2,
        library_service_pb2,
    )
    for service in module.DESCRIPTOR.services_by_name.values()
}
MOVIE, SERIES = "MEDIA_KIND_MOVIE", "MEDIA_KIND_SERIES"
LONG = "x" * 501


def ids(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"type": id_type, "value": value} for id_type, value in pairs]


def new(**more: Any) -> dict[str, Any]:
    return {"items": [{"kind": MOVIE, "title": "Heat", **more}]}


def rule(**more: Any) -> dict[str, Any]:
    rule = {"kind": MOVIE, "field": "plot", "providers": ["tmdb"], **more}
    return {"authorities": {"fields": [rule]}, "updateMask": "fields"}


def priority(*providers: str) -> dict[str, Any]:
    return {"authorities": {"providerPriority": list(providers)}, "updateMask": "providerPriority"}


def setting(**settings: Any) -> dict[str, Any]:
    return {"providerId": "omdb", "settings": settings, "updateMask": "settings"}


def edit(**change: Any) -> dict[str, Any]:
    return {"itemId": "1", **change, "updateMask": ",".join(change)}


def token(*parts: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode()


BAD_IDS: list[tuple[str, list[dict[str, str]], str]] = [
    ("tt_of_zeros", ids(("imdb", "tt0000000")), "ids[0].value"),
    ("tt_of_a_person", ids(("imdb", "nm0137523")), "ids[0].value"),
    ("tt_too_short", ids(("imdb", "tt123")), "ids[0].value"),
    ("tt_unknown", ids(("imdb", "unknown")), "ids[0].value"),
    ("tt_in_another_script", ids(("imdb", "tt٠١٣٧٥٢٣")), "ids[0].value"),
    ("tmdb_no_number", ids(("tmdb", "abc")), "ids[0].value"),
    ("tmdb_zero", ids(("tmdb", "0")), "ids[0].value"),
    ("tmdb_negative", ids(("tmdb", "-5")), "ids[0].value"),
    ("tmdb_path", ids(("tmdb", "550/../1")), "ids[0].value"),
    ("tvdb_query", ids(("tvdb", "1?x=1")), "ids[0].value"),
    ("no_type", ids(("", "tt0137523")), "ids[0].type"),
    ("two_of_a_type", ids(("tmdb", "550"), ("tmdb", "551")), "ids[1].value"),
]

BAD: dict[str, tuple[str, str, dict[str, Any], list[str]]] = {
    # Aggregation
    "aggregate_nothing": ("Aggregation", "Aggregate", {}, ["kind", "title"]),
    "aggregate_kind": ("Aggregation", "Aggregate", {"kind": 9, "title": "Heat"}, ["kind"]),
    "aggregate_blank_title": ("Aggregation", "Aggregate", {"kind": MOVIE, "title": "  "}, ["title"]),
    "aggregate_long_title": ("Aggregation", "Aggregate", {"kind": MOVIE, "title": LONG}, ["title"]),
    "aggregate_null": ("Aggregation", "Aggregate", {"kind": MOVIE, "title": "He\0at"}, ["title"]),
    "aggregate_episodes": (
        "Aggregation",
        "Aggregate",
        {"kind": MOVIE, "title": "Heat", "episodes": True},
        ["episodes"],
    ),
    "aggregate_year": ("Aggregation", "Aggregate", {"kind": MOVIE, "title": "Heat", "year": 99}, ["year"]),
    "aggregate_negative_year": ("Aggregation", "Aggregate", {"kind": MOVIE, "title": "Heat", "year": -1}, ["year"]),
    "aggregate_provider": (
        "Aggregation",
        "Aggregate",
        {"kind": MOVIE, "title": "Heat", "providers": ["tmdb", "imdb", ""]},
        ["providers[1]", "providers[2]"],
    ),
    "search_nothing": ("Aggregation", "Search", {}, ["kind", "title"]),
    "search_kind": ("Aggregation", "Search", {"kind": "MEDIA_KIND_EPISODE", "title": "Pilot"}, ["kind"]),
    "search_title": ("Aggregation", "Search", {"kind": MOVIE, "title": LONG}, ["title"]),
    "search_limit": ("Aggregation", "Search", {"kind": MOVIE, "title": "Heat", "limit": -1}, ["limit"]),
    "search_year": ("Aggregation", "Search", {"kind": MOVIE, "title": "Heat", "year": 3000}, ["year"]),
    "search_provider": (
        "Aggregation",
        "Search",
        {"kind": MOVIE, "title": "Heat", "providers": ["x"]},
        ["providers[0]"],
    ),
    "search_country": ("Aggregation", "Search", {"kind": MOVIE, "title": "Heat", "country": "Austria"}, ["country"]),
    # Enrichment
    "enrich_nothing": ("Enrichment", "Enrich", {}, ["item_id"]),
    "enrich_word": ("Enrichment", "Enrich", {"itemId": "heat"}, ["item_id"]),
    "enrich_zero": ("Enrichment", "Enrich", {"itemId": "0"}, ["item_id"]),
    "enrich_negative": ("Enrichment", "Enrich", {"itemId": "-1"}, ["item_id"]),
    "enrich_huge": ("Enrichment", "Enrich", {"itemId": "9" * 30}, ["item_id"]),
    "enrich_imdb": ("Enrichment", "Enrich", {"itemId": "imdb:137523"}, ["item_id"]),
    "enrich_mode": ("Enrichment", "Enrich", {"itemId": "1", "mode": 9}, ["mode"]),
    "enrich_provider": ("Enrichment", "Enrich", {"itemId": "1", "providers": ["imdb"]}, ["providers[0]"]),
    # Library
    "upsert_nothing": ("Library", "UpsertItems", {}, ["items"]),
    "upsert_too_many": ("Library", "UpsertItems", {"items": [{"kind": MOVIE, "title": "Heat"}] * 501}, ["items"]),
    "upsert_kind": ("Library", "UpsertItems", {"items": [{"title": "Heat"}]}, ["items[0].kind"]),
    "upsert_no_title": ("Library", "UpsertItems", {"items": [{"kind": MOVIE}]}, ["items[0].title"]),
    "upsert_long_title": ("Library", "UpsertItems", new(title=LONG), ["items[0].title"]),
    "upsert_year": ("Library", "UpsertItems", new(year=12345), ["items[0].year"]),
    "upsert_second": (
        "Library",
        "UpsertItems",
        {"items": [*new()["items"], {"kind": MOVIE, "title": "Ran", "ids": ids(("imdb", "x"))}]},
        ["items[1].ids[0].value"],
    ),
    "upsert_another_id": (
        "Library",
        "UpsertItems",
        new(ids=ids(("imdb", "tt1375666"), ("tmdb", "27206"))),
        ["items[0].ids.tmdb"],
    ),
    "get_nothing": ("Library", "GetItem", {}, ["item_id"]),
    "get_word": ("Library", "GetItem", {"itemId": "imdb"}, ["item_id"]),
    "get_type": ("Library", "GetItem", {"itemId": ":tt0137523"}, ["item_id"]),
    "list_kind": ("Library", "ListItems", {"kind": 77}, ["kind"]),
    "list_negative": ("Library", "ListItems", {"pageSize": -1}, ["page_size"]),
    "list_too_many": ("Library", "ListItems", {"pageSize": 201}, ["page_size"]),
    "list_title": ("Library", "ListItems", {"titleContains": LONG}, ["title_contains"]),
    "list_token": ("Library", "ListItems", {"pageToken": "nonsense"}, ["page_token"]),
    "list_token_not_ascii": ("Library", "ListItems", {"pageToken": "日本語"}, ["page_token"]),
    "list_token_number": ("Library", "ListItems", {"pageToken": base64.b64encode(b"5").decode()}, ["page_token"]),
    "list_token_null": ("Library", "ListItems", {"pageToken": token([0, "", ""], [None, None])}, ["page_token"]),
    "list_token_infinite": (
        "Library",
        "ListItems",
        {"pageToken": base64.b64encode(b'[[0,"",""],["a",1e999]]').decode()},
        ["page_token"],
    ),
    "list_token_huge": ("Library", "ListItems", {"pageToken": token([0, "", ""], ["a", 10**25])}, ["page_token"]),
    "list_token_deep": ("Library", "ListItems", {"pageToken": base64.b64encode(b"[" * 90000).decode()}, ["page_token"]),
    "list_order": ("Library", "ListItems", {"orderBy": 9}, ["order_by"]),
    "list_filter": (
        "Library",
        "ListItems",
        {
            "filter": {
                "kind": 77,
                "kinds": [MOVIE, 0, 9],
                "titleContains": LONG,
                "source": LONG,
                "playerId": "\0",
                "yearFrom": 12,
                "yearTo": -1,
            }
        },
        [
            "filter.kind",
            "filter.title_contains",
            "filter.source",
            "filter.player_id",
            "filter.year_from",
            "filter.year_to",
            "filter.kinds[1]",
            "filter.kinds[2]",
        ],
    ),
    "list_filter_unknown": (
        "Library",
        "ListItems",
        {"filter": {"missingField": "x", "lockedField": "y", "source": "z", "playerId": "p", "pendingProvider": "q"}},
        [
            "filter.missing_field",
            "filter.locked_field",
            "filter.source",
            "filter.player_id",
            "filter.pending_provider",
        ],
    ),
    "list_filter_years": (
        "Library",
        "ListItems",
        {"filter": {"yearFrom": 2001, "yearTo": 2000}},
        ["filter.year_to"],
    ),
    "summary_filter": (
        "Library",
        "GetLibrarySummary",
        {"filter": {"kind": 77, "titleContains": LONG}},
        ["filter.kind", "filter.title_contains"],
    ),
    "summary_filter_unknown": (
        "Library",
        "GetLibrarySummary",
        {"filter": {"missingField": "x", "titleContains": "\u0301"}},
        ["filter.missing_field", "filter.title_contains"],
    ),
    "update_all_nothing": ("Enrichment", "StartUpdate", {}, ["item_ids", "update_mask"]),
    "update_all_two_ways": (
        "Enrichment",
        "StartUpdate",
        {"itemIds": ["1"], "filter": {}, "expectedItems": 1, "lockAll": True, "updateMask": "lockAll"},
        ["item_ids"],
    ),
    "update_all_unseen": (
        "Enrichment",
        "StartUpdate",
        {"filter": {}, "lockAll": True, "updateMask": "lockAll"},
        ["expected_items"],
    ),
    "update_all_negative": (
        "Enrichment",
        "StartUpdate",
        {"filter": {}, "expectedItems": -1, "lockAll": True, "updateMask": "lockAll"},
        ["expected_items"],
    ),
    "update_all_deleted": (
        "Enrichment",
        "StartUpdate",
        {"filter": {"deleted": True}, "expectedItems": 1, "lockAll": True, "updateMask": "lockAll"},
        ["filter.deleted"],
    ),
    "update_all_mask": (
        "Enrichment",
        "StartUpdate",
        {"itemIds": ["1"], "updateMask": "fields,ids"},
        ["update_mask"] * 2,
    ),
    "update_all_fields": (
        "Enrichment",
        "StartUpdate",
        {
            "itemIds": ["1"],
            "lockFields": ["plot", "x"],
            "unlockFields": ["plot"],
            "updateMask": "lockFields,unlockFields",
        },
        ["lock_fields[1]", "unlock_fields[0]"],
    ),
    "update_all_both": (
        "Enrichment",
        "StartUpdate",
        {"itemIds": ["1"], "lockAll": True, "unlockAll": True, "updateMask": "lockAll,unlockAll"},
        ["unlock_all"],
    ),
    "update_all_items": (
        "Enrichment",
        "StartUpdate",
        {"itemIds": ["x", "99"], "monitored": True, "updateMask": "monitored"},
        ["item_ids[0]", "item_ids[1]"],
    ),
    "update_all_too_many": (
        "Enrichment",
        "StartUpdate",
        {"itemIds": ["1"] * 10_001, "monitored": True, "updateMask": "monitored"},
        ["item_ids"],
    ),
    "update_all_request": (
        "Enrichment",
        "StartUpdate",
        {"itemIds": ["1"], "monitored": True, "updateMask": "monitored", "requestId": "x" * 101},
        ["request_id"],
    ),
    "jobs_state": ("Enrichment", "ListJobs", {"state": 44, "kind": 44}, ["state", "kind"]),
    "list_parent": ("Library", "ListItems", {"parentId": "x"}, ["parent_id"]),
    "upsert_field": (
        "Library",
        "UpsertItems",
        new(fields=[{"name": "rating", "value": 5}, {"name": "still", "value": []}]),
        ["items[0].fields.rating", "items[0].fields.still"],
    ),
    "upsert_field_twice": (
        "Library",
        "UpsertItems",
        new(fields=[{"name": "plot", "value": "a"}, {"name": "plot", "value": "b"}]),
        ["items[0].fields[1].name"],
    ),
    "upsert_value": (
        "Library",
        "UpsertItems",
        new(fields=[{"name": "plot", "value": 5}, {"name": "release_date", "value": "tomorrow"}]),
        ["items[0].fields.plot", "items[0].fields.release_date"],
    ),
    "upsert_source": ("Library", "UpsertItems", new(source="tmdb"), ["items[0].source"]),
    "upsert_season": ("Library", "UpsertItems", new(seasonNumber=-1), ["items[0].season_number"]),
    "upsert_series": (
        "Library",
        "UpsertItems",
        {"items": [{"kind": "MEDIA_KIND_EPISODE", "title": "Pilot", "series": {"ids": ids(("tvdb", "x"))}}]},
        ["items[0].series.ids[0].value"],
    ),
    "upsert_alone": (
        "Library",
        "UpsertItems",
        {"items": [{"kind": f"MEDIA_KIND_{kind}", "title": "Pilot"} for kind in ("EPISODE", "SEASON", "SERIES")]},
        ["items[0].series", "items[1].series"],
    ),
    "update_nothing": ("Library", "UpdateItem", {}, ["item_id", "update_mask"]),
    "update_mask": ("Library", "UpdateItem", {"itemId": "1", "updateMask": "title"}, ["update_mask"]),
    "update_field": ("Library", "UpdateItem", edit(fields={"rating": 5}), ["fields.rating"]),
    "update_kind": ("Library", "UpdateItem", edit(fields={"still": []}), ["fields.still"]),
    "update_value": ("Library", "UpdateItem", edit(fields={"plot": 5}), ["fields.plot"]),
    "update_number": ("Library", "UpdateItem", edit(fields={"runtime_minutes": "long"}), ["fields.runtime_minutes"]),
    "update_date": ("Library", "UpdateItem", edit(fields={"release_date": "2010-13-45"}), ["fields.release_date"]),
    "update_image": ("Library", "UpdateItem", edit(fields={"poster": [{"url": "file:///etc"}]}), ["fields.poster"]),
    "update_lock": ("Library", "UpdateItem", edit(lockFields=["rating"]), ["lock_fields.rating"]),
    "update_unlock": ("Library", "UpdateItem", edit(unlockFields=["rating"]), ["unlock_fields.rating"]),
    "update_both": (
        "Library",
        "UpdateItem",
        {"itemId": "1", "lockFields": ["plot"], "unlockFields": ["plot"], "updateMask": "lockFields,unlockFields"},
        ["unlock_fields.plot"],
    ),
    "update_all": (
        "Library",
        "UpdateItem",
        {"itemId": "1", "lockAll": True, "unlockAll": True, "updateMask": "lockAll,unlockAll"},
        ["unlock_all"],
    ),
    "update_ids": ("Library", "UpdateItem", edit(ids=ids(("imdb", "x"))), ["ids[0].value"]),
    "delete_nothing": ("Library", "DeleteItems", {}, ["item_ids"]),
    "delete_too_many": ("Library", "DeleteItems", {"itemIds": ["1"] * 501}, ["item_ids"]),
    "delete_word": ("Library", "DeleteItems", {"itemIds": ["1", "x"]}, ["item_ids[1]"]),
    "restore_nothing": ("Library", "RestoreItems", {}, ["item_ids"]),
    "restore_word": ("Library", "RestoreItems", {"itemIds": ["imdb:1"]}, ["item_ids[0]"]),
    "artwork_nothing": ("Library", "ListArtwork", {}, ["item_id", "field"]),
    "artwork_field": ("Library", "ListArtwork", {"itemId": "1", "field": "plot"}, ["field"]),
    "artwork_field_unknown": ("Library", "ListArtwork", {"itemId": "1", "field": "nonsense"}, ["field"]),
    "artwork_language": (
        "Library",
        "ListArtwork",
        {"itemId": "1", "field": "poster", "languages": ["en", "de_DE"]},
        ["languages[1]"],
    ),
    "artwork_negative": ("Library", "ListArtwork", {"itemId": "1", "field": "poster", "pageSize": -1}, ["page_size"]),
    "artwork_token": ("Library", "ListArtwork", {"itemId": "1", "field": "poster", "pageToken": "x"}, ["page_token"]),
    "orders_nothing": ("Library", "ListSeriesOrders", {}, ["item_id"]),
    "orders_of_a_movie": ("Library", "ListSeriesOrders", {"itemId": "1"}, ["item_id"]),
    "order_nothing": ("Library", "SetSeriesOrder", {}, ["item_id", "order"]),
    "order_of_a_movie": ("Library", "SetSeriesOrder", {"itemId": "1", "order": "dvd"}, ["item_id"]),
    "dismiss_nothing": ("Library", "DismissConflict", {}, ["item_id", "type", "claimed_by"]),
    # History
    "changes_cause": ("Enrichment", "ListChangeSets", {"cause": "weather"}, ["cause"]),
    "changes_field": ("Enrichment", "ListChangeSets", {"field": "nonsense"}, ["field"]),
    "changes_item": ("Enrichment", "ListChangeSets", {"itemId": "x"}, ["item_id"]),
    "changes_negative": ("Enrichment", "ListChangeSets", {"pageSize": -5}, ["page_size"]),
    "changes_token": ("Enrichment", "ListChangeSets", {"pageToken": token([""], ["a"])}, ["page_token"]),
    "undo_nothing": ("Enrichment", "UndoChangeSet", {}, ["change_set_id"]),
    "undo_word": ("Enrichment", "UndoChangeSet", {"changeSetId": "x"}, ["change_set_id"]),
    "undo_negative": ("Enrichment", "UndoChangeSet", {"changeSetId": "-1"}, ["change_set_id"]),
    "undo_huge": ("Enrichment", "UndoChangeSet", {"changeSetId": "9" * 30}, ["change_set_id"]),
    "changes_group": ("Enrichment", "ListChangeSets", {"groupId": "job-"}, ["group_id"]),
    "changes_job": ("Enrichment", "ListChangeSets", {"jobId": "x"}, ["job_id"]),
    "changes_both": ("Enrichment", "ListChangeSets", {"jobId": "1", "groupId": "1"}, ["group_id"]),
    "undo_all_of_nothing": ("Enrichment", "UndoChangeSets", {}, ["group_id"]),
    "undo_two_ways": ("Enrichment", "UndoChangeSets", {"groupId": "1", "jobId": "1"}, ["group_id"]),
    "undo_group": ("Enrichment", "UndoChangeSets", {"groupId": "9" * 12}, ["group_id"]),
    "undo_job": ("Enrichment", "UndoChangeSets", {"jobId": "-1"}, ["job_id"]),
    "undo_provider_ever": ("Enrichment", "UndoChangeSets", {"provider": "tmdb"}, ["since"]),
    "undo_provider_long": (
        "Enrichment",
        "UndoChangeSets",
        {"provider": "x" * 65, "since": "2026-03-01T00:00:00Z"},
        ["provider"],
    ),
    "undo_since": ("Enrichment", "UndoChangeSets", {"jobId": "1", "since": "2026-03-01T00:00:00Z"}, ["since"]),
    "undo_limited": ("Enrichment", "UndoChangeSets", {"jobId": "1", "maxItems": 5}, ["max_items"]),
    "undo_negative_items": (
        "Enrichment",
        "UndoChangeSets",
        {"jobId": "1", "maxItems": -5, "dryRun": True},
        ["max_items"],
    ),
    "undo_samples": ("Enrichment", "UndoChangeSets", {"jobId": "1", "samples": 101}, ["samples"]),
    # Jobs
    "job_nothing": ("Enrichment", "StartEnrichment", {}, ["item_ids"]),
    "job_two_scopes": ("Enrichment", "StartEnrichment", {"itemIds": ["1"], "all": True}, ["item_ids"]),
    "apply_request_id": ("Enrichment", "StartApply", {"requestId": LONG}, ["request_id"]),
    "job_empty_filter": ("Enrichment", "StartEnrichment", {"filter": {}}, ["filter"]),
    "job_filter": (
        "Enrichment",
        "StartEnrichment",
        {"filter": {"kind": 9, "titleContains": LONG, "monitored": True}},
        ["filter.kind", "filter.title_contains"],
    ),
    "job_filter_field": (
        "Enrichment",
        "StartEnrichment",
        {"filter": {"missingField": "rating"}},
        ["filter.missing_field"],
    ),
    "job_filter_provider": (
        "Enrichment",
        "StartEnrichment",
        {"filter": {"pendingProvider": "imdb"}},
        ["filter.pending_provider"],
    ),
    "job_items": (
        "Enrichment",
        "StartEnrichment",
        {"itemIds": ["x", "1", "4711", "imdb:tt9999999"]},
        ["item_ids[0]", "item_ids[2]", "item_ids[3]"],
    ),
    "job_too_many": ("Enrichment", "StartEnrichment", {"itemIds": ["1"] * 10_001}, ["item_ids"]),
    "job_mode": ("Enrichment", "StartEnrichment", {"all": True, "mode": 9}, ["mode"]),
    "job_provider": ("Enrichment", "StartEnrichment", {"all": True, "providers": ["imdb"]}, ["providers[0]"]),
    "job_request": ("Enrichment", "StartEnrichment", {"all": True, "requestId": LONG}, ["request_id"]),
    "get_job_nothing": ("Enrichment", "GetJob", {}, ["job_id"]),
    "get_job_word": ("Enrichment", "GetJob", {"jobId": "imdb:tt0137523"}, ["job_id"]),
    "list_jobs": ("Enrichment", "ListJobs", {"pageSize": -1, "pageToken": "x"}, ["page_size", "page_token"]),
    "list_notices": ("Health", "ListNotices", {"pageSize": 201, "pageToken": "x"}, ["page_size", "page_token"]),
    "list_notices_token": ("Health", "ListNotices", {"pageToken": token([""], [5])}, ["page_token"]),
    "list_usage": ("Health", "ListUsage", {"days": 401, "providerId": "imdb"}, ["days", "provider_id"]),
    "list_jobs_token": ("Enrichment", "ListJobs", {"pageToken": token([""], [5])}, ["page_token"]),
    "cancel_job_nothing": ("Enrichment", "CancelJob", {}, ["job_id"]),
    "cancel_job_huge": ("Enrichment", "CancelJob", {"jobId": "9" * 40}, ["job_id"]),
    "split_nothing": ("Library", "SplitItem", {}, ["item_id", "joined_item_id"]),
    "split_by_title": ("Library", "SplitItem", {"itemId": "1", "joinedItemId": "imdb:tt0137523"}, ["joined_item_id"]),
    # Series
    "tree_nothing": ("Library", "GetSeriesTree", {}, ["item_id"]),
    "tree_of_a_movie": ("Library", "GetSeriesTree", {"itemId": "1"}, ["item_id"]),
    "pairings_nothing": ("Library", "ListPairings", {}, ["item_id"]),
    "pairings_of_a_movie": ("Library", "ListPairings", {"itemId": "1"}, ["item_id"]),
    "pairings_state": ("Library", "ListPairings", {"itemId": "1", "state": 9}, ["state"]),
    "pair_nothing": ("Library", "SetPairing", {}, ["series_id", "entry"]),
    "pair_of_a_movie": ("Library", "SetPairing", {"seriesId": "1", "entry": "tvdb:1"}, ["series_id"]),
    "pair_item": ("Library", "SetPairing", {"seriesId": "1", "entry": "tvdb:1", "itemId": "x"}, ["item_id"]),
    "pair_clear": (
        "Library",
        "SetPairing",
        {"seriesId": "1", "entry": "tvdb:1", "itemId": "1", "clear": True},
        ["clear"],
    ),
    "lock_below_a_movie": (
        "Library",
        "UpdateItem",
        {"itemId": "1", "lockFields": ["plot"], "lockBelow": True, "updateMask": "lockFields,lockBelow"},
        ["lock_below"],
    ),
    # Settings
    "settings_nothing": ("Config", "UpdateSettings", {}, ["settings"]),
    "settings_mask": (
        "Config",
        "UpdateSettings",
        {"settings": {"language": "de-AT"}, "updateMask": "country"},
        ["update_mask"],
    ),
    "settings_unknown": ("Config", "UpdateSettings", {"settings": {"colour": "red"}}, ["settings.colour"]),
    "settings_type": ("Config", "UpdateSettings", {"settings": {"extra_fanart": "many"}}, ["settings.extra_fanart"]),
    "settings_negative": ("Config", "UpdateSettings", {"settings": {"extra_fanart": -1}}, ["settings.extra_fanart"]),
    "settings_country": ("Config", "UpdateSettings", {"settings": {"country": "Austria"}}, ["settings.country"]),
    "settings_language": ("Config", "UpdateSettings", {"settings": {"language": "English"}}, ["settings.language"]),
    "settings_field": ("Config", "UpdateSettings", {"settings": {"sync_fields": ["rating"]}}, ["settings.sync_fields"]),
    "preview_samples": ("Config", "PreviewFieldAuthorities", {"samples": 21}, ["samples"]),
    "preview_rule": (
        "Config",
        "PreviewFieldAuthorities",
        rule(providers=["imdb"]),
        ["authorities.fields[0].providers"],
    ),
    "export_negative": ("Config", "ExportSettings", {"pageSize": -1}, ["page_size"]),
    "export_token": ("Config", "ExportSettings", {"pageToken": "x"}, ["page_token"]),
    "export_token_huge": ("Config", "ExportSettings", {"pageToken": "9" * 30}, ["page_token"]),
    "import_nothing": ("Config", "ImportSettings", {}, ["json"]),
    "import_text": ("Config", "ImportSettings", {"json": "{"}, ["json"]),
    "import_list": ("Config", "ImportSettings", {"json": "[]"}, ["json"]),
    "import_deep": ("Config", "ImportSettings", {"json": "[" * 90000}, ["json"]),
    "import_setting": (
        "Config",
        "ImportSettings",
        {"json": json.dumps({"format": 1, "settings": {"colour": "red", "extra_fanart": -1}})},
        ["settings.colour", "settings.extra_fanart"],
    ),
    # Providers
    "fields_kind": ("Config", "ListFields", {"kind": 9}, ["kind"]),
    "fields_negative": ("Config", "ListFields", {"pageSize": -1}, ["page_size"]),
    "fields_too_many": ("Config", "ListFields", {"pageSize": 201}, ["page_size"]),
    "fields_token": ("Config", "ListFields", {"pageToken": "plot"}, ["page_token"]),
    "proxy_no_address": ("Config", "UpdateSettings", {"settings": {"proxy": "proxy.lan:3128"}}, ["settings.proxy"]),
    "proxy_with_password": (
        "Config",
        "UpdateSettings",
        {"settings": {"proxy": "http://bob:hunter2@proxy.lan"}},
        ["settings.proxy"],
    ),
    "proxy_user_colon": ("Config", "UpdateSettings", {"settings": {"proxy_user": "a:b"}}, ["settings.proxy_user"]),
    "proxy_of_provider": (
        "Config",
        "UpdateProvider",
        {"providerId": "omdb", "settings": {"proxy": "ftp://proxy.lan"}, "updateMask": "settings"},
        ["settings.proxy"],
    ),
    "languages_unknown": ("Config", "UpdateSettings", {"settings": {"languages": ["xx"]}}, ["settings.languages"]),
    "languages_twenty": ("Config", "UpdateSettings", {"settings": {"languages": ["en"] * 20}}, ["settings.languages"]),
    "country_unknown": ("Config", "UpdateSettings", {"settings": {"country": "usa"}}, ["settings.country"]),
    "providers_negative": ("Config", "ListProviders", {"pageSize": -1}, ["page_size"]),
    "providers_too_many": ("Config", "ListProviders", {"pageSize": 1000}, ["page_size"]),
    "providers_token": ("Config", "ListProviders", {"pageToken": "imdb"}, ["page_token"]),
    "provider_nothing": ("Config", "UpdateProvider", {}, ["provider_id", "update_mask"]),
    "provider_no_mask": ("Config", "UpdateProvider", {"providerId": "omdb", "enabled": False}, ["update_mask"]),
    "provider_mask": ("Config", "UpdateProvider", {"providerId": "omdb", "updateMask": "name"}, ["update_mask"]),
    "provider_mask_below": (
        "Config",
        "UpdateProvider",
        {"providerId": "omdb", "updateMask": "enabled.x"},
        ["update_mask"],
    ),
    "provider_not_given": (
        "Config",
        "UpdateProvider",
        {"providerId": "omdb", "updateMask": "settings.plot"},
        ["settings.plot"],
    ),
    "setting_unknown": ("Config", "UpdateProvider", setting(password="x"), ["settings.password"]),
    "setting_secret_number": ("Config", "UpdateProvider", setting(api_key=5), ["settings.api_key"]),
    "setting_secret_control": ("Config", "UpdateProvider", setting(api_key="f00d\r\nX: y"), ["settings.api_key"]),
    "setting_secret_letters": ("Config", "UpdateProvider", setting(api_key="ключ"), ["settings.api_key"]),
    "setting_long": ("Config", "UpdateProvider", setting(api_key="x" * 5000), ["settings.api_key"]),
    "setting_url_word": ("Config", "UpdateProvider", setting(base_url="omdb"), ["settings.base_url"]),
    "setting_url_file": ("Config", "UpdateProvider", setting(base_url="file:///etc/passwd"), ["settings.base_url"]),
    "setting_url_ftp": ("Config", "UpdateProvider", setting(base_url="ftp://omdb.test"), ["settings.base_url"]),
    "setting_url_no_host": ("Config", "UpdateProvider", setting(base_url="https:///x"), ["settings.base_url"]),
    "setting_url_user": ("Config", "UpdateProvider", setting(base_url="https://a:b@x.test"), ["settings.base_url"]),
    "setting_url_port": ("Config", "UpdateProvider", setting(base_url="https://x.test:99999"), ["settings.base_url"]),
    "setting_url_bracket": ("Config", "UpdateProvider", setting(base_url="http://[::1"), ["settings.base_url"]),
    "setting_url_query": ("Config", "UpdateProvider", setting(base_url="https://x.test/?a=b"), ["settings.base_url"]),
    "setting_rate": ("Config", "UpdateProvider", setting(requests_per_second=0), ["settings.requests_per_second"]),
    "setting_rate_word": (
        "Config",
        "UpdateProvider",
        setting(requests_per_second="5"),
        ["settings.requests_per_second"],
    ),
    "setting_rate_nan": (
        "Config",
        "UpdateProvider",
        setting(requests_per_second="NaN"),
        ["settings.requests_per_second"],
    ),
    "setting_quota": ("Config", "UpdateProvider", setting(daily_quota=-1), ["settings.daily_quota"]),
    "setting_quota_part": ("Config", "UpdateProvider", setting(daily_quota=1.5), ["settings.daily_quota"]),
    "setting_two": (
        "Config",
        "UpdateProvider",
        setting(api_key="f00df00d", base_url="x", daily_quota=True),
        ["settings.base_url", "settings.daily_quota"],
    ),
    "test_nothing": ("Config", "TestProvider", {}, ["provider_id"]),
    "authorities_kind": ("Config", "GetFieldAuthorities", {"kind": 9}, ["kind"]),
    "rule_nothing": ("Config", "UpdateFieldAuthorities", {}, ["update_mask"]),
    "rule_mask": ("Config", "UpdateFieldAuthorities", {"updateMask": "etag"}, ["update_mask"]),
    "rule_not_given": ("Config", "UpdateFieldAuthorities", {"updateMask": "fields"}, ["authorities.fields"]),
    "rule_kind": ("Config", "UpdateFieldAuthorities", rule(kind=0), ["authorities.fields[0].kind"]),
    "rule_field": ("Config", "UpdateFieldAuthorities", rule(field="rating"), ["authorities.fields[0].field"]),
    "rule_field_of_kind": ("Config", "UpdateFieldAuthorities", rule(field="still"), ["authorities.fields[0].field"]),
    "rule_provider": (
        "Config",
        "UpdateFieldAuthorities",
        rule(providers=["tmdb", "imdb"]),
        ["authorities.fields[0].providers"],
    ),
    "rule_twice": (
        "Config",
        "UpdateFieldAuthorities",
        rule(providers=["tmdb", "tmdb"]),
        ["authorities.fields[0].providers"],
    ),
    "rule_empty": ("Config", "UpdateFieldAuthorities", rule(providers=[]), ["authorities.fields[0].providers"]),
    "rule_exclusive_empty": (
        "Config",
        "UpdateFieldAuthorities",
        rule(providers=[], exclusive=True),
        ["authorities.fields[0].providers"],
    ),
    "rule_union": ("Config", "UpdateFieldAuthorities", rule(union=True), ["authorities.fields[0].union"]),
    "priority_empty": ("Config", "UpdateFieldAuthorities", priority(), ["authorities.provider_priority"]),
    "priority_unknown": (
        "Config",
        "UpdateFieldAuthorities",
        priority("tmdb", "imdb"),
        ["authorities.provider_priority"],
    ),
    "priority_twice": ("Config", "UpdateFieldAuthorities", priority("tmdb", "tmdb"), ["authorities.provider_priority"]),
    "reset_unknown": (
        "Config",
        "UpdateFieldAuthorities",
        {"resetFields": ["movie.plot", "movie.rating", "plot"]},
        ["reset_fields[1]", "reset_fields[2]"],
    ),
    "rule_and_reset": (
        "Config",
        "UpdateFieldAuthorities",
        {**rule(providers=["imdb"]), "resetFields": ["movie.plot"]},
        ["authorities.fields[0].providers"],
    ),
}
BAD |= {
    f"aggregate_{name}": ("Aggregation", "Aggregate", {"kind": MOVIE, "ids": given}, [field])
    for name, given, field in BAD_IDS
}
BAD |= {
    f"upsert_{name}": ("Library", "UpsertItems", new(ids=given), [f"items[0].{field}"])
    for name, given, field in BAD_IDS
}

OVER_THE_WIRE = (
    "aggregate_null",
    "search_limit",
    "enrich_huge",
    "upsert_second",
    "list_token_not_ascii",
    "list_token_deep",
    "update_image",
    "job_items",
    "setting_two",
    "reset_unknown",
)
"""Those of them that are tried through a daemon's ports as well."""

MISSING: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "enrich": ("Enrichment", "Enrich", {"itemId": "4711"}, "item_id"),
    "enrich_imdb": ("Enrichment", "Enrich", {"itemId": "imdb:tt9999999"}, "item_id"),
    "get": ("Library", "GetItem", {"itemId": "4711"}, "item_id"),
    "get_largest": ("Library", "GetItem", {"itemId": "9" * 18}, "item_id"),
    "get_imdb": ("Library", "GetItem", {"itemId": "imdb:tt9999999"}, "item_id"),
    "update": ("Library", "UpdateItem", {"itemId": "4711", "monitored": False, "updateMask": "monitored"}, "item_id"),
    "delete": ("Library", "DeleteItems", {"itemIds": ["1", "4711"]}, "item_ids[1]"),
    "restore": ("Library", "RestoreItems", {"itemIds": ["4711"]}, "item_ids[0]"),
    "list_below": ("Library", "ListItems", {"parentId": "4711"}, "parent_id"),
    "artwork": ("Library", "ListArtwork", {"itemId": "4711", "field": "poster"}, "item_id"),
    "dismiss": (
        "Library",
        "DismissConflict",
        {"itemId": "4711", "type": "imdb", "value": "tt0000002", "claimedBy": "tmdb"},
        "item_id",
    ),
    "changes": ("Enrichment", "ListChangeSets", {"itemId": "4711"}, "item_id"),
    "undo": ("Enrichment", "UndoChangeSet", {"changeSetId": "4711"}, "change_set_id"),
    "get_job": ("Enrichment", "GetJob", {"jobId": "4711"}, "job_id"),
    "cancel_job": ("Enrichment", "CancelJob", {"jobId": "4711"}, "job_id"),
    "orders": ("Library", "ListSeriesOrders", {"itemId": "4711"}, "item_id"),
    "order": ("Library", "SetSeriesOrder", {"itemId": "4711", "order": "dvd"}, "item_id"),
    "split": ("Library", "SplitItem", {"itemId": "4711", "joinedItemId": "1"}, "item_id"),
    "tree": ("Library", "GetSeriesTree", {"itemId": "4711"}, "item_id"),
    "pair": ("Library", "SetPairing", {"seriesId": "4711", "entry": "tvdb:1"}, "series_id"),
    "split_never_joined": ("Library", "SplitItem", {"itemId": "1", "joinedItemId": "4711"}, "joined_item_id"),
    "update_provider": (
        "Config",
        "UpdateProvider",
        {"providerId": "imdb", "settings": {"api_key": "x"}, "updateMask": "settings"},
        "provider_id",
    ),
    "test_provider": ("Config", "TestProvider", {"providerId": "imdb"}, "provider_id"),
}

WATCH: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "nothing": ({}, "INVALID_ARGUMENT", ["job_id"]),
    "word": ({"jobId": "imdb:tt0137523"}, "INVALID_ARGUMENT", ["job_id"]),
    "huge": ({"jobId": "9" * 40}, "INVALID_ARGUMENT", ["job_id"]),
    "negative": ({"jobId": "-1"}, "INVALID_ARGUMENT", ["job_id"]),
    "sequence": ({"jobId": "4711", "afterSequence": "-1"}, "INVALID_ARGUMENT", ["after_sequence"]),
    "both": ({"jobId": "", "afterSequence": str(-(2**63))}, "INVALID_ARGUMENT", ["job_id", "after_sequence"]),
    "unknown": ({"jobId": "4711"}, "NOT_FOUND", ["job_id"]),
}
"""Requests to watch a job, each with the code and the fields by which it is refused."""


@pytest.fixture(scope="module")
def home(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    running_simulators.reset()
    with house(running_simulators, tmp_path_factory.mktemp("house"), SystemClock()) as made:
        yield made


@pytest.fixture(scope="module")
def library(home: House) -> Door:
    """A library that has something to lose."""
    door = Door(home)
    fill(door)
    return door


@pytest.fixture(scope="module")
def far(running_simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Such a library behind the ports of a daemon."""
    running_simulators.reset()
    with live(tmp_path_factory.mktemp("data")) as daemon:
        daemon.configure(running_simulators, *PROVIDERS)
        fill(daemon)
        yield daemon


def fill(library: Door | Live) -> None:
    item = {"kind": MOVIE, "title": "Inception", "year": 2010, "ids": ids(("imdb", "tt1375666"))}
    library.call("Library", "UpsertItems", {"items": [item]})
    library.call("Enrichment", "Enrich", {"itemId": "imdb:tt1375666"})
    library.call("Config", "UpdateFieldAuthorities", rule(providers=["omdb", "tmdb"]))


@pytest.fixture
def untouched(library: Door, home: House) -> Iterator[Door]:
    """Fails where anything in the database is another after the test."""
    before = home.rows()
    yield library
    assert home.rows() == before


@pytest.fixture
def untouched_far(far: Live) -> Iterator[Live]:
    before = far.rows()
    yield far
    assert far.rows() == before


def refused(library: Door | Live, service: str, method: str, request: dict[str, Any]) -> RpcFailure:
    with pytest.raises(RpcFailure) as caught:
        library.call(service, method, request)
    return caught.value


def fields_of(failure: RpcFailure) -> list[str]:
    return [violation.field for violation in failure.violations]


def check_bad(failure: RpcFailure, fields: list[str]) -> None:
    assert failure.code == "INVALID_ARGUMENT"
    assert failure.reason in ("INVALID_INPUT", "ID_TAKEN")
    assert fields_of(failure) == fields
    assert all(violation.description for violation in failure.violations)


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_by_the_name_of_its_field_and_nothing_is_stored(untouched: Door, name: str) -> None:
    *call, fields = BAD[name]
    check_bad(refused(untouched, *call), fields)


@pytest.mark.parametrize("name", OVER_THE_WIRE)
def test_over_the_wire_it_is_refused_in_the_same_words(untouched: Door, untouched_far: Live, name: str) -> None:
    *call, fields = BAD[name]
    failure = refused(untouched_far, *call)
    check_bad(failure, fields)
    assert vars(failure) == vars(refused(untouched, *call))


@pytest.mark.parametrize("name", MISSING)
def test_what_is_not_there_is_named(untouched: Door, name: str) -> None:
    *call, field = MISSING[name]
    failure = refused(untouched, *call)
    assert (failure.code, fields_of(failure)) == ("NOT_FOUND", [field])


def test_over_the_wire_it_is_named_too(untouched_far: Live) -> None:
    *call, field = MISSING["get"]
    failure = refused(untouched_far, *call)
    assert (failure.code, fields_of(failure)) == ("NOT_FOUND", [field])


@pytest.mark.parametrize("name", WATCH)
def test_a_job_that_cannot_be_watched_is_refused_at_once(untouched: Door, name: str) -> None:
    request, code, fields = WATCH[name]
    body = grpc_web.frame(json.dumps(request).encode())
    answer = untouched.post("EnrichmentService/WatchJob", body, "application/connect+json")
    [(_, end)] = grpc_web.frames(answer.get_data())
    told = failure(json.loads(end)["error"])
    assert (told.code, fields_of(told)) == (code, fields)


@pytest.mark.parametrize("name", ["both", "unknown"])
def test_over_the_wire_it_cannot_be_watched_either(untouched_far: Live, name: str) -> None:
    request, code, fields = WATCH[name]
    with pytest.raises(RpcFailure) as caught:
        next(untouched_far.client.stream("EnrichmentService", "WatchJob", request))
    assert (caught.value.code, fields_of(caught.value)) == (code, fields)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.MOVIE, Kind.SERIES)])
def test_a_kind_that_no_provider_knows_has_nobody_to_ask(untouched: Door, kind: Kind) -> None:
    request = {"kind": f"MEDIA_KIND_{kind.upper()}", "ids": ids(("tvdb", "349232"))}
    failure = refused(untouched, "Aggregation", "Aggregate", request)
    assert (failure.code, failure.reason) == ("FAILED_PRECONDITION", "NOBODY_TO_ASK")


def test_an_etag_of_before_is_refused(untouched: Door) -> None:
    stale = rule(providers=["tvdb"])
    stale["authorities"]["etag"] = "0123456789abcdef"
    failure = refused(untouched, "Config", "UpdateFieldAuthorities", stale)
    assert (failure.code, failure.reason) == ("ABORTED", "VERSION_MOVED")


def test_a_token_of_another_query_is_refused(library: Door) -> None:
    library.call("Library", "UpsertItems", {"items": [{"kind": SERIES, "title": "Dallas"}]})
    first = library.call("Library", "ListItems", {"pageSize": 1})
    request = {"pageSize": 1, "kind": MOVIE, "pageToken": first["nextPageToken"]}
    assert fields_of(refused(library, "Library", "ListItems", request)) == ["page_token"]


EVERY_RPC = [
    (service, rpc.name) for service in CONTRACT for rpc in CONTRACT[service].methods if not rpc.server_streaming
]


EVERY_STREAM = [
    (service, rpc.name) for service in CONTRACT for rpc in CONTRACT[service].methods if rpc.server_streaming
]
UNFIT = {
    "unknown_field": b'{"noSuchField": 1}',
    "list": b"[]",
    "number": b"5",
    "text": b'"x"',
    "cut": b"{",
    "no_text": b"\xff\xfe",
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize(("service", "method"), EVERY_RPC)
@pytest.mark.parametrize("body", UNFIT.values(), ids=UNFIT)
def test_a_body_that_does_not_fit_the_contract_is_refused(
    untouched: Door, service: str, method: str, body: bytes
) -> None:
    answer = untouched.post(f"{service}Service/{method}", body)
    assert answer.status_code == 400
    assert json.loads(answer.get_data())["code"] == "invalid_argument"


@pytest.mark.parametrize(("service", "method"), EVERY_STREAM)
@pytest.mark.parametrize("body", UNFIT.values(), ids=UNFIT)
def test_a_stream_does_not_begin_with_what_does_not_fit_the_contract(
    untouched: Door, service: str, method: str, body: bytes
) -> None:
    """Nor does what it would do: to apply rules writes to every item."""
    answer = untouched.post(f"{service}Service/{method}", grpc_web.frame(body), "application/connect+json")
    assert answer.status_code == 200
    [(flags, end)] = grpc_web.frames(answer.get_data())
    assert (flags, json.loads(end)["error"]["code"]) == (2, "invalid_argument")


@pytest.mark.parametrize(("service", "method"), EVERY_STREAM)
@pytest.mark.parametrize("body", [b"", b"\0\0\0", b"\0\0\0\0\x09{}"], ids=["empty", "half_a_head", "cut_off"])
def test_a_stream_does_not_begin_without_a_whole_request(
    untouched: Door, service: str, method: str, body: bytes
) -> None:
    answer = untouched.post(f"{service}Service/{method}", body, "application/connect+json")
    [(flags, end)] = grpc_web.frames(answer.get_data())
    assert flags == 2
    assert json.loads(end)["error"]["code"] in ("invalid_argument", "unimplemented")


def post(metarr: Live, path: str, body: bytes) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Content-Type": "application/json"}
        return session.post(f"{metarr.url}/metarr.v1.{path}", data=body, headers=headers, timeout=20)


@pytest.mark.parametrize("body", UNFIT.values(), ids=UNFIT)
def test_over_the_wire_a_body_that_does_not_fit_is_refused_too(untouched_far: Live, body: bytes) -> None:
    answer = post(untouched_far, "LibraryService/UpsertItems", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_argument")


@pytest.mark.parametrize(("service", "method"), [("Library", "UpsertItems"), ("Config", "UpdateProvider")])
def test_a_message_too_large_is_refused_at_both_doors(untouched_far: Live, service: str, method: str) -> None:
    answer = post(untouched_far, f"{service}Service/{method}", b'{"x": "' + b"x" * MAX_REQUEST_BYTES + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "resource_exhausted")
    with grpc.insecure_channel(untouched_far.daemon.grpc_address, [("grpc.enable_http_proxy", 0)]) as channel:
        call = channel.unary_unary(f"/metarr.v1.{service}Service/{method}")
        with pytest.raises(grpc.RpcError) as caught:
            call(b"\x0a" + b"x" * MAX_REQUEST_BYTES, timeout=20)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.parametrize(("service", "method"), EVERY_RPC)
def test_every_rpc_that_can_be_called_wrongly_is_in_the_table(library: Door, service: str, method: str) -> None:
    rpc: MethodDescriptor = CONTRACT[service].methods_by_name[method]
    if not rpc.input_type.fields or (service, method) in {bad[:2] for bad in BAD.values()}:
        return
    assert refused(library, service, method, {}).code == "UNIMPLEMENTED"


def test_json_shows_the_violations_readable(untouched_far: Live) -> None:
    answer = post(untouched_far, "LibraryService/GetItem", b'{"itemId": "x"}')
    assert answer.status_code == 400
    details = {each["type"]: each["debug"] for each in answer.json()["details"]}
    [violation] = details["google.rpc.BadRequest"]["fieldViolations"]
    assert violation["field"] == "item_id"
    assert json_format.Parse(json.dumps({"itemId": "1"}), library_service_pb2.GetItemRequest()).item_id == "1"
