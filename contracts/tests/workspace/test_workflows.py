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

from contracts.ci.github_webhooks import DISPATCH_TYPES, TEMPLATE
from contracts.fake_ci import loop, workflows


ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
ACTIONS = sorted(ROOT.glob(".github/actions/*/action.yml"))
PIPELINES = ("consumer", "provider", "contracts")
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


def test_there_are_some():
    """The workflows that this file is about are there."""
    assert [path.stem for path in FILES] == ["consumer", "contracts", "provider", "verify-changed-pact"]
    assert [path.parent.name for path in ACTIONS] == ["setup"]


def test_no_findings():
    """Zizmor finds nothing, in its strictest offline form but for style."""
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
def test_schema(schema, files):
    """GitHub's schema accepts every file."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *files]

    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("line", sorted({line for path in FILES for line in workflows.read(path).lines}))
def test_lines_are_tasks(tasks, line):
    """Every line is one task that exists, with options that parse; nothing is put into it by GitHub."""
    words = shlex.split(line)
    assert words[0] == "invoke"
    assert "${{" not in line

    parsed = Parser(contexts=tasks.to_contexts()).parse_argv(words[1:])

    assert [context.name for context in parsed] == [words[1]]


def test_pinned():
    """Actions of others are pinned by the full hash of a commit, with the version in a comment."""
    used = [found for path in (*FILES, *ACTIONS) for found in re.findall(r"uses: (.*)", path.read_text())]
    foreign = [each for each in used if each != "$/.github/actions/setup"]

    assert foreign
    for each in foreign:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)


@pytest.mark.parametrize("stem", documents())
def test_nothing_by_default(stem):
    """No permission is given to a whole workflow, and runs that would race each other are grouped."""
    document = documents()[stem]

    assert document["permissions"] == {}
    assert "${{" in document["concurrency"]["group"]
    assert "pull_request_target" not in document[True]


@pytest.mark.parametrize("job", jobs())
def test_jobs_are_kept_small(job):
    """A job may read the repository and no more, ends in time, and leaves no credentials in its checkout."""
    assert job["permissions"] == {"contents": "read"}
    assert job["timeout-minutes"] <= 30
    (checkout,) = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["persist-credentials"] is False


@pytest.mark.parametrize("job", jobs())
def test_secrets_go_to_single_steps(job):
    """Only steps that ask the broker get its credentials; what installs packages gets none."""
    outside = {key: value for key, value in job.items() if key != "steps"}
    assert "secrets." not in str(outside)
    for step in job["steps"]:
        if "secrets." in str(step):
            assert step["run"].startswith(("invoke consumer.", "invoke provider."))
            assert step.keys() <= {"run", "env", "name", "if"}


@pytest.mark.parametrize("stem", PIPELINES)
def test_the_gate_always_reports(stem):
    """Each pipeline always runs; its first job asks what changed, and its gate judges all others."""
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


@pytest.mark.parametrize("stem", ["consumer", "provider"])
def test_deployment(stem):
    """A deployment needs the contract to hold and the main branch; it is recorded right after, one at a time."""
    deploy = documents()[stem]["jobs"]["deploy"]

    assert deploy["needs"] == "pact"
    assert deploy["if"] == "github.ref_type == 'branch' && github.ref_name == github.event.repository.default_branch"
    assert deploy["concurrency"] == f"{stem}-production"
    assert [step["run"] for step in deploy["steps"] if "run" in step] == [
        f"invoke {stem}.deploy",
        f"invoke {stem}.record-deployment",
    ]


@pytest.mark.parametrize("stem", ["consumer", "provider"])
def test_a_pull_request_is_its_head(stem):
    """What is tested, and published under the head's hash, is the head: not its merge with the target branch."""
    checkout = documents()[stem]["jobs"]["pact"]["steps"][0]

    assert checkout["with"]["ref"] == "${{ github.event.pull_request.head.sha || github.sha }}"


