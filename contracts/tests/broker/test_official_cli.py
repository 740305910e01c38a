"""The official command line, `pact broker …`, does with our broker what it does with the reference broker.

Its own defects are left out: `can-i-deploy -o json` exits 0 whatever the answer, `get-pacts --consumer` fails with
every broker, and a table of releases calls them unknown. It panics over a key that a table lacks, so each is asked for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from pathlib import Path

import pytest
import requests

from contracts.testing import running_broker


BINARY = Path(sysconfig.get_path("scripts"), "pact")
UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"
FAILED, WRONG_USAGE = 1, 2


@pytest.fixture(scope="module")
def address():
    """A broker for the whole module: each test has applications of its own."""
    with running_broker() as running:
        yield running.base_url


def run(*arguments, status=0):
    """What a command prints, once it has ended with *status*."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PACT_", "GIT", "CI"))}
    done = subprocess.run(
        [BINARY, "broker", *arguments],
        capture_output=True,
        check=False,
        env={**environ, "PACT_DO_NOT_TRACK": "true"},
        text=True,
        timeout=30,
    )
    assert done.returncode == status, f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def pact(address):
    """Runs a command against the broker."""

    def pact(*arguments, status=0):
        return run(*arguments, "--broker-base-url", address, "--retries", "1", status=status)

    return pact


@pytest.fixture
def ask(pact):
    """Runs a command that prints JSON alone."""

    def ask(*arguments):
        return json.loads(pact(*arguments, "--output", "json"))

    return ask


@pytest.fixture
def publish(pact, tmp_path):
    """Publishes a contract of a consumer's version, about a request for *path*."""

    def publish(consumer, provider, version, *more, path="/a", status=0):
        file = tmp_path / f"{consumer}-{provider}.json"
        interaction = {
            "description": f"a request for {path}",
            "providerState": "there is a book",
            "request": {"method": "GET", "path": path},
            "response": {"status": 200},
        }
        document = {
            "consumer": {"name": consumer},
            "provider": {"name": provider},
            "interactions": [interaction],
            "metadata": {"pactSpecification": {"version": "2.0.0"}},
        }
        file.write_text(json.dumps(document))
        return pact("publish", str(file), "--consumer-app-version", version, *more, status=status)

    return publish


@pytest.fixture
def verify(address):
    """Publishes a result, as the verifier does."""

    def verify(consumer, provider, version, by, *, success=True):
        here = f"{address}/pacts/provider/{provider}/consumer/{consumer}/version/{version}"
        links = requests.get(here, timeout=10).json()["_links"]
        result = {"success": success, "providerApplicationVersion": by}
        sent = requests.post(links["pb:publish-verification-results"]["href"], json=result, timeout=10)
        assert sent.status_code == 201

    return verify


@pytest.fixture
def environment(pact):
    """Makes an environment; its uuid."""

    def environment(name):
        return pact("create-environment", "--name", name, "--output", "id").strip()

    return environment


def test_contracts_are_published_with_branch_tags_and_build(publish, ask):
    told = publish("Shop", "Stock", "1", "--branch", "main", "--tag", "dev,prod", "--build-url", "http://ci.example/1")
    assert "Pact between Shop (1) and Stock is published" in told
    version = ask("describe-version", "--pacticipant", "Shop", "--version", "1")
    assert [each["name"] for each in version["_embedded"]["branchVersions"]] == ["main"]
    assert [each["name"] for each in version["_embedded"]["tags"]] == ["dev", "prod"]
    assert version["buildUrl"] == "http://ci.example/1"

    document = publish("Shop", "Stock", "2", "--output", "json")
    assert json.loads(document[document.index("{") :])["_embedded"]["version"]["number"] == "2"
    assert '"name": "Shop"' in publish("Shop", "Stock", "2", "--output", "pretty")


def test_another_contract_under_the_same_version_is_refused_with_its_reason(publish):
    publish("Kiosk", "Stock", "1")
    told = publish("Kiosk", "Stock", "1", path="/b", status=FAILED)
    assert "publish this one under a new version number" in told
    assert '"path": "/b"' in told


def test_what_cannot_be_published_is_not(pact, publish, tmp_path):
    assert "does not exist" in pact("publish", str(tmp_path / "none"), "-a", "1", status=FAILED)
    pact("publish", str(tmp_path), status=WRONG_USAGE)
    assert publish("Merged", "Stock", "1", "--merge")


