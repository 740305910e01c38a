"""Each option of the official verifier that concerns the broker: which pacts it gets, and how it reaches them."""

from __future__ import annotations

import json

import pytest
from estates import Estate
from official_loop import BRANCH, PROVIDER, Loop
from pact import Verifier
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.broker.app import create_app
from contracts.broker.store import pacts, verifications
from contracts.testing import RunningBroker, running_broker
from contracts.verification.serving import serve


PREFIX = "/tools/pact-broker"


@pytest.fixture(scope="module")
def chosen(provider_url):
    """A broker with a pact for each way to choose one; each pact asks for a path of its own name."""
    with running_broker() as running:
        loop = Loop(running, provider_url)
        loop.publish("web", "1", "/web-1")
        loop.publish("web", "2", "/web-2", branch=BRANCH)
        loop.publish("web", "3", "/web-3", branch="other", tags=("prod",))
        loop.publish("till", "1", "/till-1")
        loop.publish("till", "2", "/till-2")
        loop.publish("app", "1", "/app-1")
        estate = Estate(running.broker)
        estate.environment("live")
        estate.environment("store")
        estate.deploy("till", "1", "live")
        estate.release("app", "1", "store")
        yield loop


def verified(results):
    """The paths that the verified pacts ask for."""
    return {each["description"].removeprefix("a request for /") for each in results["interactionResults"]}


def verifier_of(loop):
    return Verifier(PROVIDER, host="127.0.0.1").add_transport(url=loop.provider_url)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("selector", "paths"),
    [
        ({"main_branch": True}, {"web-1", "till-2", "app-1"}),
        ({"main_branch": True, "consumer": "web"}, {"web-1"}),
        ({"branch": "other"}, {"web-3"}),
        # for each consumer by itself; the reference broker accepts a fallback branch and selects nothing by it
        ({"branch": "none", "fallback_branch": "other"}, {"web-3"}),
        ({"branch": "other", "fallback_branch": "main"}, {"web-3", "till-2", "app-1"}),
        ({"matching_branch": True}, {"web-2"}),
        ({"tag": "prod", "latest": True}, {"web-3"}),
        ({"tag": "prod"}, {"web-3"}),
        ({"tag": "none", "latest": True, "fallback_tag": "prod"}, {"web-3"}),
        ({"latest": True}, {"web-3", "till-2", "app-1"}),
        ({"deployed": True}, {"till-1"}),
        ({"released": True}, {"app-1"}),
        ({"deployed_or_released": True}, {"till-1", "app-1"}),
        ({"environment": "live"}, {"till-1"}),
        ({"deployed": True, "environment": "store"}, set()),
    ],
)
def test_a_selector_gets_the_pacts_that_it_names(chosen, selector, paths):
    assert verified(chosen.from_broker(verifier_of(chosen), **selector)) == paths


@pytest.mark.thorough
def test_several_selectors_get_each_pact_once(chosen):
    source = verifier_of(chosen).broker_source(chosen.running.base_url, selector=True)
    verifier = source.consumer_version(deployed=True).consumer_version(latest=True).consumer_tags("prod").build()

    assert verified(chosen.run(verifier)) == {"till-1", "till-2", "web-3", "app-1"}


@pytest.mark.thorough
def test_without_selectors_main_branches_and_deployed_or_released_versions_are_verified(chosen):
    plain = chosen.run(verifier_of(chosen).broker_source(chosen.running.base_url))

    assert verified(plain) == {"web-1", "till-1", "till-2", "app-1"}


@pytest.mark.thorough
def test_filters_leave_pacts_and_interactions_out(chosen):
    by_consumer = verifier_of(chosen).filter_consumers("till")
    by_description = verifier_of(chosen).filter("web-1")

    assert verified(chosen.from_broker(by_consumer, main_branch=True)) == {"till-2"}
    assert verified(chosen.from_broker(by_description, main_branch=True)) == {"web-1"}


@pytest.mark.thorough
def test_an_unknown_environment_is_reported(chosen):
    results = chosen.from_broker(verifier_of(chosen), environment="nowhere")

    assert "environment 'nowhere' does not exist" in json.dumps(results["errors"])


@pytest.mark.thorough
def test_nothing_to_verify_can_be_allowed(chosen):
    verifier = verifier_of(chosen).set_error_on_empty_pact(enabled=False)

    assert chosen.from_broker(verifier, branch="none")["result"] is True


@pytest.mark.thorough
def test_a_new_pact_fails_the_run_without_pending(loop):
    loop.publish("web", "1", "/missing")
    source = loop.verifier("1").broker_source(loop.running.base_url, selector=True)

    results = loop.run(source.provider_branch(BRANCH).exclude_pending().consumer_version(main_branch=True).build())

    assert (results["result"], results["pendingErrors"]) == (False, [])
    assert loop.latest("web", "1")["success"] is False


