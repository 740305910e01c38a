"""Both pipelines, played on this machine as CI would run them, with a broker between them.

What is played are the workflow files themselves (see `contracts.fake_ci.runner`); GitHub's part, to start a workflow
when the broker's webhook asks for it, is played by a stand-in. Without a configured broker the embedded one is served
from .contracts/, where its history is kept from run to run.
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
from contracts.client import Broker, UsageError
from contracts.fake_ci.github import GitHubStandIn
from contracts.fake_ci.loop import CONSUMER, DISPATCH_TYPE, LOOPBACK, PROVIDER, Loop, Setting, Target
from contracts.fake_ci.outcome import Outcome
from contracts.fake_ci.processes import free_port
from contracts.fake_ci.sandbox import PORT, Sandbox


_LEADING = ("PACT_BROKER_BASE_URL", "PACT_BROKER_TOKEN", "PACT_BROKER_USERNAME", "PACT_BROKER_PASSWORD")


def fake_ci(setting: Setting, *, fresh: bool = False, webhook: bool = False) -> Outcome:
    """Play the provider's pipeline, put the webhook in place, play the consumer's, and show all of it.

    With *fresh* earlier runs are forgotten first. On a configured broker the webhook is put only with *webhook*;
    without it the verifications that are missing are started from here.

    Raises:
        ClientError: if a configured broker cannot be reached, or refuses.
        ServerError: if the embedded broker does not start.
        WorkflowError: if a workflow uses what cannot be played here.
        TreeError: if git is missing or refuses.
        UsageError: if another run goes on in this repository, or, with *fresh*, anything that uses its broker; if a
            configured broker has no environment to deploy to.
        Interrupted: if somebody interrupts it; then all that was started has ended.
    """
    with _playing(setting, fresh=fresh) as loop:
        loop.introduce()
        loop.require_environment()
        if loop.target.embedded:
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
    if setting.embedded and address.hostname in LOOPBACK and (port := address.port):
        if free_port(port) != port:
            raise UsageError(
                f"Port {port} of the pact's URL is taken. If a broker answers there, play against that one: set "
                f"PACT_BROKER_BASE_URL=http://{address.netloc}"
            )
        return port
    return PORT


@contextmanager
def _playing(setting: Setting, *, port: int = PORT, fresh: bool = False) -> Iterator[Loop]:
    sandbox = Sandbox(root=setting.root)
    if fresh and setting.embedded:
        sandbox.clear()
    broker = "the broker is stopped, and " if setting.embedded else ""
    try:
        with interruptible(), sandbox.used("invoke fake-ci"), ExitStack() as stack:
            yield _prepared(setting, sandbox, port, stack)
    except KeyboardInterrupt:
        raise Interrupted(f"Interrupted: {broker}nothing more was recorded.") from None


def _prepared(setting: Setting, sandbox: Sandbox, port: int, stack: ExitStack) -> Loop:
    """A run for which everything is there; it goes with *stack*."""
    sandbox.clear_logs()
    git.prune(setting.root)
    build = _standing(setting)
    sandbox.keep(build.version)
    stack.enter_context(setting.display.repeating())

    def dispatch(event_type: str, payload: dict[str, Any]) -> None:
        loop.dispatched.put(event_type, payload)  # there is one before a broker runs whose webhooks come here

    github = GitHubStandIn(
        repository=(build.kind == "git" and git.repository(setting.root)) or f"local/{setting.root.name}",
        token=secrets.token_urlsafe(),
        on_dispatch=dispatch,
    )
    stack.enter_context(github)
    target = stack.enter_context(_target(setting, sandbox, port, webhooks_to=urlsplit(github.url).netloc))
    loop = Loop(setting, sandbox, target, build, github)
    stack.enter_context(loop.dispatched)
    stack.callback(loop.commands.end)
    return loop


def _standing(setting: Setting) -> detection.Build:
    """What stands in the tree; GIT_COMMIT and GIT_BRANCH override it, a CI service around us does not."""
    overriding = {name: setting.environ.get(name, "") for name in ("GIT_COMMIT", "GIT_BRANCH")}
    return detection.detect(overriding, setting.root)


@contextmanager
def _target(setting: Setting, sandbox: Sandbox, port: int, *, webhooks_to: str) -> Iterator[Target]:
    if not setting.embedded:
        environ = {name: value for name in _LEADING if (value := setting.environ.get(name))}
        with Broker.from_environment(environ) as broker:
            broker.check()
        yield Target(environ=environ, embedded=False)
    else:
        with sandbox.broker(port, webhooks_to=webhooks_to) as url:
            if url != f"http://127.0.0.1:{port}":
                setting.display.say(f"Port {port} is taken; using {urlsplit(url).port}.", "yellow")
            yield Target(environ={"PACT_BROKER_BASE_URL": url}, embedded=True)
