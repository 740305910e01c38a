"""The files that `contracts init` writes for one application. Nothing is written here."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from contracts.ci.projects import FILE, Project
from contracts.ci.webhook_presets import PRESETS
from contracts.scaffold import trusted_builds, workspaces
from contracts.scaffold.answers import Answers, contract_test_name
from contracts.scaffold.changes import Change, read
from contracts.scaffold.rendering import render
from contracts.scaffold.repositories import DJANGO, Repository


_OWNER_AND_NAME = {"OWNER/REPOSITORY", "WORKSPACE/REPOSITORY", "ORGANIZATION/PIPELINE"}
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigPlace:
    """Where a vendor's configuration goes; *otherwise* is the file if *usual* is somebody's already, and what to do."""

    template: str
    usual: str
    otherwise: str
    advice: str | None


_PLACES = {
    "github": ConfigPlace(template="github.yml.jinja", usual=".github/workflows/{slug}.yml", otherwise="", advice=None),
    "gitlab": ConfigPlace(
        template="gitlab.yml.jinja",
        usual=".gitlab-ci.yml",
        otherwise=".gitlab/{slug}.yml",
        advice="Add it to .gitlab-ci.yml:  include: [{{local: .gitlab/{slug}.yml}}]",
    ),
    "jenkins": ConfigPlace(
        template="jenkins.groovy.jinja",
        usual="Jenkinsfile",
        otherwise="Jenkinsfile.{slug}",
        advice="Create a pipeline job whose script path is Jenkinsfile.{slug}.",
    ),
    "circleci": ConfigPlace(
        template="circleci.yml.jinja",
        usual=".circleci/config.yml",
        otherwise=".circleci/{slug}.yml",
        advice="Set up a pipeline of the CircleCI project for .circleci/{slug}.yml, or merge its jobs into config.yml.",
    ),
    "azure": ConfigPlace(
        template="azure.yml.jinja",
        usual="azure-pipelines.yml",
        otherwise="azure-pipelines-{slug}.yml",
        advice="Create a pipeline in Azure DevOps for azure-pipelines-{slug}.yml.",
    ),
    "bitbucket": ConfigPlace(
        template="bitbucket.yml.jinja",
        usual="bitbucket-pipelines.yml",
        otherwise="bitbucket-pipelines-{slug}.yml",
        advice="Bitbucket reads one file only: merge the steps into bitbucket-pipelines.yml.",
    ),
    "buildkite": ConfigPlace(
        template="buildkite.yml.jinja",
        usual=".buildkite/pipeline.yml",
        otherwise=".buildkite/{slug}.yml",
        advice="Create a pipeline in Buildkite whose steps are:  buildkite-agent pipeline upload .buildkite/{slug}.yml",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The changes to make, and the files that exist already and are left alone.

    *trust* is the entry by which a broker trusts the pipeline, if that stores no token.
    """

    changes: tuple[Change, ...]
    existing: tuple[Path, ...]
    trust: str | None = None


def plan(repository: Repository, project: Project | None, answers: Answers) -> Plan:
    """Work out the files for *answers*; *project* is what the repository declares already."""
    workspace = workspaces.find(project) if answers.tasks else None
    proposed = [_declaration(repository, project, answers)]
    trust = None
    if workspace is not None:
        proposed += workspaces.files(workspace, answers)
    else:
        pipelines = _ci(repository, answers)
        proposed += [*_tests(repository, answers), *_ignored_files(repository, answers), *pipelines]
        if any(trusted_builds.has_identity(each.before or each.after) for each in pipelines):
            trust = trusted_builds.entry(repository, answers)
    return Plan(
        changes=tuple(each for each in proposed if each.is_due),
        existing=tuple(each.path for each in proposed if not each.is_due),
        trust=trust,
    )


def _declaration(repository: Repository, project: Project | None, answers: Answers) -> Change:
    before = read(repository.root / FILE)
    after = (before or "") if _is_declared(project, answers) else _declared(repository, before, project, answers)
    return Change(
        path=Path(FILE),
        before=before,
        after=workspaces.with_lists(after, answers) if answers.tasks else after,
        purpose="declares the application: the commands, the pytest plugin and CI read it",
        edits=True,
    )


def _is_declared(project: Project | None, answers: Answers) -> bool:
    return project is not None and any(each.name == answers.name for each in project.applications)


