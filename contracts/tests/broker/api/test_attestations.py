"""Results that say which build published them, and environments that require that."""

from __future__ import annotations

import pytest
from databases import create
from estates import Estate, statements
from in_process import TestClient
from issuers import SigningKey, build_token, trusting

from contracts.broker.app import create_app
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import archive
from contracts.broker.store import tokens as store
from contracts.model import tokens
from contracts.model.archive.lines import read, write
from contracts.model.matrix_documents import read_response
from contracts.model.permissions import ADMIN, Permission, Role
from contracts.model.tokens import NewToken


QUESTION = "/can-i-deploy?pacticipant=Till&version=1&environment=live"
BUILD = "the build org/web (GitHub Actions, run 12)"


@pytest.fixture(scope="module")
def key():
    return SigningKey()


@pytest.fixture
def trusted(broker, key, tmp_path):
    """A broker that requires attested results in live; Till 1 has a contract with web 10, which is there."""
    broker = trusting(broker, key, tmp_path, allow_public_read=True)
    estate = Estate(broker)
    estate.environment("live")
    estate.environment("test")
    estate.publish("Till", "1", "a", provider="web")
    estate.version("web", "10")
    for environment in ("live", "test"):
        estate.deploy("web", "10", environment)
    return broker


@pytest.fixture
def client(trusted):
    return TestClient(create_app(trusted), headers={"Accept": "application/hal+json"})


@pytest.fixture
def token(trusted):
    """Create a token of the broker's own, and return the header with it."""

    def create(permission):
        secret = tokens.generate()
        new = NewToken(
            uuid=secret,
            note="ci",
            start=secret[:12],
            digest=tokens.digest(secret),
            permissions=(permission,),
            created_by="test",
            created_at=trusted.now(),
            expires_at=None,
        )
        with trusted.database.writing() as connection:
            store.add(connection, new)
        return {"Authorization": f"Bearer {secret}"}

    return create


@pytest.fixture
def stored(token):
    return token(Permission(role=Role.PUBLISH, names=frozenset({"web"})))


@pytest.fixture
def build(key):
    return lambda **claims: {"Authorization": f"Bearer {build_token(key, **claims)}"}


@pytest.fixture
def publish(trusted, client):
    """Publish a result of web 10."""
    sha = Estate(trusted).pact("Till", "1", "web").sha

    def publish(headers, *, success=True, by="10", status=201):
        path = f"/pacts/provider/web/consumer/Till/pact-version/{sha}/verification-results"
        response = client.post(path, json={"success": success, "providerApplicationVersion": by}, headers=headers)
        assert response.status_code == status, response.text
        return response.json()

    return publish


def test_a_result_and_its_page_have_the_build_whose_token_published_it(publish, build, client):
    address = publish(build())["_links"]["self"]["href"]

    assert client.get(address).json()["attestation"] == {
        "service": "GitHub Actions",
        "issuer": "https://token.actions.githubusercontent.com",
        "repository": "org/web",
        "workflow": "org/web/.github/workflows/verify.yml@refs/heads/main",
        "ref": "refs/heads/main",
        "commit": "a" * 40,
        "run": "12",
        "url": "https://github.com/org/web/actions/runs/12",
    }
    page = client.get(address, headers={"Accept": "text/html"}).text
    assert f'<a href="https://github.com/org/web/actions/runs/12" rel="noopener noreferrer">{BUILD}</a>' in page
    assert f"commit <code>{'a' * 40}</code>" in page


def test_another_token_attests_nothing_without_that_of_the_build(publish, stored, key):
    assert "attestation" not in publish(stored)
    assert publish(stored | {"Build-Token": build_token(key)})["attestation"]["run"] == "12"


def test_a_token_that_is_not_accepted_refuses_the_result(publish, stored, key, client):
    for claims, status, reason in (
        ({"exp": 1}, 400, "The token of the build is not accepted: it has expired"),
        ({"repository": "org/other"}, 403, "This broker does not trust the build org/other"),
        ({"event_name": "pull_request_target"}, 403, "it may run the code of a fork"),
    ):
        error = publish(stored | {"Build-Token": build_token(key, **claims)}, status=status)
        assert reason in error["error"]

    assert client.get(QUESTION).json()["matrix"][0]["verificationResult"] is None


def test_a_build_attests_only_results_of_its_applications(trusted, client, key, token):
    estate = Estate(trusted)
    estate.publish("Till", "1", "a", provider="api")
    path = f"/pacts/provider/api/consumer/Till/pact-version/{estate.pact('Till', '1', 'api').sha}/verification-results"

    response = client.post(
        path,
        json={"success": True, "providerApplicationVersion": "1"},
        headers=token(ADMIN) | {"Build-Token": build_token(key)},
    )

    assert response.status_code == 403
    assert response.json()["error"] == f"The result is not attested: {BUILD} may not publish as api"


def test_a_broker_that_trusts_no_builds_refuses_a_token(http, broker, key):
    estate = Estate(broker)
    estate.publish("Till", "1", "a")
    path = f"/pacts/provider/Ledger/consumer/Till/pact-version/{estate.pact('Till', '1').sha}/verification-results"

    response = http.post(
        path,
        json={"success": True, "providerApplicationVersion": "1"},
        headers={"Build-Token": build_token(key)},
    )

    assert (response.status_code, "set PACT_BROKER_TRUSTED_CI" in response.text) == (400, True)