@pytest.mark.thorough
def test_pending_and_work_in_progress_go_by_the_provider_s_tags_too(loop):
    loop.publish("web", "1", "/good")
    loop.publish("web", "2", "/missing", branch="feat", tags=("feat",))
    verifier = loop.verifier("1", branch=None, tags=("master",))
    source = verifier.broker_source(loop.running.base_url, selector=True).provider_tags("master")

    results = loop.run(
        source.include_pending().include_wip_since("2020-01-01").consumer_version(main_branch=True).build()
    )

    assert results["result"] is True
    assert len(results["pendingErrors"]) == 1
    assert (loop.latest("web", "1")["success"], loop.latest("web", "2")["success"]) == (True, False)


@pytest.mark.thorough
def test_a_version_without_a_branch_gets_none(loop):
    loop.publish("web", "1", "/good")

    assert loop.from_broker(loop.verifier("1", branch=None), main_branch=True)["result"] is True

    version = loop.get("/pacticipants/Product%20Catalogue%2F1/versions/1").json()
    assert version["_embedded"]["branchVersions"] == []


@pytest.mark.thorough
def test_a_pact_that_fails_by_its_address_fails_the_run_and_is_published(loop):
    loop.publish("web", "1", "/missing")
    address = "/pacts/provider/Product%20Catalogue%2F1/consumer/web/version/1"

    results = loop.run(loop.verifier("1").add_source(loop.running.base_url + address))

    assert results["result"] is False
    assert loop.latest("web", "1")["success"] is False


@pytest.fixture
def guarded(provider_url):
    """A broker that asks for a password, into which ann publishes and bob looks."""
    names = {
        "basic_auth_username": "ann",
        "basic_auth_password": "secret",
        "basic_auth_read_only_username": "bob",
        "basic_auth_read_only_password": "r3ad",
    }
    with running_broker(basic_auth_enabled=True, **names) as running:
        estate = Estate(running.broker)
        estate.publish("web", "1", "good", branch="main", provider=PROVIDER)
        yield Loop(running, provider_url)


def with_password(loop, username, password):
    source = loop.verifier("1").broker_source(
        loop.running.base_url, username=username, password=password, selector=True
    )
    return loop.run(source.consumer_version(main_branch=True).build())


@pytest.mark.thorough
def test_with_a_password_the_verifier_reads_and_publishes(guarded):
    assert with_password(guarded, "ann", "secret")["result"] is True

    assert latest_success(guarded) is True


@pytest.mark.thorough
def test_a_read_only_password_publishes_nothing(guarded):
    with_password(guarded, "bob", "r3ad")

    assert latest_success(guarded) is None


@pytest.mark.thorough
def test_a_wrong_password_is_reported(guarded):
    results = with_password(guarded, "ann", "wrong")

    assert results["result"] is False
    assert "401 Unauthorized" in json.dumps(results["errors"])


@pytest.mark.thorough
def test_a_pact_url_works_with_a_password(guarded):
    address = f"{guarded.running.base_url}/pacts/provider/Product%20Catalogue%2F1/consumer/web/version/1"

    results = guarded.run(guarded.verifier("1").add_source(address, username="ann", password="secret"))

    assert results["result"] is True
    assert latest_success(guarded) is True


def latest_success(loop):
    """Whether the latest result in the broker is a success; None where there is none."""
    with loop.running.broker.database.reading() as connection:
        pact = pacts.find(connection, PROVIDER, "web", "1")
        latest = verifications.latest_for_content(connection, pact.pact_version_id)
    return None if latest is None else latest.success


def below(app: ASGIApp, prefix: str) -> ASGIApp:
    """*app* as a reverse proxy serves it below *prefix*, which it takes off."""

    async def proxied(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            assert scope["raw_path"].startswith(prefix.encode()), scope["raw_path"]
            raw_path = scope["raw_path"].removeprefix(prefix.encode()) or b"/"
            scope = {**scope, "raw_path": raw_path, "path": scope["path"].removeprefix(prefix) or "/"}
        await app(scope, receive, send)

    return proxied


@pytest.mark.thorough
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_broker_below_a_path_is_found_and_published_to(provider_url, slash):
    with running_broker(base_url=(f"http://pact.example.org{PREFIX}",)) as running:
        with serve(below(create_app(running.broker), PREFIX)) as url:
            loop = Loop(RunningBroker(base_url=url + PREFIX, broker=running.broker), provider_url)
            loop.publish("web", "1", "/good")
            source = loop.verifier("1").broker_source(loop.running.base_url + slash, selector=True)

            assert loop.run(source.consumer_version(main_branch=True).build())["result"] is True

        assert latest_success(loop) is True