def _declared(repository: Repository, before: str | None, project: Project | None, answers: Answers) -> str:
    lines = [] if project is not None else ["[tool.contracts]", f"environment = {json.dumps(answers.environment)}", ""]
    key = answers.name if _BARE_KEY.fullmatch(answers.name) else json.dumps(answers.name)
    lines += [
        f"[tool.contracts.applications.{key}]",
        f"folder = {json.dumps(answers.folder.as_posix())}",
        f"role = {json.dumps(answers.role)}",
    ]
    if not answers.tasks and answers.folder.name != answers.slug:  # else its workflow has the default name
        lines += [f"workflow = {json.dumps(answers.slug + '.yml')}"]
    if answers.consumes:
        lines += [f"providers = {json.dumps(list(answers.providers))}"]
    if answers.app is not None:
        lines += [f"app = {json.dumps(answers.app.location)}"]
    if command := _states_command(repository, answers):
        lines += [f"states-command = {json.dumps(command)}"]
    text = "\n".join(lines) + "\n"
    return f"{before.rstrip()}\n\n{text}" if before and before.strip() else text


def _tests(repository: Repository, answers: Answers) -> list[Change]:
    changes = []
    if answers.consumes and (repository.python or not repository.node):
        changes += [_contract_test(repository, answers, provider) for provider in answers.providers]
    if answers.app is not None and answers.provides:
        changes.append(_provider_test(repository, answers))
    if _has_node_states(repository, answers):
        changes.append(_node_states(repository, answers))
    return changes


def _ignored_files(repository: Repository, answers: Answers) -> list[Change]:
    """Keep new pacts out of git: each test run writes them again. A folder of pacts that exists may be in git."""
    path = Path(".gitignore")
    before = read(repository.root / path)
    listed = {line.strip("/ ").removeprefix("**/") for line in (before or "").splitlines()}
    if not answers.consumes or "pacts" in listed or (repository.root / answers.folder / "pacts").exists():
        return []
    lines = before if not before or before.endswith("\n") else f"{before}\n"
    purpose = "keeps the pacts out of git, because each test run writes them"
    return [Change(path=path, before=before, after=f"{lines or ''}pacts/\n", purpose=purpose, edits=True)]


def _has_node_states(repository: Repository, answers: Answers) -> bool:
    """Whether the provider is a Node application that does not prepare its states in another way."""
    other_way = answers.app or answers.states_url or answers.states_command
    return answers.provides and not answers.tasks and repository.node and not other_way


def _states_command(repository: Repository, answers: Answers) -> str | None:
    if _has_node_states(repository, answers):
        return shlex.join(["node", _node_states_path(repository, answers).as_posix()])
    return answers.states_command


def _node_states_path(repository: Repository, answers: Answers) -> Path:
    return answers.folder / repository.test_folder / "pact-states.mjs"


def _node_states(repository: Repository, answers: Answers) -> Change:
    path = _node_states_path(repository, answers)
    text = render("pact-states.mjs.jinja", name=answers.name, base_url=answers.base_url)
    purpose = "prepares the provider states that consumers name in their pacts"
    return Change(path=path, before=read(repository.root / path), after=text, purpose=purpose)


def contract_test_path(repository: Repository, answers: Answers, provider: str) -> Path:
    """Return the file of the first contract test with *provider*, relative to the root."""
    return answers.folder / repository.test_folder / contract_test_name(provider)


def _contract_test(repository: Repository, answers: Answers, provider: str) -> Change:
    path = contract_test_path(repository, answers, provider)
    text = render(
        "contract_test.py.jinja",
        name=answers.name,
        provider_name=provider,
        http_client=repository.http_client,
        many_providers=len(answers.providers) > 1,
    )
    purpose = f"a first contract test: what {answers.name} needs from {provider}"
    return Change(path=path, before=read(repository.root / path), after=text, purpose=purpose)


def _provider_test(repository: Repository, answers: Answers) -> Change:
    path = answers.folder / repository.test_folder / "test_pacts.py"
    location = answers.app.location if answers.app else ""
    module, _, name = location.partition(":")
    text = render(
        "provider_test.py.jinja",
        name=answers.name,
        app_module=module,
        app_import=name.removesuffix("()"),
        app_name=name,
        django=answers.app is not None and answers.app.framework == DJANGO,
        pytest_django="pytest-django" in repository.dependencies,
    )
    purpose = f"verifies {answers.name} against its consumers' pacts, with the provider states they name"
    return Change(path=path, before=read(repository.root / path), after=text, purpose=purpose)