@pytest.mark.parametrize("stem", ["consumer", "provider"])
def test_the_task_ci_is_the_workflow(tasks, stem, monkeypatch):
    """`invoke PACKAGE.ci` runs what the workflow runs, in the same order."""
    module = sys.modules["tasks"]
    ran = []

    def recorded(name):
        def run(_context, **options):
            words = [f" --{option.replace('_', '-')}={value}" for option, value in options.items()]
            ran.append(f"invoke {stem}.{name}{''.join(words)}")

        return run

    names = {"test": f"{stem}_test", "publish-pacts": "publish_pacts"}
    for name, function in names.items():
        monkeypatch.setattr(module, function, recorded(name))
    deployment = tuple(recorded(name) for name in ("can-i-deploy", "deploy", "record-deployment"))
    monkeypatch.setattr(module, f"{stem.upper()}_DEPLOYMENT", deployment)
    of_main = {"BUILDKITE": "true", "BUILDKITE_COMMIT": "HEAD", "BUILDKITE_BRANCH": "trunk"}
    monkeypatch.setattr(module.os, "environ", of_main | {"BUILDKITE_PIPELINE_DEFAULT_BRANCH": "trunk"})
    monkeypatch.setattr(module, stem.upper(), _with_environment(getattr(module, stem.upper()), module.os.environ))

    tasks[f"{stem}.ci"].body(None)

    workflow = workflows.read(FOLDER / f"{stem}.yml")
    own = [line for line in workflow.lines if line.startswith(f"invoke {stem}.")]
    assert ran == own


def _with_environment(application, environ):
    return type(application)(name=application.name, root=application.root, environ=environ)


def test_what_a_webhook_starts():
    """The webhook-triggered workflow listens to what our webhooks send, and reads of the payload what they carry."""
    document = documents()["verify-changed-pact"]
    text = (FOLDER / "verify-changed-pact.yml").read_text()

    assert document[True] == {"repository_dispatch": {"types": sorted(DISPATCH_TYPES.values(), reverse=True)}}
    read = set(re.findall(r"client_payload\.(\w+)", text))
    assert read == {"pact_url", "sha", "branch"}
    assert read <= TEMPLATE.document().keys()


def test_what_a_webhook_starts_runs_only_commits_of_this_repository():
    """The default branch's own code decides before anything of the commit runs; nothing is kept for other runs."""
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


def test_the_payload_arrives_in_variables():
    """Nothing of the payload, nor of a pull request, stands anywhere but in `env`, a checkout's `ref` or a group."""
    for path in FILES:
        for line in path.read_text().splitlines():
            if re.search(r"\$\{\{[^}]*(client_payload|pull_request|head_ref)", line):
                assert re.match(r"\s+(ref|group|cancel-in-progress|PACT_URL|GIT_COMMIT|GIT_BRANCH): ", line), line


def test_fake_ci_plays_these_files():
    """fake-ci knows the lines it does something besides by their words: they stand in the workflows, or are tasks."""
    assert loop.PUBLISH_LINE in workflows.read(FOLDER / loop.CONSUMER).lines
    assert loop.DISPATCH_TYPE in workflows.read(FOLDER / "verify-changed-pact.yml").dispatch_types
    for file in (loop.CONSUMER, loop.PROVIDER):
        assert {job.identifier for job in workflows.read(FOLDER / file).jobs} == {"changes", "pact", "deploy", "gate"}


def test_the_line_of_the_webhook(tasks):
    """The one line that fake-ci adds, to put the webhook in place, is a task that exists."""
    words = shlex.split(loop.WEBHOOK_LINE)

    assert [context.name for context in Parser(contexts=tasks.to_contexts()).parse_argv(words[1:])] == [words[1]]


def commands_in(source):
    """What the texts of *source* would run, piece by piece, with or without the word `invoke` before it."""
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
def test_however_a_command_is_written_it_is_found(source):
    assert "provider.test" in commands_in(source)


def test_nobody_else_knows_the_lines():
    """No module of the packages lists what a pipeline runs: the workflow files are the only ones to know."""
    lines = {
        line.removeprefix("invoke ")
        for stem in ("consumer", "provider")
        for line in workflows.read(FOLDER / f"{stem}.yml").lines
    }
    sources = [path for package in PIPELINES for path in (ROOT / package / "src").rglob("*.py")]
    found = {(path.name, line) for path in sources for line in lines & commands_in(path.read_text())}

    assert found == {("loop.py", loop.PUBLISH_LINE.removeprefix("invoke "))}
