"""The tasks of each application in pyproject.toml, as its workflow runs them."""

from __future__ import annotations

import os
from typing import Any

from invoke.collection import Collection
from invoke.context import Context
from invoke.tasks import task

from commands.running import ALONE, NO_BROKER, PROJECT, ROOT, VERBOSE_HELP, exit_status, pytest, require, setting
from contracts.ci import gate, github_webhooks
from contracts.ci.applications import Application
from contracts.ci.projects import Declaration
from contracts.fake_ci import play


EVENT = "contract_requiring_verification_published"
ENVIRONMENT_HELP = {"environment": "The environment to deploy to; by default the one that pyproject.toml declares."}
WAIT_HELP = {
    "wait_seconds": "The seconds to wait at most for missing results; by default CAN_I_DEPLOY_WAIT_SECONDS or 120."
}
EVENT_HELP = {"event": f"The broker's event: {' or '.join(github_webhooks.DISPATCH_TYPES)}."}


def collection(declaration: Declaration) -> Collection:
    """Return the tasks of one application, which its workflow runs."""
    name = declaration.folder.name
    application = Application(name=declaration.name, root=ROOT, environ=os.environ, tasks=name)
    tasks = [_test(declaration, application), *_deployment(application), _ci(declaration)]
    if declaration.consumes:
        tasks += _consumer_tasks(declaration, application)
    if declaration.provides:
        tasks += _provider_tasks(declaration, application)
    return Collection(name, *tasks)


def _tests(declaration: Declaration) -> str:
    return f"{declaration.folder}/tests"


def _test(declaration: Declaration, application: Application) -> Any:
    @task
    def test(_c: Context) -> None:
        """Write or verify its pacts.

        The tests of a consumer write its pacts. Those of a provider verify the pacts that the broker selects; without a
        broker, those of the consumers in this repository. A pull request from a fork cannot use the broker.
        """
        local = False
        if declaration.provides:
            with exit_status():
                local = application.without_secrets("The pacts of this commit are verified, and no result is published")
        if local:
            consumers = [each for each in PROJECT.consumers if declaration.name in each.providers]
            require(pytest(*map(_tests, consumers), *ALONE))
        require(pytest(_tests(declaration), *ALONE, env=NO_BROKER if local else None))

    return test


def _deployment(application: Application) -> tuple[Any, ...]:
    @task(help=ENVIRONMENT_HELP | WAIT_HELP)
    def can_i_deploy(_c: Context, environment: str = PROJECT.environment, wait_seconds: str = "") -> None:
        """Ask whether to deploy.

        The broker decides about this commit. It waits while results are missing. Exit status: 0 yes, 1 no, 2 wrong
        usage, 3 unknown, 4 no broker.
        """
        with exit_status():
            application.can_i_deploy(environment, wait_seconds=gate.seconds_to_wait(wait_seconds, os.environ))

    @task(help=ENVIRONMENT_HELP)
    def deploy(_c: Context, environment: str = PROJECT.environment) -> None:
        """Deploy: a stand-in.

        Replace it with your own deployment.
        """
        with exit_status():
            application.deploy(environment)

    @task(help=ENVIRONMENT_HELP)
    def record_deployment(_c: Context, environment: str = PROJECT.environment) -> None:
        """Record its deployment.

        The broker then knows that this commit runs in the environment.
        """
        with exit_status():
            application.record_deployment(environment)

    return can_i_deploy, deploy, record_deployment


def _ci(declaration: Declaration) -> Any:
    @task(help=VERBOSE_HELP)
    def ci(_c: Context, verbose: bool = False) -> None:
        """Play its workflow.

        As CI would.
        """
        with exit_status():
            outcome = play.play_one(setting(verbose=verbose), declaration)
        require(outcome.passed)

    return ci


def _consumer_tasks(declaration: Declaration, application: Application) -> list[Any]:
    @task
    def publish_pacts(_c: Context) -> None:
        """Publish its pacts."""
        folder = os.environ.get("PACT_DIR")
        with exit_status():
            application.publish_pacts(ROOT / folder if folder else declaration.pacts)

    @task
    def create_or_update_github_webhook(_c: Context) -> None:
        """Show results on commits.

        The webhook lets the broker set commit statuses on GitHub. Needs GITHUB_REPOSITORY (owner/name) and, except at
        PactFlow, GITHUB_TOKEN.
        """
        with exit_status():
            application.describe(application.put_commit_status_webhook(os.environ.get("GITHUB_WEBHOOK_UUID")))

    @task(name="test-github-webhook")
    def call_github_webhook(_c: Context) -> None:
        """Send that webhook now."""
        with exit_status():
            application.test_commit_status_webhook(os.environ.get("GITHUB_WEBHOOK_UUID"))

    secret = _secret(application, "create-github-token-secret", github_webhooks.CONSUMER_SECRET)
    return [publish_pacts, secret, create_or_update_github_webhook, call_github_webhook]


def _provider_tasks(declaration: Declaration, application: Application) -> list[Any]:
    @task
    def ci_webhook(_c: Context) -> None:
        """Verify the pact PACT_URL.

        A webhook starts this: it publishes the result, and decides nothing. Without PACT_URL, the pact and the version
        of the provider are those of the `repository_dispatch` in GITHUB_EVENT_PATH.
        """
        verify_one_pact(declaration)

    @task(help=EVENT_HELP)
    def create_or_update_pact_changed_webhook(_c: Context, event: str = EVENT) -> None:
        """Verify pacts that change.

        The webhook lets the broker start verify-changed-pact.yml. Needs GITHUB_REPOSITORY (owner/name) and, except at
        PactFlow, GITHUB_TOKEN.
        """
        uuid = os.environ.get("PACT_CHANGED_WEBHOOK_UUID")
        with exit_status():
            application.describe(application.put_verification_webhook(event, uuid))

    @task(name="test-pact-changed-webhook", help=EVENT_HELP)
    def call_pact_changed_webhook(_c: Context, event: str = EVENT) -> None:
        """Send that webhook now."""
        with exit_status():
            application.test_verification_webhook(event, os.environ.get("PACT_CHANGED_WEBHOOK_UUID"))

    # an application that is both has two secrets
    name = "create-verification-token-secret" if declaration.consumes else "create-github-token-secret"
    secret = _secret(application, name, github_webhooks.PROVIDER_SECRET)
    return [ci_webhook, secret, create_or_update_pact_changed_webhook, call_pact_changed_webhook]


def _secret(application: Application, name: str, secret: str) -> Any:
    @task(name=name)
    def create_secret(_c: Context) -> None:
        """Store a token at the broker.

        GITHUB_TOKEN, for the webhooks.
        """
        with exit_status():
            application.create_github_token_secret(secret)

    return create_secret


def verify_one_pact(provider: Declaration) -> None:
    """Run the verification of *provider* for the pact that a webhook names."""
    with exit_status():
        variables = github_webhooks.variables(os.environ, ROOT)
    publish = {"PACT_BROKER_PUBLISH_VERIFICATION_RESULTS": "true"}
    require(pytest(_tests(provider), "-m", "verify_provider", *ALONE, env=variables | publish))
