"""Every command of this repository: `invoke --list` shows them, `invoke --help TASK` explains one.

Pipelines are made of these tasks: the workflows in .github/ run them, `invoke fake-ci` plays the workflows. Tasks are
short; what they do lives in the packages, where it is tested.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import Task, task

from contracts.ci import changes as what_changed
from contracts.ci import commits, gate, github_webhooks, interrupts
from contracts.ci.applications import Application, Failed, failing
from contracts.ci.report import terminal
from contracts.fake_ci import processes
from contracts.fake_ci.display import Display
from contracts.fake_ci.loop import Setting
from contracts.fake_ci.play import fake_ci as play
from contracts.fake_ci.play import fake_ci_webhook as play_webhook
from contracts.fake_ci.sandbox import PORT, Sandbox


ROOT = Path(__file__).parent
PYTHON = sys.executable
# where the consumer's tests write, and what is published and verified from files
PACTS = ROOT / (os.environ.get("PACT_DIR") or "consumer/pacts")
PRODUCTION = "production"
CONSUMER = Application(name="example-consumer", root=ROOT, environ=os.environ)
PROVIDER = Application(name="example-provider", root=ROOT, environ=os.environ)
REQUIRING_VERIFICATION = "contract_requiring_verification_published"
# For a run that is not to ask a broker: empty variables count as absent.
NO_BROKER = {"PACT_BROKER_BASE_URL": "", "PACT_URL": "", "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS": ""}
# One process: pact tests must not run in parallel.
ALONE = ("-n0",)
INTERRUPTED = 130  # as a shell has it: 128 and the number of the signal
HONOURS_ITS_PACTS = "provider/tests/test_pacts.py::test_the_provider_honours_its_pacts"
ENVIRONMENT_HELP = {"environment": "Where to deploy to; production unless told otherwise."}
WAIT_HELP = {
    "wait_seconds": "How long to wait at most while results are missing, in seconds; CAN_I_DEPLOY_WAIT_SECONDS or 120."
}
EVENT_HELP = {"event": f"The broker's event: {' or '.join(github_webhooks.DISPATCH_TYPES)}."}


@contextmanager
def _exit_status() -> Iterator[None]:
    """End with the exit status of what failed: 1 no, 2 wrong usage, 3 unknown, 4 no broker, or it refuses."""
    try:
        with failing():
            yield
    except Failed as failed:
        raise Exit(str(failed), failed.status) from failed
    except interrupts.Interrupted as interrupted:
        raise Exit(str(interrupted), INTERRUPTED) from None


def _run(command: str, *arguments: str, env: dict[str, str] | None = None) -> bool:
    """Run a command of this Python's environment in the root of the repository, without a shell; whether it passed."""
    found = shutil.which(command, path=str(Path(PYTHON).parent)) or command
    return subprocess.run([found, *arguments], cwd=ROOT, env=os.environ | (env or {}), check=False).returncode == 0  # noqa: S603


def _python(*arguments: str, env: dict[str, str] | None = None) -> bool:
    return _run(PYTHON, "-m", *arguments, env=env)


def _pytest(*arguments: str, coverage: bool = False, env: dict[str, str] | None = None) -> bool:
    runner = ("coverage", "run", "-m", "pytest") if coverage else ("pytest",)
    return _python(*runner, *arguments, env=env)


def _require(*passed: bool) -> None:
    if not all(passed):
        raise Exit(code=1)


# Both pipelines


