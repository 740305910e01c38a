"""Verification never passes by accident: each way in which the official verifier does is a failure here."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time
from datetime import date

import pytest
from fake_broker import Answer
from fake_verifications import PROVIDER, VerifyingBroker, interaction, pact
from fastapi import FastAPI

from contracts.client import Broker, ForeignLink, Refused, UnexpectedAnswer, Unreachable, UsageError
from contracts.client.selectors import Branch, MainBranch, MatchingBranch
from contracts.verification import verifier
from contracts.verification.serving import AppFailed
from contracts.verification.sources import WrongPact
from contracts.verification.states import RemoteStates
from contracts.verification.verify import BrokerSource, Files, PactUrl, State, VerificationFailed, verify


DISK = OSError("disk")
EXISTS = ("a product exists", {"id": 10})
V3 = {"metadata": {"pactSpecification": {"version": "3.0.0"}}}
BROKEN_RULE = {
    "status": 200,
    "body": {"a": "1"},
    "matchingRules": {"body": {"a[[": {"matchers": [{"match": "type"}]}}},
}


@pytest.fixture
def fake():
    with VerifyingBroker() as fake:
        yield fake


@pytest.fixture
def broker(fake):
    with Broker(fake.base_url, token="t0k") as broker:
        yield broker


@pytest.fixture
def app():
    app = FastAPI()
    app.get("/products/{product_id}")(lambda product_id: {"id": product_id})
    return app


@pytest.fixture
def run(broker, app):
    """Verify the app as version v1 on main, publishing, with what a test changes."""

    def run(source=None, **options):
        options = {"version": "v1", "branch": "main", "publish": True, "app": app, **options}
        return verify(provider=PROVIDER, source=source or BrokerSource(broker=broker), **options)

    return run


def failing(run, *args, **options):
    started = time.monotonic()
    with pytest.raises(VerificationFailed) as raised:
        run(*args, **options)
    assert time.monotonic() - started < 60  # far from the verifier's 127 seconds
    assert raised.value.reasons
    assert str(raised.value) == "\n".join(raised.value.reasons)
    return raised.value


def posted(fake, path):
    return [request for request in fake.requests if (request.method, request.path) == ("POST", path)]


class TestPassing:
    def test_results_are_published_with_version_branch_and_build(self, fake, run):
        fake.add(pact(interaction("one", states=[EXISTS]), interaction("two")))
        answers = []
        report = run(states={"a product exists": answers.append}, branch="feat/x", build_url="https://ci/1")
        assert answers == [{"id": 10}]
        assert [(each.description, each.success, each.states) for each in report.interactions] == [
            ("one", True, ("a product exists",)),
            ("two", True, ()),
        ]
        assert report.published
        assert fake.results == [("web", "v1", True)]
        assert fake.branches == {"v1": ["feat/x"]}
        assert posted(fake, "/pacts/web/results")[0].json["buildUrl"] == "https://ci/1"

    def test_the_broker_is_asked_once_with_selectors_branch_pending_and_work_in_progress(self, fake, run, broker):
        fake.add(pact(interaction("one")))
        source = BrokerSource(broker=broker, include_wip_since=date(2026, 1, 2))
        run(source)
        [question] = posted(fake, f"/pacts/provider/{PROVIDER}/for-verification")
        assert question.json == {
            "includePendingStatus": True,
            "includeWipPactsSince": "2026-01-02",
            "providerVersionBranch": "main",
            "consumerVersionSelectors": [{"mainBranch": True}, {"matchingBranch": True}, {"deployedOrReleased": True}],
        }
        assert {request.headers["Authorization"] for request in fake.requests} == {"Bearer t0k"}

    def test_without_a_branch_the_omitted_selectors_are_reported(self, fake, run, broker):
        fake.add(pact(interaction("one")))
        report = run(
            BrokerSource(broker=broker, include_wip_since=date(2026, 1, 2), include_pending=False), branch=None
        )
        question = posted(fake, f"/pacts/provider/{PROVIDER}/for-verification")
        assert [request.json for request in question] == [
            {
                "includePendingStatus": False,
                "consumerVersionSelectors": [{"mainBranch": True}, {"deployedOrReleased": True}],
            }
        ]
        assert ["is not selected" in note or "are not selected" in note for note in report.notes] == [True, True]
        assert fake.branches == {}

    def test_other_selectors_reach_the_broker(self, fake, run, broker):
        fake.add(pact(interaction("one")))
        run(BrokerSource(broker=broker, selectors=(MainBranch(consumer="web"), Branch(name="b"))))
        question = posted(fake, f"/pacts/provider/{PROVIDER}/for-verification")
        assert [request.json["consumerVersionSelectors"] for request in question] == [
            [{"mainBranch": True, "consumer": "web"}, {"branch": "b"}]
        ]

    def test_a_matching_branch_alone_needs_a_branch(self, run, broker):
        with pytest.raises(UsageError, match=r"the provider's branch is unknown\. Set --branch"):
            run(BrokerSource(broker=broker, selectors=(MatchingBranch(),)), branch=None)

    def test_user_name_and_password_are_sent(self, fake, app):
        fake.add(pact(interaction("one")))
        with Broker(fake.base_url, username="u", password="p") as broker:
            source = BrokerSource(broker=broker)
            verify(provider=PROVIDER, source=source, version="v1", branch="main", publish=True, app=app)
        assert {request.headers["Authorization"] for request in fake.requests} == {"Basic dTpw"}

    def test_other_credentials_in_the_environment_do_not_interfere(self, fake, run, monkeypatch):
        monkeypatch.setenv("PACT_BROKER_USERNAME", "u")
        monkeypatch.setenv("PACT_BROKER_PASSWORD", "p")
        fake.add(pact(interaction("one")))
        assert run().published

    def test_a_broker_without_credentials_is_asked_without(self, fake, app):
        fake.add(pact(interaction("one")))
        with Broker(fake.base_url) as broker:
            for source in (BrokerSource(broker=broker), PactUrl(broker=broker, url=f"{fake.base_url}/pacts/web")):
                verify(provider=PROVIDER, source=source, version="v1", branch="main", app=app)
        assert not any("Authorization" in request.headers for request in fake.requests)

    def test_the_start_of_the_build_is_reported_in_one_request(self, fake, run):
        fake.add(pact(interaction("one")))
        fake.add(pact(interaction("one"), consumer="app"))
        fake.takes_starts = True
        run(build_url="https://ci/1")
        (report,) = posted(fake, "/started")
        assert report.json == {
            "providerVersion": "v1",
            "buildUrl": "https://ci/1",
            "pacts": [{"consumer": "web", "sha": "sha-web"}, {"consumer": "app", "sha": "sha-app"}],
        }
        assert fake.requests.index(report) < fake.requests.index(posted(fake, "/pacts/web/results")[0])

    @pytest.mark.parametrize("publish", [True, False])
    def test_a_start_that_cannot_be_reported_does_not_end_the_run(self, fake, run, publish):
        fake.add(pact(interaction("one")))
        fake.takes_starts = True
        fake.answers["POST", "/started"] = Answer(403, {"error": "read only"})
        report = run(publish=publish)
        assert report.published is publish
        assert len(posted(fake, "/started")) == publish
        assert ("was not informed that this build started" in "".join(report.notes)) is publish

    def test_without_publishing_nothing_is_written(self, fake, run):
        fake.add(pact(interaction("one")))
        assert not run(publish=False).published
        assert fake.results == []
        assert fake.request_lines("PUT") == []

    def test_the_verifier_excepts_loopback_from_proxies_and_sees_no_credentials(self, fake, run, monkeypatch):
        """A proxy that nobody runs would fail every request, and a plugin would find the broker's password."""
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", "example.com")
        monkeypatch.setenv("no_proxy", "127.0.0.1")  # for our own client
        monkeypatch.setenv("PACT_BROKER_PASSWORD", "s3cret")
        fake.add(pact(interaction("one")))
        assert run().published
        environment = verifier._environment()
        assert environment["NO_PROXY"] == environment["no_proxy"] == "example.com,127.0.0.1,localhost"
        assert environment["PACT_DO_NOT_TRACK"] == "true"
        assert "PACT_BROKER_PASSWORD" not in environment

    def test_a_provider_at_a_base_url_is_verified_there(self, fake, run):
        fake.add(pact(interaction("one", path="/10")))
        with VerifyingBroker() as provider:
            provider.on("GET", "/base/10", Answer(document={}))
            assert run(app=None, base_url=f"{provider.base_url}/base").published
            assert provider.request_lines() == ["GET /base/10"]

    def test_values_of_a_state_reach_the_request(self, fake, run):
        """What a consumer leaves to the provider (a generator) is filled in with what the state returns."""
        generators = {
            "generators": {"path": {"type": "ProviderState", "expression": "/products/${id}", "dataType": "STRING"}}
        }
        one = interaction("one", path="/products/99", states=[EXISTS], request=generators)
        one["response"]["body"] = {"content": {"id": "77"}, "contentType": "application/json", "encoded": False}
        fake.add(pact(one))
        assert run(states={"a product exists": lambda _: {"id": "77"}}).published

    def test_a_state_is_torn_down_and_data_put_back(self, fake, run):
        fake.add(pact(interaction("one", states=[EXISTS]), interaction("two")))
        did = []
        state = State(setup=lambda _: did.append("up"), teardown=lambda _: did.append("down"))
        run(states={"a product exists": state}, after_each=lambda: did.append("back"))
        assert did == ["up", "down", "back", "back"]

    def test_nothing_that_a_pact_says_is_printed(self, fake, run, capfd):
        """What the verifier prints reaches nobody but through a function that makes it harmless."""
        printed = []
        fake.add(pact(interaction("one\n::error::injected\x1b]0;title\x07")))
        run(on_progress=lambda running: printed.append(running.output))
        assert capfd.readouterr() == ("", "")
        assert "error::injected" in printed[-1]
        assert not re.search("^::|\x1b", printed[-1], re.MULTILINE)

    def test_a_failure_is_fit_for_a_terminal_whatever_the_pact_says(self, fake, run):
        fake.add(pact(interaction("one\n::error::injected\x1b]0;title\x07", status=201), consumer="web"))
        error = failing(run)
        for text in (str(error), *error.reasons, error.report.interactions[0].failure):
            assert "error::injected" in text
            assert not re.search("^::|\x1b", text, re.MULTILINE)

    def test_progress_counts_the_interactions_of_each_pact(self, fake, run):
        fake.add(pact(interaction("one"), interaction("two")))
        fake.add(pact(interaction("three"), consumer="mobile"))
        seen = []
        run(on_progress=lambda each: seen.append((each.number, each.of, len(each.interactions), each.total)))
        assert seen == [(1, 2, 0, 2), (1, 2, 1, 2), (1, 2, 2, 2), (2, 2, 0, 1), (2, 2, 1, 1)]

    def test_headers_are_added_to_every_request(self, fake, run):
        fake.add(pact(interaction("one", path="/10")))
        with VerifyingBroker() as provider:
            provider.on("GET", "/10", Answer(document={}))
            run(app=None, base_url=provider.base_url, headers=[("Authorization", "Bearer abc"), ("X-Tenant", "7")])
            [request] = provider.requests
        assert (request.headers["Authorization"], request.headers["X-Tenant"]) == ("Bearer abc", "7")

    def test_a_wsgi_application_is_served_as_one(self, fake, run):
        def app(environ, start_response):
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps({"path": environ["PATH_INFO"]}).encode()]

        one = interaction("one")
        one["response"]["body"] = {
            "content": {"path": "/products/10"},
            "contentType": "application/json",
            "encoded": False,
        }
        fake.add(pact(one))
        assert run(app=app).published

    def test_provider_states_may_be_prepared_at_an_address(self, fake, run):
        fake.add(pact(interaction("one", states=[EXISTS])))
        with VerifyingBroker() as states:
            states.on("POST", "/states", Answer(document={}))
            run(states=RemoteStates(url=f"{states.base_url}/states"))
            bodies = [request.json for request in states.requests]
        assert bodies == [
            {"state": "a product exists", "action": action, "params": {"id": 10}} for action in ("setup", "teardown")
        ]


