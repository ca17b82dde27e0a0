"""The items: how they come in, are edited, enriched, joined, and what became of them."""
