"""can-i-deploy and can-i-merge: questions, answers and exit statuses."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from click.testing import CliRunner
from command_lines import COMMIT
from fake_broker import Answer, FakeBroker

from contracts.cli import main


@pytest.fixture
def fake():
    with FakeBroker() as fake:
        yield fake.with_index()


@pytest.fixture
def run(fake, tmp_path, monkeypatch):
    """Run a command against a broker with prepared answers."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, **environ):
        variables = {"PACT_BROKER_BASE_URL": fake.base_url, "PACT_BROKER_TOKEN": "t0k", "GITHUB_ACTIONS": ""}
        return CliRunner(env={**variables, **environ}).invoke(main, arguments, catch_exceptions=False)

    return run


def matrix(deployable):
    document = {"summary": {"deployable": deployable}, "notices": [{"type": "error", "text": "because"}], "matrix": []}
    return Answer(document=document)


QUESTION = "/can-i-deploy?pacticipant=web&version=1&environment=live"
ASK = ("can-i-deploy", "-a", "web", "-e", "1", "--to-environment", "live", "--wait-seconds", "0")


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (matrix(True), 0, "be deployed to live? Yes"),
        (matrix(False), 1, "be deployed to live? No"),
        (matrix(None), 3, "be deployed to live? Unknown"),
        (matrix("true"), 4, "is not true or false"),
        (Answer(400, {"errors": {"environment": ["unknown"]}}), 2, "environment: unknown"),
        (Answer(401), 4, "does not accept these credentials"),
        (Answer(500), 4, "The broker failed"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_each_answer_has_a_status_in_each_format(fake, run, answer, status, says, form):
    fake.on("GET", QUESTION, answer)
    result = run(*ASK, "--output", form)
    assert (result.exit_code, says in (result.stdout if form == "text" else result.stderr)) == (status, True)


@pytest.mark.parametrize("deployable", [False, None])
def test_a_dry_run_reports_the_answer_and_ends_with_0(fake, run, deployable):
    fake.on("GET", QUESTION, matrix(deployable))
    assert "Dry run" in run(*ASK, "--dry-run").output
    result = run(*ASK, PACT_BROKER_CAN_I_DEPLOY_DRY_RUN="true")
    assert (result.exit_code, "because" in result.output) == (0, True)


def test_a_dry_run_without_an_answer_is_still_an_error(fake, run):
    fake.on("GET", QUESTION, Answer(401))
    assert run(*ASK, "--dry-run").exit_code == 4


def test_an_unreachable_broker_is_status_4(run):
    result = run(*ASK, "--retries", "1", PACT_BROKER_BASE_URL="http://127.0.0.1:9")
    assert result.exit_code == 4
    assert "cannot be reached" in result.output


def test_a_token_and_a_user_name_are_wrong_usage(fake, run):
    result = run(*ASK, PACT_BROKER_USERNAME="u", PACT_BROKER_PASSWORD="p")
    assert result.exit_code == 2
    assert "There are both a token and a user name or password" in result.output
    assert fake.requests == []


def test_no_broker_is_wrong_usage(run):
    assert run(*ASK, PACT_BROKER_BASE_URL="").exit_code == 2


def test_credentials_and_headers_may_be_options(fake, run):
    fake.on("GET", QUESTION, matrix(True))
    run(*ASK, "-u", "u", "-p", "p", "--custom-header", "X-Tenant: a", "--header", "X-Other=b", PACT_BROKER_TOKEN="")
    headers = fake.requests[0].headers
    assert (headers["Authorization"], headers["X-Tenant"], headers["X-Other"]) == ("Basic dTpw", "a", "b")


def test_waiting_is_reported(fake, run):
    fake.on("GET", QUESTION, matrix(None), matrix(True))
    result = run(*ASK[:-2], "--poll-seconds", "0.1")
    assert result.exit_code == 0
    assert "Waiting for results" in result.output


def test_a_variable_sets_the_wait(fake, run):
    fake.on("GET", QUESTION, matrix(None), matrix(True))
    assert run(*ASK[:-2], CAN_I_DEPLOY_WAIT_SECONDS="0").exit_code == 3
    assert "CAN_I_DEPLOY_WAIT_SECONDS" in run(*ASK[:-2], CAN_I_DEPLOY_WAIT_SECONDS="soon").output


def test_retries_count_as_the_official_client_counts_them(fake, run):
    fake.on("GET", QUESTION, *[matrix(None)] * 3, matrix(True))
    assert run(*ASK[:-2], "--retry-while-unknown", "2", "--retry-interval", "0.1").exit_code == 3
    assert "needs --retry-while-unknown" in run(*ASK, "--retry-interval", "1").output


QUERIES = [
    (
        ("-a", "A", "-e", "1", "--to", "prod"),
        [("q[][pacticipant]", "A"), ("q[][version]", "1"), ("latestby", "cvp"), ("latest", "true"), ("tag", "prod")],
    ),
    (
        ("-a", "A", "-e", "1", "-a", "B", "-l"),
        [
            ("q[][pacticipant]", "A"),
            ("q[][version]", "1"),
            ("q[][pacticipant]", "B"),
            ("q[][latest]", "true"),
            ("latestby", "cvpv"),
        ],
    ),
    (
        ("-a", "A", "-ldev", "--to-environment", "live"),
        [
            ("q[][pacticipant]", "A"),
            ("q[][latest]", "true"),
            ("q[][tag]", "dev"),
            ("latestby", "cvpv"),
            ("environment", "live"),
        ],
    ),
    (
        ("--pacticipant=A", "--branch=feat/x", "--ignore", "C", "--ignore", "D", "-e", "4", "--to", "prod"),
        [
            ("q[][pacticipant]", "A"),
            ("q[][latest]", "true"),
            ("q[][branch]", "feat/x"),
            ("ignore[][pacticipant]", "C"),
            ("ignore[][pacticipant]", "D"),
            ("ignore[][version]", "4"),
            ("latestby", "cvp"),
            ("latest", "true"),
            ("tag", "prod"),
        ],
    ),
    (
        ("-a", "A", "--main-branch", "-a", "B", "--tag", "x", "--latest"),
        [
            ("q[][pacticipant]", "A"),
            ("q[][latest]", "true"),
            ("q[][mainBranch]", "true"),
            ("q[][pacticipant]", "B"),
            ("q[][latest]", "true"),
            ("q[][tag]", "x"),
            ("latestby", "cvpv"),
        ],
    ),
    (("-a", "A"), [("q[][pacticipant]", "A"), ("q[][version]", COMMIT), ("latestby", "cvp"), ("latest", "true")]),
]


@pytest.mark.parametrize(("arguments", "query"), QUERIES)
def test_options_belong_to_the_application_before_them(fake, run, arguments, query):
    fake.on("GET", "/matrix", matrix(True))
    result = run("can-i-deploy", *arguments, "--limit", "50", GIT_COMMIT=COMMIT)
    assert result.exit_code == 0, result.output
    assert parse_qsl(urlsplit(fake.requests[-1].path).query) == [*query, ("limit", "50")]


def test_can_i_merge_asks_for_the_main_branches_of_the_others(fake, run):
    fake.on("GET", "/matrix", matrix(True))
    assert "May version 1 of A be merged? Yes" in run("can-i-merge", "-a", "A", "-e", "1").output
    assert parse_qsl(urlsplit(fake.requests[-1].path).query)[2:] == [
        ("latestby", "cvp"),
        ("latest", "true"),
        ("mainBranch", "true"),
        ("limit", "10000"),
    ]


def test_the_environment_names_applications_to_ignore(fake, run):
    fake.on("GET", "/matrix", matrix(True))
    run(*ASK, PACT_BROKER_CAN_I_DEPLOY_IGNORE="B, C")
    query = parse_qsl(urlsplit(fake.requests[-1].path).query)
    assert [value for name, value in query if name == "ignore[][pacticipant]"] == ["B", "C"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-e", "1", "-a", "A"), "--version must follow the --pacticipant"),
        (("-a", "A", "-e", "1", "-e", "2"), "--version is given twice for A"),
        (("-a", "A", "-e", "1", "--branch", "x"), "given by version and by another criterion"),
        (("-a", "A", "-e", "1", "-a", "B"), "No version of B is given"),
        (("-a", "A", "-e", "1", "--to", "x", "--to-environment", "y"), "exclude each other"),
        (("-a", "A", "-e", "1", "--ignore", "B", "--branch", "x"), "Only --version may limit"),
        (("-a", "A", "-l", "x", "--tag", "y"), "Two tags are given"),
        (("-a", "A", "-e", " "), "The version is empty"),
        (("-a", "A", "-e", "1", "--to-environment", ""), "The environment is empty"),
    ],
)
def test_an_ambiguous_question_is_wrong_usage_and_asks_nothing(fake, run, arguments, reason):
    result = run("can-i-deploy", *arguments)
    assert (result.exit_code, reason in result.output) == (2, True), result.output
    assert fake.requests == []