class TestNoConsumers:
    def test_a_provider_that_the_broker_does_not_know_passes_and_is_registered(self, fake, run):
        fake.on("GET", f"/pacticipants/{PROVIDER}", Answer(404, {"error": "unknown"}))
        report = run(build_url="https://ci/1", allow_no_pacts=True)
        assert report.interactions == ()
        assert "has no consumers yet" in report.notes[0]
        assert report.notes[1] == f"Version v1 of {PROVIDER} is registered with the broker."
        assert fake.branches == {"v1": ["main"]}
        [patched] = [request for request in fake.requests if request.method == "PATCH"]
        assert patched.json == {"buildUrl": "https://ci/1"}

    def test_without_a_branch_the_version_alone_is_registered(self, fake, run):
        fake.on("GET", f"/pacticipants/{PROVIDER}", Answer(404, {"error": "unknown"}))
        run(branch=None, allow_no_pacts=True)
        assert fake.request_lines("PUT") == []
        assert len(fake.request_lines("PATCH")) == 1

    def test_without_publishing_nothing_is_registered(self, fake, run):
        fake.on("GET", f"/pacticipants/{PROVIDER}", Answer(404, {"error": "unknown"}))
        assert "has no consumers yet" in run(publish=False, allow_no_pacts=True).notes[0]
        assert {each.split()[0] for each in fake.request_lines()} == {"GET"}

    @pytest.mark.parametrize("publish", [True, False])
    def test_no_pact_is_a_failure_that_names_similar_providers(self, fake, run, publish):
        """A misspelt name must not pass; nothing is registered under it."""
        fake.on("GET", f"/pacticipants/{PROVIDER}", Answer(404, {"error": "unknown"}))
        listed = {"_embedded": {"pacticipants": [{"name": "product-api"}, {"name": "web"}]}}
        fake.on("GET", "/pacticipants", Answer(document=listed))
        [reason] = failing(run, publish=publish).reasons
        assert reason.startswith("Nothing was verified: 'products-api' has no consumers yet.")
        assert "product-api" in reason
        assert "--allow-no-pacts" in reason
        assert fake.branches == {}

    def test_no_pact_selected_fails_unless_that_is_allowed(self, fake, run):
        path = f"/pacts/provider/{PROVIDER}/for-verification"
        empty = Answer(document={"_embedded": {"pacts": []}, "_links": {"self": {"href": path}}})
        fake.on("GET", path, empty).on("POST", path, empty)
        assert "The broker selects no pact" in failing(run).reasons[0]
        assert "The broker selects no pact" in run(allow_no_pacts=True).notes[0]

    def test_a_known_provider_that_is_not_found_is_an_error(self, run):
        """Then the broker is at fault: it knows the application, yet not its pacts."""
        with pytest.raises(UnexpectedAnswer, match="responds with 404"):
            run()


