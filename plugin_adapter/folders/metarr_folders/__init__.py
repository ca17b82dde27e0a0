"""Folders as a host: names in, `.nfo` files out. It knows nothing of the daemon but its contract, `metarr.files` and
`metarr.nfo`."""
