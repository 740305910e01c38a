"""Backups of a PostgreSQL database with pg_dump, in its custom format, and their restoration with pg_restore.

Source: PostgreSQL, pg_dump, pg_restore, "Snapshot Synchronization Functions" and ALTER DATABASE.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import inspect, text

from contracts.broker.store.backups import facts, servers, tools
from contracts.broker.store.backups.errors import BackupError
from contracts.broker.store.backups.facts import Facts, Progress
from contracts.broker.store.backups.tools import Options
from contracts.broker.store.database import Database
from contracts.model.errors import Unavailable


_SIGNATURE = b"PGDMP"
_COPY = re.compile(
    r'COPY (?:"(?P<schema>[^"]+)"|(?P<plain_schema>\w+))\.(?:"(?P<table>[^"]+)"|(?P<plain_table>\w+)) \('
)


def write(database: Database, path: Path, options: Options, on_progress: Progress) -> Facts:
    """Dump a snapshot of *database* to the empty file at *path*; return the contents of the same snapshot.

    Raises:
        BackupError: if pg_dump is missing, does not fit the server, or fails.
    """
    with servers.disposing(servers.at(database)) as own, own.reading() as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        programs = servers.tools_for(connection, options.folder)
        contents = facts.read(connection, "tables counted", on_progress)
        report = _Tables("tables dumped", "dumping contents of table", len(contents.rows), on_progress)
        address, environ = _address(database)
        words = ["--format=custom", "--verbose", f"--snapshot={snapshot}", f"--file={path}", f"--dbname={address}"]
        tools.run([programs.dump, *words], environ, report)
    return contents


def verified(path: Path, database: Database, options: Options, on_progress: Progress) -> Facts:
    """Restore the backup at *path* into a temporary database, and return its contents.

    Raises:
        BackupError: if the server allows no temporary database, or the backup cannot be restored.
    """
    host = Database(options.verification_url) if options.verification_url else database
    if host.sqlite:
        raise BackupError(f"{host.shown} is no PostgreSQL server: a backup of PostgreSQL is verified by one")
    with servers.temporary(host, database) as restored:
        return _filled(restored, path, options, on_progress, any_revision=True)


def restore(
    path: Path, database: Database, options: Options, on_progress: Progress, *, replaces: bool
) -> tuple[Facts, str]:
    """Restore the backup at *path* into *database*; return its contents, and the new name of the old database.

    An empty database is filled in one transaction. In place of any other, and of one that does not exist, comes a new
    database, which gets the name when it is verified.

    Raises:
        BackupError: if the backup cannot be used, the database has data, or is in use; then it is unchanged.
    """
    _require_dump(path)
    present = _contents(database)
    if present is not None:
        if present.has_data and not replaces:
            raise BackupError(
                f"{database.shown} has data. Restore into a new or empty database, or use --replace: it then stays on "
                "the server under another name"
            )
        servers.require_unused(database)
        if not present.has_data:
            _drop(database, present)
            return _filled(database, path, options, on_progress), ""
    with servers.successor(database) as new:
        restored = _filled(new, path, options, on_progress)
        predecessor = servers.exchange(new, database, replaces=present is not None)
    return restored, predecessor


def _filled(
    database: Database, path: Path, options: Options, on_progress: Progress, *, any_revision: bool = False
) -> Facts:
    """Restore the backup at *path* into an empty *database* and return its contents, which are those of the file.

    Raises:
        BackupError: if it cannot be restored, or has other numbers of rows than the file.
    """
    with database.reading() as connection:
        programs = servers.tools_for(connection, options.folder)
    database.dispose()
    revision, rows = _contents_of(path, programs.restore)
    if not any_revision:
        facts.require_known(revision)
    address, environ = _address(database)
    words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--verbose"]
    report = _Tables("tables restored", "processing data for table", len(rows), on_progress)
    tools.run([programs.restore, *words, f"--dbname={address}", str(path)], environ, report)
    with database.reading() as connection:
        restored = facts.read(connection, "tables of the restored database counted", on_progress)
    facts.require_equal(replace(restored, revision=revision, rows=rows), restored)
    return restored


def _contents_of(path: Path, program: str) -> tuple[str, dict[str, int]]:
    """The revision of the backup at *path*, and the number of rows of each table in the schema of the broker.

    Raises:
        BackupError: if it has no tables of a broker.
    """
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    table: tuple[str, str] | None = None
    revisions: dict[str, str] = {}
    with tools.output([program, "--data-only", "--file=-", str(path)], {}) as lines:
        for line in lines:
            if line == "\\.\n":
                table = None
            elif table is not None:
                rows[table[0]][table[1]] += 1
                if table[1] == "alembic_version":
                    revisions[table[0]] = line.strip()
            elif match := _COPY.match(line):
                table = match["schema"] or match["plain_schema"], match["table"] or match["plain_table"]
                rows[table[0]][table[1]] += 0
    if len(revisions) != 1:
        raise BackupError(f"{path} is not a backup of one broker's database: it has other tables")
    ((schema, revision),) = revisions.items()
    return revision, dict(rows[schema])


def _contents(database: Database) -> Facts | None:
    """What *database* contains; None if it does not exist.

    Raises:
        BackupError: if it has tables of another program.
    """
    try:
        with database.reading() as connection:
            if not inspect(connection).get_table_names():
                return Facts(revision="", rows={}, newest_pact=None)
            return facts.read(connection, "tables of the present database counted", lambda *_: None)
    except Unavailable:
        if servers.exists(database):
            raise
        return None
    finally:
        database.dispose()


def _drop(database: Database, present: Facts) -> None:
    """Remove the empty tables, which the backup brings."""
    with database.writing() as connection:
        quote = connection.dialect.identifier_preparer.quote_identifier
        for name in present.rows:
            connection.exec_driver_sql(f"DROP TABLE {quote(name)} CASCADE")


def _require_dump(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(len(_SIGNATURE))
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}") from error
    if start != _SIGNATURE:
        raise BackupError(
            f"{path} is not a backup of a PostgreSQL database. `contracts export FILE` and "
            "`contracts import --from FILE` move data from SQLite"
        )


def _address(database: Database) -> tuple[str, dict[str, str]]:
    """The address of *database* for PostgreSQL's programs, and the variables with what other users may not see."""
    _, arguments = database.engine.dialect.create_connect_args(database.url)
    arguments.pop("context", None)  # the driver's own
    password = arguments.pop("password", None)
    if "sslpassword" in arguments:
        raise BackupError("The address has an sslpassword, which pg_dump would show to other users. Use a key without")
    return make_conninfo(**arguments), {} if password is None else {"PGPASSWORD": str(password)}


@dataclass(slots=True)
class _Tables:
    """Reports progress by the messages of a program: each with *marker* begins a table."""

    what: str
    marker: str
    total: int
    on_progress: Progress
    done: int = 0

    def __call__(self, line: str) -> None:
        if self.marker in line:
            self.on_progress(self.what, self.done, self.total)
            self.done += 1
