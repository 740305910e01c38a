"""The rules by which tests become a pact, each tried on a folder of tests of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


HEAD = """
    import pytest
    import requests

    def agree(pact, description, path="/", answer=200):
        pact.upon_receiving(description).with_request("GET", path).will_respond_with(answer)

    def take_place(pact, path="/"):
        with pact.serve() as server:
            requests.get(server.url.rstrip("/") + path, timeout=5)
"""

TWO_TESTS = """
    def test_one(pact):
        agree(pact, "one")
        take_place(pact)

    def test_two(pact):
        agree(pact, "two")
        take_place(pact)
"""


@pytest.fixture
def pact_file(pytester, monkeypatch):
    """Where the runs of the test hand over their pact."""
    monkeypatch.setenv("PACT_DIR", str(pytester.path / "handed over"))
    return pytester.path / "handed over" / "example-consumer-example-provider.json"


@pytest.fixture
def run(pytester, pact_file, monkeypatch):  # noqa: ARG001 - runs hand over to its folder
    """Run pytest on a folder that holds these rules and the tests given."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(Path(__file__).with_name("conftest.py").read_text("utf-8"))

    def run(tests, *options):
        pytester.makepyfile(test_it=HEAD + tests)
        return pytester.runpytest_inprocess("-p", "xdist.plugin", *options)

    return run


def descriptions(pact_file):
    pact = json.loads(pact_file.read_text("utf-8"))
    return [interaction["description"] for interaction in pact["interactions"]]


def test_a_run_in_which_every_interaction_passed_hands_over_the_pact(run, pact_file):
    result = run(TWO_TESTS)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["2 interactions written to *handed over*"])
    assert descriptions(pact_file) == ["one", "two"]


def test_an_interaction_whose_test_was_deleted_is_gone(run, pact_file):
    run(TWO_TESTS)
    run(TWO_TESTS.replace("test_two", "none"))
    assert descriptions(pact_file) == ["one"]


@pytest.mark.parametrize("options", [["-k", "one"], ["test_it.py::test_one"], ["--deselect", "test_it.py::test_two"]])
def test_a_run_of_some_tests_leaves_no_pact_and_says_so(run, pact_file, options):
    run(TWO_TESTS)
    result = run(TWO_TESTS, *options)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "No pact was written: 1 of 2 interactions took place and passed*",
            "*test_it.py::test_two",
            "To write it, run them all: invoke consumer.test",
        ]
    )
    assert not pact_file.exists()


@pytest.mark.parametrize("options", [["-k", "other"], ["test_it.py::test_gone"]])
def test_whatever_is_run_the_pact_of_an_earlier_run_is_gone(run, pact_file, options):
    run(TWO_TESTS)
    run(TWO_TESTS + "\n    def test_other(): pass\n", *options)
    assert not pact_file.exists()


def test_a_run_of_a_folder_above_removes_the_pact_as_well(run, pact_file, pytester):
    run(TWO_TESTS)
    folder = pytester.mkdir("consumer").joinpath("cases")
    folder.mkdir()
    for name in ("conftest.py", "test_it.py"):
        (pytester.path / name).rename(folder / name)
    pytester.runpytest_inprocess("-p", "xdist.plugin", "-k", "none")
    assert not pact_file.exists()


def test_without_any_interaction_there_is_no_pact(run, pact_file):
    """As when the file of the contract's tests is deleted."""
    run(TWO_TESTS)
    result = run("\n    def test_other(): pass\n")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["No pact was written: no test describes an interaction"])
    assert not pact_file.exists()


def test_looking_at_the_tests_leaves_the_pact_alone(run, pact_file):
    """As an editor does whenever a file is saved."""
    run(TWO_TESTS)
    result = run(TWO_TESTS, "--collect-only")
    assert result.ret == pytest.ExitCode.OK
    assert "pact was written" not in result.stdout.str()
    assert pact_file.exists()


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        ("assert False", {"failed": 1}),
        ("pytest.skip()", {"skipped": 1}),
        ("pytest.xfail()", {"xfailed": 1}),
    ],
)
def test_an_interaction_counts_only_when_the_whole_test_passed(run, pact_file, ending, outcome):
    result = run(f"{TWO_TESTS}        {ending}\n")
    result.assert_outcomes(passed=1, **outcome)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["No pact was written: 1 of 2 interactions *", "  test_it.py::test_two"])
    assert not pact_file.exists()


def test_skipping_every_interaction_is_no_pass(run, pact_file):
    result = run(TWO_TESTS.replace("def test", "@pytest.mark.skip\n    def test"))
    result.assert_outcomes(skipped=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert not pact_file.exists()


def test_a_request_other_than_agreed_fails_its_test(run, pact_file):
    result = run(TWO_TESTS.replace('"two")', '"two", path="/elsewhere")'))
    result.assert_outcomes(passed=1, failed=1)
    assert not pact_file.exists()


def test_an_interaction_that_never_took_place_is_an_error(run, pact_file):
    result = run(
        """
    def test_one(pact):
        agree(pact, "one")
"""
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*the interaction never took place*"])
    assert not pact_file.exists()


def test_two_interactions_of_one_test_are_an_error(run, pact_file):
    result = run(
        """
    def test_one(pact):
        agree(pact, "one", path="/1")
        agree(pact, "two", path="/2")
        with pact.serve() as server:
            requests.get(server.url.rstrip("/") + "/1", timeout=5)
            requests.get(server.url.rstrip("/") + "/2", timeout=5)
"""
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*describes 2 interactions: it should be one*"])
    assert not pact_file.exists()


def test_the_same_interaction_twice_is_an_error(run, pact_file):
    result = run(TWO_TESTS.replace('"two"', '"one", answer=404'))
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*test_two and *test_one both describe 'one'*"])
    assert not pact_file.exists()


def test_parallel_runs_are_refused_but_only_for_interactions(run, pact_file):
    result = run(TWO_TESTS + "\n    def test_other(): pass\n", "-n1")
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(["*UsageError: pact tests run in one process*"])
    assert not pact_file.exists()
