"""The contract itself: what lint does not ask for."""

from pathlib import Path

import grpc_tools
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

PROTO = Path(__file__).parents[3] / "proto"
WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"

# Numbers of fields in descriptor.proto, of which the paths of comments consist.
FILE_MESSAGES, FILE_ENUMS, FILE_SERVICES = 4, 5, 6
MESSAGE_FIELDS, MESSAGE_NESTED, MESSAGE_ENUMS = 2, 3, 4
ENUM_VALUES, SERVICE_METHODS = 2, 2


def compiled(folder, files, out):
    arguments = ["", f"-I{folder}", f"-I{WELL_KNOWN}", f"--descriptor_set_out={out}", "--include_source_info"]
    assert protoc.main([*arguments, *map(str, files)]) == 0
    return FileDescriptorSet.FromString(out.read_bytes()).file


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return compiled(PROTO, sorted(PROTO.rglob("*.proto")), tmp_path_factory.mktemp("descriptors") / "set.binpb")


def named(file):
    """Everything in a file that must bear a comment, as (path, full name)."""
    for number, message in enumerate(file.message_type):
        yield from in_message(message, (FILE_MESSAGES, number), file.package)
    for number, enum in enumerate(file.enum_type):
        yield from in_enum(enum, (FILE_ENUMS, number), file.package)
    for number, service in enumerate(file.service):
        path = (FILE_SERVICES, number)
        yield path, f"{file.package}.{service.name}"
        for at, method in enumerate(service.method):
            yield (*path, SERVICE_METHODS, at), f"{service.name}.{method.name}"


def in_message(message, path, parent):
    if message.options.map_entry:
        return
    name = f"{parent}.{message.name}"
    yield path, name
    for at, field in enumerate(message.field):
        yield (*path, MESSAGE_FIELDS, at), f"{name}.{field.name}"
    for at, nested in enumerate(message.nested_type):
        yield from in_message(nested, (*path, MESSAGE_NESTED, at), name)
    for at, enum in enumerate(message.enum_type):
        yield from in_enum(enum, (*path, MESSAGE_ENUMS, at), name)


def in_enum(enum, path, parent):
    name = f"{parent}.{enum.name}"
    yield path, name
    for at, value in enumerate(enum.value):
        yield (*path, ENUM_VALUES, at), f"{name}.{value.name}"


def silent(file):
    """The names without a leading comment."""
    commented = {tuple(each.path) for each in file.source_code_info.location if each.leading_comments.strip()}
    return [name for path, name in named(file) if path not in commented]


def undecided(file):
    """The methods that do not say whether they can be repeated."""
    return [
        f"{service.name}.{method.name}"
        for service in file.service
        for method in service.method
        if not method.options.HasField("idempotency_level")
    ]


def test_everything_in_the_contract_bears_a_comment(files):
    assert sum(len(list(named(file))) for file in files) > 100
    assert [name for file in files for name in silent(file)] == []


def test_every_method_says_whether_it_can_be_repeated(files):
    assert sum(len(service.method) for file in files for service in file.service) > 10
    assert [name for file in files for name in undecided(file)] == []


def test_every_method_has_messages_of_its_own(files):
    for file in files:
        for service in file.service:
            for method in service.method:
                assert method.input_type.rpartition(".")[2] == f"{method.name}Request"
                assert method.output_type.rpartition(".")[2] == f"{method.name}Response"


def test_the_checks_find_what_is_missing(tmp_path):
    source = tmp_path / "bare.proto"
    source.write_text(
        'syntax = "proto3"; package bare;\n'
        "message M { string a = 1; // A trailing one is not enough.\n enum E { E_UNSPECIFIED = 0; } message N {} }\n"
        "// Spoken for.\nservice S {\n // This too.\n rpc R(M) returns (M);\n"
        " // And this.\n rpc Q(M) returns (M) { option idempotency_level = IDEMPOTENCY_UNKNOWN; } }\n"
    )
    [file] = compiled(tmp_path, [source], tmp_path / "set.binpb")
    assert silent(file) == ["bare.M", "bare.M.a", "bare.M.N", "bare.M.E", "bare.M.E.E_UNSPECIFIED"]
    assert undecided(file) == ["S.R"]
