"""One application of this repository in its pipeline: publish, ask, deploy, record, and create webhooks.

Each step detects the commit and the branch. A pull request from a fork has no secrets: a step that needs the broker
says so, and does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from contracts.ci import detection, exit_statuses, gate, github_webhooks
from contracts.ci.publish import publish
from contracts.ci.report import Reporter, WaitReport
from contracts.client import Broker, NotFound, NotSupported, Webhook


class StepFailed(Exception):
    """A step failed, with one of the exit statuses in `contracts.ci.exit_statuses`."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@contextmanager
def failing() -> Iterator[None]:
    """Give every expected error of a step its exit status.

    Raises:
        StepFailed: instead of the expected error.
    """
    try:
        yield
    except exit_statuses.EXPECTED as error:
        raise StepFailed("\n".join(exit_statuses.reasons(error)), exit_statuses.exit_status(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The application *name* in the repository at *root*, with the environment variables of a CI job.

    `tasks` is the name of its tasks: `invoke TASKS.test`; its own name by default.
    """

    name: str
    root: Path
    environ: Mapping[str, str]
    tasks: str = ""

    @property
    def reporter(self) -> Reporter:
        """The reporter for this environment."""
        return Reporter.from_environment(self.environ)

    def build(self) -> detection.Build:
        """Detect the version and the branch.

        Raises:
            StepFailed: if they are unknown.
        """
        with failing():
            return detection.detect(self.environ, self.root)

    def publish_pacts(self, folder: Path) -> None:
        """Publish the pacts that the tests wrote to *folder*.

        Raises:
            StepFailed: if there are none, or the broker refuses them.
        """
        build = self.build()
        if self._without_secrets(build, "The pacts were not published"):
            return
        with failing(), self._broker() as broker:
            published = publish(
                broker,
                pact_files=[folder],
                pacticipant=self.name,
                version=build.version,
                branch=build.branch,
                build_url=build.build_url,
            )
        self.reporter.published(published)
        for url in published.pact_urls:
            self.reporter.say(f"  {url}")

    def can_i_deploy(self, environment: str, *, wait_seconds: float) -> None:
        """Ask the broker whether to deploy this build to *environment*.

        Raises:
            StepFailed: unless the broker says yes; with status 3 if the answer is unknown.
        """
        build = self.build()
        if self._without_secrets(build, "The broker was not asked whether to deploy this"):
            return
        with failing(), self._broker() as broker:
            verdict = gate.can_i_deploy(
                broker,
                pacticipant=self.name,
                version=build.version,
                environment=environment,
                wait_seconds=wait_seconds,
                on_wait=WaitReport(reporter=self.reporter),
                wait_for_any=gate.waits_for_any(self.environ),
            )
        self.reporter.verdict(verdict)
        if verdict.exit_status:
            raise StepFailed(
                f"{self.name} must not be deployed to {environment}: the verdict above says why.", verdict.exit_status
            )

    def deploy(self, environment: str) -> None:
        """Deploy this build to *environment*: a stand-in that only prints it.

        Raises:
            StepFailed: if the version is unknown.
        """
        build = self.build()
        self.reporter.say(f"Deploying {self.name} {build.version} to {environment} …", "bold")
        self.reporter.say("  (A stand-in: call your own deployment here. Nothing was deployed.)")

    def record_deployment(self, environment: str) -> None:
        """Record that this build replaces the previous one in *environment*.

        Raises:
            StepFailed: if the broker does not know the version or the environment.
        """
        build = self.build()
        with failing(), self._broker() as broker:
            broker.record_deployment(pacticipant=self.name, version=build.version, environment=environment)
        self.reporter.say(f"Recorded: {self.name} {build.version} runs in {environment}.", "bold green")

    def put_verification_webhook(self, event: str, uuid: str | None = None) -> Webhook:
        """Create or update the webhook that lets this provider's repository verify a pact on *event*.

        Raises:
            StepFailed: if the repository or the token is unknown, or the broker refuses the webhook.
        """
        with failing(), self._broker() as broker:
            repository = github_webhooks.GitHubRepository.from_environment(self.environ)
            authorization = self._authorization(broker, github_webhooks.PROVIDER_SECRET)
            webhook = github_webhooks.verification_webhook(
                repository, provider=self.name, authorization=authorization, event=event
            )
            self._register(broker)
            return _put(broker, webhook, uuid)

    def put_commit_status_webhook(self, uuid: str | None = None) -> Webhook:
        """Create or update the webhook that shows on this consumer's commits whether their pacts are verified.

        Raises:
            StepFailed: if the repository or the token is unknown, or the broker refuses the webhook.
        """
        with failing(), self._broker() as broker:
            repository = github_webhooks.GitHubRepository.from_environment(self.environ)
            authorization = self._authorization(broker, github_webhooks.CONSUMER_SECRET)
            webhook = github_webhooks.commit_status_webhook(repository, consumer=self.name, authorization=authorization)
            self._register(broker)
            return _put(broker, webhook, uuid)

    def describe(self, webhook: Webhook) -> None:
        """Print what a created webhook does."""
        self.reporter.say(f"Created or updated the webhook {webhook.uuid}: {webhook.description}", "bold green")
        self.reporter.say(f"  on {', '.join(webhook.events)}: POST {webhook.request.url}")

    def test_verification_webhook(self, event: str, uuid: str | None) -> None:
        """Let the broker send the request of the webhook that `put_verification_webhook` created.

        Raises:
            StepFailed: if the webhook does not exist, or its request fails.
        """
        purpose = f"verify/{github_webhooks.DISPATCH_TYPES.get(event, event)}"
        self._test(purpose, uuid, create="create-or-update-pact-changed-webhook")

    def test_commit_status_webhook(self, uuid: str | None) -> None:
        """Let the broker send the request of the webhook that `put_commit_status_webhook` created.

        Raises:
            StepFailed: if the webhook does not exist, or its request fails.
        """
        self._test("commit-status", uuid, create="create-or-update-github-webhook")

    def create_github_token_secret(self, name: str) -> None:
        """Store GITHUB_TOKEN as the secret *name* at the broker, without printing it.

        Raises:
            StepFailed: if GITHUB_TOKEN is not set, or the broker has no secrets.
        """
        token = self.environ.get("GITHUB_TOKEN")
        if not token:
            raise StepFailed(
                f"GITHUB_TOKEN is not set. Set it to the token for the secret {name}.", exit_statuses.USAGE
            )
        with failing(), self._broker() as broker:
            try:
                broker.create_secret(name=name, value=token, description=f"GitHub token for {self.name}'s webhooks")
            except NotSupported as error:
                raise StepFailed(
                    f"{broker.base_url} has no secrets; Contracts and PactFlow have them. Nothing was sent. Without "
                    "secrets, the webhook tasks put GITHUB_TOKEN into the webhook itself, and the broker hides it.",
                    exit_statuses.USAGE,
                ) from error
        self.reporter.say(f"Stored the secret {name}; webhooks name it as ${{user.{name}}}.", "green")

    def without_secrets(self, what: str) -> bool:
        """Return whether this build is a pull request from a fork, which has no secrets; if so, print *what*.

        Raises:
            StepFailed: if the version is unknown.
        """
        return self._without_secrets(self.build(), what)

    def _without_secrets(self, build: detection.Build, what: str) -> bool:
        if build.pull_request_from_fork:
            self.reporter.say(
                f"{what}: this pull request comes from a fork or from Dependabot, and has no secrets.", "yellow"
            )
        return build.pull_request_from_fork

    @contextmanager
    def _broker(self) -> Iterator[Broker]:
        with Broker.from_environment(self.environ) as broker:
            yield broker

    def _register(self, broker: Broker) -> None:
        """Create the application at the broker if it is unknown there: webhooks are only for known ones."""
        try:
            broker.pacticipant(self.name)
        except NotFound:
            broker.create_or_update_pacticipant(self.name)

    def _authorization(self, broker: Broker, secret: str) -> str:
        """Return the header of a webhook: a reference to *secret* if the broker has it, otherwise GITHUB_TOKEN."""
        token = self.environ.get("GITHUB_TOKEN")
        is_stored = broker.offers("pb:secrets") and secret in {each.name for each in broker.secrets()}
        return github_webhooks.authorization(token=token, secret=secret if is_stored else None)

    def _test(self, purpose: str, uuid: str | None, *, create: str) -> None:
        with failing(), self._broker() as broker:
            uuid = uuid or github_webhooks.GitHubRepository.from_environment(self.environ).uuid(purpose, self.name)
            try:
                execution = broker.execute_webhook(uuid)
            except NotFound as error:
                raise NotFound(
                    f"The broker at {broker.base_url} has no webhook {uuid}. Create it first: invoke "
                    f"{self.tasks or self.name}.{create}"
                ) from error
        if execution.logs:
            self.reporter.say(execution.logs)
        if not execution.success:
            reason = execution.error or f"status {execution.status}"
            raise StepFailed(
                f"The request of the webhook {uuid} failed: {reason}. Its log above shows request and response.",
                exit_statuses.NO,
            )
        self.reporter.say(f"The request of the webhook {uuid} succeeded.", "bold green")


def _put(broker: Broker, webhook: Webhook, uuid: str | None) -> Webhook:
    webhook = replace(webhook, uuid=uuid or webhook.uuid)
    return broker.put_webhook(str(webhook.uuid), webhook)
