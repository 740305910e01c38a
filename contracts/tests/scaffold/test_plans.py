from __future__ import annotations

import functools
import json
import subprocess
import tomllib
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

from contracts.ci import projects
from contracts.ci.webhook_presets import PRESETS
from contracts.cli import main
from contracts.model.ci_services import SERVICES
from contracts.scaffold import repositories
from contracts.scaffold.answers import Answers, InitError
from contracts.scaffold.plans import plan
from contracts.scaffold.repositories import VENDORS, WebApplication


APP = WebApplication(framework="flask", location="shop.main:create_app()", folder=Path())
SCHEMAS = {
    "github": "github-workflows",
    "gitlab": "gitlab-ci",
    "circleci": "circle-ci",
    "azure": "azure-pipelines",
    "bitbucket": "bitbucket-pipelines",
    "buildkite": "buildkite",
}


def answers(**values: object) -> Answers:
    defaults = {"name": "shop-web", "role": "both", "providers": ("stock", "prices"), "app": APP}
    return Answers(**{**defaults, **values})  # type: ignore[arg-type]


def planned(root: Path, **values: object):
    return plan(repositories.inspect(root), projects.find(root), answers(**values))


def files(root: Path, **values: object) -> dict[str, str]:
    return {each.path.as_posix(): each.after for each in planned(root, **values).changes}


@functools.cache
def validator(vendor: str) -> Validator:
    schema = json.loads(
        (resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / f"{SCHEMAS[vendor]}.json").read_text()
    )
    schema.get("properties", {}).pop("orbs", None)  # patterns of JavaScript, which Python does not read; none is used
    return validator_for(schema)(schema)


ROLES = {
    "consumer": {"role": "consumer", "app": None},
    "provider": {"role": "provider"},
    "both": {},
    "not Python": {
        "role": "provider",
        "app": None,
        "base_url": "http://127.0.0.1:3000",
        "start": ("npm ci", "(npm start &)"),
    },
}


@pytest.mark.parametrize(
    ("vendor", "folder", "credentials"),
    [
        *((vendor, folder, None) for vendor in SCHEMAS for folder in (".", "apps/shop web")),
        *((vendor, "apps/shop web", "token") for vendor in SERVICES),
    ],
)
@pytest.mark.parametrize("role", ROLES)
def test_every_pipeline_is_valid_for_its_vendor(tmp_path, vendor, role, folder, credentials):
    texts = files(tmp_path, vendor=vendor, folder=Path(folder), credentials=credentials, **ROLES[role])
    pipelines = [text for path, text in texts.items() if path.endswith((".yml", ".yaml"))]
    assert pipelines
    for text in pipelines:
        document = yaml.safe_load(text)
        if True in document:  # YAML 1.1 reads GitHub's key "on" as true
            document["on"] = document.pop(True)
        problem = best_match(validator(vendor).iter_errors(document))
        assert problem is None, problem
        assert "<%" not in text


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("role", ROLES)
def test_every_pipeline_gates_and_records(tmp_path, vendor, role):
    texts = files(tmp_path, vendor=vendor, **ROLES[role])
    pipeline = texts[next(path for path in texts if path.startswith((VENDORS[vendor], ".github")))]
    assert "contracts can-i-deploy --pacticipant shop-web --to-environment production" in pipeline
    assert "contracts record-deployment --pacticipant shop-web --environment production" in pipeline
    assert ("contracts publish pacts" in pipeline) == (role in ("consumer", "both"))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_provider_verifies_a_changed_pact_only_in_a_commit_of_the_repository(tmp_path, vendor):
    text = "\n".join(files(tmp_path, vendor=vendor, role="provider").values())
    assert "git branch --remotes --contains" in text
    assert "contracts create-or-update-webhook" in text
    consumer = "\n".join(files(tmp_path, vendor=vendor, role="consumer", app=None).values())
    assert "git branch --remotes --contains" not in consumer


@pytest.mark.parametrize(
    ("vendor", "path", "target"),
    [
        ("github", "", "OWNER/REPOSITORY"),
        ("github", "acme/shop", "acme/shop"),
        ("gitlab", "acme/team/shop", "acme/team/shop"),
        ("jenkins", "acme/shop", "JOB_URL --user NAME:TOKEN"),
        ("circleci", "acme/shop", "acme/shop"),
        ("circleci", "acme/team/shop", "OWNER/REPOSITORY"),
        ("azure", "acme/shop", "ORGANIZATION/PROJECT/PIPELINE"),
        ("bitbucket", "acme/shop", "acme/shop"),
        ("buildkite", "acme/shop", "acme/shop"),
    ],
)
def test_the_command_for_the_webhook_names_what_the_service_needs(tmp_path, vendor, path, target):
    if path:
        for arguments in (("init", "--quiet"), ("remote", "add", "origin", f"git@host.example.com:{path}.git")):
            subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)  # noqa: S607
    text = "\n".join(files(tmp_path, vendor=vendor, role="provider").values())
    assert f"contracts create-or-update-webhook --provider shop-web --{vendor} {target}\n" in text
    assert PRESETS[vendor].form == target.split()[0] or target == path


