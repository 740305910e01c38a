"""`contracts import`: a copy answers as its source does, whatever interrupts the copying."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from estates import Estate
from fake_broker import Answer
from questions import answers
from random_histories import Moving, live
from relays import Relay

from contracts.broker.actions import seal
from contracts.broker.store import archive, attestations, environments, webhooks
from contracts.broker.store.database import Database
from contracts.cli import main
from contracts.cli.archive import files
from contracts.model.archive.records import named
from contracts.model.attestations import Attestation
from contracts.model.webhooks import NewWebhook, WebhookRequest
from contracts.testing import running_broker


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Run the command from a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("PACT_BROKER_TOKEN", "PACT_BROKER_USERNAME", "PACT_BROKER_PASSWORD", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PACT_BROKER_WEBHOOK_SCHEME_WHITELIST", "http https")

    def run(source, name="copy", *options):
        url = f"sqlite:///{tmp_path / name}.sqlite3"
        return CliRunner().invoke(main, ["import", "--from", str(source), "--database-url", url, *options]), url

    return run


def stored(database_url):
    database = Database(database_url)
    with database.reading() as connection:
        stored_records = list(archive.everything(connection))
    database.dispose()
    return stored_records


@pytest.fixture(scope="module")
def source():
    """A broker with a history, which tests leave as it is."""
    with running_broker() as running:
        live(running.broker, 5)
        yield running


@pytest.fixture(scope="module")
def requests_for_all(source, tmp_path_factory):
    """How many requests an import takes that is not interrupted, and what its copy holds."""
    folder = tmp_path_factory.mktemp("whole")
    url = f"sqlite:///{folder / 'copy.sqlite3'}"
    with Relay(source.base_url) as relay:
        options = ["--from", relay.base_url, "--database-url", url, "--file", str(folder / "spool")]
        assert CliRunner().invoke(main, ["import", *options]).exit_code == 0
        return len(relay.requests), stored(url)


@pytest.fixture
def whole(requests_for_all):
    """What a copy of the source holds that was made without interruption."""
    return requests_for_all[1]


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1])
def test_a_copy_gives_the_same_answers(copy, seed):
    with running_broker() as source:
        live(source.broker, seed, steps=35)
        expected = answers(source.base_url)
        result, url = copy(source.base_url)
    assert result.exit_code == 0, result.output
    assert any("can-i-deploy" in question for question in expected)
    with running_broker(url) as copied:
        copied.broker.now = source.broker.now  # some answers depend on what is long ago
        assert answers(copied.base_url) == expected


@pytest.mark.thorough
def test_a_copy_raises_no_events(copy, source):
    _, url = copy(source.base_url)
    database = Database(url)
    with database.reading() as connection:
        assert webhooks.all(connection)
        assert connection.exec_driver_sql("SELECT count(*) FROM triggered_webhooks").scalar_one() == 0
    database.dispose()


@pytest.mark.thorough
def test_progress_has_a_total_from_its_first_line(copy, source):
    result, _ = copy(source.base_url)
    lines = [line.strip() for line in result.output.splitlines() if "…" in line]
    parts = ["applications", "lists of branches", "lists of versions", "versions with their pacts", "lists of results"]
    parts += ["results", "webhooks", "records written to the database"]
    first = [next(line for line in lines if line.startswith(f"… {part}: ")) for part in parts]
    assert all(re.match(rf"… {part}: 0 of [1-9]", line) for part, line in zip(parts, first, strict=True))


@pytest.mark.thorough
def test_a_second_import_changes_nothing(copy, source, whole):
    _, url = copy(source.base_url)
    result, _ = copy(source.base_url)
    assert result.exit_code == 0, result.output
    assert stored(url) == whole


@pytest.mark.thorough
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_an_interrupted_import_continues(copy, source, requests_for_all, share):
    needed, whole = requests_for_all
    with Relay(source.base_url, patience=int(needed * share)) as relay:
        interrupted, url = copy(relay.base_url)
        assert interrupted.exit_code == 4, interrupted.output
        relay.patience = None
        relay.requests.clear()
        result, _ = copy(relay.base_url)
        assert result.exit_code == 0, result.output
        assert len(relay.requests) < needed * (1.3 - share)  # lists are asked for again, what is in them is not
    assert stored(url) == whole


@pytest.mark.thorough
@pytest.mark.parametrize("share", [0.1, 0.6, 0.999])
def test_an_import_continues_a_file_that_was_cut_off_anywhere(copy, source, whole, tmp_path, share):
    file = tmp_path / "spool"
    copy(source.base_url, "another", "--file", str(file))
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    result, url = copy(source.base_url, "copy", "--file", str(file))
    assert result.exit_code == 0, result.output
    assert stored(url) == whole


def test_data_that_the_source_hides_is_reported_missing(copy):
    with running_broker() as source:
        estate = Estate(source.broker)
        estate.publish("Till", "1", "a", branch="main")
        estate.publish("Till", "2", "b", branch="main")
        estate.verify("Till", "2", by="10")
        with Relay(source.base_url) as relay:
            relay.on("GET", "/webhooks", Answer(403, {"error": "not yours"}))
            relay.on("GET", "/integrations?page=1&size=100", Answer(403, {"error": "not yours"}))
            relay.on("GET", "/pacts/provider/Ledger/consumer/Till/version/1", Answer(500, {"error": "broken"}))
            result, url = copy(relay.base_url)
    assert result.exit_code == 1
    assert "MISSING: the webhooks: " in result.output
    assert "MISSING: the list of integrations: " in result.output
    assert "MISSING: the pact at " in result.output
    keys = {each.key for each in stored(url)}
    assert {("version", "Till", "1"), ("pact", "Till", "2", "Ledger", 1), ("result", 1)} <= keys
    assert ("integration", "Till", "Ledger") in keys  # as its pacts tell
    assert ("pact", "Till", "1", "Ledger", 1) not in keys


def test_data_created_during_the_reading_is_left_for_the_next_import(copy):
    with running_broker() as source:
        estate = Estate(source.broker)
        estate.publish("Till", "1", "a")
        with Relay(source.base_url) as relay:

            def late(received):
                estate.publish("Late", "1", "a")
                del relay.answers["GET", received.path]
                return relay.answer_to(received)

            relay.on("GET", "/integrations?page=1&size=100", late)
            result, url = copy(relay.base_url)
            assert result.exit_code == 1
            assert "MISSING: the integration Late Ledger: it was created during the reading" in result.output
            again, _ = copy(relay.base_url)
    assert again.exit_code == 0, again.output
    assert ("pact", "Late", "1", "Ledger", 1) in {each.key for each in stored(url)}


@pytest.mark.thorough
def test_in_the_file_every_record_comes_after_those_that_it_refers_to(copy, source, tmp_path):
    file = tmp_path / "spool"
    copy(source.base_url, "copy", "--file", str(file))
    seen = set()
    for record, _ in files.records(file):
        assert seen.issuperset(named(record))
        seen.add(record.key)


def test_attestations_count_only_on_request(copy, tmp_path):
    build = Attestation(service="CI", issuer="https://ci", repository="org/api", run="1")
    with running_broker() as source:
        estate = Estate(source.broker)
        estate.publish("Till", "1", "a")
        result = estate.verify("Till", "1", by="10")
        with source.broker.database.writing() as connection:
            attestations.add(connection, result.id, build, source.broker.now())
        file = str(tmp_path / "spool")
        counted = []
        for options in ((), ("--trust-attestations",)):
            done, url = copy(file if options else source.base_url, "copy", "--file", file, *options)
            assert done.exit_code == 0, done.output
            assert ("attestations (1): shown, but they do not count" in done.output) == (not options)
            database = Database(url)
            with database.reading() as connection:
                counted.append(attestations.attested(connection, [result.id]).keys())
                assert attestations.of(connection, [result.id]) == {result.id: build}
            database.dispose()
    assert counted == [set(), {result.id}]


def test_a_webhook_whose_secrets_are_starred_comes_disabled(copy):
    request = WebhookRequest(
        method="POST", url="https://ci.example.org/", headers={"authorization": "Bearer x"}, username="u", password="p"
    )
    new = NewWebhook(
        description="tell", enabled=True, consumer=None, provider=None, request=request, events=("contract_published",)
    )
    with running_broker() as source:
        with source.broker.database.writing() as connection:
            sealed = seal.webhook(source.broker, connection, new)
            webhook = webhooks.create(connection, "0123456789abcdef", sealed, source.broker.now())
        result, url = copy(source.base_url)
    assert result.exit_code == 0
    assert (
        f"secrets of the webhook 'tell' ({webhook.uuid}): secrets are not exported; enter them again: "
        "header authorization, password (it was enabled, and is disabled until then)" in result.output
    )
    (webhook,) = stored(url)
    assert not webhook.enabled
    assert webhook.headers is None
    assert webhook.password is None


def test_credentials_that_expire_end_the_import(copy):
    with running_broker() as source:
        Estate(source.broker).publish("Till", "1", "a")
        with Relay(source.base_url) as relay:
            relay.on("GET", "/pacts/provider/Ledger/consumer/Till/version/1", Answer(401, {"error": "who?"}))
            result, _ = copy(relay.base_url)
    assert result.exit_code == 4
    assert "does not accept these credentials" in result.output
    assert "run the same command again to continue" in result.output


def test_a_broker_without_environments_is_copied_without(copy):
    with running_broker() as source:
        Estate(source.broker).publish("Till", "1", "a")
        with Relay(source.base_url) as relay:
            index = {
                "_links": {
                    name: {"href": f"{relay.base_url}{path}"}
                    for name, path in (
                        ("self", ""),
                        ("pb:pacticipants", "/pacticipants"),
                        ("pb:integrations", "/integrations"),
                        ("pb:webhooks", "/webhooks"),
                    )
                }
            }
            relay.on("GET", "/", Answer(document=index))
            result, url = copy(relay.base_url)
    assert result.exit_code == 0, result.output
    assert "environments, deployments and releases: this broker has none" in result.output
    assert ("pact", "Till", "1", "Ledger", 1) in {each.key for each in stored(url)}


def test_an_estate_that_differs_is_refused_by_name(copy):
    with running_broker() as source:
        source.broker.now = Moving()
        Estate(source.broker).publish("Till", "1", "a")
        _, url = copy(source.base_url)
        source.broker.now.moment += timedelta(days=1)
        with source.broker.database.writing() as connection:
            connection.exec_driver_sql("UPDATE versions SET build_url = 'https://ci.example.org/2'")
        before = stored(url)
        result, _ = copy(source.base_url)
    assert result.exit_code == 1
    assert (
        "The version Till 1 exists already, and differs: build_url is None, not 'https://ci.example.org/2'"
        in result.output
    )
    assert stored(url) == before


def test_a_source_that_is_neither_a_file_nor_an_address_is_wrong_usage(copy):
    result, _ = copy("broker.example.org")
    assert result.exit_code == 2
    assert "is neither a file nor the URL of a broker" in result.output


def test_a_file_that_holds_another_brokers_estate_is_not_gone_on_with(copy, tmp_path):
    with running_broker() as source:
        Estate(source.broker).publish("Till", "1", "a")
        file = tmp_path / "spool"
        copy(source.base_url, "copy", "--file", str(file))
        file.write_text(file.read_text().replace(source.base_url, "https://other.example.org").rpartition("{")[0])
        result, _ = copy(source.base_url, "copy", "--file", str(file))
    assert result.exit_code == 1
    assert "holds what was read of https://other.example.org" in result.output


def test_deployments_keep_their_slots(copy):
    with running_broker() as source:
        estate = Estate(source.broker)
        source.broker.now = Moving()
        estate.environment("live")
        for number in ("1", "2"):
            estate.version("Till", number)
            for target in (None, "blue", ""):
                source.broker.now.moment += timedelta(seconds=1)
                estate.deploy("Till", number, "live", target)
        _, url = copy(source.base_url)
    database = Database(url)
    with database.writing() as connection:
        assert environments.get_by_name(connection, "live")
        current = "SELECT count(*) FROM deployed_versions WHERE undeployed_at IS NULL"
        assert connection.exec_driver_sql(current).scalar_one() == 3
    database.dispose()


def test_a_name_that_the_broker_cannot_take_is_refused_with_its_line(copy, tmp_path):
    with running_broker() as source:
        Estate(source.broker).publish("Till", "1", "a")
        file = tmp_path / "spool"
        copy(source.base_url, "copy", "--file", str(file))
    file.write_text(file.read_text().replace('"number":"1"', '"number":"1\\u0018"'))

    result, _ = copy(str(file), "other")

    assert result.exit_code != 0
    assert "line " in result.output
    assert "cannot contain control characters" in " ".join(result.output.split())


def test_the_file_of_an_import_is_not_written_through_a_link(copy, tmp_path):
    precious, file = tmp_path / "precious", tmp_path / "spool"
    file.symlink_to(precious)
    with running_broker() as source:
        result, _ = copy(source.base_url, "copy", "--file", str(file))

    assert result.exit_code != 0
    assert "is a link" in " ".join(result.output.split())
    assert not precious.exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"url": "https://${pactbroker.consumerName}/"}, "its url cannot have a template parameter in its host"),
        ({"url": "ftp://ci.example.org/"}, "its url must begin with one of: http, https"),
        ({"url": "https://other.example.org/"}, "its url must have one of the hosts: ci.example.org"),
        ({"method": "DELETE"}, "its method must be one of: POST"),
        ({"headers": {"Host": "attacker.example"}}, "its headers cannot contain host, which the broker sets itself"),
        ({"events": ["contract_published", "nonsense"]}, "each of its events must be one of: contract_published"),
        ({}, None),
    ],
)
def test_a_webhook_that_could_not_be_made_here_comes_disabled_with_its_reason(
    copy, tmp_path, monkeypatch, changes, reason
):
    monkeypatch.setenv("PACT_BROKER_WEBHOOK_HOST_WHITELIST", "ci.example.org")
    now = "2026-11-28T10:00:00+00:00"
    webhook = {"record": "webhook", "uuid": "0123456789abcdef", "description": "tell", "enabled": True}
    webhook |= {"events": ["contract_published"], "method": "POST", "url": "https://ci.example.org/"}
    webhook |= {"headers": {"Authorization": "Bearer t0ken"}, "created_at": now, "updated_at": now, **changes}
    with running_broker() as source:
        spool = tmp_path / "archive.jsonl"
        assert copy(source.base_url, "empty", "--file", str(spool))[0].exit_code == 0
    lines = spool.read_text().splitlines()
    spool.write_text("\n".join([lines[0], json.dumps(webhook), *lines[1:]]) + "\n")
    result, url = copy(spool)
    assert result.exit_code == 0, result.output
    (kept_webhook,) = [each for each in stored(url) if each.kind == "webhook"]
    assert kept_webhook.enabled is (reason is None)
    assert list(kept_webhook.headers) == [each.lower() for each in webhook["headers"]]
    text = " ".join(result.output.split())
    assert (f"it is disabled: {reason or 'it'}" in text) is (reason is not None)
    assert copy(spool)[0].exit_code == 0  # once more changes nothing
