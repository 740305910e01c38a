"""The rules by which contract tests become a pact, each tried on a folder of tests of its own."""

from __future__ import annotations

import json

import pytest


HEAD = """
    import pytest
    import requests

    def agree(pact, description, path="/", answer=200):
        pact.upon_receiving(description).with_request("GET", path).will_respond_with(answer)

    def take_place(pact, path="/"):
        with pact.serve() as server:
            requests.get(server.url.rstrip("/") + path, timeout=60)
"""

TWO_TESTS = """
    def test_one(pact):
        agree(pact, "one")
        take_place(pact)

    def test_two(pact):
        agree(pact, "two")
        take_place(pact)
"""


DECLARATION = """
    [tool.contracts.applications.shop]
    folder = "."
    role = "consumer"
    providers = ["stock"]
"""


@pytest.fixture
def pact_file(pytester, monkeypatch):
    """Where the runs of the test write their pact."""
    monkeypatch.setenv("PACT_DIR", "written pacts")
    return pytester.path / "written pacts" / "shop-stock.json"


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest on a folder that declares a consumer and holds the tests given."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(tests, *options, declaration=DECLARATION):
        pytester.makepyprojecttoml(declaration)
        pytester.makepyfile(test_it=HEAD + tests)
        return pytester.runpytest_inprocess("-p", "contracts.testing.plugin", "-p", "xdist.plugin", *options)

    return run


def descriptions(pact_file):
    pact = json.loads(pact_file.read_text("utf-8"))
    return [interaction["description"] for interaction in pact["interactions"]]


def test_a_run_in_which_every_interaction_passed_writes_the_pact(run, pact_file):
    result = run(TWO_TESTS)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["2 interactions written to *written pacts*"])
    assert descriptions(pact_file) == ["one", "two"]


def test_an_interaction_without_its_test_is_removed(run, pact_file):
    run(TWO_TESTS)
    run(TWO_TESTS.replace("test_two", "none"))
    assert descriptions(pact_file) == ["one"]


SOME = [["-k", "one"], ["test_it.py::test_one"], ["--deselect", "test_it.py::test_two"]]


@pytest.mark.parametrize("options", SOME)
def test_a_run_of_some_contract_tests_writes_no_pact_and_says_so(run, pact_file, options):
    result = run(TWO_TESTS, *options)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "No pact was written: 1 of 2 contract tests passed*",
            "  test_it.py::test_two",
            "Run all contract tests to write it.",
        ]
    )
    assert not pact_file.exists()


@pytest.mark.parametrize("options", [*SOME, ["-k", "other"]])
def test_a_run_of_some_tests_that_pass_leaves_the_pact_of_an_earlier_run(run, pact_file, options):
    run(TWO_TESTS)
    run(TWO_TESTS + "\n    def test_other(): pass\n", *options)
    assert descriptions(pact_file) == ["one", "two"]


def test_an_earlier_pact_that_stays_is_mentioned(run):
    run(TWO_TESTS)
    result = run(TWO_TESTS, "-k", "one")
    result.stdout.fnmatch_lines(["*The pact in *pacts is from an earlier run."])


@pytest.mark.parametrize("options", [[], ["-k", "two"]])
def test_a_contract_test_that_fails_removes_the_pact_of_an_earlier_run(run, pact_file, options):
    run(TWO_TESTS)
    run(f"{TWO_TESTS}        assert False\n", *options)
    assert not pact_file.exists()


def test_a_contract_in_two_files_is_written_by_a_run_of_both(run, pytester, pact_file):
    more = "    def test_three(pact):\n        agree(pact, 'three')\n        take_place(pact)\n"
    pytester.makepyfile(test_more=HEAD + more)
    run(TWO_TESTS)
    assert sorted(descriptions(pact_file)) == ["one", "three", "two"]
    run(TWO_TESTS, "test_it.py")
    assert sorted(descriptions(pact_file)) == ["one", "three", "two"]


def test_a_test_with_parameters_writes_an_interaction_for_each(run, pact_file):
    tests = """
    @pytest.mark.parametrize("name", ["one", "two"])
    def test_it(pact, name):
        agree(pact, name)
        take_place(pact)
"""
    run(tests)
    assert descriptions(pact_file) == ["one", "two"]
    pact_file.unlink()
    run(tests, "-k", "one")
    assert not pact_file.exists()


def test_methods_of_a_class_are_contract_tests_too(run, pact_file):
    run("""
    class TestShop:
        def test_one(self, pact):
            agree(pact, "one")
            take_place(pact)
""")
    assert descriptions(pact_file) == ["one"]


def test_a_consumer_of_two_providers_names_the_one_it_means(run, pact_file):
    declaration = DECLARATION.replace('["stock"]', '["stock", "prices"]')
    result = run(
        TWO_TESTS.replace("    def test_one", "    @pytest.mark.pact(provider='prices')\n    def test_one"),
        declaration=declaration,
    )
    result.stdout.fnmatch_lines(['*Say which: @pytest.mark.pact(provider="NAME")*'])
    mark = "    @pytest.mark.pact(provider='prices')\n    def test_one"
    both = TWO_TESTS.replace("    def test_one", mark).replace("    def test_two", mark.replace("prices", "stock"))
    run(
        both.replace("def test_one", "def test_two", 2).replace("def test_two", "def test_one", 1),
        declaration=declaration,
    )
    assert descriptions(pact_file) == ["two"]
    assert descriptions(pact_file.with_name("shop-prices.json")) == ["one"]


