"""Where the fixture `verify_provider` finds pacts, and how it fails."""

from __future__ import annotations

import json
import os

import pytest
from fake_broker import Answer
from fake_verifications import PROVIDER, VerifyingBroker, interaction, pact

from contracts.ci import projects
from contracts.client import UsageError
from contracts.testing.providers import ProviderVerification
from contracts.testing.sources import PUBLISH, publishes, source_from
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


TEST = """
    import json
    import pathlib

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]

    def test_it(verify_provider):
        verify_provider(app)
"""


@pytest.fixture
def written(pytester):
    """Write a pact, as a consumer's tests would."""

    def written(*interactions, **options):
        folder = pytester.path / "pacts"
        folder.mkdir(exist_ok=True)
        document = pact(*interactions, provider="stock", **options)
        (folder / f"{document['consumer']['name']}-stock.json").write_text(json.dumps(document))

    return written


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest on a provider that responds with 200 to everything."""
    for name in [each for each in os.environ if each.startswith(("PACT_", "GITHUB_", "GIT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_COMMIT", "1" * 40)
    monkeypatch.setenv("GIT_BRANCH", "main")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    monkeypatch.setenv("PACT_DIR", "pacts")

    def run(*options, test=TEST, name="stock", declaration='folder = "."\nrole = "provider"\n'):
        if declaration:
            pytester.makepyprojecttoml(f"[tool.contracts.applications.{name}]\n{declaration}")
        pytester.makepyfile(test_it=test)
        return pytester.runpytest_inprocess("-p", "contracts.testing.plugin", "-p", "xdist.plugin", *options)

    return run


@pytest.fixture
def published(run, monkeypatch):  # noqa: ARG001 - it clears the variables first
    """A broker with pacts of two consumers, to which runs publish."""
    with VerifyingBroker() as broker:
        monkeypatch.setenv("PACT_BROKER_BASE_URL", broker.base_url)
        monkeypatch.setenv(PUBLISH, "true")
        broker.takes_starts = True
        broker.add(pact(interaction("one"), interaction("two", status=201)))
        broker.add(pact(interaction("three"), consumer="mobile"))
        yield broker


def starts(broker):
    return [each for each in broker.requests if each.path == "/started"]


def test_each_interaction_is_a_test_that_shows_what_was_expected(run, written):
    written(interaction("one"), interaction("two", status=201), {**interaction("three", status=201), "pending": True})
    result = run("-rx")
    result.assert_outcomes(passed=2, failed=1, xfailed=1)
    result.stdout.fnmatch_lines(
        [
            "*test_it[[]web:two[]]*",
            "web: two",
            "  request GET /products/10",
            "  ✗ expected 201 but was 200",
            "*Verification of stock failed: 1 of 3 interactions as agreed*",
            "XFAIL test_it.py::test_it[[]web:three[]] - pending: web: three",
        ]
    )


@pytest.mark.parametrize(
    "options", [("-k", "web:one"), pytest.param(("test_it.py::test_it[web:one]",), marks=pytest.mark.thorough)]
)
def test_one_interaction_runs_alone_and_is_not_published(run, published, options):
    result = run(*options, name=PROVIDER)
    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes()["passed"] == 1
    result.stdout.fnmatch_lines(["*Nothing was published: this run verified 1 of 3 interactions.*"])
    assert (published.results, starts(published)) == ([], [])


def test_a_whole_run_publishes_each_pact_once_and_reports_its_start_once(run, published):
    result = run(name=PROVIDER)
    result.assert_outcomes(passed=3, failed=1)
    assert sorted(published.results) == [("mobile", "1" * 40, True), ("web", "1" * 40, False)]
    assert len(starts(published)) == 1
    result.stdout.fnmatch_lines(["*2 of 3 interactions as agreed; results are published"])
    questions = [each for each in published.requests if each.path.endswith("/for-verification")]
    assert [each.method for each in questions] == ["GET", "POST"]


@pytest.mark.thorough
def test_a_test_can_leave_out_consumers(run, published):
    run(test=TEST.replace("(app)", "(app, only_consumers=['mobile'])"), name=PROVIDER).assert_outcomes(
        passed=2, skipped=2
    )
    assert published.results == [("mobile", "1" * 40, True)]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("(app, only_description='one')", "*cannot publish*"),
        ("(app, only_consumers=['x'])", "*leave out every interaction*"),
        (" if pathlib.Path('x').exists() else None", "*did not call verify_provider*"),
        ("(base_url='http://127.0.0.1:9')", "*No server responds at http://127.0.0.1:9*"),
    ],
)
def test_a_run_that_does_not_verify_everything_fails_and_publishes_nothing(run, published, call, reason):
    result = run(test=TEST.replace("(app)", call), name=PROVIDER)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([reason])
    assert published.results == []


@pytest.mark.usefixtures("published")
def test_the_results_alone_fail(run):
    result = run("-k", "results", name=PROVIDER)
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines(["Nothing was published: 3 of 3 interactions were not verified*", "  mobile: three"])


@pytest.mark.thorough
def test_a_result_that_the_broker_does_not_take_fails_the_test_of_the_results(run, published):
    published.on("POST", "/pacts/mobile/results", Answer(401))
    result = run("-q", name=PROVIDER)
    result.stdout.fnmatch_lines(["FAILED test_it.py::test_it[[]results[]]*"])


@pytest.mark.parametrize("reason", ["does not exist", "No pact files were found", "is not JSON"])
def test_pacts_that_cannot_be_read_are_a_failed_test(run, pytester, reason):
    if reason != "does not exist":
        (pytester.path / "pacts").mkdir()
    if reason == "is not JSON":
        (pytester.path / "pacts" / "x.json").write_text("{")
    result = run()
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines([f"*{reason}*"])


SERVED = """
    started = []

    class App:
        async def __call__(self, scope, receive, send):
            if scope["type"] == "lifespan":
                started.append((await receive())["type"])
                await send({"type": "lifespan.startup.complete"})
                started.append((await receive())["type"])
                await send({"type": "lifespan.shutdown.complete"})
            else:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b""})

    app = App()

    def test_it(verify_provider, request):
        verify_provider(APP)
        if "results" in request.node.name:
            assert started == ["lifespan.startup", "lifespan.shutdown"] * STARTS
