"""One run of fake-ci: what is played, against which broker, what webhooks ask for meanwhile, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contracts.ci import detection, git
from contracts.ci.github_webhooks import DISPATCH_TYPES
from contracts.ci.results import short
from contracts.client import Broker, ClientError
from contracts.fake_ci import broker_state, github_events, runner, workflows
from contracts.fake_ci.dispatches import Dispatched
from contracts.fake_ci.display import Display
from contracts.fake_ci.github import GitHubStandIn
from contracts.fake_ci.outcome import Outcome
from contracts.fake_ci.processes import Commands
from contracts.fake_ci.runner import Event, Played, PlayedStep, Runner
from contracts.fake_ci.sandbox import PORT, Sandbox
from contracts.fake_ci.workflows import Workflow


PROVIDER, CONSUMER = "provider.yml", "consumer.yml"
PUBLISH_LINE = "invoke consumer.publish-pacts"
WEBHOOK_LINE = "invoke provider.create-or-update-pact-changed-webhook"
DISPATCH_TYPE = DISPATCH_TYPES["contract_requiring_verification_published"]
ENVIRONMENT = "production"
WAIT_SECONDS = "60"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What to play: the repository at *root*, its two applications, and the variables of whoever asks for it."""

    root: Path
    consumer: str
    provider: str
    environ: Mapping[str, str]
    display: Display

    @property
    def embedded(self) -> bool:
        """Whether no broker is configured, so that the embedded one is served."""
        return not self.environ.get("PACT_BROKER_BASE_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The broker to play against: the variables that lead to it, and whether it is the embedded one."""

    environ: Mapping[str, str]
    embedded: bool

    @property
    def base_url(self) -> str:
        """Its address."""
        return self.environ["PACT_BROKER_BASE_URL"]

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, from where it can reach the stand-in for GitHub."""
        return urlsplit(self.base_url).hostname in LOOPBACK


class Loop:
    """One run: what is played, against which broker, and how it went so far."""

    def __init__(
        self, setting: Setting, sandbox: Sandbox, target: Target, build: detection.Build, github: GitHubStandIn
    ) -> None:
        self.setting, self.sandbox, self.target, self.build = setting, sandbox, target, build
        self.outcome = Outcome()
        self.commands = Commands()
        self.repository, self.token, self.server_url = github.repository, github.token, github.url
        self.runs = 0
        self.verifies_here = self.webhook = False
        files = workflows.read_all(setting.root / ".github" / "workflows")
        self.workflows = {each.file: each for each in files}
        self.dispatched = Dispatched(workflows=files, play=self._play_dispatched)
        self.default_branch = (build.kind == "git" and git.default_branch(setting.root)) or "main"

    @property
    def branch(self) -> str | None:
        """The branch to play: in the sandbox a tree on no branch stands for the default one."""
        return self.build.branch or (self.default_branch if self.target.embedded else None)

    @property
    def published_branch(self) -> str | None:
        """Where versions of this tree belong: changes that may be undone are on a branch of their own.

        On the branch itself they would stay its head, and whoever verifies what is on it would verify what is no more.
        Each tree has its own, so that what was verified before it came into being counts for it, as for any new branch.
        """
        digest = self.build.version.partition("+")[2]
        return f"{self.branch}+{digest}" if self.branch and digest else self.branch

    @property
    def event(self) -> Event:
        """What starts the pipelines of this tree."""
        if self.branch is None:
            return github_events.started_by_hand(self.build.version)
        if self.branch == self.default_branch:
            return github_events.push(self.build.version, self.branch)
        return github_events.pull_request(self.build.version, self.branch, repository=self.repository)

    def introduce(self) -> None:
        """Say what is played, and against which broker."""
        say = self.setting.display.say
        kind = "the embedded broker" if self.target.embedded else "the configured broker"
        say(f"Playing against {kind} at {self.target.base_url}", "bold")
        say(f"  version {self.build.version}, {f'branch {self.published_branch}' if self.branch else 'on no branch'}")
        if self.build.branch is None and self.branch is not None:
            where = "a detached head" if self.build.kind == "git" else "no git checkout"
            say(f"  This is {where}, on no branch: in the sandbox it is played as {self.branch}.", "yellow")
        if self.build.dirty:
            own = f", on a branch of its own beside {self.branch}" if self.published_branch != self.branch else ""
            say(f"  The tree has changes that are not committed: the version carries a digest of them{own}.", "yellow")
        if self.branch != self.default_branch:
            say(f"  Not {self.default_branch}: nothing will be deployed.", "yellow")

    def require_environment(self) -> None:
        """See to it that there is an environment to deploy to: the embedded broker is given one, another must have it.

        Raises:
            UsageError: if a configured broker has none.
        """
        with Broker.from_environment(self.target.environ) as broker:
            if not self.target.embedded:
                broker_state.require_environment(broker, ENVIRONMENT)
            elif broker_state.ensure_environment(broker, ENVIRONMENT):
                self.setting.display.say(f"  created the environment {ENVIRONMENT}")

    def play_baseline(self) -> None:
        """On another branch than the default one, deploy the provider from that first, where nothing is deployed yet.

        A consumer may be deployed only where a provider is; in a real estate one would be.
        """
        if self.branch == self.default_branch:
            return
        with Broker.from_environment(self.target.environ) as broker:
            if broker.currently_deployed(ENVIRONMENT, pacticipant=self.setting.provider):
                return
        head = git.head_of(self.setting.root, self.default_branch) if self.build.kind == "git" else None
        if head is not None:
            self.sandbox.keep(head)
        title = f"Nothing runs in {ENVIRONMENT} yet, so first the provider's pipeline of {self.default_branch}"
        what = head or "this tree, as there is none here"
        event = github_events.push(head or self.build.version, self.default_branch)
        self.pipeline(f"{title}, {what}", PROVIDER, event)

    def pipeline(self, title: str, file: str, event: Event) -> None:
        """Play one pipeline."""
        self.setting.display.head(f"{title} ({file})")
        self.outcome.pipelines.append(self._play(self.workflows[file], event))

    def put_webhook(self) -> None:
        """Put the webhook in place; its target is the stand-in, or GitHub where the broker runs elsewhere."""
        self.setting.display.head("The webhook that lets the provider verify what changes")
        if self.target.is_local:
            github = {
                "GITHUB_API_URL": self.server_url,
                "GITHUB_REPOSITORY": self.repository,
                "GITHUB_TOKEN": self.token,
            }
        else:
            github = {name: value for name, value in self.setting.environ.items() if name.startswith("GITHUB_")}
        source = {"PYTHONPATH": runner.source_path(self.setting.root)}
        environ = runner.own_environment() | source | github | dict(self.target.environ)
        step = runner.run_line(
            WEBHOOK_LINE,
            tree=self.setting.root,
            environ=environ,
            log=self.sandbox.logs / "webhook.log",
            commands=self.commands,
        )
        step = replace(step, workflow="fake-ci", job="webhook")
        if step.result == "success":
            step = replace(step, said=f"the broker asks for {self.setting.provider}'s verification where it is needed")
        self.outcome.besides.append(step)
        self.webhook = step.result == "success" and self.target.is_local
        self.setting.display.ended(step)

    def start_verifications_here(self) -> None:
        """Say that no webhook is put on this broker, and have verifications started when the pacts are published."""
        self.verifies_here = True
        self.setting.display.head("No webhook is put on a configured broker unless asked for (--webhook)")
        self.setting.display.say("  Verifications that are missing are started from here, as a webhook would.")

    def finish(self) -> Outcome:
        """Wait for what webhooks started; show the table and the verdicts."""
        published = any(step.line == PUBLISH_LINE and step.result == "success" for step in self.outcome.steps)
        if self.webhook and published:
            with Broker.from_environment(self.target.environ) as broker:
                # the stand-in takes a request down before it answers: what is sent is known to us as well
                late = broker_state.undelivered(broker, consumer=self.setting.consumer, version=self.build.version)
            self.dispatched.problems.extend(late)
        self.dispatched.finish()
        if self.webhook and published and not self.dispatched.played and not self.dispatched.problems:
            self.setting.display.say("  The webhook had nothing to start: this pact has the results it needs.", "dim")
        self.outcome.verifications = list(self.dispatched.played)
        self.outcome.problems = list(self.dispatched.problems)
        display = self.setting.display
        self.outcome.show(display, branch=self.branch, default_branch=self.default_branch)
        display.say("")
        display.say(f"What each step said:   {self.sandbox.logs}")
        where = self.target.base_url
        if self.target.embedded:
            port = urlsplit(where).port
            where = f"invoke broker{'' if port == PORT else f' --port {port}'}, then {where}/ in a browser"
        display.say(f"To look at the broker: {where}")
        if self.outcome.passed:
            display.say("Everything passed.", "bold green")
        else:
            display.say("Not everything passed.", "bold red")
        return self.outcome

    def _play_dispatched(self, workflow: Workflow, event_type: str, payload: dict[str, Any]) -> Played:
        event = github_events.repository_dispatch(
            event_type, payload, version=self.build.version, branch=self.default_branch
        )
        consumer = f"{payload.get('consumer')} {payload.get('consumer_version')}"
        pact = consumer if payload.get("consumer") else payload.get("pact_url")
        provider = f"{self.setting.provider} {payload.get('sha')}"
        self.setting.display.say(short(f"  → asked for: pact of {pact} for {provider}"), "cyan")
        return self._play(workflow, event)

    def _play(self, workflow: Workflow, event: Event) -> Played:
        self.runs += 1
        return self._runner(event).play(workflow, event, run_id=str(self.runs))

    def _runner(self, event: Event) -> Runner:
        environ = self.target.environ
        own = event.version == self.build.version and self.published_branch != self.branch
        return Runner(
            repository=self.repository,
            default_branch=self.default_branch,
            server_url=self.server_url,
            logs=self.sandbox.logs,
            variables={
                "PACT_BROKER_BASE_URL": self.target.base_url,
                "PACT_BROKER_USERNAME": environ.get("PACT_BROKER_USERNAME", ""),
                "CAN_I_DEPLOY_WAIT_SECONDS": self.setting.environ.get("CAN_I_DEPLOY_WAIT_SECONDS") or WAIT_SECONDS,
            },
            secrets={name: environ[name] for name in ("PACT_BROKER_TOKEN", "PACT_BROKER_PASSWORD") if name in environ},
            environment={"GIT_BRANCH": self.published_branch or ""} if own else {},
            checkout=lambda version: self.sandbox.tree(version, standing=self.build.version),
            on_start=self.setting.display.started,
            on_end=self._ended,
            commands=self.commands,
        )

    def _ended(self, step: PlayedStep) -> None:
        self.setting.display.ended(step)
        if self.verifies_here and step.line == PUBLISH_LINE and step.result == "success":
            try:
                self._verify_what_is_missing()
            except ClientError as error:
                self.dispatched.problems.append(f"Missing verifications could not be found out: {error}")

    def _verify_what_is_missing(self) -> None:
        names = {"consumer": self.setting.consumer, "provider": self.setting.provider}
        with Broker.from_environment(self.target.environ) as broker:
            for payload in broker_state.missing(broker, version=self.build.version, environment=ENVIRONMENT, **names):
                self.dispatched.put(DISPATCH_TYPE, payload.document())