def test_a_success_without_an_attestation_is_none_where_the_environment_requires_one(publish, stored, build, client):
    result = publish(stored)
    document = client.get(QUESTION).json()

    assert document["summary"]["deployable"] is None
    assert (document["summary"]["success"], document["summary"]["unknown"]) == (0, 1)
    assert document["summary"]["reason"] == (
        f"Result {result['_links']['self']['href'].rpartition('/')[2]} does not count: no trusted build of version 10 "
        "of web (now in live) published it for the contract of version 1 of Till"
    )
    assert document["matrix"][0]["verificationResult"]["attested"] is False
    elsewhere = client.get(QUESTION.replace("live", "test")).json()
    assert elsewhere["summary"]["deployable"] is True
    assert "attested" not in elsewhere["matrix"][0]["verificationResult"]

    publish(build())
    document = client.get(QUESTION).json()
    result = document["matrix"][0]["verificationResult"]
    assert (document["summary"]["deployable"], result["attested"]) == (True, True)
    (row,) = read_response(document).rows
    assert str(row.attestation) == BUILD
    assert "attestation" not in client.get(QUESTION.replace("live", "test")).json()["matrix"][0]["verificationResult"]


def test_the_last_result_decides_and_a_failure_needs_no_attestation(publish, stored, build, client, clock):
    publish(build())
    clock.forward(minutes=2)
    publish(stored)
    assert client.get(QUESTION).json()["summary"]["deployable"] is None

    publish(stored, success=False)
    document = client.get(QUESTION).json()
    assert document["summary"]["deployable"] is False
    assert "attested" not in document["matrix"][0]["verificationResult"]  # it counts all the same


def test_a_limit_hides_no_result_without_an_attestation(trusted, publish, stored, build, client):
    publish(stored, by="10")
    publish(build(), by="11")
    Estate(trusted).deploy("web", "11", "live", target="second")
    question = "/matrix?q[][pacticipant]=Till&q[][version]=1&latestby=cvpv&environment=live"

    whole, cut = (client.get(question + limit).json() for limit in ("", "&limit=1"))

    assert [row["verificationResult"]["attested"] for row in whole["matrix"]] == [True, False]
    assert (whole["summary"]["deployable"], cut["summary"]["deployable"]) == (None, None)


def test_the_page_of_a_deployment_and_why_say_which_command_attests(publish, stored, client):
    publish(stored)

    page = client.get("/can-i-deploy?pacticipant=Till&version=1&environment=live", headers={"Accept": "text/html"}).text

    assert "no trusted build of web published it, which live requires" in page
    assert ("○ not attested" in page, "✔ verified" in page, "✘ failed" in page) == (True, False, False)
    assert "contracts verify --provider web --version 10" in page


def test_an_imported_attestation_counts_only_if_the_importer_trusts_the_archive(trusted, publish, build, key, tmp_path):
    publish(build())
    with trusted.database.reading() as connection:
        lines = [write(each) for each in archive.everything(connection)]
    database = create(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    copy = trusting(
        Runtime(settings=Settings(), database=database, now=trusted.now), key, tmp_path, allow_public_read=True
    )
    client = TestClient(create_app(copy), headers={"Accept": "application/hal+json"})

    def load(**options):
        """Load the archive, and return what the copy says of the result and of the deployment."""
        with database.writing() as connection:
            archive.load(connection, [read(each) for each in lines], **options)
        answer = client.get(QUESTION).json()
        address = answer["matrix"][0]["verificationResult"]["_links"]["self"]["href"]
        build = client.get(address).json()["attestation"]
        page = client.get(address, headers={"Accept": "text/html"}).text
        return answer["summary"]["deployable"], build["run"], build["imported"], build.get("counts"), page

    *answer, page = load()
    assert answer == [None, "12", True, False]
    assert "imported: it does not count where an environment requires attested results" in page
    *answer, page = load(trust_attestations=True)
    assert answer == [True, "12", True, None]
    assert ", imported</dd>" in page
    *answer, _ = load()
    assert answer == [True, "12", True, None]
    database.dispose()


def test_the_board_has_the_answer_of_can_i_deploy(trusted, publish, stored, build, client):
    """Till 1 is to replace Till 0, in live, which requires attested results, and in test, which does not."""
    estate = Estate(trusted)
    estate.publish("Till", "1", "a", branch="main", provider="web")
    estate.version("Till", "0")
    for environment in ("live", "test"):
        estate.deploy("Till", "0", environment)

    def words(path):
        page = client.get(path, headers={"Accept": "text/html"}).text
        return [page.count(f"{each}: Till 1 in") for each in ("main can replace it", "main: not known yet")]

    publish(stored)
    assert words("/environments") == words("/pacticipants/Till") == [1, 1]
    publish(build())
    assert words("/environments") == words("/pacticipants/Till") == [2, 0]


def test_only_an_environment_that_requires_it_costs_a_statement(trusted, publish, build, client):
    publish(build())
    counts = []
    for environment in ("live", "test"):
        with statements(trusted.database) as executed:
            client.get(QUESTION.replace("live", environment))
        counts.append(len(executed))

    assert counts[0] == counts[1] + 1
    assert not [each for each in executed if "attestations" in each]