def test_pacts_are_listed_read_and_downloaded(pact, ask, publish, tmp_path):
    publish("Reader", "Library", "1", "--branch", "main")
    publish("Reader", "Library", "2", "--branch", "feat/x", path="/b")
    assert '"Reader"' in pact("list-latest-pact-versions")
    listed = ask("list-latest-pact-versions")["pacts"]
    (latest,) = [each for each in listed if each["_embedded"]["provider"]["name"] == "Library"]
    assert latest["_embedded"]["consumer"]["_embedded"]["version"]["number"] == "2"

    of_library = ("get-pacts", "--provider", "Library")
    assert "Pact between Reader (1) and Library" in pact(*of_library)
    assert "Pact between Reader (1) and Library" in pact(*of_library, "--latest")
    for latest_only in ((), ("--latest",)):
        (link,) = ask(*of_library, "--branch", "feat/x", *latest_only)["pacts"]
        assert link["href"].endswith("/pacts/provider/Library/consumer/Reader/version/2")
    pact(*of_library, "--download", "--download-dir", str(tmp_path / "down"))
    (file,) = (tmp_path / "down").iterdir()
    assert json.loads(file.read_bytes())["consumer"] == {"name": "Reader"}
    assert "404" in pact("get-pacts", "--provider", "Nobody", status=FAILED)


def test_provider_states_are_listed(pact, publish):
    publish("Visitor", "Museum", "1", "--branch", "main")
    of_museum = ("provider-states", "list", "--provider", "Museum")
    assert "there is a book" in pact(*of_museum)
    assert json.loads(pact(*of_museum, "--json"))["providerStates"][0]["consumers"] == ["Visitor"]
    assert "there is a book" in pact(*of_museum, "--branch", "main")
    assert "No provider states found" in pact(*of_museum, "--environment", "none")
    assert "404" in pact("provider-states", "list", "--provider", "Nobody", status=FAILED)


def test_can_i_deploy_waits_for_a_result_and_obeys_it(pact, ask, publish, verify, environment):
    environment("production")
    publish("Till", "Ledger", "1", "--branch", "main", "--tag", "dev")
    question = ("can-i-deploy", "--pacticipant", "Till", "--version", "1", "--to-environment", "production")
    told = pact(*question, status=FAILED)
    assert "Computer says no" in told
    assert "there is none" in told
    assert ask(*question)["summary"]["deployable"] is None
    assert "Computer says no" in pact(*question, "--dry-run")
    assert "Computer says yes" in pact(*question, "--ignore", "Ledger")
    retrying = pact(*question, "--retry-while-unknown", "1", "--retry-interval", "0", status=FAILED)
    assert "Computer says no" in retrying

    verify("Till", "Ledger", "1", "10")
    pact("record-deployment", "--pacticipant", "Ledger", "--version", "10", "--environment", "production")
    told = pact(*question)
    assert "Computer says yes" in told
    assert "VERIFICATION RESULTS" in told
    assert ask(*question)["summary"]["deployable"] is True

    verify("Till", "Ledger", "1", "10", success=False)
    told = pact(*question, status=FAILED)
    assert "breaks the contract with version 1 of Till" in told
    assert ask(*question)["summary"]["deployable"] is False


def test_can_i_deploy_takes_each_way_to_name_a_version(pact, publish, verify):
    publish("Gate", "Road", "1", "--branch", "main", "--tag", "dev")
    verify("Gate", "Road", "1", "7")
    pact("create-or-update-version", "--pacticipant", "Road", "--version", "7", "--branch", "main", "--tag", "prod")
    gate = ("can-i-deploy", "--pacticipant", "Gate")
    assert "Computer says yes" in pact(*gate, "--version", "1", "--to", "prod")
    assert "WARN: no version number is given" in pact(*gate, "--branch", "main", "--to", "prod")
    assert "Computer says yes" in pact(*gate, "--latest", "--to", "prod")
    pair = pact(*gate, "--version", "1", "--pacticipant", "Road", "--version", "7")
    assert "Computer says yes" in pair
    absent = pact(*gate, "--version", "1", "--pacticipant", "Road", "--version", "9", status=FAILED)
    assert "Nothing is known of version 9 of Road" in absent


def test_can_i_deploy_refuses_names_that_nobody_has(pact, publish):
    publish("Named", "Stock", "1")
    to_nowhere = pact("can-i-deploy", "-a", "Named", "-e", "1", "--to-environment", "nowhere", status=FAILED)
    assert "no environment named 'nowhere'" in to_nowhere
    of_nobody = pact("can-i-deploy", "-a", "Nobody", "-e", "1", "--to", "prod", status=FAILED)
    assert "no application named 'Nobody'" in of_nobody


