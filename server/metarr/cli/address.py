"""HOST:PORT as people type it: told apart from what is none before anything is asked or started."""

import typer

MOST = 65535


def to_call(text: str) -> str:
    """The address of a door that somebody listens at. Raises BadParameter."""
    return _checked(text, least=1)


def to_listen(text: str) -> str:
    """The address of a door to open; port 0 is a free one. Raises BadParameter."""
    return _checked(text, least=0)


def _checked(text: str, least: int) -> str:
    host, _, port = text.strip().rpartition(":")
    if not (host and "/" not in host and port.isascii() and port.isdecimal() and least <= int(port) <= MOST):
        raise typer.BadParameter(f"{text!r} is not HOST:PORT, such as 127.0.0.1:50051")
    return text.strip()
