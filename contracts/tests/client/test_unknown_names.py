"""A name that the broker does not know: those that exist are named, and the command that creates one."""

from __future__ import annotations

import pytest

from contracts.client import Broker, NotFound, unknown_names
from contracts.testing import running_broker


def test_the_environments_that_exist_are_named_with_the_command_that_creates_one():
    advice = unknown_names.environment("prod uction", ["test", "production"])
    assert "no environment 'prod uction' (it knows: production, test). Did you mean 'production'?" in advice
    assert "contracts create-environment --name 'prod uction' --production" in advice
    assert "(it knows: none yet). Create it first: " in unknown_names.environment("live", [])


@pytest.mark.parametrize(
    ("name", "suggestion"), [("OrderWeb", "order-web"), ("order-wbe", "order-web"), ("zebra", None)]
)
def test_a_slip_gets_a_suggestion(name, suggestion):
    advice = unknown_names.application(name, ["order-web", "stock"])
    assert (f"Did you mean {suggestion!r}?" in advice) is (suggestion is not None)
    assert "Did you mean None" not in advice
    assert "contracts publish" in advice


def test_of_many_names_the_closest_are_shown_and_the_others_counted():
    existing = [f"service-{number:03}" for number in range(700)]
    advice = unknown_names.application("servce-042", existing)
    assert "service-042" in advice
    assert "and 690 more)" in advice
    assert len(advice) < 600


def test_a_running_broker_names_the_existing_objects():
    with running_broker() as running, Broker(running.base_url) as broker:
        broker.create_environment("live", production=True)
        broker.add_branch(pacticipant="order-web", version="1", branch="main")
        record = {"version": "1", "environment": "live"}
        for action in (broker.record_deployment, broker.record_release, broker.record_support_ended):
            with pytest.raises(NotFound, match=r"no application 'order-wbe' \(it knows: order-web\)\. Did you mean"):
                action(pacticipant="order-wbe", **record)
        with pytest.raises(NotFound, match="no application 'order-wbe'"):
            broker.record_undeployment(pacticipant="order-wbe", environment="live")
        with pytest.raises(NotFound, match="does not know version 2 of order-web"):
            broker.record_deployment(pacticipant="order-web", version="2", environment="live")
        with pytest.raises(NotFound, match=r"order-web has no branch 'mian' .*\(it has: main\)\. Did you mean 'main'"):
            broker.delete_branch(pacticipant="order-web", branch="mian")
