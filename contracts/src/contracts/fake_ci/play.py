"""The workflows of the applications in a repository, played on this machine, with a broker between them.

fake-ci plays the workflow files themselves (see `contracts.fake_ci.runner`). A stand-in for GitHub receives the
webhooks of the broker and starts the workflows that they request. If no broker is configured, the embedded one is
served from .contracts/, which keeps its data from run to run.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from contracts.ci import detection, git
from contracts.ci.github_webhooks import Payload
from contracts.ci.interrupts import Interrupted, interruptible
from contracts.ci.projects import Declaration
from contracts.client import Broker, UsageError
from contracts.fake_ci import losses
from contracts.fake_ci.github import GitHubStandIn
from contracts.fake_ci.loop import DISPATCH_TYPE, Loop
from contracts.fake_ci.outcome import Outcome
from contracts.fake_ci.processes import free_port
from contracts.fake_ci.sandbox import PORT, Sandbox
from contracts.fake_ci.setting import LOOPBACK, Setting, Target
from contracts.fake_ci.trees import isolated_trees, own_trees


_BROKER_VARIABLES = ("PACT_BROKER_BASE_URL", "PACT_BROKER_TOKEN", "PACT_BROKER_USERNAME", "PACT_BROKER_PASSWORD")


def fake_ci(setting: Setting, *, fresh: bool = False, webhook: bool = False) -> Outcome:
    """Play the pipelines of all providers, create the webhooks, and play those of all consumers.

    *fresh* first deletes the data of earlier runs; so does a run that loses a verification, because it needs a contract
    that is not verified yet. A configured broker gets webhooks only with *webhook*; without it, this run starts missing
    verifications itself.

    Raises:
        ClientError: if a configured broker does not answer, or refuses.
        ServerError: if the embedded broker does not start.
        WorkflowError: if a workflow uses something that cannot be played here.
        TreeError: if git is missing or refuses.
        UsageError: if another run is active in this repository, or, with *fresh*, anything that uses its broker; if a
            configured broker does not have the environment.
        Interrupted: if the user interrupts it; everything that was started has ended then.
    """
    with _playing(setting, _build(setting), fresh=fresh) as loop:
        loop.introduce()
        loop.require_environment()
        if loop.target.embedded and loop.branch != loop.default_branch:
            loop.play_baseline(loop.project.providers)
        play_all(loop, loop.project.in_order, webhook=webhook)
        return loop.finish()


def play_all(loop: Loop, applications: tuple[Declaration, ...], *, webhook: bool) -> None:
    """Play the pipelines of *applications*, and create the webhooks before the first consumer."""
    first_consumer = next((each for each in applications if each.consumes), None)
    for application in applications:
        if application is first_consumer and loop.project.providers:
            if loop.target.embedded or webhook:
                loop.put_webhooks()
            else:
                loop.start_verifications_here()
        loop.play(application, loop.event)


def play_one(setting: Setting, application: Declaration) -> Outcome:
    """Play the pipeline of one application, as `fake_ci` does.

    At the embedded broker, the providers that it calls are deployed first if they are not. A configured broker gets no
    webhook, and the version and the branch are those of the surrounding CI service.

    Raises:
        the errors of `fake_ci`.
    """
    build = _build(setting) if setting.embedded else detection.detect(setting.environ, setting.root)
    with _playing(setting, build) as loop:
        loop.introduce()
        loop.require_environment()
        if loop.target.embedded and application.consumes:
            names = {*application.providers} - {application.name}
            loop.play_baseline(each for each in loop.project.in_order if each.name in names)
        if loop.has_secrets:
            play_all(loop, (application,), webhook=False)
        else:
            loop.play(application, loop.event)
        return loop.finish()


def fake_ci_webhook(setting: Setting, payload: Payload) -> Outcome:
    """Play only what a webhook with *payload* starts; for the current tree if the payload names no version.

    Without a configured broker, the embedded one is served at the port of the pact's URL.

    Raises:
        ClientError, ServerError, WorkflowError, TreeError, Interrupted: as `fake_ci` does.
        UsageError: as `fake_ci` does, and if that port is taken.
    """
    with _playing(setting, _build(setting), port=_port_for(setting, payload.pact_url)) as loop:
        loop.introduce()
        branch = payload.branch or loop.build.branch or loop.default_branch
        full = replace(payload, sha=payload.sha or loop.build.version, branch=branch, event=payload.event or "by hand")
        loop.display.head("The verification that a webhook starts")
        loop.dispatches.put(DISPATCH_TYPE, {name: value for name, value in full.document().items() if value})
        return loop.finish()


def _port_for(setting: Setting, pact_url: str) -> int:
    """Return the port where the embedded broker serves *pact_url*."""
    address = urlsplit(pact_url)
    if setting.embedded and address.hostname in LOOPBACK and (port := address.port):
        if free_port(port) != port:
            raise UsageError(
                f"Port {port} of the pact's URL is taken. To play against the broker that runs there, set "
                f"PACT_BROKER_BASE_URL=http://{address.netloc}"
            )
        return port
    return PORT


@contextmanager
def _playing(setting: Setting, build: detection.Build, *, port: int = PORT, fresh: bool = False) -> Iterator[Loop]:
    sandbox = Sandbox(root=setting.root)
    if setting.loses_verification and not setting.embedded:
        raise UsageError("--lose-verification needs the embedded broker. Unset PACT_BROKER_BASE_URL.")
    if (fresh or setting.loses_verification) and setting.embedded:
        sandbox.clear()
    broker = "the broker is stopped, and " if setting.embedded else ""
    try:
        with interruptible(), sandbox.used(setting.command), ExitStack() as stack:
            yield _prepared(setting, sandbox, build, port, stack)
    except KeyboardInterrupt:
        raise Interrupted(f"Interrupted: {broker}nothing more was recorded.") from None


def _prepared(setting: Setting, sandbox: Sandbox, build: detection.Build, port: int, stack: ExitStack) -> Loop:
    """Return a run that is ready to play, until *stack* is closed."""
    sandbox.clear_logs()
    if setting.isolated:
        trees = isolated_trees(setting, sandbox, build)
    else:
        git.prune(setting.root)
        trees = own_trees(setting, sandbox, build)
    stack.enter_context(setting.display.repeating())

    def dispatch(event_type: str, payload: dict[str, Any]) -> None:
        loop.dispatch(event_type, payload)  # the loop exists before a broker sends webhooks

    github = GitHubStandIn(
        repository=(build.kind == "git" and git.repository(setting.root)) or f"local/{setting.root.name}",
        token=secrets.token_urlsafe(),
        on_dispatch=dispatch,
    )
    stack.enter_context(github)
    target = stack.enter_context(_target(setting, sandbox, build, port, webhooks_to=urlsplit(github.url).netloc))
    loop = Loop(setting, sandbox, target, trees, github)
    stack.enter_context(loop.dispatches)
    stack.callback(loop.commands.end)
    return loop


def _build(setting: Setting) -> detection.Build:
    """Return the version in the tree; only GIT_COMMIT and GIT_BRANCH override it, not a surrounding CI service."""
    overrides = {name: setting.environ.get(name, "") for name in ("GIT_COMMIT", "GIT_BRANCH")}
    return detection.detect(overrides, setting.root)


@contextmanager
def _target(
    setting: Setting, sandbox: Sandbox, build: detection.Build, port: int, *, webhooks_to: str
) -> Iterator[Target]:
    if setting.embedded:
        settings = losses.BROKER_SETTINGS if setting.loses_verification else {}
        with sandbox.broker(port, webhooks_to=webhooks_to, settings=settings) as url:
            if url != f"http://127.0.0.1:{port}":
                setting.display.say(f"Port {port} is taken, so the broker uses {urlsplit(url).port}.", "yellow")
            yield Target(environ={"PACT_BROKER_BASE_URL": url}, embedded=True)
        return
    environ = {name: value for name in _BROKER_VARIABLES if (value := setting.environ.get(name))}
    if not build.pull_request_from_fork:
        with Broker.from_environment(environ) as broker:
            broker.check()
    yield Target(environ=environ, embedded=False)
