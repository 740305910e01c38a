"""The environment variables of a step, and the files through which it talks to the runner."""

import pytest

from contracts.fake_ci import environments
from contracts.fake_ci.environments import StepFiles


@pytest.fixture
def files(tmp_path):
    files = StepFiles(tmp_path / "files")
    assert {"GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"} == files.variables().keys()
    return files


def test_a_step_that_writes_nothing_has_no_outputs(files):
    assert (files.outputs, files.environment, files.path) == ({}, {}, [])


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ("a=1\nb=x=y\n", {"a": "1", "b": "x=y"}),
        ("a<<END\none\ntwo\nEND\nb=2\n", {"a": "one\ntwo", "b": "2"}),
        ("a<<END\n", {"a": ""}),
        ("a=1<<2\n", {"a": "1<<2"}),
        ("nothing\n\n", {}),
    ],
)
def test_outputs_have_one_line_or_several(files, text, outputs):
    (files.folder / "output").write_text(text)
    assert files.outputs == outputs


def test_the_latest_folder_comes_first_in_the_path(files):
    (files.folder / "path").write_text("/one\n/two\n")
    assert files.path == ["/two", "/one"]


def test_variables_about_another_build_or_broker_are_left_out(monkeypatch):
    for name in ("GITHUB_SHA", "PACT_BROKER_TOKEN", "GIT_COMMIT", "RUNNER_TEMP"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("OTHER", "y")
    own = environments.own_environment()
    assert own["OTHER"] == "y"
    assert own.keys().isdisjoint({"GITHUB_SHA", "PACT_BROKER_TOKEN", "GIT_COMMIT", "RUNNER_TEMP"})


def test_a_pull_request_has_the_names_of_its_branches():
    document = {"pull_request": {"head": {"ref": "feature"}, "base": {"ref": "main"}}}
    variables = environments.variables_of("pull_request", "refs/pull/1/merge", document)
    assert (variables["GITHUB_HEAD_REF"], variables["GITHUB_BASE_REF"]) == ("feature", "main")
    assert variables["GITHUB_REF_NAME"] == "1/merge"
