"""Verification never passes by accident: each way in which the official verifier does is a failure here."""

from __future__ import annotations

import json
import os
import re
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
from contracts.pipeline.sources import WrongPact
from contracts.pipeline.verify import BrokerSource, Files, PactUrl, State, VerificationFailed, verify


DISK = OSError("disk")
EXISTS = ("a product exists", {"id": 10})


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
    """Verify the app as version v1 on main, publishing, unless told otherwise."""

    def run(source=None, **options):
        options = {"version": "v1", "branch": "main", "publish": True, "app": app, **options}
        return verify(provider=PROVIDER, source=source or BrokerSource(broker=broker), **options)

    return run


def failing(run, *args, **options):
    started = time.monotonic()
    with pytest.raises(VerificationFailed) as raised:
        run(*args, **options)
    assert time.monotonic() - started < 5  # far from the verifier's 127 seconds
    assert raised.value.reasons
    assert str(raised.value) == "\n".join(raised.value.reasons)
    return raised.value


def posted(fake, path):
    return [request for request in fake.requests if (request.method, request.path) == ("POST", path)]


class TestPassing:
    def test_what_is_verified_is_published_with_version_branch_and_build(self, fake, run):
        fake.add(pact(interaction("one", states=[EXISTS]), interaction("two")))
        given = []
        report = run(states={"a product exists": given.append}, branch="feat/x", build_url="https://ci/1")
        assert given == [{"id": 10}]
        assert [(each.description, each.success, each.states) for each in report.interactions] == [
            ("one", True, ("a product exists",)),
            ("two", True, ()),
        ]
        assert report.published
        assert fake.results == [("web", "v1", True)]
        assert fake.branches == {"v1": ["feat/x"]}
        assert posted(fake, "/pacts/web/results")[0].json["buildUrl"] == "https://ci/1"

    def test_the_verifier_asks_for_what_our_client_asks_for(self, fake, run, broker):
        """Selectors, branch, pending and work in progress are the same in both questions."""
        fake.add(pact(interaction("one")))
        source = BrokerSource(broker=broker, include_wip_since=date(2026, 1, 2))
        run(source)
        ours, verifiers = (request.json for request in posted(fake, f"/pacts/provider/{PROVIDER}/for-verification"))
        assert ours == verifiers
        assert ours == {
            "includePendingStatus": True,
            "includeWipPactsSince": "2026-01-02",
            "providerVersionBranch": "main",
            "consumerVersionSelectors": [{"mainBranch": True}, {"matchingBranch": True}, {"deployedOrReleased": True}],
        }
        assert {request.headers["Authorization"] for request in fake.requests} == {"Bearer t0k"}

    def test_without_a_branch_what_needs_one_is_left_out_and_said(self, fake, run, broker):
        fake.add(pact(interaction("one")))
        report = run(
            BrokerSource(broker=broker, include_wip_since=date(2026, 1, 2), include_pending=False), branch=None
        )
        asked = posted(fake, f"/pacts/provider/{PROVIDER}/for-verification")
        assert [request.json for request in asked] == [
            {
                "includePendingStatus": False,
                "consumerVersionSelectors": [{"mainBranch": True}, {"deployedOrReleased": True}],
            }
        ] * 2
        assert ["left out" in note for note in report.notes] == [True, True]
        assert fake.branches == {}

    def test_other_selectors_reach_the_broker(self, fake, run, broker):
        fake.add(pact(interaction("one")))
        run(BrokerSource(broker=broker, selectors=(MainBranch(consumer="web"), Branch(name="b"))))
        asked = posted(fake, f"/pacts/provider/{PROVIDER}/for-verification")
        assert [request.json["consumerVersionSelectors"] for request in asked] == [
            [{"mainBranch": True, "consumer": "web"}, {"branch": "b"}]
        ] * 2

    def test_a_matching_branch_alone_needs_a_branch(self, run, broker):
        with pytest.raises(UsageError, match="the provider's branch is not known: give it"):
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

    def test_without_publishing_nothing_is_written(self, fake, run):
        fake.add(pact(interaction("one")))
        assert not run(publish=False).published
        assert fake.results == []
        assert fake.asked("PUT") == []

    def test_the_environment_is_as_before_and_right_during_the_run(self, fake, run, monkeypatch):
        """Loopback is excepted from proxies, and usage data forbidden with the one value that counts."""
        monkeypatch.setenv("NO_PROXY", "example.com")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("PACT_DO_NOT_TRACK", "1")
        monkeypatch.setenv("no_proxy", "127.0.0.1")  # for our own client
        fake.add(pact(interaction("one", states=[EXISTS])))
        seen = []
        run(
            states={
                "a product exists": lambda _: seen.append((os.environ["NO_PROXY"], os.environ["PACT_DO_NOT_TRACK"]))
            }
        )
        assert seen == [("example.com,127.0.0.1,localhost", "true")]
        assert os.environ["NO_PROXY"] == "example.com"
        assert os.environ["PACT_DO_NOT_TRACK"] == "1"

    def test_a_provider_at_a_base_url_is_verified_there(self, fake, run):
        fake.add(pact(interaction("one", path="/10")))
        with VerifyingBroker() as provider:
            provider.on("GET", "/base/10", Answer(document={}))
            assert run(app=None, base_url=f"{provider.base_url}/base").published
            assert provider.asked() == ["GET /base/10"]

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

    def test_on_github_what_the_verifier_prints_is_no_command(self, fake, run, monkeypatch, capfd):
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        fake.add(pact(interaction("::error::injected")))
        run()
        lines = capfd.readouterr().out.splitlines()
        [token] = [line.removeprefix("::stop-commands::") for line in lines if line.startswith("::stop-commands::")]
        assert lines.index(f"::stop-commands::{token}") < lines.index(f"::{token}::")
        inside = lines[lines.index(f"::stop-commands::{token}") : lines.index(f"::{token}::")]
        assert any("::error::injected" in line for line in inside)


