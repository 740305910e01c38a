"""The lines of the log."""

from __future__ import annotations

import json
import logging

import pytest
import requests
from processes import answering

from contracts.broker.serving.logs import JsonLines, TextLines, fields, request_id
from contracts.broker.settings import LogFormat, Settings


@pytest.fixture
def record():
    return logging.LogRecord("contracts.broker", logging.WARNING, "", 0, "Disk of %s is full", ("a\nb",), None)


@pytest.fixture
def in_request():
    token = request_id.set("abc")
    yield
    request_id.reset(token)


def test_a_line_of_text_has_the_level_and_the_message(record):
    assert TextLines().format(record) == r"WARNING: Disk of a\nb is full"


@pytest.mark.usefixtures("in_request")
def test_a_line_of_text_has_the_id_of_the_request(record):
    assert TextLines().format(record) == r"WARNING: Disk of a\nb is full [request abc]"


def test_a_line_of_json_is_one_line(record):
    record.created = 0.25
    line = JsonLines().format(record)

    assert "\n" not in line
    assert json.loads(line) == {
        "time": "1970-01-01T00:00:00.250+00:00",
        "level": "warning",
        "logger": "contracts.broker",
        "message": "Disk of a\nb is full",
    }


@pytest.mark.usefixtures("in_request")
def test_a_line_of_json_has_the_id_the_fields_and_the_traceback(record):
    record.__dict__ |= fields(status=404)
    try:
        int("a bug")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    line = json.loads(JsonLines().format(record))

    assert (line["request_id"], line["status"]) == ("abc", 404)
    assert line["exception"].startswith("Traceback")
    assert "ValueError" in line["exception"]


@pytest.mark.parametrize(
    ("word", "log_format"),
    [
        ("json", LogFormat.JSON),
        ("text", LogFormat.TEXT),
        ("default", LogFormat.TEXT),
        ("color", LogFormat.TEXT),
    ],
)
def test_the_reference_broker_s_words_for_formats_are_accepted(word, log_format):
    assert Settings.from_environment({"PACT_BROKER_LOG_FORMAT": word}).log_format is log_format


@pytest.mark.thorough
def test_a_process_logs_everything_as_json(sqlite_url, capfd):
    with answering(sqlite_url, "--log-format", "json", "--log-level", "info", "--access-log") as (base_url, process):
        requests.get(f"{base_url}/labels", headers={"X-Request-Id": "abc"}, timeout=60)
        process.terminate()
        assert process.wait(timeout=60) == 0

    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert {"uvicorn.error", "contracts.broker.api.access_log"} <= {each["logger"] for each in lines}
    (access,) = (each for each in lines if each.get("request_id") == "abc")
    assert (access["method"], access["path"], access["status"]) == ("GET", "/labels", 200)