"""


@pytest.mark.parametrize(("app", "starts"), [("app", 2), ("App()", 3)])
def test_a_server_runs_on_if_the_application_is_that_of_the_test_before(run, written, app, starts):
    """A server takes longer than an interaction. An application of a single test ends with it."""
    written(interaction("one"), interaction("two"), interaction("three"))
    run(test=SERVED.replace("APP", app).replace("STARTS", str(starts))).assert_outcomes(passed=4)


def test_a_broker_that_does_not_send_the_pacts_is_a_failed_test_and_is_not_asked_again(run, published):
    published.on("GET", f"/pacts/provider/{PROVIDER}/for-verification", Answer(401))
    published.on("POST", f"/pacts/provider/{PROVIDER}/for-verification", Answer(401))
    result = run(name=PROVIDER)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*[[]every_pact[]]*", "*PACT_BROKER_TOKEN*"])
    assert len([each for each in published.requests if each.path.endswith("/for-verification")]) == 1


def test_pacts_that_other_tests_of_the_run_write_are_verified(run, written):
    """Collection found other interactions: one is gone, and a new one fails."""
    written(interaction("one"), interaction("gone", status=500))
    test = """
    def test_contract():
        path = pathlib.Path("pacts/web-stock.json")
        document = json.loads(path.read_text())
        one, gone = document["interactions"]
        document["interactions"] = [one, {**gone, "description": "new"}]
        path.write_text(json.dumps(document))
"""
    result = run("-rs", test=TEST + test)
    result.assert_outcomes(passed=2, skipped=1, failed=1)
    result.stdout.fnmatch_lines(["*test_it[[]results[]]*", "web: new", "  ✗ expected 500 but was 200"])


@pytest.mark.thorough
def test_a_parallel_run_publishes_each_pact_once(run, published):
    result = run("-n2", name=PROVIDER)
    result.assert_outcomes(passed=3, failed=1)
    questions = [each for each in published.requests if each.path.endswith("/for-verification")]
    assert [each.method for each in questions] == ["GET", "POST"]
    assert "Nothing was published" not in result.stdout.str()
    assert sorted(published.results) == [("mobile", "1" * 40, True), ("web", "1" * 40, False)]


def test_a_repository_without_a_declared_provider_gets_an_example(run):
    result = run(declaration="")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*[[]tool.contracts.applications.*", '*role = "provider"*'])


def test_the_tests_that_verify_a_provider_can_be_selected_by_a_marker(run):
    test = "def test_it(verify_provider): pass\ndef test_another(): pass"
    result = run("--collect-only", "-q", "-m", "verify_provider", "--strict-markers", test=test)
    result.stdout.fnmatch_lines(["*::test_it[[]every_pact[]]", "*1/2 tests collected (1 deselected)*"])
