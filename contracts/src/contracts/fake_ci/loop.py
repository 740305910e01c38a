"""One run of fake-ci: the workflows that it plays, the broker, the webhooks and the outcome."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from contracts.ci import git
from contracts.ci.applications import Application, StepFailed
from contracts.ci.github_webhooks import DISPATCH_TYPES
from contracts.ci.projects import WORKFLOWS, Declaration
from contracts.ci.results import short
from contracts.client import Broker, ClientError, UsageError
from contracts.fake_ci import broker_state, github_events, workflows
from contracts.fake_ci.broker_state import Verification
from contracts.fake_ci.dispatches import Dispatches
from contracts.fake_ci.github import GitHubStandIn
from contracts.fake_ci.losses import Losses
from contracts.fake_ci.outcome import Outcome
from contracts.fake_ci.played import Event, Played, PlayedStep
from contracts.fake_ci.processes import Commands
from contracts.fake_ci.remarks import remarks
from contracts.fake_ci.runner import Runner
from contracts.fake_ci.sandbox import PORT, Sandbox
from contracts.fake_ci.setting import Setting, Target
from contracts.fake_ci.trees import Trees, default_branch
from contracts.fake_ci.workflows import Workflow


WEBHOOK_EVENT = "contract_requiring_verification_published"
DISPATCH_TYPE = DISPATCH_TYPES[WEBHOOK_EVENT]
WAIT_SECONDS = "60"


class Loop:
    """One run against one broker."""

    def __init__(self, setting: Setting, sandbox: Sandbox, target: Target, trees: Trees, github: GitHubStandIn) -> None:
        self.setting, self.sandbox, self.target, self.trees, self.github = setting, sandbox, target, trees, github
        self.build = build = trees.build
        self.project, self.display = setting.project, setting.display
        self.outcome = Outcome()
        self.commands = Commands()
        self.runs = 0
        self.webhooks = self.verifies_here = False
        self.requested: set[tuple[str, str]] = set()
        files = workflows.read_all(setting.root / WORKFLOWS)
        self.workflows = {each.file: each for each in files}
        played = [each for each in files if self._is_played(each)]
        self.remarks = remarks(played, setting.root if setting.isolated else None)
        self.dispatches = Dispatches(workflows=files, play=self._play_dispatch)
        self.losses = Losses(say=self.display.say) if setting.loses_verification else None
        self.default_branch = default_branch(setting, build)

    @property
    def branch(self) -> str | None:
        """The branch to play; the sandbox plays a tree without a branch as the default branch."""
        return self.build.branch or (self.default_branch if self.target.embedded else None)

    @property
    def published_branch(self) -> str | None:
        """The branch of the published versions; uncommitted changes get a branch of their own.

        They may be undone later. On the branch itself they would stay its head, and would still be verified.
        """
        return self.trees.branch if self.branch else None

    @property
    def event(self) -> Event:
        """The event that starts the workflows of this tree."""
        if self.build.pull_request is not None:
            fork = self.build.pull_request_from_fork
            head = "a/fork" if fork else self.github.repository
            return github_events.pull_request(self.build.version, self.branch or "", repository=head, fork=fork)
        if self.branch is None:
            return github_events.started_by_hand(self.build.version)
        if self.branch == self.default_branch:
            return github_events.push(self.build.version, self.branch)
        return github_events.pull_request(self.build.version, self.branch, repository=self.github.repository)

    @property
    def has_secrets(self) -> bool:
        """Whether the build may use the broker; a pull request from a fork may not."""
        return not self.build.pull_request_from_fork

    def _is_played(self, workflow: Workflow) -> bool:
        files = {each.workflow for each in self.project.applications}
        return workflow.file in files or bool({*workflow.dispatch_types} & {*DISPATCH_TYPES.values()})

    def workflow_of(self, application: Declaration) -> Workflow:
        """Return the workflow of an application.

        Raises:
            UsageError: if the file does not exist.
        """
        if application.workflow not in self.workflows:
            raise UsageError(
                f"{WORKFLOWS / application.workflow}, the workflow of {application.name}, does not exist. Write it: "
                f"contracts init --{'consumer' if application.consumes else 'provider'} "
                f"{shlex.quote(application.name)} --ci github. Or set another one in pyproject.toml: "
                f'[tool.contracts.applications.{application.name}] workflow = "…"'
            )
        return self.workflows[application.workflow]

    def introduce(self) -> None:
        """Print what this run plays, and against which broker."""
        kind = "embedded" if self.target.embedded else "configured"
        self.display.say(f"Playing against the {kind} broker at {self.target.base_url}", "bold")
        self.display.say(f"  version {self.build.version}, {self._branch_in_words()}")
        if self.build.branch is None and self.branch is not None:
            place = "a detached head" if self.build.kind == "git" else "no git checkout"
            self.display.say(f"  This is {place}, without a branch: the sandbox plays it as {self.branch}.", "yellow")
        if self.branch != self.default_branch:
            self.display.say(f"  Only {self.default_branch} is deployed: this run deploys nothing.", "yellow")
        self._show_remarks()

    def _show_remarks(self) -> None:
        if self.remarks.unplayable:
            self.display.say("  Skipped, because it cannot be played here:", "yellow")
        for text in self.remarks.unplayable:
            self.display.say(f"    {text}", "yellow", "      ")
        for text in self.remarks.partial:
            self.display.say(f"  {text}", "yellow")
        if self.remarks.not_needed:
            actions = ", ".join(self.remarks.not_needed)
            self.display.say(f"  Not needed here, if this machine has what they set up: {actions}", "dim")

    def _branch_in_words(self) -> str:
        if self.branch is None:
            return "without a branch"
        if self.published_branch == self.branch:
            return f"branch {self.branch}"
        return f"branch {self.published_branch} ({self.branch} with uncommitted changes)"

    def require_environment(self) -> None:
        """Create the environment at the embedded broker; a configured broker must have it.

        Raises:
            UsageError: if a configured broker does not have it.
        """
        environment = self.project.environment
        if not self.has_secrets:
            return
        with self._broker() as broker:
            if not self.target.embedded:
                broker_state.require_environment(broker, environment)
            elif broker_state.ensure_environment(broker, environment):
                self.display.say(f"  created the environment {environment}")

    def play_baseline(self, providers: Iterable[Declaration]) -> None:
        """Deploy those of *providers* that are not deployed yet, from the default branch.

        A consumer can be deployed only after its providers; on another branch, this run would not deploy them.
        """
        head = git.head_of(self.setting.root, self.default_branch) if self.build.kind == "git" else None
        for provider in providers:
            with self._broker() as broker:
                if broker.currently_deployed(self.project.environment, pacticipant=provider.name):
                    continue
            if head is not None:
                self.sandbox.keep(head)
            tree = f"{self.default_branch}, {head}" if head else f"this tree, because {self.default_branch} is missing"
            title = f"{provider.name} is not deployed yet, so first the pipeline of {tree}"
            self.play(provider, github_events.push(head or self.build.version, self.default_branch), title=title)

    def play(self, application: Declaration, event: Event, *, title: str = "") -> None:
        """Play the pipeline of one application."""
        self.display.head(f"{title or application.name} ({application.workflow})")
        on_end = partial(self._ended, application)
        played = self._play(self.workflow_of(application), event, self.display.started, on_end)
        self.outcome.pipelines.append(played)

    def put_webhooks(self) -> None:
        """Create the webhooks that request verifications, at the stand-in or, for a remote broker, at GitHub."""
        self.display.head("Webhooks that request verifications")
        steps = [self._put_webhook(provider) for provider in self.project.providers]
        for step in steps:
            self.outcome.other_steps.append(step)
            self.display.ended(step)
        self.webhooks = self.target.is_local and all(step.result == "success" for step in steps)

    def _put_webhook(self, provider: Declaration) -> PlayedStep:
        step = partial(PlayedStep, workflow="fake-ci", job="webhook", line=f"webhook for {provider.name}")
        environ = dict(self.target.environ)
        if self.target.is_local:
            environ["GITHUB_API_URL"] = self.github.url
            environ["GITHUB_REPOSITORY"] = self.github.repository
            environ["GITHUB_TOKEN"] = self.github.token
        else:
            environ |= {name: value for name, value in self.setting.environ.items() if name.startswith("GITHUB_")}
        try:
            Application(name=provider.name, root=self.setting.root, environ=environ).put_verification_webhook(
                WEBHOOK_EVENT
            )
        except StepFailed as problem:
            return step(result="failure", reason=str(problem))
        return step(result="success", summary="sent when a pact needs a verification")

    def dispatch(self, event_type: str, payload: dict[str, Any]) -> None:
        """Start the workflows that a webhook requests, unless this request is to be lost."""
        if self.losses is None or not self.losses.lose(payload):
            self.dispatches.put(event_type, payload)

    def start_verifications_here(self) -> None:
        """Start missing verifications from here, because the configured broker gets no webhook."""
        self.verifies_here = True
        self.display.head("No webhook is created on a configured broker, except with --webhook")
        self.display.say("  This run starts missing verifications itself, as a webhook would.")

    def finish(self) -> Outcome:
        """Wait for the verifications that webhooks started, and print the verdicts."""
        if self.webhooks:
            self._wait_for_webhooks()
        if self.losses is not None and (problem := self.losses.problem()) is not None:
            self.dispatches.problems.append(problem)
        self.dispatches.finish()
        if self.webhooks and not self.dispatches.played and not self.dispatches.problems:
            self._explain_no_verification()
        self.outcome.verifications = list(self.dispatches.played)
        self.outcome.problems = list(self.dispatches.problems)
        self.outcome.show(self.display, branch=self.branch, default_branch=self.default_branch)
        if self.losses is not None and self.outcome.passed:
            self.losses.summarise()
        self.display.say("")
        self.display.say(f"Logs:   {self.sandbox.logs}")
        self.display.say(f"Broker: {self._place_to_look()}")
        if self.outcome.passed and self.remarks.unplayable:
            self.display.say("Everything passed, except what was skipped: see the top.", "bold yellow")
        elif self.outcome.passed:
            self.display.say("Everything passed.", "bold green")
        else:
            self.display.say("Not everything passed.", "bold red")
        return self.outcome

    def _place_to_look(self) -> str:
        if not self.target.embedded:
            return self.target.base_url
        port = urlsplit(self.target.base_url).port
        option = "" if port == PORT else f" --port {port}"
        return f"{self.setting.serve_command}{option}, then {self.target.base_url}/ in a browser"

    def _wait_for_webhooks(self) -> None:
        """Wait until the broker has sent its webhooks; the stand-in notes a dispatch before it answers."""
        with self._broker() as broker:
            for consumer in self.project.consumers:
                problems = broker_state.undelivered(broker, consumer=consumer.name, version=self.build.version)
                self.dispatches.problems.extend(problems)

    def _explain_no_verification(self) -> None:
        with self._broker() as broker:
            for consumer in self.project.consumers:
                for each in broker_state.verifications(broker, consumer=consumer.name, version=self.build.version):
                    self.display.say(short(f"  {_not_needed(each)}"), "dim")

    def _broker(self) -> Broker:
        return Broker.from_environment(self.target.environ)

    def _play_dispatch(self, workflow: Workflow, event_type: str, payload: dict[str, Any]) -> Played:
        event = github_events.repository_dispatch(
            event_type, payload, version=self.build.version, branch=self.default_branch
        )
        consumer = f"{payload.get('consumer')} {payload.get('consumer_version')}"
        pact = consumer if payload.get("consumer") else payload.get("pact_url")
        provider = payload.get("provider") or "the provider"
        title = short(f"  → verify the pact of {pact} with {provider} {payload.get('sha') or ''}")
        return self._play(workflow, event, partial(self.display.started, level=1), self._under(title))

    def _under(self, title: str) -> Callable[[PlayedStep], None]:
        """Return a callback that prints the steps of a triggered workflow under *title*, which the first one prints."""
        titles = [title]

        def ended(step: PlayedStep) -> None:
            if titles:
                self.display.say(titles.pop(), "cyan")
            self.display.ended(step, level=1)

        return ended

    def _play(
        self,
        workflow: Workflow,
        event: Event,
        on_start: Callable[..., object],
        on_end: Callable[[PlayedStep], object],
    ) -> Played:
        self.runs += 1
        environ = self.target.environ
        environment: dict[str, str] = {}
        if event.version == self.build.version and self.published_branch != self.branch:
            environment["GIT_BRANCH"] = self.published_branch or ""
        if self.verifies_here:  # no webhook requests the verifications
            environment["CAN_I_DEPLOY_WAIT_FOR"] = "any"
        names = ("PACT_BROKER_TOKEN", "PACT_BROKER_USERNAME", "PACT_BROKER_PASSWORD")
        credentials = {name: environ[name] for name in names if environ.get(name)}
        runner = Runner(
            repository=self.github.repository,
            default_branch=self.default_branch,
            server_url=self.github.url,
            logs=self.sandbox.logs,
            sources=self.trees.sources,
            path=self.trees.path,
            variables={
                "PACT_BROKER_BASE_URL": self.target.base_url,
                "PACT_BROKER_USERNAME": environ.get("PACT_BROKER_USERNAME", ""),
                "CAN_I_DEPLOY_WAIT_SECONDS": self.setting.environ.get("CAN_I_DEPLOY_WAIT_SECONDS") or WAIT_SECONDS,
            },
            secrets={name: environ[name] for name in ("PACT_BROKER_TOKEN", "PACT_BROKER_PASSWORD") if name in environ},
            credentials=credentials,
            environment=environment,
            plays_local_actions=self.setting.isolated,
            checkout=self.trees.checkout,
            on_start=on_start,
            on_end=on_end,
            commands=self.commands,
        )
        return runner.play(workflow, event, run_id=str(self.runs))

    def _ended(self, application: Declaration, step: PlayedStep) -> None:
        self.dispatches.settle(step.seconds)
        self.display.ended(step)
        if self.verifies_here and application.consumes and step.result == "success":
            try:
                self._start_missing_verifications(application)
            except ClientError as error:
                self.dispatches.problems.append(f"The missing verifications are unknown: {error}")

    def _start_missing_verifications(self, consumer: Declaration) -> None:
        with self._broker() as broker:
            payloads = broker_state.missing(
                broker,
                consumer=consumer.name,
                version=self.build.version,
                providers={each.name for each in self.project.providers},
                environment=self.project.environment,
            )
            for payload in payloads:
                if (request := (payload.pact_url, payload.sha)) not in self.requested:
                    self.requested.add(request)
                    self.dispatches.put(DISPATCH_TYPE, payload.document())


def _not_needed(verification: Verification) -> str:
    return (
        f"No verification needed: {verification.provider} {verification.provider_version} has already verified the "
        f"pact of {verification.consumer}."
    )
