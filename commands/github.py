"""The first and the last job of each workflow, and the jobs of the workflow that webhooks start."""

from __future__ import annotations

import os

from invoke.context import Context
from invoke.tasks import task

from commands.applications import verify_one_pact
from commands.running import PROJECT, ROOT, exit_status, failure, say
from contracts.ci import changes as changed_packages
from contracts.ci import commits
from contracts.fake_ci.sandbox import Sandbox


@task(help={"package": "The folder of an application, or contracts."})
def changes(_c: Context, package: str) -> None:
    """Say if a package changed.

    It prints whether the change of this build concerns it. The first job of each workflow; on GitHub, later jobs read
    the answer as an output.
    """
    with exit_status():
        relevance = changed_packages.concerns(package, os.environ, PROJECT)
        relevance.write_output(os.environ)
    say(f"{package}: {relevance.reason}")


@task
def commit_to_verify(_c: Context) -> None:
    """Check the commit to verify.

    One that is on no branch here is refused. The first job of the workflow that webhooks start: no code of the commit
    has run before. On GitHub, later jobs read the commit as an output.
    """
    with exit_status():
        version = commits.to_verify(os.environ, ROOT, built_here=Sandbox(root=ROOT).knows)
    commits.write_output(version, os.environ)
    say(f"The commit to verify: {version}")


@task
def verify_changed_pact(_c: Context) -> None:
    """Verify the pact PACT_URL.

    The provider is PACT_PROVIDER. Without it, the only provider in this repository verifies it.
    """
    with exit_status():
        provider = PROJECT.provider(os.environ.get("PACT_PROVIDER", ""))
    verify_one_pact(provider)


@task(name="gate", help={"deploys": "The job that deploys: a push requires it; otherwise it may be skipped."})
def require_jobs(_c: Context, deploys: str = "") -> None:
    """Require every needed job.

    The last job of each workflow. NEEDS holds the previous jobs, as JSON.
    """
    with exit_status():
        unmet = changed_packages.unmet(os.environ, deploys=deploys)
    if unmet:
        raise failure(f"Not every job passed: {', '.join(unmet)}", 1)
    say("Every job that had to run passed.")