def _ci(repository: Repository, answers: Answers) -> list[Change]:
    if answers.vendor is None:
        return []
    place, values = _PLACES[answers.vendor], _values(repository, answers)
    text = render(f"ci/{place.template}", **values)
    path = Path(place.usual.format(slug=answers.slug))
    advice = None
    before = read(repository.root / path)
    own = f"--pacticipant {shlex.quote(answers.name)} "
    if before is not None and before != text and own not in before and place.otherwise:
        path, advice = Path(place.otherwise.format(slug=answers.slug)), (place.advice or "").format(slug=answers.slug)
        before = read(repository.root / path)
    changes = [Change(path=path, before=before, after=text, purpose="the pipeline in CI", advice=advice)]
    if answers.vendor == "github" and answers.provides:
        webhook = Path(f".github/workflows/{answers.slug}-verify-changed-pact.yml")
        changes.append(
            Change(
                path=webhook,
                before=read(repository.root / webhook),
                after=render("ci/github-webhook.yml.jinja", **values),
                purpose="verifies one pact when the broker's webhook says that it changed",
            )
        )
    return changes


def _values(repository: Repository, answers: Answers) -> dict[str, object]:
    name, environment = shlex.quote(answers.name), shlex.quote(answers.environment)
    in_folder = answers.folder != Path()
    enter = f"cd {shlex.quote(answers.folder.as_posix())}"
    commands = {
        "install": _install(repository, answers),
        "test": _test_commands(repository, answers),
        "start": _start_commands(answers),
        "verify": _verify_commands(repository, answers),
        "publish": [f"contracts publish pacts --pacticipant {name}"] if answers.consumes else [],
        "gate": [f"contracts can-i-deploy --pacticipant {name} --to-environment {environment}"],
    }
    if in_folder and answers.vendor == "jenkins":  # each of its steps begins in the workspace
        commands = {part: [f"{enter} && {line}" for line in lines] for part, lines in commands.items()}
    return commands | {
        "name": answers.name,
        "slug": answers.slug,
        "identifier": answers.slug.replace("-", "_"),
        "default_branch": repository.default_branch,
        "environment": answers.environment,
        "folder": answers.folder.as_posix(),
        "in_folder": in_folder,
        "enter": enter,
        "provider": answers.provides,
        "identity": answers.identity,
        "tools": ["python -m pip install pact-contracts"],
        "deploy": f"echo {shlex.quote(f'Deploy {answers.name} to {answers.environment} here.')}",
        "record": [f"contracts record-deployment --pacticipant {name} --environment {environment}"],
        "create_webhook": _create_webhook(repository, answers),
    }


def _install(repository: Repository, answers: Answers) -> list[str]:
    packages = ["'pact-contracts[verify]'", *(["pytest"] if repository.python or answers.app else [])]
    if answers.consumes:
        packages.append(repository.http_client)
    commands = [f"python -m pip install {' '.join(packages)}"]
    folder = repository.root / answers.folder
    if (folder / "requirements.txt").is_file():
        commands.insert(0, "python -m pip install --requirement requirements.txt")
    elif repository.requirements == FILE and answers.folder == Path():
        commands.insert(0, "python -m pip install .")
    return commands


def _test_commands(repository: Repository, answers: Answers) -> list[str]:
    if not answers.consumes:
        return []
    if not repository.python and repository.node:
        return ["npm ci", "npm test"]
    tests = [contract_test_path(repository, answers, each).relative_to(answers.folder) for each in answers.providers]
    return [f"python -m pytest {' '.join(test.as_posix() for test in tests)}"]


def _start_commands(answers: Answers) -> list[str]:
    """Return the commands that start the provider, and one that waits for it: `contracts verify` says if it failed."""
    if not answers.start or answers.base_url is None:
        return []
    retries = "--retry 30 --retry-delay 1 --retry-connrefused"
    return [*answers.start, f"curl --silent --output /dev/null {retries} {shlex.quote(answers.base_url)} || true"]


def _verify_commands(repository: Repository, answers: Answers) -> list[str]:
    if not answers.provides:
        return []
    if answers.app is not None:
        return [f"python -m pytest {(repository.test_folder / 'test_pacts.py').as_posix()}"]
    states = f" --states-url {shlex.quote(answers.states_url)}" if answers.states_url else ""
    name, url = shlex.quote(answers.name), shlex.quote(answers.base_url or "")
    return [f"contracts verify --provider {name} --provider-base-url {url}{states} --allow-no-pacts --publish"]


def _create_webhook(repository: Repository, answers: Answers) -> str:
    """Return the command that lets the broker start the pipeline of `verify`."""
    if answers.vendor is None:
        return ""
    target = PRESETS[answers.vendor].form
    path = repository.remote.path if repository.remote else ""
    if (path and target == "GROUP/PROJECT") or (path.count("/") == 1 and target in _OWNER_AND_NAME):
        target = path
    elif answers.vendor == "jenkins":
        target += " --user NAME:TOKEN"
    return f"contracts create-or-update-webhook --provider {shlex.quote(answers.name)} --{answers.vendor} {target}"