class TestProvider:
    def test_a_broken_interaction_fails_with_its_differences(self, fake, run):
        fake.add(pact(interaction("one"), interaction("two", status=201)))
        error = failing(run)
        assert error.reasons == ("web: two: expected 201 but was 200",)
        assert [each.success for each in error.report.interactions] == [True, False]
        assert error.report.published
        assert fake.results == [("web", "v1", False)]

    def test_an_unknown_state_fails_at_once_with_its_name(self, fake, run):
        fake.add(pact(interaction("one", states=[("typo", {})])))
        error = failing(run, states={"a product exists": lambda _: None})
        assert error.reasons == (
            "web: one: provider state 'typo' (setup) is undefined; the provider defines: 'a product exists'",
        )

    def test_a_raising_state_fails_at_once_with_its_exception(self, fake, run):
        fake.add(pact(interaction("one", states=[EXISTS])))
        error = failing(run, states={"a product exists": lambda parameters: parameters["name"]})
        assert error.reasons == ("web: one: provider state 'a product exists' (setup) raised KeyError: 'name'",)

    def test_a_raising_teardown_fails(self, fake, run):
        def down(_):
            raise DISK

        fake.add(pact(interaction("one", states=[EXISTS])))
        error = failing(run, states={"a product exists": State(setup=lambda _: None, teardown=down)})
        assert "raised OSError: disk" in error.reasons[0]

    def test_pending_failures_are_shown_and_fail_nothing(self, fake, run):
        """Whatever went wrong: asking for a new state is how a consumer proposes it."""
        fake.add(pact(interaction("one")))
        fake.add(
            pact(interaction("two", states=[("new", {})]), interaction("three", status=404), consumer="mobile"),
            pending=True,
        )
        report = run()
        assert [(each.description, each.success, each.pending) for each in report.interactions] == [
            ("one", True, False),
            ("two", False, True),
            ("three", False, True),
        ]
        assert report.interactions[1].problems == (
            "provider state 'new' (setup) is undefined; the provider defines: none",
        )
        assert fake.results == [("web", "v1", True), ("mobile", "v1", False)]

    def test_a_state_that_fails_a_pending_pact_and_one_that_counts_fails_the_run(self, fake, run):
        """Each by its own: the data of the state differ."""

        def exists(parameters):
            if parameters["id"] == 11:
                raise DISK

        fake.add(pact(interaction("one", states=[EXISTS])))
        fake.add(pact(interaction("two", states=[("a product exists", {"id": 11})]), consumer="mobile"), pending=True)
        states = {"a product exists": State(setup=exists, teardown=exists)}
        assert [each.success for each in run(states=states).interactions] == [True, False]
        fake.add(pact(interaction("three", states=[("a product exists", {"id": 11})]), consumer="tv"))
        assert failing(run, states=states).reasons == (
            "tv: three: provider state 'a product exists' (setup) raised OSError: disk",
        )

    def test_a_failure_that_counts_is_not_hidden_by_a_pending_one_of_the_same_name(self, fake, run):
        fake.add(pact(interaction("one", status=201)))
        fake.add(pact(interaction("one", status=201), consumer="mobile"), pending=True)
        assert failing(run).reasons == ("web: one: expected 201 but was 200",)

    def test_a_failing_clean_up_fails_the_run(self, fake, run):
        def broken():
            raise DISK

        fake.add(pact(interaction("one", states=[EXISTS])))
        error = failing(run, states={"a product exists": lambda _: None}, after_each=broken)
        assert any("raised OSError: disk" in reason for reason in error.reasons)

    def test_a_provider_that_does_not_run_is_an_error_before_anything_runs(self, fake, run):
        fake.add(pact(interaction("one", states=[("new", {})])))
        with pytest.raises(AppFailed, match=r"No server responds at http://127\.0\.0\.1:9\. Start the provider first"):
            run(app=None, base_url="http://127.0.0.1:9")
        assert fake.results == []

    def test_a_provider_that_goes_away_gets_no_failure_published(self, fake, run):
        """It was stopped, as by a cancelled job: nothing is known about its contracts."""
        fake.add(pact(interaction("one", states=[EXISTS])))
        with VerifyingBroker() as provider:
            states = {"a product exists": lambda _: provider.__exit__(None, None, None)}
            error = failing(run, app=None, base_url=provider.base_url, states=states)
        assert any("no longer responds" in reason for reason in error.reasons)
        assert error.reasons[-1].startswith("No result was published")
        assert fake.results == []


