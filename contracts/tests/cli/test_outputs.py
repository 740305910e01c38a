"""Formats of the output of commands."""

from __future__ import annotations

import json

import pytest

from contracts.ci.report import Reporter
from contracts.cli.outputs import Printer, heading


RECORDS = [
    {"name": "a", "isOn": True, "tags": ["x", "y"], "params": {"id": 1}, "more": None},
    {"name": "b\x1b[2J", "isOn": False, "tags": [], "params": {}, "more": "z"},
]
COLUMNS = ("name", "isOn", "tags", "params", "more")


@pytest.fixture
def printer(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    def printer(form, **more):
        return Printer(reporter=Reporter.from_environment({}, quiet=more.get("quiet", False)), form=form, **more)

    return printer


def test_json_has_everything(printer, capsys):
    printer("json").records(RECORDS, columns=("name",), none="nothing")
    assert json.loads(capsys.readouterr().out) == RECORDS
    printer("json").records([], columns=("name",), none="nothing")
    assert json.loads(capsys.readouterr().out) == []


def test_json_is_safe_for_a_terminal(printer, capsys):
    printer("json").record({"name": "\x9b2J\x1b[2J"})
    assert capsys.readouterr().out.isascii()


def test_text_has_a_line_for_each_record_with_tabs(printer, capsys):
    printer("text").records(RECORDS, columns=COLUMNS, none="nothing")
    first, second = capsys.readouterr().out.splitlines()
    assert first.split("\t") == ["a", "yes", "x, y", '{"id": 1}', ""]
    assert "\x1b" not in second


def test_a_table_has_headings(printer, capsys):
    printer("table").records(RECORDS, columns=COLUMNS, none="nothing")
    output = capsys.readouterr().out
    assert "Is on" in output
    assert "\x1b" not in output


@pytest.mark.parametrize("form", ["text", "table"])
def test_an_empty_list_is_a_sentence(printer, capsys, form):
    printer(form).records([], columns=COLUMNS, none="There is nothing.")
    assert capsys.readouterr().out == "There is nothing.\n"


@pytest.mark.parametrize(
    ("form", "output"),
    [
        ("text", "Done.\n  http://page\n"),
        ("id", "1\n"),
        ("json", '{\n  "uuid": "1",\n  "url": "http://page"\n}\n'),
    ],
)
def test_an_action_is_a_sentence_an_id_or_a_record(printer, capsys, form, output):
    printer(form).done("Done.", {"uuid": "1"}, page="http://page")
    assert capsys.readouterr().out == output


@pytest.mark.parametrize("form", ["text", "table", "json"])
def test_a_quiet_command_prints_data(printer, capsys, form):
    printer(form, quiet=True).records(RECORDS, columns=COLUMNS, none="nothing")
    printer(form, quiet=True).record(RECORDS[0])
    quiet = capsys.readouterr().out
    printer(form).records(RECORDS, columns=COLUMNS, none="nothing")
    printer(form).record(RECORDS[0])
    assert quiet == capsys.readouterr().out


def test_a_quiet_command_prints_no_sentence(printer, capsys):
    quiet = printer("text", quiet=True)
    quiet.records([], columns=COLUMNS, none="There is nothing.")
    quiet.done("Done.", {"uuid": "1"}, page="http://page")
    quiet.remark("By the way")
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_a_remark_goes_to_standard_error(printer, capsys):
    printer("json").remark("By the way")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "By the way\n")


@pytest.mark.parametrize(
    ("key", "text"),
    [("name", "Name"), ("repositoryUrl", "Repository URL"), ("uuid", "UUID"), ("createdAt", "Created at")],
)
def test_a_heading_is_made_of_the_words_of_a_name(key, text):
    assert heading(key) == text
