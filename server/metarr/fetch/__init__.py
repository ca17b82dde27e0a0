"""HTTP once, for every provider: pools, limits, breaker, bounded bodies. Knows HTTP and JSON, no provider."""
