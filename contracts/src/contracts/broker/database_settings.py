"""The settings of the database: its URL, or the parts of its URL, and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from contracts.broker import setting_kinds as kinds
from contracts.broker.setting_kinds import PORT, SettingsError, number, setting


SQLITE_FILE = "sqlite:///pact_broker.sqlite3"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """The settings of the database; the defaults are the reference broker's unless a comment says why not."""

    # needs no server
    database_url: str = setting(
        SQLITE_FILE,
        kinds.ADDRESS,
        "the database: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`",
        option="--database-url",
    )
    database_adapter: str = setting(
        "postgres", kinds.TEXT, "instead of the whole URL: `postgres` or `sqlite`, and the next six"
    )
    database_username: str = setting("", kinds.ADDRESS, "user of the database")
    database_password: str = setting("", kinds.PASSWORD, "password of that user")
    database_host: str = setting("", kinds.ADDRESS, "host of the database")
    database_port: int = setting(0, PORT, "port of the database; 0: its standard port")
    database_name: str = setting(
        "", kinds.ADDRESS, "name of the database, for SQLite the file; required if another part is set"
    )
    database_sslmode: str = setting(
        "", kinds.TEXT, "PostgreSQL's `sslmode`, such as `verify-full`; also applies to a whole URL"
    )
    # as many as requests are processed at once
    database_max_connections: int = setting(40, number(1), "maximum number of connections, shared among the processes")
    database_pool_timeout: int = setting(5, number(unit="seconds"), "time to wait for a connection")
    database_connect_max_retries: int = setting(
        0, number(), "number of retries at start, a second apart, if the database does not answer"
    )
    database_statement_timeout: int = setting(
        15, number(unit="seconds"), "time after which PostgreSQL cancels a statement; 0: never"
    )
    database_prepared_statements: bool = setting(
        True,
        kinds.BOOLEAN,
        "PostgreSQL plans a repeated statement only once; set false for a pooler without this "
        "feature, such as PgBouncer before 1.22; not in the reference broker",
    )
    auto_migrate_db: bool = setting(
        True,
        kinds.BOOLEAN,
        "create and upgrade tables at start; if false, the broker starts only on tables that are up to date",
    )

    def _complete_url(self) -> None:
        """Complete the URL from its parts, unless it is set.

        Raises:
            SettingsError: if parts are set, but not the database's name.
        """
        if self.database_url == SQLITE_FILE:
            object.__setattr__(self, "database_url", self._url_from_parts())
        on_server = not self.database_url.startswith("sqlite")
        if on_server and self.database_sslmode and "sslmode=" not in self.database_url:
            separator = "&" if "?" in self.database_url else "?"
            object.__setattr__(self, "database_url", f"{self.database_url}{separator}sslmode={self.database_sslmode}")

    def _url_from_parts(self) -> str:
        if not self.database_name:
            if self.database_host or self.database_username:
                raise SettingsError(
                    "The database has a host or a user, but no name, so it cannot be opened: set "
                    "PACT_BROKER_DATABASE_NAME"
                )
            return SQLITE_FILE
        if self.database_adapter == "sqlite":
            return f"sqlite:///{self.database_name}"
        password = f":{quote(self.database_password, safe='')}" if self.database_password else ""
        user = f"{quote(self.database_username, safe='')}{password}@" if self.database_username else ""
        port = f":{self.database_port}" if self.database_port else ""
        return f"{self.database_adapter}://{user}{self.database_host}{port}/{quote(self.database_name, safe='')}"