class TestLimits:
    """Each limit has its own sentence, and an option that raises it."""

    def test_a_provider_that_is_slow_is_a_failure_that_says_so(self, fake, run, app):
        app.get("/slow")(lambda: time.sleep(0.5))
        fake.add(pact(interaction("one", path="/slow")))
        [reason] = failing(run, request_timeout_seconds=0.2).reasons
        assert reason == (
            "web: one: the provider did not respond within 0.2 seconds (--request-timeout-seconds allows more)"
        )

    def test_a_slow_state_is_a_failure_that_says_so(self, fake, run):
        fake.add(pact(interaction("one", states=[EXISTS])))
        [reason] = failing(
            run, state_timeout_seconds=0.1, states={"a product exists": lambda _: time.sleep(0.3)}
        ).reasons
        assert reason == (
            "web: one: provider state 'a product exists' (setup) took longer than the 0.1 seconds that it may take "
            "(--state-timeout-seconds allows more)"
        )

    def test_a_slow_teardown_is_a_failure_that_says_so(self, fake, run):
        state = State(setup=lambda _: None, teardown=lambda _: time.sleep(0.3))
        fake.add(pact(interaction("one", states=[EXISTS])))
        [reason] = failing(run, teardown_timeout_seconds=0.1, states={"a product exists": state}).reasons
        assert "(teardown) took longer than the 0.1 seconds" in reason
        assert "(--teardown-timeout-seconds allows more)" in reason

    def test_a_state_may_take_longer_than_an_answer_of_the_provider(self, fake, run):
        fake.add(pact(interaction("one", states=[EXISTS])))
        states = {"a product exists": lambda _: time.sleep(0.4)}
        assert run(request_timeout_seconds=0.3, states=states).published