class TestNoConsumers:
    def test_a_provider_that_the_broker_does_not_know_passes_and_is_registered(self, fake, run):
        fake.on("GET", f"/pacticipants/{PROVIDER}", Answer(404, {"error": "unknown"}))
        report = run(build_url="https://ci/1")
        assert report.interactions == ()
        assert "has no consumers yet" in report.notes[0]
        assert report.notes[1] == f"Version v1 of {PROVIDER} is registered with the broker."
        assert fake.branches == {"v1": ["main"]}
        [patched] = [request for request in fake.requests if request.method == "PATCH"]
        assert patched.json == {"buildUrl": "https://ci/1"}

    def test_without_a_branch_the_version_alone_is_registered(self, fake, run):
        fake.on("GET", f"/pacticipants/{PROVIDER}", Answer(404, {"error": "unknown"}))
        run(branch=None)
        assert fake.asked("PUT") == []
        assert len(fake.asked("PATCH")) == 1

    def test_without_publishing_nothing_is_registered(self, fake, run):
        fake.on("GET", f"/pacticipants/{PROVIDER}", Answer(404, {"error": "unknown"}))
        assert run(publish=False).notes[0].startswith("The broker at")
        assert set(fake.asked()) == {
            "GET /",
            f"GET /pacts/provider/{PROVIDER}/for-verification",
            f"GET /pacticipants/{PROVIDER}",
        }

    def test_no_pact_selected_passes_and_says_so(self, fake, run):
        path = f"/pacts/provider/{PROVIDER}/for-verification"
        empty = Answer(document={"_embedded": {"pacts": []}, "_links": {"self": {"href": path}}})
        fake.on("GET", path, empty).on("POST", path, empty)
        assert "The broker selects no pact" in run().notes[0]

    def test_a_known_provider_that_is_not_found_is_an_error(self, run):
        """Then the broker is at fault: it knows the application, yet not its pacts."""
        with pytest.raises(UnexpectedAnswer, match="answers 'not found'"):
            run()


class TestProvider:
    def test_an_interaction_that_is_not_kept_fails_with_what_differs(self, fake, run):
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
            "web: one: provider state 'typo' (setup) is unknown; the provider knows: 'a product exists'",
        )

    def test_a_raising_state_fails_at_once_with_what_it_raised(self, fake, run):
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
        assert report.interactions[1].problems == ("provider state 'new' (setup) is unknown; the provider knows: none",)
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

    def test_what_fails_after_an_interaction_is_a_failure(self, fake, run):
        def broken():
            raise DISK

        fake.add(pact(interaction("one", states=[EXISTS])))
        error = failing(run, states={"a product exists": lambda _: None}, after_each=broken)
        assert any("raised OSError: disk" in reason for reason in error.reasons)

    def test_an_application_that_is_not_there_is_a_failure(self, fake, run):
        fake.add(pact(interaction("one")))
        assert "one" in failing(run, app=None, base_url="http://127.0.0.1:9").reasons[0]


