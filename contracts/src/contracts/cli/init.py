"""`contracts init`: write what contract testing needs into a repository."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from contracts.ci import projects
from contracts.ci.projects import Declaration, Project, Role
from contracts.ci.report import Reporter, terminal
from contracts.ci.wrapping import columns_for, wrapped
from contracts.cli.connections import ending
from contracts.scaffold import workspaces
from contracts.scaffold.answers import Answers, InitError, slug
from contracts.scaffold.changes import Change
from contracts.scaffold.plans import Plan, plan
from contracts.scaffold.repositories import VENDORS, Repository, WebApplication, inspect


_NO_VENDOR = "none"
_NODE_URL = "http://127.0.0.1:3000"
_EXAMPLES = ("app.py", "client.py", "pact-states.mjs")
_EPILOG = """\b
Examples:
  contracts init
  contracts init --consumer shop --calls stock
  contracts init --provider stock --app stock.main:app --ci gitlab --yes
  contracts init --provider stock --base-url http://127.0.0.1:3000 \\
      --start "npm start &"

\b
Exit status: 0 written, or nothing to do; 1 you said no; 2 wrong usage."""


@click.command("init", short_help="Set up contract testing in this repository.", epilog=_EPILOG)
@click.option("--consumer", metavar="NAME", help="Add a consumer: an application that calls others.")
@click.option(
    "--provider", metavar="NAME", help="Add a provider; with --consumer and the same name, an application that is both."
)
@click.option(
    "--calls", "providers", multiple=True, metavar="NAME", help="Application that the consumer calls; repeatable."
)
@click.option(
    "--folder",
    metavar="PATH",
    help="Folder of the application in this repository.  [default: the repository; ./NAME for a second application]",
)
@click.option("--app", metavar="MODULE:NAME", help="The provider's ASGI or WSGI application, or MODULE:FACTORY().")
@click.option("--base-url", metavar="URL", help="Instead of --app: URL of a running provider in any language.")
@click.option("--start", multiple=True, metavar="COMMAND", help="Shell command that starts it in CI; repeatable.")
@click.option("--states-url", metavar="URL", help="URL of the provider that sets up provider states.")
@click.option("--states-command", metavar="COMMAND", help="Instead of --states-url: command that sets them up.")
@click.option("--ci", "vendor", type=click.Choice([*VENDORS, _NO_VENDOR]), help="CI vendor to write a pipeline for.")
@click.option(
    "--credentials",
    type=click.Choice(["identity", "token"]),
    help="How the pipeline proves who it is. identity: by the token of its build, which the broker trusts by an entry "
    "in its settings; nothing is stored. token: by a stored PACT_BROKER_TOKEN, for any broker.  "
    "[default: identity on GitHub, GitLab, CircleCI and Buildkite; else token]",
)
@click.option(
    "--environment",
    default=projects.DEFAULT_ENVIRONMENT,
    show_default=True,
    metavar="NAME",
    help="Environment that you deploy to.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: use the options and what is detected.")
def command(**options: Any) -> None:
    """Set up contract testing in this repository: a declaration, a first test and a CI pipeline.

    Detects what it can, asks for the rest, and shows each file before it writes anything. It never overwrites a file,
    so you can run it again.
    """
    with ending(Reporter.from_environment(os.environ)):
        repository = inspect(Path.cwd())
        project = projects.find(repository.root)
        if project is not None and project.root != repository.root:
            project = None  # of a folder around this repository
        _show_repository(repository, project)
        answers = _answers(repository, project, options)
        planned = plan(repository, project, answers)
        _show(planned)
        if not planned.changes:
            click.echo("Nothing to write.")
        elif options["dry_run"]:
            click.echo("Nothing was written (--dry-run).")
        else:
            if not options["yes"]:
                click.confirm(f"\nWrite {_files(planned.changes)}?", default=True, abort=True)
            _write(planned, repository.root, answers)
        if planned.trust is not None:
            _show_trust(planned.trust)


def _show_repository(repository: Repository, project: Project | None) -> None:
    declared = {"Declared": ", ".join(each.name for each in project.applications)} if project else {}
    facts = {
        "Repository": str(repository.root),
        "Remote": f"{repository.remote.path} at {repository.remote.host}" if repository.remote else "none",
        "Default branch": repository.default_branch,
        "CI": ", ".join(repository.vendors) or "none found",
        "Web applications": ", ".join(f"{each.location} ({each.framework})" for each in repository.applications)
        or "none found",
        **declared,
    }
    for name, value in facts.items():
        click.echo(f"{name + ':':<18}{value}")


def _answers(repository: Repository, project: Project | None, options: Mapping[str, Any]) -> Answers:
    role, name = _role_and_name(repository, project, options)
    declared = next((each for each in project.applications if each.name == name), None) if project else None
    folder = _folder(options, project, declared, name)
    tasks = _gets_tasks(project, role, folder, options)
    vendor = "github" if tasks else options["vendor"] or _vendor(repository, ask=not options["yes"])
    no_server = role == "consumer" or tasks
    app, base_url, start = (None, None, ()) if no_server else _provider(repository.within(folder), declared, options)
    return Answers(
        name=name,
        role=role,
        folder=folder,
        providers=_providers(options, declared, name) if role != "provider" else (),
        app=app,
        base_url=base_url,
        start=start,
        states_url=options["states_url"],
        states_command=options["states_command"],
        vendor=None if vendor == _NO_VENDOR else vendor,
        credentials=options["credentials"],
        **_broker(),
        environment=options["environment"],
        tasks=tasks,
    )


def _gets_tasks(project: Project | None, role: Role, folder: Path, options: Mapping[str, Any]) -> bool:
    """Return whether the application can be like those beside it, whose pipelines consist of tasks."""
    if options["base_url"] or options["app"] or options["vendor"] not in (None, "github"):
        return False
    workspace = workspaces.find(project)
    return workspace is not None and workspace.workflow(role, folder.name) is not None


def _folder(options: Mapping[str, Any], project: Project | None, declared: Declaration | None, name: str) -> Path:
    """Return the folder of the application, relative to the repository."""
    if options["folder"]:
        return Path(options["folder"])
    if project is None:
        return Path()
    return declared.folder.relative_to(project.root) if declared else Path(slug(name))


def _role_and_name(repository: Repository, project: Project | None, options: Mapping[str, Any]) -> tuple[Role, str]:
    consumer, provider = options["consumer"], options["provider"]
    if consumer and provider and consumer != provider:
        raise InitError(f"Add {consumer} and {provider} one after the other: they are two applications.")
    if consumer or provider:
        return ("both" if consumer and provider else "consumer" if consumer else "provider"), consumer or provider
    role: Role = "provider" if repository.applications or repository.node_commands else "consumer"
    name = repository.name
    if project is not None and len(project.applications) == 1:
        role, name = project.applications[0].role, project.applications[0].name
    if not options["yes"]:
        _say("\nA consumer calls other applications; a provider is called by them.")
        role = click.prompt(
            "This repository holds a", type=click.Choice(["consumer", "provider", "both"]), default=role
        )
        _say("\nThe broker knows the application by its name; other teams use it in their contracts.")
        name = click.prompt("Its name", default=name)
    return role, name


def _providers(options: Mapping[str, Any], declared: Declaration | None, name: str) -> tuple[str, ...]:
    providers = tuple(options["providers"]) or (declared.providers if declared else ())
    if not providers and not options["yes"]:
        _say("\nA contract is with one provider. Use the names that the providers have in the broker.")
        text = click.prompt(f"{name} calls (separate names with commas)")
        providers = tuple(each.strip() for each in text.split(",") if each.strip())
    return providers


def _provider(
    repository: Repository, declared: Declaration | None, options: Mapping[str, Any]
) -> tuple[WebApplication | None, str | None, tuple[str, ...]]:
    start = tuple(options["start"]) or repository.node_commands
    if options["base_url"]:
        return None, options["base_url"], start
    if location := options["app"] or (declared.app if declared else None):
        framework = next((each.framework for each in repository.applications if each.location == location), "")
        return WebApplication(framework=framework, location=location, folder=Path()), None, ()
    applications = repository.applications
    if applications and options["yes"]:
        return applications[0], None, ()
    if applications or not repository.node_commands:
        if options["yes"]:
            return None, None, ()
        _say("\nThe application is served while it is verified. MODULE:NAME, or MODULE:FACTORY() for a factory.")
        location = click.prompt(
            "Its ASGI or WSGI application", default=applications[0].location if applications else None
        )
        match = next((each for each in applications if each.location == location), None)
        return match or WebApplication(framework="", location=location, folder=Path()), None, ()
    url = _NODE_URL
    if not options["yes"]:
        _say("\nA provider in another language is started first, and verified at its address.")
        url = click.prompt("Its address", default=url)
    return None, url, start


def _broker() -> dict[str, str]:
    url = os.environ.get("PACT_BROKER_BASE_URL", "").rstrip("/")
    return {"broker_url": url} if url else {}


def _vendor(repository: Repository, *, ask: bool) -> str:
    suggestion = repository.vendors[0] if repository.vendors else _NO_VENDOR
    if not ask:
        return suggestion
    _say("\nThe pipeline publishes or verifies contracts, asks whether to deploy, and records deployments.")
    vendor: str = click.prompt("CI", type=click.Choice([*VENDORS, _NO_VENDOR]), default=suggestion)
    return vendor


def _show(planned: Plan) -> None:
    if planned.existing:
        click.echo("")
    for path in planned.existing:
        click.echo(f"{path} exists and is left alone.")
    for change in planned.changes:
        click.echo(f"\n{click.style(change.path.as_posix(), bold=True)}: {change.purpose}")
        for line in change.diff.splitlines():
            colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
            click.echo(click.style(line, fg=colour))


def _write(planned: Plan, root: Path, answers: Answers) -> None:
    for change in planned.changes:
        change.write(root)
        click.echo(f"Wrote {change.path}")
    click.echo("\nNext:")
    for number, step in enumerate(_next_steps(planned, answers), start=1):
        click.echo(f"  {number}. {step}")


def _next_steps(planned: Plan, answers: Answers) -> list[str]:
    tests = [each.path.as_posix() for each in planned.changes if each.path.name.startswith("test_")]
    steps = [each.advice for each in planned.changes if each.advice]
    sources = [each.path.as_posix() for each in planned.changes if each.path.name in _EXAMPLES]
    steps += [f"Replace the example in {path} by what is true for {answers.name}." for path in sources + tests]
    if answers.tasks and answers.provides:
        steps.append(
            f"Add a consumer that calls it: without a pact, only a broker can say that {answers.name} has none."
        )
    if tests:
        steps.append(f"Run it: python -m pytest {shlex.join(tests)}")
    if answers.tasks:
        steps.append(f"Play its pipeline: invoke {answers.folder.name}.ci")
        steps.append("Play the whole loop: invoke fake-ci")
    steps.append("Check the set-up: contracts doctor")
    if answers.vendor is not None and not answers.tasks:
        steps.append(f"Give CI the broker: {_variables(answers)}, as the pipeline's first lines say.")
        steps.append(f"Commit, and push. Replace the echo in the pipeline by your deployment of {answers.name}.")
    return steps


def _variables(answers: Answers) -> str:
    """Return the variables that the pipeline needs, and why it needs a stored token if it could not do without."""
    if answers.identity:
        return "PACT_BROKER_BASE_URL"
    variables = "PACT_BROKER_BASE_URL and PACT_BROKER_TOKEN"
    return variables if answers.credentials else f"{variables} (the broker accepts no tokens of its builds)"


def _say(text: str) -> None:
    """Print a paragraph, in lines that fit into the terminal."""
    click.echo(wrapped(text, columns_for(terminal(), os.environ)))


def _show_trust(entry: str) -> None:
    _say(
        "\nThe pipeline stores no token. Those who run the broker must add this to its file of trusted builds "
        "(PACT_BROKER_TRUSTED_CI):\n"
    )
    click.echo(entry, nl=False)


def _files(changes: tuple[Change, ...]) -> str:
    return "this file" if len(changes) == 1 else f"these {len(changes)} files"
