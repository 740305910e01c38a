"""What a report says: the newest contract of each pair with its result, and why those that failed did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.client import Broker
from contracts.client.errors import ClientError
from contracts.client.nouns.dashboard import LatestContract
from contracts.model import test_results
from contracts.model.test_results import TestResult


MOST_EXPLAINED = 50
"""Failed results whose interactions are read, each with one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A contract whose newest result failed; *interactions* are None if they cannot be read, for *problem*."""

    contract: LatestContract
    interactions: tuple[TestResult, ...] | None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The contracts of the broker at *base_url*; the failures of the first `MOST_EXPLAINED`."""

    base_url: str
    contracts: tuple[LatestContract, ...]
    failures: tuple[Failure, ...]

    @property
    def failed(self) -> list[LatestContract]:
        """The contracts whose newest result failed."""
        return [each for each in self.contracts if each.success is False]

    @property
    def unverified(self) -> list[LatestContract]:
        """The contracts without a result."""
        return [each for each in self.contracts if each.success is None]

    @property
    def verified(self) -> list[LatestContract]:
        """The contracts whose newest result succeeded."""
        return [each for each in self.contracts if each.success is True]


def read(broker: Broker, applications: Sequence[str] = ()) -> Report:
    """Read the report from *broker*: everything, or the contracts of *applications* as consumer or provider."""
    contracts = tuple(
        each
        for each in broker.latest_contracts()
        if not applications or each.consumer in applications or each.provider in applications
    )
    failed = [each for each in contracts if each.success is False]
    failures = tuple(_failure(broker, each) for each in failed[:MOST_EXPLAINED])
    return Report(base_url=broker.base_url, contracts=contracts, failures=failures)


def _failure(broker: Broker, contract: LatestContract) -> Failure:
    try:
        published = broker.verifier_details(str(contract.result_url))
    except ClientError as error:  # the rest of the report is still true
        return Failure(contract=contract, interactions=None, problem=f"The result cannot be read: {error}")
    if published is None:
        return Failure(contract=contract, interactions=None, problem="The verifier published no details.")
    outcomes = test_results.read(published)
    if outcomes is None:
        return Failure(contract=contract, interactions=None, problem="The verifier's details have an unknown format.")
    return Failure(contract=contract, interactions=tuple(each for each in outcomes if not each.success))
