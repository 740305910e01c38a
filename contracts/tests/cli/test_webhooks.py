"""Webhooks: created by URL or by the name of a service, listed, tested and deleted."""

import json
from dataclasses import replace

import pytest

from contracts.client import Webhook, WebhookRequest
from contracts.verification.serving import serve


UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"


async def receiver(scope, _receive, send):
    assert scope["type"] == "http"
    status = 500 if scope["path"] == "/broken" else 202
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"received"})


@pytest.fixture(scope="module")
def receiver_url():
    with serve(receiver) as url:
        yield url


@pytest.fixture(scope="module", autouse=True)
def _applications(client):
    for name in ("shop", "stock"):
        client.create_or_update_pacticipant(name)


def test_a_webhook_is_created_with_the_official_options(ask, tmp_path, broker_url):
    (tmp_path / "body.json").write_text('{"pact": "${pactbroker.pactUrl}"}')
    record = ask(
        *("create-webhook", "http://127.0.0.1:1/hook", "-X", "post", "-H", "X-A: b", "-H", "X-C: d"),
        *("-d", "@body.json", "--user", "me:secret", "--consumer", "shop", "--provider", "stock"),
        *("--description", "Tell CI", "--contract-published", "--provider-verification-failed"),
    )
    uuid = record.pop("uuid")
    assert record.pop("signingSecret").startswith("whsec_")
    assert record == {
        "description": "Tell CI",
        "enabled": True,
        "events": ["contract_published", "provider_verification_failed"],
        "consumer": "shop",
        "consumerLabel": None,
        "provider": "stock",
        "providerLabel": None,
        "consumers": [],
        "branches": [],
        "labels": [],
        "request": {
            "method": "POST",
            "url": "http://127.0.0.1:1/hook",
            "headers": {"x-a": "b", "x-c": "d"},
            "body": {"pact": "${pactbroker.pactUrl}"},
            "username": "me",
        },
        "url": f"{broker_url}/webhooks/{uuid}",
    }


def test_a_webhook_is_replaced_under_its_uuid(ask, contracts, client):
    first = ("create-or-update-webhook", "--uuid", UUID, "http://127.0.0.1:1/a", "--contract-published")
    assert ask(*first, "--provider-label", "core")["uuid"] == UUID
    assert ask(*first)["providerLabel"] is None
    assert ask("create-or-update-webhook", "--uuid", UUID, "--disabled")["enabled"] is False
    webhook = client.webhook(UUID)
    assert (webhook.request.url, webhook.events, webhook.enabled) == (
        "http://127.0.0.1:1/a",
        ("contract_published",),
        False,
    )
    assert "Deleted webhook" in contracts("delete-webhook", "--uuid", UUID).stdout
    assert "List them: contracts list-webhooks" in contracts("describe-webhook", "--uuid", UUID, status=2).output


def test_a_webhook_by_name_has_the_same_uuid_each_time(ask, client):
    client.create_secret(name="gh", value="t0ken-of-github")
    first = ask("create-or-update-webhook", "--github", "acme/stock", "--provider", "stock", GITHUB_TOKEN="t")
    assert first["events"] == ["contract_requiring_verification_published"]
    assert first["request"]["url"] == "https://api.github.com/repos/acme/stock/dispatches"
    assert first["request"]["headers"]["authorization"] == "**********"
    again = ask("create-or-update-webhook", "--github", "acme/stock", "--provider", "stock", "--ci-secret", "gh")
    assert again["uuid"] == first["uuid"]
    assert again["request"]["headers"]["authorization"] == "Bearer ${user.gh}"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "No event is given"),
        (("--contract-published",), "The webhook has no target"),
        (("http://127.0.0.1:1/", "--github", "a/b", "--contract-published"), "A webhook has one target"),
        (("--github", "acme/stock"), "Which provider verifies its pacts at acme/stock?"),
        (("--gitlab", "acme/stock", "--provider", "stock"), "GITLAB_TRIGGER_TOKEN"),
        (
            (
                "--slack",
                "general",
            ),
            "is not the URL of an incoming webhook",
        ),
        (("http://127.0.0.1:1/", "--contract-published", "--user", "me"), "--user must be NAME:PASSWORD"),
        (("http://127.0.0.1:1/", "--contract-published", "-d", "@none"), "the file cannot be read"),
        (("http://127.0.0.1:1/", "--contract-published", "-H", "x"), "is not a header"),
        (("http://127.0.0.1:1/", "--contract-published", "--consumer", "nobody"), "consumer"),
    ],
)
def test_an_incomplete_webhook_is_wrong_usage(contracts, arguments, reason):
    assert reason in contracts("create-webhook", *arguments, status=2).output


def test_a_webhook_without_a_uuid_and_a_name_is_wrong_usage(contracts):
    arguments = ("create-or-update-webhook", "http://127.0.0.1:1/", "--contract-published")
    assert "contracts generate-uuid" in contracts(*arguments, status=2).output


def test_webhooks_are_listed_by_application(ask, contracts, client):
    request = WebhookRequest(url="http://127.0.0.1:1/list")
    for provider in ("shop", "stock", None):
        client.create_webhook(Webhook(events=("contract_published",), request=request, provider=provider))
    urls = [each["provider"] for each in ask("list-webhooks", "--provider", "shop") if "list" in each["request"]["url"]]
    assert sorted(urls, key=str) == [None, "shop"]
    assert "Description" in contracts("webhooks").stdout


