import contextlib
import threading

import pytest

from contracts.fake_ci.dispatches import Dispatches
from contracts.fake_ci.github_events import repository_dispatch
from contracts.fake_ci.played import Played
from contracts.fake_ci.processes import Ended
from contracts.fake_ci.workflows import Workflow, WorkflowError


CHANGED = Workflow(file="changed.yml", name="changed", dispatch_types=("changed",), jobs=())
ALSO = Workflow(file="also.yml", name="also", dispatch_types=("changed", "other"), jobs=())


def play(workflow, event_type, payload):
    if payload.get("broken"):
        raise WorkflowError(payload["broken"])
    return Played(workflow=workflow.file, event=repository_dispatch(event_type, payload, version="1", branch="main"))


def test_each_dispatch_starts_every_workflow_of_its_type_in_order_on_another_thread():
    threads = set()

    def remember(*arguments):
        threads.add(threading.current_thread())
        return play(*arguments)

    with Dispatches(workflows=[CHANGED, ALSO], play=remember) as dispatches:
        dispatches.put("changed", {"number": 1})
        dispatches.put("other", {"number": 2})
        dispatches.finish()

        played = [(each.workflow, each.event.document["client_payload"]["number"]) for each in dispatches.played]
        assert played == [("changed.yml", 1), ("also.yml", 1), ("also.yml", 2)]
        assert dispatches.problems == []
        assert threading.current_thread() not in threads


def test_a_dispatch_that_starts_nothing_is_a_problem_and_the_next_one_is_played():
    with Dispatches(workflows=[CHANGED], play=play) as dispatches:
        dispatches.put("unknown", {})
        dispatches.put("changed", {"broken": "cannot be played"})
        dispatches.put("changed", {})
        dispatches.finish()

    assert dispatches.problems == [
        "No workflow is started by a repository_dispatch of type 'unknown'.",
        "cannot be played",
    ]
    assert len(dispatches.played) == 1


def test_a_step_that_began_after_a_dispatch_waits_for_it():
    released, ended = threading.Event(), []

    def hold(*arguments):
        released.wait(10)
        ended.append(True)
        return play(*arguments)

    with Dispatches(workflows=[CHANGED], play=hold) as dispatches:
        dispatches.put("changed", {})
        dispatches.settle(seconds=60)
        assert ended == [], "the step began before the dispatch"
        timer = threading.Timer(0.2, released.set)
        timer.start()
        dispatches.settle(seconds=0)
        assert ended == [True]


def test_an_unexpected_error_is_raised_by_finish():
    def fail(*_arguments):
        raise ZeroDivisionError

    with Dispatches(workflows=[CHANGED], play=fail) as dispatches:
        dispatches.put("changed", {})
        with pytest.raises(ZeroDivisionError):
            dispatches.finish()


def test_after_an_error_the_queue_is_not_played():
    begun, commands, played = threading.Event(), threading.Event(), []

    def hold(_workflow, _event_type, payload):
        played.append(payload)
        begun.set()
        commands.wait(10)
        raise Ended

    def interrupted():
        with Dispatches(workflows=[CHANGED], play=hold) as dispatches, contextlib.ExitStack() as stack:
            stack.callback(commands.set)
            dispatches.put("changed", {"number": 1})
            dispatches.put("changed", {"number": 2})
            begun.wait(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert played == [{"number": 1}]
    assert not [each for each in threading.enumerate() if each.name.startswith("dispatches")]
