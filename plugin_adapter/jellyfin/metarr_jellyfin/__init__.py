"""A Jellyfin server as a host: its items are the library, and its own interface is how values get there."""