def test_can_i_merge_asks_the_main_branches(pact, ask, publish, verify):
    publish("Feature", "Base", "1", "--branch", "feat/x")
    question = ("can-i-merge", "--pacticipant", "Feature", "--version", "1")
    assert "Computer says no" in pact(*question, status=FAILED)
    verify("Feature", "Base", "1", "4")
    pact("create-or-update-version", "--pacticipant", "Base", "--version", "4", "--branch", "main")
    assert "Computer says yes" in pact(*question)
    assert ask(*question)["summary"]["deployable"] is True


def test_environments_live_and_die(pact, ask):
    made = ask(
        *("create-environment", "--name", "staging", "--display-name", "Staging", "--production"),
        *("--contact-name", "Ann", "--contact-email-address", "ann@example.org"),
    )
    this = ("--uuid", made["uuid"])
    assert "another environment" in pact("create-environment", "--name", "staging", status=FAILED)
    assert "Created canary environment" in pact("create-environment", "--name", "canary")
    described = pact("describe-environment", *this)
    assert "Display Name: Staging" in described
    assert "Name: Ann" in described
    assert ask("describe-environment", *this)["production"] is True
    assert "staging" in pact("list-environments")
    assert {"staging", "canary"} <= {each["name"] for each in ask("list-environments")["_embedded"]["environments"]}
    assert '"name": "canary"' in pact("list-environments", "--output", "pretty")
    assert "Updated stage environment" in pact("update-environment", *this, "--name", "stage")
    assert ask("update-environment", *this, "--name", "stage", "--display-name", "Two")["displayName"] == "Two"
    assert "deleted successfully" in pact("delete-environment", *this)
    for command in ("describe-environment", "delete-environment"):
        assert "404" in pact(command, *this, status=FAILED)
    assert "not found" in pact("update-environment", *this, "--name", "x", status=FAILED)


def test_deployments_are_recorded_and_end(pact, ask, environment):
    environment("live")
    pact("create-or-update-version", "--pacticipant", "Boat", "--version", "1", "--branch", "main")
    boat, live = ("--pacticipant", "Boat"), ("--environment", "live")
    assert "Recorded deployment of Boat version 1" in pact("record-deployment", *boat, "--version", "1", *live)
    blue = ask("record-deployment", *boat, "--version", "1", *live, "--application-instance", "blue")
    assert (blue["currentlyDeployed"], blue["applicationInstance"]) == (True, "blue")
    assert "blue" in pact("describe-version", *boat, *live, "--deployed")

    assert "404" in pact("record-deployment", *boat, "--version", "9", *live, status=FAILED)
    nowhere = pact("record-deployment", *boat, "--version", "1", "--environment", "nowhere", status=FAILED)
    assert "Environment nowhere does not exist" in nowhere

    assert "Undeployed Boat" in pact("record-undeployment", *boat, *live)
    assert "Undeployed Boat" in pact("record-undeployment", *boat, *live, "--application-instance", "blue")
    assert "not currently deployed" in pact("record-undeployment", *boat, *live, status=FAILED)


def test_releases_are_recorded_and_end(pact, ask, environment):
    environment("store")
    pact("create-or-update-version", "--pacticipant", "App", "--version", "1", "--branch", "main")
    release = ("--pacticipant", "App", "--version", "1", "--environment", "store")
    assert "Recorded release of App version 1" in pact("record-release", *release)
    assert ask("record-release", *release)["currentlySupported"] is True
    assert "store" in pact("describe-version", "--pacticipant", "App", "--environment", "store", "--released")
    assert "Recorded support ended" in pact("record-support-ended", *release)
    assert "No currently released versions" in pact("record-support-ended", *release, status=FAILED)
    assert "does not exist" in pact("record-release", *release[:-1], "nowhere", status=FAILED)