@pytest.fixture(scope="module")
def estate(client, publish, verify):
    client.create_environment("live", production=True)
    for name in ("shop", "stock"):
        client.create_or_update_pacticipant(name, main_branch="main")
    publish("shop", "stock", "1")
    verify("shop", "stock", "1", "10")
    client.add_branch(pacticipant="stock", version="10", branch="main")
    client.record_deployment(pacticipant="stock", version="10", environment="live")
    publish("shop", "stock", "2", path="/new", branch="feature/x")
    publish("shop", "stock", "3", path="/bad", branch="bad")
    verify("shop", "stock", "3", "10", success=False)


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("can-i-deploy", "-a", "shop", "-e", "1", "--to-environment", "live"), 0),
        (("can-i-deploy", "-a", "shop", "--branch", "main", "--to-environment", "live"), 0),
        (("can-i-deploy", "-a", "shop", "--branch", "feature/x", "--to-environment", "live"), 3),
        (("can-i-deploy", "-a", "shop", "-l", "--to-environment", "live"), 1),
        (("can-i-deploy", "-a", "shop", "-l", "--to-environment", "live", "--ignore", "stock"), 0),
        (("can-i-deploy", "-a", "shop", "-e", "1", "-a", "stock", "-e", "10"), 0),
        (("can-i-deploy", "-a", "shop", "-e", "3", "-a", "stock", "--main-branch"), 1),
        (("can-i-deploy", "-a", "shop", "-e", "1"), 0),
        (("can-i-merge", "-a", "shop", "-e", "1"), 0),
        (("can-i-merge", "-a", "shop", "-e", "2"), 3),
        (("can-i-merge", "-a", "shop", "-e", "3"), 1),
    ],
)
def test_each_question_has_its_answer(ask, arguments, status):
    answer = ask(*arguments, "--wait-seconds", "0", status=status)
    assert answer["deployable"] is {0: True, 1: False, 3: None}[status]


