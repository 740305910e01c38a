"""The workflows on GitHub: safe, complete, made of tasks that exist, and the same that fake-ci plays."""

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from invoke.collection import Collection
from invoke.loader import FilesystemLoader
from invoke.parser import Parser

from contracts.ci import projects
from contracts.ci.github_webhooks import DISPATCH_TYPES, TEMPLATE
from contracts.fake_ci import github_events, loop, workflows
from contracts.fake_ci.outcome import Outcome
from contracts.fake_ci.played import Played


ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
ACTIONS = sorted(ROOT.glob(".github/actions/*/action.yml"))
PROJECT = projects.load(ROOT)
APPLICATIONS = [each.folder.name for each in PROJECT.applications]
PIPELINES = [Path(each.workflow).stem for each in PROJECT.applications]
PULL_REQUEST = github_events.pull_request("1" * 40, "feature", repository="acme/shop")
SCRIPTS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def tasks():
    module, folder = FilesystemLoader(start=str(ROOT)).load("tasks")
    assert Path(folder) == ROOT
    return Collection.from_module(module)


def documents():
    return {path.stem: yaml.safe_load(path.read_text()) for path in FILES}


def jobs():
    return [
        pytest.param(job, id=f"{stem}.{name}")
        for stem, document in documents().items()
        for name, job in document["jobs"].items()
    ]


def test_each_application_has_its_workflow_beside_the_two_of_the_repository():
    assert [path.stem for path in FILES] == sorted([*PIPELINES, "contracts", "release", "verify-changed-pact"])
    assert [path.parent.name for path in ACTIONS] == ["setup"]


def test_zizmor_has_no_findings():
    command = [
        SCRIPTS / "zizmor",
        "--offline",
        "--no-progress",
        "--no-ignores",
        "--strict-collection",
        ROOT / ".github",
    ]

    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (answer.returncode, "No findings to report" in answer.stdout + answer.stderr) == (0, True), answer.stdout


@pytest.mark.parametrize(("schema", "files"), [("github-workflows", FILES), ("github-actions", ACTIONS)])
def test_the_schema_of_github_accepts_every_file(schema, files):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *files]

    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("line", sorted({line for path in FILES for line in workflows.read(path).lines}))
def test_every_line_is_one_task_with_valid_options_and_without_expressions(tasks, line):
    words = shlex.split(line)
    assert words[0] == "invoke"
    assert "${{" not in line

    parsed = Parser(contexts=tasks.to_contexts()).parse_argv(words[1:])

    assert [context.name for context in parsed] == [words[1]]


def test_actions_are_pinned_by_the_full_hash_of_a_commit():
    used = [action for path in (*FILES, *ACTIONS) for action in re.findall(r"uses: (.*)", path.read_text())]
    foreign = [each for each in used if each != "$/.github/actions/setup"]

    assert foreign
    for each in foreign:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)


@pytest.mark.parametrize("stem", documents())
def test_a_workflow_has_no_permissions_and_groups_its_runs(stem):
    document = documents()[stem]

    assert document["permissions"] == {}
    assert "${{" in document["concurrency"]["group"]
    assert "pull_request_target" not in document[True]


@pytest.mark.parametrize("job", jobs())
def test_a_job_can_only_read_ends_in_time_and_keeps_no_credentials(job):
    if job.get("environment") == "pypi":  # it publishes files of another job, by its identity
        assert job["permissions"] == {"id-token": "write"}
        assert not [step for step in job["steps"] if "run" in step]
        return
    assert job["permissions"] == {"contents": "read"}
    assert job["timeout-minutes"] <= 30
    (checkout,) = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["persist-credentials"] is False


@pytest.mark.parametrize("job", jobs())
def test_only_steps_that_use_the_broker_get_its_credentials(job):
    outside = {key: value for key, value in job.items() if key != "steps"}
    assert "secrets." not in str(outside)
    for step in job["steps"]:
        if "secrets." in str(step):
            assert step["run"].startswith(
                (*(f"invoke {each}." for each in APPLICATIONS), "invoke github.verify-changed-pact")
            )
            assert step.keys() <= {"run", "env", "name", "if"}


@pytest.mark.parametrize("stem", [*PIPELINES, "contracts"])
def test_a_pipeline_always_runs_and_its_gate_judges_all_other_jobs(stem):
    document = documents()[stem]
    gate = document["jobs"]["gate"]

    assert document[True]["pull_request"] is None
    assert document[True]["push"] == {"branches": ["main"]}
    assert next(iter(document["jobs"])) == "changes"
    assert document["jobs"]["changes"]["steps"][-1]["run"] == f"invoke github.changes --package={stem}"
    assert gate["if"] == "always()"
    assert set(gate["needs"]) == document["jobs"].keys() - {"gate"}
    assert gate["steps"][-1]["env"] == {"NEEDS": "${{ toJSON(needs) }}"}
    for name, job in document["jobs"].items():
        if name not in {"changes", "gate", "deploy"}:
            assert job["if"] == "needs.changes.outputs.relevant == 'true'"