def test_quotes_do_not_end_a_step_of_jenkins(tmp_path):
    jenkinsfile = files(tmp_path, vendor="jenkins")["Jenkinsfile"]
    assert "sh 'python -m pip install \\'pact-contracts[verify]\\' pytest requests'" in jenkinsfile


def test_steps_of_jenkins_run_in_the_folder_of_the_application(tmp_path):
    jenkinsfile = files(tmp_path, vendor="jenkins", folder=Path("apps/shop web"))["Jenkinsfile"]
    assert "sh 'cd \\'apps/shop web\\' && contracts publish pacts --pacticipant shop-web'" in jenkinsfile


def test_the_other_commands_can_read_the_declaration(tmp_path):
    for change in planned(tmp_path).changes:
        change.write(tmp_path)
    shop = projects.load(tmp_path).applications[0]
    assert (shop.name, shop.role, shop.providers, shop.app) == ("shop-web", "both", ("stock", "prices"), APP.location)
    assert shop.folder == tmp_path
    assert shop.workflow == "shop-web.yml"


def test_a_second_application_is_added_below_the_first(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n# mine\n')
    for change in planned(tmp_path).changes:
        change.write(tmp_path)
    second = planned(tmp_path, name="stock", role="provider", folder=Path("stock"))
    for change in second.changes:
        change.write(tmp_path)
    text = (tmp_path / "pyproject.toml").read_text()
    assert "# mine" in text
    assert list(tomllib.loads(text)["tool"]["contracts"]["applications"]) == ["shop-web", "stock"]
    assert [each.name for each in projects.load(tmp_path).applications] == ["shop-web", "stock"]


@pytest.mark.parametrize("vendor", [*VENDORS, None])
def test_a_second_run_writes_nothing(tmp_path, vendor):
    for change in planned(tmp_path, vendor=vendor).changes:
        change.write(tmp_path)
    again = planned(tmp_path, vendor=vendor)
    assert again.changes == ()
    assert Path("pyproject.toml") in again.existing


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_second_run_of_the_command_changes_nothing_even_after_edits(repository, vendor):
    run("--provider", "orders", "--yes", "--ci", vendor)
    for path in repository.rglob("*"):
        if path.is_file():
            path.write_text(f"{path.read_text()}# mine\n")
    before = {path: path.read_text() for path in repository.rglob("*") if path.is_file()}
    for arguments in ((), ("--provider", "orders", "--ci", vendor)):
        status, output = run("--yes", *arguments)
        assert (status, "Nothing to write." in output) == (0, True), output
    assert {path: path.read_text() for path in repository.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("vendor", [each for each in VENDORS if each != "github"])
def test_an_existing_pipeline_stays_unchanged(tmp_path, vendor):
    usual = tmp_path / VENDORS[vendor]
    usual.parent.mkdir(exist_ok=True)
    usual.write_text("mine")
    changes = planned(tmp_path, vendor=vendor).changes
    assert usual.relative_to(tmp_path) not in [each.path for each in changes]
    pipeline = changes[-1]
    assert "shop-web" in str(pipeline.path)
    assert pipeline.advice


def test_a_file_that_changed_since_it_was_read_is_not_overwritten(tmp_path):
    change = planned(tmp_path).changes[0]
    (tmp_path / change.path).write_text("mine")
    with pytest.raises(InitError, match="has changed in the meantime"):
        change.write(tmp_path)
    assert (tmp_path / change.path).read_text() == "mine"


@pytest.mark.parametrize(
    ("before", "after"), [(None, "pacts/\n"), ("*.log", "*.log\npacts/\n"), ("/pacts\n", None), ("**/pacts/", None)]
)
def test_pacts_are_kept_out_of_git(tmp_path, before, after):
    if before is not None:
        (tmp_path / ".gitignore").write_text(before)
    assert files(tmp_path).get(".gitignore") == after


def test_git_may_have_a_folder_of_pacts_that_exists(tmp_path):
    (tmp_path / "pacts").mkdir()
    assert ".gitignore" not in files(tmp_path)
    assert ".gitignore" not in files(tmp_path, role="provider")


@pytest.mark.parametrize(
    ("requirement", "marker"),
    [("django", 'usefixtures("database")'), ("pytest-django", "django_db(transaction=True)")],
)
def test_a_django_provider_is_verified_with_a_test_database(tmp_path, requirement, marker):
    (tmp_path / "requirements.txt").write_text(f"{requirement}\n")
    app = WebApplication(framework="django", location="config.wsgi:application", folder=Path())
    text = files(tmp_path, role="provider", app=app)["tests/test_pacts.py"]
    compile(text, "test_pacts.py", "exec")
    assert f'@pytest.mark.{marker}\n@override_settings(ALLOWED_HOSTS=["127.0.0.1"])\n' in text
    assert "after_each=empty_the_database" in text
    assert ("setup_databases" in text) == (requirement == "django")


def test_a_node_provider_is_started_awaited_and_verified_with_its_states(tmp_path):
    (tmp_path / "package.json").write_text('{"name": "stock"}')
    written = files(tmp_path, vendor="github", **ROLES["not Python"])
    assert 'const URL_OF_THE_PROVIDER = "http://127.0.0.1:3000";' in written["tests/pact-states.mjs"]
    assert 'states-command = "node tests/pact-states.mjs"' in written["pyproject.toml"]
    steps = yaml.safe_load(written[".github/workflows/shop-web.yml"])["jobs"]["contract"]["steps"]
    commands = [each["run"].split()[0] for each in steps if "run" in each]
    assert commands == ["python", "npm", "(npm", "curl", "contracts", "contracts"]


@pytest.mark.parametrize("other", [{"states_url": "http://127.0.0.1:3000/_states"}, {"states_command": "./states.sh"}])
def test_other_states_of_a_node_provider_are_used_as_they_are(tmp_path, other):
    (tmp_path / "package.json").write_text('{"name": "stock"}')
    written = files(tmp_path, **ROLES["not Python"], **other)
    assert list(written) == ["pyproject.toml"]
    assert ('states-command = "./states.sh"' in written["pyproject.toml"]) == ("states_command" in other)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"states_url": "http://127.0.0.1/", "states_command": "x"}, "exclude each other"),
        ({"name": "a; rm -rf"}, "cannot be a name"),
        ({"providers": ()}, "--calls NAME"),
        ({"app": None}, "--app MODULE:NAME"),
        ({"app": replace(APP, location="shop")}, "is not MODULE:NAME"),
        ({"folder": Path("../x")}, "outside the repository"),
        ({"vendor": "travis"}, "not a known CI vendor"),
    ],
)
def test_a_wrong_answer_is_refused_with_an_example(values, message):
    with pytest.raises(InitError, match=message):
        answers(**values)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    return tmp_path


