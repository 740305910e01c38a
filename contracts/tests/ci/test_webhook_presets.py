"""The requests that webhooks for CI services and chats make."""

from __future__ import annotations

import re

import pytest

from contracts.ci.webhook_presets import CHANGED, FAILED, PRESETS, Receiver
from contracts.client import UsageError
from contracts.model.events import Happening, Parties, VersionFacts


PACT_URL = "${pactbroker.pactUrl}"
COMMIT = "${pactbroker.providerVersionNumber}"


def request(name, target, token="t0k", **more):
    return PRESETS[name].request(Receiver(target=target, token=token, **more))


def test_github_starts_a_workflow():
    sent = request("github", "acme/stock")
    assert sent.url == "https://api.github.com/repos/acme/stock/dispatches"
    assert sent.headers["authorization"] == "Bearer t0k"
    assert sent.body["event_type"] == CHANGED
    assert sent.body["client_payload"]["pact_url"] == PACT_URL
    assert request("github", "acme/stock", api_url="https://git.example.com/api/v3").url.startswith("https://git.ex")


def test_gitlab_triggers_a_pipeline():
    sent = request("gitlab", "acme/group/stock", ref="trunk")
    assert sent.url == "https://gitlab.com/api/v4/projects/acme%2Fgroup%2Fstock/trigger/pipeline"
    assert (sent.body["token"], sent.body["ref"]) == ("t0k", "trunk")
    assert sent.body["variables"]["PACT_URL"] == PACT_URL


def test_jenkins_builds_with_the_parameters_of_the_pipeline_that_init_writes():
    sent = request("jenkins", "https://ci.example.com/job/stock/", token="me:secret")
    query = f"PACT_URL={PACT_URL}&PROVIDER_COMMIT={COMMIT}&PROVIDER_BRANCH=${{pactbroker.providerVersionBranch}}"
    assert sent.url == f"https://ci.example.com/job/stock/buildWithParameters?{query}"
    assert (sent.username, sent.password) == ("me", "secret")


def test_circleci_starts_a_pipeline():
    sent = request("circleci", "acme/stock")
    assert sent.url == "https://circleci.com/api/v2/project/gh/acme/stock/pipeline"
    assert sent.headers["circle-token"] == "t0k"
    assert sent.body["parameters"]["git-commit"] == COMMIT


def test_azure_starts_a_run():
    sent = request("azure", "acme/stock/7")
    assert sent.url == "https://dev.azure.com/acme/stock/_apis/pipelines/7/runs?api-version=7.1"
    assert sent.password == "t0k"
    assert sent.body["templateParameters"]["pactUrl"] == PACT_URL


def test_bitbucket_starts_the_custom_pipeline_that_init_writes():
    sent = request("bitbucket", "acme/stock")
    assert sent.url == "https://api.bitbucket.org/2.0/repositories/acme/stock/pipelines/"
    assert sent.body["target"]["selector"] == {"type": "custom", "pattern": "verify-changed-pact"}
    assert {"key": "PACT_URL", "value": PACT_URL} in sent.body["variables"]


@pytest.mark.parametrize("name", ["slack", "teams"])
def test_a_chat_gets_a_message_about_a_failure(name):
    sent = request(name, "https://chat.example.com/hook", token=None)
    assert sent.url == "https://chat.example.com/hook"
    assert "${pactbroker.consumerName}" in str(sent.body)
    assert "${pactbroker.verificationResultUrl}" in str(sent.body)
    assert PRESETS[name].event == FAILED
    assert not PRESETS[name].starts_verification


@pytest.mark.parametrize(
    ("name", "target", "reason"),
    [
        ("github", "stock", "must be owner/name"),
        ("circleci", "stock", "is not of the form OWNER/REPOSITORY"),
        ("azure", "acme/stock", "is not of the form ORGANIZATION/PROJECT/PIPELINE"),
        ("bitbucket", "acme/", "is not of the form"),
        ("jenkins", "stock", "is not the URL of a Jenkins job"),
        ("teams", "general", "is not the URL of an incoming webhook"),
    ],
)
def test_a_malformed_target_is_refused(name, target, reason):
    with pytest.raises(UsageError, match=reason):
        request(name, target)


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.token_variable])
def test_a_missing_token_is_named_with_its_variable(name):
    target = "/".join("abc"[: PRESETS[name].form.count("/") + 1])
    with pytest.raises(UsageError, match=PRESETS[name].token_variable):
        request(name, target, token=None)


@pytest.mark.parametrize("name", PRESETS)
def test_the_uuid_depends_on_the_service_the_target_the_event_and_the_application(name):
    preset, target = PRESETS[name], "acme/stock"

    def uuid(pacticipant="stock", **more):
        return preset.uuid(Receiver(**{"target": target, **more}), pacticipant)

    assert uuid() == uuid()
    assert len({uuid(), uuid("shop"), uuid(target="acme/shop"), uuid(event="contract_published")}) == 4


def test_every_parameter_is_one_that_the_broker_fills_in():
    targets = {"jenkins": "https://ci.example.com/a", "slack": "https://a", "teams": "https://a", "azure": "a/b/c"}
    text = str([request(name, targets.get(name, "a/b")) for name in PRESETS])
    parties, version = Parties(consumer="c", provider="p"), VersionFacts(number="1")
    parameters = Happening(parties=parties, consumer_version=version, pact_url="u").parameters(CHANGED)
    names = set(re.findall(r"\$\{pactbroker\.(\w+)\}", text))
    assert "pactUrl" in names
    assert names <= parameters.keys()
