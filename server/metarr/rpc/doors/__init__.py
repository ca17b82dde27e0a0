"""The doors: the same methods over native gRPC and over HTTP."""