def test_a_provider_that_is_not_declared_is_refused(run):
    result = run(TWO_TESTS.replace("    def test_one", "    @pytest.mark.pact(provider='nobody')\n    def test_one"))
    result.stdout.fnmatch_lines(["*'nobody' is not a provider of shop, which calls stock*"])


def test_a_repository_without_declaration_gets_an_example(run):
    result = run(TWO_TESTS, declaration="")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*[[]tool.contracts.applications.*", '*role = "consumer"*'])


def test_a_message_that_its_handler_consumes_is_an_interaction(run, pact_file):
    result = run("""
    def test_an_event(pact):
        pact.upon_receiving("an event", "Async").with_body({"id": 1}, "application/json")
        pact.verify(lambda body, metadata: None, "Async")
""")
    result.assert_outcomes(passed=1)
    assert descriptions(pact_file) == ["an event"]


def test_a_message_that_its_handler_refuses_fails_its_test(run, pact_file):
    result = run("""
    def test_an_event(pact):
        pact.upon_receiving("an event", "Async").with_body({"id": 1}, "application/json")
        pact.verify(lambda body, metadata: 1 / 0, "Async")
""")
    result.assert_outcomes(failed=1)
    assert not pact_file.exists()


def test_a_folder_without_contract_tests_says_nothing(run):
    result = run("\n    def test_other(): pass\n")
    result.assert_outcomes(passed=1)
    assert "pact was written" not in result.stdout.str()


def test_looking_at_the_tests_leaves_the_pact_alone(run, pact_file):
    """As an editor does whenever a file is saved."""
    run(TWO_TESTS)
    result = run(TWO_TESTS, "--collect-only")
    assert result.ret == pytest.ExitCode.OK
    assert "pact was written" not in result.stdout.str()
    assert pact_file.exists()


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        ("assert False", {"failed": 1}),
        ("pytest.skip()", {"skipped": 1}),
        ("pytest.xfail()", {"xfailed": 1}),
    ],
)
def test_an_interaction_counts_only_when_the_whole_test_passed(run, pact_file, ending, outcome):
    result = run(f"{TWO_TESTS}        {ending}\n")
    result.assert_outcomes(passed=1, **outcome)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["No pact was written: 1 of 2 contract tests passed*", "  test_it.py::test_two"])
    assert not pact_file.exists()


def test_a_run_that_skips_every_interaction_fails(run, pact_file):
    result = run(TWO_TESTS.replace("def test", "@pytest.mark.skip\n    def test"))
    result.assert_outcomes(skipped=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert not pact_file.exists()


def test_a_request_other_than_agreed_fails_its_test(run, pact_file):
    result = run(TWO_TESTS.replace('"two")', '"two", path="/elsewhere")'))
    result.assert_outcomes(passed=1, failed=1)
    assert not pact_file.exists()


def test_an_interaction_that_never_took_place_is_an_error(run, pact_file):
    result = run(
        """
    def test_one(pact):
        agree(pact, "one")
"""
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*the interaction never took place*"])
    assert not pact_file.exists()


def test_two_interactions_of_one_test_are_an_error(run, pact_file):
    result = run(
        """
    def test_one(pact):
        agree(pact, "one", path="/1")
        agree(pact, "two", path="/2")
        with pact.serve() as server:
            requests.get(server.url.rstrip("/") + "/1", timeout=60)
            requests.get(server.url.rstrip("/") + "/2", timeout=60)
"""
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*describes 2 interactions. Describe one in each test*"])
    assert not pact_file.exists()


def test_the_same_interaction_twice_is_an_error(run, pact_file):
    result = run(TWO_TESTS.replace('"two"', '"one", answer=404'))
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*test_two and *test_one both describe 'one'*"])
    assert not pact_file.exists()


def test_a_parallel_run_writes_the_whole_pact(run, pact_file):
    result = run(TWO_TESTS + "\n    def test_other(): pass\n", "-n2")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["2 interactions written to *"])
    assert descriptions(pact_file) == ["one", "two"]


def test_a_parallel_run_that_writes_no_pact_fails(run, pact_file):
    result = run(TWO_TESTS.replace('agree(pact, "two")', 'agree(pact, "two"); pytest.skip()'), "-n2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert not pact_file.exists()


def test_contract_tests_run_before_the_verification_of_a_provider(run):
    result = run(
        """
    order = []

    @pytest.fixture
    def verify_provider():
        return order

    def test_0_provider(verify_provider):
        assert order == ["contract"]

    def test_1_contract(pact):
        agree(pact, "one")
        take_place(pact)
        order.append("contract")
"""
    )
    result.assert_outcomes(passed=2)
