"""Where the fixture `verify_provider` finds pacts, and how it fails."""

from __future__ import annotations

import pytest

from contracts.ci import projects
from contracts.client import UsageError
from contracts.testing.providers import PUBLISH, ProviderVerification, publishes, source_from
from contracts.verification.verify import BrokerSource, Files, PactUrl


DECLARATION = """
[tool.contracts.applications.shop]
role = "consumer"
providers = ["stock"]

[tool.contracts.applications.till]
role = "consumer"
folder = "apps/till"
providers = ["stock", "shop"]
pacts = "written"

[tool.contracts.applications.stock]
role = "provider"
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pyproject.toml").write_text(DECLARATION)
    return projects.load(tmp_path)


@pytest.fixture
def stock(project):
    return project.providers[0]


def test_a_url_names_the_one_pact_to_verify(project, stock):
    environ = {"PACT_URL": "http://broker/pacts/1", "PACT_BROKER_BASE_URL": "http://broker"}
    source = source_from(environ, project, stock)
    assert isinstance(source, PactUrl)
    assert source.url == "http://broker/pacts/1"


def test_a_url_without_a_broker_is_refused(project, stock):
    with pytest.raises(UsageError, match="PACT_BROKER_BASE_URL"):
        source_from({"PACT_URL": "http://broker/pacts/1"}, project, stock)


def test_a_broker_selects_the_pacts_to_verify(project, stock):
    source = source_from({"PACT_BROKER_BASE_URL": "http://broker", "PACT_DIR": "elsewhere"}, project, stock)
    assert isinstance(source, BrokerSource)
    assert source.broker.base_url.rstrip("/") == "http://broker"


def test_without_a_broker_the_pacts_of_every_declared_consumer_with_the_provider_are_verified(project, stock):
    assert source_from({}, project, stock) == Files(
        paths=(project.root / "shop" / "pacts", project.root / "written" / "till-stock.json"),
    )


def test_a_folder_can_be_named_instead(project, stock):
    assert source_from({"PACT_DIR": "some/pacts"}, project, stock) == Files(paths=(project.root / "some" / "pacts",))


def test_a_provider_that_no_declared_consumer_calls_needs_a_broker_or_a_folder(project, stock):
    alone = projects.Project(root=project.root, environment="production", applications=(stock,))
    with pytest.raises(UsageError, match="declares no consumer that calls it"):
        source_from({}, alone, stock)


@pytest.mark.parametrize(
    ("environ", "published"), [({}, False), ({PUBLISH: "false"}, False), ({PUBLISH: "true"}, True)]
)
def test_results_are_published_only_on_request(environ, published):
    assert publishes(environ) is published


@pytest.mark.parametrize("choice", ["1", "yes", "True"])
def test_a_choice_that_is_neither_true_nor_false_is_refused(choice):
    with pytest.raises(UsageError, match="Set it to 'true' or 'false'"):
        publishes({PUBLISH: choice})


def test_without_a_broker_nothing_can_be_published(project, stock):
    with pytest.raises(UsageError, match="PACT_BROKER_BASE_URL is not set"):
        source_from({PUBLISH: "true"}, project, stock)


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"PACT_BROKER_BASE_URL": "http://127.0.0.1:9"}, "http://127.0.0.1:9 cannot be reached"),
        (
            {"PACT_BROKER_BASE_URL": "http://127.0.0.1:9", "PACT_URL": "http://127.0.0.2/pacts/1"},
            "is not on the configured broker",
        ),
        ({"PACT_URL": "http://127.0.0.1:9/pacts/1"}, "PACT_BROKER_BASE_URL"),
        ({PUBLISH: "true"}, "PACT_BROKER_BASE_URL is not set"),
        ({PUBLISH: "yes"}, "Set it to 'true' or 'false'"),
        ({"GITHUB_ACTIONS": "true", "GITHUB_SHA": ""}, "GITHUB_SHA is not set"),
        ({"PACT_DIR": "nowhere"}, "The pact file or folder"),
    ],
)
def test_an_expected_problem_fails_the_test_with_its_reason_and_without_a_traceback(environ, reason, project, stock):
    verification = ProviderVerification(project=project, provider=stock, environ=environ, reports=[])
    with pytest.raises(pytest.fail.Exception, match=reason) as raised:
        verification(base_url="http://127.0.0.1:9")
    assert not raised.value.pytrace
    assert verification.reports == []


def test_a_repository_without_a_declared_provider_gets_an_example(pytester):
    pytester.makepyfile("def test_it(verify_provider): pass")
    ran = pytester.runpytest("-p", "no:randomly")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*[[]tool.contracts.applications.*", '*role = "provider"*'])


def test_the_tests_that_verify_a_provider_can_be_selected_by_a_marker(pytester):
    pytester.makepyfile("def test_it(verify_provider): pass\ndef test_another(): pass")
    ran = pytester.runpytest("-p", "no:randomly", "--collect-only", "-q", "-m", "verify_provider", "--strict-markers")
    ran.stdout.fnmatch_lines(["*::test_it", "*1/2 tests collected (1 deselected)*"])
