import json
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from processes import wait_for

from contracts.ci import git
from contracts.fake_ci import github_events, workflows
from contracts.fake_ci.runner import Runner


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
        file.write(f"answer={value}\\n")

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

    def play(text, event=None, **options):
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
            **options,
            on_start=lambda workflow, job, line: events.append(("start", workflow.file, job.identifier, line)),
            on_end=lambda step: events.append(("end", step.job, step.line, step.result)),
        )
        return runner.play(workflows.read(path), event or github_events.push("1" * 40, "main"), run_id="7")

    play.events = events
    return play


def shown(tmp_path, name="shown"):
    return json.loads((tmp_path / f"{name}.json").read_text())


def test_a_job_that_may_request_the_token_of_its_build_gets_the_credentials_instead(play, tmp_path):
    for name, permissions, token in (("a", "id-token: write", "t"), ("b", "contents: read", None)):
        play(
            f"""
jobs:
  job:
    permissions:
      {permissions}
    steps:
      {CHECKOUT}
      - run: invoke show --name={name}
""",
            credentials={"PACT_BROKER_TOKEN": "t"},
        )
        assert shown(tmp_path, name).get("PACT_BROKER_TOKEN") == token


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
      answer: ${{{{ steps.look.outputs.answer }}}}
    steps:
      {CHECKOUT}
      - id: look
        run: invoke output --value=no
      - run: invoke show
        if: steps.look.outputs.answer == 'yes'
  work:
    needs: look
    if: needs.look.outputs.answer == 'yes'
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
        "look": {"result": "success", "outputs": {"answer": "no"}},
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
        ("actions/checkout@0123", "failure", "Commit unknown is not in this clone"),
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


def test_unknown_actions_and_unplayable_jobs_are_skipped_with_the_reason(play):
    played = play(f"""
jobs:
  first:
    steps:
      {CHECKOUT}
      - uses: someone/deploy@0123
        if: hashFiles('x')
      - run: pwsh
        shell: pwsh
      - uses: actions/cache@0123
      - run: invoke show
  second:
    runs-on: windows-2025
    steps:
      - run: invoke show
  third:
    needs: second
    steps:
      - run: invoke show
""")

    assert [(step.line, step.result, step.reason) for step in played.steps] == [
        ("someone/deploy@0123", "skipped", "This expression can only be evaluated on GitHub: hashFiles('x')"),
        ("pwsh", "skipped", "its shell is pwsh"),
        ("invoke show", "success", ""),
        ("invoke show", "skipped", "it runs on windows-2025"),
        ("invoke show", "skipped", ""),
    ]
    assert played.results == {"first": "success", "second": "skipped", "third": "skipped"}


def test_lines_run_in_the_shell_of_github(play):
    played = play(f"""
jobs:
  job:
    steps:
      {CHECKOUT}
      - run: |
          false | true
          echo "the default shell has no pipefail"
      - run: |
          false | true
          echo "not reached"
        shell: bash
      - run: echo "$0" | grep -c sh
        shell: sh
        if: always()
      - run: print(1 + 1)
        shell: python
        if: always()
""")

    assert [step.result for step in played.steps] == ["success", "failure", "success", "success"]
    assert played.steps[0].summary == "the default shell has no pipefail"
    assert played.steps[3].summary == "2"


def test_a_line_can_set_variables_commands_and_outputs_for_the_next_ones(play):
    played = play(f"""
jobs:
  job:
    env:
      GREETING: hello
    steps:
      {CHECKOUT}
      - id: first
        run: |
          echo "NAME=world" >> "$GITHUB_ENV"
          mkdir -p bin && printf '#!/bin/sh\\necho "$GREETING $NAME"' > bin/greet && chmod +x bin/greet
          echo "$PWD/bin" >> "$GITHUB_PATH"
          printf 'text<<END\\none\\ntwo\\nEND\\nother=1\\n' >> "$GITHUB_OUTPUT"
      - run: greet
      - run: echo "${{{{ steps.first.outputs.text }}}} ${{{{ steps.first.outputs.other }}}} ${{{{ env.NAME }}}}"
      - name: a name
        run: ls
        working-directory: bin
      - run: ls
        working-directory: absent
""")

    assert [step.summary or step.reason for step in played.steps] == [
        "",
        "hello world",
        "two 1 world",
        "greet",
        "absent is not a folder",
    ]
    assert [step.label for step in played.steps] == ["", "", "", "a name", ""]


def test_artifacts_go_from_job_to_job(play):
    played = play(f"""
jobs:
  write:
    steps:
      {CHECKOUT}
      - run: mkdir -p pacts/deep && echo 1 > pacts/a.json && echo 2 > pacts/deep/b.json
      - uses: actions/upload-artifact@0123
        with: {{name: pacts, path: pacts}}
  read:
    needs: write
    steps:
      - uses: actions/download-artifact@0123
        with: {{name: pacts, path: here}}
      - run: cat here/a.json here/deep/b.json
      - uses: actions/download-artifact@0123
        with: {{name: absent}}
""")

    assert played.steps[1].summary == "2"
    assert played.steps[2].reason == "No earlier job uploaded the artifact 'absent'"
    assert played.results == {"write": "success", "read": "failure"}


def test_a_step_that_may_fail_does_not_fail_its_job(play):
    played = play(f"""
jobs:
  job:
    steps:
      {CHECKOUT}
      - id: first
        run: exit 3
        continue-on-error: true
      - run: echo "${{{{ steps.first.outcome }}}} ${{{{ steps.first.conclusion }}}}"
  other:
    continue-on-error: true
    steps:
      - run: exit 1
""")

    assert played.steps[1].summary == "failure success"
    assert played.results == {"job": "success", "other": "success"}


def test_processes_in_the_background_run_until_their_job_ends(play, tmp_path):
    played = play(f"""
jobs:
  job:
    steps:
      {CHECKOUT}
      - run: |
          (trap 'echo ended > {tmp_path}/ended; exit' TERM; echo started > {tmp_path}/started; sleep 60 & wait) &
          while ! test -e {tmp_path}/started; do sleep 0.05; done
      - run: test ! -e {tmp_path}/ended
""")

    assert played.passed
    wait_for((tmp_path / "ended").exists)


def test_the_first_values_of_a_matrix_are_used(play):
    played = play(f"""
jobs:
  job:
    strategy:
      matrix:
        python: ["3.11", "3.13"]
    steps:
      {CHECKOUT}
      - run: echo "Python ${{{{ matrix.python }}}}"
""")

    assert played.steps[0].summary == "Python 3.11"


def test_the_composite_actions_of_the_repository_are_played(play, tmp_path):
    folder = tmp_path / "tree" / "actions" / "greet"
    folder.mkdir(parents=True)
    (folder / "action.yml").write_text("""
inputs:
  name: {default: nobody}
  greeting: {default: hello}
outputs:
  text: {value: "${{ steps.inner.outputs.text }}"}
runs:
  using: composite
  steps:
    - id: inner
      run: echo "text=${{ inputs.greeting }} ${{ inputs.name }}" >> "$GITHUB_OUTPUT"
      shell: bash
""")
    text = f"""
jobs:
  job:
    steps:
      {CHECKOUT}
      - id: greet
        uses: ./actions/greet
        with: {{name: world}}
      - uses: ./actions/absent
      - run: echo "${{{{ steps.greet.outputs.text }}}}${{{{ inputs.name }}}}"
"""

    played = play(text, plays_local_actions=True)

    assert played.steps[1].reason == "the action ./actions/absent does not exist"
    assert played.steps[2].summary == "hello world"
    assert [step.summary for step in play(text).steps] == [""]