def test_applications_are_made_changed_and_shown(pact, ask):
    name = ("--name", "Bakery")
    details = ("--display-name", "The bakery", "--main-branch", "main", "--repository-url", "http://git.example/bakery")
    assert "created successfully" in pact("create-or-update-pacticipant", *name, *details)
    assert "updated successfully" in pact("create-or-update-pacticipant", *name, "--main-branch", "trunk")
    shown = ask("describe-pacticipant", *name)
    assert (shown["displayName"], shown["mainBranch"]) == ("The bakery", "trunk")
    assert "Main Branch: trunk" in pact("describe-pacticipant", *name)
    assert '"The bakery"' in pact("describe-pacticipant", *name, "--output", "table")
    assert '"The bakery"' in pact("list-pacticipants")
    assert "Bakery" in {each["name"] for each in ask("list-pacticipants")["_embedded"]["pacticipants"]}
    assert "404" in pact("describe-pacticipant", "--name", "Nobody", status=FAILED)


def test_versions_tags_and_branches_come_and_go(pact, ask):
    mill = ("--pacticipant", "Mill")
    assert "Branch 'feat/x' created" in pact(
        "create-or-update-version", *mill, "--version", "1", "--branch", "feat/x", "--tag", "a"
    )
    assert "Success" in pact("create-version-tag", *mill, "--version", "1", "--tag", "b")
    assert "a, b" in pact("describe-version", *mill, "--version", "1")
    assert "a, b" in pact("describe-version", *mill, "--latest")
    assert "deleted tag" in pact("delete-version-tag", *mill, "--version", "1", "--tag", "b")
    assert "not found" in pact("delete-version-tag", *mill, "--version", "1", "--tag", "b")
    assert "does not exist" in pact("create-version-tag", *mill, "--version", "2", "--tag", "b", status=FAILED)
    pact("create-version-tag", *mill, "--version", "2", "--tag", "b", "--auto-create-version")
    assert ask("describe-version", *mill, "--latest")["number"] == "2"
    assert "not found" in pact("describe-version", *mill, "--version", "9", status=FAILED)

    assert "deleted branch" in pact("delete-branch", *mill, "--branch", "feat/x")
    again = ("delete-branch", *mill, "--branch", "feat/x", "--error-when-not-found")
    assert "not found" in pact(*again, "false")
    assert "not found" in pact(*again, "true", status=FAILED)


def test_webhooks_are_made_changed_sent_and_removed(pact, address):
    pact("create-or-update-pacticipant", "--name", "Caller")
    body = json.dumps({"name": "Called"})
    posting = (f"{address}/pacticipants", "--request", "POST", "--header", "Content-Type: application/json")
    made = json.loads(
        pact(
            *("create-webhook", *posting, "--data", body, "--consumer", "Caller", "--description", "call"),
            *("--contract-content-changed", "--provider-verification-published"),
        )
    )
    assert [each["name"] for each in made["events"]] == [
        "contract_content_changed",
        "provider_verification_published",
    ]
    this = ("--uuid", made["_links"]["self"]["href"].rpartition("/")[2])
    assert '"success":true' in pact("test-webhook", *this)
    assert "Called" in pact("list-pacticipants")
    assert "successfully deleted" in pact("delete-webhook", *this)
    assert "not found" in pact("delete-webhook", *this)
    assert "404" in pact("test-webhook", *this, status=FAILED)


def test_a_webhook_can_be_kept_under_a_uuid_of_ones_own(pact):
    unheard = ("http://127.0.0.1:1/one", "--request", "POST", "--contract-published")
    kept = json.loads(pact("create-or-update-webhook", "--uuid", UUID, *unheard))
    assert kept["_links"]["self"]["href"].endswith(UUID)
    changed = pact("create-or-update-webhook", "--uuid", UUID, "http://127.0.0.1:1/two", *unheard[1:])
    assert json.loads(changed)["request"]["url"] == "http://127.0.0.1:1/two"
    assert '"success":false' in pact("test-webhook", "--uuid", UUID)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("http://127.0.0.1:1/", "-X", "POST"), "No events specified"),
        (("ftp://127.0.0.1/", "-X", "POST", "--contract-published"), "request.url"),
        (("http://127.0.0.1:1/", "-X", "POST", "--contract-published", "--consumer", "Nobody"), "consumer.name"),
    ],
)
def test_a_webhook_that_could_never_work_is_refused(pact, arguments, reason):
    assert reason in pact("create-webhook", *arguments, status=FAILED)


def test_a_uuid_can_be_had_without_a_broker():
    assert len(run("generate-uuid").strip()) == len(UUID)


def test_a_broker_that_is_not_there_is_a_failure():
    question = ("can-i-deploy", "-a", "Till", "-e", "1", "--to-environment", "live")
    told = run(*question, "--broker-base-url", "http://127.0.0.1:1", "--retries", "1", status=FAILED)
    assert "error sending request" in told
