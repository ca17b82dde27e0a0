"""One file per provider. A file put here, or an entry point of the group `metarr.providers`, is found by itself."""
