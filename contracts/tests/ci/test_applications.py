"""The steps of a pipeline, against a running broker."""

import json
import queue

import pytest
import requests

from contracts.ci import exit_statuses, github_webhooks
from contracts.ci.applications import Application, StepFailed
from contracts.client import Broker, NotSupported
from contracts.fake_ci.github import GitHubStandIn


VERSION = "1" * 40
PACT = {
    "consumer": {"name": "shop"},
    "provider": {"name": "catalogue"},
    "interactions": [
        {"description": "a request", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}


@pytest.fixture
def pacts(tmp_path):
    folder = tmp_path / "pacts"
    folder.mkdir()
    (folder / "shop-catalogue.json").write_text(json.dumps(PACT))
    return folder


@pytest.fixture
def environ(pact_broker):
    return {
        "PACT_BROKER_BASE_URL": pact_broker.base_url,
        "GIT_COMMIT": VERSION,
        "GIT_BRANCH": "main",
        "BUILD_URL": "https://ci.example/7",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_TOKEN": "very secret",
    }


@pytest.fixture
def broker(environ):
    with Broker.from_environment(environ) as broker:
        yield broker


@pytest.fixture
def shop(environ, tmp_path):
    return Application(name="shop", root=tmp_path, environ=environ)


@pytest.fixture
def catalogue(environ, tmp_path):
    return Application(name="catalogue", root=tmp_path, environ=environ)


def test_from_publishing_to_deployment(shop, catalogue, broker, pacts, capsys):
    broker.create_environment("production", production=True)
    broker.add_branch(pacticipant="catalogue", version=VERSION, branch="main")
    catalogue.can_i_deploy("production", wait_seconds=0)
    catalogue.record_deployment("production")

    shop.publish_pacts(pacts)
    with pytest.raises(StepFailed) as raised:
        shop.can_i_deploy("production", wait_seconds=0)

    assert raised.value.status == exit_statuses.UNKNOWN
    published = broker.version("shop", VERSION)
    assert (published.branches, published.build_url) == (("main",), "https://ci.example/7")
    output = capsys.readouterr().out
    assert f"Recorded: catalogue {VERSION} runs in production." in output
    assert f"Published version {VERSION} on branch main: shop → catalogue" in output


def test_publishing_without_pacts_fails(shop, tmp_path):
    with pytest.raises(StepFailed, match=r"The pact file or folder .* does not exist") as raised:
        shop.publish_pacts(tmp_path / "absent")

    assert raised.value.status == exit_statuses.USAGE


def test_a_deployment_to_an_unknown_environment_fails(shop, broker, pacts):
    shop.publish_pacts(pacts)

    with pytest.raises(StepFailed, match="create-environment --name production") as raised:
        shop.record_deployment("production")

    assert raised.value.status == exit_statuses.USAGE
    assert broker.environments() == ()


def test_an_invalid_request_is_wrong_usage(shop, broker, pacts):
    broker.create_environment("production", production=True)
    with pytest.raises(
        StepFailed, match=r"The application shop does not exist\. .*Next: contracts publish pacts"
    ) as unknown:
        shop.can_i_deploy("production", wait_seconds=0)
    shop.publish_pacts(pacts)
    with pytest.raises(
        StepFailed,
        match=r"environment moon does not exist\. \(environments: production\) Next: .* --name moon",
    ) as moon:
        shop.can_i_deploy("moon", wait_seconds=0)

    assert (unknown.value.status, moon.value.status) == (exit_statuses.USAGE, exit_statuses.USAGE)


def test_deploying_prints_what_a_real_deployment_would_do(shop, capsys):
    shop.deploy("production")

    assert f"Deploying shop {VERSION} to production …" in capsys.readouterr().out


@pytest.fixture
def dispatched():
    return queue.Queue()


class Statuses(queue.Queue):
    """Commit statuses in the order in which they are set."""

    append = queue.Queue.put

    def next(self):
        status = self.get(timeout=60)
        return status.sha, status.state, status.context


@pytest.fixture
def statuses_set():
    return Statuses()


@pytest.fixture
def github(environ, dispatched, statuses_set):
    """The stand-in for GitHub, where the applications' webhooks lead."""
    stand_in = GitHubStandIn(
        repository=environ["GITHUB_REPOSITORY"],
        token=environ["GITHUB_TOKEN"],
        on_dispatch=lambda *received: dispatched.put(received),
        statuses=statuses_set,
    )
    with stand_in as github:
        environ["GITHUB_API_URL"] = github.url
        yield github


def test_the_verification_webhook_is_created_then_updated(catalogue, broker, github, dispatched, capsys):
    broker.create_or_update_pacticipant("catalogue", main_branch="trunk")

    for _ in range(2):
        catalogue.put_verification_webhook("contract_requiring_verification_published", None)
    catalogue.test_verification_webhook("contract_requiring_verification_published", None)

    assert broker.pacticipant("catalogue").main_branch == "trunk"
    (webhook,) = broker.webhooks()
    assert webhook.request.url == f"{github.url}/repos/acme/shop/dispatches"
    assert "very secret" not in repr(webhook)
    event_type, payload = dispatched.get(timeout=60)
    assert event_type == "contract_requiring_verification_published"
    assert payload.keys() == github_webhooks.TEMPLATE.document().keys()
    output = capsys.readouterr()
    assert "very secret" not in output.out + output.err


@pytest.mark.usefixtures("github")
def test_a_webhook_can_be_named_by_its_uuid_and_its_application_is_created(catalogue, broker):
    catalogue.put_verification_webhook("contract_content_changed", "my-own-uuid-of-a-webhook")

    assert broker.webhook("my-own-uuid-of-a-webhook").events == ("contract_content_changed",)


@pytest.mark.usefixtures("github")
def test_the_commit_status_webhook_sets_a_status(shop, pacts, statuses_set):
    shop.publish_pacts(pacts)

    shop.put_commit_status_webhook(None)
    shop.test_commit_status_webhook(None)

    assert statuses_set.next() == (VERSION, "pending", "pact with catalogue")


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize(("success", "state"), [(True, "success"), (False, "failure")])
def test_the_commit_status_is_pending_until_the_result(shop, broker, pacts, statuses_set, success, state):
    broker.create_or_update_pacticipant("shop")
    shop.put_commit_status_webhook(None)

    shop.publish_pacts(pacts)
    pending = statuses_set.next()
    broker.add_branch(pacticipant="catalogue", version="2" * 40, branch="main")
    pact = requests.get(f"{broker.base_url}/pacts/provider/catalogue/consumer/shop/latest", timeout=60).json()
    result = {"success": success, "providerApplicationVersion": "2" * 40}
    requests.post(pact["_links"]["pb:publish-verification-results"]["href"], json=result, timeout=60)

    assert pending == (VERSION, "pending", "pact with catalogue")
    assert statuses_set.next() == (VERSION, state, "pact with catalogue")


@pytest.mark.usefixtures("github")
def test_a_webhook_that_is_refused_fails_its_test(catalogue, broker, environ):
    broker.create_or_update_pacticipant("catalogue")
    environ["GITHUB_TOKEN"] = "another"
    catalogue.put_verification_webhook("contract_content_changed", None)

    with pytest.raises(StepFailed, match="failed: status 401") as raised:
        catalogue.test_verification_webhook("contract_content_changed", None)

    assert raised.value.status == exit_statuses.NO


def test_a_missing_webhook_is_an_error_that_says_how_to_create_it(catalogue):
    with pytest.raises(StepFailed, match=r"invoke catalogue\.create-or-update-pact-changed-webhook") as raised:
        catalogue.test_verification_webhook("contract_content_changed", None)

    assert raised.value.status == exit_statuses.USAGE
    with pytest.raises(StepFailed, match=r"invoke catalogue\.create-or-update-github-webhook"):
        catalogue.test_commit_status_webhook(None)


@pytest.mark.parametrize("missing", ["GITHUB_REPOSITORY", "GITHUB_TOKEN", "PACT_BROKER_BASE_URL"])
def test_a_webhook_without_repository_token_or_broker_is_refused(catalogue, environ, missing):
    del environ[missing]

    with pytest.raises(StepFailed, match=missing) as raised:
        catalogue.put_verification_webhook("contract_content_changed", None)

    assert raised.value.status == exit_statuses.USAGE


def test_a_token_is_stored_as_a_secret_without_printing_it(catalogue, broker, capsys):
    catalogue.create_github_token_secret("githubToken")
    assert [each.name for each in broker.secrets()] == ["githubToken"]
    assert "very secret" not in capsys.readouterr().out


def test_a_broker_without_secrets_is_reported(catalogue, environ, capsys, monkeypatch):
    def refuse(*_, **__):
        raise NotSupported("pb:secrets", "secrets")

    monkeypatch.setattr(Broker, "create_secret", refuse)
    with pytest.raises(StepFailed, match="has no secrets; Contracts and PactFlow have them") as raised:
        catalogue.create_github_token_secret("githubToken")
    assert raised.value.status == exit_statuses.USAGE
    assert "very secret" not in str(raised.value) + capsys.readouterr().out

    del environ["GITHUB_TOKEN"]
    with pytest.raises(StepFailed, match="GITHUB_TOKEN is not set"):
        catalogue.create_github_token_secret("githubToken")


def test_a_conflict_says_what_differs(shop, pacts):
    shop.publish_pacts(pacts)
    changed = json.loads((pacts / "shop-catalogue.json").read_text())
    changed["interactions"][0]["response"]["status"] = 201
    (pacts / "shop-catalogue.json").write_text(json.dumps(changed))

    with pytest.raises(StepFailed, match="201") as raised:
        shop.publish_pacts(pacts)

    assert raised.value.status == exit_statuses.NO