def _deployment(application: Application) -> tuple[Task[Any], ...]:
    """The tasks that are the same for every application."""

    @task(help=ENVIRONMENT_HELP | WAIT_HELP)
    def can_i_deploy(_c: Context, environment: str = PRODUCTION, wait_seconds: str = "") -> None:
        """Ask the broker whether to deploy this commit.

        While results are missing it waits. Exit status: 0 yes, 1 no, 2 wrong usage, 3 unknown, 4 no broker.
        """
        with _exit_status():
            application.can_i_deploy(environment, wait_seconds=gate.seconds_to_wait(wait_seconds, os.environ))

    @task(help=ENVIRONMENT_HELP)
    def deploy(_c: Context, environment: str = PRODUCTION) -> None:
        """Deploy: a stand-in, put yours here."""
        with _exit_status():
            application.deploy(environment)

    @task(help=ENVIRONMENT_HELP)
    def record_deployment(_c: Context, environment: str = PRODUCTION) -> None:
        """Tell the broker that this commit is deployed."""
        with _exit_status():
            application.record_deployment(environment)

    return can_i_deploy, deploy, record_deployment


def _deploy_on_main(c: Context, application: Application, tasks: tuple[Task[Any], ...], **waiting: str) -> None:
    can_i_deploy, deploy, record_deployment = tasks
    can_i_deploy(c, **waiting)
    with _exit_status():
        due = application.is_to_be_deployed()
    if due:
        deploy(c)
        record_deployment(c)


# The consumer's pipeline

CONSUMER_DEPLOYMENT = _deployment(CONSUMER)


@task(name="test")
def consumer_test(_c: Context) -> None:
    """Run the tests, which write the pacts."""
    _require(_pytest("consumer/tests", *ALONE))


@task
def publish_pacts(_c: Context) -> None:
    """Publish the pacts of this commit."""
    with _exit_status():
        CONSUMER.publish_pacts(PACTS)


@task(name="ci")
def consumer_ci(c: Context) -> None:
    """Run the whole pipeline; deploys on main only."""
    consumer_test(c)
    publish_pacts(c)
    _deploy_on_main(c, CONSUMER, CONSUMER_DEPLOYMENT)


@task(name="create-github-token-secret")
def consumer_secret(_c: Context) -> None:
    """Store GITHUB_TOKEN at PactFlow, for its webhooks."""
    with _exit_status():
        CONSUMER.create_github_token_secret(github_webhooks.CONSUMER_SECRET)


@task
def create_or_update_github_webhook(_c: Context) -> None:
    """Have the broker set commit statuses on GitHub.

    Needs GITHUB_REPOSITORY (owner/name) and, except at PactFlow, GITHUB_TOKEN.
    """
    with _exit_status():
        CONSUMER.put_commit_status_webhook(os.environ.get("GITHUB_WEBHOOK_UUID"))


@task(name="test-github-webhook")
def try_github_webhook(_c: Context) -> None:
    """Have the broker call that webhook now."""
    with _exit_status():
        CONSUMER.test_commit_status_webhook(os.environ.get("GITHUB_WEBHOOK_UUID"))


# The provider's pipeline

PROVIDER_DEPLOYMENT = _deployment(PROVIDER)


@task(name="test")
def provider_test(c: Context) -> None:
    """Run the tests, which verify the pacts.

    Those that the broker names; without a broker, those in consumer/pacts. A pull request from a fork may not ask the
    broker: it is verified against the pacts of its own commit.
    """
    with _exit_status():
        alone = PROVIDER.without_secrets("The pacts of this commit are verified, and no result is published")
    if alone:
        consumer_test(c)
    _require(_pytest("provider/tests", *ALONE, env=NO_BROKER if alone else None))


@task
def ci_webhook(_c: Context) -> None:
    """Verify the one pact that PACT_URL names.

    What a webhook starts: it publishes the result, and gates nothing. Without PACT_URL the pact, and the version of the
    provider, are those of the repository_dispatch that GITHUB_EVENT_PATH tells of.
    """
    with _exit_status():
        given = github_webhooks.variables(os.environ, ROOT)
    publish = {"PACT_BROKER_PUBLISH_VERIFICATION_RESULTS": "true"}
    _require(_pytest(HONOURS_ITS_PACTS, *ALONE, env=given | publish))


@task(name="ci")
def provider_ci(c: Context) -> None:
    """Run the whole pipeline; deploys on main only."""
    provider_test(c)
    _deploy_on_main(c, PROVIDER, PROVIDER_DEPLOYMENT, wait_seconds="0")