BROKEN = {
    "a plugin": (
        {"metadata": {"pactSpecification": {"version": "4.0"}, "plugins": [{"name": "csv", "version": "0.0.6"}]}},
        "plugin 'csv'",
    ),
    "interactions that are no list": ({"interactions": {"a": 1}}, "its interactions are not a list"),
    "an interaction that is no object": ({"interactions": ["x"]}, "it is not an object"),
    "a type that nobody knows": ({"interactions": [interaction("one", type="Foo")]}, "incorrect type attribute"),
    "a state without a name": ({"interactions": [interaction("one", providerStates=[5])]}, "has no name"),
    "a status that is no number": (
        {"interactions": [{**interaction("one"), "response": {"status": "two"}}]} | V3,
        "the verifier gave up",
    ),
    "a rule with a broken path": ({"interactions": [{**interaction("one"), "response": BROKEN_RULE}]} | V3, "a[["),
}


class TestParallel:
    def test_pacts_overlap_and_the_report_is_the_same(self, fake, run):
        """Each interaction waits until another one runs, which never happens if they run one after the other."""
        app, together = FastAPI(), threading.Barrier(2)
        parallel = False

        @app.get("/products/{product_id}")
        def product(product_id: str) -> dict[str, str]:
            if parallel:
                together.wait(10)
            return {"id": product_id}

        fake.add(pact(interaction("one"), interaction("two", status=201)))
        fake.add(pact(interaction("three"), interaction("four", states=[EXISTS]), consumer="mobile"))
        alone = failing(run, app=app, states={"a product exists": lambda _: None})
        results = [fake.results.pop(0) for _ in range(len(fake.results))]
        parallel = True
        both = failing(run, app=app, states={"a product exists": lambda _: None}, parallel=5)
        assert both.report == alone.report
        assert both.reasons == alone.reasons == ("web: two: expected 201 but was 200",)
        assert fake.results == results == [("web", "v1", False), ("mobile", "v1", True)]

    @pytest.mark.thorough
    def test_an_interrupt_ends_every_pact_and_publishes_nothing(self, fake, run):
        for consumer in ("web", "mobile", "till"):
            fake.add(pact(interaction("one"), interaction("two"), consumer=consumer))

        def interrupt(running):
            if running.interactions:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(parallel=2, on_progress=interrupt)
        assert fake.results == []

    def test_no_pact_at_a_time_is_wrong_usage(self, run):
        with pytest.raises(UsageError, match="0 pacts cannot be verified at a time"):
            run(parallel=0)


