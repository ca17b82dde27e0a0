"""One use case per file. Services join domain, providers, fetch and store; they know neither protobuf nor SQL."""
