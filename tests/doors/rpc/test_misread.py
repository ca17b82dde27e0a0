"""Where JSON cannot be read as a message: every kind of field, and every request of the contract."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

from metarr.rpc.misread import misread
from metarr.v1 import (
    aggregation_service_pb2,
    config_service_pb2,
    enrichment_service_pb2,
    health_service_pb2,
    library_service_pb2,
    sync_service_pb2,
)

MODULES = (
    aggregation_service_pb2,
    config_service_pb2,
    enrichment_service_pb2,
    health_service_pb2,
    library_service_pb2,
    sync_service_pb2,
)
REQUESTS = sorted(
    {
        rpc.input_type
        for module in MODULES
        for service in module.DESCRIPTOR.services_by_name.values()
        for rpc in service.methods
    },
    key=lambda descriptor: str(descriptor.name),
)
LOOK_UP = library_service_pb2.UpsertItemsRequest.DESCRIPTOR
LIST = config_service_pb2.ListProvidersRequest.DESCRIPTOR
SETTINGS = config_service_pb2.UpdateSettingsRequest.DESCRIPTOR
AUTHORITIES = config_service_pb2.UpdateFieldAuthoritiesRequest.DESCRIPTOR


@pytest.mark.parametrize(
    ("descriptor", "text", "place", "told"),
    [
        (LIST, '{"pageSize": "many"}', "pageSize", '"many" is not a whole number'),
        (LIST, '{"page_size": 1.5}', "page_size", "1.5 is not a whole number"),
        (LIST, '{"pageSize": 2147483648}', "pageSize", "in its range"),
        (LIST, '{"pageToken": 5}', "pageToken", "5 is not a text"),
        (LIST, '{"pageToken": "\\ud800"}', "pageToken", "is not a text"),
        (LIST, '{"pageToken": ["x"]}', "pageToken", "is not a text"),
        (LIST, '{"pages": 1}', "pages", "no such field"),
        (LIST, '{"pageSize": null, "": 1}', "", "no such field"),
        (LIST, '{"pageSize": 1, "pageSize": 2}', "", "'pageSize' is there twice"),
        (LIST, '{"pageSize": ', "", "no JSON"),
        (LIST, '{"pageSize": ' + "[" * 100_000, "", "no JSON"),
        (LOOK_UP, '{"items": {}}', "items", "must be in []"),
        (LOOK_UP, '{"items": [{}, null]}', "items[1]", "null is no JSON object"),
        (LOOK_UP, '{"items": [{}, 7]}', "items[1]", "7 is no JSON object"),
        (LOOK_UP, '{"items": [{"ids": [{}, {"type": true}]}]}', "items[0].ids[1].type", "true is not a text"),
        (LOOK_UP, '{"items": [{"kind": "FILM"}]}', "items[0].kind", "one of MEDIA_KIND_UNSPECIFIED, MEDIA_KIND_MOVIE"),
        (SETTINGS, '{"settings": []}', "settings", "no JSON object"),
        (SETTINGS, '{"updateMask": ["country"]}', "updateMask", "names of fields in one text"),
        (SETTINGS, '{"settings": {"country": ' + '{"a": ' * 150 + "1" + "}" * 152, "settings.country", "levels"),
    ],
)
def test_the_place_and_what_is_wanted_there_are_told(descriptor: Descriptor, text: str, place: str, told: str) -> None:
    with pytest.raises(json_format.ParseError):
        json_format.Parse(text, GetMessageClass(descriptor)())
    violation = misread(text, GetMessageClass(descriptor))
    assert violation.field == place
    assert told in violation.description
    assert len(violation.description) < 300


def places(descriptor: Descriptor, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a message, however deep, with a JSON object in which it alone cannot be read."""
    for field in descriptor.fields:
        name, wrong = field.json_name, wrong_for(field)
        place = f"{path}{name}"
        if field.message_type and field.message_type.GetOptions().map_entry:
            yield place, {name: "no object"}
            if not field.message_type.fields_by_name["value"].message_type:
                yield f"{place}.key", {name: {"key": {}}}
        elif field.is_repeated:
            yield place, {name: {"no": "list"}}
            yield f"{place}[1]", {name: [right_for(field), wrong]}
            yield f"{place}[1]", {name: [right_for(field), None]}
        elif wrong is not None:
            yield place, {name: wrong}
        if field.message_type and not field.message_type.full_name.startswith("google."):
            if field.message_type.GetOptions().map_entry:
                continue
            inside = f"{place}[1]." if field.is_repeated else f"{place}."
            for below, tree in places(field.message_type, inside):
                yield below, {name: [{}, tree] if field.is_repeated else tree}


def wrong_for(field: FieldDescriptor) -> Any:
    """What is no value of the field; None: everything is one."""
    if field.message_type:
        return None if field.message_type.name == "Value" else [1]
    return {"an": "object"} if field.cpp_type != FieldDescriptor.CPPTYPE_ENUM else "NO_SUCH_VALUE"


def right_for(field: FieldDescriptor) -> Any:
    if field.message_type:
        return {}
    return "1" if field.cpp_type == FieldDescriptor.CPPTYPE_STRING else 1


@pytest.mark.parametrize("descriptor", REQUESTS, ids=lambda descriptor: str(descriptor.name))
def test_every_field_of_every_request_is_found(descriptor: Descriptor) -> None:
    for place, tree in places(descriptor):
        text = json.dumps(tree)
        with pytest.raises(json_format.ParseError):
            json_format.Parse(text, GetMessageClass(descriptor)())
        violation = misread(text, GetMessageClass(descriptor))
        assert (violation.field, bool(violation.description)) == (place, True), text