class TestUnreadable:
    """One pact that cannot be verified is that pact's problem alone, and nobody's where it is pending."""

    @pytest.mark.parametrize(("change", "reason"), BROKEN.values(), ids=BROKEN)
    def test_a_pending_pact_fails_nothing_and_the_others_are_published(self, fake, run, change, reason):
        fake.add(pact(interaction("two"), consumer="broken") | change, pending=True)
        fake.add(pact(interaction("one")))
        report = run()
        [broken, good] = report.interactions
        assert (broken.success, broken.pending, good.success) == (False, True, True)
        assert reason in "; ".join(broken.problems)
        assert fake.results == [("broken", "v1", False), ("web", "v1", True)]

    @pytest.mark.parametrize(("change", "reason"), BROKEN.values(), ids=BROKEN)
    def test_a_pact_that_counts_fails_the_run_with_the_true_reason(self, fake, run, change, reason):
        fake.add(pact(interaction("two"), consumer="broken") | change)
        assert reason in failing(run).reasons[0]

    @pytest.mark.parametrize("pending", [True, False])
    @pytest.mark.parametrize(
        "answer",
        [Answer(404, {"error": "gone"}), Answer(500), Answer(200, content=b"[]"), Answer(document={"_links": {}})],
        ids=["404", "500", "a list", "no version"],
    )
    def test_a_document_that_cannot_be_read_is_that_pacts_problem(self, fake, run, answer, pending):
        fake.add(pact(interaction("two"), consumer="broken"), pending=pending)
        fake.add(pact(interaction("one")))
        fake.on("GET", "/pacts/broken", answer)
        if pending:
            assert [each.success for each in run().interactions] == [False, True]
        else:
            assert failing(run).reasons[0].startswith("broken: broken: ")
        assert fake.results == [("web", "v1", True)]

    @pytest.mark.parametrize(
        ("description", "shown"),
        [
            (None, "interaction 1 (no description)"),
            (5, "interaction 1 (description 5)"),
            ("", "interaction 1 (description '')"),
        ],
    )
    def test_an_interaction_without_a_description_is_verified_by_its_place(self, fake, run, description, shown):
        fake.add(pact({**interaction("x"), "description": description}))
        assert [each.description for each in run().interactions] == [shown]
        assert fake.results == [("web", "v1", True)]

    def test_a_plugin_that_the_provider_allows_is_left_to_the_verifier(self, fake, run, monkeypatch, tmp_path):
        """Nothing is downloaded here: the proxy that it would go through does not exist."""
        monkeypatch.setenv("PACT_PLUGIN_DIR", str(tmp_path))
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        fake.add(pact(interaction("one")) | BROKEN["a plugin"][0])
        assert "which this provider does not allow" not in failing(run, allowed_plugins=["csv"]).reasons[0]

    def test_a_verifier_that_crashes_says_nothing_about_the_contract(self, fake, run, monkeypatch):
        fake.add(pact(interaction("one", states=[EXISTS])))
        fake.add(pact(interaction("two"), consumer="mobile"))
        killed = []

        def kill(process, question, seconds):
            if not killed:
                killed.append(process._child.pid)
                os.kill(process._child.pid, signal.SIGKILL)
            return ask(process, question, seconds)

        ask = verifier._Process.ask
        monkeypatch.setattr(verifier._Process, "ask", kill)
        error = failing(run, states={"a product exists": lambda _: None})
        assert error.reasons == (
            "web: one: the verifier's process was ended by signal 9 in the middle of this interaction",
        )
        assert fake.results == [("mobile", "v1", True)]


class TestNothingVerified:
    def test_a_pact_without_interactions_fails_nothing_and_gets_no_result(self, fake, run):
        fake.add(pact(consumer="mobile"))
        fake.add(pact(interaction("one")))
        report = run()
        assert [note for note in report.notes if "of mobile has no interactions" in note]
        assert fake.results == [("web", "v1", True)]

    def test_a_run_of_only_empty_pacts_has_no_result(self, fake, run):
        fake.add(pact())
        report = run()
        assert (report.interactions, report.published, fake.results) == ((), False, [])
        assert fake.branches == {"v1": ["main"]}

    def test_a_consumer_that_has_no_pact_is_a_failure(self, fake, run):
        fake.add(pact(interaction("one")))
        assert failing(run, only_consumers=["moblie"]).reasons == (
            "Nothing was verified: The selected pacts are of web, none of moblie.",
        )

    def test_a_consumer_narrows_the_run_down_to_whole_pacts(self, fake, run):
        fake.add(pact(interaction("one")))
        fake.add(pact(interaction("two", status=500), consumer="mobile"))
        assert run(only_consumers=["web"]).published
        assert fake.results == [("web", "v1", True)]

    def test_an_invalid_filter_is_wrong_usage(self, run):
        with pytest.raises(UsageError, match="is not a regular expression"):
            run(publish=False, only_description="(")

    def test_a_filter_that_matches_nothing_is_a_failure(self, fake, run):
        fake.add(pact(interaction("one")))
        error = failing(run, publish=False, only_description="typo")
        assert error.reasons == ("No interaction was verified. The filter matches none.",)

    def test_a_filter_that_matches_narrows_the_run_down(self, fake, run):
        fake.add(pact(interaction("one"), interaction("two", status=500), interaction("three", states=[EXISTS])))
        states = {"a product exists": lambda _: None}
        assert [each.description for each in run(publish=False, only_description="one").interactions] == ["one"]
        report = run(publish=False, only_state="a product exists", states=states)
        assert [each.description for each in report.interactions] == ["three"]

    @pytest.mark.parametrize("narrowed", [{"only_description": "one"}, {"only_state": "x"}])
    def test_a_filter_together_with_publishing_is_refused(self, fake, run, narrowed):
        with pytest.raises(UsageError, match="cannot publish"):
            run(**narrowed)
        assert fake.requests == []


