"""`contracts export --to`: another broker gives the same answers, whatever interrupts the sending."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import requests
from click.testing import CliRunner
from estates import Estate
from questions import answers
from random_histories import live
from relays import Relay

from contracts.broker.actions import publish, seal
from contracts.broker.store import archive, attestations, verifications, webhooks
from contracts.cli import main
from contracts.model.archive.lines import write
from contracts.model.archive.records import Pact, Result
from contracts.model.attestations import Attestation
from contracts.model.publications import Contract
from contracts.model.webhooks import NewWebhook, WebhookRequest
from contracts.testing import running_broker


HOOK = "https://ci.example.org/hook"
TARGET = {"webhook_host_whitelist": ("127.0.0.1", "ci.example.org")}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OTHERWISE = (
    (re.compile(r'(, )?"signing": \{"createdAt": "[^"]+"\}'), ""),  # each broker signs with its own secret
    (re.compile(r"sealed:v1:[^\\\"]+"), "SECRET"),
    (_UUID, "UUID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"), "TIME"),
    (re.compile(r"- \d\d/\d\d/\d{4}"), "DAY"),
    (re.compile(r"(?i)\bresult \d+"), "RESULT"),
    (re.compile(r"verification-results/\d+"), "RESULT"),
    (re.compile(r"metadata/[^\"/]+"), "METADATA"),
    (re.compile(r'(, )?"updatedAt": "TIME"'), ""),
)


@pytest.fixture
def send(monkeypatch):
    """Replay the estate of a running broker into another."""
    for name in ("PACT_BROKER_TOKEN", "PACT_BROKER_USERNAME", "PACT_BROKER_PASSWORD", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)

    def send(source, to, *options):
        url = source.broker.database.engine.url.render_as_string(hide_password=False)
        return CliRunner().invoke(main, ["export", "--to", to, "--database-url", url, *options])

    return send


@pytest.fixture
def brokers():
    """A broker to send from, and an empty one to send to."""
    with running_broker() as source, running_broker(**TARGET) as target:
        yield source, target


def without_what_no_api_carries(responses):
    """The answers of *responses*, but for dates, numbers of results, uuids and verification jobs."""

    def compared(answer):
        if isinstance(answer, dict) and "matrix" in answer:
            rows = [
                {name: value for name, value in row.items() if name != "verificationJob"} for row in answer["matrix"]
            ]
            answer = {**answer, "matrix": rows}
        text = json.dumps(answer, sort_keys=True)
        for pattern, word in _OTHERWISE:
            text = pattern.sub(word, text)
        return text

    return {
        question: compared(answer)
        for question, answer in responses.items()
        if not _UUID.search(question)
        and not re.search(r"verification-results/\d+$", question)  # another number may lead elsewhere
        and not question.endswith("/branches")  # their order is that of dates
        and "includePendingStatus" not in question  # pending and work in progress go by dates
    }


def stored(running):
    with running.broker.database.reading() as connection:
        return list(archive.everything(connection))


def written(running):
    return [write(each) for each in stored(running)]


def add_webhook(broker, **changes):
    request = WebhookRequest(method="POST", url=HOOK, **changes)
    new = NewWebhook(
        description="builds",
        enabled=True,
        consumer=None,
        provider=None,
        request=request,
        events=("contract_published",),
    )
    with broker.database.writing() as connection:
        return webhooks.create(connection, "0123456789abcdef", seal.webhook(broker, connection, new), broker.now())


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1, 3])
def test_another_broker_gives_the_same_answers(send, brokers, seed):
    source, target = brokers
    live(source.broker, seed, steps=35)
    target.broker.now = source.broker.now
    sent = send(source, target.base_url)
    assert sent.exit_code == 0, sent.output
    expected = without_what_no_api_carries(answers(source.base_url))
    assert any("can-i-deploy" in question for question in expected)
    empty = re.findall(r"branch \S+ (\S+): it has no version", sent.output)
    of_empty = [f"/branches/{each}/" for each in empty]
    actual = without_what_no_api_carries(answers(target.base_url))
    differing = [each for each, answer in expected.items() if actual.get(each) != answer]
    assert [each for each in differing if not any(path in each for path in of_empty)] == []


@pytest.mark.thorough
def test_a_second_time_changes_nothing(send, brokers):
    source, target = brokers
    live(source.broker, 5, steps=60)
    assert send(source, target.base_url).exit_code == 0
    before = stored(target)
    again = send(source, target.base_url)
    assert again.exit_code == 0, again.output
    assert stored(target) == before
    added = [line.split("\u2502")[3].strip() for line in again.output.splitlines() if line.startswith("\u2502")]
    assert added
    assert set(added) == {"0"}


@pytest.mark.thorough
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_an_interrupted_one_goes_on(send, share):
    with running_broker() as source, running_broker(**TARGET) as whole, running_broker(**TARGET) as target:
        live(source.broker, 6, steps=45)
        whole.broker.now = target.broker.now = source.broker.now
        with Relay(whole.base_url) as relay:
            assert send(source, relay.base_url).exit_code == 0
            needed = len(relay.requests)
        with Relay(target.base_url, patience=int(needed * share)) as relay:
            interrupted = send(source, relay.base_url)
            assert interrupted.exit_code == 4, interrupted.output
            assert "Run the same command again" in interrupted.output
            relay.patience = None
            assert send(source, relay.base_url).exit_code == 0
        expected, actual = (without_what_no_api_carries({"": written(each)})[""] for each in (whole, target))
    assert actual == expected


def test_every_pact_keeps_its_identity(send, brokers):
    """Whatever is kept with it: ids that were sent and ids that were computed, and numbers as they are spelled."""
    source, target = brokers
    texts = (
        '{"interactions":[{"description":"a","request":{"path":"/"},"n":1.0,"great":1e20,"small":0.00001}]}',
        '{"interactions":[{"_id":"own","description":"b"}],"messages":[{"description":"c","long":12345678901234567890}]}',
        '{"interactions":[{"_id":"0000000000000000000000000000000000000000","description":"d"}],"x":{"\u00e9":null}}',
        '{"interactions":[]}',
    )
    for number, text in enumerate(texts):
        contract = Contract(provider="Ledger", text=text, document=json.loads(text))
        with source.broker.database.writing() as connection:
            publish.put(source.broker, connection, "Till", str(number), contract, base_url="http://broker")
    Estate(source.broker).verify("Till", "0", by="10")

    sent = send(source, target.base_url)

    assert sent.exit_code == 0, sent.output
    assert "identity" not in sent.output
    shas = [{each.version: each.sha for each in stored(broker) if isinstance(each, Pact)} for broker in brokers]
    assert shas[0] == shas[1]
    for number in range(len(texts)):
        pacts = [
            requests.get(f"{each.base_url}/pacts/provider/Ledger/consumer/Till/version/{number}", timeout=60).text
            for each in brokers
        ]
        assert pacts[0].partition(',"createdAt"')[0] == pacts[1].partition(',"createdAt"')[0]
    assert [each.provider_version for each in stored(target) if isinstance(each, Result)] == ["10"]


def test_data_that_cannot_be_sent_is_reported(send, brokers):
    source, target = brokers
    source.broker.settings = replace(source.broker.settings, allow_dangerous_contract_modification=True)
    estate = Estate(source.broker)
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="9")
    estate.publish("Till", "1", "b")
    estate.verify("Till", "1", by="10", build_url="http://ci/a b")
    estate.verify("Till", "1", by="11")
    overruling = estate.verify("Till", "1", by="11", success=False)
    build = Attestation(service="CI", issuer="https://ci", repository="org/api", run="1")
    with source.broker.database.writing() as connection:
        attestations.add(connection, overruling.id - 2, build, source.broker.now())
        verifications.delete(connection, overruling)
    add_webhook(source.broker, password="hush")

    sent = send(source, target.base_url)

    assert sent.exit_code == 0, sent.output
    for words in (
        "dates: ",
        "numbers of results: ",
        "uuids of environments",
        "1 earlier revision of a pact",
        "1 attestation: only the token of a build attests a result",
        "contents that no version publishes (1)",
        "results of such contents (1)",
        "results after which a later one of the same version was deleted (1)",
        "the build URL of result",
        "secrets of the webhook 'builds' (0123456789abcdef): secrets are not exported; enter them again: password",
    ):
        assert f"not carried over: {words}" in sent.output
    (hook,) = (each for each in stored(target) if each.kind == "webhook")
    assert (hook.uuid, hook.enabled, hook.password) == ("0123456789abcdef", False, None)
    assert [each.provider_version for each in stored(target) if isinstance(each, Result)] == ["10"]


def test_secrets_are_sent_on_request(send, brokers):
    source, target = brokers
    add_webhook(source.broker, password="hush", username="me")
    sent = send(source, target.base_url, "--with-secrets")
    assert sent.exit_code == 0, sent.output
    (hook,) = (each for each in stored(target) if each.kind == "webhook")
    assert (hook.enabled, hook.username, target.broker.vault.decrypt(hook.password)) == (True, "me", "hush")


def test_webhooks_of_the_other_broker_are_not_set_off(send, brokers):
    source, target = brokers
    Estate(source.broker).publish("Till", "1", "a")
    target.broker.wake_delivery = lambda: None
    add_webhook(target.broker)
    refused = send(source, target.base_url)
    assert refused.exit_code == 1
    assert "has 1 enabled webhook, which every contract" in refused.output
    assert "--fire-webhooks" in refused.output
    assert not [each for each in stored(target) if isinstance(each, Pact)]
    assert send(source, target.base_url, "--fire-webhooks").exit_code == 0


def test_different_data_in_the_other_broker_stays_and_is_reported(send, brokers):
    source, target = brokers
    for running, content in ((source, "a"), (target, "b")):
        estate = Estate(running.broker)
        estate.publish("Till", "1", content)
        estate.publish("Till", "2", "c")
    sent = send(source, target.base_url)
    assert sent.exit_code == 1
    assert "MISSING: pact Till 1 Ledger 1: the broker holds another contract of this version" in sent.output
    assert sent.output.count("MISSING") == 1


def test_a_webhook_that_the_other_broker_does_not_allow_is_missing(send):
    with running_broker() as source, running_broker() as target:
        add_webhook(source.broker)
        sent = send(source, target.base_url)
    assert sent.exit_code == 1
    assert "MISSING: webhook 0123456789abcdef: " in sent.output


def test_a_named_file_stays(send, brokers, tmp_path):
    source, target = brokers
    Estate(source.broker).publish("Till", "1", "a")
    sent = send(source, target.base_url, str(tmp_path / "archive.jsonl"))
    assert sent.exit_code == 0, sent.output
    assert (tmp_path / "archive.jsonl").read_text().startswith('{"record":"header"')


def test_a_missing_target_is_wrong_usage_and_an_unreachable_one_has_its_own_status(send, brokers):
    source, _ = brokers
    nowhere = CliRunner().invoke(main, ["export"])
    assert (nowhere.exit_code, "Give a FILE, or a broker" in nowhere.output) == (2, True)
    assert send(source, "http://127.0.0.1:9").exit_code == 4
