"""PostgreSQL: its address, its connections, and what its errors mean to the owner."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, ProgrammingError

from metarr.errors import CannotDo, DatabaseUnusable, MetarrError, NoSuchThing

DRIVER = "postgresql+psycopg"
OLDEST = 13
"""The oldest version of the server that Metarr works with."""

OWN_SECONDS, BUSY_SECONDS = 3, 30
"""How long to wait for another Metarr to let go of the database; how long a statement waits for another program."""

_OWNER_LOCK, _WRITE_LOCK = 0x6D65746171, 0x6D65746172
"""The numbers of two locks: of the daemon whose database it is, and of the writer whose turn it is."""

_CREATE = "createdb --encoding UTF8 --template template0 NAME"
_REMEDIES = (
    ("28P01", "password authentication failed", "look at the user and the password in --database-url"),
    ("28000", "pg_hba.conf", "look at the user in --database-url, and at the server's pg_hba.conf"),
    ("28000", 'FATAL: role "', "look at the user in --database-url, or make it: createuser --pwprompt NAME"),
    ("3D000", 'FATAL: database "', f"make it: {_CREATE}"),
    ("42501", "permission denied", "make Metarr's user the owner of the database: ALTER DATABASE name OWNER TO user"),
)
"""What the owner can do, by SQLSTATE, and by the words of a server that lets nobody in: then there is no SQLSTATE."""

_UNUSABLE = ("08", "25006", "53", "55P03", "57", "58", "40")
"""The beginnings of the SQLSTATEs by which it is the server that cannot be used, and not Metarr that errs."""


def address(text: str) -> URL:
    """The address of a database as the owner gives it. Raises CannotDo, which repeats nothing of it: it may hold a
    password, and where it cannot be understood nobody knows which part that is."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise CannotDo(_NO_ADDRESS, reason="BAD_DATABASE_URL") from None
    supported = url.drivername in {DRIVER, "postgresql", "postgres"}
    # An @ in a password, not encoded, moves the rest of the password to one of these.
    if not supported or any("@" in (part or "") for part in (url.host, url.database, url.username)):
        raise CannotDo(_NO_ADDRESS, reason="BAD_DATABASE_URL")
    return url.set(drivername=DRIVER)


_NO_ADDRESS = (
    f"--database-url is no address such as {DRIVER}://user:password@host:5432/name; in a password, characters "
    "such as @ : / have to be written as %40 %3A %2F"
)


def shown(url: URL) -> str:
    """Where the database is, without user and password."""
    host = url.host or url.normalized_query.get("host", ("",))[0] or "the default host"
    return f"{host}{f':{url.port}' if url.port else ''}/{url.database or ''}"


def secrets(url: URL) -> frozenset[str]:
    """The passwords in an address."""
    given = (value for name, values in url.normalized_query.items() if "password" in name for value in values)
    return frozenset({str(url.password or ""), *given} - {""})


def engine(url: URL, *, to_write: bool, alone: bool = False) -> Engine:
    """Connections to the database: to read in one unchanging view, or to write, one at a time.

    `alone`: the connection that writes has the database for itself; as long as it lives, no other daemon writes, and
    where it had to be made anew and another daemon came first, CannotDo is raised. Raises CannotDo where the driver
    is missing.
    """
    sizes = {"pool_size": 1, "max_overflow": 0} if to_write else {"pool_size": 5, "max_overflow": 25}
    options: dict[str, Any] = {"client_encoding": "UTF8", "application_name": "metarr", "connect_timeout": 10}
    options |= {"keepalives_idle": 60}
    try:
        made = create_engine(
            url,
            connect_args={name: value for name, value in options.items() if name not in url.query},
            hide_parameters=True,
            isolation_level="READ COMMITTED" if to_write else "REPEATABLE READ",
            pool_pre_ping=True,
            **sizes,
        )
    except ImportError as error:
        raise CannotDo(f"PostgreSQL needs Metarr's extra: pip install 'metarr[postgres]' ({error})") from error
    event.listen(made, "handle_error", _without_values)
    event.listen(made, "connect", _take_any_text)
    if to_write:
        event.listen(made, "connect", _set_up(url, alone))
        event.listen(made, "begin", _wait_for_turn)
    return made


def check(connection: Connection) -> None:
    """Raises CannotDo for a server that is too old and for a database that cannot hold every letter."""
    version = int((connection.dialect.server_version_info or (0,))[0])
    encoding = str(connection.exec_driver_sql("SHOW server_encoding").scalar_one())
    if fault := unfit(version, encoding):
        raise CannotDo(fault)


def unfit(version: int, encoding: str) -> str:
    """Why Metarr cannot work with a database; "" where it can. `version`: the server's, its first number."""
    if version < OLDEST:
        return f"this PostgreSQL is version {version}; Metarr needs {OLDEST} or newer"
    if encoding != "UTF8":
        return f"the database's encoding is {encoding}; make one with UTF8: {_CREATE}"
    return ""


def explained(error: DBAPIError, url: URL) -> MetarrError | None:
    """What only the owner can mend, in words, and a number beyond those that things have; None for anything else."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state == "22003":
        return NoSuchThing("id", "there is nothing with so great a number")
    text = " ".join(str(error.orig).split())
    refused = not state and _no_connection(error)
    for code, words, remedy in _REMEDIES:
        if code == state or (refused and words in text):
            return CannotDo(f"the database {shown(url)} cannot be used: {text}; {remedy}")
    if state.startswith(_UNUSABLE) or error.connection_invalidated or refused:
        return DatabaseUnusable(f"the database {shown(url)} cannot be used: {text}")
    return None


def _no_connection(error: DBAPIError) -> bool:
    """Whether there never was a connection: whoever refused it, there was no statement yet."""
    return error.statement is None and isinstance(error, (OperationalError, ProgrammingError))


def _without_values(context: Any) -> None:
    """Cut the server's details off an error: they may show a whole row."""
    primary = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
    if primary and context.sqlalchemy_exception is not None:
        context.original_exception.args = (primary,)
        kind = type(context.original_exception).__name__
        context.sqlalchemy_exception.args = (f"(psycopg.{kind}) {primary}",)


def _take_any_text(connection: Any, _record: object) -> None:
    """PostgreSQL keeps no NUL character, which a provider may put into a text."""
    from psycopg.types.string import StrDumperUnknown  # noqa: PLC0415 (the driver is an extra)

    class WithoutNul(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", ""))

    connection.adapters.register_dumper(str, WithoutNul)


def _set_up(url: URL, alone: bool) -> Any:
    def set_up(connection: Any, _record: object) -> None:
        connection.autocommit = True
        try:
            if alone:
                _own(connection)
            connection.execute(f"SET lock_timeout = '{BUSY_SECONDS * 1000:.0f}'")
        except Exception as error:
            connection.close()
            if getattr(error, "sqlstate", None) == "55P03":
                text = f"another Metarr uses the database {shown(url)} already"
                raise DatabaseUnusable(text, reason="DATABASE_IN_USE") from None
            raise
        connection.autocommit = False

    return set_up


def _own(connection: Any) -> None:
    """Take the lock of the daemon; it goes with the connection. Waiting a little bridges the time in which the server
    has not noticed yet that the connection before is dead."""
    connection.execute("SET tcp_keepalives_idle = 60")
    connection.execute(f"SET lock_timeout = '{OWN_SECONDS * 1000:.0f}'")
    connection.execute(f"SELECT pg_advisory_lock({_OWNER_LOCK})")


def _wait_for_turn(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")
