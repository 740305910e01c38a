import json
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.ci import git
from contracts.fake_ci import github_events, workflows
from contracts.fake_ci.runner import Runner
from contracts.fake_ci.workflows import WorkflowError


TASKS = """
import json, os, sys
from pathlib import Path
from invoke import task

@task
def show(c, name="shown"):
    Path(os.environ["HOME_OF_TEST"], name + ".json").write_text(json.dumps({**os.environ, "cwd": os.getcwd()}))

@task
def output(c, value="yes"):
    with open(os.environ["GITHUB_OUTPUT"], "a") as file:
        file.write(f"found={value}\\n")

@task
def result(c, name="result", status=0):
    print("something else")
    with open(os.environ["GITHUB_OUTPUT"], "a") as file:
        file.write(f"{name}=x can go\\n")
    raise SystemExit(status)

@task
def talk(c):
    print("first\\n=== 86 passed in 3.9s ===\\n  set in\\n::error::x\\n└────┘\\n")

@task
def fail(c):
    print("this went wrong")
    raise SystemExit(3)
"""
CHECKOUT = "- uses: actions/checkout@0123 # v1"


@pytest.fixture
def play(tmp_path, monkeypatch):
    """Play a workflow, written as YAML, in a folder with the tasks above."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "tasks.py").write_text(TASKS)
    monkeypatch.setenv("HOME_OF_TEST", str(tmp_path))
    for name in ("GITHUB_TOKEN", "PACT_URL", "GIT_COMMIT"):
        monkeypatch.setenv(name, "of ours")
    events = []

    @contextmanager
    def checkout(version):
        events.append(("checkout", version))
        if version == "unknown":
            raise git.TreeError("Commit unknown is not in this clone")
        yield tree
        events.append(("removed", version))

    def play(text, event=None):
        path = tmp_path / "example.yml"
        path.write_text("name: example\non: push\n" + text)
        runner = Runner(
            repository="acme/shop",
            default_branch="main",
            server_url="http://github.example",
            logs=tmp_path / "logs",
            sources=("tools/src", "shop/src"),
            variables={"BROKER": "http://broker"},
            secrets={"TOKEN": "secret"},
            environment={"NEAREST": "runner", "GIT_BRANCH": "main+0a"},
            checkout=checkout,
            on_start=lambda workflow, job, line: events.append(("start", workflow.file, job.identifier, line)),
            on_end=lambda step: events.append(("end", step.job, step.line, step.result)),
        )
        return runner.play(workflows.read(path), event or github_events.push("1" * 40, "main"), run_id="7")

    play.events = events
    return play


def shown(tmp_path, name="shown"):
    return json.loads((tmp_path / f"{name}.json").read_text())


def test_jobs_run_in_the_order_of_their_needs(play):
    played = play(f"""
jobs:
  second:
    needs: first
    steps:
      {CHECKOUT}
      - run: invoke show
  first:
    steps:
      {CHECKOUT}
      - uses: $/.github/actions/setup
      - run: invoke show --name=a
      - run: invoke show --name=b
""")

    assert played.passed
    assert played.results == {"first": "success", "second": "success"}
    assert [step.line for step in played.steps] == ["invoke show --name=a", "invoke show --name=b", "invoke show"]
    version = "1" * 40
    assert play.events == [
        ("checkout", version),
        ("start", "example.yml", "first", "invoke show --name=a"),
        ("end", "first", "invoke show --name=a", "success"),
        ("start", "example.yml", "first", "invoke show --name=b"),
        ("end", "first", "invoke show --name=b", "success"),
        ("removed", version),
        ("checkout", version),
        ("start", "example.yml", "second", "invoke show"),
        ("end", "second", "invoke show", "success"),
        ("removed", version),
    ]


def test_a_line_has_github_s_variables_and_those_of_its_step(play, tmp_path):
    """The variables of a step win over those of its job and its workflow; there is no GITHUB_RUN_ID."""
    play(f"""
env:
  NEAREST: workflow
  BROKER: ${{{{ vars.BROKER }}}}
  UNSET: ${{{{ vars.UNSET }}}}
jobs:
  job:
    env:
      NEAREST: job
    steps:
      {CHECKOUT}
      - run: invoke show
        env:
          NEAREST: step
          TOKEN: ${{{{ secrets.TOKEN }}}}
          BRANCH: ${{{{ github.ref_name }}}} of ${{{{ github.repository }}}}
""")

    seen = shown(tmp_path)
    expected = {
        "NEAREST": "step",
        "BROKER": "http://broker",
        "GIT_BRANCH": "main+0a",
        "UNSET": "",
        "TOKEN": "secret",
        "BRANCH": "main of acme/shop",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": "http://github.example",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SHA": "1" * 40,
        "GITHUB_WORKFLOW": "example",
        "cwd": str(tmp_path / "tree"),
    }
    assert {name: seen[name] for name in expected} == expected
    assert seen.keys().isdisjoint({"GITHUB_TOKEN", "GITHUB_RUN_ID", "PACT_URL", "GIT_COMMIT"})
    sources = [str(tmp_path / "tree" / package / "src") for package in ("tools", "shop")]
    assert seen["PYTHONPATH"].split(":" if sys.platform != "win32" else ";") == sources


def test_the_event_is_a_file_and_a_value_of_expressions(play, tmp_path):
    event = github_events.repository_dispatch("changed", {"pact_url": "http://x"}, version="1" * 40, branch="main")

    play(
        f"""