@pytest.mark.parametrize(
    ("path", "status", "word"), [("/", 0, "succeeded: status 202"), ("/broken", 1, "failed: status 500")]
)
def test_a_webhook_is_tested(contracts, ask, client, receiver_url, path, status, word):
    request = WebhookRequest(url=f"{receiver_url}{path}", body="x")
    webhook = client.create_webhook(Webhook(events=("contract_published",), request=request))
    assert f"The webhook {word}." in contracts("test-webhook", "--uuid", webhook.uuid, status=status).stdout
    assert ask("test-webhook", "--uuid", webhook.uuid, status=status)["success"] is (status == 0)


def test_deliveries_are_shown_with_their_logs(ask, contracts, client, publish, receiver_url):
    request = WebhookRequest(url=f"{receiver_url}/log", body={"pact": "${pactbroker.pactUrl}"})
    webhook = client.create_webhook(Webhook(events=("contract_published",), request=request, provider="stock"))
    publish("shop", "stock", "1")
    [record] = ask("webhook-log", "--uuid", webhook.uuid, "--log")
    assert (record["event"], record["consumer"], record["provider"]) == ("contract_published", "shop", "stock")
    assert record["webhook"] == webhook.uuid
    assert isinstance(record["log"], str)
    assert "contract_published" in contracts("webhook-log", "--consumer", "shop", "--provider", "stock").stdout
    assert ask("webhook-log", "--consumer", "stock") == []


def test_a_webhook_is_limited_to_consumers_branches_and_labels_until_others_are_given(ask, contracts):
    uuid = "1" * 20
    update = ("create-or-update-webhook", "--uuid", uuid)
    first = ask(
        *(*update, "http://127.0.0.1:1/limited", "--contract-published", "--consumer", "shop", "--consumer", "stock"),
        *("--branch-pattern", "main", "--branch-pattern", "release/*", "--label", "core"),
    )
    assert (first["consumer"], first["consumers"]) == (None, ["shop", "stock"])
    assert (first["branches"], first["labels"]) == (["main", "release/*"], ["core"])
    again = ask(*update, "--branch-pattern", "main", "--disabled")
    assert (again["consumers"], again["branches"], again["labels"]) == (["shop", "stock"], ["main"], ["core"])
    assert uuid in {each["uuid"] for each in ask("list-webhooks", "--consumer", "stock")}
    assert uuid not in {each["uuid"] for each in ask("list-webhooks", "--consumer", "till")}
    both = ("--consumer", "shop", "--consumer", "stock", "--consumer-label", "x")
    create = ("create-webhook", "http://127.0.0.1:1/", "--contract-published")
    assert "both names and a label" in contracts(*create, *both, status=2).output


def test_a_dry_run_shows_the_request_and_a_curl_command(ask, contracts, client, publish, receiver_url):
    request = WebhookRequest(url=f"{receiver_url}/dry", headers={"X-Token": "t0ken"}, body="v=${pactbroker.eventName}")
    webhook = client.create_webhook(
        Webhook(events=("contract_published",), request=request, provider="stock", branches=("main",), enabled=False)
    )
    publish("shop", "stock", "dry-1")
    contract = ("--consumer", "shop", "--provider", "stock", "--version", "dry-1")
    refused = contracts("dry-run-webhook", "--uuid", webhook.uuid, *contract, status=1).stdout
    assert "contract_published of shop dry-1 and stock would not trigger the webhook: It was disabled." in refused
    client.put_webhook(webhook.uuid, replace(webhook, enabled=True))
    tried = ask("dry-run-webhook", "--uuid", webhook.uuid, *contract)
    assert (tried["triggered"], tried["request"]["body"]) == (True, "v=contract_published")
    command = contracts("webhook-curl", "--uuid", webhook.uuid).stdout
    assert command.startswith("curl ")
    assert "'x-token: <X-TOKEN>'" in command
    assert "t0ken" not in command


def test_a_delivery_is_replayed(ask, contracts, client, publish, receiver_url):
    request = WebhookRequest(url=f"{receiver_url}/replay", body="x")
    webhook = client.create_webhook(Webhook(events=("contract_published",), request=request, provider="stock"))
    publish("shop", "stock", "2")
    [first] = ask("webhook-log", "--uuid", webhook.uuid)
    replayed = ask("replay-webhook", "--delivery", first["delivery"])
    [last] = ask("webhook-log", "--uuid", webhook.uuid)
    assert last["delivery"] != first["delivery"]
    assert replayed == {"delivery": first["delivery"], "log": replayed["log"]}
    assert last["delivery"] in replayed["log"]
    assert "no triggered webhook" in contracts("replay-webhook", "--delivery", "none", status=2).output


def test_a_uuid_is_generated(contracts):
    first, second = (contracts("generate-uuid").stdout.strip() for _ in range(2))
    assert len(first) == len(UUID)
    assert first != second


def test_a_body_that_is_not_json_is_sent_as_text(ask):
    record = ask("create-webhook", "http://127.0.0.1:1/", "--contract-published", "-d", "a=b")
    assert record["request"]["body"] == "a=b"
    assert json.dumps(record)
