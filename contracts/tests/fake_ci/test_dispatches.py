import contextlib
import threading

import pytest

from contracts.fake_ci.dispatches import Dispatched
from contracts.fake_ci.github_events import repository_dispatch
from contracts.fake_ci.processes import Ended
from contracts.fake_ci.runner import Played
from contracts.fake_ci.workflows import Workflow, WorkflowError


CHANGED = Workflow(file="changed.yml", name="changed", dispatch_types=("changed",), jobs=())
ALSO = Workflow(file="also.yml", name="also", dispatch_types=("changed", "other"), jobs=())


def play(workflow, event_type, payload):
    if payload.get("broken"):
        raise WorkflowError(payload["broken"])
    return Played(workflow=workflow.file, event=repository_dispatch(event_type, payload, version="1", branch="main"))


def test_in_order():
    """Each dispatch starts every workflow of its type, in the order of arrival, on another thread."""
    threads = set()

    def remember(*arguments):
        threads.add(threading.current_thread())
        return play(*arguments)

    with Dispatched(workflows=[CHANGED, ALSO], play=remember) as dispatched:
        dispatched.put("changed", {"number": 1})
        dispatched.put("other", {"number": 2})
        dispatched.finish()

        played = [(each.workflow, each.event.document["client_payload"]["number"]) for each in dispatched.played]
        assert played == [("changed.yml", 1), ("also.yml", 1), ("also.yml", 2)]
        assert dispatched.problems == []
        assert threading.current_thread() not in threads


def test_what_starts_nothing():
    """A dispatch that starts nothing, and a workflow that cannot be played, are problems; the next one is played."""
    with Dispatched(workflows=[CHANGED], play=play) as dispatched:
        dispatched.put("unknown", {})
        dispatched.put("changed", {"broken": "cannot be played"})
        dispatched.put("changed", {})
        dispatched.finish()

    assert dispatched.problems == [
        "No workflow is started by a repository_dispatch of type 'unknown'.",
        "cannot be played",
    ]
    assert len(dispatched.played) == 1


def test_what_nobody_expected():
    """An error of ours is raised to whoever waits, and nobody waits for ever."""

    def fail(*_arguments):
        raise ZeroDivisionError

    with Dispatched(workflows=[CHANGED], play=fail) as dispatched:
        dispatched.put("changed", {})
        with pytest.raises(ZeroDivisionError):
            dispatched.finish()


def test_interrupted():
    """An error in the block ends it with what is being played: what is still asked for is played no more."""
    begun, commands, played = threading.Event(), threading.Event(), []

    def hold(_workflow, _event_type, payload):
        played.append(payload)
        begun.set()
        commands.wait(10)
        raise Ended

    def interrupted():
        with Dispatched(workflows=[CHANGED], play=hold) as dispatched, contextlib.ExitStack() as stack:
            stack.callback(commands.set)
            dispatched.put("changed", {"number": 1})
            dispatched.put("changed", {"number": 2})
            begun.wait(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert played == [{"number": 1}]
    assert not [each for each in threading.enumerate() if each.name.startswith("dispatched")]