class TestResults:
    @pytest.mark.parametrize(
        "answer",
        [
            Answer(401, {"error": "who?"}),
            Answer(403, {"error": "read only"}),
            Answer(404, {"error": "nothing here"}),
            Answer(204),
            Answer(200, content=b"<html></html>", content_type="text/html"),
            Answer(302, headers={"Location": "/"}),
        ],
        ids=["401", "403", "404", "204", "html", "302"],
    )
    def test_results_that_the_broker_refuses_are_a_failure(self, fake, run, answer):
        """The verifier reports success for all of these."""
        fake.add(pact(interaction("one")))
        fake.on("POST", "/pacts/web/results", answer)
        error = failing(run)
        assert "The result for the pact of version c1 of web was not published" in error.reasons[0]
        assert not error.report.published
        named = re.findall(r"http://127\.0\.0\.1:\d+", " ".join(error.reasons))
        assert set(named) <= {fake.base_url}  # that of the front, through which it was asked, is known to nobody

    @pytest.mark.parametrize("answer", [Answer(500), Answer(503), None], ids=["500", "503", "hangs up"])
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/pacts/web/results"),
            ("PUT", f"/pacticipants/{PROVIDER}/branches/main/versions/v1"),
        ],
        ids=["result", "branch"],
    )
    def test_a_broker_that_fails_to_take_results_is_not_waited_for(self, fake, run, method, path, answer):
        """The verifier alone would ask for two minutes."""
        fake.add(pact(interaction("one")))
        fake.on(method, path, answer)
        error = failing(run)
        assert re.search("o result was published|was not published", error.reasons[0])
        assert f"({method} {fake.base_url}{path}" in error.reasons[0]

    @pytest.mark.parametrize("answer", [Answer(401), Answer(404), Answer(204)], ids=["401", "404", "204"])
    def test_a_branch_that_the_broker_refuses_is_a_failure(self, fake, run, answer):
        fake.add(pact(interaction("one")))
        fake.on("PUT", f"/pacticipants/{PROVIDER}/branches/main/versions/v1", answer)
        error = failing(run)
        assert (
            "No result was published: version v1 of products-api could not be put on branch 'main'" in error.reasons[0]
        )
        assert fake.results == []

    def test_an_older_result_of_the_same_version_does_not_count(self, fake, run):
        fake.add(pact(interaction("one")))
        assert run().published
        fake.on("POST", "/pacts/web/results", Answer(401))
        assert "was not published" in failing(run).reasons[0]

    def test_a_second_run_of_the_same_version_passes(self, fake, run):
        fake.add(pact(interaction("one")))
        assert run().published
        assert run().published

    def test_a_result_that_says_otherwise_is_a_failure(self, fake, run):
        fake.add(pact(interaction("one")))

        def twisted(_received):
            fake.results.append(("web", "v1", False))
            return Answer(201, {})

        fake.on("POST", "/pacts/web/results", twisted)
        assert "The broker has a failure for the pact of version c1 of web" in failing(run).reasons[0]

    def test_a_result_for_another_pact_of_the_consumer_does_not_count(self, fake, run):
        """The one in production fails, and the broker holds a success for it: that is not this run's result."""
        fake.add(pact(interaction("one")))
        fake.add(pact(interaction("one", status=201)), version="c2")

        def twisted(_received):
            fake.results.append(("web-c2", "v1", True))
            return Answer(201, {})

        fake.on("POST", "/pacts/web-c2/results", twisted)
        reasons = failing(run).reasons
        assert reasons[0] == "web: one: expected 201 but was 200"
        assert (
            reasons[1]
            == "The broker has a success for the pact of version c2 of web, which is not the result of this run."
        )

    def test_of_two_pacts_of_a_consumer_each_has_its_own_result(self, fake, run):
        fake.add(pact(interaction("one"), interaction("two")))
        fake.add(pact(interaction("one", status=201), interaction("three")), version="c2", pending=True)
        assert run().published
        assert fake.results == [("web", "v1", True), ("web-c2", "v1", False)]

    def test_a_version_that_is_not_on_its_branch_is_a_failure(self, fake, run):
        fake.add(pact(interaction("one")))
        fake.on("PUT", f"/pacticipants/{PROVIDER}/branches/main/versions/v1", Answer(201, {}))
        assert "is not on branch 'main'" in failing(run).reasons[0]

    def test_a_broker_that_takes_no_results_for_a_pact_is_named(self, fake, run):
        fake.add(pact(interaction("one")))
        links = fake._pact(None, "web").document
        del links["_links"]["pb:publish-verification-results"]
        fake.on("GET", "/pacts/web", Answer(document=links))
        assert "does not support publishing results of this pact" in failing(run).reasons[0]


class TestBroker:
    def test_an_unreachable_broker_is_an_error_within_seconds(self, app):
        started = time.monotonic()
        with Broker("http://127.0.0.1:9") as broker, pytest.raises(Unreachable):
            verify(
                provider=PROVIDER, source=BrokerSource(broker=broker), version="1", branch="b", app=app, publish=True
            )
        assert time.monotonic() - started < 20

    @pytest.mark.parametrize(("status", "error"), [(401, Refused), (403, Refused), (500, UnexpectedAnswer)])
    def test_a_broker_that_refuses_is_an_error(self, fake, run, status, error):
        fake.on("GET", "/", Answer(status))
        with pytest.raises(error):
            run()

    def test_a_broker_at_another_address_is_an_error(self, fake, run):
        fake.on("GET", "/", Answer(404, {"error": "no"}))
        with pytest.raises(UnexpectedAnswer, match="There is no Pact Broker at"):
            run()

    def test_a_broker_that_cannot_select_pacts_is_an_error(self, fake, run):
        fake.with_index(without=("pb:provider-pacts-for-verification",))
        with pytest.raises(Exception, match="does not support verification by a provider"):
            run()


