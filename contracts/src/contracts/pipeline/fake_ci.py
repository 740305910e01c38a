"""Both pipelines, played on this machine as CI would run them, with a broker between them.

What is played are the workflow files themselves (see `contracts.pipeline.runner`); GitHub's part, to start a workflow
when the broker's webhook asks for it, is played by a stand-in. Without a configured broker the embedded one is served
from .contracts/, where its history is kept from run to run.
"""

from __future__ import annotations

import secrets
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contracts.client import Broker, ClientError, UsageError
from contracts.pipeline import ci, github_events, runner, trees, workflows
from contracts.pipeline.dispatch import DISPATCH_TYPES, Payload
from contracts.pipeline.dispatched import Dispatched
from contracts.pipeline.github_stand_in import GitHubStandIn
from contracts.pipeline.outcome import Outcome
from contracts.pipeline.processes import Commands, Interrupted, free_port, interruptible
from contracts.pipeline.runner import Event, Played, PlayedStep, Runner
from contracts.pipeline.sandbox import PORT, Sandbox


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from contracts.pipeline.display import Display
    from contracts.pipeline.workflows import Workflow


PROVIDER, CONSUMER = "provider.yml", "consumer.yml"
PUBLISH_LINE = "invoke consumer.publish-pacts"
WEBHOOK_LINE = "invoke provider.create-or-update-pact-changed-webhook"
DISPATCH_TYPE = DISPATCH_TYPES["contract_requiring_verification_published"]
ENVIRONMENT = "production"
WAIT_SECONDS = "60"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LEADING = ("PACT_BROKER_BASE_URL", "PACT_BROKER_TOKEN", "PACT_BROKER_USERNAME", "PACT_BROKER_PASSWORD")


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
        return urlsplit(self.base_url).hostname in _LOOPBACK


def fake_ci(setting: Setting, *, fresh: bool = False, webhook: bool = False) -> Outcome:
    """Play the provider's pipeline, put the webhook in place, play the consumer's, and show all of it.

    With *fresh* earlier runs are forgotten first. On a configured broker the webhook is put only with *webhook*;
    without it the verifications that are missing are started from here.

    Raises:
        ClientError: if a configured broker cannot be reached, or refuses.
        ServerError: if the embedded broker does not start.
        WorkflowError: if a workflow uses what cannot be played here.
        TreeError: if git is missing or refuses.
        UsageError: if another run goes on in this repository, or, with *fresh*, anything that uses its broker.
        Interrupted: if somebody interrupts it; then all that was started has ended.
    """
    with _playing(setting, fresh=fresh) as loop:
        loop.introduce()
        if loop.target.embedded:
            loop.ensure_environment()
            loop.play_baseline()
        loop.pipeline("The provider's pipeline", PROVIDER, loop.event)
        if loop.target.embedded or webhook:
            loop.put_webhook()
        else:
            loop.start_verifications_here()
        loop.pipeline("The consumer's pipeline", CONSUMER, loop.event)
        return loop.finish()


def fake_ci_webhook(setting: Setting, payload: Payload) -> Outcome:
    """Play what a webhook with *payload* starts, and nothing else; for what stands here where it names no version.

    Without a configured broker the embedded one is served, at the port that the pact's URL has.

    Raises:
        ClientError, ServerError, WorkflowError, TreeError, Interrupted: as `fake_ci` does.
        UsageError: as `fake_ci` does, and if that port is taken.
    """
    with _playing(setting, port=_port_for(setting, payload.pact_url)) as loop:
        loop.introduce()
        branch = payload.branch or loop.build.branch or loop.default_branch
        named = replace(payload, sha=payload.sha or loop.build.version, branch=branch, event=payload.event or "by hand")
        loop.setting.display.head("The webhook-triggered verification")
        loop.dispatched.put(DISPATCH_TYPE, {name: value for name, value in named.document().items() if value})
        return loop.finish()


def _port_for(setting: Setting, pact_url: str) -> int:
    """Where to serve the embedded broker, so that *pact_url* leads to it."""
    address = urlsplit(pact_url)
    if setting.embedded and address.hostname in _LOOPBACK and (port := address.port):
        if free_port(port) != port:
            msg = (
                f"Port {port} of the pact's URL is taken. If a broker answers there, play against that one: set "
                f"PACT_BROKER_BASE_URL=http://{address.netloc}"
            )
            raise UsageError(msg)
        return port
    return PORT


@contextmanager
def _playing(setting: Setting, *, port: int = PORT, fresh: bool = False) -> Iterator[_Loop]:
    sandbox = Sandbox(root=setting.root)
    if fresh and setting.embedded:
        sandbox.clear()
    broker = "the broker is stopped, and " if setting.embedded else ""
    try:
        with interruptible(), sandbox.used("invoke fake-ci"), ExitStack() as stack:
            yield _prepared(setting, sandbox, port, stack)
    except KeyboardInterrupt:
        msg = f"Interrupted: {broker}nothing more was recorded."
        raise Interrupted(msg) from None


def _prepared(setting: Setting, sandbox: Sandbox, port: int, stack: ExitStack) -> _Loop:
    """A run for which everything is there; it goes with *stack*."""
    sandbox.clear_logs()
    trees.prune(setting.root)
    build = _standing(setting)
    if ci.commit_of(build.version) != build.version:
        sandbox.keep(build.version)
    stack.enter_context(setting.display.repeating())
    target = stack.enter_context(_target(setting, sandbox, port))
    loop = _Loop(setting, sandbox, target, build)
    github = GitHubStandIn(repository=loop.repository, token=loop.token, on_dispatch=loop.dispatched.put)
    stack.enter_context(github)
    loop.server_url = github.url
    stack.enter_context(loop.dispatched)
    stack.callback(loop.commands.end)
    return loop


