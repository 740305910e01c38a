"""Whatever a server answers: it is read, or refused as what no Pact Broker sends. Nothing else is ever raised."""

from __future__ import annotations

import contextlib
import json

import pytest
from click.testing import CliRunner
from fake_broker import RELATIONS, Answer, FakeBroker
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contracts.cli import main
from contracts.client import ClientError, documents, hal, pact_lists, webhooks
from contracts.client.archive import documents as estate_documents
from contracts.client.archive import results
from contracts.client.deliveries import delivery_from


TEXTS = ("buildUrl", "createdAt", "description", "displayName", "eventName", "mainBranch", "method", "name", "number")
TEXTS += ("providerApplicationVersion", "reason", "shortDescription", "text", "title", "type", "url", "uuid", "when")
TRUTHS = ("currentlyDeployed", "currentlySupported", "deployable", "enabled", "pending", "production", "success", "wip")
OBJECTS = ("_embedded", "consumer", "pacticipant", "provider", "request", "response", "summary", "verificationResult")
OBJECTS += ("pact", "verificationProperties", "version", "error")
LISTS = (
    "branchVersions",
    "branches",
    "deployedVersions",
    "environments",
    "events",
    "interactions",
    "matrix",
    "notices",
)
LISTS += ("messages", "pacticipants", "pacts", "releasedVersions", "tags", "labels")
RELATIONS_OF_ALL = ("self", "pb:consumer", "pb:provider", "pb:consumer-version", "pb:contracts", "pb:pact-version")
RELATIONS_OF_ALL += ("pb:publish-verification-results", "pb:pact-versions", "pb:environments", "pb:record-deployment")

_leaves = (
    st.sampled_from(["", "..", "http://[", "//", "{a", "http://b/x", "99999-01-01", "\0", "2026-01-01T00:00:00+99:99"])
    | st.sampled_from([None, True, 0, -1, 10**30, 1e300, 1.5])
    | st.text(max_size=10)
)
_json = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "href", "_links"]), inner),
    max_leaves=6,
)


def full(levels):
    """A document that has everything a reader may look for, of the right type."""
    link = {"href": "http://b/pacts/provider/a/consumer/b/pact-version/c/verification-results/1", "name": "live"}
    document = {"_links": {relation: dict(link) for relation in RELATIONS_OF_ALL}}
    document |= dict.fromkeys(TEXTS, "x") | dict.fromkeys(TRUTHS, True)
    document |= {"createdAt": "2026-01-01T00:00:00+00:00", "method": "POST", "url": "https://b/x"}
    if levels:
        inner = full(levels - 1)
        objects = OBJECTS if levels > 1 else ("pacticipant", "version", "verificationResult")
        document |= dict.fromkeys(objects, inner) | {key: [inner] for key in (LISTS if levels > 1 else ())}
    return document


FULL = json.dumps(full(2))

_holes = st.tuples(st.lists(st.integers(0, 1_000), max_size=5), st.none() | st.tuples(_json))
"""Where nonsense goes, as a choice among the members at each level, and what: None takes the member away."""


def spoilt(hole):
    """The full document with nonsense in one place."""
    choices, value = hole
    document = place = json.loads(FULL)
    keys = []
    for choice in choices or [0]:
        if not isinstance(place, dict | list) or not place:
            break
        keys.append(sorted(place)[choice % len(place)] if isinstance(place, dict) else 0)
        place = place[keys[-1]]
    place = document
    for key in keys[:-1]:
        place = place[key]
    if value is None:
        del place[keys[-1]]
    else:
        place[keys[-1]] = value[0]
    return document


def dated(document):
    return estate_documents.moment(document, "createdAt")