@pytest.mark.parametrize("stem", PIPELINES)
def test_a_deployment_needs_the_contract_and_the_main_branch_and_is_recorded(stem):
    deploy = documents()[stem]["jobs"]["deploy"]

    assert deploy["needs"] == "pact"
    assert deploy["if"] == "github.ref_type == 'branch' && github.ref_name == github.event.repository.default_branch"
    assert deploy["concurrency"] == f"{stem}-production"
    assert [step["run"] for step in deploy["steps"] if "run" in step] == [
        f"invoke {stem}.deploy",
        f"invoke {stem}.record-deployment",
    ]


@pytest.mark.parametrize("stem", PIPELINES)
def test_a_pull_request_is_tested_and_published_as_its_head_not_as_its_merge(stem):
    checkout = documents()[stem]["jobs"]["pact"]["steps"][0]

    assert checkout["with"]["ref"] == "${{ github.event.pull_request.head.sha || github.sha }}"


@pytest.mark.parametrize("application", PROJECT.applications, ids=lambda each: each.name)
def test_the_task_ci_plays_the_workflow_of_its_application(tasks, application, monkeypatch):
    played = []

    def play_one(setting, declaration):
        played.append((setting.project, declaration))
        return Outcome(pipelines=[Played(workflow="x", event=PULL_REQUEST, results={"pact": "success"})])

    monkeypatch.setattr("contracts.fake_ci.play.play_one", play_one)
    tasks[f"{application.folder.name}.ci"].body(None)

    assert played == [(PROJECT, application)]


def test_the_webhook_workflow_listens_to_our_events_and_reads_our_payload():
    document = documents()["verify-changed-pact"]
    text = (FOLDER / "verify-changed-pact.yml").read_text()

    assert document[True] == {"repository_dispatch": {"types": sorted(DISPATCH_TYPES.values(), reverse=True)}}
    read = set(re.findall(r"client_payload\.(\w+)", text))
    assert read == {"pact_url", "sha", "branch", "provider"}
    assert read <= TEMPLATE.document().keys()


def test_the_webhook_workflow_runs_only_commits_of_this_repository_and_fills_no_cache():
    jobs = documents()["verify-changed-pact"]["jobs"]
    assert list(jobs) == ["commit", "verify"]
    checkout, setup, check = jobs["commit"]["steps"]
    assert checkout["with"] == {"persist-credentials": False, "fetch-depth": 0}
    assert check["run"] == "invoke github.commit-to-verify"
    assert "secrets" not in str(jobs["commit"])
    assert jobs["verify"]["needs"] == "commit"
    assert jobs["verify"]["steps"][0]["with"]["ref"] == "${{ needs.commit.outputs.commit }}"
    assert setup["with"] == jobs["verify"]["steps"][1]["with"] == {"cache": ""}
    action = yaml.safe_load(ACTIONS[0].read_text())
    assert action["runs"]["steps"][0]["with"]["cache"] == "${{ inputs.cache }}"


def test_values_of_an_event_arrive_only_in_variables_checkouts_and_groups():
    for path in FILES:
        for line in path.read_text().splitlines():
            if re.search(r"\$\{\{[^}]*(client_payload|pull_request|head_ref)", line):
                assert re.match(
                    r"\s+(ref|group|cancel-in-progress|PACT_URL|PACT_PROVIDER|GIT_COMMIT|GIT_BRANCH): ", line
                ), line


def test_a_tag_alone_publishes_what_the_task_package_built():
    document = documents()["release"]
    assert document[True] == {"push": {"tags": ["v*"]}}
    assert [step["run"] for step in document["jobs"]["build"]["steps"] if "run" in step] == ["invoke package"]
    assert document["jobs"]["publish"]["needs"] == "build"
    assert "secrets." not in str(document)


def test_fake_ci_plays_these_files():
    assert loop.DISPATCH_TYPE in workflows.read(FOLDER / "verify-changed-pact.yml").dispatch_types
    for stem in PIPELINES:
        assert {job.identifier for job in workflows.read(FOLDER / f"{stem}.yml").jobs} == {
            "changes",
            "pact",
            "deploy",
            "gate",
        }


def commands_in(source):
    """Return the commands in the strings of *source*, without the word `invoke`."""
    texts = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    pieces = (piece for text in texts if isinstance(text, str) for piece in re.split(r"&&|;|\n", text))
    return {" ".join(piece.split()).removeprefix("invoke ") for piece in pieces}


@pytest.mark.parametrize(
    "source",
    [
        '"invoke provider.test"',
        "'invoke provider.test'",
        '["invoke", "provider.test"]',
        '"invoke " "provider.test"',
        '"""\ninvoke provider.test\n"""',
        '"invoke consumer.test && invoke provider.test"',
        'f"invoke provider.test; {x}"',
    ],
)
def test_a_command_is_recognised_in_every_spelling(source):
    assert "provider.test" in commands_in(source)


def test_only_the_workflow_files_list_the_steps_of_a_pipeline():
    lines = {
        line.removeprefix("invoke ") for stem in PIPELINES for line in workflows.read(FOLDER / f"{stem}.yml").lines
    }
    sources = [path for folder in PROJECT.sources for path in (ROOT / folder).rglob("*.py")]
    sources += (ROOT / "commands").rglob("*.py")
    assert sources
    assert [(path.name, line) for path in sources for line in lines & commands_in(path.read_text())] == []
