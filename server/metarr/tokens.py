"""The access token: whoever shows it may use a door that is open to the network."""

import hmac
import secrets
from pathlib import Path

from metarr.errors import CannotDo
from metarr.private import read_private, write_private

FILE_NAME = "metarr.token"
"""Its name in the data directory."""

SHORTEST = 20
"""Characters of a token that nobody guesses; the made ones have 43."""


def ensure(path: Path) -> bool:
    """Make the token where there is none: whether it was made.

    Raises CannotDo where there is one that cannot be used as it is.
    """
    if read_private(path, "token file") is not None:
        read(path)
        return False
    try:
        write_private(path, _fresh())
    except FileExistsError:
        read(path)
        return False
    return True


def read(path: Path) -> str:
    """The token.

    Raises CannotDo where there is none, where others can read its file, and where it is too short or has blanks.
    """
    content = read_private(path, "token file")
    if content is None:
        raise CannotDo(f"there is no token file {path}; make one: metarr token new", reason="NO_TOKEN")
    token = content.decode("ascii", errors="replace")
    if len(token) < SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        raise CannotDo(
            f"the token file {path} holds no usable token ({SHORTEST} characters at least, no blanks); "
            "make a new one: metarr token new",
            reason="BAD_TOKEN",
        )
    return token


def renew(path: Path) -> str:
    """Put a new token in the place of the old one, which is void from now on, also for a daemon that runs."""
    token = _fresh()
    write_private(path, token, replace=True)
    return token.decode()


def fits(path: Path, shown: str) -> bool:
    """Whether this is the token, told in a time that does not depend on how much of it fits.

    The file is read each time, so a new token counts at once. Where it cannot be used, nothing fits.
    """
    try:
        token = read(path)
    except CannotDo as error:
        import structlog  # noqa: PLC0415 (commands read the token, too: they log nothing, and need not wait for it)

        structlog.get_logger(__name__).warning("token_file_unusable", why=str(error))
        return False
    return hmac.compare_digest(token.encode(), shown.encode())


def _fresh() -> bytes:
    return secrets.token_urlsafe(32).encode()
