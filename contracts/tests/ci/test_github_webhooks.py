import json
import re

import pytest

from contracts.ci import detection, github_webhooks
from contracts.ci.github_webhooks import GitHubRepository, Payload
from contracts.client import UsageError


SHOP = GitHubRepository(name="acme/shop")


@pytest.fixture
def event(tmp_path):
    def write(document):
        (tmp_path / "event.json").write_text(json.dumps(document))
        return {"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}

    return write


def test_the_verification_webhook_posts_a_repository_dispatch():
    """The webhook posts a repository_dispatch that GitHub accepts, with the pact and the provider version to verify."""
    webhook = github_webhooks.verification_webhook(SHOP, provider="example-provider", authorization="Bearer x")

    assert (webhook.provider, webhook.consumer, webhook.enabled) == ("example-provider", None, True)
    assert webhook.events == ("contract_requiring_verification_published",)
    assert (webhook.request.method, webhook.request.url) == (
        "POST",
        "https://api.github.com/repos/acme/shop/dispatches",
    )
    assert webhook.request.headers == {
        "accept": "application/vnd.github+json",
        "authorization": "Bearer x",
        "content-type": "application/json",
        "x-github-api-version": "2022-11-28",
    }
    assert github_webhooks.dispatch_problems(webhook.request.body) == []
    assert webhook.request.body == {
        "event_type": "contract_requiring_verification_published",
        "client_payload": {
            "pact_url": "${pactbroker.pactUrl}",
            "sha": "${pactbroker.providerVersionNumber}",
            "branch": "${pactbroker.providerVersionBranch}",
            "descriptions": "${pactbroker.providerVersionDescriptions}",
            "provider": "${pactbroker.providerName}",
            "consumer": "${pactbroker.consumerName}",
            "consumer_version": "${pactbroker.consumerVersionNumber}",
            "consumer_branch": "${pactbroker.consumerVersionBranch}",
            "event": "${pactbroker.eventName}",
        },
    }


def test_verification_webhook_on_changes():
    """On the event contract_content_changed the same is dispatched as pact_changed, by a webhook of its own."""
    changed = github_webhooks.verification_webhook(
        SHOP, provider="example-provider", authorization="Bearer x", event="contract_content_changed"
    )
    requiring = github_webhooks.verification_webhook(SHOP, provider="example-provider", authorization="Bearer x")

    assert changed.events == ("contract_content_changed",)
    assert changed.request.body["event_type"] == "pact_changed"
    assert changed.uuid != requiring.uuid


def test_verification_webhook_on_another_event():
    """An event that asks for no verification is refused."""
    with pytest.raises(UsageError, match="'contract_published' does not request a verification"):
        github_webhooks.verification_webhook(SHOP, provider="p", authorization="x", event="contract_published")


def test_the_commit_status_webhook_sets_the_status_of_the_commit():
    """The webhook sets the full commit's status, in a context that is the same for every event."""
    webhook = github_webhooks.commit_status_webhook(
        GitHubRepository(name="acme/shop", api_url="https://github.example/api/v3"),
        consumer="example-consumer",
        authorization="Bearer x",
    )

    assert (webhook.consumer, webhook.provider) == ("example-consumer", None)
    assert webhook.events == ("contract_published", "provider_verification_published")
    assert (
        webhook.request.url
        == "https://github.example/api/v3/repos/acme/shop/statuses/${pactbroker.consumerVersionNumber}"
    )
    assert webhook.request.body == {
        "state": "${pactbroker.githubVerificationStatus}",
        "description": "Verification of the pact: ${pactbroker.githubVerificationStatus}",
        "context": "pact with ${pactbroker.providerName}",
        "target_url": "${pactbroker.verificationResultUrl}",
    }


def test_a_webhook_s_uuid_depends_on_purpose_and_repository():
    """A webhook's uuid is one that brokers accept, the same each time, another for each purpose and repository."""
    uuids = [
        repository.uuid(purpose, pacticipant)
        for repository in (SHOP, GitHubRepository(name="acme/other"))
        for purpose in ("verify", "commit-status")
        for pacticipant in ("a", "b")
    ]

    assert len(set(uuids)) == 8
    assert uuids[0] == GitHubRepository(name="acme/shop", api_url="http://elsewhere").uuid("verify", "a")
    assert all(re.fullmatch(r"[\w-]{16,}", uuid, re.ASCII) for uuid in uuids)


def test_the_repository_comes_from_github_s_variables():
    """GITHUB_REPOSITORY names the repository, GITHUB_API_URL its server."""
    assert GitHubRepository.from_environment({"GITHUB_REPOSITORY": "acme/shop"}) == SHOP
    there = {"GITHUB_REPOSITORY": "acme/shop", "GITHUB_API_URL": "https://github.example/api/v3/"}
    assert GitHubRepository.from_environment(there).api_url == "https://github.example/api/v3"


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({}, "GITHUB_REPOSITORY is not set"),
        ({"GITHUB_REPOSITORY": "shop"}, "'shop', but must be owner/name"),
        ({"GITHUB_REPOSITORY": "acme/shop/../other"}, "must be owner/name"),
    ],
)
def test_without_owner_and_name_there_is_no_webhook(environ, reason):
    """Without a good owner/name there is no webhook."""
    with pytest.raises(UsageError, match=reason):
        GitHubRepository.from_environment(environ)


