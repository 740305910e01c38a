"""The access log."""

from __future__ import annotations

import dataclasses
import logging
import re

import pytest
from in_process import TestClient

from contracts.broker.app import create_app


@pytest.fixture
def lines(broker, caplog):
    """Send a request to a broker with an account, and return what it logs."""
    caplog.set_level(logging.INFO, "contracts")

    def lines(method, path, auth=("full", "s3cret"), *, access_log=True):
        broker.settings = dataclasses.replace(
            broker.settings, basic_auth_username="full", basic_auth_password="s3cret", access_log=access_log
        )
        caplog.clear()
        with TestClient(create_app(broker)) as client:
            client.request(method, path, auth=auth)
        return [re.sub(r"\d+\.\d ms", "1.0 ms", each) for each in caplog.messages if "HTTP Request" not in each]

    return lines


def test_a_read_is_a_line_with_account_client_status_and_size(lines, caplog):
    (line,) = lines("GET", "/labels?size=1&page=1&secret=x")

    assert re.fullmatch(r"GET /labels by full from testclient: 200, \d+ bytes, 1.0 ms", line)
    (record,) = (each for each in caplog.records if each.name.endswith("access_log"))
    assert record.fields["path"] == "/labels"
    assert record.fields["account"] == "full"
    assert record.fields["status"] == 200
    assert record.fields["size_bytes"] > 0
    assert record.fields["milliseconds"] > 0


def test_a_change_is_logged_once(lines):
    (line,) = lines("DELETE", "/pacticipants/A")

    assert line.startswith("DELETE /pacticipants/A by full from testclient: 404, ")


def test_a_request_without_an_account_is_logged_as_refused(lines):
    (line,) = lines("GET", "/", auth=None)

    assert line.startswith("GET / from testclient: 401, ")


def test_a_wrong_password_is_a_warning_as_well(lines):
    warning, line = lines("GET", "/", auth=("full", "wrong"))

    assert warning == "Wrong password for the account full from testclient: GET /"
    assert line.startswith("GET / from testclient: 401")


def test_an_unprintable_path_is_encoded(lines):
    (line,) = lines("GET", "/pacticipants/a%0Ab")

    assert line.startswith("GET /pacticipants/a%0Ab by full from testclient: 422, ")


def test_without_the_setting_only_changes_are_logged(lines):
    assert lines("GET", "/labels", access_log=False) == []
    assert lines("DELETE", "/pacticipants/A", access_log=False) == ["DELETE /pacticipants/A by full: 404"]
