"""What providers say about a title: whom to ask, what was heard, what it means."""
