"""The fixture `verify_provider`: a test that takes it verifies the provider against its consumers' pacts.

    def test_the_provider_honours_its_pacts(verify_provider):
        verify_provider(app, states={"a product exists": add_product})

The provider is the application of `[tool.contracts]` whose folder contains the test. The environment says which pacts:

* PACT_URL: that one pact, on the broker that PACT_BROKER_BASE_URL names;
* PACT_BROKER_BASE_URL alone: the pacts which that broker says are relevant;
* neither: the files in PACT_DIR, or in the folders where the declared consumers of this provider write theirs.

With PACT_BROKER_PUBLISH_VERIFICATION_RESULTS=true the results are published. Version, branch and build are those that
`contracts.ci.detection` finds.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from contracts.ci import exit_statuses, projects
from contracts.ci.detection import detect
from contracts.ci.projects import Declaration, Project, ProjectError
from contracts.ci.report import Reporter
from contracts.client import Broker, UsageError
from contracts.model.plain_text import plain
from contracts.verification.verify import BrokerSource, Files, PactUrl, Report, Source, VerificationFailed, verify


PUBLISH = "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS"
REPORTS = pytest.StashKey[list[tuple[Report, "Sequence[str]"]]]()
_DECLARE = """\
The fixture `verify_provider` needs to know which provider this is. Declare it in pyproject.toml:

  [tool.contracts.applications.{name}]
  role = "provider"
  folder = "{folder}\""""


def source_from(environ: Mapping[str, str], project: Project, provider: Declaration) -> Source:
    """Return where the pacts of *provider* come from, as the module's docstring says.

    Raises:
        UsageError: if results are to be published, and no broker is configured; if no declared consumer calls it.
    """
    if pact_url := environ.get("PACT_URL"):
        return PactUrl(broker=Broker.from_environment(environ), url=pact_url)
    if environ.get("PACT_BROKER_BASE_URL"):
        return BrokerSource(broker=Broker.from_environment(environ))
    if publishes(environ):
        raise UsageError(f"{PUBLISH} is true, but PACT_BROKER_BASE_URL is not set. Set it, or do not publish.")
    if named := environ.get("PACT_DIR"):
        return Files(paths=(project.root / named,))
    paths = tuple(_pacts(each, provider) for each in project.consumers if provider.name in each.providers)
    if not paths:
        raise UsageError(
            f"No pacts to verify {provider.name} against: PACT_BROKER_BASE_URL is not set, and pyproject.toml declares "
            f"no consumer that calls it. Set the broker's URL, or PACT_DIR to a folder of pact files."
        )
    return Files(paths=paths)


def _pacts(consumer: Declaration, provider: Declaration) -> Path:
    """Return the folder of *consumer*'s pacts, or the one file if the folder also has pacts with other providers."""
    return consumer.pacts if len(consumer.providers) == 1 else consumer.pacts / f"{consumer.name}-{provider.name}.json"


def publishes(environ: Mapping[str, str]) -> bool:
    """Whether results are published; nothing but the words true and false is accepted.

    Raises:
        UsageError: if the variable has another value.
    """
    choice = environ.get(PUBLISH) or "false"
    if choice not in {"true", "false"}:
        raise UsageError(f"{PUBLISH} is {choice!r}. Set it to 'true' or 'false'.")
    return choice == "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderVerification:
    """Verifies *provider* of *project* when it is called; *environ* says against which pacts."""

    project: Project
    provider: Declaration
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    reports: list[tuple[Report, Sequence[str]]]

    def __call__(self, app: Any = None, **options: Any) -> Report:
        """Verify *app*, an ASGI or WSGI application, or what runs at the option *base_url*.

        *options* are those of `contracts.verification.verify.verify`: states, after_each, … Fails the test, with every
        reason and without a traceback, if a pact is not honoured or something expected goes wrong.
        """
        try:
            build = detect(self.environ, self.project.root)
            report = verify(
                provider=self.provider.name,
                app=app,
                source=source_from(self.environ, self.project, self.provider),
                version=build.version,
                branch=build.branch,
                build_url=build.build_url,
                publish=publishes(self.environ),
                **options,
            )
        except VerificationFailed as failure:
            self.reports.append((failure.report, failure.reasons))
            raise pytest.fail.Exception(plain(str(failure)), pytrace=False) from None
        except exit_statuses.EXPECTED as error:
            raise pytest.fail.Exception(plain("\n".join(exit_statuses.reasons(error))), pytrace=False) from None
        self.reports.append((report, ()))
        return report


def verification_of(request: pytest.FixtureRequest) -> ProviderVerification:
    """Return the verification of the provider whose folder contains the test of *request*.

    Raises:
        ProjectError: if none is declared.
    """
    project = projects.find(request.path.parent)
    provider = project.owner(request.path) if project else None
    if project is None or provider is None or not provider.provides:
        folder = request.path.parent.parent.name
        raise ProjectError(_DECLARE.format(name=folder, folder=folder))
    reports = request.config.stash.setdefault(REPORTS, [])
    return ProviderVerification(project=project, provider=provider, reports=reports)


def report(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Print what was verified, at the end of the run, where people look."""
    for verified, reasons in config.stash.get(REPORTS, ()):
        terminal.section("verification")
        Reporter.from_environment(os.environ).verification(verified, reasons)
