"""The environment variables that say which pacts a test verifies, and whether it publishes the results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from contracts.ci.projects import Declaration, Project
from contracts.client import Broker, UsageError
from contracts.verification.sources import BrokerSource, Files, PactUrl, Source


PUBLISH = "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS"


def source_from(environ: Mapping[str, str], project: Project, provider: Declaration) -> Source:
    """Return where the pacts of *provider* come from, as `contracts.testing.providers` says.

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
