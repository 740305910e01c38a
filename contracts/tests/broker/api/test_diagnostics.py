"""Whether the broker lives."""

from __future__ import annotations

import dataclasses

from in_process import TestClient

from contracts.broker.app import create_app
from contracts.broker.store.backups import history
from contracts.broker.store.database import Database


def test_the_heart_beats_without_a_database(broker, tmp_path):
    lost = dataclasses.replace(broker, database=Database(f"sqlite:///{tmp_path}/no/such/folder.sqlite3"))

    with TestClient(create_app(lost)) as http:
        assert http.get("/diagnostic/status/heartbeat").json()["ok"]
        response = http.get("/diagnostic/status/dependencies")

    assert response.status_code == 503
    assert not response.json()["database"]["ok"]
    assert "unable to open database file" in response.json()["database"]["error"]["message"]


def test_a_database_that_answers_is_well(http):
    assert http.get("/diagnostic/status/dependencies").json()["database"] == {"ok": True}


def test_a_failure_can_be_asked_for(broker):
    with TestClient(create_app(broker)) as http:
        answers = [http.get("/test/error"), http.post("/test/error")]

    assert [each.status_code for each in answers] == [500, 500]
    assert len(answers[0].json()["error"]["reference"]) == 10


def test_they_can_be_switched_off(broker):
    silent = dataclasses.replace(
        broker, settings=dataclasses.replace(broker.settings, enable_diagnostic_endpoints=False)
    )
    with TestClient(create_app(silent)) as http:
        assert http.get("/diagnostic/status/heartbeat").status_code == 404
        assert http.get("/pacticipants").status_code == 200


def test_the_state_of_scheduled_backups_is_shown_and_ends_no_service(broker, clock, tmp_path):
    settings = dataclasses.replace(broker.settings, database_backup_folder=str(tmp_path))
    with TestClient(create_app(dataclasses.replace(broker, settings=settings))) as http:

        def backup():
            response = http.get("/diagnostic/status/dependencies")
            assert response.status_code == 200
            return response.json()["backup"]

        def record(error=None):
            with broker.database.writing() as connection:
                number = history.claim(connection, clock(), "here", clock())
                history.finish(connection, number, clock(), file="x", size_bytes=1, error=error)

        assert backup() == {"ok": True, "lastSuccessAt": None}
        record()
        success = {"lastSuccessAt": "2026-11-23T08:00:00+00:00"}
        assert backup() == success | {"ok": True}
        clock.forward(hours=24)
        message = "The backup of 2026-11-24 01:45 UTC is missing: the broker did not run then, or was killed"
        assert backup() == success | {"ok": False, "error": {"message": message}}
        record("the disk is full")
        message = "The backup of 2026-11-24 08:00 UTC failed: the disk is full"
        assert backup() == success | {"ok": False, "error": {"message": message}}
