"""The two doors: native gRPC, and the same methods over HTTP. The only package that knows protobuf and grpc."""
