"""Provider states: what they get, what they return, and how their failures are reported."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest
import requests
from fake_broker import Answer, FakeBroker

from contracts.verification.interactions import NO_STATE, ProviderState
from contracts.verification.states import RemoteStates, State, StateHandlers, StateLimits, answering


S = ProviderState(name="s", parameters={"id": 7})
DISK = OSError("disk")


@pytest.fixture
def handlers():
    """Make handlers, which end with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda *args: stack.enter_context(contextlib.closing(StateHandlers(*args)))


def raising(error):
    def handler(*_):
        raise error

    return handler


def test_a_state_gets_its_parameters_and_may_return_values(handlers):
    states = handlers({"s": lambda parameters: {"id": parameters["id"] + 1}, "t": lambda _: {"name": "x"}})
    assert states.set_up([S, ProviderState(name="t")]) == ({"id": 8, "name": "x"}, ())


def test_a_state_without_values_has_none(handlers):
    assert handlers({"s": lambda _: None}).set_up([S]) == ({}, ())


def test_an_interaction_needs_no_state(handlers):
    assert handlers({}).set_up([NO_STATE]) == ({}, ())


def test_an_unknown_state_is_refused_with_the_states_there_are(handlers):
    _, problems = handlers({"b": lambda _: None, "a": lambda _: None}).set_up([ProviderState(name="typo")])
    assert problems == ("provider state 'typo' (setup) is undefined; the provider defines: 'a', 'b'",)


def test_a_provider_without_states_says_so(handlers):
    assert handlers({}).set_up([S])[1][0].endswith("the provider defines: none")


@pytest.mark.parametrize("error", [KeyError("id"), SystemExit("over"), KeyboardInterrupt("no")])
def test_a_raising_state_is_refused_with_its_exception(handlers, error):
    _, problems = handlers({"s": raising(error)}).set_up([S])
    assert problems == (f"provider state 's' (setup) raised {type(error).__name__}: {error}",)


@pytest.mark.parametrize("values", [{"x": object()}, 5])
def test_values_that_are_not_a_json_object_are_an_error(handlers, values):
    assert "TypeError" in handlers({"s": lambda _: values}).set_up([S])[1][0]


def test_the_exception_of_a_state_is_safe_for_a_terminal(handlers):
    _, [problem] = handlers({"s": raising(ValueError("\n::error::x\x1b[2J"))}).set_up([S])
    assert "\n::" not in problem
    assert "\x1b" not in problem


def test_the_first_state_that_fails_is_the_last_one_that_is_set_up(handlers):
    did = []
    states = handlers({"s": raising(DISK), "t": did.append})
    assert len(states.set_up([S, ProviderState(name="t")])[1]) == 1
    assert did == []


def test_teardown_undoes_and_data_is_put_back_once_for_each_interaction(handlers):
    did = []
    state = State(setup=lambda _: did.append("up"), teardown=lambda parameters: did.append(parameters["id"]))
    states = handlers({"s": state, "t": lambda _: None}, lambda: did.append("back"))
    states.set_up([S])
    assert states.tear_down([S, ProviderState(name="t")]) == ()
    assert states.tear_down([NO_STATE]) == ()
    assert states.tear_down([]) == ()
    assert did == ["up", 7, "back", "back", "back"]


def test_a_failing_teardown_does_not_prevent_the_clean_up(handlers):
    did = []
    state = State(setup=lambda _: None, teardown=raising(DISK))
    assert handlers({"s": state}, lambda: did.append("back")).tear_down([S]) == (
        "provider state 's' (teardown) raised OSError: disk",
    )
    assert did == ["back"]


def test_a_failing_clean_up_is_an_error(handlers):
    assert handlers({}, raising(DISK)).tear_down([]) == (
        "after each interaction, the provider's data raised OSError: disk",
    )


def test_a_state_that_takes_too_long_holds_up_the_next_one_and_is_not_run_beside_it(handlers):
    release = threading.Event()
    did = []
    states = handlers(
        {"s": lambda _: release.wait(60), "t": lambda _: did.append("t")}, None, StateLimits(setup_seconds=0.05)
    )
    started = time.monotonic()
    assert "(setup) took longer than the 0.05 seconds" in states.set_up([S])[1][0]
    assert "took longer" in states.set_up([ProviderState(name="t")])[1][0]
    assert time.monotonic() - started < 50
    assert did == []
    release.set()


def test_every_handler_runs_in_the_same_thread(handlers):
    """A database connection of SQLite belongs to one."""
    threads = set()
    states = handlers({"s": lambda _: threads.add(threading.get_ident())}, lambda: threads.add(threading.get_ident()))
    states.set_up([S])
    states.set_up([S])
    states.tear_down([S])
    assert len(threads) == 1


def test_values_are_answered_to_the_verifier():
    with answering({"id": 7}) as url:
        assert requests.post(url, json={"state": "s", "action": "setup"}, timeout=60).json() == {"id": 7}


class TestRemote:
    @pytest.fixture
    def fake(self):
        with FakeBroker() as fake:
            yield fake

    @pytest.mark.parametrize(
        ("answer", "values"),
        [(Answer(document={"id": 7}), {"id": 7}), (Answer(200, content=b"", content_type="text/plain"), {})],
    )
    def test_an_address_prepares_states_and_may_return_values(self, fake, handlers, answer, values):
        fake.on("POST", "/states", answer)
        assert handlers(RemoteStates(url=f"{fake.base_url}/states")).set_up([S]) == (values, ())
        assert fake.requests[-1].json == {"state": "s", "action": "setup", "params": {"id": 7}}

    def test_an_address_that_refuses_is_a_failure_with_its_words(self, fake, handlers):
        fake.on("POST", "/states", Answer(500, {"error": "no database"}))
        [problem] = handlers(RemoteStates(url=f"{fake.base_url}/states")).set_up([S])[1]
        assert "responded with status 500" in problem
        assert "no database" in problem

    def test_an_address_where_nothing_answers_is_a_failure(self, handlers):
        [problem] = handlers(RemoteStates(url="http://127.0.0.1:9")).set_up([S])[1]
        assert "http://127.0.0.1:9 did not respond" in problem