@task(name="create-github-token-secret")
def provider_secret(_c: Context) -> None:
    """Store GITHUB_TOKEN at PactFlow, for its webhooks."""
    with _exit_status():
        PROVIDER.create_github_token_secret(github_webhooks.PROVIDER_SECRET)


@task(help=EVENT_HELP)
def create_or_update_pact_changed_webhook(_c: Context, event: str = REQUIRING_VERIFICATION) -> None:
    """Have the broker start verify-changed-pact.yml.

    Needs GITHUB_REPOSITORY (owner/name) and, except at PactFlow, GITHUB_TOKEN.
    """
    with _exit_status():
        PROVIDER.put_verification_webhook(event, os.environ.get("PACT_CHANGED_WEBHOOK_UUID"))


@task(name="test-pact-changed-webhook", help=EVENT_HELP)
def try_pact_changed_webhook(_c: Context, event: str = REQUIRING_VERIFICATION) -> None:
    """Have the broker call that webhook now."""
    with _exit_status():
        PROVIDER.test_verification_webhook(event, os.environ.get("PACT_CHANGED_WEBHOOK_UUID"))


# What the first and the last job of each workflow ask


@task(help={"package": "contracts, consumer or provider."})
def changes(_c: Context, package: str) -> None:
    """Say whether a change concerns a package.

    To people, and to GitHub (GITHUB_OUTPUT): the first job of each workflow.
    """
    with _exit_status():
        found = what_changed.concerns(package, os.environ, ROOT)
        found.tell_github(os.environ)
    _say(f"{package}: {found.reason}")


@task
def commit_to_verify(_c: Context) -> None:
    """Refuse a commit that is on no branch here.

    To people, and to GitHub (GITHUB_OUTPUT): the first job of what a webhook starts; nothing of the commit runs before.
    """
    with _exit_status():
        version = commits.to_verify(os.environ, ROOT, built_here=Sandbox(root=ROOT).knows)
    commits.write_output(version, os.environ)
    _say(f"Version {version} of this repository is to be verified.")


@task(name="gate", help={"deploys": "The job that deploys: on a push it must have run, otherwise it may be skipped."})
def require_jobs(_c: Context, deploys: str = "") -> None:
    """Fail unless every needed job passed.

    The last job of each workflow. NEEDS holds the jobs before it, as JSON.
    """
    with _exit_status():
        unmet = what_changed.unmet(os.environ, deploys=deploys)
    if unmet:
        raise Exit(f"Not every job passed: {', '.join(unmet)}", 1)
    _say("Every job that had to run passed.")


# The whole repository


@task(name="list", default=True)
def list_tasks(_c: Context) -> None:
    """Print this list."""
    _python("invoke", "--list")


@task(
    name="test",
    help={
        "thorough": "Run the slow tests, which are otherwise left out: kill loops, every recording on every database.",
        "coverage": "Measure coverage of the three packages, and fail below the threshold.",
    },
)
def run_tests(_c: Context, thorough: bool = False, coverage: bool = False) -> None:
    """Run the tests of the three packages.

    No broker is needed: the provider is verified against the pacts that the consumer's tests just wrote.
    """
    options = ("--thorough", "-m", "thorough") if thorough else ()
    passed = [_pytest("-n", "auto", *options, coverage=coverage, env=NO_BROKER)]
    if coverage:
        passed.append(_python("coverage", "combine", "--quiet"))
        passed.append(_python("coverage", "report"))
    _require(*passed)


@task
def check(_c: Context) -> None:
    """Check format, lint, types, layers, workflows.

    Everything is checked, whatever fails.
    """
    workflows = [str(path) for path in ROOT.glob(".github/workflows/*.yml")]
    actions = [str(path) for path in ROOT.glob(".github/actions/*/action.yml")]
    commands = (
        ("ruff", "format", "--check", "."),
        ("ruff", "check", "."),
        ("mypy",),
        ("lint-imports",),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows),
        ("check-jsonschema", "--builtin-schema", "vendor.github-actions", *actions),
        ("zizmor", "--offline", "--quiet", ".github"),
    )
    failed = []
    for command in commands:
        _say(f"$ {' '.join(command)}")
        if not _run(*command):
            failed.append(command)
    if failed:
        raise Exit("These checks failed:\n  " + "\n  ".join(" ".join(each) for each in failed), 1)