def test_a_secret_of_the_broker_goes_before_the_token():
    """A secret of the broker is named; only without one the token itself is used."""
    assert github_webhooks.authorization(token="t", secret="githubToken") == "Bearer ${user.githubToken}"
    assert github_webhooks.authorization(token="t", secret=None) == "Bearer t"
    with pytest.raises(UsageError, match="GITHUB_TOKEN is not set"):
        github_webhooks.authorization(token="", secret=None)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "not a JSON object"),
        ({}, "event_type is missing"),
        ({"event_type": 7}, "event_type is missing, or not a text"),
        ({"event_type": "x" * 101}, "101 characters; 100 are allowed"),
        ({"event_type": "x", "client_payload": []}, "client_payload is not a JSON object"),
        ({"event_type": "x", "client_payload": dict.fromkeys(map(str, range(11)))}, "11 properties; 10 are allowed"),
        ({"event_type": "x", "client_payload": {"a": "b" * 65_536}}, "longer than 65535 characters"),
        ({"event_type": "x", "other": 1}, "Unknown properties: other"),
    ],
)
def test_each_problem_of_a_dispatch_is_reported(document, problem):
    """Each problem is reported."""
    assert problem in " ".join(github_webhooks.dispatch_problems(document))


@pytest.mark.parametrize(
    "document",
    [
        {"event_type": "x"},
        {"event_type": "x" * 100, "client_payload": dict.fromkeys(map(str, range(10)))},
    ],
)
def test_a_dispatch_within_github_s_limits_has_no_problems(document):
    """What GitHub accepts, up to its limits, is good."""
    assert github_webhooks.dispatch_problems(document) == []


def test_the_payload_is_read_from_the_event(event):
    """The payload is read from the event; what it leaves out is empty, what is not known is left aside."""
    payload = {"pact_url": "http://broker/pact", "sha": "1" * 40, "branch": None, "other": 7}

    assert github_webhooks.read_payload(event({"client_payload": payload})) == Payload(
        pact_url="http://broker/pact", sha="1" * 40
    )


@pytest.mark.parametrize("document", [{}, {"client_payload": None}, {"client_payload": {"sha": "1"}}])
def test_read_payload_without_pact(event, document):
    """An event without the URL of a pact is an error."""
    with pytest.raises(UsageError, match="no client_payload with a pact_url"):
        github_webhooks.read_payload(event(document))


def test_read_payload_no_text(event):
    """A property that is not a text is an error that names it."""
    with pytest.raises(UsageError, match="are not texts: branch"):
        github_webhooks.read_payload(event({"client_payload": {"pact_url": "http://broker/pact", "branch": ["x"]}}))


def test_a_payload_that_cannot_be_read_is_an_error(tmp_path):
    """An event that cannot be read is an error."""
    with pytest.raises(detection.UnknownBuild, match="cannot be read"):
        github_webhooks.read_payload({"GITHUB_EVENT_PATH": str(tmp_path / "absent.json")})


def test_variables_of_the_event(event, checkout, git):
    """What a job does not set itself, the event says."""
    sha = git(checkout, "rev-parse", "HEAD")
    payload = {"pact_url": "http://broker/pact", "sha": sha, "branch": "main"}
    environ = event({"client_payload": payload})

    assert github_webhooks.variables(environ, checkout) == {
        "PACT_URL": "http://broker/pact",
        "GIT_COMMIT": sha,
        "GIT_BRANCH": "main",
    }
    assert github_webhooks.variables(environ | {"GIT_BRANCH": "other"}, checkout) == {
        "PACT_URL": "http://broker/pact",
        "GIT_COMMIT": sha,
    }
    assert github_webhooks.variables(environ | {"PACT_URL": "http://broker/other"}, checkout) == {}


def test_variables_of_an_event_that_names_no_version(event, checkout):
    """What changed for no version in particular is verified with what the job builds."""
    environ = event({"client_payload": {"pact_url": "http://broker/pact"}})

    assert github_webhooks.variables(environ, checkout) == {"PACT_URL": "http://broker/pact"}


def test_variables_of_an_event_for_another_commit(event, checkout):
    """A result is published for the version that it is of, or not at all."""
    environ = event({"client_payload": {"pact_url": "http://broker/pact", "sha": "1" * 40}})

    with pytest.raises(UsageError, match=r"is not checked out here. Check it out first"):
        github_webhooks.variables(environ, checkout)
