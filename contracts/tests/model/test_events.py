"""Template parameters of events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.model.events import Happening, Parties, VersionFacts


HAPPENING = Happening(
    parties=Parties(consumer="Till", provider="Ledger", consumer_labels=("shop", "web"), provider_labels=("core",)),
    consumer_version=VersionFacts(number="1", branch="feat/x", tags=("dev", "prod")),
    pact_url="http://broker/pact",
)


def test_an_unknown_parameter_is_empty():
    assert HAPPENING.parameters("contract_published") == {
        "consumerName": "Till",
        "consumerVersionNumber": "1",
        "consumerVersionTags": "dev, prod",
        "consumerVersionBranch": "feat/x",
        "consumerLabels": "shop, web",
        "providerName": "Ledger",
        "providerVersionNumber": "",
        "providerVersionTags": "",
        "providerVersionBranch": "",
        "providerVersionDescriptions": "",
        "providerLabels": "core",
        "pactUrl": "http://broker/pact",
        "verificationResultUrl": "",
        "githubVerificationStatus": "pending",
        "bitbucketVerificationStatus": "INPROGRESS",
        "azureDevOpsVerificationStatus": "pending",
        "gitlabVerificationStatus": "pending",
        "eventName": "contract_published",
        "buildUrl": "",
        "currentlyDeployedProviderVersionNumber": "",
    }


@pytest.mark.parametrize(
    ("success", "words"),
    [(True, ("success", "SUCCESSFUL", "succeeded", "success")), (False, ("failure", "FAILED", "failed", "failed"))],
)
def test_a_result_has_the_status_word_of_each_forge(success, words):
    parameters = replace(
        HAPPENING,
        provider_version=VersionFacts(number="10", branch="main", tags=("live",)),
        required_because=("deployed in production", "released in shops"),
        success=success,
        result_url="http://broker/result",
        build_url="http://ci/1",
    ).parameters("provider_verification_published")
    assert (
        parameters["githubVerificationStatus"],
        parameters["bitbucketVerificationStatus"],
        parameters["azureDevOpsVerificationStatus"],
        parameters["gitlabVerificationStatus"],
    ) == words
    assert (
        parameters["providerVersionNumber"],
        parameters["providerVersionBranch"],
        parameters["providerVersionTags"],
    ) == (
        "10",
        "main",
        "live",
    )
    assert parameters["providerVersionDescriptions"] == "deployed in production, released in shops"
    assert (parameters["verificationResultUrl"], parameters["buildUrl"]) == ("http://broker/result", "http://ci/1")