@task(
    help={
        "fresh": "Forget earlier runs: start with an empty embedded broker.",
        "webhook": "Put the webhook on a configured broker too.",
    }
)
def fake_ci(_c: Context, fresh: bool = False, webhook: bool = False) -> None:
    """Play both pipelines, as CI would run them.

    With the embedded broker, or the one that PACT_BROKER_BASE_URL names.
    """
    with _exit_status():
        outcome = play(_setting(), fresh=fresh, webhook=webhook)
    _require(outcome.passed)


@task(
    help={
        "pact_url": "The pact to verify, on the broker.",
        "provider_version": "The commit to verify; what stands here unless told otherwise.",
        "provider_branch": "The branch of that commit.",
    }
)
def fake_ci_webhook(_c: Context, pact_url: str, provider_version: str = "", provider_branch: str = "") -> None:
    """Play what a webhook starts: verify one pact."""
    payload = github_webhooks.Payload(pact_url=pact_url, sha=provider_version, branch=provider_branch)
    with _exit_status():
        outcome = play_webhook(_setting(), payload)
    _require(outcome.passed)


@task(help={"port": f"Where to listen; {PORT} unless told otherwise."})
def broker(_c: Context, port: int = PORT) -> None:
    """Serve fake-ci's broker, to look at; Ctrl-C ends it."""
    with _exit_status():
        status = Sandbox(root=ROOT).serve(port)
    _require(not status)


@task(help={"kind": "sqlite or postgresql.", "folder": "Where the databases are kept; a temporary one unless told."})
def bench(c: Context, kind: str = "sqlite", folder: str = "") -> None:
    """Measure the broker, in less than two minutes.

    Every question of a pipeline, in estates of 10,000 and 40,000 pacts. The large form, up to a million:
    contracts/benchmarks/run.py.
    """
    with tempfile.TemporaryDirectory() as temporary, c.cd(str(ROOT)):
        where = f'--folder "{folder or temporary}"'
        _require(c.run(f"{PYTHON} contracts/benchmarks/run.py {kind} --small --repetitions 15 {where}", warn=True).ok)


@task
def demo(_c: Context) -> None:
    """Run provider and consumer together for real."""
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}"
    command = [PYTHON, "-m", "provider", "--port", str(port)]
    log = Sandbox(root=ROOT).logs / "provider.log"
    with (
        _exit_status(),
        interrupts.interruptible(),
        processes.running(command, url=f"{url}/health", log=log, environ=os.environ),
    ):
        _require(_python("consumer", "--base-url", url))


def _setting() -> Setting:
    display = Display(console=terminal())
    names = {"consumer": CONSUMER.name, "provider": PROVIDER.name}
    return Setting(root=ROOT, environ=os.environ, display=display, **names)


def _say(text: str) -> None:
    terminal().print(text)


namespace = Collection(list_tasks, run_tests, check, fake_ci, fake_ci_webhook, broker, bench, demo)
namespace.add_collection(
    Collection(
        "consumer",
        consumer_test,
        publish_pacts,
        *CONSUMER_DEPLOYMENT,
        consumer_ci,
        consumer_secret,
        create_or_update_github_webhook,
        try_github_webhook,
    )
)
namespace.add_collection(
    Collection(
        "provider",
        provider_test,
        ci_webhook,
        *PROVIDER_DEPLOYMENT,
        provider_ci,
        provider_secret,
        create_or_update_pact_changed_webhook,
        try_pact_changed_webhook,
    )
)
namespace.add_collection(Collection("github", changes, commit_to_verify, require_jobs))
