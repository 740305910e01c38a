"""An outage is one line in the log, and the next one is too."""

from __future__ import annotations

from contracts.broker.serving.outages import QUIET_SECONDS, Outages


def test_repeated_reports_are_counted_and_logged_once(caplog):
    moment = [0.0]
    outages = Outages(lambda: moment[0])

    for number in range(100):
        outages.report(f"GET /{number}: the database is away")
    moment[0] = QUIET_SECONDS
    outages.report("GET /next: the database is away")

    assert caplog.messages == [
        "GET /0: the database is away",
        "GET /next: the database is away (99 more since the last report)",
    ]
