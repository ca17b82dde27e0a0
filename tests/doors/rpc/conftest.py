"""What the tests of methods share."""

import pytest
from grpc_testing._server._servicer_context import ServicerContext


@pytest.fixture(autouse=True)
def callers_are_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """grpcio-testing does not say who calls, as every door does."""
    monkeypatch.setattr(ServicerContext, "peer", lambda _: "")
