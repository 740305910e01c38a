"""A broker for fuzzing, over each database."""

from __future__ import annotations

import pytest
from asgi import Caller
from databases import SQLITES, use_newest_sqlite
from fuzzing import Fuzzed

from contracts.broker import vault_keys
from contracts.broker.app import create_app
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store.database import Database


@pytest.fixture(
    scope="module", params=[SQLITES[0], SQLITES[-1], pytest.param("postgresql", marks=pytest.mark.thorough)]
)
def fuzzed(request, tmp_path_factory):
    """A broker with data, over each database in turn."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "newest sqlite":
            use_newest_sqlite(patch)
        if request.param != "postgresql":
            url = f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'broker.sqlite3'}"
        else:
            url = request.getfixturevalue("_postgresql")()
        database = Database(url)
        database.create()
        if request.param in {"used sqlite", "newest sqlite"}:
            request.getfixturevalue("filled").put_into(database)
        settings = Settings(
            database_url=url,
            webhook_host_whitelist=("127.0.0.1",),
            webhook_scheme_whitelist=("http",),
            secrets_key=vault_keys.generate(),
            # content may change, so a changed pact is checked further
            allow_dangerous_contract_modification=True,
        )
        broker = Runtime(settings=settings, database=database)
        app = create_app(broker)
        with Caller(app) as call:
            yield Fuzzed(app, call, broker)
        database.dispose()