class TestPactUrl:
    def test_one_pact_is_verified_and_published(self, fake, run, broker):
        fake.takes_starts = True
        url = fake.add(pact(interaction("one")))
        fake.add(pact(interaction("two"), consumer="mobile"))
        report = run(PactUrl(broker=broker, url=url))
        [start] = posted(fake, "/started")
        assert start.json == {"providerVersion": "v1", "pacts": [{"consumer": "web", "sha": "sha-web"}]}
        assert [each.description for each in report.interactions] == ["one"]
        assert fake.results == [("web", "v1", True)]
        assert fake.branches == {"v1": ["main"]}
        assert "Whether a pact from a URL is pending is not known" in report.notes[0]
        assert posted(fake, f"/pacts/provider/{PROVIDER}/for-verification") == []

    def test_user_name_and_password_are_sent(self, fake, app):
        url = fake.add(pact(interaction("one")))
        with Broker(fake.base_url, username="u", password="p") as broker:
            source = PactUrl(broker=broker, url=url)
            verify(provider=PROVIDER, source=source, version="v1", branch="main", publish=True, app=app)
        assert {request.headers["Authorization"] for request in fake.requests} == {"Basic dTpw"}

    def test_its_failure_fails_the_run_and_is_published(self, fake, run, broker):
        url = fake.add(pact(interaction("one", status=201)), pending=True)
        assert failing(run, PactUrl(broker=broker, url=url)).reasons == ("web: one: expected 201 but was 200",)
        assert fake.results == [("web", "v1", False)]

    def test_results_that_the_broker_refuses_are_a_failure(self, fake, run, broker):
        url = fake.add(pact(interaction("one")))
        fake.on("POST", "/pacts/web/results", Answer(401))
        assert "was not published" in failing(run, PactUrl(broker=broker, url=url)).reasons[0]

    def test_a_url_on_another_host_is_refused_before_anything_is_sent(self, fake, run, broker):
        with VerifyingBroker() as evil:
            url = evil.add(pact(interaction("one")))
            with pytest.raises(ForeignLink, match="is not on the configured broker"):
                run(PactUrl(broker=broker, url=url))
            assert evil.requests == []
        assert fake.requests == []

    def test_a_pact_of_another_provider_is_refused(self, fake, run, broker):
        url = fake.add(pact(interaction("one"), provider="stock"))
        with pytest.raises(WrongPact, match="is a pact with provider 'stock'"):
            run(PactUrl(broker=broker, url=url))


class TestFiles:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "web.json").write_text(json.dumps(pact(interaction("one"))))
        return tmp_path

    def test_pact_files_are_verified_without_a_broker(self, folder, fake, run):
        report = run(Files(paths=(folder,)), publish=False)
        assert [each.description for each in report.interactions] == ["one"]
        assert fake.requests == []

    def test_results_for_files_cannot_be_published(self, folder, run):
        with pytest.raises(UsageError, match="cannot be published"):
            run(Files(paths=(folder,)))

    def test_an_empty_folder_is_an_error(self, tmp_path, run):
        with pytest.raises(UsageError, match="No pact files were found"):
            run(Files(paths=(tmp_path,)), publish=False)

    def test_a_pact_of_another_provider_is_refused(self, folder, run):
        """The verifier leaves it out of a folder, and verifies it as a file."""
        (folder / "x.json").write_text(json.dumps(pact(interaction("two"), provider="stock")))
        with pytest.raises(WrongPact, match="is a pact with provider 'stock'"):
            run(Files(paths=(folder,)), publish=False)


class TestUsage:
    @pytest.mark.parametrize("options", [{"app": None}, {"base_url": "http://127.0.0.1:9"}])
    def test_either_an_application_or_a_base_url_is_needed(self, fake, run, options):
        with pytest.raises(UsageError, match="either the provider's application"):
            run(**options)
        assert fake.requests == []

    def test_a_version_is_needed(self, fake, run):
        with pytest.raises(UsageError, match="needs the provider's version"):
            run(version=" ")
        assert fake.requests == []

    def test_without_pact_python_the_error_says_what_to_install(self, fake, run, monkeypatch):
        monkeypatch.setitem(sys.modules, "pact", None)
        fake.add(pact(interaction("one")))
        with pytest.raises(UsageError, match=r"pip install 'pact-contracts\[verify\]'"):
            run()

    def test_nothing_keeps_running_afterwards(self, fake, run):
        before = threading.active_count()
        fake.add(pact(interaction("one", states=[EXISTS])))
        run(states={"a product exists": lambda _: None})
        assert threading.active_count() <= before + 1  # the fake's own connection may linger