def _standing(setting: Setting) -> ci.Build:
    """What stands in the tree; GIT_COMMIT and GIT_BRANCH override it, a CI service around us does not."""
    overriding = {name: setting.environ.get(name, "") for name in ("GIT_COMMIT", "GIT_BRANCH")}
    return ci.detect(overriding, setting.root)


@contextmanager
def _target(setting: Setting, sandbox: Sandbox, port: int) -> Iterator[Target]:
    if not setting.embedded:
        environ = {name: value for name in _LEADING if (value := setting.environ.get(name))}
        with Broker.from_environment(environ) as broker:
            broker.check()
        yield Target(environ=environ, embedded=False)
    else:
        with sandbox.broker(port) as url:
            if url != f"http://127.0.0.1:{port}":
                setting.display.say(f"Port {port} is taken; using {urlsplit(url).port}.", "yellow")
            yield Target(environ={"PACT_BROKER_BASE_URL": url}, embedded=True)


class _Loop:
    """One run: what is played, against which broker, and how it went so far."""

    def __init__(self, setting: Setting, sandbox: Sandbox, target: Target, build: ci.Build) -> None:
        self.setting, self.sandbox, self.target, self.build = setting, sandbox, target, build
        self.outcome = Outcome()
        self.commands = Commands()
        self.token = secrets.token_urlsafe()
        self.server_url = ""
        self.runs = 0
        self.verifies_here = False
        files = workflows.read_all(setting.root / ".github" / "workflows")
        self.workflows = {each.file: each for each in files}
        self.dispatched = Dispatched(workflows=files, play=self._play_dispatched)
        in_git = build.kind == "git"
        self.repository = (in_git and trees.repository(setting.root)) or f"local/{setting.root.name}"
        self.default_branch = (in_git and trees.default_branch(setting.root)) or "main"

    @property
    def branch(self) -> str | None:
        """The branch to play: in the sandbox a tree on no branch stands for the default one."""
        return self.build.branch or (self.default_branch if self.target.embedded else None)

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
        say(f"  version {self.build.version}, {'branch ' + self.branch if self.branch else 'on no branch'}")
        if self.build.branch is None and self.branch is not None:
            where = "a detached head" if self.build.kind == "git" else "no git checkout"
            say(f"  This is {where}, on no branch: in the sandbox it is played as {self.branch}.", "yellow")
        if self.build.dirty:
            say("  The tree has changes that are not committed: the version carries a digest of them.", "yellow")
        if self.branch != self.default_branch:
            say(f"  Not {self.default_branch}: nothing will be deployed.", "yellow")

    def ensure_environment(self) -> None:
        """Create the environment to deploy to, where the embedded broker has none yet."""
        with Broker.from_environment(self.target.environ) as broker:
            if ENVIRONMENT not in {each.name for each in broker.environments()}:
                broker.create_environment(ENVIRONMENT, production=True, display_name=ENVIRONMENT.capitalize())
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
        head = trees.head_of(self.setting.root, self.default_branch) if self.build.kind == "git" else None
        title = f"Nothing runs in {ENVIRONMENT} yet, so first the provider's pipeline of {self.default_branch}"
        what = head or "there is none here: this tree stands for it"
        event = github_events.push(head or self.build.version, self.default_branch)
        self.pipeline(f"{title} ({what})", PROVIDER, event)

    def pipeline(self, title: str, file: str, event: Event) -> None:
        """Play one pipeline."""
        self.setting.display.head(f"{title}: {file}")
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
        self.outcome.besides.append(step)
        self.setting.display.ended(step)

    def start_verifications_here(self) -> None:
        """Say that no webhook is put on this broker, and have verifications started when the pacts are published."""
        self.verifies_here = True
        self.setting.display.head("No webhook is put on a configured broker unless asked for (--webhook)")
        self.setting.display.say("  Verifications that are missing are started from here, as a webhook would.")

    def finish(self) -> Outcome:
        """Wait for what webhooks started; show the table and the verdicts."""
        self.dispatched.finish()
        self.outcome.verifications = list(self.dispatched.played)
        self.outcome.problems = list(self.dispatched.problems)
        display = self.setting.display
        self.outcome.show(display, branch=self.branch, default_branch=self.default_branch)
        display.say(f"What each step said: {self.sandbox.logs}")
        where = self.target.base_url
        if self.target.embedded:
            where = f"invoke broker, then http://127.0.0.1:{PORT}/ in a browser"
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
        self.setting.display.say(f"  → {event_type}: {payload.get('pact_url')} for {payload.get('sha')}", "cyan")
        return self._play(workflow, event)

    def _play(self, workflow: Workflow, event: Event) -> Played:
        self.runs += 1
        return self._runner().play(workflow, event, run_id=str(self.runs))

    def _runner(self) -> Runner:
        environ = self.target.environ
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
        """Start what a webhook would: each pact without a result, for each version of the provider that is deployed."""
        with Broker.from_environment(self.target.environ) as broker:
            asked = broker.can_i_deploy(
                pacticipant=self.setting.consumer, version=self.build.version, environment=ENVIRONMENT
            )
            deployed = broker.currently_deployed(ENVIRONMENT, pacticipant=self.setting.provider)
            for row in asked.rows:
                if row.success is None and row.provider == self.setting.provider and row.pact_url:
                    for each in deployed:
                        branches = broker.version(each.pacticipant, each.version).branches
                        payload = Payload(pact_url=row.pact_url, sha=each.version, branch="".join(branches[:1]))
                        self.dispatched.put(DISPATCH_TYPE, payload.document())
