"""The provider honours its consumers' pacts, as the official verifier sees it.

The environment says which pacts, and `invoke provider.test` passes it on:

* PACT_URL: that one pact, on the broker that PACT_BROKER_BASE_URL names;
* PACT_BROKER_BASE_URL alone: the pacts which that broker says are relevant;
* neither: the files in PACT_DIR, `consumer/pacts` by default.

With PACT_BROKER_PUBLISH_VERIFICATION_RESULTS=true the results are published.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from contracts.client import Broker, UsageError
from contracts.pipeline import statuses
from contracts.pipeline.ci import detect
from contracts.pipeline.services import SERVICES
from contracts.pipeline.verify import BrokerSource, Files, PactUrl, VerificationFailed, verify
from contracts.pipeline.words import plain
from provider.app import create_app
from provider.catalogue import Catalogue

from .states import ProviderStates


PROVIDER = "example-provider"
REPOSITORY = Path(__file__).parents[2]
CHOICE = "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS"


def source_from(environ):
    """Where the pacts come from."""
    if pact_url := environ.get("PACT_URL"):
        return PactUrl(broker=Broker.from_environment(environ), url=pact_url)
    if environ.get("PACT_BROKER_BASE_URL"):
        return BrokerSource(broker=Broker.from_environment(environ))
    if publish_from(environ):
        msg = f"PACT_BROKER_BASE_URL is not set, and {CHOICE} asks to publish: set the first, or not the second"
        raise UsageError(msg)
    return Files(paths=(REPOSITORY / (environ.get("PACT_DIR") or "consumer/pacts"),))


def publish_from(environ):
    """Whether results are published: nothing but the two words is taken for an answer."""
    choice = environ.get(CHOICE) or "false"
    if choice not in {"true", "false"}:
        msg = f"{CHOICE} is {choice!r}: set it to 'true' or 'false'"
        raise UsageError(msg)
    return choice == "true"


def test_the_provider_honours_its_pacts(tmp_path, verified):
    states = ProviderStates(catalogue=Catalogue(tmp_path / "products.json"))
    states.reset()
    try:
        build = detect(os.environ, REPOSITORY)
        report = verify(
            provider=PROVIDER,
            app=create_app(states.catalogue),
            source=source_from(os.environ),
            states=states.by_name(),
            after_each=states.reset,
            version=build.version,
            branch=build.branch,
            build_url=build.build_url,
            publish=publish_from(os.environ),
            allow_no_pacts=True,  # this pipeline runs before that of the first consumer
        )
    except VerificationFailed as failure:
        verified(failure.report, failure.reasons)
        raise pytest.fail.Exception(str(failure), pytrace=False) from None
    except statuses.EXPECTED as error:
        raise pytest.fail.Exception(plain("\n".join(statuses.told(error))), pytrace=False) from None
    verified(report)


# What it says is read by those whose pipeline it stops.


@pytest.fixture
def nothing_set(monkeypatch):
    """Forget the broker, its credentials and the build that these tests run in."""
    for name in list(os.environ):
        if name.startswith(("PACT_", "GITHUB_", "GIT_")) or name in SERVICES:
            monkeypatch.delenv(name)


@pytest.mark.usefixtures("nothing_set")
@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"PACT_BROKER_BASE_URL": "http://127.0.0.1:9"}, "http://127.0.0.1:9 cannot be reached"),
        (
            {"PACT_BROKER_BASE_URL": "http://127.0.0.1:9", "PACT_URL": "http://127.0.0.2/pacts/1"},
            "is not on the configured broker",
        ),
        ({"PACT_URL": "http://127.0.0.1:9/pacts/1"}, "set PACT_BROKER_BASE_URL"),
        ({CHOICE: "true"}, "PACT_BROKER_BASE_URL is not set"),
        ({CHOICE: "yes"}, "set it to 'true' or 'false'"),
        ({"GITHUB_ACTIONS": "true", "GITHUB_SHA": ""}, "GITHUB_SHA is not set"),
        ({"PACT_DIR": "nowhere"}, "There is no pact file or folder"),
    ],
)
def test_what_is_expected_to_go_wrong_fails_with_its_reason_and_no_traceback(environ, reason, tmp_path, monkeypatch):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(pytest.fail.Exception, match=reason) as raised:
        test_the_provider_honours_its_pacts(tmp_path, verified=None)
    assert not raised.value.pytrace


def test_a_url_names_the_one_pact_to_verify():
    environ = {"PACT_URL": "http://broker/pacts/1", "PACT_BROKER_BASE_URL": "http://broker"}
    source = source_from(environ)
    assert isinstance(source, PactUrl)
    assert source.url == "http://broker/pacts/1"


def test_a_url_without_a_broker_is_refused():
    with pytest.raises(UsageError, match="PACT_BROKER_BASE_URL"):
        source_from({"PACT_URL": "http://broker/pacts/1"})


def test_a_broker_selects_the_pacts_to_verify():
    source = source_from({"PACT_BROKER_BASE_URL": "http://broker", "PACT_DIR": "elsewhere"})
    assert isinstance(source, BrokerSource)
    assert source.broker.base_url.rstrip("/") == "http://broker"


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({}, REPOSITORY / "consumer" / "pacts"),
        ({"PACT_DIR": ""}, REPOSITORY / "consumer" / "pacts"),
        ({"PACT_DIR": "some/pacts"}, REPOSITORY / "some" / "pacts"),
    ],
)
def test_without_a_broker_the_files_of_the_consumers_are_verified(environ, folder):
    assert source_from(environ) == Files(paths=(folder,))


@pytest.mark.parametrize(("environ", "published"), [({}, False), ({CHOICE: "false"}, False), ({CHOICE: "true"}, True)])
def test_results_are_published_only_on_request(environ, published):
    assert publish_from(environ) is published


def test_without_a_broker_nothing_can_be_published():
    with pytest.raises(UsageError, match="PACT_BROKER_BASE_URL is not set"):
        source_from({CHOICE: "true"})


@pytest.mark.parametrize("choice", ["1", "yes", "True"])
def test_what_is_neither_true_nor_false_is_refused(choice):
    with pytest.raises(UsageError, match="set it to 'true' or 'false'"):
        publish_from({CHOICE: choice})