READERS = [
    documents.notices,
    documents.publication_from,
    documents.pact_to_verify_from,
    documents.pact_from,
    documents.matrix_from,
    documents.pacticipant_from,
    documents.version_from,
    documents.environment_from,
    documents.deployed_version_from,
    documents.released_version_from,
    documents.triggered_webhook_from,
    documents.execution_from,
    webhooks.webhook_from,
    pact_lists.latest_pact_from,
    lambda document: pact_lists.pact_summary_from(document, "http://broker/pact"),
    pact_lists.provider_state_from,
    lambda document: delivery_from(document, consumer="web", provider="api"),
    estate_documents.pacticipant,
    estate_documents.environment,
    lambda document: estate_documents.branch("shop", document),
    lambda document: estate_documents.version(
        "shop", document, lambda each: estate_documents.moment(each, "createdAt")
    ),
    lambda document: estate_documents.pact(json.dumps(document)),
    estate_documents.deployment,
    estate_documents.release,
    estate_documents.webhook,
    estate_documents.integration,
    lambda document: results.listed_results(hal.objects(document.get("matrix"), "matrix")),
]


@pytest.mark.parametrize("read", READERS, ids=range(len(READERS)))
@settings(max_examples=20, deadline=None)
@given(hole=_holes)
def test_any_document_is_read_or_refused(read, hole):
    with contextlib.suppress(ClientError):
        read(spoilt(hole))


COMMANDS = [
    ["can-i-deploy", "-a", "web", "-e", "1", "--to-environment", "live", "--wait-seconds", "0"],
    ["record-deployment", "-a", "web", "-e", "1", "--environment", "live"],
    ["record-undeployment", "-a", "web", "--environment", "live"],
    ["record-release", "-a", "web", "-e", "1", "--environment", "live"],
    ["create-environment", "--name", "live", "--production"],
    ["list-environments"],
    ["describe-environment", "--name", "live"],
    ["list-pacticipants"],
    ["describe-version", "-a", "web"],
    ["list-branches", "-a", "web"],
    ["list-latest-pact-versions"],
    ["get-pacts", "--provider", "api"],
    ["provider-states", "list", "--provider", "api"],
    ["list-webhooks"],
    ["webhook-log", "--consumer", "web", "--provider", "api"],
    ["jobs", "list"],
    ["webhook-curl", "--uuid", "a" * 20],
    ["can-i-merge", "-a", "web", "-e", "1", "--wait-seconds", "0"],
]


@pytest.fixture(scope="module")
def hostile():
    with FakeBroker() as fake:
        yield fake.with_index()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@settings(max_examples=6, deadline=None)
@given(hole=_holes, in_index=st.booleans())
def test_nonsense_is_neither_a_no_nor_an_internal_error(hostile, command, hole, in_index):
    """Neither 1, the broker's no, nor 70, a traceback; a gate never says yes."""
    document = spoilt(hole)
    assume(document.get("matrix") != [])  # without rows, the verdict that the document has is the broker's
    hostile.with_index()
    nonsense = Answer(document=document)
    if in_index:
        hostile.on("GET", "/", nonsense)
    hostile.answer_to = lambda received: (
        hostile.answers["GET", "/"][0] if received.path == "/" and not in_index else nonsense
    )
    result = CliRunner(env={"PACT_BROKER_BASE_URL": hostile.base_url, "GITHUB_ACTIONS": ""}).invoke(main, command)
    assert result.exit_code in {2, 4} or (
        command[0] not in {"can-i-deploy", "can-i-merge"} and result.exit_code == 0
    ), result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "content",
    [b"{" * 100_000, b'{"a":' * 100_000, b"\xff", b"[]", b'"x"', b"1e999", b'{"a": NaN}', b'{"a": "\\ud800"}'],
    ids=range(8),
)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_response_that_is_not_json_ends_with_4(command, content):
    with FakeBroker() as fake:
        fake.on("GET", "/", Answer(content=content))
        environ = {"PACT_BROKER_BASE_URL": fake.base_url, "GITHUB_ACTIONS": ""}
        assert CliRunner(env=environ).invoke(main, command).exit_code == 4


def test_an_import_of_nonsense_ends_with_4(tmp_path):
    options = ["--database-url", f"sqlite:///{tmp_path}/b.sqlite3", "--file", str(tmp_path / "spool")]
    with FakeBroker() as fake:
        fake.with_index()
        for document in ({"_embedded": {"pacticipants": [1]}}, {"_embedded": []}, {"_links": 5}):
            fake.on("GET", "/pacticipants?page=1&size=100", Answer(document=document))
            result = CliRunner().invoke(main, ["import", "--from", fake.base_url, *options])
            assert result.exit_code == 4, result.output
    assert "pb:pacticipants" in RELATIONS
