"""What is counted while the daemon runs, for whoever collects figures: it begins anew with every start."""

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "metarr_provider_requests",
    "Requests to a provider, by the status of its answer; none: there was no answer.",
    ("provider", "status"),
    registry=REGISTRY,
)
OUTCOMES = Counter(
    "metarr_outcomes",
    "What came of asking a provider about a title: answered, not_found, cached (no request was needed), or why not.",
    ("provider", "outcome"),
    registry=REGISTRY,
)
RPC_SECONDS = Histogram(
    "metarr_rpc_seconds",
    "How long a method took that answers once.",
    ("service", "method"),
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0),
    registry=REGISTRY,
)
