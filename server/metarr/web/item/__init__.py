"""The page of one item: its fields, artwork, identity and history."""
