"""The reasons of the gate: why the answer is not yes, and what to do."""

from __future__ import annotations

import shlex
from collections.abc import Collection

from contracts.client.documents import Row
from contracts.model import next_commands


def failed(row: Row) -> str:
    """Explain a failed result."""
    return (
        f"Version {row.provider_version} of {row.provider} failed the pact of version "
        f"{row.consumer_version} of {row.consumer}."
    )


def absent(provider: str, environment: str) -> str:
    """Explain a *provider* that is not in *environment*."""
    return (
        f"No version of {provider} is deployed or released to {environment}, so there is nothing to be compatible "
        f"with; waiting will not help. Deploy {provider} there first, and record it: "
        f"{next_commands.record_deployment(provider, environment)}"
    )


def unmerged(provider: str) -> str:
    """Explain a *provider* without a version on its main branch."""
    return (
        f"No version of {provider} is on its main branch, so there is nothing to be compatible with; waiting will not "
        f"help. Verify the pact on the main branch of {provider} first: contracts verify --provider "
        f"{shlex.quote(provider)} --app MODULE:NAME --publish"
    )


def empty(row: Row) -> str:
    """Explain a pact without interactions."""
    return (
        f"The pact of version {row.consumer_version} of {row.consumer} with {row.provider} has no interactions: no "
        f"provider verifies it; waiting will not help. Publish the pact that the tests of {row.consumer} write. "
        f"If it no longer uses {row.provider}, publish a version without this pact."
    )


def missing(row: Row, asked_about: Collection[str]) -> str:
    """Explain a missing result; the question names the applications *asked_about*."""
    pact = f"the pact of version {row.consumer_version} of {row.consumer}"
    if row.provider in asked_about:
        return f"This version of {row.provider} has no result for {pact}. Run its verification and publish the results."
    if row.provider_version:
        subject = f"Version {row.provider_version} of {row.provider} that is in place has no result"
    else:
        subject = f"No version of {row.provider} that counts here has a result"
    return (
        f"{subject} for {pact}. A webhook (contract_requiring_verification_published) starts that verification when "
        f"the pact is published."
    )