def run(*arguments: str, answer: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(main, ["init", *arguments], input=answer)
    return result.exit_code, result.output


def test_a_dry_run_shows_each_file_and_writes_none(repository):
    status, output = run("--provider", "orders", "--yes", "--dry-run", "--ci", "gitlab")
    assert status == 0
    assert "+++ b/.gitlab-ci.yml" in output
    assert "+from orders import app" in output
    assert sorted(each.name for each in repository.iterdir()) == ["orders.py"]


def test_it_shows_the_declared_applications(repository):
    declaration = '[tool.contracts.applications.till]\nrole = "provider"\napp = "orders:app"\n'
    (repository / "pyproject.toml").write_text(declaration)
    _, output = run("--provider", "orders", "--yes", "--dry-run")
    assert "Declared:         till\n" in output
    assert "Web applications: orders:app (flask)\n" in output


def test_questions_have_defaults_from_the_repository(repository):
    status, output = run(answer="provider\norders\nnone\n\ny\n")
    assert status == 0, output
    assert "orders:app" in output
    assert (repository / "tests/test_pacts.py").exists()
    assert projects.load(repository).applications[0].app == "orders:app"


def test_a_node_application_is_a_provider_that_starts_itself(repository):
    (repository / "orders.py").unlink()
    (repository / "server.js").touch()
    (repository / "package.json").write_text('{"name": "orders"}')
    status, output = run("--yes", "--ci", "github")
    assert status == 0, output
    assert "Replace the example in tests/pact-states.mjs" in output
    assert "- run: (npm start &)" in (repository / ".github/workflows/orders.yml").read_text()
    assert "Nothing to write." in run("--yes", "--ci", "github")[1]


def test_a_no_writes_nothing(repository):
    status, _ = run("--provider", "orders", "--ci", "none", answer="\nn\n")
    assert status != 0
    assert sorted(each.name for each in repository.iterdir()) == ["orders.py"]


@pytest.mark.usefixtures("repository")
def test_a_consumer_without_providers_is_wrong_usage():
    status, output = run("--consumer", "orders", "--yes")
    assert status == 2
    assert "--calls NAME" in output
    assert "--provider orders" in output
