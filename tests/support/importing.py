"""`metarr library import` into a house, without a door between the two."""

from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict

from harness import House
from metarr.app import servicers
from metarr.cli import imports
from metarr.cli.imports import Summary
from metarr.errors import InvalidInput
from metarr.rpc.client import RpcFailure
from metarr.rpc.methods.library import LibraryServicer
from metarr.v1 import library_service_pb2 as pb


def import_into(home: House, *paths: Path) -> Summary:
    """Everything in these files and folders; what became of it."""
    servicer = servicers(home.services, home.clock).library
    take: Any = LibraryServicer.UpsertItems

    def ask(_server: str, _service: str, _method: str, request: dict[str, Any], _timeout: float) -> dict[str, Any]:
        try:
            done = take.__wrapped__(servicer, ParseDict(request, pb.UpsertItemsRequest()), None)
        except InvalidInput as error:
            raise RpcFailure("INVALID_ARGUMENT", str(error), violations=error.violations) from error
        return MessageToDict(done)

    summary = Summary()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "ask", ask)
        for batch in imports._batches(imports._noted(paths, summary)):
            imports._send("", batch, summary)
    return summary