@pytest.mark.usefixtures("estate")
def test_an_unknown_branch_is_a_no_with_the_closest_branch(contracts):
    question = ("can-i-deploy", "-a", "shop", "--branch", "mian", "--to-environment", "live")
    assert "Did you mean main?" in contracts(*question, status=1).stdout


@pytest.mark.usefixtures("estate")
def test_a_no_leads_to_the_page_of_the_question_and_that_of_the_results(contracts, ask, broker_url):
    question = ("can-i-deploy", "-a", "shop", "-e", "3", "--to-environment", "live")
    pages = [
        f"{broker_url}/can-i-deploy?pacticipant=shop&version=3&environment=live",
        f"{broker_url}/matrix/provider/stock/consumer/shop",
    ]
    output = contracts(*question, status=1).stdout
    assert all(page in output for page in pages)
    assert ask(*question, status=1)["urls"] == pages


@pytest.mark.usefixtures("estate")
def test_the_gate_prints_the_causes_that_why_prints(contracts, ask):
    question = ("-a", "shop", "-e", "3", "--to-environment", "live")
    gate, why = ask("can-i-deploy", *question, status=1), ask("why", *question)
    assert gate["causes"] == why["causes"]
    assert [each["class"] for each in gate["causes"]] == ["failed-while-pending"]
    output = contracts("can-i-deploy", *question, status=1).stdout
    for cause in gate["causes"]:
        assert f"\n{cause['class']}\n  {cause['text']}\n" in output
        assert f"  → {cause['command']}\n" in output


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-a", "shopp", "--branch", "main", "--to-environment", "live"), "Did you mean shop?"),
        (("-a", "shop", "--branch", "main", "--to-environment", "lvie"), "Did you mean live?"),
    ],
)
def test_an_unknown_name_is_wrong_usage_with_the_closest_name(contracts, arguments, reason):
    assert reason in contracts("can-i-deploy", *arguments, status=2).output


@pytest.mark.parametrize("main_branch", [None, "main"])
def test_a_merge_does_not_wait_for_a_provider_without_a_version_on_its_main_branch(client, publish, ask, main_branch):
    """No result can arrive, so the answer comes at once."""
    client.create_or_update_pacticipant("ledger", main_branch=main_branch)
    publish("cart", "ledger", "1")
    client.add_branch(pacticipant="ledger", version="10", branch="feature/x")
    answer = ask("can-i-merge", "-a", "cart", "-e", "1", "--wait-seconds", "5", status=3)
    assert answer["waitedSeconds"] < 5
    assert [each["class"] for each in answer["causes"]] == ["nothing-on-main-branch"]
