"""The tasks for the whole repository."""

from __future__ import annotations

import os
import shutil
import tempfile

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from commands.running import (
    NO_BROKER,
    PYTHON,
    ROOT,
    VERBOSE_HELP,
    exit_status,
    pytest,
    python,
    require,
    run,
    say,
    setting,
)
from contracts.ci import github_webhooks, interrupts
from contracts.fake_ci import play, processes
from contracts.fake_ci.sandbox import PORT, Sandbox


@task(name="list", default=True)
def list_tasks(_c: Context) -> None:
    """Print this list."""
    python("invoke", "--list")


@task(
    name="test",
    help={
        "thorough": "Run only the slow tests: kill loops, every recording on every database and others.",
        "coverage": "Measure the coverage, and fail below the required one.",
    },
)
def run_tests(_c: Context, thorough: bool = False, coverage: bool = False) -> None:
    """Run the tests.

    Those of all packages need no broker: the provider is verified against the pacts that the tests of the consumer have
    just written.
    """
    options = ("--thorough", "-m", "thorough", "--dist", "loadgroup") if thorough else ()
    passed = [pytest("-n", "auto", *options, coverage=coverage, env=NO_BROKER)]
    if coverage:
        passed.append(python("coverage", "combine", "--quiet"))
        passed.append(python("coverage", "report"))
    require(*passed)


@task
def check(_c: Context) -> None:
    """Check format, lint, types.

    Also layers and workflows. Every check runs, even after one has failed.
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
        say(f"$ {' '.join(command)}")
        if not run(*command):
            failed.append(command)
    if failed:
        raise Exit("These checks failed:\n  " + "\n  ".join(" ".join(each) for each in failed), 1)


@task
def package(_c: Context) -> None:
    """Build and check the package.

    It goes into dist/, and is checked for the index.
    """
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    require(python("build", "--outdir", str(dist), str(ROOT / "contracts")))
    require(python("twine", "check", "--strict", *map(str, dist.iterdir())))


@task(
    help={
        "fresh": "Start with an empty embedded broker.",
        "webhook": "Also create webhooks on a configured broker.",
        "lose_verification": "Lose the first build that a webhook requests; starts with an empty embedded broker.",
    }
    | VERBOSE_HELP
)
def fake_ci(
    _c: Context, fresh: bool = False, webhook: bool = False, lose_verification: bool = False, verbose: bool = False
) -> None:
    """Play all pipelines.

    As CI would run them, against the embedded broker, or the one that PACT_BROKER_BASE_URL names.
    """
    with exit_status():
        repository = setting(verbose=verbose, loses_verification=lose_verification)
        outcome = play.fake_ci(repository, fresh=fresh, webhook=webhook)
    require(outcome.passed)


@task(
    help={
        "pact_url": "The URL of the pact to verify, at the broker.",
        "provider_version": "The commit to verify; by default the current tree.",
        "provider_branch": "The branch of that commit.",
        "provider": "The provider that verifies the pact; not needed if there is only one.",
    }
    | VERBOSE_HELP
)
def fake_ci_webhook(
    _c: Context,
    pact_url: str,
    provider_version: str = "",
    provider_branch: str = "",
    provider: str = "",
    verbose: bool = False,
) -> None:
    """Play what a webhook starts.

    It verifies one pact.
    """
    payload = github_webhooks.Payload(
        pact_url=pact_url, sha=provider_version, branch=provider_branch, provider=provider
    )
    with exit_status():
        outcome = play.fake_ci_webhook(setting(verbose=verbose), payload)
    require(outcome.passed)


@task(help={"port": f"The port to listen on; by default {PORT}."})
def broker(_c: Context, port: int = PORT) -> None:
    """Serve the broker of fake-ci.

    Until Ctrl-C.
    """
    with exit_status():
        status = Sandbox(root=ROOT).serve(port)
    require(not status)


@task(help={"kind": "sqlite or postgresql.", "folder": "The folder for the databases; by default a temporary one."})
def bench(c: Context, kind: str = "sqlite", folder: str = "") -> None:
    """Measure the broker.

    In three minutes, it asks every question of a pipeline with 10,000 and with 40,000 pacts, also while clients wait.
    contracts/benchmarks/run.py measures up to a million.
    """
    with tempfile.TemporaryDirectory() as temporary, c.cd(str(ROOT)):
        where = f'--folder "{folder or temporary}"'
        require(c.run(f"{PYTHON} contracts/benchmarks/run.py {kind} --small --repetitions 15 {where}", warn=True).ok)


@task
def demo(_c: Context) -> None:
    """Run both examples together.

    The consumer prints what the provider serves.
    """
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}"
    command = [PYTHON, "-m", "provider", "--port", str(port)]
    log = Sandbox(root=ROOT).logs / "provider.log"
    with (
        exit_status(),
        interrupts.interruptible(),
        processes.running(command, url=f"{url}/health", log=log, environ=os.environ),
    ):
        require(python("consumer", "--base-url", url))
