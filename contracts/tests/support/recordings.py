"""Recorded responses of the reference broker; the program that comes with them replays them against ours.

They are not part of this repository, but in the folder that CONFORMANCE_RECORDINGS names, or beside the repository
in `shared/conformance`: `replay.py`, which plays and compares, and `scenarios`, a file each.
Only docs/api.md lists the differences that are allowed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import requests
from hooks import next_due
from listeners import until
from sqlalchemy import text

from contracts.broker import vault_keys
from contracts.broker.runtime import Runtime
from contracts.broker.store.database import Database
from contracts.testing import running_broker


ROOT = Path(__file__).parents[3]
VARIABLE = "CONFORMANCE_RECORDINGS"
ABSENT = f"no recorded answers: {VARIABLE} names no folder with replay.py, and ../shared/conformance does not exist"

# what a recording expects: webhooks by any method, and a failed one again after so many seconds
_SETTINGS = {
    "webhook_http_method_whitelist": ("POST", "GET", "PUT", "PATCH", "DELETE"),
    "webhook_retry_schedule": (1, 2, 3),
    "secrets_key": vault_keys.generate(),
}
_LISTED = re.compile(r"`([a-z0-9-]+)` (\d+(?:, \d+)*)")


@cache
def folder() -> Path | None:
    """Return the folder of the recordings, or None."""
    place = Path(os.environ.get(VARIABLE) or ROOT.parent / "shared" / "conformance")
    return place if (place / "replay.py").is_file() else None


@cache
def scenarios() -> dict[str, dict[str, Any]]:
    """Every recording, by its name."""
    place = folder()
    files = [] if place is None else sorted((place / "scenarios").glob("*.json"))
    return {each.stem: json.loads(each.read_text(encoding="utf-8")) for each in files}


@cache
def known_differences() -> dict[str, set[int]]:
    """The steps of each recording, counted from 1, whose responses differ according to docs/api.md."""
    document = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    section = document.partition("\n## Known differences\n")[2].partition("\n## ")[0]
    listed: dict[str, set[int]] = {}
    for name, steps in _LISTED.findall(section):
        listed.setdefault(name, set()).update(map(int, steps.split(", ")))
    return listed


def differences(name: str, database_url: str | None = None, used: Statistics | None = None) -> dict[int, str]:
    """Return the steps of a recording with other responses from an empty broker, and the differences.

    With *used*, its SQLite database has these statistics, and it is restarted half-way.
    """
    scenario, replay = scenarios()[name], _replay()
    with running_broker(database_url, **_SETTINGS) as running:
        restart_after = None
        if used is not None:
            used.put_into(running.broker.database)
            restart_after = max(1, len(scenario["steps"]) // 2)
        # the reference sends some seconds later: until a recording asks for deliveries, the worker is not woken
        wake = running.broker.wake_delivery
        running.broker.wake_delivery = _nobody
        # a recording pauses for some seconds where webhooks are on their way: wait for them, not for the time
        replay.time = SimpleNamespace(sleep=lambda _: _settle(running.broker, wake))
        session = partial(_Session, running.broker, wake, used, restart_after)
        replay.requests = SimpleNamespace(Session=session, RequestException=requests.RequestException)
        if "{{listener}}" in json.dumps(scenario):
            answers = replay.play(scenario, running.base_url)
        else:  # half a second less: a listener takes that long to stop
            answers = replay.play_with(scenario, running.base_url, "")
    details = replay.check(scenario, answers).details
    return {each["step"]: "\n  ".join((each["request"], *each["differences"])) for each in details}


@dataclass(frozen=True, slots=True)
class Statistics:
    """SQLite's statistics of a filled estate: it plans by them, even if the tables are empty."""

    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def of(cls, database: Database) -> Statistics:
        database.optimise()
        with database.reading() as connection:
            return cls(tuple(map(tuple, connection.execute(text("SELECT tbl, idx, stat FROM sqlite_stat1")))))

    def put_into(self, database: Database) -> None:
        with database.writing() as connection:
            connection.execute(text("ANALYZE sqlite_schema"))  # makes the table of statistics
            connection.execute(text("DELETE FROM sqlite_stat1"))
            for row in self.rows:
                connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", row)
        database.dispose()  # a connection reads them when it is opened


class _Session(requests.Session):
    """A session that lets the broker deliver webhooks before it asks the listener for them."""

    def __init__(
        self, broker: Runtime, wake: Callable[[], None], used: Statistics | None, restart_after: int | None
    ) -> None:
        super().__init__()
        self.broker = broker
        self.wake = wake
        self.used = used
        self.restart_after = restart_after

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        if self.restart_after is not None:
            self.restart_after -= 1
            if self.restart_after == 0 and self.used is not None:  # what a start does with the database
                self.broker.database.dispose()
                self.broker.database.optimise()
                self.used.put_into(self.broker.database)  # the few rows of a recording would say too little
        if "/received?" in url:
            self.wake()
        if url.endswith("/received?wait=0"):
            _settle(self.broker, self.wake)
        return super().request(method, url, **more)


def _nobody() -> None:
    """Do not wake the worker."""


def _settle(broker: Runtime, wake: Callable[[], None]) -> None:
    """Wait until every webhook is sent."""
    wake()

    def delivered() -> bool:
        with broker.database.reading() as connection:
            return next_due(connection, broker.now()) is None

    until(delivered)


@cache
def _replay() -> Any:
    place = folder()
    assert place is not None, ABSENT
    spec = importlib.util.spec_from_file_location("recorded_replay", place / "replay.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module
