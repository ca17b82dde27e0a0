"""The HTTP door without a port: what comes in and goes out is the same, and nothing travels."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.test import Client
from werkzeug.wrappers import Response

from harness import House
from metarr.app import servicers
from metarr.errors import Violation
from metarr.rpc.client import RpcFailure
from metarr.rpc.doors.http import application


class Door:
    """Of the services of a house."""

    def __init__(self, home: House) -> None:
        self._client = Client(application(servicers(home.services, home.clock), bound="127.0.0.1"), Response)

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Response:
        """The answer to any body; `path` such as "LibraryService/GetItem"."""
        headers = {"Host": "127.0.0.1"}
        return self._client.post(f"/metarr.v1.{path}", data=body, content_type=content_type, headers=headers)

    def call(self, service: str, method: str, request: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call a method, JSON in and out. Raises RpcFailure."""
        answer = self.post(f"{service}Service/{method}", json.dumps(request or {}).encode())
        told: dict[str, Any] = json.loads(answer.get_data())
        if answer.status_code != 200:
            raise failure(told)
        return told


def failure(told: Mapping[str, Any]) -> RpcFailure:
    """The error that a client raises for what an answer in JSON says."""
    details = {each["type"].removeprefix("google.rpc."): each["debug"] for each in told.get("details", ())}
    violations = tuple(
        Violation(each.get("field", ""), each["description"])
        for each in details.get("BadRequest", {}).get("fieldViolations", ())
    )
    reason = details.get("ErrorInfo", {}).get("reason", "")
    return RpcFailure(told["code"].upper(), told.get("message", ""), reason, violations)


__all__ = ["Door", "failure"]