jobs:
  job:
    steps:
      {CHECKOUT}
      - run: invoke show
        env:
          PACT_URL: ${{{{ github.event.client_payload.pact_url }}}}
          DEFAULT: ${{{{ github.event.repository.default_branch }}}}
""",
        event,
    )

    seen = shown(tmp_path)
    assert (seen["PACT_URL"], seen["DEFAULT"], seen["GITHUB_EVENT_NAME"]) == ("http://x", "main", "repository_dispatch")
    assert json.loads(Path(seen["GITHUB_EVENT_PATH"]).read_text()) == {
        "action": "changed",
        "client_payload": {"pact_url": "http://x"},
        "repository": {"full_name": "acme/shop", "default_branch": "main"},
    }


def test_a_failing_line_fails_its_job_and_skips_the_rest(play):
    played = play(f"""
jobs:
  first:
    steps:
      {CHECKOUT}
      - run: invoke fail
      - run: invoke show
      - run: invoke show --name=report
        if: failure()
  second:
    needs: first
    steps:
      {CHECKOUT}
      - run: invoke show
  gate:
    needs: [first, second]
    if: always()
    steps:
      {CHECKOUT}
      - run: invoke show --name=gate
""")

    assert not played.passed
    assert played.results == {"first": "failure", "second": "skipped", "gate": "success"}
    assert [(step.line, step.result, step.reason) for step in played.steps] == [
        ("invoke fail", "failure", "exit status 3"),
        ("invoke show", "skipped", ""),
        ("invoke show --name=report", "success", ""),
        ("invoke show", "skipped", ""),
        ("invoke show --name=gate", "success", ""),
    ]
    assert "this went wrong" in played.steps[0].log.read_text()
    assert played.steps[0].summary == "this went wrong"


def test_a_step_s_result_is_its_output_or_its_last_line(play):
    played = play(f"""
jobs:
  job:
    steps:
      {CHECKOUT}
      - run: invoke result
      - run: invoke talk
      - run: invoke show
      - run: invoke result --name=reason --status=1
      - run: invoke result --status=1
        if: always()
""")

    assert [step.summary for step in played.steps] == [
        "x can go",
        "86 passed in 3.9s",
        "",
        "x can go",
        "something else",
    ]


def test_outputs_of_a_step_decide_about_later_jobs(play, tmp_path):
    played = play(f"""
jobs:
  look:
    outputs:
      found: ${{{{ steps.look.outputs.found }}}}
    steps:
      {CHECKOUT}
      - id: look
        run: invoke output --value=no
      - run: invoke show
        if: steps.look.outputs.found == 'yes'
  work:
    needs: look
    if: needs.look.outputs.found == 'yes'
    steps:
      {CHECKOUT}
      - run: invoke show
  gate:
    needs: [look, work]
    if: always()
    steps:
      {CHECKOUT}
      - run: invoke show
        env:
          NEEDS: ${{{{ toJSON(needs) }}}}
""")

    assert played.passed
    assert played.results == {"look": "success", "work": "skipped", "gate": "success"}
    assert json.loads(shown(tmp_path)["NEEDS"]) == {
        "look": {"result": "success", "outputs": {"found": "no"}},
        "work": {"result": "skipped", "outputs": {}},
    }


def test_a_checkout_takes_its_ref_or_the_version_of_the_event(play):
    play("""
jobs:
  job:
    steps:
      - uses: actions/checkout@0123
        with:
          ref: ${{ github.event.client_payload.sha || 'abc' }}
      - uses: actions/checkout@0123
        with:
          ref: ${{ vars.UNSET }}
      - run: invoke show
""")

    assert play.events[:2] == [("checkout", "abc"), ("checkout", "1" * 40)]


def test_a_version_without_a_checkout_fails_the_job(play):
    played = play("""
jobs:
  job:
    steps:
      - uses: actions/checkout@0123
        with:
          ref: unknown
      - run: invoke show
""")

    assert not played.passed
    assert [(step.line, step.result, step.reason) for step in played.steps] == [
        ("checkout unknown", "failure", "Commit unknown is not in this clone"),
        ("invoke show", "skipped", ""),
    ]


def test_a_workflow_without_a_job_that_ran_has_not_passed(play):
    played = play(f"""
jobs:
  job:
    if: vars.UNSET
    steps:
      {CHECKOUT}
      - run: invoke show
""")

    assert not played.passed
    assert played.results == {"job": "skipped"}


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (
            f"[{CHECKOUT[2:].split(' #', maxsplit=1)[0]}]".replace("uses: ", "{uses: ").replace(
                "]", "}, {run: echo hello}]"
            ),
            "only",
        ),
        ('[{uses: actions/checkout@0123}, {run: "invoke a\\ninvoke b"}]', "only lines `invoke …`"),
        ("[{uses: actions/checkout@0123}, {run: ''}]", "only lines `invoke …`"),
        ("[{run: invoke show}]", "after a checkout"),
        ("[{uses: actions/cache@0123}]", "actions/cache@0123 can only be played on GitHub"),
        (
            "[{uses: actions/checkout@0123}, {run: invoke show, if: matrix.x}]",
            "can only be evaluated on GitHub: matrix.x",
        ),
    ],
    ids=["shell", "two lines", "empty", "no checkout", "another action", "another context"],
)
def test_an_unplayable_line_is_an_error_that_names_it(play, steps, reason):
    with pytest.raises(WorkflowError) as raised:
        play(f"jobs: {{job: {{steps: {steps}}}}}")

    assert "example.yml, job job" in str(raised.value)
    assert reason in str(raised.value)