class TestNothingVerified:
    def test_a_pact_without_interactions_is_a_failure(self, fake, run):
        fake.add(pact())
        assert "No interaction was verified." in failing(run).reasons

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

    def test_a_pact_that_the_verifier_does_not_get_is_a_failure(self, fake, run):
        """Ours read it, the verifier did not: what it should have verified is counted."""
        fake.add(pact(interaction("one")))
        fake.add(pact(interaction("two"), consumer="mobile"))
        served = []

        def once(received):
            served.append(received)
            return fake._pact(received, "mobile") if len(served) == 1 else Answer(404, {"error": "gone"})

        fake.on("GET", "/pacts/mobile", once)
        error = failing(run)
        assert any(
            "Not all of the pact of version c1 of mobile was verified: it has 1 interactions" in reason
            for reason in error.reasons
        )
        assert any("Failed to load pact" in reason for reason in error.reasons)

    def test_a_pact_is_missing_also_when_its_consumer_has_another(self, fake, run):
        fake.add(pact(interaction("one")))
        fake.add(pact(interaction("one"), interaction("two")), version="c2")
        served = []

        def once(received):
            served.append(received)
            return fake._pact(received, "web") if len(served) == 1 else Answer(404, {"error": "gone"})

        fake.on("GET", "/pacts/web", once)
        reasons = failing(run).reasons
        assert sum("of web was verified: it has" in reason for reason in reasons) == 1
        assert any("The result for the pact of version c1 of web was not published" in reason for reason in reasons)

    def test_a_list_the_verifier_cannot_read_is_a_failure(self, fake, run):
        """It takes notices without texts for no pacts at all."""
        fake.add(pact(interaction("one")))
        path = f"/pacts/provider/{PROVIDER}/for-verification"
        items = [{"shortDescription": "x", "_links": {"self": {"href": "/pacts/web", "name": 5}}}]
        broken = Answer(document={"_embedded": {"pacts": items}, "_links": {"self": {"href": path}}})
        good = fake._listed(None)
        fake.on("POST", path, good, broken)
        assert "No interaction was verified." in failing(run).reasons


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
    def test_results_that_are_not_taken_are_a_failure(self, fake, run, answer):
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
            ("GET", f"/pacticipants/{PROVIDER}"),
        ],
        ids=["result", "branch", "provider"],
    )
    def test_a_broker_that_fails_to_take_results_is_not_waited_for(self, fake, run, method, path, answer):
        """The verifier alone would ask for two minutes."""
        fake.add(pact(interaction("one")))
        fake.on(method, path, answer)
        error = failing(run)
        assert "was not published" in error.reasons[0]
        assert f"The broker failed {method} {fake.base_url}{path}" in " ".join(error.reasons)

    @pytest.mark.parametrize("answer", [Answer(401), Answer(404), Answer(204)], ids=["401", "404", "204"])
    def test_a_branch_that_is_not_taken_is_a_failure(self, fake, run, answer):
        """The verifier then keeps the results back, and reports success."""
        fake.add(pact(interaction("one")))
        fake.on("PUT", f"/pacticipants/{PROVIDER}/branches/main/versions/v1", answer)
        error = failing(run)
        assert "was not published" in error.reasons[0]
        assert any(reason.startswith("The verifier's log says: ") for reason in error.reasons)

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
        assert "The broker holds a failure for the pact of version c1 of web" in failing(run).reasons[0]

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
            == "The broker holds a success for the pact of version c2 of web, which is not this run's result."
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
        assert "(The broker takes no results for it.)" in failing(run).reasons[0]


class TestBroker:
    def test_an_unreachable_broker_is_an_error_within_seconds(self, app):
        started = time.monotonic()
        with Broker("http://127.0.0.1:9") as broker, pytest.raises(Unreachable):
            verify(
                provider=PROVIDER, source=BrokerSource(broker=broker), version="1", branch="b", app=app, publish=True
            )
        assert time.monotonic() - started < 2

    @pytest.mark.parametrize(("status", "error"), [(401, Refused), (403, Refused), (500, UnexpectedAnswer)])
    def test_a_broker_that_refuses_is_an_error(self, fake, run, status, error):
        fake.on("GET", "/", Answer(status))
        with pytest.raises(error):
            run()

    def test_a_broker_at_another_address_is_an_error(self, fake, run):
        fake.on("GET", "/", Answer(404, {"error": "no"}))
        with pytest.raises(UnexpectedAnswer, match="There is no Pact Broker at"):
            run()

    def test_a_broker_that_cannot_say_what_to_verify_is_an_error(self, fake, run):
        fake.with_index(without=("pb:provider-pacts-for-verification",))
        with pytest.raises(Exception, match="does not support verification by a provider"):
            run()


class TestPactUrl:
    def test_one_pact_is_verified_and_published(self, fake, run, broker):
        url = fake.add(pact(interaction("one")))
        fake.add(pact(interaction("two"), consumer="mobile"))
        report = run(PactUrl(broker=broker, url=url))
        assert [each.description for each in report.interactions] == ["one"]
        assert fake.results == [("web", "v1", True)]
        assert fake.branches == {"v1": ["main"]}
        assert "whether it is pending is not known" in report.notes[0]
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

    def test_results_that_are_not_taken_are_a_failure(self, fake, run, broker):
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
        with pytest.raises(UsageError, match="either the provider's application or the base URL"):
            run(**options)
        assert fake.requests == []

    def test_a_version_is_needed(self, fake, run):
        with pytest.raises(UsageError, match="needs the provider's version"):
            run(version=" ")
        assert fake.requests == []

    def test_without_pact_python_it_is_said_what_to_install(self, fake, run, monkeypatch):
        monkeypatch.setitem(sys.modules, "pact", None)
        fake.add(pact(interaction("one")))
        with pytest.raises(UsageError, match=r"pip install '\./contracts\[verify\]'"):
            run()

    def test_nothing_keeps_running_afterwards(self, fake, run):
        before = threading.active_count()
        fake.add(pact(interaction("one", states=[EXISTS])))
        run(states={"a product exists": lambda _: None})
        assert threading.active_count() <= before + 1  # the fake's own connection may linger
